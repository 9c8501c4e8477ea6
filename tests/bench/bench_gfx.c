// SPDX-License-Identifier: MIT
//
// What a frame's picture costs: milliseconds a frame, the best of some runs.

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gfx/gfx.h"

static struct pm_gfx gfx;
static struct pm_bank *bank;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void measure(const char *name, void (*frame)(void))
{
    double best = 1e9;
    for (int run = 0; run < 20; run++) {
        double start = now();
        for (int i = 0; i < 10; i++) {
            frame();
            pm_gfx_present(&gfx, bank);
        }
        double each = (now() - start) / 10;
        best = each < best ? each : best;
    }
    printf("%-44s %8.4f ms a frame\n", name, best);
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
    measure("clear", nothing);
    measure("512 sprites of 8 x 8", sprites8);
    measure("512 sprites of 16 x 16", sprites16);
    measure("512 sprites of 32 x 32", sprites32);
    measure("512 sprites of 32 x 32, flipped", flipped32);
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
