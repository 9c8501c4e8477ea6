// SPDX-License-Identifier: MIT
//
// Sources as tokens and as a tree (docs/spec/pbs.md).
//
// Both are made once for a text and do not change afterwards: a file that did
// not change need not be read again, and nothing that later stages find out
// is written into them. A node says which tokens it spans, so that every
// place, comment and blank can be found again in the text.

#ifndef PM_LANG_AST_H
#define PM_LANG_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "lang/report.h"

typedef enum pm_token_kind {
#define PM_TOKEN(kind, text) PM_TOKEN_##kind,
#include "lang/token.def"
#undef PM_TOKEN
    PM_TOKEN_KINDS,
} pm_token_kind;

enum {
    PM_TOKEN_NEW_LINE = 1,   // the first token of its line
    PM_TOKEN_NESTED = 2,     // within ( ) or [ ], not within { } in them
    PM_TOKEN_DOCUMENTED = 4, // a "///" comment stands right above
    // A string that its line's end cut off; END: a block comment that the
    // file's end did. Reported, and so is what follows from it.
    PM_TOKEN_CUT = 8,
};

#define PM_TOKEN_NO_MATCH UINT32_MAX

struct pm_token {
    uint32_t offset; // in bytes
    uint32_t size;
    uint8_t kind; // pm_token_kind
    uint8_t flags;
    // Of brackets, and of STRING_BEGIN and STRING_END: the token that closes
    // or opens it; else NO_MATCH.
    uint32_t match;
};

typedef enum pm_ast_kind {
#define PM_AST(kind, name, roles) PM_AST_##kind,
#include "lang/ast.def"
#undef PM_AST
    PM_AST_KINDS,
} pm_ast_kind;

enum {
    PM_AST_PUB = 1,
    PM_AST_CONSTANT = 2,  // a LET that says "const"
    PM_AST_HAS_NAMES = 4, // a PATTERN_CASE with parentheses
    PM_AST_PARTIAL = 8,   // something in it could not be read
};

#define PM_AST_HEIGHT_LIMIT 2000u

struct pm_ast {
    uint16_t kind; // pm_ast_kind
    uint16_t flags;
    uint32_t first; // its tokens, both included
    uint32_t last;
    uint32_t token; // its main token
    uint32_t count; // of kids
    // Of the tree that hangs from it, 1 for a leaf; at most
    // PM_AST_HEIGHT_LIMIT, so that walking a tree may recurse.
    uint32_t height;
    struct pm_ast *kids[];
};

// One file that was read.
struct pm_parsed {
    const char *text; // belongs to the caller, outlives this
    uint32_t size;
    uint32_t file;           // its number in reports
    struct pm_token *tokens; // the last is END
    uint32_t token_count;
    uint32_t *lines; // offset of the start of each line
    uint32_t line_count;
    struct pm_ast *tree; // a FILE
    bool has_mistakes;   // of reading, all in the report
    // Some of them have cost a declaration or a part of one, or have moved
    // declarations to where they do not belong.
    bool lacks_declarations;
};

// Reads a text into [out], whose parts live in [arena]. Goes on after each
// mistake; all are in [report]. Fails only with PM_ERR_NO_MEMORY. [size] is
// at most 16 MiB.
pm_status pm_parse(struct pm_parsed *out, struct pm_arena *arena,
                   struct pm_lang_report *report, uint32_t file,
                   const char *text, size_t size);

const char *pm_token_kind_text(pm_token_kind kind);
const char *pm_ast_kind_name(pm_ast_kind kind);
// The roles of a kind's kids, as in ast.def.
const char *pm_ast_kind_roles(pm_ast_kind kind);

// The number, from 0, of the line that [offset] is on.
uint32_t pm_line_of(const struct pm_parsed *parsed, uint32_t offset);

// The span of a node, and of one token.
struct pm_span pm_ast_span(const struct pm_parsed *parsed,
                           const struct pm_ast *node);
struct pm_span pm_token_span(const struct pm_parsed *parsed, uint32_t token);

// What a number, character or string token means. Strings (of all four
// kinds) are unescaped into [arena], without quotes and braces; the tokens
// were checked when they were read. False: the number does not fit (INT: more
// than 2^63 as an unsigned number; 2^63 itself only fits below a NEG).
bool pm_token_int(const struct pm_parsed *parsed, uint32_t token,
                  uint64_t *out);
double pm_token_float(const struct pm_parsed *parsed, uint32_t token);
uint32_t pm_token_char(const struct pm_parsed *parsed, uint32_t token);
// NULL when memory is short.
const char *pm_token_string(const struct pm_parsed *parsed, uint32_t token,
                            struct pm_arena *arena, size_t *out_size);

// What PBS has for a word of another language ("null": "none"), or NULL: to
// add to a message about a name that is not known.
const char *pm_lang_foreign_word(const char *word, size_t size);

// The documentation above a declaration ("///" lines without their slashes)
// in [arena]; NULL when there is none or memory is short.
const char *pm_ast_documentation(const struct pm_parsed *parsed,
                                 const struct pm_ast *node,
                                 struct pm_arena *arena, size_t *out_size);

// Dumps for people and tests, a line each.
void pm_dump_tokens(const struct pm_parsed *parsed, struct pm_buf *out);
void pm_dump_tree(const struct pm_parsed *parsed, struct pm_buf *out);

// The canonical layout of a text (docs/spec/pbs.md has the rules in
// "Layout"): keeps comments; formatting twice is formatting once. Fails with
// PM_ERR_INVALID when the text has mistakes of reading, and leaves [out].
pm_status pm_format(const struct pm_parsed *parsed, struct pm_buf *out);

#endif
