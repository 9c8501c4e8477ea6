// SPDX-License-Identifier: MIT
#include "matrix_world.h"

#include <stdio.h>
#include <string.h>

#include "fs/cart_volume.h"
#include "fs/host_volume.h"
#include "fs/tree.h"
#include "support/test.h"

const char *mx_prefix(enum mx_place place)
{
    static const char *const prefixes[] = {"/save", "/save",   "/scratch",
                                           "/cart", "/host/h", "/host/h"};

    return prefixes[place];
}

static bool is_stored(enum mx_place place)
{
    return place == MX_SAVE || place == MX_DAMAGED;
}

// --- the volumes -------------------------------------------------------------

static pm_fs_status make_tree(struct mx_world *w, bool is_stored,
                              struct pm_volume **out)
{
    struct pm_tree_config config = {.quota = MX_QUOTA,
                                    .file_limit = MX_FILE_LIMIT,
                                    .entries = MX_ENTRIES,
                                    .path_max = 40,
                                    .is_saved = !is_stored};

    if (is_stored) {
        config.store = &w->store.store;
        config.writeback = w->writeback;
    }
    return pm_tree_create(&w->alloc, &config, out);
}

static void fill_volume(const struct pm_volume *is, struct pm_volume *volume)
{
    static const char *const files[] = {"f", "g", "d/g"};

    CHECK_INT(is->ops->make_dir(volume, (struct pm_path){"d", 1}), PM_FS_OK);
    CHECK_INT(is->ops->make_dir(volume, (struct pm_path){"e", 1}), PM_FS_OK);
    for (size_t i = 0; i < 3; i++)
        CHECK_INT(is->ops->replace(volume,
                                   (struct pm_path){files[i], strlen(files[i])},
                                   (const uint8_t *)"hello", 5),
                  PM_FS_OK);
}

static void fill_card(struct pm_card *card)
{
    for (unsigned slot = 0; slot < 2; slot++) {
        CHECK_INT(pm_card_write(card, slot, 0, (const uint8_t *)"abc", 3),
                  PM_MEM_OK);
        CHECK_INT(pm_card_commit(card, slot), PM_MEM_OK);
    }
}

static pm_fs_status open_stored(struct mx_world *w, struct pm_volume **out)
{
    CHECK_INT(pm_writeback_create(&w->alloc, &w->store.store, &w->writeback),
              PM_FS_OK);
    pm_fs_status status = make_tree(w, true, out);
    pm_fs_status card =
        pm_card_create(&w->alloc, &w->store.store, w->writeback, 7, &w->card);

    return status ? status : card;
}

static void leave_store(struct mx_world *w, struct pm_volume *volume)
{
    volume->ops->destroy(volume);
    pm_card_destroy(w->card);
    pm_writeback_destroy(w->writeback);
    w->card = NULL;
    w->writeback = NULL;
}

// Fills a store and leaves it; what is opened next reads everything anew.
static void fill_store(struct mx_world *w)
{
    struct pm_volume *volume;

    CHECK_INT(open_stored(w, &volume), PM_FS_OK);
    fill_volume(volume, volume);
    fill_card(w->card);
    CHECK_INT(pm_writeback_commit(w->writeback, true), PM_FS_OK);
    leave_store(w, volume);
}

static bool make_stored(struct mx_world *w, const struct mx_plan *plan,
                        struct pm_volume **out)
{
    fill_store(w);
    if (w->place == MX_DAMAGED)
        for (size_t i = 0; i < w->store.now.count; i++)
            pm_mem_store_flip(&w->store, i, 3);
    if (plan->fault == MX_FLIP) {
        if (plan->at >= w->store.now.count)
            return false;
        pm_mem_store_flip(&w->store, plan->at, 3);
    }
    pm_fs_status status = open_stored(w, out);
    CHECK_INT(status == PM_FS_CORRUPT && plan->fault != MX_FLIP,
              w->place == MX_DAMAGED);
    if (status && w->place == MX_SAVE) {
        // What shows at once makes it a damaged store, the other place.
        leave_store(w, *out);
        pm_mem_store_flip(&w->store, plan->at, 3);
        status = open_stored(w, out);
        CHECK_INT(status, PM_FS_OK);
    }
    return CHECK(*out && w->card);
}

static pm_status read_source(void *context, uint64_t offset, void *dst,
                             size_t size)
{
    const struct mx_world *w = context;

    if (w->source_fails)
        return PM_ERR_IO;
    memcpy(dst, &"hello"[offset], size);
    return PM_OK;
}

static pm_status open_source(void *context, const char *name,
                             struct pm_source *out)
{
    if (strcmp(name, "manifest.json") && strcmp(name, "program.pbx"))
        return PM_ERR_NOT_FOUND;
    *out = (struct pm_source){
        .read_at = read_source, .context = context, .size = 5};
    return PM_OK;
}

static pm_fs_status make_host(struct mx_world *w, struct pm_volume **out)
{
    struct pm_host_volume_config config = {.directory = &w->directory.seam,
                                           .writable =
                                               w->place == MX_HOST_WRITE,
                                           .file_limit = MX_FILE_LIMIT};

    pm_mem_put_dir(&w->directory, "d");
    pm_mem_put_dir(&w->directory, "e");
    pm_mem_put(&w->directory, "f", "hello");
    pm_mem_put(&w->directory, "g", "hello");
    pm_mem_put(&w->directory, "d/g", "hello");
    return pm_host_volume_create(&w->alloc, &config, out);
}

static bool make_volume(struct mx_world *w, const struct mx_plan *plan,
                        struct pm_volume **out)
{
    struct pm_cart_files files = {open_source, w};

    if (is_stored(w->place))
        return make_stored(w, plan, out);
    if (w->place == MX_CART)
        return CHECK_INT(pm_cart_volume_create(&w->alloc, &files, out), 0);
    if (w->place != MX_SCRATCH)
        return CHECK_INT(make_host(w, out), PM_FS_OK);
    if (!CHECK_INT(make_tree(w, false, out), PM_FS_OK))
        return false;
    fill_volume(*out, *out);
    return true;
}

// --- all of it ---------------------------------------------------------------

bool mx_open(struct mx_world *w, enum mx_place place,
             const struct mx_plan *plan)
{
    const char *name = strrchr(mx_prefix(place), '/') + 1;
    struct pm_volume *volume = NULL;
    struct pm_volume *other = NULL;

    *w = (struct mx_world){.place = place};
    w->alloc = pm_fault_alloc(&w->memory);
    pm_mem_store_open(&w->store);
    pm_mem_directory_init(&w->directory);
    if (!make_volume(w, plan, &volume)) {
        mx_close(w);
        return false;
    }
    CHECK_INT(make_tree(w, false, &other), PM_FS_OK);
    CHECK_INT(pm_fs_create(&w->alloc, &w->fs), PM_FS_OK);
    CHECK_INT(pm_fs_mount(w->fs, name, place >= MX_HOST_READ, volume),
              PM_FS_OK);
    CHECK_INT(pm_fs_mount(w->fs, "other", false, other), PM_FS_OK);
    return true;
}

void mx_close(struct mx_world *w)
{
    pm_fs_destroy(w->fs);
    pm_card_destroy(w->card);
    pm_writeback_destroy(w->writeback);
    CHECK_INT(w->memory.live_blocks, 0);
    CHECK_INT(w->directory.open_files, 0);
    CHECK_INT(w->store.over_reserved, 0);
    pm_mem_store_close(&w->store);
    pm_mem_directory_free(&w->directory);
}

void mx_arm(struct mx_world *w, const struct mx_plan *plan)
{
    w->memory.calls = 0;
    w->store.calls = 0;
    w->directory.calls = 0;
    if (plan->fault == MX_MEMORY)
        w->memory.fail_at = plan->at;
    if (plan->fault == MX_STORE) {
        w->store.fail_at = plan->at;
        w->store.fail_status = plan->status;
    }
    w->store.fail_flush = plan->fault == MX_FLUSH;
    if (plan->fault == MX_NO_ROOM)
        w->store.space = 1;
    if (plan->fault == MX_DIRECTORY) {
        w->directory.fail_at = plan->at;
        w->directory.status = plan->status;
    }
    w->source_fails = plan->fault == MX_SOURCE;
}

bool mx_disarm(struct mx_world *w, const struct mx_plan *plan)
{
    bool was_met = plan->fault == MX_MEMORY  ? w->memory.calls >= plan->at
                   : plan->fault == MX_STORE ? w->store.calls >= plan->at
                   : plan->fault == MX_DIRECTORY
                       ? w->directory.calls >= plan->at
                       : plan->fault == MX_FLIP;

    mx_arm(w, &(struct mx_plan){0});
    w->memory.fail_at = 0;
    w->store.fail_at = 0;
    w->store.space = 0;
    w->directory.fail_at = 0;
    return was_met;
}
