// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "bytecode/bytecode_internal.h"

// --- measuring ---------------------------------------------------------------

// Reads a table's number of rows, each of at least [row] bytes.
static bool count_rows(struct pbx_reader *r, struct pm_cursor *c,
                       const char *code, uint32_t most, size_t row,
                       uint32_t *out)
{
    size_t at = pbx_where(r, c);
    uint32_t count = pm_cursor_u32(c);

    if (c->failed) {
        PBX_COMPLAIN(r, at, code, "the section ends before its number of rows");
        return false;
    }
    if (count > most) {
        PBX_COMPLAIN(r, at, code,
                     "%" PRIu32 " rows; at most %" PRIu32 " are allowed", count,
                     most);
        return false;
    }
    if (count > pm_cursor_left(c) / row) {
        PBX_COMPLAIN(r, at, code,
                     "%" PRIu32 " rows of at least %zu bytes; the section has "
                     "only %zu bytes more",
                     count, row, pm_cursor_left(c));
        return false;
    }
    *out = count;
    return true;
}

// Steps over [count] rows of exactly [row] bytes.
static bool measure_fixed(struct pbx_reader *r, struct pm_cursor *c,
                          const char *code, uint32_t most, size_t row,
                          uint32_t *out)
{
    if (!count_rows(r, c, code, most, row, out))
        return false;
    pm_cursor_take(c, *out * row);
    return true;
}

static bool measure_end(struct pbx_reader *r, const struct pm_cursor *c)
{
    if (pm_cursor_left(c) == 0)
        return true;
    PBX_COMPLAIN(r, pbx_where(r, c), "PBX-SECTION",
                 "%zu bytes are left in the section behind its last row",
                 pm_cursor_left(c));
    return false;
}

// A table that is a section of its own.
static bool measure_table(struct pbx_reader *r, int id, const char *code,
                          size_t row, uint32_t *out)
{
    struct pm_cursor c = r->section[id];
    return measure_fixed(r, &c, code, PM_MODULE_MAX_ITEMS, row, out) &&
           measure_end(r, &c);
}

static bool short_row(struct pbx_reader *r, const char *code, const char *what,
                      uint32_t index, size_t at)
{
    PBX_COMPLAIN(r, at, code, "the section ends inside %s %" PRIu32, what,
                 index);
    return false;
}

static bool measure_fields(struct pbx_reader *r, struct pm_cursor *c, size_t at,
                           uint32_t index, uint32_t kind)
{
    uint32_t a = pm_cursor_u32(c);
    uint32_t b = pm_cursor_u32(c);
    uint64_t count = kind == PM_TYPE_KIND_FUNC ? (uint64_t)a + b : b;

    if (!c->failed && count > PM_TYPE_MAX_FIELDS) {
        PBX_COMPLAIN(r, at, "PBX-TYPE",
                     "type %" PRIu32 " has %" PRIu64 " fields, parameters or "
                     "results; at most %d are allowed",
                     index, count, PM_TYPE_MAX_FIELDS);
        return false;
    }
    pm_cursor_take(c, (size_t)count * (kind == PM_TYPE_KIND_FUNC ? 4 : 8));
    r->field_count += (size_t)count;
    return true;
}

static bool measure_type(struct pbx_reader *r, struct pm_cursor *c,
                         uint32_t index)
{
    size_t at = pbx_where(r, c);
    uint32_t kind = pm_cursor_u32(c);

    if (!c->failed &&
        (kind < PM_TYPE_KIND_ARRAY || kind > PM_TYPE_KIND_STATE)) {
        PBX_COMPLAIN(r, at, "PBX-TYPE",
                     "type %" PRIu32 " is of kind %" PRIu32
                     ", wanted 1 (array), 2 (record), 3 (func) or 4 (state)",
                     index, kind);
        return false;
    }
    if (kind == PM_TYPE_KIND_ARRAY || kind == PM_TYPE_KIND_STATE)
        pm_cursor_u32(c);
    else if (!measure_fields(r, c, at, index, kind))
        return false;
    return !c->failed || short_row(r, "PBX-TYPE", "type", index, at);
}

static bool measure_types(struct pbx_reader *r)
{
    struct pm_cursor c = r->section[PBX_TYPES];
    if (!count_rows(r, &c, "PBX-TYPE", PM_MODULE_MAX_ITEMS, 8,
                    &r->module.type_count))
        return false;
    for (uint32_t i = 0; i < r->module.type_count; i++)
        if (!measure_type(r, &c, i))
            return false;
    return measure_end(r, &c);
}

static bool measure_constant(struct pbx_reader *r, struct pm_cursor *c,
                             uint32_t index)
{
    size_t at = pbx_where(r, c);
    uint32_t type = pm_cursor_u32(c);

    switch (type) {
    case PM_TYPE_I32:
    case PM_TYPE_F32:
    case PM_TYPE_STRING:
        pm_cursor_take(c, 4);
        break;
    case PM_TYPE_I64:
    case PM_TYPE_F64:
        pm_cursor_take(c, 8);
        break;
    default:
        if (c->failed)
            break;
        PBX_COMPLAIN(r, at, "PBX-CONST",
                     "constant %" PRIu32 " is of type %" PRIu32
                     ", wanted i32, i64, f32, f64 or string",
                     index, type);
        return false;
    }
    return !c->failed || short_row(r, "PBX-CONST", "constant", index, at);
}

static bool measure_constants(struct pbx_reader *r)
{
    struct pm_cursor c = r->section[PBX_CONSTANTS];
    if (!count_rows(r, &c, "PBX-CONST", PM_MODULE_MAX_ITEMS, 8,
                    &r->module.constant_count))
        return false;
    for (uint32_t i = 0; i < r->module.constant_count; i++)
        if (!measure_constant(r, &c, i))
            return false;
    return measure_end(r, &c);
}

static bool measure_function(struct pbx_reader *r, struct pm_cursor *c,
                             uint32_t index)
{
    size_t at = pbx_where(r, c);
    const uint8_t *row = pm_cursor_take(c, 28);

    if (!row)
        return short_row(r, "PBX-FUNC", "function", index, at);
    uint32_t captures = pm_load32(row + 12);
    uint32_t locals = pm_load32(row + 16);
    if (captures > PBX_MAX_CAPTURES || locals > PM_FUNCTION_MAX_SLOTS) {
        PBX_COMPLAIN(
            r, at + 12, "PBX-FUNC",
            "function %" PRIu32 " has %" PRIu32 " captures and %" PRIu32
            " locals; at most %d and %d are allowed",
            index, captures, locals, PBX_MAX_CAPTURES, PM_FUNCTION_MAX_SLOTS);
        return false;
    }
    pm_cursor_take(c, ((size_t)captures + locals) * 4);
    r->slot_count += captures + locals;
    r->code_size += pm_load32(row + 24);
    return !c->failed || short_row(r, "PBX-FUNC", "function", index, at);
}

static bool measure_functions(struct pbx_reader *r)
{
    struct pm_cursor c = r->section[PBX_FUNCTIONS];
    size_t at = pbx_where(r, &c);
    if (!count_rows(r, &c, "PBX-FUNC", PM_MODULE_MAX_ITEMS, 28,
                    &r->module.function_count))
        return false;
    if (r->module.function_count == 0) {
        PBX_COMPLAIN(r, at, "PBX-FUNC",
                     "no function; the program starts in function 0");
        return false;
    }
    for (uint32_t i = 0; i < r->module.function_count; i++)
        if (!measure_function(r, &c, i))
            return false;
    return measure_end(r, &c);
}

static bool measure_code(struct pbx_reader *r)
{
    const struct pm_cursor *c = &r->section[PBX_CODE];
    if (r->code_size == c->size)
        return true;
    PBX_COMPLAIN(r, pbx_where(r, c), "PBX-CODE",
                 "the section has %zu bytes, the functions' code sizes add up "
                 "to %" PRIu64,
                 c->size, r->code_size);
    return false;
}

static bool measure_debug(struct pbx_reader *r)
{
    struct pm_cursor c = r->section[PBX_DEBUG];
    struct pm_module *m = &r->module;

    if (!measure_fixed(r, &c, "PBX-DEBUG", PM_MODULE_MAX_ITEMS, 4,
                       &m->file_count))
        return false;
    r->line_cursor = c;
    if (!measure_fixed(r, &c, "PBX-DEBUG", PBX_MAX_SMALL_ITEMS, 20,
                       &m->line_count))
        return false;
    r->local_cursor = c;
    return measure_fixed(r, &c, "PBX-DEBUG", PBX_MAX_SMALL_ITEMS, 12,
                         &m->local_name_count) &&
           measure_end(r, &c);
}

static bool measure_module(struct pbx_reader *r)
{
    const struct pm_cursor *c = &r->section[PBX_MODULE];
    if (c->size == 4)
        return true;
    PBX_COMPLAIN(r, pbx_where(r, c), "PBX-SECTION",
                 "the module section has %zu bytes, wanted 4: the number of "
                 "its name",
                 c->size);
    return false;
}

bool pm_pbx_measure(struct pbx_reader *r)
{
    struct pm_module *m = &r->module;
    return measure_module(r) && measure_types(r) && measure_constants(r) &&
           measure_functions(r) &&
           measure_table(r, PBX_GLOBALS, "PBX-GLOBAL", 8, &m->global_count) &&
           measure_code(r) &&
           measure_table(r, PBX_EXPORTS, "PBX-EXPORT", 8, &m->export_count) &&
           measure_table(r, PBX_HOST_CALLS, "PBX-HOST", 16,
                         &m->host_decl_count) &&
           measure_debug(r);
}

// --- filling -----------------------------------------------------------------

static struct pm_text read_text(struct pbx_reader *r, struct pm_cursor *c)
{
    size_t at = pbx_where(r, c);
    uint32_t number = pm_cursor_u32(c);

    if (number >= r->string_count) {
        PBX_COMPLAIN(r, at, "PBX-STRING",
                     "string number %" PRIu32 "; there are %" PRIu32 " strings",
                     number, r->string_count);
        return (struct pm_text){"", 0};
    }
    r->string_used[number] = 1;
    return r->strings[number];
}

static pm_type_id read_type_id(struct pbx_reader *r, struct pm_cursor *c)
{
    size_t at = pbx_where(r, c);
    pm_type_id type = pm_cursor_u32(c);
    bool good = type >= PM_TYPE_FIRST_USER
                    ? type - PM_TYPE_FIRST_USER < r->module.type_count
                    : type >= PM_TYPE_I32 && type <= PM_TYPE_ANY;

    if (!good)
        PBX_COMPLAIN(r, at, "PBX-TYPE",
                     "%" PRIu32 " is no type: wanted 1 to %d, or %d and up for "
                     "one of the %" PRIu32 " types of the module",
                     type, PM_TYPE_ANY, PM_TYPE_FIRST_USER,
                     r->module.type_count);
    return good ? type : PM_TYPE_I64;
}

// The number of a func type, or PM_TYPE_NONE once that was reported.
static pm_type_id read_func_id(struct pbx_reader *r, struct pm_cursor *c,
                               const char *code)
{
    size_t at = pbx_where(r, c);
    pm_type_id type = pm_cursor_u32(c);
    uint32_t index = type - PM_TYPE_FIRST_USER;

    if (type >= PM_TYPE_FIRST_USER && index < r->module.type_count &&
        r->types[index].kind == PM_TYPE_KIND_FUNC)
        return type;
    PBX_COMPLAIN(r, at, code,
                 "type %" PRIu32 " is not one of the module's func types",
                 type);
    return PM_TYPE_NONE;
}

static uint32_t read_function_id(struct pbx_reader *r, struct pm_cursor *c,
                                 const char *code)
{
    size_t at = pbx_where(r, c);
    uint32_t function = pm_cursor_u32(c);

    if (function < r->module.function_count)
        return function;
    PBX_COMPLAIN(r, at, code,
                 "function %" PRIu32 "; there are %" PRIu32 " functions",
                 function, r->module.function_count);
    return 0;
}

// Reports those of [count] rows that equal an earlier one. [rows] has room
// for twice as many.
static void refuse_twins(struct pbx_reader *r, struct pbx_row *rows,
                         uint32_t count, const char *code, const char *what)
{
    pm_pbx_rows_sort(rows, rows + count, count);
    for (uint32_t i = 1; i < count; i++)
        if (pm_pbx_row_compare(&rows[i - 1], &rows[i]) == 0)
            PBX_COMPLAIN(r, (size_t)(rows[i].data - r->bytes), code,
                         "%s %" PRIu32 " is the same as %" PRIu32, what,
                         rows[i].index, rows[i - 1].index);
}

// Room for [count] rows and for sorting them; NULL when there are none or
// memory is short.
static struct pbx_row *alloc_rows(struct pbx_reader *r, uint32_t count)
{
    struct pbx_row *rows =
        pm_mem_zarray(r->alloc, (size_t)count * 2, sizeof *rows);
    if (count && !rows)
        r->no_memory = true;
    return rows;
}

static void free_rows(struct pbx_reader *r, struct pbx_row *rows,
                      uint32_t count)
{
    pm_mem_free(r->alloc, rows, (size_t)count * 2 * sizeof *rows);
}

// The same for rows of [row] bytes, of which the first [size] may not agree.
static void refuse_fixed_twins(struct pbx_reader *r, const uint8_t *first,
                               uint32_t count, size_t row, uint32_t size,
                               const char *code, const char *what)
{
    struct pbx_row *rows = alloc_rows(r, count);
    if (!rows)
        return;
    for (uint32_t i = 0; i < count; i++)
        rows[i] = (struct pbx_row){first + i * row, size, i};
    refuse_twins(r, rows, count, code, what);
    free_rows(r, rows, count);
}

static void fill_fields(struct pbx_reader *r, struct pm_cursor *c,
                        struct pm_type *type, struct pm_field **next)
{
    bool is_record = type->kind == PM_TYPE_KIND_RECORD;
    type->fields = *next;
    for (uint32_t i = 0; i < type->field_count; i++) {
        struct pm_field *field = (*next)++;
        field->name = is_record ? read_text(r, c) : (struct pm_text){"", 0};
        field->type = read_type_id(r, c);
    }
}

static void fill_type(struct pbx_reader *r, struct pm_cursor *c,
                      struct pm_type *type, struct pm_field **next)
{
    *type = (struct pm_type){.kind = (pm_type_kind)pm_cursor_u32(c),
                             .name = {"", 0}};
    switch (type->kind) {
    case PM_TYPE_KIND_ARRAY:
        type->element = read_type_id(r, c);
        break;
    case PM_TYPE_KIND_STATE:
        type->name = read_text(r, c);
        break;
    case PM_TYPE_KIND_RECORD:
        type->name = read_text(r, c);
        type->field_count = pm_cursor_u32(c);
        break;
    case PM_TYPE_KIND_FUNC:
        type->param_count = pm_cursor_u32(c);
        type->field_count = type->param_count + pm_cursor_u32(c);
        break;
    }
    fill_fields(r, c, type, next);
}

static void fill_types(struct pbx_reader *r)
{
    struct pm_cursor c = r->section[PBX_TYPES];
    struct pm_field *next = r->fields;
    uint32_t count = pm_cursor_u32(&c);
    uint32_t structural = 0;
    struct pbx_row *rows = alloc_rows(r, count);

    for (uint32_t i = 0; i < count; i++) {
        size_t start = c.at;
        fill_type(r, &c, &r->types[i], &next);
        if (rows && r->types[i].kind != PM_TYPE_KIND_RECORD)
            rows[structural++] =
                (struct pbx_row){c.data + start, (uint32_t)(c.at - start), i};
    }
    if (rows)
        refuse_twins(r, rows, structural, "PBX-TYPE", "type");
    free_rows(r, rows, count);
}

static void fill_constant(struct pbx_reader *r, struct pm_cursor *c,
                          struct pm_constant *constant, uint32_t index)
{
    size_t at = pbx_where(r, c) + 4;
    *constant = (struct pm_constant){.type = pm_cursor_u32(c), .text = {"", 0}};
    switch (constant->type) {
    case PM_TYPE_STRING:
        constant->text = read_text(r, c);
        break;
    case PM_TYPE_I32:
        constant->bits = (uint64_t)(int64_t)(int32_t)pm_cursor_u32(c);
        break;
    case PM_TYPE_F32:
        constant->bits = pm_cursor_u32(c);
        break;
    default:
        constant->bits = pm_cursor_u64(c);
        break;
    }
    if (pm_pbx_is_odd_nan(constant->type, constant->bits))
        PBX_COMPLAIN(r, at, "PBX-CONST",
                     "constant %" PRIu32 " is a NaN of other bits than the "
                     "canonical one",
                     index);
}

static void fill_constants(struct pbx_reader *r)
{
    struct pm_cursor c = r->section[PBX_CONSTANTS];
    uint32_t count = pm_cursor_u32(&c);
    struct pbx_row *rows = alloc_rows(r, count);

    for (uint32_t i = 0; i < count; i++) {
        size_t start = c.at;
        fill_constant(r, &c, &r->constants[i], i);
        if (rows)
            rows[i] =
                (struct pbx_row){c.data + start, (uint32_t)(c.at - start), i};
    }
    if (rows)
        refuse_twins(r, rows, count, "PBX-CONST", "constant");
    free_rows(r, rows, count);
}

static void check_function(struct pbx_reader *r, const struct pm_function *f,
                           uint32_t index, size_t at)
{
    if (f->flags & ~(uint32_t)PM_FUNCTION_CLOSURE)
        PBX_COMPLAIN(r, at + 8, "PBX-FUNC",
                     "function %" PRIu32 " has flags 0x%" PRIx32
                     "; only 1 (closure) is known",
                     index, f->flags);
    else if (f->capture_count && !f->flags)
        PBX_COMPLAIN(r, at + 12, "PBX-FUNC",
                     "function %" PRIu32 " has captures but is no closure",
                     index);
    if (f->code_size == 0 || f->code_size > PM_FUNCTION_MAX_CODE)
        PBX_COMPLAIN(r, at + 24, "PBX-FUNC",
                     "function %" PRIu32 " has %" PRIu32
                     " bytes of code, wanted 1 to %d",
                     index, f->code_size, PM_FUNCTION_MAX_CODE);
    uint64_t slots =
        (uint64_t)pm_function_slot_count(&r->module, f) + f->max_stack;
    if (f->type && slots > PM_FUNCTION_MAX_SLOTS)
        PBX_COMPLAIN(r, at + 20, "PBX-FUNC",
                     "function %" PRIu32 " needs %" PRIu64
                     " slots (parameters, locals and stack); at most %d are "
                     "allowed",
                     index, slots, PM_FUNCTION_MAX_SLOTS);
}

static const pm_type_id *fill_slots(struct pbx_reader *r, struct pm_cursor *c,
                                    uint32_t count, pm_type_id **next)
{
    pm_type_id *first = *next;
    for (uint32_t i = 0; i < count; i++)
        *(*next)++ = read_type_id(r, c);
    return first;
}

static void fill_functions(struct pbx_reader *r)
{
    struct pm_cursor c = r->section[PBX_FUNCTIONS];
    const struct pm_cursor *code = &r->section[PBX_CODE];
    pm_type_id *next = r->slots;
    size_t used = 0;

    pm_cursor_u32(&c);
    for (uint32_t i = 0; i < r->module.function_count; i++) {
        struct pm_function *f = &r->functions[i];
        size_t at = pbx_where(r, &c);
        f->name = read_text(r, &c);
        f->type = read_func_id(r, &c, "PBX-FUNC");
        f->flags = pm_cursor_u32(&c);
        f->capture_count = pm_cursor_u32(&c);
        f->local_count = pm_cursor_u32(&c);
        f->max_stack = pm_cursor_u32(&c);
        f->code_size = pm_cursor_u32(&c);
        f->captures = fill_slots(r, &c, f->capture_count, &next);
        f->locals = fill_slots(r, &c, f->local_count, &next);
        f->code = code->data + used;
        f->code_offset = (uint32_t)(pbx_where(r, code) + used);
        used += f->code_size;
        check_function(r, f, i, at);
    }
}

static void fill_globals(struct pbx_reader *r)
{
    struct pm_cursor c = r->section[PBX_GLOBALS];
    pm_cursor_u32(&c);
    for (uint32_t i = 0; i < r->module.global_count; i++) {
        r->globals[i].name = read_text(r, &c);
        r->globals[i].type = read_type_id(r, &c);
    }
}

static void fill_exports(struct pbx_reader *r)
{
    struct pm_cursor c = r->section[PBX_EXPORTS];
    pm_cursor_u32(&c);
    const uint8_t *first = c.data + c.at;
    for (uint32_t i = 0; i < r->module.export_count; i++) {
        r->exports[i].name = read_text(r, &c);
        r->exports[i].function = read_function_id(r, &c, "PBX-EXPORT");
    }
    refuse_fixed_twins(r, first, r->module.export_count, 8, 4, "PBX-EXPORT",
                       "the name of export");
}

static void fill_host_decls(struct pbx_reader *r)
{
    struct pm_cursor c = r->section[PBX_HOST_CALLS];
    pm_cursor_u32(&c);
    const uint8_t *first = c.data + c.at;
    for (uint32_t i = 0; i < r->module.host_decl_count; i++) {
        struct pm_host_decl *decl = &r->host_decls[i];
        decl->module = read_text(r, &c);
        decl->name = read_text(r, &c);
        decl->version = pm_cursor_u32(&c);
        decl->type = read_func_id(r, &c, "PBX-HOST");
    }
    refuse_fixed_twins(r, first, r->module.host_decl_count, 16, 12, "PBX-HOST",
                       "the host call of declaration");
}

static void fill_files(struct pbx_reader *r)
{
    struct pm_cursor c = r->section[PBX_DEBUG];
    pm_cursor_u32(&c);
    const uint8_t *first = c.data + c.at;
    for (uint32_t i = 0; i < r->module.file_count; i++)
        r->files[i] = read_text(r, &c);
    refuse_fixed_twins(r, first, r->module.file_count, 4, 4, "PBX-DEBUG",
                       "the name of file");
}

static void check_line(struct pbx_reader *r, const struct pm_line *line,
                       uint32_t index, size_t at)
{
    const struct pm_line *last = index ? line - 1 : NULL;

    if (line->offset >= r->functions[line->function].code_size)
        PBX_COMPLAIN(r, at + 4, "PBX-DEBUG",
                     "line row %" PRIu32 " is at offset %" PRIu32
                     ", outside the function's code",
                     index, line->offset);
    if (line->file >= r->module.file_count)
        PBX_COMPLAIN(r, at + 8, "PBX-DEBUG",
                     "line row %" PRIu32 " is of file %" PRIu32
                     "; there are %" PRIu32 " files",
                     index, line->file, r->module.file_count);
    if (line->line == 0)
        PBX_COMPLAIN(r, at + 12, "PBX-DEBUG",
                     "line row %" PRIu32 " has line 0; lines count from 1",
                     index);
    if (last &&
        (last->function > line->function ||
         (last->function == line->function && last->offset >= line->offset)))
        PBX_COMPLAIN(r, at, "PBX-DEBUG",
                     "line row %" PRIu32 " is not behind the row before it in "
                     "the order of function and offset",
                     index);
}

static void fill_lines(struct pbx_reader *r)
{
    struct pm_cursor c = r->line_cursor;
    pm_cursor_u32(&c);
    for (uint32_t i = 0; i < r->module.line_count; i++) {
        size_t at = pbx_where(r, &c);
        struct pm_line *line = &r->lines[i];
        line->function = read_function_id(r, &c, "PBX-DEBUG");
        line->offset = pm_cursor_u32(&c);
        line->file = pm_cursor_u32(&c);
        line->line = pm_cursor_u32(&c);
        line->column = pm_cursor_u32(&c);
        check_line(r, line, i, at);
    }
}

static void check_local_name(struct pbx_reader *r,
                             const struct pm_local_name *name, uint32_t index,
                             size_t at)
{
    const struct pm_local_name *last = index ? name - 1 : NULL;
    const struct pm_function *f = &r->functions[name->function];

    if (f->type && name->local >= pm_function_slot_count(&r->module, f))
        PBX_COMPLAIN(r, at + 4, "PBX-DEBUG",
                     "name row %" PRIu32 " is of local %" PRIu32
                     "; its function has %" PRIu32,
                     index, name->local, pm_function_slot_count(&r->module, f));
    if (last &&
        (last->function > name->function ||
         (last->function == name->function && last->local >= name->local)))
        PBX_COMPLAIN(r, at, "PBX-DEBUG",
                     "name row %" PRIu32 " is not behind the row before it in "
                     "the order of function and local",
                     index);
}

static void fill_local_names(struct pbx_reader *r)
{
    struct pm_cursor c = r->local_cursor;
    pm_cursor_u32(&c);
    for (uint32_t i = 0; i < r->module.local_name_count; i++) {
        size_t at = pbx_where(r, &c);
        struct pm_local_name *name = &r->local_names[i];
        name->function = read_function_id(r, &c, "PBX-DEBUG");
        name->local = pm_cursor_u32(&c);
        name->name = read_text(r, &c);
        check_local_name(r, name, i, at);
    }
}

void pm_pbx_fill(struct pbx_reader *r)
{
    struct pm_cursor c = r->section[PBX_MODULE];
    r->module.name = read_text(r, &c);
    fill_types(r);
    fill_constants(r);
    fill_functions(r);
    fill_globals(r);
    fill_exports(r);
    fill_host_decls(r);
    fill_files(r);
    fill_lines(r);
    fill_local_names(r);
}
