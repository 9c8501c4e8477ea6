// SPDX-License-Identifier: MIT
//
// The order of modules: each behind those that it imports. A circle is
// refused, and shown.

#include "lang/check_internal.h"

struct step {
    struct chk_module *module;
    uint32_t at;         // the next import to look at
    struct pm_span span; // of the import that led here
};

static void report_cycle(struct checker *c, struct step *steps, uint32_t count,
                         const struct chk_need *back)
{
    uint32_t first = count;

    c->has_circle = true;
    while (first > 0 && steps[first - 1].module != back->module)
        first--;
    struct pm_lang_diag *diag =
        pm_chk_error_at(c, PM_LANG_IMPORT_CYCLE, back->span,
                        "modules import each other in a circle: \"%s\" needs "
                        "\"%s\"",
                        steps[count - 1].module->path, back->module->path);
    for (uint32_t i = first; i < count && i < first + 8; i++)
        pm_chk_note(c, diag, steps[i].span, "\"%s\" needs \"%s\" here",
                    steps[i - 1].module->path, steps[i].module->path);
    pm_chk_help(
        c, diag,
        "put what both need into a module of its own, or both into one");
}

static void visit(struct checker *c, struct chk_module *root,
                  struct step *steps)
{
    uint32_t count = 0;

    if (root->visit)
        return;
    steps[count++] = (struct step){.module = root};
    root->visit = 1;
    while (count) {
        struct step *top = &steps[count - 1];
        if (top->at == top->module->needs.count) {
            top->module->visit = 2;
            pm_chk_push(c, &c->module_order, top->module);
            count--;
            continue;
        }
        const struct chk_need *need = top->module->needs.items[top->at++];
        if (need->module->visit == 1 && need->module != top->module) {
            report_cycle(c, steps, count, need);
            continue;
        }
        if (need->module->visit)
            continue;
        need->module->visit = 1;
        steps[count++] = (struct step){need->module, 0, need->span};
    }
}

void pm_chk_check_cycles(struct checker *c)
{
    struct step *steps =
        pm_chk_alloc(c, (c->modules.count + 1) * sizeof *steps);

    for (uint32_t i = 0; i < c->input->file_count; i++)
        visit(c, c->files[i].module, steps);
}
