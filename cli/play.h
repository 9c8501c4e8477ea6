// SPDX-License-Identifier: MIT
//
// Playing in a window, for prometeu run.

#ifndef PM_CLI_PLAY_H
#define PM_CLI_PLAY_H

#include "cli.h"
#include "input/script.h"
#include "reload.h"

// Runs the machine's cartridge in a window until the player quits or the
// program ends. [shot] (NULL: a name of its own) is where F12 puts pictures;
// [player] (may be NULL) adds scripted input; [reload] (may be NULL) reloads
// the project when it changes. Gives the exit code; says so
// when there is no window to be had.
int cli_play(struct pm_machine *machine, const char *path, unsigned scale,
             const char *shot, struct pm_input_player *player,
             struct cli_reload *reload);

#endif
