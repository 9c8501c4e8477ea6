// SPDX-License-Identifier: MIT
//
// Two greedy ways, of which the one with fewer palettes is taken: largest
// sets first, each into the palette it enlarges least; and one palette after
// another, each filled with what enlarges it least. Neither is always better.

#include "pack/palettes.h"

#include <string.h>

#include "base/mem.h"
#include "base/sort.h"

#define NONE UINT32_MAX

struct plan {
    uint32_t count;
    uint32_t *choice;                    // of each set
    struct pm_pack_colour_set *palettes; // room for one a set
};

struct sorter {
    struct pm_allocator alloc;
    const struct pm_pack_colour_set *sets;
    uint32_t set_count;
    uint32_t *order; // the sets, largest first
    struct plan plans[2];
};

// --- sets --------------------------------------------------------------------

bool pm_pack_colour_set_add(struct pm_pack_colour_set *set, uint16_t colour)
{
    int at = 0;
    while (at < set->count && set->colours[at] < colour)
        at++;
    if (at < set->count && set->colours[at] == colour)
        return true;
    if (set->count == PM_PACK_PALETTE_COLOURS)
        return false;
    memmove(set->colours + at + 1, set->colours + at,
            (size_t)(set->count - at) * sizeof *set->colours);
    set->colours[at] = colour;
    set->count++;
    return true;
}

// By how many colours [set] would enlarge [palette]; NONE when it cannot.
static uint32_t growth(const struct pm_pack_colour_set *palette,
                       const struct pm_pack_colour_set *set)
{
    uint32_t missing = 0;
    int at = 0;

    for (int i = 0; i < set->count; i++) {
        while (at < palette->count && palette->colours[at] < set->colours[i])
            at++;
        missing +=
            at == palette->count || palette->colours[at] != set->colours[i];
    }
    return palette->count + missing <= PM_PACK_PALETTE_COLOURS ? missing : NONE;
}

static void place(const struct sorter *s, struct plan *plan, uint32_t set,
                  uint32_t palette)
{
    plan->choice[set] = palette;
    for (int i = 0; i < s->sets[set].count; i++)
        pm_pack_colour_set_add(&plan->palettes[palette],
                               s->sets[set].colours[i]);
}

// Largest first, equally large ones by their colours: what is chosen does not
// depend on the order of the tiles.
static bool is_after(const void *context, uint32_t a, uint32_t b)
{
    const struct sorter *s = context;
    const struct pm_pack_colour_set *x = &s->sets[a];
    const struct pm_pack_colour_set *y = &s->sets[b];

    if (x->count != y->count)
        return x->count < y->count;
    for (int i = 0; i < x->count; i++)
        if (x->colours[i] != y->colours[i])
            return x->colours[i] > y->colours[i];
    return a > b;
}

// --- the two ways ------------------------------------------------------------

static void place_each(const struct sorter *s, struct plan *plan)
{
    for (uint32_t i = 0; i < s->set_count; i++) {
        const struct pm_pack_colour_set *set = &s->sets[s->order[i]];
        uint32_t best = plan->count;
        uint32_t least = NONE;
        for (uint32_t k = 0; k < plan->count && least > 0; k++) {
            uint32_t more = growth(&plan->palettes[k], set);
            if (more < least) {
                least = more;
                best = k;
            }
        }
        plan->count += best == plan->count;
        place(s, plan, s->order[i], best);
    }
}

// The set without a palette that enlarges [palette] least, the largest of
// such; NONE when none fits.
static uint32_t next_for(const struct sorter *s, const struct plan *plan,
                         const struct pm_pack_colour_set *palette)
{
    uint32_t best = NONE;
    uint32_t least = NONE;

    for (uint32_t i = 0; i < s->set_count && least > 0; i++) {
        uint32_t set = s->order[i];
        if (plan->choice[set] != NONE)
            continue;
        uint32_t more = growth(palette, &s->sets[set]);
        if (more < least) {
            least = more;
            best = set;
        }
    }
    return best;
}

static void fill_each(const struct sorter *s, struct plan *plan)
{
    memset(plan->choice, 0xff, s->set_count * sizeof *plan->choice);
    for (uint32_t i = 0; i < s->set_count; i++) {
        uint32_t set = s->order[i];
        if (plan->choice[set] != NONE)
            continue;
        while (set != NONE) {
            place(s, plan, set, plan->count);
            set = next_for(s, plan, &plan->palettes[plan->count]);
        }
        plan->count++;
    }
}

// --- the result --------------------------------------------------------------

// Numbers the palettes as the sets ask for them.
static void give(const struct sorter *s, const struct plan *plan,
                 uint32_t *choice, struct pm_pack_colour_set *palettes)
{
    uint32_t *numbers = s->order;
    uint32_t given = 0;

    memset(numbers, 0xff, s->set_count * sizeof *numbers);
    for (uint32_t i = 0; i < s->set_count; i++) {
        uint32_t palette = plan->choice[i];
        if (numbers[palette] == NONE) {
            numbers[palette] = given;
            if (given < PM_PACK_PALETTES)
                palettes[given] = plan->palettes[palette];
            given++;
        }
        choice[i] = numbers[palette];
    }
}

static bool get_memory(struct sorter *s)
{
    s->order = pm_mem_zarray(&s->alloc, s->set_count, sizeof *s->order);
    for (int i = 0; i < 2; i++) {
        struct plan *plan = &s->plans[i];
        plan->choice =
            pm_mem_zarray(&s->alloc, s->set_count, sizeof *plan->choice);
        plan->palettes =
            pm_mem_zarray(&s->alloc, s->set_count, sizeof *plan->palettes);
        if (!plan->choice || !plan->palettes)
            return false;
    }
    return s->order != NULL;
}

static void free_memory(struct sorter *s)
{
    pm_mem_free(&s->alloc, s->order, s->set_count * sizeof *s->order);
    for (int i = 0; i < 2; i++) {
        struct plan *plan = &s->plans[i];
        pm_mem_free(&s->alloc, plan->choice,
                    s->set_count * sizeof *plan->choice);
        pm_mem_free(&s->alloc, plan->palettes,
                    s->set_count * sizeof *plan->palettes);
    }
}

pm_status
pm_pack_sort_palettes(const struct pm_pack_colour_set *sets, uint32_t count,
                      const struct pm_allocator *alloc, uint32_t *choice,
                      struct pm_pack_colour_set *palettes, uint32_t *out_count)
{
    struct sorter s = {.alloc = *alloc, .sets = sets, .set_count = count};
    pm_status status = PM_ERR_NO_MEMORY;

    *out_count = 0;
    if (count == 0)
        return PM_OK;
    if (get_memory(&s)) {
        for (uint32_t i = 0; i < count; i++)
            s.order[i] = i;
        pm_sort(s.order, count, is_after, &s);
        place_each(&s, &s.plans[0]);
        fill_each(&s, &s.plans[1]);
        const struct plan *better = &s.plans[s.plans[1].count < //
                                             s.plans[0].count];
        give(&s, better, choice, palettes);
        *out_count = better->count;
        status = PM_OK;
    }
    free_memory(&s);
    return status;
}
