// SPDX-License-Identifier: MIT
//
// Objects, and what has a function of its own in the engine.
#include "base/check.h"
#include "base/mem.h"
#include "link/translate_internal.h"

// The op takes [pops] values from their homes and leaves [pushes] there.
// Everything else on the stack is settled too: it may collect.
static void cold(struct pm_translator *tr, uint32_t code, uint32_t pops,
                 uint32_t pushes, uint64_t operand)
{
    pm_tr_settle_all(tr);
    pm_tr_pop(tr, pops);
    pm_tr_emit_wide(tr, code, pm_tr_home(tr, tr->depth), (int32_t)operand);
    for (uint32_t i = 0; i < pushes; i++)
        pm_tr_push_home(tr);
}

// --- memory ------------------------------------------------------------------

// [code] has forms R, I, A for the index.
static void load(struct pm_translator *tr, uint32_t code, enum acc_kind kind)
{
    uint16_t index;
    uint32_t form = 1;
    uint16_t object = pm_tr_slot(tr, tr->depth - 2);
    if (!pm_tr_small(tr, tr->depth - 1, &index)) {
        index = pm_tr_slot(tr, tr->depth - 1);
        form = pm_tr_in_acc(tr, index, ACC_INTEGER) ? 2 : 0;
    }
    pm_tr_emit_result(tr, 2, code + form, object, index, kind);
}

// [code] has forms R, I, A for the value.
static void store(struct pm_translator *tr, uint32_t code)
{
    uint16_t value;
    uint32_t form = 1;
    uint16_t object = pm_tr_slot(tr, tr->depth - 3);
    uint16_t index = pm_tr_slot(tr, tr->depth - 2);
    if (!pm_tr_small(tr, tr->depth - 1, &value)) {
        value = pm_tr_slot(tr, tr->depth - 1);
        form = pm_tr_in_acc(tr, value, ACC_INTEGER) ? 2 : 0;
    }
    pm_tr_pop(tr, 3);
    pm_tr_emit(tr, code + form, object, index, value, 0);
}

// Forms R and A for the value, by its type.
static void set_element(struct pm_translator *tr)
{
    pm_type_id type = pm_tr_now(tr)->type;
    uint32_t code =
        pm_tr_is_f64(type) ? PM_IOP_ARR_SET_F64_R : PM_IOP_ARR_SET_R;
    uint16_t object = pm_tr_slot(tr, tr->depth - 3);
    uint16_t index = pm_tr_slot(tr, tr->depth - 2);
    uint16_t value = pm_tr_slot(tr, tr->depth - 1);
    code += pm_tr_in_acc(tr, value, pm_tr_kind(type)) ? 1 : 0;
    pm_tr_pop(tr, 3);
    pm_tr_emit(tr, code, object, index, value, 0);
}

static pm_type_id field_type(const struct pm_translator *tr)
{
    return tr->module->types[pm_tr_now(tr)->type - PM_TYPE_FIRST_USER]
        .fields[pm_tr_now(tr)->operand[0]]
        .type;
}

static void get_field(struct pm_translator *tr)
{
    pm_type_id type = field_type(tr);
    uint32_t code =
        pm_tr_is_f64(type) ? PM_IOP_GET_FIELD_F64_R : PM_IOP_GET_FIELD_R;
    uint16_t object = pm_tr_slot(tr, tr->depth - 1);
    code += pm_tr_in_acc(tr, object, ACC_INTEGER) ? 1 : 0;
    pm_tr_emit_result(tr, 1, code, object, (uint16_t)pm_tr_now(tr)->operand[0],
                      pm_tr_kind(type));
}

static void set_field(struct pm_translator *tr)
{
    pm_type_id type = field_type(tr);
    uint32_t code =
        pm_tr_is_f64(type) ? PM_IOP_SET_FIELD_F64_R : PM_IOP_SET_FIELD_R;
    uint16_t object = pm_tr_slot(tr, tr->depth - 2);
    uint16_t value = pm_tr_slot(tr, tr->depth - 1);
    code += pm_tr_in_acc(tr, value, pm_tr_kind(type)) ? 1 : 0;
    pm_tr_pop(tr, 2);
    pm_tr_emit(tr, code, object, value, (uint16_t)pm_tr_now(tr)->operand[0], 0);
}

static uint32_t fields_of(const struct pm_translator *tr, uint64_t type)
{
    return tr->module->types[type - PM_TYPE_FIRST_USER].field_count;
}

// --- calls out of the program ------------------------------------------------

// Returns to the host when the tick is over. The info names the next
// instruction, before which the program then stands.
static void pause(struct pm_translator *tr)
{
    uint32_t op = pm_tr_emit(tr, PM_IOP_PAUSE, 0, 0, 0, 0);
    if (!tr->failed)
        tr->image->infos[op].offset = pm_tr_ins(tr, tr->at + 1)->offset;
}

// What a call that waits leaves of the tick is forfeited: the count is exact
// by then, so that nothing is charged to the next one.
static void host_call(struct pm_translator *tr)
{
    uint32_t number = (uint32_t)pm_tr_now(tr)->operand[0];
    const struct pm_image_call *call = &tr->image->calls[number];
    bool may_wait = pm_link_may_wait(pm_tr_now(tr), tr->image->calls);

    if (may_wait)
        pm_tr_make_exact(tr);
    cold(tr, PM_IOP_SYSCALL, call->args, call->results, number);
    if (may_wait)
        pause(tr);
}

// The image's own number of an intrinsic.
static uint32_t intrinsic_number(struct pm_translator *tr, uint32_t id)
{
    struct pm_image *image = tr->image;
    for (size_t i = 0; i < image->intrinsic_count; i++)
        if (image->intrinsics[i] == id)
            return (uint32_t)i;
    if (!pm_mem_grow(&image->alloc, &image->intrinsics,
                     &image->intrinsic_capacity, image->intrinsic_count + 1,
                     sizeof *image->intrinsics)) {
        tr->failed = true;
        return 0;
    }
    image->intrinsics[image->intrinsic_count] = id;
    return (uint32_t)image->intrinsic_count++;
}

static void intrinsic(struct pm_translator *tr)
{
    uint32_t id = (uint32_t)pm_tr_now(tr)->operand[0];
    const struct pm_intrinsic_decl *decl = pm_intrinsic_find(id);
    PM_CHECK(decl);
    cold(tr, PM_IOP_INTRINSIC, decl->param_count, decl->result_count,
         intrinsic_number(tr, id));
}

// After these the count is exact: the vm charges on the way out.
static void leave(struct pm_translator *tr, uint32_t code)
{
    uint16_t slot = 0;
    if (code == PM_IOP_SLEEP) {
        slot = pm_tr_slot(tr, tr->depth - 1);
        pm_tr_pop(tr, 1);
    }
    pm_tr_settle_all(tr);
    pm_tr_emit(tr, code, slot, 0, 0, 0);
    tr->q = 0;
    tr->in_op[tr->at] = (uint32_t)tr->image->op_count;
}

// --- by instruction ----------------------------------------------------------

// Loads and stores of buffers: the first of three forms.
static const struct {
    uint16_t opcode;
    uint16_t code;
    bool is_store;
} accesses[] = {
    {PM_OP_LOAD8, PM_IOP_LOAD8_R, false},
    {PM_OP_LOAD16, PM_IOP_LOAD16_R, false},
    {PM_OP_LOAD32, PM_IOP_LOAD32_R, false},
    {PM_OP_LOAD64, PM_IOP_LOAD64_R, false},
    {PM_OP_LOAD_F32, PM_IOP_LOAD_F32_R, false},
    {PM_OP_LOAD_F64, PM_IOP_LOAD64_R, false},
    {PM_OP_STORE8, PM_IOP_STORE8_R, true},
    {PM_OP_STORE16, PM_IOP_STORE16_R, true},
    {PM_OP_STORE32, PM_IOP_STORE32_R, true},
    {PM_OP_STORE64, PM_IOP_STORE64_R, true},
    {PM_OP_STORE_F32, PM_IOP_STORE_F32_R, true},
    {PM_OP_STORE_F64, PM_IOP_STORE_F64_R, true},
};

static bool access_operation(struct pm_translator *tr)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(accesses); i++) {
        if (accesses[i].opcode != pm_tr_now(tr)->opcode)
            continue;
        if (accesses[i].is_store)
            store(tr, accesses[i].code);
        else
            load(tr, accesses[i].code, ACC_INTEGER);
        return true;
    }
    return false;
}

static bool element_operation(struct pm_translator *tr)
{
    pm_type_id type = pm_tr_now(tr)->type;
    switch (pm_tr_now(tr)->opcode) {
    case PM_OP_BYTES_LEN:
        pm_tr_unary(tr, PM_IOP_BYTES_LEN);
        break;
    case PM_OP_ARR_LEN:
        pm_tr_unary(tr, PM_IOP_ARR_LEN);
        break;
    case PM_OP_ARR_GET:
        load(tr, pm_tr_is_f64(type) ? PM_IOP_ARR_GET_F64_R : PM_IOP_ARR_GET_R,
             pm_tr_kind(type));
        break;
    case PM_OP_ARR_SET:
        set_element(tr);
        break;
    case PM_OP_GET_FIELD:
        get_field(tr);
        break;
    case PM_OP_SET_FIELD:
        set_field(tr);
        break;
    default:
        return false;
    }
    return true;
}

// Instructions whose op does it all: opcode, op, operands, results.
static const struct {
    uint16_t opcode;
    uint16_t code;
    uint8_t pops;
    uint8_t pushes;
} plain[] = {
    {PM_OP_STR_LEN, PM_IOP_STR_LEN, 1, 1},
    {PM_OP_STR_BYTE, PM_IOP_STR_BYTE, 2, 1},
    {PM_OP_STR_SLICE, PM_IOP_STR_SLICE, 3, 1},
    {PM_OP_STR_COMPARE, PM_IOP_STR_COMPARE, 2, 1},
    {PM_OP_STR_FIND, PM_IOP_STR_FIND, 3, 1},
    {PM_OP_STR_FROM_I64, PM_IOP_STR_FROM_I64, 1, 1},
    {PM_OP_STR_CHAR, PM_IOP_STR_CHAR, 2, 2},
    {PM_OP_STR_FROM_CHAR, PM_IOP_STR_FROM_CHAR, 1, 1},
    {PM_OP_BYTES_NEW, PM_IOP_BYTES_NEW, 1, 1},
    {PM_OP_BYTES_FILL, PM_IOP_BYTES_FILL, 4, 0},
    {PM_OP_BYTES_COPY, PM_IOP_BYTES_COPY, 5, 0},
    {PM_OP_BYTES_COMPARE, PM_IOP_BYTES_COMPARE, 5, 1},
    {PM_OP_BYTES_FIND, PM_IOP_BYTES_FIND, 4, 1},
    {PM_OP_BYTES_FROM_STR, PM_IOP_BYTES_FROM_STR, 1, 1},
    {PM_OP_BYTES_TO_STR, PM_IOP_BYTES_TO_STR, 3, 2},
    {PM_OP_BYTES_RELEASE, PM_IOP_BYTES_RELEASE, 1, 0},
    {PM_OP_BYTES_XOR, PM_IOP_BYTES_XOR, 5, 0},
    {PM_OP_BYTES_CRC32, PM_IOP_BYTES_CRC32, 4, 1},
    {PM_OP_ARR_NEW, PM_IOP_ARR_NEW, 1, 1},
    {PM_OP_ARR_FILL, PM_IOP_ARR_FILL, 4, 0},
    {PM_OP_ARR_COPY, PM_IOP_ARR_COPY, 5, 0},
    {PM_OP_REC_NEW, PM_IOP_REC_NEW, 0, 1},
    {PM_OP_CORO_STATE, PM_IOP_CORO_STATE, 1, 1},
    {PM_OP_CAST, PM_IOP_CAST, 1, 1},
    {PM_OP_IS_TYPE, PM_IOP_IS_TYPE, 1, 1},
    {PM_OP_TRAP_WITH, PM_IOP_TRAP_WITH, 1, 0},
};

static bool plain_operation(struct pm_translator *tr)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(plain); i++) {
        if (plain[i].opcode != pm_tr_now(tr)->opcode)
            continue;
        cold(tr, plain[i].code, plain[i].pops, plain[i].pushes,
             pm_tr_now(tr)->operand[0]);
        return true;
    }
    return false;
}

// Instructions whose operands or results depend on their immediates.
static bool counted_operation(struct pm_translator *tr)
{
    const struct pm_verified_ins *ins = pm_tr_now(tr);
    uint64_t first = ins->operand[0];
    switch (ins->opcode) {
    case PM_OP_REC_MAKE:
        cold(tr, PM_IOP_REC_MAKE, fields_of(tr, first), 1, first);
        break;
    case PM_OP_MAKE_CLOSURE:
        cold(tr, PM_IOP_MAKE_CLOSURE, (uint32_t)ins->operand[1], 1, first);
        break;
    case PM_OP_SPAWN:
        cold(tr, PM_IOP_SPAWN, (uint32_t)ins->operand[1], 1, first);
        break;
    case PM_OP_SPAWN_CLOSURE:
        cold(tr, PM_IOP_SPAWN_CLOSURE, (uint32_t)first + 1, 1, 0);
        break;
    case PM_OP_HOSTCALL:
        host_call(tr);
        break;
    case PM_OP_INTRINSIC:
        intrinsic(tr);
        break;
    case PM_OP_ADD: // of strings
        if (ins->type != PM_TYPE_STRING)
            return false;
        cold(tr, PM_IOP_STR_CONCAT, 2, 1, 0);
        break;
    default:
        return false;
    }
    return true;
}

// Instructions at which the program leaves the engine.
static bool leaving_operation(struct pm_translator *tr)
{
    switch (pm_tr_now(tr)->opcode) {
    case PM_OP_FRAME_SYNC:
        leave(tr, PM_IOP_FRAME_SYNC);
        break;
    case PM_OP_YIELD:
        leave(tr, PM_IOP_YIELD);
        break;
    case PM_OP_SLEEP:
        leave(tr, PM_IOP_SLEEP);
        break;
    case PM_OP_HALT:
        leave(tr, PM_IOP_HALT);
        break;
    case PM_OP_TRAP:
        pm_tr_emit(tr, PM_IOP_TRAP, 0, 0, 0, 0);
        break;
    default:
        return false;
    }
    return true;
}

bool pm_tr_object(struct pm_translator *tr)
{
    return access_operation(tr) || element_operation(tr) ||
           plain_operation(tr) || counted_operation(tr) ||
           leaving_operation(tr);
}
