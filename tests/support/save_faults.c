// SPDX-License-Identifier: MIT
#include "support/save_faults.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hosts/common/os_fault_internal.h"
#include "support/fault_alloc.h"
#include "support/save_workload.h"

#define SPARE 8u

struct run {
    const struct pm_save_fault *plan;
    struct pm_sim *sim;
    struct pm_os_fault *full; // NULL: the disk is not to be full
    const struct pm_os *os;
    struct pm_fault_alloc memory;
    struct pm_allocator alloc;
    struct pm_save_workload *w;
    struct pm_crash_progress progress;
};

static bool refuse(struct run *run, const char *what)
{
    if (!run->w->wrong)
        run->w->wrong = what;
    return false;
}

// --- the fault ---------------------------------------------------------------

static void set_fault(struct run *run, bool is_there)
{
    const struct pm_save_fault *plan = run->plan;
    struct pm_sim_fault *fault = &pm_sim_knobs(run->sim)->fault;

    fault->at = plan->at;
    fault->on = plan->on;
    fault->error = is_there ? plan->error : 0;
    run->memory.fail_on = plan->on;
    run->memory.fail_at = is_there && plan->is_memory ? (size_t)plan->at : 0;
    if (run->full)
        run->full->has_room_limit = is_there;
}

static bool is_set(const struct run *run)
{
    return run->memory.fail_at || pm_sim_knobs(run->sim)->fault.error ||
           (run->full && run->full->has_room_limit);
}

static bool was_met(const struct run *run)
{
    if (run->full)
        return pm_os_fault_failed(run->full) > 0;
    if (run->plan->is_memory)
        return run->memory.calls >= run->plan->at;
    return pm_sim_knobs(run->sim)->fault.hits > 0;
}

static bool make_full_disk(struct run *run)
{
    struct pm_allocator alloc = pm_allocator_libc();
    char text[64];
    char why[128];

    snprintf(text, sizeof text, "disk-full@%" PRIu64, run->plan->room);
    run->full = pm_os_fault_create(&alloc, run->os, text, why, sizeof why);
    if (!run->full)
        return refuse(run, "no plan");
    run->os = pm_os_fault_table(run->full);
    return true;
}

// --- a run -------------------------------------------------------------------

static pm_fs_status open_saves(struct run *run, uint32_t spare)
{
    return pm_save_volume_open(&run->w->saves, &run->alloc, run->os, 30000,
                               spare);
}

// With the fault or, when that is in the way, without.
static bool begin(struct run *run)
{
    set_fault(run, true);
    pm_fs_status status = open_saves(run, 0);
    if (!status)
        return true;
    if (!was_met(run))
        return refuse(run, "it does not open");
    if (run->plan->is_full && status != PM_FS_STORAGE_FULL)
        return refuse(run, "a full disk is taken for something else");
    set_fault(run, false);
    // What the host calls damage in the card leaves the volume open.
    if (run->w->saves.card)
        pm_save_volume_close(&run->w->saves);
    if (open_saves(run, 0))
        return refuse(run, "it does not open when the fault is gone");
    return true;
}

// Promise 4: what is written or committed has its space.
static bool is_kept(const struct run *run)
{
    const struct pm_save_workload *w = run->w;

    if (!run->plan->is_full || !w->had_boundary || !w->status)
        return true;
    if (strcmp(w->what, "frame") == 0)
        return false;
    return strcmp(w->what, "card_commit") != 0 ||
           w->status == PM_FS_NOT_FOUND; // nothing was staged
}

static bool step(struct run *run)
{
    bool is_there = is_set(run);

    pm_save_workload_step(run->w);
    if (!is_kept(run))
        return refuse(run, "what had answered OK has no room");
    if (run->plan->is_lazy)
        return true;
    set_fault(run, false);
    bool is_right = pm_save_workload_look(run->w);
    set_fault(run, is_there);
    return is_right;
}

static bool check_cut(struct run *run)
{
    struct pm_sim_fate *fates =
        calloc(pm_sim_pending_count(run->sim) + 1, sizeof *fates);
    struct pm_sim *cut = pm_sim_cut(run->sim, fates);
    struct pm_save_volume saves;
    struct pm_save_sums found = {0};
    struct pm_allocator alloc = pm_allocator_libc();

    free(fates);
    bool ok = pm_save_volume_open(&saves, &alloc, pm_sim_os(cut), 0, SPARE) ==
                  PM_FS_OK &&
              pm_save_volume_see(&saves, &found) == PM_FS_OK &&
              pm_save_workload_allows(run->w, &run->progress, &found) &&
              pm_save_volume_goes_on(&saves, &alloc, pm_sim_os(cut));
    pm_save_volume_close(&saves);
    pm_sim_free(cut);
    return ok || refuse(run, "a cut while it failed has lost something");
}

// Without the fault: all goes on, and is there after closing and opening.
static bool end(struct run *run)
{
    struct pm_save_workload *w = run->w;
    struct pm_save_sums wanted;
    struct pm_save_sums found = {0};

    // A flush that failed may be told only now.
    if (pm_save_workload_sync(w) && pm_save_workload_sync(w))
        return refuse(run, "it does not go on when the fault is gone");
    if (!pm_save_workload_look(w))
        return false;
    wanted = pm_save_workload_sums(w);
    pm_save_workload_drop_handles(w);
    pm_save_volume_close(&w->saves);
    if (open_saves(run, SPARE))
        return refuse(run, "it does not open again");
    if (pm_save_volume_see(&w->saves, &found) ||
        found.content != wanted.content)
        return refuse(run, "not all is there after opening again");
    if (!pm_save_volume_goes_on(&w->saves, &run->alloc, run->os))
        return refuse(run, "it does not go on after opening again");
    return true;
}

static void describe(const struct run *run)
{
    const struct pm_save_fault *plan = run->plan;

    if (run->w->wrong)
        fprintf(stderr,
                "save_faults: seed %" PRIu64 ", error %d at %" PRIu64
                "%s%s, room %" PRIu64 ", operation %" PRIu32
                " (%s, status %d): %s\n",
                plan->seed, plan->error, plan->at, plan->on ? "+" : "",
                plan->is_memory ? " (memory)" : "", plan->room, run->w->number,
                run->w->what ? run->w->what : "none", (int)run->w->status,
                run->w->wrong);
}

static bool run_all(struct run *run)
{
    if ((run->plan->is_full && !make_full_disk(run)) || !begin(run))
        return false;
    for (uint32_t i = 0; i < run->plan->operations; i++)
        if (!step(run))
            return false;
    if (run->plan->is_cut && !check_cut(run))
        return false;
    set_fault(run, false);
    return end(run);
}

bool pm_save_fault_run(const struct pm_save_fault *plan, bool *out_met)
{
    static struct pm_save_workload workload;
    struct run run = {.plan = plan, .sim = pm_sim_new(), .w = &workload};

    workload = (struct pm_save_workload){.seed = plan->seed,
                                         .operations = plan->operations,
                                         .is_lazy = plan->is_lazy};
    run.os = pm_sim_os(run.sim);
    run.alloc = pm_fault_alloc(&run.memory);
    pm_save_workload_init(&workload, &run.progress);
    run_all(&run);
    if (out_met)
        *out_met = was_met(&run);
    set_fault(&run, false);
    if (workload.saves.volume)
        pm_save_workload_drop_handles(&workload);
    pm_save_volume_close(&workload.saves);
    if (run.memory.live_blocks || pm_sim_open_count(run.sim))
        refuse(&run, "something was not given back");
    describe(&run);
    pm_os_fault_destroy(run.full);
    pm_sim_free(run.sim);
    pm_save_workload_free(&workload);
    return !workload.wrong;
}
