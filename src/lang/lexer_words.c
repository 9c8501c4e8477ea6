// SPDX-License-Identifier: MIT
//
// Words that are words of the language only in their place, so that games can
// have a variable "step", "error" or "result".
//
// The place is seen from the token before and the byte behind, so that it is
// settled before anything is parsed:
//
//   struct service contract error enum callback global    behind "declare",
//                      or where it was forgotten
//   from until step    right behind a value or a name, unless they begin a
//                      statement on a new line
//   result             in front of "<"
//   ok err some        in front of "("; and in front of "->"
#include <string.h>

#include "lang/lexer_internal.h"

static bool ends_value(uint8_t kind)
{
    switch (kind) {
    case PM_TOKEN_NAME:
    case PM_TOKEN_INT:
    case PM_TOKEN_FLOAT:
    case PM_TOKEN_CHAR:
    case PM_TOKEN_STRING:
    case PM_TOKEN_STRING_END:
    case PM_TOKEN_RPAREN:
    case PM_TOKEN_RBRACKET:
    case PM_TOKEN_RBRACE:
    case PM_TOKEN_BANG:
    case PM_TOKEN_KW_THIS:
    case PM_TOKEN_KW_TRUE:
    case PM_TOKEN_KW_FALSE:
    case PM_TOKEN_KW_NONE:
    case PM_TOKEN_KW_BREAK:
    case PM_TOKEN_KW_CONTINUE:
    case PM_TOKEN_KW_RETURN:
        return true;
    default:
        return false;
    }
}

// A declaration whose "declare" was forgotten: "struct Ball(" on a new line.
static bool begins_declaration(const struct lexer *l, uint8_t before)
{
    return (l->flags & PM_TOKEN_NEW_LINE || before == PM_TOKEN_KW_PUB ||
            before == PM_TOKEN_END) &&
           byte_at(l, l->at) == ' ' &&
           is_class(byte_at(l, l->at + 1), CLASS_LETTER);
}

// The place behind blanks.
static uint32_t behind_blanks(const struct lexer *l)
{
    uint32_t at = l->at;

    while (is_class(byte_at(l, at), CLASS_BLANK))
        at++;
    return at;
}

static char next_byte(const struct lexer *l)
{
    return byte_at(l, behind_blanks(l));
}

// "ok -> …": an arm for a result without value.
static bool is_pattern(const struct lexer *l)
{
    uint32_t at = behind_blanks(l);

    return byte_at(l, at) == '-' && byte_at(l, at + 1) == '>';
}

// A variable on a new line: "step = 2", "step += 1", "step.x", "step(1)".
static bool begins_statement(const struct lexer *l)
{
    static const char behind[] = "=+-*/%&|^<>.([!";
    char next = next_byte(l);

    return l->flags & PM_TOKEN_NEW_LINE && next && strchr(behind, next);
}

pm_token_kind pm_lexer_word(const struct lexer *l, pm_token_kind kind)
{
    uint8_t before = l->count ? l->tokens[l->count - 1].kind : PM_TOKEN_END;
    bool is_word = true;

    switch (kind) {
    case PM_TOKEN_KW_STRUCT:
    case PM_TOKEN_KW_SERVICE:
    case PM_TOKEN_KW_CONTRACT:
    case PM_TOKEN_KW_ERROR:
    case PM_TOKEN_KW_ENUM:
    case PM_TOKEN_KW_CALLBACK:
    case PM_TOKEN_KW_GLOBAL:
        is_word =
            before == PM_TOKEN_KW_DECLARE || begins_declaration(l, before);
        break;
    case PM_TOKEN_KW_FROM:
    case PM_TOKEN_KW_UNTIL:
    case PM_TOKEN_KW_STEP:
        is_word = ends_value(before) && !begins_statement(l);
        break;
    case PM_TOKEN_KW_RESULT:
        is_word = byte_at(l, l->at) == '<';
        break;
    case PM_TOKEN_KW_OK:
    case PM_TOKEN_KW_ERR:
    case PM_TOKEN_KW_SOME:
        is_word = before != PM_TOKEN_DOT && before != PM_TOKEN_KW_FN &&
                  (next_byte(l) == '(' || is_pattern(l));
        break;
    default:
        break;
    }
    return is_word ? kind : PM_TOKEN_NAME;
}
