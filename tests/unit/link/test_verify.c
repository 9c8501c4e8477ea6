// SPDX-License-Identifier: MIT
//
// The verifier over modules put together by hand: forms of messages, facts
// for the translator, work done.
#include <stdlib.h>

#include "base/bits.h"
#include "link/verify_internal.h"
#include "support/fault_alloc.h"
#include "support/test.h"

#define TEXT(s)                                                                \
    {                                                                          \
        s, sizeof s - 1                                                        \
    }

// Code being written.
struct code {
    uint8_t bytes[PM_FUNCTION_MAX_CODE];
    uint32_t size;
};

static void op(struct code *code, pm_opcode opcode)
{
    pm_store16(code->bytes + code->size, (uint16_t)opcode);
    code->size += 2;
}

static void op32(struct code *code, pm_opcode opcode, uint32_t operand)
{
    op(code, opcode);
    pm_store32(code->bytes + code->size, operand);
    code->size += 4;
}

static void op64(struct code *code, pm_opcode opcode, uint64_t operand)
{
    op(code, opcode);
    pm_store64(code->bytes + code->size, operand);
    code->size += 8;
}

// The types of the modules: 16 func(), 17 func(i64) -> i64.
static const struct pm_field unary[] = {{TEXT(""), PM_TYPE_I64},
                                        {TEXT(""), PM_TYPE_I64}};
static const struct pm_type types[] = {
    {.kind = PM_TYPE_KIND_FUNC},
    {.kind = PM_TYPE_KIND_FUNC,
     .fields = unary,
     .field_count = 2,
     .param_count = 1},
};
static const pm_type_id locals[] = {PM_TYPE_I64, PM_TYPE_STRING, PM_TYPE_F64};

struct outcome {
    pm_status status;
    struct pm_verified verified;
    struct pm_diags diags;
    struct pm_buf text;
};

static void verify(const struct code *code, pm_type_id type, uint32_t max_stack,
                   const struct pm_allocator *alloc, struct outcome *out)
{
    struct pm_function function = {
        .name = TEXT("main"),
        .type = type,
        .locals = locals,
        .local_count = PM_ARRAY_LEN(locals),
        .max_stack = max_stack,
        .code = code->bytes,
        .code_size = code->size,
        .code_offset = 1000,
    };
    struct pm_module module = {
        .types = types,
        .type_count = PM_ARRAY_LEN(types),
        .functions = &function,
        .function_count = 1,
    };
    struct pm_link_config config = {0};

    pm_diags_init(&out->diags, alloc);
    pm_buf_init(&out->text, alloc);
    out->status = pm_verify_function(&module, NULL, &config, 0, alloc,
                                     &out->diags, &out->verified);
    pm_diags_print(&out->diags, &out->text);
}

static void release(struct outcome *out, const struct pm_allocator *alloc)
{
    pm_verified_free(&out->verified, alloc);
    pm_diags_free(&out->diags);
    pm_buf_free(&out->text);
}

TEST(verify, a_message_has_place_function_offset_instruction_found_and_wanted)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct code code = {.size = 0};
    struct outcome out;

    op64(&code, PM_OP_PUSH_I64, 1);
    op64(&code, PM_OP_PUSH_F64, 0);
    op(&code, PM_OP_ADD);
    op(&code, PM_OP_POP);
    op(&code, PM_OP_RET);
    verify(&code, 16, 2, &alloc, &out);
    CHECK_INT(out.status, PM_ERR_INVALID);
    CHECK_STR(pm_buf_cstr(&out.text),
              "program.pbx:+1020: error LINK-TYPE: function 'main' (0) at 20, "
              "add: found i64 and f64 on the stack, wanted two of one type: "
              "i32, i64, f32, f64 or string\n");
    release(&out, &alloc);
}

// local 0 = 10; while (local 0) local 0 = local 0 - 1
static void write_loop(struct code *code)
{
    op64(code, PM_OP_PUSH_I64, 10);     // 0
    op32(code, PM_OP_SET_LOCAL, 0);     // 10
    op32(code, PM_OP_GET_LOCAL, 0);     // 16, the loop's header
    op64(code, PM_OP_PUSH_I64, 1);      // 22
    op(code, PM_OP_SUB);                // 32
    op32(code, PM_OP_TEE_LOCAL, 0);     // 34
    op64(code, PM_OP_PUSH_I64, 0);      // 40
    op(code, PM_OP_EQ);                 // 50
    op32(code, PM_OP_JMP_IF_FALSE, 16); // 52
    op(code, PM_OP_FRAME_SYNC);         // 58
    op(code, PM_OP_RET);                // 60
}

TEST(verify, gives_types_depths_and_targets_of_each_instruction)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct code code = {.size = 0};
    struct outcome out;

    write_loop(&code);
    verify(&code, 16, 2, &alloc, &out);
    REQUIRE(CHECK_INT(out.status, PM_OK));
    const struct pm_verified_ins *ins = out.verified.ins;
    CHECK_INT(out.verified.count, 11);
    CHECK_INT(ins[2].flags,
              PM_INS_REACHED | PM_INS_LEADER | PM_INS_LOOP_HEADER);
    CHECK_INT(ins[3].flags, PM_INS_REACHED);
    CHECK_INT(ins[4].type, PM_TYPE_I64);
    CHECK_INT(ins[4].depth, 2);
    CHECK_INT(ins[7].type, PM_TYPE_I64);
    CHECK_INT(ins[8].operand[0], 2);
    CHECK_INT(out.verified.block_count, 3);
    CHECK_INT(out.verified.block_visits, 3);
    release(&out, &alloc);
}

TEST(verify, gives_safepoints_in_order_with_their_maps)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct code code = {.size = 0};
    struct outcome out;

    write_loop(&code);
    verify(&code, 16, 2, &alloc, &out);
    REQUIRE(CHECK_INT(out.status, PM_OK));
    const struct pm_image_safepoint *points = out.verified.safepoints;
    REQUIRE(CHECK_INT(out.verified.safepoint_count, 3));
    CHECK_INT(points[0].offset, 0);
    CHECK_INT(points[0].kind, PM_SAFEPOINT_BEFORE);
    CHECK_INT(points[1].offset, 16);
    CHECK_INT(points[1].kind, PM_SAFEPOINT_BEFORE);
    CHECK_INT(points[2].offset, 58);
    CHECK_INT(points[2].kind, PM_SAFEPOINT_IN);
    CHECK_INT(out.verified.map_words, 1);
    CHECK_INT(out.verified.maps[points[0].map], 0);
    CHECK_INT(out.verified.maps[points[1].map], 1);
    CHECK_INT(out.verified.maps[points[1].map + 1], 0);
    release(&out, &alloc);
}

TEST(verify, code_that_control_does_not_reach_is_left_alone)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct code code = {.size = 0};
    struct outcome out;

    op(&code, PM_OP_RET);
    op(&code, PM_OP_ADD);
    op(&code, PM_OP_FRAME_SYNC);
    op32(&code, PM_OP_JMP, 2);
    verify(&code, 16, 0, &alloc, &out);
    CHECK_INT(out.status, PM_OK);
    CHECK_INT(out.verified.ins[1].flags & PM_INS_REACHED, 0);
    CHECK_INT(out.verified.safepoint_count, 1);
    release(&out, &alloc);
}

// Fills the function with conditional jumps, each to a place that [salt]
// chooses.
static void write_jumps(struct code *code, uint32_t salt)
{
    uint32_t count = (PM_FUNCTION_MAX_CODE - 2) / 9;
    uint32_t random = salt;

    for (uint32_t i = 0; i < count; i++) {
        random = random * 1664525u + 1013904223u;
        op(code, PM_OP_PUSH_BOOL);
        code->bytes[code->size++] = 0;
        op32(code, PM_OP_JMP_IF_TRUE, random % count * 9);
    }
    op(code, PM_OP_RET);
}

TEST(verify, sixty_four_kilobytes_of_jumps_visit_each_block_once)
{
    struct pm_allocator alloc = pm_allocator_libc();

    for (uint32_t salt = 1; salt < 6; salt++) {
        static struct code code;
        struct outcome out;
        code.size = 0;
        write_jumps(&code, salt);
        verify(&code, 16, 1, &alloc, &out);
        CHECK_INT(out.status, PM_OK);
        CHECK_INT(out.verified.block_visits, out.verified.block_count);
        CHECK(out.verified.block_count > 7000);
        release(&out, &alloc);
    }
}

static int verify_with(const struct pm_allocator *alloc, void *context)
{
    struct outcome out;

    verify(context, 16, 2, alloc, &out);
    int ok = out.status == PM_OK;
    release(&out, alloc);
    return ok;
}

TEST(verify, frees_all_whichever_allocation_fails)
{
    struct code code = {.size = 0};

    write_loop(&code);
    CHECK(pm_fault_alloc_each(verify_with, &code, 0) > 5);
}

TEST(verify, locals_and_operands_are_at_most_512_slots)
{
    struct pm_allocator alloc = pm_allocator_libc();
    static struct code code;
    struct outcome out;

    // Three locals: 509 operands are the most.
    for (int count = 509; count <= 510; count++) {
        code.size = 0;
        for (int i = 0; i < count; i++)
            op32(&code, PM_OP_PUSH_I32, 1);
        op32(&code, PM_OP_POP_N, (uint32_t)count);
        op(&code, PM_OP_RET);
        verify(&code, 16, 509, &alloc, &out);
        CHECK_INT(out.status, count == 509 ? PM_OK : PM_ERR_INVALID);
        if (count == 510 && CHECK_INT(out.diags.count, 1))
            CHECK(strstr(out.diags.items[0].text,
                         "at 3054, push_i32: the stack grows too deep"));
        release(&out, &alloc);
    }
}

TEST(verify, parameters_are_assigned_and_results_are_matched)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct code code = {.size = 0};
    struct outcome out;

    op32(&code, PM_OP_GET_LOCAL, 0);
    op(&code, PM_OP_RET);
    verify(&code, 17, 1, &alloc, &out);
    CHECK_INT(out.status, PM_OK);
    CHECK_INT(out.verified.maps[out.verified.safepoints[0].map], 1);
    release(&out, &alloc);
}

TEST(verify, thousands_of_faults_are_counted_and_500_kept)
{
    struct pm_allocator alloc = pm_allocator_libc();
    static struct code code;
    struct outcome out;

    code.size = 0;
    for (int i = 0; i < 10000; i++)
        op32(&code, PM_OP_SYSCALL, 0);
    verify(&code, 16, 0, &alloc, &out);
    CHECK_INT(out.status, PM_ERR_INVALID);
    CHECK_INT(out.diags.count, PM_DIAG_LIMIT);
    CHECK_INT(out.diags.errors, 10000);
    release(&out, &alloc);
}

// A ladder of jumps down and up again, with [depth] operands all the way.
static void write_ladder(struct code *code, uint32_t depth)
{
    for (uint32_t i = 0; i < depth; i++)
        op32(code, PM_OP_PUSH_I32, 1);
    while (code->size + 20 < PM_FUNCTION_MAX_CODE) {
        op(code, PM_OP_PUSH_BOOL);
        code->bytes[code->size++] = 1;
        op32(code, PM_OP_JMP_IF_TRUE, depth * 6);
    }
    op(code, PM_OP_HALT);
}

TEST(verify, memory_is_bounded_with_the_deepest_stack_at_every_block)
{
    struct pm_fault_alloc state = {0};
    struct pm_allocator alloc = pm_fault_alloc(&state);
    static struct code code;
    struct outcome out;

    code.size = 0;
    write_ladder(&code, 500);
    verify(&code, 16, 501, &alloc, &out);
    CHECK_INT(out.status, PM_OK);
    CHECK_INT(out.verified.block_visits, out.verified.block_count);
    CHECK(out.verified.block_count > 6000);
    // 65535 bytes of code: at most about 700 bytes for each of them.
    CHECK(state.peak_bytes < (size_t)48 << 20);
    release(&out, &alloc);
    CHECK_INT(state.live_blocks, 0);
}

TEST(verify, long_types_are_shown_short)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_type arrays[8];
    struct pm_module module = {.types = arrays, .type_count = 8};
    struct pm_buf text;

    for (uint32_t i = 0; i < 8; i++)
        arrays[i] = (struct pm_type){.kind = PM_TYPE_KIND_ARRAY,
                                     .element = PM_TYPE_FIRST_USER + i + 1};
    arrays[7].element = PM_TYPE_I64;
    pm_buf_init(&text, &alloc);
    pm_link_put_type(&text, &module, PM_TYPE_FIRST_USER + 5);
    pm_buf_puts(&text, "; ");
    pm_link_put_type(&text, &module, PM_TYPE_FIRST_USER);
    CHECK_STR(pm_buf_cstr(&text),
              "array array array i64; array array array array …");
    pm_buf_free(&text);
}
