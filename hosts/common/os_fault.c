// SPDX-License-Identifier: MIT
#define _GNU_SOURCE

#include "hosts/common/os_fault.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "hosts/common/os_fault_internal.h"

// --- what a call has to expect -----------------------------------------------

static bool is_met(const struct pm_fault_rule *rule, enum pm_os_call call,
                   uint64_t count, uint64_t all)
{
    uint64_t number = rule->call == PM_FAULT_ANY ? all : count;

    if (rule->call != PM_FAULT_ANY && rule->call != (int)call)
        return false;
    return rule->and_after ? number >= rule->number : number == rule->number;
}

static void end_process(const struct pm_os_fault *fault)
{
    if (fault->on_kill) {
        fault->on_kill(fault->kill_context);
        return;
    }
    kill(getpid(), SIGKILL);
    _exit(137);
}

// Counts the call and gives the rule that it meets, or NULL. A kill does not
// come back but in tests.
static const struct pm_fault_rule *meet(struct pm_os_fault *fault,
                                        enum pm_os_call call)
{
    uint64_t count = ++fault->calls[call];
    uint64_t all = ++fault->all;

    for (size_t i = 0; i < fault->rule_count; i++) {
        const struct pm_fault_rule *rule = &fault->rules[i];
        if (!is_met(rule, call, count, all))
            continue;
        fault->failed++;
        if (rule->what == PM_FAULT_KILL)
            end_process(fault);
        return rule;
    }
    return NULL;
}

// For calls that do all or nothing: 0 to go on, or -1 with errno.
static int expect(struct pm_os_fault *fault, enum pm_os_call call)
{
    const struct pm_fault_rule *rule = meet(fault, call);

    if (!rule)
        return 0;
    errno = rule->what == PM_FAULT_ERRNO ? rule->error : EIO;
    return -1;
}

// --- a disk that is full -----------------------------------------------------

// Where a file's space ends that it has already: what is written or allocated
// up to there takes no further room. Begins with the size of the file.
static struct pm_fault_file *file_of(struct pm_os_fault *fault, int fd)
{
    const struct pm_os *under = fault->under;
    struct pm_fault_file *free_one = NULL;
    struct pm_os_stat stat;

    for (size_t i = 0; i < PM_FAULT_FILES; i++) {
        if (fault->files[i].is_used && fault->files[i].fd == fd)
            return &fault->files[i];
        if (!fault->files[i].is_used && !free_one)
            free_one = &fault->files[i];
    }
    if (!free_one || under->stat(under->context, fd, &stat))
        return NULL;
    *free_one = (struct pm_fault_file){true, fd, stat.size};
    return free_one;
}

// How many of [size] bytes at [offset] there is room for.
static uint64_t room_for(struct pm_os_fault *fault, int fd, uint64_t offset,
                         uint64_t size)
{
    struct pm_fault_file *file =
        fault->has_room_limit ? file_of(fault, fd) : NULL;

    if (!file || offset + size <= file->covered)
        return size;
    uint64_t from = offset > file->covered ? offset : file->covered;
    uint64_t wanted = offset + size - from;
    return size - (wanted > fault->room ? wanted - fault->room : 0);
}

static void take_room(struct pm_os_fault *fault, int fd, uint64_t end)
{
    struct pm_fault_file *file =
        fault->has_room_limit ? file_of(fault, fd) : NULL;

    if (!file || end <= file->covered)
        return;
    uint64_t wanted = end - file->covered;
    fault->room -= wanted < fault->room ? wanted : fault->room;
    file->covered = end;
}

static int no_room(struct pm_os_fault *fault)
{
    fault->failed++;
    errno = ENOSPC;
    return -1;
}

// --- the calls ---------------------------------------------------------------

static int fault_open(void *context, int dir, const char *path, int flags,
                      unsigned mode)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;

    if (expect(fault, PM_OS_OPEN))
        return -1;
    return under->open(under->context, dir, path, flags, mode);
}

static int fault_open_beneath(void *context, int dir, const char *path,
                              int flags, unsigned mode)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;

    if (expect(fault, PM_OS_OPEN))
        return -1;
    return under->open_beneath(under->context, dir, path, flags, mode);
}

static void fault_close(void *context, int fd)
{
    struct pm_os_fault *fault = context;

    for (size_t i = 0; i < PM_FAULT_FILES; i++)
        if (fault->files[i].fd == fd)
            fault->files[i].is_used = false;
    fault->under->close(fault->under->context, fd);
}

static ssize_t fault_read_at(void *context, int fd, void *dst, size_t size,
                             uint64_t offset)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;
    const struct pm_fault_rule *rule = meet(fault, PM_OS_READ);

    if (rule && rule->what != PM_FAULT_SHORT) {
        errno = rule->what == PM_FAULT_ERRNO ? rule->error : EIO;
        return -1;
    }
    if (rule && size > 1)
        size /= 2;
    return under->read_at(under->context, fd, dst, size, offset);
}

// The first whole sectors arrive, the rest never does.
static ssize_t write_torn(const struct pm_os *under, int fd, const void *src,
                          size_t size, uint64_t offset)
{
    size_t whole = size / 2 / 512 * 512;

    if (whole)
        under->write_at(under->context, fd, src, whole, offset);
    errno = EIO;
    return -1;
}

static ssize_t fault_write_at(void *context, int fd, const void *src,
                              size_t size, uint64_t offset)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;
    const struct pm_fault_rule *rule = meet(fault, PM_OS_WRITE);

    if (rule && rule->what == PM_FAULT_TORN)
        return write_torn(under, fd, src, size, offset);
    if (rule && rule->what != PM_FAULT_SHORT) {
        errno = rule->what == PM_FAULT_ERRNO ? rule->error : EIO;
        return -1;
    }
    if (rule && size > 1)
        size /= 2;
    size_t room = (size_t)room_for(fault, fd, offset, size);
    if (size && room == 0)
        return no_room(fault);
    ssize_t put = under->write_at(under->context, fd, src, room, offset);
    if (put > 0)
        take_room(fault, fd, offset + (uint64_t)put);
    return put;
}

static int fault_truncate(void *context, int fd, uint64_t size)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;

    if (expect(fault, PM_OS_TRUNCATE))
        return -1;
    return under->truncate(under->context, fd, size);
}

static int fault_allocate(void *context, int fd, uint64_t offset, uint64_t size)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;

    if (expect(fault, PM_OS_ALLOCATE))
        return -1;
    if (room_for(fault, fd, offset, size) < size)
        return no_room(fault);
    if (under->allocate(under->context, fd, offset, size))
        return -1;
    take_room(fault, fd, offset + size);
    return 0;
}

static int fault_sync(void *context, int fd)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;

    if (expect(fault, PM_OS_SYNC))
        return -1;
    return under->sync(under->context, fd);
}

static int fault_stat(void *context, int fd, struct pm_os_stat *out)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;

    if (expect(fault, PM_OS_STAT))
        return -1;
    return under->stat(under->context, fd, out);
}

static int fault_stat_at(void *context, int dir, const char *name,
                         struct pm_os_stat *out)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;

    if (expect(fault, PM_OS_STAT))
        return -1;
    return under->stat_at(under->context, dir, name, out);
}

static int fault_make_dir(void *context, int dir, const char *name,
                          unsigned mode)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;

    if (expect(fault, PM_OS_MAKE_DIR))
        return -1;
    return under->make_dir(under->context, dir, name, mode);
}

static int fault_remove(void *context, int dir, const char *name,
                        bool is_directory)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;

    if (expect(fault, PM_OS_REMOVE))
        return -1;
    return under->remove(under->context, dir, name, is_directory);
}

static int fault_rename(void *context, int from_dir, const char *from,
                        int to_dir, const char *to, unsigned flags)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;

    if (expect(fault, PM_OS_RENAME))
        return -1;
    return under->rename(under->context, from_dir, from, to_dir, to, flags);
}

static int fault_list(void *context, int dir,
                      bool (*visit)(void *visitor, const char *name,
                                    enum pm_os_kind kind),
                      void *visitor)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;

    if (expect(fault, PM_OS_LIST))
        return -1;
    return under->list(under->context, dir, visit, visitor);
}

static int fault_lock(void *context, int fd)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;

    if (expect(fault, PM_OS_LOCK))
        return -1;
    return under->lock(under->context, fd);
}

static int fault_space(void *context, int fd, uint64_t *out_used,
                       uint64_t *out_total)
{
    const struct pm_os *under = ((struct pm_os_fault *)context)->under;

    return under->space(under->context, fd, out_used, out_total);
}

static bool fault_folds_names(void *context, int dir)
{
    const struct pm_os *under = ((struct pm_os_fault *)context)->under;

    return under->folds_names(under->context, dir);
}

static int fault_random(void *context, void *dst, size_t size)
{
    const struct pm_os *under = ((struct pm_os_fault *)context)->under;

    return under->random(under->context, dst, size);
}

static int fault_access(void *context, int dir, const char *name)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;

    if (expect(fault, PM_OS_ACCESS))
        return -1;
    return under->access(under->context, dir, name);
}

static int fault_set_mode(void *context, int fd, unsigned mode)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;

    if (expect(fault, PM_OS_SET_MODE))
        return -1;
    return under->set_mode(under->context, fd, mode);
}

static int fault_link(void *context, int fd, int dir, const char *name)
{
    struct pm_os_fault *fault = context;
    const struct pm_os *under = fault->under;

    if (expect(fault, PM_OS_LINK))
        return -1;
    return under->link(under->context, fd, dir, name);
}

// --- life --------------------------------------------------------------------

static const struct pm_os calls = {
    .open = fault_open,
    .open_beneath = fault_open_beneath,
    .close = fault_close,
    .read_at = fault_read_at,
    .write_at = fault_write_at,
    .truncate = fault_truncate,
    .allocate = fault_allocate,
    .sync = fault_sync,
    .stat = fault_stat,
    .stat_at = fault_stat_at,
    .make_dir = fault_make_dir,
    .remove = fault_remove,
    .rename = fault_rename,
    .list = fault_list,
    .lock = fault_lock,
    .space = fault_space,
    .folds_names = fault_folds_names,
    .random = fault_random,
    .access = fault_access,
    .set_mode = fault_set_mode,
    .link = fault_link,
};

struct pm_os_fault *pm_os_fault_create(const struct pm_allocator *alloc,
                                       const struct pm_os *under,
                                       const char *plan, char *why, size_t room)
{
    struct pm_os_fault *fault =
        alloc->resize(alloc->context, NULL, 0, sizeof *fault);

    if (room)
        why[0] = '\0';
    if (!fault)
        return NULL;
    *fault =
        (struct pm_os_fault){.alloc = *alloc, .under = under, .table = calls};
    fault->table.context = fault;
    // What is not there below is not there above.
    if (!under->link)
        fault->table.link = NULL;
    if (plan && !pm_os_fault_parse(fault, plan, why, room)) {
        pm_os_fault_destroy(fault);
        return NULL;
    }
    return fault;
}

void pm_os_fault_destroy(struct pm_os_fault *fault)
{
    if (!fault)
        return;
    struct pm_allocator alloc = fault->alloc;
    alloc.resize(alloc.context, fault, sizeof *fault, 0);
}

const struct pm_os *pm_os_fault_table(const struct pm_os_fault *fault)
{
    return &fault->table;
}

uint64_t pm_os_fault_calls(const struct pm_os_fault *fault,
                           enum pm_os_call call)
{
    return fault->calls[call];
}

uint64_t pm_os_fault_failed(const struct pm_os_fault *fault)
{
    return fault->failed;
}

void pm_os_fault_on_kill(struct pm_os_fault *fault,
                         void (*on_kill)(void *context), void *context)
{
    fault->on_kill = on_kill;
    fault->kill_context = context;
}
