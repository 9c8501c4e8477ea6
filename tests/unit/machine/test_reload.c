// SPDX-License-Identifier: MIT
//
// Hot reload of programs.
#include <stdio.h>
#include <string.h>

#include "reload_programs.h"
#include "reload_world.h"
#include "support/fault_alloc.h"

TEST(reload, scalars_are_kept_by_name)
{
    struct reload_world w;
    REQUIRE(rw_enter(&w, NULL, first));

    rw_run(&w, 5);
    CHECK_INT(rw_reload(&w, second), PM_OK);
    CHECK_STR(w.report, "");
    CHECK_INT(w.reload.kind, PM_RELOAD_PROGRAM);
    CHECK_INT(w.reload.kept, 14);
    CHECK_INT(w.reload.anew, 0);
    CHECK_STR(w.reload.text, "kept 14 globals");
    CHECK_INT(rw_global(&w, "n"), 5);
    CHECK_INT(rw_global(&w, "flag"), 1);
    double half = 0.5;
    uint64_t bits;
    memcpy(&bits, &half, sizeof bits);
    CHECK(rw_global(&w, "half") == bits);
    // What only the new one has is as its first frame has left it.
    CHECK_INT((int64_t)rw_global(&w, "sum"), -1);
    rw_run(&w, 1);
    CHECK_INT(rw_global(&w, "n"), 105);
    rw_leave(&w);
}

TEST(reload, objects_are_kept_with_sharing_and_cycles)
{
    struct reload_world w;
    REQUIRE(rw_enter(&w, NULL, first));

    rw_run(&w, 2);
    REQUIRE(rw_reload(&w, second) == PM_OK);
    struct pm_object *a = rw_object(&w, "head");
    struct pm_object *b = rw_slot(&w, a, 1);
    CHECK_INT(pm_object_slots(a)[0], 1);
    CHECK_INT(pm_object_slots(b)[0], 2);
    CHECK(rw_slot(&w, b, 1) == a);
    CHECK(rw_slot(&w, a, 2) == rw_object(&w, "data"));
    CHECK_INT(pm_object_slots(b)[2], 0);
    struct pm_object *list = rw_object(&w, "list");
    CHECK_INT(list->length, 3);
    CHECK(rw_slot(&w, list, 0) == b && rw_slot(&w, list, 2) == b);
    CHECK_INT(pm_object_slots(list)[1], 0);
    struct pm_object *data = rw_object(&w, "data");
    CHECK_INT(data->length, 100);
    CHECK_INT(pm_object_bytes(data)[7], 77);
    struct pm_object *words = rw_object(&w, "words");
    CHECK(words->length == 10 &&
          memcmp(pm_object_bytes(words), "some words", 10) == 0);
    CHECK(rw_object(&w, "add") == rw_object(&w, "box"));
    CHECK(rw_slot(&w, rw_object(&w, "add"), 1) == b);
    rw_leave(&w);
}

TEST(reload, a_kept_closure_runs_the_new_code)
{
    struct reload_world w;
    REQUIRE(rw_enter(&w, NULL, first));

    rw_run(&w, 2);
    REQUIRE(rw_reload(&w, second) == PM_OK);
    CHECK_INT(rw_run(&w, 1), PM_TICK_FRAME);
    CHECK_INT(rw_global(&w, "sum"), 1042);
    rw_leave(&w);
}

TEST(reload, a_stream_goes_on_and_an_ended_one_stays_ended)
{
    struct reload_world w;
    struct reload_world straight;
    REQUIRE(rw_enter(&w, NULL, first));
    REQUIRE(rw_enter(&straight, NULL, first));

    rw_run(&w, 4);
    rw_run(&straight, 4);
    REQUIRE(rw_reload(&w, second) == PM_OK);
    rw_run(&w, 1);
    rw_run(&straight, 1);
    CHECK(rw_global(&w, "drawn") == rw_global(&straight, "drawn"));
    struct pm_heap *heap = pm_vm_heap(w.machine->console->vm);
    CHECK_INT(pm_heap_ref_state(heap, rw_global(&w, "ended"), NULL),
              PM_REF_STALE);
    CHECK_INT(pm_heap_ref_state(heap, rw_global(&w, "fresh"), NULL),
              PM_REF_LIVE);
    // "lone" is no global any more: its stream was released, and is no leak.
    struct pm_telemetry telemetry;
    pm_machine_telemetry(w.machine, &telemetry);
    CHECK_INT(telemetry.leaks, 0);
    const struct pm_states *states = &w.machine->console->sys.states;
    uint32_t live = 0;
    for (size_t i = 0; i < states->domains->count; i++)
        live += states->sets[i].count;
    CHECK_INT(live, 2);
    rw_leave(&w);
    rw_leave(&straight);
}

TEST(reload, coroutines_have_ended_and_frames_go_on)
{
    struct reload_world w;
    REQUIRE(rw_enter(&w, NULL, first));

    rw_run(&w, 7);
    REQUIRE(rw_reload(&w, second) == PM_OK);
    struct pm_telemetry telemetry;
    pm_machine_telemetry(w.machine, &telemetry);
    CHECK_INT(telemetry.frame, 7);
    CHECK_INT(telemetry.ticks, 7);
    rw_run(&w, 1);
    CHECK_INT(rw_global(&w, "state"), 3);
    CHECK_INT(rw_global(&w, "frames"), 7);
    rw_leave(&w);
}

TEST(reload, at_any_frame_the_machine_is_one_like_any_other)
{
    for (int frames = 0; frames < 6; frames++) {
        struct reload_world w;
        REQUIRE(rw_enter(&w, NULL, first));

        rw_run(&w, frames);
        REQUIRE(rw_reload(&w, second) == PM_OK);
        rw_check_whole(&w, &w.carts[1]);
        // And there and back again.
        CHECK_INT(rw_load(&w, &w.carts[0]), PM_OK);
        rw_check_whole(&w, &w.carts[0]);
        CHECK_INT(rw_load(&w, &w.carts[1]), PM_OK);
        rw_check_whole(&w, &w.carts[1]);
        rw_leave(&w);
    }
}

TEST(reload, equal_machines_are_equal_after_it)
{
    struct reload_world a;
    struct reload_world b;
    REQUIRE(rw_enter(&a, NULL, first));
    REQUIRE(rw_enter(&b, NULL, first));
    b.config.collect_always = true;

    rw_run(&a, 3);
    rw_run(&b, 3);
    REQUIRE(rw_reload(&a, second) == PM_OK);
    REQUIRE(rw_reload(&b, second) == PM_OK);
    CHECK(rw_same(rw_print(&a), rw_print(&b)));
    rw_leave(&a);
    rw_leave(&b);
}

// --- types -------------------------------------------------------------------

#define LOOP                                                                   \
    "loop:\n"                                                                  \
    "    frame_sync\n"                                                         \
    "    jmp loop\n"                                                           \
    ".end\n"

static const char player[] =
    ".type Player = record { x: i64, y: i64 }\n"
    ".type World = record { player: Player, next: World }\n"
    ".type Other = record { any: any }\n"
    ".type Thunk = func ()\n"
    ".global player: Player, world: World, worlds: array World, box: any\n"
    ".global other: Other, plain: i64, number: i64, act: Thunk, deep: Other\n"
    ".func main ()\n"
    "    push_i64 3\n"
    "    set_global plain\n"
    "    push_i64 4\n"
    "    set_global number\n"
    "    rec_new Player\n"
    "    set_global player\n"
    "    rec_new World\n"
    "    set_global world\n"
    "    get_global player\n"
    "    set_global box\n"
    "    rec_new Other\n"
    "    set_global other\n"
    "    rec_new Other\n"
    "    set_global deep\n"
    "    get_global deep\n"
    "    get_global other\n"
    "    set_field Other.any\n"
    "    make_closure act, 0\n"
    "    set_global act\n" LOOP ".func act () closure ()\n"
    "    ret\n"
    ".end\n";

TEST(reload, a_record_that_changed_starts_all_anew_that_leads_to_it)
{
    static const char changed[] =
        ".type Player = record { x: i64, y: i64, vy: i64 }\n"
        ".type World = record { player: Player, next: World }\n"
        ".type Other = record { any: any }\n"
        ".type Thunk = func ()\n"
        ".global player: Player, world: World, worlds: array World, box: any\n"
        ".global other: Other, plain: i64, number: f64, act: Thunk\n"
        ".func main ()\n"
        "    rec_new Player\n"
        "    set_global player\n" LOOP ".func act () closure ()\n"
        "    ret\n"
        ".end\n";
    struct reload_world w;
    REQUIRE(rw_enter(&w, NULL, player));

    rw_run(&w, 2);
    REQUIRE(rw_reload(&w, changed) == PM_OK);
    CHECK_STR(w.report,
              "warning RELOAD-GLOBAL: global 'player' starts anew: field 'vy' "
              "of Player is new\n"
              "warning RELOAD-GLOBAL: global 'world' starts anew: field 'vy' "
              "of Player is new\n"
              "warning RELOAD-GLOBAL: global 'worlds' starts anew: field 'vy' "
              "of Player is new\n"
              "warning RELOAD-GLOBAL: global 'box' starts anew: field 'vy' of "
              "Player is new\n"
              "warning RELOAD-GLOBAL: global 'number' starts anew: it was i64 "
              "and is f64\n");
    CHECK_INT(w.reload.kept, 3);
    CHECK_INT(w.reload.anew, 5);
    CHECK_STR(w.reload.text,
              "kept 3 globals, 5 start anew: player (field 'vy' of Player is "
              "new), world (field 'vy' of Player is new), worlds (field 'vy' "
              "of Player is new), box (field 'vy' of Player is new), number "
              "(it was i64 and is f64)");
    CHECK_INT(rw_object(&w, "player")->length, 3);
    CHECK_INT(rw_global(&w, "world"), 0);
    CHECK_INT(rw_global(&w, "box"), 0);
    CHECK_INT(rw_global(&w, "plain"), 3);
    CHECK_INT(rw_object(&w, "other")->length, 1);
    rw_check_whole(&w, &w.carts[1]);
    rw_leave(&w);
}

TEST(reload, what_an_any_leads_to_is_looked_at)
{
    static const char before[] = ".type Player = record { x: i64 }\n"
                                 ".type Box = record { in: any }\n"
                                 ".global outer: Box, inner: any, clean: Box\n"
                                 ".func main ()\n"
                                 "    rec_new Box\n"
                                 "    set_global outer\n"
                                 "    get_global outer\n"
                                 "    rec_new Box\n"
                                 "    set_field Box.in\n"
                                 "    rec_new Player\n"
                                 "    set_global inner\n"
                                 "    rec_new Box\n"
                                 "    set_global clean\n"
                                 "    get_global outer\n"
                                 "    get_field Box.in\n"
                                 "    cast Box\n"
                                 "    get_global inner\n"
                                 "    set_field Box.in\n"
                                 "    get_global clean\n"
                                 "    get_global clean\n"
                                 "    set_field Box.in\n" LOOP;
    static const char after[] = ".type Box = record { in: any }\n"
                                ".global outer: Box, inner: any, clean: Box\n"
                                ".func main ()\n" LOOP;
    struct reload_world w;
    REQUIRE(rw_enter(&w, NULL, before));

    rw_run(&w, 1);
    REQUIRE(rw_reload(&w, after) == PM_OK);
    CHECK_STR(w.report,
              "warning RELOAD-GLOBAL: global 'outer' starts anew: the type "
              "Player is gone\n"
              "warning RELOAD-GLOBAL: global 'inner' starts anew: the type "
              "Player is gone\n");
    CHECK_INT(rw_global(&w, "outer"), 0);
    struct pm_object *clean = rw_object(&w, "clean");
    CHECK(rw_slot(&w, clean, 0) == clean);
    rw_check_whole(&w, &w.carts[1]);
    rw_leave(&w);
}

// Each of these is the only change, at the field or function named.
TEST(reload, each_kind_of_change_is_told)
{
    static const struct {
        const char *types;
        const char *closure;
        const char *why;
    } rows[] = {
        {".type P = record { x: i64 }\n", "()", "field 'y' of P is gone"},
        {".type P = record { x: f64, y: i64 }\n", "()",
         "field 'x' of P has another type"},
        {".type P = record { y: i64, x: i64 }\n", "()",
         "the fields of P are in another order"},
        {".type Q = record { x: i64, y: i64 }\n.type P = record { x: Q, y: "
         "i64 }\n",
         "()", "field 'x' of P has another type"},
        {".type P = record { x: i64, y: i64 }\n", "(more: i64)",
         "it holds a closure of the function act, which is gone or another"},
    };
    static const char before[] =
        ".type P = record { x: i64, y: i64 }\n"
        ".global it: any, p: P\n"
        ".func main ()\n"
        "    push_null P\n"
        "    make_closure act, 1\n"
        "    set_global it\n"
        "    rec_new P\n"
        "    set_global p\n" LOOP ".func act () closure (p: P)\n"
        "    ret\n"
        ".end\n";

    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        char text[600];
        struct reload_world w;
        REQUIRE(rw_enter(&w, NULL, before));
        rw_run(&w, 1);
        snprintf(text, sizeof text,
                 "%s.global it: any, p: P\n.func main ()\n" LOOP
                 ".func act () closure %s\n    ret\n.end\n",
                 rows[i].types,
                 rows[i].closure[1] == ')' ? "(p: P)" : rows[i].closure);
        REQUIRE(rw_reload(&w, text) == PM_OK);
        CHECK(strstr(w.reload.text, rows[i].why) != NULL);
        if (!strstr(w.reload.text, rows[i].why))
            CHECK_STR(w.reload.text, rows[i].why);
        rw_leave(&w);
    }
}

// --- refusals ----------------------------------------------------------------

struct refusal {
    const char *text;
    const char *code;
};

TEST(reload, what_is_refused_leaves_the_old_one_whole)
{
    static const struct refusal rows[] = {
        {".func main ()\n    push_const \"no\"\n    trap_with\n    ret\n.end\n",
         "test.pasm:3:5: error RELOAD-TRAP: the new program trapped in its "
         "first frame, in main: EXPLICIT: no"},
        {".func main ()\nloop:\n    jmp loop\n.end\n",
         "error RELOAD-LATE: the new program's first frame has not ended"},
        {".func main ()\n    ret\n.end\n",
         "error RELOAD-HALTED: the new program ends in its first frame"},
        {".func main ()\n    add\n    ret\n.end\n", "LINK-STACK"},
    };

    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        struct reload_world w;
        REQUIRE(rw_enter(&w, NULL, first));
        rw_run(&w, 3);
        struct pm_fingerprint before = rw_print(&w);
        CHECK(rw_reload(&w, rows[i].text) != PM_OK);
        if (!strstr(w.report, rows[i].code))
            CHECK_STR(w.report, rows[i].code);
        CHECK(rw_same(rw_print(&w), before));
        CHECK_INT(rw_run(&w, 1), PM_TICK_FRAME);
        CHECK_INT(rw_global(&w, "n"), 4);
        rw_leave(&w);
    }
}

TEST(reload, a_heap_that_is_too_full_is_refused)
{
    // JAM has 1 MiB of guest memory, stacks included.
    static const char before[] = ".global data: bytes\n"
                                 ".func main ()\n"
                                 "    push_i64 900000\n"
                                 "    bytes_new\n"
                                 "    set_global data\n" LOOP;
    static const char after[] = ".global data: bytes, more: bytes\n"
                                ".func main ()\n"
                                "    push_i64 900000\n"
                                "    bytes_new\n"
                                "    set_global more\n" LOOP;
    // What the first frame has put into a kept global makes room.
    static const char fits[] = ".global data: bytes\n"
                               ".func main ()\n"
                               "    push_i64 950000\n"
                               "    bytes_new\n"
                               "    set_global data\n" LOOP;
    struct reload_world w;
    REQUIRE(rw_enter(&w, NULL, before));

    rw_run(&w, 1);
    struct pm_fingerprint print = rw_print(&w);
    CHECK_INT(rw_reload(&w, after), PM_ERR_INVALID);
    CHECK(strstr(w.report, "RELOAD-MEMORY") != NULL);
    CHECK(rw_same(rw_print(&w), print));
    CHECK_INT(rw_reload(&w, fits), PM_OK);
    CHECK_INT(rw_object(&w, "data")->length, 900000);
    rw_leave(&w);
}

TEST(reload, a_trapped_or_hanging_program_is_put_right)
{
    static const char broken[] = ".global n: i64\n"
                                 ".func main ()\n"
                                 "    push_i64 8\n"
                                 "    set_global n\n"
                                 "    frame_sync\n"
                                 "    push_const \"oh\"\n"
                                 "    trap_with\n"
                                 "    ret\n"
                                 ".end\n";
    static const char hangs[] = ".global n: i64\n"
                                ".func main ()\n"
                                "    frame_sync\n"
                                "loop:\n"
                                "    jmp loop\n"
                                ".end\n";
    static const char fine[] = ".global n: i64\n"
                               ".func main ()\n" LOOP;
    struct reload_world w;
    REQUIRE(rw_enter(&w, NULL, broken));

    CHECK_INT(rw_run(&w, 3), PM_TICK_TRAPPED);
    CHECK_INT(rw_reload(&w, hangs), PM_OK);
    CHECK(pm_machine_trap(w.machine) == NULL);
    CHECK_INT(pm_machine_tick(w.machine, NULL), PM_TICK_LATE);
    CHECK_INT(pm_machine_tick(w.machine, NULL), PM_TICK_LATE);
    CHECK_INT(rw_reload(&w, fine), PM_OK);
    CHECK_INT(pm_machine_tick(w.machine, NULL), PM_TICK_FRAME);
    CHECK_INT(rw_global(&w, "n"), 8);
    rw_check_whole(&w, &w.carts[2]);
    rw_leave(&w);
}

TEST(reload, another_application_is_loaded)
{
    struct reload_world w;
    REQUIRE(rw_enter(&w, NULL, first));

    rw_run(&w, 3);
    struct pm_test_cart *cart = rw_make(&w, first);
    REQUIRE(cart != NULL);
    pm_test_cart_manifest(cart, "STANDARD", "\"gfx\",\"fs\"", "Test");
    CHECK_INT(rw_load(&w, cart), PM_OK);
    CHECK_INT(w.reload.kind, PM_RELOAD_LOADED);
    CHECK_STR(w.reload.text, "the game starts anew");
    struct pm_telemetry telemetry;
    pm_machine_telemetry(w.machine, &telemetry);
    CHECK_INT(telemetry.frame, 0);
    rw_leave(&w);
}

TEST(reload, without_a_cartridge_it_is_a_load)
{
    struct pm_test_cart cart;
    struct pm_machine *machine;
    REQUIRE(pm_test_cart_make(&cart, "JAM", first));
    REQUIRE(pm_machine_create(NULL, &machine) == PM_OK);

    struct pm_cart_files files = pm_test_cart_files(&cart);
    CHECK_INT(pm_machine_reload(machine, &files, NULL, NULL), PM_OK);
    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_FRAME);
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

// --- memory ------------------------------------------------------------------

// A reload with the given allocation failing: done, or nothing has changed.
static bool reload_failing(struct pm_fault_alloc *memory, size_t fail_at,
                           bool *out_met)
{
    struct pm_allocator alloc = pm_fault_alloc(memory);
    struct reload_world w;
    bool is_fine = true;

    if (!rw_enter(&w, &alloc, first))
        return false;
    rw_run(&w, 3);
    struct pm_test_cart *cart = rw_make(&w, second);
    struct pm_fingerprint before = rw_print(&w);
    size_t start = memory->calls;
    memory->fail_at = start + fail_at;
    pm_status status = rw_load(&w, cart);
    *out_met = memory->calls >= memory->fail_at;
    memory->fail_at = 0;
    if (status) {
        is_fine = CHECK_INT(status, PM_ERR_NO_MEMORY) &&
                  CHECK(rw_same(rw_print(&w), before));
        rw_run(&w, 1);
        is_fine = CHECK_INT(rw_global(&w, "n"), 4) && is_fine;
        is_fine = CHECK_INT(rw_load(&w, cart), PM_OK) && is_fine;
    }
    rw_check_whole(&w, cart);
    rw_leave(&w);
    return CHECK_INT(memory->live_blocks, 0) && is_fine;
}

TEST(reload, each_allocation_may_fail)
{
    bool has_met = true;

    for (size_t i = 1; has_met; i++) {
        struct pm_fault_alloc memory = {0};
        if (!reload_failing(&memory, i, &has_met))
            return;
    }
}
