// SPDX-License-Identifier: MIT
#include "naive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

#define NAN64 UINT64_C(0x7ff8000000000000)
#define NAN32 UINT32_C(0x7fc00000)

struct call {
    uint32_t function;
    uint32_t back; // offset to go on at in the caller
    uint32_t base; // first local among the values
    uint32_t slot; // where the frame would stand on the engine's stack
};

struct naive {
    const struct pm_module *module;
    struct naive_end *out;
    struct naive_value values[65536];
    uint32_t top;
    struct call calls[1024];
    uint32_t depth;
    uint32_t at; // offset of the next instruction
    uint32_t stack_slots;
    uint32_t call_depth;
};

static double f64_of(uint64_t bits)
{
    double f;
    memcpy(&f, &bits, 8);
    return f;
}

static uint64_t bits_of(double f)
{
    uint64_t bits;
    memcpy(&bits, &f, 8);
    return isnan(f) ? NAN64 : bits;
}

static float f32_of(uint64_t bits)
{
    uint32_t low = (uint32_t)bits;
    float f;
    memcpy(&f, &low, 4);
    return f;
}

static uint64_t bits32_of(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, 4);
    return isnan(f) ? NAN32 : bits;
}

static void push(struct naive *n, pm_type_id type, uint64_t bits)
{
    n->values[n->top++] = (struct naive_value){type, bits};
}

static struct naive_value pop(struct naive *n)
{
    return n->values[--n->top];
}

static bool trap(struct naive *n, pm_trap_code code)
{
    n->out->trap = code;
    return false;
}

static uint64_t extend(pm_type_id type, uint64_t bits)
{
    return type == PM_TYPE_I32 ? (uint64_t)(int64_t)(int32_t)bits : bits;
}

// --- arithmetic --------------------------------------------------------------

static bool divide(struct naive *n, uint32_t op, pm_type_id type, int64_t a,
                   int64_t b)
{
    uint64_t ua = (uint64_t)a;
    uint64_t ub = (uint64_t)b;
    uint64_t result;

    if (b == 0)
        return trap(n, PM_TRAP_DIV_ZERO);
    if (type == PM_TYPE_I32) {
        ua = (uint32_t)ua;
        ub = (uint32_t)ub;
    }
    if (op == PM_OP_DIV)
        result = b == -1 ? 0 - (uint64_t)a : (uint64_t)(a / b);
    else if (op == PM_OP_REM)
        result = b == -1 ? 0 : (uint64_t)(a % b);
    else
        result = op == PM_OP_DIV_U ? ua / ub : ua % ub;
    push(n, type, extend(type, result));
    return true;
}

static bool integers(struct naive *n, uint32_t op, pm_type_id type, uint64_t a,
                     uint64_t b)
{
    uint64_t r;
    switch (op) {
    case PM_OP_ADD:
        r = a + b;
        break;
    case PM_OP_SUB:
        r = a - b;
        break;
    case PM_OP_MUL:
        r = a * b;
        break;
    case PM_OP_MIN:
        r = (int64_t)a < (int64_t)b ? a : b;
        break;
    case PM_OP_MAX:
        r = (int64_t)a > (int64_t)b ? a : b;
        break;
    case PM_OP_AND:
        r = a & b;
        break;
    case PM_OP_OR:
        r = a | b;
        break;
    case PM_OP_XOR:
        r = a ^ b;
        break;
    default:
        return divide(n, op, type, (int64_t)a, (int64_t)b);
    }
    push(n, type, extend(type, r));
    return true;
}

static double least(double a, double b, bool greatest)
{
    if (isnan(a) || isnan(b))
        return NAN;
    if (a == 0 && b == 0)
        return (greatest ? !signbit(a) || !signbit(b)
                         : !signbit(a) && !signbit(b))
                   ? 0.0
                   : -0.0;
    return (a < b) != greatest ? a : b;
}

static double floating(uint32_t op, double a, double b)
{
    switch (op) {
    case PM_OP_MIN:
        return least(a, b, false);
    default:
        return least(a, b, true);
    }
}

static void floats64(struct naive *n, uint32_t op, double a, double b)
{
    double r = op == PM_OP_ADD   ? a + b
               : op == PM_OP_SUB ? a - b
               : op == PM_OP_MUL ? a * b
               : op == PM_OP_DIV ? a / b
                                 : floating(op, a, b);
    push(n, PM_TYPE_F64, bits_of(r));
}

static void floats32(struct naive *n, uint32_t op, float a, float b)
{
    float r = op == PM_OP_ADD   ? a + b
              : op == PM_OP_SUB ? a - b
              : op == PM_OP_MUL ? a * b
              : op == PM_OP_DIV ? a / b
                                : (float)floating(op, a, b);
    push(n, PM_TYPE_F32, bits32_of(r));
}

static bool binary(struct naive *n, uint32_t op)
{
    struct naive_value b = pop(n);
    struct naive_value a = pop(n);
    if (a.type == PM_TYPE_F64)
        floats64(n, op, f64_of(a.bits), f64_of(b.bits));
    else if (a.type == PM_TYPE_F32)
        floats32(n, op, f32_of(a.bits), f32_of(b.bits));
    else
        return integers(n, op, a.type, a.bits, b.bits);
    return true;
}

static void shift(struct naive *n, uint32_t op)
{
    unsigned count = (unsigned)pop(n).bits;
    struct naive_value a = pop(n);
    if (a.type == PM_TYPE_I32) {
        count %= 32;
        a.bits = op == PM_OP_SHL   ? a.bits << count
                 : op == PM_OP_SHR ? (uint64_t)((int64_t)a.bits >> count)
                                   : (uint32_t)a.bits >> count;
    } else {
        count %= 64;
        a.bits = op == PM_OP_SHL   ? a.bits << count
                 : op == PM_OP_SHR ? (uint64_t)((int64_t)a.bits >> count)
                                   : a.bits >> count;
    }
    push(n, a.type, extend(a.type, a.bits));
}

static void compare(struct naive *n, uint32_t op)
{
    struct naive_value b = pop(n);
    struct naive_value a = pop(n);
    bool less = (int64_t)a.bits < (int64_t)b.bits;
    bool equal = a.bits == b.bits;
    bool is_nan = false;
    if (a.type == PM_TYPE_F64 || a.type == PM_TYPE_F32) {
        double x = a.type == PM_TYPE_F64 ? f64_of(a.bits) : f32_of(a.bits);
        double y = a.type == PM_TYPE_F64 ? f64_of(b.bits) : f32_of(b.bits);
        less = x < y;
        equal = x == y;
        is_nan = isnan(x) || isnan(y);
    }
    bool r = op == PM_OP_EQ   ? equal
             : op == PM_OP_NE ? !equal
             : op == PM_OP_LT ? less
             : op == PM_OP_LE ? less || equal
             : op == PM_OP_GT ? !is_nan && !less && !equal
             : op == PM_OP_GE ? !is_nan && !less
                              : a.bits < b.bits; // LT_U
    push(n, PM_TYPE_BOOL, r);
}

static unsigned count_bits(uint64_t bits, unsigned width, uint32_t op)
{
    unsigned count = 0;
    if (op == PM_OP_CLZ)
        while (count < width && !(bits >> (width - 1 - count) & 1))
            count++;
    else if (op == PM_OP_CTZ)
        while (count < width && !(bits >> count & 1))
            count++;
    else
        for (unsigned i = 0; i < width; i++)
            count += bits >> i & 1;
    return count;
}

static void unary(struct naive *n, uint32_t op)
{
    struct naive_value a = pop(n);
    unsigned width = a.type == PM_TYPE_I32 ? 32 : 64;
    bool small = a.type == PM_TYPE_F32;
    double f = small ? f32_of(a.bits) : f64_of(a.bits);

    if (a.type == PM_TYPE_BOOL) {
        push(n, a.type, !a.bits);
        return;
    }
    if (a.type != PM_TYPE_F32 && a.type != PM_TYPE_F64) {
        uint64_t r = op == PM_OP_NEG   ? 0 - a.bits
                     : op == PM_OP_NOT ? ~a.bits
                     : op == PM_OP_ABS
                         ? ((int64_t)a.bits < 0 ? 0 - a.bits : a.bits)
                         : count_bits(a.bits, width, op);
        push(n, a.type, extend(a.type, r));
        return;
    }
    f = op == PM_OP_NEG     ? -f
        : op == PM_OP_ABS   ? fabs(f)
        : op == PM_OP_SQRT  ? (small ? (double)sqrtf((float)f) : sqrt(f))
        : op == PM_OP_FLOOR ? floor(f)
        : op == PM_OP_CEIL  ? ceil(f)
        : op == PM_OP_TRUNC ? trunc(f)
                            : rint(f);
    push(n, a.type, small ? bits32_of((float)f) : bits_of(f));
}

// --- conversions -------------------------------------------------------------

static bool to_integer(struct naive *n, pm_type_id to)
{
    struct naive_value a = pop(n);
    double f = a.type == PM_TYPE_F32 ? f32_of(a.bits) : f64_of(a.bits);
    if (a.type == PM_TYPE_F64 || a.type == PM_TYPE_F32) {
        double t = trunc(f);
        double most = to == PM_TYPE_I32 ? 2147483648.0 : 9223372036854775808.0;
        if (!(t >= -most && t < most))
            return trap(n, PM_TRAP_OOB);
        a.bits = (uint64_t)(int64_t)t;
    }
    if (to == PM_TYPE_I32 && (int64_t)a.bits != (int32_t)a.bits)
        return trap(n, PM_TRAP_OOB);
    if (to == PM_TYPE_BYTE && a.bits > 255)
        return trap(n, PM_TRAP_OOB);
    push(n, to, a.bits);
    return true;
}

static void to_float(struct naive *n, pm_type_id to)
{
    struct naive_value a = pop(n);
    if (to == PM_TYPE_F64) {
        double f = a.type == PM_TYPE_F32 ? (double)f32_of(a.bits)
                                         : (double)(int64_t)a.bits;
        push(n, to, bits_of(f));
    } else {
        float f = a.type == PM_TYPE_F64 ? (float)f64_of(a.bits)
                                        : (float)(int64_t)a.bits;
        push(n, to, bits32_of(f));
    }
}

static void saturate(struct naive *n, pm_type_id to)
{
    struct naive_value a = pop(n);
    double f = a.type == PM_TYPE_F32 ? f32_of(a.bits) : f64_of(a.bits);
    int64_t low = to == PM_TYPE_I32 ? INT32_MIN : INT64_MIN;
    int64_t high = to == PM_TYPE_I32 ? INT32_MAX : INT64_MAX;
    double most = to == PM_TYPE_I32 ? 2147483648.0 : 9223372036854775808.0;
    int64_t r = isnan(f)           ? 0
                : trunc(f) < -most ? low
                : trunc(f) >= most ? high
                                   : (int64_t)f;
    push(n, to, (uint64_t)r);
}

static bool convert(struct naive *n, uint32_t op)
{
    struct naive_value a;
    switch (op) {
    case PM_OP_TO_I32:
        return to_integer(n, PM_TYPE_I32);
    case PM_OP_TO_I64:
        return to_integer(n, PM_TYPE_I64);
    case PM_OP_TO_BYTE:
        return to_integer(n, PM_TYPE_BYTE);
    case PM_OP_TO_F32:
        to_float(n, PM_TYPE_F32);
        return true;
    case PM_OP_TO_F64:
        to_float(n, PM_TYPE_F64);
        return true;
    case PM_OP_SAT_I32:
        saturate(n, PM_TYPE_I32);
        return true;
    case PM_OP_SAT_I64:
        saturate(n, PM_TYPE_I64);
        return true;
    case PM_OP_WRAP_I32:
        push(n, PM_TYPE_I32, (uint64_t)(int64_t)(int32_t)pop(n).bits);
        return true;
    case PM_OP_WRAP_BYTE:
        push(n, PM_TYPE_BYTE, pop(n).bits & 255);
        return true;
    case PM_OP_ZEXT_I64:
        push(n, PM_TYPE_I64, (uint32_t)pop(n).bits);
        return true;
    case PM_OP_TO_BITS:
        a = pop(n);
        if (a.type == PM_TYPE_F32)
            push(n, PM_TYPE_I32,
                 extend(PM_TYPE_I32, bits32_of(f32_of(a.bits))));
        else
            push(n, PM_TYPE_I64, bits_of(f64_of(a.bits)));
        return true;
    default: // FROM_BITS
        a = pop(n);
        if (a.type == PM_TYPE_I32)
            push(n, PM_TYPE_F32, bits32_of(f32_of(a.bits)));
        else
            push(n, PM_TYPE_F64, bits_of(f64_of(a.bits)));
        return true;
    }
}

// --- objects -----------------------------------------------------------------

static bool load(struct naive *n, uint32_t op)
{
    uint64_t at = pop(n).bits;
    const uint8_t *p = n->out->bytes + (at < NAIVE_BYTES ? at : 0);
    uint64_t size = op == PM_OP_LOAD8                            ? 1
                    : op == PM_OP_LOAD16                         ? 2
                    : op == PM_OP_LOAD32 || op == PM_OP_LOAD_F32 ? 4
                                                                 : 8;
    pop(n);
    if (at > NAIVE_BYTES || size > NAIVE_BYTES - at)
        return trap(n, PM_TRAP_OOB);
    switch (op) {
    case PM_OP_LOAD8:
        push(n, PM_TYPE_BYTE, p[0]);
        break;
    case PM_OP_LOAD16:
        push(n, PM_TYPE_I64, pm_load16(p));
        break;
    case PM_OP_LOAD32:
        push(n, PM_TYPE_I32, extend(PM_TYPE_I32, pm_load32(p)));
        break;
    case PM_OP_LOAD64:
        push(n, PM_TYPE_I64, pm_load64(p));
        break;
    case PM_OP_LOAD_F32:
        push(n, PM_TYPE_F32, bits32_of(f32_of(pm_load32(p))));
        break;
    default:
        push(n, PM_TYPE_F64, bits_of(f64_of(pm_load64(p))));
        break;
    }
    return true;
}

static bool store(struct naive *n, uint32_t op)
{
    struct naive_value value = pop(n);
    uint64_t at = pop(n).bits;
    uint8_t *p = n->out->bytes + (at < NAIVE_BYTES ? at : 0);
    uint64_t size = op == PM_OP_STORE8                             ? 1
                    : op == PM_OP_STORE16                          ? 2
                    : op == PM_OP_STORE32 || op == PM_OP_STORE_F32 ? 4
                                                                   : 8;
    pop(n);
    if (at > NAIVE_BYTES || size > NAIVE_BYTES - at)
        return trap(n, PM_TRAP_OOB);
    if (op == PM_OP_STORE_F32)
        value.bits = bits32_of(f32_of(value.bits));
    if (op == PM_OP_STORE_F64)
        value.bits = bits_of(f64_of(value.bits));
    for (uint64_t i = 0; i < size; i++)
        p[i] = (uint8_t)(value.bits >> 8 * i);
    return true;
}

static pm_type_id field_type(const struct naive *n, pm_type_id record,
                             uint32_t field)
{
    return n->module->types[record - PM_TYPE_FIRST_USER].fields[field].type;
}

static bool object(struct naive *n, uint32_t op, uint64_t operand)
{
    struct naive_value value;
    uint64_t at;
    switch (op) {
    case PM_OP_BYTES_LEN:
        pop(n);
        push(n, PM_TYPE_I64, NAIVE_BYTES);
        return true;
    case PM_OP_ARR_LEN:
        pop(n);
        push(n, PM_TYPE_I64, NAIVE_ARRAY);
        return true;
    case PM_OP_ARR_GET:
        at = pop(n).bits;
        pop(n);
        if (at >= NAIVE_ARRAY)
            return trap(n, PM_TRAP_OOB);
        push(n, PM_TYPE_I64, n->out->array[at]);
        return true;
    case PM_OP_ARR_SET:
        value = pop(n);
        at = pop(n).bits;
        pop(n);
        if (at >= NAIVE_ARRAY)
            return trap(n, PM_TRAP_OOB);
        n->out->array[at] = value.bits;
        return true;
    case PM_OP_GET_FIELD:
        value = pop(n);
        push(n, field_type(n, value.type, (uint32_t)operand),
             n->out->fields[operand]);
        return true;
    default: // SET_FIELD
        value = pop(n);
        pop(n);
        n->out->fields[operand] = value.bits;
        return true;
    }
}

// --- control -----------------------------------------------------------------

static bool call(struct naive *n, uint32_t function)
{
    const struct pm_function *row = &n->module->functions[function];
    const struct pm_type *type = pm_function_type(n->module, row);
    const struct call *caller = &n->calls[n->depth - 1];
    const struct pm_function *from = &n->module->functions[caller->function];
    uint32_t from_locals = pm_function_slot_count(n->module, from);
    uint32_t base = n->top - type->param_count;
    uint32_t slot =
        caller->slot + from_locals + 1 + (base - (caller->base + from_locals));
    uint32_t locals = pm_function_slot_count(n->module, row);

    if (slot + locals + 1 + row->max_stack > n->stack_slots ||
        n->depth == n->call_depth)
        return trap(n, PM_TRAP_STACK_OVERFLOW);
    n->calls[n->depth++] = (struct call){function, n->at, base, slot};
    while (n->top < base + locals)
        push(n, PM_TYPE_NONE, 0);
    n->at = 0;
    return true;
}

static bool ret(struct naive *n)
{
    const struct call *now = &n->calls[n->depth - 1];
    const struct pm_function *row = &n->module->functions[now->function];
    uint32_t results =
        n->top - now->base - pm_function_slot_count(n->module, row);

    memmove(&n->values[now->base], &n->values[n->top - results],
            results * sizeof n->values[0]);
    n->top = now->base + results;
    n->at = now->back;
    n->depth--;
    n->out->halted = n->depth == 0;
    return n->depth != 0;
}

static void shuffle(struct naive *n, uint32_t op, uint64_t operand)
{
    struct naive_value *v = &n->values[n->top];
    struct naive_value held;
    switch (op) {
    case PM_OP_POP:
        n->top--;
        break;
    case PM_OP_POP_N:
        n->top -= (uint32_t)operand;
        break;
    case PM_OP_DUP:
        v[0] = v[-1];
        n->top++;
        break;
    case PM_OP_OVER:
        v[0] = v[-2];
        n->top++;
        break;
    case PM_OP_DUP2:
        v[0] = v[-2];
        v[1] = v[-1];
        n->top += 2;
        break;
    case PM_OP_SWAP:
        held = v[-1];
        v[-1] = v[-2];
        v[-2] = held;
        break;
    default: // ROT
        held = v[-3];
        v[-3] = v[-2];
        v[-2] = v[-1];
        v[-1] = held;
        break;
    }
}

static void variable(struct naive *n, uint32_t op, uint32_t number)
{
    const struct call *now = &n->calls[n->depth - 1];
    struct naive_value *local = &n->values[now->base + number];
    switch (op) {
    case PM_OP_GET_LOCAL:
        push(n, local->type, local->bits);
        break;
    case PM_OP_SET_LOCAL:
        *local = pop(n);
        break;
    case PM_OP_TEE_LOCAL:
        *local = n->values[n->top - 1];
        break;
    case PM_OP_GET_GLOBAL:
        push(n, n->module->globals[number].type, n->out->globals[number]);
        break;
    default:
        n->out->globals[number] = pop(n).bits;
        break;
    }
}

static bool step(struct naive *n, const struct pm_instruction *ins)
{
    uint32_t op = ins->info->code;
    uint64_t operand = ins->operand[0];
    switch (op) {
    case PM_OP_NOP:
        return true;
    case PM_OP_HALT:
        n->out->halted = true;
        return false;
    case PM_OP_JMP:
        n->at = (uint32_t)operand;
        return true;
    case PM_OP_JMP_IF_FALSE:
    case PM_OP_JMP_IF_TRUE:
        if (pop(n).bits == (op == PM_OP_JMP_IF_TRUE))
            n->at = (uint32_t)operand;
        return true;
    case PM_OP_PUSH_I64:
        push(n, PM_TYPE_I64, operand);
        return true;
    case PM_OP_PUSH_I32:
        push(n, PM_TYPE_I32, operand);
        return true;
    case PM_OP_PUSH_F64:
        push(n, PM_TYPE_F64, operand);
        return true;
    case PM_OP_PUSH_F32:
        push(n, PM_TYPE_F32, operand);
        return true;
    case PM_OP_PUSH_BOOL:
        push(n, PM_TYPE_BOOL, operand);
        return true;
    case PM_OP_PUSH_BYTE:
        push(n, PM_TYPE_BYTE, operand);
        return true;
    case PM_OP_POP:
    case PM_OP_POP_N:
    case PM_OP_DUP:
    case PM_OP_DUP2:
    case PM_OP_OVER:
    case PM_OP_SWAP:
    case PM_OP_ROT:
        shuffle(n, op, operand);
        return true;
    case PM_OP_GET_LOCAL:
    case PM_OP_SET_LOCAL:
    case PM_OP_TEE_LOCAL:
    case PM_OP_GET_GLOBAL:
    case PM_OP_SET_GLOBAL:
        variable(n, op, (uint32_t)operand);
        return true;
    case PM_OP_NEG:
    case PM_OP_ABS:
    case PM_OP_SQRT:
    case PM_OP_FLOOR:
    case PM_OP_CEIL:
    case PM_OP_TRUNC:
    case PM_OP_ROUND:
    case PM_OP_NOT:
    case PM_OP_CLZ:
    case PM_OP_CTZ:
    case PM_OP_POPCNT:
        unary(n, op);
        return true;
    case PM_OP_SHL:
    case PM_OP_SHR:
    case PM_OP_SHR_U:
        shift(n, op);
        return true;
    case PM_OP_EQ:
    case PM_OP_NE:
    case PM_OP_LT:
    case PM_OP_LE:
    case PM_OP_GT:
    case PM_OP_GE:
    case PM_OP_LT_U:
        compare(n, op);
        return true;
    case PM_OP_CALL:
        return call(n, (uint32_t)operand);
    case PM_OP_RET:
        return ret(n);
    case PM_OP_FRAME_SYNC:
        n->out->frames++;
        return true;
    // The one object of each type is made at the start; making costs its
    // price and what its size adds.
    case PM_OP_BYTES_NEW:
        n->out->cycles += (pop(n).bits + 15) / 16;
        push(n, PM_TYPE_BYTES, 0);
        return true;
    case PM_OP_ARR_NEW:
        n->out->cycles += (pop(n).bits * 8 + 15) / 16;
        push(n, (pm_type_id)operand, 0);
        return true;
    case PM_OP_REC_NEW:
        n->out->cycles +=
            (n->module->types[operand - PM_TYPE_FIRST_USER].field_count * 8 +
             15) /
            16;
        push(n, (pm_type_id)operand, 0);
        return true;
    case PM_OP_BYTES_LEN:
    case PM_OP_ARR_LEN:
    case PM_OP_ARR_GET:
    case PM_OP_ARR_SET:
    case PM_OP_GET_FIELD:
    case PM_OP_SET_FIELD:
        return object(n, op, operand);
    default:
        if (op >= PM_OP_LOAD8 && op <= PM_OP_LOAD_F64)
            return load(n, op);
        if (op >= PM_OP_STORE8 && op <= PM_OP_STORE_F64)
            return store(n, op);
        if (op >= PM_OP_TO_I32 && op <= PM_OP_ZEXT_I64)
            return convert(n, op);
        return binary(n, op);
    }
}

void naive_run(const struct pm_module *module, uint32_t stack_slots,
               uint32_t call_depth, uint64_t steps, struct naive_end *out)
{
    struct naive *n = malloc(sizeof *n);
    struct pm_instruction ins;

    if (!n)
        abort();
    memset(out, 0, sizeof *out);
    n->module = module;
    n->out = out;
    n->stack_slots = stack_slots;
    n->call_depth = call_depth;
    n->calls[0] = (struct call){0, 0, 0, 0};
    n->depth = 1;
    n->top = 0;
    n->at = 0;
    while (n->top < pm_function_slot_count(module, &module->functions[0]))
        push(n, PM_TYPE_NONE, 0);
    do {
        out->function = n->calls[n->depth - 1].function;
        out->offset = n->at;
        if (!pm_instruction_decode(&module->functions[out->function], n->at,
                                   &ins))
            abort();
        out->cycles += ins.info->price;
        n->at += ins.size;
        out->too_long = steps-- == 0;
    } while (!out->too_long && step(n, &ins));
    free(n);
}
