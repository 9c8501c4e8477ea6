// SPDX-License-Identifier: MIT
//
// Publishing: the whole new content of a file, or the old one.
//
//     write      all bytes into a file without a name, or with a temporary's
//     flush      the file
//     place      nothing there: a link, which replaces nothing
//                a file there:  both names are exchanged
//     flush      the directory; if that fails, the step before is undone
//     remove     the old file, which has the temporary's name now
//
// Where the file system knows no exchange, a plain rename takes its place and
// cannot be undone: a failed flush of the directory is reported, and the new
// content stays. Where it knows no files without names, the temporary has one
// from the start.
#define _GNU_SOURCE

#include "hosts/common/directory_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "hosts/common/errno_status.h"

struct publication {
    struct pm_host_directory *directory;
    struct pm_host_place place;
    const uint8_t *data;
    size_t size;
    bool is_new;

    bool has_old;
    struct pm_os_stat old; // with has_old

    int fd; // of the new file
    bool has_temporary;
    char temporary[PM_TEMPORARY_SIZE];
    // The file without a name could not be given one: another way is tried.
    bool is_unnameable;
};

#define NAME_TRIES 16

// --- beforehand --------------------------------------------------------------

// What is at the place now and whether it may be replaced.
static pm_fs_status look(struct pm_host_directory *directory,
                         const struct pm_host_place *place, bool *out_has_old,
                         struct pm_os_stat *out_old)
{
    const struct pm_os *os = directory->os;
    pm_fs_status status = pm_host_place_stat(directory, place, out_old);

    *out_has_old = status == PM_FS_OK;
    if (status == PM_FS_NOT_FOUND)
        return PM_FS_OK;
    if (status)
        return status;
    if (out_old->kind == PM_OS_DIRECTORY)
        return PM_FS_IS_A_DIRECTORY;
    if (os->access(os->context, place->dir, place->name) != 0)
        return pm_host_last_status();
    return PM_FS_OK;
}

pm_fs_status pm_host_directory_may_write(void *context, const char *path)
{
    struct pm_host_directory *directory = context;
    const struct pm_os *os = directory->os;
    struct pm_host_place place;
    struct pm_os_stat old;
    bool has_old;
    pm_fs_status status =
        pm_host_directory_guard(directory, path, PM_FS_EXISTS);

    if (!status)
        status = pm_host_place_open(directory, path, O_PATH, &place);
    if (status)
        return status;
    status = look(directory, &place, &has_old, &old);
    if (!status && os->access(os->context, place.dir, ".") != 0)
        status = pm_host_last_status();
    pm_host_place_close(directory, &place);
    return status;
}

// --- the new file ------------------------------------------------------------

static pm_fs_status write_all(const struct publication *p)
{
    const struct pm_os *os = p->directory->os;
    size_t done = 0;

    while (done < p->size) {
        ssize_t put = os->write_at(os->context, p->fd, p->data + done,
                                   p->size - done, done);
        if (put < 0)
            return pm_host_last_status();
        if (put == 0)
            return PM_FS_IO_FAILED;
        done += (size_t)put;
    }
    return PM_FS_OK;
}

// A file that is replaced keeps its permission bits, which the umask might
// have narrowed.
static pm_fs_status fill(const struct publication *p)
{
    const struct pm_os *os = p->directory->os;
    pm_fs_status status = write_all(p);

    if (status)
        return status;
    if (p->has_old && os->set_mode(os->context, p->fd, p->old.mode) != 0)
        return pm_host_last_status();
    if (os->sync(os->context, p->fd) != 0)
        return pm_host_last_status();
    return PM_FS_OK;
}

static int open_unnamed(const struct publication *p)
{
    const struct pm_os *os = p->directory->os;
    unsigned mode = p->has_old ? p->old.mode : 0666;

    return os->open(os->context, p->place.dir, ".",
                    O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
}

static pm_fs_status open_named(struct publication *p)
{
    const struct pm_os *os = p->directory->os;
    unsigned mode = p->has_old ? p->old.mode : 0666;

    for (int tries = 0; tries < NAME_TRIES; tries++) {
        pm_fs_status status =
            pm_host_draw_temporary(p->directory, p->temporary);
        if (status)
            return status;
        p->fd = os->open(os->context, p->place.dir, p->temporary,
                         O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC,
                         mode);
        p->has_temporary = p->fd >= 0;
        if (p->fd >= 0)
            return PM_FS_OK;
        if (errno != EEXIST)
            return pm_host_last_status();
    }
    return PM_FS_TRANSIENT;
}

// EISDIR: a kernel that does not know O_TMPFILE.
static bool has_no_unnamed(int error)
{
    return error == EOPNOTSUPP || error == EISDIR || error == EINVAL;
}

static pm_fs_status open_new(struct publication *p, bool may_be_unnamed)
{
    if (may_be_unnamed && p->directory->os->link) {
        p->fd = open_unnamed(p);
        if (p->fd >= 0)
            return PM_FS_OK;
        if (!has_no_unnamed(errno))
            return pm_host_last_status();
    }
    return open_named(p);
}

// --- putting it in place -----------------------------------------------------

static pm_fs_status link_as(struct publication *p, const char *name)
{
    const struct pm_os *os = p->directory->os;

    if (os->link(os->context, p->fd, p->place.dir, name) == 0)
        return PM_FS_OK;
    // No /proc, or no right to name what is open.
    p->is_unnameable = errno == ENOENT || errno == EPERM ||
                       errno == EOPNOTSUPP || errno == EACCES;
    return pm_host_last_status();
}

static pm_fs_status ensure_temporary(struct publication *p)
{
    pm_fs_status status = PM_FS_OK;

    if (p->has_temporary)
        return PM_FS_OK;
    for (int tries = 0; tries < NAME_TRIES; tries++) {
        status = pm_host_draw_temporary(p->directory, p->temporary);
        if (!status)
            status = link_as(p, p->temporary);
        if (status != PM_FS_EXISTS)
            break;
    }
    p->has_temporary = status == PM_FS_OK;
    return status == PM_FS_EXISTS ? PM_FS_TRANSIENT : status;
}

static int rename_temporary(const struct publication *p, unsigned flags)
{
    const struct pm_os *os = p->directory->os;
    return os->rename(os->context, p->place.dir, p->temporary, p->place.dir,
                      p->place.name, flags);
}

static pm_fs_status flush_directory(const struct publication *p)
{
    const struct pm_os *os = p->directory->os;
    return os->sync(os->context, p->place.dir) ? pm_host_last_status()
                                               : PM_FS_OK;
}

static bool is_same_file(const struct pm_os_stat *a, const struct pm_os_stat *b)
{
    return a->inode == b->inode && a->device == b->device;
}

// The new file has the name and nothing was there: unless it is confirmed the
// name goes again, if it is still ours.
static pm_fs_status confirm_created(struct publication *p)
{
    const struct pm_os *os = p->directory->os;
    struct pm_os_stat ours;
    struct pm_os_stat there;
    pm_fs_status status = flush_directory(p);

    if (status && os->stat(os->context, p->fd, &ours) == 0 &&
        pm_host_place_stat(p->directory, &p->place, &there) == PM_FS_OK &&
        is_same_file(&ours, &there))
        os->remove(os->context, p->place.dir, p->place.name, false);
    return status;
}

// The temporary's name has what was there. Should that be something else than
// was looked at, it was put there meanwhile and is not ours to replace.
static pm_fs_status confirm_exchanged(struct publication *p)
{
    const struct pm_os *os = p->directory->os;
    const struct pm_host_place old = {p->place.dir, p->temporary};
    struct pm_os_stat info;
    pm_fs_status status = pm_host_place_stat(p->directory, &old, &info);

    if (!status && info.kind == PM_OS_DIRECTORY)
        status = PM_FS_IS_A_DIRECTORY;
    if (!status)
        status = flush_directory(p);
    if (status) {
        // Should that fail too, the old file is kept under the temporary's
        // name rather than removed with it.
        p->has_temporary = rename_temporary(p, PM_OS_EXCHANGE) == 0;
        return status;
    }
    os->remove(os->context, p->place.dir, p->temporary, false);
    p->has_temporary = false;
    return PM_FS_OK;
}

static pm_fs_status replace(struct publication *p)
{
    pm_fs_status status = ensure_temporary(p);

    if (status)
        return status;
    if (rename_temporary(p, PM_OS_EXCHANGE) == 0)
        return confirm_exchanged(p);
    // No exchange here, or nothing there any more.
    if (errno != EINVAL && errno != ENOENT)
        return pm_host_last_status();
    if (rename_temporary(p, 0) != 0)
        return pm_host_last_status();
    p->has_temporary = false;
    return flush_directory(p);
}

// Where NO_REPLACE is not known, a link replaces nothing either.
static pm_fs_status create_named(struct publication *p)
{
    const struct pm_os *os = p->directory->os;

    if (rename_temporary(p, PM_OS_NO_REPLACE) == 0) {
        p->has_temporary = false;
        return confirm_created(p);
    }
    if (errno != EINVAL || !os->link)
        return pm_host_last_status();
    pm_fs_status status = link_as(p, p->place.name);
    return status ? status : confirm_created(p);
}

static pm_fs_status put_in_place(struct publication *p)
{
    pm_fs_status status;

    if (p->has_old)
        return replace(p);
    if (p->has_temporary) {
        status = create_named(p);
    } else {
        status = link_as(p, p->place.name);
        if (!status)
            status = confirm_created(p);
    }
    // Somebody else was first, whose file may be replaced.
    if (status == PM_FS_EXISTS && !p->is_new)
        status = replace(p);
    return status;
}

// --- all of it ---------------------------------------------------------------

static pm_fs_status attempt(struct publication *p, bool may_be_unnamed)
{
    const struct pm_os *os = p->directory->os;
    pm_fs_status status = open_new(p, may_be_unnamed);

    if (status)
        return status;
    status = fill(p);
    if (!status)
        status = put_in_place(p);
    if (p->has_temporary)
        os->remove(os->context, p->place.dir, p->temporary, false);
    p->has_temporary = false;
    os->close(os->context, p->fd);
    return status;
}

static pm_fs_status publish_at(struct publication *p)
{
    pm_fs_status status = look(p->directory, &p->place, &p->has_old, &p->old);

    if (status)
        return status;
    if (p->has_old && p->is_new)
        return PM_FS_EXISTS;
    status = attempt(p, true);
    return p->is_unnameable ? attempt(p, false) : status;
}

pm_fs_status pm_host_directory_publish(void *context, const char *path,
                                       const void *data, size_t size,
                                       bool is_new)
{
    struct publication p = {
        .directory = context, .data = data, .size = size, .is_new = is_new};
    pm_fs_status status =
        pm_host_directory_guard(p.directory, path, PM_FS_EXISTS);

    // For reading, or it could not be flushed.
    if (!status)
        status = pm_host_place_open(p.directory, path, O_RDONLY, &p.place);
    if (status)
        return status;
    status = publish_at(&p);
    pm_host_place_close(p.directory, &p.place);
    return status;
}
