// SPDX-License-Identifier: MIT
//
// The host's allocator: blocks keep what is in them on whatever side of the
// large ones they are.
#include "hosts/common/memory.h"

#include <stdint.h>
#include <string.h>

#include "support/test.h"

#define LARGE ((size_t)8 << 20)

static void fill(uint8_t *block, size_t size)
{
    for (size_t i = 0; i < size; i++)
        block[i] = (uint8_t)(i * 7 + i / 251);
}

static bool holds(const uint8_t *block, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (block[i] != (uint8_t)(i * 7 + i / 251))
            return false;
    return true;
}

TEST(memory, blocks_keep_what_is_in_them)
{
    static const size_t sizes[] = {1,         4096,          LARGE - 1,
                                   LARGE,     LARGE + 1,     3 * LARGE + 5,
                                   LARGE / 2, LARGE * 2 + 1, 17};
    struct pm_allocator alloc = pm_host_allocator();
    size_t count = sizeof sizes / sizeof *sizes;

    for (size_t i = 0; i < count; i++) {
        size_t old = sizes[i];
        uint8_t *block = alloc.resize(alloc.context, NULL, 0, old);
        REQUIRE(block);
        fill(block, old);
        for (size_t k = 0; k < count; k++) {
            size_t kept = sizes[k] < old ? sizes[k] : old;
            uint8_t *moved = alloc.resize(alloc.context, block, old, sizes[k]);
            REQUIRE(moved);
            CHECK(holds(moved, kept));
            fill(moved, sizes[k]);
            block = moved;
            old = sizes[k];
        }
        CHECK(!alloc.resize(alloc.context, block, old, 0));
    }
}
