// SPDX-License-Identifier: MIT
//
// What .aseprite files say about palettes, layers, tags and tilesets.

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "pack/aseprite.h"
#include "pack/blend.h"

static const uint8_t *take_string(struct pm_cursor *body, size_t *out_size)
{
    *out_size = pm_cursor_u16(body);
    const uint8_t *bytes = pm_cursor_take(body, *out_size);
    if (!bytes)
        *out_size = 0;
    return bytes;
}

// --- palettes ----------------------------------------------------------------

static void set_colour(struct pm_ase *f, uint32_t i, const uint8_t *rgba)
{
    if (memcmp(f->palette[i], rgba, 4) == 0)
        return;
    memcpy(f->palette[i], rgba, 4);
    f->palette_changed |= f->frame > 0;
}

// Entries beyond the palette's end are black, as Aseprite has them.
static void set_size(struct pm_ase *f, uint32_t count)
{
    static const uint8_t black[4] = {0, 0, 0, 255};

    f->palette_changed |= f->frame > 0 && count != f->colours;
    for (uint32_t i = f->colours; i < count; i++)
        set_colour(f, i, black);
    f->colours = count;
}

// [scale]: what the brightest channel has.
static void read_packets(struct pm_ase *f, struct pm_cursor *body,
                         unsigned scale)
{
    uint32_t at = 0;
    uint16_t packets = pm_cursor_u16(body);

    // Files of today have both; the new one says more.
    if (f->has_new_palette)
        return;
    for (uint16_t i = 0; i < packets && !body->failed; i++) {
        at += pm_cursor_u8(body);
        uint32_t count = pm_cursor_u8(body);
        count = count ? count : 256;
        if (at + count > 256) {
            pm_pack_ase_fault(f,
                              "packet %u sets the colours %" PRIu32
                              " to %" PRIu32 "; a palette has 256",
                              i, at, at + count - 1);
            return;
        }
        if (at + count > f->colours)
            set_size(f, at + count);
        for (uint32_t k = 0; k < count; k++) {
            const uint8_t *rgb = pm_cursor_take(body, 3);
            if (!rgb)
                return;
            uint8_t rgba[4] = {0, 0, 0, 255};
            for (int c = 0; c < 3; c++)
                rgba[c] = (uint8_t)(rgb[c] * 255u / scale);
            set_colour(f, at + k, rgba);
        }
        at += count;
    }
}

void pm_pack_ase_old_palette(struct pm_ase *f, struct pm_cursor *body)
{
    read_packets(f, body, 255);
}

static bool has_only_six_bits(const struct pm_cursor *body)
{
    // Read twice: once to see that no channel is out of its range.
    struct pm_cursor from = *body;
    uint16_t packets = pm_cursor_u16(&from);
    for (uint16_t i = 0; i < packets && !from.failed; i++) {
        pm_cursor_u8(&from);
        size_t count = pm_cursor_u8(&from);
        count = (count ? count : 256) * 3;
        const uint8_t *rgb = pm_cursor_take(&from, count);
        for (size_t k = 0; rgb && k < count; k++)
            if (rgb[k] > 63)
                return false;
    }
    return true;
}

void pm_pack_ase_older_palette(struct pm_ase *f, struct pm_cursor *body)
{
    if (has_only_six_bits(body))
        read_packets(f, body, 63);
    else
        pm_pack_ase_fault(f, "a colour of six bits a channel has more");
}

void pm_pack_ase_palette(struct pm_ase *f, struct pm_cursor *body)
{
    uint32_t size = pm_cursor_u32(body);
    uint32_t first = pm_cursor_u32(body);
    uint32_t last = pm_cursor_u32(body);

    pm_cursor_take(body, 8);
    if (body->failed)
        return;
    // Palettes of true colour files are only for people, and may be long.
    if (size < 1 || first > last || last >= size ||
        (f->depth == 1 && size > 256)) {
        pm_pack_ase_fault(f,
                          "a palette of %" PRIu32 " colours, of which %" PRIu32
                          " to %" PRIu32 " are set; it must be 1 to 256, and "
                          "these of it",
                          size, first, last);
        return;
    }
    if (f->depth != 1)
        return;
    f->has_new_palette = true;
    set_size(f, size);
    for (uint32_t i = first; i <= last; i++) {
        uint16_t flags = pm_cursor_u16(body);
        const uint8_t *rgba = pm_cursor_take(body, 4);
        size_t name_size;
        if (flags & 1)
            take_string(body, &name_size);
        if (body->failed)
            return;
        set_colour(f, i, rgba);
    }
}

// --- layers ------------------------------------------------------------------

// The group that a layer of [level] behind all others is in.
static uint32_t find_parent(const struct pm_ase *f, uint16_t level)
{
    uint32_t at = f->layer_count ? f->layer_count - 1 : PM_ASE_NONE;
    while (at != PM_ASE_NONE && f->layers[at].level >= level)
        at = f->layers[at].parent;
    return at;
}

static void check_layer(struct pm_ase *f, const struct pm_ase_layer *layer,
                        uint16_t kind, uint16_t blend)
{
    uint32_t parent = layer->parent;

    if (kind > PM_ASE_TILEMAP)
        pm_pack_ase_fault(f, "a layer of kind %u; it must be 0 to 2", kind);
    if (blend >= PM_BLEND_MODES)
        pm_pack_ase_fault(f, "blend mode %u; it must be 0 to %d", blend,
                          PM_BLEND_MODES - 1);
    if (layer->level >= PM_ASE_MAX_LEVELS)
        pm_pack_ase_fault(f, "groups are %u deep; it must be less than %d",
                          layer->level, PM_ASE_MAX_LEVELS);
    else if (layer->level !=
             (parent == PM_ASE_NONE ? 0 : f->layers[parent].level + 1))
        pm_pack_ase_fault(f, "the layer is on level %u, but no layer is above",
                          layer->level);
    else if (parent != PM_ASE_NONE && f->layers[parent].kind != PM_ASE_GROUP)
        pm_pack_ase_fault(
            f, "the layer is in layer %" PRIu32 ", which is no group", parent);
}

void pm_pack_ase_layer(struct pm_ase *f, struct pm_cursor *body)
{
    struct pm_ase_layer layer = {.parent = PM_ASE_NONE};
    uint16_t flags = pm_cursor_u16(body);
    uint16_t kind = pm_cursor_u16(body);

    layer.level = pm_cursor_u16(body);
    pm_cursor_take(body, 4);
    uint16_t blend = pm_cursor_u16(body);
    uint8_t opacity = pm_cursor_u8(body);
    pm_cursor_take(body, 3);
    layer.name = take_string(body, &layer.name_size);
    if (kind == PM_ASE_TILEMAP)
        layer.tileset = pm_cursor_u32(body);
    if (body->failed)
        return;
    if (f->layer_count == PM_ASE_MAX_LAYERS) {
        pm_pack_ase_fault(f, "there are more than %d layers",
                          PM_ASE_MAX_LAYERS);
        return;
    }
    layer.parent = find_parent(f, layer.level);
    check_layer(f, &layer, kind, blend);
    layer.kind =
        kind <= PM_ASE_TILEMAP ? (enum pm_ase_layer_kind)kind : PM_ASE_IMAGE;
    layer.blend = blend < PM_BLEND_MODES ? (uint8_t)blend : 0;
    layer.opacity = f->has_opacity ? opacity : 255;
    // Reference layers (flag 64) help while drawing and are never exported.
    layer.is_shown = (flags & 65) == 1 && (layer.parent == PM_ASE_NONE ||
                                           f->layers[layer.parent].is_shown);
    layer.is_background = (flags & 8) != 0;
    f->layers[f->layer_count++] = layer;
}

// --- tags --------------------------------------------------------------------

static bool is_fit_name(const uint8_t *name, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (name[i] < 32)
            return false;
    return pm_utf8_is_valid(name, size);
}

static void read_tag(struct pm_ase *f, struct pm_cursor *body, uint32_t number,
                     struct pm_pack_tag *tag)
{
    size_t size;

    tag->from = pm_cursor_u16(body);
    tag->to = pm_cursor_u16(body);
    tag->direction = pm_cursor_u8(body);
    tag->repeat = pm_cursor_u16(body);
    pm_cursor_take(body, 10);
    const uint8_t *name = take_string(body, &size);
    if (body->failed)
        return;
    if (tag->from > tag->to || tag->to >= f->frame_count)
        pm_pack_ase_fault(
            f, "tag %" PRIu32 " goes from frame %u to %u of %" PRIu32, number,
            tag->from + 1, tag->to + 1, f->frame_count);
    if (tag->direction > 3)
        pm_pack_ase_fault(f,
                          "tag %" PRIu32 " has direction %u; it must be 0 to 3",
                          number, tag->direction);
    if (size >= sizeof tag->name)
        pm_pack_ase_fault(f,
                          "the name of tag %" PRIu32
                          " has %zu bytes; it must be at most %zu",
                          number, size, sizeof tag->name - 1);
    else if (!is_fit_name(name, size))
        pm_pack_ase_fault(f,
                          "the name of tag %" PRIu32
                          " is not UTF-8 without control characters",
                          number);
    else if (size)
        memcpy(tag->name, name, size);
}

void pm_pack_ase_tags(struct pm_ase *f, struct pm_cursor *body)
{
    uint32_t count = pm_cursor_u16(body);

    pm_cursor_take(body, 8);
    if (body->failed || count == 0)
        return;
    if (f->out->tags) {
        pm_pack_ase_fault(f, "there is a second chunk of tags");
        return;
    }
    // A tag takes 19 bytes or more.
    if (count > pm_cursor_left(body) / 19) {
        body->failed = true;
        return;
    }
    f->out->tags = pm_mem_zarray(f->file->alloc, count, sizeof *f->out->tags);
    if (!f->out->tags) {
        f->out_of_memory = true;
        return;
    }
    f->out->tag_count = count;
    for (uint32_t i = 0; i < count && !body->failed; i++)
        read_tag(f, body, i, &f->out->tags[i]);
}

// --- tilesets ----------------------------------------------------------------

static bool check_tileset(struct pm_ase *f, const struct pm_ase_tileset *set)
{
    if (f->tileset_count == PM_ASE_MAX_TILESETS) {
        pm_pack_ase_fault(f, "there are more than %d tilesets",
                          PM_ASE_MAX_TILESETS);
        return false;
    }
    for (uint32_t i = 0; i < f->tileset_count; i++)
        if (f->tilesets[i].id == set->id) {
            pm_pack_ase_fault(f, "there are two tilesets %" PRIu32, set->id);
            return false;
        }
    if (set->width >= 1 && set->height >= 1 && set->count >= 1 &&
        set->width <= PM_ASE_MAX_SIDE && set->height <= PM_ASE_MAX_SIDE)
        return true;
    pm_pack_ase_fault(f,
                      "%" PRIu32 " tiles of %" PRIu32 " x %" PRIu32
                      " pixels; there must be one, and sides of 1 to %d",
                      set->count, set->width, set->height, PM_ASE_MAX_SIDE);
    return false;
}

void pm_pack_ase_tileset(struct pm_ase *f, struct pm_cursor *body)
{
    struct pm_ase_tileset set = {.id = pm_cursor_u32(body)};
    uint32_t flags = pm_cursor_u32(body);
    size_t name_size;

    set.count = pm_cursor_u32(body);
    set.width = pm_cursor_u16(body);
    set.height = pm_cursor_u16(body);
    set.zero_is_empty = flags >> 2 & 1;
    pm_cursor_take(body, 16);
    take_string(body, &name_size);
    if (flags & 1)
        pm_cursor_take(body, 8);
    if (body->failed || !check_tileset(f, &set))
        return;
    if (flags & 2) {
        uint32_t packed = pm_cursor_u32(body);
        const uint8_t *bytes = pm_cursor_take(body, packed);
        if (!bytes)
            return;
        struct pm_cursor from = pm_cursor_make(bytes, packed);
        set.pixels = pm_pack_ase_inflate(
            f, &from, (uint64_t)set.width * set.height * f->depth * set.count);
    }
    f->tilesets[f->tileset_count++] = set;
}
