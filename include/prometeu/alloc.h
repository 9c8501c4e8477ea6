// SPDX-License-Identifier: MIT
//
// Memory comes from whoever embeds the machine. Every block is handed back
// with the size it was asked for, so that an embedder can account for it and
// a test can check each release.

#ifndef PROMETEU_ALLOC_H
#define PROMETEU_ALLOC_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pm_allocator {
    // Resizes [block] from [old_size] to [new_size] bytes, like realloc.
    //
    // [block] is NULL exactly when [old_size] is 0: then it allocates. When
    // [new_size] is 0 it frees and returns NULL. Returns NULL when memory is
    // short; [block] is then untouched. Blocks are aligned for any object of
    // up to 16 bytes.
    void *(*resize)(void *context, void *block, size_t old_size,
                    size_t new_size);
    // Handed to [resize] as it is; owned by the embedder.
    void *context;
};

// An allocator over malloc, realloc and free.
struct pm_allocator pm_allocator_libc(void);

#ifdef __cplusplus
}
#endif

#endif
