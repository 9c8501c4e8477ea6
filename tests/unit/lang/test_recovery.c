// SPDX-License-Identifier: MIT
//
// Texts with mistakes: each is reported once, and the rest is read.
#include <stdio.h>

#include "support/code_example.h"
#include "support/lang_text.h"
#include "support/test.h"

static void check_messages(const char *source, const char *wanted)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct lang_text text;
    lang_text_read(&text, &alloc, source, strlen(source));
    CHECK_STR(lang_text_messages(&text), wanted);
    CHECK_INT(text.report.errors, text.report.count);
    lang_check_tree(&text.parsed);
    lang_text_free(&text);
}

// One message about a function's body, which begins in line 2.
static void check_body(const char *body, const char *wanted)
{
    char source[4000];
    char line[400] = "";
    snprintf(source, sizeof source, "fn f() -> void {\n%s\n}\n", body);
    if (*wanted)
        snprintf(line, sizeof line, "%s\n", wanted);
    check_messages(source, line);
}

// The fix of the first message, applied to the body.
static void check_fix(const char *body, const char *wanted)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct lang_text text;
    char source[1000];
    char fixed[1000];

    snprintf(source, sizeof source, "fn f() -> void { %s }\n", body);
    lang_text_read(&text, &alloc, source, strlen(source));
    const struct pm_lang_diag *diag = text.report.items;
    if (CHECK(text.report.count > 0 && diag->fix)) {
        snprintf(fixed, sizeof fixed, "%.*s%s%s", (int)diag->fix_span.start,
                 source, diag->fix, source + diag->fix_span.end);
        snprintf(source, sizeof source, "fn f() -> void { %s }\n", wanted);
        CHECK_STR(fixed, source);
    }
    lang_text_free(&text);
    lang_text_read(&text, &alloc, source, strlen(source));
    CHECK_STR(lang_text_messages(&text), "");
    lang_text_free(&text);
}

// --- the table ---------------------------------------------------------------

TEST(recovery, the_example_of_each_message_gives_it_and_no_other)
{
    struct pm_allocator alloc = pm_allocator_libc();
    for (int code = 0; code < PM_LANG_CODES; code++) {
        const char *example = pm_lang_code_example((pm_lang_code)code);
        const char *name = pm_lang_code_name((pm_lang_code)code);
        struct lang_text text;
        if (strncmp(name, "PBS01", 5) != 0)
            continue;
        struct pm_buf source;
        pm_buf_init(&source, &alloc);
        pm_example_expand(&source, example, example + strlen(example));
        lang_text_read(&text, &alloc, (const char *)source.data, source.size);
        if (!CHECK_INT(text.report.count, 1) ||
            !CHECK_INT(text.report.items[0].code, code))
            printf("%s: %s", name, lang_text_messages(&text));
        lang_text_free(&text);
        pm_buf_free(&source);
    }
}

// --- from other languages ----------------------------------------------------

TEST(recovery, operators_of_other_languages)
{
    check_body("if a && b { }", "2:6 PBS0117 found '&&', wanted 'and'");
    check_body("if a || b { }", "2:6 PBS0117 found '||', wanted 'or'");
    check_body("if !a { }", "2:4 PBS0117 found '!', wanted 'not'");
    check_body("i++", "2:2 PBS0117 found '++', which is no operator");
    check_body("i--", "2:2 PBS0117 found '--', which is no operator");
    check_body("++i", "2:1 PBS0117 found '++', which is no operator");
    check_body("g(i++)", "2:4 PBS0117 found '++', which is no operator");
    check_body("a === b", "2:3 PBS0117 found '===', wanted '=='");
    check_body("a !== b", "2:3 PBS0117 found '!==', wanted '!='");
    check_body("a <> b", "2:3 PBS0117 found '<>', wanted '!='");
    check_body("a ** b", "2:3 PBS0117 found '**', which is no operator");
    check_body("x := 1", "2:3 PBS0117 found ':=', wanted 'let' and '='");
    check_body("let x := 1", "2:7 PBS0117 found ':=', wanted '='");
    check_body("a ? b : c", "2:3 PBS0101 found '?', which no token begins "
                            "with");
}

TEST(recovery, words_of_other_languages)
{
    check_body("var x = 1", "2:1 PBS0118 found 'var', wanted 'let'");
    check_body("int x = 1;", "2:1 PBS0118 found a type in front of a name, "
                             "wanted 'let'");
    check_body("let mut x = 1", "2:5 PBS0118 found 'mut', but every 'let' "
                                "can be assigned");
    check_body("if a { } elif b { }",
               "2:10 PBS0118 found 'elif', wanted 'else if'");
    check_body("if a { }\nelseif (b) { }",
               "3:1 PBS0118 found 'elseif', wanted 'else if'");
    check_body("match x { 1 -> 2 }",
               "2:1 PBS0118 found 'match', wanted 'switch'");
    check_body("function g() { }", "2:1 PBS0118 found 'function', wanted 'fn'");
    check_body("class A { }",
               "2:1 PBS0118 found 'class', wanted 'declare struct'");
    check_body("switch x { case 1 -> g() }",
               "2:12 PBS0118 found 'case', wanted a pattern");
    check_body("throw x", "2:7 PBS0124 found 'x', wanted the end of the "
                          "statement: a new line or ';'");
    check_messages("public fn f() { }\ndef g() { }\n",
                   "1:1 PBS0118 found 'public', wanted 'pub'\n"
                   "2:1 PBS0118 found 'def', wanted 'fn'\n");
}

TEST(recovery, they_are_names_where_names_may_stand)
{
    check_body("let var = 1\nvar = def + match\nclass(print)\nelif = 1\n"
               "if a { }\nelif.x = 1",
               "");
    CHECK_STR(pm_lang_foreign_word("null", 4), "none");
    CHECK(!pm_lang_foreign_word("nul", 3));
}

TEST(recovery, loops_of_other_languages)
{
    check_body("for (i = 0; i < 3; i++) { g() }",
               "2:5 PBS0126 found '(', wanted a name: the head of a loop has "
               "no parentheses");
    check_body("for i in 0..10 { }",
               "2:11 PBS0126 found '..', which is no operator");
    check_body("for x of y { }",
               "2:7 PBS0126 found 'of', wanted 'in' or 'from'");
    check_body("for i from 0 to 3 { }",
               "2:14 PBS0112 found 'to', wanted 'until' and where the loop "
               "ends");
}

TEST(recovery, fixes_mend_the_text)
{
    check_fix("if a = 1 { }", "if a == 1 { }");
    check_fix("if a && b { }", "if a and b { }");
    check_fix("if !a { }", "if not a { }");
    check_fix("i++", "i += 1");
    check_fix("var x = 1", "let x = 1");
    check_fix("if a { } elif b { }", "if a { } else if b { }");
    check_fix("g(a b)", "g(a, b)");
    check_fix("g(a = 1)", "g(a : 1)");
    check_fix("fn g() int { }", "fn g() -> int { }");
    check_fix("fn g(): int { }", "fn g()-> int { }");
    check_fix("let f = (a) -> { }", "let f = (a) => { }");
    check_fix("switch a { 1 => b }", "switch a { 1 -> b }");
    check_fix("let s = 'abc'", "let s = \"abc\"");
    check_fix("g();;", "g();");
}

// --- something is missing ----------------------------------------------------

TEST(recovery, missing_values_types_and_names)
{
    check_body("let a =\nlet b = 1",
               "2:8 PBS0114 found the end of the line, wanted a value");
    check_body("g(a,,b)", "2:5 PBS0114 found ',', wanted a value");
    check_body("g(,a)", "2:3 PBS0114 found ',', wanted a value");
    check_body("x = ;", "2:5 PBS0114 found ';', wanted a value");
    check_body("while { }", "2:7 PBS0114 found '{', wanted a value");
    check_body("let a: = 1", "2:8 PBS0115 found '=', wanted a type");
    check_body("let a: []int = 1", "2:8 PBS0115 found '[', wanted a type");
    check_body("let 1 = 2", "2:5 PBS0116 found '1', wanted a name or '_'");
    check_body("let if = 2", "2:5 PBS0116 found 'if', a word of the "
                             "language, wanted a name or '_'");
    check_body("a.\n1", "2:3 PBS0116 found the end of the line, wanted a name "
                        "behind the '.'");
    check_body("let x", "2:6 PBS0112 found the end of the line, wanted '=' or "
                        "':' and a type");
    check_body("let n = .5", "2:9 PBS0114 found '.', wanted a value");
    check_body(
        "let s = \"{}\"",
        "2:11 PBS0114 found braces with nothing in them, wanted a value");
    check_body("let s = \"{a b}\"",
               "2:13 PBS0112 found 'b', wanted '}' or a format");
}

TEST(recovery, missing_commas_and_ends)
{
    check_body("g(a b)\nh()", "2:5 PBS0112 found 'b', wanted ',' or ')'");
    check_body("g() h()", "2:5 PBS0124 found 'h', wanted the end of the "
                          "statement: a new line or ';'");
    check_body("let a = b = c", "2:11 PBS0124 found '=', wanted the end of "
                                "the statement: a new line or ';'");
    check_messages("declare enum E {\n    A\n    B\n}\n",
                   "2:6 PBS0112 found the end of the line, wanted ',' or "
                   "'}'\n");
}

TEST(recovery, missing_braces)
{
    check_body("if a\n    g()\nh()", "2:5 PBS0113 found the end of the line, "
                                     "wanted '{'");
    check_body("if (a) g()\nh()", "2:8 PBS0113 found 'g', wanted '{'");
    check_body("if a { } else h()", "2:15 PBS0113 found 'h', wanted '{'");
    check_body("if a return 1", "2:6 PBS0113 found 'return', wanted '{'");
    check_body("if a b { g() }\nh()", "2:6 PBS0113 found 'b', wanted '{'");
    check_body("    if a\n        g()\n        h()\n    }\n    i()",
               "2:9 PBS0113 found the end of the line, wanted '{'");
    check_messages("fn f() -> void\n    g()\n    h()\n}\n\nfn h() { }\n",
                   "1:15 PBS0113 found the end of the line, wanted '{'\n");
}

// --- brackets ----------------------------------------------------------------

TEST(recovery, a_bracket_without_its_other_is_reported_where_it_stands)
{
    check_messages("fn f() {\n    if a {\n        g()\n}\n\nfn h() { }\n",
                   "2:10 PBS0110 this '{' is not closed\n");
    check_messages("fn f() {\n    if a {\n        g()\n    }\n    }\n}\n"
                   "fn h() { }\n",
                   "5:5 PBS0111 this '}' closes nothing\n");
    check_messages("fn f() {\n    g(a, b\n    h()\n    i(])\n}\nfn x() { }\n",
                   "2:6 PBS0110 this '(' is not closed\n"
                   "4:7 PBS0111 this ']' closes nothing\n");
    check_messages("fn f() {\n    g(() => {\n        h()\n    )\n    i()\n}\n",
                   "2:13 PBS0110 this '{' is not closed\n");
    check_messages("fn f() {\n    g(1))\n    i()\n}\n",
                   "2:9 PBS0111 this ')' closes nothing\n");
    check_messages("fn f() {\n    g(a {\n        h(\"x)\n    }\n}\n",
                   "2:6 PBS0110 this '(' is not closed\n"
                   "3:11 PBS0103 the string does not end on its line\n");
    check_messages("fn f() {\n    let a = [1, 2\n    g()\n",
                   "1:8 PBS0110 this '{' is not closed\n"
                   "2:13 PBS0110 this '[' is not closed\n");
    check_messages("import { a from \"b\"\nfn f() { }\n",
                   "1:8 PBS0110 this '{' is not closed\n");
}

// --- declarations ------------------------------------------------------------

TEST(recovery, parameters_that_are_not_closed_are_told_once)
{
    check_messages("fn f( -> void { g(1) }\n"
                   "[Frame]\nfn g(a: int -> int { return a }\n"
                   "declare struct S(x: int {\n    fn f() -> void { }\n}\n",
                   "1:5 PBS0110 this '(' is not closed\n"
                   "3:5 PBS0110 this '(' is not closed\n"
                   "4:17 PBS0110 this '(' is not closed\n");
}

TEST(recovery,
     arguments_on_lines_of_their_own_that_are_not_closed_are_told_once)
{
    check_body("    g(\n        1,\n        h(2),\n        3,\n    i()",
               "2:6 PBS0110 this '(' is not closed");
    check_body("    g(1,\n        -2\n    i()",
               "2:6 PBS0110 this '(' is not closed");
    check_body("    let a = [\n        1,\n        2,\n    i()",
               "2:13 PBS0110 this '[' is not closed");
}

TEST(recovery, what_is_no_declaration)
{
    check_messages("let a = 1\nb = 2\nfn f() { }\n",
                   "1:1 PBS0128 found 'let', wanted 'import', 'fn' or "
                   "'declare'\n");
    check_messages("struct A(x: int)\nfn f() { }\n",
                   "1:1 PBS0128 found 'struct', wanted 'declare' before it\n");
    check_messages("declare struct A { x: int }\nfn f() { }\n",
                   "1:18 PBS0112 found '{', wanted '(' with the fields of the "
                   "struct\n");
    check_messages("declare const A = 1\nfn f() { }\n",
                   "1:17 PBS0115 found '=', wanted ':' and a type before "
                   "it\n");
    check_messages("declare fn f() { }\nfn f() { }\n",
                   "1:9 PBS0112 found 'fn', wanted const, global, struct, "
                   "enum, error, service, contract, callback, state or "
                   "host\n");
    check_messages("fn f() { }\nimport { a } from \"b\"\n",
                   "2:1 PBS0127 found an import behind a declaration\n");
    check_messages("pub import m from \"b\"\nfn f() { }\n",
                   "1:1 PBS0112 found 'pub' before the import of a whole "
                   "module; only names are handed on\n");
    check_messages("pub { a } from \"b\"\nfn f() { }\n",
                   "1:5 PBS0112 found '{', wanted 'import' before it\n");
    check_messages("export { a } from \"b\"\nfn f() { }\n",
                   "1:1 PBS0118 found 'export', wanted 'pub'\n"
                   "1:8 PBS0112 found '{', wanted 'import' before it\n");
    check_messages("use { a } from \"b\"\nfn f() { }\n",
                   "1:1 PBS0118 found 'use', wanted 'import'\n");
    check_messages("fn f() { }\npub import { a } from \"b\"\n",
                   "2:1 PBS0127 found an import behind a declaration\n");
    check_messages("fn f() { pub import { a } from \"b\" }\n",
                   "1:10 PBS0133 found an import in a function\n");
    check_messages("import \"b\"\nfn f() { }\n",
                   "1:8 PBS0112 found a string, wanted names in '{ }', or a "
                   "name\n");
    check_messages("[Init] declare const A: int = 1\n",
                   "1:2 PBS0112 an attribute can only stand in front of "
                   "'fn'\n");
    check_messages("declare contract C { fn f() { } fn g(); fn h() }\n",
                   "1:29 PBS0112 found a body, where none can stand\n"
                   "1:39 PBS0112 found a ';' between declarations\n");
    check_body("declare const A: int = 1\ng()",
               "2:1 PBS0133 found a declaration in a function");
}

TEST(recovery, mistakes_far_apart_are_all_found)
{
    check_messages("fn f(a int) -> void {\n"
                   "    let x = 1 *\n"
                   "    let y = 1\n"
                   "    if a = 2 { g(1, }\n"
                   "}\n"
                   "declare enum { A }\n"
                   "fn g() -> void { i++ }\n"
                   "declare struct S(x: int, y) { }\n",
                   "1:8 PBS0112 found 'int', wanted ':' and a type\n"
                   "2:16 PBS0114 found the end of the line, wanted a value\n"
                   "4:10 PBS0119 found '=', wanted '==': an assignment is no "
                   "condition\n"
                   "4:17 PBS0110 this '(' is not closed\n"
                   "6:14 PBS0116 found '{', wanted the name of the enum\n"
                   "7:19 PBS0117 found '++', which is no operator\n"
                   "8:27 PBS0112 found ')', wanted ':' and a type\n");
}

// --- limits ------------------------------------------------------------------

// "head", [count] times "piece", "tail".
static void check_repeated(const char *head, const char *piece,
                           const char *tail, size_t count, const char *code)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct lang_text text;
    struct pm_buf source;

    pm_buf_init(&source, &alloc);
    pm_buf_puts(&source, head);
    for (size_t i = 0; i < count; i++)
        pm_buf_puts(&source, piece);
    pm_buf_puts(&source, tail);
    lang_text_read(&text, &alloc, (const char *)source.data, source.size);
    if (*code) {
        CHECK_INT(text.report.count, 1);
        if (text.report.count)
            CHECK_STR(pm_lang_code_name(text.report.items[0].code), code);
    } else {
        CHECK_STR(lang_text_messages(&text), "");
    }
    lang_check_tree(&text.parsed);
    CHECK(lang_text_tree(&text));
    lang_text_free(&text);
    pm_buf_free(&source);
}

static void repeat_twice(struct pm_buf *out, const char *left,
                         const char *right, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pm_buf_puts(out, left);
    pm_buf_puts(out, "a");
    for (size_t i = 0; i < count; i++)
        pm_buf_puts(out, right);
}

// Brackets of a kind in each other.
static void check_nested(const char *left, const char *right, size_t count,
                         uint32_t messages)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct lang_text text;
    struct pm_buf source;

    pm_buf_init(&source, &alloc);
    pm_buf_puts(&source, "fn f() {\n_ = ");
    repeat_twice(&source, left, right, count);
    pm_buf_puts(&source, "\ng(\n}\nfn g() { g( }\n");
    lang_text_read(&text, &alloc, (const char *)source.data, source.size);
    // What stands behind is read again: two brackets are open.
    CHECK_INT(text.report.count, messages + 2);
    if (messages && text.report.count)
        CHECK_INT(text.report.items[0].code, PM_LANG_TOO_DEEP);
    lang_check_tree(&text.parsed);
    lang_text_free(&text);
    pm_buf_free(&source);
}

TEST(recovery, nesting_is_limited_and_reported_once)
{
    check_nested("(", ")", 190, 0);
    check_nested("(", ")", 220, 1);
    check_nested("(", ")", 100000, 1);
    check_nested("[", "]", 100000, 1);
    check_nested("f(", ")", 100000, 1);
    check_nested("a[", "]", 100000, 1);
    check_nested("x => { ", "}", 100000, 1);
    check_nested("if a { ", "} else { b }", 100000, 1);
    check_nested("switch a { _ -> ", "}", 100000, 1);
    check_nested("\"{", "}\"", 100000, 1);
    check_nested("- ", "", 100000, 1);
    check_nested("not ", "", 100000, 1);
    check_nested("a else ", "", 100000, 1);
    check_nested("some(", ")", 100000, 1);
    check_nested("spawn ", "", 100000, 1);
}

TEST(recovery, nesting_of_statements_and_types_is_limited)
{
    check_repeated("fn f() {", "{", "", 0, "PBS0110");
    check_repeated("fn f() ->", " optional", " int { }", 190, "");
    check_repeated("fn f() ->", " optional", " int { }", 100000, "PBS0122");
    check_repeated("fn f() {", " fn f() {", "", 0, "PBS0110");
}

TEST(recovery, chains_are_limited_and_reported_once)
{
    check_repeated("fn f() { _ = a", " + a", " }", 1000, "");
    check_repeated("fn f() { _ = a", " + a", " }", 1001, "PBS0123");
    check_repeated("fn f() { _ = a", " + a", " }", 100000, "PBS0123");
    check_repeated("fn f() { _ = a", ".b()", " }", 500, "");
    check_repeated("fn f() { _ = a", ".b()", " }", 100000, "PBS0123");
    check_repeated("fn f(a: int", "[]", ") { }", 1000, "");
    check_repeated("fn f(a: int", "[]", ") { }", 100000, "PBS0123");
    check_repeated("fn f() { if a { }", " else if a { }", " }", 900, "");
    check_repeated("fn f() { if a { }", " else if a { }", " }", 100000,
                   "PBS0123");
}

TEST(recovery, chains_within_chains_make_no_tree_that_is_too_high)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct lang_text text;
    struct pm_buf source;

    pm_buf_init(&source, &alloc);
    pm_buf_puts(&source, "fn f() { _ = ");
    for (int i = 0; i < 10; i++)
        pm_buf_puts(&source, "(");
    pm_buf_puts(&source, "a");
    for (int i = 0; i < 10; i++) {
        for (int k = 0; k < 900; k++)
            pm_buf_puts(&source, " + a");
        pm_buf_puts(&source, ")");
    }
    pm_buf_puts(&source, " }");
    lang_text_read(&text, &alloc, (const char *)source.data, source.size);
    CHECK_INT(text.report.count, 1);
    CHECK_INT(text.report.items[0].code, PM_LANG_TOO_DEEP);
    lang_check_tree(&text.parsed);
    lang_text_free(&text);
    pm_buf_free(&source);
}

// --- the report --------------------------------------------------------------

TEST(recovery, a_report_is_bounded)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct lang_text text;
    struct pm_buf source;

    pm_buf_init(&source, &alloc);
    for (int i = 0; i < 2000; i++)
        pm_buf_puts(&source, "$ \n");
    lang_text_read(&text, &alloc, (const char *)source.data, source.size);
    CHECK_INT(text.report.count, PM_LANG_REPORT_LIMIT);
    CHECK_INT(text.report.errors, 2000);
    CHECK_INT(text.report.dropped, 2000 - PM_LANG_REPORT_LIMIT);
    lang_text_free(&text);
    pm_buf_free(&source);
}

TEST(recovery, a_report_keeps_notes_in_order_and_drops_what_it_knows)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_arena arena;
    struct pm_lang_report report;
    struct pm_span span = {0, 1, 2};
    struct pm_span other = {0, 1, 3};

    pm_arena_init(&arena, &alloc);
    pm_lang_report_init(&report, &alloc, &arena);
    struct pm_lang_diag *diag =
        pm_lang_error(&report, PM_LANG_UNEXPECTED, span, "found %s", "this");
    pm_lang_note(&report, diag, other, "one");
    pm_lang_note(&report, diag, span, "%d", 2);
    pm_lang_help(&report, diag, "help");
    pm_lang_fix(&report, diag, other, "fix");
    CHECK(!pm_lang_error(&report, PM_LANG_UNEXPECTED, span, "again"));
    pm_lang_help(&report, NULL, "nothing");
    CHECK(pm_lang_warning(&report, PM_LANG_UNEXPECTED, other, "other"));
    CHECK_INT(report.count, 2);
    CHECK_INT(report.errors, 1);
    CHECK_STR(report.items[0].text, "found this");
    CHECK_STR(report.items[0].notes->text, "one");
    CHECK_STR(report.items[0].notes->next->text, "2");
    CHECK_STR(report.items[0].help, "help");
    CHECK_INT(report.items[0].fix_span.end, 3);
    pm_lang_report_free(&report);
    pm_arena_free(&arena);
}

TEST(recovery, text_that_is_shown_is_cut_and_safe)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_arena arena;
    struct pm_lang_report report;
    char text[100];

    pm_arena_init(&arena, &alloc);
    pm_lang_report_init(&report, &alloc, &arena);
    CHECK_STR(pm_lang_show(&report, "a\x1b[0m\n", 6), "a\\x1b[0m\\n");
    memset(text, 'x', sizeof text);
    memcpy(text + 59, "\xc3\xa9", 2);
    // The character at the cut is left out as a whole.
    CHECK_INT(strlen(pm_lang_show(&report, text, sizeof text)), 59 + 3);
    CHECK_STR(pm_lang_show(&report, text, 3), "xxx");
    pm_lang_report_free(&report);
    pm_arena_free(&arena);
}
