// SPDX-License-Identifier: MIT
//
// What a store has between SQLite and struct pm_os: a VFS of its own, so that
// every call for its files goes through the table it was given and faults can
// be injected below SQLite.
//
// One VFS serves one connection and two files: the database, which the store
// opened, locked and lends, and its write-ahead log, whose name carries the
// epoch of the database (store.h), so that a log is never applied to another
// database. The log is not made before something is written to it: opening
// and reading a store changes nothing in the directory.
//
// What is done here beyond handing calls through:
//
//  - A page of the database carries a checksum of its content and number in
//    its last 8 bytes, which SQLite is told to leave alone (pages in the log
//    are under the log's own checksums). A page that does not match is
//    SQLITE_IOERR_DATA.
//  - A file that was not written since its last flush is not flushed again.
//    A new log's directory is flushed before the log is.
//  - A failed flush is remembered for ever: what the file holds is unknown
//    from then on, and no later flush can tell.
//  - No log is ever written before its end is known, and space behind the
//    ends of both files can be taken (pm_store_vfs_take).
//
// It promises SQLite nothing about the device: a sector has 4,096 bytes, and
// a write that the power interrupts may damage the rest of its sectors.

#ifndef PM_HOST_STORE_VFS_H
#define PM_HOST_STORE_VFS_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "hosts/common/os.h"

#define PM_STORE_PAGE        4096u
#define PM_STORE_PAGE_SUM    8u // bytes of a page that hold its checksum
#define PM_STORE_LOG_HEADER  32u
#define PM_STORE_FRAME       (24u + PM_STORE_PAGE)
#define PM_STORE_NAME_LENGTH 64u

struct pm_store_disk {
    int fd;         // -1: not there
    bool dirty;     // written since the last flush
    uint64_t taken; // the device has given space up to here
};

struct pm_store_vfs {
    sqlite3_vfs base;
    char vfs_name[40];
    const struct pm_os *os;
    int dir; // lent
    bool read_only;
    bool has_log; // false: a new database that is still being filled
    char log_name[PM_STORE_NAME_LENGTH];
    struct pm_store_disk main; // its descriptor is lent
    struct pm_store_disk log;
    bool dir_dirty;
    bool flush_failed;
    uint64_t flushes; // of files, that were confirmed
    int error;        // errno of the last call that failed; 0
    uint64_t log_end; // no frame that counts ends behind this
    uint8_t page[PM_STORE_PAGE];
};

// Readies [vfs] for one connection at a time and makes it known to SQLite
// under [vfs_name]; false when SQLite has no memory. The object may not move
// until it is closed.
bool pm_store_vfs_open(struct pm_store_vfs *vfs, const struct pm_os *os,
                       int dir, int main_fd, const char *log_name,
                       bool read_only);
void pm_store_vfs_close(struct pm_store_vfs *vfs);

// Takes space for [disk] up to [end]: 0, or the errno. Where the file system
// cannot reserve, the log grows by zeroes, which are no frames to SQLite
// (their salt is not the log's), and the database is left alone.
int pm_store_vfs_take(struct pm_store_vfs *vfs, struct pm_store_disk *disk,
                      uint64_t end);

// Makes the log file if it is not there. 0, or the errno.
int pm_store_vfs_make_log(struct pm_store_vfs *vfs);

#endif
