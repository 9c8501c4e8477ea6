// SPDX-License-Identifier: MIT
//
// What the files of the comparison of types share.

#ifndef PM_VM_CARRY_TYPES_H
#define PM_VM_CARRY_TYPES_H

#include "vm/carry_internal.h"

#define PM_CARRY_NO_CLASS 0u

static inline bool pm_carry_is_named(const struct pm_type *type)
{
    return type->kind == PM_TYPE_KIND_RECORD ||
           type->kind == PM_TYPE_KIND_STATE;
}

// The types that one is made of.
static inline uint32_t pm_carry_part_count(const struct pm_type *type)
{
    return type->kind == PM_TYPE_KIND_ARRAY   ? 1
           : type->kind == PM_TYPE_KIND_STATE ? 0
                                              : type->field_count;
}

static inline pm_type_id pm_carry_part(const struct pm_type *type,
                                       uint32_t number)
{
    return type->kind == PM_TYPE_KIND_ARRAY ? type->element
                                            : type->fields[number].type;
}

static inline uint32_t pm_carry_class_in(const uint32_t *classes,
                                         pm_type_id type)
{
    return type < PM_TYPE_FIRST_USER ? type
                                     : classes[type - PM_TYPE_FIRST_USER];
}

// Fills both tables of classes, and the map, which all are zeroes.
pm_status pm_carry_classes_make(struct pm_carry_types *types);

#endif
