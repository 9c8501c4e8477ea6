// SPDX-License-Identifier: MIT
//
// Instructions with a rule of their own: moves, locals, globals, captures,
// conversions, and the table of all of them.
#include <inttypes.h>

#include "link/verify_internal.h"

static pm_type_id top(const struct pm_verifier *v)
{
    return v->stack[v->depth - 1];
}

static bool pop(struct pm_verifier *v, pm_type_id *out)
{
    if (!pm_verify_need(v, 1))
        return false;
    *out = top(v);
    pm_verify_drop(v, 1);
    return true;
}

// Pops one value for a place of type [wanted].
static bool pop_into(struct pm_verifier *v, const char *what, pm_type_id wanted)
{
    pm_type_id found;

    if (!pop(v, &found))
        return false;
    if (!pm_verify_fits(found, wanted))
        return pm_verify_refuse(v, what, found, wanted);
    pm_verify_present(v)->type = found;
    return true;
}

static bool push_as(struct pm_verifier *v, pm_type_id type)
{
    pm_verify_present(v)->type = type;
    return pm_verify_push(v, type);
}

// --- moves -------------------------------------------------------------------

static bool copy_from_top(struct pm_verifier *v, uint32_t below)
{
    if (!pm_verify_need(v, below + 1))
        return false;
    return push_as(v, v->stack[v->depth - 1 - below]);
}

static bool dup2(struct pm_verifier *v)
{
    if (!pm_verify_need(v, 2))
        return false;
    return pm_verify_push(v, v->stack[v->depth - 2]) &&
           pm_verify_push(v, v->stack[v->depth - 2]);
}

// The value [below] the top moves to the top.
static bool lift(struct pm_verifier *v, uint32_t below)
{
    if (!pm_verify_need(v, below + 1))
        return false;
    uint32_t at = v->depth - 1 - below;
    pm_type_id moved = v->stack[at];
    for (; at + 1 < v->depth; at++)
        v->stack[at] = v->stack[at + 1];
    v->stack[at] = moved;
    return true;
}

static bool pop_n(struct pm_verifier *v)
{
    uint32_t count = (uint32_t)pm_verify_present(v)->operand[0];

    if (!pm_verify_need(v, count))
        return false;
    pm_verify_drop(v, count);
    return true;
}

static bool push_null(struct pm_verifier *v)
{
    pm_type_id type = (pm_type_id)pm_verify_present(v)->operand[0];

    if (!pm_type_is_ref(type))
        return pm_verify_refuse_words(v, type,
                                      "a reference type to be null of");
    return push_as(v, type);
}

// --- locals, globals, captures -----------------------------------------------

static struct pm_text local_name(const struct pm_verifier *v, uint32_t local)
{
    const struct pm_module *m = v->module;
    uint32_t low = 0;
    uint32_t high = m->local_name_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct pm_local_name *name = &m->local_names[middle];
        if (name->function == v->index && name->local == local)
            return name->name;
        if (name->function < v->index ||
            (name->function == v->index && name->local < local))
            low = middle + 1;
        else
            high = middle;
    }
    return (struct pm_text){NULL, 0};
}

void pm_verify_put_local(struct pm_verifier *v, uint32_t local)
{
    struct pm_text name = local_name(v, local);

    pm_buf_printf(&v->text, "local %" PRIu32, local);
    if (name.size) {
        pm_buf_puts(&v->text, " ");
        pm_link_put_name(&v->text, name);
    }
}

static bool get_local(struct pm_verifier *v)
{
    uint32_t local = (uint32_t)pm_verify_present(v)->operand[0];

    if (v->assigned[local / 32] >> local % 32 & 1)
        return push_as(v, v->locals[local]);
    pm_verify_begin(v);
    pm_verify_put_local(v, local);
    pm_buf_puts(&v->text, " may not have been assigned on every way here");
    return pm_verify_send(v, "LINK-LOCAL");
}

static bool set_local(struct pm_verifier *v)
{
    uint32_t local = (uint32_t)pm_verify_present(v)->operand[0];

    if (local == 0 && v->function->flags & PM_FUNCTION_CLOSURE)
        return pm_verify_say(v, "LINK-LOCAL",
                             "found local 0 of a closure's body, wanted "
                             "another: it is the closure itself and stays so");
    if (!pop_into(v, "local", v->locals[local]))
        return false;
    v->assigned[local / 32] |= 1u << local % 32;
    return true;
}

static bool tee_local(struct pm_verifier *v)
{
    return set_local(v) && pm_verify_push(v, pm_verify_present(v)->type);
}

// --- conversions -------------------------------------------------------------

#define BIT(name) (1u << PM_TYPE_##name)

// Pops a value of one of the basic types in [from] and pushes a [to].
static bool convert(struct pm_verifier *v, uint32_t from, const char *words,
                    pm_type_id to)
{
    pm_type_id found;

    if (!pop(v, &found))
        return false;
    if (found >= 32 || !(from >> found & 1))
        return pm_verify_refuse_words(v, found, words);
    pm_verify_present(v)->type = found;
    return pm_verify_push(v, to);
}

// Between the bits of a float and the integer of its width.
static bool convert_bits(struct pm_verifier *v)
{
    pm_type_id found = v->depth ? top(v) : PM_TYPE_NONE;

    if (pm_verify_present(v)->opcode == PM_OP_TO_BITS)
        return convert(v, BIT(F32) | BIT(F64), "f32 or f64",
                       found == PM_TYPE_F32 ? PM_TYPE_I32 : PM_TYPE_I64);
    return convert(v, BIT(I32) | BIT(I64), "i32 or i64",
                   found == PM_TYPE_I32 ? PM_TYPE_F32 : PM_TYPE_F64);
}

// CAST and IS_TYPE.
static bool narrow(struct pm_verifier *v)
{
    pm_type_id type = (pm_type_id)pm_verify_present(v)->operand[0];
    pm_type_id found;

    if (!pm_type_is_ref(type) || type == PM_TYPE_ANY)
        return pm_verify_refuse_words(
            v, type,
            "string, bytes, coroutine or a type of the "
            "module as the target");
    if (!pop(v, &found))
        return false;
    if (!pm_type_is_ref(found))
        return pm_verify_refuse_words(v, found, "a reference");
    pm_verify_present(v)->type = found;
    return pm_verify_push(
        v, pm_verify_present(v)->opcode == PM_OP_CAST ? type : PM_TYPE_BOOL);
}

// --- the table ---------------------------------------------------------------

static bool convert_rule(struct pm_verifier *v)
{
    switch (pm_verify_present(v)->opcode) {
    case PM_OP_TO_I32:
        return convert(v,
                       BIT(I64) | BIT(F32) | BIT(F64) | BIT(BOOL) | BIT(BYTE),
                       "i64, f32, f64, bool or byte", PM_TYPE_I32);
    case PM_OP_TO_I64:
        return convert(v,
                       BIT(I32) | BIT(F32) | BIT(F64) | BIT(BOOL) | BIT(BYTE),
                       "i32, f32, f64, bool or byte", PM_TYPE_I64);
    case PM_OP_TO_F32:
        return convert(v, BIT(I32) | BIT(I64) | BIT(F64) | BIT(BYTE),
                       "i32, i64, f64 or byte", PM_TYPE_F32);
    case PM_OP_TO_F64:
        return convert(v, BIT(I32) | BIT(I64) | BIT(F32) | BIT(BYTE),
                       "i32, i64, f32 or byte", PM_TYPE_F64);
    case PM_OP_TO_BYTE:
        return convert(v, BIT(I32) | BIT(I64) | BIT(BOOL), "i32, i64 or bool",
                       PM_TYPE_BYTE);
    default:
        return convert_bits(v);
    }
}

static bool global_rule(struct pm_verifier *v)
{
    struct pm_verified_ins *ins = pm_verify_present(v);

    switch (ins->opcode) {
    case PM_OP_GET_GLOBAL:
        return push_as(v, v->module->globals[ins->operand[0]].type);
    case PM_OP_SET_GLOBAL:
        return pop_into(v, "global", v->module->globals[ins->operand[0]].type);
    case PM_OP_GET_CAPTURE:
        return push_as(v, v->function->captures[ins->operand[0]]);
    default:
        return pop_into(v, "capture", v->function->captures[ins->operand[0]]);
    }
}

bool pm_verify_rule(struct pm_verifier *v)
{
    struct pm_verified_ins *ins = pm_verify_present(v);

    switch (ins->opcode) {
    case PM_OP_PUSH_CONST:
        return push_as(v, v->module->constants[ins->operand[0]].type);
    case PM_OP_PUSH_NULL:
        return push_null(v);
    case PM_OP_DUP:
        return copy_from_top(v, 0);
    case PM_OP_OVER:
        return copy_from_top(v, 1);
    case PM_OP_DUP2:
        return dup2(v);
    case PM_OP_SWAP:
        return lift(v, 1);
    case PM_OP_ROT:
        return lift(v, 2);
    case PM_OP_POP_N:
        return pop_n(v);
    case PM_OP_GET_LOCAL:
        return get_local(v);
    case PM_OP_SET_LOCAL:
        return set_local(v);
    case PM_OP_TEE_LOCAL:
        return tee_local(v);
    case PM_OP_GET_GLOBAL:
    case PM_OP_SET_GLOBAL:
    case PM_OP_GET_CAPTURE:
    case PM_OP_SET_CAPTURE:
        return global_rule(v);
    case PM_OP_TO_I32:
    case PM_OP_TO_I64:
    case PM_OP_TO_F32:
    case PM_OP_TO_F64:
    case PM_OP_TO_BYTE:
    case PM_OP_TO_BITS:
    case PM_OP_FROM_BITS:
        return convert_rule(v);
    case PM_OP_CAST:
    case PM_OP_IS_TYPE:
        return narrow(v);
    case PM_OP_CALL:
    case PM_OP_RET:
    case PM_OP_MAKE_CLOSURE:
    case PM_OP_CALL_CLOSURE:
    case PM_OP_SPAWN:
    case PM_OP_SPAWN_CLOSURE:
    case PM_OP_HOSTCALL:
    case PM_OP_INTRINSIC:
        return pm_verify_call_rule(v);
    case PM_OP_ARR_NEW:
    case PM_OP_ARR_LEN:
    case PM_OP_ARR_GET:
    case PM_OP_ARR_SET:
    case PM_OP_ARR_FILL:
    case PM_OP_ARR_COPY:
    case PM_OP_REC_NEW:
    case PM_OP_REC_MAKE:
    case PM_OP_GET_FIELD:
    case PM_OP_SET_FIELD:
        return pm_verify_object_rule(v);
    default:
        pm_panic(__FILE__, __LINE__, "every * row has a rule");
    }
}
