// SPDX-License-Identifier: MIT
//
// Hot reload (docs/spec/reload.md). The new version is made as a console of
// its own, the rehearsal, and runs its first frame there, with files that go
// nowhere. Until all is known to be well the old console is only read. Then
// the parts that belong to a version of the cartridge (program, memory,
// assets, banks) change places, and the rehearsal is destroyed with the old
// ones in it.
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "machine/machine_internal.h"
#include "sys/states_join.h"
#include "vm/carry.h"

// Of the console's time that a new program may take for its first frame: what
// hangs must not hang the host.
#define REHEARSAL_TICKS 60

// Names of globals that the summary lists.
#define NAMES_LISTED 8

struct reload {
    struct pm_machine *machine;
    struct pm_console *old;
    struct pm_console *fresh;
    struct pm_carry *carry;
    struct pm_joined *joined;
    struct pm_reload *result;
};

static struct pm_diags *diags_of(const struct reload *r)
{
    return &r->machine->report.diags;
}

static pm_status refuse(const struct reload *r, const char *code,
                        const char *text)
{
    pm_diags_error(diags_of(r), NULL, code, "%s", text);
    return PM_ERR_INVALID;
}

// --- the first frame ---------------------------------------------------------

// Trap texts are made from the machine's console; for this one it is the
// rehearsal.
static pm_status refuse_trap(const struct reload *r)
{
    r->machine->console = r->fresh;
    const struct pm_trap_info *trap = pm_machine_trap(r->machine);
    r->machine->console = r->old;
    const struct pm_trap_place *at = &trap->stack[0];
    struct pm_place place = {
        .file = at->file, .line = at->line, .column = at->column};

    pm_diags_error(diags_of(r), &place, "RELOAD-TRAP",
                   "the new program trapped in its first frame, in %s: %s: %s",
                   at->function, pm_trap_name(trap->code), trap->message);
    return PM_ERR_INVALID;
}

static pm_status judge(const struct reload *r, pm_vm_result result)
{
    switch (result) {
    case PM_VM_FRAME:
        return PM_OK;
    case PM_VM_TRAPPED:
        return refuse_trap(r);
    case PM_VM_HALTED:
        return refuse(r, "RELOAD-HALTED",
                      "the new program ends in its first frame");
    default:
        pm_diags_error(diags_of(r), NULL, "RELOAD-LATE",
                       "the new program's first frame has not ended after %d "
                       "ticks",
                       REHEARSAL_TICKS);
        return PM_ERR_INVALID;
    }
}

static pm_status rehearse(const struct reload *r)
{
    struct pm_console *fresh = r->fresh;
    pm_vm_result result = PM_VM_BUDGET;

    fresh->input = r->old->input;
    fresh->audio = r->old->audio;
    if (pm_vm_start_reload(fresh->vm, r->old->vm))
        return refuse(r, "MACHINE-LIMIT",
                      "the function \"reload\" does not fit on the stack");
    r->machine->is_running = true;
    for (int i = 0; i < REHEARSAL_TICKS && result == PM_VM_BUDGET; i++)
        result = pm_vm_run(fresh->vm, fresh->profile->cycles);
    r->machine->is_running = false;
    return judge(r, result);
}

// --- what is kept ------------------------------------------------------------

static void tell_global(const struct reload *r, uint32_t row)
{
    const struct pm_text *name = &r->fresh->image->module.globals[row].name;
    struct pm_buf *text = &r->machine->reload_text;
    uint32_t number = r->result->anew++;
    struct pm_buf line;

    pm_buf_init(&line, &r->machine->alloc);
    pm_buf_puts(&line, "global '");
    pm_buf_put_escaped(&line, name->data, name->size);
    pm_buf_puts(&line, "' starts anew: ");
    size_t why = line.size;
    pm_carry_explain(r->carry, row, &line);
    const char *shown = pm_buf_cstr(&line);
    pm_diags_warning(diags_of(r), NULL, "RELOAD-GLOBAL", "%s",
                     shown ? shown : "");
    if (number < NAMES_LISTED && shown) {
        pm_buf_puts(text, number ? ", " : "");
        pm_buf_put_escaped(text, name->data, name->size);
        pm_buf_printf(text, " (%s)", shown + why);
    }
    pm_buf_free(&line);
}

static void count_globals(const struct reload *r, uint32_t *out_anew)
{
    for (uint32_t i = 0; i < r->fresh->image->module.global_count; i++) {
        enum pm_carry_fate fate = pm_carry_fate_of(r->carry, i);
        r->result->kept += fate == PM_CARRY_KEPT;
        *out_anew += fate == PM_CARRY_ANEW;
    }
}

static void put_assets(const struct reload *r, const char *before)
{
    struct pm_buf *text = &r->machine->reload_text;
    const struct pm_reload *result = r->result;

    if (result->assets)
        pm_buf_printf(text, "%s%" PRIu32 " slot%s with new assets", before,
                      result->assets, result->assets == 1 ? "" : "s");
    if (result->emptied)
        pm_buf_printf(text, "%s%" PRIu32 " slot%s emptied",
                      result->assets ? ", " : before, result->emptied,
                      result->emptied == 1 ? "" : "s");
}

static void tell_globals(const struct reload *r)
{
    struct pm_buf *text = &r->machine->reload_text;
    uint32_t anew = 0;

    count_globals(r, &anew);
    pm_buf_printf(text, "kept %" PRIu32 " global%s", r->result->kept,
                  r->result->kept == 1 ? "" : "s");
    if (anew)
        pm_buf_printf(text, ", %" PRIu32 " start%s anew: ", anew,
                      anew == 1 ? "s" : "");
    for (uint32_t i = 0; i < r->fresh->image->module.global_count; i++)
        if (pm_carry_fate_of(r->carry, i) == PM_CARRY_ANEW)
            tell_global(r, i);
    if (anew > NAMES_LISTED)
        pm_buf_printf(text, " and %" PRIu32 " more", anew - NAMES_LISTED);
    put_assets(r, "; ");
}

static void tell_assets(const struct reload *r)
{
    pm_buf_puts(&r->machine->reload_text, "the program goes on");
    if (!r->result->assets && !r->result->emptied)
        pm_buf_puts(&r->machine->reload_text, ", no slot has changed");
    put_assets(r, ", ");
}

// --- the last steps that can fail --------------------------------------------

static pm_status copy_values(const struct reload *r)
{
    pm_status status = pm_carry_copy(r->carry);

    if (status != PM_ERR_LIMIT)
        return status;
    return refuse(r, "RELOAD-MEMORY",
                  "what the globals hold does not fit into the guest memory "
                  "beside the new program's own objects");
}

static pm_status join(struct reload *r)
{
    const struct pm_domain_row *full;
    pm_status status = pm_states_join(&r->old->sys, &r->fresh->sys, r->carry,
                                      &full, &r->joined);

    if (status != PM_ERR_LIMIT || !full)
        return status;
    pm_diags_error(diags_of(r), NULL, "RELOAD-OBJECTS",
                   "what the globals hold and what the new program has opened "
                   "in its first frame are too many live objects of the domain "
                   "\"%s\"",
                   full->domain.name);
    return PM_ERR_INVALID;
}

// Short memory must show before anything changes.
static pm_status words_status(const struct reload *r)
{
    return r->machine->reload_text.failed || diags_of(r)->out_of_memory
               ? PM_ERR_NO_MEMORY
               : PM_OK;
}

// --- changing places ---------------------------------------------------------

#define EXCHANGE(type, a, b)                                                   \
    do {                                                                       \
        type held = (a);                                                       \
        (a) = (b);                                                             \
        (b) = held;                                                            \
    } while (0)

static void exchange_texts(struct pm_console *old, struct pm_console *fresh)
{
    EXCHANGE(struct pm_manifest, old->cart.manifest, fresh->cart.manifest);
    EXCHANGE(struct pm_hash128, old->identity, fresh->identity);
    memcpy(old->title, fresh->title, sizeof old->title);
    memcpy(old->app_version, fresh->app_version, sizeof old->app_version);
}

// Capabilities that were taken from the running cartridge stay away.
static void exchange_rights(struct pm_console *old, struct pm_console *fresh)
{
    uint32_t taken = fresh->cart.manifest.capabilities & ~old->sys.capabilities;

    old->sys.capabilities = old->cart.manifest.capabilities & ~taken;
}

static void exchange_assets(struct pm_console *old, struct pm_console *fresh)
{
    uint64_t waits = old->sys.loads.waits;

    exchange_texts(old, fresh);
    exchange_rights(old, fresh);
    EXCHANGE(struct pm_asset *, old->cart.assets, fresh->cart.assets);
    EXCHANGE(struct pm_source, old->cart.label, fresh->cart.label);
    EXCHANGE(struct pm_pmc *, old->pmc, fresh->pmc);
    EXCHANGE(struct pm_bank *, old->bank, fresh->bank);
    EXCHANGE(struct pm_loads, old->sys.loads, fresh->sys.loads);
    old->sys.loads.waits = waits;
    old->sys.bank = old->bank;
    fresh->sys.bank = fresh->bank;
    if (old->sys.fs)
        pm_fs_exchange(old->sys.fs, fresh->sys.fs, "cart", false);
}

static void exchange_program(struct pm_console *old, struct pm_console *fresh)
{
    EXCHANGE(uint8_t *, old->cart.program, fresh->cart.program);
    EXCHANGE(size_t, old->cart.program_size, fresh->cart.program_size);
    EXCHANGE(struct pm_image *, old->image, fresh->image);
    EXCHANGE(struct pm_sys_call *, old->calls, fresh->calls);
    EXCHANGE(struct pm_call_entry *, old->entries, fresh->entries);
    EXCHANGE(size_t, old->call_count, fresh->call_count);
    EXCHANGE(struct pm_vm *, old->vm, fresh->vm);
    pm_console_rebind(old);
    pm_console_rebind(fresh);
}

// --- both kinds --------------------------------------------------------------

static pm_status reload_assets(struct reload *r)
{
    r->result->kind = PM_RELOAD_ASSETS;
    pm_status status = pm_console_follow_plans(r->old, r->fresh);
    if (!status)
        status = join(r);
    if (status)
        return status;
    tell_assets(r);
    status = words_status(r);
    if (status)
        return status;
    pm_states_accept(r->joined);
    r->joined = NULL;
    exchange_assets(r->old, r->fresh);
    return PM_OK;
}

static pm_status prepare_program(struct reload *r)
{
    pm_status status =
        pm_carry_plan(&r->machine->alloc, r->old->vm, r->fresh->vm, &r->carry);

    if (!status)
        status = rehearse(r);
    if (!status)
        status = pm_console_follow_plans(r->old, r->fresh);
    if (!status)
        status = copy_values(r);
    if (!status)
        status = join(r);
    if (status)
        return status;
    tell_globals(r);
    return words_status(r);
}

static pm_status reload_program(struct reload *r)
{
    r->result->kind = PM_RELOAD_PROGRAM;
    pm_status status = prepare_program(r);

    if (status)
        return status;
    pm_states_accept(r->joined);
    r->joined = NULL;
    pm_vm_take_counts(r->fresh->vm, r->old->vm);
    // No later sound is taken for one of the first frame.
    r->old->audio.next_age = r->fresh->audio.next_age;
    pm_gfx_forget_frame(&r->old->gfx);
    exchange_assets(r->old, r->fresh);
    exchange_program(r->old, r->fresh);
    return PM_OK;
}

static bool is_same_program(const struct pm_cart *a, const struct pm_cart *b)
{
    return a->program_size == b->program_size &&
           memcmp(a->program, b->program, a->program_size) == 0;
}

static pm_status reload(struct reload *r)
{
    pm_status status = pm_console_follow_banks(r->old, r->fresh, r->result);

    if (!status)
        status = is_same_program(&r->old->cart, &r->fresh->cart)
                     ? reload_assets(r)
                     : reload_program(r);
    pm_states_refuse(r->joined);
    pm_carry_free(r->carry);
    return status;
}

// --- whether it can be -------------------------------------------------------

// What the console has made for its profile and its files stays as it is, so
// these must be the same. A manifest that cannot be read is told of later.
static bool can_go_on(struct pm_machine *machine,
                      const struct pm_cart_files *files)
{
    const struct pm_manifest *old = &machine->console->cart.manifest;
    struct pm_manifest fresh;
    struct pm_diags silent;

    pm_diags_init(&silent, &machine->alloc);
    pm_status status = pm_cart_read_manifest(files, &machine->own_caps,
                                             &machine->alloc, &silent, &fresh);
    pm_diags_free(&silent);
    return status ||
           (old->app_id == fresh.app_id && old->profile == fresh.profile &&
            !((old->capabilities ^ fresh.capabilities) & PM_CAP_FS));
}

pm_status pm_console_reload(struct pm_machine *machine,
                            const struct pm_cart_files *files,
                            struct pm_reload *result)
{
    struct reload r = {
        .machine = machine, .old = machine->console, .result = result};

    if (!r.old || !can_go_on(machine, files))
        return PM_ERR_WRONG_STATE;
    pm_status status =
        pm_console_create(machine, files, PM_CONSOLE_REHEARSES, &r.fresh);
    if (status)
        return status;
    status = reload(&r);
    pm_console_destroy(r.fresh);
    return status;
}
