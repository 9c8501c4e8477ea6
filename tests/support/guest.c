// SPDX-License-Identifier: MIT
#include "support/guest.h"

#include <stdio.h>
#include <string.h>

#include "asm/asm.h"
#include "base/check.h"
#include "link/link.h"

static pm_trap_code nop(void *context, struct pm_vm *vm, uint64_t *args)
{
    struct pm_test_guest *guest = context;
    (void)vm;
    (void)args;
    guest->nops++;
    return PM_TRAP_NONE;
}

static pm_trap_code refuse(void *context, struct pm_vm *vm, uint64_t *args)
{
    (void)context;
    (void)args;
    return pm_vm_fault(vm, PM_TRAP_INVALID_SYSCALL, "not in this test");
}

static struct pm_call_entry find_intrinsic(void *context, uint32_t id)
{
    (void)id;
    return (struct pm_call_entry){refuse, context};
}

static void add_nop(struct pm_test_guest *guest)
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
    pm_registry_add(&guest->registry, &decl);
}

// A module's bytes are taken as they are, anything else is assembled.
static bool make_bytes(struct pm_test_guest *guest, const char *text,
                       size_t size, const char *file)
{
    if (size < 4 || memcmp(text, "PBX", 4) != 0)
        return pm_assemble(text, size, file, NULL, &guest->alloc, &guest->diags,
                           &guest->bytes) == PM_OK;
    pm_buf_put(&guest->bytes, text, size);
    return !guest->bytes.failed;
}

static bool build(struct pm_test_guest *guest, const char *text, size_t size,
                  const char *file)
{
    struct pm_module module;
    struct pm_link_config config = {
        .registry = &guest->registry, .capabilities = UINT32_MAX, .file = file};
    if (!make_bytes(guest, text, size, file) ||
        pm_module_read(guest->bytes.data, guest->bytes.size, file,
                       &guest->alloc, &guest->diags, &module))
        return false;
    if (pm_link(&module, &config, &guest->alloc, &guest->diags,
                &guest->image)) {
        pm_module_free(&module);
        return false;
    }
    return true;
}

static pm_status create(struct pm_test_guest *guest,
                        const struct pm_test_guest_config *config)
{
    struct pm_vm_config vm = {
        .memory_size = config->memory_size ? config->memory_size : 4 << 20,
        .stack_slots = config->stack_slots ? config->stack_slots : 16384,
        .coroutine_slots =
            config->coroutine_slots ? config->coroutine_slots : 256,
        .call_depth = config->call_depth ? config->call_depth : 1024,
        .coroutines = config->coroutines ? config->coroutines : 64,
        .dispatch = config->dispatch,
        .calls = guest->calls,
        .find_intrinsic = find_intrinsic,
        .intrinsic_context = guest,
        .collect_always = config->collect_always,
    };
    const struct pm_module *module = &guest->image->module;
    PM_CHECK(module->host_decl_count <= PM_ARRAY_LEN(guest->calls));
    for (uint32_t i = 0; i < module->host_decl_count; i++)
        guest->calls[i] = (struct pm_call_entry){
            guest->image->calls[i].decl->id == 0x8001 ? nop : refuse, guest};
    return pm_vm_create(&guest->alloc, &vm, guest->image, &guest->vm);
}

bool pm_test_guest_open(struct pm_test_guest *guest, const char *text,
                        size_t size, const char *file,
                        const struct pm_test_guest_config *config)
{
    memset(guest, 0, sizeof *guest);
    guest->alloc = pm_allocator_libc();
    pm_registry_init(&guest->registry, &guest->alloc);
    pm_diags_init(&guest->diags, &guest->alloc);
    pm_buf_init(&guest->bytes, &guest->alloc);
    add_nop(guest);
    if (build(guest, text, size, file) && create(guest, config) == PM_OK)
        return true;
    struct pm_buf report;
    pm_buf_init(&report, &guest->alloc);
    pm_diags_print(&guest->diags, &report);
    const char *lines = pm_buf_cstr(&report);
    fprintf(stderr, "%s: cannot be run\n%s", file, lines ? lines : "");
    pm_buf_free(&report);
    pm_test_guest_close(guest);
    return false;
}

void pm_test_guest_close(struct pm_test_guest *guest)
{
    pm_vm_destroy(guest->vm);
    pm_image_free(guest->image);
    pm_buf_free(&guest->bytes);
    pm_diags_free(&guest->diags);
    pm_registry_free(&guest->registry);
    guest->vm = NULL;
    guest->image = NULL;
}

pm_vm_result pm_test_guest_finish(struct pm_test_guest *guest, int64_t budget,
                                  size_t runs)
{
    pm_vm_result result = PM_VM_BUDGET;
    while (runs-- && (result == PM_VM_BUDGET || result == PM_VM_FRAME))
        result = pm_vm_run(guest->vm, budget);
    return result;
}

uint64_t pm_test_guest_global(const struct pm_test_guest *guest,
                              const char *name)
{
    const struct pm_module *module = &guest->image->module;
    for (uint32_t i = 0; i < module->global_count; i++)
        if (module->globals[i].name.size == strlen(name) &&
            memcmp(module->globals[i].name.data, name, strlen(name)) == 0)
            return *pm_vm_global(guest->vm, i);
    fprintf(stderr, "no global %s\n", name);
    return 0;
}
