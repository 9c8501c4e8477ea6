// SPDX-License-Identifier: MIT
//
// The layout: what it looks like, that it keeps what the text says, and that
// laying out twice is laying out once.
#include <stdio.h>
#include <stdlib.h>

#include "support/lang_text.h"
#include "support/random_source.h"
#include "support/test.h"

// Lays out [source] and checks all that must hold of it. Gives whether it did.
static bool check_stable(const char *source, size_t size, struct pm_buf *out)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct lang_text text;
    struct lang_text again;
    bool ok;

    lang_text_read(&text, &alloc, source, size);
    ok = CHECK_STR(lang_text_messages(&text), "");
    ok = CHECK_INT(pm_format(&text.parsed, out), PM_OK) && ok;
    lang_text_read(&again, &alloc, (const char *)out->data, out->size);
    ok = CHECK_STR(lang_text_messages(&again), "") && ok;
    ok = CHECK(lang_same_tree(&text.parsed, text.parsed.tree, &again.parsed,
                              again.parsed.tree)) &&
         ok;
    CHECK(lang_text_format(&again));
    ok = CHECK(again.out.size == out->size &&
               (out->size == 0 ||
                memcmp(again.out.data, out->data, out->size) == 0)) &&
         ok;
    lang_text_free(&again);
    lang_text_free(&text);
    return ok;
}

static void check_layout(const char *source, const char *wanted)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf out;
    pm_buf_init(&out, &alloc);
    check_stable(source, strlen(source), &out);
    CHECK_STR(pm_buf_cstr(&out), wanted);
    pm_buf_free(&out);
}

// What is laid out already stays.
static void check_kept(const char *source)
{
    check_layout(source, source);
}

TEST(format, blanks_stand_around_operators_and_behind_commas)
{
    check_layout("pub   import{A}from\"k\"\nimport{A,B as C}from\"m\"\n"
                 "fn  f ( a :int,b:map<str,List<int>>=c )->result<E>optional "
                 "int[ ]{return-a+ - -b*~c-d(e)[1].f!and not(g)}",
                 "pub import { A } from \"k\"\n"
                 "import { A, B as C } from \"m\"\n"
                 "fn f(a: int, b: map<str, List<int>> = c) -> result<E> "
                 "optional int[] {\n"
                 "    return -a + - -b * ~c - d(e)[1].f! and not (g)\n"
                 "}\n");
    check_layout("fn f(){let(a,_)=b;g<int>(x)\nlet c:fn(int)->(A,B)=(x)=>{}\n"
                 "f( (a:int)->int=>a,new A ( ),new int [3],some (a),[ ] )}",
                 "fn f() {\n"
                 "    let (a, _) = b\n"
                 "    g<int>(x)\n"
                 "    let c: fn(int) -> (A, B) = (x) => { }\n"
                 "    f((a: int) -> int => a, new A(), new int[3], some(a), "
                 "[])\n"
                 "}\n");
}

TEST(format, declarations)
{
    check_layout("declare struct A(x:int):C,D{pub fn f(){}\nfn g(){}}\n"
                 "declare enum E{A,B(x:int)=3,C=-4,}\n"
                 "declare host\"fs\"{fn a()version 2 fn b()->int}\n"
                 "declare op{fn len(s:str)->int=\"x\"}\n"
                 "pub declare const N:int=1\ndeclare global g:G=new G()\n",
                 "declare struct A(x: int): C, D {\n"
                 "    pub fn f() { }\n"
                 "    fn g() { }\n"
                 "}\n"
                 "declare enum E { A, B(x: int) = 3, C = -4 }\n"
                 "declare host \"fs\" {\n"
                 "    fn a() version 2\n"
                 "    fn b() -> int\n"
                 "}\n"
                 "declare op { fn len(s: str) -> int = \"x\" }\n"
                 "pub declare const N: int = 1\n"
                 "declare global g: G = new G()\n");
}

TEST(format, an_attribute_has_its_own_line)
{
    check_layout("[Frame]pub fn f(){}", "[Frame]\npub fn f() { }\n");
}

TEST(format, an_equals_sign_is_parted_from_type_arguments)
{
    check_layout("declare const A: List<List<int>>=[1]",
                 "declare const A: List<List<int>> = [1]\n");
}

// --- blocks ------------------------------------------------------------------

TEST(format, a_block_of_one_statement_stays_on_its_line)
{
    check_kept("fn f() { g() }\n"
               "fn h() {\n"
               "    if a { b() } else { c() }\n"
               "    while d { e() }\n"
               "    let x = handle y { _ -> 1 }\n"
               "}\n");
    check_kept("fn f() {\n"
               "    if a {\n"
               "        b()\n"
               "    } else {\n"
               "        c()\n"
               "    }\n"
               "}\n");
    check_layout("fn f() { g(); h() }", "fn f() {\n    g()\n    h()\n}\n");
    check_layout("fn f() { if a { b() } else {\nc() } }", "fn f() {\n"
                                                          "    if a {\n"
                                                          "        b()\n"
                                                          "    } else {\n"
                                                          "        c()\n"
                                                          "    }\n"
                                                          "}\n");
}

TEST(format, a_block_that_does_not_fit_is_broken)
{
    check_layout("fn a_function_with_a_long_name() { "
                 "another_function_with_a_long_name(1, 2, 3, 4) }",
                 "fn a_function_with_a_long_name() {\n"
                 "    another_function_with_a_long_name(1, 2, 3, 4)\n"
                 "}\n");
}

TEST(format, arms_stand_one_a_line_without_commas)
{
    check_layout("fn f() { switch x { A.B(c,_)->d,1,-2->{e()}\n"
                 "some(v)->return,default->x=1 } }",
                 "fn f() {\n"
                 "    switch x {\n"
                 "        A.B(c, _) -> d\n"
                 "        1, -2 -> { e() }\n"
                 "        some(v) -> return\n"
                 "        default -> x = 1\n"
                 "    }\n"
                 "}\n");
}

// --- lists -------------------------------------------------------------------

TEST(format, a_list_that_fits_stands_on_one_line)
{
    check_layout("fn f() {\n    g(\n        a,\n        b,\n    )\n}",
                 "fn f() {\n    g(a, b)\n}\n");
    check_kept("declare enum E {\n    A,\n    B,\n}\n");
}

TEST(format, a_list_that_does_not_fit_stands_one_a_line)
{
    check_layout(
        "import { AAAAAAAAAAAAAAAAAAAAAAAA, BBBBBBBBBBBBBBBBBBBBBBBBB, "
        "CCCCCCCCCCCCCCCCCC } from \"m\"",
        "import {\n"
        "    AAAAAAAAAAAAAAAAAAAAAAAA,\n"
        "    BBBBBBBBBBBBBBBBBBBBBBBBB,\n"
        "    CCCCCCCCCCCCCCCCCC,\n"
        "} from \"m\"\n");
    check_layout("fn f() { return (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, "
                 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, ccccccccccccccc) }",
                 "fn f() {\n"
                 "    return (\n"
                 "        aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,\n"
                 "        bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,\n"
                 "        ccccccccccccccc\n"
                 "    )\n"
                 "}\n");
}

// A call of exactly so many columns: "    g(aaa…, b)"
static void check_columns(size_t columns, bool fits)
{
    char source[200] = "fn f() {\n    g(";
    char broken[300];
    size_t start = strlen(source);
    size_t letters = columns - strlen("    g(, b)");

    memset(source + start, 'a', letters);
    strcpy(source + start + letters, ", b)\n}\n");
    snprintf(broken, sizeof broken,
             "fn f() {\n    g(\n        %.*s,\n        b,\n    )\n}\n",
             (int)letters, source + start);
    check_layout(source, fits ? source : broken);
}

TEST(format, eighty_columns_fit)
{
    check_columns(79, true);
    check_columns(80, true);
    check_columns(81, false);
}

TEST(format, columns_are_characters)
{
    check_kept("fn f() {\n    g(\""
               "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
               "\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
               "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
               "\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
               "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
               "\xa9\xc3\xa9\", 1)\n}\n");
}

TEST(format, the_last_argument_may_end_in_a_block)
{
    check_kept("fn f() {\n"
               "    list.each(a, x => {\n"
               "        g(x)\n"
               "        h(x)\n"
               "    })\n"
               "    k(switch x {\n"
               "        1 -> a\n"
               "        _ -> b\n"
               "    })\n"
               "}\n");
    check_layout("fn f() { list.each(x => { g(x); h(x) }, a) }",
                 "fn f() {\n"
                 "    list.each(\n"
                 "        x => {\n"
                 "            g(x)\n"
                 "            h(x)\n"
                 "        },\n"
                 "        a,\n"
                 "    )\n"
                 "}\n");
}

TEST(format, numbers_keep_their_rows)
{
    check_kept("declare const MAP: int[] = [\n"
               "    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,\n"
               "    1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,\n"
               "]\n");
    check_layout("declare const MAP: int[] = [1000000, 2000000, -3000000, "
                 "4000000, 5000000, 6000000, 7000000, 8000000]",
                 "declare const MAP: int[] = [\n"
                 "    1000000, 2000000, -3000000, 4000000, 5000000, 6000000, "
                 "7000000, 8000000,\n"
                 "]\n");
}

// --- long expressions --------------------------------------------------------

TEST(format, operators_stand_at_the_ends_of_lines)
{
    check_layout("fn f() { let x = aaaaaaaaaaaaaaaaaaaaaaaaa * 2 - "
                 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb + cccccccccccccccccc }",
                 "fn f() {\n"
                 "    let x = aaaaaaaaaaaaaaaaaaaaaaaaa * 2 -\n"
                 "        bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb +\n"
                 "        cccccccccccccccccc\n"
                 "}\n");
}

TEST(format, calls_of_calls_stand_one_a_line)
{
    check_layout("fn f() { let x = list.filter(b => b.is_awake and b.y < 100)"
                 ".map(b => b.x).sum() + 1000000 }",
                 "fn f() {\n"
                 "    let x = list.filter(b => b.is_awake and b.y < 100)"
                 ".map(b => b.x).sum() +\n"
                 "        1000000\n"
                 "}\n");
    check_layout("fn f() { list.filter(b => b.is_awake and b.y < 100)"
                 ".map(b => b.x + b.y + b.z).total_of_it() }",
                 "fn f() {\n"
                 "    list\n"
                 "        .filter(b => b.is_awake and b.y < 100)\n"
                 "        .map(b => b.x + b.y + b.z)\n"
                 "        .total_of_it()\n"
                 "}\n");
}

TEST(format, an_else_may_begin_a_line)
{
    check_layout("fn f() { let x = a_function_of_something(1, 2, 3) else "
                 "another_function_of_something() }",
                 "fn f() {\n"
                 "    let x = a_function_of_something(1, 2, 3)\n"
                 "        else another_function_of_something()\n"
                 "}\n");
}

// --- comments and blank lines ------------------------------------------------

TEST(format, single_blank_lines_are_kept_where_lines_begin)
{
    check_layout("\n\n// a\n\n\nfn f() {\n\n    g()\n\n\n    h()\n\n}\n\n\n\n"
                 "// b\nfn k() { }\n\n\n// c\n\n",
                 "// a\n\nfn f() {\n    g()\n\n    h()\n}\n\n// b\n"
                 "fn k() { }\n\n// c\n");
}

TEST(format, comments_keep_their_place)
{
    check_kept("// first\n"
               "fn f() { // behind the brace\n"
               "    // before\n"
               "    g() // at the end\n"
               "\n"
               "    // before the brace\n"
               "}\n"
               "\n"
               "/// Says what it is.\n"
               "declare enum E {\n"
               "    A, // a\n"
               "    // before b\n"
               "    B,\n"
               "    // last\n"
               "}\n"
               "fn h() {\n"
               "    // alone\n"
               "}\n"
               "// end\n");
}

TEST(format, comments_of_consecutive_lines_keep_a_common_column)
{
    check_kept("declare enum E {\n"
               "    A,        // a\n"
               "    Longer,   // b\n"
               "    Longest1, // c\n"
               "}\n"
               "fn f() { // alone\n"
               "    g()   // one\n"
               "    h(12) // two\n"
               "\n"
               "    k() // another line\n"
               "    // is not behind one\n"
               "    m() // nor\n"
               "}\n");
    // The column is that of the longest line, as it is laid out; \xc3\xa9
    // takes one.
    check_layout("fn f() {\n"
                 "  g( 1 )      // one\n"
                 "  h(\"\xc3\xa9\",2)    // two\n"
                 "      k()     // three\n"
                 "}\n",
                 "fn f() {\n"
                 "    g(1)      // one\n"
                 "    h(\"\xc3\xa9\", 2) // two\n"
                 "    k()       // three\n"
                 "}\n");
    // Of several columns each is its own group, and one in none has a blank.
    check_layout("fn f() {\n"
                 "    a()      // 1\n"
                 "    bb()     // 1\n"
                 "    ccc()       // 2\n"
                 "    d()         // 2\n"
                 "    e() // 3\n"
                 "}\n",
                 "fn f() {\n"
                 "    a()  // 1\n"
                 "    bb() // 1\n"
                 "    ccc() // 2\n"
                 "    d()   // 2\n"
                 "    e() // 3\n"
                 "}\n");
    // A line that is broken in two parts them.
    check_layout("fn f() { // 1\n"
                 "    a(); b() // 2\n"
                 "    c();     // 2\n"
                 "    d(); e() // 2\n"
                 "}\n",
                 "fn f() { // 1\n"
                 "    a()\n"
                 "    b() // 2\n"
                 "    c() // 2\n"
                 "    d()\n"
                 "    e() // 2\n"
                 "}\n");
}

TEST(format, comments_within_expressions_end_lines)
{
    check_layout("fn f(a: int // why\n, b: int) { return a + // one\n b }",
                 "fn f(\n"
                 "    a: int, // why\n"
                 "    b: int,\n"
                 ") {\n"
                 "    return a + // one\n"
                 "        b\n"
                 "}\n");
    check_layout("fn f() { if a // why\n{ b() } // c\nelse { d() } ; // e\n }",
                 "fn f() {\n"
                 "    if a // why\n"
                 "    {\n"
                 "        b()\n"
                 "    } // c\n"
                 "    else {\n"
                 "        d()\n"
                 "    } // e\n"
                 "}\n");
}

TEST(format, what_stands_in_strings_stays)
{
    check_kept("fn f() {\n    g(\"a  {b+c  :04} // {\"d {e}\"}\")\n}\n");
}

TEST(format, carriage_returns_and_a_byte_order_mark_go)
{
    check_layout("\xef\xbb\xbf"
                 "// a \r\nfn f() {\r\n}\r\n",
                 "// a\nfn f() { }\n");
}

TEST(format, an_empty_text_stays_empty)
{
    check_layout("", "");
    check_layout("\n \n", "");
    check_layout("// a", "// a\n");
}

// --- what holds of any text --------------------------------------------------

TEST(format, a_text_with_mistakes_is_refused_and_nothing_is_written)
{
    struct pm_allocator alloc = pm_allocator_libc();
    static const char source[] = "fn f() { g( }";
    struct lang_text text;

    lang_text_read(&text, &alloc, source, strlen(source));
    pm_buf_puts(&text.out, "kept");
    CHECK_INT(pm_format(&text.parsed, &text.out), PM_ERR_INVALID);
    CHECK_STR(pm_buf_cstr(&text.out), "kept");
    lang_text_free(&text);
}

// xorshift, from a number.
static void fill(uint8_t *bytes, size_t size, uint64_t seed)
{
    uint64_t state = seed * 2654435761u + 88172645463325252u;
    for (size_t i = 0; i < size + 16; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        if (i >= 16)
            bytes[i - 16] = (uint8_t)(state >> 24);
    }
}

TEST(format, random_sources_keep_their_tree_and_stay_as_they_are)
{
    enum { SOURCES = 3000 };
    struct pm_allocator alloc = pm_allocator_libc();
    uint8_t bytes[400];

    for (unsigned seed = 0; seed < SOURCES; seed++) {
        struct pm_buf source;
        struct pm_buf out;
        size_t size = 10 + seed % 37 * 10;
        pm_buf_init(&source, &alloc);
        pm_buf_init(&out, &alloc);
        fill(bytes, size, seed);
        pm_random_source(&source, bytes, size);
        bool ok = check_stable((const char *)source.data, source.size, &out);
        if (!ok)
            printf("seed %u:\n%.*s\n", seed, (int)source.size,
                   (const char *)source.data);
        pm_buf_free(&out);
        pm_buf_free(&source);
        if (!ok)
            return;
    }
}
