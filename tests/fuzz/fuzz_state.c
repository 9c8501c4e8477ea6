// SPDX-License-Identifier: MIT
//
// Saved states of a fixed program: what is refused leaves the state as it
// was, what is accepted saves to the same bytes, runs, and leaves the heap
// whole. PM_FUZZ_WRITE names a folder to write good states into.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "support/guest.h"
#include "support/state_program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct pm_test_guest_config config = {
    .memory_size = 40 << 10,
    .stack_slots = 256,
    .coroutine_slots = 48,
    .call_depth = 40,
    .coroutines = 6,
};

static struct pm_test_guest guest;
static struct pm_buf start;

static void check_heap(void)
{
    struct pm_buf why;
    pm_buf_init(&why, &guest.alloc);
    if (!pm_heap_validate(pm_vm_heap(guest.vm), &why)) {
        fprintf(stderr, "%s\n", pm_buf_cstr(&why));
        abort();
    }
    pm_buf_free(&why);
}

// The state must be the one of these bytes.
static void check_saves_as(const uint8_t *data, size_t size)
{
    struct pm_buf now;
    pm_buf_init(&now, &guest.alloc);
    PM_CHECK(pm_vm_save(guest.vm, &now) == PM_OK);
    PM_CHECK(now.size == size && memcmp(now.data, data, size) == 0);
    pm_buf_free(&now);
}

static void write_state(const char *folder, int number)
{
    char path[512];
    struct pm_buf state;
    snprintf(path, sizeof path, "%s/state-%02d", folder, number);
    FILE *file = fopen(path, "wb");
    PM_CHECK(file != NULL);
    pm_buf_init(&state, &guest.alloc);
    pm_vm_save(guest.vm, &state);
    fwrite(state.data, 1, state.size, file);
    fclose(file);
    pm_buf_free(&state);
}

static void write_corpus(const char *folder)
{
    int64_t budget = 1;
    for (int i = 0; i < 24; i++) {
        write_state(folder, i);
        budget = budget * 5 % 97 + 3;
        for (int k = 0; k < 4; k++)
            pm_vm_run(guest.vm, budget);
    }
}

static void set_up(void)
{
    const char *folder = getenv("PM_FUZZ_WRITE");
    size_t size = sizeof pm_state_program - 1;
    PM_CHECK(pm_test_guest_open(&guest, pm_state_program, size, "state.pba",
                                &config));
    pm_buf_init(&start, &guest.alloc);
    pm_vm_save(guest.vm, &start);
    if (folder)
        write_corpus(folder);
}

static void begin_again(void)
{
    struct pm_cursor in = pm_cursor_make(start.data, start.size);
    PM_CHECK(pm_vm_restore(guest.vm, &in, NULL) == PM_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_cursor in = pm_cursor_make(data, size);
    struct pm_buf why;

    if (!guest.vm)
        set_up();
    begin_again();
    pm_buf_init(&why, &guest.alloc);
    if (pm_vm_restore(guest.vm, &in, &why) != PM_OK) {
        PM_CHECK(why.size > 0);
        check_saves_as(start.data, start.size);
    } else {
        check_heap();
        check_saves_as(data, in.at);
        for (int i = 0; i < 12; i++)
            pm_vm_run(guest.vm, i < 6 ? 40 : 3000);
        check_heap();
    }
    pm_buf_free(&why);
    return 0;
}
