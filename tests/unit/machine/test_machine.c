// SPDX-License-Identifier: MIT
#include <string.h>

#include "support/cart_world.h"
#include "support/fault_alloc.h"
#include "support/test.h"

// Counts frames in a global and shows the count as the clear colour.
static const char counter[] = ".module \"counter\"\n"
                              ".host gfx clear 1 (i64) -> ()\n"
                              ".global n: i64\n"
                              ".func main ()\n"
                              "loop:\n"
                              "    get_global n\n"
                              "    push_i64 1\n"
                              "    add\n"
                              "    set_global n\n"
                              "    get_global n\n"
                              "    hostcall gfx.clear\n"
                              "    frame_sync\n"
                              "    jmp loop\n"
                              ".end\n";

static bool same(struct pm_fingerprint a, struct pm_fingerprint b)
{
    return a.low == b.low && a.high == b.high;
}

static struct pm_fingerprint print_of(struct pm_machine *machine)
{
    struct pm_fingerprint print = {0};
    CHECK_INT(pm_machine_fingerprint(machine, &print), PM_OK);
    return print;
}

TEST(machine, boots_a_cartridge_and_shows_its_frames)
{
    struct pm_test_cart cart;
    struct pm_cart_info info;
    struct pm_telemetry telemetry;
    REQUIRE(pm_test_cart_make(&cart, "STANDARD", counter));
    struct pm_machine *machine = pm_test_machine(&cart, NULL);
    REQUIRE(machine);

    CHECK_INT(pm_machine_picture(machine)[0], 0);
    for (int i = 1; i <= 5; i++) {
        CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_FRAME);
        CHECK_INT(pm_machine_picture(machine)[0], i);
        CHECK_INT(pm_machine_picture(machine)[PM_PICTURE_PIXELS - 1], i);
    }
    pm_machine_telemetry(machine, &telemetry);
    CHECK_INT(telemetry.frame, 5);
    CHECK_INT(telemetry.ticks, 5);
    CHECK_INT(telemetry.late_ticks, 0);
    CHECK_INT(telemetry.host_calls, 1);
    CHECK(telemetry.cycles > 200 && telemetry.cycles < 300);
    CHECK_INT(telemetry.budget, 1000000);
    CHECK(pm_machine_cart(machine, &info));
    CHECK_STR(info.title, "Test");
    CHECK_STR(info.profile, "STANDARD");
    CHECK_INT(info.app_id, 7);
    CHECK(!pm_machine_trap(machine));
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

TEST(machine, without_a_cartridge_is_empty)
{
    struct pm_machine *machine;
    struct pm_fingerprint print;
    struct pm_telemetry telemetry;
    uint8_t *bytes;
    size_t size;
    REQUIRE(pm_machine_create(NULL, &machine) == PM_OK);

    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_EMPTY);
    CHECK_INT(pm_machine_reset(machine), PM_ERR_WRONG_STATE);
    CHECK_INT(pm_machine_fingerprint(machine, &print), PM_ERR_WRONG_STATE);
    CHECK_INT(pm_machine_save(machine, &bytes, &size), PM_ERR_WRONG_STATE);
    CHECK_INT(pm_machine_restore(machine, "", 0, NULL), PM_ERR_WRONG_STATE);
    CHECK(!pm_machine_cart(machine, NULL));
    CHECK(!pm_machine_trap(machine));
    CHECK_INT(pm_machine_picture(machine)[1000], 0);
    CHECK_INT(pm_machine_sound(machine)[PM_SOUND_FRAMES * 2 - 1], 0);
    pm_machine_telemetry(machine, &telemetry);
    CHECK_INT(telemetry.budget, 0);
    pm_machine_destroy(machine);
    pm_machine_destroy(NULL);
}

TEST(machine, starts_anew_when_it_is_reset)
{
    struct pm_test_cart cart;
    REQUIRE(pm_test_cart_make(&cart, "JAM", counter));
    struct pm_machine *machine = pm_test_machine(&cart, NULL);
    REQUIRE(machine);
    struct pm_fingerprint first = print_of(machine);

    for (int i = 0; i < 9; i++)
        pm_machine_tick(machine, NULL);
    CHECK(!same(first, print_of(machine)));
    CHECK_INT(pm_machine_reset(machine), PM_OK);
    CHECK(same(first, print_of(machine)));
    CHECK_INT(pm_machine_picture(machine)[0], 0);
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

// Halts in its third frame, having drawn.
static const char halting[] = ".host gfx clear 1 (i64) -> ()\n"
                              ".func main ()\n"
                              "    frame_sync\n"
                              "    frame_sync\n"
                              "    push_i64 99\n"
                              "    hostcall gfx.clear\n"
                              "    halt\n"
                              ".end\n";

TEST(machine, shows_the_last_picture_of_a_program_that_halts)
{
    struct pm_test_cart cart;
    REQUIRE(pm_test_cart_make(&cart, "STANDARD", halting));
    struct pm_machine *machine = pm_test_machine(&cart, NULL);
    REQUIRE(machine);

    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_FRAME);
    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_FRAME);
    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_HALTED);
    CHECK_INT(pm_machine_picture(machine)[0], 99);
    struct pm_fingerprint print = print_of(machine);
    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_HALTED);
    CHECK(same(print, print_of(machine)));
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

// --- late frames -------------------------------------------------------------

// Frames of about two and a half ticks. Reads button a before the work and
// behind it, and shows what it saw.
static const char slow[] = ".host gfx clear 1 (i64) -> ()\n"
                           ".func main ()\n"
                           "    .local i: i64, before: bool\n"
                           "frame:\n"
                           "    push_i64 0\n"
                           "    push_i64 4\n"
                           "    intrinsic pad_down\n"
                           "    set_local before\n"
                           "    push_i64 0\n"
                           "    set_local i\n"
                           "work:\n"
                           "    get_local i\n"
                           "    push_i64 1\n"
                           "    add\n"
                           "    tee_local i\n"
                           "    push_i64 100000\n"
                           "    lt\n"
                           "    jmp_if_true work\n"
                           "    push_i64 0\n"
                           "    push_i64 4\n"
                           "    intrinsic pad_down\n"
                           "    get_local before\n"
                           "    eq\n"
                           "    jmp_if_true same\n"
                           "    trap\n"
                           "same:\n"
                           "    intrinsic frame\n"
                           "    push_i64 1\n"
                           "    add\n"
                           "    hostcall gfx.clear\n"
                           "    frame_sync\n"
                           "    jmp frame\n"
                           ".end\n";

TEST(machine, a_late_frame_keeps_its_input_and_the_old_picture)
{
    struct pm_test_cart cart;
    struct pm_telemetry telemetry;
    int late = 0;
    int frames = 0;
    REQUIRE(pm_test_cart_make(&cart, "JAM", slow));
    struct pm_machine *machine = pm_test_machine(&cart, NULL);
    REQUIRE(machine);

    for (int i = 0; i < 30; i++) {
        // Another input at each tick.
        struct pm_frame_input input = {.pad = {(uint16_t)(i % 2 ? 1 << 4 : 0)}};
        uint16_t before = pm_machine_picture(machine)[0];
        enum pm_tick_result result = pm_machine_tick(machine, &input);
        REQUIRE(result <= PM_TICK_LATE);
        if (result == PM_TICK_LATE) {
            late++;
            CHECK_INT(pm_machine_picture(machine)[0], before);
        } else {
            frames++;
            CHECK_INT(pm_machine_picture(machine)[0], frames);
        }
        CHECK_INT(pm_machine_sound(machine)[0], 0);
    }
    pm_machine_telemetry(machine, &telemetry);
    CHECK_INT(telemetry.late_ticks, late);
    CHECK_INT(telemetry.frame, frames);
    CHECK(frames >= 9 && frames <= 13 && late >= 16);
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

// --- traps -------------------------------------------------------------------

static const char trapping[] = ".module \"trapping\"\n"
                               ".func main ()\n"
                               "    frame_sync\n"
                               "    call _middle\n"
                               "    ret\n"
                               ".end\n"
                               ".func _middle ()\n"
                               "    push_i64 1\n"
                               "    call divide\n"
                               "    pop\n"
                               "    ret\n"
                               ".end\n"
                               ".func divide (v: i64) -> i64\n"
                               "    get_local v\n"
                               "    push_i64 0\n"
                               "    div\n"
                               "    ret\n"
                               ".end\n";

TEST(machine, a_trap_says_what_and_where)
{
    struct pm_test_cart cart;
    REQUIRE(pm_test_cart_make(&cart, "STANDARD", trapping));
    struct pm_machine *machine = pm_test_machine(&cart, NULL);
    REQUIRE(machine);

    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_FRAME);
    CHECK(!pm_machine_trap(machine));
    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_TRAPPED);
    const struct pm_trap_info *trap = pm_machine_trap(machine);
    REQUIRE(trap);
    CHECK_INT(trap->code, PM_TRAP_DIV_ZERO);
    CHECK_STR(trap->instruction, "div");
    CHECK(strlen(trap->message) > 5);
    CHECK_INT(trap->depth, 3);
    CHECK_INT(trap->count, 3);
    CHECK_STR(trap->stack[0].function, "divide");
    CHECK_STR(trap->stack[0].file, "test.pasm");
    CHECK_INT(trap->stack[0].line, 16);
    CHECK_INT(trap->stack[0].column, 5);
    CHECK_STR(trap->stack[2].function, "main");
    CHECK_INT(trap->stack[2].line, 4);
    // It stays so, whole: to be looked at, saved, and started again.
    struct pm_fingerprint print = print_of(machine);
    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_TRAPPED);
    CHECK(same(print, print_of(machine)));
    CHECK_INT(pm_machine_reset(machine), PM_OK);
    CHECK(!pm_machine_trap(machine));
    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_FRAME);
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

TEST(machine, a_deep_stack_is_listed_from_its_inside)
{
    static const char text[] = ".func \"\" ()\n"
                               "    call #0\n"
                               "    ret\n"
                               ".end\n";
    struct pm_test_cart cart;
    REQUIRE(pm_test_cart_make(&cart, "JAM", text));
    struct pm_machine *machine = pm_test_machine(&cart, NULL);
    REQUIRE(machine);

    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_TRAPPED);
    const struct pm_trap_info *trap = pm_machine_trap(machine);
    REQUIRE(trap);
    CHECK_INT(trap->code, PM_TRAP_STACK_OVERFLOW);
    CHECK_INT(trap->depth, 256);
    CHECK_INT(trap->count, 64);
    CHECK_STR(trap->stack[63].function, "#0");
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

TEST(machine, hostile_names_and_messages_are_escaped)
{
    static const char text[] = ".func \"\\x1b[31m\" ()\n"
                               "    push_const \"\\x1b]0;x\\n\"\n"
                               "    trap_with\n"
                               ".end\n";
    struct pm_test_cart cart;
    struct pm_cart_info info;
    REQUIRE(pm_test_cart_make(&cart, "JAM", text));
    pm_test_cart_manifest(&cart, "JAM", "", "\\u001b[1m");
    struct pm_machine *machine = pm_test_machine(&cart, NULL);
    REQUIRE(machine);

    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_TRAPPED);
    const struct pm_trap_info *trap = pm_machine_trap(machine);
    REQUIRE(trap);
    CHECK(!strchr(trap->message, 0x1b) && !strchr(trap->message, '\n'));
    CHECK(strstr(trap->message, "\\x1b]0;x\\n") ||
          strstr(trap->message, "\\x1B]0;x\\n"));
    CHECK(!strchr(trap->stack[0].function, 0x1b));
    CHECK(pm_machine_cart(machine, &info) && !strchr(info.title, 0x1b));
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

// --- two machines, all forms -------------------------------------------------

TEST(machine, two_machines_share_nothing)
{
    struct pm_test_cart cart[2];
    struct pm_machine *machine[2];
    REQUIRE(pm_test_cart_make(&cart[0], "STANDARD", counter));
    REQUIRE(pm_test_cart_make(&cart[1], "JAM", slow));
    for (int i = 0; i < 2; i++)
        machine[i] = pm_test_machine(&cart[i], NULL);
    struct pm_machine *alone = pm_test_machine(&cart[0], NULL);
    REQUIRE(machine[0] && machine[1] && alone);

    for (int i = 0; i < 20; i++) {
        pm_machine_tick(alone, NULL);
        pm_machine_tick(machine[0], NULL);
        pm_machine_tick(machine[1], NULL);
        CHECK(same(print_of(alone), print_of(machine[0])));
    }
    pm_machine_destroy(alone);
    for (int i = 0; i < 2; i++) {
        pm_machine_destroy(machine[i]);
        pm_test_cart_free(&cart[i]);
    }
}

TEST(machine, refuses_a_dispatch_form_that_the_build_lacks)
{
    int available = 0;
    for (int form = 1; form <= 3; form++) {
        struct pm_machine_config config = {.dispatch =
                                               (enum pm_machine_dispatch)form};
        struct pm_machine *machine = NULL;
        pm_status status = pm_machine_create(&config, &machine);
        CHECK(status == PM_OK || status == PM_ERR_UNSUPPORTED);
        available += status == PM_OK;
        pm_machine_destroy(machine);
    }
    CHECK(available >= 1);
}

// --- log ---------------------------------------------------------------------

struct logged {
    int level;
    char text[32];
    int count;
};

static void note_log(void *context, int level, const char *text, size_t size)
{
    struct logged *logged = context;
    logged->level = level;
    logged->count++;
    if (size < sizeof logged->text) {
        memcpy(logged->text, text, size);
        logged->text[size] = '\0';
    }
}

TEST(machine, hands_log_lines_to_its_host)
{
    static const char text[] = ".host log write 1 (i64, string) -> ()\n"
                               ".func main ()\n"
                               "    push_i64 2\n"
                               "    push_const \"careful\"\n"
                               "    hostcall log.write\n"
                               "    halt\n"
                               ".end\n";
    struct pm_test_cart cart;
    struct logged logged = {0};
    struct pm_machine_config config = {.log = note_log, .log_context = &logged};
    REQUIRE(pm_test_cart_make(&cart, "JAM", text));
    struct pm_machine *machine = pm_test_machine(&cart, &config);
    REQUIRE(machine);

    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_HALTED);
    CHECK_INT(logged.count, 1);
    CHECK_INT(logged.level, 2);
    CHECK_STR(logged.text, "careful");
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}
