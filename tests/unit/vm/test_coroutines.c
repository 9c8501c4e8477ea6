// SPDX-License-Identifier: MIT
//
// The order of turns, limits of stacks and memory, traps with their calls.
#include "support/state_program.h"
#include "vm_test.h"

// Each turn appends a digit to the global "log".
#define LOG                                                                    \
    ".func note (digit: i64)\n"                                                \
    "    get_global log\n    push_i64 10\n    mul\n    get_local digit\n"      \
    "    add\n    set_global log\n    ret\n.end\n"

static void check_log(const char *text, const struct vm_way *way,
                      uint64_t wanted)
{
    struct vm_end end;
    vm_run_all_ways(text, way, 25, &end);
    CHECK_INT(end.result, PM_VM_HALTED);
    CHECK_INT(vm_global(&end, 0), wanted);
    vm_end_free(&end);
}

TEST(coroutines, run_once_a_frame_in_order_before_the_main_program)
{
    static const char text[] =
        ".global log: i64\n"
        ".func main ()\n"
        "    push_i64 1\n    spawn worker, 1\n    pop\n"
        "    push_i64 2\n    spawn worker, 1\n    pop\n"
        "    push_i64 9\n    call note\n    frame_sync\n"
        "    push_i64 9\n    call note\n    frame_sync\n"
        "    push_i64 9\n    call note\n    frame_sync\n"
        "    halt\n.end\n"
        ".func worker (n: i64)\n"
        "    get_local n\n    call note\n    yield\n"
        "    get_local n\n    call note\n    ret\n.end\n" LOG;
    struct vm_way way = {0};
    check_log(text, &way, 9129129);
}

TEST(coroutines, what_is_spawned_in_a_frame_waits_for_the_next_one)
{
    static const char text[] =
        ".global log: i64\n"
        ".func main ()\n"
        "    spawn outer, 0\n    pop\n    frame_sync\n"
        "    push_i64 9\n    call note\n    frame_sync\n"
        "    push_i64 9\n    call note\n    halt\n.end\n"
        ".func outer ()\n"
        "    push_i64 1\n    call note\n    spawn inner, 0\n    pop\n    ret\n"
        ".end\n"
        ".func inner ()\n    push_i64 2\n    call note\n    ret\n.end\n" LOG;
    struct vm_way way = {0};
    check_log(text, &way, 1929);
}

TEST(coroutines, sleepers_wake_by_frame_and_then_by_age)
{
    // Ages 0 to 3 sleep 3, 2, 2, 0 frames; all go on in one frame or another.
    static const char text[] =
        ".global log: i64\n"
        ".func main ()\n"
        "    .local i: i64\n"
        "    push_i64 1\n    push_i64 3\n    spawn worker, 2\n    pop\n"
        "    push_i64 2\n    push_i64 2\n    spawn worker, 2\n    pop\n"
        "    push_i64 3\n    push_i64 2\n    spawn worker, 2\n    pop\n"
        "    push_i64 4\n    push_i64 0\n    spawn worker, 2\n    pop\n"
        "    push_i64 0\n    set_local i\n"
        "more:\n"
        "    frame_sync\n"
        "    push_i64 9\n    call note\n"
        "    get_local i\n    push_i64 1\n    add\n    tee_local i\n"
        "    push_i64 5\n    lt\n    jmp_if_true more\n"
        "    halt\n.end\n"
        ".func worker (n: i64, frames: i64)\n"
        "    get_local frames\n    sleep\n"
        "    get_local n\n    call note\n    ret\n.end\n" LOG;
    struct vm_way way = {0};
    check_log(text, &way, 949239199);
}

TEST(coroutines, one_more_than_may_live_is_out_of_memory)
{
    static const char text[] = ".global count: i64\n"
                               ".func main ()\n"
                               "more:\n"
                               "    spawn idle, 0\n    pop\n"
                               "    get_global count\n    push_i64 1\n"
                               "    add\n    set_global count\n"
                               "    jmp more\n.end\n"
                               ".func idle ()\n    ret\n.end\n";
    struct vm_way way = {.coroutines = 5};
    struct vm_end end;

    vm_run_all_ways(text, &way, 30, &end);
    CHECK_INT(end.trap.code, PM_TRAP_OUT_OF_MEMORY);
    vm_end_free(&end);
}

TEST(coroutines, a_trap_in_one_names_it_and_its_calls)
{
    static const char text[] = ".func main ()\n"
                               "    push_i64 0\n    spawn worker, 1\n    pop\n"
                               "    frame_sync\n    halt\n.end\n"
                               ".func worker (n: i64)\n"
                               "    get_local n\n    call divide\n    pop\n"
                               "    ret\n.end\n"
                               ".func divide (n: i64) -> (i64)\n"
                               "    push_i64 1\n    get_local n\n    div\n"
                               "    ret\n.end\n";
    struct vm_way way = {0};
    struct vm_end end;

    vm_run_all_ways(text, &way, 30, &end);
    CHECK_INT(end.trap.code, PM_TRAP_DIV_ZERO);
    CHECK_INT(end.trap.function, 2);
    CHECK_INT(end.trap.offset, 16);
    REQUIRE(CHECK_INT(end.depth, 2));
    CHECK_INT(end.stack[0].function, 2);
    CHECK_INT(end.stack[0].offset, 16);
    CHECK_INT(end.stack[1].function, 1);
    CHECK_INT(end.stack[1].offset, 6);
    vm_end_free(&end);
}

TEST(limits, calls_overflow_at_the_exact_depth)
{
    static const char text[] = ".global depth: i64\n"
                               ".func main ()\n    call down\n    halt\n.end\n"
                               ".func down ()\n"
                               "    get_global depth\n    push_i64 1\n"
                               "    add\n    set_global depth\n"
                               "    call down\n    ret\n.end\n";
    // main and down are 1 and 3 slots: link, and two operands in down.
    static const struct {
        uint32_t depth;
        uint32_t slots;
        uint64_t reached;
    } cases[] = {{10, 1024, 9}, {1000, 31, 28}, {1000, 30, 27}, {1, 1024, 0}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct vm_way way = {.call_depth = cases[i].depth,
                             .stack_slots = cases[i].slots};
        struct vm_end end;
        vm_run_all_ways(text, &way, 9, &end);
        CHECK_INT(end.trap.code, PM_TRAP_STACK_OVERFLOW);
        CHECK_INT(vm_global(&end, 0), cases[i].reached);
        CHECK_INT(end.depth, cases[i].reached + 1);
        vm_end_free(&end);
    }
}

TEST(limits, memory_runs_out_at_the_same_point_in_every_way)
{
    static const char text[] = ".type Node = record { next: Node, n: i64 }\n"
                               ".global list: Node, count: i64\n"
                               ".func main ()\n"
                               "more:\n"
                               "    get_global list\n    get_global count\n"
                               "    rec_make Node\n    set_global list\n"
                               "    get_global count\n    push_i64 1\n"
                               "    add\n    set_global count\n"
                               "    jmp more\n.end\n";
    struct vm_way way = {.memory_size = 48 << 10};
    struct vm_end first;
    struct vm_end end;

    vm_run(text, &way, &first);
    CHECK_INT(first.trap.code, PM_TRAP_OUT_OF_MEMORY);
    way.budget = 500;
    way.reload = true;
    vm_run(text, &way, &end);
    vm_same_end(&end, &first, true, "reloading");
    CHECK(vm_global(&end, 1) > 500);
    vm_end_free(&first);
    vm_end_free(&end);
}

TEST(state, goes_from_one_dispatch_form_to_another_at_each_stop)
{
    static const pm_dispatch forms[] = {PM_DISPATCH_SWITCH, PM_DISPATCH_GOTO,
                                        PM_DISPATCH_TAIL};
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_test_guest guests[3];
    struct vm_way way = {.budget = 23};
    struct vm_end wanted;
    uint32_t count = 0;

    vm_run(pm_state_program, &way, &wanted);
    for (int i = 0; i < 3; i++) {
        way.dispatch = forms[i];
        if (pm_dispatch_is_available(forms[i]) &&
            CHECK(vm_open(&guests[count], pm_state_program, &way)))
            count++;
    }
    REQUIRE(count > 0);
    pm_vm_result result = PM_VM_FRAME;
    for (uint32_t i = 0; result == PM_VM_FRAME || result == PM_VM_BUDGET; i++) {
        struct pm_vm *now = guests[i % count].vm;
        struct pm_buf state;
        result = pm_vm_run(now, 23);
        pm_buf_init(&state, &alloc);
        CHECK_INT(pm_vm_save(now, &state), PM_OK);
        struct pm_cursor in = pm_cursor_make(state.data, state.size);
        CHECK_INT(pm_vm_restore(guests[(i + 1) % count].vm, &in, NULL), PM_OK);
        CHECK_INT(pm_vm_cycles(guests[(i + 1) % count].vm), pm_vm_cycles(now));
        pm_buf_free(&state);
    }
    CHECK_INT(result, wanted.result);
    CHECK_INT(pm_vm_cycles(guests[0].vm), wanted.cycles);
    for (uint32_t i = 0; i < count; i++)
        pm_test_guest_close(&guests[i]);
    vm_end_free(&wanted);
}

TEST(state, that_is_cut_short_or_of_another_program_changes_nothing)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_test_guest guest;
    struct vm_way way = {0};
    struct pm_buf state;
    struct pm_buf after;

    REQUIRE(vm_open(&guest, pm_state_program, &way));
    for (int i = 0; i < 9; i++)
        pm_vm_run(guest.vm, 150);
    pm_buf_init(&state, &alloc);
    pm_buf_init(&after, &alloc);
    pm_vm_save(guest.vm, &state);
    for (size_t size = 0; size < state.size; size += 7) {
        struct pm_cursor in = pm_cursor_make(state.data, size);
        struct pm_buf why;
        pm_buf_init(&why, &alloc);
        CHECK_INT(pm_vm_restore(guest.vm, &in, &why), PM_ERR_INVALID);
        CHECK(why.size > 0);
        pm_buf_free(&why);
    }
    state.data[3] ^= 1;
    struct pm_cursor in = pm_cursor_make(state.data, state.size);
    CHECK_INT(pm_vm_restore(guest.vm, &in, NULL), PM_ERR_INVALID);
    state.data[3] ^= 1;
    uint8_t version = state.data[16];
    state.data[16] = 1;
    in = pm_cursor_make(state.data, state.size);
    CHECK_INT(pm_vm_restore(guest.vm, &in, NULL), PM_ERR_UNSUPPORTED);
    state.data[16] = version;
    pm_vm_save(guest.vm, &after);
    CHECK(after.size == state.size &&
          memcmp(after.data, state.data, after.size) == 0);
    pm_buf_free(&state);
    pm_buf_free(&after);
    pm_test_guest_close(&guest);
}
