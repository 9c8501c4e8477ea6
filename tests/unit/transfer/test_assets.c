// SPDX-License-Identifier: MIT
//
// Reading assets through byte transfer: in the file (data) and in a bank.
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "support/test.h"
#include "world.h"

#define BUFFER 6000
#define SIZE   5000 // of the asset
#define FILL   0xEE

// Byte [at] of asset 1 (support/cart_world.h).
static uint8_t byte_at(uint64_t at)
{
    return (uint8_t)(at * 7 + at / 256);
}

static bool is_window(const uint8_t *buffer, uint64_t offset, uint64_t at,
                      uint64_t size)
{
    for (uint64_t i = 0; i < BUFFER; i++) {
        bool is_in = i >= at && i < at + size;
        if (buffer[i] != (is_in ? byte_at(offset + i - at) : FILL))
            return false;
    }
    return true;
}

static void read_window(struct world *w, const struct target *target,
                        uint64_t offset, uint64_t at, uint64_t max)
{
    uint64_t left = offset < SIZE ? SIZE - offset : 0;
    uint64_t size = left < max ? left : max;

    memset(world_buffer(w), FILL, BUFFER);
    struct moved moved = world_read(w, target, offset, at, max);
    CHECK_INT(moved.trap, PM_TRAP_NONE);
    CHECK_INT(moved.status, 0);
    CHECK_INT(moved.size, size);
    CHECK_INT(moved.eof, size == left);
    CHECK(is_window(world_buffer(w), offset, at, size));
}

TEST(assets, any_window_of_a_reader_is_exact)
{
    static const uint64_t numbers[] = {0,    1,    15,   16,  17,
                                       2500, 4999, 5000, 5001};
    struct world w;

    if (world_open(&w, BUFFER))
        for (int kind = KINDS; kind < ALL_KINDS; kind++)
            for (size_t i = 0; i < PM_ARRAY_LEN(numbers); i++)
                for (size_t k = 0; k < PM_ARRAY_LEN(numbers); k++)
                    for (uint64_t at = 0; at < 1000; at += 333)
                        read_window(&w, &targets[kind], numbers[i], at,
                                    numbers[k]);
    world_close(&w);
}

// The asset's source fails, and then does not any more.
TEST(assets, a_read_that_fails_leaves_the_window_as_it_was)
{
    struct world w;

    if (world_open(&w, BUFFER)) {
        memset(world_buffer(&w), FILL, BUFFER);
        pm_test_cart_fail_reads(&w.b.cart, true);
        struct moved moved = world_read(&w, &targets[DATA], 0, 3, SIZE);
        CHECK_INT(moved.trap, PM_TRAP_NONE);
        CHECK_INT(moved.status, PM_ASSET_IO_FAILED);
        CHECK_INT(moved.size, 0);
        CHECK_INT(moved.eof, 0);
        CHECK(is_window(world_buffer(&w), 0, 0, 0));
        // What is resident needs no file.
        read_window(&w, &targets[BANK], 0, 3, SIZE);
        pm_test_cart_fail_reads(&w.b.cart, false);
        read_window(&w, &targets[DATA], 0, 3, SIZE);
    }
    world_close(&w);
}
