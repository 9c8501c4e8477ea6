// SPDX-License-Identifier: MIT
//
// What the two files of states.h share.

#ifndef PM_SYS_STATES_INTERNAL_H
#define PM_SYS_STATES_INTERNAL_H

#include "sys/states.h"

// Allocates the places of each set by its limit; false when memory is short.
bool pm_states_fill_sets(struct pm_states *states, struct pm_live_set *sets);
void pm_states_free_sets(struct pm_states *states, struct pm_live_set *sets);

// Tables with the limits of those of [like], still without places; or NULL.
struct pm_live_set *pm_states_make_sets(const struct pm_domains *domains,
                                        const struct pm_live_set *like);

// Takes a place that is given, where a new object would take the lowest: what
// is free is looked for anew when all are in.
void pm_states_enter_at(struct pm_live_set *set, uint32_t place, pm_ref ref,
                        void *host);
void pm_states_find_lowest_free(struct pm_live_set *set);

struct pm_sink {
    struct pm_buf *out;
};

// The row of a domain's number, or NULL.
const struct pm_domain_row *pm_states_row(const struct pm_states *states,
                                          uint16_t number);

#endif
