// SPDX-License-Identifier: MIT
//
// What the files of the mounted directory share.

#ifndef PM_HOST_DIRECTORY_INTERNAL_H
#define PM_HOST_DIRECTORY_INTERNAL_H

#include "hosts/common/directory.h"

// Directories known to fold no names on the whole way down to them.
#define PM_PLAIN_SLOTS 32u

// Records of closed files that are kept.
#define PM_SPARE_FILES 16u

struct pm_plain_slot {
    char *path; // without NUL
    size_t size;
};

struct pm_host_directory {
    struct pm_directory seam;
    struct pm_allocator alloc;
    const struct pm_os *os;
    int root;
    // Whether the system's is_file is there and to be believed.
    bool knows_files;
    // Whether [os] is the system's own table, so that what is called often
    // can be put in place (os_in_place.h).
    bool is_in_place;
    struct pm_directory_file *spare;
    size_t spare_count;
    struct pm_plain_slot plain[PM_PLAIN_SLOTS];
};

// The directory that a path's last component is in.
struct pm_host_place {
    int dir; // root, when the path has one component
    const char *name;
};

// Opens the parent of [path] for [flags] (O_PATH, or O_RDONLY where it is to
// be flushed or listed).
pm_fs_status pm_host_place_open(struct pm_host_directory *directory,
                                const char *path, int flags,
                                struct pm_host_place *out);
void pm_host_place_close(struct pm_host_directory *directory,
                         struct pm_host_place *place);

// What is at the place: NOT_FOUND; ACCESS_DENIED for what is neither file nor
// directory.
pm_fs_status pm_host_place_stat(struct pm_host_directory *directory,
                                const struct pm_host_place *place,
                                struct pm_os_stat *out);

// OK for files and directories, ACCESS_DENIED for anything else.
pm_fs_status pm_host_kind_status(enum pm_os_kind kind);

// The status of the call that has just failed.
pm_fs_status pm_host_last_status(void);

// For opening a directory to list it.
#define PM_LIST_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

pm_fs_status pm_host_directory_stat(void *context, const char *path,
                                    struct pm_directory_stat *out);

// --- files (directory_file.c) ------------------------------------------------

pm_fs_status pm_host_file_open(void *context, const char *path,
                               struct pm_directory_file **out);
void pm_host_file_close(void *context, struct pm_directory_file *file);
pm_fs_status pm_host_file_read(void *context, struct pm_directory_file *file,
                               uint64_t offset, void *dst, uint32_t max,
                               uint32_t *out_size, bool *out_eof);
pm_fs_status pm_host_file_size(void *context, struct pm_directory_file *file,
                               uint64_t *out_size);

// Frees the records that are kept to be used again.
void pm_host_file_free_spare(struct pm_host_directory *directory);

// --- entries (directory_entries.c) -------------------------------------------

pm_fs_status pm_host_directory_make_dir(void *context, const char *path);
pm_fs_status pm_host_directory_remove(void *context, const char *path);
pm_fs_status pm_host_directory_rename(void *context, const char *from,
                                      const char *to);

// --- names (directory_names.c) -----------------------------------------------

// Room for a temporary's name with its NUL.
#define PM_TEMPORARY_SIZE 23u

// Draws a name for a temporary file.
pm_fs_status pm_host_draw_temporary(struct pm_host_directory *directory,
                                    char out[PM_TEMPORARY_SIZE]);
bool pm_host_is_temporary(const char *name, size_t size);

// Asks before anything else whether [path] may be touched: ACCESS_DENIED when
// a component is named like a temporary; where the host folds names,
// NOT_FOUND when a component but the last is there in another spelling only,
// and [mixed] when the last one is.
pm_fs_status pm_host_directory_guard(struct pm_host_directory *directory,
                                     const char *path, pm_fs_status mixed);

void pm_host_forget_plain(struct pm_host_directory *directory);

// --- publishing (directory_publish.c) ----------------------------------------

pm_fs_status pm_host_directory_publish(void *context, const char *path,
                                       const void *data, size_t size,
                                       bool is_new);
pm_fs_status pm_host_directory_may_write(void *context, const char *path);

#endif
