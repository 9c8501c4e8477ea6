// SPDX-License-Identifier: MIT
//
// Damaged JSON texts, a few of each rule; tests/unit/base/test_json.c has the
// rest with exact places.

#include "support/damaged_internal.h"

static const struct damaged_text texts[] = {
    {"json-good", "{'a':[1,2]}", NULL, NULL, NULL},
    {"json-bom", "\xef\xbb\xbf{}", NULL, NULL, "JSON-BOM: "},
    {"json-empty", "", NULL, NULL, "JSON-SYNTAX: the text ends where"},
    {"json-comma", "[1,]", NULL, NULL, "JSON-SYNTAX: a value is due"},
    {"json-comment", "[1] // one", NULL, NULL, "JSON-TRAILING: "},
    {"json-bare-key", "{a:1}", NULL, NULL, "JSON-SYNTAX: a key in double"},
    {"json-no-colon", "{'a' 1}", NULL, NULL, "JSON-SYNTAX: a colon is due"},
    {"json-open-object", "{'a':1", NULL, NULL,
     "JSON-SYNTAX: the text ends inside an object"},
    {"json-open-array", "[1", NULL, NULL,
     "JSON-SYNTAX: the text ends inside an array"},
    {"json-open-string", "'abc", NULL, NULL,
     "JSON-STRING: the string has no closing quote"},
    {"json-newline", "'a\nb'", NULL, NULL,
     "JSON-STRING: a string holds a control"},
    {"json-escape", "'\\q'", NULL, NULL, "JSON-STRING: a backslash is"},
    {"json-surrogate", "'\\ud800'", NULL, NULL, "JSON-STRING: \\u names half"},
    {"json-hex", "'\\u00zz'", NULL, NULL, "JSON-STRING: \\u is not followed"},
    {"json-utf8", "'\xc3'", NULL, NULL, "JSON-UTF8: "},
    {"json-leading-zero", "[007]", NULL, NULL, "JSON-NUMBER: a number begins"},
    {"json-lone-minus", "[-]", NULL, NULL, "JSON-NUMBER: a minus sign"},
    {"json-no-fraction", "[1.]", NULL, NULL, "JSON-NUMBER: the number lacks"},
    {"json-word", "[True]", NULL, NULL, "JSON-SYNTAX: a value is due"},
    {"json-wrong-word", "[trie]", NULL, NULL, "JSON-SYNTAX: a word that is"},
    {"json-duplicate", "{'a':1,'b':2,'a':3}", NULL, NULL,
     "JSON-DUPLICATE: a key stands twice in one object: a"},
    {"json-deep", "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", NULL, NULL,
     "JSON-DEPTH: "},
};

void damaged_json(struct damaged_visitor *to)
{
    struct pm_allocator alloc = pm_allocator_libc();

    for (size_t i = 0; i < PM_ARRAY_LEN(texts); i++) {
        struct pm_buf text;
        pm_buf_init(&text, &alloc);
        damaged_make_text(&text, &texts[i]);
        damaged_give(to, PM_DAMAGED_JSON, texts[i].name, texts[i].expected,
                     &text);
        pm_buf_free(&text);
    }
}
