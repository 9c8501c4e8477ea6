// SPDX-License-Identifier: MIT
//
// Programs that the linker takes: each instruction, each rule.

#ifndef PM_TEST_ACCEPTED_PROGRAMS_H
#define PM_TEST_ACCEPTED_PROGRAMS_H

#include "support/shared_program.h"

struct pm_accepted_program {
    const char *name;
    const char *text; // assembler
};

// clang-format off
static const struct pm_accepted_program pm_accepted_programs[] = {
    {"nop",
     ".func main ()\n"
     "    nop\n"
     "    ret\n"
     ".end\n"},
    {"halt",
     ".func main ()\n"
     "    halt\n"
     ".end\n"},
    {"trap",
     ".func main ()\n"
     "    trap\n"
     ".end\n"},
    {"trap_with",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    trap_with\n"
     ".end\n"},
    {"pop of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"},
    {"pop of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"},
    {"pop of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"},
    {"pop of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"},
    {"pop of bool",
     ".func main ()\n"
     "    push_bool true\n"
     "    pop\n"
     "    ret\n"
     ".end\n"},
    {"pop of byte",
     ".func main ()\n"
     "    push_byte 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"},
    {"pop of string",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    pop\n"
     "    ret\n"
     ".end\n"},
    {"pop of bytes",
     ".func main ()\n"
     "    push_null bytes\n"
     "    pop\n"
     "    ret\n"
     ".end\n"},
    {"pop of coroutine",
     ".func main ()\n"
     "    push_null coroutine\n"
     "    pop\n"
     "    ret\n"
     ".end\n"},
    {"pop of any",
     ".func main ()\n"
     "    push_null any\n"
     "    pop\n"
     "    ret\n"
     ".end\n"},
    {"push_i64",
     ".func main ()\n"
     "    push_i64 5\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"push_f64",
     ".func main ()\n"
     "    push_f64 1.5\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"push_i32",
     ".func main ()\n"
     "    push_i32 5\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"push_f32",
     ".func main ()\n"
     "    push_f32 1.5\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"add of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    add\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"add of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    add\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"add of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    push_f32 1.0\n"
     "    add\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"add of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_f64 1.0\n"
     "    add\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"add of string",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_const \"a\"\n"
     "    add\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"sub of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    sub\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"sub of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    sub\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"sub of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    push_f32 1.0\n"
     "    sub\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"sub of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_f64 1.0\n"
     "    sub\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"mul of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    mul\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"mul of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    mul\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"mul of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    push_f32 1.0\n"
     "    mul\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"mul of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_f64 1.0\n"
     "    mul\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"div of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    div\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"div of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    div\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"div of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    push_f32 1.0\n"
     "    div\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"div of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_f64 1.0\n"
     "    div\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"rem of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    rem\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"rem of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    rem\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"neg of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    neg\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"neg of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    neg\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"neg of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    neg\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"neg of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    neg\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"min of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    min\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"min of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    min\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"min of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    push_f32 1.0\n"
     "    min\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"min of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_f64 1.0\n"
     "    min\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"max of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    max\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"max of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    max\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"max of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    push_f32 1.0\n"
     "    max\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"max of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_f64 1.0\n"
     "    max\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"abs of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    abs\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"abs of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    abs\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"abs of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    abs\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"abs of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    abs\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"sqrt of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    sqrt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"sqrt of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    sqrt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"floor of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    floor\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"floor of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    floor\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ceil of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    ceil\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ceil of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    ceil\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"trunc of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    trunc\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"trunc of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    trunc\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"round of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    round\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"round of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    round\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"div_u of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    div_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"div_u of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    div_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"rem_u of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    rem_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"rem_u of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    rem_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"eq of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    eq\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"eq of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    eq\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"eq of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    push_f32 1.0\n"
     "    eq\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"eq of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_f64 1.0\n"
     "    eq\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"eq of bool",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_bool true\n"
     "    eq\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"eq of byte",
     ".func main ()\n"
     "    push_byte 1\n"
     "    push_byte 1\n"
     "    eq\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"eq of string",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_const \"a\"\n"
     "    eq\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"eq of bytes",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_null bytes\n"
     "    eq\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"eq of coroutine",
     ".func main ()\n"
     "    push_null coroutine\n"
     "    push_null coroutine\n"
     "    eq\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"eq of any",
     ".func main ()\n"
     "    push_null any\n"
     "    push_null any\n"
     "    eq\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ne of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    ne\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ne of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    ne\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ne of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    push_f32 1.0\n"
     "    ne\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ne of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_f64 1.0\n"
     "    ne\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ne of bool",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_bool true\n"
     "    ne\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ne of byte",
     ".func main ()\n"
     "    push_byte 1\n"
     "    push_byte 1\n"
     "    ne\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ne of string",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_const \"a\"\n"
     "    ne\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ne of bytes",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_null bytes\n"
     "    ne\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ne of coroutine",
     ".func main ()\n"
     "    push_null coroutine\n"
     "    push_null coroutine\n"
     "    ne\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ne of any",
     ".func main ()\n"
     "    push_null any\n"
     "    push_null any\n"
     "    ne\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"lt of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    lt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"lt of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    lt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"lt of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    push_f32 1.0\n"
     "    lt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"lt of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_f64 1.0\n"
     "    lt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"lt of byte",
     ".func main ()\n"
     "    push_byte 1\n"
     "    push_byte 1\n"
     "    lt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"lt of string",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_const \"a\"\n"
     "    lt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"le of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    le\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"le of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    le\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"le of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    push_f32 1.0\n"
     "    le\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"le of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_f64 1.0\n"
     "    le\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"le of byte",
     ".func main ()\n"
     "    push_byte 1\n"
     "    push_byte 1\n"
     "    le\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"le of string",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_const \"a\"\n"
     "    le\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"gt of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    gt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"gt of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    gt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"gt of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    push_f32 1.0\n"
     "    gt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"gt of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_f64 1.0\n"
     "    gt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"gt of byte",
     ".func main ()\n"
     "    push_byte 1\n"
     "    push_byte 1\n"
     "    gt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"gt of string",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_const \"a\"\n"
     "    gt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ge of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    ge\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ge of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    ge\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ge of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    push_f32 1.0\n"
     "    ge\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ge of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_f64 1.0\n"
     "    ge\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ge of byte",
     ".func main ()\n"
     "    push_byte 1\n"
     "    push_byte 1\n"
     "    ge\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ge of string",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_const \"a\"\n"
     "    ge\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"and of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    and\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"and of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    and\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"and of bool",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_bool true\n"
     "    and\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"or of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    or\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"or of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    or\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"or of bool",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_bool true\n"
     "    or\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"xor of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    xor\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"xor of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    xor\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"xor of bool",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_bool true\n"
     "    xor\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"not of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    not\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"not of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    not\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"not of bool",
     ".func main ()\n"
     "    push_bool true\n"
     "    not\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"shl of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    shl\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"shl of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    shl\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"shr of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    shr\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"shr of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    shr\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"shr_u of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    shr_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"shr_u of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    shr_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"clz of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    clz\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"clz of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    clz\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ctz of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    ctz\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"ctz of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    ctz\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"popcnt of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    popcnt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"popcnt of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    popcnt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"lt_u of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    lt_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"lt_u of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    lt_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"is_null of string",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    is_null\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"is_null of bytes",
     ".func main ()\n"
     "    push_null bytes\n"
     "    is_null\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"is_null of coroutine",
     ".func main ()\n"
     "    push_null coroutine\n"
     "    is_null\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"is_null of any",
     ".func main ()\n"
     "    push_null any\n"
     "    is_null\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"wrap_i32",
     ".func main ()\n"
     "    push_i64 1\n"
     "    wrap_i32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"wrap_byte of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    wrap_byte\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"wrap_byte of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    wrap_byte\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"sat_i32 of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    sat_i32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"sat_i32 of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    sat_i32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"sat_i64 of f32",
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    sat_i64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"sat_i64 of f64",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    sat_i64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"zext_i64",
     ".func main ()\n"
     "    push_i32 1\n"
     "    zext_i64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"yield",
     ".func main ()\n"
     "    yield\n"
     "    ret\n"
     ".end\n"},
    {"sleep of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    sleep\n"
     "    ret\n"
     ".end\n"},
    {"sleep of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    sleep\n"
     "    ret\n"
     ".end\n"},
    {"coro_state",
     ".func main ()\n"
     "    push_null coroutine\n"
     "    coro_state\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"str_len",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    str_len\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"str_byte of i32",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_i32 1\n"
     "    str_byte\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"str_byte of i64",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_i64 1\n"
     "    str_byte\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"str_slice of i32",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    str_slice\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"str_slice of i64",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    str_slice\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"str_compare",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_const \"a\"\n"
     "    str_compare\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"str_find of i32",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_const \"a\"\n"
     "    push_i32 1\n"
     "    str_find\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"str_find of i64",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_const \"a\"\n"
     "    push_i64 1\n"
     "    str_find\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"str_from_i64 of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    str_from_i64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"str_from_i64 of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    str_from_i64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"str_char of i32",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_i32 1\n"
     "    str_char\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n"},
    {"str_char of i64",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_i64 1\n"
     "    str_char\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n"},
    {"str_from_char of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    str_from_char\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"str_from_char of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    str_from_char\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"bytes_new of i32",
     ".func main ()\n"
     "    push_i32 1\n"
     "    bytes_new\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"bytes_new of i64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    bytes_new\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"bytes_len",
     ".func main ()\n"
     "    push_null bytes\n"
     "    bytes_len\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"load8 of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    load8\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"load8 of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    load8\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"load16 of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    load16\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"load16 of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    load16\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"load32 of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    load32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"load32 of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    load32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"load64 of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    load64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"load64 of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    load64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"load_f32 of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    load_f32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"load_f32 of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    load_f32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"load_f64 of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    load_f64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"load_f64 of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    load_f64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"store8 of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    store8\n"
     "    ret\n"
     ".end\n"},
    {"store8 of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    store8\n"
     "    ret\n"
     ".end\n"},
    {"store8 of byte",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_byte 1\n"
     "    store8\n"
     "    ret\n"
     ".end\n"},
    {"store16 of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    store16\n"
     "    ret\n"
     ".end\n"},
    {"store16 of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    store16\n"
     "    ret\n"
     ".end\n"},
    {"store16 of byte",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_byte 1\n"
     "    store16\n"
     "    ret\n"
     ".end\n"},
    {"store32 of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    store32\n"
     "    ret\n"
     ".end\n"},
    {"store32 of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    store32\n"
     "    ret\n"
     ".end\n"},
    {"store32 of byte",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_byte 1\n"
     "    store32\n"
     "    ret\n"
     ".end\n"},
    {"store64 of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i64 1\n"
     "    store64\n"
     "    ret\n"
     ".end\n"},
    {"store64 of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    store64\n"
     "    ret\n"
     ".end\n"},
    {"store64 of byte",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    store64\n"
     "    ret\n"
     ".end\n"},
    {"store_f32 of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_f32 1.0\n"
     "    store_f32\n"
     "    ret\n"
     ".end\n"},
    {"store_f32 of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_f32 1.0\n"
     "    store_f32\n"
     "    ret\n"
     ".end\n"},
    {"store_f32 of byte",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_f32 1.0\n"
     "    store_f32\n"
     "    ret\n"
     ".end\n"},
    {"store_f64 of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_f64 1.0\n"
     "    store_f64\n"
     "    ret\n"
     ".end\n"},
    {"store_f64 of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    store_f64\n"
     "    ret\n"
     ".end\n"},
    {"store_f64 of byte",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    store_f64\n"
     "    ret\n"
     ".end\n"},
    {"bytes_fill of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    bytes_fill\n"
     "    ret\n"
     ".end\n"},
    {"bytes_fill of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    bytes_fill\n"
     "    ret\n"
     ".end\n"},
    {"bytes_fill of byte",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_byte 1\n"
     "    bytes_fill\n"
     "    ret\n"
     ".end\n"},
    {"bytes_copy of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    bytes_copy\n"
     "    ret\n"
     ".end\n"},
    {"bytes_copy of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    bytes_copy\n"
     "    ret\n"
     ".end\n"},
    {"bytes_compare of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    bytes_compare\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"bytes_compare of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    bytes_compare\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"bytes_find of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    bytes_find\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"bytes_find of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    bytes_find\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"bytes_find of byte",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_byte 1\n"
     "    bytes_find\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"bytes_from_str",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    bytes_from_str\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"bytes_to_str of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    bytes_to_str\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n"},
    {"bytes_to_str of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    bytes_to_str\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n"},
    {"bytes_release",
     ".func main ()\n"
     "    push_null bytes\n"
     "    bytes_release\n"
     "    ret\n"
     ".end\n"},
    {"bytes_xor of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    bytes_xor\n"
     "    ret\n"
     ".end\n"},
    {"bytes_xor of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    bytes_xor\n"
     "    ret\n"
     ".end\n"},
    {"bytes_crc32 of i32",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    push_i64 1\n"
     "    bytes_crc32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"bytes_crc32 of i64",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    bytes_crc32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"frame_sync",
     ".func main ()\n"
     "    frame_sync\n"
     "    ret\n"
     ".end\n"},
    {"push_const",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_const i32 1\n"
     "    push_const i64 1\n"
     "    push_const f32 1.0\n"
     "    push_const f64 1.0\n"
     "    pop_n 5\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"push_null",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null string\n"
     "    push_null Point\n"
     "    push_null any\n"
     "    push_null Unary\n"
     "    pop_n 4\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"push_bool",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    push_bool false\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"push_byte",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_byte 255\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"dup",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    dup\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"swap",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    swap\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"dup2",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    dup2\n"
     "    pop_n 4\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"rot",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    push_const \"a\"\n"
     "    rot\n"
     "    pop_n 3\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"over",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    over\n"
     "    pop_n 3\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"pop_n",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    pop_n 2\n"
     "    pop_n 0\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"swap exchanges types",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    swap\n"
     "    set_global score\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"rot brings the third up",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    push_const \"a\"\n"
     "    rot\n"
     "    set_global score\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"over copies the second",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    over\n"
     "    set_global score\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"dup2 copies two",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    dup2\n"
     "    pop\n"
     "    set_global score\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"set_local and get_local",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local n: i64\n"
     "    push_i64 1\n"
     "    set_local n\n"
     "    get_local n\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"tee_local",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local n: i64\n"
     "    push_i64 1\n"
     "    tee_local n\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"any reference into a local of any",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local r: any\n"
     "    push_const \"a\"\n"
     "    set_local r\n"
     "    push_null Point\n"
     "    set_local r\n"
     "    get_local r\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"tee_local into any leaves the value with its type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local r: any\n"
     "    push_const \"a\"\n"
     "    tee_local r\n"
     "    str_len\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"a local assigned on both ways",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local n: i64\n"
     "    push_bool true\n"
     "    jmp_if_false other\n"
     "    push_i64 1\n"
     "    set_local n\n"
     "    jmp done\n"
     "    other:\n"
     "    push_i64 1\n"
     "    set_local n\n"
     "    done:\n"
     "    get_local n\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"a local assigned within a loop and read there",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local n: i64\n"
     "    again:\n"
     "    push_i64 1\n"
     "    set_local n\n"
     "    get_local n\n"
     "    pop\n"
     "    push_bool true\n"
     "    jmp_if_true again\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"get_global and set_global",
     PM_TEST_TYPES
     ".func main ()\n"
     "    get_global score\n"
     "    set_global score\n"
     "    push_const \"a\"\n"
     "    set_global thing\n"
     "    get_global thing\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"get_capture",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     ".end\n"
     ".func inner () closure self (base: i64, name: any)\n"
     "    get_capture base\n"
     "    pop\n"
     "    get_capture name\n"
     "    pop\n"
     "    ret\n"
     ".end\n"},
    {"set_capture",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     ".end\n"
     ".func inner () closure self (base: i64, name: any)\n"
     "    push_i64 1\n"
     "    set_capture base\n"
     "    push_const \"a\"\n"
     "    set_capture name\n"
     "    ret\n"
     ".end\n"},
    {"the closure itself is local 0",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     ".end\n"
     ".func inner () closure self (base: i64, name: any)\n"
     "    get_local self\n"
     "    set_global thing\n"
     "    ret\n"
     ".end\n"},
    {"to_i32 of i64",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    to_i32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_i32 of f32",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    to_i32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_i32 of f64",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    to_i32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_i32 of bool",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    to_i32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_i32 of byte",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_byte 1\n"
     "    to_i32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_i64 of i32",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i32 1\n"
     "    to_i64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_i64 of f32",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    to_i64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_i64 of f64",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    to_i64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_i64 of bool",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    to_i64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_i64 of byte",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_byte 1\n"
     "    to_i64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_f32 of i32",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i32 1\n"
     "    to_f32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_f32 of i64",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    to_f32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_f32 of f64",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    to_f32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_f32 of byte",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_byte 1\n"
     "    to_f32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_f64 of i32",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i32 1\n"
     "    to_f64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_f64 of i64",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    to_f64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_f64 of f32",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    to_f64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_f64 of byte",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_byte 1\n"
     "    to_f64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_byte of i32",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i32 1\n"
     "    to_byte\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_byte of i64",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    to_byte\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_byte of bool",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    to_byte\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_bits of f32",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    to_bits\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_bits of f64",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    to_bits\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"from_bits of i32",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i32 1\n"
     "    from_bits\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"from_bits of i64",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    from_bits\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"to_bits keeps the width",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    to_bits\n"
     "    wrap_byte\n"
     "    pop\n"
     "    push_f64 1.0\n"
     "    to_bits\n"
     "    set_global score\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"from_bits keeps the width",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    from_bits\n"
     "    sqrt\n"
     "    pop\n"
     "    push_i32 1\n"
     "    from_bits\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"cast",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null any\n"
     "    cast string\n"
     "    str_len\n"
     "    pop\n"
     "    push_const \"a\"\n"
     "    cast Point\n"
     "    pop\n"
     "    push_null Point\n"
     "    cast coroutine\n"
     "    pop\n"
     "    push_null any\n"
     "    cast bytes\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"is_type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null any\n"
     "    is_type Point\n"
     "    pop\n"
     "    push_const \"a\"\n"
     "    is_type Unary\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"eq of a reference and any",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_null any\n"
     "    eq\n"
     "    pop\n"
     "    push_null any\n"
     "    push_null Point\n"
     "    ne\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"jmp",
     PM_TEST_TYPES
     ".func main ()\n"
     "    jmp over_it\n"
     "    pop\n"
     "    over_it:\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"jmp_if_false",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    jmp_if_false out\n"
     "    nop\n"
     "    out:\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"jmp_if_true",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    jmp_if_true out\n"
     "    nop\n"
     "    out:\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"halt leaves the stack as it is",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    halt\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"a loop without end",
     PM_TEST_TYPES
     ".func main ()\n"
     "    again:\n"
     "    frame_sync\n"
     "    jmp again\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"trap ends a way",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    jmp_if_true ok\n"
     "    trap\n"
     "    ok:\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"trap_with ends a way",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    jmp_if_true ok\n"
     "    push_const \"a\"\n"
     "    trap_with\n"
     "    ok:\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"code behind ret is left alone",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     "    add\n"
     "    pop\n"
     "    swap\n"
     "    nop\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"code that only a jump from below reaches",
     PM_TEST_TYPES
     ".func main ()\n"
     "    jmp low\n"
     "    high:\n"
     "    ret\n"
     "    low:\n"
     "    jmp high\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"a value carried around a loop",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    again:\n"
     "    push_bool true\n"
     "    jmp_if_true again\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"ways meet with equal stacks",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    jmp_if_true other\n"
     "    push_i64 1\n"
     "    jmp done\n"
     "    other:\n"
     "    push_i64 1\n"
     "    done:\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"call",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    call twice\n"
     "    set_global score\n"
     "    call idle\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"make_closure and call_closure",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_const \"a\"\n"
     "    make_closure body 2\n"
     "    push_i64 1\n"
     "    call_closure 1\n"
     "    set_global score\n"
     "    make_closure quiet 0\n"
     "    call_closure 0\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"spawn",
     PM_TEST_TYPES
     ".func main ()\n"
     "    spawn idle 0\n"
     "    coro_state\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"spawn with arguments",
     ".func main ()\n"
     "    push_i64 1\n"
     "    spawn worker 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     ".func worker (n: i64)\n"
     "    yield\n"
     "    ret\n"
     ".end\n"},
    {"spawn_closure",
     PM_TEST_TYPES
     ".func main ()\n"
     "    make_closure quiet 0\n"
     "    spawn_closure 0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"spawn_closure with arguments",
     ".type F = func (i64)\n"
     ".func main ()\n"
     "    push_null F\n"
     "    push_i64 1\n"
     "    spawn_closure 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"},
    {"ret with results",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     ".end\n"
     ".func f () -> (i64, any)\n"
     "    push_i64 1\n"
     "    push_const \"a\"\n"
     "    ret\n"
     ".end\n"},
    {"arr_new",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    arr_new Ints\n"
     "    pop\n"
     "    push_i32 1\n"
     "    arr_new Texts\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"arr_len",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    arr_len\n"
     "    set_global score\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"arr_get",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Texts\n"
     "    push_i32 0\n"
     "    arr_get\n"
     "    str_len\n"
     "    pop\n"
     "    push_null Ints\n"
     "    push_i64 1\n"
     "    arr_get\n"
     "    set_global score\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"arr_set",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    arr_set\n"
     "    push_null Anys\n"
     "    push_i64 1\n"
     "    push_const \"a\"\n"
     "    arr_set\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"arr_fill",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    arr_fill\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"arr_copy",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    push_i64 1\n"
     "    push_null Ints\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    arr_copy\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"rec_new",
     PM_TEST_TYPES
     ".func main ()\n"
     "    rec_new Point\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"rec_make",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    push_const \"a\"\n"
     "    rec_make Point\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"get_field",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Point\n"
     "    get_field Point.x\n"
     "    set_global score\n"
     "    push_null Point\n"
     "    get_field 1\n"
     "    sqrt\n"
     "    pop\n"
     "    push_null Point\n"
     "    get_field Point.next\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"set_field",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Point\n"
     "    push_i64 1\n"
     "    set_field Point.x\n"
     "    push_null Point\n"
     "    push_const \"a\"\n"
     "    set_field Point.next\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS},
    {"hostcall",
     ".host gfx clear 1 (i64)\n"
     ".func main ()\n"
     "    push_i64 1\n"
     "    hostcall gfx.clear\n"
     "    ret\n"
     ".end\n"},
    {"hostcall with a result",
     ".host composer emit_sprite 1 (i64, i64, i64, i64, i64, i64, bool, bool, i64) -> i64\n"
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_bool true\n"
     "    push_bool true\n"
     "    push_i64 1\n"
     "    hostcall #0\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n"},
    {"intrinsic",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    intrinsic #0x10\n"
     "    pop\n"
     "    intrinsic #1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"},
};
// clang-format on

#endif
