// SPDX-License-Identifier: MIT
#include <string.h>

#include "asm/asm_internal.h"
#include "base/bits.h"
#include "base/mem.h"

// A keyed hash. The key is a hash of the whole text, so that names which
// collide cannot be worked out before they are written down.
static uint32_t hash_key(const struct assembler *a, uint32_t space,
                         uint32_t scope, struct pm_text key)
{
    const uint64_t factor = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t hash = a->map.seed ^ ((uint64_t)space << 32 | scope);
    uint8_t last[8] = {0};
    size_t at = 0;

    hash = (hash ^ key.size) * factor;
    for (; key.size - at >= 8; at += 8) {
        hash = (hash ^ hash >> 29 ^ pm_load64(key.data + at)) * factor;
        hash ^= hash >> 32;
    }
    if (key.size > at)
        memcpy(last, key.data + at, key.size - at);
    hash = (hash ^ pm_load64(last)) * factor;
    hash = (hash ^ hash >> 31 ^ a->map.seed >> 7) * factor;
    return (uint32_t)(hash >> 32);
}

static bool is_same(const struct asm_entry *entry, uint32_t hash,
                    uint32_t space, uint32_t scope, struct pm_text key)
{
    return entry->hash == hash && entry->space == space &&
           entry->scope == scope && entry->key.size == key.size &&
           (key.size == 0 || memcmp(entry->key.data, key.data, key.size) == 0);
}

struct asm_entry *pm_asm_map_find(struct assembler *a, uint32_t space,
                                  uint32_t scope, struct pm_text key)
{
    const struct asm_map *map = &a->map;
    if (map->slot_count == 0)
        return NULL;
    size_t mask = map->slot_count - 1;
    uint32_t hash = hash_key(a, space, scope, key);
    for (size_t i = hash & mask; map->slots[i]; i = (i + 1) & mask) {
        struct asm_entry *entry = &map->entries[map->slots[i] - 1];
        if (is_same(entry, hash, space, scope, key))
            return entry;
    }
    return NULL;
}

static void put_slot(struct asm_map *map, uint32_t hash, uint32_t number)
{
    size_t mask = map->slot_count - 1;
    size_t i = hash & mask;
    while (map->slots[i])
        i = (i + 1) & mask;
    map->slots[i] = number;
}

static bool grow_slots(struct assembler *a)
{
    struct asm_map *map = &a->map;
    size_t count = map->slot_count ? map->slot_count * 2 : 256;
    uint32_t *slots = pm_mem_zarray(a->alloc, count, sizeof *slots);
    if (!slots)
        return pm_asm_out_of_memory(a);
    pm_mem_free(a->alloc, map->slots, map->slot_count * sizeof *map->slots);
    map->slots = slots;
    map->slot_count = count;
    for (size_t i = 0; i < map->count; i++)
        put_slot(map, map->entries[i].hash, (uint32_t)i + 1);
    return true;
}

struct asm_entry *pm_asm_map_insert(struct assembler *a, uint32_t space,
                                    uint32_t scope, struct pm_text key,
                                    uint32_t value)
{
    struct asm_map *map = &a->map;
    if (map->count >= map->slot_count / 2 && !grow_slots(a))
        return NULL;
    if (!pm_mem_grow(a->alloc, &map->entries, &map->capacity, map->count + 1,
                     sizeof *map->entries)) {
        pm_asm_out_of_memory(a);
        return NULL;
    }
    struct asm_entry *entry = &map->entries[map->count++];
    *entry = (struct asm_entry){.key = key,
                                .hash = hash_key(a, space, scope, key),
                                .space = space,
                                .scope = scope,
                                .value = value};
    put_slot(map, entry->hash, (uint32_t)map->count);
    return entry;
}

void *pm_asm_push(struct assembler *a, struct asm_vec *vec, size_t size)
{
    if (!pm_mem_grow(a->alloc, &vec->data, &vec->capacity, vec->count + 1,
                     size)) {
        pm_asm_out_of_memory(a);
        return NULL;
    }
    return memset((char *)vec->data + vec->count++ * size, 0, size);
}

void pm_asm_vec_free(struct assembler *a, struct asm_vec *vec, size_t size)
{
    pm_mem_free(a->alloc, vec->data, vec->capacity * size);
    *vec = (struct asm_vec){0};
}
