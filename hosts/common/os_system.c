// SPDX-License-Identifier: MIT
//
// The system calls of Linux as the table of os.h.
//
// Another system needs from this file: a confined open (openat and O_NOFOLLOW
// component by component do, as in walk_beneath; FreeBSD and macOS also have
// O_RESOLVE_BENEATH and O_NOFOLLOW_ANY), a rename that replaces nothing
// (renamex_np), preallocation (F_PREALLOCATE), a real flush (F_FULLFSYNC on
// macOS, where fsync stops at the drive's cache), and what says whether a
// directory folds names (_PC_CASE_SENSITIVE). exchange and link may answer
// EINVAL and EOPNOTSUPP: directory.c then goes the plain way.

#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include "hosts/common/os.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hosts/common/os_in_place.h"

// Calls again when a signal interrupted the call. Not for ever: what is
// interrupted a thousand times is, and that is an answer (TRANSIENT).
#define INTERRUPTS 1000
#define AGAIN(result, call)                                                    \
    do {                                                                       \
        int tries_left = INTERRUPTS;                                           \
        do {                                                                   \
            (result) = (call);                                                 \
        } while ((result) < 0 && errno == EINTR && --tries_left > 0);          \
    } while (0)

// What a call in place answered, as the C library has it: -1 and errno.
static int answer(int result)
{
    if (result >= 0)
        return result;
    errno = -result;
    return -1;
}

static void sys_close(void *context, int fd)
{
    (void)context;
    pm_in_place_close(fd);
}

static int close_with(int fd, int error)
{
    close(fd);
    errno = error;
    return -1;
}

// --- opening -----------------------------------------------------------------

// So often is tried again what was changed by others in the middle.
#define RACES 64

static bool makes_file(int flags)
{
    return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

static int sys_open(void *context, int dir, const char *path, int flags,
                    unsigned mode)
{
    int fd;
    (void)context;
    AGAIN(fd, openat(dir, path, flags | O_CLOEXEC, (mode_t)mode));
    return fd;
}

static mode_t type_of(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 ? info.st_mode & S_IFMT : 0;
}

// Whether O_DIRECTORY was refused for a link, for what is no directory, or
// for what is one by now and is to be opened again.
static int why_no_directory(int dir, const char *name)
{
    int fd = sys_open(NULL, dir, name, O_PATH | O_NOFOLLOW, 0);
    if (fd < 0)
        return errno;
    mode_t type = type_of(fd);
    close(fd);
    if (type == S_IFLNK)
        return ELOOP;
    return type == S_IFDIR ? EAGAIN : ENOTDIR;
}

// Opens the last component. O_DIRECTORY on a link is ENOTDIR to the system,
// and O_PATH without it opens the link itself; both are ELOOP here.
static int open_last(int dir, const char *name, int flags, unsigned mode)
{
    int fd = -1;

    for (int tries = 0; tries < RACES; tries++) {
        fd = sys_open(NULL, dir, name, flags | O_NOFOLLOW, mode);
        if (fd >= 0 || errno != ENOTDIR || !(flags & O_DIRECTORY))
            break;
        errno = why_no_directory(dir, name);
        if (errno != EAGAIN)
            break;
    }
    if (fd >= 0 && (flags & O_PATH) && !(flags & O_DIRECTORY) &&
        type_of(fd) == S_IFLNK)
        return close_with(fd, ELOOP);
    return fd;
}

// Copies the component at [path] to [name] and gives what is behind it; NULL
// and errno when it cannot be walked.
static const char *take_component(const char *path, char name[NAME_MAX + 1])
{
    size_t size = strcspn(path, "/");

    if (size > NAME_MAX) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    memcpy(name, path, size);
    name[size] = 0;
    if (strcmp(name, "..") == 0 || (size == 0 && path[0] == '/')) {
        errno = EXDEV;
        return NULL;
    }
    if (size == 0) {
        errno = ENOENT;
        return NULL;
    }
    return path + size;
}

// Every step is relative to a directory that is held open and follows no
// link, so that what is renamed or exchanged meanwhile is met either before
// or after, never half: there is no moment at which a name that was checked
// is looked up again.
static int walk_beneath(void *context, int dir, const char *path, int flags,
                        unsigned mode)
{
    char name[NAME_MAX + 1];
    int at = dir;

    (void)context;
    for (;;) {
        const char *rest = take_component(path, name);
        int next = -1;
        if (rest && *rest == 0)
            next = open_last(at, name, flags, mode);
        else if (rest)
            next = sys_open(NULL, at, name, O_PATH | O_NOFOLLOW, 0);
        int error = errno;
        // A link was opened as such: nothing can be opened in it.
        if (next < 0 && error == ENOTDIR && at != dir && type_of(at) == S_IFLNK)
            error = ELOOP;
        if (at != dir)
            close(at);
        errno = error;
        if (next < 0 || *rest == 0)
            return next;
        at = next;
        path = rest + 1;
    }
}

// What must not be answered by openat2 itself: a kernel without it, and
// filters that do not know it.
static bool has_no_openat2(int error)
{
    return error == ENOSYS || error == EPERM;
}

static int sys_open_beneath(void *context, int dir, const char *path, int flags,
                            unsigned mode)
{
    if (!makes_file(flags))
        mode = 0;
    // EAGAIN: something was renamed meanwhile and the kernel is not sure.
    for (int tries = 0; tries < RACES; tries++) {
        int fd;
        AGAIN(fd, answer(pm_in_place_open_beneath(dir, path, flags, mode)));
        if (fd >= 0)
            return fd;
        if (has_no_openat2(errno))
            return walk_beneath(context, dir, path, flags, mode);
        if (errno != EAGAIN)
            return -1;
    }
    return -1;
}

// --- bytes -------------------------------------------------------------------

static ssize_t sys_read_at(void *context, int fd, void *dst, size_t size,
                           uint64_t offset)
{
    ssize_t got;
    (void)context;
    AGAIN(got, pread(fd, dst, size, (off_t)offset));
    return got;
}

static ssize_t sys_write_at(void *context, int fd, const void *src, size_t size,
                            uint64_t offset)
{
    ssize_t put;
    (void)context;
    AGAIN(put, pwrite(fd, src, size, (off_t)offset));
    return put;
}

static int sys_truncate(void *context, int fd, uint64_t size)
{
    int result;
    (void)context;
    AGAIN(result, ftruncate(fd, (off_t)size));
    return result;
}

static int sys_allocate(void *context, int fd, uint64_t offset, uint64_t size)
{
    int result;
    (void)context;
    if (size == 0)
        return 0;
    AGAIN(result,
          fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)size));
    if (result < 0 && errno == ENOSYS)
        errno = EOPNOTSUPP;
    return result;
}

static int sys_sync(void *context, int fd)
{
    struct stat info;
    int result;

    (void)context;
    if (fstat(fd, &info) != 0)
        return -1;
    if (!S_ISDIR(info.st_mode)) {
        AGAIN(result, fdatasync(fd));
        return result;
    }
    AGAIN(result, fsync(fd));
    // A file system that has no such operation for directories writes them
    // through by itself.
    return result < 0 && errno == EINVAL ? 0 : result;
}

// --- about files -------------------------------------------------------------

static enum pm_os_kind kind_of(mode_t mode)
{
    if (S_ISREG(mode))
        return PM_OS_FILE;
    return S_ISDIR(mode) ? PM_OS_DIRECTORY : PM_OS_OTHER;
}

static void put_stat(const struct stat *info, struct pm_os_stat *out)
{
    *out = (struct pm_os_stat){
        .kind = kind_of(info->st_mode),
        .size = (uint64_t)info->st_size,
        .inode = info->st_ino,
        .device = info->st_dev,
        .mode = info->st_mode & 0777,
    };
}

static int sys_stat(void *context, int fd, struct pm_os_stat *out)
{
    struct stat info;
    (void)context;
    if (fstat(fd, &info) != 0)
        return -1;
    put_stat(&info, out);
    return 0;
}

static bool sys_is_file(void *context, int fd)
{
    (void)context;
    return pm_in_place_is_file(fd);
}

static int sys_stat_at(void *context, int dir, const char *name,
                       struct pm_os_stat *out)
{
    struct stat info;
    (void)context;
    if (fstatat(dir, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return -1;
    put_stat(&info, out);
    return 0;
}

static int sys_access(void *context, int dir, const char *name)
{
    (void)context;
    return faccessat(dir, name, W_OK, AT_EACCESS | AT_SYMLINK_NOFOLLOW);
}

static int sys_set_mode(void *context, int fd, unsigned mode)
{
    int result;
    (void)context;
    AGAIN(result, fchmod(fd, (mode_t)mode));
    return result;
}

// --- names -------------------------------------------------------------------

static int sys_make_dir(void *context, int dir, const char *name, unsigned mode)
{
    (void)context;
    return mkdirat(dir, name, (mode_t)mode);
}

static int sys_remove(void *context, int dir, const char *name,
                      bool is_directory)
{
    (void)context;
    return unlinkat(dir, name, is_directory ? AT_REMOVEDIR : 0);
}

static int sys_rename(void *context, int from_dir, const char *from, int to_dir,
                      const char *to, unsigned flags)
{
    unsigned how = 0;

    (void)context;
    if (flags & PM_OS_NO_REPLACE)
        how |= RENAME_NOREPLACE;
    if (flags & PM_OS_EXCHANGE)
        how |= RENAME_EXCHANGE;
    if (!how)
        return renameat(from_dir, from, to_dir, to);
    long result = syscall(SYS_renameat2, from_dir, from, to_dir, to, how);
    if (result < 0 && errno == ENOSYS)
        errno = EINVAL;
    return (int)result;
}

static int sys_link(void *context, int fd, int dir, const char *name)
{
    char path[32];

    (void)context;
    if (linkat(fd, "", dir, name, AT_EMPTY_PATH) == 0)
        return 0;
    // Kernels before 6.10 want a privilege for that, and say ENOENT without;
    // the way through /proc wants none.
    if (errno != ENOENT)
        return -1;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, path, dir, name, AT_SYMLINK_FOLLOW);
}

static enum pm_os_kind kind_of_entry(const struct dirent *entry)
{
    switch (entry->d_type) {
    case DT_UNKNOWN:
        return (enum pm_os_kind)0;
    case DT_REG:
        return PM_OS_FILE;
    case DT_DIR:
        return PM_OS_DIRECTORY;
    default:
        return PM_OS_OTHER;
    }
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int sys_list(void *context, int dir,
                    bool (*visit)(void *visitor, const char *name,
                                  enum pm_os_kind kind),
                    void *visitor)
{
    // Opened anew: a copy of the descriptor would share its position.
    int fd = sys_open(context, dir, ".", O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return -1;
    DIR *stream = fdopendir(fd);
    if (!stream)
        return close_with(fd, errno);
    const struct dirent *entry;
    errno = 0;
    while ((entry = readdir(stream))) {
        if (!is_dots(entry->d_name) &&
            !visit(visitor, entry->d_name, kind_of_entry(entry)))
            break;
        errno = 0;
    }
    int error = entry ? 0 : errno;
    closedir(stream);
    errno = error;
    return error ? -1 : 0;
}

// --- the rest ----------------------------------------------------------------

static int sys_lock(void *context, int fd)
{
    int result;
    (void)context;
    AGAIN(result, flock(fd, LOCK_EX | LOCK_NB));
    return result;
}

static int sys_space(void *context, int fd, uint64_t *out_used,
                     uint64_t *out_total)
{
    struct statvfs info;
    int result;

    (void)context;
    AGAIN(result, fstatvfs(fd, &info));
    if (result < 0)
        return -1;
    *out_used = (uint64_t)(info.f_blocks - info.f_bfree) * info.f_frsize;
    *out_total = (uint64_t)info.f_blocks * info.f_frsize;
    return 0;
}

// File systems that always fold, or do so by default: FAT, exFAT, NTFS (both
// drivers), SMB, HFS, HFS+.
static const uint32_t folding_types[] = {
    0x4d44,     0x2011bab0, 0x5346544e, 0x7366746e,
    0xff534d42, 0xfe534d42, 0x4244,     0x482b,
};

static bool is_folding_type(int dir)
{
    struct statfs info;

    if (fstatfs(dir, &info) != 0)
        return false;
    for (size_t i = 0; i < sizeof folding_types / sizeof *folding_types; i++)
        if ((uint32_t)info.f_type == folding_types[i])
            return true;
    return false;
}

static bool sys_folds_names(void *context, int dir)
{
    int flags = 0;

    (void)context;
    // The directory's own flag: ext4, f2fs, bcachefs, tmpfs.
    if (ioctl(dir, FS_IOC_GETFLAGS, &flags) == 0 && (flags & FS_CASEFOLD_FL))
        return true;
    return is_folding_type(dir);
}

static int sys_random(void *context, void *dst, size_t size)
{
    uint8_t *at = dst;

    (void)context;
    while (size > 0) {
        ssize_t got;
        AGAIN(got, getrandom(at, size, 0));
        if (got < 0)
            return -1;
        at += got;
        size -= (size_t)got;
    }
    return 0;
}

// --- the tables --------------------------------------------------------------

#define TABLE(beneath)                                                         \
    {                                                                          \
        .open = sys_open, .open_beneath = (beneath), .close = sys_close,       \
        .read_at = sys_read_at, .write_at = sys_write_at,                      \
        .truncate = sys_truncate, .allocate = sys_allocate, .sync = sys_sync,  \
        .stat = sys_stat, .is_file = sys_is_file, .stat_at = sys_stat_at,      \
        .make_dir = sys_make_dir, .remove = sys_remove, .rename = sys_rename,  \
        .list = sys_list, .lock = sys_lock, .space = sys_space,                \
        .folds_names = sys_folds_names, .random = sys_random,                  \
        .access = sys_access, .set_mode = sys_set_mode, .link = sys_link,      \
    }

const struct pm_os *pm_os_system(void)
{
    static const struct pm_os table = TABLE(sys_open_beneath);
    return &table;
}

const struct pm_os *pm_os_system_walk(void)
{
    static const struct pm_os table = TABLE(walk_beneath);
    return &table;
}
