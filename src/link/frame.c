// SPDX-License-Identifier: MIT
//
// What a function's frame consists of.
#include "link/verify_internal.h"

const struct pm_type *pm_link_user_type(const struct pm_module *module,
                                        pm_type_id type)
{
    if (type < PM_TYPE_FIRST_USER ||
        type - PM_TYPE_FIRST_USER >= module->type_count)
        return NULL;
    return &module->types[type - PM_TYPE_FIRST_USER];
}

const struct pm_type *pm_link_type_of_kind(const struct pm_module *module,
                                           pm_type_id type, pm_type_kind kind)
{
    const struct pm_type *user = pm_link_user_type(module, type);
    return user && user->kind == kind ? user : NULL;
}

bool pm_link_type_exists(const struct pm_module *module, pm_type_id type)
{
    return (type >= PM_TYPE_I32 && type <= PM_TYPE_ANY) ||
           pm_link_user_type(module, type) != NULL;
}

pm_type_id pm_local_type(const struct pm_module *module,
                         const struct pm_function *function, uint32_t local)
{
    return pm_function_local_type(module, function, local);
}

uint32_t pm_frame_local_count(const struct pm_module *module,
                              const struct pm_function *function)
{
    return pm_function_slot_count(module, function);
}
