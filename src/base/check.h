// SPDX-License-Identifier: MIT
//
// Invariants of the machine itself. PM_CHECK stays in release builds; use it
// for what guards memory. PM_ASSERT is for debug builds. Neither can be
// reached from guest bytes: what a guest may break is a trap or a status.

#ifndef PM_BASE_CHECK_H
#define PM_BASE_CHECK_H

// Ends the process after telling the hook. [what] is the broken invariant.
_Noreturn void pm_panic(const char *file, int line, const char *what);

#define PM_CHECK(condition)                                                    \
    ((condition) ? (void)0 : pm_panic(__FILE__, __LINE__, #condition))

#ifdef NDEBUG
#define PM_ASSERT(condition) ((void)0)
#else
#define PM_ASSERT(condition) PM_CHECK(condition)
#endif

#if defined(__GNUC__) || defined(__clang__)
#define PM_PRINTF(at, first) __attribute__((format(printf, at, first)))
#define PM_LIKELY(x)         __builtin_expect(!!(x), 1)
#define PM_UNLIKELY(x)       __builtin_expect(!!(x), 0)
#define PM_NOINLINE          __attribute__((noinline))
#define PM_INLINE            static inline __attribute__((always_inline))
#define PM_PREFETCH(at)      __builtin_prefetch(at)
#else
#define PM_PRINTF(at, first)
#define PM_LIKELY(x)   (x)
#define PM_UNLIKELY(x) (x)
#define PM_NOINLINE
#define PM_INLINE       static inline
#define PM_PREFETCH(at) ((void)0)
#endif

#define PM_ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

#endif
