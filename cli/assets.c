// SPDX-License-Identifier: MIT
//
// Getting at an assets.pa, and at what its entries do not say themselves.
#include "assets.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/json.h"
#include "base/mem.h"
#include "hosts/common/files.h"
#include "json.h"

#define SCENE_HEAD  8
#define SCENE_LAYER 20

// --- opening -----------------------------------------------------------------

static int open_file(const char *path, struct cli_assets *out)
{
    const char *error = NULL;
    pm_status status = pm_file_open(&cli_alloc, path, &out->own, &error);

    if (status) {
        cli_file_error(path, status, error);
        return CLI_WORLD;
    }
    out->file = cli_copy(path, strlen(path));
    out->source = pm_file_source(out->own);
    return CLI_OK;
}

static pm_status open_package(const char *path, struct cli_assets *out)
{
    struct pm_source package = pm_file_source(out->cart.package);
    struct pm_diags diags;

    pm_diags_init(&diags, &cli_alloc);
    pm_status status =
        pm_pmc_open(&package, path, &cli_alloc, &diags, &out->pmc);
    cli_print_diags(&diags, NULL);
    pm_diags_free(&diags);
    return status;
}

static int open_cart(const char *path, struct cli_assets *out)
{
    struct pm_cart_files files = cli_cart_files(&out->cart);
    int code = cli_open_cart(path, NULL, &out->cart);

    if (code == CLI_OK && out->cart.package)
        code = cli_exit_for(open_package(path, out));
    if (code)
        return code;
    if (out->pmc)
        files = pm_pmc_files(out->pmc);
    out->file = cli_path(path, PM_CART_ASSETS);
    pm_status status = files.open(files.context, PM_CART_ASSETS, &out->source);
    if (status == PM_ERR_NOT_FOUND) {
        cli_error("%s: there are no assets in it", path);
        return CLI_USAGE;
    }
    if (status)
        cli_file_error(out->file, status, NULL);
    return cli_exit_for(status);
}

static int open_source(const char *path, struct cli_assets *out)
{
    pm_status status;

    switch (cli_kind_of(path, &status)) {
    case CLI_KIND_NONE:
        return CLI_WORLD;
    case CLI_KIND_ASSETS:
        return open_file(path, out);
    case CLI_KIND_CART:
    case CLI_KIND_PACKAGE:
    case CLI_KIND_PROJECT:
        return open_cart(path, out);
    case CLI_KIND_FOLDER:
        cli_error("%s: this is a folder; \"prometeu pack %s\" makes an "
                  "assets.pa of it",
                  path, path);
        return CLI_USAGE;
    default:
        cli_error("%s: this is no assets.pa, nor a cartridge directory, "
                  "package (.pmc) or project with one",
                  path);
        return CLI_USAGE;
    }
}

int cli_assets_open(const char *path, struct cli_assets *out)
{
    struct pm_diags diags;

    *out = (struct cli_assets){0};
    cli_cart_init(&out->cart);
    int code = open_source(path, out);
    if (code)
        return code;
    pm_diags_init(&diags, &cli_alloc);
    pm_status status =
        pm_asset_open(&out->source, out->file, &cli_alloc, &diags, &out->asset);
    cli_print_diags(&diags, NULL);
    if (status && diags.errors == 0)
        cli_file_error(out->file, status, NULL);
    pm_diags_free(&diags);
    return cli_exit_for(status);
}

void cli_assets_close(struct cli_assets *assets)
{
    pm_asset_close(assets->asset);
    pm_pmc_close(assets->pmc);
    pm_file_close(assets->own);
    cli_cart_free(&assets->cart);
    cli_free_text(assets->file);
}

// --- which ones --------------------------------------------------------------

static bool is_id(const char *word, int32_t *out)
{
    char *end;

    errno = 0;
    long long number = strtoll(word, &end, 10);
    bool is_number = *word == '-' || (*word >= '0' && *word <= '9');
    *out = (int32_t)number;
    return is_number && end != word && *end == '\0' && !errno && number == *out;
}

size_t cli_asset_find(const struct pm_asset *asset, const char *word,
                      size_t from)
{
    size_t count = pm_asset_count(asset);
    const struct pm_asset_entry *entry;
    int32_t id;
    size_t size;

    if (is_id(word, &id) && (entry = pm_asset_find(asset, id)) != NULL) {
        size_t index = (size_t)(entry - pm_asset_at(asset, 0));
        return index >= from ? index : count;
    }
    for (; from < count; from++) {
        const char *name =
            pm_asset_name(asset, pm_asset_at(asset, from), &size);
        if (size == strlen(word) && memcmp(name, word, size) == 0)
            break;
    }
    return from;
}

bool cli_asset_is_in_slot(const struct pm_asset *asset,
                          const struct pm_asset_entry *entry, int slot)
{
    for (size_t i = 0; i < pm_asset_preload_count(asset); i++) {
        struct pm_asset_preload item = pm_asset_preload_at(asset, i);
        if (pm_asset_at(asset, item.entry) == entry && item.slot == slot)
            return true;
    }
    return false;
}

// --- scenes ------------------------------------------------------------------

static bool is_layer(const uint8_t *b, const struct cli_layer *layer,
                     uint64_t left)
{
    bool is_tile = b[2] == 8 || b[2] == 16 || b[2] == 32;

    return b[0] <= 1 && b[1] < PM_ASSET_SLOTS && (is_tile || !b[0]) && !b[3] &&
           (uint64_t)layer->width * layer->height <= left / 4;
}

// Reads the layer at [*at] and moves behind its cells.
static pm_status read_layer(struct pm_asset_reader *reader, uint64_t size,
                            uint64_t *at, struct cli_layer *out)
{
    uint8_t b[SCENE_LAYER];

    if (size - *at < sizeof b)
        return PM_ERR_CORRUPT;
    pm_status status = pm_asset_reader_read(reader, *at, b, sizeof b);
    if (status)
        return status;
    *at += sizeof b;
    *out = (struct cli_layer){.is_active = b[0] == 1,
                              .slot = b[1],
                              .tile_size = b[2],
                              .parallax_x = (int32_t)pm_load32(b + 4),
                              .parallax_y = (int32_t)pm_load32(b + 8),
                              .width = pm_load32(b + 12),
                              .height = pm_load32(b + 16),
                              .at = *at};
    if (!is_layer(b, out, size - *at))
        return PM_ERR_CORRUPT;
    *at += (uint64_t)out->width * out->height * 4;
    return PM_OK;
}

static pm_status read_scene(struct pm_asset_reader *reader, uint64_t size,
                            struct cli_scene *out)
{
    uint8_t head[SCENE_HEAD];
    uint64_t at = sizeof head;
    pm_status status = pm_asset_reader_read(reader, 0, head, sizeof head);

    if (!status && memcmp(head, "SCN1\1\0\4\0", sizeof head) != 0)
        status = PM_ERR_CORRUPT;
    for (int i = 0; i < CLI_LAYERS && !status; i++)
        status = read_layer(reader, size, &at, &out->layers[i]);
    if (!status && at != size)
        status = PM_ERR_CORRUPT;
    return status;
}

pm_status cli_scene_read(const struct pm_asset *asset,
                         const struct pm_asset_entry *entry,
                         struct cli_scene *out)
{
    struct pm_asset_reader *reader;
    pm_status status = pm_asset_reader_open(asset, entry, &cli_alloc, &reader);

    if (status)
        return status;
    status = read_scene(reader, pm_asset_form_size(entry), out);
    pm_asset_reader_close(reader);
    return status;
}

// --- sounds ------------------------------------------------------------------

static void put_decoded(struct pm_buf *out, const struct pm_json *json,
                        const struct pm_json_str *str)
{
    size_t at = out->size;

    pm_buf_put(out, NULL, str->size);
    if (!out->failed)
        out->size =
            at + pm_json_str_decode(json, str, out->data + at, str->size);
}

// Reads the name of the sample that is due, which opening has checked.
static void read_name(struct pm_json *json, struct cli_samples *out,
                      size_t number)
{
    struct pm_json_value v;
    struct pm_json_str key;

    pm_json_value(json, &v);
    while (pm_json_next(json, &key)) {
        bool is_name = pm_json_str_is(json, &key, "name");
        pm_json_skip(json, &v, NULL);
        if (is_name)
            put_decoded(&out->names, json, &v.str);
    }
    out->name_ends[number] = (uint32_t)out->names.size;
    pm_buf_put8(&out->names, 0);
}

static void read_names(const struct pm_asset *asset,
                       const struct pm_asset_entry *entry,
                       struct cli_samples *out)
{
    size_t size;
    const char *text = pm_asset_metadata(asset, entry, &size);
    struct pm_json json;
    struct pm_json_value v;
    struct pm_json_str key;
    size_t number = 0;

    pm_json_open_at(&json, text, 0, (uint32_t)size, &cli_alloc);
    pm_json_value(&json, &v);
    while (pm_json_next(&json, &key)) {
        if (!pm_json_str_is(&json, &key, "samples")) {
            pm_json_skip(&json, NULL, NULL);
            continue;
        }
        pm_json_value(&json, &v);
        while (pm_json_next(&json, NULL) && number < out->count)
            read_name(&json, out, number++);
    }
    pm_json_close(&json);
}

pm_status cli_samples_read(const struct pm_asset *asset,
                           const struct pm_asset_entry *entry,
                           struct cli_samples *out)
{
    *out = (struct cli_samples){0};
    pm_buf_init(&out->names, &cli_alloc);
    size_t count = pm_asset_samples(asset, entry, NULL, 0);
    if (count == 0)
        return PM_OK;
    out->count = count;
    out->items = pm_mem_zarray(&cli_alloc, count, sizeof *out->items);
    out->name_ends = pm_mem_zarray(&cli_alloc, count, sizeof *out->name_ends);
    if (out->items && out->name_ends) {
        pm_asset_samples(asset, entry, out->items, count);
        read_names(asset, entry, out);
        if (!out->names.failed)
            return PM_OK;
    }
    cli_samples_free(out);
    return PM_ERR_NO_MEMORY;
}

void cli_samples_free(struct cli_samples *samples)
{
    pm_mem_free(&cli_alloc, samples->items,
                samples->count * sizeof *samples->items);
    pm_mem_free(&cli_alloc, samples->name_ends,
                samples->count * sizeof *samples->name_ends);
    pm_buf_free(&samples->names);
    *samples = (struct cli_samples){0};
}

const char *cli_sample_name(const struct cli_samples *samples, size_t index,
                            size_t *size)
{
    uint32_t start = index ? samples->name_ends[index - 1] + 1 : 0;

    *size = samples->name_ends[index] - start;
    return (const char *)samples->names.data + start;
}

// --- for people --------------------------------------------------------------

void cli_put_size(struct pm_buf *out, uint64_t size)
{
    static const char units[] = "KMGTP";
    uint64_t unit = 1024;
    int i = 0;

    if (size < 10000) {
        pm_buf_printf(out, "%" PRIu64 " B", size);
        return;
    }
    while (size / unit >= 1000 && units[i + 1]) {
        unit *= 1024;
        i++;
    }
    uint64_t tenths = size / unit * 10 + size % unit * 10 / unit;
    pm_buf_printf(out, "%" PRIu64 ".%" PRIu64 " %ciB", tenths / 10, tenths % 10,
                  units[i]);
}

void cli_put_name(struct pm_buf *out, const char *name, size_t size,
                  size_t most)
{
    struct pm_buf safe;
    size_t columns = 0;
    size_t end = 0;
    size_t cut = 0; // where there is room for the dots

    pm_buf_init(&safe, &cli_alloc);
    pm_buf_put_escaped(&safe, name, size);
    for (; end < safe.size; end++) {
        bool is_first = (safe.data[end] & 0xC0) != 0x80;
        if (is_first && ++columns == most)
            cut = end;
        if (is_first && columns > most)
            break;
    }
    if (end == safe.size) {
        pm_buf_put(out, safe.data, safe.size);
    } else {
        pm_buf_put(out, safe.data, cut);
        pm_buf_puts(out, "\xe2\x80\xa6");
    }
    pm_buf_free(&safe);
}

void cli_put_fixed(struct pm_buf *out, int32_t value)
{
    int64_t size = value < 0 ? -(int64_t)value : value;
    int64_t power = 1;
    int64_t number = 0;
    int digits = 0;

    // With six digits every value has a number of its own.
    for (; digits <= 6; digits++, power *= 10) {
        number = (size * power + 0x8000) >> 16;
        if ((number * 0x10000 + power / 2) / power == size)
            break;
    }
    pm_buf_printf(out, "%s%" PRId64, value < 0 ? "-" : "", number / power);
    if (digits)
        pm_buf_printf(out, ".%0*" PRId64, digits, number % power);
}

void cli_scene_put_layer(struct pm_json_writer *w,
                         const struct cli_layer *layer)
{
    pm_json_write_begin_object(w);
    cli_json_bool(w, "active", layer->is_active);
    cli_json_number(w, "slot", layer->slot);
    cli_json_number(w, "tile_size", layer->tile_size);
    cli_json_number(w, "parallax_x", layer->parallax_x);
    cli_json_number(w, "parallax_y", layer->parallax_y);
    cli_json_number(w, "width", layer->width);
    cli_json_number(w, "height", layer->height);
    pm_json_write_end(w);
}
