// SPDX-License-Identifier: MIT
#include "support/damaged_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void damaged_make_text(struct pm_buf *out, const struct damaged_text *row)
{
    const char *at = row->find ? strstr(row->base, row->find) : row->base;

    if (!at) {
        fprintf(stderr, "damaged: %s: \"%s\" is not in the good text\n",
                row->name, row->find);
        abort();
    }
    pm_buf_put(out, row->base, (size_t)(at - row->base));
    if (row->find) {
        pm_buf_puts(out, row->replace);
        at += strlen(row->find);
    }
    pm_buf_puts(out, at);
    for (size_t i = 0; i < out->size; i++)
        if (out->data[i] == '\'')
            out->data[i] = '"';
}

void damaged_give(struct damaged_visitor *to, enum pm_damaged_kind kind,
                  const char *name, const char *expected,
                  const struct pm_buf *bytes)
{
    // A copy of its exact size, so that sanitizers see where it ends.
    uint8_t *copy = malloc(bytes->size ? bytes->size : 1);
    if (!copy)
        abort();
    if (bytes->size)
        memcpy(copy, bytes->data, bytes->size);
    struct pm_damaged file = {name, kind, copy, bytes->size, expected};
    to->visit(to->context, &file);
    to->count += expected != NULL;
    free(copy);
}

size_t pm_damaged_each(enum pm_damaged_kind kind,
                       void (*visit)(void *context,
                                     const struct pm_damaged *file),
                       void *context)
{
    struct damaged_visitor to = {visit, context, 0};
    switch (kind) {
    case PM_DAMAGED_ASSETS:
        damaged_assets(&to);
        break;
    case PM_DAMAGED_MANIFEST:
        damaged_manifests(&to);
        break;
    case PM_DAMAGED_PMC:
        damaged_pmcs(&to);
        break;
    case PM_DAMAGED_JSON:
        damaged_json(&to);
        break;
    }
    return to.count;
}
