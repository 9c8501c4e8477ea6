// SPDX-License-Identifier: MIT
//
// Window arithmetic (base/window.h) against a reference that counts in
// numbers too wide to overflow: every triple there is of the 8-bit form, and
// all combinations of boundary values of the form that runs.
#include "base/check.h"
#include "base/window.h"
#include "support/test.h"

TEST(window, the_8_bit_form_is_right_for_every_triple)
{
    unsigned wrong = 0;
    unsigned tried = 0;

    for (int offset = 0; offset < 256; offset++)
        for (int length = 0; length < 256; length++)
            for (int size = 0; size < 256; size++) {
                uint8_t o = (uint8_t)offset;
                uint8_t n = (uint8_t)length;
                uint8_t s = (uint8_t)size;
                int left = offset < size ? size - offset : 0;
                int clip = length < left ? length : left;
                bool fits = offset + length <= size;
                bool ends = offset + length >= size;
                tried++;
                wrong += pm_window_fits_8(o, n, s) != fits;
                wrong += pm_window_clip_8(o, n, s) != clip;
                wrong += pm_window_ends_8(o, n, s) != ends;
            }
    CHECK_INT(tried, 16777216);
    CHECK_INT(wrong, 0);
}

// 40 values around every power at which a narrower word would wrap.
static const uint64_t edges[] = {
    0,
    1,
    2,
    15,
    16,
    17,
    63,
    64,
    65,
    127,
    128,
    255,
    256,
    257,
    32767,
    32768,
    65535,
    65536,
    65537,
    1048575,
    1048576,
    1048577,
    INT32_MAX - 1,
    INT32_MAX,
    UINT64_C(0x80000000),
    UINT32_MAX - UINT64_C(1),
    UINT32_MAX,
    UINT64_C(0x100000000),
    UINT64_C(0x100000001),
    UINT64_C(0x100000010),
    INT64_MAX - 16,
    INT64_MAX - 1,
    INT64_MAX,
    UINT64_C(0x8000000000000000),
    UINT64_C(0x8000000000000001),
    UINT64_MAX - 1048576,
    UINT64_MAX - 16,
    UINT64_MAX - 15,
    UINT64_MAX - 1,
    UINT64_MAX,
};

static unsigned count_wrong(uint64_t o, uint64_t n, uint64_t s)
{
    unsigned __int128 end = (unsigned __int128)o + n;
    uint64_t left = o < s ? s - o : 0;
    unsigned wrong = 0;

    wrong += pm_window_fits(o, n, s) != (end <= s);
    wrong += pm_window_clip(o, n, s) != (n < left ? n : left);
    wrong += pm_window_ends(o, n, s) != (end >= s);
    return wrong;
}

TEST(window, the_64_bit_form_is_right_for_all_combinations_of_40_edges)
{
    unsigned wrong = 0;

    CHECK_INT(PM_ARRAY_LEN(edges), 40);
    for (size_t i = 0; i < PM_ARRAY_LEN(edges); i++)
        for (size_t k = 0; k < PM_ARRAY_LEN(edges); k++)
            for (size_t m = 0; m < PM_ARRAY_LEN(edges); m++)
                wrong += count_wrong(edges[i], edges[k], edges[m]);
    CHECK_INT(wrong, 0);
}
