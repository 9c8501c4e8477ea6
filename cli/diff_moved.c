// SPDX-License-Identifier: MIT
//
// The same content under another id: of entries that only one file has, those
// of one bank type and size are hashed, and what has one hash is compared.
#include "base/hash.h"
#include "base/mem.h"
#include "base/sort.h"
#include "diff.h"

// An entry that may have moved.
struct candidate {
    const struct pm_asset_entry *entry;
    uint32_t index; // in the table
    bool is_b;
    bool is_wanted; // the other file has one of its type and size
    bool is_lost;   // it cannot be read
    uint64_t hash;
};

struct finder {
    struct diff *d;
    struct candidate *items;
    uint32_t *order;
    size_t count;
};

static bool is_of_size(const struct candidate *a, const struct candidate *b)
{
    return a->entry->bank_type == b->entry->bank_type &&
           pm_asset_form_size(a->entry) == pm_asset_form_size(b->entry);
}

static bool by_size(const void *context, uint32_t a, uint32_t b)
{
    const struct candidate *items = context;
    const struct pm_asset_entry *left = items[a].entry;
    const struct pm_asset_entry *right = items[b].entry;

    if (left->bank_type != right->bank_type)
        return left->bank_type > right->bank_type;
    if (pm_asset_form_size(left) != pm_asset_form_size(right))
        return pm_asset_form_size(left) > pm_asset_form_size(right);
    return a > b;
}

static bool by_hash(const void *context, uint32_t a, uint32_t b)
{
    const struct candidate *items = context;

    if (!is_of_size(&items[a], &items[b]))
        return by_size(context, a, b);
    if (items[a].hash != items[b].hash)
        return items[a].hash > items[b].hash;
    return a > b;
}

// Marks those of the run [from]..[to] of one size, if both files have some.
static void want_run(struct finder *f, size_t from, size_t to)
{
    bool has_a = false;
    bool has_b = false;

    for (size_t i = from; i < to; i++) {
        const struct candidate *item = &f->items[f->order[i]];
        has_a |= !item->is_b;
        has_b |= item->is_b;
    }
    for (size_t i = from; i < to && has_a && has_b; i++) {
        struct candidate *item = &f->items[f->order[i]];
        // Of nothing it cannot be said where it went.
        item->is_wanted = pm_asset_form_size(item->entry) > 0;
    }
}

static void want_sizes(struct finder *f)
{
    size_t from = 0;

    for (size_t i = 1; i <= f->count; i++) {
        if (i < f->count &&
            is_of_size(&f->items[f->order[from]], &f->items[f->order[i]]))
            continue;
        want_run(f, from, i);
        from = i;
    }
}

static void hash_content(struct finder *f, struct candidate *item)
{
    struct diff_side *side = item->is_b ? &f->d->b : &f->d->a;
    uint64_t size = pm_asset_form_size(item->entry);
    struct pm_asset_reader *reader = NULL;
    struct pm_hash64_state hash;
    pm_status status = pm_asset_reader_open(side->assets.asset, item->entry,
                                            &cli_alloc, &reader);

    pm_hash64_begin(&hash);
    for (uint64_t at = 0; at < size && !status; at += DIFF_PIECE) {
        size_t part = size - at < DIFF_PIECE ? (size_t)(size - at) : DIFF_PIECE;
        status = pm_asset_reader_read(reader, at, side->piece, part);
        if (!status)
            pm_hash64_add(&hash, side->piece, part);
    }
    pm_asset_reader_close(reader);
    item->hash = pm_hash64_end(&hash);
    item->is_lost = status != PM_OK;
    if (status)
        diff_problem(f->d, side, item->entry, status);
}

static void put_end(struct diff *d, const char *key,
                    const struct diff_side *side,
                    const struct pm_asset_entry *entry)
{
    size_t size;
    const char *name = pm_asset_name(side->assets.asset, entry, &size);

    cli_json_begin_object(&d->w, key);
    cli_json_number(&d->w, "id", entry->id);
    cli_json_bytes(&d->w, "name", name, size);
    pm_json_write_end(&d->w);
}

static void put_move(struct diff *d, const struct candidate *a,
                     const struct candidate *b)
{
    pm_bank_type bank = (pm_bank_type)a->entry->bank_type;

    d->a.is_moved[a->index] = true;
    d->b.is_moved[b->index] = true;
    pm_json_write_begin_object(&d->w);
    cli_json_text(&d->w, "bank", pm_bank_type_name(bank));
    put_end(d, "a", &d->a, a->entry);
    put_end(d, "b", &d->b, b->entry);
    pm_json_write_end(&d->w);
}

static bool is_candidate(const struct candidate *item)
{
    return item->is_wanted && !item->is_lost;
}

// Pairs those of the run of one hash: the first of the one file with the
// first of the other. Those of [a] stand first.
static void pair_run(struct finder *f, size_t from, size_t to)
{
    size_t b = from;

    while (b < to && !f->items[f->order[b]].is_b)
        b++;
    for (size_t a = from; b < to && !f->items[f->order[a]].is_b; a++, b++) {
        const struct candidate *left = &f->items[f->order[a]];
        const struct candidate *right = &f->items[f->order[b]];
        if (is_candidate(left) && is_candidate(right) &&
            diff_is_equal(f->d, left->entry, right->entry))
            put_move(f->d, left, right);
    }
}

static void pair_hashes(struct finder *f)
{
    size_t from = 0;

    for (size_t i = 1; i <= f->count; i++) {
        const struct candidate *first = &f->items[f->order[from]];
        if (i < f->count && is_of_size(first, &f->items[f->order[i]]) &&
            first->hash == f->items[f->order[i]].hash)
            continue;
        pair_run(f, from, i);
        from = i;
    }
}

static void add(struct finder *f, const struct diff_side *side, uint32_t index,
                bool is_b)
{
    f->order[f->count] = (uint32_t)f->count;
    f->items[f->count++] =
        (struct candidate){.entry = pm_asset_at(side->assets.asset, index),
                           .index = index,
                           .is_b = is_b};
}

static void find(struct finder *f)
{
    if (f->count == 0)
        return;
    pm_sort(f->order, f->count, by_size, f->items);
    want_sizes(f);
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i].is_wanted)
            hash_content(f, &f->items[i]);
    pm_sort(f->order, f->count, by_hash, f->items);
    pair_hashes(f);
}

pm_status diff_moved(struct diff *d, const uint32_t *only_a, size_t count_a,
                     const uint32_t *only_b, size_t count_b)
{
    size_t room = count_a + count_b + 1;
    struct finder f = {.d = d};
    pm_status status = PM_ERR_NO_MEMORY;

    f.items = pm_mem_zarray(&cli_alloc, room, sizeof *f.items);
    f.order = pm_mem_zarray(&cli_alloc, room, sizeof *f.order);
    cli_json_begin_array(&d->w, "moved");
    if (f.items && f.order) {
        for (size_t i = 0; i < count_a; i++)
            add(&f, &d->a, only_a[i], false);
        for (size_t i = 0; i < count_b; i++)
            add(&f, &d->b, only_b[i], true);
        find(&f);
        status = PM_OK;
    }
    pm_json_write_end(&d->w);
    pm_mem_free(&cli_alloc, f.items, room * sizeof *f.items);
    pm_mem_free(&cli_alloc, f.order, room * sizeof *f.order);
    return status;
}
