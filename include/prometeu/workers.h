// SPDX-License-Identifier: MIT
//
// Workers: how a host lends its threads. The library starts none itself; what
// can run beside the frame (reading and decoding assets, converting files)
// is handed out as jobs, each of which touches only what it was given. With
// or without workers, on one or on many threads, the results are the same.

#ifndef PROMETEU_WORKERS_H
#define PROMETEU_WORKERS_H

#ifdef __cplusplus
extern "C" {
#endif

struct pm_job {
    // Does the job, once.
    void (*run)(struct pm_job *job);
    // The host's own, from start until wait has returned.
    void *host[4];
};

struct pm_workers {
    void *context;
    // Takes up a job: its run is called once, on any thread, now or later.
    // The job stays where it is until it has been waited for.
    void (*start)(void *context, struct pm_job *job);
    // Returns when the job has run, and what it wrote can be read. Each job
    // that was started is waited for exactly once, by the thread that
    // started it.
    void (*wait)(void *context, struct pm_job *job);
};

#ifdef __cplusplus
}
#endif

#endif
