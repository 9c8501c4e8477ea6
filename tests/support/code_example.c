// SPDX-License-Identifier: MIT
#include "support/code_example.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "registry/caps.h"

#define FILE_LINE    "// file: "
#define REPEAT_WORDS " times: "

// "#" is the number of the repetition.
static void put_once(struct pm_buf *out, const char *text, size_t size,
                     unsigned long number)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '#')
            pm_buf_printf(out, "%lu", number);
        else
            pm_buf_put8(out, (uint8_t)text[i]);
    }
}

// "<<3 times: text>>" at the start of [text]; gives what is behind it, or
// NULL where it stands for itself.
static const char *put_repeated(struct pm_buf *out, const char *text,
                                const char *end)
{
    char *words;
    unsigned long times = strtoul(text + 2, &words, 10);

    if (words == text + 2 ||
        strncmp(words, REPEAT_WORDS, strlen(REPEAT_WORDS)) != 0)
        return NULL;
    const char *start = words + strlen(REPEAT_WORDS);
    const char *close = strstr(start, ">>");
    if (!close || close >= end)
        return NULL;
    for (unsigned long i = 0; i < times; i++)
        put_once(out, start, (size_t)(close - start), i);
    return close + 2;
}

void pm_example_expand(struct pm_buf *out, const char *text, const char *end)
{
    while (text < end) {
        const char *behind = NULL;
        if (end - text > 2 && text[0] == '<' && text[1] == '<')
            behind = put_repeated(out, text, end);
        if (!behind)
            pm_buf_put8(out, (uint8_t)*text);
        text = behind ? behind : text + 1;
    }
}

// The capabilities that a prometeu.json names.
static bool read_manifest(const struct pm_buf *text,
                          struct pm_compile_options *options)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_json_doc doc;

    pm_diags_init(&diags, &alloc);
    bool fine = pm_json_parse(text->data, text->size, "prometeu.json", &alloc,
                              &diags, &doc) == PM_OK;
    if (fine) {
        const struct pm_json_node *list =
            pm_json_get(&doc, doc.nodes, "capabilities");
        const struct pm_json_node *item =
            list ? pm_json_first(&doc, list) : NULL;
        options->has_capabilities = list != NULL;
        for (; item; item = pm_json_after(&doc, item))
            options->capabilities |= pm_cap_by_name(item->text, item->size);
        pm_json_doc_free(&doc);
    }
    pm_diags_free(&diags);
    return fine;
}

static bool set_one(struct pm_compiler *compiler, const char *path,
                    const char *text, const char *end,
                    struct pm_compile_options *options)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf file;

    pm_buf_init(&file, &alloc);
    pm_example_expand(&file, text, end);
    bool fine = !file.failed;
    if (fine && strcmp(path, "prometeu.json") == 0)
        fine = read_manifest(&file, options);
    else if (fine)
        fine = pm_compiler_set_file(compiler, path, (const char *)file.data,
                                    file.size) == PM_OK;
    pm_buf_free(&file);
    return fine;
}

bool pm_example_set(struct pm_compiler *compiler, const char *example,
                    struct pm_compile_options *options)
{
    char path[100] = "src/main.pbs";
    const char *text = example;

    for (;;) {
        const char *next = strstr(text, FILE_LINE);
        const char *end = next ? next : text + strlen(text);
        if (!set_one(compiler, path, text, end, options))
            return false;
        if (!next)
            return true;
        next += strlen(FILE_LINE);
        size_t size = strcspn(next, "\n");
        if (size >= sizeof path)
            return false;
        memcpy(path, next, size);
        path[size] = '\0';
        text = next + size;
    }
}
