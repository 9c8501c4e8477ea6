// SPDX-License-Identifier: MIT
#include "low_world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/test.h"

// --- types -------------------------------------------------------------------

struct pm_text low_text(const char *text)
{
    return (struct pm_text){text, (uint32_t)strlen(text)};
}

static struct pm_lt *new_type(struct low_world *w, pm_lt_kind kind,
                              const char *name)
{
    struct pm_lt *type = pm_arena_alloc(&w->arena, sizeof *type);
    type->kind = kind;
    type->name = low_text(name);
    type->number = w->program.type_count++;
    return type;
}

struct pm_lt *low_type(struct low_world *w, pm_lt_kind kind, const char *name,
                       uint32_t count, ...)
{
    struct pm_lt *type = new_type(w, kind, name);
    const struct pm_lt **parts =
        pm_arena_alloc(&w->arena, (count + 1) * sizeof *parts);
    va_list args;
    va_start(args, count);
    for (uint32_t i = 0; i < count; i++)
        parts[i] = va_arg(args, const struct pm_lt *);
    va_end(args);
    type->parts = parts;
    type->part_count = count;
    return type;
}

struct pm_lt *low_struct(struct low_world *w, const char *name, uint32_t count,
                         ...)
{
    struct pm_lt *type = new_type(w, PM_LT_STRUCT, name);
    struct pm_lt_field *fields =
        pm_arena_alloc(&w->arena, (count + 1) * sizeof *fields);
    va_list args;
    va_start(args, count);
    for (uint32_t i = 0; i < count; i++) {
        fields[i].name = low_text(va_arg(args, const char *));
        fields[i].type = va_arg(args, const struct pm_lt *);
    }
    va_end(args);
    type->fields = fields;
    type->field_count = count;
    return type;
}

#define MOST_CASES 16

struct pm_lt *low_enum(struct low_world *w, const char *name)
{
    struct pm_lt *type = new_type(w, PM_LT_ENUM, name);
    type->cases = pm_arena_alloc(&w->arena, MOST_CASES * sizeof *type->cases);
    return type;
}

void low_case(struct low_world *w, struct pm_lt *type, const char *name,
              uint32_t count, ...)
{
    struct pm_lt_case *one =
        (struct pm_lt_case *)&type->cases[type->case_count];
    struct pm_lt_field *fields =
        pm_arena_alloc(&w->arena, (count + 1) * sizeof *fields);
    va_list args;
    va_start(args, count);
    for (uint32_t i = 0; i < count; i++)
        fields[i].type = va_arg(args, const struct pm_lt *);
    va_end(args);
    *one = (struct pm_lt_case){low_text(name), type->case_count, fields, count};
    type->case_count++;
    type->has_payload = type->has_payload || count > 0;
}

// --- functions, globals ------------------------------------------------------

struct pm_low_fn *low_fn(struct low_world *w, const char *name,
                         const struct pm_lt *result)
{
    struct pm_low_fn *fn = pm_arena_alloc(&w->arena, sizeof *fn);
    fn->name = low_text(name);
    fn->result = result;
    fn->span.start = w->at;
    fn->loop_count = 16;
    w->functions[w->program.function_count++] = fn;
    w->fn = fn;
    return fn;
}

static uint32_t add_local(struct low_world *w, struct pm_low_local **list,
                          uint32_t *count, uint32_t *capacity, const char *name,
                          const struct pm_lt *type)
{
    if (*count == *capacity) {
        uint32_t more = *capacity ? *capacity * 2 : 16;
        struct pm_low_local *copy =
            pm_arena_alloc(&w->arena, more * sizeof *copy);
        if (*count)
            memcpy(copy, *list, *count * sizeof *copy);
        *list = copy;
        *capacity = more;
    }
    (*list)[*count] = (struct pm_low_local){type, low_text(name)};
    return (*count)++;
}

uint32_t low_local(struct low_world *w, const char *name,
                   const struct pm_lt *type)
{
    return add_local(w, &w->fn->locals, &w->fn->local_count,
                     &w->fn->local_capacity, name, type);
}

uint32_t low_param(struct low_world *w, const char *name,
                   const struct pm_lt *type)
{
    w->fn->param_count++;
    return low_local(w, name, type);
}

uint32_t low_capture(struct low_world *w, const char *name,
                     const struct pm_lt *type)
{
    w->fn->is_closure = true;
    return add_local(w, &w->fn->captures, &w->fn->capture_count,
                     &w->fn->capture_capacity, name, type);
}

void low_body(struct low_world *w, struct pm_low *body)
{
    w->fn->body = body;
}

struct pm_low_global *low_global(struct low_world *w, const char *name,
                                 const struct pm_lt *type)
{
    struct pm_low_global *global = pm_arena_alloc(&w->arena, sizeof *global);
    global->name = low_text(name);
    global->type = type;
    w->globals[w->program.global_count++] = global;
    return global;
}

// --- trees -------------------------------------------------------------------

static low new_node(struct low_world *w, pm_low_kind kind,
                    const struct pm_lt *type, uint32_t count)
{
    low node =
        pm_arena_alloc(&w->arena, sizeof *node + count * sizeof *node->kids);
    node->kind = kind;
    node->type = type;
    node->count = count;
    node->span = (struct pm_span){0, w->at, w->at + 1};
    return node;
}

#define TAKE_KIDS(node, count)                                                 \
    do {                                                                       \
        va_list args_;                                                         \
        va_start(args_, count);                                                \
        for (uint32_t i_ = 0; i_ < (count); i_++)                              \
            (node)->kids[i_] = va_arg(args_, low);                             \
        va_end(args_);                                                         \
    } while (0)

low low_node(struct low_world *w, pm_low_kind kind, const struct pm_lt *type,
             uint32_t count, ...)
{
    low node = new_node(w, kind, type, count);
    TAKE_KIDS(node, count);
    return node;
}

low low_int(struct low_world *w, int64_t number)
{
    low node = new_node(w, PM_LOW_INT, w->t_int, 0);
    node->number = number;
    return node;
}

low low_bool(struct low_world *w, bool value)
{
    low node = new_node(w, PM_LOW_INT, w->t_bool, 0);
    node->number = value;
    return node;
}

low low_float(struct low_world *w, double value)
{
    low node = new_node(w, PM_LOW_FLOAT, w->t_float, 0);
    node->real = value;
    return node;
}

low low_str(struct low_world *w, const char *text)
{
    low node = new_node(w, PM_LOW_STR, w->t_str, 0);
    node->text = low_text(text);
    return node;
}

low low_zero(struct low_world *w, const struct pm_lt *type)
{
    return new_node(w, PM_LOW_ZERO, type, 0);
}

low low_get(struct low_world *w, uint32_t local)
{
    low node = new_node(w, PM_LOW_LOCAL, w->fn->locals[local].type, 0);
    node->index = local;
    return node;
}

low low_set(struct low_world *w, uint32_t local, low value)
{
    low node = low_node(w, PM_LOW_SET_LOCAL, w->t_void, 1, value);
    node->index = local;
    return node;
}

low low_gget(struct low_world *w, struct pm_low_global *global)
{
    low node = new_node(w, PM_LOW_GLOBAL, global->type, 0);
    node->global = global;
    return node;
}

low low_gset(struct low_world *w, struct pm_low_global *global, low value)
{
    low node = low_node(w, PM_LOW_SET_GLOBAL, w->t_void, 1, value);
    node->global = global;
    return node;
}

low low_op(struct low_world *w, const struct pm_lt *type, uint16_t op,
           uint32_t count, ...)
{
    low node = new_node(w, PM_LOW_OP, type, count);
    node->ops[0] = op;
    node->op_count = 1;
    TAKE_KIDS(node, count);
    return node;
}

low low_call(struct low_world *w, struct pm_low_fn *fn, uint32_t count, ...)
{
    low node = new_node(w, PM_LOW_CALL, fn->result, count);
    node->function = fn;
    TAKE_KIDS(node, count);
    return node;
}

low low_part(struct low_world *w, const struct pm_lt *type, low value,
             uint32_t index)
{
    low node = low_node(w, PM_LOW_PART, type, 1, value);
    node->index = index;
    return node;
}

low low_field(struct low_world *w, low object, uint32_t index)
{
    const struct pm_lt *type = object->type->kind == PM_LT_CELL
                                   ? object->type->parts[0]
                                   : object->type->fields[index].type;
    low node = low_node(w, PM_LOW_FIELD, type, 1, object);
    node->index = index;
    return node;
}

low low_set_field(struct low_world *w, low object, uint32_t index, low value)
{
    low node = low_node(w, PM_LOW_SET_FIELD, w->t_void, 2, object, value);
    node->index = index;
    return node;
}

low low_block(struct low_world *w, const struct pm_lt *type, uint32_t count,
              ...)
{
    low node = new_node(w, PM_LOW_BLOCK, type, count);
    TAKE_KIDS(node, count);
    return node;
}

low low_if(struct low_world *w, const struct pm_lt *type, low condition,
           low then, low otherwise)
{
    return low_node(w, PM_LOW_IF, type, 3, condition, then, otherwise);
}

low low_while(struct low_world *w, uint32_t loop, low condition, low body,
              low step)
{
    low node = low_node(w, PM_LOW_WHILE, w->t_void, 3, condition, body, step);
    node->loop = loop;
    return node;
}

low low_jump(struct low_world *w, pm_low_kind kind, uint32_t loop)
{
    low node = new_node(w, kind, w->t_never, 0);
    node->loop = loop;
    return node;
}

low low_return(struct low_world *w, low value)
{
    return low_node(w, PM_LOW_RETURN, w->t_never, value ? 1 : 0, value);
}

low low_nop(struct low_world *w, low value)
{
    low node = low_node(w, PM_LOW_HOST, w->t_int, 1, value);
    node->host = &w->nop;
    return node;
}

low low_add(struct low_world *w, low a, low b)
{
    return low_op(w, w->t_int, PM_OP_ADD, 2, a, b);
}

low low_lt(struct low_world *w, low a, low b)
{
    return low_op(w, w->t_bool, PM_OP_LT, 2, a, b);
}

// --- running -----------------------------------------------------------------

static void make_basics(struct low_world *w)
{
    w->t_void = low_type(w, PM_LT_VOID, "void", 0);
    w->t_never = low_type(w, PM_LT_NEVER, "never", 0);
    w->t_int = low_type(w, PM_LT_INT, "int", 0);
    w->t_float = low_type(w, PM_LT_FLOAT, "float", 0);
    w->t_bool = low_type(w, PM_LT_BOOL, "bool", 0);
    w->t_byte = low_type(w, PM_LT_BYTE, "byte", 0);
    w->t_str = low_type(w, PM_LT_STR, "str", 0);
    w->t_bytes = low_type(w, PM_LT_BYTES, "bytes", 0);
    w->t_task = low_type(w, PM_LT_TASK, "task", 0);
    w->t_any = low_type(w, PM_LT_CONTRACT, "Any", 0);
    w->nop = (struct pm_low_host){
        .module = low_text("bench"),
        .name = low_text("nop"),
        .version = 1,
        .type = low_type(w, PM_LT_FN, "fn", 2, w->t_int, w->t_int)};
}

#define LINES 1000

void low_open(struct low_world *w)
{
    memset(w, 0, sizeof *w);
    w->alloc = pm_allocator_libc();
    pm_arena_init(&w->arena, &w->alloc);
    pm_lang_report_init(&w->report, &w->alloc, &w->arena);
    pm_buf_init(&w->bytes, &w->alloc);
    w->parsed.line_count = LINES; // of ten bytes each
    w->parsed.lines = pm_arena_alloc(&w->arena, LINES * sizeof(uint32_t));
    for (uint32_t i = 0; i < LINES; i++)
        w->parsed.lines[i] = i * 10;
    w->file = (struct pm_low_file){"src/main.pbs", &w->parsed};
    w->program = (struct pm_low_program){.name = low_text("test"),
                                         .functions = w->functions,
                                         .globals = w->globals,
                                         .files = &w->file,
                                         .file_count = 1,
                                         .arena = &w->arena,
                                         .alloc = w->alloc};
    make_basics(w);
}

void low_forget(struct low_world *w)
{
    low_machine_close(w->machine);
    w->machine = NULL;
    w->bytes.size = 0;
}

void low_close(struct low_world *w)
{
    low_forget(w);
    pm_buf_free(&w->bytes);
    pm_lang_report_free(&w->report);
    pm_arena_free(&w->arena);
}

bool low_link(struct low_world *w)
{
    low_forget(w);
    w->status = pm_low_emit(&w->program, &w->report, &w->bytes);
    for (uint32_t i = 0; i < w->report.count; i++)
        fprintf(stderr, "%s\n", w->report.items[i].text);
    if (!CHECK_INT(w->status, PM_OK))
        return false;
    w->machine = low_machine_open(&w->bytes);
    return w->machine != NULL;
}

bool low_run(struct low_world *w)
{
    return low_link(w) && low_machine_run(w->machine);
}

bool low_run_optimised(struct low_world *w)
{
    return CHECK_INT(pm_low_optimise(&w->program), PM_OK) && low_run(w);
}

uint64_t low_result(struct low_world *w, const char *name)
{
    return low_machine_global(w->machine, name);
}

uint32_t low_trap(struct low_world *w)
{
    return low_machine_trap(w->machine);
}
