// SPDX-License-Identifier: MIT
//
// Which dispatch forms there are, and which one is the default: jumps from
// handler to handler where the compiler can, else computed goto, else switch.
#include "vm/vm_internal.h"

static pm_dispatch default_form(void)
{
    if (pm_dispatch_tail().run)
        return PM_DISPATCH_TAIL;
#if defined(__GNUC__) && !defined(__clang__)
    if (pm_dispatch_goto().run)
        return PM_DISPATCH_GOTO;
#endif
    return PM_DISPATCH_SWITCH;
}

struct pm_dispatch_form pm_dispatch_form(pm_dispatch dispatch)
{
    switch (dispatch) {
    case PM_DISPATCH_TAIL:
        return pm_dispatch_tail();
    case PM_DISPATCH_GOTO:
        return pm_dispatch_goto();
    case PM_DISPATCH_SWITCH:
        return pm_dispatch_switch();
    case PM_DISPATCH_AUTO:
        return pm_dispatch_form(default_form());
    }
    return (struct pm_dispatch_form){NULL, NULL, PM_DISPATCH_AUTO};
}

bool pm_dispatch_is_available(pm_dispatch dispatch)
{
    return pm_dispatch_form(dispatch).run != NULL;
}

const char *pm_dispatch_name(pm_dispatch dispatch)
{
    switch (dispatch) {
    case PM_DISPATCH_TAIL:
        return "tail";
    case PM_DISPATCH_GOTO:
        return "goto";
    case PM_DISPATCH_SWITCH:
        return "switch";
    case PM_DISPATCH_AUTO:
        return pm_dispatch_name(default_form());
    }
    return "?";
}
