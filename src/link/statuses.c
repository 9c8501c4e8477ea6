// SPDX-License-Identifier: MIT
//
// The strict mode for programs in assembly: a status that is dropped without a
// look at it is refused, as the language refuses it (docs/spec/linking.md).
//
// Which slots of the stack hold a host call's status is followed within a
// basic block. What is compared, jumped on, copied or stored counts as looked
// at; what is popped has to have been.
#include <string.h>

#include "link/verify_internal.h"

// The status in the slot is dropped at the present instruction.
static void refuse(struct pm_verifier *v, uint32_t slot)
{
    const struct pm_host_decl *decl =
        &v->module->host_decls[v->status_of[slot] - 1];
    struct pm_buf *text = pm_verify_begin(v);

    pm_buf_puts(text, "the status of ");
    pm_link_put_name(text, decl->module);
    pm_buf_puts(text, " ");
    pm_link_put_name(text, decl->name);
    pm_buf_puts(text, " is dropped without a look at it; wanted a comparison, "
                      "a jump or a variable for it");
    pm_verify_send(v, "LINK-STATUS");
}

static void drop(struct pm_verifier *v, uint64_t count)
{
    for (uint32_t i = v->depth; i > 0 && count > 0; i--, count--)
        if (v->status_of[i - 1])
            refuse(v, i - 1);
}

// The slot [below] the top moves to the top, as swap and rot do.
static void lift(struct pm_verifier *v, uint32_t below)
{
    if (v->depth <= below)
        return;
    uint32_t at = v->depth - 1 - below;
    uint32_t moved = v->status_of[at];
    for (; at + 1 < v->depth; at++)
        v->status_of[at] = v->status_of[at + 1];
    v->status_of[at] = moved;
}

// Copied: what becomes of the first one does not matter any more.
static void look(struct pm_verifier *v, uint32_t below)
{
    if (below < v->depth)
        v->status_of[v->depth - 1 - below] = 0;
}

void pm_verify_statuses_before(struct pm_verifier *v)
{
    const struct pm_verified_ins *ins = pm_verify_present(v);

    switch (ins->opcode) {
    case PM_OP_POP:
        drop(v, 1);
        break;
    case PM_OP_POP_N:
        drop(v, ins->operand[0]);
        break;
    case PM_OP_SWAP:
        lift(v, 1);
        break;
    case PM_OP_ROT:
        lift(v, 2);
        break;
    case PM_OP_DUP:
    case PM_OP_TEE_LOCAL:
        look(v, 0);
        break;
    case PM_OP_OVER:
        look(v, 1);
        break;
    case PM_OP_DUP2:
        look(v, 0);
        look(v, 1);
        break;
    default:
        break;
    }
}

void pm_verify_statuses_behind(struct pm_verifier *v)
{
    const struct pm_verified_ins *ins = pm_verify_present(v);
    const struct pm_call_decl *decl;

    if (ins->opcode != PM_OP_HOSTCALL)
        return;
    decl = v->calls[ins->operand[0]].decl;
    if (decl && pm_call_has_status(decl) && v->depth >= decl->result_count)
        v->status_of[v->depth - decl->result_count] =
            (uint32_t)ins->operand[0] + 1;
}
