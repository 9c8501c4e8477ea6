// SPDX-License-Identifier: MIT
#include <string.h>

#include "asm/asm_internal.h"
#include "base/utf8.h"

void pm_asm_lexer_restart(struct assembler *a)
{
    a->lexer.at = 0;
    a->lexer.line = 1;
    a->lexer.line_start = 0;
    a->lexer.depth = 0;
    pm_asm_next(a);
}

static inline bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '$';
}

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// The byte [ahead] of the present one; 0 at the end.
static inline char peek(const struct asm_lexer *l, size_t ahead)
{
    return l->at + ahead < l->size ? l->text[l->at + ahead] : 0;
}

static bool is_comment(const struct asm_lexer *l)
{
    return peek(l, 0) == ';' || (peek(l, 0) == '/' && peek(l, 1) == '/');
}

static void skip_blanks(struct asm_lexer *l)
{
    while (l->at < l->size) {
        char c = l->text[l->at];
        if (c == ' ' || c == '\t' || c == '\r')
            l->at++;
        else if (is_comment(l))
            while (l->at < l->size && l->text[l->at] != '\n')
                l->at++;
        else
            return;
    }
}

// Steps over a line end. True when it is a token: outside brackets, or when
// the next line starts with a directive, so that a forgotten bracket does not
// swallow the rest of the text.
static bool take_line_end(struct asm_lexer *l)
{
    l->at++;
    l->line++;
    l->line_start = l->at;
    if (l->depth == 0)
        return true;
    size_t at = l->at;
    while (at < l->size && (l->text[at] == ' ' || l->text[at] == '\t'))
        at++;
    if (at < l->size && l->text[at] != '.')
        return false;
    l->depth = 0;
    return true;
}

// Words may have dots inside: "gfx.clear".
static void lex_word(struct asm_lexer *l)
{
    while (is_letter(peek(l, 0)) || is_digit(peek(l, 0)) ||
           (peek(l, 0) == '.' && (is_letter(peek(l, 1)))))
        l->at++;
}

static void lex_number(struct asm_lexer *l)
{
    size_t digits = peek(l, 0) == '-' || peek(l, 0) == '+';
    char mark = peek(l, digits + 1);
    bool is_hex = peek(l, digits) == '0' && (mark == 'x' || mark == 'X');

    for (l->at++;; l->at++) {
        char c = peek(l, 0);
        char last = l->text[l->at - 1];
        bool is_exponent =
            is_hex ? last == 'p' || last == 'P' : last == 'e' || last == 'E';
        if (!is_letter(c) && !is_digit(c) && c != '.' &&
            !((c == '+' || c == '-') && is_exponent))
            return;
    }
}

static bool bad_token(struct assembler *a, struct asm_token *token,
                      const char *what)
{
    token->kind = ASM_BAD;
    // Every pass sees the token; the last one reports it.
    if (a->pass == ASM_PASS_CODE)
        pm_asm_error(a, token, "ASM-SYNTAX", "%s", what);
    a->failed = true;
    return false;
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

// "{1F600}" behind a \u. Gives the bytes written, 0 when it is wrong.
static size_t lex_code_point(struct asm_lexer *l, uint8_t *out)
{
    uint32_t code = 0;
    size_t digits = 0;
    uint32_t again;

    if (peek(l, 0) != '{')
        return 0;
    l->at++;
    for (; hex_digit(peek(l, 0)) >= 0 && digits < 6; digits++, l->at++)
        code = code << 4 | (uint32_t)hex_digit(peek(l, 0));
    if (digits == 0 || peek(l, 0) != '}' || code > 0x10ffff)
        return 0;
    l->at++;
    size_t size = pm_utf8_encode(code, out);
    return pm_utf8_decode(out, size, &again) == size ? size : 0;
}

// What stands behind a backslash. Gives the bytes written, 0 when it is
// wrong.
static size_t lex_escape(struct asm_lexer *l, uint8_t *out)
{
    static const char from[] = "nrt0\\\"'";
    static const char to[] = "\n\r\t\0\\\"'";
    char c = peek(l, 0);
    const char *at = c ? strchr(from, c) : NULL;

    l->at++;
    if (at) {
        out[0] = (uint8_t)to[at - from];
        return 1;
    }
    if (c == 'u')
        return lex_code_point(l, out);
    if (c != 'x' || hex_digit(peek(l, 0)) < 0 || hex_digit(peek(l, 1)) < 0)
        return 0;
    out[0] = (uint8_t)(hex_digit(peek(l, 0)) << 4 | hex_digit(peek(l, 1)));
    l->at += 2;
    return 1;
}

static void skip_to_quote(struct asm_lexer *l, char quote)
{
    while (l->at < l->size && peek(l, 0) != quote && peek(l, 0) != '\n')
        l->at += peek(l, 0) == '\\' && peek(l, 1) != '\n' ? 2 : 1;
    if (l->at > l->size)
        l->at = l->size;
}

// Decodes the text between [start] and the present place, which has escapes.
static bool decode_string(struct assembler *a, struct asm_token *token,
                          size_t start)
{
    struct asm_lexer l = a->lexer;
    uint8_t *out = pm_arena_alloc(&a->arena, a->lexer.at - start + 4);
    size_t size = 0;

    if (!out)
        return pm_asm_out_of_memory(a);
    l.at = start;
    while (l.at < a->lexer.at) {
        if (peek(&l, 0) != '\\') {
            out[size++] = (uint8_t)l.text[l.at++];
            continue;
        }
        l.at++;
        size_t more = lex_escape(&l, out + size);
        if (more == 0)
            return bad_token(a, token,
                             "an escape that is none: wanted \\n \\r \\t \\0 "
                             "\\\\ \\\" \\' \\xNN or \\u{N}");
        size += more;
    }
    token->string = (struct pm_text){(const char *)out, (uint32_t)size};
    if (!pm_utf8_is_valid(out, size))
        return bad_token(a, token,
                         "the string is not UTF-8 once its \\x "
                         "escapes are put in; use \\u{N}");
    return true;
}

static bool lex_quoted(struct assembler *a, struct asm_token *token, char quote)
{
    struct asm_lexer *l = &a->lexer;
    size_t start = ++l->at;

    skip_to_quote(l, quote);
    size_t end = l->at;
    if (peek(l, 0) != quote)
        return bad_token(a, token, "the closing quote is missing in this line");
    token->string = (struct pm_text){l->text + start, (uint32_t)(end - start)};
    bool ok = !memchr(l->text + start, '\\', end - start) ||
              decode_string(a, token, start);
    l->at = end + 1;
    return ok;
}

static void lex_char(struct assembler *a, struct asm_token *token)
{
    token->kind = ASM_CHAR;
    if (!lex_quoted(a, token, '\''))
        return;
    size_t size =
        pm_utf8_decode(token->string.data, token->string.size, &token->code);
    if (size == 0 || size != token->string.size)
        bad_token(a, token, "wanted one character between the quotes");
}

static void lex_punctuation(struct asm_lexer *l, struct asm_token *token)
{
    char c = l->text[l->at++];
    token->kind = ASM_PUNCTUATION;
    if (c == '(' || c == '{')
        l->depth++;
    else if ((c == ')' || c == '}') && l->depth)
        l->depth--;
}

static void lex_token(struct assembler *a, struct asm_token *token)
{
    struct asm_lexer *l = &a->lexer;
    char c = peek(l, 0);
    char next = peek(l, 1);

    if (is_letter(c)) {
        token->kind = ASM_WORD;
        lex_word(l);
    } else if (c == '.' && is_letter(next)) {
        token->kind = ASM_DIRECTIVE;
        l->at++;
        lex_word(l);
    } else if (c == '-' && next == '>') {
        token->kind = ASM_ARROW;
        l->at += 2;
    } else if (is_digit(c) || ((c == '-' || c == '+') &&
                               (is_digit(next) || is_letter(next)))) {
        token->kind = ASM_NUMBER;
        lex_number(l);
    } else if (c == '"') {
        token->kind = ASM_STRING;
        lex_quoted(a, token, '"');
    } else if (c == '\'') {
        lex_char(a, token);
    } else {
        lex_punctuation(l, token);
    }
}

void pm_asm_next(struct assembler *a)
{
    struct asm_lexer *l = &a->lexer;
    struct asm_token *token = &a->token;

    for (;;) {
        skip_blanks(l);
        *token = (struct asm_token){
            .kind = ASM_END,
            .text = l->text + l->at,
            .line = l->line,
            .column = (uint32_t)(l->at - l->line_start) + 1,
        };
        if (l->at >= l->size)
            return;
        if (peek(l, 0) != '\n')
            break;
        if (take_line_end(l)) {
            token->kind = ASM_NEWLINE;
            return;
        }
    }
    size_t start = l->at;
    lex_token(a, token);
    token->size = (uint32_t)(l->at - start);
}
