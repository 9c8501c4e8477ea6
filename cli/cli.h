// SPDX-License-Identifier: MIT
//
// What the commands share: options, messages, and getting at cartridges.
//
// A command returns the program's exit code.

#ifndef PM_CLI_H
#define PM_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/cart.h>
#include <prometeu/machine.h>
#include <prometeu/status.h>

#include "base/buf.h"
#include "base/diag.h"
#include "bytecode/bytecode.h"

enum cli_exit {
    CLI_OK = 0,
    CLI_BAD = 1,   // the thing that was checked or run is bad
    CLI_USAGE = 2, // the command was used wrongly
    CLI_WORLD = 3, // disk, device or memory failed
};

struct cli_command {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
};

// All commands; the table is in main.c.
extern const struct cli_command cli_commands[];
extern const size_t cli_command_count;

int cli_asm(int argc, char **argv);
int cli_build(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_diff(int argc, char **argv);
int cli_dis(int argc, char **argv);
int cli_doctor(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_fmt(int argc, char **argv);
int cli_inspect(int argc, char **argv);
int cli_new(int argc, char **argv);
int cli_pack(int argc, char **argv);
int cli_run(int argc, char **argv);
int cli_saves(int argc, char **argv);
int cli_test(int argc, char **argv);
int cli_unpack(int argc, char **argv);
int cli_verify(int argc, char **argv);

// The allocator of the command line.
extern struct pm_allocator cli_alloc;
// Fills it in, before anything else is done.
void cli_memory_begin(void);

// --- options -----------------------------------------------------------------

enum cli_option_kind {
    CLI_FLAG,     // bool
    CLI_TEXT,     // const char *, "--name VALUE" or "--name=VALUE"
    CLI_MAY_TEXT, // const char *, "--name" gives "", or "--name=VALUE"
    CLI_NUMBER,   // uint64_t, least..greatest
    CLI_LIST,     // struct cli_list, "--name VALUE" as often as it has room
};

struct cli_list {
    const char *items[16];
    size_t count;
};

struct cli_option {
    const char *name; // with its dashes
    enum cli_option_kind kind;
    void *target;
    uint64_t least;
    uint64_t greatest;
};

// Goes through the arguments behind the command. What is no option goes to
// [words], of which there may be [least] to [most]; [out_count] says how
// many. Gives -1 to go on, or the exit code: after "--help", which prints
// [help], or after a message about wrong use.
int cli_options(int argc, char **argv, const char *help,
                const struct cli_option *options, size_t option_count,
                const char **words, size_t least, size_t most,
                size_t *out_count);

// The nearest of [names] to [word], or NULL when none is near.
const char *cli_nearest(const char *word, const char *const *names,
                        size_t count);

// --- messages ----------------------------------------------------------------

// While not NULL, messages go there (findings.h) and not to standard error.
struct cli_capture;
extern struct cli_capture *cli_captured;

// While not NULL and empty, the first error's line goes there too.
extern struct pm_buf *cli_first_error;

// "prometeu: …" on standard error.
void cli_error(const char *format, ...) PM_PRINTF(1, 2);

// Says that memory is short, and ends the program.
_Noreturn void cli_no_memory(void);

// Whether colours are wanted on standard output (1) or standard error (2).
bool cli_has_colour(int stream);

// cli_error for a file that could not be had: "FILE: text".
void cli_file_error(const char *path, pm_status status, const char *host_error);

// CLI_WORLD for what the world does, CLI_BAD for bad content.
int cli_exit_for(pm_status status);

// A text that messages may quote lines of.
struct cli_source {
    const char *file;  // as messages show it
    const char *named; // as places name it; NULL: the same
    const char *text;
    size_t size;
};

// Writes diagnostics to standard error, with the line of the source and a
// caret below where the place is in [source] (may be NULL).
void cli_print_diags(const struct pm_diags *diags,
                     const struct cli_source *source);

// Writes one message of the library to standard error.
void cli_print_line(const char *line);

// The line of a source with a caret below; nothing when there is no such
// line.
void cli_print_caret(const struct cli_source *source, uint32_t line,
                     uint32_t column, bool is_error);

enum cli_tone {
    CLI_TONE_ERROR,
    CLI_TONE_WARNING,
    CLI_TONE_NOTE,
};

// The same with the line's number in front, and all of the columns from
// [column] to before [end_column] underlined that are on the line.
void cli_print_underlined(const struct cli_source *source, uint32_t line,
                          uint32_t column, uint32_t end_column,
                          enum cli_tone tone);

// Hostile text on standard output or into a report.
void cli_put_escaped(struct pm_buf *out, const char *text);

// Writes the buffer to standard output; CLI_WORLD when that fails.
int cli_write_out(struct pm_buf *out);

// --- files -------------------------------------------------------------------

// Reads a whole file, with a message when it cannot be. Free with
// cli_free_file.
struct cli_file {
    uint8_t *data;
    size_t size;
};
pm_status cli_read_file(const char *path, size_t limit, struct cli_file *out);
void cli_free_file(struct cli_file *file);

// Writes a file whole or not at all, with a message when it cannot be.
pm_status cli_write_file(const char *path, const void *data, size_t size);

// Flushes a folder: the names in it last. False with errno.
bool cli_sync_folder(const char *path);
// Removes a folder of ours and the files in it, as far as it goes.
void cli_remove_folder(const char *path);

// "a/b", to be freed with cli_free_text. Ends the program when memory is
// short.
char *cli_path(const char *folder, const char *name);
char *cli_copy(const char *text, size_t size);
void cli_free_text(char *text);

// --- what a file is ----------------------------------------------------------

enum cli_kind {
    CLI_KIND_NONE,    // no such file, or it cannot be read (message given)
    CLI_KIND_UNKNOWN, // a file of another kind
    CLI_KIND_FOLDER,  // a directory of another kind
    CLI_KIND_PROJECT, // a directory with prometeu.json
    CLI_KIND_CART,    // a directory with manifest.json or program.pbx
    CLI_KIND_PACKAGE, // .pmc
    CLI_KIND_PROGRAM, // .pbx
    CLI_KIND_ASSETS,  // .pa
    CLI_KIND_MANIFEST,
    CLI_KIND_SCRIPT, // input script
    CLI_KIND_SOURCE, // assembler text
    CLI_KIND_PBS,    // source in PBS
};

// Looks at the content first, then at the name. [out_status] says why for
// CLI_KIND_NONE.
enum cli_kind cli_kind_of(const char *path, pm_status *out_status);
const char *cli_kind_name(enum cli_kind kind);

// --- programs and cartridges -------------------------------------------------

// Names of the intrinsics for assembler and disassembler.
const struct pm_intrinsic_names *cli_intrinsics(void);

// Assembles a text; faults are printed. [file] names it in messages, [named]
// (NULL: the same) in the program's debug data, where a project's files stand
// without the folder that the project happens to be in.
pm_status cli_assemble(const char *file, const char *named, const char *text,
                       size_t size, struct pm_buf *out);

// Compiles or assembles one file to a program; what is wrong is printed.
// CLI_OK or the exit code.
int cli_compile_file(const char *path, struct pm_buf *out);

// Reads and links a program for what is wrong with it, with all capabilities
// and the console's own domains; [strict] as in link/link.h.
struct pm_diags;
pm_status cli_link(const char *file, const void *program, size_t size,
                   bool strict, struct pm_diags *diags);

// The files of a cartridge: from a directory, or from memory where they were
// just made.
struct cli_cart {
    char *folder; // NULL: only memory
    struct pm_file *open[8];
    size_t open_count;
    struct pm_buf manifest;
    struct pm_buf program;
    struct pm_buf assets;
    struct pm_buf label;
    // A package instead of all that.
    struct pm_file *package;
};

void cli_cart_init(struct cli_cart *cart);
void cli_cart_free(struct cli_cart *cart);
struct pm_cart_files cli_cart_files(struct cli_cart *cart);

// Builds a project folder in memory; faults are printed. CLI_OK, or the exit
// code. [packing] says how its assets are packed (pack.h; NULL: as usual).
// [out_name] (may be NULL) receives the project's name, to be freed with
// cli_free_text.
struct cli_pack_options;
int cli_build_project(const char *folder, const char *profile,
                      const struct cli_pack_options *packing,
                      struct cli_cart *out, char **out_name);

// The same for who builds a project again and again: sources that have not
// changed since the last time are not read anew. [kept] (pbs.h) is of this
// folder.
struct cli_pbs;
int cli_rebuild_project(struct cli_pbs *kept, const char *profile,
                        const struct cli_pack_options *packing,
                        struct cli_cart *out, char **out_name);

// The same without the program, for tests of it: with the capability log,
// whether the project asks for it or not.
int cli_build_test_project(const char *folder, struct cli_cart *out);
// The capability bits that a project asks for. CLI_OK, or the exit code after
// messages about its prometeu.json.
int cli_project_capabilities(const char *folder, uint32_t *out);
// The manifest of a cartridge of one source.
void cli_write_source_manifest(const char *path, const char *profile,
                               struct pm_buf *out);

// Makes a cartridge of one source, PBS or assembler text: it may use every
// call of the console that needs no assets.
int cli_build_source(const char *path, const char *profile,
                     struct cli_cart *out);

// Opens whatever [path] is for running: project, cartridge, package, source.
// CLI_OK, or the exit code, with a message.
int cli_open_cart(const char *path, const char *profile, struct cli_cart *out);

// All that can be checked of an opened cartridge: as loading would, and every
// byte of its assets. Faults are printed. CLI_OK or the exit code.
int cli_check_cart(struct cli_cart *cart);

// Loads it into a machine; faults are printed.
pm_status cli_load(struct pm_machine *machine, struct cli_cart *cart);

// Prints a trap for people.
void cli_print_trap(const struct pm_trap_info *trap, const char *folder);

#endif
