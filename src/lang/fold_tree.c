// SPDX-License-Identifier: MIT
//
// Values made simpler: constants folded, identities that are exact, parts of
// values that are put together right there.
#include <string.h>

#include "lang/emit_internal.h"
#include "lang/optimise_internal.h"

// --- constants ---------------------------------------------------------------

static char fold_type(const struct pm_lt *type)
{
    switch (type->kind) {
    case PM_LT_FLOAT:
        return 'd';
    case PM_LT_BOOL:
        return 'b';
    case PM_LT_BYTE:
        return 'y';
    case PM_LT_INT:
        return 'l';
    case PM_LT_ENUM:
        return type->has_payload ? 0 : 'l';
    default:
        return 0;
    }
}

static bool take_constant(const struct pm_low *node, struct pm_fold_value *out)
{
    out->type = fold_type(node->type);
    if (out->type == 0)
        return false;
    if (node->kind == PM_LOW_INT && out->type != 'd')
        out->bits = (uint64_t)node->number;
    else if (node->kind == PM_LOW_FLOAT && out->type == 'd')
        memcpy(&out->bits, &node->real, sizeof out->bits);
    else
        return false;
    return true;
}

static void put_constant(struct pm_low *node, const struct pm_fold_value *value)
{
    node->kind = value->type == 'd' ? PM_LOW_FLOAT : PM_LOW_INT;
    node->count = 0;
    node->op_count = 0;
    if (value->type == 'd')
        memcpy(&node->real, &value->bits, sizeof node->real);
    else
        node->number = (int64_t)value->bits;
}

static bool fold_constants(struct pm_low *node)
{
    struct pm_fold_value stack[8];
    uint32_t depth = 0;
    if (node->count > 4)
        return false;
    for (uint32_t i = 0; i < node->count; i++)
        if (!take_constant(node->kids[i], &stack[depth++]))
            return false;
    for (uint32_t i = 0; i < node->op_count; i++)
        if (!pm_fold_op(node->ops[i], stack, &depth))
            return false;
    if (depth != 1 || stack[0].type != fold_type(node->type))
        return false;
    put_constant(node, &stack[0]);
    return true;
}

struct pm_low *pm_opt_simplify_zero(struct pm_opt *opt, struct pm_low *node)
{
    struct pm_fold_value zero = {fold_type(node->type), 0};
    if (zero.type) {
        put_constant(node, &zero);
        opt->touched = true;
    }
    return node;
}

// --- strings -----------------------------------------------------------------

// Strings that are joined while compiling are at most so long.
#define MOST_TEXT 65536

static bool join(struct pm_opt *opt, const struct pm_low *a,
                 const struct pm_low *b, struct pm_low *out)
{
    size_t size = (size_t)a->text.size + b->text.size;
    if (size > MOST_TEXT)
        return false;
    char *text = pm_arena_alloc(opt->program->arena, size + 1);
    if (!text) {
        opt->no_memory = true;
        return false;
    }
    if (a->text.size)
        memcpy(text, a->text.data, a->text.size);
    if (b->text.size)
        memcpy(text + a->text.size, b->text.data, b->text.size);
    out->kind = PM_LOW_STR;
    out->count = 0;
    out->op_count = 0;
    out->text = (struct pm_text){text, (uint32_t)size};
    return true;
}

// "a" + "b", and (x + "a") + "b".
static bool join_constants(struct pm_opt *opt, struct pm_low *node)
{
    struct pm_low *left = node->kids[0];
    struct pm_low *right = node->kids[1];
    if (right->kind != PM_LOW_STR)
        return false;
    if (left->kind == PM_LOW_STR)
        return join(opt, left, right, node);
    if (!pm_opt_is_op(left, PM_OP_ADD) || left->kids[1]->kind != PM_LOW_STR ||
        !join(opt, left->kids[1], right, right))
        return false;
    node->kids[0] = left->kids[0];
    opt->changed = true;
    return true;
}

static bool fold_strings(struct pm_opt *opt, struct pm_low *node)
{
    struct pm_low *const *kids = node->kids;
    uint16_t op = node->ops[0];
    if (node->op_count != 1 || node->count == 0 ||
        kids[0]->type->kind != PM_LT_STR)
        return false;
    if (op == PM_OP_ADD)
        return join_constants(opt, node);
    if (kids[0]->kind != PM_LOW_STR)
        return false;
    if (op == PM_OP_STR_LEN) {
        struct pm_fold_value size = {'l', kids[0]->text.size};
        put_constant(node, &size);
        return true;
    }
    if ((op != PM_OP_EQ && op != PM_OP_NE) || kids[1]->kind != PM_LOW_STR)
        return false;
    bool same = pm_emit_same_text(kids[0]->text, kids[1]->text);
    struct pm_fold_value holds = {'b', same == (op == PM_OP_EQ)};
    put_constant(node, &holds);
    return true;
}

// --- identities --------------------------------------------------------------

static bool is_number(const struct pm_low *node, int64_t number)
{
    return pm_opt_is_int(node) && node->number == number;
}

// Whether "x op number" is x.
static bool keeps_left(uint16_t op, const struct pm_low *right)
{
    switch (op) {
    case PM_OP_ADD:
    case PM_OP_SUB:
    case PM_OP_OR:
    case PM_OP_XOR:
    case PM_OP_SHL:
    case PM_OP_SHR:
    case PM_OP_SHR_U:
        return is_number(right, 0);
    case PM_OP_MUL:
    case PM_OP_DIV:
        // Exact for floats too; every NaN is the one NaN when it is seen.
        return is_number(right, 1) ||
               (right->kind == PM_LOW_FLOAT && right->real == 1.0);
    case PM_OP_AND:
        return is_number(right, -1);
    default:
        return false;
    }
}

static bool commutes(uint16_t op)
{
    return op == PM_OP_ADD || op == PM_OP_MUL || op == PM_OP_AND ||
           op == PM_OP_OR || op == PM_OP_XOR;
}

// (x + 1) + 2 is x + 3, since integers wrap; so with * & | ^.
static bool regroup(struct pm_opt *opt, struct pm_low *node)
{
    struct pm_low *left = node->kids[0];
    struct pm_low *right = node->kids[1];
    struct pm_fold_value stack[2];
    uint32_t depth = 2;
    if (!commutes(node->ops[0]) || node->type->kind != PM_LT_INT ||
        !pm_opt_is_op(left, node->ops[0]) || right->kind != PM_LOW_INT ||
        left->kids[1]->kind != PM_LOW_INT ||
        !take_constant(left->kids[1], &stack[0]) ||
        !take_constant(right, &stack[1]) ||
        !pm_fold_op(node->ops[0], stack, &depth))
        return false;
    right->number = (int64_t)stack[0].bits;
    node->kids[0] = left->kids[0];
    opt->changed = true;
    return true;
}

static struct pm_low *identity(struct pm_opt *opt, struct pm_low *node)
{
    uint16_t op = node->ops[0];
    if (node->op_count != 1 || node->count != 2)
        return node;
    if (keeps_left(op, node->kids[1])) {
        opt->changed = true;
        return node->kids[0];
    }
    if (commutes(op) && keeps_left(op, node->kids[0])) {
        opt->changed = true;
        return node->kids[1];
    }
    if ((op == PM_OP_MUL || op == PM_OP_AND) && is_number(node->kids[1], 0) &&
        pm_low_is_pure(node->kids[0])) {
        opt->changed = true;
        return node->kids[1];
    }
    regroup(opt, node);
    return node;
}

// --- booleans ----------------------------------------------------------------

static uint16_t opposite(uint16_t op)
{
    switch (op) {
    case PM_OP_EQ:
        return PM_OP_NE;
    case PM_OP_NE:
        return PM_OP_EQ;
    case PM_OP_LT:
        return PM_OP_GE;
    case PM_OP_LE:
        return PM_OP_GT;
    case PM_OP_GT:
        return PM_OP_LE;
    case PM_OP_GE:
        return PM_OP_LT;
    default:
        return PM_OP_NOP;
    }
}

// NaN is neither less nor not less, but either equal or not.
static bool can_turn(const struct pm_low *compare)
{
    uint16_t op = compare->ops[0];
    if (compare->kind != PM_LOW_OP || compare->op_count != 1 ||
        opposite(op) == PM_OP_NOP)
        return false;
    return op == PM_OP_EQ || op == PM_OP_NE ||
           compare->kids[0]->type->kind != PM_LT_FLOAT;
}

static struct pm_low *simplify_not(struct pm_opt *opt, struct pm_low *node)
{
    struct pm_low *kid = node->kids[0];
    if (node->type->kind != PM_LT_BOOL || node->op_count != 1)
        return node;
    if (pm_opt_is_op(kid, PM_OP_NOT)) {
        opt->changed = true;
        return kid->kids[0];
    }
    if (!can_turn(kid))
        return node;
    kid->ops[0] = opposite(kid->ops[0]);
    opt->changed = true;
    return kid;
}

struct pm_low *pm_opt_not(struct pm_opt *opt, struct pm_low *node)
{
    struct pm_low *negated =
        pm_opt_node(opt, PM_LOW_OP, node->type, node->span, 1);
    if (!negated)
        return node;
    negated->ops[0] = PM_OP_NOT;
    negated->op_count = 1;
    negated->kids[0] = node;
    return pm_opt_simplify_op(opt, negated);
}

// x == true, x != false are x; the others are not x.
static struct pm_low *compare_bools(struct pm_opt *opt, struct pm_low *node)
{
    uint16_t op = node->ops[0];
    if (node->op_count != 1 || node->count != 2 ||
        (op != PM_OP_EQ && op != PM_OP_NE) ||
        node->kids[1]->kind != PM_LOW_INT ||
        node->kids[0]->type->kind != PM_LT_BOOL)
        return node;
    opt->changed = true;
    if ((node->kids[1]->number != 0) == (op == PM_OP_EQ))
        return node->kids[0];
    return pm_opt_not(opt, node->kids[0]);
}

struct pm_low *pm_opt_simplify_op(struct pm_opt *opt, struct pm_low *node)
{
    if (node->op_count == 0)
        return node;
    if (fold_constants(node) || fold_strings(opt, node)) {
        opt->changed = true;
        return node;
    }
    if (node->ops[0] == PM_OP_NOT)
        return simplify_not(opt, node);
    node = compare_bools(opt, node);
    return node->kind == PM_LOW_OP ? identity(opt, node) : node;
}

// --- parts -------------------------------------------------------------------

// The part of what is put together right here, or NULL. Only where nothing
// else of it would be lost.
static struct pm_low *part_of_made(struct pm_opt *opt, struct pm_low *node)
{
    struct pm_low *value = node->kids[0];
    struct pm_low *wanted = NULL;
    switch (value->kind) {
    case PM_LOW_TUPLE:
        for (uint32_t i = 0; i < value->count; i++)
            if (i == node->index)
                wanted = value->kids[i];
            else if (!pm_low_is_pure(value->kids[i]))
                return NULL;
        return wanted;
    case PM_LOW_SOME:
        if (node->index == 1)
            return value->kids[0];
        if (!pm_low_is_pure(value->kids[0]))
            return NULL;
        wanted = pm_opt_node(opt, PM_LOW_INT, node->type, node->span, 0);
        if (wanted)
            wanted->number = 1;
        return wanted;
    case PM_LOW_OK:
        if (node->index == 1 && value->count)
            return value->kids[0];
        return NULL;
    case PM_LOW_ERR:
        return node->index == 0 && value->kids[0]->type == node->type
                   ? value->kids[0]
                   : NULL;
    case PM_LOW_ZERO:
        return pm_opt_node(opt, PM_LOW_ZERO, node->type, node->span, 0);
    default:
        return NULL;
    }
}

struct pm_low *pm_opt_simplify_part(struct pm_opt *opt, struct pm_low *node)
{
    struct pm_low *value = node->kids[0];
    struct pm_low *part = part_of_made(opt, node);
    if (part) {
        opt->changed = true;
        return part;
    }
    // The part of a block's value: into the block.
    if (value->kind != PM_LOW_BLOCK || value->count == 0 ||
        value->type->kind == PM_LT_NEVER)
        return node;
    struct pm_low **last = &value->kids[value->count - 1];
    if ((*last)->type->kind == PM_LT_NEVER)
        return node;
    node->kids[0] = *last;
    *last = pm_opt_simplify_part(opt, node);
    value->type = node->type;
    opt->changed = true;
    return value;
}
