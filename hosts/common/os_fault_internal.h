// SPDX-License-Identifier: MIT
//
// What the two files of os_fault.h share: the plan, read.

#ifndef PM_HOST_OS_FAULT_INTERNAL_H
#define PM_HOST_OS_FAULT_INTERNAL_H

#include "hosts/common/os_fault.h"

enum pm_fault_what {
    PM_FAULT_ERRNO,
    PM_FAULT_SHORT,
    PM_FAULT_TORN,
    PM_FAULT_KILL,
};

#define PM_FAULT_ANY   (-1)
#define PM_FAULT_RULES 32

struct pm_fault_rule {
    enum pm_fault_what what;
    int error;       // ERRNO
    int call;        // enum pm_os_call, or PM_FAULT_ANY
    uint64_t number; // from 1
    bool and_after;
};

#define PM_FAULT_FILES 64

struct pm_fault_file {
    bool is_used;
    int fd;
    uint64_t covered; // bytes from its start that have their space
};

struct pm_os_fault {
    struct pm_allocator alloc;
    const struct pm_os *under;
    struct pm_os table;
    struct pm_fault_rule rules[PM_FAULT_RULES];
    size_t rule_count;
    // disk-full@K: bytes that are left.
    bool has_room_limit;
    uint64_t room;
    struct pm_fault_file files[PM_FAULT_FILES];
    uint64_t calls[PM_OS_CALL_COUNT];
    uint64_t all;
    uint64_t failed;
    void (*on_kill)(void *context);
    void *kill_context;
};

// Reads a plan into the rules; false with the reason in [why].
bool pm_os_fault_parse(struct pm_os_fault *fault, const char *plan, char *why,
                       size_t room);

#endif
