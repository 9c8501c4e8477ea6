// SPDX-License-Identifier: MIT
//
// Files as a cartridge sees them: volumes under their names, and what is open
// in them (docs/spec/fs.md).
//
//     /save /cart /scratch     one volume each
//     /host/NAME               a volume for each mounted directory
//     /host                    lists their names and can do nothing else
//
// Paths are checked here, once; volumes get them without their own name. The
// rights of a handle are checked here too.

#ifndef PM_FS_FS_H
#define PM_FS_FS_H

#include <prometeu/alloc.h>
#include <prometeu/status.h>

#include "fs/volume.h"

struct pm_fs;

enum { PM_FS_MAX_MOUNTS = 16 };

// Without volumes. TRANSIENT: memory is short.
pm_fs_status pm_fs_create(const struct pm_allocator *alloc, struct pm_fs **out);
// Destroys the volumes too; nothing is open any more.
void pm_fs_destroy(struct pm_fs *fs);

// Adds a volume as /[name] or, with [is_host], as /host/[name], and takes it
// over, also on failure: PM_FS_EXISTS, INVALID_PATH for a name that is none,
// TOO_MANY_OPEN beyond 16, TRANSIENT.
pm_fs_status pm_fs_mount(struct pm_fs *fs, const char *name, bool is_host,
                         struct pm_volume *volume);

// Puts another volume in the place of one that is mounted, which is
// destroyed: nothing in it is open any more. Cannot fail.
void pm_fs_remount(struct pm_fs *fs, const char *name, bool is_host,
                   struct pm_volume *volume);

// Exchanges the volumes that two have under a name. What is open in them stays
// open.
void pm_fs_exchange(struct pm_fs *a, struct pm_fs *b, const char *name,
                    bool is_host);

// The volume of a name, or NULL.
struct pm_volume *pm_fs_volume(const struct pm_fs *fs, const char *name,
                               bool is_host);

// Whether [mode] is one that open takes.
bool pm_fs_mode_is_right(unsigned mode);

// --- open files --------------------------------------------------------------

struct pm_open_file {
    struct pm_volume *volume;
    struct pm_volume_file *file;
    uint8_t mode;
    // Of a mounted directory: close publishes, which waits for the device.
    bool is_host;
    // What a saved state said of a file that could not be attached again, so
    // that saving says the same; NULL when [file] is there.
    uint8_t *lost;
    size_t lost_size;
};

pm_fs_status pm_fs_open(struct pm_fs *fs, const char *path, size_t size,
                        unsigned mode, struct pm_open_file **out);
// Ends it whatever the answer; without [publish] unpublished changes on /host
// are discarded with the last handle.
pm_fs_status pm_fs_close(struct pm_fs *fs, struct pm_open_file *file,
                         bool publish);

// Whether the handle's mode has the right ([right] 0: none is needed). A file
// that a restore could not attach is CORRUPT, whatever its mode.
static inline pm_fs_status pm_fs_check_right(const struct pm_open_file *file,
                                             unsigned right)
{
    if (right && !(file->mode & right))
        return PM_FS_ACCESS_DENIED;
    return file->file ? PM_FS_OK : PM_FS_CORRUPT;
}

// As in volume.h, ACCESS_DENIED where the handle's mode does not allow it.
static inline pm_fs_status pm_fs_read(struct pm_open_file *file,
                                      uint64_t offset,
                                      struct pm_destination *dest, uint32_t max,
                                      uint32_t *out_size, bool *out_eof)
{
    pm_fs_status status = pm_fs_check_right(file, PM_OPEN_READ);

    return status ? status
                  : file->volume->ops->read(file->volume, file->file, offset,
                                            dest, max, out_size, out_eof);
}

pm_fs_status pm_fs_write(struct pm_open_file *file, uint64_t offset,
                         const uint8_t *src, uint32_t size);
pm_fs_status pm_fs_size(struct pm_open_file *file, uint64_t *out_size);
pm_fs_status pm_fs_truncate(struct pm_open_file *file, uint64_t size);
pm_fs_status pm_fs_sync(struct pm_open_file *file);

// --- names -------------------------------------------------------------------

pm_fs_status pm_fs_replace(struct pm_fs *fs, const char *path, size_t size,
                           const uint8_t *src, uint64_t length);
pm_fs_status pm_fs_stat(struct pm_fs *fs, const char *path, size_t size,
                        struct pm_fs_stat *out);
// [out] is empty, and the caller's to free, also on failure.
pm_fs_status pm_fs_list(struct pm_fs *fs, const char *path, size_t size,
                        uint32_t limit, struct pm_fs_names *out);
pm_fs_status pm_fs_make_dir(struct pm_fs *fs, const char *path, size_t size);
pm_fs_status pm_fs_remove(struct pm_fs *fs, const char *path, size_t size);
// ACCESS_DENIED from one volume to another.
pm_fs_status pm_fs_rename(struct pm_fs *fs, const char *from, size_t from_size,
                          const char *to, size_t to_size);
pm_fs_status pm_fs_usage(struct pm_fs *fs, const char *path, size_t size,
                         uint64_t *out_used, uint64_t *out_limit);

// --- frames and saved states -------------------------------------------------

// The logical frame is over: what it changed goes to the store. The first
// failure of a volume; what could not be written is tried again.
pm_fs_status pm_fs_end_frame(struct pm_fs *fs);

// What a saved state holds of the volumes; read beside what is there, and
// accepted or dropped by pm_fs_end_load (see volume.h).
void pm_fs_save(struct pm_fs *fs, struct pm_buf *out);
// PM_ERR_INVALID, PM_ERR_NO_MEMORY.
pm_status pm_fs_load(struct pm_fs *fs, struct pm_cursor *in);
void pm_fs_end_load(struct pm_fs *fs, bool accept);

// An open file in a saved state: its path, mode and revision. Attaching gives
// a file also where it cannot be attached again; that one answers CORRUPT to
// everything. PM_ERR_INVALID, PM_ERR_NO_MEMORY.
void pm_fs_save_file(const struct pm_fs *fs, const struct pm_open_file *file,
                     struct pm_buf *out);
pm_status pm_fs_load_file(struct pm_fs *fs, const void *bytes, size_t size,
                          struct pm_open_file **out);

#endif
