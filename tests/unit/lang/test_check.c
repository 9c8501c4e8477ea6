// SPDX-License-Identifier: MIT
//
// The compiler from sources to a module, as a whole.
#include <stdio.h>
#include <string.h>

#include <prometeu/compile.h>

#include "base/check.h"
#include "support/fault_alloc.h"
#include "support/test.h"

// --- memory ------------------------------------------------------------------

#define RICH PM_SOURCE_DIR "/tests/fuzz/corpus/compile/rich.pbs"

static size_t read_rich(char *text, size_t room)
{
    FILE *file = fopen(RICH, "rb");

    if (!file)
        return 0;
    size_t size = fread(text, 1, room, file);
    fclose(file);
    return size;
}

struct source {
    const char *text;
    size_t size;
};

static int build(const struct pm_allocator *alloc, void *context)
{
    const struct source *source = context;
    struct pm_compiler_config config = {.alloc = *alloc};
    struct pm_compiler *compiler;
    const struct pm_compile_result *result;

    if (pm_compiler_create(&config, &compiler))
        return 0;
    pm_status status = pm_compiler_set_file(compiler, "src/main.pbs",
                                            source->text, source->size);
    if (!status)
        status = pm_compiler_build(compiler, NULL, &result);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY);
    if (!status)
        CHECK(result->module != NULL);
    pm_compiler_destroy(compiler);
    return status == PM_OK;
}

TEST(compile, memory_that_ends_anywhere_is_told_and_nothing_leaks)
{
    static char text[1 << 16];
    struct source source = {text, read_rich(text, sizeof text)};

    REQUIRE(source.size > 0);
    CHECK(pm_fault_alloc_each(build, &source, 0) > 100);
}

// --- equal sources, equal bytes ----------------------------------------------

static size_t compile_to(uint8_t *out, size_t room, bool twice)
{
    static char text[1 << 16];
    size_t size = read_rich(text, sizeof text);
    struct pm_compiler *compiler;
    const struct pm_compile_result *result;
    size_t made = 0;

    if (!CHECK_INT(pm_compiler_create(NULL, &compiler), PM_OK))
        return 0;
    // A file that comes and goes, and comes again as it was, changes nothing.
    CHECK_INT(pm_compiler_set_file(compiler, "src/main.pbs", "bad (", 5),
              PM_OK);
    if (twice)
        CHECK_INT(pm_compiler_build(compiler, NULL, &result), PM_ERR_INVALID);
    CHECK_INT(pm_compiler_set_file(compiler, "src/main.pbs", text, size),
              PM_OK);
    CHECK_INT(pm_compiler_build(compiler, NULL, &result), PM_OK);
    if (result->module && result->module_size <= room) {
        memcpy(out, result->module, result->module_size);
        made = result->module_size;
    }
    pm_compiler_destroy(compiler);
    return made;
}

TEST(compile, equal_sources_give_equal_bytes)
{
    static uint8_t a[1 << 18], b[1 << 18];
    size_t size = compile_to(a, sizeof a, false);

    REQUIRE(size > 0);
    CHECK_INT(compile_to(b, sizeof b, true), size);
    CHECK(memcmp(a, b, size) == 0);
}

// --- one message for one mistake ---------------------------------------------

struct mistake {
    const char *text;
    // "line:code line:code …" of all messages.
    const char *wanted;
};

// Bodies of [Frame]; line 1 is the first of the text.
static const struct mistake mistakes[] = {
    {"fn f() -> int { return g(1) }", "1:PBS0201"},
    {"fn f() -> int { let a = g(1)\n return a + b.c }", "1:PBS0201 2:PBS0201"},
    {"fn f(a: Foo) -> int { return a.x + a.y }", "1:PBS0202"},
    {"declare struct P(x: Foo)\nfn f(p: P) -> int { return p.x }", "1:PBS0202"},
    {"fn f() -> void { let a = []\n a[0] = 1 }", "1:PBS0306"},
    {"fn f(n: int) -> int { return switch n { 1 -> 2 } }", "1:PBS0405"},
    {"fn f(n: int) -> str { return switch n { 1 -> 2, default -> \"a\" } }",
     "1:PBS0301"},
    {"import { Nope } from \"@std/prelude\"\nfn f() -> void { Nope() }",
     "1:PBS0204"},
    {"fn f<T>(a: T) -> T { return a + nope }", "1:PBS0201"},
    {"fn f<T>(a: T) -> T { return a + 1 }\nfn g() -> str { return f(\"x\") }",
     "1:PBS0302"},
    {"fn f() -> void { for x in 5 { x.y() } }", "1:PBS0310"},
    {"fn f() -> void { let x: int = \"a\"\n let y: str = x }",
     "1:PBS0301 2:PBS0301"},
    {"declare enum E { A, B }\nfn f(e: E) -> int { return switch e { E.C -> 1 "
     "} }",
     "2:PBS0210"},
    {"declare error E { A }\nfn g() -> result<E> int { return ok(1) }\n"
     "fn f() -> int { return handle g() { ok(x) -> x } }",
     "3:PBS0407"},
    {"fn f() -> string { return \"\" }", "1:PBS0202"},
    {"fn f() -> byte { return 100 / 2 }", ""},
    {"fn f() -> byte { return 512 >> 1 }", "1:PBS0308"},
    {"fn f() -> byte { return 1 / 0 }", "1:PBS0301"},
    {"fn f() -> int { while true { } }", ""},
    {"fn f() -> int { trap(\"no\") }", ""},
    {"fn f(a: bool) -> int { if a { return 1 } else { return 2 } }", ""},
    {"fn f(this_one: int) -> int { return this_one }", ""},
};

static void list_messages(const struct pm_compile_result *result, char *out,
                          size_t room)
{
    out[0] = 0;
    for (size_t i = 0; i < result->count; i++) {
        size_t used = strlen(out);
        snprintf(out + used, room - used, "%s%u:%s", used ? " " : "",
                 result->diags[i].place.line, result->diags[i].code);
    }
}

TEST(compile, each_mistake_is_told_once)
{
    struct pm_compiler *compiler;

    REQUIRE(pm_compiler_create(NULL, &compiler) == PM_OK);
    for (size_t i = 0; i < PM_ARRAY_LEN(mistakes); i++) {
        const struct pm_compile_result *result;
        char text[1024], found[1024];
        int size =
            snprintf(text, sizeof text, "%s\n[Frame] fn frame() -> void { }\n",
                     mistakes[i].text);
        pm_compiler_set_file(compiler, "src/main.pbs", text, (size_t)size);
        pm_compiler_check(compiler, NULL, &result);
        list_messages(result, found, sizeof found);
        if (!CHECK_STR(found, mistakes[i].wanted))
            fprintf(stderr, "in: %s\n", mistakes[i].text);
    }
    pm_compiler_destroy(compiler);
}

// --- limits ------------------------------------------------------------------

// "before", then "part" so often with its number, then "behind".
static void check_many(struct pm_compiler *compiler, const char *before,
                       const char *part, int count, const char *behind,
                       const char *wanted)
{
    static char text[1 << 18];
    char found[64];
    const struct pm_compile_result *result;
    size_t used = (size_t)snprintf(text, sizeof text, "%s", before);

    for (int i = 0; i < count; i++) {
        snprintf(found, sizeof found, "%d", i);
        const char *place = strchr(part, '#');
        used += (size_t)snprintf(text + used, sizeof text - used, "%.*s%s%s",
                                 (int)(place - part), part, found, place + 1);
    }
    used += (size_t)snprintf(text + used, sizeof text - used, "%s", behind);
    CHECK_INT(pm_compiler_set_file(compiler, "src/main.pbs", text, used),
              PM_OK);
    pm_compiler_build(compiler, NULL, &result);
    CHECK_STR(result->count ? result->diags[0].code : "", wanted);
    CHECK(result->count <= 1);
}

TEST(compile, chains_that_later_stages_go_through_have_an_end)
{
    static const char frame[] = "[Frame] fn frame() -> void {\n";
    static const struct {
        const char *before, *part, *behind;
    } rows[] = {
        {"switch x {\n", "#->x = 1\n", "default -> x = 2 } }"},
        {"switch x {\n0", ",-#1", " -> x = 1, default -> x = 2 } }"},
        {"trace(\"", "{x}#", "\") }"},
        {"if x == 0 { x = 1 }", " else if x == # { x = 2 }", " }"},
        {"x = 1", " + #", " }"},
        {"x = 1 }\ndeclare enum E {", "C#,",
         "D }\nfn f(e: E) -> str { return str(e) }\n"},
    };
    struct pm_compiler *compiler;

    REQUIRE(pm_compiler_create(NULL, &compiler) == PM_OK);
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        char before[256];
        snprintf(before, sizeof before, "declare global x: int = 0\n%s%s",
                 frame, rows[i].before);
        check_many(compiler, before, rows[i].part, 990, rows[i].behind, "");
        check_many(compiler, before, rows[i].part, 1100, rows[i].behind,
                   i == 3 || i == 4 ? "PBS0123" : "PBS0649");
    }
    pm_compiler_destroy(compiler);
}
