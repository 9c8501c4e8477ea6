// SPDX-License-Identifier: MIT
//
// prometeu asm, prometeu dis.
#include <string.h>

#include "cli.h"

static const char asm_help[] =
    "usage: prometeu asm FILE.pasm [-o FILE.pbx]\n"
    "\n"
    "Assembles a text into a program, or compiles one file of PBS. Without -o "
    "the program goes beside the\n"
    "text, with the ending .pbx; \"-o -\" writes it to standard output.\n"
    "docs/spec/asm.md describes the language.\n"
    "\n"
    "example: prometeu asm game.pasm && prometeu dis game.pbx\n";

static const char dis_help[] =
    "usage: prometeu dis FILE.pbx [-o FILE.pasm]\n"
    "\n"
    "Writes a program as assembler text, to standard output without -o. The\n"
    "text assembles to the same bytes.\n"
    "\n"
    "example: prometeu dis build/cart/program.pbx | less\n";

// "game.pasm" → "game.pbx".
static char *with_ending(const char *path, const char *ending)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(path, '.');
    size_t stem = dot && (!slash || dot > slash + 1) && dot != path
                      ? (size_t)(dot - path)
                      : strlen(path);
    struct pm_buf text;

    pm_buf_init(&text, &cli_alloc);
    pm_buf_put(&text, path, stem);
    pm_buf_puts(&text, ending);
    char *copy = cli_copy((const char *)text.data, text.size);
    pm_buf_free(&text);
    return copy;
}

static int write_result(struct pm_buf *out, const char *path)
{
    if (strcmp(path, "-") == 0)
        return cli_write_out(out);
    return cli_exit_for(cli_write_file(path, out->data, out->size));
}

int cli_asm(int argc, char **argv)
{
    const char *output = NULL;
    const struct cli_option options[] = {{"-o", CLI_TEXT, &output, 0, 0}};
    const char *path;
    size_t count;
    struct pm_buf out;
    int code =
        cli_options(argc, argv, asm_help, options, 1, &path, 1, 1, &count);

    if (code >= 0)
        return code;
    pm_buf_init(&out, &cli_alloc);
    code = cli_compile_file(path, &out);
    if (code == CLI_OK) {
        char *beside = with_ending(path, ".pbx");
        code = write_result(&out, output ? output : beside);
        cli_free_text(beside);
    }
    pm_buf_free(&out);
    return code;
}

int cli_dis(int argc, char **argv)
{
    const char *output = "-";
    const struct cli_option options[] = {{"-o", CLI_TEXT, &output, 0, 0}};
    const char *path;
    size_t count;
    struct cli_file file;
    struct pm_diags diags;
    struct pm_module module;
    struct pm_buf out;
    int code =
        cli_options(argc, argv, dis_help, options, 1, &path, 1, 1, &count);

    if (code >= 0)
        return code;
    if (cli_read_file(path, PM_MODULE_MAX_SIZE, &file))
        return CLI_WORLD;
    pm_buf_init(&out, &cli_alloc);
    pm_diags_init(&diags, &cli_alloc);
    pm_status status =
        pm_module_read(file.data, file.size, path, &cli_alloc, &diags, &module);
    cli_print_diags(&diags, NULL);
    if (!status) {
        status = pm_module_disassemble(&module, cli_intrinsics(), &out);
        pm_module_free(&module);
    }
    code = status ? cli_exit_for(status) : write_result(&out, output);
    pm_diags_free(&diags);
    pm_buf_free(&out);
    cli_free_file(&file);
    return code;
}
