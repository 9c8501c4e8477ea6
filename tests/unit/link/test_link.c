// SPDX-License-Identifier: MIT
//
// The linker as a whole: what an image holds, limits, many faults at once.
#include <stdio.h>
#include <stdlib.h>

#include "link/link_internal.h"
#include "link_text.h"
#include "support/refused_programs.h"
#include "support/test.h"

static void link_plain(const char *text, struct linked *out)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_registry registry;
    struct pm_link_config config = link_text_config(&registry);

    link_text(text, NULL, &config, &alloc, out);
}

#define TWO_FUNCTIONS                                                          \
    ".func main ()\n"                                                          \
    "    .local n: i64\n"                                                      \
    "    push_i64 1\n"                                                         \
    "    push_f64 1.0\n"                                                       \
    "    call pair\n"                                                          \
    "    pop_n 2\n"                                                            \
    "    ret\n"                                                                \
    ".end\n"                                                                   \
    ".func pair (a: i64, b: f64) -> (i64, f64)\n"                              \
    "    get_local a\n"                                                        \
    "    get_local b\n"                                                        \
    "    frame_sync\n"                                                         \
    "    ret\n"                                                                \
    ".end\n"

TEST(link, an_image_has_a_row_for_each_function)
{
    struct linked linked;

    link_plain(TWO_FUNCTIONS, &linked);
    REQUIRE(linked.image);
    const struct pm_image_function *row = linked.image->functions;
    CHECK_INT(row[0].locals, 1);
    CHECK_INT(row[0].slots, 4);
    CHECK_INT(row[0].params, 0);
    CHECK_INT(row[0].results, 0);
    CHECK_INT(row[1].locals, 2);
    CHECK_INT(row[1].slots, 5);
    CHECK_INT(row[1].params, 2);
    CHECK_INT(row[1].results, 2);
    linked_free(&linked);
}

TEST(link, safepoints_of_all_functions_lie_behind_each_other)
{
    struct linked linked;

    link_plain(TWO_FUNCTIONS, &linked);
    REQUIRE(linked.image);
    const struct pm_image *image = linked.image;
    CHECK_INT(image->functions[0].first_safepoint, 0);
    CHECK_INT(image->functions[0].safepoint_count, 2);
    CHECK_INT(image->functions[1].first_safepoint, 2);
    REQUIRE(CHECK_INT(image->functions[1].safepoint_count, 2));
    CHECK_INT(image->safepoint_count, 4);

    // main's call: its arguments are the callee's, nothing is live.
    const struct pm_image_safepoint *point = &image->safepoints[1];
    CHECK_INT(point->kind, PM_SAFEPOINT_IN);
    CHECK_INT(point->offset, 20);
    CHECK_INT(image->maps[point->map], 0);
    // pair's frame_sync: a, b, and both on the stack behind the link slot.
    point = &image->safepoints[3];
    CHECK_INT(image->maps[point->map], 0x1B);
    CHECK_INT(image->maps[point->map + 1], 0);
    CHECK_INT(image->maps[point->map + 2], 0x12);
    linked_free(&linked);
}

TEST(link, references_are_marked_in_the_maps)
{
    struct linked linked;

    link_plain(".func main ()\n"
               "    .local unset: string, s: string\n"
               "    push_const \"a\"\n"
               "    set_local s\n"
               "    push_i64 1\n"
               "    push_const \"b\"\n"
               "    frame_sync\n"
               "    pop_n 2\n"
               "    ret\n"
               ".end\n",
               &linked);
    REQUIRE(linked.image);
    const struct pm_image_safepoint *point = &linked.image->safepoints[1];
    CHECK_INT(linked.image->maps[point->map], 0x1A);
    CHECK_INT(linked.image->maps[point->map + 1], 0x12);
    CHECK_INT(linked.image->maps[point->map + 2], 0);
    linked_free(&linked);
}

TEST(link, the_module_goes_over_to_the_image_on_success_only)
{
    struct linked linked;

    link_plain(TWO_FUNCTIONS, &linked);
    CHECK_INT(linked.module.function_count, 0);
    CHECK(linked.module.block == NULL);
    linked_free(&linked);
    link_plain(".func main ()\n    pop\n    ret\n.end\n", &linked);
    CHECK_INT(linked.status, PM_ERR_INVALID);
    CHECK_INT(linked.module.function_count, 1);
    linked_free(&linked);
}

TEST(link, equal_modules_have_equal_fingerprints_and_others_not)
{
    struct linked a;
    struct linked b;
    struct linked c;

    link_plain(TWO_FUNCTIONS, &a);
    link_plain(TWO_FUNCTIONS, &b);
    link_plain(".func main ()\n    ret\n.end\n", &c);
    REQUIRE(a.image && b.image && c.image);
    CHECK(a.image->fingerprint.low == b.image->fingerprint.low);
    CHECK(a.image->fingerprint.high == b.image->fingerprint.high);
    CHECK(a.image->fingerprint.low != c.image->fingerprint.low);
    linked_free(&a);
    linked_free(&b);
    linked_free(&c);
}

TEST(link, faults_of_all_functions_are_reported_once_each)
{
    struct linked linked;

    link_plain(".host gfx cleer 1 (i64)\n"
               ".func main ()\n"
               "    push_bool true\n"
               "    jmp_if_true other\n"
               "    push_i64 1\n"
               "    hostcall #0\n"
               "    add\n" // fault, and all behind it is not followed
               "    add\n"
               "    ret\n"
               "other:\n"
               "    str_len\n" // fault on another way
               "    jmp #1\n"  // fault of the code, reached or not
               ".end\n"
               ".func second ()\n"
               "    get_global #4\n" // fault of another function
               "    pop\n"
               "    ret\n"
               ".end\n",
               &linked);
    CHECK_INT(linked.status, PM_ERR_INVALID);
    CHECK_INT(linked.diags.count, 5);
    linked_free(&linked);
}

TEST(link, debug_lines_give_the_place_in_the_source)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_registry registry;
    struct pm_link_config config = link_text_config(&registry);
    struct linked linked;

    link_text(".func main ()\n    push_i64 1\n    str_len\n    pop\n"
              "    ret\n.end\n",
              "game.pbasm", &config, &alloc, &linked);
    CHECK_STR(pm_buf_cstr(&linked.messages),
              "game.pbasm:3:5: error LINK-TYPE: function 'main' (0) at 10, "
              "str_len: found i64 on the stack, wanted string\n");
    linked_free(&linked);
}

TEST(link, the_files_name_is_the_configs)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_registry registry;
    struct pm_link_config config = link_text_config(&registry);
    struct linked linked;

    config.file = "cart.pbx";
    link_text(".func main ()\n    pop\n    ret\n.end\n", NULL, &config, &alloc,
              &linked);
    CHECK(strncmp(pm_buf_cstr(&linked.messages), "cart.pbx:+", 10) == 0);
    linked_free(&linked);
}

static void check_limit(uint32_t code, uint32_t module, const char *wanted)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_registry registry;
    struct pm_link_config config = link_text_config(&registry);
    struct linked linked;

    config.max_code_size = code;
    config.max_module_size = module;
    link_text(TWO_FUNCTIONS, NULL, &config, &alloc, &linked);
    CHECK_INT(linked.status, *wanted ? PM_ERR_INVALID : PM_OK);
    if (*wanted && CHECK_INT(linked.diags.count, 1)) {
        CHECK_STR(linked.diags.items[0].code, "LINK-LIMIT");
        CHECK(strstr(linked.diags.items[0].text, wanted));
    }
    linked_free(&linked);
}

TEST(link, a_profiles_limits_are_met_exactly)
{
    check_limit(50, 0, "");
    check_limit(49, 0, "found 50 bytes of code, wanted at most 49");
    check_limit(0, 1 << 20, "");
    check_limit(0, 100, "bytes, wanted at most 100");
}

// --- modules put together in memory ------------------------------------------

struct by_hand {
    struct pm_field fields[2];
    struct pm_type types[2];
    pm_type_id ids[2];
    struct pm_constant constant;
    struct pm_global global;
    struct pm_export export;
    struct pm_host_decl decl;
    struct pm_function function;
    struct pm_module module;
};

static void make_by_hand(struct by_hand *m)
{
    static const uint8_t code[] = {PM_OP_RET, 0};

    *m = (struct by_hand){
        .fields = {{{"x", 1}, PM_TYPE_I64}, {{"y", 1}, PM_TYPE_F64}},
        .types = {{.kind = PM_TYPE_KIND_FUNC},
                  {.kind = PM_TYPE_KIND_RECORD,
                   .name = {"Point", 5},
                   .field_count = 2}},
        .ids = {PM_TYPE_I64, PM_TYPE_ANY},
        .constant = {.type = PM_TYPE_I64},
        .global = {{"g", 1}, PM_TYPE_I64},
        .export = {{"main", 4}, 0},
        .function = {.name = {"main", 4},
                     .type = PM_TYPE_FIRST_USER,
                     .local_count = 2,
                     .code = code,
                     .code_size = sizeof code},
    };
    m->types[1].fields = m->fields;
    m->function.locals = m->ids;
    m->module = (struct pm_module){
        .name = {"m", 1},
        .types = m->types,
        .constants = &m->constant,
        .functions = &m->function,
        .globals = &m->global,
        .exports = &m->export,
        .host_decls = &m->decl,
        .type_count = 2,
        .constant_count = 1,
        .function_count = 1,
        .global_count = 1,
        .export_count = 1,
    };
}

// Links it; CHECKs that it is refused with [code], or taken when that is
// NULL.
static void check_by_hand(struct by_hand *m, const char *code)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_registry registry;
    struct pm_link_config config = link_text_config(&registry);
    struct pm_diags diags;
    struct pm_image *image = NULL;

    pm_diags_init(&diags, &alloc);
    pm_status status = pm_link(&m->module, &config, &alloc, &diags, &image);
    CHECK_INT(status, code ? PM_ERR_INVALID : PM_OK);
    if (code && CHECK_INT(diags.count, 1))
        CHECK_STR(diags.items[0].code, code);
    pm_image_free(image);
    pm_diags_free(&diags);
}

TEST(link, tables_made_in_memory_are_checked_as_well)
{
    struct by_hand m;

#define CHECK_CHANGED(change, code)                                            \
    make_by_hand(&m);                                                          \
    change;                                                                    \
    check_by_hand(&m, code)

    CHECK_CHANGED((void)0, NULL);
    CHECK_CHANGED(m.fields[1].type = 0, "LINK-TABLE");
    CHECK_CHANGED(m.fields[1].type = 18, "LINK-TABLE");
    CHECK_CHANGED(m.types[0].kind = 9, "LINK-TABLE");
    CHECK_CHANGED(m.types[1].field_count = 256, "LINK-TABLE");
    CHECK_CHANGED(m.types[0].param_count = 1, "LINK-TABLE");
    CHECK_CHANGED(
        (m.types[1].kind = PM_TYPE_KIND_ARRAY, m.types[1].element = 11),
        "LINK-TABLE");
    CHECK_CHANGED(m.constant.type = PM_TYPE_BOOL, "LINK-TABLE");
    CHECK_CHANGED(m.global.type = 99, "LINK-TABLE");
    CHECK_CHANGED(m.export.function = 1, "LINK-TABLE");
    CHECK_CHANGED(m.module.host_decl_count = 1, "LINK-TABLE");
    CHECK_CHANGED(m.function.type = PM_TYPE_FIRST_USER + 1, "LINK-TABLE");
    CHECK_CHANGED(m.function.type = PM_TYPE_ANY, "LINK-TABLE");
    CHECK_CHANGED(m.ids[0] = 0, "LINK-TABLE");
    CHECK_CHANGED(m.function.local_count = 513, "LINK-TABLE");
    CHECK_CHANGED(m.function.max_stack = 511, "LINK-TABLE");
    CHECK_CHANGED(m.function.max_stack = UINT32_MAX, "LINK-TABLE");
    CHECK_CHANGED(m.function.code_size = 65536, "LINK-TABLE");
    CHECK_CHANGED(m.function.flags = 2, "LINK-TABLE");
    CHECK_CHANGED((m.function.captures = m.ids, m.function.capture_count = 1),
                  "LINK-TABLE");
    CHECK_CHANGED(m.module.type_count = 65536, "LINK-TABLE");
    CHECK_CHANGED(m.module.function_count = 0, "LINK-BOOT");
    CHECK_CHANGED(m.function.code_size = 0, "LINK-CODE");
#undef CHECK_CHANGED
}

TEST(link, two_types_of_one_domain_are_refused)
{
    static const char *const domains[] = {"lamp", NULL};
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_registry registry;
    struct pm_link_config config = link_text_config(&registry);
    struct pm_type types[3];
    struct by_hand m;
    struct pm_diags diags;
    struct pm_image *image = NULL;

    make_by_hand(&m);
    types[0] = m.types[0];
    types[1] = types[2] =
        (struct pm_type){.kind = PM_TYPE_KIND_STATE, .name = {"lamp", 4}};
    m.module.types = types;
    m.module.type_count = 3;
    config.domains = domains;
    pm_diags_init(&diags, &alloc);
    CHECK_INT(pm_link(&m.module, &config, &alloc, &diags, &image),
              PM_ERR_INVALID);
    REQUIRE(CHECK_INT(diags.count, 1));
    CHECK_STR(diags.items[0].text,
              "type 2: found state lamp again, wanted one type of a domain; "
              "type 1 is it");
    pm_diags_free(&diags);
}

// --- the page ----------------------------------------------------------------

static char *read_page(void)
{
    FILE *file = fopen(PM_SOURCE_DIR "/docs/spec/linking.md", "rb");
    char *text = calloc(1, 1 << 16);

    if (file && text)
        CHECK(fread(text, 1, (1 << 16) - 1, file) > 0);
    if (file)
        fclose(file);
    return text;
}

TEST(link, the_page_about_linking_has_every_code)
{
    static const char *const others[] = {"LINK-TABLE", "LINK-LIMIT",
                                         "LINK-CAP"};
    char row[40];
    char *page = read_page();

    REQUIRE(page);
    for (size_t i = 0; i < PM_ARRAY_LEN(pm_refused_programs); i++) {
        snprintf(row, sizeof row, "\n| `%s` |", pm_refused_programs[i].code);
        if (!CHECK(strstr(page, row)))
            fprintf(stderr, "%s\n", row);
    }
    for (size_t i = 0; i < PM_ARRAY_LEN(others); i++) {
        snprintf(row, sizeof row, "\n| `%s` |", others[i]);
        CHECK(strstr(page, row));
    }
    free(page);
}

// The example of the page's row for [code], the row's last cell; NULL when
// the code has no row. To be freed.
static char *find_example(const char *page, const char *code)
{
    char row[40];
    const char *at;
    const char *end;
    char *example;

    snprintf(row, sizeof row, "\n| `%s` |", code);
    at = strstr(page, row);
    end = at ? strstr(at, "` |\n") : NULL;
    if (!end)
        return NULL;
    for (at = end; at[-1] != '`';)
        at--;
    example = calloc(1, (size_t)(end - at) + 1);
    if (example)
        memcpy(example, at, (size_t)(end - at));
    return example;
}

// Whether some refused program gives exactly this text.
static bool is_given(const char *code, const char *text)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(pm_refused_programs); i++) {
        struct linked linked;
        if (strcmp(pm_refused_programs[i].code, code) != 0)
            continue;
        link_plain(pm_refused_programs[i].text, &linked);
        bool same = linked.diags.count == 1 &&
                    strcmp(linked.diags.items[0].text, text) == 0;
        linked_free(&linked);
        if (same)
            return true;
    }
    return false;
}

TEST(link, the_pages_examples_are_messages_of_refused_programs)
{
    char *page = read_page();
    const char *last = "";

    REQUIRE(page);
    for (size_t i = 0; i < PM_ARRAY_LEN(pm_refused_programs); i++) {
        const char *code = pm_refused_programs[i].code;
        if (strcmp(code, last) == 0)
            continue;
        last = code;
        char *example = find_example(page, code);
        if (!CHECK(example && is_given(code, example)))
            fprintf(stderr, "%s: %s\n", code, example ? example : "no row");
        free(example);
    }
    free(page);
}

// Codes of the page that no program in the tests is refused with.
TEST(link, every_code_of_the_page_is_given_by_some_program)
{
    char *page = read_page();

    REQUIRE(page);
    for (char *at = page; (at = strstr(at, "\n| `LINK-")); at++) {
        char code[32] = {0};
        bool known = false;
        sscanf(at, "\n| `%31[A-Z-]", code);
        known = strcmp(code, "LINK-TABLE") == 0 ||
                strcmp(code, "LINK-LIMIT") == 0 ||
                strcmp(code, "LINK-CAP") == 0;
        for (size_t i = 0; i < PM_ARRAY_LEN(pm_refused_programs); i++)
            known |= strcmp(code, pm_refused_programs[i].code) == 0;
        if (!CHECK(known))
            fprintf(stderr, "%s\n", code);
    }
    free(page);
}
