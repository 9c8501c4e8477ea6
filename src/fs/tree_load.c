// SPDX-License-Identifier: MIT
//
// The tree that a store holds. Whatever it gives is hostile until it is
// checked: each item's hash, that ids and revisions were given, that each
// directory is there and is one, names, that no two are the same, that all
// hang on the root (which rules out circles), and that none is missing.

#include "base/bits.h"
#include "base/mem.h"
#include "fs/tree_internal.h"

// What the meta item says there is.
struct meta {
    uint64_t next_id;
    uint64_t revision;
    uint64_t root_revision;
    uint64_t count;
    uint64_t used;
    uint64_t node_sum;
};

// A node's parent is known by its id until all have been read.
struct loader {
    struct pm_tree *tree;
    struct meta meta;
    struct pm_tree_node **nodes; // in the order of their ids
    uint64_t *parents;
    size_t capacity;
    size_t parent_capacity;
    size_t count;
    pm_fs_status status;
};

static bool parse_meta(const uint8_t *item, size_t size, struct meta *out)
{
    if (!pm_item_open(0, item, &size) || size != PM_TREE_META_SIZE ||
        pm_load32(item) != PM_TREE_MAGIC ||
        pm_load32(item + 4) != PM_TREE_VERSION)
        return false;
    *out = (struct meta){pm_load64(item + 8),  pm_load64(item + 16),
                         pm_load64(item + 24), pm_load64(item + 32),
                         pm_load64(item + 40), pm_load64(item + 48)};
    return out->next_id >= 1 && out->next_id <= PM_TREE_MAX_ID + 1 &&
           out->root_revision <= out->revision && out->count < out->next_id;
}

static bool is_right(const struct loader *loader, uint64_t id,
                     const uint8_t *value, size_t size)
{
    if (size <= PM_TREE_NODE_HEAD || id == 0 || id >= loader->meta.next_id)
        return false;
    uint64_t bytes = pm_load64(value + 16);
    uint8_t kind = value[24];
    return pm_load64(value + 8) <= loader->meta.revision &&
           bytes <= PM_TREE_MAX_SIZE &&
           (kind == PM_FS_FILE || (kind == PM_FS_DIRECTORY && bytes == 0)) &&
           pm_path_is_name((const char *)value + PM_TREE_NODE_HEAD,
                           size - PM_TREE_NODE_HEAD);
}

static bool add(struct loader *loader, uint64_t id, const uint8_t *value,
                size_t size)
{
    const struct pm_allocator *alloc = &loader->tree->alloc;
    struct pm_tree_node *node;

    if (!pm_mem_grow(alloc, &loader->nodes, &loader->capacity,
                     loader->count + 1, sizeof(void *)) ||
        !pm_mem_grow(alloc, &loader->parents, &loader->parent_capacity,
                     loader->count + 1, sizeof *loader->parents))
        return false;
    node = pm_tree_node_make(alloc, (pm_fs_kind)value[24],
                             (const char *)value + PM_TREE_NODE_HEAD,
                             size - PM_TREE_NODE_HEAD);
    if (!node)
        return false;
    node->id = id;
    node->revision = pm_load64(value + 8);
    node->size = pm_load64(value + 16);
    node->absent = pm_blocks_of(node->size);
    node->item_hash = pm_load64(value + size);
    node->is_stored = true;
    loader->parents[loader->count] = pm_load64(value);
    loader->nodes[loader->count++] = node;
    return true;
}

static bool read_node(void *visitor, uint64_t key, const void *value,
                      size_t size)
{
    struct loader *loader = visitor;
    uint64_t id = key - pm_tree_node_key(0);
    bool is_next =
        loader->count == 0 || loader->nodes[loader->count - 1]->id < id;

    if (!is_next || !pm_item_open(key, value, &size) ||
        !is_right(loader, id, value, size))
        loader->status = PM_FS_CORRUPT;
    else if (!add(loader, id, value, size))
        loader->status = PM_FS_TRANSIENT;
    return loader->status == PM_FS_OK;
}

// Files of a directory mostly stand together: [hint] is where the last was
// found.
static struct pm_tree_node *find_id(const struct loader *loader, uint64_t id,
                                    size_t *hint)
{
    size_t low = 0;
    size_t high = loader->count;

    if (id == 0)
        return loader->tree->now.root;
    if (*hint < loader->count && loader->nodes[*hint]->id == id)
        return loader->nodes[*hint];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (loader->nodes[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    *hint = low;
    return low < loader->count && loader->nodes[low]->id == id
               ? loader->nodes[low]
               : NULL;
}

static pm_fs_status link_all(struct loader *loader, size_t *out_linked)
{
    struct pm_tree_nodes *now = &loader->tree->now;
    size_t hint = 0;

    if (!pm_tree_nodes_room(&loader->tree->alloc, now, loader->count))
        return PM_FS_TRANSIENT;
    for (size_t i = 0; i < loader->count; i++) {
        struct pm_tree_node *node = loader->nodes[i];
        struct pm_tree_node *dir = find_id(loader, loader->parents[i], &hint);
        if (!dir || dir->kind != PM_FS_DIRECTORY ||
            pm_tree_find(now, dir, node->name, node->name_size))
            return PM_FS_CORRUPT;
        pm_tree_link(now, node, dir);
        now->node_sum += node->item_hash;
        *out_linked = i + 1;
    }
    return PM_FS_OK;
}

static bool is_whole(const struct loader *loader)
{
    const struct pm_tree_nodes *now = &loader->tree->now;
    uint32_t reached;
    size_t deepest = pm_tree_deepest(now->root, 0, PM_PATH_MAX, &reached);
    // What hangs in a circle is not reached.
    return deepest <= PM_PATH_MAX && reached == now->count + 1 &&
           now->count == loader->meta.count && now->used == loader->meta.used &&
           now->node_sum == loader->meta.node_sum;
}

static pm_fs_status link_and_check(struct loader *loader)
{
    struct pm_tree_nodes *now = &loader->tree->now;
    size_t linked = 0;
    pm_fs_status status = link_all(loader, &linked);

    // What is linked is freed with the tree.
    for (size_t i = linked; i < loader->count; i++)
        pm_tree_node_free(&loader->tree->alloc, loader->nodes[i]);
    if (!status && !is_whole(loader))
        status = PM_FS_CORRUPT;
    now->next_id = loader->meta.next_id;
    now->revision = loader->meta.revision;
    now->root->revision = loader->meta.root_revision;
    return status;
}

static pm_fs_status load_nodes(struct loader *loader)
{
    const struct pm_allocator *alloc = &loader->tree->alloc;
    const struct pm_store *store = loader->tree->config.store;
    pm_fs_status status = pm_writeback_status(
        store->scan(store->context, pm_tree_node_key(0),
                    pm_tree_block_key(0, 0) - 1, read_node, loader));

    if (!status)
        status = loader->status;
    if (!status) {
        status = link_and_check(loader);
    } else {
        for (size_t i = 0; i < loader->count; i++)
            pm_tree_node_free(alloc, loader->nodes[i]);
    }
    pm_mem_free(alloc, loader->nodes, loader->capacity * sizeof(void *));
    pm_mem_free(alloc, loader->parents,
                loader->parent_capacity * sizeof *loader->parents);
    return status;
}

static bool found_one(void *visitor, uint64_t key, const void *value,
                      size_t size)
{
    (void)key;
    (void)value;
    (void)size;
    *(bool *)visitor = true;
    return false;
}

// Without a meta item a store is new, if nothing else is in it either.
static pm_fs_status check_new(const struct pm_store *store)
{
    bool found = false;
    pm_fs_status status = pm_writeback_status(
        store->scan(store->context, pm_tree_node_key(0),
                    ((uint64_t)3 << 60) - 1, found_one, &found));
    return !status && found ? PM_FS_CORRUPT : status;
}

pm_fs_status pm_tree_load_store(struct pm_tree *tree)
{
    const struct pm_store *store = tree->config.store;
    struct loader loader = {.tree = tree};
    uint8_t item[PM_TREE_META_SIZE + PM_ITEM_TAIL];
    size_t size = 0;
    pm_fs_status status =
        store->get(store->context, 0, item, sizeof item, &size);

    if (status == PM_FS_NOT_FOUND)
        return check_new(store);
    if (status)
        return pm_writeback_status(status);
    if (size > sizeof item || !parse_meta(item, size, &loader.meta))
        return PM_FS_CORRUPT;
    return load_nodes(&loader);
}
