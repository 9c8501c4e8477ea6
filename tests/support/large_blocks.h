// SPDX-License-Identifier: MIT
//
// Large blocks for tests under the address sanitizer, which gives each back to
// the system and gets the pages of the next one anew: making a machine took
// mostly that. Here blocks that are released wait, poisoned, to be used again.
//
// What is found stays the same. In front of a block, behind it (to the byte)
// and in what is released nothing may be touched; what is lost is a leak; and
// unlike free() this notices when a block comes back with another size.
// Without the sanitizer all of it is malloc and free.

#ifndef PM_TEST_LARGE_BLOCKS_H
#define PM_TEST_LARGE_BLOCKS_H

#include <stddef.h>

// As malloc. A block of [size] bytes that goes back by pm_test_block_free.
void *pm_test_block_alloc(size_t size);

// Releases a block of [size] bytes, which may not be NULL.
void pm_test_block_free(void *block, size_t size);

#endif
