// SPDX-License-Identifier: MIT
#include <string.h>

#include "bytecode/bytecode_internal.h"

int pm_pbx_row_compare(const struct pbx_row *a, const struct pbx_row *b)
{
    uint32_t common = a->size < b->size ? a->size : b->size;
    int order = common ? memcmp(a->data, b->data, common) : 0;
    if (order)
        return order;
    return (a->size > b->size) - (a->size < b->size);
}

// Merges the sorted runs [low, middle) and [middle, high) of [from]; of equal
// rows the one of the first run goes first.
static void merge(const struct pbx_row *from, struct pbx_row *to, size_t low,
                  size_t middle, size_t high)
{
    size_t a = low;
    size_t b = middle;
    for (size_t i = low; i < high; i++) {
        bool take_a =
            b == high ||
            (a < middle && pm_pbx_row_compare(&from[a], &from[b]) <= 0);
        to[i] = take_a ? from[a++] : from[b++];
    }
}

void pm_pbx_rows_sort(struct pbx_row *rows, struct pbx_row *scratch,
                      size_t count)
{
    struct pbx_row *from = rows;
    struct pbx_row *to = scratch;

    for (size_t run = 1; run < count; run *= 2) {
        for (size_t low = 0; low < count; low += 2 * run) {
            size_t middle = low + run < count ? low + run : count;
            size_t high = middle + run < count ? middle + run : count;
            merge(from, to, low, middle, high);
        }
        struct pbx_row *swap = from;
        from = to;
        to = swap;
    }
    if (from != rows)
        memcpy(rows, from, count * sizeof *rows);
}

bool pm_pbx_is_odd_nan(pm_type_id type, uint64_t bits)
{
    if (type == PM_TYPE_F32)
        return (bits & 0x7fffffffu) > 0x7f800000u && bits != PBX_NAN32;
    if (type == PM_TYPE_F64)
        return (bits & ~(UINT64_C(1) << 63)) > UINT64_C(0x7ff0000000000000) &&
               bits != PBX_NAN64;
    return false;
}
