// SPDX-License-Identifier: MIT
//
// The battery of all volumes over the host volume: over a directory in
// memory, and over a real one of the system.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conformance.h"
#include "fs/host_volume.h"
#include "hosts/common/directory.h"
#include "support/fault_alloc.h"
#include "support/mem_directory.h"
#include "support/test.h"

struct world {
    struct pm_fault_alloc memory;
    struct pm_mem_directory host;
    struct pm_host_directory *real;
    char base[64];
};

static struct pm_volume *make_over(struct world *world,
                                   const struct pm_directory *directory,
                                   bool writable)
{
    struct pm_allocator alloc = pm_fault_alloc(&world->memory);
    struct pm_host_volume_config config = {
        .directory = directory,
        .writable = writable,
        .file_limit = PM_CONFORMANCE_FILE_LIMIT,
    };
    struct pm_volume *volume = NULL;
    CHECK_INT(pm_host_volume_create(&alloc, &config, &volume), PM_FS_OK);
    return volume;
}

static struct pm_volume *make_in_memory(void **out_world)
{
    struct world *world = calloc(1, sizeof *world);
    pm_mem_directory_init(&world->host);
    *out_world = world;
    return make_over(world, &world->host.seam, true);
}

// The battery's content, put there by the directory itself.
static void fill(const struct pm_directory *directory)
{
    static uint8_t big[PM_CONFORMANCE_BIG];
    void *context = directory->context;

    for (uint32_t i = 0; i < PM_CONFORMANCE_BIG; i++)
        big[i] = PM_CONFORMANCE_BYTE(i);
    CHECK_INT(directory->publish(context, "a.txt", "hello", 5, true), PM_FS_OK);
    CHECK_INT(directory->make_dir(context, "dir"), PM_FS_OK);
    CHECK_INT(directory->publish(context, "dir/b.bin", big, sizeof big, true),
              PM_FS_OK);
    CHECK_INT(directory->publish(context, "dir/empty", "", 0, true), PM_FS_OK);
}

static struct pm_volume *make_read_only(void **out_world)
{
    struct world *world = calloc(1, sizeof *world);
    pm_mem_directory_init(&world->host);
    fill(&world->host.seam);
    *out_world = world;
    return make_over(world, &world->host.seam, false);
}

static struct world *open_real(void)
{
    struct world *world = calloc(1, sizeof *world);
    struct pm_allocator alloc = pm_fault_alloc(&world->memory);

    snprintf(world->base, sizeof world->base, "/tmp/pm-conformance-XXXXXX");
    CHECK(mkdtemp(world->base) != NULL);
    CHECK_INT(pm_host_directory_open(pm_os_system(), &alloc, world->base,
                                     &world->real, NULL),
              PM_FS_OK);
    return world;
}

static struct pm_volume *make_real(void **out_world)
{
    struct world *world = open_real();
    *out_world = world;
    return make_over(world, pm_host_directory_seam(world->real), true);
}

static struct pm_volume *make_real_read_only(void **out_world)
{
    struct world *world = open_real();
    fill(pm_host_directory_seam(world->real));
    *out_world = world;
    return make_over(world, pm_host_directory_seam(world->real), false);
}

static void remove_tree(const char *path)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    CHECK_INT(system(command), 0);
}

static void destroy(struct pm_volume *volume, void *context)
{
    struct world *world = context;

    volume->ops->destroy(volume);
    if (world->real) {
        pm_host_directory_close(world->real);
        remove_tree(world->base);
    } else {
        CHECK_INT(world->host.open_files, 0);
        pm_mem_directory_free(&world->host);
    }
    CHECK_INT(world->memory.live_blocks, 0);
    free(world);
}

#define FLAGS (PM_VOLUME_PUBLISHES | PM_VOLUME_DIR_REVISION)

TEST(host_conformance, a_host_volume_does_what_every_volume_does)
{
    static const struct pm_volume_kind kind = {"host", FLAGS, make_in_memory,
                                               destroy};
    pm_conformance_run(&kind);
}

TEST(host_conformance, a_mount_that_is_not_writable_does_so_too)
{
    static const struct pm_volume_kind kind = {
        "read-only host", PM_VOLUME_READ_ONLY, make_read_only, destroy};
    pm_conformance_run(&kind);
}

TEST(host_conformance, a_directory_of_the_system_does_so_too)
{
    static const struct pm_volume_kind kind = {"system", FLAGS, make_real,
                                               destroy};
    pm_conformance_run(&kind);
}

TEST(host_conformance, a_directory_of_the_system_not_writable_does_so_too)
{
    static const struct pm_volume_kind kind = {
        "read-only system", PM_VOLUME_READ_ONLY, make_real_read_only, destroy};
    pm_conformance_run(&kind);
}
