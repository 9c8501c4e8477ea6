// SPDX-License-Identifier: MIT
//
// What the files of the formatter share.
//
// The formatter writes the tokens again, one by one and in their order, so
// nothing can get lost; the tree only says where lines end. It first measures
// the text as if all of it stood on one line (format_measure.c), which makes
// the width of any part of it a subtraction. Then it walks the tree
// (format_tree.c) and breaks what does not fit, from the outside in.
// Comments are written by whoever writes the token behind them (format.c).
//
// That formatting twice is formatting once rests on this: each choice is made
// from the tokens that are written, the column, and whether what is kept on
// one line stood on one line, which is then true again.

#ifndef PM_LANG_FORMAT_INTERNAL_H
#define PM_LANG_FORMAT_INTERNAL_H

#include "lang/ast.h"

enum { FORMAT_COLUMNS = 80, FORMAT_INDENT = 4 };

enum {
    MARK_HARD = 1,    // begins a line
    MARK_COMMENT = 2, // a comment stands before it; also HARD
    MARK_DROPPED = 4, // is not written: ";", a comma behind the last
    MARK_NAME = 8,    // a reserved word as a name
    MARK_ANGLE = 16,  // < or > of type arguments
    // Closes a list of one item a line: a comma is written before it.
    MARK_LIST_END = 32,
    MARK_BROKEN = 64, // the brace of a block that is not on one line
    MARK_INNER = 128, // the first in the braces of a block
};

// A comment at the end of a line.
struct format_comment {
    size_t at;       // in what is written
    uint32_t column; // there
    uint32_t source_column;
};

struct format {
    const struct pm_parsed *parsed;
    const struct pm_token *tokens;
    struct pm_buf *out;
    struct pm_allocator alloc;
    uint32_t count;
    // Of each token: the blanks before it (0 or 1), its marks, the columns of
    // all before it on one line, how many of the tokens up to it began a line,
    // the first HARD one from it on, and the first that is HARD or INNER.
    uint8_t *gaps;
    uint8_t *marks;
    uint32_t *sums;
    uint32_t *lines;
    uint32_t *hards;
    uint32_t *ends;
    uint32_t indent;
    uint32_t column;
    // The next token begins a line.
    bool wants_line;
    // And no blank line stands before it: it goes on with the one above.
    bool is_tight;
    // Up to here the text was written, or passed over.
    uint32_t text_at;
    bool is_behind_open; // the last that was written opens a bracket
    struct format_comment *comments;
    size_t comment_count;
    size_t comment_capacity;
    bool no_memory;
};

// --- format_measure.c --------------------------------------------------------

bool pm_format_measure(struct format *f);
void pm_format_free(struct format *f);

// The columns of the tokens from [first] to [last] on one line.
static inline uint32_t format_width(const struct format *f, uint32_t first,
                                    uint32_t last)
{
    return f->sums[last + 1] - f->sums[first] - f->gaps[first];
}

static inline bool format_has_hard(const struct format *f, uint32_t first,
                                   uint32_t last)
{
    return first <= last && f->hards[first] <= last;
}

// --- format.c: tokens and comments -------------------------------------------

void pm_format_token(struct format *f, uint32_t token);
// All of a string, as it stands.
void pm_format_string(struct format *f, uint32_t first, uint32_t last);
void pm_format_tokens(struct format *f, uint32_t first, uint32_t end);
void pm_format_comma(struct format *f);
// The next token begins a line.
static inline void format_line(struct format *f)
{
    f->wants_line = true;
}
static inline void format_line_on(struct format *f)
{
    f->wants_line = true;
    f->is_tight = true;
}
// Whether the tokens, and what cannot be parted from them, stand on this line.
bool pm_format_fits(const struct format *f, uint32_t first, uint32_t last);
// The same up to where a line may end in any case, at the braces of a block:
// so the choice is the same whether that stays on one line or not.
bool pm_format_begins(const struct format *f, uint32_t first, uint32_t last);

// --- format_comments.c -------------------------------------------------------

// A comment is about to be written behind what stands on this line.
void pm_format_note_comment(struct format *f);
// Writes the text with its comments in their columns.
void pm_format_put_aligned(const struct format *f, const struct pm_buf *text,
                           struct pm_buf *out);

// --- format_tree.c, format_list.c --------------------------------------------

void pm_format_node(struct format *f, const struct pm_ast *node);
// The tokens and kids of a node one after the other.
void pm_format_plain(struct format *f, const struct pm_ast *node);
// The kids from number [from] on, and all tokens from [at] to the node's end.
void pm_format_kids(struct format *f, const struct pm_ast *node, uint32_t from,
                    uint32_t at);

// Items in brackets, divided by commas.
struct format_list {
    uint32_t open;
    uint32_t close;
    struct pm_ast *const *items;
    uint32_t count;
    bool may_trail; // a comma may stand behind the last
};
void pm_format_list(struct format *f, const struct format_list *list,
                    bool is_broken);
void pm_format_args(struct format *f, const struct format_list *list);
void pm_format_array(struct format *f, const struct format_list *list);
void pm_format_chain(struct format *f, const struct pm_ast *node);
void pm_format_binary(struct format *f, const struct pm_ast *node);
bool pm_format_is_chain(const struct pm_ast *node);

#endif
