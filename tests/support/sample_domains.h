// SPDX-License-Identifier: MIT
//
// Domains as an embedder would add them, one for each kind that there is:
//
//  counter  keeps something on the host; its calls can fail in every way
//  stone    keeps nothing anywhere and cannot be changed
//  boulder  keeps all it has in guest memory, as much as is allowed
//  box      bytes, for byte transfers, over a backend that fails on command

#ifndef PM_TEST_SAMPLE_DOMAINS_H
#define PM_TEST_SAMPLE_DOMAINS_H

#include <prometeu/machine.h>

#include "sys/domains.h"

enum {
    PM_SAMPLE_DOMAINS = 4,
    PM_SAMPLE_CALLS = 22,
    PM_SAMPLE_CAP_BIT = 16,
    PM_SAMPLE_LIVE = 5, // of each domain
    PM_SAMPLE_LOG = 64,
    PM_BOX_LIMIT = 2 << 20, // bytes of a box
};

#define PM_SAMPLE_CAP (1u << PM_SAMPLE_CAP_BIT)

// What the samples answer.
enum pm_sample_status {
    PM_SAMPLE_OK = 0,
    PM_SAMPLE_NO_MEMORY = 1,
    PM_SAMPLE_DENIED = 2,
    PM_SAMPLE_NOTHING = 3,
    PM_SAMPLE_FAILED = 7,
    PM_SAMPLE_TOO_MANY = 9,
    PM_SAMPLE_TOO_LARGE = 12,
};

// How a counter's open ends.
enum pm_sample_open {
    PM_OPEN_WELL = 0,
    PM_OPEN_STATUS = 1,
    PM_OPEN_HOST_STATUS = 2,
    PM_OPEN_TRAP = 3,
    PM_OPEN_HOST_TRAP = 4,
    PM_OPEN_STRING_STATUS = 5,
    PM_OPEN_STRING_TRAP = 6,
    PM_OPEN_STRING_WELL = 7,
    // A string that no memory has room for.
    PM_OPEN_STRING_TOO_BIG = 8,
};

// How a counter's close ends.
enum pm_sample_close {
    PM_CLOSE_WELL = 0,
    PM_CLOSE_STATUS = 1,
    PM_CLOSE_FREED = 2, // by the call itself
    PM_CLOSE_FREED_TRAP = 3,
};

// Of one machine. What its calls and domains are handed as context.
struct pm_sample {
    struct pm_allocator alloc;
    struct pm_machine *machine; // for calls that try to enter it again
    const struct pm_cart_files *files;
    size_t made;     // host parts so far
    size_t released; // of these, by release or by a call
    // What release was called for, in order: the counters' start values.
    int64_t log[PM_SAMPLE_LOG];
    size_t logged;
    // How many calls of the machine a nested one made, and how many of them
    // were refused.
    unsigned nested;
    unsigned refused;
    // The box's backend. Bytes that one of its operations moves; 0: all at
    // once, in place. The operation (from 1) that fails, with this status.
    uint32_t chunk;
    uint64_t fail_at;
    int32_t fail_status;
    uint64_t operations; // of the last transfer
    uint64_t transfers;  // that reached the backend so far
    // What a transfer's function does with what it must leave alone.
    enum pm_sample_misuse {
        PM_MISUSE_NONE,
        PM_MISUSE_ALLOC,
        PM_MISUSE_END,
        PM_MISUSE_COLLECT,
        PM_MISUSE_STRING,
        PM_MISUSE_TICK,
    } misuse;
};

// Registers capability and domains with the machine.
pm_status pm_sample_register(struct pm_sample *sample,
                             struct pm_machine *machine);
// The same with a bare catalogue.
pm_status pm_sample_add(struct pm_sample *sample, struct pm_domains *domains);

// Bytes and size of a live box's content, by its state's host part.
const uint8_t *pm_sample_box_bytes(const void *host, size_t *out_size);
// Gives it [size] bytes, byte i being i * 7 + 1.
bool pm_sample_box_fill(struct pm_sample *sample, void *host, size_t size);
// Which rights it gives: 1 to read, 2 to write.
void pm_sample_box_set_mode(void *host, unsigned mode);

#endif
