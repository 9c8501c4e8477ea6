// SPDX-License-Identifier: MIT
//
// From assembler text to an image or messages, for tests.

#ifndef PM_TEST_LINK_TEXT_H
#define PM_TEST_LINK_TEXT_H

#include "base/buf.h"
#include "base/diag.h"
#include "link/link.h"

struct linked {
    struct pm_allocator alloc;
    pm_status status;
    // Set when [status] is PM_OK.
    struct pm_image *image;
    struct pm_diags diags;
    // All messages, a line each.
    struct pm_buf messages;
    // The module's bytes, which the image points into.
    struct pm_buf bytes;
    struct pm_module module;
};

// The console's calls, all capabilities, no state domains.
struct pm_link_config link_text_config(struct pm_registry *registry);

// Assembles, reads and links [text]; with a [source] name, with debug lines.
// Text that does not assemble fails the test.
void link_text(const char *text, const char *source,
               const struct pm_link_config *config,
               const struct pm_allocator *alloc, struct linked *out);
void linked_free(struct linked *linked);

#endif
