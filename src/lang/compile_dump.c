// SPDX-License-Identifier: MIT
//
// What a program looks like at each stage, as text.
#include <string.h>

#include "lang/compile_internal.h"

const char *pm_compile_stage_name(enum pm_compile_stage stage)
{
    static const char *const names[] = {
        [PM_COMPILE_TOKENS] = "tokens",   [PM_COMPILE_TREE] = "tree",
        [PM_COMPILE_NAMES] = "names",     [PM_COMPILE_TYPES] = "types",
        [PM_COMPILE_LOWERED] = "lowered", [PM_COMPILE_OPTIMISED] = "optimised",
        [PM_COMPILE_MODULE] = "module",
    };

    if (stage <= PM_COMPILE_NO_DUMP || (size_t)stage >= PM_ARRAY_LEN(names))
        return NULL;
    return names[stage];
}

// The project's files; the library's would hide them.
void pm_compile_dump_trees(struct pm_compiler *compiler,
                           enum pm_compile_stage stage)
{
    if (stage != PM_COMPILE_TOKENS && stage != PM_COMPILE_TREE)
        return;
    for (uint32_t i = 0; i < compiler->part_count; i++) {
        const struct pm_compile_file *file = compiler->parts[i];
        if (file->is_library)
            continue;
        pm_buf_puts(&compiler->dump, "== ");
        pm_buf_put_escaped(&compiler->dump, file->path, strlen(file->path));
        pm_buf_puts(&compiler->dump, "\n");
        if (stage == PM_COMPILE_TOKENS)
            pm_dump_tokens(&file->parsed, &compiler->dump);
        else
            pm_dump_tree(&file->parsed, &compiler->dump);
    }
}

void pm_compile_dump_program(struct pm_compiler *compiler,
                             const struct pm_low_program *program,
                             enum pm_compile_stage stage, bool is_optimised)
{
    if (stage == (is_optimised ? PM_COMPILE_OPTIMISED : PM_COMPILE_LOWERED))
        pm_dump_low(program, &compiler->dump);
}

pm_status pm_compile_dump_module(struct pm_compiler *compiler)
{
    struct pm_intrinsic_names names = pm_compile_intrinsics(&compiler->arena);
    struct pm_diags diags;
    struct pm_module module;

    pm_diags_init(&diags, &compiler->alloc);
    pm_status status =
        pm_module_read(compiler->module.data, compiler->module.size, "module",
                       &compiler->alloc, &diags, &module);
    if (!status) {
        status = pm_module_disassemble(&module, &names, &compiler->dump);
        pm_module_free(&module);
    } else if (status != PM_ERR_NO_MEMORY) {
        // What the emitter made wrongly is worth seeing.
        pm_diags_print(&diags, &compiler->dump);
    }
    pm_diags_free(&diags);
    return status;
}
