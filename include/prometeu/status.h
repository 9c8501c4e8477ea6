// SPDX-License-Identifier: MIT
//
// How a call into the library ends. 0 is fine, negative numbers are failures
// of the world; status.def has one row for each.

#ifndef PROMETEU_STATUS_H
#define PROMETEU_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum pm_status {
#define PM_STATUS(name, value, meaning) PM_ERR_##name = value,
#include <prometeu/status.def>
#undef PM_STATUS
} pm_status;

#define PM_OK PM_ERR_OK

// The status's name without prefix ("NO_MEMORY"), or "?" for no status.
const char *pm_status_name(pm_status status);

// One clause that says what the status means; never NULL.
const char *pm_status_meaning(pm_status status);

#ifdef __cplusplus
}
#endif

#endif
