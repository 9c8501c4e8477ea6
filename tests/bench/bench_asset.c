// SPDX-License-Identifier: MIT
//
// Figures of assets.pa: opening tables of 10,000 and 300,000 entries, looking
// up ids, and the JSON reader alone over such a header. Reading is in
// bench_asset_read.c.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "asset/asset.h"
#include "base/bits.h"
#include "base/json.h"
#include "hosts/common/files.h"
#include "hosts/common/memory.h"
#include "support/fault_alloc.h"

#define ENTRIES 10000
#define ROUNDS  50
#define LOOKUPS 5000000

static double now(void)
{
    struct timespec t;
    // What others do on this machine must not count.
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void make_file(struct pm_buf *out)
{
    static struct pm_asset_input inputs[ENTRIES];
    static char names[ENTRIES][24];
    static uint8_t glyph[64 / 2 + PM_ASSET_PALETTE_SIZE];
    struct pm_diags diags;

    for (int i = 0; i < ENTRIES; i++) {
        snprintf(names[i], sizeof names[i], "sprite_%04d", i);
        inputs[i] = (struct pm_asset_input){
            .id = i * 7 + 1,
            .name = names[i],
            .bank_type = PM_BANK_GLYPH,
            .metadata = "{\"height\":8,\"palette_authored\":1,"
                        "\"palette_count\":64,\"tile_size\":8,\"width\":8}",
            .bytes = glyph,
            .size = sizeof glyph,
            .decoded_size = 64 + PM_ASSET_PALETTE_SIZE};
    }
    pm_diags_init(&diags, &out->alloc);
    if (pm_asset_write(inputs, ENTRIES, NULL, 0, NULL, &diags, out))
        abort();
    pm_diags_free(&diags);
}

static void bench_json(const uint8_t *text, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    double best = 1e9;

    for (int i = 0; i < ROUNDS; i++) {
        struct pm_json json;
        double start = now();
        pm_json_open(&json, text, size, &alloc);
        pm_json_skip(&json, NULL, NULL);
        if (pm_json_finish(&json))
            abort();
        pm_json_close(&json);
        double taken = now() - start;
        best = taken < best ? taken : best;
    }
    printf("json, %zu bytes: %.2f GB/s\n", size, (double)size / best / 1e9);
}

static void bench_open(const char *what, const struct pm_source *source,
                       int rounds)
{
    // As the tools and hosts open them.
    struct pm_allocator alloc = pm_host_allocator();
    struct pm_fault_alloc state = {0};
    struct pm_allocator counting = pm_fault_alloc(&state);
    struct pm_diags diags;
    struct pm_asset *asset;
    double best = 1e9;
    double size = 0;

    pm_diags_init(&diags, &alloc);
    for (int i = 0; i < rounds; i++) {
        double start = now();
        if (pm_asset_open(source, NULL, &alloc, &diags, &asset))
            abort();
        double taken = now() - start;
        best = taken < best ? taken : best;
        size = (double)pm_asset_header_size(asset);
        pm_asset_close(asset);
    }
    if (pm_asset_open(source, NULL, &counting, &diags, &asset))
        abort();
    printf("open, %s: %zu entries, %.2f ms, %.2f GB/s of header, %zu "
           "allocations, peak %.2f of the header\n",
           what, pm_asset_count(asset), best * 1e3, size / best / 1e9,
           state.calls, (double)state.peak_bytes / size);
    pm_asset_close(asset);
    pm_diags_free(&diags);
}

// A file on disk with [count] BLOBs of [size] bytes and no sums, all of its
// payload a hole.
static void bench_sparse(const char *what, int count, uint64_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    char path[] = "/tmp/bench_asset-XXXXXX";
    struct pm_file *file;
    struct pm_buf text;
    struct pm_buf head;

    pm_buf_init(&text, &alloc);
    pm_buf_init(&head, &alloc);
    pm_buf_puts(&text, "{\"asset_table\":[");
    for (int i = 0; i < count; i++)
        pm_buf_printf(&text,
                      "%s{\"asset_id\":%d,\"asset_name\":\"sprite_%d\","
                      "\"bank_type\":\"BLOB\",\"codec\":\"NONE\","
                      "\"decoded_size\":%llu,\"metadata\":{},\"offset\":%llu,"
                      "\"size\":%llu}",
                      i ? "," : "", i, i, (unsigned long long)size,
                      (unsigned long long)size * i, (unsigned long long)size);
    pm_buf_puts(&text, "],\"preload\":[]}");
    pm_buf_puts(&head, "ASPA\1");
    pm_buf_put(&head, NULL, 3);
    pm_buf_put32(&head, (uint32_t)text.size);
    pm_buf_put32(&head, (uint32_t)(32 + text.size + 63) / 64 * 64);
    pm_buf_put(&head, NULL, 16);
    pm_buf_put(&head, text.data, text.size);
    int fd = mkstemp(path);
    off_t end = (off_t)(pm_load32(head.data + 12) + size * (uint64_t)count);
    if (fd < 0 || write(fd, head.data, head.size) != (ssize_t)head.size ||
        ftruncate(fd, end) || pm_file_open(&alloc, path, &file, NULL))
        abort();
    struct pm_source source = pm_file_source(file);
    bench_open(what, &source, ROUNDS);
    pm_file_close(file);
    close(fd);
    unlink(path);
    pm_buf_free(&head);
    pm_buf_free(&text);
}

#define MANY 300000

static void bench_many(void)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset_input *inputs = malloc(MANY * sizeof *inputs);
    struct pm_diags diags;
    struct pm_buf file;

    for (int i = 0; i < MANY; i++)
        inputs[i] = (struct pm_asset_input){.id = i,
                                            .name = "name_of_an_asset",
                                            .bank_type = PM_BANK_BLOB,
                                            .bytes = "",
                                            .size = 1};
    pm_buf_init(&file, &alloc);
    pm_diags_init(&diags, &alloc);
    if (pm_asset_write(inputs, MANY, NULL, 0, NULL, &diags, &file))
        abort();
    struct pm_source source = pm_source_memory(file.data, file.size);
    bench_open("a large table", &source, 5);
    pm_diags_free(&diags);
    pm_buf_free(&file);
    free(inputs);
}

static void bench_find(const struct pm_asset *asset)
{
    uint32_t state = 1;
    uint64_t sum = 0;
    double start = now();

    for (int i = 0; i < LOOKUPS; i++) {
        state = state * 1664525 + 1013904223;
        sum += pm_asset_find(asset, (int32_t)((state >> 8) % ENTRIES * 7 + 1))
                   ->offset;
    }
    printf("look-up by id among %d: %.1f ns (%llx)\n", ENTRIES,
           (now() - start) / LOOKUPS * 1e9, (unsigned long long)sum);
}

int main(void)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset *asset;
    struct pm_diags diags;
    struct pm_buf file;

    pm_buf_init(&file, &alloc);
    pm_diags_init(&diags, &alloc);
    make_file(&file);
    struct pm_source source = pm_source_memory(file.data, file.size);
    if (pm_asset_open(&source, NULL, &alloc, &diags, &asset))
        abort();
    size_t size = (size_t)pm_asset_header_size(asset);
    bench_json(file.data + PM_ASSET_PRELUDE_SIZE, size);
    bench_open("glyphs with sums", &source, ROUNDS);
    bench_sparse("sparse 4 GiB", ENTRIES, UINT64_C(429504));
    bench_sparse("sparse 1 TiB", ENTRIES, UINT64_C(109951168));
    bench_many();
    bench_find(asset);
    pm_asset_close(asset);
    pm_diags_free(&diags);
    pm_buf_free(&file);
    return 0;
}
