// SPDX-License-Identifier: MIT
//
// What concerns more than one entry: ids are unique, slices keep apart, the
// preload list names entries that exist and places that are free.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asset/asset_internal.h"
#include "base/mem.h"
#include "base/sort.h"

// --- ids ---------------------------------------------------------------------

// How many entries before its turn an index place is asked for.
#define AHEAD 12

static inline uint32_t id_place(const struct pm_asset *asset, int32_t id)
{
    uint64_t x =
        ((uint64_t)(uint32_t)id + (asset->seed >> 32)) * (asset->seed | 1);
    x ^= x >> 32;
    x *= UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(x >> 32) & asset->index_mask;
}

const struct pm_asset_entry *pm_asset_find(const struct pm_asset *asset,
                                           int32_t id)
{
    if (!asset->index)
        return NULL;
    for (uint32_t at = id_place(asset, id);;
         at = (at + 1) & asset->index_mask) {
        uint32_t number = asset->index[at];
        if (number == 0)
            return NULL;
        if (asset->entries[number - 1].id == id)
            return &asset->entries[number - 1];
    }
}

static void add_id(struct pm_asset_opener *o, uint32_t number)
{
    struct pm_asset *asset = o->asset;
    const struct pm_asset_entry *e = &asset->entries[number];
    const struct pm_asset_entry *first = pm_asset_find(asset, e->id);
    uint32_t at = id_place(asset, e->id);

    if (first) {
        pm_asset_fault(o, e->header_offset, "PA-ENTRY-DUPLICATE", "asset_table",
                       "asset_id %" PRId32 " is taken by the entry at byte "
                       "%" PRIu32 "; ids must be unique",
                       e->id, PM_ASSET_PRELUDE_SIZE + first->header_offset);
        return;
    }
    while (asset->index[at])
        at = (at + 1) & asset->index_mask;
    asset->index[at] = number + 1;
}

static size_t index_size(size_t count)
{
    size_t size = 8;

    while (size < count * 2)
        size *= 2;
    return size;
}

size_t pm_asset_table_room(size_t header_size, size_t capacity)
{
    const struct pm_asset *asset = NULL;
    // Each block has 16 digits of its own in the header.
    size_t words = header_size / 16 / 32 + 1;

    return index_size(capacity) * sizeof *asset->index +
           words * sizeof *asset->good;
}

// The index follows the table.
static void make_index(struct pm_asset_opener *o)
{
    struct pm_asset *asset = o->asset;
    size_t size = index_size(asset->count);

    asset->index = (void *)(asset->entries + asset->count);
    memset(asset->index, 0, size * sizeof *asset->index);
    asset->index_mask = (uint32_t)(size - 1);
    for (size_t i = 0; i < asset->count; i++) {
        // The places lie all over the index: those of a large one are not in
        // the cache unless they are asked for in time.
        if (i + AHEAD < asset->count)
            PM_PREFETCH(
                &asset->index[id_place(asset, asset->entries[i + AHEAD].id)]);
        add_id(o, (uint32_t)i);
    }
}

// --- slices ------------------------------------------------------------------

static bool slice_is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct pm_asset *asset = context;
    const struct pm_asset_entry *x = &asset->entries[a];
    const struct pm_asset_entry *y = &asset->entries[b];
    if (x->offset != y->offset)
        return x->offset > y->offset;
    return x->size != y->size ? x->size > y->size : a > b;
}

pm_status pm_asset_sort_slices(const struct pm_asset *asset, uint32_t **order)
{
    size_t count = asset->count;
    bool is_sorted = true;

    *order = NULL;
    for (size_t i = 1; i < count && is_sorted; i++)
        is_sorted = !slice_is_after(asset, (uint32_t)i - 1, (uint32_t)i);
    if (is_sorted)
        return PM_OK;
    uint32_t *numbers = pm_mem_alloc(&asset->alloc, count * sizeof *numbers);
    if (!numbers)
        return PM_ERR_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        numbers[i] = (uint32_t)i;
    pm_sort(numbers, count, slice_is_after, asset);
    *order = numbers;
    return PM_OK;
}

static void slice_fault(struct pm_asset_opener *o,
                        const struct pm_asset_entry *e, const char *code,
                        const char *format, ...) PM_PRINTF(4, 5);

static void slice_fault(struct pm_asset_opener *o,
                        const struct pm_asset_entry *e, const char *code,
                        const char *format, ...)
{
    char where[64];
    char text[200];
    va_list args;
    snprintf(where, sizeof where, "asset_table[%zu].offset",
             (size_t)(e - o->asset->entries));
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pm_asset_fault(o, e->header_offset, code, where, "%s", text);
}

// Walks the slices in order. An empty slice overlaps nothing, but counts for
// where the gaps are.
static void check_neighbours(struct pm_asset_opener *o, const uint32_t *order)
{
    const struct pm_asset *asset = o->asset;
    const struct pm_asset_entry *last = NULL; // that reaches furthest
    uint64_t end = 0;

    for (size_t i = 0; i < asset->count; i++) {
        const struct pm_asset_entry *e = &asset->entries[order ? order[i] : i];
        bool is_same =
            last && e->offset == last->offset && e->size == last->size;
        if (e->offset < end && e->size && !is_same)
            slice_fault(o, e, "PA-SLICE-OVERLAP",
                        "the slice of asset %" PRId32 " begins at %" PRIu64
                        ", inside that of asset %" PRId32
                        ", which ends at %" PRIu64,
                        e->id, e->offset, last->id, end);
        else if (e->offset >= end + PM_ASSET_ALIGN)
            slice_fault(o, e, "PA-SLICE-GAP",
                        "%" PRIu64 " bytes before the slice of asset %" PRId32
                        " belong to no slice; 63 are the most",
                        e->offset - end, e->id);
        if (e->size && e->offset + e->size > end)
            last = e;
        if (e->offset + e->size > end)
            end = e->offset + e->size;
    }
    if (asset->payload_size > end) {
        struct pm_place place =
            pm_place_at(o->file, asset->payload_offset + end);
        pm_diags_error(o->diags, &place, "PA-SLICE-TRAILING",
                       "%" PRIu64
                       " bytes follow the last slice; the file must end there",
                       asset->payload_size - end);
    }
}

static pm_status check_slices(struct pm_asset_opener *o)
{
    uint32_t *order;
    pm_status status = pm_asset_sort_slices(o->asset, &order);
    if (status)
        return status;
    check_neighbours(o, order);
    pm_mem_free(&o->asset->alloc, order, o->asset->count * sizeof *order);
    return PM_OK;
}

// --- preload -----------------------------------------------------------------

struct preload_draft {
    uint32_t number;
    uint32_t offset;
    bool has_id;
    bool has_slot;
    bool is_bad;
    int64_t id;
    int64_t slot;
};

static void preload_fault(struct pm_asset_opener *o, struct preload_draft *d,
                          uint32_t offset, const char *code, const char *format,
                          ...) PM_PRINTF(5, 6);

static void preload_fault(struct pm_asset_opener *o, struct preload_draft *d,
                          uint32_t offset, const char *code, const char *format,
                          ...)
{
    char where[64];
    char text[300];
    va_list args;
    snprintf(where, sizeof where, "preload[%" PRIu32 "]", d->number);
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pm_asset_fault(o, offset, code, where, "%s", text);
    o->preload_errors++;
    d->is_bad = true;
}

static int64_t preload_int(struct pm_asset_opener *o, struct preload_draft *d,
                           const struct pm_json_value *v, const char *field)
{
    if (v->kind == PM_JSON_INT)
        return v->number;
    preload_fault(o, d, v->offset, "PA-PRELOAD-TYPE",
                  "%s: found %s; an integer is wanted", field,
                  pm_json_kind_name(v->kind));
    return 0;
}

static void read_preload_keys(struct pm_asset_opener *o, struct pm_json *json,
                              struct preload_draft *d)
{
    struct pm_json_str key;
    struct pm_json_value v;
    char shown[100];

    while (pm_json_next(json, &key)) {
        pm_json_skip(json, &v, NULL);
        if (pm_json_str_is(json, &key, "asset_id")) {
            d->has_id = true;
            d->id = preload_int(o, d, &v, "asset_id");
        } else if (pm_json_str_is(json, &key, "slot")) {
            d->has_slot = true;
            d->slot = preload_int(o, d, &v, "slot");
            if (v.kind == PM_JSON_INT && (d->slot < 0 || d->slot > 15))
                preload_fault(o, d, v.offset, "PA-PRELOAD-SLOT",
                              "slot is %" PRId64 "; slots are 0..15", d->slot);
        } else {
            preload_fault(o, d, key.offset - 1, "PA-PRELOAD-KEY",
                          "unknown key %s", pm_asset_show(json, &key, shown));
        }
    }
    if (!d->has_id)
        preload_fault(o, d, d->offset, "PA-PRELOAD-MISSING",
                      "the key \"asset_id\" is missing");
    if (!d->has_slot)
        preload_fault(o, d, d->offset, "PA-PRELOAD-MISSING",
                      "the key \"slot\" is missing");
}

// Which preload item (number + 1) took each place.
typedef uint32_t places[PM_BANK_TYPES][PM_ASSET_SLOTS];

static void take_place(struct pm_asset_opener *o, struct preload_draft *d,
                       places taken)
{
    struct pm_asset *asset = o->asset;
    const struct pm_asset_entry *e = NULL;

    if (d->has_id && d->id >= INT32_MIN && d->id <= INT32_MAX)
        e = pm_asset_find(asset, (int32_t)d->id);
    if (!e) {
        // An entry too broken to be kept may have been the one.
        if (d->has_id && !o->has_dropped)
            preload_fault(o, d, d->offset, "PA-PRELOAD-UNKNOWN",
                          "asset_id %" PRId64 " is not in asset_table", d->id);
        return;
    }
    if (d->is_bad || e->is_bad)
        return;
    uint32_t *owner = &taken[e->bank_type][d->slot];
    if (*owner) {
        preload_fault(
            o, d, d->offset, "PA-PRELOAD-DUPLICATE",
            "slot %d of bank %s is taken by preload[%" PRIu32 "]", (int)d->slot,
            pm_bank_type_name((pm_bank_type)e->bank_type), *owner - 1);
        return;
    }
    *owner = d->number + 1;
    asset->preload[asset->preload_count++] = (struct pm_asset_preload){
        (uint32_t)(e - asset->entries), (uint8_t)d->slot};
}

static void check_preload(struct pm_asset_opener *o)
{
    struct pm_json json;
    struct pm_json_value v;
    places taken = {{0}};

    if (!o->preload_end)
        return;
    pm_json_open_at(&json, o->asset->header, o->preload_offset, o->preload_end,
                    &o->asset->alloc);
    pm_json_value(&json, &v);
    for (uint32_t i = 0; pm_json_next(&json, NULL); i++) {
        struct preload_draft d = {.number = i};
        pm_json_value(&json, &v);
        d.offset = v.offset;
        if (v.kind == PM_JSON_OBJECT) {
            read_preload_keys(o, &json, &d);
            take_place(o, &d, taken);
            continue;
        }
        if (v.kind == PM_JSON_ARRAY)
            pm_json_leave(&json);
        preload_fault(o, &d, v.offset, "PA-PRELOAD-TYPE",
                      "found %s; an object is wanted",
                      pm_json_kind_name(v.kind));
    }
    pm_json_close(&json);
}

// The bitmap follows the index.
static void make_bitmap(struct pm_asset *asset)
{
    size_t words = asset->blocks / 32 + 1;

    asset->good = (void *)(asset->index + asset->index_mask + 1);
    PM_CHECK((uint8_t *)(asset->good + words) <=
             (uint8_t *)asset + asset->bytes);
    memset(asset->good, 0, words * sizeof *asset->good);
}

pm_status pm_asset_check_table(struct pm_asset_opener *o)
{
    pm_status status = PM_OK;

    make_index(o);
    // Where entries are broken, their slices say nothing about the others.
    bool has_bad = o->has_dropped;
    for (size_t i = 0; i < o->asset->count; i++)
        has_bad |= o->asset->entries[i].is_bad;
    if (!has_bad && o->has_table)
        status = check_slices(o);
    if (status)
        return status;
    check_preload(o);
    make_bitmap(o->asset);
    return PM_OK;
}
