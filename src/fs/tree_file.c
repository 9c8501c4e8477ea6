// SPDX-License-Identifier: MIT
//
// The bytes of files: one piece of memory each. Without a store, or where
// what a transfer needs is present (and, for a write, dirty) already, a
// transfer is one copy.

#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "fs/tree_internal.h"

pm_fs_status pm_tree_may_resize(const struct pm_tree *tree, uint64_t from,
                                uint64_t to)
{
    if (to <= from)
        return PM_FS_OK;
    if (to > tree->config.file_limit)
        return PM_FS_TOO_LARGE;
    // used is above the quota when the profile has changed.
    if (tree->now.used > tree->config.quota ||
        to - from > tree->config.quota - tree->now.used)
        return PM_FS_STORAGE_FULL;
    return PM_FS_OK;
}

// --- room --------------------------------------------------------------------

static bool grow_blocks(struct pm_tree *tree, struct pm_tree_node *node,
                        uint64_t size)
{
    uint32_t known = node->blocks ? pm_blocks_of(node->size) : 0;
    if (!pm_mem_grow(&tree->alloc, &node->blocks, &node->block_capacity,
                     pm_blocks_of(size), 1))
        return false;
    memset(node->blocks + known, 0, node->block_capacity - known);
    return true;
}

static bool grow(struct pm_tree *tree, struct pm_tree_node *node, uint64_t size)
{
    if (size > SIZE_MAX / 2 || !pm_mem_grow(&tree->alloc, &node->data,
                                            &node->capacity, (size_t)size, 1))
        return false;
    return !tree->config.store || pm_blocks_of(size) <= node->block_capacity ||
           grow_blocks(tree, node, size);
}

pm_fs_status pm_tree_room(struct pm_tree *tree, struct pm_tree_node *node,
                          uint64_t size)
{
    if (size < node->size)
        size = node->size;
    if (size <= node->capacity &&
        (!tree->config.store || pm_blocks_of(size) <= node->block_capacity))
        return PM_FS_OK;
    if (size > tree->config.file_limit && !node->blocks) {
        pm_fs_status status = pm_tree_count_blocks(tree, node);
        if (status)
            return status;
    }
    return grow(tree, node, size) ? PM_FS_OK : PM_FS_TRANSIENT;
}

// Gives memory back when most of it is not used, so that what a tree takes is
// bounded by its quota. To keep it is fine, too, when the allocator cannot.
static void give_back(struct pm_tree *tree, struct pm_tree_node *node)
{
    const struct pm_allocator *alloc = &tree->alloc;
    size_t size = (size_t)node->size;
    if (node->capacity / 4 < size)
        return;
    uint8_t *data =
        alloc->resize(alloc->context, node->data, node->capacity, size);
    if (!data && size)
        return;
    node->data = data;
    node->capacity = size;
    if (size == 0) {
        pm_mem_free(alloc, node->blocks, node->block_capacity);
        node->blocks = NULL;
        node->block_capacity = 0;
    }
}

// --- reading -----------------------------------------------------------------

static PM_NOINLINE pm_fs_status read_absent(struct pm_tree *tree,
                                            struct pm_tree_node *node,
                                            uint64_t offset, uint32_t size)
{
    pm_fs_status status = pm_tree_room(tree, node, node->size);
    if (status)
        return status;
    return pm_tree_read_blocks(tree, node, (uint32_t)(offset / PM_BLOCK_SIZE),
                               (uint32_t)((offset + size - 1) / PM_BLOCK_SIZE));
}

pm_fs_status pm_tree_read(struct pm_volume *volume, struct pm_volume_file *file,
                          uint64_t offset, struct pm_destination *dest,
                          uint32_t max, uint32_t *out_size, bool *out_eof)
{
    struct pm_tree_node *node = pm_tree_node_of(file);
    uint64_t left = offset < node->size ? node->size - offset : 0;
    uint32_t size = left < max ? (uint32_t)left : max;

    if (size && node->absent) {
        pm_fs_status status =
            read_absent(pm_tree_of(volume), node, offset, size);
        if (status)
            return status;
    }
    if (size)
        pm_mem_copy(dest->bytes, node->data + offset, size);
    *out_size = size;
    *out_eof = size == left;
    return PM_FS_OK;
}

// --- changing ----------------------------------------------------------------

// Bytes of a file that a change touches, all of which it defines.
struct window {
    uint64_t from;
    uint64_t to;
};

static uint32_t first_block(struct window window)
{
    return (uint32_t)(window.from / PM_BLOCK_SIZE);
}

// Blocks that the window covers only in part are needed.
static pm_fs_status read_edges(struct pm_tree *tree, struct pm_tree_node *node,
                               struct window window)
{
    uint32_t first = first_block(window);
    uint32_t last = (uint32_t)(window.to / PM_BLOCK_SIZE);
    pm_fs_status status = PM_FS_OK;

    if (window.from % PM_BLOCK_SIZE)
        status = pm_tree_read_blocks(tree, node, first, first);
    if (!status && window.to % PM_BLOCK_SIZE && window.to < node->size)
        status = pm_tree_read_blocks(tree, node, last, last);
    return status;
}

static pm_fs_status prepare(struct pm_tree *tree, struct pm_tree_node *node,
                            struct window window)
{
    struct pm_tree_cost cost = {0};
    pm_fs_status status = pm_tree_room(tree, node, window.to);
    if (status || !tree->config.store)
        return status;
    if (node->absent)
        status = read_edges(tree, node, window);
    if (status)
        return status;
    pm_tree_cost_node(&cost, node);
    pm_tree_cost_blocks(&cost, node, first_block(window),
                        pm_blocks_of(window.to));
    return pm_tree_reserve(tree, cost);
}

// Makes the file longer where the window goes beyond its end, with zeroes.
static void extend(struct pm_tree *tree, struct pm_tree_node *node,
                   uint64_t zero_end, uint64_t size)
{
    if (size <= node->size)
        return;
    if (zero_end > node->size)
        memset(node->data + node->size, 0, (size_t)(zero_end - node->size));
    if (tree->config.store)
        node->absent += pm_blocks_of(size) - pm_blocks_of(node->size);
    tree->now.used += size - node->size;
    node->size = size;
}

static void touch_window(struct pm_tree *tree, struct pm_tree_node *node,
                         struct window window)
{
    pm_tree_revise(tree, node);
    pm_tree_touch_blocks(tree, node, first_block(window),
                         pm_blocks_of(window.to));
}

static PM_NOINLINE pm_fs_status write_new(struct pm_tree *tree,
                                          struct pm_tree_node *node,
                                          uint64_t offset, const uint8_t *src,
                                          uint32_t size)
{
    struct window window = {offset, offset + size};
    if (offset > PM_TREE_MAX_SIZE - size)
        return PM_FS_TOO_LARGE;
    if (window.from > node->size)
        window.from = node->size; // the gap is written, too
    pm_fs_status status = pm_tree_may_resize(tree, node->size, window.to);
    if (!status)
        status = prepare(tree, node, window);
    if (status)
        return status;
    extend(tree, node, offset, window.to);
    pm_mem_copy(node->data + offset, src, size);
    touch_window(tree, node, window);
    return PM_FS_OK;
}

// Whether a write has nothing to ask for: it lies within the file and, over a
// store, all that it changes is dirty.
static bool is_free(const struct pm_tree *tree, const struct pm_tree_node *node,
                    uint64_t offset, uint32_t size)
{
    if (offset > node->size || size > node->size - offset)
        return false;
    if (!tree->config.store)
        return true;
    if (node->due != PM_DUE_DIRTY || !node->blocks)
        return false;
    for (uint64_t i = offset / PM_BLOCK_SIZE;
         i <= (offset + size - 1) / PM_BLOCK_SIZE; i++) {
        if (!(node->blocks[i] & PM_BLOCK_DIRTY))
            return false;
    }
    return true;
}

pm_fs_status pm_tree_write(struct pm_volume *volume,
                           struct pm_volume_file *file, uint64_t offset,
                           const uint8_t *src, uint32_t size)
{
    struct pm_tree *tree = pm_tree_of(volume);
    struct pm_tree_node *node = pm_tree_node_of(file);

    if (size == 0)
        return PM_FS_OK;
    if (!is_free(tree, node, offset, size))
        return write_new(tree, node, offset, src, size);
    pm_mem_copy(node->data + offset, src, size);
    pm_tree_revise(tree, node);
    return PM_FS_OK;
}

static pm_fs_status lengthen(struct pm_tree *tree, struct pm_tree_node *node,
                             uint64_t size)
{
    struct window window = {node->size, size};
    pm_fs_status status = pm_tree_may_resize(tree, node->size, size);
    if (!status)
        status = prepare(tree, node, window);
    if (status)
        return status;
    extend(tree, node, size, size);
    touch_window(tree, node, window);
    return PM_FS_OK;
}

// Forgets the blocks from [first] on.
static void cut_blocks(struct pm_tree_node *node, uint32_t first)
{
    uint32_t count = pm_blocks_of(node->size);
    if (!node->blocks) {
        node->absent = first;
        return;
    }
    for (uint32_t i = first; i < count; i++) {
        node->absent -= !(node->blocks[i] & PM_BLOCK_PRESENT);
        node->blocks[i] = 0;
    }
    if (node->dirty.end > first)
        node->dirty.end = first;
    if (node->unconfirmed.end > first)
        node->unconfirmed.end = first;
}

void pm_tree_shrink(struct pm_tree *tree, struct pm_tree_node *node,
                    uint64_t size)
{
    uint32_t count = pm_blocks_of(size);

    if (tree->config.store) {
        cut_blocks(node, count);
        node->trim = true;
    }
    tree->now.used -= node->size - size;
    node->size = size;
    pm_tree_revise(tree, node);
    pm_tree_touch_blocks(tree, node, (uint32_t)(size / PM_BLOCK_SIZE), count);
    give_back(tree, node);
}

static pm_fs_status shorten(struct pm_tree *tree, struct pm_tree_node *node,
                            uint64_t size)
{
    struct pm_tree_cost cost = {0};
    uint32_t block = (uint32_t)(size / PM_BLOCK_SIZE);
    pm_fs_status status = PM_FS_OK;

    if (node->absent && size % PM_BLOCK_SIZE) {
        status = pm_tree_room(tree, node, node->size);
        if (!status)
            status = pm_tree_read_blocks(tree, node, block, block);
    }
    if (status)
        return status;
    pm_tree_cost_shrink(&cost, node, size);
    status = pm_tree_reserve(tree, cost);
    if (status)
        return status;
    pm_tree_shrink(tree, node, size);
    return PM_FS_OK;
}

pm_fs_status pm_tree_truncate(struct pm_volume *volume,
                              struct pm_volume_file *file, uint64_t size)
{
    struct pm_tree *tree = pm_tree_of(volume);
    struct pm_tree_node *node = pm_tree_node_of(file);

    if (size > node->size)
        return lengthen(tree, node, size);
    return size < node->size ? shorten(tree, node, size) : PM_FS_OK;
}

void pm_tree_fill(struct pm_tree *tree, struct pm_tree_node *node,
                  const uint8_t *src, uint64_t size)
{
    if (size)
        pm_mem_copy(node->data, src, (size_t)size);
    node->size = size;
    if (!tree->config.store)
        return;
    node->absent = pm_blocks_of(size);
    pm_tree_touch_blocks(tree, node, 0, node->absent);
}
