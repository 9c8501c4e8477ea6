// SPDX-License-Identifier: MIT
//
// The module's tables: every number names a row that there is.
#include <inttypes.h>

#include "link/linker_internal.h"

static bool check_type_id(struct pm_linker *l, const char *what, uint32_t row,
                          pm_type_id type)
{
    return pm_link_type_exists(l->module, type) ||
           pm_linker_say(l, "LINK-TABLE",
                         "%s %" PRIu32 ": found type number %" PRIu32
                         ", which is none",
                         what, row, type);
}

static bool check_func(struct pm_linker *l, const char *what, uint32_t row,
                       pm_type_id type)
{
    return pm_link_type_of_kind(l->module, type, PM_TYPE_KIND_FUNC) ||
           pm_linker_say(l, "LINK-TABLE",
                         "%s %" PRIu32 ": found type number %" PRIu32
                         ", wanted a func type",
                         what, row, type);
}

static bool check_type(struct pm_linker *l, uint32_t row)
{
    const struct pm_type *type = &l->module->types[row];

    if (type->kind == PM_TYPE_KIND_ARRAY)
        return check_type_id(l, "type", row, type->element);
    if (type->kind == PM_TYPE_KIND_STATE)
        return true;
    if (type->kind != PM_TYPE_KIND_RECORD && type->kind != PM_TYPE_KIND_FUNC)
        return pm_linker_say(l, "LINK-TABLE",
                             "type %" PRIu32 ": found kind %d, which is none",
                             row, (int)type->kind);
    if (type->field_count > PM_TYPE_MAX_FIELDS ||
        type->param_count > type->field_count)
        return pm_linker_say(l, "LINK-TABLE",
                             "type %" PRIu32 ": found %" PRIu32
                             " fields, wanted at most %d",
                             row, type->field_count, PM_TYPE_MAX_FIELDS);
    for (uint32_t i = 0; i < type->field_count; i++)
        if (!check_type_id(l, "type", row, type->fields[i].type))
            return false;
    return true;
}

static bool check_constant(struct pm_linker *l, uint32_t row)
{
    pm_type_id type = l->module->constants[row].type;

    return (type >= PM_TYPE_I32 && type <= PM_TYPE_F64) ||
           type == PM_TYPE_STRING ||
           pm_linker_say(l, "LINK-TABLE",
                         "constant %" PRIu32 ": found type number %" PRIu32
                         ", wanted i32, i64, f32, f64 or string",
                         row, type);
}

static bool check_ids(struct pm_linker *l, uint32_t row,
                      const pm_type_id *types, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!check_type_id(l, "function", row, types[i]))
            return false;
    return true;
}

static bool check_function(struct pm_linker *l, uint32_t row)
{
    const struct pm_function *f = &l->module->functions[row];

    if (!check_func(l, "function", row, f->type))
        return false;
    uint64_t slots =
        (uint64_t)pm_frame_local_count(l->module, f) + f->max_stack;
    if (f->local_count > PM_FUNCTION_MAX_SLOTS ||
        f->max_stack > PM_FUNCTION_MAX_SLOTS || slots > PM_FUNCTION_MAX_SLOTS)
        return pm_linker_say(l, "LINK-TABLE",
                             "function %" PRIu32 ": found %" PRIu64
                             " slots, wanted at most %d",
                             row, slots, PM_FUNCTION_MAX_SLOTS);
    if (f->code_size > PM_FUNCTION_MAX_CODE)
        return pm_linker_say(l, "LINK-TABLE",
                             "function %" PRIu32 ": found %" PRIu32
                             " bytes of code, wanted at most %d",
                             row, f->code_size, PM_FUNCTION_MAX_CODE);
    if (f->flags & ~(uint32_t)PM_FUNCTION_CLOSURE ||
        f->capture_count > PM_TYPE_MAX_FIELDS ||
        (f->capture_count && !(f->flags & PM_FUNCTION_CLOSURE)))
        return pm_linker_say(l, "LINK-TABLE",
                             "function %" PRIu32 ": found %" PRIu32
                             " captures under flags %" PRIu32
                             ", wanted at most %d, and none but in closures",
                             row, f->capture_count, f->flags,
                             PM_TYPE_MAX_FIELDS);
    return check_ids(l, row, f->captures, f->capture_count) &&
           check_ids(l, row, f->locals, f->local_count);
}

static bool check_others(struct pm_linker *l)
{
    const struct pm_module *m = l->module;
    bool ok = true;

    for (uint32_t i = 0; i < m->global_count; i++)
        ok &= check_type_id(l, "global", i, m->globals[i].type);
    for (uint32_t i = 0; i < m->export_count; i++)
        if (m->exports[i].function >= m->function_count)
            ok = pm_linker_say(l, "LINK-TABLE",
                               "export %" PRIu32 ": found function %" PRIu32
                               ", wanted one below %" PRIu32,
                               i, m->exports[i].function, m->function_count);
    for (uint32_t i = 0; i < m->host_decl_count; i++)
        ok &= check_func(l, "host call", i, m->host_decls[i].type);
    return ok;
}

// Rows of each table that instructions index.
static bool check_counts(struct pm_linker *l)
{
    const struct pm_module *m = l->module;
    const uint32_t counts[] = {m->type_count,     m->constant_count,
                               m->function_count, m->global_count,
                               m->export_count,   m->host_decl_count};

    for (size_t i = 0; i < PM_ARRAY_LEN(counts); i++)
        if (counts[i] > PM_MODULE_MAX_ITEMS)
            return pm_linker_say(l, "LINK-TABLE",
                                 "found a table of %" PRIu32
                                 " rows, wanted at most %d",
                                 counts[i], PM_MODULE_MAX_ITEMS);
    return m->function_count > 0 ||
           pm_linker_say(l, "LINK-BOOT",
                         "found no function; the program starts in function 0");
}

bool pm_linker_check_tables(struct pm_linker *l)
{
    const struct pm_module *m = l->module;
    bool ok = check_counts(l);

    for (uint32_t i = 0; ok && i < m->type_count; i++)
        ok = check_type(l, i);
    if (!ok)
        return false;
    for (uint32_t i = 0; i < m->constant_count; i++)
        ok &= check_constant(l, i);
    for (uint32_t i = 0; i < m->function_count; i++)
        ok &= check_function(l, i);
    return check_others(l) && ok;
}
