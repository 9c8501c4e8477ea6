// SPDX-License-Identifier: MIT
//
// Pages on the compiler's messages.
#ifndef PM_TOOLS_GEN_ERRORS_H
#define PM_TOOLS_GEN_ERRORS_H

#include <prometeu/compile.h>

#include "base/buf.h"

// errors.md, the list of them all.
void put_errors(struct pm_buf *out);

// errors/PBS0301.md, the page of one.
void put_error_page(struct pm_buf *out, const struct pm_compile_code *code);

#endif
