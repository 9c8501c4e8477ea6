// SPDX-License-Identifier: MIT
//
// Functions while they are lowered.

#include "lang/check_internal.h"

// --- functions ---------------------------------------------------------------
struct pm_low_fn *pm_chk_low_fn(struct checker *c, struct pm_text name,
                                struct pm_span span)
{
    struct pm_low_fn *fn = pm_chk_alloc(c, sizeof *fn);

    fn->name = name;
    fn->span = span;
    fn->result = c->t_void;
    fn->number = c->functions.count;
    pm_chk_push(c, &c->functions, fn);
    return fn;
}

void pm_chk_add_local(struct checker *c, struct pm_low_local **locals,
                      uint32_t *count, uint32_t *capacity,
                      struct pm_low_local local)
{
    if (*count == *capacity) {
        uint32_t bigger = *capacity ? 2 * *capacity : 4;
        struct pm_low_local *moved = pm_chk_alloc(c, bigger * sizeof *moved);
        if (*count)
            memcpy(moved, *locals, *count * sizeof *moved);
        *locals = moved;
        *capacity = bigger;
    }
    (*locals)[(*count)++] = local;
}

uint32_t pm_chk_low_local(struct checker *c, struct pm_low_fn *fn,
                          const struct pm_lt *type, struct pm_text name)
{
    pm_chk_add_local(c, &fn->locals, &fn->local_count, &fn->local_capacity,
                     (struct pm_low_local){type, name});
    return fn->local_count - 1;
}

// --- a function --------------------------------------------------------------

struct chk_var *pm_chk_declare_param(struct checker *c, struct pm_text name,
                                     struct pm_span span, uint32_t index,
                                     bool is_constant)
{
    struct chk_var *var = pm_chk_alloc(c, sizeof *var);

    var->name = name;
    var->type = c->body->low->locals[index].type;
    var->span = span;
    var->owner = c->body;
    var->index = index;
    var->is_constant = is_constant;
    var->is_param = true;
    var->next = c->body->root->all_vars;
    c->body->root->all_vars = var;
    c->body->low->locals[index].name = name;
    if (!pm_chk_is(name, "_")) {
        pm_chk_check_twice(c, var);
        pm_chk_push_var(c, c->body, var);
    }
    return var;
}

// A value in the place of the last statement has its message already.
static bool ends_in_value(const struct pm_ast *block)
{
    const struct pm_ast *last =
        block->count ? block->kids[block->count - 1] : NULL;

    return last && last->kind == PM_AST_EXPRESSION &&
           !pm_chk_may_stand_alone(last->kids[0]);
}

void pm_chk_check_end(struct checker *c, const struct pm_ast *block,
                      const struct pm_low *low, const struct pm_lt *result)
{
    if (ends_in_value(block) || block->flags & PM_AST_PARTIAL ||
        low->type->kind == PM_LT_NEVER || result->kind == PM_LT_VOID ||
        pm_chk_is_unknown(result))
        return;
    struct pm_lang_diag *diag = pm_chk_error_at(
        c, PM_LANG_MISSING_RETURN, pm_token_span(c->file->parsed, block->last),
        "the function ends here without 'return'; wanted %s on every way",
        pm_chk_show_type(c, result));
    pm_chk_help(c, diag, "return a value here, or end the way in trap(\"…\")");
}

static void lower_params(struct checker *c, struct chk_instance *instance)
{
    const struct pm_ast *params = instance->decl->ast->kids[2];
    bool has_self = instance->self != NULL;

    if (has_self)
        pm_chk_declare_param(c, pm_chk_text("this"), instance->low->span, 0,
                             true);
    for (uint32_t i = 0; i < params->count; i++)
        pm_chk_declare_param(c, pm_chk_name(c, params->kids[i]),
                             pm_chk_name_span(c, params->kids[i]), i + has_self,
                             false);
}

void pm_chk_lower_instance(struct checker *c, struct chk_instance *instance)
{
    const struct pm_ast *block = instance->decl->ast->kids[4];
    struct chk_body *before = c->body;
    struct chk_file *file = c->file;
    struct chk_body *body = pm_chk_alloc(c, sizeof *body);

    c->body = NULL;
    pm_chk_begin_body(c, body, instance->decl->file, instance->low);
    body->instance = instance;
    body->bindings = instance->bindings;
    body->self = instance->self;
    body->result = instance->result;
    struct chk_scope scope = pm_chk_scope_begin(c);
    lower_params(c, instance);
    if (block && block->kind == PM_AST_BLOCK) {
        instance->low->body = pm_chk_block(c, block, false, NULL);
        pm_chk_check_end(c, block, instance->low->body, instance->result);
    } else {
        instance->low->body =
            pm_chk_low(c, PM_LOW_BLOCK, c->t_void, instance->low->span, 0);
    }
    pm_chk_scope_end(c, scope);
    pm_chk_end_body(c, body);
    c->body = before;
    c->file = file;
}
