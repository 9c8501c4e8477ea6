// SPDX-License-Identifier: MIT
//
// How deep a function's operand stack gets. Each instruction that the start
// reaches is looked at once, in the state in which it is first reached: in
// code that the linker will take, every other way gives the same state.
//
// Types are followed as well because a closure's call pops and pushes what
// its type says. A stack is a chain of nodes, the top first, so that a jump
// keeps one in a single number.
#include <string.h>

#include "asm/asm_internal.h"
#include "base/mem.h"

// Deeper than any function may be; more is not followed.
enum { DEEPEST_STACK = 2 * PM_FUNCTION_MAX_SLOTS };

struct node {
    uint32_t below; // node 0 is the empty stack, below itself
    uint32_t depth;
    pm_type_id type;
};

struct flow {
    const struct pm_module *module;
    const struct pm_function *function;
    const struct pm_intrinsic_names *names;
    const struct pm_allocator *alloc;
    struct node *nodes;
    size_t node_count;
    size_t node_capacity;
    // By offset: the state to start in plus one; 0: not reached.
    uint32_t *states;
    bool *seen;
    // Offsets that were reached and not yet followed.
    uint32_t *work;
    size_t work_count;
    size_t work_capacity;
    uint32_t top;
    uint32_t deepest;
    bool no_memory;
};

// --- the stack ---------------------------------------------------------------

static void push(struct flow *flow, pm_type_id type)
{
    uint32_t depth = flow->nodes[flow->top].depth + 1;
    if (depth > DEEPEST_STACK)
        return;
    if (!pm_mem_grow(flow->alloc, &flow->nodes, &flow->node_capacity,
                     flow->node_count + 1, sizeof *flow->nodes)) {
        flow->no_memory = true;
        return;
    }
    flow->nodes[flow->node_count] = (struct node){flow->top, depth, type};
    flow->top = (uint32_t)flow->node_count++;
    if (depth > flow->deepest)
        flow->deepest = depth;
}

static void pop(struct flow *flow, uint32_t count)
{
    while (count-- > 0 && flow->top)
        flow->top = flow->nodes[flow->top].below;
}

// The type [below] the top; none when the stack ends before.
static pm_type_id peek(const struct flow *flow, uint32_t below)
{
    uint32_t at = flow->top;
    while (below-- > 0 && at)
        at = flow->nodes[at].below;
    return flow->nodes[at].type;
}

// --- effects -----------------------------------------------------------------

static const struct pm_type *row_of(const struct flow *flow, pm_type_id type)
{
    uint32_t index = type - PM_TYPE_FIRST_USER;
    return type >= PM_TYPE_FIRST_USER && index < flow->module->type_count
               ? &flow->module->types[index]
               : NULL;
}

// Pops the parameters of a func type and [more], pushes its results.
static void call(struct flow *flow, pm_type_id type, uint32_t more)
{
    const struct pm_type *row = row_of(flow, type);
    if (!row || row->kind != PM_TYPE_KIND_FUNC)
        return;
    pop(flow, row->param_count + more);
    for (uint32_t i = row->param_count; i < row->field_count; i++)
        push(flow, row->fields[i].type);
}

static pm_type_id type_of_letter(char letter)
{
    static const char letters[] = "ilfdbysBC";
    static const uint8_t types[] = {
        PM_TYPE_I32,    PM_TYPE_I64,   PM_TYPE_F32,
        PM_TYPE_F64,    PM_TYPE_BOOL,  PM_TYPE_BYTE,
        PM_TYPE_STRING, PM_TYPE_BYTES, PM_TYPE_COROUTINE};
    const char *at = letter ? strchr(letters, letter) : NULL;
    return at ? types[at - letters] : (pm_type_id)PM_TYPE_NONE;
}

// "nn:n": a result of a class has the type of the operand of that class.
static void follow_signature(struct flow *flow, const char *signature)
{
    const char *colon = strchr(signature, ':');
    if (!colon)
        return;
    uint32_t pops = (uint32_t)(colon - signature);
    const char *results = colon + 1;
    pm_type_id types[8] = {0};
    size_t count = strlen(results);

    for (size_t i = 0; i < count && i < PM_ARRAY_LEN(types); i++) {
        const char *same = memchr(signature, results[i], pops);
        types[i] = type_of_letter(results[i]);
        if (!types[i] && same)
            types[i] = peek(flow, pops - 1 - (uint32_t)(same - signature));
    }
    pop(flow, pops);
    for (size_t i = 0; i < count && i < PM_ARRAY_LEN(types); i++)
        push(flow, types[i]);
}

static void follow_intrinsic(struct flow *flow, uint64_t id)
{
    for (size_t i = 0; flow->names && i < flow->names->count; i++)
        if (flow->names->rows[i].id == id && flow->names->rows[i].signature)
            follow_signature(flow, flow->names->rows[i].signature);
}

static void replace(struct flow *flow, uint32_t pops, pm_type_id type)
{
    pop(flow, pops);
    push(flow, type);
}

// The instructions that only move values about.
static bool follow_moves(struct flow *flow, const struct pm_instruction *in)
{
    pm_type_id a = peek(flow, 0);
    pm_type_id b = peek(flow, 1);
    pm_type_id c = peek(flow, 2);

    switch (in->info->code) {
    case PM_OP_DUP:
        push(flow, a);
        return true;
    case PM_OP_OVER:
        push(flow, b);
        return true;
    case PM_OP_DUP2:
        push(flow, b);
        push(flow, a);
        return true;
    case PM_OP_SWAP:
        replace(flow, 2, a);
        push(flow, b);
        return true;
    case PM_OP_ROT:
        replace(flow, 3, b);
        push(flow, a);
        push(flow, c);
        return true;
    case PM_OP_POP_N:
        pop(flow, (uint32_t)in->operand[0]);
        return true;
    default:
        return false;
    }
}

static pm_type_id variable_type(const struct flow *flow,
                                const struct pm_instruction *in)
{
    const struct pm_module *m = flow->module;
    const struct pm_function *f = flow->function;
    uint32_t index = (uint32_t)in->operand[0];

    switch (in->info->code) {
    case PM_OP_GET_LOCAL:
        return pm_function_local_type(m, f, index);
    case PM_OP_GET_GLOBAL:
        return index < m->global_count ? m->globals[index].type : 0;
    case PM_OP_GET_CAPTURE:
        return index < f->capture_count ? f->captures[index] : 0;
    default:
        return index < m->constant_count ? m->constants[index].type : 0;
    }
}

static bool follow_variables(struct flow *flow, const struct pm_instruction *in)
{
    switch (in->info->code) {
    case PM_OP_PUSH_CONST:
    case PM_OP_GET_LOCAL:
    case PM_OP_GET_GLOBAL:
    case PM_OP_GET_CAPTURE:
        push(flow, variable_type(flow, in));
        return true;
    case PM_OP_SET_LOCAL:
    case PM_OP_SET_GLOBAL:
    case PM_OP_SET_CAPTURE:
        pop(flow, 1);
        return true;
    case PM_OP_TEE_LOCAL:
        return true;
    default:
        return false;
    }
}

static pm_type_id function_type(const struct flow *flow, uint64_t index)
{
    return index < flow->module->function_count
               ? flow->module->functions[index].type
               : (pm_type_id)PM_TYPE_NONE;
}

static bool follow_calls(struct flow *flow, const struct pm_instruction *in)
{
    uint64_t index = in->operand[0];
    uint32_t count = (uint32_t)in->operand[1];

    switch (in->info->code) {
    case PM_OP_CALL:
        call(flow, function_type(flow, index), 0);
        return true;
    case PM_OP_MAKE_CLOSURE:
        replace(flow, count, function_type(flow, index));
        return true;
    case PM_OP_CALL_CLOSURE:
        call(flow, peek(flow, (uint32_t)index), 1);
        return true;
    case PM_OP_SPAWN:
        replace(flow, count, PM_TYPE_COROUTINE);
        return true;
    case PM_OP_SPAWN_CLOSURE:
        pop(flow, (uint32_t)index);
        replace(flow, 1, PM_TYPE_COROUTINE);
        return true;
    case PM_OP_SYSCALL:
    case PM_OP_HOSTCALL:
        if (index < flow->module->host_decl_count)
            call(flow, flow->module->host_decls[index].type, 0);
        return true;
    case PM_OP_INTRINSIC:
        follow_intrinsic(flow, index);
        return true;
    default:
        return false;
    }
}

static bool follow_conversions(struct flow *flow,
                               const struct pm_instruction *in)
{
    bool is_f32 = peek(flow, 0) == PM_TYPE_F32;
    bool is_i32 = peek(flow, 0) == PM_TYPE_I32;

    switch (in->info->code) {
    case PM_OP_TO_I32:
        replace(flow, 1, PM_TYPE_I32);
        return true;
    case PM_OP_TO_I64:
        replace(flow, 1, PM_TYPE_I64);
        return true;
    case PM_OP_TO_F32:
        replace(flow, 1, PM_TYPE_F32);
        return true;
    case PM_OP_TO_F64:
        replace(flow, 1, PM_TYPE_F64);
        return true;
    case PM_OP_TO_BYTE:
        replace(flow, 1, PM_TYPE_BYTE);
        return true;
    case PM_OP_TO_BITS:
        replace(flow, 1, is_f32 ? PM_TYPE_I32 : PM_TYPE_I64);
        return true;
    case PM_OP_FROM_BITS:
        replace(flow, 1, is_i32 ? PM_TYPE_F32 : PM_TYPE_F64);
        return true;
    case PM_OP_CAST:
        replace(flow, 1, (pm_type_id)in->operand[0]);
        return true;
    case PM_OP_IS_TYPE:
        replace(flow, 1, PM_TYPE_BOOL);
        return true;
    default:
        return false;
    }
}

static pm_type_id field_type(const struct flow *flow, uint64_t field)
{
    const struct pm_type *row = row_of(flow, peek(flow, 0));
    return row && field < row->field_count ? row->fields[field].type
                                           : (pm_type_id)PM_TYPE_NONE;
}

static bool follow_objects(struct flow *flow, const struct pm_instruction *in)
{
    pm_type_id type = (pm_type_id)in->operand[0];
    const struct pm_type *row = row_of(flow, type);
    const struct pm_type *array = row_of(flow, peek(flow, 1));

    switch (in->info->code) {
    case PM_OP_PUSH_NULL:
    case PM_OP_REC_NEW:
        push(flow, type);
        return true;
    case PM_OP_ARR_NEW:
        replace(flow, 1, type);
        return true;
    case PM_OP_REC_MAKE:
        replace(flow, row ? row->field_count : 0, type);
        return true;
    case PM_OP_ARR_LEN:
        replace(flow, 1, PM_TYPE_I64);
        return true;
    case PM_OP_ARR_GET:
        replace(flow, 2, array ? array->element : 0);
        return true;
    case PM_OP_ARR_SET:
        pop(flow, 3);
        return true;
    case PM_OP_ARR_FILL:
        pop(flow, 4);
        return true;
    case PM_OP_ARR_COPY:
        pop(flow, 5);
        return true;
    case PM_OP_GET_FIELD:
        replace(flow, 1, field_type(flow, in->operand[0]));
        return true;
    case PM_OP_SET_FIELD:
        pop(flow, 2);
        return true;
    default:
        return false;
    }
}

static void follow(struct flow *flow, const struct pm_instruction *in)
{
    if (in->info->signature[0] != '*')
        follow_signature(flow, in->info->signature);
    else if (!follow_moves(flow, in) && !follow_variables(flow, in) &&
             !follow_calls(flow, in) && !follow_conversions(flow, in))
        follow_objects(flow, in);
}

// --- the flow ----------------------------------------------------------------

static void reach(struct flow *flow, uint64_t offset)
{
    if (offset >= flow->function->code_size || flow->states[offset])
        return;
    if (!pm_mem_grow(flow->alloc, &flow->work, &flow->work_capacity,
                     flow->work_count + 1, sizeof *flow->work)) {
        flow->no_memory = true;
        return;
    }
    flow->states[offset] = flow->top + 1;
    flow->work[flow->work_count++] = (uint32_t)offset;
}

static bool goes_on(uint32_t code)
{
    return code != PM_OP_HALT && code != PM_OP_JMP && code != PM_OP_RET &&
           code != PM_OP_TRAP && code != PM_OP_TRAP_WITH;
}

static void follow_from(struct flow *flow, uint32_t offset)
{
    struct pm_instruction in;

    flow->top = flow->states[offset] - 1;
    while (!flow->no_memory && !flow->seen[offset] &&
           pm_instruction_decode(flow->function, offset, &in)) {
        flow->seen[offset] = true;
        follow(flow, &in);
        if (in.info->operands[0] == 'j')
            reach(flow, in.operand[0]);
        if (!goes_on(in.info->code))
            return;
        offset += in.size;
        if (offset >= flow->function->code_size)
            return;
    }
}

bool pm_asm_measure_stack(const struct pm_module *module,
                          const struct pm_function *function,
                          const struct pm_intrinsic_names *names,
                          const struct pm_allocator *alloc, uint32_t *out)
{
    struct flow flow = {.module = module,
                        .function = function,
                        .names = names,
                        .alloc = alloc,
                        .node_count = 1};
    size_t size = function->code_size;

    flow.states = pm_mem_zarray(alloc, size, sizeof *flow.states);
    flow.seen = pm_mem_zarray(alloc, size, sizeof *flow.seen);
    if (!flow.states || !flow.seen ||
        !pm_mem_grow(alloc, &flow.nodes, &flow.node_capacity, 1,
                     sizeof *flow.nodes)) {
        flow.no_memory = true;
    } else {
        flow.nodes[0] = (struct node){0, 0, PM_TYPE_NONE};
        reach(&flow, 0);
        while (flow.work_count && !flow.no_memory)
            follow_from(&flow, flow.work[--flow.work_count]);
    }
    pm_mem_free(alloc, flow.states, size * sizeof *flow.states);
    pm_mem_free(alloc, flow.seen, size * sizeof *flow.seen);
    pm_mem_free(alloc, flow.nodes, flow.node_capacity * sizeof *flow.nodes);
    pm_mem_free(alloc, flow.work, flow.work_capacity * sizeof *flow.work);
    *out = flow.deepest;
    return !flow.no_memory;
}
