// SPDX-License-Identifier: MIT
//
// Blocks from the store, each with its checksum.

#include <string.h>

#include "fs/tree_internal.h"

static uint32_t bytes_of_block(uint64_t size, uint32_t block)
{
    uint64_t left = size - (uint64_t)block * PM_BLOCK_SIZE;
    return left < PM_BLOCK_SIZE ? (uint32_t)left : PM_BLOCK_SIZE;
}

// Whether an item is this block of the file: all its bytes, or none, which
// stands for zeroes.
static bool is_block(const struct pm_tree_node *node, uint32_t block,
                     const void *item, size_t *size)
{
    return pm_item_open(pm_tree_block_key(node->id, block), item, size) &&
           (*size == 0 || *size == bytes_of_block(node->size, block));
}

struct reader {
    struct pm_tree_node *node;
    bool is_damaged;
};

static void take_block(struct pm_tree_node *node, uint32_t block,
                       const void *value, size_t size)
{
    uint8_t *at = node->data + (uint64_t)block * PM_BLOCK_SIZE;
    if (size)
        memcpy(at, value, size);
    else
        memset(at, 0, bytes_of_block(node->size, block));
    node->blocks[block] = PM_BLOCK_PRESENT;
    node->absent--;
}

static bool read_block(void *visitor, uint64_t key, const void *value,
                       size_t size)
{
    struct reader *reader = visitor;
    uint64_t block = key - pm_tree_block_key(reader->node->id, 0);

    // A store that gives what it was not asked for.
    if (block >= pm_blocks_of(reader->node->size))
        return !(reader->is_damaged = true);
    if (reader->node->blocks[block] & PM_BLOCK_PRESENT)
        return true;
    if (!is_block(reader->node, (uint32_t)block, value, &size))
        return !(reader->is_damaged = true);
    take_block(reader->node, (uint32_t)block, value, size);
    return true;
}

static bool is_present(const struct pm_tree_node *node, uint32_t first,
                       uint32_t last)
{
    for (uint32_t i = first; i <= last; i++) {
        if (!(node->blocks[i] & PM_BLOCK_PRESENT))
            return false;
    }
    return true;
}

pm_fs_status pm_tree_read_blocks(struct pm_tree *tree,
                                 struct pm_tree_node *node, uint32_t first,
                                 uint32_t last)
{
    const struct pm_store *store = tree->config.store;
    struct reader reader = {node, false};

    if (node->absent == 0 || is_present(node, first, last))
        return PM_FS_OK;
    pm_fs_status status = pm_writeback_status(
        store->scan(store->context, pm_tree_block_key(node->id, first),
                    pm_tree_block_key(node->id, last), read_block, &reader));
    if (!status && (reader.is_damaged || !is_present(node, first, last)))
        status = PM_FS_CORRUPT;
    if (status == PM_FS_CORRUPT)
        pm_writeback_damaged(tree->config.writeback,
                             "a file of the save volume is damaged", true);
    return status;
}

static bool count_item(void *visitor, uint64_t key, const void *value,
                       size_t size)
{
    (void)key;
    (void)value;
    (void)size;
    ++*(uint32_t *)visitor;
    return true;
}

pm_fs_status pm_tree_count_blocks(const struct pm_tree *tree,
                                  const struct pm_tree_node *node)
{
    const struct pm_store *store = tree->config.store;
    uint32_t wanted = pm_blocks_of(node->size);
    uint32_t count = 0;
    pm_fs_status status = pm_writeback_status(store->scan(
        store->context, pm_tree_block_key(node->id, 0),
        pm_tree_block_key(node->id, wanted - 1), count_item, &count));
    return status || count >= wanted ? status : PM_FS_CORRUPT;
}

// --- checking all of them ----------------------------------------------------

struct checker {
    const struct pm_tree_node *node;
    uint32_t next; // the block to come
    bool is_damaged;
};

static bool is_in_memory(const struct pm_tree_node *node, uint32_t block)
{
    return node->blocks && node->blocks[block] & PM_BLOCK_PRESENT;
}

// Blocks up to [end] that are not in the store must be in memory.
static void skip_to(struct checker *checker, uint32_t end)
{
    for (; checker->next < end; checker->next++) {
        if (!is_in_memory(checker->node, checker->next))
            checker->is_damaged = true;
    }
}

static bool check_block(void *visitor, uint64_t key, const void *value,
                        size_t size)
{
    struct checker *checker = visitor;
    const struct pm_tree_node *node = checker->node;
    uint64_t block = key - pm_tree_block_key(node->id, 0);

    if (block < checker->next || block >= pm_blocks_of(node->size))
        return !(checker->is_damaged = true);
    skip_to(checker, (uint32_t)block);
    checker->next++;
    // What is in memory was right when it was read, or is newer.
    if (!is_in_memory(node, (uint32_t)block) &&
        !is_block(node, (uint32_t)block, value, &size))
        checker->is_damaged = true;
    return !checker->is_damaged;
}

static pm_fs_status check_file(const struct pm_tree *tree,
                               const struct pm_tree_node *node)
{
    const struct pm_store *store = tree->config.store;
    uint32_t count = pm_blocks_of(node->size);
    struct checker checker = {node, 0, false};
    if (count == 0 || node->absent == 0)
        return PM_FS_OK;
    pm_fs_status status = pm_writeback_status(store->scan(
        store->context, pm_tree_block_key(node->id, 0),
        pm_tree_block_key(node->id, count - 1), check_block, &checker));
    if (status)
        return status;
    if (!checker.is_damaged)
        skip_to(&checker, count);
    return checker.is_damaged ? PM_FS_CORRUPT : PM_FS_OK;
}

static pm_fs_status report(const struct pm_tree *tree,
                           const struct pm_tree_node *node,
                           void (*bad)(void *context, const char *path),
                           void *context)
{
    struct pm_buf path;
    pm_buf_init(&path, &tree->alloc);
    pm_tree_put_path(node, &path);
    const char *text = pm_buf_cstr(&path);
    if (text)
        bad(context, text);
    pm_buf_free(&path);
    return text ? PM_FS_OK : PM_FS_TRANSIENT;
}

pm_fs_status pm_tree_check(struct pm_volume *volume,
                           void (*bad)(void *context, const char *path),
                           void *context)
{
    struct pm_tree *tree = pm_tree_of(volume);
    struct pm_tree_node *root = tree->now.root;
    pm_fs_status result = PM_FS_OK;

    if (volume->ops == &pm_tree_damaged_ops)
        return PM_FS_CORRUPT;
    for (struct pm_tree_node *node = root; node;
         node = pm_tree_next(node, root)) {
        pm_fs_status status = check_file(tree, node);
        if (status == PM_FS_CORRUPT) {
            result = PM_FS_CORRUPT;
            pm_writeback_damaged(tree->config.writeback,
                                 "a file of the save volume is damaged", false);
            status = report(tree, node, bad, context);
        }
        if (status)
            return status;
    }
    return result;
}
