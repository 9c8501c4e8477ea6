// SPDX-License-Identifier: MIT
//
// What benchmarks in C have in common.

#ifndef PM_BENCH_MEASURE_H
#define PM_BENCH_MEASURE_H

#include <stddef.h>
#include <stdlib.h>

static inline int bench_by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

// The median; sorts the values.
static inline double bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, bench_by_value);
    return values[count / 2];
}

#endif
