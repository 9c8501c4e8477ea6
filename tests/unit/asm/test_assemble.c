// SPDX-License-Identifier: MIT
#include "asm/asm.h"

#include "support/fault_alloc.h"
#include "support/test.h"

static const char everything[] =
    "; all kinds of statements\n"
    ".module \"meadow\"\n"
    ".type Point = record {\n"
    "    x: f64, // across\n"
    "    y: f64,\n"
    "}\n"
    ".type Grid = array i64\n"
    ".type File = state \"file\"\n"
    ".type Op = func (i64, i64) -> (i64)\n"
    ".const greeting = \"Hello\\n\"\n"
    ".const big = i64 0x7fff_ffff\n"
    ".global score: i64, where: Point\n"
    ".host clear = \"gfx\" \"clear\" 1 (i64) -> ()\n"
    ".host gfx pixel 2 (i64, i64) -> bool\n"
    ".func main ()\n"
    "    .local a: i64, p: Point, g: array i64\n"
    "    push_i64 2\n"
    "    set_local a\n"
    "    rec_new Point\n"
    "    tee_local p\n"
    "    get_field Point.y\n"
    "    pop\n"
    "loop: get_local a\n"
    "    push_i64 10\n"
    "    lt\n"
    "    jmp_if_false done\n"
    "    push_i64 'A'\n"
    "    hostcall clear\n"
    "    push_i64 1\n"
    "    push_i64 2\n"
    "    hostcall gfx.pixel\n"
    "    pop\n"
    "    push_const greeting\n"
    "    push_const \"inline\"\n"
    "    add\n"
    "    pop\n"
    "    get_local a\n"
    "    make_closure add_to, 1\n"
    "    push_i64 4\n"
    "    call_closure 1\n"
    "    pop\n"
    "    jmp loop\n"
    "done:\n"
    "    ret\n"
    ".end\n"
    ".func add_to (n: i64) -> (i64) closure (captured: i64)\n"
    "    get_local n\n"
    "    get_capture captured\n"
    "    get_local self\n"
    "    pop\n"
    "    add\n"
    "    ret\n"
    ".end\n"
    ".export \"start\" = main\n"
    ".export add_to\n";

struct result {
    struct pm_buf bytes;
    struct pm_buf report;
    struct pm_module module;
    pm_status status;
};

// Assembles [text] and reads what came of it.
static void run(const char *text, struct result *r)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;

    *r = (struct result){.module = {.alloc = alloc}};
    pm_buf_init(&r->bytes, &alloc);
    pm_buf_init(&r->report, &alloc);
    pm_diags_init(&diags, &alloc);
    r->status = pm_assemble(text, strlen(text), "t.asm", NULL, &alloc, &diags,
                            &r->bytes);
    if (r->status == PM_OK)
        CHECK_INT(pm_module_read(r->bytes.data, r->bytes.size, "t.pbx", &alloc,
                                 &diags, &r->module),
                  PM_OK);
    pm_diags_print(&diags, &r->report);
    CHECK((r->status == PM_OK) == (diags.errors == 0));
    pm_buf_cstr(&r->report);
    pm_diags_free(&diags);
}

static void finish(struct result *r)
{
    pm_module_free(&r->module);
    pm_buf_free(&r->bytes);
    pm_buf_free(&r->report);
}

TEST(assemble, a_text_with_everything_becomes_a_module)
{
    struct result r;
    run(everything, &r);
    CHECK_STR((const char *)r.report.data, "");
    if (r.status == PM_OK) {
        CHECK_INT(r.module.function_count, 2);
        CHECK_INT(r.module.functions[0].max_stack, 2);
        CHECK_INT(r.module.functions[1].max_stack, 3);
        CHECK_INT(r.module.global_count, 2);
        CHECK_INT(r.module.constant_count, 3);
    }
    finish(&r);
}
