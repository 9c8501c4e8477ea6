// SPDX-License-Identifier: MIT
#include "support/lang_text.h"

#include <string.h>

#include "base/check.h"

void lang_text_read(struct lang_text *text, const struct pm_allocator *alloc,
                    const char *bytes, size_t size)
{
    text->alloc = *alloc;
    pm_arena_init(&text->arena, alloc);
    pm_buf_init(&text->out, alloc);
    pm_lang_report_init(&text->report, alloc, &text->arena);
    text->status =
        pm_parse(&text->parsed, &text->arena, &text->report, 0, bytes, size);
}

void lang_text_free(struct lang_text *text)
{
    pm_buf_free(&text->out);
    pm_lang_report_free(&text->report);
    pm_arena_free(&text->arena);
}

static void clear(struct lang_text *text)
{
    pm_buf_free(&text->out);
    pm_buf_init(&text->out, &text->alloc);
}

// Takes " @line:column" from the ends of lines.
static void strip_places(struct pm_buf *buf)
{
    size_t kept = 0;
    size_t place = 0;
    for (size_t i = 0; i < buf->size; i++) {
        char c = (char)buf->data[i];
        if (c == '@')
            place = kept;
        if (c == '\n' && place)
            kept = place - 1;
        buf->data[kept++] = (uint8_t)c;
        if (c == '\n')
            place = 0;
    }
    buf->size = kept;
}

const char *lang_text_tree(struct lang_text *text)
{
    clear(text);
    pm_dump_tree(&text->parsed, &text->out);
    strip_places(&text->out);
    return pm_buf_cstr(&text->out);
}

const char *lang_text_messages(struct lang_text *text)
{
    clear(text);
    for (uint32_t i = 0; i < text->report.count; i++) {
        const struct pm_lang_diag *diag = &text->report.items[i];
        uint32_t line = 1;
        uint32_t column = 1;
        for (uint32_t at = 0; at < diag->span.start; at++) {
            bool is_end = text->parsed.text[at] == '\n';
            line += is_end;
            column = is_end ? 1 : column + 1;
        }
        pm_buf_printf(&text->out, "%u:%u %s %s\n", line, column,
                      pm_lang_code_name(diag->code), diag->text);
    }
    return pm_buf_cstr(&text->out);
}

const char *lang_text_format(struct lang_text *text)
{
    clear(text);
    if (pm_format(&text->parsed, &text->out) != PM_OK)
        return NULL;
    return pm_buf_cstr(&text->out);
}

static bool same_token(const struct pm_parsed *a, uint32_t left,
                       const struct pm_parsed *b, uint32_t right)
{
    const struct pm_token *l = &a->tokens[left];
    const struct pm_token *r = &b->tokens[right];
    return l->kind == r->kind && l->size == r->size &&
           memcmp(a->text + l->offset, b->text + r->offset, l->size) == 0;
}

bool lang_same_tree(const struct pm_parsed *a, const struct pm_ast *left,
                    const struct pm_parsed *b, const struct pm_ast *right)
{
    if (!left || !right)
        return left == right;
    if (left->kind != right->kind || left->flags != right->flags ||
        left->count != right->count)
        return false;
    // A file's main token is its first, which may be a comma's neighbour.
    if (left->kind != PM_AST_FILE &&
        !same_token(a, left->token, b, right->token))
        return false;
    for (uint32_t i = 0; i < left->count; i++)
        if (!lang_same_tree(a, left->kids[i], b, right->kids[i]))
            return false;
    return true;
}

static void check_node(const struct pm_parsed *parsed,
                       const struct pm_ast *node)
{
    uint32_t height = 0;
    PM_CHECK(node->kind < PM_AST_KINDS);
    PM_CHECK(node->first <= node->last && node->last < parsed->token_count);
    PM_CHECK(node->token < parsed->token_count);
    for (uint32_t i = 0; i < node->count; i++) {
        const struct pm_ast *kid = node->kids[i];
        if (!kid)
            continue;
        PM_CHECK(kid->first >= node->first);
        // What could not be read may have no token of its own.
        PM_CHECK(kid->last <= node->last || parsed->has_mistakes);
        if (kid->height > height)
            height = kid->height;
        check_node(parsed, kid);
    }
    PM_CHECK(node->height == height + 1 && node->height <= PM_AST_HEIGHT_LIMIT);
    PM_CHECK((node->kind != PM_AST_BAD && !(node->flags & PM_AST_PARTIAL)) ||
             parsed->has_mistakes);
}

void lang_check_tree(const struct pm_parsed *parsed)
{
    check_node(parsed, parsed->tree);
}
