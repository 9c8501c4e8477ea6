// SPDX-License-Identifier: MIT
#include "heap/heap.h"

#include "support/fault_alloc.h"
#include "support/heap_world.h"
#include "support/test.h"

#define PAGES 8
#define MAX   7

static struct pm_allocator alloc;

static bool open_world(struct world *world)
{
    alloc = pm_allocator_libc();
    return CHECK(world_open(world, &alloc, PAGES, MAX));
}

// A bit of everything: each kind, free, retired and ended cells, a span, a
// page cut anew.
static void furnish(struct world *w)
{
    for (int i = 0; i < 2 * MAX; i++) {
        world_alloc(w, PM_KIND_BYTES, 0, 2000);
        world_alloc(w, PM_KIND_BYTES, 0, 2000);
        world_collect(w, NULL);
    }
    pm_ref array = w->vars[0] = world_alloc(w, PM_KIND_ARRAY, 1, 4);
    pm_ref record = world_alloc(w, PM_KIND_RECORD, 1, 3);
    pm_ref bytes = world_alloc(w, PM_KIND_BYTES, 0, 21);
    pm_ref holder = world_alloc(w, PM_KIND_RECORD, 2, 2);
    pm_ref closure = world_alloc(w, PM_KIND_CLOSURE, 4, 1);
    pm_ref coroutine = world_alloc(w, PM_KIND_COROUTINE, 5, 24);
    pm_ref file = world_alloc(w, PM_KIND_STATE, 3, 12);
    pm_ref ended = world_alloc(w, PM_KIND_BYTES, 0, 500);
    pm_ref string = world_alloc(w, PM_KIND_STRING, 0, 4);
    pm_ref span = world_alloc(w, PM_KIND_BYTES, 0, 5000);
    memcpy(pm_object_bytes(pm_heap_at(w->heap, string)), "h\xc3\xa9!", 4);
    memset(pm_object_bytes(pm_heap_at(w->heap, span)), 0xee, 5000);
    world_slots(w, array)[0] = record;
    world_slots(w, array)[1] = closure;
    world_slots(w, array)[2] = span;
    world_slots(w, array)[3] = ended;
    world_slots(w, record)[0] = file;
    world_slots(w, record)[1] = holder;
    world_slots(w, record)[2] = UINT64_MAX; // plain
    world_slots(w, holder)[1] = bytes;
    world_slots(w, closure)[0] = coroutine;
    world_slots(w, coroutine)[2] = string;
    world_collect(w, NULL);
    pm_heap_end(w->heap, ended);
    world_alloc(w, PM_KIND_STRING, 0, 3);
}

static void save(const struct world *world, struct pm_buf *out)
{
    pm_buf_init(out, &alloc);
    pm_heap_save(world->heap, out);
    CHECK_INT(pm_buf_status(out), PM_OK);
}

static pm_status restore(struct world *world, const void *bytes, size_t size)
{
    struct pm_cursor in = pm_cursor_make(bytes, size);
    return pm_heap_restore(world->heap, &in, NULL);
}

TEST(save, a_restored_heap_saves_as_the_same_bytes_and_goes_on_the_same)
{
    struct world a;
    struct world b;
    REQUIRE(open_world(&a) && open_world(&b));
    furnish(&a);
    CHECK(world_is_valid(&a));
    struct pm_buf first;
    save(&a, &first);
    REQUIRE(CHECK_INT(restore(&b, first.data, first.size), PM_OK));
    CHECK(world_is_valid(&b));
    memcpy(b.vars, a.vars, sizeof b.vars);
    for (int i = 0; i < 200; i++) {
        struct pm_buf bytes[2];
        save(&a, &bytes[0]);
        save(&b, &bytes[1]);
        CHECK_INT(bytes[0].size, bytes[1].size);
        CHECK(memcmp(bytes[0].data, bytes[1].data, bytes[0].size) == 0);
        pm_buf_free(&bytes[0]);
        pm_buf_free(&bytes[1]);
        pm_ref ref = world_alloc(&a, PM_KIND_BYTES, 0, 37u * (uint32_t)i);
        CHECK(world_alloc(&b, PM_KIND_BYTES, 0, 37u * (uint32_t)i) == ref);
        if (i % 9 == 0 || !ref) {
            world_collect(&a, NULL);
            world_collect(&b, NULL);
        }
        a.vars[i % 5 + 1] = b.vars[i % 5 + 1] = ref;
    }
    pm_buf_free(&first);
    world_close(&a, &alloc);
    world_close(&b, &alloc);
}

TEST(save, dead_bytes_are_not_in_it)
{
    struct world a;
    struct world b;
    REQUIRE(open_world(&a) && open_world(&b));
    furnish(&a);
    // The same operations over a block that was full of something else.
    memset(b.block + PM_HEAP_PAGE, 0x5a, b.size - PM_HEAP_PAGE);
    pm_heap_reset(b.heap);
    furnish(&b);
    struct pm_buf bytes[2];
    save(&a, &bytes[0]);
    save(&b, &bytes[1]);
    CHECK_INT(bytes[0].size, bytes[1].size);
    CHECK(memcmp(bytes[0].data, bytes[1].data, bytes[0].size) == 0);
    pm_buf_free(&bytes[0]);
    pm_buf_free(&bytes[1]);
    world_close(&a, &alloc);
    world_close(&b, &alloc);
}

TEST(save, bytes_that_end_early_are_refused_and_leave_an_empty_heap)
{
    struct world a;
    struct world b;
    REQUIRE(open_world(&a) && open_world(&b));
    furnish(&a);
    struct pm_buf bytes;
    save(&a, &bytes);
    for (size_t size = 0; size < bytes.size; size++) {
        uint8_t *exact = pm_mem_alloc(&alloc, size ? size : 1);
        memcpy(exact, bytes.data, size);
        if (!CHECK_INT(restore(&b, exact, size), PM_ERR_INVALID))
            size = bytes.size;
        CHECK_INT(pm_heap_used(b.heap), 0);
        pm_mem_free(&alloc, exact, size ? size : 1);
    }
    CHECK(world_is_valid(&b));
    pm_buf_free(&bytes);
    world_close(&a, &alloc);
    world_close(&b, &alloc);
}

TEST(save, whatever_byte_is_wrong_the_heap_is_refused_or_right)
{
    struct world a;
    struct world b;
    REQUIRE(open_world(&a) && open_world(&b));
    furnish(&a);
    struct pm_buf bytes;
    save(&a, &bytes);
    size_t refused = 0;
    static const uint8_t flips[] = {0x01, 0x02, 0x80, 0xff};
    for (size_t at = 0; at < bytes.size; at++) {
        for (size_t i = 0; i < sizeof flips; i++) {
            bytes.data[at] ^= flips[i];
            if (restore(&b, bytes.data, bytes.size) != PM_OK)
                refused++;
            else if (!CHECK(world_is_valid(&b)))
                at = bytes.size - 1;
            bytes.data[at] ^= flips[i];
        }
    }
    CHECK(refused > 500);
    CHECK_INT(restore(&b, bytes.data, bytes.size), PM_OK);
    pm_buf_free(&bytes);
    world_close(&a, &alloc);
    world_close(&b, &alloc);
}

// Changes a furnished heap so that its saved form is wrong in one way.
struct wrong {
    const char *why;
    void (*make)(struct world *world);
};

static struct pm_object *at_var(struct world *w)
{
    return pm_heap_at(w->heap, w->vars[0]);
}

static void forge_slot(struct world *w)
{
    world_slots(w, w->vars[0])[0] += (uint64_t)1 << 32;
}

static void point_inside(struct world *w)
{
    world_slots(w, w->vars[0])[0] += 1;
}

static void old_stale(struct world *w)
{
    world_slots(w, w->vars[0])[3] -= (uint64_t)1 << 32;
}

static void wrong_type(struct world *w)
{
    pm_ref record = world_slots(w, w->vars[0])[0];
    pm_ref holder = world_slots(w, record)[1];
    world_slots(w, holder)[1] = record;
}

static void wrong_header(struct world *w)
{
    at_var(w)->type = 99;
}

static void with_domain(struct world *w)
{
    at_var(w)->domain = 1;
}

static void too_long(struct world *w)
{
    at_var(w)->length = 40;
}

static void too_new(struct world *w)
{
    at_var(w)->generation = MAX + 1;
}

static void bad_text(struct world *w)
{
    pm_ref closure = world_slots(w, w->vars[0])[1];
    pm_ref coroutine = world_slots(w, closure)[0];
    pm_ref string = world_slots(w, coroutine)[2];
    pm_object_bytes(pm_heap_at(w->heap, string))[1] = 0xff;
}

static void bad_coroutine(struct world *w)
{
    pm_ref closure = world_slots(w, w->vars[0])[1];
    world_slots(w, world_slots(w, closure)[0])[0] = 77;
}

static void lost_from_queue(struct world *w)
{
    struct pm_heap_queue *queue = &w->heap->tables->queues[1];
    queue->head = pm_heap_at(w->heap, queue->head)->type;
}

static void in_wrong_queue(struct world *w)
{
    struct pm_heap_queue *queues = w->heap->tables->queues;
    struct pm_heap_queue first = queues[1];
    queues[1] = queues[2];
    queues[2] = first;
}

static void miscounted(struct world *w)
{
    w->heap->tables->allocated++;
}

static void impossible_wish(struct world *w)
{
    w->heap->tables->wanted = 3;
}

static void broken_span(struct world *w)
{
    uint32_t index = pm_ref_index(world_slots(w, w->vars[0])[2]);
    w->heap->page_class[(index - w->heap->first) / 256 + 1] = PM_HEAP_UNCUT;
}

static void unknown_class(struct world *w)
{
    w->heap->page_class[PAGES - 1] = 24;
}

static void floor_too_high(struct world *w)
{
    w->heap->page_info[PAGES - 1] = MAX;
}

TEST(save, each_wrong_thing_is_named)
{
    static const struct wrong wrongs[] = {
        {"forged reference", forge_slot},
        {"forged reference", point_inside},
        {"forged reference", old_stale},
        {"wrong type", wrong_type},
        {"does not go with its kind", wrong_header},
        {"is no state", with_domain},
        {"size that its length", too_long},
        {"impossible generation", too_new},
        {"no UTF-8", bad_text},
        {"its type does not allow", bad_coroutine},
        {"misses 1 cells", lost_from_queue},
        {"queue", in_wrong_queue},
        {"bytes are counted", miscounted},
        {"cannot want", impossible_wish},
        {"cannot have class", broken_span},
        {"cannot have class", unknown_class},
        {"cannot have class", floor_too_high},
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(wrongs); i++) {
        struct world a;
        struct world b;
        REQUIRE(open_world(&a) && open_world(&b));
        furnish(&a);
        CHECK_INT(a.heap->page_class[PAGES - 1], PM_HEAP_UNCUT);
        wrongs[i].make(&a);
        CHECK(wrongs[i].make == wrong_type || wrongs[i].make == wrong_header ||
              wrongs[i].make == bad_text || wrongs[i].make == bad_coroutine ||
              wrongs[i].make == impossible_wish ||
              !pm_heap_validate(a.heap, NULL));
        struct pm_buf bytes;
        struct pm_buf why;
        save(&a, &bytes);
        pm_buf_init(&why, &alloc);
        struct pm_cursor in = pm_cursor_make(bytes.data, bytes.size);
        CHECK_INT(pm_heap_restore(b.heap, &in, &why), PM_ERR_INVALID);
        const char *text = pm_buf_cstr(&why);
        if (!CHECK(text && strstr(text, wrongs[i].why)))
            fprintf(stderr, "  \"%s\" is not in \"%s\"\n", wrongs[i].why, text);
        CHECK(world_is_valid(&b));
        pm_buf_free(&bytes);
        pm_buf_free(&why);
        world_close(&a, &alloc);
        world_close(&b, &alloc);
    }
}

TEST(save, another_geometry_is_refused)
{
    struct world a;
    struct world b;
    REQUIRE(open_world(&a));
    REQUIRE(world_open(&b, &alloc, PAGES + 1, MAX));
    struct pm_buf bytes;
    save(&a, &bytes);
    CHECK_INT(restore(&b, bytes.data, bytes.size), PM_ERR_INVALID);
    world_close(&b, &alloc);
    REQUIRE(world_open(&b, &alloc, PAGES, MAX + 1));
    CHECK_INT(restore(&b, bytes.data, bytes.size), PM_ERR_INVALID);
    pm_buf_free(&bytes);
    world_close(&a, &alloc);
    world_close(&b, &alloc);
}

TEST(save, the_old_heap_stands_until_the_new_one_is_right_and_swapped_in)
{
    struct world a;
    struct world b;
    REQUIRE(open_world(&a) && open_world(&b));
    struct pm_heap *heap = a.heap;
    pm_ref old = world_alloc(&a, PM_KIND_BYTES, 0, 600);
    furnish(&b);
    struct pm_buf bytes;
    save(&b, &bytes);
    CHECK_INT(restore(&b, bytes.data, bytes.size - 1), PM_ERR_INVALID);
    CHECK(world_is_live(&a, old));
    CHECK_INT(restore(&b, bytes.data, bytes.size), PM_OK);
    pm_heap_swap(a.heap, b.heap);
    CHECK(a.heap == heap && heap->block == b.block);
    CHECK(!world_is_live(&a, old));
    CHECK(world_is_valid(&a) && world_is_valid(&b));
    pm_buf_free(&bytes);
    pm_heap_swap(a.heap, b.heap);
    world_close(&a, &alloc);
    world_close(&b, &alloc);
}

static int save_once(const struct pm_allocator *faulty, void *context)
{
    struct pm_buf out;
    pm_buf_init(&out, faulty);
    pm_heap_save(context, &out);
    int ok = pm_buf_status(&out) == PM_OK;
    pm_buf_free(&out);
    return ok;
}

TEST(save, a_save_that_runs_out_of_memory_says_so)
{
    struct world a;
    REQUIRE(open_world(&a));
    furnish(&a);
    CHECK(pm_fault_alloc_each(save_once, a.heap, 0) > 2);
    world_close(&a, &alloc);
}
