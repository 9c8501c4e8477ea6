// SPDX-License-Identifier: MIT
#include "findings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "cli.h"

void cli_capture_init(struct cli_capture *capture)
{
    pm_buf_init(&capture->lines, &cli_alloc);
    pm_buf_init(&capture->findings, &cli_alloc);
    capture->w = pm_json_write_to(&capture->findings);
    pm_json_write_begin_array(&capture->w);
}

void cli_capture_free(struct cli_capture *capture)
{
    pm_buf_free(&capture->lines);
    pm_buf_free(&capture->findings);
}

void cli_capture_end(struct cli_capture *capture)
{
    pm_json_write_end(&capture->w);
}

static void put_line(struct cli_capture *capture, const char *line)
{
    pm_buf_puts(&capture->lines, line);
    pm_buf_put8(&capture->lines, 0);
}

// --- where in a table --------------------------------------------------------

// What a message about assets begins with: "asset_table[2].size: " names an
// entry and a field, "preload[0].slot: " a field, "asset 7: " an id, and what
// a message about the prelude begins with is a field by itself.
struct where {
    bool has_entry;
    bool has_id;
    long long number;
    const char *field;
    size_t field_size;
};

static bool is_field_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '[' || c == ']';
}

// Takes the number behind [start]; where it ends is stored in [out_end].
static bool take_number(const char *text, const char *start,
                        long long *out_number, const char **out_end)
{
    size_t size = strlen(start);
    char *end;

    if (strncmp(text, start, size) != 0)
        return false;
    *out_number = strtoll(text + size, &end, 10);
    *out_end = end;
    return end != text + size;
}

// A key that is missing or not known is named in quotes.
static void take_key(struct where *where, const char *text)
{
    bool is_key = strncmp(text, ": the key \"", 11) == 0 ||
                  strncmp(text, ": unknown key \"", 15) == 0;
    const char *first = strchr(text, '"');
    const char *last = strrchr(text, '"');

    if (!is_key || first == last)
        return;
    where->field = first + 1;
    where->field_size = (size_t)(last - first - 1);
}

// Messages about the prelude begin with the field: "flags are 0x3; …".
static void take_prelude_field(struct where *where, const char *text)
{
    static const char *const fields[] = {
        "magic", "schema_version", "header_len",      "payload_offset",
        "flags", "reserved",       "header_checksum",
    };
    size_t size = strcspn(text, " ");

    for (size_t i = 0; i < PM_ARRAY_LEN(fields); i++)
        if (strlen(fields[i]) == size && strncmp(text, fields[i], size) == 0) {
            where->field = text;
            where->field_size = size;
        }
}

static struct where where_of(const char *text)
{
    struct where where = {0};
    const char *at = text;
    const char *end;

    if (take_number(text, "asset_table[", &where.number, &end) && *end == ']') {
        where.has_entry = true;
        at = end + 1;
        at += *at == '.';
    } else if (take_number(text, "asset ", &where.number, &end) &&
               *end == ':') {
        where.has_id = true;
        return where;
    }
    for (end = at; is_field_byte(*end);)
        end++;
    if (end > at && end[0] == ':' && end[1] == ' ') {
        where.field = at;
        where.field_size = (size_t)(end - at);
    } else if (where.has_entry) {
        take_key(&where, at);
    } else {
        take_prelude_field(&where, text);
    }
    return where;
}

// --- one finding -------------------------------------------------------------

static void number_or_null(struct pm_json_writer *w, const char *key,
                           bool is_there, int64_t value)
{
    if (is_there)
        cli_json_number(w, key, value);
    else
        cli_json_null(w, key);
}

static void text_or_null(struct pm_json_writer *w, const char *key,
                         const char *text, size_t size)
{
    if (text)
        cli_json_bytes(w, key, text, size);
    else
        cli_json_null(w, key);
}

static void put_finding(struct cli_capture *capture, const struct pm_diag *diag)
{
    struct pm_json_writer *w = &capture->w;
    const struct pm_place *place = &diag->place;
    struct where where = {0};

    if (diag->code && strncmp(diag->code, "PA-", 3) == 0)
        where = where_of(diag->text);
    pm_json_write_begin_object(w);
    cli_json_text(w, "severity", diag->is_error ? "error" : "warning");
    text_or_null(w, "code", diag->code, diag->code ? strlen(diag->code) : 0);
    text_or_null(w, "file", place->file, place->file ? strlen(place->file) : 0);
    number_or_null(w, "line", place->line, place->line);
    number_or_null(w, "column", place->line, place->column);
    number_or_null(w, "offset", place->has_offset, (int64_t)place->offset);
    number_or_null(w, "entry", where.has_entry, where.number);
    number_or_null(w, "asset_id", where.has_id, where.number);
    text_or_null(w, "field", where.field, where.field_size);
    cli_json_text(w, "message", diag->text);
    pm_json_write_end(w);
}

void cli_capture_diag(struct cli_capture *capture, const struct pm_diag *diag,
                      const char *line)
{
    put_line(capture, line);
    put_finding(capture, diag);
}

// --- lines -------------------------------------------------------------------

// The size of the code in front of [text], "PA-SUM: …"; 0 when there is none.
static size_t code_size(const char *text)
{
    size_t size = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    return text[size] == ':' && text[size + 1] == ' ' ? size : 0;
}

// Where "error CODE: " or "warning CODE: " begins, or NULL.
static const char *severity_in(const char *line, const char *word)
{
    size_t size = strlen(word);
    const char *at = line;

    while ((at = strstr(at, word)) != NULL) {
        bool is_first = at == line || (at - line >= 2 && at[-2] == ':');
        if (is_first && code_size(at + size))
            return at;
        at += size;
    }
    return NULL;
}

// Cuts a place off the end of "file:3:9", "file:+120" or "+120", which is
// changed.
static struct pm_place place_of(char *text)
{
    struct pm_place place = {.file = text};
    char *last = strrchr(text, ':');
    const char *offset = last ? last + 1 : text;

    if (*offset == '+') {
        place.offset = strtoull(offset + 1, NULL, 10);
        place.has_offset = true;
        if (last)
            *last = '\0';
        else
            place.file = NULL;
        return place;
    }
    if (!last)
        return place;
    uint32_t column = (uint32_t)strtoul(last + 1, NULL, 10);
    *last = '\0';
    char *first = strrchr(text, ':');
    if (!column || !first || !strtoul(first + 1, NULL, 10)) {
        *last = ':';
        return place;
    }
    place.line = (uint32_t)strtoul(first + 1, NULL, 10);
    place.column = column;
    *first = '\0';
    return place;
}

void cli_capture_line(struct cli_capture *capture, const char *line)
{
    const char *error = severity_in(line, "error ");
    const char *word = error ? error : severity_in(line, "warning ");

    if (!word) {
        cli_capture_text(capture, line);
        return;
    }
    const char *code = strchr(word, ' ') + 1;
    size_t size = code_size(code);
    char *place = cli_copy(line, word - line >= 2 ? word - line - 2 : 0);
    size_t place_size = strlen(place);
    char *name = cli_copy(code, size);
    char *text = cli_copy(code + size + 2, strlen(code + size + 2));
    struct pm_diag diag = {.is_error = error, .code = name, .text = text};
    if (place_size)
        diag.place = place_of(place);
    cli_capture_diag(capture, &diag, line);
    // It may have been cut, and is freed by its size.
    memset(place, ' ', place_size);
    cli_free_text(place);
    cli_free_text(name);
    cli_free_text(text);
}

void cli_capture_text(struct cli_capture *capture, const char *text)
{
    char *copy = cli_copy(text, strlen(text));
    struct pm_diag diag = {.is_error = true, .text = copy};

    cli_capture_diag(capture, &diag, text);
    cli_free_text(copy);
}
