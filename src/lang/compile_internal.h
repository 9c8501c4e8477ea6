// SPDX-License-Identifier: MIT
//
// What the files of the compile interface share.

#ifndef PM_LANG_COMPILE_INTERNAL_H
#define PM_LANG_COMPILE_INTERNAL_H

#include <prometeu/compile.h>

#include "lang/ast.h"
#include "lang/check.h"
#include "lang/compile_registry.h"

// A file with what reading it gave, kept while the text is the same.
struct pm_compile_file {
    const char *path; // as it was set: within the block of this struct
    const char *text;
    size_t size;
    size_t block; // bytes of the block
    bool is_library;
    bool is_test;          // it stands below tests/
    struct pm_text module; // "enemies", within [path] or the library's table
    bool is_read;
    struct pm_arena arena; // tokens, tree, and texts of the report
    struct pm_lang_report report;
    struct pm_parsed parsed;
    // Imported modules of the library ("@std/list"), in the arena.
    struct pm_text *imports;
    uint32_t import_count;
    uint32_t test_count; // [Test] functions in it
    bool takes_part;     // in the program that is being compiled
};

struct pm_compiler {
    struct pm_allocator alloc;
    struct pm_registry *registry;
    struct pm_compile_file **files; // by path
    size_t file_count;
    size_t file_capacity;
    uint64_t read_count;
    // Of the last result.
    struct pm_arena arena;
    struct pm_lang_report report; // what the stages behind reading say
    bool has_report;
    struct pm_check_file *inputs; // files that take part, by number
    struct pm_compile_file **parts;
    uint32_t part_count;
    struct pm_buf module;
    struct pm_buf dump;
    struct pm_compile_result result;
};

// What the last call gave is gone.
void pm_compile_drop_result(struct pm_compiler *compiler);

// pm_compiler_set_file without that, and without the limit of size.
pm_status pm_compile_put_file(struct pm_compiler *compiler, const char *path,
                              const char *text, size_t size);
void pm_compile_free_file(struct pm_compiler *compiler,
                          struct pm_compile_file *file);

struct pm_compile_file *pm_compile_find(const struct pm_compiler *compiler,
                                        const char *path);

// Reads a file when that was not done since its text was set.
// PM_ERR_NO_MEMORY.
pm_status pm_compile_read(struct pm_compiler *compiler,
                          struct pm_compile_file *file);

// Reads what has to be read, and numbers the files that are part of the
// program: the project's, those that import of the library, and the prelude.
// PM_ERR_NO_MEMORY.
pm_status pm_compile_choose(struct pm_compiler *compiler,
                            const struct pm_compile_options *options);

// Makes the public form of all that was reported about the files that take
// part, and of the tests in them. PM_ERR_NO_MEMORY.
pm_status pm_compile_result_make(struct pm_compiler *compiler);

// Takes out of the report of the stages behind reading what is told only
// because something was not read (compile_consequences.c). False: memory is
// short.
bool pm_compile_drop_consequences(struct pm_compiler *compiler);

void pm_compile_place_in(const struct pm_compile_file *file, uint32_t start,
                         uint32_t end, struct pm_compile_place *out);

// The dumps that need no more than the trees, and those of a program; each
// does nothing for another stage.
void pm_compile_dump_trees(struct pm_compiler *compiler,
                           enum pm_compile_stage stage);
void pm_compile_dump_program(struct pm_compiler *compiler,
                             const struct pm_low_program *program,
                             enum pm_compile_stage stage, bool is_optimised);
// Fails with PM_ERR_NO_MEMORY, or as reading the module does.
pm_status pm_compile_dump_module(struct pm_compiler *compiler);

// The name of a FILE's item, when it is a function marked [Test].
bool pm_compile_is_test(const struct pm_parsed *parsed,
                        const struct pm_ast *item);

#endif
