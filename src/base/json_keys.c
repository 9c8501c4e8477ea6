// SPDX-License-Identifier: MIT
//
// Duplicate keys. The reader keeps the offset of each key of the open objects
// and nothing else: four bytes a key, so that memory stays below the text.

#include <string.h>

#include "base/json_internal.h"
#include "base/mem.h"

// Up to so many keys are compared in pairs.
#define PAIRS_LIMIT 16
// Ranges of the radix sort up to this are compared in pairs of hashes.
#define SMALL_RANGE 32
// Bytes of the hash that the radix sort looks at.
#define RADIX_BYTES 3

// --- the keys as they come ---------------------------------------------------

// More keys can follow than the inline array holds: makes room for as many as
// the rest of the text can have, each with a colon and two quotes.
bool pm_json_more_keys(struct pm_json *json)
{
    size_t colons = 1;
    size_t quotes = 2;
    size_t capacity;

    for (const uint8_t *at = json->at; at < json->end; at++) {
        colons += *at == ':';
        quotes += *at == '"';
    }
    capacity = json->key_count + (colons < quotes / 2 ? colons : quotes / 2);
    uint32_t *keys = pm_mem_alloc(&json->alloc, capacity * sizeof *keys);
    if (!keys) {
        pm_json_fail(json, json->at, "JSON-MEMORY",
                     "memory is too short to check the keys");
        json->status = PM_ERR_NO_MEMORY;
        return false;
    }
    memcpy(keys, json->keys, json->key_count * sizeof *keys);
    pm_json_close(json);
    json->keys = keys;
    json->key_capacity = capacity;
    return true;
}

bool pm_json_fail_duplicate(struct pm_json *json, uint32_t offset, size_t size)
{
    json->problem_key = (struct pm_json_str){offset, (uint32_t)size, false};
    return pm_json_fail(json, json->text + offset - 1, "JSON-DUPLICATE",
                        "a key stands twice in one object");
}

// --- the keys of an object that closes ---------------------------------------

// Orders two keys, from behind their opening quotes, by resolved bytes; the
// end comes before all.
static int compare_keys(const uint8_t *x, const uint8_t *y)
{
    for (;;) {
        uint8_t a[4];
        uint8_t b[4];
        if (*x == '"' || *y == '"')
            return (*x != '"') - (*y != '"');
        size_t n = pm_json_char(&x, a);
        size_t m = pm_json_char(&y, b);
        // One side may be a character as an escape and the other the same
        // character byte by byte.
        while (m < n && *y != '"' && *y != '\\')
            b[m++] = *y++;
        while (n < m && *x != '"' && *x != '\\')
            a[n++] = *x++;
        int order = memcmp(a, b, n < m ? n : m);
        if (order || n != m)
            return order ? order : (n < m ? -1 : 1);
    }
}

// The hash of a key's resolved bytes, its high bits well mixed. It need not
// withstand an enemy: equal hashes only cost comparisons of texts.
static uint64_t hash_key(const struct pm_json *json, uint32_t offset)
{
    const uint8_t *at = json->text + offset;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    while (*at != '"') {
        uint8_t bytes[4];
        if (PM_LIKELY(*at != '\\')) {
            hash = (hash ^ *at++) * UINT64_C(0x100000001b3);
            continue;
        }
        size_t n = pm_json_char(&at, bytes);
        for (size_t i = 0; i < n; i++)
            hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    hash ^= hash >> 32;
    return hash * UINT64_C(0x9e3779b97f4a7c15);
}

static int compare_at(const struct pm_json *json, uint32_t a, uint32_t b)
{
    uint64_t x = hash_key(json, a);
    uint64_t y = hash_key(json, b);
    if (x != y)
        return x < y ? -1 : 1;
    return compare_keys(json->text + a, json->text + b);
}

static void sift_down(const struct pm_json *json, uint32_t *keys, size_t at,
                      size_t count)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count)
            return;
        if (child + 1 < count &&
            compare_at(json, keys[child], keys[child + 1]) < 0)
            child++;
        if (compare_at(json, keys[at], keys[child]) >= 0)
            return;
        uint32_t swap = keys[at];
        keys[at] = keys[child];
        keys[child] = swap;
        at = child;
    }
}

static void heap_sort(const struct pm_json *json, uint32_t *keys, size_t count)
{
    for (size_t i = count / 2; i-- > 0;)
        sift_down(json, keys, i, count);
    for (size_t left = count; left > 1;) {
        uint32_t swap = keys[--left];
        keys[left] = keys[0];
        keys[0] = swap;
        sift_down(json, keys, 0, left);
    }
}

static size_t key_length(const uint8_t *at)
{
    const uint8_t *start = at;
    uint8_t bytes[4];
    while (*at != '"')
        pm_json_char(&at, bytes);
    return (size_t)(at - start);
}

static bool fail_pair(struct pm_json *json, uint32_t a, uint32_t b)
{
    uint32_t later = a > b ? a : b;
    return pm_json_fail_duplicate(json, later, key_length(json->text + later));
}

// A range that the hashes cannot cut further: an attack, or chance.
static bool check_by_text(struct pm_json *json, uint32_t *keys, size_t count)
{
    heap_sort(json, keys, count);
    for (size_t i = 1; i < count; i++)
        if (compare_at(json, keys[i - 1], keys[i]) == 0)
            return fail_pair(json, keys[i - 1], keys[i]);
    return true;
}

static bool check_small_range(struct pm_json *json, const uint32_t *keys,
                              size_t count)
{
    uint64_t hashes[SMALL_RANGE];

    for (size_t i = 0; i < count; i++) {
        hashes[i] = hash_key(json, keys[i]);
        for (size_t k = 0; k < i; k++)
            if (hashes[k] == hashes[i] &&
                compare_keys(json->text + keys[k], json->text + keys[i]) == 0)
                return fail_pair(json, keys[k], keys[i]);
    }
    return true;
}

static unsigned digit_of(const struct pm_json *json, uint32_t key, int byte)
{
    return hash_key(json, key) >> (56 - 8 * byte) & 0xff;
}

// Puts [count] keys in order of byte [byte] of their hashes, in place, and
// leaves where each digit's keys end in [ends].
static void partition(const struct pm_json *json, uint32_t *keys, size_t count,
                      int byte, size_t ends[256])
{
    size_t heads[256];
    size_t at = 0;

    memset(ends, 0, 256 * sizeof ends[0]);
    for (size_t i = 0; i < count; i++)
        ends[digit_of(json, keys[i], byte)]++;
    for (int digit = 0; digit < 256; digit++) {
        heads[digit] = at;
        at += ends[digit];
        ends[digit] = at;
    }
    for (unsigned digit = 0; digit < 256; digit++)
        while (heads[digit] < ends[digit]) {
            uint32_t key = keys[heads[digit]];
            unsigned to = digit_of(json, key, byte);
            keys[heads[digit]] = keys[heads[to]];
            keys[heads[to]++] = key;
        }
}

// Recurses RADIX_BYTES deep at most.
static bool check_range(struct pm_json *json, uint32_t *keys, size_t count,
                        int byte)
{
    size_t ends[256];
    size_t from = 0;

    if (count <= SMALL_RANGE)
        return check_small_range(json, keys, count);
    if (byte == RADIX_BYTES)
        return check_by_text(json, keys, count);
    partition(json, keys, count, byte, ends);
    for (int digit = 0; digit < 256; digit++) {
        if (ends[digit] - from > 1 &&
            !check_range(json, keys + from, ends[digit] - from, byte + 1))
            return false;
        from = ends[digit];
    }
    return true;
}

static bool check_pairs(struct pm_json *json, const uint32_t *keys,
                        size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (compare_keys(json->text + keys[k], json->text + keys[i]) == 0)
                return fail_pair(json, keys[k], keys[i]);
    return true;
}

bool pm_json_check_keys(struct pm_json *json)
{
    const struct pm_json_level *level = &json->levels[json->depth];
    uint32_t *keys = json->keys + json->key_count - level->keys;

    json->key_count -= level->keys;
    if (level->is_sorted)
        return true;
    if (level->keys <= PAIRS_LIMIT)
        return check_pairs(json, keys, level->keys);
    return check_range(json, keys, level->keys, 0);
}
