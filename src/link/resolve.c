// SPDX-License-Identifier: MIT
//
// Resolving: what a module wants of its host against what there is.
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "link/linker_internal.h"
#include "registry/caps.h"

static struct pm_text as_text(const char *name)
{
    return (struct pm_text){name, (uint32_t)strlen(name)};
}

// --- host calls --------------------------------------------------------------

// Begins a message about declaration [row]: "host call 2, gfx.clear 1: ".
static struct pm_buf *begin_call(struct pm_linker *l, uint32_t row)
{
    const struct pm_host_decl *decl = &l->module->host_decls[row];
    struct pm_buf *text = pm_linker_begin(l);

    pm_buf_printf(text, "host call %" PRIu32 ", ", row);
    pm_link_put_name(text, decl->module);
    pm_buf_puts(text, " ");
    pm_link_put_name(text, decl->name);
    pm_buf_printf(text, " version %" PRIu32 ": ", decl->version);
    return text;
}

static void put_versions(struct pm_linker *l, const struct pm_host_decl *decl)
{
    const struct pm_registry *registry = l->config->registry;
    const char *before = "";

    for (size_t i = 0; i < pm_registry_count(registry); i++) {
        const struct pm_call_decl *call = pm_registry_at(registry, i);
        struct pm_text module = as_text(call->module);
        struct pm_text name = as_text(call->name);
        if (module.size != decl->module.size || name.size != decl->name.size ||
            memcmp(module.data, decl->module.data, module.size) != 0 ||
            memcmp(name.data, decl->name.data, name.size) != 0)
            continue;
        pm_buf_printf(&l->text, "%s%" PRIu32, before, call->version);
        before = ", ";
    }
}

static bool is_near(const struct pm_host_decl *decl,
                    const struct pm_call_decl *call)
{
    return pm_linker_is_near(decl->module.data, decl->module.size, call->module,
                             strlen(call->module)) &&
           pm_linker_is_near(decl->name.data, decl->name.size, call->name,
                             strlen(call->name));
}

static void put_near(struct pm_linker *l, const struct pm_host_decl *decl)
{
    const struct pm_registry *registry = l->config->registry;

    for (size_t i = 0; i < pm_registry_count(registry); i++) {
        const struct pm_call_decl *call = pm_registry_at(registry, i);
        if (!is_near(decl, call))
            continue;
        pm_buf_printf(&l->text, "; did you mean %s %s version %" PRIu32 "?",
                      call->module, call->name, call->version);
        return;
    }
}

static bool refuse_unknown(struct pm_linker *l, uint32_t row, bool other)
{
    const struct pm_host_decl *decl = &l->module->host_decls[row];

    begin_call(l, row);
    if (other) {
        pm_buf_puts(&l->text, "there is no such version; wanted ");
        put_versions(l, decl);
        return pm_linker_send(l, "LINK-HOST-VERSION");
    }
    pm_buf_puts(&l->text, "there is no such host call");
    // Beyond the limit of messages nobody reads the hint.
    if (l->diags->count < PM_DIAG_LIMIT)
        put_near(l, decl);
    return pm_linker_send(l, "LINK-HOST");
}

// --- types of host calls -----------------------------------------------------

static bool is_value(const struct pm_module *module, pm_type_id type,
                     const struct pm_value_decl *value)
{
    const struct pm_type *state;

    switch (value->type) {
    case PM_VALUE_INT:
        return type == PM_TYPE_I64;
    case PM_VALUE_BOOL:
        return type == PM_TYPE_BOOL;
    case PM_VALUE_STR:
        return type == PM_TYPE_STRING;
    case PM_VALUE_BYTES:
        return type == PM_TYPE_BYTES;
    case PM_VALUE_F64:
        return type == PM_TYPE_F64;
    case PM_VALUE_STATE:
        state = pm_link_type_of_kind(module, type, PM_TYPE_KIND_STATE);
        return state && state->name.size == strlen(value->domain) &&
               memcmp(state->name.data, value->domain, state->name.size) == 0;
    }
    return false;
}

static void put_value_type(struct pm_buf *out,
                           const struct pm_value_decl *value)
{
    static const char *const names[] = {
        [PM_VALUE_INT] = "i64",     [PM_VALUE_BOOL] = "bool",
        [PM_VALUE_STR] = "string",  [PM_VALUE_BYTES] = "bytes",
        [PM_VALUE_STATE] = "state", [PM_VALUE_F64] = "f64",
    };
    pm_buf_puts(out, names[value->type]);
    if (value->type == PM_VALUE_STATE)
        pm_buf_printf(out, " %s", value->domain);
}

static bool check_values(struct pm_linker *l, uint32_t row, const char *what,
                         const struct pm_field *found, uint32_t found_count,
                         const struct pm_value_decl *wanted,
                         uint32_t wanted_count)
{
    if (found_count != wanted_count) {
        pm_buf_printf(begin_call(l, row),
                      "found %" PRIu32 " %s%s, wanted %" PRIu32, found_count,
                      what, PM_PLURAL(found_count), wanted_count);
        return pm_linker_send(l, "LINK-HOST-TYPE");
    }
    for (uint32_t i = 0; i < found_count; i++) {
        if (is_value(l->module, found[i].type, &wanted[i]))
            continue;
        pm_buf_printf(begin_call(l, row), "%s %" PRIu32 " '%s': found ", what,
                      i + 1, wanted[i].name);
        pm_link_put_type(&l->text, l->module, found[i].type);
        pm_buf_puts(&l->text, ", wanted ");
        put_value_type(&l->text, &wanted[i]);
        return pm_linker_send(l, "LINK-HOST-TYPE");
    }
    return true;
}

static bool check_call_types(struct pm_linker *l, uint32_t row,
                             const struct pm_call_decl *call)
{
    const struct pm_type *func =
        pm_link_user_type(l->module, l->module->host_decls[row].type);
    uint32_t result_count = func->field_count - func->param_count;
    const struct pm_field *results =
        result_count ? func->fields + func->param_count : NULL;
    bool params =
        check_values(l, row, "parameter", func->fields, func->param_count,
                     call->params, call->param_count);

    return check_values(l, row, "result", results, result_count, call->results,
                        call->result_count) &&
           params;
}

static bool check_capability(struct pm_linker *l, uint32_t row,
                             const struct pm_call_decl *call)
{
    uint32_t missing = call->capability & ~l->config->capabilities;

    if (!missing)
        return true;
    missing &= ~missing + 1;
    begin_call(l, row);
    if (strcmp(pm_cap_name(missing), "?") == 0)
        pm_buf_printf(&l->text, "capability bit 0x%" PRIX32, missing);
    else
        pm_buf_printf(&l->text, "capability '%s'", pm_cap_name(missing));
    pm_buf_puts(&l->text,
                " is not granted; the manifest has to ask for it and the host "
                "to grant it");
    return pm_linker_send(l, "LINK-CAP");
}

static void resolve_call(struct pm_linker *l, uint32_t row)
{
    const struct pm_host_decl *decl = &l->module->host_decls[row];
    bool other;
    const struct pm_call_decl *call = pm_registry_find(
        l->config->registry, decl->module, decl->name, decl->version, &other);

    if (!call) {
        refuse_unknown(l, row, other);
        return;
    }
    if (!check_call_types(l, row, call) || !check_capability(l, row, call))
        return;
    l->image->calls[row] = (struct pm_image_call){
        .decl = call,
        .args = call->param_count,
        .results = call->result_count,
    };
}

// --- unused declarations -----------------------------------------------------

// Marks the declarations that [function] calls. False when its code cannot be
// read to the end.
static bool mark_used(const struct pm_function *function, uint8_t *used,
                      uint32_t count)
{
    uint32_t offset = 0;
    struct pm_instruction ins;

    while (offset < function->code_size) {
        if (!pm_instruction_decode(function, offset, &ins))
            return false;
        if (ins.info->code == PM_OP_HOSTCALL && ins.operand[0] < count)
            used[ins.operand[0]] = 1;
        offset += ins.size;
    }
    return true;
}

static void check_used(struct pm_linker *l)
{
    const struct pm_module *m = l->module;
    uint8_t *used = pm_mem_zarray(l->alloc, m->host_decl_count, 1);
    bool readable = true;

    if (!used) {
        l->no_memory = true;
        return;
    }
    for (uint32_t i = 0; i < m->function_count; i++)
        readable &= mark_used(&m->functions[i], used, m->host_decl_count);
    // What lies behind bytes that are no code may be the use.
    for (uint32_t i = 0; readable && i < m->host_decl_count; i++) {
        if (used[i])
            continue;
        pm_buf_puts(begin_call(l, i), "declared but never called; remove it");
        pm_linker_send(l, "LINK-UNUSED");
    }
    pm_mem_free(l->alloc, used, m->host_decl_count);
}

// --- state domains -----------------------------------------------------------

static const char *find_domain(const struct pm_linker *l, struct pm_text name,
                               bool near)
{
    const char *const *domain = l->config->domains;

    for (; domain && *domain; domain++) {
        size_t size = strlen(*domain);
        if (near ? pm_linker_is_near(name.data, name.size, *domain, size)
                 : size == name.size && memcmp(*domain, name.data, size) == 0)
            return *domain;
    }
    return NULL;
}

static void check_domain(struct pm_linker *l, uint32_t row)
{
    struct pm_text name = l->module->types[row].name;
    const char *near;

    if (find_domain(l, name, false))
        return;
    pm_buf_printf(pm_linker_begin(l), "type %" PRIu32 ": found state domain ",
                  row);
    pm_link_put_name(&l->text, name);
    pm_buf_puts(&l->text, ", which is none");
    // Beyond the limit of messages nobody reads the hint.
    near = l->diags->count < PM_DIAG_LIMIT ? find_domain(l, name, true) : NULL;
    if (near)
        pm_buf_printf(&l->text, "; did you mean '%s'?", near);
    pm_linker_send(l, "LINK-DOMAIN");
}

// Two types of one domain would tell apart what the domain cannot.
static void check_one_type(struct pm_linker *l, const char *domain)
{
    const struct pm_module *m = l->module;
    uint32_t first = UINT32_MAX;

    for (uint32_t i = 0; i < m->type_count; i++) {
        const struct pm_type *type = &m->types[i];
        if (type->kind != PM_TYPE_KIND_STATE ||
            type->name.size != strlen(domain) ||
            memcmp(type->name.data, domain, type->name.size) != 0)
            continue;
        if (first != UINT32_MAX)
            pm_linker_say(l, "LINK-DOMAIN",
                          "type %" PRIu32
                          ": found state %s again, wanted one type of a "
                          "domain; type %" PRIu32 " is it",
                          i, domain, first);
        else
            first = i;
    }
}

static void check_domains(struct pm_linker *l)
{
    const char *const *domain = l->config->domains;

    for (uint32_t i = 0; i < l->module->type_count; i++)
        if (l->module->types[i].kind == PM_TYPE_KIND_STATE)
            check_domain(l, i);
    for (; domain && *domain; domain++)
        check_one_type(l, *domain);
}

// --- boot --------------------------------------------------------------------

static void check_boot(struct pm_linker *l)
{
    const struct pm_function *boot = &l->module->functions[0];
    const struct pm_type *type = pm_link_user_type(l->module, boot->type);

    if (boot->flags & PM_FUNCTION_CLOSURE) {
        pm_link_put_function(pm_linker_begin(l), l->module, 0);
        pm_buf_puts(&l->text, ": found a closure's body, wanted a plain "
                              "function, for the program starts here");
        pm_linker_send(l, "LINK-BOOT");
    } else if (type->field_count) {
        pm_link_put_function(pm_linker_begin(l), l->module, 0);
        uint32_t results = type->field_count - type->param_count;
        pm_buf_printf(&l->text,
                      ": found %" PRIu32 " parameter%s and %" PRIu32
                      " result%s, wanted none, for the program starts here",
                      type->param_count, PM_PLURAL(type->param_count), results,
                      PM_PLURAL(results));
        pm_linker_send(l, "LINK-BOOT");
    }
}

void pm_linker_resolve(struct pm_linker *l)
{
    check_boot(l);
    check_domains(l);
    for (uint32_t i = 0; i < l->module->host_decl_count; i++)
        resolve_call(l, i);
    if (l->module->host_decl_count)
        check_used(l);
}
