// SPDX-License-Identifier: MIT
//
// Damaged databases under a cartridge's saves: what is read is right or
// CORRUPT, and the damage is kept aside byte for byte before anything is
// written.

#include <stdlib.h>

#include "support/save_workload.h"
#include "support/test.h"

#define FLIPS 600u
#define PAGE  4096u
#define COPY  PM_SAVE_DATABASE ".damaged-1"

static struct pm_save_workload workload;
static struct pm_crash_progress progress;
static uint64_t refused; // saves that failed though no damage was told
static uint64_t told;    // damage that was answered with CORRUPT

// A disk with the saves of a workload, closed.
static struct pm_sim *make_disk(void)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_sim *sim = pm_sim_new();

    workload = (struct pm_save_workload){.seed = 7, .operations = 120};
    progress = (struct pm_crash_progress){0};
    pm_save_workload_init(&workload, &progress);
    CHECK_INT(
        pm_save_volume_open(&workload.saves, &alloc, pm_sim_os(sim), 0, 0),
        PM_FS_OK);
    for (int i = 0; i < 120; i++)
        pm_save_workload_step(&workload);
    CHECK_INT(pm_save_workload_sync(&workload), PM_FS_OK);
    pm_save_workload_drop_handles(&workload);
    pm_save_volume_close(&workload.saves);
    return sim;
}

// Each file of the model is there as it was or CORRUPT.
static bool is_right_or_corrupt(struct pm_save_volume *saves)
{
    bool is_damaged = false;

    for (size_t i = 0; i <= PM_SAVE_ENTRIES; i++) {
        const struct pm_save_entry *entry = &workload.entries[i];
        uint8_t bytes[PM_SAVE_FILE_LIMIT];
        uint32_t size = 0;
        if (!entry->is_used || entry->kind != PM_FS_FILE)
            continue;
        pm_fs_status status =
            pm_save_volume_read(saves->volume, entry->path, bytes, &size);
        if (!CHECK(status == PM_FS_OK || status == PM_FS_CORRUPT))
            return false;
        is_damaged |= status == PM_FS_CORRUPT;
        if (!status && !CHECK(size == entry->size &&
                              memcmp(bytes, entry->bytes, size) == 0))
            return false;
    }
    told += is_damaged;
    return true;
}

static bool is_same(const struct pm_sim *sim, const char *path,
                    const uint8_t *wanted, size_t size)
{
    size_t found_size = 0;
    uint8_t *found = pm_sim_get(sim, path, &found_size);
    bool same = found && found_size == size && memcmp(found, wanted, size) == 0;

    free(found);
    return same;
}

static void try_damage(const struct pm_sim *whole, const uint8_t *bytes,
                       size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_sim *sim = pm_sim_copy(whole);
    struct pm_save_volume saves;
    uint64_t told_before = told;

    pm_sim_put(sim, PM_SAVE_DATABASE, bytes, size);
    pm_fs_status status =
        pm_save_volume_open(&saves, &alloc, pm_sim_os(sim), 0, 8);
    if (status) {
        CHECK_INT(status, PM_FS_CORRUPT);
        told++;
        // What cannot be trusted is left exactly as it is.
        CHECK(is_same(sim, PM_SAVE_DATABASE, bytes, size));
    } else if (is_right_or_corrupt(&saves)) {
        status = saves.volume->ops->replace(saves.volume,
                                            (struct pm_path){PM_SAVE_PROBE, 5},
                                            (const uint8_t *)"x", 1);
        CHECK(status == PM_FS_OK || status == PM_FS_CORRUPT);
        refused += status == PM_FS_CORRUPT && told == told_before;
        if (told != told_before)
            CHECK(is_same(sim, COPY, bytes, size));
    }
    pm_save_volume_close(&saves);
    pm_sim_free(sim);
}

TEST(damage, a_bit_that_flips_anywhere_is_told_and_kept_or_harms_nothing)
{
    struct pm_sim *sim = make_disk();
    size_t size = 0;
    uint8_t *bytes = pm_sim_get(sim, PM_SAVE_DATABASE, &size);

    REQUIRE(bytes != NULL && size > 4 * PAGE);
    told = 0;
    for (size_t i = 0; i < FLIPS; i++) {
        // Odd, so that all bits of a byte and all places have their turn.
        size_t bit = i * (size * 8 / FLIPS | 1) % (size * 8);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        try_damage(sim, bytes, size);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    CHECK(told > FLIPS / 3);
    CHECK_INT(refused, 0);
    free(bytes);
    pm_sim_free(sim);
    pm_save_workload_free(&workload);
}

TEST(damage, a_page_that_is_lost_or_anothers_is_told_and_kept)
{
    struct pm_sim *sim = make_disk();
    size_t size = 0;
    uint8_t *bytes = pm_sim_get(sim, PM_SAVE_DATABASE, &size);

    REQUIRE(bytes != NULL && size > 4 * PAGE);
    told = 0;
    for (size_t page = 0; page < size / PAGE; page++) {
        uint8_t *at = bytes + page * PAGE;
        const uint8_t *other = bytes + (page + 1) % (size / PAGE) * PAGE;
        uint8_t before[PAGE];
        memcpy(before, at, PAGE);
        memset(at, 0, PAGE);
        try_damage(sim, bytes, size);
        memcpy(at, other, PAGE);
        try_damage(sim, bytes, size);
        memcpy(at, before, PAGE);
    }
    CHECK(told > size / PAGE);
    CHECK_INT(refused, 0);
    free(bytes);
    pm_sim_free(sim);
    pm_save_workload_free(&workload);
}
