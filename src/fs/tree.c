// SPDX-License-Identifier: MIT
#include "fs/tree.h"

#include "base/check.h"
#include "base/mem.h"
#include "fs/tree_internal.h"

// Removed nodes are kept until the device has confirmed that they are gone.
// A frame that ends with more of them waits for it.
#define MAX_GONE 4096u

static void tree_destroy(struct pm_volume *volume)
{
    struct pm_tree *tree = pm_tree_of(volume);
    struct pm_allocator alloc = tree->alloc;

    pm_tree_forget_due(tree);
    pm_tree_nodes_free(&alloc, &tree->now);
    pm_tree_nodes_free(&alloc, &tree->loaded);
    pm_mem_free(&alloc, tree, sizeof *tree);
}

static pm_fs_status tree_close(struct pm_volume *volume,
                               struct pm_volume_file *file, bool publish)
{
    struct pm_tree_node *node = pm_tree_node_of(file);
    (void)publish;
    PM_CHECK(node->open_count > 0);
    if (--node->open_count == 0 && node->is_orphan)
        pm_tree_node_free(&pm_tree_of(volume)->alloc, node);
    return PM_FS_OK;
}

static pm_fs_status commit(struct pm_tree *tree, bool durable)
{
    if (!tree->config.store)
        return PM_FS_OK;
    return pm_writeback_commit(tree->config.writeback, durable);
}

static pm_fs_status tree_sync(struct pm_volume *volume,
                              struct pm_volume_file *file)
{
    (void)file;
    return commit(pm_tree_of(volume), true);
}

// What could not be handed over stays due.
static pm_fs_status tree_end_frame(struct pm_volume *volume)
{
    struct pm_tree *tree = pm_tree_of(volume);

    return commit(tree, tree->gone_unconfirmed > MAX_GONE);
}

static void put_stat(const struct pm_tree_node *node, struct pm_fs_stat *out)
{
    *out =
        (struct pm_fs_stat){(pm_fs_kind)node->kind, node->size, node->revision};
}

static pm_fs_status tree_file_stat(struct pm_volume *volume,
                                   struct pm_volume_file *file,
                                   struct pm_fs_stat *out)
{
    (void)volume;
    put_stat(pm_tree_node_of(file), out);
    return PM_FS_OK;
}

static void tree_file_path(struct pm_volume *volume,
                           struct pm_volume_file *file, struct pm_buf *out)
{
    (void)volume;
    pm_tree_put_path(pm_tree_node_of(file), out);
}

static pm_fs_status tree_stat(struct pm_volume *volume, struct pm_path path,
                              struct pm_fs_stat *out)
{
    struct pm_tree_node *node;
    pm_fs_status status = pm_tree_lookup(&pm_tree_of(volume)->now, path, &node);
    if (!status)
        put_stat(node, out);
    return status;
}

static pm_fs_status tree_list(struct pm_volume *volume, struct pm_path path,
                              uint32_t limit, struct pm_fs_names *out)
{
    struct pm_tree_node *dir;
    pm_fs_status status = pm_tree_lookup(&pm_tree_of(volume)->now, path, &dir);

    if (status)
        return status;
    if (dir->kind != PM_FS_DIRECTORY)
        return PM_FS_NOT_A_DIRECTORY;
    if (dir->child_count > limit)
        return PM_FS_TOO_LARGE;
    pm_tree_sort(dir);
    for (struct pm_tree_node *node = dir->first; node; node = node->next) {
        pm_buf_put8(&out->bytes, node->kind);
        pm_buf_put8(&out->bytes, node->name_size);
        pm_buf_put(&out->bytes, node->name, node->name_size);
    }
    if (out->bytes.failed)
        return PM_FS_TRANSIENT;
    out->count = dir->child_count;
    return PM_FS_OK;
}

static pm_fs_status tree_usage(struct pm_volume *volume, uint64_t *out_used,
                               uint64_t *out_limit)
{
    struct pm_tree *tree = pm_tree_of(volume);
    *out_used = tree->now.used;
    *out_limit = tree->config.quota;
    return PM_FS_OK;
}

const struct pm_volume_ops pm_tree_ops = {
    .destroy = tree_destroy,
    .open = pm_tree_open,
    .close = tree_close,
    .read = pm_tree_read,
    .write = pm_tree_write,
    .truncate = pm_tree_truncate,
    .sync = tree_sync,
    .file_stat = tree_file_stat,
    .file_path = tree_file_path,
    .replace = pm_tree_replace,
    .stat = tree_stat,
    .list = tree_list,
    .make_dir = pm_tree_make_dir,
    .remove = pm_tree_remove,
    .rename = pm_tree_rename,
    .usage = tree_usage,
    .end_frame = tree_end_frame,
    .save = pm_tree_save,
    .load = pm_tree_load,
    .attach = pm_tree_attach,
    .end_load = pm_tree_end_load,
};

// --- creation ----------------------------------------------------------------

static void set_config(struct pm_tree *tree,
                       const struct pm_tree_config *config)
{
    PM_CHECK(!config->store || (config->writeback && !config->is_saved));
    tree->config = *config;
    if (tree->config.file_limit > PM_TREE_MAX_SIZE)
        tree->config.file_limit = PM_TREE_MAX_SIZE;
    if (tree->config.path_max == 0)
        tree->config.path_max = PM_PATH_MAX;
}

// Nothing of the tree that was read is kept.
static pm_fs_status make_damaged(struct pm_tree *tree)
{
    pm_tree_nodes_free(&tree->alloc, &tree->now);
    tree->volume.ops = &pm_tree_damaged_ops;
    // The card may still write to the same store.
    pm_writeback_damaged(tree->config.writeback, "the save volume is damaged",
                         false);
    return PM_FS_CORRUPT;
}

static pm_fs_status load(struct pm_tree *tree)
{
    pm_fs_status status;
    if (!tree->config.store)
        return PM_FS_OK;
    status = pm_tree_load_store(tree);
    if (status == PM_FS_CORRUPT)
        return make_damaged(tree);
    if (!status)
        pm_writeback_add(tree->config.writeback, pm_tree_client(tree));
    return status;
}

pm_fs_status pm_tree_create(const struct pm_allocator *alloc,
                            const struct pm_tree_config *config,
                            struct pm_volume **out)
{
    struct pm_tree *tree = pm_mem_zalloc(alloc, sizeof *tree);

    if (!tree)
        return PM_FS_TRANSIENT;
    tree->volume.ops = &pm_tree_ops;
    tree->alloc = *alloc;
    set_config(tree, config);
    if (!pm_tree_nodes_init(alloc, &tree->now)) {
        pm_mem_free(alloc, tree, sizeof *tree);
        return PM_FS_TRANSIENT;
    }
    pm_fs_status status = load(tree);
    if (status && status != PM_FS_CORRUPT)
        tree_destroy(&tree->volume);
    else
        *out = &tree->volume;
    return status;
}
