// SPDX-License-Identifier: MIT
//
// One loaded cartridge: putting it together and taking it apart.
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "link/link.h"
#include "machine/machine_internal.h"
#include "registry/caps.h"

// --- the program -------------------------------------------------------------

static pm_status link_program(const struct pm_cart *cart,
                              const struct pm_link_config *config,
                              struct pm_diags *diags, struct pm_image **out)
{
    struct pm_module module;
    pm_status status =
        pm_module_read(cart->program, cart->program_size, PM_CART_PROGRAM,
                       &cart->alloc, diags, &module);
    if (status)
        return status;
    status = pm_link(&module, config, &cart->alloc, diags, out);
    if (status)
        pm_module_free(&module);
    return status;
}

static pm_status check_module_size(const struct pm_console *console,
                                   struct pm_diags *diags)
{
    struct pm_place place = {.file = PM_CART_PROGRAM};
    size_t size = console->cart.program_size;

    if (size <= console->profile->module_size)
        return PM_OK;
    pm_diags_error(diags, &place, "MACHINE-LIMIT",
                   "the program has %zu bytes, the profile %s allows %" PRIu32,
                   size, console->profile->name, console->profile->module_size);
    return PM_ERR_INVALID;
}

static pm_status make_image(struct pm_console *console, struct pm_diags *diags)
{
    const struct pm_domains *domains = &console->machine->domains;
    struct pm_link_config config = {
        .registry = &domains->registry,
        .domains = domains->names,
        .capabilities = console->sys.capabilities,
        .file = PM_CART_PROGRAM,
        .max_code_size = console->profile->code_size,
        .max_module_size = console->profile->module_size,
    };
    pm_status status = check_module_size(console, diags);

    return status
               ? status
               : link_program(&console->cart, &config, diags, &console->image);
}

// When another file is at fault, the program's faults are shown too: with
// every capability and without a profile, which only the manifest could say.
static void show_program_faults(struct pm_machine *machine,
                                const struct pm_cart_files *files)
{
    const struct pm_allocator *alloc = &machine->alloc;
    struct pm_diags *diags = &machine->report.diags;
    struct pm_link_config config = {.registry = &machine->domains.registry,
                                    .domains = machine->domains.names,
                                    .capabilities = UINT32_MAX,
                                    .file = PM_CART_PROGRAM};
    struct pm_cart cart = {.alloc = *alloc};
    struct pm_image *image = NULL;
    struct pm_source source;

    if (files->open(files->context, PM_CART_PROGRAM, &source) ||
        source.size == 0 || source.size > PM_MODULE_MAX_SIZE)
        return;
    cart.program_size = (size_t)source.size;
    cart.program = pm_mem_alloc(alloc, cart.program_size);
    if (!cart.program)
        return;
    if (source.read_at(source.context, 0, cart.program, cart.program_size) ==
        PM_OK)
        link_program(&cart, &config, diags, &image);
    pm_image_free(image);
    pm_cart_free(&cart);
}

// When a file is at fault, what is preloaded is checked all the same: by the
// profile, where the manifest says one.
static const struct pm_profile *profile_in(struct pm_machine *machine,
                                           const struct pm_cart_files *files)
{
    struct pm_diags silent;
    struct pm_manifest manifest;
    const struct pm_profile *profile = NULL;

    pm_diags_init(&silent, &machine->alloc);
    if (pm_cart_read_manifest(files, &machine->own_caps, &machine->alloc,
                              &silent, &manifest) == PM_OK)
        profile = pm_profile_of(manifest.profile);
    pm_diags_free(&silent);
    return profile;
}

static void check_preload(struct pm_machine *machine,
                          const struct pm_asset *assets,
                          const struct pm_profile *profile)
{
    struct pm_bank_config config = {.alloc = machine->alloc};
    struct pm_bank *bank = NULL;

    if (profile)
        memcpy(config.budget, profile->bank, sizeof config.budget);
    if (pm_bank_create(&config, &bank) == PM_OK)
        (void)pm_console_preload(&machine->alloc, assets, profile, bank,
                                 &machine->report.diags);
    pm_bank_destroy(bank);
}

static void show_preload_faults(struct pm_machine *machine,
                                const struct pm_cart_files *files)
{
    struct pm_diags silent; // what is wrong with the file itself is known
    struct pm_asset *assets = NULL;
    struct pm_source source;

    if (files->open(files->context, PM_CART_ASSETS, &source))
        return;
    pm_diags_init(&silent, &machine->alloc);
    if (pm_asset_open_despite_preload(&source, PM_CART_ASSETS, &machine->alloc,
                                      &silent, &assets) == PM_OK)
        check_preload(machine, assets, profile_in(machine, files));
    pm_asset_close(assets);
    pm_diags_free(&silent);
}

// --- capabilities ------------------------------------------------------------

static pm_status grant(struct pm_console *console,
                       const struct pm_machine_config *config,
                       struct pm_diags *diags)
{
    uint32_t asked = console->cart.manifest.capabilities;
    uint32_t missing = config->capabilities ? asked & ~config->capabilities : 0;
    struct pm_place place = {.file = PM_CART_MANIFEST};

    console->sys.capabilities = asked;
    for (uint32_t bit = 1; bit; bit <<= 1)
        if (missing & bit)
            pm_diags_error(diags, &place, "MACHINE-CAPABILITY",
                           "the cartridge asks for the capability \"%s\", "
                           "which this host does not grant",
                           pm_cap_name_of(&console->machine->own_caps, bit));
    return missing ? PM_ERR_INVALID : PM_OK;
}

// --- identity ----------------------------------------------------------------

// Each row is hashed with what came before it.
static void mix(struct pm_hash128 *hash, const uint64_t *words, size_t count)
{
    uint64_t row[8] = {hash->low, hash->high};

    memcpy(row + 2, words, count * sizeof *words);
    for (size_t i = 0; i < count + 2; i++) {
        uint8_t bytes[8];
        pm_store64(bytes, row[i]);
        memcpy(&row[i], bytes, sizeof bytes);
    }
    *hash = pm_hash128(row, (count + 2) * sizeof *row);
}

static void mix_entry(struct pm_hash128 *hash, const struct pm_asset *assets,
                      const struct pm_asset_entry *entry)
{
    size_t size;
    const char *metadata = pm_asset_metadata(assets, entry, &size);

    mix(hash,
        (const uint64_t[]){
            (uint32_t)entry->id, (uint64_t)entry->bank_type << 8 | entry->codec,
            entry->size, entry->decoded_size, pm_hash64(metadata, size)},
        5);
}

// What a saved state belongs to: program, application, profile and the table
// of assets. What is resident has its own identity in the state.
static void identify(struct pm_console *console)
{
    const struct pm_manifest *manifest = &console->cart.manifest;
    const struct pm_asset *assets = console->cart.assets;
    struct pm_hash128 hash = console->image->fingerprint;

    mix(&hash,
        (const uint64_t[]){manifest->app_id, manifest->profile,
                           manifest->capabilities,
                           assets ? pm_asset_count(assets) : 0},
        4);
    for (size_t i = 0; assets && i < pm_asset_count(assets); i++)
        mix_entry(&hash, assets, pm_asset_at(assets, i));
    console->identity = hash;
    pm_text_escape(console->title, sizeof console->title, manifest->title,
                   strlen(manifest->title));
    pm_text_escape(console->app_version, sizeof console->app_version,
                   manifest->app_version, strlen(manifest->app_version));
}

// --- the parts ---------------------------------------------------------------

// Makes banks with what is preloaded.
static pm_status make_bank(struct pm_console *console, struct pm_diags *diags,
                           struct pm_bank **out)
{
    struct pm_bank_config config = {.alloc = console->alloc};
    struct pm_bank *bank = NULL;

    memcpy(config.budget, console->profile->bank, sizeof config.budget);
    pm_status status = pm_bank_create(&config, &bank);
    if (!status)
        status = pm_console_preload(&console->alloc, console->cart.assets,
                                    console->profile, bank, diags);
    if (status)
        pm_bank_destroy(bank);
    else
        *out = bank;
    return status;
}

static void set_bank(struct pm_console *console, struct pm_bank *bank)
{
    const struct pm_machine *machine = console->machine;
    struct pm_loads *loads = &console->sys.loads;

    console->bank = console->sys.bank = bank;
    *loads = (struct pm_loads){
        .alloc = console->alloc,
        .assets = console->cart.assets,
        .bank = bank,
        .workers =
            machine->config.workers.start ? &machine->config.workers : NULL,
        .bus = console->profile->bus,
    };
    memcpy(loads->staged, console->profile->bank, sizeof loads->staged);
}

static void fill_calls(struct pm_console *console)
{
    for (size_t i = 0; i < console->call_count; i++)
        console->entries[i] =
            pm_sys_bind(&console->calls[i], &console->sys,
                        console->image->calls[i].decl, &console->image->module);
}

static pm_status bind_calls(struct pm_console *console)
{
    size_t count = console->image->module.host_decl_count;

    if (count == 0)
        return PM_OK;
    console->call_count = count;
    console->calls =
        pm_mem_zarray(&console->alloc, count, sizeof *console->calls);
    console->entries =
        pm_mem_zarray(&console->alloc, count, sizeof *console->entries);
    if (!console->calls || !console->entries)
        return PM_ERR_NO_MEMORY;
    fill_calls(console);
    return PM_OK;
}

// Live objects at most: of the console's domains as the profile says.
static uint32_t limit_of(void *context, const struct pm_domain_row *row)
{
    const struct pm_profile *profile = context;

    switch (row->number) {
    case PM_DOMAIN_FILE:
        return profile->open_files;
    case PM_DOMAIN_CURSOR:
        return profile->cursors;
    case PM_DOMAIN_RANDOM:
        return profile->streams;
    case PM_DOMAIN_LOAD:
        return profile->loads;
    case PM_DOMAIN_VOICE:
        return profile->voices;
    case PM_DOMAIN_BANK:
    case PM_DOMAIN_DATA:
        return profile->readers;
    default:
        return row->domain.max_live;
    }
}

static pm_status make_states(struct pm_console *console)
{
    struct pm_sys *sys = &console->sys;

    // One stage for all transfers: none of them allocates.
    sys->stage = pm_mem_alloc(&console->alloc, PM_STAGE_SIZE);
    if (!sys->stage)
        return PM_ERR_NO_MEMORY;
    return pm_states_init(&sys->states, &console->machine->domains, sys,
                          &console->image->module, limit_of,
                          (void *)(uintptr_t)console->profile);
}

static struct pm_vm_config vm_config(struct pm_console *console)
{
    const struct pm_profile *profile = console->profile;
    const struct pm_machine_config *config = &console->machine->config;

    return (struct pm_vm_config){
        .memory_size = profile->memory,
        .stack_slots = profile->stack_slots,
        .coroutine_slots = profile->coroutine_slots,
        .call_depth = profile->call_depth,
        .coroutines = profile->coroutines,
        .dispatch = (pm_dispatch)config->dispatch,
        .calls = console->entries,
        .find_intrinsic = pm_builtin_find,
        .intrinsic_context = &console->input,
        .on_leak = pm_states_on_leak,
        .leak_context = &console->sys.states,
        .check_state = pm_states_check,
        .restore_state = pm_states_restore,
        .restored_states = pm_states_restored,
        .check_context = &console->sys.states,
        .collect_always = config->collect_always,
        .max_generation = config->max_generation,
    };
}

void pm_console_rebind(struct pm_console *console)
{
    struct pm_vm_config config = vm_config(console);

    fill_calls(console);
    pm_vm_rebind(console->vm, &config);
    console->sys.states.vm = console->vm;
    console->sys.states.module = &console->image->module;
}

static pm_status make_vm(struct pm_console *console, struct pm_diags *diags)
{
    const struct pm_profile *profile = console->profile;
    struct pm_vm_config vm = vm_config(console);
    struct pm_place place = {.file = PM_CART_PROGRAM};
    pm_status status =
        pm_vm_create(&console->alloc, &vm, console->image, &console->vm);

    console->sys.states.vm = console->vm;

    if (status == PM_ERR_LIMIT) {
        pm_diags_error(diags, &place, "MACHINE-LIMIT",
                       "stacks, globals and string constants do not fit into "
                       "the %" PRIu32 " bytes of guest memory of the profile "
                       "%s",
                       profile->memory, profile->name);
        return PM_ERR_INVALID;
    }
    return status;
}

static pm_status check_parts(struct pm_console *console)
{
    struct pm_machine *machine = console->machine;
    struct pm_diags *diags = &machine->report.diags;
    // Each of these finds faults of its own; all are shown.
    pm_status granted = grant(console, &machine->config, diags);
    pm_status linked = make_image(console, diags);
    struct pm_bank *bank;
    pm_status loaded = make_bank(console, diags, &bank);

    if (!loaded)
        set_bank(console, bank);
    return granted ? granted : linked ? linked : loaded;
}

static pm_status fill(struct pm_console *console,
                      const struct pm_cart_files *files)
{
    struct pm_machine *machine = console->machine;
    pm_status status = check_parts(console);

    if (status)
        return status;
    identify(console);
    status = make_states(console);
    if (!status)
        status = bind_calls(console);
    if (!status)
        status = pm_gfx_init(&console->gfx, &console->alloc);
    if (status) {
        console->gfx = (struct pm_gfx){.alloc = console->alloc};
        return status;
    }
    status = make_vm(console, &machine->report.diags);
    // The saves come last: what is wrong with a cartridge never touches them.
    return status ? status : pm_console_make_files(console, files);
}

static void show_other_faults(struct pm_machine *machine,
                              const struct pm_cart_files *files)
{
    show_program_faults(machine, files);
    show_preload_faults(machine, files);
}

pm_status pm_console_create(struct pm_machine *machine,
                            const struct pm_cart_files *files,
                            enum pm_console_purpose purpose,
                            struct pm_console **out)
{
    const struct pm_allocator *alloc = &machine->alloc;
    struct pm_console *console = pm_mem_zalloc(alloc, sizeof *console);

    if (!console)
        return PM_ERR_NO_MEMORY;
    console->machine = machine;
    console->purpose = purpose;
    console->alloc = *alloc;
    console->cart.alloc = *alloc;
    console->gfx.alloc = *alloc;
    pm_status status = pm_cart_load(files, &machine->own_caps, alloc,
                                    &machine->report.diags, &console->cart);
    if (status) {
        pm_mem_free(alloc, console, sizeof *console);
        if (status != PM_ERR_NO_MEMORY)
            show_other_faults(machine, files);
        return status;
    }
    console->profile = pm_profile_of(console->cart.manifest.profile);
    console->sys.own_caps = &machine->own_caps;
    console->sys.gfx = &console->gfx;
    console->sys.audio = &console->audio;
    console->sys.log = machine->config.log;
    console->sys.log_context = machine->config.log_context;
    status = fill(console, files);
    if (status) {
        pm_console_destroy(console);
        return status;
    }
    *out = console;
    return PM_OK;
}

void pm_console_destroy(struct pm_console *console)
{
    if (!console)
        return;
    struct pm_allocator alloc = console->alloc;
    // What is open ends while its object can still be looked at.
    if (console->vm)
        pm_states_release_all(&console->sys.states);
    pm_console_note_flush(console, pm_console_flush(console, false));
    pm_console_free_files(console);
    pm_vm_destroy(console->vm);
    pm_states_free(&console->sys.states);
    pm_mem_free(&alloc, console->sys.stage, PM_STAGE_SIZE);
    pm_gfx_free(&console->gfx);
    pm_mem_free(&alloc, console->entries,
                console->call_count * sizeof *console->entries);
    pm_mem_free(&alloc, console->calls,
                console->call_count * sizeof *console->calls);
    pm_bank_destroy(console->bank);
    pm_image_free(console->image);
    pm_cart_free(&console->cart);
    pm_pmc_close(console->pmc);
    pm_mem_free(&alloc, console, sizeof *console);
}

pm_status pm_console_reset(struct pm_console *console)
{
    struct pm_fresh_files fresh;
    struct pm_gfx gfx;
    struct pm_bank *bank = NULL;
    pm_status status =
        make_bank(console, &console->machine->report.diags, &bank);

    if (status)
        return status;
    status = pm_console_make_fresh(console, &fresh);
    if (status) {
        pm_bank_destroy(bank);
        return status;
    }
    status = pm_gfx_init(&gfx, &console->alloc);
    if (status) {
        pm_bank_destroy(bank);
        pm_console_drop_fresh(console, &fresh);
        return status;
    }
    pm_states_release_all(&console->sys.states);
    pm_bank_destroy(console->bank);
    set_bank(console, bank);
    pm_console_put_fresh(console, &fresh);
    // Nothing can fail in it that did not when the vm was made.
    status = pm_vm_reset(console->vm);
    if (status) {
        pm_gfx_free(&gfx);
        return status;
    }
    pm_gfx_free(&console->gfx);
    console->gfx = gfx;
    console->input = (struct pm_input){0};
    console->audio = (struct pm_audio){0};
    console->ticks = console->late_ticks = 0;
    console->sys.states.leaks = console->discarded = 0;
    console->tick_cycles = console->tick_calls = console->tick_bytes = 0;
    return PM_OK;
}
