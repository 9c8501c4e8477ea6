// SPDX-License-Identifier: MIT
//
// The table of the compiler's messages says true things: each example gives
// its message.
#include <prometeu/compile.h>

#include <stdio.h>
#include <string.h>

#include "support/test.h"

static bool has_code(const struct pm_compile_result *result, const char *code)
{
    for (size_t i = 0; i < result->count; i++)
        if (strcmp(result->diags[i].code, code) == 0)
            return true;
    return false;
}

// Messages whose programs are too long for a page, or need several files.
static bool has_no_example(const char *code)
{
    static const char *const rows[] = {
        "PBS0123", "PBS0206", "PBS0509", "PBS0512", "PBS0649",
        "PBS0601", "PBS0602", "PBS0603", "PBS0604", "PBS0605"};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i], code) == 0)
            return true;
    return false;
}

// As a program, or as a file that may have tests and needs no [Frame].
static bool gives_code(const struct pm_compile_code *code, bool with_tests)
{
    struct pm_compile_options options = {.with_tests = with_tests};
    const struct pm_compile_result *result;
    struct pm_compiler *compiler;

    if (pm_compiler_create(NULL, &compiler))
        return false;
    pm_compiler_set_file(compiler, "src/main.pbs", code->example,
                         strlen(code->example));
    pm_compiler_build(compiler, &options, &result);
    bool found = has_code(result, code->code);
    pm_compiler_destroy(compiler);
    return found;
}

TEST(diags, each_example_gives_its_message)
{
    for (size_t i = 0; i < pm_compile_code_count(); i++) {
        struct pm_compile_code code = pm_compile_code_at(i);
        if (has_no_example(code.code))
            continue;
        if (!CHECK(gives_code(&code, true) || gives_code(&code, false)))
            fprintf(stderr, "%s: %s\n", code.code, code.example);
    }
}

TEST(diags, codes_are_in_order_and_all_have_their_texts)
{
    const char *before = "PBS0000";

    for (size_t i = 0; i < pm_compile_code_count(); i++) {
        struct pm_compile_code code = pm_compile_code_at(i);
        CHECK_INT(strlen(code.code), 7);
        CHECK(strcmp(before, code.code) < 0);
        CHECK(*code.title && *code.explanation);
        CHECK((*code.example == '\0') == has_no_example(code.code));
        // A title is no sentence of its own.
        CHECK(code.title[strlen(code.title) - 1] != '.');
        before = code.code;
    }
}
