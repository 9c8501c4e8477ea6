// SPDX-License-Identifier: MIT
//
// What a tree owes its store: what a change will cost, what is dirty, and the
// transaction's items.
//
// A removed node stays, out of the tree, until the device has confirmed that
// its items are gone; so it can be removed again when a flush fails, and put
// back when a replace could not be made durable.

#include <string.h>

#include "base/bits.h"
#include "base/check.h"
#include "base/mem.h"
#include "fs/tree_internal.h"

// --- cost --------------------------------------------------------------------

void pm_tree_cost_node(struct pm_tree_cost *cost,
                       const struct pm_tree_node *node)
{
    // The root's part is in the meta item.
    if (node->id == 0 || node->due == PM_DUE_DIRTY)
        return;
    cost->changes++;
    cost->bytes += PM_TREE_NODE_HEAD + PM_NAME_MAX;
}

void pm_tree_cost_removal(struct pm_tree_cost *cost)
{
    cost->changes += 2; // its item and its blocks
}

void pm_tree_cost_blocks(struct pm_tree_cost *cost,
                         const struct pm_tree_node *node, uint32_t first,
                         uint32_t end)
{
    uint32_t known = pm_blocks_of(node->size);
    for (uint32_t i = first; i < end; i++) {
        if (node->blocks && i < known && node->blocks[i] & PM_BLOCK_DIRTY)
            continue;
        cost->changes++;
        cost->bytes += PM_BLOCK_SIZE;
    }
}

void pm_tree_cost_shrink(struct pm_tree_cost *cost,
                         const struct pm_tree_node *node, uint64_t size)
{
    uint32_t block = (uint32_t)(size / PM_BLOCK_SIZE);
    pm_tree_cost_node(cost, node);
    if (!node->trim)
        cost->changes++;
    if (size % PM_BLOCK_SIZE)
        pm_tree_cost_blocks(cost, node, block, block + 1);
}

pm_fs_status pm_tree_reserve(struct pm_tree *tree, struct pm_tree_cost cost)
{
    if (!tree->config.store)
        return PM_FS_OK;
    if (!tree->meta_dirty) {
        cost.changes++;
        cost.bytes += PM_TREE_META_SIZE;
    }
    if (cost.changes == 0)
        return PM_FS_OK;
    return pm_writeback_reserve(tree->config.writeback, cost.changes,
                                cost.bytes);
}

// --- lists -------------------------------------------------------------------

static struct pm_tree_list *list_of(struct pm_tree *tree, uint8_t due)
{
    return due == PM_DUE_DIRTY ? &tree->dirty : &tree->unconfirmed;
}

static void list_take(struct pm_tree *tree, struct pm_tree_node *node)
{
    struct pm_tree_list *list = list_of(tree, node->due);
    if (node->due == PM_DUE_NONE)
        return;
    if (node->due_prev)
        node->due_prev->due_next = node->due_next;
    else
        list->first = node->due_next;
    if (node->due_next)
        node->due_next->due_prev = node->due_prev;
    else
        list->last = node->due_prev;
    node->due = PM_DUE_NONE;
}

static void list_put(struct pm_tree *tree, struct pm_tree_node *node,
                     uint8_t due)
{
    struct pm_tree_list *list = list_of(tree, due);
    if (node->due == due)
        return;
    list_take(tree, node);
    node->due = due;
    node->due_next = NULL;
    node->due_prev = list->last;
    if (list->last)
        list->last->due_next = node;
    else
        list->first = node;
    list->last = node;
}

static struct pm_block_range join(struct pm_block_range a,
                                  struct pm_block_range b)
{
    if (a.end == 0 || b.end == 0)
        return a.end ? a : b;
    return (struct pm_block_range){a.first < b.first ? a.first : b.first,
                                   a.end > b.end ? a.end : b.end};
}

void pm_tree_touch(struct pm_tree *tree, struct pm_tree_node *node)
{
    if (!tree->config.store)
        return;
    tree->meta_dirty = true;
    if (node->id)
        list_put(tree, node, PM_DUE_DIRTY);
}

void pm_tree_touch_blocks(struct pm_tree *tree, struct pm_tree_node *node,
                          uint32_t first, uint32_t end)
{
    pm_tree_touch(tree, node);
    if (!tree->config.store || first >= end)
        return;
    for (uint32_t i = first; i < end; i++) {
        node->absent -= !(node->blocks[i] & PM_BLOCK_PRESENT);
        node->blocks[i] |= PM_BLOCK_PRESENT | PM_BLOCK_DIRTY;
    }
    node->dirty = join(node->dirty, (struct pm_block_range){first, end});
}

void pm_tree_set_gone(struct pm_tree *tree, struct pm_tree_node *node)
{
    tree->now.node_sum -= node->item_hash;
    node->is_gone = true;
    pm_tree_touch(tree, node);
}

void pm_tree_unset_gone(struct pm_tree *tree, struct pm_tree_node *node)
{
    tree->now.node_sum += node->item_hash;
    node->is_gone = false;
}

void pm_tree_drop(struct pm_tree *tree, struct pm_tree_node *node)
{
    if (tree->config.store && node->is_stored) {
        pm_tree_set_gone(tree, node);
        pm_tree_free_content(&tree->alloc, node);
        return;
    }
    PM_CHECK(node->item_hash == 0); // never put, so in no sum
    list_take(tree, node);
    pm_tree_node_free(&tree->alloc, node);
}

static void forget_gone(struct pm_tree *tree, struct pm_tree_list *list)
{
    for (struct pm_tree_node *node = list->first, *next; node; node = next) {
        next = node->due_next;
        if (node->is_gone)
            pm_tree_node_free(&tree->alloc, node);
    }
}

void pm_tree_forget_due(struct pm_tree *tree)
{
    forget_gone(tree, &tree->dirty);
    forget_gone(tree, &tree->unconfirmed);
}

// --- a transaction -----------------------------------------------------------

static void put_node(struct pm_tree *tree, struct pm_tree_node *node,
                     struct pm_changes *changes)
{
    uint8_t value[PM_TREE_NODE_HEAD + PM_NAME_MAX];
    pm_store64(value, node->parent->id);
    pm_store64(value + 8, node->revision);
    pm_store64(value + 16, node->size);
    value[24] = node->kind;
    memcpy(value + PM_TREE_NODE_HEAD, node->name, node->name_size);
    uint64_t hash =
        pm_changes_put(changes, pm_tree_node_key(node->id), value,
                       PM_TREE_NODE_HEAD + (uint32_t)node->name_size);
    tree->now.node_sum += hash - node->item_hash;
    node->item_hash = hash;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

static void put_block(const struct pm_tree_node *node, uint32_t block,
                      struct pm_changes *changes)
{
    uint64_t at = (uint64_t)block * PM_BLOCK_SIZE;
    uint64_t left = node->size - at;
    uint32_t size = left < PM_BLOCK_SIZE ? (uint32_t)left : PM_BLOCK_SIZE;
    const uint8_t *bytes = node->data + at;
    pm_changes_put(changes, pm_tree_block_key(node->id, block), bytes,
                   is_zero(bytes, size) ? 0 : size);
}

static void put_removal(const struct pm_tree_node *node,
                        struct pm_changes *changes)
{
    uint64_t key = pm_tree_node_key(node->id);
    if (!node->is_stored)
        return;
    pm_changes_remove(changes, key, key);
    if (node->kind == PM_FS_FILE)
        pm_changes_remove(changes, pm_tree_block_key(node->id, 0),
                          pm_tree_block_key(node->id, PM_TREE_LAST_BLOCK));
}

static void put_all(struct pm_tree *tree, struct pm_tree_node *node,
                    struct pm_changes *changes)
{
    uint32_t end = pm_blocks_of(node->size);
    if (node->trim && node->is_stored && end <= PM_TREE_LAST_BLOCK)
        pm_changes_remove(changes, pm_tree_block_key(node->id, end),
                          pm_tree_block_key(node->id, PM_TREE_LAST_BLOCK));
    put_node(tree, node, changes);
    for (uint32_t i = node->dirty.first; i < node->dirty.end; i++) {
        if (node->blocks[i] & PM_BLOCK_DIRTY)
            put_block(node, i, changes);
    }
    // Whether or not the transaction is heard of again: it may be there.
    node->is_stored = true;
}

static void put_meta(const struct pm_tree_nodes *nodes,
                     struct pm_changes *changes)
{
    uint8_t value[PM_TREE_META_SIZE];
    pm_store32(value, PM_TREE_MAGIC);
    pm_store32(value + 4, PM_TREE_VERSION);
    pm_store64(value + 8, nodes->next_id);
    pm_store64(value + 16, nodes->revision);
    pm_store64(value + 24, nodes->root->revision);
    pm_store64(value + 32, nodes->count);
    pm_store64(value + 40, nodes->used);
    pm_store64(value + 48, nodes->node_sum);
    pm_changes_put(changes, 0, value, sizeof value);
}

static pm_fs_status collect(void *context, struct pm_changes *changes)
{
    struct pm_tree *tree = context;
    for (struct pm_tree_node *node = tree->dirty.first; node;
         node = node->due_next) {
        if (node->is_gone)
            put_removal(node, changes);
        else
            put_all(tree, node, changes);
    }
    if (tree->meta_dirty)
        put_meta(&tree->now, changes);
    return PM_FS_OK;
}

// In [range], blocks with the bit [from] have none of [clear] afterwards, and
// have [set].
static void move_bits(struct pm_tree_node *node, struct pm_block_range range,
                      uint8_t from, uint8_t clear, uint8_t set)
{
    for (uint32_t i = range.first; i < range.end; i++) {
        if (node->blocks[i] & from)
            node->blocks[i] = (uint8_t)((node->blocks[i] & ~clear) | set);
    }
}

static void confirm(struct pm_tree *tree, struct pm_tree_node *node)
{
    const uint8_t both = PM_BLOCK_DIRTY | PM_BLOCK_UNCONFIRMED;
    bool was_unconfirmed = node->due == PM_DUE_UNCONFIRMED;
    list_take(tree, node);
    if (node->is_gone) {
        tree->gone_unconfirmed -= was_unconfirmed;
        pm_tree_node_free(&tree->alloc, node);
        return;
    }
    move_bits(node, join(node->dirty, node->unconfirmed), both, both, 0);
    node->dirty = node->unconfirmed = (struct pm_block_range){0};
    node->trim = node->trim_unconfirmed = false;
}

static void hand_over(struct pm_tree *tree, struct pm_tree_node *node)
{
    list_put(tree, node, PM_DUE_UNCONFIRMED);
    tree->gone_unconfirmed += node->is_gone;
    move_bits(node, node->dirty, PM_BLOCK_DIRTY, PM_BLOCK_DIRTY,
              PM_BLOCK_UNCONFIRMED);
    node->unconfirmed = join(node->unconfirmed, node->dirty);
    node->dirty = (struct pm_block_range){0};
    node->trim_unconfirmed |= node->trim;
    node->trim = false;
}

static void done(void *context, bool durable)
{
    struct pm_tree *tree = context;
    while (tree->dirty.first) {
        if (durable)
            confirm(tree, tree->dirty.first);
        else
            hand_over(tree, tree->dirty.first);
    }
    while (durable && tree->unconfirmed.first)
        confirm(tree, tree->unconfirmed.first);
    tree->meta_unconfirmed =
        !durable && (tree->meta_unconfirmed || tree->meta_dirty);
    tree->meta_dirty = false;
}

static void take_back(struct pm_tree_node *node)
{
    move_bits(node, node->unconfirmed, PM_BLOCK_UNCONFIRMED,
              PM_BLOCK_UNCONFIRMED, PM_BLOCK_DIRTY);
    node->dirty = join(node->dirty, node->unconfirmed);
    node->unconfirmed = (struct pm_block_range){0};
    node->trim |= node->trim_unconfirmed;
    node->trim_unconfirmed = false;
}

static void undone(void *context)
{
    struct pm_tree *tree = context;
    while (tree->unconfirmed.first)
        list_put(tree, tree->unconfirmed.first, PM_DUE_DIRTY);
    tree->gone_unconfirmed = 0;
    for (struct pm_tree_node *node = tree->dirty.first; node;
         node = node->due_next)
        take_back(node);
    tree->meta_dirty |= tree->meta_unconfirmed;
    tree->meta_unconfirmed = false;
}

struct pm_writeback_client pm_tree_client(struct pm_tree *tree)
{
    return (struct pm_writeback_client){tree, collect, done, undone};
}
