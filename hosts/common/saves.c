// SPDX-License-Identifier: MIT
#define _GNU_SOURCE

#include "hosts/common/saves.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hosts/common/errno_status.h"
#include "hosts/common/store_io.h"

// --- names -------------------------------------------------------------------

static bool join(char *out, size_t room, const char *a, const char *b)
{
    int size = snprintf(out, room, "%s%s", a, b);

    return size > 0 && (size_t)size < room;
}

bool pm_saves_default(char *out, size_t room)
{
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");

    // A relative one is to be ignored, as its specification says.
    if (data && data[0] == '/')
        return join(out, room, data, "/prometeu/saves");
    return home && *home &&
           join(out, room, home, "/.local/share/prometeu/saves");
}

void pm_saves_name(uint32_t app_id, char out[PM_SAVES_NAME])
{
    snprintf(out, PM_SAVES_NAME, "%08" PRIx32 ".db", app_id);
}

bool pm_saves_parse_name(const char *name, uint32_t *out_app_id)
{
    uint32_t app_id = 0;

    for (int i = 0; i < 8; i++) {
        char c = name[i];
        bool is_digit = c >= '0' && c <= '9';
        if (!is_digit && !(c >= 'a' && c <= 'f'))
            return false;
        app_id = app_id << 4 | (uint32_t)(is_digit ? c - '0' : c - 'a' + 10);
    }
    if (strcmp(name + 8, ".db") != 0)
        return false;
    *out_app_id = app_id;
    return true;
}

bool pm_saves_owns(const struct pm_store_owner *owner,
                   const struct pm_store_owner *cartridge)
{
    if (!owner->path[0] && !owner->package[0])
        return true;
    return (owner->path[0] && strcmp(owner->path, cartridge->path) == 0) ||
           (owner->package[0] &&
            strcmp(owner->package, cartridge->package) == 0);
}

// --- listing -----------------------------------------------------------------

struct listing {
    const struct pm_os *os;
    const struct pm_allocator *alloc;
    int dir;
    struct pm_saves_entry *entries;
    size_t count;
    size_t capacity;
    bool failed;
};

static struct pm_saves_entry *add_entry(struct listing *l)
{
    if (l->count == l->capacity) {
        size_t capacity = l->capacity ? l->capacity * 2 : 16;
        struct pm_saves_entry *entries = l->alloc->resize(
            l->alloc->context, l->entries, l->capacity * sizeof *entries,
            capacity * sizeof *entries);
        if (!entries) {
            l->failed = true;
            return NULL;
        }
        l->entries = entries;
        l->capacity = capacity;
    }
    return &l->entries[l->count++];
}

static bool note_database(void *visitor, const char *name, enum pm_os_kind kind)
{
    struct listing *l = visitor;
    struct pm_os_stat stat = {0};
    uint32_t app_id;

    (void)kind;
    if (!pm_saves_parse_name(name, &app_id))
        return true;
    struct pm_saves_entry *entry = add_entry(l);
    if (!entry)
        return false;
    l->os->stat_at(l->os->context, l->dir, name, &stat);
    *entry = (struct pm_saves_entry){.app_id = app_id, .size = stat.size};
    return true;
}

// "0000002a.db.damaged-1", but not the files that go with it.
static bool note_damaged(void *visitor, const char *name, enum pm_os_kind kind)
{
    struct listing *l = visitor;
    const char *part = strstr(name, ".db.damaged-");
    char database[PM_SAVES_NAME];
    uint32_t app_id;

    (void)kind;
    if (!part || part != name + 8 ||
        strspn(part + 12, "0123456789") != strlen(part + 12))
        return true;
    memcpy(database, name, 11);
    database[11] = '\0';
    if (!pm_saves_parse_name(database, &app_id))
        return true;
    for (size_t i = 0; i < l->count; i++)
        l->entries[i].damaged += l->entries[i].app_id == app_id;
    return true;
}

static int by_app_id(const void *a, const void *b)
{
    const struct pm_saves_entry *left = a;
    const struct pm_saves_entry *right = b;

    return (left->app_id > right->app_id) - (left->app_id < right->app_id);
}

static void free_listing(struct listing *l)
{
    if (l->entries)
        l->alloc->resize(l->alloc->context, l->entries,
                         l->capacity * sizeof *l->entries, 0);
    l->entries = NULL;
}

// The caller frees by the count, so the list is cut to it.
static bool cut_to_count(struct listing *l)
{
    if (l->count == l->capacity)
        return true;
    if (l->count == 0) {
        free_listing(l);
        return true;
    }
    struct pm_saves_entry *entries = l->alloc->resize(
        l->alloc->context, l->entries, l->capacity * sizeof *entries,
        l->count * sizeof *entries);
    if (!entries)
        return false;
    l->entries = entries;
    return true;
}

static pm_fs_status read_folder(struct listing *l)
{
    const struct pm_os *os = l->os;

    if (os->list(os->context, l->dir, note_database, l) ||
        os->list(os->context, l->dir, note_damaged, l))
        return pm_errno_status(errno);
    return l->failed ? PM_FS_TRANSIENT : PM_FS_OK;
}

pm_fs_status pm_saves_list(const struct pm_os *os,
                           const struct pm_allocator *alloc, const char *folder,
                           struct pm_saves_entry **out, size_t *out_count)
{
    struct listing l = {.os = os, .alloc = alloc};

    *out = NULL;
    *out_count = 0;
    l.dir = os->open(os->context, AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
    if (l.dir < 0)
        return errno == ENOENT ? PM_FS_OK : pm_errno_status(errno);
    pm_fs_status status = read_folder(&l);
    os->close(os->context, l.dir);
    if (!status && !cut_to_count(&l))
        status = PM_FS_TRANSIENT;
    if (status) {
        free_listing(&l);
        return status;
    }
    if (l.count > 1)
        qsort(l.entries, l.count, sizeof *l.entries, by_app_id);
    *out = l.entries;
    *out_count = l.count;
    return PM_FS_OK;
}

// --- setting aside -----------------------------------------------------------

// The database may not be a run's: its lock is taken for the moment.
static pm_fs_status lock_database(const struct pm_os *os, int dir,
                                  const char *name, int *out_fd)
{
    int fd = os->open(os->context, dir, name,
                      O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);

    if (fd < 0)
        return pm_errno_status(errno);
    if (os->lock(os->context, fd)) {
        pm_fs_status status =
            errno == EWOULDBLOCK ? PM_FS_BUSY : pm_errno_status(errno);
        os->close(os->context, fd);
        return status;
    }
    *out_fd = fd;
    return PM_FS_OK;
}

// A log that a crash has left belongs to its database and goes with it: it is
// copied before the database moves and removed after, so that wherever the
// power is cut each of the two names has its log.
struct logs {
    const char *database;
    char names[4][64];
    size_t count;
};

static bool note_log(void *visitor, const char *name, enum pm_os_kind kind)
{
    struct logs *logs = visitor;
    size_t size = strlen(logs->database);

    (void)kind;
    if (strncmp(name, logs->database, size) == 0 &&
        strncmp(name + size, "-wal", 4) == 0 &&
        strlen(name) < sizeof logs->names[0])
        memcpy(logs->names[logs->count++], name, strlen(name) + 1);
    return logs->count < 4;
}

// The name of a log beside [to], as it has it beside its database.
static void log_beside(const struct logs *logs, size_t index, const char *to,
                       char *out, size_t room)
{
    snprintf(out, room, "%s%s", to,
             logs->names[index] + strlen(logs->database));
}

static int copy_log(const struct pm_os *os, int dir, const char *from,
                    const char *to)
{
    int in = -1;
    int out = -1;
    int error = pm_store_io_open(os, dir, from, O_RDONLY, &in);

    if (error)
        return error;
    error = pm_store_io_open(os, dir, to, PM_STORE_NEW_FILE, &out);
    if (!error) {
        error = pm_store_io_copy(os, in, out);
        if (!error && os->sync(os->context, out))
            error = errno;
        os->close(os->context, out);
    }
    os->close(os->context, in);
    return error;
}

// Removes the first [count] copies beside [to], or with NULL the logs.
static void remove_logs(const struct pm_os *os, int dir,
                        const struct logs *logs, size_t count, const char *to)
{
    char name[128];

    for (size_t i = 0; i < count; i++) {
        log_beside(logs, i, to ? to : logs->database, name, sizeof name);
        pm_store_io_remove(os, dir, name);
    }
}

static int copy_logs(const struct pm_os *os, int dir, const struct logs *logs,
                     const char *to)
{
    char name[128];

    for (size_t i = 0; i < logs->count; i++) {
        log_beside(logs, i, to, name, sizeof name);
        int error = copy_log(os, dir, logs->names[i], name);
        if (error) {
            remove_logs(os, dir, logs, i + (error != EEXIST), to);
            return error;
        }
    }
    return 0;
}

// EEXIST: the name is taken. On failure all is as it was.
static int move_to(const struct pm_os *os, int dir, const struct logs *logs,
                   const char *to)
{
    int error = copy_logs(os, dir, logs, to);

    if (error)
        return error;
    if (logs->count && os->sync(os->context, dir))
        error = errno;
    if (!error &&
        os->rename(os->context, dir, logs->database, dir, to, PM_OS_NO_REPLACE))
        error = errno;
    if (!error && os->sync(os->context, dir)) {
        error = errno;
        // Should this fail too, the database has its log in its new place.
        if (os->rename(os->context, dir, to, dir, logs->database,
                       PM_OS_NO_REPLACE))
            return error;
    }
    remove_logs(os, dir, logs, logs->count, error ? to : NULL);
    return error;
}

static pm_fs_status move_aside(const struct pm_os *os, int dir,
                               const char *name, char *out_name, size_t room)
{
    struct logs logs = {.database = name};
    struct pm_os_stat info;

    if (os->list(os->context, dir, note_log, &logs))
        return pm_errno_status(errno);
    for (unsigned i = 1; i < 10000; i++) {
        snprintf(out_name, room, "%s.cleared-%u", name, i);
        // So that no log goes beside another database.
        if (os->stat_at(os->context, dir, out_name, &info) == 0)
            continue;
        int error = errno == ENOENT ? move_to(os, dir, &logs, out_name) : errno;
        if (error != EEXIST)
            return error ? pm_errno_status(error) : PM_FS_OK;
    }
    return PM_FS_STORAGE_FULL;
}

pm_fs_status pm_saves_set_aside(const struct pm_os *os, const char *folder,
                                uint32_t app_id, char *out_name, size_t room)
{
    char name[PM_SAVES_NAME];
    int fd = -1;
    int dir =
        os->open(os->context, AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);

    if (dir < 0)
        return pm_errno_status(errno);
    pm_saves_name(app_id, name);
    pm_fs_status status = lock_database(os, dir, name, &fd);
    if (!status) {
        status = move_aside(os, dir, name, out_name, room);
        os->close(os->context, fd);
    }
    os->close(os->context, dir);
    return status;
}
