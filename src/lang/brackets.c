// SPDX-License-Identifier: MIT
//
// Brackets that do not come out even, matched with the indentation as a hint:
//
// - a brace that begins its line closes the one whose line is indented as
//   far, and those in between are left open;
// - one that is indented further than all that is open closes nothing;
// - ) and ] close their own kind within the innermost braces, and reach
//   beyond these only where the brace was left open on the same line, or
//   where they begin a line that is indented no further than the brace's.
//
// Strings are walls: their expressions end with their line.
#include "base/mem.h"
#include "lang/lexer_internal.h"

// How far the search for a brace of the same indentation goes.
enum { MOST_LEVELS = 200 };

struct level {
    uint32_t token;
    uint32_t line;
    uint32_t indent;
    uint8_t kind;
    // The innermost brace or string around it, counted from 1; 0: none.
    size_t wall;
};

struct matcher {
    struct lexer *l;
    struct level *levels;
    size_t count;
    size_t capacity;
    // Of the line of the token that is looked at.
    uint32_t line;
    uint32_t indent;
};

static void follow_line(struct matcher *m, const struct pm_token *token)
{
    if (!(token->flags & PM_TOKEN_NEW_LINE))
        return;
    uint32_t start = token->offset;
    while (start > 0 && m->l->text[start - 1] != '\n')
        start--;
    m->line++;
    m->indent = token->offset - start;
}

// The innermost brace or string of the first [below] levels, counted from 1;
// 0: none.
static size_t innermost_wall(const struct matcher *m, size_t below)
{
    if (!below)
        return 0;
    const struct level *top = &m->levels[below - 1];
    bool is_round =
        top->kind == PM_TOKEN_LPAREN || top->kind == PM_TOKEN_LBRACKET;
    return is_round ? top->wall : below;
}

static void push(struct matcher *m, uint32_t token, uint8_t kind)
{
    if (m->count == m->capacity &&
        !pm_mem_grow(&m->l->arena->alloc, &m->levels, &m->capacity,
                     m->count + 1, sizeof *m->levels)) {
        m->l->no_memory = true;
        return;
    }
    size_t wall = innermost_wall(m, m->count);
    m->levels[m->count++] =
        (struct level){token, m->line, m->indent, kind, wall};
}

static void match(struct matcher *m, size_t level, uint32_t token)
{
    struct pm_token *tokens = m->l->tokens;
    tokens[token].match = m->levels[level - 1].token;
    tokens[m->levels[level - 1].token].match = token;
    m->count = level - 1;
}

// The innermost level of that kind in (wall, from]; 0: none.
static size_t find_kind(const struct matcher *m, size_t from, size_t wall,
                        uint8_t kind)
{
    for (; from > wall; from--)
        if (m->levels[from - 1].kind == kind)
            return from;
    return 0;
}

static void close_round(struct matcher *m, uint32_t token, uint8_t kind)
{
    // What is passed over in vain is looked at again by the next one, so the
    // way is short.
    size_t floor = m->count > MOST_LEVELS ? m->count - MOST_LEVELS : 0;
    size_t wall = innermost_wall(m, m->count);
    size_t found = find_kind(m, m->count, wall > floor ? wall : floor, kind);

    if (!found && wall > floor && m->levels[wall - 1].kind == PM_TOKEN_LBRACE) {
        const struct level *brace = &m->levels[wall - 1];
        bool begins = m->l->tokens[token].flags & PM_TOKEN_NEW_LINE;
        if (brace->line == m->line || (begins && m->indent <= brace->indent)) {
            size_t next = innermost_wall(m, wall - 1);
            found = find_kind(m, wall - 1, next > floor ? next : floor, kind);
        }
    }
    if (found)
        match(m, found, token);
}

static void close_brace(struct matcher *m, uint32_t token)
{
    size_t wall = innermost_wall(m, m->count);
    size_t first = wall;
    bool begins = m->l->tokens[token].flags & PM_TOKEN_NEW_LINE;

    if (!wall || m->levels[wall - 1].kind != PM_TOKEN_LBRACE)
        return;
    if (begins && m->levels[wall - 1].indent < m->indent)
        return;
    for (int i = 0; begins && i < MOST_LEVELS; i++) {
        if (!wall || m->levels[wall - 1].kind != PM_TOKEN_LBRACE ||
            m->levels[wall - 1].indent < m->indent)
            break;
        if (m->levels[wall - 1].indent == m->indent) {
            match(m, wall, token);
            return;
        }
        wall = innermost_wall(m, wall - 1);
    }
    match(m, first, token);
}

static void close_string(struct matcher *m, uint32_t token)
{
    size_t level = m->count;
    while (level && m->levels[level - 1].kind != PM_TOKEN_STRING_BEGIN)
        level--;
    if (level)
        match(m, level, token);
}

static void look_at(struct matcher *m, uint32_t at)
{
    struct pm_token *token = &m->l->tokens[at];
    follow_line(m, token);
    switch (token->kind) {
    case PM_TOKEN_LPAREN:
    case PM_TOKEN_LBRACKET:
    case PM_TOKEN_LBRACE:
    case PM_TOKEN_STRING_BEGIN:
        push(m, at, token->kind);
        break;
    case PM_TOKEN_RPAREN:
        close_round(m, at, PM_TOKEN_LPAREN);
        break;
    case PM_TOKEN_RBRACKET:
        close_round(m, at, PM_TOKEN_LBRACKET);
        break;
    case PM_TOKEN_RBRACE:
        close_brace(m, at);
        break;
    case PM_TOKEN_STRING_END:
        close_string(m, at);
        break;
    default:
        break;
    }
}

// Parentheses that are not closed do not nest what stands behind them.
static void flag_nested(struct matcher *m)
{
    struct pm_token *tokens = m->l->tokens;
    m->count = 0;
    for (uint32_t i = 0; i < m->l->count && !m->l->no_memory; i++) {
        bool is_open = tokens[i].match != PM_TOKEN_NO_MATCH;
        if (is_open && tokens[i].match < i && m->count)
            m->count--;
        uint8_t kind = m->count ? m->levels[m->count - 1].kind : 0;
        tokens[i].flags &= (uint8_t)~PM_TOKEN_NESTED;
        if (kind == PM_TOKEN_LPAREN || kind == PM_TOKEN_LBRACKET)
            tokens[i].flags |= PM_TOKEN_NESTED;
        if (is_open && tokens[i].match > i)
            push(m, i, tokens[i].kind);
    }
}

void pm_lexer_match_again(struct lexer *l)
{
    struct matcher m = {.l = l};

    for (uint32_t i = 0; i < l->count; i++)
        l->tokens[i].match = PM_TOKEN_NO_MATCH;
    for (uint32_t i = 0; i < l->count && !l->no_memory; i++)
        look_at(&m, i);
    flag_nested(&m);
    pm_mem_free(&l->arena->alloc, m.levels, m.capacity * sizeof *m.levels);
}
