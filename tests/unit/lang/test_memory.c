// SPDX-License-Identifier: MIT
//
// Memory that runs out: each allocation fails in turn.
#include <stdlib.h>

#include "low_random.h"
#include "support/fault_alloc.h"
#include "support/lang_text.h"
#include "support/test.h"

// One of everything, and mistakes of all stages.
static const char right[] =
    "import { A, B as C } from \"m\"\n"
    "/// Says what it is.\n"
    "declare struct S<T>(x: int, y: List<List<T>>): D { fn f() { } }\n"
    "declare enum E { A, B(x: int) }\n"
    "fn f(a: int) -> result<E> int {\n"
    "    let x = if a < 1 { f(a, x => { g(x); h() }) } else { 2 }\n"
    "    switch x { 1 -> \"a {x:04} b\", _ -> return }\n"
    "    return (a, [1, 2], b.c(d)!.e(f) + 1) // why\n"
    "}\n";
static const char wrong[] = "let a = 'abc'\n"
                            "fn f() -> void {\n"
                            "    if a = 1 && b { g( }\n"
                            "    $ \"abc\n"
                            "    var x = i++\n"
                            "}\n"
                            "fn g( { \xff }}\n";

static int read_source(const struct pm_allocator *alloc, void *context)
{
    const char *source = context;
    struct lang_text text;
    size_t size;

    lang_text_read(&text, alloc, source, strlen(source));
    bool ok = text.status == PM_OK;
    CHECK(ok || text.status == PM_ERR_NO_MEMORY);
    if (ok)
        for (uint32_t i = 0; ok && i < text.parsed.token_count; i++)
            if (text.parsed.tokens[i].kind == PM_TOKEN_STRING)
                ok = pm_token_string(&text.parsed, i, &text.arena, &size);
    lang_text_free(&text);
    return ok;
}

static int lay_out(const struct pm_allocator *alloc, void *context)
{
    const char *source = context;
    struct lang_text text;
    pm_status status = PM_ERR_NO_MEMORY;

    lang_text_read(&text, alloc, source, strlen(source));
    if (text.status == PM_OK) {
        status = pm_format(&text.parsed, &text.out);
        CHECK(status == PM_OK || text.out.size == 0);
    }
    lang_text_free(&text);
    return status == PM_OK;
}

static int dump(const struct pm_allocator *alloc, void *context)
{
    const char *source = context;
    struct lang_text text;

    lang_text_read(&text, alloc, source, strlen(source));
    bool ok = text.status == PM_OK;
    if (ok) {
        pm_dump_tokens(&text.parsed, &text.out);
        pm_dump_tree(&text.parsed, &text.out);
        ok = pm_buf_status(&text.out) == PM_OK;
    }
    lang_text_free(&text);
    return ok;
}

TEST(memory, reading_leaks_nothing_wherever_memory_ends)
{
    CHECK(pm_fault_alloc_each(read_source, (void *)right, 0) > 5);
    CHECK(pm_fault_alloc_each(read_source, (void *)wrong, 0) > 20);
}

TEST(memory, laying_out_leaks_nothing_wherever_memory_ends)
{
    CHECK(pm_fault_alloc_each(lay_out, (void *)right, 0) > 10);
}

TEST(memory, dumping_leaks_nothing_wherever_memory_ends)
{
    CHECK(pm_fault_alloc_each(dump, (void *)right, 0) > 10);
    CHECK(pm_fault_alloc_each(dump, (void *)wrong, 0) > 10);
}

TEST(memory, it_is_linear_in_the_text)
{
    enum { SIZE = 1 << 20 };
    static const char pieces[][8] = {"(",   ")",   "{",  "}",   "[]",
                                     "\"{", "a ",  "$ ", "1+",  "a<",
                                     "- ",  "a\n", "'",  "fn ", ";"};
    static char source[SIZE];

    for (size_t i = 0; i < PM_ARRAY_LEN(pieces); i++) {
        struct pm_fault_alloc state = {0};
        struct pm_allocator alloc = pm_fault_alloc(&state);
        struct lang_text text;
        size_t size = strlen(pieces[i]);
        for (size_t at = 0; at + size <= SIZE; at += size)
            memcpy(source + at, pieces[i], size);
        lang_text_read(&text, &alloc, source, SIZE);
        CHECK_INT(text.status, PM_OK);
        lang_text_free(&text);
        // Tokens of 16 bytes, twice, nodes of 32, and lists of them.
        CHECK(state.peak_bytes < (size_t)SIZE * 200);
        CHECK_INT(state.live_blocks, 0);
    }
}

// --- the optimiser -----------------------------------------------------------

// Optimises program [seed] with an arena that has so many bytes left. Small
// blocks hardly ever meet an allocator's end, which chunks of an arena hide:
// here each of them is the one that fails in one run.
static pm_status optimise_within(uint64_t seed, size_t room)
{
    struct low_world *w = malloc(sizeof *w);
    struct pm_fault_alloc state = {0};
    struct pm_allocator alloc = pm_fault_alloc(&state);
    struct pm_arena arena;

    low_open(w);
    low_random(w, seed);
    pm_arena_init(&arena, &alloc);
    CHECK(pm_arena_alloc(&arena, room + 1) != NULL);
    arena.used = arena.capacity - room;
    state.fail_at = state.calls + 1;
    state.fail_on = 1;
    w->program.arena = &arena;
    pm_status status = pm_low_optimise(&w->program);
    w->program.arena = &w->arena;
    pm_arena_free(&arena);
    CHECK_INT(state.live_blocks, 0);
    low_close(w);
    free(w);
    return status;
}

TEST(memory, optimising_tells_of_each_block_that_is_not_there)
{
    // With closures that are bound, to parameters and within others.
    static const uint64_t seeds[] = {2, 20, 25};
    size_t total = 0;

    for (size_t i = 0; i < PM_ARRAY_LEN(seeds); i++) {
        size_t room = 0;
        pm_status status;
        while ((status = optimise_within(seeds[i], room)) == PM_ERR_NO_MEMORY)
            room += 16;
        CHECK_INT(status, PM_OK);
        total += room;
    }
    CHECK(total > 10000);
}
