// SPDX-License-Identifier: MIT
//
// Types: each is made once.

#include "lang/check_internal.h"

static uint32_t hash_parts(pm_lt_kind kind, const struct pm_lt *const *parts,
                           uint32_t count)
{
    uint32_t hash = kind * 2654435761u;

    for (uint32_t i = 0; i < count; i++)
        hash = (hash ^ parts[i]->number) * 16777619u + (hash >> 15);
    return hash;
}

struct pm_lt *pm_chk_type_new(struct checker *c, pm_lt_kind kind,
                              struct pm_text name)
{
    struct pm_lt *type = pm_chk_alloc(c, sizeof *type);

    type->kind = kind;
    type->name = name;
    type->number = c->types.count;
    type->depth = 1;
    pm_chk_push(c, &c->types, type);
    return type;
}

static const struct pm_lt *basic(struct checker *c, pm_lt_kind kind,
                                 const char *name)
{
    return pm_chk_type_new(c, kind, pm_chk_text(name));
}

void pm_chk_types_init(struct checker *c)
{
    struct pm_lt *unknown = pm_chk_type_new(c, PM_LT_UNKNOWN, pm_chk_text("?"));

    unknown->has_unknown = true;
    c->t_unknown = unknown;
    c->t_void = basic(c, PM_LT_VOID, "void");
    c->t_never = basic(c, PM_LT_NEVER, "never");
    c->t_int = basic(c, PM_LT_INT, "int");
    c->t_float = basic(c, PM_LT_FLOAT, "float");
    c->t_bool = basic(c, PM_LT_BOOL, "bool");
    c->t_byte = basic(c, PM_LT_BYTE, "byte");
    c->t_str = basic(c, PM_LT_STR, "str");
    c->t_bytes = basic(c, PM_LT_BYTES, "bytes");
    c->t_task = basic(c, PM_LT_TASK, "task");
}

static bool same_parts(const struct pm_lt *type, pm_lt_kind kind,
                       const struct pm_lt *const *parts, uint32_t count)
{
    return type->kind == kind && type->part_count == count &&
           memcmp(type->parts, parts, count * sizeof(void *)) == 0;
}

static void grow_slots(struct checker *c)
{
    uint32_t count = c->type_slot_count ? 2 * c->type_slot_count : 64;
    const struct pm_lt **slots = pm_chk_alloc(c, count * sizeof(void *));

    for (uint32_t i = 0; i < c->type_slot_count; i++) {
        const struct pm_lt *type = c->type_slots[i];
        if (!type)
            continue;
        uint32_t at =
            hash_parts(type->kind, type->parts, type->part_count) & (count - 1);
        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = type;
    }
    c->type_slots = slots;
    c->type_slot_count = count;
}

static struct pm_text name_of(struct checker *c, pm_lt_kind kind,
                              const struct pm_lt *const *parts, uint32_t count);

// The type of a kind over other types, made when there is none yet.
static const struct pm_lt *compound(struct checker *c, pm_lt_kind kind,
                                    const struct pm_lt *const *parts,
                                    uint32_t count)
{
    if (2 * (c->types.count + 1) > c->type_slot_count)
        grow_slots(c);
    uint32_t mask = c->type_slot_count - 1;
    uint32_t at = hash_parts(kind, parts, count) & mask;
    for (; c->type_slots[at]; at = (at + 1) & mask)
        if (same_parts(c->type_slots[at], kind, parts, count))
            return c->type_slots[at];
    struct pm_lt *type =
        pm_chk_type_new(c, kind, name_of(c, kind, parts, count));
    const struct pm_lt **own = pm_chk_alloc(c, (count + 1) * sizeof(void *));
    for (uint32_t i = 0; i < count; i++) {
        own[i] = parts[i];
        type->has_unknown |= parts[i]->has_unknown;
        if (parts[i]->depth >= type->depth)
            type->depth = parts[i]->depth + 1;
    }
    type->parts = own;
    type->part_count = count;
    c->type_slots[at] = type;
    return type;
}

// --- names -------------------------------------------------------------------

static struct pm_text
name_list(struct checker *c, const struct pm_lt *const *parts, uint32_t count)
{
    struct pm_text all = {"", 0};

    for (uint32_t i = 0; i < count && all.size < 200; i++)
        all = pm_chk_format(c, "%.*s%s%.*s", (int)all.size, all.data,
                            i ? ", " : "", (int)parts[i]->name.size,
                            parts[i]->name.data);
    return all;
}

static bool is_prefix(const struct pm_lt *type)
{
    return type->kind == PM_LT_OPTIONAL || type->kind == PM_LT_RESULT ||
           type->kind == PM_LT_FN;
}

static struct pm_text name_of(struct checker *c, pm_lt_kind kind,
                              const struct pm_lt *const *parts, uint32_t count)
{
    struct pm_text first = count ? parts[0]->name : pm_chk_text("");
    struct pm_text list;

    switch (kind) {
    case PM_LT_ARRAY:
        return pm_chk_format(c, is_prefix(parts[0]) ? "(%.*s)[]" : "%.*s[]",
                             (int)first.size, first.data);
    case PM_LT_OPTIONAL:
        return pm_chk_format(c, "optional %.*s", (int)first.size, first.data);
    case PM_LT_CELL:
        return pm_chk_format(c, "cell %.*s", (int)first.size, first.data);
    case PM_LT_RESULT:
        return pm_chk_format(c, "result<%.*s> %.*s", (int)first.size,
                             first.data, (int)parts[1]->name.size,
                             parts[1]->name.data);
    case PM_LT_TUPLE:
        list = name_list(c, parts, count);
        return pm_chk_format(c, "(%.*s)", (int)list.size, list.data);
    default: // FN
        list = name_list(c, parts, count - 1);
        return pm_chk_format(c, "fn(%.*s) -> %.*s", (int)list.size, list.data,
                             (int)parts[count - 1]->name.size,
                             parts[count - 1]->name.data);
    }
}

const struct pm_lt *pm_chk_type_array(struct checker *c, const struct pm_lt *of)
{
    return compound(c, PM_LT_ARRAY, &of, 1);
}

const struct pm_lt *pm_chk_type_optional(struct checker *c,
                                         const struct pm_lt *of)
{
    return compound(c, PM_LT_OPTIONAL, &of, 1);
}

const struct pm_lt *pm_chk_type_cell(struct checker *c, const struct pm_lt *of)
{
    return compound(c, PM_LT_CELL, &of, 1);
}

const struct pm_lt *pm_chk_type_result(struct checker *c,
                                       const struct pm_lt *error,
                                       const struct pm_lt *value)
{
    const struct pm_lt *parts[2] = {error, value};

    return compound(c, PM_LT_RESULT, parts, 2);
}

const struct pm_lt *pm_chk_type_tuple(struct checker *c,
                                      const struct pm_lt *const *parts,
                                      uint32_t count)
{
    return compound(c, PM_LT_TUPLE, parts, count);
}

const struct pm_lt *pm_chk_type_fn(struct checker *c,
                                   const struct pm_lt *const *parts,
                                   uint32_t count)
{
    return compound(c, PM_LT_FN, parts, count);
}

// --- questions ---------------------------------------------------------------

bool pm_chk_is_unknown(const struct pm_lt *type)
{
    return type->kind == PM_LT_UNKNOWN;
}

// Types that hold something unknown fit whatever has the same outside; their
// depth is limited, and so is this.
bool pm_chk_type_same(const struct pm_lt *from, const struct pm_lt *to)
{
    if (from == to || from->kind == PM_LT_UNKNOWN || to->kind == PM_LT_UNKNOWN)
        return true;
    if (!from->has_unknown && !to->has_unknown)
        return false;
    if (from->kind != to->kind || from->part_count != to->part_count ||
        (from->declaration == NULL) != (to->declaration == NULL))
        return false;
    if (from->kind == PM_LT_STRUCT &&
        pm_chk_struct_of(from)->decl != pm_chk_struct_of(to)->decl)
        return false;
    if (from->part_count == 0)
        return false;
    for (uint32_t i = 0; i < from->part_count; i++)
        if (!pm_chk_type_same(from->parts[i], to->parts[i]))
            return false;
    return true;
}

bool pm_chk_is_number(const struct pm_lt *type)
{
    return type->kind == PM_LT_INT || type->kind == PM_LT_FLOAT ||
           type->kind == PM_LT_UNKNOWN;
}

bool pm_chk_is_ordered(const struct pm_lt *type)
{
    return pm_chk_is_number(type) || type->kind == PM_LT_BYTE ||
           type->kind == PM_LT_STR;
}

bool pm_chk_is_plain_enum(const struct pm_lt *type)
{
    return type->kind == PM_LT_ENUM && !type->has_payload;
}

bool pm_chk_is_key(const struct pm_lt *type)
{
    return type->kind == PM_LT_INT || type->kind == PM_LT_BYTE ||
           type->kind == PM_LT_BOOL || type->kind == PM_LT_STR ||
           type->kind == PM_LT_UNKNOWN || pm_chk_is_plain_enum(type);
}

bool pm_chk_has_zero(const struct pm_lt *type)
{
    switch (type->kind) {
    case PM_LT_UNKNOWN:
    case PM_LT_INT:
    case PM_LT_FLOAT:
    case PM_LT_BOOL:
    case PM_LT_BYTE:
    case PM_LT_OPTIONAL:
        return true;
    case PM_LT_TUPLE:
        for (uint32_t i = 0; i < type->part_count; i++)
            if (!pm_chk_has_zero(type->parts[i]))
                return false;
        return true;
    default:
        return false;
    }
}
