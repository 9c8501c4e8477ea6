// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/mem.h"
#include "fs/host_volume_internal.h"

// So many changed paths are told apart.
#define MAX_ENTRIES 256u

void pm_revisions_init(struct pm_revisions *revisions,
                       const struct pm_allocator *alloc)
{
    *revisions =
        (struct pm_revisions){.alloc = *alloc, .counter = 1, .floor = 1};
}

void pm_revisions_free(struct pm_revisions *revisions)
{
    for (size_t i = 0; i < revisions->count; i++)
        pm_mem_free(&revisions->alloc, revisions->entries[i].path,
                    revisions->entries[i].size + 1);
    pm_mem_free(&revisions->alloc, revisions->entries,
                revisions->capacity * sizeof *revisions->entries);
    pm_revisions_init(revisions, &revisions->alloc);
}

static struct pm_path path_of(const struct pm_revision *entry)
{
    return (struct pm_path){entry->path, entry->size};
}

// The index of the first entry that is not before [path].
static size_t lower_bound(const struct pm_revisions *revisions,
                          struct pm_path path)
{
    size_t low = 0;
    size_t high = revisions->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pm_path_compare(path_of(&revisions->entries[middle]), path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct pm_revision *find(const struct pm_revisions *revisions,
                                struct pm_path path)
{
    size_t at = lower_bound(revisions, path);

    if (at == revisions->count ||
        pm_path_compare(path_of(&revisions->entries[at]), path) != 0)
        return NULL;
    return &revisions->entries[at];
}

static void remove_at(struct pm_revisions *revisions, size_t at)
{
    struct pm_revision *entry = &revisions->entries[at];

    pm_mem_free(&revisions->alloc, entry->path, entry->size + 1);
    revisions->count--;
    memmove(entry, entry + 1, (revisions->count - at) * sizeof *entry);
}

static void forget(struct pm_revisions *revisions, uint64_t revision)
{
    if (revisions->floor < revision)
        revisions->floor = revision;
}

static void forget_oldest(struct pm_revisions *revisions)
{
    size_t oldest = 0;

    for (size_t i = 1; i < revisions->count; i++)
        if (revisions->entries[i].revision <
            revisions->entries[oldest].revision)
            oldest = i;
    forget(revisions, revisions->entries[oldest].revision);
    remove_at(revisions, oldest);
}

static bool insert(struct pm_revisions *revisions, size_t at,
                   struct pm_path path, uint64_t revision)
{
    if (!pm_mem_grow(&revisions->alloc, &revisions->entries,
                     &revisions->capacity, revisions->count + 1,
                     sizeof *revisions->entries))
        return false;
    char *copy = pm_path_copy(&revisions->alloc, path);
    if (!copy)
        return false;
    struct pm_revision *entry = &revisions->entries[at];
    memmove(entry + 1, entry, (revisions->count - at) * sizeof *entry);
    *entry = (struct pm_revision){copy, path.size, revision};
    revisions->count++;
    return true;
}

void pm_revisions_put(struct pm_revisions *revisions, struct pm_path path,
                      uint64_t revision)
{
    struct pm_revision *entry = find(revisions, path);

    if (entry) {
        if (entry->revision < revision)
            entry->revision = revision;
        return;
    }
    if (revision <= revisions->floor)
        return;
    while (revisions->count >= MAX_ENTRIES)
        forget_oldest(revisions);
    if (!insert(revisions, lower_bound(revisions, path), path, revision))
        forget(revisions, revision);
}

bool pm_revisions_append(struct pm_revisions *revisions, struct pm_path path,
                         uint64_t revision)
{
    return insert(revisions, revisions->count, path, revision);
}

uint64_t pm_revisions_entry(const struct pm_revisions *revisions,
                            struct pm_path path)
{
    const struct pm_revision *entry = find(revisions, path);
    return entry ? entry->revision : revisions->floor;
}

uint64_t pm_revisions_of(const struct pm_revisions *revisions,
                         struct pm_path path)
{
    uint64_t revision = pm_revisions_entry(revisions, path);
    return revision > revisions->floor ? revision : revisions->floor;
}

void pm_revisions_drop(struct pm_revisions *revisions, struct pm_path path)
{
    const struct pm_revision *entry = find(revisions, path);

    if (entry)
        remove_at(revisions, (size_t)(entry - revisions->entries));
}

// An entry beneath [from] that moves to beneath [to]: taken out and put in.
static void move_entry(struct pm_revisions *revisions, size_t at,
                       struct pm_path from, struct pm_path to)
{
    struct pm_revision entry = revisions->entries[at];
    struct pm_path rest = {entry.path + from.size, entry.size - from.size};
    size_t size = to.size + rest.size;
    char *path = pm_mem_alloc(&revisions->alloc, size + 1);

    if (path) {
        memcpy(path, to.text, to.size);
        memcpy(path + to.size, rest.text, rest.size + 1);
    }
    remove_at(revisions, at);
    if (path)
        pm_revisions_put(revisions, (struct pm_path){path, size},
                         entry.revision);
    else
        forget(revisions, entry.revision);
    pm_mem_free(&revisions->alloc, path, size + 1);
}

// Restarts after each move, as entries have changed places; what has moved is
// not beneath [from] any more.
void pm_revisions_move(struct pm_revisions *revisions, struct pm_path from,
                       struct pm_path to)
{
    for (size_t i = 0; i < revisions->count;) {
        struct pm_path path = path_of(&revisions->entries[i]);
        if (pm_path_compare(path, from) != 0 &&
            !pm_path_is_beneath(path, from)) {
            i++;
            continue;
        }
        move_entry(revisions, i, from, to);
        i = 0;
    }
}
