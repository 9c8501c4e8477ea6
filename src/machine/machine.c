// SPDX-License-Identifier: MIT
//
// The public interface (prometeu/machine.h): loading, ticks, snapshots.
#include <string.h>

#include "base/mem.h"
#include "machine/report.h"

static const int16_t silence[PM_SOUND_FRAMES * 2];
static const uint16_t black[PM_PICTURE_PIXELS];

pm_status pm_machine_create(const struct pm_machine_config *config,
                            struct pm_machine **out)
{
    static const struct pm_machine_config defaults;
    struct pm_allocator alloc;

    if (!config)
        config = &defaults;
    alloc = config->alloc.resize ? config->alloc : pm_allocator_libc();
    if (config->dispatch != PM_MACHINE_DISPATCH_AUTO &&
        !pm_dispatch_is_available((pm_dispatch)config->dispatch))
        return PM_ERR_UNSUPPORTED;
    struct pm_machine *machine = pm_mem_zalloc(&alloc, sizeof *machine);
    if (!machine)
        return PM_ERR_NO_MEMORY;
    machine->alloc = alloc;
    machine->config = *config;
    pm_report_init(&machine->report, &alloc);
    pm_buf_init(&machine->scratch, &alloc);
    *out = machine;
    return PM_OK;
}

void pm_machine_destroy(struct pm_machine *machine)
{
    if (!machine)
        return;
    struct pm_allocator alloc = machine->alloc;
    pm_console_destroy(machine->console);
    pm_report_free(&machine->report);
    pm_buf_free(&machine->scratch);
    pm_mem_free(&alloc, machine, sizeof *machine);
}

// --- loading -----------------------------------------------------------------

// Ends a call that reports.
static pm_status answer(struct pm_machine *machine, pm_status status,
                        const struct pm_report **out_report)
{
    const struct pm_report *report = pm_report_end(&machine->report, status);

    if (out_report)
        *out_report = report;
    return status;
}

static pm_status make_console(struct pm_machine *machine,
                              const struct pm_cart_files *files,
                              struct pm_console **out)
{
    return pm_console_create(&machine->config, &machine->alloc, files,
                             &machine->report.diags, out);
}

static void take_over(struct pm_machine *machine, struct pm_console *console)
{
    pm_console_destroy(machine->console);
    machine->console = console;
}

pm_status pm_machine_load(struct pm_machine *machine,
                          const struct pm_cart_files *files,
                          const struct pm_report **out_report)
{
    struct pm_console *console;

    pm_report_begin(&machine->report);
    pm_status status = make_console(machine, files, &console);
    if (!status)
        take_over(machine, console);
    return answer(machine, status, out_report);
}

pm_status pm_machine_load_package(struct pm_machine *machine,
                                  const struct pm_source *package,
                                  const struct pm_report **out_report)
{
    struct pm_console *console;
    struct pm_pmc *pmc;

    pm_report_begin(&machine->report);
    pm_status status = pm_pmc_open(package, NULL, &machine->alloc,
                                   &machine->report.diags, &pmc);
    if (status)
        return answer(machine, status, out_report);
    struct pm_cart_files files = pm_pmc_files(pmc);
    status = make_console(machine, &files, &console);
    if (status) {
        pm_pmc_close(pmc);
        return answer(machine, status, out_report);
    }
    console->pmc = pmc;
    take_over(machine, console);
    return answer(machine, PM_OK, out_report);
}

pm_status pm_machine_check(struct pm_machine *machine,
                           const struct pm_cart_files *files,
                           const struct pm_report **out_report)
{
    struct pm_console *console = NULL;

    pm_report_begin(&machine->report);
    pm_status status = make_console(machine, files, &console);
    if (!status)
        pm_console_destroy(console);
    return answer(machine, status, out_report);
}

pm_status pm_machine_reset(struct pm_machine *machine)
{
    if (!machine->console)
        return PM_ERR_WRONG_STATE;
    return pm_console_reset(machine->console);
}

bool pm_machine_cart(const struct pm_machine *machine, struct pm_cart_info *out)
{
    const struct pm_console *console = machine->console;

    if (!console)
        return false;
    *out = (struct pm_cart_info){
        .title = console->title,
        .app_version = console->app_version,
        .profile = console->profile->name,
        .app_id = console->cart.manifest.app_id,
        .capabilities = console->sys.capabilities,
    };
    return true;
}

// --- ticks -------------------------------------------------------------------

static enum pm_tick_result ended(struct pm_console *console)
{
    console->tick_cycles = console->tick_calls = 0;
    return pm_vm_trap(console->vm) ? PM_TICK_TRAPPED : PM_TICK_HALTED;
}

static enum pm_tick_result run(struct pm_console *console)
{
    uint64_t cycles = pm_vm_cycles(console->vm);
    uint64_t calls = console->sys.calls;
    pm_vm_result result = pm_vm_run(console->vm, console->profile->cycles);

    console->ticks++;
    console->tick_cycles = pm_vm_cycles(console->vm) - cycles;
    console->tick_calls = console->sys.calls - calls;
    switch (result) {
    case PM_VM_BUDGET:
        console->late_ticks++;
        return PM_TICK_LATE;
    case PM_VM_TRAPPED:
        return PM_TICK_TRAPPED;
    case PM_VM_HALTED:
        // A program that draws and ends has drawn its last frame.
        pm_gfx_present(&console->gfx, console->bank);
        return PM_TICK_HALTED;
    default:
        pm_gfx_present(&console->gfx, console->bank);
        return PM_TICK_FRAME;
    }
}

enum pm_tick_result pm_machine_tick(struct pm_machine *machine,
                                    const struct pm_frame_input *input)
{
    static const struct pm_frame_input nothing;
    struct pm_console *console = machine->console;

    if (!console)
        return PM_TICK_EMPTY;
    if (pm_vm_trap(console->vm) || pm_vm_is_halted(console->vm))
        return ended(console);
    if (pm_vm_is_between_frames(console->vm))
        pm_input_latch(&console->input, input ? input : &nothing);
    return run(console);
}

const uint16_t *pm_machine_picture(const struct pm_machine *machine)
{
    return machine->console ? machine->console->gfx.front : black;
}

const int16_t *pm_machine_sound(const struct pm_machine *machine)
{
    (void)machine;
    return silence;
}

void pm_machine_telemetry(const struct pm_machine *machine,
                          struct pm_telemetry *out)
{
    struct pm_console *console = machine->console;

    *out = (struct pm_telemetry){0};
    if (!console)
        return;
    struct pm_heap *heap = pm_vm_heap(console->vm);
    *out = (struct pm_telemetry){
        .frame = pm_vm_frame(console->vm),
        .ticks = console->ticks,
        .late_ticks = console->late_ticks,
        .cycles = console->tick_cycles,
        .budget = console->profile->cycles,
        .heap_used = pm_heap_used(heap),
        .heap_limit = pm_heap_capacity(heap),
        .host_calls = console->tick_calls,
        .leaks = console->leaks,
    };
}

// --- snapshots ---------------------------------------------------------------

// Puts the state into the machine's scratch buffer.
static pm_status save_to_scratch(struct pm_machine *machine)
{
    if (!machine->console)
        return PM_ERR_WRONG_STATE;
    machine->scratch.size = 0;
    machine->scratch.failed = false;
    return pm_console_save(machine->console, &machine->scratch);
}

pm_status pm_machine_fingerprint(struct pm_machine *machine,
                                 struct pm_fingerprint *out)
{
    pm_status status = save_to_scratch(machine);

    if (status)
        return status;
    struct pm_hash128 hash =
        pm_hash128(machine->scratch.data, machine->scratch.size);
    *out = (struct pm_fingerprint){hash.low, hash.high};
    return PM_OK;
}

pm_status pm_machine_save(struct pm_machine *machine, uint8_t **out_bytes,
                          size_t *out_size)
{
    pm_status status = save_to_scratch(machine);

    if (status)
        return status;
    uint8_t *bytes = pm_mem_alloc(&machine->alloc, machine->scratch.size);
    if (!bytes)
        return PM_ERR_NO_MEMORY;
    memcpy(bytes, machine->scratch.data, machine->scratch.size);
    *out_bytes = bytes;
    *out_size = machine->scratch.size;
    return PM_OK;
}

void pm_machine_free_state(struct pm_machine *machine, uint8_t *bytes,
                           size_t size)
{
    pm_mem_free(&machine->alloc, bytes, size);
}

pm_status pm_machine_restore(struct pm_machine *machine, const void *bytes,
                             size_t size, const struct pm_report **out_report)
{
    pm_report_begin(&machine->report);
    if (!machine->console)
        return answer(machine, PM_ERR_WRONG_STATE, out_report);
    pm_status status = pm_console_restore(machine->console, bytes, size,
                                          &machine->report.diags);
    return answer(machine, status, out_report);
}
