// SPDX-License-Identifier: MIT
#include "support/random_module.h"

#include <stdlib.h>
#include <string.h>

// The bytes are laid out here by hand, not by the module's writer, so that
// the two can be held against each other.

struct maker {
    uint64_t state;
    struct pm_buf section[11];
    uint32_t type_count;
    uint32_t func_types[64]; // numbers of func types, their parameters
    uint32_t func_params[64];
    uint32_t func_count;
    uint32_t slots[64];
    uint32_t code_sizes[64];
    uint32_t function_count;
    // The strings in use, in the order of their numbers, which is sorted.
    uint32_t string_count;
};

static uint32_t draw(struct maker *m, uint32_t below)
{
    m->state ^= m->state << 13;
    m->state ^= m->state >> 7;
    m->state ^= m->state << 17;
    return (uint32_t)(m->state >> 11) % below;
}

// Names in ascending order of their bytes; words, not words, and keywords.
static const char *const names[] = {"",
                                    " x",
                                    "\"q\"",
                                    "#1",
                                    "1st",
                                    "A",
                                    "Point",
                                    "_",
                                    "_tmp",
                                    "a",
                                    "a\nb",
                                    "a.b",
                                    "a\\n",
                                    "array",
                                    "closure",
                                    "f64",
                                    "gfx",
                                    "gfx.clear",
                                    "loop:",
                                    "record",
                                    "self",
                                    "state",
                                    "x",
                                    "\xc3\xa9t\xc3\xa9",
                                    "\xe2\x80\xae",
                                    "\xf0\x9f\x8e\xae"};
enum { NAMES = sizeof names / sizeof *names };

static void put(struct maker *m, int section, uint32_t value)
{
    pm_buf_put32(&m->section[section], value);
}

static uint32_t any_name(struct maker *m)
{
    return draw(m, NAMES);
}

static uint32_t any_type(struct maker *m)
{
    return draw(m, 2) && m->type_count ? 16 + draw(m, m->type_count)
                                       : 1 + draw(m, 10);
}

// Each structural row has something of its own: no two are equal.
static void make_type(struct maker *m, uint32_t index)
{
    uint32_t kind = index == 0 ? 3 : 1 + draw(m, 4);
    if (kind == 1 && index > 9)
        kind = 2;
    if (kind == 4 && index >= NAMES)
        kind = 2;
    put(m, 3, kind);
    if (kind == 1) {
        put(m, 3, 1 + index);
    } else if (kind == 4) {
        put(m, 3, index);
    } else if (kind == 2) {
        uint32_t count = draw(m, 4);
        put(m, 3, any_name(m));
        put(m, 3, count);
        for (uint32_t i = 0; i < count; i++) {
            put(m, 3, any_name(m));
            put(m, 3, any_type(m));
        }
    } else {
        // As many parameters as its number: different from all others.
        uint32_t results = draw(m, 3);
        put(m, 3, index);
        put(m, 3, results);
        for (uint32_t i = 0; i < index + results; i++)
            put(m, 3, any_type(m));
        m->func_types[m->func_count] = 16 + index;
        m->func_params[m->func_count++] = index;
    }
}

static void make_constants(struct maker *m)
{
    uint32_t count = draw(m, 6);
    put(m, 4, count + NAMES);
    for (uint32_t i = 0; i < count; i++) {
        static const uint32_t types[] = {1, 2, 3, 4};
        uint32_t type = types[draw(m, 4)];
        put(m, 4, type);
        // The number of the row keeps them apart; exponents are never full.
        uint64_t high = (uint64_t)(draw(m, 0x7ff00000u) & 0xff0fffffu) << 32;
        uint64_t bits = high | (uint64_t)draw(m, 1u << 20) << 8 | i;
        if (type == 1 || type == 3)
            put(m, 4, (uint32_t)(draw(m, 0x7f800000u) & 0xffffff00u) | i);
        else
            pm_buf_put64(&m->section[4], bits);
    }
    // All names as string constants, so that each is used.
    for (uint32_t i = 0; i < NAMES; i++) {
        put(m, 4, 7);
        put(m, 4, i);
    }
}

static uint32_t make_code(struct maker *m)
{
    uint32_t size = 1 + draw(m, 60);
    for (uint32_t i = 0; i < size; i++) {
        // Often the start of an instruction, small operands, or anything.
        uint32_t what = draw(m, 4);
        uint8_t byte = what == 0   ? (uint8_t)draw(m, 256)
                       : what == 1 ? (uint8_t)draw(m, 0x90)
                       : what == 2 ? (uint8_t)draw(m, 4)
                                   : 0;
        pm_buf_put8(&m->section[7], byte);
    }
    return size;
}

static void make_function(struct maker *m, uint32_t index)
{
    uint32_t type = draw(m, m->func_count);
    uint32_t flags = draw(m, 2);
    uint32_t captures = flags ? draw(m, 3) : 0;
    uint32_t locals = draw(m, 4);

    put(m, 5, any_name(m));
    put(m, 5, m->func_types[type]);
    put(m, 5, flags);
    put(m, 5, captures);
    put(m, 5, locals);
    put(m, 5, draw(m, 20));
    m->slots[index] = flags + m->func_params[type] + locals;
    m->code_sizes[index] = make_code(m);
    put(m, 5, m->code_sizes[index]);
    for (uint32_t i = 0; i < captures + locals; i++)
        put(m, 5, any_type(m));
}

static void make_pairs(struct maker *m)
{
    uint32_t count = draw(m, 4);
    put(m, 6, count);
    for (uint32_t i = 0; i < count; i++) {
        put(m, 6, any_name(m));
        put(m, 6, any_type(m));
    }
    count = draw(m, NAMES);
    put(m, 8, count);
    for (uint32_t i = 0; i < count; i++) {
        put(m, 8, i);
        put(m, 8, draw(m, m->function_count));
    }
    count = draw(m, 5);
    put(m, 9, count);
    for (uint32_t i = 0; i < count; i++) {
        put(m, 9, any_name(m));
        put(m, 9, any_name(m));
        put(m, 9, i * 7);
        put(m, 9, m->func_types[draw(m, m->func_count)]);
    }
}

static void make_lines(struct maker *m, uint32_t files)
{
    struct pm_buf rows = {.alloc = pm_allocator_libc()};
    uint32_t count = 0;
    for (uint32_t f = 0; f < m->function_count && files; f++)
        for (uint32_t at = draw(m, 5); at < m->code_sizes[f];
             at += 1 + draw(m, 9), count++) {
            uint32_t row[] = {f, at, draw(m, files), 1 + draw(m, 99),
                              draw(m, 3)};
            for (int i = 0; i < 5; i++)
                pm_buf_put32(&rows, row[i]);
        }
    put(m, 10, count);
    pm_buf_put(&m->section[10], rows.data, rows.size);
    pm_buf_free(&rows);
}

static void make_debug(struct maker *m)
{
    uint32_t files = draw(m, 3);
    struct pm_buf rows = {.alloc = pm_allocator_libc()};
    uint32_t count = 0;

    put(m, 10, files);
    for (uint32_t i = 0; i < files; i++)
        put(m, 10, NAMES - 1 - i);
    make_lines(m, files);
    for (uint32_t f = 0; f < m->function_count; f++)
        for (uint32_t i = 0; i < m->slots[f]; i++)
            if (draw(m, 2)) {
                pm_buf_put32(&rows, f);
                pm_buf_put32(&rows, i);
                pm_buf_put32(&rows, any_name(m));
                count++;
            }
    put(m, 10, count);
    pm_buf_put(&m->section[10], rows.data, rows.size);
    pm_buf_free(&rows);
}

static void make_strings(struct maker *m)
{
    put(m, 1, NAMES);
    for (uint32_t i = 0; i < NAMES; i++)
        put(m, 1, (uint32_t)strlen(names[i]));
    for (uint32_t i = 0; i < NAMES; i++)
        pm_buf_puts(&m->section[1], names[i]);
}

static void assemble(struct maker *m, struct pm_buf *out)
{
    uint32_t at = 136;
    size_t size = at;
    for (int id = 1; id <= 10; id++)
        size += m->section[id].size;
    pm_buf_put(out, "PBX", 4);
    pm_buf_put32(out, 1);
    pm_buf_put32(out, (uint32_t)size);
    pm_buf_put32(out, 10);
    for (uint32_t id = 1; id <= 10; id++) {
        pm_buf_put32(out, id);
        pm_buf_put32(out, at);
        pm_buf_put32(out, (uint32_t)m->section[id].size);
        at += (uint32_t)m->section[id].size;
    }
    for (int id = 1; id <= 10; id++)
        pm_buf_put(out, m->section[id].data, m->section[id].size);
}

void pm_random_module(uint64_t seed, struct pm_buf *out)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct maker *m = calloc(1, sizeof *m);

    m->state = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
    for (int id = 0; id <= 10; id++)
        pm_buf_init(&m->section[id], &alloc);
    make_strings(m);
    put(m, 2, any_name(m));
    m->type_count = 1 + draw(m, 14);
    put(m, 3, m->type_count);
    for (uint32_t i = 0; i < m->type_count; i++)
        make_type(m, i);
    make_constants(m);
    m->function_count = 1 + draw(m, 5);
    put(m, 5, m->function_count);
    for (uint32_t i = 0; i < m->function_count; i++)
        make_function(m, i);
    make_pairs(m);
    make_debug(m);
    assemble(m, out);
    for (int id = 0; id <= 10; id++)
        pm_buf_free(&m->section[id]);
    free(m);
}
