// SPDX-License-Identifier: MIT
//
// Any text as a program: it is refused with a message, or gives a module that
// the linker proves.
#include "support/fuzz_compile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pm_fuzz_compile((const char *)data, size);
    return 0;
}
