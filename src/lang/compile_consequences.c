// SPDX-License-Identifier: MIT
//
// One message for one mistake: what cannot be judged, because something else
// was not read, is not told.
//
// Where declarations were lost, nothing is judged until that is mended: every
// use of them would be told. Otherwise a mistake of reading leaves its
// statement, and its line, unjudged, and nothing else.
#include "lang/compile_internal.h"

static bool holds(struct pm_span span, uint32_t at)
{
    return span.start <= at && at <= span.end;
}

// The innermost statement that [at] is in; all of the file where it is in
// none. The way down is no longer than trees are high.
static struct pm_span statement_at(const struct pm_parsed *parsed, uint32_t at)
{
    const struct pm_ast *node = parsed->tree;
    struct pm_span found = {.start = at, .end = at};

    for (uint32_t i = 0; i < node->count;) {
        const struct pm_ast *kid = node->kids[i++];
        if (!kid || !holds(pm_ast_span(parsed, kid), at))
            continue;
        if (node->kind == PM_AST_BLOCK)
            found = pm_ast_span(parsed, kid);
        node = kid;
        i = 0;
    }
    return found;
}

// Whether nothing was understood on the line of [at], or in its statement.
static bool is_unread(const struct pm_compile_file *file,
                      const struct pm_lang_diag *mistake, uint32_t at)
{
    const struct pm_parsed *parsed = &file->parsed;
    uint32_t start = mistake->span.start;
    uint32_t end = mistake->unread_end ? mistake->unread_end : start;
    uint32_t line = pm_line_of(parsed, at);

    return (pm_line_of(parsed, start) <= line &&
            line <= pm_line_of(parsed, end)) ||
           holds(statement_at(parsed, start), at);
}

// Few files have many mistakes: at most 500 are kept.
static bool is_misread(const struct pm_compile_file *file, uint32_t at)
{
    const struct pm_lang_report *report = &file->report;

    for (uint32_t i = 0; i < report->count; i++)
        if (report->items[i].is_error && is_unread(file, &report->items[i], at))
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

static bool is_consequence(const struct pm_compiler *compiler,
                           const struct pm_lang_diag *diag)
{
    struct pm_span span = diag->span;
    const struct pm_compile_file *file;

    if (span.file >= compiler->part_count)
        return false;
    file = compiler->parts[span.file];
    if (!file->report.errors)
        return false;
    if (is_misread(file, span.start))
        return true;
    // A name alone on its line is the beginning of what was not read below.
    uint32_t line = pm_line_of(&file->parsed, span.end) + 1;
    return diag->code == PM_LANG_NO_EFFECT && line < file->parsed.line_count &&
           is_misread(file, file->parsed.lines[line]);
}

void pm_compile_drop_consequences(struct pm_compiler *compiler)
{
    struct pm_lang_report *report = &compiler->report;
    bool drops_all = lacks_declarations(compiler);
    uint32_t kept = 0;

    for (uint32_t i = 0; i < report->count; i++) {
        if (drops_all || is_consequence(compiler, &report->items[i]))
            report->errors -= report->items[i].is_error;
        else
            report->items[kept++] = report->items[i];
    }
    report->count = kept;
}
