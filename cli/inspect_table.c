// SPDX-License-Identifier: MIT
//
// What is in an assets.pa, for people: a table with a line an asset. It is
// made twice, once to see how wide its columns are.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "inspect.h"

#define NAME_COLUMNS 32
#define MOST_SHOWN   3 // samples of an asset

enum column { ID, NAME, BANK, SLOTS, CODEC, STORED, RESIDENT, RATIO, SUMS };
#define COLUMNS 9

static const char *const titles[COLUMNS + 1] = {
    "id",     "name",     "bank",   "slots", "codec",
    "stored", "resident", "packed", "sums",  "what"};

// Numbers stand at the right of their column.
static bool is_right(int column)
{
    return column == ID || column == STORED || column == RESIDENT ||
           column == RATIO || column == SUMS;
}

struct table {
    struct pm_buf *out; // NULL: widths are measured
    size_t widths[COLUMNS];
};

// --- cells -------------------------------------------------------------------

static size_t columns_of(const struct pm_buf *cell)
{
    size_t count = 0;

    for (size_t i = 0; i < cell->size; i++)
        count += (cell->data[i] & 0xC0) != 0x80;
    return count;
}

static void put_cell(struct table *table, int column, const struct pm_buf *cell)
{
    size_t size = columns_of(cell);
    size_t *width = &table->widths[column];

    if (!table->out) {
        if (size > *width)
            *width = size;
        return;
    }
    int blanks = size < *width ? (int)(*width - size) : 0;
    if (is_right(column))
        pm_buf_printf(table->out, "%*s", blanks, "");
    pm_buf_put(table->out, cell->data, cell->size);
    pm_buf_printf(table->out, "%*s", is_right(column) ? 2 : blanks + 2, "");
}

static void put_slots(struct pm_buf *out, const struct pm_asset *asset,
                      const struct pm_asset_entry *entry)
{
    const char *comma = "";

    for (int slot = 0; slot < PM_ASSET_SLOTS; slot++)
        if (cli_asset_is_in_slot(asset, entry, slot)) {
            pm_buf_printf(out, "%s%d", comma, slot);
            comma = ",";
        }
    if (!*comma)
        pm_buf_puts(out, "-");
}

static void put_codec(struct pm_buf *out, const struct pm_asset_entry *entry)
{
    pm_buf_puts(out, pm_asset_codec_name((pm_asset_codec)entry->codec));
    if (entry->codec != PM_CODEC_NONE)
        pm_buf_printf(out, " %uK", 1u << (entry->chunk_shift - 10));
}

// The stored bytes in hundredths of those that codec NONE would store.
static void put_ratio(struct pm_buf *out, const struct pm_asset_entry *entry)
{
    double form = (double)pm_asset_form_size(entry);

    if (entry->codec == PM_CODEC_NONE || form == 0)
        pm_buf_puts(out, "-");
    else
        pm_buf_printf(out, "%.0f%%", (double)entry->size * 100 / form);
}

static void put_sums(struct pm_buf *out, const struct pm_asset *asset,
                     const struct pm_asset_entry *entry)
{
    size_t size;

    if (pm_asset_sums(asset, entry, &size))
        pm_buf_printf(out, "%zu", size / 16);
    else
        pm_buf_puts(out, "none");
}

static void put_column(struct pm_buf *out, const struct pm_asset *asset,
                       const struct pm_asset_entry *entry, int column)
{
    size_t size;
    const char *name = pm_asset_name(asset, entry, &size);

    switch (column) {
    case ID:
        pm_buf_printf(out, "%" PRId32, entry->id);
        break;
    case NAME:
        cli_put_name(out, name, size, NAME_COLUMNS);
        break;
    case BANK:
        pm_buf_puts(out, pm_bank_type_name((pm_bank_type)entry->bank_type));
        break;
    case SLOTS:
        put_slots(out, asset, entry);
        break;
    case CODEC:
        put_codec(out, entry);
        break;
    case STORED:
        cli_put_size(out, entry->size);
        break;
    case RESIDENT:
        cli_put_size(out, entry->decoded_size);
        break;
    case RATIO:
        put_ratio(out, entry);
        break;
    default:
        put_sums(out, asset, entry);
        break;
    }
}

// --- what it is --------------------------------------------------------------

static void put_glyph(struct pm_buf *out, const struct pm_asset_entry *entry)
{
    unsigned tile = entry->tile_size;
    unsigned tiles = entry->width / tile * (entry->height / tile);
    unsigned palettes = entry->palette_authored;

    pm_buf_printf(out, "%u x %u, %u tile%s of %u, %u palette%s", entry->width,
                  entry->height, tiles, tiles == 1 ? "" : "s", tile, palettes,
                  palettes == 1 ? "" : "s");
}

static void put_sample(struct pm_buf *out, const struct cli_samples *samples,
                       size_t index)
{
    const struct pm_asset_sample *sample = &samples->items[index];
    double rate = sample->rate;
    size_t size;
    const char *name = cli_sample_name(samples, index, &size);

    cli_put_name(out, name, size, NAME_COLUMNS);
    pm_buf_printf(out, " %.2f s at %" PRIu32 " Hz", sample->frames / rate,
                  sample->rate);
    if (sample->loop_end)
        pm_buf_printf(out, " looping %.2f..%.2f", sample->loop_start / rate,
                      sample->loop_end / rate);
}

static void put_sounds(struct pm_buf *out, const struct pm_asset *asset,
                       const struct pm_asset_entry *entry)
{
    struct cli_samples samples;

    if (cli_samples_read(asset, entry, &samples)) {
        out->failed = true;
        return;
    }
    pm_buf_printf(out, "%zu sample%s", samples.count,
                  samples.count == 1 ? "" : "s");
    for (size_t i = 0; i < samples.count && i < MOST_SHOWN; i++) {
        pm_buf_puts(out, i ? ", " : ": ");
        put_sample(out, &samples, i);
    }
    if (samples.count > MOST_SHOWN)
        pm_buf_printf(out, ", and %zu more", samples.count - MOST_SHOWN);
    cli_samples_free(&samples);
}

static void put_layer(struct pm_buf *out, int number,
                      const struct cli_layer *layer)
{
    pm_buf_printf(out, "layer %d: %" PRIu32 " x %" PRIu32 " of %u from slot %u",
                  number, layer->width, layer->height, layer->tile_size,
                  layer->slot);
    if (layer->parallax_x == 0x10000 && layer->parallax_y == 0x10000)
        return;
    pm_buf_puts(out, " parallax ");
    cli_put_fixed(out, layer->parallax_x);
    pm_buf_puts(out, "/");
    cli_put_fixed(out, layer->parallax_y);
}

static void put_scene(struct pm_buf *out, const struct pm_asset *asset,
                      const struct pm_asset_entry *entry)
{
    struct cli_scene scene;
    pm_status status = cli_scene_read(asset, entry, &scene);
    const char *comma = "";

    if (status)
        pm_buf_printf(out, "its layers cannot be read: %s",
                      pm_status_meaning(status));
    for (int i = 0; i < CLI_LAYERS && !status; i++)
        if (scene.layers[i].is_active) {
            pm_buf_puts(out, comma);
            put_layer(out, i, &scene.layers[i]);
            comma = ", ";
        }
    if (!status && !*comma)
        pm_buf_puts(out, "no layer is active");
}

static void put_what(struct pm_buf *out, const struct pm_asset *asset,
                     const struct pm_asset_entry *entry)
{
    if (entry->bank_type == PM_BANK_GLYPH)
        put_glyph(out, entry);
    else if (entry->bank_type == PM_BANK_SOUNDS)
        put_sounds(out, asset, entry);
    else if (entry->bank_type == PM_BANK_SCENE)
        put_scene(out, asset, entry);
}

// --- the table ---------------------------------------------------------------

static void end_line(struct pm_buf *out)
{
    while (out->size && out->data[out->size - 1] == ' ')
        out->size--;
    pm_buf_puts(out, "\n");
}

static void put_titles(struct table *table)
{
    for (int i = 0; i < COLUMNS; i++) {
        struct pm_buf cell;
        pm_buf_init(&cell, &cli_alloc);
        pm_buf_puts(&cell, titles[i]);
        put_cell(table, i, &cell);
        pm_buf_free(&cell);
    }
    if (!table->out)
        return;
    pm_buf_puts(table->out, titles[COLUMNS]);
    end_line(table->out);
}

static void put_line(struct table *table, const struct pm_asset *asset,
                     const struct pm_asset_entry *entry)
{
    for (int i = 0; i < COLUMNS; i++) {
        struct pm_buf cell;
        pm_buf_init(&cell, &cli_alloc);
        put_column(&cell, asset, entry, i);
        put_cell(table, i, &cell);
        pm_buf_free(&cell);
    }
    if (!table->out)
        return;
    put_what(table->out, asset, entry);
    end_line(table->out);
}

static void put_table(struct pm_buf *out, const struct pm_asset *asset)
{
    struct table table = {0};

    for (int pass = 0; pass < 2; pass++) {
        table.out = pass ? out : NULL;
        put_titles(&table);
        for (size_t i = 0; i < pm_asset_count(asset); i++)
            put_line(&table, asset, pm_asset_at(asset, i));
    }
}

// --- the rest ----------------------------------------------------------------

static void put_envelope(struct pm_buf *out, const struct pm_asset *asset)
{
    uint64_t sum;

    pm_buf_printf(out, "version %d, header ", PM_ASSET_SCHEMA);
    cli_put_size(out, pm_asset_header_size(asset));
    pm_buf_printf(out, " %s checksum, payload ",
                  pm_asset_checksum(asset, &sum) ? "with" : "without");
    cli_put_size(out, pm_asset_payload_size(asset));
    pm_buf_printf(out, " from byte %" PRIu64 " on\n\n",
                  pm_asset_payload_offset(asset));
}

static void put_total(struct pm_buf *out, int bank,
                      const struct cli_totals *totals)
{
    pm_buf_printf(out, "%-6s  %" PRIu64 " asset%s, stored ",
                  pm_bank_type_name((pm_bank_type)bank), totals->assets,
                  totals->assets == 1 ? "" : "s");
    cli_put_size(out, totals->stored);
    pm_buf_puts(out, ", resident ");
    cli_put_size(out, totals->resident);
    pm_buf_puts(out, ", of that preloaded ");
    cli_put_size(out, totals->preloaded);
    pm_buf_puts(out, "\n");
}

static void put_totals(struct pm_buf *out, const struct pm_asset *asset,
                       int profile)
{
    struct cli_totals totals[PM_BANK_TYPES];
    struct cli_excess excess = {0};

    cli_totals_of(asset, totals);
    pm_buf_puts(out, "\n");
    for (int i = 0; i < PM_BANK_TYPES; i++)
        if (totals[i].assets)
            put_total(out, i, &totals[i]);
    while (cli_excess_next(totals, profile, &excess)) {
        pm_buf_printf(out, "over the budget of %s: preloading takes ",
                      excess.profile);
        cli_put_size(out, excess.needed);
        pm_buf_printf(out, " of %s, ", pm_bank_type_name(excess.bank));
        cli_put_size(out, excess.budget);
        pm_buf_puts(out, " are allowed\n");
    }
}

static void put_preload(struct pm_buf *out, const struct pm_asset *asset)
{
    size_t count = pm_asset_preload_count(asset);

    pm_buf_puts(out, count ? "\npreloaded at boot:\n"
                           : "\nnothing is preloaded at boot\n");
    for (size_t i = 0; i < count; i++) {
        struct pm_asset_preload item = pm_asset_preload_at(asset, i);
        const struct pm_asset_entry *entry = pm_asset_at(asset, item.entry);
        size_t size;
        const char *name = pm_asset_name(asset, entry, &size);
        pm_buf_printf(out, "  %-6s slot %-2u  %" PRId32 " ",
                      pm_bank_type_name((pm_bank_type)entry->bank_type),
                      item.slot, entry->id);
        cli_put_name(out, name, size, NAME_COLUMNS);
        pm_buf_puts(out, "\n");
    }
}

void cli_inspect_table(struct pm_buf *out, const struct pm_asset *asset,
                       int profile)
{
    put_envelope(out, asset);
    if (pm_asset_count(asset) == 0) {
        pm_buf_puts(out, "there is no asset in it\n");
        return;
    }
    put_table(out, asset);
    put_totals(out, asset, profile);
    put_preload(out, asset);
}
