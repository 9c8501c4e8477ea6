// SPDX-License-Identifier: MIT
//
// The library in PBS itself (stdlib/): its texts are within the compiler.
// CMake makes the table of them with tools/embed_stdlib.cmake.

#ifndef PM_LANG_LIBRARY_H
#define PM_LANG_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

struct pm_library_file {
    const char *module; // "@std/list"
    const char *name;   // "@std/list.pbs": in messages and debug data
    const char *text;
    uint32_t size;
};

// By module, then by name.
extern const struct pm_library_file pm_library_files[];
extern const size_t pm_library_count;

#endif
