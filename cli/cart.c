// SPDX-License-Identifier: MIT
//
// Cartridges for the commands: opened from a directory or a package, or just
// made in memory.
#include <string.h>

#include "asm/asm.h"
#include "base/check.h"
#include "base/json_write.h"
#include "cart/cart.h"
#include "cli.h"
#include "hosts/common/files.h"
#include "pbs.h"
#include "registry/caps.h"
#include "registry/registry.h"

void cli_cart_init(struct cli_cart *cart)
{
    *cart = (struct cli_cart){0};
    pm_buf_init(&cart->manifest, &cli_alloc);
    pm_buf_init(&cart->program, &cli_alloc);
    pm_buf_init(&cart->assets, &cli_alloc);
    pm_buf_init(&cart->label, &cli_alloc);
}

void cli_cart_free(struct cli_cart *cart)
{
    for (size_t i = 0; i < cart->open_count; i++)
        pm_file_close(cart->open[i]);
    pm_file_close(cart->package);
    cli_free_text(cart->folder);
    pm_buf_free(&cart->manifest);
    pm_buf_free(&cart->program);
    pm_buf_free(&cart->assets);
    pm_buf_free(&cart->label);
}

static const struct pm_buf *in_memory(const struct cli_cart *cart,
                                      const char *name)
{
    if (strcmp(name, PM_CART_MANIFEST) == 0)
        return &cart->manifest;
    if (strcmp(name, PM_CART_PROGRAM) == 0)
        return &cart->program;
    if (strcmp(name, PM_CART_ASSETS) == 0)
        return &cart->assets;
    return strcmp(name, PM_CART_LABEL) == 0 ? &cart->label : NULL;
}

static pm_status open_in_folder(struct cli_cart *cart, const char *name,
                                struct pm_source *out)
{
    struct pm_file *file;
    char *path = cli_path(cart->folder, name);
    pm_status status = pm_file_open(&cli_alloc, path, &file, NULL);

    cli_free_text(path);
    if (status)
        return status;
    // There are four files, and each may be asked for twice.
    if (cart->open_count == PM_ARRAY_LEN(cart->open)) {
        pm_file_close(file);
        return PM_ERR_LIMIT;
    }
    cart->open[cart->open_count++] = file;
    *out = pm_file_source(file);
    return PM_OK;
}

static pm_status open_file(void *context, const char *name,
                           struct pm_source *out)
{
    struct cli_cart *cart = context;
    const struct pm_buf *memory = in_memory(cart, name);

    if (memory && memory->size) {
        *out = pm_source_memory(memory->data, memory->size);
        return PM_OK;
    }
    return cart->folder ? open_in_folder(cart, name, out) : PM_ERR_NOT_FOUND;
}

struct pm_cart_files cli_cart_files(struct cli_cart *cart)
{
    return (struct pm_cart_files){open_file, cart};
}

// --- programs ----------------------------------------------------------------

#define MOST_INTRINSICS 64

const struct pm_intrinsic_names *cli_intrinsics(void)
{
    static struct pm_intrinsic_name rows[MOST_INTRINSICS];
    static char signatures[MOST_INTRINSICS][PM_INTRINSIC_SIGNATURE];
    static struct pm_intrinsic_names names = {rows, 0};
    size_t count;
    const struct pm_intrinsic_decl *decls = pm_intrinsic_rows(&count);

    PM_CHECK(count <= MOST_INTRINSICS);
    for (size_t i = 0; names.count == 0 && i < count; i++) {
        pm_intrinsic_sign(&decls[i], signatures[i]);
        rows[i] = (struct pm_intrinsic_name){decls[i].name, decls[i].id,
                                             signatures[i]};
    }
    names.count = count;
    return &names;
}

pm_status cli_assemble(const char *file, const char *named, const char *text,
                       size_t size, struct pm_buf *out)
{
    struct cli_source source = {
        .file = file, .named = named, .text = text, .size = size};
    struct pm_diags diags;

    pm_diags_init(&diags, &cli_alloc);
    pm_status status = pm_assemble(text, size, named ? named : file,
                                   cli_intrinsics(), &cli_alloc, &diags, out);
    cli_print_diags(&diags, &source);
    if (status && diags.errors == 0)
        cli_file_error(file, status, NULL);
    pm_diags_free(&diags);
    return status;
}

// --- single sources ----------------------------------------------------------

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

void cli_write_source_manifest(const char *path, const char *profile,
                               struct pm_buf *out)
{
    static const uint32_t caps[] = {PM_CAP_AUDIO, PM_CAP_BANK, PM_CAP_FS,
                                    PM_CAP_GFX, PM_CAP_LOG};
    struct pm_json_writer w = pm_json_write_to(out);
    const char *name = base_name(path);
    size_t size = strlen(name);

    pm_json_write_begin_object(&w);
    pm_json_write_key(&w, "app_id");
    pm_json_write_int(&w, 1);
    pm_json_write_key(&w, "app_mode");
    pm_json_write_cstr(&w, "Game");
    pm_json_write_key(&w, "app_version");
    pm_json_write_cstr(&w, "0");
    pm_json_write_key(&w, "capabilities");
    pm_json_write_begin_array(&w);
    for (size_t i = 0; i < PM_ARRAY_LEN(caps); i++)
        pm_json_write_cstr(&w, pm_cap_name(caps[i]));
    pm_json_write_end(&w);
    pm_json_write_key(&w, "cartridge_version");
    pm_json_write_int(&w, 1);
    pm_json_write_key(&w, "magic");
    pm_json_write_cstr(&w, "PMTU");
    pm_json_write_key(&w, "profile");
    pm_json_write_cstr(&w, profile ? profile : "STANDARD");
    pm_json_write_key(&w, "title");
    pm_json_write_string(&w, name, size < 64 ? size : 64);
    pm_json_write_end(&w);
}

int cli_compile_file(const char *path, struct pm_buf *out)
{
    struct cli_file file;
    pm_status status;

    if (cli_kind_of(path, &status) == CLI_KIND_PBS)
        return cli_pbs_build_file(path, NULL, out);
    if (status || cli_read_file(path, PM_MODULE_MAX_SIZE, &file))
        return CLI_WORLD;
    status = cli_assemble(path, NULL, (const char *)file.data, file.size, out);
    cli_free_file(&file);
    return cli_exit_for(status);
}

int cli_build_source(const char *path, const char *profile,
                     struct cli_cart *out)
{
    int code = cli_compile_file(path, &out->program);

    if (code == CLI_OK)
        cli_write_source_manifest(path, profile, &out->manifest);
    return code;
}

// --- opening -----------------------------------------------------------------

static int open_package(const char *path, struct cli_cart *out)
{
    const char *error = NULL;
    pm_status status = pm_file_open(&cli_alloc, path, &out->package, &error);

    if (!status)
        return CLI_OK;
    cli_file_error(path, status, error);
    return CLI_WORLD;
}

int cli_open_cart(const char *path, const char *profile, struct cli_cart *out)
{
    pm_status status;
    enum cli_kind kind = cli_kind_of(path, &status);

    if (profile && (kind == CLI_KIND_CART || kind == CLI_KIND_PACKAGE)) {
        cli_error("%s: a cartridge's manifest names its profile; --profile is "
                  "for projects and sources",
                  path);
        return CLI_USAGE;
    }
    switch (kind) {
    case CLI_KIND_NONE:
        return CLI_WORLD;
    case CLI_KIND_PROJECT:
        return cli_build_project(path, profile, NULL, out, NULL);
    case CLI_KIND_SOURCE:
    case CLI_KIND_PBS:
        return cli_build_source(path, profile, out);
    case CLI_KIND_CART:
        out->folder = cli_copy(path, strlen(path));
        return CLI_OK;
    case CLI_KIND_PACKAGE:
        return open_package(path, out);
    default:
        cli_error("%s: this is %s, and no project, cartridge directory, "
                  "package (.pmc) or source (.pbs, .pasm)",
                  path,
                  kind == CLI_KIND_FOLDER ? "a folder without "
                                            "prometeu.json or "
                                            "manifest.json"
                                          : "something else");
        return CLI_USAGE;
    }
}

pm_status cli_load(struct pm_machine *machine, struct cli_cart *cart)
{
    const struct pm_report *report = NULL;
    pm_status status;

    if (cart->package) {
        struct pm_source package = pm_file_source(cart->package);
        status = pm_machine_load_package(machine, &package, &report);
    } else {
        struct pm_cart_files files = cli_cart_files(cart);
        status = pm_machine_load(machine, &files, &report);
    }
    for (size_t i = 0; i < pm_report_count(report); i++)
        cli_print_line(pm_report_line(report, i));
    return status;
}
