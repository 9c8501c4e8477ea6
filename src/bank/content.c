// SPDX-License-Identifier: MIT
//
// Content on its way to become resident: the stored form and what the table
// says of it.
#include "bank/bank_internal.h"
#include "base/bits.h"
#include "base/hash.h"
#include "base/mem.h"

static pm_status take_samples(const struct pm_allocator *alloc,
                              const struct pm_asset *asset,
                              const struct pm_asset_entry *entry,
                              struct pm_bank_content *out)
{
    size_t count = pm_asset_samples(asset, entry, NULL, 0);

    if (count == 0)
        return PM_OK;
    out->samples = pm_mem_zarray(alloc, count, sizeof *out->samples);
    if (!out->samples)
        return PM_ERR_NO_MEMORY;
    out->sample_count = (uint32_t)count;
    pm_asset_samples(asset, entry, out->samples, count);
    return PM_OK;
}

pm_status pm_bank_content_begin(const struct pm_allocator *alloc,
                                const struct pm_asset *asset,
                                const struct pm_asset_entry *entry,
                                struct pm_bank_content *out)
{
    uint64_t size = pm_asset_form_size(entry);
    pm_status status = PM_OK;

    *out = (struct pm_bank_content){
        .type = (pm_bank_type)entry->bank_type,
        .asset_id = entry->id,
        .glyph = {entry->tile_size, entry->width, entry->height},
    };
    if (size > SIZE_MAX / 2)
        return PM_ERR_LIMIT;
    if (entry->bank_type == PM_BANK_SOUNDS)
        status = take_samples(alloc, asset, entry, out);
    if (!status && size) {
        out->bytes = pm_mem_alloc(alloc, (size_t)size);
        status = out->bytes ? PM_OK : PM_ERR_NO_MEMORY;
    }
    if (status) {
        pm_bank_content_free(alloc, out);
        return status;
    }
    out->size = (size_t)size;
    return PM_OK;
}

void pm_bank_content_free(const struct pm_allocator *alloc,
                          struct pm_bank_content *content)
{
    pm_mem_free(alloc, content->samples,
                content->sample_count * sizeof *content->samples);
    pm_mem_free(alloc, content->bytes, content->size);
    content->samples = NULL;
    content->bytes = NULL;
    content->sample_count = 0;
    content->size = 0;
}

// --- examining ---------------------------------------------------------------

// The form is part of what a sheet is, though not of the stored bytes.
static uint64_t hash_glyph(const struct pm_bank_content *content)
{
    uint8_t key[20];

    pm_store64(key, pm_hash64(content->bytes, content->size));
    pm_store32(key + 8, content->glyph.tile_size);
    pm_store32(key + 12, content->glyph.width);
    pm_store32(key + 16, content->glyph.height);
    return pm_hash64(key, sizeof key);
}

// So are the places of samples of what sounds are.
static uint64_t hash_sounds(const struct pm_bank_content *content)
{
    uint64_t hash = pm_hash64(content->bytes, content->size);

    for (uint32_t i = 0; i < content->sample_count; i++) {
        const struct pm_asset_sample *sample = &content->samples[i];
        uint8_t key[28];
        pm_store64(key, hash);
        pm_store32(key + 8, sample->offset);
        pm_store32(key + 12, sample->frames);
        pm_store32(key + 16, sample->rate);
        pm_store32(key + 20, sample->loop_start);
        pm_store32(key + 24, sample->loop_end);
        hash = pm_hash64(key, sizeof key);
    }
    return hash;
}

static bool holds_together(const struct pm_bank_content *content)
{
    switch (content->type) {
    case PM_BANK_GLYPH:
        return pm_glyph_form_fits(content);
    case PM_BANK_SCENE:
        return pm_scene_is_valid(content->bytes, content->size);
    case PM_BANK_SOUNDS:
        return content->size % 2 == 0;
    default:
        return true;
    }
}

pm_status pm_bank_examine(struct pm_bank_content *content)
{
    if (!holds_together(content))
        return PM_ERR_INVALID;
    if (content->type == PM_BANK_GLYPH)
        content->hash = hash_glyph(content);
    else if (content->type == PM_BANK_SOUNDS)
        content->hash = hash_sounds(content);
    else
        content->hash = pm_hash64(content->bytes, content->size);
    return PM_OK;
}
