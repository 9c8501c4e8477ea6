// SPDX-License-Identifier: MIT
//
// prometeu explain.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "pbs.h"

static const char help[] =
    "usage: prometeu explain [CODE]\n"
    "\n"
    "Says what a message of the compiler means, with a program that gives it\n"
    "and what to do. Without a code: all codes. docs/reference/errors has the\n"
    "same pages.\n"
    "\n"
    "example: prometeu explain PBS0301\n";

// Each line with four blanks in front. The example of bytes that are no UTF-8
// is shown as such.
static void put_example(struct pm_buf *out, const char *text)
{
    while (*text) {
        size_t size = strcspn(text, "\n");
        pm_buf_puts(out, size ? "    " : "");
        if (pm_utf8_is_valid(text, size))
            pm_buf_put(out, text, size);
        else
            pm_buf_put_escaped(out, text, size);
        pm_buf_puts(out, "\n");
        text += size + (text[size] == '\n');
    }
}

#define WIDTH 79

// The text in lines of at most WIDTH bytes, broken at blanks.
static void put_wrapped(struct pm_buf *out, const char *text)
{
    size_t column = 0;

    while (*text) {
        size_t word = strcspn(text, " \n");
        if (column && column + 1 + word > WIDTH) {
            pm_buf_puts(out, "\n");
            column = 0;
        } else if (column) {
            pm_buf_puts(out, " ");
            column++;
        }
        pm_buf_put(out, text, word);
        column += word;
        text += word;
        if (*text == '\n')
            column = 0;
        if (*text)
            pm_buf_puts(out, *text++ == '\n' ? "\n" : "");
    }
    pm_buf_puts(out, "\n");
}

static int explain(const struct pm_compile_code *code)
{
    struct pm_buf out;

    pm_buf_init(&out, &cli_alloc);
    pm_buf_printf(&out, "%s: %s\n\n", code->code, code->title);
    put_wrapped(&out, code->explanation);
    pm_buf_puts(&out, "\nFor instance:\n\n");
    put_example(&out, code->example);
    if (strstr(code->example, " times: "))
        pm_buf_puts(&out, "\n<<3 times: x#>> stands for x0x1x2.\n");
    int done = cli_write_out(&out);
    pm_buf_free(&out);
    return done;
}

static int list(void)
{
    struct pm_buf out;

    pm_buf_init(&out, &cli_alloc);
    for (size_t i = 0; i < pm_compile_code_count(); i++) {
        struct pm_compile_code code = pm_compile_code_at(i);
        pm_buf_printf(&out, "%s  %s\n", code.code, code.title);
    }
    int done = cli_write_out(&out);
    pm_buf_free(&out);
    return done;
}

// "PBS0301", "pbs301" and "301" are the same.
static bool is_code(const char *word, const char *code)
{
    char *end;

    if ((word[0] == 'P' || word[0] == 'p') &&
        (word[1] == 'B' || word[1] == 'b') &&
        (word[2] == 'S' || word[2] == 's'))
        word += 3;
    if (*word < '0' || *word > '9')
        return false;
    unsigned long number = strtoul(word, &end, 10);
    return *end == '\0' && number == strtoul(code + 3, NULL, 10);
}

int cli_explain(int argc, char **argv)
{
    const char *word = NULL;
    size_t count;
    int done = cli_options(argc, argv, help, NULL, 0, &word, 0, 1, &count);

    if (done >= 0)
        return done;
    if (!word)
        return list();
    for (size_t i = 0; i < pm_compile_code_count(); i++) {
        struct pm_compile_code code = pm_compile_code_at(i);
        if (is_code(word, code.code))
            return explain(&code);
    }
    cli_error("explain: there is no code \"%s\"; \"prometeu explain\" lists "
              "them",
              word);
    return CLI_USAGE;
}
