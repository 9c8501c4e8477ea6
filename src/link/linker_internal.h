// SPDX-License-Identifier: MIT
//
// One run of the linker, shared by its steps: the module's tables
// (tables.c), its host calls (resolve.c), and then function by function
// (link.c).

#ifndef PM_LINKER_INTERNAL_H
#define PM_LINKER_INTERNAL_H

#include "link/verify_internal.h"

struct pm_linker {
    const struct pm_module *module;
    const struct pm_link_config *config;
    const char *file;
    const struct pm_allocator *alloc;
    struct pm_diags *diags;
    struct pm_image *image;
    // The message that is being put together.
    struct pm_buf text;
    // Some fault has been reported; nothing is translated any more.
    bool failed;
    bool no_memory;
};

// Begins a message about the module, and sends it under [code]; always false.
struct pm_buf *pm_linker_begin(struct pm_linker *linker);
bool pm_linker_send(struct pm_linker *linker, const char *code);
bool pm_linker_say(struct pm_linker *linker, const char *code,
                   const char *format, ...) PM_PRINTF(3, 4);

// Checks what the verifier builds upon: that every number in the module's
// tables names a row that there is. Reading has checked that already; this is
// for modules that were put together in memory. False when it is not so, and
// nothing else can then be checked.
bool pm_linker_check_tables(struct pm_linker *linker);

// Resolves host-call declarations into the image's calls; checks state
// domains and function 0.
void pm_linker_resolve(struct pm_linker *linker);

// Whether [found] looks like a slip of the pen for [wanted].
bool pm_linker_is_near(const char *found, size_t found_size, const char *wanted,
                       size_t wanted_size);

#endif
