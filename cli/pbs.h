// SPDX-License-Identifier: MIT
//
// Sources in PBS for the commands: read from files, compiled, and what is
// wrong with them told.

#ifndef PM_CLI_PBS_H
#define PM_CLI_PBS_H

#include <prometeu/compile.h>

#include "cli.h"
#include "json.h"

struct cli_pbs {
    struct pm_compiler *compiler;
    // In front of the files' names in messages; NULL: nothing.
    const char *folder;
    // What cli_pbs_rebuild has set: names below "src", in the order of their
    // bytes.
    char **names;
    size_t name_count;
};

// Ends the program when memory is short. [folder] is a project's, or NULL for
// files that stand alone; it must outlive the sources.
void cli_pbs_init(struct cli_pbs *pbs, const char *folder);
void cli_pbs_free(struct cli_pbs *pbs);

// Adds all sources below a folder of the project, "src" or "tests"; one that
// is not there is empty. [wants] (NULL: all) may refuse some by their text.
// CLI_OK or the exit code, after a message.
int cli_pbs_add_folder(struct cli_pbs *pbs, const char *name,
                       bool (*wants)(const char *text, size_t size),
                       size_t *out_count);

// Adds one file; [out_name] (may be NULL) receives what the compiler calls
// it, to be freed with cli_free_text.
int cli_pbs_add_file(struct cli_pbs *pbs, const char *path, char **out_name);

// Whether a folder of a project has sources in PBS.
bool cli_pbs_has_sources(const char *folder);

// "folder/name", or the name alone in the current directory. To be freed with
// cli_free_text.
char *cli_pbs_below(const char *folder, const char *name);

// Whether a name is a source's.
bool cli_pbs_is_source(const char *name);

// Whether a name below a folder is a source's, or a folder's that is looked
// into.
bool cli_pbs_wants(const char *name);

// Compiles a project's program, or a single file, and appends the module.
// Everything is printed.
int cli_pbs_build_project(const char *folder,
                          const struct pm_compile_options *options,
                          struct pm_buf *out);
int cli_pbs_build_file(const char *path,
                       const struct pm_compile_options *options,
                       struct pm_buf *out);

// Compiles the program of the project once more: only what has changed is read
// anew, and files that are gone are part of it no more.
int cli_pbs_rebuild(struct cli_pbs *pbs,
                    const struct pm_compile_options *options,
                    struct pm_buf *out);

// --- messages ----------------------------------------------------------------

// "3 errors, 1 warning"; nothing when there is nothing.
void cli_pbs_count(size_t errors, size_t warnings);

// Prints all diagnostics of a result with the lines they are about, and how
// many there are.
void cli_pbs_print(const struct cli_pbs *pbs,
                   const struct pm_compile_result *result);

// One diagnostic, without a count.
void cli_pbs_print_diag(const struct cli_pbs *pbs,
                        const struct pm_compile_diag *diag);

// Appends one diagnostic as an object of JSON.
void cli_pbs_put_json(const struct cli_pbs *pbs,
                      const struct pm_compile_diag *diag,
                      struct pm_json_writer *w);

// The file's name as people know it: with the project's folder. To be freed
// with cli_free_text.
char *cli_pbs_shown(const struct cli_pbs *pbs, const char *file);

// The stage with this name; NO_DUMP, after a message, for another.
enum pm_compile_stage cli_pbs_stage(const char *command, const char *name);

#endif
