// SPDX-License-Identifier: MIT
//
// What each instruction gives, with its operands as constants, in locals and
// in globals; every row in every way to run it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm_test.h"

struct row {
    // "type:value …"; floats as numbers or as bits in hexadecimal. "text:"
    // is a string, "buffer:" bytes with that text, "null:" null of a type,
    // "gone:" a released buffer.
    const char *operands;
    const char *code; // instructions, divided by ";"
    // "type:value", "text:" for a string; only the type for a trap.
    const char *result;
    pm_trap_code trap;
};

#define OK(operands, code, result)                                             \
    {                                                                          \
        operands, code, result, PM_TRAP_NONE                                   \
    }
#define TRAPS(operands, code, type, which)                                     \
    {                                                                          \
        operands, code, type, PM_TRAP_##which                                  \
    }
#define MIN64 "-9223372036854775808"
#define MAX64 "9223372036854775807"
#define MIN32 "-2147483648"
#define MAX32 "2147483647"
#define NAN64 "0x7ff8000000000000"
#define NAN32 "0x7fc00000"

static const struct row rows[] = {
    OK("i64:" MAX64 " i64:1", "add", "i64:" MIN64),
    OK("i32:" MAX32 " i32:1", "add", "i32:" MIN32),
    OK("i64:" MIN64 " i64:1", "sub", "i64:" MAX64),
    OK("i32:" MIN32 " i32:1", "sub", "i32:" MAX32),
    OK("i64:" MIN64 " i64:-1", "mul", "i64:" MIN64),
    OK("i32:65536 i32:65536", "mul", "i32:0"),
    OK("i64:" MIN64 " i64:-1", "div", "i64:" MIN64),
    OK("i32:" MIN32 " i32:-1", "div", "i32:" MIN32),
    OK("i64:-7 i64:2", "div", "i64:-3"),
    TRAPS("i64:7 i64:0", "div", "i64", DIV_ZERO),
    TRAPS("i32:7 i32:0", "rem", "i32", DIV_ZERO),
    TRAPS("i64:7 i64:0", "div_u", "i64", DIV_ZERO),
    TRAPS("i32:7 i32:0", "rem_u", "i32", DIV_ZERO),
    OK("i64:" MIN64 " i64:-1", "rem", "i64:0"),
    OK("i32:" MIN32 " i32:-1", "rem", "i32:0"),
    OK("i64:-7 i64:2", "rem", "i64:-1"),
    OK("i64:7 i64:-2", "rem", "i64:1"),
    OK("i64:-1 i64:2", "div_u", "i64:" MAX64),
    OK("i32:-1 i32:2", "div_u", "i32:" MAX32),
    OK("i32:-1 i32:10", "rem_u", "i32:5"),
    OK("i32:-2 i32:1", "div_u", "i32:-2"),
    OK("i64:" MIN64, "neg", "i64:" MIN64),
    OK("i32:" MIN32, "neg", "i32:" MIN32),
    OK("i64:" MIN64, "abs", "i64:" MIN64),
    OK("i32:" MIN32, "abs", "i32:" MIN32),
    OK("i64:-5 i64:3", "min", "i64:-5"),
    OK("i32:-5 i32:3", "max", "i32:3"),
    OK("i64:1 i64:64", "shl", "i64:1"),
    OK("i64:1 i64:-1", "shl", "i64:" MIN64),
    OK("i32:1 i64:31", "shl", "i32:" MIN32),
    OK("i32:1 i64:32", "shl", "i32:1"),
    OK("i64:-8 i32:1", "shr", "i64:-4"),
    OK("i64:-1 i64:63", "shr_u", "i64:1"),
    OK("i32:-1 i64:31", "shr_u", "i32:1"),
    OK("i32:-1 i64:0", "shr_u", "i32:-1"),
    OK("i32:-1 i64:33", "shr", "i32:-1"),
    OK("i64:0", "clz", "i64:64"),
    OK("i32:0", "clz", "i32:32"),
    OK("i64:0", "ctz", "i64:64"),
    OK("i32:0", "ctz", "i32:32"),
    OK("i32:-1", "popcnt", "i32:32"),
    OK("i64:-1 i64:1", "lt_u", "bool:0"),
    OK("i32:1 i32:-1", "lt_u", "bool:1"),
    OK("i64:-1 i64:1", "lt", "bool:1"),
    OK("i64:12 i64:10", "xor", "i64:6"),
    OK("i64:12 i64:10", "and", "i64:8"),
    OK("i64:12 i64:10", "or", "i64:14"),
    OK("i64:0", "not", "i64:-1"),
    OK("bool:1", "not", "bool:0"),
    OK("byte:200 byte:100", "gt", "bool:1"),
    // Floats.
    OK("f64:0x7ff0000000000001 f64:1.0", "add", "f64:" NAN64),
    OK("f64:0.0 f64:0.0", "div", "f64:" NAN64),
    OK("f64:-1.0", "sqrt", "f64:" NAN64),
    OK("f64:0xffffffffffffffff", "neg;to_bits", "i64:" NAN64),
    OK("f32:0xffffffff", "abs;to_bits", "i32:" NAN32),
    OK("f64:-0.0 f64:0.0", "min", "f64:0x8000000000000000"),
    OK("f64:-0.0 f64:0.0", "max", "f64:0.0"),
    OK("f64:" NAN64 " f64:1.0", "min", "f64:" NAN64),
    OK("f32:1.0 f32:" NAN32, "max", "f32:" NAN32),
    OK("f64:2.5", "round", "f64:2.0"),
    OK("f64:3.5", "round", "f64:4.0"),
    OK("f64:-0.4", "round", "f64:0x8000000000000000"),
    OK("f64:-2.5", "trunc", "f64:-2.0"),
    OK("f64:-2.5", "floor", "f64:-3.0"),
    OK("f64:-2.5", "ceil", "f64:-2.0"),
    OK("f32:0.1 f32:0.2", "add", "f32:0x3e99999a"),
    OK("f64:" NAN64 " f64:" NAN64, "eq", "bool:0"),
    OK("f64:" NAN64 " f64:" NAN64, "ne", "bool:1"),
    OK("f64:" NAN64 " f64:1.0", "ge", "bool:0"),
    OK("f64:" NAN64 " f64:1.0", "lt;not", "bool:1"),
    OK("f64:-0.0 f64:0.0", "eq", "bool:1"),
    // Conversions.
    TRAPS("f64:2147483648.0", "to_i32", "i32", OOB),
    OK("f64:2147483647.9", "to_i32", "i32:" MAX32),
    OK("f64:-2147483648.9", "to_i32", "i32:" MIN32),
    TRAPS("f64:-2147483649.0", "to_i32", "i32", OOB),
    TRAPS("f64:9223372036854775808.0", "to_i64", "i64", OOB),
    OK("f64:-9223372036854775808.0", "to_i64", "i64:" MIN64),
    TRAPS("f64:" NAN64, "to_i64", "i64", OOB),
    TRAPS("f32:2147483648.0", "to_i32", "i32", OOB),
    TRAPS("i64:2147483648", "to_i32", "i32", OOB),
    TRAPS("i64:256", "to_byte", "byte", OOB),
    TRAPS("i32:-1", "to_byte", "byte", OOB),
    OK("i64:511", "wrap_byte", "byte:255"),
    OK("i64:4294967295", "wrap_i32", "i32:-1"),
    OK("i32:-1", "zext_i64", "i64:4294967295"),
    OK("f64:1e300", "sat_i64", "i64:" MAX64),
    OK("f64:-1e300", "sat_i32", "i32:" MIN32),
    OK("f64:" NAN64, "sat_i64", "i64:0"),
    OK("f32:-1e30", "sat_i64", "i64:" MIN64),
    OK("i64:9007199254740993", "to_f64", "f64:9007199254740992.0"),
    OK("i64:16777217", "to_f32", "f32:16777216.0"),
    OK("bool:1", "to_i64", "i64:1"),
    // Moves.
    OK("i64:1 i64:2 i64:3", "rot;sub;sub", "i64:0"),
    OK("i64:5 i64:3", "over;sub;add", "i64:3"),
    OK("i64:5 i64:3", "dup2;sub;sub;sub", "i64:4"),
    OK("i64:5 i64:3", "swap;sub", "i64:-2"),
    OK("i64:1 i64:2 i64:3", "pop_n 2", "i64:1"),
    // Strings.
    OK("text:ab text:cd", "add", "text:abcd"),
    OK("text: text:", "add", "text:"),
    OK("text:ab text:abc", "lt", "bool:1"),
    OK("text:ab text:ab", "eq", "bool:1"),
    OK("null:string text:", "eq", "bool:0"),
    OK("null:string null:string", "eq", "bool:1"),
    TRAPS("null:string text:", "lt", "bool", NULL_REF),
    TRAPS("text:a null:string", "add", "string", NULL_REF),
    OK("text:hello", "str_len", "i64:5"),
    TRAPS("null:string", "str_len", "i64", NULL_REF),
    OK("text:hello i64:1", "str_byte", "byte:101"),
    TRAPS("text:hello i64:5", "str_byte", "byte", OOB),
    TRAPS("text:hello i64:-1", "str_byte", "byte", OOB),
    OK("text:hello i64:1 i64:3", "str_slice", "text:ell"),
    OK("text:hello i64:5 i64:0", "str_slice", "text:"),
    TRAPS("text:hello i64:5 i64:1", "str_slice", "string", OOB),
    TRAPS("text:hello i64:1 i64:" MAX64, "str_slice", "string", OOB),
    TRAPS("text:h\xc3\xa9llo i64:2 i64:1", "str_slice", "string", OOB),
    TRAPS("text:h\xc3\xa9llo i64:1 i64:1", "str_slice", "string", OOB),
    OK("text:h\xc3\xa9llo i64:1 i64:2", "str_slice", "text:\xc3\xa9"),
    OK("text:b text:abc", "str_compare", "i64:1"),
    OK("text:banana text:na i64:3", "str_find", "i64:4"),
    OK("text:banana text:x i64:0", "str_find", "i64:-1"),
    OK("text:abc text: i64:3", "str_find", "i64:3"),
    TRAPS("text:abc text: i64:4", "str_find", "i64", OOB),
    OK("i64:" MIN64, "str_from_i64", "text:" MIN64),
    OK("i64:0", "str_from_i64", "text:0"),
    OK("text:h\xc3\xa9llo i64:1", "str_char;pop", "i64:233"),
    OK("text:h\xc3\xa9llo i64:1", "str_char;swap;pop", "i64:2"),
    TRAPS("text:h\xc3\xa9llo i64:2", "str_char;pop", "i64", OOB),
    OK("i64:233", "str_from_char", "text:\xc3\xa9"),
    TRAPS("i64:55296", "str_from_char", "string", INVALID_ARGUMENT),
    TRAPS("i64:1114112", "str_from_char", "string", INVALID_ARGUMENT),
    TRAPS("i64:-1", "str_from_char", "string", INVALID_ARGUMENT),
    // Buffers.
    OK("i64:0", "bytes_new;bytes_len", "i64:0"),
    TRAPS("i64:-1", "bytes_new;bytes_len", "i64", OOB),
    TRAPS("i64:100000000", "bytes_new;bytes_len", "i64", OUT_OF_MEMORY),
    TRAPS("i64:" MAX64, "bytes_new;bytes_len", "i64", OUT_OF_MEMORY),
    OK("buffer:abcdefgh i64:7", "load8", "byte:104"),
    TRAPS("buffer:abcdefgh i64:8", "load8", "byte", OOB),
    OK("buffer:abcdefgh i64:6", "load16", "i64:0x6867"),
    TRAPS("buffer:abcdefgh i64:7", "load16", "i64", OOB),
    OK("buffer:abcdefgh i64:4", "load32", "i32:0x68676665"),
    TRAPS("buffer:abcdefgh i64:5", "load32", "i32", OOB),
    OK("buffer:abcdefgh i64:0", "load64", "i64:0x6867666564636261"),
    TRAPS("buffer:abcdefgh i64:1", "load64", "i64", OOB),
    TRAPS("buffer:abcdefgh i64:-1", "load64", "i64", OOB),
    TRAPS("buffer:abcdefgh i64:-8", "load_f64", "f64", OOB),
    TRAPS("buffer:abcdefgh i64:" MAX64, "load32", "i32", OOB),
    TRAPS("buffer:abcdefgh i64:4294967296", "load8", "byte", OOB),
    TRAPS("buffer:abcdefgh i64:-4", "load_f32", "f32", OOB),
    TRAPS("null:bytes i64:0", "load8", "byte", NULL_REF),
    TRAPS("gone: i64:0", "load8", "byte", STALE_HANDLE),
    TRAPS("gone:", "bytes_len", "i64", STALE_HANDLE),
    TRAPS("gone:", "bytes_release;push_i64 0", "i64", STALE_HANDLE),
    TRAPS("null:bytes", "bytes_len", "i64", NULL_REF),
    TRAPS("null:bytes", "bytes_release;push_i64 0", "i64", NULL_REF),
    OK("buffer:abcd", "dup;push_i64 1;push_i64 511;store8;push_i64 0;load32",
       "i32:0x6463ff61"),
    OK("buffer:abcd", "dup;push_i64 2;push_i64 -2;store16;push_i64 2;load16",
       "i64:0xfffe"),
    TRAPS("buffer:abcd", "push_i64 3;push_i64 -2;store16;push_i64 2", "i64",
          OOB),
    TRAPS("gone:", "push_i64 0;push_i64 -2;store64;push_i64 2", "i64",
          STALE_HANDLE),
    OK("buffer:abcdefgh f64:0xfff0000000000001",
       "over;swap;push_i64 0;swap;store_f64;push_i64 0;load64", "i64:" NAN64),
    OK("buffer:abcdef",
       "dup;push_i64 1;push_i64 3;push_i64 120;bytes_fill;push_i64 0;"
       "push_i64 6;bytes_to_str;swap;pop",
       "text:axxxef"),
    TRAPS("buffer:abcdef",
          "push_i64 1;push_i64 " MAX64 ";push_i64 120;bytes_fill;push_i64 0",
          "i64", OOB),
    OK("buffer:abcdef",
       "dup;push_i64 2;over;push_i64 0;push_i64 4;bytes_copy;push_i64 0;"
       "push_i64 6;bytes_to_str;swap;pop",
       "text:ababcd"),
    OK("buffer:abcdef",
       "dup;push_i64 0;over;push_i64 2;push_i64 4;bytes_copy;push_i64 0;"
       "push_i64 6;bytes_to_str;swap;pop",
       "text:cdefef"),
    OK("buffer:abcdef",
       "dup;push_i64 0;over;push_i64 0;push_i64 6;bytes_xor;push_i64 0;load32",
       "i32:0"),
    OK("buffer:banana", "push_i64 2;push_i64 4;push_i64 97;bytes_find",
       "i64:3"),
    OK("buffer:banana", "push_i64 6;push_i64 0;push_i64 97;bytes_find",
       "i64:-1"),
    OK("buffer:123456789", "push_i64 0;push_i64 9;push_i64 0;bytes_crc32",
       "i64:0xcbf43926"),
    OK("buffer:abc",
       "dup;push_i64 0;push_i64 255;store8;push_i64 0;push_i64 3;"
       "bytes_to_str;str_len;swap;pop",
       "i64:0"),
    OK("text:abc", "bytes_from_str;bytes_len", "i64:3"),
    TRAPS("null:string", "bytes_from_str;bytes_len", "i64", NULL_REF),
    // Arrays, records, types.
    OK("i64:3", "arr_new Grid;arr_len", "i64:3"),
    TRAPS("i64:-1", "arr_new Grid;arr_len", "i64", OOB),
    TRAPS("i64:" MAX64, "arr_new Grid;arr_len", "i64", OUT_OF_MEMORY),
    OK("i64:3",
       "arr_new Grid;dup;push_i64 2;push_i64 9;arr_set;push_i64 2;arr_get",
       "i64:9"),
    TRAPS("i64:3", "arr_new Grid;push_i64 3;arr_get", "i64", OOB),
    TRAPS("i64:3", "arr_new Grid;push_i64 -1;arr_get", "i64", OOB),
    TRAPS("null:Grid i64:0", "arr_get", "i64", NULL_REF),
    TRAPS("null:Grid", "arr_len", "i64", NULL_REF),
    OK("i64:4",
       "arr_new Grid;dup;push_i64 1;push_i64 2;push_i64 7;arr_fill;dup;"
       "push_i64 0;over;push_i64 1;push_i64 3;arr_copy;push_i64 1;arr_get",
       "i64:7"),
    TRAPS("i64:4",
          "arr_new Grid;push_i64 1;push_i64 4;push_i64 7;arr_fill;push_i64 0",
          "i64", OOB),
    OK("i64:4 f64:0xfff0000000000001",
       "rec_make Point;get_field Point.y;to_bits", "i64:" NAN64),
    OK("", "rec_new Point;get_field Point.x", "i64:0"),
    TRAPS("null:Point", "get_field Point.x", "i64", NULL_REF),
    TRAPS("null:Point", "push_i64 1;set_field Point.x;push_i64 1", "i64",
          NULL_REF),
    OK("null:Point", "is_null", "bool:1"),
    OK("text:a", "is_type Point", "bool:0"),
    OK("gone:", "is_type bytes", "bool:0"),
    TRAPS("text:a", "cast Point;is_null", "bool", TYPE),
    TRAPS("gone:", "cast bytes;is_null", "bool", STALE_HANDLE),
    OK("null:any", "cast Point;is_null", "bool:1"),
    OK("", "rec_new Point;cast Point;get_field Point.x", "i64:0"),
    TRAPS("", "trap;push_i64 0", "i64", EXPLICIT),
    TRAPS("", "yield;push_i64 0", "i64", ILLEGAL_INSTRUCTION),
    TRAPS("i64:1", "sleep;push_i64 0", "i64", ILLEGAL_INSTRUCTION),
    // Calls and closures.
    OK("i64:7 i64:2", "call divide;swap;pop", "i64:1"),
    OK("i64:7 i64:2", "call divide;pop", "i64:3"),
    TRAPS("i64:7 i64:0", "call divide;pop", "i64", DIV_ZERO),
    OK("i64:5", "make_closure adder, 1;push_i64 4;call_closure 1", "i64:9"),
    OK("i64:5",
       "make_closure adder, 1;dup;push_i64 4;call_closure 1;pop;push_i64 4;"
       "call_closure 1",
       "i64:13"),
    TRAPS("null:Op i64:1", "call_closure 1", "i64", NULL_REF),
    TRAPS("i64:1", "call forever", "i64", STACK_OVERFLOW),
};

// --- programs from rows ------------------------------------------------------

enum place { CONSTANTS, LOCALS, GLOBALS, PLACES };

static void put_number(struct pm_buf *out, const char *type, const char *value)
{
    if (type[0] == 'f' && strncmp(value, "0x", 2) == 0)
        pm_buf_printf(out, "    push_%s %s\n    from_bits\n",
                      strcmp(type, "f64") ? "i32" : "i64", value);
    else
        pm_buf_printf(out, "    push_%s %s\n", type, value);
}

// Pushes it; gives its type.
static const char *put_operand(struct pm_buf *out, const char *type,
                               const char *value)
{
    if (strcmp(type, "text") == 0) {
        pm_buf_printf(out, "    push_const \"%s\"\n", value);
        return "string";
    }
    if (strcmp(type, "buffer") == 0) {
        pm_buf_printf(out, "    push_const \"%s\"\n    bytes_from_str\n",
                      value);
        return "bytes";
    }
    if (strcmp(type, "gone") == 0) {
        pm_buf_puts(out, "    push_i64 8\n    bytes_new\n    dup\n"
                         "    bytes_release\n");
        return "bytes";
    }
    if (strcmp(type, "null") == 0) {
        pm_buf_printf(out, "    push_null %s\n", value);
        return value;
    }
    put_number(out, type, value);
    return type;
}

struct program {
    struct pm_buf before; // operands on their way to their places
    struct pm_buf code;
    struct pm_buf names;
    enum place place;
};

static void operand(struct program *p, char *token, int number)
{
    static const char *const places[] = {"", "local", "global"};
    char *colon = strchr(token, ':');
    *colon = 0;
    struct pm_buf *out = p->place == CONSTANTS ? &p->code : &p->before;
    const char *type = put_operand(out, token, colon + 1);
    if (p->place == CONSTANTS)
        return;
    pm_buf_printf(&p->names, ".%s v%d: %s\n", places[p->place], number, type);
    pm_buf_printf(&p->before, "    set_%s v%d\n", places[p->place], number);
    pm_buf_printf(&p->code, "    get_%s v%d\n", places[p->place], number);
}

static void put_lines(struct pm_buf *out, const char *code)
{
    pm_buf_puts(out, "    ");
    for (; *code; code++)
        if (*code == ';')
            pm_buf_puts(out, "\n    ");
        else
            pm_buf_put8(out, (uint8_t)*code);
    pm_buf_puts(out, "\n");
}

static const char head[] = ".type Grid = array i64\n"
                           ".type Point = record { x: i64, y: f64 }\n"
                           ".type Op = func (i64) -> (i64)\n";
static const char tail[] =
    ".func divide (a: i64, b: i64) -> (i64, i64)\n"
    "    get_local a\n    get_local b\n    div\n"
    "    get_local a\n    get_local b\n    rem\n    ret\n.end\n"
    ".func adder (n: i64) -> (i64) closure (k: i64)\n"
    "    get_capture k\n    get_local n\n    add\n    dup\n"
    "    set_capture k\n    ret\n.end\n"
    ".func forever (n: i64) -> (i64)\n"
    "    get_local n\n    call forever\n    ret\n.end\n";

// A result that is a string is compared in the program.
static void put_end(struct pm_buf *out, const char *result)
{
    if (strncmp(result, "text:", 5) == 0)
        pm_buf_printf(out, "    push_const \"%s\"\n    eq\n", result + 5);
    pm_buf_puts(out, "    set_global result\n    halt\n.end\n");
}

static void type_of_result(const char *result, char *out)
{
    size_t size = strcspn(result, ":");
    memcpy(out, result, size);
    out[size] = 0;
    if (strcmp(out, "text") == 0)
        strcpy(out, "bool");
}

static void write_program(const struct row *row, enum place place,
                          struct pm_buf *out)
{
    struct program p = {.place = place};
    char operands[200];
    char type[20];
    int number = 0;

    pm_buf_init(&p.before, &out->alloc);
    pm_buf_init(&p.code, &out->alloc);
    pm_buf_init(&p.names, &out->alloc);
    strcpy(operands, row->operands);
    for (char *at = strtok(operands, " "); at; at = strtok(NULL, " "))
        operand(&p, at, number++);
    type_of_result(row->result, type);
    pm_buf_printf(out, "%s.global result: %s\n", head, type);
    if (place == GLOBALS)
        pm_buf_put(out, p.names.data, p.names.size);
    pm_buf_puts(out, ".func main ()\n");
    if (place == LOCALS)
        pm_buf_put(out, p.names.data, p.names.size);
    pm_buf_put(out, p.before.data, p.before.size);
    pm_buf_put(out, p.code.data, p.code.size);
    put_lines(out, row->code);
    put_end(out, row->result);
    pm_buf_puts(out, tail);
    pm_buf_free(&p.before);
    pm_buf_free(&p.code);
    pm_buf_free(&p.names);
}

static uint64_t wanted_bits(const char *result)
{
    const char *value = strchr(result, ':') + 1;
    if (strncmp(result, "text", 4) == 0)
        return 1;
    if (result[0] != 'f' || strncmp(value, "0x", 2) == 0) {
        uint64_t bits = value[0] == '-' ? (uint64_t)strtoll(value, NULL, 10)
                                        : strtoull(value, NULL, 0);
        return strncmp(result, "i32", 3) ? bits
                                         : (uint64_t)(int64_t)(int32_t)bits;
    }
    double wide = strtod(value, NULL);
    float narrow = (float)wide;
    uint64_t bits = 0;
    if (strncmp(result, "f64", 3) == 0)
        memcpy(&bits, &wide, sizeof wide);
    else
        memcpy(&bits, &narrow, sizeof narrow);
    return bits;
}

static void check_row(const struct row *row, enum place place)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct vm_way way = {.call_depth = 20};
    struct pm_buf text;
    struct vm_end end;

    pm_buf_init(&text, &alloc);
    write_program(row, place, &text);
    bool ok = vm_run_all_ways(pm_buf_cstr(&text), &way, 1, &end);
    if (ok && row->trap)
        ok = CHECK_INT(end.result, PM_VM_TRAPPED) &&
             CHECK_INT(end.trap.code, row->trap);
    else if (ok)
        ok = CHECK_INT(end.result, PM_VM_HALTED) &&
             CHECK_INT(vm_global(&end, 0), wanted_bits(row->result));
    if (!ok)
        fprintf(stderr, "%s  %s\n%s%s\n", row->operands, row->code,
                end.trap.message, pm_buf_cstr(&text));
    vm_end_free(&end);
    pm_buf_free(&text);
}

TEST(instructions, give_what_the_table_says_wherever_operands_are)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int place = 0; place < PLACES; place++)
            check_row(&rows[i], (enum place)place);
}
