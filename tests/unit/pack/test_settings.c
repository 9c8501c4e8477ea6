// SPDX-License-Identifier: MIT
#include "pack/pack.h"

#include <stdio.h>

#include "base/bits.h"

#include "pack_world.h"
#include "support/test.h"

static struct world w;

TEST(settings, override_the_convention)
{
    world_begin(&w);
    world_png(&w, "hero.png", 1);
    world_text(&w, "hero.json",
               "{\"tile_size\":8,\"slot\":null,\"asset_id\":40}");
    world_text(&w, "level.bin", "abc");
    world_text(&w, "level.json", "{\"slot\":5,\"codec\":\"none\"}");
    world_png(&w, "raw.png", 2);
    world_text(&w, "raw.json", "{\"type\":\"BLOB\"}");
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    CHECK_INT(world_find(&w, "hero")->id, 40);
    CHECK_INT(world_slot(&w, "hero"), -1);
    CHECK_INT(world_slot(&w, "level.bin"), 5);
    CHECK_INT(world_find(&w, "raw.png")->bank_type, PM_BANK_BLOB);
    world_end(&w);
}

TEST(settings, stand_beside_each_file_of_their_name)
{
    world_begin(&w);
    world_text(&w, "x/a.bin", "1");
    world_text(&w, "x/a.txt", "2");
    world_text(&w, "x/a.b.txt", "3");
    world_text(&w, "a.txt", "4");
    world_text(&w, "x/a.json", "{\"codec\":\"lz4\"}");
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    CHECK_INT(pm_asset_count(w.asset), 4);
    CHECK_INT(world_find(&w, "x/a.bin")->codec, PM_CODEC_LZ4);
    CHECK_INT(world_find(&w, "x/a.txt")->codec, PM_CODEC_LZ4);
    CHECK_INT(world_find(&w, "x/a.b.txt")->codec, PM_CODEC_NONE);
    CHECK_INT(world_find(&w, "a.txt")->codec, PM_CODEC_NONE);
    world_end(&w);
}

// --- faults ------------------------------------------------------------------

struct bad_project {
    const char *name;
    const char *config;
    const char *registry;
    const char *expected;
};

static const struct bad_project bad[] = {
    {"a.bin", "{\"size\":1}", NULL,
     "a.json:1:9: error PACK-CONFIG: unknown key \"size\"; known are type, "
     "tile_size, slot, asset_id, codec, chunk, extract, samples and "
     "sheet_slots"},
    {"a.bin", "{\"solt\":1}", NULL,
     "a.json:1:9: error PACK-CONFIG: unknown key \"solt\"; did you mean "
     "\"slot\"?"},
    {"a.bin", "{\"a\\u0007\\u00e4\":1}", NULL, "unknown key \"a\\x07\\xc3"},
    {"a.bin", "[]", NULL, "a.json:1:1: error PACK-CONFIG: found an array"},
    {"a.bin", "{", NULL, "a.json:1:2: error JSON-SYNTAX"},
    {"a.bin", "", NULL, "a.json:1:1: error JSON-SYNTAX"},
    {"a.bin", "{\"slot\":16}", NULL, "PACK-CONFIG: slot: found 16"},
    {"a.bin", "{\n\"slot\":\"1\"}", NULL,
     "a.json:2:8: error PACK-CONFIG: slot: found a string"},
    {"a.png", "{\"tile_size\":12}", NULL, "PACK-CONFIG: tile_size: found 12"},
    {"a.png", "{\"tile_size\":64}", NULL, "PACK-CONFIG: tile_size: found 64"},
    {"a.bin", "{\"tile_size\":8}", NULL,
     "a.json:1:14: error PACK-CONFIG: tile_size: this means nothing for "
     "\"a.bin\""},
    {"a.png", "{\"samples\":[{}]}", NULL, "samples: this means nothing"},
    {"a.wav", "{\"extract\":true}", NULL, "extract: this means nothing"},
    {"a.png", "{\"extract\":1}", NULL,
     "extract: found an integer; true or false is wanted"},
    {"a.png", "{\"sheet_slots\":[1]}", NULL, "sheet_slots: this means nothing"},
    {"a.tmj", "{\"sheet_slots\":[]}", NULL,
     "sheet_slots: found an array; an array of 1 to 4 slots is wanted"},
    {"a.tmj", "{\"sheet_slots\":[16]}", NULL,
     "a.json:1:17: error PACK-CONFIG: sheet_slots: found 16"},
    {"a.bin", "{\"type\":\"PICTURE\"}", NULL,
     "type: found \"PICTURE\"; GLYPH, SOUNDS, SCENE or BLOB is wanted"},
    {"a.bin", "{\"type\":\"GLYPH\"}", NULL,
     "a.json:1:9: error PACK-CONFIG: type: a file such as that of \"a.bin\" "
     "cannot be made into this"},
    {"a.bin", "{\"codec\":\"zip\"}", NULL,
     "codec: found \"zip\"; \"none\", \"lz4\" or \"zstd\" is wanted"},
    {"a.bin", "{\"chunk\":5000}", NULL,
     "chunk: found 5000; it must be a power"},
    {"a.bin", "{\"chunk\":2048}", NULL, "chunk: found 2048; it must be 4096.."},
    {"a.wav", "{\"samples\":[]}", NULL,
     "samples: found an array; an array of "
     "1 to 1 objects is wanted"},
    {"a.wav", "{\"samples\":[7]}", NULL,
     "element: found an integer; an object such as"},
    {"a.wav", "{\"samples\":[{\"loop_start\":7}]}", NULL,
     "a.json:1:13: error PACK-CONFIG: a loop has both"},
    {"a.wav", "{\"samples\":[{\"loop_start\":7,\"loop_end\":7}]}", NULL,
     "a loop has both"},
    {"a.wav", "{\"samples\":[{\"nam\":\"x\"}]}", NULL,
     "unknown key \"nam\"; did you mean \"name\"?"},
    {"a.wav", "{\"samples\":[{\"name\":\"\"}]}", NULL,
     "name: found \"\"; a name of 1 to 255 bytes is wanted"},
    {"f/a.wav", "=f/asset.json{\"samples\":[{\"name\":\"x\"}]}", NULL,
     "f/asset.json:1:13: error PACK-CONFIG: \"file\" is missing"},
    {"f/a.txt", "=f/asset.json{}", NULL,
     "f/asset.json: error PACK-CONFIG: type: the folder \"f\" must have "
     "pictures"},
    {"f/a.png", "=f/asset.json{\"type\":\"SOUNDS\"}", NULL,
     "f/asset.json:1:9: error PACK-CONFIG: type: the folder \"f\" must"},
    {"f/a.png", "=f/asset.json{\"type\":\"BLOB\"}", NULL,
     "f/asset.json:1:9: error PACK-CONFIG: type: the folder \"f\" must"},
    {"a.png", "=asset.json{}", NULL,
     "asset.json: error PACK-FOLDER: the assets folder itself"},
    {"a.bin", "{\"asset_id\":0}", NULL, "PACK-CONFIG: asset_id: found 0"},
    {"a.bin", "{\"asset_id\":2}", "{\"a.bin\":1}",
     "a.json:1:13: error PACK-ID: asset_id is 2, but the registry has 1"},
    {"a.bin", "{\"asset_id\":2}", "{\"b\":2}",
     "PACK-ID: asset id 2 is given to"},
    {"a.bin", NULL, "{\"x\":2,\"b\":2}",
     "assets.ids.json: error PACK-ID: asset id 2 is given to"},
    {"a.bin", NULL, "[]", "PACK-REGISTRY: found an array"},
    {"a.bin", NULL, "{\"x\":\"2\"}",
     "assets.ids.json:1:6: error PACK-CONFIG: asset id: found a string"},
    {"a.bin", NULL, "{\"x\\u0000\":2}", "PACK-REGISTRY: the name of id"},
    {"a.bin", NULL, "{\"x\":2,}", "assets.ids.json:1:8: error JSON-SYNTAX"},
    {"a.png", NULL, NULL, "a.png:+0: error PACK-PNG: this is no PNG"},
};

// "=NAME{…" is settings of another name than that beside the file.
static void put_config(const struct bad_project *row)
{
    char name[64];

    if (row->config && row->config[0] == '=') {
        size_t size = strcspn(row->config + 1, "{");
        snprintf(name, sizeof name, "%.*s", (int)size, row->config + 1);
        world_text(&w, name, row->config + 1 + size);
    } else if (row->config) {
        snprintf(name, sizeof name, "%.*s.json", (int)(strlen(row->name) - 4),
                 row->name);
        world_text(&w, name, row->config);
    }
}

TEST(settings, faults_are_reported_with_their_places)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(bad); i++) {
        world_begin(&w);
        world_text(&w, bad[i].name, "abc");
        put_config(&bad[i]);
        w.registry = bad[i].registry;
        world_pack(&w);
        CHECK_INT(w.status, PM_ERR_INVALID);
        CHECK(world_mentions(&w, bad[i].expected));
        world_end(&w);
    }
}

TEST(settings, many_faults_cost_no_more_than_going_through_the_text_once)
{
    enum { COUNT = 200000 };
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf text;

    // A place a fault, each counted from the start, would take minutes.
    pm_buf_init(&text, &alloc);
    pm_buf_puts(&text, "{");
    for (int i = 0; i < COUNT; i++)
        pm_buf_printf(&text, "%s\n\"%06d\":0", i ? "," : "", i);
    pm_buf_puts(&text, "}");
    world_begin(&w);
    world_text(&w, "a.bin", "x");
    w.registry = pm_buf_cstr(&text);
    world_pack(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK_INT(w.diags.errors, COUNT);
    CHECK(world_mentions(&w, "assets.ids.json:500:10: error PACK-CONFIG"));
    world_end(&w);
    pm_buf_free(&text);
}

TEST(settings, a_folder_in_a_folder_that_is_an_asset_is_none)
{
    world_begin(&w);
    world_png(&w, "a/1.png", 1);
    world_png(&w, "a/b/2.png", 2);
    world_text(&w, "a/asset.json", "{\"tile_size\":8}");
    world_text(&w, "a/b/asset.json", "{\"tile_size\":8}");
    world_pack(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK(world_mentions(&w, "error PACK-FOLDER: a folder inside of one"));
    world_end(&w);
}

// The inner one stands in front: the outer asset.json was then taken for a file
// of its own as well, one more than there was room for.
TEST(settings, a_folder_that_is_refused_leaves_no_file_behind)
{
    world_begin(&w);
    world_text(&w, "x/a/asset.json", "{}");
    world_text(&w, "x/asset.json", "{}");
    world_pack(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK(world_mentions(&w, "error PACK-FOLDER: a folder inside of one"));
    world_end(&w);
}

// --- folders -----------------------------------------------------------------

TEST(settings, a_folder_of_pictures_is_one_sheet_of_tiles_that_are_kept_once)
{
    world_begin(&w);
    world_png(&w, "tiles/1.png", 1);
    world_png(&w, "tiles/2.png", 2);
    world_png(&w, "tiles/again/1.png", 1);
    world_text(&w, "tiles/asset.json",
               "{\"tile_size\":8,\"slot\":7,\"asset_id\":9}");
    world_text(&w, "tiles/notes.txt", "x");
    world_text(&w, "tiles-not.txt", "x");
    world_pack(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    world_text(&w, "tiles/asset.json",
               "{\"type\":\"GLYPH\",\"tile_size\":8,\"slot\":7,"
               "\"asset_id\":9}");
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    CHECK(world_mentions(&w, "tiles/notes.txt: warning PACK-UNUSED"));
    CHECK(world_reports(&w, "3 tiles added, 2 kept"));
    CHECK_INT(pm_asset_count(w.asset), 2);
    CHECK_INT(world_find(&w, "tiles")->id, 9);
    CHECK_INT(world_slot(&w, "tiles"), 7);
    world_end(&w);
}

TEST(settings, a_picture_may_be_cut_into_tiles)
{
    world_begin(&w);
    world_png(&w, "a.png", 1);
    world_text(&w, "a.json", "{\"extract\":true,\"tile_size\":8}");
    world_pack(&w);
    REQUIRE(w.status == PM_OK);
    CHECK(world_reports(&w, "1 tiles added, 1 kept, 1 palette\n"));
    CHECK_INT(world_find(&w, "a")->bank_type, PM_BANK_GLYPH);
    world_text(&w, "a.json", "{\"extract\":true}");
    world_pack(&w);
    CHECK(world_mentions(&w, "a.png: error PACK-PNG-SIZE: the picture has 8 x "
                             "8 pixels; both sides must be multiples of the "
                             "tile size 16"));
    world_end(&w);
}
