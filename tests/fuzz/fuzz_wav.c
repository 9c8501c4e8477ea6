// SPDX-License-Identifier: MIT
//
// Sounds: what comes out is what a SOUNDS asset may hold.

#include "base/check.h"
#include "pack/convert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_pack_sound sound;
    struct pm_diags diags;
    struct pm_buf report;
    struct pm_pack_file file = {.name = "input.wav",
                                .bytes = data,
                                .size = size,
                                .alloc = &alloc,
                                .diags = &diags,
                                .report = &report};

    pm_diags_init(&diags, &alloc);
    pm_buf_init(&report, &alloc);
    if (pm_pack_decode_sound(&file, &sound) == PM_OK) {
        PM_CHECK(sound.rate >= 1 && sound.rate <= 192000 && sound.frames > 0);
        PM_CHECK(!sound.has_loop || (sound.loop_start < sound.loop_end &&
                                     sound.loop_end <= sound.frames));
        pm_pack_sound_free(&alloc, &sound);
    } else {
        PM_CHECK(diags.errors > 0 && !sound.samples);
    }
    pm_buf_free(&report);
    pm_diags_free(&diags);
    return 0;
}
