// SPDX-License-Identifier: MIT
#include "support/damaged_pbx.h"

#include <string.h>

#include "base/bits.h"

// Sections as numbers, laid out by hand so that nothing here depends on the
// module's writer. Section 1 gets its strings behind, section 7 is bytes.

// String numbers: 0 "", 1 "a", 2 "clear", 3 "clfar", 4 "gfx", 5 "main", 6 "x".
static const uint32_t strings[] = {7, 0, 1, 5, 5, 3, 4, 1};
static const char string_bytes[] = "aclearclfargfxmainx";
static const uint32_t module_name[] = {5};
static const uint32_t types[] = {
    5,             // @0
    1, 2,          // @4 16: array i64
    2, 1, 1, 6, 4, // @12 17: record a { x: f64 }
    3, 1, 1, 2, 5, // @32 18: func (i64) -> (bool)
    4, 4,          // @52 19: state gfx
    3, 0, 0,       // @60 20: func () -> ()
};
static const uint32_t constants[] = {
    4,                           // @0
    2, 5,           0,           // @4 i64 5
    7, 6,                        // @16 "x"
    4, 0,           0x7ff80000u, // @24 f64 nan
    3, 0x3f800000u,              // @36 f32 1
};
static const uint32_t functions[] = {
    2,                        // @0
    5, 20, 0, 0, 1, 2, 4, 2,  // @4 main, one local
    0, 18, 1, 1, 0, 1, 2, 16, // @36 a closure, one capture
};
static const uint32_t globals[] = {1, 1, 17};
static const uint8_t code[] = {0x00, 0x00, 0x51, 0x00, 0x51, 0x00};
static const uint32_t exports[] = {2, 5, 0, 6, 1};
static const uint32_t hosts[] = {
    2,           // @0
    4, 2, 1, 18, // @4
    4, 2, 2, 18, // @20
};
static const uint32_t debug[] = {
    2, 3, 6,       // @0 files
    2,             // @12 lines
    0, 0, 0, 1, 5, // @16
    0, 2, 0, 2, 0, // @36
    2,             // @56 names of locals
    1, 0, 1,       // @60
    1, 1, 6,       // @72
};

enum edit {
    HEAD, // put [value] at file offset [at], all else done
    SET,  // put [value] at [at] of the section
    BYTE, // the same, one byte
    CUT,  // the section ends at [at]
    MORE, // append [value] to the section
    TAIL, // append a byte to the file
    STOP, // the file ends at [at]
};

struct damage {
    const char *name;
    const char *fragment;
    enum edit edit;
    int section;
    uint32_t at;
    uint32_t value;
};

static const struct damage damages[] = {
    {"another magic", "does not start with", HEAD, 0, 0, 0x4d534100u},
    {"an empty file", "does not start with", STOP, 0, 0, 0},
    {"half a magic", "does not start with", STOP, 0, 3, 0},
    {"no version", "does not start with", STOP, 0, 6, 0},
    {"version 0", "version 0 of the format", HEAD, 0, 4, 0},
    {"version 2", "version 2 of the format", HEAD, 0, 4, 2},
    {"a header that is cut", "inside its header", STOP, 0, 100, 0},
    {"a size too small", "it was cut or something was appended", HEAD, 0, 8,
     400},
    {"a size too large", "it was cut or something was appended", HEAD, 0, 8,
     0xffffffffu},
    {"a byte too many", "it was cut or something was appended", TAIL, 0, 0, 0},
    {"a byte too few", "it was cut or something was appended", STOP, 0, 400, 0},
    {"nine sections", "found 9 sections, wanted 10", HEAD, 0, 12, 9},
    {"many sections", "sections, wanted 10", HEAD, 0, 12, 0xffffffffu},
    {"a wrong first id", "found section id 2, wanted 1", HEAD, 0, 16, 2},
    {"a wrong last id", "found section id 11, wanted 10", HEAD, 0, 124, 11},
    {"a section that starts early", "wanted 136", HEAD, 0, 20, 135},
    {"a section that starts late", "wanted 136", HEAD, 0, 20, 137},
    {"a section that starts nowhere", "wanted 136", HEAD, 0, 20, 0xfffffff0u},
    {"a section longer than the file", "the file only", HEAD, 0, 24,
     0xffffffffu},
    {"sections that overlap", "where the part before it ends", HEAD, 0, 24, 50},
    {"a last section too short", "bytes are left behind the last section", HEAD,
     0, 132, 80},

    {"more strings than bytes", "strings announced", SET, 1, 0, 0x10000000u},
    {"more strings than allowed", "strings announced", SET, 1, 0, 0xffffffffu},
    {"no count of strings", "strings announced", CUT, 1, 2, 0},
    {"a string too long", "string 6 has 9 bytes", SET, 1, 28, 9},
    {"a string of four gigabytes", "has 4294967295 bytes", SET, 1, 28,
     0xffffffffu},
    {"a string too short", "left behind the last string", SET, 1, 28, 0},
    {"text that is not UTF-8", "string 4 is not UTF-8 from its byte 1", BYTE, 1,
     44, 0xff},
    {"half a character", "string 6 is not UTF-8", BYTE, 1, 50, 0xc3},
    {"strings out of order", "string 2 is not behind", BYTE, 1, 33, 'A'},
    {"two equal strings", "string 3 is not behind", BYTE, 1, 40, 'e'},
    {"an unused string", "nothing refers to string 3", SET, 10, 4, 0},

    {"a module without a name", "wanted 4: the number of its name", CUT, 2, 0,
     0},
    {"a module with two names", "wanted 4: the number of its name", MORE, 2, 0,
     0},
    {"a name that is no string", "string number 7; there are 7", SET, 2, 0, 7},

    {"no count of types", "ends before its number of rows", CUT, 3, 3, 0},
    {"more types than bytes", "rows of at least 8 bytes", SET, 3, 0, 60000},
    {"more types than allowed", "at most 65535 are allowed", SET, 3, 0, 65536},
    {"a type too few", "left in the section behind its last row", SET, 3, 0, 4},
    {"type kind 0", "is of kind 0", SET, 3, 4, 0},
    {"type kind 5", "is of kind 5", SET, 3, 4, 5},
    {"an array of nothing", "0 is no type", SET, 3, 8, 0},
    {"a reserved type", "11 is no type", SET, 3, 8, 11},
    {"another reserved type", "15 is no type", SET, 3, 8, 15},
    {"a type past the table", "21 is no type", SET, 3, 8, 21},
    {"a huge type", "4294967295 is no type", SET, 3, 8, 0xffffffffu},
    {"a record's name that is no string", "string number 99", SET, 3, 16, 99},
    {"too many fields", "has 256 fields", SET, 3, 20, 256},
    {"very many fields", "has 4294967295 fields", SET, 3, 20, 0xffffffffu},
    {"a field's name that is no string", "string number 7", SET, 3, 24, 7},
    {"a field without type", "0 is no type", SET, 3, 28, 0},
    {"too many parameters", "has 256 fields", SET, 3, 36, 255},
    {"parameters and results that overflow", "fields, parameters or results",
     SET, 3, 36, 0xffffffffu},
    {"a parameter without type", "0 is no type", SET, 3, 44, 0},
    {"a result without type", "12 is no type", SET, 3, 48, 12},
    {"a domain that is no string", "string number 7", SET, 3, 56, 7},
    {"a type that is cut", "ends inside type 4", CUT, 3, 68, 0},
    {"a func that is longer than the section", "ends inside type 4", SET, 3, 64,
     9},

    {"a constant too many", "ends inside constant 4", SET, 4, 0, 5},
    {"a constant too few", "left in the section behind its last row", SET, 4, 0,
     3},
    {"a constant of type bool", "is of type 5, wanted", SET, 4, 4, 5},
    {"a constant of a record", "is of type 17, wanted", SET, 4, 4, 17},
    {"a constant that is cut", "ends inside constant 3", CUT, 4, 41, 0},
    {"a text constant that is no string", "string number 70", SET, 4, 20, 70},
    {"a signalling NaN", "other bits than the canonical one", SET, 4, 28, 1},
    {"a negative NaN", "other bits than the canonical one", SET, 4, 32,
     0xfff80000u},
    {"an f32 NaN", "other bits than the canonical one", SET, 4, 40,
     0x7f800001u},

    {"no function", "the program starts in function 0", SET, 5, 0, 0},
    {"a function too many", "rows of at least 28 bytes", SET, 5, 0, 3},
    {"a function too few", "left in the section behind its last row", SET, 5, 0,
     1},
    {"a function that is cut", "ends inside function 1", CUT, 5, 64, 0},
    {"a function's name that is no string", "string number 8", SET, 5, 4, 8},
    {"a function of type i64", "type 2 is not one of the module's func", SET, 5,
     8, 2},
    {"a function of an array", "type 16 is not one of the module's func", SET,
     5, 8, 16},
    {"a function of no type", "type 999 is not one", SET, 5, 8, 999},
    {"an unknown flag", "has flags 0x2", SET, 5, 12, 2},
    {"all flags", "has flags 0xffffffff", SET, 5, 12, 0xffffffffu},
    {"captures without a closure", "has captures but is no closure", SET, 5, 44,
     0},
    {"too many captures", "has 256 captures", SET, 5, 48, 256},
    {"too many locals", "513 locals", SET, 5, 20, 513},
    {"very many locals", "4294967295 locals", SET, 5, 20, 0xffffffffu},
    {"locals past the section", "ends inside function", SET, 5, 52, 500},
    {"a stack too deep", "needs 513 slots", SET, 5, 24, 512},
    {"a stack far too deep", "needs 4294967296 slots", SET, 5, 24, 0xffffffffu},
    {"a capture without type", "0 is no type", SET, 5, 64, 0},
    {"a local without type", "0 is no type", SET, 5, 32, 0},
    {"code sizes that do not add up", "add up to 7", SET, 5, 28, 5},
    {"code sizes that overflow", "add up to 4294967297", SET, 5, 28,
     0xffffffffu},
    {"code that no function has", "the section has 10 bytes", MORE, 7, 0, 0},
    {"code that is missing", "the section has 5 bytes", CUT, 7, 5, 0},

    {"a global too many", "rows of at least 8 bytes", SET, 6, 0, 2},
    {"a global too few", "left in the section behind", SET, 6, 0, 0},
    {"a global's name that is no string", "string number 7", SET, 6, 4, 7},
    {"a global without type", "0 is no type", SET, 6, 8, 0},

    {"an export too many", "rows of at least 8 bytes", SET, 8, 0, 3},
    {"an export's name that is no string", "string number 7", SET, 8, 4, 7},
    {"an export of no function", "function 2; there are 2", SET, 8, 8, 2},
    {"two exports of one name", "export 1 is the same as 0", SET, 8, 12, 5},

    {"a host call too many", "rows of at least 16 bytes", SET, 9, 0, 3},
    {"a host module that is no string", "string number 7", SET, 9, 4, 7},
    {"a host name that is no string", "string number 7", SET, 9, 8, 7},
    {"a host call of type i64", "type 2 is not one", SET, 9, 16, 2},
    {"a host call of a record", "type 17 is not one", SET, 9, 32, 17},
    {"two declarations of a host call", "declaration 1 is the same as 0", SET,
     9, 28, 1},

    {"a file's name that is no string", "string number 7", SET, 10, 4, 7},
    {"two files of one name", "file 1 is the same as 0", SET, 10, 8, 3},
    {"very many lines", "at most 1048576 are allowed", SET, 10, 12,
     0xffffffffu},
    {"more lines than bytes", "rows of at least 20 bytes", SET, 10, 12, 99},
    {"a line of no function", "function 2; there are 2", SET, 10, 36, 2},
    {"a line past the code", "outside the function's code", SET, 10, 40, 4},
    {"a line of no file", "is of file 2", SET, 10, 44, 2},
    {"line 0", "lines count from 1", SET, 10, 48, 0},
    {"two lines for one offset", "line row 1 is not behind", SET, 10, 40, 0},
    {"lines out of order", "line row 1 is not behind", SET, 10, 16, 1},
    {"more names than bytes", "rows of at least 12 bytes", SET, 10, 56, 3},
    {"a name too few", "left in the section behind", SET, 10, 56, 1},
    {"a name in no function", "function 9; there are 2", SET, 10, 72, 9},
    {"a name of no local", "is of local 2; its function has 2", SET, 10, 76, 2},
    {"a local's name that is no string", "string number 7", SET, 10, 68, 7},
    {"names out of order", "name row 1 is not behind", SET, 10, 72, 0},
    {"two names for one local", "name row 1 is not behind", SET, 10, 76, 0},
    {"debug data that is cut", "rows of at least 12 bytes", CUT, 10, 80, 0},
};

struct sections {
    struct pm_buf part[11];
};

static void put_all(struct pm_buf *out, const uint32_t *values, size_t size)
{
    for (size_t i = 0; i < size / sizeof *values; i++)
        pm_buf_put32(out, values[i]);
}

static void make_sections(struct sections *s)
{
    struct pm_allocator alloc = pm_allocator_libc();
    for (int i = 0; i <= 10; i++)
        pm_buf_init(&s->part[i], &alloc);
    put_all(&s->part[1], strings, sizeof strings);
    pm_buf_puts(&s->part[1], string_bytes);
    put_all(&s->part[2], module_name, sizeof module_name);
    put_all(&s->part[3], types, sizeof types);
    put_all(&s->part[4], constants, sizeof constants);
    put_all(&s->part[5], functions, sizeof functions);
    put_all(&s->part[6], globals, sizeof globals);
    pm_buf_put(&s->part[7], code, sizeof code);
    put_all(&s->part[8], exports, sizeof exports);
    put_all(&s->part[9], hosts, sizeof hosts);
    put_all(&s->part[10], debug, sizeof debug);
}

static void edit_section(struct sections *s, const struct damage *d)
{
    struct pm_buf *part = &s->part[d->section];
    if (d->edit == SET)
        pm_store32(part->data + d->at, d->value);
    else if (d->edit == BYTE)
        part->data[d->at] = (uint8_t)d->value;
    else if (d->edit == CUT)
        part->size = d->at;
    else if (d->edit == MORE)
        pm_buf_put32(part, d->value);
}

static void put_file(struct sections *s, struct pm_buf *out)
{
    size_t size = 136;
    uint32_t at = 136;

    for (int i = 1; i <= 10; i++)
        size += s->part[i].size;
    pm_buf_put(out, "PBX", 4);
    pm_buf_put32(out, 1);
    pm_buf_put32(out, (uint32_t)size);
    pm_buf_put32(out, 10);
    for (uint32_t i = 1; i <= 10; i++) {
        pm_buf_put32(out, i);
        pm_buf_put32(out, at);
        pm_buf_put32(out, (uint32_t)s->part[i].size);
        at += (uint32_t)s->part[i].size;
    }
    for (int i = 1; i <= 10; i++)
        pm_buf_put(out, s->part[i].data, s->part[i].size);
}

static void edit_file(struct pm_buf *out, size_t start, const struct damage *d)
{
    if (d->edit == HEAD)
        pm_store32(out->data + start + d->at, d->value);
    else if (d->edit == TAIL)
        pm_buf_put8(out, 0);
    else if (d->edit == STOP)
        out->size = start + d->at;
}

static void make(const struct damage *d, struct pm_buf *out)
{
    struct sections s;
    size_t start = out->size;

    make_sections(&s);
    if (d)
        edit_section(&s, d);
    put_file(&s, out);
    if (d)
        edit_file(out, start, d);
    for (int i = 0; i <= 10; i++)
        pm_buf_free(&s.part[i]);
}

void pm_good_pbx(struct pm_buf *out)
{
    make(NULL, out);
}

size_t pm_damaged_pbx_count(void)
{
    return sizeof damages / sizeof *damages;
}

void pm_damaged_pbx(size_t index, struct pm_buf *out, const char **out_name,
                    const char **out_fragment)
{
    make(&damages[index], out);
    *out_name = damages[index].name;
    *out_fragment = damages[index].fragment;
}
