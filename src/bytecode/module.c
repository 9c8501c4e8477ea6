// SPDX-License-Identifier: MIT
#include "base/check.h"
#include "bytecode/bytecode.h"

const struct pm_type *pm_function_type(const struct pm_module *module,
                                       const struct pm_function *function)
{
    if (function->type < PM_TYPE_FIRST_USER)
        return NULL;
    return &module->types[function->type - PM_TYPE_FIRST_USER];
}

uint32_t pm_function_slot_count(const struct pm_module *module,
                                const struct pm_function *function)
{
    const struct pm_type *type = pm_function_type(module, function);
    uint32_t closure = function->flags & PM_FUNCTION_CLOSURE;
    return closure + (type ? type->param_count : 0) + function->local_count;
}

pm_type_id pm_function_local_type(const struct pm_module *module,
                                  const struct pm_function *function,
                                  uint32_t local)
{
    const struct pm_type *type = pm_function_type(module, function);

    if (function->flags & PM_FUNCTION_CLOSURE) {
        if (local == 0)
            return function->type;
        local--;
    }
    if (local < type->param_count)
        return type->fields[local].type;
    local -= type->param_count;
    return local < function->local_count ? function->locals[local]
                                         : (pm_type_id)PM_TYPE_NONE;
}
