// SPDX-License-Identifier: MIT
//
// Nodes, the table of names, and ways through the tree. Nothing here recurses.

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "fs/tree_internal.h"

struct pm_tree_node *pm_tree_node_make(const struct pm_allocator *alloc,
                                       pm_fs_kind kind, const char *name,
                                       size_t name_size)
{
    struct pm_tree_node *node = pm_mem_zalloc(alloc, sizeof *node);
    if (!node)
        return NULL;
    node->kind = (uint8_t)kind;
    node->is_sorted = true;
    if (name_size == 0)
        return node;
    node->name = pm_mem_alloc(alloc, name_size);
    if (!node->name) {
        pm_mem_free(alloc, node, sizeof *node);
        return NULL;
    }
    memcpy(node->name, name, name_size);
    node->name_size = (uint8_t)name_size;
    return node;
}

void pm_tree_free_content(const struct pm_allocator *alloc,
                          struct pm_tree_node *node)
{
    pm_mem_free(alloc, node->data, node->capacity);
    pm_mem_free(alloc, node->blocks, node->block_capacity);
    node->data = node->blocks = NULL;
    node->capacity = node->block_capacity = 0;
    node->dirty = node->unconfirmed = (struct pm_block_range){0};
}

void pm_tree_node_free(const struct pm_allocator *alloc,
                       struct pm_tree_node *node)
{
    if (!node)
        return;
    pm_tree_free_content(alloc, node);
    pm_mem_free(alloc, node->name, node->name_size);
    pm_mem_free(alloc, node, sizeof *node);
}

// --- the table of names ------------------------------------------------------

static uint32_t hash_of(const struct pm_tree_node *dir, const char *name,
                        size_t size)
{
    uint64_t hash = pm_hash64(name, size) + dir->id * 0x9e3779b97f4a7c15u;
    return (uint32_t)(hash ^ hash >> 32);
}

static struct pm_tree_node **bucket_of(const struct pm_tree_nodes *nodes,
                                       uint32_t hash)
{
    return &nodes->buckets[hash & (nodes->bucket_count - 1)];
}

static void table_add(struct pm_tree_nodes *nodes, struct pm_tree_node *node)
{
    struct pm_tree_node **bucket = bucket_of(nodes, node->name_hash);
    node->same_bucket = *bucket;
    *bucket = node;
}

static void table_take(struct pm_tree_nodes *nodes, struct pm_tree_node *node)
{
    struct pm_tree_node **at = bucket_of(nodes, node->name_hash);
    while (*at != node)
        at = &(*at)->same_bucket;
    *at = node->same_bucket;
}

static bool table_resize(const struct pm_allocator *alloc,
                         struct pm_tree_nodes *nodes, size_t bucket_count)
{
    struct pm_tree_nodes old = *nodes;
    struct pm_tree_node **buckets =
        pm_mem_zarray(alloc, bucket_count, sizeof(struct pm_tree_node *));
    if (!buckets)
        return false;
    nodes->buckets = buckets;
    nodes->bucket_count = bucket_count;
    for (size_t i = 0; i < old.bucket_count; i++) {
        for (struct pm_tree_node *node = old.buckets[i], *next; node;
             node = next) {
            next = node->same_bucket;
            table_add(nodes, node);
        }
    }
    pm_mem_free(alloc, old.buckets,
                old.bucket_count * sizeof(struct pm_tree_node *));
    return true;
}

struct pm_tree_node *pm_tree_find(const struct pm_tree_nodes *nodes,
                                  const struct pm_tree_node *dir,
                                  const char *name, size_t size)
{
    uint32_t hash = hash_of(dir, name, size);
    struct pm_tree_node *node = *bucket_of(nodes, hash);
    while (node &&
           !(node->name_hash == hash && node->parent == dir &&
             node->name_size == size && memcmp(node->name, name, size) == 0))
        node = node->same_bucket;
    return node;
}

// --- all nodes ---------------------------------------------------------------

bool pm_tree_nodes_init(const struct pm_allocator *alloc,
                        struct pm_tree_nodes *nodes)
{
    *nodes = (struct pm_tree_nodes){.next_id = 1};
    nodes->root = pm_tree_node_make(alloc, PM_FS_DIRECTORY, NULL, 0);
    if (nodes->root && table_resize(alloc, nodes, 16))
        return true;
    pm_tree_node_free(alloc, nodes->root);
    nodes->root = NULL;
    return false;
}

void pm_tree_nodes_free(const struct pm_allocator *alloc,
                        struct pm_tree_nodes *nodes)
{
    for (size_t i = 0; i < nodes->bucket_count; i++) {
        for (struct pm_tree_node *node = nodes->buckets[i], *next; node;
             node = next) {
            next = node->same_bucket;
            if (node->open_count)
                node->is_orphan = true;
            else
                pm_tree_node_free(alloc, node);
        }
    }
    pm_tree_node_free(alloc, nodes->root);
    pm_mem_free(alloc, nodes->buckets,
                nodes->bucket_count * sizeof(struct pm_tree_node *));
    *nodes = (struct pm_tree_nodes){0};
}

bool pm_tree_nodes_room(const struct pm_allocator *alloc,
                        struct pm_tree_nodes *nodes, size_t more)
{
    size_t wanted = nodes->bucket_count;
    while (wanted < nodes->count + more)
        wanted *= 2;
    return wanted == nodes->bucket_count || table_resize(alloc, nodes, wanted);
}

static void add_child(struct pm_tree_node *dir, struct pm_tree_node *node)
{
    node->parent = dir;
    node->prev = dir->last;
    node->next = NULL;
    if (dir->last) {
        dir->last->next = node;
        dir->is_sorted &= pm_tree_compare(dir->last, node) < 0;
    } else {
        dir->first = node;
        dir->is_sorted = true;
    }
    dir->last = node;
    dir->child_count++;
}

static void take_child(struct pm_tree_node *dir, struct pm_tree_node *node)
{
    if (node->prev)
        node->prev->next = node->next;
    else
        dir->first = node->next;
    if (node->next)
        node->next->prev = node->prev;
    else
        dir->last = node->prev;
    dir->child_count--;
}

void pm_tree_link(struct pm_tree_nodes *nodes, struct pm_tree_node *node,
                  struct pm_tree_node *dir)
{
    node->name_hash = hash_of(dir, node->name, node->name_size);
    add_child(dir, node);
    table_add(nodes, node);
    nodes->count++;
    nodes->used += node->size;
}

void pm_tree_unlink(struct pm_tree_nodes *nodes, struct pm_tree_node *node)
{
    take_child(node->parent, node);
    table_take(nodes, node);
    nodes->count--;
    nodes->used -= node->size;
}

// --- paths -------------------------------------------------------------------

pm_fs_status pm_tree_place(const struct pm_tree_nodes *nodes,
                           struct pm_path path, struct pm_tree_place *out)
{
    struct pm_tree_place place = {.node = nodes->root};

    for (size_t at = 0; at < path.size;) {
        const char *slash = memchr(path.text + at, '/', path.size - at);
        size_t end = slash ? (size_t)(slash - path.text) : path.size;
        if (!place.node)
            return PM_FS_NOT_FOUND;
        if (place.node->kind != PM_FS_DIRECTORY)
            return PM_FS_NOT_A_DIRECTORY;
        place.dir = place.node;
        place.name = path.text + at;
        place.name_size = end - at;
        place.node =
            pm_tree_find(nodes, place.dir, place.name, place.name_size);
        at = end + 1;
    }
    *out = place;
    return PM_FS_OK;
}

pm_fs_status pm_tree_lookup(const struct pm_tree_nodes *nodes,
                            struct pm_path path, struct pm_tree_node **out)
{
    struct pm_tree_place place;
    pm_fs_status status = pm_tree_place(nodes, path, &place);
    if (status)
        return status;
    if (!place.node)
        return PM_FS_NOT_FOUND;
    *out = place.node;
    return PM_FS_OK;
}

size_t pm_tree_path_size(const struct pm_tree_node *node)
{
    size_t size = 0;
    for (; node->parent; node = node->parent)
        size += node->name_size + 1u;
    return size ? size - 1 : 0;
}

void pm_tree_put_path(const struct pm_tree_node *node, struct pm_buf *out)
{
    size_t before = out->size;
    pm_buf_put(out, NULL, pm_tree_path_size(node));
    if (out->failed)
        return;
    // From the end, as the nodes come.
    for (size_t at = out->size; node->parent; node = node->parent) {
        at -= node->name_size;
        memcpy(out->data + at, node->name, node->name_size);
        if (at > before)
            out->data[--at] = '/';
    }
}

// --- order -------------------------------------------------------------------

int pm_tree_compare(const struct pm_tree_node *a, const struct pm_tree_node *b)
{
    size_t shorter = a->name_size < b->name_size ? a->name_size : b->name_size;
    int order = memcmp(a->name, b->name, shorter);
    return order ? order : a->name_size - b->name_size;
}

// Takes the first [count] nodes off the chain [*from].
static struct pm_tree_node *cut(struct pm_tree_node **from, size_t count)
{
    struct pm_tree_node *first = *from;
    struct pm_tree_node **at = from;
    while (*at && count--)
        at = &(*at)->next;
    struct pm_tree_node *rest = *at;
    *at = NULL;
    *from = rest;
    return first;
}

// Appends two chains in order at [at] and gives the end.
static struct pm_tree_node **
merge(struct pm_tree_node **at, struct pm_tree_node *a, struct pm_tree_node *b)
{
    while (a || b) {
        struct pm_tree_node **less =
            !b || (a && pm_tree_compare(a, b) < 0) ? &a : &b;
        *at = *less;
        *less = (*less)->next;
        at = &(*at)->next;
    }
    *at = NULL;
    return at;
}

static void link_back(struct pm_tree_node *dir)
{
    struct pm_tree_node *prev = NULL;
    for (struct pm_tree_node *node = dir->first; node; node = node->next) {
        node->prev = prev;
        prev = node;
    }
    dir->last = prev;
}

// A merge sort from below: of runs of 1, of 2, of 4 …
void pm_tree_sort(struct pm_tree_node *dir)
{
    if (dir->is_sorted)
        return;
    for (size_t run = 1; run < dir->child_count; run *= 2) {
        struct pm_tree_node *rest = dir->first;
        struct pm_tree_node **at = &dir->first;
        while (rest) {
            struct pm_tree_node *a = cut(&rest, run);
            struct pm_tree_node *b = cut(&rest, run);
            at = merge(at, a, b);
        }
    }
    link_back(dir);
    dir->is_sorted = true;
}

struct pm_tree_node *pm_tree_next(const struct pm_tree_node *node,
                                  const struct pm_tree_node *top)
{
    if (node->first)
        return node->first;
    while (node != top && !node->next)
        node = node->parent;
    return node == top ? NULL : node->next;
}

size_t pm_tree_deepest(const struct pm_tree_node *top, size_t size,
                       size_t limit, uint32_t *out_count)
{
    const struct pm_tree_node *node = top;
    size_t deepest = size;
    uint32_t count = 1;

    while (deepest <= limit) {
        if (node->first) {
            node = node->first;
        } else {
            for (; node != top && !node->next; node = node->parent)
                size -= node->name_size + (node->parent->parent != NULL);
            if (node == top)
                break;
            size -= node->name_size + (node->parent->parent != NULL);
            node = node->next;
        }
        size += node->name_size + (node->parent->parent != NULL);
        count++;
        if (size > deepest)
            deepest = size;
    }
    *out_count = count;
    return deepest;
}
