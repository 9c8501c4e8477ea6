// SPDX-License-Identifier: MIT
//
// Reading goes in four steps: the header gives the sections, the strings are
// checked, the tables are measured (after which every row is known to lie
// inside its section), and then one block is filled and every number in it
// checked. Only the first three can stop the reader early; the last reports
// all that it finds.
#include <inttypes.h>
#include <string.h>

#include <prometeu/version.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "bytecode/bytecode_internal.h"

static pm_status read_header(struct pbx_reader *r)
{
    struct pm_cursor c = pm_cursor_make(r->bytes, r->size);
    uint32_t magic = pm_cursor_u32(&c);
    uint32_t version = pm_cursor_u32(&c);

    if (c.failed || magic != PBX_MAGIC) {
        PBX_COMPLAIN(r, 0, "PBX-HEADER",
                     "this is not a PBX module: it does not start with "
                     "\"PBX\\x00\" and a version");
        return PM_ERR_INVALID;
    }
    if (version != PM_BYTECODE_VERSION) {
        PBX_COMPLAIN(r, 4, "PBX-VERSION",
                     "version %" PRIu32 " of the format; this build reads "
                     "version %d: build the module again or use a build for "
                     "that version",
                     version, PM_BYTECODE_VERSION);
        return PM_ERR_UNSUPPORTED;
    }
    return PM_OK;
}

static bool read_size(struct pbx_reader *r)
{
    if (r->size > PM_MODULE_MAX_SIZE) {
        PBX_COMPLAIN(r, 8, "PBX-HEADER",
                     "the file has %zu bytes; a module has at most %d", r->size,
                     PM_MODULE_MAX_SIZE);
        return false;
    }
    if (r->size < PBX_HEADER_SIZE) {
        PBX_COMPLAIN(r, r->size, "PBX-HEADER",
                     "the file ends after %zu bytes, inside its header of %d",
                     r->size, PBX_HEADER_SIZE);
        return false;
    }
    uint32_t size = pm_load32(r->bytes + 8);
    if (size != r->size) {
        PBX_COMPLAIN(r, 8, "PBX-HEADER",
                     "the header says %" PRIu32 " bytes, the file has %zu: "
                     "it was cut or something was appended",
                     size, r->size);
        return false;
    }
    return true;
}

static bool read_section_row(struct pbx_reader *r, uint32_t index,
                             size_t *offset)
{
    size_t at = 16 + (size_t)index * 12;
    uint32_t id = pm_load32(r->bytes + at);
    uint32_t start = pm_load32(r->bytes + at + 4);
    uint32_t length = pm_load32(r->bytes + at + 8);

    if (id != index + 1) {
        PBX_COMPLAIN(r, at, "PBX-SECTION",
                     "found section id %" PRIu32 ", wanted %" PRIu32, id,
                     index + 1);
        return false;
    }
    if (start != *offset) {
        PBX_COMPLAIN(r, at + 4, "PBX-SECTION",
                     "section %" PRIu32 " starts at %" PRIu32
                     ", wanted %zu, where the part before it ends",
                     id, start, *offset);
        return false;
    }
    if (length > r->size - start) {
        PBX_COMPLAIN(r, at + 8, "PBX-SECTION",
                     "section %" PRIu32 " has %" PRIu32
                     " bytes, the file only %zu more",
                     id, length, r->size - start);
        return false;
    }
    r->section[id] = pm_cursor_make(r->bytes + start, length);
    *offset = (size_t)start + length;
    return true;
}

static bool read_section_table(struct pbx_reader *r)
{
    uint32_t count = pm_load32(r->bytes + 12);
    size_t offset = PBX_HEADER_SIZE;

    if (count != PBX_SECTION_COUNT) {
        PBX_COMPLAIN(r, 12, "PBX-SECTION",
                     "found %" PRIu32 " sections, wanted %d", count,
                     PBX_SECTION_COUNT);
        return false;
    }
    for (uint32_t i = 0; i < PBX_SECTION_COUNT; i++)
        if (!read_section_row(r, i, &offset))
            return false;
    if (offset != r->size) {
        PBX_COMPLAIN(r, offset, "PBX-SECTION",
                     "%zu bytes are left behind the last section",
                     r->size - offset);
        return false;
    }
    return true;
}

// --- strings -----------------------------------------------------------------

static bool alloc_strings(struct pbx_reader *r)
{
    if (r->string_count == 0)
        return true;
    r->strings = pm_mem_zarray(r->alloc, r->string_count, sizeof *r->strings);
    r->string_used = pm_mem_zarray(r->alloc, r->string_count, 1);
    r->no_memory = !r->strings || !r->string_used;
    return !r->no_memory;
}

static bool count_strings(struct pbx_reader *r, struct pm_cursor *c)
{
    size_t at = pbx_where(r, c);
    uint32_t count = pm_cursor_u32(c);

    if (c->failed || count > PBX_MAX_SMALL_ITEMS ||
        count > pm_cursor_left(c) / 4) {
        PBX_COMPLAIN(r, at, "PBX-STRING",
                     "%" PRIu32 " strings announced; their lengths do not fit "
                     "into the section of %zu bytes or are more than %d",
                     count, c->size, PBX_MAX_SMALL_ITEMS);
        return false;
    }
    r->string_count = count;
    return alloc_strings(r);
}

// Lengths first, then the bytes of all.
static bool cut_strings(struct pbx_reader *r, struct pm_cursor *lengths)
{
    struct pm_cursor bytes = *lengths;
    pm_cursor_take(&bytes, (size_t)r->string_count * 4);
    for (uint32_t i = 0; i < r->string_count; i++) {
        size_t at = pbx_where(r, lengths);
        uint32_t size = pm_cursor_u32(lengths);
        const uint8_t *data = pm_cursor_take(&bytes, size);
        if (!data) {
            PBX_COMPLAIN(r, at, "PBX-STRING",
                         "string %" PRIu32 " has %" PRIu32
                         " bytes, the section only %zu more",
                         i, size, pm_cursor_left(&bytes));
            return false;
        }
        r->strings[i] = (struct pm_text){(const char *)data, size};
    }
    if (pm_cursor_left(&bytes)) {
        PBX_COMPLAIN(r, pbx_where(r, &bytes), "PBX-SECTION",
                     "%zu bytes are left behind the last string",
                     pm_cursor_left(&bytes));
        return false;
    }
    return true;
}

static void check_string(struct pbx_reader *r, uint32_t i)
{
    const struct pm_text *text = &r->strings[i];
    const uint8_t *data = (const uint8_t *)text->data;
    size_t at = (size_t)(data - r->bytes);
    size_t good = pm_utf8_valid_prefix(data, text->size);

    if (good != text->size)
        PBX_COMPLAIN(r, at + good, "PBX-STRING",
                     "string %" PRIu32 " is not UTF-8 from its byte %zu on", i,
                     good);
    if (i == 0)
        return;
    struct pbx_row last = {(const uint8_t *)text[-1].data, text[-1].size, 0};
    struct pbx_row here = {data, text->size, 0};
    if (pm_pbx_row_compare(&last, &here) >= 0)
        PBX_COMPLAIN(r, at, "PBX-STRING",
                     "string %" PRIu32 " is not behind the string before it in "
                     "the order of their bytes",
                     i);
}

static bool read_strings(struct pbx_reader *r)
{
    struct pm_cursor *c = &r->section[PBX_STRINGS];
    if (!count_strings(r, c) || !cut_strings(r, c))
        return false;
    for (uint32_t i = 0; i < r->string_count; i++)
        check_string(r, i);
    return !r->failed;
}

static void check_strings_used(struct pbx_reader *r)
{
    for (uint32_t i = 0; i < r->string_count; i++)
        if (!r->string_used[i])
            PBX_COMPLAIN(
                r, (size_t)((const uint8_t *)r->strings[i].data - r->bytes),
                "PBX-STRING", "nothing refers to string %" PRIu32, i);
}

// --- the block ---------------------------------------------------------------

// Gives the next [count] elements of [size] bytes of the block, or only adds
// them up while there is no block yet.
static void *part(uint8_t *block, size_t *used, size_t count, size_t size)
{
    void *at = block ? block + *used : NULL;
    *used += count * size;
    return at;
}

// The tables in the order of their alignment: all but the last two hold
// pointers.
static size_t lay_out(struct pbx_reader *r, uint8_t *block)
{
    const struct pm_module *m = &r->module;
    size_t used = 0;
    r->types = part(block, &used, m->type_count, sizeof *r->types);
    r->fields = part(block, &used, r->field_count, sizeof *r->fields);
    r->constants = part(block, &used, m->constant_count, sizeof *r->constants);
    r->functions = part(block, &used, m->function_count, sizeof *r->functions);
    r->globals = part(block, &used, m->global_count, sizeof *r->globals);
    r->exports = part(block, &used, m->export_count, sizeof *r->exports);
    r->host_decls =
        part(block, &used, m->host_decl_count, sizeof *r->host_decls);
    r->files = part(block, &used, m->file_count, sizeof *r->files);
    r->local_names =
        part(block, &used, m->local_name_count, sizeof *r->local_names);
    r->lines = part(block, &used, m->line_count, sizeof *r->lines);
    r->slots = part(block, &used, r->slot_count, sizeof *r->slots);
    return used;
}

static bool alloc_block(struct pbx_reader *r)
{
    struct pm_module *m = &r->module;
    m->alloc = *r->alloc;
    m->block_size = lay_out(r, NULL);
    m->block = pm_mem_zalloc(r->alloc, m->block_size);
    if (!m->block) {
        r->no_memory = true;
        return false;
    }
    lay_out(r, m->block);
    m->types = r->types;
    m->constants = r->constants;
    m->functions = r->functions;
    m->globals = r->globals;
    m->exports = r->exports;
    m->host_decls = r->host_decls;
    m->files = r->files;
    m->lines = r->lines;
    m->local_names = r->local_names;
    return true;
}

static void read_all(struct pbx_reader *r)
{
    if (!read_size(r) || !read_section_table(r) || !read_strings(r) ||
        !pm_pbx_measure(r) || !alloc_block(r))
        return;
    pm_pbx_fill(r);
    if (!r->failed && !r->no_memory)
        check_strings_used(r);
}

static pm_status outcome(const struct pbx_reader *r, pm_status refused)
{
    if (r->no_memory || (r->failed && r->diags->out_of_memory))
        return PM_ERR_NO_MEMORY;
    if (refused)
        return refused;
    return r->failed ? PM_ERR_INVALID : PM_OK;
}

pm_status pm_module_read(const void *bytes, size_t size, const char *file,
                         const struct pm_allocator *alloc,
                         struct pm_diags *diags, struct pm_module *out)
{
    struct pbx_reader r = {.bytes = bytes,
                           .size = size,
                           .file = file,
                           .alloc = alloc,
                           .diags = diags};

    pm_status refused = read_header(&r);
    if (!refused)
        read_all(&r);
    pm_mem_free(alloc, r.strings, r.string_count * sizeof *r.strings);
    pm_mem_free(alloc, r.string_used, r.string_count);
    pm_status status = outcome(&r, refused);
    if (status)
        pm_mem_free(alloc, r.module.block, r.module.block_size);
    else
        *out = r.module;
    return status;
}

void pm_module_free(struct pm_module *module)
{
    if (!module)
        return;
    pm_mem_free(&module->alloc, module->block, module->block_size);
    *module = (struct pm_module){.alloc = module->alloc};
}
