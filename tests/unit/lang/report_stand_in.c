// SPDX-License-Identifier: MIT
//
// Just enough of a report for the emitter's tests, as long as the library has
// none of its own: weak, so that the real one wins.
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "lang/report.h"

#define WEAK __attribute__((weak))

WEAK void pm_lang_report_init(struct pm_lang_report *report,
                              const struct pm_allocator *alloc,
                              struct pm_arena *arena)
{
    *report = (struct pm_lang_report){.arena = arena, .alloc = *alloc};
}

WEAK void pm_lang_report_free(struct pm_lang_report *report)
{
    pm_mem_free(&report->alloc, report->items,
                report->capacity * sizeof *report->items);
    report->items = NULL;
    report->capacity = 0;
}

WEAK struct pm_lang_diag *pm_lang_error(struct pm_lang_report *report,
                                        pm_lang_code code, struct pm_span span,
                                        const char *format, ...)
{
    char text[500];
    size_t capacity = report->capacity;
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!pm_mem_grow(&report->alloc, &report->items, &capacity,
                     report->count + 1, sizeof *report->items)) {
        report->no_memory = true;
        return NULL;
    }
    report->capacity = (uint32_t)capacity;
    struct pm_lang_diag *diag = &report->items[report->count++];
    *diag = (struct pm_lang_diag){.code = code, .is_error = true, .span = span};
    diag->text = pm_arena_copy(report->arena, text, (size_t)size);
    report->errors++;
    return diag;
}

WEAK void pm_lang_help(struct pm_lang_report *report, struct pm_lang_diag *diag,
                       const char *format, ...)
{
    (void)report;
    (void)format;
    if (diag)
        diag->help = "";
}

WEAK const char *pm_lang_show(struct pm_lang_report *report, const char *text,
                              size_t size)
{
    const char *copy = pm_arena_copy(report->arena, text, size);
    return copy ? copy : "";
}
