// SPDX-License-Identifier: MIT
//
// What the table says of two entries.
#include <string.h>

#include "diff.h"

static bool put_begin(struct diff *d, const char *field)
{
    pm_json_write_begin_object(&d->w);
    cli_json_text(&d->w, "field", field);
    return true;
}

static bool put_numbers(struct diff *d, const char *field, int64_t a, int64_t b)
{
    if (a == b)
        return false;
    put_begin(d, field);
    cli_json_number(&d->w, "a", a);
    cli_json_number(&d->w, "b", b);
    pm_json_write_end(&d->w);
    return true;
}

static bool put_texts(struct diff *d, const char *field, const char *a,
                      size_t a_size, const char *b, size_t b_size)
{
    if (a_size == b_size && memcmp(a, b, a_size) == 0)
        return false;
    put_begin(d, field);
    cli_json_bytes(&d->w, "a", a, a_size);
    cli_json_bytes(&d->w, "b", b, b_size);
    pm_json_write_end(&d->w);
    return true;
}

static bool put_names(struct diff *d, const struct diff_pair *pair)
{
    size_t a_size;
    size_t b_size;
    const char *a = pm_asset_name(d->a.assets.asset, pair->a, &a_size);
    const char *b = pm_asset_name(d->b.assets.asset, pair->b, &b_size);

    return put_texts(d, "name", a, a_size, b, b_size);
}

static int64_t chunk_of(const struct pm_asset_entry *entry)
{
    return entry->chunk_shift ? (int64_t)1 << entry->chunk_shift : 0;
}

static bool put_glyph(struct diff *d, const struct diff_pair *pair)
{
    bool differs = put_numbers(d, "width", pair->a->width, pair->b->width);

    differs |= put_numbers(d, "height", pair->a->height, pair->b->height);
    differs |=
        put_numbers(d, "tile_size", pair->a->tile_size, pair->b->tile_size);
    differs |= put_numbers(d, "palettes", pair->a->palette_authored,
                           pair->b->palette_authored);
    return differs;
}

// Metadata are the same when their texts are, but for white space. Values
// are for JSON only: they can be long.
static bool put_metadata(struct diff *d, const struct diff_pair *pair)
{
    struct pm_buf a;
    struct pm_buf b;
    size_t size;
    const char *text = pm_asset_metadata(d->a.assets.asset, pair->a, &size);

    pm_buf_init(&a, &cli_alloc);
    pm_buf_init(&b, &cli_alloc);
    cli_json_put_plain(&a, text, size);
    text = pm_asset_metadata(d->b.assets.asset, pair->b, &size);
    cli_json_put_plain(&b, text, size);
    bool differs = a.size != b.size || memcmp(a.data, b.data, a.size) != 0;
    if (differs) {
        put_begin(d, "metadata");
        if (d->is_json) {
            cli_json_copy(&d->w, "a", (const char *)a.data, a.size);
            cli_json_copy(&d->w, "b", (const char *)b.data, b.size);
        }
        pm_json_write_end(&d->w);
    }
    d->w.out->failed |= a.failed | b.failed;
    pm_buf_free(&a);
    pm_buf_free(&b);
    return differs;
}

static bool put_integrity(struct diff *d, const struct diff_pair *pair)
{
    bool a = pair->a->sums_offset != 0;
    bool b = pair->b->sums_offset != 0;

    if (a == b)
        return false;
    put_begin(d, "integrity");
    cli_json_bool(&d->w, "a", a);
    cli_json_bool(&d->w, "b", b);
    pm_json_write_end(&d->w);
    return true;
}

bool diff_fields(struct diff *d, const struct diff_pair *pair)
{
    const struct pm_asset_entry *a = pair->a;
    const struct pm_asset_entry *b = pair->b;
    const char *a_bank = pm_bank_type_name((pm_bank_type)a->bank_type);
    const char *b_bank = pm_bank_type_name((pm_bank_type)b->bank_type);
    const char *a_codec = pm_asset_codec_name((pm_asset_codec)a->codec);
    const char *b_codec = pm_asset_codec_name((pm_asset_codec)b->codec);

    cli_json_begin_array(&d->w, "fields");
    bool differs = put_names(d, pair);
    differs |=
        put_texts(d, "bank", a_bank, strlen(a_bank), b_bank, strlen(b_bank));
    differs |= put_texts(d, "codec", a_codec, strlen(a_codec), b_codec,
                         strlen(b_codec));
    differs |= put_numbers(d, "chunk", chunk_of(a), chunk_of(b));
    differs |= put_numbers(d, "form_bytes", (int64_t)pm_asset_form_size(a),
                           (int64_t)pm_asset_form_size(b));
    differs |= put_numbers(d, "resident_bytes", (int64_t)a->decoded_size,
                           (int64_t)b->decoded_size);
    if (a->bank_type == PM_BANK_GLYPH && b->bank_type == PM_BANK_GLYPH)
        differs |= put_glyph(d, pair);
    differs |= put_metadata(d, pair);
    differs |= put_integrity(d, pair);
    pm_json_write_end(&d->w);
    return differs;
}
