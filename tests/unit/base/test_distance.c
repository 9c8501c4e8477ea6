// SPDX-License-Identifier: MIT
//
// How far words are from each other.
#include <string.h>

#include "base/distance.h"
#include "support/test.h"

static uint32_t far(const char *a, const char *b, uint32_t case_cost)
{
    return pm_distance(a, strlen(a), b, strlen(b), case_cost);
}

TEST(distance, counts_letters_put_in_taken_out_and_exchanged)
{
    CHECK_INT(far("", "", 2), 0);
    CHECK_INT(far("", "abc", 2), 6);
    CHECK_INT(far("abc", "", 2), 6);
    CHECK_INT(far("kitten", "sitting", 2), 6);
    CHECK_INT(far("claer", "clear", 2), 4);
    CHECK_INT(far("a", "b", 0), 2);
}

TEST(distance, a_letter_in_the_other_case_costs_what_is_said)
{
    for (uint32_t cost = 0; cost <= 2; cost++)
        CHECK_INT(far("Gfx", "gFx", cost), 2 * cost);
    CHECK_INT(far("@", "`", 0), 2); // no letters
}

TEST(distance, long_words_are_not_compared)
{
    char word[PM_DISTANCE_LONGEST + 2];

    memset(word, 'a', sizeof word);
    CHECK_INT(pm_distance(word, PM_DISTANCE_LONGEST, "", 0, 2),
              2 * PM_DISTANCE_LONGEST);
    CHECK(pm_distance(word, PM_DISTANCE_LONGEST + 1, "", 0, 2) == UINT32_MAX);
    CHECK(pm_distance("", 0, word, PM_DISTANCE_LONGEST + 1, 2) == UINT32_MAX);
}
