// SPDX-License-Identifier: MIT
#include "support/store_crash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hosts/common/store.h"

#define KEYS    24u
#define CHANGES 4u
#define LARGEST 9000u
// A key that is put after a cut, to see that the store goes on.
#define PROBE 1000u

struct change {
    uint32_t key;
    uint32_t last; // of a removal
    bool is_put;
    uint32_t size;
    uint32_t seed;
};

struct transaction {
    struct change changes[CHANGES];
    uint32_t count;
};

// What the model knows of an item.
struct slot {
    bool is_there;
    uint32_t size;
    uint32_t seed;
};

struct model {
    const struct pm_store_crash *workload;
    struct pm_allocator alloc;
    uint64_t random;
    struct slot slots[KEYS];
    struct transaction *done; // [1 .. begun]
    uint64_t *hashes;         // of the content after each
    uint32_t checks;
    struct pm_store_error error; // of the last open that failed
    bool was_served;
    bool has_failed; // a flush; not confirmed again yet
    uint64_t told;   // faults that an answer has told of
};

static uint64_t next(struct model *model)
{
    model->random ^= model->random << 13;
    model->random ^= model->random >> 7;
    model->random ^= model->random << 17;
    return model->random >> 11;
}

static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
    const uint8_t *at = data;
    uint64_t word = size;

    for (; size >= 8; size -= 8, at += 8) {
        memcpy(&word, at, 8);
        hash = (hash ^ word) * 0x9fb21c651e98df25u;
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, at, size);
    return (hash ^ word ^ size << 56) * 0x9e3779b97f4a7c15u;
}

static void value_of(uint32_t key, uint32_t seed, uint32_t size, uint8_t *out)
{
    uint64_t x = ((uint64_t)seed << 32 | key) * 0x9e3779b97f4a7c15u;

    for (uint32_t i = 0; i < size; i++) {
        if (i % 8 == 0)
            x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9u;
        out[i] = (uint8_t)(x >> (i % 8 * 8));
    }
}

static uint64_t hash_item(uint64_t hash, uint64_t key, const void *value,
                          size_t size)
{
    return mix(mix(hash, &key, sizeof key), value, size);
}

static uint64_t hash_model(const struct model *model)
{
    uint8_t value[LARGEST];
    uint64_t hash = 1;

    for (uint32_t key = 0; key < KEYS; key++) {
        const struct slot *slot = &model->slots[key];
        if (!slot->is_there)
            continue;
        value_of(key, slot->seed, slot->size, value);
        hash = hash_item(hash, key, value, slot->size);
    }
    return hash;
}

// --- the workload ------------------------------------------------------------

static uint32_t draw_size(struct model *model, uint32_t number)
{
    uint32_t every = model->workload->large_every;

    if (every && number % every == 0)
        return (uint32_t)(next(model) % 2 ? 4096 : LARGEST);
    return (uint32_t)(next(model) % 16 ? next(model) % 200
                                       : next(model) % 2000);
}

static void draw_transaction(struct model *model, uint32_t number,
                             struct transaction *out)
{
    out->count = 1 + (uint32_t)(next(model) % CHANGES);
    for (uint32_t i = 0; i < out->count; i++) {
        struct change *change = &out->changes[i];
        *change = (struct change){.key = (uint32_t)(next(model) % KEYS)};
        change->is_put = next(model) % 5 != 0;
        change->last = change->key + (uint32_t)(next(model) % 4);
        change->size = draw_size(model, number);
        change->seed = (uint32_t)next(model);
    }
}

static void apply_to_model(struct model *model, const struct transaction *t)
{
    for (uint32_t i = 0; i < t->count; i++) {
        const struct change *c = &t->changes[i];
        if (c->is_put)
            model->slots[c->key] = (struct slot){true, c->size, c->seed};
        for (uint32_t k = c->key; !c->is_put && k <= c->last && k < KEYS; k++)
            model->slots[k].is_there = false;
    }
}

// Commits the transactions [first] to [last] as one.
static pm_fs_status commit(const struct model *model, struct pm_store *store,
                           uint64_t first, uint64_t last, bool durable)
{
    size_t most = (size_t)(last - first + 1) * CHANGES;
    struct pm_store_change *changes = calloc(most + 1, sizeof *changes);
    uint8_t *values = malloc((most + 1) * LARGEST);
    size_t count = 0;
    uint64_t bytes = 0;

    for (uint64_t t = first; t <= last; t++)
        for (uint32_t i = 0; i < model->done[t].count; i++) {
            const struct change *c = &model->done[t].changes[i];
            uint8_t *value = values + count * LARGEST;
            if (c->is_put)
                value_of(c->key, c->seed, c->size, value);
            changes[count++] = (struct pm_store_change){
                c->key, c->last, c->is_put ? value : NULL, c->size};
            bytes += c->size;
        }
    pm_fs_status status = PM_FS_OK;
    if (model->workload->reserves)
        status = store->reserve(store->context, count * CHANGES, bytes);
    if (!status)
        status = store->commit(store->context, changes, count, durable);
    free(values);
    free(changes);
    return status;
}

static pm_fs_status open_store(struct model *model, const struct pm_os *os,
                               struct pm_store *out)
{
    const struct pm_store_config config = {
        .alloc = &model->alloc, .os = os, .directory = "saves", .app_id = 1};

    return pm_store_open(&config, out, &model->error);
}

// One step; false when the store did not do what it has to.
static bool step(struct model *model, struct pm_store *store,
                 struct pm_crash_progress *progress, struct pm_sim *sim)
{
    const struct pm_store_crash *workload = model->workload;
    uint64_t number = ++progress->begun;
    bool durable = next(model) % workload->durable_every == 0;
    // Once a flush has failed, all that is not confirmed is given again.
    uint64_t first = model->has_failed ? progress->acknowledged + 1 : number;

    draw_transaction(model, (uint32_t)number, &model->done[number]);
    apply_to_model(model, &model->done[number]);
    model->hashes[number] = hash_model(model);
    pm_fs_status status = commit(model, store, first, number, durable);
    if (status) {
        // Of a flush that failed in a checkpoint, behind a commit that was
        // done, the next call tells.
        uint64_t hits = pm_sim_knobs(sim)->fault.hits;
        bool is_told = hits > model->told;
        bool was_failed = model->has_failed;
        model->told = hits;
        model->has_failed = true;
        return is_told || (was_failed && !durable);
    }
    if (!durable && next(model) % 8 == 0) {
        durable = store->commit(store->context, NULL, 0, true) == PM_FS_OK;
        model->has_failed = !durable;
    }
    if (durable) {
        progress->acknowledged = number;
        model->has_failed = false;
    }
    return true;
}

static void run(void *context, struct pm_sim *sim,
                struct pm_crash_progress *progress)
{
    struct model *model = context;
    const struct pm_store_crash *workload = model->workload;
    struct pm_store store = {0};

    pm_sim_knobs(sim)->cannot_allocate = workload->cannot_allocate;
    pm_sim_knobs(sim)->failed_sync_reverts = workload->failed_sync_reverts;
    if (workload->fail_sync_at)
        pm_sim_knobs(sim)->fault =
            (struct pm_sim_fault){.error = 5,
                                  .at = workload->fail_sync_at,
                                  .of_kind = true,
                                  .kind = PM_OS_SYNC};
    model->was_served = open_store(model, pm_sim_os(sim), &store) == PM_FS_OK;
    for (uint32_t i = 1; i <= workload->transactions && model->was_served;
         i++) {
        model->was_served = step(model, &store, progress, sim);
        if (!workload->close_every || i % workload->close_every ||
            pm_sim_knobs(sim)->fault.hits)
            continue;
        pm_store_close(&store);
        model->was_served =
            model->was_served &&
            open_store(model, pm_sim_os(sim), &store) == PM_FS_OK;
    }
    pm_store_close(&store);
}

// --- what is left ------------------------------------------------------------

static bool add_to_hash(void *visitor, uint64_t key, const void *value,
                        size_t size)
{
    uint64_t *hash = visitor;

    if (key < PROBE)
        *hash = hash_item(*hash, key, value, size);
    return true;
}

static bool hash_store(struct pm_store *store, uint64_t *out)
{
    *out = 1;
    return store->scan(store->context, 0, INT64_MAX, add_to_hash, out) ==
           PM_FS_OK;
}

static bool is_allowed(const struct model *model, uint64_t hash,
                       const struct pm_crash_progress *progress)
{
    for (uint64_t k = progress->acknowledged; k <= progress->begun; k++)
        if (model->hashes[k] == hash)
            return true;
    return false;
}

// The store goes on where it is: what is put is there after a close.
static bool goes_on(struct model *model, const struct pm_os *os,
                    struct pm_store *store, uint64_t before)
{
    const struct pm_store_change probe = {PROBE, 0, "probe", 5};
    uint64_t after = 0;
    uint8_t value[8];
    size_t size = 0;

    if (store->commit(store->context, &probe, 1, true) != PM_FS_OK)
        return false;
    pm_store_close(store);
    return open_store(model, os, store) == PM_FS_OK &&
           hash_store(store, &after) && after == before &&
           store->get(store->context, PROBE, value, sizeof value, &size) ==
               PM_FS_OK &&
           size == 5;
}

static bool check(void *context, const struct pm_os *os,
                  const struct pm_crash_progress *progress)
{
    struct model *model = context;
    struct pm_store store = {0};
    uint64_t hash = 0;

    if (open_store(model, os, &store) != PM_FS_OK)
        return false;
    bool ok = hash_store(&store, &hash) && is_allowed(model, hash, progress);
    if (ok && ++model->checks % 8 == 0)
        ok = goes_on(model, os, &store, hash);
    pm_store_close(&store);
    return ok;
}

bool pm_store_crash_run(const struct pm_store_crash *workload,
                        struct pm_crash_campaign *campaign)
{
    struct model model = {
        .workload = workload,
        .alloc = pm_allocator_libc(),
        .random = (campaign->seed + 1) * 0x2545f4914f6cdd1du,
        .done = calloc(workload->transactions + 1u, sizeof *model.done),
        .hashes = calloc(workload->transactions + 1u, sizeof *model.hashes),
    };

    model.hashes[0] = hash_model(&model);
    campaign->context = &model;
    campaign->run = run;
    campaign->check = check;
    bool ok = pm_crash_campaign_run(campaign);
    if (!model.was_served)
        fprintf(stderr,
                "store_crash: the workload of seed %" PRIu64
                " was not served\n",
                campaign->seed);
    if (campaign->failures && model.error.text[0])
        fprintf(stderr, "store_crash: a store did not open: %s\n",
                model.error.text);
    free(model.done);
    free(model.hashes);
    return ok && model.was_served;
}
