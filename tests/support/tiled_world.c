// SPDX-License-Identifier: MIT
#include "support/tiled_world.h"

#include <string.h>

#include "base/bits.h"
#include "base/check.h"

#include "support/make_png.h"

static const uint8_t colours[10][3] = {
    {255, 255, 255}, {0, 0, 0},     {255, 0, 0},   {0, 255, 0},   {0, 0, 255},
    {255, 255, 0},   {255, 0, 255}, {0, 255, 255}, {128, 64, 32}, {32, 64, 128},
};

uint16_t tiled_world_colour(int number)
{
    return pm_pack_rgb565(colours[2 + number % 8]);
}

static struct pm_buf *add(struct tiled_world *world, const char *name)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct tiled_file *file = &world->files[world->count++];
    PM_CHECK(world->count <= PM_ARRAY_LEN(world->files));
    file->name = name;
    pm_buf_init(&file->bytes, &alloc);
    return &file->bytes;
}

static void add_text(struct tiled_world *world, const char *name,
                     const char *text)
{
    struct pm_buf *out = add(world, name);
    for (; *text; text++)
        pm_buf_put8(
            out, *text == '\'' && !strstr(name, ".tsx") ? '"' : (uint8_t)*text);
}

// The colour of the pixel [x], [y] of tile [number].
static int index_of(int number, int x, int y)
{
    return y == 0 && x < 2 ? x : 2 + number % 8;
}

// Tiles of [tile] pixels in [columns] x [rows], [indexed] with a palette.
static void add_tiles(struct tiled_world *world, const char *name, int tile,
                      int columns, int rows, int margin, int spacing,
                      bool indexed)
{
    static uint8_t pixels[128 * 128 * 4];
    int step = tile + spacing;
    int width = 2 * margin + columns * step - spacing;
    int height = 2 * margin + rows * step - spacing;

    memset(pixels, 0, sizeof pixels);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int tx = x - margin;
            int ty = y - margin;
            if (tx < 0 || ty < 0 || tx % step >= tile || ty % step >= tile ||
                tx / step >= columns || ty / step >= rows)
                continue;
            int index =
                index_of(ty / step * columns + tx / step, tx % step, ty % step);
            int at = y * width + x;
            if (indexed) {
                pixels[at] = (uint8_t)index;
            } else {
                memcpy(pixels + (size_t)at * 4, colours[index], 3);
                pixels[at * 4 + 3] = 255;
            }
        }
    if (indexed)
        make_png_indexed(add(world, name), (uint32_t)width, (uint32_t)height,
                         pixels, colours, 10);
    else
        make_png_rgba(add(world, name), (uint32_t)width, (uint32_t)height,
                      pixels);
}

static void add_odd_files(struct tiled_world *world)
{
    static const uint8_t pixels[64] = {200};

    make_png_indexed(add(world, "high.png"), 8, 8, pixels, colours, 2);
    make_png_begin(add(world, "huge.png"), 5000, 5000, 8, 6);
    make_png_begin(add(world, "wide.png"), 4096, 4096, 8, 6);
    add(world, "sets/empty.tsj");
    add_text(world, "broken.png", "this is no picture");
    add_text(world, "sets/bad.tsj", "{'type':'tileset','name':}");
    add_text(world, "sets/bad.tsx", "<tileset><image></tileset>");
    add_text(world, "sets/map.tsj", "{'type':'map'}");
    add_text(world, "sets/map.tsx", "<map/>");
}

static pm_status find(void *context, const char *path, const void **out_bytes,
                      size_t *out_size)
{
    const struct tiled_world *world = context;

    if (strcmp(path, "io.png") == 0)
        return PM_ERR_IO;
    if (strncmp(path, "wide", 4) == 0)
        path = "wide.png";
    for (size_t i = 0; i < world->count; i++)
        if (strcmp(world->files[i].name, path) == 0) {
            *out_bytes = world->files[i].bytes.data;
            *out_size = world->files[i].bytes.size;
            return PM_OK;
        }
    return PM_ERR_NOT_FOUND;
}

void tiled_world_make(struct tiled_world *world)
{
    *world = (struct tiled_world){0};
    world->access = (struct pm_pack_files){world, find};
    add_tiles(world, "tiles.png", 8, 4, 2, 0, 0, false);
    add_tiles(world, "spaced.png", 8, 4, 2, 1, 2, false);
    add_tiles(world, "indexed.png", 8, 4, 2, 0, 0, true);
    add_tiles(world, "big.png", 16, 2, 1, 0, 0, false);
    add_tiles(world, "one.png", 8, 1, 1, 0, 0, false);
    add_tiles(world, "two.png", 16, 1, 1, 0, 0, false);
    add_tiles(world, "odd.png", 24, 1, 1, 0, 0, false);
    add_odd_files(world);
    add_text(world, "sets/t.tsj",
             "{'type':'tileset','name':'t','tilewidth':8,'tileheight':8,"
             "'columns':4,'image':'../tiles.png'}");
    add_text(world, "sets/t.tsx",
             "<?xml version='1.0' encoding='UTF-8'?>\n"
             "<tileset name='t' tilewidth='8' tileheight='8' columns='4'>\n"
             " <image source='../tiles.png' width='32' height='16'/>\n"
             "</tileset>\n");
    add_text(world, "sets/c.tsj",
             "{'type':'tileset','name':'c','tilewidth':24,'tileheight':24,"
             "'columns':0,'tiles':["
             "{'id':7,'image':'..\\/odd.png'},"
             "{'id':2,'image':'../two.png','x':8,'y':0,'width':8,'height':8},"
             "{'id':0,'image':'../one.png'},{'id':5,'image':'../two.png'}]}");
    add_text(world, "sets/c.tsx",
             "<tileset name='c' tilewidth='24' tileheight='24' columns='0'>"
             "<tile id='7'><image source='../odd.png'/></tile>"
             "<tile id='2' x='8' y='0' width='8' height='8'>"
             "<image source='../two.png'/></tile>"
             "<tile id='0'><image source='../one.png'/></tile>"
             "<tile id='5'><image source='../two.png'/></tile></tileset>");
}

void tiled_world_free(struct tiled_world *world)
{
    for (size_t i = 0; i < world->count; i++)
        pm_buf_free(&world->files[i].bytes);
}

// --- what came out -----------------------------------------------------------

int tiled_world_pixel(const struct pm_pack_map *map, int layer, uint32_t x,
                      uint32_t y)
{
    const struct pm_pack_scene_layer *l = &map->layers[layer];
    const struct pm_pack_glyph *g = &map->sheets[l->sheet].glyph;
    uint32_t size = g->tile_size;

    if (!l->is_active || x / size >= l->width || y / size >= l->height)
        return -1;
    const struct pm_pack_cell *c = &l->cells[y / size * l->width + x / size];
    if (!c->is_used)
        return -1;
    uint32_t columns = g->width / size;
    uint32_t tx = c->flip_x ? size - 1 - x % size : x % size;
    uint32_t ty = c->flip_y ? size - 1 - y % size : y % size;
    size_t at = (size_t)(c->glyph / columns * size + ty) * g->width +
                c->glyph % columns * size + tx;
    int index =
        at % 2 ? g->bytes.data[at / 2] & 15 : g->bytes.data[at / 2] >> 4;
    if (index == 0)
        return -1;
    return pm_load16(g->bytes.data + (size_t)g->width * g->height / 2 +
                     ((size_t)c->palette * 16 + (size_t)index) * 2);
}

static void check_objects(const struct pm_buf *objects)
{
    static const uint32_t sizes[] = {40, 64, 12, 8, 1};
    const uint8_t *at = objects->data;
    uint64_t place = 80;

    PM_CHECK(objects->size >= 80 && memcmp(at, "OBJ1\1\0\0\0", 8) == 0);
    for (size_t i = 0; i < 5; i++) {
        PM_CHECK(pm_load32(at + 12 + i * 8) == place);
        place += (uint64_t)pm_load32(at + 8 + i * 8) * sizes[i];
    }
    PM_CHECK(place == objects->size);
    uint32_t properties = pm_load32(at + 24);
    uint32_t points = pm_load32(at + 32);
    uint32_t strings = pm_load32(at + 40);
    for (uint32_t i = 0; i < pm_load32(at + 16); i++) {
        const uint8_t *o = at + pm_load32(at + 20) + (size_t)i * 64;
        PM_CHECK(o[12] <= 5 && o[13] <= 1);
        PM_CHECK(pm_load32(o + 4) < strings && pm_load32(o + 8) < strings);
        PM_CHECK((uint64_t)pm_load32(o + 40) + pm_load32(o + 44) <= properties);
        PM_CHECK((uint64_t)pm_load32(o + 48) + pm_load32(o + 52) <= points);
        PM_CHECK(pm_load32(o + 56) < pm_load32(at + 8));
        PM_CHECK(pm_load32(o + 60) == 0);
    }
    for (uint32_t i = 0; i < properties; i++) {
        const uint8_t *p = at + pm_load32(at + 28) + (size_t)i * 12;
        PM_CHECK(pm_load32(p) < strings && pm_load32(p + 4) <= 4);
        PM_CHECK(pm_load32(p + 4) != 3 || pm_load32(p + 8) < strings);
    }
}

void tiled_world_check(const struct pm_pack_map *map)
{
    PM_CHECK(map->sheet_count <= 3);
    for (int i = 0; i < 4; i++) {
        const struct pm_pack_scene_layer *layer = &map->layers[i];
        if (!layer->is_active)
            continue;
        PM_CHECK(layer->sheet < map->sheet_count);
        const struct pm_pack_glyph *glyph = &map->sheets[layer->sheet].glyph;
        uint32_t tiles = (uint32_t)glyph->width / glyph->tile_size *
                         (glyph->height / glyph->tile_size);
        for (size_t k = 0; k < (size_t)layer->width * layer->height; k++)
            PM_CHECK(!layer->cells[k].is_used ||
                     (layer->cells[k].glyph < tiles &&
                      layer->cells[k].palette < 64));
    }
    if (map->objects.size)
        check_objects(&map->objects);
}

void tiled_world_fuzz(const char *name, const uint8_t *data, size_t size)
{
    static struct tiled_world world;
    static const uint8_t slots[4] = {0, 1, 2, 3};
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_pack_map map;
    struct pm_diags diags;
    struct pm_buf report;
    struct pm_buf scene;

    if (!world.count)
        tiled_world_make(&world);
    pm_diags_init(&diags, &alloc);
    pm_buf_init(&report, &alloc);
    pm_buf_init(&scene, &alloc);
    struct pm_pack_file file = {.name = name,
                                .bytes = data,
                                .size = size,
                                .alloc = &alloc,
                                .diags = &diags,
                                .report = &report};
    if (pm_pack_decode_tiled(&file, &world.access, &map) == PM_OK) {
        tiled_world_check(&map);
        PM_CHECK(pm_pack_scene_write(&map, slots, &scene) == PM_OK);
        PM_CHECK(diags.errors == 0 && scene.size >= 88);
        pm_pack_map_free(&alloc, &map);
    } else {
        PM_CHECK(diags.errors > 0);
    }
    pm_buf_free(&scene);
    pm_buf_free(&report);
    pm_diags_free(&diags);
}
