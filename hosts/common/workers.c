// SPDX-License-Identifier: MIT
#define _GNU_SOURCE // sched_getaffinity

#include "hosts/common/workers.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#define MOST_THREADS 64u

// What stands in a job's host[]: its neighbours while it is queued, and how
// far it has come: NULL while queued, the pool while it runs, the job itself
// once it has run. All of it is touched under the lock only.
#define NEXT  0
#define PREV  1
#define STATE 2

struct pm_worker_pool {
    struct pm_allocator alloc;
    struct pm_workers workers;
    pthread_mutex_t lock;
    pthread_cond_t has_job; // or the pool ends
    pthread_cond_t has_run; // some job has
    struct pm_job *first;   // the queue
    struct pm_job *last;
    bool ends;
    unsigned count;
    pthread_t threads[MOST_THREADS];
};

// --- the queue, under the lock -----------------------------------------------

static void append(struct pm_worker_pool *pool, struct pm_job *job)
{
    job->host[NEXT] = NULL;
    job->host[PREV] = pool->last;
    job->host[STATE] = NULL;
    if (pool->last)
        pool->last->host[NEXT] = job;
    else
        pool->first = job;
    pool->last = job;
}

static void take_out(struct pm_worker_pool *pool, struct pm_job *job)
{
    struct pm_job *next = job->host[NEXT];
    struct pm_job *prev = job->host[PREV];

    if (prev)
        prev->host[NEXT] = next;
    else
        pool->first = next;
    if (next)
        next->host[PREV] = prev;
    else
        pool->last = prev;
}

// Runs a queued job, without the lock meanwhile. Nobody touches the job once
// it is done and the lock is given back: its owner may free it.
static void run(struct pm_worker_pool *pool, struct pm_job *job)
{
    take_out(pool, job);
    job->host[STATE] = pool;
    pthread_mutex_unlock(&pool->lock);
    job->run(job);
    pthread_mutex_lock(&pool->lock);
    job->host[STATE] = job;
    pthread_cond_broadcast(&pool->has_run);
}

static void *work(void *context)
{
    struct pm_worker_pool *pool = context;

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!pool->first && !pool->ends)
            pthread_cond_wait(&pool->has_job, &pool->lock);
        if (!pool->first)
            break;
        run(pool, pool->first);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

// --- what the library calls --------------------------------------------------

static void start_job(void *context, struct pm_job *job)
{
    struct pm_worker_pool *pool = context;

    pthread_mutex_lock(&pool->lock);
    append(pool, job);
    pthread_cond_signal(&pool->has_job);
    pthread_mutex_unlock(&pool->lock);
}

static void wait_job(void *context, struct pm_job *job)
{
    struct pm_worker_pool *pool = context;

    pthread_mutex_lock(&pool->lock);
    if (!job->host[STATE])
        run(pool, job);
    while (job->host[STATE] != job)
        pthread_cond_wait(&pool->has_run, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

// --- threads -----------------------------------------------------------------

unsigned pm_worker_processors(void)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return (unsigned)CPU_COUNT(&set);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (unsigned)online : 1;
}

// Threads begin with the mask of the one that makes them.
static void make_threads(struct pm_worker_pool *pool, unsigned wanted)
{
    sigset_t all;
    sigset_t before;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    while (pool->count < wanted &&
           pthread_create(&pool->threads[pool->count], NULL, work, pool) == 0)
        pool->count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

pm_status pm_worker_pool_create(const struct pm_allocator *alloc,
                                unsigned threads, struct pm_worker_pool **out)
{
    struct pm_worker_pool *pool =
        alloc->resize(alloc->context, NULL, 0, sizeof *pool);

    if (!pool)
        return PM_ERR_NO_MEMORY;
    *pool = (struct pm_worker_pool){
        .alloc = *alloc,
        .workers = {.context = pool, .start = start_job, .wait = wait_job}};
    // With the default attributes these only fill in the structs.
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->has_job, NULL);
    pthread_cond_init(&pool->has_run, NULL);
    if (threads == 0)
        threads = pm_worker_processors();
    make_threads(pool, threads < MOST_THREADS ? threads : MOST_THREADS);
    *out = pool;
    return PM_OK;
}

void pm_worker_pool_destroy(struct pm_worker_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->ends = true;
    pthread_cond_broadcast(&pool->has_job);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->has_run);
    pthread_cond_destroy(&pool->has_job);
    pthread_mutex_destroy(&pool->lock);
    struct pm_allocator alloc = pool->alloc;
    alloc.resize(alloc.context, pool, sizeof *pool, 0);
}

const struct pm_workers *
pm_worker_pool_workers(const struct pm_worker_pool *pool)
{
    return &pool->workers;
}

unsigned pm_worker_pool_threads(const struct pm_worker_pool *pool)
{
    return pool->count;
}
