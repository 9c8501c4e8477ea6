// SPDX-License-Identifier: MIT
//
// Making values fit: what is wanted, what is found, and how to mend it.

#include "lang/check_internal.h"

// Nodes whose type was not whole, as "none", take the one that is wanted.
static void retype(struct checker *c, struct pm_low *low,
                   const struct pm_lt *wanted)
{
    if (!low->type->has_unknown || low->type == wanted)
        return;
    low->type = wanted;
    switch (low->kind) {
    case PM_LOW_SOME:
        if (wanted->kind == PM_LT_OPTIONAL)
            retype(c, low->kids[0], wanted->parts[0]);
        break;
    case PM_LOW_OK:
        if (wanted->kind == PM_LT_RESULT && low->count)
            retype(c, low->kids[0], wanted->parts[1]);
        break;
    case PM_LOW_TUPLE:
        for (uint32_t i = 0; i < low->count && i < wanted->part_count; i++)
            retype(c, low->kids[i], wanted->parts[i]);
        break;
    case PM_LOW_ARRAY:
        for (uint32_t i = 0; i < low->count && wanted->part_count; i++)
            retype(c, low->kids[i], wanted->parts[0]);
        break;
    case PM_LOW_BLOCK:
        if (low->count)
            retype(c, low->kids[low->count - 1], wanted);
        break;
    case PM_LOW_IF:
        retype(c, low->kids[1], wanted);
        if (low->kids[2])
            retype(c, low->kids[2], wanted);
        break;
    default:
        break;
    }
}

static void report_mismatch(struct checker *c, const struct pm_ast *ast,
                            const struct pm_lt *found,
                            const struct pm_lt *wanted)
{
    struct pm_lang_diag *diag = pm_chk_error(
        c, found->kind == PM_LT_VOID ? PM_LANG_NO_VALUE : PM_LANG_MISMATCH, ast,
        found->kind == PM_LT_VOID ? "found something without a value%.0s, "
                                    "wanted %s"
                                  : "found %s, wanted %s",
        pm_chk_show_type(c, found), pm_chk_show_type(c, wanted));

    if (found->kind == PM_LT_TUPLE && wanted->kind != PM_LT_TUPLE)
        pm_chk_help_tuple(c, diag, ast);
    else if (wanted->kind == PM_LT_STRUCT && found->kind == PM_LT_ARRAY &&
             pm_chk_is(pm_chk_struct_of(wanted)->decl->name, "List"))
        pm_chk_help(c, diag, "write [a, b].to_list(), or new List<int>()");
    else if (wanted->kind == PM_LT_INT && found->kind == PM_LT_FLOAT)
        pm_chk_help(c, diag, "int(…) takes the part before the point");
    else if (wanted->kind == PM_LT_FLOAT && found->kind == PM_LT_INT)
        pm_chk_help(c, diag, "float(…) converts it");
    else if (wanted->kind == PM_LT_BYTE && found->kind == PM_LT_INT)
        pm_chk_help(c, diag,
                    "byte(…) converts it and traps outside of 0..255; "
                    ".wrap_byte() takes the low 8 bits");
    else if (wanted->kind == PM_LT_STR && pm_chk_is_number(found))
        pm_chk_help(c, diag, "str(…) converts it, and so does \"{…}\"");
    else if (wanted->kind == PM_LT_OPTIONAL &&
             pm_chk_type_same(found, wanted->parts[0]))
        pm_chk_help(c, diag, "write some(…)");
    else if (wanted->kind == PM_LT_RESULT &&
             pm_chk_type_same(found, wanted->parts[1]))
        pm_chk_help(c, diag, "write ok(…)");
    else if (wanted->kind == PM_LT_RESULT &&
             pm_chk_type_same(found, wanted->parts[0]))
        pm_chk_help(c, diag, "write err(…)");
    else if (found->kind == PM_LT_OPTIONAL &&
             pm_chk_type_same(found->parts[0], wanted))
        pm_chk_help(c, diag, "say what it is when there is none: … else …");
    else if (found->kind == PM_LT_RESULT &&
             pm_chk_type_same(found->parts[1], wanted))
        pm_chk_help(
            c, diag,
            "pass the error on with '!', or deal with it with 'handle'");
}

struct pm_low *pm_chk_coerce(struct checker *c, const struct pm_ast *ast,
                             struct pm_low *value, const struct pm_lt *wanted)
{
    const struct pm_lt *found = value->type;

    if (found == wanted || found->kind == PM_LT_NEVER)
        return value;
    if (found->kind != PM_LT_VOID && pm_chk_type_same(found, wanted)) {
        retype(c, value, wanted);
        return value;
    }
    if (wanted->kind == PM_LT_CONTRACT && pm_chk_struct_has(c, found, wanted))
        return pm_chk_low1(c, PM_LOW_UPCAST, wanted, value->span, value);
    report_mismatch(c, ast, found, wanted);
    return pm_chk_unknown(c, ast);
}

struct pm_low *pm_chk_expr_as(struct checker *c, const struct pm_ast *ast,
                              const struct pm_lt *wanted)
{
    return pm_chk_coerce(c, ast, pm_chk_expr(c, ast, wanted), wanted);
}

bool pm_chk_adapts(const struct pm_ast *ast)
{
    switch (ast->kind) {
    case PM_AST_INT:
    case PM_AST_CHAR:
        return true;
    case PM_AST_EXPRESSION:
    case PM_AST_NEG:
    case PM_AST_PAREN:
    case PM_AST_COMPLEMENT:
        return pm_chk_adapts(ast->kids[0]);
    case PM_AST_BINARY:
        return pm_chk_adapts(ast->kids[0]) && pm_chk_adapts(ast->kids[1]);
    default:
        return false;
    }
}
