// SPDX-License-Identifier: MIT
//
// The linker: sole maker of executable images (docs/spec/vm.md, "Verification
// and linking"). It resolves host calls, verifies types and control flow of
// each function, and translates what is proven into the internal form.
// Unverified code is kept out of the engine by the type pm_image, which
// nothing else can make.

#ifndef PM_LINK_H
#define PM_LINK_H

#include "bytecode/bytecode.h"
#include "image/image.h"
#include "registry/registry.h"

struct pm_link_config {
    const struct pm_registry *registry;
    // Capability bits that the host grants (registry/caps.h).
    uint32_t capabilities;
    // Names of the state domains that exist, for STATE types; NULL-ended.
    const char *const *domains;
    // The file's name for messages; NULL: "program.pbx".
    const char *file;
    // Limits of the profile; 0: the format's.
    uint32_t max_code_size; // all functions together, in bytes
    uint32_t max_module_size;
    // Refuses what drops the status of a host call without a look at it.
    bool strict;
};

// Verifies and translates [module] and gives the image, which takes over the
// module (on success only; its bytes must outlive the image).
//
// All faults are reported in [diags] with function, offset, instruction, what
// was found and wanted; the result is then PM_ERR_INVALID. Time and memory
// are linear in the module's size.
pm_status pm_link(struct pm_module *module, const struct pm_link_config *config,
                  const struct pm_allocator *alloc, struct pm_diags *diags,
                  struct pm_image **out);

#endif
