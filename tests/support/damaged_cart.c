// SPDX-License-Identifier: MIT
//
// Damaged manifests and packages.

#include <stdlib.h>
#include <string.h>

#include "base/crc.h"
#include "support/damaged_internal.h"

// --- manifests ---------------------------------------------------------------

static const char good[] =
    "{'magic':'PMTU','cartridge_version':1,'app_id':7,'title':'A game',\n"
    "'app_version':'1.0','app_mode':'Game','capabilities':['gfx','log'],\n"
    "'profile':'JAM'}\n";

#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct damaged_text manifests[] = {
    {"manifest-good", good, NULL, NULL, NULL},
    {"manifest-plain", good, ",\n'profile':'JAM'", "", NULL},
    {"manifest-empty", good, good, "", "JSON-SYNTAX: the text ends where"},
    {"manifest-array", good, good, "[]",
     "CART-MANIFEST-TYPE: found an array; an object is wanted"},
    {"manifest-cut", good, "}", "", "JSON-SYNTAX: the text ends inside"},
    {"manifest-bom", good, "{", "\xef\xbb\xbf{", "JSON-BOM: "},
    {"manifest-twice", good, "'app_id':7", "'app_id':7,'app_id':8",
     "1:50: error JSON-DUPLICATE: "},
    {"manifest-trailing", good, "}\n", "} x", "JSON-TRAILING: "},
    {"manifest-utf8", good, "A game", "A \xe9", "JSON-UTF8: "},
    {"manifest-key", good, "'app_id'", "'icon':1,'app_id'",
     "CART-MANIFEST-KEY: unknown key \"icon\""},
    {"manifest-key-case", good, "'title'", "'Title'",
     "CART-MANIFEST-KEY: unknown key \"Title\""},
    {"manifest-key-nul", good, "'app_id'", "'title\\u0000':1,'app_id'",
     "CART-MANIFEST-KEY: unknown key \"title\\x00\""},
    {"manifest-no-magic", good, "'magic':'PMTU',", "",
     "CART-MANIFEST-MISSING: the key \"magic\""},
    {"manifest-no-version", good, "'cartridge_version':1,", "",
     "CART-MANIFEST-MISSING: the key \"cartridge_version\""},
    {"manifest-no-id", good, "'app_id':7,", "",
     "CART-MANIFEST-MISSING: the key \"app_id\""},
    {"manifest-no-title", good, "'title':'A game',", "",
     "CART-MANIFEST-MISSING: the key \"title\""},
    {"manifest-no-app-version", good, "'app_version':'1.0',", "",
     "CART-MANIFEST-MISSING: the key \"app_version\""},
    {"manifest-no-mode", good, "'app_mode':'Game',", "",
     "CART-MANIFEST-MISSING: the key \"app_mode\""},
    {"manifest-no-capabilities", good, "'capabilities':['gfx','log'],", "",
     "CART-MANIFEST-MISSING: the key \"capabilities\""},
    {"manifest-magic", good, "PMTU", "PMTX",
     "1:10: error CART-MANIFEST-MAGIC: magic is \"PMTX\""},
    {"manifest-magic-int", good, "'PMTU'", "1",
     "CART-MANIFEST-TYPE: magic: found an integer"},
    {"manifest-version-2", good, "'cartridge_version':1",
     "'cartridge_version':2", "CART-MANIFEST-VERSION: cartridge_version is 2"},
    {"manifest-version-fraction", good, "'cartridge_version':1",
     "'cartridge_version':1.0",
     "CART-MANIFEST-TYPE: cartridge_version: found a number that is no"},
    {"manifest-version-string", good, "'cartridge_version':1",
     "'cartridge_version':'1'",
     "CART-MANIFEST-TYPE: cartridge_version: found a string"},
    {"manifest-id-negative", good, "'app_id':7", "'app_id':-1",
     "CART-MANIFEST-RANGE: app_id is -1"},
    {"manifest-id-big", good, "'app_id':7", "'app_id':4294967296",
     "CART-MANIFEST-RANGE: app_id is 4294967296"},
    {"manifest-id-string", good, "'app_id':7", "'app_id':'7'",
     "CART-MANIFEST-TYPE: app_id: found a string"},
    {"manifest-title-empty", good, "'A game'", "''",
     "CART-MANIFEST-TEXT: title has 0 bytes"},
    {"manifest-title-long", good, "'A game'", "'" X64 X64 "x'",
     "CART-MANIFEST-TEXT: title has 129 bytes"},
    {"manifest-title-nul", good, "'A game'", "'A\\u0000'",
     "CART-MANIFEST-TEXT: title holds the character"},
    {"manifest-title-null", good, "'A game'", "null",
     "CART-MANIFEST-TYPE: title: found null"},
    {"manifest-app-version-long", good, "'1.0'",
     "'123456789012345678901234567890123'",
     "CART-MANIFEST-TEXT: app_version has 33 bytes"},
    {"manifest-app-version-number", good, "'1.0'", "1.0",
     "CART-MANIFEST-TYPE: app_version: found a number"},
    {"manifest-mode", good, "'Game'", "'game'",
     "2:32: error CART-MANIFEST-MODE: app_mode is \"game\""},
    {"manifest-mode-bool", good, "'Game'", "true",
     "CART-MANIFEST-TYPE: app_mode: found true"},
    {"manifest-caps-string", good, "['gfx','log']", "'gfx'",
     "CART-MANIFEST-TYPE: capabilities: found a string"},
    {"manifest-caps-int", good, "'gfx'", "1",
     "CART-MANIFEST-TYPE: capabilities: found an integer"},
    {"manifest-caps-unknown", good, "'gfx'", "'net'",
     "CART-MANIFEST-CAPABILITY: \"net\" is no capability"},
    {"manifest-caps-twice", good, "'log'", "'gfx'",
     "CART-MANIFEST-CAPABILITY: the capability \"gfx\" stands twice"},
    {"manifest-profile", good, "'JAM'", "'HUGE'",
     "CART-MANIFEST-PROFILE: profile is \"HUGE\""},
    {"manifest-profile-null", good, "'JAM'", "null",
     "CART-MANIFEST-TYPE: profile: found null"},
};

void damaged_manifests(struct damaged_visitor *to)
{
    struct pm_allocator alloc = pm_allocator_libc();

    for (size_t i = 0; i < PM_ARRAY_LEN(manifests); i++) {
        struct pm_buf text;
        pm_buf_init(&text, &alloc);
        damaged_make_text(&text, &manifests[i]);
        damaged_give(to, PM_DAMAGED_MANIFEST, manifests[i].name,
                     manifests[i].expected, &text);
        pm_buf_free(&text);
    }
}

// --- packages ----------------------------------------------------------------

// The good package: manifest.json, program.pbx and label.png, in that order.
// Places of its records, as numbers of rows below.
enum where { LOCAL_1, LOCAL_2, CENTRAL_1, CENTRAL_2, DATA_1, DATA_2, END };

struct pmc_row {
    const char *name;
    enum where where;
    int at; // from there
    int width;
    uint64_t value;
    const char *expected;
};

struct layout {
    size_t places[END + 1];
};

static const char program[] = "this stands for a program";
static const char label[] = "\x89PNG\r\n\x1a\n and so on";

static void put_entry(struct pm_buf *out, const char *name, const void *bytes,
                      size_t size)
{
    pm_buf_put32(out, 0x04034b50);
    pm_buf_put16(out, 10);
    pm_buf_put(out, NULL, 6);
    pm_buf_put16(out, 0x21);
    pm_buf_put32(out, pm_crc32(0, bytes, size));
    pm_buf_put32(out, (uint32_t)size);
    pm_buf_put32(out, (uint32_t)size);
    pm_buf_put16(out, (uint16_t)strlen(name));
    pm_buf_put16(out, 0);
    pm_buf_puts(out, name);
    pm_buf_put(out, bytes, size);
}

// Appends the directory's entry for the local header at [local].
static void put_central(struct pm_buf *out, size_t local)
{
    uint8_t head[26];
    size_t name = out->data[local + 26];
    uint8_t text[16];

    memcpy(head, out->data + local + 4, sizeof head);
    memcpy(text, out->data + local + 30, name);
    pm_buf_put32(out, 0x02014b50);
    pm_buf_put16(out, 10);
    pm_buf_put(out, head, sizeof head);
    pm_buf_put(out, NULL, 10);
    pm_buf_put32(out, (uint32_t)local);
    pm_buf_put(out, text, name);
}

static void make_pmc(struct pm_buf *out, struct layout *l)
{
    struct pm_allocator alloc = out->alloc;
    struct damaged_text row = {"good", good, NULL, NULL, NULL};
    struct pm_buf manifest;

    pm_buf_init(&manifest, &alloc);
    damaged_make_text(&manifest, &row);
    l->places[LOCAL_1] = out->size;
    l->places[DATA_1] = out->size + 30 + 13;
    put_entry(out, "manifest.json", manifest.data, manifest.size);
    l->places[LOCAL_2] = out->size;
    l->places[DATA_2] = out->size + 30 + 11;
    put_entry(out, "program.pbx", program, sizeof program - 1);
    size_t third = out->size;
    put_entry(out, "label.png", label, sizeof label - 1);
    size_t directory = out->size;
    l->places[CENTRAL_1] = out->size;
    put_central(out, l->places[LOCAL_1]);
    l->places[CENTRAL_2] = out->size;
    put_central(out, l->places[LOCAL_2]);
    put_central(out, third);
    l->places[END] = out->size;
    pm_buf_put32(out, 0x06054b50);
    pm_buf_put32(out, 0);
    pm_buf_put16(out, 3);
    pm_buf_put16(out, 3);
    pm_buf_put32(out, (uint32_t)(l->places[END] - directory));
    pm_buf_put32(out, (uint32_t)directory);
    pm_buf_put16(out, 0);
    pm_buf_free(&manifest);
}

// A [width] of 0 cuts the file there.
static const struct pmc_row rows[] = {
    {"pmc-good", END, 0, -1, 0, NULL},
    {"pmc-empty", LOCAL_1, 0, 0, 0, "PMC-SIZE: the file has 0 bytes"},
    {"pmc-21-bytes", LOCAL_1, 21, 0, 0, "PMC-SIZE: the file has 21 bytes"},
    {"pmc-cut", END, 21, 0, 0, "PMC-END: the file does not end in"},
    {"pmc-cut-data", DATA_2, 3, 0, 0, "PMC-END: the file does not end in"},
    {"pmc-end-magic", END, 0, 1, 'Q', "PMC-END: "},
    {"pmc-comment", END, 20, 2, 1, "PMC-END: "},
    {"pmc-disk", END, 4, 2, 1, "PMC-DISK: the package is one part"},
    {"pmc-directory-disk", END, 6, 2, 1, "PMC-DISK: the package is one part"},
    {"pmc-count-here", END, 8, 2, 2, "PMC-DISK: the package is one part"},
    {"pmc-count-less", END, 8, 4, 0x00020002,
     "PMC-DIRECTORY: 55 bytes follow the last entry"},
    {"pmc-count-more", END, 8, 4, 0x00040004,
     "PMC-DIRECTORY: entry 4 of 4 is due here"},
    {"pmc-zip64-count", END, 8, 4, 0xffffffff, "PMC-ZIP64: the package is a"},
    {"pmc-zip64-size", END, 12, 4, 0xffffffff, "PMC-ZIP64: the package is a"},
    {"pmc-zip64-offset", END, 16, 4, 0xffffffff, "PMC-ZIP64: the package is a"},
    {"pmc-directory-size", END, 12, 4, 10,
     "PMC-DIRECTORY: the directory is said to be"},
    {"pmc-directory-offset", END, 16, 4, 0,
     "PMC-DIRECTORY: the directory is said to be"},
    {"pmc-central-magic", CENTRAL_2, 0, 4, 0x04034b50,
     "PMC-DIRECTORY: entry 2 of 3 is due here"},
    {"pmc-encrypted", CENTRAL_1, 8, 2, 1,
     "PMC-ENCRYPTED: manifest.json is encrypted"},
    {"pmc-streamed", CENTRAL_1, 8, 2, 8,
     "PMC-FLAGS: manifest.json has flags 0x8"},
    {"pmc-deflated", CENTRAL_1, 10, 2, 8,
     "PMC-METHOD: manifest.json is packed with method 8"},
    {"pmc-central-crc", CENTRAL_1, 16, 4, 1,
     "PMC-LOCAL: the local header of manifest.json"},
    {"pmc-packed-size", CENTRAL_1, 20, 4, 5,
     "PMC-LENGTH: manifest.json has 5 stored bytes"},
    {"pmc-sizes", CENTRAL_2, 20, 8, 0x0000000500000005,
     "PMC-LOCAL: the local header of program.pbx"},
    {"pmc-zip64-entry", CENTRAL_1, 20, 4, 0xffffffff,
     "PMC-ZIP64: manifest.json has a ZIP64 size"},
    {"pmc-name-size", CENTRAL_1, 28, 2, 12,
     "PMC-NAME: the package holds \"manifest.jso\""},
    {"pmc-name-far", CENTRAL_1, 28, 2, 60000,
     "PMC-DIRECTORY: entry 1 of 3 reaches beyond"},
    {"pmc-extra-far", CENTRAL_1, 30, 2, 60000,
     "PMC-DIRECTORY: entry 1 of 3 reaches beyond"},
    {"pmc-comment-far", CENTRAL_1, 32, 2, 60000,
     "PMC-DIRECTORY: entry 1 of 3 reaches beyond"},
    {"pmc-entry-disk", CENTRAL_1, 34, 2, 1,
     "PMC-DISK: manifest.json is on another disk"},
    {"pmc-local-offset", CENTRAL_1, 42, 4, 1,
     "PMC-LOCAL: the local header of manifest.json"},
    {"pmc-local-beyond", CENTRAL_1, 42, 4, 0x7fffffff,
     "PMC-RANGE: 30 bytes are due here"},
    {"pmc-name-unknown", CENTRAL_1, 46, 1, 'M',
     "PMC-NAME: the package holds \"Manifest.json\""},
    {"pmc-name-path", CENTRAL_1, 46, 3, 0x2f2e2e,
     "PMC-NAME: the package holds \"../ifest.json\""},
    {"pmc-name-hostile", CENTRAL_1, 46, 1, 0x1b,
     "PMC-NAME: the package holds \"\\x1banifest.json\""},
    {"pmc-local-magic", LOCAL_1, 0, 1, 0, "PMC-LOCAL: "},
    {"pmc-local-flags", LOCAL_1, 6, 2, 1, "PMC-LOCAL: "},
    {"pmc-local-method", LOCAL_1, 8, 2, 8, "PMC-LOCAL: "},
    {"pmc-local-crc", LOCAL_1, 14, 4, 1, "PMC-LOCAL: "},
    {"pmc-local-packed", LOCAL_1, 18, 4, 1, "PMC-LOCAL: "},
    {"pmc-local-size", LOCAL_1, 22, 4, 1, "PMC-LOCAL: "},
    {"pmc-local-name-size", LOCAL_1, 26, 2, 1, "PMC-LOCAL: "},
    {"pmc-local-name", LOCAL_1, 30, 1, 'M', "PMC-LOCAL: "},
    {"pmc-local-extra", LOCAL_2, 28, 2, 60000,
     "PMC-RANGE: program.pbx is said to be bytes"},
    {"pmc-manifest-flipped", DATA_1, 5, 1, 0,
     "PMC-SUM: manifest.json does not match its sum"},
    {"pmc-program-flipped", DATA_2, 5, 1, 0,
     "PMC-SUM: program.pbx does not match its sum"},
};

static void give_pmc(struct damaged_visitor *to, const struct pmc_row *row)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct layout l;
    struct pm_buf file;

    pm_buf_init(&file, &alloc);
    make_pmc(&file, &l);
    size_t at = l.places[row->where] + (size_t)row->at;
    if (row->width == 0)
        file.size = at;
    for (int i = 0; i < row->width; i++)
        file.data[at + (size_t)i] = (uint8_t)(row->value >> 8 * i);
    damaged_give(to, PM_DAMAGED_PMC, row->name, row->expected, &file);
    pm_buf_free(&file);
}

// Two entries of one name, which no single change can make.
static void give_twice(struct damaged_visitor *to)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct layout l;
    struct pm_buf file;

    pm_buf_init(&file, &alloc);
    make_pmc(&file, &l);
    uint8_t second[57];
    memcpy(second, file.data + l.places[CENTRAL_2], sizeof second);
    file.size = l.places[CENTRAL_2];
    size_t directory = l.places[CENTRAL_1];
    pm_buf_put(&file, second, sizeof second);
    pm_buf_put(&file, second, sizeof second);
    size_t end = file.size;
    pm_buf_put32(&file, 0x06054b50);
    pm_buf_put32(&file, 0);
    pm_buf_put32(&file, 0x00030003);
    pm_buf_put32(&file, (uint32_t)(end - directory));
    pm_buf_put32(&file, (uint32_t)directory);
    pm_buf_put16(&file, 0);
    damaged_give(to, PM_DAMAGED_PMC, "pmc-name-twice",
                 "PMC-TWICE: program.pbx is in the package twice", &file);
    pm_buf_free(&file);
}

void damaged_pmcs(struct damaged_visitor *to)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++)
        give_pmc(to, &rows[i]);
    give_twice(to);
}
