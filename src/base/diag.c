// SPDX-License-Identifier: MIT
#include "base/diag.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"

void pm_diags_init(struct pm_diags *diags, const struct pm_allocator *alloc)
{
    *diags = (struct pm_diags){.alloc = *alloc};
}

static void free_string(const struct pm_allocator *alloc, const char *text)
{
    if (text)
        pm_mem_free(alloc, (void *)(uintptr_t)text, strlen(text) + 1);
}

static char *copy_string(const struct pm_allocator *alloc, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = pm_mem_alloc(alloc, size);
    if (copy)
        memcpy(copy, text, size);
    return copy;
}

static void free_item(const struct pm_allocator *alloc, struct pm_diag *item)
{
    free_string(alloc, item->place.file);
    free_string(alloc, item->code);
    free_string(alloc, item->text);
}

void pm_diags_free(struct pm_diags *diags)
{
    for (size_t i = 0; i < diags->count; i++)
        free_item(&diags->alloc, &diags->items[i]);
    pm_mem_free(&diags->alloc, diags->items,
                diags->capacity * sizeof *diags->items);
    struct pm_allocator alloc = diags->alloc;
    pm_diags_init(diags, &alloc);
}

static bool fill_item(const struct pm_allocator *alloc, struct pm_diag *item,
                      const struct pm_place *place, const char *code,
                      const char *text)
{
    if (place)
        item->place = *place;
    item->place.file = NULL;
    item->code = copy_string(alloc, code);
    item->text = copy_string(alloc, text);
    if (place && place->file)
        item->place.file = copy_string(alloc, place->file);
    return item->code && item->text &&
           !(place && place->file && !item->place.file);
}

static void add(struct pm_diags *diags, const struct pm_place *place,
                const char *code, bool is_error, const char *text)
{
    struct pm_diag item = {.is_error = is_error};
    if (!text ||
        !pm_mem_grow(&diags->alloc, &diags->items, &diags->capacity,
                     diags->count + 1, sizeof *diags->items) ||
        !fill_item(&diags->alloc, &item, place, code, text)) {
        free_item(&diags->alloc, &item);
        diags->out_of_memory = true;
        return;
    }
    diags->items[diags->count++] = item;
}

static void vadd(struct pm_diags *diags, const struct pm_place *place,
                 const char *code, bool is_error, const char *format,
                 va_list args)
{
    struct pm_buf text;

    if (is_error)
        diags->errors++;
    if (diags->count >= PM_DIAG_LIMIT) {
        diags->dropped++;
        return;
    }
    pm_buf_init(&text, &diags->alloc);
    pm_buf_vprintf(&text, format, args);
    add(diags, place, code, is_error, pm_buf_cstr(&text));
    pm_buf_free(&text);
}

void pm_diags_error(struct pm_diags *diags, const struct pm_place *place,
                    const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vadd(diags, place, code, true, format, args);
    va_end(args);
}

void pm_diags_warning(struct pm_diags *diags, const struct pm_place *place,
                      const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vadd(diags, place, code, false, format, args);
    va_end(args);
}

void pm_diag_print(const struct pm_diag *diag, struct pm_buf *out)
{
    const struct pm_place *place = &diag->place;
    if (place->file) {
        pm_buf_put_escaped(out, place->file, strlen(place->file));
        pm_buf_puts(out, ":");
    }
    if (place->line)
        pm_buf_printf(out, "%" PRIu32 ":%" PRIu32 ":", place->line,
                      place->column);
    else if (place->has_offset)
        pm_buf_printf(out, "+%" PRIu64 ":", place->offset);
    if (place->file || place->line || place->has_offset)
        pm_buf_puts(out, " ");
    pm_buf_printf(out, "%s %s: %s", diag->is_error ? "error" : "warning",
                  diag->code, diag->text);
}

void pm_diags_print(const struct pm_diags *diags, struct pm_buf *out)
{
    for (size_t i = 0; i < diags->count; i++) {
        pm_diag_print(&diags->items[i], out);
        pm_buf_puts(out, "\n");
    }
    if (diags->dropped)
        pm_buf_printf(out, "and %zu more\n", diags->dropped);
    if (diags->out_of_memory)
        pm_buf_puts(out, "and some that memory was too short to list\n");
}
