// SPDX-License-Identifier: MIT
#include "audio/audio.h"

#include <string.h>

// --- voices ------------------------------------------------------------------

// The sample that a voice plays; NULL once its slot holds something else.
static const struct pm_asset_sample *sample_of(const struct pm_bank *bank,
                                               const struct pm_voice *voice)
{
    struct pm_bank_id id;

    if (!pm_bank_identity(bank, PM_BANK_SOUNDS, voice->slot, &id) ||
        id.asset_id != voice->id.asset_id || id.content != voice->id.content)
        return NULL;
    const struct pm_sound_set *set = pm_bank_sounds(bank, voice->slot);
    return voice->sample < set->sample_count ? &set->samples[voice->sample]
                                             : NULL;
}

// Which of two is taken first.
static bool gives_way(const struct pm_voice *a, const struct pm_voice *b)
{
    if (!a->age || !b->age)
        return !a->age && b->age;
    return a->priority < b->priority ||
           (a->priority == b->priority && a->age < b->age);
}

static struct pm_voice *choose(struct pm_audio *audio)
{
    struct pm_voice *chosen = &audio->voices[0];

    for (int i = 1; i < PM_AUDIO_VOICES; i++)
        if (gives_way(&audio->voices[i], chosen))
            chosen = &audio->voices[i];
    return chosen;
}

pm_audio_status pm_audio_play(struct pm_audio *audio,
                              const struct pm_bank *bank,
                              const struct pm_audio_sound *sound,
                              uint64_t *out_age)
{
    const struct pm_sound_set *set = pm_bank_sounds(bank, sound->slot);
    struct pm_voice *voice = choose(audio);

    if (!set || sound->sample < 0 || sound->sample >= set->sample_count)
        return PM_AUDIO_UNKNOWN_SOUND;
    if (voice->age && voice->priority > sound->priority)
        return PM_AUDIO_NO_VOICE;
    audio->next_age += audio->next_age == 0;
    *voice = (struct pm_voice){
        .age = audio->next_age++,
        .sample = (uint32_t)sound->sample,
        .pitch = sound->pitch,
        .slot = (uint8_t)sound->slot,
        .volume = sound->volume,
        .pan = sound->pan,
        .priority = sound->priority,
    };
    pm_bank_identity(bank, PM_BANK_SOUNDS, sound->slot, &voice->id);
    *out_age = voice->age;
    return PM_AUDIO_OK;
}

struct pm_voice *pm_audio_find(struct pm_audio *audio, uint64_t age)
{
    for (int i = 0; i < PM_AUDIO_VOICES && age; i++)
        if (audio->voices[i].age == age)
            return &audio->voices[i];
    return NULL;
}

// --- mixing ------------------------------------------------------------------

// A sample as it is read: its frames, where it loops, how fast it goes.
struct tape {
    const uint8_t *frames;
    uint64_t end; // 48.16; of the loop where there is one
    uint64_t loop;
    uint64_t step;
};

static struct tape tape_of(const struct pm_bank *bank,
                           const struct pm_voice *voice,
                           const struct pm_asset_sample *sample)
{
    const struct pm_sound_set *set = pm_bank_sounds(bank, voice->slot);
    uint32_t end = sample->loop_end ? sample->loop_end : sample->frames;

    return (struct tape){
        .frames = set->frames + (size_t)sample->offset * 2,
        .end = (uint64_t)end << 16,
        .loop = (uint64_t)(sample->loop_end - sample->loop_start) << 16,
        .step = (uint64_t)sample->rate * voice->pitch / PM_AUDIO_RATE,
    };
}

static int32_t frame_at(const struct tape *tape, uint64_t frame)
{
    return (int16_t)pm_load16(tape->frames + frame * 2);
}

// Between two frames in proportion; behind the last one lies silence, behind
// a loop its start.
static int32_t value_at(const struct tape *tape, uint64_t position)
{
    uint64_t frame = position >> 16;
    int64_t part = (int64_t)(position & 0xffff);
    int32_t a = frame_at(tape, frame);
    int32_t b = 0;

    if (frame + 1 < tape->end >> 16)
        b = frame_at(tape, frame + 1);
    else if (tape->loop)
        b = frame_at(tape, frame + 1 - (tape->loop >> 16));
    // The quotient is rounded down.
    return a + (int32_t)(((b - a) * part) >> 16);
}

// 0..255 as 0..256, so that 255 changes nothing.
static int32_t full(uint8_t value)
{
    return value + (value >> 7);
}

struct gains {
    int32_t left; // 0..65,536
    int32_t right;
};

static struct gains gains_of(const struct pm_voice *voice)
{
    int32_t volume = full(voice->volume);
    int32_t left = voice->pan <= 128 ? 256 : (255 - voice->pan) * 256 / 127;
    int32_t right = voice->pan >= 128 ? 256 : voice->pan * 2;

    return (struct gains){volume * left, volume * right};
}

// Adds the voice's sound; gives whether it plays on.
static bool add_voice(const struct tape *tape, struct gains gains,
                      uint64_t *position, int32_t *sum)
{
    for (int i = 0; i < PM_AUDIO_FRAMES; i++) {
        if (*position >= tape->end) {
            if (!tape->loop)
                return false;
            *position =
                tape->end - tape->loop + (*position - tape->end) % tape->loop;
        }
        int64_t value = value_at(tape, *position);
        sum[2 * i] += (int32_t)((value * gains.left) >> 16);
        sum[2 * i + 1] += (int32_t)((value * gains.right) >> 16);
        *position += tape->step;
    }
    return true;
}

static void play_voice(struct pm_voice *voice, const struct pm_bank *bank,
                       int32_t *sum)
{
    const struct pm_asset_sample *sample = sample_of(bank, voice);

    if (sample) {
        struct tape tape = tape_of(bank, voice, sample);
        if (add_voice(&tape, gains_of(voice), &voice->position, sum))
            return;
    }
    *voice = (struct pm_voice){0};
}

static int16_t saturate(int32_t value)
{
    return (int16_t)(value < INT16_MIN   ? INT16_MIN
                     : value > INT16_MAX ? INT16_MAX
                                         : value);
}

void pm_audio_mix(struct pm_audio *audio, const struct pm_bank *bank)
{
    int32_t sum[PM_AUDIO_FRAMES * 2] = {0};

    for (int i = 0; i < PM_AUDIO_VOICES; i++)
        if (audio->voices[i].age)
            play_voice(&audio->voices[i], bank, sum);
    for (int i = 0; i < PM_AUDIO_FRAMES * 2; i++)
        audio->out[i] = saturate(sum[i]);
}

void pm_audio_hush(struct pm_audio *audio)
{
    memset(audio->out, 0, sizeof audio->out);
}

// --- saved states ------------------------------------------------------------

void pm_audio_save(const struct pm_audio *audio, struct pm_buf *out)
{
    pm_buf_put64(out, audio->next_age);
    for (int i = 0; i < PM_AUDIO_VOICES; i++) {
        const struct pm_voice *voice = &audio->voices[i];
        pm_buf_put64(out, voice->age);
        if (!voice->age)
            continue;
        pm_buf_put32(out, (uint32_t)voice->id.asset_id);
        pm_buf_put64(out, voice->id.content);
        pm_buf_put32(out, voice->sample);
        pm_buf_put32(out, voice->pitch);
        pm_buf_put64(out, voice->position);
        pm_buf_put8(out, voice->slot);
        pm_buf_put8(out, voice->volume);
        pm_buf_put8(out, voice->pan);
        pm_buf_put8(out, voice->priority);
    }
}

static void read_voice(struct pm_voice *voice, struct pm_cursor *in)
{
    voice->id.asset_id = (int32_t)pm_cursor_u32(in);
    voice->id.content = pm_cursor_u64(in);
    voice->sample = pm_cursor_u32(in);
    voice->pitch = pm_cursor_u32(in);
    voice->position = pm_cursor_u64(in);
    voice->slot = pm_cursor_u8(in);
    voice->volume = pm_cursor_u8(in);
    voice->pan = pm_cursor_u8(in);
    voice->priority = pm_cursor_u8(in);
}

// Where a sample of the greatest size can be; beyond, sums could wrap.
#define MOST_POSITION ((uint64_t)1 << 56)

static bool can_be(const struct pm_audio *audio, const struct pm_voice *voice)
{
    bool is_alone = true;

    for (const struct pm_voice *other = audio->voices; other < voice; other++)
        is_alone = is_alone && other->age != voice->age;
    return is_alone && voice->age < audio->next_age &&
           voice->slot < PM_BANK_SLOTS && voice->pitch > 0 &&
           voice->pitch <= PM_AUDIO_PITCH_MAX &&
           voice->position < MOST_POSITION;
}

pm_status pm_audio_load(struct pm_audio *audio, struct pm_cursor *in)
{
    memset(audio, 0, sizeof *audio);
    audio->next_age = pm_cursor_u64(in);
    if (audio->next_age > UINT64_MAX / 2)
        return PM_ERR_INVALID;
    for (int i = 0; i < PM_AUDIO_VOICES; i++) {
        struct pm_voice *voice = &audio->voices[i];
        voice->age = pm_cursor_u64(in);
        if (!voice->age)
            continue;
        read_voice(voice, in);
        if (in->failed || !can_be(audio, voice))
            return PM_ERR_INVALID;
    }
    return in->failed ? PM_ERR_INVALID : PM_OK;
}
