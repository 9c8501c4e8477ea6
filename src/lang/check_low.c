// SPDX-License-Identifier: MIT
//
// Making nodes of the lowered form.

#include "lang/check_internal.h"

struct pm_low *pm_chk_low(struct checker *c, pm_low_kind kind,
                          const struct pm_lt *type, struct pm_span span,
                          uint32_t count)
{
    struct pm_low *low =
        pm_chk_alloc(c, sizeof *low + count * sizeof(struct pm_low *));

    low->kind = (uint8_t)kind;
    low->type = type;
    low->span = span;
    low->count = count;
    return low;
}

struct pm_low *pm_chk_low1(struct checker *c, pm_low_kind kind,
                           const struct pm_lt *type, struct pm_span span,
                           struct pm_low *kid)
{
    struct pm_low *low = pm_chk_low(c, kind, type, span, 1);

    low->kids[0] = kid;
    return low;
}

struct pm_low *pm_chk_low2(struct checker *c, pm_low_kind kind,
                           const struct pm_lt *type, struct pm_span span,
                           struct pm_low *a, struct pm_low *b)
{
    struct pm_low *low = pm_chk_low(c, kind, type, span, 2);

    low->kids[0] = a;
    low->kids[1] = b;
    return low;
}

struct pm_low *pm_chk_low_int(struct checker *c, const struct pm_lt *type,
                              struct pm_span span, int64_t number)
{
    struct pm_low *low = pm_chk_low(c, PM_LOW_INT, type, span, 0);

    low->number = number;
    return low;
}

struct pm_low *pm_chk_low_str(struct checker *c, struct pm_span span,
                              struct pm_text text)
{
    struct pm_low *low = pm_chk_low(c, PM_LOW_STR, c->t_str, span, 0);

    low->text = text;
    return low;
}

struct pm_low *pm_chk_low_op(struct checker *c, pm_opcode op,
                             const struct pm_lt *type, struct pm_span span,
                             struct pm_low *a, struct pm_low *b)
{
    struct pm_low *low = pm_chk_low(c, PM_LOW_OP, type, span,
                                    b   ? 2
                                    : a ? 1
                                        : 0);

    low->ops[0] = (uint16_t)op;
    low->op_count = 1;
    if (a)
        low->kids[0] = a;
    if (b)
        low->kids[1] = b;
    return low;
}

struct pm_low *pm_chk_low_block(struct checker *c, const struct pm_lt *type,
                                struct pm_span span,
                                const struct chk_list *list)
{
    if (list->count == 1 && ((struct pm_low *)list->items[0])->type == type)
        return list->items[0];
    struct pm_low *low = pm_chk_low(c, PM_LOW_BLOCK, type, span, list->count);
    for (uint32_t i = 0; i < list->count; i++)
        low->kids[i] = list->items[i];
    return low;
}

struct pm_low *pm_chk_low_if(struct checker *c, const struct pm_lt *type,
                             struct pm_span span, struct pm_low *condition,
                             struct pm_low *then, struct pm_low *otherwise)
{
    struct pm_low *low = pm_chk_low(c, PM_LOW_IF, type, span, 3);

    low->kids[0] = condition;
    low->kids[1] = then;
    low->kids[2] = otherwise;
    return low;
}

struct pm_low *pm_chk_low_part(struct checker *c, const struct pm_lt *type,
                               struct pm_low *value, uint32_t index)
{
    struct pm_low *low = pm_chk_low1(c, PM_LOW_PART, type, value->span, value);

    low->index = index;
    return low;
}

struct pm_low *pm_chk_low_call(struct checker *c, struct pm_low_fn *fn,
                               const struct pm_lt *type, struct pm_span span,
                               struct chk_list *arguments)
{
    uint32_t count = arguments ? arguments->count : 0;
    struct pm_low *low = pm_chk_low(c, PM_LOW_CALL, type, span, count);

    low->function = fn;
    for (uint32_t i = 0; i < count; i++)
        low->kids[i] = arguments->items[i];
    return low;
}

struct pm_low *pm_chk_zero(struct checker *c, const struct pm_lt *type,
                           struct pm_span span)
{
    return pm_chk_low(c, PM_LOW_ZERO, type, span, 0);
}

struct pm_low *pm_chk_unknown(struct checker *c, const struct pm_ast *ast)
{
    return pm_chk_zero(c, c->t_unknown, pm_chk_span(c, ast));
}

// Whether reading the node later gives the same.
static bool is_fixed(const struct pm_low *value)
{
    return value->kind == PM_LOW_INT || value->kind == PM_LOW_FLOAT ||
           value->kind == PM_LOW_STR || value->kind == PM_LOW_SELF ||
           (value->kind == PM_LOW_ZERO);
}

struct pm_low *pm_chk_again(struct checker *c, const struct pm_low *node)
{
    uint32_t room = node->count > 2 ? node->count : 2;
    size_t size = sizeof *node + room * sizeof(struct pm_low *);
    struct pm_low *copy = pm_chk_alloc(c, size);

    memcpy(copy, node, sizeof *node + node->count * sizeof(struct pm_low *));
    return copy;
}

struct pm_low *pm_chk_spill(struct checker *c, struct chk_list *list,
                            struct pm_low *value)
{
    if (is_fixed(value))
        return value;
    struct pm_text none = {"", 0};
    uint32_t index = pm_chk_low_local(c, c->body->low, value->type, none);
    struct pm_low *set =
        pm_chk_low1(c, PM_LOW_SET_LOCAL, c->t_void, value->span, value);
    set->index = index;
    set->is_declaration = true;
    pm_chk_push(c, list, set);
    struct pm_low *get =
        pm_chk_low(c, PM_LOW_LOCAL, value->type, value->span, 2);
    get->count = 0;
    get->index = index;
    return get;
}

bool pm_chk_is_never(const struct pm_low *low)
{
    return low->type->kind == PM_LT_NEVER;
}
