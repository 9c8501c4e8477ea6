// SPDX-License-Identifier: MIT
//
// The strict mode: a status that is dropped without a look at it.
#include <stdio.h>
#include <string.h>

#include "link_text.h"
#include "support/test.h"

// A function that replaces a file and then does [body] with the status.
static void link_body(const char *body, bool strict, struct linked *out)
{
    char text[1024];
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_registry registry;
    struct pm_link_config config = link_text_config(&registry);

    config.strict = strict;
    snprintf(
        text, sizeof text,
        ".host replace = \"fs\" \"replace\" 1 (string, bytes, i64, i64) -> "
        "(i64)\n"
        ".host usage = \"fs\" \"usage\" 1 (string) -> (i64, i64, i64)\n"
        ".func main ()\n"
        ".local kept: i64\n"
        "    push_const \"/save\"\n"
        "    hostcall usage\n"
        "    pop\n"
        "    pop\n"
        "    push_i64 0\n"
        "    eq\n"
        "    jmp_if_false end\n"
        "    push_const \"/save/a\"\n"
        "    push_i64 4\n"
        "    bytes_new\n"
        "    push_i64 0\n"
        "    push_i64 4\n"
        "    hostcall replace\n"
        "%s"
        "end:\n"
        "    halt\n"
        ".end\n",
        body);
    link_text(text, NULL, &config, &alloc, out);
    pm_registry_free(&registry);
}

static void expect(const char *body, bool is_dropped)
{
    struct linked linked;

    link_body(body, true, &linked);
    const char *found = pm_buf_cstr(&linked.messages);
    bool said = found && strstr(found, "LINK-STATUS") &&
                strstr(found, "the status of 'fs' 'replace' is dropped without "
                              "a look at it");
    if (!CHECK_INT(said, is_dropped) ||
        !CHECK_INT(linked.status, is_dropped ? PM_ERR_INVALID : PM_OK))
        fprintf(stderr, "%s%s", body, found ? found : "");
    linked_free(&linked);
}

TEST(statuses, are_dropped_by_a_pop_of_any_kind)
{
    expect("    pop\n", true);
    expect("    push_i64 1\n    pop_n 2\n", true);
    expect("    push_i64 1\n    swap\n    pop\n    pop\n", true);
    expect("    push_i64 1\n    push_i64 2\n    rot\n    pop\n    pop_n 2\n",
           true);
    expect("    nop\n    pop\n", true);
}

TEST(statuses, are_looked_at_by_what_uses_copies_or_keeps_them)
{
    expect("    push_i64 0\n    eq\n    jmp_if_false end\n", false);
    expect("    dup\n    push_i64 0\n    eq\n    pop\n    pop\n", false);
    expect("    push_i64 1\n    over\n    pop_n 3\n", false);
    expect("    push_i64 1\n    dup2\n    pop_n 4\n", false);
    expect("    set_local kept\n", false);
    expect("    tee_local kept\n    pop\n", false);
    expect("    neg\n    pop\n", false);
    // What stands where a status stood is none.
    expect("    set_local kept\n    push_i64 0\n    pop\n", false);
}

TEST(statuses, may_be_dropped_outside_of_the_strict_mode)
{
    struct linked linked;

    link_body("    pop\n", false, &linked);
    CHECK_INT(linked.status, PM_OK);
    linked_free(&linked);
}

TEST(statuses, that_are_dropped_are_all_told)
{
    struct linked linked;

    link_body("    pop\n"
              "    push_const \"/save\"\n"
              "    hostcall usage\n"
              "    pop_n 3\n",
              true, &linked);
    CHECK_INT(linked.diags.errors, 2);
    linked_free(&linked);
}
