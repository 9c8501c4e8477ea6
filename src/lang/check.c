// SPDX-License-Identifier: MIT
//
// The checker from its start to its end.

#include "lang/check_internal.h"

// Functions and services of the program itself, used or not.
static void queue_all(struct checker *c)
{
    for (uint32_t i = 0; i < c->input->file_count; i++) {
        struct chk_file *file = &c->files[i];
        struct chk_module *module = file->module;
        if (pm_chk_skips(c, module) || module->visit == 5)
            continue;
        module->visit = 5;
        for (uint32_t k = 0; k < module->names.capacity; k++) {
            struct chk_decl *decl = module->names.entries[k].value;
            if (!decl || decl->kind != CHK_FN || decl->type_params)
                continue;
            c->file = decl->file;
            pm_chk_instance(c, decl, NULL, NULL,
                            pm_chk_name_span(c, decl->ast));
        }
    }
}

static void dump_types(struct checker *c, struct pm_buf *out)
{
    for (uint32_t i = 0; i < c->functions.count; i++) {
        const struct pm_low_fn *fn = c->functions.items[i];
        pm_buf_printf(out, "fn %.*s(", (int)fn->name.size, fn->name.data);
        for (uint32_t k = 0; k < fn->local_count; k++)
            if (fn->locals[k].name.size || k < fn->param_count)
                pm_buf_printf(out, "%s%.*s: %.*s", k ? ", " : "",
                              (int)fn->locals[k].name.size,
                              fn->locals[k].name.data,
                              (int)fn->locals[k].type->name.size,
                              fn->locals[k].type->name.data);
        pm_buf_printf(out, ") -> %.*s\n", (int)fn->result->name.size,
                      fn->result->name.data);
    }
}

static void check(struct checker *c, struct pm_check_output *out)
{
    pm_chk_types_init(c);
    pm_chk_builtins_init(c);
    pm_chk_low_fn(c, pm_chk_text("boot"), (struct pm_span){0, 0, 0});
    pm_chk_gather(c);
    pm_chk_declare_all(c);
    pm_chk_globals(c);
    if (!c->input->only_needed)
        queue_all(c);
    pm_chk_drain(c);
    pm_chk_program(c, &out->program);
    struct pm_check_test *tests =
        pm_chk_alloc(c, (c->tests.count + 1) * sizeof *tests);
    for (uint32_t i = 0; i < c->tests.count; i++)
        tests[i] = *(struct pm_check_test *)c->tests.items[i];
    out->tests = tests;
    out->test_count = c->tests.count;
    if (c->input->names_dump)
        pm_chk_dump_names(c, c->input->names_dump);
    if (c->input->types_dump)
        dump_types(c, c->input->types_dump);
}

pm_status pm_check(const struct pm_check_input *input, struct pm_arena *arena,
                   struct pm_lang_report *report, struct pm_check_output *out)
{
    struct checker *c = pm_arena_alloc(arena, sizeof *c);

    memset(out, 0, sizeof *out);
    if (!c)
        return PM_ERR_NO_MEMORY;
    c->input = input;
    c->arena = arena;
    c->report = report;
    if (setjmp(c->out_of_memory))
        return PM_ERR_NO_MEMORY;
    check(c, out);
    if (report->no_memory)
        return PM_ERR_NO_MEMORY;
    return report->errors ? PM_ERR_INVALID : PM_OK;
}
