// SPDX-License-Identifier: MIT
//
// The public interface (prometeu/machine.h): loading, ticks, snapshots.
#include <string.h>

#include "base/mem.h"
#include "machine/report.h"
#include "registry/caps.h"

static const int16_t silence[PM_SOUND_FRAMES * 2];
static const uint16_t black[PM_PICTURE_PIXELS];

static pm_status copy_mounts(struct pm_machine *machine)
{
    size_t count = machine->config.mount_count;

    if (count == 0)
        return PM_OK;
    if (count > PM_FS_MAX_MOUNTS) {
        machine->config.mount_count = 0;
        return PM_ERR_LIMIT;
    }
    machine->mounts =
        pm_mem_zarray(&machine->alloc, count, sizeof *machine->mounts);
    if (!machine->mounts)
        return PM_ERR_NO_MEMORY;
    memcpy(machine->mounts, machine->config.mounts,
           count * sizeof *machine->mounts);
    return PM_OK;
}

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
    pm_buf_init(&machine->reload_text, &alloc);
    pm_status status = pm_domains_init(&machine->domains, &alloc);
    if (!status)
        status = copy_mounts(machine);
    if (status) {
        pm_machine_destroy(machine);
        return status;
    }
    *out = machine;
    return PM_OK;
}

void pm_machine_destroy(struct pm_machine *machine)
{
    if (!machine)
        return;
    struct pm_allocator alloc = machine->alloc;
    pm_console_destroy(machine->console);
    if (machine->store)
        machine->config.saves.close(machine->config.saves.context,
                                    machine->store);
    pm_mem_free(&alloc, machine->mounts,
                machine->config.mount_count * sizeof *machine->mounts);
    pm_domains_free(&machine->domains);
    pm_report_free(&machine->report);
    pm_buf_free(&machine->scratch);
    pm_buf_free(&machine->reload_text);
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

// The store goes over to the machine: a cartridge of the same application
// that is loaded next goes on with it.
static void take_over(struct pm_machine *machine, struct pm_console *console)
{
    const struct pm_store *old = machine->store;

    pm_console_destroy(machine->console);
    machine->console = console;
    // What was opened anew may have the address of the old one.
    if (console->store == old && !console->has_opened_store)
        return;
    if (old)
        machine->config.saves.close(machine->config.saves.context, old);
    machine->store = console->store;
    machine->store_app_id = console->cart.manifest.app_id;
    console->has_opened_store = false;
}

pm_status pm_machine_load(struct pm_machine *machine,
                          const struct pm_cart_files *files,
                          const struct pm_report **out_report)
{
    struct pm_console *console;

    if (machine->is_running)
        return PM_ERR_WRONG_STATE;
    pm_report_begin(&machine->report);
    pm_status status =
        pm_console_create(machine, files, PM_CONSOLE_RUNS, &console);
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

    if (machine->is_running)
        return PM_ERR_WRONG_STATE;
    pm_report_begin(&machine->report);
    pm_status status = pm_pmc_open(package, NULL, &machine->alloc,
                                   &machine->report.diags, &pmc);
    if (status)
        return answer(machine, status, out_report);
    struct pm_cart_files files = pm_pmc_files(pmc);
    status = pm_console_create(machine, &files, PM_CONSOLE_RUNS, &console);
    if (status) {
        pm_pmc_close(pmc);
        return answer(machine, status, out_report);
    }
    console->pmc = pmc;
    take_over(machine, console);
    return answer(machine, PM_OK, out_report);
}

static pm_status load_instead(struct pm_machine *machine,
                              const struct pm_cart_files *files,
                              struct pm_reload *result)
{
    struct pm_console *console;
    pm_status status =
        pm_console_create(machine, files, PM_CONSOLE_RUNS, &console);

    if (status)
        return status;
    take_over(machine, console);
    *result = (struct pm_reload){.kind = PM_RELOAD_LOADED};
    pm_buf_puts(&machine->reload_text, "the game starts anew");
    return PM_OK;
}

pm_status pm_machine_reload(struct pm_machine *machine,
                            const struct pm_cart_files *files,
                            struct pm_reload *out_reload,
                            const struct pm_report **out_report)
{
    struct pm_reload result = {0};

    if (machine->is_running)
        return PM_ERR_WRONG_STATE;
    pm_report_begin(&machine->report);
    machine->reload_text.size = 0;
    machine->reload_text.failed = false;
    pm_status status = pm_console_reload(machine, files, &result);
    if (status == PM_ERR_WRONG_STATE)
        status = load_instead(machine, files, &result);
    const char *text = pm_buf_cstr(&machine->reload_text);
    result.text = text ? text : "";
    if (out_reload && !status)
        *out_reload = result;
    return answer(machine, status, out_report);
}

pm_status pm_machine_check(struct pm_machine *machine,
                           const struct pm_cart_files *files,
                           const struct pm_report **out_report)
{
    struct pm_console *console = NULL;

    if (machine->is_running)
        return PM_ERR_WRONG_STATE;
    pm_report_begin(&machine->report);
    pm_status status =
        pm_console_create(machine, files, PM_CONSOLE_CHECKS, &console);
    if (!status)
        pm_console_destroy(console);
    return answer(machine, status, out_report);
}

pm_status pm_machine_reset(struct pm_machine *machine)
{
    if (!machine->console || machine->is_running)
        return PM_ERR_WRONG_STATE;
    return pm_console_reset(machine->console);
}

void pm_machine_grant(struct pm_machine *machine, uint32_t granted)
{
    struct pm_console *console = machine->console;

    if (console)
        console->sys.capabilities =
            console->cart.manifest.capabilities & granted;
}

pm_fs_status pm_machine_flush(struct pm_machine *machine)
{
    if (machine->is_running)
        return PM_FS_BUSY;
    return machine->console ? pm_console_flush(machine->console, true)
                            : PM_FS_OK;
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
    console->tick_cycles = console->tick_calls = console->tick_bytes = 0;
    pm_audio_hush(&console->audio);
    return pm_vm_trap(console->vm) ? PM_TICK_TRAPPED : PM_TICK_HALTED;
}

// What the program has saved goes to the store at the end of a frame, and
// when there will be no further one.
static void end_frame(struct pm_console *console)
{
    if (console->sys.fs)
        pm_console_note_flush(console, pm_fs_end_frame(console->sys.fs));
}

static enum pm_tick_result finish_tick(struct pm_console *console,
                                       pm_vm_result result)
{
    if (result == PM_VM_BUDGET) {
        console->late_ticks++;
        return PM_TICK_LATE;
    }
    end_frame(console);
    if (result == PM_VM_TRAPPED)
        return PM_TICK_TRAPPED;
    // A program that draws and ends has drawn its last frame.
    pm_gfx_present(&console->gfx, console->bank);
    return result == PM_VM_HALTED ? PM_TICK_HALTED : PM_TICK_FRAME;
}

static enum pm_tick_result run(struct pm_console *console)
{
    uint64_t cycles = pm_vm_cycles(console->vm);
    uint64_t calls = console->sys.calls;
    uint64_t bytes = console->sys.bytes_moved;
    pm_vm_result result = pm_vm_run(console->vm, console->profile->cycles);

    console->ticks++;
    console->tick_cycles = pm_vm_cycles(console->vm) - cycles;
    console->tick_calls = console->sys.calls - calls;
    console->tick_bytes = console->sys.bytes_moved - bytes;
    pm_audio_mix(&console->audio, console->bank);
    return finish_tick(console, result);
}

enum pm_tick_result pm_machine_tick(struct pm_machine *machine,
                                    const struct pm_frame_input *input)
{
    static const struct pm_frame_input nothing;
    struct pm_console *console = machine->console;

    if (!console)
        return PM_TICK_EMPTY;
    if (machine->is_running)
        return PM_TICK_NESTED;
    if (pm_vm_trap(console->vm) || pm_vm_is_halted(console->vm))
        return ended(console);
    if (pm_vm_is_between_frames(console->vm)) {
        pm_input_latch(&console->input, input ? input : &nothing);
        pm_sys_deliver(&console->sys);
    }
    machine->is_running = true;
    enum pm_tick_result result = run(console);
    machine->is_running = false;
    return result;
}

const uint16_t *pm_machine_picture(const struct pm_machine *machine)
{
    return machine->console ? machine->console->gfx.front : black;
}

const int16_t *pm_machine_sound(const struct pm_machine *machine)
{
    return machine->console ? machine->console->audio.out : silence;
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
        .leaks = console->sys.states.leaks,
        .bytes_moved = console->tick_bytes,
        .discarded = console->discarded,
        .load_waits = console->sys.loads.waits,
    };
    for (int type = 0; type < PM_BANK_TYPES; type++)
        pm_bank_usage(console->bank, (pm_bank_type)type, &out->bank_used[type],
                      &out->bank_limit[type]);
}

// --- snapshots ---------------------------------------------------------------

// Puts the state into the machine's scratch buffer.
static pm_status save_to_scratch(struct pm_machine *machine)
{
    if (!machine->console || machine->is_running)
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
    if (!machine->console || machine->is_running)
        return answer(machine, PM_ERR_WRONG_STATE, out_report);
    pm_status status = pm_console_restore(machine->console, bytes, size,
                                          &machine->report.diags);
    return answer(machine, status, out_report);
}

// --- an embedder's own -------------------------------------------------------

pm_status pm_machine_add_capability(struct pm_machine *machine,
                                    const char *name, unsigned bit)
{
    struct pm_own_caps *own = &machine->own_caps;

    if (machine->console)
        return PM_ERR_WRONG_STATE;
    if (!name || !*name || bit < PM_CAP_FIRST_EMBEDDER_BIT || bit > 31)
        return PM_ERR_INVALID;
    if (own->names[bit] || pm_cap_by_name(name, strlen(name)))
        return PM_ERR_EXISTS;
    for (unsigned i = PM_CAP_FIRST_EMBEDDER_BIT; i < 32; i++)
        if (own->names[i] && strcmp(own->names[i], name) == 0)
            return PM_ERR_EXISTS;
    own->names[bit] = name;
    return PM_OK;
}

pm_status pm_machine_add_domains(struct pm_machine *machine,
                                 const struct pm_domain *domains,
                                 size_t domain_count,
                                 const struct pm_host_call *calls,
                                 size_t call_count,
                                 const struct pm_report **out_report)
{
    if (machine->console || machine->is_running)
        return PM_ERR_WRONG_STATE;
    pm_report_begin(&machine->report);
    pm_status status =
        pm_domains_add(&machine->domains, domains, domain_count, calls,
                       call_count, &machine->report.diags);
    return answer(machine, status, out_report);
}
