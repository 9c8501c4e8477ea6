// SPDX-License-Identifier: MIT
//
// What the files of the lexer share.
//
// The lexer makes the tokens of a text in one pass. Brackets are matched as
// they come; only where that does not come out even, brackets.c matches them
// once more with the indentation as a hint.

#ifndef PM_LANG_LEXER_INTERNAL_H
#define PM_LANG_LEXER_INTERNAL_H

#include "lang/ast.h"

// A bracket or a string's brace that is open.
struct open_bracket {
    uint32_t token;
    uint8_t kind;
    // Whether what stands in it is within ( ) or [ ].
    bool nests;
};

struct lexer {
    struct pm_parsed *out;
    struct pm_arena *arena;
    struct pm_lang_report *report;
    const char *text;
    uint32_t at;
    uint32_t size;
    // Of the token that comes next.
    uint8_t flags;
    bool is_uneven; // some bracket has no other
    // Where the line ends whose string was reported as cut off.
    uint32_t cut_at;
    bool no_memory;
    struct pm_token *tokens;
    size_t count;
    size_t capacity;
    struct open_bracket *open;
    size_t open_count;
    size_t open_capacity;
    // How many of the open ones are strings' braces.
    uint32_t strings;
};

// Letters, digits and "_".
extern const uint8_t pm_lexer_classes[256];
enum { CLASS_LETTER = 1, CLASS_DIGIT = 2, CLASS_HEX = 4, CLASS_BLANK = 8 };

static inline bool is_class(char c, unsigned classes)
{
    return (pm_lexer_classes[(uint8_t)c] & classes) != 0;
}

// The byte at [at], 0 behind the end (which also may stand in the text).
static inline char byte_at(const struct lexer *l, uint32_t at)
{
    return at < l->size ? l->text[at] : 0;
}

static inline struct pm_span lexer_span(const struct lexer *l, uint32_t start,
                                        uint32_t end)
{
    return (struct pm_span){l->out->file, start, end};
}

// Adds the token that began at [start] and ends where the lexer stands.
void pm_lexer_add(struct lexer *l, pm_token_kind kind, uint32_t start);
// Remembers the token that is added next as one that opens.
void pm_lexer_open(struct lexer *l, pm_token_kind kind);
// Takes the innermost that is open, and matches it with the next token.
void pm_lexer_close(struct lexer *l);

// number.c: at a digit.
void pm_lexer_number(struct lexer *l);
// lexer_string.c: at a quote; behind the brace that ends an expression in a
// string; at the colon of a format.
void pm_lexer_string(struct lexer *l);
void pm_lexer_string_goes_on(struct lexer *l);
void pm_lexer_char(struct lexer *l);
void pm_lexer_format(struct lexer *l);
// The line ends within a string's braces.
// Reports that the brace whose value is being read was meant as text, once a
// line.
void pm_lexer_stray_brace(struct lexer *l);
void pm_lexer_string_cut(struct lexer *l);
// Decodes the escape whose backslash is at [*at] and goes behind it. On one
// that is wrong goes behind the backslash and a character, and gives false.
bool pm_lexer_escape(const char *text, uint32_t size, uint32_t *at,
                     uint32_t *code);

// lexer_bad.c: at bytes that no token begins with.
void pm_lexer_bad(struct lexer *l);
// --- lexer_words.c -----------------------------------------------------------

// The word at the place behind which the lexer stands: [kind], or a NAME where
// it is none here.
pm_token_kind pm_lexer_word(const struct lexer *l, pm_token_kind kind);
void pm_lexer_block_comment(struct lexer *l);
// Reports bytes that are not UTF-8, once a line.
void pm_lexer_check_utf8(struct lexer *l);

// brackets.c
void pm_lexer_match_again(struct lexer *l);

// Makes tokens and lines of [out].
pm_status pm_lex(struct pm_parsed *out, struct pm_arena *arena,
                 struct pm_lang_report *report);

#endif
