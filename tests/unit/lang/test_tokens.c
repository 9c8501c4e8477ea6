// SPDX-License-Identifier: MIT
#include "support/lang_text.h"
#include "support/test.h"

static struct lang_text text;

static void read_text(const char *source)
{
    struct pm_allocator alloc = pm_allocator_libc();
    lang_text_read(&text, &alloc, source, strlen(source));
    CHECK_INT(text.status, PM_OK);
}

// The kinds of the tokens, but for END, as their names.
static void check_dump(const char *source, const char *wanted)
{
    read_text(source);
    pm_buf_free(&text.out);
    pm_buf_init(&text.out, &text.alloc);
    pm_dump_tokens(&text.parsed, &text.out);
    CHECK_STR(pm_buf_cstr(&text.out), wanted);
    lang_text_free(&text);
}

// The first message, or "" when there is none, and how many there are.
static void check_message(const char *source, const char *wanted)
{
    read_text(source);
    const char *messages = lang_text_messages(&text);
    size_t size = strcspn(messages, "\n");
    if (strlen(wanted) != size || memcmp(messages, wanted, size) != 0 ||
        text.report.count > 1)
        CHECK_STR(messages, wanted);
    else
        CHECK_INT(text.report.errors, *wanted ? 1 : 0);
    lang_text_free(&text);
}

#define IN_CONST(value) "declare const A: int = " value "\n"

TEST(tokens, each_has_a_place_a_kind_and_its_text)
{
    check_dump("fn f\n  // c\n  <= 12 1.5 'a' \"s\"",
               "1:1 KW_FN fn new-line\n1:4 NAME f\n3:3 LE <= new-line\n"
               "3:6 INT 12\n3:9 FLOAT 1.5\n3:13 CHAR 'a'\n"
               "3:17 STRING \"s\"\n3:20 END new-line\n");
}

TEST(tokens, brackets_know_each_other_and_what_they_nest)
{
    check_dump("(a{b}[\nc])",
               "1:1 LPAREN ( new-line matches 2:3\n1:2 NAME a nested\n"
               "1:3 LBRACE { nested matches 1:5\n1:4 NAME b\n"
               "1:5 RBRACE } nested matches 1:3\n"
               "1:6 LBRACKET [ nested matches 2:2\n"
               "2:1 NAME c new-line nested\n"
               "2:2 RBRACKET ] nested matches 1:6\n"
               "2:3 RPAREN ) matches 1:1\n2:4 END new-line\n");
}

TEST(tokens, operators_are_as_long_as_they_can_be)
{
    check_dump(">>>= >>> >>= >> >= > => -> -= <<=",
               "1:1 SHR_U_ASSIGN >>>= new-line\n1:6 SHR_U >>>\n"
               "1:10 SHR_ASSIGN >>=\n1:14 SHR >>\n1:17 GE >=\n1:20 GT >\n"
               "1:22 FAT_ARROW =>\n1:25 ARROW ->\n1:28 SUB_ASSIGN -=\n"
               "1:31 SHL_ASSIGN <<=\n1:34 END new-line\n");
}

TEST(tokens, a_point_without_digits_behind_it_is_no_part_of_a_number)
{
    check_dump("1.f 0..2 2.5e3 1e-2",
               "1:1 INT 1 new-line\n1:2 DOT .\n1:3 NAME f\n1:5 INT 0\n"
               "1:6 DOT .\n1:7 DOT .\n1:8 INT 2\n1:10 FLOAT 2.5e3\n"
               "1:16 FLOAT 1e-2\n1:20 END new-line\n");
}

TEST(tokens, strings_stand_in_strings)
{
    check_dump("\"a {f(\"b {c}\")} d\"",
               "1:1 STRING_BEGIN \"a { new-line matches 1:15\n1:5 NAME f\n"
               "1:6 LPAREN ( matches 1:14\n"
               "1:7 STRING_BEGIN \"b { nested matches 1:12\n1:11 NAME c\n"
               "1:12 STRING_END }\" nested matches 1:7\n"
               "1:14 RPAREN ) matches 1:6\n"
               "1:15 STRING_END } d\" matches 1:1\n1:19 END new-line\n");
}

TEST(tokens, a_colon_begins_a_format_only_right_in_a_strings_braces)
{
    check_dump("\"{x:04}{f(a: 1)}\"",
               "1:1 STRING_BEGIN \"{ new-line matches 1:16\n1:3 NAME x\n"
               "1:4 FORMAT :04\n1:7 STRING_MIDDLE }{\n1:9 NAME f\n"
               "1:10 LPAREN ( matches 1:15\n1:11 NAME a nested\n"
               "1:12 COLON : nested\n1:14 INT 1 nested\n"
               "1:15 RPAREN ) matches 1:10\n"
               "1:16 STRING_END }\" matches 1:1\n1:18 END new-line\n");
}

TEST(tokens, carriage_returns_and_a_byte_order_mark_are_blanks)
{
    check_dump("\xef\xbb\xbf"
               "a\r\nb\r\n",
               "1:4 NAME a new-line\n2:1 NAME b new-line\n"
               "3:1 END new-line\n");
}

TEST(tokens, documentation_stands_right_above)
{
    check_dump("/// d\na /// no\n/// d\n\nb\n//// no\nc\n/// d\n// no\nd",
               "2:1 NAME a new-line documented\n5:1 NAME b new-line\n"
               "7:1 NAME c new-line\n10:1 NAME d new-line\n"
               "10:2 END new-line\n");
}

// Whether one of the tokens of [source] is the word of the language.
static bool has_word(const char *source, const char *word)
{
    bool found = false;

    read_text(source);
    for (uint32_t i = 0; i < text.parsed.token_count; i++)
        found |= strcmp(pm_token_kind_text(
                            (pm_token_kind)text.parsed.tokens[i].kind),
                        word) == 0;
    lang_text_free(&text);
    return found;
}

TEST(tokens, reserved_words_are_those_of_the_table)
{
    static const char *const words[] = {
#define PM_KEYWORD(kind, text) text,
#include "lang/keyword.def"
#undef PM_KEYWORD
    };
    // Words in their place only, and the place.
    static const char *const places[][2] = {
        {"struct", "declare struct"},
        {"service", "declare service"},
        {"contract", "declare contract"},
        {"error", "declare error"},
        {"enum", "declare enum"},
        {"callback", "declare callback"},
        {"global", "declare global"},
        {"from", "i from"},
        {"until", "1 until"},
        {"step", "f() step"},
        {"result", "result<E> int"},
        {"some", "some(x)"},
        {"ok", "ok ->"},
        {"err", "err (e)"},
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(words); i++) {
        char other[16] = "";
        bool is_free = false;
        for (size_t k = 0; k < PM_ARRAY_LEN(places); k++) {
            if (strcmp(places[k][0], words[i]) != 0)
                continue;
            is_free = true;
            CHECK(has_word(places[k][1], words[i]));
        }
        read_text(words[i]);
        CHECK_STR(pm_token_kind_text((pm_token_kind)text.parsed.tokens[0].kind),
                  is_free ? "a name" : words[i]);
        lang_text_free(&text);
        strcat(strcat(other, words[i]), "_");
        read_text(other);
        CHECK_INT(text.parsed.tokens[0].kind, PM_TOKEN_NAME);
        lang_text_free(&text);
    }
}

// --- values ------------------------------------------------------------------

static uint64_t int_of(const char *source, bool *fits)
{
    uint64_t value = 0;
    read_text(source);
    *fits = pm_token_int(&text.parsed, 0, &value);
    lang_text_free(&text);
    return value;
}

TEST(tokens, integers_mean_their_digits)
{
    bool fits;
    CHECK_INT(int_of("1_000", &fits), 1000);
    CHECK_INT(int_of("0xfF_0", &fits), 0xff0);
    CHECK_INT(int_of("0b101", &fits), 5);
    CHECK_INT(int_of("007", &fits), 7);
    CHECK(int_of("9223372036854775808", &fits) == UINT64_C(1) << 63 && fits);
    int_of("9223372036854775809", &fits);
    CHECK(!fits);
    int_of("0xffffffffffffffff0", &fits);
    CHECK(!fits);
}

static double float_of(const char *source)
{
    read_text(source);
    double value = pm_token_float(&text.parsed, 0);
    lang_text_free(&text);
    return value;
}

TEST(tokens, floats_are_the_nearest_doubles)
{
    CHECK(float_of("0.1") == 0.1);
    CHECK(float_of("1_0.2_5") == 10.25);
    CHECK(float_of("2.5e-3") == 2.5e-3);
    CHECK(float_of("1.7976931348623157e308") == 1.7976931348623157e308);
}

static uint32_t char_of(const char *source)
{
    read_text(source);
    uint32_t code = pm_token_char(&text.parsed, 0);
    lang_text_free(&text);
    return code;
}

TEST(tokens, characters_are_code_points)
{
    CHECK_INT(char_of("'A'"), 'A');
    CHECK_INT(char_of("'\\n'"), '\n');
    CHECK_INT(char_of("'\\''"), '\'');
    CHECK_INT(char_of("'\xc3\xa9'"), 0xe9);
    CHECK_INT(char_of("'\\u{1F600}'"), 0x1f600);
}

static void check_string(const char *source, uint32_t token, const char *wanted,
                         size_t wanted_size)
{
    size_t size = 0;
    read_text(source);
    const char *found =
        pm_token_string(&text.parsed, token, &text.arena, &size);
    CHECK_INT(size, wanted_size);
    CHECK(found && memcmp(found, wanted, wanted_size + 1) == 0);
    lang_text_free(&text);
}

TEST(tokens, strings_are_unescaped)
{
    check_string("\"a\\t\\x41\\u{e9}\\0\\\\\"", 0, "a\tA\xc3\xa9\0\\", 7);
    check_string("\"} \\{b\\} {x} c {y}d\"", 0, "} {b} ", 6);
    check_string("\"{x} c {y}d\"", 2, " c ", 3);
    check_string("\"{x} c {y}d\"", 4, "d", 1);
    check_string("\"\"", 0, "", 0);
    // Cut off: all that is there.
    check_string("\"ab", 0, "ab", 2);
}

TEST(tokens, documentation_is_without_its_slashes)
{
    size_t size;
    read_text("fn g() -> void { }\n/// One\n///two \r\n///\n[Init]\n"
              "pub fn f() -> void { }\n");
    const struct pm_ast *file = text.parsed.tree;
    CHECK(
        !pm_ast_documentation(&text.parsed, file->kids[0], &text.arena, &size));
    CHECK_STR(
        pm_ast_documentation(&text.parsed, file->kids[1], &text.arena, &size),
        "One\ntwo\n");
    CHECK_INT(size, 8);
    lang_text_free(&text);
}

// --- what is wrong -----------------------------------------------------------

TEST(tokens, what_is_no_token_is_reported_once)
{
    check_message("fn f() -> void { $$ }",
                  "1:18 PBS0101 found '$$', which no token begins with");
    check_message("# comment of it", "1:1 PBS0101 found '#', which no token "
                                     "begins with");
    check_message("fn f() -> void { g(\xe2\x80\x9chi\xe2\x80\x9d) }",
                  "1:20 PBS0101 found a curly quote");
    check_message("fn f() -> void { let caf\xc3\xa9 = 1 }",
                  "1:22 PBS0101 found 'caf\xc3\xa9'; outside of strings and "
                  "comments stands ASCII only");
    check_message(IN_CONST("1") "// \xff",
                  "2:4 PBS0102 found the byte 0xff, which is not UTF-8 here");
    check_message("/* a\n b */" IN_CONST("1"),
                  "1:1 PBS0130 found /*, but there are no comments of this "
                  "kind");
    check_message(IN_CONST("1") "/* {",
                  "2:1 PBS0130 found /*, but there are no comments of this "
                  "kind");
}

TEST(tokens, what_is_wrong_in_strings_is_reported_once)
{
    check_message(IN_CONST("\"abc"),
                  "1:24 PBS0103 the string does not end on its line");
    check_message(IN_CONST("f(\"abc, 1)"),
                  "1:26 PBS0103 the string does not end on its line");
    check_message(IN_CONST("\"a {f(b"), "1:27 PBS0110 the '{' in this string "
                                        "begins a value, which no '}' ends");
    check_message(IN_CONST("\"a {f(\"b"), "1:27 PBS0110 the '{' in this string "
                                          "begins a value, which no '}' ends");
    check_message(IN_CONST("\"a {b} c"),
                  "1:24 PBS0103 the string does not end on its line");
    check_message(IN_CONST("\"a\\q\""),
                  "1:26 PBS0104 found the escape '\\\\q', which is not known");
    check_message(IN_CONST("\"\\x8\""), "1:25 PBS0104 found the escape "
                                        "'\\\\x8', which is not known");
    check_message(IN_CONST("\"\\u{d800}\""), "1:25 PBS0104 found the escape "
                                             "'\\\\u{d800}', which is not "
                                             "known");
    check_message(IN_CONST("\"a\x01\""),
                  "1:26 PBS0101 found the control character 1 in a string");
    check_message(IN_CONST("\"{1:q}\""),
                  "1:27 PBS0109 found the format ':q', which is not known");
    check_message(IN_CONST("\"{1:.}\""),
                  "1:27 PBS0109 found the format ':.', which is not known");
}

TEST(tokens, characters_and_single_quotes_are_told_apart)
{
    check_message(IN_CONST("''"),
                  "1:24 PBS0105 found no character between the quotes");
    check_message(IN_CONST("'a"),
                  "1:24 PBS0105 found a quote that is not closed");
    check_message(IN_CONST("'abc'"),
                  "1:24 PBS0106 found a string in single quotes");
}

TEST(tokens, numbers_are_well_formed_and_fit)
{
    check_message(IN_CONST("12abc"), "1:24 PBS0107 found '12abc', which is "
                                     "not well formed as a number");
    check_message(IN_CONST("0x"), "1:24 PBS0107 found '0x', which is not well "
                                  "formed as a number");
    check_message(IN_CONST("0b12"), "1:24 PBS0107 found '0b12', which is not "
                                    "well formed as a number");
    check_message(IN_CONST("9223372036854775808"),
                  "1:24 PBS0108 the number is too large for an int");
    check_message(IN_CONST("-9223372036854775808"), "");
    check_message(IN_CONST("0x10000000000000000"),
                  "1:24 PBS0108 the number is too large for an int");
    check_message(IN_CONST("1e999"),
                  "1:24 PBS0108 the number is too large for a float");
    check_message(IN_CONST("1e-999"), "");
}

TEST(tokens, a_number_of_any_length_is_one_message)
{
    static char source[100000];
    strcpy(source, "declare const A: int = ");
    memset(source + strlen(source), '9', 90000);
    check_message(source, "1:24 PBS0107 found "
                          "'9999999999999999999999999999999999999999999999999"
                          "99999999999…', which is not well formed as a "
                          "number");
}

TEST(tokens, nuls_are_bytes_like_others)
{
    struct pm_allocator alloc = pm_allocator_libc();
    static const char source[] = "declare const A: int = 1\0\n// \0\n";
    lang_text_read(&text, &alloc, source, sizeof source - 1);
    CHECK_STR(lang_text_messages(&text),
              "1:25 PBS0101 found '\\x00', which no token begins with\n");
    lang_text_free(&text);
}
