// SPDX-License-Identifier: MIT
//
// The examples of diags.def as programs: an example may have several files
// and, for limits, text that is repeated.
#ifndef PM_TESTS_COMPILE_EXAMPLE_H
#define PM_TESTS_COMPILE_EXAMPLE_H

#include <prometeu/compile.h>

// Puts the files of an example into the compiler and sets what its
// prometeu.json grants. False: the example is not well formed, or memory is
// short.
bool example_set(struct pm_compiler *compiler, const char *example,
                 struct pm_compile_options *options);

#endif
