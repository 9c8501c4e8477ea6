// SPDX-License-Identifier: MIT
#include "support/damaged_internal.h"

void damaged_manifests(struct damaged_visitor *to)
{
    (void)to;
}

void damaged_pmcs(struct damaged_visitor *to)
{
    (void)to;
}
