// SPDX-License-Identifier: MIT
//
// Saved states of a whole machine. The checksum at the end is made right, so
// that what it guards is reached. What is refused leaves the machine as it
// was; what is accepted saves to the same bytes and runs on.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/check.h"
#include "base/hash.h"
#include "support/cart_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char program[] =
    ".host gfx clear 1 (i64) -> ()\n"
    ".host gfx text 1 (i64, i64, string, i64) -> ()\n"
    ".func main()\n"
    ".local n: i64, b: bytes\n"
    "push_i64 0\nset_local n\n"
    "frame:\n"
    "get_local n\nhostcall gfx.clear\n"
    "push_i64 3\nget_local n\nget_local n\nstr_from_i64\n"
    "push_i64 65535\nhostcall gfx.text\n"
    "push_i64 40\nbytes_new\nset_local b\n"
    "get_local n\nspawn wait 1\npop\n"
    "frame_sync\n"
    "get_local n\npush_i64 1\nadd\nset_local n\njmp frame\n"
    ".end\n"
    ".func wait(n: i64)\n"
    "get_local n\npush_i64 3\nrem\nsleep\nyield\nret\n"
    ".end\n";

static struct pm_test_cart cart;
static struct pm_machine *machine;
static uint8_t *start;
static size_t start_size;

static void close_all(void)
{
    pm_machine_free_state(machine, start, start_size);
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

static void write_state(const char *folder, int number)
{
    char path[512];
    uint8_t *bytes;
    size_t size;
    snprintf(path, sizeof path, "%s/state-%02d", folder, number);
    PM_CHECK(pm_machine_save(machine, &bytes, &size) == PM_OK);
    FILE *file = fopen(path, "wb");
    PM_CHECK(file && fwrite(bytes, 1, size, file) == size);
    fclose(file);
    pm_machine_free_state(machine, bytes, size);
}

static void open_all(void)
{
    struct pm_machine_config config = {0};
    const char *folder = getenv("PM_FUZZ_WRITE");

    PM_CHECK(pm_test_cart_make(&cart, "JAM", program));
    machine = pm_test_machine(&cart, &config);
    PM_CHECK(machine != NULL);
    for (int i = 0; i < 6; i++) {
        pm_machine_tick(machine, NULL);
        if (folder)
            write_state(folder, i);
    }
    PM_CHECK(pm_machine_save(machine, &start, &start_size) == PM_OK);
    atexit(close_all);
}

static void check_saves_as(const uint8_t *bytes, size_t size)
{
    uint8_t *now;
    size_t now_size;
    PM_CHECK(pm_machine_save(machine, &now, &now_size) == PM_OK);
    PM_CHECK(now_size == size && memcmp(now, bytes, size) == 0);
    pm_machine_free_state(machine, now, now_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!machine)
        open_all();
    if (size < 8)
        return 0;
    uint8_t *bytes = malloc(size);
    PM_CHECK(bytes != NULL);
    memcpy(bytes, data, size);
    pm_store64(bytes + size - 8, pm_hash64(bytes, size - 8));
    if (pm_machine_restore(machine, bytes, size, NULL) == PM_OK) {
        check_saves_as(bytes, size);
        for (int i = 0; i < 3; i++)
            pm_machine_tick(machine, NULL);
        PM_CHECK(pm_machine_restore(machine, start, start_size, NULL) == PM_OK);
    } else {
        check_saves_as(start, start_size);
    }
    free(bytes);
    return 0;
}
