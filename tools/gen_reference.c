// SPDX-License-Identifier: MIT
//
// Writes the generated pages of docs/reference from the tables in the code,
// or checks that those in the tree are fresh:
//
//     gen_reference docs/reference
//     gen_reference --check docs/reference
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "bytecode/bytecode.h"
#include "machine/profiles.h"
#include "registry/caps.h"
#include "registry/registry.h"
#include "sys/domains.h"
#include "tools/gen_errors.h"

// --- instructions ------------------------------------------------------------

// What a letter of opcodes.def stands for; classes are explained on the page.
static const struct {
    char letter;
    const char *name;
} types[] = {
    {'i', "i32"},     {'l', "i64"},   {'f', "f32"},       {'d', "f64"},
    {'b', "bool"},    {'y', "byte"},  {'s', "string"},    {'B', "bytes"},
    {'x', "index"},   {'w', "low"},   {'C', "coroutine"}, {'n', "number"},
    {'N', "integer"}, {'D', "float"}, {'m', "addable"},   {'o', "ordered"},
    {'q', "bits"},    {'e', "any"},   {'r', "reference"},
};

static const struct {
    char letter;
    const char *name;
} operands[] = {
    {'k', "constant"},  {'l', "local"},     {'g', "global"},
    {'f', "function"},  {'t', "type"},      {'j', "target"},
    {'n', "count"},     {'m', "field"},     {'c', "capture"},
    {'h', "host call"}, {'x', "intrinsic"}, {'b', "u8"},
    {'i', "i32"},       {'I', "i64"},       {'s', "f32"},
    {'d', "f64"},
};

static const struct {
    uint32_t digit;
    const char *title;
} groups[] = {
    {0, "Flow"},
    {1, "Pushing and moving"},
    {2, "Arithmetic"},
    {3, "Comparison, logic, bits, conversion"},
    {4, "Variables"},
    {5, "Calls and coroutines"},
    {6, "Strings, bytes, arrays, records"},
    {7, "Host calls and intrinsics"},
    {8, "Frame"},
};

static const char *type_name(char letter)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(types); i++)
        if (types[i].letter == letter)
            return types[i].name;
    return "?";
}

static const char *operand_name(char letter)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(operands); i++)
        if (operands[i].letter == letter)
            return operands[i].name;
    return "?";
}

static void put_stack(struct pm_buf *out, const char *signature)
{
    if (signature[0] == '*') {
        pm_buf_puts(out, "see right");
        return;
    }
    for (const char *c = signature; *c; c++) {
        if (*c == ':') {
            pm_buf_puts(out, c == signature ? "→" : " →");
            continue;
        }
        pm_buf_puts(out, c == signature ? "" : " ");
        pm_buf_puts(out, type_name(*c));
    }
}

static void put_row(struct pm_buf *out, const struct pm_opcode_info *row)
{
    pm_buf_printf(out, "| 0x%02X | `", row->code);
    for (const char *c = row->name; *c; c++)
        pm_buf_put8(out,
                    (uint8_t)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c));
    pm_buf_puts(out, "` | ");
    for (const char *c = row->operands; *c; c++)
        pm_buf_printf(out, "%s%s", c == row->operands ? "" : ", ",
                      operand_name(*c));
    pm_buf_puts(out, " | ");
    put_stack(out, row->signature);
    pm_buf_printf(out, " | %u%s | %s | %s |\n", row->price,
                  strchr(row->flags, 'P') ? "+" : "",
                  strchr(row->flags, 'T') ? "yes" : "", row->meaning);
}

static void put_instructions(struct pm_buf *out)
{
    size_t count;
    const struct pm_opcode_info *rows = pm_opcode_rows(&count);

    pm_buf_puts(
        out,
        "<!-- Made by tools/gen_reference.c from src/bytecode/opcodes.def; do "
        "not edit. -->\n"
        "# Instructions\n\n"
        "An instruction is a `u16` code and its operands, little-endian: `u8` "
        "one byte,\n`i64` and `f64` eight, all others four. The stack is "
        "written bottom to top,\nbefore → after; in the last column with a "
        "colon. Cycles with a plus grow by the\nlength of the work, per 16 "
        "bytes. How operands are written is in\n`../spec/asm.md`.\n\n"
        "Some words stand for several types, the same one each time in one "
        "row: *number*\ni32, i64, f32, f64; *integer* i32, i64; *float* f32, "
        "f64; *addable* number or\nstring; *ordered* number, byte or string; "
        "*bits* bool or integer; *any* every\ntype; *reference* every "
        "reference. Free in each place: *index* integer; *low*\ninteger or "
        "byte, of which the low bits are taken.\n");
    for (size_t g = 0; g < PM_ARRAY_LEN(groups); g++) {
        pm_buf_printf(out,
                      "\n## %s\n\n"
                      "| code | name | operands | stack | cycles | may trap | "
                      "meaning |\n|---|---|---|---|---|---|---|\n",
                      groups[g].title);
        for (size_t i = 0; i < count; i++)
            if ((rows[i].code >> 4 & 0xf) == groups[g].digit)
                put_row(out, &rows[i]);
    }
    pm_buf_printf(out, "\n%zu instructions.\n", count);
}

// --- host calls --------------------------------------------------------------

static const char *value_name(const struct pm_value_decl *value)
{
    static const char *const names[] = {
        [PM_VALUE_INT] = "i64",     [PM_VALUE_BOOL] = "bool",
        [PM_VALUE_STR] = "string",  [PM_VALUE_BYTES] = "bytes",
        [PM_VALUE_STATE] = "state", [PM_VALUE_F64] = "f64",
    };
    return names[value->type];
}

static void put_values(struct pm_buf *out, const struct pm_value_decl *values,
                       size_t count)
{
    pm_buf_puts(out, "(");
    for (size_t i = 0; i < count; i++)
        pm_buf_printf(out, "%s%s: %s%s%s", i ? ", " : "", values[i].name,
                      value_name(&values[i]), values[i].domain ? " " : "",
                      values[i].domain ? values[i].domain : "");
    pm_buf_puts(out, ")");
}

// The ranges, but for those that are all of i32.
static void put_ranges(struct pm_buf *out, const struct pm_value_decl *values,
                       size_t count)
{
    const char *before = " ";

    for (size_t i = 0; i < count; i++) {
        if (values[i].type != PM_VALUE_INT || values[i].least == INT32_MIN ||
            values[i].least == INT64_MIN ||
            (values[i].least == 0 && values[i].greatest == INT64_MAX))
            continue;
        pm_buf_printf(out, "%s%s %lld–%lld", before, values[i].name,
                      (long long)values[i].least,
                      (long long)values[i].greatest);
        before = ", ";
    }
    pm_buf_puts(out, " |");
}

static void put_call(struct pm_buf *out, const struct pm_call_decl *call)
{
    pm_buf_printf(out, "| 0x%04x | `%s.%s` %u | `", (unsigned)call->id,
                  call->module, call->name, (unsigned)call->version);
    put_values(out, call->params, call->param_count);
    pm_buf_puts(out, " -> ");
    put_values(out, call->results, call->result_count);
    pm_buf_puts(out, "` |");
    put_ranges(out, call->params, call->param_count);
    pm_buf_printf(out, " %s | %u",
                  call->capability ? pm_cap_name(call->capability) : "",
                  (unsigned)call->price);
    if (call->price16)
        pm_buf_printf(out, " + %u", (unsigned)call->price16);
    pm_buf_printf(out, " | %s | %s |\n",
                  call->call_class == PM_CALL_RECORDED ? "recorded"
                                                       : "deterministic",
                  call->meaning);
}

static void put_intrinsics(struct pm_buf *out)
{
    size_t count;
    const struct pm_intrinsic_decl *rows = pm_intrinsic_rows(&count);

    pm_buf_puts(out, "\n## Intrinsics\n\n"
                     "Built in, without a capability: `intrinsic pad_down` in "
                     "the assembler.\n\n"
                     "| id | name | takes and gives | ranges | cycles | "
                     "meaning |\n|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++) {
        pm_buf_printf(out, "| 0x%04x | `%s` | `", (unsigned)rows[i].id,
                      rows[i].name);
        put_values(out, rows[i].params, rows[i].param_count);
        pm_buf_puts(out, " -> ");
        put_values(out, rows[i].results, rows[i].result_count);
        pm_buf_puts(out, "` |");
        put_ranges(out, rows[i].params, rows[i].param_count);
        pm_buf_printf(out, " %u | %s |\n", (unsigned)rows[i].price,
                      rows[i].meaning);
    }
}

static void put_host_calls(struct pm_buf *out)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_registry registry;

    pm_registry_init(&registry, &alloc);
    pm_buf_puts(
        out,
        "<!-- Made by tools/gen_reference.c from src/registry/*.def; do not "
        "edit. -->\n"
        "# Host calls\n\n"
        "A program declares each call that it makes, by module, name and "
        "version, with the\ntypes of what it takes and gives "
        "(`asm.md`: `.host`). The linker refuses what is\nnot known, of "
        "another type, or not granted.\n\n"
        "Before a call's work is done, in this order: its capability must "
        "still be granted\n(trap CAPABILITY); each argument, from the first "
        "on, must be in its range\n(INVALID_ARGUMENT, the message names call, "
        "parameter, value and range; coordinates\nof what is drawn take any "
        "i32, "
        "other numbers without a range any i64), a string,\nbuffer or handle "
        "must not be null (NULL_REF), stale (STALE_HANDLE) or of another\n"
        "domain (TYPE), and the length of strings and buffers is paid for. "
        "Cycles are the\nfixed price; with a plus, what is added per 16 bytes "
        "of the length, begun ones counted\nwhole. A price is charged whatever "
        "comes of the "
        "call. Byte transfers (`read`, `write`, `slot_read`,\n`slot_write`) "
        "have an order of checks of their own: `transfer.md`.\n\n"
        "A first result called `status` is 0 when all went well; with any "
        "other status every\nother result is 0, false or null and nothing "
        "has changed (`../reference/domains.md`\nlists the numbers). Where a "
        "frame draws more than its list of primitives holds\n(65,536 of "
        "them, 65,536 bytes of text), the call traps OUT_OF_MEMORY.\n\n"
        "| id | call | takes and gives | ranges | capability | cycles | "
        "class | meaning |\n|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < pm_registry_count(&registry); i++)
        put_call(out, pm_registry_at(&registry, i));
    put_intrinsics(out);
    pm_registry_free(&registry);
}

// --- domains -----------------------------------------------------------------

static void put_verb(struct pm_buf *out, const char *domain, pm_verb verb)
{
    size_t count;
    const struct pm_call_decl *rows = pm_registry_console_rows(&count);
    const char *before = " ";

    pm_buf_puts(out, " |");
    for (size_t i = 0; i < count; i++) {
        if (rows[i].verb != verb || strcmp(rows[i].domain, domain) != 0)
            continue;
        pm_buf_printf(out, "%s`%s.%s`", before, rows[i].module, rows[i].name);
        before = ", ";
    }
}

static void put_domain(struct pm_buf *out, const struct pm_domain *domain)
{
    pm_buf_printf(out, "| `%s` | %s", domain->name, domain->meaning);
    put_verb(out, domain->name, PM_VERB_CREATE);
    put_verb(out, domain->name, PM_VERB_READ);
    put_verb(out, domain->name, PM_VERB_UPDATE);
    if (domain->no_update)
        pm_buf_printf(out, " none: %s", domain->no_update);
    put_verb(out, domain->name, PM_VERB_DESTROY);
    pm_buf_printf(out, " | %d |\n", (int)domain->limit_status);
}

static void put_domains(struct pm_buf *out)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_domains domains;

    if (pm_domains_init(&domains, &alloc))
        abort();
    pm_buf_puts(
        out,
        "<!-- Made by tools/gen_reference.c from src/registry/*.def; do not "
        "edit. -->\n"
        "# Domains\n\n"
        "The console's stateful domains: what each is, its calls by their "
        "verb, and what its\ncreate calls answer beyond the limit of live "
        "objects. `../spec/domains.md` says what\nthe verbs promise.\n\n"
        "| domain | what | create | read | update | destroy | limit status "
        "|\n|---|---|---|---|---|---|---:|\n");
    for (size_t i = 0; i < domains.count; i++)
        put_domain(out, &domains.rows[i].domain);
    pm_domains_free(&domains);
    pm_buf_puts(out, "\n## Statuses of files and cursors (`fs`)\n\n"
                     "| value | name | meaning |\n|---:|---|---|\n");
#define PM_FS_STATUS(name, value, meaning)                                     \
    pm_buf_printf(out, "| %d | %s | %s |\n", value, #name, meaning);
#include <prometeu/fs_status.def>
#undef PM_FS_STATUS
    pm_buf_puts(out, "\n## Statuses of the memory card (`mem`)\n\n"
                     "| value | name | meaning |\n|---:|---|---|\n");
#define PM_MEM_STATUS(name, value, meaning)                                    \
    pm_buf_printf(out, "| %d | %s | %s |\n", value, #name, meaning);
#include <prometeu/mem_status.def>
#undef PM_MEM_STATUS
    pm_buf_puts(out, "\n## Statuses of assets (`asset`, `bank`, `data`)\n\n"
                     "| value | name | meaning |\n|---:|---|---|\n");
#define PM_ASSET_STATUS(name, value, meaning)                                  \
    pm_buf_printf(out, "| %d | %s | %s |\n", value, #name, meaning);
#include <prometeu/asset_status.def>
#undef PM_ASSET_STATUS
    pm_buf_puts(out, "\n## Statuses of sounds (`audio`)\n\n"
                     "| value | name | meaning |\n|---:|---|---|\n");
#define PM_AUDIO_STATUS(name, value, meaning)                                  \
    pm_buf_printf(out, "| %d | %s | %s |\n", value, #name, meaning);
#include <prometeu/audio_status.def>
#undef PM_AUDIO_STATUS
    pm_buf_puts(out, "\n## Statuses of random streams (`random`)\n\n"
                     "| value | name | meaning |\n|---:|---|---|\n"
                     "| 0 | OK | done |\n"
                     "| 1 | TOO_MANY | as many streams live as the profile "
                     "allows |\n");
}

// --- profiles ----------------------------------------------------------------

// A row of the profiles' table: a word and the numbers of the three.
#define PROFILE_ROW(text, field)                                               \
    pm_buf_printf(out, "| " text " | %llu | %llu | %llu |\n",                  \
                  (unsigned long long)rows[0]->field,                          \
                  (unsigned long long)rows[1]->field,                          \
                  (unsigned long long)rows[2]->field)

static void put_profiles(struct pm_buf *out)
{
    const struct pm_profile *rows[3] = {pm_profile_of(PM_CART_JAM),
                                        pm_profile_of(PM_CART_STANDARD),
                                        pm_profile_of(PM_CART_ADVANCED)};

    pm_buf_puts(
        out,
        "<!-- Made by tools/gen_reference.c from src/machine/profiles.def; do "
        "not edit. -->\n"
        "# Profiles\n\n"
        "What a cartridge may use; its manifest names the profile. "
        "`../spec/machine.md`\nsays what happens at each limit.\n\n"
        "| | JAM | STANDARD | ADVANCED |\n|---|---:|---:|---:|\n");
    PROFILE_ROW("cycles a tick", cycles);
    PROFILE_ROW("guest memory, bytes", memory);
    PROFILE_ROW("slots of the main stack", stack_slots);
    PROFILE_ROW("slots of a coroutine's stack", coroutine_slots);
    PROFILE_ROW("calls inside each other", call_depth);
    PROFILE_ROW("coroutines alive", coroutines);
    PROFILE_ROW("resident bytes of GLYPH", bank[PM_BANK_GLYPH]);
    PROFILE_ROW("resident bytes of SOUNDS", bank[PM_BANK_SOUNDS]);
    PROFILE_ROW("resident bytes of SCENE", bank[PM_BANK_SCENE]);
    PROFILE_ROW("resident bytes of BLOB", bank[PM_BANK_BLOB]);
    PROFILE_ROW("code, bytes", code_size);
    PROFILE_ROW("program.pbx, bytes", module_size);
    PROFILE_ROW("open files", open_files);
    PROFILE_ROW("directory cursors", cursors);
    PROFILE_ROW("random streams", streams);
    PROFILE_ROW("a file that is written, bytes", file_size);
    PROFILE_ROW("/save, bytes of all files", save);
    PROFILE_ROW("/scratch, bytes of all files", scratch);
    PROFILE_ROW("entries of /save, of /scratch, of a listing", entries);
    PROFILE_ROW("asset bus, bytes a frame", bus);
    PROFILE_ROW("live loads", loads);
    PROFILE_ROW("live data readers, live bank readers", readers);
    PROFILE_ROW("live voice objects", voices);
}

// --- traps and statuses ------------------------------------------------------

static void put_traps(struct pm_buf *out)
{
    pm_buf_puts(out,
                "<!-- Made by tools/gen_reference.c from "
                "include/prometeu/traps.def; do not edit. -->\n"
                "# Traps\n\n"
                "The ways in which a program breaks the machine's rules. A "
                "trap ends the program and\nleaves the machine whole; "
                "`../spec/vm.md` says what it carries.\n\n"
                "| code | name | meaning |\n|---|---|---|\n");
#define PM_TRAP(name, code, meaning)                                           \
    if (code)                                                                  \
        pm_buf_printf(out, "| 0x%02X | %s | %s |\n", (unsigned)(code), #name,  \
                      meaning);
#include <prometeu/traps.def>
#undef PM_TRAP
}

static void put_statuses(struct pm_buf *out)
{
    pm_buf_puts(out,
                "<!-- Made by tools/gen_reference.c from "
                "include/prometeu/status.def; do not edit. -->\n"
                "# Statuses of the library\n\n"
                "How a call into the library ends (`pm_status`). What a "
                "program sees are its calls'\nown numbers, never these.\n\n"
                "| value | name | meaning |\n|---:|---|---|\n");
#define PM_STATUS(name, value, meaning)                                        \
    pm_buf_printf(out, "| %d | PM_%s%s | %s |\n", value,                       \
                  (value) ? "ERR_" : "", #name, meaning);
#include <prometeu/status.def>
#undef PM_STATUS
}

// --- pages -------------------------------------------------------------------

static const struct {
    const char *file;
    void (*put)(struct pm_buf *out);
} pages[] = {
    {"instructions.md", put_instructions},
    {"profiles.md", put_profiles},
    {"traps.md", put_traps},
    {"statuses.md", put_statuses},
    {"domains.md", put_domains},
    {"errors.md", put_errors},
    {"../spec/host-calls.md", put_host_calls},
};

static int is_fresh(const char *path, const struct pm_buf *page)
{
    FILE *file = fopen(path, "rb");
    char *found = malloc(page->size + 2);
    size_t size = file && found ? fread(found, 1, page->size + 1, file) : 0;
    int same = size == page->size && memcmp(found, page->data, size) == 0;

    free(found);
    if (file)
        fclose(file);
    if (!same)
        fprintf(stderr, "%s is not fresh; run gen_reference\n", path);
    return same;
}

static int is_written(const char *path, const struct pm_buf *page)
{
    FILE *file = fopen(path, "wb");
    int ok = file && fwrite(page->data, 1, page->size, file) == page->size;
    if (file && fclose(file) != 0)
        ok = 0;
    if (!ok)
        perror(path);
    return ok;
}

struct run {
    const char *folder;
    int checks; // else writes
    int passed;
    int failed;
};

static void finish_page(struct run *run, const char *name, struct pm_buf *page)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", run->folder, name);
    if (!page->failed &&
        (run->checks ? is_fresh(path, page) : is_written(path, page)))
        run->passed++;
    else
        run->failed++;
    pm_buf_free(page);
}

// A page for each message, in a folder of their own.
static void run_codes(struct run *run, const struct pm_allocator *alloc)
{
    for (size_t i = 0; i < pm_compile_code_count(); i++) {
        struct pm_compile_code code = pm_compile_code_at(i);
        struct pm_buf page;
        char name[100];
        pm_buf_init(&page, alloc);
        put_error_page(&page, &code);
        snprintf(name, sizeof name, "errors/%s.md", code.code);
        finish_page(run, name, &page);
    }
}

int main(int argc, char **argv)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct run run = {0};

    run.checks = argc == 3 && strcmp(argv[1], "--check") == 0;
    if (argc != 2 + run.checks) {
        fprintf(stderr, "use: gen_reference [--check] docs/reference\n");
        return 2;
    }
    run.folder = argv[argc - 1];
    for (size_t i = 0; i < PM_ARRAY_LEN(pages); i++) {
        struct pm_buf page;
        pm_buf_init(&page, &alloc);
        pages[i].put(&page);
        finish_page(&run, pages[i].file, &page);
    }
    run_codes(&run, &alloc);
    printf("%d passed, %d failed\n", run.passed, run.failed);
    return run.failed != 0;
}
