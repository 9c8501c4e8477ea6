// SPDX-License-Identifier: MIT
//
// Host calls: from a row of the registry to the code behind it.
//
// Every call comes through a dispatcher, which checks what the row states:
// that the capability is still granted, that whole numbers are in their
// ranges, that references are live and of the right kind and domain, and it
// charges the price by length before the work is done. What is left to a
// call's body is the work, so bodies check nothing again. There is one file a
// host-call module (sys_gfx.c).
//
// Calls without a handle and without a status that can fail are plain bodies
// over their arguments (pm_sys_body). All others are struct pm_host_call, as
// an embedder's are: their arguments, state object and results go through
// <prometeu/domain.h>, byte transfers through one module (transfer.c).

#ifndef PM_SYS_SYS_H
#define PM_SYS_SYS_H

#include <stddef.h>
#include <stdint.h>

#include "audio/audio.h"
#include "bank/bank.h"
#include "bank/loads.h"
#include "fs/fs.h"
#include "gfx/gfx.h"
#include "memcard/memcard.h"
#include "registry/caps.h"
#include "registry/registry.h"
#include "sys/states.h"
#include "vm/vm.h"

// A read that finds out where its file ends asks for one byte more, and it is
// laid out within pages as the file is.
#define PM_STAGE_PAGE ((size_t)4096)
#define PM_STAGE_SIZE ((size_t)PM_TRANSFER_MAX + 1 + 2 * PM_STAGE_PAGE)

// What the bodies work on. Everything pointed to must outlive the calls.
struct pm_sys {
    // First what every transfer looks at.
    // Capability bits that are granted now; taking one away makes its calls
    // trap.
    uint32_t capabilities;
    // Calls made so far.
    uint64_t calls;
    // By byte transfers, so far.
    uint64_t bytes_moved;
    // PM_STAGE_SIZE bytes, for transfers that can fail midway.
    uint8_t *stage;
    // What lives of the stateful domains.
    struct pm_states states;
    // Names of an embedder's own; NULL: there are none.
    const struct pm_own_caps *own_caps;
    struct pm_gfx *gfx;
    struct pm_audio *audio;
    struct pm_bank *bank;
    // Assets, also those that are not resident, and what loads them.
    struct pm_loads loads;
    // Files and memory card; NULL without the capability.
    struct pm_fs *fs;
    struct pm_card *card;
    // Of the profile: bytes of one file, entries of one listing.
    uint64_t file_limit;
    uint32_t listing_limit;
    // Where log lines go; NULL: nowhere. See pm_machine_config.
    void (*log)(void *context, int level, const char *text, size_t size);
    void *log_context;
};

// The beginning of a logical frame: loads move on, banks change as planned.
void pm_sys_deliver(struct pm_sys *sys);

// Does a call's work: arguments, checked, in [args]; results go there too.
typedef pm_trap_code (*pm_sys_body)(struct pm_sys *sys, struct pm_vm *vm,
                                    uint64_t *args);

// What the dispatcher checks of one argument.
struct pm_sys_check {
    uint8_t argument;
    uint8_t type;    // pm_value_type
    uint16_t domain; // STATE
    int64_t least;
    int64_t greatest;
};

// What a byte transfer looks at each time, copied together from the rows:
// behind a system call little of them lies near.
struct pm_sys_transfer {
    int32_t (*read)(void *context, struct pm_call *call, uint64_t offset,
                    struct pm_destination *dest, uint32_t max,
                    uint32_t *out_size, bool *out_eof);
    int32_t (*write)(void *context, struct pm_call *call, uint64_t offset,
                     const uint8_t *src, uint32_t size);
    uint32_t price16;
    uint32_t set; // the place of [row] among all domains
    uint16_t domain;
    bool waits;
};

// One call, ready to be entered. Made by pm_sys_bind; must stay where it is
// while the vm lives.
struct pm_sys_call {
    struct pm_sys *sys;
    void *context; // of [host]'s functions
    uint32_t capability;
    // Number of the STATE parameter, or of the created object's result.
    int state_at;
    struct pm_sys_transfer transfer;
    const struct pm_call_decl *decl;
    // One of the two; neither: the host has no code for it.
    pm_sys_body body;
    const struct pm_host_call *host;
    // The domain of its verb and of its STATE parameter; NULL: none.
    const struct pm_domain_row *row;
    // The module's type of the STATE parameter or result.
    uint32_t state_type;
    uint32_t check_count;
    struct pm_sys_check checks[PM_CALL_MAX_PARAMS];
};

// Makes [call] from its row and gives the entry for the vm. [module] says of
// which type a created object is. A row without code behind it traps
// INVALID_SYSCALL when it is called.
struct pm_call_entry pm_sys_bind(struct pm_sys_call *call, struct pm_sys *sys,
                                 const struct pm_call_decl *decl,
                                 const struct pm_module *module);

// The plain body of a call of the console's, or NULL.
pm_sys_body pm_sys_find_body(uint32_t id);
// The console's call with functions of its own, or NULL.
const struct pm_host_call *pm_sys_find_call(uint32_t id);

#endif
