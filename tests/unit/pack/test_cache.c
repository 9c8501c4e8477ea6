// SPDX-License-Identifier: MIT
//
// Packing with a cache: the same bytes, whatever the cache holds.

#include "pack/pack.h"

#include <stdio.h>

#include "support/fault_alloc.h"

#include "pack_world.h"
#include "support/test.h"

static struct world w;

static void fill(void)
{
    char name[16];

    world_begin(&w);
    for (int i = 0; i < 10; i++) {
        snprintf(name, sizeof name, "%d.png", i);
        world_png(&w, name, (uint8_t)(i % 7));
    }
    world_text(&w, "level.bin", "abc");
    world_png(&w, "sheet/1.png", 3);
    world_text(&w, "sheet/2.txt", "not used");
    world_text(&w, "sheet/asset.json", "{\"type\":\"GLYPH\",\"tile_size\":8}");
}

struct result {
    struct pm_hash128 assets;
    struct pm_hash128 report;
    size_t warnings;
};

static struct result result_of(void)
{
    struct result r = {pm_hash128(w.result.assets.data, w.result.assets.size),
                       pm_hash128(w.result.report.data, w.result.report.size),
                       w.diags.count};
    CHECK_INT(w.status, PM_OK);
    return r;
}

static bool same(struct result a, struct result b)
{
    return a.assets.low == b.assets.low && a.assets.high == b.assets.high &&
           a.report.low == b.report.low && a.report.high == b.report.high &&
           a.warnings == b.warnings;
}

// Packs without the cache.
static struct result full(void)
{
    w.has_cache = false;
    world_pack(&w);
    w.has_cache = true;
    return result_of();
}

TEST(cache, what_did_not_change_is_not_converted_again)
{
    fill();
    struct result wanted = full();
    CHECK_INT(wanted.warnings, 1);
    world_pack(&w);
    CHECK_INT(w.result.converted, 12);
    CHECK_INT(w.result.keys.size, 12 * sizeof(struct pm_hash128));
    CHECK(same(result_of(), wanted));
    world_pack(&w);
    CHECK_INT(w.result.converted, 0);
    CHECK(same(result_of(), wanted));
    world_png(&w, "3.png", 5);
    world_pack(&w);
    CHECK_INT(w.result.converted, 1);
    CHECK(same(result_of(), full()));
    world_end(&w);
}

TEST(cache, settings_and_names_are_part_of_what_is_known)
{
    static const char *const settings[] = {"{\"tile_size\":8}",
                                           "{\"codec\":\"none\"}",
                                           "{\"codec\":\"lz4\"}",
                                           "{\"chunk\":4096}",
                                           "{\"extract\":true,\"tile_size\":8}",
                                           "{\"type\":\"BLOB\"}"};

    fill();
    w.has_cache = true;
    for (size_t i = 0; i < PM_ARRAY_LEN(settings); i++) {
        world_text(&w, "3.json", settings[i]);
        world_pack(&w);
        CHECK_INT(w.result.converted, i == 0 ? 12 : 1);
        CHECK(same(result_of(), full()));
    }
    world_remove(&w, "3.json");
    // What does not change the conversion is not part of it.
    world_text(&w, "4.json", "{\"slot\":null,\"asset_id\":77}");
    world_pack(&w);
    CHECK_INT(w.result.converted, 1); // 3.png as it was at first
    CHECK(same(result_of(), full()));
    world_end(&w);
}

TEST(cache, random_edits_give_what_a_full_pack_gives)
{
    uint32_t seed = 7;
    char name[16];

    fill();
    w.has_cache = true;
    for (int round = 0; round < 60; round++) {
        for (int k = 0; k < 3; k++) {
            seed = seed * 1664525 + 1013904223;
            snprintf(name, sizeof name, "%u.png", (seed >> 8) % 10);
            if (seed >> 30)
                world_png(&w, name, (uint8_t)((seed >> 16) % 7));
            else
                world_text(&w, "level.bin", name);
        }
        world_pack(&w);
        CHECK(same(result_of(), full()));
        world_pack(&w);
        CHECK_INT(w.result.converted, 0);
    }
    world_end(&w);
}

TEST(cache, damage_is_found_wherever_it_is)
{
    fill();
    struct result wanted = full();
    world_pack(&w);
    size_t step = 0;
    for (size_t i = 0; i < w.entry_count; i++) {
        struct pm_buf *entry = &w.entries[i].bytes;
        // Each byte of a small entry, some of a large one.
        for (size_t at = 0; at < entry->size; at += 1 + entry->size / 97) {
            entry->data[at] ^= (uint8_t)(1 << step++ % 8);
            world_pack(&w);
            CHECK_INT(w.result.converted, 1);
            CHECK(same(result_of(), wanted));
        }
    }
    world_end(&w);
}

TEST(cache, entries_that_are_cut_or_of_another_asset_are_left_alone)
{
    fill();
    struct result wanted = full();
    world_pack(&w);
    for (size_t i = 0; i < w.entry_count; i++) {
        struct pm_buf *entry = &w.entries[i].bytes;
        struct pm_buf *next = &w.entries[(i + 1) % w.entry_count].bytes;
        for (size_t cut = 0; cut < 3; cut++) {
            entry->size = cut == 0 ? 0 : entry->size / (cut + 1);
            world_pack(&w);
            CHECK(w.result.converted >= 1);
            CHECK(same(result_of(), wanted));
        }
        entry->size = 0;
        pm_buf_put(entry, next->data, next->size);
        world_pack(&w);
        CHECK_INT(w.result.converted, 1);
        CHECK(same(result_of(), wanted));
    }
    world_end(&w);
}

TEST(cache, what_has_faults_is_not_kept)
{
    world_begin(&w);
    w.has_cache = true;
    world_text(&w, "a.png", "no picture");
    world_text(&w, "b.bin", "good");
    for (int i = 0; i < 2; i++) {
        world_pack(&w);
        CHECK_INT(w.status, PM_ERR_INVALID);
        CHECK(world_mentions(&w, "a.png:+0: error PACK-PNG"));
        CHECK_INT(w.entry_count, 1);
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
    pm_pack_result_free(&result);
    pm_diags_free(&diags);
    return status == PM_OK;
}

TEST(cache, a_failed_allocation_leaves_nothing_behind)
{
    world_begin(&w);
    world_png(&w, "hero.png", 1);
    world_png(&w, "sheet/1.png", 3);
    world_text(&w, "sheet/2.txt", "not used");
    world_text(&w, "sheet/asset.json", "{\"type\":\"GLYPH\",\"tile_size\":8}");
    w.has_cache = true;
    world_pack(&w);
    // What of the cache cannot be read for lack of memory is made again.
    CHECK(pm_fault_alloc_each(pack_task, NULL, 1) > 20);
    world_end(&w);
}
