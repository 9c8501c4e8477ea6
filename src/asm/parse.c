// SPDX-License-Identifier: MIT
#include <string.h>

#include "asm/asm_internal.h"

bool pm_asm_is_word(const struct asm_token *token, const char *word)
{
    return token->kind == ASM_WORD && token->size == strlen(word) &&
           memcmp(token->text, word, token->size) == 0;
}

bool pm_asm_is_punctuation(const struct asm_token *token, char c)
{
    return token->kind == ASM_PUNCTUATION && token->text[0] == c;
}

bool pm_asm_accept(struct assembler *a, char c)
{
    if (!pm_asm_is_punctuation(&a->token, c))
        return false;
    pm_asm_next(a);
    return true;
}

bool pm_asm_expect(struct assembler *a, char c)
{
    char wanted[] = {'\'', c, '\'', 0};
    return pm_asm_accept(a, c) || pm_asm_unexpected(a, wanted);
}

bool pm_asm_is_at_end(const struct assembler *a)
{
    return a->token.kind == ASM_NEWLINE || a->token.kind == ASM_END;
}

bool pm_asm_parse_string(struct assembler *a, struct pm_text *out)
{
    if (a->token.kind != ASM_STRING)
        return pm_asm_unexpected(a, "a text in double quotes");
    *out = a->token.string;
    pm_asm_next(a);
    return true;
}

bool pm_asm_parse_name(struct assembler *a, struct pm_text *out)
{
    if (a->token.kind == ASM_STRING)
        return pm_asm_parse_string(a, out);
    if (a->token.kind != ASM_WORD)
        return pm_asm_unexpected(a, "a name");
    bool is_none = pm_asm_is_word(&a->token, "_");
    *out = (struct pm_text){a->token.text, is_none ? 0 : a->token.size};
    pm_asm_next(a);
    return true;
}

bool pm_asm_define(struct assembler *a, const struct asm_token *token,
                   asm_space space, uint32_t scope, const char *what,
                   struct pm_text name, uint32_t value)
{
    if (name.size == 0)
        return true;
    struct asm_entry *entry = pm_asm_map_find(a, space, scope, name);
    if (!entry) {
        entry = pm_asm_map_insert(a, space, scope, name, value);
        if (entry)
            entry->line = token->line;
        return entry != NULL;
    }
    entry->has_twin = true;
    if (a->is_exact)
        return true;
    return pm_asm_error(a, token, "ASM-TWICE",
                        "%s '%s' is defined a second time; first in line %u",
                        what, pm_asm_show(a, name.data, name.size),
                        (unsigned)entry->line);
}

static bool look_up(struct assembler *a, const struct asm_token *token,
                    asm_space space, uint32_t scope, const char *what,
                    struct pm_text name, uint32_t *out)
{
    const struct asm_entry *entry = pm_asm_map_find(a, space, scope, name);
    if (!entry)
        return pm_asm_unknown(a, token, space, scope, what, name);
    if (entry->has_twin && a->is_exact)
        return pm_asm_error(a, token, "ASM-NAME",
                            "more than one %s is called '%s'; write its number "
                            "instead, #%u or another",
                            what, pm_asm_show(a, name.data, name.size),
                            (unsigned)entry->value);
    *out = entry->value;
    return true;
}

bool pm_asm_parse_reference(struct assembler *a, asm_space space,
                            uint32_t scope, const char *what, uint32_t *out)
{
    struct asm_token token = a->token;
    struct pm_text name;

    if (pm_asm_accept(a, '#'))
        return pm_asm_parse_u32(a, what, out);
    if (token.kind != ASM_WORD && token.kind != ASM_STRING) {
        const char *wanted = pm_asm_show(a, what, strlen(what));
        if (token.kind == ASM_BAD || a->no_memory)
            return pm_asm_unexpected(a, wanted);
        return pm_asm_error(a, &token, "ASM-SYNTAX",
                            "wanted the name of a %s, or its number as '#5'",
                            wanted);
    }
    name = token.kind == ASM_WORD ? (struct pm_text){token.text, token.size}
                                  : token.string;
    pm_asm_next(a);
    return look_up(a, &token, space, scope, what, name, out);
}
