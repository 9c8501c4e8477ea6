// SPDX-License-Identifier: MIT
#include "support/fault_alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/large_blocks.h"
#include "support/test.h"

// Stands before each block, so that a wrong size at release is found.
struct header {
    size_t size;
    size_t magic;
};

#define MAGIC ((size_t)0x50726f6d65746575u)

static void die(const char *what)
{
    fprintf(stderr, "fault_alloc: %s\n", what);
    abort();
}

static struct header *header_of(void *block, size_t size)
{
    struct header *header = (struct header *)block - 1;
    if (header->magic != MAGIC)
        die("a block that was never allocated or is freed twice");
    if (header->size != size)
        die("a block is handed back with a wrong size");
    return header;
}

static int is_refused(struct pm_fault_alloc *state, size_t old_size,
                      size_t new_size)
{
    state->calls++;
    if (state->fail_at && (state->fail_on ? state->calls >= state->fail_at
                                          : state->calls == state->fail_at))
        return 1;
    return state->limit &&
           state->live_bytes - old_size + new_size > state->limit;
}

// Always moves, so that a pointer kept over a growth is found by sanitizers.
static void *resize(void *context, void *block, size_t old_size,
                    size_t new_size)
{
    struct pm_fault_alloc *state = context;
    struct header *old = NULL;
    struct header *fresh = NULL;

    if ((block == NULL) != (old_size == 0))
        die("a block and its old size do not go together");
    if (block)
        old = header_of(block, old_size);
    if (new_size) {
        if (is_refused(state, old_size, new_size))
            return NULL;
        fresh = pm_test_block_alloc(sizeof *fresh + new_size);
        if (!fresh)
            return NULL;
        *fresh = (struct header){new_size, MAGIC};
        memset(fresh + 1, 0xa5, new_size);
        if (old)
            memcpy(fresh + 1, old + 1,
                   old_size < new_size ? old_size : new_size);
        state->live_blocks++;
        state->live_bytes += new_size;
    }
    if (old) {
        old->magic = 0;
        pm_test_block_free(old, sizeof *old + old_size);
        state->live_blocks--;
        state->live_bytes -= old_size;
    }
    if (state->live_bytes > state->peak_bytes)
        state->peak_bytes = state->live_bytes;
    return fresh ? fresh + 1 : NULL;
}

struct pm_allocator pm_fault_alloc(struct pm_fault_alloc *state)
{
    return (struct pm_allocator){resize, state};
}

size_t pm_fault_alloc_each(int (*task)(const struct pm_allocator *alloc,
                                       void *context),
                           void *context, int may_recover)
{
    for (size_t point = 1;; point++) {
        struct pm_fault_alloc state = {.fail_at = point};
        struct pm_allocator alloc = pm_fault_alloc(&state);
        int ok = task(&alloc, context);
        int met = state.calls >= point;
        if (!CHECK_INT(state.live_blocks, 0) || !CHECK(ok || met) ||
            !CHECK(!ok || !met || may_recover))
            return point;
        if (!met)
            return point - 1;
    }
}
