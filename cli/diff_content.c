// SPDX-License-Identifier: MIT
//
// The stored forms of two entries, read side by side in pieces.
#include <string.h>

#include "base/bits.h"
#include "diff.h"

#define TILES_MOST 1024 // of 8 x 8 in a sheet of 256 x 256

static bool open_pair(struct diff *d, struct diff_pair *pair)
{
    pair->read_a = NULL;
    pair->read_b = NULL;
    pm_status status = pm_asset_reader_open(d->a.assets.asset, pair->a,
                                            &cli_alloc, &pair->read_a);
    if (status) {
        diff_problem(d, &d->a, pair->a, status);
        return false;
    }
    status = pm_asset_reader_open(d->b.assets.asset, pair->b, &cli_alloc,
                                  &pair->read_b);
    if (status)
        diff_problem(d, &d->b, pair->b, status);
    return !status;
}

static void close_pair(struct diff_pair *pair)
{
    pm_asset_reader_close(pair->read_a);
    pm_asset_reader_close(pair->read_b);
}

// Reads a window of each into the pieces of the sides.
static bool read_both(struct diff *d, const struct diff_pair *pair,
                      uint64_t at_a, uint64_t at_b, size_t size)
{
    pm_status status =
        pm_asset_reader_read(pair->read_a, at_a, d->a.piece, size);
    if (status) {
        diff_problem(d, &d->a, pair->a, status);
        return false;
    }
    status = pm_asset_reader_read(pair->read_b, at_b, d->b.piece, size);
    if (status)
        diff_problem(d, &d->b, pair->b, status);
    return !status;
}

// --- bytes -------------------------------------------------------------------

struct bytes {
    uint64_t first; // offset of the first that differs
    uint64_t count; // that differ, those that only one has included
};

static void compare_piece(const struct diff *d, uint64_t at, size_t size,
                          struct bytes *out)
{
    const uint8_t *a = d->a.piece;
    const uint8_t *b = d->b.piece;

    if (memcmp(a, b, size) == 0)
        return;
    for (size_t i = 0; i < size; i++)
        if (a[i] != b[i] && out->count++ == 0)
            out->first = at + i;
}

// Reads all of both, so that damage is found also where sizes differ.
static bool read_rest(struct diff *d, const struct diff_side *side,
                      const struct pm_asset_entry *entry,
                      struct pm_asset_reader *reader, uint64_t at)
{
    uint64_t size = pm_asset_form_size(entry);

    while (at < size) {
        size_t part = size - at < DIFF_PIECE ? (size_t)(size - at) : DIFF_PIECE;
        pm_status status = pm_asset_reader_read(reader, at, side->piece, part);
        if (status) {
            diff_problem(d, side, entry, status);
            return false;
        }
        at += part;
    }
    return true;
}

static bool compare_bytes(struct diff *d, const struct diff_pair *pair,
                          struct bytes *out)
{
    uint64_t a_size = pm_asset_form_size(pair->a);
    uint64_t b_size = pm_asset_form_size(pair->b);
    uint64_t common = a_size < b_size ? a_size : b_size;
    uint64_t more = a_size + b_size - common * 2;

    *out = (struct bytes){0};
    for (uint64_t at = 0; at < common;) {
        size_t part =
            common - at < DIFF_PIECE ? (size_t)(common - at) : DIFF_PIECE;
        if (!read_both(d, pair, at, at, part))
            return false;
        compare_piece(d, at, part, out);
        at += part;
    }
    if (more && out->count == 0)
        out->first = common;
    out->count += more;
    return read_rest(d, &d->a, pair->a, pair->read_a, common) &&
           read_rest(d, &d->b, pair->b, pair->read_b, common);
}

bool diff_is_equal(struct diff *d, const struct pm_asset_entry *a,
                   const struct pm_asset_entry *b)
{
    struct diff_pair pair = {.a = a, .b = b};
    struct bytes bytes;
    bool is_equal = open_pair(d, &pair) && compare_bytes(d, &pair, &bytes) &&
                    bytes.count == 0;

    close_pair(&pair);
    return is_equal;
}

// --- GLYPH -------------------------------------------------------------------

static bool is_one_form(const struct diff_pair *pair)
{
    return pair->a->bank_type == PM_BANK_GLYPH &&
           pair->b->bank_type == PM_BANK_GLYPH &&
           pair->a->width == pair->b->width &&
           pair->a->height == pair->b->height &&
           pair->a->tile_size == pair->b->tile_size;
}

static unsigned nibble(const uint8_t *bytes, unsigned at)
{
    return at % 2 ? bytes[at / 2] & 15 : bytes[at / 2] >> 4;
}

// Counts the pixels that differ, and the tiles that they are in.
static void compare_pixels(struct diff *d, const struct pm_asset_entry *entry)
{
    bool is_bad[TILES_MOST] = {false};
    unsigned columns = entry->width / entry->tile_size;
    int64_t pixels = 0;
    int64_t tiles = 0;

    for (unsigned at = 0; at < (unsigned)entry->width * entry->height; at++) {
        if (nibble(d->a.piece, at) == nibble(d->b.piece, at))
            continue;
        unsigned tile = at / entry->width / entry->tile_size * columns +
                        at % entry->width / entry->tile_size;
        pixels++;
        tiles += !is_bad[tile];
        is_bad[tile] = true;
    }
    cli_json_number(&d->w, "pixels", pixels);
    cli_json_number(&d->w, "tiles", tiles);
}

static void compare_colours(struct diff *d, size_t at)
{
    int64_t colours = 0;

    for (size_t i = 0; i < PM_ASSET_PALETTE_SIZE; i += 2)
        colours += memcmp(d->a.piece + at + i, d->b.piece + at + i, 2) != 0;
    cli_json_number(&d->w, "colours", colours);
}

static void put_glyph(struct diff *d, const struct diff_pair *pair)
{
    size_t size = (size_t)pm_asset_form_size(pair->a); // at most 34 KiB

    if (!read_both(d, pair, 0, 0, size))
        return;
    compare_pixels(d, pair->a);
    compare_colours(d, size - PM_ASSET_PALETTE_SIZE);
}

// --- SCENE -------------------------------------------------------------------

static bool layer_differs(const struct cli_layer *a, const struct cli_layer *b)
{
    return a->is_active != b->is_active || a->slot != b->slot ||
           a->tile_size != b->tile_size || a->parallax_x != b->parallax_x ||
           a->parallax_y != b->parallax_y || a->width != b->width ||
           a->height != b->height;
}

// -1 where they cannot be compared.
static int64_t count_cells(struct diff *d, const struct diff_pair *pair,
                           const struct cli_layer *a, const struct cli_layer *b)
{
    uint64_t size = (uint64_t)a->width * a->height * 4;
    int64_t count = 0;

    if (a->width != b->width || a->height != b->height)
        return -1;
    for (uint64_t at = 0; at < size;) {
        size_t part = size - at < DIFF_PIECE ? (size_t)(size - at) : DIFF_PIECE;
        if (!read_both(d, pair, a->at + at, b->at + at, part))
            return -1;
        for (size_t i = 0; i < part; i += 4)
            count += pm_load32(d->a.piece + i) != pm_load32(d->b.piece + i);
        at += part;
    }
    return count;
}

static void put_layer(struct diff *d, const struct diff_pair *pair, int number,
                      const struct cli_layer *a, const struct cli_layer *b)
{
    int64_t cells = count_cells(d, pair, a, b);

    if (cells == 0 && !layer_differs(a, b))
        return;
    pm_json_write_begin_object(&d->w);
    cli_json_number(&d->w, "layer", number);
    cli_json_bool(&d->w, "head_differs", layer_differs(a, b));
    if (cells < 0)
        cli_json_null(&d->w, "cells");
    else
        cli_json_number(&d->w, "cells", cells);
    pm_json_write_end(&d->w);
}

static void put_scene(struct diff *d, const struct diff_pair *pair)
{
    struct cli_scene a;
    struct cli_scene b;

    // What is no scene was told as bytes, and is for verify to find.
    if (cli_scene_read(d->a.assets.asset, pair->a, &a) ||
        cli_scene_read(d->b.assets.asset, pair->b, &b))
        return;
    cli_json_begin_array(&d->w, "layers");
    for (int i = 0; i < CLI_LAYERS; i++)
        put_layer(d, pair, i, &a.layers[i], &b.layers[i]);
    pm_json_write_end(&d->w);
}

// --- all ---------------------------------------------------------------------

static void put_difference(struct diff *d, const struct diff_pair *pair,
                           const struct bytes *bytes)
{
    cli_json_begin_object(&d->w, "content");
    cli_json_bool(&d->w, "equal", bytes->count == 0);
    if (bytes->count) {
        cli_json_number(&d->w, "first_offset", (int64_t)bytes->first);
        cli_json_number(&d->w, "bytes", (int64_t)bytes->count);
        if (is_one_form(pair))
            put_glyph(d, pair);
        if (pair->a->bank_type == PM_BANK_SCENE &&
            pair->b->bank_type == PM_BANK_SCENE)
            put_scene(d, pair);
    }
    pm_json_write_end(&d->w);
}

bool diff_content(struct diff *d, struct diff_pair *pair)
{
    struct bytes bytes;
    bool is_known = open_pair(d, pair) && compare_bytes(d, pair, &bytes);

    if (is_known)
        put_difference(d, pair, &bytes);
    else
        cli_json_null(&d->w, "content");
    close_pair(pair);
    return is_known && bytes.count != 0;
}
