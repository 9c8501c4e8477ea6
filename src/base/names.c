// SPDX-License-Identifier: MIT
//
// Names and meanings of statuses and traps, from their tables.
#include <prometeu/status.h>
#include <prometeu/trap.h>

const char *pm_status_name(pm_status status)
{
    switch (status) {
#define PM_STATUS(name, value, meaning)                                        \
    case value:                                                                \
        return #name;
#include <prometeu/status.def>
#undef PM_STATUS
    }
    return "?";
}

const char *pm_status_meaning(pm_status status)
{
    switch (status) {
#define PM_STATUS(name, value, meaning)                                        \
    case value:                                                                \
        return meaning;
#include <prometeu/status.def>
#undef PM_STATUS
    }
    return "not a status";
}

const char *pm_trap_name(pm_trap_code code)
{
    switch (code) {
#define PM_TRAP(name, code, meaning)                                           \
    case code:                                                                 \
        return #name;
#include <prometeu/traps.def>
#undef PM_TRAP
    }
    return "?";
}

const char *pm_trap_meaning(pm_trap_code code)
{
    switch (code) {
#define PM_TRAP(name, code, meaning)                                           \
    case code:                                                                 \
        return meaning;
#include <prometeu/traps.def>
#undef PM_TRAP
    }
    return "not a trap";
}
