// SPDX-License-Identifier: MIT
//
// Operations on entries. Each finds out first whether it can be done, then
// takes memory, then space in the store, and then changes without any way to
// fail; only replace, which waits for the device, can have to go back.

#include <string.h>

#include "base/mem.h"
#include "fs/tree_internal.h"

// A node for a place where nothing is, and room to link it.
static pm_fs_status make_node(struct pm_tree *tree,
                              const struct pm_tree_place *place,
                              pm_fs_kind kind, struct pm_tree_node **out)
{
    if (tree->config.store && tree->now.next_id > PM_TREE_MAX_ID)
        return PM_FS_STORAGE_FULL;
    if (!pm_tree_nodes_room(&tree->alloc, &tree->now, 1))
        return PM_FS_TRANSIENT;
    struct pm_tree_node *node =
        pm_tree_node_make(&tree->alloc, kind, place->name, place->name_size);
    if (!node)
        return PM_FS_TRANSIENT;
    node->id = tree->now.next_id;
    *out = node;
    return PM_FS_OK;
}

// The directory gets the revision that the node has.
static void touch_directory(struct pm_tree *tree, struct pm_tree_node *dir)
{
    dir->revision = tree->now.revision;
    pm_tree_touch(tree, dir);
}

static void link_new(struct pm_tree *tree, struct pm_tree_node *node,
                     struct pm_tree_node *dir)
{
    tree->now.next_id++;
    pm_tree_link(&tree->now, node, dir);
    pm_tree_revise(tree, node);
    pm_tree_touch(tree, node);
    touch_directory(tree, dir);
}

static pm_fs_status create(struct pm_tree *tree,
                           const struct pm_tree_place *place, pm_fs_kind kind,
                           struct pm_tree_node **out)
{
    struct pm_tree_cost cost = {0};
    struct pm_tree_node *node;
    pm_fs_status status;

    if (tree->now.count >= tree->config.entries)
        return PM_FS_STORAGE_FULL;
    status = make_node(tree, place, kind, &node);
    if (status)
        return status;
    pm_tree_cost_node(&cost, node);
    pm_tree_cost_node(&cost, place->dir);
    status = pm_tree_reserve(tree, cost);
    if (status) {
        pm_tree_node_free(&tree->alloc, node);
        return status;
    }
    link_new(tree, node, place->dir);
    *out = node;
    return PM_FS_OK;
}

static pm_fs_status empty(struct pm_tree *tree, struct pm_tree_node *node)
{
    struct pm_tree_cost cost = {0};
    pm_tree_cost_shrink(&cost, node, 0);
    pm_fs_status status = pm_tree_reserve(tree, cost);
    if (!status)
        pm_tree_shrink(tree, node, 0);
    return status;
}

static pm_fs_status open_there(struct pm_tree *tree, struct pm_tree_node *node,
                               unsigned mode)
{
    if (mode & PM_OPEN_EXCLUSIVE)
        return PM_FS_EXISTS;
    if (node->kind == PM_FS_DIRECTORY)
        return PM_FS_IS_A_DIRECTORY;
    return mode & PM_OPEN_TRUNCATE ? empty(tree, node) : PM_FS_OK;
}

pm_fs_status pm_tree_open(struct pm_volume *volume, struct pm_path path,
                          unsigned mode, struct pm_volume_file **out)
{
    struct pm_tree *tree = pm_tree_of(volume);
    struct pm_tree_place place;
    pm_fs_status status = pm_tree_place(&tree->now, path, &place);

    if (status)
        return status;
    if (place.node)
        status = open_there(tree, place.node, mode);
    else if (mode & PM_OPEN_CREATE)
        status = create(tree, &place, PM_FS_FILE, &place.node);
    else
        status = PM_FS_NOT_FOUND;
    if (status)
        return status;
    place.node->open_count++;
    *out = (struct pm_volume_file *)place.node;
    return PM_FS_OK;
}

pm_fs_status pm_tree_make_dir(struct pm_volume *volume, struct pm_path path)
{
    struct pm_tree *tree = pm_tree_of(volume);
    struct pm_tree_place place;
    pm_fs_status status = pm_tree_place(&tree->now, path, &place);

    if (status)
        return status;
    if (place.node)
        return PM_FS_EXISTS;
    return create(tree, &place, PM_FS_DIRECTORY, &place.node);
}

pm_fs_status pm_tree_remove(struct pm_volume *volume, struct pm_path path)
{
    struct pm_tree *tree = pm_tree_of(volume);
    struct pm_tree_cost cost = {0};
    struct pm_tree_node *node;
    pm_fs_status status = pm_tree_lookup(&tree->now, path, &node);

    if (status)
        return status;
    if (!node->parent)
        return PM_FS_ACCESS_DENIED;
    if (node->open_count)
        return PM_FS_BUSY;
    if (node->first)
        return PM_FS_NOT_EMPTY;
    pm_tree_cost_removal(&cost);
    pm_tree_cost_node(&cost, node->parent);
    status = pm_tree_reserve(tree, cost);
    if (status)
        return status;
    pm_tree_unlink(&tree->now, node);
    tree->now.revision++;
    touch_directory(tree, node->parent);
    pm_tree_drop(tree, node);
    return PM_FS_OK;
}

// --- rename ------------------------------------------------------------------

static bool is_within(const struct pm_tree_node *node,
                      const struct pm_tree_node *top)
{
    while (node && node != top)
        node = node->parent;
    return node != NULL;
}

static pm_fs_status may_rename(const struct pm_tree *tree,
                               const struct pm_tree_node *node,
                               const struct pm_tree_place *to, size_t path_size)
{
    uint32_t count;

    if (node->kind == PM_FS_DIRECTORY && is_within(to->dir, node))
        return PM_FS_INVALID_PATH;
    if (to->node &&
        (node->kind == PM_FS_DIRECTORY || to->node->kind == PM_FS_DIRECTORY))
        return PM_FS_EXISTS;
    if (to->node && to->node->open_count)
        return PM_FS_BUSY;
    if (pm_tree_deepest(node, path_size, tree->config.path_max, &count) >
        tree->config.path_max)
        return PM_FS_INVALID_PATH;
    return PM_FS_OK;
}

static void move(struct pm_tree *tree, struct pm_tree_node *node,
                 const struct pm_tree_place *to, char *name)
{
    struct pm_tree_node *old_dir = node->parent;

    if (to->node) {
        pm_tree_unlink(&tree->now, to->node);
        pm_tree_drop(tree, to->node);
    }
    pm_tree_unlink(&tree->now, node);
    pm_mem_free(&tree->alloc, node->name, node->name_size);
    node->name = name;
    node->name_size = (uint8_t)to->name_size;
    pm_tree_link(&tree->now, node, to->dir);
    pm_tree_revise(tree, node);
    pm_tree_touch(tree, node);
    touch_directory(tree, old_dir);
    touch_directory(tree, to->dir);
}

static pm_fs_status rename_to(struct pm_tree *tree, struct pm_tree_node *node,
                              const struct pm_tree_place *to)
{
    struct pm_tree_cost cost = {0};
    char *name = pm_mem_alloc(&tree->alloc, to->name_size);

    if (!name)
        return PM_FS_TRANSIENT;
    memcpy(name, to->name, to->name_size);
    pm_tree_cost_node(&cost, node);
    pm_tree_cost_node(&cost, node->parent);
    pm_tree_cost_node(&cost, to->dir);
    if (to->node)
        pm_tree_cost_removal(&cost);
    pm_fs_status status = pm_tree_reserve(tree, cost);
    if (status)
        pm_mem_free(&tree->alloc, name, to->name_size);
    else
        move(tree, node, to, name);
    return status;
}

pm_fs_status pm_tree_rename(struct pm_volume *volume, struct pm_path from,
                            struct pm_path to)
{
    struct pm_tree *tree = pm_tree_of(volume);
    struct pm_tree_node *node;
    struct pm_tree_place place;
    pm_fs_status status = pm_tree_lookup(&tree->now, from, &node);

    if (!status)
        status = pm_tree_place(&tree->now, to, &place);
    if (status)
        return status;
    if (place.node == node)
        return PM_FS_OK;
    if (!node->parent)
        return PM_FS_ACCESS_DENIED;
    if (place.node && !place.node->parent)
        return PM_FS_EXISTS;
    status = may_rename(tree, node, &place, to.size);
    return status ? status : rename_to(tree, node, &place);
}

// --- replace -----------------------------------------------------------------

static pm_fs_status may_replace(const struct pm_tree *tree,
                                const struct pm_tree_node *old, uint64_t size)
{
    if (old && old->kind == PM_FS_DIRECTORY)
        return PM_FS_IS_A_DIRECTORY;
    if (old && old->open_count)
        return PM_FS_BUSY;
    if (!old && tree->now.count >= tree->config.entries)
        return PM_FS_STORAGE_FULL;
    if (size > tree->config.file_limit)
        return PM_FS_TOO_LARGE;
    return pm_tree_may_resize(tree, old ? old->size : 0, size);
}

// The new content is a node of its own: the old one stays whole until the
// device has confirmed the new one.
struct replacement {
    struct pm_tree_node *old; // or NULL
    struct pm_tree_node *node;
    struct pm_tree_node *dir;
    uint64_t revision; // of the tree before
    uint64_t dir_revision;
};

// Brings the old content into memory: a transaction whose flush failed may
// yet have taken it out of the store. What is damaged stays so.
static pm_fs_status read_old(struct pm_tree *tree, struct pm_tree_node *old)
{
    uint32_t end = pm_blocks_of(old->size);
    if (!tree->config.store || end == 0 || old->absent == 0)
        return PM_FS_OK;
    pm_fs_status status = pm_tree_room(tree, old, old->size);
    if (!status)
        status = pm_tree_read_blocks(tree, old, 0, end - 1);
    if (status != PM_FS_CORRUPT)
        return status;
    for (uint32_t i = 0; i < end; i++) {
        status = pm_tree_read_blocks(tree, old, i, i);
        if (status && status != PM_FS_CORRUPT)
            return status;
    }
    return PM_FS_OK;
}

static pm_fs_status prepare(struct pm_tree *tree,
                            const struct replacement *change, uint64_t size)
{
    struct pm_tree_cost cost = {0};
    pm_fs_status status = pm_tree_room(tree, change->node, size);
    if (!status && change->old)
        status = read_old(tree, change->old);
    if (status)
        return status;
    pm_tree_cost_node(&cost, change->node);
    pm_tree_cost_blocks(&cost, change->node, 0, pm_blocks_of(size));
    pm_tree_cost_node(&cost, change->dir);
    // Whichever of the two has to go, all of the other has to be there.
    pm_tree_cost_removal(&cost);
    if (change->old) {
        pm_tree_cost_node(&cost, change->old);
        pm_tree_cost_blocks(&cost, change->old, 0,
                            pm_blocks_of(change->old->size));
    }
    return pm_tree_reserve(tree, cost);
}

static void exchange(struct pm_tree *tree, const struct replacement *change,
                     const uint8_t *src, uint64_t size)
{
    if (change->old) {
        pm_tree_unlink(&tree->now, change->old);
        if (tree->config.store)
            pm_tree_set_gone(tree, change->old);
        else
            pm_tree_drop(tree, change->old);
    }
    pm_tree_fill(tree, change->node, src, size);
    link_new(tree, change->node, change->dir);
}

// All of the old content is due again.
static void touch_old(struct pm_tree *tree, struct pm_tree_node *old)
{
    uint32_t end = old->blocks ? pm_blocks_of(old->size) : 0;
    pm_tree_touch(tree, old);
    for (uint32_t i = 0; i < end; i++) {
        if (old->blocks[i] & PM_BLOCK_PRESENT)
            pm_tree_touch_blocks(tree, old, i, i + 1);
    }
}

static void change_back(struct pm_tree *tree, const struct replacement *change)
{
    pm_tree_unlink(&tree->now, change->node);
    pm_tree_drop(tree, change->node);
    if (change->old) {
        pm_tree_unset_gone(tree, change->old);
        pm_tree_link(&tree->now, change->old, change->dir);
        touch_old(tree, change->old);
    }
    change->dir->revision = change->dir_revision;
    tree->now.revision = change->revision;
}

static pm_fs_status replace_at(struct pm_tree *tree,
                               const struct pm_tree_place *place,
                               const uint8_t *src, uint64_t size)
{
    struct replacement change = {place->node, NULL, place->dir,
                                 tree->now.revision, place->dir->revision};
    pm_fs_status status = make_node(tree, place, PM_FS_FILE, &change.node);

    if (status)
        return status;
    status = prepare(tree, &change, size);
    if (status) {
        pm_tree_node_free(&tree->alloc, change.node);
        return status;
    }
    exchange(tree, &change, src, size);
    if (tree->config.store)
        status = pm_writeback_commit(tree->config.writeback, true);
    if (status)
        change_back(tree, &change);
    return status;
}

pm_fs_status pm_tree_replace(struct pm_volume *volume, struct pm_path path,
                             const uint8_t *src, uint64_t size)
{
    struct pm_tree *tree = pm_tree_of(volume);
    struct pm_tree_place place;
    pm_fs_status status = pm_tree_place(&tree->now, path, &place);

    if (!status)
        status = may_replace(tree, place.node, size);
    return status ? status : replace_at(tree, &place, src, size);
}
