// SPDX-License-Identifier: MIT
#include "loads_world.h"

#include <string.h>

#include "base/bits.h"
#include "base/check.h"
#include "base/mem.h"
#include "support/test.h"

static const struct {
    pm_bank_type type;
    size_t size;
    const char *metadata;
    uint64_t decoded;
    pm_asset_codec codec;
} rows[ASSETS] = {
    {PM_BANK_BLOB, 0, NULL, 0, PM_CODEC_NONE},
    {PM_BANK_BLOB, 100, NULL, 0, PM_CODEC_NONE},
    {PM_BANK_BLOB, 70000, NULL, 0, PM_CODEC_ZSTD},
    {PM_BANK_BLOB, 150000, NULL, 0, PM_CODEC_NONE},
    {PM_BANK_BLOB, 300000, NULL, 0, PM_CODEC_LZ4}, // over the budget
    {PM_BANK_GLYPH, 64 + 2048,
     "{\"height\":8,\"palette_authored\":1,\"palette_count\":64,"
     "\"tile_size\":8,\"width\":16}",
     128 + 2048, PM_CODEC_NONE},
    {PM_BANK_SCENE, 88 + 4, NULL, 0, PM_CODEC_LZ4},
    {PM_BANK_SOUNDS, 8000,
     "{\"samples\":[{\"frames\":4000,\"name\":\"a\",\"offset\":0,"
     "\"rate\":8000}]}",
     0, PM_CODEC_NONE},
    {PM_BANK_BLOB, 66000, NULL, 0, PM_CODEC_NONE}, // DAMAGED_ID
};

static pm_status read_at(void *context, uint64_t offset, void *dst, size_t size)
{
    struct loads_world *w = context;

    if (++w->reads == w->fail_at)
        return PM_ERR_IO;
    memcpy(dst, w->file.data + offset, size);
    return PM_OK;
}

// One cell in the first layer.
static void make_scene(uint8_t *bytes)
{
    memcpy(bytes, "SCN1\1\0\4\0", 8);
    for (int layer = 0; layer < 4; layer++) {
        uint8_t *head = bytes + 8 + layer * 20 + (layer ? 4 : 0);
        head[0] = layer == 0;
        head[2] = 8;
        pm_store32(head + 12, layer == 0);
        pm_store32(head + 16, 1);
    }
    pm_store32(bytes + 28, 1u << 24 | 3);
}

static void fill(uint8_t *bytes, int row)
{
    for (size_t i = 0; i < rows[row].size; i++)
        bytes[i] = (uint8_t)(i * 31 / 7 + (size_t)row + i / 256);
    if (rows[row].type == PM_BANK_SCENE) {
        memset(bytes, 0, rows[row].size);
        make_scene(bytes);
    }
}

static void write_file(struct pm_buf *out)
{
    static uint8_t bytes[ASSETS][300000];
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset_input inputs[ASSETS];
    struct pm_diags diags;

    for (int i = 0; i < ASSETS; i++) {
        fill(bytes[i], i);
        inputs[i] = (struct pm_asset_input){.id = i + 1,
                                            .name = "asset",
                                            .bank_type = rows[i].type,
                                            .metadata = rows[i].metadata,
                                            .bytes = bytes[i],
                                            .size = rows[i].size,
                                            .decoded_size = rows[i].decoded,
                                            .codec = rows[i].codec};
    }
    pm_buf_init(out, &alloc);
    pm_diags_init(&diags, &alloc);
    pm_status status =
        pm_asset_write(inputs, ASSETS, NULL, 0, NULL, &diags, out);
    PM_CHECK(status == PM_OK);
    pm_diags_free(&diags);
}

const struct pm_asset_entry *loads_world_entry(const struct loads_world *w,
                                               int32_t id)
{
    return pm_asset_find(w->assets, id);
}

static void damage(struct loads_world *w)
{
    const struct pm_asset_entry *entry = loads_world_entry(w, DAMAGED_ID);

    w->file.data[pm_asset_payload_offset(w->assets) + entry->offset + 65999] ^=
        1;
}

static bool open_parts(struct loads_world *w, const struct pm_allocator *alloc)
{
    struct pm_bank_config config = {
        .alloc = *alloc,
        .budget = {OTHER_BUDGET, OTHER_BUDGET, OTHER_BUDGET, BLOB_BUDGET}};
    struct pm_source source = {
        .read_at = read_at, .context = w, .size = w->file.size};
    struct pm_diags diags;

    pm_diags_init(&diags, alloc);
    bool ok =
        pm_asset_open(&source, NULL, alloc, &diags, &w->assets) == PM_OK &&
        pm_bank_create(&config, &w->bank) == PM_OK;
    pm_diags_free(&diags);
    return ok;
}

bool loads_world_open(struct loads_world *w, const struct pm_workers *workers)
{
    struct pm_allocator alloc = pm_fault_alloc(&w->faults);

    write_file(&w->file);
    if (!open_parts(w, &alloc))
        return false;
    damage(w);
    w->loads = (struct pm_loads){
        .alloc = alloc,
        .assets = w->assets,
        .bank = w->bank,
        .workers = workers,
        .bus = BUS,
        .staged = {OTHER_BUDGET, OTHER_BUDGET, OTHER_BUDGET, BLOB_BUDGET},
    };
    return true;
}

void loads_world_close(struct loads_world *w)
{
    pm_bank_destroy(w->bank);
    pm_asset_close(w->assets);
    pm_buf_free(&w->file);
    CHECK_INT(w->faults.live_blocks, 0);
}
