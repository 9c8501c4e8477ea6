// SPDX-License-Identifier: MIT
//
// The checker's messages, and the names that somebody may have meant.

#include <stdarg.h>

#include "base/buf.h"
#include "base/distance.h"
#include "lang/check_internal.h"

struct pm_span pm_chk_span(struct checker *c, const struct pm_ast *ast)
{
    return pm_ast_span(c->file->parsed, ast);
}

struct pm_span pm_chk_name_span(struct checker *c, const struct pm_ast *ast)
{
    return pm_token_span(c->file->parsed, ast->token);
}

// Generic bodies are checked for each use: says which one brought the message.
static void note_uses(struct checker *c, struct pm_lang_diag *diag)
{
    const struct chk_instance *at = c->body ? c->body->root->instance : NULL;

    for (int i = 0; at && i < 4; i++, at = at->origin_instance)
        if (at->argument_count && !at->is_speculative)
            pm_chk_note(c, diag, at->origin, "in %s, which is needed here",
                        pm_chk_show(c, at->low->name));
}

static struct pm_lang_diag *report(struct checker *c, pm_lang_code code,
                                   struct pm_span span, const char *format,
                                   va_list args)
{
    struct pm_buf buf;

    pm_buf_init(&buf, &c->report->alloc);
    pm_buf_vprintf(&buf, format, args);
    const char *text = pm_buf_cstr(&buf);
    struct pm_lang_diag *diag =
        pm_lang_error(c->report, code, span, "%s", text ? text : format);
    pm_buf_free(&buf);
    note_uses(c, diag);
    return diag;
}

struct pm_lang_diag *pm_chk_error(struct checker *c, pm_lang_code code,
                                  const struct pm_ast *ast, const char *format,
                                  ...)
{
    va_list args;

    va_start(args, format);
    struct pm_lang_diag *diag =
        report(c, code, pm_chk_span(c, ast), format, args);
    va_end(args);
    return diag;
}

struct pm_lang_diag *pm_chk_error_at(struct checker *c, pm_lang_code code,
                                     struct pm_span span, const char *format,
                                     ...)
{
    va_list args;

    va_start(args, format);
    struct pm_lang_diag *diag = report(c, code, span, format, args);
    va_end(args);
    return diag;
}

void pm_chk_help(struct checker *c, struct pm_lang_diag *diag,
                 const char *format, ...)
{
    va_list args;

    if (!diag)
        return;
    va_start(args, format);
    struct pm_buf buf;
    pm_buf_init(&buf, &c->report->alloc);
    pm_buf_vprintf(&buf, format, args);
    const char *text = pm_buf_cstr(&buf);
    if (text)
        pm_lang_help(c->report, diag, "%s", text);
    pm_buf_free(&buf);
    va_end(args);
}

void pm_chk_note(struct checker *c, struct pm_lang_diag *diag,
                 struct pm_span span, const char *format, ...)
{
    va_list args;

    if (!diag)
        return;
    va_start(args, format);
    struct pm_buf buf;
    pm_buf_init(&buf, &c->report->alloc);
    pm_buf_vprintf(&buf, format, args);
    const char *text = pm_buf_cstr(&buf);
    if (text)
        pm_lang_note(c->report, diag, span, "%s", text);
    pm_buf_free(&buf);
    va_end(args);
}

void pm_chk_help_tuple(struct checker *c, struct pm_lang_diag *diag,
                       const struct pm_ast *ast)
{
    struct pm_text name = {"", 0};
    const struct chk_var *var = NULL;

    if (ast->kind == PM_AST_NAME) {
        name = pm_chk_name(c, ast);
        var = pm_chk_find_var(c, name);
    }
    if (!var) {
        pm_chk_help(c, diag, "take it apart first: let (x, y) = …");
        return;
    }
    if (var->is_element)
        pm_chk_note(c, diag, var->span,
                    "'%s' is the whole element: of a loop's two names the "
                    "first is the place",
                    pm_chk_show(c, name));
    pm_chk_help(c, diag, "take it apart first: let (x, y) = %s",
                pm_chk_show(c, name));
}

const char *pm_chk_show(struct checker *c, struct pm_text text)
{
    return pm_lang_show(c->report, text.data, text.size);
}

const char *pm_chk_show_type(struct checker *c, const struct pm_lt *type)
{
    return pm_chk_show(c, type->name);
}

bool pm_chk_is_too_long(struct checker *c, const struct pm_ast *ast,
                        uint32_t count, const char *what)
{
    if (count <= CHK_LONGEST)
        return false;
    pm_chk_help(c,
                pm_chk_error(c, PM_LANG_TOO_LONG, ast,
                             "found %u %s, wanted %d at most", count, what,
                             CHK_LONGEST),
                "a larger table belongs into an array or a map");
    return true;
}

// --- did you mean ------------------------------------------------------------

enum { SUGGESTIONS = 200 };

struct chk_nearest pm_chk_nearest_begin(struct checker *c,
                                        struct pm_text wanted)
{
    // A text full of faults must not make finding them slow.
    return (struct chk_nearest){
        .wanted = wanted,
        .distance = 2 * ((wanted.size + 1) / 3),
        .is_off = c->suggestions++ >= SUGGESTIONS,
    };
}

void pm_chk_nearest_try(struct chk_nearest *nearest, struct pm_text name)
{
    if (nearest->is_off)
        return;
    // A letter in the other case is half a mistake.
    uint32_t found = pm_distance(nearest->wanted.data, nearest->wanted.size,
                                 name.data, name.size, 1);
    if (name.size < 2)
        return; // one letter is near to every other
    if (found < nearest->distance ||
        (found == nearest->distance && !nearest->best.data)) {
        nearest->distance = found;
        nearest->best = name;
    }
}

void pm_chk_nearest_map(struct chk_nearest *nearest, const struct chk_map *map)
{
    for (uint32_t i = 0; !nearest->is_off && i < map->capacity; i++)
        if (map->entries[i].value)
            pm_chk_nearest_try(nearest, map->entries[i].key);
}

void pm_chk_nearest_end(struct checker *c, struct chk_nearest *nearest,
                        struct pm_lang_diag *diag, struct pm_span span)
{
    if (!diag || !nearest->best.data)
        return;
    const char *name = pm_chk_show(c, nearest->best);
    pm_chk_help(c, diag, "did you mean '%s'?", name);
    pm_lang_fix(c->report, diag, span, "%s", name);
}
