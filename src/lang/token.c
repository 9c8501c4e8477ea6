// SPDX-License-Identifier: MIT
//
// What tokens and nodes say: their names, places, and meaning.
#include <string.h>

#include "base/utf8.h"
#include "lang/lexer_internal.h"

const char *pm_token_kind_text(pm_token_kind kind)
{
    static const char *const texts[] = {
#define PM_TOKEN(kind, text) text,
#include "lang/token.def"
#undef PM_TOKEN
    };
    return (unsigned)kind < PM_TOKEN_KINDS ? texts[kind] : "?";
}

struct ast_row {
    const char *name;
    const char *roles;
};

static const struct ast_row rows[] = {
#define PM_AST(kind, name, roles) {name, roles},
#include "lang/ast.def"
#undef PM_AST
};

const char *pm_ast_kind_name(pm_ast_kind kind)
{
    return (unsigned)kind < PM_AST_KINDS ? rows[kind].name : "?";
}

const char *pm_ast_kind_roles(pm_ast_kind kind)
{
    return (unsigned)kind < PM_AST_KINDS ? rows[kind].roles : "";
}

struct pm_span pm_token_span(const struct pm_parsed *parsed, uint32_t token)
{
    const struct pm_token *t = &parsed->tokens[token];
    return (struct pm_span){parsed->file, t->offset, t->offset + t->size};
}

struct pm_span pm_ast_span(const struct pm_parsed *parsed,
                           const struct pm_ast *node)
{
    const struct pm_token *first = &parsed->tokens[node->first];
    const struct pm_token *last = &parsed->tokens[node->last];
    return (struct pm_span){parsed->file, first->offset,
                            last->offset + last->size};
}

uint32_t pm_token_char(const struct pm_parsed *parsed, uint32_t token)
{
    const struct pm_token *t = &parsed->tokens[token];
    uint32_t at = t->offset + 1;
    uint32_t end = t->offset + t->size;
    uint32_t code = 0;

    if (at >= end)
        return 0;
    if (parsed->text[at] == '\\')
        pm_lexer_escape(parsed->text, end, &at, &code);
    else if (!pm_utf8_decode(parsed->text + at, end - at, &code))
        code = 0xfffd;
    return code;
}

// The bytes of a string token between quotes and braces.
static struct pm_span inside(const struct pm_parsed *parsed,
                             const struct pm_token *token)
{
    uint32_t start = token->offset;
    uint32_t end = start + token->size;
    if (start < end)
        start++;
    if (start < end && !(token->flags & PM_TOKEN_CUT))
        end--;
    return (struct pm_span){parsed->file, start, end};
}

const char *pm_token_string(const struct pm_parsed *parsed, uint32_t token,
                            struct pm_arena *arena, size_t *out_size)
{
    struct pm_span span = inside(parsed, &parsed->tokens[token]);
    // An escape is never shorter than what it means.
    char *out = pm_arena_alloc(arena, (size_t)(span.end - span.start) + 4);
    size_t size = 0;

    if (!out)
        return NULL;
    for (uint32_t at = span.start; at < span.end;) {
        uint32_t code;
        if (parsed->text[at] != '\\') {
            out[size++] = parsed->text[at++];
            continue;
        }
        uint8_t bytes[4];
        pm_lexer_escape(parsed->text, span.end, &at, &code);
        size_t length = pm_utf8_encode(code, bytes);
        memcpy(out + size, bytes, length);
        size += length;
    }
    out[size] = 0;
    *out_size = size;
    return out;
}

// --- documentation -----------------------------------------------------------

// The line above the one that begins at [start], without its blanks in front.
// False when there is none, or it is no documentation.
static bool doc_line_above(const struct pm_parsed *parsed, uint32_t start,
                           struct pm_span *out)
{
    const char *text = parsed->text;
    if (start == 0)
        return false;
    uint32_t end = start - 1;
    uint32_t at = end;
    while (at > 0 && text[at - 1] != '\n')
        at--;
    if (at == 0 && end >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        at = 3;
    while (at < end && is_class(text[at], CLASS_BLANK))
        at++;
    *out = (struct pm_span){parsed->file, at, end};
    return end - at >= 3 && memcmp(text + at, "///", 3) == 0 &&
           (end - at == 3 || text[at + 3] != '/');
}

static uint32_t line_start(const struct pm_parsed *parsed, uint32_t at)
{
    while (at > 0 && parsed->text[at - 1] != '\n')
        at--;
    return at;
}

const char *pm_ast_documentation(const struct pm_parsed *parsed,
                                 const struct pm_ast *node,
                                 struct pm_arena *arena, size_t *out_size)
{
    const struct pm_token *first = &parsed->tokens[node->first];
    struct pm_span line;

    if (!(first->flags & PM_TOKEN_DOCUMENTED))
        return NULL;
    uint32_t top = line_start(parsed, first->offset);
    uint32_t bottom = top;
    while (doc_line_above(parsed, top, &line))
        top = line_start(parsed, line.start);
    char *out = pm_arena_alloc(arena, (size_t)(bottom - top) + 1);
    size_t size = 0;
    if (!out)
        return NULL;
    // From the top again, each without slashes and the blank behind them.
    for (uint32_t at = top; at < bottom;) {
        const char *feed = memchr(parsed->text + at, '\n', bottom - at);
        uint32_t next = feed ? (uint32_t)(feed + 1 - parsed->text) : bottom;
        doc_line_above(parsed, next, &line);
        uint32_t start = line.start + 3;
        start += start < line.end && parsed->text[start] == ' ';
        uint32_t end = line.end;
        while (end > start && (parsed->text[end - 1] == '\r' ||
                               is_class(parsed->text[end - 1], CLASS_BLANK)))
            end--;
        memcpy(out + size, parsed->text + start, end - start);
        size += end - start;
        out[size++] = '\n';
        at = next;
    }
    if (size)
        size--;
    out[size] = 0;
    *out_size = size;
    return out;
}

uint32_t pm_line_of(const struct pm_parsed *parsed, uint32_t offset)
{
    uint32_t low = 0;
    uint32_t high = parsed->line_count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (parsed->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}
