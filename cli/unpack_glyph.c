// SPDX-License-Identifier: MIT
//
// A GLYPH as an indexed PNG, and the settings that the packer takes.
#include <string.h>

#include "base/bits.h"
#include "base/mem.h"
#include "hosts/common/png.h"
#include "json.h"
#include "unpack.h"

#define SIDE_MOST 256

// Turns indices of four bits into bytes.
static void spread(const uint8_t *form, size_t pixels, uint8_t *out)
{
    for (size_t i = 0; i < pixels; i += 2) {
        out[i] = form[i / 2] >> 4;
        out[i + 1] = form[i / 2] & 15;
    }
}

static void read_palette(struct unpack *u, struct pm_asset_reader *reader,
                         uint64_t at, uint16_t out[16])
{
    uint8_t colours[32];

    u->problem = pm_asset_reader_read(reader, at, colours, sizeof colours);
    for (int i = 0; i < 16 && !u->problem; i++)
        out[i] = pm_load16(colours + (size_t)i * 2);
}

static void write_png(struct unpack *u, const struct pm_png_indexed *picture,
                      const char *name)
{
    uint8_t *file;
    size_t size;

    u->problem = pm_png_encode_indexed(picture, &cli_alloc, &file, &size);
    if (u->problem)
        return;
    unpack_whole(u, name, file, size);
    pm_mem_free(&cli_alloc, file, size);
}

void unpack_sheet(struct unpack *u, const struct pm_asset_entry *entry,
                  struct pm_asset_reader *reader, const char *name,
                  unsigned palette)
{
    const size_t room = (size_t)SIDE_MOST * SIDE_MOST;
    size_t pixels = (size_t)entry->width * entry->height;
    struct pm_png_indexed picture = {.width = entry->width,
                                     .height = entry->height};
    uint8_t *indices = pm_mem_alloc(&cli_alloc, room);

    if (!indices) {
        u->problem = PM_ERR_NO_MEMORY;
        return;
    }
    // At most 32 KiB: half of a piece.
    u->problem = pm_asset_reader_read(reader, 0, u->piece, pixels / 2);
    if (!u->problem)
        read_palette(u, reader, pixels / 2 + (uint64_t)palette * 32,
                     picture.palette);
    if (!u->problem) {
        spread(u->piece, pixels, indices);
        picture.indices = indices;
        write_png(u, &picture, name);
    }
    pm_mem_free(&cli_alloc, indices, room);
}

// The first slot that it is preloaded into, or -1.
static int first_slot(const struct unpack *u,
                      const struct pm_asset_entry *entry)
{
    for (int slot = 0; slot < PM_ASSET_SLOTS; slot++)
        if (cli_asset_is_in_slot(u->asset, entry, slot))
            return slot;
    return -1;
}

void unpack_settings(struct unpack *u, const struct pm_asset_entry *entry,
                     const char *name)
{
    int slot = first_slot(u, entry);
    struct pm_buf out;

    pm_buf_init(&out, &cli_alloc);
    struct pm_json_writer w = pm_json_write_to(&out);
    pm_json_write_begin_object(&w);
    if (slot < 0)
        cli_json_null(&w, "slot");
    else
        cli_json_number(&w, "slot", slot);
    cli_json_number(&w, "tile_size", entry->tile_size);
    pm_json_write_end(&w);
    pm_buf_puts(&out, "\n");
    u->problem = pm_buf_status(&out);
    if (!u->problem)
        unpack_whole(u, name, out.data, out.size);
    pm_buf_free(&out);
}
