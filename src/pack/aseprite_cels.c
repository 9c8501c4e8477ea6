// SPDX-License-Identifier: MIT
//
// The cels of .aseprite files: pixels as they are, packed by zlib, linked to
// another frame's, or made of tiles. All become pixels of the file's depth.

#include <inttypes.h>
#include <string.h>

#include <zlib.h>

#include "base/mem.h"
#include "pack/aseprite.h"

// Deflate packs at most so many bytes into one.
#define MAX_RATIO 1032

// --- memory ------------------------------------------------------------------

uint8_t *pm_pack_ase_block(struct pm_ase *f, uint64_t size)
{
    const struct pm_allocator *alloc = f->file->alloc;

    if (size > PM_ASE_MAX_DECODED - f->decoded) {
        pm_pack_ase_fault(f,
                          "%" PRIu64 " bytes of pixels; all cels and tiles "
                          "together may have %" PRIu64
                          ": cut the file into several",
                          size, PM_ASE_MAX_DECODED);
        return NULL;
    }
    uint8_t *bytes = NULL;
    if (pm_mem_grow(alloc, &f->blocks, &f->block_room, f->block_count + 1,
                    sizeof *f->blocks))
        bytes = pm_mem_zalloc(alloc, (size_t)size);
    if (!bytes) {
        f->out_of_memory = true;
        return NULL;
    }
    f->decoded += size;
    f->blocks[f->block_count++] =
        (struct pm_ase_block){.bytes = bytes, .size = (size_t)size};
    return bytes;
}

// zlib's memory comes from the allocator too; it does not tell sizes back.
union piece {
    size_t size;
    max_align_t align;
};

static voidpf get_piece(voidpf context, uInt count, uInt size)
{
    struct pm_ase *f = context;
    size_t bytes = sizeof(union piece) + (size_t)count * size;
    union piece *piece = pm_mem_alloc(f->file->alloc, bytes);
    if (!piece) {
        f->out_of_memory = true;
        return NULL;
    }
    piece->size = bytes;
    return piece + 1;
}

static void free_piece(voidpf context, voidpf at)
{
    const struct pm_ase *f = context;
    union piece *piece = (union piece *)at - 1;
    pm_mem_free(f->file->alloc, piece, piece->size);
}

// --- zlib --------------------------------------------------------------------

static void tell_inflate(struct pm_ase *f, const z_stream *stream, int code,
                         uint64_t size)
{
    if (f->out_of_memory)
        return;
    if (code == Z_STREAM_END || (code == Z_BUF_ERROR && stream->avail_out))
        pm_pack_ase_fault(
            f, "the packed pixels end after %lu of %" PRIu64 " bytes",
            stream->total_out, size);
    else if (code == Z_BUF_ERROR && stream->avail_in)
        pm_pack_ase_fault(f,
                          "the packed pixels are more than the %" PRIu64
                          " bytes that the size asks for",
                          size);
    else
        pm_pack_ase_fault(f, "the packed pixels are damaged near byte %lu",
                          stream->total_in);
}

static bool inflate_all(struct pm_ase *f, const uint8_t *from, size_t from_size,
                        uint8_t *to, uint64_t size)
{
    z_stream stream = {.zalloc = get_piece,
                       .zfree = free_piece,
                       .opaque = f,
                       .next_in = (z_const Bytef *)from,
                       .avail_in = (uInt)from_size,
                       .next_out = to,
                       .avail_out = (uInt)size};

    if (inflateInit(&stream) != Z_OK) {
        f->out_of_memory = true;
        return false;
    }
    int code = inflate(&stream, Z_FINISH);
    bool ok = code == Z_STREAM_END && stream.avail_out == 0;
    if (!ok)
        tell_inflate(f, &stream, code, size);
    inflateEnd(&stream);
    return ok;
}

uint8_t *pm_pack_ase_inflate(struct pm_ase *f, struct pm_cursor *from,
                             uint64_t size)
{
    size_t left = pm_cursor_left(from);
    const uint8_t *bytes = pm_cursor_take(from, left);

    if (left > UINT32_MAX)
        left = UINT32_MAX;
    if (size > (uint64_t)left * MAX_RATIO) {
        pm_pack_ase_fault(f,
                          "%zu packed bytes cannot be the %" PRIu64
                          " that the size asks for",
                          left, size);
        return NULL;
    }
    uint8_t *to = pm_pack_ase_block(f, size);
    if (!to || !inflate_all(f, bytes, left, to, size))
        return NULL;
    return to;
}

// --- pixels ------------------------------------------------------------------

static void read_size(struct pm_ase_cel *cel, struct pm_cursor *body)
{
    cel->width = pm_cursor_u16(body);
    cel->height = pm_cursor_u16(body);
}

// A cel without pixels is no fault: Aseprite writes such.
static uint64_t size_of(const struct pm_ase *f, const struct pm_ase_cel *cel)
{
    return (uint64_t)cel->width * cel->height * f->depth;
}

static void read_raw(struct pm_ase *f, struct pm_ase_cel *cel,
                     struct pm_cursor *body)
{
    read_size(cel, body);
    uint64_t size = size_of(f, cel);
    if (size > pm_cursor_left(body))
        body->failed = true;
    else if (size)
        cel->pixels = pm_cursor_take(body, (size_t)size);
}

static void read_packed(struct pm_ase *f, struct pm_ase_cel *cel,
                        struct pm_cursor *body)
{
    read_size(cel, body);
    uint64_t size = size_of(f, cel);
    if (size && !body->failed)
        cel->pixels = pm_pack_ase_inflate(f, body, size);
}

// --- links -------------------------------------------------------------------

static const struct pm_ase_cel *find_cel(const struct pm_ase *f, uint32_t frame,
                                         uint32_t layer)
{
    size_t from = f->starts[frame];
    size_t to = f->starts[frame + 1];

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const struct pm_ase_cel *cel = &f->cels[middle];
        if (cel->layer == layer)
            return cel;
        if (cel->layer < layer)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

// Links go to earlier frames only, whose own links are already followed.
static void read_link(struct pm_ase *f, struct pm_ase_cel *cel,
                      struct pm_cursor *body)
{
    uint32_t frame = pm_cursor_u16(body);

    if (body->failed)
        return;
    if (frame >= f->frame) {
        pm_pack_ase_fault(f,
                          "the cel is linked to frame %" PRIu32
                          "; it must be an earlier one",
                          frame + 1);
        return;
    }
    const struct pm_ase_cel *other = find_cel(f, frame, cel->layer);
    if (!other) {
        pm_pack_ase_fault(f,
                          "the cel is linked to frame %" PRIu32
                          ", where its layer has none",
                          frame + 1);
        return;
    }
    cel->width = other->width;
    cel->height = other->height;
    cel->pixels = other->pixels;
}

// --- tiles -------------------------------------------------------------------

// A cel of tiles, while it becomes one of pixels.
struct tilemap {
    const struct pm_ase_tileset *set;
    uint32_t columns;
    uint32_t rows;
    uint32_t id_mask;
    uint32_t flip_x;
    uint32_t flip_y;
    uint32_t flip_diagonal;
    uint8_t *tiles; // 32 bits each
};

static const struct pm_ase_tileset *find_tileset(struct pm_ase *f,
                                                 const struct pm_ase_cel *cel)
{
    uint32_t id = f->layers[cel->layer].tileset;

    for (uint32_t i = 0; i < f->tileset_count; i++) {
        const struct pm_ase_tileset *set = &f->tilesets[i];
        if (set->id != id)
            continue;
        if (set->pixels)
            return set;
        pm_pack_ase_fault(
            f, "the tiles of tileset %" PRIu32 " are not in this file", id);
        return NULL;
    }
    pm_pack_ase_fault(f, "there is no tileset %" PRIu32 " yet", id);
    return NULL;
}

// Draws tile [id] so that its corner is at [to]; [stride] pixels a row.
static void draw_tile(const struct pm_ase *f, const struct tilemap *map,
                      uint32_t id, uint32_t cell, uint8_t *to, size_t stride)
{
    const struct pm_ase_tileset *set = map->set;
    const uint8_t *tile =
        set->pixels + (size_t)id * set->width * set->height * f->depth;

    for (uint32_t y = 0; y < set->height; y++)
        for (uint32_t x = 0; x < set->width; x++) {
            uint32_t from_x = cell & map->flip_x ? set->width - 1 - x : x;
            uint32_t from_y = cell & map->flip_y ? set->height - 1 - y : y;
            if (cell & map->flip_diagonal) {
                uint32_t swap = from_x;
                from_x = from_y;
                from_y = swap;
            }
            memcpy(to + (y * stride + x) * f->depth,
                   tile + ((size_t)from_y * set->width + from_x) * f->depth,
                   f->depth);
        }
}

static bool check_cell(struct pm_ase *f, const struct tilemap *map, uint32_t at,
                       uint32_t id, uint32_t cell)
{
    if (id >= map->set->count) {
        pm_pack_ase_fault(f,
                          "tile %" PRIu32 " at %" PRIu32 ", %" PRIu32
                          "; the tileset has %" PRIu32,
                          id, at % map->columns, at / map->columns,
                          map->set->count);
        return false;
    }
    if (cell & map->flip_diagonal && map->set->width != map->set->height) {
        pm_pack_ase_fault(f,
                          "the tile at %" PRIu32 ", %" PRIu32
                          " is turned, but tiles are not square",
                          at % map->columns, at / map->columns);
        return false;
    }
    return true;
}

static void draw_tiles(struct pm_ase *f, const struct tilemap *map, uint8_t *to,
                       size_t stride)
{
    unsigned shift = (unsigned)__builtin_ctz(map->id_mask);
    size_t row = stride * map->set->height;

    for (uint32_t i = 0; i < map->columns * map->rows; i++) {
        uint32_t cell = pm_load32(map->tiles + (size_t)i * 4);
        uint32_t id = (cell & map->id_mask) >> shift;
        // Nothing stands here, in files of today or of the first trials.
        if (map->set->zero_is_empty ? id == 0 : cell == UINT32_MAX)
            continue;
        if (!check_cell(f, map, i, id, cell))
            return;
        size_t at = i / map->columns * row +
                    (size_t)(i % map->columns) * map->set->width;
        draw_tile(f, map, id, cell, to + at * f->depth, stride);
    }
}

// Reserves the cel's pixels, all transparent, and draws.
static void draw_map(struct pm_ase *f, struct pm_ase_cel *cel,
                     const struct tilemap *map)
{
    uint64_t width = (uint64_t)map->columns * map->set->width;
    uint64_t height = (uint64_t)map->rows * map->set->height;

    // At most 28 bits each, so that the product is in 64.
    uint8_t *to = pm_pack_ase_block(f, width * height * f->depth);
    if (!to)
        return;
    if (f->depth == 1)
        memset(to, f->transparent, (size_t)(width * height));
    draw_tiles(f, map, to, (size_t)width);
    cel->width = (uint32_t)width;
    cel->height = (uint32_t)height;
    cel->pixels = to;
}

static void read_tilemap(struct pm_ase *f, struct pm_ase_cel *cel,
                         struct pm_cursor *body)
{
    struct tilemap map = {.columns = pm_cursor_u16(body),
                          .rows = pm_cursor_u16(body)};
    uint16_t bits = pm_cursor_u16(body);

    map.id_mask = pm_cursor_u32(body);
    map.flip_x = pm_cursor_u32(body);
    map.flip_y = pm_cursor_u32(body);
    map.flip_diagonal = pm_cursor_u32(body);
    pm_cursor_take(body, 10);
    if (body->failed || map.columns == 0 || map.rows == 0)
        return;
    if (bits != 32 || map.id_mask == 0) {
        pm_pack_ase_fault(f,
                          "tiles have %u bits, and %08" PRIx32
                          " of them are the number; it must be 32, and some",
                          bits, map.id_mask);
        return;
    }
    map.set = find_tileset(f, cel);
    if (!map.set)
        return;
    map.tiles =
        pm_pack_ase_inflate(f, body, (uint64_t)map.columns * map.rows * 4);
    if (map.tiles)
        draw_map(f, cel, &map);
}

// --- the chunk ---------------------------------------------------------------

static bool check_cel(struct pm_ase *f, const struct pm_ase_cel *cel,
                      uint16_t kind)
{
    if (cel->layer >= f->layer_count) {
        pm_pack_ase_fault(
            f, "a cel of layer %" PRIu32 "; there are %" PRIu32 " so far",
            cel->layer, f->layer_count);
        return false;
    }
    enum pm_ase_layer_kind layer = f->layers[cel->layer].kind;
    f->layer = cel->layer;
    if (kind > 3)
        pm_pack_ase_fault(f, "a cel of kind %u; it must be 0 to 3", kind);
    else if (layer == PM_ASE_GROUP)
        pm_pack_ase_fault(f, "a group has no cels");
    else if (kind != 1 && (kind == 3) != (layer == PM_ASE_TILEMAP))
        pm_pack_ase_fault(f, "a cel of %s on a layer of %s",
                          kind == 3 ? "tiles" : "pixels",
                          kind == 3 ? "pixels" : "tiles");
    else if (f->now[cel->layer].is_there)
        pm_pack_ase_fault(f, "a second cel of this layer in one frame");
    else
        return true;
    return false;
}

void pm_pack_ase_cel(struct pm_ase *f, struct pm_cursor *body)
{
    struct pm_ase_cel cel = {.is_there = true};

    cel.layer = pm_cursor_u16(body);
    cel.x = (int16_t)pm_cursor_u16(body);
    cel.y = (int16_t)pm_cursor_u16(body);
    cel.opacity = pm_cursor_u8(body);
    uint16_t kind = pm_cursor_u16(body);
    cel.z = (int16_t)pm_cursor_u16(body);
    pm_cursor_take(body, 5);
    if (body->failed || !check_cel(f, &cel, kind))
        return;
    switch (kind) {
    case 0:
        read_raw(f, &cel, body);
        break;
    case 1:
        read_link(f, &cel, body);
        break;
    case 2:
        read_packed(f, &cel, body);
        break;
    default:
        read_tilemap(f, &cel, body);
        break;
    }
    f->now[cel.layer] = cel;
}

void pm_pack_ase_keep_cels(struct pm_ase *f)
{
    for (uint32_t i = 0; i < f->layer_count; i++) {
        if (!f->now[i].is_there)
            continue;
        if (!pm_mem_grow(f->file->alloc, &f->cels, &f->cel_room,
                         f->cel_count + 1, sizeof *f->cels)) {
            f->out_of_memory = true;
            return;
        }
        f->cels[f->cel_count++] = f->now[i];
        f->now[i].is_there = false;
    }
    f->starts[f->frame + 1] = f->cel_count;
}
