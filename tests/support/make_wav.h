// SPDX-License-Identifier: MIT
//
// Writes small WAVs chunk by chunk, right or wrong as a test wants them.

#ifndef PM_TEST_MAKE_WAV_H
#define PM_TEST_MAKE_WAV_H

#include "base/buf.h"

#define MAKE_WAV_PCM   1
#define MAKE_WAV_FLOAT 3

// Appends RIFF, WAVE and "fmt ". [kind]: one of the above.
void make_wav_begin(struct pm_buf *out, int kind, int channels, uint32_t rate,
                    int bits);

// Appends a chunk, padded to an even size.
void make_wav_chunk(struct pm_buf *out, const char *name, const void *bytes,
                    size_t size);

// Appends a "smpl" chunk of one loop. [mode]: 0 forward, 1 to and fro,
// 2 backward. [last] is in the loop.
void make_wav_loop(struct pm_buf *out, uint32_t mode, uint32_t first,
                   uint32_t last);

// Puts the size into the RIFF header.
void make_wav_end(struct pm_buf *out);

// A whole file of [count] 16-bit samples.
void make_wav_16(struct pm_buf *out, int channels, uint32_t rate,
                 const int16_t *samples, size_t count);

#endif
