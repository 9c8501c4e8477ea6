// SPDX-License-Identifier: MIT
//
// Reports: the diagnostics of a load as lines.
#include "machine/report.h"

#include <string.h>

void pm_report_init(struct pm_report *report, const struct pm_allocator *alloc)
{
    pm_diags_init(&report->diags, alloc);
    pm_buf_init(&report->lines, alloc);
    pm_buf_init(&report->text, alloc);
    report->count = 0;
}

void pm_report_free(struct pm_report *report)
{
    pm_diags_free(&report->diags);
    pm_buf_free(&report->lines);
    pm_buf_free(&report->text);
}

void pm_report_begin(struct pm_report *report)
{
    struct pm_allocator alloc = report->diags.alloc;

    pm_report_free(report);
    pm_report_init(report, &alloc);
}

// A failure that nobody has described yet still gets a line.
static void describe(struct pm_report *report, pm_status status)
{
    if (status && report->diags.errors == 0)
        pm_diags_error(&report->diags, NULL, "MACHINE-FAILED", "%s (%s)",
                       pm_status_meaning(status), pm_status_name(status));
}

static void put_line(struct pm_report *report, const struct pm_diag *diag)
{
    pm_diag_print(diag, &report->lines);
    pm_buf_put8(&report->lines, 0);
    pm_diag_print(diag, &report->text);
    pm_buf_put8(&report->text, '\n');
    report->count++;
}

const struct pm_report *pm_report_end(struct pm_report *report,
                                      pm_status status)
{
    describe(report, status);
    for (size_t i = 0; i < report->diags.count; i++)
        put_line(report, &report->diags.items[i]);
    if (report->diags.dropped)
        pm_buf_printf(&report->text, "and %zu more\n", report->diags.dropped);
    pm_buf_cstr(&report->text);
    return report;
}

// What stands for a report that there was no memory for.
static bool is_lost(const struct pm_report *report)
{
    return report->lines.failed || report->text.failed ||
           report->diags.out_of_memory;
}

static const char lost_line[] =
    "error MACHINE-FAILED: memory is short, also for saying what is wrong";

size_t pm_report_count(const struct pm_report *report)
{
    return !report ? 0 : is_lost(report) ? 1 : report->count;
}

const char *pm_report_line(const struct pm_report *report, size_t index)
{
    if (index >= pm_report_count(report))
        return NULL;
    if (is_lost(report))
        return lost_line;
    const char *line = (const char *)report->lines.data;
    while (index--)
        line += strlen(line) + 1;
    return line;
}

const char *pm_report_text(const struct pm_report *report)
{
    if (!report)
        return "";
    if (is_lost(report))
        return "error MACHINE-FAILED: memory is short, also for saying what "
               "is wrong\n";
    return report->text.data ? (const char *)report->text.data : "";
}
