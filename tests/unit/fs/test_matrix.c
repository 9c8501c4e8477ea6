// SPDX-License-Identifier: MIT
//
// The matrix call × status × volume of the modules fs and mem, with no blank
// cell. Each call is tried with all its arguments (matrix_steps.c), under
// every fault of every device, each at every place where it can strike; a
// status that was answered marks its cell REACHED. Every other cell must be
// IMPOSSIBLE for a reason of the table below, and none may be both.
//
// docs/reference/file-statuses.md is written from the same table; with
// PM_UPDATE_PAGES=1 in the environment this test writes it anew.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "matrix_guest.h"
#include "matrix_steps.h"
#include "support/test.h"

#define PAGE PM_SOURCE_DIR "/docs/reference/file-statuses.md"

// --- the table of what cannot be ---------------------------------------------

#define STATUSES      15u
#define CARD_CALLS    6u
#define CARD_STATUSES 8u
#define CARD_PLACES   2u

#define CALL(name)   (1u << MX_##name)
#define STATUS(name) (1u << PM_FS_##name)
#define ON(name)     (1u << MX_##name)
#define ALL          (~0u)

enum card_call {
    CARD_COUNT,
    CARD_STAT,
    CARD_READ,
    CARD_WRITE,
    CARD_COMMIT,
    CARD_CLEAR,
};

struct impossible {
    char letter;
    unsigned calls;
    unsigned statuses;
    unsigned places;
};

#include "matrix_reasons.h"

static const char *reason_of(char letter)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(reasons); i++)
        if (reasons[i].letter == letter)
            return reasons[i].text;
    return NULL;
}

// The letter of the first rule that holds; 0: none does.
static char letter_in(const struct impossible *rows, size_t count,
                      unsigned call, unsigned status, unsigned place)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].calls >> call & 1 && rows[i].statuses >> status & 1 &&
            rows[i].places >> place & 1)
            return rows[i].letter;
    return 0;
}

// --- what was reached --------------------------------------------------------

static bool reached[MX_PLACES][MX_CALLS][STATUSES];
static bool card_reached[CARD_PLACES][CARD_CALLS][CARD_STATUSES];
static unsigned long runs;

// One run; gives whether the plan was met, so that a later place is tried.
static bool run_step(enum mx_place place, const struct mx_step *step,
                     const struct mx_plan *plan)
{
    struct mx_world world;
    bool is_made;
    bool was_met;

    if (!mx_open(&world, place, plan))
        return false;
    pm_fs_status status = mx_do(&world, step, plan, &is_made, &was_met);
    mx_close(&world);
    runs++;
    if (is_made && CHECK((unsigned)status < STATUSES))
        reached[place][step->call][status] = true;
    return was_met;
}

typedef bool run_fn(enum mx_place place, const void *step,
                    const struct mx_plan *plan);

// The fault at the 1st, 2nd, 3rd … place, until it strikes no more.
static void each_place(run_fn *run, enum mx_place place, const void *step,
                       enum mx_fault fault, pm_fs_status status, uint64_t first)
{
    struct mx_plan plan = {fault, first, status};

    while (run(place, step, &plan) && plan.at < 200)
        plan.at++;
    CHECK(plan.at < 200);
}

// What a store may answer, by its interface.
static const pm_fs_status of_store[] = {PM_FS_STORAGE_FULL, PM_FS_TRANSIENT,
                                        PM_FS_IO_FAILED, PM_FS_ACCESS_DENIED,
                                        PM_FS_CORRUPT};

static void each_fault(run_fn *run, enum mx_place place, const void *step)
{
    static const enum mx_fault plain[] = {MX_NOTHING, MX_FLUSH, MX_NO_ROOM,
                                          MX_SOURCE};

    for (size_t i = 0; i < PM_ARRAY_LEN(plain); i++)
        run(place, step, &(struct mx_plan){.fault = plain[i]});
    each_place(run, place, step, MX_MEMORY, PM_FS_OK, 1);
    if (place == MX_SAVE)
        each_place(run, place, step, MX_FLIP, PM_FS_OK, 0);
    for (size_t i = 0; place < MX_SCRATCH && i < PM_ARRAY_LEN(of_store); i++)
        each_place(run, place, step, MX_STORE, of_store[i], 1);
    // The errors of an operating system become any of these.
    for (unsigned i = 1; place >= MX_HOST_READ && i < STATUSES; i++)
        if (i != PM_FS_TOO_MANY_OPEN)
            each_place(run, place, step, MX_DIRECTORY, (pm_fs_status)i, 1);
}

static bool run_fs(enum mx_place place, const void *step,
                   const struct mx_plan *plan)
{
    return run_step(place, step, plan);
}

// --- the card ----------------------------------------------------------------

struct card_step {
    enum card_call call;
    unsigned slot; // 0 and 1 are committed, 5 is empty
    bool is_staged;
    uint64_t offset;
};

static const struct card_step card_steps[] = {
    {CARD_READ, 0, false, 0},   {CARD_READ, 1, true, 0},
    {CARD_READ, 5, false, 0},   {CARD_READ, 5, true, 0},
    {CARD_WRITE, 0, false, 1},  {CARD_WRITE, 5, false, 100},
    {CARD_WRITE, 0, true, 0},   {CARD_WRITE, 0, false, PM_CARD_SLOT_SIZE},
    {CARD_COMMIT, 0, true, 0},  {CARD_COMMIT, 5, true, 0},
    {CARD_COMMIT, 1, false, 0}, {CARD_CLEAR, 0, false, 0},
    {CARD_CLEAR, 0, true, 0},   {CARD_CLEAR, 5, true, 0},
    {CARD_CLEAR, 5, false, 0},
};

static pm_mem_status card_do(struct pm_card *card, const struct card_step *step)
{
    uint8_t bytes[16];
    uint8_t stage[32];
    struct pm_destination dest = {bytes, stage, false};
    uint32_t size;
    bool eof;

    switch (step->call) {
    case CARD_READ:
        return pm_card_read(card, step->slot, step->offset, &dest, 8, &size,
                            &eof);
    case CARD_WRITE:
        return pm_card_write(card, step->slot, step->offset,
                             (const uint8_t *)"new", 3);
    case CARD_COMMIT:
        return pm_card_commit(card, step->slot);
    default:
        return pm_card_clear(card, step->slot);
    }
}

static bool run_card(enum mx_place place, const void *context,
                     const struct mx_plan *plan)
{
    const struct card_step *step = context;
    struct mx_world world;

    if (!mx_open(&world, place, plan))
        return false;
    if (step->is_staged)
        pm_card_write(world.card, step->slot, 0, (const uint8_t *)"old", 3);
    mx_arm(&world, plan);
    pm_mem_status status = card_do(world.card, step);
    bool was_met = mx_disarm(&world, plan);
    mx_close(&world);
    runs++;
    if (CHECK((unsigned)status < CARD_STATUSES))
        card_reached[place][step->call][status] = true;
    return was_met;
}

// --- all of it ---------------------------------------------------------------

static void run_all(void)
{
    static bool is_done;

    if (is_done)
        return;
    is_done = true;
    for (unsigned place = 0; place < MX_PLACES; place++)
        for (size_t i = 0; i < mx_step_count; i++)
            each_fault(run_fs, (enum mx_place)place, &mx_steps[i]);
    for (unsigned place = 0; place < CARD_PLACES; place++)
        for (size_t i = 0; i < PM_ARRAY_LEN(card_steps); i++)
            each_fault(run_card, (enum mx_place)place, &card_steps[i]);
    for (unsigned place = 0; place < MX_PLACES; place++)
        mx_run_guest((enum mx_place)place, reached[place],
                     place < CARD_PLACES ? card_reached[place] : NULL);
}

static const char *const call_names[MX_CALLS] = {
    "open", "read",     "write",   "size",   "truncate",
    "sync", "close",    "replace", "stat",   "list",
    "next", "make_dir", "remove",  "rename", "usage"};
static const char *const card_names[CARD_CALLS] = {"slot_count",  "slot_stat",
                                                   "slot_read",   "slot_write",
                                                   "slot_commit", "slot_clear"};
static const char *const place_names[MX_PLACES] = {
    "/save", "/save of a damaged store",  "/scratch",
    "/cart", "/host, mounted to be read", "/host, mounted to be written"};
static const char *const card_place_names[CARD_PLACES] = {
    "the memory card", "the memory card of a damaged store"};

// A cell is exactly one of the two.
static void check_cell(bool is_reached, char letter, const char *call,
                       const char *status, const char *place)
{
    if (is_reached == (letter == 0) && (!letter || reason_of(letter)))
        return;
    fprintf(stderr, "%s answers %s on %s: %s\n", call, status, place,
            !letter      ? "neither reached nor impossible"
            : is_reached ? "reached, and said to be impossible"
                         : "impossible for a reason that there is not");
    CHECK(!"every cell is reached or impossible");
}

TEST(matrix, each_status_of_each_call_of_fs_is_reached_or_impossible)
{
    run_all();
    for (unsigned place = 0; place < MX_PLACES; place++)
        for (unsigned call = 0; call < MX_CALLS; call++)
            for (unsigned status = 0; status < STATUSES; status++)
                check_cell(
                    reached[place][call][status],
                    letter_in(rules, PM_ARRAY_LEN(rules), call, status, place),
                    call_names[call], pm_fs_status_name((pm_fs_status)status),
                    place_names[place]);
}

TEST(matrix, each_status_of_each_call_of_mem_is_reached_or_impossible)
{
    run_all();
    for (unsigned place = 0; place < CARD_PLACES; place++)
        for (unsigned call = 0; call < CARD_CALLS; call++)
            for (unsigned status = 0; status < CARD_STATUSES; status++)
                check_cell(card_reached[place][call][status],
                           letter_in(card_rules, PM_ARRAY_LEN(card_rules), call,
                                     status, place),
                           card_names[call], mem_names[status],
                           card_place_names[place]);
    printf("matrix: %lu runs\n", runs);
}

// Each rule is needed for a cell, and each reason for a rule.
TEST(matrix, no_reason_is_given_in_vain)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(reasons); i++) {
        bool is_used = false;
        for (size_t k = 0; k < PM_ARRAY_LEN(rules); k++)
            is_used |= rules[k].letter == reasons[i].letter;
        for (size_t k = 0; k < PM_ARRAY_LEN(card_rules); k++)
            is_used |= card_rules[k].letter == reasons[i].letter;
        CHECK(is_used);
    }
}

// --- the page ----------------------------------------------------------------

static void put_table(struct pm_buf *out, const char *place, unsigned index,
                      const char *const *calls, unsigned call_count,
                      unsigned status_count, const struct impossible *rows,
                      size_t row_count)
{
    pm_buf_printf(out, "\n## %s\n\n|", place);
    for (unsigned status = 0; status < status_count; status++)
        pm_buf_printf(out, " | %u", status);
    pm_buf_puts(out, " |\n|---");
    for (unsigned status = 0; status < status_count; status++)
        pm_buf_puts(out, "|---");
    pm_buf_puts(out, "|\n");
    for (unsigned call = 0; call < call_count; call++) {
        pm_buf_printf(out, "| `%s`", calls[call]);
        for (unsigned status = 0; status < status_count; status++) {
            char letter = letter_in(rows, row_count, call, status, index);
            if (letter)
                pm_buf_printf(out, " | %c", letter);
            else
                pm_buf_puts(out, " | **x**");
        }
        pm_buf_puts(out, " |\n");
    }
}

static void put_page(struct pm_buf *out)
{
    pm_buf_puts(
        out,
        "<!-- Made by tests/unit/fs/test_matrix.c; do not edit. -->\n\n"
        "# Which file call can answer what where\n\n"
        "**x**: a test has had this answer. A letter: it cannot be, for this "
        "reason:\n\n| | |\n|---|---|\n");
    for (size_t i = 0; i < PM_ARRAY_LEN(reasons); i++)
        pm_buf_printf(out, "| %c | %s |\n", reasons[i].letter, reasons[i].text);
    pm_buf_puts(out, "\n`left`, `end` have no status. Module `fs`:");
    for (unsigned status = 0; status < STATUSES; status++)
        pm_buf_printf(out, "%s %u %s", status ? "," : "", status,
                      pm_fs_status_name((pm_fs_status)status));
    pm_buf_puts(out, ". Module `mem`:");
    for (unsigned status = 0; status < CARD_STATUSES; status++)
        pm_buf_printf(out, "%s %u %s", status ? "," : "", status,
                      mem_names[status]);
    pm_buf_puts(out, ".\n");
    for (unsigned place = 0; place < MX_PLACES; place++)
        put_table(out, place_names[place], place, call_names, MX_CALLS,
                  STATUSES, rules, PM_ARRAY_LEN(rules));
    for (unsigned place = 0; place < CARD_PLACES; place++)
        put_table(out, card_place_names[place], place, card_names, CARD_CALLS,
                  CARD_STATUSES, card_rules, PM_ARRAY_LEN(card_rules));
}

static bool holds(const struct pm_buf *page)
{
    FILE *file = fopen(PAGE, "rb");
    char *found = calloc(1, page->size + 2);
    size_t size = file && found ? fread(found, 1, page->size + 1, file) : 0;
    bool same = size == page->size && memcmp(found, page->data, size) == 0;

    free(found);
    if (file)
        fclose(file);
    return same;
}

TEST(matrix, the_page_in_the_reference_says_the_same)
{
    struct pm_allocator alloc = pm_allocator_libc();
    const char *update = getenv("PM_UPDATE_PAGES");
    struct pm_buf page;

    pm_buf_init(&page, &alloc);
    put_page(&page);
    REQUIRE(!page.failed);
    if (update && *update) {
        FILE *file = fopen(PAGE, "wb");
        REQUIRE(file);
        fwrite(page.data, 1, page.size, file);
        CHECK(fclose(file) == 0);
    }
    if (!CHECK(holds(&page)))
        fprintf(stderr, "%s: made anew by PM_UPDATE_PAGES=1 test_fs matrix\n",
                PAGE);
    pm_buf_free(&page);
}
