// SPDX-License-Identifier: MIT
//
// A project's assets: names, ids from the registry, slots, and the file.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asset/asset.h"
#include "base/arena.h"
#include "base/json.h"
#include "base/json_write.h"
#include "base/mem.h"
#include "base/sort.h"
#include "pack/pack_internal.h"

#define NO_SLOT   (-1)
#define ANY_SLOT  (-2)
#define REGISTRY  "registry"
#define META_SIZE 128

// One asset that is being made.
struct item {
    const struct pm_pack_input *input;
    const char *name; // of the asset
    bool is_png;
    int32_t id;
    int slot;
    int tile_size;
    int32_t wanted_id; // 0: none
    struct pm_place id_place;
    struct pm_pack_glyph glyph;
    char metadata[META_SIZE];
};

// One name of the registry. Names whose files are gone stay.
struct name {
    const char *text;
    int32_t id;
};

struct project {
    struct pm_allocator alloc;
    struct pm_arena arena; // names
    struct pm_diags *diags;
    struct item *items; // in order of their names
    size_t count;
    struct name *names; // room for those of registry and items together
    size_t name_count;
    size_t name_room;
    uint32_t *numbers; // scratch: room for name_room
    struct pm_pack_result *out;
};

static void fault(struct project *p, const struct pm_place *place,
                  const char *code, const char *format, ...) PM_PRINTF(4, 5);

static void fault(struct project *p, const struct pm_place *place,
                  const char *code, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pm_diags_error(p->diags, place, code, "%s", text);
}

// --- names -------------------------------------------------------------------

static bool has_suffix(const char *text, const char *suffix)
{
    size_t size = strlen(text);
    size_t tail = strlen(suffix);
    return size > tail && strcmp(text + size - tail, suffix) == 0;
}

static bool item_is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct item *items = context;
    int order = strcmp(items[a].name, items[b].name);
    return order ? order > 0 : a > b;
}

static bool name_is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct name *names = context;
    int order = strcmp(names[a].text, names[b].text);
    return order ? order > 0 : a > b;
}

static pm_status make_items(struct project *p,
                            const struct pm_pack_input *inputs)
{
    struct item *made = pm_mem_zarray(&p->alloc, p->count, sizeof *made);
    pm_status status = PM_OK;

    if (!made)
        return p->count ? PM_ERR_NO_MEMORY : PM_OK;
    for (size_t i = 0; i < p->count && !status; i++) {
        const char *name = inputs[i].name;
        made[i].input = &inputs[i];
        made[i].is_png = has_suffix(name, ".png");
        made[i].name =
            pm_arena_copy(&p->arena, name, strlen(name) - 4 * made[i].is_png);
        made[i].slot = made[i].is_png ? ANY_SLOT : NO_SLOT;
        p->numbers[i] = (uint32_t)i;
        if (!made[i].name)
            status = PM_ERR_NO_MEMORY;
    }
    if (!status)
        pm_sort(p->numbers, p->count, item_is_after, made);
    for (size_t i = 0; i < p->count && !status; i++)
        p->items[i] = made[p->numbers[i]];
    pm_mem_free(&p->alloc, made, p->count * sizeof *made);
    return status;
}

static void check_names(struct project *p)
{
    for (size_t i = 1; i < p->count; i++) {
        struct pm_place place = {.file = p->items[i].input->name};
        if (strcmp(p->items[i - 1].name, p->items[i].name) == 0)
            fault(p, &place, "PACK-NAME",
                  "two files make an asset of the same name; rename one");
    }
}

// --- NAME.json ---------------------------------------------------------------

static struct pm_place config_place(const struct item *item, const char *file,
                                    uint32_t offset)
{
    return pm_json_place(file, item->input->config, item->input->config_size,
                         offset);
}

// Whether a value is an integer in the range, or a fault.
static bool want_int(struct project *p, const struct pm_json_node *node,
                     const struct pm_place *place, const char *key, int64_t min,
                     int64_t max)
{
    if (node->kind != PM_JSON_INT)
        fault(p, place, "PACK-CONFIG",
              "%s: found %s; an integer %" PRId64 "..%" PRId64 " is wanted",
              key, pm_json_kind_name(node->kind), min, max);
    else if (node->number < min || node->number > max)
        fault(p, place, "PACK-CONFIG",
              "%s: found %" PRId64 "; it must be %" PRId64 "..%" PRId64, key,
              node->number, min, max);
    else
        return true;
    return false;
}

static void put_unknown_key(struct project *p, const struct pm_place *place,
                            const char *key)
{
    struct pm_buf text;
    pm_buf_init(&text, &p->alloc);
    pm_buf_put_escaped(&text, key, strlen(key));
    const char *shown = pm_buf_cstr(&text);
    fault(p, place, "PACK-CONFIG",
          "unknown key \"%.60s\"; known are tile_size, slot and asset_id",
          shown ? shown : "?");
    pm_buf_free(&text);
}

static void take_setting(struct project *p, struct item *item,
                         const struct pm_json_node *node,
                         const struct pm_place *place)
{
    if (strcmp(node->key, "tile_size") == 0) {
        if (!want_int(p, node, place, "tile_size", 8, 32))
            return;
        item->tile_size = (int)node->number;
        if (node->number != 8 && node->number != 16 && node->number != 32)
            fault(p, place, "PACK-CONFIG",
                  "tile_size: found %d; it must be 8, 16 or 32",
                  item->tile_size);
    } else if (strcmp(node->key, "slot") == 0) {
        item->slot = NO_SLOT;
        if (node->kind != PM_JSON_NULL &&
            want_int(p, node, place, "slot", 0, PM_ASSET_SLOTS - 1))
            item->slot = (int)node->number;
    } else if (strcmp(node->key, "asset_id") == 0) {
        item->id_place = *place;
        item->id_place.file = item->input->name;
        if (want_int(p, node, place, "asset_id", 1, INT32_MAX))
            item->wanted_id = (int32_t)node->number;
    } else {
        put_unknown_key(p, place, node->key);
    }
}

static pm_status read_config(struct project *p, struct item *item)
{
    char file[300];
    struct pm_json_doc doc;

    if (!item->input->config)
        return PM_OK;
    snprintf(file, sizeof file, "%.290s.json", item->name);
    pm_status status =
        pm_json_parse(item->input->config, item->input->config_size, file,
                      &p->alloc, p->diags, &doc);
    if (status)
        return status == PM_ERR_NO_MEMORY ? status : PM_OK;
    if (doc.nodes->kind != PM_JSON_OBJECT) {
        struct pm_place place = config_place(item, file, doc.nodes->offset);
        fault(p, &place, "PACK-CONFIG", "found %s; an object is wanted",
              pm_json_kind_name(doc.nodes->kind));
    } else {
        for (const struct pm_json_node *node = pm_json_first(&doc, doc.nodes);
             node; node = pm_json_after(&doc, node)) {
            struct pm_place place = config_place(item, file, node->offset);
            take_setting(p, item, node, &place);
        }
    }
    pm_json_doc_free(&doc);
    return PM_OK;
}

// --- registry ----------------------------------------------------------------

static void take_registered(struct project *p, const struct pm_json_node *node,
                            const void *text, size_t size)
{
    struct pm_place place = pm_json_place(REGISTRY, text, size, node->offset);
    if (!want_int(p, node, &place, "asset id", 1, INT32_MAX))
        return;
    if (strlen(node->key) != node->key_size || node->key_size > 255) {
        fault(p, &place, "PACK-REGISTRY",
              "the name of id %" PRId64 " is no file name", node->number);
        return;
    }
    char *copy = pm_arena_copy(&p->arena, node->key, node->key_size);
    if (copy)
        p->names[p->name_count++] = (struct name){copy, (int32_t)node->number};
    else
        p->diags->out_of_memory = true;
}

static bool id_is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct name *names = context;
    return names[a].id != names[b].id ? names[a].id > names[b].id : a > b;
}

// The names' numbers in order of their ids; two with one id are a fault.
static void order_ids(struct project *p)
{
    for (size_t i = 0; i < p->name_count; i++)
        p->numbers[i] = (uint32_t)i;
    pm_sort(p->numbers, p->name_count, id_is_after, p->names);
    for (size_t i = 1; i < p->name_count; i++) {
        const struct name *a = &p->names[p->numbers[i - 1]];
        const struct name *b = &p->names[p->numbers[i]];
        struct pm_place place = {.file = REGISTRY};
        if (a->id == b->id)
            fault(p, &place, "PACK-ID",
                  "asset id %" PRId32 " is given to \"%.60s\" and \"%.60s\"; "
                  "give one of them another",
                  a->id, a->text, b->text);
    }
}

static pm_status read_registry(struct project *p, const void *text, size_t size)
{
    struct pm_json_doc doc = {.alloc = p->alloc};
    size_t known = 0;

    if (text) {
        pm_status status =
            pm_json_parse(text, size, REGISTRY, &p->alloc, p->diags, &doc);
        if (status)
            return status;
        known = doc.nodes->children;
        if (doc.nodes->kind != PM_JSON_OBJECT) {
            struct pm_place place =
                pm_json_place(REGISTRY, text, size, doc.nodes->offset);
            fault(p, &place, "PACK-REGISTRY",
                  "found %s; an object of names "
                  "and ids is wanted",
                  pm_json_kind_name(doc.nodes->kind));
            known = 0;
        }
    }
    p->name_room = known + p->count + 1;
    p->names = pm_mem_zarray(&p->alloc, p->name_room, sizeof *p->names);
    p->numbers = pm_mem_zarray(&p->alloc, p->name_room, sizeof *p->numbers);
    bool ok = p->names && p->numbers;
    for (const struct pm_json_node *node =
             ok && known ? pm_json_first(&doc, doc.nodes) : NULL;
         node; node = pm_json_after(&doc, node))
        take_registered(p, node, text, size);
    pm_json_doc_free(&doc);
    return ok && !p->diags->out_of_memory ? PM_OK : PM_ERR_NO_MEMORY;
}

// --- ids ---------------------------------------------------------------------

// Walks items and registered names, both in order of names, side by side:
// what is registered keeps its id, what asks for one gets it.
static void keep_ids(struct project *p)
{
    size_t known = p->name_count;
    size_t at = 0;

    for (size_t i = 0; i < known; i++)
        p->numbers[i] = (uint32_t)i;
    pm_sort(p->numbers, known, name_is_after, p->names);
    for (size_t i = 0; i < p->count; i++) {
        struct item *item = &p->items[i];
        while (at < known &&
               strcmp(p->names[p->numbers[at]].text, item->name) < 0)
            at++;
        if (at < known &&
            strcmp(p->names[p->numbers[at]].text, item->name) == 0) {
            item->id = p->names[p->numbers[at]].id;
            if (item->wanted_id && item->wanted_id != item->id)
                fault(p, &item->id_place, "PACK-ID",
                      "asset_id is %" PRId32 ", but the registry has %" PRId32
                      " for this name, and ids never move",
                      item->wanted_id, item->id);
        } else if (item->wanted_id) {
            item->id = item->wanted_id;
            p->names[p->name_count++] = (struct name){item->name, item->id};
        }
    }
}

// Gives new names the lowest ids that no name has, in order of names.
static void give_ids(struct project *p)
{
    size_t known = p->name_count;
    size_t at = 0;
    int32_t next = 1;

    for (size_t i = 0; i < p->count; i++) {
        struct item *item = &p->items[i];
        if (item->id)
            continue;
        while (at < known && p->names[p->numbers[at]].id <= next) {
            if (p->names[p->numbers[at]].id == next)
                next++;
            at++;
        }
        item->id = next++;
        p->names[p->name_count++] = (struct name){item->name, item->id};
    }
}

// A text with a line a name, so that differences read well.
static void write_registry(struct project *p)
{
    struct pm_buf *out = &p->out->registry;

    for (size_t i = 0; i < p->name_count; i++)
        p->numbers[i] = (uint32_t)i;
    pm_sort(p->numbers, p->name_count, name_is_after, p->names);
    pm_buf_puts(out, "{");
    for (size_t i = 0; i < p->name_count; i++) {
        const struct name *name = &p->names[p->numbers[i]];
        struct pm_json_writer w = pm_json_write_to(out);
        pm_buf_puts(out, i ? ",\n  " : "\n  ");
        pm_json_write_cstr(&w, name->text);
        pm_buf_printf(out, ": %" PRId32, name->id);
    }
    pm_buf_puts(out, p->name_count ? "\n}\n" : "}\n");
}

// --- slots -------------------------------------------------------------------

static bool item_id_is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct item *items = context;
    return items[a].id != items[b].id ? items[a].id > items[b].id : a > b;
}

// Lets GLYPHs that did not ask have the lowest free slots, by id.
static void give_slots(struct project *p)
{
    bool taken[PM_ASSET_SLOTS] = {false};
    int next = 0;

    for (size_t i = 0; i < p->count; i++) {
        p->numbers[i] = (uint32_t)i;
        if (p->items[i].is_png && p->items[i].slot >= 0)
            taken[p->items[i].slot] = true;
    }
    pm_sort(p->numbers, p->count, item_id_is_after, p->items);
    for (size_t i = 0; i < p->count; i++) {
        struct item *item = &p->items[p->numbers[i]];
        if (item->slot != ANY_SLOT)
            continue;
        while (next < PM_ASSET_SLOTS && taken[next])
            next++;
        item->slot = next < PM_ASSET_SLOTS ? next++ : NO_SLOT;
        if (item->slot == NO_SLOT) {
            pm_buf_put_escaped(&p->out->report, item->name, strlen(item->name));
            pm_buf_puts(&p->out->report,
                        ": not preloaded, all 16 slots are taken\n");
        }
    }
}

// --- file --------------------------------------------------------------------

static pm_status make_glyph(struct project *p, struct item *item)
{
    pm_status status = pm_pack_png(
        item->input->name, item->input->bytes, item->input->size,
        item->tile_size, &p->alloc, p->diags, &p->out->report, &item->glyph);
    snprintf(item->metadata, sizeof item->metadata,
             "{\"height\":%d,\"palette_authored\":1,\"palette_count\":64,"
             "\"tile_size\":%d,\"width\":%d}",
             item->glyph.height, item->glyph.tile_size, item->glyph.width);
    return status;
}

static void report_blob(struct project *p, const struct item *item)
{
    pm_buf_put_escaped(&p->out->report, item->name, strlen(item->name));
    pm_buf_printf(&p->out->report, ": %zu bytes, raw\n", item->input->size);
}

static pm_status make_contents(struct project *p)
{
    for (size_t i = 0; i < p->count; i++) {
        struct item *item = &p->items[i];
        if (!item->is_png) {
            report_blob(p, item);
            continue;
        }
        pm_status status = make_glyph(p, item);
        if (status == PM_ERR_NO_MEMORY)
            return status;
    }
    return PM_OK;
}

static struct pm_asset_input asset_of(const struct item *item)
{
    struct pm_asset_input asset = {.id = item->id, .name = item->name};

    if (item->is_png) {
        asset.bank_type = PM_BANK_GLYPH;
        asset.metadata = item->metadata;
        asset.bytes = item->glyph.bytes.data;
        asset.size = item->glyph.bytes.size;
        asset.decoded_size = (uint64_t)item->glyph.width * item->glyph.height +
                             PM_ASSET_PALETTE_SIZE;
    } else {
        asset.bank_type = PM_BANK_BLOB;
        asset.bytes = item->input->bytes;
        asset.size = item->input->size;
    }
    return asset;
}

static pm_status write_assets(struct project *p)
{
    size_t room = p->count + 1;
    struct pm_asset_input *assets =
        pm_mem_zarray(&p->alloc, room, sizeof *assets);
    struct pm_asset_input_preload *list =
        pm_mem_zarray(&p->alloc, room, sizeof *list);
    pm_status status = PM_ERR_NO_MEMORY;
    size_t listed = 0;

    if (assets && list) {
        for (size_t i = 0; i < p->count; i++) {
            const struct item *item = &p->items[i];
            assets[i] = asset_of(item);
            if (item->slot >= 0)
                list[listed++] =
                    (struct pm_asset_input_preload){item->id, item->slot};
        }
        status = pm_asset_write(assets, p->count, list, listed, "assets.pa",
                                p->diags, &p->out->assets);
    }
    pm_mem_free(&p->alloc, assets, room * sizeof *assets);
    pm_mem_free(&p->alloc, list, room * sizeof *list);
    return status;
}

static pm_status pack_all(struct project *p, const struct pm_pack_input *inputs,
                          const void *registry, size_t registry_size)
{
    size_t errors = p->diags->errors;
    pm_status status = read_registry(p, registry, registry_size);

    if (!status)
        status = make_items(p, inputs);
    if (status)
        return status;
    check_names(p);
    for (size_t i = 0; i < p->count && !status; i++)
        status = read_config(p, &p->items[i]);
    if (!status) {
        keep_ids(p);
        order_ids(p);
        give_ids(p);
        give_slots(p);
        write_registry(p);
        status = make_contents(p);
    }
    if (!status && p->diags->errors != errors)
        status = PM_ERR_INVALID;
    if (!status)
        status = write_assets(p);
    if (!status)
        status = pm_buf_status(&p->out->registry);
    return status ? status : pm_buf_status(&p->out->report);
}

pm_status pm_pack_project(const struct pm_pack_input *inputs, size_t count,
                          const void *registry, size_t registry_size,
                          const struct pm_allocator *alloc,
                          struct pm_diags *diags, struct pm_pack_result *out)
{
    struct project p = {
        .alloc = *alloc, .diags = diags, .count = count, .out = out};
    pm_status status = PM_ERR_NO_MEMORY;

    pm_arena_init(&p.arena, alloc);
    pm_buf_init(&out->assets, alloc);
    pm_buf_init(&out->registry, alloc);
    pm_buf_init(&out->report, alloc);
    p.items = pm_mem_zarray(alloc, count, sizeof *p.items);
    if (p.items || count == 0)
        status = pack_all(&p, inputs, registry, registry_size);
    for (size_t i = 0; p.items && i < count; i++)
        pm_buf_free(&p.items[i].glyph.bytes);
    pm_mem_free(alloc, p.items, count * sizeof *p.items);
    pm_mem_free(alloc, p.names, p.name_room * sizeof *p.names);
    pm_mem_free(alloc, p.numbers, p.name_room * sizeof *p.numbers);
    pm_arena_free(&p.arena);
    if (status)
        pm_pack_result_free(out);
    return status;
}

void pm_pack_result_free(struct pm_pack_result *result)
{
    pm_buf_free(&result->assets);
    pm_buf_free(&result->registry);
    pm_buf_free(&result->report);
}
