// SPDX-License-Identifier: MIT
//
// The mixer against a naive one that follows docs/spec/sound.md frame by
// frame, and the rules of voices.
#include "audio/audio.h"

#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "support/fault_alloc.h"
#include "support/test.h"

#define FRAMES 3000

struct world {
    struct pm_fault_alloc faults;
    struct pm_bank *bank;
    struct pm_audio audio;
};

// Three samples: without a loop, with one in its middle, of one frame.
static const struct pm_asset_sample samples[] = {
    {.offset = 0, .frames = 1000, .rate = 22050},
    {.offset = 1000,
     .frames = 1500,
     .rate = 48000,
     .loop_start = 200,
     .loop_end = 701},
    {.offset = 2500,
     .frames = 1,
     .rate = 192000,
     .loop_start = 0,
     .loop_end = 1},
};

static int16_t frame(uint32_t at, unsigned salt)
{
    uint32_t x = (at + salt) * 2654435761u;
    // Mostly a wave, so that interpolation matters, now and then an edge.
    return at % 97 == 0 ? (at % 2 ? INT16_MAX : INT16_MIN) : (int16_t)(x >> 17);
}

static pm_status install(struct world *w, unsigned slot, unsigned salt)
{
    struct pm_allocator alloc = pm_fault_alloc(&w->faults);
    struct pm_bank_content content = {.type = PM_BANK_SOUNDS,
                                      .asset_id = 7,
                                      .size = FRAMES * 2,
                                      .sample_count = PM_ARRAY_LEN(samples)};
    struct pm_resident *resident;

    content.bytes = pm_mem_alloc(&alloc, content.size);
    content.samples = pm_mem_alloc(&alloc, sizeof samples);
    PM_CHECK(content.bytes && content.samples);
    memcpy(content.samples, samples, sizeof samples);
    for (uint32_t i = 0; i < FRAMES; i++)
        pm_store16(content.bytes + 2 * i, (uint16_t)frame(i, salt));
    pm_status status = pm_bank_examine(&content);
    if (!status)
        status = pm_bank_prepare(w->bank, &content, &resident);
    return status ? status : pm_bank_put(w->bank, slot, resident);
}

static void open_world(struct world *w)
{
    struct pm_bank_config config;

    *w = (struct world){0};
    config = (struct pm_bank_config){.alloc = pm_fault_alloc(&w->faults)};
    REQUIRE(pm_bank_create(&config, &w->bank) == PM_OK);
    CHECK_INT(install(w, 3, 0), PM_OK);
}

static void close_world(struct world *w)
{
    pm_bank_destroy(w->bank);
    CHECK_INT(w->faults.live_blocks, 0);
}

static uint64_t play(struct world *w, int64_t sample, unsigned volume,
                     unsigned pan, uint32_t pitch, unsigned priority)
{
    uint64_t age = 0;
    const struct pm_audio_sound sound = {
        .slot = 3,
        .sample = sample,
        .volume = (uint8_t)volume,
        .pan = (uint8_t)pan,
        .pitch = pitch,
        .priority = (uint8_t)priority,
    };

    CHECK_INT(pm_audio_play(&w->audio, w->bank, &sound, &age), PM_AUDIO_OK);
    return age;
}

// --- the naive mixer ---------------------------------------------------------

struct naive {
    const struct pm_asset_sample *sample;
    unsigned volume;
    unsigned pan;
    uint64_t step; // 16.16
    uint64_t at;   // 16.16 from the start, loops taken out
    bool has_ended;
};

static int64_t naive_frame(const struct pm_asset_sample *s, uint64_t at)
{
    if (s->loop_end && at >= s->loop_end)
        at = s->loop_start +
             (at - s->loop_start) % (s->loop_end - s->loop_start);
    return at < s->frames ? frame((uint32_t)(s->offset + at), 0) : 0;
}

static int64_t divide_down(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

static int64_t naive_value(const struct naive *n)
{
    const struct pm_asset_sample *s = n->sample;
    uint64_t length = (uint64_t)(s->loop_end - s->loop_start) << 16;
    uint64_t at = n->at;

    if (length && at >= (uint64_t)s->loop_end << 16)
        at = ((uint64_t)s->loop_start << 16) +
             (at - ((uint64_t)s->loop_start << 16)) % length;
    int64_t a = naive_frame(s, at >> 16);
    int64_t b = naive_frame(s, (at >> 16) + 1);
    return a + divide_down((b - a) * (int64_t)(at & 0xffff), 65536);
}

static int64_t gain(unsigned volume, unsigned pan, bool is_left)
{
    int64_t side = is_left ? (pan <= 128 ? 256 : (255 - pan) * 256 / 127)
                           : (pan >= 128 ? 256 : pan * 256 / 128);
    return (volume >= 128 ? volume + 1 : volume) * side;
}

static void naive_next(struct naive *voices, size_t count, int64_t out[2])
{
    out[0] = out[1] = 0;
    for (size_t i = 0; i < count; i++) {
        struct naive *n = &voices[i];
        if (!n->sample->loop_end && n->at >> 16 >= n->sample->frames)
            n->has_ended = true;
        if (n->has_ended)
            continue;
        int64_t value = naive_value(n);
        for (int side = 0; side < 2; side++)
            out[side] +=
                divide_down(value * gain(n->volume, n->pan, side == 0), 65536);
        n->at += n->step;
    }
    for (int side = 0; side < 2; side++)
        out[side] = out[side] < INT16_MIN   ? INT16_MIN
                    : out[side] > INT16_MAX ? INT16_MAX
                                            : out[side];
}

static bool same_tick(struct world *w, struct naive *voices, size_t count)
{
    bool ok = true;

    pm_audio_mix(&w->audio, w->bank);
    for (int i = 0; i < PM_AUDIO_FRAMES; i++) {
        int64_t wanted[2];
        naive_next(voices, count, wanted);
        ok = ok && w->audio.out[2 * i] == wanted[0] &&
             w->audio.out[2 * i + 1] == wanted[1];
    }
    return ok;
}

static void compare(unsigned seed, size_t count)
{
    struct naive voices[PM_AUDIO_VOICES];
    struct world w;
    uint32_t x = seed * 747796405u + 1;

    open_world(&w);
    for (size_t i = 0; i < count; i++) {
        x = x * 1664525u + 1013904223u;
        unsigned sample = (x >> 8) % 3;
        unsigned volume = i % 5 == 0 ? 255 : x >> 12 & 255;
        unsigned pan = i % 4 == 0 ? 128 : x >> 20 & 255;
        uint32_t pitch = i % 3 == 0 ? 65536 : 1 + (x >> 3) % PM_AUDIO_PITCH_MAX;
        play(&w, sample, volume, pan, pitch, 0);
        voices[i] = (struct naive){.sample = &samples[sample],
                                   .volume = volume,
                                   .pan = pan,
                                   .step = (uint64_t)samples[sample].rate *
                                           pitch / 48000};
    }
    for (int tick = 0; tick < 6; tick++)
        CHECK(same_tick(&w, voices, count));
    close_world(&w);
}

TEST(audio, mixes_what_the_specification_says)
{
    for (unsigned seed = 1; seed <= 40; seed++)
        compare(seed, 1 + seed % PM_AUDIO_VOICES);
}

TEST(audio, a_sample_as_recorded_comes_out_as_it_is)
{
    struct world w;

    open_world(&w);
    play(&w, 1, 255, 128, 65536, 0);
    pm_audio_mix(&w.audio, w.bank);
    for (uint32_t i = 0; i < 700; i++)
        CHECK(w.audio.out[2 * i] == frame(1000 + i, 0) &&
              w.audio.out[2 * i + 1] == frame(1000 + i, 0));
    close_world(&w);
}

// --- voices ------------------------------------------------------------------

TEST(audio, a_voice_ends_with_its_sample_and_is_not_found_any_more)
{
    struct world w;

    open_world(&w);
    uint64_t age = play(&w, 0, 255, 128, 65536, 0);
    for (int i = 0; i < 2; i++) {
        pm_audio_mix(&w.audio, w.bank);
        CHECK(pm_audio_find(&w.audio, age));
    }
    pm_audio_mix(&w.audio, w.bank); // 1,000 frames at 22,050 last 2,177
    CHECK(!pm_audio_find(&w.audio, age));
    CHECK(!pm_audio_find(&w.audio, 0));
    close_world(&w);
}

TEST(audio, the_lowest_priority_gives_way_and_of_these_the_oldest)
{
    struct world w;
    uint64_t ages[PM_AUDIO_VOICES];
    uint64_t none;
    struct pm_audio_sound quiet = {
        .slot = 3, .sample = 1, .pitch = 1, .priority = 1};

    open_world(&w);
    for (unsigned i = 0; i < PM_AUDIO_VOICES; i++)
        ages[i] = play(&w, 1, 255, 128, 65536, i == 5 || i == 9 ? 2 : 4);
    CHECK_INT(pm_audio_play(&w.audio, w.bank, &quiet, &none),
              PM_AUDIO_NO_VOICE);
    play(&w, 1, 255, 128, 65536, 2);
    CHECK(!pm_audio_find(&w.audio, ages[5]));
    CHECK(pm_audio_find(&w.audio, ages[9]));
    play(&w, 1, 255, 128, 65536, 3);
    CHECK(!pm_audio_find(&w.audio, ages[9]));
    for (unsigned i = 0; i < PM_AUDIO_VOICES; i++)
        CHECK(i == 5 || i == 9 || pm_audio_find(&w.audio, ages[i]));
    close_world(&w);
}

TEST(audio, what_there_is_not_cannot_be_played)
{
    struct world w;
    uint64_t age;
    struct pm_audio_sound sound = {.slot = 3, .sample = 3, .pitch = 65536};

    open_world(&w);
    CHECK_INT(pm_audio_play(&w.audio, w.bank, &sound, &age),
              PM_AUDIO_UNKNOWN_SOUND);
    sound.sample = -1;
    CHECK_INT(pm_audio_play(&w.audio, w.bank, &sound, &age),
              PM_AUDIO_UNKNOWN_SOUND);
    sound = (struct pm_audio_sound){.slot = 4, .pitch = 65536};
    CHECK_INT(pm_audio_play(&w.audio, w.bank, &sound, &age),
              PM_AUDIO_UNKNOWN_SOUND);
    close_world(&w);
}

TEST(audio, a_voice_ends_when_its_slot_holds_something_else)
{
    struct world w;

    open_world(&w);
    uint64_t age = play(&w, 1, 255, 128, 65536, 0);
    CHECK_INT(install(&w, 3, 0), PM_OK); // the same once more
    pm_audio_mix(&w.audio, w.bank);
    CHECK(pm_audio_find(&w.audio, age));
    CHECK_INT(install(&w, 3, 1), PM_OK);
    pm_audio_mix(&w.audio, w.bank);
    CHECK(!pm_audio_find(&w.audio, age));
    CHECK_INT(w.audio.out[0], 0);
    close_world(&w);
}

// --- saved states ------------------------------------------------------------

TEST(audio, a_saved_state_goes_on_to_the_bit)
{
    struct world w;
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf bytes;
    static struct pm_audio other;

    open_world(&w);
    pm_buf_init(&bytes, &alloc);
    for (int i = 0; i < 5; i++)
        play(&w, i % 3, 200, (unsigned)(i * 50), 40000 + (uint32_t)i, 0);
    pm_audio_mix(&w.audio, w.bank);
    pm_audio_save(&w.audio, &bytes);
    struct pm_cursor in = pm_cursor_make(bytes.data, bytes.size);
    CHECK_INT(pm_audio_load(&other, &in), PM_OK);
    CHECK_INT(pm_cursor_left(&in), 0);
    for (int i = 0; i < 4; i++) {
        pm_audio_mix(&w.audio, w.bank);
        pm_audio_mix(&other, w.bank);
        CHECK(memcmp(&w.audio, &other, sizeof other) == 0);
    }
    for (size_t size = 0; size < bytes.size; size++) {
        in = pm_cursor_make(bytes.data, size);
        CHECK_INT(pm_audio_load(&other, &in), PM_ERR_INVALID);
    }
    pm_buf_free(&bytes);
    close_world(&w);
}

// Any bytes are refused, or play without harm.
TEST(audio, damaged_states_do_no_harm)
{
    struct world w;
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf bytes;
    static struct pm_audio other;
    unsigned accepted = 0;

    open_world(&w);
    pm_buf_init(&bytes, &alloc);
    for (int i = 0; i < 3; i++)
        play(&w, i, 200, 128, 65536, 0);
    pm_audio_save(&w.audio, &bytes);
    for (size_t bit = 0; bit < bytes.size * 8; bit++) {
        bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        struct pm_cursor in = pm_cursor_make(bytes.data, bytes.size);
        if (pm_audio_load(&other, &in) == PM_OK) {
            accepted++;
            pm_audio_mix(&other, w.bank);
            pm_audio_mix(&other, w.bank);
        }
        bytes.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    CHECK(accepted > 100);
    pm_buf_free(&bytes);
    close_world(&w);
}
