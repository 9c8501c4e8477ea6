// SPDX-License-Identifier: MIT
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json_write.h"

#include "support/fault_alloc.h"
#include "support/test.h"

// Reads [text] and gives the code of the failure, or NULL.
static const char *fault_of(const void *text, size_t size, uint32_t *offset)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_json json;
    pm_json_open(&json, text, size, &alloc);
    pm_json_skip(&json, NULL, NULL);
    pm_json_finish(&json);
    if (offset)
        *offset = json.problem_offset;
    const char *code = json.code;
    pm_json_close(&json);
    return code;
}

struct wrong {
    const char *text;
    const char *code;
    uint32_t offset;
};

// A row for each rule of the grammar and for each of ours.
static const struct wrong wrongs[] = {
    {"", "JSON-SYNTAX", 0},
    {"  ", "JSON-SYNTAX", 2},
    {"\xef\xbb\xbf{}", "JSON-BOM", 0},
    {"{", "JSON-SYNTAX", 1},
    {"[", "JSON-SYNTAX", 1},
    {"[1", "JSON-SYNTAX", 2},
    {"[1,", "JSON-SYNTAX", 3},
    {"[1,]", "JSON-SYNTAX", 3},
    {"[,1]", "JSON-SYNTAX", 1},
    {"[1 2]", "JSON-SYNTAX", 3},
    {"[1}", "JSON-SYNTAX", 2},
    {"{\"a\":1]", "JSON-SYNTAX", 6},
    {"{\"a\"}", "JSON-SYNTAX", 4},
    {"{\"a\" 1}", "JSON-SYNTAX", 5},
    {"{\"a\":}", "JSON-SYNTAX", 5},
    {"{\"a\":1,}", "JSON-SYNTAX", 7},
    {"{,}", "JSON-SYNTAX", 1},
    {"{a:1}", "JSON-SYNTAX", 1},
    {"{'a':1}", "JSON-SYNTAX", 1},
    {"{1:1}", "JSON-SYNTAX", 1},
    {"{\"a\":1 \"b\":2}", "JSON-SYNTAX", 7},
    {"{\"a\"", "JSON-SYNTAX", 4},
    {"{\"a\":", "JSON-SYNTAX", 5},
    {"tru", "JSON-SYNTAX", 0},
    {"True", "JSON-SYNTAX", 0},
    {"nulL", "JSON-SYNTAX", 0},
    {"falsy", "JSON-SYNTAX", 0},
    {"NaN", "JSON-SYNTAX", 0},
    {"Infinity", "JSON-SYNTAX", 0},
    {"// no comments\n1", "JSON-SYNTAX", 0},
    {"/* no */ 1", "JSON-SYNTAX", 0},
    {"\v1", "JSON-SYNTAX", 0},
    {"\xc2\xa0"
     "1",
     "JSON-SYNTAX", 0},
    {"1 2", "JSON-TRAILING", 2},
    {"{} x", "JSON-TRAILING", 3},
    {"{}}", "JSON-TRAILING", 2},
    {"truer", "JSON-TRAILING", 4},
    {"01", "JSON-NUMBER", 0},
    {"-01", "JSON-NUMBER", 0},
    {"-", "JSON-NUMBER", 0},
    {"-x", "JSON-NUMBER", 0},
    {"+1", "JSON-SYNTAX", 0},
    {".5", "JSON-SYNTAX", 0},
    {"1.", "JSON-NUMBER", 2},
    {"1.e5", "JSON-NUMBER", 2},
    {"1e", "JSON-NUMBER", 2},
    {"1e+", "JSON-NUMBER", 3},
    {"1.5e-", "JSON-NUMBER", 5},
    {"0x10", "JSON-TRAILING", 1},
    {"\"abc", "JSON-STRING", 0},
    {"\"abc\\\"", "JSON-STRING", 0},
    {"\"a\nb\"", "JSON-STRING", 2},
    {"\"a\tb\"", "JSON-STRING", 2},
    {"\"long enough \x01 b\"", "JSON-STRING", 13},
    {"\"\x1f\"", "JSON-STRING", 1},
    {"\"\\x\"", "JSON-STRING", 1},
    {"\"\\", "JSON-STRING", 1},
    {"\"\\u12\"", "JSON-STRING", 1},
    {"\"\\u12g4\"", "JSON-STRING", 1},
    {"\"\\ud800\"", "JSON-STRING", 1},
    {"\"\\ud800\\u0041\"", "JSON-STRING", 1},
    {"\"\\ud800\\ud800\"", "JSON-STRING", 1},
    {"\"\\udc00\"", "JSON-STRING", 1},
    {"\"\\ud800x\"", "JSON-STRING", 1},
    {"\"\xff\"", "JSON-UTF8", 1},
    {"\"\xc0\x80\"", "JSON-UTF8", 1},
    {"\"\xed\xa0\x80\"", "JSON-UTF8", 1},
    {"\"\xf4\x90\x80\x80\"", "JSON-UTF8", 1},
    {"\"plain text, then \xc3\"", "JSON-UTF8", 18},
    {"\"\x80\"", "JSON-UTF8", 1},
    {"{\"a\":1,\"a\":2}", "JSON-DUPLICATE", 7},
    {"{\"a\":1,\"\\u0061\":2}", "JSON-DUPLICATE", 7},
    {"{\"\\u0061\":1,\"a\":2}", "JSON-DUPLICATE", 12},
    {"{\"b\":1,\"a\":2,\"b\":3}", "JSON-DUPLICATE", 13},
    {"{\"\":1,\"\":2}", "JSON-DUPLICATE", 6},
    {"[{\"x\":{\"k\":1,\"k\":1}}]", "JSON-DUPLICATE", 13},
    {"{\"/\":1,\"\\/\":2}", "JSON-DUPLICATE", 7},
    {"{\"\xc3\xa9\":1,\"\\u00e9\":2}", "JSON-DUPLICATE", 8},
    {"{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude00\":2}", "JSON-DUPLICATE", 10},
    {"{\"longer than a word\":1,\"longer than a word\":2}", "JSON-DUPLICATE",
     24},
    {"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "JSON-DEPTH", 16},
    {"[[[[[[[[[[[[[[[[{}]]]]]]]]]]]]]]]]", "JSON-DEPTH", 16},
};

TEST(json, refuses_what_breaks_a_rule_and_says_where)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(wrongs); i++) {
        const struct wrong *w = &wrongs[i];
        uint32_t offset = 0;
        const char *code = fault_of(w->text, strlen(w->text), &offset);
        if (!CHECK_STR(code, w->code) || !CHECK_INT(offset, w->offset))
            fprintf(stderr, "  in: %s\n", w->text);
    }
}

static const char *const rights[] = {
    "0",
    "-1",
    " 1 ",
    "1.5",
    "-0",
    "1e9",
    "1E+9",
    "123.456e-7",
    "\"\"",
    "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uD83D\\uDE00\"",
    "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"",
    "\"\x7f\"",
    "[]",
    "{}",
    "[ ]",
    "{ }",
    "[1,2 , 3]",
    "{\"a\":{\"a\":{\"a\":1}},\"b\":[]}",
    "true",
    "false",
    "null",
    "\t\r\n[true,false,null]\n",
    "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]",
    "{\"ab\":1,\"abc\":2,\"a\":3,\"\":4,\"b\":5}",
    "{\"\\u0061\":1,\"b\":2,\"A\":3}",
    "{\"a!\":1,\"a\":2,\"a \":3}",
    "{\"\xc3\xa9\":1,\"\\u00c3\":2,\"\\u00e9x\":3}",
    "[{\"k\":1},{\"k\":1}]",
};

TEST(json, accepts_all_that_rfc_8259_calls_json)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(rights); i++) {
        uint32_t offset = 0;
        const char *code = fault_of(rights[i], strlen(rights[i]), &offset);
        if (!CHECK(!code))
            fprintf(stderr, "  %s at %u in: %s\n", code, offset, rights[i]);
    }
}

TEST(json, refuses_every_proper_prefix_of_an_object)
{
    static const char text[] =
        "{\"a\":[1,-2.5e3,\"x\\u00e9\\ud83d\\ude00\",true,{\"b\":null}]}";
    for (size_t size = 0; size < sizeof text - 1; size++) {
        // A copy of its exact size, so that reading on would be seen.
        char *copy = malloc(size ? size : 1);
        memcpy(copy, text, size);
        CHECK(fault_of(copy, size, NULL) != NULL);
        free(copy);
    }
    CHECK(!fault_of(text, sizeof text - 1, NULL));
}

static enum pm_json_kind number_of(const char *text, int64_t *number)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_json json;
    struct pm_json_value value = {0};
    pm_json_open(&json, text, strlen(text), &alloc);
    enum pm_json_kind kind = pm_json_value(&json, &value);
    CHECK_INT(pm_json_finish(&json), PM_OK);
    pm_json_close(&json);
    *number = value.number;
    return kind;
}

TEST(json, integers_are_exact_to_the_last_of_64_bits)
{
    int64_t n;
    CHECK_INT(number_of("9223372036854775807", &n), PM_JSON_INT);
    CHECK_INT(n, INT64_MAX);
    CHECK_INT(number_of("-9223372036854775808", &n), PM_JSON_INT);
    CHECK_INT(n, INT64_MIN);
    CHECK_INT(number_of("9007199254740993", &n), PM_JSON_INT);
    CHECK_INT(n, 9007199254740993);
    CHECK_INT(number_of("9223372036854775808", &n), PM_JSON_OTHER);
    CHECK_INT(number_of("-9223372036854775809", &n), PM_JSON_OTHER);
    CHECK_INT(number_of("9999999999999999999", &n), PM_JSON_OTHER);
    CHECK_INT(number_of("12345678901234567890123", &n), PM_JSON_OTHER);
    CHECK_INT(number_of("-0", &n), PM_JSON_OTHER);
    CHECK_INT(number_of("1.0", &n), PM_JSON_OTHER);
    CHECK_INT(number_of("1e2", &n), PM_JSON_OTHER);
}

// An object of [count] keys in an order that is not sorted, the last one
// equal to the first when [twice].
static size_t big_object(char *out, size_t count, bool twice)
{
    size_t size = 0;
    out[size++] = '{';
    for (size_t i = 0; i < count; i++) {
        size_t key = twice && i == count - 1 ? 0 : i;
        const char *form = key % 3 ? "\"k%zu\":0," : "\"\\u006b%zu\":0,";
        size += (size_t)sprintf(out + size, form, key * 7919 % 1000003);
    }
    out[size - 1] = '}';
    return size;
}

TEST(json, finds_the_one_duplicate_among_many_unsorted_keys)
{
    static char text[4 << 20];
    static const size_t counts[] = {2,   16,  17,   48,   49,    127,
                                    128, 129, 1000, 5000, 150000};
    for (size_t i = 0; i < PM_ARRAY_LEN(counts); i++) {
        size_t size = big_object(text, counts[i], false);
        CHECK(!fault_of(text, size, NULL));
        size = big_object(text, counts[i], true);
        CHECK_STR(fault_of(text, size, NULL), "JSON-DUPLICATE");
    }
}

TEST(json, keeps_the_keys_of_outer_objects_while_inner_ones_come_and_go)
{
    static char text[1 << 20];
    size_t size = 0;
    text[size++] = '{';
    for (int i = 400; i > 0; i--)
        size +=
            (size_t)sprintf(text + size, "\"o%d\":{\"b\":1,\"a\":[{}]},", i);
    memcpy(text + size, "\"o7\":0}", 7);
    CHECK_STR(fault_of(text, size + 7, NULL), "JSON-DUPLICATE");
    memcpy(text + size, "\"x7\":0}", 7);
    CHECK(!fault_of(text, size + 7, NULL));
}

TEST(json, remembers_keys_in_less_memory_than_the_text_takes)
{
    static char text[4 << 20];
    struct pm_fault_alloc state = {0};
    struct pm_allocator alloc = pm_fault_alloc(&state);
    struct pm_json json;
    size_t size = big_object(text, 100000, false);
    pm_json_open(&json, text, size, &alloc);
    pm_json_skip(&json, NULL, NULL);
    CHECK_INT(pm_json_finish(&json), PM_OK);
    pm_json_close(&json);
    CHECK_INT(state.calls, 1);
    CHECK(state.peak_bytes < size);
    CHECK_INT(state.live_blocks, 0);
}

TEST(json, pulls_values_in_the_order_of_the_text)
{
    static const char text[] =
        "{\"id\":7,\"\\u006eame\":\"a\\nb\",\"list\":[1,[2],3],\"z\":{}}";
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_json json;
    struct pm_json_value v;
    struct pm_json_str key;
    char name[8] = {0};
    uint32_t end;

    pm_json_open(&json, text, sizeof text - 1, &alloc);
    CHECK_INT(pm_json_value(&json, &v), PM_JSON_OBJECT);
    CHECK(pm_json_next(&json, &key) && pm_json_str_is(&json, &key, "id"));
    CHECK_INT(pm_json_value(&json, &v), PM_JSON_INT);
    CHECK_INT(v.number, 7);
    CHECK_INT(v.offset, 6);
    CHECK(pm_json_next(&json, &key) && pm_json_str_is(&json, &key, "name"));
    CHECK(!pm_json_str_is(&json, &key, "nam"));
    CHECK(!pm_json_str_is(&json, &key, "names"));
    CHECK_INT(pm_json_value(&json, &v), PM_JSON_STRING);
    CHECK_INT(pm_json_str_decode(&json, &v.str, name, sizeof name), 3);
    CHECK_STR(name, "a\nb");
    CHECK(pm_json_next(&json, &key));
    CHECK_INT(pm_json_skip(&json, &v, &end), PM_JSON_ARRAY);
    CHECK_INT(end - v.offset, 9);
    CHECK(pm_json_next(&json, &key));
    CHECK_INT(pm_json_value(&json, &v), PM_JSON_OBJECT);
    CHECK(!pm_json_next(&json, &key));
    CHECK(!pm_json_next(&json, &key));
    CHECK_INT(pm_json_finish(&json), PM_OK);
    pm_json_close(&json);
}

TEST(json, a_fault_is_reported_with_line_and_column)
{
    static const char text[] = "{\n  \"a\": 1,\n  \"\x1b[2Ja\": x\n}\n";
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_json_doc doc;
    struct pm_buf out;
    pm_diags_init(&diags, &alloc);
    pm_buf_init(&out, &alloc);
    CHECK_INT(
        pm_json_parse(text, sizeof text - 1, "m.json", &alloc, &diags, &doc),
        PM_ERR_INVALID);
    pm_diags_print(&diags, &out);
    CHECK_STR(pm_buf_cstr(&out),
              "m.json:3:4: error JSON-STRING: a string holds a control "
              "character; write it as \\n, \\t or \\u00XX (byte 15)\n");
    pm_buf_free(&out);
    pm_diags_free(&diags);
}

TEST(json, a_document_keeps_order_keys_and_strings)
{
    static const char text[] =
        "{\"a\":[10,{\"x\":\"\\u0000y\"},[]],\"\\u0062\":true,\"c\":\"\"}";
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_json_doc doc;
    pm_diags_init(&diags, &alloc);
    REQUIRE(pm_json_parse(text, sizeof text - 1, NULL, &alloc, &diags, &doc) ==
            PM_OK);
    const struct pm_json_node *root = doc.nodes;
    CHECK_INT(root->children, 3);
    const struct pm_json_node *a = pm_json_get(&doc, root, "a");
    REQUIRE(a != NULL);
    CHECK_INT(a->children, 3);
    const struct pm_json_node *ten = pm_json_first(&doc, a);
    CHECK_INT(ten->number, 10);
    const struct pm_json_node *x =
        pm_json_get(&doc, pm_json_after(&doc, ten), "x");
    REQUIRE(x != NULL);
    CHECK_INT(x->size, 2);
    CHECK(memcmp(x->text, "\0y", 3) == 0);
    const struct pm_json_node *b = pm_json_get(&doc, root, "b");
    CHECK(b && b->kind == PM_JSON_TRUE && b->key_offset == 30);
    CHECK(!pm_json_get(&doc, root, "d"));
    CHECK(!pm_json_get(&doc, ten, "d"));
    CHECK(!pm_json_after(&doc, root));
    pm_json_doc_free(&doc);
    pm_diags_free(&diags);
}

static int parse_task(const struct pm_allocator *alloc, void *context)
{
    static char text[1 << 16];
    struct pm_diags diags;
    struct pm_json_doc doc;
    (void)context;
    size_t size = big_object(text, 300, false);
    pm_diags_init(&diags, alloc);
    pm_status status = pm_json_parse(text, size, "f", alloc, &diags, &doc);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY);
    if (!status)
        pm_json_doc_free(&doc);
    pm_diags_free(&diags);
    return status == PM_OK;
}

TEST(json, a_failed_allocation_leaves_nothing_behind)
{
    CHECK(pm_fault_alloc_each(parse_task, NULL, 0) >= 2);
}

TEST(json_write, writes_the_shortest_canonical_form)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf out;
    pm_buf_init(&out, &alloc);
    struct pm_json_writer w = pm_json_write_to(&out);
    pm_json_write_begin_object(&w);
    pm_json_write_key(&w, "a");
    pm_json_write_begin_array(&w);
    pm_json_write_int(&w, INT64_MIN);
    pm_json_write_bool(&w, true);
    pm_json_write_null(&w);
    pm_json_write_begin_object(&w);
    pm_json_write_end(&w);
    pm_json_write_end(&w);
    pm_json_write_key(&w, "b\"");
    pm_json_write_string(&w, "\0\x01\b\t\n\f\r\"\\/\x7f\xc3\xa9\xff", 14);
    pm_json_write_key(&w, "c");
    pm_json_write_u64_string(&w, UINT64_MAX);
    pm_json_write_key(&w, "d");
    pm_json_write_raw(&w, "[]", 2);
    pm_json_write_end(&w);
    CHECK_STR(pm_buf_cstr(&out),
              "{\"a\":[-9223372036854775808,true,null,{}],\"b\\\"\":"
              "\"\\u0000\\u0001\\b\\t\\n\\f\\r\\\"\\\\/\x7f\xc3\xa9"
              "\xef\xbf\xbd\",\"c\":\"18446744073709551615\",\"d\":[]}");
    CHECK(!fault_of(out.data, out.size, NULL));
    pm_buf_free(&out);
}
