// SPDX-License-Identifier: MIT
//
// Publishing on a mounted directory when the power goes: a name has its old
// content or its new one, whole, and what answered OK is never older.
//
// The power is cut at every call over the simulated disk, which knows neither
// exchanges nor files without names. For the ways that these open, it is the
// order of the flushes that is looked at: the file before it gets its name, the
// directory after it.
#define _GNU_SOURCE

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "odd_os.h"
#include "place.h"
#include "support/crash_campaign.h"
#include "support/test.h"

#define STEPS 12u
#define MOST  8000u

// --- what is published -------------------------------------------------------

// Step [step] publishes so many bytes: every third makes a new file, the
// others replace one.
static uint32_t content(uint32_t step, uint8_t *out)
{
    uint32_t size = 700 + step * 577;

    for (uint32_t i = 0; i < size; i++)
        out[i] = (uint8_t)(i * 31 + i / 256 + step * 7);
    return size;
}

static bool makes_new(uint32_t step)
{
    return step % 3 == 0;
}

struct path {
    char text[16];
};

static struct path path_of(uint32_t step)
{
    struct path path;

    snprintf(path.text, sizeof path.text,
             makes_new(step) ? "d/new%u" : "d/file", (unsigned)step);
    return path;
}

// --- the workload ------------------------------------------------------------

struct workload {
    uint64_t fail_sync_at; // this flush fails; 0: none
    bool reverts;          // what it has lost is not seen any more either
    uint32_t begun;        // the last step
    uint32_t replaced;     // the last that answered OK and replaced the file
    bool made[STEPS + 1];  // those that answered OK and made one
};

static struct pm_host_directory *open_mount(const struct pm_os *os)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_host_directory *directory = NULL;

    CHECK_INT(pm_host_directory_open(os, &alloc, "mount", &directory, NULL),
              PM_FS_OK);
    return directory;
}

static void make_disk(const struct workload *workload, struct pm_sim *sim)
{
    struct pm_sim_knobs *knobs = pm_sim_knobs(sim);
    static uint8_t bytes[MOST];

    pm_sim_put_directory(sim, "mount");
    pm_sim_put_directory(sim, "mount/d");
    pm_sim_put(sim, "mount/d/file", bytes, content(0, bytes));
    pm_sim_settle(sim);
    knobs->failed_sync_reverts = workload->reverts;
    if (workload->fail_sync_at)
        knobs->fault = (struct pm_sim_fault){.error = EIO,
                                             .at = workload->fail_sync_at,
                                             .of_kind = true,
                                             .kind = PM_OS_SYNC};
}

// The step whose content, whole, a path has; -1: there is no such file, -2: it
// has none of them.
static int step_at(const struct pm_directory *seam, const char *path)
{
    static uint8_t found[MOST + 1]; // a read may touch one byte more
    static uint8_t wanted[MOST];
    struct pm_directory_file *file;
    uint32_t size = 0;
    bool eof = false;
    pm_fs_status status = seam->open(seam->context, path, &file);

    if (status)
        return status == PM_FS_NOT_FOUND ? -1 : -2;
    status = seam->read(seam->context, file, 0, found, MOST, &size, &eof);
    seam->close(seam->context, file);
    for (uint32_t step = 0; !status && eof && step <= STEPS; step++)
        if (content(step, wanted) == size && memcmp(found, wanted, size) == 0)
            return (int)step;
    return -2;
}

static void publish_all(void *context, struct pm_sim *sim,
                        struct pm_crash_progress *progress)
{
    struct workload *workload = context;
    static uint8_t bytes[MOST];

    make_disk(workload, sim);
    struct pm_host_directory *directory = open_mount(pm_sim_os(sim));
    const struct pm_directory *seam = pm_host_directory_seam(directory);
    for (uint32_t step = 1; step <= STEPS; step++) {
        progress->begun = workload->begun = step;
        const struct path path = path_of(step);
        uint32_t size = content(step, bytes);
        if (seam->publish(seam->context, path.text, bytes, size,
                          makes_new(step)))
            continue;
        progress->acknowledged = step;
        workload->made[step] = makes_new(step);
        if (!makes_new(step))
            workload->replaced = step;
    }
    pm_host_directory_close(directory);
}

static bool is_as_promised(void *context, const struct pm_os *os,
                           const struct pm_crash_progress *progress)
{
    const struct workload *workload = context;
    struct pm_host_directory *directory = open_mount(os);
    const struct pm_directory *seam = pm_host_directory_seam(directory);
    int found = step_at(seam, "d/file");
    bool ok = found >= (int)workload->replaced && found <= (int)workload->begun;

    (void)progress;
    for (uint32_t step = 1; step <= STEPS; step++) {
        if (!makes_new(step))
            continue;
        const struct path path = path_of(step);
        found = step_at(seam, path.text);
        ok = ok &&
             (found == (int)step || (found == -1 && !workload->made[step]));
    }
    pm_host_directory_close(directory);
    return ok;
}

static uint64_t cut(struct workload workload, uint64_t seed, uint32_t most)
{
    struct pm_crash_campaign campaign = {.context = &workload,
                                         .run = publish_all,
                                         .check = is_as_promised,
                                         .seed = seed,
                                         .most_at_a_call = most};

    CHECK(pm_crash_campaign_run(&campaign));
    CHECK_INT(workload.begun, STEPS);
    CHECK(workload.fail_sync_at || workload.replaced == STEPS - 1);
    return campaign.states;
}

TEST(publish_cut, the_old_file_or_the_new_is_there_after_a_cut_at_every_call)
{
    CHECK(cut((struct workload){0}, 1, 0) > 1000);
}

// Which flush fails goes through all of the workload.
TEST(publish_cut, so_it_is_when_a_flush_has_failed_before)
{
    for (uint64_t at = 1; at <= 2 * STEPS; at++)
        for (int reverts = 0; reverts < 2; reverts++)
            CHECK(cut((struct workload){.fail_sync_at = at,
                                        .reverts = reverts == 1},
                      at, 12) > 100);
}

// --- the order of the flushes ------------------------------------------------

// Of what odd_os noted: a name is given ('n') only to what has been written
// ('w') and flushed ('f'), and the directory is flushed ('d') behind it.
static bool is_in_order(const char *calls)
{
    bool is_written = false;
    bool is_named = false;

    for (; *calls; calls++) {
        if (*calls == 'n' && is_written)
            return false;
        is_written = *calls == 'w' || (is_written && *calls != 'f');
        is_named = *calls == 'n' || (is_named && *calls != 'd');
    }
    return !is_written && !is_named;
}

static void publish_in_order(struct place *p, struct odd_os *odd,
                             const char *path)
{
    odd->noted = 0;
    CHECK_INT(publish_text(p, path, "some new content", false), PM_FS_OK);
    odd->notes[odd->noted] = '\0';
    if (!CHECK(strchr(odd->notes, 'w') && strchr(odd->notes, 'n') &&
               is_in_order(odd->notes)))
        fprintf(stderr, "  %s: %s\n", path, odd->notes);
}

TEST(publish_cut, flushes_stand_around_each_name_that_is_given)
{
    struct odd_os odd;
    struct place p;

    odd_os_init(&odd, pm_os_system());
    place_enter(&p, &odd.os);
    for (unsigned lacks = 0; lacks < 16; lacks++) {
        odd.has_no_exchange = lacks & 1;
        odd.has_no_replace = lacks & 2;
        odd.has_no_unnamed = lacks & 4;
        odd.cannot_link = lacks & 8;
        write_file(in_mount(&p, "old"), "the old content");
        publish_in_order(&p, &odd, "old");
        // Without both, nothing can be made without replacing.
        if ((lacks & 10) != 10)
            publish_in_order(&p, &odd, "new");
        remove(in_mount(&p, "new"));
    }
    place_leave(&p);
}
