// SPDX-License-Identifier: MIT
//
// Compiles a text as a program and checks what must hold of any.

#ifndef PM_FUZZ_COMPILE_H
#define PM_FUZZ_COMPILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// Compiles without and with the optimiser. Panics when a program without
// mistakes gives no module, or one that the linker refuses for another reason
// than an unknown host call or domain.
void pm_fuzz_compile(const char *text, size_t size);

#endif
