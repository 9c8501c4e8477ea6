// SPDX-License-Identifier: MIT
//
// The last file of this program by its name, so that its test is the last.
#define _POSIX_C_SOURCE 200809L

#include "total.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "support/test.h"

#define WANTED 100000u

static uint64_t states;
static uint64_t of_two_cuts;
static double seconds;

double campaign_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void campaign_count(const struct pm_crash_campaign *campaign, double time)
{
    states += campaign->states;
    of_two_cuts += campaign->again;
    seconds += time;
}

TEST(crash, as_many_states_were_tried_as_are_promised)
{
    printf("%" PRIu64 " states after a cut, %" PRIu64 " of them after two; "
           "%.0f a second\n",
           states, of_two_cuts, seconds > 0 ? (double)states / seconds : 0);
    CHECK(states >= WANTED);
    CHECK(of_two_cuts > 1000);
}
