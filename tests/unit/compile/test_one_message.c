// SPDX-License-Identifier: MIT
//
// One message for one mistake: a program of 170 lines (one_message.pbs), from
// which one token at a time is missing. Names and numbers are left out: what
// is wrong with a value that is used in ten places may be wrong in each.
#include <prometeu/compile.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lang/ast.h"
#include "support/test.h"

struct program {
    char text[1 << 14];
    size_t size;
    struct pm_allocator alloc;
    struct pm_arena arena;
    struct pm_lang_report report;
    struct pm_parsed parsed;
};

static bool read_program(struct program *program)
{
    FILE *file =
        fopen(PM_SOURCE_DIR "/tests/unit/compile/one_message.pbs", "rb");

    if (!file)
        return false;
    program->size = fread(program->text, 1, sizeof program->text, file);
    fclose(file);
    program->alloc = pm_allocator_libc();
    pm_arena_init(&program->arena, &program->alloc);
    pm_lang_report_init(&program->report, &program->alloc, &program->arena);
    return pm_parse(&program->parsed, &program->arena, &program->report, 0,
                    program->text, program->size) == PM_OK;
}

static void free_program(struct program *program)
{
    pm_lang_report_free(&program->report);
    pm_arena_free(&program->arena);
}

// How many errors the program has without these bytes; they are shown where
// there are more than one.
static size_t errors_without(struct pm_compiler *compiler,
                             const struct program *program, uint32_t from,
                             uint32_t size)
{
    static char text[1 << 14];
    struct pm_compile_options options = {0};
    const struct pm_compile_result *result;

    memcpy(text, program->text, from);
    memcpy(text + from, program->text + from + size,
           program->size - from - size);
    pm_compiler_set_file(compiler, "main.pbs", text, program->size - size);
    pm_compiler_check(compiler, &options, &result);
    for (size_t i = 0; result->errors > 1 && i < result->count; i++)
        fprintf(stderr, "without '%.*s' at %u: %u:%u %s %s\n", (int)size,
                program->text + from, (unsigned)from,
                (unsigned)result->diags[i].place.line,
                (unsigned)result->diags[i].place.column, result->diags[i].code,
                result->diags[i].text);
    return result->errors;
}

static bool is_of_the_language(const struct pm_token *token)
{
    return token->kind >= PM_TOKEN_KW_IMPORT && token->size > 0 &&
           token->kind != PM_TOKEN_END;
}

TEST(one_message, is_what_a_missing_token_gives)
{
    static struct program program;
    struct pm_compiler *compiler;
    size_t tried = 0;
    size_t told = 0;

    REQUIRE(read_program(&program));
    REQUIRE(pm_compiler_create(NULL, &compiler) == PM_OK);
    CHECK_INT(errors_without(compiler, &program, 0, 0), 0);
    for (uint32_t i = 0; i < program.parsed.token_count; i++) {
        const struct pm_token *token = &program.parsed.tokens[i];
        if (!is_of_the_language(token))
            continue;
        size_t errors =
            errors_without(compiler, &program, token->offset, token->size);
        CHECK(errors <= 1);
        tried++;
        told += errors;
    }
    // Some are not missed: 'not', a '-', a '!'.
    CHECK(tried > 700 && told > tried - 40);
    pm_compiler_destroy(compiler);
    free_program(&program);
}

// A text of nothing but brackets, in which nothing belongs to anything: all are
// counted, and each is looked at once.
TEST(one_message, is_not_what_a_text_of_brackets_gives)
{
    enum { COUNT = 100000 };
    static char text[COUNT];
    struct pm_compile_options options = {0};
    const struct pm_compile_result *result;
    struct pm_compiler *compiler;

    REQUIRE(pm_compiler_create(NULL, &compiler) == PM_OK);
    for (const char *bracket = ")]}"; *bracket; bracket++) {
        memset(text, *bracket, sizeof text);
        pm_compiler_set_file(compiler, "main.pbs", text, sizeof text);
        CHECK_INT(pm_compiler_check(compiler, &options, &result),
                  PM_ERR_INVALID);
        CHECK_INT(result->errors, COUNT);
        CHECK_INT(result->count, 500);
    }
    pm_compiler_destroy(compiler);
}
