// SPDX-License-Identifier: MIT
//
// Hot reload between random programs: records that refer to each other, and a
// heap of them that is linked at random. The second version has types and
// globals in another order, and perhaps one record that is another. Restoring
// a state checks each slot of each object against its type: what was carried
// over wrongly does not pass.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reload_world.h"

enum { RECORDS = 5, FIELDS = 4, GLOBALS = 12, LINKS = 40, SEEDS = 150 };

// Types are numbers: records from 0, arrays of them from RECORDS, then these.
enum { ANY = 2 * RECORDS, STRING, INT, FLOAT, KINDS };

struct plan {
    uint64_t random;
    int fields[RECORDS][FIELDS];
    int counts[RECORDS];
    int globals[GLOBALS];
};

struct text {
    char data[30000];
    size_t size;
};

static unsigned pick(struct plan *p, unsigned below)
{
    p->random = p->random * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (unsigned)(p->random >> 33) % below;
}

static void put(struct text *t, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int size =
        vsnprintf(t->data + t->size, sizeof t->data - t->size, format, args);
    va_end(args);
    t->size += (size_t)size;
    CHECK(t->size < sizeof t->data);
}

static const char *name_of(int type, char name[16])
{
    static const char *const others[] = {"any", "string", "i64", "f64"};

    if (type >= ANY)
        return others[type - ANY];
    snprintf(name, 16, type < RECORDS ? "R%d" : "A%d", type % RECORDS);
    return name;
}

static void make_plan(struct plan *p, unsigned seed)
{
    *p = (struct plan){.random = seed * 977 + 1};
    for (int i = 0; i < RECORDS; i++) {
        p->counts[i] = 1 + (int)pick(p, FIELDS);
        for (int k = 0; k < FIELDS; k++)
            p->fields[i][k] = (int)pick(p, KINDS);
    }
    for (int i = 0; i < GLOBALS; i++)
        p->globals[i] = (int)pick(p, KINDS);
}

// Rows in an order that [step] turns around.
static void put_types(struct text *t, const struct plan *p, int step)
{
    char name[16];

    for (int n = 0; n < RECORDS; n++) {
        int i = (n * step + 1) % RECORDS;
        put(t, ".type A%d = array R%d\n.type R%d = record {", i, i, i);
        for (int k = 0; k < p->counts[i]; k++)
            put(t, "%s f%d: %s", k ? "," : "", k,
                name_of(p->fields[i][k], name));
        put(t, " }\n");
    }
    for (int n = 0; n < GLOBALS; n++) {
        int i = (n * step + 1) % GLOBALS;
        put(t, ".global g%d: %s\n", i, name_of(p->globals[i], name));
    }
}

static void put_value(struct text *t, struct plan *p, int type)
{
    if (type < RECORDS)
        put(t, " rec_new R%d\n", type);
    else if (type < ANY)
        put(t, " push_i64 3\n arr_new A%d\n", type - RECORDS);
    else if (type == INT)
        put(t, " push_i64 %u\n", pick(p, 1000));
    else if (type == FLOAT)
        put(t, " push_f64 %u.5\n", pick(p, 1000));
    else if (type == STRING)
        put(t, " push_i64 %u\n str_from_i64\n", pick(p, 1000));
    else
        put_value(t, p, (int)pick(p, ANY));
}

static bool is_ref(int type)
{
    return type <= STRING;
}

// A global whose value goes into a place of that type, or -1.
static int find_source(struct plan *p, int type)
{
    for (int tries = 0; tries < 30; tries++) {
        int i = (int)pick(p, GLOBALS);
        if (p->globals[i] == type || (type == ANY && is_ref(p->globals[i])))
            return i;
    }
    return -1;
}

static void put_link(struct text *t, struct plan *p)
{
    int to = (int)pick(p, GLOBALS);
    int type = p->globals[to];

    if (type < RECORDS) {
        int field = (int)pick(p, (unsigned)p->counts[type]);
        int from = find_source(p, p->fields[type][field]);
        if (from >= 0)
            put(t, " get_global g%d\n get_global g%d\n set_field R%d.f%d\n", to,
                from, type, field);
    } else if (type < ANY) {
        int from = find_source(p, type - RECORDS);
        if (from >= 0)
            put(t, " get_global g%d\n push_i64 %u\n get_global g%d\n arr_set\n",
                to, pick(p, 3), from);
    }
}

static void put_first(struct text *t, struct plan *p)
{
    t->size = 0;
    put_types(t, p, 1);
    put(t, ".func main ()\n");
    for (int i = 0; i < GLOBALS; i++) {
        put_value(t, p, p->globals[i]);
        put(t, " set_global g%d\n", i);
    }
    for (int i = 0; i < LINKS; i++)
        put_link(t, p);
    put(t, "loop:\n frame_sync\n jmp loop\n.end\n");
}

static void put_second(struct text *t, const struct plan *p)
{
    t->size = 0;
    put_types(t, p, 7);
    put(t, ".func main ()\nloop:\n frame_sync\n jmp loop\n.end\n");
}

// Changes a field, adds one or takes one away.
static void change(struct plan *p)
{
    int i = (int)pick(p, RECORDS);
    int field = (int)pick(p, (unsigned)p->counts[i]);

    if (pick(p, 3) == 0 && p->counts[i] > 1)
        p->counts[i]--;
    else if (p->counts[i] < FIELDS && pick(p, 2))
        p->counts[i]++;
    else
        p->fields[i][field] = (p->fields[i][field] + 1) % KINDS;
}

static void try_seed(unsigned seed, bool is_changed)
{
    static struct text first;
    static struct text second;
    struct reload_world w;
    struct plan p;

    make_plan(&p, seed);
    put_first(&first, &p);
    if (is_changed)
        change(&p);
    put_second(&second, &p);
    REQUIRE(rw_enter(&w, NULL, first.data));
    rw_run(&w, 1);
    CHECK_INT(rw_reload(&w, second.data), PM_OK);
    CHECK_INT(w.reload.kept + w.reload.anew, GLOBALS);
    if (!is_changed)
        CHECK_INT(w.reload.anew, 0);
    rw_check_whole(&w, &w.carts[1]);
    // The way back has nothing in its way but what was lost.
    CHECK_INT(rw_load(&w, &w.carts[0]), PM_OK);
    CHECK_INT(w.reload.kept + w.reload.anew, GLOBALS);
    rw_check_whole(&w, &w.carts[0]);
    rw_leave(&w);
}

TEST(reload_random, what_is_kept_has_the_types_that_the_new_program_states)
{
    for (unsigned seed = 0; seed < SEEDS; seed++) {
        try_seed(seed, false);
        try_seed(seed, true);
    }
}
