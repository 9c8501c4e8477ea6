// SPDX-License-Identifier: MIT
#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/diag.h"
#include "base/hash.h"
#include "base/hash_internal.h"
#include "base/mem.h"
#include "base/utf8.h"

#include "support/fault_alloc.h"
#include "support/test.h"

TEST(cursor, never_reads_past_the_end)
{
    uint8_t bytes[3] = {1, 2, 3};
    struct pm_cursor cursor = pm_cursor_make(bytes, sizeof bytes);
    CHECK_INT(pm_cursor_u16(&cursor), 0x0201);
    CHECK_INT(pm_cursor_u32(&cursor), 0);
    CHECK(cursor.failed);
    CHECK_INT(pm_cursor_u8(&cursor), 0);
}

TEST(buf, escapes_what_a_terminal_would_obey)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf buf;
    pm_buf_init(&buf, &alloc);
    pm_buf_put_escaped(&buf, "a\x1b[2J\n\xff\\\xc3\xa9\xe2\x80\xae", 13);
    CHECK_STR(pm_buf_cstr(&buf),
              "a\\x1b[2J\\n\\xff\\\\\xc3\xa9\\xe2\\x80\\xae");
    pm_buf_free(&buf);
}

static int write_some(const struct pm_allocator *alloc, void *context)
{
    (void)context;
    struct pm_buf buf;
    pm_buf_init(&buf, alloc);
    for (int i = 0; i < 100; i++)
        pm_buf_printf(&buf, "%d ", i);
    int ok = pm_buf_status(&buf) == PM_OK;
    pm_buf_free(&buf);
    return ok;
}

TEST(buf, remembers_a_failed_allocation)
{
    CHECK(pm_fault_alloc_each(write_some, NULL, 0) > 1);
}

static int add_diags(const struct pm_allocator *alloc, void *context)
{
    (void)context;
    struct pm_diags diags;
    pm_diags_init(&diags, alloc);
    struct pm_place place = pm_place_line("a.txt", 3, 7);
    for (int i = 0; i < PM_DIAG_LIMIT + 5; i++)
        pm_diags_error(&diags, &place, "X-1", "found %d", i);
    CHECK_INT(diags.errors, PM_DIAG_LIMIT + 5);
    int ok = !diags.out_of_memory;
    if (ok) {
        struct pm_buf text;
        struct pm_allocator libc = pm_allocator_libc();
        pm_buf_init(&text, &libc);
        pm_diag_print(&diags.items[1], &text);
        CHECK_STR(pm_buf_cstr(&text), "a.txt:3:7: error X-1: found 1");
        pm_buf_free(&text);
        CHECK_INT(diags.dropped, 5);
    }
    pm_diags_free(&diags);
    return ok;
}

TEST(diags, an_error_counts_even_when_memory_is_short)
{
    CHECK(pm_fault_alloc_each(add_diags, NULL, 0) > PM_DIAG_LIMIT);
}

TEST(utf8, every_code_point_survives_a_round_trip_and_surrogates_do_not)
{
    for (uint32_t code = 0; code <= 0x110000; code++) {
        bool valid = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
        uint8_t bytes[4];
        uint32_t back = ~code;
        size_t length = pm_utf8_encode(code, bytes);
        size_t read = pm_utf8_decode(bytes, length, &back);
        if ((read == length && back == code) != valid) {
            CHECK_INT(code, -1);
            return;
        }
        if (valid && length > 1 && pm_utf8_decode(bytes, length - 1, &back)) {
            CHECK_INT(code, -2);
            return;
        }
    }
}

TEST(utf8, overlong_forms_are_refused_at_their_place)
{
    CHECK_INT(pm_utf8_valid_prefix("abcdefghij\xc0\x80", 12), 10);
    CHECK_INT(pm_utf8_valid_prefix("\xe0\x80\x80", 3), 0);
    CHECK_INT(pm_utf8_valid_prefix("\xf0\x80\x80\x80", 4), 0);
    CHECK(pm_utf8_is_valid("\xf4\x8f\xbf\xbf", 4));
    CHECK(!pm_utf8_is_valid("\xf4\x90\x80\x80", 4));
}

TEST(arena, gives_zeroed_aligned_blocks_of_any_size)
{
    struct pm_fault_alloc state = {0};
    struct pm_allocator alloc = pm_fault_alloc(&state);
    struct pm_arena arena;
    pm_arena_init(&arena, &alloc);
    for (size_t size = 1; size < 300000; size = size * 3 + 1) {
        uint8_t *block = pm_arena_alloc(&arena, size);
        REQUIRE(block);
        CHECK(((uintptr_t)block & 15) == 0 && block[0] == 0 &&
              block[size - 1] == 0);
        memset(block, 0xff, size);
    }
    pm_arena_free(&arena);
    CHECK_INT(state.live_blocks, 0);
}

TEST(hash, is_xxh3_as_published)
{
    CHECK(pm_hash64("", 0) == UINT64_C(0x2d06800538d394c2));
    struct pm_hash128 empty = pm_hash128("", 0);
    CHECK(empty.high == UINT64_C(0x99aa06d3014798d8) &&
          empty.low == UINT64_C(0x6001c324468d497f));
}

// With and without the instructions that this processor may have.
TEST(hash, is_the_same_in_all_its_forms)
{
    static uint8_t bytes[9000];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 31 + i / 256);
    for (size_t size = 0; size < sizeof bytes; size += 1 + size / 40) {
        struct pm_hash64_state state;
        uint64_t wanted = pm_hash64_plain(bytes, size);
        CHECK(pm_hash64(bytes, size) == wanted);
        pm_hash64_begin(&state);
        pm_hash64_add(&state, bytes, size / 3);
        pm_hash64_add(&state, bytes + size / 3, size - size / 3);
        CHECK(pm_hash64_end(&state) == wanted);
    }
}

// Every distance around the pieces that it moves in, both ways.
TEST(mem, copies_and_moves_as_if_byte_by_byte)
{
    static uint8_t block[8192];
    static uint8_t wanted[8192];
    static const size_t sizes[] = {0, 1, 63, 1023, 1024, 1025, 2048, 3001};

    for (size_t s = 0; s < PM_ARRAY_LEN(sizes); s++)
        for (size_t to = 2000; to < 4200; to += to < 2100 ? 1 : 97) {
            size_t from = 2050;
            for (size_t i = 0; i < sizeof block; i++)
                wanted[i] = block[i] = (uint8_t)(i * 7 + i / 256);
            for (size_t i = 0; i < sizes[s]; i++)
                wanted[to + i] = block[from + i];
            pm_mem_move(block + to, block + from, sizes[s]);
            CHECK(memcmp(block, wanted, sizeof block) == 0);
        }
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = (uint8_t)(i * 5);
    pm_mem_copy(wanted + 1, block, 5000);
    CHECK(memcmp(wanted + 1, block, 5000) == 0);
}
