// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/bits.h"
#include "base/mem.h"
#include "lang/lexer_internal.h"

#define LETTER CLASS_LETTER
#define HEXLET (CLASS_LETTER | CLASS_HEX)
#define DIGIT  (CLASS_DIGIT | CLASS_HEX)

const uint8_t pm_lexer_classes[256] = {
    ['\t'] = CLASS_BLANK, [' '] = CLASS_BLANK, ['0'] = DIGIT,  ['1'] = DIGIT,
    ['2'] = DIGIT,        ['3'] = DIGIT,       ['4'] = DIGIT,  ['5'] = DIGIT,
    ['6'] = DIGIT,        ['7'] = DIGIT,       ['8'] = DIGIT,  ['9'] = DIGIT,
    ['A'] = HEXLET,       ['B'] = HEXLET,      ['C'] = HEXLET, ['D'] = HEXLET,
    ['E'] = HEXLET,       ['F'] = HEXLET,      ['G'] = LETTER, ['H'] = LETTER,
    ['I'] = LETTER,       ['J'] = LETTER,      ['K'] = LETTER, ['L'] = LETTER,
    ['M'] = LETTER,       ['N'] = LETTER,      ['O'] = LETTER, ['P'] = LETTER,
    ['Q'] = LETTER,       ['R'] = LETTER,      ['S'] = LETTER, ['T'] = LETTER,
    ['U'] = LETTER,       ['V'] = LETTER,      ['W'] = LETTER, ['X'] = LETTER,
    ['Y'] = LETTER,       ['Z'] = LETTER,      ['_'] = LETTER, ['a'] = HEXLET,
    ['b'] = HEXLET,       ['c'] = HEXLET,      ['d'] = HEXLET, ['e'] = HEXLET,
    ['f'] = HEXLET,       ['g'] = LETTER,      ['h'] = LETTER, ['i'] = LETTER,
    ['j'] = LETTER,       ['k'] = LETTER,      ['l'] = LETTER, ['m'] = LETTER,
    ['n'] = LETTER,       ['o'] = LETTER,      ['p'] = LETTER, ['q'] = LETTER,
    ['r'] = LETTER,       ['s'] = LETTER,      ['t'] = LETTER, ['u'] = LETTER,
    ['v'] = LETTER,       ['w'] = LETTER,      ['x'] = LETTER, ['y'] = LETTER,
    ['z'] = LETTER,
};

// --- tokens and brackets -----------------------------------------------------

void pm_lexer_add(struct lexer *l, pm_token_kind kind, uint32_t start)
{
    if (l->count == l->capacity &&
        !pm_mem_grow(&l->arena->alloc, &l->tokens, &l->capacity, l->count + 1,
                     sizeof *l->tokens)) {
        l->no_memory = true;
        l->at = l->size;
        return;
    }
    uint8_t flags = l->flags;
    if (l->open_count && l->open[l->open_count - 1].nests)
        flags |= PM_TOKEN_NESTED;
    l->tokens[l->count++] = (struct pm_token){.offset = start,
                                              .size = l->at - start,
                                              .kind = (uint8_t)kind,
                                              .flags = flags,
                                              .match = PM_TOKEN_NO_MATCH};
    l->flags = 0;
}

void pm_lexer_open(struct lexer *l, pm_token_kind kind)
{
    if (l->no_memory)
        return;
    if (l->open_count == l->open_capacity &&
        !pm_mem_grow(&l->arena->alloc, &l->open, &l->open_capacity,
                     l->open_count + 1, sizeof *l->open)) {
        l->no_memory = true;
        l->at = l->size;
        return;
    }
    bool nests = kind == PM_TOKEN_LPAREN || kind == PM_TOKEN_LBRACKET;
    l->open[l->open_count++] =
        (struct open_bracket){(uint32_t)l->count - 1, (uint8_t)kind, nests};
    l->strings += kind == PM_TOKEN_STRING_BEGIN;
}

void pm_lexer_close(struct lexer *l)
{
    if (l->no_memory || l->open_count == 0)
        return;
    struct open_bracket *top = &l->open[--l->open_count];
    l->strings -= top->kind == PM_TOKEN_STRING_BEGIN;
    l->tokens[top->token].match = (uint32_t)l->count;
}

static void add_opening(struct lexer *l, pm_token_kind kind)
{
    uint32_t start = l->at++;
    pm_lexer_add(l, kind, start);
    pm_lexer_open(l, kind);
}

static bool is_open(const struct lexer *l, pm_token_kind kind)
{
    return l->open_count && l->open[l->open_count - 1].kind == kind;
}

static void add_closing(struct lexer *l, pm_token_kind kind,
                        pm_token_kind opening)
{
    uint32_t start = l->at++;
    uint32_t match = PM_TOKEN_NO_MATCH;
    if (is_open(l, opening)) {
        match = l->open[l->open_count - 1].token;
        pm_lexer_close(l);
    } else {
        l->is_uneven = true;
    }
    pm_lexer_add(l, kind, start);
    if (!l->no_memory)
        l->tokens[l->count - 1].match = match;
}

// A brace ends the expression in a string, or a block. Parentheses in it
// that are still open will not be closed any more.
static void add_closing_brace(struct lexer *l)
{
    while (l->open_count && l->open[l->open_count - 1].nests) {
        l->open_count--;
        l->is_uneven = true;
    }
    if (is_open(l, PM_TOKEN_STRING_BEGIN))
        pm_lexer_string_goes_on(l);
    else
        add_closing(l, PM_TOKEN_RBRACE, PM_TOKEN_LBRACE);
}

// --- blanks, comments, names -------------------------------------------------

static void skip_comment(struct lexer *l)
{
    const char *start = l->text + l->at;
    const char *end = memchr(start, '\n', l->size - l->at);
    bool is_doc = (l->flags & PM_TOKEN_NEW_LINE) &&
                  byte_at(l, l->at + 2) == '/' && byte_at(l, l->at + 3) != '/';
    l->flags &= (uint8_t)~PM_TOKEN_DOCUMENTED;
    if (is_doc)
        l->flags |= PM_TOKEN_DOCUMENTED;
    l->at = end ? (uint32_t)(end - l->text) : l->size;
}

static void skip_line_end(struct lexer *l, bool is_empty)
{
    if (l->strings)
        pm_lexer_string_cut(l);
    if (is_empty)
        l->flags &= (uint8_t)~PM_TOKEN_DOCUMENTED;
    l->flags |= PM_TOKEN_NEW_LINE;
    l->at++;
}

static void skip_blanks(struct lexer *l)
{
    bool is_empty = l->count == 0 || (l->flags & PM_TOKEN_NEW_LINE);

    while (l->at < l->size) {
        char c = l->text[l->at];
        bool is_return = c == '\r' && byte_at(l, l->at + 1) == '\n';
        if (is_class(c, CLASS_BLANK) || is_return) {
            l->at++;
        } else if (c == '\n') {
            skip_line_end(l, is_empty);
            is_empty = true;
        } else if (c == '/' && byte_at(l, l->at + 1) == '/') {
            skip_comment(l);
            is_empty = false;
        } else if (c == '/' && byte_at(l, l->at + 1) == '*') {
            pm_lexer_block_comment(l);
        } else {
            break;
        }
    }
}

static pm_token_kind keyword(const char *text, uint32_t size)
{
    static const struct {
        char text[9];
        uint8_t kind;
    } rows[] = {
#define PM_KEYWORD(kind, text) {text, PM_TOKEN_##kind},
#include "lang/keyword.def"
#undef PM_KEYWORD
    };
    char word[8] = {0};
    if (size > 8 || size < 2 || (text[0] < 'a' && text[0] != 'S'))
        return PM_TOKEN_NAME;
    memcpy(word, text, size);
    uint64_t wanted = pm_load64(word);
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++)
        if (pm_load64(rows[i].text) == wanted)
            return (pm_token_kind)rows[i].kind;
    return PM_TOKEN_NAME;
}

static void add_name(struct lexer *l)
{
    uint32_t start = l->at;
    while (l->at < l->size &&
           is_class(l->text[l->at], CLASS_LETTER | CLASS_DIGIT))
        l->at++;
    if ((uint8_t)byte_at(l, l->at) >= 0x80) {
        l->at = start;
        pm_lexer_bad(l);
        return;
    }
    pm_lexer_add(l, pm_lexer_word(l, keyword(l->text + start, l->at - start)),
                 start);
}

// --- operators ---------------------------------------------------------------

// The longest operator that the bytes a, b, c, d begin with, and its size.
static pm_token_kind operator_of(char a, char b, char c, char d, uint32_t *size)
{
#define ONE(kind)   return *size = 1, PM_TOKEN_##kind
#define TWO(kind)   return *size = 2, PM_TOKEN_##kind
#define THREE(kind) return *size = 3, PM_TOKEN_##kind
#define OR_ASSIGN(plain, assign)                                               \
    if (b == '=')                                                              \
        TWO(assign);                                                           \
    ONE(plain)
    switch (a) {
    case ',':
        ONE(COMMA);
    case ';':
        ONE(SEMICOLON);
    case ':':
        ONE(COLON);
    case '.':
        ONE(DOT);
    case '~':
        ONE(TILDE);
    case '+':
        OR_ASSIGN(PLUS, ADD_ASSIGN);
    case '*':
        OR_ASSIGN(STAR, MUL_ASSIGN);
    case '/':
        OR_ASSIGN(SLASH, DIV_ASSIGN);
    case '%':
        OR_ASSIGN(PERCENT, REM_ASSIGN);
    case '&':
        OR_ASSIGN(AMP, AND_ASSIGN);
    case '|':
        OR_ASSIGN(PIPE, OR_ASSIGN);
    case '^':
        OR_ASSIGN(CARET, XOR_ASSIGN);
    case '!':
        OR_ASSIGN(BANG, NE);
    case '-':
        if (b == '>')
            TWO(ARROW);
        OR_ASSIGN(MINUS, SUB_ASSIGN);
    case '=':
        if (b == '>')
            TWO(FAT_ARROW);
        OR_ASSIGN(ASSIGN, EQ);
    case '<':
        if (b == '<' && c == '=')
            THREE(SHL_ASSIGN);
        if (b == '<')
            TWO(SHL);
        OR_ASSIGN(LT, LE);
    case '>':
        if (b == '>' && c == '>' && d == '=')
            return *size = 4, PM_TOKEN_SHR_U_ASSIGN;
        if (b == '>' && c == '>')
            THREE(SHR_U);
        if (b == '>' && c == '=')
            THREE(SHR_ASSIGN);
        if (b == '>')
            TWO(SHR);
        OR_ASSIGN(GT, GE);
    default:
        return *size = 0, PM_TOKEN_BAD;
    }
#undef ONE
#undef TWO
#undef THREE
#undef OR_ASSIGN
}

static void add_operator(struct lexer *l, char c)
{
    uint32_t start = l->at;
    uint32_t size;

    // In a string's braces, outside of other brackets, a colon begins the
    // format.
    if (c == ':' && is_open(l, PM_TOKEN_STRING_BEGIN)) {
        pm_lexer_format(l);
        return;
    }
    pm_token_kind kind =
        operator_of(c, byte_at(l, start + 1), byte_at(l, start + 2),
                    byte_at(l, start + 3), &size);
    if (size == 0) {
        pm_lexer_bad(l);
        return;
    }
    l->at += size;
    pm_lexer_add(l, kind, start);
}

// --- the whole text ----------------------------------------------------------

static void add_token(struct lexer *l)
{
    char c = l->text[l->at];
    switch (c) {
    case '(':
        add_opening(l, PM_TOKEN_LPAREN);
        return;
    case '[':
        add_opening(l, PM_TOKEN_LBRACKET);
        return;
    case '{':
        add_opening(l, PM_TOKEN_LBRACE);
        return;
    case ')':
        add_closing(l, PM_TOKEN_RPAREN, PM_TOKEN_LPAREN);
        return;
    case ']':
        add_closing(l, PM_TOKEN_RBRACKET, PM_TOKEN_LBRACKET);
        return;
    case '}':
        add_closing_brace(l);
        return;
    case '"':
        pm_lexer_string(l);
        return;
    case '\'':
        pm_lexer_char(l);
        return;
    default:
        if (is_class(c, CLASS_LETTER))
            add_name(l);
        else if (is_class(c, CLASS_DIGIT))
            pm_lexer_number(l);
        else
            add_operator(l, c);
    }
}

static void add_all(struct lexer *l)
{
    if (l->size >= 3 && memcmp(l->text, "\xef\xbb\xbf", 3) == 0)
        l->at = 3;
    l->flags = PM_TOKEN_NEW_LINE;
    for (;;) {
        skip_blanks(l);
        if (l->at >= l->size)
            break;
        add_token(l);
    }
    if (l->strings && !l->no_memory)
        pm_lexer_string_cut(l);
    if (l->open_count)
        l->is_uneven = true;
    l->open_count = 0;
    l->flags |= PM_TOKEN_NEW_LINE;
    pm_lexer_add(l, PM_TOKEN_END, l->size);
}

static bool find_lines(struct lexer *l)
{
    struct pm_parsed *out = l->out;
    uint32_t count = 1;
    const char *end = l->text + l->size;

    for (const char *at = l->text;
         at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        count++;
    out->lines = pm_arena_alloc(l->arena, count * sizeof *out->lines);
    if (!out->lines)
        return false;
    out->lines[out->line_count++] = 0;
    for (const char *at = l->text;
         at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        out->lines[out->line_count++] = (uint32_t)(at + 1 - l->text);
    return true;
}

static bool keep_tokens(struct lexer *l)
{
    struct pm_parsed *out = l->out;
    if (l->no_memory)
        return false;
    out->tokens = (struct pm_token *)pm_arena_alloc(
        l->arena, l->count * sizeof *l->tokens);
    if (!out->tokens)
        return false;
    memcpy(out->tokens, l->tokens, l->count * sizeof *l->tokens);
    out->token_count = (uint32_t)l->count;
    return true;
}

pm_status pm_lex(struct pm_parsed *out, struct pm_arena *arena,
                 struct pm_lang_report *report)
{
    struct lexer l = {.out = out,
                      .arena = arena,
                      .report = report,
                      .text = out->text,
                      .size = out->size,
                      .cut_at = UINT32_MAX};
    bool ok = find_lines(&l);
    if (ok) {
        pm_lexer_check_utf8(&l);
        add_all(&l);
        if (l.is_uneven && !l.no_memory)
            pm_lexer_match_again(&l);
        ok = keep_tokens(&l);
    }
    pm_mem_free(&arena->alloc, l.tokens, l.capacity * sizeof *l.tokens);
    pm_mem_free(&arena->alloc, l.open, l.open_capacity * sizeof *l.open);
    return ok && !report->no_memory ? PM_OK : PM_ERR_NO_MEMORY;
}
