// SPDX-License-Identifier: MIT
//
// The public form of reports, and places in texts.
#include <string.h>

#include "base/sort.h"
#include "base/utf8.h"
#include "lang/compile_internal.h"

// --- lines and columns -------------------------------------------------------

static uint32_t line_start(const struct pm_parsed *parsed, uint32_t line)
{
    return line < parsed->line_count ? parsed->lines[line] : 0;
}

void pm_compile_place_in(const struct pm_compile_file *file, uint32_t start,
                         uint32_t end, struct pm_compile_place *out)
{
    const struct pm_parsed *parsed = &file->parsed;

    if (start > file->size)
        start = (uint32_t)file->size;
    if (end > file->size)
        end = (uint32_t)file->size;
    if (end < start)
        end = start;
    uint32_t line = pm_line_of(parsed, start);
    uint32_t end_line = pm_line_of(parsed, end);
    *out = (struct pm_compile_place){
        .file = file->path,
        .start = start,
        .end = end,
        .line = line + 1,
        .column = start - line_start(parsed, line) + 1,
        .end_line = end_line + 1,
        .end_column = end - line_start(parsed, end_line) + 1,
    };
}

// Reading gives the table of lines; a file that was not compiled yet has none.
static const struct pm_compile_file *
read_file(const struct pm_compiler *compiler, const char *path)
{
    const struct pm_compile_file *file = pm_compile_find(compiler, path);

    return file && file->is_read ? file : NULL;
}

bool pm_compiler_place(const struct pm_compiler *compiler, const char *path,
                       uint32_t start, uint32_t end,
                       struct pm_compile_place *out)
{
    const struct pm_compile_file *file = read_file(compiler, path);

    if (file)
        pm_compile_place_in(file, start, end, out);
    return file != NULL;
}

// The bytes of the next character (one that is no UTF-8 is one byte), and its
// UTF-16 units.
static uint32_t next_character(const struct pm_compile_file *file, uint32_t at,
                               uint32_t end, uint32_t *units)
{
    uint32_t code;
    size_t size = pm_utf8_decode(file->text + at, end - at, &code);

    *units = size && code > 0xFFFF ? 2 : 1;
    return size ? (uint32_t)size : 1;
}

bool pm_compiler_to_utf16(const struct pm_compiler *compiler, const char *path,
                          uint32_t offset, struct pm_compile_utf16 *out)
{
    const struct pm_compile_file *file = read_file(compiler, path);

    if (!file)
        return false;
    if (offset > file->size)
        offset = (uint32_t)file->size;
    out->line = pm_line_of(&file->parsed, offset);
    out->character = 0;
    uint32_t at = line_start(&file->parsed, out->line);
    while (at < offset) {
        uint32_t units;
        at += next_character(file, at, (uint32_t)file->size, &units);
        if (at <= offset)
            out->character += units;
    }
    return true;
}

bool pm_compiler_from_utf16(const struct pm_compiler *compiler,
                            const char *path, struct pm_compile_utf16 place,
                            uint32_t *out_offset)
{
    const struct pm_compile_file *file = read_file(compiler, path);

    if (!file)
        return false;
    const struct pm_parsed *parsed = &file->parsed;
    if (place.line >= parsed->line_count) {
        *out_offset = (uint32_t)file->size;
        return true;
    }
    uint32_t at = line_start(parsed, place.line);
    uint32_t end = place.line + 1 < parsed->line_count
                       ? parsed->lines[place.line + 1] - 1
                       : (uint32_t)file->size;
    while (at < end && place.character > 0 && file->text[at] != '\r') {
        uint32_t units;
        uint32_t size = next_character(file, at, end, &units);
        if (units > place.character)
            break;
        place.character -= units;
        at += size;
    }
    *out_offset = at;
    return true;
}

// --- diagnostics -------------------------------------------------------------

struct row {
    const struct pm_lang_diag *diag;
    const struct pm_compile_file *file; // reading: all places are in it
    uint32_t number;                    // of the file
};

struct rows {
    struct pm_compiler *compiler;
    struct row *items;
    uint32_t count;
};

static void set_place(const struct rows *rows, const struct row *row,
                      struct pm_span span, struct pm_compile_place *out)
{
    const struct pm_compiler *compiler = rows->compiler;

    if (row->file)
        pm_compile_place_in(row->file, span.start, span.end, out);
    else if (span.file < compiler->part_count)
        pm_compile_place_in(compiler->parts[span.file], span.start, span.end,
                            out);
}

static bool put_notes(const struct rows *rows, const struct row *row,
                      struct pm_compile_diag *out)
{
    const struct pm_lang_note *note;
    size_t count = 0;

    for (note = row->diag->notes; note; note = note->next)
        count++;
    if (count == 0)
        return true;
    struct pm_compile_note *notes =
        pm_arena_alloc(&rows->compiler->arena, count * sizeof *notes);
    if (!notes)
        return false;
    out->notes = notes;
    out->note_count = count;
    for (note = row->diag->notes; note; note = note->next, notes++) {
        set_place(rows, row, note->span, &notes->place);
        notes->text = note->text;
    }
    return true;
}

static bool put_diag(const struct rows *rows, const struct row *row,
                     struct pm_compile_diag *out)
{
    const struct pm_lang_diag *diag = row->diag;

    out->is_error = diag->is_error;
    out->code = pm_lang_code_name(diag->code);
    out->title = pm_lang_code_title(diag->code);
    out->text = diag->text;
    out->help = diag->help;
    out->fix = diag->fix;
    set_place(rows, row, diag->span, &out->place);
    if (diag->fix)
        set_place(rows, row, diag->fix_span, &out->fix_place);
    return put_notes(rows, row, out);
}

static bool is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct rows *rows = context;
    const struct row *x = &rows->items[a];
    const struct row *y = &rows->items[b];

    if (x->number != y->number)
        return x->number > y->number;
    if (x->diag->span.start != y->diag->span.start)
        return x->diag->span.start > y->diag->span.start;
    return a > b;
}

static void add_report(struct rows *rows, const struct pm_lang_report *report,
                       const struct pm_compile_file *file, uint32_t number)
{
    for (uint32_t i = 0; i < report->count; i++) {
        struct row *row = &rows->items[rows->count++];
        row->diag = &report->items[i];
        row->file = file;
        row->number = file ? number : row->diag->span.file;
    }
    rows->compiler->result.errors += report->errors;
    rows->compiler->result.dropped += report->dropped;
}

static size_t count_diags(const struct pm_compiler *compiler)
{
    size_t count = compiler->has_report ? compiler->report.count : 0;

    for (uint32_t i = 0; i < compiler->part_count; i++)
        count += compiler->parts[i]->report.count;
    return count;
}

static pm_status put_diags(struct pm_compiler *compiler)
{
    struct pm_compile_result *result = &compiler->result;
    struct rows rows = {.compiler = compiler};
    size_t room = count_diags(compiler) + 1;
    uint32_t *order = pm_arena_alloc(&compiler->arena, room * sizeof *order);
    struct pm_compile_diag *diags =
        pm_arena_alloc(&compiler->arena, room * sizeof *diags);

    rows.items = pm_arena_alloc(&compiler->arena, room * sizeof *rows.items);
    if (!order || !diags || !rows.items)
        return PM_ERR_NO_MEMORY;
    for (uint32_t i = 0; i < compiler->part_count; i++)
        add_report(&rows, &compiler->parts[i]->report, compiler->parts[i], i);
    if (compiler->has_report && !pm_compile_drop_consequences(compiler))
        return PM_ERR_NO_MEMORY;
    if (compiler->has_report)
        add_report(&rows, &compiler->report, NULL, 0);
    for (uint32_t i = 0; i < rows.count; i++)
        order[i] = i;
    pm_sort(order, rows.count, is_after, &rows);
    for (uint32_t i = 0; i < rows.count; i++) {
        if (!put_diag(&rows, &rows.items[order[i]], &diags[i]))
            return PM_ERR_NO_MEMORY;
        result->warnings += !diags[i].is_error;
    }
    result->diags = diags;
    result->count = rows.count;
    return PM_OK;
}

// --- tests -------------------------------------------------------------------

static bool put_test(struct pm_compiler *compiler,
                     const struct pm_compile_file *file,
                     const struct pm_ast *item, struct pm_compile_test *out)
{
    const struct pm_parsed *parsed = &file->parsed;
    const struct pm_token *name = &parsed->tokens[item->token];
    struct pm_span span = pm_ast_span(parsed, item);

    out->name = pm_arena_copy(&compiler->arena, parsed->text + name->offset,
                              name->size);
    pm_compile_place_in(file, span.start, span.end, &out->place);
    return out->name != NULL;
}

static pm_status put_tests(struct pm_compiler *compiler)
{
    struct pm_compile_test *tests;
    size_t room = 1;

    for (uint32_t i = 0; i < compiler->part_count; i++)
        room += compiler->parts[i]->test_count;
    tests = pm_arena_alloc(&compiler->arena, room * sizeof *tests);
    if (!tests)
        return PM_ERR_NO_MEMORY;
    compiler->result.tests = tests;
    for (uint32_t i = 0; i < compiler->part_count; i++) {
        const struct pm_compile_file *file = compiler->parts[i];
        const struct pm_ast *tree = file->parsed.tree;
        for (uint32_t k = 0; file->test_count && k < tree->count; k++)
            if (pm_compile_is_test(&file->parsed, tree->kids[k]) &&
                !put_test(compiler, file, tree->kids[k],
                          &tests[compiler->result.test_count++]))
                return PM_ERR_NO_MEMORY;
    }
    return PM_OK;
}

pm_status pm_compile_result_make(struct pm_compiler *compiler)
{
    pm_status status = put_diags(compiler);

    if (!status)
        status = put_tests(compiler);
    if (status) {
        // What is there is not all of it.
        compiler->result = (struct pm_compile_result){0};
        return status;
    }
    if (compiler->dump.size) {
        compiler->result.dump = pm_buf_cstr(&compiler->dump);
        compiler->result.dump_size = compiler->dump.size;
    }
    return PM_OK;
}

// --- codes -------------------------------------------------------------------

size_t pm_compile_code_count(void)
{
    return PM_LANG_CODES;
}

struct pm_compile_code pm_compile_code_at(size_t index)
{
    pm_lang_code code = (pm_lang_code)index;

    return (struct pm_compile_code){
        .code = pm_lang_code_name(code),
        .title = pm_lang_code_title(code),
        .explanation = pm_lang_code_explanation(code),
        .example = pm_lang_code_example(code),
    };
}
