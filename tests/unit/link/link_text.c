// SPDX-License-Identifier: MIT
#include "link_text.h"

#include <stdio.h>

#include "asm/asm.h"
#include "support/test.h"

struct pm_link_config link_text_config(struct pm_registry *registry)
{
    struct pm_allocator alloc = pm_allocator_libc();

    pm_registry_init(registry, &alloc);
    return (struct pm_link_config){
        .registry = registry,
        .capabilities = UINT32_MAX,
    };
}

// Text comes from the test, so that its failing is the test's.
static bool assemble(const char *text, const char *source, struct linked *out)
{
    struct pm_allocator libc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_buf shown;

    pm_diags_init(&diags, &libc);
    pm_buf_init(&shown, &libc);
    pm_buf_init(&out->bytes, &libc);
    bool ok = CHECK_INT(pm_assemble(text, strlen(text), source, NULL, &libc,
                                    &diags, &out->bytes),
                        PM_OK);
    pm_diags_print(&diags, &shown);
    if (!ok)
        fprintf(stderr, "%s%s", text, pm_buf_cstr(&shown));
    pm_buf_free(&shown);
    pm_diags_free(&diags);
    return ok;
}

void link_text(const char *text, const char *source,
               const struct pm_link_config *config,
               const struct pm_allocator *alloc, struct linked *out)
{
    *out = (struct linked){.alloc = *alloc, .status = PM_ERR_INVALID};
    pm_diags_init(&out->diags, alloc);
    pm_buf_init(&out->messages, &out->alloc);
    if (!assemble(text, source, out))
        return;
    out->status =
        pm_module_read(out->bytes.data, out->bytes.size, "program.pbx", alloc,
                       &out->diags, &out->module);
    if (out->status == PM_OK)
        out->status =
            pm_link(&out->module, config, alloc, &out->diags, &out->image);
    pm_diags_print(&out->diags, &out->messages);
}

void linked_free(struct linked *linked)
{
    pm_image_free(linked->image);
    pm_module_free(&linked->module);
    pm_diags_free(&linked->diags);
    pm_buf_free(&linked->messages);
    pm_buf_free(&linked->bytes);
}
