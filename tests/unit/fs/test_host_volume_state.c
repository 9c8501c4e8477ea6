// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host_world.h"
#include "support/test.h"

static struct pm_buf saved(struct world *w)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf buf;
    pm_buf_init(&buf, &alloc);
    w->volume->ops->save(w->volume, &buf);
    CHECK(!buf.failed);
    return buf;
}

static bool load(struct world *w, const void *data, size_t size)
{
    struct pm_cursor in = pm_cursor_make(data, size);
    return w->volume->ops->load(w->volume, &in) == PM_OK &&
           pm_cursor_left(&in) == 0;
}

static pm_fs_status attach(struct world *w, const char *path, uint64_t revision,
                           struct pm_volume_file **out)
{
    return w->volume->ops->attach(w->volume, hw_path_of(path), revision, out);
}

static void end_load(struct world *w, bool accept)
{
    w->volume->ops->end_load(w->volume, accept);
}

static bool is_same(const struct pm_buf *a, const struct pm_buf *b)
{
    return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

// A state with a bit of everything, and what was open in it.
#define FILES 4

struct scene {
    struct pm_volume_file *files[FILES];
};

static const char *const scene_paths[FILES] = {"d/new", "read", "sub/old",
                                               "touched"};

static void make_host(struct world *w)
{
    pm_mem_put_dir(&w->host, "d");
    pm_mem_put_dir(&w->host, "sub");
    pm_mem_put(&w->host, "read", "read only");
    pm_mem_put(&w->host, "sub/old", "old");
    pm_mem_put(&w->host, "touched", "x");
}

static struct scene make_scene(struct world *w)
{
    struct scene scene;
    make_host(w);
    CHECK_INT(hw_replace(w, "touched", "y"), PM_FS_OK);
    CHECK_INT(hw_replace(w, "closed", "z"), PM_FS_OK);
    scene.files[0] =
        hw_opened(w, "d/new", RW | PM_OPEN_CREATE | PM_OPEN_EXCLUSIVE);
    CHECK_INT(hw_put(w, scene.files[0], 0, "made"), PM_FS_OK);
    scene.files[1] = hw_opened(w, "read", RO);
    scene.files[2] = hw_opened(w, "sub/old", RW);
    CHECK_INT(hw_put(w, scene.files[2], 0, "new"), PM_FS_OK);
    scene.files[3] = hw_opened(w, "touched", RO);
    return scene;
}

static void close_scene(struct world *w, struct scene *scene)
{
    for (int i = 0; i < FILES; i++)
        hw_close_as(w, scene->files[i], false);
}

// Attaches what [from] had open, with the revisions it had there.
static bool attach_scene(struct world *w, struct world *from,
                         struct scene *scene)
{
    for (int i = 0; i < FILES; i++) {
        uint64_t revision = (uint64_t)hw_revision_at(from, scene_paths[i]);
        if (attach(w, scene_paths[i], revision, &scene->files[i])) {
            while (i-- > 0)
                hw_close_as(w, scene->files[i], false);
            return false;
        }
    }
    return true;
}

TEST(host_state, comes_back_as_it_was_in_another_run)
{
    struct world a;
    struct world b;
    hw_enter(&a);
    struct scene in_a = make_scene(&a);
    struct pm_buf state = saved(&a);
    hw_enter(&b);
    make_host(&b);
    struct scene in_b;
    REQUIRE(load(&b, state.data, state.size));
    REQUIRE(attach_scene(&b, &a, &in_b));
    end_load(&b, true);
    CHECK_STR(hw_text_of(&b, in_b.files[0]), "made");
    CHECK_STR(hw_text_of(&b, in_b.files[1]), "read only");
    CHECK_STR(hw_text_of(&b, in_b.files[2]), "new");
    CHECK_STR(hw_listing(&b, "d", 10), "new ");
    CHECK_INT(hw_revision_at(&b, "d/new"), hw_revision_at(&a, "d/new"));
    CHECK_INT(hw_revision_at(&b, "touched"), hw_revision_at(&a, "touched"));
    struct pm_buf again = saved(&b);
    CHECK(is_same(&state, &again));
    // It goes on as the first run would have.
    CHECK_INT(hw_put(&a, in_a.files[0], 4, "!"), PM_FS_OK);
    CHECK_INT(hw_put(&b, in_b.files[0], 4, "!"), PM_FS_OK);
    CHECK_INT(hw_revision_at(&b, "d/new"), hw_revision_at(&a, "d/new"));
    // EXCLUSIVE too was kept.
    pm_mem_put(&b.host, "d/new", "theirs");
    CHECK_INT(hw_sync_of(&b, in_b.files[0]), PM_FS_EXISTS);
    CHECK_INT(hw_sync_of(&b, in_b.files[2]), PM_FS_OK);
    CHECK(pm_mem_holds(&b.host, "sub/old", "new"));
    pm_buf_free(&state);
    pm_buf_free(&again);
    close_scene(&a, &in_a);
    close_scene(&b, &in_b);
    hw_leave(&a);
    hw_leave(&b);
}

TEST(host_state, files_of_before_stay_valid_until_their_close_but_write_nothing)
{
    struct world w;
    hw_enter(&w);
    struct scene before = make_scene(&w);
    struct pm_buf state = saved(&w);
    CHECK_INT(hw_put(&w, before.files[2], 0, "later"), PM_FS_OK);
    struct scene after;
    REQUIRE(load(&w, state.data, state.size));
    // The revision is that of the state, not of now.
    CHECK_INT(attach(&w, "sub/old", (uint64_t)hw_revision_at(&w, "sub/old"),
                     &after.files[2]),
              PM_FS_CORRUPT);
    end_load(&w, false);
    CHECK_STR(hw_text_of(&w, before.files[2]), "later");
    REQUIRE(load(&w, state.data, state.size));
    CHECK_INT(attach(&w, "sub/old", (uint64_t)hw_revision_at(&w, "sub/old") - 1,
                     &after.files[2]),
              PM_FS_OK);
    end_load(&w, true);
    CHECK_STR(hw_text_of(&w, after.files[2]), "new");
    unsigned discarded = w.discarded;
    size_t published = w.host.published;
    CHECK_INT(hw_close_as(&w, before.files[2], true), PM_FS_OK);
    CHECK_INT(w.discarded, discarded + 1);
    CHECK_INT(w.host.published, published);
    CHECK_INT(hw_close_as(&w, before.files[0], false), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, before.files[1], false), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, before.files[3], false), PM_FS_OK);
    CHECK_STR(hw_text_of(&w, after.files[2]), "new");
    // "d/new" was in the state, but no file was attached to it.
    CHECK_STR(hw_listing(&w, "d", 10), "");
    CHECK_INT(hw_close_as(&w, after.files[2], true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "sub/old", "new"));
    pm_buf_free(&state);
    hw_leave(&w);
}

TEST(host_state, a_file_that_is_gone_or_was_never_there_is_corrupt)
{
    struct world w;
    struct pm_volume_file *file;
    hw_enter(&w);
    pm_mem_put(&w.host, "a", "text");
    CHECK_INT(attach(&w, "a", 1, &file), PM_FS_CORRUPT); // nothing is loaded
    struct pm_buf state = saved(&w);
    REQUIRE(load(&w, state.data, state.size));
    CHECK_INT(attach(&w, "gone", 1, &file), PM_FS_CORRUPT);
    CHECK_INT(attach(&w, "", 1, &file), PM_FS_CORRUPT);
    CHECK_INT(attach(&w, "a", 2, &file), PM_FS_CORRUPT);
    CHECK_INT(attach(&w, "a", 1, &file), PM_FS_OK);
    struct pm_volume_file *second;
    CHECK_INT(attach(&w, "a", 1, &second), PM_FS_OK);
    CHECK(file == second);
    end_load(&w, true);
    // A state that gives the right to write to a file without a shadow.
    CHECK_INT(hw_put(&w, file, 4, "!"), PM_FS_OK);
    CHECK_STR(hw_text_of(&w, file), "text!");
    CHECK_INT(hw_close_as(&w, second, false), PM_FS_OK);
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    CHECK(pm_mem_holds(&w.host, "a", "text!"));
    pm_buf_free(&state);
    hw_leave(&w);
}

TEST(host_state, a_path_that_was_removed_and_renamed_to_is_saved_once)
{
    struct world w;
    hw_enter(&w);
    pm_mem_put(&w.host, "a", "text");
    CHECK_INT(hw_replace(&w, "b", "x"), PM_FS_OK);
    CHECK_INT(hw_remove_at(&w, "b"), PM_FS_OK);
    struct pm_volume_file *file = hw_opened(&w, "a", RO);
    CHECK_INT(hw_rename_to(&w, "a", "b"), PM_FS_OK);
    struct pm_buf state = saved(&w);
    CHECK(load(&w, state.data, state.size));
    end_load(&w, false);
    pm_buf_free(&state);
    CHECK_INT(hw_close_as(&w, file, true), PM_FS_OK);
    hw_leave(&w);
}

TEST(host_state, a_mount_that_is_not_writable_takes_no_shadows)
{
    struct world a;
    struct world b;
    hw_enter(&a);
    struct scene scene = make_scene(&a);
    struct pm_buf state = saved(&a);
    hw_enter_as(&b, false);
    CHECK(!load(&b, state.data, state.size));
    pm_buf_free(&state);
    close_scene(&a, &scene);
    hw_leave(&a);
    hw_leave(&b);
}

// --- hostile bytes -----------------------------------------------------------

// What is accepted must be what would have been saved: nothing else gets in.
static void try_bytes(struct world *w, const uint8_t *data, size_t size)
{
    if (!load(w, data, size)) {
        end_load(w, false);
        return;
    }
    end_load(w, true);
    struct pm_buf again = saved(w);
    CHECK(again.size <= size);
    struct pm_cursor in = pm_cursor_make(again.data, again.size);
    CHECK_INT(w->volume->ops->load(w->volume, &in), PM_OK);
    end_load(w, false);
    pm_buf_free(&again);
}

TEST(host_state, every_damaged_byte_and_every_length_is_refused_or_harmless)
{
    struct world w;
    struct world other;
    hw_enter(&w);
    struct scene scene = make_scene(&w);
    struct pm_buf state = saved(&w);
    hw_enter(&other);
    make_host(&other);
    for (size_t size = 0; size < state.size; size++) {
        CHECK(!load(&other, state.data, size));
        end_load(&other, false);
    }
    for (size_t at = 0; at < state.size; at++) {
        for (int bit = 0; bit < 8; bit++) {
            state.data[at] ^= (uint8_t)(1 << bit);
            try_bytes(&other, state.data, state.size);
            state.data[at] ^= (uint8_t)(1 << bit);
        }
    }
    pm_buf_free(&state);
    close_scene(&w, &scene);
    hw_leave(&w);
    hw_leave(&other);
}

// One shadow and what is around it, as bytes.
struct forged {
    uint64_t counter;
    uint64_t floor;
    const char *revised; // a path with an entry, or NULL
    uint64_t revised_to;
    const char *paths[2];
    uint8_t flags;
    uint64_t revision;
    uint64_t size; // of the content that is said to follow
};

static void put_path(struct pm_buf *out, const char *path)
{
    pm_buf_put16(out, (uint16_t)strlen(path));
    pm_buf_puts(out, path);
}

static bool forge(struct world *w, const struct forged *f)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf out;
    uint32_t count = (f->paths[0] != NULL) + (f->paths[1] != NULL);
    pm_buf_init(&out, &alloc);
    pm_buf_put64(&out, f->counter);
    pm_buf_put64(&out, f->floor);
    pm_buf_put32(&out, f->revised != NULL);
    if (f->revised) {
        put_path(&out, f->revised);
        pm_buf_put64(&out, f->revised_to);
    }
    pm_buf_put32(&out, count);
    for (uint32_t i = 0; i < count; i++) {
        put_path(&out, f->paths[i]);
        pm_buf_put64(&out, f->revision);
        pm_buf_put8(&out, f->flags);
        pm_buf_put64(&out, f->size);
        if (f->size <= LIMIT)
            pm_buf_put(&out, NULL, (size_t)f->size);
    }
    bool is_taken = load(w, out.data, out.size);
    w->volume->ops->end_load(w->volume, false);
    pm_buf_free(&out);
    return is_taken;
}

TEST(host_state, each_rule_of_the_format_is_checked)
{
    const struct forged right = {5, 1, "r", 3, {"a", "b"}, 1, 2, 3};
    struct world w;
    struct forged f;
    hw_enter(&w);
    CHECK(forge(&w, &right));
#define REFUSED(change)                                                        \
    do {                                                                       \
        f = right;                                                             \
        change;                                                                \
        CHECK(!forge(&w, &f));                                                 \
    } while (0)
    REFUSED(f.counter = 0);
    REFUSED(f.counter = UINT64_MAX);
    REFUSED(f.floor = 0);
    REFUSED(f.floor = 6);
    REFUSED(f.revised_to = 0);
    REFUSED(f.revised_to = 1);
    REFUSED(f.revised_to = 6);
    REFUSED(f.revised = "a");
    REFUSED(f.revised = "x//y");
    REFUSED(f.revised = "..");
    REFUSED(f.paths[0] = "b");
    REFUSED(f.paths[0] = "c");
    REFUSED(f.paths[0] = "");
    REFUSED(f.paths[0] = "/a");
    REFUSED(f.paths[0] = "../a");
    REFUSED(f.paths[0] = "a/.");
    REFUSED(f.paths[0] = "a/");
    REFUSED(f.paths[1] = "a/b");
    REFUSED(f.flags = 0);
    REFUSED(f.flags = 4);
    REFUSED(f.flags = 7);
    REFUSED(f.flags = 8 + 1);
    REFUSED(f.revision = 0);
    REFUSED(f.revision = 6);
    REFUSED(f.size = LIMIT + 1);
    REFUSED(f.size = UINT64_MAX);
#undef REFUSED
    hw_leave(&w);
}

// --- memory ------------------------------------------------------------------

TEST(host_state, each_allocation_of_a_load_may_fail)
{
    struct world a;
    hw_enter(&a);
    struct scene scene = make_scene(&a);
    struct pm_buf state = saved(&a);
    for (size_t at = 1;; at++) {
        struct world b;
        hw_enter(&b);
        make_host(&b);
        struct scene in_b;
        size_t first = b.memory.calls;
        b.memory.fail_at = first + at;
        bool ok =
            load(&b, state.data, state.size) && attach_scene(&b, &a, &in_b);
        bool is_met = b.memory.calls >= first + at;
        b.memory.fail_at = 0;
        CHECK_INT(ok, !is_met);
        end_load(&b, ok);
        if (ok)
            close_scene(&b, &in_b);
        hw_leave(&b);
        if (!is_met)
            break;
    }
    pm_buf_free(&state);
    close_scene(&a, &scene);
    hw_leave(&a);
}
