// SPDX-License-Identifier: MIT
//
// prometeu pack.
#include <stdio.h>
#include <string.h>

#include "cart/cart.h"
#include "cli.h"
#include "hosts/common/files.h"

static const char help[] =
    "usage: prometeu pack FOLDER [-o FILE]\n"
    "\n"
    "A folder of pictures and other files becomes an assets.pa; a cartridge\n"
    "directory (manifest.json, program.pbx, …) becomes one file, a .pmc.\n"
    "Without -o the file goes beside the folder: FOLDER.pa or FOLDER.pmc.\n"
    "Ids of assets are kept in FOLDER/assets.ids.json and never move.\n"
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
    pm_status status = cli_write_file(path, content->data, content->size);

    if (!status)
        printf("%zu bytes in %s\n", content->size, path);
    cli_free_text(path);
    return cli_exit_for(status);
}

static int pack_assets(const char *folder, const char *output)
{
    struct pm_buf out;
    struct pm_buf report;

    pm_buf_init(&out, &cli_alloc);
    pm_buf_init(&report, &cli_alloc);
    int code = cli_exit_for(cli_pack_folder(folder, &out, &report));
    if (code == CLI_OK && out.size == 0) {
        cli_error("%s: there is nothing to pack in this folder", folder);
        code = CLI_BAD;
    }
    if (code == CLI_OK)
        code = write_out(folder, output, ".pa", &out);
    if (code == CLI_OK)
        code = cli_write_out(&report);
    pm_buf_free(&report);
    pm_buf_free(&out);
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
    const char *output = NULL;
    const struct cli_option options[] = {{"-o", CLI_TEXT, &output, 0, 0}};
    const char *folder;
    size_t count;
    pm_status status;
    int code = cli_options(argc, argv, help, options, 1, &folder, 1, 1, &count);

    if (code >= 0)
        return code;
    switch (cli_kind_of(folder, &status)) {
    case CLI_KIND_NONE:
        return CLI_WORLD;
    case CLI_KIND_CART:
        return pack_cart(folder, output);
    case CLI_KIND_FOLDER:
        return pack_assets(folder, output);
    case CLI_KIND_PROJECT:
        cli_error("%s: this is a project; \"prometeu build %s\" packs it",
                  folder, folder);
        return CLI_USAGE;
    default:
        cli_error("%s: this is a file; a folder is wanted", folder);
        return CLI_USAGE;
    }
}
