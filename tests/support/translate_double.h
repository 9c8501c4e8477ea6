// SPDX-License-Identifier: MIT
//
// Stands in for the translator while the linker is tested by itself: it
// checks what it is handed, takes some memory so that failing shows, and
// gives each function one op.

#ifndef PM_TEST_TRANSLATE_DOUBLE_H
#define PM_TEST_TRANSLATE_DOUBLE_H

#include "base/check.h"
#include "base/mem.h"
#include "link/link_internal.h"

__attribute__((weak)) pm_status
pm_translate_function(struct pm_image *image,
                      const struct pm_verified *verified)
{
    struct pm_image_function *row = &image->functions[verified->function];

    PM_CHECK(verified->block_visits <= verified->block_count);
    PM_CHECK(row->safepoint_count == verified->safepoint_count);
    if (!pm_mem_grow(&image->alloc, &image->ops, &image->op_capacity,
                     image->op_count + 1, sizeof *image->ops))
        return PM_ERR_NO_MEMORY;
    row->entry = (uint32_t)image->op_count;
    image->ops[image->op_count++] = (struct pm_op){.code = 0};
    row->op_end = (uint32_t)image->op_count;
    for (uint32_t i = 0; i < row->safepoint_count; i++)
        image->safepoints[row->first_safepoint + i].op = row->entry;
    return PM_OK;
}

#endif
