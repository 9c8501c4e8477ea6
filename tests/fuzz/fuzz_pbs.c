// SPDX-License-Identifier: MIT
//
// Any bytes as a source, or, behind a first byte 1, as choices of a generator
// of sources without mistakes: read, with all messages within it and a tree
// that is sound. What has no mistakes is laid out: that parses to the same
// tree, and laying it out again changes nothing.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "support/lang_text.h"
#include "support/random_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_report(const struct lang_text *text)
{
    const struct pm_lang_report *report = &text->report;
    PM_CHECK((report->errors > 0) == text->parsed.has_mistakes);
    for (uint32_t i = 0; i < report->count; i++) {
        const struct pm_lang_diag *diag = &report->items[i];
        PM_CHECK(diag->span.start <= diag->span.end);
        PM_CHECK(diag->span.end <= text->parsed.size);
        PM_CHECK(diag->fix_span.start <= diag->fix_span.end);
        PM_CHECK(diag->fix_span.end <= text->parsed.size);
        PM_CHECK(i == 0 || diag[-1].span.start <= diag->span.start);
    }
}

static void check_token(struct lang_text *text, uint32_t at)
{
    const struct pm_parsed *parsed = &text->parsed;
    const struct pm_token *token = &parsed->tokens[at];
    uint64_t number;
    size_t size;

    PM_CHECK(at == 0 || token[-1].offset + token[-1].size <= token->offset);
    PM_CHECK(token->offset + token->size <= parsed->size);
    if (token->match != PM_TOKEN_NO_MATCH)
        PM_CHECK(parsed->tokens[token->match].match == at);
    if (token->kind == PM_TOKEN_INT)
        (void)pm_token_int(parsed, at, &number);
    if (token->kind == PM_TOKEN_FLOAT)
        (void)pm_token_float(parsed, at);
    if (token->kind == PM_TOKEN_CHAR)
        (void)pm_token_char(parsed, at);
    if (token->kind >= PM_TOKEN_STRING && token->kind <= PM_TOKEN_STRING_END)
        PM_CHECK(pm_token_string(parsed, at, &text->arena, &size));
}

static void check_layout(struct lang_text *text)
{
    struct lang_text again;
    struct pm_buf twice;

    PM_CHECK(lang_text_format(text));
    lang_text_read(&again, &text->alloc, (const char *)text->out.data,
                   text->out.size);
    PM_CHECK(again.status == PM_OK && !again.parsed.has_mistakes);
    PM_CHECK(lang_same_tree(&text->parsed, text->parsed.tree, &again.parsed,
                            again.parsed.tree));
    pm_buf_init(&twice, &text->alloc);
    PM_CHECK(pm_format(&again.parsed, &twice) == PM_OK);
    PM_CHECK(twice.size == text->out.size &&
             (twice.size == 0 ||
              memcmp(twice.data, text->out.data, twice.size) == 0));
    pm_buf_free(&twice);
    lang_text_free(&again);
}

static void check(const uint8_t *data, size_t size, bool is_right)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct lang_text text;
    size_t doc_size;

    lang_text_read(&text, &alloc, (const char *)data, size);
    PM_CHECK(!is_right || !text.parsed.has_mistakes);
    PM_CHECK(text.status == PM_OK);
    check_report(&text);
    lang_check_tree(&text.parsed);
    for (uint32_t i = 0; i < text.parsed.token_count; i++)
        check_token(&text, i);
    for (uint32_t i = 0; i < text.parsed.tree->count; i++)
        (void)pm_ast_documentation(&text.parsed, text.parsed.tree->kids[i],
                                   &text.arena, &doc_size);
    PM_CHECK(lang_text_tree(&text));
    if (!text.parsed.has_mistakes)
        check_layout(&text);
    else
        PM_CHECK(!lang_text_format(&text));
    lang_text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf source;

    if (size == 0 || data[0] != 1) {
        check(data, size, false);
        return 0;
    }
    pm_buf_init(&source, &alloc);
    pm_random_source(&source, data + 1, size - 1);
    check(source.data, source.size, true);
    pm_buf_free(&source);
    return 0;
}
