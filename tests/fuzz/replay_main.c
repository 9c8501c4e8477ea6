// SPDX-License-Identifier: MIT
//
// Runs a fuzz target as a plain test: over each file of the folders named on
// the command line, then over mutations of them for the seconds that
// PM_FUZZ_SECONDS says (0: none), from a fixed seed. PM_FUZZ_LAST names a file
// that gets each mutation before it runs: what is in it after a crash did it.

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "support/test.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    uint8_t *data;
    size_t size;
};

static struct input *inputs;
static size_t input_count;

static void add_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(2);
    }
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    uint8_t *data = malloc(size ? (size_t)size : 1);
    if (!data || fread(data, 1, (size_t)size, file) != (size_t)size)
        exit(2);
    fclose(file);
    inputs = realloc(inputs, (input_count + 1) * sizeof *inputs);
    inputs[input_count++] = (struct input){data, (size_t)size};
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void add_folder(const char *path)
{
    struct dirent **names;
    int count = scandir(path, &names, NULL, by_name);
    for (int i = 0; i < count; i++) {
        char full[4096];
        struct stat info;
        snprintf(full, sizeof full, "%s/%s", path, names[i]->d_name);
        if (stat(full, &info) == 0 && S_ISREG(info.st_mode))
            add_file(full);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
}

static uint64_t state = 88172645463325252u;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

// A few random edits, or the splice of two inputs.
static size_t mutate(const struct input *from, uint8_t *out, size_t room)
{
    size_t size = from->size < room ? from->size : room;
    memcpy(out, from->data, size);
    for (uint64_t edits = next_random() % 8; edits; edits--) {
        if (size == 0)
            break;
        size_t at = next_random() % size;
        switch (next_random() % 5) {
        case 0:
            out[at] ^= (uint8_t)(1u << next_random() % 8);
            break;
        case 1:
            out[at] = (uint8_t)next_random();
            break;
        case 2:
            size = at;
            break;
        case 3: {
            const struct input *other = &inputs[next_random() % input_count];
            size_t n = other->size < size - at ? other->size : size - at;
            memcpy(out + at, other->data + other->size - n, n);
            break;
        }
        default:
            memset(out + at, (int)(next_random() & 0xff),
                   (size - at) < 8 ? size - at : 8);
            break;
        }
    }
    return size;
}

static void keep_last(const uint8_t *data, size_t size)
{
    const char *path = getenv("PM_FUZZ_LAST");
    FILE *file = path ? fopen(path, "wb") : NULL;

    if (!file)
        return;
    fwrite(data, 1, size, file);
    fclose(file);
}

int main(int argc, char **argv)
{
    const char *seconds = getenv("PM_FUZZ_SECONDS");
    time_t end = time(NULL) + (seconds ? atoi(seconds) : 0);
    size_t runs = 0;
    static uint8_t room[1 << 20];

    pm_test_keep_memory();
    for (int i = 1; i < argc; i++)
        add_folder(argv[i]);
    for (size_t i = 0; i < input_count; i++, runs++)
        LLVMFuzzerTestOneInput(inputs[i].data, inputs[i].size);
    for (; seconds && input_count && time(NULL) < end; runs++) {
        size_t size =
            mutate(&inputs[next_random() % input_count], room, sizeof room);
        // A copy of its exact size, so that sanitizers see the end.
        uint8_t *copy = malloc(size ? size : 1);
        memcpy(copy, room, size);
        keep_last(copy, size);
        LLVMFuzzerTestOneInput(copy, size);
        free(copy);
    }
    for (size_t i = 0; i < input_count; i++)
        free(inputs[i].data);
    free(inputs);
    printf("%zu inputs, %zu runs\n%d passed, %d failed\n", input_count, runs,
           input_count ? 1 : 0, input_count ? 0 : 1);
    return input_count == 0;
}
