// SPDX-License-Identifier: MIT
//
// A struct pm_directory in memory, for tests: its calls are counted and fail
// on command, and the test may change it as a host does behind our back.

#ifndef PM_TEST_MEM_DIRECTORY_H
#define PM_TEST_MEM_DIRECTORY_H

#include <prometeu/fs.h>

struct pm_mem_entry;

struct pm_mem_directory {
    struct pm_directory seam;
    struct pm_mem_entry *entries; // sorted by path
    size_t count;
    size_t open_files;
    // Calls of the seam so far, close not counted.
    size_t calls;
    size_t published;
    // The call (from 1) that fails with [status] and changes nothing; 0: none.
    // With [fail_on] that one and all after it.
    size_t fail_at;
    bool fail_on;
    pm_fs_status status;
    // Called before each read, to change things meanwhile; may be NULL.
    void (*before_read)(struct pm_mem_directory *directory);
};

void pm_mem_directory_init(struct pm_mem_directory *directory);
void pm_mem_directory_free(struct pm_mem_directory *directory);

// What a host does: a file with new content under its name (open files keep
// the old one), or changed where it is; a directory; an entry gone.
void pm_mem_put(struct pm_mem_directory *directory, const char *path,
                const char *text);
void pm_mem_change(struct pm_mem_directory *directory, const char *path,
                   const char *text);
void pm_mem_put_dir(struct pm_mem_directory *directory, const char *path);
void pm_mem_erase(struct pm_mem_directory *directory, const char *path);
// From then on may_write and publish deny the file.
void pm_mem_protect(struct pm_mem_directory *directory, const char *path);

// Whether there is a file at [path] with exactly this content.
bool pm_mem_holds(const struct pm_mem_directory *directory, const char *path,
                  const char *text);
bool pm_mem_exists(const struct pm_mem_directory *directory, const char *path);
// All of it as text ("path=content\n", "path/\n"), to be freed.
char *pm_mem_dump(const struct pm_mem_directory *directory);

#endif
