// SPDX-License-Identifier: MIT
//
// Messages: where, which instruction, what was found and wanted. Names come
// from hostile modules: they are escaped, and each is cut to a length, so
// that a message is short whatever the module says.
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/utf8.h"
#include "link/verify_internal.h"

enum {
    NAME_LENGTH = 60, // bytes of a name that a message shows
    FILE_LENGTH = 255,
    ARRAY_DEPTH = 4,
};

static const char *const builtin_names[] = {
    [PM_TYPE_NONE] = "nothing", [PM_TYPE_I32] = "i32",
    [PM_TYPE_I64] = "i64",      [PM_TYPE_F32] = "f32",
    [PM_TYPE_F64] = "f64",      [PM_TYPE_BOOL] = "bool",
    [PM_TYPE_BYTE] = "byte",    [PM_TYPE_STRING] = "string",
    [PM_TYPE_BYTES] = "bytes",  [PM_TYPE_COROUTINE] = "coroutine",
    [PM_TYPE_ANY] = "any",
};

static void put_cut(struct pm_buf *out, struct pm_text text)
{
    size_t size = text.size;
    if (size > NAME_LENGTH)
        size = pm_utf8_valid_prefix(text.data, NAME_LENGTH);
    pm_buf_put_escaped(out, text.data, size);
    if (size < text.size)
        pm_buf_puts(out, "…");
}

void pm_link_put_name(struct pm_buf *out, struct pm_text name)
{
    pm_buf_puts(out, "'");
    put_cut(out, name);
    pm_buf_puts(out, "'");
}

void pm_link_put_function(struct pm_buf *out, const struct pm_module *module,
                          uint32_t function)
{
    struct pm_text name = module->functions[function].name;
    pm_buf_puts(out, "function ");
    if (name.size) {
        pm_link_put_name(out, name);
        pm_buf_printf(out, " (%" PRIu32 ")", function);
    } else {
        pm_buf_printf(out, "%" PRIu32, function);
    }
}

static void put_user_type(struct pm_buf *out, const struct pm_type *type,
                          pm_type_id id)
{
    if (type->kind == PM_TYPE_KIND_FUNC) {
        pm_buf_printf(out, "func of type %" PRIu32, id - PM_TYPE_FIRST_USER);
        return;
    }
    if (type->kind == PM_TYPE_KIND_STATE)
        pm_buf_puts(out, "state ");
    if (type->name.size)
        put_cut(out, type->name);
    else
        pm_buf_printf(out, "type %" PRIu32, id - PM_TYPE_FIRST_USER);
}

void pm_link_put_type(struct pm_buf *out, const struct pm_module *module,
                      pm_type_id type)
{
    for (int depth = 0; depth < ARRAY_DEPTH; depth++) {
        const struct pm_type *array =
            pm_link_type_of_kind(module, type, PM_TYPE_KIND_ARRAY);
        if (!array)
            break;
        pm_buf_puts(out, "array ");
        type = array->element;
    }
    const struct pm_type *user = pm_link_user_type(module, type);
    if (user && user->kind == PM_TYPE_KIND_ARRAY)
        pm_buf_puts(out, "…");
    else if (user)
        put_user_type(out, user, type);
    else if (type <= PM_TYPE_ANY)
        pm_buf_puts(out, builtin_names[type]);
    else
        pm_buf_printf(out, "type number %" PRIu32, type);
}

static void put_opcode(struct pm_buf *out, uint32_t opcode)
{
    const struct pm_opcode_info *info = pm_opcode_info(opcode);
    for (const char *c = info ? info->name : "?"; *c; c++)
        pm_buf_put8(out, (uint8_t)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c));
}

struct pm_buf *pm_verify_begin_function(struct pm_verifier *v)
{
    v->place = 0;
    pm_buf_init(&v->text, v->alloc);
    // Nobody is going to read it: nothing needs to be written then.
    v->is_counted_only = v->diags->count >= PM_DIAG_LIMIT;
    v->text.failed = v->is_counted_only;
    pm_link_put_function(&v->text, v->module, v->index);
    return &v->text;
}

struct pm_buf *pm_verify_begin(struct pm_verifier *v)
{
    const struct pm_verified_ins *ins = &v->out->ins[v->at];
    pm_verify_begin_function(v);
    v->place = ins->offset;
    pm_buf_printf(&v->text, " at %" PRIu32 ", ", ins->offset);
    put_opcode(&v->text, ins->opcode);
    pm_buf_puts(&v->text, ": ");
    return &v->text;
}

// The source place of what the message is about, or its place in the module.
static struct pm_place place_of(const struct pm_verifier *v,
                                struct pm_buf *file)
{
    struct pm_line line;
    if (pm_module_find_line(v->module, v->index, v->place, &line) &&
        line.file < v->module->file_count) {
        struct pm_text name = v->module->files[line.file];
        size_t size = name.size;
        if (size > FILE_LENGTH)
            size = pm_utf8_valid_prefix(name.data, FILE_LENGTH);
        pm_buf_put(file, name.data ? name.data : "", size);
        return pm_place_line(pm_buf_cstr(file), line.line, line.column);
    }
    return pm_place_at(v->file, (uint64_t)v->function->code_offset + v->place);
}

bool pm_verify_send(struct pm_verifier *v, const char *code)
{
    struct pm_buf file;

    v->failed = true;
    if (v->is_counted_only) {
        pm_diags_error(v->diags, NULL, code, "not shown");
        return false;
    }
    pm_buf_init(&file, v->alloc);
    struct pm_place place = place_of(v, &file);
    const char *text = pm_buf_cstr(&v->text);
    pm_diags_error(v->diags, &place, code, "%s",
                   text ? text : "memory is too short to say what is wrong");
    v->no_memory = v->no_memory || !text || pm_buf_status(&file) != PM_OK ||
                   v->diags->out_of_memory;
    pm_buf_free(&file);
    pm_buf_free(&v->text);
    return false;
}

bool pm_verify_say(struct pm_verifier *v, const char *code, const char *format,
                   ...)
{
    va_list args;

    pm_verify_begin(v);
    va_start(args, format);
    pm_buf_vprintf(&v->text, format, args);
    va_end(args);
    return pm_verify_send(v, code);
}
