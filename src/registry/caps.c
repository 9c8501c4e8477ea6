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
