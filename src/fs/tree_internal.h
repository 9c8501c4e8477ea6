// SPDX-License-Identifier: MIT
//
// What the tree's files share: tree_node.c has nodes and names, tree_file.c
// the bytes of files, tree_entry.c the operations on entries, tree_load.c and
// tree_due.c the way from and to the store, tree_state.c saved states.
//
// Invariants of a tree:
//  T1  Each node but the root is in its directory's children and in the
//      table of names, once. No two have the same directory and name.
//  T2  used is the sum of the sizes of all files.
//  T3  Over a store: a node is in the list of dirty nodes when its item in
//      the store is not as it should be, in that of unconfirmed ones when
//      only the device has not confirmed it, else in neither.
//  T4  Over a store: a block of a file is PRESENT when its bytes are in
//      memory. What is DIRTY or UNCONFIRMED is PRESENT and lies within the
//      node's range of such blocks.
//  T5  node_sum is the sum over all nodes of the hash of the item that was
//      last read or put for it.

#ifndef PM_FS_TREE_INTERNAL_H
#define PM_FS_TREE_INTERNAL_H

#include "fs/path.h"
#include "fs/tree.h"

#define PM_BLOCK_SIZE 4096u
// Ids and numbers of blocks share a key (docs/spec/fs.md).
#define PM_TREE_MAX_ID   (((uint64_t)1 << 40) - 1)
#define PM_TREE_MAX_SIZE ((uint64_t)PM_BLOCK_SIZE << 20)

enum {
    PM_BLOCK_PRESENT = 1,
    PM_BLOCK_DIRTY = 2,
    PM_BLOCK_UNCONFIRMED = 4,
};

enum { PM_DUE_NONE, PM_DUE_DIRTY, PM_DUE_UNCONFIRMED };

struct pm_block_range {
    uint32_t first;
    uint32_t end; // 0: empty
};

// A file or a directory. An open file is its node.
struct pm_tree_node {
    uint64_t id; // never used again; 0 is the root
    uint64_t revision;
    uint64_t size; // of a file
    struct pm_tree_node *parent;
    struct pm_tree_node *prev; // siblings
    struct pm_tree_node *next;
    struct pm_tree_node *first; // children
    struct pm_tree_node *last;
    struct pm_tree_node *same_bucket;
    char *name;
    uint32_t name_hash;
    uint32_t child_count;
    uint32_t open_count;
    uint8_t name_size;
    uint8_t kind;
    bool is_sorted; // its children are in the order of their names
    bool is_orphan; // its tree is gone, it is only there to be closed

    // A file's bytes; NULL also while none have been read from the store.
    uint8_t *data;
    size_t capacity;

    // Over a store only.
    uint8_t *blocks; // a byte of bits each; NULL: none is present
    size_t block_capacity;
    uint32_t absent; // blocks that are not present
    struct pm_block_range dirty;
    struct pm_block_range unconfirmed;
    bool trim; // blocks beyond the end may be in the store
    bool trim_unconfirmed;
    bool is_stored; // an item of it may be in the store
    bool is_gone;   // removed; kept to remove it from the store
    uint8_t due;
    struct pm_tree_node *due_prev;
    struct pm_tree_node *due_next;
    uint64_t item_hash;
};

struct pm_tree_list {
    struct pm_tree_node *first;
    struct pm_tree_node *last;
};

// All that is visible of a tree.
struct pm_tree_nodes {
    struct pm_tree_node *root;
    struct pm_tree_node **buckets;
    size_t bucket_count; // a power of two
    uint32_t count;      // without the root
    uint64_t used;
    uint64_t revision; // the last that was given
    uint64_t next_id;
    uint64_t node_sum;
    // A load failed because memory is short, not for its bytes.
    bool is_short;
};

struct pm_tree {
    struct pm_volume volume;
    struct pm_allocator alloc;
    struct pm_tree_config config;
    struct pm_tree_nodes now;
    struct pm_tree_nodes loaded; // root NULL: nothing is being loaded
    struct pm_tree_list dirty;
    struct pm_tree_list unconfirmed;
    uint32_t gone_unconfirmed; // removed nodes in the list of unconfirmed ones
    bool meta_dirty;
    bool meta_unconfirmed;
};

static inline struct pm_tree *pm_tree_of(struct pm_volume *volume)
{
    return (struct pm_tree *)volume;
}

static inline struct pm_tree_node *pm_tree_node_of(struct pm_volume_file *file)
{
    return (struct pm_tree_node *)file;
}

static inline uint32_t pm_blocks_of(uint64_t size)
{
    return (uint32_t)((size + PM_BLOCK_SIZE - 1) / PM_BLOCK_SIZE);
}

extern const struct pm_volume_ops pm_tree_ops;
// Of a volume whose names cannot be trusted: CORRUPT to everything.
extern const struct pm_volume_ops pm_tree_damaged_ops;

// --- tree_node.c -------------------------------------------------------------

struct pm_tree_node *pm_tree_node_make(const struct pm_allocator *alloc,
                                       pm_fs_kind kind, const char *name,
                                       size_t name_size);
void pm_tree_node_free(const struct pm_allocator *alloc,
                       struct pm_tree_node *node);
// Frees a file's bytes; what remains is good to be removed from the store.
void pm_tree_free_content(const struct pm_allocator *alloc,
                          struct pm_tree_node *node);

// An empty tree. False when memory is short.
bool pm_tree_nodes_init(const struct pm_allocator *alloc,
                        struct pm_tree_nodes *nodes);
// Frees all but open files, which become orphans.
void pm_tree_nodes_free(const struct pm_allocator *alloc,
                        struct pm_tree_nodes *nodes);

// Makes sure that [more] nodes can be linked. False when memory is short.
bool pm_tree_nodes_room(const struct pm_allocator *alloc,
                        struct pm_tree_nodes *nodes, size_t more);
// Both keep T1 and T2.
void pm_tree_link(struct pm_tree_nodes *nodes, struct pm_tree_node *node,
                  struct pm_tree_node *dir);
void pm_tree_unlink(struct pm_tree_nodes *nodes, struct pm_tree_node *node);

struct pm_tree_node *pm_tree_find(const struct pm_tree_nodes *nodes,
                                  const struct pm_tree_node *dir,
                                  const char *name, size_t size);

// Where a path leads: the directory and name of its last component, and what
// is there, or NULL. The root has no directory.
struct pm_tree_place {
    struct pm_tree_node *dir;
    struct pm_tree_node *node;
    const char *name;
    size_t name_size;
};

// NOT_FOUND, NOT_A_DIRECTORY when there is no such directory.
pm_fs_status pm_tree_place(const struct pm_tree_nodes *nodes,
                           struct pm_path path, struct pm_tree_place *out);
// NOT_FOUND also when nothing is there.
pm_fs_status pm_tree_lookup(const struct pm_tree_nodes *nodes,
                            struct pm_path path, struct pm_tree_node **out);

// Puts the children in the order of their names.
void pm_tree_sort(struct pm_tree_node *dir);
int pm_tree_compare(const struct pm_tree_node *a, const struct pm_tree_node *b);

// The node behind [node] in a walk over [top] and all below it, each
// directory before its children; NULL at the end.
struct pm_tree_node *pm_tree_next(const struct pm_tree_node *node,
                                  const struct pm_tree_node *top);

size_t pm_tree_path_size(const struct pm_tree_node *node);
void pm_tree_put_path(const struct pm_tree_node *node, struct pm_buf *out);

// The longest path from [top] (whose own has [size] bytes) to a node below
// it; [out_count] is the number of nodes with [top]. Stops beyond [limit].
size_t pm_tree_deepest(const struct pm_tree_node *top, size_t size,
                       size_t limit, uint32_t *out_count);

// --- tree_file.c -------------------------------------------------------------

pm_fs_status pm_tree_read(struct pm_volume *volume, struct pm_volume_file *file,
                          uint64_t offset, struct pm_destination *dest,
                          uint32_t max, uint32_t *out_size, bool *out_eof);
pm_fs_status pm_tree_write(struct pm_volume *volume,
                           struct pm_volume_file *file, uint64_t offset,
                           const uint8_t *src, uint32_t size);
pm_fs_status pm_tree_truncate(struct pm_volume *volume,
                              struct pm_volume_file *file, uint64_t size);
// Whether a file may go from [from] to [to] bytes by quota and file limit.
pm_fs_status pm_tree_may_resize(const struct pm_tree *tree, uint64_t from,
                                uint64_t to);
// Room for [size] bytes in a file. On failure it is as it was.
pm_fs_status pm_tree_room(struct pm_tree *tree, struct pm_tree_node *node,
                          uint64_t size);
// Empties a file for which it was asked with [pm_tree_cost_shrink].
void pm_tree_shrink(struct pm_tree *tree, struct pm_tree_node *node,
                    uint64_t size);
// Whole content for a file that has none and whose room was asked for.
void pm_tree_fill(struct pm_tree *tree, struct pm_tree_node *node,
                  const uint8_t *src, uint64_t size);

static inline void pm_tree_revise(struct pm_tree *tree,
                                  struct pm_tree_node *node)
{
    node->revision = ++tree->now.revision;
}

// --- tree_block.c ------------------------------------------------------------

// Reads the blocks from [first] to [last] that are not present, for which
// there is room. CORRUPT when one is damaged or missing.
pm_fs_status pm_tree_read_blocks(struct pm_tree *tree,
                                 struct pm_tree_node *node, uint32_t first,
                                 uint32_t last);
// Whether as many items of blocks are in the store as the file should have,
// before memory is taken for them all.
pm_fs_status pm_tree_count_blocks(const struct pm_tree *tree,
                                  const struct pm_tree_node *node);

// --- tree_due.c --------------------------------------------------------------

#define PM_TREE_META_SIZE 56u
#define PM_TREE_NODE_HEAD 25u
#define PM_TREE_MAGIC     0x45525450u // "PTRE"
#define PM_TREE_VERSION   1u

static inline uint64_t pm_tree_node_key(uint64_t id)
{
    return (uint64_t)1 << 60 | id;
}

static inline uint64_t pm_tree_block_key(uint64_t id, uint32_t block)
{
    return (uint64_t)2 << 60 | id << 20 | block;
}

#define PM_TREE_LAST_BLOCK (((uint32_t)1 << 20) - 1)

// What a change will take in the next transaction.
struct pm_tree_cost {
    uint64_t changes;
    uint64_t bytes;
};

void pm_tree_cost_node(struct pm_tree_cost *cost,
                       const struct pm_tree_node *node);
void pm_tree_cost_removal(struct pm_tree_cost *cost);
void pm_tree_cost_blocks(struct pm_tree_cost *cost,
                         const struct pm_tree_node *node, uint32_t first,
                         uint32_t end);
void pm_tree_cost_shrink(struct pm_tree_cost *cost,
                         const struct pm_tree_node *node, uint64_t size);
// Takes the space; OK without a store.
pm_fs_status pm_tree_reserve(struct pm_tree *tree, struct pm_tree_cost cost);

// The node's item is due.
void pm_tree_touch(struct pm_tree *tree, struct pm_tree_node *node);
// So are these blocks, which are present from now on.
void pm_tree_touch_blocks(struct pm_tree *tree, struct pm_tree_node *node,
                          uint32_t first, uint32_t end);
// An unlinked node has to leave the store; until that is confirmed it can
// still come back.
void pm_tree_set_gone(struct pm_tree *tree, struct pm_tree_node *node);
void pm_tree_unset_gone(struct pm_tree *tree, struct pm_tree_node *node);
// Ends an unlinked node: at once, or when it has left the store.
void pm_tree_drop(struct pm_tree *tree, struct pm_tree_node *node);
// All that waits for the store, when the tree ends.
void pm_tree_forget_due(struct pm_tree *tree);

struct pm_writeback_client pm_tree_client(struct pm_tree *tree);

// --- tree_load.c -------------------------------------------------------------

// Reads all nodes. CORRUPT: they cannot be trusted.
pm_fs_status pm_tree_load_store(struct pm_tree *tree);

// --- tree_entry.c ------------------------------------------------------------

pm_fs_status pm_tree_open(struct pm_volume *volume, struct pm_path path,
                          unsigned mode, struct pm_volume_file **out);
pm_fs_status pm_tree_replace(struct pm_volume *volume, struct pm_path path,
                             const uint8_t *src, uint64_t size);
pm_fs_status pm_tree_make_dir(struct pm_volume *volume, struct pm_path path);
pm_fs_status pm_tree_remove(struct pm_volume *volume, struct pm_path path);
pm_fs_status pm_tree_rename(struct pm_volume *volume, struct pm_path from,
                            struct pm_path to);

// --- tree_state.c ------------------------------------------------------------

void pm_tree_save(struct pm_volume *volume, struct pm_buf *out);
pm_status pm_tree_load(struct pm_volume *volume, struct pm_cursor *in);
pm_fs_status pm_tree_attach(struct pm_volume *volume, struct pm_path path,
                            uint64_t revision, struct pm_volume_file **out);
void pm_tree_end_load(struct pm_volume *volume, bool accept);

#endif
