// SPDX-License-Identifier: MIT
#include <string.h>

#include "asm/asm_internal.h"
#include "base/bits.h"

// --- places ------------------------------------------------------------------

bool pm_asm_add_line(struct assembler *a, uint32_t file, uint32_t line,
                     uint32_t column)
{
    struct pm_line row = {
        .function = a->function_count - 1,
        .offset = (uint32_t)(a->code.size - a->function->code_start),
        .file = file,
        .line = line,
        .column = column};
    struct pm_line *rows = a->lines.data;
    size_t count = a->lines.count;

    // Of two places for one offset the later one holds.
    if (count && rows[count - 1].function == row.function &&
        rows[count - 1].offset == row.offset) {
        rows[count - 1] = row;
        return true;
    }
    if (count >= 1 << 20)
        return pm_asm_error(a, &a->token, "ASM-LIMIT",
                            "more than %d places in one module", 1 << 20);
    struct pm_line *next = pm_asm_push(a, &a->lines, sizeof *next);
    if (!next)
        return false;
    *next = row;
    return true;
}

// The place of an instruction in this text, unless the text states places.
static bool add_own_line(struct assembler *a, const struct asm_token *token)
{
    uint32_t file;

    a->wants_instruction = false;
    if (a->has_places || !a->file)
        return true;
    struct pm_text name = {a->file, (uint32_t)strlen(a->file)};
    return pm_asm_pool_file(a, name, &file) &&
           pm_asm_add_line(a, file, token->line, token->column);
}

// --- labels ------------------------------------------------------------------

// The number of the function's label of this name, made when it is new.
static bool find_label(struct assembler *a, struct pm_text name, uint32_t *out)
{
    const struct asm_entry *entry =
        pm_asm_map_find(a, ASM_LABEL, pm_asm_scope(a), name);
    if (entry) {
        *out = entry->value;
        return true;
    }
    *out = (uint32_t)a->labels.count;
    return pm_asm_push(a, &a->labels, sizeof(struct asm_label)) &&
           pm_asm_map_insert(a, ASM_LABEL, pm_asm_scope(a), name, *out);
}

bool pm_asm_define_label(struct assembler *a, const struct asm_token *token)
{
    struct pm_text name = {token->text, token->size};
    uint32_t number;

    if (!a->in_function)
        return pm_asm_error(
            a, token, "ASM-SYNTAX",
            "a label belongs into a function, between .func and "
            ".end");
    if (!find_label(a, name, &number))
        return false;
    struct asm_label *label = (struct asm_label *)a->labels.data + number;
    if (label->is_defined)
        return pm_asm_error(
            a, token, "ASM-TWICE",
            "label '%s' is defined a second time in this function",
            pm_asm_show(a, name.data, name.size));
    label->is_defined = true;
    label->offset = a->code.size - a->function->code_start;
    return true;
}

static bool parse_target(struct assembler *a, uint32_t *out)
{
    struct asm_token token = a->token;
    struct asm_fixup fixup = {.at = a->code.size};

    if (pm_asm_accept(a, '#'))
        return pm_asm_parse_u32(a, "offset", out);
    if (token.kind != ASM_WORD)
        return pm_asm_unexpected(a, "a label, or an offset as '#12'");
    pm_asm_next(a);
    if (!find_label(a, (struct pm_text){token.text, token.size}, &fixup.label))
        return false;
    struct asm_label *label = (struct asm_label *)a->labels.data + fixup.label;
    if (!label->use.text)
        label->use = token;
    struct asm_fixup *row = pm_asm_push(a, &a->fixups, sizeof *row);
    if (!row)
        return false;
    *row = fixup;
    *out = 0;
    return true;
}

void pm_asm_patch_labels(struct assembler *a)
{
    const struct asm_label *labels = a->labels.data;
    const struct asm_fixup *fixups = a->fixups.data;

    for (size_t i = 0; i < a->labels.count; i++)
        if (!labels[i].is_defined)
            pm_asm_error(
                a, &labels[i].use, "ASM-NAME",
                "there is no label '%s' in this function",
                pm_asm_show(a, labels[i].use.text, labels[i].use.size));
    for (size_t i = 0; i < a->fixups.count && !a->code.failed; i++)
        pm_store32(a->code.data + fixups[i].at,
                   (uint32_t)labels[fixups[i].label].offset);
}

// --- operands ----------------------------------------------------------------

static bool parse_constant_operand(struct assembler *a, uint32_t *out)
{
    struct pm_constant constant;
    pm_type_id type;

    if (a->token.kind == ASM_NUMBER)
        return pm_asm_error(
            a, &a->token, "ASM-SYNTAX",
            "a bare number says too little here: write 'i64 %s' "
            "for the number, '#%s' for the constant of that "
            "number, or use push_i64",
            pm_asm_show(a, a->token.text, a->token.size),
            pm_asm_show(a, a->token.text, a->token.size));
    if (a->token.kind == ASM_STRING || pm_asm_is_primitive(&a->token, &type))
        return pm_asm_parse_constant(a, &constant) &&
               pm_asm_pool_constant(a, &constant, out);
    return pm_asm_parse_reference(a, ASM_CONST, 0, "constant", out);
}

// "Point.x": the field's number in that record.
static bool parse_field_name(struct assembler *a, uint32_t *out)
{
    struct asm_token token = a->token;
    uint32_t dot = token.size;

    while (dot > 0 && token.text[dot - 1] != '.')
        dot--;
    if (dot == 0)
        return pm_asm_error(
            a, &token, "ASM-SYNTAX",
            "wanted record and field as 'Point.x', or the field's "
            "number");
    struct pm_text record = {token.text, dot - 1};
    struct pm_text field = {token.text + dot, token.size - dot};
    pm_asm_next(a);
    const struct asm_entry *entry = pm_asm_map_find(a, ASM_TYPE, 0, record);
    if (!entry)
        return pm_asm_unknown(a, &token, ASM_TYPE, 0, "record", record);
    uint32_t scope = entry->value;
    entry = pm_asm_map_find(a, ASM_FIELD, scope, field);
    if (!entry)
        return pm_asm_unknown(a, &token, ASM_FIELD, scope, "field", field);
    *out = entry->value;
    return true;
}

static bool parse_number_or(struct assembler *a, const char *what,
                            bool (*otherwise)(struct assembler *, uint32_t *),
                            uint32_t *out)
{
    bool has_mark = pm_asm_accept(a, '#');
    if (has_mark || a->token.kind == ASM_NUMBER || a->token.kind != ASM_WORD)
        return pm_asm_parse_u32(a, what, out);
    return otherwise(a, out);
}

// A closure's local 0 is called "self" unless it has a name.
static bool parse_local(struct assembler *a, uint32_t *out)
{
    struct pm_text self = {"self", 4};
    if (pm_asm_is_word(&a->token, "self") &&
        a->function->flags & PM_FUNCTION_CLOSURE &&
        !pm_asm_map_find(a, ASM_LOCAL, pm_asm_scope(a), self)) {
        *out = 0;
        pm_asm_next(a);
        return true;
    }
    return pm_asm_parse_reference(a, ASM_LOCAL, pm_asm_scope(a), "local", out);
}

static bool parse_bool(struct assembler *a, uint64_t *out)
{
    if (pm_asm_is_word(&a->token, "true") ||
        pm_asm_is_word(&a->token, "false")) {
        *out = pm_asm_is_word(&a->token, "true");
        pm_asm_next(a);
        return true;
    }
    if (a->token.kind != ASM_NUMBER)
        return pm_asm_unexpected(a, "true or false");
    return pm_asm_parse_integer(a, 8, false, out);
}

// Operands that are a number in the file.
static bool parse_index(struct assembler *a, char letter, uint32_t *out)
{
    switch (letter) {
    case 'k':
        return parse_constant_operand(a, out);
    case 'l':
        return parse_local(a, out);
    case 'g':
        return pm_asm_parse_reference(a, ASM_GLOBAL, 0, "global", out);
    case 'f':
        return pm_asm_parse_reference(a, ASM_FUNC, 0, "function", out);
    case 'h':
        return pm_asm_parse_reference(a, ASM_HOST, 0, "host call", out);
    case 'x':
        return pm_asm_parse_reference(a, ASM_INTRINSIC, 0, "intrinsic", out);
    case 'c':
        return pm_asm_parse_reference(a, ASM_CAPTURE, pm_asm_scope(a),
                                      "capture", out);
    case 't':
        // A bare number is taken as it is, for types that are none.
        return a->token.kind == ASM_NUMBER ? pm_asm_parse_u32(a, "type", out)
                                           : pm_asm_parse_type(a, out);
    case 'j':
        return parse_target(a, out);
    case 'm':
        return parse_number_or(a, "field", parse_field_name, out);
    default:
        return pm_asm_parse_u32(a, "count", out);
    }
}

static bool put_operand(struct assembler *a, const struct pm_opcode_info *info,
                        char letter)
{
    uint64_t value = 0;
    uint32_t index = 0;
    bool ok;

    switch (letter) {
    case 'b':
        ok = info->code == PM_OP_PUSH_BOOL
                 ? parse_bool(a, &value)
                 : pm_asm_parse_integer(a, 8, false, &value);
        pm_buf_put8(&a->code, (uint8_t)value);
        return ok;
    case 'i':
        ok = pm_asm_parse_integer(a, 32, true, &value);
        pm_buf_put32(&a->code, (uint32_t)value);
        return ok;
    case 's':
        ok = pm_asm_parse_float(a, true, &value);
        pm_buf_put32(&a->code, (uint32_t)value);
        return ok;
    case 'I':
    case 'd':
        ok = letter == 'I' ? pm_asm_parse_integer(a, 64, true, &value)
                           : pm_asm_parse_float(a, false, &value);
        pm_buf_put64(&a->code, value);
        return ok;
    default:
        ok = parse_index(a, letter, &index);
        pm_buf_put32(&a->code, index);
        return ok;
    }
}

// Labels need the code behind an instruction to stand where it will, also
// when an operand is wrong; so the rest of it is filled up.
static bool put_operands(struct assembler *a, const struct pm_opcode_info *info)
{
    size_t start = a->code.size;

    pm_buf_put16(&a->code, info->code);
    for (int i = 0; i < 2 && info->operands[i]; i++) {
        if (i > 0)
            pm_asm_accept(a, ',');
        if (!put_operand(a, info, info->operands[i])) {
            size_t used = a->code.size - start;
            pm_buf_put(&a->code, NULL, info->size - used);
            return false;
        }
    }
    return true;
}

bool pm_asm_instruction(struct assembler *a)
{
    struct asm_token token = a->token;
    const struct pm_opcode_info *info =
        pm_opcode_by_name(token.text, token.size);

    if (!a->in_function)
        return pm_asm_error(a, &token, "ASM-SYNTAX",
                            "an instruction belongs into a function, between "
                            ".func and .end");
    if (!info)
        return pm_asm_unknown_instruction(a, &token);
    pm_asm_next(a);
    return add_own_line(a, &token) && put_operands(a, info);
}

// Raw code, for bytes that are no instruction.
bool pm_asm_byte(struct assembler *a)
{
    struct asm_token token = a->token;
    uint64_t value;

    if (!a->in_function)
        return pm_asm_error(a, &token, "ASM-SYNTAX",
                            ".byte belongs into a function, between .func and "
                            ".end");
    if (!add_own_line(a, &token))
        return false;
    do {
        if (!pm_asm_parse_integer(a, 8, false, &value))
            return false;
        pm_buf_put8(&a->code, (uint8_t)value);
    } while (pm_asm_accept(a, ','));
    return true;
}
