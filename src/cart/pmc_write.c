// SPDX-License-Identifier: MIT
//
// Writes packages. Date and time are the first that ZIP knows, the order is
// fixed, and an extra field moves assets.pa to a multiple of 64.

#include <string.h>

#include "base/crc.h"
#include "cart/pmc_internal.h"

#define DOS_TIME    0
#define DOS_DATE    0x0021 // 1980-01-01
#define ZIP_VERSION 10
// The extra field that tools for aligned packages use.
#define EXTRA_ALIGN 0xd935
#define EXTRA_LEAST 6

struct part {
    const void *bytes;
    size_t size;
    uint32_t crc;
    uint32_t local;
};

// Fields 4 to 28 of a local header, which are 6 to 30 of a central one.
static void put_common(struct pm_buf *out, const struct part *part, int number,
                       size_t extra)
{
    pm_buf_put16(out, ZIP_VERSION);
    pm_buf_put16(out, 0);
    pm_buf_put16(out, 0);
    pm_buf_put16(out, DOS_TIME);
    pm_buf_put16(out, DOS_DATE);
    pm_buf_put32(out, part->crc);
    pm_buf_put32(out, (uint32_t)part->size);
    pm_buf_put32(out, (uint32_t)part->size);
    pm_buf_put16(out, (uint16_t)strlen(pm_pmc_names[number]));
    pm_buf_put16(out, (uint16_t)extra);
}

// Bytes of extra field that move what follows it to a multiple of 64.
static size_t extra_size(size_t at)
{
    size_t size = (PM_ASSET_ALIGN - at % PM_ASSET_ALIGN) % PM_ASSET_ALIGN;
    return size && size < EXTRA_LEAST ? size + PM_ASSET_ALIGN : size;
}

static void put_extra(struct pm_buf *out, size_t size)
{
    if (!size)
        return;
    pm_buf_put16(out, EXTRA_ALIGN);
    pm_buf_put16(out, (uint16_t)(size - 4));
    pm_buf_put16(out, PM_ASSET_ALIGN);
    pm_buf_put(out, NULL, size - EXTRA_LEAST);
}

static void put_part(struct pm_buf *out, struct part *part, int number)
{
    size_t name = strlen(pm_pmc_names[number]);
    size_t data = out->size + PMC_LOCAL_SIZE + name;
    size_t extra = number == PMC_ASSETS ? extra_size(data) : 0;

    part->local = (uint32_t)out->size;
    part->crc = pm_crc32(0, part->bytes, part->size);
    pm_buf_put32(out, PMC_LOCAL_MAGIC);
    put_common(out, part, number, extra);
    pm_buf_puts(out, pm_pmc_names[number]);
    put_extra(out, extra);
    if (part->size)
        pm_buf_put(out, part->bytes, part->size);
}

static void put_central(struct pm_buf *out, const struct part *part, int number)
{
    pm_buf_put32(out, PMC_CENTRAL_MAGIC);
    pm_buf_put16(out, ZIP_VERSION);
    put_common(out, part, number, 0);
    pm_buf_put(out, NULL, 10); // comment size, disk, attributes
    pm_buf_put32(out, part->local);
    pm_buf_puts(out, pm_pmc_names[number]);
}

static void put_end(struct pm_buf *out, unsigned count, size_t directory)
{
    size_t size = out->size - directory;
    pm_buf_put32(out, PMC_END_MAGIC);
    pm_buf_put32(out, 0);
    pm_buf_put16(out, (uint16_t)count);
    pm_buf_put16(out, (uint16_t)count);
    pm_buf_put32(out, (uint32_t)size);
    pm_buf_put32(out, (uint32_t)directory);
    pm_buf_put16(out, 0);
}

static bool fits(const struct part *parts)
{
    uint64_t total = 4096; // all headers together
    for (int i = 0; i < PMC_FILES; i++) {
        if (parts[i].size > UINT32_MAX)
            return false;
        total += parts[i].size;
    }
    return total < UINT32_MAX;
}

static pm_status put_all(struct part *parts, struct pm_buf *out)
{
    unsigned count = 0;

    for (int i = 0; i < PMC_FILES; i++)
        if (parts[i].bytes) {
            put_part(out, &parts[i], i);
            count++;
        }
    size_t directory = out->size;
    for (int i = 0; i < PMC_FILES; i++)
        if (parts[i].bytes)
            put_central(out, &parts[i], i);
    put_end(out, count, directory);
    return pm_buf_status(out);
}

pm_status pm_pmc_write(const struct pm_pmc_input *input, struct pm_diags *diags,
                       struct pm_buf *out)
{
    struct part parts[PMC_FILES] = {
        {input->manifest, input->manifest_size, 0, 0},
        {input->program, input->program_size, 0, 0},
        {input->assets, input->assets_size, 0, 0},
        {input->label, input->label_size, 0, 0},
    };

    out->size = 0;
    if (!fits(parts)) {
        pm_diags_error(diags, NULL, "PMC-ZIP64",
                       "the package would reach 4 GiB; keep the cartridge as "
                       "a directory, or make the assets smaller");
        return PM_ERR_LIMIT;
    }
    pm_status status = put_all(parts, out);
    if (status)
        out->size = 0;
    return status;
}
