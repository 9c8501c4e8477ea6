// SPDX-License-Identifier: MIT
//
// prometeu verify.
#include <stdio.h>
#include <string.h>

#include "asset/asset.h"
#include "cart/cart.h"
#include "cli.h"
#include "findings.h"
#include "hosts/common/files.h"
#include "input/script.h"

static const char help[] =
    "usage: prometeu verify FILE... [--json]\n"
    "\n"
    "Checks files as far as they can be checked, and shows all that is wrong:\n"
    "programs (.pbx), assets (.pa), packages (.pmc), cartridge directories,\n"
    "manifests, input scripts, PBS and assembler texts, projects. What a file "
    "is, is\n"
    "seen from its content, else from its name. Exit code 1 when one is bad.\n"
    "\n"
    "example: prometeu verify mygame/build/mygame.pmc\n";

// --- programs ----------------------------------------------------------------

static int verify_module(const char *path, const void *bytes, size_t size)
{
    struct pm_diags diags;

    pm_diags_init(&diags, &cli_alloc);
    pm_status status = cli_link(path, bytes, size, false, &diags);
    cli_print_diags(&diags, NULL);
    pm_diags_free(&diags);
    return cli_exit_for(status);
}

static int verify_source(const char *path)
{
    struct pm_buf out;

    pm_buf_init(&out, &cli_alloc);
    int code = cli_compile_file(path, &out);
    if (code == CLI_OK)
        code = verify_module(path, out.data, out.size);
    pm_buf_free(&out);
    return code;
}

// --- texts -------------------------------------------------------------------

static int verify_text(const char *path, const struct cli_file *file,
                       enum cli_kind kind)
{
    struct cli_source source = {
        .file = path, .text = (const char *)file->data, .size = file->size};
    struct pm_input_script *script = NULL;
    struct pm_manifest manifest;
    struct pm_diags diags;
    pm_status status;

    pm_diags_init(&diags, &cli_alloc);
    if (kind == CLI_KIND_MANIFEST)
        status = pm_manifest_read(file->data, file->size, path, NULL,
                                  &cli_alloc, &diags, &manifest);
    else
        status = pm_input_script_parse(&cli_alloc, path, source.text,
                                       source.size, &diags, &script);
    cli_print_diags(&diags, &source);
    pm_input_script_destroy(script);
    pm_diags_free(&diags);
    return cli_exit_for(status);
}

static int verify_small(const char *path, enum cli_kind kind)
{
    struct cli_file file;
    int code;

    if (cli_read_file(path, PM_MODULE_MAX_SIZE, &file))
        return CLI_WORLD;
    if (kind == CLI_KIND_PROGRAM)
        code = verify_module(path, file.data, file.size);
    else
        code = verify_text(path, &file, kind);
    cli_free_file(&file);
    return code;
}

// --- assets and cartridges ---------------------------------------------------

static int verify_assets(const char *path)
{
    const char *error = NULL;
    struct pm_file *file;
    struct pm_asset *assets;
    struct pm_diags diags;
    pm_status status = pm_file_open(&cli_alloc, path, &file, &error);

    if (status) {
        cli_file_error(path, status, error);
        return CLI_WORLD;
    }
    struct pm_source source = pm_file_source(file);
    pm_diags_init(&diags, &cli_alloc);
    status = pm_asset_open(&source, path, &cli_alloc, &diags, &assets);
    if (!status) {
        status = pm_asset_verify(assets, path, &diags);
        pm_asset_close(assets);
    }
    cli_print_diags(&diags, NULL);
    pm_diags_free(&diags);
    pm_file_close(file);
    return cli_exit_for(status);
}

static int verify_cart(const char *path)
{
    struct cli_cart cart;

    cli_cart_init(&cart);
    int code = cli_open_cart(path, NULL, &cart);
    if (code == CLI_OK)
        code = cli_check_cart(&cart);
    cli_cart_free(&cart);
    return code;
}

static bool is_project_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(slash ? slash + 1 : path, "prometeu.json") == 0;
}

// A project's own file stands for the project.
static int verify_project_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder =
        slash ? cli_copy(path, (size_t)(slash - path) + 1) : cli_copy(".", 1);
    int code = verify_cart(folder);

    cli_free_text(folder);
    return code;
}

static int refuse(const char *path)
{
    struct pm_place place = {.file = path};
    struct pm_diags diags;

    pm_diags_init(&diags, &cli_alloc);
    pm_diags_error(&diags, &place, "FILE-KIND",
                   "found neither content nor a name of a kind of file that "
                   "this program knows; wanted a program (.pbx), assets "
                   "(.pa), a package (.pmc), a cartridge directory, a "
                   "manifest, an input script or assembler text");
    cli_print_diags(&diags, NULL);
    pm_diags_free(&diags);
    return CLI_BAD;
}

static int verify_kind(const char *path, enum cli_kind kind)
{
    if (kind == CLI_KIND_MANIFEST && is_project_file(path))
        return verify_project_of(path);
    switch (kind) {
    case CLI_KIND_NONE:
        return CLI_WORLD;
    case CLI_KIND_ASSETS:
        return verify_assets(path);
    case CLI_KIND_CART:
    case CLI_KIND_PACKAGE:
    case CLI_KIND_PROJECT:
        return verify_cart(path);
    case CLI_KIND_PROGRAM:
    case CLI_KIND_MANIFEST:
    case CLI_KIND_SCRIPT:
        return verify_small(path, kind);
    case CLI_KIND_SOURCE:
    case CLI_KIND_PBS:
        return verify_source(path);
    default:
        return refuse(path);
    }
}

// --- reports -----------------------------------------------------------------

static void put_report(struct pm_json_writer *w, const char *path,
                       enum cli_kind kind, int code,
                       struct cli_capture *capture)
{
    const char *at = (const char *)capture->lines.data;
    const char *end = at + capture->lines.size;

    cli_capture_end(capture);
    pm_json_write_begin_object(w);
    cli_json_text(w, "file", path);
    cli_json_text(w, "kind", cli_kind_name(kind));
    cli_json_bool(w, "ok", code == CLI_OK);
    cli_json_begin_array(w, "messages");
    for (; capture->lines.size && at < end; at += strlen(at) + 1)
        cli_json_string(w, at, strlen(at));
    pm_json_write_end(w);
    pm_json_write_key(w, "findings");
    pm_json_write_raw(w, capture->findings.data, capture->findings.size);
    pm_json_write_end(w);
    w->out->failed |= capture->lines.failed | capture->findings.failed;
}

static int verify_for_json(const char *path, struct pm_json_writer *json)
{
    struct cli_capture capture;
    pm_status status;

    cli_capture_init(&capture);
    cli_captured = &capture;
    enum cli_kind kind = cli_kind_of(path, &status);
    int code = verify_kind(path, kind);
    cli_captured = NULL;
    put_report(json, path, kind, code, &capture);
    cli_capture_free(&capture);
    return code;
}

static int verify_for_people(const char *path)
{
    struct pm_buf line;
    pm_status status;
    enum cli_kind kind = cli_kind_of(path, &status);
    int code = verify_kind(path, kind);

    if (code)
        return code;
    pm_buf_init(&line, &cli_alloc);
    cli_put_escaped(&line, path);
    pm_buf_printf(&line, ": %s, nothing wrong\n", cli_kind_name(kind));
    code = cli_write_out(&line);
    pm_buf_free(&line);
    return code;
}

#define MOST_FILES 4096

int cli_verify(int argc, char **argv)
{
    static const char *paths[MOST_FILES];
    bool json = false;
    const struct cli_option options[] = {{"--json", CLI_FLAG, &json, 0, 0}};
    size_t count;
    struct pm_buf out;
    int worst = CLI_OK;
    int code =
        cli_options(argc, argv, help, options, 1, paths, 1, MOST_FILES, &count);

    if (code >= 0)
        return code;
    pm_buf_init(&out, &cli_alloc);
    struct pm_json_writer w = pm_json_write_to(&out);
    if (json)
        pm_json_write_begin_array(&w);
    for (size_t i = 0; i < count; i++) {
        code =
            json ? verify_for_json(paths[i], &w) : verify_for_people(paths[i]);
        if (code > worst)
            worst = code;
    }
    if (json) {
        pm_json_write_end(&w);
        pm_buf_puts(&out, "\n");
        code = cli_write_out(&out);
        if (code > worst)
            worst = code;
    }
    pm_buf_free(&out);
    return worst;
}
