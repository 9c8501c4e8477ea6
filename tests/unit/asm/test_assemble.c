// SPDX-License-Identifier: MIT
#include "asm/asm.h"

#include <stdio.h>

#include "support/fault_alloc.h"
#include "support/test.h"

static const char everything[] =
    "; all kinds of statements\n"
    ".module \"meadow\"\n"
    ".type Point = record {\n"
    "    x: f64, // across\n"
    "    y: f64,\n"
    "}\n"
    ".type Grid = array i64\n"
    ".type File = state \"file\"\n"
    ".type Op = func (i64, i64) -> (i64)\n"
    ".const greeting = \"Hello\\n\"\n"
    ".const big = i64 0x7fff_ffff\n"
    ".global score: i64, where: Point\n"
    ".host clear = \"gfx\" \"clear\" 1 (i64) -> ()\n"
    ".host gfx pixel 2 (i64, i64) -> bool\n"
    ".func main ()\n"
    "    .local a: i64, p: Point, g: array i64\n"
    "    push_i64 2\n"
    "    set_local a\n"
    "    rec_new Point\n"
    "    tee_local p\n"
    "    get_field Point.y\n"
    "    pop\n"
    "loop: get_local a\n"
    "    push_i64 10\n"
    "    lt\n"
    "    jmp_if_false done\n"
    "    push_i64 'A'\n"
    "    hostcall clear\n"
    "    push_i64 1\n"
    "    push_i64 2\n"
    "    hostcall gfx.pixel\n"
    "    pop\n"
    "    push_const greeting\n"
    "    push_const \"inline\"\n"
    "    add\n"
    "    pop\n"
    "    get_local a\n"
    "    make_closure add_to, 1\n"
    "    push_i64 4\n"
    "    call_closure 1\n"
    "    pop\n"
    "    jmp loop\n"
    "done:\n"
    "    ret\n"
    ".end\n"
    ".func add_to (n: i64) -> (i64) closure (captured: i64)\n"
    "    get_local n\n"
    "    get_capture captured\n"
    "    get_local self\n"
    "    pop\n"
    "    add\n"
    "    ret\n"
    ".end\n"
    ".export \"start\" = main\n"
    ".export add_to\n";

struct result {
    struct pm_buf bytes;
    struct pm_buf report;
    struct pm_module module;
    pm_status status;
};

// Assembles [text] and reads what came of it.
static void run(const char *text, struct result *r)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;

    *r = (struct result){.module = {.alloc = alloc}};
    pm_buf_init(&r->bytes, &alloc);
    pm_buf_init(&r->report, &alloc);
    pm_diags_init(&diags, &alloc);
    r->status = pm_assemble(text, strlen(text), "t.asm", NULL, &alloc, &diags,
                            &r->bytes);
    if (r->status == PM_OK)
        CHECK_INT(pm_module_read(r->bytes.data, r->bytes.size, "t.pbx", &alloc,
                                 &diags, &r->module),
                  PM_OK);
    pm_diags_print(&diags, &r->report);
    CHECK((r->status == PM_OK) == (diags.errors == 0));
    pm_buf_cstr(&r->report);
    pm_diags_free(&diags);
}

static void finish(struct result *r)
{
    pm_module_free(&r->module);
    pm_buf_free(&r->bytes);
    pm_buf_free(&r->report);
}

TEST(assemble, a_text_with_everything_becomes_a_module)
{
    struct result r;
    run(everything, &r);
    CHECK_STR((const char *)r.report.data, "");
    if (r.status == PM_OK) {
        CHECK_INT(r.module.function_count, 2);
        CHECK_INT(r.module.functions[0].max_stack, 2);
        CHECK_INT(r.module.functions[1].max_stack, 3);
        CHECK_INT(r.module.global_count, 2);
        CHECK_INT(r.module.constant_count, 3);
    }
    finish(&r);
}

// --- faults ------------------------------------------------------------------

// Wraps code into a function.
#define IN_MAIN(code) ".func main ()\n" code "\nret\n.end\n"

struct fault {
    const char *text;
    const char *wanted; // a part of the report
};

static const struct fault faults[] = {
    {"", "t.asm:1:1: error ASM-CODE: no function"},
    {".modul x\n" IN_MAIN(""), "1:1: error ASM-SYNTAX: unknown directive "
                               "'.modul'; did you mean '.module'?"},
    {".nothing_like_it\n" IN_MAIN(""), "unknown directive '.nothing_like_it'"},
    {".module a\n.module b\n" IN_MAIN(""), "2:9: error ASM-TWICE"},
    {IN_MAIN("psh_i64 4"), "2:1: error ASM-INSTRUCTION: unknown instruction "
                           "'psh_i64'; did you mean 'push_i64'?"},
    {IN_MAIN("return"), "unknown instruction 'return'; use ret"},
    {IN_MAIN("qqqqqqqqqq"), "unknown instruction 'qqqqqqqqqq'"},
    {IN_MAIN("push_i64"), "2:9: error ASM-SYNTAX: found the end of the line, "
                          "wanted a whole number"},
    {IN_MAIN("push_i64 1 2"), "2:12: error ASM-SYNTAX: found 2, wanted the "
                              "end of the line"},
    {IN_MAIN("push_i64 9223372036854775808"), "is not a whole number from "
                                              "-9223372036854775808"},
    {IN_MAIN("push_i64 0x"), "'0x' is not a whole number"},
    {IN_MAIN("push_i64 12ab"), "'12ab' is not a whole number"},
    {IN_MAIN("push_i32 2147483648"), "from -2147483648 to 2147483647"},
    {IN_MAIN("push_i32 0x1_0000_0000"), "from -2147483648 to 2147483647"},
    {IN_MAIN("push_byte 256"), "from 0 to 255"},
    {IN_MAIN("push_byte -1"), "from 0 to 255"},
    {IN_MAIN("push_bool yes"), "wanted true or false"},
    {IN_MAIN("push_f64 1.2.3"), "'1.2.3' is not a number"},
    {IN_MAIN("push_f64 infinity"), "'infinity' is not a number"},
    {IN_MAIN("push_f64 1e999"), "too large for an f64"},
    {IN_MAIN("push_f32 1e39"), "too large for an f32"},
    {IN_MAIN("push_i64 'ab'"), "one character between the quotes"},
    {IN_MAIN("push_i64 ''"), "one character between the quotes"},
    {IN_MAIN("push_const \"abc"), "the closing quote is missing"},
    {IN_MAIN("push_const \"\\q\""), "an escape that is none"},
    {IN_MAIN("push_const \"\\u{D800}\""), "an escape that is none"},
    {IN_MAIN("push_const \"\\xff\""), "not UTF-8 once"},
    {IN_MAIN("push_const 5"), "write 'i64 5' for the number, '#5'"},
    {IN_MAIN("push_const helo") ".const hello = \"a\"\n",
     "there is no constant 'helo'; did you mean 'hello'?"},
    {IN_MAIN("push_const bool true"), "a constant is a text in quotes or"},
    {IN_MAIN("get_local x"), "there is no local 'x'"},
    {IN_MAIN(".local x: i64\n.local x: i64"), "3:8: error ASM-TWICE: local "
                                              "'x' is defined a second time"},
    {IN_MAIN("call mian"), "there is no function 'mian'; did you mean 'main'?"},
    {IN_MAIN("call"), "wanted the name of a function, or its number as '#5'"},
    {IN_MAIN("get_global g"), "there is no global 'g'"},
    {IN_MAIN("hostcall gfx.clear"), "there is no host call 'gfx.clear'"},
    {IN_MAIN("intrinsic sin"), "there is no intrinsic 'sin'"},
    {IN_MAIN("get_capture c"), "there is no capture 'c'"},
    {IN_MAIN("get_field x"), "wanted record and field as 'Point.x'"},
    {IN_MAIN("get_field P.x"), "there is no record 'P'"},
    {".type P = record { y: i64 }\n" IN_MAIN("get_field P.x"),
     "there is no field 'x'"},
    {IN_MAIN("jmp nowhere"), "2:5: error ASM-NAME: there is no label 'nowhere' "
                             "in this function"},
    {IN_MAIN("a: a: nop"), "label 'a' is defined a second time"},
    {IN_MAIN("jmp \"x\""), "wanted a label, or an offset as '#12'"},
    {IN_MAIN("push_null nothing"), "there is no type 'nothing'"},
    {IN_MAIN("push_null #0"), "there is no type #0; the text has 0 .type"},
    {IN_MAIN("push_null record {}"), "a record needs a name of its own"},
    {IN_MAIN("push_null array array array array array array array array array "
             "array array array array array array array array i64"),
     "more than 16 deep"},
    {IN_MAIN("%"), "found %, wanted an instruction"},
    {"nop\n" IN_MAIN(""), "an instruction belongs into a function"},
    {"a:\n" IN_MAIN(""), "a label belongs into a function"},
    {".local x: i64\n" IN_MAIN(""), ".local belongs into a function"},
    {".stack 1\n" IN_MAIN(""), ".stack belongs into a function"},
    {".byte 1\n" IN_MAIN(""), ".byte belongs into a function"},
    {".at \"a\" 1\n" IN_MAIN(""), ".at belongs into a function"},
    {".end\n" IN_MAIN(""), ".end belongs into a function"},
    {".func main ()\nret\n",
     "the text ends inside a function; .end is missing"},
    {".func a ()\nret\n.func b ()\nret\n.end\n", "the function before this one "
                                                 "has no .end"},
    {".func main ()\n.end\n", "the function has no instructions"},
    {".func ()\nret\n.end\n", "found (, wanted a name"},
    {".func main (x i64)\nret\n.end\n", "found i64, wanted ':'"},
    {".func main (x: i64\nret\n.end\n", "wanted ')'"},
    {".func main () closure\nret\n.end\n", "wanted '('"},
    {IN_MAIN("") IN_MAIN(""), "function 'main' is defined a second time; first "
                              "in line 1"},
    {IN_MAIN(".stack 513"), "together at most 512 are allowed"},
    {IN_MAIN(".at \"a\" 0"), "lines count from 1"},
    {".func main ()\nret\n.at \"a\" 1\n.end\n", "no instruction stands behind"},
    {IN_MAIN(".at #0 1"), "there is no file #0"},
    {IN_MAIN(".local_name #0 x"), "there is no local #0 yet"},
    {".type i64 = array f64\n" IN_MAIN(""), "'i64' is a word of types"},
    {".type A = i64\n" IN_MAIN(""), "a .type is an array, a record"},
    {".type A = array i64\n.type A = array f64\n" IN_MAIN(""),
     "2:7: error ASM-TWICE: type 'A' is defined a second time"},
    {".type A = array i64\n.type B = array i64\n" IN_MAIN(""),
     "this is the same type as #0"},
    {".type A = record { x: i64 y: i64 }\n" IN_MAIN(""), "wanted ',' or '}'"},
    {".type A = record { x: i64, x: i64 }\n" IN_MAIN(""),
     "field 'x' is defined a second time"},
    {".type A = record {\n x: i64\n" IN_MAIN(""), "wanted ',' or '}'"},
    {".const i64 = i64 5\n" IN_MAIN(""), "'i64' is a type; choose another"},
    {".const a i64 5\n" IN_MAIN(""), "found i64, wanted '='"},
    {".global a\n" IN_MAIN(""), "wanted ':'"},
    {".host gfx clear (i64)\n" IN_MAIN(""), "wanted a number (version)"},
    {".host gfx clear 1 i64\n" IN_MAIN(""), "wanted parameters and results"},
    {".host a = gfx clear 1 ()\n.host b = gfx clear 1 ()\n" IN_MAIN(""),
     "host call \"gfx\" \"clear\" 1 is declared a second time"},
    {".type A = array i64\n.host gfx clear 1 #0\n" IN_MAIN(""),
     "type #0 is not a func type"},
    {".export mian\n" IN_MAIN(""), "did you mean 'main'?"},
    {".export main\n.export main\n" IN_MAIN(""), "exported a second time"},
    {".export x = #7\n" IN_MAIN(""), "there is no function #7; the text has 1"},
    {".exact\n" IN_MAIN("") IN_MAIN("call main"),
     "more than one function is called 'main'"},
    {"\xff" IN_MAIN(""), "1:1: error ASM-SYNTAX: the text is not UTF-8 here"},
    {IN_MAIN("\x1b[2J"), "found \\x1b, wanted an instruction"},
};

TEST(assemble, every_fault_is_named_where_it_is)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct result r;
        run(faults[i].text, &r);
        const char *report = (const char *)r.report.data;
        if (!CHECK_INT(r.status, PM_ERR_INVALID) ||
            !CHECK(strstr(report, faults[i].wanted)))
            fprintf(stderr, "wanted \"%s\" in\n%s\nof\n%s\n", faults[i].wanted,
                    report, faults[i].text);
        CHECK_INT(r.bytes.size, 0);
        finish(&r);
    }
}

TEST(assemble, all_faults_come_at_once_in_the_order_of_the_text)
{
    struct result r;
    run(".const a = f64 x\n" IN_MAIN("nope\njmp b\ncall c") ".export d\n", &r);
    CHECK_STR((const char *)r.report.data,
              "t.asm:1:16: error ASM-NUMBER: 'x' is not a number as 1.5, 2e-3, "
              "0x1p-3, nan or inf\n"
              "t.asm:3:1: error ASM-INSTRUCTION: unknown instruction 'nope'; "
              "did you mean 'nop'?\n"
              "t.asm:4:5: error ASM-NAME: there is no label 'b' in this "
              "function\n"
              "t.asm:5:6: error ASM-NAME: there is no function 'c'\n"
              "t.asm:8:9: error ASM-NAME: there is no function 'd'\n");
    finish(&r);
}

// --- what is written ---------------------------------------------------------

static struct pm_instruction first_of(const struct result *r)
{
    struct pm_instruction in = {0};
    if (r->status == PM_OK)
        pm_instruction_decode(&r->module.functions[0], 0, &in);
    return in;
}

TEST(assemble, numbers_have_the_bits_that_they_say)
{
    static const struct {
        const char *text;
        uint64_t bits;
    } rows[] = {
        {IN_MAIN("push_i64 -9223372036854775808"), UINT64_C(1) << 63},
        {IN_MAIN("push_i64 0xffff_ffff_ffff_ffff"), UINT64_MAX},
        {IN_MAIN("push_i64 0b1010"), 10},
        {IN_MAIN("push_i64 '\\n'"), 10},
        {IN_MAIN("push_i64 '\xc3\xa9'"), 0xe9},
        {IN_MAIN("push_i64 '\\u{1F3AE}'"), 0x1f3ae},
        {IN_MAIN("push_i32 0xffffffff"), UINT64_MAX},
        {IN_MAIN("push_i32 -2147483648"), (uint64_t)INT32_MIN},
        {IN_MAIN("push_byte 'A'"), 65},
        {IN_MAIN("push_bool true"), 1},
        {IN_MAIN("push_bool 2"), 2},
        {IN_MAIN("push_f64 1"), UINT64_C(0x3ff0000000000000)},
        {IN_MAIN("push_f64 -0"), UINT64_C(1) << 63},
        {IN_MAIN("push_f64 0x1p-3"), UINT64_C(0x3fc0000000000000)},
        {IN_MAIN("push_f64 1_000.5e-1"), UINT64_C(0x4059033333333333)},
        {IN_MAIN("push_f64 nan"), UINT64_C(0x7ff8000000000000)},
        {IN_MAIN("push_f64 -inf"), UINT64_C(0xfff0000000000000)},
        {IN_MAIN("push_f64 #0x7ff0000000000001"), UINT64_C(0x7ff0000000000001)},
        {IN_MAIN("push_f64 5e-324"), 1},
        {IN_MAIN("push_f32 0.1"), 0x3dcccccd},
        {IN_MAIN("push_f32 inf"), 0x7f800000},
        {IN_MAIN("jmp #99"), 99},
        {IN_MAIN("cast 99"), 99},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result r;
        run(rows[i].text, &r);
        CHECK(first_of(&r).operand[0] == rows[i].bits);
        finish(&r);
    }
}

// Every instruction with the plainest operands there are.
TEST(assemble, every_instruction_of_the_table_can_be_written)
{
    size_t count;
    const struct pm_opcode_info *rows = pm_opcode_rows(&count);
    for (size_t i = 0; i < count; i++) {
        struct pm_buf text;
        struct pm_allocator alloc = pm_allocator_libc();
        struct result r;
        pm_buf_init(&text, &alloc);
        pm_buf_printf(&text, ".func main ()\n%s", rows[i].name);
        for (const char *c = rows[i].operands; *c; c++)
            pm_buf_puts(&text, strchr("bisIdnm", *c) ? " 1"
                               : *c == 't'           ? " bytes"
                                                     : " #1");
        pm_buf_puts(&text, "\nret\n.end\n");
        run(pm_buf_cstr(&text), &r);
        CHECK_STR((const char *)r.report.data, "");
        CHECK(first_of(&r).info == &rows[i]);
        finish(&r);
        pm_buf_free(&text);
    }
}

static uint32_t depth_of(const char *text)
{
    struct result r;
    run(text, &r);
    CHECK_STR((const char *)r.report.data, "");
    uint32_t depth = r.status ? 999 : r.module.functions[0].max_stack;
    finish(&r);
    return depth;
}

TEST(stack, the_greatest_depth_is_found)
{
    CHECK_INT(depth_of(IN_MAIN("")), 0);
    CHECK_INT(depth_of(IN_MAIN("push_i64 1\npush_i64 2\nadd\npop")), 2);
    CHECK_INT(depth_of(IN_MAIN("push_i64 1\ndup\ndup2\nrot\npop_n 4")), 4);
    // A body that only a jump from below reaches.
    CHECK_INT(depth_of(IN_MAIN("jmp test\nbody: push_i64 1\ndup\ndup\npop_n 3\n"
                               "test: push_bool true\njmp_if_true body")),
              3);
    // Code that nothing reaches does not count.
    CHECK_INT(depth_of(".func main ()\nret\npush_i64 1\n.end\n"), 0);
    CHECK_INT(depth_of(IN_MAIN(".stack 7")), 7);
    // What a closure's call pushes is known from its type alone.
    CHECK_INT(depth_of(".func main (f: func (i64) -> (i64, i64, i64))\n"
                       "get_local f\npush_i64 1\ncall_closure 1\npop_n 3\n"
                       "ret\n.end\n"),
              3);
    CHECK_INT(depth_of(".type R = record { f: array func () -> (f64, f64) }\n"
                       ".func main (r: R)\n"
                       "get_local r\nget_field R.f\npush_i64 0\narr_get\n"
                       "call_closure 0\npop_n 2\nret\n.end\n"),
              2);
    // Code that underflows still has some depth.
    CHECK_INT(depth_of(IN_MAIN("pop\npop\npush_i64 1")), 1);
}

TEST(assemble, lines_point_into_the_text_unless_it_states_places)
{
    struct result r;
    struct pm_line line;
    run(".func main ()\n  nop\n  ret\n.end\n.func b ()\n"
        " .at \"game.pbs\" 7 3\n nop\n ret\n.end\n",
        &r);
    REQUIRE(r.status == PM_OK);
    CHECK(pm_module_find_line(&r.module, 0, 2, &line));
    CHECK(line.line == 3 && line.column == 3);
    CHECK(memcmp(r.module.files[line.file].data, "t.asm", 5) == 0);
    CHECK(pm_module_find_line(&r.module, 1, 2, &line));
    CHECK(line.line == 7 && line.column == 3);
    CHECK(memcmp(r.module.files[line.file].data, "game.pbs", 8) == 0);
    finish(&r);
}

TEST(assemble, intrinsics_have_names_and_effects)
{
    static const struct pm_intrinsic_name rows[] = {{"math.sin", 9, "d:dd"}};
    static const struct pm_intrinsic_names names = {rows, 1};
    static const char text[] =
        IN_MAIN("push_f64 1\nintrinsic math.sin\npop_n 2");
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_buf bytes;
    struct pm_buf back;
    struct pm_module module;

    pm_diags_init(&diags, &alloc);
    pm_buf_init(&bytes, &alloc);
    pm_buf_init(&back, &alloc);
    REQUIRE(pm_assemble(text, strlen(text), NULL, &names, &alloc, &diags,
                        &bytes) == PM_OK);
    REQUIRE(pm_module_read(bytes.data, bytes.size, "x", &alloc, &diags,
                           &module) == PM_OK);
    CHECK_INT(module.functions[0].max_stack, 2);
    CHECK_INT(module.line_count, 0);
    CHECK_INT(pm_module_disassemble(&module, &names, &back), PM_OK);
    CHECK(strstr(pm_buf_cstr(&back), "    intrinsic math.sin\n"));
    back.size = 0;
    CHECK_INT(pm_module_disassemble(&module, NULL, &back), PM_OK);
    CHECK(strstr(pm_buf_cstr(&back), "    intrinsic #9\n"));
    pm_module_free(&module);
    pm_buf_free(&bytes);
    pm_buf_free(&back);
    pm_diags_free(&diags);
}

static int assemble_with(const struct pm_allocator *alloc, void *context)
{
    const char *text = context;
    struct pm_diags diags;
    struct pm_buf out;

    pm_diags_init(&diags, alloc);
    pm_buf_init(&out, alloc);
    pm_status status =
        pm_assemble(text, strlen(text), "t.asm", NULL, alloc, &diags, &out);
    // A text with faults is done when it was refused for them.
    bool done = status == PM_OK || status == PM_ERR_INVALID;
    CHECK(done || status == PM_ERR_NO_MEMORY);
    CHECK(status == PM_OK || out.size == 0);
    pm_buf_free(&out);
    pm_diags_free(&diags);
    return done;
}

TEST(assemble, every_allocation_may_fail)
{
    CHECK(pm_fault_alloc_each(assemble_with, (void *)(uintptr_t)everything, 0) >
          20);
    CHECK(pm_fault_alloc_each(
              assemble_with,
              (void *)(uintptr_t)IN_MAIN("nope\njmp a\npush_const \"\\n"),
              0) > 5);
}
