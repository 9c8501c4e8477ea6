// SPDX-License-Identifier: MIT
//
// Unit tests. A test registers itself; its name is a sentence:
//
//     TEST(buf, a_failed_write_is_remembered)
//     {
//         CHECK(buf.failed);
//     }
//
// Each program runs all of its tests (or those whose "suite.name" contains
// its first argument) and ends in "N passed, N failed".

#ifndef PM_TEST_H
#define PM_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct pm_test {
    const char *suite;
    const char *name;
    void (*run)(void);
    struct pm_test *next;
};

// Has the C library keep memory that is freed instead of giving it back to the
// system: tests make and destroy machines by the thousand, and to get the pages
// of each anew took longer than the tests themselves.
void pm_test_keep_memory(void);

// Runs them; what main of a test program does.
int pm_test_main(int argc, char **argv);

void pm_test_register(struct pm_test *test);
bool pm_test_check(bool ok, const char *file, int line, const char *what);
bool pm_test_check_int(int64_t found, int64_t wanted, const char *file,
                       int line, const char *what);
bool pm_test_check_str(const char *found, const char *wanted, const char *file,
                       int line, const char *what);

#define TEST(suite, name)                                                      \
    static void test_##suite##_##name(void);                                   \
    static struct pm_test entry_##suite##_##name = {                           \
        #suite, #name, test_##suite##_##name, NULL};                           \
    __attribute__((constructor)) static void register_##suite##_##name(void)   \
    {                                                                          \
        pm_test_register(&entry_##suite##_##name);                             \
    }                                                                          \
    static void test_##suite##_##name(void)

// Goes on after a failure; gives whether it held.
#define CHECK(condition)                                                       \
    pm_test_check((condition), __FILE__, __LINE__, #condition)
#define CHECK_INT(found, wanted)                                               \
    pm_test_check_int((int64_t)(found), (int64_t)(wanted), __FILE__, __LINE__, \
                      #found)
#define CHECK_STR(found, wanted)                                               \
    pm_test_check_str((found), (wanted), __FILE__, __LINE__, #found)
// Leaves the test when the condition does not hold.
#define REQUIRE(condition)                                                     \
    do {                                                                       \
        if (!CHECK(condition))                                                 \
            return;                                                            \
    } while (0)

#endif
