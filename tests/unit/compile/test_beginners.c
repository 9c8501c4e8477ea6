// SPDX-License-Identifier: MIT
//
// The messages that people get who are new to the language: beginners.txt.
#include <prometeu/compile.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "support/test.h"

#define TITLE   "### "
#define MESSAGE "=> "

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);
    size_t size = file && text ? fread(text, 1, (1 << 20) - 1, file) : 0;

    if (file)
        fclose(file);
    CHECK(size > 0);
    return text;
}

static void put_messages(struct pm_buf *out, const char *program, size_t size)
{
    struct pm_compile_options options = {.with_tests = true};
    const struct pm_compile_result *result;
    struct pm_compiler *compiler;

    if (!CHECK(pm_compiler_create(NULL, &compiler) == PM_OK))
        return;
    pm_compiler_set_file(compiler, "main.pbs", program, size);
    pm_compiler_check(compiler, &options, &result);
    for (size_t i = 0; i < result->count; i++) {
        const struct pm_compile_diag *diag = &result->diags[i];
        pm_buf_printf(out, MESSAGE "%u:%u %s %s%s%s\n",
                      (unsigned)diag->place.line, (unsigned)diag->place.column,
                      diag->code, diag->text, diag->help ? "; " : "",
                      diag->help ? diag->help : "");
    }
    pm_compiler_destroy(compiler);
}

// One program, from its title up to [end].
static void check_one(const char *title, const char *end)
{
    struct pm_allocator alloc = pm_allocator_libc();
    const char *program = strchr(title, '\n') + 1;
    const char *wanted = strstr(program, "\n" MESSAGE);
    struct pm_buf found;

    if (!CHECK(wanted && wanted < end)) {
        fprintf(stderr, "no message: %.60s\n", title);
        return;
    }
    wanted++;
    while (end[-1] == '\n' && end[-2] == '\n')
        end--;
    pm_buf_init(&found, &alloc);
    put_messages(&found, program, (size_t)(wanted - program));
    bool same = found.size == (size_t)(end - wanted) &&
                memcmp(found.data, wanted, found.size) == 0;
    if (!CHECK(same))
        fprintf(stderr, "%.*sfound\n%.*s", (int)(end - title), title,
                (int)found.size, (const char *)found.data);
    pm_buf_free(&found);
}

TEST(beginners, get_the_messages_that_help_them)
{
    char *text = read_text(PM_SOURCE_DIR "/tests/unit/compile/beginners.txt");
    const char *title = strstr(text, TITLE);
    size_t count = 0;

    while (title) {
        const char *next = strstr(title + 1, "\n" TITLE);
        check_one(title, next ? next + 1 : title + strlen(title));
        title = next ? next + 1 : NULL;
        count++;
    }
    CHECK(count > 100);
    free(text);
}
