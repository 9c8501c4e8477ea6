// SPDX-License-Identifier: MIT
//
// What the driver makes of sounds, animations and maps.

#include "pack/pack.h"

#include <stdio.h>

#include "base/bits.h"
#include "hosts/common/workers.h"

#include "pack_world.h"
#include "support/fault_alloc.h"
#include "support/make_aseprite.h"
#include "support/make_png.h"
#include "support/make_wav.h"
#include "support/test.h"
#include "tiled_texts.h"

static struct world w;

// --- what is put in ----------------------------------------------------------

static void put_wav(const char *name, uint32_t rate, uint32_t frames)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf out;
    int16_t samples[64];

    for (uint32_t i = 0; i < frames; i++)
        samples[i] = (int16_t)(i * 100 + rate);
    pm_buf_init(&out, &alloc);
    make_wav_16(&out, 1, rate, samples, frames);
    world_put(&w, name, out.data, out.size);
    pm_buf_free(&out);
}

// Two frames of 16 x 8 pixels: a red tile beside a blue one, then the other
// way round; the tag "walk" over both.
static void put_ase(const char *name)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct make_ase_cel cel = {.opacity = 255, .width = 16, .height = 8};
    uint8_t pixels[16 * 8 * 4] = {0};
    struct make_ase m;
    struct pm_buf out;

    pm_buf_init(&out, &alloc);
    make_ase_begin(&m, &out, 16, 8, 32, 2, 1, 0);
    for (int frame = 0; frame < 2; frame++) {
        for (int i = 0; i < 16 * 8; i++) {
            bool is_red = (i % 16 < 8) == (frame == 0);
            pixels[i * 4] = is_red ? 255 : 0;
            pixels[i * 4 + 2] = is_red ? 0 : 255;
            pixels[i * 4 + 3] = 255;
        }
        make_ase_frame(&m, (uint16_t)(100 + frame));
        if (frame == 0) {
            make_ase_layer(&m, 1, 0, 0, 0, 255, "layer");
            make_ase_tag(&m, 0, 1, 2, 3, "walk");
        }
        make_ase_cel(&m, &cel, 0, pixels, sizeof pixels);
    }
    make_ase_end(&m);
    world_put(&w, name, out.data, out.size);
    pm_buf_free(&out);
}

// A picture of 4 x 2 tiles of 8 x 8 pixels, each of a colour of its own.
static void put_tiles(const char *name)
{
    struct pm_allocator alloc = pm_allocator_libc();
    static uint8_t pixels[32 * 16 * 4];
    struct pm_buf out;

    for (int i = 0; i < 32 * 16; i++) {
        pixels[i * 4] = (uint8_t)(i % 32 / 8 * 60 + 40);
        pixels[i * 4 + 1] = (uint8_t)(i / 32 / 8 * 120 + 60);
        // One side is marked, so that a flip is another picture.
        pixels[i * 4 + 2] = i % 8 == 0 ? 255 : 0;
        pixels[i * 4 + 3] = 255;
    }
    pm_buf_init(&out, &alloc);
    make_png_rgba(&out, 32, 16, pixels);
    world_put(&w, name, out.data, out.size);
    pm_buf_free(&out);
}

static void put_map(const char *name)
{
    static char text[2000];

    snprintf(text, sizeof text, "%s", J_MAP("", J_SET, J_A));
    for (char *at = text; *at; at++)
        if (*at == '\'')
            *at = '"';
    world_text(&w, name, text);
}

static void read_all(const char *name, uint8_t *out, size_t size)
{
    const struct pm_asset_entry *entry = world_find(&w, name);

    REQUIRE(entry != NULL);
    CHECK_INT(pm_asset_form_size(entry), size);
    REQUIRE(pm_asset_form_size(entry) <= size);
    CHECK_INT(pm_asset_read(w.asset, entry, 0, out,
                            (size_t)pm_asset_form_size(entry)),
              PM_OK);
}

// --- sounds ------------------------------------------------------------------

TEST(sounds, a_sound_is_an_asset_of_one_sample)
{
    struct pm_asset_sample sample = {0};
    uint8_t bytes[20];
    size_t size;

    world_begin(&w);
    put_wav("fx/jump.wav", 8000, 10);
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    const struct pm_asset_entry *entry = world_find(&w, "fx/jump");
    REQUIRE(entry != NULL);
    CHECK_INT(entry->bank_type, PM_BANK_SOUNDS);
    CHECK_INT(world_slot(&w, "fx/jump"), 0);
    CHECK_INT(pm_asset_samples(w.asset, entry, &sample, 1), 1);
    CHECK_INT(sample.frames, 10);
    CHECK_INT(sample.rate, 8000);
    CHECK(strstr(pm_asset_metadata(w.asset, entry, &size),
                 "\"name\":\"jump\"") != NULL);
    read_all("fx/jump", bytes, sizeof bytes);
    CHECK_INT(pm_load16(bytes + 18), 8900);
    world_end(&w);
}

TEST(sounds, a_folder_of_sounds_is_one_asset_in_the_order_of_names)
{
    struct pm_asset_sample samples[3] = {{0}};

    world_begin(&w);
    put_wav("fx/b.wav", 8000, 10);
    put_wav("fx/a.wav", 9000, 5);
    put_wav("fx/c.wav", 7000, 7);
    world_text(&w, "fx/asset.json", "{}");
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    CHECK_INT(pm_asset_count(w.asset), 1);
    CHECK_INT(pm_asset_samples(w.asset, world_find(&w, "fx"), samples, 3), 3);
    CHECK_INT(samples[0].rate, 9000);
    CHECK_INT(samples[1].offset, 5);
    CHECK_INT(samples[2].offset, 15);
    world_end(&w);
}

TEST(sounds, settings_name_samples_their_order_and_their_loops)
{
    struct pm_asset_sample samples[2] = {{0}};
    size_t size;

    world_begin(&w);
    put_wav("fx/b.wav", 8000, 10);
    put_wav("fx/a.wav", 9000, 5);
    world_text(&w, "fx/asset.json",
               "{\"samples\":[{\"file\":\"b.wav\",\"name\":\"hum\","
               "\"loop_start\":2,\"loop_end\":10},{\"file\":\"a.wav\"}]}");
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    const struct pm_asset_entry *entry = world_find(&w, "fx");
    CHECK_INT(pm_asset_samples(w.asset, entry, samples, 2), 2);
    CHECK_INT(samples[0].rate, 8000);
    CHECK_INT(samples[0].loop_start, 2);
    CHECK_INT(samples[0].loop_end, 10);
    CHECK(strstr(pm_asset_metadata(w.asset, entry, &size),
                 "\"name\":\"hum\"") != NULL);
    world_text(&w, "fx/asset.json",
               "{\"samples\":[{\"file\":\"b.wav\",\"loop_start\":2,"
               "\"loop_end\":11},{\"file\":\"z.wav\"}]}");
    world_pack(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK(world_mentions(&w, "fx/asset.json:1:13: error PACK-CONFIG: loop_end "
                             "is 11, but the sound has 10 frames"));
    CHECK(world_mentions(&w, "there is no file \"z.wav\" here"));
    world_end(&w);
}

// --- animations --------------------------------------------------------------

TEST(animations, are_a_sheet_and_a_blob_that_says_how_it_is_put_together)
{
    uint8_t b[32 + 2 * 4 + 4 * 4 + 80];

    world_begin(&w);
    put_ase("hero.aseprite");
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    CHECK_INT(pm_asset_count(w.asset), 2);
    CHECK_INT(world_find(&w, "hero")->bank_type, PM_BANK_GLYPH);
    CHECK_INT(world_slot(&w, "hero"), 0);
    CHECK_INT(world_slot(&w, "hero.anim"), -1);
    read_all("hero.anim", b, sizeof b);
    CHECK(memcmp(b, "ANM1", 4) == 0);
    static const uint32_t head[] = {8, 2, 1, 2, 1, 16, 8, 100, 101};
    for (uint32_t i = 0; i < PM_ARRAY_LEN(head); i++)
        CHECK_INT(pm_load32(b + 4 + i * 4), head[i]);
    // Red is tile 0, blue is tile 1; all cells are used.
    CHECK_INT(pm_load32(b + 40) & 0xffff, 0);
    CHECK_INT(pm_load32(b + 44) & 0xffff, 1);
    CHECK_INT(pm_load32(b + 48), pm_load32(b + 44));
    CHECK_INT(pm_load32(b + 52), pm_load32(b + 40));
    CHECK_INT(pm_load32(b + 52) >> 24, 1);
    static const uint32_t tag[] = {0, 1, 2, 3};
    for (uint32_t i = 0; i < PM_ARRAY_LEN(tag); i++)
        CHECK_INT(pm_load32(b + 56 + i * 4), tag[i]);
    CHECK_STR((const char *)b + 72, "walk");
    CHECK(world_reports(&w, "4 tiles added, 2 kept"));
    world_end(&w);
}

// --- maps --------------------------------------------------------------------

TEST(maps, are_a_scene_that_draws_from_the_slot_of_its_sheet)
{
    uint8_t scene[88 + 6 * 4];

    world_begin(&w);
    put_map("level.tmj");
    put_tiles("tiles.png");
    world_png(&w, "a.png", 1);
    world_text(&w, "lost.tsj", "{}");
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    // The picture is the map's alone.
    CHECK_INT(pm_asset_count(w.asset), 3);
    CHECK(world_find(&w, "tiles") == NULL);
    CHECK(world_reports(&w, "unused: lost.tsj, no map reads this tileset"));
    CHECK_INT(world_find(&w, "level")->bank_type, PM_BANK_SCENE);
    CHECK_INT(world_slot(&w, "level"), 0);
    CHECK_INT(world_slot(&w, "level.tiles"), 1);
    read_all("level", scene, sizeof scene);
    CHECK_INT(scene[8], 1);
    CHECK_INT(scene[9], 1); // the slot, not the sheet's number 0
    CHECK_INT(scene[10], 8);
    world_end(&w);
}

TEST(maps, leave_pictures_alone_that_have_settings_of_their_own)
{
    world_begin(&w);
    put_map("level.tmj");
    put_tiles("tiles.png");
    world_text(&w, "tiles.json", "{\"slot\":9}");
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    CHECK_INT(world_slot(&w, "tiles"), 9);
    world_end(&w);
}

TEST(maps, follow_what_they_read)
{
    world_begin(&w);
    w.has_cache = true;
    put_map("level.tmj");
    world_pack(&w);
    CHECK_INT(w.status, PM_ERR_INVALID); // the picture is missing
    put_tiles("tiles.png");
    world_pack(&w);
    CHECK_INT(w.status, PM_OK);
    CHECK_INT(w.result.converted, 1);
    uint64_t before = pm_hash64(w.result.assets.data, w.result.assets.size);
    world_pack(&w);
    CHECK_INT(w.result.converted, 0);
    CHECK(pm_hash64(w.result.assets.data, w.result.assets.size) == before);
    // Another picture of the same name: the map's own bytes are as they were.
    world_png(&w, "tiles.png", 3);
    world_pack(&w);
    CHECK(w.status != PM_OK || w.result.converted == 1);
    put_tiles("tiles.png");
    world_pack(&w);
    CHECK(pm_hash64(w.result.assets.data, w.result.assets.size) == before);
    world_remove(&w, "tiles.png");
    world_pack(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    world_end(&w);
}

TEST(maps, whose_sheets_get_no_slot_are_refused)
{
    char name[24];

    world_begin(&w);
    put_map("level.tmj");
    put_tiles("tiles.png");
    // Ids go by names: these come before "level.tiles".
    for (int i = 0; i < 16; i++) {
        snprintf(name, sizeof name, "a%02d.png", i);
        world_png(&w, name, 1);
    }
    world_pack(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK(world_mentions(&w, "level.tmj: error PACK-SLOT: the map draws from "
                             "\"level.tiles\", for which no GLYPH slot is "
                             "left"));
    world_text(&w, "a03.json", "{\"slot\":null}");
    world_pack(&w);
    CHECK_INT(w.status, PM_OK);
    CHECK_INT(world_slot(&w, "level.tiles"), 15);
    world_end(&w);
}

TEST(maps, may_say_which_slots_they_draw_from)
{
    uint8_t scene[88 + 6 * 4];
    char name[24];

    world_begin(&w);
    put_tiles("tiles.png");
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "level%02d.tmj", i);
        put_map(name);
        snprintf(name, sizeof name, "level%02d.json", i);
        world_text(&w, name,
                   i == 4 ? "{\"sheet_slots\":[9]}"
                          : "{\"slot\":null,\"sheet_slots\":[9]}");
    }
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    CHECK_INT(pm_asset_preload_count(w.asset), 2);
    CHECK_INT(world_slot(&w, "level04"), 0);
    CHECK_INT(world_slot(&w, "level04.tiles"), 9);
    read_all("level07", scene, sizeof scene);
    CHECK_INT(scene[9], 9);
    // Two maps that are both preloaded cannot have one slot.
    world_text(&w, "level05.json", "{\"sheet_slots\":[9]}");
    world_pack(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK(world_mentions(&w, "level05.json: error PACK-SLOT: GLYPH slot 9 is "
                             "asked for by \"level04.tiles\" too"));
    world_end(&w);
}

// --- all kinds together ------------------------------------------------------

static void put_all(void)
{
    world_begin(&w);
    put_map("maps/level.tmj");
    put_tiles("maps/tiles.png");
    put_map("maps/other.tmj");
    put_ase("hero.aseprite");
    put_wav("jump.wav", 8000, 10);
    put_wav("fx/a.wav", 8000, 10);
    world_text(&w, "fx/asset.json", "{}");
    world_png(&w, "a.png", 1);
}

TEST(kinds, neither_threads_nor_order_nor_cache_change_a_byte)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_worker_pool *pool;

    put_all();
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    uint64_t assets = pm_hash64(w.result.assets.data, w.result.assets.size);
    uint64_t report = pm_hash64(w.result.report.data, w.result.report.size);
    REQUIRE(pm_worker_pool_create(&alloc, 3, &pool) == PM_OK);
    w.workers = pm_worker_pool_workers(pool);
    w.has_cache = true;
    for (int i = 0; i < 4; i++) {
        w.reads = i % 2;
        world_pack_turned(&w);
        REQUIRE(w.status == PM_OK);
        CHECK_INT(w.result.converted, i == 0 ? 6 : 0);
        CHECK(pm_hash64(w.result.assets.data, w.result.assets.size) == assets);
        CHECK(pm_hash64(w.result.report.data, w.result.report.size) == report);
    }
    pm_worker_pool_destroy(pool);
    world_end(&w);
}

TEST(kinds, damage_in_the_cache_is_found)
{
    put_all();
    world_pack(&w);
    uint64_t assets = pm_hash64(w.result.assets.data, w.result.assets.size);
    w.has_cache = true;
    world_pack(&w);
    for (size_t i = 0; i < w.entry_count; i++) {
        struct pm_buf *entry = &w.entries[i].bytes;
        for (size_t at = 0; at < entry->size; at += 1 + entry->size / 13) {
            entry->data[at] ^= 0x10;
            world_pack(&w);
            REQUIRE(w.status == PM_OK);
            CHECK(pm_hash64(w.result.assets.data, w.result.assets.size) ==
                  assets);
        }
    }
    world_end(&w);
}

static int pack_task(const struct pm_allocator *alloc, void *context)
{
    struct pm_pack_result result;
    struct pm_diags diags;

    (void)context;
    pm_diags_init(&diags, alloc);
    pm_status status = world_pack_with(&w, alloc, &diags, &result, false);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY || diags.out_of_memory);
    pm_pack_result_free(&result);
    pm_diags_free(&diags);
    return status == PM_OK;
}

TEST(kinds, a_failed_allocation_leaves_nothing_behind)
{
    world_begin(&w);
    put_map("level.tmj");
    put_tiles("tiles.png");
    put_ase("hero.aseprite");
    put_wav("jump.wav", 8000, 10);
    CHECK(pm_fault_alloc_each(pack_task, NULL, 0) > 50);
    world_end(&w);
}
