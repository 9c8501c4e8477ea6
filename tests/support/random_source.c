// SPDX-License-Identifier: MIT
#include "support/random_source.h"

#include <string.h>

struct source {
    struct pm_buf *out;
    const uint8_t *bytes;
    size_t size;
    size_t at;
    int depth;
};

static unsigned choose(struct source *s, unsigned count)
{
    return s->at < s->size ? s->bytes[s->at++] % count : 0;
}

// One of the first [count] choices, or the first where it is too deep.
static unsigned choose_deep(struct source *s, unsigned count)
{
    return s->depth > 12 ? 0 : choose(s, count);
}

static void put(struct source *s, const char *text)
{
    pm_buf_puts(s->out, text);
}

// Where a line may end.
static void gap(struct source *s)
{
    static const char *const gaps[] = {
        " ",   " ",      "",          "\n",
        "  ",  "\n\n\n", " // why\n", "\n\t// one\n\n// two\n",
        "\r\n"};
    put(s, gaps[choose(s, 9)]);
}

static void blank(struct source *s)
{
    put(s, choose(s, 4) == 3 ? "   " : " ");
}

static void name(struct source *s)
{
    static const char *const names[] = {
        "a",       "b",
        "ball",    "_x",
        "version", "state",
        "Shape",   "host",
        "op",      "a_rather_long_name_of_something_that_takes_room",
        "f",       "int"};
    put(s, names[choose(s, 12)]);
}

static void expr(struct source *s);
static void block(struct source *s);
static void type(struct source *s);
static void statement(struct source *s);

typedef void part(struct source *s);

// "open item, item close", with a comma behind the last where it may be.
static void list(struct source *s, const char *open, part *item,
                 const char *close, unsigned least, bool may_trail)
{
    put(s, open);
    unsigned count = least + choose_deep(s, 5);
    for (unsigned i = 0; i < count; i++) {
        gap(s);
        item(s);
        gap(s);
        if (i + 1 < count || (may_trail && choose(s, 3) == 2))
            put(s, ",");
    }
    gap(s);
    put(s, close);
}

// --- types -------------------------------------------------------------------

static void type_atom(struct source *s)
{
    switch (choose_deep(s, 8)) {
    case 0:
    case 1:
        name(s);
        break;
    case 2:
        put(s, "m.");
        name(s);
        break;
    case 3:
        put(s, "List<");
        type(s);
        put(s, ">");
        break;
    case 4:
        put(s, "map< str ,");
        type(s);
        put(s, ">");
        break;
    case 5:
        list(s, "(", type, ")", 1, false);
        break;
    case 6:
        put(s, "fn");
        list(s, "(", type, ")", 0, false);
        if (choose(s, 2)) {
            put(s, "->");
            type(s);
        }
        break;
    default:
        put(s, choose(s, 2) ? "Self" : "void");
    }
}

static void type(struct source *s)
{
    s->depth++;
    unsigned kind = choose_deep(s, 8);
    if (kind == 6) {
        put(s, "optional ");
        type(s);
    } else if (kind == 7) {
        put(s, "result<");
        type(s);
        put(s, choose(s, 2) ? ">" : "> ");
        type(s);
    } else {
        type_atom(s);
        if (kind == 5)
            put(s, choose(s, 2) ? "[]" : "[ ][]");
    }
    s->depth--;
}

// --- expressions -------------------------------------------------------------

static void arg(struct source *s)
{
    if (choose(s, 5) == 4) {
        name(s);
        put(s, ": ");
    }
    expr(s);
}

static void literal(struct source *s)
{
    static const char *const literals[] = {"1",
                                           "0x7f",
                                           "2.5e-3",
                                           "'x'",
                                           "\"text\"",
                                           "true",
                                           "12",
                                           "1.5",
                                           "false",
                                           "\"\\\"\"",
                                           "\"// no comment \xc3\xa9\"",
                                           "'\\''"};
    put(s, literals[choose(s, 12)]);
}

static void lambda_param(struct source *s)
{
    name(s);
    if (choose(s, 2)) {
        put(s, ":");
        type(s);
    }
}

static void lambda(struct source *s)
{
    if (choose(s, 2)) {
        name(s);
    } else {
        list(s, "(", lambda_param, ")", 0, false);
        if (choose(s, 3) == 2) {
            put(s, " -> ");
            type(s);
        }
    }
    put(s, " =>");
    gap(s);
    if (choose(s, 2))
        block(s);
    else
        expr(s);
}

static void pattern(struct source *s)
{
    static const char *const patterns[] = {
        "_",        "default",  "some(x)", "none",           "ok", "ok( v )",
        "err(E.X)", "err( _ )", "Shape.A", "m.Shape.B(q,_)", "-1", "- 2.5",
        "\"text\"", "'c'",      "true",    "other"};
    put(s, patterns[choose(s, 16)]);
}

static void jump(struct source *s)
{
    static const char *const jumps[] = {"break", "continue", "return"};
    unsigned kind = choose(s, 4);
    if (kind < 3) {
        put(s, jumps[kind]);
        return;
    }
    put(s, "return ");
    expr(s);
}

static void assign(struct source *s)
{
    static const char *const ops[] = {"=",  "+=", "-=", "*=",  "/=",  "%=",
                                      "&=", "|=", "^=", "<<=", ">>=", ">>>="};
    name(s);
    put(s, choose(s, 2) ? ".x " : "[1] ");
    put(s, ops[choose(s, 12)]);
    gap(s);
    expr(s);
}

static void arms(struct source *s, const char *keyword)
{
    put(s, keyword);
    expr(s);
    gap(s);
    put(s, "{");
    unsigned count = choose_deep(s, 4);
    for (unsigned i = 0; i < count; i++) {
        gap(s);
        pattern(s);
        if (choose(s, 4) == 3) {
            put(s, " , ");
            pattern(s);
        }
        put(s, " ->");
        gap(s);
        switch (choose(s, 4)) {
        case 0:
            expr(s);
            break;
        case 1:
            block(s);
            break;
        case 2:
            jump(s);
            break;
        default:
            assign(s);
        }
        put(s, choose(s, 2) ? "," : "\n");
    }
    gap(s);
    put(s, "}");
}

static void condition(struct source *s)
{
    if (choose(s, 4) == 3) {
        put(s, "let ");
        name(s);
        put(s, " = ");
    }
    expr(s);
    gap(s);
}

static void if_value(struct source *s)
{
    put(s, "if ");
    condition(s);
    block(s);
    put(s, " else ");
    if (choose_deep(s, 3) == 2)
        if_value(s);
    else
        block(s);
}

static void interpolation(struct source *s)
{
    static const char *const formats[] = {"", ":04", " :+.2", ":x"};
    put(s, "\"a\\n{");
    s->depth += 20; // short, on one line, and without comments
    literal(s);
    s->depth -= 20;
    put(s, formats[choose(s, 4)]);
    put(s, choose(s, 2) ? "} b\"" : "}{f( \"{x}\",1 )}}\"");
}

static void keyword_value(struct source *s)
{
    static const char *const heads[] = {"some(", "ok(", "err("};
    unsigned kind = choose(s, 7);
    if (kind == 3) {
        put(s, "new ");
        name(s);
        list(s, "(", arg, ")", 0, true);
    } else if (kind == 4) {
        put(s, choose(s, 2) ? "new m.A<int>" : "new ( int[] )");
        put(s, " [ ");
        expr(s);
        put(s, "]");
    } else if (kind == 5) {
        put(s, "(spawn f");
        list(s, "(", arg, ")", 0, true);
        put(s, ")");
    } else if (kind == 6) {
        put(s, choose(s, 2) ? "none" : "ok()");
    } else {
        put(s, heads[kind]);
        expr(s);
        put(s, ")");
    }
}

static void atom(struct source *s)
{
    s->depth++;
    switch (choose_deep(s, 14)) {
    case 0:
        literal(s);
        break;
    case 1:
        name(s);
        break;
    case 2:
        list(s, "(", expr, ")", 1, false);
        break;
    case 3:
        list(s, "[", expr, "]", 0, true);
        break;
    case 4:
        list(s, "[", literal, "]", 2, true);
        break;
    case 5:
        put(s, "(");
        lambda(s);
        put(s, ")");
        break;
    case 6:
        keyword_value(s);
        break;
    case 7:
        put(s, "(");
        if_value(s);
        put(s, ")");
        break;
    case 8:
        put(s, "(");
        arms(s, choose(s, 2) ? "switch " : "handle ");
        put(s, ")");
        break;
    case 9:
        interpolation(s);
        break;
    case 10:
        put(s, "this");
        break;
    default:
        name(s);
    }
    s->depth--;
}

static void suffixes(struct source *s)
{
    for (unsigned count = choose_deep(s, 5); count > 2; count--) {
        switch (choose(s, 6)) {
        case 0:
            gap(s);
            put(s, ".");
            put(s, choose(s, 5) == 4 ? "from" : "member");
            break;
        case 1:
            put(s, "[");
            expr(s);
            put(s, "]");
            break;
        case 2:
            put(s, "!");
            break;
        case 3:
            put(s, "<int,List<List<str>>>( )");
            break;
        default:
            gap(s);
            put(s, ".call");
            list(s, "(", arg, ")", 0, true);
        }
    }
}

static void unary(struct source *s)
{
    static const char *const signs[] = {"-", "~", "- -", "-~"};
    unsigned kind = choose(s, 10);
    if (kind >= 6)
        put(s, signs[kind - 6]);
    atom(s);
    suffixes(s);
}

static void expr(struct source *s)
{
    static const char *const ops[] = {"+", "and", "*", "-",  "or",
                                      "|", "^",   "&", "<<", ">>>",
                                      "/", "%",   "+", "+",  ">>"};
    s->depth++;
    if (choose(s, 12) == 11)
        put(s, "not ");
    unary(s);
    for (unsigned count = choose_deep(s, 6); count > 3; count--) {
        put(s, " ");
        put(s, ops[choose(s, 15)]);
        gap(s);
        put(s, " ");
        unary(s);
    }
    if (choose_deep(s, 12) == 11) {
        gap(s);
        put(s, " else ");
        if (choose(s, 2))
            jump(s);
        else
            expr(s);
    }
    s->depth--;
}

// --- statements --------------------------------------------------------------

static void end_line(struct source *s)
{
    static const char *const ends[] = {"\n",           ";",       "\n\n\n",
                                       " ;\n",         " // c\n", "\n// d\n",
                                       "\n /// e\n\n", "\r\n"};
    put(s, ends[choose(s, 8)]);
}

static void block(struct source *s)
{
    put(s, "{");
    s->depth += 2;
    unsigned count = choose_deep(s, 4);
    blank(s);
    for (unsigned i = 0; i < count; i++) {
        if (choose(s, 2))
            gap(s);
        statement(s);
        if (i + 1 < count || choose(s, 2))
            end_line(s);
    }
    s->depth -= 2;
    put(s, count && choose(s, 2) ? "\n}" : " }");
}

static void param(struct source *s)
{
    name(s);
    put(s, ":");
    type(s);
    if (choose(s, 4) == 3) {
        put(s, "= ");
        expr(s);
    }
}

static void type_params(struct source *s)
{
    if (choose(s, 4) == 3)
        put(s, choose(s, 2) ? "<T>" : "< T : Number,U>");
}

static void signature(struct source *s)
{
    put(s, "fn ");
    name(s);
    type_params(s);
    list(s, "(", param, ")", 0, true);
    if (choose(s, 2)) {
        put(s, " ->");
        type(s);
    }
}

static void function(struct source *s)
{
    signature(s);
    put(s, " ");
    block(s);
}

static void loop(struct source *s)
{
    static const char *const heads[] = {"while ", "for i in ", "for k,v in ",
                                        "using f = "};
    unsigned kind = choose(s, 5);
    if (kind == 4) {
        put(s, "for i from ");
        expr(s);
        put(s, " until ");
        expr(s);
        if (choose(s, 2)) {
            put(s, " step ");
            expr(s);
        }
    } else {
        put(s, heads[kind]);
        expr(s);
    }
    gap(s);
    block(s);
}

static void let(struct source *s)
{
    static const char *const heads[] = {"let x", "const y", "let (a,_ )",
                                        "let z:List<int>", "let w : int[]"};
    put(s, heads[choose(s, 5)]);
    put(s, "=");
    gap(s);
    expr(s);
}

static void statement(struct source *s)
{
    switch (choose_deep(s, 10)) {
    case 0:
        put(s, "f()");
        break;
    case 1:
        let(s);
        break;
    case 2:
        put(s, "if ");
        condition(s);
        block(s);
        if (choose(s, 2)) {
            gap(s);
            put(s, "else ");
            if (choose(s, 2))
                if_value(s);
            else
                block(s);
        }
        break;
    case 3:
        loop(s);
        break;
    case 4:
        arms(s, "switch ");
        break;
    case 5:
        assign(s);
        break;
    case 6:
        jump(s);
        break;
    case 7:
        put(s, choose(s, 2) ? "yield" : "sleep 3");
        break;
    case 8:
        function(s);
        break;
    default:
        name(s);
        list(s, "(", arg, ")", 0, true);
        suffixes(s);
    }
}

// --- declarations ------------------------------------------------------------

static void enum_case(struct source *s)
{
    name(s);
    if (choose(s, 3) == 2)
        list(s, "(", param, ")", 0, true);
    if (choose(s, 3) == 2)
        put(s, choose(s, 2) ? "= - 3" : "=4");
}

static void members(struct source *s, part *item)
{
    gap(s);
    put(s, "{");
    for (unsigned count = choose(s, 4); count; count--) {
        gap(s);
        item(s);
        put(s, choose(s, 2) ? "\n" : " ");
    }
    gap(s);
    put(s, "}");
}

static void member(struct source *s)
{
    if (choose(s, 3) == 2)
        put(s, "pub ");
    if (choose(s, 4) == 3) {
        put(s, "fn step() -> void { }");
        return;
    }
    function(s);
}

static void service_member(struct source *s)
{
    if (choose(s, 2)) {
        put(s, "const N:int=");
        expr(s);
        return;
    }
    member(s);
}

static void op_signature(struct source *s)
{
    signature(s);
    put(s, " = \"op\"");
}

static void host_signature(struct source *s)
{
    signature(s);
    if (choose(s, 2))
        put(s, " version  2");
}

static void struct_item(struct source *s)
{
    put(s, "struct ");
    name(s);
    type_params(s);
    list(s, "(", param, ")", 0, true);
    if (choose(s, 3) == 2) {
        put(s, " : ");
        type(s);
        put(s, " , C");
    }
    if (choose(s, 2))
        members(s, member);
}

static void other_item(struct source *s)
{
    switch (choose(s, 8)) {
    case 0:
        put(s, "service S");
        members(s, service_member);
        break;
    case 1:
        put(s, "contract C");
        members(s, signature);
        break;
    case 2:
        put(s, "callback g");
        list(s, "(", param, ")", 0, true);
        break;
    case 3:
        put(s, "state  File   \"file\"");
        break;
    case 4:
        put(s, "host \"fs\"");
        members(s, host_signature);
        break;
    case 5:
        put(s, "op");
        members(s, op_signature);
        break;
    case 6:
        put(s, "intrinsic");
        members(s, signature);
        break;
    default:
        put(s, "extend");
        type_params(s);
        put(s, " ");
        type(s);
        members(s, member);
    }
}

static void declaration(struct source *s)
{
    if (choose(s, 4) == 3)
        put(s, "/// Says what it is.\n");
    if (choose(s, 4) == 3) {
        put(s, "[Init] ");
        function(s);
        return;
    }
    if (choose(s, 4) == 3)
        put(s, "pub ");
    switch (choose(s, 6)) {
    case 0:
    case 1:
        function(s);
        return;
    case 2:
        put(s, choose(s, 2) ? "declare const A: int=" : "declare global b:B=");
        expr(s);
        return;
    case 3:
        put(s, "declare ");
        struct_item(s);
        return;
    case 4:
        put(s, choose(s, 2) ? "declare enum E" : "declare error E");
        list(s, "{", enum_case, "}", 1, true);
        return;
    default:
        put(s, "declare ");
        other_item(s);
    }
}

static void import_name(struct source *s)
{
    name(s);
    if (choose(s, 3) == 2)
        put(s, " as  other");
}

void pm_random_source(struct pm_buf *out, const uint8_t *bytes, size_t size)
{
    struct source s = {.out = out, .bytes = bytes, .size = size};

    if (choose(&s, 3) == 2) {
        put(&s, choose(&s, 3) == 2 ? "pub import " : "import ");
        list(&s, "{", import_name, "}", 1, true);
        put(&s, " from \"@sdk/console\"\n");
    }
    if (choose(&s, 3) == 2)
        put(&s, "import m from\"a/b\"\n");
    while (s.at < s.size) {
        declaration(&s);
        put(&s, choose(&s, 2) ? "\n" : "\n\n\n");
    }
}
