// SPDX-License-Identifier: MIT
//
// The volume seam: what is mounted under a name in the machine's files.
//
// Three kinds there are. tree.h keeps files in memory, for /scratch, and with
// a store below for /save. cart_volume.h shows the cartridge's own files.
// host_volume.h shows a directory of the host, with shadows of what is being
// written. One battery of tests runs over all of them
// (tests/unit/fs/test_conformance.c).
//
// What holds for each operation of each volume:
//  V1  A status other than OK means that nothing has changed: no byte of
//      [dest] or file, no entry, no revision, no quota.
//  V2  What answered OK is seen by the next call, through every open file.
//  V3  Paths have been checked (path.h) and are relative to the volume's
//      root: "" is the root itself, "a/b" an entry. A NUL stands behind.
//  V4  Rights of a handle are the caller's to check; rights of the volume
//      (read only) and of its files are the volume's.
//  V5  Nothing allocates by a number that has not been checked against the
//      limits in the volume's configuration.

#ifndef PM_FS_VOLUME_H
#define PM_FS_VOLUME_H

#include <stdbool.h>
#include <stdint.h>

#include <prometeu/domain.h>
#include <prometeu/fs.h>

#include "base/buf.h"
#include "base/cursor.h"

// Bits of open's mode (docs/spec/fs.md).
enum {
    PM_OPEN_READ = 1,
    PM_OPEN_WRITE = 2,
    PM_OPEN_CREATE = 4,
    PM_OPEN_EXCLUSIVE = 8,
    PM_OPEN_TRUNCATE = 16,
};

struct pm_path {
    const char *text;
    size_t size;
};

struct pm_fs_stat {
    pm_fs_kind kind;
    uint64_t size; // of a file; 0 for a directory
    uint64_t revision;
};

// The entries of a directory at one moment, in byte order of their names:
// u8 kind, u8 length of the name, the name, one behind the other.
struct pm_fs_names {
    struct pm_buf bytes;
    uint32_t count;
};

struct pm_volume;

// An open file, a reference on what a volume keeps once for all handles.
struct pm_volume_file;

struct pm_volume_ops {
    // Frees the volume. No file is open any more.
    void (*destroy)(struct pm_volume *volume);

    // Opens; [mode] is one that open allows. CREATE makes the file where
    // there is none, EXCLUSIVE answers EXISTS where there is one, TRUNCATE
    // empties it (a change: revision grows, unless it was just made).
    pm_fs_status (*open)(struct pm_volume *volume, struct pm_path path,
                         unsigned mode, struct pm_volume_file **out);
    // Ends one reference, whatever the answer. With [publish] what was
    // written is published when the volume does so at close; without, it is
    // discarded when this was the last reference.
    pm_fs_status (*close)(struct pm_volume *volume, struct pm_volume_file *file,
                          bool publish);

    // Reads min(max, size - offset) bytes, 0 beyond the end; [out_eof] is
    // true when no byte lies behind them. max is at most PM_TRANSFER_MAX and
    // may be 0.
    pm_fs_status (*read)(struct pm_volume *volume, struct pm_volume_file *file,
                         uint64_t offset, struct pm_destination *dest,
                         uint32_t max, uint32_t *out_size, bool *out_eof);
    // Writes all of it. A gap is filled with zeroes; 0 bytes change nothing,
    // wherever they go; TOO_LARGE beyond the file limit.
    pm_fs_status (*write)(struct pm_volume *volume, struct pm_volume_file *file,
                          uint64_t offset, const uint8_t *src, uint32_t size);
    pm_fs_status (*truncate)(struct pm_volume *volume,
                             struct pm_volume_file *file, uint64_t size);
    pm_fs_status (*sync)(struct pm_volume *volume, struct pm_volume_file *file);
    // Size and revision as they are now.
    pm_fs_status (*file_stat)(struct pm_volume *volume,
                              struct pm_volume_file *file,
                              struct pm_fs_stat *out);
    // The path as it is now, appended to [out].
    void (*file_path)(struct pm_volume *volume, struct pm_volume_file *file,
                      struct pm_buf *out);

    // Whole new content, atomic and, where the volume is, durable. BUSY when
    // the file is open.
    pm_fs_status (*replace)(struct pm_volume *volume, struct pm_path path,
                            const uint8_t *src, uint64_t size);
    pm_fs_status (*stat)(struct pm_volume *volume, struct pm_path path,
                         struct pm_fs_stat *out);
    // Appends the entries, sorted. TOO_LARGE when there are more than
    // [limit]. [out] is empty and the caller's to free, also on failure.
    pm_fs_status (*list)(struct pm_volume *volume, struct pm_path path,
                         uint32_t limit, struct pm_fs_names *out);
    pm_fs_status (*make_dir)(struct pm_volume *volume, struct pm_path path);
    // BUSY when the file is open; the root is ACCESS_DENIED.
    pm_fs_status (*remove)(struct pm_volume *volume, struct pm_path path);
    // [to] must be free or a file that is not open (BUSY). A directory may
    // not go into itself (INVALID_PATH), nor replace anything (EXISTS).
    // Renaming to itself is OK and changes nothing.
    pm_fs_status (*rename)(struct pm_volume *volume, struct pm_path from,
                           struct pm_path to);
    pm_fs_status (*usage)(struct pm_volume *volume, uint64_t *out_used,
                          uint64_t *out_limit);

    // The logical frame is over: what it changed goes to the store. A
    // failure is remembered and tried again.
    pm_fs_status (*end_frame)(struct pm_volume *volume);

    // --- saved states
    // Appends what a saved state holds of the volume (/scratch: all; /host:
    // unpublished shadows; others: nothing). Canonical.
    void (*save)(struct pm_volume *volume, struct pm_buf *out);
    // Reads it into a part of the volume that stands beside what is there,
    // trusting nothing. PM_ERR_INVALID, PM_ERR_NO_MEMORY.
    pm_status (*load)(struct pm_volume *volume, struct pm_cursor *in);
    // Opens in what was loaded (or in the volume itself, where it is not part
    // of saved states) the file that a state had open: CORRUPT when it is
    // not there or its revision is another, TRANSIENT when memory is short.
    pm_fs_status (*attach)(struct pm_volume *volume, struct pm_path path,
                           uint64_t revision, struct pm_volume_file **out);
    // Ends a load: with [accept] what was loaded takes the place of what
    // was there, whose files stay valid for their close; without, it is
    // dropped (files attached to it have been closed). Nothing may have been
    // loaded.
    void (*end_load)(struct pm_volume *volume, bool accept);
};

// The head of each volume; its own part follows.
struct pm_volume {
    const struct pm_volume_ops *ops;
};

#endif
