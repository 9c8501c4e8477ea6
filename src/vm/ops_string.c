// SPDX-License-Identifier: MIT
//
// Instructions on strings. Operands stand in at[0] and up, results replace
// them. An allocation may collect but never moves an object.
#define _GNU_SOURCE // memmem
#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "vm/vm_internal.h"

static const uint8_t *text_of(const struct pm_object *string)
{
    return pm_object_bytes(string);
}

static pm_trap_code get_string(struct pm_vm *vm, pm_ref ref,
                               struct pm_object **out)
{
    pm_trap_code trap = pm_vm_check_ref(vm, ref);
    *out = pm_vm_object(vm, ref);
    return trap ? pm_vm_fault_ref(vm, trap, ref) : PM_TRAP_NONE;
}

static pm_trap_code get_two(struct pm_vm *vm, const uint64_t *at,
                            struct pm_object **a, struct pm_object **b)
{
    pm_trap_code trap = get_string(vm, at[0], a);
    return trap ? trap : get_string(vm, at[1], b);
}

static pm_trap_code new_string(struct pm_vm *vm, uint64_t size, pm_ref *out)
{
    if (size > PM_HEAP_MAX_LENGTH)
        return pm_vm_fault(vm, PM_TRAP_OUT_OF_MEMORY,
                           "a string of %" PRIu64 " bytes", size);
    pm_vm_charge_bytes(vm, size);
    return pm_vm_alloc(vm, PM_KIND_STRING, 0, (uint32_t)size, out);
}

static pm_trap_code make_string(struct pm_vm *vm, const void *bytes,
                                size_t size, uint64_t *out)
{
    pm_ref ref;
    pm_trap_code trap = new_string(vm, size, &ref);
    if (trap)
        return trap;
    if (size)
        memcpy(pm_object_bytes(pm_vm_object(vm, ref)), bytes, size);
    *out = ref;
    return PM_TRAP_NONE;
}

pm_trap_code pm_op_trap_with(struct pm_vm *vm, const struct pm_op *ip,
                             uint64_t *at)
{
    struct pm_object *string;
    struct pm_buf text;
    (void)ip;
    pm_trap_code trap = get_string(vm, at[0], &string);
    if (trap)
        return trap;
    pm_buf_init(&text, &vm->alloc);
    pm_buf_put_escaped(&text, text_of(string),
                       string->length < PM_TRAP_MESSAGE_SIZE
                           ? string->length
                           : PM_TRAP_MESSAGE_SIZE);
    const char *line = pm_buf_cstr(&text);
    pm_vm_fault(vm, PM_TRAP_EXPLICIT, "%s", line ? line : "");
    pm_buf_free(&text);
    return PM_TRAP_EXPLICIT;
}

// --- comparing ---------------------------------------------------------------

// -1, 0 or 1 by bytes, a prefix being less; charges for what it looks at.
static int compare(struct pm_vm *vm, const struct pm_object *a,
                   const struct pm_object *b)
{
    uint32_t size = a->length < b->length ? a->length : b->length;
    pm_vm_charge_bytes(vm, size);
    int order = size ? memcmp(text_of(a), text_of(b), size) : 0;
    if (order == 0)
        order = (a->length > b->length) - (a->length < b->length);
    return (order > 0) - (order < 0);
}

// Null equals null and nothing else.
static bool is_equal(struct pm_vm *vm, pm_ref a, pm_ref b)
{
    const struct pm_object *left = pm_vm_object(vm, a);
    const struct pm_object *right = pm_vm_object(vm, b);
    if (a == b || a == 0 || b == 0 || left->length != right->length)
        return a == b ||
               (a != 0 && b != 0 && left->length == 0 && right->length == 0);
    return compare(vm, left, right) == 0;
}

pm_trap_code pm_op_str_eq(struct pm_vm *vm, const struct pm_op *ip,
                          uint64_t *at)
{
    (void)ip;
    at[0] = is_equal(vm, at[0], at[1]);
    return PM_TRAP_NONE;
}

pm_trap_code pm_op_str_ne(struct pm_vm *vm, const struct pm_op *ip,
                          uint64_t *at)
{
    (void)ip;
    at[0] = !is_equal(vm, at[0], at[1]);
    return PM_TRAP_NONE;
}

#define ORDERING(name, condition)                                              \
    pm_trap_code name(struct pm_vm *vm, const struct pm_op *ip, uint64_t *at)  \
    {                                                                          \
        struct pm_object *a;                                                   \
        struct pm_object *b;                                                   \
        (void)ip;                                                              \
        pm_trap_code trap = get_two(vm, at, &a, &b);                           \
        if (trap)                                                              \
            return trap;                                                       \
        int order = compare(vm, a, b);                                         \
        at[0] = (uint64_t)(int64_t)(condition);                                \
        return PM_TRAP_NONE;                                                   \
    }
ORDERING(pm_op_str_lt, order < 0)
ORDERING(pm_op_str_le, order <= 0)
ORDERING(pm_op_str_gt, order > 0)
ORDERING(pm_op_str_ge, order >= 0)
ORDERING(pm_op_str_compare, order)

// --- parts -------------------------------------------------------------------

pm_trap_code pm_op_str_len(struct pm_vm *vm, const struct pm_op *ip,
                           uint64_t *at)
{
    struct pm_object *string;
    (void)ip;
    pm_trap_code trap = get_string(vm, at[0], &string);
    if (!trap)
        at[0] = string->length;
    return trap;
}

pm_trap_code pm_op_str_byte(struct pm_vm *vm, const struct pm_op *ip,
                            uint64_t *at)
{
    struct pm_object *string;
    (void)ip;
    pm_trap_code trap = get_string(vm, at[0], &string);
    if (trap)
        return trap;
    if (at[1] >= string->length)
        return pm_vm_fault(vm, PM_TRAP_OOB,
                           "index %" PRId64 " in string of length %u",
                           (int64_t)at[1], (unsigned)string->length);
    at[0] = text_of(string)[at[1]];
    return PM_TRAP_NONE;
}

static bool is_boundary(const struct pm_object *string, uint64_t offset)
{
    return offset == string->length || (text_of(string)[offset] & 0xc0) != 0x80;
}

pm_trap_code pm_op_str_slice(struct pm_vm *vm, const struct pm_op *ip,
                             uint64_t *at)
{
    struct pm_object *string;
    pm_ref part;
    (void)ip;
    pm_trap_code trap = get_string(vm, at[0], &string);
    if (trap)
        return trap;
    if (!pm_window_is_inside((int64_t)at[1], (int64_t)at[2], string->length) ||
        !is_boundary(string, at[1]) || !is_boundary(string, at[1] + at[2]))
        return pm_vm_fault(
            vm, PM_TRAP_OOB,
            "slice of %" PRId64 " bytes at %" PRId64 " in string of length %u",
            (int64_t)at[2], (int64_t)at[1], (unsigned)string->length);
    trap = new_string(vm, at[2], &part);
    if (trap)
        return trap;
    memcpy(pm_object_bytes(pm_vm_object(vm, part)), text_of(string) + at[1],
           at[2]);
    at[0] = part;
    return PM_TRAP_NONE;
}

pm_trap_code pm_op_str_concat(struct pm_vm *vm, const struct pm_op *ip,
                              uint64_t *at)
{
    struct pm_object *a;
    struct pm_object *b;
    pm_ref joined;
    (void)ip;
    pm_trap_code trap = get_two(vm, at, &a, &b);
    if (trap)
        return trap;
    trap = new_string(vm, (uint64_t)a->length + b->length, &joined);
    if (trap)
        return trap;
    uint8_t *to = pm_object_bytes(pm_vm_object(vm, joined));
    memcpy(to, text_of(a), a->length);
    memcpy(to + a->length, text_of(b), b->length);
    at[0] = joined;
    return PM_TRAP_NONE;
}

// The first place of [needle] in [hay], or -1. Linear: Knuth, Morris and
// Pratt without a table would need one; two-way search (memmem) needs none.
static int64_t find(const uint8_t *hay, size_t hay_size, const uint8_t *needle,
                    size_t needle_size)
{
    const uint8_t *found = memmem(hay, hay_size, needle, needle_size);
    return found ? found - hay : -1;
}

pm_trap_code pm_op_str_find(struct pm_vm *vm, const struct pm_op *ip,
                            uint64_t *at)
{
    struct pm_object *hay;
    struct pm_object *needle;
    (void)ip;
    pm_trap_code trap = get_two(vm, at, &hay, &needle);
    if (trap)
        return trap;
    if (at[2] > hay->length)
        return pm_vm_fault(vm, PM_TRAP_OOB,
                           "search from %" PRId64 " in string of length %u",
                           (int64_t)at[2], (unsigned)hay->length);
    pm_vm_charge_bytes(vm, (uint64_t)hay->length - at[2]);
    pm_vm_charge_bytes(vm, needle->length);
    int64_t place = find(text_of(hay) + at[2], hay->length - at[2],
                         text_of(needle), needle->length);
    at[0] = (uint64_t)(place < 0 ? -1 : place + (int64_t)at[2]);
    return PM_TRAP_NONE;
}

// --- from and to numbers -----------------------------------------------------

pm_trap_code pm_op_str_from_i64(struct pm_vm *vm, const struct pm_op *ip,
                                uint64_t *at)
{
    char digits[24];
    char *start = digits + sizeof digits;
    bool negative = (int64_t)at[0] < 0;
    uint64_t rest = negative ? 0 - at[0] : at[0];
    (void)ip;
    do
        *--start = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    if (negative)
        *--start = '-';
    return make_string(vm, start, (size_t)(digits + sizeof digits - start), at);
}

pm_trap_code pm_op_str_char(struct pm_vm *vm, const struct pm_op *ip,
                            uint64_t *at)
{
    struct pm_object *string;
    uint32_t code = 0;
    size_t length = 0;
    (void)ip;
    pm_trap_code trap = get_string(vm, at[0], &string);
    if (trap)
        return trap;
    if (at[1] < string->length)
        length = pm_utf8_decode(text_of(string) + at[1], string->length - at[1],
                                &code);
    if (length == 0)
        return pm_vm_fault(vm, PM_TRAP_OOB,
                           "no character begins at %" PRId64
                           " in string of length %u",
                           (int64_t)at[1], (unsigned)string->length);
    at[0] = code;
    at[1] = length;
    return PM_TRAP_NONE;
}

pm_trap_code pm_op_str_from_char(struct pm_vm *vm, const struct pm_op *ip,
                                 uint64_t *at)
{
    uint8_t bytes[4];
    (void)ip;
    if (at[0] > 0x10ffff || (at[0] >= 0xd800 && at[0] <= 0xdfff))
        return pm_vm_fault(vm, PM_TRAP_INVALID_ARGUMENT,
                           "%" PRId64 " is no code point", (int64_t)at[0]);
    size_t size = pm_utf8_encode((uint32_t)at[0], bytes);
    return make_string(vm, bytes, size, at);
}
