// SPDX-License-Identifier: MIT
//
// Which slots a function's locals get.
//
// A local is alive from its first to its last use in the order of the text;
// where a loop uses one from outside, until the loop's end. One that is only
// used within a loop is assigned anew in each round, for the linker wants it
// assigned on every way to a use. Locals that are never alive together may
// share slots of the same types: those of the compiler, and those of one name
// (debuggers show names by slot); all of them where a function would need too
// many slots otherwise.
#include <string.h>

#include "base/sort.h"
#include "lang/emit_internal.h"

struct life {
    uint32_t first; // 0: never used
    uint32_t last;
    uint32_t loop; // it is alive until that loop ends, + 1
};

struct walk {
    struct life *lives;
    uint32_t *loop_end; // by loop
    uint32_t now;
};

// Loops around a node, the innermost first.
struct around {
    const struct around *outer;
    uint32_t loop;
    uint32_t start;
};

// --- lives -------------------------------------------------------------------

static void use(struct walk *walk, uint32_t local, const struct around *loops)
{
    struct life *life = &walk->lives[local];
    walk->now++;
    if (life->first == 0)
        life->first = walk->now;
    life->last = walk->now;
    for (; loops && loops->start >= life->first; loops = loops->outer)
        life->loop = loops->loop + 1;
}

static void visit(struct walk *walk, const struct pm_low *node,
                  const struct around *loops)
{
    struct around loop = {loops, node->loop, walk->now};
    if (node->kind == PM_LOW_WHILE)
        loops = &loop;
    for (uint32_t i = 0; i < node->count; i++)
        if (node->kids[i])
            visit(walk, node->kids[i], loops);
    if (node->kind == PM_LOW_WHILE)
        walk->loop_end[node->loop] = ++walk->now;
    else if (node->kind == PM_LOW_LOCAL || node->kind == PM_LOW_SET_LOCAL)
        use(walk, node->index, loops);
}

// --- slots -------------------------------------------------------------------

struct run {
    uint32_t first;
    struct pm_emit_slots slots;
    struct pm_text name;
    uint32_t busy_until;
};

struct placing {
    struct pm_emit *e;
    const struct life *lives;
    struct run *runs;
    uint32_t run_count;
    bool shares_all;
};

uint32_t pm_emit_new_slot(struct pm_emit *e, pm_type_id type)
{
    if (e->slot_count == PM_EMIT_MAX_SLOTS)
        return e->slot_count - 1; // refused at the function's end
    e->slots[e->slot_count] = type;
    e->is_free[e->slot_count] = false;
    return e->slot_count++;
}

static uint32_t new_slots(struct pm_emit *e, struct pm_emit_slots slots)
{
    uint32_t first = e->slot_count;
    for (uint32_t i = 0; i < slots.count; i++)
        pm_emit_new_slot(e, slots.types[i]);
    return first;
}

static bool can_share(const struct placing *p, const struct run *run,
                      struct pm_emit_slots slots, struct pm_text name,
                      uint32_t first)
{
    return run->busy_until < first && run->slots.count == slots.count &&
           (p->shares_all || pm_emit_same_text(run->name, name)) &&
           memcmp(run->slots.types, slots.types,
                  slots.count * sizeof *slots.types) == 0;
}

static void place(struct placing *p, uint32_t local)
{
    const struct pm_low_local *low = &p->e->low->locals[local];
    struct pm_emit_slots slots = pm_emit_slots(p->e->em, low->type);
    const struct life *life = &p->lives[local];
    struct run *run = p->runs;

    if (p->e->em->no_memory || slots.count == 0)
        return;
    while (run < p->runs + p->run_count &&
           !can_share(p, run, slots, low->name, life->first))
        run++;
    if (run == p->runs + p->run_count) {
        *run = (struct run){new_slots(p->e, slots), slots, low->name, 0};
        p->run_count++;
    }
    run->busy_until = life->last;
    p->e->local_slot[local] = run->first;
}

static bool begins_after(const void *context, uint32_t a, uint32_t b)
{
    const struct life *lives = context;
    return lives[a].first != lives[b].first ? lives[a].first > lives[b].first
                                            : a > b;
}

static void place_params(struct pm_emit *e)
{
    for (uint32_t i = 0; i < e->low->param_count; i++)
        e->local_slot[i] =
            new_slots(e, pm_emit_slots(e->em, e->low->locals[i].type));
}

// More slots than this, and names are less worth than room.
#define MANY_SLOTS 128

static void place_others(struct pm_emit *e, const struct life *lives,
                         const uint32_t *order, uint32_t count)
{
    struct placing p = {.e = e, .lives = lives};
    uint32_t before = e->slot_count;
    p.runs = pm_emit_alloc(e->em, count, sizeof *p.runs);
    if (!p.runs)
        return;
    for (;;) {
        for (uint32_t i = 0; i < count; i++)
            place(&p, order[i]);
        if (e->slot_count < MANY_SLOTS || p.shares_all)
            return;
        e->slot_count = before;
        p.run_count = 0;
        p.shares_all = true;
    }
}

static void extend_lives(struct walk *walk, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct life *life = &walk->lives[i];
        if (life->loop && walk->loop_end[life->loop - 1] > life->last)
            life->last = walk->loop_end[life->loop - 1];
    }
}

void pm_emit_place_locals(struct pm_emit *e)
{
    const struct pm_low_fn *low = e->low;
    struct pm_emitter *em = e->em;
    struct walk walk = {0};
    uint32_t count = 0;

    walk.lives = pm_emit_alloc(em, low->local_count, sizeof *walk.lives);
    walk.loop_end = pm_emit_alloc(em, low->loop_count, sizeof *walk.loop_end);
    e->local_slot = pm_emit_alloc(em, low->local_count, sizeof *e->local_slot);
    uint32_t *order = pm_emit_alloc(em, low->local_count, sizeof *order);
    if (em->no_memory)
        return;
    visit(&walk, low->body, NULL);
    extend_lives(&walk, low->local_count);
    for (uint32_t i = low->param_count; i < low->local_count; i++)
        if (walk.lives[i].first)
            order[count++] = i;
    pm_sort(order, count, begins_after, walk.lives);
    place_params(e);
    place_others(e, walk.lives, order, count);
}

// --- temporaries -------------------------------------------------------------

uint32_t pm_emit_take(struct pm_emit *e, pm_type_id type)
{
    for (uint32_t i = 0; i < e->slot_count; i++)
        if (e->is_free[i] && e->slots[i] == type) {
            e->is_free[i] = false;
            return i;
        }
    return pm_emit_new_slot(e, type);
}

void pm_emit_release(struct pm_emit *e, uint32_t slot)
{
    e->is_free[slot] = true;
}

uint32_t *pm_emit_spill(struct pm_emit *e, const pm_type_id *types,
                        uint32_t count)
{
    uint32_t *slots = pm_emit_alloc(e->em, count, sizeof *slots);
    if (!slots)
        return NULL;
    for (uint32_t i = count; i-- > 0;) {
        slots[i] = pm_emit_take(e, types[i]);
        pm_emit_set(e, slots[i]);
    }
    return slots;
}

void pm_emit_unspill(struct pm_emit *e, const uint32_t *slots, uint32_t count)
{
    for (uint32_t i = 0; slots && i < count; i++)
        pm_emit_get(e, slots[i]);
}

void pm_emit_release_all(struct pm_emit *e, const uint32_t *slots,
                         uint32_t count)
{
    for (uint32_t i = 0; slots && i < count; i++)
        pm_emit_release(e, slots[i]);
}
