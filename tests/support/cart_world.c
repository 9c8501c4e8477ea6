// SPDX-License-Identifier: MIT
#include "support/cart_world.h"

#include <stdio.h>
#include <string.h>

#include "asm/asm.h"
#include "asset/asset.h"
#include "base/check.h"
#include "registry/registry.h"

const struct pm_intrinsic_names *pm_test_intrinsics(void)
{
    static struct pm_intrinsic_name rows[64];
    static char signatures[64][PM_INTRINSIC_SIGNATURE];
    static struct pm_intrinsic_names names = {rows, 0};
    size_t count;
    const struct pm_intrinsic_decl *decls = pm_intrinsic_rows(&count);

    for (size_t i = 0; names.count == 0 && i < count; i++) {
        pm_intrinsic_sign(&decls[i], signatures[i]);
        rows[i] = (struct pm_intrinsic_name){decls[i].name, decls[i].id,
                                             signatures[i]};
    }
    names.count = count;
    return &names;
}

void pm_test_cart_manifest(struct pm_test_cart *cart, const char *profile,
                           const char *capabilities, const char *title)
{
    cart->manifest.size = 0;
    pm_buf_printf(&cart->manifest,
                  "{\"magic\":\"PMTU\",\"cartridge_version\":1,\"app_id\":7,"
                  "\"title\":\"%s\",\"app_version\":\"1\",\"app_mode\":"
                  "\"Game\",\"capabilities\":[%s],\"profile\":\"%s\"}",
                  title, capabilities, profile);
}

bool pm_test_cart_make(struct pm_test_cart *cart, const char *profile,
                       const char *text)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_buf report;

    *cart = (struct pm_test_cart){0};
    pm_buf_init(&cart->manifest, &alloc);
    pm_buf_init(&cart->program, &alloc);
    pm_buf_init(&cart->assets, &alloc);
    pm_test_cart_manifest(cart, profile, "\"gfx\",\"log\"", "Test");
    pm_diags_init(&diags, &alloc);
    pm_status status =
        pm_assemble(text, strlen(text), "test.pasm", pm_test_intrinsics(),
                    &alloc, &diags, &cart->program);
    pm_buf_init(&report, &alloc);
    pm_diags_print(&diags, &report);
    if (status)
        fprintf(stderr, "%s", pm_buf_cstr(&report));
    pm_buf_free(&report);
    pm_diags_free(&diags);
    return status == PM_OK;
}

void pm_test_cart_free(struct pm_test_cart *cart)
{
    pm_buf_free(&cart->manifest);
    pm_buf_free(&cart->program);
    pm_buf_free(&cart->assets);
}

void pm_test_cart_fail_reads(struct pm_test_cart *cart, bool fails)
{
    cart->fails_to_read = fails;
}

static pm_status read_assets(void *context, uint64_t offset, void *dst,
                             size_t size)
{
    const struct pm_test_cart *cart = context;

    if (cart->fails_to_read)
        return PM_ERR_IO;
    memcpy(dst, cart->assets.data + offset, size);
    return PM_OK;
}

static pm_status open_file(void *context, const char *name,
                           struct pm_source *out)
{
    struct pm_test_cart *cart = context;
    const struct pm_buf *found = NULL;

    cart->opened++;
    if (cart->opened == cart->fail_at)
        return PM_ERR_IO;
    if (strcmp(name, "manifest.json") == 0)
        found = &cart->manifest;
    else if (strcmp(name, "program.pbx") == 0)
        found = &cart->program;
    else if (strcmp(name, "assets.pa") == 0)
        found = &cart->assets;
    if (!found || found->size == 0)
        return PM_ERR_NOT_FOUND;
    *out = pm_source_memory(found->data, found->size);
    if (found == &cart->assets)
        *out = (struct pm_source){
            .read_at = read_assets, .context = cart, .size = found->size};
    return PM_OK;
}

struct pm_cart_files pm_test_cart_files(struct pm_test_cart *cart)
{
    return (struct pm_cart_files){open_file, cart};
}

// Tile n has the colour index n % 15 + 1, index i the colour i * 0x1111.
static void draw_sheet(uint8_t *bytes, int side, int salt)
{
    size_t indices = (size_t)side * (size_t)side / 2;

    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x += 2) {
            int tile = y / 8 * (side / 8) + x / 8;
            int index = (tile + salt) % 15 + 1;
            bytes[(y * side + x) / 2] = (uint8_t)(index << 4 | index);
        }
    for (int palette = 0; palette < 64; palette++)
        for (int i = 0; i < 16; i++) {
            size_t at = indices + (size_t)(palette * 16 + i) * 2;
            bytes[at] = bytes[at + 1] = (uint8_t)(i * 0x11);
        }
}

bool pm_test_cart_add_sheet(struct pm_test_cart *cart, int slot, int count,
                            int side)
{
    static uint8_t sheets[16][256 * 256 / 2 + 2048];
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset_input inputs[16];
    struct pm_asset_input_preload preload[16];
    struct pm_diags diags;
    char metadata[160];
    size_t stored = (size_t)(side * side / 2 + 2048);

    PM_CHECK(count <= 16);
    snprintf(metadata, sizeof metadata,
             "{\"height\":%d,\"palette_authored\":1,\"palette_count\":64,"
             "\"tile_size\":8,\"width\":%d}",
             side, side);
    for (int i = 0; i < count; i++) {
        draw_sheet(sheets[i], side, i);
        inputs[i] = (struct pm_asset_input){
            .id = i + 1,
            .name = "sheet",
            .bank_type = PM_BANK_GLYPH,
            .metadata = metadata,
            .bytes = sheets[i],
            .size = stored,
            .decoded_size = (uint64_t)(side * side + 2048),
        };
        preload[i] = (struct pm_asset_input_preload){i + 1, slot + i};
    }
    pm_diags_init(&diags, &alloc);
    pm_status status =
        pm_asset_write(inputs, (size_t)count, preload, (size_t)count,
                       "assets.pa", &diags, &cart->assets);
    if (status)
        fprintf(stderr, "the sheet was refused\n");
    pm_diags_free(&diags);
    return status == PM_OK;
}

bool pm_test_cart_add_assets(struct pm_test_cart *cart)
{
    static uint8_t blob[5000];
    static uint8_t sound[2000];
    static const struct pm_asset_input_preload preload[] = {{1, 0}, {2, 0}};
    struct pm_allocator alloc = pm_allocator_libc();
    const struct pm_asset_input inputs[] = {
        {.id = 1,
         .name = "blob",
         .bank_type = PM_BANK_BLOB,
         .bytes = blob,
         .size = sizeof blob},
        {.id = 2,
         .name = "sound",
         .bank_type = PM_BANK_SOUNDS,
         .metadata = "{\"samples\":[{\"frames\":1000,\"loop_end\":1000,"
                     "\"loop_start\":10,\"name\":\"a\",\"offset\":0,"
                     "\"rate\":8000}]}",
         .bytes = sound,
         .size = sizeof sound},
    };
    struct pm_diags diags;

    for (size_t i = 0; i < sizeof blob; i++)
        blob[i] = (uint8_t)(i * 7 + i / 256);
    for (size_t i = 0; i < sizeof sound; i++)
        sound[i] = (uint8_t)(i * 11);
    pm_diags_init(&diags, &alloc);
    pm_status status = pm_asset_write(inputs, 2, preload, 2, "assets.pa",
                                      &diags, &cart->assets);
    pm_diags_free(&diags);
    return status == PM_OK;
}

struct pm_machine *pm_test_machine(struct pm_test_cart *cart,
                                   const struct pm_machine_config *config)
{
    struct pm_cart_files files = pm_test_cart_files(cart);
    const struct pm_report *report = NULL;
    struct pm_machine *machine;

    if (pm_machine_create(config, &machine))
        return NULL;
    if (pm_machine_load(machine, &files, &report) == PM_OK)
        return machine;
    fprintf(stderr, "%s", pm_report_text(report));
    pm_machine_destroy(machine);
    return NULL;
}
