// SPDX-License-Identifier: MIT
//
// Machines whose cartridge is exchanged while they run.

#ifndef PM_TEST_MACHINE_RELOAD_WORLD_H
#define PM_TEST_MACHINE_RELOAD_WORLD_H

#include "machine/machine_internal.h"
#include "support/cart_world.h"
#include "support/test.h"

#define RW_CARTS 4

struct reload_world {
    struct pm_machine_config config;
    struct pm_machine *machine;
    // The versions, which must stay while they are loaded.
    struct pm_test_cart carts[RW_CARTS];
    size_t count;
    // Of the last reload.
    struct pm_reload reload;
    const char *report;
    char log[2000];
};

// A machine that runs [text] with the capabilities gfx, log and fs; false with
// a CHECK that failed.
bool rw_enter(struct reload_world *w, const struct pm_allocator *alloc,
              const char *text);
void rw_leave(struct reload_world *w);

// Assembles another version; the cart may be changed before rw_load.
struct pm_test_cart *rw_make(struct reload_world *w, const char *text);
pm_status rw_load(struct reload_world *w, struct pm_test_cart *cart);
// Both.
pm_status rw_reload(struct reload_world *w, const char *text);

// Runs frames; gives the last tick's result.
int rw_run(struct reload_world *w, int frames);

// A global's slot in the program that runs.
uint64_t rw_global(const struct reload_world *w, const char *name);
struct pm_object *rw_object(const struct reload_world *w, const char *name);
// Slot [slot] of an object with slots, as an object.
struct pm_object *rw_slot(const struct reload_world *w,
                          const struct pm_object *object, uint32_t slot);

struct pm_fingerprint rw_print(const struct reload_world *w);
bool rw_same(struct pm_fingerprint a, struct pm_fingerprint b);

// Whether a snapshot of the machine restored into itself, and into a machine
// that has just loaded [cart], is the same and goes on the same; and whether
// the heap's invariants hold.
void rw_check_whole(struct reload_world *w, struct pm_test_cart *cart);

#endif
