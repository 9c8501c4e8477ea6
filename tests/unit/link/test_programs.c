// SPDX-License-Identifier: MIT
//
// The programs that the linker takes and those that it refuses.
#include <stdio.h>

#include "link_text.h"
#include "support/accepted_programs.h"
#include "support/fault_alloc.h"
#include "support/refused_programs.h"
#include "support/test.h"

static void show(const char *name, struct linked *linked)
{
    fprintf(stderr, "%s:\n%s", name, pm_buf_cstr(&linked->messages));
}

// Whether each function's code and safepoints lie within the image. What
// HALT goes on with is the function's end: nothing goes on there.
static bool is_whole(const struct pm_image *image)
{
    for (uint32_t f = 0; f < image->module.function_count; f++) {
        const struct pm_image_function *row = &image->functions[f];
        if (row->entry >= row->op_end || row->op_end > image->op_count ||
            row->slots !=
                row->locals + 1 + image->module.functions[f].max_stack)
            return false;
        for (uint32_t i = 0; i < row->safepoint_count; i++) {
            const struct pm_image_safepoint *point =
                &image->safepoints[row->first_safepoint + i];
            if (point->op < row->entry || point->op > row->op_end ||
                point->map + 3 * row->map_words > image->map_count)
                return false;
        }
    }
    return true;
}

TEST(programs, accepted_ones_pass_without_a_message)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_registry registry;
    struct pm_link_config config = link_text_config(&registry);

    for (size_t i = 0; i < PM_ARRAY_LEN(pm_accepted_programs); i++) {
        struct linked linked;
        link_text(pm_accepted_programs[i].text, NULL, &config, &alloc, &linked);
        bool ok = CHECK_INT(linked.status, PM_OK);
        ok &= CHECK_INT(linked.diags.count, 0);
        ok = ok && CHECK(is_whole(linked.image));
        if (!ok)
            show(pm_accepted_programs[i].name, &linked);
        linked_free(&linked);
    }
}

// "LINK-TYPE: " … message.
static bool says(struct linked *linked, const struct pm_refused_program *row)
{
    const struct pm_diag *first = linked->diags.items;

    return linked->diags.count == 1 && strcmp(first->code, row->code) == 0 &&
           strstr(first->text, row->message);
}

TEST(programs, refused_ones_give_exactly_the_one_message)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_registry registry;
    struct pm_link_config config = link_text_config(&registry);

    CHECK(PM_ARRAY_LEN(pm_refused_programs) >= 150);
    for (size_t i = 0; i < PM_ARRAY_LEN(pm_refused_programs); i++) {
        const struct pm_refused_program *row = &pm_refused_programs[i];
        struct linked linked;
        link_text(row->text, NULL, &config, &alloc, &linked);
        bool ok = CHECK_INT(linked.status, PM_ERR_INVALID);
        ok &= CHECK(linked.image == NULL);
        ok &= CHECK(says(&linked, row));
        if (!ok)
            show(row->name, &linked);
        linked_free(&linked);
    }
}

// Marks the opcodes that the reached code of [linked] has.
static void mark_opcodes(const struct linked *linked, bool seen[0x400])
{
    const struct pm_module *m = &linked->image->module;

    for (uint32_t f = 0; f < m->function_count; f++) {
        struct pm_instruction ins;
        for (uint32_t at = 0; at < m->functions[f].code_size; at += ins.size) {
            REQUIRE(pm_instruction_decode(&m->functions[f], at, &ins));
            seen[ins.info->code] = true;
        }
    }
}

TEST(programs, accepted_ones_have_every_instruction_there_is)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_registry registry;
    struct pm_link_config config = link_text_config(&registry);
    static bool seen[0x400];
    size_t count;
    const struct pm_opcode_info *rows = pm_opcode_rows(&count);

    for (size_t i = 0; i < PM_ARRAY_LEN(pm_accepted_programs); i++) {
        struct linked linked;
        link_text(pm_accepted_programs[i].text, NULL, &config, &alloc, &linked);
        if (CHECK(linked.image))
            mark_opcodes(&linked, seen);
        linked_free(&linked);
    }
    for (size_t i = 0; i < count; i++)
        if (rows[i].code != PM_OP_SYSCALL && !CHECK(seen[rows[i].code]))
            fprintf(stderr, "no program with %s\n", rows[i].name);
}

struct task {
    const char *text;
    const struct pm_link_config *config;
};

static int link_task(const struct pm_allocator *alloc, void *context)
{
    const struct task *task = context;
    struct linked linked;

    link_text(task->text, NULL, task->config, alloc, &linked);
    int ok = linked.status == PM_OK;
    CHECK(ok == (linked.image != NULL));
    linked_free(&linked);
    return ok;
}

TEST(programs, linking_is_all_or_nothing_whichever_allocation_fails)
{
    struct pm_registry registry;
    struct pm_link_config config = link_text_config(&registry);
    struct task task = {.config = &config};

    for (size_t i = 0; i < PM_ARRAY_LEN(pm_accepted_programs); i += 29) {
        task.text = pm_accepted_programs[i].text;
        CHECK(pm_fault_alloc_each(link_task, &task, 0) > 10);
    }
}

// A refused program stays refused and leaks nothing.
TEST(programs, refusing_survives_each_failing_allocation)
{
    struct pm_registry registry;
    struct pm_link_config config = link_text_config(&registry);

    for (size_t i = 0; i < PM_ARRAY_LEN(pm_refused_programs); i += 17)
        for (size_t at = 1; at < 60; at++) {
            struct pm_fault_alloc state = {.fail_at = at};
            struct pm_allocator alloc = pm_fault_alloc(&state);
            struct linked linked;
            link_text(pm_refused_programs[i].text, NULL, &config, &alloc,
                      &linked);
            CHECK(linked.status == PM_ERR_INVALID ||
                  linked.status == PM_ERR_NO_MEMORY);
            CHECK(linked.image == NULL);
            linked_free(&linked);
            CHECK_INT(state.live_blocks, 0);
        }
}
