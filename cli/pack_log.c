// SPDX-License-Identifier: MIT
//
// The log: all results of earlier packs in one file, one behind the other, so
// that thousands of small ones cost neither thousands of files to make nor as
// many to open.
//
//     "PMRL", u32 version
//     results: key, u64 size, u64 sum of the two, the bytes
//
// The log trusts nothing that it reads: it ends where a result's head does not
// match its sum, and whether the bytes are those that were kept is seen by who
// reads a result. One pack at a time writes to a log, which is locked for it;
// another one meanwhile only reads. Results go to its end from all threads at
// once. Where a write fails or the power does, the log ends there, and what
// lies behind is made again. Results that nothing uses any more stay until they
// are the larger part; then those in use are copied to a new file, which takes
// the place of the old one.

#define _GNU_SOURCE // flock

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/mem.h"
#include "base/sort.h"
#include "pack.h"

#define START       8
#define HEAD_SIZE   32
#define MOST_RESULT ((uint64_t)1 << 30)
// A larger file is begun anew: it would have to be in memory.
#define MOST_LOG ((uint64_t)4 << 30)
// Less than this is not worth a copy.
#define LEAST_WASTE ((uint64_t)1 << 16)

static const uint8_t start[START] = {'P', 'M', 'R', 'L', 1};

struct entry {
    struct pm_hash128 key;
    uint64_t at; // of the bytes
    uint64_t size;
};

struct cli_pack_log {
    int fd;
    bool can_write;
    uint8_t *bytes; // of the whole file
    size_t size;
    struct entry *entries; // as they lie in the file
    size_t count;
    size_t capacity;
    uint32_t *order;           // by key, then place
    uint64_t found;            // where the results ended when it was opened
    atomic_uint_least64_t end; // where they end now
};

// --- the form ----------------------------------------------------------------

static bool read_at(int fd, uint64_t at, void *dst, size_t size)
{
    uint8_t *out = dst;

    while (size > 0) {
        ssize_t got = pread(fd, out, size, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        out += got;
        at += (uint64_t)got;
        size -= (size_t)got;
    }
    return true;
}

static void make_head(const struct pm_hash128 *key, uint64_t size, uint8_t *out)
{
    pm_store64(out, key->low);
    pm_store64(out + 8, key->high);
    pm_store64(out + 16, size);
    pm_store64(out + 24, pm_hash64(out, 24));
}

static bool take_head(const uint8_t *head, struct entry *out)
{
    out->key.low = pm_load64(head);
    out->key.high = pm_load64(head + 8);
    out->size = pm_load64(head + 16);
    return pm_load64(head + 24) == pm_hash64(head, 24) &&
           out->size <= MOST_RESULT;
}

// --- opening -----------------------------------------------------------------

// Goes from head to head, as far as there are whole results.
static bool find_entries(struct cli_pack_log *log)
{
    uint64_t at = START;

    while (log->size - at >= HEAD_SIZE) {
        struct entry entry;
        if (!take_head(log->bytes + at, &entry) ||
            entry.size > log->size - at - HEAD_SIZE)
            break;
        if (!pm_mem_grow(&cli_alloc, &log->entries, &log->capacity,
                         log->count + 1, sizeof *log->entries))
            return false;
        entry.at = at + HEAD_SIZE;
        log->entries[log->count++] = entry;
        at = entry.at + entry.size;
    }
    log->found = at;
    atomic_init(&log->end, at);
    return true;
}

static int compare(const struct pm_hash128 *a, const struct pm_hash128 *b)
{
    if (a->high != b->high)
        return a->high < b->high ? -1 : 1;
    return a->low == b->low ? 0 : a->low < b->low ? -1 : 1;
}

static bool entry_is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct entry *entries = context;
    int order = compare(&entries[a].key, &entries[b].key);
    return order ? order > 0 : a > b;
}

static bool sort_entries(struct cli_pack_log *log)
{
    log->order = pm_mem_zarray(&cli_alloc, log->count, sizeof *log->order);
    if (!log->order)
        return log->count == 0;
    for (size_t i = 0; i < log->count; i++)
        log->order[i] = (uint32_t)i;
    pm_sort(log->order, log->count, entry_is_after, log->entries);
    return true;
}

// Reads the whole file: most of it is wanted, and one read of all is cheaper
// than one each.
static bool read_file(struct cli_pack_log *log)
{
    struct stat info;

    if (fstat(log->fd, &info) != 0 || !S_ISREG(info.st_mode))
        return false;
    uint64_t size = (uint64_t)info.st_size;
    if (size == 0 || size > MOST_LOG || size > SIZE_MAX / 2)
        return true;
    log->size = (size_t)size;
    log->bytes = pm_mem_alloc(&cli_alloc, log->size);
    return log->bytes && read_at(log->fd, 0, log->bytes, log->size);
}

// Makes a new log of a file that is none of this version.
static bool begin(struct cli_pack_log *log)
{
    if (!log->can_write || ftruncate(log->fd, 0) != 0 ||
        pwrite(log->fd, start, START, 0) != START)
        return false;
    log->found = START;
    atomic_init(&log->end, START);
    return true;
}

static bool read_log(struct cli_pack_log *log)
{
    if (!read_file(log))
        return false;
    if (log->size < START || memcmp(log->bytes, start, START) != 0)
        return begin(log);
    if (!find_entries(log) || !sort_entries(log))
        return false;
    // What lies behind the end must not be taken for what is written next.
    if (log->can_write && log->found < log->size)
        log->can_write = ftruncate(log->fd, (off_t)log->found) == 0;
    return true;
}

struct cli_pack_log *cli_pack_log_open(const char *path)
{
    struct cli_pack_log *log = pm_mem_zalloc(&cli_alloc, sizeof *log);

    if (!log)
        return NULL;
    log->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
    // Where files cannot be locked the sums must do.
    log->can_write = log->fd >= 0 && (flock(log->fd, LOCK_EX | LOCK_NB) == 0 ||
                                      errno != EWOULDBLOCK);
    if (log->fd < 0)
        log->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (log->fd >= 0 && read_log(log))
        return log;
    cli_pack_log_close(log);
    return NULL;
}

void cli_pack_log_close(struct cli_pack_log *log)
{
    if (!log)
        return;
    if (log->fd >= 0)
        close(log->fd);
    pm_mem_free(&cli_alloc, log->bytes, log->bytes ? log->size : 0);
    pm_mem_free(&cli_alloc, log->order, log->count * sizeof *log->order);
    pm_mem_free(&cli_alloc, log->entries, log->capacity * sizeof *log->entries);
    pm_mem_free(&cli_alloc, log, sizeof *log);
}

// --- using it ----------------------------------------------------------------

// The last one that was kept under a key: those before it were found damaged.
static const struct entry *find_entry(const struct cli_pack_log *log,
                                      const struct pm_hash128 *key)
{
    size_t low = 0;
    size_t high = log->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&log->entries[log->order[middle]].key, key) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const struct entry *entry = &log->entries[log->order[low - 1]];
    return compare(&entry->key, key) == 0 ? entry : NULL;
}

pm_status cli_pack_log_find(const struct cli_pack_log *log,
                            const struct pm_hash128 *key,
                            const void **out_bytes, size_t *out_size)
{
    const struct entry *entry = find_entry(log, key);

    if (!entry)
        return PM_ERR_NOT_FOUND;
    *out_bytes = log->bytes + entry->at;
    *out_size = (size_t)entry->size;
    return PM_OK;
}

bool cli_pack_log_keep(struct cli_pack_log *log, const struct pm_hash128 *key,
                       const void *bytes, size_t size)
{
    uint8_t head[HEAD_SIZE];
    struct iovec parts[2] = {{head, sizeof head}, {(void *)bytes, size}};

    if (!log->can_write || size > MOST_RESULT)
        return false;
    make_head(key, size, head);
    uint64_t all = HEAD_SIZE + (uint64_t)size;
    uint64_t at = atomic_fetch_add(&log->end, all);
    // A part of it fails its own sum when it is read, or ends the log.
    return pwritev(log->fd, parts, 2, (off_t)at) == (ssize_t)all;
}

// --- keeping it small --------------------------------------------------------

static bool copy_entry(struct cli_pack_log *to, const struct cli_pack_log *from,
                       const struct pm_hash128 *key)
{
    const void *bytes;
    size_t size;

    return cli_pack_log_find(from, key, &bytes, &size) == PM_OK &&
           cli_pack_log_keep(to, key, bytes, size);
}

// Copies what is in use to the file at [path].
static bool copy_used(const struct cli_pack_log *from, const char *path,
                      const struct pm_hash128 *keys, size_t count)
{
    struct cli_pack_log *to = cli_pack_log_open(path);
    bool ok = to != NULL;

    for (size_t i = 0; i < count && ok; i++)
        ok = copy_entry(to, from, &keys[i]);
    cli_pack_log_close(to);
    return ok;
}

bool cli_pack_log_is_wasteful(const struct cli_pack_log *log,
                              const struct pm_hash128 *keys, size_t count)
{
    uint64_t end = atomic_load(&log->end);
    uint64_t used = START + end - log->found;

    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = find_entry(log, &keys[i]);
        used += entry ? HEAD_SIZE + entry->size : 0;
    }
    return end > used && end - used > used && end - used > LEAST_WASTE;
}

void cli_pack_log_shrink(const char *path, const struct pm_hash128 *keys,
                         size_t count)
{
    struct cli_pack_log *log = cli_pack_log_open(path);
    char fresh[PATH_MAX];

    if (!log)
        return;
    int size = snprintf(fresh, sizeof fresh, "%s.new", path);
    if (log->can_write && size > 0 && (size_t)size < sizeof fresh) {
        unlink(fresh);
        if (!copy_used(log, fresh, keys, count) || rename(fresh, path) != 0)
            unlink(fresh);
    }
    cli_pack_log_close(log);
}
