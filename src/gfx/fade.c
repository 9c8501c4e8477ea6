// SPDX-License-Identifier: MIT
#include "gfx/gfx_internal.h"

// Three tables, one a channel, hold what both fades make of each value; so
// both cost one pass.
struct tables {
    uint16_t red[32];
    uint16_t green[64];
    uint16_t blue[32];
};

// Level 0 gives [value], 31 gives [to], between them the nearest value.
static unsigned blend(unsigned value, unsigned to, unsigned level)
{
    return (value * (PM_GFX_FADE_MAX - level) + to * level +
            PM_GFX_FADE_MAX / 2) /
           PM_GFX_FADE_MAX;
}

static unsigned blend_both(unsigned value, unsigned shift, unsigned mask,
                           const struct pm_gfx_fade *fades)
{
    for (int i = 0; i < PM_GFX_FADES; i++)
        value = blend(value, fades[i].color >> shift & mask, fades[i].level);
    return value << shift;
}

static void tables_fill(struct tables *tables, const struct pm_gfx_fade *fades)
{
    for (unsigned i = 0; i < 64; i++)
        tables->green[i] = (uint16_t)blend_both(i, 5, 63, fades);
    for (unsigned i = 0; i < 32; i++) {
        tables->red[i] = (uint16_t)blend_both(i, 11, 31, fades);
        tables->blue[i] = (uint16_t)blend_both(i, 0, 31, fades);
    }
}

void pm_fades_apply(uint16_t *target, const struct pm_gfx_fade *fades)
{
    struct tables tables;

    if (fades[PM_GFX_FADE_SCENE].level == 0 &&
        fades[PM_GFX_FADE_HUD].level == 0)
        return;
    tables_fill(&tables, fades);
    for (size_t i = 0; i < PM_PICTURE_PIXELS; i++) {
        uint16_t p = target[i];
        target[i] = tables.red[p >> 11] | tables.green[p >> 5 & 63] |
                    tables.blue[p & 31];
    }
}
