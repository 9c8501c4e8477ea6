// SPDX-License-Identifier: MIT
//
// Real temporary directories for the tests of the mounted directory:
//
//     BASE/outside        holds "secret", which nobody may ever see
//     BASE/mount          is what is mounted
//
// Each test runs over the system's table and over the one that walks.

#ifndef PM_TEST_DIRECTORY_PLACE_H
#define PM_TEST_DIRECTORY_PLACE_H

#include "hosts/common/directory.h"

#define SECRET "nobody may ever see this"

struct place {
    char base[64];
    const struct pm_os *os;
    struct pm_host_directory *directory;
    const struct pm_directory *seam;
};

// Makes a place and opens its mount over [os].
void place_enter(struct place *place, const struct pm_os *os);
// Closes the mount and removes everything.
void place_leave(struct place *place);
// Opens the mount anew over [os].
void place_reopen(struct place *place, const struct pm_os *os);

// The path of something in the mount, good for eight more calls.
const char *in_mount(const struct place *place, const char *path);
const char *in_base(const struct place *place, const char *path);

void write_file(const char *path, const char *text);
bool file_holds(const char *path, const char *text);
void remove_tree(const char *path);

// What the seam says.
pm_fs_status open_status(const struct place *place, const char *path);
int kind_of(const struct place *place, const char *path); // or -status
pm_fs_status publish_text(const struct place *place, const char *path,
                          const char *text, bool is_new);
// Whole content through the seam, or the status's name.
const char *read_text(const struct place *place, const char *path);
// The names in order, each with a space behind, directories with a slash; or
// the status's name.
const char *list_text(const struct place *place, const char *path);
// How many temporaries the host has in a directory of the mount.
int count_temporaries(const struct place *place, const char *path);

// Both tables.
typedef void place_test(struct place *place);
void over_both(place_test *test);

#endif
