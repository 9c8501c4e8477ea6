// SPDX-License-Identifier: MIT
//
// What the battery of tests over every stateful domain works with: machines
// with the console's domains and the samples of sample_domains.h, programs
// that are made from the registry's rows and each domain's example, and calls
// of the dispatcher's entries with arguments that verified code cannot hold.
// A domain that is added has its tests by itself.

#ifndef PM_TEST_DOMAIN_BATTERY_H
#define PM_TEST_DOMAIN_BATTERY_H

#include "base/buf.h"
#include "machine/machine_internal.h"
#include "support/cart_world.h"
#include "support/fault_alloc.h"
#include "support/sample_domains.h"

// --- the catalogue -----------------------------------------------------------

// All domains and their calls; made once, never freed.
const struct pm_domains *pm_battery_catalog(void);

// Call [index] of the domain, in the registry's order, or NULL.
const struct pm_call_decl *pm_battery_call_of(const struct pm_domain_row *row,
                                              size_t index);
// Its first call of the verb.
const struct pm_call_decl *pm_battery_verb(const struct pm_domain_row *row,
                                           pm_verb verb);

// A call by its name.
const struct pm_call_decl *pm_battery_call(const char *module,
                                           const char *name);

#define PM_EACH_ROW(row)                                                       \
    (const struct pm_domain_row *row = pm_battery_catalog()->rows;             \
     row < pm_battery_catalog()->rows + pm_battery_catalog()->count; row++)

// --- programs ----------------------------------------------------------------

// A text that counts its lines, so that messages can be foretold.
struct pm_battery_text {
    struct pm_buf buf;
    unsigned line;                        // of the line that is written next
    unsigned call_line;                   // of the last call
    const struct pm_domain_row *rows[12]; // declared so far
    size_t row_count;
    const struct pm_call_decl *calls[8]; // of no domain, declared so far
    size_t call_count;
};

void pm_text_init(struct pm_battery_text *text);
void pm_text_free(struct pm_battery_text *text);
void pm_text_put(struct pm_battery_text *text, const char *format, ...)
    PM_PRINTF(2, 3);

// Declares every call of the domain, as module.name. A declared call must be
// called, so pm_text_end has functions that do, and that nothing runs.
void pm_text_declare(struct pm_battery_text *text,
                     const struct pm_domain_row *row);
// Declares one call that is of no domain.
void pm_text_declare_call(struct pm_battery_text *text,
                          const struct pm_call_decl *call);
// Globals "status" and, for the domain, "h": the handle; "text", "buffer".
void pm_text_globals(struct pm_battery_text *text,
                     const struct pm_domain_row *row);
// Makes an object by the domain's example; its handle goes to global [name],
// the status to "status".
void pm_text_create(struct pm_battery_text *text,
                    const struct pm_domain_row *row, const char *name);
// Makes any call but a create, on the handle that [push] pushes, with usual
// arguments. Results are dropped.
void pm_text_call(struct pm_battery_text *text, const struct pm_call_decl *call,
                  const char *push);
// As before, with text and buffer from the globals of these names, so that
// nothing else is allocated.
void pm_text_fill_globals(struct pm_battery_text *text);

// Declares the domain, has the globals and begins the main program.
void pm_text_begin(struct pm_battery_text *text,
                   const struct pm_domain_row *row);
// Ends the main program.
void pm_text_end(struct pm_battery_text *text);

// --- machines ----------------------------------------------------------------

struct pm_battery_config {
    pm_dispatch dispatch;
    bool collect_always;
    uint32_t max_generation;
    const char *profile; // NULL: JAM
    const struct pm_mount *mounts;
    size_t mount_count;
};

struct pm_battery {
    struct pm_fault_alloc faults;
    struct pm_sample sample;
    struct pm_test_cart cart;
    struct pm_cart_files files;
    struct pm_machine *machine;
};

// A machine with all domains, the text's program loaded, all capabilities.
// [config] may be NULL.
bool pm_battery_open(struct pm_battery *b, const struct pm_battery_text *text,
                     const struct pm_battery_config *config);
// The same over [alloc]; the sample's context is [b]'s. False when memory was
// short.
bool pm_battery_open_over(struct pm_battery *b,
                          const struct pm_battery_text *text,
                          const struct pm_battery_config *config,
                          const struct pm_allocator *alloc);
// Ends it and checks that everything was given back and that every host part
// was released exactly once.
void pm_battery_close(struct pm_battery *b);

// Ticks until the program has ended, at most [ticks].
enum pm_tick_result pm_battery_run(struct pm_battery *b, int ticks);
// Ticks until the frame is complete, which calls that wait put off.
enum pm_tick_result pm_battery_frame(struct pm_battery *b);

struct pm_fingerprint pm_battery_print(struct pm_battery *b);
bool pm_battery_same(struct pm_fingerprint a, struct pm_fingerprint b);

struct pm_heap *pm_battery_heap(struct pm_battery *b);
// CHECKs the heap's invariants, and S1 of sys/states.h.
void pm_battery_validate(struct pm_battery *b);

uint64_t *pm_battery_global(struct pm_battery *b, const char *name);
// Live objects of a domain.
uint32_t pm_battery_live(struct pm_battery *b, const struct pm_domain_row *row);
struct pm_live_set *pm_battery_set(struct pm_battery *b,
                                   const struct pm_domain_row *row);

// Fills in usual arguments, with these handles; text and buffer come from the
// globals.
void pm_battery_arguments(struct pm_battery *b, const struct pm_call_decl *call,
                          uint64_t handle, uint64_t args[PM_CALL_MAX_PARAMS]);

#define PM_BATTERY_MESSAGE 200

// Enters the dispatcher directly, as the program would between two frames.
// The trap's message goes to [message] (may be NULL).
pm_trap_code pm_battery_enter(struct pm_battery *b,
                              const struct pm_call_decl *call, uint64_t *args,
                              char message[PM_BATTERY_MESSAGE]);

// --- runs in every way -------------------------------------------------------

struct pm_battery_outcome {
    enum pm_tick_result result;
    pm_trap_code code;
    char message[PM_BATTERY_MESSAGE * 2];
    uint64_t cycles;
    struct pm_fingerprint print; // not with collect_always
};

// Runs the program to its end in each dispatch form, with and without a
// collection at every allocation, CHECKs that all give the same and that
// nothing is left, and gives it.
struct pm_battery_outcome
pm_battery_everywhere(const struct pm_battery_text *text, int ticks);

#endif
