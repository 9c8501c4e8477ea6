// SPDX-License-Identifier: MIT
//
// System calls that fail on purpose: a table before another one
// (hosts/common/os.h), so that game authors and tests see what a program does
// when storage fails. `prometeu run --inject PLAN` is made of it.
//
// A plan is rules between commas, each WHAT@CALL:N or WHAT@CALL:N+
//
//     disk-full@write:3        the third write finds no room
//     io-error@sync:1+         every flush fails
//     kill@rename:1            the process ends before the first rename
//     short@read:2, torn@write:5, disk-full@65536
//
// WHAT: an error of the host by its name (EIO, eio) or in words (io-error,
// disk-full, quota, no-memory, denied, read-only, busy, interrupted,
// too-many-open), or
//     short   the call does half of its work
//     torn    a write puts its first whole 512 bytes only, then fails (EIO)
//     kill    the process ends at once, as by SIGKILL
// CALL: a kind of call (PM_OS_CALLS), or any. N: the Nth of them, from 1;
// with + every one from there on. disk-full@K, without a call: after K bytes
// have been written or allocated in all, there is no room for more.

#ifndef PM_HOST_OS_FAULT_H
#define PM_HOST_OS_FAULT_H

#include <prometeu/alloc.h>

#include "hosts/common/os.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pm_os_fault;

// Makes a table before [under], which must outlive it. On a plan that is
// none returns NULL and writes into [why] of [room] bytes what was found and
// what is wanted; with [why] "" memory was short. A NULL plan only counts.
struct pm_os_fault *pm_os_fault_create(const struct pm_allocator *alloc,
                                       const struct pm_os *under,
                                       const char *plan, char *why,
                                       size_t room);
void pm_os_fault_destroy(struct pm_os_fault *fault);

// The table; good until it is destroyed.
const struct pm_os *pm_os_fault_table(const struct pm_os_fault *fault);

// Calls of a kind so far, and how many of all failed by the plan.
uint64_t pm_os_fault_calls(const struct pm_os_fault *fault,
                           enum pm_os_call call);
uint64_t pm_os_fault_failed(const struct pm_os_fault *fault);

// Called instead of ending the process by "kill", for tests.
void pm_os_fault_on_kill(struct pm_os_fault *fault,
                         void (*on_kill)(void *context), void *context);

#ifdef __cplusplus
}
#endif

#endif
