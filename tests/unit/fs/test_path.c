// SPDX-License-Identifier: MIT
#include "fs/path.h"

#include "support/test.h"

#define IS_RIGHT(text) pm_path_is_right((text), sizeof(text) - 1)

TEST(path, usual_paths_are_right)
{
    CHECK(IS_RIGHT("/a"));
    CHECK(IS_RIGHT("/save/a b/c.d"));
    CHECK(IS_RIGHT("/..."));
    CHECK(IS_RIGHT("/.a/b."));
    CHECK(IS_RIGHT("/gr\xc3\xbc\xc3\x9f/\xf0\x9f\x8e\xae"));
    CHECK(IS_RIGHT("/a\xc2\xa0"));
}

TEST(path, what_breaks_a_rule_is_none)
{
    CHECK(!IS_RIGHT(""));
    CHECK(!IS_RIGHT("/"));
    CHECK(!IS_RIGHT("a"));
    CHECK(!IS_RIGHT("a/b"));
    CHECK(!IS_RIGHT("//a"));
    CHECK(!IS_RIGHT("/a//b"));
    CHECK(!IS_RIGHT("/a/"));
    CHECK(!IS_RIGHT("/."));
    CHECK(!IS_RIGHT("/a/../b"));
    CHECK(!IS_RIGHT("/a/./b"));
    CHECK(!IS_RIGHT("/a/.."));
    CHECK(!IS_RIGHT("/a\\b"));
    CHECK(!IS_RIGHT("/a\0b"));
    CHECK(!IS_RIGHT("/\xff"));
    CHECK(!IS_RIGHT("/\xc3"));
    CHECK(!IS_RIGHT("/\xed\xa0\x80"));
    CHECK(!IS_RIGHT("/\xc0\xaf"));
}

TEST(path, control_characters_are_refused_and_their_neighbours_not)
{
    for (unsigned code = 0; code < 0x100; code++) {
        char text[4] = "/";
        size_t size = 2;
        if (code < 0x80) {
            text[1] = (char)code;
        } else {
            text[1] = (char)(0xc0 | code >> 6);
            text[2] = (char)(0x80 | (code & 0x3f));
            size = 3;
        }
        bool is_control = code < 0x20 || (code >= 0x7f && code <= 0x9f);
        bool is_other = code == '/' || code == '\\' || code == '.';
        CHECK_INT(pm_path_is_right(text, size), !is_control && !is_other);
    }
}

TEST(path, lengths_are_exact)
{
    char text[1100];
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < sizeof text; i += 200)
        text[i] = '/';
    CHECK(pm_path_is_right(text, PM_PATH_MAX));
    CHECK(!pm_path_is_right(text, PM_PATH_MAX + 1));
    text[200] = 'a';
    CHECK(pm_path_is_right(text, 1 + PM_NAME_MAX));
    CHECK(!pm_path_is_right(text, 2 + PM_NAME_MAX));
    CHECK(pm_path_is_name(text + 1, PM_NAME_MAX));
    CHECK(!pm_path_is_name(text + 1, PM_NAME_MAX + 1));
    CHECK(!pm_path_is_name(text, 0));
}
