// SPDX-License-Identifier: MIT
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void pm_panic(const char *file, int line, const char *what)
{
    fprintf(stderr, "prometeu: panic: %s:%d: broken invariant: %s\n", file,
            line, what);
    abort();
}
