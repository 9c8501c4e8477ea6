// SPDX-License-Identifier: MIT
//
// A map of Tiled as JSON, with an assets folder around it: what comes out holds
// together, what is refused says why.

#include <stdlib.h>

#include "support/tiled_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tiled_world world;
    static const uint8_t slots[4] = {0, 1, 2, 3};
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_pack_map map;
    struct pm_diags diags;
    struct pm_buf report;
    struct pm_buf scene;

    if (!world.count)
        tiled_world_make(&world);
    pm_diags_init(&diags, &alloc);
    pm_buf_init(&report, &alloc);
    pm_buf_init(&scene, &alloc);
    struct pm_pack_file file = {.name = "level.tmj",
                                .bytes = data,
                                .size = size,
                                .alloc = &alloc,
                                .diags = &diags,
                                .report = &report};
    if (pm_pack_decode_tiled(&file, &world.access, &map) == PM_OK) {
        tiled_world_check(&map);
        PM_CHECK(pm_pack_scene_write(&map, slots, &scene) == PM_OK);
        PM_CHECK(diags.errors == 0 && scene.size >= 88);
        pm_pack_map_free(&alloc, &map);
    } else {
        PM_CHECK(diags.errors > 0);
    }
    pm_buf_free(&scene);
    pm_buf_free(&report);
    pm_diags_free(&diags);
    return 0;
}
