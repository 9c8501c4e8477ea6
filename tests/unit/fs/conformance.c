// SPDX-License-Identifier: MIT
#include "conformance.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "support/test.h"

enum {
    READ = PM_OPEN_READ,
    WRITE = PM_OPEN_WRITE,
    CREATE = PM_OPEN_CREATE | PM_OPEN_WRITE,
    BOTH = PM_OPEN_READ | PM_OPEN_WRITE,
};

static const struct pm_volume_kind *kind;
static struct pm_volume *volume;
static uint8_t big[PM_CONFORMANCE_FILE_LIMIT + 1];

#define P(text)   pm_test_path(text)
#define OPS(call) volume->ops->call
// What an operation on the volume answers.
#define ANSWERS(status, call) CHECK_INT(volume->ops->call, PM_FS_##status)

static struct pm_volume_file *open_file(const char *path, unsigned mode)
{
    struct pm_volume_file *file = NULL;
    CHECK_INT(OPS(open)(volume, P(path), mode, &file), PM_FS_OK);
    return file;
}

static void close_file(struct pm_volume_file *file)
{
    if (file)
        CHECK_INT(OPS(close)(volume, file, true), PM_FS_OK);
}

static pm_fs_status try_open(const char *path, unsigned mode)
{
    struct pm_volume_file *file = NULL;
    pm_fs_status status = OPS(open)(volume, P(path), mode, &file);
    if (!status)
        close_file(file);
    else
        CHECK(file == NULL);
    return status;
}

static void put(const char *path, const void *bytes, uint64_t size)
{
    ANSWERS(OK, replace(volume, P(path), bytes, size));
}

static uint64_t size_of(const char *path)
{
    struct pm_fs_stat stat = {0};
    ANSWERS(OK, stat(volume, P(path), &stat));
    return stat.size;
}

static uint64_t revision_of(const char *path)
{
    struct pm_fs_stat stat = {0};
    ANSWERS(OK, stat(volume, P(path), &stat));
    return stat.revision;
}

static bool is_there(const char *path)
{
    struct pm_fs_stat stat;
    return OPS(stat)(volume, P(path), &stat) == PM_FS_OK;
}

// Reads like the transfer module does: what is staged is copied last.
static pm_fs_status read_at(struct pm_volume_file *file, uint64_t offset,
                            uint8_t *dst, uint32_t max, uint32_t *size,
                            bool *eof)
{
    struct pm_destination dest = {dst, malloc(PM_TRANSFER_MAX + 1), false};
    pm_fs_status status =
        OPS(read)(volume, file, offset, &dest, max, size, eof);
    if (!status && dest.is_staged && *size)
        memcpy(dst, dest.stage, *size);
    free(dest.stage);
    return status;
}

static bool file_holds(struct pm_volume_file *file, const void *bytes,
                       uint32_t size)
{
    uint8_t *room = malloc(PM_TRANSFER_MAX);
    uint32_t got = 0;
    bool eof = false;
    bool is_so =
        read_at(file, 0, room, PM_TRANSFER_MAX, &got, &eof) == PM_FS_OK &&
        got == size && eof && (size == 0 || memcmp(room, bytes, size) == 0);
    free(room);
    return is_so;
}

static bool holds(const char *path, const void *bytes, uint32_t size)
{
    struct pm_volume_file *file = open_file(path, READ);
    bool is_so = file && file_holds(file, bytes, size);
    close_file(file);
    return is_so;
}

// The names of a directory with '/' behind directories, as "a b/ c".
static const char *names_in(const char *path)
{
    static char text[4096];
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_fs_names names = {.count = 0};
    size_t at = 0;

    pm_buf_init(&names.bytes, &alloc);
    ANSWERS(OK, list(volume, P(path), 1000, &names));
    text[0] = 0;
    for (uint32_t i = 0; i < names.count; i++) {
        const uint8_t *entry = names.bytes.data + at;
        int length = (int)strlen(text);
        snprintf(text + length, sizeof text - (size_t)length, "%s%.*s%s",
                 i ? " " : "", entry[1], (const char *)entry + 2,
                 entry[0] == PM_FS_DIRECTORY ? "/" : "");
        at += 2u + entry[1];
    }
    CHECK_INT(at, names.bytes.size);
    pm_buf_free(&names.bytes);
    return text;
}

static pm_fs_status try_list(const char *path, uint32_t limit)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_fs_names names = {.count = 0};
    pm_buf_init(&names.bytes, &alloc);
    pm_fs_status status = OPS(list)(volume, P(path), limit, &names);
    pm_buf_free(&names.bytes);
    return status;
}

static uint64_t used(void)
{
    uint64_t bytes = 0;
    uint64_t limit = 0;
    ANSWERS(OK, usage(volume, &bytes, &limit));
    return bytes;
}

static void furnish(void)
{
    if (kind->flags & PM_VOLUME_READ_ONLY)
        return;
    ANSWERS(OK, make_dir(volume, P("dir")));
    put("dir/empty", "", 0);
    put("a.txt", "hello", 5);
    put("dir/b.bin", big, PM_CONFORMANCE_BIG);
}

// --- what every volume does --------------------------------------------------

static bool is_flat(void)
{
    return kind->flags & PM_VOLUME_FLAT;
}

static const char *small_name(void)
{
    return is_flat() ? "manifest.json" : "a.txt";
}

static const char *big_name(void)
{
    return is_flat() ? "program.pbx" : "dir/b.bin";
}

static const char *root_names(void)
{
    return is_flat() ? "manifest.json program.pbx" : "a.txt dir/";
}

// A path beneath the small file, which is no directory.
static const char *beneath(const char *rest)
{
    static char path[64];
    snprintf(path, sizeof path, "%s%s", small_name(), rest);
    return path;
}

static void case_names(void)
{
    struct pm_fs_stat stat;

    furnish();
    ANSWERS(OK, stat(volume, P(""), &stat));
    CHECK(stat.kind == PM_FS_DIRECTORY && stat.size == 0);
    ANSWERS(OK, stat(volume, P(big_name()), &stat));
    CHECK(stat.kind == PM_FS_FILE && stat.size == PM_CONFORMANCE_BIG);
    ANSWERS(NOT_FOUND, stat(volume, P("none"), &stat));
    ANSWERS(NOT_FOUND, stat(volume, P("none/x"), &stat));
    ANSWERS(NOT_A_DIRECTORY, stat(volume, P(beneath("/x")), &stat));
    ANSWERS(NOT_A_DIRECTORY, stat(volume, P(beneath("/x/y")), &stat));
    CHECK_STR(names_in(""), root_names());
    CHECK_INT(try_list("none", 10), PM_FS_NOT_FOUND);
    CHECK_INT(try_list(small_name(), 10), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(try_list(beneath("/x"), 10), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(try_list("", 2), PM_FS_OK);
    CHECK_INT(try_list("", 1), PM_FS_TOO_LARGE);
    if (kind->flags & PM_VOLUME_FLAT)
        return;
    ANSWERS(OK, stat(volume, P("dir"), &stat));
    CHECK(stat.kind == PM_FS_DIRECTORY && stat.size == 0);
    CHECK_STR(names_in("dir"), "b.bin empty");
    CHECK_INT(try_open("dir", READ), PM_FS_IS_A_DIRECTORY);
    CHECK(holds("dir/empty", "", 0));
}

static void case_opening(void)
{
    furnish();
    CHECK_INT(try_open(small_name(), READ), PM_FS_OK);
    CHECK_INT(try_open("none", READ), PM_FS_NOT_FOUND);
    CHECK_INT(try_open("none/x", READ), PM_FS_NOT_FOUND);
    CHECK_INT(try_open("", READ), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(try_open(beneath("/x"), READ), PM_FS_NOT_A_DIRECTORY);
}

static void check_window(struct pm_volume_file *file, uint64_t offset,
                         uint32_t max)
{
    static uint8_t room[PM_CONFORMANCE_BIG + 64];
    uint64_t left =
        offset < PM_CONFORMANCE_BIG ? PM_CONFORMANCE_BIG - offset : 0;
    uint32_t wanted = left < max ? (uint32_t)left : max;
    uint32_t size = 77;
    bool eof = false;

    memset(room, 0xee, sizeof room);
    CHECK_INT(read_at(file, offset, room, max, &size, &eof), PM_FS_OK);
    CHECK_INT(size, wanted);
    CHECK_INT(eof, wanted == left);
    CHECK(wanted == 0 || memcmp(room, big + offset, wanted) == 0);
    for (size_t i = wanted; i < sizeof room; i++) {
        if (!CHECK_INT(room[i], 0xee))
            return;
    }
}

static void case_reading(void)
{
    static const uint32_t edges[] = {0,    1,    15,   4095, 4096,
                                     4097, 8192, 9999, 10000};
    furnish();
    struct pm_volume_file *file = open_file(big_name(), READ);
    if (!file)
        return;
    for (size_t i = 0; i < PM_ARRAY_LEN(edges); i++) {
        for (size_t j = 0; j < PM_ARRAY_LEN(edges); j++)
            check_window(file, edges[i], edges[j]);
    }
    check_window(file, 10001, 5);
    check_window(file, INT64_MAX, 5);
    close_file(file);
    CHECK(holds(small_name(), "hello", 5));
}

static void case_paths_of_files(void)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_fs_stat stat = {0};
    struct pm_buf path;

    furnish();
    struct pm_volume_file *file = open_file(big_name(), READ);
    if (!file)
        return;
    pm_buf_init(&path, &alloc);
    OPS(file_path)(volume, file, &path);
    CHECK_STR(pm_buf_cstr(&path), big_name());
    ANSWERS(OK, file_stat(volume, file, &stat));
    CHECK(stat.kind == PM_FS_FILE && stat.size == PM_CONFORMANCE_BIG);
    CHECK_INT(stat.revision, revision_of(big_name()));
    pm_buf_free(&path);
    close_file(file);
}

static void case_read_only(void)
{
    if (!(kind->flags & PM_VOLUME_READ_ONLY))
        return;
    CHECK_INT(try_open(small_name(), WRITE), PM_FS_ACCESS_DENIED);
    CHECK_INT(try_open("new", CREATE), PM_FS_ACCESS_DENIED);
    CHECK_INT(try_open(small_name(), WRITE | PM_OPEN_TRUNCATE),
              PM_FS_ACCESS_DENIED);
    ANSWERS(ACCESS_DENIED, replace(volume, P(small_name()), big, 1));
    ANSWERS(ACCESS_DENIED, make_dir(volume, P("new")));
    ANSWERS(ACCESS_DENIED, remove(volume, P(small_name())));
    ANSWERS(ACCESS_DENIED, rename(volume, P(small_name()), P("b.txt")));
    CHECK_STR(names_in(""), root_names());
    CHECK(holds(small_name(), "hello", 5));
}

// --- what can be written does ------------------------------------------------

static void case_creating(void)
{
    furnish();
    CHECK_INT(try_open("new", CREATE), PM_FS_OK);
    CHECK_INT(size_of("new"), 0);
    CHECK_INT(try_open("new", CREATE), PM_FS_OK);
    CHECK_INT(try_open("new", CREATE | PM_OPEN_EXCLUSIVE), PM_FS_EXISTS);
    CHECK_INT(try_open("other", CREATE | PM_OPEN_EXCLUSIVE), PM_FS_OK);
    CHECK_INT(try_open("none/x", CREATE), PM_FS_NOT_FOUND);
    CHECK_INT(try_open("a.txt/x", CREATE), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(try_open("dir", CREATE), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(try_open("dir/new", CREATE), PM_FS_OK);
    CHECK_STR(names_in(""), "a.txt dir/ new other");
    CHECK_STR(names_in("dir"), "b.bin empty new");
    uint64_t before = revision_of("a.txt");
    CHECK_INT(try_open("a.txt", WRITE | PM_OPEN_TRUNCATE), PM_FS_OK);
    CHECK_INT(size_of("a.txt"), 0);
    CHECK(revision_of("a.txt") > before);
}

static void case_writing(void)
{
    static uint8_t wanted[9000];
    struct pm_volume_file *file = open_file("f", CREATE);
    struct pm_volume_file *other = open_file("f", BOTH);
    uint32_t limit = PM_CONFORMANCE_FILE_LIMIT;

    if (!file || !other)
        return;
    ANSWERS(OK, write(volume, file, 0, big, 10));
    CHECK(file_holds(other, big, 10));
    ANSWERS(OK, write(volume, other, 8995, big, 5)); // a gap of zeroes
    memcpy(wanted, big, 10);
    memcpy(wanted + 8995, big, 5);
    CHECK(file_holds(file, wanted, 9000));
    ANSWERS(OK, write(volume, file, 20000, big, 0));
    CHECK(file_holds(file, wanted, 9000));
    ANSWERS(TOO_LARGE, write(volume, file, limit, big, 1));
    ANSWERS(TOO_LARGE, write(volume, file, limit - 1, big, 2));
    ANSWERS(TOO_LARGE, write(volume, file, UINT64_MAX - 1, big, 2));
    ANSWERS(TOO_LARGE, write(volume, file, INT64_MAX, big, 2));
    CHECK(file_holds(file, wanted, 9000));
    ANSWERS(OK, write(volume, file, limit - 1, big, 1));
    ANSWERS(OK, truncate(volume, file, 9000));
    close_file(file);
    CHECK(file_holds(other, wanted, 9000));
    close_file(other);
    CHECK(holds("f", wanted, 9000));
}

static void case_truncating(void)
{
    static uint8_t wanted[9000];
    struct pm_volume_file *file = open_file("f", CREATE | READ);

    if (!file)
        return;
    ANSWERS(OK, write(volume, file, 0, big, 9000));
    ANSWERS(OK, truncate(volume, file, 5000));
    CHECK(file_holds(file, big, 5000));
    ANSWERS(OK, truncate(volume, file, 9000)); // what was there is gone
    memcpy(wanted, big, 5000);
    CHECK(file_holds(file, wanted, 9000));
    ANSWERS(TOO_LARGE, truncate(volume, file, PM_CONFORMANCE_FILE_LIMIT + 1));
    ANSWERS(TOO_LARGE, truncate(volume, file, INT64_MAX));
    CHECK(file_holds(file, wanted, 9000));
    ANSWERS(OK, truncate(volume, file, 0));
    CHECK(file_holds(file, "", 0));
    close_file(file);
    CHECK_INT(size_of("f"), 0);
}

static void case_directories(void)
{
    furnish();
    ANSWERS(OK, make_dir(volume, P("dir/in")));
    ANSWERS(EXISTS, make_dir(volume, P("dir/in")));
    ANSWERS(EXISTS, make_dir(volume, P("a.txt")));
    ANSWERS(EXISTS, make_dir(volume, P("")));
    ANSWERS(NOT_FOUND, make_dir(volume, P("none/x")));
    ANSWERS(NOT_A_DIRECTORY, make_dir(volume, P("a.txt/x")));
    CHECK_STR(names_in("dir"), "b.bin empty in/");
    CHECK_STR(names_in("dir/in"), "");
}

static void case_removing(void)
{
    furnish();
    ANSWERS(NOT_FOUND, remove(volume, P("none")));
    ANSWERS(NOT_FOUND, remove(volume, P("none/x")));
    ANSWERS(NOT_A_DIRECTORY, remove(volume, P("a.txt/x")));
    ANSWERS(NOT_EMPTY, remove(volume, P("dir")));
    ANSWERS(ACCESS_DENIED, remove(volume, P("")));
    struct pm_volume_file *file = open_file("a.txt", READ);
    ANSWERS(BUSY, remove(volume, P("a.txt")));
    CHECK(holds("a.txt", "hello", 5));
    close_file(file);
    ANSWERS(OK, remove(volume, P("a.txt")));
    CHECK(!is_there("a.txt"));
    ANSWERS(OK, remove(volume, P("dir/b.bin")));
    ANSWERS(OK, remove(volume, P("dir/empty")));
    ANSWERS(OK, remove(volume, P("dir")));
    CHECK_STR(names_in(""), "");
}

static void case_renaming(void)
{
    furnish();
    put("c", "c", 1);
    ANSWERS(NOT_FOUND, rename(volume, P("none"), P("x")));
    ANSWERS(NOT_FOUND, rename(volume, P("c"), P("none/x")));
    ANSWERS(NOT_A_DIRECTORY, rename(volume, P("c"), P("a.txt/x")));
    ANSWERS(NOT_A_DIRECTORY, rename(volume, P("c/x"), P("x")));
    ANSWERS(EXISTS, rename(volume, P("c"), P("dir")));
    ANSWERS(EXISTS, rename(volume, P("dir"), P("c")));
    ANSWERS(INVALID_PATH, rename(volume, P("dir"), P("dir/x")));
    ANSWERS(OK, rename(volume, P("c"), P("c")));
    CHECK_STR(names_in(""), "a.txt c dir/");
    ANSWERS(OK, rename(volume, P("c"), P("dir/c")));
    CHECK(!is_there("c") && holds("dir/c", "c", 1));
    ANSWERS(OK, rename(volume, P("dir/c"), P("a.txt"))); // replaces
    CHECK(holds("a.txt", "c", 1));
    ANSWERS(OK, rename(volume, P("dir"), P("other")));
    CHECK_STR(names_in("other"), "b.bin empty");
    CHECK(holds("other/b.bin", big, PM_CONFORMANCE_BIG));
    struct pm_volume_file *file = open_file("a.txt", READ);
    ANSWERS(BUSY, rename(volume, P("other/empty"), P("a.txt")));
    CHECK(file && file_holds(file, "c", 1));
    close_file(file);
}

static void case_following(void)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf path;

    furnish();
    struct pm_volume_file *file = open_file("dir/b.bin", BOTH);
    if (!file)
        return;
    pm_buf_init(&path, &alloc);
    ANSWERS(OK, rename(volume, P("dir/b.bin"), P("dir/c.bin")));
    ANSWERS(OK, rename(volume, P("dir"), P("other")));
    OPS(file_path)(volume, file, &path);
    CHECK_STR(pm_buf_cstr(&path), "other/c.bin");
    ANSWERS(OK, truncate(volume, file, 3));
    CHECK(holds("other/c.bin", big, 3));
    CHECK_INT(try_open("dir/b.bin", READ), PM_FS_NOT_FOUND);
    close_file(file);
    CHECK(holds("other/c.bin", big, 3));
    pm_buf_free(&path);
}

static void case_replacing(void)
{
    uint64_t limit = PM_CONFORMANCE_FILE_LIMIT;

    furnish();
    put("dir/empty", big, 5000);
    CHECK(holds("dir/empty", big, 5000));
    put("dir/empty", "x", 1);
    CHECK(holds("dir/empty", "x", 1));
    ANSWERS(NOT_FOUND, replace(volume, P("none/x"), big, 1));
    ANSWERS(NOT_A_DIRECTORY, replace(volume, P("a.txt/x"), big, 1));
    ANSWERS(IS_A_DIRECTORY, replace(volume, P("dir"), big, 1));
    ANSWERS(IS_A_DIRECTORY, replace(volume, P(""), big, 1));
    ANSWERS(TOO_LARGE, replace(volume, P("a.txt"), big, limit + 1));
    struct pm_volume_file *file = open_file("a.txt", READ);
    ANSWERS(BUSY, replace(volume, P("a.txt"), big, 1));
    CHECK(file && file_holds(file, "hello", 5));
    close_file(file);
    put("a.txt", big, limit);
    CHECK(holds("a.txt", big, (uint32_t)limit));
}

static void case_syncing(void)
{
    struct pm_volume_file *file = open_file("f", CREATE | READ);
    if (!file)
        return;
    ANSWERS(OK, write(volume, file, 0, big, 100));
    ANSWERS(OK, sync(volume, file));
    ANSWERS(OK, write(volume, file, 0, (const uint8_t *)"x", 1));
    CHECK_INT(OPS(close)(volume, file, false), PM_FS_OK);
    bool is_discarded = kind->flags & PM_VOLUME_PUBLISHES;
    uint8_t wanted[100];
    memcpy(wanted, big, 100);
    wanted[0] = is_discarded ? big[0] : 'x';
    CHECK(holds("f", wanted, 100));
    OPS(end_frame)(volume);
    CHECK(holds("f", wanted, 100));
}

static void case_revisions(void)
{
    furnish();
    uint64_t before = revision_of("a.txt");
    uint64_t other = revision_of("dir/b.bin");
    struct pm_volume_file *file = open_file("a.txt", BOTH);
    if (!file)
        return;
    CHECK_INT(revision_of("a.txt"), before);
    ANSWERS(OK, write(volume, file, 0, big, 1));
    uint64_t written = revision_of("a.txt");
    CHECK(written > before);
    ANSWERS(OK, truncate(volume, file, 100));
    uint64_t longer = revision_of("a.txt");
    CHECK(longer > written);
    ANSWERS(TOO_LARGE, write(volume, file, INT64_MAX, big, 1));
    ANSWERS(OK, write(volume, file, 0, big, 0));
    CHECK_INT(revision_of("a.txt"), longer);
    close_file(file);
    put("a.txt", "x", 1);
    CHECK(revision_of("a.txt") > longer);
    CHECK_INT(revision_of("dir/b.bin"), other);
    if (!(kind->flags & PM_VOLUME_DIR_REVISION))
        return;
    before = revision_of("dir");
    put("dir/new", "x", 1);
    CHECK(revision_of("dir") > before);
    before = revision_of("dir");
    ANSWERS(OK, rename(volume, P("dir/new"), P("new")));
    CHECK(revision_of("dir") > before);
    before = revision_of("");
    ANSWERS(OK, remove(volume, P("new")));
    CHECK(revision_of("") > before);
}

static void case_quota(void)
{
    uint64_t limit = 0;
    uint64_t bytes = 0;

    if (!(kind->flags & PM_VOLUME_HAS_QUOTA))
        return;
    put("a", big, 60000);
    put("b", big, 30000);
    ANSWERS(OK, usage(volume, &bytes, &limit));
    CHECK(bytes == 90000 && limit == PM_CONFORMANCE_QUOTA);
    struct pm_volume_file *file = open_file("b", BOTH);
    if (!file)
        return;
    ANSWERS(STORAGE_FULL, write(volume, file, 29999, big, 10002));
    ANSWERS(STORAGE_FULL, truncate(volume, file, 40001));
    ANSWERS(STORAGE_FULL, replace(volume, P("c"), big, 10001));
    CHECK(!is_there("c") && used() == 90000);
    CHECK(file_holds(file, big, 30000));
    ANSWERS(OK, write(volume, file, 29999, big, 10001));
    CHECK_INT(used(), 100000);
    ANSWERS(STORAGE_FULL, write(volume, file, 40000, big, 1));
    close_file(file);
    ANSWERS(STORAGE_FULL, replace(volume, P("a"), big, 60001));
    put("a", big, 59999);
    ANSWERS(OK, remove(volume, P("b")));
    CHECK_INT(used(), 59999);
}

static void case_entries(void)
{
    char name[8];

    if (!(kind->flags & PM_VOLUME_HAS_QUOTA))
        return;
    for (unsigned i = 0; i < PM_CONFORMANCE_ENTRIES; i++) {
        snprintf(name, sizeof name, "f%02u", i);
        put(name, "", 0);
    }
    CHECK_INT(try_open("new", CREATE), PM_FS_STORAGE_FULL);
    ANSWERS(STORAGE_FULL, make_dir(volume, P("new")));
    ANSWERS(STORAGE_FULL, replace(volume, P("new"), big, 1));
    put("f00", "x", 1);
    ANSWERS(OK, rename(volume, P("f00"), P("f01")));
    CHECK_INT(try_open("new", CREATE), PM_FS_OK);
}

static void (*const reading_cases[])(void) = {
    case_names, case_opening, case_reading, case_paths_of_files, case_read_only,
};

static void (*const writing_cases[])(void) = {
    case_creating, case_writing,   case_truncating, case_directories,
    case_removing, case_renaming,  case_following,  case_replacing,
    case_syncing,  case_revisions, case_quota,      case_entries,
};

static void run(void (*const *cases)(void), size_t count)
{
    for (size_t i = 0; i < count; i++) {
        void *world = NULL;
        volume = kind->make(&world);
        if (!CHECK(volume != NULL))
            return;
        cases[i]();
        kind->destroy(volume, world);
    }
}

void pm_conformance_run(const struct pm_volume_kind *wanted)
{
    kind = wanted;
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = PM_CONFORMANCE_BYTE(i);
    run(reading_cases, PM_ARRAY_LEN(reading_cases));
    if (!(kind->flags & PM_VOLUME_READ_ONLY))
        run(writing_cases, PM_ARRAY_LEN(writing_cases));
}
