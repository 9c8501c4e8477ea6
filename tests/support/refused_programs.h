// SPDX-License-Identifier: MIT
//
// Programs that the assembler takes and the linker refuses, each with one
// mistake and the message for it.

#ifndef PM_TEST_REFUSED_PROGRAMS_H
#define PM_TEST_REFUSED_PROGRAMS_H

#include "support/shared_program.h"

struct pm_refused_program {
    const char *name;
    const char *text; // assembler
    const char *code;
    const char *message; // a part of it
};

// clang-format off
static const struct pm_refused_program pm_refused_programs[] = {
    {"trap_with without an operand",
     ".func main ()\n"
     "    trap_with\n"
     ".end\n",
     "LINK-STACK",
     "trap_with: found 0 values on the stack, wanted 1"},
    {"trap_with with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    trap_with\n"
     ".end\n",
     "LINK-TYPE",
     "trap_with: found bool on the stack, wanted "},
    {"pop without an operand",
     ".func main ()\n"
     "    pop\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "pop: found 0 values on the stack, wanted 1"},
    {"add without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    add\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "add: found 1 value on the stack, wanted 2"},
    {"add with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    add\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "add: found bool and i32 on the stack, wanted "},
    {"add with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    add\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "add: found i32 and bool on the stack, wanted "},
    {"add of i64 and f64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    add\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "add: found i64 and f64 on the stack, wanted two of one type"},
    {"sub without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    sub\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "sub: found 1 value on the stack, wanted 2"},
    {"sub with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    sub\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "sub: found bool and i32 on the stack, wanted "},
    {"sub with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    sub\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "sub: found i32 and bool on the stack, wanted "},
    {"sub of i64 and f64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    sub\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "sub: found i64 and f64 on the stack, wanted two of one type"},
    {"mul without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    mul\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "mul: found 1 value on the stack, wanted 2"},
    {"mul with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    mul\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "mul: found bool and i32 on the stack, wanted "},
    {"mul with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    mul\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "mul: found i32 and bool on the stack, wanted "},
    {"mul of i64 and f64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    mul\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "mul: found i64 and f64 on the stack, wanted two of one type"},
    {"div without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    div\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "div: found 1 value on the stack, wanted 2"},
    {"div with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    div\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "div: found bool and i32 on the stack, wanted "},
    {"div with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    div\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "div: found i32 and bool on the stack, wanted "},
    {"div of i64 and f64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    div\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "div: found i64 and f64 on the stack, wanted two of one type"},
    {"rem without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    rem\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "rem: found 1 value on the stack, wanted 2"},
    {"rem with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    rem\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "rem: found bool and i32 on the stack, wanted "},
    {"rem with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    rem\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "rem: found i32 and bool on the stack, wanted "},
    {"rem of i32 and i64",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i64 1\n"
     "    rem\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "rem: found i32 and i64 on the stack, wanted two of one type"},
    {"neg without an operand",
     ".func main ()\n"
     "    neg\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "neg: found 0 values on the stack, wanted 1"},
    {"neg with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    neg\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "neg: found bool on the stack, wanted "},
    {"min without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    min\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "min: found 1 value on the stack, wanted 2"},
    {"min with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    min\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "min: found bool and i32 on the stack, wanted "},
    {"min with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    min\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "min: found i32 and bool on the stack, wanted "},
    {"min of i64 and f64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    min\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "min: found i64 and f64 on the stack, wanted two of one type"},
    {"max without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    max\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "max: found 1 value on the stack, wanted 2"},
    {"max with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    max\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "max: found bool and i32 on the stack, wanted "},
    {"max with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    max\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "max: found i32 and bool on the stack, wanted "},
    {"max of i64 and f64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    max\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "max: found i64 and f64 on the stack, wanted two of one type"},
    {"abs without an operand",
     ".func main ()\n"
     "    abs\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "abs: found 0 values on the stack, wanted 1"},
    {"abs with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    abs\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "abs: found bool on the stack, wanted "},
    {"sqrt without an operand",
     ".func main ()\n"
     "    sqrt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "sqrt: found 0 values on the stack, wanted 1"},
    {"sqrt with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    sqrt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "sqrt: found bool on the stack, wanted "},
    {"floor without an operand",
     ".func main ()\n"
     "    floor\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "floor: found 0 values on the stack, wanted 1"},
    {"floor with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    floor\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "floor: found bool on the stack, wanted "},
    {"ceil without an operand",
     ".func main ()\n"
     "    ceil\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "ceil: found 0 values on the stack, wanted 1"},
    {"ceil with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    ceil\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "ceil: found bool on the stack, wanted "},
    {"trunc without an operand",
     ".func main ()\n"
     "    trunc\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "trunc: found 0 values on the stack, wanted 1"},
    {"trunc with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    trunc\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "trunc: found bool on the stack, wanted "},
    {"round without an operand",
     ".func main ()\n"
     "    round\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "round: found 0 values on the stack, wanted 1"},
    {"round with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    round\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "round: found bool on the stack, wanted "},
    {"div_u without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    div_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "div_u: found 1 value on the stack, wanted 2"},
    {"div_u with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    div_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "div_u: found bool and i32 on the stack, wanted "},
    {"div_u with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    div_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "div_u: found i32 and bool on the stack, wanted "},
    {"div_u of i32 and i64",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i64 1\n"
     "    div_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "div_u: found i32 and i64 on the stack, wanted two of one type"},
    {"rem_u without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    rem_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "rem_u: found 1 value on the stack, wanted 2"},
    {"rem_u with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    rem_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "rem_u: found bool and i32 on the stack, wanted "},
    {"rem_u with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    rem_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "rem_u: found i32 and bool on the stack, wanted "},
    {"rem_u of i32 and i64",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i64 1\n"
     "    rem_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "rem_u: found i32 and i64 on the stack, wanted two of one type"},
    {"eq without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    eq\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "eq: found 1 value on the stack, wanted 2"},
    {"eq of i64 and f64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    eq\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "eq: found i64 and f64 on the stack, wanted two of one type"},
    {"ne without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    ne\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "ne: found 1 value on the stack, wanted 2"},
    {"ne of i64 and f64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    ne\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "ne: found i64 and f64 on the stack, wanted two of one type"},
    {"lt without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    lt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "lt: found 1 value on the stack, wanted 2"},
    {"lt with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    lt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "lt: found bool and i32 on the stack, wanted "},
    {"lt with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    lt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "lt: found i32 and bool on the stack, wanted "},
    {"lt of i64 and f64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    lt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "lt: found i64 and f64 on the stack, wanted two of one type"},
    {"le without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    le\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "le: found 1 value on the stack, wanted 2"},
    {"le with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    le\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "le: found bool and i32 on the stack, wanted "},
    {"le with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    le\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "le: found i32 and bool on the stack, wanted "},
    {"le of i64 and f64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    le\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "le: found i64 and f64 on the stack, wanted two of one type"},
    {"gt without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    gt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "gt: found 1 value on the stack, wanted 2"},
    {"gt with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    gt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "gt: found bool and i32 on the stack, wanted "},
    {"gt with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    gt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "gt: found i32 and bool on the stack, wanted "},
    {"gt of i64 and f64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    gt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "gt: found i64 and f64 on the stack, wanted two of one type"},
    {"ge without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    ge\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "ge: found 1 value on the stack, wanted 2"},
    {"ge with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    ge\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "ge: found bool and i32 on the stack, wanted "},
    {"ge with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    ge\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "ge: found i32 and bool on the stack, wanted "},
    {"ge of i64 and f64",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    ge\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "ge: found i64 and f64 on the stack, wanted two of one type"},
    {"and without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    and\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "and: found 1 value on the stack, wanted 2"},
    {"and with f64 as operand 1",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_i32 1\n"
     "    and\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "and: found f64 and i32 on the stack, wanted "},
    {"and with f64 as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_f64 1.0\n"
     "    and\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "and: found i32 and f64 on the stack, wanted "},
    {"and of i32 and i64",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i64 1\n"
     "    and\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "and: found i32 and i64 on the stack, wanted two of one type"},
    {"or without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    or\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "or: found 1 value on the stack, wanted 2"},
    {"or with f64 as operand 1",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_i32 1\n"
     "    or\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "or: found f64 and i32 on the stack, wanted "},
    {"or with f64 as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_f64 1.0\n"
     "    or\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "or: found i32 and f64 on the stack, wanted "},
    {"or of i32 and i64",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i64 1\n"
     "    or\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "or: found i32 and i64 on the stack, wanted two of one type"},
    {"xor without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    xor\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "xor: found 1 value on the stack, wanted 2"},
    {"xor with f64 as operand 1",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_i32 1\n"
     "    xor\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "xor: found f64 and i32 on the stack, wanted "},
    {"xor with f64 as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_f64 1.0\n"
     "    xor\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "xor: found i32 and f64 on the stack, wanted "},
    {"xor of i32 and i64",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i64 1\n"
     "    xor\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "xor: found i32 and i64 on the stack, wanted two of one type"},
    {"not without an operand",
     ".func main ()\n"
     "    not\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "not: found 0 values on the stack, wanted 1"},
    {"not with f64 as operand 1",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    not\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "not: found f64 on the stack, wanted "},
    {"shl without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    shl\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "shl: found 1 value on the stack, wanted 2"},
    {"shl with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    shl\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "shl: found bool and i32 on the stack, wanted "},
    {"shl with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    shl\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "shl: found i32 and bool on the stack, wanted "},
    {"shr without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    shr\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "shr: found 1 value on the stack, wanted 2"},
    {"shr with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    shr\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "shr: found bool and i32 on the stack, wanted "},
    {"shr with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    shr\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "shr: found i32 and bool on the stack, wanted "},
    {"shr_u without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    shr_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "shr_u: found 1 value on the stack, wanted 2"},
    {"shr_u with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    shr_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "shr_u: found bool and i32 on the stack, wanted "},
    {"shr_u with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    shr_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "shr_u: found i32 and bool on the stack, wanted "},
    {"clz without an operand",
     ".func main ()\n"
     "    clz\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "clz: found 0 values on the stack, wanted 1"},
    {"clz with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    clz\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "clz: found bool on the stack, wanted "},
    {"ctz without an operand",
     ".func main ()\n"
     "    ctz\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "ctz: found 0 values on the stack, wanted 1"},
    {"ctz with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    ctz\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "ctz: found bool on the stack, wanted "},
    {"popcnt without an operand",
     ".func main ()\n"
     "    popcnt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "popcnt: found 0 values on the stack, wanted 1"},
    {"popcnt with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    popcnt\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "popcnt: found bool on the stack, wanted "},
    {"lt_u without all of its operands",
     ".func main ()\n"
     "    push_i32 1\n"
     "    lt_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "lt_u: found 1 value on the stack, wanted 2"},
    {"lt_u with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    lt_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "lt_u: found bool and i32 on the stack, wanted "},
    {"lt_u with bool as operand 2",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    lt_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "lt_u: found i32 and bool on the stack, wanted "},
    {"lt_u of i32 and i64",
     ".func main ()\n"
     "    push_i32 1\n"
     "    push_i64 1\n"
     "    lt_u\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "lt_u: found i32 and i64 on the stack, wanted two of one type"},
    {"is_null without an operand",
     ".func main ()\n"
     "    is_null\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "is_null: found 0 values on the stack, wanted 1"},
    {"is_null with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    is_null\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "is_null: found bool on the stack, wanted "},
    {"wrap_i32 without an operand",
     ".func main ()\n"
     "    wrap_i32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "wrap_i32: found 0 values on the stack, wanted 1"},
    {"wrap_i32 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    wrap_i32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "wrap_i32: found bool on the stack, wanted "},
    {"wrap_byte without an operand",
     ".func main ()\n"
     "    wrap_byte\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "wrap_byte: found 0 values on the stack, wanted 1"},
    {"wrap_byte with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    wrap_byte\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "wrap_byte: found bool on the stack, wanted "},
    {"sat_i32 without an operand",
     ".func main ()\n"
     "    sat_i32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "sat_i32: found 0 values on the stack, wanted 1"},
    {"sat_i32 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    sat_i32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "sat_i32: found bool on the stack, wanted "},
    {"sat_i64 without an operand",
     ".func main ()\n"
     "    sat_i64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "sat_i64: found 0 values on the stack, wanted 1"},
    {"sat_i64 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    sat_i64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "sat_i64: found bool on the stack, wanted "},
    {"zext_i64 without an operand",
     ".func main ()\n"
     "    zext_i64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "zext_i64: found 0 values on the stack, wanted 1"},
    {"zext_i64 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    zext_i64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "zext_i64: found bool on the stack, wanted "},
    {"sleep without an operand",
     ".func main ()\n"
     "    sleep\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "sleep: found 0 values on the stack, wanted 1"},
    {"sleep with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    sleep\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "sleep: found bool on the stack, wanted "},
    {"coro_state without an operand",
     ".func main ()\n"
     "    coro_state\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "coro_state: found 0 values on the stack, wanted 1"},
    {"coro_state with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    coro_state\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "coro_state: found bool on the stack, wanted "},
    {"str_len without an operand",
     ".func main ()\n"
     "    str_len\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "str_len: found 0 values on the stack, wanted 1"},
    {"str_len with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    str_len\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "str_len: found bool on the stack, wanted "},
    {"str_byte without all of its operands",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    str_byte\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "str_byte: found 1 value on the stack, wanted 2"},
    {"str_byte with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    str_byte\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "str_byte: found bool and i32 on the stack, wanted "},
    {"str_byte with bool as operand 2",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_bool true\n"
     "    str_byte\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "str_byte: found string and bool on the stack, wanted "},
    {"str_slice without all of its operands",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_i32 1\n"
     "    str_slice\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "str_slice: found 2 values on the stack, wanted 3"},
    {"str_slice with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    str_slice\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "str_slice: found bool, i32 and i32 on the stack, wanted "},
    {"str_slice with bool as operand 3",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    str_slice\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "str_slice: found string, i32 and bool on the stack, wanted "},
    {"str_compare without all of its operands",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    str_compare\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "str_compare: found 1 value on the stack, wanted 2"},
    {"str_compare with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_const \"a\"\n"
     "    str_compare\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "str_compare: found bool and string on the stack, wanted "},
    {"str_compare with bool as operand 2",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_bool true\n"
     "    str_compare\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "str_compare: found string and bool on the stack, wanted "},
    {"str_find without all of its operands",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_const \"a\"\n"
     "    str_find\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "str_find: found 2 values on the stack, wanted 3"},
    {"str_find with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_const \"a\"\n"
     "    push_i32 1\n"
     "    str_find\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "str_find: found bool, string and i32 on the stack, wanted "},
    {"str_find with bool as operand 3",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_const \"a\"\n"
     "    push_bool true\n"
     "    str_find\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "str_find: found string, string and bool on the stack, wanted "},
    {"str_from_i64 without an operand",
     ".func main ()\n"
     "    str_from_i64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "str_from_i64: found 0 values on the stack, wanted 1"},
    {"str_from_i64 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    str_from_i64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "str_from_i64: found bool on the stack, wanted "},
    {"str_char without all of its operands",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    str_char\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "str_char: found 1 value on the stack, wanted 2"},
    {"str_char with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    str_char\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "str_char: found bool and i32 on the stack, wanted "},
    {"str_char with bool as operand 2",
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    push_bool true\n"
     "    str_char\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "str_char: found string and bool on the stack, wanted "},
    {"str_from_char without an operand",
     ".func main ()\n"
     "    str_from_char\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "str_from_char: found 0 values on the stack, wanted 1"},
    {"str_from_char with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    str_from_char\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "str_from_char: found bool on the stack, wanted "},
    {"bytes_new without an operand",
     ".func main ()\n"
     "    bytes_new\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "bytes_new: found 0 values on the stack, wanted 1"},
    {"bytes_new with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    bytes_new\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_new: found bool on the stack, wanted "},
    {"bytes_len without an operand",
     ".func main ()\n"
     "    bytes_len\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "bytes_len: found 0 values on the stack, wanted 1"},
    {"bytes_len with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    bytes_len\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_len: found bool on the stack, wanted "},
    {"load8 without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    load8\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "load8: found 1 value on the stack, wanted 2"},
    {"load8 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    load8\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "load8: found bool and i32 on the stack, wanted "},
    {"load8 with bool as operand 2",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_bool true\n"
     "    load8\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "load8: found bytes and bool on the stack, wanted "},
    {"load16 without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    load16\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "load16: found 1 value on the stack, wanted 2"},
    {"load16 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    load16\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "load16: found bool and i32 on the stack, wanted "},
    {"load16 with bool as operand 2",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_bool true\n"
     "    load16\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "load16: found bytes and bool on the stack, wanted "},
    {"load32 without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    load32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "load32: found 1 value on the stack, wanted 2"},
    {"load32 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    load32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "load32: found bool and i32 on the stack, wanted "},
    {"load32 with bool as operand 2",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_bool true\n"
     "    load32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "load32: found bytes and bool on the stack, wanted "},
    {"load64 without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    load64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "load64: found 1 value on the stack, wanted 2"},
    {"load64 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    load64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "load64: found bool and i32 on the stack, wanted "},
    {"load64 with bool as operand 2",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_bool true\n"
     "    load64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "load64: found bytes and bool on the stack, wanted "},
    {"load_f32 without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    load_f32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "load_f32: found 1 value on the stack, wanted 2"},
    {"load_f32 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    load_f32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "load_f32: found bool and i32 on the stack, wanted "},
    {"load_f32 with bool as operand 2",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_bool true\n"
     "    load_f32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "load_f32: found bytes and bool on the stack, wanted "},
    {"load_f64 without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    load_f64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "load_f64: found 1 value on the stack, wanted 2"},
    {"load_f64 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    load_f64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "load_f64: found bool and i32 on the stack, wanted "},
    {"load_f64 with bool as operand 2",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_bool true\n"
     "    load_f64\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "load_f64: found bytes and bool on the stack, wanted "},
    {"store8 without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    store8\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "store8: found 2 values on the stack, wanted 3"},
    {"store8 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    store8\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "store8: found bool, i32 and i32 on the stack, wanted "},
    {"store8 with bool as operand 3",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    store8\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "store8: found bytes, i32 and bool on the stack, wanted "},
    {"store16 without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    store16\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "store16: found 2 values on the stack, wanted 3"},
    {"store16 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    store16\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "store16: found bool, i32 and i32 on the stack, wanted "},
    {"store16 with bool as operand 3",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    store16\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "store16: found bytes, i32 and bool on the stack, wanted "},
    {"store32 without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    store32\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "store32: found 2 values on the stack, wanted 3"},
    {"store32 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    store32\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "store32: found bool, i32 and i32 on the stack, wanted "},
    {"store32 with bool as operand 3",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    store32\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "store32: found bytes, i32 and bool on the stack, wanted "},
    {"store64 without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    store64\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "store64: found 2 values on the stack, wanted 3"},
    {"store64 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    push_i64 1\n"
     "    store64\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "store64: found bool, i32 and i64 on the stack, wanted "},
    {"store64 with bool as operand 3",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    store64\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "store64: found bytes, i32 and bool on the stack, wanted "},
    {"store_f32 without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    store_f32\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "store_f32: found 2 values on the stack, wanted 3"},
    {"store_f32 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    push_f32 1.0\n"
     "    store_f32\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "store_f32: found bool, i32 and f32 on the stack, wanted "},
    {"store_f32 with bool as operand 3",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    store_f32\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "store_f32: found bytes, i32 and bool on the stack, wanted "},
    {"store_f64 without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    store_f64\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "store_f64: found 2 values on the stack, wanted 3"},
    {"store_f64 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    push_f64 1.0\n"
     "    store_f64\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "store_f64: found bool, i32 and f64 on the stack, wanted "},
    {"store_f64 with bool as operand 3",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    store_f64\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "store_f64: found bytes, i32 and bool on the stack, wanted "},
    {"bytes_fill without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    bytes_fill\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "bytes_fill: found 3 values on the stack, wanted 4"},
    {"bytes_fill with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    bytes_fill\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_fill: found bool, i32, i32 and i32 on the stack, wanted "},
    {"bytes_fill with bool as operand 4",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    bytes_fill\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_fill: found bytes, i32, i32 and bool on the stack, wanted "},
    {"bytes_copy without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    bytes_copy\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "bytes_copy: found 4 values on the stack, wanted 5"},
    {"bytes_copy with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    bytes_copy\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_copy: found bool, i32, bytes, i32 and i32 on the stack, wanted "},
    {"bytes_copy with bool as operand 5",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    bytes_copy\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_copy: found bytes, i32, bytes, i32 and bool on the stack, wanted "},
    {"bytes_compare without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    bytes_compare\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "bytes_compare: found 4 values on the stack, wanted 5"},
    {"bytes_compare with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    bytes_compare\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_compare: found bool, i32, bytes, i32 and i32 on the stack, wanted "},
    {"bytes_compare with bool as operand 5",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    bytes_compare\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_compare: found bytes, i32, bytes, i32 and bool on the stack, wanted "},
    {"bytes_find without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    bytes_find\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "bytes_find: found 3 values on the stack, wanted 4"},
    {"bytes_find with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    bytes_find\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_find: found bool, i32, i32 and i32 on the stack, wanted "},
    {"bytes_find with bool as operand 4",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    bytes_find\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_find: found bytes, i32, i32 and bool on the stack, wanted "},
    {"bytes_from_str without an operand",
     ".func main ()\n"
     "    bytes_from_str\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "bytes_from_str: found 0 values on the stack, wanted 1"},
    {"bytes_from_str with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    bytes_from_str\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_from_str: found bool on the stack, wanted "},
    {"bytes_to_str without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    bytes_to_str\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "bytes_to_str: found 2 values on the stack, wanted 3"},
    {"bytes_to_str with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    bytes_to_str\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_to_str: found bool, i32 and i32 on the stack, wanted "},
    {"bytes_to_str with bool as operand 3",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    bytes_to_str\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_to_str: found bytes, i32 and bool on the stack, wanted "},
    {"bytes_release without an operand",
     ".func main ()\n"
     "    bytes_release\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "bytes_release: found 0 values on the stack, wanted 1"},
    {"bytes_release with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    bytes_release\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_release: found bool on the stack, wanted "},
    {"bytes_xor without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    bytes_xor\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "bytes_xor: found 4 values on the stack, wanted 5"},
    {"bytes_xor with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    bytes_xor\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_xor: found bool, i32, bytes, i32 and i32 on the stack, wanted "},
    {"bytes_xor with bool as operand 5",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    bytes_xor\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_xor: found bytes, i32, bytes, i32 and bool on the stack, wanted "},
    {"bytes_crc32 without all of its operands",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    bytes_crc32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "bytes_crc32: found 3 values on the stack, wanted 4"},
    {"bytes_crc32 with bool as operand 1",
     ".func main ()\n"
     "    push_bool true\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    push_i64 1\n"
     "    bytes_crc32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_crc32: found bool, i32, i32 and i64 on the stack, wanted "},
    {"bytes_crc32 with bool as operand 4",
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i32 1\n"
     "    push_i32 1\n"
     "    push_bool true\n"
     "    bytes_crc32\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "bytes_crc32: found bytes, i32, i32 and bool on the stack, wanted "},
    {"push_const of no constant",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_const #9\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "push_const: found constant 9, but there is none"},
    {"push_const beyond the constants",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_const #9\n"
     "    pop\n"
     "    push_const \"a\"\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "push_const: found constant 9, wanted one below 1"},
    {"push_null of a number",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null i64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "push_null: found i64, wanted a reference type"},
    {"push_null of a type number that is none",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .byte 0x1B, 0, 13, 0, 0, 0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "push_null: found type number 13, which is none"},
    {"push_null of a type beyond the table",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .byte 0x1B, 0, 0xE7, 3, 0, 0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "push_null: found type number 999, which is none"},
    {"push_bool of 2",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool 2\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "push_bool: found 2, wanted 0 (false) or 1 (true)"},
    {"dup without operands",
     PM_TEST_TYPES
     ".func main ()\n"
     "    dup\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "dup: found 0 values on the stack, wanted 1"},
    {"swap without operands",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    swap\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "swap: found 1 value on the stack, wanted 2"},
    {"dup2 without operands",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    dup2\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "dup2: found 1 value on the stack, wanted 2"},
    {"rot without operands",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    rot\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "rot: found 2 values on the stack, wanted 3"},
    {"over without operands",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    over\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "over: found 1 value on the stack, wanted 2"},
    {"swap keeps types with their values",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_i64 1\n"
     "    swap\n"
     "    set_global score\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "set_global: global: found f64, wanted i64"},
    {"rot keeps types with their values",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    rot\n"
     "    set_global score\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "set_global: global: found f64, wanted i64"},
    {"pop_n of more than there is",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "pop_n: found 1 value on the stack, wanted 2"},
    {"pop_n of four billion",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    pop_n 4294967295\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "pop_n: found 1 value on the stack, wanted 4294967295"},
    {"a i64 left over at ret",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "ret: found 1 value on the stack, wanted exactly the function's 0 results"},
    {"a f64 left over at ret",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "ret: found 1 value on the stack, wanted exactly the function's 0 results"},
    {"a i32 left over at ret",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i32 1\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "ret: found 1 value on the stack, wanted exactly the function's 0 results"},
    {"a f32 left over at ret",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "ret: found 1 value on the stack, wanted exactly the function's 0 results"},
    {"a bool left over at ret",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "ret: found 1 value on the stack, wanted exactly the function's 0 results"},
    {"a byte left over at ret",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_byte 1\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "ret: found 1 value on the stack, wanted exactly the function's 0 results"},
    {"get_local beyond the locals",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local n: i64\n"
     "    get_local #3\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "get_local: found local 3, wanted one below 1"},
    {"get_local without locals",
     PM_TEST_TYPES
     ".func main ()\n"
     "    get_local #0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "get_local: found local 0, but there is none"},
    {"get_local before set_local",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local n: i64\n"
     "    get_local n\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-LOCAL",
     "get_local: local 0 'n' may not have been assigned on every way here"},
    {"a local assigned on one way only",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local n: i64\n"
     "    push_bool true\n"
     "    jmp_if_false skip\n"
     "    push_i64 1\n"
     "    set_local n\n"
     "    skip:\n"
     "    get_local n\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-LOCAL",
     "get_local: local 0 'n' may not have been assigned"},
    {"a local assigned on the way down but not on one from below",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local n: i64\n"
     "    push_bool true\n"
     "    jmp_if_true low\n"
     "    push_i64 1\n"
     "    set_local n\n"
     "    again:\n"
     "    get_local n\n"
     "    pop\n"
     "    ret\n"
     "    low:\n"
     "    jmp again\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-LOCAL",
     "local 0 'n' is assigned on the first way to"},
    {"a local read after a loop that may not run",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local n: i64\n"
     "    again:\n"
     "    push_bool true\n"
     "    jmp_if_false out\n"
     "    push_i64 1\n"
     "    set_local n\n"
     "    jmp again\n"
     "    out:\n"
     "    get_local n\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-LOCAL",
     "local 0 'n' may not have been assigned"},
    {"set_local of another type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local n: i64\n"
     "    push_f64 1.0\n"
     "    set_local n\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "set_local: local: found f64, wanted i64"},
    {"set_local of any into string",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local s: string\n"
     "    push_null any\n"
     "    set_local s\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "set_local: local: found any, wanted string; narrow any with cast first"},
    {"set_local of a number into any",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local r: any\n"
     "    push_i64 1\n"
     "    set_local r\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "set_local: local: found i64, wanted any"},
    {"set_local without a value",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local n: i64\n"
     "    set_local n\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "set_local: found 0 values on the stack, wanted 1"},
    {"set_local beyond the locals",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local n: i64\n"
     "    push_i64 1\n"
     "    set_local #1\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "set_local: found local 1, wanted one below 1"},
    {"tee_local of another type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local n: i64\n"
     "    push_bool true\n"
     "    tee_local n\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "tee_local: local: found bool, wanted i64"},
    {"tee_local beyond the locals",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .local n: i64\n"
     "    push_i64 1\n"
     "    tee_local #77\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "tee_local: found local 77, wanted one below 1"},
    {"get_global beyond the globals",
     PM_TEST_TYPES
     ".func main ()\n"
     "    get_global #2\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "get_global: found global 2, wanted one below 2"},
    {"set_global beyond the globals",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    set_global #2\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "set_global: found global 2, wanted one below 2"},
    {"set_global of another type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    set_global score\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "set_global: global: found f64, wanted i64"},
    {"set_global without a value",
     PM_TEST_TYPES
     ".func main ()\n"
     "    set_global score\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "set_global: found 0 values on the stack, wanted 1"},
    {"get_global without globals",
     ".func main ()\n"
     "    get_global #0\n"
     "    pop\n"
     "    ret\n"
     ".end\n",
     "LINK-INDEX",
     "get_global: found global 0, but there is none"},
    {"get_capture beyond the captures",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     ".end\n"
     ".func inner () closure self (base: i64, name: any)\n"
     "    get_capture #2\n"
     "    pop\n"
     "    ret\n"
     ".end\n",
     "LINK-INDEX",
     "get_capture: found capture 2, wanted one below 2"},
    {"set_capture beyond the captures",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     ".end\n"
     ".func inner () closure self (base: i64, name: any)\n"
     "    push_i64 1\n"
     "    set_capture #9\n"
     "    ret\n"
     ".end\n",
     "LINK-INDEX",
     "set_capture: found capture 9, wanted one below 2"},
    {"set_capture of another type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     ".end\n"
     ".func inner () closure self (base: i64, name: any)\n"
     "    push_f64 1.0\n"
     "    set_capture base\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "set_capture: capture: found f64, wanted i64"},
    {"set_capture without a value",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     ".end\n"
     ".func inner () closure self (base: i64, name: any)\n"
     "    set_capture base\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "set_capture: found 0 values on the stack, wanted 1"},
    {"get_capture outside of a closure",
     PM_TEST_TYPES
     ".func main ()\n"
     "    get_capture #0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "get_capture: found capture 0, but there is none (only closures have captures)"},
    {"set_capture outside of a closure",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    set_capture #0\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "set_capture: found capture 0, but there is none (only closures have captures)"},
    {"to_i32 of i32",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i32 1\n"
     "    to_i32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_i32: found i32, wanted "},
    {"to_i32 of string",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    to_i32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_i32: found string, wanted "},
    {"to_i32 of nothing",
     PM_TEST_TYPES
     ".func main ()\n"
     "    to_i32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "to_i32: found 0 values on the stack, wanted 1"},
    {"to_i64 of i64",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    to_i64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_i64: found i64, wanted "},
    {"to_i64 of string",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    to_i64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_i64: found string, wanted "},
    {"to_i64 of nothing",
     PM_TEST_TYPES
     ".func main ()\n"
     "    to_i64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "to_i64: found 0 values on the stack, wanted 1"},
    {"to_f32 of f32",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    to_f32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_f32: found f32, wanted "},
    {"to_f32 of string",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    to_f32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_f32: found string, wanted "},
    {"to_f32 of bool",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    to_f32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_f32: found bool, wanted "},
    {"to_f32 of nothing",
     PM_TEST_TYPES
     ".func main ()\n"
     "    to_f32\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "to_f32: found 0 values on the stack, wanted 1"},
    {"to_f64 of f64",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    to_f64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_f64: found f64, wanted "},
    {"to_f64 of string",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    to_f64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_f64: found string, wanted "},
    {"to_f64 of bool",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    to_f64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_f64: found bool, wanted "},
    {"to_f64 of nothing",
     PM_TEST_TYPES
     ".func main ()\n"
     "    to_f64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "to_f64: found 0 values on the stack, wanted 1"},
    {"to_byte of byte",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_byte 1\n"
     "    to_byte\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_byte: found byte, wanted "},
    {"to_byte of string",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    to_byte\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_byte: found string, wanted "},
    {"to_byte of f64",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    to_byte\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_byte: found f64, wanted "},
    {"to_byte of nothing",
     PM_TEST_TYPES
     ".func main ()\n"
     "    to_byte\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "to_byte: found 0 values on the stack, wanted 1"},
    {"to_bits of bool",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    to_bits\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_bits: found bool, wanted "},
    {"to_bits of string",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    to_bits\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_bits: found string, wanted "},
    {"to_bits of i64",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    to_bits\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "to_bits: found i64, wanted "},
    {"to_bits of nothing",
     PM_TEST_TYPES
     ".func main ()\n"
     "    to_bits\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "to_bits: found 0 values on the stack, wanted 1"},
    {"from_bits of bool",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    from_bits\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "from_bits: found bool, wanted "},
    {"from_bits of string",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    from_bits\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "from_bits: found string, wanted "},
    {"from_bits of f32",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    from_bits\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "from_bits: found f32, wanted "},
    {"from_bits of nothing",
     PM_TEST_TYPES
     ".func main ()\n"
     "    from_bits\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "from_bits: found 0 values on the stack, wanted 1"},
    {"to_bits of f32 gives i32",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f32 1.0\n"
     "    to_bits\n"
     "    set_global score\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "set_global: global: found i32, wanted i64"},
    {"cast to a number",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null any\n"
     "    cast i64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "cast: found i64, wanted string, bytes, coroutine or a type of the module as the target"},
    {"cast to any",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    cast any\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "cast: found any, wanted string, bytes, coroutine or a type of the module as the target"},
    {"cast of a number",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    cast string\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "cast: found i64, wanted a reference"},
    {"cast of nothing",
     PM_TEST_TYPES
     ".func main ()\n"
     "    cast string\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "cast: found 0 values on the stack, wanted 1"},
    {"cast to a type that is none",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null any\n"
     "    .byte 0x3E, 0x01, 77, 0, 0, 0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "cast: found type number 77, which is none"},
    {"is_type to a number",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null any\n"
     "    is_type i64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "is_type: found i64, wanted string, bytes, coroutine or a type of the module as the target"},
    {"is_type to any",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    is_type any\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "is_type: found any, wanted string, bytes, coroutine or a type of the module as the target"},
    {"is_type of a number",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    is_type string\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "is_type: found i64, wanted a reference"},
    {"is_type of nothing",
     PM_TEST_TYPES
     ".func main ()\n"
     "    is_type string\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "is_type: found 0 values on the stack, wanted 1"},
    {"is_type to a type that is none",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null any\n"
     "    .byte 0x3F, 0x01, 77, 0, 0, 0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "is_type: found type number 77, which is none"},
    {"eq of two reference types",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Point\n"
     "    push_null Ints\n"
     "    eq\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "eq: found Point and array i64 on the stack, wanted two of one type"},
    {"eq of a number and a string",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_const \"a\"\n"
     "    eq\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "eq: found i64 and string on the stack, wanted two of one type"},
    {"eq of a number and any",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_null any\n"
     "    eq\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "eq: found i64 and any on the stack, wanted two of one type: any type; narrow any with cast first"},
    {"ne of two reference types",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Point\n"
     "    push_null Ints\n"
     "    ne\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "ne: found Point and array i64 on the stack, wanted two of one type"},
    {"ne of a number and a string",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_const \"a\"\n"
     "    ne\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "ne: found i64 and string on the stack, wanted two of one type"},
    {"ne of a number and any",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_null any\n"
     "    ne\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "ne: found i64 and any on the stack, wanted two of one type: any type; narrow any with cast first"},
    {"an operation on any",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null any\n"
     "    str_len\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "str_len: found any on the stack, wanted string; narrow any with cast first"},
    {"jmp_if_false of a number",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    jmp_if_false out\n"
     "    out:\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "jmp_if_false: found i64 on the stack, wanted bool"},
    {"jmp_if_false without a value",
     PM_TEST_TYPES
     ".func main ()\n"
     "    jmp_if_false out\n"
     "    out:\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "jmp_if_false: found 0 values on the stack, wanted 1"},
    {"jmp_if_false out of the function",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    jmp_if_false #9999\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TARGET",
     "jmp_if_false: target 9999 lies outside the function, which has"},
    {"jmp_if_false into an instruction",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    jmp_if_false #1\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TARGET",
     "jmp_if_false: target 1 lies within an instruction"},
    {"jmp_if_false as the last instruction",
     PM_TEST_TYPES
     ".func main ()\n"
     "    again:\n"
     "    push_bool true\n"
     "    jmp_if_false again\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-FLOW",
     "jmp_if_false: control runs past the end of the function"},
    {"jmp_if_true of a number",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    jmp_if_true out\n"
     "    out:\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "jmp_if_true: found i64 on the stack, wanted bool"},
    {"jmp_if_true without a value",
     PM_TEST_TYPES
     ".func main ()\n"
     "    jmp_if_true out\n"
     "    out:\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "jmp_if_true: found 0 values on the stack, wanted 1"},
    {"jmp_if_true out of the function",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    jmp_if_true #9999\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TARGET",
     "jmp_if_true: target 9999 lies outside the function, which has"},
    {"jmp_if_true into an instruction",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    jmp_if_true #1\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TARGET",
     "jmp_if_true: target 1 lies within an instruction"},
    {"jmp_if_true as the last instruction",
     PM_TEST_TYPES
     ".func main ()\n"
     "    again:\n"
     "    push_bool true\n"
     "    jmp_if_true again\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-FLOW",
     "jmp_if_true: control runs past the end of the function"},
    {"jmp out of the function",
     PM_TEST_TYPES
     ".func main ()\n"
     "    jmp #4294967295\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TARGET",
     "jmp: target 4294967295 lies outside the function, which has 6 bytes"},
    {"jmp to the end of the function",
     PM_TEST_TYPES
     ".func main ()\n"
     "    jmp #6\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TARGET",
     "jmp: target 6 lies outside the function, which has 6 bytes"},
    {"jmp into an instruction",
     PM_TEST_TYPES
     ".func main ()\n"
     "    jmp #3\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TARGET",
     "jmp: target 3 lies within an instruction, wanted the start of one"},
    {"a jump in code that is not reached goes astray",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     "    jmp #3\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TARGET",
     "jmp: target 3 lies within an instruction"},
    {"nop as the last instruction",
     PM_TEST_TYPES
     ".func main ()\n"
     "    nop\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-FLOW",
     "control runs past the end of the function; wanted ret, jmp, halt or trap last"},
    {"push_i64 as the last instruction",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-FLOW",
     "control runs past the end of the function; wanted ret, jmp, halt or trap last"},
    {"a call as the last instruction",
     PM_TEST_TYPES
     ".func main ()\n"
     "    call idle\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-FLOW",
     "control runs past the end of the function; wanted ret, jmp, halt or trap last"},
    {"set_global as the last instruction",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    set_global score\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-FLOW",
     "control runs past the end of the function; wanted ret, jmp, halt or trap last"},
    {"frame_sync as the last instruction",
     PM_TEST_TYPES
     ".func main ()\n"
     "    frame_sync\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-FLOW",
     "control runs past the end of the function; wanted ret, jmp, halt or trap last"},
    {"yield as the last instruction",
     PM_TEST_TYPES
     ".func main ()\n"
     "    yield\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-FLOW",
     "control runs past the end of the function; wanted ret, jmp, halt or trap last"},
    {"sleep as the last instruction",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    sleep\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-FLOW",
     "control runs past the end of the function; wanted ret, jmp, halt or trap last"},
    {"ways meet with different depths",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    jmp_if_true done\n"
     "    push_i64 1\n"
     "    done:\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-JOIN",
     "differ: found 1 value on the stack, wanted 0 as on another way"},
    {"ways meet with different types",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    jmp_if_true other\n"
     "    push_i64 1\n"
     "    jmp done\n"
     "    other:\n"
     "    push_f64 1.0\n"
     "    done:\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-JOIN",
     "as value 1 of the stack, wanted"},
    {"ways meet with any and string",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_bool true\n"
     "    jmp_if_true other\n"
     "    push_null any\n"
     "    jmp done\n"
     "    other:\n"
     "    push_const \"a\"\n"
     "    done:\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-JOIN",
     "cast one of them, or go through a local of type any"},
    {"ways meet with two record types",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_bool true\n"
     "    jmp_if_true other\n"
     "    push_null Ints\n"
     "    jmp done\n"
     "    other:\n"
     "    push_null Point\n"
     "    done:\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-JOIN",
     "found Point as value 2 of the stack, wanted array i64 as on another way"},
    {"a loop that piles up values",
     PM_TEST_TYPES
     ".func main ()\n"
     "    again:\n"
     "    push_i64 1\n"
     "    jmp again\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-JOIN",
     "jmp: the ways that meet at 0 differ: found 1 value on the stack, wanted 0"},
    {"a loop that eats values",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    again:\n"
     "    pop\n"
     "    jmp again\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-JOIN",
     "differ: found 0 values on the stack, wanted 1"},
    {"a loop that changes a type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    again:\n"
     "    pop\n"
     "    push_f64 1.0\n"
     "    jmp again\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-JOIN",
     "differ: found f64 as value 1 of the stack, wanted i64"},
    {"an opcode that is none",
     PM_TEST_TYPES
     ".func main ()\n"
     "    nop\n"
     "    .byte 0xEE, 0xEE\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-CODE",
     "found opcode 0xEEEE, which is none"},
    {"half an opcode",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     "    .byte 1\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-CODE",
     "found half an opcode, wanted two bytes"},
    {"an instruction that is cut off",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     "    .byte 0x14, 0, 1, 2\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-CODE",
     "PUSH_I64 is cut off: found 4 bytes to the function's end, wanted 10"},
    {"an opcode that is none in code that is not reached",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     "    .byte 0x99, 0\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-CODE",
     "at 2: found opcode 0x99, which is none"},
    {"syscall",
     PM_TEST_TYPES
     ".func main ()\n"
     "    syscall #0\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-SYSCALL",
     "syscall: only the linker makes it; wanted hostcall with a declaration"},
    {"syscall in code that is not reached",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     "    syscall #0\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-SYSCALL",
     "syscall: only the linker makes it"},
    {"call of no function",
     PM_TEST_TYPES
     ".func main ()\n"
     "    call #99\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "call: found function 99, wanted one below 5"},
    {"call without its argument",
     PM_TEST_TYPES
     ".func main ()\n"
     "    call twice\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "call: found 0 values on the stack, wanted 1"},
    {"call with an argument of another type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    call twice\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "call: parameter 1: found f64, wanted i64"},
    {"call of a closure's body",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    call body\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-CALL",
     "call: function 'body' (3) is a closure's body; wanted a plain function"},
    {"a call's result of another type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    call twice\n"
     "    str_len\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "str_len: found i64 on the stack, wanted string"},
    {"make_closure of no function",
     PM_TEST_TYPES
     ".func main ()\n"
     "    make_closure #99 0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "make_closure: found function 99, wanted one below 5"},
    {"make_closure of a plain function",
     PM_TEST_TYPES
     ".func main ()\n"
     "    make_closure twice 0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-CALL",
     "make_closure: function 'twice' (1) is a plain function; wanted a closure's body"},
    {"make_closure with too few captures",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    make_closure body 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-CALL",
     "make_closure: found 1 capture, wanted 2"},
    {"make_closure with too many captures",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_const \"a\"\n"
     "    push_const \"a\"\n"
     "    make_closure body 3\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-CALL",
     "make_closure: found 3 captures, wanted 2"},
    {"make_closure with a capture of another type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    push_const \"a\"\n"
     "    make_closure body 2\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "make_closure: capture 1: found f64, wanted i64"},
    {"make_closure without its values",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    make_closure body 2\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "make_closure: found 1 value on the stack, wanted 2"},
    {"call_closure of a number",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    call_closure 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "call_closure: found i64, wanted a closure under the arguments"},
    {"call_closure of any",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null any\n"
     "    push_i64 1\n"
     "    call_closure 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "call_closure: found any, wanted a closure under the arguments"},
    {"call_closure with too few arguments",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_const \"a\"\n"
     "    make_closure body 2\n"
     "    call_closure 0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-CALL",
     "call_closure: found 0 arguments, wanted 1"},
    {"call_closure with an argument of another type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_const \"a\"\n"
     "    make_closure body 2\n"
     "    push_f64 1.0\n"
     "    call_closure 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "call_closure: parameter 1: found f64, wanted i64"},
    {"call_closure without a closure",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    call_closure 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "call_closure: found 1 value on the stack, wanted 2"},
    {"call_closure with four billion arguments",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    call_closure 4294967295\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-CALL",
     "call_closure: found 4294967295 arguments, wanted fewer than 512"},
    {"spawn with an argument of another type",
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    spawn worker 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     ".func worker (n: i64)\n"
     "    yield\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "spawn: parameter 1: found f64, wanted i64"},
    {"spawn without its argument",
     ".func main ()\n"
     "    spawn worker 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     ".func worker (n: i64)\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "spawn: found 0 values on the stack, wanted 1"},
    {"spawn of no function",
     PM_TEST_TYPES
     ".func main ()\n"
     "    spawn #50 0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "spawn: found function 50, wanted one below 5"},
    {"spawn with a wrong count",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    spawn idle 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-CALL",
     "spawn: found 1 argument, wanted 0"},
    {"spawn of a function with a result",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    spawn twice 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-CALL",
     "spawn: found a function with 1 result, wanted one without"},
    {"spawn of a closure's body",
     PM_TEST_TYPES
     ".func main ()\n"
     "    spawn quiet 0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-CALL",
     "spawn: function 'quiet' (4) is a closure's body; wanted a plain function"},
    {"spawn_closure with an argument of another type",
     ".type F = func (i64)\n"
     ".func main ()\n"
     "    push_null F\n"
     "    push_f64 1.0\n"
     "    spawn_closure 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "spawn_closure: parameter 1: found f64, wanted i64"},
    {"spawn_closure of a closure with a result",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_const \"a\"\n"
     "    make_closure body 2\n"
     "    push_i64 1\n"
     "    spawn_closure 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-CALL",
     "spawn_closure: found a function with 1 result, wanted one without"},
    {"spawn_closure of a number",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    spawn_closure 0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "spawn_closure: found i64, wanted a closure under the arguments"},
    {"spawn_closure with a wrong count",
     PM_TEST_TYPES
     ".func main ()\n"
     "    make_closure quiet 0\n"
     "    push_i64 1\n"
     "    spawn_closure 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-CALL",
     "spawn_closure: found 1 argument, wanted 0"},
    {"spawn_closure without a closure",
     PM_TEST_TYPES
     ".func main ()\n"
     "    spawn_closure 0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "spawn_closure: found 0 values on the stack, wanted 1"},
    {"ret without its result",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     ".end\n"
     ".func f () -> i64\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "ret: found 0 values on the stack, wanted exactly the function's 1 result"},
    {"ret with one result too many",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     ".end\n"
     ".func f () -> i64\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "ret: found 2 values on the stack, wanted exactly the function's 1 result"},
    {"ret with a result of another type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     ".end\n"
     ".func f () -> i64\n"
     "    push_i32 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "ret: result 1: found i32, wanted i64"},
    {"ret with results in the wrong order",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     ".end\n"
     ".func f () -> (i64, f64)\n"
     "    push_f64 1.0\n"
     "    push_i64 1\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "ret: result 1: found f64, wanted i64"},
    {"ret of any where a string is wanted",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     ".end\n"
     ".func f () -> string\n"
     "    push_null any\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "ret: result 1: found any, wanted string; narrow any with cast first"},
    {"a parameter of another type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     ".end\n"
     ".func f (s: string) -> i64\n"
     "    get_local s\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "ret: result 1: found string, wanted i64"},
    {"a declared stack that is deeper than needed",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .stack 5\n"
     "    push_i64 1\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "function 'main' (0): found a declared stack of 5, wanted exactly 1, the depth reached at 0"},
    {"a declared stack that is too shallow",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .stack 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    pop_n 2\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "found a declared stack of 1, wanted exactly 2, the depth reached at 10"},
    {"a declared stack where none is needed",
     PM_TEST_TYPES
     ".func main ()\n"
     "    .stack 1\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "found a declared stack of 1, wanted exactly 0"},
    {"arr_new of a record type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    arr_new Point\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "arr_new: found Point, wanted an array type to make"},
    {"arr_new of i64",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    arr_new i64\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "arr_new: found i64, wanted an array type to make"},
    {"arr_new with a string as length",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    arr_new Ints\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "arr_new: found string on the stack, wanted i32 or i64"},
    {"arr_new without a length",
     PM_TEST_TYPES
     ".func main ()\n"
     "    arr_new Ints\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "arr_new: found 0 values on the stack, wanted 1"},
    {"arr_len of a string",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_const \"a\"\n"
     "    arr_len\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "arr_len: found string, wanted an array"},
    {"arr_len of any",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null any\n"
     "    arr_len\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "arr_len: found any, wanted an array; narrow any with cast first"},
    {"arr_len of nothing",
     PM_TEST_TYPES
     ".func main ()\n"
     "    arr_len\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "arr_len: found 0 values on the stack, wanted 1"},
    {"arr_get of bytes",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null bytes\n"
     "    push_i64 1\n"
     "    arr_get\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "arr_get: found bytes, wanted an array"},
    {"arr_get with f64 as index",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    push_f64 1.0\n"
     "    arr_get\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "arr_get: found f64, wanted an i32 or i64 as index or length"},
    {"arr_get without an index",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    arr_get\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "arr_get: found 1 value on the stack, wanted 2"},
    {"arr_set with an element of another type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    arr_set\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "arr_set: element: found f64, wanted i64"},
    {"arr_set of any into an array of strings",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Texts\n"
     "    push_i64 1\n"
     "    push_null any\n"
     "    arr_set\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "arr_set: element: found any, wanted string; narrow any with cast first"},
    {"arr_set with a bool as index",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    push_bool true\n"
     "    push_i64 1\n"
     "    arr_set\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "arr_set: found bool, wanted an i32 or i64 as index or length"},
    {"arr_set without an element",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    push_i64 1\n"
     "    arr_set\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "arr_set: found 2 values on the stack, wanted 3"},
    {"arr_fill with an element of another type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_const \"a\"\n"
     "    arr_fill\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "arr_fill: element: found string, wanted i64"},
    {"arr_fill with f64 as length",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    push_i64 1\n"
     "    arr_fill\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "arr_fill: found f64, wanted an i32 or i64 as index or length"},
    {"arr_fill without all of its operands",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    arr_fill\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "arr_fill: found 3 values on the stack, wanted 4"},
    {"arr_copy between two types",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    push_i64 1\n"
     "    push_null Texts\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    arr_copy\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "arr_copy: second array: found array string, wanted array i64"},
    {"arr_copy from what is no array",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    push_i64 1\n"
     "    push_const \"a\"\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    arr_copy\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "arr_copy: second array: found string, wanted array i64"},
    {"arr_copy without all of its operands",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    push_i64 1\n"
     "    push_null Ints\n"
     "    push_i64 1\n"
     "    arr_copy\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "arr_copy: found 4 values on the stack, wanted 5"},
    {"rec_new of an array type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    rec_new Ints\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "rec_new: found array i64, wanted a record type to make"},
    {"rec_make of a func type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    rec_make Unary\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "rec_make: found func of type 5, wanted a record type to make"},
    {"rec_make without all of its fields",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    rec_make Point\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "rec_make: found 2 values on the stack, wanted 3"},
    {"rec_make with a field of another type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_const \"a\"\n"
     "    rec_make Point\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "rec_make: field 2: found i64, wanted f64"},
    {"rec_make with a number for any",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    push_i64 1\n"
     "    rec_make Point\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "rec_make: field 3: found i64, wanted any"},
    {"get_field of an array",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Ints\n"
     "    get_field 0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "get_field: found array i64, wanted a record"},
    {"get_field of any",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null any\n"
     "    get_field 0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "get_field: found any, wanted a record; narrow any with cast first"},
    {"get_field beyond the fields",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Point\n"
     "    get_field 3\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "get_field: found field 3, but the record has 3 fields"},
    {"get_field beyond all fields",
     PM_TEST_TYPES
     ".func main ()\n"
     "    ret\n"
     "    push_null Point\n"
     "    get_field 255\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "get_field: found field 255, wanted one below 255"},
    {"get_field of nothing",
     PM_TEST_TYPES
     ".func main ()\n"
     "    get_field 0\n"
     "    pop\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "get_field: found 0 values on the stack, wanted 1"},
    {"set_field of another type",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Point\n"
     "    push_f64 1.0\n"
     "    set_field Point.x\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "set_field: field: found f64, wanted i64"},
    {"set_field of a number",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    set_field 0\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-TYPE",
     "set_field: found i64, wanted a record"},
    {"set_field beyond the fields",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_null Point\n"
     "    push_i64 1\n"
     "    set_field 8\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-INDEX",
     "set_field: found field 8, but the record has 3 fields"},
    {"set_field without a record",
     PM_TEST_TYPES
     ".func main ()\n"
     "    push_i64 1\n"
     "    set_field 0\n"
     "    ret\n"
     ".end\n"
     PM_TEST_FUNCTIONS,
     "LINK-STACK",
     "set_field: found 1 value on the stack, wanted 2"},
    {"hostcall of no declaration",
     ".func main ()\n"
     "    hostcall #0\n"
     "    ret\n"
     ".end\n",
     "LINK-INDEX",
     "hostcall: found host call 0, but there is none"},
    {"hostcall beyond the declarations",
     ".host gfx clear 1 (i64)\n"
     ".func main ()\n"
     "    push_i64 1\n"
     "    hostcall gfx.clear\n"
     "    hostcall #1\n"
     "    ret\n"
     ".end\n",
     "LINK-INDEX",
     "hostcall: found host call 1, wanted one below 1"},
    {"hostcall without its argument",
     ".host gfx clear 1 (i64)\n"
     ".func main ()\n"
     "    hostcall gfx.clear\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "hostcall: found 0 values on the stack, wanted 1"},
    {"hostcall with an argument of another type",
     ".host gfx clear 1 (i64)\n"
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    hostcall gfx.clear\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "hostcall: parameter 1: found f64, wanted i64"},
    {"a host call that is declared but never called",
     ".host gfx clear 1 (i64)\n"
     ".func main ()\n"
     "    ret\n"
     ".end\n",
     "LINK-UNUSED",
     "host call 0, 'gfx' 'clear' version 1: declared but never called; remove it"},
    {"a host call that is none",
     ".host nosuch thing 1 (i64)\n"
     ".func main ()\n"
     "    push_i64 1\n"
     "    hostcall #0\n"
     "    ret\n"
     ".end\n",
     "LINK-HOST",
     "host call 0, 'nosuch' 'thing' version 1: there is no such host call"},
    {"a host call with a slip of the pen",
     ".host gfx claer 1 (i64)\n"
     ".func main ()\n"
     "    push_i64 1\n"
     "    hostcall #0\n"
     "    ret\n"
     ".end\n",
     "LINK-HOST",
     "there is no such host call; did you mean gfx clear version 1?"},
    {"a host call in another version",
     ".host gfx clear 7 (i64)\n"
     ".func main ()\n"
     "    push_i64 1\n"
     "    hostcall #0\n"
     "    ret\n"
     ".end\n",
     "LINK-HOST-VERSION",
     "host call 0, 'gfx' 'clear' version 7: there is no such version; wanted 1"},
    {"a host call with a parameter of another type",
     ".host gfx clear 1 (f64)\n"
     ".func main ()\n"
     "    push_f64 1.0\n"
     "    hostcall #0\n"
     "    ret\n"
     ".end\n",
     "LINK-HOST-TYPE",
     "parameter 1 'color': found f64, wanted i64"},
    {"a host call with a parameter too many",
     ".host gfx clear 1 (i64, i64)\n"
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    hostcall #0\n"
     "    ret\n"
     ".end\n",
     "LINK-HOST-TYPE",
     "found 2 parameters, wanted 1"},
    {"a host call with a result that it has not",
     ".host gfx clear 1 (i64) -> i64\n"
     ".func main ()\n"
     "    push_i64 1\n"
     "    hostcall #0\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-HOST-TYPE",
     "found 1 result, wanted 0"},
    {"a host call with a string as number",
     ".host gfx text 1 (i64, i64, i64, i64)\n"
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    hostcall #0\n"
     "    ret\n"
     ".end\n",
     "LINK-HOST-TYPE",
     "parameter 3 'text': found i64, wanted string"},
    {"a host call with a number as flag",
     ".host composer emit_sprite 1 (i64, i64, i64, i64, i64, i64, i64, bool, i64) -> i64\n"
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_i64 1\n"
     "    push_bool true\n"
     "    push_i64 1\n"
     "    hostcall #0\n"
     "    pop_n 1\n"
     "    ret\n"
     ".end\n",
     "LINK-HOST-TYPE",
     "parameter 7 'flip_x': found i64, wanted bool"},
    {"a host call without its result",
     ".host composer emit_sprite 1 (i64, i64, i64, i64, i64, i64, bool, bool, i64)\n"
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
     "    ret\n"
     ".end\n",
     "LINK-HOST-TYPE",
     "found 0 results, wanted 1"},
    {"intrinsic that is none",
     ".func main ()\n"
     "    intrinsic #0x9999\n"
     "    ret\n"
     ".end\n",
     "LINK-INDEX",
     "intrinsic: found intrinsic 0x9999, which is none; the reference lists all"},
    {"intrinsic with an argument of another type",
     ".func main ()\n"
     "    push_i64 1\n"
     "    push_f64 1.0\n"
     "    intrinsic #0x10\n"
     "    pop\n"
     "    ret\n"
     ".end\n",
     "LINK-TYPE",
     "intrinsic: parameter 2: found f64, wanted i64"},
    {"intrinsic without all of its arguments",
     ".func main ()\n"
     "    push_i64 1\n"
     "    intrinsic #0x10\n"
     "    pop\n"
     "    ret\n"
     ".end\n",
     "LINK-STACK",
     "intrinsic: found 1 value on the stack, wanted 2"},
    {"a state domain that is none",
     ".type File = state \"nonsense\"\n"
     ".func main ()\n"
     "    ret\n"
     ".end\n",
     "LINK-DOMAIN",
     "type 0: found state domain 'nonsense', which is none"},
    {"a first function with a parameter",
     ".func main (n: i64)\n"
     "    ret\n"
     ".end\n",
     "LINK-BOOT",
     "function 'main' (0): found 1 parameter and 0 results, wanted none"},
    {"a first function with a result",
     ".func main () -> i64\n"
     "    push_i64 1\n"
     "    ret\n"
     ".end\n",
     "LINK-BOOT",
     "function 'main' (0): found 0 parameters and 1 result, wanted none"},
    {"a first function that is a closure",
     ".func main () closure self ()\n"
     "    ret\n"
     ".end\n",
     "LINK-BOOT",
     "function 'main' (0): found a closure's body, wanted a plain function"},
};
// clang-format on

#endif
