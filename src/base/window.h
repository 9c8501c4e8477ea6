// SPDX-License-Identifier: MIT
//
// Windows: whether [offset, offset + length) lies in [0, size), and how much
// of one does, in words of any width. None of it can overflow. The same text
// makes the form that runs (64 bits) and the one that a test tries on every
// triple of values there is (8 bits).

#ifndef PM_BASE_WINDOW_H
#define PM_BASE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#define PM_WINDOW(suffix, word)                                                \
    static inline bool pm_window_fits##suffix(word offset, word length,        \
                                              word size)                       \
    {                                                                          \
        return offset <= size && length <= (word)(size - offset);              \
    }                                                                          \
    /* min(max, size - offset), 0 beyond the end. */                           \
    static inline word pm_window_clip##suffix(word offset, word max,           \
                                              word size)                       \
    {                                                                          \
        word left = offset < size ? (word)(size - offset) : 0;                 \
        return max < left ? max : left;                                        \
    }                                                                          \
    /* Whether no byte lies behind those that a clip gives. */                 \
    static inline bool pm_window_ends##suffix(word offset, word max,           \
                                              word size)                       \
    {                                                                          \
        return offset >= size || max >= (word)(size - offset);                 \
    }

PM_WINDOW(, uint64_t)
PM_WINDOW(_8, uint8_t)

#endif
