// SPDX-License-Identifier: MIT
#include "tools/gen_errors.h"

#include <string.h>

#include "base/check.h"
#include "base/utf8.h"

#define MADE                                                                   \
    "<!-- Made by tools/gen_reference.c from src/lang/diags.def; do not "      \
    "edit. -->\n"

// The first two digits of a code say what it is about.
static const struct {
    const char *start;
    const char *title;
} groups[] = {
    {"PBS01", "Reading"},      {"PBS02", "Names and modules"},
    {"PBS03", "Types"},        {"PBS04", "Control flow"},
    {"PBS05", "Declarations"}, {"PBS06", "Limits"},
};

void put_errors(struct pm_buf *out)
{
    pm_buf_puts(out, MADE
                "# Messages of the compiler\n\n"
                "Each message has a code, which stays the same for ever, and "
                "a page with a program\nthat gives it; `prometeu explain CODE` "
                "shows the page.\n");
    for (size_t g = 0; g < PM_ARRAY_LEN(groups); g++) {
        pm_buf_printf(out, "\n## %s\n\n| code | message |\n|---|---|\n",
                      groups[g].title);
        for (size_t i = 0; i < pm_compile_code_count(); i++) {
            struct pm_compile_code code = pm_compile_code_at(i);
            if (strncmp(code.code, groups[g].start, 5) == 0)
                pm_buf_printf(out, "| [%s](errors/%s.md) | %s |\n", code.code,
                              code.code, code.title);
        }
    }
}

static void put_example(struct pm_buf *out, const char *example)
{
    size_t size = strlen(example);

    pm_buf_puts(out, "```\n");
    // The example of bytes that are no UTF-8 is shown, not made.
    if (pm_utf8_is_valid(example, size))
        pm_buf_put(out, example, size);
    else
        pm_buf_put_escaped(out, example, size);
    pm_buf_printf(out, "%s```\n", example[size - 1] == '\n' ? "" : "\n");
}

void put_error_page(struct pm_buf *out, const struct pm_compile_code *code)
{
    pm_buf_printf(out, MADE "# %s: %s\n\n%s\n\n## A program that gives it\n\n",
                  code->code, code->title, code->explanation);
    put_example(out, code->example);
    if (strstr(code->example, " times: "))
        pm_buf_puts(out,
                    "\n`<<3 times: x#>>` stands for `x0x1x2`: the text so "
                    "often, with the number of\nthe repetition for `#`.\n");
    if (strstr(code->example, "// file: "))
        pm_buf_puts(out, "\nWhat stands above the first `// file:` is "
                         "`src/main.pbs`.\n");
    pm_buf_puts(out, "\n[All messages](../errors.md)\n");
}
