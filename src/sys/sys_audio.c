// SPDX-License-Identifier: MIT
//
// Host-call module "audio", the domain "voice". The payload is the age by
// which the voice is found while it plays.
#include "base/check.h"
#include "sys/call.h"
#include "sys/sys_internal.h"

struct voice {
    uint64_t age;
};

static struct pm_voice *voice_of(const struct pm_sys *sys, struct pm_call *call)
{
    const struct voice *voice = pm_call_state(call)->payload;

    return pm_audio_find(sys->audio, voice->age);
}

static pm_trap_code answer(struct pm_call *call, pm_audio_status status)
{
    pm_call_return_int(call, 0, status);
    return PM_TRAP_NONE;
}

static pm_audio_status play(struct pm_sys *sys, struct pm_call *call,
                            uint64_t *out_age)
{
    const struct pm_audio_sound sound = {
        .slot = (unsigned)pm_call_int(call, 0),
        .sample = pm_call_int(call, 1),
        .volume = (uint8_t)pm_call_int(call, 2),
        .pan = (uint8_t)pm_call_int(call, 3),
        .pitch = (uint32_t)pm_call_int(call, 4),
        .priority = (uint8_t)pm_call_int(call, 5),
    };

    return pm_audio_play(sys->audio, sys->bank, &sound, out_age);
}

static pm_trap_code audio_play(void *context, struct pm_call *call)
{
    struct pm_sys *sys = context;
    struct pm_state *state = pm_call_state(call);
    struct voice *voice = state->payload;

    // The sound ends with the object however that ends: by release.
    state->host = sys->audio;
    return answer(call, play(sys, call, &voice->age));
}

// The same without an object: for what nobody will change or stop.
static pm_trap_code audio_shot(void *context, struct pm_call *call)
{
    uint64_t age;

    return answer(call, play(context, call, &age));
}

static pm_trap_code audio_is_playing(void *context, struct pm_call *call)
{
    pm_call_return_bool(call, 0, voice_of(context, call) != NULL);
    return PM_TRAP_NONE;
}

static pm_trap_code audio_set(void *context, struct pm_call *call)
{
    struct pm_voice *voice = voice_of(context, call);

    if (!voice)
        return answer(call, PM_AUDIO_ENDED);
    voice->volume = (uint8_t)pm_call_int(call, 1);
    voice->pan = (uint8_t)pm_call_int(call, 2);
    voice->pitch = (uint32_t)pm_call_int(call, 3);
    return answer(call, PM_AUDIO_OK);
}

// --- the domain --------------------------------------------------------------

static void release(void *context, struct pm_state *state)
{
    struct pm_sys *sys = context;
    const struct voice *voice = state->payload;
    struct pm_voice *playing =
        voice ? pm_audio_find(sys->audio, voice->age) : NULL;

    if (playing)
        *playing = (struct pm_voice){0};
}

static pm_status restore(void *context, struct pm_state *state,
                         const void *bytes, size_t size)
{
    struct pm_sys *sys = context;
    const struct voice *voice = state->payload;

    (void)bytes;
    state->host = sys->audio;
    return size || !voice->age ? PM_ERR_INVALID : PM_OK;
}

static const struct pm_host_call rows[] = {
    {.decl.id = PM_SYSCALL_AUDIO_PLAY, .run = audio_play},
    {.decl.id = PM_SYSCALL_AUDIO_SHOT, .run = audio_shot},
    {.decl.id = PM_SYSCALL_AUDIO_IS_PLAYING, .run = audio_is_playing},
    {.decl.id = PM_SYSCALL_AUDIO_SET, .run = audio_set},
    {.decl.id = PM_SYSCALL_AUDIO_STOP, .run = pm_sys_end_object},
};

const struct pm_sys_call_table pm_sys_audio = {rows, PM_ARRAY_LEN(rows)};

const struct pm_domain pm_sys_voice_domain = {
    .name = "voice",
    .meaning = "a sound that plays",
    .payload_size = sizeof(struct voice),
    .max_live = 16,
    .limit_status = PM_AUDIO_TOO_MANY,
    .example = "push_i64 0\n    push_i64 0\n    push_i64 255\n"
               "    push_i64 128\n    push_i64 65536\n    push_i64 0",
    .release = release,
    .save = pm_sys_save_nothing,
    .restore = restore,
};
