// SPDX-License-Identifier: MIT
//
// switch and handle: patterns become tests, from top to bottom.

#include "lang/check_internal.h"

// What the arms so far have covered.
struct cover {
    const struct pm_lt *type;
    bool *cases; // ENUM: its cases; RESULT: the error's
    uint32_t covered;
    bool some, none, ok, yes, no, all;
    struct chk_map literals;
};

struct arm {
    struct pm_low *test; // NULL: always
    struct chk_list binds;
    struct pm_low *body;
    const struct pm_ast *ast;
};

struct chk_switch_state {
    struct pm_low *value; // a node to be read again
    struct pm_low *tag;   // of an enum with payload
    struct cover cover;
    bool is_bad; // a pattern was wrong: what is covered is not known
};

static const struct pm_lt *cases_of(const struct pm_lt *type)
{
    return type->kind == PM_LT_RESULT ? type->parts[0]
           : type->kind == PM_LT_ENUM ? type
                                      : NULL;
}

static bool covers_all(const struct cover *cover)
{
    const struct pm_lt *cases = cases_of(cover->type);

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
                       struct cover *state, uint32_t index)
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

static struct pm_low *is_number(struct checker *c, struct pm_low *number,
                                const struct pm_lt *type, int64_t wanted)
{
    return pm_chk_low_op(c, PM_OP_EQ, c->t_bool, number->span, number,
                         pm_chk_low_int(c, type, number->span, wanted));
}

static void bind(struct checker *c, struct arm *arm, const struct pm_ast *name,
                 struct pm_low *value)
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
    struct chk_nearest nearest = pm_chk_nearest_begin(c, name);
    for (uint32_t i = 0; i < cases->case_count; i++) {
        if (pm_chk_same(cases->cases[i].name, name))
            return (int32_t)i;
        pm_chk_nearest_try(&nearest, cases->cases[i].name);
    }
    struct pm_span span = pm_chk_name_span(c, pattern);
    pm_chk_nearest_end(
        c, &nearest,
        pm_chk_error_at(c, PM_LANG_UNKNOWN_CASE, span, "%s has no case '%s'",
                        pm_chk_show_type(c, cases), pm_chk_show(c, name)),
        span);
    return -1;
}

static void bind_unknown(struct checker *c, struct arm *arm,
                         const struct pm_ast *pattern)
{
    for (uint32_t i = 1; i < pattern->count; i++)
        bind(c, arm, pattern->kids[i], pm_chk_unknown(c, pattern));
}

static void bind_payload(struct checker *c, struct chk_switch_state *state,
                         struct arm *arm, const struct pm_ast *pattern,
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
            bind(c, arm, pattern->kids[i + 1], pm_chk_unknown(c, pattern));
            continue;
        }
        struct pm_low *low =
            pm_chk_low1(c, PM_LOW_PAYLOAD, one->fields[i].type,
                        pm_chk_span(c, pattern), value_of(c, state));
        low->index = i;
        low->case_index = index;
        bind(c, arm, pattern->kids[i + 1], low);
    }
}

static struct pm_low *test_case(struct checker *c,
                                struct chk_switch_state *state, struct arm *arm,
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
        return is_number(c, pm_chk_again(c, state->tag), c->t_int,
                         type->cases[index].number);
    return is_number(c, value_of(c, state), type, type->cases[index].number);
}

static struct pm_low *test_err(struct checker *c,
                               struct chk_switch_state *state, struct arm *arm,
                               const struct pm_ast *pattern)
{
    const struct pm_lt *type = state->cover.type;
    const struct pm_ast *inner = pattern->kids[0];

    if (type->kind != PM_LT_RESULT) {
        wrong_pattern(c, pattern, type);
        if (inner->kind == PM_AST_PATTERN_NAME)
            bind(c, arm, inner, pm_chk_unknown(c, inner));
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
        return is_number(c, number, c->t_int,
                         type->parts[0]->cases[index].number);
    }
    if (inner->kind == PM_AST_PATTERN_NAME) {
        struct pm_low *error =
            pm_chk_low_part(c, type->parts[0], value_of(c, state), 0);
        bind(c, arm, inner, error);
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

static struct pm_low *test_name(struct checker *c,
                                struct chk_switch_state *state, struct arm *arm,
                                const struct pm_ast *pattern)
{
    struct chk_decl *decl = pm_chk_lookup(c, c->file, pm_chk_name(c, pattern));

    if (decl && decl->kind == CHK_CONST)
        return pm_chk_equal(c, pattern, value_of(c, state),
                            pm_chk_coerce(c, pattern,
                                          pm_chk_decl_value(c, pattern, decl),
                                          state->cover.type),
                            false);
    bind(c, arm, pattern, value_of(c, state));
    state->cover.all = true;
    return NULL;
}

static struct pm_low *test_optional(struct checker *c,
                                    struct chk_switch_state *state,
                                    struct arm *arm,
                                    const struct pm_ast *pattern)
{
    const struct pm_lt *type = state->cover.type;
    bool is_some = pattern->kind == PM_AST_PATTERN_SOME;

    if (type->kind != PM_LT_OPTIONAL) {
        wrong_pattern(c, pattern, type);
        if (is_some)
            bind(c, arm, pattern->kids[0], pm_chk_unknown(c, pattern));
        return pm_chk_unknown(c, pattern);
    }
    cover(c, pattern, is_some ? &state->cover.some : &state->cover.none);
    struct pm_low *test = pm_chk_low_part(c, c->t_bool, value_of(c, state), 0);
    if (!is_some)
        return pm_chk_low_op(c, PM_OP_NOT, c->t_bool, test->span, test, NULL);
    bind(c, arm, pattern->kids[0],
         pm_chk_low_part(c, type->parts[0], value_of(c, state), 1));
    return test;
}

static struct pm_low *test_ok(struct checker *c, struct chk_switch_state *state,
                              struct arm *arm, const struct pm_ast *pattern)
{
    const struct pm_lt *type = state->cover.type;
    const struct pm_ast *name = pattern->count ? pattern->kids[0] : NULL;

    if (type->kind != PM_LT_RESULT) {
        wrong_pattern(c, pattern, type);
        if (name)
            bind(c, arm, name, pm_chk_unknown(c, pattern));
        return pm_chk_unknown(c, pattern);
    }
    cover(c, pattern, &state->cover.ok);
    if (name && type->parts[1]->kind == PM_LT_VOID)
        pm_chk_error(c, PM_LANG_WRONG_PATTERN, name,
                     "found a name, but %s has no value",
                     pm_chk_show_type(c, type));
    else if (name)
        bind(c, arm, name,
             pm_chk_low_part(c, type->parts[1], value_of(c, state), 1));
    return is_number(c, pm_chk_low_part(c, c->t_int, value_of(c, state), 0),
                     c->t_int, 0);
}

static struct pm_low *test(struct checker *c, struct chk_switch_state *state,
                           struct arm *arm, const struct pm_ast *pattern)
{
    bool was_all = covers_all(&state->cover) && !state->is_bad;

    if (was_all)
        cover(c, pattern, &was_all);
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

// --- arms --------------------------------------------------------------------

static bool binds_names(const struct pm_ast *pattern)
{
    return pattern->kind == PM_AST_PATTERN_SOME || pattern->count > 1 ||
           (pattern->kind == PM_AST_PATTERN_OK && pattern->count &&
            pattern->kids[0]);
}

static void test_patterns(struct checker *c, struct chk_switch_state *state,
                          struct arm *arm)
{
    const struct pm_ast *patterns = arm->ast->kids[0];
    bool always = false;

    for (uint32_t i = 0; i < patterns->count; i++) {
        const struct pm_ast *pattern = patterns->kids[i];
        if (patterns->count > 1 && binds_names(pattern))
            pm_chk_error(c, PM_LANG_WRONG_PATTERN, pattern,
                         "a pattern beside others cannot bind names");
        struct pm_low *one = test(c, state, arm, pattern);
        if (!one)
            always = true;
        else if (!arm->test)
            arm->test = one;
        else
            arm->test =
                pm_chk_low2(c, PM_LOW_OR, c->t_bool, one->span, arm->test, one);
    }
    if (always)
        arm->test = NULL;
}

static void report_missing(struct checker *c, const struct pm_ast *ast,
                           const struct cover *cover)
{
    const struct pm_lt *cases = cases_of(cover->type);
    struct pm_text missing = {"", 0};
    uint32_t shown = 0;

    for (uint32_t i = 0; cases && i < cases->case_count && shown < 4; i++)
        if (!cover->cases[i]) {
            missing = pm_chk_format(
                c, "%.*s%s%.*s.%.*s", (int)missing.size, missing.data,
                shown ? ", " : "", (int)cases->name.size, cases->name.data,
                (int)cases->cases[i].name.size, cases->cases[i].name.data);
            shown++;
        }
    if (cover->type->kind == PM_LT_BOOL)
        missing = pm_chk_text(cover->yes ? "false" : "true");
    if (cover->type->kind == PM_LT_OPTIONAL)
        missing = pm_chk_text(cover->some ? "none" : "some(x)");
    if (cover->type->kind == PM_LT_RESULT && !cover->ok)
        missing = pm_chk_text("ok(x)");
    struct pm_lang_diag *diag = pm_chk_error(
        c, PM_LANG_NOT_EXHAUSTIVE, ast,
        missing.size ? "not every value of %s has an arm: %s is missing"
                     : "not every value of %s has an arm%s",
        pm_chk_show_type(c, cover->type),
        missing.size ? pm_chk_show(c, missing) : "");
    pm_chk_help(c, diag, "add it, or an arm 'default -> …'");
}

// Ifs from the last arm to the first.
static struct pm_low *chain(struct checker *c, struct arm *arms, uint32_t count,
                            const struct pm_lt *type, struct pm_span span)
{
    struct pm_low *low = NULL;

    for (uint32_t i = count; i-- > 0;) {
        struct arm *arm = &arms[i];
        pm_chk_push(c, &arm->binds, arm->body);
        struct pm_low *body =
            pm_chk_low_block(c, arm->body->type, arm->body->span, &arm->binds);
        // The last arm is what is left when all is covered.
        if (!arm->test || (!low && i + 1 == count && count > 0 && type)) {
            low = body;
            continue;
        }
        bool never = low && low->type->kind == PM_LT_NEVER &&
                     body->type->kind == PM_LT_NEVER;
        low = pm_chk_low_if(c,
                            never  ? c->t_never
                            : type ? type
                                   : c->t_void,
                            span, arm->test, body, low);
    }
    return low ? low : pm_chk_low(c, PM_LOW_BLOCK, c->t_void, span, 0);
}

static const struct pm_lt *joined(struct checker *c, struct arm *arms,
                                  uint32_t count, const struct pm_lt *expected)
{
    const struct pm_lt *type = c->t_never;

    if (expected && !expected->has_unknown)
        return expected;
    // What literals are made of follows the others.
    for (int pass = 0; pass < 2 && type->kind == PM_LT_NEVER; pass++)
        for (uint32_t i = 0; i < count; i++)
            if (pass || !pm_chk_adapts(arms[i].ast->kids[1]))
                type = pm_chk_join(c, arms[i].ast, type, arms[i].body->type);
    return type;
}

static void fit_arms(struct checker *c, struct arm *arms, uint32_t count,
                     const struct pm_lt *type)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct pm_ast *body = arms[i].ast->kids[1];
        if (arms[i].body->type->kind == PM_LT_NEVER)
            continue;
        if (arms[i].body->type != type && pm_chk_adapts(body))
            arms[i].body = pm_chk_expr_as(c, body, type);
        else
            arms[i].body = pm_chk_coerce(c, body, arms[i].body, type);
    }
}

static void start(struct checker *c, struct chk_switch_state *state,
                  struct pm_low *value, struct chk_list *list)
{
    const struct pm_lt *cases = cases_of(value->type);

    state->value = pm_chk_spill(c, list, value);
    state->cover.type = value->type;
    if (cases && cases->kind == PM_LT_ENUM)
        state->cover.cases = pm_chk_alloc(c, cases->case_count + 1);
    if (value->type->kind == PM_LT_ENUM && value->type->has_payload)
        state->tag =
            pm_chk_spill(c, list,
                         pm_chk_low1(c, PM_LOW_TAG, c->t_int, value->span,
                                     pm_chk_again(c, state->value)));
}

static void check_subject(struct checker *c, const struct pm_ast *ast,
                          const struct pm_lt *type)
{
    switch (type->kind) {
    case PM_LT_UNKNOWN:
    case PM_LT_INT:
    case PM_LT_BYTE:
    case PM_LT_BOOL:
    case PM_LT_STR:
    case PM_LT_ENUM:
    case PM_LT_OPTIONAL:
    case PM_LT_RESULT:
        return;
    default:
        pm_chk_error(
            c, PM_LANG_WRONG_PATTERN, ast,
            "found %s behind 'switch', wanted an int, byte, bool, str, "
            "enum, optional or result",
            pm_chk_show_type(c, type));
    }
}

static struct arm *read_arms(struct checker *c, const struct pm_ast *ast,
                             struct chk_switch_state *state, bool wants_value,
                             const struct pm_lt *expected, uint32_t *out_count)
{
    struct arm *arms = pm_chk_alloc(c, ast->count * sizeof *arms);
    uint32_t count = 0;

    for (uint32_t i = 1; i < ast->count; i++) {
        if (ast->kids[i]->kind != PM_AST_ARM)
            continue;
        struct arm *arm = &arms[count++];
        struct chk_scope scope = pm_chk_scope_begin(c);
        arm->ast = ast->kids[i];
        test_patterns(c, state, arm);
        arm->body =
            pm_chk_arm_body(c, arm->ast->kids[1], wants_value, expected);
        if (wants_value && !expected && !pm_chk_adapts(arm->ast->kids[1]) &&
            arm->body->type->kind != PM_LT_NEVER &&
            !arm->body->type->has_unknown)
            expected = arm->body->type;
        pm_chk_scope_end(c, scope);
    }
    *out_count = count;
    return arms;
}

struct pm_low *pm_chk_switch(struct checker *c, const struct pm_ast *ast,
                             bool wants_value, const struct pm_lt *expected)
{
    struct chk_switch_state state = {0};
    struct chk_list list = {0};
    struct pm_low *value = pm_chk_expr(c, ast->kids[0], NULL);
    uint32_t count;

    check_subject(c, ast->kids[0], value->type);
    start(c, &state, value, &list);
    struct arm *arms = read_arms(c, ast, &state, wants_value, expected, &count);
    bool is_whole = covers_all(&state.cover);
    if (!is_whole && !state.is_bad && !pm_chk_is_unknown(value->type))
        report_missing(c, ast->kids[0], &state.cover);
    const struct pm_lt *type = c->t_void;
    if (wants_value) {
        type = joined(c, arms, count, expected);
        fit_arms(c, arms, count, type);
    }
    struct pm_low *low = chain(c, arms, count, type, pm_chk_span(c, ast));
    pm_chk_push(c, &list, low);
    return pm_chk_low_block(c, low->type, pm_chk_span(c, ast), &list);
}

// --- handle ------------------------------------------------------------------

// The arms' patterns are those of the error.
static struct pm_low *test_error(struct checker *c,
                                 struct chk_switch_state *state,
                                 struct arm *arm, const struct pm_ast *pattern)
{
    if (pattern->kind == PM_AST_PATTERN_SOME ||
        pattern->kind == PM_AST_PATTERN_NONE ||
        pattern->kind == PM_AST_PATTERN_OK ||
        pattern->kind == PM_AST_PATTERN_ERR) {
        pm_chk_help(
            c,
            pm_chk_error(c, PM_LANG_WRONG_PATTERN, pattern,
                         "found a pattern of the whole result, wanted one of "
                         "its error"),
            "write the error itself: E.Case -> …, or _ -> …");
        state->is_bad = true;
        return pm_chk_unknown(c, pattern);
    }
    return test(c, state, arm, pattern);
}

static struct arm *handle_arms(struct checker *c, const struct pm_ast *ast,
                               struct chk_switch_state *state,
                               const struct pm_lt *wanted, uint32_t *out_count)
{
    struct arm *arms = pm_chk_alloc(c, ast->count * sizeof *arms);
    uint32_t count = 0;

    for (uint32_t i = 1; i < ast->count; i++) {
        if (ast->kids[i]->kind != PM_AST_ARM)
            continue;
        struct arm *arm = &arms[count++];
        struct chk_scope scope = pm_chk_scope_begin(c);
        const struct pm_ast *patterns = ast->kids[i]->kids[0];
        bool always = false;
        arm->ast = ast->kids[i];
        for (uint32_t k = 0; k < patterns->count; k++) {
            struct pm_low *one = test_error(c, state, arm, patterns->kids[k]);
            always |= !one;
            if (one && arm->test)
                one = pm_chk_low2(c, PM_LOW_OR, c->t_bool, one->span, arm->test,
                                  one);
            if (one)
                arm->test = one;
        }
        if (always)
            arm->test = NULL;
        bool has_value = wanted->kind != PM_LT_VOID;
        arm->body = pm_chk_arm_body(c, arm->ast->kids[1], has_value,
                                    has_value ? wanted : NULL);
        pm_chk_scope_end(c, scope);
    }
    *out_count = count;
    return arms;
}

struct pm_low *pm_chk_handle(struct checker *c, const struct pm_ast *ast,
                             const struct pm_lt *expected)
{
    struct chk_switch_state state = {0};
    struct chk_list list = {0}, errors = {0};
    struct pm_low *value = pm_chk_expr(c, ast->kids[0], NULL);
    struct pm_span span = pm_chk_span(c, ast);
    const struct pm_lt *type = value->type;
    uint32_t count;

    (void)expected;
    if (type->kind != PM_LT_RESULT) {
        if (!pm_chk_is_unknown(type))
            pm_chk_help(
                c,
                pm_chk_error(c, PM_LANG_MISMATCH, ast->kids[0],
                             "found %s behind 'handle', wanted a result",
                             pm_chk_show_type(c, type)),
                type->kind == PM_LT_OPTIONAL
                    ? "an optional is taken apart with 'else'"
                    : "handle deals with the error of a result");
        return pm_chk_unknown(c, ast);
    }
    struct pm_low *held = pm_chk_spill(c, &list, value);
    start(c, &state,
          pm_chk_low_part(c, type->parts[0], pm_chk_again(c, held), 0),
          &errors);
    const struct pm_lt *wanted = type->parts[1];
    struct arm *arms = handle_arms(c, ast, &state, wanted, &count);
    if (!covers_all(&state.cover) && !state.is_bad &&
        !pm_chk_is_unknown(type->parts[0]))
        report_missing(c, ast->kids[0], &state.cover);
    if (wanted->kind != PM_LT_VOID)
        fit_arms(c, arms, count, wanted);
    pm_chk_push(c, &errors, chain(c, arms, count, wanted, span));
    struct pm_low *failed = pm_chk_low_block(
        c, ((struct pm_low *)errors.items[errors.count - 1])->type, span,
        &errors);
    struct pm_low *is_ok = is_number(
        c, pm_chk_low_part(c, c->t_int, pm_chk_again(c, held), 0), c->t_int, 0);
    struct pm_low *good =
        wanted->kind == PM_LT_VOID
            ? pm_chk_low(c, PM_LOW_BLOCK, c->t_void, span, 0)
            : pm_chk_low_part(c, wanted, pm_chk_again(c, held), 1);
    pm_chk_push(c, &list, pm_chk_low_if(c, wanted, span, is_ok, good, failed));
    return pm_chk_low_block(c, wanted, span, &list);
}
