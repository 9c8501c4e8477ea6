// SPDX-License-Identifier: MIT
//
// Appending to the image.
#include "base/mem.h"
#include "link/translate_internal.h"

static struct pm_op *append(struct pm_translator *tr, uint32_t code)
{
    struct pm_image *image = tr->image;
    if (!pm_mem_grow(&image->alloc, &image->ops, &image->op_capacity,
                     image->op_count + 1, sizeof *image->ops) ||
        !pm_mem_grow(&image->alloc, &image->infos, &image->info_capacity,
                     image->op_count + 1, sizeof *image->infos)) {
        tr->failed = true;
        return NULL;
    }
    image->infos[image->op_count] = (struct pm_op_info){
        pm_tr_ins(tr, tr->at)->offset, tr->q, (uint16_t)code};
    struct pm_op *op = &image->ops[image->op_count++];
    *op = (struct pm_op){.code = code};
    tr->last_result = NO_OP;
    tr->acc_kind = ACC_NONE;
    return op;
}

uint32_t pm_tr_emit(struct pm_translator *tr, uint32_t code, uint16_t a,
                    uint16_t b, uint16_t c, uint16_t d)
{
    struct pm_op *op = append(tr, code);
    if (op) {
        op->a = a;
        op->b = b;
        op->c = c;
        op->d = d;
    }
    return (uint32_t)tr->image->op_count - 1;
}

uint32_t pm_tr_emit_wide(struct pm_translator *tr, uint32_t code, uint16_t a,
                         int32_t wide)
{
    struct pm_op *op = append(tr, code);
    if (op) {
        op->a32 = a;
        op->wide = wide;
    }
    return (uint32_t)tr->image->op_count - 1;
}

void pm_tr_emit_result(struct pm_translator *tr, uint32_t pops, uint32_t code,
                       uint16_t b, uint16_t c, enum acc_kind kind)
{
    pm_tr_pop(tr, pops);
    uint32_t op = pm_tr_emit(tr, code, pm_tr_home(tr, tr->depth), b, c, 0);
    tr->acc_kind = kind;
    tr->acc_slot = pm_tr_home(tr, tr->depth);
    pm_tr_push_home(tr);
    tr->last_result = op;
}

bool pm_tr_in_acc(const struct pm_translator *tr, uint16_t slot,
                  enum acc_kind kind)
{
    return tr->acc_kind == kind && tr->acc_slot == slot;
}

uint32_t pm_tr_pool(struct pm_translator *tr, uint64_t bits)
{
    struct pm_image *image = tr->image;
    // Constants that are used again are mostly used again soon.
    for (size_t back = 1; back <= 16 && back <= image->pool_count; back++)
        if (image->pool[image->pool_count - back] == bits)
            return (uint32_t)(image->pool_count - back);
    if (!pm_mem_grow(&image->alloc, &image->pool, &image->pool_capacity,
                     image->pool_count + 1, sizeof *image->pool)) {
        tr->failed = true;
        return 0;
    }
    image->pool[image->pool_count] = bits;
    return (uint32_t)image->pool_count++;
}

void pm_tr_emit_constant(struct pm_translator *tr, uint16_t slot, uint64_t bits)
{
    int64_t number = (int64_t)bits;
    if (number >= INT32_MIN && number <= INT32_MAX)
        pm_tr_emit_wide(tr, PM_IOP_MOV_I, slot, (int32_t)number);
    else
        pm_tr_emit_wide(tr, PM_IOP_MOV_K, slot, (int32_t)pm_tr_pool(tr, bits));
}

void pm_tr_make_exact(struct pm_translator *tr)
{
    int32_t q = tr->q;
    if (q == 0)
        return;
    tr->q = 0;
    pm_tr_emit_wide(tr, PM_IOP_CHARGE, 0, q);
}
