// SPDX-License-Identifier: MIT
//
// System calls in place, for the few paths where a call costs little more
// than its way to the kernel and back: opening a confined file, a small read.
//
// Behind a system call a processor does not know any more where functions
// return to, as kernels overwrite what it remembers of that (mitigations of
// Spectre RSB, Retbleed and SRSO): each return to a frame that was there
// before costs some 10 ns, and the C library's wrapper is one of them
// (bench_directory). On processors whose convention is not known here, and
// where a sanitizer must see what is read, the C library is called.

#ifndef PM_HOST_SYSCALL_H
#define PM_HOST_SYSCALL_H

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) ||     \
    __has_feature(thread_sanitizer)
#define PM_SYSCALL_IS_WATCHED
#endif
#endif

#if defined(__x86_64__) && defined(__LP64__) && defined(__GNUC__) &&           \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) &&         \
    !defined(PM_SYSCALL_IS_WATCHED)

// The result, or an errno as a negative number; errno itself stays as it is.
static inline long pm_syscall(long number, long a, long b, long c, long d,
                              long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
                       "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long pm_syscall_read_at(int fd, void *dst, size_t size,
                                      int64_t offset)
{
    return pm_syscall(SYS_pread64, fd, (long)(intptr_t)dst, (long)size, offset,
                      0, 0);
}

#else

static inline long pm_syscall(long number, long a, long b, long c, long d,
                              long e, long f)
{
    int before = errno;
    long result = syscall(number, a, b, c, d, e, f);

    if (result < 0)
        result = -errno;
    errno = before;
    return result;
}

static inline long pm_syscall_read_at(int fd, void *dst, size_t size,
                                      int64_t offset)
{
    int before = errno;
    long result = pread(fd, dst, size, (off_t)offset);

    if (result < 0)
        result = -errno;
    errno = before;
    return result;
}

#endif

#endif
