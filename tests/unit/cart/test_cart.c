// SPDX-License-Identifier: MIT
#include "cart/cart.h"

#include <stdio.h>
#include <stdlib.h>

#include "registry/caps.h"

#include "support/damaged.h"
#include "support/fault_alloc.h"
#include "support/mentions.h"
#include "support/test.h"

// --- manifests ---------------------------------------------------------------

static void check_manifest(void *context, const struct pm_damaged *file)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_manifest manifest;
    struct pm_diags diags;
    (void)context;
    pm_diags_init(&diags, &alloc);
    pm_status status = pm_manifest_read(file->bytes, file->size, "m.json", NULL,
                                        &alloc, &diags, &manifest);
    bool ok = CHECK((status == PM_OK) == !file->expected);
    if (file->expected)
        ok &= CHECK(pm_test_mentions(&diags, file->expected));
    else
        ok &= CHECK_INT(diags.errors, 0);
    if (!ok)
        fprintf(stderr, "  in the damaged file %s\n", file->name);
    pm_diags_free(&diags);
}

TEST(manifest, each_damaged_one_is_refused_by_its_own_rule)
{
    CHECK(pm_damaged_each(PM_DAMAGED_MANIFEST, check_manifest, NULL) >= 35);
}

static const char manifest_text[] =
    "{\"magic\":\"PMTU\",\"cartridge_version\":1,\"app_id\":4294967295,"
    "\"title\":\"T\\u00e9l\\u00e9\",\"app_version\":\"2\",\"app_mode\":"
    "\"System\",\"capabilities\":[\"system\",\"gfx\",\"audio\",\"fs\","
    "\"asset\",\"bank\",\"log\"]}";

TEST(manifest, every_field_arrives)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_manifest m;
    struct pm_diags diags;
    pm_diags_init(&diags, &alloc);
    CHECK_INT(pm_manifest_read(manifest_text, sizeof manifest_text - 1, NULL,
                               NULL, &alloc, &diags, &m),
              PM_OK);
    CHECK(m.app_id == UINT32_MAX);
    CHECK_STR(m.title, "T\xc3\xa9l\xc3\xa9");
    CHECK_STR(m.app_version, "2");
    CHECK_INT(m.mode, PM_CART_SYSTEM);
    CHECK_INT(m.profile, PM_CART_STANDARD);
    CHECK_INT(m.capabilities, 0x7f);
    pm_diags_free(&diags);
}

TEST(manifest, all_faults_are_listed_at_once)
{
    static const char text[] = "{\"magic\":1,\"app_id\":-1,\"x\":2,"
                               "\"capabilities\":[\"a\",\"b\",3]}";
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_manifest m;
    struct pm_diags diags;
    pm_diags_init(&diags, &alloc);
    CHECK_INT(
        pm_manifest_read(text, sizeof text - 1, NULL, NULL, &alloc, &diags, &m),
        PM_ERR_INVALID);
    CHECK_INT(diags.errors, 10);
    pm_diags_free(&diags);
}

// --- packages ----------------------------------------------------------------

static pm_status load_pmc(const uint8_t *bytes, size_t size,
                          const struct pm_allocator *alloc,
                          struct pm_diags *diags)
{
    struct pm_source source = pm_source_memory(bytes, size);
    struct pm_pmc *pmc;
    struct pm_cart cart;
    pm_status status = pm_pmc_open(&source, "a.pmc", alloc, diags, &pmc);
    if (status)
        return status;
    struct pm_cart_files files = pm_pmc_files(pmc);
    status = pm_cart_load(&files, NULL, alloc, diags, &cart);
    if (!status)
        pm_cart_free(&cart);
    pm_pmc_close(pmc);
    return status;
}

static void check_pmc(void *context, const struct pm_damaged *file)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    (void)context;
    pm_diags_init(&diags, &alloc);
    pm_status status = load_pmc(file->bytes, file->size, &alloc, &diags);
    bool ok = CHECK((status == PM_OK) == !file->expected);
    if (file->expected)
        ok &= CHECK(pm_test_mentions(&diags, file->expected));
    else
        ok &= CHECK_INT(diags.errors, 0);
    if (!ok)
        fprintf(stderr, "  in the damaged file %s\n", file->name);
    pm_diags_free(&diags);
}

TEST(pmc, each_damaged_one_is_refused_by_its_own_rule)
{
    CHECK(pm_damaged_each(PM_DAMAGED_PMC, check_pmc, NULL) >= 40);
}

// An assets.pa with one BLOB.
static void make_assets(struct pm_buf *out)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset_input input = {.id = 1,
                                   .name = "a",
                                   .bank_type = PM_BANK_BLOB,
                                   .bytes = "hello",
                                   .size = 5};
    struct pm_diags diags;
    pm_diags_init(&diags, &alloc);
    pm_buf_init(out, &alloc);
    CHECK_INT(pm_asset_write(&input, 1, NULL, 0, NULL, &diags, out), PM_OK);
    pm_diags_free(&diags);
}

static pm_status write_pmc(const struct pm_buf *assets, struct pm_buf *out)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_pmc_input input = {
        .manifest = manifest_text,
        .manifest_size = sizeof manifest_text - 1,
        .program = "program",
        .program_size = 7,
        .assets = assets->data,
        .assets_size = assets->size,
        .label = "\x89PNG\r\n\x1a\n",
        .label_size = 8,
    };
    pm_diags_init(&diags, &alloc);
    pm_buf_init(out, &alloc);
    pm_status status = pm_pmc_write(&input, &diags, out);
    pm_diags_free(&diags);
    return status;
}

TEST(pmc, what_was_written_is_loaded_in_place)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf assets;
    struct pm_buf file;
    struct pm_diags diags;
    struct pm_pmc *pmc;
    struct pm_cart cart;
    struct pm_source source;
    char bytes[5];

    make_assets(&assets);
    CHECK_INT(write_pmc(&assets, &file), PM_OK);
    pm_diags_init(&diags, &alloc);
    source = pm_source_memory(file.data, file.size);
    REQUIRE(pm_pmc_open(&source, NULL, &alloc, &diags, &pmc) == PM_OK);
    struct pm_cart_files files = pm_pmc_files(pmc);
    REQUIRE(pm_cart_load(&files, NULL, &alloc, &diags, &cart) == PM_OK);
    CHECK_INT(cart.program_size, 7);
    CHECK(memcmp(cart.program, "program", 7) == 0);
    CHECK_INT(cart.label.size, 8);
    REQUIRE(cart.assets != NULL);
    CHECK_INT(
        pm_asset_read(cart.assets, pm_asset_find(cart.assets, 1), 0, bytes, 5),
        PM_OK);
    CHECK(memcmp(bytes, "hello", 5) == 0);
    // The assets stand at a multiple of 64 in the package.
    size_t at = 0;
    while (at + 4 <= file.size && memcmp(file.data + at, "ASPA", 4) != 0)
        at++;
    CHECK_INT(at % 64, 0);
    // What the package's source lends, its files lend.
    struct pm_source assets_source;
    CHECK_INT(files.open(files.context, "assets.pa", &assets_source), PM_OK);
    CHECK(assets_source.lend(assets_source.context, 4, 8) ==
          file.data + at + 4);
    CHECK_INT(files.open(files.context, "other", &source), PM_ERR_NOT_FOUND);
    pm_cart_free(&cart);
    pm_pmc_close(pmc);
    pm_buf_free(&assets);
    pm_buf_free(&file);
    pm_diags_free(&diags);
}

TEST(pmc, equal_inputs_give_equal_bytes_of_a_fixed_date)
{
    struct pm_buf assets;
    struct pm_buf a;
    struct pm_buf b;
    make_assets(&assets);
    CHECK_INT(write_pmc(&assets, &a), PM_OK);
    CHECK_INT(write_pmc(&assets, &b), PM_OK);
    CHECK(a.size == b.size && memcmp(a.data, b.data, a.size) == 0);
    CHECK(memcmp(a.data + 10, "\x00\x00\x21\x00", 4) == 0);
    pm_buf_free(&assets);
    pm_buf_free(&a);
    pm_buf_free(&b);
}

TEST(pmc, every_truncation_is_refused)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf assets;
    struct pm_buf file;
    make_assets(&assets);
    CHECK_INT(write_pmc(&assets, &file), PM_OK);
    for (size_t size = 0; size < file.size; size++) {
        struct pm_diags diags;
        pm_diags_init(&diags, &alloc);
        CHECK(load_pmc(file.data, size, &alloc, &diags) != PM_OK);
        CHECK(diags.errors > 0);
        pm_diags_free(&diags);
    }
    pm_buf_free(&assets);
    pm_buf_free(&file);
}

// --- loading -----------------------------------------------------------------

// Files in memory; a name with NULL bytes cannot be opened.
struct memory_file {
    const char *name;
    const void *bytes;
    size_t size;
};

static pm_status open_memory(void *context, const char *name,
                             struct pm_source *out)
{
    for (const struct memory_file *f = context; f->name; f++)
        if (strcmp(f->name, name) == 0) {
            if (!f->bytes)
                return PM_ERR_ACCESS;
            *out = pm_source_memory(f->bytes, f->size);
            return PM_OK;
        }
    return PM_ERR_NOT_FOUND;
}

static pm_status load(struct memory_file *list, struct pm_diags *diags)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_cart_files files = {open_memory, list};
    struct pm_cart cart;
    pm_diags_init(diags, &alloc);
    pm_status status = pm_cart_load(&files, NULL, &alloc, diags, &cart);
    CHECK(!status || (!cart.program && !cart.assets));
    if (!status)
        pm_cart_free(&cart);
    return status;
}

TEST(cart, the_faults_of_all_files_are_reported_at_once)
{
    struct memory_file list[] = {
        {"manifest.json", "{}", 2},
        {"program.pbx", "", 0},
        {"assets.pa", "ASPX", 4},
        {"label.png", "GIF89a..", 8},
        {0},
    };
    struct pm_diags diags;
    CHECK_INT(load(list, &diags), PM_ERR_INVALID);
    CHECK(pm_test_mentions(&diags,
                           "manifest.json:1:1: error CART-MANIFEST-MISSING"));
    CHECK(pm_test_mentions(&diags,
                           "program.pbx: error CART-FILE-SIZE: the file is"));
    CHECK(pm_test_mentions(&diags, "assets.pa:+0: error PA-SIZE"));
    CHECK(pm_test_mentions(&diags, "label.png: error CART-LABEL"));
    CHECK_INT(diags.errors, 10);
    pm_diags_free(&diags);
}

TEST(cart, what_is_missing_or_cannot_be_opened_is_named)
{
    struct memory_file none[] = {{0}};
    struct memory_file locked[] = {
        {"manifest.json", manifest_text, sizeof manifest_text - 1},
        {"program.pbx", NULL, 0},
        {0},
    };
    struct pm_diags diags;
    CHECK_INT(load(none, &diags), PM_ERR_INVALID);
    CHECK(pm_test_mentions(&diags, "manifest.json: error CART-FILE-MISSING"));
    CHECK(pm_test_mentions(&diags, "program.pbx: error CART-FILE-MISSING"));
    pm_diags_free(&diags);
    CHECK_INT(load(locked, &diags), PM_ERR_ACCESS);
    CHECK(pm_test_mentions(&diags, "program.pbx: error CART-IO"));
    CHECK(pm_test_mentions(&diags,
                           "assets.pa: error CART-FILE-MISSING: the cartridge "
                           "has no such file, and its manifest asks for"));
    pm_diags_free(&diags);
}

TEST(cart, a_program_that_is_too_large_is_refused_unread)
{
    struct memory_file list[] = {
        {"manifest.json", manifest_text, sizeof manifest_text - 1},
        {"program.pbx", "x", PM_CART_MAX_PROGRAM + 1},
        {"assets.pa", "", 0},
        {0},
    };
    struct pm_diags diags;
    CHECK_INT(load(list, &diags), PM_ERR_INVALID);
    CHECK(pm_test_mentions(&diags,
                           "CART-FILE-SIZE: the file has 16777217 bytes"));
    pm_diags_free(&diags);
}

static int load_task(const struct pm_allocator *alloc, void *context)
{
    const struct pm_buf *file = context;
    struct pm_diags diags;
    pm_diags_init(&diags, alloc);
    pm_status status = load_pmc(file->data, file->size, alloc, &diags);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY);
    pm_diags_free(&diags);
    return status == PM_OK;
}

TEST(cart, a_failed_allocation_leaves_nothing_behind)
{
    struct pm_buf assets;
    struct pm_buf file;
    make_assets(&assets);
    CHECK_INT(write_pmc(&assets, &file), PM_OK);
    CHECK(pm_fault_alloc_each(load_task, &file, 0) >= 5);
    pm_buf_free(&assets);
    pm_buf_free(&file);
}
