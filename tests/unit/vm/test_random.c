// SPDX-License-Identifier: MIT
//
// Random programs in the engine against the naive interpreter: the same
// values, traps and cycles, whatever the way they are run.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "naive.h"
#include "random_program.h"
#include "vm_test.h"

#define STEPS 20000

static bool same_memory(const struct naive_end *naive,
                        struct pm_test_guest *guest)
{
    const struct pm_module *module = &guest->image->module;
    uint32_t plain = module->global_count - 3;
    bool ok = true;

    for (uint32_t i = 0; i < plain; i++)
        ok = CHECK_INT(*pm_vm_global(guest->vm, i), naive->globals[i]) && ok;
    struct pm_heap *heap = pm_vm_heap(guest->vm);
    pm_ref buf = *pm_vm_global(guest->vm, plain);
    pm_ref arr = *pm_vm_global(guest->vm, plain + 1);
    pm_ref rec = *pm_vm_global(guest->vm, plain + 2);
    if (buf)
        ok = CHECK(memcmp(pm_object_bytes(pm_heap_at(heap, buf)), naive->bytes,
                          NAIVE_BYTES) == 0) &&
             ok;
    for (uint32_t i = 0; arr && i < NAIVE_ARRAY; i++)
        ok = CHECK_INT(pm_object_slots(pm_heap_at(heap, arr))[i],
                       naive->array[i]) &&
             ok;
    for (uint32_t i = 0; rec && i < 4; i++)
        ok = CHECK_INT(pm_object_slots(pm_heap_at(heap, rec))[i],
                       naive->fields[i]) &&
             ok;
    return ok;
}

static bool same_end(const struct naive_end *naive, const struct vm_end *end)
{
    if (naive->trap)
        return CHECK_INT(end->result, PM_VM_TRAPPED) &&
               CHECK_INT(end->trap.code, naive->trap) &&
               CHECK_INT(end->trap.function, naive->function) &&
               CHECK_INT(end->trap.offset, naive->offset) &&
               CHECK_INT(end->cycles, naive->cycles) &&
               CHECK_INT(end->frame, naive->frames);
    return CHECK_INT(end->result, PM_VM_HALTED) &&
           CHECK_INT(end->cycles, naive->cycles) &&
           CHECK_INT(end->frame, naive->frames);
}

static bool run_one(const char *text, const struct vm_way *way,
                    const struct naive_end *naive, struct vm_end *end)
{
    struct pm_test_guest guest;

    if (!CHECK(vm_open(&guest, text, way)))
        return false;
    vm_finish(&guest, way, end);
    bool ok = end->ok && same_end(naive, end) && same_memory(naive, &guest);
    pm_test_guest_close(&guest);
    return ok;
}

static bool run_ways(const char *text, const struct naive_end *naive,
                     uint64_t seed)
{
    const struct vm_way ways[] = {
        {.dispatch = PM_DISPATCH_AUTO, .frames = 100000},
        {.dispatch = PM_DISPATCH_GOTO, .frames = 100000},
        {.dispatch = PM_DISPATCH_SWITCH, .frames = 100000},
        {.dispatch = PM_DISPATCH_AUTO,
         .budget = 1 + (int64_t)(seed % 13),
         .frames = 100000},
        {.dispatch = PM_DISPATCH_AUTO,
         .budget = 20 + (int64_t)(naive->cycles / 12),
         .reload = true,
         .collect_always = seed % 2,
         .frames = 100000},
    };
    struct vm_end first = {0};
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof ways / sizeof ways[0]; i++) {
        struct vm_end end = {0};
        if (!pm_dispatch_is_available(ways[i].dispatch))
            continue;
        ok = run_one(text, &ways[i], naive, &end) &&
             (i == 0 || vm_same_end(&end, &first, !ways[i].collect_always,
                                    "a way to run it"));
        if (i == 0)
            first = end;
        else
            vm_end_free(&end);
        if (!ok)
            fprintf(stderr, "way %zu\n", i);
    }
    vm_end_free(&first);
    return ok;
}

// So many instructions that a function's branches may not reach with 16 bits:
// each function then begins with a jump over them.
#define FAR_NOPS 8001

static bool is_header(const char *line)
{
    while (*line == ' ')
        line++;
    return strncmp(line, ".func", 5) == 0 || strncmp(line, ".local", 6) == 0;
}

static void put_far_jump(struct pm_buf *out)
{
    pm_buf_puts(out, "    jmp behind_nops\n");
    for (int i = 0; i < FAR_NOPS; i++)
        pm_buf_puts(out, "nop\n");
    pm_buf_puts(out, "behind_nops:\n");
}

// The program with that jump at the start of each function.
static void make_far(const char *text, struct pm_buf *out)
{
    bool in_header = false;
    while (*text) {
        size_t size = strcspn(text, "\n") + 1;
        if (is_header(text)) {
            in_header = true;
        } else if (in_header) {
            put_far_jump(out);
            in_header = false;
        }
        pm_buf_put(out, text, size);
        text += size;
    }
}

// Gives whether to go on; counts those that end in a trap or halt.
static bool try_seed(uint64_t seed, bool far, uint32_t *out_traps,
                     uint32_t *out_halts)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_test_guest guest;
    struct naive_end naive;
    struct vm_way way = {0};
    struct pm_buf text;
    bool ok = true;

    struct pm_buf near;
    pm_buf_init(&text, &alloc);
    pm_buf_init(&near, &alloc);
    random_program(seed, &near);
    if (far)
        make_far(pm_buf_cstr(&near), &text);
    else
        pm_buf_put(&text, near.data, near.size);
    pm_buf_free(&near);
    const char *lines = pm_buf_cstr(&text);
    if (!CHECK(vm_open(&guest, lines, &way))) {
        fprintf(stderr, "seed %llu\n%s", (unsigned long long)seed, lines);
        pm_buf_free(&text);
        return false;
    }
    naive_run(&guest.image->module, 1024, 100, STEPS, &naive);
    pm_test_guest_close(&guest);
    if (!naive.too_long) {
        ok = run_ways(lines, &naive, seed);
        *out_traps += naive.trap != 0;
        *out_halts += naive.trap == 0;
    }
    if (!ok)
        fprintf(stderr, "%s\nseed %llu\n", lines, (unsigned long long)seed);
    pm_buf_free(&text);
    return ok;
}

// A loop that is entered at its test and whose body returns: nothing goes on
// from the body to the test. It once took what the body left on the stack.
TEST(random, a_loop_whose_body_never_ends_ends_as_in_the_naive_interpreter)
{
    static const char *const limits[] = {"0", "1", "-3"};
    struct pm_allocator alloc = pm_allocator_libc();

    for (size_t i = 0; i < PM_ARRAY_LEN(limits); i++) {
        struct pm_test_guest guest;
        struct naive_end naive;
        struct vm_way way = {0};
        struct pm_buf text;
        pm_buf_init(&text, &alloc);
        pm_buf_printf(
            &text,
            ".global n: i64\n.global found: bool\n"
            // Where the objects of random programs are.
            ".global a: i64\n.global b: i64\n.global c: i64\n"
            ".func main ()\n    push_i64 %s\n    set_global n\n"
            "    call is_empty\n    set_global found\n    halt\n.end\n"
            ".func is_empty () -> (bool)\n"
            "    .local i: i64\n    .local count: i64\n"
            "    push_i64 0\n    set_local i\n"
            "    get_global n\n    set_local count\n"
            "    jmp test\nbody:\n    push_bool false\n    ret\n"
            "test:\n    get_local i\n    get_local count\n"
            "    lt\n    jmp_if_true body\n"
            "    push_bool true\n    ret\n.end\n",
            limits[i]);
        REQUIRE(vm_open(&guest, pm_buf_cstr(&text), &way));
        naive_run(&guest.image->module, 1024, 100, STEPS, &naive);
        pm_test_guest_close(&guest);
        CHECK_INT(naive.globals[1], limits[i][0] != '1');
        CHECK(run_ways(pm_buf_cstr(&text), &naive, i));
        pm_buf_free(&text);
    }
}

TEST(random, programs_end_as_in_the_naive_interpreter)
{
    const char *from = getenv("PM_TEST_SEED");
    const char *count = getenv("PM_TEST_COUNT");
    uint64_t seed = from ? strtoull(from, NULL, 10) : 1;
    uint64_t end = seed + (count ? strtoull(count, NULL, 10) : 250);
    uint32_t traps = 0;
    uint32_t halts = 0;

    for (; seed < end; seed++)
        if (!try_seed(seed, false, &traps, &halts))
            return;
    if (!from) {
        CHECK(halts > 50);
        CHECK(traps > 10);
    }
    if (count)
        printf("%u halted, %u trapped\n", (unsigned)halts, (unsigned)traps);
}

TEST(random, programs_of_long_functions_end_as_in_the_naive_interpreter)
{
    const char *from = getenv("PM_TEST_SEED");
    const char *count = getenv("PM_TEST_COUNT");
    uint64_t seed = from ? strtoull(from, NULL, 10) : 1;
    uint64_t end = seed + (count ? strtoull(count, NULL, 10) : 25);
    uint32_t traps = 0;
    uint32_t halts = 0;

    for (; seed < end; seed++)
        if (!try_seed(seed, true, &traps, &halts))
            return;
    CHECK(traps + halts > 0);
}
