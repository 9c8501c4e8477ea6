// SPDX-License-Identifier: MIT
//
// Sounds, by libsndfile from memory. The file is asked for what it says about
// itself, and nothing of that is believed: samples are read in blocks, and
// memory grows with what was really there. (libsndfile's own memory comes from
// malloc; it takes no other allocator.)
//
// All kinds of samples become whole numbers of 32 bits first (floating point
// times 2^31, cut off towards zero, clipped). A frame's channels are added,
// divided by their number and by 65,536, and rounded to the nearest of 16
// bits, halves upwards: one division, the same on every machine.

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <sndfile.h>

#include "base/bits.h"
#include "base/mem.h"
#include "pack/convert.h"

#define MAX_FRAMES   ((uint32_t)1 << 25) // 64 MiB of samples
#define MAX_CHANNELS 32
#define MAX_RATE     192000
#define BLOCK        4096 // samples that are read at a time

struct reader {
    const struct pm_pack_file *file;
    size_t at; // where libsndfile reads
    SNDFILE *handle;
    SF_INFO info;
    struct pm_pack_sound *out;
    size_t room; // of out->samples
    uint64_t clipped;
    bool out_of_memory;
};

static void fault_at(const struct reader *r, struct pm_place place,
                     const char *format, va_list args)
{
    char text[300];
    vsnprintf(text, sizeof text, format, args);
    pm_diags_error(r->file->diags, &place, "PACK-SOUND", "%s", text);
}

// What is wrong with the sound, of which frames are the measure.
static void fault(const struct reader *r, const char *format, ...)
    PM_PRINTF(2, 3);

static void fault(const struct reader *r, const char *format, ...)
{
    struct pm_place place = {.file = r->file->name};
    va_list args;
    va_start(args, format);
    fault_at(r, place, format, args);
    va_end(args);
}

// What is wrong with the file's form, at a byte of it.
static void byte_fault(const struct reader *r, size_t at, const char *format,
                       ...) PM_PRINTF(3, 4);

static void byte_fault(const struct reader *r, size_t at, const char *format,
                       ...)
{
    struct pm_place place = pm_place_at(r->file->name, at);
    va_list args;
    va_start(args, format);
    fault_at(r, place, format, args);
    va_end(args);
}

static void tell(const struct reader *r, const char *format, ...)
    PM_PRINTF(2, 3);

static void tell(const struct reader *r, const char *format, ...)
{
    va_list args;
    pm_buf_put_escaped(r->file->report, r->file->name, strlen(r->file->name));
    pm_buf_puts(r->file->report, ": ");
    va_start(args, format);
    pm_buf_vprintf(r->file->report, format, args);
    va_end(args);
    pm_buf_puts(r->file->report, "\n");
}

// --- what libsndfile calls ---------------------------------------------------

static sf_count_t get_size(void *context)
{
    const struct reader *r = context;
    return (sf_count_t)r->file->size;
}

static sf_count_t seek_to(sf_count_t offset, int whence, void *context)
{
    struct reader *r = context;
    sf_count_t size = (sf_count_t)r->file->size;
    sf_count_t base = whence == SEEK_SET   ? 0
                      : whence == SEEK_CUR ? (sf_count_t)r->at
                                           : size;
    if (offset < -base || offset > size - base)
        return -1;
    r->at = (size_t)(base + offset);
    return (sf_count_t)r->at;
}

static sf_count_t read_bytes(void *to, sf_count_t count, void *context)
{
    struct reader *r = context;
    size_t left = r->file->size - r->at;
    size_t size = count < 0 ? 0 : (uint64_t)count > left ? left : (size_t)count;
    if (size)
        memcpy(to, (const uint8_t *)r->file->bytes + r->at, size);
    r->at += size;
    return (sf_count_t)size;
}

static sf_count_t write_bytes(const void *from, sf_count_t count, void *context)
{
    (void)from;
    (void)count;
    (void)context;
    return 0;
}

static sf_count_t get_place(void *context)
{
    const struct reader *r = context;
    return (sf_count_t)r->at;
}

// --- before libsndfile -------------------------------------------------------

// libsndfile guesses among some forty kinds; only these are ours.
static bool check_head(const struct reader *r)
{
    static const char kinds[][5] = {"RIFF", "RIFX", "RF64", "riff",
                                    "FORM", "fLaC", "OggS"};
    for (size_t i = 0; i < PM_ARRAY_LEN(kinds); i++)
        if (r->file->size >= 12 && memcmp(r->file->bytes, kinds[i], 4) == 0)
            return true;
    byte_fault(r, 0,
               "this is no WAV, AIFF, FLAC or OGG; export the sound as WAV "
               "(not a renamed file of another kind)");
    return false;
}

// libsndfile is content with a WAV that ends early; it would be heard.
static bool check_riff(const struct reader *r)
{
    const uint8_t *bytes = r->file->bytes;
    size_t size = r->file->size;
    size_t at = 12;

    if (memcmp(bytes, "RIFF", 4) != 0)
        return true;
    while (size - at >= 8) {
        uint32_t length = pm_load32(bytes + at + 4);
        if (length > size - at - 8) {
            // Who cannot go back writes such a length, and it means the rest.
            if (length == UINT32_MAX)
                return true;
            byte_fault(
                r, at,
                "the chunk at byte %zu says it has %" PRIu32
                " bytes, but the file ends after %zu of them: it was cut "
                "off, export it again",
                at, length, size - at - 8);
            return false;
        }
        at += 8 + (size_t)length;
        at += length % 2 && at < size;
    }
    return true;
}

// --- what the file says ------------------------------------------------------

static bool is_lossy(const struct reader *r)
{
    int kind = r->info.format & SF_FORMAT_SUBMASK;
    return kind == SF_FORMAT_VORBIS || kind == SF_FORMAT_OPUS;
}

static bool is_float(const struct reader *r)
{
    int kind = r->info.format & SF_FORMAT_SUBMASK;
    return kind == SF_FORMAT_FLOAT || kind == SF_FORMAT_DOUBLE || is_lossy(r);
}

static bool check_info(const struct reader *r)
{
    const SF_INFO *info = &r->info;
    size_t before = r->file->diags->errors;

    if (info->samplerate < 1 || info->samplerate > MAX_RATE)
        fault(r, "the rate is %d a second; it must be 1 to %d",
              info->samplerate, MAX_RATE);
    if (info->channels < 1 || info->channels > MAX_CHANNELS)
        fault(r, "there are %d channels; it must be 1 to %d: mix it down",
              info->channels, MAX_CHANNELS);
    if (info->frames < 1)
        fault(r, "there are no samples in the file");
    if (info->frames > MAX_FRAMES)
        fault(r,
              "there are %" PRId64 " frames; a sound has at most %" PRIu32
              ": cut it into several",
              (int64_t)info->frames, MAX_FRAMES);
    return r->file->diags->errors == before;
}

// --- samples -----------------------------------------------------------------

// Rounds [sum] / [divisor] to the nearest, halves upwards.
static int16_t round_to_16(int64_t sum, int64_t divisor)
{
    int64_t twice = sum * 2 + divisor;
    int64_t result = twice / (divisor * 2);

    if (twice % (divisor * 2) < 0)
        result--;
    return (int16_t)(result > INT16_MAX ? INT16_MAX : result);
}

static void mix(const struct reader *r, const int32_t *samples, size_t frames)
{
    int channels = r->info.channels;
    int16_t *to = r->out->samples + r->out->frames;

    for (size_t i = 0; i < frames; i++) {
        int64_t sum = 0;
        for (int k = 0; k < channels; k++)
            sum += samples[i * (size_t)channels + (size_t)k];
        to[i] = round_to_16(sum, (int64_t)channels * 65536);
    }
}

static bool to_whole(struct reader *r, const double *from, int32_t *to,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double v = from[i];
        if (isnan(v)) {
            fault(r, "the sample at frame %zu is not a number",
                  r->out->frames + i / (size_t)r->info.channels);
            return false;
        }
        r->clipped += v > 1 || v < -1;
        v *= 2147483648.0;
        to[i] = v >= 2147483647.0    ? INT32_MAX
                : v <= -2147483648.0 ? INT32_MIN
                                     : (int32_t)v;
    }
    return true;
}

// Reads up to a block of frames; false when that failed.
static bool read_block(struct reader *r, int32_t *samples, size_t *out_frames)
{
    double floats[BLOCK];
    size_t channels = (size_t)r->info.channels;
    sf_count_t wanted = (sf_count_t)(BLOCK / channels);
    sf_count_t got = is_float(r) ? sf_readf_double(r->handle, floats, wanted)
                                 : sf_readf_int(r->handle, samples, wanted);

    if (sf_error(r->handle) != SF_ERR_NO_ERROR) {
        fault(r, "the samples cannot be decoded after frame %" PRIu32,
              r->out->frames);
        return false;
    }
    *out_frames = got > 0 && got <= wanted ? (size_t)got : 0;
    return !is_float(r) || to_whole(r, floats, samples, *out_frames * channels);
}

static bool read_all(struct reader *r)
{
    int32_t samples[BLOCK];
    struct pm_pack_sound *out = r->out;
    size_t frames;

    while (out->frames < r->info.frames) {
        if (!read_block(r, samples, &frames))
            return false;
        if (frames == 0)
            break;
        if (!pm_mem_grow(r->file->alloc, &out->samples, &r->room,
                         out->frames + frames, sizeof *out->samples)) {
            r->out_of_memory = true;
            return false;
        }
        mix(r, samples, frames);
        out->frames += (uint32_t)frames;
    }
    if (out->frames == r->info.frames)
        return true;
    fault(r,
          "the file says it has %" PRId64 " frames, but only %" PRIu32
          " can be read: it was cut off, export it again",
          (int64_t)r->info.frames, out->frames);
    return false;
}

// --- loops -------------------------------------------------------------------

static bool take_loop(struct reader *r)
{
    struct pm_pack_sound *out = r->out;
    SF_INSTRUMENT instrument = {0};

    if (!sf_command(r->handle, SFC_GET_INSTRUMENT, &instrument,
                    sizeof instrument) ||
        instrument.loop_count < 1 || instrument.loops[0].mode == SF_LOOP_NONE)
        return true;
    out->has_loop = true;
    out->loop_start = instrument.loops[0].start;
    out->loop_end = instrument.loops[0].end;
    if (out->loop_start >= out->loop_end || out->loop_end > out->frames) {
        fault(r,
              "the loop goes from frame %" PRIu32 " to before frame %" PRIu32
              ", but the sound has %" PRIu32 " frames: set the loop anew",
              out->loop_start, out->loop_end, out->frames);
        return false;
    }
    if (instrument.loop_count > 1)
        tell(r, "%d loops, of which the first is kept", instrument.loop_count);
    if (instrument.loops[0].mode != SF_LOOP_FORWARD)
        tell(r, "the loop runs %s in the file; in the machine it runs forward",
             instrument.loops[0].mode == SF_LOOP_BACKWARD ? "backward"
                                                          : "to and fro");
    return true;
}

// --- the whole ---------------------------------------------------------------

static void tell_changes(const struct reader *r)
{
    if (r->info.channels > 1)
        tell(r, "%d channels mixed to one", r->info.channels);
    if (r->clipped)
        tell(r, "%" PRIu64 " samples beyond full scale clipped", r->clipped);
    if (is_lossy(r))
        tell(r, "decoded from a lossy form, which other versions of the "
                "decoder may do in other ways: keep sounds as WAV or FLAC "
                "where every build must give the same bytes");
}

// Gives the samples the size that they are freed with.
static bool trim(struct reader *r)
{
    const struct pm_allocator *alloc = r->file->alloc;
    size_t size = r->out->frames * sizeof *r->out->samples;
    void *trimmed = alloc->resize(alloc->context, r->out->samples,
                                  r->room * sizeof *r->out->samples, size);
    if (!trimmed) {
        r->out_of_memory = true;
        return false;
    }
    r->out->samples = trimmed;
    r->room = r->out->frames;
    return true;
}

static bool decode(struct reader *r)
{
    SF_VIRTUAL_IO io = {.get_filelen = get_size,
                        .seek = seek_to,
                        .read = read_bytes,
                        .write = write_bytes,
                        .tell = get_place};

    r->handle = sf_open_virtual(&io, SFM_READ, &r->info, r);
    if (!r->handle) {
        // Why is known to libsndfile in a global only, which another thread
        // may have written.
        byte_fault(r, 0,
                   "libsndfile cannot read the file's header; export the sound "
                   "as WAV of 16 bits");
        return false;
    }
    if (!check_info(r))
        return false;
    r->out->rate = (uint32_t)r->info.samplerate;
    if (!read_all(r) || !take_loop(r) || !trim(r))
        return false;
    tell_changes(r);
    return true;
}

pm_status pm_pack_decode_sound(const struct pm_pack_file *file,
                               struct pm_pack_sound *out)
{
    struct reader r = {.file = file, .out = out};

    *out = (struct pm_pack_sound){0};
    if (!check_head(&r) || !check_riff(&r))
        return PM_ERR_INVALID;
    bool ok = decode(&r);
    if (r.handle)
        sf_close(r.handle);
    if (ok)
        return PM_OK;
    pm_mem_free(file->alloc, out->samples, r.room * sizeof *out->samples);
    *out = (struct pm_pack_sound){0};
    return r.out_of_memory ? PM_ERR_NO_MEMORY : PM_ERR_INVALID;
}

void pm_pack_sound_free(const struct pm_allocator *alloc,
                        struct pm_pack_sound *sound)
{
    pm_mem_free(alloc, sound->samples, sound->frames * sizeof *sound->samples);
    *sound = (struct pm_pack_sound){0};
}
