// SPDX-License-Identifier: MIT
//
// A store in memory (<prometeu/fs.h>) that fails on command, loses power, and
// can be damaged.
//
//  - Each call counts. The [fail_at]th (from 1) of those in [fail_calls]
//    fails with [fail_status]; with [fail_on] all from there on do.
//  - [space] bytes there are; an item takes its size and 16. reserve says
//    STORAGE_FULL beyond. A transaction that takes more than was reserved is
//    counted in [over_reserved]: the caller has broken its promise.
//  - [fail_flush]: the next durable commit finds that the device failed. All
//    durable ones fail from then on until [may_rewrite]; the store is then
//    as its last confirmed state and the transactions since the failure make
//    it, so what the caller does not give again is lost.
//  - pm_mem_store_crash: as after the power was cut, with any number of the
//    transactions that no device had confirmed.

#ifndef PM_TEST_MEM_STORE_H
#define PM_TEST_MEM_STORE_H

#include <prometeu/fs.h>

enum {
    PM_STORE_SCAN = 1,
    PM_STORE_GET = 2,
    PM_STORE_RESERVE = 4,
    PM_STORE_COMMIT = 8,
    PM_STORE_KEEP_ASIDE = 16,
    PM_STORE_ANY = 31,
};

// The bytes of an item, shared by the states that have it.
struct pm_mem_value {
    uint32_t references;
    uint32_t size;
    uint8_t bytes[];
};

struct pm_mem_item {
    uint64_t key;
    struct pm_mem_value *value;
};

// All items of a moment, in the order of their keys.
struct pm_mem_items {
    struct pm_mem_item *list;
    size_t count;
    size_t capacity;
};

struct pm_mem_store {
    struct pm_store store;
    struct pm_mem_items now;
    // What a crash can leave: the confirmed state, and behind it that after
    // each transaction since.
    struct pm_mem_items *states;
    size_t state_count;
    // The confirmed state with what was committed since a flush failed.
    struct pm_mem_items rewritten;
    struct pm_mem_items aside; // what keep_aside was shown

    unsigned fail_calls; // 0: any
    uint64_t fail_at;    // 0: none
    bool fail_on;
    pm_fs_status fail_status; // OK: IO_FAILED
    bool fail_flush;
    bool is_broken; // a flush has failed
    bool may_rewrite;
    uint64_t space;       // 0: without end
    bool keeps_no_states; // for benchmarks: no crash can be asked for

    uint64_t calls;  // of those in [fail_calls]
    uint64_t failed; // calls that did by command
    unsigned kept_aside;
    unsigned over_reserved;
    unsigned flushes;
    unsigned commits;
    uint64_t reserved_changes;
    uint64_t reserved_bytes;
};

void pm_mem_store_open(struct pm_mem_store *store);
void pm_mem_store_close(struct pm_mem_store *store);

// Sets or, with NULL, takes away an item behind the store's back.
void pm_mem_store_set(struct pm_mem_store *store, uint64_t key,
                      const void *value, size_t size);
const struct pm_mem_item *pm_mem_store_find(const struct pm_mem_store *store,
                                            uint64_t key);
// Flips a bit of the [index]th item; the same again flips it back.
void pm_mem_store_flip(struct pm_mem_store *store, size_t index, size_t bit);

// The number of states that a crash can leave (at least 1), and that crash:
// [state] 0 is the last confirmed one.
size_t pm_mem_store_crash_states(const struct pm_mem_store *store);
void pm_mem_store_crash(struct pm_mem_store *store, size_t state);
// The same into another store, which is opened by it; this one goes on.
void pm_mem_store_crash_into(const struct pm_mem_store *store, size_t state,
                             struct pm_mem_store *out);

bool pm_mem_items_equal(const struct pm_mem_items *a,
                        const struct pm_mem_items *b);

#endif
