// SPDX-License-Identifier: MIT
#include "support/crash_campaign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW   8u
#define TORN     6u
#define PREFIXES 48u
#define RANDOM   8u
// So many failures are described.
#define DESCRIBED 5u

struct run {
    struct pm_crash_campaign *campaign;
    struct pm_crash_progress progress;
    uint64_t random;
    bool is_second; // the disk was cut before
    bool is_ended;

    // At one call.
    struct pm_sim *sim;
    struct pm_sim_fate *fates;
    size_t count;
    size_t room;
    bool counts_only;
    uint64_t choices;
};

static uint64_t next(struct run *run)
{
    run->random ^= run->random << 13;
    run->random ^= run->random >> 7;
    run->random ^= run->random << 17;
    return run->random;
}

// --- one state ---------------------------------------------------------------

static void at_call(void *context, struct pm_sim *sim);

static void describe(const struct run *run, const char *what)
{
    static const char letters[] = "-+tzs";

    fprintf(stderr,
            "crash: seed %" PRIu64 ", call %" PRIu64 "%s, %s, transactions "
            "%" PRIu64 " to %" PRIu64 " allowed, pending ",
            run->campaign->seed, run->campaign->calls,
            run->is_second ? " (second cut)" : "", what,
            run->progress.acknowledged, run->progress.begun);
    for (size_t i = 0; i < run->count; i++)
        fputc(letters[run->fates[i].kind], stderr);
    fputc('\n', stderr);
}

static void cut_again(struct run *run, const struct pm_sim *cut)
{
    struct pm_sim *sim = pm_sim_copy(cut);
    struct run second = {.campaign = run->campaign,
                         .progress = run->progress,
                         .random = next(run) | 1,
                         .is_second = true};

    pm_sim_knobs(sim)->hook = at_call;
    pm_sim_knobs(sim)->hook_context = &second;
    run->campaign->check(run->campaign->context, pm_sim_os(sim),
                         &run->progress);
    pm_sim_free(sim);
    free(second.fates);
}

static void try(struct run *run, const char *what)
{
    struct pm_crash_campaign *campaign = run->campaign;
    uint32_t most = campaign->most_at_a_call;

    if (run->counts_only) {
        run->choices++;
        return;
    }
    if (run->is_ended ||
        (most && run->choices > most && next(run) % run->choices >= most))
        return;
    struct pm_sim *cut = pm_sim_cut(run->sim, run->fates);
    campaign->states++;
    campaign->again += run->is_second;
    if (!run->is_second && campaign->again_every &&
        campaign->states % campaign->again_every == 0)
        cut_again(run, cut);
    if (!campaign->check(campaign->context, pm_sim_os(cut), &run->progress)) {
        if (campaign->failures++ < DESCRIBED)
            describe(run, what);
    }
    pm_sim_free(cut);
    if (campaign->stop_at && campaign->states >= campaign->stop_at)
        run->is_ended = true;
}

static void set(struct run *run, size_t from, size_t to,
                enum pm_sim_fate_kind kind)
{
    for (size_t i = from; i < to; i++)
        run->fates[i] = (struct pm_sim_fate){kind, 0};
}

// --- the choices -------------------------------------------------------------

static void try_prefixes(struct run *run)
{
    for (size_t k = 0; k <= run->count; k++) {
        if (k > PREFIXES / 2 && k + PREFIXES / 2 < run->count)
            continue;
        set(run, 0, k, PM_SIM_KEPT);
        set(run, k, run->count, PM_SIM_LOST);
        try(run, "a prefix");
    }
}

static void try_subsets(struct run *run, enum pm_sim_fate_kind before)
{
    size_t window = run->count < WINDOW ? run->count : WINDOW;
    size_t first = run->count - window;

    set(run, 0, first, before);
    for (uint32_t mask = 0; mask < 1u << window; mask++) {
        for (size_t i = 0; i < window; i++)
            set(run, first + i, first + i + 1,
                mask >> i & 1 ? PM_SIM_KEPT : PM_SIM_LOST);
        try(run, "a subset");
    }
}

// The write [k] in each of the ways in which it can come through by half.
static void try_torn(struct run *run, size_t k)
{
    struct pm_sim_pending pending = pm_sim_pending_at(run->sim, k);

    for (uint32_t bytes = 512; bytes < pending.size; bytes += 512) {
        run->fates[k] = (struct pm_sim_fate){PM_SIM_TORN, bytes};
        try(run, "a torn write");
    }
    run->fates[k].kind = PM_SIM_ZEROES;
    try(run, "a size without content");
    run->fates[k].kind = PM_SIM_SMASHED;
    try(run, "smashed sectors");
}

static void try_all_torn(struct run *run)
{
    size_t done = 0;

    for (size_t k = run->count; k-- > 0 && done < TORN;) {
        if (!pm_sim_pending_at(run->sim, k).is_write)
            continue;
        done++;
        set(run, 0, k, PM_SIM_KEPT);
        set(run, k + 1, run->count, PM_SIM_LOST);
        try_torn(run, k);
        // And what was written later came through.
        set(run, k + 1, run->count, PM_SIM_KEPT);
        try_torn(run, k);
    }
}

static void try_files(struct run *run)
{
    for (size_t k = 0; k < run->count; k++) {
        uint32_t inode = pm_sim_pending_at(run->sim, k).inode;
        bool is_first = true;
        for (size_t i = 0; i < k && is_first; i++)
            is_first = pm_sim_pending_at(run->sim, i).inode != inode;
        if (!is_first)
            continue;
        for (int only = 0; only < 2; only++) {
            for (size_t i = 0; i < run->count; i++) {
                bool is = pm_sim_pending_at(run->sim, i).inode == inode;
                set(run, i, i + 1,
                    is == (only == 1) ? PM_SIM_KEPT : PM_SIM_LOST);
            }
            try(run, only ? "one file alone" : "all files but one");
        }
    }
}

static void try_names(struct run *run)
{
    for (int names = 0; names < 2; names++) {
        for (size_t i = 0; i < run->count; i++) {
            bool is = pm_sim_pending_at(run->sim, i).is_name;
            set(run, i, i + 1, is == (names == 1) ? PM_SIM_KEPT : PM_SIM_LOST);
        }
        try(run, names ? "names alone" : "contents alone");
    }
    for (size_t i = 0; i < run->count; i++)
        set(run, i, i + 1,
            pm_sim_pending_at(run->sim, i).is_write ? PM_SIM_ZEROES
                                                    : PM_SIM_KEPT);
    try(run, "sizes and names alone");
}

static void try_random(struct run *run)
{
    for (uint32_t n = 0; n < RANDOM; n++) {
        for (size_t i = 0; i < run->count; i++) {
            uint64_t draw = next(run);
            enum pm_sim_fate_kind kind =
                (enum pm_sim_fate_kind)(draw % 8 < 5 ? draw % 5 : draw % 2);
            if (kind > PM_SIM_KEPT && !pm_sim_pending_at(run->sim, i).is_write)
                kind = PM_SIM_KEPT;
            // What smashes its sectors was under way when the power went:
            // not what has been followed by much else.
            if (kind == PM_SIM_SMASHED && i + 4 < run->count)
                kind = PM_SIM_LOST;
            run->fates[i] =
                (struct pm_sim_fate){kind, (uint32_t)(draw >> 40) % 16 * 512};
        }
        try(run, "drawn fates");
    }
}

static void try_everything(struct run *run)
{
    try_prefixes(run);
    try_subsets(run, PM_SIM_KEPT);
    if (run->count > WINDOW)
        try_subsets(run, PM_SIM_LOST);
    try_all_torn(run);
    try_files(run);
    try_names(run);
    try_random(run);
}

static void at_call(void *context, struct pm_sim *sim)
{
    struct run *run = context;

    if (run->is_ended)
        return;
    if (!run->is_second)
        run->campaign->calls++;
    run->sim = sim;
    run->count = pm_sim_pending_count(sim);
    if (run->count > run->room || !run->fates) {
        run->room = run->count * 2 + 64;
        run->fates = realloc(run->fates, run->room * sizeof *run->fates);
        if (!run->fates)
            abort();
    }
    run->choices = 0;
    run->counts_only = true;
    try_everything(run);
    run->counts_only = false;
    try_everything(run);
}

bool pm_crash_campaign_run(struct pm_crash_campaign *campaign)
{
    struct run run = {.campaign = campaign,
                      .random = campaign->seed * 0x9e3779b97f4a7c15u | 1};
    struct pm_sim *sim = pm_sim_new();
    uint64_t failures = campaign->failures;

    pm_sim_knobs(sim)->hook = at_call;
    pm_sim_knobs(sim)->hook_context = &run;
    campaign->run(campaign->context, sim, &run.progress);
    pm_sim_free(sim);
    free(run.fates);
    return campaign->failures == failures;
}
