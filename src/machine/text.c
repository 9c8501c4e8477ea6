// SPDX-License-Identifier: MIT
//
// Texts in memory of fixed size.
#include <string.h>

#include "machine/machine_internal.h"

// Gives the one block again and again, as long as it is large enough.
static void *resize_fixed(void *context, void *block, size_t old_size,
                          size_t new_size)
{
    struct pm_fixed *fixed = context;

    (void)block;
    (void)old_size;
    return new_size && new_size <= fixed->room ? fixed->block : NULL;
}

void pm_fixed_init(struct pm_fixed *fixed, struct pm_buf *buf, char *block,
                   size_t room)
{
    *fixed = (struct pm_fixed){block, room};
    pm_buf_init(buf, &(struct pm_allocator){resize_fixed, fixed});
    // All of it at once, since growing asks for more than is needed.
    buf->data = (uint8_t *)block;
    buf->capacity = room;
}

void pm_fixed_end(struct pm_fixed *fixed, struct pm_buf *buf)
{
    size_t size = buf->size < fixed->room ? buf->size : fixed->room - 1;

    fixed->block[size] = '\0';
}

void pm_text_escape(char *out, size_t room, const void *text, size_t size)
{
    struct pm_fixed fixed;
    struct pm_buf buf;

    pm_fixed_init(&fixed, &buf, out, room);
    pm_buf_put_escaped(&buf, text, size);
    pm_fixed_end(&fixed, &buf);
}
