// SPDX-License-Identifier: MIT
#include "pack/jobs.h"

#include <stdint.h>

static struct pm_job *job_at(void *first, size_t index, size_t stride)
{
    return (struct pm_job *)((uint8_t *)first + index * stride);
}

void pm_pack_run_jobs(const struct pm_workers *workers, void *first,
                      size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i++) {
        struct pm_job *job = job_at(first, i, stride);
        if (!job->run)
            continue;
        if (workers)
            workers->start(workers->context, job);
        else
            job->run(job);
    }
    for (size_t i = 0; workers && i < count; i++) {
        struct pm_job *job = job_at(first, i, stride);
        if (job->run)
            workers->wait(workers->context, job);
    }
}
