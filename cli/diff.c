// SPDX-License-Identifier: MIT
//
// prometeu diff: what two files of assets have that differs. Where assets
// stand in the file, and in which order, is no difference.
#include "diff.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"

static const char help[] =
    "usage: prometeu diff A B [--json]\n"
    "\n"
    "Compares the assets of two assets.pa, cartridges, packages or projects:\n"
    "which were added, removed, changed and how, which have another id, and\n"
    "what is preloaded.\n"
    "\n"
    "Exit code 0 when nothing differs, 1 when something does, 2 when one of\n"
    "them is no assets.pa or is damaged, 3 when it cannot be read.\n"
    "\n"
    "example: prometeu diff old.pmc mygame/build/mygame.pmc\n";

void diff_problem(struct diff *d, const struct diff_side *side,
                  const struct pm_asset_entry *entry, pm_status status)
{
    int code = cli_exit_for(status);
    char name[256];
    size_t size;
    const char *text = pm_asset_name(side->assets.asset, entry, &size);

    memcpy(name, text, size);
    name[size] = '\0';
    cli_error("%s: asset %" PRId32 " (%s) cannot be compared: %s",
              side->assets.file, entry->id, name, pm_status_meaning(status));
    if (code == CLI_BAD)
        code = DIFF_TROUBLE;
    if (code > d->code)
        d->code = code;
}

// --- sides -------------------------------------------------------------------

static bool is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct pm_asset *asset = context;
    return pm_asset_at(asset, a)->id > pm_asset_at(asset, b)->id;
}

static int open_side(struct diff_side *side, const char *path)
{
    side->path = path;
    int code = cli_assets_open(path, &side->assets);
    // That a file is bad is no answer to the question whether it differs.
    if (code)
        return code == CLI_BAD ? DIFF_TROUBLE : code;
    side->count = pm_asset_count(side->assets.asset);
    side->order =
        pm_mem_zarray(&cli_alloc, side->count + 1, sizeof *side->order);
    side->is_moved =
        pm_mem_zarray(&cli_alloc, side->count + 1, sizeof *side->is_moved);
    side->piece = pm_mem_alloc(&cli_alloc, DIFF_PIECE);
    if (!side->order || !side->is_moved || !side->piece) {
        cli_error("memory is short");
        return CLI_WORLD;
    }
    for (size_t i = 0; i < side->count; i++)
        side->order[i] = (uint32_t)i;
    pm_sort(side->order, side->count, is_after, side->assets.asset);
    return CLI_OK;
}

static void close_side(struct diff_side *side)
{
    size_t room = side->count + 1;

    pm_mem_free(&cli_alloc, side->order, room * sizeof *side->order);
    pm_mem_free(&cli_alloc, side->is_moved, room * sizeof *side->is_moved);
    pm_mem_free(&cli_alloc, side->piece, DIFF_PIECE);
    cli_assets_close(&side->assets);
}

static const struct pm_asset_entry *entry_of(const struct diff_side *side,
                                             size_t place)
{
    return place < side->count
               ? pm_asset_at(side->assets.asset, side->order[place])
               : NULL;
}

// --- what both have ----------------------------------------------------------

static void put_head(struct diff *d, const struct diff_side *side,
                     const struct pm_asset_entry *entry)
{
    pm_bank_type bank = (pm_bank_type)entry->bank_type;
    size_t size;
    const char *name = pm_asset_name(side->assets.asset, entry, &size);

    cli_json_number(&d->w, "id", entry->id);
    cli_json_bytes(&d->w, "name", name, size);
    cli_json_text(&d->w, "bank", pm_bank_type_name(bank));
}

static void compare_pair(struct diff *d, const struct pm_asset_entry *a,
                         const struct pm_asset_entry *b)
{
    struct diff_pair pair = {.a = a, .b = b};
    struct pm_json_writer before = d->w;
    size_t size = d->w.out->size;
    int code = d->code;

    // What turns out to be equal is taken back.
    d->code = CLI_OK;
    pm_json_write_begin_object(&d->w);
    put_head(d, &d->a, a);
    bool differs = diff_fields(d, &pair);
    differs |= diff_content(d, &pair);
    pm_json_write_end(&d->w);
    if (!differs && d->code == CLI_OK && !d->w.out->failed) {
        d->w = before;
        d->w.out->size = size;
    }
    d->is_different |= differs;
    if (code > d->code)
        d->code = code;
}

// --- what only one has -------------------------------------------------------

struct alone {
    uint32_t *a; // places in the table
    uint32_t *b;
    size_t a_count;
    size_t b_count;
};

// Walks both files in the order of ids.
static void walk(struct diff *d, struct alone *alone)
{
    size_t i = 0;
    size_t j = 0;

    cli_json_begin_array(&d->w, "changed");
    while (i < d->a.count || j < d->b.count) {
        const struct pm_asset_entry *a = entry_of(&d->a, i);
        const struct pm_asset_entry *b = entry_of(&d->b, j);
        if (a && (!b || a->id < b->id)) {
            alone->a[alone->a_count++] = d->a.order[i++];
        } else if (!a || b->id < a->id) {
            alone->b[alone->b_count++] = d->b.order[j++];
        } else {
            compare_pair(d, a, b);
            i++;
            j++;
        }
    }
    pm_json_write_end(&d->w);
    d->is_different |= alone->a_count || alone->b_count;
}

static void put_alone(struct diff *d, const char *key,
                      const struct diff_side *side, const uint32_t *entries,
                      size_t count)
{
    cli_json_begin_array(&d->w, key);
    for (size_t i = 0; i < count; i++) {
        const struct pm_asset_entry *entry =
            pm_asset_at(side->assets.asset, entries[i]);
        if (side->is_moved[entries[i]])
            continue;
        pm_json_write_begin_object(&d->w);
        put_head(d, side, entry);
        cli_json_number(&d->w, "form_bytes",
                        (int64_t)pm_asset_form_size(entry));
        pm_json_write_end(&d->w);
    }
    pm_json_write_end(&d->w);
}

static pm_status put_tables(struct diff *d)
{
    size_t a_room = d->a.count + 1;
    size_t b_room = d->b.count + 1;
    struct alone alone = {0};
    pm_status status = PM_ERR_NO_MEMORY;

    alone.a = pm_mem_zarray(&cli_alloc, a_room, sizeof *alone.a);
    alone.b = pm_mem_zarray(&cli_alloc, b_room, sizeof *alone.b);
    if (alone.a && alone.b) {
        walk(d, &alone);
        status = diff_moved(d, alone.a, alone.a_count, alone.b, alone.b_count);
        put_alone(d, "removed", &d->a, alone.a, alone.a_count);
        put_alone(d, "added", &d->b, alone.b, alone.b_count);
    }
    pm_mem_free(&cli_alloc, alone.a, a_room * sizeof *alone.a);
    pm_mem_free(&cli_alloc, alone.b, b_room * sizeof *alone.b);
    return status;
}

// --- preload -----------------------------------------------------------------

#define PLACES (PM_BANK_TYPES * PM_ASSET_SLOTS)

struct places {
    bool is_taken[PLACES];
    int32_t ids[PLACES];
};

static void read_places(const struct diff_side *side, struct places *out)
{
    const struct pm_asset *asset = side->assets.asset;

    *out = (struct places){0};
    for (size_t i = 0; i < pm_asset_preload_count(asset); i++) {
        struct pm_asset_preload item = pm_asset_preload_at(asset, i);
        const struct pm_asset_entry *entry = pm_asset_at(asset, item.entry);
        int place = entry->bank_type * PM_ASSET_SLOTS + item.slot;
        out->is_taken[place] = true;
        out->ids[place] = entry->id;
    }
}

static void put_id(struct diff *d, const char *key, const struct places *places,
                   int place)
{
    if (places->is_taken[place])
        cli_json_number(&d->w, key, places->ids[place]);
    else
        cli_json_null(&d->w, key);
}

static void put_preload(struct diff *d)
{
    struct places a;
    struct places b;

    read_places(&d->a, &a);
    read_places(&d->b, &b);
    cli_json_begin_array(&d->w, "preload");
    for (int i = 0; i < PLACES; i++) {
        if (a.is_taken[i] == b.is_taken[i] && a.ids[i] == b.ids[i])
            continue;
        pm_json_write_begin_object(&d->w);
        cli_json_text(&d->w, "bank",
                      pm_bank_type_name((pm_bank_type)(i / PM_ASSET_SLOTS)));
        cli_json_number(&d->w, "slot", i % PM_ASSET_SLOTS);
        put_id(d, "a", &a, i);
        put_id(d, "b", &b, i);
        pm_json_write_end(&d->w);
        d->is_different = true;
    }
    pm_json_write_end(&d->w);
}

// --- the command -------------------------------------------------------------

static int compare(struct diff *d)
{
    pm_json_write_begin_object(&d->w);
    cli_json_text(&d->w, "a", d->a.path);
    cli_json_text(&d->w, "b", d->b.path);
    pm_status status = put_tables(d);
    put_preload(d);
    cli_json_bool(&d->w, "equal", !d->is_different && d->code == CLI_OK);
    pm_json_write_end(&d->w);
    if (status) {
        cli_error("memory is short");
        return CLI_WORLD;
    }
    if (d->is_json)
        pm_buf_puts(d->w.out, "\n");
    int code = d->is_json ? cli_write_out(d->w.out) : diff_show(d);
    if (code)
        return code;
    return d->code ? d->code : d->is_different ? CLI_BAD : CLI_OK;
}

int cli_diff(int argc, char **argv)
{
    struct diff d = {0};
    const struct cli_option options[] = {
        {"--json", CLI_FLAG, &d.is_json, 0, 0}};
    const char *words[2];
    size_t count;
    struct pm_buf out;
    int code = cli_options(argc, argv, help, options, 1, words, 2, 2, &count);

    if (code >= 0)
        return code;
    pm_buf_init(&out, &cli_alloc);
    d.w = pm_json_write_to(&out);
    code = open_side(&d.a, words[0]);
    int other = open_side(&d.b, words[1]);
    if (other > code)
        code = other;
    if (!code)
        code = compare(&d);
    close_side(&d.a);
    close_side(&d.b);
    pm_buf_free(&out);
    return code;
}
