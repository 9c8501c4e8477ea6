// SPDX-License-Identifier: MIT
#include "support/large_blocks.h"

#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_POISON 1
#endif
#endif

#if defined(HAVE_POISON)

#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <prometeu/alloc.h>

// Smaller ones the sanitizer keeps by itself.
#define LARGE ((size_t)64 << 10)
// What stands in front of a block and at least behind it, poisoned.
#define GAP ((size_t)64)
// Rooms are multiples of this, so that sizes which differ little share them.
#define STEP ((size_t)16 << 10)
// So many rooms wait at most, of so many bytes in sum.
#define MOST       256
#define MOST_BYTES ((size_t)64 << 20)
// Of one size so many wait before the oldest is used again: meanwhile whoever
// still uses it is found.
#define RESTING 2
// What malloc under the sanitizer fills the first bytes of a block with.
#define FILL       0xbe
#define FILL_BYTES ((size_t)4096)

struct waiting {
    uint8_t *room;
    size_t size;
};

// The oldest first.
static struct waiting waiting[MOST];
static size_t waiting_count;
static size_t waiting_bytes;
// Tests of hosts have threads.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static size_t room_of(size_t size)
{
    return (size + 2 * GAP + STEP - 1) / STEP * STEP;
}

static uint8_t *remove_at(size_t i)
{
    uint8_t *room = waiting[i].room;

    waiting_count--;
    waiting_bytes -= waiting[i].size;
    memmove(waiting + i, waiting + i + 1,
            (waiting_count - i) * sizeof *waiting);
    return room;
}

// NULL when too few of the size wait.
static uint8_t *take(size_t size)
{
    size_t oldest = waiting_count;
    size_t found = 0;

    for (size_t i = waiting_count; i--;)
        if (waiting[i].size == size) {
            oldest = i;
            found++;
        }
    return found > RESTING ? remove_at(oldest) : NULL;
}

static void put(uint8_t *room, size_t size)
{
    while (waiting_count &&
           (waiting_count == MOST || waiting_bytes + size > MOST_BYTES))
        free(remove_at(0));
    waiting[waiting_count++] = (struct waiting){room, size};
    waiting_bytes += size;
}

void *pm_test_block_alloc(size_t size)
{
    if (size < LARGE || size > SIZE_MAX / 2)
        return malloc(size);

    pthread_mutex_lock(&lock);
    uint8_t *room = take(room_of(size));
    pthread_mutex_unlock(&lock);
    if (!room)
        room = malloc(room_of(size));
    if (!room)
        return NULL;
    __asan_poison_memory_region(room, room_of(size));
    __asan_unpoison_memory_region(room, sizeof size);
    memcpy(room, &size, sizeof size);
    __asan_poison_memory_region(room, GAP);
    __asan_unpoison_memory_region(room + GAP, size);
    memset(room + GAP, FILL, FILL_BYTES);
    return room + GAP;
}

void pm_test_block_free(void *block, size_t size)
{
    size_t known;

    if (size < LARGE || size > SIZE_MAX / 2) {
        free(block);
        return;
    }
    uint8_t *room = (uint8_t *)block - GAP;
    __asan_unpoison_memory_region(room, sizeof known);
    memcpy(&known, room, sizeof known);
    if (known != size) {
        fprintf(stderr, "a block of %zu bytes is released as %zu\n", known,
                size);
        abort();
    }
    // A second release finds no size.
    memset(room, 0, sizeof known);
    __asan_poison_memory_region(room, room_of(size));
    pthread_mutex_lock(&lock);
    put(room, room_of(size));
    pthread_mutex_unlock(&lock);
}

static void *resize(void *context, void *block, size_t old_size,
                    size_t new_size)
{
    void *fresh = NULL;

    (void)context;
    if (old_size < LARGE && new_size < LARGE && new_size)
        return realloc(block, new_size);
    if (new_size) {
        fresh = pm_test_block_alloc(new_size);
        if (!fresh)
            return NULL;
        if (block)
            memcpy(fresh, block, old_size < new_size ? old_size : new_size);
    }
    if (block)
        pm_test_block_free(block, old_size);
    return fresh;
}

// Test programs are linked so that whoever calls pm_allocator_libc calls this.
struct pm_allocator __wrap_pm_allocator_libc(void);
struct pm_allocator __wrap_pm_allocator_libc(void)
{
    return (struct pm_allocator){resize, NULL};
}

#else

void *pm_test_block_alloc(size_t size)
{
    return malloc(size);
}

void pm_test_block_free(void *block, size_t size)
{
    (void)size;
    free(block);
}

#endif
