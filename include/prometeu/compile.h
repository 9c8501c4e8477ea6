// SPDX-License-Identifier: MIT
//
// The compiler of PBS as a library: files go in as texts, and out come
// diagnostics with places and, when all is well, the bytes of a module. It
// reads and writes no file itself, and is made to live as long as an editor:
//
//     struct pm_compiler *compiler;
//     const struct pm_compile_result *result;
//     pm_compiler_create(NULL, &compiler);
//     pm_compiler_set_file(compiler, "src/main.pbs", text, size);
//     if (pm_compiler_build(compiler, NULL, &result) == PM_OK)
//         load(result->module, result->module_size);
//     for (size_t i = 0; i < result->count; i++)
//         show(&result->diags[i]);
//     pm_compiler_destroy(compiler);
//
// A file is read again only when its text has changed: its tokens and its
// tree are kept otherwise. Broken texts give what can be had of them, and
// diagnostics for all of it. The result depends on the files alone, not on
// the order in which they came or what was there before.
//
// Which module a file belongs to is told by its path: "src/enemies/boss.pbs"
// is part of the module "enemies"; "tests/enemies/boss.pbs" sees that module
// as one of its files and takes part only where tests are wanted. A path that
// begins with neither is a program by itself. The library (@std, @sdk) is
// within the compiler.

#ifndef PROMETEU_COMPILE_H
#define PROMETEU_COMPILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// The largest text of a file, in bytes.
#define PM_COMPILE_MAX_TEXT ((size_t)16 << 20)

struct pm_compiler;
struct pm_call_decl; // <prometeu/domain.h>

// Zeroes are the defaults.
struct pm_compiler_config {
    // Where memory comes from; without [resize]: malloc.
    struct pm_allocator alloc;
    // The calls of an embedder's own domains, with ids from 0x8000 on, beside
    // the console's. Copied but for their texts, which must outlive the
    // compiler.
    const struct pm_call_decl *calls;
    size_t call_count;
};

// Creates a compiler without files. [config] may be NULL. Fails with
// PM_ERR_NO_MEMORY, and like pm_registry_add for the embedder's calls:
// PM_ERR_INVALID, PM_ERR_EXISTS.
pm_status pm_compiler_create(const struct pm_compiler_config *config,
                             struct pm_compiler **out);
// NULL is fine.
void pm_compiler_destroy(struct pm_compiler *compiler);

// --- files -------------------------------------------------------------------

// Adds a file or gives it another text; both are copied. [path] has "/"
// between its parts and is relative to the project. The same text as before
// costs no more than comparing it. Fails with PM_ERR_NO_MEMORY, or
// PM_ERR_LIMIT for a text of more than PM_COMPILE_MAX_TEXT bytes: nothing has
// changed then.
pm_status pm_compiler_set_file(struct pm_compiler *compiler, const char *path,
                               const char *text, size_t size);
// Takes a file out again; one that is not there is fine.
void pm_compiler_remove_file(struct pm_compiler *compiler, const char *path);

// The text of a file as it was set, or of one of the library that was part of
// a program ("@std/list.pbs"); NULL when there is none. Lives until the file
// is set or removed.
const char *pm_compiler_text(const struct pm_compiler *compiler,
                             const char *path, size_t *out_size);

// How often a text has been read since the compiler was made: tests see by it
// that what has not changed is not read again.
uint64_t pm_compiler_read_count(const struct pm_compiler *compiler);

// --- compiling ---------------------------------------------------------------

// What can be shown on the way from text to module (docs/spec/pbs.md,
// "Lowering").
enum pm_compile_stage {
    PM_COMPILE_NO_DUMP = 0,
    PM_COMPILE_TOKENS,
    PM_COMPILE_TREE,
    PM_COMPILE_NAMES,
    PM_COMPILE_TYPES,
    PM_COMPILE_LOWERED,
    PM_COMPILE_OPTIMISED,
    PM_COMPILE_MODULE, // as assembler text
};

// "tokens", "tree" and so on; NULL for NO_DUMP and what is no stage.
const char *pm_compile_stage_name(enum pm_compile_stage stage);

// Zeroes are the defaults.
struct pm_compile_options {
    // The program's name in the module; NULL: "program".
    const char *name;
    // Files of tests/ take part too; files outside of src and tests may have
    // [Test] functions. No [Frame] is needed.
    bool with_tests;
    // Of the files with tests only this one takes part, and those that have
    // no [Test] in them, which are there to help others; NULL: all.
    const char *test_file;
    // The [Test] function that is the program: it runs once, behind the [Init]
    // functions of the files with tests, and the program ends. NULL: the
    // program is [Init] and [Frame]; with [with_tests] all is checked and there
    // is no module.
    const char *test;
    // With [has_capabilities]: the capability bits that the program will have
    // (<prometeu/cart.h>). What needs another one is told where the program
    // uses it.
    bool has_capabilities;
    uint32_t capabilities;
    // Looks only at what [test] needs: after a check of everything, with the
    // same files, it is the same program and much sooner there.
    bool only_needed;
    // Checks all functions of the library's modules that take part, not only
    // those that are used: for tests of the library.
    bool check_library;
    // Leaves out the optimiser. The program does the same.
    bool no_optimise;
    // A stage that is shown in the result, as text.
    enum pm_compile_stage dump;
};

// Where something is. Lines and columns count from 1, columns in bytes.
struct pm_compile_place {
    const char *file; // the path that was set; NULL: nowhere
    uint32_t start;   // bytes from the start of the text, [start, end)
    uint32_t end;
    uint32_t line;
    uint32_t column;
    uint32_t end_line;
    uint32_t end_column;
};

// Another place that has to do with a message: "first declared here".
struct pm_compile_note {
    struct pm_compile_place place;
    const char *text;
};

// One mistake. All texts are safe to show: what came from a source is
// escaped.
struct pm_compile_diag {
    bool is_error;     // else a warning
    const char *code;  // "PBS0301"
    const char *title; // the sentence of the code, the same each time
    const char *text;  // what was found, what was wanted
    struct pm_compile_place place;
    const char *help; // what to do; NULL: none
    // The text that would mend it in place of [fix_place]; NULL: none.
    const char *fix;
    struct pm_compile_place fix_place;
    const struct pm_compile_note *notes;
    size_t note_count;
};

// A function that is marked [Test].
struct pm_compile_test {
    const char *name;
    struct pm_compile_place place; // the whole function
};

// Belongs to the compiler; lives until its next call that is given a
// compiler which is not const.
struct pm_compile_result {
    const struct pm_compile_diag *diags; // by file and place
    size_t count;
    size_t errors;
    size_t warnings;
    size_t dropped; // beyond the 500 that are kept; errors among them count
                    // as errors too
    const struct pm_compile_test *tests; // by file and place
    size_t test_count;
    const uint8_t *module; // NULL: none was made
    size_t module_size;
    const char *dump; // NULL: none was asked for, or it was not reached
    size_t dump_size;
};

// Looks for mistakes. PM_OK when there are no errors, else PM_ERR_INVALID;
// PM_ERR_NO_MEMORY when memory was short: the result may have less then than
// there is. [options] may be NULL. [out] is always given a result.
pm_status pm_compiler_check(struct pm_compiler *compiler,
                            const struct pm_compile_options *options,
                            const struct pm_compile_result **out);

// The same, and makes the module when there are no errors.
pm_status pm_compiler_build(struct pm_compiler *compiler,
                            const struct pm_compile_options *options,
                            const struct pm_compile_result **out);

// The canonical layout of a file's text. Stores it in [out], which belongs to
// the compiler like a result, with a NUL behind it. PM_ERR_NOT_FOUND without
// such a file; PM_ERR_INVALID when it has mistakes of reading, which are in
// [out_result] (may be NULL).
pm_status pm_compiler_format(struct pm_compiler *compiler, const char *path,
                             const char **out, size_t *out_size,
                             const struct pm_compile_result **out_result);

// --- codes -------------------------------------------------------------------

// One kind of message. The texts are constant.
struct pm_compile_code {
    const char *code;  // "PBS0301"
    const char *title; // a sentence without its full stop
    const char *explanation;
    // A program that gives the message: src/main.pbs up to the first line
    // "// file: PATH", which begins another file; "<<3 times: x#>>" stands for
    // "x0x1x2".
    const char *example;
};

// All codes in ascending order: how many there are, and one of them.
size_t pm_compile_code_count(void);
struct pm_compile_code pm_compile_code_at(size_t index);

// --- places ------------------------------------------------------------------

// The place of the bytes [start, end) of a file; offsets behind its end mean
// its end. False when there is no such file.
bool pm_compiler_place(const struct pm_compiler *compiler, const char *path,
                       uint32_t start, uint32_t end,
                       struct pm_compile_place *out);

// As the language server protocol counts: lines and UTF-16 units of a line,
// both from 0.
struct pm_compile_utf16 {
    uint32_t line;
    uint32_t character;
};

// False when there is no such file. A place within a character or behind the
// end means the next one before it.
bool pm_compiler_to_utf16(const struct pm_compiler *compiler, const char *path,
                          uint32_t offset, struct pm_compile_utf16 *out);
bool pm_compiler_from_utf16(const struct pm_compiler *compiler,
                            const char *path, struct pm_compile_utf16 place,
                            uint32_t *out_offset);

#ifdef __cplusplus
}
#endif

#endif
