// SPDX-License-Identifier: MIT
//
// prometeu build.
#include <stdio.h>
#include <string.h>

#include "cart/cart.h"
#include "cli.h"
#include "hosts/common/files.h"
#include "pack.h"
#include "pbs.h"

static const char help[] =
    "usage: prometeu build [PROJECT] [--watch] [--no-cache] [--dump=STAGE]\n"
    "\n"
    "Builds a project: its cartridge goes to build/cart/ and, as one file, to\n"
    "build/NAME.pmc in the project's folder. Nothing is written when "
    "something\n"
    "is wrong. Without a name: the project in the current directory.\n"
    "\n"
    "--watch      builds again when files change; Ctrl-C ends it\n"
    "--poll       looks for changes itself (folders on other machines)\n"
    "--no-cache   converts all assets, and keeps nothing of that\n"
    "--dump=STAGE prints what the compiler makes of a PBS program, and writes\n"
    "             nothing: tokens, tree, names, types, lowered, optimised or\n"
    "             module; PROJECT may be a single .pbs then\n"
    "\n"
    "example: prometeu build mygame && prometeu run mygame/build/mygame.pmc\n";

static pm_status write_file(const char *folder, const char *name,
                            const struct pm_buf *content)
{
    if (content->size == 0)
        return PM_OK;
    char *path = cli_path(folder, name);
    bool is_written;
    pm_status status =
        cli_write_changed(path, content->data, content->size, &is_written);
    cli_free_text(path);
    return status;
}

static pm_status write_cart(const char *folder, const struct cli_cart *cart)
{
    const char *error = NULL;
    pm_status status = pm_file_make_directory(folder, &error);

    if (status) {
        cli_file_error(folder, status, error);
        return status;
    }
    status = write_file(folder, PM_CART_PROGRAM, &cart->program);
    if (!status)
        status = write_file(folder, PM_CART_ASSETS, &cart->assets);
    if (!status)
        status = write_file(folder, PM_CART_LABEL, &cart->label);
    if (!status)
        status = write_file(folder, PM_CART_MANIFEST, &cart->manifest);
    return status;
}

// The project's name as a file name: what could be no part of one becomes a
// hyphen.
static char *package_name(const char *name)
{
    struct pm_buf out;

    pm_buf_init(&out, &cli_alloc);
    for (const char *at = name; *at && out.size < 100; at++) {
        bool is_fine = (*at >= 'a' && *at <= 'z') ||
                       (*at >= 'A' && *at <= 'Z') ||
                       (*at >= '0' && *at <= '9') || *at == '_' ||
                       (*at == '.' && at != name) || (uint8_t)*at >= 0x80;
        pm_buf_put8(&out, is_fine ? (uint8_t)*at : '-');
    }
    pm_buf_puts(&out, ".pmc");
    char *text = cli_copy((const char *)out.data, out.size);
    pm_buf_free(&out);
    return text;
}

static pm_status write_package(const char *folder, const char *name,
                               const struct cli_cart *cart, char **out_path)
{
    struct pm_pmc_input input = {
        .manifest = cart->manifest.data,
        .manifest_size = cart->manifest.size,
        .program = cart->program.data,
        .program_size = cart->program.size,
        .assets = cart->assets.data,
        .assets_size = cart->assets.size,
        .label = cart->label.data,
        .label_size = cart->label.size,
    };
    struct pm_diags diags;
    struct pm_buf out;

    pm_diags_init(&diags, &cli_alloc);
    pm_buf_init(&out, &cli_alloc);
    pm_status status = pm_pmc_write(&input, &diags, &out);
    cli_print_diags(&diags, NULL);
    if (!status) {
        char *file = package_name(name);
        *out_path = cli_path(folder, file);
        cli_free_text(file);
        bool is_written;
        status = cli_write_changed(*out_path, out.data, out.size, &is_written);
    }
    pm_buf_free(&out);
    pm_diags_free(&diags);
    return status;
}

struct build {
    const char *project;
    struct cli_pack_options packing;
    struct cli_pbs *kept; // while it is watched
};

static int write_all(const struct build *b, const struct cli_cart *cart,
                     const char *name)
{
    char *package = NULL;
    char *folder = cli_path(b->project, "build");
    char *cart_folder = cli_path(folder, "cart");
    pm_status status = write_cart(cart_folder, cart);

    if (!status)
        status = write_package(folder, name, cart, &package);
    if (!status)
        printf("built %s and %s\n", cart_folder, package);
    cli_free_text(package);
    cli_free_text(cart_folder);
    cli_free_text(folder);
    return cli_exit_for(status);
}

static int build(const struct build *b)
{
    char *name = NULL;
    struct cli_cart cart;

    cli_cart_init(&cart);
    int code =
        b->kept
            ? cli_rebuild_project(b->kept, NULL, &b->packing, &cart, &name)
            : cli_build_project(b->project, NULL, &b->packing, &cart, &name);
    if (code == CLI_OK)
        code = cli_check_cart(&cart);
    if (code == CLI_OK)
        code = write_all(b, &cart, name);
    cli_free_text(name);
    cli_cart_free(&cart);
    return code;
}

// --- watching ----------------------------------------------------------------

static void build_again(void *context)
{
    // What is wrong was told; it is put right while this goes on.
    build(context);
    fflush(stdout);
}

static int watch(const struct build *b, bool polls)
{
    struct cli_project_roots project;
    struct cli_pbs kept;
    struct build again = *b;

    cli_pbs_init(&kept, b->project);
    again.kept = &kept;
    cli_project_roots_init(&project, b->project);
    int code = cli_watch(project.roots, PM_ARRAY_LEN(project.roots), polls,
                         build_again, &again);
    cli_project_roots_free(&project);
    cli_pbs_free(&kept);
    return code;
}

// --- looking inside ----------------------------------------------------------

static int dump(const char *path, enum cli_kind kind, const char *name)
{
    struct pm_compile_options options = {.dump = cli_pbs_stage("build", name)};
    struct pm_buf out;

    if (!options.dump)
        return CLI_USAGE;
    pm_buf_init(&out, &cli_alloc);
    int code = kind == CLI_KIND_PBS
                   ? cli_pbs_build_file(path, &options, &out)
                   : cli_pbs_build_project(path, &options, &out);
    int written = cli_write_out(&out);
    pm_buf_free(&out);
    return code ? code : written;
}

int cli_build(int argc, char **argv)
{
    struct build b = {.project = "."};
    bool watches = false;
    bool polls = false;
    const char *stage = NULL;
    const struct cli_option options[] = {
        {"--dump", CLI_TEXT, &stage, 0, 0},
        {"--watch", CLI_FLAG, &watches, 0, 0},
        {"--poll", CLI_FLAG, &polls, 0, 0},
        {"--no-cache", CLI_FLAG, &b.packing.no_cache, 0, 0}};
    size_t count;
    pm_status status;
    int code = cli_options(argc, argv, help, options, PM_ARRAY_LEN(options),
                           &b.project, 0, 1, &count);

    if (code >= 0)
        return code;
    enum cli_kind kind = cli_kind_of(b.project, &status);
    if (kind == CLI_KIND_NONE)
        return CLI_WORLD;
    if (stage && (kind == CLI_KIND_PROJECT || kind == CLI_KIND_PBS))
        return dump(b.project, kind, stage);
    if (kind != CLI_KIND_PROJECT) {
        cli_error("%s: no project, there is no prometeu.json in it; "
                  "\"prometeu new NAME\" makes one",
                  b.project);
        return CLI_USAGE;
    }
    return watches || polls ? watch(&b, polls) : build(&b);
}
