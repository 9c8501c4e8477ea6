// SPDX-License-Identifier: MIT
//
// What the files of carry.h share.

#ifndef PM_VM_CARRY_INTERNAL_H
#define PM_VM_CARRY_INTERNAL_H

#include "vm/carry.h"
#include "vm/vm_internal.h"

#define PM_CARRY_NONE UINT32_MAX

// --- names (carry_names.c) ---------------------------------------------------

// What a row of one of a module's tables is called; false: it has no name.
// Rows of different [kind] are never the same.
struct pm_carry_name {
    struct pm_text text;
    uint32_t kind;
};
typedef bool (*pm_carry_name_of)(const struct pm_module *module, uint32_t row,
                                 struct pm_carry_name *out);

// For each row of the old table the one of the fresh table with its name, or
// PM_CARRY_NONE. Of rows with one name the first goes to the first.
pm_status pm_carry_match(const struct pm_allocator *alloc,
                         pm_carry_name_of name_of, const struct pm_module *old,
                         uint32_t old_count, const struct pm_module *fresh,
                         uint32_t fresh_count, uint32_t *out_map);

// --- types (carry_types.c) ---------------------------------------------------

// A class is the number that equal types of both modules share, as far as
// their names say: two records of one name have one class whatever their
// fields are. Whether an old type can be kept is said by [origin].
struct pm_carry_types {
    struct pm_allocator alloc;
    const struct pm_module *old;
    const struct pm_module *fresh;
    uint32_t *old_class; // by row; 0: equal to nothing
    uint32_t *fresh_class;
    // The fresh row that an old one is in the new module, or PM_CARRY_NONE.
    uint32_t *map;
    // PM_CARRY_NONE: the type is the same with all that it is made of.
    // Otherwise the old row that is not.
    uint32_t *origin;
};

pm_status pm_carry_types_make(const struct pm_allocator *alloc,
                              const struct pm_module *old,
                              const struct pm_module *fresh,
                              struct pm_carry_types *out);
void pm_carry_types_free(struct pm_carry_types *types);

// Whether values of [old] can be values of [fresh].
bool pm_carry_types_agree(const struct pm_carry_types *types, pm_type_id old,
                          pm_type_id fresh);
// Appends what is different about an origin.
void pm_carry_types_explain(const struct pm_carry_types *types, uint32_t row,
                            struct pm_buf *out);

#endif
