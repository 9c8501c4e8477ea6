// SPDX-License-Identifier: MIT
//
// Closures that are bound to the functions they are handed to: which are,
// which are not, and that there is an end. That programs still do the same is
// tests/guest's to say (language/closures.pbs).
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "support/module_text.h"
#include "support/test.h"

// Calls of closures, closures made, and functions of the module that has
// [source] for its [Frame].
struct counts {
    unsigned calls;
    unsigned closures;
    unsigned functions;
};

static struct counts count(const char *source)
{
    char *text = pm_module_text(source, NULL);
    struct counts counts = {0};

    if (CHECK(text))
        counts = (struct counts){
            .calls = pm_occurrences(text, " call_closure"),
            .closures = pm_occurrences(text, " make_closure"),
            .functions = pm_occurrences(text, "\n.func ") +
                         pm_occurrences(text, "\n.closure "),
        };
    free(text);
    return counts;
}

#define HEAD                                                                   \
    "declare global n: int = 0\n"                                              \
    "declare global xs: List<int> = new List<int>()\n"

static void none_is_left(const char *source)
{
    struct counts counts = count(source);
    CHECK_INT(counts.calls, 0);
    CHECK_INT(counts.closures, 0);
}

TEST(closures, what_is_only_called_needs_no_closure)
{
    none_is_left(HEAD "[Frame] fn frame() -> void {\n"
                      "    let least = n\n"
                      "    xs.retain(x => x > least)\n"
                      "    xs.sort((a, b) => b < a)\n"
                      "    n = xs.count(x => x % 2 == 0)\n"
                      "}\n");
}

TEST(closures, functions_by_name_and_default_arguments_are_bound_too)
{
    none_is_left(HEAD "fn above(a: int, b: int) -> bool { return a > b }\n"
                      "[Frame] fn frame() -> void {\n"
                      "    xs.sort(above)\n    xs.sort()\n"
                      "}\n");
}

TEST(closures, those_that_closures_capture_are_bound_in_them)
{
    none_is_left(HEAD "[Frame] fn frame() -> void {\n"
                      "    let k = n\n"
                      "    xs.sort_by_key(x => x * k)\n"
                      "}\n");
}

TEST(closures, that_change_a_variable_are_bound)
{
    none_is_left(HEAD "[Frame] fn frame() -> void {\n"
                      "    let sum = 0\n"
                      "    xs.retain(x => { sum += x; return true })\n"
                      "    n = sum\n"
                      "}\n");
}

// Each of them has to be made, for somebody keeps it, compares with it or
// gets one of two.
TEST(closures, that_are_kept_are_made)
{
    static const char *const programs[] = {
        "declare global kept: fn() -> int = () => 1\n"
        "fn keep(f: fn() -> int) -> int { kept = f; return f() }\n"
        "[Frame] fn frame() -> void { keep(() => 2) }\n",
        "declare struct Box(f: fn() -> int)\n"
        "fn box(f: fn() -> int) -> Box { return new Box(f) }\n"
        "[Frame] fn frame() -> void { box(() => 2) }\n",
        "fn hand_on(f: fn() -> int) -> fn() -> int { return f }\n"
        "[Frame] fn frame() -> void { hand_on(() => 2) }\n",
        // Through another function.
        "declare global kept: fn() -> int = () => 1\n"
        "fn keep(f: fn() -> int) -> void { kept = f }\n"
        "fn twice(f: fn() -> int) -> int { keep(f); return f() }\n"
        "[Frame] fn frame() -> void { twice(() => 2) }\n",
        // A parameter that is assigned.
        "fn other(f: fn() -> int, n: int) -> int {\n"
        "    if n > 3 { f = () => 9 }\n    return f()\n}\n"
        "[Frame] fn frame() -> void { other(() => 2, 5) }\n",
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(programs); i++)
        CHECK(count(programs[i]).closures > 0);
}

// More than is copied.
#define LARGE                                                                  \
    "s = s * 3 + x % 7\n s = s * 5 + x % 9\n s = s * 3 + x % 5\n"              \
    "s = s * 7 + x % 4\n s = s * 5 + x % 6\n s = s * 9 + x % 3\n"              \
    "s = s * 8 + x % 5\n s = s * 3 + x % 8\n s = s * 7 + x % 2\n"
#define LARGEST LARGE LARGE LARGE LARGE LARGE LARGE LARGE LARGE

// Whether one is made in any function of the module named "each".
static bool makes_in_each(const char *source)
{
    char *text = pm_module_text(source, NULL);
    bool found = false;

    if (CHECK(text) && CHECK(strstr(text, ".func each ")))
        for (char *at = text; (at = strstr(at, ".func each ")); at++) {
            const char *made = strstr(at, " make_closure");
            found |= made && made < strstr(at, ".end");
        }
    free(text);
    return found;
}

// Where there has to be a closure it is made by the caller, once, and not for
// each time that it is called or handed on.
TEST(closures, too_large_for_copies_are_made_by_the_caller)
{
    CHECK(!makes_in_each(HEAD "fn each(i: int, f: fn(int) -> int) -> int {\n"
                              "    if i == 0 { return 0 }\n"
                              "    return f(i) + f(-i) + each(i - 1, f)\n"
                              "}\n"
                              "[Frame] fn frame() -> void {\n"
                              "    let k = n\n    n += 1\n"
                              "    trace(each(9, x => { let s = k\n" LARGEST
                              "    return s }))\n}\n"));
    CHECK(!makes_in_each(HEAD "fn large(x: int, f: fn(int) -> int) -> int {\n"
                              "    let s = f(x)\n" LARGEST "    return s\n}\n"
                              "fn each(i: int, f: fn(int) -> int) -> int {\n"
                              "    if i == 0 { return 0 }\n"
                              "    return large(i, f) + each(i - 1, f)\n"
                              "}\n"
                              "[Frame] fn frame() -> void {\n"
                              "    let k = n\n    n += 1\n"
                              "    trace(each(9, x => x + k))\n}\n"));
}

// Each call hands on a closure around the last one.
TEST(closures, that_wrap_each_other_without_end_are_bound_a_few_times)
{
    struct counts counts =
        count("fn deep(n: int, f: fn(int) -> int) -> int {\n"
              "    if n == 0 { return f(0) }\n"
              "    return deep(n - 1, x => f(x) + n)\n"
              "}\n"
              "[Frame] fn frame() -> void { trace(deep(5, x => x)) }\n");
    CHECK(counts.closures > 0);
    CHECK(counts.functions < 20);
}

TEST(closures, the_same_default_argument_is_bound_once)
{
    struct counts one = count(HEAD "[Frame] fn frame() -> void {\n"
                                   "    xs.sort()\n}\n");
    struct counts many = count(HEAD "[Frame] fn frame() -> void {\n"
                                    "    xs.sort()\n    xs.sort()\n"
                                    "    xs.sort()\n    xs.sort()\n}\n");
    CHECK(many.functions <= one.functions);
}
