// SPDX-License-Identifier: MIT
//
// Sound: sixteen voices that play samples of resident SOUNDS, mixed to 800
// stereo samples a tick (docs/spec/sound.md). Memory in, memory out; all
// arithmetic is on integers, so that every host hears the same bits.
//
// A voice is known by its age, a number that no two voices share: what was
// stolen or has ended is not found any more. Invariants:
//   1. the ages of voices that play differ, and are below [next_age];
//   2. what plays is of the resident that was in its slot when it began: once
//      the slot holds something else, the voice has ended.

#ifndef PM_AUDIO_AUDIO_H
#define PM_AUDIO_AUDIO_H

#include <stdbool.h>
#include <stdint.h>

#include "bank/bank.h"
#include "base/buf.h"
#include "base/cursor.h"

#define PM_AUDIO_VOICES 16
// Of a tick, pairs of left and right.
#define PM_AUDIO_FRAMES 800
#define PM_AUDIO_RATE   48000
// Pitches are 16.16: 65,536 is as recorded.
#define PM_AUDIO_PITCH_MAX (1 << 20)

// What a cartridge sees; frozen.
typedef enum pm_audio_status {
#define PM_AUDIO_STATUS(name, value, meaning) PM_AUDIO_##name = value,
#include <prometeu/audio_status.def>
#undef PM_AUDIO_STATUS
} pm_audio_status;

struct pm_voice {
    uint64_t age; // 0: it is free
    struct pm_bank_id id;
    uint32_t sample;   // number in the set
    uint32_t pitch;    // 1..PM_AUDIO_PITCH_MAX
    uint64_t position; // in frames of the sample, 48.16
    uint8_t slot;      // SOUNDS, 0..15
    uint8_t volume;    // 255: as recorded
    uint8_t pan;       // 0 left, 128 both, 255 right
    uint8_t priority;
};

struct pm_audio {
    struct pm_voice voices[PM_AUDIO_VOICES];
    uint64_t next_age; // 0 counts as 1
    // Of the last tick; no part of the state.
    int16_t out[PM_AUDIO_FRAMES * 2];
};

// What a voice is begun with.
struct pm_audio_sound {
    unsigned slot;
    int64_t sample;
    uint8_t volume;
    uint8_t pan;
    uint8_t priority;
    uint32_t pitch;
};

// Begins to play. When all voices play, the one of the lowest priority is
// taken, of these the oldest, unless its priority is above the new one's
// (NO_VOICE). Stores the voice's age in [out_age] on OK.
pm_audio_status pm_audio_play(struct pm_audio *audio,
                              const struct pm_bank *bank,
                              const struct pm_audio_sound *sound,
                              uint64_t *out_age);

// The voice of that age while it plays, or NULL.
struct pm_voice *pm_audio_find(struct pm_audio *audio, uint64_t age);

// Mixes a tick's sound into [out] and moves all voices on.
void pm_audio_mix(struct pm_audio *audio, const struct pm_bank *bank);

// Makes the last tick's sound silence; voices stay where they are.
void pm_audio_hush(struct pm_audio *audio);

// Appends the voices; equal states give equal bytes.
void pm_audio_save(const struct pm_audio *audio, struct pm_buf *out);
// Reads them back, hostile bytes; the last tick's sound is silence then.
// PM_ERR_INVALID: [audio] is undefined.
pm_status pm_audio_load(struct pm_audio *audio, struct pm_cursor *in);

#endif
