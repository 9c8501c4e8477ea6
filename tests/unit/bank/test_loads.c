// SPDX-License-Identifier: MIT
//
// Loads against a naive model: random loads, commits, cancels, releases and
// unloads, with and without workers, beside one line a rule of
// docs/spec/loading.md.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "loads_world.h"
#include "support/test.h"

#define PLACES 6 // live loads at most

// --- the model ---------------------------------------------------------------

struct model_load {
    bool lives;
    int32_t id;
    unsigned type;
    unsigned slot;
    unsigned state;
    unsigned error;
    uint64_t order;
    uint64_t left; // stored bytes that the bus has not moved
};

struct model {
    struct model_load loads[PLACES];
    uint64_t orders;
    int32_t now[PM_BANK_TYPES][PM_BANK_SLOTS]; // 0: empty
    int32_t plan[PM_BANK_TYPES][PM_BANK_SLOTS];
    bool is_planned[PM_BANK_TYPES][PM_BANK_SLOTS];
};

struct run {
    struct loads_world w;
    struct model model;
    struct pm_load loads[PLACES];
    struct pm_load_work *works[PLACES];
    uint64_t random;
    uint64_t outcomes[10]; // by status
};

static uint32_t draw(struct run *run, uint32_t limit)
{
    run->random ^= run->random << 13;
    run->random ^= run->random >> 7;
    run->random ^= run->random << 17;
    return (uint32_t)(run->random >> 20) % limit;
}

static uint64_t size_of(const struct run *run, int32_t id)
{
    return id ? loads_world_entry(&run->w, id)->decoded_size : 0;
}

static uint64_t budget_of(unsigned type)
{
    return type == PM_BANK_BLOB ? BLOB_BUDGET : OTHER_BUDGET;
}

// Bytes of the different assets in the slots.
static uint64_t sum_of(const struct run *run, const int32_t *slots)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < PM_BANK_SLOTS; i++) {
        bool is_first = slots[i] != 0;
        for (unsigned k = 0; k < i; k++)
            is_first = is_first && slots[k] != slots[i];
        sum += is_first ? size_of(run, slots[i]) : 0;
    }
    return sum;
}

static bool model_plan(struct run *run, unsigned type, unsigned slot,
                       int32_t id)
{
    struct model *m = &run->model;
    int32_t later[PM_BANK_SLOTS];

    for (unsigned i = 0; i < PM_BANK_SLOTS; i++)
        later[i] = m->is_planned[type][i] ? m->plan[type][i] : m->now[type][i];
    later[slot] = id;
    if (sum_of(run, later) > budget_of(type))
        return false;
    m->is_planned[type][slot] = true;
    m->plan[type][slot] = id;
    return true;
}

static bool is_under_way(const struct model_load *load)
{
    return load->lives && load->state <= PM_LOAD_READY;
}

static unsigned model_begin(struct run *run, struct model_load *load,
                            int32_t id, unsigned slot)
{
    struct model *m = &run->model;
    const struct pm_asset_entry *entry = loads_world_entry(&run->w, id);
    uint64_t staged = 0;

    if (!entry)
        return PM_ASSET_UNKNOWN_ASSET;
    for (int i = 0; i < PLACES; i++) {
        const struct model_load *other = &m->loads[i];
        if (!is_under_way(other) || other->type != entry->bank_type)
            continue;
        if (other->slot == slot)
            return PM_ASSET_SLOT_BUSY;
        staged += size_of(run, other->id);
    }
    if (staged + entry->decoded_size > budget_of(entry->bank_type))
        return PM_ASSET_BUDGET;
    *load = (struct model_load){.lives = true,
                                .id = id,
                                .type = entry->bank_type,
                                .slot = slot,
                                .order = ++m->orders,
                                .left = entry->size};
    return PM_ASSET_OK;
}

static unsigned model_commit(struct run *run, struct model_load *load)
{
    if (load->state < PM_LOAD_READY)
        return PM_ASSET_NOT_READY;
    if (load->state > PM_LOAD_READY)
        return PM_ASSET_WRONG_STATE;
    if (!model_plan(run, load->type, load->slot, load->id))
        return PM_ASSET_BUDGET;
    load->state = PM_LOAD_COMMITTED;
    return PM_ASSET_OK;
}

static struct model_load *model_next(struct model *m)
{
    struct model_load *first = NULL;

    for (int i = 0; i < PLACES; i++)
        if (m->loads[i].lives && m->loads[i].state <= PM_LOAD_LOADING &&
            (!first || m->loads[i].order < first->order))
            first = &m->loads[i];
    return first;
}

static void model_frame(struct run *run)
{
    struct model *m = &run->model;
    uint64_t width = BUS;
    struct model_load *load;

    while ((load = model_next(m)) && (width || !load->left)) {
        uint64_t moved = load->left < width ? load->left : width;
        load->left -= moved;
        width -= moved;
        load->state = PM_LOAD_LOADING;
        if (load->left)
            break;
        bool is_bad = load->id == DAMAGED_ID;
        load->state = is_bad ? PM_LOAD_ERROR : PM_LOAD_READY;
        load->error = is_bad ? PM_ASSET_CORRUPT : 0;
    }
    for (unsigned type = 0; type < PM_BANK_TYPES; type++)
        for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++)
            if (m->is_planned[type][slot]) {
                m->now[type][slot] = m->plan[type][slot];
                m->is_planned[type][slot] = false;
            }
}

// --- the two side by side ----------------------------------------------------

static size_t live(struct run *run, struct pm_load_pair *out)
{
    size_t count = 0;

    // From the last place down: the order of pairs must not matter.
    for (int i = PLACES - 1; i >= 0; i--)
        if (run->model.loads[i].lives)
            out[count++] = (struct pm_load_pair){&run->loads[i], run->works[i]};
    return count;
}

static void same_load(const struct run *run, int i)
{
    const struct model_load *wanted = &run->model.loads[i];
    const struct pm_load *found = &run->loads[i];

    if (!wanted->lives)
        return;
    CHECK_INT(found->state, wanted->state);
    CHECK_INT(found->error, wanted->error);
    CHECK_INT(found->size - found->moved, wanted->left);
}

static void same_slot(const struct run *run, unsigned type, unsigned slot)
{
    struct pm_bank_id id = {0};
    bool full = pm_bank_identity(run->w.bank, (pm_bank_type)type, slot, &id);

    CHECK_INT(full ? id.asset_id : 0, run->model.now[type][slot]);
}

static void same(const struct run *run)
{
    uint64_t used;
    uint64_t budget;

    for (int i = 0; i < PLACES; i++)
        same_load(run, i);
    for (unsigned type = 0; type < PM_BANK_TYPES; type++) {
        for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++)
            same_slot(run, type, slot);
        pm_bank_usage(run->w.bank, (pm_bank_type)type, &used, &budget);
        CHECK_INT(used, sum_of(run, run->model.now[type]));
    }
}

static void begin(struct run *run, int at)
{
    struct pm_load_pair pairs[PLACES];
    size_t count = live(run, pairs);
    int32_t id = (int32_t)draw(run, ASSETS + 2);
    unsigned slot = draw(run, 4) * 5;
    unsigned wanted = model_begin(run, &run->model.loads[at], id, slot);
    unsigned found = pm_load_begin(&run->w.loads, pairs, count, id, slot,
                                   &run->loads[at], &run->works[at]);

    CHECK_INT(found, wanted);
    run->outcomes[found]++;
}

static void commit(struct run *run, int at)
{
    struct pm_load_pair pair = {&run->loads[at], run->works[at]};
    unsigned wanted = model_commit(run, &run->model.loads[at]);
    unsigned found = pm_load_commit(&run->w.loads, &pair);

    CHECK_INT(found, wanted);
    run->outcomes[found]++;
}

static void end_work(struct run *run, int at)
{
    pm_load_work_end(&run->w.loads, run->works[at]);
    run->works[at] = NULL;
}

static void cancel(struct run *run, int at)
{
    struct pm_load_pair pair = {&run->loads[at], run->works[at]};
    bool can = is_under_way(&run->model.loads[at]);
    unsigned found = pm_load_cancel(&pair);

    CHECK_INT(found, can ? PM_ASSET_OK : PM_ASSET_WRONG_STATE);
    if (!can)
        return;
    run->model.loads[at].state = PM_LOAD_CANCELED;
    end_work(run, at);
}

static void release(struct run *run, int at)
{
    end_work(run, at);
    run->model.loads[at] = (struct model_load){0};
}

static void unload(struct run *run)
{
    unsigned type = draw(run, PM_BANK_TYPES);
    unsigned slot = draw(run, 4) * 5;
    bool can = model_plan(run, type, slot, 0);

    CHECK_INT(pm_bank_plan(run->w.bank, (pm_bank_type)type, slot, NULL),
              can ? PM_OK : PM_ERR_LIMIT);
}

static void frame(struct run *run)
{
    struct pm_load_pair pairs[PLACES];

    model_frame(run);
    pm_loads_deliver(&run->w.loads, pairs, live(run, pairs));
    same(run);
}

static void step(struct run *run)
{
    int at = (int)draw(run, PLACES);
    bool lives = run->model.loads[at].lives;

    switch (draw(run, 10)) {
    case 0:
    case 1:
    case 2:
        frame(run);
        break;
    case 3:
        unload(run);
        break;
    case 4:
        if (lives)
            cancel(run, at);
        break;
    case 5:
        if (lives)
            release(run, at);
        break;
    default:
        if (!lives)
            begin(run, at);
        else
            commit(run, at);
    }
}

static void random_run(const struct pm_workers *workers, uint64_t seed,
                       int steps)
{
    struct run *run = calloc(1, sizeof *run);

    PM_CHECK(run);
    run->random = seed * 0x9e3779b97f4a7c15u | 1;
    if (CHECK(loads_world_open(&run->w, workers)))
        for (int i = 0; i < steps; i++)
            step(run);
    for (int i = 0; i < PLACES; i++)
        end_work(run, i);
    for (int status = PM_ASSET_OK; status <= PM_ASSET_BUDGET; status++)
        CHECK(run->outcomes[status] > 0);
    loads_world_close(&run->w);
    free(run);
}

// --- workers of several kinds ------------------------------------------------

// Runs each job when it is started.
static void start_now(void *context, struct pm_job *job)
{
    (void)context;
    job->run(job);
}

static void do_nothing(void *context, struct pm_job *job)
{
    (void)context;
    (void)job;
}

// Runs each job only when it is waited for.
static void wait_late(void *context, struct pm_job *job)
{
    (void)context;
    job->run(job);
}

static const struct pm_workers eager = {NULL, start_now, do_nothing};
static const struct pm_workers lazy = {NULL, do_nothing, wait_late};

TEST(loads, are_as_the_model_says_without_workers)
{
    for (uint64_t seed = 1; seed <= 4; seed++)
        random_run(NULL, seed, 4000);
}

TEST(loads, are_as_the_model_says_with_workers_that_are_fast_or_slow)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        random_run(&eager, seed, 4000);
        random_run(&lazy, seed, 4000);
    }
}

// --- one rule each -----------------------------------------------------------

struct one {
    struct loads_world w;
    struct pm_load load;
    struct pm_load_work *work;
};

static pm_asset_status begin_one(struct one *one, int32_t id)
{
    return pm_load_begin(&one->w.loads, NULL, 0, id, 0, &one->load, &one->work);
}

static void frame_one(struct one *one)
{
    struct pm_load_pair pair = {&one->load, one->work};

    pm_loads_deliver(&one->w.loads, &pair, 1);
}

static void close_one(struct one *one)
{
    pm_load_work_end(&one->w.loads, one->work);
    loads_world_close(&one->w);
}

TEST(loads, each_takes_at_least_one_frame_and_the_bus_decides_how_many)
{
    static const struct {
        int32_t id;
        int frames;
    } rows[] = {{1, 1}, {2, 1}, {4, 4}};

    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        struct one one = {0};
        if (CHECK(loads_world_open(&one.w, NULL))) {
            CHECK_INT(begin_one(&one, rows[i].id), PM_ASSET_OK);
            for (int k = 1; k < rows[i].frames; k++) {
                frame_one(&one);
                CHECK_INT(one.load.state, PM_LOAD_LOADING);
                CHECK_INT(one.load.moved, (uint64_t)k * BUS);
            }
            frame_one(&one);
            CHECK_INT(one.load.state, PM_LOAD_READY);
        }
        close_one(&one);
    }
}

TEST(loads, a_slow_host_makes_the_frame_wait_and_that_is_counted)
{
    struct one one = {0};

    if (CHECK(loads_world_open(&one.w, &lazy))) {
        CHECK_INT(begin_one(&one, 2), PM_ASSET_OK);
        frame_one(&one);
        CHECK_INT(one.load.state, PM_LOAD_READY);
        CHECK_INT(one.w.loads.waits, 1);
    }
    close_one(&one);
}

TEST(loads, a_failing_source_shows_in_the_frame_in_which_it_would_be_ready)
{
    struct one one = {0};

    if (CHECK(loads_world_open(&one.w, &eager))) {
        // All of it comes in one read.
        one.w.fail_at = one.w.reads + 1;
        CHECK_INT(begin_one(&one, 4), PM_ASSET_OK);
        for (int i = 0; i < 3; i++) {
            frame_one(&one);
            CHECK_INT(one.load.state, PM_LOAD_LOADING);
        }
        frame_one(&one);
        CHECK(one.w.reads >= one.w.fail_at);
        CHECK_INT(one.load.state, PM_LOAD_ERROR);
        CHECK_INT(one.load.error, PM_ASSET_IO_FAILED);
        struct pm_load_pair pair = {&one.load, one.work};
        CHECK_INT(pm_load_commit(&one.w.loads, &pair), PM_ASSET_WRONG_STATE);
        CHECK_INT(pm_load_cancel(&pair), PM_ASSET_WRONG_STATE);
    }
    close_one(&one);
}

// Of a packed asset the table of chunks is read when the load begins.
TEST(loads, a_file_that_fails_at_once_shows_no_sooner)
{
    struct one one = {0};

    if (CHECK(loads_world_open(&one.w, NULL))) {
        one.w.fail_at = one.w.reads + 1;
        CHECK_INT(begin_one(&one, 3), PM_ASSET_OK);
        CHECK(one.w.reads >= one.w.fail_at);
        CHECK_INT(one.load.state, PM_LOAD_PENDING);
        while (one.load.state < PM_LOAD_READY)
            frame_one(&one);
        CHECK_INT(one.load.moved, one.load.size);
        CHECK_INT(one.load.state, PM_LOAD_ERROR);
        CHECK_INT(one.load.error, PM_ASSET_IO_FAILED);
    }
    close_one(&one);
}

TEST(loads, two_loads_of_one_asset_become_one_resident)
{
    struct one one = {0};
    struct pm_load other;
    struct pm_load_work *work = NULL;
    uint64_t used;
    uint64_t budget;

    if (CHECK(loads_world_open(&one.w, NULL))) {
        CHECK_INT(begin_one(&one, 3), PM_ASSET_OK);
        struct pm_load_pair pairs[2] = {{&one.load, one.work}};
        CHECK_INT(pm_load_begin(&one.w.loads, pairs, 1, 3, 7, &other, &work),
                  PM_ASSET_OK);
        pairs[1] = (struct pm_load_pair){&other, work};
        for (int i = 0; i < 5; i++)
            pm_loads_deliver(&one.w.loads, pairs, 2);
        CHECK_INT(pm_load_commit(&one.w.loads, &pairs[0]), PM_ASSET_OK);
        CHECK_INT(pm_load_commit(&one.w.loads, &pairs[1]), PM_ASSET_OK);
        pm_loads_deliver(&one.w.loads, pairs, 2);
        pm_bank_usage(one.w.bank, PM_BANK_BLOB, &used, &budget);
        CHECK_INT(used, 70000);
        pm_load_work_end(&one.w.loads, work);
    }
    close_one(&one);
}

static int load_and_commit(const struct pm_allocator *alloc, void *context)
{
    struct one *one = context;
    struct pm_load_pair pair;

    one->w.loads.alloc = *alloc;
    if (begin_one(one, 6))
        return 0;
    frame_one(one);
    pair = (struct pm_load_pair){&one->load, one->work};
    pm_asset_status status = pm_load_commit(&one->w.loads, &pair);
    CHECK(status == PM_ASSET_OK || status == PM_ASSET_TRANSIENT);
    CHECK_INT(one->load.state, status ? PM_LOAD_READY : PM_LOAD_COMMITTED);
    pm_load_work_end(&one->w.loads, one->work);
    one->work = NULL;
    pm_bank_apply(one->w.bank);
    pm_bank_unload(one->w.bank, PM_BANK_GLYPH, 0);
    return status == PM_ASSET_OK;
}

TEST(loads, each_allocation_may_fail)
{
    struct one one = {0};

    if (CHECK(loads_world_open(&one.w, NULL)))
        for (size_t fail_at = 1; fail_at < 20; fail_at++) {
            struct pm_allocator alloc = pm_fault_alloc(&one.w.faults);
            one.w.faults.fail_at = one.w.faults.calls + fail_at;
            size_t live = one.w.faults.live_blocks;
            bool ok = load_and_commit(&alloc, &one);
            bool met = one.w.faults.calls >= one.w.faults.fail_at;
            one.w.faults.fail_at = 0;
            CHECK(ok == !met);
            CHECK_INT(one.w.faults.live_blocks, live);
            if (!met)
                break;
        }
    close_one(&one);
}

// --- saved states ------------------------------------------------------------

TEST(loads, a_saved_load_goes_on_and_a_forged_one_is_refused)
{
    static const struct pm_load good[] = {
        {.asset_id = 4, .bank_type = 3, .slot = 15, .order = 1, .size = 150000},
        {.asset_id = 4,
         .bank_type = 3,
         .state = PM_LOAD_LOADING,
         .order = 2,
         .size = 150000,
         .moved = 40000},
        {.asset_id = 4,
         .bank_type = 3,
         .state = PM_LOAD_READY,
         .order = 2,
         .size = 150000,
         .moved = 150000},
        {.asset_id = 4,
         .bank_type = 3,
         .state = PM_LOAD_ERROR,
         .error = 8,
         .order = 2,
         .size = 150000,
         .moved = 150000},
        {.asset_id = 4,
         .bank_type = 3,
         .state = PM_LOAD_CANCELED,
         .order = 2,
         .size = 150000,
         .moved = 1},
    };
    static const struct pm_load bad[] = {
        {.asset_id = 77, .bank_type = 3, .order = 1, .size = 150000},
        {.asset_id = 4, .bank_type = 2, .order = 1, .size = 150000},
        {.asset_id = 4, .bank_type = 3, .slot = 16, .order = 1, .size = 150000},
        {.asset_id = 4, .bank_type = 3, .order = 0, .size = 150000},
        {.asset_id = 4, .bank_type = 3, .order = UINT64_MAX, .size = 150000},
        {.asset_id = 4, .bank_type = 3, .order = 1, .size = 150001},
        {.asset_id = 4, .bank_type = 3, .order = 1, .size = 150000, .moved = 1},
        {.asset_id = 4,
         .bank_type = 3,
         .state = PM_LOAD_LOADING,
         .order = 1,
         .size = 150000,
         .moved = 150000},
        {.asset_id = 4,
         .bank_type = 3,
         .state = PM_LOAD_READY,
         .order = 1,
         .size = 150000,
         .moved = 5},
        {.asset_id = 4,
         .bank_type = 3,
         .state = PM_LOAD_READY,
         .error = 1,
         .order = 1,
         .size = 150000,
         .moved = 150000},
        {.asset_id = 4,
         .bank_type = 3,
         .state = PM_LOAD_ERROR,
         .order = 1,
         .size = 150000,
         .moved = 150000},
        {.asset_id = 4,
         .bank_type = 3,
         .state = PM_LOAD_ERROR,
         .error = 9,
         .order = 1,
         .size = 150000,
         .moved = 150000},
        {.asset_id = 4, .bank_type = 3, .state = 6, .order = 1, .size = 150000},
        // Over the budget: it can never have begun.
        {.asset_id = 5, .bank_type = 3, .order = 1, .size = 0},
    };
    struct one one = {0};

    if (CHECK(loads_world_open(&one.w, NULL))) {
        for (size_t i = 0; i < PM_ARRAY_LEN(good); i++) {
            struct pm_load_work *work = NULL;
            CHECK_INT(pm_load_restore(&one.w.loads, &good[i], &work), PM_OK);
            CHECK(!work == (good[i].state > PM_LOAD_READY));
            pm_load_work_end(&one.w.loads, work);
        }
        for (size_t i = 0; i < PM_ARRAY_LEN(bad); i++) {
            struct pm_load load = bad[i];
            struct pm_load_work *work = NULL;
            if (load.size == 0)
                load.size = loads_world_entry(&one.w, load.asset_id)->size;
            CHECK_INT(pm_load_restore(&one.w.loads, &load, &work),
                      PM_ERR_INVALID);
        }
    }
    close_one(&one);
}
