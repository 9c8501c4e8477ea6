// SPDX-License-Identifier: MIT
//
// The lowered form as text: a function at a time, a node a line, kids below
// their node and further in.
#include <inttypes.h>
#include <string.h>

#include "lang/low.h"

static const struct {
    const char *name;
    const char *data;
} kinds[PM_LOW_KINDS] = {
#define PM_LOW(kind, name, kids, data) [PM_LOW_##kind] = {name, data},
#include "lang/low.def"
#undef PM_LOW
};

static void put_text(struct pm_buf *out, struct pm_text text)
{
    pm_buf_put_escaped(out, text.data, text.size);
}

static void put_type(struct pm_buf *out, const struct pm_lt *type)
{
    if (type)
        put_text(out, type->name);
    else
        pm_buf_puts(out, "?");
}

static void put_local(struct pm_buf *out, const struct pm_low_local *locals,
                      uint32_t index)
{
    pm_buf_printf(out, " %" PRIu32, index);
    if (locals[index].name.size) {
        pm_buf_puts(out, " ");
        put_text(out, locals[index].name);
    }
}

static void put_index(struct pm_buf *out, const struct pm_low_fn *fn,
                      const struct pm_low *node)
{
    switch (node->kind) {
    case PM_LOW_LOCAL:
    case PM_LOW_SET_LOCAL:
        put_local(out, fn->locals, node->index);
        break;
    case PM_LOW_CAPTURE:
    case PM_LOW_SET_CAPTURE:
        put_local(out, fn->captures, node->index);
        break;
    default:
        pm_buf_printf(out, " %" PRIu32, node->index);
    }
}

static void put_case(struct pm_buf *out, const struct pm_low *node)
{
    const struct pm_lt *type =
        node->kind == PM_LOW_CASE ? node->type : node->kids[0]->type;
    if (node->kind == PM_LOW_PAYLOAD)
        pm_buf_printf(out, " %" PRIu32, node->index);
    pm_buf_puts(out, " ");
    if (node->case_index < type->case_count)
        put_text(out, type->cases[node->case_index].name);
}

static void put_ops(struct pm_buf *out, const struct pm_low *node)
{
    for (uint32_t i = 0; i < node->op_count; i++) {
        const struct pm_opcode_info *info = pm_opcode_info(node->ops[i]);
        pm_buf_printf(out, " %s", info ? info->name : "?");
    }
}

static void put_data(struct pm_buf *out, const struct pm_low_fn *fn,
                     const struct pm_low *node)
{
    const char *data = kinds[node->kind].data;
    if (strcmp(data, "number") == 0) {
        pm_buf_printf(out, " %" PRId64, node->number);
    } else if (strcmp(data, "real") == 0) {
        pm_buf_printf(out, " %.17g", node->real);
    } else if (strcmp(data, "text") == 0) {
        pm_buf_puts(out, " \"");
        put_text(out, node->text);
        pm_buf_puts(out, "\"");
    } else if (strcmp(data, "index") == 0) {
        put_index(out, fn, node);
    } else if (strcmp(data, "index case") == 0 || strcmp(data, "case") == 0) {
        put_case(out, node);
    } else if (strcmp(data, "ops") == 0) {
        put_ops(out, node);
    } else if (strcmp(data, "loop") == 0) {
        pm_buf_printf(out, " %" PRIu32, node->loop);
    } else if (data[0]) {
        pm_buf_puts(out, " ");
        if (strcmp(data, "function") == 0)
            put_text(out, node->function->name);
        else if (strcmp(data, "global") == 0)
            put_text(out, node->global->name);
        else if (strcmp(data, "host") == 0)
            put_text(out, node->host->name);
        else
            put_type(out, node->of);
    }
}

static void put_node(struct pm_buf *out, const struct pm_low_fn *fn,
                     const struct pm_low *node, int depth)
{
    pm_buf_printf(out, "%*s", depth * 2, "");
    if (!node) {
        pm_buf_puts(out, "-\n");
        return;
    }
    pm_buf_puts(out, kinds[node->kind].name);
    put_data(out, fn, node);
    if (node->type && node->type->kind != PM_LT_VOID &&
        node->type->kind != PM_LT_NEVER) {
        pm_buf_puts(out, ": ");
        put_type(out, node->type);
    }
    pm_buf_puts(out, "\n");
    for (uint32_t i = 0; i < node->count; i++)
        put_node(out, fn, node->kids[i], depth + 1);
}

static void put_list(struct pm_buf *out, const struct pm_low_local *locals,
                     uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        pm_buf_puts(out, i > from ? ", " : "");
        if (locals[i].name.size)
            put_text(out, locals[i].name);
        else
            pm_buf_printf(out, "%" PRIu32, i);
        pm_buf_puts(out, ": ");
        put_type(out, locals[i].type);
    }
}

static void put_function(struct pm_buf *out, const struct pm_low_fn *fn)
{
    pm_buf_puts(out, fn->is_closure ? "closure " : "fn ");
    put_text(out, fn->name);
    pm_buf_puts(out, "(");
    put_list(out, fn->locals, 0, fn->param_count);
    pm_buf_puts(out, ") -> ");
    put_type(out, fn->result);
    if (fn->capture_count) {
        pm_buf_puts(out, "\n  captures ");
        put_list(out, fn->captures, 0, fn->capture_count);
    }
    if (fn->local_count > fn->param_count) {
        pm_buf_puts(out, "\n  locals ");
        put_list(out, fn->locals, fn->param_count, fn->local_count);
    }
    pm_buf_puts(out, "\n");
    put_node(out, fn, fn->body, 1);
    pm_buf_puts(out, "\n");
}

static void put_global(struct pm_buf *out, const struct pm_low_global *global)
{
    pm_buf_puts(out, "global ");
    put_text(out, global->name);
    pm_buf_puts(out, ": ");
    put_type(out, global->type);
    pm_buf_puts(out, "\n");
}

void pm_dump_low(const struct pm_low_program *program, struct pm_buf *out)
{
    for (uint32_t i = 0; i < program->global_count; i++)
        put_global(out, program->globals[i]);
    if (program->global_count)
        pm_buf_puts(out, "\n");
    for (uint32_t i = 0; i < program->function_count; i++)
        put_function(out, program->functions[i]);
}
