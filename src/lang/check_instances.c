// SPDX-License-Identifier: MIT
//
// Functions with their type arguments, and the queue of those whose bodies are
// still to be lowered.

#include "lang/check_internal.h"

enum { MOST_INSTANCES = 32768, DEEPEST_INSTANCE = 128 };

static bool same_arguments(const struct chk_binding *a,
                           const struct chk_binding *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (a->type != b->type)
            return false;
    return a == b;
}

// --- finding them again ------------------------------------------------------

static uint32_t hash_of(const struct chk_decl *decl,
                        const struct chk_binding *bindings,
                        const struct pm_lt *self)
{
    struct pm_span span = pm_token_span(decl->file->parsed, decl->ast->token);
    uint32_t hash = (span.file * 2654435761u) ^ span.start;

    hash = (hash ^ (self ? self->number : 0)) * 16777619u;
    for (; bindings; bindings = bindings->next)
        hash = (hash ^ bindings->type->number) * 16777619u;
    return hash ^ hash >> 15;
}

static void grow_slots(struct checker *c)
{
    uint32_t count = c->instance_slot_count ? 2 * c->instance_slot_count : 256;
    struct chk_instance **slots = pm_chk_alloc(c, count * sizeof(void *));

    for (uint32_t i = 0; i < c->instance_slot_count; i++)
        for (struct chk_instance *at = c->instance_slots[i], *next; at;
             at = next) {
            uint32_t hash = hash_of(at->decl, at->bindings, at->self);
            next = at->chained;
            at->chained = slots[hash & (count - 1)];
            slots[hash & (count - 1)] = at;
        }
    c->instance_slots = slots;
    c->instance_slot_count = count;
}

static struct chk_instance *find_instance(struct checker *c,
                                          const struct chk_decl *decl,
                                          const struct chk_binding *bindings,
                                          const struct pm_lt *self)
{
    if (c->instance_slot_count == 0)
        return NULL;
    uint32_t at = hash_of(decl, bindings, self) & (c->instance_slot_count - 1);
    struct chk_instance *instance = c->instance_slots[at];
    while (instance && (instance->decl != decl || instance->self != self ||
                        !same_arguments(instance->bindings, bindings)))
        instance = instance->chained;
    return instance;
}

static void keep_instance(struct checker *c, struct chk_instance *instance)
{
    if (c->instances_in_slots >= c->instance_slot_count)
        grow_slots(c);
    uint32_t at = hash_of(instance->decl, instance->bindings, instance->self) &
                  (c->instance_slot_count - 1);
    instance->chained = c->instance_slots[at];
    c->instance_slots[at] = instance;
    c->instances_in_slots++;
    instance->next = instance->decl->instances;
    instance->decl->instances = instance;
}

// --- making them -------------------------------------------------------------

static struct pm_text instance_name(struct checker *c, struct chk_decl *decl,
                                    const struct chk_binding *bindings,
                                    const struct pm_lt *self)
{
    struct pm_text name = decl->name;
    struct pm_text owner = self          ? self->name
                           : decl->owner ? decl->owner->name
                                         : pm_chk_text("");

    if (owner.size)
        name = pm_chk_format(c, "%.*s.%.*s", (int)owner.size, owner.data,
                             (int)name.size, name.data);
    uint32_t count =
        decl->type_params && bindings ? decl->type_params->count : 0;
    struct pm_text list = {"", 0};
    // The parameters' own are first in the list, the last of them first.
    const struct chk_binding *at = bindings;
    for (uint32_t i = 0; at && i < count; at = at->next, i++)
        list = pm_chk_format(c, "%.*s%s%.*s", (int)at->type->name.size,
                             at->type->name.data, i ? ", " : "", (int)list.size,
                             list.data);
    return count ? pm_chk_format(c, "%.*s<%.*s>", (int)name.size, name.data,
                                 (int)list.size, list.data)
                 : name;
}

static void read_signature(struct checker *c, struct chk_instance *instance)
{
    struct chk_decl *decl = instance->decl;
    const struct pm_ast *params = decl->ast->kids[2];
    bool has_self = instance->self != NULL;
    struct chk_file *before = c->file;

    c->file = decl->file;
    instance->param_count = params->count + has_self;
    instance->params =
        pm_chk_alloc(c, (instance->param_count + 1) * sizeof(void *));
    if (has_self)
        instance->params[0] = instance->self;
    for (uint32_t i = 0; i < params->count; i++) {
        const struct pm_lt *type = pm_chk_resolve(
            c, params->kids[i]->kids[0], instance->bindings, instance->self);
        instance->params[i + has_self] =
            type->kind == PM_LT_VOID ? c->t_unknown : type;
    }
    instance->result = pm_chk_resolve(c, decl->ast->kids[3], instance->bindings,
                                      instance->self);
    c->file = before;
}

static bool has_unknown(const struct chk_binding *bindings)
{
    for (; bindings; bindings = bindings->next)
        if (!bindings->type || bindings->type->has_unknown)
            return true;
    return false;
}

static void note_limits(struct checker *c, struct chk_instance *instance)
{
    bool is_deep =
        instance->argument_count && instance->depth > DEEPEST_INSTANCE;

    if ((!is_deep && c->instance_count <= MOST_INSTANCES) ||
        c->too_many_instances)
        return;
    c->too_many_instances = true;
    pm_chk_error_at(c, PM_LANG_TOO_MANY_INSTANCES, instance->origin,
                    is_deep ? "'%s' needs itself with ever other types"
                            : "generic functions are used with more than 32768 "
                              "lists of types, '%s' last",
                    pm_chk_show(c, instance->decl->name));
}

struct chk_instance *pm_chk_instance(struct checker *c, struct chk_decl *decl,
                                     struct chk_binding *bindings,
                                     const struct pm_lt *self,
                                     struct pm_span span)
{
    struct chk_instance *instance = find_instance(c, decl, bindings, self);

    if (instance)
        return instance;
    instance = pm_chk_alloc(c, sizeof *instance);
    instance->decl = decl;
    instance->bindings = bindings;
    instance->self = self;
    instance->origin = span;
    instance->origin_instance = c->body ? c->body->root->instance : NULL;
    instance->depth = instance->origin_instance && bindings
                          ? instance->origin_instance->depth + 1
                          : 0;
    instance->argument_count = bindings != NULL;
    instance->is_speculative = has_unknown(bindings);
    keep_instance(c, instance);
    if (bindings)
        c->instance_count++;
    read_signature(c, instance);
    instance->low =
        pm_chk_low_fn(c, instance_name(c, decl, bindings, self),
                      pm_token_span(decl->file->parsed, decl->ast->token));
    instance->low->result = instance->result;
    for (uint32_t i = 0; i < instance->param_count; i++)
        pm_chk_low_local(c, instance->low, instance->params[i],
                         pm_chk_text(""));
    instance->low->param_count = instance->param_count;
    note_limits(c, instance);
    if (!c->too_many_instances)
        pm_chk_push(c, &c->queue, instance);
    return instance;
}

void pm_chk_drain(struct checker *c)
{
    while (c->queue_at < c->queue.count)
        pm_chk_lower_instance(c, c->queue.items[c->queue_at++]);
}

// --- bodies that nobody uses -------------------------------------------------

static void check_unused(struct checker *c, struct chk_decl *decl,
                         const struct pm_lt *self, struct chk_binding *outer)
{
    if (decl->kind != CHK_FN || decl->instances)
        return;
    struct chk_binding *bindings =
        pm_chk_bind(c, decl->file, decl->type_params, outer);
    for (struct chk_binding *at = bindings; at != outer; at = at->next)
        at->type = c->t_unknown;
    pm_chk_instance(c, decl, bindings, self,
                    pm_token_span(decl->file->parsed, decl->ast->token));
}

static void check_members(struct checker *c, struct chk_decl *owner)
{
    const struct pm_lt *self = NULL;
    struct chk_binding *outer = NULL;

    if (owner->kind == CHK_STRUCT) {
        outer = pm_chk_bind(c, owner->file, owner->type_params, NULL);
        for (struct chk_binding *at = outer; at; at = at->next)
            at->type = c->t_unknown;
        self = pm_chk_struct_type(
            c, owner, outer,
            pm_token_span(owner->file->parsed, owner->ast->token));
    }
    for (uint32_t i = 0; i < owner->members.capacity; i++)
        if (owner->members.entries[i].value)
            check_unused(c, owner->members.entries[i].value, self, outer);
}

void pm_chk_check_unused_generics(struct checker *c)
{
    for (uint32_t i = 0; i < c->input->file_count; i++) {
        struct chk_module *module = c->files[i].module;
        if (pm_chk_skips(c, module) || module->visit == 4)
            continue;
        module->visit = 4;
        for (uint32_t k = 0; k < module->names.capacity; k++) {
            struct chk_decl *decl = module->names.entries[k].value;
            if (!decl)
                continue;
            if (decl->kind == CHK_STRUCT || decl->kind == CHK_SERVICE)
                check_members(c, decl);
            else
                check_unused(c, decl, NULL, NULL);
        }
    }
    pm_chk_drain(c);
}

// --- methods -----------------------------------------------------------------

static struct chk_decl *find_extension(struct checker *c,
                                       const struct pm_lt *type,
                                       struct pm_text name,
                                       struct chk_binding **out_bindings)
{
    const struct chk_list *list = pm_chk_map_get(&c->extend_members, name);

    for (uint32_t i = 0; list && i < list->count; i++) {
        struct chk_decl *method = list->items[i];
        struct chk_decl *owner = method->owner;
        struct chk_binding *bindings =
            pm_chk_bind(c, owner->file, owner->type_params, NULL);
        pm_chk_infer(c, owner->file, owner->ast->kids[1], type, bindings);
        if (!pm_chk_all_bound(bindings, NULL))
            continue;
        if (pm_chk_resolve_in(c, owner->file, owner->ast->kids[1], bindings,
                              NULL) != type)
            continue;
        *out_bindings = bindings;
        return method;
    }
    return NULL;
}

struct chk_decl *pm_chk_find_method(struct checker *c, const struct pm_lt *type,
                                    struct pm_text name,
                                    struct chk_binding **out_bindings)
{
    if (type->kind == PM_LT_STRUCT) {
        struct chk_struct *info = pm_chk_struct_of(type);
        struct chk_decl *decl = pm_chk_map_get(&info->decl->members, name);
        if (decl && decl->kind == CHK_FN) {
            *out_bindings = info->bindings;
            return decl;
        }
    }
    return find_extension(c, type, name, out_bindings);
}

struct chk_instance *pm_chk_method(struct checker *c, const struct pm_lt *type,
                                   const char *name, struct pm_span span)
{
    struct chk_binding *bindings;
    struct chk_decl *decl =
        pm_chk_find_method(c, type, pm_chk_text(name), &bindings);

    if (!decl || decl->type_params)
        return NULL;
    return pm_chk_instance(c, decl, bindings, type, span);
}

// --- contracts' calls --------------------------------------------------------

struct chk_dispatch {
    const struct pm_lt *contract;
    const struct pm_ast *signature;
    struct pm_low_fn *low;
    uint32_t done; // structs looked at already
};

struct pm_low_fn *pm_chk_dispatcher(struct checker *c,
                                    const struct pm_lt *contract,
                                    const struct pm_ast *signature)
{
    struct chk_decl *decl = contract->declaration;

    for (uint32_t i = 0; i < c->contracts.count; i++) {
        struct chk_dispatch *at = c->contracts.items[i];
        if (at->signature == signature)
            return at->low;
    }
    struct chk_dispatch *dispatch = pm_chk_alloc(c, sizeof *dispatch);
    struct pm_text name = pm_chk_token(decl->file, signature->token);
    struct pm_span span = pm_token_span(decl->file->parsed, signature->token);
    dispatch->contract = contract;
    dispatch->signature = signature;
    dispatch->low =
        pm_chk_low_fn(c,
                      pm_chk_format(c, "%.*s.%.*s", (int)decl->name.size,
                                    decl->name.data, (int)name.size, name.data),
                      span);
    pm_chk_low_local(c, dispatch->low, contract, pm_chk_text("this"));
    const struct pm_ast *params = signature->kids[1];
    for (uint32_t i = 0; i < params->count; i++)
        pm_chk_low_local(c, dispatch->low,
                         pm_chk_resolve_in(c, decl->file,
                                           params->kids[i]->kids[0], NULL,
                                           contract),
                         pm_chk_token(decl->file, params->kids[i]->token));
    dispatch->low->param_count = params->count + 1;
    dispatch->low->result =
        pm_chk_resolve_in(c, decl->file, signature->kids[2], NULL, contract);
    pm_chk_push(c, &c->contracts, dispatch);
    return dispatch->low;
}

static struct pm_low *param(struct checker *c, struct pm_low_fn *fn,
                            uint32_t index)
{
    struct pm_low *low =
        pm_chk_low(c, PM_LOW_LOCAL, fn->locals[index].type, fn->span, 0);

    low->index = index;
    return low;
}

// if this is S { return S.f(this, …) }
static struct pm_low *one_struct(struct checker *c,
                                 struct chk_dispatch *dispatch,
                                 const struct pm_lt *type,
                                 struct chk_instance *method)
{
    struct pm_low_fn *fn = dispatch->low;
    struct chk_list arguments = {0};

    pm_chk_push(c, &arguments,
                pm_chk_low1(c, PM_LOW_CAST, type, fn->span, param(c, fn, 0)));
    for (uint32_t i = 1; i < fn->param_count; i++)
        pm_chk_push(c, &arguments, param(c, fn, i));
    struct pm_low *call =
        pm_chk_low_call(c, method->low, fn->result, fn->span, &arguments);
    struct chk_list then = {0};
    struct pm_low *leave =
        pm_chk_low1(c, PM_LOW_RETURN, c->t_never, fn->span,
                    fn->result->kind == PM_LT_VOID ? NULL : call);
    if (fn->result->kind == PM_LT_VOID) {
        leave->count = 0;
        pm_chk_push(c, &then, call);
    }
    pm_chk_push(c, &then, leave);
    struct pm_low *test =
        pm_chk_low1(c, PM_LOW_IS_TYPE, c->t_bool, fn->span, param(c, fn, 0));
    test->of = type;
    return pm_chk_low_if(c, c->t_void, fn->span, test,
                         pm_chk_low_block(c, c->t_never, fn->span, &then),
                         NULL);
}

static void finish(struct checker *c, struct chk_dispatch *dispatch)
{
    struct pm_low_fn *fn = dispatch->low;
    struct chk_decl *decl = dispatch->contract->declaration;
    struct pm_text name = pm_chk_token(decl->file, dispatch->signature->token);
    struct chk_list body = {0};

    for (uint32_t i = 0; i < c->structs.count; i++) {
        const struct pm_lt *type = c->structs.items[i];
        if (type->has_unknown ||
            !pm_chk_struct_has(c, type, dispatch->contract))
            continue;
        struct chk_decl *method =
            pm_chk_map_get(&pm_chk_struct_of(type)->decl->members, name);
        if (!method || method->kind != CHK_FN || method->type_params)
            continue;
        struct chk_instance *instance = pm_chk_instance(
            c, method, pm_chk_struct_of(type)->bindings, type, fn->span);
        pm_chk_push(c, &body, one_struct(c, dispatch, type, instance));
    }
    struct pm_text text = pm_chk_format(c, "no struct has the contract '%.*s'",
                                        (int)decl->name.size, decl->name.data);
    pm_chk_push(c, &body,
                pm_chk_low1(c, PM_LOW_TRAP, c->t_never, fn->span,
                            pm_chk_low_str(c, fn->span, text)));
    fn->body = pm_chk_low_block(c, c->t_never, fn->span, &body);
    dispatch->done = c->structs.count;
}

// Lowering what is called may bring new structs and new calls.
void pm_chk_finish_dispatchers(struct checker *c)
{
    bool changed = true;

    while (changed && c->report->errors == 0) {
        changed = false;
        for (uint32_t i = 0; i < c->contracts.count; i++) {
            struct chk_dispatch *at = c->contracts.items[i];
            if (at->low->body && at->done == c->structs.count)
                continue;
            finish(c, at);
            changed = true;
        }
        pm_chk_drain(c);
    }
}
