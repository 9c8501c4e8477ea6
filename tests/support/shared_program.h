// SPDX-License-Identifier: MIT
//
// What many of the linker's test programs begin and end with.

#ifndef PM_TEST_SHARED_PROGRAM_H
#define PM_TEST_SHARED_PROGRAM_H

// clang-format off
#define PM_TEST_TYPES \
    ".type Point = record { x: i64, y: f64, next: any }\n" \
    ".type Ints = array i64\n" \
    ".type Texts = array string\n" \
    ".type Anys = array any\n" \
    ".type Thunk = func ()\n" \
    ".type Unary = func (i64) -> i64\n" \
    ".global score: i64\n" \
    ".global thing: any\n"
#define PM_TEST_FUNCTIONS \
    ".func twice (v: i64) -> i64\n" \
    "    get_local v\n" \
    "    get_local v\n" \
    "    add\n" \
    "    ret\n" \
    ".end\n" \
    ".func idle ()\n" \
    "    ret\n" \
    ".end\n" \
    ".func body (v: i64) -> i64 closure self (base: i64, name: any)\n" \
    "    get_capture base\n" \
    "    get_local v\n" \
    "    add\n" \
    "    ret\n" \
    ".end\n" \
    ".func quiet () closure self ()\n" \
    "    ret\n" \
    ".end\n"
// clang-format on

#endif
