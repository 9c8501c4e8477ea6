// SPDX-License-Identifier: MIT
//
// One small volume or memory card under pm_fs, whose every device can be made
// to fail: what the matrix of statuses is run over (test_matrix.c).
//
// Each world has a file "f" of 5 bytes, "g", a directory "d" with "d/g" and an
// empty directory "e" (/cart: the files that cartridges have), and beside it
// a volume /other. Limits are small, so that each is met soon.

#ifndef PM_TEST_FS_MATRIX_WORLD_H
#define PM_TEST_FS_MATRIX_WORLD_H

#include "fs/fs.h"
#include "fs/writeback.h"
#include "memcard/memcard.h"
#include "support/fault_alloc.h"
#include "support/mem_directory.h"
#include "support/mem_store.h"

enum mx_place {
    MX_SAVE,
    MX_DAMAGED, // /save over a store whose names cannot be trusted
    MX_SCRATCH,
    MX_CART,
    MX_HOST_READ,
    MX_HOST_WRITE,
    MX_PLACES,
};

#define MX_FILE_LIMIT 64u
#define MX_QUOTA      100u
#define MX_ENTRIES    7u

// What goes wrong in a run, from the moment that it is armed.
enum mx_fault {
    MX_NOTHING,
    MX_MEMORY,    // allocation [at] fails
    MX_STORE,     // call [at] of the store answers [status]
    MX_FLUSH,     // the device does not confirm
    MX_NO_ROOM,   // the store's device is full
    MX_FLIP,      // a bit of item [at] of the store is wrong
    MX_DIRECTORY, // call [at] of the directory answers [status]
    MX_SOURCE,    // the cartridge's file cannot be read
    MX_FAULTS,
};

struct mx_plan {
    enum mx_fault fault;
    uint64_t at;
    pm_fs_status status;
};

struct mx_world {
    enum mx_place place;
    struct pm_fault_alloc memory;
    struct pm_allocator alloc;
    struct pm_mem_store store;
    struct pm_writeback *writeback;
    struct pm_mem_directory directory;
    struct pm_fs *fs;
    struct pm_card *card;
    bool source_fails;
};

// Makes the world; false when what [plan] says of its making was met: a
// flipped bit that shows at once, or an item that there is not.
bool mx_open(struct mx_world *world, enum mx_place place,
             const struct mx_plan *plan);
void mx_close(struct mx_world *world);

// From here on the plan holds; gives back whether it was met.
void mx_arm(struct mx_world *world, const struct mx_plan *plan);
bool mx_disarm(struct mx_world *world, const struct mx_plan *plan);

// "/save", "/host/h": what stands before the names.
const char *mx_prefix(enum mx_place place);

#endif
