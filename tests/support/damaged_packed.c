// SPDX-License-Identifier: MIT
//
// Damaged packed slices: tables that lie, chunks that are not what they must
// be, and bombs. A good slice of three chunks is spoiled in one way a row.

#include <lz4.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "asset/asset.h"
#include "base/bits.h"
#include "base/hash.h"
#include "support/damaged_internal.h"

#define CHUNK 4096
#define FORM  10000 // 4096 + 4096 + 1808
#define COUNT 3

// A file with one packed slice before it is put together.
struct parts {
    uint8_t codec;
    const char *bank;
    unsigned chunk;
    unsigned long long form;
    uint32_t count;              // as the slice says it
    uint32_t sizes[COUNT];       // as its table says them; 0: as they are
    struct pm_buf chunks[COUNT]; // as they are
    const char *second;          // text of a further entry, or NULL
    bool has_sums;               // of the bytes before [flip]
    int flip;                    // the byte of the slice to flip; 0: none
    bool is_empty;               // the slice has no byte
};

struct packed_row {
    const char *name;
    uint8_t codec;
    void (*spoil)(struct parts *p, uint32_t arg);
    uint32_t arg;
    int at; // of the fault, see below
    const char *expected;
};

// --- good chunks -------------------------------------------------------------

static void make_plain(uint8_t *out, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)(i / 5 % 40 + i / 1000);
}

static void pack(struct parts *p, int i, const void *plain, size_t size)
{
    char room[3 * CHUNK];
    size_t packed =
        p->codec == PM_CODEC_LZ4
            ? (size_t)LZ4_compress_default(plain, room, (int)size, sizeof room)
            : ZSTD_compress(room, sizeof room, plain, size, 3);
    p->chunks[i].size = 0;
    pm_buf_put(&p->chunks[i], room, packed);
}

static void make_parts(struct parts *p, uint8_t codec)
{
    struct pm_allocator alloc = pm_allocator_libc();
    uint8_t plain[FORM];

    make_plain(plain, FORM);
    *p = (struct parts){.codec = codec,
                        .bank = "BLOB",
                        .chunk = CHUNK,
                        .form = FORM,
                        .count = COUNT};
    for (int i = 0; i < COUNT; i++) {
        pm_buf_init(&p->chunks[i], &alloc);
        pack(p, i, plain + i * CHUNK, i < 2 ? CHUNK : FORM - 2 * CHUNK);
    }
}

// --- ways to spoil a table ---------------------------------------------------

static void nothing(struct parts *p, uint32_t arg)
{
    (void)p;
    (void)arg;
}

static void say_count(struct parts *p, uint32_t arg)
{
    p->count = arg;
}

static void say_form(struct parts *p, uint32_t arg)
{
    p->form = arg;
}

static void say_huge_form(struct parts *p, uint32_t arg)
{
    p->form = 1ull << arg;
}

static void say_chunk(struct parts *p, uint32_t arg)
{
    p->chunk = arg;
}

static void say_codec(struct parts *p, uint32_t arg)
{
    p->codec = (uint8_t)arg;
}

// Chunk arg / 65536 is said to have arg % 65536 bytes.
static void say_size(struct parts *p, uint32_t arg)
{
    p->sizes[arg >> 16] = arg & 0xffff ? arg & 0xffff : UINT32_MAX;
}

static void say_less(struct parts *p, uint32_t arg)
{
    p->sizes[arg] = (uint32_t)p->chunks[arg].size - 1;
}

static void say_more(struct parts *p, uint32_t arg)
{
    p->sizes[arg] = (uint32_t)p->chunks[arg].size + 1;
}

// A byte of chunk 0 is said to be one of chunk 1.
static void move_border(struct parts *p, uint32_t arg)
{
    p->sizes[0] = (uint32_t)p->chunks[0].size - arg;
    p->sizes[1] = (uint32_t)p->chunks[1].size + arg;
}

static void empty_chunk(struct parts *p, uint32_t arg)
{
    p->chunks[arg].size = 0;
}

static void no_bytes(struct parts *p, uint32_t arg)
{
    (void)arg;
    p->is_empty = true;
}

// --- ways to spoil a chunk ---------------------------------------------------

static void append_byte(struct parts *p, uint32_t arg)
{
    pm_buf_put8(&p->chunks[arg], 0);
}

static void append_much(struct parts *p, uint32_t arg)
{
    pm_buf_put(&p->chunks[2], NULL, arg);
}

static void cut_byte(struct parts *p, uint32_t arg)
{
    p->chunks[arg].size--;
}

static void repack_first(struct parts *p, uint32_t arg)
{
    uint8_t plain[2 * CHUNK];
    make_plain(plain, sizeof plain);
    pack(p, 0, plain, arg);
}

static void repack_last(struct parts *p, uint32_t arg)
{
    uint8_t plain[2 * CHUNK];
    make_plain(plain, sizeof plain);
    pack(p, 2, plain, arg);
}

static void swap(struct parts *p, uint32_t arg)
{
    struct pm_buf first = p->chunks[0];
    p->chunks[0] = p->chunks[arg];
    p->chunks[arg] = first;
}

static void garbage(struct parts *p, uint32_t arg)
{
    for (size_t i = 0; i < p->chunks[1].size; i++)
        p->chunks[1].data[i] = (uint8_t)(arg + i * 31);
}

static void replace_first(struct parts *p, const void *bytes, size_t size)
{
    p->chunks[0].size = 0;
    pm_buf_put(&p->chunks[0], bytes, size);
}

// --- LZ4 ---------------------------------------------------------------------

// A literal, and a match of it that is [arg] bytes long and more.
static void lz4_run(struct parts *p, uint32_t arg)
{
    struct pm_buf *chunk = &p->chunks[0];

    chunk->size = 0;
    pm_buf_put8(chunk, 0x1f);
    pm_buf_put8(chunk, 'x');
    pm_buf_put16(chunk, 1);
    for (; arg >= 255; arg -= 255)
        pm_buf_put8(chunk, 255);
    pm_buf_put8(chunk, (uint8_t)arg);
    pm_buf_puts(chunk, "\xc0"
                       "0123456789ab");
}

static void lz4_far_match(struct parts *p, uint32_t arg)
{
    uint8_t bytes[] = {0x10, 'x', (uint8_t)arg, (uint8_t)(arg >> 8), 0x00};
    replace_first(p, bytes, sizeof bytes);
}

static void lz4_frame(struct parts *p, uint32_t arg)
{
    (void)arg;
    replace_first(p, "\x04\x22\x4d\x18\x64\x40\xa7\0\0\0\0", 11);
}

// The block ends in a match; blocks end in literals.
static void lz4_ends_in_match(struct parts *p, uint32_t arg)
{
    uint8_t bytes[] = {0x10, 'x', 1, 0};
    (void)arg;
    replace_first(p, bytes, sizeof bytes);
}

static void lz4_short_literals(struct parts *p, uint32_t arg)
{
    (void)arg;
    replace_first(p, "\xf0\xff\xff\xff", 4);
}

// --- ZSTD --------------------------------------------------------------------

static void put_rle(struct pm_buf *out, bool is_last, uint32_t size)
{
    uint32_t head = (uint32_t)is_last | 1u << 1 | size << 3;
    pm_buf_put8(out, (uint8_t)head);
    pm_buf_put8(out, (uint8_t)(head >> 8));
    pm_buf_put8(out, (uint8_t)(head >> 16));
    pm_buf_put8(out, 'r');
}

// A frame of one segment of [size] equal bytes that says it has [said].
static void put_frame(struct pm_buf *out, uint8_t flags, uint32_t said,
                      uint32_t size)
{
    pm_buf_put32(out, ZSTD_MAGICNUMBER);
    pm_buf_put8(out, 0xa0 | flags);
    if (flags & 3)
        pm_buf_put8(out, 7);
    pm_buf_put32(out, said);
    put_rle(out, true, size);
}

// A frame that does not say its size, with a window.
static void put_window_frame(struct pm_buf *out, uint8_t window, uint32_t size,
                             int blocks)
{
    pm_buf_put32(out, ZSTD_MAGICNUMBER);
    pm_buf_put8(out, 0);
    pm_buf_put8(out, window);
    for (int i = 1; i <= blocks; i++)
        put_rle(out, i == blocks, size);
}

static void zstd_said(struct parts *p, uint32_t arg)
{
    p->chunks[0].size = 0;
    put_frame(&p->chunks[0], 0, arg, CHUNK);
}

static void zstd_has(struct parts *p, uint32_t arg)
{
    p->chunks[0].size = 0;
    put_frame(&p->chunks[0], 0, CHUNK, arg);
}

static void zstd_flags(struct parts *p, uint32_t arg)
{
    p->chunks[0].size = 0;
    put_frame(&p->chunks[0], (uint8_t)arg, CHUNK, CHUNK);
    if (arg & 4)
        pm_buf_put32(&p->chunks[0], 0x12345678);
}

static void zstd_window(struct parts *p, uint32_t arg)
{
    p->chunks[0].size = 0;
    put_window_frame(&p->chunks[0], (uint8_t)arg, CHUNK, 1);
}

static void zstd_unsaid(struct parts *p, uint32_t arg)
{
    p->chunks[0].size = 0;
    put_window_frame(&p->chunks[0], 0x10, arg, 1);
}

static void zstd_many_blocks(struct parts *p, uint32_t arg)
{
    p->chunks[0].size = 0;
    put_window_frame(&p->chunks[0], 0x10, CHUNK, (int)arg);
}

static void zstd_skippable(struct parts *p, uint32_t arg)
{
    struct pm_buf *chunk = &p->chunks[0];
    if (arg == 0)
        chunk->size = 0;
    pm_buf_put32(chunk, 0x184d2a50);
    pm_buf_put32(chunk, 4);
    pm_buf_put32(chunk, 0);
}

static void zstd_skippable_first(struct parts *p, uint32_t arg)
{
    zstd_skippable(p, 0);
    put_frame(&p->chunks[0], (uint8_t)arg, CHUNK, CHUNK);
}

static void zstd_two_halves(struct parts *p, uint32_t arg)
{
    p->chunks[0].size = 0;
    put_frame(&p->chunks[0], 0, arg, arg);
    put_frame(&p->chunks[0], 0, CHUNK - arg, CHUNK - arg);
}

static void zstd_magic(struct parts *p, uint32_t arg)
{
    pm_store32(p->chunks[0].data, arg);
}

static void zstd_block_type_3(struct parts *p, uint32_t arg)
{
    zstd_said(p, arg);
    p->chunks[0].data[9] |= 6;
}

static void zstd_sum(struct parts *p, uint32_t arg)
{
    uint8_t plain[CHUNK];
    char room[2 * CHUNK];
    ZSTD_CCtx *context = ZSTD_createCCtx();

    make_plain(plain, CHUNK);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    replace_first(p, room,
                  ZSTD_compress2(context, room, sizeof room, plain, CHUNK));
    ZSTD_freeCCtx(context);
    p->chunks[0].data[p->chunks[0].size - 1] ^= (uint8_t)arg;
}

// --- the entry ---------------------------------------------------------------

static void second_entry(struct parts *p, const char *text)
{
    p->second = text;
}

#define SECOND(codec, decoded, chunk)                                          \
    ",{\"asset_id\":2,\"asset_name\":\"b\",\"bank_type\":\"BLOB\",\"codec\":"  \
    "\"" codec "\",\"decoded_size\":" decoded ",\"metadata\":{\"codec\":{"     \
    "\"chunk\":" chunk "}},\"offset\":0,\"size\":%u}"

static void same_slice(struct parts *p, uint32_t arg)
{
    static const char *const texts[] = {
        SECOND("LZ4", "10000", "4096"), SECOND("ZSTD", "10000", "4096"),
        SECOND("LZ4", "10001", "4096"), SECOND("LZ4", "10000", "8192"),
        SECOND("LZ4", "10000", "5000"),
    };
    second_entry(p, texts[arg]);
}

static void flip_with_sums(struct parts *p, uint32_t arg)
{
    p->has_sums = true;
    p->flip = (int)arg;
}

static void flip(struct parts *p, uint32_t arg)
{
    p->flip = (int)arg;
}

static void scene(struct parts *p, uint32_t arg)
{
    uint8_t bytes[92] = "SCN1\1\0\4";

    bytes[8] = 1;
    bytes[10] = 16;
    bytes[20] = bytes[24] = 1;
    bytes[31] = (uint8_t)arg;
    p->bank = "SCENE";
    p->form = sizeof bytes;
    p->count = 1;
    p->chunks[1].size = p->chunks[2].size = 0;
    pack(p, 0, bytes, sizeof bytes);
}

static void nothing_packed(struct parts *p, uint32_t arg)
{
    p->form = 0;
    p->count = arg;
    for (int i = 0; i < COUNT; i++)
        p->chunks[i].size = 0;
}

// --- rows --------------------------------------------------------------------

#define LZ4          PM_CODEC_LZ4
#define ZSTD         PM_CODEC_ZSTD
#define NOT          "PA-CODEC: asset 1: chunk 0 does not decode to exactly 4096 bytes"
#define NOT1         "PA-CODEC: asset 1: chunk 1 does not decode to exactly 4096 bytes"
#define NOT2         "PA-CODEC: asset 1: chunk 2 does not decode to exactly 1808 bytes"
#define BYTES(chunk) "PA-CODEC: asset 1: chunk " #chunk " is said to have "
// Places: in the payload, in the file (the first entry), or of a chunk.
#define ENTRY       (~48)
#define CHUNK_AT(i) (100000 + (i))

static const struct packed_row rows[] = {
    {"lz4-good", LZ4, nothing, 0, 0, NULL},
    {"zstd-good", ZSTD, nothing, 0, 0, NULL},
    {"lz4-empty", LZ4, nothing_packed, 0, 0, NULL},
    {"zstd-empty", ZSTD, nothing_packed, 0, 0, NULL},
    {"lz4-scene", LZ4, scene, 0, 0, NULL},
    {"zstd-scene", ZSTD, scene, 0, 0, NULL},
    {"lz4-same-slice", LZ4, same_slice, 0, 0, NULL},
    {"zstd-one-segment", ZSTD, zstd_said, CHUNK, 0, NULL},
    {"zstd-least-window", ZSTD, zstd_window, 0x10, 0, NULL},
    {"zstd-checksum", ZSTD, zstd_sum, 0, 0, NULL},
    {"zstd-sums", ZSTD, flip_with_sums, 0, 0, NULL},
    // The table.
    {"lz4-count-0", LZ4, say_count, 0, 0,
     "PA-CODEC: asset 1: the slice says 0 chunks; 10000 bytes in chunks of "
     "4096 are 3"},
    {"lz4-count-2", LZ4, say_count, 2, 0,
     "PA-CODEC: asset 1: the slice says 2 chunks"},
    {"zstd-count-4", ZSTD, say_count, 4, 0,
     "PA-CODEC: asset 1: the slice says 4 chunks"},
    {"zstd-count-max", ZSTD, say_count, UINT32_MAX, 0,
     "PA-CODEC: asset 1: the slice says 4294967295 chunks"},
    {"lz4-empty-count-1", LZ4, nothing_packed, 1, 0,
     "PA-CODEC: asset 1: the slice says 1 chunks; 0 bytes"},
    {"lz4-size-max", LZ4, say_size, 0, 4, BYTES(0) "4294967295 stored bytes"},
    {"lz4-size-bound", LZ4, say_size, 1u << 16 | 4257, 8,
     BYTES(1) "4257 stored bytes; for 4096 there must be 1..4256"},
    {"lz4-size-last-bound", LZ4, say_size, 2u << 16 | 1951, 12,
     BYTES(2) "1951 stored bytes; for 1808 there must be 1..1950"},
    {"zstd-size-last-max", ZSTD, say_size, 2u << 16, 12,
     BYTES(2) "4294967295 stored bytes"},
    {"lz4-size-0", LZ4, empty_chunk, 0, 4, BYTES(0) "0 stored bytes"},
    {"zstd-size-0", ZSTD, empty_chunk, 2, 12, BYTES(2) "0 stored bytes"},
    {"lz4-sum-short", LZ4, say_less, 2, 4, "PA-CODEC: asset 1: its chunks end"},
    {"lz4-sum-long", LZ4, say_more, 0, 4, "PA-CODEC: asset 1: its chunks end"},
    {"zstd-sum-short", ZSTD, say_less, 0, 4,
     "PA-CODEC: asset 1: its chunks end at byte"},
    {"zstd-sum-long", ZSTD, say_more, 1, 4,
     "PA-CODEC: asset 1: its chunks end at byte"},
    {"lz4-border-early", LZ4, move_border, 1, CHUNK_AT(0), NOT},
    {"zstd-border-early", ZSTD, move_border, 1, CHUNK_AT(0), NOT},
    {"lz4-border-late", LZ4, move_border, (uint32_t)-1, CHUNK_AT(0), NOT},
    {"zstd-border-late", ZSTD, move_border, (uint32_t)-1, CHUNK_AT(0), NOT},
    // Sizes in the header.
    {"lz4-no-bytes", LZ4, no_bytes, 0, ENTRY,
     "PA-ENTRY-SIZE: asset_table[0].size: found 0; a slice of 3 chunks that "
     "decode to 10000 bytes has 19..10478"},
    {"lz4-form-huge", LZ4, say_huge_form, 50, ENTRY,
     "PA-ENTRY-SIZE: asset_table[0].size: found"},
    {"zstd-form-max", ZSTD, say_huge_form, 52, ENTRY,
     "PA-ENTRY-SIZE: asset_table[0].size: found"},
    {"zstd-too-large", ZSTD, append_much, 20000, ENTRY,
     "PA-ENTRY-SIZE: asset_table[0].size: found"},
    {"lz4-form-short", LZ4, say_form, 9999, CHUNK_AT(2),
     "PA-CODEC: asset 1: chunk 2 does not decode to exactly 1807 bytes"},
    {"lz4-form-long", LZ4, say_form, 10001, CHUNK_AT(2),
     "PA-CODEC: asset 1: chunk 2 does not decode to exactly 1809 bytes"},
    {"zstd-form-short", ZSTD, say_form, 9000, CHUNK_AT(2),
     "PA-CODEC: asset 1: chunk 2 does not decode to exactly 808 bytes"},
    {"zstd-form-long", ZSTD, say_form, 12288, CHUNK_AT(2),
     "PA-CODEC: asset 1: chunk 2 does not decode to exactly 4096 bytes"},
    {"lz4-form-fewer-chunks", LZ4, say_form, 8192, 0,
     "PA-CODEC: asset 1: the slice says 3 chunks; 8192 bytes"},
    {"zstd-other-chunk", ZSTD, say_chunk, 8192, 0,
     "PA-CODEC: asset 1: the slice says 3 chunks; 10000 bytes in chunks of "
     "8192 are 2"},
    {"lz4-called-zstd", LZ4, say_codec, ZSTD, CHUNK_AT(0), NOT},
    {"zstd-called-lz4", ZSTD, say_codec, LZ4, CHUNK_AT(0), NOT},
    {"lz4-other-codec", LZ4, same_slice, 1, 0,
     "PA-CODEC: asset 2: its codec, chunk or decoded size differs from those "
     "of asset 1"},
    {"lz4-other-form", LZ4, same_slice, 2, 0,
     "PA-CODEC: asset 2: its codec, chunk or decoded size differs"},
    {"lz4-other-chunk", LZ4, same_slice, 3, 0,
     "PA-CODEC: asset 2: its codec, chunk or decoded size differs"},
    {"lz4-uneven-chunk", LZ4, same_slice, 4, ~299,
     "PA-CHUNK: asset_table[1].metadata.codec.chunk: found 5000"},
    // Chunks of either codec.
    {"lz4-trailing", LZ4, append_byte, 0, CHUNK_AT(0), NOT},
    {"zstd-trailing", ZSTD, append_byte, 0, CHUNK_AT(0), NOT},
    {"lz4-trailing-last", LZ4, append_byte, 2, CHUNK_AT(2), NOT2},
    {"zstd-trailing-last", ZSTD, append_byte, 2, CHUNK_AT(2), NOT2},
    {"lz4-cut", LZ4, cut_byte, 0, CHUNK_AT(0), NOT},
    {"zstd-cut", ZSTD, cut_byte, 0, CHUNK_AT(0), NOT},
    {"lz4-one-less", LZ4, repack_first, 4095, CHUNK_AT(0), NOT},
    {"zstd-one-less", ZSTD, repack_first, 4095, CHUNK_AT(0), NOT},
    {"lz4-one-more", LZ4, repack_first, 4097, CHUNK_AT(0), NOT},
    {"zstd-one-more", ZSTD, repack_first, 4097, CHUNK_AT(0), NOT},
    {"lz4-nothing", LZ4, repack_first, 0, CHUNK_AT(0), NOT},
    {"zstd-nothing", ZSTD, repack_first, 0, CHUNK_AT(0), NOT},
    {"lz4-last-whole", LZ4, repack_last, 4096, CHUNK_AT(2), NOT2},
    {"zstd-last-whole", ZSTD, repack_last, 4096, CHUNK_AT(2), NOT2},
    {"lz4-swapped", LZ4, swap, 2, CHUNK_AT(0), NOT},
    {"zstd-swapped", ZSTD, swap, 2, CHUNK_AT(0), NOT},
    {"lz4-garbage", LZ4, garbage, 200, CHUNK_AT(1), NOT1},
    {"zstd-garbage", ZSTD, garbage, 200, CHUNK_AT(1), NOT1},
    {"lz4-flipped-with-sums", LZ4, flip_with_sums, 40, 0,
     "PA-SUM: asset 1: block 0 does not match"},
    {"zstd-flipped-with-sums", ZSTD, flip_with_sums, 5, 0,
     "PA-SUM: asset 1: block 0 does not match"},
    {"zstd-flipped-magic", ZSTD, flip, 16, CHUNK_AT(0), NOT},
    {"lz4-scene-cell", LZ4, scene, 2, 0,
     "PA-SCENE: asset 1: a cell of layer 0 has bits"},
    {"zstd-scene-cell", ZSTD, scene, 0x80, 0,
     "PA-SCENE: asset 1: a cell of layer 0 has bits"},
    // LZ4.
    {"lz4-bomb", LZ4, lz4_run, 1000000, CHUNK_AT(0), NOT},
    {"lz4-run-short", LZ4, lz4_run, 4063, CHUNK_AT(0), NOT},
    {"lz4-run-long", LZ4, lz4_run, 4065, CHUNK_AT(0), NOT},
    {"lz4-run-exact", LZ4, lz4_run, 4064, 0, NULL},
    {"lz4-match-before-start", LZ4, lz4_far_match, 2, CHUNK_AT(0), NOT},
    {"lz4-match-far", LZ4, lz4_far_match, 65535, CHUNK_AT(0), NOT},
    {"lz4-frame", LZ4, lz4_frame, 0, CHUNK_AT(0), NOT},
    {"lz4-ends-in-match", LZ4, lz4_ends_in_match, 0, CHUNK_AT(0), NOT},
    {"lz4-short-literals", LZ4, lz4_short_literals, 0, CHUNK_AT(0), NOT},
    // ZSTD.
    {"zstd-says-less", ZSTD, zstd_said, 4095, CHUNK_AT(0), NOT},
    {"zstd-says-more", ZSTD, zstd_said, 4097, CHUNK_AT(0), NOT},
    {"zstd-says-gigabytes", ZSTD, zstd_said, UINT32_MAX, CHUNK_AT(0), NOT},
    {"zstd-has-less", ZSTD, zstd_has, 4095, CHUNK_AT(0), NOT},
    {"zstd-has-more", ZSTD, zstd_has, 4097, CHUNK_AT(0), NOT},
    {"zstd-bomb-block", ZSTD, zstd_has, 131072, CHUNK_AT(0), NOT},
    {"zstd-bomb-blocks", ZSTD, zstd_many_blocks, 1000, CHUNK_AT(0), NOT},
    {"zstd-unsaid-less", ZSTD, zstd_unsaid, 4095, CHUNK_AT(0), NOT},
    {"zstd-unsaid-more", ZSTD, zstd_unsaid, 4097, CHUNK_AT(0), NOT},
    {"zstd-window", ZSTD, zstd_window, 0x11, CHUNK_AT(0), NOT},
    {"zstd-window-max", ZSTD, zstd_window, 0xff, CHUNK_AT(0), NOT},
    {"zstd-dictionary", ZSTD, zstd_flags, 1, CHUNK_AT(0), NOT},
    {"zstd-reserved-bit", ZSTD, zstd_flags, 8, CHUNK_AT(0), NOT},
    {"zstd-wrong-checksum", ZSTD, zstd_flags, 4, CHUNK_AT(0), NOT},
    {"zstd-flipped-checksum", ZSTD, zstd_sum, 1, CHUNK_AT(0), NOT},
    {"zstd-skippable-alone", ZSTD, zstd_skippable, 0, CHUNK_AT(0), NOT},
    {"zstd-skippable-behind", ZSTD, zstd_skippable, 1, CHUNK_AT(0), NOT},
    {"zstd-skippable-before", ZSTD, zstd_skippable_first, 0, CHUNK_AT(0), NOT},
    {"zstd-two-frames", ZSTD, zstd_two_halves, 2048, CHUNK_AT(0), NOT},
    {"zstd-frame-and-empty-one", ZSTD, zstd_two_halves, 4096, CHUNK_AT(0), NOT},
    {"zstd-empty-one-first", ZSTD, zstd_two_halves, 0, CHUNK_AT(0), NOT},
    {"zstd-old-format", ZSTD, zstd_magic, 0xfd2fb527, CHUNK_AT(0), NOT},
    {"zstd-dictionary-magic", ZSTD, zstd_magic, 0xec30a437, CHUNK_AT(0), NOT},
    {"zstd-block-type-3", ZSTD, zstd_block_type_3, CHUNK, CHUNK_AT(0), NOT},
};

// --- building ----------------------------------------------------------------

static void put_slice(struct pm_buf *out, const struct parts *p)
{
    if (p->is_empty)
        return;
    pm_buf_put32(out, p->count);
    int count = p->form == 0 ? 0 : p->form < CHUNK ? 1 : COUNT;
    for (int i = 0; i < count; i++)
        pm_buf_put32(out,
                     p->sizes[i] ? p->sizes[i] : (uint32_t)p->chunks[i].size);
    for (int i = 0; i < count; i++)
        if (p->chunks[i].size)
            pm_buf_put(out, p->chunks[i].data, p->chunks[i].size);
}

static void put_header(struct pm_buf *out, const struct parts *p,
                       const struct pm_buf *slice)
{
    pm_buf_printf(out,
                  "{\"asset_table\":[{\"asset_id\":1,\"asset_name\":\"a\","
                  "\"bank_type\":\"%s\",\"codec\":\"%s\",\"decoded_size\":%llu",
                  p->bank, p->codec == LZ4 ? "LZ4" : "ZSTD", p->form);
    if (p->has_sums)
        pm_buf_printf(out,
                      ",\"integrity\":{\"algorithm\":\"xxh3-64\",\"block\":"
                      "65536,\"sums\":\"%016llx\"}",
                      (unsigned long long)pm_hash64(slice->data, slice->size));
    pm_buf_printf(out,
                  ",\"metadata\":{\"codec\":{\"chunk\":%u}},\"offset\":0,"
                  "\"size\":%zu}",
                  p->chunk, slice->size);
    // The text has one place for the slice's size.
    const char *second = p->second ? p->second : "";
    const char *place = strstr(second, "%u");
    if (place) {
        pm_buf_put(out, second, (size_t)(place - second));
        pm_buf_printf(out, "%zu%s", slice->size, place + 2);
    }
    pm_buf_puts(out, "],\"preload\":[]}");
}

// The byte of the file where [row] has its fault.
static int place_of(const struct packed_row *row, const struct parts *p,
                    size_t payload)
{
    int at = row->at;

    if (at < 0)
        return ~at;
    if (at < CHUNK_AT(0))
        return (int)payload + at;
    int place = (int)payload + 4 + 4 * COUNT;
    for (int i = 0; i < at - CHUNK_AT(0); i++)
        place += (int)p->chunks[i].size;
    return place;
}

static void give_row(struct damaged_visitor *to, const struct packed_row *row)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf slice;
    struct pm_buf header;
    struct pm_buf expected;
    struct pm_buf file;
    struct parts p;

    pm_buf_init(&expected, &alloc);
    pm_buf_init(&slice, &alloc);
    pm_buf_init(&header, &alloc);
    pm_buf_init(&file, &alloc);
    make_parts(&p, row->codec);
    row->spoil(&p, row->arg);
    put_slice(&slice, &p);
    put_header(&header, &p, &slice);
    if (p.flip)
        slice.data[p.flip] ^= 1;
    damaged_put_file(&file, &header);
    size_t payload = file.size;
    if (slice.size)
        pm_buf_put(&file, slice.data, slice.size);
    if (row->expected)
        pm_buf_printf(&expected, ":+%d: error %s", place_of(row, &p, payload),
                      row->expected);
    damaged_give(to, PM_DAMAGED_ASSETS, row->name,
                 row->expected ? pm_buf_cstr(&expected) : NULL, &file);
    pm_buf_free(&expected);
    for (int i = 0; i < COUNT; i++)
        pm_buf_free(&p.chunks[i]);
    pm_buf_free(&file);
    pm_buf_free(&header);
    pm_buf_free(&slice);
}

void damaged_packed(struct damaged_visitor *to)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++)
        give_row(to, &rows[i]);
}
