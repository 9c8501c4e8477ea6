// SPDX-License-Identifier: MIT
//
// Functions while they are lowered: their variables, and what closures see of
// them.
//
// A variable that is captured and never assigned after its declaration is
// copied into the closure. One that is both is shared: it lives in a cell, a
// record with one field. That is known only when the outermost function has
// been read, so the nodes that use a variable are remembered and rewritten
// then. A variable that only its one closure uses lives in the closure's slot.

#include "lang/check_internal.h"

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

static void add_local(struct checker *c, struct pm_low_local **locals,
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
    add_local(c, &fn->locals, &fn->local_count, &fn->local_capacity,
              (struct pm_low_local){type, name});
    return fn->local_count - 1;
}

// --- scopes ------------------------------------------------------------------

struct chk_scope pm_chk_scope_begin(struct checker *c)
{
    struct chk_scope scope = {c->body->vars.count, c->body->scope};

    c->body->scope = scope.count;
    return scope;
}

void pm_chk_scope_end(struct checker *c, struct chk_scope scope)
{
    c->body->vars.count = scope.count;
    c->body->scope = scope.start;
}

static void check_twice(struct checker *c, struct pm_text name,
                        struct pm_span span)
{
    for (uint32_t i = c->body->scope; i < c->body->vars.count; i++) {
        const struct chk_var *var = c->body->vars.items[i];
        if (!pm_chk_same(var->name, name))
            continue;
        struct pm_lang_diag *diag =
            pm_chk_error_at(c, PM_LANG_DUPLICATE, span,
                            "'%s' is declared a second time in this block",
                            pm_chk_show(c, name));
        pm_chk_note(c, diag, var->span, "first declared here");
        pm_chk_help(c, diag,
                    "to give it another value write '%s = …' without let",
                    pm_chk_show(c, name));
    }
}

struct chk_var *pm_chk_declare(struct checker *c, struct pm_text name,
                               struct pm_span span, const struct pm_lt *type,
                               bool is_constant)
{
    struct chk_var *var = pm_chk_alloc(c, sizeof *var);

    var->name = name;
    var->type = type;
    var->span = span;
    var->owner = c->body;
    var->is_constant = is_constant;
    var->loops = c->body->loops.count;
    var->index = pm_chk_low_local(c, c->body->low, type, name);
    var->next = c->body->root->all_vars;
    c->body->root->all_vars = var;
    if (pm_chk_is(name, "_"))
        return var;
    check_twice(c, name, span);
    pm_chk_push(c, &c->body->vars, var);
    return var;
}

struct chk_var *pm_chk_find_var(struct checker *c, struct pm_text name)
{
    for (struct chk_body *body = c->body; body; body = body->parent) {
        for (uint32_t i = body->vars.count; i-- > body->hidden;) {
            struct chk_var *var = body->vars.items[i];
            if (pm_chk_same(var->name, name))
                return var;
        }
        if (body->hides_parents)
            return NULL;
    }
    return NULL;
}

// --- uses --------------------------------------------------------------------

static struct chk_use *note_use(struct checker *c, struct chk_var *var,
                                struct pm_low *node)
{
    struct chk_use *use = pm_chk_alloc(c, sizeof *use);

    use->node = node;
    use->next = var->uses;
    var->uses = use;
    return use;
}

// The closure's slot that holds a variable of a function around it.
static uint32_t capture(struct checker *c, struct chk_body *body,
                        struct chk_var *var)
{
    for (uint32_t i = 0; i < body->captures.count; i++)
        if (body->captures.items[i] == var)
            return i;
    if (body->parent != var->owner)
        capture(c, body->parent, var);
    var->is_captured = true;
    pm_chk_push(c, &body->captures, var);
    add_local(c, &body->low->captures, &body->low->capture_count,
              &body->low->capture_capacity,
              (struct pm_low_local){var->type, var->name});
    struct chk_use *use = note_use(c, var, NULL);
    use->fn = body->low;
    use->index = body->captures.count - 1;
    return use->index;
}

// Reads a variable within [body]; the node has room to be rewritten.
static struct pm_low *read_in(struct checker *c, struct chk_body *body,
                              struct chk_var *var, struct pm_span span,
                              bool is_raw)
{
    bool is_own = var->owner == body;
    struct pm_low *low = pm_chk_low(c,
                                    is_own && var->is_self_name ? PM_LOW_SELF
                                    : is_own                    ? PM_LOW_LOCAL
                                             : PM_LOW_CAPTURE,
                                    var->type, span, 2);

    low->count = 0;
    low->index = is_own ? var->index : capture(c, body, var);
    if (low->kind == PM_LOW_SELF)
        return low;
    struct chk_use *use = note_use(c, var, low);
    use->is_raw = is_raw;
    use->loops = body->loops.count;
    return low;
}

struct pm_low *pm_chk_read_var(struct checker *c, struct chk_var *var,
                               struct pm_span span)
{
    return read_in(c, c->body, var, span, false);
}

struct pm_low *pm_chk_write_var(struct checker *c, struct chk_var *var,
                                struct pm_low *value, struct pm_span span,
                                bool is_declaration)
{
    bool is_own = var->owner == c->body;
    struct pm_low *low =
        pm_chk_low2(c, is_own ? PM_LOW_SET_LOCAL : PM_LOW_SET_CAPTURE,
                    c->t_void, span, value, NULL);

    low->count = 1;
    low->index = is_own ? var->index : capture(c, c->body, var);
    low->is_declaration = is_declaration;
    if (!is_declaration)
        var->is_assigned = true;
    note_use(c, var, low);
    return low;
}

struct pm_low *pm_chk_make_closure(struct checker *c, struct chk_body *body,
                                   const struct pm_lt *type,
                                   struct pm_span span)
{
    struct pm_low *low =
        pm_chk_low(c, PM_LOW_CLOSURE, type, span, body->captures.count);

    low->function = body->low;
    for (uint32_t i = 0; i < body->captures.count; i++)
        low->kids[i] = read_in(c, c->body, body->captures.items[i], span, true);
    return low;
}

// --- variables that closures share -------------------------------------------

static void share_read(struct checker *c, struct pm_low *node,
                       const struct pm_lt *cell)
{
    struct pm_low *inner =
        pm_chk_low(c, (pm_low_kind)node->kind, cell, node->span, 0);

    inner->index = node->index;
    node->kind = PM_LOW_FIELD;
    node->index = 0;
    node->count = 1;
    node->kids[0] = inner;
}

static void share_write(struct checker *c, struct pm_low *node,
                        const struct pm_lt *cell)
{
    if (node->is_declaration) {
        node->kids[0] =
            pm_chk_low1(c, PM_LOW_NEW, cell, node->span, node->kids[0]);
        return;
    }
    struct pm_low *inner = pm_chk_low(
        c, node->kind == PM_LOW_SET_LOCAL ? PM_LOW_LOCAL : PM_LOW_CAPTURE, cell,
        node->span, 0);
    inner->index = node->index;
    node->kind = PM_LOW_SET_FIELD;
    node->index = 0;
    node->count = 2;
    node->kids[1] = node->kids[0];
    node->kids[0] = inner;
}

// A parameter comes as it is, and goes into its cell at the start.
static void share_param(struct checker *c, struct chk_var *var,
                        const struct pm_lt *cell)
{
    struct pm_low_fn *fn = var->owner->low;
    struct pm_low *plain = pm_chk_low(c, PM_LOW_LOCAL, var->type, var->span, 0);
    plain->index = var->index;
    uint32_t index = pm_chk_low_local(c, fn, cell, var->name);
    struct pm_low *set =
        pm_chk_low1(c, PM_LOW_SET_LOCAL, c->t_void, var->span,
                    pm_chk_low1(c, PM_LOW_NEW, cell, var->span, plain));
    set->index = index;
    set->is_declaration = true;
    struct chk_list list = {0};
    pm_chk_push(c, &list, set);
    if (fn->body)
        pm_chk_push(c, &list, fn->body);
    fn->body = pm_chk_low_block(c, fn->body ? fn->body->type : c->t_void,
                                var->span, &list);
    for (struct chk_use *use = var->uses; use; use = use->next)
        if (use->node && (use->node->kind == PM_LOW_LOCAL ||
                          use->node->kind == PM_LOW_SET_LOCAL))
            use->node->index = index;
    var->index = index;
}

// Whether one closure alone has the variable: it was made for it, and what is
// around does nothing else with it. Then the closure's own slot can hold it.
static bool is_private(const struct chk_var *var)
{
    uint32_t closures = 0;

    for (const struct chk_use *use = var->uses; use; use = use->next) {
        if (!use->node)
            closures++;
        else if (use->is_raw && use->loops != var->loops)
            return false;
        else if (!use->is_raw && !use->node->is_declaration &&
                 (use->node->kind == PM_LOW_LOCAL ||
                  use->node->kind == PM_LOW_SET_LOCAL))
            return false;
    }
    return closures == 1;
}

static void share(struct checker *c, struct chk_var *var)
{
    const struct pm_lt *cell = pm_chk_type_cell(c, var->type);

    if (var->is_param)
        share_param(c, var, cell);
    else
        var->owner->low->locals[var->index].type = cell;
    for (struct chk_use *use = var->uses; use; use = use->next) {
        if (!use->node)
            use->fn->captures[use->index].type = cell;
        else if (use->is_raw)
            use->node->type = cell;
        else if (use->node->kind == PM_LOW_LOCAL ||
                 use->node->kind == PM_LOW_CAPTURE)
            share_read(c, use->node, cell);
        else
            share_write(c, use->node, cell);
    }
}

void pm_chk_begin_body(struct checker *c, struct chk_body *body,
                       struct chk_file *file, struct pm_low_fn *low)
{
    memset(body, 0, sizeof *body);
    body->parent = c->body;
    body->root = c->body ? c->body->root : body;
    body->low = low;
    body->file = file;
    c->body = body;
    c->file = file;
    if (!body->parent)
        return;
    body->bindings = body->parent->bindings;
    body->self = body->parent->self;
    low->is_closure = true;
}

void pm_chk_end_body(struct checker *c, struct chk_body *body)
{
    if (body->root == body)
        for (struct chk_var *var = body->all_vars; var; var = var->next)
            if (var->is_captured && var->is_assigned && !is_private(var))
                share(c, var);
    c->body = body->parent;
    c->file = c->body ? c->body->file : NULL;
}

// --- a function --------------------------------------------------------------

static struct chk_var *declare_param(struct checker *c, struct pm_text name,
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
        check_twice(c, name, span);
        pm_chk_push(c, &c->body->vars, var);
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

static void check_end(struct checker *c, const struct pm_ast *block,
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
        declare_param(c, pm_chk_text("this"), instance->low->span, 0, true);
    for (uint32_t i = 0; i < params->count; i++)
        declare_param(c, pm_chk_name(c, params->kids[i]),
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
        check_end(c, block, instance->low->body, instance->result);
    } else {
        instance->low->body =
            pm_chk_low(c, PM_LOW_BLOCK, c->t_void, instance->low->span, 0);
    }
    pm_chk_scope_end(c, scope);
    pm_chk_end_body(c, body);
    c->body = before;
    c->file = file;
}

// --- nested functions and lambdas --------------------------------------------

// The type of a body that is read: its parameters and result are known.
static const struct pm_lt *closure_type(struct checker *c,
                                        const struct pm_low_fn *low,
                                        const struct pm_lt *result)
{
    struct chk_list parts = {0};

    for (uint32_t i = 0; i < low->param_count; i++)
        pm_chk_push(c, &parts, (void *)low->locals[i].type);
    pm_chk_push(c, &parts, (void *)result);
    return pm_chk_type_fn(c, (const struct pm_lt *const *)parts.items,
                          parts.count);
}

static void closure_params(struct checker *c, struct chk_body *body,
                           const struct pm_ast *params,
                           const struct pm_lt *expected)
{
    struct chk_body *outer = body->parent;

    for (uint32_t i = 0; i < params->count; i++) {
        const struct pm_ast *param = params->kids[i];
        const struct pm_lt *type = c->t_unknown;
        if (param->kids[0])
            type =
                pm_chk_resolve(c, param->kids[0], outer->bindings, outer->self);
        else if (expected && i + 1 < expected->part_count)
            type = expected->parts[i];
        else
            pm_chk_help(
                c,
                pm_chk_error(c, PM_LANG_CANNOT_INFER, param,
                             "the type of '%s' cannot be known from here",
                             pm_chk_show(c, pm_chk_name(c, param))),
                "write it: (%s: int) => …",
                pm_chk_show(c, pm_chk_name(c, param)));
        pm_chk_low_local(c, body->low, type, pm_chk_text(""));
    }
    body->low->param_count = params->count;
    for (uint32_t i = 0; i < params->count; i++)
        declare_param(c, pm_chk_name(c, params->kids[i]),
                      pm_chk_name_span(c, params->kids[i]), i, false);
}

struct pm_low *pm_chk_nested_fn(struct checker *c, const struct pm_ast *ast)
{
    struct pm_span span = pm_chk_name_span(c, ast);
    struct chk_body *body = pm_chk_alloc(c, sizeof *body);
    struct pm_low_fn *low = pm_chk_low_fn(c, pm_chk_name(c, ast), span);

    if (ast->kids[1])
        pm_chk_error(c, PM_LANG_TYPE_ARGUMENTS, ast->kids[1],
                     "a nested function has no type parameters");
    pm_chk_begin_body(c, body, c->file, low);
    body->result = pm_chk_resolve(c, ast->kids[3], body->bindings, body->self);
    low->result = body->result;
    struct chk_scope scope = pm_chk_scope_begin(c);
    // Its own name first, so that parameters may hide it.
    struct chk_var *self = pm_chk_alloc(c, sizeof *self);
    self->name = pm_chk_name(c, ast);
    self->span = span;
    self->owner = body;
    self->is_constant = self->is_self_name = true;
    self->type = c->t_unknown;
    pm_chk_push(c, &body->vars, self);
    body->scope = body->vars.count;
    closure_params(c, body, ast->kids[2], NULL);
    self->type = closure_type(c, low, body->result);
    low->type = self->type;
    if (ast->kids[4] && ast->kids[4]->kind == PM_AST_BLOCK) {
        low->body = pm_chk_block(c, ast->kids[4], false, NULL);
        check_end(c, ast->kids[4], low->body, body->result);
    } else {
        low->body = pm_chk_low(c, PM_LOW_BLOCK, c->t_void, span, 0);
    }
    pm_chk_scope_end(c, scope);
    pm_chk_end_body(c, body);
    struct chk_var *var =
        pm_chk_declare(c, pm_chk_name(c, ast), span, low->type, true);
    return pm_chk_write_var(
        c, var, pm_chk_make_closure(c, body, low->type, span), span, true);
}

// A lambda whose body is an expression gives its value, if it has one.
static void expression_body(struct checker *c, struct chk_body *body,
                            const struct pm_ast *ast)
{
    const struct pm_lt *wanted = body->result;
    struct pm_low *value;

    if (wanted && wanted->kind == PM_LT_VOID) {
        value = pm_chk_expr(c, ast, NULL);
        pm_chk_must_use(c, ast, value);
        body->low->body =
            value->type->kind == PM_LT_VOID || value->type->kind == PM_LT_NEVER
                ? value
                : pm_chk_low1(c, PM_LOW_DROP, c->t_void, value->span, value);
        return;
    }
    value = wanted && !wanted->has_unknown ? pm_chk_expr_as(c, ast, wanted)
                                           : pm_chk_expr(c, ast, wanted);
    if (!wanted || wanted->has_unknown)
        body->result =
            value->type->kind == PM_LT_NEVER ? c->t_void : value->type;
    if (value->type->kind == PM_LT_VOID || value->type->kind == PM_LT_NEVER)
        body->low->body = value;
    else
        body->low->body =
            pm_chk_low1(c, PM_LOW_RETURN, c->t_never, value->span, value);
}

static void lambda_body(struct checker *c, struct chk_body *body,
                        const struct pm_ast *ast)
{
    if (ast->kind != PM_AST_BLOCK) {
        expression_body(c, body, ast);
        return;
    }
    if (body->result && body->result->has_unknown)
        body->result = NULL;
    body->low->body = pm_chk_block(c, ast, false, NULL);
    if (!body->result)
        body->result = c->t_void;
    check_end(c, ast, body->low->body, body->result);
}

struct pm_low *pm_chk_lambda(struct checker *c, const struct pm_ast *ast,
                             const struct pm_lt *expected)
{
    struct pm_span span = pm_chk_span(c, ast);
    struct chk_body *body = pm_chk_alloc(c, sizeof *body);
    const struct pm_ast *params = ast->kids[0];
    struct pm_low_fn *low = pm_chk_low_fn(
        c,
        pm_chk_format(c, "%.*s.lambda%u", (int)c->body->root->low->name.size,
                      c->body->root->low->name.data,
                      ++c->body->root->lambda_count),
        span);

    if (expected && expected->kind != PM_LT_FN)
        expected = NULL;
    if (expected && expected->part_count != params->count + 1) {
        pm_chk_error(c, PM_LANG_ARGUMENT_COUNT, params,
                     "found %u parameter%s, wanted %u for %s", params->count,
                     params->count == 1 ? "" : "s", expected->part_count - 1,
                     pm_chk_show_type(c, expected));
        return pm_chk_unknown(c, ast);
    }
    pm_chk_begin_body(c, body, c->file, low);
    if (ast->kids[1])
        body->result =
            pm_chk_resolve(c, ast->kids[1], body->bindings, body->self);
    else if (expected)
        body->result = expected->parts[expected->part_count - 1];
    struct chk_scope scope = pm_chk_scope_begin(c);
    closure_params(c, body, params, expected);
    lambda_body(c, body, ast->kids[2]);
    low->result = body->result;
    low->type = closure_type(c, low, body->result);
    pm_chk_scope_end(c, scope);
    pm_chk_end_body(c, body);
    return pm_chk_make_closure(c, body, low->type, span);
}
