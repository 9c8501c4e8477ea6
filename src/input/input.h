// SPDX-License-Identifier: MIT
//
// The latch: what a frame knows of its input. It changes once a logical
// frame, by pm_input_latch, and is the same all through it.
//
// Of each button there is: down; pressed, in the first frame it is down;
// released, in the first frame it is not; hold, the number of frames it has
// been down, this one included. The pointer has the same of its touch.

#ifndef PM_INPUT_INPUT_H
#define PM_INPUT_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include <prometeu/input.h>
#include <prometeu/status.h>

#include "base/buf.h"
#include "base/cursor.h"

#define PM_BUTTON_BITS ((1u << PM_BUTTONS) - 1)

struct pm_pad_state {
    // Bit n is for button n.
    uint16_t down;
    uint16_t pressed;
    uint16_t released;
    // Frames; stops at UINT32_MAX.
    uint32_t hold[PM_BUTTONS];
};

struct pm_touch_state {
    // 0..319 and 0..179; the last place while there is no pointer.
    int16_t x;
    int16_t y;
    bool present;
    // Only while present.
    bool down;
    bool pressed;
    bool released;
    uint32_t hold;
};

// Zeroes are the state before the first frame.
struct pm_input {
    struct pm_pad_state pads[PM_PADS];
    struct pm_touch_state touch;
};

// Takes over the input of a new frame.
void pm_input_latch(struct pm_input *input, const struct pm_frame_input *in);

// Appends the state. Equal states give equal bytes.
void pm_input_save(const struct pm_input *input, struct pm_buf *out);

// Takes back what pm_input_save wrote. Fails with PM_ERR_INVALID, and leaves
// the state as it was, when the bytes end early or are of no state that
// pm_input_latch can reach.
pm_status pm_input_load(struct pm_input *input, struct pm_cursor *from);

#endif
