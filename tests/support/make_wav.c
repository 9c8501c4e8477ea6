// SPDX-License-Identifier: MIT
#include "support/make_wav.h"

#include "base/bits.h"

void make_wav_chunk(struct pm_buf *out, const char *name, const void *bytes,
                    size_t size)
{
    pm_buf_put(out, name, 4);
    pm_buf_put32(out, (uint32_t)size);
    if (size)
        pm_buf_put(out, bytes, size);
    if (size % 2)
        pm_buf_put8(out, 0);
}

void make_wav_begin(struct pm_buf *out, int kind, int channels, uint32_t rate,
                    int bits)
{
    uint8_t head[16];
    int frame = channels * bits / 8;

    pm_buf_put(out, "RIFF\0\0\0\0WAVE", 12);
    pm_store16(head, (uint16_t)kind);
    pm_store16(head + 2, (uint16_t)channels);
    pm_store32(head + 4, rate);
    pm_store32(head + 8, rate * (uint32_t)frame);
    pm_store16(head + 12, (uint16_t)frame);
    pm_store16(head + 14, (uint16_t)bits);
    make_wav_chunk(out, "fmt ", head, sizeof head);
}

void make_wav_loop(struct pm_buf *out, uint32_t mode, uint32_t first,
                   uint32_t last)
{
    uint8_t body[36 + 24] = {0};

    pm_store32(body + 12, 60);
    pm_store32(body + 28, 1);
    pm_store32(body + 40, mode);
    pm_store32(body + 44, first);
    pm_store32(body + 48, last);
    make_wav_chunk(out, "smpl", body, sizeof body);
}

void make_wav_end(struct pm_buf *out)
{
    if (!out->failed)
        pm_store32(out->data + 4, (uint32_t)out->size - 8);
}

void make_wav_16(struct pm_buf *out, int channels, uint32_t rate,
                 const int16_t *samples, size_t count)
{
    make_wav_begin(out, MAKE_WAV_PCM, channels, rate, 16);
    make_wav_chunk(out, "data", samples, count * 2);
    make_wav_end(out);
}
