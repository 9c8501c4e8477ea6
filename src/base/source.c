// SPDX-License-Identifier: MIT
#include <prometeu/source.h>

#include <string.h>

static pm_status memory_read_at(void *context, uint64_t offset, void *dst,
                                size_t size)
{
    if (size)
        memcpy(dst, (const uint8_t *)context + offset, size);
    return PM_OK;
}

static const void *memory_lend(void *context, uint64_t offset, size_t size)
{
    (void)size;
    return (const uint8_t *)context + offset;
}

struct pm_source pm_source_memory(const void *bytes, size_t size)
{
    // The source only ever reads through the pointer.
    return (struct pm_source){.read_at = memory_read_at,
                              .context = (void *)(uintptr_t)bytes,
                              .size = size,
                              .lend = memory_lend};
}
