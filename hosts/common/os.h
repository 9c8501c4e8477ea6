// SPDX-License-Identifier: MIT
//
// The system calls below everything that this host stores, as a table: the
// store (SQLite's files go through it) and mounted directories. The real one
// is pm_os_system; pm_os_fault (os_fault.h) stands before another and makes
// calls fail; tests have a disk in memory whose power can be cut.
//
// All behave like the system calls they are named after: -1 and errno on
// failure; short reads and writes happen. File descriptors are the table's
// own.

#ifndef PM_HOST_OS_H
#define PM_HOST_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum pm_os_kind { PM_OS_FILE = 1, PM_OS_DIRECTORY = 2, PM_OS_OTHER = 3 };

struct pm_os_stat {
    enum pm_os_kind kind;
    uint64_t size;
    uint64_t inode;
    uint64_t device;
    unsigned mode; // permission bits, 0777
};

// Flags of rename.
#define PM_OS_NO_REPLACE 1u // EEXIST where [to] exists
#define PM_OS_EXCHANGE   2u // both must exist and change places

// What calls there are, for counting and injecting (os_fault.h).
#define PM_OS_CALLS(X)                                                         \
    X(OPEN, "open")                                                            \
    X(READ, "read")                                                            \
    X(WRITE, "write")                                                          \
    X(TRUNCATE, "truncate")                                                    \
    X(ALLOCATE, "allocate")                                                    \
    X(SYNC, "sync")                                                            \
    X(STAT, "stat")                                                            \
    X(MAKE_DIR, "mkdir")                                                       \
    X(REMOVE, "remove")                                                        \
    X(RENAME, "rename")                                                        \
    X(LIST, "list")                                                            \
    X(LOCK, "lock")                                                            \
    X(ACCESS, "access")                                                        \
    X(SET_MODE, "chmod")                                                       \
    X(LINK, "link")

enum pm_os_call {
#define X(symbol, name) PM_OS_##symbol,
    PM_OS_CALLS(X)
#undef X
        PM_OS_CALL_COUNT
};

struct pm_os {
    void *context;

    // openat; [dir] may be AT_FDCWD where [path] is the user's own.
    int (*open)(void *context, int dir, const char *path, int flags,
                unsigned mode);
    // The same for a path that a guest chose: nothing outside of [dir] and no
    // symbolic link is ever followed (openat2 with RESOLVE_BENEATH and
    // RESOLVE_NO_SYMLINKS, or a walk that is as safe). ELOOP for a link,
    // EXDEV for a way out.
    int (*open_beneath)(void *context, int dir, const char *path, int flags,
                        unsigned mode);
    // Never fails in a way that the caller could mend.
    void (*close)(void *context, int fd);

    ssize_t (*read_at)(void *context, int fd, void *dst, size_t size,
                       uint64_t offset);
    ssize_t (*write_at)(void *context, int fd, const void *src, size_t size,
                        uint64_t offset);
    int (*truncate)(void *context, int fd, uint64_t size);
    // Takes device space for a range without changing the file's size
    // (fallocate, FALLOC_FL_KEEP_SIZE). EOPNOTSUPP where the file system
    // cannot.
    int (*allocate)(void *context, int fd, uint64_t offset, uint64_t size);
    // fdatasync for a file, fsync for a directory.
    int (*sync)(void *context, int fd);

    int (*stat)(void *context, int fd, struct pm_os_stat *out);
    // Whether [fd], just opened to be read from and nothing else, is certainly
    // a regular file; false: ask stat. Cheaper than stat, and fails in no way.
    // NULL: there is no cheaper way.
    bool (*is_file)(void *context, int fd);
    // fstatat without following a link.
    int (*stat_at)(void *context, int dir, const char *name,
                   struct pm_os_stat *out);

    int (*make_dir)(void *context, int dir, const char *name, unsigned mode);
    int (*remove)(void *context, int dir, const char *name, bool is_directory);
    // EINVAL where the file system does not know one of [flags].
    int (*rename)(void *context, int from_dir, const char *from, int to_dir,
                  const char *to, unsigned flags);
    // Calls [visit] for each entry but "." and "..", until it gives false;
    // kind 0: unknown.
    int (*list)(void *context, int dir,
                bool (*visit)(void *visitor, const char *name,
                              enum pm_os_kind kind),
                void *visitor);

    // Takes the file for this open descriptor alone (flock, LOCK_EX,
    // LOCK_NB): EWOULDBLOCK when another has it. Ends with its close.
    int (*lock)(void *context, int fd);

    // Bytes in use and in all of the file system.
    int (*space)(void *context, int fd, uint64_t *out_used,
                 uint64_t *out_total);
    // Whether names that differ in case are one in this directory.
    bool (*folds_names)(void *context, int dir);
    // Bytes of good randomness.
    int (*random)(void *context, void *dst, size_t size);

    // Whether the file or directory [name] may be written to (faccessat with
    // W_OK and AT_EACCESS, without following a link).
    int (*access)(void *context, int dir, const char *name);
    // fchmod.
    int (*set_mode)(void *context, int fd, unsigned mode);
    // Gives a file that was opened with O_TMPFILE a name (linkat); EEXIST
    // where there is something. NULL: there are no files without names.
    int (*link)(void *context, int fd, int dir, const char *name);
};

// The operating system's own.
const struct pm_os *pm_os_system(void);
// The same with the walk in place of openat2, as on kernels before 5.6 and
// under filters that refuse openat2: for tests.
const struct pm_os *pm_os_system_walk(void);

#ifdef __cplusplus
}
#endif

#endif
