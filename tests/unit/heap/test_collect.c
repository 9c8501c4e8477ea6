// SPDX-License-Identifier: MIT
#include "heap/heap.h"

#include "support/heap_world.h"
#include "support/test.h"

static struct pm_allocator alloc;

static bool open_world(struct world *world, uint32_t pages, uint32_t max)
{
    alloc = pm_allocator_libc();
    return CHECK(world_open(world, &alloc, pages, max));
}

TEST(collect, what_a_root_reaches_over_every_kind_lives)
{
    struct world w;
    REQUIRE(open_world(&w, 8, 0));
    pm_ref array = world_alloc(&w, PM_KIND_ARRAY, 1, 3);
    pm_ref record = world_alloc(&w, PM_KIND_RECORD, 1, 3);
    pm_ref closure = world_alloc(&w, PM_KIND_CLOSURE, 9, 2);
    pm_ref coroutine = world_alloc(&w, PM_KIND_COROUTINE, 0, 16);
    pm_ref string = world_alloc(&w, PM_KIND_STRING, 0, 5);
    pm_ref lost = world_alloc(&w, PM_KIND_STRING, 0, 5);
    w.vars[3] = array;
    world_slots(&w, array)[2] = record;
    world_slots(&w, record)[1] = closure;
    world_slots(&w, closure)[0] = coroutine;
    world_slots(&w, coroutine)[1] = string;
    // A cycle back, and words that only look like references.
    world_slots(&w, coroutine)[0] = array;
    world_slots(&w, record)[2] = lost;
    world_slots(&w, closure)[1] = lost;
    struct pm_heap_work work;
    world_collect(&w, &work);
    CHECK(world_is_live(&w, string));
    CHECK(!world_is_live(&w, lost));
    CHECK_INT(work.marked, 5);
    CHECK_INT(work.freed, 1);
    CHECK_INT(work.scanned, 3 + 3 + 2);
    world_slots(&w, lost)[0] = 0;
    world_slots(&w, record)[2] = 0;
    CHECK(world_is_valid(&w));
    w.vars[3] = 0;
    world_collect(&w, &work);
    CHECK_INT(work.freed, 5);
    CHECK_INT(work.live_bytes, 0);
    CHECK_INT(pm_heap_used(w.heap), 0);
    world_close(&w, &alloc);
}

TEST(collect, plain_slots_keep_nothing_alive)
{
    struct world w;
    REQUIRE(open_world(&w, 4, 0));
    pm_ref plain = world_alloc(&w, PM_KIND_ARRAY, 0, 2);
    pm_ref record = world_alloc(&w, PM_KIND_RECORD, 0, 2);
    pm_ref a = world_alloc(&w, PM_KIND_BYTES, 0, 8);
    w.vars[0] = plain;
    w.vars[1] = record;
    world_slots(&w, plain)[0] = a;
    world_slots(&w, record)[0] = a;
    world_collect(&w, NULL);
    CHECK(!world_is_live(&w, a));
    world_close(&w, &alloc);
}

TEST(collect, the_cell_freed_first_is_the_first_reused)
{
    struct world w;
    REQUIRE(open_world(&w, 1, 0));
    pm_ref refs[128];
    for (int i = 0; i < 128; i++)
        refs[i] = world_alloc(&w, PM_KIND_BYTES, 0, 1);
    CHECK(world_alloc(&w, PM_KIND_BYTES, 0, 1) == 0);
    for (int i = 0; i < 8; i++)
        w.vars[i] = refs[i];
    // 5 is freed by the first collection, 2 by the second, 7 and 6 by the
    // third, in index order, all behind what is free already.
    world_collect(&w, NULL);
    w.vars[5] = 0;
    world_collect(&w, NULL);
    w.vars[2] = 0;
    world_collect(&w, NULL);
    w.vars[7] = w.vars[6] = 0;
    world_collect(&w, NULL);
    for (int i = 8; i < 128; i++)
        CHECK_INT(pm_ref_index(world_alloc(&w, PM_KIND_BYTES, 0, 1)),
                  pm_ref_index(refs[i]));
    static const int order[] = {5, 2, 6, 7};
    for (int i = 0; i < 4; i++) {
        pm_ref ref = world_alloc(&w, PM_KIND_BYTES, 0, 1);
        CHECK(ref == refs[order[i]] + ((uint64_t)1 << 32));
    }
    CHECK(world_alloc(&w, PM_KIND_BYTES, 0, 1) == 0);
    world_close(&w, &alloc);
}

TEST(collect, a_tombstone_is_reused_only_when_nothing_refers_to_it)
{
    struct world w;
    REQUIRE(open_world(&w, 1, 0));
    pm_ref refs[2];
    for (int i = 0; i < 2; i++)
        refs[i] = w.vars[i] = world_alloc(&w, PM_KIND_STATE, 1, 2000);
    CHECK_INT(pm_heap_end(w.heap, refs[0]), PM_TRAP_NONE);
    CHECK(world_alloc(&w, PM_KIND_STATE, 1, 2000) == 0);
    world_collect(&w, NULL);
    CHECK(world_alloc(&w, PM_KIND_STATE, 1, 2000) == 0);
    CHECK_INT(pm_heap_explain(w.heap, refs[0]), PM_TRAP_STALE_HANDLE);
    CHECK(world_is_valid(&w));
    w.vars[0] = 0;
    CHECK(world_alloc(&w, PM_KIND_STATE, 1, 2000) == 0);
    world_collect(&w, NULL);
    pm_ref again = world_alloc(&w, PM_KIND_STATE, 1, 2000);
    CHECK(again == refs[0] + ((uint64_t)1 << 32));
    CHECK_INT(w.leak_count, 0);
    world_close(&w, &alloc);
}

TEST(collect, leaked_states_are_reported_in_index_order_before_they_go)
{
    struct world w;
    REQUIRE(open_world(&w, 4, 0));
    pm_ref big = world_alloc(&w, PM_KIND_STATE, 2, 3000);
    pm_ref a = world_alloc(&w, PM_KIND_STATE, 1, 8);
    pm_ref b = world_alloc(&w, PM_KIND_STATE, 1, 8);
    pm_ref c = world_alloc(&w, PM_KIND_STATE, 1, 8);
    pm_ref d = world_alloc(&w, PM_KIND_STATE, 1, 8);
    w.vars[0] = b;
    pm_heap_end(w.heap, c);
    struct pm_heap_work work;
    world_collect(&w, &work);
    REQUIRE(w.leak_count == 3);
    CHECK(w.leaks[0] == big && w.leaks[1] == a && w.leaks[2] == d);
    CHECK_INT(work.leaks, 3);
    CHECK_INT(w.heap->tables->leaks, 3);
    CHECK(world_is_live(&w, b));
    world_close(&w, &alloc);
}

TEST(collect, a_page_is_cut_anew_only_when_wholly_free_and_goes_on_counting)
{
    struct world w;
    REQUIRE(open_world(&w, 1, 0));
    pm_ref a = world_alloc(&w, PM_KIND_BYTES, 0, 2000);
    pm_ref b = world_alloc(&w, PM_KIND_BYTES, 0, 2000);
    w.vars[0] = a;
    w.vars[1] = b;
    pm_heap_end(w.heap, b);
    for (int i = 0; i < 2; i++) {
        // First a lives, then b's tombstone is still referred to.
        CHECK(world_alloc(&w, PM_KIND_BYTES, 0, 1) == 0);
        world_collect(&w, NULL);
        CHECK(world_alloc(&w, PM_KIND_BYTES, 0, 1) == 0);
        CHECK(world_is_valid(&w));
        w.vars[0] = 0;
    }
    w.vars[1] = 0;
    CHECK(world_alloc(&w, PM_KIND_BYTES, 0, 1) == 0);
    world_collect(&w, NULL);
    CHECK_INT(w.heap->page_class[0], PM_HEAP_UNCUT);
    CHECK_INT(w.heap->page_info[0], 1);
    pm_ref small = world_alloc(&w, PM_KIND_BYTES, 0, 1);
    CHECK_INT(pm_ref_index(small), pm_ref_index(a));
    CHECK_INT(pm_ref_generation(small), 2);
    // b's header place is payload or another header now: never b again.
    CHECK(!world_is_live(&w, b));
    CHECK(world_is_valid(&w));
    world_close(&w, &alloc);
}

TEST(collect, taking_pages_back_leaves_the_order_of_the_other_cells)
{
    struct world w;
    REQUIRE(open_world(&w, 3, 0));
    pm_ref first[3][2];
    for (int page = 0; page < 3; page++)
        for (int i = 0; i < 2; i++)
            first[page][i] = world_alloc(&w, PM_KIND_BYTES, 0, 2000);
    w.vars[0] = first[0][1];
    w.vars[1] = first[2][0];
    CHECK(world_alloc(&w, PM_KIND_BYTES, 0, 5000) == 0);
    world_collect(&w, NULL);
    CHECK(world_is_valid(&w));
    // Page 1 is wholly free; the others have one free cell each.
    pm_ref span = world_alloc(&w, PM_KIND_BYTES, 0, 4000);
    CHECK_INT(pm_ref_index(span), pm_ref_index(first[1][0]));
    CHECK_INT(pm_ref_generation(span), 2);
    CHECK_INT(pm_ref_index(world_alloc(&w, PM_KIND_BYTES, 0, 2000)),
              pm_ref_index(first[0][0]));
    CHECK_INT(pm_ref_index(world_alloc(&w, PM_KIND_BYTES, 0, 2000)),
              pm_ref_index(first[2][1]));
    CHECK(world_alloc(&w, PM_KIND_BYTES, 0, 2000) == 0);
    world_close(&w, &alloc);
}

TEST(collect, spans_take_the_first_run_that_is_long_enough)
{
    struct world w;
    REQUIRE(open_world(&w, 8, 0));
    for (int i = 0; i < 8; i++)
        w.vars[i] = world_alloc(&w, PM_KIND_BYTES, 0, 4000);
    uint32_t first = pm_ref_index(w.vars[0]);
    w.vars[1] = w.vars[4] = w.vars[5] = w.vars[6] = 0;
    CHECK(world_alloc(&w, PM_KIND_BYTES, 0, 8000) == 0);
    world_collect(&w, NULL);
    w.vars[1] = world_alloc(&w, PM_KIND_BYTES, 0, 8000);
    CHECK_INT(pm_ref_index(w.vars[1]), first + 4 * 256);
    w.vars[4] = world_alloc(&w, PM_KIND_BYTES, 0, 4000);
    CHECK_INT(pm_ref_index(w.vars[4]), first + 1 * 256);
    CHECK(world_is_valid(&w));
    // An index inside a span is no header.
    pm_ref inside = pm_ref_make(first + 5 * 256, 1);
    CHECK_INT(pm_heap_ref_state(w.heap, inside, NULL), PM_REF_FORGED);
    memset(w.vars, 0, sizeof w.vars);
    world_collect(&w, NULL);
    CHECK(world_alloc(&w, PM_KIND_BYTES, 0, 8 * 4096 - 16) != 0);
    CHECK(world_is_valid(&w));
    world_close(&w, &alloc);
}

TEST(collect, a_cell_at_its_last_generation_is_retired_for_good)
{
    struct world w;
    REQUIRE(open_world(&w, 1, 3));
    uint32_t issued = 0;
    pm_ref ref;
    do {
        while ((ref = world_alloc(&w, PM_KIND_STATE, 1, 2000))) {
            CHECK(pm_ref_generation(ref) >= 1 && pm_ref_generation(ref) <= 3);
            CHECK_INT(pm_heap_end(w.heap, ref), PM_TRAP_NONE);
            CHECK_INT(pm_heap_explain(w.heap, ref), PM_TRAP_STALE_HANDLE);
            w.vars[0] = ref;
            CHECK(world_is_valid(&w));
            issued++;
        }
        // The last handle of a cell that is being retired stays stale.
        world_collect(&w, NULL);
        CHECK_INT(pm_heap_ref_state(w.heap, w.vars[0], NULL), PM_REF_STALE);
        w.vars[0] = 0;
        world_collect(&w, NULL);
        CHECK(world_is_valid(&w));
        ref = world_alloc(&w, PM_KIND_STATE, 1, 2000);
        issued += ref != 0;
    } while (ref);
    // Two cells, three generations each.
    CHECK_INT(issued, 6);
    CHECK(world_alloc(&w, PM_KIND_BYTES, 0, 1) == 0);
    world_collect(&w, NULL);
    CHECK(world_alloc(&w, PM_KIND_BYTES, 0, 1) == 0);
    CHECK(world_alloc(&w, PM_KIND_BYTES, 0, 4000) == 0);
    CHECK(world_is_valid(&w));
    world_close(&w, &alloc);
}

TEST(collect, a_page_whose_span_used_its_last_generation_is_retired)
{
    struct world w;
    REQUIRE(open_world(&w, 2, 2));
    pm_ref ref;
    uint32_t issued = 0;
    for (int i = 0; i < 10; i++) {
        ref = world_alloc(&w, PM_KIND_BYTES, 0, 5000);
        issued += ref != 0;
        CHECK(world_is_valid(&w));
        world_collect(&w, NULL);
        CHECK(world_is_valid(&w));
    }
    CHECK_INT(issued, 2);
    CHECK_INT(w.heap->page_class[0], PM_HEAP_RETIRED);
    // The other page never had a header.
    CHECK_INT(w.heap->page_class[1], PM_HEAP_UNCUT);
    CHECK(world_alloc(&w, PM_KIND_BYTES, 0, 4000) != 0);
    world_close(&w, &alloc);
}

TEST(collect, a_deep_list_and_a_wide_array_need_no_stack_of_the_host)
{
    struct world w;
    REQUIRE(open_world(&w, 64, 0));
    pm_ref next = 0;
    uint32_t count = 0;
    for (;; count++) {
        pm_ref ref = world_alloc(&w, PM_KIND_RECORD, 1, 2);
        if (!ref)
            break;
        world_slots(&w, ref)[0] = next;
        world_slots(&w, ref)[1] = next;
        next = ref;
    }
    w.vars[0] = next;
    struct pm_heap_work work;
    world_collect(&w, &work);
    CHECK_INT(work.marked, count);
    CHECK_INT(work.freed, 0);
    CHECK_INT(count, 64 * 128);
    world_close(&w, &alloc);
}

TEST(collect, the_threshold_lies_between_a_sixteenth_and_half_of_what_is_free)
{
    struct world w;
    REQUIRE(open_world(&w, 64, 0));
    CHECK(!pm_heap_wants_collection(w.heap));
    for (int i = 0; i < 3; i++)
        world_alloc(&w, PM_KIND_BYTES, 0, 4000);
    CHECK(!pm_heap_wants_collection(w.heap));
    w.vars[0] = world_alloc(&w, PM_KIND_BYTES, 0, 7 * 4096);
    CHECK(pm_heap_wants_collection(w.heap));
    world_collect(&w, NULL);
    for (int i = 0; i < 7; i++)
        world_alloc(&w, PM_KIND_BYTES, 0, 4000);
    CHECK(!pm_heap_wants_collection(w.heap));
    world_alloc(&w, PM_KIND_BYTES, 0, 4000);
    CHECK(pm_heap_wants_collection(w.heap));
    world_close(&w, &alloc);
}

TEST(collect, one_class_cannot_keep_the_pages_that_another_needs)
{
    struct world w;
    REQUIRE(open_world(&w, 32, 0));
    // Fill with small cells, free all, then want large ones, one by one: a
    // collection each would be ruinous.
    while (world_alloc(&w, PM_KIND_BYTES, 0, 1))
        ;
    uint32_t collections = 0;
    for (int i = 0; i < 32 * 3; i++) {
        if (!world_alloc(&w, PM_KIND_BYTES, 0, 1300)) {
            world_collect(&w, NULL);
            collections++;
            CHECK(world_alloc(&w, PM_KIND_BYTES, 0, 1300) != 0);
        }
    }
    CHECK(collections <= 2);
    CHECK(world_is_valid(&w));
    world_close(&w, &alloc);
}

// Lists, arrays, garbage and leaks over some pages.
static void furnish(struct world *w)
{
    for (int i = 0; i < 300; i++) {
        pm_ref ref = world_alloc(w, PM_KIND_RECORD, 1, 2 + (uint32_t)i % 5);
        world_slots(w, ref)[0] = w->vars[i % 3];
        w->vars[i % 3] = ref;
        if (i % 50 == 49)
            w->vars[2] = 0;
        if (i % 60 == 0)
            world_alloc(w, PM_KIND_STATE, 1, 40);
    }
    w->vars[4] = world_alloc(w, PM_KIND_ARRAY, 1, 900);
    world_slots(w, w->vars[4])[899] = w->vars[1];
    w->vars[1] = 0;
}

static void save(const struct world *world, struct pm_buf *out)
{
    pm_buf_init(out, &alloc);
    pm_heap_save(world->heap, out);
}

TEST(collect, however_it_is_cut_in_steps_the_outcome_is_the_same)
{
    static const uint64_t units[] = {1, 2, 7, 50, 1000000};
    for (size_t i = 0; i < PM_ARRAY_LEN(units); i++) {
        struct world a;
        struct world b;
        struct pm_buf bytes[2];
        REQUIRE(open_world(&a, 16, 0) && open_world(&b, 16, 0));
        furnish(&a);
        furnish(&b);
        world_collect(&a, NULL);
        uint32_t steps = world_collect_in_steps(&b, units[i]);
        CHECK(units[i] > 50 ? steps == 1 : steps > 5);
        save(&a, &bytes[0]);
        save(&b, &bytes[1]);
        CHECK_INT(bytes[0].size, bytes[1].size);
        CHECK(memcmp(bytes[0].data, bytes[1].data, bytes[0].size) == 0);
        CHECK_INT(a.leak_count, b.leak_count);
        CHECK(memcmp(a.leaks, b.leaks, sizeof a.leaks) == 0);
        CHECK(world_is_valid(&b));
        pm_buf_free(&bytes[0]);
        pm_buf_free(&bytes[1]);
        world_close(&a, &alloc);
        world_close(&b, &alloc);
    }
}

TEST(collect, between_its_steps_nothing_can_be_allocated)
{
    struct world w;
    struct pm_heap_roots roots = {world_visit, &w};
    REQUIRE(open_world(&w, 16, 0));
    furnish(&w);
    pm_heap_collect_begin(w.heap, &roots);
    CHECK(!pm_heap_collect_step(w.heap, 1, NULL));
    CHECK(pm_heap_is_collecting(w.heap));
    pm_ref ref;
    CHECK_INT(pm_heap_alloc(w.heap, PM_KIND_BYTES, 0, 1, &ref),
              PM_ERR_WRONG_STATE);
    CHECK(pm_heap_collect_step(w.heap, UINT64_MAX, NULL));
    CHECK_INT(pm_heap_alloc(w.heap, PM_KIND_BYTES, 0, 1, &ref), PM_OK);
    world_close(&w, &alloc);
}

TEST(collect, a_reset_ends_a_collection_that_is_under_way)
{
    struct world w;
    struct pm_heap_roots roots = {world_visit, &w};
    REQUIRE(open_world(&w, 16, 0));
    furnish(&w);
    pm_heap_collect_begin(w.heap, &roots);
    CHECK(!pm_heap_collect_step(w.heap, 1, NULL));
    pm_heap_reset(w.heap);
    CHECK(!pm_heap_is_collecting(w.heap));
    CHECK(world_alloc(&w, PM_KIND_BYTES, 0, 1) != 0);
    CHECK(world_is_valid(&w));
    world_close(&w, &alloc);
}

TEST(collect, a_chain_costs_more_than_as_many_objects_side_by_side)
{
    struct world w;
    struct pm_heap_work work[2];
    REQUIRE(open_world(&w, 16, 0));
    pm_ref wide = w.vars[0] = world_alloc(&w, PM_KIND_ARRAY, 1, 200);
    for (int i = 0; i < 200; i++)
        world_slots(&w, wide)[i] = world_alloc(&w, PM_KIND_BYTES, 0, 1);
    world_collect(&w, &work[0]);
    w.vars[0] = 0;
    for (int i = 0; i < 201; i++) {
        pm_ref ref = world_alloc(&w, PM_KIND_RECORD, 1, 2);
        world_slots(&w, ref)[0] = w.vars[0];
        w.vars[0] = ref;
    }
    world_collect(&w, &work[1]);
    CHECK_INT(work[0].marked, work[1].marked);
    CHECK(work[1].units > 5 * work[0].units);
    world_close(&w, &alloc);
}
