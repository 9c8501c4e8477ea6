// SPDX-License-Identifier: MIT
#include "fs/cart_volume.h"

#include <string.h>

#include "base/mem.h"
#include "support/fault_alloc.h"
#include "support/test.h"

// --- a cartridge in memory ---------------------------------------------------

struct cart {
    bool has_assets;
    pm_status open_status; // of "label.png"
    pm_status read_status;
    size_t reads;
};

#define PROGRAM "0123456789"

static pm_status read_program(void *context, uint64_t offset, void *dst,
                              size_t size)
{
    struct cart *cart = context;
    cart->reads++;
    memcpy(dst, &PROGRAM[offset], size);
    return cart->read_status;
}

static pm_status open_part(void *context, const char *name,
                           struct pm_source *out)
{
    struct cart *cart = context;
    if (strcmp(name, "program.pbx") == 0)
        *out = (struct pm_source){.read_at = read_program,
                                  .context = cart,
                                  .size = sizeof PROGRAM - 1};
    else if (strcmp(name, "manifest.json") == 0)
        *out = pm_source_memory("{}", 2);
    else if (strcmp(name, "assets.pa") == 0 && cart->has_assets)
        *out = pm_source_memory("", 0);
    else
        return strcmp(name, "label.png") == 0 ? cart->open_status
                                              : PM_ERR_NOT_FOUND;
    return PM_OK;
}

static struct pm_path path_of(const char *text)
{
    return (struct pm_path){text, strlen(text)};
}

static struct pm_volume *make(struct cart *cart)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_cart_files files = {open_part, cart};
    struct pm_volume *volume = NULL;
    if (!cart->open_status)
        cart->open_status = PM_ERR_NOT_FOUND;
    CHECK_INT(pm_cart_volume_create(&alloc, &files, &volume), PM_FS_OK);
    return volume;
}

static pm_fs_status opening(struct pm_volume *v, const char *path,
                            unsigned mode)
{
    struct pm_volume_file *file;
    pm_fs_status status = v->ops->open(v, path_of(path), mode, &file);
    return status ? status : v->ops->close(v, file, true);
}

static void check_list(struct pm_volume *v, uint32_t count, const char *bytes,
                       size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_fs_names names = {0};
    pm_buf_init(&names.bytes, &alloc);
    CHECK_INT(v->ops->list(v, path_of(""), 4, &names), PM_FS_OK);
    CHECK_INT(names.count, count);
    CHECK(names.bytes.size == size &&
          memcmp(names.bytes.data, bytes, size) == 0);
    pm_buf_free(&names.bytes);
}

// --- tests -------------------------------------------------------------------

TEST(cart_volume, shows_the_files_that_there_are)
{
    struct cart all = {.has_assets = true};
    struct cart few = {.open_status = PM_ERR_ACCESS};
    static const char three[] = "\1\011assets.pa\1\015manifest.json"
                                "\1\013program.pbx";
    static const char two[] = "\1\015manifest.json\1\013program.pbx";
    struct pm_volume *v = make(&all);
    check_list(v, 3, three, sizeof three - 1);
    CHECK_INT(opening(v, "assets.pa", PM_OPEN_READ), PM_FS_OK);
    v->ops->destroy(v);
    v = make(&few);
    check_list(v, 2, two, sizeof two - 1);
    CHECK_INT(opening(v, "assets.pa", PM_OPEN_READ), PM_FS_NOT_FOUND);
    CHECK_INT(opening(v, "label.png", PM_OPEN_READ), PM_FS_NOT_FOUND);
    v->ops->destroy(v);
}

TEST(cart_volume, a_path_is_a_file_the_root_or_nothing)
{
    struct cart cart = {0};
    struct pm_volume *v = make(&cart);
    struct pm_fs_stat info;
    struct pm_fs_names names = {0};
    CHECK_INT(v->ops->stat(v, path_of(""), &info), PM_FS_OK);
    CHECK(info.kind == PM_FS_DIRECTORY && info.size == 0);
    CHECK_INT(v->ops->stat(v, path_of("program.pbx"), &info), PM_FS_OK);
    CHECK(info.kind == PM_FS_FILE && info.size == 10 && info.revision == 1);
    CHECK_INT(v->ops->stat(v, path_of("program"), &info), PM_FS_NOT_FOUND);
    CHECK_INT(v->ops->stat(v, path_of("Program.pbx"), &info), PM_FS_NOT_FOUND);
    CHECK_INT(v->ops->stat(v, path_of("program.pbx/x"), &info),
              PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(v->ops->stat(v, path_of("x/program.pbx"), &info),
              PM_FS_NOT_FOUND);
    CHECK_INT(opening(v, "", PM_OPEN_READ), PM_FS_IS_A_DIRECTORY);
    CHECK_INT(opening(v, "program.pbx/x", PM_OPEN_READ), PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(v->ops->list(v, path_of("program.pbx"), 9, &names),
              PM_FS_NOT_A_DIRECTORY);
    CHECK_INT(v->ops->list(v, path_of("x"), 9, &names), PM_FS_NOT_FOUND);
    CHECK_INT(v->ops->list(v, path_of(""), 1, &names), PM_FS_TOO_LARGE);
    v->ops->destroy(v);
}

TEST(cart_volume, reads_are_staged_and_right_for_every_window)
{
    struct cart cart = {0};
    struct pm_volume *v = make(&cart);
    struct pm_volume_file *file;
    uint8_t stage[32];
    REQUIRE(v->ops->open(v, path_of("program.pbx"), PM_OPEN_READ, &file) ==
            PM_FS_OK);
    for (uint32_t max = 0; max < 13; max++) {
        for (uint64_t offset = 0; offset < 13; offset++) {
            struct pm_destination dest = {NULL, stage, false};
            uint32_t size;
            bool eof;
            uint64_t left = offset < 10 ? 10 - offset : 0;
            CHECK_INT(v->ops->read(v, file, offset, &dest, max, &size, &eof),
                      PM_FS_OK);
            CHECK_INT(size, left < max ? left : max);
            CHECK_INT(eof, left <= max);
            CHECK(dest.is_staged);
            CHECK(memcmp(stage, &PROGRAM[size ? offset : 0], size) == 0);
        }
    }
    CHECK_INT(v->ops->close(v, file, true), PM_FS_OK);
    v->ops->destroy(v);
}

TEST(cart_volume, each_failure_of_a_source_has_its_status)
{
    static const struct {
        pm_status status;
        pm_fs_status wanted;
    } rows[] = {
        {PM_ERR_NO_MEMORY, PM_FS_TRANSIENT},
        {PM_ERR_INVALID, PM_FS_CORRUPT},
        {PM_ERR_CORRUPT, PM_FS_CORRUPT},
        {PM_ERR_IO, PM_FS_IO_FAILED},
        {PM_ERR_NOT_FOUND, PM_FS_NOT_FOUND},
        {PM_ERR_ACCESS, PM_FS_ACCESS_DENIED},
        {PM_ERR_LIMIT, PM_FS_IO_FAILED},
        {PM_ERR_UNSUPPORTED, PM_FS_IO_FAILED},
        {PM_ERR_WRONG_STATE, PM_FS_IO_FAILED},
        {PM_ERR_EXISTS, PM_FS_IO_FAILED},
    };
    struct cart cart = {0};
    struct pm_volume *v = make(&cart);
    struct pm_volume_file *file;
    uint8_t stage[16];
    struct pm_destination dest = {NULL, stage, false};
    uint32_t size;
    bool eof;
    REQUIRE(v->ops->open(v, path_of("program.pbx"), PM_OPEN_READ, &file) ==
            PM_FS_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cart.read_status = rows[i].status;
        CHECK_INT(v->ops->read(v, file, 0, &dest, 4, &size, &eof),
                  rows[i].wanted);
    }
    // Nothing is asked of the source for nothing.
    size_t reads = cart.reads;
    CHECK_INT(v->ops->read(v, file, 0, &dest, 0, &size, &eof), PM_FS_OK);
    CHECK_INT(v->ops->read(v, file, UINT64_MAX, &dest, 4, &size, &eof),
              PM_FS_OK);
    CHECK_INT(cart.reads, reads);
    v->ops->destroy(v);
}

TEST(cart_volume, nothing_can_be_changed)
{
    static const char *const paths[] = {"", "program.pbx", "new", "new/x",
                                        "program.pbx/x"};
    struct cart cart = {0};
    struct pm_volume *v = make(&cart);
    struct pm_volume_file *file;
    const uint8_t byte = 0;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct pm_path path = path_of(paths[i]);
        CHECK_INT(opening(v, paths[i], PM_OPEN_WRITE), PM_FS_ACCESS_DENIED);
        CHECK_INT(opening(v, paths[i], PM_OPEN_WRITE | PM_OPEN_CREATE),
                  PM_FS_ACCESS_DENIED);
        CHECK_INT(v->ops->replace(v, path, &byte, 1), PM_FS_ACCESS_DENIED);
        CHECK_INT(v->ops->make_dir(v, path), PM_FS_ACCESS_DENIED);
        CHECK_INT(v->ops->remove(v, path), PM_FS_ACCESS_DENIED);
        CHECK_INT(v->ops->rename(v, path, path_of("other")),
                  PM_FS_ACCESS_DENIED);
    }
    REQUIRE(v->ops->open(v, path_of("program.pbx"), PM_OPEN_READ, &file) ==
            PM_FS_OK);
    CHECK_INT(v->ops->write(v, file, 0, &byte, 1), PM_FS_ACCESS_DENIED);
    CHECK_INT(v->ops->truncate(v, file, 0), PM_FS_ACCESS_DENIED);
    CHECK_INT(v->ops->sync(v, file), PM_FS_OK);
    v->ops->end_frame(v);
    v->ops->destroy(v);
}

TEST(cart_volume, knows_its_sizes_and_paths)
{
    struct cart cart = {0};
    struct pm_volume *v = make(&cart);
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_volume_file *file;
    struct pm_fs_stat info;
    struct pm_buf path;
    uint64_t used;
    uint64_t limit;
    CHECK_INT(v->ops->usage(v, &used, &limit), PM_FS_OK);
    CHECK(used == 12 && limit == 12);
    REQUIRE(v->ops->open(v, path_of("manifest.json"), PM_OPEN_READ, &file) ==
            PM_FS_OK);
    CHECK_INT(v->ops->file_stat(v, file, &info), PM_FS_OK);
    CHECK(info.kind == PM_FS_FILE && info.size == 2 && info.revision == 1);
    pm_buf_init(&path, &alloc);
    v->ops->file_path(v, file, &path);
    CHECK_STR(pm_buf_cstr(&path), "manifest.json");
    pm_buf_free(&path);
    v->ops->destroy(v);
}

TEST(cart_volume, keeps_nothing_in_a_saved_state_and_reopens_by_path)
{
    struct cart cart = {0};
    struct pm_volume *v = make(&cart);
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_cursor in = pm_cursor_make("rest", 4);
    struct pm_volume_file *file;
    struct pm_buf state;
    pm_buf_init(&state, &alloc);
    v->ops->save(v, &state);
    CHECK_INT(state.size, 0);
    pm_buf_free(&state);
    CHECK_INT(v->ops->load(v, &in), PM_OK);
    CHECK_INT(pm_cursor_left(&in), 4);
    CHECK_INT(v->ops->attach(v, path_of("program.pbx"), 1, &file), PM_FS_OK);
    CHECK_INT(v->ops->attach(v, path_of("program.pbx"), 2, &file),
              PM_FS_CORRUPT);
    CHECK_INT(v->ops->attach(v, path_of("assets.pa"), 1, &file), PM_FS_CORRUPT);
    CHECK_INT(v->ops->attach(v, path_of(""), 1, &file), PM_FS_CORRUPT);
    v->ops->end_load(v, true);
    v->ops->destroy(v);
}

static int make_and_list(const struct pm_allocator *alloc, void *context)
{
    struct pm_cart_files files = {open_part, context};
    struct pm_fs_names names = {0};
    struct pm_volume *v;
    if (pm_cart_volume_create(alloc, &files, &v) != PM_FS_OK)
        return 0;
    pm_buf_init(&names.bytes, alloc);
    pm_fs_status status = v->ops->list(v, path_of(""), 4, &names);
    CHECK(!status || (names.count == 0 && names.bytes.size == 0));
    pm_buf_free(&names.bytes);
    v->ops->destroy(v);
    return status == PM_FS_OK;
}

TEST(cart_volume, each_allocation_may_fail)
{
    struct cart cart = {.has_assets = true, .open_status = PM_ERR_NOT_FOUND};
    CHECK(pm_fault_alloc_each(make_and_list, &cart, false) >= 2);
}
