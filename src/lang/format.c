// SPDX-License-Identifier: MIT
//
// Writes tokens with the comments before them.
#include "base/mem.h"
#include "lang/format_internal.h"

// --- lines and comments ------------------------------------------------------

static void put(struct format *f, const char *text, size_t size)
{
    pm_buf_put(f->out, text, size);
    for (size_t i = 0; i < size; i++)
        f->column += ((uint8_t)text[i] & 0xc0) != 0x80;
}

static void put_line(struct format *f, uint32_t indent, bool with_blank)
{
    if (f->out->size == 0)
        return;
    pm_buf_puts(f->out, with_blank ? "\n\n" : "\n");
    for (uint32_t i = 0; i < indent; i++)
        pm_buf_put8(f->out, ' ');
    f->column = indent;
}

// Goes over blanks, and over commas and semicolons, which are not written
// from the text. Gives the number of lines that ended.
static uint32_t skip_blanks(struct format *f, uint32_t end)
{
    uint32_t lines = 0;
    while (f->text_at < end && f->parsed->text[f->text_at] != '/')
        lines += f->parsed->text[f->text_at++] == '\n';
    return lines;
}

static void put_comment(struct format *f, uint32_t end)
{
    const char *text = f->parsed->text;
    uint32_t start = f->text_at;
    while (f->text_at < end && text[f->text_at] != '\n')
        f->text_at++;
    uint32_t stop = f->text_at;
    while (stop > start && (uint8_t)text[stop - 1] <= ' ')
        stop--;
    put(f, text + start, stop - start);
}

static bool closes(pm_token_kind kind)
{
    return kind == PM_TOKEN_RPAREN || kind == PM_TOKEN_RBRACKET ||
           kind == PM_TOKEN_RBRACE;
}

// Where a line begins that only a comment ended.
static uint32_t indent_for(const struct format *f, pm_token_kind kind)
{
    bool is_own = f->wants_line || closes(kind) || kind == PM_TOKEN_LBRACE ||
                  kind == PM_TOKEN_KW_ELSE || kind == PM_TOKEN_END;
    return f->indent + (is_own ? 0 : FORMAT_INDENT);
}

// Writes all comments up to [end], where a token of that kind follows, and
// begins its line where it has one of its own.
static void put_comments(struct format *f, uint32_t end, pm_token_kind kind)
{
    uint32_t indent = indent_for(f, kind);
    uint32_t inner = closes(kind) ? indent + FORMAT_INDENT : indent;
    bool had_comment = false;
    bool may_blank = (f->wants_line || kind == PM_TOKEN_END) && !f->is_tight;

    uint32_t lines = skip_blanks(f, end);
    while (f->text_at < end) {
        if (lines == 0 && f->out->size && !had_comment) {
            put(f, " ", 1);
            pm_format_note_comment(f);
        } else {
            put_line(f, inner, may_blank && lines > 1 && !f->is_behind_open);
        }
        put_comment(f, end);
        had_comment = true;
        f->is_behind_open = false;
        lines = skip_blanks(f, end);
    }
    if (kind == PM_TOKEN_END)
        return;
    if (had_comment || f->wants_line)
        put_line(f, indent,
                 may_blank && lines > 1 && !f->is_behind_open && !closes(kind));
}

// --- tokens ------------------------------------------------------------------

static void begin(struct format *f, uint32_t token)
{
    const struct pm_token *t = &f->tokens[token];
    if (f->wants_line || f->marks[token] & MARK_COMMENT)
        put_comments(f, t->offset, (pm_token_kind)t->kind);
    else if (f->gaps[token] && f->out->size)
        put(f, " ", 1);
    f->wants_line = false;
    f->is_tight = false;
}

static void end(struct format *f, const struct pm_token *token)
{
    f->text_at = token->offset + token->size;
    f->is_behind_open = token->kind == PM_TOKEN_LPAREN ||
                        token->kind == PM_TOKEN_LBRACKET ||
                        token->kind == PM_TOKEN_LBRACE;
}

void pm_format_comma(struct format *f)
{
    put(f, ",", 1);
}

void pm_format_token(struct format *f, uint32_t token)
{
    const struct pm_token *t = &f->tokens[token];
    const char *text = f->parsed->text + t->offset;

    if (t->kind == PM_TOKEN_SEMICOLON || f->marks[token] & MARK_DROPPED)
        return;
    // Comments before a comma stand behind it.
    if (t->kind == PM_TOKEN_COMMA) {
        pm_format_comma(f);
        return;
    }
    begin(f, token);
    if (f->marks[token] & MARK_ANGLE && t->size > 1 &&
        text[t->size - 1] == '=') {
        put(f, text, t->size - 1);
        put(f, " =", 2);
    } else {
        put(f, text, t->size);
    }
    end(f, t);
}

void pm_format_string(struct format *f, uint32_t first, uint32_t last)
{
    const struct pm_token *t = &f->tokens[first];
    uint32_t stop = f->tokens[last].offset + f->tokens[last].size;

    begin(f, first);
    put(f, f->parsed->text + t->offset, stop - t->offset);
    end(f, &f->tokens[last]);
}

void pm_format_tokens(struct format *f, uint32_t first, uint32_t end)
{
    for (; first < end; first++)
        pm_format_token(f, first);
}

// --- what fits ---------------------------------------------------------------

static bool opens(pm_token_kind kind)
{
    return kind == PM_TOKEN_LPAREN || kind == PM_TOKEN_LBRACKET ||
           kind == PM_TOKEN_LBRACE;
}

// The columns behind [last] up to where a line may end: behind a bracket that
// opens, or before a token that begins a line. Stops when it has seen enough.
static uint32_t width_behind(const struct format *f, uint32_t last)
{
    uint32_t width = 0;
    for (uint32_t i = last + 1; i < f->count && width <= FORMAT_COLUMNS; i++) {
        if (f->marks[i] & MARK_LIST_END)
            return width + 1;
        if (f->marks[i] & MARK_HARD)
            return width;
        width += f->sums[i + 1] - f->sums[i];
        if (opens((pm_token_kind)f->tokens[i].kind) &&
            f->tokens[i].match != i + 1)
            return width;
    }
    return width;
}

static uint32_t start_of(const struct format *f, uint32_t first)
{
    return f->wants_line ? f->indent : f->column + f->gaps[first];
}

bool pm_format_fits(const struct format *f, uint32_t first, uint32_t last)
{
    if (format_has_hard(f, first + 1, last))
        return false;
    uint32_t width = start_of(f, first) + format_width(f, first, last);
    return width <= FORMAT_COLUMNS &&
           width + width_behind(f, last) <= FORMAT_COLUMNS;
}

bool pm_format_begins(const struct format *f, uint32_t first, uint32_t last)
{
    uint32_t end = f->ends[first + 1];
    if (end > last)
        return pm_format_fits(f, first, last);
    return start_of(f, first) + format_width(f, first, end - 1) <=
           FORMAT_COLUMNS;
}

// --- the whole ---------------------------------------------------------------

// All of it at once, so that a failure leaves [out] as it was.
static pm_status write_out(const struct format *f, const struct pm_buf *text,
                           struct pm_buf *out)
{
    struct pm_buf aligned;

    pm_buf_init(&aligned, &out->alloc);
    if (!text->failed && !f->no_memory)
        pm_format_put_aligned(f, text, &aligned);
    bool failed = text->failed || f->no_memory || aligned.failed;
    if (!failed)
        pm_buf_put(out, aligned.data, aligned.size);
    pm_buf_free(&aligned);
    return failed ? PM_ERR_NO_MEMORY : pm_buf_status(out);
}

pm_status pm_format(const struct pm_parsed *parsed, struct pm_buf *out)
{
    struct pm_buf text;
    struct format f = {.parsed = parsed,
                       .tokens = parsed->tokens,
                       .out = &text,
                       .alloc = out->alloc,
                       .count = parsed->token_count};
    pm_status status = PM_ERR_NO_MEMORY;

    if (!parsed->tree || parsed->has_mistakes)
        return PM_ERR_INVALID;
    pm_buf_init(&text, &out->alloc);
    if (parsed->size >= 3 && (uint8_t)parsed->text[0] == 0xef)
        f.text_at = 3;
    if (pm_format_measure(&f)) {
        pm_format_node(&f, parsed->tree);
        f.indent = 0;
        put_comments(&f, parsed->size, PM_TOKEN_END);
        if (text.size)
            pm_buf_puts(&text, "\n");
        status = write_out(&f, &text, out);
    }
    pm_format_free(&f);
    pm_buf_free(&text);
    return status;
}
