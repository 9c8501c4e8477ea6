// SPDX-License-Identifier: MIT
//
// The compiler as a library.
#include <prometeu/compile.h>

#include <prometeu/domain.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytecode/bytecode.h"
#include "support/fault_alloc.h"
#include "support/test.h"

static const char game[] = "import { double } from \"numbers\"\n"
                           "declare global sum: int = 0\n"
                           "[Frame] fn frame() -> void { sum += double(2) }\n";
static const char numbers[] = "pub fn double(n: int) -> int { return n * 2 }\n";

static void set(struct pm_compiler *compiler, const char *path,
                const char *text)
{
    CHECK_INT(pm_compiler_set_file(compiler, path, text, strlen(text)), PM_OK);
}

static struct pm_compiler *empty(void)
{
    struct pm_compiler *compiler = NULL;

    CHECK_INT(pm_compiler_create(NULL, &compiler), PM_OK);
    return compiler;
}

static struct pm_compiler *with_game(void)
{
    struct pm_compiler *compiler = empty();

    set(compiler, "src/main.pbs", game);
    set(compiler, "src/numbers/double.pbs", numbers);
    return compiler;
}

static const struct pm_compile_result *
build(struct pm_compiler *compiler, const struct pm_compile_options *options,
      pm_status wanted)
{
    const struct pm_compile_result *result;
    pm_status status = pm_compiler_build(compiler, options, &result);

    if (!CHECK_INT(status, wanted))
        for (size_t i = 0; i < result->count; i++)
            fprintf(stderr, "%s:%u: %s\n", result->diags[i].place.file,
                    result->diags[i].place.line, result->diags[i].text);
    return result;
}

// --- building ----------------------------------------------------------------

static bool is_module(const struct pm_compile_result *result)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_module module;

    pm_diags_init(&diags, &alloc);
    pm_status status = pm_module_read(result->module, result->module_size,
                                      "module", &alloc, &diags, &module);
    if (!status)
        pm_module_free(&module);
    pm_diags_free(&diags);
    return status == PM_OK;
}

TEST(compile, a_program_of_two_modules_becomes_a_module)
{
    struct pm_compiler *compiler = with_game();
    const struct pm_compile_result *result = build(compiler, NULL, PM_OK);

    CHECK(is_module(result));
    CHECK_INT(result->errors, 0);
    pm_compiler_destroy(compiler);
}

TEST(compile, checking_makes_no_module)
{
    struct pm_compiler *compiler = with_game();
    const struct pm_compile_result *result;

    CHECK_INT(pm_compiler_check(compiler, NULL, &result), PM_OK);
    CHECK(!result->module && result->module_size == 0);
    pm_compiler_destroy(compiler);
}

struct bytes {
    uint8_t *data;
    size_t size;
};

static struct bytes copy_module(const struct pm_compile_result *result)
{
    struct bytes out = {malloc(result->module_size + 1), result->module_size};

    if (CHECK(out.data && result->module))
        memcpy(out.data, result->module, out.size);
    return out;
}

static void check_same(const struct pm_compile_result *result,
                       const struct bytes *wanted)
{
    CHECK_INT(result->module_size, wanted->size);
    CHECK(result->module_size == wanted->size &&
          memcmp(result->module, wanted->data, wanted->size) == 0);
}

TEST(compile, the_module_depends_on_the_files_alone)
{
    struct pm_compiler *compiler = with_game();
    struct bytes first = copy_module(build(compiler, NULL, PM_OK));

    // Another past, and the other order.
    struct pm_compiler *other = empty();
    set(other, "src/numbers/double.pbs", "fn broken(");
    set(other, "src/numbers/more.pbs", "pub fn more() -> int { return 1 }\n");
    build(other, NULL, PM_ERR_INVALID);
    set(other, "src/numbers/double.pbs", numbers);
    set(other, "src/main.pbs", game);
    pm_compiler_remove_file(other, "src/numbers/more.pbs");
    check_same(build(other, NULL, PM_OK), &first);
    // And once more, from what was kept.
    check_same(build(other, NULL, PM_OK), &first);
    pm_compiler_destroy(other);
    pm_compiler_destroy(compiler);
    free(first.data);
}

// --- one edit after another
// ---------------------------------------------------

// Versions of files that go together or do not: what one declares others use,
// inline, capture, fold and count.
static const char *const edit_paths[] = {"src/main.pbs", "src/a/one.pbs",
                                         "src/a/two.pbs", "src/b/three.pbs"};
static const char *const edit_texts[][6] = {
    {"import { one, Thing } from \"a\"\nimport { three } from \"b\"\n"
     "declare global sum: int = LIMIT\ndeclare const LIMIT: int = 4\n"
     "[Frame] fn frame() -> void {\n let t = new Thing(1, 2)\n"
     " for i from 0 until LIMIT { sum += one(i) + three(t) + t.area() }\n}\n",
     "import { one } from \"a\"\ndeclare global sum: int = 7\n"
     "[Frame] fn frame() -> void { sum += one(sum) }\n",
     "import { one } from \"a\"\ndeclare global sum: int = 7\n"
     "[Frame] fn frame() -> void { let x = one(7)\n _ = x + sum }\n",
     "import { one } from \"a\"\n[Frame] fn frame() -> void { one() }\n",
     "[Frame] fn frame() -> void { trace(\"no more\") }\n", ""},
    {"pub fn one(n: int) -> int { return two(n) * 2 }\n",
     "pub fn one(n: int) -> int { return n }\n",
     "pub fn one(n: int) -> int {\n let at = 0\n while at * at < n { at += 1 "
     "}\n"
     " return at + two(at)\n}\n",
     "pub fn one(n: float) -> float { return n }\n",
     "pub fn one(n: int) -> int { return two(n) }\nfn unused() -> int {\n"
     " return one(2) + two(3) }\n",
     "pub fn one(n: int -> int { return"},
    {"fn two(n: int) -> int { return n + 1 }\n"
     "pub declare struct Thing(w: int, h: int) {\n"
     " fn area() -> int { return this.w * this.h }\n}\n",
     "fn two(n: int) -> int { if n > 3 { return n }\n return two(n + 1) }\n"
     "pub declare struct Thing(h: int, w: int) {\n"
     " fn area() -> int { return this.w - this.h }\n}\n",
     "declare global calls: int = 0\nfn two(n: int) -> int { calls += n\n"
     " return calls }\npub declare struct Thing(w: int, h: int) {\n"
     " fn area() -> int { return two(this.w) }\n}\n",
     "fn two(n: int) -> int { return n }\n", "fn two(n: int) -> int { }\n", ""},
    {"import { Thing } from \"a\"\n"
     "pub fn three(t: Thing) -> int { return t.w }\n",
     "import { Thing } from \"a\"\n"
     "pub fn three(t: Thing) -> int { t.h += 1\n return t.area() }\n",
     "pub fn three(n: int) -> int { return n }\n",
     "import { Thing } from \"a\"\npub fn three(t: Thing) -> int {\n"
     " let f = (n: int) => n + t.w\n return f(3) }\n",
     "", "nonsense"}};

#define EDIT_FILES (sizeof edit_paths / sizeof *edit_paths)

// What both say, in the same order, and the same bytes.
static void check_same_result(const struct pm_compile_result *a,
                              const struct pm_compile_result *b)
{
    REQUIRE(CHECK_INT(a->count, b->count));
    for (size_t i = 0; i < a->count; i++) {
        CHECK_STR(a->diags[i].text, b->diags[i].text);
        CHECK_STR(a->diags[i].place.file, b->diags[i].place.file);
        CHECK_INT(a->diags[i].place.start, b->diags[i].place.start);
        CHECK_INT(a->diags[i].note_count, b->diags[i].note_count);
    }
    REQUIRE(CHECK_INT(a->module_size, b->module_size));
    CHECK(a->module_size == 0 ||
          memcmp(a->module, b->module, a->module_size) == 0);
}

TEST(compile, edits_lead_to_what_building_anew_makes)
{
    size_t version[EDIT_FILES] = {0};
    struct pm_compiler *kept = empty();
    uint32_t random = 12345;
    size_t made = 0;

    for (int step = 0; step < 400; step++) {
        size_t file = (random = random * 1664525 + 1013904223) >> 8;
        // Often back to the version that goes together with the others.
        version[file % EDIT_FILES] = file / 8 % 3 ? file / 64 % 6 : 0;
        struct pm_compiler *anew = empty();
        for (size_t i = 0; i < EDIT_FILES; i++) {
            const char *text = edit_texts[i][version[i]];
            if (*text) {
                set(kept, edit_paths[i], text);
                set(anew, edit_paths[i], text);
            } else {
                pm_compiler_remove_file(kept, edit_paths[i]);
            }
        }
        const struct pm_compile_result *a, *b;
        CHECK_INT(pm_compiler_build(kept, NULL, &a),
                  pm_compiler_build(anew, NULL, &b));
        check_same_result(a, b);
        made += a->module != NULL;
        pm_compiler_destroy(anew);
    }
    // Neither never nor always.
    CHECK(made > 50 && made < 350);
    pm_compiler_destroy(kept);
}

TEST(compile, what_has_not_changed_is_not_read_again)
{
    struct pm_compiler *compiler = with_game();

    build(compiler, NULL, PM_OK);
    uint64_t reads = pm_compiler_read_count(compiler);
    CHECK(reads >= 3); // two files and the prelude
    build(compiler, NULL, PM_OK);
    set(compiler, "src/main.pbs", game); // the same text
    build(compiler, NULL, PM_OK);
    CHECK_INT(pm_compiler_read_count(compiler), reads);
    set(compiler, "src/numbers/double.pbs",
        "pub fn double(n: int) -> int { return n + n }\n");
    build(compiler, NULL, PM_OK);
    CHECK_INT(pm_compiler_read_count(compiler), reads + 1);
    pm_compiler_destroy(compiler);
}

TEST(compile, a_file_that_was_removed_is_missed)
{
    struct pm_compiler *compiler = with_game();

    build(compiler, NULL, PM_OK);
    pm_compiler_remove_file(compiler, "src/numbers/double.pbs");
    pm_compiler_remove_file(compiler, "src/numbers/double.pbs");
    const struct pm_compile_result *result =
        build(compiler, NULL, PM_ERR_INVALID);
    CHECK_STR(result->diags[0].place.file, "src/main.pbs");
    CHECK(!result->module);
    pm_compiler_destroy(compiler);
}

TEST(compile, without_the_optimiser_it_is_a_module_too)
{
    struct pm_compiler *compiler = with_game();
    struct pm_compile_options options = {.no_optimise = true};

    CHECK(is_module(build(compiler, &options, PM_OK)));
    pm_compiler_destroy(compiler);
}

TEST(compile, the_program_has_the_name_that_is_asked_for)
{
    struct pm_compiler *compiler = with_game();
    struct pm_compile_options options = {.name = "starfall",
                                         .dump = PM_COMPILE_MODULE};
    const struct pm_compile_result *result = build(compiler, &options, PM_OK);

    CHECK(result->dump && strstr(result->dump, "\"starfall\""));
    pm_compiler_destroy(compiler);
}

TEST(compile, each_stage_can_be_seen)
{
    struct pm_compiler *compiler = with_game();

    for (int stage = 1; stage <= PM_COMPILE_MODULE; stage++) {
        struct pm_compile_options options = {.dump =
                                                 (enum pm_compile_stage)stage};
        const struct pm_compile_result *result;
        CHECK(pm_compile_stage_name(options.dump) != NULL);
        CHECK_INT(pm_compiler_check(compiler, &options, &result), PM_OK);
        if (!CHECK(result->dump && result->dump_size > 20))
            fprintf(stderr, "%s\n", pm_compile_stage_name(options.dump));
    }
    CHECK(!pm_compile_stage_name(PM_COMPILE_NO_DUMP));
    CHECK(!pm_compile_stage_name((enum pm_compile_stage)99));
    pm_compiler_destroy(compiler);
}

TEST(compile, broken_texts_still_show_their_trees)
{
    struct pm_compiler *compiler = empty();
    struct pm_compile_options options = {.dump = PM_COMPILE_TREE};

    set(compiler, "src/main.pbs", "fn f() -> void { let a = }\nfn g() {\n");
    const struct pm_compile_result *result =
        build(compiler, &options, PM_ERR_INVALID);
    CHECK(result->dump && strstr(result->dump, "fn 'f'"));
    pm_compiler_destroy(compiler);
}

TEST(compile, a_text_that_is_too_large_changes_nothing)
{
    struct pm_compiler *compiler = with_game();
    static char large[1];

    CHECK_INT(pm_compiler_set_file(compiler, "src/main.pbs", large,
                                   PM_COMPILE_MAX_TEXT + 1),
              PM_ERR_LIMIT);
    build(compiler, NULL, PM_OK);
    pm_compiler_destroy(compiler);
}

TEST(compile, no_files_are_a_program_without_a_frame)
{
    struct pm_compiler *compiler = empty();
    const struct pm_compile_result *result =
        build(compiler, NULL, PM_ERR_INVALID);

    CHECK_INT(result->errors, 1);
    pm_compiler_destroy(compiler);
}

TEST(compile, files_of_the_library_can_be_set)
{
    struct pm_compiler *compiler = empty();

    set(compiler, "@std/own/add.pbs", "pub fn one() -> int { return 1 }\n");
    set(compiler, "src/main.pbs",
        "import { one } from \"@std/own\"\n"
        "[Frame] fn frame() -> void { trace(one()) }\n");
    build(compiler, NULL, PM_OK);
    pm_compiler_destroy(compiler);
}

// --- diagnostics -------------------------------------------------------------

TEST(compile, mistakes_of_all_files_come_by_file_and_place)
{
    struct pm_compiler *compiler = empty();
    size_t reading = 0;

    set(compiler, "src/b.pbs",
        "fn b() -> void {\n    let x: int = \"\"\n    let y = \n}\n");
    set(compiler, "src/a.pbs", "fn a() -> void {\n\tlet x: str = 1\n}\n");
    set(compiler, "src/main.pbs", "[Frame] fn frame() -> void { }\n");
    const struct pm_compile_result *result =
        build(compiler, NULL, PM_ERR_INVALID);
    REQUIRE(result->count >= 3);
    CHECK_INT(result->errors, 3);
    CHECK_STR(result->diags[0].place.file, "src/a.pbs");
    CHECK_INT(result->diags[0].place.line, 2);
    CHECK_INT(result->diags[0].place.column, 15);
    CHECK_INT(result->diags[0].place.end_column, 16);
    CHECK_STR(result->diags[1].place.file, "src/b.pbs");
    CHECK_INT(result->diags[1].place.line, 2);
    CHECK_INT(result->diags[2].place.line, 3);
    for (size_t i = 0; i < result->count; i++) {
        CHECK(strncmp(result->diags[i].code, "PBS0", 4) == 0);
        reading += strncmp(result->diags[i].code, "PBS01", 5) == 0;
    }
    CHECK_INT(reading, 1);
    pm_compiler_destroy(compiler);
}

// The numbers of files change when one is added in front; what was kept of
// reading still shows at its own file.
TEST(compile, kept_mistakes_of_reading_stay_at_their_file)
{
    struct pm_compiler *compiler = empty();

    set(compiler, "src/main.pbs", "[Frame] fn frame() -> void { let a = }\n");
    const struct pm_compile_result *result =
        build(compiler, NULL, PM_ERR_INVALID);
    REQUIRE(result->count >= 1);
    CHECK_STR(result->diags[0].place.file, "src/main.pbs");
    set(compiler, "src/a.pbs", "fn a() -> void { }\n");
    result = build(compiler, NULL, PM_ERR_INVALID);
    REQUIRE(result->count >= 1);
    CHECK_STR(result->diags[0].place.file, "src/main.pbs");
    CHECK_INT(result->diags[0].place.line, 1);
    pm_compiler_destroy(compiler);
}

TEST(compile, notes_have_places_of_their_own)
{
    struct pm_compiler *compiler = empty();

    set(compiler, "src/a.pbs", "fn twice() -> void { }\n");
    set(compiler, "src/main.pbs",
        "fn twice() -> void { }\n"
        "[Frame] fn frame() -> void { }\n");
    const struct pm_compile_result *result =
        build(compiler, NULL, PM_ERR_INVALID);
    REQUIRE(result->count == 1 && result->diags[0].note_count >= 1);
    const struct pm_compile_note *note = &result->diags[0].notes[0];
    CHECK(strcmp(result->diags[0].place.file, note->place.file) != 0);
    CHECK_INT(note->place.line, 1);
    CHECK(note->text && *note->text);
    pm_compiler_destroy(compiler);
}

// --- tests -------------------------------------------------------------------

static struct pm_compiler *with_tests(void)
{
    struct pm_compiler *compiler = with_game();

    set(compiler, "tests/helpers.pbs", "fn three() -> int { return 3 }\n");
    set(compiler, "tests/a.pbs",
        "[Test] fn first() -> void { trace(three()) }\n"
        "[Test] fn second() -> void { trace(sum) }\n");
    set(compiler, "tests/numbers/b.pbs",
        "[Test] fn third() -> void { trace(double(1)) }\n");
    return compiler;
}

TEST(compile, tests_take_part_only_where_they_are_wanted)
{
    struct pm_compiler *compiler = with_tests();
    struct pm_compile_options options = {.with_tests = true};
    const struct pm_compile_result *result;

    CHECK_INT(build(compiler, NULL, PM_OK)->test_count, 0);
    CHECK_INT(pm_compiler_check(compiler, &options, &result), PM_OK);
    REQUIRE(result->test_count == 3);
    CHECK_STR(result->tests[0].name, "first");
    CHECK_STR(result->tests[0].place.file, "tests/a.pbs");
    CHECK_INT(result->tests[0].place.column, 1);
    CHECK_STR(result->tests[2].name, "third");
    options.test_file = "tests/a.pbs";
    CHECK_INT(pm_compiler_check(compiler, &options, &result), PM_OK);
    CHECK_INT(result->test_count, 2);
    pm_compiler_destroy(compiler);
}

TEST(compile, a_test_is_a_program)
{
    struct pm_compiler *compiler = with_tests();
    struct pm_compile_options options = {
        .with_tests = true, .test_file = "tests/a.pbs", .test = "second"};

    CHECK(is_module(build(compiler, &options, PM_OK)));
    options.test = NULL;
    CHECK(!build(compiler, &options, PM_OK)->module);
    pm_compiler_destroy(compiler);
}

TEST(compile, a_test_alone_is_the_same_program)
{
    struct pm_compiler *compiler = with_tests();
    struct pm_compile_options options = {
        .with_tests = true, .test_file = "tests/a.pbs", .test = "second"};
    struct bytes all = copy_module(build(compiler, &options, PM_OK));

    options.only_needed = true;
    check_same(build(compiler, &options, PM_OK), &all);
    free(all.data);
    pm_compiler_destroy(compiler);
}

TEST(compile, tests_of_broken_files_are_known)
{
    struct pm_compiler *compiler = empty();
    struct pm_compile_options options = {.with_tests = true};

    set(compiler, "alone.pbs",
        "[Test] fn good() -> void { }\n[Test] fn bad() -> void { let }\n");
    const struct pm_compile_result *result =
        build(compiler, &options, PM_ERR_INVALID);
    CHECK_INT(result->test_count, 2);
    pm_compiler_destroy(compiler);
}

// --- places ------------------------------------------------------------------

// é takes two bytes and one unit, the face four and two.
static const char wide[] = "// \xc3\xa9\xf0\x9f\x98\x80x\r\n"
                           "// \xff!\n"
                           "// end";

static void check_both(const struct pm_compiler *compiler, uint32_t offset,
                       uint32_t line, uint32_t character)
{
    struct pm_compile_utf16 place = {0};
    uint32_t back = 0;

    CHECK(pm_compiler_to_utf16(compiler, "w.pbs", offset, &place));
    CHECK_INT(place.line, line);
    CHECK_INT(place.character, character);
    CHECK(pm_compiler_from_utf16(compiler, "w.pbs", place, &back));
    CHECK_INT(back, offset);
}

TEST(compile, places_count_bytes_and_utf16)
{
    struct pm_compiler *compiler = empty();
    struct pm_compile_utf16 place = {0, 5};
    struct pm_compile_place bytes;
    uint32_t offset;

    set(compiler, "w.pbs", wide);
    CHECK(!pm_compiler_to_utf16(compiler, "w.pbs", 0, &place)); // not read yet
    build(compiler, NULL, PM_ERR_INVALID);
    check_both(compiler, 0, 0, 0);
    check_both(compiler, 3, 0, 3);
    check_both(compiler, 5, 0, 4);
    check_both(compiler, 9, 0, 6);
    check_both(compiler, 10, 0, 7);
    check_both(compiler, 12, 1, 0);
    check_both(compiler, 16, 1, 4); // behind a byte that is no UTF-8
    check_both(compiler, 18, 2, 0);
    check_both(compiler, (uint32_t)strlen(wide), 2, 6);
    // Within a character: its start. Behind the end of a line: its end.
    CHECK(pm_compiler_to_utf16(compiler, "w.pbs", 7, &place));
    CHECK_INT(place.character, 4);
    place = (struct pm_compile_utf16){0, 5};
    CHECK(pm_compiler_from_utf16(compiler, "w.pbs", place, &offset));
    CHECK_INT(offset, 5);
    place = (struct pm_compile_utf16){0, 99};
    CHECK(pm_compiler_from_utf16(compiler, "w.pbs", place, &offset));
    CHECK_INT(offset, 10);
    place = (struct pm_compile_utf16){99, 0};
    CHECK(pm_compiler_from_utf16(compiler, "w.pbs", place, &offset));
    CHECK_INT(offset, strlen(wide));
    CHECK(pm_compiler_place(compiler, "w.pbs", 12, 500, &bytes));
    CHECK_INT(bytes.line, 2);
    CHECK_INT(bytes.column, 1);
    CHECK_INT(bytes.end_line, 3);
    CHECK_INT(bytes.end_column, 7);
    CHECK(!pm_compiler_place(compiler, "x.pbs", 0, 0, &bytes));
    pm_compiler_destroy(compiler);
}

// --- layout ------------------------------------------------------------------

TEST(compile, a_text_gets_its_layout)
{
    struct pm_compiler *compiler = empty();
    const struct pm_compile_result *result;
    const char *text = NULL;
    size_t size = 0;

    CHECK_INT(pm_compiler_format(compiler, "a.pbs", &text, &size, NULL),
              PM_ERR_NOT_FOUND);
    set(compiler, "a.pbs", "fn  f( )->void{trace( 1 )}");
    CHECK_INT(pm_compiler_format(compiler, "a.pbs", &text, &size, &result),
              PM_OK);
    CHECK_STR(text, "fn f() -> void { trace(1) }\n");
    CHECK_INT(size, strlen(text));
    set(compiler, "a.pbs", "fn f( ->");
    CHECK_INT(pm_compiler_format(compiler, "a.pbs", &text, &size, &result),
              PM_ERR_INVALID);
    CHECK(result->errors > 0);
    pm_compiler_destroy(compiler);
}

// --- what may fail -----------------------------------------------------------

static int build_all(const struct pm_allocator *alloc, void *context)
{
    struct pm_compiler_config config = {.alloc = *alloc};
    const struct pm_compile_result *result;
    struct pm_compiler *compiler;
    bool done = false;

    (void)context;
    if (pm_compiler_create(&config, &compiler))
        return 0;
    if (pm_compiler_set_file(compiler, "src/main.pbs", game, strlen(game)) ==
            PM_OK &&
        pm_compiler_set_file(compiler, "src/numbers/double.pbs", numbers,
                             strlen(numbers)) == PM_OK) {
        pm_status status = pm_compiler_build(compiler, NULL, &result);
        done = status == PM_OK;
        CHECK(done || status == PM_ERR_NO_MEMORY);
        CHECK(done == (result->module != NULL));
    }
    pm_compiler_destroy(compiler);
    return done;
}

TEST(compile, memory_that_is_short_is_told_and_nothing_is_lost)
{
    CHECK(pm_fault_alloc_each(build_all, NULL, 0) > 20);
}

TEST(compile, calls_of_an_embedder_are_checked)
{
    const struct pm_call_decl bad = {.id = 1, .module = "lamp", .name = "on"};
    struct pm_compiler_config config = {.calls = &bad, .call_count = 1};
    struct pm_compiler *compiler = NULL;

    CHECK_INT(pm_compiler_create(&config, &compiler), PM_ERR_INVALID);
    CHECK(!compiler);
}
