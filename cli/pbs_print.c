// SPDX-License-Identifier: MIT
//
// What is wrong with a program, for people, findings and editors.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "findings.h"
#include "pbs.h"

// --- for people --------------------------------------------------------------

static void put_place(const struct cli_pbs *pbs,
                      const struct pm_compile_place *place, struct pm_buf *out)
{
    if (!place->file)
        return;
    char *file = cli_pbs_shown(pbs, place->file);
    pm_buf_put_escaped(out, file, strlen(file));
    pm_buf_printf(out, ":%" PRIu32 ":%" PRIu32 ": ", place->line,
                  place->column);
    cli_free_text(file);
}

// The line with all of the span underlined that is on it.
static void print_span(const struct cli_pbs *pbs,
                       const struct pm_compile_place *place, enum cli_tone tone)
{
    struct cli_source source = {0};

    if (!place->file)
        return;
    source.text = pm_compiler_text(pbs->compiler, place->file, &source.size);
    source.file = place->file;
    uint32_t end =
        place->end_line == place->line ? place->end_column : UINT32_MAX;
    if (source.text)
        cli_print_underlined(&source, place->line, place->column, end, tone);
}

static void print_line(struct pm_buf *line)
{
    const char *text = pm_buf_cstr(line);

    cli_print_line(text ? text : "memory is short");
    pm_buf_free(line);
}

static void capture(const struct cli_pbs *pbs,
                    const struct pm_compile_diag *diag, struct pm_buf *line)
{
    char *file = diag->place.file ? cli_pbs_shown(pbs, diag->place.file) : NULL;
    char *code = cli_copy(diag->code, strlen(diag->code));
    char *text = cli_copy(diag->text, strlen(diag->text));
    const char *shown = pm_buf_cstr(line);
    struct pm_diag plain = {
        .place = pm_place_line(file, diag->place.line, diag->place.column),
        .is_error = diag->is_error,
        .code = code,
        .text = text,
    };

    cli_capture_diag(cli_captured, &plain, shown ? shown : "memory is short");
    cli_free_text(file);
    cli_free_text(code);
    cli_free_text(text);
    pm_buf_free(line);
}

static void print_note(const struct cli_pbs *pbs,
                       const struct pm_compile_note *note)
{
    struct pm_buf line;

    pm_buf_init(&line, &cli_alloc);
    put_place(pbs, &note->place, &line);
    pm_buf_printf(&line, "note: %s", note->text);
    print_line(&line);
    print_span(pbs, &note->place, CLI_TONE_NOTE);
}

void cli_pbs_print_diag(const struct cli_pbs *pbs,
                        const struct pm_compile_diag *diag)
{
    struct pm_buf line;

    pm_buf_init(&line, &cli_alloc);
    put_place(pbs, &diag->place, &line);
    pm_buf_printf(&line, "%s %s: %s", diag->is_error ? "error" : "warning",
                  diag->code, diag->text);
    if (cli_captured) {
        capture(pbs, diag, &line);
        return;
    }
    print_line(&line);
    print_span(pbs, &diag->place,
               diag->is_error ? CLI_TONE_ERROR : CLI_TONE_WARNING);
    for (size_t i = 0; i < diag->note_count; i++)
        print_note(pbs, &diag->notes[i]);
    if (diag->help) {
        pm_buf_init(&line, &cli_alloc);
        pm_buf_printf(&line, "help: %s", diag->help);
        print_line(&line);
    }
}

void cli_pbs_count(size_t errors, size_t warnings)
{
    char text[96] = "";
    size_t size = 0;

    if (errors)
        size = (size_t)snprintf(text, sizeof text, "%zu error%s", errors,
                                errors == 1 ? "" : "s");
    if (warnings)
        snprintf(text + size, sizeof text - size, "%s%zu warning%s",
                 errors ? ", " : "", warnings, warnings == 1 ? "" : "s");
    if (*text && !cli_captured)
        fprintf(stderr, "%s\n", text);
}

void cli_pbs_print(const struct cli_pbs *pbs,
                   const struct pm_compile_result *result)
{
    for (size_t i = 0; i < result->count; i++)
        cli_pbs_print_diag(pbs, &result->diags[i]);
    cli_pbs_count(result->errors, result->warnings);
}

// --- for editors -------------------------------------------------------------

static void put_json_place(const struct cli_pbs *pbs,
                           const struct pm_compile_place *place,
                           struct pm_json_writer *w)
{
    if (!place->file) {
        cli_json_null(w, "file");
        return;
    }
    char *file = cli_pbs_shown(pbs, place->file);
    cli_json_text(w, "file", file);
    cli_free_text(file);
    cli_json_number(w, "line", place->line);
    cli_json_number(w, "column", place->column);
    cli_json_number(w, "end_line", place->end_line);
    cli_json_number(w, "end_column", place->end_column);
    cli_json_number(w, "start", place->start);
    cli_json_number(w, "end", place->end);
}

static void put_json_fix(const struct cli_pbs *pbs,
                         const struct pm_compile_diag *diag,
                         struct pm_json_writer *w)
{
    if (!diag->fix) {
        cli_json_null(w, "fix");
        return;
    }
    cli_json_begin_object(w, "fix");
    put_json_place(pbs, &diag->fix_place, w);
    cli_json_text(w, "text", diag->fix);
    pm_json_write_end(w);
}

void cli_pbs_put_json(const struct cli_pbs *pbs,
                      const struct pm_compile_diag *diag,
                      struct pm_json_writer *w)
{
    pm_json_write_begin_object(w);
    cli_json_text(w, "severity", diag->is_error ? "error" : "warning");
    cli_json_text(w, "code", diag->code);
    cli_json_text(w, "title", diag->title);
    put_json_place(pbs, &diag->place, w);
    cli_json_text(w, "message", diag->text);
    if (diag->help)
        cli_json_text(w, "help", diag->help);
    else
        cli_json_null(w, "help");
    put_json_fix(pbs, diag, w);
    cli_json_begin_array(w, "notes");
    for (size_t i = 0; i < diag->note_count; i++) {
        pm_json_write_begin_object(w);
        put_json_place(pbs, &diag->notes[i].place, w);
        cli_json_text(w, "message", diag->notes[i].text);
        pm_json_write_end(w);
    }
    pm_json_write_end(w);
    pm_json_write_end(w);
}
