// SPDX-License-Identifier: MIT
//
// Damaged files: one for each rule of the formats that come from outside,
// built in code from small good ones, each with a piece of the message that
// must be printed about it.

#ifndef PM_TEST_DAMAGED_H
#define PM_TEST_DAMAGED_H

#include <stddef.h>
#include <stdint.h>

enum pm_damaged_kind {
    PM_DAMAGED_ASSETS,   // an assets.pa
    PM_DAMAGED_MANIFEST, // a manifest.json
    PM_DAMAGED_PMC,      // a cartridge in one file
    PM_DAMAGED_JSON,     // any JSON text
};

struct pm_damaged {
    const char *name; // fit for a file name
    enum pm_damaged_kind kind;
    const uint8_t *bytes;
    size_t size;
    // Part of the printed message: ":+0: error PA-MAGIC: magic is". NULL: the
    // file is good, one of those from which the others are made.
    const char *expected;
};

// Calls [visit] for each damaged file of [kind], good ones first; the bytes
// live for the call. Gives the number of damaged ones.
size_t pm_damaged_each(enum pm_damaged_kind kind,
                       void (*visit)(void *context,
                                     const struct pm_damaged *file),
                       void *context);

#endif
