// SPDX-License-Identifier: MIT
//
// What is wrong with a program: each mistake once, with the place, what was
// found and wanted, a likely fix, and notes that point at other places. The
// codes are in diags.def; each has a page in docs/reference/errors/.

#ifndef PM_LANG_REPORT_H
#define PM_LANG_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

typedef enum pm_lang_code {
#define PM_DIAG(symbol, code, title, example, explanation) PM_LANG_##symbol,
#include "lang/diags.def"
#undef PM_DIAG
    PM_LANG_CODES,
} pm_lang_code;

// Bytes [start, end) of a file; start == end is a place between two bytes.
struct pm_span {
    uint32_t file;
    uint32_t start;
    uint32_t end;
};

struct pm_lang_note {
    struct pm_span span;
    const char *text; // "first declared here"
    struct pm_lang_note *next;
};

struct pm_lang_diag {
    pm_lang_code code;
    bool is_error; // else a warning
    struct pm_span span;
    const char *text; // what was found, what was wanted
    const char *help; // NULL, or what to do: "did you mean 'x'?"
    // A replacement of a span that would mend it, for editors; NULL: none.
    const char *fix;
    struct pm_span fix_span;
    struct pm_lang_note *notes;
    // Up to here nothing was understood; 0: no further than [span].
    uint32_t unread_end;
};

struct pm_lang_report {
    struct pm_arena *arena; // where texts live
    struct pm_lang_diag *items;
    uint32_t count;
    uint32_t capacity;
    uint32_t errors;
    uint32_t dropped; // beyond PM_LANG_REPORT_LIMIT
    bool no_memory;
    struct pm_allocator alloc;
};

#define PM_LANG_REPORT_LIMIT 500

void pm_lang_report_init(struct pm_lang_report *report,
                         const struct pm_allocator *alloc,
                         struct pm_arena *arena);
void pm_lang_report_free(struct pm_lang_report *report);

// Adds an error; texts in the arguments are escaped by the caller
// (pm_lang_show). Gives the diagnostic, to add to it, or NULL when it was
// dropped: the functions below take NULL. A second error with the same code
// and span is dropped.
struct pm_lang_diag *pm_lang_error(struct pm_lang_report *report,
                                   pm_lang_code code, struct pm_span span,
                                   const char *format, ...) PM_PRINTF(4, 5);
struct pm_lang_diag *pm_lang_warning(struct pm_lang_report *report,
                                     pm_lang_code code, struct pm_span span,
                                     const char *format, ...) PM_PRINTF(4, 5);
// Takes item [index] out.
void pm_lang_report_remove(struct pm_lang_report *report, uint32_t index);
void pm_lang_help(struct pm_lang_report *report, struct pm_lang_diag *diag,
                  const char *format, ...) PM_PRINTF(3, 4);
void pm_lang_note(struct pm_lang_report *report, struct pm_lang_diag *diag,
                  struct pm_span span, const char *format, ...) PM_PRINTF(4, 5);
void pm_lang_fix(struct pm_lang_report *report, struct pm_lang_diag *diag,
                 struct pm_span span, const char *format, ...) PM_PRINTF(4, 5);

// Text of a source, cut after 60 bytes and escaped, in the arena; never NULL.
const char *pm_lang_show(struct pm_lang_report *report, const char *text,
                         size_t size);

// "PBS0203" and the rest of a code's row.
const char *pm_lang_code_name(pm_lang_code code);
const char *pm_lang_code_title(pm_lang_code code);
const char *pm_lang_code_example(pm_lang_code code);
const char *pm_lang_code_explanation(pm_lang_code code);

#endif
