// SPDX-License-Identifier: MIT
//
// /cart under the battery of all volumes.
#include "conformance.h"
#include "fs/cart_volume.h"
#include "support/test.h"

static uint8_t program[PM_CONFORMANCE_BIG];

static pm_status open_part(void *context, const char *name,
                           struct pm_source *out)
{
    (void)context;
    if (strcmp(name, "program.pbx") == 0)
        *out = pm_source_memory(program, sizeof program);
    else if (strcmp(name, "manifest.json") == 0)
        *out = pm_source_memory("hello", 5);
    else
        return PM_ERR_NOT_FOUND;
    return PM_OK;
}

static struct pm_volume *make(void **out_world)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_cart_files files = {open_part, NULL};
    struct pm_volume *volume = NULL;

    *out_world = NULL;
    for (size_t i = 0; i < sizeof program; i++)
        program[i] = PM_CONFORMANCE_BYTE(i);
    CHECK_INT(pm_cart_volume_create(&alloc, &files, &volume), PM_FS_OK);
    return volume;
}

static void destroy(struct pm_volume *volume, void *world)
{
    (void)world;
    volume->ops->destroy(volume);
}

TEST(cart_conformance, the_files_of_a_cartridge_do_what_every_volume_does)
{
    static const struct pm_volume_kind kind = {
        "cart", PM_VOLUME_READ_ONLY | PM_VOLUME_FLAT, make, destroy};
    pm_conformance_run(&kind);
}
