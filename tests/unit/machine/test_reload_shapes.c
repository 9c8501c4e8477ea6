// SPDX-License-Identifier: MIT
//
// Hot reload of types and values of odd shapes: long, deep, endless.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reload_world.h"

#define LOOP                                                                   \
    "loop:\n"                                                                  \
    "    frame_sync\n"                                                         \
    "    jmp loop\n"                                                           \
    ".end\n"

#define CHAIN 5000

// Array types, each of the one before, around a record with [fields].
static char *chain(const char *fields, bool is_reversed)
{
    size_t room = 200 + (size_t)CHAIN * 40;
    char *text = malloc(room);
    size_t at = 0;

    if (!text)
        return NULL;
    for (int i = 0; i < CHAIN; i++) {
        int k = is_reversed ? CHAIN - 1 - i : i;
        if (k == 0)
            at += (size_t)snprintf(text + at, room - at,
                                   ".type T0 = record { %s }\n", fields);
        else
            at += (size_t)snprintf(text + at, room - at,
                                   ".type T%d = array T%d\n", k, k - 1);
    }
    snprintf(text + at, room - at,
             ".global deep: T%d, plain: i64\n"
             ".func main ()\n"
             "    push_i64 2\n"
             "    arr_new T%d\n"
             "    set_global deep\n" LOOP,
             CHAIN - 1, CHAIN - 1);
    return text;
}

TEST(reload_shapes, types_of_any_depth_are_compared)
{
    char *first = chain("x: i64", false);
    char *same = chain("x: i64", true);
    char *other = chain("x: i64, y: i64", true);
    struct reload_world w;
    REQUIRE(first && same && other && rw_enter(&w, NULL, first));

    rw_run(&w, 1);
    CHECK_INT(rw_reload(&w, same), PM_OK);
    CHECK_STR(w.report, "");
    CHECK_INT(w.reload.kept, 2);
    rw_check_whole(&w, &w.carts[1]);
    CHECK_INT(rw_reload(&w, other), PM_OK);
    CHECK_STR(w.report, "warning RELOAD-GLOBAL: global 'deep' starts anew: "
                        "field 'y' of T0 is new\n");
    rw_leave(&w);
    free(first);
    free(same);
    free(other);
}

// A list as long as the memory allows, and a tree of arrays.
TEST(reload_shapes, values_of_any_length_are_copied)
{
    static const char first[] = ".type Node = record { next: Node, at: i64 }\n"
                                ".global list: Node, n: i64\n"
                                ".func main ()\n"
                                "    .local node: Node\n"
                                "again:\n"
                                "    rec_new Node\n"
                                "    set_local node\n"
                                "    get_local node\n"
                                "    get_global list\n"
                                "    set_field Node.next\n"
                                "    get_local node\n"
                                "    get_global n\n"
                                "    set_field Node.at\n"
                                "    get_local node\n"
                                "    set_global list\n"
                                "    get_global n\n"
                                "    push_i64 1\n"
                                "    add\n"
                                "    set_global n\n"
                                "    get_global n\n"
                                "    push_i64 20000\n"
                                "    lt\n"
                                "    jmp_if_true again\n" LOOP;
    static const char second[] = ".type Node = record { next: Node, at: i64 }\n"
                                 ".global n: i64, list: Node\n"
                                 ".func main ()\n" LOOP;
    struct reload_world w;
    REQUIRE(rw_enter(&w, NULL, first));

    rw_run(&w, 1);
    REQUIRE(rw_reload(&w, second) == PM_OK);
    struct pm_object *node = rw_object(&w, "list");
    int64_t at = 20000;
    while (at && pm_object_slots(node)[1] == (uint64_t)--at)
        if (at)
            node = rw_slot(&w, node, 0);
    CHECK_INT(at, 0);
    CHECK_INT(pm_object_slots(node)[0], 0);
    rw_check_whole(&w, &w.carts[1]);
    rw_leave(&w);
}

TEST(reload_shapes, a_type_that_is_only_itself_is_equal_to_nothing)
{
    static const char first[] = ".type Self = array Self\n"
                                ".type Take = func (Take) -> ()\n"
                                ".type Holder = record { self: Self }\n"
                                ".global a: Self, f: Take, n: i64, h: Holder\n"
                                ".func main ()\n" LOOP;
    static const char second[] = ".type Self = array Self\n"
                                 ".type Take = func (Take) -> ()\n"
                                 ".type Holder = record { self: Self }\n"
                                 ".global a: Self, f: Take, n: i64, h: Holder\n"
                                 ".func main ()\n"
                                 "    nop\n" LOOP;
    struct reload_world w;
    REQUIRE(rw_enter(&w, NULL, first));

    CHECK_INT(rw_reload(&w, second), PM_OK);
    CHECK_INT(w.reload.kept, 1);
    CHECK_INT(w.reload.anew, 3);
    rw_leave(&w);
}

// Functions with the same parts, but another split into parameters and
// results, are others.
TEST(reload_shapes, functions_are_compared_by_parameters_and_results)
{
    static const char first[] =
        ".global f: func (i64, f64) -> (), g: func (i64) -> (f64)\n"
        ".global h: func (func (i64) -> (f64)) -> ()\n"
        ".func main ()\n" LOOP;
    static const char second[] =
        ".global h: func (func (i64) -> (f64)) -> ()\n"
        ".global f: func (i64) -> (f64), g: func (i64) -> (f64)\n"
        ".func main ()\n" LOOP;
    struct reload_world w;
    REQUIRE(rw_enter(&w, NULL, first));

    CHECK_INT(rw_reload(&w, second), PM_OK);
    CHECK_STR(w.report, "warning RELOAD-GLOBAL: global 'f' starts anew: it was "
                        "func (i64, f64) -> () and is func (i64) -> (f64)\n");
    rw_leave(&w);
}

// Many names that start anew: the line lists some, the report all.
TEST(reload_shapes, the_line_is_no_longer_than_it_can_be_read)
{
    char text[2000];
    char other[2000];
    struct reload_world w;
    size_t at = 0;
    size_t there = 0;

    for (int i = 0; i < 20; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at,
                               ".global g%d: i64\n", i);
        there += (size_t)snprintf(other + there, sizeof other - there,
                                  ".global g%d: f64\n", i);
    }
    snprintf(text + at, sizeof text - at, ".func main ()\n" LOOP);
    snprintf(other + there, sizeof other - there, ".func main ()\n" LOOP);
    REQUIRE(rw_enter(&w, NULL, text));
    CHECK_INT(rw_reload(&w, other), PM_OK);
    CHECK_INT(w.reload.anew, 20);
    CHECK(strstr(w.reload.text, "kept 0 globals, 20 start anew: g0 (") != NULL);
    CHECK(strstr(w.reload.text, "g7 (it was i64 and is f64) and 12 more") !=
          NULL);
    CHECK(strstr(w.report, "'g19'") != NULL);
    rw_leave(&w);
}

// A reload that only starts, over and over: nothing grows.
TEST(reload_shapes, a_hundred_reloads_leave_the_heap_as_it_was)
{
    static const char text[] = ".type Random = state \"random\"\n"
                               ".host random = \"random\" \"open\" 1 (i64) -> "
                               "(i64, Random)\n"
                               ".global s: Random, b: bytes, n: i64\n"
                               ".func main ()\n"
                               "    push_i64 1\n"
                               "    hostcall random\n"
                               "    set_global s\n"
                               "    pop\n"
                               "    push_i64 5000\n"
                               "    bytes_new\n"
                               "    set_global b\n" LOOP;
    struct reload_world w;
    char other[sizeof text + 40];
    struct pm_telemetry one;
    struct pm_telemetry last;
    snprintf(other, sizeof other, "%s.func more ()\n    ret\n.end\n", text);
    REQUIRE(rw_enter(&w, NULL, text));
    REQUIRE(rw_make(&w, other) != NULL);

    rw_run(&w, 1);
    CHECK_INT(rw_load(&w, &w.carts[1]), PM_OK);
    pm_machine_telemetry(w.machine, &one);
    for (int i = 0; i < 100; i++) {
        CHECK_INT(rw_load(&w, &w.carts[i % 2]), PM_OK);
        rw_run(&w, 1);
    }
    pm_machine_telemetry(w.machine, &last);
    CHECK(last.heap_used <= one.heap_used);
    CHECK_INT(last.leaks, 0);
    CHECK_INT(rw_object(&w, "b")->length, 5000);
    rw_leave(&w);
}
