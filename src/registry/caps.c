// SPDX-License-Identifier: MIT
#include "registry/caps.h"

#include <string.h>

#include "base/check.h"

static const struct {
    const char *name;
    uint32_t bit;
} caps[] = {
#define PM_CAP(name, symbol, bit, meaning) {name, PM_CAP_##symbol},
#include "registry/caps.def"
#undef PM_CAP
};

uint32_t pm_cap_by_name(const char *name, size_t size)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(caps); i++)
        if (strlen(caps[i].name) == size &&
            memcmp(caps[i].name, name, size) == 0)
            return caps[i].bit;
    return 0;
}

const char *pm_cap_name(uint32_t bit)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(caps); i++)
        if (caps[i].bit == bit)
            return caps[i].name;
    return "?";
}

uint32_t pm_cap_find(const struct pm_own_caps *own, const char *name,
                     size_t size)
{
    for (unsigned bit = 0; own && bit < PM_ARRAY_LEN(own->names); bit++)
        if (own->names[bit] && strlen(own->names[bit]) == size &&
            memcmp(own->names[bit], name, size) == 0)
            return UINT32_C(1) << bit;
    return pm_cap_by_name(name, size);
}

const char *pm_cap_name_of(const struct pm_own_caps *own, uint32_t bit)
{
    const char *name = own && bit ? own->names[__builtin_ctz(bit)] : NULL;

    return name ? name : pm_cap_name(bit);
}
