// SPDX-License-Identifier: MIT
#include "heap/heap.h"

#include "support/fault_alloc.h"
#include "support/heap_world.h"
#include "support/test.h"

static struct pm_allocator libc_alloc(void)
{
    return pm_allocator_libc();
}

TEST(heap, a_new_object_is_zeroed_and_has_what_was_asked_for)
{
    struct pm_allocator alloc = libc_alloc();
    struct world world;
    REQUIRE(world_open(&world, &alloc, 4, 0));
    static const uint32_t lengths[] = {0,    1,    16,   17,   100, 1000,
                                       2032, 2033, 4080, 4081, 8000};
    for (size_t i = 0; i < PM_ARRAY_LEN(lengths); i++) {
        // The second object meets what the first one left behind.
        for (int round = 0; round < 2; round++) {
            pm_ref ref = world_alloc(&world, PM_KIND_BYTES, 0, lengths[i]);
            REQUIRE(ref != 0);
            struct pm_object *object = pm_heap_at(world.heap, ref);
            CHECK_INT(object->length, lengths[i]);
            CHECK_INT(object->kind, PM_KIND_BYTES);
            CHECK_INT(object->type, 0);
            CHECK(pm_heap_ref_of(world.heap, object) == ref);
            uint8_t sum = 0;
            for (uint32_t k = 0; k < lengths[i]; k++)
                sum |= pm_object_bytes(object)[k];
            CHECK_INT(sum, 0);
            memset(pm_object_bytes(object), 0xff, lengths[i]);
            CHECK(world_is_valid(&world));
            world_collect(&world, NULL);
        }
        pm_heap_reset(world.heap);
    }
    world_close(&world, &alloc);
}

TEST(heap, every_class_is_the_smallest_that_holds)
{
    for (uint32_t g = 1; g <= PM_HEAP_SMALL; g++) {
        uint8_t class = pm_heap_class_for[g];
        CHECK(pm_heap_class_granules[class] >= g);
        CHECK(class == 1 || pm_heap_class_granules[class - 1] < g);
    }
    // No class could be larger with as many cells.
    for (uint8_t class = 1; class <= PM_HEAP_CLASSES; class ++) {
        uint32_t granules = pm_heap_class_granules[class];
        CHECK(PM_HEAP_PAGE_GRANULES / granules * granules >= 234);
    }
    CHECK_INT(pm_heap_granules(PM_KIND_BYTES, PM_HEAP_MAX_LENGTH),
              1 + (1u << 27));
    CHECK_INT(pm_heap_granules(PM_KIND_ARRAY, PM_HEAP_MAX_LENGTH),
              1 + (1u << 30));
}

TEST(heap, the_page_of_the_specification_has_the_classes_of_the_code)
{
    struct pm_allocator alloc = libc_alloc();
    static char text[1 << 16];
    struct pm_buf rows[3];
    FILE *file = fopen(PM_SOURCE_DIR "/docs/spec/heap.md", "rb");
    REQUIRE(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    for (int i = 0; i < 3; i++) {
        static const char *const names[] = {"granules", "class",
                                            "cells a page"};
        pm_buf_init(&rows[i], &alloc);
        pm_buf_printf(&rows[i], "\n| %s |", names[i]);
    }
    for (unsigned class = 1; class <= PM_HEAP_CLASSES; class ++) {
        unsigned granules = pm_heap_class_granules[class];
        pm_buf_printf(&rows[0], " %u |", granules);
        pm_buf_printf(&rows[1], " %u |", class);
        pm_buf_printf(&rows[2], " %u |", PM_HEAP_PAGE_GRANULES / granules);
    }
    for (int i = 0; i < 3; i++) {
        pm_buf_puts(&rows[i], "\n");
        CHECK(strstr(text, pm_buf_cstr(&rows[i])));
        pm_buf_free(&rows[i]);
    }
    for (unsigned kind = 1; kind < PM_KIND_COUNT; kind++) {
        char row[32];
        char name[16] = "";
        strncpy(name, pm_kind_name(kind), sizeof name - 1);
        for (char *at = name; *at; at++)
            *at = (char)(*at - 'a' + 'A');
        snprintf(row, sizeof row, "\n| %u | %s |", kind, name);
        CHECK(strstr(text, row));
    }
}

TEST(heap, null_can_be_read_as_an_object_of_length_0_but_resolves_to_nothing)
{
    struct pm_allocator alloc = libc_alloc();
    struct world world;
    struct pm_object *object = NULL;
    REQUIRE(world_open(&world, &alloc, 1, 0));
    CHECK_INT(pm_heap_at(world.heap, 0)->length, 0);
    for (int kind = 1; kind < PM_KIND_COUNT; kind++) {
        CHECK_INT(pm_heap_resolve(world.heap, 0, (pm_kind)kind, &object),
                  PM_TRAP_NULL_REF);
        CHECK_INT(pm_heap_check(world.heap, 0, (pm_kind)kind, &object),
                  PM_TRAP_NULL_REF);
    }
    CHECK_INT(pm_heap_end(world.heap, 0), PM_TRAP_NULL_REF);
    CHECK(object == NULL);
    world_close(&world, &alloc);
}

TEST(heap, a_resolve_tells_null_stale_kind_and_domain_apart)
{
    struct pm_allocator alloc = libc_alloc();
    struct world world;
    struct pm_object *object = NULL;
    REQUIRE(world_open(&world, &alloc, 2, 0));
    struct pm_heap *heap = world.heap;
    pm_ref bytes = world_alloc(&world, PM_KIND_BYTES, 0, 8);
    pm_ref file = world_alloc(&world, PM_KIND_STATE, 3, 24);
    CHECK_INT(pm_heap_resolve(heap, bytes, PM_KIND_BYTES, &object),
              PM_TRAP_NONE);
    CHECK(object == pm_heap_at(heap, bytes));
    CHECK_INT(pm_heap_resolve(heap, bytes, PM_KIND_ARRAY, &object),
              PM_TRAP_TYPE);
    CHECK_INT(pm_heap_resolve_domain(heap, file, PM_KIND_STATE, 3, &object),
              PM_TRAP_NONE);
    CHECK_INT(pm_heap_resolve_domain(heap, file, PM_KIND_STATE, 4, &object),
              PM_TRAP_TYPE);
    CHECK_INT(pm_heap_check_domain(heap, file, 3, &object), PM_TRAP_NONE);
    CHECK_INT(pm_heap_check_domain(heap, file, 4, &object), PM_TRAP_TYPE);
    CHECK_INT(pm_heap_check(heap, file, PM_KIND_NONE, &object), PM_TRAP_NONE);

    CHECK_INT(pm_heap_end(heap, file), PM_TRAP_NONE);
    CHECK_INT(pm_heap_at(heap, file)->length, 0);
    CHECK_INT(pm_heap_resolve_domain(heap, file, PM_KIND_STATE, 3, &object),
              PM_TRAP_STALE_HANDLE);
    CHECK_INT(pm_heap_check_domain(heap, file, 3, &object),
              PM_TRAP_STALE_HANDLE);
    CHECK_INT(pm_heap_end(heap, file), PM_TRAP_STALE_HANDLE);
    CHECK(world_is_valid(&world));
    world_close(&world, &alloc);
}

TEST(heap, only_state_and_bytes_can_be_ended)
{
    struct pm_allocator alloc = libc_alloc();
    struct world world;
    REQUIRE(world_open(&world, &alloc, 8, 0));
    for (int kind = 1; kind < PM_KIND_COUNT; kind++) {
        pm_ref ref = world_alloc(&world, (pm_kind)kind, 1, 2);
        bool can = kind == PM_KIND_STATE || kind == PM_KIND_BYTES;
        CHECK_INT(pm_heap_end(world.heap, ref),
                  can ? PM_TRAP_NONE : PM_TRAP_TYPE);
        CHECK_INT(world_is_live(&world, ref), !can);
    }
    world_close(&world, &alloc);
}

TEST(heap, a_forged_value_is_accepted_only_if_it_is_a_live_handle)
{
    struct pm_allocator alloc = libc_alloc();
    struct world world;
    REQUIRE(world_open(&world, &alloc, 4, 7));
    // Payloads full of words that look like live headers.
    pm_ref live[6];
    uint32_t count = 0;
    live[count++] = world_alloc(&world, PM_KIND_BYTES, 0, 16);
    live[count++] = world_alloc(&world, PM_KIND_BYTES, 0, 600);
    live[count++] = world_alloc(&world, PM_KIND_STATE, 1, 40);
    live[count++] = world_alloc(&world, PM_KIND_BYTES, 0, 4000);
    struct pm_object fake = {.generation = 1, .kind = PM_KIND_BYTES};
    for (uint32_t i = 0; i < count; i++) {
        struct pm_object *object = pm_heap_at(world.heap, live[i]);
        for (uint32_t at = 0; at + 16 <= object->length; at += 16)
            memcpy(pm_object_bytes(object) + at, &fake, sizeof fake);
    }
    pm_ref ended = world_alloc(&world, PM_KIND_BYTES, 0, 16);
    pm_heap_end(world.heap, ended);

    uint32_t accepted = 0;
    uint32_t stale = 0;
    for (uint32_t index = 0; index < world.heap->end + 300; index++) {
        for (uint32_t generation = 0; generation < 10; generation++) {
            pm_ref ref = pm_ref_make(index, generation);
            pm_ref_state state = pm_heap_ref_state(world.heap, ref, NULL);
            bool is_live = false;
            for (uint32_t i = 0; i < count; i++)
                is_live |= live[i] == ref;
            CHECK_INT(state == PM_REF_LIVE, is_live);
            CHECK_INT(state == PM_REF_STALE, ref == ended);
            accepted += state == PM_REF_LIVE;
            stale += state == PM_REF_STALE;
        }
    }
    CHECK_INT(accepted, count);
    CHECK_INT(stale, 1);
    CHECK_INT(pm_heap_ref_state(world.heap, UINT64_MAX, NULL), PM_REF_FORGED);
    world_close(&world, &alloc);
}

TEST(heap, the_detail_of_a_trap_names_kind_domain_index_and_both_generations)
{
    struct pm_allocator alloc = libc_alloc();
    struct world world;
    struct pm_buf text;
    REQUIRE(world_open(&world, &alloc, 1, 0));
    pm_buf_init(&text, &alloc);
    pm_ref file = world_alloc(&world, PM_KIND_STATE, 3, 16);
    pm_heap_end(world.heap, file);
    pm_heap_describe(world.heap, file, &text);
    CHECK_STR(pm_buf_cstr(&text),
              "handle of index 512, generation 1: an ended object of kind "
              "state, domain 3, generation 2");
    text.size = 0;
    pm_heap_describe(world.heap, 0, &text);
    CHECK_STR(pm_buf_cstr(&text), "null");
    text.size = 0;
    pm_heap_describe(world.heap, pm_ref_make(7, 1), &text);
    CHECK_STR(pm_buf_cstr(&text), "handle of index 7, generation 1: no object "
                                  "stands there");
    CHECK_STR(pm_kind_name(99), "?");
    pm_buf_free(&text);
    world_close(&world, &alloc);
}

TEST(heap, a_pinned_object_survives_until_it_is_unpinned_as_often)
{
    struct pm_allocator alloc = libc_alloc();
    struct world world;
    REQUIRE(world_open(&world, &alloc, 1, 0));
    struct pm_heap *heap = world.heap;
    pm_ref ref = world_alloc(&world, PM_KIND_BYTES, 0, 8);
    CHECK_INT(pm_heap_pin(heap, ref), PM_OK);
    CHECK_INT(pm_heap_pin(heap, ref), PM_OK);
    world_collect(&world, NULL);
    CHECK(world_is_live(&world, ref));
    CHECK_INT(pm_heap_unpin(heap, ref), PM_OK);
    world_collect(&world, NULL);
    CHECK(world_is_live(&world, ref));
    CHECK_INT(pm_heap_unpin(heap, ref), PM_OK);
    CHECK_INT(pm_heap_unpin(heap, ref), PM_ERR_INVALID);
    world_collect(&world, NULL);
    CHECK(!world_is_live(&world, ref));
    CHECK_INT(pm_heap_pin(heap, ref), PM_ERR_INVALID);
    CHECK_INT(pm_heap_pin(heap, 0), PM_ERR_INVALID);
    for (int i = 0; i < 5; i++)
        CHECK_INT(pm_heap_pin(heap, world_alloc(&world, PM_KIND_BYTES, 0, 8)),
                  i < 4 ? PM_OK : PM_ERR_LIMIT);
    world_close(&world, &alloc);
}

TEST(heap, a_pin_keeps_the_tombstone_of_what_was_ended)
{
    struct pm_allocator alloc = libc_alloc();
    struct world world;
    REQUIRE(world_open(&world, &alloc, 1, 0));
    pm_ref ref = world_alloc(&world, PM_KIND_BYTES, 0, 8);
    CHECK_INT(pm_heap_pin(world.heap, ref), PM_OK);
    CHECK_INT(pm_heap_end(world.heap, ref), PM_TRAP_NONE);
    world_collect(&world, NULL);
    CHECK_INT(pm_heap_ref_state(world.heap, ref, NULL), PM_REF_STALE);
    CHECK_INT(pm_heap_unpin(world.heap, ref), PM_OK);
    world_collect(&world, NULL);
    CHECK_INT(pm_heap_ref_state(world.heap, ref, NULL), PM_REF_FORGED);
    world_close(&world, &alloc);
}

TEST(heap, nothing_is_allocated_while_the_heap_is_frozen)
{
    struct pm_allocator alloc = libc_alloc();
    struct world world;
    pm_ref ref = 0;
    REQUIRE(world_open(&world, &alloc, 1, 0));
    pm_heap_freeze(world.heap);
    pm_heap_freeze(world.heap);
    pm_heap_thaw(world.heap);
    CHECK_INT(pm_heap_alloc(world.heap, PM_KIND_BYTES, 0, 8, &ref),
              PM_ERR_WRONG_STATE);
    CHECK_INT(pm_heap_alloc_state(world.heap, 1, 0, 8, &ref),
              PM_ERR_WRONG_STATE);
    CHECK(ref == 0);
    pm_heap_thaw(world.heap);
    CHECK_INT(pm_heap_alloc(world.heap, PM_KIND_BYTES, 0, 8, &ref), PM_OK);
    world_close(&world, &alloc);
}

TEST(heap, memory_is_full_when_it_is_and_says_so)
{
    struct pm_allocator alloc = libc_alloc();
    struct world world;
    REQUIRE(world_open(&world, &alloc, 4, 0));
    CHECK_INT(pm_heap_capacity(world.heap), 4 * PM_HEAP_PAGE);
    CHECK(world_alloc(&world, PM_KIND_BYTES, 0, PM_HEAP_MAX_LENGTH) == 0);
    CHECK(world_alloc(&world, PM_KIND_BYTES, 0, UINT32_MAX) == 0);
    CHECK(world_alloc(&world, PM_KIND_ARRAY, 1, PM_HEAP_MAX_LENGTH) == 0);
    CHECK(world_alloc(&world, PM_KIND_ARRAY, 1, 4 * 512 - 1) == 0);
    pm_ref all = world_alloc(&world, PM_KIND_ARRAY, 1, 4 * 512 - 2);
    CHECK(all != 0);
    CHECK_INT(pm_heap_used(world.heap), pm_heap_capacity(world.heap));
    CHECK(world_alloc(&world, PM_KIND_BYTES, 0, 0) == 0);
    CHECK(pm_heap_wants_collection(world.heap));
    world_collect(&world, NULL);
    CHECK_INT(pm_heap_used(world.heap), 0);
    uint32_t count = 0;
    while (world_alloc(&world, PM_KIND_BYTES, 0, 1))
        count++;
    CHECK_INT(count, 4 * 128);
    CHECK(world_is_valid(&world));
    world_close(&world, &alloc);
}

TEST(heap, a_block_without_room_for_a_page_is_refused)
{
    struct pm_allocator alloc = libc_alloc();
    static _Alignas(16) uint8_t block[3 * 4096];
    struct pm_heap *heap = NULL;
    struct pm_heap_config config = {
        .block = block, .size = 2 * 4096, .heap_start = 4096};
    CHECK_INT(pm_heap_create(&alloc, &config, &heap), PM_ERR_INVALID);
    config.size = 3 * 4096;
    config.heap_start = 0;
    CHECK_INT(pm_heap_create(&alloc, &config, &heap), PM_ERR_INVALID);
    config.heap_start = 4096 + 16;
    CHECK_INT(pm_heap_create(&alloc, &config, &heap), PM_ERR_INVALID);
    config.heap_start = 4096;
    config.block = block + 1;
    CHECK_INT(pm_heap_create(&alloc, &config, &heap), PM_ERR_INVALID);
    config.block = block;
    CHECK_INT(pm_heap_create(&alloc, &config, &heap), PM_OK);
    pm_heap_destroy(heap);
    pm_heap_destroy(NULL);
}

static int open_close(const struct pm_allocator *alloc, void *context)
{
    struct world world;
    (void)context;
    if (!world_open(&world, alloc, 2, 0))
        return 0;
    world_close(&world, alloc);
    return 1;
}

TEST(heap, a_heap_that_cannot_be_made_leaves_nothing_behind)
{
    CHECK(pm_fault_alloc_each(open_close, NULL, 0) >= 4);
}

TEST(heap, copying_the_block_back_is_a_rewind)
{
    struct pm_allocator alloc = libc_alloc();
    struct world world;
    REQUIRE(world_open(&world, &alloc, 3, 0));
    uint8_t *copy = pm_mem_alloc(&alloc, world.size);
    world.vars[0] = world_alloc(&world, PM_KIND_BYTES, 0, 100);
    memcpy(copy, world.block, world.size);
    pm_ref then = world_alloc(&world, PM_KIND_BYTES, 0, 100);
    world.vars[0] = 0;
    world_collect(&world, NULL);
    memcpy(world.block, copy, world.size);
    CHECK(world_is_valid(&world));
    CHECK(world_alloc(&world, PM_KIND_BYTES, 0, 100) == then);
    pm_mem_free(&alloc, copy, world.size);
    world_close(&world, &alloc);
}
