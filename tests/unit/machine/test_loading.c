// SPDX-License-Identifier: MIT
//
// Loading in a whole machine: the same pictures, states and fingerprints
// whoever does the work, and whenever it was saved and restored.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asset/asset.h"
#include "base/check.h"
#include "hosts/common/workers.h"
#include "support/cart_world.h"
#include "support/fault_alloc.h"
#include "support/test.h"

#define FRAMES 24

// Loads sheet 1 for GLYPH slot 0 in frame 0 and BLOB 2 for slot 3 behind it,
// commits each when it is READY, reads what is resident and what is not, and
// unloads the sheet in the end. Global "trail" gathers all answers.
static const char program[] =
    ".type Load = state \"load\"\n"
    ".type Data = state \"data\"\n"
    ".type Bank = state \"bank\"\n"
    ".host load = \"asset\" \"load\" 1 (i64, i64) -> (i64, Load)\n"
    ".host status = \"asset\" \"status\" 1 (Load) -> (i64, i64, i64, i64)\n"
    ".host commit = \"asset\" \"commit\" 1 (Load) -> i64\n"
    ".host release = \"asset\" \"release\" 1 (Load) -> ()\n"
    ".host open_data = \"data\" \"open\" 1 (i64) -> (i64, Data)\n"
    ".host read_data = \"data\" \"read\" 1 (Data, i64, bytes, i64, i64) -> "
    "(i64, i64, bool)\n"
    ".host open_bank = \"bank\" \"open\" 1 (i64, i64) -> (i64, Bank)\n"
    ".host read_bank = \"bank\" \"read\" 1 (Bank, i64, bytes, i64, i64) -> "
    "(i64, i64, bool)\n"
    ".host unload = \"bank\" \"unload\" 1 (i64, i64) -> i64\n"
    ".host sprite = \"composer\" \"emit_sprite\" 1 (i64, i64, i64, i64, i64, "
    "i64, bool, bool, i64) -> i64\n"
    ".global sheet: Load, blob: Load, data: Data, bank: Bank, n: i64\n"
    ".global trail: i64, buffer: bytes\n"
    ".func main ()\n"
    "    push_i64 64\n    bytes_new\n    set_global buffer\n"
    "    push_i64 1\n    push_i64 0\n    hostcall load\n    set_global sheet\n"
    "    call note\n"
    "    push_i64 2\n    push_i64 3\n    hostcall load\n    set_global blob\n"
    "    call note\n"
    "    push_i64 2\n    push_i64 3\n    hostcall load\n    pop\n    call "
    "note\n"
    "    push_i64 2\n    hostcall open_data\n    set_global data\n"
    "    call note\n"
    "more:\n"
    "    get_global sheet\n    call poll\n"
    "    get_global blob\n    call poll\n"
    "    push_i64 0\n    push_i64 0\n    push_i64 10\n    push_i64 20\n"
    "    push_i64 0\n    push_i64 0\n    push_bool false\n    push_bool false\n"
    "    push_i64 0\n    hostcall sprite\n    call note\n"
    "    get_global data\n    get_global n\n    push_i64 1000\n    mul\n"
    "    get_global buffer\n    push_i64 0\n    push_i64 64\n"
    "    hostcall read_data\n    pop\n    call note\n    call note\n"
    "    get_global buffer\n    push_i64 0\n    load64\n    call note\n"
    "    push_i64 3\n    push_i64 3\n    hostcall open_bank\n"
    "    set_global bank\n    call note\n"
    "    get_global bank\n    is_null\n    jmp_if_true skip\n"
    "    get_global bank\n    push_i64 70000\n    get_global buffer\n"
    "    push_i64 0\n    push_i64 64\n    hostcall read_bank\n    pop\n"
    "    call note\n    call note\n"
    "    get_global buffer\n    push_i64 8\n    load64\n    call note\n"
    "skip:\n"
    "    get_global n\n    push_i64 15\n    eq\n    jmp_if_false on\n"
    "    push_i64 0\n    push_i64 0\n    hostcall unload\n    call note\n"
    "on:\n"
    "    get_global n\n    push_i64 1\n    add\n    set_global n\n"
    "    frame_sync\n    jmp more\n.end\n"
    ".func note (value: i64)\n"
    "    get_global trail\n    push_i64 31\n    mul\n    get_local value\n"
    "    add\n    set_global trail\n    ret\n.end\n"
    ".func poll (l: Load)\n"
    "    get_local l\n    hostcall status\n    call note\n    call note\n"
    "    call note\n    call note\n"
    "    get_local l\n    hostcall commit\n    call note\n    ret\n.end\n"
    ".func never ()\n"
    "    get_global sheet\n    hostcall release\n    ret\n.end\n";

struct world {
    struct pm_test_cart cart;
    struct pm_machine *machine;
};

// Sheet 1 and BLOB 2 of 200,000 bytes, packed; nothing is preloaded.
static void add_assets(struct pm_test_cart *cart)
{
    static uint8_t sheet[32 + 2048];
    static uint8_t blob[200000];
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_asset_input inputs[] = {
        {.id = 1,
         .name = "sheet",
         .bank_type = PM_BANK_GLYPH,
         .metadata = "{\"height\":8,\"palette_authored\":1,"
                     "\"palette_count\":64,\"tile_size\":8,\"width\":8}",
         .bytes = sheet,
         .size = sizeof sheet,
         .decoded_size = 64 + 2048},
        {.id = 2,
         .name = "blob",
         .bank_type = PM_BANK_BLOB,
         .bytes = blob,
         .size = sizeof blob,
         .codec = PM_CODEC_NONE},
    };
    struct pm_diags diags;

    memset(sheet, 0x77, 32);
    for (size_t i = 32; i < sizeof sheet; i++)
        sheet[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof blob; i++)
        blob[i] = (uint8_t)(i * 2654435761u >> 13);
    pm_diags_init(&diags, &alloc);
    pm_status status =
        pm_asset_write(inputs, 2, NULL, 0, NULL, &diags, &cart->assets);
    PM_CHECK(status == PM_OK);
    pm_diags_free(&diags);
}

static bool open_world(struct world *w, const struct pm_machine_config *config)
{
    bool ok = pm_test_cart_make(&w->cart, "JAM", program);

    pm_test_cart_manifest(&w->cart, "JAM", "\"gfx\",\"asset\",\"bank\"",
                          "Loading");
    add_assets(&w->cart);
    w->machine = ok ? pm_test_machine(&w->cart, config) : NULL;
    return CHECK(w->machine != NULL);
}

static void close_world(struct world *w)
{
    pm_machine_destroy(w->machine);
    pm_test_cart_free(&w->cart);
}

static struct pm_fingerprint print_of(struct world *w)
{
    struct pm_fingerprint print = {0};

    CHECK_INT(pm_machine_fingerprint(w->machine, &print), PM_OK);
    return print;
}

static bool is_same(struct pm_fingerprint a, struct pm_fingerprint b)
{
    return a.low == b.low && a.high == b.high;
}

static void tick(struct world *w)
{
    enum pm_tick_result result = pm_machine_tick(w->machine, NULL);

    if (!CHECK_INT(result, PM_TICK_FRAME) && pm_machine_trap(w->machine))
        fprintf(stderr, "%s\n", pm_machine_trap(w->machine)->message);
}

static bool is_drawn(const struct world *w)
{
    return pm_machine_picture(w->machine)[20 * 320 + 10] != 0;
}

// The fingerprints of all frames without workers, which all others must have.
static void record(struct pm_fingerprint prints[FRAMES])
{
    struct world w = {0};
    int first = -1;
    int last = -1;

    if (open_world(&w, &(struct pm_machine_config){0}))
        for (int i = 0; i < FRAMES; i++) {
            tick(&w);
            prints[i] = print_of(&w);
            first = first < 0 && is_drawn(&w) ? i : first;
            last = is_drawn(&w) ? i : last;
        }
    // Asked for in frame 0, READY in 1, committed then, seen in 2; unloaded in
    // 15, gone in 16.
    CHECK_INT(first, 2);
    CHECK_INT(last, 15);
    close_world(&w);
}

// JAM's bus moves 65,536 bytes a frame: sheet and BLOB together are over in the
// fourth, and what is committed then is resident in the fifth.
TEST(loading, takes_as_long_as_the_profiles_bus_says)
{
    struct world w = {0};
    struct pm_telemetry telemetry;

    if (open_world(&w, &(struct pm_machine_config){0}))
        for (int i = 0; i < 8; i++) {
            tick(&w);
            pm_machine_telemetry(w.machine, &telemetry);
            CHECK_INT(telemetry.bank_used[PM_BANK_BLOB], i < 5 ? 0 : 200000);
        }
    close_world(&w);
}

static void start_now(void *context, struct pm_job *job)
{
    (void)context;
    job->run(job);
}

static void nothing(void *context, struct pm_job *job)
{
    (void)context;
    (void)job;
}

static void follow(const struct pm_fingerprint prints[FRAMES],
                   const struct pm_machine_config *config, uint64_t least_waits)
{
    struct world w = {0};
    struct pm_telemetry telemetry;

    if (open_world(&w, config)) {
        for (int i = 0; i < FRAMES; i++) {
            tick(&w);
            CHECK(is_same(print_of(&w), prints[i]));
        }
        pm_machine_telemetry(w.machine, &telemetry);
        CHECK(telemetry.load_waits >= least_waits);
        CHECK_INT(telemetry.bank_used[PM_BANK_BLOB], 200000);
    }
    close_world(&w);
}

TEST(loading, is_the_same_whoever_does_the_work)
{
    struct pm_fingerprint prints[FRAMES];
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_worker_pool *pool;

    record(prints);
    follow(prints,
           &(struct pm_machine_config){.workers = {NULL, start_now, nothing}},
           0);
    follow(prints,
           &(struct pm_machine_config){.workers = {NULL, nothing, start_now}},
           2);
    REQUIRE(pm_worker_pool_create(&alloc, 3, &pool) == PM_OK);
    for (int i = 0; i < 20; i++)
        follow(prints,
               &(struct pm_machine_config){.workers =
                                               *pm_worker_pool_workers(pool)},
               0);
    pm_worker_pool_destroy(pool);
}

// Goes on from frame [from] in [w], which may be anywhere.
static void go_on(struct world *w, const uint8_t *bytes, size_t size, int from,
                  const struct pm_fingerprint prints[FRAMES])
{
    if (!CHECK_INT(pm_machine_restore(w->machine, bytes, size, NULL), PM_OK))
        return;
    CHECK(is_same(print_of(w), prints[from]));
    for (int i = from + 1; i < FRAMES; i++) {
        tick(w);
        CHECK(is_same(print_of(w), prints[i]));
    }
}

TEST(loading, a_state_of_any_frame_goes_on_the_same_in_any_machine)
{
    struct pm_fingerprint prints[FRAMES];
    struct world w = {0};
    struct world other = {0};
    struct pm_machine_config lazy = {.workers = {NULL, nothing, start_now}};

    record(prints);
    if (open_world(&w, &(struct pm_machine_config){0}) &&
        open_world(&other, &lazy))
        for (int i = 0; i < FRAMES; i++) {
            uint8_t *bytes;
            size_t size;
            tick(&w);
            if (!CHECK_INT(pm_machine_save(w.machine, &bytes, &size), PM_OK))
                break;
            // In one that has other things resident, and in the same one.
            go_on(&other, bytes, size, i, prints);
            go_on(&w, bytes, size, i, prints);
            CHECK_INT(pm_machine_restore(w.machine, bytes, size, NULL), PM_OK);
            pm_machine_free_state(w.machine, bytes, size);
        }
    close_world(&other);
    close_world(&w);
}

TEST(loading, a_reset_loads_anew)
{
    struct pm_fingerprint prints[FRAMES];
    struct world w = {0};

    record(prints);
    if (open_world(&w, &(struct pm_machine_config){0}))
        for (int frames = 0; frames < FRAMES; frames += 3) {
            for (int i = 0; i < frames; i++)
                tick(&w);
            CHECK_INT(pm_machine_reset(w.machine), PM_OK);
            tick(&w);
            CHECK(is_same(print_of(&w), prints[0]));
            CHECK_INT(pm_machine_reset(w.machine), PM_OK);
        }
    close_world(&w);
}

// What a state wants to be resident cannot be read: it is refused, and the
// machine goes on as it was.
TEST(loading, a_state_whose_assets_cannot_be_read_changes_nothing)
{
    struct pm_fingerprint prints[FRAMES];
    struct world w = {0};
    const struct pm_report *report = NULL;
    uint8_t *bytes;
    size_t size;

    record(prints);
    if (open_world(&w, &(struct pm_machine_config){0})) {
        for (int i = 0; i < 12; i++)
            tick(&w);
        REQUIRE(pm_machine_save(w.machine, &bytes, &size) == PM_OK);
        CHECK_INT(pm_machine_reset(w.machine), PM_OK);
        tick(&w);
        pm_test_cart_fail_reads(&w.cart, true);
        CHECK_INT(pm_machine_restore(w.machine, bytes, size, &report),
                  PM_ERR_IO);
        CHECK(strstr(pm_report_text(report), "STATE-BANKS"));
        pm_test_cart_fail_reads(&w.cart, false);
        CHECK(is_same(print_of(&w), prints[0]));
        tick(&w);
        CHECK(is_same(print_of(&w), prints[1]));
        pm_machine_free_state(w.machine, bytes, size);
    }
    close_world(&w);
}

static int load_run_and_restore(const struct pm_allocator *alloc, void *context)
{
    struct world *w = context;
    struct pm_machine_config config = {.alloc = *alloc};
    struct pm_cart_files files = pm_test_cart_files(&w->cart);
    struct pm_machine *machine = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;

    pm_status status = pm_machine_create(&config, &machine);
    if (!status)
        status = pm_machine_load(machine, &files, NULL);
    for (int i = 0; !status && i < 8; i++)
        pm_machine_tick(machine, NULL);
    if (!status)
        status = pm_machine_save(machine, &bytes, &size);
    if (!status)
        status = pm_machine_reset(machine);
    if (!status)
        status = pm_machine_restore(machine, bytes, size, NULL);
    if (bytes)
        pm_machine_free_state(machine, bytes, size);
    pm_machine_destroy(machine);
    return status == PM_OK;
}

TEST(loading, each_allocation_may_fail)
{
    struct world w = {0};

    if (open_world(&w, &(struct pm_machine_config){0}))
        CHECK(pm_fault_alloc_each(load_run_and_restore, &w, 1) > 40);
    close_world(&w);
}
