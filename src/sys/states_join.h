// SPDX-License-Identifier: MIT
//
// What stands behind state objects when another version of the program, or
// other assets, take the place of what was there (docs/spec/reload.md).
//
// Objects that were carried over keep their place and what the host has for
// them. Behind them come those that the new program has made in its first
// frame. What refers to the old assets, to the old /cart or to files of that
// first frame is made again.

#ifndef PM_SYS_STATES_JOIN_H
#define PM_SYS_STATES_JOIN_H

#include "sys/sys.h"
#include "vm/carry.h"

struct pm_joined;

// Makes tables of all objects that go on, beside those that there are: [old]
// is what goes on with them, [fresh] has the new assets, the new /cart and
// the new program's objects. Without a [carry] the program stays the same:
// all its objects go on, and [fresh] has none.
//
// PM_ERR_LIMIT: there are too many of the domain in [out_full];
// PM_ERR_NO_MEMORY. Nothing of [old] has changed then.
pm_status pm_states_join(struct pm_sys *old, struct pm_sys *fresh,
                         const struct pm_carry *carry,
                         const struct pm_domain_row **out_full,
                         struct pm_joined **out);

// The tables become those of [old], whose other objects are released; [fresh]
// has none any more. The vm and the module of the states are the caller's to
// set behind it.
void pm_states_accept(struct pm_joined *joined);
// Releases what was made again. NULL is fine.
void pm_states_refuse(struct pm_joined *joined);

#endif
