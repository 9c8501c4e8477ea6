// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L

#include "hosts/common/workers.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/fault_alloc.h"
#include "support/test.h"

#define MANY 2000

struct square {
    struct pm_job job;
    const struct pm_workers *workers;
    uint64_t n;
    uint64_t result;
    int runs;
};

// Takes a little time that no compiler leaves out.
static void run_square(struct pm_job *job)
{
    struct square *square = (struct square *)job;
    volatile uint64_t sum = 0;

    for (uint64_t i = 0; i < square->n; i++)
        sum = sum + square->n;
    square->result = sum;
    square->runs++;
}

static struct pm_worker_pool *make_pool(unsigned threads)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_worker_pool *pool = NULL;

    CHECK_INT(pm_worker_pool_create(&alloc, threads, &pool), PM_OK);
    return pool;
}

static struct square *make_squares(const struct pm_workers *workers)
{
    struct square *squares = calloc(MANY, sizeof *squares);

    for (unsigned i = 0; squares && i < MANY; i++) {
        squares[i].job.run = run_square;
        squares[i].workers = workers;
        squares[i].n = i;
    }
    return squares;
}

static int count_wrong(const struct square *squares)
{
    int wrong = 0;

    for (uint64_t i = 0; i < MANY; i++)
        wrong += squares[i].runs != 1 || squares[i].result != i * i;
    return wrong;
}

// --- running -----------------------------------------------------------------

TEST(workers, run_each_job_once_and_show_what_it_wrote)
{
    static const unsigned threads[] = {1, 2, 3, 8, 64};

    for (size_t k = 0; k < sizeof threads / sizeof *threads; k++) {
        struct pm_worker_pool *pool = make_pool(threads[k]);
        REQUIRE(pool != NULL);
        const struct pm_workers *w = pm_worker_pool_workers(pool);
        struct square *squares = make_squares(w);
        for (int i = 0; i < MANY; i++)
            w->start(w->context, &squares[i].job);
        for (int i = 0; i < MANY; i++)
            w->wait(w->context, &squares[i].job);
        CHECK_INT(count_wrong(squares), 0);
        free(squares);
        pm_worker_pool_destroy(pool);
    }
}

TEST(workers, are_waited_for_in_any_order)
{
    struct pm_worker_pool *pool = make_pool(2);
    REQUIRE(pool != NULL);
    const struct pm_workers *w = pm_worker_pool_workers(pool);
    struct square *squares = make_squares(w);

    for (int i = 0; i < MANY; i++)
        w->start(w->context, &squares[i].job);
    // From the last to the first, so that waiting takes jobs out of the
    // queue's end, then every second one, so that it takes them out of its
    // middle.
    for (int i = MANY - 1; i >= MANY / 2; i--)
        w->wait(w->context, &squares[i].job);
    for (int i = 0; i < MANY / 2; i += 2)
        w->wait(w->context, &squares[i].job);
    for (int i = 1; i < MANY / 2; i += 2)
        w->wait(w->context, &squares[i].job);
    CHECK_INT(count_wrong(squares), 0);
    free(squares);
    pm_worker_pool_destroy(pool);
}

TEST(workers, a_job_that_was_waited_for_can_be_freed_at_once_or_used_again)
{
    struct pm_worker_pool *pool = make_pool(2);
    REQUIRE(pool != NULL);
    const struct pm_workers *w = pm_worker_pool_workers(pool);

    for (int i = 0; i < MANY; i++) {
        struct square *square = calloc(1, sizeof *square);
        square->job.run = run_square;
        square->n = 7;
        for (int round = 0; round < 2; round++) {
            w->start(w->context, &square->job);
            w->wait(w->context, &square->job);
            CHECK_INT(square->result, 49);
        }
        CHECK_INT(square->runs, 2);
        free(square);
    }
    pm_worker_pool_destroy(pool);
}

// Starts a job of its own for each n down to 0 and waits for it.
static void run_nested(struct pm_job *job)
{
    struct square *square = (struct square *)job;
    struct square inner = {
        .job.run = run_nested, .workers = square->workers, .n = square->n - 1};

    if (square->n > 0) {
        inner.workers->start(inner.workers->context, &inner.job);
        inner.workers->wait(inner.workers->context, &inner.job);
    }
    square->result = inner.result + square->n;
    square->runs++;
}

TEST(workers, a_job_may_wait_for_jobs_that_it_started)
{
    struct pm_worker_pool *pool = make_pool(1);
    REQUIRE(pool != NULL);
    const struct pm_workers *w = pm_worker_pool_workers(pool);
    struct square squares[4];

    // Deeper than there are threads, so that some must run their own jobs.
    for (int i = 0; i < 4; i++) {
        squares[i] =
            (struct square){.job.run = run_nested, .workers = w, .n = 20};
        w->start(w->context, &squares[i].job);
    }
    for (int i = 0; i < 4; i++) {
        w->wait(w->context, &squares[i].job);
        CHECK_INT(squares[i].result, 210);
    }
    pm_worker_pool_destroy(pool);
}

struct user {
    pthread_t thread;
    const struct pm_workers *workers;
    int wrong;
};

static void *use(void *context)
{
    struct user *user = context;
    const struct pm_workers *w = user->workers;
    struct square *squares = make_squares(w);

    for (int i = 0; i < MANY; i++)
        w->start(w->context, &squares[i].job);
    for (int i = 0; i < MANY; i++)
        w->wait(w->context, &squares[i].job);
    user->wrong = count_wrong(squares);
    free(squares);
    return NULL;
}

TEST(workers, several_threads_may_use_one_pool)
{
    struct pm_worker_pool *pool = make_pool(2);
    REQUIRE(pool != NULL);
    struct user users[3];

    for (int i = 0; i < 3; i++) {
        users[i].workers = pm_worker_pool_workers(pool);
        REQUIRE(pthread_create(&users[i].thread, NULL, use, &users[i]) == 0);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(users[i].thread, NULL);
        CHECK_INT(users[i].wrong, 0);
    }
    pm_worker_pool_destroy(pool);
}

// --- threads -----------------------------------------------------------------

TEST(workers, are_as_many_as_were_asked_for_or_as_there_are_processors)
{
    struct pm_worker_pool *pool = make_pool(3);
    CHECK_INT(pm_worker_pool_threads(pool), 3);
    pm_worker_pool_destroy(pool);
    pool = make_pool(0);
    CHECK(pm_worker_processors() >= 1);
    CHECK_INT(pm_worker_pool_threads(pool),
              pm_worker_processors() < 64 ? pm_worker_processors() : 64);
    pm_worker_pool_destroy(pool);
    pool = make_pool(100000);
    CHECK_INT(pm_worker_pool_threads(pool), 64);
    pm_worker_pool_destroy(pool);
    pm_worker_pool_destroy(NULL);
}

struct meeting {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int present;
};

struct guest {
    struct pm_job job;
    struct meeting *meeting;
    pthread_t thread;
    bool blocks_signals;
};

// Does not end before two have begun.
static void run_guest(struct pm_job *job)
{
    struct guest *guest = (struct guest *)job;
    struct meeting *meeting = guest->meeting;
    sigset_t mask;

    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    guest->blocks_signals = sigismember(&mask, SIGINT) == 1;
    guest->thread = pthread_self();
    pthread_mutex_lock(&meeting->lock);
    meeting->present++;
    pthread_cond_broadcast(&meeting->changed);
    while (meeting->present < 2)
        pthread_cond_wait(&meeting->changed, &meeting->lock);
    pthread_mutex_unlock(&meeting->lock);
}

TEST(workers, run_beside_each_other_and_leave_signals_to_their_maker)
{
    struct meeting meeting = {PTHREAD_MUTEX_INITIALIZER,
                              PTHREAD_COND_INITIALIZER, 0};
    struct guest guests[2] = {{.job.run = run_guest, .meeting = &meeting},
                              {.job.run = run_guest, .meeting = &meeting}};
    struct pm_worker_pool *pool = make_pool(2);
    REQUIRE(pool != NULL);
    const struct pm_workers *w = pm_worker_pool_workers(pool);
    sigset_t mask;
    int others = 0;

    for (int i = 0; i < 2; i++)
        w->start(w->context, &guests[i].job);
    for (int i = 0; i < 2; i++) {
        w->wait(w->context, &guests[i].job);
        bool is_own = pthread_equal(guests[i].thread, pthread_self());
        CHECK(is_own || guests[i].blocks_signals);
        others += !is_own;
    }
    CHECK_INT(meeting.present, 2);
    CHECK(others >= 1);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    CHECK(!sigismember(&mask, SIGINT));
    pm_worker_pool_destroy(pool);
}

static int create_task(const struct pm_allocator *alloc, void *context)
{
    struct pm_worker_pool *pool = NULL;

    (void)context;
    if (pm_worker_pool_create(alloc, 1, &pool))
        return 0;
    pm_worker_pool_destroy(pool);
    return 1;
}

TEST(workers, a_pool_that_has_no_memory_is_not_made)
{
    CHECK_INT(pm_fault_alloc_each(create_task, NULL, 0), 1);
}
