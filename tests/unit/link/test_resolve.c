// SPDX-License-Identifier: MIT
//
// Host calls, capabilities and state domains against what there is.
#include "link_text.h"
#include "registry/caps.h"
#include "support/test.h"

// An embedder's domain with two of its calls.
static const struct pm_call_decl embedder_calls[] = {
    {
        .id = 0x8001,
        .module = "lamp",
        .name = "open",
        .version = 2,
        .capability = 1u << 20,
        .params = {{"name", PM_VALUE_STR, NULL, 0, 0}},
        .results = {{"status", PM_VALUE_INT, NULL, 0, 9},
                    {"lamp", PM_VALUE_STATE, "lamp", 0, 0}},
        .param_count = 1,
        .result_count = 2,
    },
    {
        .id = 0x8002,
        .module = "lamp",
        .name = "glow",
        .version = 1,
        .params = {{"lamp", PM_VALUE_STATE, "lamp", 0, 0},
                   {"light", PM_VALUE_F64, NULL, 0, 0},
                   {"bytes", PM_VALUE_BYTES, NULL, 0, 0}},
        .param_count = 3,
    },
};

static const char *const domains[] = {"lamp", "motor", NULL};

// Links [text] with the embedder's calls; CHECKs that the messages are
// [wanted], empty for none.
static void check_with(const char *text, uint32_t capabilities,
                       const char *wanted)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_registry registry;
    struct pm_link_config config = link_text_config(&registry);
    struct linked linked;

    for (size_t i = 0; i < PM_ARRAY_LEN(embedder_calls); i++)
        CHECK_INT(pm_registry_add(&registry, &embedder_calls[i]), PM_OK);
    config.capabilities = capabilities;
    config.domains = domains;
    link_text(text, NULL, &config, &alloc, &linked);
    CHECK_STR(pm_buf_cstr(&linked.messages), wanted);
    CHECK_INT(linked.status, *wanted ? PM_ERR_INVALID : PM_OK);
    if (linked.image && linked.image->module.host_decl_count == 2) {
        CHECK_INT(linked.image->calls[0].decl->id, 0x8001);
        CHECK_INT(linked.image->calls[0].args, 1);
        CHECK_INT(linked.image->calls[0].results, 2);
    }
    linked_free(&linked);
    pm_registry_free(&registry);
}

#define LAMP                                                                   \
    ".type Lamp = state \"lamp\"\n"                                            \
    ".host lamp open 2 (string) -> (i64, Lamp)\n"                              \
    ".host lamp glow 1 (Lamp, f64, bytes)\n"                                   \
    ".func main ()\n"                                                          \
    "    push_const \"kitchen\"\n"                                             \
    "    hostcall lamp.open\n"                                                 \
    "    push_f64 0.5\n"                                                       \
    "    push_null bytes\n"                                                    \
    "    hostcall lamp.glow\n"                                                 \
    "    pop\n"                                                                \
    "    ret\n"                                                                \
    ".end\n"

TEST(resolve, an_embedders_calls_and_domains_resolve)
{
    check_with(LAMP, UINT32_MAX, "");
}

TEST(resolve, a_missing_capability_of_the_embedders_is_named_by_its_bit)
{
    check_with(LAMP, PM_CAP_GFX,
               "program.pbx: error LINK-CAP: host call 0, 'lamp' 'open' "
               "version 2: capability bit 0x100000 is not granted; the "
               "manifest has to ask for it and the host to grant it\n");
}

TEST(resolve, a_missing_capability_of_the_consoles_is_named)
{
    check_with(".host log write 1 (i64, string)\n"
               ".func main ()\n"
               "    push_i64 1\n"
               "    push_const \"a\"\n"
               "    hostcall log.write\n"
               "    ret\n"
               ".end\n",
               ~(uint32_t)PM_CAP_LOG,
               "program.pbx: error LINK-CAP: host call 0, 'log' 'write' "
               "version 1: capability 'log' is not granted; the manifest has "
               "to ask for it and the host to grant it\n");
}

TEST(resolve, a_state_of_another_domain_is_refused)
{
    check_with(".type Motor = state \"motor\"\n"
               ".host lamp glow 1 (Motor, f64, bytes)\n"
               ".func main ()\n"
               "    push_null Motor\n"
               "    push_f64 0.5\n"
               "    push_null bytes\n"
               "    hostcall lamp.glow\n"
               "    ret\n"
               ".end\n",
               UINT32_MAX,
               "program.pbx: error LINK-HOST-TYPE: host call 0, 'lamp' 'glow' "
               "version 1: parameter 1 'lamp': found state motor, wanted "
               "state lamp\n");
}

TEST(resolve, any_is_no_state)
{
    check_with(".host lamp glow 1 (any, f64, string)\n"
               ".func main ()\n"
               "    push_null any\n"
               "    push_f64 0.5\n"
               "    push_const \"a\"\n"
               "    hostcall lamp.glow\n"
               "    ret\n"
               ".end\n",
               UINT32_MAX,
               "program.pbx: error LINK-HOST-TYPE: host call 0, 'lamp' 'glow' "
               "version 1: parameter 1 'lamp': found any, wanted state "
               "lamp\n");
}

TEST(resolve, a_slip_in_a_domain_has_a_hint)
{
    check_with(".type Motor = state \"moter\"\n"
               ".func main ()\n"
               "    ret\n"
               ".end\n",
               UINT32_MAX,
               "program.pbx: error LINK-DOMAIN: type 0: found state domain "
               "'moter', which is none; did you mean 'motor'?\n");
}

TEST(resolve, parameters_and_results_are_both_compared)
{
    check_with(".type Lamp = state \"lamp\"\n"
               ".host lamp open 2 (bytes) -> (i64, any)\n"
               ".func main ()\n"
               "    push_null bytes\n"
               "    hostcall lamp.open\n"
               "    pop_n 2\n"
               "    ret\n"
               ".end\n",
               UINT32_MAX,
               "program.pbx: error LINK-HOST-TYPE: host call 0, 'lamp' 'open' "
               "version 2: parameter 1 'name': found bytes, wanted string\n"
               "program.pbx: error LINK-HOST-TYPE: host call 0, 'lamp' 'open' "
               "version 2: result 2 'lamp': found any, wanted state lamp\n");
}

TEST(resolve, hostile_names_are_escaped_and_cut)
{
    check_with(".host \"a\\x1b[31m\" \"0123456789012345678901234567890123456789"
               "01234567890123456789too long\" 1 ()\n"
               ".func main ()\n"
               "    hostcall #0\n"
               "    ret\n"
               ".end\n",
               UINT32_MAX,
               "program.pbx: error LINK-HOST: host call 0, 'a\\x1b[31m' "
               "'012345678901234567890123456789012345678901234567890123456789"
               "…' version 1: there is no such host call\n");
}

TEST(resolve, unused_is_not_claimed_when_code_cannot_be_read)
{
    check_with(".host gfx clear 1 (i64)\n"
               ".func main ()\n"
               "    .byte 0xEE, 0xEE\n"
               "    push_i64 1\n"
               "    hostcall gfx.clear\n"
               "    ret\n"
               ".end\n",
               UINT32_MAX,
               "program.pbx:+244: error LINK-CODE: function 'main' (0) at 0: "
               "found opcode 0xEEEE, which is none\n");
}
