// SPDX-License-Identifier: MIT
#define _GNU_SOURCE // ppoll, inotify_init1

#include "hosts/common/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/inotify.h>
#include <sys/signalfd.h>
#endif

#include "hosts/common/walk.h"

#define MOST_ROOTS 8
#define PAUSE_MS   500
// Files that are being written to at the same time; with more of them it is
// not known which have been closed.
#define MOST_WRITING 32

struct pm_watch {
    struct pm_allocator alloc;
    struct pm_watch_root roots[MOST_ROOTS];
    size_t count;
    sigset_t stops;
    sigset_t before;
    int told;      // inotify's descriptor; -1: none
    int signals;   // signalfd's; -1: none
    uint64_t seen; // the last look at everything, as a number
    // Files that were written to and not closed since, as numbers.
    uint64_t writing[MOST_WRITING];
    size_t writing_count;
};

// --- looking -----------------------------------------------------------------

static uint64_t mix(uint64_t hash, uint64_t value)
{
    // Steps of FNV-1a, eight bytes at a time; it only has to differ.
    hash = (hash ^ value) * UINT64_C(1099511628211);
    return hash ^ hash >> 29;
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = mix(hash, (uint8_t)*text);
    return mix(hash, 0x100);
}

static bool wants_all(const char *name)
{
    const char *slash = strrchr(name, '/');
    return (slash ? slash[1] : name[0]) != '.';
}

static bool matters(const struct pm_watch_root *root, const char *name)
{
    const char *slash = strrchr(name, '/');

    if (slash && !root->is_deep)
        return false;
    return root->wants(slash ? slash + 1 : name);
}

static uint64_t look_at(const struct pm_watch *watch,
                        const struct pm_watch_root *root, uint64_t hash)
{
    struct pm_walk walk;
    pm_status status =
        pm_walk_folder(&watch->alloc, root->path, wants_all, &walk, NULL);

    for (size_t i = 0; i < walk.count; i++) {
        const struct pm_walk_file *file = &walk.files[i];
        if (!matters(root, file->name))
            continue;
        hash = mix_text(hash, file->name);
        hash = mix(hash, file->size);
        hash = mix(hash, file->inode);
        hash = mix(hash, (uint64_t)file->modified);
        hash = mix(hash, (uint64_t)file->changed);
    }
    pm_walk_free(&walk);
    return mix(hash, (uint64_t)status);
}

static uint64_t look(const struct pm_watch *watch)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < watch->count; i++)
        hash = look_at(watch, &watch->roots[i], hash);
    return hash;
}

static enum pm_watch_event wait_looking(struct pm_watch *watch,
                                        int milliseconds)
{
    for (;;) {
        bool is_short = milliseconds >= 0 && milliseconds < PAUSE_MS;
        long pause = is_short ? milliseconds : PAUSE_MS;
        struct timespec time = {pause / 1000, pause % 1000 * 1000000};
        int got = sigtimedwait(&watch->stops, NULL, &time);
        if (got > 0)
            return PM_WATCH_STOPPED;
        uint64_t now = look(watch);
        if (now != watch->seen) {
            watch->seen = now;
            return PM_WATCH_CHANGED;
        }
        if (milliseconds >= 0)
            milliseconds -= (int)pause;
        if (milliseconds == 0)
            return PM_WATCH_QUIET;
    }
}

// --- being told --------------------------------------------------------------

#ifdef __linux__

#define EVENTS                                                                 \
    (IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MODIFY | IN_MOVED_FROM |      \
     IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)

static void stop_telling(struct pm_watch *watch)
{
    if (watch->told >= 0)
        close(watch->told);
    if (watch->signals >= 0)
        close(watch->signals);
    watch->told = watch->signals = -1;
}

// Folders that are watched already stay so. False when one cannot be watched
// although it is there.
static bool add_folder(const struct pm_watch *watch, const char *path)
{
    return inotify_add_watch(watch->told, path, EVENTS) >= 0 ||
           errno == ENOENT || errno == ENOTDIR;
}

static bool add_root(const struct pm_watch *watch,
                     const struct pm_watch_root *root)
{
    char path[4096];
    struct pm_walk walk;
    bool ok = add_folder(watch, root->path);

    if (!root->is_deep || !ok)
        return ok;
    pm_walk_folder(&watch->alloc, root->path, wants_all, &walk, NULL);
    for (size_t i = 0; i < walk.folder_count && ok; i++) {
        int size =
            snprintf(path, sizeof path, "%s/%s", root->path, walk.folders[i]);
        ok = size > 0 && (size_t)size < sizeof path && add_folder(watch, path);
    }
    pm_walk_free(&walk);
    return ok;
}

static bool add_roots(const struct pm_watch *watch)
{
    for (size_t i = 0; i < watch->count; i++)
        if (!add_root(watch, &watch->roots[i]))
            return false;
    return true;
}

static void start_telling(struct pm_watch *watch)
{
    watch->told = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    watch->signals = signalfd(-1, &watch->stops, SFD_CLOEXEC | SFD_NONBLOCK);
    if (watch->told < 0 || watch->signals < 0 || !add_roots(watch))
        stop_telling(watch);
}

// Whether any root wants the event: all of them are asked, because an event
// only has the last part of its path.
static bool is_wanted(const struct pm_watch *watch,
                      const struct inotify_event *event)
{
    if (event->len == 0 || (event->mask & IN_Q_OVERFLOW))
        return true;
    if (event->mask & IN_ISDIR)
        return event->name[0] != '.';
    for (size_t i = 0; i < watch->count; i++)
        if (watch->roots[i].wants(event->name))
            return true;
    return false;
}

// The number of the file that an event is about.
static uint64_t file_of(const struct inotify_event *event)
{
    return mix_text(mix(UINT64_C(14695981039346656037), (uint64_t)event->wd),
                    event->name);
}

static void note_writing(struct pm_watch *watch,
                         const struct inotify_event *event)
{
    uint64_t file = file_of(event);
    size_t at = 0;

    while (at < watch->writing_count && watch->writing[at] != file)
        at++;
    bool is_known = at < watch->writing_count;
    if (event->mask & IN_MODIFY) {
        if (!is_known && at < MOST_WRITING)
            watch->writing[watch->writing_count++] = file;
    } else if (is_known &&
               event->mask & (IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM)) {
        watch->writing[at] = watch->writing[--watch->writing_count];
    }
}

static bool read_events(struct pm_watch *watch)
{
    union {
        struct inotify_event event;
        char bytes[16384];
    } buffer;
    bool has_changed = false;

    for (;;) {
        ssize_t got = read(watch->told, &buffer, sizeof buffer);
        if (got <= 0)
            return has_changed;
        for (ssize_t at = 0; at < got;) {
            const struct inotify_event *event =
                (const void *)(buffer.bytes + at);
            if (is_wanted(watch, event)) {
                has_changed = true;
                if (event->len)
                    note_writing(watch, event);
            }
            at += (ssize_t)(sizeof *event + event->len);
        }
    }
}

static enum pm_watch_event wait_told(struct pm_watch *watch, int milliseconds)
{
    for (;;) {
        struct pollfd fds[2] = {{watch->signals, POLLIN, 0},
                                {watch->told, POLLIN, 0}};
        int got = poll(fds, 2, milliseconds);
        if (got < 0 && errno != EINTR)
            return PM_WATCH_STOPPED;
        if (got <= 0) {
            if (got == 0)
                return PM_WATCH_QUIET;
            continue;
        }
        if (fds[0].revents)
            return PM_WATCH_STOPPED;
        if (!read_events(watch))
            continue;
        // New folders are watched before anybody reads what is in them.
        if (!add_roots(watch))
            stop_telling(watch);
        return PM_WATCH_CHANGED;
    }
}

#else

static void stop_telling(struct pm_watch *watch)
{
    (void)watch;
}

static void start_telling(struct pm_watch *watch)
{
    (void)watch;
}

static enum pm_watch_event wait_told(struct pm_watch *watch, int milliseconds)
{
    return wait_looking(watch, milliseconds);
}

#endif

// --- both --------------------------------------------------------------------

pm_status pm_watch_open(const struct pm_allocator *alloc,
                        const struct pm_watch_root *roots, size_t count,
                        bool polls, struct pm_watch **out)
{
    struct pm_watch *watch =
        alloc->resize(alloc->context, NULL, 0, sizeof *watch);

    if (!watch)
        return PM_ERR_NO_MEMORY;
    *watch = (struct pm_watch){.alloc = *alloc, .told = -1, .signals = -1};
    watch->count = count < MOST_ROOTS ? count : MOST_ROOTS;
    memcpy(watch->roots, roots, watch->count * sizeof *roots);
    sigemptyset(&watch->stops);
    sigaddset(&watch->stops, SIGINT);
    sigaddset(&watch->stops, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &watch->stops, &watch->before);
    if (!polls)
        start_telling(watch);
    watch->seen = look(watch);
    *out = watch;
    return PM_OK;
}

void pm_watch_close(struct pm_watch *watch)
{
    struct timespec none = {0, 0};

    if (!watch)
        return;
    stop_telling(watch);
    // A signal that came meanwhile was answered: it must not end the program.
    while (sigtimedwait(&watch->stops, NULL, &none) > 0)
        continue;
    pthread_sigmask(SIG_SETMASK, &watch->before, NULL);
    struct pm_allocator alloc = watch->alloc;
    alloc.resize(alloc.context, watch, sizeof *watch, 0);
}

enum pm_watch_event pm_watch_wait(struct pm_watch *watch, int milliseconds)
{
    return pm_watch_is_told(watch) ? wait_told(watch, milliseconds)
                                   : wait_looking(watch, milliseconds);
}

bool pm_watch_is_writing(const struct pm_watch *watch)
{
    return watch->writing_count != 0;
}

void pm_watch_settle(struct pm_watch *watch)
{
    watch->writing_count = 0;
}

bool pm_watch_is_told(const struct pm_watch *watch)
{
    return watch->told >= 0;
}
