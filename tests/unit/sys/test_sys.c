// SPDX-License-Identifier: MIT
//
// What the dispatcher checks of each row, for every row there is.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "builtin/builtin.h"
#include "registry/caps.h"
#include "support/cart_world.h"
#include "support/test.h"
#include "sys/sys.h"

static void put_type(struct pm_buf *out, const struct pm_value_decl *value)
{
    static const char *const names[] = {
        [PM_VALUE_INT] = "i64",    [PM_VALUE_BOOL] = "bool",
        [PM_VALUE_STR] = "string", [PM_VALUE_BYTES] = "bytes",
        [PM_VALUE_F64] = "f64",
    };

    if (value->type == PM_VALUE_STATE)
        pm_buf_printf(out, "state \"%s\"", value->domain);
    else
        pm_buf_puts(out, names[value->type]);
}

static void put_types(struct pm_buf *out, const struct pm_value_decl *values,
                      int count)
{
    pm_buf_puts(out, "(");
    for (int i = 0; i < count; i++) {
        pm_buf_puts(out, i ? ", " : "");
        put_type(out, &values[i]);
    }
    pm_buf_puts(out, ")");
}

static void put_host(struct pm_buf *out, const struct pm_call_decl *call)
{
    pm_buf_printf(out, ".host %s %s %u ", call->module, call->name,
                  (unsigned)call->version);
    put_types(out, call->params, call->param_count);
    pm_buf_puts(out, " -> ");
    put_types(out, call->results, call->result_count);
    pm_buf_puts(out, "\n");
}

// Which of a call's parameters is odd, and how: null where it is a reference,
// else a number.
struct odd {
    int index;
    bool is_null;
    int64_t number;
};

static void put_number(struct pm_buf *out, const struct pm_value_decl *param)
{
    pm_buf_printf(out, "    push_i64 %" PRId64 "\n",
                  param->least < 0 ? 0 : param->least);
}

static void put_usual(struct pm_buf *out, const struct pm_value_decl *param)
{
    switch (param->type) {
    case PM_VALUE_INT:
        put_number(out, param);
        return;
    case PM_VALUE_BOOL:
        pm_buf_puts(out, "    push_bool false\n");
        return;
    case PM_VALUE_STR:
        pm_buf_puts(out, "    push_const \"hello\"\n");
        return;
    case PM_VALUE_STATE:
        pm_buf_puts(out, "    get_local object\n");
        return;
    default:
        pm_buf_puts(out, "    push_i64 64\n    bytes_new\n");
    }
}

static void put_argument(struct pm_buf *out, const struct pm_value_decl *param,
                         bool is_odd, const struct odd *odd)
{
    if (!is_odd) {
        put_usual(out, param);
        return;
    }
    if (!odd->is_null) {
        pm_buf_printf(out, "    push_i64 %" PRId64 "\n", odd->number);
        return;
    }
    pm_buf_puts(out, "    push_null ");
    put_type(out, param);
    pm_buf_puts(out, "\n");
}

// The create call of the domain whose object [call] takes, or NULL.
static const struct pm_call_decl *maker_of(const struct pm_domains *domains,
                                           const struct pm_call_decl *call)
{
    if (!call->domain || call->verb == PM_VERB_CREATE)
        return NULL;
    for (size_t i = 0; i < pm_registry_count(&domains->registry); i++) {
        const struct pm_call_decl *c = pm_registry_at(&domains->registry, i);
        if (c->domain && strcmp(c->domain, call->domain) == 0 &&
            c->verb == PM_VERB_CREATE)
            return c;
    }
    return NULL;
}

// Nothing was made before.
static const char *example_of(const struct pm_domains *domains,
                              const char *domain)
{
    static char text[200];
    const char *example = pm_domains_find(domains, domain)->domain.example;
    const char *made = strstr(example, "@made");

    if (!made)
        return example;
    snprintf(text, sizeof text, "%.*spush_i64 0%s", (int)(made - example),
             example, made + 5);
    return text;
}

static void put_maker(struct pm_buf *out, const struct pm_domains *domains,
                      const struct pm_call_decl *maker)
{
    pm_buf_printf(out,
                  "    %s\n    hostcall %s.%s\n    set_local object\n"
                  "    pop\n",
                  example_of(domains, maker->domain), maker->module,
                  maker->name);
}

// A program that makes one call, on a new object if it takes one.
static void write_program(struct pm_buf *out, const struct pm_call_decl *call,
                          const struct odd *odd)
{
    struct pm_domains domains;
    struct pm_allocator alloc = pm_allocator_libc();
    pm_status status = pm_domains_init(&domains, &alloc);
    const struct pm_call_decl *maker = maker_of(&domains, call);

    PM_CHECK(status == PM_OK);
    put_host(out, call);
    if (maker)
        put_host(out, maker);
    pm_buf_puts(out, ".func main ()\n");
    if (maker) {
        pm_buf_printf(out, " .local object: state \"%s\"\n", call->domain);
        put_maker(out, &domains, maker);
    }
    for (int i = 0; i < call->param_count; i++)
        put_argument(out, &call->params[i], i == odd->index, odd);
    pm_buf_printf(out, "    hostcall %s.%s\n", call->module, call->name);
    for (int i = 0; i < call->result_count; i++)
        pm_buf_puts(out, "    pop\n");
    pm_buf_puts(out, "    halt\n.end\n");
    pm_domains_free(&domains);
}

// Runs to the end, over as many ticks as calls that wait make of it.
static pm_trap_code run(struct pm_machine *machine, char message[200],
                        uint64_t *out_cycles)
{
    enum pm_tick_result result = PM_TICK_LATE;
    struct pm_telemetry telemetry;
    uint64_t cycles = 0;

    for (int i = 0; i < 10 && result == PM_TICK_LATE; i++) {
        result = pm_machine_tick(machine, NULL);
        pm_machine_telemetry(machine, &telemetry);
        cycles += telemetry.cycles;
    }
    const struct pm_trap_info *trap = pm_machine_trap(machine);
    CHECK_INT(result, trap ? PM_TICK_TRAPPED : PM_TICK_HALTED);
    if (trap)
        snprintf(message, 200, "%s", trap->message);
    if (out_cycles)
        *out_cycles = cycles;
    return trap ? trap->code : PM_TRAP_NONE;
}

// Makes the call and gives its trap; the message goes to [message].
static pm_trap_code call_it(const struct pm_call_decl *call, struct odd odd,
                            char message[200], uint64_t *out_cycles)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_test_cart cart;
    struct pm_buf text;
    pm_trap_code code = PM_TRAP_NONE;

    pm_buf_init(&text, &alloc);
    write_program(&text, call, &odd);
    message[0] = '\0';
    if (CHECK(pm_test_cart_make(&cart, "JAM", pm_buf_cstr(&text)))) {
        pm_test_cart_manifest(
            &cart, "JAM", "\"gfx\",\"log\",\"fs\",\"asset\",\"bank\",\"audio\"",
            "Test");
        CHECK(pm_test_cart_add_assets(&cart));
        struct pm_machine *machine = pm_test_machine(&cart, NULL);
        if (CHECK(machine != NULL))
            code = run(machine, message, out_cycles);
        pm_machine_destroy(machine);
    }
    pm_test_cart_free(&cart);
    pm_buf_free(&text);
    return code;
}

// What the dispatcher says of a number that is out of range.
static void write_wanted(char wanted[200], const struct pm_call_decl *call,
                         const struct pm_value_decl *param, int64_t number)
{
    snprintf(wanted, 200,
             "%s.%s: %s is %" PRId64 ", it must be %" PRId64 " to %" PRId64,
             call->module, call->name, param->name, number, param->least,
             param->greatest);
}

// The dispatcher lets an end of the range through. What lies beyond it traps,
// with a message that names call, parameter, value and range.
static void try_end(const struct pm_call_decl *call, int index, int64_t end,
                    int64_t beyond)
{
    char message[200];
    char wanted[200];

    write_wanted(wanted, call, &call->params[index], end);
    call_it(call, (struct odd){index, false, end}, message, NULL);
    CHECK(strcmp(message, wanted) != 0);
    write_wanted(wanted, call, &call->params[index], beyond);
    CHECK_INT(call_it(call, (struct odd){index, false, beyond}, message, NULL),
              PM_TRAP_INVALID_ARGUMENT);
    CHECK_STR(message, wanted);
}

static void try_number(const struct pm_call_decl *call, int index)
{
    const struct pm_value_decl *param = &call->params[index];

    // A transfer's numbers but the first have rules of their own.
    if (call->form != PM_FORM_PLAIN && index > 0)
        return;
    if (param->least != INT64_MIN)
        try_end(call, index, param->least, param->least - 1);
    if (param->greatest != INT64_MAX)
        try_end(call, index, param->greatest, param->greatest + 1);
}

static void try_null(const struct pm_call_decl *call, int index)
{
    char message[200];

    CHECK_INT(call_it(call, (struct odd){index, true, 0}, message, NULL),
              PM_TRAP_NULL_REF);
    CHECK(strstr(message, call->params[index].name) != NULL);
}

static void try_row(const struct pm_call_decl *call)
{
    char message[200];
    bool has_body = pm_sys_find_body(call->id) != NULL;
    bool has_call = pm_sys_find_call(call->id) != NULL;

    CHECK(has_body != has_call);
    call_it(call, (struct odd){-1, false, 0}, message, NULL);
    CHECK(strstr(message, "has no code behind it") == NULL);
    for (int k = 0; k < call->param_count; k++) {
        pm_value_type type = call->params[k].type;
        if (type == PM_VALUE_INT)
            try_number(call, k);
        if (type == PM_VALUE_STR || type == PM_VALUE_BYTES ||
            type == PM_VALUE_STATE)
            try_null(call, k);
    }
}

TEST(sys, every_row_has_code_and_its_arguments_are_checked)
{
    struct pm_registry registry;
    struct pm_allocator alloc = pm_allocator_libc();

    pm_registry_init(&registry, &alloc);
    for (size_t i = 0; i < pm_registry_count(&registry); i++)
        try_row(pm_registry_at(&registry, i));
    pm_registry_free(&registry);
}

TEST(sys, a_length_is_paid_for)
{
    struct pm_registry registry;
    struct pm_allocator alloc = pm_allocator_libc();
    char message[200];
    uint64_t cycles = 0;

    pm_registry_init(&registry, &alloc);
    const struct pm_call_decl *call =
        pm_registry_find_id(&registry, PM_SYSCALL_GFX_TEXT);
    REQUIRE(call != NULL);
    CHECK_INT(call_it(call, (struct odd){0, false, 0}, message, &cycles), 0);
    // Four pushes, the call for five letters, halt.
    CHECK_INT(cycles, 4 + call->price + call->price16 + 1);
    pm_registry_free(&registry);
}

// --- what only a direct call can show ----------------------------------------

TEST(sys, an_unknown_intrinsic_has_an_entry_that_traps)
{
    struct pm_input input = {0};
    CHECK(pm_builtin_find(&input, 0xffff).run != NULL);
    CHECK(pm_builtin_find(&input, PM_INTRINSIC_FRAME).context == &input);
}

TEST(sys, every_intrinsic_gives_what_the_pad_did)
{
    static const char text[] = ".host gfx clear 1 (i64) -> ()\n"
                               ".func main ()\n"
                               "loop:\n"
                               "    push_i64 2\n"
                               "    push_i64 11\n"
                               "    intrinsic pad_down\n"
                               "    to_i64\n"
                               "    push_i64 2\n"
                               "    push_i64 11\n"
                               "    intrinsic pad_pressed\n"
                               "    to_i64\n"
                               "    push_i64 1\n"
                               "    shl\n"
                               "    or\n"
                               "    push_i64 2\n"
                               "    push_i64 11\n"
                               "    intrinsic pad_released\n"
                               "    to_i64\n"
                               "    push_i64 2\n"
                               "    shl\n"
                               "    or\n"
                               "    push_i64 2\n"
                               "    push_i64 11\n"
                               "    intrinsic pad_hold\n"
                               "    push_i64 3\n"
                               "    shl\n"
                               "    or\n"
                               "    hostcall gfx.clear\n"
                               "    frame_sync\n"
                               "    jmp loop\n"
                               ".end\n";
    static const int down[] = {0, 1, 1, 1, 0, 0, 1};
    static const int wanted[] = {0, 1 + 2 + 8, 1 + 16, 1 + 24, 4, 0, 1 + 2 + 8};
    struct pm_test_cart cart;
    REQUIRE(pm_test_cart_make(&cart, "JAM", text));
    struct pm_machine *machine = pm_test_machine(&cart, NULL);
    REQUIRE(machine);
    for (int i = 0; i < 7; i++) {
        struct pm_frame_input input = {
            .pad = {0, 0, (uint16_t)(down[i] << PM_BUTTON_SELECT), 0}};
        CHECK_INT(pm_machine_tick(machine, &input), PM_TICK_FRAME);
        CHECK_INT(pm_machine_picture(machine)[0], wanted[i]);
    }
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

TEST(sys, the_pointer_is_read)
{
    static const char *const names[] = {
        "touch_x",       "touch_y",        "touch_present", "touch_down",
        "touch_pressed", "touch_released", "touch_hold"};
    static const int wanted[] = {40, 50, 1, 1, 1, 0, 1};

    for (int i = 0; i < 7; i++) {
        struct pm_test_cart cart;
        char text[400];
        bool is_flag = i >= 2 && i <= 5;
        snprintf(text, sizeof text,
                 ".host gfx clear 1 (i64) -> ()\n.func main ()\n"
                 "    intrinsic %s\n%s    hostcall gfx.clear\n    halt\n"
                 ".end\n",
                 names[i], is_flag ? "    to_i64\n" : "");
        REQUIRE(pm_test_cart_make(&cart, "JAM", text));
        struct pm_machine *machine = pm_test_machine(&cart, NULL);
        REQUIRE(machine);
        struct pm_frame_input input = {
            .touch_x = 40, .touch_y = 50, .touch_present = 1, .touch_down = 1};
        CHECK_INT(pm_machine_tick(machine, &input), PM_TICK_HALTED);
        CHECK_INT(pm_machine_picture(machine)[0], wanted[i]);
        pm_machine_destroy(machine);
        pm_test_cart_free(&cart);
    }
}

TEST(sys, a_pad_or_button_that_is_not_traps)
{
    static const char *const rows[][2] = {
        {"push_i64 4\n push_i64 0\n intrinsic pad_down\n",
         "pad_down: pad is 4, it must be 0 to 3"},
        {"push_i64 -1\n push_i64 0\n intrinsic pad_pressed\n",
         "pad_pressed: pad is -1, it must be 0 to 3"},
        {"push_i64 0\n push_i64 12\n intrinsic pad_released\n",
         "pad_released: button is 12, it must be 0 to 11"},
        {"push_i64 0\n push_i64 -9\n intrinsic pad_hold\n",
         "pad_hold: button is -9, it must be 0 to 11"},
    };
    for (int i = 0; i < 4; i++) {
        struct pm_test_cart cart;
        char text[200];
        snprintf(text, sizeof text, ".func main ()\n %s pop\n halt\n.end\n",
                 rows[i][0]);
        REQUIRE(pm_test_cart_make(&cart, "JAM", text));
        struct pm_machine *machine = pm_test_machine(&cart, NULL);
        REQUIRE(machine);
        CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_TRAPPED);
        CHECK_INT(pm_machine_trap(machine)->code, PM_TRAP_INVALID_ARGUMENT);
        CHECK_STR(pm_machine_trap(machine)->message, rows[i][1]);
        pm_machine_destroy(machine);
        pm_test_cart_free(&cart);
    }
}

// --- sprites and lists -------------------------------------------------------

// Emits [count] sprites of glyph [glyph] from bank 3; the last status is the
// clear colour.
static struct pm_machine *emit(struct pm_test_cart *cart, int glyph, int count,
                               bool has_sheet)
{
    char text[700];
    snprintf(text, sizeof text,
             ".host gfx clear 1 (i64) -> ()\n"
             ".host composer emit_sprite 1 (i64, i64, i64, i64, i64, i64, "
             "bool, bool, i64) -> (i64)\n"
             ".func main ()\n .local i: i64\n push_i64 0\n set_local i\n"
             "more:\n push_i64 %d\n push_i64 0\n push_i64 0\n push_i64 500\n"
             " push_i64 0\n push_i64 3\n push_bool false\n push_bool false\n"
             " push_i64 0\n hostcall composer.emit_sprite\n"
             " hostcall gfx.clear\n"
             " get_local i\n push_i64 1\n add\n tee_local i\n push_i64 %d\n"
             " lt\n jmp_if_true more\n halt\n.end\n",
             glyph, count);
    if (!CHECK(pm_test_cart_make(cart, "ADVANCED", text)) ||
        (has_sheet && !CHECK(pm_test_cart_add_sheet(cart, 3, 1, 16))))
        return NULL;
    return pm_test_machine(cart, NULL);
}

TEST(sys, emit_sprite_has_its_statuses)
{
    static const struct {
        int glyph;
        int count;
        bool has_sheet;
        int status;
    } rows[] = {{3, 1, true, 0},
                {3, 512, true, 0},
                {3, 513, true, 3},
                {3, 1, false, 2},
                {9999, 1, false, 2}};

    for (int i = 0; i < 5; i++) {
        struct pm_test_cart cart;
        struct pm_machine *machine =
            emit(&cart, rows[i].glyph, rows[i].count, rows[i].has_sheet);
        REQUIRE(machine);
        CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_HALTED);
        CHECK_INT(pm_machine_picture(machine)[0], rows[i].status);
        pm_machine_destroy(machine);
        pm_test_cart_free(&cart);
    }
}

TEST(sys, a_glyph_beyond_the_sheet_traps)
{
    struct pm_test_cart cart;
    struct pm_machine *machine = emit(&cart, 4, 1, true);
    REQUIRE(machine);
    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_TRAPPED);
    CHECK_INT(pm_machine_trap(machine)->code, PM_TRAP_INVALID_ARGUMENT);
    CHECK_STR(pm_machine_trap(machine)->message,
              "composer.emit_sprite: glyph_id is 4, the sheet in bank 3 has 0 "
              "to 3");
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

TEST(sys, a_frame_that_draws_too_much_is_out_of_memory)
{
    static const char text[] = ".host gfx pixel 1 (i64, i64, i64) -> ()\n"
                               ".func main ()\n"
                               "more:\n"
                               "    push_i64 1\n"
                               "    push_i64 1\n"
                               "    push_i64 1\n"
                               "    hostcall gfx.pixel\n"
                               "    jmp more\n"
                               ".end\n";
    struct pm_test_cart cart;
    enum pm_tick_result result = PM_TICK_LATE;
    REQUIRE(pm_test_cart_make(&cart, "ADVANCED", text));
    struct pm_machine *machine = pm_test_machine(&cart, NULL);
    REQUIRE(machine);
    for (int i = 0; i < 10 && result == PM_TICK_LATE; i++)
        result = pm_machine_tick(machine, NULL);
    CHECK_INT(result, PM_TICK_TRAPPED);
    REQUIRE(pm_machine_trap(machine));
    CHECK_INT(pm_machine_trap(machine)->code, PM_TRAP_OUT_OF_MEMORY);
    CHECK(strstr(pm_machine_trap(machine)->message, "65536") != NULL);
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}
