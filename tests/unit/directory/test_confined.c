// SPDX-License-Identifier: MIT
//
// Nothing outside is reached, by no kind of entry and at no moment.
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "odd_os.h"
#include "place.h"
#include "support/test.h"

// Every call on [path] must give [wanted], which is not OK. The ones that
// make something new are asked with a component behind it too.
static void refused(struct place *p, const char *path, pm_fs_status wanted)
{
    const struct pm_directory *seam = p->seam;

    CHECK_INT(open_status(p, path), wanted);
    CHECK_STR(list_text(p, path), pm_fs_status_name(wanted));
    CHECK_INT(-kind_of(p, path), wanted);
    CHECK_INT(seam->may_write(seam->context, path), wanted);
    CHECK_INT(publish_text(p, path, "overwritten", false), wanted);
    CHECK_INT(seam->make_dir(seam->context, path), wanted);
    CHECK_INT(seam->remove(seam->context, path), wanted);
    CHECK_INT(seam->rename(seam->context, path, "elsewhere"), wanted);
    CHECK_INT(kind_of(p, "elsewhere"), -PM_FS_NOT_FOUND);
}

static void link_to(struct place *p, const char *target, const char *name)
{
    CHECK(symlink(target, in_mount(p, name)) == 0);
}

static void links_at_the_end(struct place *p)
{
    char absolute[128];
    write_file(in_mount(p, "file"), "inside");
    CHECK(mkdir(in_mount(p, "sub"), 0777) == 0);
    snprintf(absolute, sizeof absolute, "%s", in_base(p, "outside/secret"));
    link_to(p, absolute, "absolute");
    link_to(p, "../outside/secret", "relative");
    link_to(p, "file", "inward");
    link_to(p, "inward", "chain");
    link_to(p, "nothing", "dangling");
    link_to(p, "loop", "loop");
    link_to(p, ".", "self");
    link_to(p, "..", "up");
    link_to(p, "/", "root");
    link_to(p, "../../outside/secret", "sub/deep");
    link_to(p, "/proc/self/fd/0", "magic");
    link_to(p, "/proc/self/root", "magic_root");
    static const char *const names[] = {
        "absolute", "relative", "inward", "chain",    "dangling", "loop",
        "self",     "up",       "root",   "sub/deep", "magic",    "magic_root"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        refused(p, names[i], PM_FS_ACCESS_DENIED);
        CHECK_INT(p->seam->rename(p->seam->context, "file", names[i]),
                  PM_FS_ACCESS_DENIED);
    }
    CHECK_STR(list_text(p, ""), "file sub/ ");
    CHECK_STR(list_text(p, "sub"), "");
}

TEST(confined, a_link_is_never_followed_and_never_changed)
{
    over_both(links_at_the_end);
}

static void links_in_the_middle(struct place *p)
{
    char absolute[128];
    snprintf(absolute, sizeof absolute, "%s", in_base(p, "outside"));
    CHECK(mkdir(in_mount(p, "sub"), 0777) == 0);
    write_file(in_mount(p, "sub/secret"), "inside");
    link_to(p, absolute, "absolute");
    link_to(p, "../outside", "relative");
    link_to(p, "sub", "inward");
    link_to(p, "../../outside", "sub/deep");
    link_to(p, "/proc/self/cwd", "magic");
    static const char *const names[] = {"absolute/secret", "relative/secret",
                                        "inward/secret",   "sub/deep/secret",
                                        "magic/secret",    "relative/new"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        refused(p, names[i], PM_FS_ACCESS_DENIED);
    CHECK_INT(p->seam->rename(p->seam->context, "sub/secret", "relative/new"),
              PM_FS_ACCESS_DENIED);
    CHECK_STR(read_text(p, "sub/secret"), "inside");
}

TEST(confined, no_directory_of_a_path_may_be_a_link)
{
    over_both(links_in_the_middle);
}

// The path rules keep these out before; here nothing relies on that.
static void dots(struct place *p)
{
    CHECK(mkdir(in_mount(p, "sub"), 0777) == 0);
    write_file(in_mount(p, "sub/file"), "inside");
    static const char *const names[] = {
        "..",           "../outside/secret",       "sub/../../outside/secret",
        "sub/../..",    "../mount/sub/file",       "/etc/passwd",
        "//etc/passwd", "sub/../../../etc/passwd",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        CHECK(open_status(p, names[i]) != PM_FS_OK);
        CHECK(strcmp(read_text(p, names[i]), SECRET) != 0);
        CHECK(publish_text(p, names[i], "overwritten", false) != PM_FS_OK);
        CHECK(strcmp(list_text(p, names[i]), "secret ") != 0);
    }
}

TEST(confined, dots_and_slashes_lead_nowhere)
{
    over_both(dots);
}

static void make_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    close(fd);
}

static void special(struct place *p)
{
    CHECK(mkfifo(in_mount(p, "pipe"), 0666) == 0);
    make_socket(in_mount(p, "socket"));
    refused(p, "pipe", PM_FS_ACCESS_DENIED);
    refused(p, "socket", PM_FS_ACCESS_DENIED);
    if (mknod(in_mount(p, "null"), S_IFCHR | 0666, makedev(1, 3)) == 0)
        refused(p, "null", PM_FS_ACCESS_DENIED);
    if (mknod(in_mount(p, "block"), S_IFBLK | 0666, makedev(7, 200)) == 0)
        refused(p, "block", PM_FS_ACCESS_DENIED);
    CHECK_STR(list_text(p, ""), "");
    // Behind them there is no directory.
    CHECK_INT(open_status(p, "pipe/x"), PM_FS_NOT_A_DIRECTORY);
    write_file(in_mount(p, "file"), "text");
    CHECK_INT(p->seam->rename(p->seam->context, "file", "pipe"),
              PM_FS_ACCESS_DENIED);
}

TEST(confined, pipes_sockets_and_devices_are_not_there)
{
    over_both(special);
}

// The cheap answer spares stat, and is never yes for what is no file.
static void cheap_kinds(struct place *p)
{
    const struct pm_os *real = p->os;
    struct odd_os odd;

    CHECK(mkfifo(in_mount(p, "pipe"), 0666) == 0);
    CHECK(mkdir(in_mount(p, "sub"), 0777) == 0);
    bool has_null =
        mknod(in_mount(p, "null"), S_IFCHR | 0666, makedev(1, 3)) == 0;
    write_file(in_mount(p, "file"), "text");
    odd_os_init(&odd, real);
    place_reopen(p, &odd.os);
    CHECK_INT(open_status(p, "pipe"), PM_FS_ACCESS_DENIED);
    CHECK_INT(open_status(p, "sub"), PM_FS_IS_A_DIRECTORY);
    if (has_null)
        CHECK_INT(open_status(p, "null"), PM_FS_ACCESS_DENIED);
    CHECK_INT(odd.said_file, 0);
    CHECK_INT(open_status(p, "file"), PM_FS_OK);
    CHECK_INT(odd.said_file, 1);
    place_reopen(p, real);
}

TEST(confined, the_cheap_answer_to_what_a_file_is_is_right)
{
    over_both(cheap_kinds);
}

// As of a system that looks at the right to write before the kind.
static void wrong_kinds(struct place *p)
{
    const struct pm_os *real = p->os;
    struct odd_os odd;

    CHECK(mkfifo(in_mount(p, "pipe"), 0666) == 0);
    CHECK(mkdir(in_mount(p, "sub"), 0777) == 0);
    odd_os_init(&odd, real);
    odd.knows_no_kinds = true;
    place_reopen(p, &odd.os);
    CHECK_INT(open_status(p, "pipe"), PM_FS_ACCESS_DENIED);
    CHECK_INT(open_status(p, "sub"), PM_FS_IS_A_DIRECTORY);
    // Asked about the mount alone, and never again.
    CHECK_INT(odd.said_file, 1);
    place_reopen(p, real);
}

TEST(confined, a_system_that_takes_the_mount_for_a_file_is_not_believed)
{
    over_both(wrong_kinds);
}

TEST(confined, a_mount_of_proc_has_no_magic_links)
{
    struct pm_allocator alloc = pm_allocator_libc();
    const struct pm_os *tables[] = {pm_os_system(), pm_os_system_walk()};
    for (int i = 0; i < 2; i++) {
        struct place p = {.os = tables[i]};
        REQUIRE(pm_host_directory_open(tables[i], &alloc, "/proc/self",
                                       &p.directory, NULL) == PM_FS_OK);
        p.seam = pm_host_directory_seam(p.directory);
        CHECK_INT(open_status(&p, "exe"), PM_FS_ACCESS_DENIED);
        CHECK_INT(open_status(&p, "cwd/ARCHITECTURE.md"), PM_FS_ACCESS_DENIED);
        CHECK_INT(open_status(&p, "root/etc/passwd"), PM_FS_ACCESS_DENIED);
        CHECK_INT(open_status(&p, "fd/0"), PM_FS_ACCESS_DENIED);
        CHECK_INT(open_status(&p, "status"), PM_FS_OK);
        pm_host_directory_close(p.directory);
    }
}

// --- races -------------------------------------------------------------------

// Exchanges "swap" and "twin", a directory and a link to outside, until it is
// killed.
static void exchange_forever(const char *base)
{
    char a[128];
    char b[128];
    snprintf(a, sizeof a, "%s/mount/swap", base);
    snprintf(b, sizeof b, "%s/mount/twin", base);
    for (;;)
        if (renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) != 0)
            _exit(1);
}

static pid_t start_exchanging(struct place *p)
{
    pid_t child = fork();
    if (child == 0)
        exchange_forever(p->base);
    return child;
}

static void stop(pid_t child)
{
    int how = 0;
    kill(child, SIGKILL);
    CHECK(waitpid(child, &how, 0) == child);
    CHECK(WIFSIGNALED(how)); // it was still at it
}

static void race_of_directories(struct place *p)
{
    int inside = 0;
    int denied = 0;

    CHECK(mkdir(in_mount(p, "swap"), 0777) == 0);
    write_file(in_mount(p, "swap/secret"), "inside");
    link_to(p, "../outside", "twin");
    pid_t child = start_exchanging(p);
    for (int i = 0; i < 20000; i++) {
        const char *text = read_text(p, "swap/secret");
        inside += strcmp(text, "inside") == 0;
        denied += strcmp(text, "ACCESS_DENIED") == 0;
        if (strcmp(text, SECRET) == 0)
            break;
    }
    for (int i = 0; i < 300; i++) {
        pm_fs_status status = publish_text(p, "swap/secret", "inside", false);
        CHECK(status == PM_FS_OK || status == PM_FS_ACCESS_DENIED);
        status = publish_text(p, "swap/new", "x", true);
        CHECK(status == PM_FS_OK || status == PM_FS_ACCESS_DENIED ||
              status == PM_FS_EXISTS);
        p->seam->remove(p->seam->context, "swap/new");
        const char *names = list_text(p, "swap");
        CHECK(strcmp(names, "secret ") == 0 ||
              strcmp(names, "new secret ") == 0 ||
              strcmp(names, "ACCESS_DENIED") == 0);
    }
    stop(child);
    CHECK_INT(inside + denied, 20000);
    CHECK(inside > 100 && denied > 100);
    CHECK(access(in_base(p, "outside/new"), F_OK) != 0);
}

TEST(confined, a_directory_exchanged_with_a_link_gives_one_or_the_other)
{
    over_both(race_of_directories);
}

static void race_of_files(struct place *p)
{
    int others = 0;

    write_file(in_mount(p, "swap"), "inside");
    link_to(p, "../outside/secret", "twin");
    pid_t child = start_exchanging(p);
    for (int i = 0; i < 20000; i++) {
        const char *text = read_text(p, "swap");
        others +=
            strcmp(text, "inside") != 0 && strcmp(text, "ACCESS_DENIED") != 0;
    }
    for (int i = 0; i < 100; i++) {
        // Never written through the link; what it is put over may be one.
        publish_text(p, "swap", "inside", false);
        struct pm_directory_stat info;
        pm_fs_status status = p->seam->stat(p->seam->context, "swap", &info);
        CHECK(status == PM_FS_ACCESS_DENIED || info.size == 6);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    CHECK_INT(others, 0);
}

TEST(confined, a_file_exchanged_with_a_link_gives_one_or_the_other)
{
    over_both(race_of_files);
}
