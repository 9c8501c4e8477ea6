// SPDX-License-Identifier: MIT
#include "bytecode/print.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

// --- texts -------------------------------------------------------------------

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '$';
}

// Whether the assembler reads the name as one word.
static bool is_word(struct pm_text name)
{
    static const char *const reserved[] = {
        "_",      "i32",    "i64",   "f32",       "f64", "bool",
        "byte",   "string", "bytes", "coroutine", "any", "array",
        "record", "func",   "state", "closure"};

    for (uint32_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        bool is_dot = c == '.' && i > 0 && i + 1 < name.size &&
                      is_letter(name.data[i + 1]);
        if (!is_letter(c) && !is_dot && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    for (size_t i = 0; i < PM_ARRAY_LEN(reserved); i++)
        if (strlen(reserved[i]) == name.size &&
            memcmp(reserved[i], name.data, name.size) == 0)
            return false;
    return name.size > 0;
}

void pm_bytecode_print_string(struct pm_buf *out, struct pm_text text)
{
    uint32_t start = 0;

    pm_buf_put8(out, '"');
    for (uint32_t i = 0; i < text.size; i++)
        if (text.data[i] == '"') {
            pm_buf_put_escaped(out, text.data + start, i - start);
            pm_buf_puts(out, "\\\"");
            start = i + 1;
        }
    pm_buf_put_escaped(out, text.data + start, text.size - start);
    pm_buf_put8(out, '"');
}

void pm_bytecode_print_name(struct pm_buf *out, struct pm_text name)
{
    if (is_word(name))
        pm_buf_put(out, name.data, name.size);
    else
        pm_bytecode_print_string(out, name);
}

// A reference: the name when it is short and stands for this row alone.
static void print_reference(const struct printer *p, const uint8_t *unique,
                            struct pm_text name, uint32_t index,
                            struct pm_buf *out)
{
    if (name.size == 0 || name.size > PRINT_LONGEST_NAME ||
        (p->is_strict && !unique[index]))
        pm_buf_printf(out, "#%" PRIu32, index);
    else
        pm_bytecode_print_name(out, name);
}

// --- types -------------------------------------------------------------------

static const char *primitive_name(pm_type_id type)
{
    static const char *const names[] = {
        [PM_TYPE_NONE] = "none",   [PM_TYPE_I32] = "i32",
        [PM_TYPE_I64] = "i64",     [PM_TYPE_F32] = "f32",
        [PM_TYPE_F64] = "f64",     [PM_TYPE_BOOL] = "bool",
        [PM_TYPE_BYTE] = "byte",   [PM_TYPE_STRING] = "string",
        [PM_TYPE_BYTES] = "bytes", [PM_TYPE_COROUTINE] = "coroutine",
        [PM_TYPE_ANY] = "any",
    };
    return type < PM_ARRAY_LEN(names) ? names[type] : NULL;
}

static const struct pm_type *row_of(const struct printer *p, pm_type_id type)
{
    uint32_t index = type - PM_TYPE_FIRST_USER;
    return type >= PM_TYPE_FIRST_USER && index < p->module->type_count
               ? &p->module->types[index]
               : NULL;
}

// What is not written out in place.
static void print_leaf(const struct printer *p, pm_type_id type,
                       struct pm_buf *out)
{
    uint32_t index = type - PM_TYPE_FIRST_USER;
    const char *primitive = primitive_name(type);

    if (primitive && type != PM_TYPE_NONE)
        pm_buf_puts(out, primitive);
    else if (row_of(p, type) && row_of(p, type)->kind == PM_TYPE_KIND_RECORD)
        print_reference(p, p->type_unique, p->module->types[index].name, index,
                        out);
    else if (row_of(p, type))
        pm_buf_printf(out, "#%" PRIu32, index);
    else
        // No type; the assembler takes a bare number as it is.
        pm_buf_printf(out, "%" PRIu32, type);
}

// Arrays of arrays up to this depth are written out.
enum { DEEPEST_ARRAY = 3 };

static void print_flat(const struct printer *p, pm_type_id type,
                       struct pm_buf *out)
{
    for (int depth = 0; depth < DEEPEST_ARRAY; depth++) {
        const struct pm_type *row = row_of(p, type);
        if (!row || row->kind != PM_TYPE_KIND_ARRAY)
            break;
        pm_buf_puts(out, "array ");
        type = row->element;
    }
    print_leaf(p, type, out);
}

static void print_list(const struct printer *p, const struct pm_field *fields,
                       uint32_t count, struct pm_buf *out)
{
    pm_buf_put8(out, '(');
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            pm_buf_puts(out, ", ");
        print_flat(p, fields[i].type, out);
    }
    pm_buf_put8(out, ')');
}

static void print_parts(const struct printer *p, const struct pm_type *row,
                        struct pm_buf *out)
{
    print_list(p, row->fields, row->param_count, out);
    pm_buf_puts(out, " -> ");
    print_list(p, row->fields + row->param_count,
               row->field_count - row->param_count, out);
}

void pm_bytecode_print_signature(const struct printer *p, pm_type_id type,
                                 struct pm_buf *out)
{
    const struct pm_type *row = row_of(p, type);
    if (row && row->kind == PM_TYPE_KIND_FUNC &&
        row->field_count <= PRINT_MOST_PARTS)
        print_parts(p, row, out);
    else
        print_leaf(p, type, out);
}

void pm_bytecode_print_type(const struct printer *p, pm_type_id type,
                            struct pm_buf *out)
{
    const struct pm_type *row = row_of(p, type);

    if (row && row->kind == PM_TYPE_KIND_FUNC &&
        row->field_count <= PRINT_MOST_PARTS) {
        pm_buf_puts(out, "func ");
        print_parts(p, row, out);
    } else if (row && row->kind == PM_TYPE_KIND_STATE &&
               row->name.size <= PRINT_LONGEST_NAME) {
        pm_buf_puts(out, "state ");
        pm_bytecode_print_string(out, row->name);
    } else {
        print_flat(p, type, out);
    }
}

// --- numbers -----------------------------------------------------------------

// Text has a dot, whatever the locale's decimal point is.
static void unlocalize(char *text)
{
    char sample[16];
    snprintf(sample, sizeof sample, "%.1f", 1.5);
    size_t size = strlen(sample) - 2;
    sample[1 + size] = 0;
    char *at = strstr(text, sample + 1);
    if (!at)
        return;
    *at = '.';
    memmove(at + 1, at + size, strlen(at + size) + 1);
}

// The fewest digits that give the same number again.
static void print_finite(struct pm_buf *out, double value, bool is_f32)
{
    char text[64];
    int digits = is_f32 ? 6 : 15;
    int most = is_f32 ? 9 : 17;

    for (; digits <= most; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        double again = is_f32 ? (double)strtof(text, NULL) : strtod(text, NULL);
        if (again == value)
            break;
    }
    unlocalize(text);
    pm_buf_puts(out, text);
}

void pm_bytecode_print_float(struct pm_buf *out, uint64_t bits, bool is_f32)
{
    uint32_t low = (uint32_t)bits;
    float single;
    double value;

    memcpy(&single, &low, sizeof single);
    memcpy(&value, &bits, sizeof value);
    if (is_f32)
        value = (double)single;
    if (bits == (is_f32 ? PBX_NAN32 : PBX_NAN64))
        pm_buf_puts(out, "nan");
    else if (value != value)
        pm_buf_printf(out, "#0x%" PRIx64, bits);
    else if (value - value != 0)
        pm_buf_puts(out, value > 0 ? "inf" : "-inf");
    else
        print_finite(out, value, is_f32);
}

// --- operands ----------------------------------------------------------------

static void print_constant(const struct printer *p, uint32_t index,
                           struct pm_buf *out)
{
    const struct pm_constant *row =
        index < p->module->constant_count ? &p->module->constants[index] : NULL;
    if (!row || row->text.size > PRINT_LONGEST_NAME)
        pm_buf_printf(out, "#%" PRIu32, index);
    else
        pm_bytecode_print_constant_value(row, out);
}

void pm_bytecode_print_constant_value(const struct pm_constant *row,
                                      struct pm_buf *out)
{
    if (row->type == PM_TYPE_STRING) {
        pm_bytecode_print_string(out, row->text);
        return;
    }
    pm_buf_printf(out, "%s ", primitive_name(row->type));
    if (row->type == PM_TYPE_F32 || row->type == PM_TYPE_F64)
        pm_bytecode_print_float(out, row->bits, row->type == PM_TYPE_F32);
    else
        pm_buf_printf(out, "%" PRId64, (int64_t)row->bits);
}

bool pm_bytecode_print_host_name(const struct pm_host_decl *decl, char *text,
                                 struct pm_text *out)
{
    uint32_t size = decl->module.size + 1 + decl->name.size;
    if (decl->module.size > PRINT_LONGEST_NAME || size > PRINT_LONGEST_NAME)
        return false;
    memcpy(text, decl->module.data, decl->module.size);
    text[decl->module.size] = '.';
    memcpy(text + decl->module.size + 1, decl->name.data, decl->name.size);
    *out = (struct pm_text){text, size};
    return true;
}

static void print_host(const struct printer *p, uint32_t index,
                       struct pm_buf *out)
{
    char text[PRINT_LONGEST_NAME];
    struct pm_text name = {"", 0};
    if (index < p->module->host_decl_count)
        pm_bytecode_print_host_name(&p->module->host_decls[index], text, &name);
    print_reference(p, p->host_unique, name, index, out);
}

static void print_intrinsic(const struct printer *p, uint32_t id,
                            struct pm_buf *out)
{
    for (size_t i = 0; p->names && i < p->names->count; i++)
        if (p->names->rows[i].id == id) {
            const char *name = p->names->rows[i].name;
            pm_bytecode_print_name(
                out, (struct pm_text){name, (uint32_t)strlen(name)});
            return;
        }
    pm_buf_printf(out, "#%" PRIu32, id);
}

static void print_local(const struct printer *p, uint32_t index,
                        struct pm_buf *out)
{
    bool is_named = index < PM_FUNCTION_MAX_SLOTS && p->local_unique[index] &&
                    p->local[index].size <= PRINT_LONGEST_NAME;
    if (is_named)
        pm_bytecode_print_name(out, p->local[index]);
    else
        pm_buf_printf(out, "#%" PRIu32, index);
}

static void print_target(const struct printer *p, uint32_t offset,
                         struct pm_buf *out)
{
    bool has_label =
        p->labels && offset < p->function->code_size && p->labels[offset];
    pm_buf_printf(out, "%s%" PRIu32, has_label ? "L" : "#", offset);
}

static void print_index(const struct printer *p, char letter, uint32_t index,
                        struct pm_buf *out)
{
    const struct pm_module *m = p->module;
    struct pm_text none = {"", 0};

    switch (letter) {
    case 'k':
        print_constant(p, index, out);
        break;
    case 'l':
        print_local(p, index, out);
        break;
    case 'g':
        print_reference(p, p->global_unique,
                        index < m->global_count ? m->globals[index].name : none,
                        index, out);
        break;
    case 'f':
        print_reference(p, p->function_unique,
                        index < m->function_count ? m->functions[index].name
                                                  : none,
                        index, out);
        break;
    case 't':
        pm_bytecode_print_type(p, index, out);
        break;
    case 'j':
        print_target(p, index, out);
        break;
    case 'h':
        print_host(p, index, out);
        break;
    case 'x':
        print_intrinsic(p, index, out);
        break;
    case 'c':
        pm_buf_printf(out, "#%" PRIu32, index);
        break;
    default:
        pm_buf_printf(out, "%" PRIu32, index);
        break;
    }
}

static void print_operand(const struct printer *p,
                          const struct pm_opcode_info *info, char letter,
                          uint64_t value, struct pm_buf *out)
{
    switch (letter) {
    case 'b':
        if (info->code == PM_OP_PUSH_BOOL && value < 2)
            pm_buf_puts(out, value ? "true" : "false");
        else
            pm_buf_printf(out, "%" PRIu64, value);
        break;
    case 'i':
    case 'I':
        pm_buf_printf(out, "%" PRId64, (int64_t)value);
        break;
    case 's':
    case 'd':
        pm_bytecode_print_float(out, value, letter == 's');
        break;
    default:
        print_index(p, letter, (uint32_t)value, out);
        break;
    }
}

void pm_bytecode_print_instruction(const struct printer *p,
                                   const struct pm_instruction *instruction,
                                   struct pm_buf *out)
{
    const struct pm_opcode_info *info = instruction->info;
    for (const char *c = info->name; *c; c++)
        pm_buf_put8(out,
                    (uint8_t)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c));
    for (int i = 0; i < 2 && info->operands[i]; i++) {
        pm_buf_puts(out, i ? ", " : " ");
        print_operand(p, info, info->operands[i], instruction->operand[i], out);
    }
}

// --- the public ones ---------------------------------------------------------

// The first name row of that function.
static uint32_t find_names(const struct pm_module *module, uint32_t function)
{
    uint32_t low = 0;
    uint32_t high = module->local_name_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (module->local_names[middle].function < function)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void name_locals(struct printer *p, const struct pm_function *function)
{
    const struct pm_module *m = p->module;
    uint32_t index = (uint32_t)(function - m->functions);

    for (uint32_t i = find_names(m, index);
         i < m->local_name_count && m->local_names[i].function == index; i++) {
        uint32_t local = m->local_names[i].local;
        p->local[local] = m->local_names[i].name;
        p->local_unique[local] = m->local_names[i].name.size > 0;
    }
}

void pm_instruction_print(const struct pm_module *module,
                          const struct pm_function *function,
                          const struct pm_instruction *instruction,
                          struct pm_buf *out)
{
    struct printer p = {.module = module, .function = function};
    if (!instruction->info) {
        pm_buf_puts(out, "(no instruction)");
        return;
    }
    // Few instructions need the names, and they are worth a search only then.
    if (instruction->info->operands[0] == 'l')
        name_locals(&p, function);
    pm_bytecode_print_instruction(&p, instruction, out);
}

void pm_type_print(const struct pm_module *module, pm_type_id type,
                   struct pm_buf *out)
{
    struct printer p = {.module = module};
    pm_bytecode_print_type(&p, type, out);
}
