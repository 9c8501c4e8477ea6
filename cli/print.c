// SPDX-License-Identifier: MIT
//
// Messages.
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "findings.h"

struct cli_capture *cli_captured;
struct pm_buf *cli_first_error;

static void note_error(const char *line)
{
    if (cli_first_error && cli_first_error->size == 0)
        pm_buf_puts(cli_first_error, line);
}

bool cli_has_colour(int stream)
{
    const char *term = getenv("TERM");
    const char *no_colour = getenv("NO_COLOR");

    return isatty(stream) && !(no_colour && *no_colour) && term &&
           strcmp(term, "dumb") != 0;
}

static const char *red(void)
{
    return cli_has_colour(2) ? "\033[1;31m" : "";
}

static const char *yellow(void)
{
    return cli_has_colour(2) ? "\033[1;33m" : "";
}

static const char *blue(void)
{
    return cli_has_colour(2) ? "\033[1;34m" : "";
}

static const char *bold(void)
{
    return cli_has_colour(2) ? "\033[1m" : "";
}

static const char *plain(void)
{
    return cli_has_colour(2) ? "\033[0m" : "";
}

void cli_no_memory(void)
{
    cli_error("memory is short");
    exit(CLI_WORLD);
}

// Arguments may quote what the user typed or a file holds.
void cli_error(const char *format, ...)
{
    struct pm_buf text;
    struct pm_buf safe;
    va_list args;

    pm_buf_init(&text, &cli_alloc);
    pm_buf_init(&safe, &cli_alloc);
    va_start(args, format);
    pm_buf_vprintf(&text, format, args);
    va_end(args);
    pm_buf_put_escaped(&safe, text.data, text.size);
    const char *line = pm_buf_cstr(&safe);
    if (cli_captured)
        cli_capture_text(cli_captured, line ? line : "memory is short");
    else
        fprintf(stderr, "%sprometeu:%s %s\n", bold(), plain(),
                line ? line : "memory is short");
    note_error(line ? line : "memory is short");
    pm_buf_free(&safe);
    pm_buf_free(&text);
}

void cli_file_error(const char *path, pm_status status, const char *host_error)
{
    cli_error("%s: %s", path,
              host_error ? host_error : pm_status_meaning(status));
}

int cli_exit_for(pm_status status)
{
    switch (status) {
    case PM_OK:
        return CLI_OK;
    case PM_ERR_NO_MEMORY:
    case PM_ERR_IO:
    case PM_ERR_NOT_FOUND:
    case PM_ERR_ACCESS:
        return CLI_WORLD;
    default:
        return CLI_BAD;
    }
}

// --- source lines ------------------------------------------------------------

// Lines longer than this are cut, so that a one-line file stays readable.
#define WIDTH 120

static bool find_line(const struct cli_source *source, uint32_t line,
                      const char **out, size_t *out_size)
{
    const char *at = source->text;
    const char *end = at + source->size;

    for (uint32_t i = 1; i < line && at; i++) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    if (!at || at >= end)
        return false;
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    *out = at;
    *out_size = (size_t)((stop ? stop : end) - at);
    return true;
}

// Shows tabs as one blank, so that the caret's column is right, and backslashes
// as they are; the rest is escaped.
static void put_source(struct pm_buf *out, const char *text, size_t size)
{
    size_t start = 0;

    for (size_t i = 0; i <= size; i++) {
        if (i < size && text[i] != '\t' && text[i] != '\\')
            continue;
        pm_buf_put_escaped(out, text + start, i - start);
        if (i < size)
            pm_buf_put8(out, text[i] == '\t' ? ' ' : '\\');
        start = i + 1;
    }
}

// Cells that the first bytes of a line take, as put_source shows them: the
// bytes that go on a character take none.
static size_t cells(const char *text, size_t size)
{
    struct pm_buf shown;
    size_t count = 0;

    pm_buf_init(&shown, &cli_alloc);
    put_source(&shown, text, size);
    for (size_t i = 0; i < shown.size; i++)
        count += (shown.data[i] & 0xC0) != 0x80;
    pm_buf_free(&shown);
    return count;
}

// Moves back to where a character begins.
static size_t character_start(const char *text, size_t at)
{
    while (at > 0 && ((uint8_t)text[at] & 0xC0) == 0x80)
        at--;
    return at;
}

static const char *tone_colour(enum cli_tone tone)
{
    return tone == CLI_TONE_ERROR     ? red()
           : tone == CLI_TONE_WARNING ? yellow()
                                      : blue();
}

// "^~~~" below the bytes [place, end) of the line that is shown from [first]
// on; a caret alone where they are empty.
static void put_marks(const char *text, size_t first, size_t place, size_t end,
                      enum cli_tone tone)
{
    size_t width = end > place ? cells(text + place, end - place) : 1;
    struct pm_buf marks;

    pm_buf_init(&marks, &cli_alloc);
    pm_buf_puts(&marks, "^");
    for (size_t i = 1; i < width; i++)
        pm_buf_puts(&marks, "~");
    const char *shown = pm_buf_cstr(&marks);
    fprintf(stderr, "%*s%s%s%s\n", (int)cells(text + first, place - first), "",
            tone_colour(tone), shown ? shown : "^", plain());
    pm_buf_free(&marks);
}

// What stands in front of a line of a source, and below its number.
struct margin {
    const char *line; // NULL: its number
    const char *marks;
};

static void print_line_of(const struct cli_source *source, uint32_t line,
                          uint32_t column, uint32_t end_column,
                          enum cli_tone tone, const struct margin *margin)
{
    const char *text;
    size_t size;
    struct pm_buf shown;

    if (cli_captured || !source || line == 0 ||
        !find_line(source, line, &text, &size))
        return;
    if (size && text[size - 1] == '\r')
        size--;
    size_t place = column ? column - 1 : 0;
    if (place > size)
        place = size;
    size_t first = place > WIDTH / 2 && size > WIDTH
                       ? character_start(text, place - WIDTH / 2)
                       : 0;
    size_t last =
        size - first > WIDTH ? character_start(text, first + WIDTH) : size;
    size_t end = end_column ? end_column - 1 : 0;
    pm_buf_init(&shown, &cli_alloc);
    put_source(&shown, text + first, last - first);
    const char *visible = pm_buf_cstr(&shown);
    if (margin->line)
        fprintf(stderr, "%s%s\n", margin->line, visible ? visible : "");
    else
        fprintf(stderr, "%s%5" PRIu32 " |%s %s\n", blue(), line, plain(),
                visible ? visible : "");
    if (column) {
        fputs(margin->marks, stderr);
        put_marks(text, first, place, end < last ? end : last, tone);
    }
    pm_buf_free(&shown);
}

void cli_print_caret(const struct cli_source *source, uint32_t line,
                     uint32_t column, bool is_error)
{
    static const struct margin margin = {"  ", "  "};

    print_line_of(source, line, column, 0,
                  is_error ? CLI_TONE_ERROR : CLI_TONE_WARNING, &margin);
}

void cli_print_underlined(const struct cli_source *source, uint32_t line,
                          uint32_t column, uint32_t end_column,
                          enum cli_tone tone)
{
    struct pm_buf marks;

    pm_buf_init(&marks, &cli_alloc);
    pm_buf_printf(&marks, "%s      |%s ", blue(), plain());
    const char *text = pm_buf_cstr(&marks);
    const struct margin margin = {NULL, text ? text : ""};
    print_line_of(source, line, column, end_column, tone, &margin);
    pm_buf_free(&marks);
}

// --- diagnostics -------------------------------------------------------------

// Where [word] stands at the start of a line or behind a place.
static const char *find_word(const char *line, const char *word)
{
    const char *at = strstr(line, word);
    return at && (at == line || at[-1] == ' ') ? at : NULL;
}

// Paints the word behind the place: "file:1:2: error CODE: text".
void cli_print_line(const char *line)
{
    static const struct {
        const char *word;
        size_t size; // of it that is painted
        enum cli_tone tone;
    } rows[] = {{"error ", 5, CLI_TONE_ERROR},
                {"warning ", 7, CLI_TONE_WARNING},
                {"note: ", 5, CLI_TONE_NOTE},
                {"help: ", 5, CLI_TONE_NOTE}};
    const char *word = NULL;
    size_t row = 0;

    if (cli_captured) {
        cli_capture_line(cli_captured, line);
        return;
    }
    while (row < PM_ARRAY_LEN(rows) &&
           !(word = find_word(line, rows[row].word)))
        row++;
    if (word && rows[row].tone == CLI_TONE_ERROR)
        note_error(line);
    if (!word || !cli_has_colour(2)) {
        fprintf(stderr, "%s\n", line);
        return;
    }
    fprintf(stderr, "%s%.*s%s%s%.*s%s%s\n", bold(), (int)(word - line), line,
            plain(), tone_colour(rows[row].tone), (int)rows[row].size, word,
            plain(), word + rows[row].size);
}

static bool is_in_source(const struct pm_diag *diag,
                         const struct cli_source *source)
{
    if (!source || !diag->place.file || !source->file)
        return false;
    return strcmp(diag->place.file,
                  source->named ? source->named : source->file) == 0;
}

static void put_dropped(size_t count)
{
    char line[64];

    if (!count)
        return;
    snprintf(line, sizeof line, "and %zu more", count);
    if (cli_captured)
        cli_capture_text(cli_captured, line);
    else
        fprintf(stderr, "%s\n", line);
}

void cli_print_diags(const struct pm_diags *diags,
                     const struct cli_source *source)
{
    for (size_t i = 0; i < diags->count; i++) {
        struct pm_diag diag = diags->items[i];
        bool is_source = is_in_source(&diag, source);
        struct pm_buf text;

        if (is_source)
            diag.place.file = source->file;
        pm_buf_init(&text, &cli_alloc);
        pm_diag_print(&diag, &text);
        const char *line = pm_buf_cstr(&text);
        if (cli_captured)
            cli_capture_diag(cli_captured, &diag,
                             line ? line : "memory is short");
        else
            cli_print_line(line ? line : "memory is short");
        pm_buf_free(&text);
        if (is_source)
            cli_print_caret(source, diag.place.line, diag.place.column,
                            diag.is_error);
    }
    put_dropped(diags->dropped);
    if (diags->out_of_memory)
        cli_error("memory is short");
}

void cli_put_escaped(struct pm_buf *out, const char *text)
{
    pm_buf_put_escaped(out, text, strlen(text));
}

int cli_write_out(struct pm_buf *out)
{
    if (pm_buf_status(out)) {
        cli_error("memory is short");
        return CLI_WORLD;
    }
    if (out->size && fwrite(out->data, 1, out->size, stdout) != out->size) {
        cli_error("standard output cannot be written");
        return CLI_WORLD;
    }
    if (fflush(stdout)) {
        cli_error("standard output cannot be written");
        return CLI_WORLD;
    }
    return CLI_OK;
}
