// SPDX-License-Identifier: MIT
//
// Where a machine's files come from: saves, mounted directories, and faults
// that are injected below both.

#ifndef PM_CLI_STORAGE_H
#define PM_CLI_STORAGE_H

#include "cli.h"
#include "hosts/common/directory.h"
#include "hosts/common/os_fault.h"
#include "hosts/common/saves.h"

// Options of run, with their lines of help.
#define CLI_STORAGE_HELP                                                       \
    "  --saves DIR|none      where /save is kept; without it in a window the\n" \
    "                        user's own folder, headless none: memory\n"       \
    "  --mount NAME=DIR[:rw] a directory that the game sees as /host/NAME, to\n" \
    "                        be read or, with :rw, written; several times\n"   \
    "  --inject PLAN         makes storage fail: disk-full@write:3, \n"        \
    "                        io-error@sync:1+, kill@write:9 (docs/spec/\n"     \
    "                        tools.md)\n"

struct cli_storage {
    // What the options said.
    const char *saves;
    struct cli_list mount_texts;
    const char *inject;
    // The cartridge, as stores are bound to it.
    struct pm_store_owner cartridge;
    bool may_ask; // there is somebody to ask

    const struct pm_os *os;
    struct pm_os_fault *fault;
    char folder[PM_SAVES_PATH]; // "": none
    struct pm_store store;
    struct pm_host_directory *directories[16];
    struct pm_mount mounts[16];
    char *names[16];
    size_t mount_count;
};

// Opens what the options name and puts it into [config]. [path] is the
// cartridge's. CLI_OK, or the exit code after a message.
int cli_storage_open(struct cli_storage *storage, const char *path,
                     bool is_headless, struct pm_machine_config *config);
// After the machine has been destroyed.
void cli_storage_close(struct cli_storage *storage);

// What the injected faults met, on standard error; nothing without a plan.
void cli_storage_report(const struct cli_storage *storage);

// The folder of saves that [option] names, or the default one. False, with a
// message, when there is none.
bool cli_saves_folder(const char *option, char *out, size_t room);

#endif
