// SPDX-License-Identifier: MIT
//
// Ids: the registry's never move and are never given twice, new names get the
// lowest that are free.

#include <inttypes.h>
#include <string.h>

#include "base/json_write.h"
#include "base/mem.h"
#include "base/sort.h"
#include "pack/project.h"

// --- reading -----------------------------------------------------------------

static void take_registered(struct pm_packer *p, struct pm_pack_text *text,
                            const struct pm_json_node *node)
{
    struct pm_place place = pm_pack_place(text, node->offset);

    if (!pm_pack_want_int(p->diags, node, &place, "asset id", 1, INT32_MAX))
        return;
    if (strlen(node->key) != node->key_size || node->key_size > 255) {
        pm_pack_fault(p->diags, &place, "PACK-REGISTRY",
                      "the name of id %" PRId64 " is no file name",
                      node->number);
        return;
    }
    char *copy = pm_arena_copy(&p->arena, node->key, node->key_size);
    if (!copy) {
        p->diags->out_of_memory = true;
        return;
    }
    p->names[p->name_count].text = copy;
    p->names[p->name_count++].id = (int32_t)node->number;
}

static pm_status take_names(struct pm_packer *p, const struct pm_json_doc *doc)
{
    struct pm_pack_text text = {.file = PM_PACK_REGISTRY,
                                .text = p->project->registry,
                                .size = p->project->registry_size};

    if (doc->nodes->kind != PM_JSON_OBJECT) {
        struct pm_place place = pm_pack_place(&text, doc->nodes->offset);
        pm_pack_fault(p->diags, &place, "PACK-REGISTRY",
                      "found %s; an object of names and ids is wanted",
                      pm_json_kind_name(doc->nodes->kind));
        return PM_OK;
    }
    if (!pm_mem_grow(&p->alloc, &p->names, &p->name_room, doc->nodes->children,
                     sizeof *p->names))
        return PM_ERR_NO_MEMORY;
    if (p->name_room)
        memset(p->names, 0, p->name_room * sizeof *p->names);
    for (const struct pm_json_node *node = pm_json_first(doc, doc->nodes); node;
         node = pm_json_after(doc, node))
        take_registered(p, &text, node);
    return p->diags->out_of_memory ? PM_ERR_NO_MEMORY : PM_OK;
}

pm_status pm_pack_read_registry(struct pm_packer *p)
{
    struct pm_json_doc doc;

    if (!p->project->registry)
        return PM_OK;
    pm_status status =
        pm_json_parse(p->project->registry, p->project->registry_size,
                      PM_PACK_REGISTRY, &p->alloc, p->diags, &doc);
    if (status)
        return status;
    status = take_names(p, &doc);
    pm_json_doc_free(&doc);
    return status;
}

// --- giving ------------------------------------------------------------------

static bool name_is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct pm_pack_name *names = context;
    int order = strcmp(names[a].text, names[b].text);
    return order ? order > 0 : a > b;
}

static bool id_is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct pm_pack_name *names = context;
    return names[a].id != names[b].id ? names[a].id > names[b].id : a > b;
}

static void sort_names(const struct pm_packer *p, uint32_t *numbers,
                       pm_sort_is_after *is_after)
{
    for (size_t i = 0; i < p->name_count; i++)
        numbers[i] = (uint32_t)i;
    pm_sort(numbers, p->name_count, is_after, p->names);
}

static void add_name(struct pm_packer *p, const struct pm_pack_part *part)
{
    struct pm_pack_name *name = &p->names[p->name_count++];
    *name = (struct pm_pack_name){part->name, part->id, true};
}

// The id that settings ask for; they speak of the unit's first asset.
static int32_t wanted_id(const struct pm_pack_part *part)
{
    return part == part->unit->parts ? part->unit->settings.id : 0;
}

static void keep_id(struct pm_packer *p, struct pm_pack_part *part,
                    struct pm_pack_name *name)
{
    name->is_used = true;
    part->id = name->id;
    if (wanted_id(part) && wanted_id(part) != part->id)
        pm_pack_fault(p->diags, &part->unit->settings.id_place, "PACK-ID",
                      "asset_id is %" PRId32 ", but the registry has %" PRId32
                      " for this name, and ids never move",
                      wanted_id(part), part->id);
}

// Walks assets and registered names, both in order of names, side by side:
// what is registered keeps its id, what asks for one gets it.
static void keep_ids(struct pm_packer *p, uint32_t *numbers)
{
    size_t known = p->name_count;
    size_t at = 0;

    sort_names(p, numbers, name_is_after);
    for (size_t i = 0; i < p->part_count; i++) {
        struct pm_pack_part *part = p->parts[i];
        while (at < known && strcmp(p->names[numbers[at]].text, part->name) < 0)
            at++;
        if (at < known && strcmp(p->names[numbers[at]].text, part->name) == 0) {
            keep_id(p, part, &p->names[numbers[at]]);
        } else if (wanted_id(part)) {
            part->id = wanted_id(part);
            add_name(p, part);
        }
    }
}

// Orders names by id; two with one id are a fault.
static void order_ids(struct pm_packer *p, uint32_t *numbers)
{
    sort_names(p, numbers, id_is_after);
    for (size_t i = 1; i < p->name_count; i++) {
        const struct pm_pack_name *a = &p->names[numbers[i - 1]];
        const struct pm_pack_name *b = &p->names[numbers[i]];
        struct pm_place place = {.file = PM_PACK_REGISTRY};
        struct pm_pack_shown first = pm_pack_show(a->text);
        struct pm_pack_shown second = pm_pack_show(b->text);
        if (a->id == b->id)
            pm_pack_fault(p->diags, &place, "PACK-ID",
                          "asset id %" PRId32 " is given to \"%s\" and "
                          "\"%s\"; give one of them another",
                          a->id, first.text, second.text);
    }
}

// Gives new names the lowest ids that no name has, in order of names.
static void give_new(struct pm_packer *p, const uint32_t *numbers)
{
    size_t known = p->name_count;
    size_t at = 0;
    int32_t next = 1;

    for (size_t i = 0; i < p->part_count; i++) {
        struct pm_pack_part *part = p->parts[i];
        if (part->id)
            continue;
        while (at < known && p->names[numbers[at]].id <= next) {
            if (p->names[numbers[at]].id == next)
                next++;
            at++;
        }
        part->id = next++;
        add_name(p, part);
    }
}

// A text with a line a name, so that differences read well.
static void write_registry(struct pm_packer *p, uint32_t *numbers)
{
    struct pm_buf *out = &p->out->registry;

    sort_names(p, numbers, name_is_after);
    pm_buf_puts(out, "{");
    for (size_t i = 0; i < p->name_count; i++) {
        const struct pm_pack_name *name = &p->names[numbers[i]];
        struct pm_json_writer w = pm_json_write_to(out);
        pm_buf_puts(out, i ? ",\n  " : "\n  ");
        pm_json_write_cstr(&w, name->text);
        pm_buf_printf(out, ": %" PRId32, name->id);
    }
    pm_buf_puts(out, p->name_count ? "\n}\n" : "}\n");
}

pm_status pm_pack_give_ids(struct pm_packer *p)
{
    size_t most = p->name_count + p->part_count;
    uint32_t *numbers = pm_mem_zarray(&p->alloc, most, sizeof *numbers);

    if ((most && !numbers) || !pm_mem_grow(&p->alloc, &p->names, &p->name_room,
                                           most, sizeof *p->names)) {
        pm_mem_free(&p->alloc, numbers, most * sizeof *numbers);
        return PM_ERR_NO_MEMORY;
    }
    keep_ids(p, numbers);
    order_ids(p, numbers);
    give_new(p, numbers);
    write_registry(p, numbers);
    pm_mem_free(&p->alloc, numbers, most * sizeof *numbers);
    return pm_buf_status(&p->out->registry);
}
