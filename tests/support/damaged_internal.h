// SPDX-License-Identifier: MIT
//
// What the makers of damaged files share.

#ifndef PM_TEST_DAMAGED_INTERNAL_H
#define PM_TEST_DAMAGED_INTERNAL_H

#include "base/buf.h"

#include "support/damaged.h"

struct damaged_visitor {
    void (*visit)(void *context, const struct pm_damaged *file);
    void *context;
    size_t count;
};

// A good text in which [find] is replaced once. Single quotes stand for
// double quotes.
struct damaged_text {
    const char *name;
    const char *base;
    const char *find;
    const char *replace;
    const char *expected;
};

// The text of a row, with a failure of the test program when [find] is not in
// it.
void damaged_make_text(struct pm_buf *out, const struct damaged_text *row);

// Hands out one file and counts it.
void damaged_give(struct damaged_visitor *to, enum pm_damaged_kind kind,
                  const char *name, const char *expected,
                  const struct pm_buf *bytes);

// Prelude, header and padding of an assets.pa.
void damaged_put_file(struct pm_buf *out, const struct pm_buf *header);

void damaged_assets(struct damaged_visitor *to);
void damaged_packed(struct damaged_visitor *to);
void damaged_json(struct damaged_visitor *to);
void damaged_manifests(struct damaged_visitor *to);
void damaged_pmcs(struct damaged_visitor *to);

#endif
