// SPDX-License-Identifier: MIT
//
// What diagnostics say, for tests of whoever reports them.

#ifndef PM_TEST_MENTIONS_H
#define PM_TEST_MENTIONS_H

#include "base/diag.h"

// Whether [what] stands in them as they are printed; shows them on stderr where
// it does not.
bool pm_test_mentions(const struct pm_diags *diags, const char *what);

#endif
