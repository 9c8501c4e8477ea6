// SPDX-License-Identifier: MIT
//
// Operators.

#include "lang/check_internal.h"
#include "lang/fold.h"

struct operator_row {
    pm_token_kind token;
    const char *text;
    pm_opcode op;
    // What it takes: n int and float, i int, b int and bool, s int by int, o
    // ordered, p: n, and str
    char takes;
};

static const struct operator_row rows[] = {
    {PM_TOKEN_PLUS, "+", PM_OP_ADD, 'p'},
    {PM_TOKEN_MINUS, "-", PM_OP_SUB, 'n'},
    {PM_TOKEN_STAR, "*", PM_OP_MUL, 'n'},
    {PM_TOKEN_SLASH, "/", PM_OP_DIV, 'n'},
    {PM_TOKEN_PERCENT, "%", PM_OP_REM, 'i'},
    {PM_TOKEN_AMP, "&", PM_OP_AND, 'b'},
    {PM_TOKEN_PIPE, "|", PM_OP_OR, 'b'},
    {PM_TOKEN_CARET, "^", PM_OP_XOR, 'b'},
    {PM_TOKEN_SHL, "<<", PM_OP_SHL, 's'},
    {PM_TOKEN_SHR, ">>", PM_OP_SHR, 's'},
    {PM_TOKEN_SHR_U, ">>>", PM_OP_SHR_U, 's'},
    {PM_TOKEN_LT, "<", PM_OP_LT, 'o'},
    {PM_TOKEN_LE, "<=", PM_OP_LE, 'o'},
    {PM_TOKEN_GT, ">", PM_OP_GT, 'o'},
    {PM_TOKEN_GE, ">=", PM_OP_GE, 'o'},
};

static const struct operator_row *row_of(pm_token_kind token)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++)
        if (rows[i].token == token)
            return &rows[i];
    return NULL;
}

static bool takes(const struct operator_row *row, const struct pm_lt *type)
{
    switch (row->takes) {
    case 'p':
        return pm_chk_is_number(type) || type->kind == PM_LT_STR;
    case 'n':
        return pm_chk_is_number(type);
    case 'b':
        return type->kind == PM_LT_INT || type->kind == PM_LT_BOOL;
    case 'o':
        return pm_chk_is_ordered(type);
    default:
        return type->kind == PM_LT_INT;
    }
}

// The value of an operation on literals; false where it is something else, or
// would trap.
static bool fold(const struct pm_low *low, int64_t *out)
{
    struct pm_fold_value stack[PM_LOW_MAX_OPS];
    uint32_t depth = low->count;

    if (low->kind == PM_LOW_INT) {
        *out = low->number;
        return true;
    }
    if (low->kind != PM_LOW_OP || low->op_count != 1 || depth > 2)
        return false;
    for (uint32_t i = 0; i < depth; i++) {
        int64_t number;
        if (!fold(low->kids[i], &number))
            return false;
        stack[i] = (struct pm_fold_value){'l', (uint64_t)number};
    }
    if (!pm_fold_op(low->ops[0], stack, &depth) || stack[0].type != 'l')
        return false;
    *out = (int64_t)stack[0].bits;
    return true;
}

static struct pm_low *widen(struct checker *c, struct pm_low *value)
{
    if (value->type->kind != PM_LT_BYTE)
        return value;
    if (value->kind == PM_LOW_INT) {
        value->type = c->t_int;
        return value;
    }
    return pm_chk_low_op(c, PM_OP_TO_I64, c->t_int, value->span, value, NULL);
}

// "score " + n, and "%d" % n.
static bool is_of_text(const char *op, const struct pm_lt *left,
                       const struct pm_lt *right)
{
    if (op[0] == '+')
        return (left->kind == PM_LT_STR) != (right->kind == PM_LT_STR);
    return op[0] == '%' && left->kind == PM_LT_STR;
}

static struct pm_low *refuse(struct checker *c, const struct pm_ast *ast,
                             const char *op, const struct pm_lt *left,
                             const struct pm_lt *right)
{
    struct pm_lang_diag *diag =
        pm_chk_error(c, PM_LANG_OPERANDS, ast, "found %s %s %s",
                     pm_chk_show_type(c, left), op, pm_chk_show_type(c, right));

    if (left->kind == PM_LT_TUPLE || right->kind == PM_LT_TUPLE)
        pm_chk_help_tuple(c, diag, ast->kids[left->kind != PM_LT_TUPLE]);
    else if (is_of_text(op, left, right))
        pm_chk_help(c, diag, "put the value into the text: \"… {x}\"");
    else if (pm_chk_is_number(left) && pm_chk_is_number(right))
        pm_chk_help(
            c, diag,
            "both sides have one type: convert with float(…) or int(…)");
    else if (left->kind == PM_LT_OPTIONAL || right->kind == PM_LT_OPTIONAL)
        pm_chk_help(c, diag, "say what it is when there is none: … else …");
    else if (left->kind == PM_LT_RESULT || right->kind == PM_LT_RESULT)
        pm_chk_help(c, diag, "get the value with '!' or 'handle'");
    else if (op[0] == '%')
        pm_chk_help(c, diag, "'%%' takes ints; for floats there is @std/math");
    return pm_chk_unknown(c, ast);
}

// --- equality ----------------------------------------------------------------

static bool is_comparable(const struct pm_lt *type)
{
    switch (type->kind) {
    case PM_LT_INT:
    case PM_LT_FLOAT:
    case PM_LT_BOOL:
    case PM_LT_BYTE:
    case PM_LT_STR:
    case PM_LT_STRUCT:
    case PM_LT_CONTRACT:
    case PM_LT_STATE:
    case PM_LT_TASK:
    case PM_LT_BYTES:
    case PM_LT_ARRAY:
    case PM_LT_UNKNOWN:
        return true;
    default:
        return pm_chk_is_plain_enum(type);
    }
}

static struct pm_low *negate(struct checker *c, struct pm_low *value,
                             bool negated)
{
    return negated ? pm_chk_low_op(c, PM_OP_NOT, c->t_bool, value->span, value,
                                   NULL)
                   : value;
}

static bool is_none(const struct pm_low *low)
{
    return low->kind == PM_LOW_ZERO && low->type->kind == PM_LT_OPTIONAL;
}

// An optional with none, or with a value of its type.
static struct pm_low *equal_optional(struct checker *c,
                                     const struct pm_ast *ast,
                                     struct pm_low *left, struct pm_low *right,
                                     bool negated)
{
    struct pm_span span = pm_chk_span(c, ast);
    struct chk_list list = {0};
    struct pm_low *option = left->type->kind == PM_LT_OPTIONAL ? left : right;
    struct pm_low *other = option == left ? right : left;

    if (is_none(right) || is_none(left)) {
        option = is_none(right) ? left : right;
        struct pm_low *flag = pm_chk_low_part(c, c->t_bool, option, 0);
        return negate(c, flag, !negated);
    }
    if (other->type->kind == PM_LT_OPTIONAL ||
        !pm_chk_type_same(other->type, option->type->parts[0]) ||
        !is_comparable(other->type))
        return refuse(c, ast, negated ? "!=" : "==", left->type, right->type);
    struct pm_low *first = pm_chk_spill(c, &list, left);
    struct pm_low *second = pm_chk_spill(c, &list, right);
    option = option == left ? first : second;
    other = other == left ? first : second;
    struct pm_low *same = pm_chk_low_op(
        c, PM_OP_EQ, c->t_bool, span,
        pm_chk_low_part(c, other->type, pm_chk_again(c, option), 1),
        pm_chk_again(c, other));
    struct pm_low *both = pm_chk_low2(
        c, PM_LOW_AND, c->t_bool, span,
        pm_chk_low_part(c, c->t_bool, pm_chk_again(c, option), 0), same);
    pm_chk_push(c, &list, negate(c, both, negated));
    return pm_chk_low_block(c, c->t_bool, span, &list);
}

struct pm_low *pm_chk_equal(struct checker *c, const struct pm_ast *ast,
                            struct pm_low *left, struct pm_low *right,
                            bool negated)
{
    const struct pm_lt *a = left->type, *b = right->type;
    struct pm_span span = pm_chk_span(c, ast);

    if (pm_chk_is_unknown(a) || pm_chk_is_unknown(b))
        return pm_chk_zero(c, c->t_bool, span);
    if (a->kind == PM_LT_OPTIONAL || b->kind == PM_LT_OPTIONAL)
        return equal_optional(c, ast, left, right, negated);
    if (a->kind == PM_LT_BYTE && b->kind == PM_LT_INT)
        left = widen(c, left);
    if (b->kind == PM_LT_BYTE && a->kind == PM_LT_INT)
        right = widen(c, right);
    if (a->kind == PM_LT_CONTRACT && pm_chk_struct_has(c, b, a))
        right = pm_chk_low1(c, PM_LOW_UPCAST, a, span, right);
    if (b->kind == PM_LT_CONTRACT && pm_chk_struct_has(c, a, b))
        left = pm_chk_low1(c, PM_LOW_UPCAST, b, span, left);
    if (!pm_chk_type_same(left->type, right->type) || a->kind == PM_LT_VOID ||
        b->kind == PM_LT_VOID)
        return refuse(c, ast, negated ? "!=" : "==", a, b);
    if (!is_comparable(a)) {
        pm_chk_help(c,
                    pm_chk_error(c, PM_LANG_NOT_COMPARABLE, ast,
                                 "two values of %s cannot be compared",
                                 pm_chk_show_type(c, a)),
                    a->kind == PM_LT_ENUM || a->kind == PM_LT_RESULT
                        ? "take it apart with 'switch'"
                        : "compare what is in them");
        return pm_chk_zero(c, c->t_bool, span);
    }
    return pm_chk_low_op(c, negated ? PM_OP_NE : PM_OP_EQ, c->t_bool, span,
                         left, right);
}

// --- two operands ------------------------------------------------------------

struct pm_low *pm_chk_operate(struct checker *c, const struct pm_ast *ast,
                              pm_token_kind token, struct pm_low *left,
                              struct pm_low *right)
{
    const struct operator_row *row = row_of(token);
    struct pm_span span = pm_chk_span(c, ast);

    if (token == PM_TOKEN_EQ || token == PM_TOKEN_NE)
        return pm_chk_equal(c, ast, left, right, token == PM_TOKEN_NE);
    if (!row)
        return pm_chk_unknown(c, ast);
    if (pm_chk_is_unknown(left->type) || pm_chk_is_unknown(right->type))
        return pm_chk_zero(c, row->takes == 'o' ? c->t_bool : c->t_unknown,
                           span);
    if (left->type->kind != right->type->kind || row->takes != 'o') {
        left = widen(c, left);
        right = widen(c, right);
    }
    if (left->type != right->type || !takes(row, left->type))
        return refuse(c, ast, row->text, left->type, right->type);
    return pm_chk_low_op(c, row->op, row->takes == 'o' ? c->t_bool : left->type,
                         span, left, right);
}

static struct pm_low *logical(struct checker *c, const struct pm_ast *ast,
                              bool is_and)
{
    struct pm_low *left = pm_chk_condition(c, ast->kids[0]);
    struct pm_low *right = pm_chk_condition(c, ast->kids[1]);

    return pm_chk_low2(c, is_and ? PM_LOW_AND : PM_LOW_OR, c->t_bool,
                       pm_chk_span(c, ast), left, right);
}

static bool is_shift(pm_token_kind token)
{
    return token == PM_TOKEN_SHL || token == PM_TOKEN_SHR ||
           token == PM_TOKEN_SHR_U;
}

static bool is_comparison(pm_token_kind token)
{
    const struct operator_row *row = row_of(token);

    return token == PM_TOKEN_EQ || token == PM_TOKEN_NE ||
           (row && row->takes == 'o');
}

// What a literal takes from the other side.
static const struct pm_lt *wish(const struct pm_low *other)
{
    switch (other->type->kind) {
    case PM_LT_OPTIONAL:
        return other->type->parts[0];
    case PM_LT_ENUM:
        return NULL;
    default:
        return other->type;
    }
}

// Arithmetic of literals where a byte is wanted: done now, in ints.
static struct pm_low *literal_byte(struct checker *c, const struct pm_ast *ast,
                                   struct pm_low *value)
{
    int64_t number;

    if (!fold(value, &number))
        return value;
    if (number < 0 || number > 255) {
        pm_chk_error(c, PM_LANG_LITERAL_RANGE, ast,
                     "the number %lld does not fit: wanted a byte, 0 to 255",
                     (long long)number);
        return pm_chk_unknown(c, ast);
    }
    return pm_chk_low_int(c, c->t_byte, value->span, number);
}

static struct pm_low *binary(struct checker *c, const struct pm_ast *ast,
                             const struct pm_lt *expected)
{
    pm_token_kind token =
        (pm_token_kind)c->file->parsed->tokens[ast->token].kind;
    const struct pm_ast *a = ast->kids[0], *b = ast->kids[1];
    struct pm_low *left, *right;

    if (token == PM_TOKEN_KW_AND || token == PM_TOKEN_KW_OR)
        return logical(c, ast, token == PM_TOKEN_KW_AND);
    if (is_comparison(token))
        expected = NULL;
    if (is_shift(token)) {
        left = pm_chk_expr(c, a, expected);
        right = pm_chk_expr(c, b, c->t_int);
    } else if (pm_chk_adapts(a) && !pm_chk_adapts(b)) {
        right = pm_chk_expr(c, b, expected);
        // Arithmetic of bytes is int, so literals beside them are.
        bool is_byte = right->type->kind == PM_LT_BYTE && !is_comparison(token);
        left = pm_chk_expr(c, a, is_byte ? c->t_int : wish(right));
    } else {
        left = pm_chk_expr(c, a, expected);
        bool is_byte = left->type->kind == PM_LT_BYTE && !is_comparison(token);
        right =
            pm_chk_expr(c, b,
                        !pm_chk_adapts(b) && b->kind != PM_AST_NONE
                            ? (left->type->kind == PM_LT_FN ? NULL : wish(left))
                        : b->kind == PM_AST_NONE ? left->type
                        : is_byte                ? c->t_int
                                                 : wish(left));
    }
    struct pm_low *low = pm_chk_operate(c, ast, token, left, right);
    return low;
}

struct pm_low *pm_chk_binary(struct checker *c, const struct pm_ast *ast,
                             const struct pm_lt *expected)
{
    bool is_byte = expected && expected->kind == PM_LT_BYTE;

    return is_byte && pm_chk_adapts(ast)
               ? literal_byte(c, ast, binary(c, ast, c->t_int))
               : binary(c, ast, expected);
}

// --- one operand -------------------------------------------------------------

struct pm_low *pm_chk_unary(struct checker *c, const struct pm_ast *ast,
                            const struct pm_lt *expected)
{
    struct pm_span span = pm_chk_span(c, ast);
    const struct pm_ast *inner = ast->kids[0];

    if (ast->kind == PM_AST_NOT)
        return pm_chk_low_op(c, PM_OP_NOT, c->t_bool, span,
                             pm_chk_condition(c, inner), NULL);
    while (inner->kind == PM_AST_PAREN)
        inner = inner->kids[0];
    if (ast->kind == PM_AST_NEG &&
        (inner->kind == PM_AST_INT || inner->kind == PM_AST_FLOAT))
        return pm_chk_literal(c, inner, expected, true);
    struct pm_low *value = widen(c, pm_chk_expr(c, ast->kids[0], expected));
    if (pm_chk_is_unknown(value->type))
        return value;
    if (ast->kind == PM_AST_NEG && pm_chk_is_number(value->type))
        return pm_chk_low_op(c, PM_OP_NEG, value->type, span, value, NULL);
    if (ast->kind == PM_AST_COMPLEMENT && value->type->kind == PM_LT_INT)
        return pm_chk_low_op(c, PM_OP_NOT, value->type, span, value, NULL);
    pm_chk_error(c, PM_LANG_OPERANDS, ast, "found %s behind '%s', wanted %s",
                 pm_chk_show_type(c, value->type),
                 ast->kind == PM_AST_NEG ? "-" : "~",
                 ast->kind == PM_AST_NEG ? "int or float" : "int");
    return pm_chk_unknown(c, ast);
}
