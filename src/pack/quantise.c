// SPDX-License-Identifier: MIT
//
// Fewer colours, by a median cut in whole numbers, so that every machine
// makes the same picture. Work is done on RGB565, which is all the machine
// can show: pictures of at most 15 such colours come through exactly.

#include <string.h>

#include "base/mem.h"
#include "pack/pack_internal.h"

#define MAX_COLOURS 15
#define ALL_565     65536

struct colour {
    uint16_t value; // RGB565
    uint8_t index;
    uint32_t count;
};

// Colours [from]..[to] of the list.
struct box {
    size_t from;
    size_t to;
    uint64_t count; // pixels
    int channel;    // the one that is spread furthest
    int spread;
};

struct quantiser {
    uint32_t *counts; // of each RGB565 colour; later its index
    struct colour *colours;
    struct colour *spare;
    size_t found;
    struct box boxes[MAX_COLOURS];
    int box_count;
};

// A channel of a colour on a scale of 0..255.
static int channel_of(uint16_t value, int channel)
{
    int five = channel == 0 ? value >> 11 : value & 31;
    return channel == 1 ? (value >> 5 & 63) * 255 / 63 : five * 255 / 31;
}

static void measure(struct quantiser *q, struct box *box)
{
    box->count = 0;
    box->spread = -1;
    for (size_t i = box->from; i < box->to; i++)
        box->count += q->colours[i].count;
    for (int channel = 0; channel < 3; channel++) {
        int low = 255;
        int high = 0;
        for (size_t i = box->from; i < box->to; i++) {
            int v = channel_of(q->colours[i].value, channel);
            low = v < low ? v : low;
            high = v > high ? v : high;
        }
        if (high - low > box->spread) {
            box->spread = high - low;
            box->channel = channel;
        }
    }
}

// Puts a box in order of its channel; equal ones stay in their order.
static void sort_box(struct quantiser *q, const struct box *box)
{
    size_t starts[257] = {0};

    for (size_t i = box->from; i < box->to; i++)
        starts[channel_of(q->colours[i].value, box->channel) + 1]++;
    for (int v = 0; v < 256; v++)
        starts[v + 1] += starts[v];
    for (size_t i = box->from; i < box->to; i++) {
        int v = channel_of(q->colours[i].value, box->channel);
        q->spare[starts[v]++] = q->colours[i];
    }
    memcpy(q->colours + box->from, q->spare,
           (box->to - box->from) * sizeof *q->colours);
}

// Cuts where half of the pixels are on each side, both sides not empty.
static void cut(struct quantiser *q, struct box *box)
{
    struct box *other = &q->boxes[q->box_count++];
    uint64_t seen = 0;
    size_t at = box->from;

    sort_box(q, box);
    while (at < box->to - 1 && (at == box->from || seen * 2 < box->count))
        seen += q->colours[at++].count;
    *other = *box;
    other->from = box->to = at;
    measure(q, box);
    measure(q, other);
}

static struct box *box_to_cut(struct quantiser *q)
{
    struct box *best = NULL;
    uint64_t most = 0;

    for (int i = 0; i < q->box_count; i++) {
        struct box *box = &q->boxes[i];
        uint64_t weight = box->count * (uint64_t)box->spread;
        if (box->to - box->from > 1 && weight > most) {
            most = weight;
            best = box;
        }
    }
    return best;
}

static uint16_t mean_of(const struct quantiser *q, const struct box *box)
{
    uint8_t rgb[3];
    for (int channel = 0; channel < 3; channel++) {
        uint64_t sum = 0;
        for (size_t i = box->from; i < box->to; i++)
            sum += (uint64_t)channel_of(q->colours[i].value, channel) *
                   q->colours[i].count;
        rgb[channel] = (uint8_t)((sum + box->count / 2) / box->count);
    }
    return pm_pack_rgb565(rgb);
}

static int distance(uint16_t a, uint16_t b, int *worst)
{
    int sum = 0;
    *worst = 0;
    for (int channel = 0; channel < 3; channel++) {
        int d = channel_of(a, channel) - channel_of(b, channel);
        d = d < 0 ? -d : d;
        sum += d * d;
        *worst = d > *worst ? d : *worst;
    }
    return sum;
}

// The nearest of the palette's colours; the first of equal ones.
static uint8_t nearest(const struct pm_pack_colours *out, uint16_t value,
                       int *worst)
{
    int best = 1;
    int least = distance(out->palette[1], value, worst);
    for (int i = 2; i <= out->used; i++) {
        int error;
        int d = distance(out->palette[i], value, &error);
        if (d < least) {
            least = d;
            best = i;
            *worst = error;
        }
    }
    return (uint8_t)best;
}

static void reduce(struct quantiser *q, struct pm_pack_colours *out)
{
    struct box *box;

    q->boxes[0] = (struct box){.to = q->found};
    q->box_count = 1;
    measure(q, &q->boxes[0]);
    while (q->box_count < MAX_COLOURS && (box = box_to_cut(q)))
        cut(q, box);
    out->used = q->box_count;
    for (int i = 0; i < q->box_count; i++)
        out->palette[i + 1] = mean_of(q, &q->boxes[i]);
    for (size_t i = 0; i < q->found; i++) {
        int error;
        q->colours[i].index = nearest(out, q->colours[i].value, &error);
        out->worst = error > out->worst ? error : out->worst;
    }
}

static void keep_all(struct quantiser *q, struct pm_pack_colours *out)
{
    out->used = (int)q->found;
    for (size_t i = 0; i < q->found; i++) {
        out->palette[i + 1] = q->colours[i].value;
        q->colours[i].index = (uint8_t)(i + 1);
    }
}

// Lists the colours in order of their values.
static void list_colours(struct quantiser *q)
{
    for (uint32_t value = 0; value < ALL_565; value++)
        if (q->counts[value])
            q->colours[q->found++] = (struct colour){.value = (uint16_t)value,
                                                     .count = q->counts[value]};
}

static void count_colours(struct quantiser *q, const uint8_t *rgba,
                          size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rgba[i * 4 + 3] >= 128)
            q->counts[pm_pack_rgb565(rgba + i * 4)]++;
}

static void give_indices(struct quantiser *q, const uint8_t *rgba, size_t count,
                         uint8_t *indices)
{
    for (size_t i = 0; i < q->found; i++)
        q->counts[q->colours[i].value] = q->colours[i].index;
    for (size_t i = 0; i < count; i++)
        indices[i] = rgba[i * 4 + 3] >= 128
                         ? (uint8_t)q->counts[pm_pack_rgb565(rgba + i * 4)]
                         : 0;
}

pm_status pm_pack_quantise(const uint8_t *rgba, size_t count, uint8_t *indices,
                           const struct pm_allocator *alloc,
                           struct pm_pack_colours *out)
{
    struct quantiser q = {0};
    size_t room = count < ALL_565 ? count : ALL_565;
    pm_status status = PM_ERR_NO_MEMORY;

    *out = (struct pm_pack_colours){0};
    q.counts = pm_mem_zarray(alloc, ALL_565, sizeof *q.counts);
    q.colours = pm_mem_zarray(alloc, room, sizeof *q.colours);
    q.spare = pm_mem_zarray(alloc, room, sizeof *q.spare);
    if (q.counts && q.colours && q.spare) {
        count_colours(&q, rgba, count);
        list_colours(&q);
        out->found = (int)q.found;
        if (q.found <= MAX_COLOURS)
            keep_all(&q, out);
        else
            reduce(&q, out);
        give_indices(&q, rgba, count, indices);
        status = PM_OK;
    }
    pm_mem_free(alloc, q.counts, ALL_565 * sizeof *q.counts);
    pm_mem_free(alloc, q.colours, room * sizeof *q.colours);
    pm_mem_free(alloc, q.spare, room * sizeof *q.spare);
    return status;
}
