// SPDX-License-Identifier: MIT
//
// What the two files of states.h share.

#ifndef PM_SYS_STATES_INTERNAL_H
#define PM_SYS_STATES_INTERNAL_H

#include "sys/states.h"

// Allocates the places of each set by its limit; false when memory is short.
bool pm_states_fill_sets(struct pm_states *states, struct pm_live_set *sets);
void pm_states_free_sets(struct pm_states *states, struct pm_live_set *sets);

// The row of a domain's number, or NULL.
const struct pm_domain_row *pm_states_row(const struct pm_states *states,
                                          uint16_t number);

#endif
