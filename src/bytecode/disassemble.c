// SPDX-License-Identifier: MIT
//
// The text starts with .exact and names every row in the table's order, so
// that assembling it numbers everything as it was. What no instruction can
// be, is written as bytes.
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "bytecode/print.h"

struct disassembler {
    struct printer printer;
    const struct pm_module *module;
    struct pm_buf *out;
    // Storage of the flags of unique names, and the host calls' names.
    uint8_t *flags;
    size_t flags_size;
    char *host_names;
    size_t host_names_size;
    uint8_t *labels;
    // The next rows of the debug tables.
    uint32_t line;
    uint32_t local_name;
    bool local_named[PM_FUNCTION_MAX_SLOTS];
};

// --- which names are unique --------------------------------------------------

// Sets the flags of those of [count] names that no other name equals.
static bool mark_unique(struct disassembler *d, struct pbx_row *rows,
                        uint32_t count, uint8_t *flags)
{
    struct pbx_row *scratch =
        pm_mem_zarray(&d->out->alloc, count, sizeof *scratch);
    if (count && !scratch)
        return false;
    pm_pbx_rows_sort(rows, scratch, count);
    for (uint32_t i = 0; i < count; i++) {
        bool twin =
            (i > 0 && pm_pbx_row_compare(&rows[i - 1], &rows[i]) == 0) ||
            (i + 1 < count && pm_pbx_row_compare(&rows[i], &rows[i + 1]) == 0);
        flags[rows[i].index] = !twin;
    }
    pm_mem_free(&d->out->alloc, scratch, count * sizeof *scratch);
    return true;
}

enum table { TYPES, GLOBALS, FUNCTIONS, HOSTS };

static struct pm_text name_of(struct disassembler *d, enum table table,
                              uint32_t i)
{
    const struct pm_module *m = d->module;
    struct pm_text name = {"", 0};

    switch (table) {
    case TYPES:
        return m->types[i].kind == PM_TYPE_KIND_RECORD ? m->types[i].name
                                                       : name;
    case GLOBALS:
        return m->globals[i].name;
    case FUNCTIONS:
        return m->functions[i].name;
    case HOSTS:
        pm_bytecode_print_host_name(
            &m->host_decls[i], d->host_names + (size_t)i * PRINT_LONGEST_NAME,
            &name);
        break;
    }
    return name;
}

// Long names are left out: they are never written, and no short one can be
// equal to them.
static bool mark_table(struct disassembler *d, enum table table, uint32_t count,
                       uint8_t *flags)
{
    struct pbx_row *rows = pm_mem_zarray(&d->out->alloc, count, sizeof *rows);
    uint32_t used = 0;

    if (count && !rows)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct pm_text name = name_of(d, table, i);
        if (name.size > 0 && name.size <= PRINT_LONGEST_NAME)
            rows[used++] =
                (struct pbx_row){(const uint8_t *)name.data, name.size, i};
    }
    bool ok = mark_unique(d, rows, used, flags);
    pm_mem_free(&d->out->alloc, rows, count * sizeof *rows);
    return ok;
}

static bool mark_names(struct disassembler *d)
{
    const struct pm_module *m = d->module;
    struct printer *p = &d->printer;

    d->flags_size = (size_t)m->type_count + m->global_count +
                    m->function_count + m->host_decl_count;
    d->host_names_size = (size_t)m->host_decl_count * PRINT_LONGEST_NAME;
    d->flags = pm_mem_zarray(&d->out->alloc, d->flags_size, 1);
    d->host_names = pm_mem_zarray(&d->out->alloc, d->host_names_size, 1);
    if (!d->flags || (d->host_names_size && !d->host_names))
        return false;
    p->is_strict = true;
    p->type_unique = d->flags;
    p->global_unique = p->type_unique + m->type_count;
    p->function_unique = p->global_unique + m->global_count;
    p->host_unique = p->function_unique + m->function_count;
    return mark_table(d, TYPES, m->type_count, p->type_unique) &&
           mark_table(d, GLOBALS, m->global_count, p->global_unique) &&
           mark_table(d, FUNCTIONS, m->function_count, p->function_unique) &&
           mark_table(d, HOSTS, m->host_decl_count, p->host_unique);
}

// --- tables ------------------------------------------------------------------

static void put_type_id(struct disassembler *d, pm_type_id type)
{
    const struct pm_type *rows = d->module->types;
    bool is_structural =
        type >= PM_TYPE_FIRST_USER &&
        rows[type - PM_TYPE_FIRST_USER].kind != PM_TYPE_KIND_RECORD;

    // Inside .type lines nothing is written out in place: a type that comes
    // later could not be found.
    if (is_structural)
        pm_buf_printf(d->out, "#%" PRIu32, type - PM_TYPE_FIRST_USER);
    else
        pm_bytecode_print_type(&d->printer, type, d->out);
}

static void put_fields(struct disassembler *d, const struct pm_field *fields,
                       uint32_t count, bool has_names)
{
    for (uint32_t i = 0; i < count; i++) {
        pm_buf_puts(d->out, has_names ? "\n    " : i ? ", " : "");
        if (has_names) {
            pm_bytecode_print_name(d->out, fields[i].name);
            pm_buf_puts(d->out, ": ");
        }
        put_type_id(d, fields[i].type);
        if (has_names)
            pm_buf_put8(d->out, ',');
    }
}

static void put_type_row(struct disassembler *d, const struct pm_type *type)
{
    pm_buf_puts(d->out, ".type ");
    if (type->kind == PM_TYPE_KIND_RECORD)
        pm_bytecode_print_name(d->out, type->name);
    else
        pm_buf_put8(d->out, '_');
    switch (type->kind) {
    case PM_TYPE_KIND_ARRAY:
        pm_buf_puts(d->out, " = array ");
        put_type_id(d, type->element);
        break;
    case PM_TYPE_KIND_STATE:
        pm_buf_puts(d->out, " = state ");
        pm_bytecode_print_string(d->out, type->name);
        break;
    case PM_TYPE_KIND_RECORD:
        pm_buf_puts(d->out, " = record {");
        put_fields(d, type->fields, type->field_count, true);
        pm_buf_puts(d->out, type->field_count ? "\n}" : "}");
        break;
    case PM_TYPE_KIND_FUNC:
        pm_buf_puts(d->out, " = func (");
        put_fields(d, type->fields, type->param_count, false);
        pm_buf_puts(d->out, ") -> (");
        put_fields(d, type->fields + type->param_count,
                   type->field_count - type->param_count, false);
        pm_buf_put8(d->out, ')');
        break;
    }
}

// Ends a line with the row's number, for the reader's eye.
static void end_row(struct disassembler *d, uint32_t index)
{
    pm_buf_printf(d->out, " ; #%" PRIu32 "\n", index);
}

static void put_types(struct disassembler *d)
{
    for (uint32_t i = 0; i < d->module->type_count; i++) {
        put_type_row(d, &d->module->types[i]);
        end_row(d, i);
    }
}

static void put_constants(struct disassembler *d)
{
    for (uint32_t i = 0; i < d->module->constant_count; i++) {
        pm_buf_puts(d->out, ".const _ = ");
        pm_bytecode_print_constant_value(&d->module->constants[i], d->out);
        end_row(d, i);
    }
}

static void put_globals(struct disassembler *d)
{
    for (uint32_t i = 0; i < d->module->global_count; i++) {
        pm_buf_puts(d->out, ".global ");
        pm_bytecode_print_name(d->out, d->module->globals[i].name);
        pm_buf_puts(d->out, ": ");
        pm_bytecode_print_type(&d->printer, d->module->globals[i].type, d->out);
        end_row(d, i);
    }
}

static void put_host_decls(struct disassembler *d)
{
    for (uint32_t i = 0; i < d->module->host_decl_count; i++) {
        const struct pm_host_decl *decl = &d->module->host_decls[i];
        pm_buf_puts(d->out, ".host ");
        pm_bytecode_print_string(d->out, decl->module);
        pm_buf_put8(d->out, ' ');
        pm_bytecode_print_string(d->out, decl->name);
        pm_buf_printf(d->out, " %" PRIu32 " ", decl->version);
        pm_bytecode_print_signature(&d->printer, decl->type, d->out);
        end_row(d, i);
    }
}

static void put_files(struct disassembler *d)
{
    for (uint32_t i = 0; i < d->module->file_count; i++) {
        pm_buf_puts(d->out, ".file ");
        pm_bytecode_print_string(d->out, d->module->files[i]);
        end_row(d, i);
    }
}

static void put_exports(struct disassembler *d)
{
    for (uint32_t i = 0; i < d->module->export_count; i++) {
        const struct pm_export *row = &d->module->exports[i];
        struct pm_text name = d->module->functions[row->function].name;
        pm_buf_puts(d->out, ".export ");
        pm_bytecode_print_string(d->out, row->name);
        pm_buf_puts(d->out, " = ");
        if (d->printer.function_unique[row->function])
            pm_bytecode_print_name(d->out, name);
        else
            pm_buf_printf(d->out, "#%" PRIu32, row->function);
        pm_buf_put8(d->out, '\n');
    }
}

// --- functions ---------------------------------------------------------------

static void name_locals(struct disassembler *d, uint32_t function)
{
    const struct pm_module *m = d->module;
    struct pbx_row rows[PM_FUNCTION_MAX_SLOTS];
    struct pbx_row scratch[PM_FUNCTION_MAX_SLOTS];
    uint32_t count = 0;

    memset(d->local_named, 0, sizeof d->local_named);
    memset(d->printer.local_unique, 0, sizeof d->printer.local_unique);
    for (; d->local_name < m->local_name_count &&
           m->local_names[d->local_name].function == function;
         d->local_name++) {
        const struct pm_local_name *row = &m->local_names[d->local_name];
        d->printer.local[row->local] = row->name;
        d->local_named[row->local] = true;
        if (row->name.size && row->name.size <= PRINT_LONGEST_NAME)
            rows[count++] = (struct pbx_row){(const uint8_t *)row->name.data,
                                             row->name.size, row->local};
    }
    pm_pbx_rows_sort(rows, scratch, count);
    for (uint32_t i = 0; i < count; i++)
        d->printer.local_unique[rows[i].index] = !(
            (i > 0 && pm_pbx_row_compare(&rows[i - 1], &rows[i]) == 0) ||
            (i + 1 < count && pm_pbx_row_compare(&rows[i], &rows[i + 1]) == 0));
}

static void put_slot_name(struct disassembler *d, uint32_t slot)
{
    if (d->local_named[slot])
        pm_bytecode_print_name(d->out, d->printer.local[slot]);
    else
        pm_buf_put8(d->out, '_');
}

// Parameters with their names; many of them as the type's number, with the
// names after it.
static void put_params(struct disassembler *d, const struct pm_function *f,
                       uint32_t first)
{
    const struct pm_type *type = pm_function_type(d->module, f);

    pm_buf_put8(d->out, '(');
    for (uint32_t i = 0; i < type->param_count; i++) {
        pm_buf_puts(d->out, i ? ", " : "");
        put_slot_name(d, first + i);
        pm_buf_puts(d->out, ": ");
        pm_bytecode_print_type(&d->printer, type->fields[i].type, d->out);
    }
    pm_buf_puts(d->out, ") -> (");
    for (uint32_t i = type->param_count; i < type->field_count; i++) {
        pm_buf_puts(d->out, i > type->param_count ? ", " : "");
        pm_bytecode_print_type(&d->printer, type->fields[i].type, d->out);
    }
    pm_buf_put8(d->out, ')');
}

static void put_closure(struct disassembler *d, const struct pm_function *f)
{
    if (!(f->flags & PM_FUNCTION_CLOSURE))
        return;
    pm_buf_puts(d->out, " closure ");
    if (d->local_named[0]) {
        put_slot_name(d, 0);
        pm_buf_put8(d->out, ' ');
    }
    pm_buf_put8(d->out, '(');
    for (uint32_t i = 0; i < f->capture_count; i++) {
        pm_buf_puts(d->out, i ? ", _: " : "_: ");
        pm_bytecode_print_type(&d->printer, f->captures[i], d->out);
    }
    pm_buf_put8(d->out, ')');
}

static void put_param_names(struct disassembler *d, uint32_t first,
                            uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++) {
        if (!d->local_named[i])
            continue;
        pm_buf_printf(d->out, "    .local_name #%" PRIu32 " ", i);
        put_slot_name(d, i);
        pm_buf_put8(d->out, '\n');
    }
}

static void put_locals(struct disassembler *d, const struct pm_function *f,
                       uint32_t first)
{
    for (uint32_t i = 0; i < f->local_count; i++) {
        pm_buf_puts(d->out, "    .local ");
        put_slot_name(d, first + i);
        pm_buf_puts(d->out, ": ");
        pm_bytecode_print_type(&d->printer, f->locals[i], d->out);
        pm_buf_printf(d->out, " ; #%" PRIu32 "\n", first + i);
    }
}

static void put_head(struct disassembler *d, const struct pm_function *f,
                     uint32_t index)
{
    const struct pm_type *type = pm_function_type(d->module, f);
    uint32_t first = f->flags & PM_FUNCTION_CLOSURE;
    bool is_long = type->field_count > PRINT_MOST_PARTS;

    pm_buf_puts(d->out, "\n.func ");
    pm_bytecode_print_name(d->out, f->name);
    pm_buf_put8(d->out, ' ');
    if (is_long)
        pm_buf_printf(d->out, "#%" PRIu32, f->type - PM_TYPE_FIRST_USER);
    else
        put_params(d, f, first);
    put_closure(d, f);
    end_row(d, index);
    if (is_long)
        put_param_names(d, first, type->param_count);
    put_locals(d, f, first + type->param_count);
    pm_buf_printf(d->out, "    .stack %" PRIu32 "\n", f->max_stack);
}

// --- code --------------------------------------------------------------------

enum { IS_START = 1, IS_TARGET = 2 };

// The instruction at [offset]; not one into which a line's place points,
// since that place needs a line of text of its own. [line] is the function's
// next row of the line table behind [offset].
static bool decode(const struct disassembler *d, const struct pm_function *f,
                   uint32_t offset, uint32_t line, struct pm_instruction *out)
{
    const struct pm_module *m = d->module;
    uint32_t function = (uint32_t)(f - m->functions);

    if (!pm_instruction_decode(f, offset, out))
        return false;
    return line >= m->line_count || m->lines[line].function != function ||
           m->lines[line].offset >= offset + out->size;
}

// The first row of the line table that lies behind [offset].
static uint32_t next_line(const struct disassembler *d,
                          const struct pm_function *f, uint32_t offset,
                          uint32_t line)
{
    const struct pm_module *m = d->module;
    uint32_t function = (uint32_t)(f - m->functions);
    while (line < m->line_count && m->lines[line].function == function &&
           m->lines[line].offset <= offset)
        line++;
    return line;
}

static void mark_labels(struct disassembler *d, const struct pm_function *f)
{
    struct pm_instruction in;
    uint32_t line = d->line;

    memset(d->labels, 0, f->code_size);
    for (uint32_t at = 0; at < f->code_size;) {
        line = next_line(d, f, at, line);
        bool ok = decode(d, f, at, line, &in);
        d->labels[at] |= IS_START;
        if (ok && in.info->operands[0] == 'j' && in.operand[0] < f->code_size)
            d->labels[in.operand[0]] |= IS_TARGET;
        at += ok ? in.size : 1;
    }
    for (uint32_t at = 0; at < f->code_size; at++)
        d->labels[at] = d->labels[at] == (IS_START | IS_TARGET);
}

static void put_place(struct disassembler *d, const struct pm_line *line)
{
    struct pm_text file = d->module->files[line->file];
    pm_buf_puts(d->out, "    .at ");
    if (file.size <= PRINT_LONGEST_NAME)
        pm_bytecode_print_string(d->out, file);
    else
        pm_buf_printf(d->out, "#%" PRIu32, line->file);
    pm_buf_printf(d->out, " %" PRIu32, line->line);
    if (line->column)
        pm_buf_printf(d->out, " %" PRIu32, line->column);
    pm_buf_put8(d->out, '\n');
}

static void put_code(struct disassembler *d, const struct pm_function *f)
{
    struct pm_instruction in;

    for (uint32_t at = 0; at < f->code_size;) {
        uint32_t line = next_line(d, f, at, d->line);
        if (line != d->line)
            put_place(d, &d->module->lines[line - 1]);
        d->line = line;
        if (d->labels[at])
            pm_buf_printf(d->out, "L%" PRIu32 ":\n", at);
        bool ok = decode(d, f, at, line, &in);
        pm_buf_puts(d->out, "    ");
        if (ok)
            pm_bytecode_print_instruction(&d->printer, &in, d->out);
        else
            pm_buf_printf(d->out, ".byte 0x%02x", f->code[at]);
        pm_buf_put8(d->out, '\n');
        at += ok ? in.size : 1;
    }
}

static void put_functions(struct disassembler *d)
{
    for (uint32_t i = 0; i < d->module->function_count; i++) {
        const struct pm_function *f = &d->module->functions[i];
        d->printer.function = f;
        name_locals(d, i);
        put_head(d, f, i);
        mark_labels(d, f);
        put_code(d, f);
        pm_buf_puts(d->out, ".end\n");
    }
}

static void put_all(struct disassembler *d)
{
    pm_buf_puts(d->out, ".exact\n.module ");
    pm_bytecode_print_string(d->out, d->module->name);
    pm_buf_puts(d->out, "\n");
    put_types(d);
    put_constants(d);
    put_globals(d);
    put_host_decls(d);
    put_files(d);
    put_exports(d);
    put_functions(d);
}

static void free_all(struct disassembler *d)
{
    const struct pm_allocator *alloc = &d->out->alloc;
    pm_mem_free(alloc, d->flags, d->flags_size);
    pm_mem_free(alloc, d->host_names, d->host_names_size);
    pm_mem_free(alloc, d->labels, PM_FUNCTION_MAX_CODE);
    pm_mem_free(alloc, d, sizeof *d);
}

pm_status pm_module_disassemble(const struct pm_module *module,
                                const struct pm_intrinsic_names *names,
                                struct pm_buf *out)
{
    struct disassembler *d = pm_mem_zalloc(&out->alloc, sizeof *d);
    pm_status status = PM_ERR_NO_MEMORY;

    if (!d)
        return status;
    d->module = module;
    d->out = out;
    d->printer.module = module;
    d->printer.names = names;
    d->labels = pm_mem_zalloc(&out->alloc, PM_FUNCTION_MAX_CODE);
    d->printer.labels = d->labels;
    if (d->labels && mark_names(d)) {
        put_all(d);
        status = pm_buf_status(out);
    }
    free_all(d);
    return status;
}
