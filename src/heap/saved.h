// SPDX-License-Identifier: MIT
//
// Numbers of the saved form that its writer and its reader share.

#ifndef PM_HEAP_SAVED_H
#define PM_HEAP_SAVED_H

#define SAVED_MAGIC   0x50484d50u // "PMHP"
#define SAVED_VERSION 1u

// What a record of the cells begins with.
#define SAVED_FREE 0u // also retired, then of generation 0
#define SAVED_TOMB 1u
#define SAVED_LIVE 2u

#endif
