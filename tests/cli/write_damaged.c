// SPDX-License-Identifier: MIT
//
// Writes every damaged file of the corpora into a folder, for the test of the
// command line: NAME.EXT, and in expected.txt a line "NAME.EXT<tab>piece of
// the message" each ("-" for a good file).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asm/asm.h"
#include "base/check.h"
#include "support/cart_world.h"
#include "support/damaged.h"
#include "support/damaged_pbx.h"
#include "support/refused_programs.h"

static const char *folder;
static FILE *list;
static int number;

static void write_file(const char *ending, const void *bytes, size_t size,
                       const char *expected)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/%04d.%s", folder, number, ending);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file)) {
        perror(path);
        exit(3);
    }
    // Messages of other lines cannot be looked for in one.
    fprintf(list, "%04d.%s\t%s\n", number, ending, expected ? expected : "-");
    number++;
}

static void put_damaged(void *context, const struct pm_damaged *file)
{
    const char *expected = file->expected;

    // A ZIP is one, whatever its name; and the good package of the corpus
    // holds no real program.
    if (file->kind == PM_DAMAGED_ASSETS && file->size > 4 &&
        memcmp(file->bytes, "PK\3\4", 4) == 0)
        expected = "error PMC-";
    if (file->kind == PM_DAMAGED_PMC && !expected)
        expected = "program.pbx:+0: error PBX-HEADER";
    write_file(context, file->bytes, file->size, expected);
}

static void put_refused(void)
{
    struct pm_allocator alloc = pm_allocator_libc();

    for (size_t i = 0; i < PM_ARRAY_LEN(pm_refused_programs); i++) {
        const struct pm_refused_program *row = &pm_refused_programs[i];
        struct pm_buf bytes;
        struct pm_diags diags;
        pm_buf_init(&bytes, &alloc);
        pm_diags_init(&diags, &alloc);
        if (pm_assemble(row->text, strlen(row->text), "p.pasm",
                        pm_test_intrinsics(), &alloc, &diags, &bytes) == PM_OK)
            write_file("pbx", bytes.data, bytes.size, row->code);
        pm_diags_free(&diags);
        pm_buf_free(&bytes);
    }
}

static void put_pbx(void)
{
    struct pm_allocator alloc = pm_allocator_libc();

    for (size_t i = 0; i < pm_damaged_pbx_count(); i++) {
        const char *name;
        const char *fragment;
        struct pm_buf bytes;
        pm_buf_init(&bytes, &alloc);
        pm_damaged_pbx(i, &bytes, &name, &fragment);
        write_file("pbx", bytes.data, bytes.size, fragment);
        pm_buf_free(&bytes);
    }
}

int main(int argc, char **argv)
{
    static char pa[] = "pa";
    static char json[] = "json";
    static char pmc[] = "pmc";
    char path[1024];

    if (argc != 2) {
        fprintf(stderr, "usage: write_damaged FOLDER\n");
        return 2;
    }
    folder = argv[1];
    snprintf(path, sizeof path, "%s/expected.txt", folder);
    list = fopen(path, "w");
    if (!list) {
        perror(path);
        return 3;
    }
    pm_damaged_each(PM_DAMAGED_ASSETS, put_damaged, pa);
    pm_damaged_each(PM_DAMAGED_MANIFEST, put_damaged, json);
    pm_damaged_each(PM_DAMAGED_PMC, put_damaged, pmc);
    put_pbx();
    put_refused();
    printf("%d files\n", number);
    return fclose(list) ? 3 : 0;
}
