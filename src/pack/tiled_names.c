// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "pack/tiled_map.h"

// Doubles the table and puts all items into their places anew.
static bool grow_table(struct pm_tiled *tiled, struct pm_tiled_names *names)
{
    size_t size = names->table_size ? names->table_size * 2 : 64;
    uint32_t *table = pm_mem_zarray(&tiled->alloc, size, sizeof *table);

    if (!table)
        return false;
    for (size_t i = 0; i < names->count; i++) {
        size_t at = names->items[i].hash & (size - 1);
        while (table[at])
            at = (at + 1) & (size - 1);
        table[at] = (uint32_t)i + 1;
    }
    pm_mem_free(&tiled->alloc, names->table,
                names->table_size * sizeof *names->table);
    names->table = table;
    names->table_size = size;
    return true;
}

static bool is_same(const struct pm_tiled_name *name, uint64_t hash,
                    struct pm_tiled_text text)
{
    return name->hash == hash && name->text.size == text.size &&
           (!text.size || memcmp(name->text.text, text.text, text.size) == 0);
}

size_t pm_tiled_name_put(struct pm_tiled *tiled, struct pm_tiled_names *names,
                         struct pm_tiled_text text)
{
    uint64_t hash = pm_hash64(text.size ? text.text : "", text.size);

    if ((names->count * 2 >= names->table_size && !grow_table(tiled, names)) ||
        !pm_mem_grow(&tiled->alloc, &names->items, &names->room,
                     names->count + 1, sizeof *names->items)) {
        tiled->out_of_memory = true;
        return SIZE_MAX;
    }
    size_t at = hash & (names->table_size - 1);
    for (; names->table[at]; at = (at + 1) & (names->table_size - 1))
        if (is_same(&names->items[names->table[at] - 1], hash, text))
            return names->table[at] - 1;
    names->items[names->count] = (struct pm_tiled_name){text, hash, 0};
    names->table[at] = (uint32_t)++names->count;
    return names->count - 1;
}

void pm_tiled_names_free(struct pm_tiled *tiled, struct pm_tiled_names *names)
{
    pm_mem_free(&tiled->alloc, names->items,
                names->room * sizeof *names->items);
    pm_mem_free(&tiled->alloc, names->table,
                names->table_size * sizeof *names->table);
    *names = (struct pm_tiled_names){0};
}
