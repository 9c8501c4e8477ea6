// SPDX-License-Identifier: MIT
//
// write_damaged FOLDER: writes every damaged file that the unit tests know,
// and one line for each into FOLDER/index.txt: file name, a tab, and a piece
// of the message that "prometeu verify" must print about it.
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asm/asm.h"
#include "base/check.h"
#include "support/damaged.h"
#include "support/damaged_pbx.h"
#include "support/refused_programs.h"

struct writer {
    const char *folder;
    const char *ending;
    FILE *index;
    int count;
};

static void die(const char *what)
{
    fprintf(stderr, "write_damaged: %s\n", what);
    exit(2);
}

static void write_file(struct writer *writer, const char *kind,
                       const char *name, const char *ending, const void *bytes,
                       size_t size, const char *fragment)
{
    char file[256];
    char path[1024];
    int length = snprintf(file, sizeof file - 8, "%03d-%s-%.100s",
                          writer->count++, kind, name);
    for (int i = 0; i < length; i++)
        if (!isalnum((unsigned char)file[i]) && file[i] != '-')
            file[i] = '_';
    snprintf(file + length, sizeof file - (size_t)length, "%s", ending);
    snprintf(path, sizeof path, "%s/%s", writer->folder, file);
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(bytes, 1, size, out) != size || fclose(out))
        die(path);
    fprintf(writer->index, "%s\t%s\n", file, fragment);
}

static void visit(void *context, const struct pm_damaged *file)
{
    struct writer *writer = context;
    // What begins like a package is taken for one by its content.
    if (file->expected && strcmp(file->name, "magic-zip") != 0)
        write_file(writer, writer->ending + 1, file->name, writer->ending,
                   file->bytes, file->size, file->expected);
}

static void write_kind(struct writer *writer, enum pm_damaged_kind kind,
                       const char *ending)
{
    writer->ending = ending;
    pm_damaged_each(kind, visit, writer);
}

static void write_modules(struct writer *writer)
{
    struct pm_allocator alloc = pm_allocator_libc();
    for (size_t i = 0; i < pm_damaged_pbx_count(); i++) {
        struct pm_buf bytes;
        const char *name;
        const char *fragment;
        pm_buf_init(&bytes, &alloc);
        pm_damaged_pbx(i, &bytes, &name, &fragment);
        write_file(writer, "pbx", name, ".pbx", bytes.data, bytes.size,
                   fragment);
        pm_buf_free(&bytes);
    }
}

static void write_programs(struct writer *writer)
{
    struct pm_allocator alloc = pm_allocator_libc();
    for (size_t i = 0; i < PM_ARRAY_LEN(pm_refused_programs); i++) {
        const struct pm_refused_program *row = &pm_refused_programs[i];
        struct pm_diags diags;
        struct pm_buf bytes;
        pm_diags_init(&diags, &alloc);
        pm_buf_init(&bytes, &alloc);
        if (pm_assemble(row->text, strlen(row->text), NULL, NULL, &alloc,
                        &diags, &bytes))
            die(row->name);
        write_file(writer, "program", row->name, ".pbx", bytes.data, bytes.size,
                   row->code);
        pm_buf_free(&bytes);
        pm_diags_free(&diags);
    }
}

int main(int argc, char **argv)
{
    struct writer writer = {.folder = argc == 2 ? argv[1] : NULL};
    char path[1024];
    if (!writer.folder)
        die("usage: write_damaged FOLDER");
    snprintf(path, sizeof path, "%s/index.txt", writer.folder);
    writer.index = fopen(path, "w");
    if (!writer.index)
        die(path);
    write_kind(&writer, PM_DAMAGED_ASSETS, ".pa");
    write_kind(&writer, PM_DAMAGED_PMC, ".pmc");
    write_kind(&writer, PM_DAMAGED_MANIFEST, ".json");
    write_modules(&writer);
    write_programs(&writer);
    return fclose(writer.index) != 0;
}
