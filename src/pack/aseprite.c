// SPDX-License-Identifier: MIT
//
// The .aseprite reader: header, frames, and the walk over chunks.

#include "pack/aseprite.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define HEADER_SIZE 128
#define FRAME_SIZE  16
#define CHUNK_SIZE  6
#define NAME_SHOWN  40

// --- faults ------------------------------------------------------------------

static void put_where(const struct pm_ase *f, struct pm_buf *out)
{
    if (!f->chunk_name)
        return;
    pm_buf_printf(out, "frame %" PRIu32 ", ", f->frame + 1);
    if (f->layer < f->layer_count) {
        const struct pm_ase_layer *layer = &f->layers[f->layer];
        pm_buf_printf(out, "layer %" PRIu32 " \"", f->layer);
        pm_buf_put_escaped(out, layer->name,
                           layer->name_size < NAME_SHOWN ? layer->name_size
                                                         : NAME_SHOWN);
        pm_buf_puts(out, "\", ");
    }
    pm_buf_printf(out, "%s: ", f->chunk_name);
}

void pm_pack_ase_fault(struct pm_ase *f, const char *format, ...)
{
    struct pm_place place = pm_place_at(f->file->name, f->chunk);
    struct pm_buf text;
    va_list args;

    pm_buf_init(&text, f->file->alloc);
    put_where(f, &text);
    va_start(args, format);
    pm_buf_vprintf(&text, format, args);
    va_end(args);
    const char *line = pm_buf_cstr(&text);
    pm_diags_error(f->file->diags, &place, "PACK-ASE", "%s",
                   line ? line : format);
    pm_buf_free(&text);
}

bool pm_pack_ase_failed(const struct pm_ase *f)
{
    return f->out_of_memory || f->file->diags->errors > f->errors;
}

static void tell(const struct pm_ase *f, const char *format, ...)
    PM_PRINTF(2, 3);

static void tell(const struct pm_ase *f, const char *format, ...)
{
    va_list args;
    pm_buf_put_escaped(f->file->report, f->file->name, strlen(f->file->name));
    pm_buf_puts(f->file->report, ": ");
    va_start(args, format);
    pm_buf_vprintf(f->file->report, format, args);
    va_end(args);
    pm_buf_puts(f->file->report, "\n");
}

// --- the header --------------------------------------------------------------

static void check_header(struct pm_ase *f, uint32_t size)
{
    uint64_t pixels = (uint64_t)f->width * f->height * f->frame_count;

    if (size > f->file->size)
        pm_pack_ase_fault(f,
                          "the header says the file has %" PRIu32
                          " bytes, but it has %zu: it was cut off",
                          size, f->file->size);
    if (f->width < 1 || f->height < 1 || f->width > PM_ASE_MAX_SIDE ||
        f->height > PM_ASE_MAX_SIDE)
        pm_pack_ase_fault(f,
                          "the canvas has %" PRIu32 " x %" PRIu32
                          " pixels; each side must be 1 to %d",
                          f->width, f->height, PM_ASE_MAX_SIDE);
    if (f->depth != 32 && f->depth != 16 && f->depth != 8)
        pm_pack_ase_fault(
            f, "pixels have %" PRIu32 " bits; it must be 32, 16 or 8",
            f->depth);
    if (f->frame_count < 1 ||
        f->frame_count > (f->file->size - HEADER_SIZE) / FRAME_SIZE)
        pm_pack_ase_fault(f,
                          "the header says there are %" PRIu32
                          " frames, which %zu bytes do not hold",
                          f->frame_count, f->file->size);
    else if (pixels > PM_ASE_MAX_PIXELS)
        pm_pack_ase_fault(f,
                          "%" PRIu32 " frames of %" PRIu32 " x %" PRIu32
                          " have %" PRIu64 " pixels together; it must be "
                          "at most %" PRIu64 ": cut the file into several",
                          f->frame_count, f->width, f->height, pixels,
                          PM_ASE_MAX_PIXELS);
}

static void read_header(struct pm_ase *f, struct pm_cursor *from)
{
    uint32_t size = pm_cursor_u32(from);
    uint16_t magic = pm_cursor_u16(from);

    if (f->file->size < HEADER_SIZE || magic != 0xa5e0) {
        pm_pack_ase_fault(f, "this is no Aseprite file; save it by Aseprite "
                             "(not a renamed file of another kind)");
        return;
    }
    f->frame_count = pm_cursor_u16(from);
    f->width = pm_cursor_u16(from);
    f->height = pm_cursor_u16(from);
    f->depth = pm_cursor_u16(from);
    uint32_t flags = pm_cursor_u32(from);
    f->has_opacity = flags & 1;
    f->has_groups = flags >> 1 & 1;
    f->speed = pm_cursor_u16(from);
    pm_cursor_take(from, 8);
    f->transparent = pm_cursor_u8(from);
    pm_cursor_take(from, 5);
    uint8_t pixel_width = pm_cursor_u8(from);
    uint8_t pixel_height = pm_cursor_u8(from);
    from->at = HEADER_SIZE;
    check_header(f, size);
    f->depth /= 8;
    if (pixel_width && pixel_height && pixel_width != pixel_height)
        tell(f, "pixels are %u : %u in the file; the machine's are square",
             pixel_width, pixel_height);
}

static void get_memory(struct pm_ase *f)
{
    const struct pm_allocator *alloc = f->file->alloc;
    size_t count = f->frame_count;
    struct pm_pack_animation *out = f->out;

    out->width = f->width;
    out->height = f->height;
    out->frames = pm_mem_zarray(alloc, count, sizeof *out->frames);
    out->durations = pm_mem_zarray(alloc, count, sizeof *out->durations);
    out->frame_count = f->frame_count;
    f->indices = pm_mem_zarray(alloc, count, sizeof *f->indices);
    f->starts = pm_mem_zarray(alloc, count + 1, sizeof *f->starts);
    f->out_of_memory =
        !out->frames || !out->durations || !f->indices || !f->starts;
}

// --- chunks ------------------------------------------------------------------

struct chunk_kind {
    uint16_t type;
    const char *name;
    void (*read)(struct pm_ase *f, struct pm_cursor *body);
};

static const struct chunk_kind kinds[] = {
    {0x0004, "old palette", pm_pack_ase_old_palette},
    {0x0011, "old palette", pm_pack_ase_older_palette},
    {0x2004, "layer", pm_pack_ase_layer},
    {0x2005, "cel", pm_pack_ase_cel},
    {0x2018, "tags", pm_pack_ase_tags},
    {0x2019, "palette", pm_pack_ase_palette},
    {0x2023, "tileset", pm_pack_ase_tileset},
    // Of no effect on what is to be seen.
    {0x2006, "cel extra", NULL},
    {0x2007, "colour profile", NULL},
    {0x2008, "external files", NULL},
    {0x2016, "mask", NULL},
    {0x2017, "path", NULL},
    {0x2020, "user data", NULL},
    {0x2022, "slice", NULL},
};

static void read_chunk(struct pm_ase *f, uint16_t type, struct pm_cursor *body)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(kinds); i++) {
        if (kinds[i].type != type)
            continue;
        f->chunk_name = kinds[i].name;
        f->layer = PM_ASE_NONE;
        if (!kinds[i].read)
            return;
        kinds[i].read(f, body);
        if (body->failed)
            pm_pack_ase_fault(f, "the chunk ends before all of it was read");
        return;
    }
    f->unknown++;
}

static void read_chunks(struct pm_ase *f, struct pm_cursor *from, size_t base,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count && !f->out_of_memory; i++) {
        f->chunk_name = "chunks";
        f->layer = PM_ASE_NONE;
        f->chunk = base + from->at;
        size_t left = pm_cursor_left(from);
        uint32_t size = pm_cursor_u32(from);
        uint16_t type = pm_cursor_u16(from);
        if (from->failed || size < CHUNK_SIZE || size > left) {
            pm_pack_ase_fault(f,
                              "chunk %" PRIu32 " of %" PRIu32
                              " says it has %" PRIu32
                              " bytes; the frame has %zu left",
                              i + 1, count, size, left);
            return;
        }
        const uint8_t *bytes = pm_cursor_take(from, size - CHUNK_SIZE);
        struct pm_cursor body = pm_cursor_make(bytes, size - CHUNK_SIZE);
        read_chunk(f, type, &body);
    }
}

// --- frames ------------------------------------------------------------------

static void set_duration(struct pm_ase *f, uint16_t duration)
{
    if (duration == 0)
        duration = f->speed;
    f->out->durations[f->frame] = duration ? duration : 1;
}

// False where the next frame cannot be found.
static bool read_frame(struct pm_ase *f, struct pm_cursor *from)
{
    size_t base = from->at;
    size_t left = pm_cursor_left(from);

    f->chunk = base;
    f->chunk_name = "header";
    f->layer = PM_ASE_NONE;
    uint32_t size = pm_cursor_u32(from);
    uint16_t magic = pm_cursor_u16(from);
    uint32_t count = pm_cursor_u16(from);
    set_duration(f, pm_cursor_u16(from));
    pm_cursor_take(from, 2);
    uint32_t new_count = pm_cursor_u32(from);
    if (from->failed || size < FRAME_SIZE || size > left) {
        pm_pack_ase_fault(
            f, "the frame says it has %" PRIu32 " bytes; the file has %zu left",
            size, left);
        return false;
    }
    if (magic != 0xf1fa) {
        pm_pack_ase_fault(f, "the frame begins with %04x; it must be f1fa",
                          magic);
        return false;
    }
    const uint8_t *bytes = pm_cursor_take(from, size - FRAME_SIZE);
    struct pm_cursor chunks = pm_cursor_make(bytes, size - FRAME_SIZE);
    read_chunks(f, &chunks, base + FRAME_SIZE, new_count ? new_count : count);
    return true;
}

static void read_frames(struct pm_ase *f, struct pm_cursor *from)
{
    f->is_exact = f->depth == 1;
    for (f->frame = 0; f->frame < f->frame_count; f->frame++) {
        bool found = read_frame(f, from);
        if (!pm_pack_ase_failed(f))
            pm_pack_ase_compose(f);
        pm_pack_ase_keep_cels(f);
        if (!found || f->out_of_memory)
            return;
    }
    f->chunk_name = NULL;
}

// --- the result --------------------------------------------------------------

static void fill_palette(const struct pm_ase *f, struct pm_pack_image *image)
{
    bool has_background = false;

    for (uint32_t i = 0; i < f->layer_count; i++)
        has_background |= f->layers[i].is_background && f->layers[i].is_shown;
    image->is_indexed = true;
    image->colours = (int)f->colours;
    if (image->colours <= f->transparent)
        image->colours = f->transparent + 1;
    for (int i = 0; i < 256; i++) {
        memcpy(image->palette[i], f->palette[i], 3);
        image->alpha[i] = f->palette[i][3];
    }
    if (!has_background)
        image->alpha[f->transparent] = 0;
}

// Gives indices in place of colours.
static void give_indices(struct pm_ase *f)
{
    size_t size = (size_t)f->width * f->height;

    for (uint32_t i = 0; i < f->frame_count; i++) {
        struct pm_pack_image *image = &f->out->frames[i];
        pm_mem_free(f->file->alloc, image->pixels, image->bytes);
        image->pixels = f->indices[i];
        image->bytes = size;
        f->indices[i] = NULL;
        fill_palette(f, image);
    }
}

static void finish(struct pm_ase *f)
{
    if (f->depth == 1 && f->is_exact && !f->palette_changed)
        give_indices(f);
    if (f->beyond)
        tell(f,
             "%" PRIu64 " pixels have an index that the palette does not "
             "have; they are transparent",
             f->beyond);
    if (f->unknown)
        tell(f, "%" PRIu64 " chunks of kinds that are not known left out",
             f->unknown);
}

static void free_file(struct pm_ase *f)
{
    const struct pm_allocator *alloc = f->file->alloc;
    size_t pixels = (size_t)f->width * f->height;

    for (size_t i = 0; i < f->block_count; i++)
        pm_mem_free(alloc, f->blocks[i].bytes, f->blocks[i].size);
    pm_mem_free(alloc, f->blocks, f->block_room * sizeof *f->blocks);
    pm_mem_free(alloc, f->cels, f->cel_room * sizeof *f->cels);
    if (f->starts)
        pm_mem_free(alloc, f->starts,
                    ((size_t)f->frame_count + 1) * sizeof *f->starts);
    for (int i = 0; i <= PM_ASE_MAX_LEVELS; i++)
        pm_mem_free(alloc, f->canvases[i], pixels * 4);
    for (uint32_t i = 0; f->indices && i < f->frame_count; i++)
        pm_mem_free(alloc, f->indices[i], pixels);
    pm_mem_free(alloc, f->indices, f->frame_count * sizeof *f->indices);
    pm_mem_free(alloc, f, sizeof *f);
}

static void read_all(struct pm_ase *f)
{
    struct pm_cursor from = pm_cursor_make(f->file->bytes, f->file->size);

    read_header(f, &from);
    if (!pm_pack_ase_failed(f))
        get_memory(f);
    if (!pm_pack_ase_failed(f))
        read_frames(f, &from);
    if (!pm_pack_ase_failed(f))
        finish(f);
}

pm_status pm_pack_decode_aseprite(const struct pm_pack_file *file,
                                  struct pm_pack_animation *out)
{
    struct pm_ase *f = pm_mem_zalloc(file->alloc, sizeof *f);

    *out = (struct pm_pack_animation){0};
    if (!f)
        return PM_ERR_NO_MEMORY;
    f->file = file;
    f->out = out;
    f->errors = file->diags->errors;
    f->layer = PM_ASE_NONE;
    read_all(f);
    bool failed = pm_pack_ase_failed(f);
    pm_status status = f->out_of_memory ? PM_ERR_NO_MEMORY : PM_ERR_INVALID;
    free_file(f);
    if (!failed)
        return PM_OK;
    pm_pack_animation_free(file->alloc, out);
    return status;
}

void pm_pack_animation_free(const struct pm_allocator *alloc,
                            struct pm_pack_animation *animation)
{
    size_t count = animation->frame_count;

    for (size_t i = 0; animation->frames && i < count; i++)
        pm_mem_free(alloc, animation->frames[i].pixels,
                    animation->frames[i].bytes);
    pm_mem_free(alloc, animation->frames, count * sizeof *animation->frames);
    pm_mem_free(alloc, animation->durations,
                count * sizeof *animation->durations);
    pm_mem_free(alloc, animation->tags,
                animation->tag_count * sizeof *animation->tags);
    *animation = (struct pm_pack_animation){0};
}
