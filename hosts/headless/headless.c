// SPDX-License-Identifier: MIT
#include "hosts/headless/headless.h"

#include <stddef.h>

#include "hosts/common/png.h"

static void count_cycles(struct pm_machine *machine,
                         struct pm_headless_result *result)
{
    struct pm_telemetry telemetry;

    pm_machine_telemetry(machine, &telemetry);
    result->cycles += telemetry.cycles;
    if (telemetry.cycles > result->most_cycles)
        result->most_cycles = telemetry.cycles;
}

static void run_frames(struct pm_machine *machine,
                       const struct pm_headless_config *config,
                       struct pm_headless_result *result)
{
    uint64_t frames = config->frames ? config->frames : 600;
    uint64_t ticks = config->ticks ? config->ticks : frames * 10;
    struct pm_frame_input input = {0};
    bool is_new = true;

    while (result->frames < frames) {
        if (result->ticks == ticks) {
            result->out_of_ticks = true;
            return;
        }
        if (is_new && config->input)
            config->input(config->context, result->frames, &input);
        result->end = pm_machine_tick(machine, &input);
        if (result->end == PM_TICK_EMPTY)
            return;
        result->ticks++;
        count_cycles(machine, result);
        is_new = result->end == PM_TICK_FRAME;
        if (result->end >= PM_TICK_HALTED)
            return;
        if (!is_new)
            continue;
        result->frames++;
        if (config->frame_done &&
            !config->frame_done(config->context, machine, result->frames - 1))
            return;
    }
}

pm_status pm_headless_run(struct pm_machine *machine,
                          const struct pm_headless_config *config,
                          struct pm_headless_result *out,
                          const char **out_error)
{
    unsigned scale = config->shot_scale ? config->shot_scale : 1;
    pm_status status = PM_OK;

    if (out_error)
        *out_error = NULL;
    *out = (struct pm_headless_result){0};
    run_frames(machine, config, out);
    if (out->end == PM_TICK_EMPTY)
        return PM_ERR_WRONG_STATE;
    if (config->fingerprint)
        status = pm_machine_fingerprint(machine, &out->fingerprint);
    if (!status && config->shot)
        status = pm_png_write(config->shot, pm_machine_picture(machine), scale,
                              out_error);
    return status;
}
