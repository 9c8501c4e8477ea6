// SPDX-License-Identifier: MIT
//
// The examples of diags.def as programs: an example may have several files
// and, for limits, text that is repeated.
#ifndef PM_TESTS_SUPPORT_CODE_EXAMPLE_H
#define PM_TESTS_SUPPORT_CODE_EXAMPLE_H

#include <prometeu/compile.h>

#include "base/buf.h"

// The text up to [end] with what is repeated in it as often as it says.
void pm_example_expand(struct pm_buf *out, const char *text, const char *end);

// Puts the files of an example into the compiler and sets what its
// prometeu.json grants. False: the example is not well formed, or memory is
// short.
bool pm_example_set(struct pm_compiler *compiler, const char *example,
                    struct pm_compile_options *options);

#endif
