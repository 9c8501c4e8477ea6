// SPDX-License-Identifier: MIT
//
// What reader and writer of packages share: the ZIP records.

#ifndef PM_CART_PMC_INTERNAL_H
#define PM_CART_PMC_INTERNAL_H

#include "cart/cart.h"

#define PMC_LOCAL_MAGIC   UINT32_C(0x04034b50)
#define PMC_CENTRAL_MAGIC UINT32_C(0x02014b50)
#define PMC_END_MAGIC     UINT32_C(0x06054b50)

// Fixed parts; name, extra field and comment follow.
#define PMC_LOCAL_SIZE   30
#define PMC_CENTRAL_SIZE 46
#define PMC_END_SIZE     22

#define PMC_FLAG_ENCRYPTED 0x0001
// Bit 11: the name is UTF-8, which our names are in any case.
#define PMC_FLAGS_IGNORED 0x0800

enum { PMC_MANIFEST, PMC_PROGRAM, PMC_ASSETS, PMC_LABEL, PMC_FILES };

// In the order in which they are written.
extern const char *const pm_pmc_names[PMC_FILES];

#endif
