// SPDX-License-Identifier: MIT
//
// The checker's memory, lists, maps and texts.

#include <stdarg.h>

#include "base/buf.h"
#include "lang/check_internal.h"

void pm_chk_no_memory(struct checker *c)
{
    longjmp(c->out_of_memory, 1);
}

void *pm_chk_alloc(struct checker *c, size_t size)
{
    void *at = pm_arena_alloc(c->arena, size);

    if (!at)
        pm_chk_no_memory(c);
    return at;
}

void pm_chk_push(struct checker *c, struct chk_list *list, void *item)
{
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? 2 * list->capacity : 4;
        void **items = pm_chk_alloc(c, capacity * sizeof *items);

        if (list->count)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = item;
}

static uint32_t hash_of(struct pm_text key)
{
    uint32_t hash = 2166136261u;

    for (uint32_t i = 0; i < key.size; i++)
        hash = (hash ^ (uint8_t)key.data[i]) * 16777619u;
    return hash ^ hash >> 15;
}

bool pm_chk_same(struct pm_text a, struct pm_text b)
{
    return a.size == b.size &&
           (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool pm_chk_is(struct pm_text text, const char *word)
{
    return text.size == strlen(word) && memcmp(text.data, word, text.size) == 0;
}

// The entry of a key, or the free one where it belongs.
static struct chk_map_entry *find_entry(const struct chk_map *map,
                                        struct pm_text key, uint32_t hash)
{
    uint32_t at = hash & (map->capacity - 1);

    while (map->entries[at].value) {
        if (map->entries[at].hash == hash &&
            pm_chk_same(map->entries[at].key, key))
            break;
        at = (at + 1) & (map->capacity - 1);
    }
    return &map->entries[at];
}

void *pm_chk_map_get(const struct chk_map *map, struct pm_text key)
{
    return map->count ? find_entry(map, key, hash_of(key))->value : NULL;
}

static void grow_map(struct checker *c, struct chk_map *map)
{
    struct chk_map bigger = {.count = map->count,
                             .capacity = map->capacity ? 2 * map->capacity : 8};

    bigger.entries = pm_chk_alloc(c, bigger.capacity * sizeof *bigger.entries);
    for (uint32_t i = 0; i < map->capacity; i++) {
        const struct chk_map_entry *entry = &map->entries[i];
        if (entry->value)
            *find_entry(&bigger, entry->key, entry->hash) = *entry;
    }
    *map = bigger;
}

void *pm_chk_map_put(struct checker *c, struct chk_map *map, struct pm_text key,
                     void *value)
{
    if (4 * (map->count + 1) > 3 * map->capacity)
        grow_map(c, map);
    uint32_t hash = hash_of(key);
    struct chk_map_entry *entry = find_entry(map, key, hash);
    if (entry->value)
        return entry->value;
    *entry = (struct chk_map_entry){key, hash, value};
    map->count++;
    return NULL;
}

struct pm_text pm_chk_text(const char *text)
{
    return (struct pm_text){text, (uint32_t)strlen(text)};
}

struct pm_text pm_chk_format(struct checker *c, const char *format, ...)
{
    struct pm_buf buf;
    va_list args;

    pm_buf_init(&buf, &c->report->alloc);
    va_start(args, format);
    pm_buf_vprintf(&buf, format, args);
    va_end(args);
    struct pm_text text = {NULL, (uint32_t)buf.size};
    if (!buf.failed)
        text.data = pm_arena_copy(c->arena, buf.data, buf.size);
    pm_buf_free(&buf);
    if (!text.data)
        pm_chk_no_memory(c);
    return text;
}

struct pm_text pm_chk_token(const struct chk_file *file, uint32_t token)
{
    const struct pm_token *at = &file->parsed->tokens[token];

    return (struct pm_text){file->parsed->text + at->offset, at->size};
}

struct pm_text pm_chk_name(struct checker *c, const struct pm_ast *ast)
{
    return pm_chk_token(c->file, ast->token);
}
