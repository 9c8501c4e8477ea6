// SPDX-License-Identifier: MIT
#include <string.h>

#include "asm/asm_internal.h"

uint32_t pm_asm_scope(const struct assembler *a)
{
    return a->function_count;
}

bool pm_asm_func_name(struct assembler *a)
{
    struct asm_token place = a->token;
    struct pm_text name;
    uint32_t number = a->function_count++;

    // The last pass reports what is wrong with the line.
    if (place.kind != ASM_WORD && place.kind != ASM_STRING)
        return true;
    return pm_asm_parse_name(a, &name) &&
           pm_asm_define(a, &place, ASM_FUNC, 0, "function", name, number);
}

// --- slots -------------------------------------------------------------------

static bool name_slot(struct assembler *a, const struct asm_token *place,
                      uint32_t slot, struct pm_text name, bool is_named)
{
    if (slot >= PM_FUNCTION_MAX_SLOTS) {
        if (!a->too_many_slots)
            pm_asm_error(a, place, "ASM-LIMIT",
                         "more than %d parameters and locals in one function",
                         PM_FUNCTION_MAX_SLOTS);
        a->too_many_slots = true;
        return false;
    }
    a->slot_names[slot] = name;
    a->slot_named[slot] = is_named;
    return true;
}

// "name: type" of a parameter. "_" has no name, "\"\"" an empty one.
static bool parse_slot_name(struct assembler *a, struct pm_text *name,
                            bool *is_named)
{
    *is_named = !pm_asm_is_word(&a->token, "_");
    return pm_asm_parse_name(a, name) && pm_asm_expect(a, ':');
}

static bool parse_params(struct assembler *a, struct asm_type *func)
{
    if (pm_asm_accept(a, ')'))
        return true;
    do {
        struct asm_token place = a->token;
        struct pm_text name;
        bool is_named;
        if (!parse_slot_name(a, &name, &is_named) ||
            !pm_asm_parse_child(a, func, 1) ||
            !name_slot(a, &place, a->slot_count++, name, is_named))
            return false;
    } while (pm_asm_accept(a, ','));
    return pm_asm_expect(a, ')');
}

static bool parse_function_type(struct assembler *a, pm_type_id *out)
{
    if (!pm_asm_is_punctuation(&a->token, '(')) {
        if (!pm_asm_parse_signature(a, out))
            return false;
        a->slot_count = pm_asm_type_row(a, *out)->param_count;
        return true;
    }
    pm_asm_next(a);
    struct asm_type *func = pm_asm_new_func(a);
    return func && parse_params(a, func) && pm_asm_parse_results(a, func, 1) &&
           pm_asm_resolve_type(a, func, out);
}

// --- closures ----------------------------------------------------------------

static bool parse_capture(struct assembler *a)
{
    struct asm_token place = a->token;
    struct pm_text name;
    bool is_named;
    pm_type_id type;

    if (!parse_slot_name(a, &name, &is_named) || !pm_asm_parse_type(a, &type))
        return false;
    if (a->function->capture_count == PM_TYPE_MAX_FIELDS)
        return pm_asm_error(a, &place, "ASM-LIMIT",
                            "more than %d captures in one function",
                            PM_TYPE_MAX_FIELDS);
    pm_type_id *slot = pm_asm_push(a, &a->slots, sizeof *slot);
    if (!slot)
        return false;
    *slot = type;
    return pm_asm_define(a, &place, ASM_CAPTURE, pm_asm_scope(a), "capture",
                         name, a->function->capture_count++);
}

static bool parse_captures(struct assembler *a)
{
    if (!pm_asm_expect(a, '('))
        return false;
    if (pm_asm_accept(a, ')'))
        return true;
    do {
        if (!parse_capture(a))
            return false;
    } while (pm_asm_accept(a, ','));
    return pm_asm_expect(a, ')');
}

// Local 0 is the closure: the parameters move up by one.
static bool parse_closure(struct assembler *a)
{
    struct asm_token place = a->token;
    struct pm_text name = {"", 0};
    bool is_named = place.kind == ASM_WORD || place.kind == ASM_STRING;

    if (is_named && !pm_asm_parse_name(a, &name))
        return false;
    a->function->flags = PM_FUNCTION_CLOSURE;
    for (uint32_t i = a->slot_count++; i > 0; i--) {
        a->slot_names[i] = a->slot_names[i - 1];
        a->slot_named[i] = a->slot_named[i - 1];
    }
    return name_slot(a, &place, 0, name, is_named) && parse_captures(a);
}

// --- .func -------------------------------------------------------------------

static bool begin_function(struct assembler *a)
{
    struct asm_function *f = pm_asm_push(a, &a->functions, sizeof *f);
    if (!f)
        return false;
    a->function = f;
    a->function_count++;
    a->in_function = true;
    a->has_places = a->is_exact;
    a->wants_instruction = false;
    a->too_many_slots = false;
    a->slot_count = 0;
    memset(a->slot_named, 0, sizeof a->slot_named);
    a->labels.count = a->fixups.count = 0;
    f->slot_start = a->slots.count;
    f->code_start = a->code.size;
    f->place = a->token;
    return true;
}

static bool define_params(struct assembler *a)
{
    for (uint32_t i = 0; i < a->slot_count; i++)
        if (a->slot_named[i] &&
            !pm_asm_define(a, &a->function->place, ASM_LOCAL, pm_asm_scope(a),
                           "local", a->slot_names[i], i))
            return false;
    return true;
}

bool pm_asm_func(struct assembler *a)
{
    if (a->in_function) {
        pm_asm_error(a, &a->token, "ASM-SYNTAX",
                     "the function before this one has no .end");
        pm_asm_finish_function(a);
    }
    if (!begin_function(a) || !pm_asm_parse_name(a, &a->function->name) ||
        !parse_function_type(a, &a->function->type))
        return false;
    if (pm_asm_is_word(&a->token, "closure")) {
        pm_asm_next(a);
        if (!parse_closure(a))
            return false;
    }
    return define_params(a);
}

static bool wants_function(struct assembler *a, const struct asm_token *place,
                           const char *what)
{
    return a->in_function ||
           pm_asm_error(a, place, "ASM-SYNTAX",
                        "%s belongs into a function, between .func and .end",
                        what);
}

static bool add_local(struct assembler *a)
{
    struct asm_token place = a->token;
    struct pm_text name;
    bool is_named;
    pm_type_id type;

    if (!parse_slot_name(a, &name, &is_named) || !pm_asm_parse_type(a, &type) ||
        !name_slot(a, &place, a->slot_count, name, is_named))
        return false;
    pm_type_id *slot = pm_asm_push(a, &a->slots, sizeof *slot);
    if (!slot)
        return false;
    *slot = type;
    a->function->local_count++;
    uint32_t number = a->slot_count++;
    return !is_named || pm_asm_define(a, &place, ASM_LOCAL, pm_asm_scope(a),
                                      "local", name, number);
}

bool pm_asm_local(struct assembler *a)
{
    if (!wants_function(a, &a->token, ".local"))
        return false;
    do {
        if (!add_local(a))
            return false;
    } while (pm_asm_accept(a, ','));
    return true;
}

// ".local_name #3 "x"": names a local that the function's type brought.
bool pm_asm_local_name(struct assembler *a)
{
    struct asm_token place = a->token;
    struct pm_text name;
    uint32_t number;

    if (!wants_function(a, &place, ".local_name") || !pm_asm_expect(a, '#') ||
        !pm_asm_parse_u32(a, "local", &number) || !pm_asm_parse_name(a, &name))
        return false;
    if (number >= a->slot_count)
        return pm_asm_error(a, &place, "ASM-NAME",
                            "there is no local #%u yet; so far there are %u",
                            (unsigned)number, (unsigned)a->slot_count);
    return name_slot(a, &place, number, name, true) &&
           pm_asm_define(a, &place, ASM_LOCAL, pm_asm_scope(a), "local", name,
                         number);
}

bool pm_asm_stack(struct assembler *a)
{
    if (!wants_function(a, &a->token, ".stack") ||
        !pm_asm_parse_u32(a, "depth", &a->function->max_stack))
        return false;
    a->function->has_stack = true;
    return true;
}

// --- places ------------------------------------------------------------------

static bool parse_file(struct assembler *a, uint32_t *out)
{
    struct asm_token place = a->token;
    struct pm_text name;

    if (!pm_asm_accept(a, '#'))
        return pm_asm_parse_string(a, &name) && pm_asm_pool_file(a, name, out);
    if (!pm_asm_parse_u32(a, "file", out))
        return false;
    return *out < a->files.count ||
           pm_asm_error(a, &place, "ASM-NAME", "there is no file #%u",
                        (unsigned)*out);
}

// From the first .at on, the function has only the places that it states.
static void drop_own_places(struct assembler *a)
{
    const struct pm_line *lines = a->lines.data;
    uint32_t function = a->function_count - 1;
    if (a->has_places)
        return;
    while (a->lines.count && lines[a->lines.count - 1].function == function)
        a->lines.count--;
    a->has_places = true;
}

bool pm_asm_at(struct assembler *a)
{
    struct asm_token place = a->token;
    uint32_t file;
    uint32_t line;
    uint32_t column = 0;

    if (!wants_function(a, &place, ".at") || !parse_file(a, &file))
        return false;
    struct asm_token line_place = a->token;
    if (!pm_asm_parse_u32(a, "line", &line) ||
        (!pm_asm_is_at_end(a) && !pm_asm_parse_u32(a, "column", &column)))
        return false;
    if (line == 0)
        return pm_asm_error(a, &line_place, "ASM-NUMBER", "lines count from 1");
    drop_own_places(a);
    a->wants_instruction = true;
    return pm_asm_add_line(a, file, line, column);
}

// --- the end -----------------------------------------------------------------

static void add_local_names(struct assembler *a)
{
    uint32_t function = a->function_count - 1;
    for (uint32_t i = 0; i < a->slot_count && i < PM_FUNCTION_MAX_SLOTS; i++) {
        if (!a->slot_named[i])
            continue;
        struct pm_local_name *row =
            pm_asm_push(a, &a->local_names, sizeof *row);
        if (!row)
            return;
        *row = (struct pm_local_name){function, i, a->slot_names[i]};
    }
}

void pm_asm_finish_function(struct assembler *a)
{
    struct asm_function *f = a->function;

    a->in_function = false;
    f->code_size = a->code.size - f->code_start;
    if (f->code_size == 0)
        pm_asm_error(
            a, &f->place, "ASM-CODE",
            "the function has no instructions; it needs at least 'ret'");
    if (f->code_size > PM_FUNCTION_MAX_CODE)
        pm_asm_error(
            a, &f->place, "ASM-LIMIT",
            "the function has %zu bytes of code; at most %d are allowed, "
            "so cut it into several",
            f->code_size, PM_FUNCTION_MAX_CODE);
    if (a->wants_instruction)
        pm_asm_error(a, &a->token, "ASM-SYNTAX",
                     "no instruction stands behind the function's last .at");
    add_local_names(a);
    pm_asm_patch_labels(a);
}

bool pm_asm_end(struct assembler *a)
{
    if (!wants_function(a, &a->token, ".end"))
        return false;
    pm_asm_finish_function(a);
    return true;
}
