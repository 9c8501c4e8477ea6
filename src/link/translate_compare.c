// SPDX-License-Identifier: MIT
//
// Comparisons, with the branch behind them where there is one; and loops,
// whose test is done at their end.
#include "base/check.h"
#include "link/translate_internal.h"

// --- comparisons -------------------------------------------------------------

// What the groups of an integer comparison's codes begin with, see CMP_I in
// handler_table.inc: each has forms RR, RI, RK, and some AR, AI, AK behind
// them.
enum {
    SET = 0,
    BRANCH = 3,
    BACK = 9,
    INC_BACK = 15,
    LOOP = 18,
    INC_LOOP = 21,
    ACC_FORMS = 3
};

static uint32_t integer_code(uint16_t opcode)
{
    switch (opcode) {
    case PM_OP_EQ:
        return PM_IOP_EQ_RR;
    case PM_OP_NE:
        return PM_IOP_NE_RR;
    case PM_OP_LT:
        return PM_IOP_LT_RR;
    case PM_OP_LE:
        return PM_IOP_LE_RR;
    case PM_OP_GT:
        return PM_IOP_GT_RR;
    default:
        return PM_IOP_GE_RR;
    }
}

static uint32_t opposite_of(uint32_t code)
{
    switch (code) {
    case PM_IOP_EQ_RR:
        return PM_IOP_NE_RR;
    case PM_IOP_NE_RR:
        return PM_IOP_EQ_RR;
    case PM_IOP_LT_RR:
        return PM_IOP_GE_RR;
    case PM_IOP_LE_RR:
        return PM_IOP_GT_RR;
    case PM_IOP_GT_RR:
        return PM_IOP_LE_RR;
    default:
        return PM_IOP_LT_RR;
    }
}

// The comparison with its operands exchanged.
static uint32_t mirrored(uint32_t code)
{
    switch (code) {
    case PM_IOP_LT_RR:
        return PM_IOP_GT_RR;
    case PM_IOP_LE_RR:
        return PM_IOP_GE_RR;
    case PM_IOP_GT_RR:
        return PM_IOP_LT_RR;
    case PM_IOP_GE_RR:
        return PM_IOP_LE_RR;
    default:
        return code;
    }
}

// Looks past the comparison at [at] for NOTs and a conditional jump in the
// same block. Gives the number of instructions behind it that a fused branch
// takes up (0: none), and whether it jumps when the comparison holds.
static uint32_t branch_behind(const struct pm_translator *tr, bool *out_when)
{
    uint32_t next = tr->at + 1;
    bool when = true;
    while (next < tr->verified->count &&
           !(pm_tr_ins(tr, next)->flags & PM_INS_LEADER)) {
        switch (pm_tr_ins(tr, next)->opcode) {
        case PM_OP_NOT:
            when = !when;
            next++;
            continue;
        case PM_OP_JMP_IF_TRUE:
            *out_when = when;
            return next - tr->at;
        case PM_OP_JMP_IF_FALSE:
            *out_when = !when;
            return next - tr->at;
        default:
            return 0;
        }
    }
    return 0;
}

// Moves on over the [count] instructions that the fused branch takes up.
static uint32_t advance(struct pm_translator *tr, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        tr->at++;
        tr->q += pm_tr_price(tr, tr->at);
    }
    return (uint32_t)pm_tr_ins(tr, tr->at)->operand[0];
}

// Whether the block's last op is "add 1 to the slot", which then goes into
// the loop's own instruction.
static bool take_increment(struct pm_translator *tr, uint16_t slot)
{
    struct pm_image *image = tr->image;
    if (image->op_count <= tr->block_start)
        return false;
    const struct pm_op *last = &image->ops[image->op_count - 1];
    if (last->code != PM_IOP_ADD_I64_RI || last->a != slot || last->b != slot ||
        last->c != 1)
        return false;
    image->op_count--;
    tr->acc_kind = ACC_NONE;
    return true;
}

// An integer comparison: a slot with a slot (form 0), a small number (1) or
// one in the pool (2). A constant on the left changes places.
struct test {
    uint32_t code;
    uint32_t form;
    uint16_t a;
    uint16_t b;
};

// Takes an operand from the register where the last op left it.
static void use_acc(const struct pm_translator *tr, struct test *test)
{
    if (test->form == 0 && pm_tr_in_acc(tr, test->b, ACC_INTEGER)) {
        uint16_t slot = test->a;
        test->code = mirrored(test->code);
        test->a = test->b;
        test->b = slot;
    }
    if (pm_tr_in_acc(tr, test->a, ACC_INTEGER))
        test->form += ACC_FORMS;
}

static uint32_t constant_form(struct pm_translator *tr, uint32_t position,
                              uint16_t *out)
{
    if (pm_tr_small(tr, position, out))
        return 1;
    return pm_tr_pooled(tr, position, out) ? 2 : 0;
}

static struct test integer_test(struct pm_translator *tr, uint16_t opcode)
{
    struct test test = {.code = integer_code(opcode)};
    uint32_t left = tr->depth - 2;
    uint32_t right = tr->depth - 1;
    test.form = constant_form(tr, right, &test.b);
    if (!test.form) {
        test.form = constant_form(tr, left, &test.b);
        if (test.form) {
            test.code = mirrored(test.code);
            left = right;
        }
    }
    test.a = pm_tr_slot(tr, left);
    if (!test.form)
        test.b = pm_tr_slot(tr, right);
    return test;
}

// A back edge under a test: an increment right before it goes into the same
// op. [target] is the loop's header, [op] where to go on.
static void back_edge(struct pm_translator *tr, struct test *test,
                      uint32_t header, int32_t distance)
{
    uint32_t group = take_increment(tr, test->a) ? INC_BACK : BACK;
    if (group == BACK)
        use_acc(tr, test);
    uint32_t op = pm_tr_emit(tr, test->code + group + test->form, test->a,
                             test->b, 0, (uint16_t)tr->q);
    if (tr->failed)
        return;
    if (distance == 0)
        distance = (int32_t)(tr->op_of[header] - op);
    PM_CHECK(distance >= INT16_MIN && distance <= INT16_MAX);
    tr->image->ops[op].c = (uint16_t)distance;
    tr->image->infos[op].offset = pm_tr_ins(tr, header)->offset;
}

static uint32_t compare_integers(struct pm_translator *tr)
{
    bool when;
    uint32_t behind = branch_behind(tr, &when);
    struct test test = integer_test(tr, pm_tr_ins(tr, tr->at)->opcode);
    if (!behind) {
        pm_tr_emit_result(tr, 2, test.code + SET + test.form, test.a, test.b,
                          ACC_INTEGER);
        return 1;
    }
    pm_tr_pop(tr, 2);
    pm_tr_settle_all(tr);
    uint32_t target = advance(tr, behind);
    if (!when)
        test.code = opposite_of(test.code);
    if (target <= tr->at && !tr->far) {
        back_edge(tr, &test, target, 0);
        return 1 + behind;
    }
    use_acc(tr, &test);
    pm_tr_branch(tr, test.code + BRANCH + test.form,
                 opposite_of(test.code) + BRANCH + test.form, test.a, test.b,
                 target);
    return 1 + behind;
}

// The codes of an f64 comparison: set, then the branch in seven forms.
#define FLOAT_CODES 8

static uint32_t float_code(uint16_t opcode, bool *out_exchange)
{
    *out_exchange = opcode == PM_OP_GT || opcode == PM_OP_GE;
    switch (opcode) {
    case PM_OP_EQ:
        return PM_IOP_EQ_F64_RR;
    case PM_OP_NE:
        return PM_IOP_NE_F64_RR;
    case PM_OP_LT:
    case PM_OP_GT:
        return PM_IOP_LT_F64_RR;
    default:
        return PM_IOP_LE_F64_RR;
    }
}

static uint32_t float_opposite(uint32_t code)
{
    switch (code) {
    case PM_IOP_EQ_F64_RR:
        return PM_IOP_NE_F64_RR;
    case PM_IOP_NE_F64_RR:
        return PM_IOP_EQ_F64_RR;
    case PM_IOP_LT_F64_RR:
        return PM_IOP_NLT_F64_RR;
    case PM_IOP_LE_F64_RR:
        return PM_IOP_NLE_F64_RR;
    case PM_IOP_NLT_F64_RR:
        return PM_IOP_LT_F64_RR;
    default:
        return PM_IOP_LE_F64_RR;
    }
}

static uint32_t set_float(struct pm_translator *tr, uint32_t code,
                          uint32_t left, uint32_t right)
{
    uint16_t a = pm_tr_slot(tr, left);
    uint16_t b = pm_tr_slot(tr, right);
    pm_tr_emit_result(tr, 2, code, a, b, ACC_INTEGER);
    return 1;
}

static uint32_t compare_floats(struct pm_translator *tr)
{
    bool when;
    bool exchange;
    uint32_t behind = branch_behind(tr, &when);
    uint32_t code = float_code(pm_tr_ins(tr, tr->at)->opcode, &exchange);
    uint32_t left = tr->depth - (exchange ? 1 : 2);
    uint32_t right = tr->depth - (exchange ? 2 : 1);
    if (!behind)
        return set_float(tr, code, left, right);
    struct pm_tr_floats floats = pm_tr_float_operands(tr, left, right);
    pm_tr_pop(tr, 2);
    pm_tr_settle_all(tr);
    uint32_t target = advance(tr, behind);
    uint32_t form = 1 + pm_tr_float_form(tr, &floats);
    code = when ? code : float_opposite(code);
    pm_tr_branch(tr, code + form, float_opposite(code) + form, floats.a,
                 floats.b, target);
    return 1 + behind;
}

static void compare_floats32(struct pm_translator *tr)
{
    bool exchange;
    static const uint32_t base = PM_IOP_EQ_F32;
    uint32_t code = float_code(pm_tr_ins(tr, tr->at)->opcode, &exchange);
    uint16_t a = pm_tr_slot(tr, tr->depth - (exchange ? 1 : 2));
    uint16_t b = pm_tr_slot(tr, tr->depth - (exchange ? 2 : 1));
    code = base + (code - PM_IOP_EQ_F64_RR) / FLOAT_CODES;
    pm_tr_emit_result(tr, 2, code, a, b, ACC_INTEGER);
}

static void compare_strings(struct pm_translator *tr)
{
    static const uint32_t base = PM_IOP_STR_EQ;
    pm_tr_settle(tr, tr->depth - 2);
    pm_tr_pop(tr, 2);
    pm_tr_emit_wide(tr, base + (pm_tr_ins(tr, tr->at)->opcode - PM_OP_EQ),
                    pm_tr_home(tr, tr->depth), 0);
    pm_tr_push_home(tr);
}

uint32_t pm_tr_compare(struct pm_translator *tr)
{
    switch (pm_tr_ins(tr, tr->at)->type) {
    case PM_TYPE_F64:
        return compare_floats(tr);
    case PM_TYPE_F32:
        compare_floats32(tr);
        return 1;
    case PM_TYPE_STRING:
        compare_strings(tr);
        return 1;
    default:
        return compare_integers(tr);
    }
}

// --- loops -------------------------------------------------------------------

// Four instructions that do no more than compare a local with a local or a
// number and jump: the test of most loops. None but the first is a target.
struct loop_test {
    struct test test;     // when it holds the jump is taken
    uint32_t jump_target; // instruction
    int32_t price;
};

static bool find_local(const struct pm_translator *tr, uint32_t at,
                       uint16_t *out)
{
    const struct pm_verified_ins *ins = pm_tr_ins(tr, at);
    if (ins->opcode != PM_OP_GET_LOCAL)
        return false;
    *out = pm_tr_local(tr, (uint32_t)ins->operand[0]);
    return true;
}

// The form of a number that is pushed, or 0.
static uint32_t find_number(struct pm_translator *tr, uint32_t at,
                            uint16_t *out)
{
    const struct pm_verified_ins *ins = pm_tr_ins(tr, at);
    int64_t number = (int64_t)ins->operand[0];
    if (ins->opcode != PM_OP_PUSH_I64 && ins->opcode != PM_OP_PUSH_I32)
        return 0;
    *out = (uint16_t)number;
    if (number >= INT16_MIN && number <= INT16_MAX)
        return 1;
    uint32_t pooled = pm_tr_pool(tr, ins->operand[0]);
    *out = (uint16_t)pooled;
    return pooled <= UINT16_MAX ? 2 : 0;
}

static bool is_test_shape(const struct pm_translator *tr, uint32_t at)
{
    const struct pm_verified_ins *compare = pm_tr_ins(tr, at + 2);
    const struct pm_verified_ins *jump = pm_tr_ins(tr, at + 3);
    for (uint32_t i = at + 1; i <= at + 3; i++)
        if (pm_tr_ins(tr, i)->flags & PM_INS_LEADER)
            return false;
    return compare->opcode >= PM_OP_EQ && compare->opcode <= PM_OP_GE &&
           (compare->type == PM_TYPE_I64 || compare->type == PM_TYPE_I32) &&
           (jump->opcode == PM_OP_JMP_IF_FALSE ||
            jump->opcode == PM_OP_JMP_IF_TRUE);
}

static bool find_loop_test(struct pm_translator *tr, uint32_t at,
                           struct loop_test *out)
{
    if (tr->far || at + 4 >= tr->verified->count || !is_test_shape(tr, at) ||
        !find_local(tr, at, &out->test.a))
        return false;
    out->test.form = find_number(tr, at + 1, &out->test.b);
    if (!out->test.form && !find_local(tr, at + 1, &out->test.b))
        return false;
    out->test.code = integer_code(pm_tr_ins(tr, at + 2)->opcode);
    if (pm_tr_ins(tr, at + 3)->opcode == PM_OP_JMP_IF_FALSE)
        out->test.code = opposite_of(out->test.code);
    out->jump_target = (uint32_t)pm_tr_ins(tr, at + 3)->operand[0];
    out->price = 0;
    for (uint32_t i = at; i <= at + 3; i++)
        out->price += pm_tr_price(tr, i);
    return true;
}

// A jump back to a header that only tests and jumps out: test here, and go
// right to the loop's body.
bool pm_tr_test_at_end(struct pm_translator *tr, uint32_t header)
{
    struct loop_test loop;
    if (header + 4 > tr->at || !find_loop_test(tr, header, &loop) ||
        loop.jump_target <= header + 3)
        return false;
    uint32_t code = opposite_of(loop.test.code); // it goes on when this holds
    uint32_t group = take_increment(tr, loop.test.a) ? INC_LOOP : LOOP;
    uint32_t op = pm_tr_emit(tr, code + group + loop.test.form, loop.test.a,
                             loop.test.b, 0, (uint16_t)tr->q);
    if (tr->failed)
        return true;
    tr->image->ops[op].c = (uint16_t)(tr->op_of[header + 4] - op);
    tr->image->infos[op].offset = pm_tr_ins(tr, header)->offset;
    tr->q = loop.price;
    pm_tr_jump_forward(tr, loop.jump_target);
    return true;
}

// A jump forward to a test at a loop's end that leads right back behind the
// jump: test here too. The other test is then reached from above alone, and
// can be one with the increment before it. Where the loop's body never gets to
// its end nothing would reach that test.
bool pm_tr_test_at_entry(struct pm_translator *tr, uint32_t target)
{
    struct loop_test loop;
    if (tr->jumps_to[target] != 1 || !pm_tr_is_fallen_into(tr, target) ||
        !find_loop_test(tr, target, &loop) || loop.jump_target != tr->at + 1 ||
        pm_tr_ins(tr, target)->depth != 0)
        return false;
    tr->is_rotated[target] = true;
    tr->q += loop.price;
    back_edge(tr, &loop.test, loop.jump_target, 2);
    pm_tr_jump_forward(tr, target + 4);
    return true;
}
