// SPDX-License-Identifier: MIT
//
// Linking: limits, tables, host calls, and then each function verified and
// translated. All or nothing: the image is handed out when every step has
// passed, and thrown away otherwise.
#include "link/link.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "link/linker_internal.h"

// --- messages ----------------------------------------------------------------

struct pm_buf *pm_linker_begin(struct pm_linker *l)
{
    pm_buf_init(&l->text, l->alloc);
    return &l->text;
}

bool pm_linker_send(struct pm_linker *l, const char *code)
{
    struct pm_place place = {.file = l->file};
    const char *text = pm_buf_cstr(&l->text);

    pm_diags_error(l->diags, &place, code, "%s",
                   text ? text : "memory is too short to say what is wrong");
    l->no_memory = l->no_memory || !text || l->diags->out_of_memory;
    l->failed = true;
    pm_buf_free(&l->text);
    return false;
}

bool pm_linker_say(struct pm_linker *l, const char *code, const char *format,
                   ...)
{
    va_list args;

    pm_linker_begin(l);
    va_start(args, format);
    pm_buf_vprintf(&l->text, format, args);
    va_end(args);
    return pm_linker_send(l, code);
}

// --- limits ------------------------------------------------------------------

static bool write_module(struct pm_linker *l, const struct pm_module *module,
                         struct pm_buf *out)
{
    pm_status status;

    pm_buf_init(out, l->alloc);
    status = pm_module_write(module, out);
    if (status == PM_ERR_NO_MEMORY)
        l->no_memory = true;
    else if (status != PM_OK)
        pm_linker_say(l, "LINK-LIMIT",
                      "the module is over the format's limits");
    return status == PM_OK;
}

static void check_size(struct pm_linker *l)
{
    uint32_t most = l->config->max_module_size;
    struct pm_buf bytes;

    if (most == 0)
        return;
    if (write_module(l, l->module, &bytes) && bytes.size > most)
        pm_linker_say(l, "LINK-LIMIT",
                      "found a module of %zu bytes, wanted at most %" PRIu32,
                      bytes.size, most);
    pm_buf_free(&bytes);
}

// Of the module without its debug data: what a comment moves is still the
// same program, and runs from the same saved states.
static void take_fingerprint(struct pm_linker *l)
{
    struct pm_module bare = *l->module;
    struct pm_buf bytes;

    bare.file_count = 0;
    bare.line_count = 0;
    bare.local_name_count = 0;
    if (write_module(l, &bare, &bytes))
        l->image->fingerprint = pm_hash128(bytes.data, bytes.size);
    pm_buf_free(&bytes);
}

static void check_code_size(struct pm_linker *l)
{
    uint32_t most = l->config->max_code_size;
    uint64_t size = 0;

    for (uint32_t i = 0; i < l->module->function_count; i++)
        size += l->module->functions[i].code_size;
    if (most && size > most)
        pm_linker_say(l, "LINK-LIMIT",
                      "found %" PRIu64
                      " bytes of code, wanted at most %" PRIu32,
                      size, most);
}

// --- functions ---------------------------------------------------------------

static void fill_row(struct pm_linker *l, uint32_t index)
{
    const struct pm_function *function = &l->module->functions[index];
    const struct pm_type *type = pm_link_user_type(l->module, function->type);
    struct pm_image_function *row = &l->image->functions[index];

    row->locals = pm_frame_local_count(l->module, function);
    row->slots = row->locals + 1 + function->max_stack;
    row->params = row->locals - function->local_count;
    row->results = type->field_count - type->param_count;
}

// Appends the function's stack types, but for row 0 of all but the first, to
// the image's.
static bool add_stack_types(struct pm_linker *l, const struct pm_verified *from)
{
    struct pm_image *image = l->image;
    size_t count = from->stack_type_count;
    size_t total;

    if (count == 0)
        return true;
    if (image->stack_type_count == 0)
        image->stack_type_count = 1;
    total = image->stack_type_count + count - 1;
    if (total > UINT32_MAX ||
        !pm_mem_grow(l->alloc, &image->stack_types, &image->stack_type_capacity,
                     total, sizeof *image->stack_types))
        return false;
    for (size_t i = 1; i < count; i++) {
        struct pm_image_stack_type row = from->stack_types[i];
        if (row.below)
            row.below += (uint32_t)image->stack_type_count - 1;
        image->stack_types[image->stack_type_count + i - 1] = row;
    }
    image->stack_type_count = total;
    return true;
}

// Appends the function's safepoints and their maps to the image.
static bool add_safepoints(struct pm_linker *l, const struct pm_verified *from)
{
    struct pm_image *image = l->image;
    struct pm_image_function *row = &image->functions[from->function];
    size_t count = from->safepoint_count;
    size_t words = count * 3 * from->map_words;
    uint32_t base =
        image->stack_type_count ? (uint32_t)image->stack_type_count - 1 : 0;

    if (image->map_count + words > UINT32_MAX || !add_stack_types(l, from) ||
        !pm_mem_grow(l->alloc, &image->safepoints, &image->safepoint_capacity,
                     image->safepoint_count + count,
                     sizeof *image->safepoints) ||
        !pm_mem_grow(l->alloc, &image->maps, &image->map_capacity,
                     image->map_count + words, sizeof *image->maps))
        return false;
    memcpy(image->maps + image->map_count, from->maps,
           words * sizeof *image->maps);
    for (size_t i = 0; i < count; i++) {
        struct pm_image_safepoint *to =
            &image->safepoints[image->safepoint_count + i];
        *to = from->safepoints[i];
        to->map += (uint32_t)image->map_count;
        if (to->stack)
            to->stack += base;
    }
    row->first_safepoint = (uint32_t)image->safepoint_count;
    row->safepoint_count = (uint32_t)count;
    row->map_words = from->map_words;
    image->safepoint_count += count;
    image->map_count += words;
    return true;
}

static void add_function(struct pm_linker *l, uint32_t index)
{
    struct pm_verified verified;
    pm_status status = pm_verify_function(l->module, l->image->calls, l->config,
                                          index, l->alloc, l->diags, &verified);

    l->failed = l->failed || status == PM_ERR_INVALID;
    if (status == PM_OK && !l->failed) {
        fill_row(l, index);
        status = add_safepoints(l, &verified)
                     ? pm_translate_function(l->image, &verified)
                     : PM_ERR_NO_MEMORY;
        if (status != PM_OK && status != PM_ERR_NO_MEMORY) {
            pm_link_put_function(pm_linker_begin(l), l->module, index);
            pm_buf_puts(&l->text, ": the program is too big for an image");
            pm_linker_send(l, "LINK-LIMIT");
        }
    }
    l->no_memory = l->no_memory || status == PM_ERR_NO_MEMORY;
    pm_verified_free(&verified, l->alloc);
}

// --- the image ---------------------------------------------------------------

static bool make_image(struct pm_linker *l)
{
    const struct pm_module *m = l->module;
    struct pm_image *image = pm_mem_zalloc(l->alloc, sizeof *image);

    if (!image)
        return false;
    l->image = image;
    image->alloc = *l->alloc;
    image->module = *m;
    image->functions =
        pm_mem_zarray(l->alloc, m->function_count, sizeof *image->functions);
    image->calls =
        pm_mem_zarray(l->alloc, m->host_decl_count, sizeof *image->calls);
    return image->functions && (image->calls || !m->host_decl_count);
}

static void link_all(struct pm_linker *l)
{
    check_code_size(l);
    check_size(l);
    take_fingerprint(l);
    if (!l->no_memory)
        pm_linker_resolve(l);
    for (uint32_t i = 0; i < l->module->function_count && !l->no_memory; i++)
        add_function(l, i);
}

pm_status pm_link(struct pm_module *module, const struct pm_link_config *config,
                  const struct pm_allocator *alloc, struct pm_diags *diags,
                  struct pm_image **out)
{
    struct pm_linker l = {
        .module = module,
        .config = config,
        .file = config->file ? config->file : "program.pbx",
        .alloc = alloc,
        .diags = diags,
    };

    if (!pm_linker_check_tables(&l))
        return l.no_memory ? PM_ERR_NO_MEMORY : PM_ERR_INVALID;
    l.no_memory = !make_image(&l);
    if (!l.no_memory)
        link_all(&l);
    if (l.failed || l.no_memory) {
        // The module stays the caller's.
        if (l.image)
            l.image->module.block = NULL;
        pm_image_free(l.image);
        return l.no_memory ? PM_ERR_NO_MEMORY : PM_ERR_INVALID;
    }
    pm_translate_finish(l.image);
    *module = (struct pm_module){0};
    *out = l.image;
    return PM_OK;
}
