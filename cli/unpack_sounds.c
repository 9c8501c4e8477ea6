// SPDX-License-Identifier: MIT
//
// A sample as a WAV: RIFF with 16 bits, one channel, and a chunk "smpl" where
// there is a loop.
#include <string.h>

#include "base/bits.h"
#include "unpack.h"

#define HEAD 44
#define LOOP 68 // the chunk with its head

static uint8_t *put_tag(uint8_t *at, const char *tag, uint32_t size)
{
    memcpy(at, tag, 4);
    pm_store32(at + 4, size);
    return at + 8;
}

static void make_head(const struct pm_asset_sample *sample, uint32_t rest,
                      uint8_t out[HEAD])
{
    uint32_t size = sample->frames * 2;
    uint8_t *at = put_tag(out, "RIFF", HEAD - 8 + size + rest);

    memcpy(at, "WAVE", 4);
    at = put_tag(at + 4, "fmt ", 16);
    pm_store16(at, 1); // plain numbers
    pm_store16(at + 2, 1);
    pm_store32(at + 4, sample->rate);
    pm_store32(at + 8, sample->rate * 2);
    pm_store16(at + 12, 2);
    pm_store16(at + 14, 16);
    put_tag(at + 16, "data", size);
}

// One loop, forward and for ever; the last frame of a loop belongs to it.
static void make_loop(const struct pm_asset_sample *sample, uint8_t out[LOOP])
{
    memset(out, 0, LOOP);
    uint8_t *at = put_tag(out, "smpl", LOOP - 8);
    pm_store32(at + 8, 1000000000u / sample->rate); // of a frame, in ns
    pm_store32(at + 12, 60);                        // middle C
    pm_store32(at + 28, 1);                         // loops
    pm_store32(at + 44, sample->loop_start);
    pm_store32(at + 48, sample->loop_end - 1);
}

void unpack_sample(struct unpack *u, struct pm_asset_reader *reader,
                   const struct pm_asset_sample *sample, const char *name)
{
    struct pm_file_writer *writer;
    uint32_t rest = sample->loop_end ? LOOP : 0;
    uint8_t head[HEAD];
    uint8_t loop[LOOP];

    // A WAV counts its bytes with 32 bits.
    if (sample->frames > (UINT32_MAX - HEAD - LOOP) / 2) {
        u->problem = PM_ERR_LIMIT;
        return;
    }
    if (!unpack_begin(u, name, &writer))
        return;
    make_head(sample, rest, head);
    make_loop(sample, loop);
    if (unpack_put(u, name, writer, head, sizeof head) &&
        unpack_copy(u, name, reader, (uint64_t)sample->offset * 2,
                    (uint64_t)sample->frames * 2, writer) &&
        rest)
        unpack_put(u, name, writer, loop, sizeof loop);
    unpack_end(u, name, writer);
}
