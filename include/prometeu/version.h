// SPDX-License-Identifier: MIT
//
// Versions. The product's version says nothing about formats: bytecode,
// container, host-call table and saved states each count for themselves.

#ifndef PROMETEU_VERSION_H
#define PROMETEU_VERSION_H

#define PM_VERSION_STRING      "0.1.0"
#define PM_BYTECODE_VERSION    1
#define PM_CONTAINER_VERSION   1
#define PM_CARTRIDGE_VERSION   1
#define PM_HOST_CALLS_VERSION  2
#define PM_SAVED_STATE_VERSION 3

#endif
