// SPDX-License-Identifier: MIT
//
// What a transfer that is not malformed does: for every size, offset and
// window of a few bytes, what is moved, what is said of it, and that nothing
// else has changed; the same for a box, a file and the card.
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "support/test.h"
#include "vm/vm_internal.h"
#include "world.h"

#define BUFFER 64
#define AT     11
#define FILL   0xEE
#define MOST   9

static uint8_t byte_at(uint32_t i)
{
    return (uint8_t)(i * 7 + 1);
}

// --- reading -----------------------------------------------------------------

// The window holds what was read; not a byte around it has changed.
static void check_window(const uint8_t *buffer, uint32_t offset, uint32_t moved)
{
    unsigned wrong = 0;

    for (uint32_t i = 0; i < BUFFER; i++)
        wrong += buffer[i] !=
                 (i >= AT && i - AT < moved ? byte_at(offset + i - AT) : FILL);
    CHECK_INT(wrong, 0);
}

static void read_one(struct world *w, const struct target *target,
                     uint32_t size, uint32_t offset, uint32_t max)
{
    uint32_t left = offset < size ? size - offset : 0;
    uint32_t wanted = max < left ? max : left;

    memset(world_buffer(w), FILL, BUFFER);
    struct moved moved = world_read(w, target, offset, AT, max);
    CHECK_INT(moved.trap, PM_TRAP_NONE);
    CHECK_INT(moved.status, 0);
    CHECK_INT(moved.size, wanted);
    CHECK_INT(moved.eof, offset + max >= size);
    check_window(world_buffer(w), offset, wanted);
}

static void read_all(struct world *w, const struct target *target)
{
    // An empty slot has nothing to read: its status says so.
    for (uint32_t size = target->kind == CARD; size <= MOST; size++) {
        world_fill(w, target, size, FILL);
        for (uint32_t offset = 0; offset <= MOST; offset++)
            for (uint32_t max = 0; max <= MOST; max++)
                read_one(w, target, size, offset, max);
    }
}

TEST(protocol, every_small_read_moves_what_is_there_and_knows_the_end)
{
    for (int i = 0; i < KINDS; i++) {
        struct world w;
        if (world_open(&w, BUFFER))
            read_all(&w, &targets[i]);
        world_close(&w);
    }
}

TEST(protocol, a_staged_source_is_read_the_same)
{
    struct world w;

    if (world_open(&w, BUFFER))
        for (w.b.sample.chunk = 1; w.b.sample.chunk < 4; w.b.sample.chunk++)
            read_all(&w, &targets[BOX]);
    world_close(&w);
}

// --- writing -----------------------------------------------------------------

// What the target holds after [max] bytes FILL at [offset] on top of [size].
static uint32_t model_write(uint8_t *model, uint32_t size, uint32_t offset,
                            uint32_t max)
{
    uint32_t end = offset + max;

    for (uint32_t i = 0; i < size; i++)
        model[i] = byte_at(i);
    if (max == 0)
        return size;
    if (offset > size)
        memset(model + size, 0, offset - size);
    memset(model + offset, FILL, max);
    return end > size ? end : size;
}

static void write_one(struct world *w, const struct target *target,
                      uint32_t size, uint32_t offset, uint32_t max)
{
    uint8_t model[BUFFER];
    uint8_t found[BUFFER];
    uint32_t wanted = model_write(model, size, offset, max);

    world_fill(w, target, size, FILL);
    struct moved moved = world_write(w, target, offset, AT, max);
    CHECK_INT(moved.trap, PM_TRAP_NONE);
    CHECK_INT(moved.status, 0);
    CHECK_INT(moved.size, max);
    check_window(world_buffer(w), 0, 0);
    CHECK_INT(world_content(w, target, found, sizeof found), wanted);
    CHECK(memcmp(model, found, wanted) == 0);
}

TEST(protocol, every_small_write_is_whole_and_fills_its_gap_with_zeroes)
{
    for (int i = 0; i < KINDS; i++) {
        struct world w;
        if (world_open(&w, BUFFER))
            for (uint32_t size = 0; size <= MOST; size++)
                for (uint32_t offset = 0; offset <= MOST; offset++)
                    for (uint32_t max = 0; max <= MOST; max++)
                        write_one(&w, &targets[i], size, offset, max);
        world_close(&w);
    }
}

// --- rights ------------------------------------------------------------------

static void check_denied(struct world *w, const struct moved *moved)
{
    CHECK_INT(moved->trap, PM_TRAP_NONE);
    CHECK_INT(moved->status, PM_SAMPLE_DENIED);
    CHECK_INT(moved->size, 0);
    CHECK(!moved->eof);
    check_window(world_buffer(w), 0, 0);
}

// PM_FS_ACCESS_DENIED and PM_SAMPLE_DENIED are the same number.
static void try_without_rights(struct world *w, uint32_t max)
{
    memset(world_buffer(w), FILL, BUFFER);
    pm_sample_box_set_mode(world_box(w), 0);
    struct moved read = world_read(w, &targets[BOX], 0, AT, max);
    struct moved write = world_write(w, &targets[BOX], 0, AT, max);
    check_denied(w, &read);
    check_denied(w, &write);
    pm_sample_box_set_mode(world_box(w), 3);
    CHECK_INT(world_read(w, &targets[BOX], 0, AT, max).status, 0);
}

TEST(protocol, rights_are_asked_for_whatever_the_window)
{
    struct world w;

    if (world_open(&w, BUFFER)) {
        world_fill(&w, &targets[BOX], 20, FILL);
        try_without_rights(&w, 0);
        try_without_rights(&w, 1);
        try_without_rights(&w, 20);
    }
    world_close(&w);
}

// --- prices ------------------------------------------------------------------

// What a direct call is charged beside its fixed price.
static int64_t charged(struct world *w, const struct pm_call_decl *call,
                       const struct target *target, uint64_t offset,
                       uint64_t max)
{
    struct pm_vm *vm = w->b.machine->console->vm;
    int64_t before = vm->left;

    world_move(w, call, world_handle(w, target), offset, 0, max);
    return before - vm->left;
}

static void check_prices(struct world *w, const struct target *target,
                         const struct pm_call_decl *call)
{
    for (uint32_t max = 0; max <= BUFFER; max++) {
        int64_t wanted = (max + 15) / 16 * call->price16;
        CHECK_INT(charged(w, call, target, 0, max), wanted);
        // Whatever there is to be moved, and whether it can be.
        if (call->form == PM_FORM_READ)
            CHECK_INT(charged(w, call, target, INT64_MAX, max), wanted);
    }
}

TEST(protocol, the_price_is_that_of_the_window_whatever_comes_of_it)
{
    struct world w;

    if (world_open(&w, BUFFER)) {
        for (int i = 0; i < KINDS; i++) {
            world_fill(&w, &targets[i], 20, FILL);
            check_prices(&w, &targets[i], world_read_call(&targets[i]));
            check_prices(&w, &targets[i], world_write_call(&targets[i]));
        }
        pm_sample_box_set_mode(world_box(&w), 0);
        check_prices(&w, &targets[BOX], world_read_call(&targets[BOX]));
        w.b.sample.chunk = 1;
        w.b.sample.fail_at = 1;
        w.b.sample.fail_status = PM_SAMPLE_FAILED;
        pm_sample_box_set_mode(world_box(&w), 3);
        check_prices(&w, &targets[BOX], world_read_call(&targets[BOX]));
    }
    world_close(&w);
}

// --- counted -----------------------------------------------------------------

TEST(protocol, a_transfer_does_not_allocate)
{
    struct world w;

    if (world_open(&w, BUFFER)) {
        for (int i = 0; i < ALL_KINDS; i++) {
            if (i < KINDS) {
                world_fill(&w, &targets[i], 40, FILL);
                CHECK_INT(world_write(&w, &targets[i], 0, 0, 40).status, 0);
            }
            world_read(&w, &targets[i], 0, 0, 40);
            size_t calls = w.b.faults.calls;
            for (int k = 0; k < 100; k++) {
                world_read(&w, &targets[i], 0, 0, 40);
                // A box makes its new content beside the old one.
                if (targets[i].write && targets[i].kind != BOX)
                    world_write(&w, &targets[i], 0, 0, 40);
            }
            CHECK_INT(w.b.faults.calls, calls);
        }
    }
    world_close(&w);
}

TEST(protocol, only_bytes_that_moved_are_counted)
{
    struct world w;

    if (world_open(&w, BUFFER)) {
        const uint64_t *moved = &w.b.machine->console->sys.bytes_moved;
        world_fill(&w, &targets[BOX], 20, FILL);
        uint64_t before = *moved;
        world_read(&w, &targets[BOX], 12, 0, 40);
        CHECK_INT(*moved - before, 8);
        world_write(&w, &targets[BOX], 0, 0, 5);
        CHECK_INT(*moved - before, 13);
        pm_sample_box_set_mode(world_box(&w), 0);
        world_read(&w, &targets[BOX], 0, 0, 40);
        world_write(&w, &targets[BOX], 0, 0, 40);
        CHECK_INT(*moved - before, 13);
    }
    world_close(&w);
}
