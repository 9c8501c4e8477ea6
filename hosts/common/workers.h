// SPDX-License-Identifier: MIT
//
// This host's threads as struct pm_workers: a fixed number of them, one queue.
//
// Jobs begin in the order in which they were started. Nothing is allocated a
// job: the queue is threaded through the jobs themselves. Who waits for a job
// that no thread has taken up yet runs it itself, so that a pool never locks
// up: not when its threads could not be made, and not when a job waits for
// jobs that it started. Signals are left to the other threads of the program.

#ifndef PM_HOST_WORKERS_H
#define PM_HOST_WORKERS_H

#include <prometeu/alloc.h>
#include <prometeu/status.h>
#include <prometeu/workers.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pm_worker_pool;

// Makes a pool of [threads] threads, or of one for each processor that this
// process may use when that is 0; at most 64. The pool is the caller's to
// destroy. Where the system gives fewer threads the pool has those, even none.
// Fails with PM_ERR_NO_MEMORY.
pm_status pm_worker_pool_create(const struct pm_allocator *alloc,
                                unsigned threads, struct pm_worker_pool **out);

// Ends the threads. Every job that was started has been waited for. NULL is
// fine.
void pm_worker_pool_destroy(struct pm_worker_pool *pool);

// The pool as the library takes it; good until the pool is destroyed.
const struct pm_workers *
pm_worker_pool_workers(const struct pm_worker_pool *pool);

// How many threads it has.
unsigned pm_worker_pool_threads(const struct pm_worker_pool *pool);

// How many processors this process may use, 1 or more.
unsigned pm_worker_processors(void);

#ifdef __cplusplus
}
#endif

#endif
