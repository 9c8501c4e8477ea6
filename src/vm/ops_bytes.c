// SPDX-License-Identifier: MIT
//
// Instructions on byte buffers. Windows are checked whole before a byte is
// touched; the price is charged before the work.
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "vm/vm_internal.h"

static pm_trap_code check_window(struct pm_vm *vm,
                                 const struct pm_object *bytes, uint64_t offset,
                                 uint64_t length)
{
    if (pm_window_is_inside((int64_t)offset, (int64_t)length, bytes->length))
        return PM_TRAP_NONE;
    return pm_vm_fault(
        vm, PM_TRAP_OOB,
        "window of %" PRId64 " bytes at %" PRId64 " in bytes of length %u",
        (int64_t)length, (int64_t)offset, (unsigned)bytes->length);
}

// The buffer [ref] with the window checked.
static pm_trap_code get_window(struct pm_vm *vm, pm_ref ref, uint64_t offset,
                               uint64_t length, uint8_t **out)
{
    pm_trap_code trap = pm_vm_check_ref(vm, ref);
    if (trap)
        return pm_vm_fault_ref(vm, trap, ref);
    trap = check_window(vm, pm_vm_object(vm, ref), offset, length);
    if (!trap)
        *out = pm_object_bytes(pm_vm_object(vm, ref)) + offset;
    return trap;
}

// at: a, a_offset, b, b_offset, length. Both windows checked, and charged.
static pm_trap_code get_two_windows(struct pm_vm *vm, const uint64_t *at,
                                    uint8_t **a, uint8_t **b)
{
    pm_trap_code trap = get_window(vm, at[0], at[1], at[4], a);
    if (!trap)
        trap = get_window(vm, at[2], at[3], at[4], b);
    if (!trap)
        pm_vm_charge_bytes(vm, at[4]);
    return trap;
}

static pm_trap_code new_bytes(struct pm_vm *vm, uint64_t length, pm_ref *out)
{
    if (length > PM_HEAP_MAX_LENGTH)
        return pm_vm_fault(
            vm, (int64_t)length < 0 ? PM_TRAP_OOB : PM_TRAP_OUT_OF_MEMORY,
            "a buffer of %" PRId64 " bytes", (int64_t)length);
    pm_vm_charge_bytes(vm, length);
    return pm_vm_alloc(vm, PM_KIND_BYTES, 0, (uint32_t)length, out);
}

pm_trap_code pm_op_bytes_new(struct pm_vm *vm, const struct pm_op *ip,
                             uint64_t *at)
{
    pm_ref ref;
    (void)ip;
    pm_trap_code trap = new_bytes(vm, at[0], &ref);
    if (!trap)
        at[0] = ref;
    return trap;
}

pm_trap_code pm_op_bytes_fill(struct pm_vm *vm, const struct pm_op *ip,
                              uint64_t *at)
{
    uint8_t *to;
    (void)ip;
    pm_trap_code trap = get_window(vm, at[0], at[1], at[2], &to);
    if (trap)
        return trap;
    pm_vm_charge_bytes(vm, at[2]);
    memset(to, (int)(at[3] & 0xff), at[2]);
    return PM_TRAP_NONE;
}

pm_trap_code pm_op_bytes_copy(struct pm_vm *vm, const struct pm_op *ip,
                              uint64_t *at)
{
    uint8_t *to;
    uint8_t *from;
    (void)ip;
    pm_trap_code trap = get_two_windows(vm, at, &to, &from);
    if (!trap)
        pm_mem_move(to, from, at[4]);
    return trap;
}

pm_trap_code pm_op_bytes_compare(struct pm_vm *vm, const struct pm_op *ip,
                                 uint64_t *at)
{
    uint8_t *a;
    uint8_t *b;
    (void)ip;
    pm_trap_code trap = get_two_windows(vm, at, &a, &b);
    if (trap)
        return trap;
    int order = memcmp(a, b, at[4]);
    at[0] = (uint64_t)(int64_t)((order > 0) - (order < 0));
    return PM_TRAP_NONE;
}

pm_trap_code pm_op_bytes_find(struct pm_vm *vm, const struct pm_op *ip,
                              uint64_t *at)
{
    uint8_t *from;
    (void)ip;
    pm_trap_code trap = get_window(vm, at[0], at[1], at[2], &from);
    if (trap)
        return trap;
    pm_vm_charge_bytes(vm, at[2]);
    const uint8_t *found = memchr(from, (int)(at[3] & 0xff), at[2]);
    at[0] = found ? at[1] + (uint64_t)(found - from) : UINT64_MAX;
    return PM_TRAP_NONE;
}

pm_trap_code pm_op_bytes_from_str(struct pm_vm *vm, const struct pm_op *ip,
                                  uint64_t *at)
{
    pm_ref ref;
    (void)ip;
    pm_trap_code trap = pm_vm_check_ref(vm, at[0]);
    if (trap)
        return pm_vm_fault_ref(vm, trap, at[0]);
    struct pm_object *string = pm_vm_object(vm, at[0]);
    trap = new_bytes(vm, string->length, &ref);
    if (trap)
        return trap;
    memcpy(pm_object_bytes(pm_vm_object(vm, ref)), pm_object_bytes(string),
           string->length);
    at[0] = ref;
    return PM_TRAP_NONE;
}

pm_trap_code pm_op_bytes_to_str(struct pm_vm *vm, const struct pm_op *ip,
                                uint64_t *at)
{
    uint8_t *from;
    pm_ref ref;
    (void)ip;
    pm_trap_code trap = get_window(vm, at[0], at[1], at[2], &from);
    if (trap)
        return trap;
    pm_vm_charge_bytes(vm, at[2]);
    bool valid = pm_utf8_is_valid(from, at[2]);
    uint32_t size = valid ? (uint32_t)at[2] : 0;
    trap = pm_vm_alloc(vm, PM_KIND_STRING, 0, size, &ref);
    if (trap)
        return trap;
    memcpy(pm_object_bytes(pm_vm_object(vm, ref)), from, size);
    at[0] = valid;
    at[1] = ref;
    return PM_TRAP_NONE;
}

pm_trap_code pm_op_bytes_release(struct pm_vm *vm, const struct pm_op *ip,
                                 uint64_t *at)
{
    (void)ip;
    pm_trap_code trap = pm_vm_check_ref(vm, at[0]);
    if (trap)
        return pm_vm_fault_ref(vm, trap, at[0]);
    pm_vm_note_ended(vm, at[0]);
    return pm_heap_end(vm->heap, at[0]);
}

// As if the source were read before the target is written.
static void xor_into(uint8_t *to, const uint8_t *from, size_t size)
{
    if (to <= from || to >= from + size) {
        for (size_t i = 0; i < size; i++)
            to[i] ^= from[i];
        return;
    }
    for (size_t i = size; i > 0; i--)
        to[i - 1] ^= from[i - 1];
}

pm_trap_code pm_op_bytes_xor(struct pm_vm *vm, const struct pm_op *ip,
                             uint64_t *at)
{
    uint8_t *to;
    uint8_t *from;
    (void)ip;
    pm_trap_code trap = get_two_windows(vm, at, &to, &from);
    if (!trap)
        xor_into(to, from, at[4]);
    return trap;
}

// Four bits at a time over a table of 16, reflected polynomial 0xedb88320.
static uint32_t crc32(uint32_t crc, const uint8_t *bytes, size_t size)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    crc = ~crc;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

pm_trap_code pm_op_bytes_crc32(struct pm_vm *vm, const struct pm_op *ip,
                               uint64_t *at)
{
    uint8_t *from;
    (void)ip;
    pm_trap_code trap = get_window(vm, at[0], at[1], at[2], &from);
    if (trap)
        return trap;
    pm_vm_charge_bytes(vm, at[2] * 8);
    at[0] = crc32((uint32_t)at[3], from, at[2]);
    return PM_TRAP_NONE;
}
