// SPDX-License-Identifier: MIT
//
// Sheets: tiles in, a GLYPH out. A tile is compared as the machine would show
// it (RGB565, transparent below an alpha of 128) and in the one of its four
// flips that is smallest, so that equal and flipped tiles meet in one place
// of a hash table. The sheet shows a tile the way round it first came.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "pack/convert.h"
#include "pack/palettes.h"

#define MAX_PIXELS (32 * 32)
#define FLIP_X     1
#define FLIP_Y     2

// A tile that is kept; its pixels are at its number.
struct tile {
    uint64_t hash;
    uint8_t flip; // from the smallest form to how it first came
    uint32_t palette;
};

// A tile that was added.
struct added {
    uint32_t tile; // NONE: every pixel is transparent
    uint8_t flip;  // from the smallest form
};

#define NONE UINT32_MAX

struct pm_pack_sheet {
    struct pm_allocator alloc;
    uint32_t size;   // of a tile, in pixels
    uint32_t pixels; // of a tile

    struct added *added;
    size_t added_count;
    size_t added_room;

    struct tile *tiles;
    size_t tile_count;
    size_t tile_room;
    // In the smallest form: 0 is transparent, else an RGB565 colour + 1.
    uint32_t *values; // [pixels] a tile
    size_t value_room;

    uint32_t *table; // of tiles by hash, NONE: free; a power of two, or none
    size_t table_size;

    uint8_t *indices; // of each tile, from its palette; once finished
    struct pm_pack_colour_set palettes[PM_PACK_PALETTES];
    uint32_t palette_count;
    uint32_t columns; // of the sheet, in tiles
    uint32_t rows;
};

pm_status pm_pack_sheet_create(const struct pm_allocator *alloc,
                               uint32_t tile_size, struct pm_pack_sheet **out)
{
    if (tile_size != 8 && tile_size != 16 && tile_size != 32)
        return PM_ERR_INVALID;
    struct pm_pack_sheet *sheet = pm_mem_zalloc(alloc, sizeof *sheet);
    if (!sheet)
        return PM_ERR_NO_MEMORY;
    sheet->alloc = *alloc;
    sheet->size = tile_size;
    sheet->pixels = tile_size * tile_size;
    *out = sheet;
    return PM_OK;
}

void pm_pack_sheet_free(struct pm_pack_sheet *sheet)
{
    if (!sheet)
        return;
    struct pm_allocator alloc = sheet->alloc;
    pm_mem_free(&alloc, sheet->added, sheet->added_room * sizeof *sheet->added);
    pm_mem_free(&alloc, sheet->tiles, sheet->tile_room * sizeof *sheet->tiles);
    pm_mem_free(&alloc, sheet->values,
                sheet->value_room * sizeof *sheet->values);
    pm_mem_free(&alloc, sheet->table, sheet->table_size * sizeof *sheet->table);
    pm_mem_free(&alloc, sheet->indices, sheet->tile_count * sheet->pixels);
    pm_mem_free(&alloc, sheet, sizeof *sheet);
}

// --- adding ------------------------------------------------------------------

// Where pixel [i] of a tile lies once it is flipped.
static uint32_t flipped(const struct pm_pack_sheet *sheet, uint32_t i,
                        unsigned flip)
{
    uint32_t last = sheet->size - 1;
    uint32_t x = i % sheet->size;
    uint32_t y = i / sheet->size;
    return (flip & FLIP_Y ? last - y : y) * sheet->size +
           (flip & FLIP_X ? last - x : x);
}

// Gives whether there is a pixel that is not transparent.
static bool take_pixels(const struct pm_pack_sheet *sheet, const uint8_t *rgba,
                        size_t stride, uint32_t *values)
{
    uint32_t any = 0;
    for (uint32_t i = 0; i < sheet->pixels; i++) {
        const uint8_t *at =
            rgba + i / sheet->size * stride + i % sheet->size * 4;
        values[i] = at[3] >= 128 ? pm_pack_rgb565(at) + 1u : 0;
        any |= values[i];
    }
    return any != 0;
}

// Turns a tile into the smallest of its forms; gives the first flip that does
// it. A flip is its own way back.
static uint8_t make_smallest(const struct pm_pack_sheet *sheet,
                             uint32_t *values)
{
    uint32_t forms[4][MAX_PIXELS];
    uint8_t best = 0;

    for (uint8_t flip = 0; flip < 4; flip++) {
        for (uint32_t i = 0; i < sheet->pixels; i++)
            forms[flip][flipped(sheet, i, flip)] = values[i];
        for (uint32_t i = 0; i < sheet->pixels; i++) {
            if (forms[flip][i] == forms[best][i])
                continue;
            if (forms[flip][i] < forms[best][i])
                best = flip;
            break;
        }
    }
    memcpy(values, forms[best], sheet->pixels * sizeof *values);
    return best;
}

static uint64_t hash_of(const struct pm_pack_sheet *sheet,
                        const uint32_t *values)
{
    return pm_hash64(values, sheet->pixels * sizeof *values);
}

// The place of a tile in the table: where it is, or a free one for it.
static uint32_t *find(struct pm_pack_sheet *sheet, uint64_t hash,
                      const uint32_t *values)
{
    size_t mask = sheet->table_size - 1;
    size_t at = (size_t)hash & mask;

    while (sheet->table[at] != NONE) {
        uint32_t tile = sheet->table[at];
        if (sheet->tiles[tile].hash == hash &&
            memcmp(sheet->values + (size_t)tile * sheet->pixels, values,
                   sheet->pixels * sizeof *values) == 0)
            break;
        at = (at + 1) & mask;
    }
    return &sheet->table[at];
}

// Keeps the table at most half full.
static bool grow_table(struct pm_pack_sheet *sheet)
{
    size_t old_size = sheet->table_size;
    size_t size = old_size ? old_size * 2 : 64;

    if (sheet->tile_count * 2 < old_size)
        return true;
    uint32_t *table = pm_mem_zarray(&sheet->alloc, size, sizeof *table);
    if (!table)
        return false;
    memset(table, 0xff, size * sizeof *table);
    pm_mem_free(&sheet->alloc, sheet->table, old_size * sizeof *table);
    sheet->table = table;
    sheet->table_size = size;
    for (size_t i = 0; i < sheet->tile_count; i++)
        *find(sheet, sheet->tiles[i].hash, sheet->values + i * sheet->pixels) =
            (uint32_t)i;
    return true;
}

static bool make_room(struct pm_pack_sheet *sheet)
{
    return pm_mem_grow(&sheet->alloc, &sheet->added, &sheet->added_room,
                       sheet->added_count + 1, sizeof *sheet->added) &&
           pm_mem_grow(&sheet->alloc, &sheet->tiles, &sheet->tile_room,
                       sheet->tile_count + 1, sizeof *sheet->tiles) &&
           pm_mem_grow(&sheet->alloc, &sheet->values, &sheet->value_room,
                       (sheet->tile_count + 1) * sheet->pixels,
                       sizeof *sheet->values) &&
           grow_table(sheet);
}

pm_status pm_pack_sheet_add(struct pm_pack_sheet *sheet, const uint8_t *rgba,
                            size_t stride, uint32_t *out_number)
{
    uint32_t values[MAX_PIXELS];
    struct added added = {.tile = NONE};

    PM_CHECK(!sheet->columns);
    if (sheet->added_count >= NONE || !make_room(sheet))
        return PM_ERR_NO_MEMORY;
    if (take_pixels(sheet, rgba, stride, values)) {
        added.flip = make_smallest(sheet, values);
        uint64_t hash = hash_of(sheet, values);
        uint32_t *place = find(sheet, hash, values);
        if (*place == NONE) {
            memcpy(sheet->values + sheet->tile_count * sheet->pixels, values,
                   sheet->pixels * sizeof *values);
            sheet->tiles[sheet->tile_count] =
                (struct tile){.hash = hash, .flip = added.flip};
            *place = (uint32_t)sheet->tile_count++;
        }
        added.tile = *place;
    }
    *out_number = (uint32_t)sheet->added_count;
    sheet->added[sheet->added_count++] = added;
    return PM_OK;
}

// --- colours -----------------------------------------------------------------

// What had to be reduced, for one line of the report.
struct reduced {
    uint32_t tiles;
    uint32_t worst_tile;
    struct pm_pack_colours worst;
};

// The colours of a tile; false when there are too many.
static bool collect(const struct pm_pack_sheet *sheet, const uint32_t *values,
                    struct pm_pack_colour_set *set)
{
    *set = (struct pm_pack_colour_set){0};
    for (uint32_t i = 0; i < sheet->pixels; i++)
        if (values[i] &&
            !pm_pack_colour_set_add(set, (uint16_t)(values[i] - 1)))
            return false;
    return true;
}

static void put_rgba(uint32_t value, uint8_t *rgba)
{
    uint16_t colour = (uint16_t)(value - 1);
    rgba[0] = (uint8_t)((colour >> 11) * 255 / 31);
    rgba[1] = (uint8_t)((colour >> 5 & 63) * 255 / 63);
    rgba[2] = (uint8_t)((colour & 31) * 255 / 31);
    rgba[3] = value ? 255 : 0;
}

// Writes the tile anew with 15 of its colours.
static pm_status reduce(struct pm_pack_sheet *sheet, uint32_t tile,
                        struct reduced *reduced)
{
    uint32_t *values = sheet->values + (size_t)tile * sheet->pixels;
    uint8_t rgba[MAX_PIXELS * 4];
    uint8_t indices[MAX_PIXELS];
    struct pm_pack_colours colours;

    for (uint32_t i = 0; i < sheet->pixels; i++)
        put_rgba(values[i], rgba + (size_t)i * 4);
    pm_status status =
        pm_pack_quantise(rgba, sheet->pixels, indices, &sheet->alloc, &colours);
    if (status)
        return status;
    for (uint32_t i = 0; i < sheet->pixels; i++)
        values[i] = indices[i] ? colours.palette[indices[i]] + 1u : 0;
    reduced->tiles++;
    if (reduced->tiles == 1 || colours.worst > reduced->worst.worst) {
        reduced->worst = colours;
        reduced->worst_tile = tile;
    }
    return PM_OK;
}

static pm_status collect_all(struct pm_pack_sheet *sheet,
                             struct pm_pack_colour_set *sets,
                             struct reduced *reduced)
{
    for (uint32_t i = 0; i < sheet->tile_count; i++) {
        const uint32_t *values = sheet->values + (size_t)i * sheet->pixels;
        if (collect(sheet, values, &sets[i]))
            continue;
        pm_status status = reduce(sheet, i, reduced);
        if (status)
            return status;
        PM_CHECK(collect(sheet, values, &sets[i]));
    }
    return PM_OK;
}

static uint8_t index_of(const struct pm_pack_colour_set *palette,
                        uint32_t value)
{
    uint8_t index = 0;
    while (value && palette->colours[index++] != value - 1)
        PM_ASSERT(index < palette->count);
    return index;
}

static pm_status give_indices(struct pm_pack_sheet *sheet)
{
    size_t count = sheet->tile_count * sheet->pixels;
    if (count == 0)
        return PM_OK;
    sheet->indices = pm_mem_alloc(&sheet->alloc, count);
    if (!sheet->indices)
        return PM_ERR_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        uint32_t palette = sheet->tiles[i / sheet->pixels].palette;
        sheet->indices[i] =
            index_of(&sheet->palettes[palette], sheet->values[i]);
    }
    return PM_OK;
}

// --- finishing ---------------------------------------------------------------

static pm_status check_tiles(const struct pm_pack_sheet *sheet,
                             const struct pm_pack_file *file)
{
    struct pm_place place = {.file = file->name};
    uint32_t side = PM_PACK_MAX_SIDE / sheet->size;

    if (sheet->tile_count <= (size_t)side * side)
        return PM_OK;
    pm_diags_error(file->diags, &place, "PACK-SHEET-TILES",
                   "%zu different tiles of %" PRIu32 " x %" PRIu32
                   " pixels; a sheet of 256 x 256 holds %" PRIu32
                   ": draw with fewer different tiles, or make several files "
                   "of it",
                   sheet->tile_count, sheet->size, sheet->size, side * side);
    return PM_ERR_INVALID;
}

static pm_status sort_colours(struct pm_pack_sheet *sheet,
                              const struct pm_pack_file *file,
                              const struct pm_pack_colour_set *sets,
                              uint32_t *choice)
{
    struct pm_place place = {.file = file->name};
    pm_status status =
        pm_pack_sort_palettes(sets, (uint32_t)sheet->tile_count, &sheet->alloc,
                              choice, sheet->palettes, &sheet->palette_count);
    if (status)
        return status;
    if (sheet->palette_count > PM_PACK_PALETTES) {
        pm_diags_error(file->diags, &place, "PACK-SHEET-PALETTES",
                       "the tiles need %" PRIu32
                       " palettes of 15 colours; a sheet has 64: use the "
                       "same colours in more tiles",
                       sheet->palette_count);
        return PM_ERR_INVALID;
    }
    for (size_t i = 0; i < sheet->tile_count; i++)
        sheet->tiles[i].palette = choice[i];
    return PM_OK;
}

// Fewest free cells first, then nearest to a square, and never higher than
// wide.
static void choose_sides(struct pm_pack_sheet *sheet)
{
    uint32_t side = PM_PACK_MAX_SIDE / sheet->size;
    uint32_t count = sheet->tile_count ? (uint32_t)sheet->tile_count : 1;

    sheet->columns = sheet->rows = side;
    for (uint32_t columns = side; columns > 0; columns--) {
        uint32_t rows = (count + columns - 1) / columns;
        if (rows <= columns && columns * rows <= sheet->columns * sheet->rows) {
            sheet->columns = columns;
            sheet->rows = rows;
        }
    }
}

static uint8_t pixel_at(const struct pm_pack_sheet *sheet, uint32_t x,
                        uint32_t y)
{
    uint32_t tile = y / sheet->size * sheet->columns + x / sheet->size;
    if (tile >= sheet->tile_count)
        return 0;
    uint32_t i = y % sheet->size * sheet->size + x % sheet->size;
    return sheet->indices[(size_t)tile * sheet->pixels +
                          flipped(sheet, i, sheet->tiles[tile].flip)];
}

static pm_status put_stored(const struct pm_pack_sheet *sheet,
                            struct pm_pack_glyph *out)
{
    struct pm_buf *bytes = &out->bytes;

    out->width = (uint16_t)(sheet->columns * sheet->size);
    out->height = (uint16_t)(sheet->rows * sheet->size);
    out->tile_size = (uint8_t)sheet->size;
    for (uint32_t y = 0; y < out->height; y++)
        for (uint32_t x = 0; x < out->width; x += 2)
            pm_buf_put8(bytes, (uint8_t)(pixel_at(sheet, x, y) << 4 |
                                         pixel_at(sheet, x + 1, y)));
    for (int i = 0; i < PM_PACK_PALETTES; i++) {
        pm_buf_put16(bytes, 0);
        for (int k = 0; k < PM_PACK_PALETTE_COLOURS; k++)
            pm_buf_put16(bytes, k < sheet->palettes[i].count
                                    ? sheet->palettes[i].colours[k]
                                    : 0);
    }
    return pm_buf_status(bytes);
}

static void tell_reduced(const struct reduced *reduced,
                         const struct pm_pack_file *file)
{
    if (!reduced->tiles)
        return;
    pm_buf_put_escaped(file->report, file->name, strlen(file->name));
    pm_buf_printf(file->report,
                  ": %" PRIu32 " tile%s of more than 15 colours reduced; the "
                  "worst is glyph %" PRIu32 ", from %d colours to %d, off by "
                  "up to %d of 255\n",
                  reduced->tiles, reduced->tiles == 1 ? "" : "s",
                  reduced->worst_tile, reduced->worst.found,
                  reduced->worst.used, reduced->worst.worst);
}

static pm_status finish(struct pm_pack_sheet *sheet,
                        const struct pm_pack_file *file,
                        struct pm_pack_colour_set *sets, uint32_t *choice,
                        struct pm_pack_glyph *out)
{
    struct reduced reduced = {0};
    pm_status status = collect_all(sheet, sets, &reduced);
    if (status)
        return status;
    status = sort_colours(sheet, file, sets, choice);
    if (status)
        return status;
    status = give_indices(sheet);
    if (status)
        return status;
    choose_sides(sheet);
    tell_reduced(&reduced, file);
    return put_stored(sheet, out);
}

pm_status pm_pack_sheet_finish(struct pm_pack_sheet *sheet,
                               const struct pm_pack_file *file,
                               struct pm_pack_glyph *out)
{
    size_t count = sheet->tile_count;
    struct pm_pack_colour_set *sets = NULL;
    uint32_t *choice = NULL;

    PM_CHECK(!sheet->columns);
    pm_status status = check_tiles(sheet, file);
    if (status)
        return status;
    pm_buf_init(&out->bytes, &sheet->alloc);
    sets = pm_mem_zarray(&sheet->alloc, count, sizeof *sets);
    choice = pm_mem_zarray(&sheet->alloc, count, sizeof *choice);
    status = count && (!sets || !choice)
                 ? PM_ERR_NO_MEMORY
                 : finish(sheet, file, sets, choice, out);
    pm_mem_free(&sheet->alloc, sets, count * sizeof *sets);
    pm_mem_free(&sheet->alloc, choice, count * sizeof *choice);
    if (status)
        pm_buf_free(&out->bytes);
    return status;
}

struct pm_pack_cell pm_pack_sheet_cell(const struct pm_pack_sheet *sheet,
                                       uint32_t number)
{
    PM_CHECK(sheet->columns && number < sheet->added_count);
    const struct added *added = &sheet->added[number];
    if (added->tile == NONE)
        return (struct pm_pack_cell){0};
    const struct tile *tile = &sheet->tiles[added->tile];
    unsigned flip = added->flip ^ tile->flip;
    return (struct pm_pack_cell){.glyph = (uint16_t)added->tile,
                                 .palette = (uint8_t)tile->palette,
                                 .flip_x = flip & FLIP_X,
                                 .flip_y = (flip & FLIP_Y) != 0,
                                 .is_used = true};
}

void pm_pack_sheet_counts(const struct pm_pack_sheet *sheet,
                          uint32_t *out_added, uint32_t *out_kept,
                          uint32_t *out_palettes)
{
    *out_added = (uint32_t)sheet->added_count;
    *out_kept = (uint32_t)sheet->tile_count;
    *out_palettes = sheet->palette_count;
}
