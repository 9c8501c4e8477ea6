// SPDX-License-Identifier: MIT
#define _GNU_SOURCE

#include "odd_os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool fails(struct odd_os *odd, enum pm_os_call kind)
{
    odd->calls++;
    odd->of_kind[kind]++;
    if (!odd->fail_at ||
        (odd->fail_on ? odd->calls < odd->fail_at : odd->calls != odd->fail_at))
        return false;
    errno = odd->error;
    return true;
}

static const struct pm_os *below(struct odd_os *odd)
{
    return odd->under;
}

// Gives [result] back.
static int note(struct odd_os *odd, char letter, int result)
{
    if (result == 0 && odd->noted + 1 < sizeof odd->notes)
        odd->notes[odd->noted++] = letter;
    return result;
}

// --- folding -----------------------------------------------------------------

struct folding {
    const char *wanted;
    char found[256];
    bool is_exact;
};

static bool fold_entry(void *visitor, const char *name, enum pm_os_kind kind)
{
    struct folding *folding = visitor;
    (void)kind;
    if (strcmp(name, folding->wanted) == 0)
        folding->is_exact = true;
    else if (strcasecmp(name, folding->wanted) == 0)
        snprintf(folding->found, sizeof folding->found, "%s", name);
    return true;
}

// The path as it is spelled on the host, as far as it is there.
static const char *fold(struct odd_os *odd, int dir, const char *path)
{
    static char folded[2][4096];
    static unsigned next;
    char *out = folded[next++ % 2];
    size_t at = 0;

    if (!odd->folds || path[0] == '/')
        return path;
    out[0] = 0;
    for (const char *rest = path; *rest;) {
        size_t size = strcspn(rest, "/");
        struct folding folding = {0};
        char name[256];
        snprintf(name, sizeof name, "%.*s", (int)size, rest);
        folding.wanted = name;
        int fd =
            odd->under->open_beneath(odd->under->context, dir, at ? out : ".",
                                     O_RDONLY | O_DIRECTORY, 0);
        if (fd >= 0) {
            odd->under->list(odd->under->context, fd, fold_entry, &folding);
            odd->under->close(odd->under->context, fd);
        }
        bool is_other = !folding.is_exact && folding.found[0];
        at += (size_t)snprintf(out + at, sizeof folded[0] - at, "%s%s",
                               at ? "/" : "", is_other ? folding.found : name);
        rest += size + (rest[size] == '/');
    }
    return out;
}

// --- the calls ---------------------------------------------------------------

static int odd_open(void *context, int dir, const char *path, int flags,
                    unsigned mode)
{
    struct odd_os *odd = context;
    if (fails(odd, PM_OS_OPEN))
        return -1;
    if (odd->has_no_unnamed && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    int fd = below(odd)->open(below(odd)->context, dir, path, flags, mode);
    odd->open_files += fd >= 0;
    return fd;
}

static int odd_open_beneath(void *context, int dir, const char *path, int flags,
                            unsigned mode)
{
    struct odd_os *odd = context;
    if (fails(odd, PM_OS_OPEN))
        return -1;
    int fd = below(odd)->open_beneath(below(odd)->context, dir,
                                      fold(odd, dir, path), flags, mode);
    odd->open_files += fd >= 0;
    return fd;
}

static void odd_close(void *context, int fd)
{
    struct odd_os *odd = context;
    odd->open_files--;
    below(odd)->close(below(odd)->context, fd);
}

static size_t part(const struct odd_os *odd, size_t size)
{
    return odd->is_short && size > 1 ? size / 2 : size;
}

static ssize_t odd_read_at(void *context, int fd, void *dst, size_t size,
                           uint64_t offset)
{
    struct odd_os *odd = context;
    return fails(odd, PM_OS_READ)
               ? -1
               : below(odd)->read_at(below(odd)->context, fd, dst,
                                     part(odd, size), offset);
}

static ssize_t odd_write_at(void *context, int fd, const void *src, size_t size,
                            uint64_t offset)
{
    struct odd_os *odd = context;
    if (fails(odd, PM_OS_WRITE))
        return -1;
    ssize_t put = below(odd)->write_at(below(odd)->context, fd, src,
                                       part(odd, size), offset);
    note(odd, 'w', put > 0 ? 0 : -1);
    return put;
}

static int odd_sync(void *context, int fd)
{
    struct odd_os *odd = context;
    struct pm_os_stat info = {0};
    if (fails(odd, PM_OS_SYNC))
        return -1;
    below(odd)->stat(below(odd)->context, fd, &info);
    return note(odd, info.kind == PM_OS_DIRECTORY ? 'd' : 'f',
                below(odd)->sync(below(odd)->context, fd));
}

static int odd_stat(void *context, int fd, struct pm_os_stat *out)
{
    struct odd_os *odd = context;
    return fails(odd, PM_OS_STAT)
               ? -1
               : below(odd)->stat(below(odd)->context, fd, out);
}

static bool odd_is_file(void *context, int fd)
{
    struct odd_os *odd = context;
    bool is_file =
        odd->knows_no_kinds ||
        (below(odd)->is_file && below(odd)->is_file(below(odd)->context, fd));
    odd->said_file += is_file;
    return is_file;
}

static int odd_stat_at(void *context, int dir, const char *name,
                       struct pm_os_stat *out)
{
    struct odd_os *odd = context;
    return fails(odd, PM_OS_STAT)
               ? -1
               : below(odd)->stat_at(below(odd)->context, dir,
                                     fold(odd, dir, name), out);
}

static int odd_make_dir(void *context, int dir, const char *name, unsigned mode)
{
    struct odd_os *odd = context;
    return fails(odd, PM_OS_MAKE_DIR)
               ? -1
               : below(odd)->make_dir(below(odd)->context, dir,
                                      fold(odd, dir, name), mode);
}

static int odd_remove(void *context, int dir, const char *name,
                      bool is_directory)
{
    struct odd_os *odd = context;
    return fails(odd, PM_OS_REMOVE)
               ? -1
               : below(odd)->remove(below(odd)->context, dir,
                                    fold(odd, dir, name), is_directory);
}

static int odd_rename(void *context, int from_dir, const char *from, int to_dir,
                      const char *to, unsigned flags)
{
    struct odd_os *odd = context;
    if (fails(odd, PM_OS_RENAME))
        return -1;
    if ((odd->has_no_exchange && (flags & PM_OS_EXCHANGE)) ||
        (odd->has_no_replace && (flags & PM_OS_NO_REPLACE))) {
        errno = EINVAL;
        return -1;
    }
    return note(odd, 'n',
                below(odd)->rename(below(odd)->context, from_dir,
                                   fold(odd, from_dir, from), to_dir,
                                   fold(odd, to_dir, to), flags));
}

static int odd_list(void *context, int dir,
                    bool (*visit)(void *visitor, const char *name,
                                  enum pm_os_kind kind),
                    void *visitor)
{
    struct odd_os *odd = context;
    return fails(odd, PM_OS_LIST)
               ? -1
               : below(odd)->list(below(odd)->context, dir, visit, visitor);
}

static int odd_space(void *context, int fd, uint64_t *out_used,
                     uint64_t *out_total)
{
    struct odd_os *odd = context;
    return fails(odd, PM_OS_STAT) ? -1
                                  : below(odd)->space(below(odd)->context, fd,
                                                      out_used, out_total);
}

static bool odd_folds_names(void *context, int dir)
{
    struct odd_os *odd = context;
    return odd->folds || below(odd)->folds_names(below(odd)->context, dir);
}

static int odd_random(void *context, void *dst, size_t size)
{
    struct odd_os *odd = context;
    return below(odd)->random(below(odd)->context, dst, size);
}

static int odd_access(void *context, int dir, const char *name)
{
    struct odd_os *odd = context;
    return fails(odd, PM_OS_ACCESS)
               ? -1
               : below(odd)->access(below(odd)->context, dir,
                                    fold(odd, dir, name));
}

static int odd_set_mode(void *context, int fd, unsigned mode)
{
    struct odd_os *odd = context;
    return fails(odd, PM_OS_SET_MODE)
               ? -1
               : below(odd)->set_mode(below(odd)->context, fd, mode);
}

static int odd_link(void *context, int fd, int dir, const char *name)
{
    struct odd_os *odd = context;
    if (fails(odd, PM_OS_LINK))
        return -1;
    if (odd->cannot_link) {
        errno = ENOENT;
        return -1;
    }
    return note(
        odd, 'n',
        below(odd)->link(below(odd)->context, fd, dir, fold(odd, dir, name)));
}

void odd_os_init(struct odd_os *odd, const struct pm_os *under)
{
    *odd = (struct odd_os){
        .under = under,
        .os =
            {
                .context = odd,
                .open = odd_open,
                .open_beneath = odd_open_beneath,
                .close = odd_close,
                .read_at = odd_read_at,
                .write_at = odd_write_at,
                .sync = odd_sync,
                .stat = odd_stat,
                .is_file = odd_is_file,
                .stat_at = odd_stat_at,
                .make_dir = odd_make_dir,
                .remove = odd_remove,
                .rename = odd_rename,
                .list = odd_list,
                .space = odd_space,
                .folds_names = odd_folds_names,
                .random = odd_random,
                .access = odd_access,
                .set_mode = odd_set_mode,
                .link = odd_link,
            },
    };
}
