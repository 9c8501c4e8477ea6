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

// --- names -------------------------------------------------------------------

// Few variables are looked through; a body in which more were in scope at once
// keeps an index of their names, so that any number takes linear time.
enum { FEW_VARS = 64 };

static void index_var(struct checker *c, struct chk_body *body, uint32_t place)
{
    struct chk_var *var = body->vars.items[place];
    struct chk_var_name *entry = pm_chk_map_get(&body->var_names, var->name);

    if (!entry) {
        entry = pm_chk_alloc(c, sizeof *entry);
        pm_chk_map_put(c, &body->var_names, var->name, entry);
    }
    var->entry = entry;
    var->shadowed = entry->newest;
    var->place = place;
    entry->newest = var;
}

void pm_chk_push_var(struct checker *c, struct chk_body *body,
                     struct chk_var *var)
{
    pm_chk_push(c, &body->vars, var);
    if (body->vars.count <= FEW_VARS && !body->var_names.count)
        return;
    uint32_t first = body->var_names.count ? body->vars.count - 1 : 0;
    for (uint32_t i = first; i < body->vars.count; i++)
        index_var(c, body, i);
}

// The innermost variable of that name from place [first] on, or NULL.
static struct chk_var *find_in_body(const struct chk_body *body,
                                    struct pm_text name, uint32_t first)
{
    if (body->var_names.count) {
        const struct chk_var_name *entry =
            pm_chk_map_get(&body->var_names, name);
        struct chk_var *newest = entry ? entry->newest : NULL;
        return newest && newest->place >= first ? newest : NULL;
    }
    for (uint32_t i = body->vars.count; i-- > first;) {
        struct chk_var *var = body->vars.items[i];
        if (pm_chk_same(var->name, name))
            return var;
    }
    return NULL;
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
    for (uint32_t i = c->body->vars.count; i-- > scope.count;) {
        const struct chk_var *var = c->body->vars.items[i];
        if (var->entry)
            var->entry->newest = var->shadowed;
    }
    c->body->vars.count = scope.count;
    c->body->scope = scope.start;
}

void pm_chk_check_twice(struct checker *c, struct chk_var *var)
{
    struct chk_var *before = find_in_body(c->body, var->name, c->body->scope);

    if (!before)
        return;
    var->first = before->first ? before->first : before;
    struct pm_lang_diag *diag =
        pm_chk_error_at(c, PM_LANG_DUPLICATE, var->span,
                        "'%s' is declared a second time in this block",
                        pm_chk_show(c, var->name));
    pm_chk_note(c, diag, var->first->span, "first declared here");
    pm_chk_help(c, diag, "to give it another value write '%s = …' without let",
                pm_chk_show(c, var->name));
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
    pm_chk_check_twice(c, var);
    pm_chk_push_var(c, c->body, var);
    return var;
}

struct chk_var *pm_chk_find_var(struct checker *c, struct pm_text name)
{
    for (struct chk_body *body = c->body; body; body = body->parent) {
        struct chk_var *var = find_in_body(body, name, body->hidden);
        if (var)
            return var;
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
    pm_chk_add_local(c, &body->low->captures, &body->low->capture_count,
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
        if (!use->node) {
            closures++;
            continue;
        }
        bool is_elsewhere = !use->is_raw && !use->node->is_declaration &&
                            (use->node->kind == PM_LOW_LOCAL ||
                             use->node->kind == PM_LOW_SET_LOCAL);
        if (is_elsewhere || (use->is_raw && use->loops != var->loops))
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
