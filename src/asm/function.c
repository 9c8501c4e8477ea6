// SPDX-License-Identifier: MIT
#include <string.h>

#include "asm/asm_internal.h"

uint32_t asm_scope(const struct assembler *a)
{
    return a->function_count;
}

bool asm_func_name(struct assembler *a)
{
    struct asm_token place = a->token;
    struct pm_text name;
    uint32_t number = a->function_count++;

    // The last pass reports what is wrong with the line.
    if (place.kind != ASM_WORD && place.kind != ASM_STRING)
        return true;
    return asm_parse_name(a, &name) &&
           asm_define(a, &place, ASM_FUNC, 0, "function", name, number);
}

// --- slots -------------------------------------------------------------------

static bool name_slot(struct assembler *a, const struct asm_token *place,
                      uint32_t slot, struct pm_text name, bool is_named)
{
    if (slot >= PM_FUNCTION_MAX_SLOTS) {
        if (!a->too_many_slots)
            asm_error(a, place, "ASM-LIMIT",
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
    *is_named = !asm_is_word(&a->token, "_");
    return asm_parse_name(a, name) && asm_expect(a, ':');
}

static bool parse_params(struct assembler *a, struct asm_type *func)
{
    if (asm_accept(a, ')'))
        return true;
    do {
        struct asm_token place = a->token;
        struct pm_text name;
        bool is_named;
        if (!parse_slot_name(a, &name, &is_named) ||
            !asm_parse_child(a, func, 1) ||
            !name_slot(a, &place, a->slot_count++, name, is_named))
            return false;
    } while (asm_accept(a, ','));
    return asm_expect(a, ')');
}

static bool parse_function_type(struct assembler *a, pm_type_id *out)
{
    if (!asm_is_punctuation(&a->token, '(')) {
        if (!asm_parse_signature(a, out))
            return false;
        a->slot_count = asm_type_row(a, *out)->param_count;
        return true;
    }
    asm_next(a);
    struct asm_type *func = asm_new_func(a);
    return func && parse_params(a, func) && asm_parse_results(a, func, 1) &&
           asm_resolve_type(a, func, out);
}

// --- closures ----------------------------------------------------------------

static bool parse_capture(struct assembler *a)
{
    struct asm_token place = a->token;
    struct pm_text name;
    bool is_named;
    pm_type_id type;

    if (!parse_slot_name(a, &name, &is_named) || !asm_parse_type(a, &type))
        return false;
    if (a->function->capture_count == PM_TYPE_MAX_FIELDS)
        return asm_error(a, &place, "ASM-LIMIT",
                         "more than %d captures in one function",
                         PM_TYPE_MAX_FIELDS);
    pm_type_id *slot = asm_push(a, &a->slots, sizeof *slot);
    if (!slot)
        return false;
    *slot = type;
    return asm_define(a, &place, ASM_CAPTURE, asm_scope(a), "capture", name,
                      a->function->capture_count++);
}

static bool parse_captures(struct assembler *a)
{
    if (!asm_expect(a, '('))
        return false;
    if (asm_accept(a, ')'))
        return true;
    do {
        if (!parse_capture(a))
            return false;
    } while (asm_accept(a, ','));
    return asm_expect(a, ')');
}

// Local 0 is the closure: the parameters move up by one.
static bool parse_closure(struct assembler *a)
{
    struct asm_token place = a->token;
    struct pm_text name = {"", 0};
    bool is_named = place.kind == ASM_WORD || place.kind == ASM_STRING;

    if (is_named && !asm_parse_name(a, &name))
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
    struct asm_function *f = asm_push(a, &a->functions, sizeof *f);
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
            !asm_define(a, &a->function->place, ASM_LOCAL, asm_scope(a),
                        "local", a->slot_names[i], i))
            return false;
    return true;
}

bool asm_func(struct assembler *a)
{
    if (a->in_function) {
        asm_error(a, &a->token, "ASM-SYNTAX",
                  "the function before this one has no .end");
        asm_finish_function(a);
    }
    if (!begin_function(a) || !asm_parse_name(a, &a->function->name) ||
        !parse_function_type(a, &a->function->type))
        return false;
    if (asm_is_word(&a->token, "closure")) {
        asm_next(a);
        if (!parse_closure(a))
            return false;
    }
    return define_params(a);
}

static bool wants_function(struct assembler *a, const struct asm_token *place,
                           const char *what)
{
    return a->in_function ||
           asm_error(a, place, "ASM-SYNTAX",
                     "%s belongs into a function, between .func and .end",
                     what);
}

static bool add_local(struct assembler *a)
{
    struct asm_token place = a->token;
    struct pm_text name;
    bool is_named;
    pm_type_id type;

    if (!parse_slot_name(a, &name, &is_named) || !asm_parse_type(a, &type) ||
        !name_slot(a, &place, a->slot_count, name, is_named))
        return false;
    pm_type_id *slot = asm_push(a, &a->slots, sizeof *slot);
    if (!slot)
        return false;
    *slot = type;
    a->function->local_count++;
    uint32_t number = a->slot_count++;
    return !is_named || asm_define(a, &place, ASM_LOCAL, asm_scope(a), "local",
                                   name, number);
}

bool asm_local(struct assembler *a)
{
    if (!wants_function(a, &a->token, ".local"))
        return false;
    do {
        if (!add_local(a))
            return false;
    } while (asm_accept(a, ','));
    return true;
}

// ".local_name #3 "x"": names a local that the function's type brought.
bool asm_local_name(struct assembler *a)
{
    struct asm_token place = a->token;
    struct pm_text name;
    uint32_t number;

    if (!wants_function(a, &place, ".local_name") || !asm_expect(a, '#') ||
        !asm_parse_u32(a, "local", &number) || !asm_parse_name(a, &name))
        return false;
    if (number >= a->slot_count)
        return asm_error(a, &place, "ASM-NAME",
                         "there is no local #%u yet; so far there are %u",
                         (unsigned)number, (unsigned)a->slot_count);
    return name_slot(a, &place, number, name, true) &&
           asm_define(a, &place, ASM_LOCAL, asm_scope(a), "local", name,
                      number);
}

bool asm_stack(struct assembler *a)
{
    if (!wants_function(a, &a->token, ".stack") ||
        !asm_parse_u32(a, "depth", &a->function->max_stack))
        return false;
    a->function->has_stack = true;
    return true;
}

// --- places ------------------------------------------------------------------

static bool parse_file(struct assembler *a, uint32_t *out)
{
    struct asm_token place = a->token;
    struct pm_text name;

    if (!asm_accept(a, '#'))
        return asm_parse_string(a, &name) && asm_pool_file(a, name, out);
    if (!asm_parse_u32(a, "file", out))
        return false;
    return *out < a->files.count ||
           asm_error(a, &place, "ASM-NAME", "there is no file #%u",
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

bool asm_at(struct assembler *a)
{
    struct asm_token place = a->token;
    uint32_t file;
    uint32_t line;
    uint32_t column = 0;

    if (!wants_function(a, &place, ".at") || !parse_file(a, &file))
        return false;
    struct asm_token line_place = a->token;
    if (!asm_parse_u32(a, "line", &line) ||
        (!asm_is_at_end(a) && !asm_parse_u32(a, "column", &column)))
        return false;
    if (line == 0)
        return asm_error(a, &line_place, "ASM-NUMBER", "lines count from 1");
    drop_own_places(a);
    a->wants_instruction = true;
    return asm_add_line(a, file, line, column);
}

// --- the end -----------------------------------------------------------------

static void add_local_names(struct assembler *a)
{
    uint32_t function = a->function_count - 1;
    for (uint32_t i = 0; i < a->slot_count && i < PM_FUNCTION_MAX_SLOTS; i++) {
        if (!a->slot_named[i])
            continue;
        struct pm_local_name *row = asm_push(a, &a->local_names, sizeof *row);
        if (!row)
            return;
        *row = (struct pm_local_name){function, i, a->slot_names[i]};
    }
}

void asm_finish_function(struct assembler *a)
{
    struct asm_function *f = a->function;

    a->in_function = false;
    f->code_size = a->code.size - f->code_start;
    if (f->code_size == 0)
        asm_error(a, &f->place, "ASM-CODE",
                  "the function has no instructions; it needs at least 'ret'");
    if (f->code_size > PM_FUNCTION_MAX_CODE)
        asm_error(a, &f->place, "ASM-LIMIT",
                  "the function has %zu bytes of code; at most %d are allowed, "
                  "so cut it into several",
                  f->code_size, PM_FUNCTION_MAX_CODE);
    if (a->wants_instruction)
        asm_error(a, &a->token, "ASM-SYNTAX",
                  "no instruction stands behind the function's last .at");
    add_local_names(a);
    asm_patch_labels(a);
}

bool asm_end(struct assembler *a)
{
    if (!wants_function(a, &a->token, ".end"))
        return false;
    asm_finish_function(a);
    return true;
}
