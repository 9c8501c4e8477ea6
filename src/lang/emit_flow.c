// SPDX-License-Identifier: MIT
//
// Conditions and control flow.
//
// A comparison is followed by its jump and a loop's test stands at its end,
// with a jump to it in front of the loop: the translator makes one op of the
// first and, where the test compares a local with a local or a number, of the
// step, the test and the jump back together.
#include "lang/emit_internal.h"

// --- what can become of a condition ------------------------------------------

static bool is_not(const struct pm_low *node)
{
    return node->kind == PM_LOW_OP && node->op_count == 1 &&
           node->ops[0] == PM_OP_NOT && node->type->kind == PM_LT_BOOL;
}

// Whether control comes back from the node, as far as the tree tells.
static bool completes(const struct pm_low *node)
{
    if (node->type->kind == PM_LT_NEVER)
        return false;
    if (node->kind == PM_LOW_IF || node->kind == PM_LOW_AND ||
        node->kind == PM_LOW_OR) {
        struct pm_emit_truth truth = pm_emit_truth(node->kids[0]);
        bool then = truth.can_hold && completes(node->kids[1]);
        if (node->kind == PM_LOW_AND)
            return truth.can_fail || then;
        if (node->kind == PM_LOW_OR)
            return truth.can_hold ||
                   (truth.can_fail && completes(node->kids[1]));
        if (node->count < 3 || !node->kids[2])
            return truth.can_fail || then;
        return then || (truth.can_fail && completes(node->kids[2]));
    }
    if (node->kind == PM_LOW_WHILE)
        return true;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i] && !completes(node->kids[i]))
            return false;
    return true;
}

static struct pm_emit_truth truth_of_block(const struct pm_low *block)
{
    for (uint32_t i = 0; i + 1 < block->count; i++)
        if (!completes(block->kids[i]))
            return (struct pm_emit_truth){false, false};
    return pm_emit_truth(block->kids[block->count - 1]);
}

static struct pm_emit_truth truth_of_if(const struct pm_low *node)
{
    struct pm_emit_truth c = pm_emit_truth(node->kids[0]);
    struct pm_emit_truth t = pm_emit_truth(node->kids[1]);
    struct pm_emit_truth f = pm_emit_truth(node->kids[2]);
    return (struct pm_emit_truth){
        (c.can_hold && t.can_hold) || (c.can_fail && f.can_hold),
        (c.can_hold && t.can_fail) || (c.can_fail && f.can_fail)};
}

// What pm_emit_branch makes of it: it jumps or falls through exactly where
// this says that it can.
struct pm_emit_truth pm_emit_truth(const struct pm_low *node)
{
    struct pm_emit_truth left;
    struct pm_emit_truth right;

    if (node->type->kind == PM_LT_NEVER)
        return (struct pm_emit_truth){false, false};
    if (node->kind == PM_LOW_INT)
        return (struct pm_emit_truth){node->number != 0, node->number == 0};
    if (is_not(node)) {
        left = pm_emit_truth(node->kids[0]);
        return (struct pm_emit_truth){left.can_fail, left.can_hold};
    }
    if (node->kind == PM_LOW_BLOCK && node->count)
        return truth_of_block(node);
    if (node->kind == PM_LOW_IF && node->count == 3 && node->kids[2])
        return truth_of_if(node);
    if (node->kind == PM_LOW_AND || node->kind == PM_LOW_OR) {
        left = pm_emit_truth(node->kids[0]);
        right = pm_emit_truth(node->kids[1]);
        if (node->kind == PM_LOW_AND)
            return (struct pm_emit_truth){
                left.can_hold && right.can_hold,
                left.can_fail || (left.can_hold && right.can_fail)};
        return (struct pm_emit_truth){left.can_hold ||
                                          (left.can_fail && right.can_hold),
                                      left.can_fail && right.can_fail};
    }
    bool comes_back = completes(node);
    return (struct pm_emit_truth){comes_back, comes_back};
}

// --- branches ----------------------------------------------------------------

// Both halves lead to [label] when the whole is [when].
static void both(struct pm_emit *e, const struct pm_low *node, bool when,
                 struct pm_emit_label *label)
{
    pm_emit_branch(e, node->kids[0], when, label);
    pm_emit_branch(e, node->kids[1], when, label);
}

// The first half alone may already say that the whole is not [when].
static void one_after_other(struct pm_emit *e, const struct pm_low *node,
                            bool when, struct pm_emit_label *label)
{
    struct pm_emit_label past = {.depth = e->depth};
    pm_emit_branch(e, node->kids[0], !when, &past);
    pm_emit_branch(e, node->kids[1], when, label);
    pm_emit_bind(e, &past);
}

static void branch_of_if(struct pm_emit *e, const struct pm_low *node,
                         bool when, struct pm_emit_label *label)
{
    struct pm_emit_label otherwise = {.depth = e->depth};
    struct pm_emit_label end = {.depth = e->depth};
    pm_emit_branch(e, node->kids[0], false, &otherwise);
    pm_emit_branch(e, node->kids[1], when, label);
    pm_emit_jump(e, &end);
    pm_emit_bind(e, &otherwise);
    pm_emit_branch(e, node->kids[2], when, label);
    pm_emit_bind(e, &end);
}

static void branch_of_block(struct pm_emit *e, const struct pm_low *node,
                            bool when, struct pm_emit_label *label)
{
    for (uint32_t i = 0; i + 1 < node->count; i++)
        pm_emit_effect(e, node->kids[i]);
    pm_emit_branch(e, node->kids[node->count - 1], when, label);
}

// Whether it asks if a nullable reference is there.
static bool is_some_test(const struct pm_low *node)
{
    return node->kind == PM_LOW_PART && node->index == 0 &&
           pm_emit_is_nullable(node->kids[0]->type);
}

static void branch_of_value(struct pm_emit *e, const struct pm_low *node,
                            bool when, struct pm_emit_label *label)
{
    if (is_some_test(node)) {
        pm_emit_value(e, node->kids[0]);
        pm_emit_plain(e, PM_OP_IS_NULL);
        when = !when;
    } else {
        pm_emit_value(e, node);
    }
    pm_emit_jump_if(e, when, label);
}

static void branch(struct pm_emit *e, const struct pm_low *node, bool when,
                   struct pm_emit_label *label)
{
    if (node->type->kind == PM_LT_NEVER) {
        pm_emit_effect(e, node);
    } else if (node->kind == PM_LOW_INT) {
        if ((node->number != 0) == when)
            pm_emit_jump(e, label);
    } else if (is_not(node)) {
        pm_emit_branch(e, node->kids[0], !when, label);
    } else if (node->kind == PM_LOW_BLOCK && node->count) {
        branch_of_block(e, node, when, label);
    } else if (node->kind == PM_LOW_IF && node->count == 3 && node->kids[2]) {
        branch_of_if(e, node, when, label);
    } else if (node->kind == PM_LOW_AND) {
        (when ? one_after_other : both)(e, node, when, label);
    } else if (node->kind == PM_LOW_OR) {
        (when ? both : one_after_other)(e, node, when, label);
    } else {
        branch_of_value(e, node, when, label);
    }
}

void pm_emit_branch(struct pm_emit *e, const struct pm_low *condition,
                    bool when, struct pm_emit_label *label)
{
    uint32_t depth = e->depth;
    branch(e, condition, when, label);
    e->depth = depth;
}

// --- and, or as values -------------------------------------------------------

static uint32_t size_of(const struct pm_low *node, uint32_t most)
{
    uint32_t size = 1;
    for (uint32_t i = 0; i < node->count && size <= most; i++)
        if (node->kids[i])
            size += size_of(node->kids[i], most - size);
    return size;
}

// Where evaluating both costs little and is not noticed there is no jump.
#define SMALL_ENOUGH 5

void pm_emit_logic(struct pm_emit *e, const struct pm_low *node)
{
    bool is_and = node->kind == PM_LOW_AND;
    const struct pm_low *right = node->kids[1];
    struct pm_emit_label known = {.depth = e->depth};
    struct pm_emit_label end = {.depth = e->depth + 1};

    if (right->kind != PM_LOW_AND && right->kind != PM_LOW_OR &&
        pm_low_is_pure(right) && size_of(right, SMALL_ENOUGH) <= SMALL_ENOUGH) {
        pm_emit_values(e, node->kids, 2);
        pm_emit_plain(e, is_and ? PM_OP_AND : PM_OP_OR);
        return;
    }
    pm_emit_branch(e, node->kids[0], !is_and, &known);
    pm_emit_value(e, right);
    pm_emit_jump(e, &end);
    e->depth = known.depth;
    pm_emit_bind(e, &known);
    pm_emit_bool(e, !is_and);
    pm_emit_bind(e, &end);
}

// --- if ----------------------------------------------------------------------

// The value of an IF: on the stack, or in temporaries where ways with several
// types of references meet in slots of type any.
struct ways {
    struct pm_emit_slots slots;
    uint32_t *held;
    struct pm_emit_label end;
    uint32_t depth;
};

static bool has_any(struct pm_emit_slots slots)
{
    for (uint32_t i = 0; i < slots.count; i++)
        if (slots.types[i] == PM_TYPE_ANY)
            return true;
    return false;
}

static void begin_ways(struct pm_emit *e, const struct pm_lt *type,
                       struct ways *out)
{
    *out =
        (struct ways){.slots = pm_emit_slots(e->em, type), .depth = e->depth};
    out->end.depth = e->depth + out->slots.count;
    if (!has_any(out->slots))
        return;
    out->end.depth = e->depth;
    out->held = pm_emit_alloc(e->em, out->slots.count, sizeof *out->held);
    for (uint32_t i = 0; out->held && i < out->slots.count; i++)
        out->held[i] = pm_emit_take(e, out->slots.types[i]);
}

static void one_way(struct pm_emit *e, struct ways *ways,
                    const struct pm_low *node)
{
    if (ways->slots.count == 0) {
        e->is_statement_start = true;
        e->statement = node->span;
        pm_emit_effect(e, node);
        return;
    }
    pm_emit_value(e, node);
    for (uint32_t i = ways->slots.count; ways->held && i-- > 0;)
        pm_emit_set(e, ways->held[i]);
}

static void end_ways(struct pm_emit *e, struct ways *ways)
{
    pm_emit_bind(e, &ways->end);
    pm_emit_unspill(e, ways->held, ways->slots.count);
    pm_emit_release_all(e, ways->held, ways->slots.count);
}

static const struct pm_low *only_statement(const struct pm_low *node)
{
    while (node->kind == PM_LOW_BLOCK && node->count == 1)
        node = node->kids[0];
    return node;
}

static struct pm_emit_label *label_of(struct pm_emit *e,
                                      const struct pm_low *jump)
{
    if (jump->kind == PM_LOW_BREAK)
        return &e->loops[jump->loop].exit;
    return &e->loops[jump->loop].next;
}

// "if c { break }": the condition's jump itself.
static bool is_jump_alone(struct pm_emit *e, const struct pm_low *then)
{
    const struct pm_low *node = only_statement(then);
    return (node->kind == PM_LOW_BREAK || node->kind == PM_LOW_CONTINUE) &&
           label_of(e, node)->depth == e->depth;
}

// One link of a chain of else-ifs. Gives what is left of it.
static const struct pm_low *link_of_chain(struct pm_emit *e, struct ways *ways,
                                          const struct pm_low *node)
{
    const struct pm_low *otherwise = node->count > 2 ? node->kids[2] : NULL;
    struct pm_emit_label next = {.depth = ways->depth};

    if (is_jump_alone(e, node->kids[1])) {
        pm_emit_branch(e, node->kids[0], true,
                       label_of(e, only_statement(node->kids[1])));
        return otherwise;
    }
    if (otherwise && is_jump_alone(e, otherwise)) {
        pm_emit_branch(e, node->kids[0], false,
                       label_of(e, only_statement(otherwise)));
        one_way(e, ways, node->kids[1]);
        return NULL;
    }
    pm_emit_branch(e, node->kids[0], false, &next);
    one_way(e, ways, node->kids[1]);
    if (otherwise)
        pm_emit_jump(e, &ways->end);
    e->depth = ways->depth;
    pm_emit_bind(e, &next);
    return otherwise;
}

void pm_emit_if(struct pm_emit *e, const struct pm_low *node)
{
    struct ways ways;
    const struct pm_lt *type = node->type;
    begin_ways(e, type, &ways);
    while (node && node->kind == PM_LOW_IF &&
           (node->type == type || ways.slots.count == 0)) {
        node = link_of_chain(e, &ways, node);
        if (node && ways.slots.count == 0)
            node = only_statement(node);
    }
    if (node)
        one_way(e, &ways, node);
    end_ways(e, &ways);
}

// --- loops -------------------------------------------------------------------

static bool has_choice(const struct pm_low *node)
{
    if (node->kind == PM_LOW_AND || node->kind == PM_LOW_OR ||
        node->kind == PM_LOW_IF || node->kind == PM_LOW_WHILE)
        return true;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i] && has_choice(node->kids[i]))
            return true;
    return false;
}

// Whether its code may assign locals, temporaries included.
static bool may_assign(struct pm_emit *e, const struct pm_low *node)
{
    if (!pm_low_is_pure(node) && node->kind != PM_LOW_FIELD &&
        node->kind != PM_LOW_INDEX && node->kind != PM_LOW_LENGTH &&
        node->kind != PM_LOW_OP && node->kind != PM_LOW_CALL &&
        node->kind != PM_LOW_HOST && node->kind != PM_LOW_INTRINSIC &&
        node->kind != PM_LOW_CALL_VALUE && node->kind != PM_LOW_TAG &&
        node->kind != PM_LOW_AND && node->kind != PM_LOW_OR)
        return true;
    if (node->kind == PM_LOW_IF)
        return true;
    if (node->kind == PM_LOW_PART && node->kids[0]->kind != PM_LOW_LOCAL &&
        pm_emit_slot_count(e->em, node->kids[0]->type) != 1)
        return true;
    if (node->kind == PM_LOW_INDEX &&
        pm_emit_slot_count(e->em, node->type) != 1)
        return true;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i] && may_assign(e, node->kids[i]))
            return true;
    return false;
}

// A test at the loop's end leads to its body by several jumps when it has
// several halves, and the linker visits the body after the first: all must
// then have assigned the same locals.
static bool can_rotate(struct pm_emit *e, const struct pm_low *condition)
{
    return !e->never_rotates &&
           (!has_choice(condition) || !may_assign(e, condition));
}

static const struct pm_low *step_of(const struct pm_low *loop)
{
    return loop->count > 2 ? loop->kids[2] : NULL;
}

static void round_of(struct pm_emit *e, const struct pm_low *node)
{
    pm_emit_effect(e, node->kids[1]);
    pm_emit_bind(e, &e->loops[node->loop].next);
    if (step_of(node))
        pm_emit_effect(e, step_of(node));
}

static void tested_at_end(struct pm_emit *e, const struct pm_low *node)
{
    struct pm_emit_label head = {.depth = e->depth};
    struct pm_emit_label test = {.depth = e->depth};
    bool reached = e->reached;

    pm_emit_jump(e, &test);
    pm_emit_bind_back(e, &head, reached);
    round_of(e, node);
    pm_emit_bind(e, &test);
    pm_emit_branch(e, node->kids[0], true, &head);
    if (reached && !head.is_used)
        e->has_dead_body = true;
}

static void tested_at_start(struct pm_emit *e, const struct pm_low *node,
                            struct pm_emit_truth truth)
{
    struct pm_emit_label head = {.depth = e->depth};
    pm_emit_bind_back(e, &head, e->reached);
    if (node->kids[0] && truth.can_fail)
        pm_emit_branch(e, node->kids[0], false, &e->loops[node->loop].exit);
    else if (node->kids[0])
        pm_emit_effect(e, node->kids[0]);
    round_of(e, node);
    pm_emit_jump(e, &head);
}

void pm_emit_while(struct pm_emit *e, const struct pm_low *node)
{
    const struct pm_low *condition = node->kids[0];
    struct pm_emit_loop *loop = &e->loops[node->loop];
    struct pm_emit_truth truth = {true, false};

    *loop = (struct pm_emit_loop){{.depth = e->depth}, {.depth = e->depth}};
    if (condition)
        truth = pm_emit_truth(condition);
    if (!truth.can_hold)
        pm_emit_effect(e, condition);
    else if (truth.can_fail && can_rotate(e, condition))
        tested_at_end(e, node);
    else
        tested_at_start(e, node, truth);
    pm_emit_bind(e, &loop->exit);
}

// --- ways out ----------------------------------------------------------------

void pm_emit_jump_out(struct pm_emit *e, const struct pm_low *node)
{
    e->span = node->span;
    pm_emit_jump(e, label_of(e, node));
}

// What the expressions around it have left on the stack goes first.
void pm_emit_return(struct pm_emit *e, const struct pm_low *node)
{
    if (!e->reached)
        return;
    pm_emit_pop(e, e->depth);
    if (node->count && node->kids[0])
        pm_emit_value(e, node->kids[0]);
    e->span = node->span;
    if (e->reached)
        pm_emit_op(e, PM_OP_RET, e->depth, 0);
    e->reached = false;
}
