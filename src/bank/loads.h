// SPDX-License-Identifier: MIT
//
// Loads: assets on their way from the file into a bank's slot
// (docs/spec/loading.md).
//
// A load has two parts. What a program can see is plain data that lies in
// guest memory (struct pm_load): it moves by the bus model alone, which
// counts stored bytes and logical frames, so that it is the same on every
// host. The work (struct pm_load_work) is the host's: a job reads, decodes
// and examines the bytes, on a worker's thread if there are any; it sees the
// asset file and its own memory and nothing else. The two meet at one place,
// pm_loads_deliver at the beginning of a logical frame: a load whose bytes
// have come over the bus waits there for its work to end, so that a slow host
// makes the frame wait and a fast one gains nothing.

#ifndef PM_BANK_LOADS_H
#define PM_BANK_LOADS_H

#include <prometeu/workers.h>

#include "bank/bank.h"

// Frozen: programs see these.
typedef enum pm_asset_status {
#define PM_ASSET_STATUS(name, value, meaning) PM_ASSET_##name = value,
#include <prometeu/asset_status.def>
#undef PM_ASSET_STATUS
} pm_asset_status;

typedef enum pm_load_state {
    PM_LOAD_PENDING = 0,   // the bus has not begun with it
    PM_LOAD_LOADING = 1,   // the bus is moving it
    PM_LOAD_READY = 2,     // it can be committed
    PM_LOAD_COMMITTED = 3, // it is in its slot from the next frame on
    PM_LOAD_CANCELED = 4,
    PM_LOAD_ERROR = 5,
} pm_load_state;

// What guest memory holds of a load; all bytes mean something.
struct pm_load {
    int32_t asset_id;
    uint8_t bank_type;
    uint8_t slot;
    uint8_t state; // pm_load_state
    uint8_t error; // pm_asset_status; OK unless the state is ERROR
    // Later ones are greater: first come, first served.
    uint64_t order;
    uint64_t size;  // stored bytes, which the bus has to move
    uint64_t moved; // of these, so far
};

struct pm_load_work;

// A live load with its work; NULL once there is nothing left to do.
struct pm_load_pair {
    struct pm_load *load;
    struct pm_load_work *work;
};

// What loads work with. Plain data; everything pointed to is the owner's.
struct pm_loads {
    struct pm_allocator alloc;     // also the bank's
    const struct pm_asset *assets; // NULL: there are none
    struct pm_bank *bank;
    const struct pm_workers *workers; // NULL: work is done when it is due
    // Bytes that the bus moves in a logical frame.
    uint64_t bus;
    // Decoded bytes of each type that may be under way.
    uint64_t staged[PM_BANK_TYPES];
    // Telemetry: how many loads a frame had to wait for, since boot.
    uint64_t waits;
};

// The asset that a program means by [asset_id], any number; or NULL.
const struct pm_asset_entry *pm_loads_find(const struct pm_loads *loads,
                                           int64_t asset_id);

// Begins to load asset [asset_id] for [slot] (0..15) beside the [count] loads
// that live. On OK fills [load] and stores the work, which the caller ends.
// UNKNOWN_ASSET, SLOT_BUSY, BUDGET, TRANSIENT: nothing has begun.
pm_asset_status pm_load_begin(struct pm_loads *loads,
                              const struct pm_load_pair *live, size_t count,
                              int64_t asset_id, unsigned slot,
                              struct pm_load *load, struct pm_load_work **out);

// Plans the asset for its slot, from the next frame on. NOT_READY,
// WRONG_STATE, BUDGET or TRANSIENT: nothing has changed.
pm_asset_status pm_load_commit(struct pm_loads *loads,
                               const struct pm_load_pair *pair);

// Ends what is under way, at once. WRONG_STATE when it has ended by itself.
// The work stays the caller's to end.
pm_asset_status pm_load_cancel(const struct pm_load_pair *pair);

// Ends the work: waits for its job, gives back its memory. NULL is fine.
void pm_load_work_end(struct pm_loads *loads, struct pm_load_work *work);

// The beginning of a logical frame, the only place where loads move and banks
// change: the bus moves bytes, finished loads become READY or ERROR, and all
// that was planned takes effect. [pairs] are all live loads, in any order;
// they are sorted.
void pm_loads_deliver(struct pm_loads *loads, struct pm_load_pair *pairs,
                      size_t count);

// Checks a load that a saved state holds, hostile bytes, and begins its work
// anew where it needs any. PM_ERR_INVALID, PM_ERR_NO_MEMORY.
pm_status pm_load_restore(struct pm_loads *loads, const struct pm_load *load,
                          struct pm_load_work **out);

// The assets are other ones: makes of a load what it is among them. One whose
// asset is gone, or does not fit any more, ends in ERROR; one whose asset has
// another size begins anew. Its work is to be begun anew with
// pm_load_restore.
void pm_load_follow(const struct pm_loads *loads, struct pm_load *load);

// What the failure of a read is for a cartridge.
pm_asset_status pm_asset_status_of(pm_status status);

// "CORRUPT"; "?" for a number that is none.
const char *pm_asset_status_name(pm_asset_status status);

#endif
