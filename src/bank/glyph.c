// SPDX-License-Identifier: MIT
//
// Glyph sheets: four bits a pixel in the file, a byte a pixel in memory.
#include "bank/bank_internal.h"
#include "base/bits.h"
#include "base/mem.h"

static bool is_sheet_length(uint32_t length, uint32_t tile_size)
{
    return length > 0 && length <= PM_GLYPH_SHEET_MAX &&
           length % tile_size == 0;
}

bool pm_glyph_form_is_valid(const struct pm_glyph_form *form)
{
    uint32_t size = form->tile_size;
    return (size == 8 || size == 16 || size == 32) &&
           is_sheet_length(form->width, size) &&
           is_sheet_length(form->height, size);
}

static size_t index_bytes(const struct pm_glyph_form *form)
{
    return ((size_t)form->width * form->height + 1) / 2;
}

size_t pm_glyph_stored_size(const struct pm_glyph_form *form)
{
    return index_bytes(form) + PM_GLYPH_PALETTES_BYTES;
}

size_t pm_glyph_resident_size(const struct pm_glyph_form *form)
{
    return (size_t)form->width * form->height + PM_GLYPH_PALETTES_BYTES;
}

bool pm_glyph_form_fits(const struct pm_bank_content *content)
{
    return pm_glyph_form_is_valid(&content->glyph) &&
           content->size == pm_glyph_stored_size(&content->glyph);
}

// The palettes come first in the resident bytes, so that they are aligned.
static void unpack(struct pm_resident *resident,
                   const struct pm_glyph_form *form, const uint8_t *stored)
{
    uint16_t *palettes = (uint16_t *)(void *)resident->bytes;
    uint8_t *pixels = resident->bytes + PM_GLYPH_PALETTES_BYTES;
    size_t count = (size_t)form->width * form->height;
    const uint8_t *colors = stored + index_bytes(form);

    for (size_t i = 0; i < count; i++)
        pixels[i] = i % 2 ? stored[i / 2] & 15 : stored[i / 2] >> 4;
    for (size_t i = 0; i < PM_GLYPH_PALETTES * PM_GLYPH_COLORS; i++)
        palettes[i] = pm_load16(colors + 2 * i);
    uint32_t columns = form->width / form->tile_size;
    resident->glyph = (struct pm_glyph_sheet){
        .form = *form,
        .columns = columns,
        .count = columns * (form->height / form->tile_size),
        .pixels = pixels,
        .palettes = palettes,
    };
}

pm_status pm_glyph_make(const struct pm_allocator *alloc,
                        struct pm_resident *resident,
                        const struct pm_bank_content *content)
{
    resident->size = pm_glyph_resident_size(&content->glyph);
    resident->bytes = pm_mem_alloc(alloc, resident->size);
    if (!resident->bytes)
        return PM_ERR_NO_MEMORY;
    unpack(resident, &content->glyph, content->bytes);
    return PM_OK;
}

static uint8_t stored_byte(const struct pm_glyph_sheet *sheet, uint64_t at)
{
    size_t indices = index_bytes(&sheet->form);

    if (at < indices)
        return (uint8_t)(sheet->pixels[2 * at] << 4 |
                         sheet->pixels[2 * at + 1]);
    at -= indices;
    return (uint8_t)(sheet->palettes[at / 2] >> at % 2 * 8);
}

void pm_glyph_read(const struct pm_glyph_sheet *sheet, uint64_t at,
                   uint8_t *dst, size_t size)
{
    for (size_t i = 0; i < size; i++)
        dst[i] = stored_byte(sheet, at + i);
}
