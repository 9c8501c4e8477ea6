// SPDX-License-Identifier: MIT
#include "support/mentions.h"

#include <stdio.h>
#include <string.h>

bool pm_test_mentions(const struct pm_diags *diags, const char *what)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf out;

    pm_buf_init(&out, &alloc);
    pm_diags_print(diags, &out);
    const char *text = pm_buf_cstr(&out);
    bool found = text && strstr(text, what) != NULL;
    if (!found)
        fprintf(stderr, "wanted: %s\nfound:  %s\n", what,
                text ? text : "nothing");
    pm_buf_free(&out);
    return found;
}
