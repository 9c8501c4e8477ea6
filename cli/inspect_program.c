// SPDX-License-Identifier: MIT
//
// What is in a program.
#include "inspect.h"

static void put_function(struct pm_json_writer *w,
                         const struct pm_module *module, uint32_t index)
{
    const struct pm_function *function = &module->functions[index];
    const struct pm_type *type = pm_function_type(module, function);

    pm_json_write_begin_object(w);
    cli_json_number(w, "index", index);
    cli_json_bytes(w, "name", function->name.data, function->name.size);
    cli_json_number(w, "parameters", type->param_count);
    cli_json_number(w, "results", type->field_count - type->param_count);
    cli_json_number(w, "bytes", function->code_size);
    pm_json_write_end(w);
}

static void put_host_calls(struct pm_json_writer *w,
                           const struct pm_module *module)
{
    cli_json_begin_array(w, "host_calls");
    for (uint32_t i = 0; i < module->host_decl_count; i++) {
        const struct pm_host_decl *decl = &module->host_decls[i];
        pm_json_write_begin_object(w);
        cli_json_bytes(w, "module", decl->module.data, decl->module.size);
        cli_json_bytes(w, "name", decl->name.data, decl->name.size);
        cli_json_number(w, "version", decl->version);
        pm_json_write_end(w);
    }
    pm_json_write_end(w);
}

static void put_module(struct pm_json_writer *w, const struct pm_module *module,
                       size_t size)
{
    pm_json_write_begin_object(w);
    cli_json_number(w, "bytes", (int64_t)size);
    cli_json_bytes(w, "module", module->name.data, module->name.size);
    cli_json_number(w, "types", module->type_count);
    cli_json_number(w, "constants", module->constant_count);
    cli_json_number(w, "globals", module->global_count);
    cli_json_number(w, "debug_lines", module->line_count);
    put_host_calls(w, module);
    cli_json_begin_array(w, "functions");
    for (uint32_t i = 0; i < module->function_count; i++)
        put_function(w, module, i);
    pm_json_write_end(w);
    pm_json_write_end(w);
}

pm_status cli_inspect_program(struct pm_json_writer *w, const char *path,
                              const void *data, size_t size)
{
    struct pm_diags diags;
    struct pm_module module;

    pm_diags_init(&diags, &cli_alloc);
    pm_status status =
        pm_module_read(data, size, path, &cli_alloc, &diags, &module);
    cli_print_diags(&diags, NULL);
    pm_diags_free(&diags);
    if (status)
        return status;
    put_module(w, &module, size);
    pm_module_free(&module);
    return PM_OK;
}
