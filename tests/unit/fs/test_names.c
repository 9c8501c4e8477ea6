// SPDX-License-Identifier: MIT
//
// fs.h: which volume a path leads to, what handles may do, and open files in
// saved states.
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "fs/fs.h"
#include "fs/host_volume.h"
#include "fs/tree.h"
#include "support/fault_alloc.h"
#include "support/mem_directory.h"
#include "support/test.h"

struct names_world {
    struct pm_fault_alloc memory;
    struct pm_allocator alloc;
    struct pm_mem_directory directory;
    struct pm_fs *fs;
};

static struct pm_volume *make_tree(struct names_world *w)
{
    struct pm_tree_config config = {
        .quota = 1000, .file_limit = 500, .entries = 20, .is_saved = true};
    struct pm_volume *volume = NULL;

    CHECK_INT(pm_tree_create(&w->alloc, &config, &volume), PM_FS_OK);
    return volume;
}

static struct pm_volume *make_host(struct names_world *w)
{
    struct pm_host_volume_config config = {
        .directory = &w->directory.seam, .writable = true, .file_limit = 500};
    struct pm_volume *volume = NULL;

    CHECK_INT(pm_host_volume_create(&w->alloc, &config, &volume), PM_FS_OK);
    return volume;
}

// Volumes /scratch, /save (both memory) and /host/h.
static void enter(struct names_world *w)
{
    *w = (struct names_world){0};
    w->alloc = pm_fault_alloc(&w->memory);
    pm_mem_directory_init(&w->directory);
    CHECK_INT(pm_fs_create(&w->alloc, &w->fs), PM_FS_OK);
    CHECK_INT(pm_fs_mount(w->fs, "scratch", false, make_tree(w)), PM_FS_OK);
    CHECK_INT(pm_fs_mount(w->fs, "save", false, make_tree(w)), PM_FS_OK);
    CHECK_INT(pm_fs_mount(w->fs, "h", true, make_host(w)), PM_FS_OK);
}

static void leave(struct names_world *w)
{
    pm_fs_destroy(w->fs);
    CHECK_INT(w->memory.live_blocks, 0);
    CHECK_INT(w->directory.open_files, 0);
    pm_mem_directory_free(&w->directory);
}

static pm_fs_status put(struct names_world *w, const char *path,
                        const char *text)
{
    return pm_fs_replace(w->fs, path, strlen(path), (const uint8_t *)text,
                         strlen(text));
}

static int kind_at(struct names_world *w, const char *path)
{
    struct pm_fs_stat stat;
    pm_fs_status status = pm_fs_stat(w->fs, path, strlen(path), &stat);

    return status ? -(int)status : (int)stat.kind;
}

static pm_fs_status open_at(struct names_world *w, const char *path,
                            unsigned mode, struct pm_open_file **out)
{
    return pm_fs_open(w->fs, path, strlen(path), mode, out);
}

static pm_fs_status move(struct names_world *w, const char *from,
                         const char *to)
{
    return pm_fs_rename(w->fs, from, strlen(from), to, strlen(to));
}

// --- volumes -----------------------------------------------------------------

TEST(names, a_path_leads_to_the_volume_of_its_name)
{
    struct names_world w;
    enter(&w);
    CHECK_INT(put(&w, "/scratch/a", "x"), PM_FS_OK);
    CHECK_INT(put(&w, "/host/h/b", "y"), PM_FS_OK);
    CHECK_INT(kind_at(&w, "/scratch/a"), PM_FS_FILE);
    CHECK_INT(kind_at(&w, "/save/a"), -PM_FS_NOT_FOUND);
    CHECK_INT(kind_at(&w, "/host/h/b"), PM_FS_FILE);
    CHECK(pm_mem_holds(&w.directory, "b", "y"));
    // A name of a volume is all of it, on its own side of /host.
    static const char *const none[] = {
        "/scratc/a",       "/scratchy/a", "/Scratch/a", "/h/b",
        "/host/scratch/a", "/host/hh/b",  "/hos/h/b",   "/a"};
    for (size_t i = 0; i < PM_ARRAY_LEN(none); i++)
        CHECK_INT(kind_at(&w, none[i]), -PM_FS_NOT_FOUND);
    CHECK(pm_fs_volume(w.fs, "h", true) != NULL);
    CHECK(pm_fs_volume(w.fs, "h", false) == NULL);
    CHECK(pm_fs_volume(w.fs, "scratch", true) == NULL);
    leave(&w);
}

TEST(names, a_path_ends_where_its_size_says)
{
    struct names_world w;
    struct pm_fs_stat stat;
    enter(&w);
    CHECK_INT(put(&w, "/scratch/ab", "x"), PM_FS_OK);
    const char *text = "/scratch/abc";
    CHECK_INT(pm_fs_stat(w.fs, text, 11, &stat), PM_FS_OK);
    CHECK_INT(pm_fs_stat(w.fs, text, 12, &stat), PM_FS_NOT_FOUND);
    CHECK_INT(pm_fs_stat(w.fs, text, 10, &stat), PM_FS_NOT_FOUND);
    CHECK_INT(pm_fs_stat(w.fs, text, 9, &stat), PM_FS_INVALID_PATH);
    CHECK_INT(pm_fs_stat(w.fs, text, 8, &stat), PM_FS_OK);
    CHECK_INT(stat.kind, PM_FS_DIRECTORY);
    CHECK_INT(pm_fs_stat(w.fs, text, 1, &stat), PM_FS_INVALID_PATH);
    CHECK_INT(pm_fs_stat(w.fs, text, 0, &stat), PM_FS_INVALID_PATH);
    CHECK_INT(stat.kind, 0);
    leave(&w);
}

TEST(names, host_itself_lists_its_mounts_and_can_do_nothing_else)
{
    struct names_world w;
    struct pm_open_file *file = NULL;
    struct pm_fs_names names = {.count = 0};
    uint64_t used = 1;
    uint64_t limit = 1;
    enter(&w);
    CHECK_INT(pm_fs_mount(w.fs, "a", true, make_tree(&w)), PM_FS_OK);
    CHECK_INT(put(&w, "/scratch/x", "x"), PM_FS_OK);
    CHECK_INT(kind_at(&w, "/host"), PM_FS_DIRECTORY);
    pm_buf_init(&names.bytes, &w.alloc);
    CHECK_INT(pm_fs_list(w.fs, "/host", 5, 0, &names), PM_FS_OK);
    CHECK_INT(names.count, 2);
    CHECK(names.bytes.size == 6 &&
          memcmp(names.bytes.data, "\2\1a\2\1h", 6) == 0);
    pm_buf_free(&names.bytes);
    CHECK_INT(open_at(&w, "/host", PM_OPEN_READ, &file), PM_FS_IS_A_DIRECTORY);
    CHECK(!file);
    CHECK_INT(put(&w, "/host", ""), PM_FS_ACCESS_DENIED);
    CHECK_INT(pm_fs_make_dir(w.fs, "/host", 5), PM_FS_ACCESS_DENIED);
    CHECK_INT(pm_fs_remove(w.fs, "/host", 5), PM_FS_ACCESS_DENIED);
    CHECK_INT(pm_fs_usage(w.fs, "/host", 5, &used, &limit),
              PM_FS_ACCESS_DENIED);
    CHECK(used == 0 && limit == 0);
    CHECK_INT(move(&w, "/host", "/host/h/x"), PM_FS_ACCESS_DENIED);
    CHECK_INT(move(&w, "/scratch/x", "/host"), PM_FS_ACCESS_DENIED);
    CHECK_INT(pm_fs_make_dir(w.fs, "/host/new", 9), PM_FS_NOT_FOUND);
    leave(&w);
}

TEST(names, nothing_is_renamed_from_one_volume_to_another)
{
    struct names_world w;
    enter(&w);
    CHECK_INT(put(&w, "/scratch/a", "x"), PM_FS_OK);
    CHECK_INT(put(&w, "/host/h/a", "y"), PM_FS_OK);
    CHECK_INT(move(&w, "/scratch/a", "/save/a"), PM_FS_ACCESS_DENIED);
    CHECK_INT(move(&w, "/scratch/a", "/host/h/b"), PM_FS_ACCESS_DENIED);
    CHECK_INT(move(&w, "/host/h/a", "/scratch/b"), PM_FS_ACCESS_DENIED);
    CHECK_INT(move(&w, "/scratch/a", "/nowhere/a"), PM_FS_NOT_FOUND);
    CHECK_INT(move(&w, "/scratch/a", "/scratch//a"), PM_FS_INVALID_PATH);
    CHECK_INT(kind_at(&w, "/scratch/a"), PM_FS_FILE);
    CHECK_INT(kind_at(&w, "/host/h/a"), PM_FS_FILE);
    CHECK_INT(kind_at(&w, "/scratch/b"), -PM_FS_NOT_FOUND);
    CHECK_INT(move(&w, "/scratch/a", "/scratch/b"), PM_FS_OK);
    leave(&w);
}

TEST(names, a_mount_that_is_refused_is_destroyed_and_changes_nothing)
{
    static const char *const bad[] = {"",     ".",    "..",  "a/b",
                                      "a\\b", "\x01", "\xff"};
    struct names_world w;
    char longest[257];
    enter(&w);
    for (size_t i = 0; i < PM_ARRAY_LEN(bad); i++)
        CHECK_INT(pm_fs_mount(w.fs, bad[i], true, make_tree(&w)),
                  PM_FS_INVALID_PATH);
    memset(longest, 'x', sizeof longest);
    longest[256] = '\0';
    CHECK_INT(pm_fs_mount(w.fs, longest, true, make_tree(&w)),
              PM_FS_INVALID_PATH);
    longest[255] = '\0';
    CHECK_INT(pm_fs_mount(w.fs, longest, true, make_tree(&w)), PM_FS_OK);
    CHECK_INT(pm_fs_mount(w.fs, "h", true, make_tree(&w)), PM_FS_EXISTS);
    CHECK_INT(pm_fs_mount(w.fs, "scratch", false, make_tree(&w)), PM_FS_EXISTS);
    // The same name on the other side is another.
    CHECK_INT(pm_fs_mount(w.fs, "scratch", true, make_tree(&w)), PM_FS_OK);
    leave(&w);
}

TEST(names, sixteen_directories_are_mounted_and_no_more)
{
    struct names_world w;
    char name[16];
    enter(&w);
    CHECK_INT(pm_fs_mount(w.fs, "cart", false, make_tree(&w)), PM_FS_OK);
    for (int i = 0; i < 15; i++) {
        snprintf(name, sizeof name, "m%d", i);
        CHECK_INT(pm_fs_mount(w.fs, name, true, make_tree(&w)), PM_FS_OK);
    }
    CHECK_INT(pm_fs_mount(w.fs, "x", true, make_tree(&w)), PM_FS_TOO_MANY_OPEN);
    CHECK_INT(kind_at(&w, "/host/m14"), PM_FS_DIRECTORY);
    CHECK_INT(kind_at(&w, "/host/x"), -PM_FS_NOT_FOUND);
    leave(&w);
}

TEST(names, a_mount_without_memory_is_transient)
{
    struct names_world w;
    enter(&w);
    struct pm_volume *volume = make_tree(&w);
    char name[16];
    pm_fs_status status = PM_FS_OK;
    // The table grows now and then: until one is met.
    for (int i = 0; !status && i < 15; i++) {
        snprintf(name, sizeof name, "n%d", i);
        w.memory.calls = 0;
        w.memory.fail_at = 1;
        status = pm_fs_mount(w.fs, name, true, volume);
        w.memory.fail_at = 0;
        if (!status)
            volume = make_tree(&w);
    }
    CHECK_INT(status, PM_FS_TRANSIENT);
    CHECK_INT(kind_at(&w, "/host/h"), PM_FS_DIRECTORY);
    leave(&w);
}

TEST(names, a_remounted_volume_takes_the_place_of_the_old_one)
{
    struct names_world w;
    enter(&w);
    CHECK_INT(put(&w, "/scratch/a", "x"), PM_FS_OK);
    CHECK_INT(put(&w, "/save/a", "x"), PM_FS_OK);
    pm_fs_remount(w.fs, "scratch", false, make_tree(&w));
    CHECK_INT(kind_at(&w, "/scratch/a"), -PM_FS_NOT_FOUND);
    CHECK_INT(kind_at(&w, "/save/a"), PM_FS_FILE);
    leave(&w);
}

// --- rights ------------------------------------------------------------------

TEST(names, open_takes_exactly_the_modes_that_mean_something)
{
    for (unsigned mode = 0; mode < 64; mode++) {
        bool reads = mode & PM_OPEN_READ;
        bool writes = mode & PM_OPEN_WRITE;
        bool creates = mode & PM_OPEN_CREATE;
        bool wanted = mode < 32 && (reads || writes) &&
                      (writes || !(creates || mode & PM_OPEN_TRUNCATE)) &&
                      (creates || !(mode & PM_OPEN_EXCLUSIVE));
        CHECK_INT(pm_fs_mode_is_right(mode), wanted);
    }
    CHECK(!pm_fs_mode_is_right(1u << 31 | PM_OPEN_READ));
}

static pm_fs_status read_some(struct pm_open_file *file, uint32_t max)
{
    uint8_t bytes[16];
    uint8_t stage[17];
    struct pm_destination dest = {bytes, stage, false};
    uint32_t size;
    bool eof;

    return pm_fs_read(file, 0, &dest, max, &size, &eof);
}

// Each right with each call, also for 0 bytes and for what changes nothing.
static void check_rights(struct names_world *w, const char *path)
{
    CHECK_INT(put(w, path, "hello"), PM_FS_OK);
    for (unsigned mode = 1; mode < 4; mode++) {
        struct pm_open_file *file;
        bool reads = mode & PM_OPEN_READ;
        bool writes = mode & PM_OPEN_WRITE;
        uint64_t size;
        REQUIRE(open_at(w, path, mode, &file) == PM_FS_OK);
        for (uint32_t max = 0; max < 6; max += 5) {
            CHECK_INT(read_some(file, max),
                      reads ? PM_FS_OK : PM_FS_ACCESS_DENIED);
            CHECK_INT(pm_fs_write(file, 0, (const uint8_t *)"HELLO", max),
                      writes ? PM_FS_OK : PM_FS_ACCESS_DENIED);
        }
        CHECK_INT(pm_fs_truncate(file, 5),
                  writes ? PM_FS_OK : PM_FS_ACCESS_DENIED);
        CHECK_INT(pm_fs_truncate(file, 4),
                  writes ? PM_FS_OK : PM_FS_ACCESS_DENIED);
        CHECK_INT(pm_fs_size(file, &size), PM_FS_OK);
        CHECK_INT(size, writes ? 4 : 5);
        CHECK_INT(pm_fs_sync(file), PM_FS_OK);
        CHECK_INT(pm_fs_close(w->fs, file, true), PM_FS_OK);
    }
}

TEST(names, a_handle_may_do_what_it_was_opened_for)
{
    struct names_world w;
    enter(&w);
    check_rights(&w, "/scratch/a");
    check_rights(&w, "/host/h/a");
    leave(&w);
}

TEST(names, an_open_without_memory_leaves_no_file)
{
    struct names_world w;
    enter(&w);
    pm_fs_status status = PM_FS_TRANSIENT;
    struct pm_open_file *file = NULL;
    size_t at = 0;
    while (status && at < 50) {
        CHECK_INT(kind_at(&w, "/scratch/new"), -PM_FS_NOT_FOUND);
        w.memory.calls = 0;
        w.memory.fail_at = ++at;
        status =
            open_at(&w, "/scratch/new", PM_OPEN_WRITE | PM_OPEN_CREATE, &file);
        w.memory.fail_at = 0;
        CHECK(status == PM_FS_OK || status == PM_FS_TRANSIENT);
    }
    CHECK(at > 1);
    CHECK_INT(status, PM_FS_OK);
    CHECK_INT(pm_fs_close(w.fs, file, true), PM_FS_OK);
    leave(&w);
}

// --- saved states ------------------------------------------------------------

static struct pm_buf saved(struct names_world *w, struct pm_open_file *file)
{
    struct pm_buf out;

    pm_buf_init(&out, &w->alloc);
    if (file)
        pm_fs_save_file(w->fs, file, &out);
    else
        pm_fs_save(w->fs, &out);
    CHECK(!out.failed);
    return out;
}

// All volumes and one file, into [w].
static pm_status load(struct names_world *w, const struct pm_buf *all,
                      const void *one, size_t size, struct pm_open_file **out)
{
    struct pm_cursor in = pm_cursor_make(all->data, all->size);

    CHECK_INT(pm_fs_load(w->fs, &in), PM_OK);
    CHECK_INT(pm_cursor_left(&in), 0);
    pm_status status = pm_fs_load_file(w->fs, one, size, out);
    pm_fs_end_load(w->fs, status == PM_OK);
    return status;
}

TEST(names, an_open_file_is_attached_again_where_it_went)
{
    struct names_world a;
    struct names_world b;
    struct pm_open_file *file;
    struct pm_open_file *again = NULL;
    uint64_t size = 0;
    enter(&a);
    enter(&b);
    CHECK_INT(put(&a, "/scratch/old", "hello"), PM_FS_OK);
    REQUIRE(open_at(&a, "/scratch/old", 3, &file) == PM_FS_OK);
    CHECK_INT(move(&a, "/scratch/old", "/scratch/new"), PM_FS_OK);
    struct pm_buf all = saved(&a, NULL);
    struct pm_buf one = saved(&a, file);
    CHECK(one.size == 9 + 12 && one.data[0] == 3 &&
          memcmp(one.data + 9, "/scratch/new", 12) == 0);
    REQUIRE(load(&b, &all, one.data, one.size, &again) == PM_OK);
    CHECK_INT(pm_fs_size(again, &size), PM_FS_OK);
    CHECK_INT(size, 5);
    CHECK_INT(again->mode, 3);
    struct pm_buf twice = saved(&b, again);
    CHECK(twice.size == one.size &&
          memcmp(twice.data, one.data, one.size) == 0);
    pm_buf_free(&twice);
    pm_buf_free(&one);
    pm_buf_free(&all);
    CHECK_INT(pm_fs_close(b.fs, again, true), PM_FS_OK);
    CHECK_INT(pm_fs_close(a.fs, file, true), PM_FS_OK);
    leave(&a);
    leave(&b);
}

// mode, revision (little-endian), path.
static size_t entry(uint8_t *out, unsigned mode, uint64_t revision,
                    const char *path)
{
    size_t size = strlen(path);

    out[0] = (uint8_t)mode;
    for (int i = 0; i < 8; i++)
        out[1 + i] = (uint8_t)(revision >> 8 * i);
    memcpy(out + 9, path, size);
    return 9 + size;
}

TEST(names, a_file_that_cannot_be_attached_is_corrupt_and_says_the_same_again)
{
    static const char *const paths[] = {"/scratch/a", "/scratch/none",
                                        "/save/a", "/host/h/none"};
    for (size_t i = 0; i < PM_ARRAY_LEN(paths); i++) {
        struct names_world w;
        struct pm_open_file *file = NULL;
        uint8_t bytes[64];
        uint64_t size = 1;
        enter(&w);
        CHECK_INT(put(&w, "/scratch/a", "hello"), PM_FS_OK);
        CHECK_INT(put(&w, "/save/a", "hello"), PM_FS_OK);
        struct pm_buf all = saved(&w, NULL);
        size_t length = entry(bytes, 3, 77777, paths[i]);
        REQUIRE(load(&w, &all, bytes, length, &file) == PM_OK);
        CHECK_INT(read_some(file, 1), PM_FS_CORRUPT);
        CHECK_INT(pm_fs_write(file, 0, (const uint8_t *)"x", 1), PM_FS_CORRUPT);
        CHECK_INT(pm_fs_truncate(file, 0), PM_FS_CORRUPT);
        CHECK_INT(pm_fs_size(file, &size), PM_FS_CORRUPT);
        CHECK_INT(size, 0);
        CHECK_INT(pm_fs_sync(file), PM_FS_CORRUPT);
        struct pm_buf one = saved(&w, file);
        CHECK(one.size == length && memcmp(one.data, bytes, length) == 0);
        pm_buf_free(&one);
        pm_buf_free(&all);
        CHECK_INT(pm_fs_close(w.fs, file, true), PM_FS_CORRUPT);
        leave(&w);
    }
}

TEST(names, hostile_bytes_of_a_file_are_refused)
{
    static const struct {
        unsigned mode;
        const char *path;
    } rows[] = {
        {0, "/scratch/a"},    {4, "/scratch/a"},   {5, "/scratch/a"},
        {32, "/scratch/a"},   {255, "/scratch/a"}, {3, ""},
        {3, "scratch/a"},     {3, "/scratch"},     {3, "/scratch/"},
        {3, "/scratch/../a"}, {3, "/nowhere/a"},   {3, "/host"},
        {3, "/host/h"},       {3, "/host/x/a"},    {3, "/scratch/a\x01"},
    };
    struct names_world w;
    struct pm_open_file *file = NULL;
    uint8_t bytes[2000];
    enter(&w);
    CHECK_INT(put(&w, "/scratch/a", "hello"), PM_FS_OK);
    struct pm_buf all = saved(&w, NULL);
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        size_t size = entry(bytes, rows[i].mode, 2, rows[i].path);
        CHECK_INT(load(&w, &all, bytes, size, &file), PM_ERR_INVALID);
        CHECK(!file);
    }
    for (size_t size = 0; size <= 9; size++)
        CHECK_INT(load(&w, &all, bytes, size, &file), PM_ERR_INVALID);
    size_t size = entry(bytes, 3, 2, "/scratch/");
    memset(bytes + size, 'x', 1200);
    CHECK_INT(load(&w, &all, bytes, size + 1200, &file), PM_ERR_INVALID);
    pm_buf_free(&all);
    leave(&w);
}

// A file that is only short of memory is not lost: the restore says so, and
// can be tried again. On /host it was CORRUPT from then on.
static void load_without_memory(const char *path, bool is_lost)
{
    struct names_world w;
    struct pm_open_file *file = NULL;
    struct pm_fs_stat stat;
    uint8_t bytes[64];
    pm_status status = PM_ERR_NO_MEMORY;
    size_t at = 0;

    enter(&w);
    pm_mem_put(&w.directory, "a", "x");
    CHECK_INT(put(&w, "/save/a", "x"), PM_FS_OK);
    CHECK_INT(pm_fs_stat(w.fs, path, strlen(path), &stat), PM_FS_OK);
    struct pm_buf all = saved(&w, NULL);
    size_t size = entry(bytes, 1, is_lost ? 999 : stat.revision, path);
    while (status && at < 20) {
        struct pm_cursor in = pm_cursor_make(all.data, all.size);
        CHECK_INT(pm_fs_load(w.fs, &in), PM_OK);
        w.memory.calls = 0;
        w.memory.fail_at = ++at;
        status = pm_fs_load_file(w.fs, bytes, size, &file);
        w.memory.fail_at = 0;
        CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY);
        if (status == PM_OK)
            CHECK_INT(read_some(file, 0), is_lost ? PM_FS_CORRUPT : PM_FS_OK);
        pm_fs_end_load(w.fs, status == PM_OK);
    }
    CHECK(at > 1);
    CHECK_INT(status, PM_OK);
    pm_fs_close(w.fs, file, false);
    pm_buf_free(&all);
    leave(&w);
}

TEST(names, loading_a_file_without_memory_says_so_and_leaves_nothing)
{
    load_without_memory("/save/a", false);
    load_without_memory("/save/a", true);
    load_without_memory("/host/h/a", false);
    load_without_memory("/host/h/a", true);
}
