// SPDX-License-Identifier: MIT
#include "support/save_volume.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"

// --- open and close ----------------------------------------------------------

static pm_fs_status open_parts(struct pm_save_volume *saves,
                               const struct pm_allocator *alloc, uint32_t spare)
{
    struct pm_tree_config config = {
        .quota = PM_SAVE_QUOTA + spare,
        .file_limit = PM_SAVE_FILE_LIMIT,
        .entries = PM_SAVE_ENTRIES + spare,
        .store = &saves->store,
    };
    pm_fs_status status =
        pm_writeback_create(alloc, &saves->store, &saves->writeback);

    if (status)
        return status;
    config.writeback = saves->writeback;
    status = pm_tree_create(alloc, &config, &saves->volume);
    if (status && status != PM_FS_CORRUPT)
        return status;
    pm_fs_status card_status = pm_card_create(
        alloc, &saves->store, saves->writeback, PM_SAVE_APP, &saves->card);
    return card_status ? card_status : status;
}

pm_fs_status pm_save_volume_open(struct pm_save_volume *saves,
                                 const struct pm_allocator *alloc,
                                 const struct pm_os *os, uint64_t checkpoint_at,
                                 uint32_t spare)
{
    const struct pm_store_config config = {
        .alloc = alloc,
        .os = os,
        .directory = PM_SAVE_DIRECTORY,
        .app_id = PM_SAVE_APP,
        .checkpoint_at = checkpoint_at,
    };

    *saves = (struct pm_save_volume){0};
    pm_fs_status status = pm_store_open(&config, &saves->store, &saves->error);
    if (!status)
        status = open_parts(saves, alloc, spare);
    if (status && !(status == PM_FS_CORRUPT && saves->card))
        pm_save_volume_close(saves);
    return status;
}

void pm_save_volume_close(struct pm_save_volume *saves)
{
    pm_card_destroy(saves->card);
    if (saves->volume)
        saves->volume->ops->destroy(saves->volume);
    pm_writeback_destroy(saves->writeback);
    pm_store_close(&saves->store);
    saves->card = NULL;
    saves->volume = NULL;
    saves->writeback = NULL;
}

void pm_save_volume_end(struct pm_save_volume *saves)
{
    if (saves->volume)
        saves->volume->ops->end_frame(saves->volume);
    pm_save_volume_close(saves);
}

// --- sums --------------------------------------------------------------------

// Of a few numbers, so that each part of a sum is unlike each other.
static uint64_t sum_of(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    const uint64_t words[4] = {a, b, c, d};
    return pm_hash64(words, sizeof words);
}

uint64_t pm_save_sum_entry(const char *path, pm_fs_kind kind,
                           const uint8_t *bytes, uint32_t size)
{
    return sum_of(pm_hash64(path, strlen(path)), (uint64_t)kind, size,
                  pm_hash64(bytes, size));
}

uint64_t pm_save_sum_slot(unsigned slot, const uint8_t *bytes, uint32_t size)
{
    return sum_of(slot, 77, size, pm_hash64(bytes, size));
}

uint64_t pm_save_sum_usage(uint64_t used)
{
    return sum_of(used, 78, 0, 0);
}

// --- looking -----------------------------------------------------------------

static struct pm_path path_of(const char *text)
{
    return (struct pm_path){text, strlen(text)};
}

pm_fs_status pm_save_volume_read(struct pm_volume *volume, const char *path,
                                 uint8_t *out, uint32_t *out_size)
{
    struct pm_volume_file *file;
    struct pm_destination dest = {out, NULL, false};
    bool eof = false;
    pm_fs_status status =
        volume->ops->open(volume, path_of(path), PM_OPEN_READ, &file);

    if (status)
        return status;
    status = volume->ops->read(volume, file, 0, &dest, PM_SAVE_FILE_LIMIT,
                               out_size, &eof);
    volume->ops->close(volume, file, true);
    return status;
}

struct look {
    struct pm_volume *volume;
    struct pm_save_sums sums;
    bool with_content;
};

static pm_fs_status look_at_directory(struct look *look, const char *path);

static pm_fs_status look_at(struct look *look, const char *path)
{
    static const uint8_t none[1];
    uint8_t bytes[PM_SAVE_FILE_LIMIT];
    struct pm_fs_stat stat;
    uint32_t size = 0;
    struct pm_volume *volume = look->volume;
    pm_fs_status status = volume->ops->stat(volume, path_of(path), &stat);

    if (status)
        return status;
    look->sums.revisions +=
        sum_of(pm_hash64(path, strlen(path)), (uint64_t)stat.kind, stat.size,
               stat.revision);
    if (stat.kind == PM_FS_DIRECTORY) {
        look->sums.content +=
            *path ? pm_save_sum_entry(path, stat.kind, none, 0) : 0;
        return look_at_directory(look, path);
    }
    if (!look->with_content)
        return PM_FS_OK;
    status = pm_save_volume_read(volume, path, bytes, &size);
    // Not what it said to be is as bad as not to be read.
    if (!status && size != stat.size)
        status = PM_FS_CORRUPT;
    if (!status)
        look->sums.content += pm_save_sum_entry(path, stat.kind, bytes, size);
    return status;
}

static pm_fs_status look_at_directory(struct look *look, const char *path)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_fs_names names = {0};
    char child[1100];

    pm_buf_init(&names.bytes, &alloc);
    struct pm_volume *volume = look->volume;
    pm_fs_status status =
        volume->ops->list(volume, path_of(path), PM_SAVE_ENTRIES + 8, &names);
    const uint8_t *at = names.bytes.data;
    for (uint32_t i = 0; i < names.count && !status; i++) {
        snprintf(child, sizeof child, "%s%s%.*s", path, *path ? "/" : "", at[1],
                 (const char *)at + 2);
        at += 2 + at[1];
        if (strcmp(child, PM_SAVE_PROBE) != 0)
            status = look_at(look, child);
    }
    pm_buf_free(&names.bytes);
    return status;
}

static pm_fs_status look_at_slots(struct pm_save_volume *saves,
                                  struct look *look)
{
    static uint8_t bytes[PM_CARD_SLOT_SIZE];
    struct pm_destination dest = {bytes, NULL, false};

    for (unsigned i = 0; i < PM_SAVE_SLOTS; i++) {
        struct pm_card_info info;
        uint32_t size = 0;
        bool eof = false;
        pm_card_stat(saves->card, i, &info);
        look->sums.revisions +=
            sum_of(i, info.generation, info.uuid[0], info.uuid[1]);
        if (!look->with_content)
            continue;
        pm_mem_status status =
            pm_card_read(saves->card, i, 0, &dest, sizeof bytes, &size, &eof);
        if (status != PM_MEM_OK && status != PM_MEM_EMPTY)
            return status == PM_MEM_CORRUPT ? PM_FS_CORRUPT : PM_FS_IO_FAILED;
        if (status == PM_MEM_OK)
            look->sums.content += pm_save_sum_slot(i, bytes, size);
    }
    return PM_FS_OK;
}

pm_fs_status pm_save_volume_see(struct pm_save_volume *saves,
                                struct pm_save_sums *out)
{
    struct look look = {.volume = saves->volume, .with_content = true};
    struct pm_fs_stat probe = {0};
    uint64_t used = 0;
    uint64_t limit = 0;
    pm_fs_status status = look_at(&look, "");

    if (!status)
        status = look_at_slots(saves, &look);
    if (!status)
        status = saves->volume->ops->usage(saves->volume, &used, &limit);
    if (status)
        return status;
    saves->volume->ops->stat(saves->volume, path_of(PM_SAVE_PROBE), &probe);
    *out = look.sums;
    out->content += pm_save_sum_usage(used - probe.size);
    return PM_FS_OK;
}

pm_fs_status pm_save_volume_revisions(struct pm_save_volume *saves,
                                      uint64_t *out)
{
    struct look look = {.volume = saves->volume};
    pm_fs_status status = look_at(&look, "");

    if (!status)
        status = look_at_slots(saves, &look);
    if (!status)
        *out = look.sums.revisions;
    return status;
}

bool pm_save_volume_goes_on(struct pm_save_volume *saves,
                            const struct pm_allocator *alloc,
                            const struct pm_os *os)
{
    static const uint8_t probe[5] = "probe";
    uint8_t found[PM_SAVE_FILE_LIMIT];
    uint32_t size = 0;
    struct pm_save_sums before;
    struct pm_save_sums after;
    struct pm_volume *volume = saves->volume;

    if (pm_save_volume_see(saves, &before) ||
        volume->ops->replace(volume, path_of(PM_SAVE_PROBE), probe,
                             sizeof probe))
        return false;
    pm_save_volume_end(saves);
    return pm_save_volume_open(saves, alloc, os, 0, 8) == PM_FS_OK &&
           pm_tree_check(saves->volume, NULL, NULL) == PM_FS_OK &&
           pm_save_volume_see(saves, &after) == PM_FS_OK &&
           after.content == before.content &&
           pm_save_volume_read(saves->volume, PM_SAVE_PROBE, found, &size) ==
               PM_FS_OK &&
           size == sizeof probe && memcmp(found, probe, size) == 0;
}
