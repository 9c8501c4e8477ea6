// SPDX-License-Identifier: MIT
//
// Each production of the grammar as a tree.
#include "support/lang_text.h"
#include "support/test.h"

static void check_tree(const char *source, const char *wanted)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct lang_text text;
    lang_text_read(&text, &alloc, source, strlen(source));
    CHECK_STR(lang_text_messages(&text), "");
    CHECK_STR(lang_text_tree(&text), wanted);
    lang_check_tree(&text.parsed);
    lang_text_free(&text);
}

// The tree of statements in a function, without what stands around them.
static void check_body(const char *body, const char *wanted)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct lang_text text;
    struct pm_buf source;
    struct pm_buf whole;

    pm_buf_init(&source, &alloc);
    pm_buf_init(&whole, &alloc);
    pm_buf_printf(&source, "fn f() -> void {\n%s\n}\n", body);
    pm_buf_puts(&whole, "file\n  item: fn 'f'\n    params: parameters\n"
                        "    result: type name 'void'\n    body: block\n");
    for (const char *at = wanted; *at; at += strcspn(at, "\n") + 1)
        pm_buf_printf(&whole, "      %.*s\n", (int)strcspn(at, "\n"), at);
    lang_text_read(&text, &alloc, (const char *)source.data, source.size);
    CHECK_STR(lang_text_messages(&text), "");
    CHECK_STR(lang_text_tree(&text), pm_buf_cstr(&whole));
    lang_text_free(&text);
    pm_buf_free(&source);
    pm_buf_free(&whole);
}

// --- declarations ------------------------------------------------------------

TEST(trees, imports)
{
    check_tree("import { A, B as C, } from \"m\"\nimport m from \"a/b\"\n",
               "file\n"
               "  item: import\n"
               "    path: string '\"m\"'\n"
               "    name: import name 'A'\n"
               "    name: import name 'B'\n"
               "      alias: name 'C'\n"
               "  item: import module 'm'\n"
               "    path: string '\"a/b\"'\n");
    check_tree("pub import { A } from \"m\"\n", "file\n"
                                                "  item: import pub\n"
                                                "    path: string '\"m\"'\n"
                                                "    name: import name 'A'\n");
}

TEST(trees, functions)
{
    check_tree("[Init]\npub fn f<T: Key, U>(a: int, b: T = 1,) { }\n",
               "file\n"
               "  item: fn 'f' pub\n"
               "    attribute: name 'Init'\n"
               "    type_params: type parameters\n"
               "      param: type parameter 'T'\n"
               "        bound: type name 'Key'\n"
               "      param: type parameter 'U'\n"
               "    params: parameters\n"
               "      param: parameter 'a'\n"
               "        type: type name 'int'\n"
               "      param: parameter 'b'\n"
               "        type: type name 'T'\n"
               "        value: int '1'\n"
               "    body: block\n");
}

TEST(trees, constants_and_globals)
{
    check_tree("pub declare const A: int = 1\ndeclare global b: B = c\n",
               "file\n"
               "  item: const 'A' pub\n"
               "    type: type name 'int'\n"
               "    value: int '1'\n"
               "  item: global 'b'\n"
               "    type: type name 'B'\n"
               "    value: name 'c'\n");
}

TEST(trees, structs)
{
    check_tree("declare struct A()\n"
               "declare struct B<T>(x: T): C, m.D<int> {\n"
               "    pub fn step() -> Self { }\n"
               "}\n",
               "file\n"
               "  item: struct 'A'\n"
               "    fields: parameters\n"
               "  item: struct 'B'\n"
               "    type_params: type parameters\n"
               "      param: type parameter 'T'\n"
               "    fields: parameters\n"
               "      param: parameter 'x'\n"
               "        type: type name 'T'\n"
               "    contracts: types\n"
               "      type: type name 'C'\n"
               "      type: type name 'D'\n"
               "        qualifier: name 'm'\n"
               "        arguments: types\n"
               "          type: type name 'int'\n"
               "    methods: members\n"
               "      item: fn 'step' pub\n"
               "        params: parameters\n"
               "        result: type name 'Self'\n"
               "        body: block\n");
}

TEST(trees, enums_and_errors)
{
    check_tree("declare enum E { A, B(x: int) = 3, C = -4, }\n"
               "declare error F { X }\n",
               "file\n"
               "  item: enum 'E'\n"
               "    case: case 'A'\n"
               "    case: case 'B'\n"
               "      params: parameters\n"
               "        param: parameter 'x'\n"
               "          type: type name 'int'\n"
               "      number: int '3'\n"
               "    case: case 'C'\n"
               "      number: negate\n"
               "        value: int '4'\n"
               "  item: error 'F'\n"
               "    case: case 'X'\n");
}

TEST(trees, services_contracts_and_callbacks)
{
    check_tree("declare service S { const N: int = 1 pub fn f() { } }\n"
               "declare contract C { fn f<T>(a: T) fn in() -> int }\n"
               "declare callback g(a: int) -> void\n",
               "file\n"
               "  item: service 'S'\n"
               "    members: members\n"
               "      item: const 'N'\n"
               "        type: type name 'int'\n"
               "        value: int '1'\n"
               "      item: fn 'f' pub\n"
               "        params: parameters\n"
               "        body: block\n"
               "  item: contract 'C'\n"
               "    members: members\n"
               "      item: signature 'f'\n"
               "        type_params: type parameters\n"
               "          param: type parameter 'T'\n"
               "        params: parameters\n"
               "          param: parameter 'a'\n"
               "            type: type name 'T'\n"
               "      item: signature 'in'\n"
               "        params: parameters\n"
               "        result: type name 'int'\n"
               "  item: callback 'g'\n"
               "    params: parameters\n"
               "      param: parameter 'a'\n"
               "        type: type name 'int'\n"
               "    result: type name 'void'\n");
}

TEST(trees, what_the_library_declares)
{
    check_tree("declare state File \"file\"\n"
               "declare host \"fs\" { fn a() version 2 fn b() -> int }\n"
               "declare op { fn len(s: str) -> int = \"str_len\" }\n"
               "declare intrinsic { fn sin() -> float }\n"
               "declare extend<T> T[] { }\n",
               "file\n"
               "  item: state 'File'\n"
               "    domain: string '\"file\"'\n"
               "  item: host\n"
               "    module: string '\"fs\"'\n"
               "    members: members\n"
               "      item: signature 'a'\n"
               "        params: parameters\n"
               "        extra: int '2'\n"
               "      item: signature 'b'\n"
               "        params: parameters\n"
               "        result: type name 'int'\n"
               "  item: op\n"
               "    members: members\n"
               "      item: signature 'len'\n"
               "        params: parameters\n"
               "          param: parameter 's'\n"
               "            type: type name 'str'\n"
               "        result: type name 'int'\n"
               "        extra: string '\"str_len\"'\n"
               "  item: intrinsic\n"
               "    members: members\n"
               "      item: signature 'sin'\n"
               "        params: parameters\n"
               "        result: type name 'float'\n"
               "  item: extend\n"
               "    type_params: type parameters\n"
               "      param: type parameter 'T'\n"
               "    type: array type\n"
               "      element: type name 'T'\n"
               "    members: members\n");
}

// --- types -------------------------------------------------------------------

TEST(trees, types)
{
    check_tree("declare callback c(a: optional int[][], b: result<m.E> void,\n"
               "    c: map<str, List<List<int>>>, d: fn(int) -> (A, B),\n"
               "    e: (fn())[])",
               "file\n"
               "  item: callback 'c'\n"
               "    params: parameters\n"
               "      param: parameter 'a'\n"
               "        type: optional type\n"
               "          value: array type\n"
               "            element: array type\n"
               "              element: type name 'int'\n"
               "      param: parameter 'b'\n"
               "        type: result type\n"
               "          error: type name 'E'\n"
               "            qualifier: name 'm'\n"
               "          value: type name 'void'\n"
               "      param: parameter 'c'\n"
               "        type: type name 'map'\n"
               "          arguments: types\n"
               "            type: type name 'str'\n"
               "            type: type name 'List'\n"
               "              arguments: types\n"
               "                type: type name 'List'\n"
               "                  arguments: types\n"
               "                    type: type name 'int'\n"
               "      param: parameter 'd'\n"
               "        type: function type\n"
               "          params: types\n"
               "            type: type name 'int'\n"
               "          result: tuple type\n"
               "            type: type name 'A'\n"
               "            type: type name 'B'\n"
               "      param: parameter 'e'\n"
               "        type: array type\n"
               "          element: function type\n"
               "            params: types\n");
}

TEST(trees, an_equals_sign_right_behind_type_arguments_is_one)
{
    check_tree("declare const A: List<List<int>>= b\n",
               "file\n"
               "  item: const 'A'\n"
               "    type: type name 'List'\n"
               "      arguments: types\n"
               "        type: type name 'List'\n"
               "          arguments: types\n"
               "            type: type name 'int'\n"
               "    value: name 'b'\n");
}

// --- statements --------------------------------------------------------------

TEST(trees, lets)
{
    check_body("let a = 1\nconst b: int = 2; let (c, _) = d",
               "statement: let\n"
               "  target: name 'a'\n"
               "  value: int '1'\n"
               "statement: let constant\n"
               "  target: name 'b'\n"
               "  type: type name 'int'\n"
               "  value: int '2'\n"
               "statement: let\n"
               "  target: bindings\n"
               "    name: name 'c'\n"
               "    name: name '_'\n"
               "  value: name 'd'\n");
}

TEST(trees, ifs)
{
    check_body("if a { } else if let b = c { } else { }",
               "statement: if\n"
               "  condition: name 'a'\n"
               "  then: block\n"
               "  otherwise: if\n"
               "    condition: if let\n"
               "      target: name 'b'\n"
               "      value: name 'c'\n"
               "    then: block\n"
               "    otherwise: block\n");
}

TEST(trees, loops)
{
    check_body("while a { break }\n"
               "for i from 0 until n { continue }\n"
               "for i from 0 until n step -1 { }\n"
               "for x in xs { }\nfor k, v in m { }",
               "statement: while\n"
               "  condition: name 'a'\n"
               "  body: block\n"
               "    statement: break\n"
               "statement: for from\n"
               "  name: name 'i'\n"
               "  from: int '0'\n"
               "  until: name 'n'\n"
               "  body: block\n"
               "    statement: continue\n"
               "statement: for from\n"
               "  name: name 'i'\n"
               "  from: int '0'\n"
               "  until: name 'n'\n"
               "  step: negate\n"
               "    value: int '1'\n"
               "  body: block\n"
               "statement: for in\n"
               "  name: name 'x'\n"
               "  value: name 'xs'\n"
               "  body: block\n"
               "statement: for in\n"
               "  name: name 'k'\n"
               "  second: name 'v'\n"
               "  value: name 'm'\n"
               "  body: block\n");
}

TEST(trees, other_statements)
{
    check_body("using f = g() { }\nyield\nsleep 3\n{ }\n_ = a\na[0] >>>= 1\n"
               "fn h() { return }",
               "statement: using\n"
               "  name: name 'f'\n"
               "  value: call\n"
               "    callee: name 'g'\n"
               "    args: arguments\n"
               "  body: block\n"
               "statement: yield\n"
               "statement: sleep\n"
               "  frames: int '3'\n"
               "statement: block\n"
               "statement: assign '='\n"
               "  target: name '_'\n"
               "  value: name 'a'\n"
               "statement: assign '>>>='\n"
               "  target: index\n"
               "    object: name 'a'\n"
               "    index: int '0'\n"
               "  value: int '1'\n"
               "statement: fn 'h'\n"
               "  params: parameters\n"
               "  body: block\n"
               "    statement: return\n");
}

TEST(trees, patterns_and_arms)
{
    check_body("switch x { 1, -2.5, \"s\", 'c', true -> a, y -> { }\n"
               "_ -> return\nE.A -> b = 1\nm.E.B(c, _) -> return 2\n"
               "some(v) -> d\nnone -> break, ok -> e, ok(w) -> g\n"
               "err(E.X) -> h default -> i }",
               "statement: switch\n"
               "  value: name 'x'\n"
               "  arm: arm\n"
               "    patterns: patterns\n"
               "      pattern: literal\n"
               "        value: int '1'\n"
               "      pattern: literal\n"
               "        value: negate\n"
               "          value: float '2.5'\n"
               "      pattern: literal\n"
               "        value: string '\"s\"'\n"
               "      pattern: literal\n"
               "        value: char ''c''\n"
               "      pattern: literal\n"
               "        value: bool 'true'\n"
               "    body: name 'a'\n"
               "  arm: arm\n"
               "    patterns: patterns\n"
               "      pattern: name 'y'\n"
               "    body: block\n"
               "  arm: arm\n"
               "    patterns: patterns\n"
               "      pattern: any\n"
               "    body: return\n"
               "  arm: arm\n"
               "    patterns: patterns\n"
               "      pattern: case 'A'\n"
               "        type: type name 'E'\n"
               "    body: assign '='\n"
               "      target: name 'b'\n"
               "      value: int '1'\n"
               "  arm: arm\n"
               "    patterns: patterns\n"
               "      pattern: case 'B' with names\n"
               "        type: type name 'E'\n"
               "          qualifier: name 'm'\n"
               "        name: name 'c'\n"
               "        name: name '_'\n"
               "    body: return\n"
               "      value: int '2'\n"
               "  arm: arm\n"
               "    patterns: patterns\n"
               "      pattern: some\n"
               "        name: name 'v'\n"
               "    body: name 'd'\n"
               "  arm: arm\n"
               "    patterns: patterns\n"
               "      pattern: none\n"
               "    body: break\n"
               "  arm: arm\n"
               "    patterns: patterns\n"
               "      pattern: ok\n"
               "    body: name 'e'\n"
               "  arm: arm\n"
               "    patterns: patterns\n"
               "      pattern: ok\n"
               "        name: name 'w'\n"
               "    body: name 'g'\n"
               "  arm: arm\n"
               "    patterns: patterns\n"
               "      pattern: err\n"
               "        pattern: case 'X'\n"
               "          type: type name 'E'\n"
               "    body: name 'h'\n"
               "  arm: arm\n"
               "    patterns: patterns\n"
               "      pattern: any\n"
               "    body: name 'i'\n");
}

TEST(trees, lines_end_before_four_tokens)
{
    check_body("a\n(b)\nc\n[d]\ne\n-f\ng\n+ h\ni\n.j\nk(\nl\n(m))",
               "statement: expression\n"
               "  value: name 'a'\n"
               "statement: expression\n"
               "  value: parentheses\n"
               "    value: name 'b'\n"
               "statement: expression\n"
               "  value: name 'c'\n"
               "statement: expression\n"
               "  value: array\n"
               "    element: name 'd'\n"
               "statement: expression\n"
               "  value: name 'e'\n"
               "statement: expression\n"
               "  value: negate\n"
               "    value: name 'f'\n"
               "statement: expression\n"
               "  value: binary '+'\n"
               "    left: name 'g'\n"
               "    right: name 'h'\n"
               "statement: expression\n"
               "  value: member 'j'\n"
               "    object: name 'i'\n"
               "statement: expression\n"
               "  value: call\n"
               "    callee: name 'k'\n"
               "    args: arguments\n"
               "      arg: call\n"
               "        callee: name 'l'\n"
               "        args: arguments\n"
               "          arg: name 'm'\n");
}

TEST(trees, the_value_of_a_return_begins_on_its_line)
{
    check_body("return\na\nreturn b +\nc", "statement: return\n"
                                           "statement: expression\n"
                                           "  value: name 'a'\n"
                                           "statement: return\n"
                                           "  value: binary '+'\n"
                                           "    left: name 'b'\n"
                                           "    right: name 'c'\n");
}

// --- expressions -------------------------------------------------------------

TEST(trees, operators_by_precedence)
{
    check_body("_ = a or b and not c == d | e ^ f & g << h + i * -j",
               "statement: assign '='\n"
               "  target: name '_'\n"
               "  value: binary 'or'\n"
               "    left: name 'a'\n"
               "    right: binary 'and'\n"
               "      left: name 'b'\n"
               "      right: not\n"
               "        value: binary '=='\n"
               "          left: name 'c'\n"
               "          right: binary '|'\n"
               "            left: name 'd'\n"
               "            right: binary '^'\n"
               "              left: name 'e'\n"
               "              right: binary '&'\n"
               "                left: name 'f'\n"
               "                right: binary '<<'\n"
               "                  left: name 'g'\n"
               "                  right: binary '+'\n"
               "                    left: name 'h'\n"
               "                    right: binary '*'\n"
               "                      left: name 'i'\n"
               "                      right: negate\n"
               "                        value: name 'j'\n");
}

TEST(trees, operators_of_one_precedence_from_the_left)
{
    check_body("_ = a - b + c\n_ = d else e else return f",
               "statement: assign '='\n"
               "  target: name '_'\n"
               "  value: binary '+'\n"
               "    left: binary '-'\n"
               "      left: name 'a'\n"
               "      right: name 'b'\n"
               "    right: name 'c'\n"
               "statement: assign '='\n"
               "  target: name '_'\n"
               "  value: else\n"
               "    left: name 'd'\n"
               "    fallback: else\n"
               "      left: name 'e'\n"
               "      fallback: return\n"
               "        value: name 'f'\n");
}

TEST(trees, what_stands_behind_a_value)
{
    check_body("a.from(1, b: 2,)!.c[d]", "statement: expression\n"
                                         "  value: index\n"
                                         "    object: member 'c'\n"
                                         "      object: propagate\n"
                                         "        value: call\n"
                                         "          callee: member 'from'\n"
                                         "            object: name 'a'\n"
                                         "          args: arguments\n"
                                         "            arg: int '1'\n"
                                         "            arg: named argument 'b'\n"
                                         "              value: int '2'\n"
                                         "    index: name 'd'\n");
}

TEST(trees, type_arguments_and_comparisons_are_told_apart)
{
    check_body("f<int, List<str>>(x)\n_ = a < b\n_ = c < d and e > (g)",
               "statement: expression\n"
               "  value: call\n"
               "    callee: name 'f'\n"
               "    types: types\n"
               "      type: type name 'int'\n"
               "      type: type name 'List'\n"
               "        arguments: types\n"
               "          type: type name 'str'\n"
               "    args: arguments\n"
               "      arg: name 'x'\n"
               "statement: assign '='\n"
               "  target: name '_'\n"
               "  value: binary '<'\n"
               "    left: name 'a'\n"
               "    right: name 'b'\n"
               "statement: assign '='\n"
               "  target: name '_'\n"
               "  value: binary 'and'\n"
               "    left: binary '<'\n"
               "      left: name 'c'\n"
               "      right: name 'd'\n"
               "    right: binary '>'\n"
               "      left: name 'e'\n"
               "      right: parentheses\n"
               "        value: name 'g'\n");
}

TEST(trees, values_that_words_begin)
{
    check_body("f(new m.A<int>(1), new int[3], some(a), none, ok(), ok(b),\n"
               "err(E.X), spawn g(), this, true, (a, b), [1, 2,], ~1)",
               "statement: expression\n"
               "  value: call\n"
               "    callee: name 'f'\n"
               "    args: arguments\n"
               "      arg: new\n"
               "        type: type name 'A'\n"
               "          qualifier: name 'm'\n"
               "          arguments: types\n"
               "            type: type name 'int'\n"
               "        args: arguments\n"
               "          arg: int '1'\n"
               "      arg: new array\n"
               "        type: type name 'int'\n"
               "        length: int '3'\n"
               "      arg: some\n"
               "        value: name 'a'\n"
               "      arg: none\n"
               "      arg: ok\n"
               "      arg: ok\n"
               "        value: name 'b'\n"
               "      arg: err\n"
               "        value: member 'X'\n"
               "          object: name 'E'\n"
               "      arg: spawn\n"
               "        call: call\n"
               "          callee: name 'g'\n"
               "          args: arguments\n"
               "      arg: this\n"
               "      arg: bool 'true'\n"
               "      arg: tuple\n"
               "        value: name 'a'\n"
               "        value: name 'b'\n"
               "      arg: array\n"
               "        element: int '1'\n"
               "        element: int '2'\n"
               "      arg: complement\n"
               "        value: int '1'\n");
}

TEST(trees, lambdas)
{
    check_body("f(x => x, (a: int, b) -> int => { return a }, () => g())",
               "statement: expression\n"
               "  value: call\n"
               "    callee: name 'f'\n"
               "    args: arguments\n"
               "      arg: lambda\n"
               "        params: parameters\n"
               "          param: parameter 'x'\n"
               "        body: name 'x'\n"
               "      arg: lambda\n"
               "        params: parameters\n"
               "          param: parameter 'a'\n"
               "            type: type name 'int'\n"
               "          param: parameter 'b'\n"
               "        result: type name 'int'\n"
               "        body: block\n"
               "          statement: return\n"
               "            value: name 'a'\n"
               "      arg: lambda\n"
               "        params: parameters\n"
               "        body: call\n"
               "          callee: name 'g'\n"
               "          args: arguments\n");
}

TEST(trees, blocks_as_values)
{
    check_body("let a = if b { 1 } else if c { 2 } else { 3 }\n"
               "let d = handle e { E.A -> 1, x -> return } else { 4 }",
               "statement: let\n"
               "  target: name 'a'\n"
               "  value: if\n"
               "    condition: name 'b'\n"
               "    then: block\n"
               "      statement: expression\n"
               "        value: int '1'\n"
               "    otherwise: if\n"
               "      condition: name 'c'\n"
               "      then: block\n"
               "        statement: expression\n"
               "          value: int '2'\n"
               "      otherwise: block\n"
               "        statement: expression\n"
               "          value: int '3'\n"
               "statement: let\n"
               "  target: name 'd'\n"
               "  value: else\n"
               "    left: handle\n"
               "      value: name 'e'\n"
               "      arm: arm\n"
               "        patterns: patterns\n"
               "          pattern: case 'A'\n"
               "            type: type name 'E'\n"
               "        body: int '1'\n"
               "      arm: arm\n"
               "        patterns: patterns\n"
               "          pattern: name 'x'\n"
               "        body: return\n"
               "    fallback: block\n"
               "      statement: expression\n"
               "        value: int '4'\n");
}

TEST(trees, strings_with_values)
{
    check_body("f(\"a {b:04} c {\"{d}\"}\")", "statement: expression\n"
                                              "  value: call\n"
                                              "    callee: name 'f'\n"
                                              "    args: arguments\n"
                                              "      arg: interpolation\n"
                                              "        part: piece '\"a {'\n"
                                              "        part: formatted ':04'\n"
                                              "          value: name 'b'\n"
                                              "        part: piece '} c {'\n"
                                              "        part: formatted\n"
                                              "          value: interpolation\n"
                                              "            part: piece '\"{'\n"
                                              "            part: formatted\n"
                                              "              value: name 'd'\n"
                                              "            part: piece '}\"'\n"
                                              "        part: piece '}\"'\n");
}

// --- places ------------------------------------------------------------------

static void check_span(const struct pm_parsed *parsed,
                       const struct pm_ast *node, const char *wanted)
{
    struct pm_span span = pm_ast_span(parsed, node);
    size_t size = span.end - span.start;
    CHECK(size == strlen(wanted) &&
          memcmp(parsed->text + span.start, wanted, size) == 0);
}

TEST(trees, nodes_span_their_tokens)
{
    struct pm_allocator alloc = pm_allocator_libc();
    static const char source[] = "// c\n[Init] pub fn f() -> List<A> { a.b(1) "
                                 "}\n";
    struct lang_text text;
    lang_text_read(&text, &alloc, source, strlen(source));
    const struct pm_ast *fn = text.parsed.tree->kids[0];
    const struct pm_ast *call = fn->kids[4]->kids[0]->kids[0];
    check_span(&text.parsed, fn, "[Init] pub fn f() -> List<A> { a.b(1) }");
    check_span(&text.parsed, fn->kids[0], "Init");
    check_span(&text.parsed, fn->kids[2], "()");
    check_span(&text.parsed, fn->kids[3], "List<A>");
    check_span(&text.parsed, call, "a.b(1)");
    check_span(&text.parsed, call->kids[0], "a.b");
    CHECK_INT(pm_token_span(&text.parsed, call->kids[0]->token).start,
              strstr(source, "b(1)") - source);
    lang_text_free(&text);
}

TEST(trees, an_empty_text_is_an_empty_file)
{
    check_tree("", "file\n");
    check_tree("\n// c\n", "file\n");
}
