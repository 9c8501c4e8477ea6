// SPDX-License-Identifier: MIT
//
// Saved states of a tree without a store. Entries stand in the order of a
// walk, each directory before its children and these in the order of their
// names; so what is the same gives the same bytes. docs/spec/fs.md has the
// layout.

#include <string.h>

#include "base/mem.h"
#include "fs/tree_internal.h"

#define STATE_MAGIC   0x53545450u // "PTTS"
#define STATE_VERSION 1u

static uint16_t depth_of(const struct pm_tree_node *node)
{
    uint16_t depth = 0;
    for (; node->parent; node = node->parent)
        depth++;
    return depth;
}

static void put_entry(const struct pm_tree_node *node, struct pm_buf *out)
{
    pm_buf_put16(out, depth_of(node));
    pm_buf_put8(out, node->kind);
    pm_buf_put8(out, node->name_size);
    pm_buf_put(out, node->name, node->name_size);
    pm_buf_put64(out, node->revision);
    if (node->kind != PM_FS_FILE)
        return;
    pm_buf_put64(out, node->size);
    pm_buf_put(out, node->data, (size_t)node->size);
}

void pm_tree_save(struct pm_volume *volume, struct pm_buf *out)
{
    struct pm_tree *tree = pm_tree_of(volume);
    struct pm_tree_node *root = tree->now.root;

    if (!tree->config.is_saved)
        return;
    pm_buf_put32(out, STATE_MAGIC);
    pm_buf_put32(out, STATE_VERSION);
    pm_buf_put64(out, tree->now.revision);
    pm_buf_put64(out, root->revision);
    pm_buf_put32(out, tree->now.count);
    for (struct pm_tree_node *node = root; node;
         node = pm_tree_next(node, root)) {
        if (node->kind == PM_FS_DIRECTORY)
            pm_tree_sort(node);
        if (node != root)
            put_entry(node, out);
    }
}

// --- loading -----------------------------------------------------------------

struct entry {
    uint16_t depth;
    uint8_t kind;
    uint8_t name_size;
    const char *name;
    uint64_t revision;
    uint64_t size;
    const uint8_t *bytes;
};

static bool read_entry(struct pm_cursor *in, struct entry *out)
{
    *out = (struct entry){0};
    out->depth = pm_cursor_u16(in);
    out->kind = pm_cursor_u8(in);
    out->name_size = pm_cursor_u8(in);
    out->name = (const char *)pm_cursor_take(in, out->name_size);
    out->revision = pm_cursor_u64(in);
    if (out->kind == PM_FS_FILE) {
        out->size = pm_cursor_u64(in);
        if (out->size > pm_cursor_left(in))
            return false;
        out->bytes = pm_cursor_take(in, (size_t)out->size);
    }
    return !in->failed && out->depth > 0 &&
           (out->kind == PM_FS_FILE || out->kind == PM_FS_DIRECTORY) &&
           pm_path_is_name(out->name, out->name_size);
}

static bool is_allowed(const struct pm_tree *tree,
                       const struct pm_tree_nodes *nodes,
                       const struct entry *entry)
{
    return entry->revision <= nodes->revision &&
           entry->size <= tree->config.file_limit &&
           entry->size <= tree->config.quota - nodes->used;
}

static struct pm_tree_node *make_entry(const struct pm_allocator *alloc,
                                       const struct entry *entry)
{
    struct pm_tree_node *node = pm_tree_node_make(
        alloc, (pm_fs_kind)entry->kind, entry->name, entry->name_size);
    if (!node || entry->size == 0)
        return node;
    node->data = pm_mem_alloc(alloc, (size_t)entry->size);
    if (!node->data) {
        pm_tree_node_free(alloc, node);
        return NULL;
    }
    node->capacity = (size_t)entry->size;
    node->size = entry->size;
    memcpy(node->data, entry->bytes, (size_t)entry->size);
    return node;
}

// The directory of an entry behind [before], whose depth is [depth].
static struct pm_tree_node *directory_for(struct pm_tree_node *before,
                                          uint16_t depth,
                                          const struct entry *entry)
{
    if (entry->depth > depth + 1)
        return NULL;
    for (; depth >= entry->depth; depth--)
        before = before->parent;
    return before->kind == PM_FS_DIRECTORY ? before : NULL;
}

static bool link_entry(const struct pm_tree *tree, struct pm_tree_nodes *nodes,
                       struct pm_tree_node *node, struct pm_tree_node *dir)
{
    size_t path = pm_tree_path_size(dir);
    if (path + (path > 0) + node->name_size > tree->config.path_max ||
        (dir->last && pm_tree_compare(dir->last, node) >= 0))
        return false;
    if (!pm_tree_nodes_room(&tree->alloc, nodes, 1)) {
        nodes->is_short = true;
        return false;
    }
    node->id = nodes->next_id++;
    pm_tree_link(nodes, node, dir);
    return true;
}

static bool load_entries(const struct pm_tree *tree,
                         struct pm_tree_nodes *nodes, uint32_t count,
                         struct pm_cursor *in)
{
    struct pm_tree_node *before = nodes->root;
    uint16_t depth = 0;

    for (; count; count--) {
        struct entry entry;
        struct pm_tree_node *dir;
        if (!read_entry(in, &entry) || !is_allowed(tree, nodes, &entry) ||
            !(dir = directory_for(before, depth, &entry)))
            return false;
        struct pm_tree_node *node = make_entry(&tree->alloc, &entry);
        if (!node) {
            nodes->is_short = true;
            return false;
        }
        node->revision = entry.revision;
        if (!link_entry(tree, nodes, node, dir)) {
            pm_tree_node_free(&tree->alloc, node);
            return false;
        }
        before = node;
        depth = entry.depth;
    }
    return true;
}

static bool load_all(const struct pm_tree *tree, struct pm_tree_nodes *nodes,
                     struct pm_cursor *in)
{
    uint32_t magic = pm_cursor_u32(in);
    uint32_t version = pm_cursor_u32(in);
    nodes->revision = pm_cursor_u64(in);
    nodes->root->revision = pm_cursor_u64(in);
    uint32_t count = pm_cursor_u32(in);
    return !in->failed && magic == STATE_MAGIC && version == STATE_VERSION &&
           nodes->root->revision <= nodes->revision &&
           count <= tree->config.entries &&
           load_entries(tree, nodes, count, in);
}

pm_status pm_tree_load(struct pm_volume *volume, struct pm_cursor *in)
{
    struct pm_tree *tree = pm_tree_of(volume);
    struct pm_tree_nodes nodes;

    if (!tree->config.is_saved)
        return PM_OK;
    if (!pm_tree_nodes_init(&tree->alloc, &nodes))
        return PM_ERR_NO_MEMORY;
    if (!load_all(tree, &nodes, in)) {
        bool is_short = nodes.is_short;
        pm_tree_nodes_free(&tree->alloc, &nodes);
        return is_short ? PM_ERR_NO_MEMORY : PM_ERR_INVALID;
    }
    pm_tree_nodes_free(&tree->alloc, &tree->loaded);
    tree->loaded = nodes;
    return PM_OK;
}

pm_fs_status pm_tree_attach(struct pm_volume *volume, struct pm_path path,
                            uint64_t revision, struct pm_volume_file **out)
{
    struct pm_tree *tree = pm_tree_of(volume);
    const struct pm_tree_nodes *nodes =
        tree->loaded.root ? &tree->loaded : &tree->now;
    struct pm_tree_node *node;

    if (pm_tree_lookup(nodes, path, &node) != PM_FS_OK ||
        node->kind != PM_FS_FILE || node->revision != revision)
        return PM_FS_CORRUPT;
    node->open_count++;
    *out = (struct pm_volume_file *)node;
    return PM_FS_OK;
}

void pm_tree_end_load(struct pm_volume *volume, bool accept)
{
    struct pm_tree *tree = pm_tree_of(volume);
    if (!tree->loaded.root)
        return;
    if (accept) {
        struct pm_tree_nodes old = tree->now;
        tree->now = tree->loaded;
        tree->loaded = old;
    }
    pm_tree_nodes_free(&tree->alloc, &tree->loaded);
}
