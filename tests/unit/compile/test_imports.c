// SPDX-License-Identifier: MIT
//
// What modules take and hand on of each other.
#include <prometeu/compile.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "support/code_example.h"
#include "support/test.h"

// The messages of a program whose files "// file: PATH" divides, a line each
// with file, line, code, text and help.
static void check_program(const char *program, const char *wanted)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_compile_options options = {.with_tests = true};
    const struct pm_compile_result *result;
    struct pm_compiler *compiler;
    struct pm_buf found;

    if (!CHECK(pm_compiler_create(NULL, &compiler) == PM_OK))
        return;
    pm_buf_init(&found, &alloc);
    CHECK(pm_example_set(compiler, program, &options));
    pm_compiler_build(compiler, &options, &result);
    for (size_t i = 0; i < result->count; i++) {
        const struct pm_compile_diag *diag = &result->diags[i];
        pm_buf_printf(&found, "%s:%u %s %s%s%s\n", diag->place.file,
                      (unsigned)diag->place.line, diag->code, diag->text,
                      diag->help ? "; " : "", diag->help ? diag->help : "");
    }
    pm_buf_put8(&found, 0);
    CHECK_STR((const char *)found.data, wanted);
    pm_buf_free(&found);
    pm_compiler_destroy(compiler);
}

#define ROUND                                                                  \
    "// file: src/shapes/round.pbs\n"                                          \
    "pub declare struct Ball(x: int)\n"                                        \
    "pub fn roll() -> int { return 1 }\n"                                      \
    "fn secret() -> int { return 2 }\n"

TEST(imports, a_module_hands_on_names_of_another)
{
    check_program("import { Ball, turn } from \"all\"\n"
                  "import all from \"all\"\n"
                  "fn f(b: Ball) -> int { return turn() + b.x }\n"
                  "fn g(b: all.Ball) -> int { return all.turn() + f(b) }\n"
                  "// file: src/all/all.pbs\n"
                  "pub import { Ball, roll as turn } from \"shapes\"\n" ROUND,
                  "");
}

// The module at the end of the row comes last by name and by its file.
TEST(imports, names_are_handed_on_along_a_row_of_modules)
{
    check_program("import { Ball } from \"a\"\n"
                  "fn f(b: Ball) -> int { return b.x }\n"
                  "// file: src/a/a.pbs\n"
                  "pub import { Ball } from \"b\"\n"
                  "// file: src/b/b.pbs\n"
                  "pub import { Ball } from \"shapes\"\n" ROUND,
                  "");
}

TEST(imports, files_of_a_module_may_hand_on_the_same_name)
{
    check_program("import { Ball } from \"a\"\n"
                  "fn f(b: Ball) -> int { return b.x }\n"
                  "// file: src/a/one.pbs\n"
                  "pub import { Ball } from \"shapes\"\n"
                  "// file: src/a/two.pbs\n"
                  "pub import { Ball } from \"shapes\"\n" ROUND,
                  "");
}

TEST(imports, without_pub_a_name_is_for_its_file)
{
    check_program("import { Ball } from \"a\"\n"
                  "// file: src/a/one.pbs\n"
                  "import { Ball } from \"shapes\"\n"
                  "// file: src/a/two.pbs\n"
                  "fn f(b: Ball) -> int { return 1 }\n" ROUND,
                  "src/a/two.pbs:2 PBS0202 there is no type 'Ball'\n"
                  "src/main.pbs:1 PBS0204 'Ball' is not handed on by \"a\", "
                  "which imports it; import it from \"shapes\", or write 'pub' "
                  "in front of the import there\n");
}

TEST(imports, only_what_is_public_can_be_handed_on)
{
    check_program("import { secret, rolls } from \"a\"\n"
                  "// file: src/a/a.pbs\n"
                  "pub import { secret, roll as rolls_on } from \"shapes\"\n"
                  "// file: src/c/c.pbs\n"
                  "import a from \"a\"\n"
                  "fn f() -> int { return a.secret() }\n" ROUND,
                  "src/a/a.pbs:2 PBS0204 'secret' of \"shapes\" is not public\n"
                  "src/main.pbs:1 PBS0204 there is no 'rolls' in \"a\"\n");
}

TEST(imports, a_name_that_is_there_twice_is_refused)
{
    check_program(
        "// file: src/a/one.pbs\n"
        "pub import { Ball } from \"shapes\"\n"
        "pub fn Ball() -> int { return 1 }\n"
        "// file: src/b/one.pbs\n"
        "pub import { Ball } from \"shapes\"\n"
        "// file: src/b/two.pbs\n"
        "pub import { roll as Ball } from \"shapes\"\n" ROUND,
        "src/a/one.pbs:2 PBS0205 'Ball' is declared a second time; give one "
        "of the two another name\n"
        "src/b/two.pbs:2 PBS0205 'Ball' is declared a second time; give one "
        "of the two another name\n");
}

TEST(imports, modules_that_hand_on_to_each_other_are_a_circle)
{
    check_program(
        "import { Ball } from \"a\"\n"
        "fn f(b: Ball) -> int { return 1 }\n"
        "// file: src/a/a.pbs\n"
        "pub import { Ball } from \"b\"\n"
        "// file: src/b/b.pbs\n"
        "pub import { Ball } from \"a\"\n",
        "src/b/b.pbs:2 PBS0206 modules import each other in a circle: \"b\" "
        "needs \"a\"; put what both need into a module of its own, or both "
        "into one\n");
}

TEST(imports, what_is_handed_on_is_suggested)
{
    check_program("import { Bell } from \"a\"\n"
                  "// file: src/a/a.pbs\n"
                  "pub import { Ball } from \"shapes\"\n" ROUND,
                  "src/main.pbs:1 PBS0204 there is no 'Bell' in \"a\"; did you "
                  "mean 'Ball'?\n");
}

// What is not there is told once, not at each use.
TEST(imports, one_that_is_missing_has_one_message)
{
    check_program(
        "import { Rock, Shape, LIMIT, fall, Color, Thing } from \"rocks\"\n"
        "import things from \"things\"\n"
        "declare struct S(r: Rock, t: things.Thing, l: List<Rock>) : Shape {\n"
        "    fn f(e: Color) -> result<Thing> int {\n"
        "        LIMIT = fall(1 + things.count(2), LIMIT)\n"
        "        things.count = 2\n"
        "        let r = new Rock(1, a: 2)\n"
        "        let t: Rock<int> = things.make<int>(r)\n"
        "        for x in fall(2) { trace(x.y) }\n"
        "        spawn fall(3)\n"
        "        switch e { Color.RED -> t.go(), LIMIT -> 1, _ -> 2 }\n"
        "        switch this.r { LIMIT -> things.A, _ -> Color.B }\n"
        "        return ok(fall(1)! + LIMIT[2].z + (fall(4) else 2))\n"
        "    }\n"
        "}\n"
        "fn g<T: Shape>(a: T) -> T { return a }\n"
        "fn h(r: Rock) -> Rock { return g(r) }\n",
        "src/main.pbs:1 PBS0203 there is no module \"rocks\"; a module is a "
        "folder below src/, by its path from there, or one of @std/… and "
        "@sdk/…\n"
        "src/main.pbs:2 PBS0203 there is no module \"things\"; a module is a "
        "folder below src/, by its path from there, or one of @std/… and "
        "@sdk/…\n");
}

// The console's module and those that it is made of.
TEST(imports, the_console_hands_on_its_parts)
{
    check_program("import { Audio as A, Input, Log, Composer } from "
                  "\"@sdk/console\"\n"
                  "import { Audio } from \"@sdk/audio\"\n"
                  "import { Pad } from \"@sdk/input\"\n"
                  "fn f() -> Pad {\n"
                  "    Log.info(str(Audio.shot(0, 1) or A.shot(0, 1)))\n"
                  "    Composer.unbind_scene()\n"
                  "    return Input.pad(0)\n"
                  "}\n",
                  "");
}

// A file that hands on is read once; what is behind it may change.
TEST(imports, only_what_changed_is_read_again)
{
    struct pm_compile_options options = {.with_tests = true};
    const struct pm_compile_result *result;
    struct pm_compiler *compiler;

    if (!CHECK(pm_compiler_create(NULL, &compiler) == PM_OK))
        return;
    CHECK(pm_example_set(compiler,
                         "import { roll } from \"a\"\n"
                         "fn f() -> int { return roll() }\n"
                         "// file: src/a/a.pbs\n"
                         "pub import { roll } from \"shapes\"\n" ROUND,
                         &options));
    CHECK_INT(pm_compiler_check(compiler, &options, &result), PM_OK);
    uint64_t before = pm_compiler_read_count(compiler);
    static const char text[] = "pub fn roll() -> str { return \"\" }\n";
    pm_compiler_set_file(compiler, "src/shapes/round.pbs", text,
                         sizeof text - 1);
    CHECK_INT(pm_compiler_check(compiler, &options, &result), PM_ERR_INVALID);
    CHECK_INT(result->count, 1);
    CHECK_STR(result->diags[0].code, "PBS0301");
    CHECK_INT(pm_compiler_read_count(compiler), before + 1);
    pm_compiler_destroy(compiler);
}
