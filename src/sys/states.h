// SPDX-License-Identifier: MIT
//
// The live state objects of one console: for each domain a table of places.
//
// An object's payload in guest memory begins with the number of its place
// (8 bytes), behind it the domain's own plain data. The place holds the
// object's handle and what the host keeps for it, so that no host pointer
// lies in guest memory.
//
//  S1  A place in use holds the handle of a live object of its domain whose
//      payload names that place, and each live object has its place.
//  S2  A new object takes the lowest free place: places are a function of the
//      program's operations alone.
//  S3  What the host keeps is released exactly once: by the destroy call, or
//      by the domain's release when the object ends otherwise.

#ifndef PM_SYS_STATES_H
#define PM_SYS_STATES_H

#include "base/buf.h"
#include "base/cursor.h"
#include "sys/domains.h"
#include "vm/vm.h"

#define PM_STATE_HEAD 8u

struct pm_sys;

struct pm_live {
    pm_ref ref; // 0: free
    void *host;
};

// The places of one domain.
struct pm_live_set {
    struct pm_live *places;
    uint32_t limit;
    uint32_t count;
    uint32_t lowest_free; // no free place is below it
};

// What a saved state says of one object: bytes in the state.
struct pm_live_saved {
    pm_ref ref;
    uint32_t place;
    uint32_t size;
    const uint8_t *bytes;
    bool is_taken;
};

struct pm_states {
    const struct pm_domains *domains;
    struct pm_sys *sys;
    struct pm_vm *vm; // set once it is there
    const struct pm_module *module;
    struct pm_live_set *sets; // one a row of [domains]
    uint64_t leaks;
    // While a state is restored: what it says, by rows, and the tables that
    // are filled from it.
    struct pm_live_set *incoming;
    struct pm_live_saved *saved;
    size_t saved_count;
    size_t *saved_first; // of each row, and one behind the last
    // Why an object could not be made again: bytes that are not right, or
    // memory that is short.
    pm_status restore_status;
};

// [limit_of] gives each domain's limit: the profile's for the console's.
// [module] says of which type an object is; it must outlive the states.
pm_status pm_states_init(struct pm_states *states,
                         const struct pm_domains *domains, struct pm_sys *sys,
                         const struct pm_module *module,
                         uint32_t (*limit_of)(void *context,
                                              const struct pm_domain_row *row),
                         void *context);
// Nothing may live any more (pm_states_release_all).
void pm_states_free(struct pm_states *states);

static inline void *pm_state_payload(const struct pm_object *object)
{
    return pm_object_bytes(object) + PM_STATE_HEAD;
}

static inline uint32_t pm_state_place(const struct pm_object *object)
{
    uint32_t place;
    __builtin_memcpy(&place, pm_object_bytes(object), sizeof place);
    return place;
}

// The set of a row of the domains.
static inline struct pm_live_set *pm_states_set(struct pm_states *states,
                                                const struct pm_domain_row *row)
{
    return &states->sets[row - states->domains->rows];
}

// Takes the lowest free place for the object; there must be one.
void pm_states_enter(struct pm_live_set *set, pm_ref ref,
                     struct pm_object *object);
void pm_states_leave(struct pm_live_set *set, uint32_t place);

// Calls the domain's release for one object, if it has anything.
void pm_states_release(struct pm_states *states,
                       const struct pm_domain_row *row, struct pm_state *state);

// For pm_vm_config.on_leak: the collector ends an object.
void pm_states_on_leak(void *states, pm_ref ref, struct pm_object *object);

// Releases everything that lives: the machine is reset, loaded anew or ends.
void pm_states_release_all(struct pm_states *states);

// --- saved states (states_saved.c) -------------------------------------------

// Appends each live object's place, handle and what its domain saves.
void pm_states_save(struct pm_states *states, struct pm_buf *out);

// Reads that; the bytes must stay until the restore has ended.
// PM_ERR_INVALID, PM_ERR_NO_MEMORY.
pm_status pm_states_load(struct pm_states *states, struct pm_cursor *in);

// For pm_vm_config: check_state, restore_state, restored_states. The last one
// releases all that lives and puts what was restored in its place.
bool pm_states_check(void *states, const struct pm_object *object);
bool pm_states_restore(void *states, pm_ref ref, struct pm_object *object);
bool pm_states_restored(void *states);

// Ends a restore: releases what was made for one that failed.
void pm_states_end_load(struct pm_states *states);

#endif
