// SPDX-License-Identifier: MIT
#include "input/input.h"

#include <prometeu/picture.h>

static const char *const names[PM_BUTTONS] = {
    "up", "down", "left", "right", "a",     "b",
    "x",  "y",    "l",    "r",     "start", "select",
};

const char *pm_button_name(int button)
{
    return button >= 0 && button < PM_BUTTONS ? names[button] : "?";
}

// --- the latch ---------------------------------------------------------------

static uint32_t count(uint32_t hold, bool is_down)
{
    if (!is_down)
        return 0;
    return hold == UINT32_MAX ? hold : hold + 1;
}

static void latch_pad(struct pm_pad_state *pad, uint16_t bits)
{
    uint16_t before = pad->down;

    pad->down = bits & PM_BUTTON_BITS;
    pad->pressed = pad->down & (uint16_t)~before;
    pad->released = before & (uint16_t)~pad->down;
    for (int i = 0; i < PM_BUTTONS; i++)
        pad->hold[i] = count(pad->hold[i], pad->down >> i & 1);
}

static int16_t clamp(int16_t value, int16_t length)
{
    if (value < 0)
        return 0;
    return value < length ? value : (int16_t)(length - 1);
}

static void latch_touch(struct pm_touch_state *touch,
                        const struct pm_frame_input *in)
{
    bool before = touch->down;

    touch->present = in->touch_present != 0;
    if (touch->present) {
        touch->x = clamp(in->touch_x, PM_PICTURE_WIDTH);
        touch->y = clamp(in->touch_y, PM_PICTURE_HEIGHT);
    }
    touch->down = touch->present && in->touch_down != 0;
    touch->pressed = touch->down && !before;
    touch->released = before && !touch->down;
    touch->hold = count(touch->hold, touch->down);
}

void pm_input_latch(struct pm_input *input, const struct pm_frame_input *in)
{
    for (int i = 0; i < PM_PADS; i++)
        latch_pad(&input->pads[i], in->pad[i]);
    latch_touch(&input->touch, in);
}

// --- saving ------------------------------------------------------------------

// For each pad u16 down, pressed, released and u32 x 12 hold; then i16 x, y,
// u8 flags (present 1, down 2, pressed 4, released 8), u32 hold.

void pm_input_save(const struct pm_input *input, struct pm_buf *out)
{
    for (int i = 0; i < PM_PADS; i++) {
        const struct pm_pad_state *pad = &input->pads[i];
        pm_buf_put16(out, pad->down);
        pm_buf_put16(out, pad->pressed);
        pm_buf_put16(out, pad->released);
        for (int b = 0; b < PM_BUTTONS; b++)
            pm_buf_put32(out, pad->hold[b]);
    }
    const struct pm_touch_state *touch = &input->touch;
    pm_buf_put16(out, (uint16_t)touch->x);
    pm_buf_put16(out, (uint16_t)touch->y);
    pm_buf_put8(out, (uint8_t)(touch->present | touch->down << 1 |
                               touch->pressed << 2 | touch->released << 3));
    pm_buf_put32(out, touch->hold);
}

// Whether the four facts about one button can be true together.
static bool is_possible(bool down, bool pressed, bool released, uint32_t hold)
{
    if (!down)
        return !pressed && hold == 0;
    return !released && hold >= 1 && pressed == (hold == 1);
}

static bool load_pad(struct pm_pad_state *pad, struct pm_cursor *from)
{
    bool is_ok = true;

    pad->down = pm_cursor_u16(from);
    pad->pressed = pm_cursor_u16(from);
    pad->released = pm_cursor_u16(from);
    for (int i = 0; i < PM_BUTTONS; i++) {
        pad->hold[i] = pm_cursor_u32(from);
        is_ok = is_ok && is_possible(pad->down >> i & 1, pad->pressed >> i & 1,
                                     pad->released >> i & 1, pad->hold[i]);
    }
    return is_ok &&
           (pad->down | pad->pressed | pad->released) <= PM_BUTTON_BITS;
}

static bool load_touch(struct pm_touch_state *touch, struct pm_cursor *from)
{
    touch->x = (int16_t)pm_cursor_u16(from);
    touch->y = (int16_t)pm_cursor_u16(from);
    uint8_t flags = pm_cursor_u8(from);
    touch->present = flags & 1;
    touch->down = flags >> 1 & 1;
    touch->pressed = flags >> 2 & 1;
    touch->released = flags >> 3 & 1;
    touch->hold = pm_cursor_u32(from);
    return flags < 16 && (touch->present || !touch->down) &&
           clamp(touch->x, PM_PICTURE_WIDTH) == touch->x &&
           clamp(touch->y, PM_PICTURE_HEIGHT) == touch->y &&
           is_possible(touch->down, touch->pressed, touch->released,
                       touch->hold);
}

pm_status pm_input_load(struct pm_input *input, struct pm_cursor *from)
{
    struct pm_input loaded = {0};
    bool is_ok = true;

    for (int i = 0; i < PM_PADS; i++)
        is_ok = is_ok && load_pad(&loaded.pads[i], from);
    if (!is_ok || !load_touch(&loaded.touch, from) || from->failed)
        return PM_ERR_INVALID;
    *input = loaded;
    return PM_OK;
}
