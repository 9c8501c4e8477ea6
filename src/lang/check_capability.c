// SPDX-License-Identifier: MIT
//
// Capabilities: what a program uses without asking for it in its manifest.
// The linker would refuse it too, but could only name the host call.

#include "lang/check_internal.h"
#include "lang/compile_registry.h"

static bool is_library(struct checker *c, struct pm_span span)
{
    return c->input->files[span.file].is_library;
}

// Host calls stand in the library; what was written is where the program
// first called into it.
static struct pm_span place_of(struct checker *c, struct pm_span span)
{
    const struct chk_instance *at = c->body ? c->body->root->instance : NULL;

    for (int i = 0; at && is_library(c, span) && i < 64;
         i++, at = at->origin_instance)
        span = at->origin;
    return span;
}

void pm_chk_need_capability(struct checker *c, const struct pm_low_host *host,
                            struct pm_span span)
{
    uint32_t bit;

    if (!c->input->has_capabilities || !c->input->registry)
        return;
    const char *name = pm_compile_missing_capability(
        c->input->registry, host->module, host->name, host->version,
        c->input->capabilities, &bit);
    if (!name || (c->missing & bit))
        return;
    c->missing |= bit;
    struct pm_lang_diag *diag =
        pm_lang_error(c->report, PM_LANG_CAPABILITY, place_of(c, span),
                      "this needs the capability '%s' (host call %s.%s)", name,
                      pm_chk_show(c, host->module), pm_chk_show(c, host->name));
    pm_lang_help(c->report, diag,
                 "write \"%s\" into \"capabilities\" of prometeu.json", name);
}
