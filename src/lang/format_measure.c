// SPDX-License-Identifier: MIT
//
// The text as if it stood on one line: blanks between tokens, widths, and
// which tokens begin a line whatever their width.
#include <string.h>

#include "base/mem.h"
#include "lang/format_internal.h"

// --- blanks ------------------------------------------------------------------

static pm_token_kind kind_of(const struct format *f, uint32_t token)
{
    if (f->marks[token] & MARK_NAME)
        return PM_TOKEN_NAME;
    return (pm_token_kind)f->tokens[token].kind;
}

// ">=" that ends type arguments becomes "> =".
static bool is_split(const struct format *f, uint32_t token)
{
    pm_token_kind kind = (pm_token_kind)f->tokens[token].kind;
    return (f->marks[token] & MARK_ANGLE) &&
           (kind == PM_TOKEN_GE || kind == PM_TOKEN_SHR_ASSIGN ||
            kind == PM_TOKEN_SHR_U_ASSIGN);
}

// Whether an opening bracket behind it belongs to it.
static bool takes_bracket(const struct format *f, uint32_t token)
{
    if (f->marks[token] & MARK_ANGLE)
        return !is_split(f, token);
    switch (kind_of(f, token)) {
    case PM_TOKEN_NAME:
    case PM_TOKEN_INT:
    case PM_TOKEN_FLOAT:
    case PM_TOKEN_CHAR:
    case PM_TOKEN_STRING:
    case PM_TOKEN_STRING_END:
    case PM_TOKEN_KW_THIS:
    case PM_TOKEN_KW_SELF_TYPE:
    case PM_TOKEN_KW_VOID:
    case PM_TOKEN_KW_NONE:
    case PM_TOKEN_KW_TRUE:
    case PM_TOKEN_KW_FALSE:
    case PM_TOKEN_KW_FN:
    case PM_TOKEN_KW_SOME:
    case PM_TOKEN_KW_OK:
    case PM_TOKEN_KW_ERR:
    case PM_TOKEN_RPAREN:
    case PM_TOKEN_RBRACKET:
    case PM_TOKEN_RBRACE:
    case PM_TOKEN_BANG:
        return true;
    default:
        return false;
    }
}

static uint8_t gap_before(const struct format *f, uint32_t token)
{
    pm_token_kind before = kind_of(f, token - 1);
    bool is_open_angle =
        (f->marks[token - 1] & MARK_ANGLE) && before == PM_TOKEN_LT;

    if (before == PM_TOKEN_LPAREN || before == PM_TOKEN_LBRACKET ||
        before == PM_TOKEN_DOT || before == PM_TOKEN_TILDE || is_open_angle ||
        (f->marks[token] & MARK_ANGLE))
        return 0;
    switch (kind_of(f, token)) {
    case PM_TOKEN_END:
    case PM_TOKEN_COMMA:
    case PM_TOKEN_SEMICOLON:
    case PM_TOKEN_RPAREN:
    case PM_TOKEN_RBRACKET:
    case PM_TOKEN_DOT:
    case PM_TOKEN_COLON:
    case PM_TOKEN_BANG:
        return 0;
    case PM_TOKEN_LPAREN:
    case PM_TOKEN_LBRACKET:
        return !takes_bracket(f, token - 1);
    default:
        return 1;
    }
}

// --- what the tree says about tokens -----------------------------------------

static bool study(struct format *f, const struct pm_ast *node);

static void mark(struct format *f, uint32_t token, unsigned marks)
{
    f->marks[token] |= (uint8_t)marks;
}

// Begins a line with each kid from [from] on, and with the brace behind them.
static void mark_lines(struct format *f, const struct pm_ast *node,
                       uint32_t from, uint32_t brace)
{
    for (uint32_t i = from; i < node->count; i++)
        mark(f, node->kids[i]->first, MARK_HARD);
    mark(f, node->last, MARK_HARD);
    mark(f, brace, MARK_BROKEN);
}

static bool spans_lines(const struct format *f, uint32_t first, uint32_t last)
{
    return f->lines[last] > f->lines[first];
}

// What stands in braces stays on one line if it did, and is one thing.
static bool study_braces(struct format *f, const struct pm_ast *node,
                         uint32_t from, uint32_t brace)
{
    bool is_broken =
        node->count > from + 1 || spans_lines(f, brace, node->last);
    for (uint32_t i = from; i < node->count; i++) {
        is_broken = study(f, node->kids[i]) || is_broken;
        // Commas behind arms are not written.
        uint32_t behind = node->kids[i]->last + 1;
        if (f->tokens[behind].kind == PM_TOKEN_COMMA)
            mark(f, behind, MARK_DROPPED);
    }
    // Nothing in braces has no lines of its own but for its comments.
    if (node->count == from)
        is_broken = f->marks[node->last] & MARK_COMMENT;
    else
        mark(f, brace + 1, MARK_INNER);
    if (is_broken)
        mark_lines(f, node, from, brace);
    return is_broken;
}

static void break_block(struct format *f, const struct pm_ast *block)
{
    if (block->kind == PM_AST_BLOCK && block->count)
        mark_lines(f, block, 0, block->first);
}

// All blocks of an if are on one line, or none is.
static bool study_if(struct format *f, const struct pm_ast *node)
{
    bool is_broken = spans_lines(f, node->kids[1]->first, node->last);
    const struct pm_ast *at = node;

    for (; at && at->kind == PM_AST_IF; at = at->kids[2]) {
        study(f, at->kids[0]);
        is_broken = study(f, at->kids[1]) || is_broken;
    }
    if (at)
        is_broken = study(f, at) || is_broken;
    if (!is_broken)
        return false;
    for (at = node; at && at->kind == PM_AST_IF; at = at->kids[2])
        break_block(f, at->kids[1]);
    if (at)
        break_block(f, at);
    return true;
}

static void study_angles(struct format *f, const struct pm_ast *node)
{
    if (f->tokens[node->first].kind != PM_TOKEN_LT)
        return;
    mark(f, node->first, MARK_ANGLE);
    mark(f, node->last, MARK_ANGLE);
}

// The brace behind which the arms of a switch or handle stand.
static uint32_t arms_brace(const struct format *f, const struct pm_ast *node)
{
    return f->tokens[node->last].match;
}

// What a node says about its own tokens.
static void study_own(struct format *f, const struct pm_ast *node)
{
    switch (node->kind) {
    case PM_AST_FN:
        if (node->kids[0])
            mark(f, node->kids[0]->last + 2, MARK_HARD);
        mark(f, node->token, MARK_NAME);
        break;
    case PM_AST_SIGNATURE:
    case PM_AST_MEMBER:
        mark(f, node->token, MARK_NAME);
        break;
    case PM_AST_TYPES:
    case PM_AST_TYPE_PARAMS:
        study_angles(f, node);
        break;
    case PM_AST_TYPE_RESULT:
        mark(f, node->first + 1, MARK_ANGLE);
        mark(f, node->kids[1]->first - 1, MARK_ANGLE);
        break;
    case PM_AST_FILE:
        for (uint32_t i = 0; i < node->count; i++)
            mark(f, node->kids[i]->first, MARK_HARD);
        break;
    default:
        break;
    }
}

// Gives whether a line ends in it in any case.
static bool study(struct format *f, const struct pm_ast *node)
{
    bool has_lines = false;

    study_own(f, node);
    switch (node->kind) {
    case PM_AST_INTERPOLATION: // stays as it is
        return false;
    case PM_AST_IF:
        return study_if(f, node);
    case PM_AST_BLOCK:
    case PM_AST_MEMBERS:
        return study_braces(f, node, 0, node->first);
    case PM_AST_SWITCH:
    case PM_AST_HANDLE:
        has_lines = study(f, node->kids[0]);
        return study_braces(f, node, 1, arms_brace(f, node)) || has_lines;
    default:
        break;
    }
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i])
            has_lines = study(f, node->kids[i]) || has_lines;
    return has_lines;
}

// Blanks that the kinds of the tokens do not tell.
static void set_gaps(struct format *f, const struct pm_ast *node)
{
    switch (node->kind) {
    case PM_AST_INTERPOLATION:
        return;
    case PM_AST_NEG:
        f->gaps[node->first + 1] = node->kids[0]->kind == PM_AST_NEG;
        break;
    case PM_AST_TYPE_RESULT:
    case PM_AST_EXTEND:
        f->gaps[node->kids[1]->first] = 1;
        break;
    default:
        break;
    }
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i])
            set_gaps(f, node->kids[i]);
}

// --- widths ------------------------------------------------------------------

static uint32_t text_width(const char *text, uint32_t size)
{
    uint32_t width = 0;
    for (uint32_t i = 0; i < size; i++)
        width += ((uint8_t)text[i] & 0xc0) != 0x80;
    return width;
}

static uint32_t token_width(const struct format *f, uint32_t token)
{
    const struct pm_token *t = &f->tokens[token];
    if (f->marks[token] & MARK_DROPPED)
        return 0;
    return text_width(f->parsed->text + t->offset, t->size) +
           is_split(f, token);
}

// A string with values in it is one piece. Gives its last token.
static uint32_t measure_string(struct format *f, uint32_t first)
{
    uint32_t last = f->tokens[first].match;
    uint32_t start = f->tokens[first].offset;
    uint32_t end = f->tokens[last].offset + f->tokens[last].size;
    uint32_t width = text_width(f->parsed->text + start, end - start);

    for (uint32_t i = first; i <= last; i++) {
        f->sums[i + 1] = f->sums[first] + f->gaps[first] + width;
        if (i > first)
            f->gaps[i] = 0;
    }
    return last;
}

static bool closes(pm_token_kind kind)
{
    return kind == PM_TOKEN_RPAREN || kind == PM_TOKEN_RBRACKET ||
           kind == PM_TOKEN_RBRACE;
}

static void mark_dropped(struct format *f)
{
    for (uint32_t i = 0; i + 1 < f->count; i++) {
        pm_token_kind kind = (pm_token_kind)f->tokens[i].kind;
        if (kind == PM_TOKEN_SEMICOLON ||
            (kind == PM_TOKEN_COMMA &&
             closes((pm_token_kind)f->tokens[i + 1].kind)))
            mark(f, i, MARK_DROPPED);
    }
}

// Comments stand before tokens that begin a line, and nothing else with a
// slash does.
static void mark_comments(struct format *f)
{
    uint32_t end = 0;
    uint32_t lines = 0;
    for (uint32_t i = 0; i < f->count; i++) {
        const struct pm_token *token = &f->tokens[i];
        bool is_new = token->flags & PM_TOKEN_NEW_LINE;
        lines += is_new;
        f->lines[i] = lines;
        if (is_new && memchr(f->parsed->text + end, '/', token->offset - end))
            mark(f, i, MARK_COMMENT | MARK_HARD);
        end = token->offset + token->size;
    }
}

// A token that is not written hands its line on to the next: the comment
// before a comma stands behind it afterwards.
static void hand_on(struct format *f)
{
    for (uint32_t i = 0; i + 1 < f->count; i++) {
        bool is_comma = f->tokens[i].kind == PM_TOKEN_COMMA;
        if ((is_comma || f->marks[i] & MARK_DROPPED) &&
            f->marks[i] & MARK_COMMENT) {
            f->marks[i] &= (uint8_t) ~(MARK_COMMENT | MARK_HARD);
            mark(f, i + 1, MARK_COMMENT | MARK_HARD);
        }
    }
}

static void add_up(struct format *f)
{
    uint32_t hard = f->count;
    uint32_t end = hard;
    for (uint32_t i = 0; i < f->count; i++) {
        if (f->tokens[i].kind == PM_TOKEN_STRING_BEGIN) {
            i = measure_string(f, i);
            continue;
        }
        if (f->marks[i] & MARK_DROPPED)
            f->gaps[i] = 0;
        f->sums[i + 1] = f->sums[i] + f->gaps[i] + token_width(f, i);
    }
    for (uint32_t i = f->count; i-- > 0;) {
        if (f->marks[i] & MARK_HARD)
            hard = i;
        if (f->marks[i] & (MARK_HARD | MARK_INNER))
            end = i;
        f->hards[i] = hard;
        f->ends[i] = end;
    }
}

static bool allocate(struct format *f)
{
    const struct pm_allocator *alloc = &f->alloc;
    size_t count = f->count;
    f->gaps = pm_mem_zarray(alloc, count, 1);
    f->marks = pm_mem_zarray(alloc, count, 1);
    f->sums = pm_mem_zarray(alloc, count + 1, sizeof *f->sums);
    f->lines = pm_mem_zarray(alloc, count, sizeof *f->lines);
    f->hards = pm_mem_zarray(alloc, count, sizeof *f->hards);
    f->ends = pm_mem_zarray(alloc, count, sizeof *f->ends);
    return f->gaps && f->marks && f->sums && f->lines && f->hards && f->ends;
}

bool pm_format_measure(struct format *f)
{
    if (!allocate(f))
        return false;
    mark_dropped(f);
    mark_comments(f);
    hand_on(f);
    study(f, f->parsed->tree);
    for (uint32_t i = 1; i < f->count; i++)
        f->gaps[i] = gap_before(f, i);
    set_gaps(f, f->parsed->tree);
    hand_on(f);
    add_up(f);
    return true;
}

void pm_format_free(struct format *f)
{
    size_t count = f->count;
    pm_mem_free(&f->alloc, f->comments,
                f->comment_capacity * sizeof *f->comments);
    pm_mem_free(&f->alloc, f->gaps, count);
    pm_mem_free(&f->alloc, f->marks, count);
    pm_mem_free(&f->alloc, f->sums, (count + 1) * sizeof *f->sums);
    pm_mem_free(&f->alloc, f->lines, count * sizeof *f->lines);
    pm_mem_free(&f->alloc, f->hards, count * sizeof *f->hards);
    pm_mem_free(&f->alloc, f->ends, count * sizeof *f->ends);
}
