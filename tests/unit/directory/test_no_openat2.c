// SPDX-License-Identifier: MIT
//
// A system without openat2: kernels before 5.6, and filters of containers that
// do not know it and answer EPERM. The walk takes its place by itself; here
// a filter of our own, in a process of its own, makes such a system.
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "place.h"
#include "support/test.h"

// From here on the process has no openat2.
static bool take_openat2(int error)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof code / sizeof *code, code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0 &&
           syscall(SYS_openat2, AT_FDCWD, ".", NULL, (size_t)0) < 0 &&
           errno == error;
}

// Each case has a bit, so that the end of the process tells which failed.
static int use(const struct place *p)
{
    int wrong = 0;

    wrong |= strcmp(read_text(p, "d/file"), "inside") ? 1 : 0;
    wrong |= publish_text(p, "d/new", "made", true) ? 2 : 0;
    wrong |= strcmp(list_text(p, "d"), "file new ") ? 4 : 0;
    wrong |= open_status(p, "up/secret") != PM_FS_ACCESS_DENIED ? 8 : 0;
    wrong |= open_status(p, "d/link") != PM_FS_ACCESS_DENIED ? 16 : 0;
    wrong |= open_status(p, "d/none") != PM_FS_NOT_FOUND ? 32 : 0;
    return wrong;
}

static void run_without(int error)
{
    struct place p;
    int end = 0;

    place_enter(&p, pm_os_system());
    CHECK(mkdir(in_mount(&p, "d"), 0777) == 0);
    write_file(in_mount(&p, "d/file"), "inside");
    CHECK(symlink("../outside", in_mount(&p, "up")) == 0);
    CHECK(symlink("../../outside/secret", in_mount(&p, "d/link")) == 0);
    pid_t child = fork();
    if (child == 0)
        _exit(take_openat2(error) ? use(&p) : 128);
    CHECK(child > 0 && waitpid(child, &end, 0) == child);
    if (WIFEXITED(end) && WEXITSTATUS(end) == 128)
        printf("no filter can be set here: openat2 was not taken away\n");
    else
        CHECK(WIFEXITED(end) && WEXITSTATUS(end) == 0);
    place_leave(&p);
}

TEST(no_openat2, the_walk_takes_its_place)
{
    run_without(ENOSYS);
    run_without(EPERM);
}
