// SPDX-License-Identifier: MIT
#include "random_gen.h"

const char *const gen_type_names[TYPES] = {"i32", "i64",  "f32",
                                           "f64", "bool", "byte"};

uint32_t gen_below(struct gen *g, uint32_t limit)
{
    g->random ^= g->random << 13;
    g->random ^= g->random >> 7;
    g->random ^= g->random << 17;
    return (uint32_t)(g->random >> 20) % limit;
}

bool gen_chance(struct gen *g, uint32_t percent)
{
    return gen_below(g, 100) < percent;
}

const char *gen_pick(struct gen *g, const char *const *names, size_t count)
{
    return names[gen_below(g, (uint32_t)count)];
}

int gen_small_type(struct gen *g)
{
    return gen_chance(g, 50) ? I64 : I32;
}

void gen_say(struct gen *g, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    pm_buf_puts(g->out, "    ");
    pm_buf_vprintf(g->out, format, args);
    pm_buf_puts(g->out, "\n");
    va_end(args);
}

void gen_label(struct gen *g, int number)
{
    pm_buf_printf(g->out, "L%d:\n", number);
}

// --- leaves ------------------------------------------------------------------

static void constant_i64(struct gen *g)
{
    static const char *const edges[] = {"0",
                                        "1",
                                        "-1",
                                        "9223372036854775807",
                                        "-9223372036854775808",
                                        "32767",
                                        "32768",
                                        "-32768",
                                        "-32769",
                                        "4294967295",
                                        "2147483648",
                                        "255",
                                        "256",
                                        "63",
                                        "64"};
    if (gen_chance(g, 40))
        gen_say(g, "push_i64 %s", edges[gen_below(g, PM_ARRAY_LEN(edges))]);
    else
        gen_say(g, "push_i64 %d", (int)gen_below(g, 100) - 30);
}

static void constant_i32(struct gen *g)
{
    static const char *const edges[] = {"0",          "1",           "-1",
                                        "2147483647", "-2147483648", "32768",
                                        "-32769",     "31",          "32"};
    if (gen_chance(g, 40))
        gen_say(g, "push_i32 %s", edges[gen_below(g, PM_ARRAY_LEN(edges))]);
    else
        gen_say(g, "push_i32 %d", (int)gen_below(g, 100) - 30);
}

static void constant_float(struct gen *g, const char *type)
{
    static const char *const edges[] = {"0.0",   "-0.0",
                                        "1.0",   "-1.0",
                                        "0.5",   "1.5",
                                        "2.5",   "1e30",
                                        "-1e30", "1e-30",
                                        "3.7",   "-3.7",
                                        "255.0", "4503599627370497.5"};
    gen_say(g, "push_%s %s", type, edges[gen_below(g, PM_ARRAY_LEN(edges))]);
}

// A NaN of any bits, an infinity.
static void odd_float(struct gen *g, int type)
{
    static const char *const wide[] = {
        "0x7ff0000000000000", "0x7ff8000000000001", "0xfff0000000000000",
        "0xffffffffffffffff"};
    static const char *const narrow[] = {"0x7f800000", "0x7fc00001",
                                         "0xff800000", "0xffffffff"};
    gen_say(g, "push_%s %s", type == F64 ? "i64" : "i32",
            (type == F64 ? wide : narrow)[gen_below(g, 4)]);
    gen_say(g, "from_bits");
}

void gen_constant(struct gen *g, int type)
{
    switch (type) {
    case I64:
        constant_i64(g);
        break;
    case I32:
        constant_i32(g);
        break;
    case F32:
    case F64:
        if (gen_chance(g, 15))
            odd_float(g, type);
        else
            constant_float(g, gen_type_names[type]);
        break;
    case BOOL:
        gen_say(g, "push_bool %u", gen_below(g, 2));
        break;
    default:
        gen_say(g, "push_byte %u", gen_below(g, 256));
        break;
    }
}

void gen_leaf(struct gen *g, int type)
{
    uint32_t kind = gen_below(g, 10);
    if (kind < 4)
        gen_constant(g, type);
    else if (kind < 8)
        gen_say(g, "get_local %s%u", gen_type_names[type],
                gen_below(g, PER_TYPE));
    else
        gen_say(g, "get_global g_%s%u", gen_type_names[type],
                gen_below(g, PER_TYPE));
}
