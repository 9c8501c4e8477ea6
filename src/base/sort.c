// SPDX-License-Identifier: MIT
#include "base/sort.h"

static void swap(uint32_t *a, uint32_t *b)
{
    uint32_t kept = *a;
    *a = *b;
    *b = kept;
}

static void sift_down(uint32_t *numbers, size_t at, size_t count,
                      pm_sort_is_after *is_after, const void *context)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count)
            return;
        if (child + 1 < count &&
            is_after(context, numbers[child + 1], numbers[child]))
            child++;
        if (!is_after(context, numbers[child], numbers[at]))
            return;
        swap(&numbers[at], &numbers[child]);
        at = child;
    }
}

static bool is_sorted(const uint32_t *numbers, size_t count,
                      pm_sort_is_after *is_after, const void *context)
{
    for (size_t i = 1; i < count; i++)
        if (is_after(context, numbers[i - 1], numbers[i]))
            return false;
    return true;
}

void pm_sort(uint32_t *numbers, size_t count, pm_sort_is_after *is_after,
             const void *context)
{
    // Much of what is sorted comes in its order.
    if (is_sorted(numbers, count, is_after, context))
        return;
    for (size_t i = count / 2; i-- > 0;)
        sift_down(numbers, i, count, is_after, context);
    for (size_t left = count; left > 1;) {
        swap(&numbers[0], &numbers[--left]);
        sift_down(numbers, 0, left, is_after, context);
    }
}
