// SPDX-License-Identifier: MIT
//
// What calls of the module fs cost beside the fixed price of their row, which
// no other table says: replace by its length, growth by the zeroes that it
// makes, a listing by its entries. Told by the cycles of programs that differ
// in one number.
#include <stdio.h>

#include "support/domain_battery.h"
#include "support/test.h"

static const uint32_t sizes[] = {0, 1, 15, 16, 17, 64, 1000};
#define SIZES (sizeof sizes / sizeof *sizes)

static uint64_t per_16(uint32_t size)
{
    return (uint64_t)(size + 15) / 16 * 2;
}

static const struct pm_domain_row *domain(const char *name)
{
    return pm_domains_find(pm_battery_catalog(), name);
}

// A program with a file "h" that is empty, and 1,000 bytes in "buffer".
static void begin(struct pm_battery_text *text)
{
    pm_text_init(text);
    pm_text_declare(text, domain("file"));
    pm_text_declare(text, domain("cursor"));
    pm_text_declare_call(text, pm_battery_call("fs", "replace"));
    pm_text_declare_call(text, pm_battery_call("fs", "make_dir"));
    pm_text_globals(text, domain("file"));
    pm_text_put(text, ".global dir: state \"cursor\"\n.func main ()\n");
    pm_text_fill_globals(text);
    pm_text_put(text, "    push_i64 1000\n    bytes_new\n"
                      "    set_global buffer\n");
    pm_text_create(text, domain("file"), "h");
}

static uint64_t cycles_of(struct pm_battery_text *text)
{
    pm_text_put(text, "    halt\n");
    pm_text_end(text);
    struct pm_battery_outcome out = pm_battery_everywhere(text, 30);
    CHECK_INT(out.result, PM_TICK_HALTED);
    pm_text_free(text);
    return out.cycles;
}

static void put_replace(struct pm_battery_text *text, const char *path,
                        uint32_t length)
{
    pm_text_put(text,
                "    push_const \"%s\"\n    get_global buffer\n"
                "    push_i64 0\n    push_i64 %u\n    hostcall fs.replace\n"
                "    set_global status\n",
                path, (unsigned)length);
}

static void put_truncate(struct pm_battery_text *text, uint32_t size)
{
    pm_text_put(text,
                "    get_global h\n    push_i64 %u\n    hostcall fs.truncate\n"
                "    set_global status\n",
                (unsigned)size);
}

// --- by length ---------------------------------------------------------------

static uint64_t replace_costs(uint32_t length, const char *path)
{
    struct pm_battery_text text;

    begin(&text);
    put_replace(&text, path, length);
    return cycles_of(&text);
}

TEST(prices, a_replace_costs_what_its_length_says_whatever_comes_of_it)
{
    uint64_t least = replace_costs(0, "/scratch/a");

    for (size_t i = 0; i < SIZES; i++) {
        CHECK_INT(replace_costs(sizes[i], "/scratch/a") - least,
                  per_16(sizes[i]));
        CHECK_INT(replace_costs(sizes[i], "/none/a") - least, per_16(sizes[i]));
    }
}

// --- by growth ---------------------------------------------------------------

static uint64_t truncate_costs(uint32_t before, uint32_t size)
{
    struct pm_battery_text text;

    begin(&text);
    put_truncate(&text, before);
    put_truncate(&text, size);
    return cycles_of(&text);
}

TEST(prices, growth_costs_what_its_zeroes_would_and_shrinking_nothing)
{
    uint64_t least = truncate_costs(0, 0);

    for (size_t i = 0; i < SIZES; i++) {
        CHECK_INT(truncate_costs(0, sizes[i]) - least, per_16(sizes[i]));
        CHECK_INT(truncate_costs(sizes[i], 0) - least, per_16(sizes[i]));
        CHECK_INT(truncate_costs(sizes[i], sizes[i] + 100) - least,
                  per_16(sizes[i]) + per_16(100));
    }
}

static uint64_t write_costs(uint32_t offset)
{
    struct pm_battery_text text;

    begin(&text);
    pm_text_put(&text,
                "    get_global h\n    push_i64 %u\n    get_global buffer\n"
                "    push_i64 0\n    push_i64 5\n    hostcall fs.write\n"
                "    pop\n    set_global status\n",
                (unsigned)offset);
    return cycles_of(&text);
}

TEST(prices, the_gap_before_a_write_costs_what_its_zeroes_would)
{
    uint64_t least = write_costs(0);

    for (size_t i = 0; i < SIZES; i++)
        CHECK_INT(write_costs(sizes[i]) - least, per_16(sizes[i]));
}

// --- by entries --------------------------------------------------------------

static uint64_t list_costs(unsigned files, const char *path)
{
    struct pm_battery_text text;

    begin(&text);
    pm_text_put(&text, "    push_const \"/scratch/d\"\n"
                       "    hostcall fs.make_dir\n    set_global status\n");
    for (unsigned i = 0; i < files; i++) {
        char name[32];
        snprintf(name, sizeof name, "/scratch/d/%u", i);
        put_replace(&text, name, 0);
    }
    pm_text_put(&text,
                "    push_const \"%s\"\n    hostcall fs.list\n"
                "    set_global dir\n    set_global status\n",
                path);
    return cycles_of(&text);
}

TEST(prices, a_listing_costs_60_cycles_more_for_each_entry)
{
    for (unsigned files = 0; files < 6; files++)
        CHECK_INT(list_costs(files, "/scratch/d") -
                      list_costs(files, "/scratch/e"),
                  60 * files);
}
