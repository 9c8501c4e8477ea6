// SPDX-License-Identifier: MIT
//
// The sections behind the strings are written first, with a place for each
// string's number; then the texts are sorted, which numbers them, and the
// numbers are put in.
#include <string.h>

#include <prometeu/version.h>

#include "base/bits.h"
#include "base/mem.h"
#include "bytecode/bytecode_internal.h"

struct writer {
    const struct pm_module *module;
    // Sections 2 and up, and where each ends in it.
    struct pm_buf body;
    size_t end[PBX_SECTION_COUNT + 1];
    // A row for each use of a text; its index is the place in [body].
    struct pbx_row *uses;
    size_t use_count;
    size_t use_capacity;
    struct pm_buf strings;
    bool failed;
};

static void put32(struct writer *w, uint32_t value)
{
    pm_buf_put32(&w->body, value);
}

static void put_text(struct writer *w, struct pm_text text)
{
    if (!pm_mem_grow(&w->body.alloc, &w->uses, &w->use_capacity,
                     w->use_count + 1, sizeof *w->uses)) {
        w->failed = true;
        return;
    }
    w->uses[w->use_count++] = (struct pbx_row){
        (const uint8_t *)text.data, text.size, (uint32_t)w->body.size};
    put32(w, 0);
}

static void put_type(struct writer *w, const struct pm_type *type)
{
    put32(w, type->kind);
    switch (type->kind) {
    case PM_TYPE_KIND_ARRAY:
        put32(w, type->element);
        return;
    case PM_TYPE_KIND_STATE:
        put_text(w, type->name);
        return;
    case PM_TYPE_KIND_RECORD:
        put_text(w, type->name);
        put32(w, type->field_count);
        break;
    case PM_TYPE_KIND_FUNC:
        put32(w, type->param_count);
        put32(w, type->field_count - type->param_count);
        break;
    }
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (type->kind == PM_TYPE_KIND_RECORD)
            put_text(w, type->fields[i].name);
        put32(w, type->fields[i].type);
    }
}

static void put_constant(struct writer *w, const struct pm_constant *constant)
{
    put32(w, constant->type);
    if (constant->type == PM_TYPE_STRING)
        put_text(w, constant->text);
    else if (constant->type == PM_TYPE_I32 || constant->type == PM_TYPE_F32)
        put32(w, (uint32_t)constant->bits);
    else
        pm_buf_put64(&w->body, constant->bits);
}

static void put_function(struct writer *w, const struct pm_function *f)
{
    put_text(w, f->name);
    put32(w, f->type);
    put32(w, f->flags);
    put32(w, f->capture_count);
    put32(w, f->local_count);
    put32(w, f->max_stack);
    put32(w, f->code_size);
    for (uint32_t i = 0; i < f->capture_count; i++)
        put32(w, f->captures[i]);
    for (uint32_t i = 0; i < f->local_count; i++)
        put32(w, f->locals[i]);
}

static void put_types(struct writer *w)
{
    put32(w, w->module->type_count);
    for (uint32_t i = 0; i < w->module->type_count; i++)
        put_type(w, &w->module->types[i]);
}

static void put_constants(struct writer *w)
{
    put32(w, w->module->constant_count);
    for (uint32_t i = 0; i < w->module->constant_count; i++)
        put_constant(w, &w->module->constants[i]);
}

static void put_functions(struct writer *w)
{
    put32(w, w->module->function_count);
    for (uint32_t i = 0; i < w->module->function_count; i++)
        put_function(w, &w->module->functions[i]);
}

static void put_globals(struct writer *w)
{
    put32(w, w->module->global_count);
    for (uint32_t i = 0; i < w->module->global_count; i++) {
        put_text(w, w->module->globals[i].name);
        put32(w, w->module->globals[i].type);
    }
}

static void put_code(struct writer *w)
{
    for (uint32_t i = 0; i < w->module->function_count; i++)
        pm_buf_put(&w->body, w->module->functions[i].code,
                   w->module->functions[i].code_size);
}

static void put_exports(struct writer *w)
{
    put32(w, w->module->export_count);
    for (uint32_t i = 0; i < w->module->export_count; i++) {
        put_text(w, w->module->exports[i].name);
        put32(w, w->module->exports[i].function);
    }
}

static void put_host_decls(struct writer *w)
{
    put32(w, w->module->host_decl_count);
    for (uint32_t i = 0; i < w->module->host_decl_count; i++) {
        const struct pm_host_decl *decl = &w->module->host_decls[i];
        put_text(w, decl->module);
        put_text(w, decl->name);
        put32(w, decl->version);
        put32(w, decl->type);
    }
}

static void put_lines(struct writer *w)
{
    put32(w, w->module->line_count);
    for (uint32_t i = 0; i < w->module->line_count; i++) {
        const struct pm_line *line = &w->module->lines[i];
        put32(w, line->function);
        put32(w, line->offset);
        put32(w, line->file);
        put32(w, line->line);
        put32(w, line->column);
    }
}

static void put_debug(struct writer *w)
{
    put32(w, w->module->file_count);
    for (uint32_t i = 0; i < w->module->file_count; i++)
        put_text(w, w->module->files[i]);
    put_lines(w);
    put32(w, w->module->local_name_count);
    for (uint32_t i = 0; i < w->module->local_name_count; i++) {
        const struct pm_local_name *name = &w->module->local_names[i];
        put32(w, name->function);
        put32(w, name->local);
        put_text(w, name->name);
    }
}

static void put_module(struct writer *w)
{
    put_text(w, w->module->name);
}

static void put_body(struct writer *w)
{
    static void (*const sections[])(struct writer *) = {
        [PBX_MODULE] = put_module,       [PBX_TYPES] = put_types,
        [PBX_CONSTANTS] = put_constants, [PBX_FUNCTIONS] = put_functions,
        [PBX_GLOBALS] = put_globals,     [PBX_CODE] = put_code,
        [PBX_EXPORTS] = put_exports,     [PBX_HOST_CALLS] = put_host_decls,
        [PBX_DEBUG] = put_debug,
    };
    for (int id = PBX_MODULE; id <= PBX_SECTION_COUNT; id++) {
        sections[id](w);
        w->end[id] = w->body.size;
    }
}

// Numbers the texts, puts the numbers into the body, and collects the bytes
// of each text once.
static void number_texts(struct writer *w, struct pm_buf *bytes)
{
    uint32_t count = 0;
    for (size_t i = 0; i < w->use_count; i++) {
        const struct pbx_row *use = &w->uses[i];
        if (i == 0 || pm_pbx_row_compare(use - 1, use) != 0) {
            count++;
            pm_buf_put32(&w->strings, use->size);
            pm_buf_put(bytes, use->data, use->size);
        }
        pm_store32(w->body.data + use->index, count - 1);
    }
    if (!w->strings.failed)
        pm_store32(w->strings.data, count);
}

static void put_strings(struct writer *w)
{
    struct pm_buf bytes;
    struct pbx_row *scratch =
        pm_mem_zarray(&w->body.alloc, w->use_count, sizeof *scratch);
    if (!scratch) {
        w->failed = true;
        return;
    }
    pm_pbx_rows_sort(w->uses, scratch, w->use_count);
    pm_mem_free(&w->body.alloc, scratch, w->use_count * sizeof *scratch);
    pm_buf_init(&bytes, &w->body.alloc);
    pm_buf_put32(&w->strings, 0);
    number_texts(w, &bytes);
    pm_buf_put(&w->strings, bytes.data, bytes.size);
    w->failed = w->failed || bytes.failed || w->strings.failed;
    pm_buf_free(&bytes);
}

static pm_status put_file(struct writer *w, struct pm_buf *out)
{
    size_t size = PBX_HEADER_SIZE + w->strings.size + w->body.size;
    uint32_t start = PBX_HEADER_SIZE;

    if (size > PM_MODULE_MAX_SIZE)
        return PM_ERR_INVALID;
    pm_buf_put32(out, PBX_MAGIC);
    pm_buf_put32(out, PM_BYTECODE_VERSION);
    pm_buf_put32(out, (uint32_t)size);
    pm_buf_put32(out, PBX_SECTION_COUNT);
    w->end[PBX_STRINGS] = 0;
    for (uint32_t id = 1; id <= PBX_SECTION_COUNT; id++) {
        uint32_t length =
            (uint32_t)(id == PBX_STRINGS ? w->strings.size
                                         : w->end[id] - w->end[id - 1]);
        pm_buf_put32(out, id);
        pm_buf_put32(out, start);
        pm_buf_put32(out, length);
        start += length;
    }
    pm_buf_put(out, w->strings.data, w->strings.size);
    pm_buf_put(out, w->body.data, w->body.size);
    return pm_buf_status(out);
}

static bool has_fair_counts(const struct pm_module *m)
{
    return m->type_count <= PM_MODULE_MAX_ITEMS &&
           m->constant_count <= PM_MODULE_MAX_ITEMS &&
           m->function_count <= PM_MODULE_MAX_ITEMS && m->function_count > 0 &&
           m->global_count <= PM_MODULE_MAX_ITEMS &&
           m->export_count <= PM_MODULE_MAX_ITEMS &&
           m->host_decl_count <= PM_MODULE_MAX_ITEMS &&
           m->file_count <= PM_MODULE_MAX_ITEMS &&
           m->line_count <= PBX_MAX_SMALL_ITEMS &&
           m->local_name_count <= PBX_MAX_SMALL_ITEMS;
}

pm_status pm_module_write(const struct pm_module *module, struct pm_buf *out)
{
    struct writer w = {.module = module};
    size_t before = out->size;

    if (!has_fair_counts(module))
        return PM_ERR_INVALID;
    pm_buf_init(&w.body, &out->alloc);
    pm_buf_init(&w.strings, &out->alloc);
    put_body(&w);
    if (!w.failed && !w.body.failed)
        put_strings(&w);
    pm_status status =
        w.failed || w.body.failed ? PM_ERR_NO_MEMORY : put_file(&w, out);
    if (status)
        out->size = before;
    pm_mem_free(&out->alloc, w.uses, w.use_capacity * sizeof *w.uses);
    pm_buf_free(&w.body);
    pm_buf_free(&w.strings);
    return status;
}
