// SPDX-License-Identifier: MIT
//
// Runs a machine without window, sound and clock: as fast as it goes, with
// input from a callback, and the machine's fingerprints and pictures for
// whoever wants them.

#ifndef PM_HOST_HEADLESS_H
#define PM_HOST_HEADLESS_H

#include <stdbool.h>
#include <stdint.h>

#include <prometeu/machine.h>

#ifdef __cplusplus
extern "C" {
#endif

// Zeroes: 600 frames without input.
struct pm_headless_config {
    // Logical frames to run; 0: 600.
    uint64_t frames;
    // Ticks to run at most, for programs whose frames never end; 0: ten a
    // frame.
    uint64_t ticks;
    // Gives the input of logical frame [frame] (from 0). Asked once a frame,
    // in order. NULL: no input.
    void (*input)(void *context, uint64_t frame, struct pm_frame_input *out);
    // Called after each logical frame; false ends the run.
    bool (*frame_done)(void *context, struct pm_machine *machine,
                       uint64_t frame);
    void *context;
    // Where the last picture goes as a PNG; NULL: nowhere.
    const char *shot;
    unsigned shot_scale; // 0: 1
    // Takes the machine's fingerprint when the run ends.
    bool fingerprint;
};

struct pm_headless_result {
    // How the last tick ended.
    enum pm_tick_result end;
    // The ticks were used up before the frames.
    bool out_of_ticks;
    uint64_t frames;
    uint64_t ticks;
    uint64_t cycles;
    uint64_t most_cycles; // of a tick
    struct pm_fingerprint fingerprint;
};

// Runs. Fails with PM_ERR_WRONG_STATE without a cartridge, and when shot or
// fingerprint could not be had; [out_error] (NULL: not wanted) then has the
// host's message about the shot, or NULL.
pm_status pm_headless_run(struct pm_machine *machine,
                          const struct pm_headless_config *config,
                          struct pm_headless_result *out,
                          const char **out_error);

#ifdef __cplusplus
}
#endif

#endif
