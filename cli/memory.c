// SPDX-License-Identifier: MIT
//
// Where the commands' memory comes from.
#define _GNU_SOURCE // sbrk, madvise

#include "hosts/common/memory.h"
#include "cli.h"

#ifdef __GLIBC__
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// The room that malloc takes at once: addresses, no memory until it is used.
#define ROOM      ((size_t)64 << 20)
#define HUGE_PAGE ((uintptr_t)2 << 20)

// A compiler touches tens of megabytes once, and having the system hand out
// each four kilobytes of it took a fifth of its time. So malloc's room grows
// in large steps, is not handed back in between, and the first of it may be
// of large pages. All of it is advice: nothing depends on it.
static void advise(void)
{
    uintptr_t start = (uintptr_t)sbrk(0);

    mallopt(M_TOP_PAD, (int)ROOM);
    mallopt(M_TRIM_THRESHOLD, (int)(2 * ROOM));
    mallopt(M_MMAP_THRESHOLD, (int)(ROOM / 4));
    // More than there may be by now; not to be optimised away.
    void *volatile block = malloc((size_t)1 << 20);
    free(block);
#ifdef MADV_HUGEPAGE
    uintptr_t end = (uintptr_t)sbrk(0) & ~(HUGE_PAGE - 1);
    start = (start + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
    if (start < end)
        madvise((void *)start, end - start, MADV_HUGEPAGE);
#endif
}

#else

static void advise(void)
{
}

#endif

struct pm_allocator cli_alloc;

void cli_memory_begin(void)
{
    advise();
    cli_alloc = pm_host_allocator();
}
