// SPDX-License-Identifier: MIT
//
// What the subcommands of "prometeu saves" share: one application's saves,
// opened as the machine would.

#ifndef PM_CLI_SAVES_H
#define PM_CLI_SAVES_H

#include "cli.h"
#include "fs/tree.h"
#include "fs/writeback.h"
#include "hosts/common/saves.h"
#include "memcard/memcard.h"

struct cli_saves {
    const char *folder;
    uint32_t app_id;
    struct pm_store store;
    struct pm_writeback *writeback;
    struct pm_volume *volume;
    struct pm_card *card;
};

// Opens them, to be looked at or, with [may_write], changed. A message when
// it cannot be; the answer is CLI_OK or the exit code.
int cli_saves_open(struct cli_saves *saves, bool may_write);
void cli_saves_close(struct cli_saves *saves);

// Calls [visit] for each file and directory of the volume, a directory before
// what is in it, in byte order of names. [path] is relative ("a/b"). Ends
// with the first status that is not OK.
pm_fs_status
cli_saves_walk(struct cli_saves *saves,
               pm_fs_status (*visit)(void *context, struct cli_saves *saves,
                                     struct pm_path path, pm_fs_kind kind),
               void *context);

// Checks every byte of what application [app_id] or, with NULL, each one has
// saved, and prints what was found. The answer is the worst exit code.
int cli_saves_check(const char *folder, const uint32_t *app_id, bool is_json);

// Writes all of an application's saves into a folder that is new or empty.
int cli_saves_export(struct cli_saves *saves, const char *folder);

// Reads what export wrote into saves that are new and nobody's yet; stores how
// many files that were.
int cli_saves_import(struct cli_saves *saves, const char *folder,
                     uint64_t *out_files);

// "FOLDER/save/PATH", to be freed with cli_free_text.
char *cli_saves_path(const char *folder, struct pm_path path);

#endif
