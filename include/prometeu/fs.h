// SPDX-License-Identifier: MIT
//
// The storage seams: what a host gives a machine so that cartridges have
// files (docs/spec/fs.md). The machine itself opens nothing.
//
//  - A store keeps the save volume and the memory card: small items under
//    64-bit keys, changed by transactions. hosts/common/store.h has one over
//    SQLite.
//  - A directory is what is mounted as /host/NAME: hosts/common/directory.h
//    has one over a directory of the operating system.
//
// Everything that comes from a seam is hostile until it is checked: the
// machine puts checksums of its own around the items of a store.

#ifndef PROMETEU_FS_H
#define PROMETEU_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// What a cartridge is told; 0 is fine, the numbers are frozen
// (fs_status.def).
typedef enum pm_fs_status {
#define PM_FS_STATUS(name, value, meaning) PM_FS_##name = value,
#include <prometeu/fs_status.def>
#undef PM_FS_STATUS
} pm_fs_status;

// The status's name without prefix ("STORAGE_FULL"), or "?"; one clause that
// says what it means. Never NULL.
const char *pm_fs_status_name(pm_fs_status status);
const char *pm_fs_status_meaning(pm_fs_status status);

// --- store -------------------------------------------------------------------

// Greatest size of an item's value in bytes.
#define PM_STORE_MAX_VALUE 65536u

// One change of a transaction. With [value] (or [size] 0 and [value] not
// NULL, an empty item): item [key] has these bytes from then on, [last] is
// not looked at. With [value] NULL: all items from [key] to [last], both
// included, are gone.
struct pm_store_change {
    uint64_t key; // at most INT64_MAX
    uint64_t last;
    const void *value;
    uint32_t size;
};

// All functions are called from one thread and give OK, or why it could not
// be done: STORAGE_FULL, TRANSIENT, IO_FAILED, ACCESS_DENIED, CORRUPT.
struct pm_store {
    void *context;

    // Calls [visit] for each item with a key from [first] to [last], both
    // included, in ascending order, until it gives false. [value] is good
    // during the call.
    pm_fs_status (*scan)(void *context, uint64_t first, uint64_t last,
                         bool (*visit)(void *visitor, uint64_t key,
                                       const void *value, size_t size),
                         void *visitor);

    // Copies the value of one item into [dst] and its size into [out_size].
    // NOT_FOUND when there is none; CORRUPT when it is larger than [room].
    pm_fs_status (*get)(void *context, uint64_t key, void *dst, size_t room,
                        size_t *out_size);

    // Takes device space, so that the next transaction cannot fail for lack
    // of space if it has at most [changes] changes with at most [bytes] of
    // values together; a range that is removed counts once for each item in
    // it. STORAGE_FULL when there is none; a reservation that
    // was made earlier still holds then. Cheap when what is asked for is
    // reserved already.
    pm_fs_status (*reserve)(void *context, uint64_t changes, uint64_t bytes);

    // Applies all changes or none, in their order, after every earlier
    // transaction.
    //
    // After a crash the store is as after some prefix of its transactions.
    // With [durable] the answer is OK only when the device has confirmed
    // this one and every earlier one; [count] may be 0. When a flush fails,
    // all transactions are IO_FAILED from then on, the next one at least, until
    // a durable one has written the whole store into a new file and that was
    // confirmed; the caller gives each change that was never confirmed again
    // with that transaction.
    // Until then scan and get may give items as they were at any time since
    // the last confirmed transaction.
    pm_fs_status (*commit)(void *context, const struct pm_store_change *changes,
                           size_t count, bool durable);

    // Damage was found in the store: keeps a copy of it as it is aside,
    // once. [what] says in one clause what was found.
    pm_fs_status (*keep_aside)(void *context, const char *what);
};

// Where a machine's save volumes are: a store for each application.
struct pm_saves {
    // Opens the store of the cartridge that is being loaded. On failure one
    // sentence that says what was found and what to do goes into [why] of
    // [room] bytes, and the cartridge is not loaded. BUSY: another run has
    // it. CORRUPT, with a store in [out] all the same: it is damaged; it
    // must answer CORRUPT to everything, and the cartridge is loaded and
    // told so.
    pm_fs_status (*open)(void *context, uint32_t app_id,
                         const struct pm_store **out, char *why, size_t room);
    void (*close)(void *context, const struct pm_store *store);
    void *context;
};

// --- directory ---------------------------------------------------------------

typedef enum pm_fs_kind {
    PM_FS_FILE = 1,
    PM_FS_DIRECTORY = 2,
} pm_fs_kind;

struct pm_directory_stat {
    pm_fs_kind kind;
    uint64_t size; // of a file, in bytes
};

// An open file of a directory; the directory's own.
struct pm_directory_file;

// Paths are relative to the directory ("a/b.txt", never "", never with "."
// or ".."), checked by the rules of docs/spec/fs.md, with a NUL behind. What
// is no regular file and no directory is ACCESS_DENIED to everything and not
// listed; so is whatever lies behind a symbolic link, and nothing outside the
// directory is ever reached.
//
// All functions give OK or a status; changing ones do all or nothing.
struct pm_directory {
    void *context;

    // Opens a file for reading. NOT_FOUND, ACCESS_DENIED, NOT_A_DIRECTORY,
    // IS_A_DIRECTORY, TRANSIENT, IO_FAILED.
    pm_fs_status (*open)(void *context, const char *path,
                         struct pm_directory_file **out);
    void (*close)(void *context, struct pm_directory_file *file);

    // Reads as byte transfer does (docs/spec/transfer.md): [max] bytes at
    // [offset], fewer only where the file ends, and whether no byte lies
    // behind them. Where it ends is looked at anew each time. To tell of more
    // than [max] is the embedder's mistake, and a panic. [dst] has room
    // for a byte more than [max], as some can tell the end only by meeting
    // it; what is there behind what was read is undefined, and so is all of
    // it on failure.
    pm_fs_status (*read)(void *context, struct pm_directory_file *file,
                         uint64_t offset, void *dst, uint32_t max,
                         uint32_t *out_size, bool *out_eof);
    pm_fs_status (*size)(void *context, struct pm_directory_file *file,
                         uint64_t *out_size);

    // "" is the directory itself.
    pm_fs_status (*stat)(void *context, const char *path,
                         struct pm_directory_stat *out);

    // Calls [visit] for each entry, in any order, until it gives false. ""
    // is the directory itself.
    pm_fs_status (*list)(void *context, const char *path,
                         bool (*visit)(void *visitor, const char *name,
                                       pm_fs_kind kind),
                         void *visitor);

    // Gives the file at [path] the content [data], whether or not there was
    // one: flushed under another name, renamed, its directory flushed. OK
    // only when the device has confirmed all of it. With [is_new] it is
    // EXISTS when something is there.
    pm_fs_status (*publish)(void *context, const char *path, const void *data,
                            size_t size, bool is_new);

    // Whether a file could be published at [path] as far as rights tell.
    pm_fs_status (*may_write)(void *context, const char *path);

    pm_fs_status (*make_dir)(void *context, const char *path);
    // A file, or a directory without entries (else NOT_EMPTY).
    pm_fs_status (*remove)(void *context, const char *path);
    // Replaces a file at [to] atomically; EXISTS where [to] is a directory.
    pm_fs_status (*rename)(void *context, const char *from, const char *to);

    // Bytes used and there on the device.
    pm_fs_status (*usage)(void *context, uint64_t *out_used,
                          uint64_t *out_limit);
};

// A directory that cartridges see as /host/[name].
struct pm_mount {
    const char *name; // a path component
    const struct pm_directory *directory;
    bool writable;
};

#ifdef __cplusplus
}
#endif

#endif
