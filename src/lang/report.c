// SPDX-License-Identifier: MIT
#include "lang/report.h"

#include <stdarg.h>
#include <string.h>

#include "base/mem.h"

struct row {
    const char *code;
    const char *title;
    const char *example;
    const char *explanation;
};

static const struct row rows[] = {
#define PM_DIAG(symbol, code, title, example, explanation)                     \
    {code, title, example, explanation},
#include "lang/diags.def"
#undef PM_DIAG
};

static const struct row *row_of(pm_lang_code code)
{
    static const struct row none = {"?", "?", "", ""};
    return (unsigned)code < PM_LANG_CODES ? &rows[code] : &none;
}

const char *pm_lang_code_name(pm_lang_code code)
{
    return row_of(code)->code;
}

const char *pm_lang_code_title(pm_lang_code code)
{
    return row_of(code)->title;
}

const char *pm_lang_code_example(pm_lang_code code)
{
    return row_of(code)->example;
}

const char *pm_lang_code_explanation(pm_lang_code code)
{
    return row_of(code)->explanation;
}

void pm_lang_report_init(struct pm_lang_report *report,
                         const struct pm_allocator *alloc,
                         struct pm_arena *arena)
{
    *report = (struct pm_lang_report){.arena = arena, .alloc = *alloc};
}

void pm_lang_report_free(struct pm_lang_report *report)
{
    pm_mem_free(&report->alloc, report->items,
                report->capacity * sizeof *report->items);
    report->items = NULL;
    report->count = report->capacity = 0;
}

static const char *format_text(struct pm_lang_report *report,
                               const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static const char *format_text(struct pm_lang_report *report,
                               const char *format, va_list args)
{
    struct pm_buf buf;

    pm_buf_init(&buf, &report->alloc);
    pm_buf_vprintf(&buf, format, args);
    const char *text =
        buf.failed ? NULL : pm_arena_copy(report->arena, buf.data, buf.size);
    pm_buf_free(&buf);
    if (!text)
        report->no_memory = true;
    return text;
}

static bool is_known(const struct pm_lang_report *report, pm_lang_code code,
                     struct pm_span span)
{
    for (uint32_t i = report->count; i-- > 0;) {
        const struct pm_lang_diag *diag = &report->items[i];
        if (diag->code == code && diag->span.file == span.file &&
            diag->span.start == span.start && diag->span.end == span.end)
            return true;
    }
    return false;
}

// All of the list is allocated at once, so that diagnostics do not move.
static bool has_room(struct pm_lang_report *report)
{
    if (report->capacity == 0) {
        report->items = pm_mem_zarray(&report->alloc, PM_LANG_REPORT_LIMIT,
                                      sizeof *report->items);
        if (!report->items) {
            report->no_memory = true;
            return false;
        }
        report->capacity = PM_LANG_REPORT_LIMIT;
    }
    if (report->count == report->capacity) {
        report->dropped++;
        return false;
    }
    return true;
}

static struct pm_lang_diag *add(struct pm_lang_report *report, bool is_error,
                                pm_lang_code code, struct pm_span span,
                                const char *format, va_list args)
    __attribute__((format(printf, 5, 0)));

static struct pm_lang_diag *add(struct pm_lang_report *report, bool is_error,
                                pm_lang_code code, struct pm_span span,
                                const char *format, va_list args)
{
    // A full report is not searched, so that any number of mistakes takes
    // linear time.
    bool is_full = report->count == PM_LANG_REPORT_LIMIT;
    if (!is_full && is_known(report, code, span))
        return NULL;
    report->errors += is_error;
    if (!has_room(report))
        return NULL;
    const char *text = format_text(report, format, args);
    if (!text)
        return NULL;
    struct pm_lang_diag *diag = &report->items[report->count++];
    *diag = (struct pm_lang_diag){
        .code = code, .is_error = is_error, .span = span, .text = text};
    return diag;
}

struct pm_lang_diag *pm_lang_error(struct pm_lang_report *report,
                                   pm_lang_code code, struct pm_span span,
                                   const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct pm_lang_diag *diag = add(report, true, code, span, format, args);
    va_end(args);
    return diag;
}

struct pm_lang_diag *pm_lang_warning(struct pm_lang_report *report,
                                     pm_lang_code code, struct pm_span span,
                                     const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct pm_lang_diag *diag = add(report, false, code, span, format, args);
    va_end(args);
    return diag;
}

void pm_lang_report_remove(struct pm_lang_report *report, uint32_t index)
{
    report->errors -= report->items[index].is_error;
    for (report->count--; index < report->count; index++)
        report->items[index] = report->items[index + 1];
}

void pm_lang_help(struct pm_lang_report *report, struct pm_lang_diag *diag,
                  const char *format, ...)
{
    va_list args;
    if (!diag)
        return;
    va_start(args, format);
    diag->help = format_text(report, format, args);
    va_end(args);
}

void pm_lang_note(struct pm_lang_report *report, struct pm_lang_diag *diag,
                  struct pm_span span, const char *format, ...)
{
    va_list args;
    if (!diag)
        return;
    va_start(args, format);
    const char *text = format_text(report, format, args);
    va_end(args);
    struct pm_lang_note *note =
        text ? pm_arena_alloc(report->arena, sizeof *note) : NULL;
    if (!note) {
        report->no_memory = true;
        return;
    }
    struct pm_lang_note **last = &diag->notes;
    while (*last)
        last = &(*last)->next;
    *note = (struct pm_lang_note){span, text, NULL};
    *last = note;
}

void pm_lang_fix(struct pm_lang_report *report, struct pm_lang_diag *diag,
                 struct pm_span span, const char *format, ...)
{
    va_list args;
    if (!diag)
        return;
    va_start(args, format);
    diag->fix = format_text(report, format, args);
    va_end(args);
    diag->fix_span = span;
}

const char *pm_lang_show(struct pm_lang_report *report, const char *text,
                         size_t size)
{
    enum { MOST = 60 };
    struct pm_buf buf;

    pm_buf_init(&buf, &report->alloc);
    // A character that the cut divides is left out.
    size_t shown = size < MOST ? size : MOST;
    while (shown < size && shown > 0 && ((uint8_t)text[shown] & 0xc0) == 0x80)
        shown--;
    pm_buf_put_escaped(&buf, text, shown);
    if (shown < size)
        pm_buf_puts(&buf, "…");
    const char *copy =
        buf.failed ? NULL : pm_arena_copy(report->arena, buf.data, buf.size);
    pm_buf_free(&buf);
    if (!copy)
        report->no_memory = true;
    return copy ? copy : "";
}
