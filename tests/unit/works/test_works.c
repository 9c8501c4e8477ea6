// SPDX-License-Identifier: MIT
//
// The works of the engine benchmark are programs that load and run.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/guest.h"
#include "support/test.h"

#define WORKS PM_SOURCE_DIR "/tests/bench/works"

static bool read_file(const char *path, struct pm_buf *out)
{
    char bytes[4096];
    size_t size;
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    while ((size = fread(bytes, 1, sizeof bytes, file)) > 0)
        pm_buf_put(out, bytes, size);
    fclose(file);
    return !out->failed;
}

static bool loads(const char *path)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_test_guest_config config = {.memory_size = 16 << 20};
    struct pm_test_guest guest;
    struct pm_buf text;

    pm_buf_init(&text, &alloc);
    bool ok = CHECK(read_file(path, &text)) &&
              CHECK(pm_test_guest_open(&guest, (const char *)text.data,
                                       text.size, path, &config));
    if (ok) {
        CHECK(pm_vm_run(guest.vm, 100000) != PM_VM_TRAPPED);
        pm_test_guest_close(&guest);
    }
    pm_buf_free(&text);
    return ok;
}

TEST(works, every_work_loads_and_begins_to_run)
{
    int count = 0;
    DIR *folder = opendir(WORKS);
    REQUIRE(folder != NULL);
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[1024];
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".pasm") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", WORKS, entry->d_name);
        if (!CHECK(loads(path)))
            fprintf(stderr, "in %s\n", path);
        count++;
    }
    closedir(folder);
    CHECK_INT(count, 13);
}
