// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>

#include "asm/asm.h"
#include "base/bits.h"

#include "support/damaged_pbx.h"
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

TEST(round_trip, the_module_of_the_damage_tests_survives)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf bytes;
    pm_buf_init(&bytes, &alloc);
    pm_good_pbx(&bytes);
    CHECK(survives(&bytes));
    pm_buf_free(&bytes);
}

// The text of every number must give the same bits again.
TEST(round_trip, floats_of_all_magnitudes_survive)
{
    struct pm_allocator alloc = pm_allocator_libc();
    uint64_t state = 1;
    struct pm_buf text;
    struct pm_buf bytes;
    struct pm_diags diags;

    pm_buf_init(&text, &alloc);
    pm_buf_init(&bytes, &alloc);
    pm_diags_init(&diags, &alloc);
    pm_buf_puts(&text, ".func main ()\n");
    for (int i = 0; i < 2000; i++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
        pm_buf_printf(&text, "push_f64 #0x%llx\npush_f32 #0x%llx\npop_n 2\n",
                      (unsigned long long)state,
                      (unsigned long long)(state >> 32));
    }
    pm_buf_puts(&text, "ret\n.end\n");
    REQUIRE(pm_assemble((const char *)text.data, text.size, NULL, NULL, &alloc,
                        &diags, &bytes) == PM_OK);
    CHECK(survives(&bytes));
    pm_buf_free(&text);
    pm_buf_free(&bytes);
    pm_diags_free(&diags);
}

// Its module has lines of its own, names and labels of all kinds.
TEST(round_trip, a_module_from_text_written_by_hand_survives)
{
    static const char path[] =
        PM_SOURCE_DIR "/tests/fuzz/corpus/asm/everything.asm";
    struct pm_allocator alloc = pm_allocator_libc();
    static char text[1 << 16];
    struct pm_buf bytes;
    struct pm_diags diags;
    FILE *file = fopen(path, "rb");

    REQUIRE(file);
    size_t size = fread(text, 1, sizeof text, file);
    fclose(file);
    pm_buf_init(&bytes, &alloc);
    pm_diags_init(&diags, &alloc);
    CHECK_INT(pm_assemble(text, size, "e.asm", NULL, &alloc, &diags, &bytes),
              PM_OK);
    CHECK(bytes.size && survives(&bytes));
    pm_buf_free(&bytes);
    pm_diags_free(&diags);
}
