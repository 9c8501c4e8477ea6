// SPDX-License-Identifier: MIT
//
// assets.json: what the files do not hold, a line an asset. And the registry,
// so that packing gives each name its id again.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <prometeu/picture.h>

#include "base/bits.h"
#include "base/mem.h"
#include "base/sort.h"
#include "json.h"
#include "unpack.h"

// --- an asset ----------------------------------------------------------------

static void put_files(struct pm_json_writer *w, const struct unpack *u,
                      const struct unpack_file *files, size_t count)
{
    cli_json_begin_array(w, "files");
    for (size_t i = 0; i < count && !u->problem; i++) {
        const char *name = unpack_name(u, &files[i]);
        cli_json_string(w, name, strlen(name));
    }
    pm_json_write_end(w);
}

static void put_palette(struct pm_json_writer *w, const uint8_t colours[32])
{
    char text[8];

    pm_json_write_begin_array(w);
    for (size_t i = 0; i < 16; i++) {
        uint16_t colour = pm_load16(colours + i * 2);
        snprintf(text, sizeof text, "#%02x%02x%02x", pm_picture_red(colour),
                 pm_picture_green(colour), pm_picture_blue(colour));
        pm_json_write_cstr(w, text);
    }
    pm_json_write_end(w);
}

// All that the author made; the PNG has only the first.
static void put_palettes(struct pm_json_writer *w,
                         const struct pm_asset_entry *entry,
                         struct pm_asset_reader *reader)
{
    uint64_t at = (uint64_t)entry->width * entry->height / 2;
    uint8_t colours[32];

    cli_json_begin_array(w, "palettes");
    for (int i = 0; i < entry->palette_authored; i++)
        if (!pm_asset_reader_read(reader, at + (uint64_t)i * 32, colours,
                                  sizeof colours))
            put_palette(w, colours);
    pm_json_write_end(w);
}

static void put_layers(struct pm_json_writer *w, const struct cli_scene *scene)
{
    cli_json_begin_array(w, "layers");
    for (int i = 0; i < CLI_LAYERS; i++) {
        const struct cli_layer *layer = &scene->layers[i];
        cli_scene_put_layer(w, layer);
    }
    pm_json_write_end(w);
}

static void put_content(struct pm_json_writer *w, const struct unpack *u,
                        const struct pm_asset_entry *entry,
                        struct pm_asset_reader *reader)
{
    struct cli_scene scene;

    if (entry->bank_type == PM_BANK_GLYPH)
        put_palettes(w, entry, reader);
    if (entry->bank_type == PM_BANK_SCENE &&
        !cli_scene_read(u->asset, entry, &scene))
        put_layers(w, &scene);
}

static void put_slots(struct pm_json_writer *w, const struct unpack *u,
                      const struct pm_asset_entry *entry)
{
    cli_json_begin_array(w, "slots");
    for (int slot = 0; slot < PM_ASSET_SLOTS; slot++)
        if (cli_asset_is_in_slot(u->asset, entry, slot))
            pm_json_write_int(w, slot);
    pm_json_write_end(w);
}

static void put_asset(struct pm_json_writer *w, const struct unpack *u,
                      const struct pm_asset_entry *entry,
                      struct pm_asset_reader *reader,
                      const struct unpack_file *files, size_t count)
{
    size_t size;
    const char *text = pm_asset_name(u->asset, entry, &size);

    pm_json_write_begin_object(w);
    cli_json_number(w, "id", entry->id);
    cli_json_bytes(w, "name", text, size);
    cli_json_text(w, "bank", pm_bank_type_name((pm_bank_type)entry->bank_type));
    put_slots(w, u, entry);
    cli_json_text(w, "codec",
                  pm_asset_codec_name((pm_asset_codec)entry->codec));
    put_files(w, u, files, count);
    if (u->problem)
        cli_json_text(w, "problem", pm_status_meaning(u->problem));
    else
        put_content(w, u, entry, reader);
    text = pm_asset_metadata(u->asset, entry, &size);
    cli_json_copy(w, "metadata", text, size);
    pm_json_write_end(w);
}

// --- the list ----------------------------------------------------------------

bool unpack_list_begin(struct unpack *u)
{
    static const char head[] = "{\"assets\":[";

    if (!unpack_begin(u, UNPACK_LIST, &u->list))
        return false;
    if (unpack_put(u, UNPACK_LIST, u->list, head, sizeof head - 1))
        return true;
    pm_file_writer_cancel(u->list);
    return false;
}

void unpack_list_add(struct unpack *u, const struct pm_asset_entry *entry,
                     struct pm_asset_reader *reader,
                     const struct unpack_file *files, size_t count)
{
    struct pm_buf line;

    pm_buf_init(&line, &cli_alloc);
    pm_buf_puts(&line, u->in_list++ ? ",\n  " : "\n  ");
    struct pm_json_writer w = pm_json_write_to(&line);
    put_asset(&w, u, entry, reader, files, count);
    if (pm_buf_status(&line)) {
        cli_error("memory is short");
        u->is_stopped = true;
        u->code = CLI_WORLD;
    } else {
        unpack_put(u, UNPACK_LIST, u->list, line.data, line.size);
        if (u->is_json)
            pm_buf_put(&u->report, line.data, line.size);
    }
    if (!u->problem)
        u->unpacked++;
    pm_buf_free(&line);
}

void unpack_list_end(struct unpack *u)
{
    static const char tail[] = "\n]}\n";

    if (!u->is_stopped)
        unpack_put(u, UNPACK_LIST, u->list, tail, sizeof tail - 1);
    unpack_end(u, UNPACK_LIST, u->list);
}

// --- the registry ------------------------------------------------------------

// The file whose name the packer makes an asset's name of, or NULL.
static bool is_named(const struct unpack *u, const struct unpack_file *file)
{
    if (file->kind == UNPACK_RESERVED || file->kind == UNPACK_SETTINGS)
        return false;
    return pm_asset_at(u->asset, file->entry)->id > 0;
}

// The packer's name for it: the name of a picture is without its ending.
static size_t name_size(const struct unpack *u, const struct unpack_file *file)
{
    size_t size = strlen(unpack_name(u, file));
    return file->kind == UNPACK_BLOB ? size : size - 4;
}

static bool is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct unpack *u = context;
    const struct unpack_file *left = &u->plan.files[a];
    const struct unpack_file *right = &u->plan.files[b];
    size_t left_size = name_size(u, left);
    size_t right_size = name_size(u, right);
    size_t size = left_size < right_size ? left_size : right_size;
    int order = memcmp(unpack_name(u, left), unpack_name(u, right), size);

    if (order)
        return order > 0;
    return left_size != right_size ? left_size > right_size : a > b;
}

static bool is_same(const struct unpack *u, uint32_t a, uint32_t b)
{
    const struct unpack_file *left = &u->plan.files[a];
    const struct unpack_file *right = &u->plan.files[b];
    size_t size = name_size(u, left);

    return size == name_size(u, right) &&
           memcmp(unpack_name(u, left), unpack_name(u, right), size) == 0;
}

static void put_id(struct pm_buf *out, const struct unpack *u,
                   const struct unpack_file *file)
{
    struct pm_json_writer w = pm_json_write_to(out);

    pm_buf_puts(out, out->size > 1 ? ",\n  " : "\n  ");
    cli_json_string(&w, unpack_name(u, file), name_size(u, file));
    pm_buf_printf(out, ": %" PRId32, pm_asset_at(u->asset, file->entry)->id);
}

// An id stands once: of several samples the first has it.
static void write_registry(struct unpack *u, uint32_t *order, size_t count)
{
    struct pm_buf out;

    pm_buf_init(&out, &cli_alloc);
    pm_buf_puts(&out, "{");
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !is_same(u, order[i - 1], order[i]))
            put_id(&out, u, &u->plan.files[order[i]]);
    pm_buf_puts(&out, "\n}\n");
    if (pm_buf_status(&out)) {
        cli_error("memory is short");
        u->code = CLI_WORLD;
    } else if (!unpack_whole(u, UNPACK_REGISTRY, out.data, out.size) &&
               u->code == CLI_OK) {
        u->code = CLI_BAD;
    }
    pm_buf_free(&out);
}

void unpack_registry(struct unpack *u)
{
    uint32_t *order = pm_mem_zarray(&cli_alloc, u->plan.count, sizeof *order);
    size_t count = 0;

    if (!order) {
        cli_error("memory is short");
        u->code = CLI_WORLD;
        return;
    }
    for (size_t i = 0; i < u->plan.count; i++)
        if (is_named(u, &u->plan.files[i]) && u->plan.files[i].sample == 0)
            order[count++] = (uint32_t)i;
    pm_sort(order, count, is_after, u);
    write_registry(u, order, count);
    pm_mem_free(&cli_alloc, order, u->plan.count * sizeof *order);
}
