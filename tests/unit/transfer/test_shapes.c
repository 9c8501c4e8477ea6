// SPDX-License-Identifier: MIT
//
// Malformed transfers: the first fault in the order of docs/spec/transfer.md
// decides, and nothing has been touched, for every combination of faults and
// every call that moves bytes.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "support/test.h"
#include "world.h"

#define BUFFER 64

// What stands for each argument. [trap] is what it is refused with; NONE
// where it is fine by itself.
struct reference {
    const char *global; // NULL: null
    pm_trap_code trap;
};

static const struct reference buffers[] = {
    {"buffer", PM_TRAP_NONE},      {NULL, PM_TRAP_NULL_REF},
    {"old", PM_TRAP_STALE_HANDLE}, {"text", PM_TRAP_TYPE},
    {"h", PM_TRAP_TYPE},
};

static const struct reference box_handles[] = {
    {"h", PM_TRAP_NONE},
    {NULL, PM_TRAP_NULL_REF},
    {"old_h", PM_TRAP_STALE_HANDLE},
    {"file", PM_TRAP_TYPE},
    {"buffer", PM_TRAP_TYPE},
};

static const struct reference file_handles[] = {
    {"file", PM_TRAP_NONE},
    {NULL, PM_TRAP_NULL_REF},
    {"old_file", PM_TRAP_STALE_HANDLE},
    {"h", PM_TRAP_TYPE},
    {"text", PM_TRAP_TYPE},
};

static const struct reference data_handles[] = {
    {"data", PM_TRAP_NONE},
    {NULL, PM_TRAP_NULL_REF},
    {"old_data", PM_TRAP_STALE_HANDLE},
    {"bank", PM_TRAP_TYPE},
    {"buffer", PM_TRAP_TYPE},
};

static const struct reference bank_handles[] = {
    {"bank", PM_TRAP_NONE},
    {NULL, PM_TRAP_NULL_REF},
    {"old_bank", PM_TRAP_STALE_HANDLE},
    {"data", PM_TRAP_TYPE},
    {"text", PM_TRAP_TYPE},
};

static const int64_t slots[] = {0, -1, 32, INT64_MIN, INT64_MAX};
static const int64_t host_offsets[] = {0, 20, INT64_MAX, -1, INT64_MIN};
static const int64_t offsets[] = {0,          BUFFER - 15, BUFFER, BUFFER + 1,
                                  UINT32_MAX, INT64_MAX,   -1,     INT64_MIN};
static const int64_t sizes[] = {16,
                                0,
                                BUFFER + 1,
                                1048576,
                                1048577,
                                INT64_C(0x100000000),
                                INT64_C(0x100000010),
                                INT64_MAX - 15,
                                INT64_MAX,
                                -1,
                                INT64_MIN};

struct shape {
    bool is_granted;
    unsigned handle;
    unsigned buffer;
    int64_t host_offset;
    int64_t offset;
    int64_t max;
};

#define CHOICES 5

// --- what is right -----------------------------------------------------------

struct verdict {
    pm_trap_code trap;
    char message[PM_BATTERY_MESSAGE]; // "": it is described elsewhere
};

static struct verdict say(const struct pm_call_decl *call, pm_trap_code trap,
                          int at, int64_t found, const char *wanted)
{
    struct verdict verdict = {.trap = trap};

    snprintf(verdict.message, sizeof verdict.message,
             "%s.%s: %s is %" PRId64 ", it must be %s", call->module,
             call->name, call->params[at].name, found, wanted);
    return verdict;
}

static const struct reference *handles_of(const struct target *target)
{
    switch (target->kind) {
    case BOX:
        return box_handles;
    case DATA:
        return data_handles;
    case BANK:
        return bank_handles;
    default:
        return file_handles;
    }
}

static struct verdict judge_handle(const struct target *target,
                                   const struct pm_call_decl *call,
                                   const struct shape *shape)
{
    if (target->kind != CARD)
        return (struct verdict){.trap = handles_of(target)[shape->handle].trap};
    if (shape->handle == 0)
        return (struct verdict){.trap = PM_TRAP_NONE};
    return say(call, PM_TRAP_INVALID_ARGUMENT, 0, slots[shape->handle],
               "0 to 31");
}

// In numbers too wide to overflow.
static bool is_past(const struct shape *shape)
{
    return (__int128)shape->offset + shape->max > BUFFER;
}

static struct verdict judge_numbers(const struct pm_call_decl *call,
                                    const struct shape *shape)
{
    struct verdict verdict = {.trap = PM_TRAP_NONE};

    if (shape->host_offset < 0)
        return say(call, PM_TRAP_OOB, 1, shape->host_offset, "0 or more");
    if (shape->offset < 0)
        return say(call, PM_TRAP_OOB, 3, shape->offset, "0 or more");
    if (shape->max < 0)
        return say(call, PM_TRAP_OOB, 4, shape->max, "0 or more");
    if (shape->max > 1048576)
        return say(call, PM_TRAP_INVALID_ARGUMENT, 4, shape->max,
                   "at most 1048576");
    if (!is_past(shape))
        return verdict;
    verdict.trap = PM_TRAP_OOB;
    snprintf(verdict.message, sizeof verdict.message,
             "%s.%s: the window of %" PRId64 " bytes at %" PRId64
             " reaches past the buffer's %d bytes",
             call->module, call->name, shape->max, shape->offset, BUFFER);
    return verdict;
}

static struct verdict judge(const struct target *target,
                            const struct pm_call_decl *call,
                            const struct shape *shape)
{
    if (!shape->is_granted)
        return (struct verdict){.trap = PM_TRAP_CAPABILITY};
    struct verdict verdict = judge_handle(target, call, shape);
    if (verdict.trap)
        return verdict;
    if (buffers[shape->buffer].trap)
        return (struct verdict){.trap = buffers[shape->buffer].trap};
    return judge_numbers(call, shape);
}

// --- trying ------------------------------------------------------------------

static uint64_t value_of(struct world *w, const struct reference *reference)
{
    return reference->global ? *pm_battery_global(&w->b, reference->global) : 0;
}

static void write_arguments(struct world *w, const struct target *target,
                            const struct shape *shape,
                            uint64_t args[PM_CALL_MAX_PARAMS])
{
    args[0] = target->kind == CARD
                  ? (uint64_t)slots[shape->handle]
                  : value_of(w, &handles_of(target)[shape->handle]);
    args[1] = (uint64_t)shape->host_offset;
    args[2] = value_of(w, &buffers[shape->buffer]);
    args[3] = (uint64_t)shape->offset;
    args[4] = (uint64_t)shape->max;
}

// Gives whether it is malformed; what is not, is left alone.
static bool try_shape(struct world *w, const struct target *target,
                      const struct pm_call_decl *call,
                      const struct shape *shape)
{
    uint64_t args[PM_CALL_MAX_PARAMS] = {0};
    char message[PM_BATTERY_MESSAGE];
    struct verdict wanted = judge(target, call, shape);

    if (!wanted.trap)
        return false;
    write_arguments(w, target, shape, args);
    pm_trap_code found = pm_battery_enter(&w->b, call, args, message);
    if (found != wanted.trap)
        CHECK_INT(found, wanted.trap);
    if (wanted.message[0] && strcmp(message, wanted.message) != 0)
        CHECK_STR(message, wanted.message);
    if (!wanted.message[0] && !strstr(message, call->name))
        CHECK_STR(message, call->name);
    return true;
}

static unsigned try_numbers(struct world *w, const struct target *target,
                            const struct pm_call_decl *call,
                            struct shape *shape)
{
    unsigned malformed = 0;

    for (size_t i = 0; i < PM_ARRAY_LEN(host_offsets); i++)
        for (size_t k = 0; k < PM_ARRAY_LEN(offsets); k++)
            for (size_t m = 0; m < PM_ARRAY_LEN(sizes); m++) {
                shape->host_offset = host_offsets[i];
                shape->offset = offsets[k];
                shape->max = sizes[m];
                malformed += try_shape(w, target, call, shape);
            }
    return malformed;
}

static unsigned try_all(struct world *w, const struct target *target,
                        const struct pm_call_decl *call)
{
    unsigned malformed = 0;

    for (int granted = 0; granted < 2; granted++) {
        pm_machine_grant(w->b.machine, granted ? UINT32_MAX : 0);
        for (unsigned handle = 0; handle < CHOICES; handle++)
            for (unsigned buffer = 0; buffer < CHOICES; buffer++) {
                struct shape shape = {
                    .is_granted = granted, .handle = handle, .buffer = buffer};
                malformed += try_numbers(w, target, call, &shape);
            }
    }
    return malformed;
}

static void try_call(struct world *w, const struct target *target,
                     const struct pm_call_decl *call)
{
    struct pm_fingerprint before = pm_battery_print(&w->b);
    uint64_t transfers = w->b.sample.transfers;
    size_t allocations = w->b.faults.calls;
    size_t live = w->b.faults.live_blocks;
    uint64_t moved = w->b.machine->console->sys.bytes_moved;
    uint8_t *memory = NULL;

    world_same_memory(w, &memory);
    CHECK(try_all(w, target, call) > 20000);
    CHECK(world_same_memory(w, &memory));
    CHECK_INT(w->b.sample.transfers, transfers);
    CHECK_INT(w->b.faults.calls, allocations);
    CHECK_INT(w->b.faults.live_blocks, live);
    CHECK_INT(w->b.machine->console->sys.bytes_moved, moved);
    CHECK_INT(pm_battery_heap(&w->b)->frozen, 0);
    CHECK(pm_battery_same(before, pm_battery_print(&w->b)));
    free(memory);
}

TEST(shapes, the_first_fault_decides_and_nothing_has_been_touched)
{
    for (int i = 0; i < ALL_KINDS; i++) {
        struct world w;
        if (world_open(&w, BUFFER)) {
            if (i < KINDS)
                world_fill(&w, &targets[i], 40, 0xEE);
            try_call(&w, &targets[i], world_read_call(&targets[i]));
            if (targets[i].write)
                try_call(&w, &targets[i], world_write_call(&targets[i]));
        }
        world_close(&w);
    }
}

TEST(shapes, a_transfer_that_waits_is_checked_no_less)
{
    struct world w;

    if (world_open(&w, BUFFER))
        try_call(&w, &targets[BOX], pm_battery_call("box", "slow_read"));
    world_close(&w);
}

// The catalogue says which calls move bytes: none of them is left out here.
TEST(shapes, no_call_that_moves_bytes_is_left_out)
{
    const struct pm_registry *registry = &pm_battery_catalog()->registry;
    unsigned known = 0;
    unsigned found = 0;

    for (size_t i = 0; i < pm_registry_count(registry); i++) {
        const struct pm_call_decl *call = pm_registry_at(registry, i);
        found += call->form != PM_FORM_PLAIN;
        for (int k = 0; k < ALL_KINDS; k++)
            known +=
                call == world_read_call(&targets[k]) ||
                (targets[k].write && call == world_write_call(&targets[k]));
        known += call == pm_battery_call("box", "slow_read");
    }
    CHECK_INT(known, found);
}
