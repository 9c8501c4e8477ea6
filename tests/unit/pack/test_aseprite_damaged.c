// SPDX-License-Identifier: MIT
//
// Files of Aseprite that are damaged or too much: each is refused with its
// place and the reason, and nothing is touched that is not the file's.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "ase_world.h"
#include "base/bits.h"
#include "support/fault_alloc.h"
#include "support/test.h"

TEST(aseprite, tiles_that_are_not_there_or_cannot_turn_are_refused)
{
    struct ase_world w;
    ase_tilemap(&w, 1, 2, 2);
    CHECK(ase_mentions(&w.diags,
                       "frame 1, layer 0 \"map\", cel: tile 2 at 1, 0; "
                       "the tileset has 2"));
    ase_end(&w);
    ase_tilemap(&w, 1 | ASE_TURN, 1, 1);
    CHECK(ase_mentions(&w.diags,
                       "the tile at 0, 0 is turned, but tiles are not "
                       "square"));
    ase_end(&w);
}

// The file that is damaged: where its parts begin.
enum {
    FRAME = 128,
    LAYER = FRAME + 16,         // 6 + 16 + 2 + 4
    CEL = LAYER + 6 + 18 + 4,   // 6 + 16 + 4 + zlib of 4 bytes: 2 + 5 + 4 + 4
    TAGS = CEL + 6 + 20 + 15,   // 6 + 10 + 17 + 2 + 3
    FRAME2 = TAGS + 6 + 27 + 5, //
    LINK = FRAME2 + 16,         // 6 + 16 + 2
    GOOD_SIZE = LINK + 6 + 16 + 2
};

static void make_good(struct ase_world *w, uint32_t flags)
{
    struct make_ase_cel cel = {0, 0, 0, 255, 0, 1, 1};
    ase_begin(w, 8, 4, 32, 2, flags, 0);
    ase_layer(w, "legs");
    make_ase_cel(&w->m, &cel, 2, ase_red, 4);
    make_ase_tag(&w->m, 0, 1, 0, 0, "run");
    make_ase_frame(&w->m, 100);
    make_ase_link(&w->m, &cel, 0);
    make_ase_end(&w->m);
}

TEST(aseprite, the_file_that_is_damaged_below_is_good)
{
    struct ase_world w;
    make_good(&w, 1);
    CHECK_INT(w.bytes.size, GOOD_SIZE);
    ase_decode(&w);
    CHECK_INT(w.status, PM_OK);
    ase_end(&w);
}

struct damage {
    const char *what;
    size_t at; // where [bytes] go
    size_t size;
    const char *bytes;
    size_t offset; // of the message
    const char *expected;
};

static const struct damage damages[] = {
    {"magic", 4, 2, "\0\0", 0, "this is no Aseprite file"},
    {"file size", 0, 4, "\xff\xff\0\0", 0,
     "the header says the file has 65535"},
    {"no frames", 6, 2, "\0\0", 0, "there are 0 frames"},
    {"many frames", 6, 2, "\xff\xff", 0, "there are 65535 frames"},
    {"width 0", 8, 2, "\0\0", 0, "the canvas has 0 x 4"},
    {"width 4097", 8, 2, "\1\x10", 0, "the canvas has 4097 x 4"},
    {"height 65535", 10, 2, "\xff\xff", 0, "the canvas has 8 x 65535"},
    {"all pixels", 8, 4, "\0\x10\0\x10", 0,
     "2 frames of 4096 x 4096 have 33554432 pixels together"},
    {"24 bits", 12, 2, "\x18\0", 0, "pixels have 24 bits"},
    {"frame size", FRAME, 4, "\xff\xff\0\0", FRAME,
     "frame 1, header: the frame says it has 65535 bytes"},
    {"frame short", FRAME, 4, "\xf\0\0\0", FRAME, "it has 15 bytes"},
    {"frame magic", FRAME + 4, 2, "\0\0", FRAME, "begins with 0000"},
    {"chunks", FRAME + 6, 2, "\4\0", FRAME2, "chunk 4 of 4 says it has 0"},
    {"new chunks", FRAME + 12, 4, "\xff\xff\xff\xff", FRAME2,
     "chunk 4 of 4294967295 says"},
    {"chunk size", LAYER, 4, "\5\0\0\0", LAYER,
     "frame 1, chunks: chunk 1 of 3 says it has 5 bytes"},
    {"chunk long", TAGS, 4, "\xff\0\0\0", TAGS, "chunk 3 of 3 says it has 255"},
    {"layer kind", LAYER + 8, 2, "\3\0", LAYER, "layer: a layer of kind 3"},
    {"layer level", LAYER + 10, 2, "\1\0", LAYER, "the layer is on level 1"},
    {"layer deep", LAYER + 10, 2, "\x10\0", LAYER, "groups are 16 deep"},
    {"layer blend", LAYER + 16, 2, "\x13\0", LAYER, "blend mode 19"},
    {"layer name", LAYER + 22, 2, "\5\0", LAYER, "the chunk ends before"},
    {"cel layer", CEL + 6, 2, "\1\0", CEL,
     "frame 1, cel: a cel of layer 1; there are 1 so far"},
    {"cel kind", CEL + 13, 2, "\4\0", CEL,
     "frame 1, layer 0 \"legs\", cel: a cel of kind 4"},
    {"cel on group", LAYER + 8, 2, "\1\0", CEL, "a group has no cels"},
    {"cel of tiles", CEL + 13, 2, "\3\0", CEL, "of tiles on a layer of pixels"},
    {"cel links to itself", CEL + 13, 2, "\1\0", CEL,
     "linked to frame 2; it must be an earlier one"},
    {"cel raw short", CEL + 13, 4, "\0\0\0\0", CEL, ""},
    {"cel wide", CEL + 22, 2, "\2\0", CEL,
     "the packed pixels end after 4 of 8 bytes"},
    {"cel bomb", CEL + 22, 4, "\xff\xff\xff\xff", CEL,
     "15 packed bytes cannot be the 17179344900 that the size asks for"},
    {"zlib head", CEL + 26, 1, "\0", CEL, "damaged near byte"},
    {"zlib sum", CEL + 38, 1, "\7", CEL, "damaged near byte"},
    {"zlib block", CEL + 28, 1, "\7", CEL, "damaged near byte"},
    {"zlib long", CEL + 29, 5, "\3\0\xfc\xff\0", CEL, ""},
    {"tag from", TAGS + 16, 2, "\2\0", TAGS, "goes from frame 3 to 2 of 2"},
    {"tag to", TAGS + 18, 2, "\2\0", TAGS, "goes from frame 1 to 3 of 2"},
    {"tag direction", TAGS + 20, 1, "\4", TAGS, "has direction 4"},
    {"tag name", TAGS + 35, 1, "\xff", TAGS, "is not UTF-8"},
    {"tag name nul", TAGS + 36, 1, "\0", TAGS, "is not UTF-8"},
    {"tags many", TAGS + 6, 2, "\2\0", TAGS, "the chunk ends before"},
    {"link later", LINK + 22, 2, "\1\0", LINK,
     "frame 2, layer 0 \"legs\", cel: the cel is linked to frame 2"},
    {"link far", LINK + 22, 2, "\xff\xff", LINK, "linked to frame 65536"},
};

TEST(aseprite, each_damaged_file_is_refused_with_place_and_reason)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(damages); i++) {
        const struct damage *row = &damages[i];
        struct ase_world w;
        make_good(&w, 1);
        memcpy(w.bytes.data + row->at, row->bytes, row->size);
        ase_decode(&w);
        if (!row->expected[0]) {
            // Only not to be read in a wrong way.
            CHECK(w.status == PM_OK || w.diags.errors > 0);
        } else if (!CHECK_INT(w.status, PM_ERR_INVALID) ||
                   !CHECK(ase_mentions(&w.diags, row->expected)) ||
                   !CHECK_INT(w.diags.items[0].place.offset, row->offset)) {
            fprintf(stderr, "in: %s\n", row->what);
        }
        ase_end(&w);
    }
}

TEST(aseprite, a_file_cut_off_anywhere_is_refused)
{
    for (size_t size = 0; size < GOOD_SIZE; size++) {
        struct ase_world w;
        make_good(&w, 1);
        // From a block of its own, so that a byte too far is seen.
        uint8_t *copy = malloc(size ? size : 1);
        memcpy(copy, w.bytes.data, size);
        if (size >= 4)
            pm_store32(copy, (uint32_t)size);
        pm_buf_free(&w.bytes);
        w.bytes.data = copy;
        w.bytes.size = size;
        w.bytes.capacity = size ? size : 1;
        ase_decode(&w);
        CHECK_INT(w.status, PM_ERR_INVALID);
        CHECK(w.diags.errors > 0);
        ase_end(&w);
    }
}

TEST(aseprite, faults_of_all_frames_are_told)
{
    struct ase_world w;
    make_good(&w, 1);
    w.bytes.data[LAYER + 16] = 99;
    w.bytes.data[CEL + 22] = 9;
    w.bytes.data[LINK + 22] = 9;
    ase_decode(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK_INT(w.diags.errors, 3);
    ase_end(&w);
}

TEST(aseprite, a_second_cel_and_a_link_to_nothing_are_refused)
{
    struct ase_world w;
    struct make_ase_cel cel = {1, 0, 0, 255, 0, 1, 1};
    ase_begin(&w, 1, 1, 32, 2, 1, 0);
    ase_layer(&w, "a");
    ase_layer(&w, "b\x1b");
    ase_dot(&w, 0, 0, 0, ase_red);
    ase_dot(&w, 0, 0, 0, ase_red);
    make_ase_frame(&w.m, 1);
    make_ase_link(&w.m, &cel, 0);
    ase_finish(&w);
    CHECK(ase_mentions(&w.diags, "layer 0 \"a\", cel: a second cel"));
    // The name is hostile text.
    CHECK(ase_mentions(&w.diags,
                       "frame 2, layer 1 \"b\\x1b\", cel: the cel is "
                       "linked to frame 1, where its layer has none"));
    ase_end(&w);
}

TEST(aseprite, a_bomb_that_unpacks_to_more_than_its_size_is_refused)
{
    static uint8_t zeroes[1 << 20];
    static uint8_t packed[1 << 16];
    uLongf size = sizeof packed;
    struct ase_world w;
    struct pm_buf body;
    struct pm_allocator alloc = pm_allocator_libc();
    CHECK_INT(compress(packed, &size, zeroes, sizeof zeroes), Z_OK);
    ase_begin(&w, 16, 16, 32, 1, 1, 0);
    ase_layer(&w, "a");
    pm_buf_init(&body, &alloc);
    pm_buf_put(&body, "\0\0\0\0\0\0\xff\2\0\0\0\0\0\0\0\0\x10\0\x10\0", 20);
    body.size = 16;
    pm_buf_put(&body, "\x10\0\x10\0", 4);
    pm_buf_put(&body, packed, size);
    make_ase_chunk(&w.m, 0x2005, body.data, body.size);
    pm_buf_free(&body);
    ase_finish(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK(ase_mentions(&w.diags, "are more than the 1024 bytes"));
    ase_end(&w);
}

TEST(aseprite, cels_of_too_many_bytes_together_are_refused)
{
    static uint8_t zeroes[4096 * 4096];
    static uint8_t packed[1 << 18];
    uLongf size = sizeof packed;
    struct ase_world w;
    struct pm_buf body;
    struct pm_allocator alloc = pm_allocator_libc();
    CHECK_INT(compress(packed, &size, zeroes, sizeof zeroes), Z_OK);
    ase_begin(&w, 1, 1, 8, 1, 1, 0);
    make_ase_palette(&w.m, ase_colours, 4);
    for (uint8_t i = 0; i < 5; i++) {
        ase_layer(&w, "a");
        pm_buf_init(&body, &alloc);
        pm_buf_put(&body, "\0\0\0\0\0\0\xff\2\0\0\0\0\0\0\0\0", 16);
        body.data[0] = i;
        pm_buf_put(&body, "\0\x10\0\x10", 4);
        pm_buf_put(&body, packed, size);
        make_ase_chunk(&w.m, 0x2005, body.data, body.size);
        pm_buf_free(&body);
    }
    ase_finish(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK_INT(w.diags.errors, 1);
    CHECK(ase_mentions(&w.diags,
                       "layer 4 \"a\", cel: 16777216 bytes of pixels; "
                       "all cels and tiles together may have 67108864"));
    ase_end(&w);
}

TEST(aseprite, links_cannot_make_much_work_of_a_small_file)
{
    static uint8_t pixels[4 * 512 * 512];
    struct ase_world w;
    struct make_ase_cel cel = {0, 0, 0, 255, 0, 512, 512};
    ase_begin(&w, 512, 512, 32, 60, 1, 0);
    for (int i = 0; i < 20; i++)
        ase_layer(&w, "a");
    for (uint16_t i = 0; i < 20; i++) {
        cel.layer = i;
        make_ase_cel(&w.m, &cel, 0, pixels, sizeof pixels);
    }
    for (uint16_t frame = 1; frame < 60; frame++) {
        make_ase_frame(&w.m, 1);
        for (uint16_t i = 0; i < 20; i++) {
            cel.layer = i;
            make_ase_link(&w.m, &cel, frame - 1);
        }
    }
    ase_finish(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK_INT(w.diags.errors, 1);
    CHECK(ase_mentions(&w.diags, "draw more than 268435456 pixels"));
    ase_end(&w);
}

TEST(aseprite, other_faults_have_their_messages)
{
    static const struct {
        uint16_t type;
        const char *bytes;
        size_t size;
        const char *expected;
    } rows[] = {
        {0x2019, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20,
         "palette: a palette of 0 colours"},
        {0x2019, "\1\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20,
         "a palette of 257 colours"},
        {0x2019, "\4\0\0\0\2\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0", 20,
         "of which 2 to 1 are set"},
        {0x2019, "\4\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0", 20,
         "of which 0 to 4 are set"},
        {0x2019, "\4\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0", 20,
         "palette: the chunk ends before"},
        {0x0004, "\1\0\1\0", 4, "packet 0 sets the colours 1 to 256"},
        {0x0004, "\1\0\1\2", 4, "old palette: the chunk ends before"},
        {0x0011, "\1\0\0\1\0\x40\0", 7, "a colour of six bits"},
        {0x2018,
         "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0"
         "0123456789012345678901234567890123456789012345678901234567"
         "890123",
         29 + 64, "the name of tag 0 has 64 bytes; it must be at most 63"},
        {0x2023,
         "\7\0\0\0\2\0\0\0\1\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
         "\0\0\0\0",
         34, "1 tiles of 0 x 1 pixels"},
        {0x2023,
         "\7\0\0\0\2\0\0\0\1\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
         "\0\0\0\0\1\0\0\0",
         38, "tileset: the chunk ends before"},
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        struct ase_world w;
        ase_begin(&w, 1, 1, 8, 1, 1, 0);
        make_ase_chunk(&w.m, rows[i].type, rows[i].bytes, rows[i].size);
        ase_finish(&w);
        if (!CHECK_INT(w.status, PM_ERR_INVALID) ||
            !CHECK(ase_mentions(&w.diags, rows[i].expected)))
            fprintf(stderr, "in row %zu\n", i);
        ase_end(&w);
    }
}

TEST(aseprite, an_indexed_file_without_a_palette_is_refused)
{
    struct ase_world w;
    ase_begin(&w, 1, 1, 8, 1, 1, 0);
    ase_finish(&w);
    CHECK(ase_mentions(&w.diags, "there is no palette"));
    ase_end(&w);
}

TEST(aseprite, layers_and_groups_have_limits)
{
    struct ase_world w;
    ase_begin(&w, 1, 1, 32, 1, 3, 0);
    for (uint16_t i = 0; i < 15; i++)
        make_ase_layer(&w.m, 1, 1, i, 0, 255, "g");
    make_ase_layer(&w.m, 1, 0, 15, 0, 255, "a");
    for (int i = 16; i < 1024; i++)
        ase_layer(&w, "a");
    ase_dot(&w, 15, 0, 0, ase_red);
    ase_finish(&w);
    CHECK(ase_is(&w, 0, 0, 0, ase_red));
    ase_end(&w);
    ase_begin(&w, 1, 1, 32, 1, 3, 0);
    for (int i = 0; i < 1025; i++)
        ase_layer(&w, "a");
    ase_finish(&w);
    CHECK(ase_mentions(&w.diags, "there are more than 1024 layers"));
    ase_end(&w);
}

static int ase_task(const struct pm_allocator *alloc, void *context)
{
    const struct pm_buf *bytes = context;
    struct pm_diags diags;
    struct pm_buf report;
    struct pm_pack_animation result;
    struct pm_pack_file file = {.name = "a",
                                .bytes = bytes->data,
                                .size = bytes->size,
                                .alloc = alloc,
                                .diags = &diags,
                                .report = &report};
    pm_diags_init(&diags, alloc);
    pm_buf_init(&report, alloc);
    pm_status status = pm_pack_decode_aseprite(&file, &result);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY);
    if (!status)
        pm_pack_animation_free(alloc, &result);
    bool ok = !status && !report.failed;
    pm_diags_free(&diags);
    pm_buf_free(&report);
    return ok;
}

TEST(aseprite, a_failed_allocation_leaves_nothing_behind)
{
    struct ase_world w;
    make_good(&w, 1);
    CHECK(pm_fault_alloc_each(ase_task, &w.bytes, 0) > 10);
    ase_end(&w);
    ase_tilemap(&w, 1, 1 | ASE_FLIP_X, 2);
    CHECK(pm_fault_alloc_each(ase_task, &w.bytes, 0) > 10);
    ase_end(&w);
}
