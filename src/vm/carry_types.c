// SPDX-License-Identifier: MIT
//
// Which types of two modules are the same. Records and states are known by
// their names, so only arrays and functions have to be taken apart: each gets
// the number of its form, parts first, by a walk with a stack of its own. An
// array or function that contains itself without a record between is equal to
// nothing. What a different record makes different is then found from the
// parts upwards. Everything is linear in the two type tables.
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "vm/carry_internal.h"

#define NO_CLASS 0u
// While a type's parts are being classed.
#define OPEN UINT32_MAX

static uint32_t part_count(const struct pm_type *type)
{
    return type->kind == PM_TYPE_KIND_ARRAY   ? 1
           : type->kind == PM_TYPE_KIND_STATE ? 0
                                              : type->field_count;
}

static pm_type_id part_of(const struct pm_type *type, uint32_t number)
{
    return type->kind == PM_TYPE_KIND_ARRAY ? type->element
                                            : type->fields[number].type;
}

static uint32_t class_in(const uint32_t *classes, pm_type_id type)
{
    return type < PM_TYPE_FIRST_USER ? type
                                     : classes[type - PM_TYPE_FIRST_USER];
}

// --- names -------------------------------------------------------------------

static bool is_named(const struct pm_type *type)
{
    return type->kind == PM_TYPE_KIND_RECORD ||
           type->kind == PM_TYPE_KIND_STATE;
}

static bool name_of(const struct pm_module *module, uint32_t row,
                    struct pm_carry_name *out)
{
    const struct pm_type *type = &module->types[row];

    *out = (struct pm_carry_name){type->name, (uint32_t)type->kind};
    return is_named(type) && type->name.size;
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
    uint32_t head[3] = {(uint32_t)type->kind, part_count(type),
                        type->kind == PM_TYPE_KIND_FUNC ? type->param_count
                                                        : 0};

    pm_hash64_begin(&state);
    pm_hash64_add(&state, head, sizeof head);
    for (uint32_t i = 0; i < part_count(type); i++) {
        uint32_t part = class_in(side->classes, part_of(type, i));
        pm_hash64_add(&state, &part, sizeof part);
    }
    return pm_hash64_end(&state);
}

static bool is_same_form(const struct side *a, const struct pm_type *x,
                         const struct side *b, const struct pm_type *y)
{
    if (x->kind != y->kind || part_count(x) != part_count(y) ||
        (x->kind == PM_TYPE_KIND_FUNC && x->param_count != y->param_count))
        return false;
    for (uint32_t i = 0; i < part_count(x); i++)
        if (class_in(a->classes, part_of(x, i)) !=
            class_in(b->classes, part_of(y, i)))
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
    for (uint32_t i = 0; i < part_count(type); i++) {
        uint32_t part = class_in(side->classes, part_of(type, i));
        if (part == NO_CLASS || part == OPEN)
            return false;
    }
    return true;
}

// Rows that are still to be classed have NO_CLASS; so have those that never
// can be, which are looked at once for each that refers to them.
static void close_step(struct classer *c, unsigned number)
{
    struct side *side = &c->sides[number];
    uint32_t row = c->steps[--c->depth].row;
    const struct pm_type *type = &side->module->types[row];

    side->classes[row] =
        has_all_parts(side, type) ? class_of_form(c, number, row) : NO_CLASS;
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
        if (step->next == part_count(&types[step->row])) {
            close_step(c, number);
            continue;
        }
        pm_type_id part = part_of(&types[step->row], step->next++);
        if (part < PM_TYPE_FIRST_USER || seen[part - PM_TYPE_FIRST_USER])
            continue;
        enter_step(c, number, part - PM_TYPE_FIRST_USER, seen);
    }
}

static void class_side(struct classer *c, unsigned number, uint8_t *seen)
{
    const struct pm_module *module = c->sides[number].module;

    for (uint32_t row = 0; row < module->type_count; row++)
        seen[row] = is_named(&module->types[row]);
    for (uint32_t row = 0; row < module->type_count; row++)
        if (!seen[row])
            class_one(c, number, row, seen);
}

// Every record and state has a class; those that found each other share it.
static void class_names(struct pm_carry_types *types, struct classer *c)
{
    for (uint32_t row = 0; row < types->old->type_count; row++) {
        if (!is_named(&types->old->types[row]))
            continue;
        types->old_class[row] = c->next_class++;
        if (types->map[row] != PM_CARRY_NONE)
            types->fresh_class[types->map[row]] = types->old_class[row];
    }
    for (uint32_t row = 0; row < types->fresh->type_count; row++)
        if (is_named(&types->fresh->types[row]) && !types->fresh_class[row])
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
        types->map[row] =
            class != NO_CLASS && rows[class] ? rows[class] - 1 : PM_CARRY_NONE;
    }
    pm_mem_free(&types->alloc, rows, count * sizeof *rows);
    return PM_OK;
}

// --- what is different -------------------------------------------------------

static bool has_same_fields(const struct pm_carry_types *types, uint32_t row)
{
    const struct pm_type *old = &types->old->types[row];
    const struct pm_type *fresh = &types->fresh->types[types->map[row]];

    if (old->field_count != fresh->field_count)
        return false;
    for (uint32_t i = 0; i < old->field_count; i++) {
        const struct pm_text *a = &old->fields[i].name;
        const struct pm_text *b = &fresh->fields[i].name;
        uint32_t class = class_in(types->old_class, old->fields[i].type);
        if (a->size != b->size || memcmp(a->data, b->data, a->size) != 0 ||
            class == NO_CLASS ||
            class != class_in(types->fresh_class, fresh->fields[i].type))
            return false;
    }
    return true;
}

// Types by the types they are part of.
struct users {
    uint32_t *first; // of each row, and one behind the last
    uint32_t *rows;
    size_t count;
};

static void count_users(const struct pm_module *module, struct users *users)
{
    for (uint32_t row = 0; row < module->type_count; row++) {
        const struct pm_type *type = &module->types[row];
        for (uint32_t i = 0; i < part_count(type); i++)
            if (part_of(type, i) >= PM_TYPE_FIRST_USER) {
                users->first[part_of(type, i) - PM_TYPE_FIRST_USER]++;
                users->count++;
            }
    }
}

// [first] says where each row's users end; filling from there leaves it where
// they begin.
static void list_users(const struct pm_module *module, struct users *users)
{
    uint32_t sum = 0;

    for (uint32_t row = 0; row <= module->type_count; row++) {
        sum += users->first[row];
        users->first[row] = sum;
    }
    for (uint32_t row = module->type_count; row--;) {
        const struct pm_type *type = &module->types[row];
        for (uint32_t i = part_count(type); i--;)
            if (part_of(type, i) >= PM_TYPE_FIRST_USER)
                users->rows[--users->first[part_of(type, i) -
                                           PM_TYPE_FIRST_USER]] = row;
    }
}

static void spread(struct pm_carry_types *types, const struct users *users,
                   uint32_t *queue, size_t count)
{
    for (size_t at = 0; at < count; at++) {
        uint32_t row = queue[at];
        for (uint32_t i = users->first[row]; i < users->first[row + 1]; i++) {
            uint32_t user = users->rows[i];
            if (types->origin[user] != PM_CARRY_NONE)
                continue;
            types->origin[user] = types->origin[row];
            queue[count++] = user;
        }
    }
}

// First what records say, then the forms that are not there at all.
static void find_origins(struct pm_carry_types *types,
                         const struct users *users, uint32_t *queue)
{
    uint32_t type_count = types->old->type_count;

    for (int pass = 0; pass < 2; pass++) {
        size_t count = 0;
        for (uint32_t row = 0; row < type_count; row++) {
            bool is_different =
                types->map[row] == PM_CARRY_NONE ||
                (types->old->types[row].kind == PM_TYPE_KIND_RECORD &&
                 !has_same_fields(types, row));
            if (is_named(&types->old->types[row]) != (pass == 0) ||
                types->origin[row] != PM_CARRY_NONE || !is_different)
                continue;
            types->origin[row] = row;
            queue[count++] = row;
        }
        spread(types, users, queue, count);
    }
}

static pm_status compare(struct pm_carry_types *types)
{
    const struct pm_allocator *alloc = &types->alloc;
    size_t rows = (size_t)types->old->type_count + 1;
    struct users users = {.first = pm_mem_zarray(alloc, rows, 4)};
    uint32_t *queue = pm_mem_zarray(alloc, rows, sizeof *queue);
    pm_status status = PM_ERR_NO_MEMORY;

    for (uint32_t row = 0; row < types->old->type_count; row++)
        types->origin[row] = PM_CARRY_NONE;
    if (users.first)
        count_users(types->old, &users);
    users.rows = pm_mem_zarray(alloc, users.count + 1, sizeof *users.rows);
    if (users.first && users.rows && queue) {
        list_users(types->old, &users);
        find_origins(types, &users, queue);
        status = PM_OK;
    }
    pm_mem_free(alloc, users.rows, (users.count + 1) * sizeof *users.rows);
    pm_mem_free(alloc, queue, rows * sizeof *queue);
    pm_mem_free(alloc, users.first, rows * sizeof *users.first);
    return status;
}

// --- life --------------------------------------------------------------------

void pm_carry_types_free(struct pm_carry_types *types)
{
    const struct pm_allocator *alloc = &types->alloc;

    if (!types->old)
        return;
    size_t rows = (size_t)types->old->type_count + 1;
    pm_mem_free(alloc, types->old_class, rows * sizeof *types->old_class);
    pm_mem_free(alloc, types->map, rows * sizeof *types->map);
    pm_mem_free(alloc, types->origin, rows * sizeof *types->origin);
    pm_mem_free(alloc, types->fresh_class,
                ((size_t)types->fresh->type_count + 1) *
                    sizeof *types->fresh_class);
    *types = (struct pm_carry_types){0};
}

pm_status pm_carry_types_make(const struct pm_allocator *alloc,
                              const struct pm_module *old,
                              const struct pm_module *fresh,
                              struct pm_carry_types *out)
{
    size_t rows = (size_t)old->type_count + 1;
    uint32_t classes = 0;

    *out = (struct pm_carry_types){.alloc = *alloc, .old = old, .fresh = fresh};
    out->old_class = pm_mem_zarray(alloc, rows, sizeof *out->old_class);
    out->map = pm_mem_zarray(alloc, rows, sizeof *out->map);
    out->origin = pm_mem_zarray(alloc, rows, sizeof *out->origin);
    out->fresh_class = pm_mem_zarray(alloc, (size_t)fresh->type_count + 1,
                                     sizeof *out->fresh_class);
    if (!out->old_class || !out->map || !out->origin || !out->fresh_class)
        return PM_ERR_NO_MEMORY;
    pm_status status = pm_carry_match(alloc, name_of, old, old->type_count,
                                      fresh, fresh->type_count, out->map);
    if (!status)
        status = class_all(out, &classes);
    if (!status)
        status = map_classes(out, classes);
    return status ? status : compare(out);
}

// --- answers -----------------------------------------------------------------

bool pm_carry_types_agree(const struct pm_carry_types *types, pm_type_id old,
                          pm_type_id fresh)
{
    if (old < PM_TYPE_FIRST_USER)
        return old == fresh;
    uint32_t row = old - PM_TYPE_FIRST_USER;
    return types->origin[row] == PM_CARRY_NONE &&
           fresh == types->map[row] + PM_TYPE_FIRST_USER;
}

static const struct pm_field *find_field(const struct pm_type *type,
                                         const struct pm_text *name)
{
    for (uint32_t i = 0; i < type->field_count; i++)
        if (type->fields[i].name.size == name->size &&
            memcmp(type->fields[i].name.data, name->data, name->size) == 0)
            return &type->fields[i];
    return NULL;
}

static void put_field(const struct pm_field *field, const char *what,
                      const struct pm_type *type, struct pm_buf *out)
{
    pm_buf_puts(out, "field '");
    pm_buf_put_escaped(out, field->name.data, field->name.size);
    pm_buf_puts(out, "' of ");
    pm_buf_put_escaped(out, type->name.data, type->name.size);
    pm_buf_puts(out, what);
}

// The first field of [type] that [other] has not.
static const struct pm_field *find_missing(const struct pm_type *type,
                                           const struct pm_type *other)
{
    for (uint32_t i = 0; i < type->field_count; i++)
        if (!find_field(other, &type->fields[i].name))
            return &type->fields[i];
    return NULL;
}

static void explain_record(const struct pm_carry_types *types,
                           const struct pm_type *old,
                           const struct pm_type *fresh, struct pm_buf *out)
{
    const struct pm_field *field = find_missing(fresh, old);

    if (field) {
        put_field(field, " is new", old, out);
        return;
    }
    field = find_missing(old, fresh);
    if (field) {
        put_field(field, " is gone", old, out);
        return;
    }
    for (uint32_t i = 0; i < old->field_count; i++) {
        field = find_field(fresh, &old->fields[i].name);
        uint32_t class = class_in(types->old_class, old->fields[i].type);
        if (class != NO_CLASS &&
            class == class_in(types->fresh_class, field->type))
            continue;
        put_field(field, " has another type", old, out);
        return;
    }
    pm_buf_puts(out, "the fields of ");
    pm_buf_put_escaped(out, old->name.data, old->name.size);
    pm_buf_puts(out, " are in another order");
}

void pm_carry_types_explain(const struct pm_carry_types *types, uint32_t row,
                            struct pm_buf *out)
{
    const struct pm_type *old = &types->old->types[row];

    if (types->map[row] != PM_CARRY_NONE && old->kind == PM_TYPE_KIND_RECORD) {
        explain_record(types, old, &types->fresh->types[types->map[row]], out);
        return;
    }
    pm_buf_puts(out, "the type ");
    if (is_named(old))
        pm_buf_put_escaped(out, old->name.data, old->name.size);
    else
        pm_type_print(types->old, row + PM_TYPE_FIRST_USER, out);
    pm_buf_puts(out, " is gone");
}
