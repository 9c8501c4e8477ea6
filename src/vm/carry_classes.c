// SPDX-License-Identifier: MIT
//
// Classes of types: the number that equal types of two modules share. Records
// and states are known by their names, so only arrays and functions have to be
// taken apart: each gets the number of its form, parts first, by a walk with a
// stack of its own. An array or function that contains itself without a
// record between is equal to nothing.
#include "base/hash.h"
#include "base/mem.h"
#include "vm/carry_types.h"

// While a type's parts are being classed.
#define OPEN UINT32_MAX

// --- names -------------------------------------------------------------------

static bool name_of(const struct pm_module *module, uint32_t row,
                    struct pm_carry_name *out)
{
    const struct pm_type *type = &module->types[row];

    *out = (struct pm_carry_name){type->name, (uint32_t)type->kind};
    return pm_carry_is_named(type) && type->name.size;
}

// --- classes -----------------------------------------------------------------

struct side {
    const struct pm_module *module;
    uint32_t *classes;
};

// A type whose parts are being looked at.
struct step {
    uint32_t row;
    uint32_t next;
};

struct classer {
    struct side sides[2]; // old, fresh
    uint32_t next_class;
    // Arrays and functions that have a class: row * 2 + side, plus 1.
    uint64_t *table;
    size_t table_size; // a power of two
    struct step *steps;
    size_t depth;
};

static uint64_t hash_of(const struct side *side, const struct pm_type *type)
{
    struct pm_hash64_state state;
    uint32_t head[3] = {(uint32_t)type->kind, pm_carry_part_count(type),
                        type->kind == PM_TYPE_KIND_FUNC ? type->param_count
                                                        : 0};

    pm_hash64_begin(&state);
    pm_hash64_add(&state, head, sizeof head);
    for (uint32_t i = 0; i < pm_carry_part_count(type); i++) {
        uint32_t part =
            pm_carry_class_in(side->classes, pm_carry_part(type, i));
        pm_hash64_add(&state, &part, sizeof part);
    }
    return pm_hash64_end(&state);
}

static bool is_same_form(const struct side *a, const struct pm_type *x,
                         const struct side *b, const struct pm_type *y)
{
    if (x->kind != y->kind ||
        pm_carry_part_count(x) != pm_carry_part_count(y) ||
        (x->kind == PM_TYPE_KIND_FUNC && x->param_count != y->param_count))
        return false;
    for (uint32_t i = 0; i < pm_carry_part_count(x); i++)
        if (pm_carry_class_in(a->classes, pm_carry_part(x, i)) !=
            pm_carry_class_in(b->classes, pm_carry_part(y, i)))
            return false;
    return true;
}

// The class of a type whose parts have theirs: that of one of its form, or a
// new one.
static uint32_t class_of_form(struct classer *c, unsigned number, uint32_t row)
{
    const struct side *side = &c->sides[number];
    const struct pm_type *type = &side->module->types[row];
    size_t at = (size_t)hash_of(side, type);

    for (;; at++) {
        uint64_t *entry = &c->table[at & (c->table_size - 1)];
        if (!*entry) {
            *entry = (uint64_t)row * 2 + number + 1;
            return c->next_class++;
        }
        const struct side *other = &c->sides[(*entry - 1) & 1];
        uint32_t other_row = (uint32_t)((*entry - 1) / 2);
        if (is_same_form(side, type, other, &other->module->types[other_row]))
            return other->classes[other_row];
    }
}

static bool has_all_parts(const struct side *side, const struct pm_type *type)
{
    for (uint32_t i = 0; i < pm_carry_part_count(type); i++) {
        uint32_t part =
            pm_carry_class_in(side->classes, pm_carry_part(type, i));
        if (part == PM_CARRY_NO_CLASS || part == OPEN)
            return false;
    }
    return true;
}

// Rows that are still to be classed have PM_CARRY_NO_CLASS; so have those that
// never can be, which are looked at once for each that refers to them.
static void close_step(struct classer *c, unsigned number)
{
    struct side *side = &c->sides[number];
    uint32_t row = c->steps[--c->depth].row;
    const struct pm_type *type = &side->module->types[row];

    side->classes[row] = has_all_parts(side, type)
                             ? class_of_form(c, number, row)
                             : PM_CARRY_NO_CLASS;
}

static void enter_step(struct classer *c, unsigned number, uint32_t row,
                       uint8_t *seen)
{
    seen[row] = 1;
    c->sides[number].classes[row] = OPEN;
    c->steps[c->depth++] = (struct step){row, 0};
}

static void class_one(struct classer *c, unsigned number, uint32_t row,
                      uint8_t *seen)
{
    const struct pm_type *types = c->sides[number].module->types;

    enter_step(c, number, row, seen);
    while (c->depth) {
        struct step *step = &c->steps[c->depth - 1];
        if (step->next == pm_carry_part_count(&types[step->row])) {
            close_step(c, number);
            continue;
        }
        pm_type_id part = pm_carry_part(&types[step->row], step->next++);
        if (part < PM_TYPE_FIRST_USER || seen[part - PM_TYPE_FIRST_USER])
            continue;
        enter_step(c, number, part - PM_TYPE_FIRST_USER, seen);
    }
}

static void class_side(struct classer *c, unsigned number, uint8_t *seen)
{
    const struct pm_module *module = c->sides[number].module;

    for (uint32_t row = 0; row < module->type_count; row++)
        seen[row] = pm_carry_is_named(&module->types[row]);
    for (uint32_t row = 0; row < module->type_count; row++)
        if (!seen[row])
            class_one(c, number, row, seen);
}

// Every record and state has a class; those that found each other share it.
static void class_names(struct pm_carry_types *types, struct classer *c)
{
    for (uint32_t row = 0; row < types->old->type_count; row++) {
        if (!pm_carry_is_named(&types->old->types[row]))
            continue;
        types->old_class[row] = c->next_class++;
        if (types->map[row] != PM_CARRY_NONE)
            types->fresh_class[types->map[row]] = types->old_class[row];
    }
    for (uint32_t row = 0; row < types->fresh->type_count; row++)
        if (pm_carry_is_named(&types->fresh->types[row]) &&
            !types->fresh_class[row])
            types->fresh_class[row] = c->next_class++;
}

static pm_status class_all(struct pm_carry_types *types, uint32_t *out_next)
{
    const struct pm_allocator *alloc = &types->alloc;
    size_t old_count = types->old->type_count;
    size_t most = old_count > types->fresh->type_count
                      ? old_count
                      : types->fresh->type_count;
    struct classer c = {.sides = {{types->old, types->old_class},
                                  {types->fresh, types->fresh_class}},
                        .next_class = PM_TYPE_FIRST_USER,
                        .table_size = 16};
    uint8_t *seen = pm_mem_alloc(alloc, most + 1);
    pm_status status = PM_ERR_NO_MEMORY;

    while (c.table_size < 2 * (old_count + types->fresh->type_count))
        c.table_size *= 2;
    c.table = pm_mem_zarray(alloc, c.table_size, sizeof *c.table);
    c.steps = pm_mem_zarray(alloc, most + 1, sizeof *c.steps);
    if (seen && c.table && c.steps) {
        class_names(types, &c);
        class_side(&c, 0, seen);
        class_side(&c, 1, seen);
        status = PM_OK;
    }
    *out_next = c.next_class;
    pm_mem_free(alloc, c.steps, (most + 1) * sizeof *c.steps);
    pm_mem_free(alloc, c.table, c.table_size * sizeof *c.table);
    pm_mem_free(alloc, seen, most + 1);
    return status;
}

// Fills the map for arrays and functions too: of equal fresh types the first.
static pm_status map_classes(struct pm_carry_types *types, uint32_t count)
{
    uint32_t *rows = pm_mem_zarray(&types->alloc, count, sizeof *rows);

    if (!rows)
        return PM_ERR_NO_MEMORY;
    for (uint32_t row = types->fresh->type_count; row--;)
        rows[types->fresh_class[row]] = row + 1;
    for (uint32_t row = 0; row < types->old->type_count; row++) {
        uint32_t class = types->old_class[row];
        types->map[row] = class != PM_CARRY_NO_CLASS && rows[class]
                              ? rows[class] - 1
                              : PM_CARRY_NONE;
    }
    pm_mem_free(&types->alloc, rows, count * sizeof *rows);
    return PM_OK;
}

pm_status pm_carry_classes_make(struct pm_carry_types *types)
{
    uint32_t count = 0;
    pm_status status = pm_carry_match(&types->alloc, name_of, types->old,
                                      types->old->type_count, types->fresh,
                                      types->fresh->type_count, types->map);

    if (!status)
        status = class_all(types, &count);
    return status ? status : map_classes(types, count);
}
