// SPDX-License-Identifier: MIT
//
// switch and handle: arms from top to bottom.

#include "lang/check_patterns.h"

// --- arms --------------------------------------------------------------------

static bool binds_names(const struct pm_ast *pattern)
{
    return pattern->kind == PM_AST_PATTERN_SOME || pattern->count > 1 ||
           (pattern->kind == PM_AST_PATTERN_OK && pattern->count &&
            pattern->kids[0]);
}

// The arms of handle have the error's patterns, not the result's.
static struct pm_low *test_one(struct checker *c,
                               struct chk_switch_state *state,
                               struct chk_arm *arm,
                               const struct pm_ast *pattern)
{
    bool is_of_whole = pattern->kind == PM_AST_PATTERN_SOME ||
                       pattern->kind == PM_AST_PATTERN_NONE ||
                       pattern->kind == PM_AST_PATTERN_OK ||
                       pattern->kind == PM_AST_PATTERN_ERR;

    if (!state->is_error || !is_of_whole)
        return pm_chk_pattern(c, state, arm, pattern);
    pm_chk_help(c,
                pm_chk_error(c, PM_LANG_WRONG_PATTERN, pattern,
                             "found a pattern of the whole result, wanted one "
                             "of its error"),
                "write the error itself: E.Case -> …, or _ -> …");
    // Its names are no further mistakes.
    const struct pm_ast *name = pattern->count ? pattern->kids[0] : NULL;
    if (name &&
        (name->kind == PM_AST_NAME || name->kind == PM_AST_PATTERN_NAME))
        pm_chk_bind_name(c, arm, name, pm_chk_unknown(c, name));
    state->is_bad = true;
    return pm_chk_unknown(c, pattern);
}

static void test_patterns(struct checker *c, struct chk_switch_state *state,
                          struct chk_arm *arm)
{
    const struct pm_ast *patterns = arm->ast->kids[0];
    bool always = false;

    pm_chk_is_too_long(c, patterns, patterns->count, "patterns");
    for (uint32_t i = 0; i < patterns->count; i++) {
        const struct pm_ast *pattern = patterns->kids[i];
        if (patterns->count > 1 && binds_names(pattern))
            pm_chk_error(c, PM_LANG_WRONG_PATTERN, pattern,
                         "a pattern beside others cannot bind names");
        struct pm_low *one = test_one(c, state, arm, pattern);
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
                           const struct chk_cover *cover)
{
    const struct pm_lt *cases = pm_chk_cases_of(cover->type);
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
static struct pm_low *chain(struct checker *c, struct chk_arm *arms,
                            uint32_t count, const struct pm_lt *type,
                            struct pm_span span)
{
    struct pm_low *low = NULL;

    for (uint32_t i = count; i-- > 0;) {
        struct chk_arm *arm = &arms[i];
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

static const struct pm_lt *joined(struct checker *c, struct chk_arm *arms,
                                  uint32_t count, const struct pm_lt *expected)
{
    const struct pm_lt *type = c->t_never;

    if (expected && !expected->has_unknown)
        return expected;
    // What literals are made of follows the others.
    for (int pass = 0; pass < 2 && type->kind == PM_LT_NEVER; pass++)
        for (uint32_t i = 0; i < count; i++)
            if (pass || !pm_chk_adapts(arms[i].ast->kids[1]))
                type = pm_chk_join(type, arms[i].body->type);
    return type;
}

static void fit_arms(struct checker *c, struct chk_arm *arms, uint32_t count,
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
    const struct pm_lt *cases = pm_chk_cases_of(value->type);

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

static struct chk_arm *read_arms(struct checker *c, const struct pm_ast *ast,
                                 struct chk_switch_state *state,
                                 bool wants_value, const struct pm_lt *expected,
                                 uint32_t *out_count)
{
    struct chk_arm *arms = pm_chk_alloc(c, ast->count * sizeof *arms);
    uint32_t count = 0;

    pm_chk_is_too_long(c, ast, ast->count - 1, "arms");
    for (uint32_t i = 1; i < ast->count; i++) {
        if (ast->kids[i]->kind != PM_AST_ARM)
            continue;
        struct chk_arm *arm = &arms[count++];
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
    struct chk_arm *arms =
        read_arms(c, ast, &state, wants_value, expected, &count);
    bool is_whole = pm_chk_covers_all(&state.cover);
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

struct pm_low *pm_chk_handle(struct checker *c, const struct pm_ast *ast,
                             const struct pm_lt *expected)
{
    struct chk_switch_state state = {.is_error = true};
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
    bool has_value = wanted->kind != PM_LT_VOID;
    struct chk_arm *arms =
        read_arms(c, ast, &state, has_value, has_value ? wanted : NULL, &count);

    if (!pm_chk_covers_all(&state.cover) && !state.is_bad &&
        !pm_chk_is_unknown(type->parts[0]))
        report_missing(c, ast->kids[0], &state.cover);
    if (has_value)
        fit_arms(c, arms, count, wanted);
    pm_chk_push(c, &errors, chain(c, arms, count, wanted, span));
    struct pm_low *failed = pm_chk_low_block(
        c, ((struct pm_low *)errors.items[errors.count - 1])->type, span,
        &errors);
    struct pm_low *is_ok = pm_chk_is_number_case(
        c, pm_chk_low_part(c, c->t_int, pm_chk_again(c, held), 0), c->t_int, 0);
    struct pm_low *good =
        wanted->kind == PM_LT_VOID
            ? pm_chk_low(c, PM_LOW_BLOCK, c->t_void, span, 0)
            : pm_chk_low_part(c, wanted, pm_chk_again(c, held), 1);
    pm_chk_push(c, &list, pm_chk_low_if(c, wanted, span, is_ok, good, failed));
    return pm_chk_low_block(c, wanted, span, &list);
}
