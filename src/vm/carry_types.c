// SPDX-License-Identifier: MIT
//
// Which types of two modules are the same: their classes are, and no record
// that they are made of has other fields. What a different record makes
// different is found from the parts upwards. Everything is linear in the two
// type tables.
#include "vm/carry_types.h"

#include <string.h>

#include "base/mem.h"

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
        uint32_t class =
            pm_carry_class_in(types->old_class, old->fields[i].type);
        if (a->size != b->size || memcmp(a->data, b->data, a->size) != 0 ||
            class == PM_CARRY_NO_CLASS ||
            class !=
                pm_carry_class_in(types->fresh_class, fresh->fields[i].type))
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
        for (uint32_t i = 0; i < pm_carry_part_count(type); i++)
            if (pm_carry_part(type, i) >= PM_TYPE_FIRST_USER) {
                users->first[pm_carry_part(type, i) - PM_TYPE_FIRST_USER]++;
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
        for (uint32_t i = pm_carry_part_count(type); i--;)
            if (pm_carry_part(type, i) >= PM_TYPE_FIRST_USER)
                users->rows[--users->first[pm_carry_part(type, i) -
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
            if (pm_carry_is_named(&types->old->types[row]) != (pass == 0) ||
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

    *out = (struct pm_carry_types){.alloc = *alloc, .old = old, .fresh = fresh};
    out->old_class = pm_mem_zarray(alloc, rows, sizeof *out->old_class);
    out->map = pm_mem_zarray(alloc, rows, sizeof *out->map);
    out->origin = pm_mem_zarray(alloc, rows, sizeof *out->origin);
    out->fresh_class = pm_mem_zarray(alloc, (size_t)fresh->type_count + 1,
                                     sizeof *out->fresh_class);
    if (!out->old_class || !out->map || !out->origin || !out->fresh_class)
        return PM_ERR_NO_MEMORY;
    pm_status status = pm_carry_classes_make(out);
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
        uint32_t class =
            pm_carry_class_in(types->old_class, old->fields[i].type);
        if (class != PM_CARRY_NO_CLASS &&
            class == pm_carry_class_in(types->fresh_class, field->type))
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
    if (pm_carry_is_named(old))
        pm_buf_put_escaped(out, old->name.data, old->name.size);
    else
        pm_type_print(types->old, row + PM_TYPE_FIRST_USER, out);
    pm_buf_puts(out, " is gone");
}
