// SPDX-License-Identifier: MIT
#include "support/domain_battery.h"

#include <stdio.h>
#include <string.h>

#include "support/test.h"
#include "vm/vm_internal.h"

static const char capabilities[] =
    "\"gfx\",\"log\",\"fs\",\"asset\",\"bank\",\"audio\",\"samples\"";

static bool make_machine(struct pm_battery *b,
                         const struct pm_battery_config *config,
                         const struct pm_allocator *alloc)
{
    struct pm_machine_config machine = {
        .alloc = *alloc,
        .dispatch = (enum pm_machine_dispatch)config->dispatch,
        .collect_always = config->collect_always,
        .max_generation = config->max_generation,
        .mounts = config->mounts,
        .mount_count = config->mount_count,
    };
    const struct pm_report *report = NULL;

    b->sample.alloc = *alloc;
    if (pm_machine_create(&machine, &b->machine))
        return false;
    b->sample.machine = b->machine;
    if (pm_sample_register(&b->sample, b->machine))
        return false;
    pm_status status = pm_machine_load(b->machine, &b->files, &report);
    if (status && status != PM_ERR_NO_MEMORY)
        fprintf(stderr, "%s", pm_report_text(report));
    return status == PM_OK;
}

bool pm_battery_open_over(struct pm_battery *b,
                          const struct pm_battery_text *text,
                          const struct pm_battery_config *config,
                          const struct pm_allocator *alloc)
{
    static const struct pm_battery_config usual;
    struct pm_buf *buf = (struct pm_buf *)(uintptr_t)&text->buf;

    if (!config)
        config = &usual;
    const char *profile = config->profile ? config->profile : "JAM";
    if (!CHECK(pm_test_cart_make(&b->cart, profile, pm_buf_cstr(buf))))
        return false;
    pm_test_cart_manifest(&b->cart, profile, capabilities, "Battery");
    if (!CHECK(pm_test_cart_add_assets(&b->cart)))
        return false;
    b->files = pm_test_cart_files(&b->cart);
    b->sample.files = &b->files;
    return make_machine(b, config, alloc);
}

bool pm_battery_open(struct pm_battery *b, const struct pm_battery_text *text,
                     const struct pm_battery_config *config)
{
    memset(b, 0, sizeof *b);
    struct pm_allocator alloc = pm_fault_alloc(&b->faults);

    return CHECK(pm_battery_open_over(b, text, config, &alloc));
}

void pm_battery_close(struct pm_battery *b)
{
    pm_machine_destroy(b->machine);
    pm_test_cart_free(&b->cart);
    CHECK_INT(b->faults.live_blocks, 0);
    CHECK_INT(b->sample.released, b->sample.made);
    b->machine = NULL;
}

enum pm_tick_result pm_battery_run(struct pm_battery *b, int ticks)
{
    enum pm_tick_result result = PM_TICK_FRAME;

    while (ticks-- && result < PM_TICK_HALTED)
        result = pm_machine_tick(b->machine, NULL);
    return result;
}

enum pm_tick_result pm_battery_frame(struct pm_battery *b)
{
    enum pm_tick_result result = PM_TICK_LATE;

    for (int i = 0; i < 50 && result == PM_TICK_LATE; i++)
        result = pm_machine_tick(b->machine, NULL);
    return result;
}

struct pm_fingerprint pm_battery_print(struct pm_battery *b)
{
    struct pm_fingerprint print = {0};

    CHECK_INT(pm_machine_fingerprint(b->machine, &print), PM_OK);
    return print;
}

bool pm_battery_same(struct pm_fingerprint a, struct pm_fingerprint b)
{
    return a.low == b.low && a.high == b.high;
}

// --- inside ------------------------------------------------------------------

static struct pm_console *console_of(struct pm_battery *b)
{
    return b->machine->console;
}

struct pm_heap *pm_battery_heap(struct pm_battery *b)
{
    return pm_vm_heap(console_of(b)->vm);
}

uint64_t *pm_battery_global(struct pm_battery *b, const char *name)
{
    const struct pm_module *module = &console_of(b)->image->module;

    for (uint32_t i = 0; i < module->global_count; i++)
        if (module->globals[i].name.size == strlen(name) &&
            memcmp(module->globals[i].name.data, name, strlen(name)) == 0)
            return pm_vm_global(console_of(b)->vm, i);
    fprintf(stderr, "no global %s\n", name);
    PM_CHECK(!"a global that the program has");
}

static const struct pm_domain_row *own_row(struct pm_battery *b,
                                           const struct pm_domain_row *row)
{
    return pm_domains_find(&b->machine->domains, row->domain.name);
}

struct pm_live_set *pm_battery_set(struct pm_battery *b,
                                   const struct pm_domain_row *row)
{
    return pm_states_set(&console_of(b)->sys.states, own_row(b, row));
}

uint32_t pm_battery_live(struct pm_battery *b, const struct pm_domain_row *row)
{
    return pm_battery_set(b, row)->count;
}

static void check_places(struct pm_battery *b, const struct pm_domain_row *row)
{
    const struct pm_live_set *set =
        pm_states_set(&console_of(b)->sys.states, row);
    uint32_t count = 0;

    for (uint32_t place = 0; place < set->limit; place++) {
        struct pm_object *object;
        if (!set->places[place].ref) {
            CHECK(place >= set->lowest_free);
            continue;
        }
        count++;
        if (CHECK_INT(pm_heap_check_domain(pm_battery_heap(b),
                                           set->places[place].ref, row->number,
                                           &object),
                      PM_TRAP_NONE))
            CHECK_INT(pm_state_place(object), place);
    }
    CHECK_INT(count, set->count);
}

void pm_battery_validate(struct pm_battery *b)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf why;

    pm_buf_init(&why, &alloc);
    if (!CHECK(pm_heap_validate(pm_battery_heap(b), &why)))
        fprintf(stderr, "%s\n", pm_buf_cstr(&why));
    pm_buf_free(&why);
    // H10 is about the sum; neither part of it may have wrapped.
    CHECK(pm_battery_heap(b)->tables->allocated <=
          pm_heap_used(pm_battery_heap(b)));
    for (size_t i = 0; i < b->machine->domains.count; i++)
        check_places(b, &b->machine->domains.rows[i]);
}

static const struct pm_call_entry *find_entry(struct pm_battery *b,
                                              const struct pm_call_decl *call)
{
    const struct pm_console *console = console_of(b);

    for (size_t i = 0; i < console->call_count; i++)
        if (console->calls[i].decl->id == call->id)
            return &console->entries[i];
    fprintf(stderr, "%s.%s is not declared\n", call->module, call->name);
    PM_CHECK(!"a call that the program declares");
}

// A trap that ends no program must leave no message behind.
pm_trap_code pm_battery_enter(struct pm_battery *b,
                              const struct pm_call_decl *call, uint64_t *args,
                              char message[PM_BATTERY_MESSAGE])
{
    const struct pm_call_entry *entry = find_entry(b, call);
    struct pm_vm *vm = console_of(b)->vm;

    b->machine->is_running = true;
    pm_trap_code code = entry->run(entry->context, vm, args);
    b->machine->is_running = false;
    if (message)
        memcpy(message, vm->guest->trap.message, PM_BATTERY_MESSAGE);
    memset(vm->guest->trap.message, 0, sizeof vm->guest->trap.message);
    return code;
}

// --- runs in every way -------------------------------------------------------

static struct pm_battery_outcome run_once(const struct pm_battery_text *text,
                                          int ticks,
                                          const struct pm_battery_config *how)
{
    struct pm_battery b;
    struct pm_battery_outcome out = {.result = PM_TICK_EMPTY};
    struct pm_telemetry telemetry;

    if (pm_battery_open(&b, text, how)) {
        out.result = PM_TICK_FRAME;
        while (ticks-- && out.result < PM_TICK_HALTED) {
            out.result = pm_machine_tick(b.machine, NULL);
            pm_machine_telemetry(b.machine, &telemetry);
            out.cycles += telemetry.cycles;
        }
        const struct pm_trap_info *trap = pm_machine_trap(b.machine);
        if (trap) {
            out.code = trap->code;
            snprintf(out.message, sizeof out.message, "%s", trap->message);
        }
        if (!how->collect_always)
            out.print = pm_battery_print(&b);
        pm_battery_validate(&b);
    }
    pm_battery_close(&b);
    return out;
}

static void compare(const struct pm_battery_outcome *a,
                    const struct pm_battery_outcome *b, bool collects)
{
    CHECK_INT(b->result, a->result);
    CHECK_INT(b->code, a->code);
    CHECK_INT(b->cycles, a->cycles);
    CHECK_STR(b->message, a->message);
    if (!collects)
        CHECK(pm_battery_same(a->print, b->print));
}

struct pm_battery_outcome
pm_battery_everywhere(const struct pm_battery_text *text, int ticks)
{
    struct pm_battery_outcome first = {0};
    bool has_first = false;

    for (int collects = 0; collects < 2; collects++)
        for (int form = PM_DISPATCH_TAIL; form <= PM_DISPATCH_SWITCH; form++) {
            struct pm_battery_config how = {.dispatch = (pm_dispatch)form,
                                            .collect_always = collects};
            if (!pm_dispatch_is_available(how.dispatch))
                continue;
            struct pm_battery_outcome out = run_once(text, ticks, &how);
            if (!has_first)
                first = out;
            else
                compare(&first, &out, collects);
            has_first = true;
        }
    return first;
}
