// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L

#include "hosts/common/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hosts/common/files.h"

struct walker {
    struct pm_walk *walk;
    const char *root;
    bool (*wants)(const char *name);
    const char **out_error;
};

static pm_status fail(struct walker *w, const char *name, pm_status status,
                      const char *error)
{
    snprintf(w->walk->failed, sizeof w->walk->failed, "%.500s", name);
    if (w->out_error)
        *w->out_error = error;
    return status;
}

static pm_status fail_errno(struct walker *w, const char *name)
{
    int error = errno;
    return fail(w, name, pm_host_failure(error, NULL), strerror(error));
}

// --- lists -------------------------------------------------------------------

static bool grow(const struct pm_allocator *alloc, void **array,
                 size_t *capacity, size_t count, size_t element)
{
    if (count < *capacity)
        return true;
    size_t next = *capacity ? *capacity * 2 : 64;
    void *grown = alloc->resize(alloc->context, *array, *capacity * element,
                                next * element);
    if (!grown)
        return false;
    *array = grown;
    *capacity = next;
    return true;
}

static char *copy_name(const struct pm_allocator *alloc, const char *name)
{
    size_t size = strlen(name) + 1;
    char *copy = alloc->resize(alloc->context, NULL, 0, size);

    if (copy)
        memcpy(copy, name, size);
    return copy;
}

static void free_name(const struct pm_allocator *alloc, char *name)
{
    alloc->resize(alloc->context, name, strlen(name) + 1, 0);
}

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static bool add_file(struct pm_walk *walk, const char *name,
                     const struct stat *info)
{
    void *files = walk->files;
    bool has_room = grow(&walk->alloc, &files, &walk->capacity, walk->count,
                         sizeof *walk->files);

    walk->files = files;
    char *copy = has_room ? copy_name(&walk->alloc, name) : NULL;
    if (!copy)
        return false;
    walk->files[walk->count++] =
        (struct pm_walk_file){.name = copy,
                              .size = (uint64_t)info->st_size,
                              .inode = (uint64_t)info->st_ino,
                              .modified = nanoseconds(info->st_mtim),
                              .changed = nanoseconds(info->st_ctim)};
    return true;
}

static bool add_folder(struct pm_walk *walk, const char *name)
{
    void *folders = walk->folders;
    bool has_room = grow(&walk->alloc, &folders, &walk->folder_capacity,
                         walk->folder_count, sizeof *walk->folders);

    walk->folders = folders;
    char *copy = has_room ? copy_name(&walk->alloc, name) : NULL;
    if (copy)
        walk->folders[walk->folder_count++] = copy;
    return copy != NULL;
}

// --- walking -----------------------------------------------------------------

static pm_status add_entry(struct walker *w, int dir, const char *base,
                           const char *name)
{
    struct stat info;

    if (fstatat(dir, base, &info, AT_SYMLINK_NOFOLLOW) != 0)
        // It was there a moment ago: then it is not.
        return errno == ENOENT ? PM_OK : fail_errno(w, name);
    bool is_link = S_ISLNK(info.st_mode);
    if (is_link && fstatat(dir, base, &info, 0) != 0)
        return fail_errno(w, name);
    if (S_ISDIR(info.st_mode) && is_link)
        return fail(w, name, PM_ERR_UNSUPPORTED,
                    "a link to a folder; put the files themselves here");
    bool ok = true;
    if (S_ISDIR(info.st_mode))
        ok = add_folder(w->walk, name);
    else if (S_ISREG(info.st_mode))
        ok = add_file(w->walk, name, &info);
    else
        return fail(w, name, PM_ERR_UNSUPPORTED, "not a regular file");
    return ok ? PM_OK : fail(w, name, PM_ERR_NO_MEMORY, "out of memory");
}

static pm_status read_entries(struct walker *w, DIR *directory,
                              const char *folder)
{
    char name[PATH_MAX];

    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(directory);
        if (!entry)
            return errno ? fail_errno(w, folder) : PM_OK;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int size = snprintf(name, sizeof name, "%s%s%s", folder,
                            folder[0] ? "/" : "", entry->d_name);
        if (size < 0 || (size_t)size >= sizeof name)
            return fail(w, folder, PM_ERR_IO, "a path is too long");
        if (!w->wants(name))
            continue;
        pm_status status = add_entry(w, dirfd(directory), entry->d_name, name);
        if (status)
            return status;
    }
}

static pm_status read_folder(struct walker *w, const char *folder)
{
    char path[PATH_MAX];
    int size = snprintf(path, sizeof path, "%s%s%s", w->root,
                        folder[0] ? "/" : "", folder);

    if (size < 0 || (size_t)size >= sizeof path)
        return fail(w, folder, PM_ERR_IO, "a path is too long");
    DIR *directory = opendir(path);
    if (!directory)
        return fail_errno(w, folder);
    pm_status status = read_entries(w, directory, folder);
    closedir(directory);
    return status;
}

static int by_name(const void *a, const void *b)
{
    const struct pm_walk_file *left = a;
    const struct pm_walk_file *right = b;
    return strcmp(left->name, right->name);
}

pm_status pm_walk_folder(const struct pm_allocator *alloc, const char *folder,
                         bool (*wants)(const char *name), struct pm_walk *out,
                         const char **out_error)
{
    *out = (struct pm_walk){.alloc = *alloc};
    struct walker w = {out, folder, wants, out_error};
    pm_status status = read_folder(&w, "");
    // The list of folders is the list of what is still to be done.
    for (size_t i = 0; i < out->folder_count && !status; i++)
        status = read_folder(&w, out->folders[i]);
    if (!status && out->count > 1)
        qsort(out->files, out->count, sizeof *out->files, by_name);
    return status;
}

void pm_walk_free(struct pm_walk *walk)
{
    const struct pm_allocator *alloc = &walk->alloc;

    for (size_t i = 0; i < walk->count; i++)
        free_name(alloc, walk->files[i].name);
    for (size_t i = 0; i < walk->folder_count; i++)
        free_name(alloc, walk->folders[i]);
    if (walk->files)
        alloc->resize(alloc->context, walk->files,
                      walk->capacity * sizeof *walk->files, 0);
    if (walk->folders)
        alloc->resize(alloc->context, walk->folders,
                      walk->folder_capacity * sizeof *walk->folders, 0);
    *walk = (struct pm_walk){0};
}

bool pm_walk_touch(const char *path, int64_t *out_now)
{
    struct stat info;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

    if (fd < 0)
        return false;
    bool ok = write(fd, "\n", 1) == 1 && fstat(fd, &info) == 0;
    close(fd);
    if (ok)
        *out_now = nanoseconds(info.st_mtim);
    return ok;
}
