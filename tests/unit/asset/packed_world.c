// SPDX-License-Identifier: MIT
#include "packed_world.h"

#include <stdlib.h>

#include "support/test.h"

uint32_t random_below(uint32_t *state, uint32_t limit)
{
    *state = *state * 1664525 + 1013904223;
    return (uint32_t)(((uint64_t)(*state >> 4) * limit) >> 28);
}

void make_content(enum content content, uint32_t seed, uint8_t *out,
                  size_t size)
{
    for (size_t i = 0; i < size; i++) {
        enum content kind =
            content == MIXED ? (enum content)(i / 3000 % MIXED) : content;
        uint8_t noise = (uint8_t)random_below(&seed, 256);
        out[i] = kind == ZEROS  ? 0
                 : kind == TEXT ? (uint8_t)(i / 7 % 50 + i / 5000)
                                : noise;
    }
}

void write_one(const struct pm_allocator *alloc, pm_asset_codec codec,
               uint32_t chunk, const void *plain, size_t size,
               struct pm_buf *file)
{
    struct pm_asset_input input = {.id = 1,
                                   .name = "a",
                                   .bank_type = PM_BANK_BLOB,
                                   .bytes = plain,
                                   .size = size,
                                   .codec = codec,
                                   .chunk = chunk};
    struct pm_diags diags;

    pm_diags_init(&diags, alloc);
    pm_buf_init(file, alloc);
    CHECK_INT(pm_asset_write(&input, 1, NULL, 0, NULL, &diags, file), PM_OK);
    pm_diags_free(&diags);
}

uint8_t *make_long(const struct pm_allocator *alloc, pm_asset_codec codec,
                   struct pm_buf *file)
{
    uint8_t *plain = malloc(LONG_SIZE);

    make_content(TEXT, 3, plain, LONG_SIZE);
    write_one(alloc, codec, 4096, plain, LONG_SIZE, file);
    return plain;
}

static pm_status counted_read(void *context, uint64_t offset, void *dst,
                              size_t size)
{
    struct counted *c = context;

    if (++c->reads == c->fail_at)
        return PM_ERR_IO;
    CHECK(offset + size <= c->file->size);
    memcpy(dst, c->file->data + offset, size);
    return PM_OK;
}

static const void *counted_lend(void *context, uint64_t offset, size_t size)
{
    struct counted *c = context;

    CHECK(size > 0 && offset + size <= c->file->size);
    if (c->loans++ % 2 && c->lending == AT_TIMES)
        return NULL;
    return c->file->data + offset;
}

struct pm_source counted_source(struct counted *counted)
{
    uint64_t size = counted->size ? counted->size : counted->file->size;
    return (struct pm_source){
        .read_at = counted_read,
        .context = counted,
        .size = size,
        .lend = counted->lending == NOTHING ? NULL : counted_lend};
}

struct pm_asset *open_source(const struct pm_source *source)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset *asset = NULL;
    struct pm_diags diags;

    pm_diags_init(&diags, &alloc);
    CHECK_INT(pm_asset_open(source, NULL, &alloc, &diags, &asset), PM_OK);
    pm_diags_free(&diags);
    return asset;
}
