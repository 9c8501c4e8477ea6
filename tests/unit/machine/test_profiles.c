// SPDX-License-Identifier: MIT
//
// Each number of the profiles, from both of its sides: what is just allowed,
// and what is one too many.
#include <stdio.h>
#include <string.h>

#include "machine/profiles.h"
#include "support/cart_world.h"
#include "support/test.h"

// Runs [text] with one number put in, up to three ticks; gives how it ended,
// or -1 when it was refused. [out_trap] (may be NULL) receives the trap's
// code.
static int try(const char *profile, const char *text, long number,
               pm_trap_code *out_trap)
{
    struct pm_test_cart cart;
    struct pm_buf program;
    struct pm_machine *machine;
    struct pm_allocator alloc = pm_allocator_libc();
    int result = -1;

    pm_buf_init(&program, &alloc);
    // Each "@" stands for the number.
    for (const char *at = text; *at; at++) {
        if (*at == '@')
            pm_buf_printf(&program, "%ld", number);
        else
            pm_buf_put8(&program, (uint8_t)*at);
    }
    bool made = pm_test_cart_make(&cart, profile, pm_buf_cstr(&program));
    struct pm_cart_files files = pm_test_cart_files(&cart);
    if (CHECK(made) && pm_machine_create(NULL, &machine) == PM_OK) {
        if (pm_machine_load(machine, &files, NULL) == PM_OK) {
            for (int i = 0; i < 40; i++) {
                result = pm_machine_tick(machine, NULL);
                if (result >= PM_TICK_HALTED)
                    break;
            }
            const struct pm_trap_info *trap = pm_machine_trap(machine);
            if (out_trap)
                *out_trap = trap ? trap->code : PM_TRAP_NONE;
        }
        pm_machine_destroy(machine);
    }
    pm_test_cart_free(&cart);
    pm_buf_free(&program);
    return result;
}

static void boundary(const char *profile, const char *text, long most,
                     pm_trap_code wanted)
{
    pm_trap_code trap = PM_TRAP_NONE;

    CHECK_INT(try(profile, text, most, &trap), PM_TICK_HALTED);
    CHECK_INT(trap, PM_TRAP_NONE);
    CHECK_INT(try(profile, text, most + 1, &trap), PM_TICK_TRAPPED);
    CHECK_INT(trap, wanted);
}

TEST(profiles, bound_calls_inside_each_other)
{
    static const char text[] = ".func main ()\n"
                               "    push_i64 @\n"
                               "    call down\n"
                               "    halt\n"
                               ".end\n"
                               ".func down (n: i64)\n"
                               "    get_local n\n"
                               "    push_i64 1\n"
                               "    gt\n"
                               "    jmp_if_false bottom\n"
                               "    get_local n\n"
                               "    push_i64 1\n"
                               "    sub\n"
                               "    call down\n"
                               "bottom:\n"
                               "    ret\n"
                               ".end\n";
    // The main function is a call itself.
    boundary("JAM", text, 255, PM_TRAP_STACK_OVERFLOW);
    boundary("STANDARD", text, 1023, PM_TRAP_STACK_OVERFLOW);
    boundary("ADVANCED", text, 4095, PM_TRAP_STACK_OVERFLOW);
}

TEST(profiles, bound_the_coroutines_alive)
{
    static const char text[] = ".func main ()\n"
                               "    .local i: i64\n"
                               "    push_i64 0\n"
                               "    set_local i\n"
                               "more:\n"
                               "    spawn wait, 0\n"
                               "    pop\n"
                               "    get_local i\n"
                               "    push_i64 1\n"
                               "    add\n"
                               "    tee_local i\n"
                               "    push_i64 @\n"
                               "    lt\n"
                               "    jmp_if_true more\n"
                               "    halt\n"
                               ".end\n"
                               ".func wait ()\n"
                               "    push_i64 1000\n"
                               "    sleep\n"
                               "    ret\n"
                               ".end\n";
    boundary("JAM", text, 64, PM_TRAP_OUT_OF_MEMORY);
    boundary("STANDARD", text, 256, PM_TRAP_OUT_OF_MEMORY);
    boundary("ADVANCED", text, 1024, PM_TRAP_OUT_OF_MEMORY);
}

// A row of [locals] locals, each assigned, so that the stack holds them.
static void put_locals(struct pm_buf *out, const char *name, long locals)
{
    pm_buf_printf(out, ".func %s ()\n", name);
    for (long i = 0; i < locals; i++)
        pm_buf_printf(out, "    .local v%ld: i64\n", i);
}

static int try_coroutine(const char *profile, long slots)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf text;
    pm_trap_code trap = PM_TRAP_NONE;

    pm_buf_init(&text, &alloc);
    pm_buf_puts(&text, ".func main ()\n"
                       "    spawn wide, 0\n"
                       "    pop\n"
                       "    frame_sync\n"
                       "    frame_sync\n"
                       "    halt\n"
                       ".end\n");
    // One slot is for the link, one for the operand.
    put_locals(&text, "wide", slots - 2);
    pm_buf_puts(&text, "    push_i64 1\n    pop\n    ret\n.end\n");
    int result = try(profile, pm_buf_cstr(&text), 0, &trap);
    pm_buf_free(&text);
    return result == PM_TICK_TRAPPED ? (int)trap : -result;
}

TEST(profiles, bound_the_slots_of_coroutines)
{
    CHECK_INT(try_coroutine("JAM", 128), -PM_TICK_HALTED);
    CHECK_INT(try_coroutine("JAM", 129), PM_TRAP_STACK_OVERFLOW);
    CHECK_INT(try_coroutine("STANDARD", 256), -PM_TICK_HALTED);
    CHECK_INT(try_coroutine("STANDARD", 257), PM_TRAP_STACK_OVERFLOW);
    CHECK_INT(try_coroutine("ADVANCED", 512), -PM_TICK_HALTED);
}

// Frames of 256 slots (253 locals, the link, two operands), of which two
// overlap with those of the next call.
TEST(profiles, bound_the_slots_of_the_main_stack)
{
    struct pm_allocator alloc = pm_allocator_libc();
    static const struct {
        const char *profile;
        long slots;
    } rows[] = {{"JAM", 4096}, {"STANDARD", 16384}, {"ADVANCED", 65536}};

    for (int i = 0; i < 3; i++) {
        long frames = (rows[i].slots - 1 - 256) / 254 + 1;
        struct pm_buf text;
        pm_trap_code trap;
        pm_buf_init(&text, &alloc);
        pm_buf_puts(&text, ".func main ()\n"
                           "    push_i64 @\n"
                           "    call down\n"
                           "    halt\n"
                           ".end\n"
                           ".func down (n: i64)\n");
        for (int v = 0; v < 252; v++)
            pm_buf_printf(&text, "    .local v%d: i64\n", v);
        pm_buf_puts(&text, "    get_local n\n"
                           "    push_i64 1\n"
                           "    gt\n"
                           "    jmp_if_false bottom\n"
                           "    get_local n\n"
                           "    push_i64 1\n"
                           "    sub\n"
                           "    call down\n"
                           "bottom:\n"
                           "    ret\n"
                           ".end\n");
        const char *program = pm_buf_cstr(&text);
        CHECK_INT(try(rows[i].profile, program, frames, &trap), PM_TICK_HALTED);
        CHECK_INT(try(rows[i].profile, program, frames + 1, &trap),
                  PM_TICK_TRAPPED);
        CHECK_INT(trap, PM_TRAP_STACK_OVERFLOW);
        pm_buf_free(&text);
    }
}

TEST(profiles, bound_the_guest_memory)
{
    static const char text[] = ".func main ()\n"
                               "    push_i64 @\n"
                               "    bytes_new\n"
                               "    pop\n"
                               "    halt\n"
                               ".end\n";
    static const struct {
        const char *profile;
        long bytes;
    } rows[] = {
        {"JAM", 1 << 20}, {"STANDARD", 4 << 20}, {"ADVANCED", 16 << 20}};

    for (int i = 0; i < 3; i++) {
        pm_trap_code trap;
        // Stacks and tables take part of it, at most an eighth.
        CHECK_INT(try(rows[i].profile, text, rows[i].bytes / 8 * 7, &trap),
                  PM_TICK_HALTED);
        CHECK_INT(try(rows[i].profile, text, rows[i].bytes, &trap),
                  PM_TICK_TRAPPED);
        CHECK_INT(trap, PM_TRAP_OUT_OF_MEMORY);
    }
}

TEST(profiles, bound_the_cycles_of_a_tick)
{
    static const char text[] = ".func main ()\n"
                               "loop:\n"
                               "    jmp loop\n"
                               ".end\n";
    static const struct {
        const char *profile;
        uint64_t cycles;
    } rows[] = {{"JAM", 250000}, {"STANDARD", 1000000}, {"ADVANCED", 4000000}};

    for (int i = 0; i < 3; i++) {
        struct pm_test_cart cart;
        struct pm_telemetry telemetry;
        uint64_t cycles = 0;
        REQUIRE(pm_test_cart_make(&cart, rows[i].profile, text));
        struct pm_machine *machine = pm_test_machine(&cart, NULL);
        REQUIRE(machine);
        for (int tick = 0; tick < 3; tick++) {
            CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_LATE);
            pm_machine_telemetry(machine, &telemetry);
            cycles += telemetry.cycles;
        }
        CHECK_INT(telemetry.budget, rows[i].cycles);
        // Overshot by less than the loop's own price.
        CHECK(cycles >= 3 * rows[i].cycles && cycles < 3 * rows[i].cycles + 4);
        pm_machine_destroy(machine);
        pm_test_cart_free(&cart);
    }
}

// A program with [functions] functions of 65,000 bytes of code each.
static int try_code(const char *profile, int functions, long more)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf text;

    pm_buf_init(&text, &alloc);
    // Main: halt; and each other: nops and a ret. Two bytes each.
    pm_buf_puts(&text, ".exact\n.func main ()\n    halt\n.end\n");
    for (int i = 0; i < functions; i++) {
        long size = i ? 65000 : more;
        pm_buf_printf(&text, ".func f%d ()\n    ret\n", i);
        for (long at = 2; at < size; at += 64) {
            pm_buf_puts(&text, "    .byte 0");
            for (long k = 1; k < 64 && at + k < size; k++)
                pm_buf_puts(&text, ",0");
            pm_buf_puts(&text, "\n");
        }
        pm_buf_puts(&text, ".end\n");
    }
    int result = try(profile, pm_buf_cstr(&text), 0, NULL);
    pm_buf_free(&text);
    return result;
}

TEST(profiles, bound_the_code)
{
    // 256 KiB = 2 (main) + 4 * 65000 + 2142.
    CHECK_INT(try_code("JAM", 5, 2142), PM_TICK_HALTED);
    CHECK_INT(try_code("JAM", 5, 2144), -1);
    // 1 MiB = 2 + 16 * 65000 + 8574.
    CHECK_INT(try_code("STANDARD", 17, 8574), PM_TICK_HALTED);
    CHECK_INT(try_code("STANDARD", 17, 8576), -1);
    CHECK_INT(try_code("ADVANCED", 17, 8576), PM_TICK_HALTED);
}

// A module with a constant of so many bytes.
static int try_module(const char *profile, size_t size)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_test_cart cart;
    struct pm_machine *machine;
    struct pm_buf text;
    int result = -1;

    pm_buf_init(&text, &alloc);
    pm_buf_puts(&text, ".exact\n.const big = \"");
    size_t start = text.size;
    pm_buf_put(&text, NULL, size);
    if (CHECK(!text.failed))
        memset(text.data + start, 'x', size);
    pm_buf_puts(&text, "\"\n.func main ()\n    halt\n.end\n");
    if (pm_test_cart_make(&cart, profile, pm_buf_cstr(&text)) &&
        pm_machine_create(NULL, &machine) == PM_OK) {
        // The rest of the file is the same for all sizes.
        const struct pm_profile *row = pm_profile_of(
            strcmp(profile, "JAM") ? PM_CART_STANDARD : PM_CART_JAM);
        struct pm_cart_files files = pm_test_cart_files(&cart);
        const struct pm_report *report;
        pm_machine_load(machine, &files, &report);
        bool says = strstr(pm_report_text(report), "the program has") != NULL;
        CHECK_INT(says, cart.program.size > row->module_size);
        result = says;
        pm_machine_destroy(machine);
    }
    pm_test_cart_free(&cart);
    pm_buf_free(&text);
    return result;
}

TEST(profiles, bound_the_module)
{
    CHECK_INT(try_module("JAM", (1 << 20) - 1000), 0);
    CHECK_INT(try_module("JAM", (1 << 20) + 1), 1);
    CHECK_INT(try_module("STANDARD", (4 << 20) - 1000), 0);
    CHECK_INT(try_module("STANDARD", (4 << 20) + 1), 1);
}

TEST(profiles, bound_the_resident_bytes_of_glyphs)
{
    static const struct {
        const char *profile;
        int most; // sheets of 256 by 256
    } rows[] = {{"JAM", 7}, {"STANDARD", 16}, {"ADVANCED", 16}};

    for (int i = 0; i < 3; i++)
        for (int count = rows[i].most; count <= rows[i].most + 1 && count <= 16;
             count++) {
            struct pm_test_cart cart;
            struct pm_machine *machine;
            REQUIRE(pm_test_cart_make(&cart, rows[i].profile,
                                      ".func main ()\n halt\n.end\n"));
            REQUIRE(pm_test_cart_add_sheet(&cart, 0, count, 256));
            REQUIRE(pm_machine_create(NULL, &machine) == PM_OK);
            struct pm_cart_files files = pm_test_cart_files(&cart);
            CHECK_INT(pm_machine_load(machine, &files, NULL),
                      count <= rows[i].most ? PM_OK : PM_ERR_INVALID);
            pm_machine_destroy(machine);
            pm_test_cart_free(&cart);
        }
}
