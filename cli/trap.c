// SPDX-License-Identifier: MIT
//
// Traps for people.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "hosts/common/files.h"

// The source is looked for where the place says, and in the project. It is
// quoted only if it is a text file that is there.
static bool find_source(const char *file, const char *folder,
                        struct cli_file *out)
{
    const size_t limit = (size_t)16 << 20;

    if (pm_file_read(&cli_alloc, file, limit, &out->data, &out->size, NULL) ==
        PM_OK)
        return true;
    char *path = cli_path(folder, file);
    bool found = pm_file_read(&cli_alloc, path, limit, &out->data, &out->size,
                              NULL) == PM_OK;
    cli_free_text(path);
    return found;
}

static bool is_source_name(const char *file)
{
    size_t size = strlen(file);
    return (size > 5 && strcmp(file + size - 5, ".pasm") == 0) ||
           (size > 4 && strcmp(file + size - 4, ".pbs") == 0);
}

static void quote(const struct pm_trap_place *place, const char *folder)
{
    struct cli_file file = {0};

    // A hostile program could name any file: only sources are quoted.
    if (!place->file || !is_source_name(place->file) ||
        !find_source(place->file, folder, &file))
        return;
    struct cli_source source = {.file = place->file,
                                .text = (const char *)file.data,
                                .size = file.size};
    cli_print_caret(&source, place->line, place->column, true);
    cli_free_file(&file);
}

static void print_place(const struct pm_trap_place *place)
{
    fprintf(stderr, "  in %s", place->function);
    if (place->file)
        fprintf(stderr, " (%s:%" PRIu32 ":%" PRIu32 ")\n", place->file,
                place->line, place->column);
    else
        fprintf(stderr, " (function %" PRIu32 ", byte %" PRIu32 ")\n",
                place->function_index, place->offset);
}

// The innermost place in the game's own sources: whoever reads about a trap
// within the library wants to know who called it.
static const struct pm_trap_place *place_of(const struct pm_trap_info *trap)
{
    for (size_t i = 0; i < trap->count; i++)
        if (trap->stack[i].file && trap->stack[i].file[0] != '@')
            return &trap->stack[i];
    return trap->count ? trap->stack : NULL;
}

void cli_print_trap(const struct pm_trap_info *trap, const char *folder)
{
    const struct pm_trap_place *first = place_of(trap);
    struct pm_buf line;

    pm_buf_init(&line, &cli_alloc);
    if (first && first->file)
        pm_buf_printf(&line, "%s:%" PRIu32 ":%" PRIu32 ": ", first->file,
                      first->line, first->column);
    pm_buf_printf(&line, "error %s: %s", pm_trap_name(trap->code),
                  trap->message);
    const char *text = pm_buf_cstr(&line);
    cli_print_line(text ? text : "memory is short");
    pm_buf_free(&line);
    if (first)
        quote(first, folder);
    fprintf(stderr, "  at %s\n", trap->instruction);
    for (size_t i = 0; i < trap->count; i++)
        print_place(&trap->stack[i]);
    if (trap->depth > trap->count)
        fprintf(stderr, "  and %zu more calls\n", trap->depth - trap->count);
}
