// SPDX-License-Identifier: MIT
//
// prometeu pack.
#define _XOPEN_SOURCE 700 // realpath

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cart/cart.h"
#include "cli.h"
#include "hosts/common/files.h"
#include "pack.h"

static const char help[] =
    "usage: prometeu pack FOLDER [-o FILE] [--watch] [--no-cache]\n"
    "\n"
    "A folder of pictures and other files becomes an assets.pa; a cartridge\n"
    "directory (manifest.json, program.pbx, …) becomes one file, a .pmc.\n"
    "Without -o the file goes beside the folder: FOLDER.pa or FOLDER.pmc.\n"
    "Ids of assets are kept in FOLDER/assets.ids.json and never move.\n"
    "What was converted is kept beside the folder, in .prometeu/cache.\n"
    "\n"
    "--watch      packs again when files change; Ctrl-C ends it\n"
    "--poll       looks for changes itself (folders on other machines)\n"
    "--no-cache   converts everything, and keeps nothing\n"
    "--threads N  to convert on; one a processor without it\n"
    "\n"
    "example: prometeu pack mygame/assets -o assets.pa\n";

static char *beside(const char *folder, const char *ending)
{
    size_t size = strlen(folder);
    struct pm_buf out;

    while (size > 1 && folder[size - 1] == '/')
        size--;
    pm_buf_init(&out, &cli_alloc);
    pm_buf_put(&out, folder, size);
    pm_buf_puts(&out, ending);
    char *text = cli_copy((const char *)out.data, out.size);
    pm_buf_free(&out);
    return text;
}

static int write_out(const char *folder, const char *output, const char *ending,
                     const struct pm_buf *content)
{
    char *path =
        output ? cli_copy(output, strlen(output)) : beside(folder, ending);
    bool is_written = false;
    pm_status status =
        cli_write_changed(path, content->data, content->size, &is_written);

    if (!status)
        printf("%zu bytes in %s%s\n", content->size, path,
               is_written ? "" : ", as before");
    cli_free_text(path);
    return cli_exit_for(status);
}

// --- assets ------------------------------------------------------------------

struct assets {
    const char *folder;
    const char *output;
    struct cli_pack_options options;
    bool is_again; // it was packed before, by this command
    struct cli_changes changes;
};

// What is written into the folder would be an asset of the next pack.
static bool is_inside(const char *folder, const char *output)
{
    char own[PATH_MAX];
    char other[PATH_MAX];
    const char *slash = strrchr(output, '/');
    char *place = slash ? cli_copy(output, (size_t)(slash - output) + 1)
                        : cli_copy(".", 1);
    bool is_inside = realpath(folder, own) && realpath(place, other) &&
                     strncmp(own, other, strlen(own)) == 0 &&
                     (other[strlen(own)] == '/' || other[strlen(own)] == 0);

    cli_free_text(place);
    return is_inside;
}

static int pack_assets(struct assets *a)
{
    struct cli_packed packed;
    int code = cli_exit_for(cli_pack_assets(a->folder, &a->options, &packed));

    if (code)
        return code;
    if (packed.assets.size == 0) {
        cli_error("%s: there is nothing to pack in this folder", a->folder);
        code = CLI_BAD;
    }
    if (code == CLI_OK)
        code = write_out(a->folder, a->output, ".pa", &packed.assets);
    if (code == CLI_OK && a->is_again)
        printf("%zu of %zu assets converted\n", packed.converted,
               packed.asset_count);
    else if (code == CLI_OK)
        code = cli_write_out(&packed.report);
    a->is_again = a->is_again || code == CLI_OK;
    cli_packed_free(&packed);
    return code;
}

static void pack_again(void *context)
{
    struct assets *a = context;

    cli_changes_tell(&a->changes, a->folder);
    // What is wrong was told; it is put right while this goes on.
    pack_assets(a);
    fflush(stdout);
}

static int watch_assets(struct assets *a, bool polls)
{
    const struct pm_watch_root root = {a->folder, true, cli_pack_wants};
    int code = cli_watch(&root, 1, polls, pack_again, a);
    cli_changes_free(&a->changes);
    return code;
}

// --- cartridges --------------------------------------------------------------

static pm_status read_one(const char *folder, const char *name,
                          struct cli_file *out)
{
    char *path = cli_path(folder, name);
    struct pm_file *file;
    pm_status status = pm_file_open(&cli_alloc, path, &file, NULL);

    *out = (struct cli_file){0};
    if (status == PM_ERR_NOT_FOUND) {
        status = PM_OK;
    } else {
        if (!status)
            pm_file_close(file);
        status = cli_read_file(path, UINT32_MAX, out);
    }
    cli_free_text(path);
    return status;
}

static int pack_files(const char *folder, const char *output,
                      const struct cli_file *files)
{
    struct pm_pmc_input input = {
        .manifest = files[0].data,
        .manifest_size = files[0].size,
        .program = files[1].data,
        .program_size = files[1].size,
        .assets = files[2].data,
        .assets_size = files[2].size,
        .label = files[3].data,
        .label_size = files[3].size,
    };
    struct pm_diags diags;
    struct pm_buf out;

    pm_buf_init(&out, &cli_alloc);
    pm_diags_init(&diags, &cli_alloc);
    int code = cli_exit_for(pm_pmc_write(&input, &diags, &out));
    cli_print_diags(&diags, NULL);
    if (code == CLI_OK)
        code = write_out(folder, output, ".pmc", &out);
    pm_diags_free(&diags);
    pm_buf_free(&out);
    return code;
}

static int pack_cart(const char *folder, const char *output)
{
    static const char *const names[4] = {PM_CART_MANIFEST, PM_CART_PROGRAM,
                                         PM_CART_ASSETS, PM_CART_LABEL};
    struct cli_file files[4] = {{0}};
    struct cli_cart cart;
    int code;

    cli_cart_init(&cart);
    code = cli_open_cart(folder, NULL, &cart);
    if (code == CLI_OK)
        code = cli_check_cart(&cart);
    for (int i = 0; code == CLI_OK && i < 4; i++)
        if (read_one(folder, names[i], &files[i]))
            code = CLI_WORLD;
    if (code == CLI_OK)
        code = pack_files(folder, output, files);
    for (int i = 0; i < 4; i++)
        cli_free_file(&files[i]);
    cli_cart_free(&cart);
    return code;
}

int cli_pack(int argc, char **argv)
{
    struct assets assets = {0};
    bool watches = false;
    bool polls = false;
    const struct cli_option options[] = {
        {"-o", CLI_TEXT, &assets.output, 0, 0},
        {"--watch", CLI_FLAG, &watches, 0, 0},
        {"--poll", CLI_FLAG, &polls, 0, 0},
        {"--no-cache", CLI_FLAG, &assets.options.no_cache, 0, 0},
        {"--threads", CLI_NUMBER, &assets.options.threads, 1, 64}};
    size_t count;
    pm_status status;
    int code = cli_options(argc, argv, help, options, PM_ARRAY_LEN(options),
                           &assets.folder, 1, 1, &count);

    if (code >= 0)
        return code;
    switch (cli_kind_of(assets.folder, &status)) {
    case CLI_KIND_NONE:
        return CLI_WORLD;
    case CLI_KIND_CART:
        return pack_cart(assets.folder, assets.output);
    case CLI_KIND_FOLDER:
        if (assets.output && is_inside(assets.folder, assets.output)) {
            cli_error("%s: this lies in the folder that is packed; put it "
                      "elsewhere",
                      assets.output);
            return CLI_USAGE;
        }
        return watches || polls ? watch_assets(&assets, polls)
                                : pack_assets(&assets);
    case CLI_KIND_PROJECT:
        cli_error("%s: this is a project; \"prometeu build %s\" packs it",
                  assets.folder, assets.folder);
        return CLI_USAGE;
    default:
        cli_error("%s: this is a file; a folder is wanted", assets.folder);
        return CLI_USAGE;
    }
}
