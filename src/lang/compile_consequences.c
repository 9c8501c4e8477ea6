// SPDX-License-Identifier: MIT
//
// One message for one mistake: what cannot be judged, because something else
// was not read, is not told.
//
// Where declarations were lost, nothing is judged until that is mended: every
// use of them would be told. Otherwise a mistake of reading leaves its
// statement, and its line, unjudged, and nothing else; and what is merely odd,
// a value that is forgotten, code that is never reached, is not told beside
// what is wrong.
#include "lang/compile_internal.h"

static bool holds(struct pm_span span, uint32_t at)
{
    return span.start <= at && at <= span.end;
}

// The innermost statement that [at] is in or, where there is none, the last
// before it; and the one behind it.
struct statements {
    struct pm_span own;
    struct pm_span next;
};

static struct pm_span nowhere(uint32_t at)
{
    return (struct pm_span){.start = at, .end = at};
}

// The kid of a block that has [at] in it, or the last before.
static uint32_t kid_at(const struct pm_parsed *parsed,
                       const struct pm_ast *node, uint32_t at)
{
    uint32_t found = node->count;

    for (uint32_t i = 0; i < node->count; i++) {
        if (!node->kids[i])
            continue;
        struct pm_span span = pm_ast_span(parsed, node->kids[i]);
        if (holds(span, at))
            return i;
        if (span.end <= at)
            found = i;
    }
    return found;
}

// The way down is no longer than trees are high.
static struct statements statements_at(const struct pm_parsed *parsed,
                                       uint32_t at)
{
    struct statements found = {nowhere(at), nowhere(at)};
    const struct pm_ast *node = parsed->tree;

    for (;;) {
        uint32_t i = kid_at(parsed, node, at);
        if (i == node->count)
            return found;
        if (node->kind == PM_AST_BLOCK) {
            found.own = pm_ast_span(parsed, node->kids[i]);
            found.next = i + 1 < node->count
                             ? pm_ast_span(parsed, node->kids[i + 1])
                             : nowhere(at);
        }
        if (!holds(pm_ast_span(parsed, node->kids[i]), at))
            return found;
        node = node->kids[i];
    }
}

// --- mistakes ----------------------------------------------------------------

struct trouble {
    uint32_t file;
    bool is_reading;
    uint32_t line;      // where it is
    uint32_t last_line; // up to here nothing was understood
    struct statements around;
};

struct troubles {
    struct trouble *items;
    size_t count;
};

// What is odd may be so because something else is wrong.
static bool is_odd(const struct pm_lang_diag *diag)
{
    return diag->code == PM_LANG_NO_EFFECT || diag->code == PM_LANG_UNREACHABLE;
}

static void note(struct troubles *troubles, const struct pm_compiler *compiler,
                 const struct pm_lang_diag *diag, uint32_t number,
                 bool is_reading)
{
    const struct pm_parsed *parsed = &compiler->parts[number]->parsed;
    uint32_t start = diag->span.start;

    if (!diag->is_error || is_odd(diag))
        return;
    troubles->items[troubles->count++] = (struct trouble){
        .file = number,
        .is_reading = is_reading,
        .line = pm_line_of(parsed, start),
        .last_line =
            pm_line_of(parsed, diag->unread_end ? diag->unread_end : start),
        .around = statements_at(parsed, start),
    };
}

// All mistakes but those that are merely odd. False: memory is short.
static bool find_troubles(struct pm_compiler *compiler,
                          struct troubles *troubles)
{
    const struct pm_lang_report *report = &compiler->report;
    size_t room = report->count + 1;

    for (uint32_t i = 0; i < compiler->part_count; i++)
        room += compiler->parts[i]->report.count;
    troubles->items =
        pm_arena_alloc(&compiler->arena, room * sizeof *troubles->items);
    if (!troubles->items)
        return false;
    for (uint32_t i = 0; i < compiler->part_count; i++) {
        const struct pm_lang_report *reading = &compiler->parts[i]->report;
        for (uint32_t k = 0; k < reading->count; k++)
            note(troubles, compiler, &reading->items[k], i, true);
    }
    for (uint32_t i = 0; i < report->count; i++)
        if (report->items[i].span.file < compiler->part_count)
            note(troubles, compiler, &report->items[i],
                 report->items[i].span.file, false);
    return true;
}

// --- what is told ------------------------------------------------------------

// Whether nothing was understood where the diagnostic is: on its line, or in
// its statement.
static bool is_misread(const struct trouble *trouble, uint32_t at,
                       uint32_t line)
{
    return trouble->is_reading &&
           ((trouble->line <= line && line <= trouble->last_line) ||
            holds(trouble->around.own, at));
}

// Whether what is odd is in a mistake's statement; in the next one, where that
// was torn from the one before or is not reached because of it; or right above
// what was not understood.
static bool is_explained(const struct trouble *trouble,
                         const struct pm_lang_diag *odd, uint32_t line,
                         uint32_t end_line)
{
    uint32_t at = odd->span.start;

    if (holds(trouble->around.own, at))
        return true;
    if (holds(trouble->around.next, at))
        return trouble->is_reading || odd->code == PM_LANG_UNREACHABLE ||
               trouble->line == line;
    return trouble->is_reading && end_line + 1 == trouble->line;
}

static bool is_consequence(const struct pm_compiler *compiler,
                           const struct troubles *troubles,
                           const struct pm_lang_diag *diag)
{
    struct pm_span span = diag->span;

    if (span.file >= compiler->part_count)
        return false;
    const struct pm_parsed *parsed = &compiler->parts[span.file]->parsed;
    uint32_t line = pm_line_of(parsed, span.start);
    uint32_t end_line = pm_line_of(parsed, span.end);
    for (size_t i = 0; i < troubles->count; i++) {
        const struct trouble *trouble = &troubles->items[i];
        if (trouble->file == span.file &&
            (is_misread(trouble, span.start, line) ||
             (is_odd(diag) && is_explained(trouble, diag, line, end_line))))
            return true;
    }
    return false;
}

// What has too many parameters is too large for itself and for who calls it.
static bool is_of_parameters(const struct pm_lang_report *report,
                             const struct pm_lang_diag *diag)
{
    if (diag->code != PM_LANG_TOO_MANY_SLOTS)
        return false;
    for (uint32_t i = 0; i < report->count; i++)
        if (report->items[i].code == PM_LANG_TOO_MANY_PARAMETERS)
            return true;
    return false;
}

static bool lacks_declarations(const struct pm_compiler *compiler)
{
    for (uint32_t i = 0; i < compiler->part_count; i++)
        if (compiler->parts[i]->parsed.lacks_declarations)
            return true;
    return false;
}

bool pm_compile_drop_consequences(struct pm_compiler *compiler)
{
    struct pm_lang_report *report = &compiler->report;
    bool drops_all = lacks_declarations(compiler);
    struct troubles troubles = {0};
    uint32_t kept = 0;

    if (!find_troubles(compiler, &troubles))
        return false;
    for (uint32_t i = 0; i < report->count; i++) {
        if (drops_all ||
            is_consequence(compiler, &troubles, &report->items[i]) ||
            is_of_parameters(report, &report->items[i]))
            report->errors -= report->items[i].is_error;
        else
            report->items[kept++] = report->items[i];
    }
    report->count = kept;
    return true;
}
