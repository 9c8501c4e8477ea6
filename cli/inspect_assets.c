// SPDX-License-Identifier: MIT
//
// What is in an assets.pa, as JSON.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "inspect.h"

// --- by bank type ------------------------------------------------------------

static void put_glyph(struct pm_json_writer *w,
                      const struct pm_asset_entry *entry)
{
    unsigned tile = entry->tile_size;

    cli_json_number(w, "width", entry->width);
    cli_json_number(w, "height", entry->height);
    cli_json_number(w, "tile_size", tile);
    cli_json_number(w, "tiles", entry->width / tile * (entry->height / tile));
    cli_json_number(w, "palettes", entry->palette_authored);
}

static void put_sample(struct pm_json_writer *w,
                       const struct cli_samples *samples, size_t index)
{
    const struct pm_asset_sample *sample = &samples->items[index];
    size_t size;
    const char *name = cli_sample_name(samples, index, &size);

    pm_json_write_begin_object(w);
    cli_json_bytes(w, "name", name, size);
    cli_json_number(w, "offset", sample->offset);
    cli_json_number(w, "frames", sample->frames);
    cli_json_number(w, "rate", sample->rate);
    if (sample->loop_end) {
        cli_json_number(w, "loop_start", sample->loop_start);
        cli_json_number(w, "loop_end", sample->loop_end);
    }
    pm_json_write_end(w);
}

static pm_status put_sounds(struct pm_json_writer *w,
                            const struct pm_asset *asset,
                            const struct pm_asset_entry *entry)
{
    struct cli_samples samples;
    pm_status status = cli_samples_read(asset, entry, &samples);

    if (status)
        return status;
    cli_json_begin_array(w, "samples");
    for (size_t i = 0; i < samples.count; i++)
        put_sample(w, &samples, i);
    pm_json_write_end(w);
    cli_samples_free(&samples);
    return PM_OK;
}

// The layers stand in the payload, which may be damaged: what is known of the
// other assets is shown all the same.
static void put_scene(struct pm_json_writer *w, const struct pm_asset *asset,
                      const struct pm_asset_entry *entry)
{
    struct cli_scene scene;
    pm_status status = cli_scene_read(asset, entry, &scene);

    if (status) {
        cli_json_null(w, "layers");
        cli_json_text(w, "problem", pm_status_meaning(status));
        return;
    }
    cli_json_begin_array(w, "layers");
    for (int i = 0; i < CLI_LAYERS; i++)
        cli_scene_put_layer(w, &scene.layers[i]);
    pm_json_write_end(w);
}

// --- entries -----------------------------------------------------------------

static void put_slots(struct pm_json_writer *w, const struct pm_asset *asset,
                      const struct pm_asset_entry *entry)
{
    cli_json_begin_array(w, "slots");
    for (int slot = 0; slot < PM_ASSET_SLOTS; slot++)
        if (cli_asset_is_in_slot(asset, entry, slot))
            pm_json_write_int(w, slot);
    pm_json_write_end(w);
}

static void put_codec(struct pm_json_writer *w,
                      const struct pm_asset_entry *entry)
{
    cli_json_text(w, "codec",
                  pm_asset_codec_name((pm_asset_codec)entry->codec));
    if (entry->codec == PM_CODEC_NONE)
        cli_json_null(w, "chunk");
    else
        cli_json_number(w, "chunk", (int64_t)1 << entry->chunk_shift);
}

static void put_integrity(const struct inspection *in, struct pm_json_writer *w,
                          const struct pm_asset *asset,
                          const struct pm_asset_entry *entry)
{
    size_t size;
    const char *sums = pm_asset_sums(asset, entry, &size);

    if (!sums) {
        cli_json_null(w, "integrity");
        return;
    }
    cli_json_begin_object(w, "integrity");
    cli_json_text(w, "algorithm", "xxh3-64");
    cli_json_number(w, "block", PM_ASSET_BLOCK);
    cli_json_number(w, "blocks", (int64_t)(size / 16));
    if (in->is_json)
        cli_json_bytes(w, "sums", sums, size);
    pm_json_write_end(w);
}

// For people as one text, because it can be as deep as JSON may be.
static void put_metadata(const struct inspection *in, struct pm_json_writer *w,
                         const struct pm_asset *asset,
                         const struct pm_asset_entry *entry)
{
    size_t size;
    const char *metadata = pm_asset_metadata(asset, entry, &size);
    struct pm_buf plain;

    if (in->is_json) {
        cli_json_copy(w, "metadata", metadata, size);
        return;
    }
    pm_buf_init(&plain, &cli_alloc);
    cli_json_put_plain(&plain, metadata, size < 4096 ? size : 4096);
    cli_json_bytes(w, "metadata", plain.data, plain.size);
    pm_buf_free(&plain);
}

static pm_status put_entry(struct inspection *in, const struct pm_asset *asset,
                           const struct pm_asset_entry *entry)
{
    struct pm_json_writer *w = &in->w;
    pm_status status = PM_OK;
    size_t size;
    const char *name = pm_asset_name(asset, entry, &size);

    pm_json_write_begin_object(w);
    cli_json_number(w, "id", entry->id);
    cli_json_bytes(w, "name", name, size);
    cli_json_text(w, "bank", pm_bank_type_name((pm_bank_type)entry->bank_type));
    put_slots(w, asset, entry);
    put_codec(w, entry);
    cli_json_number(w, "entry_offset",
                    (int64_t)PM_ASSET_PRELUDE_SIZE + entry->header_offset);
    cli_json_number(w, "offset", (int64_t)entry->offset);
    cli_json_number(w, "bytes", (int64_t)entry->size);
    cli_json_number(w, "form_bytes", (int64_t)pm_asset_form_size(entry));
    cli_json_number(w, "resident_bytes", (int64_t)entry->decoded_size);
    if (entry->bank_type == PM_BANK_GLYPH)
        put_glyph(w, entry);
    else if (entry->bank_type == PM_BANK_SOUNDS)
        status = put_sounds(w, asset, entry);
    else if (entry->bank_type == PM_BANK_SCENE)
        put_scene(w, asset, entry);
    put_integrity(in, w, asset, entry);
    put_metadata(in, w, asset, entry);
    pm_json_write_end(w);
    return status;
}

// --- the whole file ----------------------------------------------------------

static void put_envelope(struct pm_json_writer *w, const struct pm_asset *asset,
                         const struct pm_source *source)
{
    char checksum[17];
    uint64_t sum;
    bool has_sum = pm_asset_checksum(asset, &sum);

    cli_json_number(w, "schema_version", PM_ASSET_SCHEMA);
    cli_json_number(w, "flags", has_sum);
    snprintf(checksum, sizeof checksum, "%016" PRIx64, sum);
    if (has_sum)
        cli_json_text(w, "header_checksum", checksum);
    else
        cli_json_null(w, "header_checksum");
    cli_json_number(w, "file_bytes", (int64_t)source->size);
    cli_json_number(w, "header_bytes", (int64_t)pm_asset_header_size(asset));
    cli_json_number(w, "payload_offset",
                    (int64_t)pm_asset_payload_offset(asset));
    cli_json_number(w, "payload_bytes", (int64_t)pm_asset_payload_size(asset));
}

static void put_preload(struct pm_json_writer *w, const struct pm_asset *asset)
{
    cli_json_begin_array(w, "preload");
    for (size_t i = 0; i < pm_asset_preload_count(asset); i++) {
        struct pm_asset_preload item = pm_asset_preload_at(asset, i);
        pm_json_write_begin_object(w);
        cli_json_number(w, "id", pm_asset_at(asset, item.entry)->id);
        cli_json_number(w, "slot", item.slot);
        pm_json_write_end(w);
    }
    pm_json_write_end(w);
}

static void put_totals(struct pm_json_writer *w, const struct pm_asset *asset,
                       int profile)
{
    struct cli_totals totals[PM_BANK_TYPES];
    struct cli_excess excess = {0};

    cli_totals_of(asset, totals);
    cli_json_begin_array(w, "totals");
    for (int i = 0; i < PM_BANK_TYPES; i++) {
        pm_json_write_begin_object(w);
        cli_json_text(w, "bank", pm_bank_type_name((pm_bank_type)i));
        cli_json_number(w, "assets", (int64_t)totals[i].assets);
        cli_json_number(w, "bytes", (int64_t)totals[i].stored);
        cli_json_number(w, "form_bytes", (int64_t)totals[i].form);
        cli_json_number(w, "resident_bytes", (int64_t)totals[i].resident);
        cli_json_number(w, "preloaded_bytes", (int64_t)totals[i].preloaded);
        pm_json_write_end(w);
    }
    pm_json_write_end(w);
    cli_json_begin_array(w, "over_budget");
    while (cli_excess_next(totals, profile, &excess)) {
        pm_json_write_begin_object(w);
        cli_json_text(w, "profile", excess.profile);
        cli_json_text(w, "bank", pm_bank_type_name(excess.bank));
        cli_json_number(w, "preloaded_bytes", (int64_t)excess.needed);
        cli_json_number(w, "budget", (int64_t)excess.budget);
        pm_json_write_end(w);
    }
    pm_json_write_end(w);
}

// --- one asset ---------------------------------------------------------------

// Those that [in] asks for, as objects of an array.
static int put_found(struct inspection *in, const char *file,
                     const struct pm_asset *asset)
{
    size_t count = pm_asset_count(asset);
    size_t at = cli_asset_find(asset, in->word, 0);
    pm_status status = PM_OK;

    if (at == count) {
        cli_error("%s: there is no asset with the id or name \"%s\"; "
                  "\"prometeu inspect %s\" lists those that there are",
                  file, in->word, file);
        return CLI_BAD;
    }
    for (; at < count && !status; at = cli_asset_find(asset, in->word, at + 1))
        status = put_entry(in, asset, pm_asset_at(asset, at));
    return cli_exit_for(status);
}

static pm_status put_all(struct inspection *in, const struct pm_asset *asset)
{
    pm_status status = PM_OK;

    for (size_t i = 0; i < pm_asset_count(asset) && !status; i++)
        status = put_entry(in, asset, pm_asset_at(asset, i));
    return status;
}

static int put_file(struct inspection *in, const char *file,
                    const struct pm_asset *asset,
                    const struct pm_source *source, int profile)
{
    int code;

    if (!in->word)
        put_envelope(&in->w, asset, source);
    cli_json_begin_array(&in->w, "table");
    code = in->word ? put_found(in, file, asset)
                    : cli_exit_for(put_all(in, asset));
    pm_json_write_end(&in->w);
    if (in->word)
        return code;
    put_preload(&in->w, asset);
    put_totals(&in->w, asset, profile);
    return code;
}

int cli_inspect_assets(struct inspection *in, const char *file,
                       const struct pm_asset *asset,
                       const struct pm_source *source, int profile)
{
    if (!in->is_json && !in->word) {
        cli_inspect_table(&in->table, asset, profile);
        pm_json_write_cstr(&in->w, "see below");
        return CLI_OK;
    }
    pm_json_write_begin_object(&in->w);
    int code = put_file(in, file, asset, source, profile);
    pm_json_write_end(&in->w);
    return code;
}
