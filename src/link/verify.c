// SPDX-License-Identifier: MIT
//
// Types and control flow: the worklist of blocks, and how states meet.
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "link/verify_internal.h"

// --- the worklist ------------------------------------------------------------

static void swap_at(uint32_t *heap, uint32_t a, uint32_t b)
{
    uint32_t held = heap[a];
    heap[a] = heap[b];
    heap[b] = held;
}

static void push_block(struct pm_verifier *v, uint32_t block)
{
    uint32_t *heap = v->heap;
    uint32_t at = v->heap_count++;

    heap[at] = block;
    while (at && heap[at] < heap[(at - 1) / 2]) {
        swap_at(heap, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static uint32_t pop_lowest(struct pm_verifier *v)
{
    uint32_t *heap = v->heap;
    uint32_t lowest = heap[0];
    uint32_t at = 0;

    heap[0] = heap[--v->heap_count];
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= v->heap_count)
            return lowest;
        if (child + 1 < v->heap_count && heap[child + 1] < heap[child])
            child++;
        if (heap[at] <= heap[child])
            return lowest;
        swap_at(heap, at, child);
        at = child;
    }
}

// --- states ------------------------------------------------------------------

// Stores the present state as that of [block].
static void store_state(struct pm_verifier *v, struct pm_block *block)
{
    size_t size = (size_t)v->depth + v->set_words;

    if (!pm_mem_grow(v->alloc, &v->pool, &v->pool_capacity,
                     v->pool_count + size, sizeof *v->pool)) {
        v->no_memory = true;
        return;
    }
    block->state = v->pool_count;
    block->depth = v->depth;
    if (v->depth)
        memcpy(v->pool + block->state, v->stack, v->depth * sizeof *v->stack);
    if (v->set_words)
        memcpy(v->pool + block->state + v->depth, v->assigned,
               v->set_words * sizeof *v->assigned);
    v->pool_count += size;
}

static void load_state(struct pm_verifier *v, const struct pm_block *block)
{
    v->depth = block->depth;
    if (v->depth)
        memcpy(v->stack, v->pool + block->state, v->depth * sizeof *v->stack);
    if (v->strict)
        memset(v->status_of, 0, v->depth * sizeof *v->status_of);
    if (v->set_words)
        memcpy(v->assigned, v->pool + block->state + v->depth,
               v->set_words * sizeof *v->assigned);
}

// --- joins -------------------------------------------------------------------

static uint32_t offset_of(const struct pm_verifier *v,
                          const struct pm_block *block)
{
    return v->out->ins[block->first].offset;
}

static void refuse_shape(struct pm_verifier *v, struct pm_block *block)
{
    const pm_type_id *there = v->pool + block->state;
    struct pm_buf *text = pm_verify_begin(v);
    uint32_t i = 0;

    block->refused = true;
    pm_buf_printf(text, "the ways that meet at %" PRIu32 " differ: ",
                  offset_of(v, block));
    if (v->depth != block->depth) {
        pm_buf_printf(text,
                      "found %" PRIu32 " value%s on the stack, wanted %" PRIu32
                      " as on another way",
                      v->depth, PM_PLURAL(v->depth), block->depth);
        pm_verify_send(v, "LINK-JOIN");
        return;
    }
    while (v->stack[i] == there[i])
        i++;
    pm_buf_puts(text, "found ");
    pm_link_put_type(text, v->module, v->stack[i]);
    pm_buf_printf(text, " as value %" PRIu32 " of the stack, wanted ", i + 1);
    pm_link_put_type(text, v->module, there[i]);
    pm_buf_puts(text, " as on another way");
    if (pm_type_is_ref(v->stack[i]) && pm_type_is_ref(there[i]))
        pm_buf_puts(text, "; cast one of them, or go through a local of type "
                          "any");
    pm_verify_send(v, "LINK-JOIN");
}

static bool same_shape(const struct pm_verifier *v,
                       const struct pm_block *block)
{
    return v->depth == block->depth &&
           (v->depth == 0 || memcmp(v->stack, v->pool + block->state,
                                    v->depth * sizeof *v->stack) == 0);
}

static void refuse_set(struct pm_verifier *v, struct pm_block *block,
                       uint32_t word, uint32_t missing)
{
    uint32_t local = word * 32;

    while (!(missing & 1)) {
        missing >>= 1;
        local++;
    }
    block->refused = true;
    pm_verify_begin(v);
    pm_verify_put_local(v, local);
    pm_buf_printf(&v->text,
                  " is assigned on the first way to %" PRIu32
                  ", but not on this one, which comes from further down; "
                  "assign it on both",
                  offset_of(v, block));
    pm_verify_send(v, "LINK-LOCAL");
}

// Merges the set of assigned locals into that of [block], which may only
// shrink before the block is visited.
static void merge_set(struct pm_verifier *v, struct pm_block *block)
{
    if (v->set_words == 0)
        return;
    uint32_t *there = v->pool + block->state + block->depth;
    for (uint32_t i = 0; i < v->set_words; i++) {
        uint32_t missing = there[i] & ~v->assigned[i];
        if (missing && block->phase == PM_BLOCK_VISITED) {
            refuse_set(v, block, i, missing);
            return;
        }
        there[i] &= v->assigned[i];
    }
}

// Carries the present state to the block that begins at instruction [to].
static void go_to(struct pm_verifier *v, uint32_t to)
{
    struct pm_block *block = &v->blocks[v->block_of[to]];

    if (block->phase == PM_BLOCK_NEW) {
        block->phase = PM_BLOCK_PENDING;
        store_state(v, block);
        push_block(v, v->block_of[to]);
    } else if (!block->refused && !same_shape(v, block)) {
        refuse_shape(v, block);
    } else if (!block->refused) {
        merge_set(v, block);
    }
}

// --- blocks ------------------------------------------------------------------

static void jump_to(struct pm_verifier *v, uint32_t to)
{
    v->out->ins[to].flags |= PM_INS_LEADER;
    if (to <= v->at)
        v->out->ins[to].flags |= PM_INS_LOOP_HEADER;
    go_to(v, to);
}

static void fall_through(struct pm_verifier *v)
{
    if (v->at + 1 < v->out->count)
        go_to(v, v->at + 1);
    else
        pm_verify_say(v, "LINK-FLOW",
                      "control runs past the end of the function; wanted "
                      "ret, jmp, halt or trap last");
}

// Follows the ways out of a block after its last instruction.
static void leave_block(struct pm_verifier *v)
{
    const struct pm_verified_ins *ins = &v->out->ins[v->at];

    switch (ins->opcode) {
    case PM_OP_HALT:
    case PM_OP_TRAP:
    case PM_OP_TRAP_WITH:
    case PM_OP_RET:
        return;
    case PM_OP_JMP:
        jump_to(v, (uint32_t)ins->operand[0]);
        return;
    case PM_OP_JMP_IF_FALSE:
    case PM_OP_JMP_IF_TRUE:
        jump_to(v, (uint32_t)ins->operand[0]);
        fall_through(v);
        return;
    default:
        fall_through(v);
    }
}

static bool step(struct pm_verifier *v)
{
    struct pm_verified_ins *ins = &v->out->ins[v->at];
    const struct pm_opcode_info *info = pm_opcode_info(ins->opcode);

    ins->flags |= PM_INS_REACHED;
    ins->depth = (uint16_t)v->depth;
    if (ins->flags & PM_INS_REFUSED)
        return false;
    pm_verify_note_before(v);
    pm_verify_note_in(v);
    if (v->strict)
        pm_verify_statuses_before(v);
    bool ok = info->signature[0] == '*'
                  ? pm_verify_rule(v)
                  : pm_verify_signature(v, info->signature);
    if (ok && v->strict)
        pm_verify_statuses_behind(v);
    return ok;
}

static void visit(struct pm_verifier *v, struct pm_block *block)
{
    PM_CHECK(block->phase == PM_BLOCK_PENDING);
    block->phase = PM_BLOCK_VISITED;
    v->out->block_visits++;
    load_state(v, block);
    for (v->at = block->first; v->at < block->end; v->at++)
        if (!step(v))
            return;
    v->at = block->end - 1;
    leave_block(v);
}

static void visit_all(struct pm_verifier *v)
{
    uint32_t known = v->local_count - v->function->local_count;

    for (uint32_t i = 0; i < known; i++)
        v->assigned[i / 32] |= 1u << i % 32;
    go_to(v, 0);
    while (v->heap_count && !v->no_memory)
        visit(v, &v->blocks[pop_lowest(v)]);
}

// --- functions ---------------------------------------------------------------

static void check_max_stack(struct pm_verifier *v)
{
    uint32_t declared = v->function->max_stack;

    if (v->failed || v->no_memory || v->greatest == declared)
        return;
    pm_buf_printf(pm_verify_begin_function(v),
                  ": found a declared stack of %" PRIu32
                  ", wanted exactly %" PRIu32,
                  declared, v->greatest);
    v->place = v->out->ins[v->greatest_at].offset;
    if (v->greatest)
        pm_buf_printf(&v->text, ", the depth reached at %" PRIu32, v->place);
    pm_verify_send(v, "LINK-STACK");
}

static void start(struct pm_verifier *v)
{
    v->local_count = pm_frame_local_count(v->module, v->function);
    v->set_words = (v->local_count + 31) / 32;
    v->signature = pm_link_user_type(v->module, v->function->type);
    for (uint32_t i = 0; i < v->local_count; i++)
        v->locals[i] = pm_local_type(v->module, v->function, i);
}

static void finish(struct pm_verifier *v)
{
    uint32_t count = v->out->count;

    for (uint32_t i = 0; v->out->ins && i < count; i++)
        v->out->ins[i].flags &= PM_INS_PUBLIC;

    pm_mem_free(v->alloc, v->index_of,
                v->function->code_size * sizeof *v->index_of);
    pm_mem_free(v->alloc, v->block_of, count * sizeof *v->block_of);
    pm_mem_free(v->alloc, v->safepoint_of, count * sizeof *v->safepoint_of);
    pm_mem_free(v->alloc, v->blocks, v->block_count * sizeof *v->blocks);
    pm_mem_free(v->alloc, v->heap, v->block_count * sizeof *v->heap);
    pm_mem_free(v->alloc, v->pool, v->pool_capacity * sizeof *v->pool);
    pm_mem_free(v->alloc, v->type_slots,
                v->type_slot_count * sizeof *v->type_slots);
}

pm_status pm_verify_function(const struct pm_module *module,
                             const struct pm_image_call *calls,
                             const struct pm_link_config *config,
                             uint32_t function,
                             const struct pm_allocator *alloc,
                             struct pm_diags *diags, struct pm_verified *out)
{
    struct pm_verifier v = {
        .module = module,
        .calls = calls,
        .function = &module->functions[function],
        .index = function,
        .file = config->file ? config->file : "program.pbx",
        .alloc = alloc,
        .diags = diags,
        .out = out,
        .strict = config->strict,
    };

    *out = (struct pm_verified){.function = function};
    start(&v);
    if (pm_verify_decode(&v) && pm_verify_plan_safepoints(&v)) {
        visit_all(&v);
        check_max_stack(&v);
        pm_verify_pack_safepoints(&v);
    }
    finish(&v);
    if (!v.failed && !v.no_memory)
        return PM_OK;
    pm_verified_free(out, alloc);
    return v.no_memory ? PM_ERR_NO_MEMORY : PM_ERR_INVALID;
}

void pm_verified_free(struct pm_verified *verified,
                      const struct pm_allocator *alloc)
{
    size_t maps =
        (size_t)verified->safepoint_capacity * 3 * verified->map_words;

    pm_mem_free(alloc, verified->ins, verified->count * sizeof *verified->ins);
    pm_mem_free(alloc, verified->safepoints,
                verified->safepoint_capacity * sizeof *verified->safepoints);
    pm_mem_free(alloc, verified->maps, maps * sizeof *verified->maps);
    pm_mem_free(alloc, verified->stack_types,
                verified->stack_type_capacity * sizeof *verified->stack_types);
    *verified = (struct pm_verified){.function = verified->function};
}
