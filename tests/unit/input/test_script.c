// SPDX-License-Identifier: MIT
#include "input/script.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/fault_alloc.h"
#include "support/test.h"

#define BIT(button) (1 << PM_BUTTON_##button)

// Parses text that must be right.
static struct pm_input_script *parse(const char *text)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_input_script *script = NULL;
    struct pm_diags diags;
    pm_diags_init(&diags, &alloc);
    CHECK(pm_input_script_parse(&alloc, "t.input", text, strlen(text), &diags,
                                &script) == PM_OK);
    pm_diags_free(&diags);
    return script;
}

// Checks the diagnostics of text that must be wrong.
static void check_errors(const char *text, const char *wanted)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_input_script *script = NULL;
    struct pm_diags diags;
    struct pm_buf out;
    pm_diags_init(&diags, &alloc);
    pm_buf_init(&out, &alloc);
    CHECK(pm_input_script_parse(&alloc, "t.input", text, strlen(text), &diags,
                                &script) == PM_ERR_INVALID);
    pm_diags_print(&diags, &out);
    CHECK_STR(pm_buf_cstr(&out), wanted);
    pm_buf_free(&out);
    pm_diags_free(&diags);
}

// Checks the first pad's bits over frames, a number each.
static void check_pad(const char *text, unsigned pad, const int *wanted,
                      size_t count)
{
    struct pm_input_script *script = parse(text);
    struct pm_input_player player;
    REQUIRE(script);
    pm_input_player_start(&player, script);
    for (size_t i = 0; i < count; i++) {
        struct pm_frame_input in;
        pm_input_player_next(&player, &in);
        CHECK_INT(in.pad[pad], wanted[i]);
    }
    pm_input_script_destroy(script);
}

#define CHECK_PAD(text, pad, ...)                                              \
    check_pad(text, pad, (const int[]){__VA_ARGS__},                           \
              sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

TEST(script, single_frames_set_until_the_next)
{
    CHECK_PAD("1: right\n3: right a\n4: -\n", 0, 0, BIT(RIGHT), BIT(RIGHT),
              BIT(RIGHT) | BIT(A), 0, 0);
}

TEST(script, ranges_add_to_what_is_set_and_to_each_other)
{
    CHECK_PAD("0: right\n1-4: a\n2-3: a b\n3: left\n5-5: x", 0, BIT(RIGHT),
              BIT(RIGHT) | BIT(A), BIT(RIGHT) | BIT(A) | BIT(B),
              BIT(LEFT) | BIT(A) | BIT(B), BIT(LEFT) | BIT(A),
              BIT(LEFT) | BIT(X), BIT(LEFT), BIT(LEFT));
}

TEST(script, each_pad_is_set_by_lines_that_name_it)
{
    const char *text = "0: a pad 2 b pad 4 l r\n1: pad 2 -\n2: -\n";
    CHECK_PAD(text, 0, BIT(A), BIT(A), 0);
    CHECK_PAD(text, 1, BIT(B), 0, 0);
    CHECK_PAD(text, 2, 0, 0, 0);
    CHECK_PAD(text, 3, BIT(L) | BIT(R), BIT(L) | BIT(R), BIT(L) | BIT(R));
}

TEST(script, the_pointer_moves_touches_and_goes)
{
    struct pm_input_script *script =
        parse("0: down touch 10 20 down\n1: touch 11 20 up\n"
              "2-3: touch 5 6 down\n5: touch off");
    static const int wanted[][5] = {
        {10, 20, 1, 1, BIT(DOWN)}, {11, 20, 1, 0, BIT(UP)},
        {5, 6, 1, 1, BIT(UP)},     {5, 6, 1, 1, BIT(UP)},
        {11, 20, 1, 0, BIT(UP)},   {0, 0, 0, 0, BIT(UP)},
    };
    struct pm_input_player player;
    REQUIRE(script);
    CHECK_INT(pm_input_script_length(script), 6);
    pm_input_player_start(&player, script);
    for (int i = 0; i < 6; i++) {
        struct pm_frame_input in;
        pm_input_player_next(&player, &in);
        CHECK_INT(in.touch_x, wanted[i][0]);
        CHECK_INT(in.touch_y, wanted[i][1]);
        CHECK_INT(in.touch_present, wanted[i][2]);
        CHECK_INT(in.touch_down, wanted[i][3]);
        CHECK_INT(in.pad[0], wanted[i][4]);
    }
    pm_input_script_destroy(script);
}

TEST(script, blanks_comments_and_foreign_line_ends_are_fine)
{
    CHECK_PAD("\xef\xbb\xbf# \xff\n\r\n  \t0 :  a\t# b\r\n 1 - 2 : b\r\n#", 0,
              BIT(A), BIT(A) | BIT(B), BIT(A) | BIT(B), BIT(A));
    CHECK_PAD("", 0, 0, 0);
}

TEST(script, frames_up_to_the_last_number_are_fine)
{
    struct pm_input_script *script =
        parse("999999999: a\n999999999-999999999: b");
    REQUIRE(script);
    CHECK_INT(pm_input_script_length(script), 1000000000);
    pm_input_script_destroy(script);
    pm_input_script_destroy(NULL);
}

TEST(script, all_errors_are_told_with_their_places)
{
    check_errors(
        "hello\n"
        "  5: jump a \x1b[2J\n"
        "4: - a\n"
        "9-3: a\n"
        "1000000000: a\n"
        "9: touch 320 1\n"
        "9: touch 1\n"
        "9: pad 5 a\n"
        "9:\n"
        "9-10: -\n"
        "9-12: touch 1 1\n"
        "12-13: touch 1 1\n",
        "t.input:1:1: error INPUT-LINE: found 'hello' without a colon; wanted "
        "'FRAME: buttons', such as '30: right a'\n"
        "t.input:2:6: error INPUT-WORD: unknown word 'jump'; wanted up, down, "
        "left, right, a, b, x, y, l, r, start, select, '-', 'pad N' or 'touch "
        "X Y'\n"
        "t.input:2:13: error INPUT-WORD: unknown word '\\x1b[2J'; wanted up, "
        "down, left, right, a, b, x, y, l, r, start, select, '-', 'pad N' or "
        "'touch X Y'\n"
        "t.input:3:1: error INPUT-ORDER: this frame is before that of the "
        "line above; lines must be in the order of their first frames\n"
        "t.input:3:1: error INPUT-WORD: '-' means no button, and there are "
        "buttons beside it\n"
        "t.input:4:3: error INPUT-FRAME: the last frame '3' is before the "
        "first\n"
        "t.input:5:1: error INPUT-FRAME: found '1000000000' where the number "
        "of a frame (0 to 999999999) is due\n"
        "t.input:6:10: error INPUT-TOUCH: found '320' where x of the touch (0 "
        "to 319) or 'off' is due\n"
        "t.input:6:14: error INPUT-WORD: unknown word '1'; wanted up, down, "
        "left, right, a, b, x, y, l, r, start, select, '-', 'pad N' or 'touch "
        "X Y'\n"
        "t.input:7:11: error INPUT-TOUCH: found '' where y of the touch (0 to "
        "179) is due\n"
        "t.input:8:8: error INPUT-PAD: found '5' where the number of a pad (1 "
        "to 4) is due\n"
        "t.input:9:3: error INPUT-LINE: nothing behind the colon; wanted "
        "buttons, or '-' for none\n"
        "t.input:10:1: error INPUT-WORD: a range of frames adds buttons, and "
        "here are none\n"
        "t.input:12:1: error INPUT-TOUCH: an earlier range has the pointer in "
        "these frames; there is only one\n");
}

TEST(script, too_large_a_text_is_refused_before_it_is_read)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_input_script *script;
    struct pm_diags diags;
    pm_diags_init(&diags, &alloc);
    CHECK(pm_input_script_parse(&alloc, "t", "", PM_INPUT_SCRIPT_MAX + 1,
                                &diags, &script) == PM_ERR_LIMIT);
    CHECK_INT(diags.errors, 1);
    pm_diags_free(&diags);
}

static int parse_with(const struct pm_allocator *alloc, void *context)
{
    const char *text = context;
    struct pm_input_script *script = NULL;
    struct pm_diags diags;
    pm_diags_init(&diags, alloc);
    pm_status status = pm_input_script_parse(alloc, "t.input", text,
                                             strlen(text), &diags, &script);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY);
    CHECK((script != NULL) == (status == PM_OK));
    pm_input_script_destroy(script);
    pm_diags_free(&diags);
    return status == PM_OK;
}

TEST(script, short_memory_is_a_status)
{
    char text[] = "0: a\n1-5: b\n2-3: x\n3: pad 2 y\n4: touch 1 1\n5-9: l\n"
                  "6-7: r\n8-9: up\n9-99: down\n9: left\n9-10: right\n";
    CHECK(pm_fault_alloc_each(parse_with, text, 0) >= 4);
}

// A sort that minds the order of equal ones, over many lines.
TEST(script, thousands_of_overlapping_ranges_play_as_each_alone)
{
    enum { LINES = 3000 };
    char *text = malloc(LINES * 40);
    uint16_t *wanted = calloc(LINES * 2, sizeof *wanted);
    size_t size = 0;
    for (int i = 0; i < LINES; i++) {
        int length = i * 7919 % 50;
        int button = i * 31 % PM_BUTTONS;
        size += (size_t)sprintf(text + size, "%d-%d: %s\n", i / 2,
                                i / 2 + length, pm_button_name(button));
        for (int f = i / 2; f <= i / 2 + length; f++)
            wanted[f] |= (uint16_t)(1 << button);
    }
    struct pm_input_script *script = parse(text);
    struct pm_input_player player;
    pm_input_player_start(&player, script);
    for (int i = 0; i < LINES; i++) {
        struct pm_frame_input in;
        pm_input_player_next(&player, &in);
        CHECK_INT(in.pad[0], wanted[i]);
    }
    pm_input_script_destroy(script);
    free(wanted);
    free(text);
}

// The example of docs/spec/input.md is a script.
TEST(script, the_example_in_the_documentation_is_right)
{
    FILE *file = fopen(PM_SOURCE_DIR "/docs/spec/input.md", "rb");
    static char text[20000];
    REQUIRE(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    char *start = strstr(text, "```\n");
    REQUIRE(start);
    char *end = strstr(start + 4, "```");
    REQUIRE(end);
    *end = 0;
    struct pm_input_script *script = parse(start + 4);
    REQUIRE(script);
    CHECK_INT(pm_input_script_length(script), 141);
    pm_input_script_destroy(script);
}
