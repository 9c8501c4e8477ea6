// SPDX-License-Identifier: MIT
//
// What people write who come from other languages.
#include <string.h>

#include "lang/parser_internal.h"

struct foreign {
    const char *word;
    const char *meant;
    // The keyword that it is taken for; END: it cannot be.
    uint8_t kind;
};

static const struct foreign words[] = {
    {"function", "fn", PM_TOKEN_KW_FN},
    {"func", "fn", PM_TOKEN_KW_FN},
    {"fun", "fn", PM_TOKEN_KW_FN},
    {"def", "fn", PM_TOKEN_KW_FN},
    {"proc", "fn", PM_TOKEN_KW_FN},
    {"sub", "fn", PM_TOKEN_KW_FN},
    {"var", "let", PM_TOKEN_KW_LET},
    {"local", "let", PM_TOKEN_KW_LET},
    {"auto", "let", PM_TOKEN_KW_LET},
    {"val", "let", PM_TOKEN_KW_LET},
    {"final", "const", PM_TOKEN_KW_CONST},
    {"match", "switch", PM_TOKEN_KW_SWITCH},
    {"foreach", "for", PM_TOKEN_KW_FOR},
    {"class", "declare struct", PM_TOKEN_KW_STRUCT},
    {"interface", "declare contract", PM_TOKEN_KW_CONTRACT},
    {"trait", "declare contract", PM_TOKEN_KW_CONTRACT},
    {"export", "pub", PM_TOKEN_KW_PUB},
    {"public", "pub", PM_TOKEN_KW_PUB},
    {"include", "import", PM_TOKEN_KW_IMPORT},
    {"use", "import", PM_TOKEN_KW_IMPORT},
    {"require", "import", PM_TOKEN_KW_IMPORT},
    {"elif", "else if", PM_TOKEN_END},
    {"elseif", "else if", PM_TOKEN_END},
    {"elsif", "else if", PM_TOKEN_END},
    {"null", "none", PM_TOKEN_END},
    {"nil", "none", PM_TOKEN_END},
    {"None", "none", PM_TOKEN_END},
    {"NULL", "none", PM_TOKEN_END},
    {"undefined", "none", PM_TOKEN_END},
    {"nullptr", "none", PM_TOKEN_END},
    {"True", "true", PM_TOKEN_END},
    {"False", "false", PM_TOKEN_END},
    {"self", "this", PM_TOKEN_END},
    {"string", "str", PM_TOKEN_END},
    {"String", "str", PM_TOKEN_END},
    {"boolean", "bool", PM_TOKEN_END},
    {"Boolean", "bool", PM_TOKEN_END},
    {"double", "float", PM_TOKEN_END},
    {"number", "int or float", PM_TOKEN_END},
    {"integer", "int", PM_TOKEN_END},
    {"char", "int", PM_TOKEN_END},
    {"i32", "int", PM_TOKEN_END},
    {"i64", "int", PM_TOKEN_END},
    {"u8", "byte", PM_TOKEN_END},
    {"f32", "float", PM_TOKEN_END},
    {"f64", "float", PM_TOKEN_END},
    {"throw", "return err(...)", PM_TOKEN_END},
    {"raise", "return err(...)", PM_TOKEN_END},
    {"try", "handle", PM_TOKEN_END},
    {"print", "trace", PM_TOKEN_END},
    {"println", "trace", PM_TOKEN_END},
    {"printf", "trace", PM_TOKEN_END},
};

static const struct foreign *find(const char *word, size_t size)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(words); i++)
        if (strlen(words[i].word) == size &&
            memcmp(words[i].word, word, size) == 0)
            return &words[i];
    return NULL;
}

const char *pm_lang_foreign_word(const char *word, size_t size)
{
    const struct foreign *found = find(word, size);
    return found ? found->meant : NULL;
}

static const struct foreign *word_here(const struct parser *p)
{
    const struct pm_token *token = &p->tokens[p->at];
    if (p->kind != PM_TOKEN_NAME)
        return NULL;
    return find(p->out->text + token->offset, token->size);
}

// Whether a condition follows, and not what stands behind a name.
static bool begins_condition(const struct parser *p)
{
    uint32_t match = p->tokens[p->at + 1].match;
    switch (pm_parser_peek(p, 1)) {
    case PM_TOKEN_NAME:
    case PM_TOKEN_KW_NOT:
    case PM_TOKEN_KW_LET:
    case PM_TOKEN_KW_THIS:
    case PM_TOKEN_KW_TRUE:
    case PM_TOKEN_KW_FALSE:
        return true;
    case PM_TOKEN_LPAREN:
        return match != PM_TOKEN_NO_MATCH &&
               p->tokens[match + 1].kind == PM_TOKEN_LBRACE;
    default:
        return false;
    }
}

bool pm_parser_is_elif(const struct parser *p)
{
    const struct foreign *found = word_here(p);
    return found && strcmp(found->meant, "else if") == 0 && begins_condition(p);
}

bool pm_parser_foreign_word(struct parser *p)
{
    const struct foreign *found = word_here(p);

    if (!found || found->kind == PM_TOKEN_END)
        return false;
    struct pm_lang_diag *diag = pm_parser_complain(
        p, PM_LANG_FOREIGN_WORD, p->at, p->at, "found '%s', wanted '%s'",
        found->word, found->meant);
    pm_parser_fix(p, diag, p->at, p->at, found->meant);
    p->kind = found->kind;
    return true;
}

// --- operators ---------------------------------------------------------------

pm_token_kind pm_parser_foreign_operator(const struct parser *p)
{
    static const uint8_t rows[][3] = {
        {PM_TOKEN_AMP, PM_TOKEN_AMP, PM_TOKEN_KW_AND},
        {PM_TOKEN_PIPE, PM_TOKEN_PIPE, PM_TOKEN_KW_OR},
        {PM_TOKEN_EQ, PM_TOKEN_ASSIGN, PM_TOKEN_EQ},
        {PM_TOKEN_NE, PM_TOKEN_ASSIGN, PM_TOKEN_NE},
        {PM_TOKEN_LT, PM_TOKEN_GT, PM_TOKEN_NE},
        {PM_TOKEN_STAR, PM_TOKEN_STAR, PM_TOKEN_STAR},
        {PM_TOKEN_TILDE, PM_TOKEN_ASSIGN, PM_TOKEN_NE},
        {PM_TOKEN_DOT, PM_TOKEN_DOT, PM_TOKEN_PLUS},
    };
    uint8_t second = (uint8_t)pm_parser_peek(p, 1);
    if (p->kind == PM_TOKEN_DOT && p->is_range)
        return PM_TOKEN_END;
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++)
        if (rows[i][0] == p->kind && rows[i][1] == second &&
            pm_parser_adjoins(p, p->at))
            return (pm_token_kind)rows[i][2];
    return PM_TOKEN_END;
}

void pm_parser_refuse_operator(struct parser *p, pm_token_kind meant)
{
    const char *first = pm_token_kind_text((pm_token_kind)p->kind);
    const char *second = pm_token_kind_text(pm_parser_peek(p, 1));
    const char *text = pm_token_kind_text(meant);

    if (p->kind == PM_TOKEN_KW_IN) {
        struct pm_lang_diag *diag =
            pm_parser_complain(p, PM_LANG_FOREIGN_OPERATOR, p->at, p->at,
                               "found 'in', which is no operator");
        pm_parser_help(p, diag, "write values.contains(x)");
        return;
    }
    if (p->kind == PM_TOKEN_NAME) {
        struct pm_lang_diag *diag =
            pm_parser_complain(p, PM_LANG_FOREIGN_OPERATOR, p->at, p->at,
                               "found 'is', wanted '=='");
        pm_parser_fix(p, diag, p->at, p->at, "==");
        return;
    }
    if (meant == PM_TOKEN_STAR) {
        struct pm_lang_diag *diag =
            pm_parser_complain(p, PM_LANG_FOREIGN_OPERATOR, p->at, p->at + 1,
                               "found '**', which is no operator");
        pm_parser_help(p, diag, "write x * x");
    } else {
        struct pm_lang_diag *diag = pm_parser_complain(
            p, PM_LANG_FOREIGN_OPERATOR, p->at, p->at + 1,
            "found '%s%s', wanted '%s'", first, second, text);
        pm_parser_fix(p, diag, p->at, p->at + 1, text);
    }
    pm_parser_next(p);
}

// Whether the token [ahead] cannot be the right side of an operator.
static bool ends_value(const struct parser *p, uint32_t ahead)
{
    uint32_t at = p->at + ahead;
    if (at >= p->out->token_count)
        return true;
    const struct pm_token *token = &p->tokens[at];
    if (token->flags & PM_TOKEN_NEW_LINE)
        return true;
    switch (token->kind) {
    case PM_TOKEN_END:
    case PM_TOKEN_RPAREN:
    case PM_TOKEN_RBRACKET:
    case PM_TOKEN_RBRACE:
    case PM_TOKEN_LBRACE:
    case PM_TOKEN_COMMA:
    case PM_TOKEN_SEMICOLON:
        return true;
    default:
        return false;
    }
}

bool pm_parser_refuse_increment(struct parser *p)
{
    bool is_plus = p->kind == PM_TOKEN_PLUS;
    if ((!is_plus && p->kind != PM_TOKEN_MINUS) ||
        pm_parser_peek(p, 1) != p->kind || !pm_parser_adjoins(p, p->at) ||
        !ends_value(p, 2) || pm_parser_is_fresh(p))
        return false;
    struct pm_lang_diag *diag = pm_parser_complain(
        p, PM_LANG_FOREIGN_OPERATOR, p->at, p->at + 1,
        "found '%s', which is no operator", is_plus ? "++" : "--");
    pm_parser_help(p, diag,
                   is_plus ? "write x += 1 as a statement"
                           : "write x -= 1 as a statement");
    pm_parser_fix(p, diag, p->at, p->at + 1, is_plus ? " += 1" : " -= 1");
    pm_parser_next(p);
    pm_parser_next(p);
    return true;
}
