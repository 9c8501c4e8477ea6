// SPDX-License-Identifier: MIT
//
// The index of an assets folder: size, times, inode and hash of each file, so
// that a file that has not changed need not be read to know that.
//
// A file that changes keeps its size and, where clocks tick slowly, can keep
// its times: if it is written to within one tick of the moment at which it
// was last read. So an entry is believed only when the file's times lie well
// before the pack that read it; a file that was just written is read by the
// next pack too. All times are of the file system, none is of this machine's
// clock; the time of the inode, which no program can set, counts as well.
//
//     "PMIX", u32 version, u64 sum of all that follows
//     u32 count, then by name: u32 size of the name, name, NUL,
//     u64 size, u64 inode, u64 modified, u64 changed, u64 read at, hash

#include <string.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "hosts/common/files.h"
#include "pack.h"

#define INDEX_NAME "index"
#define VERSION    1u
#define HEAD_SIZE  16
#define MOST_INDEX ((size_t)256 << 20)
// FAT counts in steps of 2 s; nothing in use is coarser.
#define MARGIN ((int64_t)3000000000)

struct entry {
    const char *name;
    struct pm_walk_file file;
    int64_t read_at;
    struct pm_hash128 hash;
};

// --- reading -----------------------------------------------------------------

static bool take_entry(struct pm_cursor *c, struct entry *out)
{
    uint32_t size = pm_cursor_u32(c);
    const uint8_t *name = pm_cursor_take(c, (size_t)size + 1);

    out->file.size = pm_cursor_u64(c);
    out->file.inode = pm_cursor_u64(c);
    out->file.modified = (int64_t)pm_cursor_u64(c);
    out->file.changed = (int64_t)pm_cursor_u64(c);
    out->read_at = (int64_t)pm_cursor_u64(c);
    out->hash.low = pm_cursor_u64(c);
    out->hash.high = pm_cursor_u64(c);
    out->name = (const char *)name;
    return !c->failed && name[size] == 0;
}

static bool is_unchanged(const struct entry *entry,
                         const struct pm_walk_file *file)
{
    int64_t latest =
        file->modified > file->changed ? file->modified : file->changed;

    return entry->file.size == file->size && entry->file.inode == file->inode &&
           entry->file.modified == file->modified &&
           entry->file.changed == file->changed &&
           latest < entry->read_at - MARGIN;
}

// Both lists are in the order of names.
static void take_entries(struct pm_cursor *c, const struct pm_walk *walk,
                         struct pm_pack_input *inputs)
{
    uint32_t count = pm_cursor_u32(c);
    struct entry entry;
    size_t at = 0;

    for (uint32_t i = 0; i < count && take_entry(c, &entry); i++) {
        while (at < walk->count && strcmp(walk->files[at].name, entry.name) < 0)
            at++;
        if (at == walk->count)
            break;
        if (strcmp(walk->files[at].name, entry.name) != 0 ||
            !is_unchanged(&entry, &walk->files[at]))
            continue;
        inputs[at].has_hash = true;
        inputs[at].hash = entry.hash;
    }
}

void cli_pack_index_read(const struct cli_pack_cache *cache,
                         const struct pm_walk *walk,
                         struct pm_pack_input *inputs)
{
    uint8_t *data = NULL;
    size_t size = 0;

    if (!cache->folder)
        return;
    char *path = cli_path(cache->folder, INDEX_NAME);
    if (pm_file_read(&cli_alloc, path, MOST_INDEX, &data, &size, NULL) ==
            PM_OK &&
        size >= HEAD_SIZE && memcmp(data, "PMIX", 4) == 0 &&
        pm_load32(data + 4) == VERSION &&
        pm_load64(data + 8) == pm_hash64(data + HEAD_SIZE, size - HEAD_SIZE)) {
        struct pm_cursor c = pm_cursor_make(data, size);
        pm_cursor_take(&c, HEAD_SIZE);
        take_entries(&c, walk, inputs);
    }
    pm_mem_free(&cli_alloc, data, size);
    cli_free_text(path);
}

// --- writing -----------------------------------------------------------------

static void put_entry(struct pm_buf *out, const struct pm_walk_file *file,
                      const struct pm_hash128 *hash, int64_t read_at)
{
    size_t size = strlen(file->name);

    pm_buf_put32(out, (uint32_t)size);
    pm_buf_put(out, file->name, size + 1);
    pm_buf_put64(out, file->size);
    pm_buf_put64(out, file->inode);
    pm_buf_put64(out, (uint64_t)file->modified);
    pm_buf_put64(out, (uint64_t)file->changed);
    pm_buf_put64(out, (uint64_t)read_at);
    pm_buf_put64(out, hash->low);
    pm_buf_put64(out, hash->high);
}

// A file that was believed is believed as of now: had it changed since it was
// read, its times would have, and they lie well before that time.
void cli_pack_index_write(const struct cli_pack_cache *cache,
                          const struct pm_walk *walk,
                          const struct pm_pack_input *inputs)
{
    struct pm_buf out;
    uint32_t count = 0;

    if (!cache->folder)
        return;
    pm_buf_init(&out, &cli_alloc);
    pm_buf_puts(&out, "PMIX");
    pm_buf_put32(&out, VERSION);
    pm_buf_put(&out, NULL, 8 + 4);
    for (size_t i = 0; i < walk->count; i++)
        if (inputs[i].has_hash) {
            put_entry(&out, &walk->files[i], &inputs[i].hash, cache->now);
            count++;
        }
    if (!out.failed) {
        pm_store32(out.data + HEAD_SIZE, count);
        pm_store64(out.data + 8,
                   pm_hash64(out.data + HEAD_SIZE, out.size - HEAD_SIZE));
        char *path = cli_path(cache->folder, INDEX_NAME);
        // Without an index files are read again, that is all.
        pm_file_write_soon(path, out.data, out.size, NULL);
        cli_free_text(path);
    }
    pm_buf_free(&out);
}
