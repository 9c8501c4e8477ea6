// SPDX-License-Identifier: MIT
//
// What the blocks of support/large_blocks.h must keep of what the address
// sanitizer finds.
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "support/large_blocks.h"
#include "support/test.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define IS_POISONED(byte) __asan_address_is_poisoned(byte)
#else
// Nothing to look at: they are blocks of the C library.
#define IS_POISONED(byte) ((void)(byte), true)
#endif

// Neither a multiple of 8 nor of anything else.
#define SIZE ((size_t)300001)

TEST(large_blocks, end_at_the_byte_and_have_a_gap_in_front)
{
    uint8_t *block = pm_test_block_alloc(SIZE);

    REQUIRE(block != NULL);
    CHECK_INT((uintptr_t)block % 16, 0);
    memset(block, 1, SIZE);
    CHECK(IS_POISONED(block + SIZE));
    CHECK(IS_POISONED(block - 1));
    pm_test_block_free(block, SIZE);
}

TEST(large_blocks, are_out_of_bounds_once_released_and_whole_when_used_again)
{
    uint8_t *blocks[8];

    // They share rooms, though none has the size of another.
    for (size_t i = 0; i < 8; i++) {
        blocks[i] = pm_test_block_alloc(SIZE + i);
        REQUIRE(blocks[i] != NULL);
        memset(blocks[i], (int)i, SIZE + i);
    }
    for (size_t i = 0; i < 8; i++) {
        CHECK_INT(blocks[i][SIZE + i - 1], i);
        pm_test_block_free(blocks[i], SIZE + i);
        CHECK(IS_POISONED(blocks[i]));
        CHECK(IS_POISONED(blocks[i] + SIZE / 2));
    }
    for (size_t i = 0; i < 8; i++) {
        blocks[i] = pm_test_block_alloc(SIZE + 8 - i);
        REQUIRE(blocks[i] != NULL);
        memset(blocks[i], 1, SIZE + 8 - i);
        CHECK(IS_POISONED(blocks[i] + SIZE + 8 - i));
    }
    for (size_t i = 0; i < 8; i++)
        pm_test_block_free(blocks[i], SIZE + 8 - i);
}

TEST(large_blocks, grow_and_shrink_across_the_border_with_what_is_in_them)
{
    static const size_t sizes[] = {10, 70000, 70001, 400000, 65536, 65535, 3};
    struct pm_allocator alloc = pm_allocator_libc();
    uint8_t *block = NULL;
    size_t old = 0;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        block = alloc.resize(alloc.context, block, old, sizes[i]);
        REQUIRE(block != NULL);
        if (old)
            CHECK(memcmp(block, "abc", 3) == 0);
        memset(block, 0, sizes[i]);
        memcpy(block, "abc", 3);
        old = sizes[i];
    }
    pm_mem_free(&alloc, block, old);
}
