// SPDX-License-Identifier: MIT
//
// Programs that are nearly right: a good one whose tokens are moved, copied,
// dropped and exchanged, as the bytes say. Gets further into the compiler than
// bytes alone do.
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "support/fuzz_compile.h"

#define BASE PM_SOURCE_DIR "/tests/fuzz/corpus/compile/rich.pbs"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct word {
    const char *text;
    uint32_t size;
};

static struct word words[4096];
static size_t word_count;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (c >= '0' && c <= '9');
}

// Words, numbers, strings, line ends and single characters of the base.
static void read_base(void)
{
    static char text[1 << 16];
    FILE *file = fopen(BASE, "rb");

    PM_CHECK(file != NULL);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    for (size_t at = 0, end; at < size; at = end) {
        end = at + 1;
        if (text[at] == ' ')
            continue;
        if (text[at] == '"')
            while (end < size && text[end++] != '"')
                ;
        else if (is_letter(text[at]))
            while (end < size && is_letter(text[end]))
                end++;
        PM_CHECK(word_count < PM_ARRAY_LEN(words));
        words[word_count++] = (struct word){text + at, (uint32_t)(end - at)};
    }
}

// One edit from four bytes: what, where, and which other words.
static void edit(struct word *list, size_t *count, const uint8_t *bytes)
{
    size_t at = (bytes[1] | (size_t)bytes[2] << 8) % *count;
    size_t other = (bytes[3] * 37u + bytes[1]) % word_count;

    switch (bytes[0] % 4) {
    case 0: // drop
        memmove(list + at, list + at + 1, (--*count - at) * sizeof *list);
        break;
    case 1: // exchange for another of the base
        list[at] = words[other];
        break;
    case 2: // put one in
        if (*count == PM_ARRAY_LEN(words))
            break;
        memmove(list + at + 1, list + at, (*count - at) * sizeof *list);
        list[at] = words[other];
        ++*count;
        break;
    default: { // change places
        struct word held = list[at];
        size_t far = (at + 1 + bytes[3] % 8) % *count;
        list[at] = list[far];
        list[far] = held;
    }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct word list[PM_ARRAY_LEN(words)];
    static char text[1 << 18];
    size_t used = 0;

    if (word_count == 0)
        read_base();
    size_t count = word_count;
    memcpy(list, words, count * sizeof *list);
    for (size_t i = 0; i + 4 <= size && i < 64 && count > 1; i += 4)
        edit(list, &count, data + i);
    for (size_t i = 0; i < count && used + list[i].size + 1 < sizeof text;
         i++) {
        memcpy(text + used, list[i].text, list[i].size);
        used += list[i].size;
        text[used++] = ' ';
    }
    pm_fuzz_compile(text, used);
    return 0;
}
