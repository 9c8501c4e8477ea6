// SPDX-License-Identifier: MIT
#include "image/image.h"

#include "base/mem.h"

void pm_image_free(struct pm_image *image)
{
    if (!image)
        return;
    struct pm_allocator alloc = image->alloc;
    const struct pm_module *m = &image->module;

    pm_mem_free(&alloc, image->ops, image->op_capacity * sizeof *image->ops);
    pm_mem_free(&alloc, image->infos,
                image->info_capacity * sizeof *image->infos);
    pm_mem_free(&alloc, image->functions,
                m->function_count * sizeof *image->functions);
    pm_mem_free(&alloc, image->safepoints,
                image->safepoint_capacity * sizeof *image->safepoints);
    pm_mem_free(&alloc, image->maps, image->map_capacity * sizeof *image->maps);
    pm_mem_free(&alloc, image->stack_types,
                image->stack_type_capacity * sizeof *image->stack_types);
    pm_mem_free(&alloc, image->pool,
                image->pool_capacity * sizeof *image->pool);
    pm_mem_free(&alloc, image->intrinsics,
                image->intrinsic_capacity * sizeof *image->intrinsics);
    pm_mem_free(&alloc, image->calls,
                m->host_decl_count * sizeof *image->calls);
    pm_module_free(&image->module);
    pm_mem_free(&alloc, image, sizeof *image);
}
