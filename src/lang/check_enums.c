// SPDX-License-Identifier: MIT
//
// The members of enums: their cases, and E.from(n).

#include "lang/check_internal.h"

// E.from(n): some case, if one has the number.
static struct pm_low *enum_from(struct checker *c, const struct pm_ast *call,
                                const struct pm_lt *type)
{
    struct pm_span span = pm_chk_span(c, call);
    struct chk_list list = {0};

    if (!pm_chk_count_is(c, call, pm_chk_text("from"), 1, 1))
        return pm_chk_unknown(c, call);
    struct pm_low *number = pm_chk_spill(
        c, &list, pm_chk_expr_as(c, call->kids[2]->kids[0], c->t_int));
    struct pm_low *known = NULL;
    for (uint32_t i = 0; i < type->case_count; i++) {
        struct pm_low *one = pm_chk_low_op(
            c, PM_OP_EQ, c->t_bool, span, pm_chk_again(c, number),
            pm_chk_low_int(c, c->t_int, span, type->cases[i].number));
        known = known ? pm_chk_low2(c, PM_LOW_OR, c->t_bool, span, known, one)
                      : one;
    }
    if (!known)
        return pm_chk_unknown(c, call);
    const struct pm_lt *optional = pm_chk_type_optional(c, type);
    struct pm_low *value =
        pm_chk_low_op(c, PM_OP_NOP, type, span, pm_chk_again(c, number), NULL);
    pm_chk_push(
        c, &list,
        pm_chk_low_if(c, optional, span, known,
                      pm_chk_low1(c, PM_LOW_SOME, optional, span, value),
                      pm_chk_zero(c, optional, span)));
    return pm_chk_low_block(c, optional, span, &list);
}

static struct pm_low *make_case(struct checker *c, const struct pm_ast *ast,
                                const struct pm_lt *type, uint32_t index,
                                const struct pm_ast *call)
{
    const struct pm_lt_case *one = &type->cases[index];
    struct chk_decl *decl = type->declaration;
    const struct pm_ast *params = decl->ast->kids[index]->kids[0];
    struct chk_list before = {0};

    if (!type->has_payload || one->field_count == 0) {
        if (call)
            pm_chk_error(c, PM_LANG_ARGUMENT_COUNT, call,
                         "the case '%s' has no values; write it without "
                         "parentheses",
                         pm_chk_show(c, one->name));
        if (!type->has_payload)
            return pm_chk_low_int(c, type, pm_chk_span(c, ast), one->number);
        struct pm_low *plain =
            pm_chk_low(c, PM_LOW_CASE, type, pm_chk_span(c, ast), 0);
        plain->case_index = index;
        return plain;
    }
    if (!call) {
        pm_chk_error(c, PM_LANG_ARGUMENT_COUNT, ast,
                     "the case '%s' has %u value%s: write %s(…)",
                     pm_chk_show(c, one->name), one->field_count,
                     one->field_count == 1 ? "" : "s",
                     pm_chk_show(c, one->name));
        return pm_chk_zero(c, type, pm_chk_span(c, ast));
    }
    struct chk_call args = {.ast = call,
                            .name = one->name,
                            .file = decl->file,
                            .declared = decl->ast->kids[index]};
    args.params = pm_chk_params(c, params, decl->file, &args.count);
    if (!pm_chk_arguments(c, &args, call->kids[2], NULL, NULL, &before))
        return pm_chk_zero(c, type, pm_chk_span(c, ast));
    struct pm_low *low =
        pm_chk_low(c, PM_LOW_CASE, type, pm_chk_span(c, call), args.count);
    low->case_index = index;
    for (uint32_t i = 0; i < args.count; i++)
        low->kids[i] = args.params[i].low;
    pm_chk_push(c, &before, low);
    return pm_chk_low_block(c, type, low->span, &before);
}

struct pm_low *pm_chk_enum_member(struct checker *c, const struct pm_ast *ast,
                                  struct chk_decl *decl, struct pm_text name,
                                  const struct pm_ast *call)
{
    const struct pm_lt *type = pm_chk_decl_type(c, decl);

    if (type->case_count < decl->ast->count)
        return pm_chk_zero(c, type,
                           pm_chk_span(c, ast)); // told when it was read
    for (uint32_t i = 0; i < type->case_count; i++)
        if (pm_chk_same(type->cases[i].name, name))
            return make_case(c, ast, type, i, call);
    if (call && pm_chk_is(name, "from") && !type->has_payload)
        return enum_from(c, call, type);
    pm_chk_unknown_case(c, ast, type);
    return pm_chk_zero(c, type, pm_chk_span(c, ast));
}
