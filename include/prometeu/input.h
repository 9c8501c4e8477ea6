// SPDX-License-Identifier: MIT
//
// What a host hands in with each frame: which buttons of up to four pads are
// down, and where the pointer is. Everything else (pressed, released, how
// long) the machine makes from it.

#ifndef PROMETEU_INPUT_H
#define PROMETEU_INPUT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PM_PADS 4

// Numbers of the buttons. In a pad's bits, button n is 1 << n.
enum pm_button {
    PM_BUTTON_UP = 0,
    PM_BUTTON_DOWN = 1,
    PM_BUTTON_LEFT = 2,
    PM_BUTTON_RIGHT = 3,
    PM_BUTTON_A = 4,
    PM_BUTTON_B = 5,
    PM_BUTTON_X = 6,
    PM_BUTTON_Y = 7,
    PM_BUTTON_L = 8,
    PM_BUTTON_R = 9,
    PM_BUTTON_START = 10,
    PM_BUTTON_SELECT = 11,
    PM_BUTTONS = 12
};

// The name of a button as scripts and cartridges write it ("up"); "?" for a
// number that is none.
const char *pm_button_name(int button);

// Zeroes are no input at all.
struct pm_frame_input {
    // Bit n is set while button n is down; bits 12..15 are ignored.
    uint16_t pad[PM_PADS];
    // Where the pointer is, in pixels of the picture; a place outside of it
    // counts as the nearest inside. Not looked at without a pointer.
    int16_t touch_x;
    int16_t touch_y;
    // 1: there is a pointer (a finger, or the mouse over the picture).
    uint8_t touch_present;
    // 1: it touches (the mouse button is down).
    uint8_t touch_down;
};

#ifdef __cplusplus
}
#endif

#endif
