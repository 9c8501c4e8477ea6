// SPDX-License-Identifier: MIT
//
// Packages: open and load whatever the bytes are.

#include "cart/cart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_source source = pm_source_memory(data, size);
    struct pm_diags diags;
    struct pm_pmc *pmc;
    struct pm_cart cart;

    pm_diags_init(&diags, &alloc);
    pm_status status = pm_pmc_open(&source, "a.pmc", &alloc, &diags, &pmc);
    PM_CHECK((status == PM_OK) == (diags.errors == 0));
    if (!status) {
        struct pm_cart_files files = pm_pmc_files(pmc);
        status = pm_cart_load(&files, NULL, &alloc, &diags, &cart);
        PM_CHECK((status == PM_OK) == (diags.errors == 0));
        if (!status)
            pm_cart_free(&cart);
    }
    pm_pmc_close(pmc);
    pm_diags_free(&diags);
    return 0;
}
