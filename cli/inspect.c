// SPDX-License-Identifier: MIT
//
// prometeu inspect: the command, and what is in each kind of file.
#include "inspect.h"

#include <string.h>

#include "hosts/common/files.h"
#include "input/script.h"
#include "registry/caps.h"

static const char help[] =
    "usage: prometeu inspect FILE [ID | NAME] [--json]\n"
    "\n"
    "Shows what is in a program, assets.pa, package, cartridge directory,\n"
    "project, manifest, input script or assembler text. With an id or a name:\n"
    "that asset alone, with all that there is to say about it.\n"
    "\n"
    "example: prometeu inspect mygame/build/mygame.pmc\n"
    "         prometeu inspect assets.pa hero --json\n";

// --- cartridges --------------------------------------------------------------

static void put_manifest(struct pm_json_writer *w,
                         const struct pm_manifest *manifest)
{
    pm_json_write_begin_object(w);
    cli_json_text(w, "title", manifest->title);
    cli_json_text(w, "app_version", manifest->app_version);
    cli_json_number(w, "app_id", manifest->app_id);
    cli_json_text(w, "app_mode",
                  manifest->mode == PM_CART_SYSTEM ? "System" : "Game");
    cli_json_text(w, "profile", pm_cart_profile_name(manifest->profile));
    cli_json_begin_array(w, "capabilities");
    for (uint32_t bit = 1; bit; bit <<= 1)
        if (manifest->capabilities & bit)
            pm_json_write_cstr(w, pm_cap_name(bit));
    pm_json_write_end(w);
    pm_json_write_end(w);
}

static int put_cart_assets(struct inspection *in,
                           const struct pm_cart_files *files,
                           const struct pm_cart *cart)
{
    struct pm_source source;
    pm_status status = files->open(files->context, PM_CART_ASSETS, &source);

    if (status) {
        cli_file_error(PM_CART_ASSETS, status, NULL);
        return CLI_WORLD;
    }
    pm_json_write_key(&in->w, "assets");
    return cli_inspect_assets(in, PM_CART_ASSETS, cart->assets, &source,
                              (int)cart->manifest.profile);
}

static int put_loaded(struct inspection *in, const struct pm_cart_files *files,
                      const struct pm_cart *cart)
{
    int code = CLI_OK;

    pm_json_write_begin_object(&in->w);
    pm_json_write_key(&in->w, "manifest");
    put_manifest(&in->w, &cart->manifest);
    cli_json_number(&in->w, "label_bytes", (int64_t)cart->label.size);
    if (cart->assets)
        code = put_cart_assets(in, files, cart);
    if (!code) {
        pm_json_write_key(&in->w, "program");
        code = cli_exit_for(cli_inspect_program(
            &in->w, PM_CART_PROGRAM, cart->program, cart->program_size));
    }
    pm_json_write_end(&in->w);
    return code;
}

static int put_files(struct inspection *in, const struct pm_cart_files *files,
                     struct pm_diags *diags)
{
    struct pm_cart cart;
    pm_status status = pm_cart_load(files, NULL, &cli_alloc, diags, &cart);

    if (status)
        return cli_exit_for(status);
    int code = put_loaded(in, files, &cart);
    pm_cart_free(&cart);
    return code;
}

static int put_cart(struct inspection *in, const char *path)
{
    struct cli_cart cart;
    struct pm_diags diags;
    struct pm_pmc *pmc = NULL;

    cli_cart_init(&cart);
    int code = cli_open_cart(path, NULL, &cart);
    if (code) {
        cli_cart_free(&cart);
        return code;
    }
    struct pm_cart_files files = cli_cart_files(&cart);
    pm_diags_init(&diags, &cli_alloc);
    if (cart.package) {
        struct pm_source package = pm_file_source(cart.package);
        code =
            cli_exit_for(pm_pmc_open(&package, path, &cli_alloc, &diags, &pmc));
        if (!code)
            files = pm_pmc_files(pmc);
    }
    if (!code)
        code = put_files(in, &files, &diags);
    cli_print_diags(&diags, NULL);
    pm_diags_free(&diags);
    pm_pmc_close(pmc);
    cli_cart_free(&cart);
    return code;
}

// One file of assets, or one asset of anything.
static int put_assets(struct inspection *in, const char *path)
{
    struct cli_assets assets;
    int code = cli_assets_open(path, &assets);

    if (!code)
        code = cli_inspect_assets(in, assets.file, assets.asset, &assets.source,
                                  -1);
    cli_assets_close(&assets);
    return code;
}

// --- texts -------------------------------------------------------------------

static pm_status put_text_file(struct pm_json_writer *w, const char *path,
                               const struct cli_file *file, enum cli_kind kind)
{
    struct cli_source source = {
        .file = path, .text = (const char *)file->data, .size = file->size};
    struct pm_manifest manifest;
    struct pm_input_script *script;
    struct pm_diags diags;
    pm_status status;

    pm_diags_init(&diags, &cli_alloc);
    if (kind == CLI_KIND_MANIFEST) {
        status = pm_manifest_read(file->data, file->size, path, NULL,
                                  &cli_alloc, &diags, &manifest);
        if (!status)
            put_manifest(w, &manifest);
    } else {
        status = pm_input_script_parse(&cli_alloc, path, source.text,
                                       source.size, &diags, &script);
        if (!status) {
            pm_json_write_begin_object(w);
            cli_json_number(w, "frames", pm_input_script_length(script));
            pm_json_write_end(w);
            pm_input_script_destroy(script);
        }
    }
    cli_print_diags(&diags, &source);
    pm_diags_free(&diags);
    return status;
}

static int put_source(struct pm_json_writer *w, const char *path)
{
    struct pm_buf out;

    pm_buf_init(&out, &cli_alloc);
    int code = cli_compile_file(path, &out);
    if (code == CLI_OK)
        code = cli_exit_for(cli_inspect_program(w, path, out.data, out.size));
    pm_buf_free(&out);
    return code;
}

static int put_small(struct pm_json_writer *w, const char *path,
                     enum cli_kind kind)
{
    struct cli_file file;
    pm_status status;

    if (cli_read_file(path, PM_MODULE_MAX_SIZE, &file))
        return CLI_WORLD;
    if (kind == CLI_KIND_PROGRAM)
        status = cli_inspect_program(w, path, file.data, file.size);
    else
        status = put_text_file(w, path, &file, kind);
    cli_free_file(&file);
    return cli_exit_for(status);
}

static int put_kind(struct inspection *in, const char *path, enum cli_kind kind)
{
    if (in->word)
        return put_assets(in, path);
    switch (kind) {
    case CLI_KIND_NONE:
        return CLI_WORLD;
    case CLI_KIND_ASSETS:
        return put_assets(in, path);
    case CLI_KIND_CART:
    case CLI_KIND_PACKAGE:
    case CLI_KIND_PROJECT:
        return put_cart(in, path);
    case CLI_KIND_PROGRAM:
    case CLI_KIND_MANIFEST:
    case CLI_KIND_SCRIPT:
        return put_small(&in->w, path, kind);
    case CLI_KIND_SOURCE:
    case CLI_KIND_PBS:
        return put_source(&in->w, path);
    default:
        cli_error("%s: this is no kind of file that this program knows", path);
        return CLI_BAD;
    }
}

// --- the command -------------------------------------------------------------

static int show(struct inspection *in)
{
    struct pm_buf out;

    if (in->is_json) {
        pm_buf_puts(in->w.out, "\n");
        return cli_write_out(in->w.out);
    }
    pm_buf_init(&out, &cli_alloc);
    int code = cli_inspect_tree(in->w.out, &out);
    if (in->table.size)
        pm_buf_puts(&out, "\n");
    pm_buf_put(&out, in->table.data, in->table.size);
    out.failed |= in->table.failed;
    if (code == CLI_OK)
        code = cli_write_out(&out);
    pm_buf_free(&out);
    return code;
}

static int inspect(struct inspection *in, const char *path)
{
    pm_status status;
    enum cli_kind kind = cli_kind_of(path, &status);

    if (kind == CLI_KIND_NONE)
        return CLI_WORLD;
    pm_json_write_begin_object(&in->w);
    cli_json_text(&in->w, "file", path);
    cli_json_text(&in->w, "kind", cli_kind_name(kind));
    pm_json_write_key(&in->w, "content");
    int code = put_kind(in, path, kind);
    if (code)
        return code;
    pm_json_write_end(&in->w);
    return show(in);
}

int cli_inspect(int argc, char **argv)
{
    struct inspection in = {0};
    const struct cli_option options[] = {
        {"--json", CLI_FLAG, &in.is_json, 0, 0}};
    const char *words[2] = {NULL, NULL};
    size_t count;
    struct pm_buf out;
    int code = cli_options(argc, argv, help, options, 1, words, 1, 2, &count);

    if (code >= 0)
        return code;
    pm_buf_init(&out, &cli_alloc);
    pm_buf_init(&in.table, &cli_alloc);
    in.w = pm_json_write_to(&out);
    in.word = words[1];
    code = inspect(&in, words[0]);
    pm_buf_free(&in.table);
    pm_buf_free(&out);
    return code;
}
