// SPDX-License-Identifier: MIT
//
// prometeu inspect. What there is to say is put together once, as JSON; for
// people it is shown as an indented list.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asset/asset.h"
#include "base/json.h"
#include "base/json_write.h"
#include "cart/cart.h"
#include "cli.h"
#include "hosts/common/files.h"
#include "input/script.h"
#include "registry/caps.h"

static const char help[] =
    "usage: prometeu inspect FILE [--json]\n"
    "\n"
    "Shows what is in a program, assets.pa, package, cartridge directory,\n"
    "project, manifest, input script or assembler text.\n"
    "\n"
    "example: prometeu inspect mygame/build/mygame.pmc --json\n";

static void text(struct pm_json_writer *w, const char *key, const char *value)
{
    pm_json_write_key(w, key);
    pm_json_write_cstr(w, value);
}

static void bytes(struct pm_json_writer *w, const char *key, const void *value,
                  size_t size)
{
    pm_json_write_key(w, key);
    pm_json_write_string(w, value, size);
}

static void number(struct pm_json_writer *w, const char *key, int64_t value)
{
    pm_json_write_key(w, key);
    pm_json_write_int(w, value);
}

// --- programs ----------------------------------------------------------------

static void put_function(struct pm_json_writer *w,
                         const struct pm_module *module, uint32_t index)
{
    const struct pm_function *function = &module->functions[index];
    const struct pm_type *type = pm_function_type(module, function);

    pm_json_write_begin_object(w);
    number(w, "index", index);
    bytes(w, "name", function->name.data, function->name.size);
    number(w, "parameters", type->param_count);
    number(w, "results", type->field_count - type->param_count);
    number(w, "bytes", function->code_size);
    pm_json_write_end(w);
}

static void put_module(struct pm_json_writer *w, const struct pm_module *module,
                       size_t size)
{
    pm_json_write_begin_object(w);
    number(w, "bytes", (int64_t)size);
    bytes(w, "module", module->name.data, module->name.size);
    number(w, "types", module->type_count);
    number(w, "constants", module->constant_count);
    number(w, "globals", module->global_count);
    number(w, "debug_lines", module->line_count);
    pm_json_write_key(w, "host_calls");
    pm_json_write_begin_array(w);
    for (uint32_t i = 0; i < module->host_decl_count; i++) {
        const struct pm_host_decl *decl = &module->host_decls[i];
        pm_json_write_begin_object(w);
        bytes(w, "module", decl->module.data, decl->module.size);
        bytes(w, "name", decl->name.data, decl->name.size);
        number(w, "version", decl->version);
        pm_json_write_end(w);
    }
    pm_json_write_end(w);
    pm_json_write_key(w, "functions");
    pm_json_write_begin_array(w);
    for (uint32_t i = 0; i < module->function_count; i++)
        put_function(w, module, i);
    pm_json_write_end(w);
    pm_json_write_end(w);
}

static pm_status put_program(struct pm_json_writer *w, const char *path,
                             const void *data, size_t size)
{
    struct pm_diags diags;
    struct pm_module module;

    pm_diags_init(&diags, &cli_alloc);
    pm_status status =
        pm_module_read(data, size, path, &cli_alloc, &diags, &module);
    cli_print_diags(&diags, NULL);
    pm_diags_free(&diags);
    if (status)
        return status;
    put_module(w, &module, size);
    pm_module_free(&module);
    return PM_OK;
}

// --- assets ------------------------------------------------------------------

static void put_entry(struct pm_json_writer *w, const struct pm_asset *assets,
                      const struct pm_asset_entry *entry)
{
    size_t size;
    const char *name = pm_asset_name(assets, entry, &size);

    pm_json_write_begin_object(w);
    number(w, "id", entry->id);
    bytes(w, "name", name, size);
    text(w, "bank", pm_bank_type_name((pm_bank_type)entry->bank_type));
    text(w, "codec", pm_asset_codec_name((pm_asset_codec)entry->codec));
    number(w, "offset", (int64_t)entry->offset);
    number(w, "bytes", (int64_t)entry->size);
    number(w, "resident_bytes", (int64_t)entry->decoded_size);
    if (entry->bank_type == PM_BANK_GLYPH) {
        number(w, "width", entry->width);
        number(w, "height", entry->height);
        number(w, "tile_size", entry->tile_size);
    }
    pm_json_write_end(w);
}

static void put_assets(struct pm_json_writer *w, const struct pm_asset *assets)
{
    pm_json_write_begin_object(w);
    number(w, "header_bytes", (int64_t)pm_asset_header_size(assets));
    number(w, "payload_offset", (int64_t)pm_asset_payload_offset(assets));
    number(w, "payload_bytes", (int64_t)pm_asset_payload_size(assets));
    pm_json_write_key(w, "table");
    pm_json_write_begin_array(w);
    for (size_t i = 0; i < pm_asset_count(assets); i++)
        put_entry(w, assets, pm_asset_at(assets, i));
    pm_json_write_end(w);
    pm_json_write_key(w, "preload");
    pm_json_write_begin_array(w);
    for (size_t i = 0; i < pm_asset_preload_count(assets); i++) {
        struct pm_asset_preload item = pm_asset_preload_at(assets, i);
        pm_json_write_begin_object(w);
        number(w, "id", pm_asset_at(assets, item.entry)->id);
        number(w, "slot", item.slot);
        pm_json_write_end(w);
    }
    pm_json_write_end(w);
    pm_json_write_end(w);
}

static pm_status put_asset_file(struct pm_json_writer *w, const char *path)
{
    const char *error = NULL;
    struct pm_file *file;
    struct pm_asset *assets;
    struct pm_diags diags;
    pm_status status = pm_file_open(&cli_alloc, path, &file, &error);

    if (status) {
        cli_file_error(path, status, error);
        return PM_ERR_IO;
    }
    struct pm_source source = pm_file_source(file);
    pm_diags_init(&diags, &cli_alloc);
    status = pm_asset_open(&source, path, &cli_alloc, &diags, &assets);
    cli_print_diags(&diags, NULL);
    pm_diags_free(&diags);
    if (!status) {
        put_assets(w, assets);
        pm_asset_close(assets);
    }
    pm_file_close(file);
    return status;
}

// --- cartridges --------------------------------------------------------------

static void put_manifest(struct pm_json_writer *w,
                         const struct pm_manifest *manifest)
{
    pm_json_write_begin_object(w);
    text(w, "title", manifest->title);
    text(w, "app_version", manifest->app_version);
    number(w, "app_id", manifest->app_id);
    text(w, "app_mode", manifest->mode == PM_CART_SYSTEM ? "System" : "Game");
    text(w, "profile", pm_cart_profile_name(manifest->profile));
    pm_json_write_key(w, "capabilities");
    pm_json_write_begin_array(w);
    for (uint32_t bit = 1; bit; bit <<= 1)
        if (manifest->capabilities & bit)
            pm_json_write_cstr(w, pm_cap_name(bit));
    pm_json_write_end(w);
    pm_json_write_end(w);
}

static pm_status put_loaded(struct pm_json_writer *w,
                            const struct pm_cart *cart)
{
    pm_json_write_begin_object(w);
    pm_json_write_key(w, "manifest");
    put_manifest(w, &cart->manifest);
    pm_json_write_key(w, "label_bytes");
    pm_json_write_int(w, (int64_t)cart->label.size);
    if (cart->assets) {
        pm_json_write_key(w, "assets");
        put_assets(w, cart->assets);
    }
    pm_json_write_key(w, "program");
    pm_status status =
        put_program(w, PM_CART_PROGRAM, cart->program, cart->program_size);
    pm_json_write_end(w);
    return status;
}

static pm_status put_files(struct pm_json_writer *w,
                           const struct pm_cart_files *files,
                           struct pm_diags *diags)
{
    struct pm_cart cart;
    pm_status status = pm_cart_load(files, NULL, &cli_alloc, diags, &cart);

    if (status)
        return status;
    status = put_loaded(w, &cart);
    pm_cart_free(&cart);
    return status;
}

static int put_cart(struct pm_json_writer *w, const char *path)
{
    struct cli_cart cart;
    struct pm_diags diags;
    struct pm_pmc *pmc = NULL;
    pm_status status = PM_OK;

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
        status = pm_pmc_open(&package, path, &cli_alloc, &diags, &pmc);
        if (!status)
            files = pm_pmc_files(pmc);
    }
    if (!status)
        status = put_files(w, &files, &diags);
    cli_print_diags(&diags, NULL);
    pm_diags_free(&diags);
    pm_pmc_close(pmc);
    cli_cart_free(&cart);
    return cli_exit_for(status);
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
            number(w, "frames", pm_input_script_length(script));
            pm_json_write_end(w);
            pm_input_script_destroy(script);
        }
    }
    cli_print_diags(&diags, &source);
    pm_diags_free(&diags);
    return status;
}

static pm_status put_source(struct pm_json_writer *w, const char *path,
                            const struct cli_file *file)
{
    struct pm_buf out;

    pm_buf_init(&out, &cli_alloc);
    pm_status status =
        cli_assemble(path, NULL, (const char *)file->data, file->size, &out);
    if (!status)
        status = put_program(w, path, out.data, out.size);
    pm_buf_free(&out);
    return status;
}

static int put_small(struct pm_json_writer *w, const char *path,
                     enum cli_kind kind)
{
    struct cli_file file;
    pm_status status;

    if (cli_read_file(path, PM_MODULE_MAX_SIZE, &file))
        return CLI_WORLD;
    if (kind == CLI_KIND_PROGRAM)
        status = put_program(w, path, file.data, file.size);
    else if (kind == CLI_KIND_SOURCE)
        status = put_source(w, path, &file);
    else
        status = put_text_file(w, path, &file, kind);
    cli_free_file(&file);
    return cli_exit_for(status);
}

static int put_kind(struct pm_json_writer *w, const char *path,
                    enum cli_kind kind)
{
    switch (kind) {
    case CLI_KIND_NONE:
        return CLI_WORLD;
    case CLI_KIND_ASSETS:
        return cli_exit_for(put_asset_file(w, path));
    case CLI_KIND_CART:
    case CLI_KIND_PACKAGE:
    case CLI_KIND_PROJECT:
        return put_cart(w, path);
    case CLI_KIND_PROGRAM:
    case CLI_KIND_MANIFEST:
    case CLI_KIND_SCRIPT:
    case CLI_KIND_SOURCE:
        return put_small(w, path, kind);
    default:
        cli_error("%s: this is no kind of file that this program knows", path);
        return CLI_BAD;
    }
}

// --- for people --------------------------------------------------------------

// Whether a member fits on the line of its neighbours.
static bool is_plain(const struct pm_json_node *node)
{
    return node->kind != PM_JSON_ARRAY && node->kind != PM_JSON_OBJECT;
}

static void put_value(struct pm_buf *out, const struct pm_json_node *node)
{
    if (node->kind == PM_JSON_STRING)
        pm_buf_put_escaped(out, node->text, node->size);
    else if (node->kind == PM_JSON_INT)
        pm_buf_printf(out, "%" PRId64, node->number);
    else
        pm_buf_puts(out, node->kind == PM_JSON_TRUE ? "yes" : "no");
}

// One line for an object of plain values: "id 1, name hero".
static void put_row(struct pm_buf *out, const struct pm_json_doc *doc,
                    const struct pm_json_node *node)
{
    const struct pm_json_node *item = pm_json_first(doc, node);

    for (; item; item = pm_json_after(doc, item)) {
        if (item->key)
            pm_buf_printf(out, "%s ", item->key);
        put_value(out, item);
        if (pm_json_after(doc, item))
            pm_buf_puts(out, ", ");
    }
}

static bool is_row(const struct pm_json_doc *doc,
                   const struct pm_json_node *node)
{
    const struct pm_json_node *item = pm_json_first(doc, node);

    for (; item; item = pm_json_after(doc, item))
        if (!is_plain(item))
            return false;
    return true;
}

// Our own report is at most five deep.
static void put_tree(struct pm_buf *out, const struct pm_json_doc *doc,
                     const struct pm_json_node *node, int indent)
{
    const struct pm_json_node *item = pm_json_first(doc, node);

    for (; item; item = pm_json_after(doc, item)) {
        pm_buf_printf(out, "%*s", indent * 2, "");
        if (item->key)
            pm_buf_printf(out, "%s: ", item->key);
        if (is_plain(item)) {
            put_value(out, item);
            pm_buf_puts(out, "\n");
        } else if (!item->key && is_row(doc, item)) {
            put_row(out, doc, item);
            pm_buf_puts(out, "\n");
        } else {
            pm_buf_puts(out, "\n");
            put_tree(out, doc, item, indent + 1);
        }
    }
}

static int show(const struct pm_buf *json)
{
    struct pm_json_doc doc;
    struct pm_diags diags;
    struct pm_buf out;
    int code = CLI_WORLD;

    pm_diags_init(&diags, &cli_alloc);
    pm_buf_init(&out, &cli_alloc);
    if (pm_json_parse(json->data, json->size, NULL, &cli_alloc, &diags, &doc) ==
        PM_OK) {
        put_tree(&out, &doc, doc.nodes, 0);
        code = cli_write_out(&out);
        pm_json_doc_free(&doc);
    } else {
        cli_print_diags(&diags, NULL);
    }
    pm_buf_free(&out);
    pm_diags_free(&diags);
    return code;
}

int cli_inspect(int argc, char **argv)
{
    bool json = false;
    const struct cli_option options[] = {{"--json", CLI_FLAG, &json, 0, 0}};
    const char *path;
    size_t count;
    pm_status status;
    struct pm_buf out;
    int code = cli_options(argc, argv, help, options, 1, &path, 1, 1, &count);

    if (code >= 0)
        return code;
    pm_buf_init(&out, &cli_alloc);
    struct pm_json_writer w = pm_json_write_to(&out);
    enum cli_kind kind = cli_kind_of(path, &status);
    pm_json_write_begin_object(&w);
    text(&w, "file", path);
    text(&w, "kind", cli_kind_name(kind));
    pm_json_write_key(&w, "content");
    code = put_kind(&w, path, kind);
    if (code == CLI_OK) {
        pm_json_write_end(&w);
        if (json)
            pm_buf_puts(&out, "\n");
        code = json ? cli_write_out(&out) : show(&out);
    }
    pm_buf_free(&out);
    return code;
}
