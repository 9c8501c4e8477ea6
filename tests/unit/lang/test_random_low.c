// SPDX-License-Identifier: MIT
//
// Random programs: each is taken by the linker, runs, and does the same when
// it is optimised.
#include <stdio.h>
#include <stdlib.h>

#include "low_random.h"
#include "support/test.h"

// Sanitizers make each slow.
#ifdef __SANITIZE_ADDRESS__
#define PROGRAMS 1000
#else
#define PROGRAMS 3000
#endif

struct outcome {
    uint64_t trace;
    uint64_t nops;
    uint32_t trap;
};

static bool run_one(uint64_t seed, bool optimise, struct outcome *out)
{
    struct low_world *w = malloc(sizeof *w);
    low_open(w);
    low_random(w, seed);
    bool ok = optimise ? low_run_optimised(w) : low_run(w);
    *out = (struct outcome){0};
    if (ok) {
        out->trap = low_trap(w);
        out->trace = low_machine_trace(w->machine);
        out->nops = low_machine_nops(w->machine);
    }
    low_close(w);
    free(w);
    return ok;
}

static bool are_same(const struct outcome *a, const struct outcome *b)
{
    return a->trap == b->trap && a->trace == b->trace && a->nops == b->nops;
}

TEST(random_low, programs_do_the_same_when_they_are_optimised)
{
    const char *from = getenv("LOW_SEED");
    uint64_t first = from ? strtoull(from, NULL, 10) : 0;
    uint32_t traps = 0;
    uint64_t calls = 0;
    for (uint64_t seed = first; seed < first + PROGRAMS; seed++) {
        struct outcome plain;
        struct outcome optimised;
        if (!run_one(seed, false, &plain) || !run_one(seed, true, &optimised) ||
            !CHECK(are_same(&plain, &optimised))) {
            fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
            return;
        }
        traps += plain.trap != 0;
        calls += plain.nops;
    }
    // Most run to their end; some do not, and those count too.
    CHECK(traps > 10);
    CHECK(traps < PROGRAMS / 2);
    CHECK(calls > PROGRAMS);
}
