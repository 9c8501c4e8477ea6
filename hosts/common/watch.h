// SPDX-License-Identifier: MIT
//
// Waiting for files to change: inotify where there is one, else looking again
// and again. While something is watched, SIGINT and SIGTERM do not end the
// program but the waiting.

#ifndef PM_HOST_WATCH_H
#define PM_HOST_WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include <prometeu/alloc.h>
#include <prometeu/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// A folder to be watched.
struct pm_watch_root {
    const char *path;
    bool is_deep; // with all folders below
    // Which names matter; it is asked with the last part of a path.
    bool (*wants)(const char *name);
};

enum pm_watch_event {
    PM_WATCH_CHANGED, // something has changed since the last wait
    PM_WATCH_QUIET,   // nothing has, for so long
    PM_WATCH_STOPPED, // SIGINT or SIGTERM came
};

struct pm_watch;

// Starts watching; what changes from now on is told by pm_watch_wait. [roots]
// is copied, the paths and functions must live on. [polls]: looks every half
// second, as it does where the system tells nothing. Fails with
// PM_ERR_NO_MEMORY.
pm_status pm_watch_open(const struct pm_allocator *alloc,
                        const struct pm_watch_root *roots, size_t count,
                        bool polls, struct pm_watch **out);
void pm_watch_close(struct pm_watch *watch);

// Waits up to [milliseconds], or without end when that is negative.
enum pm_watch_event pm_watch_wait(struct pm_watch *watch, int milliseconds);

// Whether the system tells of changes.
bool pm_watch_is_told(const struct pm_watch *watch);

// Whether a file that was written to has not been closed yet, as far as the
// system tells. Not every way of writing ends in a close: who has waited long
// enough for one settles it.
bool pm_watch_is_writing(const struct pm_watch *watch);
void pm_watch_settle(struct pm_watch *watch);

#ifdef __cplusplus
}
#endif

#endif
