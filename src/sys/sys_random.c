// SPDX-License-Identifier: MIT
//
// Host-call module "random": streams of random numbers. xoshiro256** seeded
// by splitmix64 (docs/spec/random.md); all of a stream is in its payload, so
// saved states and fingerprints hold it by themselves.
#include <string.h>

#include "base/check.h"
#include "sys/call.h"
#include "sys/sys_internal.h"

enum { TOO_MANY = 1 };

struct stream {
    uint64_t s[4];
    uint64_t drawn;
};

static uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static uint64_t draw(struct stream *stream)
{
    uint64_t *s = stream->s;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    stream->drawn++;
    return result;
}

static uint64_t mix(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static struct stream *stream_of(struct pm_call *call)
{
    return pm_call_state(call)->payload;
}

static pm_trap_code random_open(void *context, struct pm_call *call)
{
    uint64_t seed = (uint64_t)pm_call_int(call, 0);

    (void)context;
    for (int i = 0; i < 4; i++)
        stream_of(call)->s[i] = mix(&seed);
    return PM_TRAP_NONE;
}

static pm_trap_code random_next(void *context, struct pm_call *call)
{
    (void)context;
    pm_call_return_int(call, 0, (int64_t)draw(stream_of(call)));
    return PM_TRAP_NONE;
}

// The numbers below the greatest multiple of the span are each as likely;
// others are drawn again, less than once on average.
static uint64_t below(struct stream *stream, uint64_t span)
{
    uint64_t odd = (UINT64_MAX % span + 1) % span;
    uint64_t value;

    do
        value = draw(stream);
    while (value > UINT64_MAX - odd);
    return value % span;
}

static pm_trap_code random_range(void *context, struct pm_call *call)
{
    int64_t least = pm_call_int(call, 1);
    int64_t greatest = pm_call_int(call, 2);
    uint64_t span = (uint64_t)greatest - (uint64_t)least + 1;
    struct stream *stream = stream_of(call);

    (void)context;
    if (greatest < least)
        return pm_call_trap(call, PM_TRAP_INVALID_ARGUMENT,
                            "greatest is %lld, it must be at least least, %lld",
                            (long long)greatest, (long long)least);
    uint64_t value = span ? below(stream, span) : draw(stream);
    pm_call_return_int(call, 0, (int64_t)((uint64_t)least + value));
    return PM_TRAP_NONE;
}

static pm_trap_code random_drawn(void *context, struct pm_call *call)
{
    (void)context;
    pm_call_return_int(call, 0, (int64_t)stream_of(call)->drawn);
    return PM_TRAP_NONE;
}

// No state in which the generator would stand still.
static pm_status restore(void *context, struct pm_state *state,
                         const void *bytes, size_t size)
{
    const struct stream *stream = state->payload;

    (void)context;
    (void)bytes;
    if (size ||
        (stream->s[0] | stream->s[1] | stream->s[2] | stream->s[3]) == 0)
        return PM_ERR_INVALID;
    return PM_OK;
}

static const struct pm_host_call rows[] = {
    {.decl.id = PM_SYSCALL_RANDOM_OPEN, .run = random_open},
    {.decl.id = PM_SYSCALL_RANDOM_NEXT, .run = random_next},
    {.decl.id = PM_SYSCALL_RANDOM_RANGE, .run = random_range},
    {.decl.id = PM_SYSCALL_RANDOM_DRAWN, .run = random_drawn},
    {.decl.id = PM_SYSCALL_RANDOM_CLOSE, .run = pm_sys_end_object},
};

const struct pm_sys_call_table pm_sys_random = {rows, PM_ARRAY_LEN(rows)};

const struct pm_domain pm_sys_random_domain = {
    .name = "random",
    .meaning = "a stream of random numbers",
    .payload_size = sizeof(struct stream),
    .max_live = 16,
    .limit_status = TOO_MANY,
    .example = "push_i64 1",
    .save = pm_sys_save_nothing,
    .restore = restore,
};
