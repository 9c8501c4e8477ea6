// SPDX-License-Identifier: MIT
#include "support/test.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

static struct pm_test *first;
static struct pm_test **last = &first;
// Benchmarks use what checks too, outside of any test.
static const struct pm_test no_test = {.suite = "no", .name = "test"};
static const struct pm_test *running = &no_test;
static int failures;

void pm_test_register(struct pm_test *test)
{
    *last = test;
    last = &test->next;
}

static void report(const char *file, int line)
{
    failures++;
    fprintf(stderr, "%s:%d: in %s.%s: ", file, line, running->suite,
            running->name);
}

bool pm_test_check(bool ok, const char *file, int line, const char *what)
{
    if (!ok) {
        report(file, line);
        fprintf(stderr, "does not hold: %s\n", what);
    }
    return ok;
}

bool pm_test_check_int(int64_t found, int64_t wanted, const char *file,
                       int line, const char *what)
{
    if (found == wanted)
        return true;
    report(file, line);
    fprintf(stderr, "%s: found %" PRId64 ", wanted %" PRId64 "\n", what, found,
            wanted);
    return false;
}

bool pm_test_check_str(const char *found, const char *wanted, const char *file,
                       int line, const char *what)
{
    if (found && wanted && strcmp(found, wanted) == 0)
        return true;
    report(file, line);
    fprintf(stderr, "%s:\n  found  \"%s\"\n  wanted \"%s\"\n", what,
            found ? found : "(null)", wanted ? wanted : "(null)");
    return false;
}

static bool is_wanted(const struct pm_test *test, const char *filter)
{
    char name[512];
    snprintf(name, sizeof name, "%s.%s", test->suite, test->name);
    return !filter || strstr(name, filter);
}

void pm_test_keep_memory(void)
{
#if defined(__GLIBC__)
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_TOP_PAD, 16 << 20);
#endif
}

int pm_test_main(int argc, char **argv)
{
    const char *filter = argc > 1 ? argv[1] : NULL;
    int passed = 0;
    int failed = 0;

    for (running = first; running; running = running->next) {
        if (!is_wanted(running, filter))
            continue;
        failures = 0;
        running->run();
        if (failures) {
            failed++;
            fprintf(stderr, "FAILED %s.%s\n", running->suite, running->name);
        } else {
            passed++;
        }
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed || !passed;
}
