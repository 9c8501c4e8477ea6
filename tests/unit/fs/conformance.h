// SPDX-License-Identifier: MIT
//
// The battery that every volume has to pass (fs/volume.h).
//
// A kind of volume is described by one row; pm_conformance_run runs all cases
// over it, each on a volume of its own. A volume that cannot be written
// begins with the battery's content:
//
//     a.txt      "hello"
//     dir/b.bin  10,000 bytes, byte i is PM_CONFORMANCE_BYTE(i)
//     dir/empty  nothing
//
// One that is flat, too, begins with the first two as manifest.json and
// program.pbx, and has no directory but its root. All others begin empty, with
// these limits where they have them.

#ifndef PM_TEST_FS_CONFORMANCE_H
#define PM_TEST_FS_CONFORMANCE_H

#include "fs/volume.h"

#define PM_CONFORMANCE_FILE_LIMIT 65536u
#define PM_CONFORMANCE_QUOTA      100000u
#define PM_CONFORMANCE_ENTRIES    16u
#define PM_CONFORMANCE_BIG        10000u
#define PM_CONFORMANCE_BYTE(i)    ((uint8_t)((i)*7 + (i) / 256))

enum {
    // Every change is ACCESS_DENIED.
    PM_VOLUME_READ_ONLY = 1,
    // Keeps the quota and the number of entries above.
    PM_VOLUME_HAS_QUOTA = 2,
    // What was written is published by sync and close, and discarded by a
    // close without publish. Otherwise it is there at once.
    PM_VOLUME_PUBLISHES = 4,
    // A rename gives the directories a new revision, too, and so do all
    // changes of entries.
    PM_VOLUME_DIR_REVISION = 8,
    // The files of a cartridge, with READ_ONLY.
    PM_VOLUME_FLAT = 16,
};

struct pm_volume_kind {
    const char *name;
    unsigned flags;
    // Makes a fresh volume; [out_world] is for what belongs to it. NULL when
    // it could not.
    struct pm_volume *(*make)(void **out_world);
    // Destroys the volume, none of whose files is open, and its world.
    void (*destroy)(struct pm_volume *volume, void *world);
};

void pm_conformance_run(const struct pm_volume_kind *kind);

static inline struct pm_path pm_test_path(const char *text)
{
    return (struct pm_path){text, strlen(text)};
}

#endif
