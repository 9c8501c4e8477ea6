// SPDX-License-Identifier: MIT
//
// Sources without mistakes of reading, made from random bytes after the
// grammar of docs/spec/pbs.md, in a layout that is random too.

#ifndef PM_TEST_RANDOM_SOURCE_H
#define PM_TEST_RANDOM_SOURCE_H

#include <stdint.h>

#include "base/buf.h"

// Each choice takes a byte of [bytes]; behind the last all are 0, which is
// always the shortest.
void pm_random_source(struct pm_buf *out, const uint8_t *bytes, size_t size);

#endif
