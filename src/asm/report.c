// SPDX-License-Identifier: MIT
#include <string.h>

#include "asm/asm_internal.h"
#include "base/distance.h"

bool pm_asm_error(struct assembler *a, const struct asm_token *token,
                  const char *code, const char *format, ...)
{
    struct pm_place place = pm_place_line(a->file, token->line, token->column);
    struct pm_buf text;
    va_list args;

    a->failed = true;
    pm_buf_init(&text, a->alloc);
    va_start(args, format);
    pm_buf_vprintf(&text, format, args);
    va_end(args);
    const char *sentence = pm_buf_cstr(&text);
    if (!sentence)
        pm_asm_out_of_memory(a);
    else
        pm_diags_error(a->diags, &place, code, "%s", sentence);
    pm_buf_free(&text);
    return false;
}

bool pm_asm_out_of_memory(struct assembler *a)
{
    a->failed = true;
    a->no_memory = true;
    return false;
}

const char *pm_asm_show(struct assembler *a, const char *text, size_t size)
{
    enum { MOST = 60 };
    struct pm_buf safe;
    char *copy;

    pm_buf_init(&safe, a->alloc);
    pm_buf_put_escaped(&safe, text, size < MOST ? size : MOST);
    if (size > MOST)
        pm_buf_puts(&safe, "…");
    copy = pm_arena_copy(&a->arena, safe.data, safe.size);
    if (!copy || safe.failed)
        pm_asm_out_of_memory(a);
    pm_buf_free(&safe);
    return copy ? copy : "";
}

static const char *describe(struct assembler *a, const struct asm_token *token)
{
    if (token->kind == ASM_END)
        return "the end of the text";
    if (token->kind == ASM_NEWLINE)
        return "the end of the line";
    return pm_asm_show(a, token->text, token->size);
}

bool pm_asm_unexpected(struct assembler *a, const char *wanted)
{
    if (a->token.kind == ASM_BAD) {
        a->failed = true;
        return false;
    }
    return pm_asm_error(a, &a->token, "ASM-SYNTAX", "found %s, wanted %s",
                        describe(a, &a->token), wanted);
}

// --- did you mean ------------------------------------------------------------

enum { LONGEST_WORD = 32 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

uint32_t pm_asm_distance(const char *a, size_t a_size, const char *b,
                         size_t b_size, uint32_t limit)
{
    size_t difference = a_size > b_size ? a_size - b_size : b_size - a_size;

    if (a_size > LONGEST_WORD || b_size > LONGEST_WORD || difference > limit)
        return limit;
    uint32_t edits = pm_distance(a, a_size, b, b_size, 0) / 2;
    return edits < limit ? edits : limit;
}

// Fewer edits than this make a word worth proposing: none in one letter, one
// in short words, up to three in long ones.
static uint32_t fair_limit(size_t size)
{
    return size <= 1 ? 1 : size <= 3 ? 2 : size <= 8 ? 3 : 4;
}

static void consider(struct assembler *a, struct pm_text name, const char *text,
                     size_t size, uint32_t *best, struct pm_text *nearest)
{
    if (a->suggestions == 0)
        return;
    a->suggestions--;
    uint32_t distance =
        pm_asm_distance(name.data, name.size, text, size, *best);
    if (distance < *best) {
        *best = distance;
        *nearest = (struct pm_text){text, (uint32_t)size};
    }
}

bool pm_asm_unknown(struct assembler *a, const struct asm_token *token,
                    asm_space space, uint32_t scope, const char *what,
                    struct pm_text name)
{
    uint32_t best = fair_limit(name.size);
    struct pm_text nearest = {NULL, 0};
    const char *shown = pm_asm_show(a, name.data, name.size);

    for (size_t i = 0; i < a->map.count && a->suggestions; i++) {
        const struct asm_entry *entry = &a->map.entries[i];
        if (entry->space == (uint32_t)space && entry->scope == scope)
            consider(a, name, entry->key.data, entry->key.size, &best,
                     &nearest);
    }
    if (nearest.data)
        return pm_asm_error(a, token, "ASM-NAME",
                            "there is no %s '%s'; did you mean '%s'?", what,
                            shown, pm_asm_show(a, nearest.data, nearest.size));
    return pm_asm_error(a, token, "ASM-NAME", "there is no %s '%s'", what,
                        shown);
}

// What people write who come from other machines.
static const char *common_name(struct pm_text word)
{
    static const char *const pairs[][2] = {
        {"push", "push_i64, push_f64, push_const or another push_"},
        {"return", "ret"},
        {"jump", "jmp"},
        {"br", "jmp"},
        {"jz", "jmp_if_false"},
        {"jnz", "jmp_if_true"},
        {"load", "get_local or load8 … load64"},
        {"store", "set_local or store8 … store64"},
        {"mod", "rem"},
        {"drop", "pop"},
        {"syscall", "hostcall"},
        {"concat", "add, which joins strings"},
        {"len", "str_len, bytes_len or arr_len"},
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(pairs); i++)
        if (strlen(pairs[i][0]) == word.size &&
            memcmp(pairs[i][0], word.data, word.size) == 0)
            return pairs[i][1];
    return NULL;
}

bool pm_asm_unknown_instruction(struct assembler *a,
                                const struct asm_token *token)
{
    struct pm_text word = {token->text, token->size};
    uint32_t best = fair_limit(word.size);
    struct pm_text nearest = {NULL, 0};
    const char *common = common_name(word);
    const char *shown = pm_asm_show(a, word.data, word.size);
    size_t count;
    const struct pm_opcode_info *rows = pm_opcode_rows(&count);

    if (common)
        return pm_asm_error(a, token, "ASM-INSTRUCTION",
                            "unknown instruction '%s'; use %s", shown, common);
    for (size_t i = 0; i < count; i++)
        consider(a, word, rows[i].name, strlen(rows[i].name), &best, &nearest);
    if (!nearest.data)
        return pm_asm_error(a, token, "ASM-INSTRUCTION",
                            "unknown instruction '%s'", shown);
    char name[LONGEST_WORD + 1] = "";
    for (size_t i = 0; i < nearest.size && i < LONGEST_WORD; i++)
        name[i] = lower(nearest.data[i]);
    return pm_asm_error(a, token, "ASM-INSTRUCTION",
                        "unknown instruction '%s'; did you mean '%s'?", shown,
                        name);
}
