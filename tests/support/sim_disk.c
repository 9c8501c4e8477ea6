// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "support/sim_internal.h"

// --- names -------------------------------------------------------------------

uint32_t pm_sim_find(const struct pm_sim_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->entries[i].name, name) == 0)
            return names->entries[i].inode;
    return PM_SIM_NONE;
}

void pm_sim_unset_name(struct pm_sim_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->entries[i].name, name) != 0)
            continue;
        names->entries[i] = names->entries[--names->count];
        return;
    }
}

void pm_sim_set_name(struct pm_sim_names *names, const char *name,
                     uint32_t inode)
{
    struct pm_sim_entry *entry;

    pm_sim_unset_name(names, name);
    names->entries = pm_sim_resize(names->entries,
                                   (names->count + 1) * sizeof *names->entries);
    entry = &names->entries[names->count++];
    memset(entry, 0, sizeof *entry);
    strncpy(entry->name, name, PM_SIM_NAME - 1);
    entry->inode = inode;
}

static struct pm_sim_names clone_names(const struct pm_sim_names *from)
{
    struct pm_sim_names out = {NULL, from->count};

    if (from->count) {
        out.entries = pm_sim_resize(NULL, from->count * sizeof *out.entries);
        memcpy(out.entries, from->entries, from->count * sizeof *out.entries);
    }
    return out;
}

// --- inodes ------------------------------------------------------------------

uint32_t pm_sim_new_inode(struct pm_sim *sim, enum pm_os_kind kind)
{
    // Numbers are not used again, as pending operations name them.
    uint32_t inode = (uint32_t)sim->inode_count++;

    sim->inodes =
        pm_sim_resize(sim->inodes, sim->inode_count * sizeof *sim->inodes);
    sim->inodes[inode] =
        (struct pm_sim_inode){.used = true, .kind = kind, .locked_by = -1};
    return inode;
}

static void free_inode(struct pm_sim_inode *node)
{
    pm_sim_content_free(&node->now);
    pm_sim_content_free(&node->safe);
    free(node->names.entries);
    free(node->safe_names.entries);
    free(node->taken);
    *node = (struct pm_sim_inode){.locked_by = -1};
}

static bool is_named(const struct pm_sim *sim, uint32_t inode)
{
    for (size_t i = 0; i < sim->inode_count; i++) {
        const struct pm_sim_names *names = &sim->inodes[i].names;
        for (size_t k = 0; k < names->count; k++)
            if (names->entries[k].inode == inode)
                return true;
    }
    return false;
}

// Gives the space of a file back that nobody can reach any more. What is safe
// of it stays, as a cut may bring its name back.
void pm_sim_drop_inode(struct pm_sim *sim, uint32_t inode)
{
    if (sim->inodes[inode].opens == 0 && !is_named(sim, inode))
        pm_sim_give_back(sim, inode, 0);
}

uint64_t pm_sim_take(struct pm_sim *sim, uint32_t inode, uint64_t offset,
                     uint64_t size)
{
    struct pm_sim_inode *node = &sim->inodes[inode];
    size_t first = (size_t)(offset / PM_SIM_BLOCK);
    size_t end = (size_t)((offset + size + PM_SIM_BLOCK - 1) / PM_SIM_BLOCK);

    if (end > node->taken_count) {
        node->taken = pm_sim_resize(node->taken, end);
        memset(node->taken + node->taken_count, 0, end - node->taken_count);
        node->taken_count = end;
    }
    for (size_t i = first; i < end; i++) {
        if (node->taken[i])
            continue;
        if (sim->knobs.space && sim->used + PM_SIM_BLOCK > sim->knobs.space)
            return i == first ? 0 : i * (uint64_t)PM_SIM_BLOCK - offset;
        node->taken[i] = 1;
        sim->used += PM_SIM_BLOCK;
    }
    return size;
}

void pm_sim_give_back(struct pm_sim *sim, uint32_t inode, uint64_t size)
{
    struct pm_sim_inode *node = &sim->inodes[inode];
    size_t keep = (size_t)((size + PM_SIM_BLOCK - 1) / PM_SIM_BLOCK);

    for (size_t i = keep; i < node->taken_count; i++) {
        if (node->taken[i])
            sim->used -= PM_SIM_BLOCK;
        node->taken[i] = 0;
    }
}

// --- paths -------------------------------------------------------------------

uint32_t pm_sim_walk(const struct pm_sim *sim, uint32_t dir, const char *path,
                     const char **out_last)
{
    for (;;) {
        while (*path == '/')
            path++;
        if (strcmp(path, ".") == 0)
            path++;
        const char *slash = strchr(path, '/');
        if (!slash) {
            *out_last = path;
            return dir;
        }
        char name[PM_SIM_NAME] = {0};
        size_t length = (size_t)(slash - path);
        if (length >= PM_SIM_NAME) {
            errno = ENAMETOOLONG;
            return PM_SIM_NONE;
        }
        memcpy(name, path, length);
        dir = pm_sim_find(&sim->inodes[dir].names, name);
        if (dir == PM_SIM_NONE || sim->inodes[dir].kind != PM_OS_DIRECTORY) {
            errno = dir == PM_SIM_NONE ? ENOENT : ENOTDIR;
            return PM_SIM_NONE;
        }
        path = slash;
    }
}

uint32_t pm_sim_lookup(const struct pm_sim *sim, uint32_t dir, const char *path)
{
    const char *last = NULL;

    dir = pm_sim_walk(sim, dir, path, &last);
    if (dir == PM_SIM_NONE || *last == '\0')
        return dir;
    return pm_sim_find(&sim->inodes[dir].names, last);
}

// --- pending operations ------------------------------------------------------

struct pm_sim_op *pm_sim_add_op(struct pm_sim *sim, enum pm_sim_op_kind kind,
                                uint32_t inode)
{
    if (sim->op_count == sim->op_capacity) {
        sim->op_capacity = sim->op_capacity ? sim->op_capacity * 2 : 64;
        sim->ops = pm_sim_resize(sim->ops, sim->op_capacity * sizeof *sim->ops);
    }
    struct pm_sim_op *op = &sim->ops[sim->op_count++];
    memset(op, 0, sizeof *op);
    op->kind = kind;
    op->inode = inode;
    return op;
}

static void apply_write(struct pm_sim_content *content,
                        const struct pm_sim_op *op, struct pm_sim_fate fate)
{
    switch (fate.kind) {
    case PM_SIM_LOST:
        break;
    case PM_SIM_KEPT:
        pm_sim_content_write(content, op->offset, op->data, op->size);
        break;
    case PM_SIM_TORN:
        pm_sim_content_write(content, op->offset, op->data,
                             fate.bytes < op->size ? fate.bytes : op->size);
        break;
    case PM_SIM_ZEROES:
        if (op->offset + op->size > content->size)
            pm_sim_content_resize(content, op->offset + op->size);
        break;
    case PM_SIM_SMASHED:
        pm_sim_content_smash(content, op->offset, op->size);
        break;
    }
}

// Does [op] to the safe state of the disk [to].
static void apply(struct pm_sim *to, const struct pm_sim_op *op,
                  struct pm_sim_fate fate)
{
    struct pm_sim_inode *node = &to->inodes[op->inode];

    if (fate.kind == PM_SIM_LOST)
        return;
    switch (op->kind) {
    case PM_SIM_OP_WRITE:
        apply_write(&node->safe, op, fate);
        break;
    case PM_SIM_OP_TRUNCATE:
        pm_sim_content_resize(&node->safe, op->offset);
        break;
    case PM_SIM_OP_LINK:
        pm_sim_set_name(&node->safe_names, op->name, op->target);
        break;
    case PM_SIM_OP_UNLINK:
        pm_sim_unset_name(&node->safe_names, op->name);
        break;
    case PM_SIM_OP_RENAME:
        pm_sim_unset_name(&node->safe_names, op->name);
        pm_sim_set_name(&to->inodes[op->to_dir].safe_names, op->to_name,
                        op->target);
        break;
    }
}

static bool concerns(const struct pm_sim_op *op, uint32_t inode)
{
    return op->inode == inode ||
           (op->kind == PM_SIM_OP_RENAME && op->to_dir == inode);
}

static void take_off(struct pm_sim *sim, uint32_t inode, bool keep)
{
    size_t left = 0;

    for (size_t i = 0; i < sim->op_count; i++) {
        struct pm_sim_op op = sim->ops[i];
        if (!concerns(&op, inode)) {
            sim->ops[left++] = op;
            continue;
        }
        if (keep)
            apply(sim, &op, (struct pm_sim_fate){PM_SIM_KEPT, 0});
        free(op.data);
    }
    sim->op_count = left;
}

void pm_sim_make_safe(struct pm_sim *sim, uint32_t inode)
{
    take_off(sim, inode, true);
}

void pm_sim_lose(struct pm_sim *sim, uint32_t inode)
{
    struct pm_sim_inode *node = &sim->inodes[inode];

    // Names are not forgotten by a failed sync: they stay pending.
    if (node->kind == PM_OS_DIRECTORY)
        return;
    take_off(sim, inode, false);
    if (!sim->knobs.failed_sync_reverts)
        return;
    pm_sim_content_free(&node->now);
    node->now = pm_sim_content_clone(&node->safe);
}

void pm_sim_settle(struct pm_sim *sim)
{
    for (size_t i = 0; i < sim->inode_count; i++)
        pm_sim_make_safe(sim, (uint32_t)i);
}

size_t pm_sim_pending_count(const struct pm_sim *sim)
{
    return sim->op_count;
}

struct pm_sim_pending pm_sim_pending_at(const struct pm_sim *sim, size_t index)
{
    const struct pm_sim_op *op = &sim->ops[index];

    return (struct pm_sim_pending){op->kind == PM_SIM_OP_WRITE,
                                   op->kind >= PM_SIM_OP_LINK, op->inode,
                                   op->offset, op->size};
}

// --- disks -------------------------------------------------------------------

struct pm_sim *pm_sim_new(void)
{
    struct pm_sim *sim = pm_sim_resize(NULL, sizeof *sim);

    memset(sim, 0, sizeof *sim);
    sim->os = pm_sim_calls(sim);
    sim->random = 88172645463325252u;
    pm_sim_new_inode(sim, PM_OS_DIRECTORY);
    return sim;
}

void pm_sim_free(struct pm_sim *sim)
{
    if (!sim)
        return;
    for (size_t i = 0; i < sim->inode_count; i++)
        free_inode(&sim->inodes[i]);
    for (size_t i = 0; i < sim->op_count; i++)
        free(sim->ops[i].data);
    free(sim->inodes);
    free(sim->ops);
    free(sim->descriptors);
    free(sim);
}

const struct pm_os *pm_sim_os(struct pm_sim *sim)
{
    return &sim->os;
}

struct pm_sim_knobs *pm_sim_knobs(struct pm_sim *sim)
{
    return &sim->knobs;
}

// A disk with the same inodes, of which only [safe] is filled.
static struct pm_sim *clone_safe(const struct pm_sim *sim)
{
    struct pm_sim *out = pm_sim_new();

    while (out->inode_count < sim->inode_count)
        pm_sim_new_inode(out, PM_OS_FILE);
    for (size_t i = 0; i < sim->inode_count; i++) {
        const struct pm_sim_inode *from = &sim->inodes[i];
        struct pm_sim_inode *to = &out->inodes[i];
        to->used = from->used;
        to->kind = from->kind;
        to->safe = pm_sim_content_clone(&from->safe);
        to->safe_names = clone_names(&from->safe_names);
    }
    out->random = sim->random ^ 0x9e3779b97f4a7c15u;
    out->knobs.space = sim->knobs.space;
    out->knobs.cannot_allocate = sim->knobs.cannot_allocate;
    out->knobs.failed_sync_reverts = sim->knobs.failed_sync_reverts;
    return out;
}

static void show_safe(struct pm_sim *sim)
{
    uint64_t limit = sim->knobs.space;

    sim->knobs.space = 0;
    for (size_t i = 0; i < sim->inode_count; i++) {
        struct pm_sim_inode *node = &sim->inodes[i];
        node->now = pm_sim_content_clone(&node->safe);
        node->names = clone_names(&node->safe_names);
    }
    for (size_t i = 0; i < sim->inode_count; i++)
        if (is_named(sim, (uint32_t)i))
            pm_sim_take(sim, (uint32_t)i, 0, sim->inodes[i].now.size);
    sim->knobs.space = limit;
}

struct pm_sim *pm_sim_cut(const struct pm_sim *sim,
                          const struct pm_sim_fate *fates)
{
    struct pm_sim *out = clone_safe(sim);

    for (size_t i = 0; i < sim->op_count; i++)
        apply(out, &sim->ops[i], fates[i]);
    show_safe(out);
    return out;
}

struct pm_sim *pm_sim_copy(const struct pm_sim *sim)
{
    struct pm_sim *out = clone_safe(sim);

    for (size_t i = 0; i < sim->op_count; i++)
        apply(out, &sim->ops[i], (struct pm_sim_fate){PM_SIM_KEPT, 0});
    show_safe(out);
    return out;
}

// --- looking and putting -----------------------------------------------------

uint8_t *pm_sim_get(const struct pm_sim *sim, const char *path,
                    size_t *out_size)
{
    uint32_t inode = pm_sim_lookup(sim, PM_SIM_ROOT, path);

    if (inode == PM_SIM_NONE || sim->inodes[inode].kind != PM_OS_FILE)
        return NULL;
    const struct pm_sim_content *content = &sim->inodes[inode].now;
    uint8_t *out = pm_sim_resize(NULL, (size_t)content->size);
    *out_size = pm_sim_content_read(content, 0, out, (size_t)content->size);
    return out;
}

// Puts something new of [kind] at [path], at once safe.
static struct pm_sim_inode *put(struct pm_sim *sim, const char *path,
                                enum pm_os_kind kind)
{
    const char *last = NULL;
    uint32_t dir = pm_sim_walk(sim, PM_SIM_ROOT, path, &last);
    if (dir == PM_SIM_NONE)
        abort();
    uint32_t inode = pm_sim_new_inode(sim, kind);
    pm_sim_make_safe(sim, dir);
    pm_sim_set_name(&sim->inodes[dir].names, last, inode);
    pm_sim_set_name(&sim->inodes[dir].safe_names, last, inode);
    return &sim->inodes[inode];
}

void pm_sim_put(struct pm_sim *sim, const char *path, const void *data,
                size_t size)
{
    struct pm_sim_inode *node = put(sim, path, PM_OS_FILE);

    pm_sim_content_write(&node->now, 0, data, size);
    pm_sim_content_write(&node->safe, 0, data, size);
    pm_sim_take(sim, (uint32_t)(node - sim->inodes), 0, size);
}

void pm_sim_put_directory(struct pm_sim *sim, const char *path)
{
    put(sim, path, PM_OS_DIRECTORY);
}

void pm_sim_put_link(struct pm_sim *sim, const char *path)
{
    put(sim, path, PM_OS_OTHER);
}

bool pm_sim_exists(const struct pm_sim *sim, const char *path)
{
    return pm_sim_lookup(sim, PM_SIM_ROOT, path) != PM_SIM_NONE;
}

static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
    const uint8_t *at = data;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * 0x100000001b3u;
    return hash;
}

uint64_t pm_sim_hash(const struct pm_sim *sim, const char *path)
{
    uint32_t dir = pm_sim_lookup(sim, PM_SIM_ROOT, path);
    uint64_t sum = 0;

    if (dir == PM_SIM_NONE)
        return 0;
    const struct pm_sim_names *names = &sim->inodes[dir].names;
    for (size_t i = 0; i < names->count; i++) {
        const struct pm_sim_content *content =
            &sim->inodes[names->entries[i].inode].now;
        uint8_t *bytes = pm_sim_resize(NULL, (size_t)content->size);
        size_t size =
            pm_sim_content_read(content, 0, bytes, (size_t)content->size);
        uint64_t hash = mix(0xcbf29ce484222325u, names->entries[i].name,
                            strlen(names->entries[i].name) + 1);
        // A sum, as the order of entries means nothing.
        sum += mix(hash, bytes, size);
        free(bytes);
    }
    return sum;
}

size_t pm_sim_open_count(const struct pm_sim *sim)
{
    size_t count = 0;

    for (size_t i = 0; i < sim->descriptor_count; i++)
        count += sim->descriptors[i].open;
    return count;
}

uint64_t pm_sim_used(const struct pm_sim *sim)
{
    return sim->used;
}
