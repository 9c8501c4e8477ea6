// SPDX-License-Identifier: MIT
//
// pm_mem_copy against memcpy for 64 KiB, by how far the target lies behind
// the source within a page. Buffers of the guest begin 16 or 32 bytes into
// one; on processors whose string instructions stumble over such distances
// memcpy is some twenty times slower there.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

#define SIZE   65536
#define ROUNDS 41
#define TIMES  100

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void plain(void *dst, const void *src, size_t size)
{
    memcpy(dst, src, size);
}

static double time_of(void (*volatile copy)(void *, const void *, size_t),
                      uint8_t *dst, const uint8_t *src)
{
    double start = now();
    for (int i = 0; i < TIMES; i++)
        copy(dst, src, SIZE);
    return (now() - start) / TIMES;
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

int main(void)
{
    static const int distances[] = {0, 8, 16, 24, 32, 48, 64, 128, 2048};
    uint8_t *src = aligned_alloc(4096, SIZE + 4096);
    uint8_t *dst = aligned_alloc(4096, SIZE + 8192);

    if (!src || !dst)
        return 3;
    memset(src, 1, SIZE + 4096);
    memset(dst, 2, SIZE + 8192);
    printf("%8s %12s %12s %8s\n", "distance", "memcpy", "pm_mem_copy", "ratio");
    for (size_t d = 0; d < sizeof distances / sizeof *distances; d++) {
        double a[ROUNDS];
        double b[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            a[i] = time_of(plain, dst + distances[d], src);
            b[i] = time_of(pm_mem_copy, dst + distances[d], src);
        }
        qsort(a, ROUNDS, sizeof *a, by_size);
        qsort(b, ROUNDS, sizeof *b, by_size);
        printf("%8d %9.0f ns %9.0f ns %8.2f\n", distances[d], a[ROUNDS / 2],
               b[ROUNDS / 2], a[ROUNDS / 2] / b[ROUNDS / 2]);
    }
    free(src);
    free(dst);
    return 0;
}
