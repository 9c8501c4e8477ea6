// SPDX-License-Identifier: MIT
//
// Figures of assets.pa: opening a table of 10,000 entries, looking up ids,
// and the JSON reader alone over that header.

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "asset/asset.h"
#include "base/json.h"

#define ENTRIES 10000
#define ROUNDS  50
#define LOOKUPS 5000000

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
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

static void bench_open(const struct pm_source *source, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    double best = 1e9;

    pm_diags_init(&diags, &alloc);
    for (int i = 0; i < ROUNDS; i++) {
        struct pm_asset *asset;
        double start = now();
        if (pm_asset_open(source, NULL, &alloc, &diags, &asset))
            abort();
        double taken = now() - start;
        best = taken < best ? taken : best;
        pm_asset_close(asset);
    }
    printf("open, %d entries: %.2f ms, %.2f GB/s of header\n", ENTRIES,
           best * 1e3, (double)size / best / 1e9);
    pm_diags_free(&diags);
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
    bench_open(&source, size);
    bench_find(asset);
    pm_asset_close(asset);
    pm_diags_free(&diags);
    pm_buf_free(&file);
    return 0;
}
