// SPDX-License-Identifier: MIT
//
// What the files of the simulated disk share.

#ifndef PM_TEST_SIM_INTERNAL_H
#define PM_TEST_SIM_INTERNAL_H

#include "support/sim_os.h"

#define PM_SIM_BLOCK 4096u
#define PM_SIM_NAME  64u

// --- contents (sim_content.c) ------------------------------------------------

struct pm_sim_block {
    uint32_t refs;
    uint8_t bytes[PM_SIM_BLOCK];
};

// A NULL block reads as zeroes; so does what lies behind [count].
struct pm_sim_content {
    uint64_t size;
    size_t count;
    struct pm_sim_block **blocks;
};

void *pm_sim_resize(void *block, size_t size);
void pm_sim_content_free(struct pm_sim_content *content);
struct pm_sim_content pm_sim_content_clone(const struct pm_sim_content *from);
size_t pm_sim_content_read(const struct pm_sim_content *content,
                           uint64_t offset, void *dst, size_t size);
void pm_sim_content_write(struct pm_sim_content *content, uint64_t offset,
                          const void *src, size_t size);
void pm_sim_content_resize(struct pm_sim_content *content, uint64_t size);
// Garbage over the sectors that the range touches, within the file's size.
void pm_sim_content_smash(struct pm_sim_content *content, uint64_t offset,
                          size_t size);

// --- the disk (sim_disk.c) ---------------------------------------------------

struct pm_sim_entry {
    char name[PM_SIM_NAME];
    uint32_t inode;
};

struct pm_sim_names {
    struct pm_sim_entry *entries;
    size_t count;
};

struct pm_sim_inode {
    bool used;
    enum pm_os_kind kind;
    uint32_t opens;
    int locked_by; // descriptor, or -1
    struct pm_sim_content now;
    struct pm_sim_content safe;
    struct pm_sim_names names; // of a directory
    struct pm_sim_names safe_names;
    uint8_t *taken; // for each block whether the device has given it
    size_t taken_count;
};

enum pm_sim_op_kind {
    PM_SIM_OP_WRITE,
    PM_SIM_OP_TRUNCATE,
    PM_SIM_OP_LINK,
    PM_SIM_OP_UNLINK,
    PM_SIM_OP_RENAME,
};

struct pm_sim_op {
    enum pm_sim_op_kind kind;
    uint32_t inode;  // the file, or the directory of [name]
    uint32_t target; // LINK, RENAME: what the name stands for
    uint32_t to_dir; // RENAME
    uint64_t offset; // TRUNCATE: the size
    uint32_t size;
    uint8_t *data; // WRITE
    char name[PM_SIM_NAME];
    char to_name[PM_SIM_NAME];
};

struct pm_sim_descriptor {
    bool open;
    bool can_write;
    uint32_t inode;
};

struct pm_sim {
    struct pm_os os;
    struct pm_sim_knobs knobs;
    struct pm_sim_inode *inodes;
    size_t inode_count;
    struct pm_sim_op *ops;
    size_t op_count;
    size_t op_capacity;
    struct pm_sim_descriptor *descriptors;
    size_t descriptor_count;
    uint64_t used;
    uint64_t random;
};

#define PM_SIM_ROOT 0u
#define PM_SIM_NONE UINT32_MAX

uint32_t pm_sim_new_inode(struct pm_sim *sim, enum pm_os_kind kind);
void pm_sim_drop_inode(struct pm_sim *sim, uint32_t inode);
uint32_t pm_sim_find(const struct pm_sim_names *names, const char *name);
void pm_sim_set_name(struct pm_sim_names *names, const char *name,
                     uint32_t inode);
void pm_sim_unset_name(struct pm_sim_names *names, const char *name);
// Follows [path] from [dir] to the directory of its last component, which it
// points [out_last] to. PM_SIM_NONE and errno when there is no such way.
uint32_t pm_sim_walk(const struct pm_sim *sim, uint32_t dir, const char *path,
                     const char **out_last);
// The inode of [path], or PM_SIM_NONE.
uint32_t pm_sim_lookup(const struct pm_sim *sim, uint32_t dir,
                       const char *path);
struct pm_sim_op *pm_sim_add_op(struct pm_sim *sim, enum pm_sim_op_kind kind,
                                uint32_t inode);
// Makes the pending operations of one inode safe, or loses them.
void pm_sim_make_safe(struct pm_sim *sim, uint32_t inode);
void pm_sim_lose(struct pm_sim *sim, uint32_t inode);
// Takes the blocks of a range; how many bytes from [offset] on were given.
uint64_t pm_sim_take(struct pm_sim *sim, uint32_t inode, uint64_t offset,
                     uint64_t size);
void pm_sim_give_back(struct pm_sim *sim, uint32_t inode, uint64_t size);

// --- calls (sim_os.c) --------------------------------------------------------

struct pm_os pm_sim_calls(struct pm_sim *sim);

#endif
