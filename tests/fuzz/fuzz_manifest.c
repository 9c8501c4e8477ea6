// SPDX-License-Identifier: MIT
//
// Manifests: what is accepted has all that a manifest promises.

#include <string.h>

#include "cart/cart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_manifest m;
    struct pm_diags diags;

    pm_diags_init(&diags, &alloc);
    pm_status status =
        pm_manifest_read(data, size, "manifest.json", NULL, &alloc, &diags, &m);
    PM_CHECK((status == PM_OK) == (diags.errors == 0));
    PM_CHECK(strlen(m.title) <= PM_CART_MAX_TITLE);
    if (!status)
        PM_CHECK(m.title[0] && m.app_version[0]);
    pm_diags_free(&diags);
    return 0;
}
