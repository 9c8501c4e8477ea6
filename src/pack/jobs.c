// SPDX-License-Identifier: MIT
//
// Jobs are many and small: handing each of them to a thread and being told of
// its end costs as much as the job. So a few runners are handed out, each of
// which takes the next job until there is none.

#include "pack/jobs.h"

#include <stdatomic.h>
#include <stdint.h>

// More than there are threads, so that none is idle; those that come too late
// end at once.
#define RUNNERS 64

struct queue {
    void *first;
    size_t count;
    size_t stride;
    atomic_size_t next;
};

struct runner {
    struct pm_job job; // the first member
    struct queue *queue;
};

static void run_jobs(struct queue *queue)
{
    for (;;) {
        size_t index =
            atomic_fetch_add_explicit(&queue->next, 1, memory_order_relaxed);
        if (index >= queue->count)
            return;
        struct pm_job *job =
            (struct pm_job *)((uint8_t *)queue->first + index * queue->stride);
        if (job->run)
            job->run(job);
    }
}

static void run_runner(struct pm_job *job)
{
    run_jobs(((struct runner *)job)->queue);
}

static size_t count_jobs(const struct queue *queue)
{
    const uint8_t *job = queue->first;
    size_t count = 0;

    for (size_t i = 0; i < queue->count; i++)
        count +=
            ((const struct pm_job *)(job + i * queue->stride))->run != NULL;
    return count;
}

void pm_pack_run_jobs(const struct pm_workers *workers, void *first,
                      size_t count, size_t stride)
{
    struct queue queue = {.first = first, .count = count, .stride = stride};
    struct runner runners[RUNNERS];
    size_t wanted = count_jobs(&queue);
    size_t started = wanted < RUNNERS ? wanted : RUNNERS;

    atomic_init(&queue.next, 0);
    if (!workers || started < 2) {
        run_jobs(&queue);
        return;
    }
    for (size_t i = 0; i < started; i++) {
        runners[i] = (struct runner){.job.run = run_runner, .queue = &queue};
        workers->start(workers->context, &runners[i].job);
    }
    for (size_t i = 0; i < started; i++)
        workers->wait(workers->context, &runners[i].job);
}
