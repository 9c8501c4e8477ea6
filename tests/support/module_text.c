// SPDX-License-Identifier: MIT
#include "support/module_text.h"

#include <prometeu/compile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_messages(const struct pm_compile_result *result)
{
    for (size_t i = 0; i < result->count; i++)
        fprintf(stderr, "%u: %s\n", result->diags[i].place.line,
                result->diags[i].text);
}

static char *copy(const char *text)
{
    size_t size = strlen(text) + 1;
    char *out = malloc(size);
    if (out)
        memcpy(out, text, size);
    return out;
}

char *pm_module_text(const char *source, size_t *out_size)
{
    struct pm_compile_options options = {.dump = PM_COMPILE_MODULE};
    const struct pm_compile_result *result;
    struct pm_compiler *compiler = NULL;
    char *out = NULL;

    if (pm_compiler_create(NULL, &compiler))
        return NULL;
    if (!pm_compiler_set_file(compiler, "src/main.pbs", source,
                              strlen(source))) {
        if (pm_compiler_build(compiler, &options, &result))
            print_messages(result);
        else
            out = copy(result->dump);
        if (out_size)
            *out_size = result->module_size;
    }
    pm_compiler_destroy(compiler);
    return out;
}

unsigned pm_occurrences(const char *text, const char *word)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
        count++;
    return count;
}
