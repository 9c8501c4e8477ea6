// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>

#include "base/bits.h"
#include "bytecode/bytecode.h"

#include "support/damaged_pbx.h"
#include "support/fault_alloc.h"
#include "support/random_module.h"
#include "support/test.h"

// Reads a copy of exactly that size, so that sanitizers see its end.
static pm_status read_copy(const void *bytes, size_t size,
                           struct pm_diags *diags, struct pm_buf *rewritten)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_module module;
    uint8_t *copy = malloc(size ? size : 1);

    memcpy(copy, bytes, size);
    pm_status status =
        pm_module_read(copy, size, "x.pbx", &alloc, diags, &module);
    CHECK((status == PM_OK) == (diags->errors == 0));
    if (status == PM_OK && rewritten)
        CHECK_INT(pm_module_write(&module, rewritten), PM_OK);
    if (status == PM_OK)
        pm_module_free(&module);
    free(copy);
    return status;
}

static bool is_rewritten(const struct pm_buf *bytes)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_buf again;

    pm_diags_init(&diags, &alloc);
    pm_buf_init(&again, &alloc);
    bool ok = read_copy(bytes->data, bytes->size, &diags, &again) == PM_OK &&
              again.size == bytes->size &&
              memcmp(again.data, bytes->data, bytes->size) == 0;
    pm_buf_free(&again);
    pm_diags_free(&diags);
    return ok;
}

TEST(read, good_modules_are_written_as_they_were_read)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf bytes;

    pm_buf_init(&bytes, &alloc);
    pm_good_pbx(&bytes);
    CHECK(is_rewritten(&bytes));
    for (uint64_t seed = 1; seed <= 200; seed++) {
        bytes.size = 0;
        pm_random_module(seed, &bytes);
        CHECK(is_rewritten(&bytes));
    }
    pm_buf_free(&bytes);
}

// Whether one of the messages has that part.
static bool says(const struct pm_diags *diags, const char *fragment)
{
    for (size_t i = 0; i < diags->count; i++)
        if (strstr(diags->items[i].text, fragment))
            return true;
    return false;
}

TEST(read, every_rule_is_checked_and_named)
{
    struct pm_allocator alloc = pm_allocator_libc();
    CHECK(pm_damaged_pbx_count() >= 80);
    for (size_t i = 0; i < pm_damaged_pbx_count(); i++) {
        struct pm_buf bytes;
        struct pm_diags diags;
        const char *name;
        const char *fragment;

        pm_buf_init(&bytes, &alloc);
        pm_diags_init(&diags, &alloc);
        pm_damaged_pbx(i, &bytes, &name, &fragment);
        bool is_other = strstr(fragment, "of the format") != NULL;
        bool ok = CHECK_INT(read_copy(bytes.data, bytes.size, &diags, NULL),
                            is_other ? PM_ERR_UNSUPPORTED : PM_ERR_INVALID) &&
                  CHECK(says(&diags, fragment)) &&
                  CHECK(diags.items[0].place.has_offset) &&
                  CHECK(diags.items[0].place.offset <= bytes.size);
        if (!ok)
            fprintf(stderr, "%s: wanted \"%s\", found \"%s\"\n", name, fragment,
                    diags.count ? diags.items[0].text : "nothing");
        pm_diags_free(&diags);
        pm_buf_free(&bytes);
    }
}

TEST(read, a_file_cut_anywhere_is_refused)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf bytes;

    pm_buf_init(&bytes, &alloc);
    pm_good_pbx(&bytes);
    for (size_t size = 0; size < bytes.size; size++) {
        struct pm_diags diags;
        pm_diags_init(&diags, &alloc);
        CHECK(read_copy(bytes.data, size, &diags, NULL) == PM_ERR_INVALID);
        pm_diags_free(&diags);
    }
    pm_buf_free(&bytes);
}

TEST(read, any_byte_may_be_anything_and_what_is_taken_is_canonical)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf bytes;
    size_t taken = 0;

    pm_buf_init(&bytes, &alloc);
    pm_good_pbx(&bytes);
    for (size_t at = 0; at < bytes.size; at++) {
        uint8_t was = bytes.data[at];
        for (int value = 0; value < 256; value++) {
            struct pm_diags diags;
            struct pm_buf again;
            pm_diags_init(&diags, &alloc);
            pm_buf_init(&again, &alloc);
            bytes.data[at] = (uint8_t)value;
            if (read_copy(bytes.data, bytes.size, &diags, &again) == PM_OK) {
                taken++;
                CHECK(again.size == bytes.size &&
                      memcmp(again.data, bytes.data, again.size) == 0);
            }
            pm_buf_free(&again);
            pm_diags_free(&diags);
        }
        bytes.data[at] = was;
    }
    CHECK(taken > bytes.size);
    pm_buf_free(&bytes);
}

static int read_with(const struct pm_allocator *alloc, void *context)
{
    const struct pm_buf *bytes = context;
    struct pm_module module;
    struct pm_diags diags;

    pm_diags_init(&diags, alloc);
    pm_status status = pm_module_read(bytes->data, bytes->size, "x.pbx", alloc,
                                      &diags, &module);
    if (status == PM_OK)
        pm_module_free(&module);
    else
        CHECK_INT(status, PM_ERR_NO_MEMORY);
    pm_diags_free(&diags);
    return status == PM_OK;
}

static int write_with(const struct pm_allocator *alloc, void *context)
{
    struct pm_buf out;
    pm_buf_init(&out, alloc);
    pm_status status = pm_module_write(context, &out);
    if (status)
        CHECK_INT(status, PM_ERR_NO_MEMORY);
    pm_buf_free(&out);
    return status == PM_OK;
}

static int disassemble_with(const struct pm_allocator *alloc, void *context)
{
    struct pm_buf out;
    pm_buf_init(&out, alloc);
    pm_status status = pm_module_disassemble(context, NULL, &out);
    if (status)
        CHECK_INT(status, PM_ERR_NO_MEMORY);
    pm_buf_free(&out);
    return status == PM_OK;
}

TEST(read, every_allocation_may_fail)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_module module;
    struct pm_diags diags;
    struct pm_buf bytes;

    pm_diags_init(&diags, &alloc);
    pm_buf_init(&bytes, &alloc);
    pm_good_pbx(&bytes);
    CHECK(pm_fault_alloc_each(read_with, &bytes, 0) > 3);
    REQUIRE(pm_module_read(bytes.data, bytes.size, "x", &alloc, &diags,
                           &module) == PM_OK);
    CHECK(pm_fault_alloc_each(write_with, &module, 0) > 3);
    CHECK(pm_fault_alloc_each(disassemble_with, &module, 0) > 3);
    pm_module_free(&module);
    pm_buf_free(&bytes);
    pm_diags_free(&diags);
}

TEST(read, memory_is_linear_in_the_file_however_large_its_counts)
{
    for (size_t i = 0; i < pm_damaged_pbx_count(); i++) {
        struct pm_allocator libc = pm_allocator_libc();
        struct pm_fault_alloc state = {0};
        struct pm_allocator alloc = pm_fault_alloc(&state);
        struct pm_module module;
        struct pm_diags diags;
        struct pm_buf bytes;
        const char *name;
        const char *fragment;

        pm_buf_init(&bytes, &libc);
        pm_diags_init(&diags, &libc);
        pm_damaged_pbx(i, &bytes, &name, &fragment);
        pm_module_read(bytes.data, bytes.size, "x", &alloc, &diags, &module);
        CHECK(state.peak_bytes <= 16 * bytes.size + 1024);
        CHECK_INT(state.live_blocks, 0);
        pm_buf_free(&bytes);
        pm_diags_free(&diags);
    }
}

// --- what a module tells -----------------------------------------------------

static void read_good(struct pm_buf *bytes, struct pm_module *module)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    pm_buf_init(bytes, &alloc);
    pm_diags_init(&diags, &alloc);
    pm_good_pbx(bytes);
    CHECK_INT(
        pm_module_read(bytes->data, bytes->size, "x", &alloc, &diags, module),
        PM_OK);
    pm_diags_free(&diags);
}

TEST(lines, the_row_at_or_before_the_offset_is_found)
{
    struct pm_buf bytes;
    struct pm_module module;
    struct pm_line line;

    read_good(&bytes, &module);
    CHECK(pm_module_find_line(&module, 0, 0, &line) && line.line == 1);
    CHECK(pm_module_find_line(&module, 0, 1, &line) && line.line == 1);
    CHECK(pm_module_find_line(&module, 0, 3, &line) && line.line == 2);
    CHECK(!pm_module_find_line(&module, 1, 0, &line));
    pm_module_free(&module);
    pm_buf_free(&bytes);
}

TEST(module, a_closure_is_its_own_first_local)
{
    struct pm_buf bytes;
    struct pm_module module;

    read_good(&bytes, &module);
    const struct pm_function *f = &module.functions[1];
    CHECK_INT(pm_function_slot_count(&module, f), 2);
    CHECK_INT(pm_function_local_type(&module, f, 0), f->type);
    CHECK_INT(pm_function_local_type(&module, f, 1), PM_TYPE_I64);
    CHECK_INT(pm_function_local_type(&module, f, 2), PM_TYPE_NONE);
    pm_module_free(&module);
    pm_buf_free(&bytes);
}

TEST(decode, what_does_not_fit_is_no_instruction)
{
    static const uint8_t code[] = {0x14, 0,    1,    2,    3,    4,
                                   5,    6,    7,    0x88, 0x17, 0,
                                   0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    struct pm_function f = {.code = code, .code_size = sizeof code};
    struct pm_instruction in;

    CHECK(pm_instruction_decode(&f, 0, &in));
    CHECK(in.operand[0] == UINT64_C(0x8807060504030201));
    CHECK_INT(in.size, 10);
    CHECK(pm_instruction_decode(&f, 10, &in));
    CHECK((int64_t)in.operand[0] == -1);
    CHECK(!pm_instruction_decode(&f, 16, &in) && !in.info);
    CHECK(!pm_instruction_decode(&f, 17, &in));
    CHECK(!pm_instruction_decode(&f, 18, &in));
    CHECK(!pm_instruction_decode(&f, UINT32_MAX, &in));
    f.code_size = 9;
    CHECK(!pm_instruction_decode(&f, 0, &in));
}
