// SPDX-License-Identifier: MIT
//
// Sources that tests read: tokens, trees and reports as text to compare.

#ifndef PM_TEST_LANG_TEXT_H
#define PM_TEST_LANG_TEXT_H

#include "lang/ast.h"

struct lang_text {
    struct pm_allocator alloc;
    struct pm_arena arena;
    struct pm_lang_report report;
    struct pm_parsed parsed;
    struct pm_buf out; // what the functions below give, until the next
    pm_status status;
};

// Reads [size] bytes, which must outlive it.
void lang_text_read(struct lang_text *text, const struct pm_allocator *alloc,
                    const char *bytes, size_t size);
void lang_text_free(struct lang_text *text);

// The tree without places, a line a node.
const char *lang_text_tree(struct lang_text *text);
// Each message as "line:column code text", a line each.
const char *lang_text_messages(struct lang_text *text);
// In the canonical layout; NULL when it has mistakes.
const char *lang_text_format(struct lang_text *text);

// Whether two trees say the same, wherever their tokens stand.
bool lang_same_tree(const struct pm_parsed *a, const struct pm_ast *left,
                    const struct pm_parsed *b, const struct pm_ast *right);

// Panics unless the tree is as ast.h has it: tokens in order, kids within
// their parents, heights right.
void lang_check_tree(const struct pm_parsed *parsed);

#endif
