// SPDX-License-Identifier: MIT
//
// Hostile paths through the whole stack: the rules of paths, the volume, the
// directory. Each has one status, which every call on it gives.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "fs/host_volume.h"
#include "fs/path.h"
#include "place.h"
#include "support/test.h"

#define ROOT "/host/m/"

struct stack {
    struct place place;
    struct pm_volume *volume;
    unsigned tried;
};

// What a machine does with a guest's path.
static bool enter_volume(const char *text, size_t size, struct pm_path *out)
{
    if (!pm_path_is_right(text, size))
        return false;
    *out = (struct pm_path){text + sizeof ROOT - 1, size - (sizeof ROOT - 1)};
    return true;
}

static pm_fs_status opening(struct stack *s, struct pm_path path, unsigned mode)
{
    struct pm_volume_file *file;
    pm_fs_status status = s->volume->ops->open(s->volume, path, mode, &file);
    if (!status)
        s->volume->ops->close(s->volume, file, false);
    return status;
}

static pm_fs_status listing(struct stack *s, struct pm_path path)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_fs_names names = {0};
    pm_buf_init(&names.bytes, &alloc);
    pm_fs_status status = s->volume->ops->list(s->volume, path, 100, &names);
    pm_buf_free(&names.bytes);
    return status;
}

static bool all_give(struct stack *s, struct pm_path path, pm_fs_status wanted)
{
    const struct pm_volume_ops *ops = s->volume->ops;
    const struct pm_path other = {"other", 5};
    struct pm_fs_stat info;
    bool ok = CHECK_INT(opening(s, path, PM_OPEN_READ), wanted);

    ok = CHECK_INT(opening(s, path, PM_OPEN_WRITE), wanted) && ok;
    ok = CHECK_INT(ops->stat(s->volume, path, &info), wanted) && ok;
    ok = CHECK_INT(ops->remove(s->volume, path), wanted) && ok;
    ok = CHECK_INT(ops->rename(s->volume, path, other), wanted) && ok;
    ok = CHECK_INT(listing(s, path), wanted) && ok;
    if (wanted == PM_FS_NOT_FOUND)
        return ok;
    ok = CHECK_INT(opening(s, path, PM_OPEN_WRITE | PM_OPEN_CREATE), wanted) &&
         ok;
    ok = CHECK_INT(ops->replace(s->volume, path, (const uint8_t *)"x", 1),
                   wanted) &&
         ok;
    return CHECK_INT(ops->make_dir(s->volume, path), wanted) && ok;
}

static void try_bytes(struct stack *s, const char *bytes, size_t size,
                      pm_fs_status wanted)
{
    static char text[4096];
    struct pm_path path = {0};

    s->tried++;
    memcpy(text, ROOT, sizeof ROOT - 1);
    memcpy(text + sizeof ROOT - 1, bytes, size);
    text[sizeof ROOT - 1 + size] = 0;
    bool is_right = enter_volume(text, sizeof ROOT - 1 + size, &path);
    if (wanted == PM_FS_INVALID_PATH) {
        if (!CHECK(!is_right))
            fprintf(stderr, "  \"%s\"\n", text);
    } else if (!CHECK(is_right) || !all_give(s, path, wanted)) {
        fprintf(stderr, "  \"%s\"\n", text);
    }
}

static void try_path(struct stack *s, const char *path, pm_fs_status wanted)
{
    try_bytes(s, path, strlen(path), wanted);
}

// A component alone, in a directory, before a file, and between.
static void try_component(struct stack *s, const char *name,
                          pm_fs_status wanted)
{
    static const char *const forms[] = {"%s", "d/%s", "%s/f", "d/%s/f"};
    char path[2048];
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        snprintf(path, sizeof path, forms[i], name);
        try_path(s, path, wanted);
    }
}

static void set_up(struct stack *s, const struct pm_os *os)
{
    struct pm_allocator alloc = pm_allocator_libc();
    place_enter(&s->place, os);
    const struct place *p = &s->place;
    struct pm_host_volume_config config = {
        .directory = s->place.seam, .writable = true, .file_limit = 1000};
    CHECK_INT(pm_host_volume_create(&alloc, &config, &s->volume), PM_FS_OK);
    write_file(in_mount(p, "f"), "text");
    CHECK(mkdir(in_mount(p, "d"), 0777) == 0);
    write_file(in_mount(p, "d/f"), "text");
    CHECK(symlink("../outside", in_mount(p, "up")) == 0);
    CHECK(symlink("../outside/secret", in_mount(p, "link")) == 0);
    CHECK(symlink("/etc", in_mount(p, "etc")) == 0);
    CHECK(symlink("/proc/self/root", in_mount(p, "d/magic")) == 0);
    CHECK(symlink("d", in_mount(p, "inward")) == 0);
    CHECK(mkfifo(in_mount(p, "pipe"), 0666) == 0);
    write_file(in_mount(p, ".prometeu-00000000.tmp"), "left behind");
}

// --- what breaks a rule ------------------------------------------------------

static const char *const wrong_names[] = {
    "",
    ".",
    "..",
    "\\",
    "..\\..",
    "a\\b",
    "C:\\x",
    // Not UTF-8: alone, cut off, overlong, surrogates, too large.
    "\x80",
    "\xbf",
    "\xc0",
    "\xc1",
    "\xfe",
    "\xff",
    "a\xff",
    "\xff.",
    "\xc2",
    "\xe2\x82",
    "\xf0\x9f\x98",
    "\xc0\xae",
    "\xc0\xae\xc0\xae",
    "\xc0\xaf",
    "\xe0\x80\xae",
    "\xe0\x80\xaf",
    "\xf0\x80\x80\xaf",
    "\xed\xa0\x80",
    "\xed\xbf\xbf",
    "\xf4\x90\x80\x80",
    "\xf8\x88\x80\x80\x80",
};

static void try_wrong(struct stack *s)
{
    char name[300];

    for (size_t i = 0; i < sizeof wrong_names / sizeof *wrong_names; i++)
        try_component(s, wrong_names[i], PM_FS_INVALID_PATH);
    for (int code = 1; code < 0xa0; code++) {
        if (code >= 0x20 && code < 0x7f)
            continue;
        if (code < 0x80)
            snprintf(name, sizeof name, "a%c", code);
        else
            snprintf(name, sizeof name, "a\xc2%c", code);
        try_component(s, name, PM_FS_INVALID_PATH);
    }
    memset(name, 'n', 256);
    name[256] = 0;
    try_component(s, name, PM_FS_INVALID_PATH);
    static const char *const paths[] = {
        "/f",  "f/",   "d//f", "d/", "//f", "d/./f",   "d/../f", "./f",
        "../", "d/..", "d/.",  "/",  "f//", "d/f/../", "../../"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        try_path(s, paths[i], PM_FS_INVALID_PATH);
    try_bytes(s, "f\0", 2, PM_FS_INVALID_PATH);
    try_bytes(s, "f\0/x", 4, PM_FS_INVALID_PATH);
    try_bytes(s, "\0", 1, PM_FS_INVALID_PATH);
    try_bytes(s, "d/\0f", 4, PM_FS_INVALID_PATH);
}

// --- what only looks as if ---------------------------------------------------

static const char *const odd_names[] = {
    "...",
    "....",
    ".. ",
    " ..",
    ". .",
    " ",
    "~",
    "~root",
    "$HOME",
    "`id`",
    "%2e%2e",
    "..%2f..",
    "%00",
    "%c0%ae",
    "CON",
    "NUL",
    "aux.txt",
    "C:",
    "f:stream",
    "f::$DATA",
    "*",
    "?",
    "-rf",
    "F",
    "f ",
    "f.",
    "F.TXT",
    "\xef\xbc\x8e\xef\xbc\x8e", // full-width dots
    "\xef\xbc\x8f",             // full-width slash
    "\xe2\x88\x95",             // division slash
    "\xe2\x80\xa4\xe2\x80\xa4", // one dot leaders
    "\xe2\x80\xae",             // right to left
    "\xe2\x80\x8b",             // no width
    "\xef\xbb\xbf.",            // a byte order mark
    "f\xcc\x81",                // a combining accent
    "\xf0\x9f\x98\x80",
    "\xef\xbf\xbf",
    "\xf4\x8f\xbf\xbf",
};

static void try_odd(struct stack *s)
{
    char path[1200];

    for (size_t i = 0; i < sizeof odd_names / sizeof *odd_names; i++)
        try_component(s, odd_names[i], PM_FS_NOT_FOUND);
    memset(path, 'n', 255);
    path[255] = 0;
    try_component(s, path, PM_FS_NOT_FOUND);
    // The longest path there can be, and one that is longer.
    size_t most = PM_PATH_MAX - (sizeof ROOT - 1);
    for (size_t i = 0; i < most + 1; i++)
        path[i] = i % 2 ? '/' : 'n';
    if (most % 2 == 0)
        path[most - 1] = 'n';
    path[most] = 0;
    try_path(s, path, PM_FS_NOT_FOUND);
    path[most] = 'n';
    path[most + 1] = 0;
    try_path(s, path, PM_FS_INVALID_PATH);
}

// --- what is there -----------------------------------------------------------

static void try_there(struct stack *s)
{
    static const char *const denied[] = {
        "up",
        "up/secret",
        "link",
        "etc",
        "etc/passwd",
        "d/magic",
        "inward",
        "inward/f",
        "pipe",
        "d/magic/etc",
        "up/nothing",
        "d/magic/etc/passwd",
        "link/x",
        "inward/magic",
        ".prometeu-00000000.tmp",
        ".prometeu-0123abcd.tmp",
        "d/.prometeu-0123abcd.tmp",
        ".prometeu-00000000.tmp/x",
    };
    static const char *const in_files[] = {"f/x", "f/x/y", "d/f/x", "pipe/x"};

    for (size_t i = 0; i < sizeof denied / sizeof *denied; i++)
        try_path(s, denied[i], PM_FS_ACCESS_DENIED);
    for (size_t i = 0; i < sizeof in_files / sizeof *in_files; i++)
        try_path(s, in_files[i], PM_FS_NOT_A_DIRECTORY);
}

static void try_all(const struct pm_os *os)
{
    struct stack s = {0};
    set_up(&s, os);
    try_wrong(&s);
    try_odd(&s);
    try_there(&s);
    CHECK(s.tried >= 300);
    CHECK_STR(list_text(&s.place, ""), "d/ f ");
    CHECK_STR(list_text(&s.place, "d"), "f ");
    s.volume->ops->destroy(s.volume);
    place_leave(&s.place);
}

TEST(paths, each_hostile_path_has_one_status_through_the_whole_stack)
{
    try_all(pm_os_system());
    try_all(pm_os_system_walk());
}
