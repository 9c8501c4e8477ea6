// SPDX-License-Identifier: MIT
//
// The header of the database says of which epoch its log is. But it stands in
// the first page, and a power cut can hit just when a checkpoint writes that.
// The page is in the log then, whole: so where the header cannot be read, the
// logs that are there are tried, and one counts if the header in it says that
// it is the right one.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hosts/common/store_internal.h"
#include "hosts/common/store_io.h"

// More logs than there can be by right.
#define MOST_LOGS 8u

struct logs {
    const struct pm_store_disk_store *store;
    uint32_t epochs[MOST_LOGS];
    size_t count;
};

static uint32_t big_endian(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

// What is wrong with the first 100 bytes of a database, or NULL.
static const char *header_fault(const uint8_t *header, uint64_t size)
{
    if (size < PM_STORE_PAGE)
        return "the file is too short for a store";
    if (memcmp(header, "SQLite format 3", 16) != 0)
        return "the file is no SQLite database";
    if (big_endian(header + 68) != PM_STORE_APPLICATION)
        return "the database is another program's";
    if (header[16] != PM_STORE_PAGE >> 8 || header[17] != 0 ||
        header[20] != PM_STORE_PAGE_SUM || header[18] != 2 || header[19] != 2)
        return "the header of the database is damaged";
    return NULL;
}

static bool add_log(void *visitor, const char *name, enum pm_os_kind kind)
{
    struct logs *logs = visitor;
    char log[PM_STORE_NAME_LENGTH];
    uint32_t epoch = 0;
    size_t length = strlen(logs->store->name);

    (void)kind;
    if (strncmp(name, logs->store->name, length) != 0 ||
        sscanf(name + length, "-wal-%8" SCNx32, &epoch) != 1)
        return true;
    pm_store_log_name(logs->store, epoch, log);
    if (strcmp(log, name) == 0 && logs->count < MOST_LOGS)
        logs->epochs[logs->count++] = epoch;
    return true;
}

// Keeps [reason], which says what is wrong with the header, unless something
// else than damage is in the way.
static pm_fs_status try_logs(struct pm_store_disk_store *store,
                             const char **reason)
{
    struct logs logs = {.store = store};
    const char *other = NULL;

    if (store->os->list(store->os->context, store->dir, add_log, &logs) != 0)
        return PM_FS_CORRUPT;
    for (size_t i = 0; i < logs.count; i++) {
        store->epoch = logs.epochs[i];
        pm_fs_status status = pm_store_connect(store, &other);
        if (status == PM_FS_CORRUPT)
            continue;
        if (status)
            *reason = other;
        return status;
    }
    return PM_FS_CORRUPT;
}

pm_fs_status pm_store_connect_first(struct pm_store_disk_store *store,
                                    const char **out_reason)
{
    uint8_t header[100] = {0};
    uint64_t size = 0;
    size_t got = 0;
    int error = pm_store_io_size(store->os, store->fd, &size);

    if (!error)
        error = pm_store_io_read(store->os, store->fd, header, sizeof header, 0,
                                 &got);
    if (error) {
        *out_reason = strerror(error);
        return pm_store_errno(error);
    }
    *out_reason = header_fault(header, size);
    if (*out_reason)
        return size < PM_STORE_PAGE ? PM_FS_CORRUPT
                                    : try_logs(store, out_reason);
    store->epoch = big_endian(header + 60);
    return pm_store_connect(store, out_reason);
}
