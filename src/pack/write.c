// SPDX-License-Identifier: MIT
//
// Assets → the file. Files that are stored as they are have been left where
// they lie until now.

#include <string.h>

#include "base/mem.h"
#include "pack/project.h"

static struct pm_asset_input input_of(const struct pm_pack_part *part,
                                      const uint8_t *file)
{
    struct pm_asset_input in = {.id = part->id,
                                .name = part->name,
                                .bank_type = part->bank,
                                .metadata = part->metadata,
                                .size = (size_t)part->form_size,
                                .decoded_size = part->decoded_size,
                                .codec = part->codec,
                                .chunk = part->chunk};

    if (part->codec != PM_CODEC_NONE) {
        in.packed = part->bytes;
        in.packed_size = part->size;
        // It was made by pm_asset_pack, now or when it went into the cache,
        // whose sum it has passed.
        in.is_packed_known = true;
    } else {
        in.bytes = part->is_file ? file : part->bytes;
    }
    return in;
}

// The bytes of a file that is an asset as it is.
static pm_status read_part(struct pm_packer *p, struct pm_pack_part *part,
                           const uint8_t **out)
{
    uint32_t input = *pm_pack_files_of(part->unit);
    struct pm_pack_bytes bytes;
    pm_status status = pm_pack_read_same(p, input, p->diags, &bytes);

    if (status)
        return status;
    // Damage apart, equal hashes have equal sizes.
    if (bytes.size != part->form_size) {
        pm_pack_release(p, &bytes);
        return PM_ERR_CORRUPT;
    }
    part->file_bytes = bytes.own;
    *out = bytes.data;
    return PM_OK;
}

static pm_status fill(struct pm_packer *p, struct pm_asset_input *assets,
                      struct pm_asset_input_preload *list, size_t *listed)
{
    for (size_t i = 0; i < p->part_count; i++) {
        struct pm_pack_part *part = p->parts[i];
        const uint8_t *file = NULL;
        pm_status status = PM_OK;
        if (part->is_file && part->codec == PM_CODEC_NONE)
            status = read_part(p, part, &file);
        if (status)
            return status;
        assets[i] = input_of(part, file);
        if (part->slot >= 0)
            list[(*listed)++] =
                (struct pm_asset_input_preload){part->id, part->slot};
    }
    return PM_OK;
}

pm_status pm_pack_write_assets(struct pm_packer *p)
{
    size_t room = p->part_count + 1;
    struct pm_asset_input *assets =
        pm_mem_zarray(&p->alloc, room, sizeof *assets);
    struct pm_asset_input_preload *list =
        pm_mem_zarray(&p->alloc, room, sizeof *list);
    pm_status status = PM_ERR_NO_MEMORY;
    size_t listed = 0;

    if (assets && list) {
        status = fill(p, assets, list, &listed);
        if (!status)
            status = pm_asset_write(assets, p->part_count, list, listed,
                                    "assets.pa", p->diags, &p->out->assets);
    }
    pm_mem_free(&p->alloc, assets, room * sizeof *assets);
    pm_mem_free(&p->alloc, list, room * sizeof *list);
    return status;
}
