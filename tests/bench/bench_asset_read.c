// SPDX-License-Identifier: MIT
//
// Figures of reading an assets.pa: slices against bare pread, with and without
// sums, the memory that reading 4 GiB takes, and packed slices against the bare
// libraries over the same chunks. In each round the bare way comes before and
// after ours, and the ratio is against their mean: what else the machine does
// then weighs on both. The median of the rounds counts.
#define ZSTD_STATIC_LINKING_ONLY

#include <fcntl.h>
#include <lz4.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

#include "asset/asset.h"
#include "base/bits.h"
#include "base/hash.h"
#include "hosts/common/files.h"
#include "measure.h"

#define MIB    ((size_t)1 << 20)
#define SLICE  (4 * MIB)
#define COUNT  1024 // 4 GiB in all
#define PART   32   // slices for a ratio: 128 MiB
#define ROUNDS 15

static double now(void)
{
    struct timespec t;
    // What others do on this machine must not count.
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static long resident_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

// --- a sparse file -----------------------------------------------------------

struct sparse {
    char path[40];
    int fd;
    uint64_t payload;
    struct pm_file *file;
    struct pm_source source;
};

static void put_entry(struct pm_buf *text, int i, uint64_t sum, bool has_sums)
{
    pm_buf_printf(text,
                  "%s{\"asset_id\":%d,\"asset_name\":\"b\",\"bank_type\":"
                  "\"BLOB\",\"codec\":\"NONE\",\"decoded_size\":%zu",
                  i ? "," : "", i, SLICE);
    if (has_sums) {
        pm_buf_puts(text, ",\"integrity\":{\"algorithm\":\"xxh3-64\",\"block\":"
                          "65536,\"sums\":\"");
        for (size_t at = 0; at < SLICE; at += PM_ASSET_BLOCK)
            pm_buf_printf(text, "%016llx", (unsigned long long)sum);
        pm_buf_puts(text, "\"}");
    }
    pm_buf_printf(text, ",\"metadata\":{},\"offset\":%llu,\"size\":%zu}",
                  (unsigned long long)i * SLICE, SLICE);
}

static void make_sparse(struct sparse *s, bool has_sums)
{
    static const uint8_t zeros[PM_ASSET_BLOCK];
    struct pm_allocator alloc = pm_allocator_libc();
    uint64_t sum = pm_hash64(zeros, sizeof zeros);
    struct pm_buf text;
    struct pm_buf head;

    pm_buf_init(&text, &alloc);
    pm_buf_init(&head, &alloc);
    pm_buf_puts(&text, "{\"asset_table\":[");
    for (int i = 0; i < COUNT; i++)
        put_entry(&text, i, sum, has_sums);
    pm_buf_puts(&text, "],\"preload\":[]}");
    pm_buf_puts(&head, "ASPA\1");
    pm_buf_put(&head, NULL, 3);
    pm_buf_put32(&head, (uint32_t)text.size);
    pm_buf_put32(&head, (uint32_t)(32 + text.size + 63) / 64 * 64);
    pm_buf_put(&head, NULL, 16);
    pm_buf_put(&head, text.data, text.size);
    s->payload = pm_load32(head.data + 12);
    strcpy(s->path, "/tmp/bench_asset-XXXXXX");
    s->fd = mkstemp(s->path);
    if (s->fd < 0 || write(s->fd, head.data, head.size) != (ssize_t)head.size ||
        ftruncate(s->fd, (off_t)(s->payload + (uint64_t)COUNT * SLICE)) ||
        pm_file_open(&alloc, s->path, &s->file, NULL))
        abort();
    s->source = pm_file_source(s->file);
    pm_buf_free(&head);
    pm_buf_free(&text);
}

static void drop_sparse(struct sparse *s)
{
    pm_file_close(s->file);
    close(s->fd);
    unlink(s->path);
}

static struct pm_asset *open_asset(const struct pm_source *source)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_asset *asset;

    pm_diags_init(&diags, &alloc);
    if (pm_asset_open(source, NULL, &alloc, &diags, &asset))
        abort();
    pm_diags_free(&diags);
    return asset;
}

// --- slices ------------------------------------------------------------------

static uint8_t buffer[SLICE];

static double read_slices(const struct pm_asset *asset, int count, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    double start = now();

    for (int i = 0; i < count; i++) {
        const struct pm_asset_entry *e = pm_asset_at(asset, (size_t)i);
        struct pm_asset_reader *reader;
        if (pm_asset_reader_open(asset, e, &alloc, &reader))
            abort();
        for (size_t at = 0; at < SLICE; at += size)
            if (pm_asset_reader_read(reader, at, buffer, size))
                abort();
        pm_asset_reader_close(reader);
    }
    return now() - start;
}

static double read_bare(const struct sparse *s, int count, size_t size)
{
    double start = now();
    for (int i = 0; i < count; i++)
        for (size_t at = 0; at < SLICE; at += size)
            if (pread(s->fd, buffer, size,
                      (off_t)(s->payload + (uint64_t)i * SLICE + at)) !=
                (ssize_t)size)
                abort();
    return now() - start;
}

static void bench_slices(const struct sparse *s, const char *what, size_t size)
{
    double bare[ROUNDS];
    double first[ROUNDS];
    double later[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        struct pm_asset *asset = open_asset(&s->source);
        double before = read_bare(s, PART, size);
        double new_ones = read_slices(asset, PART, size);
        double between = read_bare(s, PART, size);
        double old_ones = read_slices(asset, PART, size);
        double after = read_bare(s, PART, size);
        pm_asset_close(asset);
        bare[i] = between;
        first[i] = (before + between) / 2 / new_ones;
        later[i] = (between + after) / 2 / old_ones;
    }
    printf("slices %s, windows of %zu KiB: %.2f of pread at first touch, %.2f "
           "later (pread: %.2f GB/s)\n",
           what, size / 1024, bench_median(first, ROUNDS),
           bench_median(later, ROUNDS),
           (double)PART * SLICE / bench_median(bare, ROUNDS) / 1e9);
}

static void bench_memory(const struct sparse *s)
{
    long before = resident_kib();
    struct pm_asset *asset = open_asset(&s->source);

    read_slices(asset, COUNT, MIB);
    printf("reading 4 GiB: %ld KiB resident at most, %ld KiB before\n",
           resident_kib(), before);
    pm_asset_close(asset);
}

static void bench_sparse(bool has_sums)
{
    const char *what = has_sums ? "with sums" : "without sums";
    struct sparse s;

    make_sparse(&s, has_sums);
    bench_memory(&s);
    bench_slices(&s, what, 4096);
    bench_slices(&s, what, 65536);
    bench_slices(&s, what, MIB);
    drop_sparse(&s);
}

// --- packed slices -----------------------------------------------------------

#define FORM (16 * MIB)

// Words in an order that no codec can foresee: packs to about a half.
static void make_words(uint8_t *out, size_t size)
{
    static char words[512][8];
    uint32_t state = 1;

    for (size_t i = 0; i < sizeof words; i++) {
        state = state * 1664525 + 1013904223;
        words[i / 8][i % 8] = (char)('a' + (state >> 24) % 26);
    }
    for (size_t at = 0; at < size; at += 8) {
        state = state * 1664525 + 1013904223;
        memcpy(out + at, words[state >> 23], 8);
    }
}

// Where windows are smaller than chunks, both sides read to one place again and
// again, as who reads small windows does; else to the end of a large buffer.
static double unpack_bare(const uint8_t *slice, int codec, size_t chunk,
                          uint8_t *out, size_t step, ZSTD_DCtx *context)
{
    uint32_t count = pm_load32(slice);
    const uint8_t *at = slice + 4 + (size_t)count * 4;
    double start = now();

    for (uint32_t i = 0; i < count; i++) {
        uint32_t stored = pm_load32(slice + 4 + (size_t)i * 4);
        size_t got =
            codec == PM_CODEC_LZ4
                ? (size_t)LZ4_decompress_safe((const char *)at, (char *)out,
                                              (int)stored, (int)chunk)
                : ZSTD_decompressDCtx(context, out, chunk, at, stored);
        if (got != chunk)
            abort();
        at += stored;
        out += step;
    }
    return now() - start;
}

static double unpack(struct pm_asset_reader *reader, uint8_t *out, size_t size,
                     bool is_small)
{
    double start = now();
    for (size_t at = 0; at < FORM; at += size)
        if (pm_asset_reader_read(reader, at, is_small ? out : out + at, size))
            abort();
    return now() - start;
}

struct packed {
    struct pm_buf file;
    uint8_t *form;
    uint8_t *out;
    int codec;
    size_t chunk;
};

static void bench_windows(const struct packed *p, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    ZSTD_DCtx *context = ZSTD_createDCtx();
    bool is_small = size < p->chunk;
    size_t step = is_small ? 0 : p->chunk;
    double bare[ROUNDS];
    double first[ROUNDS];
    double later[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        struct pm_source source = pm_source_memory(p->file.data, p->file.size);
        struct pm_asset *asset = open_asset(&source);
        const uint8_t *slice = p->file.data + pm_asset_payload_offset(asset);
        struct pm_asset_reader *reader;
        if (pm_asset_reader_open(asset, pm_asset_at(asset, 0), &alloc, &reader))
            abort();
        double before =
            unpack_bare(slice, p->codec, p->chunk, p->out, step, context);
        double new_ones = unpack(reader, p->out, size, is_small);
        double between =
            unpack_bare(slice, p->codec, p->chunk, p->out, step, context);
        double old_ones = unpack(reader, p->out, size, is_small);
        double after =
            unpack_bare(slice, p->codec, p->chunk, p->out, step, context);
        bare[i] = between;
        first[i] = (before + between) / 2 / new_ones;
        later[i] = (between + after) / 2 / old_ones;
        if (!is_small && memcmp(p->out, p->form, FORM) != 0)
            abort();
        pm_asset_reader_close(reader);
        pm_asset_close(asset);
    }
    ZSTD_freeDCtx(context);
    printf("%s, chunks of %zu KiB, windows of %zu KiB: %.2f of the library at "
           "first touch, %.2f later (library: %.2f GB/s)\n",
           p->codec == PM_CODEC_LZ4 ? "LZ4" : "ZSTD", p->chunk / 1024,
           size / 1024, bench_median(first, ROUNDS),
           bench_median(later, ROUNDS),
           (double)FORM / bench_median(bare, ROUNDS) / 1e9);
}

static void bench_packed(int codec, size_t chunk)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct packed p = {.codec = codec, .chunk = chunk};
    struct pm_diags diags;

    p.form = malloc(FORM);
    p.out = malloc(FORM);
    make_words(p.form, FORM);
    struct pm_asset_input input = {.id = 1,
                                   .name = "a",
                                   .bank_type = PM_BANK_BLOB,
                                   .bytes = p.form,
                                   .size = FORM,
                                   .codec = (pm_asset_codec)codec,
                                   .chunk = (uint32_t)chunk};
    pm_diags_init(&diags, &alloc);
    pm_buf_init(&p.file, &alloc);
    if (pm_asset_write(&input, 1, NULL, 0, NULL, &diags, &p.file))
        abort();
    printf("packed to %.2f\n", (double)p.file.size / FORM);
    bench_windows(&p, MIB);
    bench_windows(&p, 65536);
    if (chunk == 65536)
        bench_windows(&p, 4096);
    pm_buf_free(&p.file);
    pm_diags_free(&diags);
    free(p.out);
    free(p.form);
}

int main(void)
{
    // Memory first: the figure is the greatest so far.
    bench_sparse(false);
    bench_sparse(true);
    for (int codec = PM_CODEC_LZ4; codec < PM_CODECS; codec++) {
        bench_packed(codec, 65536);
        bench_packed(codec, 4096);
    }
    return 0;
}
