// SPDX-License-Identifier: MIT
//
// What a frame's picture costs: milliseconds a frame, the best of some runs,
// and how often a plain copy of the picture's bytes fits into that time, a
// figure that does not depend on the machine's clock.

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/bits.h"
#include "base/mem.h"
#include "gfx/gfx.h"

static struct pm_gfx gfx;
static struct pm_bank *bank;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double best_of(void (*work)(void))
{
    double best = 1e9;
    for (int run = 0; run < 40; run++) {
        double start = now();
        for (int i = 0; i < 10; i++)
            work();
        double each = (now() - start) / 10;
        best = each < best ? each : best;
    }
    return best;
}

static double copy_time;

static void report(const char *name, double each)
{
    printf("%-44s %8.4f ms a frame %8.1f copies\n", name, each,
           each / copy_time);
}

static void (*current)(void);

static void current_frame(void)
{
    current();
    pm_gfx_present(&gfx, bank);
}

static void measure(const char *name, void (*frame)(void))
{
    current = frame;
    report(name, best_of(current_frame));
}

// The compiler must not see that nobody looks at the copies.
static void *(*volatile copy)(void *, const void *, size_t) = memcpy;

static void copy_picture(void)
{
    copy(gfx.back, gfx.front, PM_PICTURE_PIXELS * sizeof *gfx.back);
}

static void put_sheet(unsigned slot, unsigned tile_size)
{
    static uint8_t stored[128 * 256 + PM_GLYPH_PALETTES_BYTES];
    struct pm_glyph_form form = {tile_size, 256, 256};
    uint32_t seed = 1;

    // A quarter of the pixels is transparent, in no order that a branch
    // predictor could learn.
    for (size_t i = 0; i < sizeof stored; i++) {
        seed = seed * 1664525 + 1013904223;
        stored[i] = (uint8_t)(seed >> 24);
        if (seed >> 8 & 1)
            stored[i] &= seed >> 9 & 1 ? 0x0f : 0xf0;
    }
    pm_bank_install_glyph(bank, slot, (int32_t)slot, &form, stored,
                          sizeof stored);
}

static void nothing(void)
{
}

static void sprites(unsigned slot, int room, bool flip)
{
    struct pm_gfx_sprite sprite;
    for (int i = 0; i < PM_GFX_SPRITES; i++) {
        pm_gfx_make_sprite(&sprite, i % 64, i % 64, i * 37 % (320 - room),
                           i * 53 % (180 - room), i & 3, slot, flip, false,
                           i * 7 & 255);
        pm_gfx_emit_sprite(&gfx, bank, &sprite);
    }
}

static void sprites8(void)
{
    sprites(0, 8, false);
}

static void sprites16(void)
{
    sprites(1, 16, false);
}

static void sprites32(void)
{
    sprites(2, 32, false);
}

static void flipped32(void)
{
    sprites(2, 32, true);
}

// --- scenes ------------------------------------------------------------------

#define SCENE_SIDE 200 // cells of a layer, each way

static uint8_t *put_layer(uint8_t *at, unsigned sheet, uint32_t *seed)
{
    at[0] = 1;
    at[1] = (uint8_t)sheet;
    at[2] = (uint8_t)(8u << sheet);
    at[3] = 0;
    pm_store32(at + 4, 65536);
    pm_store32(at + 8, 65536);
    pm_store32(at + 12, SCENE_SIDE);
    pm_store32(at + 16, SCENE_SIDE);
    at += 20;
    for (int i = 0; i < SCENE_SIDE * SCENE_SIDE; i++, at += 4) {
        *seed = *seed * 1664525 + 1013904223;
        pm_store32(at, (*seed >> 8 & 63) | (*seed >> 14 & 255) << 16 | 1 << 24);
    }
    return at;
}

// Scene [slot] has four layers of noise, all of sheet [slot].
static int put_scene(unsigned slot)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_bank_content content = {.type = PM_BANK_SCENE,
                                      .asset_id = (int32_t)slot};
    struct pm_resident *resident;
    uint32_t seed = 5;

    content.size = 8 + 4 * (20 + SCENE_SIDE * SCENE_SIDE * 4);
    content.bytes = pm_mem_alloc(&alloc, content.size);
    if (!content.bytes)
        return 1;
    memcpy(content.bytes, "SCN1\1\0\4\0", 8);
    uint8_t *at = content.bytes + 8;
    for (int i = 0; i < PM_SCENE_LAYERS; i++)
        at = put_layer(at, slot, &seed);
    return pm_bank_examine(&content) ||
           pm_bank_prepare(bank, &content, &resident) ||
           pm_bank_put(bank, slot, resident);
}

// The camera moves, so that tiles are cut at the edges.
static void scene(unsigned slot)
{
    static int way;
    pm_gfx_bind_scene(&gfx, bank, slot);
    pm_gfx_set_camera(&gfx, 100 + way % 1000, 50 + way % 700);
    way++;
}

static void scene8(void)
{
    scene(0);
}

static void scene16(void)
{
    scene(1);
}

static void scene32(void)
{
    scene(2);
}

static void scene8_sprites16(void)
{
    scene(0);
    sprites(1, 16, false);
}

static void scene8_sprites32(void)
{
    scene(0);
    sprites(2, 32, false);
}

// What a cache of the cells in view could save at most: finding their tiles
// is compared with reading them ready-made.
struct ready {
    const uint8_t *pixels;
    const uint16_t *palette;
    uint32_t flips;
};

#define VIEW_COLUMNS 41
#define VIEW_ROWS    24

static struct ready ready[PM_SCENE_LAYERS][VIEW_ROWS][VIEW_COLUMNS];
static volatile uintptr_t sink;

static struct ready find_tile(const struct pm_glyph_sheet *sheet, uint32_t cell)
{
    uint32_t glyph = PM_CELL_GLYPH(cell);
    uint32_t size = sheet->form.tile_size;

    if (!PM_CELL_IS_USED(cell) || glyph >= sheet->count)
        return (struct ready){0};
    return (struct ready){
        .pixels = sheet->pixels +
                  glyph / sheet->columns * size * sheet->form.width +
                  glyph % sheet->columns * size,
        .palette = sheet->palettes + PM_CELL_PALETTE(cell) * PM_GLYPH_COLORS,
        .flips = PM_CELL_FLIP_X(cell) | PM_CELL_FLIP_Y(cell) << 1,
    };
}

static uintptr_t sum_of(const struct ready *tile)
{
    return (uintptr_t)tile->pixels + (uintptr_t)tile->palette + tile->flips;
}

static void find_cells(void)
{
    const struct pm_scene *in = pm_bank_scene(bank, 0);
    const struct pm_glyph_sheet *sheet = pm_bank_glyph(bank, 0);
    uintptr_t sum = 0;

    for (int i = 0; i < PM_SCENE_LAYERS; i++)
        for (uint32_t row = 0; row < VIEW_ROWS; row++)
            for (uint32_t column = 0; column < VIEW_COLUMNS; column++) {
                struct ready tile = find_tile(
                    sheet, pm_scene_cell(&in->layers[i], column, row));
                ready[i][row][column] = tile;
                sum += sum_of(&tile);
            }
    sink = sum;
}

static void read_cells(void)
{
    uintptr_t sum = 0;

    for (int i = 0; i < PM_SCENE_LAYERS; i++)
        for (int row = 0; row < VIEW_ROWS; row++)
            for (int column = 0; column < VIEW_COLUMNS; column++)
                sum += sum_of(&ready[i][row][column]);
    sink = sum;
}

static void fills(void)
{
    for (int i = 0; i < 64; i++)
        pm_gfx_fill_rect(&gfx, 0, 0, 320, 180, (uint16_t)i);
}

static void discs(void)
{
    for (int i = 0; i < 64; i++)
        pm_gfx_disc(&gfx, 160, 90, 1000000 + i, (uint16_t)i);
}

static void circles(void)
{
    for (int i = 0; i < 512; i++)
        pm_gfx_circle(&gfx, 160, 90, i % 180, (uint16_t)i);
}

static void lines(void)
{
    for (int i = 0; i < 512; i++)
        pm_gfx_line(&gfx, -100, i - 200, 420, 400 - i, (uint16_t)i);
}

static void text(void)
{
    char line[40];
    memset(line, 'g', sizeof line);
    for (int i = 0; i < 22; i++)
        pm_gfx_text(&gfx, 0, i * 8, 0xffff, line, sizeof line);
}

static void fades(void)
{
    pm_gfx_set_fade(&gfx, PM_GFX_FADE_SCENE, 7, 0x1234);
    pm_gfx_set_fade(&gfx, PM_GFX_FADE_HUD, 9, 0x4321);
}

int main(void)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_bank_config config = {.alloc = alloc};

    if (pm_gfx_init(&gfx, &alloc) || pm_bank_create(&config, &bank))
        return 3;
    for (unsigned i = 0; i < 3; i++)
        put_sheet(i, 8u << i);
    for (unsigned i = 0; i < 3; i++)
        if (put_scene(i))
            return 3;
    copy_time = best_of(copy_picture);
    report("a plain copy of the picture", copy_time);
    measure("clear", nothing);
    measure("512 sprites of 8 x 8", sprites8);
    measure("512 sprites of 16 x 16", sprites16);
    measure("512 sprites of 32 x 32", sprites32);
    measure("512 sprites of 32 x 32, flipped", flipped32);
    measure("a scene, four layers of 8 x 8", scene8);
    measure("a scene, four layers of 16 x 16", scene16);
    measure("a scene, four layers of 32 x 32", scene32);
    measure("that of 8 x 8, and 512 sprites of 16 x 16", scene8_sprites16);
    measure("that of 8 x 8, and 512 sprites of 32 x 32", scene8_sprites32);
    report("finding 3,936 tiles, nothing drawn", best_of(find_cells));
    report("reading 3,936 tiles that were found before", best_of(read_cells));
    pm_gfx_unbind_scene(&gfx);
    measure("64 full-screen fills", fills);
    measure("64 discs that cover the screen", discs);
    measure("512 circles", circles);
    measure("512 lines across the screen", lines);
    measure("a screen of text, 880 characters", text);
    measure("both fades", fades);
    pm_bank_destroy(bank);
    pm_gfx_free(&gfx);
    return 0;
}
