// SPDX-License-Identifier: MIT
//
// A PBS program as the assembler text of its module, for tests that look at
// what the compiler made of it.

#ifndef PM_TEST_MODULE_TEXT_H
#define PM_TEST_MODULE_TEXT_H

#include <stddef.h>

// The text, which the caller frees; NULL, with the messages on stderr, where
// [source] is no program. [out_size]: bytes of the module; may be NULL.
char *pm_module_text(const char *source, size_t *out_size);

// How often a word stands in it.
unsigned pm_occurrences(const char *text, const char *word);

#endif
