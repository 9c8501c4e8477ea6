// SPDX-License-Identifier: MIT
//
// Any bytes parse as an input script or are refused with a message; what was
// parsed plays, and never gives an input outside its ranges.

#include <prometeu/picture.h>

#include "base/check.h"
#include "input/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_input_script *script;
    struct pm_input_player player;
    struct pm_frame_input input;
    struct pm_diags diags;

    pm_diags_init(&diags, &alloc);
    pm_status status = pm_input_script_parse(
        &alloc, "fuzz.input", (const char *)data, size, &diags, &script);
    PM_CHECK((status == PM_OK) == (diags.errors == 0));
    pm_diags_free(&diags);
    if (status)
        return 0;
    pm_input_player_start(&player, script);
    for (int i = 0; i < 300; i++) {
        pm_input_player_next(&player, &input);
        for (int pad = 0; pad < PM_PADS; pad++)
            PM_CHECK(input.pad[pad] < 1 << PM_BUTTONS);
        PM_CHECK(input.touch_x >= 0 && input.touch_x < PM_PICTURE_WIDTH);
        PM_CHECK(input.touch_y >= 0 && input.touch_y < PM_PICTURE_HEIGHT);
        PM_CHECK(input.touch_present || !input.touch_down);
    }
    pm_input_script_destroy(script);
    return 0;
}
