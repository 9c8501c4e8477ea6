// SPDX-License-Identifier: MIT
#define _GNU_SOURCE

#include "hosts/common/store_vfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "hosts/common/store_io.h"

struct file {
    sqlite3_file base;
    struct pm_store_vfs *vfs;
    struct pm_store_disk *disk;
};

static struct file *file_of(sqlite3_file *file)
{
    return (struct file *)file;
}

static bool is_log(const struct file *file)
{
    return file->disk == &file->vfs->log;
}

// Remembers why a call failed and gives SQLite's [code] for it.
static int fail(struct pm_store_vfs *vfs, int error, int code)
{
    vfs->error = error;
    return error == ENOSPC || error == EDQUOT ? SQLITE_FULL : code;
}

// --- checksums of pages ------------------------------------------------------

// Of the content of a page and its number, which finds pages that stand in
// the place of others.
static uint64_t sum_of(const uint8_t *page, uint64_t number)
{
    return XXH3_64bits_withSeed(page, PM_STORE_PAGE - PM_STORE_PAGE_SUM,
                                number);
}

static void put_sum(uint8_t *page, uint64_t sum)
{
    for (size_t k = 0; k < PM_STORE_PAGE_SUM; k++)
        page[PM_STORE_PAGE - PM_STORE_PAGE_SUM + k] = (uint8_t)(sum >> (8 * k));
}

static bool is_sum_right(const uint8_t *page, uint64_t number)
{
    uint64_t sum = sum_of(page, number);

    for (size_t k = 0; k < PM_STORE_PAGE_SUM; k++)
        if (page[PM_STORE_PAGE - PM_STORE_PAGE_SUM + k] !=
            (uint8_t)(sum >> (8 * k)))
            return false;
    return true;
}

// --- one file ----------------------------------------------------------------

static int file_read(sqlite3_file *base, void *dst, int size,
                     sqlite3_int64 offset)
{
    struct file *file = file_of(base);
    struct pm_store_vfs *vfs = file->vfs;
    bool is_page = !is_log(file) && size == (int)PM_STORE_PAGE;
    size_t got = 0;

    if (file->disk->fd >= 0) {
        int error = pm_store_io_read(vfs->os, file->disk->fd, dst, (size_t)size,
                                     (uint64_t)offset, &got);
        if (error)
            return fail(vfs, error, SQLITE_IOERR_READ);
    }
    if (got < (size_t)size) {
        memset((uint8_t *)dst + got, 0, (size_t)size - got);
        // SQLite reads no page that was never written.
        return is_page ? SQLITE_IOERR_DATA : SQLITE_IOERR_SHORT_READ;
    }
    if (is_page && !is_sum_right(dst, (uint64_t)offset / PM_STORE_PAGE))
        return SQLITE_IOERR_DATA;
    return SQLITE_OK;
}

int pm_store_vfs_make_log(struct pm_store_vfs *vfs)
{
    if (vfs->log.fd >= 0)
        return 0;
    int error = pm_store_io_open(vfs->os, vfs->dir, vfs->log_name,
                                 O_RDWR | O_CREAT | O_EXCL, &vfs->log.fd);
    if (!error)
        vfs->dir_dirty = true;
    return error;
}

static int write_out(struct file *file, const void *src, int size,
                     uint64_t offset)
{
    struct pm_store_vfs *vfs = file->vfs;
    struct pm_store_disk *disk = file->disk;

    if (vfs->read_only)
        return EROFS;
    if (is_log(file)) {
        int error = pm_store_vfs_make_log(vfs);
        if (error)
            return error;
    }
    disk->dirty = true;
    int error = pm_store_io_write(vfs->os, disk->fd, src, (size_t)size, offset);
    if (error)
        return error;
    // A hole before it may not be taken.
    if (offset <= disk->taken && offset + (uint64_t)size > disk->taken)
        disk->taken = offset + (uint64_t)size;
    return 0;
}

// SQLite begins a log anew by writing its header.
static void follow_log(struct pm_store_vfs *vfs, uint64_t offset, int size)
{
    if (offset == 0)
        vfs->log_end = 0;
    if (offset + (uint64_t)size > vfs->log_end)
        vfs->log_end = offset + (uint64_t)size;
}

static int file_write(sqlite3_file *base, const void *src, int size,
                      sqlite3_int64 offset)
{
    struct file *file = file_of(base);
    struct pm_store_vfs *vfs = file->vfs;

    if (is_log(file)) {
        follow_log(vfs, (uint64_t)offset, size);
    } else if (size == (int)PM_STORE_PAGE) {
        memcpy(vfs->page, src, PM_STORE_PAGE);
        put_sum(vfs->page, sum_of(vfs->page, (uint64_t)offset / PM_STORE_PAGE));
        src = vfs->page;
    } else {
        // Pages are written whole, or their checksums would be wrong.
        return fail(vfs, EINVAL, SQLITE_IOERR_WRITE);
    }
    int error = write_out(file, src, size, (uint64_t)offset);
    return error ? fail(vfs, error, SQLITE_IOERR_WRITE) : SQLITE_OK;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct file *file = file_of(base);
    struct pm_store_vfs *vfs = file->vfs;

    if (file->disk->fd < 0)
        return SQLITE_OK;
    // What was taken behind the new end may be gone.
    if (file->disk->taken > (uint64_t)size)
        file->disk->taken = (uint64_t)size;
    file->disk->dirty = true;
    int error = pm_store_io_truncate(vfs->os, file->disk->fd, (uint64_t)size);
    return error ? fail(vfs, error, SQLITE_IOERR_TRUNCATE) : SQLITE_OK;
}

// Once only: an interrupted flush has not said what it did, and another could
// not tell.
static int flush(struct pm_store_vfs *vfs, int fd)
{
    if (vfs->os->sync(vfs->os->context, fd) == 0)
        return SQLITE_OK;
    vfs->error = errno;
    vfs->flush_failed = true;
    return SQLITE_IOERR_FSYNC;
}

static int file_sync(sqlite3_file *base, int flags)
{
    struct file *file = file_of(base);
    struct pm_store_vfs *vfs = file->vfs;

    (void)flags;
    if (vfs->flush_failed)
        return SQLITE_IOERR_FSYNC;
    if (file->disk->fd < 0 || !file->disk->dirty)
        return SQLITE_OK;
    if (vfs->dir_dirty && flush(vfs, vfs->dir) != SQLITE_OK)
        return SQLITE_IOERR_DIR_FSYNC;
    vfs->dir_dirty = false;
    if (flush(vfs, file->disk->fd) != SQLITE_OK)
        return SQLITE_IOERR_FSYNC;
    file->disk->dirty = false;
    vfs->flushes++;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *out)
{
    struct file *file = file_of(base);
    uint64_t size = 0;

    if (file->disk->fd >= 0) {
        int error = pm_store_io_size(file->vfs->os, file->disk->fd, &size);
        if (error)
            return fail(file->vfs, error, SQLITE_IOERR_FSTAT);
    }
    *out = (sqlite3_int64)size;
    return SQLITE_OK;
}

static int file_close(sqlite3_file *base)
{
    struct file *file = file_of(base);
    struct pm_store_vfs *vfs = file->vfs;

    if (is_log(file) && vfs->log.fd >= 0) {
        vfs->os->close(vfs->os->context, vfs->log.fd);
        vfs->log.fd = -1;
    }
    return SQLITE_OK;
}

// The store holds the file's lock as long as it has it.
static int file_lock(sqlite3_file *base, int level)
{
    (void)base;
    (void)level;
    return SQLITE_OK;
}

static int file_check_lock(sqlite3_file *base, int *out)
{
    (void)base;
    *out = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int op, void *argument)
{
    (void)base;
    (void)op;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *base)
{
    (void)base;
    return (int)PM_STORE_PAGE;
}

static int file_characteristics(sqlite3_file *base)
{
    (void)base;
    return 0;
}

// Version 1: no shared memory, no mapping.
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
};

// --- files by name -----------------------------------------------------------

static struct pm_store_vfs *vfs_of(sqlite3_vfs *base)
{
    return base->pAppData;
}

static int open_log(struct pm_store_vfs *vfs)
{
    struct pm_os_stat info;
    int error =
        pm_store_io_open(vfs->os, vfs->dir, vfs->log_name,
                         vfs->read_only ? O_RDONLY : O_RDWR, &vfs->log.fd);

    vfs->log.dirty = false;
    vfs->log.taken = 0;
    vfs->log_end = 0;
    if (error == ENOENT)
        return 0;
    if (!error && vfs->os->stat(vfs->os->context, vfs->log.fd, &info) != 0)
        error = errno;
    if (!error && info.kind != PM_OS_FILE)
        error = EACCES;
    if (error) {
        if (vfs->log.fd >= 0)
            vfs->os->close(vfs->os->context, vfs->log.fd);
        vfs->log.fd = -1;
        return error;
    }
    vfs->log.taken = info.size;
    vfs->log_end = info.size;
    // What another run wrote last may never have been flushed.
    vfs->log.dirty = info.size > 0;
    return 0;
}

static int vfs_open(sqlite3_vfs *base, const char *name, sqlite3_file *out,
                    int flags, int *out_flags)
{
    struct pm_store_vfs *vfs = vfs_of(base);
    struct file *file = file_of(out);

    (void)name;
    *file = (struct file){.vfs = vfs};
    if (flags & SQLITE_OPEN_MAIN_DB) {
        file->disk = &vfs->main;
    } else if ((flags & SQLITE_OPEN_WAL) && vfs->has_log) {
        int error = open_log(vfs);
        if (error)
            return fail(vfs, error, SQLITE_CANTOPEN);
        file->disk = &vfs->log;
    } else {
        return SQLITE_CANTOPEN;
    }
    if (out_flags)
        *out_flags = vfs->read_only ? (flags & ~SQLITE_OPEN_READWRITE) |
                                          SQLITE_OPEN_READONLY
                                    : flags;
    file->base.pMethods = &methods;
    return SQLITE_OK;
}

// SQLite has nothing to delete: the store removes logs itself.
static int vfs_delete(sqlite3_vfs *base, const char *name, int sync_dir)
{
    (void)base;
    (void)name;
    (void)sync_dir;
    return SQLITE_IOERR_DELETE_NOENT;
}

static bool ends_in(const char *name, const char *end)
{
    size_t length = strlen(name);
    size_t tail = strlen(end);
    return length >= tail && strcmp(name + length - tail, end) == 0;
}

// Only the log is ever asked for with a doubt; there are no journals.
static int vfs_access(sqlite3_vfs *base, const char *name, int flags, int *out)
{
    struct pm_store_vfs *vfs = vfs_of(base);
    struct pm_os_stat info;

    (void)flags;
    *out = 0;
    if (!vfs->has_log || !ends_in(name, "-wal"))
        return SQLITE_OK;
    if (vfs->os->stat_at(vfs->os->context, vfs->dir, vfs->log_name, &info) == 0)
        *out = 1;
    else if (errno != ENOENT)
        return fail(vfs, errno, SQLITE_IOERR_ACCESS);
    return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *base, const char *name, int size,
                         char *out)
{
    (void)base;
    return snprintf(out, (size_t)size, "%s", name) < size ? SQLITE_OK
                                                          : SQLITE_CANTOPEN;
}

static int vfs_randomness(sqlite3_vfs *base, int size, char *out)
{
    struct pm_store_vfs *vfs = vfs_of(base);

    memset(out, 0, (size_t)size);
    vfs->os->random(vfs->os->context, out, (size_t)size);
    return size;
}

// Nothing is ever busy, and nothing stored has a time.
static int vfs_sleep(sqlite3_vfs *base, int microseconds)
{
    (void)base;
    return microseconds;
}

static int vfs_time(sqlite3_vfs *base, double *out)
{
    (void)base;
    *out = 2440587.5; // 1970 as a Julian day
    return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *base, int size, char *out)
{
    (void)size;
    (void)out;
    return vfs_of(base)->error;
}

bool pm_store_vfs_open(struct pm_store_vfs *vfs, const struct pm_os *os,
                       int dir, int main_fd, const char *log_name,
                       bool read_only)
{
    *vfs = (struct pm_store_vfs){
        .os = os,
        .dir = dir,
        .read_only = read_only,
        .has_log = log_name != NULL,
        // Who made the files may not have lived to flush it.
        .dir_dirty = true,
        .main = {.fd = main_fd},
        .log = {.fd = -1},
        .base = {.iVersion = 1,
                 .szOsFile = sizeof(struct file),
                 .mxPathname = (int)PM_STORE_NAME_LENGTH,
                 .xOpen = vfs_open,
                 .xDelete = vfs_delete,
                 .xAccess = vfs_access,
                 .xFullPathname = vfs_full_path,
                 .xRandomness = vfs_randomness,
                 .xSleep = vfs_sleep,
                 .xCurrentTime = vfs_time,
                 .xGetLastError = vfs_last_error},
    };
    if (log_name)
        snprintf(vfs->log_name, sizeof vfs->log_name, "%s", log_name);
    snprintf(vfs->vfs_name, sizeof vfs->vfs_name, "prometeu-%p", (void *)vfs);
    vfs->base.zName = vfs->vfs_name;
    vfs->base.pAppData = vfs;
    return sqlite3_vfs_register(&vfs->base, 0) == SQLITE_OK;
}

void pm_store_vfs_close(struct pm_store_vfs *vfs)
{
    sqlite3_vfs_unregister(&vfs->base);
}

// --- space -------------------------------------------------------------------

static int take_by_zeroes(struct pm_store_vfs *vfs, struct pm_store_disk *disk,
                          uint64_t end)
{
    uint64_t size = 0;
    int error = pm_store_io_size(vfs->os, disk->fd, &size);

    if (error || size >= end)
        return error;
    disk->dirty = true;
    error = pm_store_io_write_zeroes(vfs->os, disk->fd, size, end);
    // What was not enough goes back: others may need it.
    if (error)
        pm_store_io_truncate(vfs->os, disk->fd, size);
    return error;
}

int pm_store_vfs_take(struct pm_store_vfs *vfs, struct pm_store_disk *disk,
                      uint64_t end)
{
    if (end <= disk->taken)
        return 0;
    int error =
        pm_store_io_allocate(vfs->os, disk->fd, disk->taken, end - disk->taken);
    if (error == EOPNOTSUPP || error == ENOSYS) {
        // Nothing can be taken for the database then: SQLite takes its size
        // for that of its content, and refuses a checkpoint when a power cut
        // has made it smaller again. The log alone keeps what was promised.
        error = disk == &vfs->log ? take_by_zeroes(vfs, disk, end) : 0;
    }
    if (!error)
        disk->taken = end;
    return error;
}
