// SPDX-License-Identifier: MIT
//
// Names that are refused: those of our temporaries, and those that the host
// would take for another.
//
// Whether a directory folds names is asked of the host for every directory on
// the way, which costs more than the call itself. So the parents for which
// the answer was no all the way down are remembered. The host can make the
// memory wrong, by putting a folding directory where another was: then a
// file is found by another spelling, and nothing worse.
#define _GNU_SOURCE

#include "hosts/common/directory_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "hosts/common/errno_status.h"

#define PREFIX ".prometeu-"
#define SUFFIX ".tmp"
#define DIGITS 8u

pm_fs_status pm_host_draw_temporary(struct pm_host_directory *directory,
                                    char out[PM_TEMPORARY_SIZE])
{
    uint32_t number;

    if (directory->os->random(directory->os->context, &number, sizeof number))
        return pm_host_last_status();
    snprintf(out, PM_TEMPORARY_SIZE, PREFIX "%08x" SUFFIX, (unsigned)number);
    return PM_FS_OK;
}

bool pm_host_is_temporary(const char *name, size_t size)
{
    const size_t prefix = sizeof PREFIX - 1;

    if (size != PM_TEMPORARY_SIZE - 1 || memcmp(name, PREFIX, prefix) != 0)
        return false;
    for (size_t i = prefix; i < prefix + DIGITS; i++)
        if (!strchr("0123456789abcdef", name[i]))
            return false;
    return memcmp(name + prefix + DIGITS, SUFFIX, sizeof SUFFIX - 1) == 0;
}

static bool names_temporary(const char *path)
{
    for (;;) {
        if (path[0] == '.' && pm_host_is_temporary(path, strcspn(path, "/")))
            return true;
        path = strchr(path, '/');
        if (!path)
            return false;
        path++;
    }
}

// --- what is known to fold nothing -------------------------------------------

// What one pass over a path tells: each open begins with it.
struct glance {
    size_t parent;  // bytes before the last '/', 0: none
    uint32_t hash;  // of these bytes
    bool has_a_dot; // a component begins with one
};

static struct glance glance_at(const char *path)
{
    const uint32_t basis = 2166136261u; // FNV-1a
    struct glance glance = {.hash = basis};
    uint32_t hash = basis;
    char before = '/';

    for (const char *at = path; *at; at++) {
        if (*at == '/') {
            glance.parent = (size_t)(at - path);
            glance.hash = hash;
        }
        glance.has_a_dot |= *at == '.' && before == '/';
        hash = (hash ^ (uint8_t)*at) * 16777619u;
        before = *at;
    }
    return glance;
}

static struct pm_plain_slot *slot_of(struct pm_host_directory *directory,
                                     const struct glance *glance)
{
    uint32_t hash = glance->hash ^ glance->hash >> 16;
    return &directory->plain[hash % PM_PLAIN_SLOTS];
}

static void clear_slot(struct pm_host_directory *directory,
                       struct pm_plain_slot *slot)
{
    const struct pm_allocator *alloc = &directory->alloc;

    if (slot->path)
        alloc->resize(alloc->context, slot->path, slot->size, 0);
    *slot = (struct pm_plain_slot){0};
}

void pm_host_forget_plain(struct pm_host_directory *directory)
{
    for (size_t i = 0; i < PM_PLAIN_SLOTS; i++)
        clear_slot(directory, &directory->plain[i]);
}

static bool is_plain(struct pm_host_directory *directory, const char *path,
                     const struct glance *glance)
{
    const struct pm_plain_slot *slot = slot_of(directory, glance);
    size_t size = glance->parent;

    // The root's own answer is kept as one byte, as its path has none.
    if (size == 0)
        return slot->size == 1 && slot->path[0] == '/';
    return slot->size == size && memcmp(slot->path, path, size) == 0;
}

// Memory that is short is no failure: it is asked again next time.
static void remember_plain(struct pm_host_directory *directory,
                           const char *path, const struct glance *glance)
{
    const struct pm_allocator *alloc = &directory->alloc;
    struct pm_plain_slot *slot = slot_of(directory, glance);
    const char *text = glance->parent ? path : "/";
    size_t size = glance->parent ? glance->parent : 1;

    char *copy = alloc->resize(alloc->context, NULL, 0, size);
    if (!copy)
        return;
    memcpy(copy, text, size);
    clear_slot(directory, slot);
    *slot = (struct pm_plain_slot){copy, size};
}

// --- comparing byte by byte --------------------------------------------------

struct search {
    const char *name;
    bool is_found;
};

static bool compare(void *visitor, const char *name, enum pm_os_kind kind)
{
    struct search *search = visitor;
    (void)kind;
    search->is_found = strcmp(search->name, name) == 0;
    return !search->is_found;
}

// In a directory that folds: OK when [name] is there as it is spelled, or
// nothing is; else [mixed].
static pm_fs_status check_name(struct pm_host_directory *directory, int dir,
                               const char *name, pm_fs_status mixed)
{
    const struct pm_os *os = directory->os;
    struct search search = {name, false};
    struct pm_os_stat info;

    if (os->list(os->context, dir, compare, &search) != 0)
        return pm_host_last_status();
    if (search.is_found)
        return PM_FS_OK;
    if (os->stat_at(os->context, dir, name, &info) == 0)
        return mixed;
    return errno == ENOENT ? PM_FS_OK : pm_host_last_status();
}

// A directory that may be searched but not read can still be asked for the
// type of its file system.
static int open_to_ask(const struct pm_os *os, int dir, const char *name)
{
    int fd = os->open_beneath(os->context, dir, name,
                              O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (fd < 0 && errno == EACCES)
        fd = os->open_beneath(os->context, dir, name,
                              O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    return fd;
}

// The way down a path, a directory at a time.
struct descent {
    struct pm_host_directory *directory;
    int dir;
    char name[NAME_MAX + 1]; // the component in [dir]
    bool is_plain;           // no directory so far folds
};

static void leave_directory(struct descent *descent)
{
    const struct pm_os *os = descent->directory->os;

    if (descent->dir != descent->directory->root)
        os->close(os->context, descent->dir);
}

static pm_fs_status enter_directory(struct descent *descent)
{
    int fd = open_to_ask(descent->directory->os, descent->dir, descent->name);
    if (fd < 0)
        return pm_host_last_status();
    leave_directory(descent);
    descent->dir = fd;
    return PM_FS_OK;
}

static pm_fs_status check_component(struct descent *descent, pm_fs_status mixed)
{
    const struct pm_os *os = descent->directory->os;

    if (!os->folds_names(os->context, descent->dir))
        return PM_FS_OK;
    descent->is_plain = false;
    return check_name(descent->directory, descent->dir, descent->name, mixed);
}

static pm_fs_status descend(struct descent *descent, const char *path,
                            pm_fs_status mixed)
{
    for (;;) {
        size_t size = strcspn(path, "/");
        bool is_last = path[size] == 0;
        if (size > NAME_MAX)
            return PM_FS_INVALID_PATH;
        memcpy(descent->name, path, size);
        descent->name[size] = 0;
        pm_fs_status status =
            check_component(descent, is_last ? mixed : PM_FS_NOT_FOUND);
        if (!status && !is_last)
            status = enter_directory(descent);
        if (status || is_last)
            return status;
        path += size + 1;
    }
}

static pm_fs_status check_spelling(struct pm_host_directory *directory,
                                   const char *path,
                                   const struct glance *glance,
                                   pm_fs_status mixed)
{
    struct descent descent = {
        .directory = directory, .dir = directory->root, .is_plain = true};

    pm_fs_status status = descend(&descent, path, mixed);
    leave_directory(&descent);
    if (!status && descent.is_plain)
        remember_plain(directory, path, glance);
    return status;
}

pm_fs_status pm_host_directory_guard(struct pm_host_directory *directory,
                                     const char *path, pm_fs_status mixed)
{
    struct glance glance = glance_at(path);

    if (glance.has_a_dot) {
        // The directory itself has no name in here.
        if (strcmp(path, ".") == 0)
            return PM_FS_OK;
        if (names_temporary(path))
            return PM_FS_ACCESS_DENIED;
    }
    if (is_plain(directory, path, &glance))
        return PM_FS_OK;
    return check_spelling(directory, path, &glance, mixed);
}
