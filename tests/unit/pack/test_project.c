// SPDX-License-Identifier: MIT
#include "pack/pack.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bits.h"
#include "hosts/common/workers.h"

#include "pack_world.h"
#include "support/fault_alloc.h"
#include "support/test.h"

static struct world w;

// --- the convention ----------------------------------------------------------

TEST(project, ids_slots_and_kinds_follow_the_convention)
{
    world_begin(&w);
    world_png(&w, "tiles.png", 1);
    world_text(&w, "level.bin", "abc");
    world_png(&w, "hero.png", 2);
    w.registry = "{\"old\": 1, \"tiles\": 3}";
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    CHECK_STR(pm_buf_cstr(&w.result.registry),
              "{\n  \"hero\": 2,\n  \"level.bin\": 4,\n  \"old\": 1,\n  "
              "\"tiles\": 3\n}\n");
    CHECK_INT(pm_asset_count(w.asset), 3);
    CHECK_INT(world_find(&w, "hero")->id, 2);
    CHECK_INT(world_find(&w, "hero")->bank_type, PM_BANK_GLYPH);
    CHECK_INT(world_find(&w, "level.bin")->id, 4);
    CHECK_INT(world_find(&w, "level.bin")->bank_type, PM_BANK_BLOB);
    CHECK_INT(world_slot(&w, "hero"), 0);
    CHECK_INT(world_slot(&w, "tiles"), 1);
    CHECK_INT(world_slot(&w, "level.bin"), -1);
    CHECK(world_reports(&w, "unused: id 1 of \"old\" in assets.ids.json"));
    world_end(&w);
}

TEST(project, an_empty_project_gives_an_empty_file)
{
    world_begin(&w);
    world_pack(&w);
    CHECK_INT(w.status, PM_OK);
    CHECK_STR(pm_buf_cstr(&w.result.registry), "{}\n");
    CHECK_INT(pm_asset_count(w.asset), 0);
    world_end(&w);
}

TEST(project, folders_stand_in_front_of_names)
{
    world_begin(&w);
    world_png(&w, "ui/big/frame.png", 1);
    world_png(&w, "frame.png", 2);
    world_text(&w, "ui/big/frame.json", "{\"slot\":null}");
    world_text(&w, "ui/text.json", "{}");
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    CHECK_INT(pm_asset_count(w.asset), 3);
    CHECK_INT(world_slot(&w, "ui/big/frame"), -1);
    CHECK_INT(world_slot(&w, "frame"), 0);
    // JSON that is beside nothing is a file like any other.
    CHECK_INT(world_find(&w, "ui/text.json")->bank_type, PM_BANK_BLOB);
    world_end(&w);
}

TEST(project, seventeen_sheets_fill_the_slots_and_one_waits)
{
    char name[24];

    world_begin(&w);
    for (int i = 0; i < 17; i++) {
        snprintf(name, sizeof name, "s%02d.png", i);
        world_png(&w, name, (uint8_t)(i % 7));
    }
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    CHECK_INT(pm_asset_preload_count(w.asset), 16);
    CHECK_INT(world_slot(&w, "s15"), 15);
    CHECK(world_reports(&w,
                        "s16: not preloaded, all 16 slots of GLYPH are taken"));
    world_end(&w);
}

TEST(project, two_files_of_one_name_are_refused)
{
    world_begin(&w);
    world_png(&w, "a.png", 1);
    world_text(&w, "a", "abc");
    world_pack(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK(world_mentions(&w, "a.png: error PACK-NAME: this and \"a\": two "
                             "files make an asset of the same name"));
    world_end(&w);
}

TEST(project, two_assets_that_ask_for_one_slot_are_refused)
{
    world_begin(&w);
    world_png(&w, "a.png", 1);
    world_png(&w, "b.png", 1);
    world_text(&w, "a.json", "{\"slot\":3}");
    world_text(&w, "b.json", "{\"slot\":3}");
    // Another type has slots of its own.
    world_text(&w, "c.bin", "x");
    world_text(&w, "c.json", "{\"slot\":3}");
    world_pack(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK_INT(w.diags.errors, 1);
    CHECK(world_mentions(&w, "b.json: error PACK-SLOT: GLYPH slot 3 is asked "
                             "for by \"a\" too"));
    world_end(&w);
}

TEST(project, names_that_are_too_long_or_no_text_are_refused)
{
    char name[260];

    world_begin(&w);
    memset(name, 'n', 250);
    name[250] = 0;
    world_text(&w, name, "x");
    world_text(&w, "\xff.bin", "x");
    world_pack(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK_INT(w.diags.errors, 2);
    CHECK(world_mentions(&w, "nnn...: error PACK-NAME"));
    CHECK(world_mentions(&w, "\\xff.bin: error PACK-NAME"));
    world_end(&w);
}

// --- what is packed ----------------------------------------------------------

TEST(project, what_zstd_makes_an_eighth_smaller_is_packed)
{
    uint8_t noise[8000];
    uint32_t seed = 1;

    for (size_t i = 0; i < sizeof noise; i++) {
        seed = seed * 1664525 + 1013904223;
        noise[i] = (uint8_t)(seed >> 24);
    }
    world_begin(&w);
    world_put(&w, "noise.bin", noise, sizeof noise);
    memset(noise, 7, sizeof noise);
    world_put(&w, "flat.bin", noise, sizeof noise);
    world_put(&w, "plain.bin", noise, sizeof noise);
    world_text(&w, "plain.json", "{\"codec\":\"none\"}");
    world_put(&w, "quick.bin", noise, sizeof noise);
    world_text(&w, "quick.json", "{\"codec\":\"lz4\",\"chunk\":4096}");
    world_text(&w, "empty.bin", "");
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    CHECK_INT(world_find(&w, "noise.bin")->codec, PM_CODEC_NONE);
    CHECK_INT(world_find(&w, "flat.bin")->codec, PM_CODEC_ZSTD);
    CHECK(world_find(&w, "flat.bin")->size < 100);
    CHECK_INT(world_find(&w, "plain.bin")->codec, PM_CODEC_NONE);
    CHECK_INT(world_find(&w, "quick.bin")->codec, PM_CODEC_LZ4);
    CHECK_INT(world_find(&w, "quick.bin")->chunk_shift, 12);
    CHECK_INT(world_find(&w, "empty.bin")->codec, PM_CODEC_NONE);
    uint8_t back[8000] = {0};
    CHECK_INT(pm_asset_read(w.asset, world_find(&w, "quick.bin"), 0, back,
                            sizeof back),
              PM_OK);
    CHECK(memcmp(back, noise, sizeof back) == 0);
    world_end(&w);
}

static const struct pm_pack_profile profiles[] = {
    {"SMALL", {2100, 100, 100, 100}},
    {"LARGE", {2112, 100, 100, 200}},
};

TEST(project, what_no_profile_can_hold_is_an_error_and_what_some_can_a_warning)
{
    world_begin(&w);
    w.profiles = profiles;
    w.profile_count = 2;
    world_png(&w, "a.png", 1); // 64 + 2,048 bytes
    world_pack(&w);
    CHECK_INT(w.status, PM_OK);
    CHECK(world_mentions(&w, "a.png: warning PACK-SIZE: \"a\" has 2112 bytes "
                             "when it is loaded: more than the profile SMALL "
                             "can hold"));
    uint8_t large[201] = {0};
    // A BLOB is read where it lies, unless it is to be loaded.
    world_put(&w, "b.bin", large, sizeof large);
    world_pack(&w);
    CHECK_INT(w.status, PM_OK);
    world_text(&w, "b.json", "{\"slot\":1}");
    world_pack(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK(world_mentions(&w, "b.bin: error PACK-SIZE: \"b.bin\" has 201 bytes "
                             "when it is loaded, and no profile can hold it "
                             "(LARGE: 200 of BLOB)"));
    world_end(&w);
}

TEST(project, the_report_has_a_row_for_each_asset)
{
    world_begin(&w);
    world_png(&w, "hero.png", 1);
    world_text(&w, "words.txt", "hello");
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    CHECK(world_reports(&w, "hero.png: 8 x 8, indexed, 16 colours kept\n"
                            "words.txt: 5 bytes, raw\n"
                            "    id  name       type    slot  codec"));
    CHECK(world_reports(
        &w, "     2  words.txt  BLOB       -  NONE            5           5\n"
            "2 assets, "));
    world_end(&w);
}

// --- the same bytes ----------------------------------------------------------

static void fill(void)
{
    char name[32];

    world_png(&w, "z.png", 1);
    world_text(&w, "z.json", "{\"slot\":0}");
    world_text(&w, "b.bin", "abc");
    world_png(&w, "a.png", 2);
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "many/%c%d.png", 'a' + i % 3, i);
        world_png(&w, name, (uint8_t)(i % 7));
    }
    world_png(&w, "sheet/1.png", 3);
    world_png(&w, "sheet/2.png", 4);
    world_text(&w, "sheet/asset.json", "{\"tile_size\":8}");
    w.registry = "{\"gone\":2}";
}

// All that a pack gives, as one hash.
static uint64_t hash_of_result(void)
{
    struct pm_hash64_state state;

    if (!CHECK(w.status == PM_OK))
        return 0;
    pm_hash64_begin(&state);
    pm_hash64_add(&state, w.result.assets.data, w.result.assets.size);
    pm_hash64_add(&state, w.result.registry.data, w.result.registry.size);
    pm_hash64_add(&state, w.result.report.data, w.result.report.size);
    return pm_hash64_end(&state);
}

TEST(project, the_order_of_inputs_does_not_change_a_byte)
{
    world_begin(&w);
    fill();
    world_pack(&w);
    uint64_t first = hash_of_result();
    world_pack_turned(&w);
    CHECK(hash_of_result() == first);
    w.reads = true;
    world_pack(&w);
    CHECK(hash_of_result() == first);
    world_end(&w);
}

TEST(project, threads_do_not_change_a_byte)
{
    struct pm_allocator alloc = pm_allocator_libc();
    static const unsigned threads[] = {1, 2, 7};

    world_begin(&w);
    fill();
    world_pack(&w);
    uint64_t first = hash_of_result();
    for (int i = 0; i < 3; i++) {
        struct pm_worker_pool *pool;
        REQUIRE(pm_worker_pool_create(&alloc, threads[i], &pool) == PM_OK);
        w.workers = pm_worker_pool_workers(pool);
        w.reads = i == 1;
        world_pack(&w);
        CHECK(hash_of_result() == first);
        pm_worker_pool_destroy(pool);
    }
    world_end(&w);
}

TEST(project, faults_come_in_the_order_of_names_whatever_ends_first)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_worker_pool *pool;
    char name[16];

    world_begin(&w);
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "%02d.png", i);
        world_text(&w, name, "no picture");
    }
    REQUIRE(pm_worker_pool_create(&alloc, 3, &pool) == PM_OK);
    w.workers = pm_worker_pool_workers(pool);
    world_pack_turned(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    REQUIRE(w.diags.count == 20);
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "%02d.png", i);
        CHECK_STR(w.diags.items[i].place.file, name);
    }
    pm_worker_pool_destroy(pool);
    world_end(&w);
}

// --- failing -----------------------------------------------------------------

TEST(project, a_file_that_cannot_be_read_fails_the_pack)
{
    world_begin(&w);
    world_png(&w, "a.png", 1);
    w.reads = w.fails = true;
    world_pack(&w);
    CHECK_INT(w.status, PM_ERR_IO);
    CHECK(world_mentions(&w, "a.png: error PACK-READ: the disk is on fire"));
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

TEST(project, a_failed_allocation_leaves_nothing_behind)
{
    world_begin(&w);
    world_png(&w, "hero.png", 1);
    world_text(&w, "hero.json", "{\"slot\":3}");
    world_text(&w, "level.bin", "abc");
    world_png(&w, "sheet/1.png", 3);
    world_text(&w, "sheet/asset.json", "{\"tile_size\":8}");
    w.registry = "{\"x\":1}";
    CHECK(pm_fault_alloc_each(pack_task, NULL, 0) > 20);
    w.reads = true;
    CHECK(pm_fault_alloc_each(pack_task, NULL, 0) > 20);
    world_end(&w);
}
