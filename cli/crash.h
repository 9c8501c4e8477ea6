// SPDX-License-Identifier: MIT
//
// The screen that a window shows when the program has trapped.

#ifndef PM_CLI_CRASH_H
#define PM_CLI_CRASH_H

#include <stdint.h>

#include <prometeu/machine.h>

// Draws what happened, where and the calls that led there into [pixels]
// (PM_PICTURE_PIXELS). Leaves them alone when memory is short.
void cli_draw_crash(const struct pm_trap_info *trap, uint16_t *pixels);

// Rows of a notice, which lies over the bottom of the picture.
#define CLI_NOTICE_ROWS 34

// Draws that a new version was not reloaded, and [why] (NULL: not known), into
// [pixels], CLI_NOTICE_ROWS rows. Makes them black when memory is short.
void cli_draw_notice(const char *why, uint16_t *pixels);

#endif
