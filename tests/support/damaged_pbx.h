// SPDX-License-Identifier: MIT
//
// A small good module, and for each rule of docs/spec/pbx.md at least one
// file that breaks it and nothing else.

#ifndef PM_TEST_DAMAGED_PBX_H
#define PM_TEST_DAMAGED_PBX_H

#include <stddef.h>

#include "base/buf.h"

// Appends the good module.
void pm_good_pbx(struct pm_buf *out);

size_t pm_damaged_pbx_count(void);

// Appends damaged file [index]; gives what is wrong with it and a part of the
// message that a reader must give.
void pm_damaged_pbx(size_t index, struct pm_buf *out, const char **out_name,
                    const char **out_fragment);

#endif
