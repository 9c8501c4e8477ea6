// SPDX-License-Identifier: MIT
#include "pack/convert.h"

#include <math.h>
#include <stdio.h>

#include <sndfile.h>

#include "base/bits.h"

#include "support/fault_alloc.h"
#include "support/make_wav.h"
#include "support/test.h"

struct world {
    struct pm_buf bytes;
    struct pm_buf report;
    struct pm_diags diags;
    struct pm_pack_sound sound;
    pm_status status;
};

static void begin(struct world *w)
{
    struct pm_allocator alloc = pm_allocator_libc();
    memset(w, 0, sizeof *w);
    pm_buf_init(&w->bytes, &alloc);
    pm_buf_init(&w->report, &alloc);
    pm_diags_init(&w->diags, &alloc);
}

static void decode(struct world *w)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_pack_file file = {.name = "a.wav",
                                .bytes = w->bytes.data,
                                .size = w->bytes.size,
                                .alloc = &alloc,
                                .diags = &w->diags,
                                .report = &w->report};
    w->status = pm_pack_decode_sound(&file, &w->sound);
}

static void end(struct world *w)
{
    struct pm_allocator alloc = pm_allocator_libc();
    pm_pack_sound_free(&alloc, &w->sound);
    pm_buf_free(&w->bytes);
    pm_buf_free(&w->report);
    pm_diags_free(&w->diags);
}

static bool mentions(const struct pm_diags *diags, const char *what)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf out;
    pm_buf_init(&out, &alloc);
    pm_diags_print(diags, &out);
    const char *text = pm_buf_cstr(&out);
    bool found = strstr(text, what) != NULL;
    if (!found)
        fprintf(stderr, "wanted: %s\nfound:  %s\n", what, text);
    pm_buf_free(&out);
    return found;
}

// --- kinds of samples --------------------------------------------------------

TEST(wav, samples_of_16_bits_come_through_exactly)
{
    static const int16_t samples[] = {0, 1, -1, 32767, -32768, 12345, 7};
    struct world w;
    begin(&w);
    make_wav_16(&w.bytes, 1, 22050, samples, PM_ARRAY_LEN(samples));
    decode(&w);
    REQUIRE(w.status == PM_OK);
    CHECK_INT(w.sound.rate, 22050);
    REQUIRE(w.sound.frames == PM_ARRAY_LEN(samples));
    CHECK(!w.sound.has_loop);
    for (size_t i = 0; i < PM_ARRAY_LEN(samples); i++)
        CHECK_INT(w.sound.samples[i], samples[i]);
    CHECK_INT(w.report.size, 0);
    end(&w);
}

struct kind {
    int kind;
    int bits;
    uint8_t bytes[24];
    size_t size;
    int16_t wanted[6];
};

TEST(wav, other_widths_are_rounded_to_the_nearest_halves_up)
{
    static const struct kind rows[] = {
        {MAKE_WAV_PCM, 8, {0, 128, 255}, 3, {-32768, 0, 32512}},
        {MAKE_WAV_PCM,
         24,
         // 0x000180 = 1.5, 0x00017f, -0.5, -0.5 - 1/256, 0x7fffff
         {0x80, 1, 0, 0x7f, 1, 0, 0x80, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff,
          0xff, 0x7f, 0, 0, 0x80},
         18,
         {2, 1, 0, -1, 32767, -32768}},
        {MAKE_WAV_PCM,
         32,
         {0, 0x80, 1, 0, 0xff, 0x7f, 1, 0, 0, 0, 0, 0x80},
         12,
         {2, 1, -32768}},
        // 1.0, -1.0, 0.5, 2.0, -infinity, 1.5 / 32768
        {MAKE_WAV_FLOAT,
         32,
         {0, 0, 0x80, 0x3f, 0, 0, 0x80, 0xbf, 0, 0, 0,    0x3f,
          0, 0, 0,    0x40, 0, 0, 0x80, 0xff, 0, 0, 0x40, 0x38},
         24,
         {32767, -32768, 16384, 32767, -32768, 2}},
        // 0.25, -0.25 as doubles
        {MAKE_WAV_FLOAT,
         64,
         {0, 0, 0, 0, 0, 0, 0xd0, 0x3f, 0, 0, 0, 0, 0, 0, 0xd0, 0xbf},
         16,
         {8192, -8192}},
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        const struct kind *row = &rows[i];
        struct world w;
        begin(&w);
        make_wav_begin(&w.bytes, row->kind, 1, 8000, row->bits);
        make_wav_chunk(&w.bytes, "data", row->bytes, row->size);
        make_wav_end(&w.bytes);
        decode(&w);
        REQUIRE(w.status == PM_OK);
        REQUIRE(w.sound.frames == row->size * 8 / (size_t)row->bits);
        for (uint32_t k = 0; k < w.sound.frames; k++)
            CHECK_INT(w.sound.samples[k], row->wanted[k]);
        if (row->kind == MAKE_WAV_FLOAT && row->bits == 32)
            CHECK_STR(pm_buf_cstr(&w.report),
                      "a.wav: 2 samples beyond full scale clipped\n");
        end(&w);
    }
}

TEST(wav, channels_are_mixed_and_halves_go_up)
{
    static const int16_t samples[] = {10,    20,     1,     2,      -1,
                                      -2,    32767,  32767, -32768, -32768,
                                      32767, -32768, 0,     -1};
    static const int16_t wanted[] = {15, 2, -1, 32767, -32768, 0, 0};
    struct world w;
    begin(&w);
    make_wav_16(&w.bytes, 2, 44100, samples, PM_ARRAY_LEN(samples));
    decode(&w);
    REQUIRE(w.status == PM_OK);
    REQUIRE(w.sound.frames == 7);
    for (size_t i = 0; i < 7; i++)
        CHECK_INT(w.sound.samples[i], wanted[i]);
    CHECK_STR(pm_buf_cstr(&w.report), "a.wav: 2 channels mixed to one\n");
    end(&w);
}

TEST(wav, long_sounds_are_read_in_blocks)
{
    static int16_t samples[3 * 20000];
    struct world w;
    begin(&w);
    for (int i = 0; i < 20000; i++)
        for (int k = 0; k < 3; k++)
            samples[i * 3 + k] = (int16_t)(i + k - 1);
    make_wav_16(&w.bytes, 3, 44100, samples, PM_ARRAY_LEN(samples));
    decode(&w);
    REQUIRE(w.status == PM_OK);
    REQUIRE(w.sound.frames == 20000);
    int wrong = 0;
    for (int i = 0; i < 20000; i++)
        wrong += w.sound.samples[i] != i;
    CHECK_INT(wrong, 0);
    end(&w);
}

// --- loops -------------------------------------------------------------------

static void with_loop(struct world *w, uint32_t mode, uint32_t first,
                      uint32_t last)
{
    static const int16_t samples[100];
    begin(w);
    make_wav_begin(&w->bytes, MAKE_WAV_PCM, 1, 44100, 16);
    make_wav_loop(&w->bytes, mode, first, last);
    make_wav_chunk(&w->bytes, "data", samples, sizeof samples);
    make_wav_end(&w->bytes);
    decode(w);
}

TEST(wav, a_loop_is_kept_with_its_end_exclusive)
{
    struct world w;
    with_loop(&w, 0, 10, 99);
    REQUIRE(w.status == PM_OK);
    CHECK(w.sound.has_loop);
    CHECK_INT(w.sound.loop_start, 10);
    CHECK_INT(w.sound.loop_end, 100);
    CHECK_INT(w.report.size, 0);
    end(&w);
}

TEST(wav, a_loop_that_runs_otherwise_is_kept_and_the_report_says_so)
{
    struct world w;
    with_loop(&w, 1, 0, 50);
    CHECK_INT(w.status, PM_OK);
    CHECK(w.sound.has_loop);
    CHECK(strstr(pm_buf_cstr(&w.report), "runs to and fro in the file"));
    end(&w);
    with_loop(&w, 2, 0, 50);
    CHECK_INT(w.status, PM_OK);
    CHECK(strstr(pm_buf_cstr(&w.report), "runs backward in the file"));
    end(&w);
}

TEST(wav, a_loop_outside_the_sound_is_refused)
{
    static const uint32_t rows[][2] = {
        {10, 100}, {100, 100}, {50, 40}, {0, UINT32_MAX}};
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        struct world w;
        with_loop(&w, 0, rows[i][0], rows[i][1]);
        CHECK_INT(w.status, PM_ERR_INVALID);
        CHECK(mentions(&w.diags, "but the sound has 100 frames"));
        end(&w);
    }
}

// --- other kinds of files ----------------------------------------------------

// A file in memory that libsndfile writes.
struct memory {
    struct pm_buf *out;
    size_t at;
};

static sf_count_t memory_size(void *context)
{
    return (sf_count_t)((struct memory *)context)->out->size;
}

static sf_count_t memory_seek(sf_count_t offset, int whence, void *context)
{
    struct memory *m = context;
    m->at = (size_t)(offset + (whence == SEEK_CUR   ? (sf_count_t)m->at
                               : whence == SEEK_END ? memory_size(m)
                                                    : 0));
    return (sf_count_t)m->at;
}

static sf_count_t memory_read(void *to, sf_count_t count, void *context)
{
    struct memory *m = context;
    size_t left = m->out->size - m->at;
    size_t size = (size_t)count < left ? (size_t)count : left;
    memcpy(to, m->out->data + m->at, size);
    m->at += size;
    return (sf_count_t)size;
}

static sf_count_t memory_write(const void *from, sf_count_t count,
                               void *context)
{
    struct memory *m = context;
    if (m->at + (size_t)count > m->out->size)
        pm_buf_put(m->out, NULL, m->at + (size_t)count - m->out->size);
    memcpy(m->out->data + m->at, from, (size_t)count);
    m->at += (size_t)count;
    return count;
}

static sf_count_t memory_tell(void *context)
{
    return (sf_count_t)((struct memory *)context)->at;
}

static void write_with(struct pm_buf *out, int format, const short *samples,
                       sf_count_t count)
{
    struct memory memory = {.out = out};
    SF_VIRTUAL_IO io = {memory_size, memory_seek, memory_read, memory_write,
                        memory_tell};
    SF_INFO info = {.samplerate = 44100, .channels = 1, .format = format};
    SNDFILE *file = sf_open_virtual(&io, SFM_WRITE, &info, &memory);
    if (!CHECK(file != NULL))
        return;
    CHECK_INT(sf_write_short(file, samples, count), count);
    sf_close(file);
}

TEST(wav, aiff_and_flac_come_through_exactly)
{
    static const int formats[] = {
        SF_FORMAT_AIFF | SF_FORMAT_PCM_16, SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
        SF_FORMAT_W64 | SF_FORMAT_PCM_16, SF_FORMAT_RF64 | SF_FORMAT_PCM_24};
    static short samples[5000];
    for (int i = 0; i < 5000; i++)
        samples[i] = (short)(i * 977);
    for (size_t k = 0; k < PM_ARRAY_LEN(formats); k++) {
        struct world w;
        begin(&w);
        write_with(&w.bytes, formats[k], samples, 5000);
        decode(&w);
        REQUIRE(w.status == PM_OK);
        REQUIRE(w.sound.frames == 5000);
        CHECK(memcmp(w.sound.samples, samples, sizeof samples) == 0);
        CHECK_INT(w.report.size, 0);
        end(&w);
    }
}

TEST(wav, a_lossy_file_is_read_and_the_report_warns)
{
    static short samples[5000];
    struct world w;
    begin(&w);
    for (int i = 0; i < 5000; i++)
        samples[i] = (short)(i % 100 * 200);
    write_with(&w.bytes, SF_FORMAT_OGG | SF_FORMAT_VORBIS, samples, 5000);
    decode(&w);
    CHECK_INT(w.status, PM_OK);
    CHECK_INT(w.sound.frames, 5000);
    CHECK(strstr(pm_buf_cstr(&w.report), "lossy"));
    end(&w);
}

TEST(wav, a_flac_that_ends_early_is_refused)
{
    static short samples[20000];
    struct world w;
    begin(&w);
    for (int i = 0; i < 20000; i++)
        samples[i] = (short)(i * 977 ^ i << 3);
    write_with(&w.bytes, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, samples, 20000);
    w.bytes.size /= 2;
    decode(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK_INT(w.diags.errors, 1);
    CHECK(w.sound.samples == NULL);
    end(&w);
}

// --- bad files ---------------------------------------------------------------

// A good file of two frames in which one part is written over.
struct damage {
    const char *what;
    size_t at; // where [bytes] go
    size_t size;
    const char *bytes;
    size_t cut; // bytes that are missing at the end
    const char *expected;
};

static const struct damage damages[] = {
    {"no riff", 0, 4, "RIFT", 0,
     "a.wav:+0: error PACK-SOUND: this is no WAV, AIFF, FLAC or OGG"},
    {"mp3", 0, 4, "ID3\4", 0, "this is no WAV"},
    {"no wave", 8, 4, "WAVY", 0, "cannot read the file's header"},
    {"no fmt", 12, 4, "abcd", 0, "cannot read the file's header"},
    {"fmt size", 16, 4, "\0\0\0\1", 0, "chunk at byte 12 says it has 16777216"},
    {"rate 0", 24, 4, "\0\0\0\0", 0, "cannot read the file's header"},
    {"rate big", 24, 4, "\1\xee\2\0", 0, "the rate is 192001 a second"},
    {"rate negative", 24, 4, "\0\0\0\x80", 0, "cannot read the file's header"},
    {"channels 0", 22, 2, "\0\0", 0, "cannot read the file's header"},
    {"channels 33", 22, 2, "\x21\0", 0, "33 channels; it must be 1 to 32"},
    {"bits 0", 34, 2, "\0\0", 0, "cannot read the file's header"},
    {"data size", 40, 4, "\x0a\0\0\0", 0,
     "+36: error PACK-SOUND: the chunk at byte 36 says it has 10 bytes, but "
     "the file ends after 8"},
    {"data cut", 0, 0, "", 3,
     "chunk at byte 36 says it has 8 bytes, but the "
     "file ends after 5"},
    {"no frames", 40, 4, "\0\0\0\0", 8, "there are no samples in the file"},
    {"short", 0, 0, "", 41, "this is no WAV"},
    {"nothing but a head", 0, 0, "", 52 - 12, "cannot read the file's header"},
};

TEST(wav, each_damaged_file_is_refused_with_what_is_wrong)
{
    static const int16_t samples[] = {1, 2, 3, 4};
    for (size_t i = 0; i < PM_ARRAY_LEN(damages); i++) {
        const struct damage *row = &damages[i];
        struct world w;
        begin(&w);
        make_wav_16(&w.bytes, 2, 44100, samples, 4);
        memcpy(w.bytes.data + row->at, row->bytes, row->size);
        w.bytes.size -= row->cut;
        decode(&w);
        if (!CHECK_INT(w.status, PM_ERR_INVALID) ||
            !CHECK(mentions(&w.diags, row->expected)))
            fprintf(stderr, "in: %s\n", row->what);
        end(&w);
    }
}

TEST(wav, a_sample_that_is_not_a_number_is_refused_with_its_frame)
{
    static const uint8_t bytes[] = {0, 0, 0, 0, 0, 0, 0,    0,
                                    0, 0, 0, 0, 0, 0, 0xc0, 0x7f};
    struct world w;
    begin(&w);
    make_wav_begin(&w.bytes, MAKE_WAV_FLOAT, 2, 8000, 32);
    make_wav_chunk(&w.bytes, "data", bytes, sizeof bytes);
    make_wav_end(&w.bytes);
    decode(&w);
    CHECK_INT(w.status, PM_ERR_INVALID);
    CHECK(mentions(&w.diags, "the sample at frame 1 is not a number"));
    CHECK(w.sound.samples == NULL);
    end(&w);
}

TEST(wav, a_length_of_all_ones_means_the_rest_of_the_file)
{
    static const int16_t samples[] = {1, 2, 3, 4};
    struct world w;
    begin(&w);
    make_wav_16(&w.bytes, 1, 44100, samples, 4);
    memset(w.bytes.data + 40, 0xff, 4);
    decode(&w);
    CHECK_INT(w.status, PM_OK);
    CHECK_INT(w.sound.frames, 4);
    end(&w);
}

static int wav_task(const struct pm_allocator *alloc, void *context)
{
    const struct pm_buf *bytes = context;
    struct pm_diags diags;
    struct pm_buf report;
    struct pm_pack_sound sound;
    struct pm_pack_file file = {.name = "a",
                                .bytes = bytes->data,
                                .size = bytes->size,
                                .alloc = alloc,
                                .diags = &diags,
                                .report = &report};
    pm_diags_init(&diags, alloc);
    pm_buf_init(&report, alloc);
    pm_status status = pm_pack_decode_sound(&file, &sound);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY);
    pm_pack_sound_free(alloc, &sound);
    bool ok = !status && !report.failed;
    pm_diags_free(&diags);
    pm_buf_free(&report);
    return ok;
}

TEST(wav, a_failed_allocation_leaves_nothing_behind)
{
    static int16_t samples[2 * 20000];
    struct world w;
    begin(&w);
    make_wav_16(&w.bytes, 2, 44100, samples, PM_ARRAY_LEN(samples));
    CHECK(pm_fault_alloc_each(wav_task, &w.bytes, 0) > 4);
    end(&w);
}
