// SPDX-License-Identifier: MIT
#include "support/volume_crash.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "support/save_workload.h"

// So manyth checks also see that the volume goes on.
#define GOES_ON_EVERY 16u
// Room for the probe.
#define SPARE 8u

struct crash {
    const struct pm_volume_crash *config;
    struct pm_allocator alloc;
    struct pm_save_workload *workload;
    uint64_t checks;
    bool is_going_on; // a check writes its probe, which is cut as well
    struct pm_store_error error; // of the last open that failed
    const char *refusal;         // why the last state was not allowed
};

// --- the workload ------------------------------------------------------------

static bool open_saves(struct crash *crash, struct pm_sim *sim)
{
    struct pm_save_workload *w = crash->workload;

    return pm_save_volume_open(&w->saves, &crash->alloc, pm_sim_os(sim),
                               crash->config->checkpoint_at, 0) == PM_FS_OK;
}

// As at the end of a run: what is due goes to the store, and that closes.
static bool close_and_open(struct crash *crash, struct pm_sim *sim,
                           struct pm_crash_progress *progress)
{
    struct pm_save_workload *w = crash->workload;

    pm_save_workload_drop_handles(w);
    if (pm_save_workload_sync(w))
        return false;
    pm_save_volume_close(&w->saves);
    pm_save_workload_drop_staged(w);
    progress->acknowledged = progress->begun;
    return open_saves(crash, sim) && pm_save_workload_look(w);
}

// Nothing of a disk that is whole answers so.
static bool is_of_a_fault(pm_fs_status status)
{
    return status == PM_FS_IO_FAILED || status == PM_FS_TRANSIENT ||
           status == PM_FS_CORRUPT || status == PM_FS_ACCESS_DENIED;
}

static void set_fault(const struct pm_volume_crash *config, struct pm_sim *sim)
{
    if (config->fail_sync_at)
        pm_sim_knobs(sim)->fault =
            (struct pm_sim_fault){.error = EIO,
                                  .at = config->fail_sync_at,
                                  .on = true,
                                  .of_kind = true,
                                  .kind = PM_OS_SYNC};
}

// The device works again once so many flushes have failed.
static void end_fault(const struct pm_volume_crash *config, struct pm_sim *sim)
{
    struct pm_sim_fault *fault = &pm_sim_knobs(sim)->fault;

    if (fault->hits >= config->failing_flushes)
        fault->error = 0;
}

static bool step(struct crash *crash, struct pm_sim *sim)
{
    struct pm_save_workload *w = crash->workload;

    pm_save_workload_step(w);
    if (is_of_a_fault(w->status) && !pm_sim_knobs(sim)->fault.hits)
        w->wrong = "it failed without a fault";
    end_fault(crash->config, sim);
    if (!w->is_lazy)
        pm_save_workload_look(w);
    return !w->wrong;
}

static void run(void *context, struct pm_sim *sim,
                struct pm_crash_progress *progress)
{
    struct crash *crash = context;
    const struct pm_volume_crash *config = crash->config;
    struct pm_save_workload *w = crash->workload;

    pm_sim_knobs(sim)->cannot_allocate = config->cannot_allocate;
    pm_sim_knobs(sim)->failed_sync_reverts = config->failed_sync_reverts;
    pm_save_workload_init(w, progress);
    if (!open_saves(crash, sim)) {
        w->wrong = "it does not open";
        return;
    }
    set_fault(config, sim);
    for (uint32_t i = 1; i <= config->operations && step(crash, sim); i++)
        if (config->close_every && i % config->close_every == 0 &&
            !close_and_open(crash, sim, progress)) {
            w->wrong = w->wrong ? w->wrong : "it does not open again";
            break;
        }
    // A failure may have been told to nobody yet.
    pm_sim_knobs(sim)->fault.error = 0;
    if (!w->wrong && pm_save_workload_sync(w) && pm_save_workload_sync(w))
        w->wrong = "it does not go on when the fault is gone";
    if (!w->wrong)
        pm_save_workload_look(w);
    pm_save_workload_drop_handles(w);
    pm_save_volume_close(&w->saves);
}

// --- what is left ------------------------------------------------------------

static bool goes_on(struct crash *crash, struct pm_save_volume *saves,
                    const struct pm_os *os)
{
    bool was_going_on = crash->is_going_on;

    crash->is_going_on = true;
    bool ok = pm_save_volume_goes_on(saves, &crash->alloc, os);
    crash->is_going_on = was_going_on;
    return ok;
}

// What is wrong with the saves that were left, or NULL.
static const char *wrong_with(struct crash *crash, struct pm_save_volume *saves,
                              const struct pm_os *os,
                              const struct pm_crash_progress *progress)
{
    struct pm_save_sums found = {0};

    if (pm_save_volume_see(saves, &found))
        return "it cannot be read";
    // The probe is in no content, but it moves the revision of its directory.
    if (crash->is_going_on)
        found.revisions = 0;
    if (!pm_save_workload_allows(crash->workload, progress, &found)) {
        found.revisions = 0;
        return pm_save_workload_allows(crash->workload, progress, &found)
                   ? "revisions are not those of any boundary"
                   : "the content is not that of any boundary";
    }
    if (++crash->checks % GOES_ON_EVERY == 0 && !goes_on(crash, saves, os))
        return "it does not go on";
    return NULL;
}

static bool check(void *context, const struct pm_os *os,
                  const struct pm_crash_progress *progress)
{
    struct crash *crash = context;
    struct pm_save_volume saves;
    const char *wrong = "it does not open";

    if (pm_save_volume_open(&saves, &crash->alloc, os, 0, SPARE) == PM_FS_OK)
        wrong = wrong_with(crash, &saves, os, progress);
    else
        crash->error = saves.error;
    pm_save_volume_close(&saves);
    crash->refusal = wrong ? wrong : crash->refusal;
    return !wrong;
}

bool pm_volume_crash_run(const struct pm_volume_crash *config,
                         struct pm_crash_campaign *campaign)
{
    static struct pm_save_workload workload;
    struct crash crash = {
        .config = config, .alloc = pm_allocator_libc(), .workload = &workload};

    workload = (struct pm_save_workload){
        .seed = campaign->seed,
        .operations = config->operations,
        .durable_every = config->durable_every,
        .is_lazy = config->is_lazy,
        .is_scripted = config->is_scripted,
    };
    campaign->context = &crash;
    campaign->run = run;
    campaign->check = check;
    bool ok = pm_crash_campaign_run(campaign);
    if (workload.wrong)
        fprintf(stderr,
                "volume_crash: seed %" PRIu64 ", operation %" PRIu32
                ", %s, status %d: %s\n",
                campaign->seed, workload.number, workload.what,
                (int)workload.status, workload.wrong);
    if (crash.refusal)
        fprintf(stderr, "volume_crash: the last that was refused: %s\n",
                crash.refusal);
    if (campaign->failures && crash.error.text[0])
        fprintf(stderr, "volume_crash: a store did not open: %s\n",
                crash.error.text);
    pm_save_workload_free(&workload);
    return ok && !workload.wrong;
}
