// SPDX-License-Identifier: MIT
//
// What the optimiser knows of numbers, seen in the module: tests and divisions
// that are gone, and those that must stay. That programs still do the same is
// tests/guest's to say (language/ranges.pbs).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "support/module_text.h"
#include "support/test.h"

// Counts a word in what the compiler makes of statements in a [Frame].
static unsigned count_in(const char *statements, const char *word)
{
    char source[1024];
    snprintf(source, sizeof source,
             "declare global n: int = 0\n"
             "declare global m: int = 0\n"
             "declare global items: int[] = [1, 2, 3]\n"
             "fn other(x: int) -> int { n += x; m += x; return n }\n"
             "[Frame] fn frame() -> void {\n%s\n    n += 1; m += n\n}\n",
             statements);
    char *text = pm_module_text(source, NULL);
    unsigned count = CHECK(text) ? pm_occurrences(text, word) : 999;
    free(text);
    return count;
}

TEST(ranges, what_a_loop_counts_up_is_never_below_zero)
{
    static const char *const loops[] = {
        "for i from 0 until m { m += i / 8 }",
        "for i from 0 until m { m += i % 8 }",
        "for i from 4 until m step 1 { m += i / 16 }",
        "for i from 0 until items.len() step 3 { m += i / 4 }",
        "for x in items { }\n for i, x in items { m += i / 4 + x }",
        "let i = 0\n while i < m { i += 1; m += i / 2 }",
        "let i = 0\n while i < m { if m > 9 { i += 1 } m += i / 2 }",
        "for i from 0 until m { for j from i until m { m += j / 4 } }",
        "for i from 100 until 0 step -1 { m += i / 4 }",
        "let x = m & 255\n m += x / 8 + x % 8",
        "for i from 0 until m { m += min(i * 2, 5) }\n m += items.len() / 2",
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(loops); i++) {
        if (!CHECK_INT(count_in(loops[i], " div") + count_in(loops[i], " rem"),
                       0))
            fprintf(stderr, "%s\n", loops[i]);
    }
}

TEST(ranges, what_may_be_below_zero_is_divided)
{
    static const char *const statements[] = {
        "m += n / 8",
        "for i from -1 until m { m += i / 8 }",
        "for i from m until n { m += i % 8 }",
        // Assigned once more, in the loop or in one within it.
        "let i = 0\n while i < m { if m == 7 { i = other(i) } i += 1\n"
        "    m += i / 8 }",
        "let i = 0\n while i < m { i += 1; i += 1; m += i / 8 }",
        "let i = 0\n while i < m { while m > 3 { i += 1; m -= 1 }\n"
        "    m += i / 8 }",
        // The test says nothing of it, or lets the greatest number through.
        "let i = 0\n while m < 100 { i += 1; m += i / 8 }",
        "let i = 0\n while i <= m { i += 1; m += i / 8 }",
        "let i = 0\n while i != m { i += 1; m += i / 8 }",
        "let i = 0\n while i < m { i += 2; m += i / 8 }",
        "let i = 0\n while i > m { i += 1; m += i / 8 }",
        "let i = 0\n while i < m or n < 5 { i += 1; m += i / 8 }",
        // Down to a limit that is not known.
        "for i from 100 until m step -1 { m += i / 8 }",
        // By what is no power of two, or no constant.
        "for i from 0 until m { m += i / 10 }",
        "for i from 0 until m { m += i / (n + 1) }",
        // Sums and products may wrap.
        "for i from 0 until m { let j = i + 1\n other(j); m += j * j / 8 }",
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(statements); i++) {
        if (!CHECK(count_in(statements[i], " div") +
                       count_in(statements[i], " rem") >
                   0))
            fprintf(stderr, "%s\n", statements[i]);
    }
}

TEST(ranges, tests_that_always_hold_are_dropped)
{
    const char *text = "for i from 0 until m {\n"
                       "    if i < 0 or i == -5 { n += 12345 }\n"
                       "    if i >= 0 { m += 1 }\n"
                       "    m += max(i, 0) + abs(i)\n}";
    CHECK_INT(count_in(text, " ge\n"), 0);
    CHECK_INT(count_in(text, "push_i64 12345"), 0);
    CHECK_INT(count_in("for i from 0 until m {\n"
                       "    m += i & 9223372036854775807\n}",
                       " and"),
              0);
    CHECK_INT(count_in(text, " max"), 0);
    CHECK_INT(count_in(text, " abs"), 0);
}

TEST(ranges, tests_that_may_fail_stay)
{
    CHECK(count_in("for i from 0 until m { if i < 5 { n += 1 } }",
                   "push_i64 5") > 0);
    CHECK(count_in("let i = m\n if i < 0 { n += 1 }", " lt") > 0);
    CHECK(count_in("for i from 0 until 9 { m += max(i, 1) }", " max") > 0);
    // What is compared has an effect.
    CHECK(count_in("if (other(3) & 7) < 0 { n += 1 }", " call") +
              count_in("if (other(3) & 7) < 0 { n += 1 }", "set_global n") >
          1);
}
