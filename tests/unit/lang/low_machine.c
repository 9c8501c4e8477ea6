// SPDX-License-Identifier: MIT
#include "low_machine.h"

#include <stdio.h>
#include <stdlib.h>

#include "link/link.h"
#include "support/test.h"
#include "vm/vm.h"

struct low_machine {
    struct pm_allocator alloc;
    struct pm_diags diags;
    struct pm_registry registry;
    struct pm_image *image;
    struct pm_vm *vm;
    struct pm_call_entry calls[4];
    uint64_t nops;
    uint64_t trace;
};

static pm_trap_code nop(void *context, struct pm_vm *vm, uint64_t *args)
{
    struct low_machine *m = context;
    (void)vm;
    m->nops++;
    m->trace = m->trace * 31 + args[0];
    return PM_TRAP_NONE;
}

static pm_trap_code frame(void *context, struct pm_vm *vm, uint64_t *args)
{
    (void)context;
    args[0] = pm_vm_frame(vm);
    return PM_TRAP_NONE;
}

static struct pm_call_entry find_intrinsic(void *context, uint32_t id)
{
    (void)id;
    return (struct pm_call_entry){frame, context};
}

static void add_nop(struct low_machine *m)
{
    static const struct pm_call_decl decl = {
        .id = 0x8001,
        .module = "bench",
        .name = "nop",
        .version = 1,
        .price = 10,
        .params = {{"value", PM_VALUE_INT, NULL, INT64_MIN, INT64_MAX}},
        .results = {{"same", PM_VALUE_INT, NULL, 0, 0}},
        .param_count = 1,
        .result_count = 1,
        .meaning = "gives its argument",
    };
    pm_registry_add(&m->registry, &decl);
}

static void complain(struct low_machine *m, const struct pm_module *module)
{
    struct pm_buf text;
    pm_buf_init(&text, &m->alloc);
    pm_diags_print(&m->diags, &text);
    if (module)
        pm_module_disassemble(module, NULL, &text);
    fprintf(stderr, "%s\n", pm_buf_cstr(&text));
    pm_buf_free(&text);
}

static bool link_it(struct low_machine *m, const struct pm_buf *bytes)
{
    static const char *const domains[] = {"thing", NULL};
    struct pm_link_config config = {.registry = &m->registry,
                                    .capabilities = UINT32_MAX,
                                    .domains = domains};
    struct pm_module module;
    if (!CHECK_INT(pm_module_read(bytes->data, bytes->size, NULL, &m->alloc,
                                  &m->diags, &module),
                   PM_OK)) {
        complain(m, NULL);
        return false;
    }
    if (!CHECK_INT(pm_link(&module, &config, &m->alloc, &m->diags, &m->image),
                   PM_OK)) {
        complain(m, &module);
        pm_module_free(&module);
        return false;
    }
    return true;
}

static bool create(struct low_machine *m)
{
    struct pm_vm_config config = {.memory_size = 4 << 20,
                                  .stack_slots = 16384,
                                  .coroutine_slots = 600,
                                  .call_depth = 1024,
                                  .coroutines = 64,
                                  .calls = m->calls,
                                  .find_intrinsic = find_intrinsic,
                                  .intrinsic_context = m};
    for (uint32_t i = 0; i < m->image->module.host_decl_count && i < 4; i++)
        m->calls[i] = (struct pm_call_entry){nop, m};
    return CHECK_INT(pm_vm_create(&m->alloc, &config, m->image, &m->vm), PM_OK);
}

struct low_machine *low_machine_open(const struct pm_buf *bytes)
{
    struct low_machine *m = calloc(1, sizeof *m);
    m->alloc = pm_allocator_libc();
    pm_diags_init(&m->diags, &m->alloc);
    pm_registry_init(&m->registry, &m->alloc);
    add_nop(m);
    if (link_it(m, bytes) && create(m))
        return m;
    low_machine_close(m);
    return NULL;
}

void low_machine_close(struct low_machine *m)
{
    if (!m)
        return;
    pm_vm_destroy(m->vm);
    pm_image_free(m->image);
    pm_diags_free(&m->diags);
    pm_registry_free(&m->registry);
    free(m);
}

const struct pm_module *low_machine_module(const struct low_machine *m)
{
    return &m->image->module;
}

bool low_machine_run_frames(struct low_machine *m, uint32_t frames)
{
    pm_vm_result result = PM_VM_BUDGET;
    for (int runs = 0; runs < 200 && frames && result < PM_VM_HALTED; runs++) {
        result = pm_vm_run(m->vm, 1000000);
        if (result == PM_VM_FRAME)
            frames--;
    }
    return result >= PM_VM_HALTED;
}

bool low_machine_run(struct low_machine *m)
{
    return CHECK(low_machine_run_frames(m, 1000));
}

uint64_t low_machine_global(struct low_machine *m, const char *name)
{
    const struct pm_module *module = &m->image->module;
    for (uint32_t i = 0; i < module->global_count; i++)
        if (module->globals[i].name.size == strlen(name) &&
            memcmp(module->globals[i].name.data, name, strlen(name)) == 0)
            return *pm_vm_global(m->vm, i);
    CHECK_STR("no such global", name);
    return 0;
}

uint32_t low_machine_trap(struct low_machine *m)
{
    const struct pm_trap_record *trap = pm_vm_trap(m->vm);
    return trap ? trap->code : 0;
}

uint32_t low_machine_trap_line(struct low_machine *m)
{
    const struct pm_trap_record *trap = pm_vm_trap(m->vm);
    struct pm_line line;
    if (!trap || !pm_module_find_line(&m->image->module, trap->function,
                                      trap->offset, &line))
        return 0;
    return line.line;
}

const char *low_machine_trap_message(struct low_machine *m)
{
    const struct pm_trap_record *trap = pm_vm_trap(m->vm);
    return trap ? trap->message : "";
}

uint64_t low_machine_nops(const struct low_machine *m)
{
    return m->nops;
}

uint64_t low_machine_trace(const struct low_machine *m)
{
    return m->trace;
}

uint64_t low_machine_cycles(const struct low_machine *m)
{
    return pm_vm_cycles(m->vm);
}
