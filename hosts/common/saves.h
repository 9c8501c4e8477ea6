// SPDX-License-Identifier: MIT
//
// A folder of saves: one store for each application (store.h), and which
// cartridge it belongs to.
//
// An app_id is bound to the first cartridge that used it, by the place where
// that lies or, for a package, by a fingerprint of its bytes. Another
// cartridge with the same app_id gets nothing unless somebody says so.

#ifndef PM_HOST_SAVES_H
#define PM_HOST_SAVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/fs.h>

#include "hosts/common/os.h"
#include "hosts/common/store.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PM_SAVES_PATH 4096

// Writes the default folder: $XDG_DATA_HOME/prometeu/saves, else
// $HOME/.local/share/prometeu/saves. False when neither variable is set, or
// it does not fit.
bool pm_saves_default(char *out, size_t room);

// The name of an application's database in its folder, "0000002a.db".
#define PM_SAVES_NAME 16
void pm_saves_name(uint32_t app_id, char out[PM_SAVES_NAME]);

// The app_id of such a name; false for another name.
bool pm_saves_parse_name(const char *name, uint32_t *out_app_id);

// Whether a cartridge is the one that a store is bound to. A store that is
// bound to none is everybody's.
bool pm_saves_owns(const struct pm_store_owner *owner,
                   const struct pm_store_owner *cartridge);

// One store of a folder.
struct pm_saves_entry {
    uint32_t app_id;
    uint64_t size;    // bytes of the database
    unsigned damaged; // copies that were kept aside
};

// Lists a folder, by app_id; the list is the caller's to free with the
// allocator and [out_count]. A folder that is not there is empty.
pm_fs_status pm_saves_list(const struct pm_os *os,
                           const struct pm_allocator *alloc, const char *folder,
                           struct pm_saves_entry **out, size_t *out_count);

// Moves an application's database, as it is, to NAME.cleared-1, -2, …, whose
// name goes into [out_name] of [room] bytes. BUSY when a run has it open,
// NOT_FOUND when there is none.
pm_fs_status pm_saves_set_aside(const struct pm_os *os, const char *folder,
                                uint32_t app_id, char *out_name, size_t room);

#ifdef __cplusplus
}
#endif

#endif
