// SPDX-License-Identifier: MIT
//
// Patterns: the tests they become, the names they bind, what they cover.

#include "lang/check_patterns.h"

// --- what is covered ---------------------------------------------------------
const struct pm_lt *pm_chk_cases_of(const struct pm_lt *type)
{
    return type->kind == PM_LT_RESULT ? type->parts[0]
           : type->kind == PM_LT_ENUM ? type
                                      : NULL;
}

bool pm_chk_covers_all(const struct chk_cover *cover)
{
    const struct pm_lt *cases = pm_chk_cases_of(cover->type);

    switch (cover->type->kind) {
    case PM_LT_ENUM:
        return cover->all || cover->covered == cases->case_count;
    case PM_LT_BOOL:
        return cover->all || (cover->yes && cover->no);
    case PM_LT_OPTIONAL:
        return cover->all || (cover->some && cover->none);
    case PM_LT_RESULT:
        return cover->all || (cover->ok && cases->case_count &&
                              cover->covered == cases->case_count);
    default:
        return cover->all;
    }
}

// Notes that something is covered; reports when it was already.
static void cover(struct checker *c, const struct pm_ast *pattern, bool *what)
{
    if (*what)
        pm_chk_error(c, PM_LANG_UNREACHABLE_PATTERN, pattern,
                     "this is never reached: patterns above cover it");
    *what = true;
}

static void cover_case(struct checker *c, const struct pm_ast *pattern,
                       struct chk_cover *state, uint32_t index)
{
    if (!state->cases[index])
        state->covered++;
    cover(c, pattern, &state->cases[index]);
}

// --- tests -------------------------------------------------------------------

static struct pm_low *value_of(struct checker *c,
                               const struct chk_switch_state *state)
{
    return pm_chk_again(c, state->value);
}

struct pm_low *pm_chk_is_number_case(struct checker *c, struct pm_low *number,
                                     const struct pm_lt *type, int64_t wanted)
{
    return pm_chk_low_op(c, PM_OP_EQ, c->t_bool, number->span, number,
                         pm_chk_low_int(c, type, number->span, wanted));
}

void pm_chk_bind_name(struct checker *c, struct chk_arm *arm,
                      const struct pm_ast *name, struct pm_low *value)
{
    struct pm_text text = pm_chk_name(c, name);

    if (pm_chk_is(text, "_"))
        return;
    struct chk_var *var =
        pm_chk_declare(c, text, pm_chk_name_span(c, name), value->type, true);
    pm_chk_push(c, &arm->binds,
                pm_chk_write_var(c, var, value, pm_chk_span(c, name), true));
}

static void wrong_pattern(struct checker *c, const struct pm_ast *pattern,
                          const struct pm_lt *type)
{
    if (!pm_chk_is_unknown(type))
        pm_chk_error(c, PM_LANG_WRONG_PATTERN, pattern,
                     "this pattern does not suit %s",
                     pm_chk_show_type(c, type));
}

// The case that a PATTERN_CASE names, as an index; -1: reported.
static int32_t find_case(struct checker *c, const struct pm_ast *pattern,
                         const struct pm_lt *cases)
{
    const struct pm_lt *named =
        pm_chk_resolve(c, pattern->kids[0], c->body->bindings, c->body->self);
    struct pm_text name = pm_chk_name(c, pattern);

    if (pm_chk_is_unknown(named) || pm_chk_is_unknown(cases))
        return -1;
    if (named != cases) {
        pm_chk_error(c, PM_LANG_WRONG_PATTERN, pattern,
                     "found a case of %s, wanted one of %s",
                     pm_chk_show_type(c, named), pm_chk_show_type(c, cases));
        return -1;
    }
    for (uint32_t i = 0; i < cases->case_count; i++)
        if (pm_chk_same(cases->cases[i].name, name))
            return (int32_t)i;
    pm_chk_unknown_case(c, pattern, cases);
    return -1;
}

static void bind_unknown(struct checker *c, struct chk_arm *arm,
                         const struct pm_ast *pattern)
{
    for (uint32_t i = 1; i < pattern->count; i++)
        pm_chk_bind_name(c, arm, pattern->kids[i], pm_chk_unknown(c, pattern));
}

static void bind_payload(struct checker *c, struct chk_switch_state *state,
                         struct chk_arm *arm, const struct pm_ast *pattern,
                         uint32_t index)
{
    const struct pm_lt_case *one = &state->value->type->cases[index];
    uint32_t found = pattern->count - 1;

    if ((pattern->flags & PM_AST_HAS_NAMES || found) &&
        found != one->field_count)
        pm_chk_error(c, PM_LANG_WRONG_PATTERN, pattern,
                     "found %u name%s, but '%s' has %u value%s", found,
                     found == 1 ? "" : "s", pm_chk_show(c, one->name),
                     one->field_count, one->field_count == 1 ? "" : "s");
    for (uint32_t i = 0; i < found; i++) {
        if (i >= one->field_count) {
            pm_chk_bind_name(c, arm, pattern->kids[i + 1],
                             pm_chk_unknown(c, pattern));
            continue;
        }
        struct pm_low *low =
            pm_chk_low1(c, PM_LOW_PAYLOAD, one->fields[i].type,
                        pm_chk_span(c, pattern), value_of(c, state));
        low->index = i;
        low->case_index = index;
        pm_chk_bind_name(c, arm, pattern->kids[i + 1], low);
    }
}

static struct pm_low *test_case(struct checker *c,
                                struct chk_switch_state *state,
                                struct chk_arm *arm,
                                const struct pm_ast *pattern)
{
    const struct pm_lt *type = state->cover.type;

    if (type->kind != PM_LT_ENUM) {
        wrong_pattern(c, pattern, type);
        bind_unknown(c, arm, pattern);
        return pm_chk_unknown(c, pattern);
    }
    int32_t index = find_case(c, pattern, type);
    if (index < 0) {
        bind_unknown(c, arm, pattern);
        state->is_bad = true; // one mistake, one message
        return pm_chk_unknown(c, pattern);
    }
    cover_case(c, pattern, &state->cover, (uint32_t)index);
    bind_payload(c, state, arm, pattern, (uint32_t)index);
    if (type->has_payload)
        return pm_chk_is_number_case(c, pm_chk_again(c, state->tag), c->t_int,
                                     type->cases[index].number);
    return pm_chk_is_number_case(c, value_of(c, state), type,
                                 type->cases[index].number);
}

static struct pm_low *test_err(struct checker *c,
                               struct chk_switch_state *state,
                               struct chk_arm *arm,
                               const struct pm_ast *pattern)
{
    const struct pm_lt *type = state->cover.type;
    const struct pm_ast *inner = pattern->kids[0];

    if (type->kind != PM_LT_RESULT) {
        wrong_pattern(c, pattern, type);
        if (inner->kind == PM_AST_PATTERN_NAME)
            pm_chk_bind_name(c, arm, inner, pm_chk_unknown(c, inner));
        return pm_chk_unknown(c, pattern);
    }
    struct pm_low *number = pm_chk_low_part(c, c->t_int, value_of(c, state), 0);
    if (inner->kind == PM_AST_PATTERN_CASE) {
        int32_t index = find_case(c, inner, type->parts[0]);
        if (index < 0) {
            state->is_bad = true;
            return pm_chk_unknown(c, pattern);
        }
        cover_case(c, pattern, &state->cover, (uint32_t)index);
        return pm_chk_is_number_case(c, number, c->t_int,
                                     type->parts[0]->cases[index].number);
    }
    if (inner->kind == PM_AST_PATTERN_NAME) {
        struct pm_low *error =
            pm_chk_low_part(c, type->parts[0], value_of(c, state), 0);
        pm_chk_bind_name(c, arm, inner, error);
    } else if (inner->kind != PM_AST_PATTERN_ANY) {
        wrong_pattern(c, inner, type->parts[0]);
    }
    bool was_all = state->cover.covered == type->parts[0]->case_count &&
                   state->cover.covered;
    cover(c, pattern, &was_all);
    for (uint32_t i = 0; i < type->parts[0]->case_count; i++)
        state->cover.cases[i] = true;
    state->cover.covered = type->parts[0]->case_count;
    return pm_chk_low_op(c, PM_OP_NE, c->t_bool, number->span, number,
                         pm_chk_low_int(c, c->t_int, number->span, 0));
}

static struct pm_low *test_literal(struct checker *c,
                                   struct chk_switch_state *state,
                                   const struct pm_ast *pattern,
                                   const struct pm_ast *value)
{
    const struct pm_lt *type = state->cover.type;
    struct pm_low *wanted = pm_chk_expr_as(c, value, type);

    if (type->kind == PM_LT_BOOL && wanted->kind == PM_LOW_INT)
        cover(c, pattern,
              wanted->number ? &state->cover.yes : &state->cover.no);
    struct pm_text key = {NULL, 0};
    if (wanted->kind == PM_LOW_STR)
        key = wanted->text;
    else if (wanted->kind == PM_LOW_INT)
        key = pm_chk_format(c, "%lld", (long long)wanted->number);
    if (key.data && type->kind != PM_LT_BOOL) {
        bool twice = pm_chk_map_put(c, &state->cover.literals, key, wanted);
        cover(c, pattern, &twice);
    }
    return pm_chk_equal(c, pattern, value_of(c, state), wanted, false);
}

// A name that is spelled as a case of the enum would suit everything.
static bool is_bare_case(struct checker *c, const struct pm_ast *pattern,
                         const struct pm_lt *type)
{
    const struct pm_lt *cases = pm_chk_cases_of(type);
    struct pm_text name = pm_chk_name(c, pattern);

    for (uint32_t i = 0; cases && i < cases->case_count; i++) {
        if (!pm_chk_same(cases->cases[i].name, name))
            continue;
        struct pm_text meant = pm_chk_format(
            c, "%s.%s", pm_chk_show_type(c, cases), pm_chk_show(c, name));
        struct pm_lang_diag *diag =
            pm_chk_error(c, PM_LANG_WRONG_PATTERN, pattern,
                         "found '%s', a new name that everything suits, "
                         "wanted the case '%s'",
                         pm_chk_show(c, name), pm_chk_show(c, meant));
        pm_lang_fix(c->report, diag, pm_chk_span(c, pattern), "%s",
                    pm_chk_show(c, meant));
        return true;
    }
    return false;
}

static struct pm_low *test_name(struct checker *c,
                                struct chk_switch_state *state,
                                struct chk_arm *arm,
                                const struct pm_ast *pattern)
{
    struct chk_decl *decl = pm_chk_lookup(c, c->file, pm_chk_name(c, pattern));

    if (decl && decl->kind == CHK_MISSING)
        return pm_chk_unknown(c, pattern);
    if (decl && decl->kind == CHK_CONST)
        return pm_chk_equal(c, pattern, value_of(c, state),
                            pm_chk_coerce(c, pattern,
                                          pm_chk_decl_value(c, pattern, decl),
                                          state->cover.type),
                            false);
    if (is_bare_case(c, pattern, state->cover.type)) {
        state->is_bad = true;
        return pm_chk_unknown(c, pattern);
    }
    pm_chk_bind_name(c, arm, pattern, value_of(c, state));
    state->cover.all = true;
    return NULL;
}

static struct pm_low *test_optional(struct checker *c,
                                    struct chk_switch_state *state,
                                    struct chk_arm *arm,
                                    const struct pm_ast *pattern)
{
    const struct pm_lt *type = state->cover.type;
    bool is_some = pattern->kind == PM_AST_PATTERN_SOME;

    if (type->kind != PM_LT_OPTIONAL) {
        wrong_pattern(c, pattern, type);
        if (is_some)
            pm_chk_bind_name(c, arm, pattern->kids[0],
                             pm_chk_unknown(c, pattern));
        return pm_chk_unknown(c, pattern);
    }
    cover(c, pattern, is_some ? &state->cover.some : &state->cover.none);
    struct pm_low *test = pm_chk_low_part(c, c->t_bool, value_of(c, state), 0);
    if (!is_some)
        return pm_chk_low_op(c, PM_OP_NOT, c->t_bool, test->span, test, NULL);
    pm_chk_bind_name(c, arm, pattern->kids[0],
                     pm_chk_low_part(c, type->parts[0], value_of(c, state), 1));
    return test;
}

static struct pm_low *test_ok(struct checker *c, struct chk_switch_state *state,
                              struct chk_arm *arm, const struct pm_ast *pattern)
{
    const struct pm_lt *type = state->cover.type;
    const struct pm_ast *name = pattern->count ? pattern->kids[0] : NULL;

    if (type->kind != PM_LT_RESULT) {
        wrong_pattern(c, pattern, type);
        if (name)
            pm_chk_bind_name(c, arm, name, pm_chk_unknown(c, pattern));
        return pm_chk_unknown(c, pattern);
    }
    cover(c, pattern, &state->cover.ok);
    if (name && type->parts[1]->kind == PM_LT_VOID)
        pm_chk_error(c, PM_LANG_WRONG_PATTERN, name,
                     "found a name, but %s has no value",
                     pm_chk_show_type(c, type));
    else if (name)
        pm_chk_bind_name(
            c, arm, name,
            pm_chk_low_part(c, type->parts[1], value_of(c, state), 1));
    return pm_chk_is_number_case(
        c, pm_chk_low_part(c, c->t_int, value_of(c, state), 0), c->t_int, 0);
}

static struct pm_low *test_any(struct checker *c,
                               struct chk_switch_state *state,
                               struct chk_arm *arm,
                               const struct pm_ast *pattern)
{
    switch (pattern->kind) {
    case PM_AST_PATTERN_ANY:
        state->cover.all = true;
        return NULL;
    case PM_AST_PATTERN_LITERAL:
        return test_literal(c, state, pattern, pattern->kids[0]);
    case PM_AST_PATTERN_NAME:
        return test_name(c, state, arm, pattern);
    case PM_AST_PATTERN_CASE:
        return test_case(c, state, arm, pattern);
    case PM_AST_PATTERN_SOME:
    case PM_AST_PATTERN_NONE:
        return test_optional(c, state, arm, pattern);
    case PM_AST_PATTERN_OK:
        return test_ok(c, state, arm, pattern);
    case PM_AST_PATTERN_ERR:
        return test_err(c, state, arm, pattern);
    default:
        state->is_bad = true;
        return pm_chk_unknown(c, pattern);
    }
}

struct pm_low *pm_chk_pattern(struct checker *c, struct chk_switch_state *state,
                              struct chk_arm *arm, const struct pm_ast *pattern)
{
    bool was_all = pm_chk_covers_all(&state->cover);
    struct pm_low *test = test_any(c, state, arm, pattern);

    if (was_all && !state->is_bad && !state->is_over) {
        cover(c, pattern, &was_all);
        state->is_over = true;
    }
    return test;
}
