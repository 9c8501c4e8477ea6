// SPDX-License-Identifier: MIT
#define _GNU_SOURCE

#include "support/sim_os.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "support/sim_internal.h"

static ssize_t fail(int error)
{
    errno = error;
    return -1;
}

// Whether this call goes on; else errno says why not.
static bool begin(struct pm_sim *sim, enum pm_os_call call, bool changes)
{
    struct pm_sim_fault *fault = &sim->knobs.fault;

    if (changes && sim->knobs.hook)
        sim->knobs.hook(sim->knobs.hook_context, sim);
    sim->knobs.calls[call]++;
    if (!fault->error || (fault->of_kind && fault->kind != call))
        return true;
    fault->seen++;
    if (fault->on ? fault->seen < fault->at : fault->seen != fault->at)
        return true;
    fault->hits++;
    errno = fault->error;
    return false;
}

static struct pm_sim_inode *node_of(struct pm_sim *sim, int fd,
                                    uint32_t *out_inode)
{
    if (fd < 0 || (size_t)fd >= sim->descriptor_count ||
        !sim->descriptors[fd].open) {
        errno = EBADF;
        return NULL;
    }
    *out_inode = sim->descriptors[fd].inode;
    return &sim->inodes[*out_inode];
}

// The inode of a directory descriptor, or PM_SIM_NONE and errno.
static uint32_t dir_of(struct pm_sim *sim, int fd)
{
    uint32_t inode = PM_SIM_ROOT;

    if (fd == AT_FDCWD)
        return inode;
    if (!node_of(sim, fd, &inode))
        return PM_SIM_NONE;
    if (sim->inodes[inode].kind == PM_OS_DIRECTORY)
        return inode;
    errno = ENOTDIR;
    return PM_SIM_NONE;
}

static uint32_t place_of(struct pm_sim *sim, int fd, const char *path,
                         const char **out_last)
{
    uint32_t dir = dir_of(sim, fd);

    if (dir == PM_SIM_NONE)
        return dir;
    dir = pm_sim_walk(sim, dir, path, out_last);
    if (dir != PM_SIM_NONE && strlen(*out_last) >= PM_SIM_NAME) {
        errno = ENAMETOOLONG;
        return PM_SIM_NONE;
    }
    return dir;
}

static void add_name(struct pm_sim *sim, uint32_t dir, const char *name,
                     uint32_t inode)
{
    pm_sim_set_name(&sim->inodes[dir].names, name, inode);
    struct pm_sim_op *op = pm_sim_add_op(sim, PM_SIM_OP_LINK, dir);
    op->target = inode;
    strcpy(op->name, name);
}

// --- open and close ----------------------------------------------------------

static int new_descriptor(struct pm_sim *sim, uint32_t inode, bool can_write)
{
    size_t fd = 0;

    while (fd < sim->descriptor_count && sim->descriptors[fd].open)
        fd++;
    if (fd == sim->descriptor_count) {
        sim->descriptors = pm_sim_resize(sim->descriptors,
                                         (fd + 1) * sizeof *sim->descriptors);
        sim->descriptor_count++;
    }
    sim->descriptors[fd] = (struct pm_sim_descriptor){true, can_write, inode};
    sim->inodes[inode].opens++;
    return (int)fd;
}

// What stands in the way of opening [inode] so; 0: nothing.
static int refusal(const struct pm_sim *sim, uint32_t inode, int flags)
{
    enum pm_os_kind kind = sim->inodes[inode].kind;
    bool writes = (flags & O_ACCMODE) != O_RDONLY;

    if ((flags & O_CREAT) && (flags & O_EXCL))
        return EEXIST;
    if (kind == PM_OS_OTHER)
        return (flags & O_NOFOLLOW) ? ELOOP : ENOENT;
    if (kind == PM_OS_DIRECTORY && (writes || (flags & O_CREAT)))
        return EISDIR;
    if (kind != PM_OS_DIRECTORY && (flags & O_DIRECTORY))
        return ENOTDIR;
    return 0;
}

static int open_at(void *context, int dir_fd, const char *path, int flags,
                   unsigned mode)
{
    struct pm_sim *sim = context;
    const char *last = NULL;

    (void)mode;
    if (!begin(sim, PM_OS_OPEN, flags & (O_CREAT | O_TRUNC)))
        return -1;
    uint32_t dir = place_of(sim, dir_fd, path, &last);
    if (dir == PM_SIM_NONE)
        return -1;
    uint32_t inode = *last ? pm_sim_find(&sim->inodes[dir].names, last) : dir;
    if (inode == PM_SIM_NONE) {
        if (!(flags & O_CREAT))
            return (int)fail(ENOENT);
        inode = pm_sim_new_inode(sim, PM_OS_FILE);
        add_name(sim, dir, last, inode);
    } else if (refusal(sim, inode, flags)) {
        return (int)fail(refusal(sim, inode, flags));
    }
    if (flags & O_TRUNC) {
        pm_sim_content_resize(&sim->inodes[inode].now, 0);
        pm_sim_add_op(sim, PM_SIM_OP_TRUNCATE, inode);
    }
    return new_descriptor(sim, inode, (flags & O_ACCMODE) != O_RDONLY);
}

static void close_fd(void *context, int fd)
{
    struct pm_sim *sim = context;
    uint32_t inode = 0;
    struct pm_sim_inode *node = node_of(sim, fd, &inode);

    if (!node)
        return;
    sim->descriptors[fd].open = false;
    node->opens--;
    if (node->locked_by == fd)
        node->locked_by = -1;
    pm_sim_drop_inode(sim, inode);
}

// --- contents ----------------------------------------------------------------

static ssize_t read_at(void *context, int fd, void *dst, size_t size,
                       uint64_t offset)
{
    struct pm_sim *sim = context;
    uint32_t inode = 0;

    if (!begin(sim, PM_OS_READ, false))
        return -1;
    struct pm_sim_inode *node = node_of(sim, fd, &inode);
    if (!node)
        return -1;
    return (ssize_t)pm_sim_content_read(&node->now, offset, dst, size);
}

static struct pm_sim_inode *writable(struct pm_sim *sim, int fd,
                                     uint32_t *out_inode)
{
    struct pm_sim_inode *node = node_of(sim, fd, out_inode);

    if (node && !sim->descriptors[fd].can_write) {
        errno = EBADF;
        return NULL;
    }
    return node;
}

static ssize_t write_at(void *context, int fd, const void *src, size_t size,
                        uint64_t offset)
{
    struct pm_sim *sim = context;
    uint32_t inode = 0;

    if (!begin(sim, PM_OS_WRITE, true))
        return -1;
    struct pm_sim_inode *node = writable(sim, fd, &inode);
    if (!node)
        return -1;
    size = (size_t)pm_sim_take(sim, inode, offset, size);
    if (size == 0)
        return fail(ENOSPC);
    pm_sim_content_write(&node->now, offset, src, size);
    struct pm_sim_op *op = pm_sim_add_op(sim, PM_SIM_OP_WRITE, inode);
    op->offset = offset;
    op->size = (uint32_t)size;
    op->data = pm_sim_resize(NULL, size);
    memcpy(op->data, src, size);
    return (ssize_t)size;
}

static int truncate_fd(void *context, int fd, uint64_t size)
{
    struct pm_sim *sim = context;
    uint32_t inode = 0;

    if (!begin(sim, PM_OS_TRUNCATE, true))
        return -1;
    struct pm_sim_inode *node = writable(sim, fd, &inode);
    if (!node)
        return -1;
    pm_sim_content_resize(&node->now, size);
    pm_sim_give_back(sim, inode, size);
    pm_sim_add_op(sim, PM_SIM_OP_TRUNCATE, inode)->offset = size;
    return 0;
}

static int allocate(void *context, int fd, uint64_t offset, uint64_t size)
{
    struct pm_sim *sim = context;
    uint32_t inode = 0;

    if (!begin(sim, PM_OS_ALLOCATE, true))
        return -1;
    if (!writable(sim, fd, &inode))
        return -1;
    if (sim->knobs.cannot_allocate)
        return (int)fail(EOPNOTSUPP);
    return pm_sim_take(sim, inode, offset, size) == size ? 0
                                                         : (int)fail(ENOSPC);
}

static int sync_fd(void *context, int fd)
{
    struct pm_sim *sim = context;
    uint32_t inode = 0;
    bool goes_on = begin(sim, PM_OS_SYNC, true);
    int error = errno;
    struct pm_sim_inode *node = node_of(sim, fd, &inode);

    if (!node)
        return -1;
    if (!goes_on) {
        pm_sim_lose(sim, inode);
        return (int)fail(error);
    }
    if (node->kind == PM_OS_DIRECTORY)
        sim->knobs.syncs_of_directories++;
    else
        sim->knobs.syncs_of_files++;
    pm_sim_make_safe(sim, inode);
    return 0;
}

// --- names -------------------------------------------------------------------

static struct pm_os_stat stat_of(const struct pm_sim *sim, uint32_t inode)
{
    const struct pm_sim_inode *node = &sim->inodes[inode];
    return (struct pm_os_stat){node->kind, node->now.size, inode + 1u, 1,
                               node->kind == PM_OS_DIRECTORY ? 0700 : 0600};
}

static int stat_fd(void *context, int fd, struct pm_os_stat *out)
{
    struct pm_sim *sim = context;
    uint32_t inode = 0;

    if (!begin(sim, PM_OS_STAT, false) || !node_of(sim, fd, &inode))
        return -1;
    *out = stat_of(sim, inode);
    return 0;
}

static int stat_at(void *context, int dir_fd, const char *name,
                   struct pm_os_stat *out)
{
    struct pm_sim *sim = context;

    if (!begin(sim, PM_OS_STAT, false))
        return -1;
    uint32_t dir = dir_of(sim, dir_fd);
    if (dir == PM_SIM_NONE)
        return -1;
    uint32_t inode = pm_sim_lookup(sim, dir, name);
    if (inode == PM_SIM_NONE)
        return (int)fail(ENOENT);
    *out = stat_of(sim, inode);
    return 0;
}

static int make_dir(void *context, int dir_fd, const char *path, unsigned mode)
{
    struct pm_sim *sim = context;
    const char *last = NULL;

    (void)mode;
    if (!begin(sim, PM_OS_MAKE_DIR, true))
        return -1;
    uint32_t dir = place_of(sim, dir_fd, path, &last);
    if (dir == PM_SIM_NONE)
        return -1;
    if (!*last || pm_sim_find(&sim->inodes[dir].names, last) != PM_SIM_NONE)
        return (int)fail(EEXIST);
    add_name(sim, dir, last, pm_sim_new_inode(sim, PM_OS_DIRECTORY));
    return 0;
}

static int remove_at(void *context, int dir_fd, const char *path,
                     bool is_directory)
{
    struct pm_sim *sim = context;
    const char *last = NULL;

    if (!begin(sim, PM_OS_REMOVE, true))
        return -1;
    uint32_t dir = place_of(sim, dir_fd, path, &last);
    if (dir == PM_SIM_NONE)
        return -1;
    uint32_t inode = pm_sim_find(&sim->inodes[dir].names, last);
    if (inode == PM_SIM_NONE)
        return (int)fail(ENOENT);
    bool is = sim->inodes[inode].kind == PM_OS_DIRECTORY;
    if (is != is_directory)
        return (int)fail(is ? EISDIR : ENOTDIR);
    if (sim->inodes[inode].names.count)
        return (int)fail(ENOTEMPTY);
    pm_sim_unset_name(&sim->inodes[dir].names, last);
    strcpy(pm_sim_add_op(sim, PM_SIM_OP_UNLINK, dir)->name, last);
    pm_sim_drop_inode(sim, inode);
    return 0;
}

// What stands in the way of a rename of [from] over [to]; 0: nothing.
static int rename_refusal(const struct pm_sim *sim, uint32_t from, uint32_t to,
                          unsigned flags)
{
    if (from == PM_SIM_NONE)
        return ENOENT;
    if (to == PM_SIM_NONE)
        return 0;
    if (flags & PM_OS_NO_REPLACE)
        return EEXIST;
    bool from_dir = sim->inodes[from].kind == PM_OS_DIRECTORY;
    bool to_dir = sim->inodes[to].kind == PM_OS_DIRECTORY;
    if (from_dir != to_dir)
        return to_dir ? EISDIR : ENOTDIR;
    return sim->inodes[to].names.count ? ENOTEMPTY : 0;
}

static int rename_at(void *context, int from_fd, const char *from, int to_fd,
                     const char *to, unsigned flags)
{
    struct pm_sim *sim = context;
    const char *from_last = NULL;
    const char *to_last = NULL;

    if (!begin(sim, PM_OS_RENAME, true))
        return -1;
    uint32_t from_dir = place_of(sim, from_fd, from, &from_last);
    uint32_t to_dir = place_of(sim, to_fd, to, &to_last);
    if (from_dir == PM_SIM_NONE || to_dir == PM_SIM_NONE)
        return -1;
    uint32_t inode = pm_sim_find(&sim->inodes[from_dir].names, from_last);
    uint32_t old = pm_sim_find(&sim->inodes[to_dir].names, to_last);
    if (flags & ~PM_OS_NO_REPLACE)
        return (int)fail(EINVAL);
    int error = rename_refusal(sim, inode, old, flags);
    if (error)
        return (int)fail(error);
    if (inode == old)
        return 0;
    pm_sim_unset_name(&sim->inodes[from_dir].names, from_last);
    pm_sim_set_name(&sim->inodes[to_dir].names, to_last, inode);
    struct pm_sim_op *op = pm_sim_add_op(sim, PM_SIM_OP_RENAME, from_dir);
    op->target = inode;
    op->to_dir = to_dir;
    strcpy(op->name, from_last);
    strcpy(op->to_name, to_last);
    if (old != PM_SIM_NONE)
        pm_sim_drop_inode(sim, old);
    return 0;
}

static int list(void *context, int dir_fd,
                bool (*visit)(void *visitor, const char *name,
                              enum pm_os_kind kind),
                void *visitor)
{
    struct pm_sim *sim = context;

    if (!begin(sim, PM_OS_LIST, false))
        return -1;
    uint32_t dir = dir_of(sim, dir_fd);
    if (dir == PM_SIM_NONE)
        return -1;
    // Backwards, so that the visitor may remove what it is shown.
    for (size_t i = sim->inodes[dir].names.count; i-- > 0;) {
        struct pm_sim_entry entry = sim->inodes[dir].names.entries[i];
        if (!visit(visitor, entry.name, sim->inodes[entry.inode].kind))
            break;
    }
    return 0;
}

// --- the rest ----------------------------------------------------------------

static int lock(void *context, int fd)
{
    struct pm_sim *sim = context;
    uint32_t inode = 0;

    if (!begin(sim, PM_OS_LOCK, false))
        return -1;
    struct pm_sim_inode *node = node_of(sim, fd, &inode);
    if (!node)
        return -1;
    if (node->locked_by >= 0 && node->locked_by != fd)
        return (int)fail(EWOULDBLOCK);
    node->locked_by = fd;
    return 0;
}

static int space(void *context, int fd, uint64_t *out_used, uint64_t *out_total)
{
    struct pm_sim *sim = context;
    uint32_t inode = 0;

    if (!begin(sim, PM_OS_STAT, false) || !node_of(sim, fd, &inode))
        return -1;
    *out_used = sim->used;
    *out_total = sim->knobs.space ? sim->knobs.space : (uint64_t)1 << 40;
    return 0;
}

static bool folds_names(void *context, int dir)
{
    struct pm_sim *sim = context;
    (void)dir;
    return sim->knobs.folds_names;
}

static int random_bytes(void *context, void *dst, size_t size)
{
    struct pm_sim *sim = context;
    uint8_t *at = dst;

    for (size_t i = 0; i < size; i++) {
        sim->random ^= sim->random << 13;
        sim->random ^= sim->random >> 7;
        sim->random ^= sim->random << 17;
        at[i] = (uint8_t)(sim->random >> 32);
    }
    return 0;
}

static int access_at(void *context, int dir_fd, const char *name)
{
    struct pm_sim *sim = context;

    if (!begin(sim, PM_OS_ACCESS, false))
        return -1;
    uint32_t dir = dir_of(sim, dir_fd);
    if (dir == PM_SIM_NONE)
        return -1;
    return pm_sim_lookup(sim, dir, name) == PM_SIM_NONE ? (int)fail(ENOENT) : 0;
}

// Modes are not kept: everything is the user's own.
static int set_mode(void *context, int fd, unsigned mode)
{
    struct pm_sim *sim = context;
    uint32_t inode = 0;

    (void)mode;
    return begin(sim, PM_OS_SET_MODE, false) && node_of(sim, fd, &inode) ? 0
                                                                         : -1;
}

struct pm_os pm_sim_calls(struct pm_sim *sim)
{
    return (struct pm_os){
        .context = sim,
        .open = open_at,
        .open_beneath = open_at,
        .close = close_fd,
        .read_at = read_at,
        .write_at = write_at,
        .truncate = truncate_fd,
        .allocate = allocate,
        .sync = sync_fd,
        .stat = stat_fd,
        .stat_at = stat_at,
        .make_dir = make_dir,
        .remove = remove_at,
        .rename = rename_at,
        .list = list,
        .lock = lock,
        .space = space,
        .folds_names = folds_names,
        .random = random_bytes,
        .access = access_at,
        .set_mode = set_mode,
    };
}
