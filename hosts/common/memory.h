// SPDX-License-Identifier: MIT
//
// The host's allocator: libc's, but that large blocks may lie in large pages.
// A guest's memory or a large table is written from end to end, and having the
// system hand out each four kilobytes of it takes longer than writing them.

#ifndef PM_HOST_MEMORY_H
#define PM_HOST_MEMORY_H

#include <prometeu/alloc.h>

// Stateless: any number of threads may use it. NULL from it where memory is
// short, as from libc's.
struct pm_allocator pm_host_allocator(void);

#endif
