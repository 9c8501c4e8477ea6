// SPDX-License-Identifier: MIT
//
// A backend of many small operations, each of which fails in turn, for
// windows of 1 byte to 1 MiB: no byte of the window and none of the content
// has changed, and everything that the call gives is neutral. Counted: at
// least 100,000 injections.
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "support/test.h"
#include "world.h"

#define LARGEST (1u << 20)
// Around the window, to be left alone.
#define EDGE 32u

struct run {
    struct world w;
    uint64_t injections;
    uint8_t *memory;  // the buffer as it was
    uint8_t *content; // of the box, so many bytes
    size_t size;
};

static const struct pm_sample *sample_of(const struct run *run)
{
    return &run->w.b.sample;
}

// Of the buffer, the first [looked] bytes are looked at.
static bool is_untouched(struct run *run, uint32_t looked)
{
    size_t size;
    const uint8_t *bytes = pm_sample_box_bytes(world_box(&run->w), &size);

    return size == run->size && memcmp(bytes, run->content, size) == 0 &&
           memcmp(world_buffer(&run->w), run->memory, looked) == 0;
}

// Statuses differ from failure to failure, and each comes through as it is.
static int32_t status_of(uint64_t failing)
{
    return (int32_t)(failing % 1000 + 20);
}

// The call must fail at operation [failing] and at no other.
static bool fails_whole(struct run *run, const struct pm_call_decl *call,
                        uint32_t size, uint64_t failing)
{
    struct pm_sample *sample = &run->w.b.sample;
    uint64_t handle = world_handle(&run->w, &targets[BOX]);

    sample->fail_at = failing;
    sample->fail_status = status_of(failing);
    struct moved moved = world_move(&run->w, call, handle, 0, EDGE, size);
    run->injections++;
    return !moved.trap && moved.status == status_of(failing) &&
           moved.size == 0 && !moved.eof && sample->operations == failing;
}

// Bytes are compared after each failure where that is little work, else
// after some and after the last: what one has changed, the next does not
// change back.
static void inject(struct run *run, const struct pm_call_decl *call,
                   uint32_t size, uint64_t operations)
{
    uint64_t step = 1 + size / 4096;
    unsigned bad = 0;

    for (uint64_t failing = 1; failing <= operations; failing++) {
        bad += !fails_whole(run, call, size, failing);
        if (failing % step == 0)
            bad += !is_untouched(run, size + 2 * EDGE);
    }
    CHECK_INT(bad, 0);
    CHECK(is_untouched(run, LARGEST + 2 * EDGE));
}

// Counts the operations of a call that succeeds, for which the target is put
// back as it was.
static uint64_t count(struct run *run, const struct pm_call_decl *call,
                      uint32_t size)
{
    uint64_t handle = world_handle(&run->w, &targets[BOX]);

    run->w.b.sample.fail_at = 0;
    struct moved moved = world_move(&run->w, call, handle, 0, EDGE, size);
    CHECK_INT(moved.status, 0);
    CHECK_INT(moved.size, size);
    return sample_of(run)->operations;
}

// The window holds what the box does not, which has some bytes more.
static void refresh(struct run *run, uint32_t size)
{
    run->size = size + EDGE;
    CHECK(pm_sample_box_fill(&run->w.b.sample, world_box(&run->w), run->size));
    memset(world_buffer(&run->w), 0xEE, LARGEST + 2 * EDGE);
    memcpy(run->memory, world_buffer(&run->w), LARGEST + 2 * EDGE);
    memcpy(run->content, pm_sample_box_bytes(world_box(&run->w), &run->size),
           run->size);
}

static void try_size(struct run *run, const struct target *target,
                     uint32_t size, uint32_t chunk)
{
    const struct pm_call_decl *calls[] = {world_read_call(target),
                                          world_write_call(target)};

    run->w.b.sample.chunk = chunk;
    for (int i = 0; i < 2; i++) {
        refresh(run, size);
        uint64_t operations = count(run, calls[i], size);
        CHECK_INT(operations, (size + chunk - 1) / chunk);
        refresh(run, size);
        inject(run, calls[i], size, operations);
        CHECK_INT(count(run, calls[i], size), operations);
    }
}

// The work grows with the square of a size whose every byte is an operation,
// so that most failures are those of windows around a page.
static void try_sizes(struct run *run)
{
    static const struct {
        uint32_t size;
        uint32_t chunk;
    } rows[] = {{1, 1},
                {2, 1},
                {15, 1},
                {16, 1},
                {17, 3},
                {255, 1},
                {256, 1},
                {1000, 1},
                {20000, 8},
                {65535, 64},
                {65536, 16},
                {LARGEST / 2, 4096},
                {LARGEST - 1, 8192},
                {LARGEST, 8192}};

    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++)
        try_size(run, &targets[BOX], rows[i].size, rows[i].chunk);
    for (uint32_t size = 4091; size <= 4101; size++)
        try_size(run, &targets[BOX], size, 1);
}

TEST(injection, no_failure_of_the_backend_changes_a_byte)
{
    struct run run = {.memory = malloc(LARGEST + 2 * EDGE),
                      .content = malloc(LARGEST + EDGE)};

    REQUIRE(run.memory && run.content);
    if (world_open(&run.w, LARGEST + 2 * EDGE))
        try_sizes(&run);
    CHECK(run.injections >= 100000);
    world_close(&run.w);
    free(run.memory);
    free(run.content);
}
