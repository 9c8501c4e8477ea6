// SPDX-License-Identifier: MIT
//
// What the rules share: refusing one value, and matching several.
#include <inttypes.h>
#include <stdio.h>

#include "link/verify_internal.h"

bool pm_verify_refuse(struct pm_verifier *v, const char *what, pm_type_id found,
                      pm_type_id wanted)
{
    struct pm_buf *text = pm_verify_begin(v);

    pm_buf_printf(text, "%s: found ", what);
    pm_link_put_type(text, v->module, found);
    pm_buf_puts(text, ", wanted ");
    pm_link_put_type(text, v->module, wanted);
    if (found == PM_TYPE_ANY && pm_type_is_ref(wanted))
        pm_buf_puts(text, "; narrow any with cast first");
    return pm_verify_send(v, "LINK-TYPE");
}

bool pm_verify_refuse_words(struct pm_verifier *v, pm_type_id found,
                            const char *wanted)
{
    struct pm_buf *text = pm_verify_begin(v);

    pm_buf_puts(text, "found ");
    pm_link_put_type(text, v->module, found);
    pm_buf_printf(text, ", wanted %s", wanted);
    return pm_verify_send(v, "LINK-TYPE");
}

// --- rows of values ----------------------------------------------------------

static pm_type_id row_type(const struct pm_verify_row *row, uint32_t i)
{
    return row->fields ? row->fields[i].type : row->types[i];
}

bool pm_verify_match_row(struct pm_verifier *v, const struct pm_verify_row *row)
{
    if (!pm_verify_need(v, row->count))
        return false;
    const pm_type_id *found = v->stack + v->depth - row->count;
    for (uint32_t i = 0; i < row->count; i++) {
        char what[32];
        if (pm_verify_fits(found[i], row_type(row, i)))
            continue;
        snprintf(what, sizeof what, "%s %" PRIu32, row->what, i + 1);
        return pm_verify_refuse(v, what, found[i], row_type(row, i));
    }
    return true;
}

bool pm_verify_pop_row(struct pm_verifier *v, const struct pm_verify_row *row)
{
    if (!pm_verify_match_row(v, row))
        return false;
    pm_verify_drop(v, row->count);
    return true;
}

bool pm_verify_push_row(struct pm_verifier *v, const struct pm_verify_row *row)
{
    for (uint32_t i = 0; i < row->count; i++)
        if (!pm_verify_push(v, row_type(row, i)))
            return false;
    return true;
}
