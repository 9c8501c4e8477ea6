// SPDX-License-Identifier: MIT
//
// Machines with files, for tests: a store and two directories in memory, and
// programs that tell what they were answered.
//
// A program's main function is given as text; around it are all calls of the
// modules fs and mem and these functions, each of which logs its name with the
// status, or what it found:
//
//     put (path, text)               "put 0"        fs.replace
//     show (path)                    "the content"  open, read, close
//     content (file)                 "the content"  fs.read
//     write (file, offset, text)     "write 0"
//     stage (slot, text)             "stage 0"      mem.slot_write
//     card (slot)                    "the content"  mem.slot_read
//     state (slot)                   "state 2"      mem.slot_stat
//     tell (status, what)
//
// and the globals f, g: File, dir: Cursor, n: i64.

#ifndef PM_TEST_MACHINE_FILES_WORLD_H
#define PM_TEST_MACHINE_FILES_WORLD_H

#include "support/cart_world.h"
#include "support/fault_alloc.h"
#include "support/mem_directory.h"
#include "support/mem_store.h"
#include "support/test.h"

struct files_world {
    struct pm_fault_alloc memory;
    struct pm_mem_store store;
    struct pm_mem_directory read; // mounted as /host/r
    struct pm_mem_directory work; // mounted as /host/w, to be written
    struct pm_mount mounts[2];
    struct pm_machine_config config;
    // Of struct pm_saves: what open answers, and what was asked.
    pm_fs_status open_status;
    const char *why;
    unsigned opened;
    unsigned closed;
    uint32_t app_id; // of the last open
    // Lines of the log, each with ';' behind, with "[2]" before where it is
    // not the program's.
    char log[4096];
};

void fw_enter(struct files_world *world);
// Checks that nothing is left: memory, files, stores.
void fw_leave(struct files_world *world);

// A cartridge of application [app_id] with the capabilities fs and log.
struct pm_test_cart fw_cart(const char *profile, uint32_t app_id,
                            const char *body);
// A machine that has loaded a cartridge of profile JAM and application 7.
struct pm_machine *fw_boot(struct files_world *world, const char *body);
// Loads another one; gives the report's text.
pm_status fw_load(struct pm_machine *machine, uint32_t app_id, const char *body,
                  const char **out_report);
// Runs until the program ends, at most [ticks]; gives the last result.
int fw_run(struct pm_machine *machine, int ticks);
// The whole life of a machine: boot, run to its end, destroy. Gives how it
// ended.
int fw_play(struct files_world *world, const char *body);
// Checks what the log says and empties it.
#define LOGGED(world, text)                                                    \
    do {                                                                       \
        CHECK_STR((world)->log, text);                                         \
        (world)->log[0] = '\0';                                                \
    } while (0)

struct pm_fingerprint fw_print(struct pm_machine *machine);
bool fw_same(struct pm_fingerprint a, struct pm_fingerprint b);

#endif
