// SPDX-License-Identifier: MIT
#include "vm_test.h"

#include <stdio.h>
#include <string.h>

#include "base/bits.h"

bool vm_open(struct pm_test_guest *guest, const char *text,
             const struct vm_way *way)
{
    struct pm_test_guest_config config = {
        .dispatch = way->dispatch,
        .collect_always = way->collect_always,
        .memory_size = way->memory_size ? way->memory_size : 96 << 10,
        .stack_slots = way->stack_slots ? way->stack_slots : 1024,
        .coroutine_slots = way->coroutine_slots ? way->coroutine_slots : 64,
        .call_depth = way->call_depth ? way->call_depth : 100,
        .coroutines = way->coroutines ? way->coroutines : 8,
    };
    return pm_test_guest_open(guest, text, strlen(text), "test.pba", &config);
}

static bool restore(struct pm_vm *vm, const struct pm_buf *state)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_cursor in = pm_cursor_make(state->data, state->size);
    struct pm_buf why;

    pm_buf_init(&why, &alloc);
    pm_status status = pm_vm_restore(vm, &in, &why);
    bool ok = CHECK_INT(status, PM_OK) && CHECK_INT(pm_cursor_left(&in), 0);
    if (status)
        fprintf(stderr, "%s\n", pm_buf_cstr(&why));
    pm_buf_free(&why);
    return ok;
}

bool vm_reload(struct pm_vm *vm)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf before;
    struct pm_buf after;

    pm_buf_init(&before, &alloc);
    pm_buf_init(&after, &alloc);
    pm_vm_save(vm, &before);
    bool ok = restore(vm, &before);
    pm_vm_save(vm, &after);
    ok = ok && CHECK_INT(after.size, before.size) &&
         CHECK(memcmp(after.data, before.data, after.size) == 0);
    pm_buf_free(&before);
    pm_buf_free(&after);
    return ok;
}

static void note_end(struct pm_vm *vm, struct vm_end *out)
{
    if (pm_vm_trap(vm))
        out->trap = *pm_vm_trap(vm);
    out->depth = pm_vm_call_stack(vm, out->stack, VM_END_STACK);
    out->cycles = pm_vm_cycles(vm);
    out->frame = pm_vm_frame(vm);
    pm_vm_save(vm, &out->state);
    if (out->state.size > VM_OVERSHOT_AT + 8)
        memset(out->state.data + VM_OVERSHOT_AT, 0, 8);
}

void vm_finish(struct pm_test_guest *guest, const struct vm_way *way,
               struct vm_end *out)
{
    struct pm_allocator alloc = pm_allocator_libc();
    int64_t budget = way->budget ? way->budget : 1000000;
    uint64_t frames = way->frames ? way->frames : 100;
    uint32_t stops = 0;

    memset(out, 0, sizeof *out);
    pm_buf_init(&out->state, &alloc);
    out->ok = true;
    do {
        out->result = pm_vm_run(guest->vm, budget);
        if (way->reload && out->ok)
            out->ok = vm_reload(guest->vm);
    } while ((out->result == PM_VM_BUDGET || out->result == PM_VM_FRAME) &&
             pm_vm_frame(guest->vm) < frames && ++stops < 1000000);
    struct pm_buf why;
    pm_buf_init(&why, &alloc);
    if (!CHECK(pm_heap_validate(pm_vm_heap(guest->vm), &why))) {
        fprintf(stderr, "%s\n", pm_buf_cstr(&why));
        out->ok = false;
    }
    pm_buf_free(&why);
    note_end(guest->vm, out);
}

void vm_run(const char *text, const struct vm_way *way, struct vm_end *out)
{
    struct pm_test_guest guest;

    if (!vm_open(&guest, text, way)) {
        memset(out, 0, sizeof *out);
        fprintf(stderr, "%s", text);
        return;
    }
    vm_finish(&guest, way, out);
    pm_test_guest_close(&guest);
}

void vm_end_free(struct vm_end *end)
{
    if (end->state.data)
        pm_buf_free(&end->state);
}

static bool same_stack(const struct vm_end *a, const struct vm_end *b)
{
    bool ok = CHECK_INT(a->depth, b->depth);
    for (size_t i = 0; ok && i < a->depth && i < VM_END_STACK; i++)
        ok = CHECK_INT(a->stack[i].function, b->stack[i].function) &&
             CHECK_INT(a->stack[i].offset, b->stack[i].offset);
    return ok;
}

bool vm_same_end(const struct vm_end *a, const struct vm_end *b, bool states,
                 const char *what)
{
    bool ok =
        CHECK(a->ok) && CHECK(b->ok) && CHECK_INT(a->result, b->result) &&
        CHECK_INT(a->trap.code, b->trap.code) &&
        CHECK_INT(a->trap.function, b->trap.function) &&
        CHECK_INT(a->trap.offset, b->trap.offset) &&
        CHECK_INT(a->trap.opcode, b->trap.opcode) &&
        CHECK_STR(a->trap.message, b->trap.message) &&
        CHECK_INT(a->cycles, b->cycles) && CHECK_INT(a->frame, b->frame) &&
        same_stack(a, b) &&
        (!states ||
         (CHECK_INT(a->state.size, b->state.size) &&
          CHECK(memcmp(a->state.data, b->state.data, a->state.size) == 0)));
    if (!ok)
        fprintf(stderr, "  in: %s\n", what);
    return ok;
}

static bool try_way(const char *text, const struct vm_way *way, bool states,
                    const struct vm_end *wanted)
{
    char what[120];
    struct vm_end end;

    snprintf(what, sizeof what, "%s, budget %d%s%s",
             pm_dispatch_name(way->dispatch), (int)way->budget,
             way->collect_always ? ", collecting always" : "",
             way->reload ? ", reloading" : "");
    vm_run(text, way, &end);
    bool ok = vm_same_end(&end, wanted, states, what);
    vm_end_free(&end);
    return ok;
}

static bool try_form(const char *text, struct vm_way way, int64_t budgets,
                     const struct vm_end *wanted)
{
    struct vm_way collecting = way;
    collecting.collect_always = true;
    bool ok = try_way(text, &way, true, wanted) &&
              try_way(text, &collecting, false, wanted);
    for (int64_t budget = 1; ok && budget <= budgets; budget++) {
        way.budget = collecting.budget = budget;
        way.reload = collecting.reload = true;
        ok = try_way(text, &way, true, wanted) &&
             (budget % 7 || try_way(text, &collecting, false, wanted));
    }
    return ok;
}

bool vm_run_all_ways(const char *text, const struct vm_way *way,
                     int64_t budgets, struct vm_end *out)
{
    static const pm_dispatch forms[] = {PM_DISPATCH_SWITCH, PM_DISPATCH_GOTO,
                                        PM_DISPATCH_TAIL};
    struct vm_way each = *way;
    bool ok = true;

    vm_run(text, way, out);
    if (!CHECK(out->ok))
        return false;
    for (size_t i = 0; ok && i < sizeof forms / sizeof forms[0]; i++) {
        each.dispatch = forms[i];
        if (pm_dispatch_is_available(forms[i]))
            ok = try_form(text, each, budgets, out);
    }
    if (!ok)
        fprintf(stderr, "%s\n", text);
    return ok;
}

uint64_t vm_global(const struct vm_end *end, uint32_t index)
{
    const uint8_t *state = end->state.data;
    size_t at = VM_OVERSHOT_AT + 8 + 16 + 3 + 4 + 4 + 8;

    if (!state)
        return 0xdeadbeef;
    if (pm_load32(state + at)) // the trap
        at += 12 + 1 + state[at + 16];
    at += 4;
    at += 4 + (size_t)pm_load32(state + at) * 8; // ready
    at += 4 + (size_t)pm_load32(state + at) * 8; // sleeping
    return pm_load64(state + at + (size_t)index * 8);
}
