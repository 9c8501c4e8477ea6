// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>

#include "asm/asm.h"
#include "base/bits.h"

#include "support/random_module.h"
#include "support/test.h"

// Bytes to text to bytes. True when they are the same.
static bool survives(const struct pm_buf *bytes)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_module module = {.alloc = alloc};
    struct pm_diags diags;
    struct pm_buf text;
    struct pm_buf again;
    struct pm_buf report;

    pm_diags_init(&diags, &alloc);
    pm_buf_init(&text, &alloc);
    pm_buf_init(&again, &alloc);
    pm_buf_init(&report, &alloc);
    bool ok = CHECK_INT(pm_module_read(bytes->data, bytes->size, "a.pbx",
                                       &alloc, &diags, &module),
                        PM_OK) &&
              CHECK_INT(pm_module_disassemble(&module, NULL, &text), PM_OK) &&
              CHECK_INT(pm_assemble((const char *)text.data, text.size, "a.asm",
                                    NULL, &alloc, &diags, &again),
                        PM_OK) &&
              CHECK(again.size == bytes->size &&
                    memcmp(again.data, bytes->data, bytes->size) == 0);
    pm_diags_print(&diags, &report);
    if (!ok)
        fprintf(stderr, "%.*s\n%.*s\n", (int)text.size, (char *)text.data,
                (int)report.size, (char *)report.data);
    pm_module_free(&module);
    pm_diags_free(&diags);
    pm_buf_free(&text);
    pm_buf_free(&again);
    pm_buf_free(&report);
    return ok;
}

TEST(round_trip, random_modules_give_the_same_bytes_again)
{
    struct pm_allocator alloc = pm_allocator_libc();
    for (uint64_t seed = 1; seed <= 400; seed++) {
        struct pm_buf bytes;
        pm_buf_init(&bytes, &alloc);
        pm_random_module(seed, &bytes);
        bool ok = survives(&bytes);
        pm_buf_free(&bytes);
        if (!CHECK(ok)) {
            fprintf(stderr, "seed %d\n", (int)seed);
            return;
        }
    }
}
