// SPDX-License-Identifier: MIT
//
// What the files of the parser share.
//
// A recursive descent over the tokens, with these habits:
//
// - Each function reads one production and gives its node, always: where it
//   cannot, it reports, sets [panic] and gives a BAD node. While there is
//   panic nothing is reported. Lists and blocks then skip to where they can
//   go on, and end it.
// - Brackets are matched already (brackets.c). Only what opened a bracket
//   goes over the one that closes it, and what is skipped goes over whole
//   pairs: so a mistake stays in the brackets it is in. Brackets that have no
//   match are reported at the end, and by nobody else.
// - Memory that is short ends the text: all loops end at END, and nodes are
//   [bad] from then on.

#ifndef PM_LANG_PARSER_INTERNAL_H
#define PM_LANG_PARSER_INTERNAL_H

#include "lang/ast.h"

enum {
    PARSER_MOST_LEVELS = 200,
    PARSER_MOST_CHAIN = 1000,
    // Tokens between < and > of type arguments of a call.
    PARSER_MOST_TYPE_ARGS = 100,
};

#define PARSER_NOWHERE UINT32_MAX

struct parser {
    struct pm_parsed *out;
    struct pm_arena *arena;
    struct pm_lang_report *report;
    const struct pm_token *tokens;
    uint32_t at;
    // Of the token at [at], or of what is left of one as ">>" whose first
    // character was taken alone.
    uint8_t kind;
    bool is_split;
    bool panic;
    bool is_too_deep; // reported
    bool is_too_long; // reported
    bool no_memory;
    uint32_t depth;
    // The token of the last mistake after which something was not read.
    uint32_t mistake;
    // The number that stands right behind a "-".
    uint32_t negated;
    // What a loop goes through is being read: ".." was meant as a range.
    bool is_range;
    // The innermost block has no braces: a word or a line ends it.
    bool in_words;
    // A block without braces ended before this "else".
    bool has_else_word;
    // See pm_parsed.
    bool lacks_declarations;
    // Where this file's mistakes begin in the report.
    uint32_t reported;
    // Bytes from a mistake up to the bracket that is left over because of it.
    uint32_t same_from;
    uint32_t same_to;
    // How many closing braces lack an opening one that was told missing.
    uint32_t excused;
    struct pm_ast **kids;
    size_t kid_count;
    size_t kid_capacity;
    struct pm_ast bad;
};

typedef struct pm_ast *pm_parse_fn(struct parser *p);

// --- parser_brackets.c -------------------------------------------------------

// Reports brackets without a match, and takes out of the report what is told
// because of them, or they because of it.
void pm_parser_report_brackets(struct parser *p);

// --- parser.c: tokens, nodes, mistakes ---------------------------------------

void pm_parser_next(struct parser *p);
// The kind of the token [ahead] of this one.
pm_token_kind pm_parser_peek(const struct parser *p, uint32_t ahead);
bool pm_parser_accept(struct parser *p, pm_token_kind kind);
// The same, or reports what is wanted.
bool pm_parser_expect(struct parser *p, pm_token_kind kind);
// Whether this token is a name that says [word].
bool pm_parser_is_word(const struct parser *p, const char *word);
// Whether this token begins a line, outside of ( ) and [ ].
static inline bool pm_parser_is_fresh(const struct parser *p)
{
    return (p->tokens[p->at].flags & (PM_TOKEN_NEW_LINE | PM_TOKEN_NESTED)) ==
               PM_TOKEN_NEW_LINE &&
           !p->is_split;
}
// Takes the first character of a token as ">", ">>" or ">=".
bool pm_parser_accept_gt(struct parser *p);

// A node of the tokens from [first] to the last that was read, with [count]
// kids.
struct pm_ast *pm_parser_node(struct parser *p, pm_ast_kind kind,
                              uint32_t first, uint32_t token, uint32_t count,
                              struct pm_ast *const *kids);
#define PARSER_NODE(p, kind, first, token, ...)                                \
    pm_parser_node(p, PM_AST_##kind, first, token,                             \
                   sizeof((struct pm_ast *[]){__VA_ARGS__}) /                  \
                       sizeof(struct pm_ast *),                                \
                   (struct pm_ast *[]){__VA_ARGS__})
// A node of one token.
struct pm_ast *pm_parser_leaf(struct parser *p, pm_ast_kind kind,
                              uint32_t token);
// Kids of lists are put aside, and taken from [mark] on by their node.
void pm_parser_push(struct parser *p, struct pm_ast *kid);
struct pm_ast *pm_parser_list(struct parser *p, pm_ast_kind kind,
                              uint32_t first, uint32_t token, size_t mark);
// A node for what could not be read, of one token at least.
struct pm_ast *pm_parser_bad(struct parser *p, uint32_t first);

// One level deeper. False when that is too deep: reported once, and to be
// left with pm_parser_too_deep's node.
bool pm_parser_enter(struct parser *p);
static inline void pm_parser_leave(struct parser *p)
{
    p->depth--;
}
struct pm_ast *pm_parser_too_deep(struct parser *p);
// Counts a link of a chain; false when there are too many.
bool pm_parser_link(struct parser *p, uint32_t *count);

// Whether the token before this one is a bracket, but no }, without a match:
// then what is wrong here is wrong because of it.
bool pm_parser_is_behind_lone(const struct parser *p);

// Reports at this token, and begins a panic. NULL when this was reported
// already, or another mistake before it was not passed yet.
struct pm_lang_diag *pm_parser_error(struct parser *p, pm_lang_code code,
                                     const char *format, ...) PM_PRINTF(3, 4);
// "found …, wanted [wanted]".
struct pm_lang_diag *pm_parser_unexpected(struct parser *p, pm_lang_code code,
                                          const char *wanted);
// The same for a token with a text.
void pm_parser_wants(struct parser *p, pm_token_kind kind);
// Reports the tokens from [first] to [last], which are understood all the
// same: no panic.
struct pm_lang_diag *pm_parser_complain(struct parser *p, pm_lang_code code,
                                        uint32_t first, uint32_t last,
                                        const char *format, ...)
    PM_PRINTF(5, 6);
void pm_parser_help(struct parser *p, struct pm_lang_diag *diag,
                    const char *text);
// A fix that replaces the tokens from [first] to [last], or that stands
// before or behind one.
void pm_parser_fix(struct parser *p, struct pm_lang_diag *diag, uint32_t first,
                   uint32_t last, const char *text);
void pm_parser_fix_before(struct parser *p, struct pm_lang_diag *diag,
                          uint32_t token, const char *text);
void pm_parser_fix_behind(struct parser *p, struct pm_lang_diag *diag,
                          uint32_t token, const char *text);
const char *pm_parser_show(struct parser *p, uint32_t token);
// Whether two tokens stand side by side without a blank.
bool pm_parser_adjoins(const struct parser *p, uint32_t left);

// --- recovery ----------------------------------------------------------------

// Goes over this token, or over the brackets that it opens. False at the end
// and at what closes brackets around.
bool pm_parser_skip(struct parser *p);
// Skips to where a list that [open] began can go on.
void pm_parser_skip_in_list(struct parser *p, uint32_t open);
// Skips to the end of a statement.
void pm_parser_skip_statement(struct parser *p);
// Skips to a brace that begins a block on this line. False: there is none.
bool pm_parser_skip_to_block(struct parser *p);
// Whether this token closes what [open] opened; also true when it cannot be
// closed and what it held ends here.
bool pm_parser_at_close(const struct parser *p, uint32_t open);
void pm_parser_close(struct parser *p, uint32_t open);
// The column of the first token of the line of [token], from 0.
uint32_t pm_parser_indent(const struct parser *p, uint32_t token);

// "( item, item, )" with this token the bracket: pushes the items.
enum {
    LIST_MAY_TRAIL = 1,
    LIST_MAY_BE_EMPTY = 2,
    LIST_DECLARES = 4, // names that others use
    LIST_OF_TYPED = 8, // name: type
};
void pm_parser_items(struct parser *p, pm_parse_fn *item, unsigned flags,
                     const char *wanted);

// --- productions -------------------------------------------------------------

// parser_file.c
struct pm_ast *pm_parse_file(struct parser *p);

// parser_decl.c
struct pm_ast *pm_parse_declaration(struct parser *p);
bool pm_parser_begins_declaration(const struct parser *p);
// Whether what "declare" declares begins here without it.
bool pm_parser_lacks_declare(const struct parser *p);
struct pm_ast *pm_parse_a_string(struct parser *p, const char *wanted);

// parser_members.c
// At "{": members, each read by [item].
struct pm_ast *pm_parse_members(struct parser *p, pm_parse_fn *item);
struct pm_ast *pm_parse_method(struct parser *p);
struct pm_ast *pm_parse_service_member(struct parser *p);
// A CONST or GLOBAL at its keyword.
struct pm_ast *pm_parse_value_item(struct parser *p, pm_ast_kind kind,
                                   uint32_t first);
// At a ";" or "," that nothing here needs: reports it, and goes over it.
bool pm_parser_skip_divider(struct parser *p);

// parser_function.c
// A function at "fn"; [attribute] may be NULL.
struct pm_ast *pm_parse_fn_item(struct parser *p, uint32_t first,
                                struct pm_ast *attribute, unsigned flags,
                                bool is_member);
struct pm_ast *pm_parse_contract_signature(struct parser *p);
struct pm_ast *pm_parse_host_signature(struct parser *p);
struct pm_ast *pm_parse_op_signature(struct parser *p);
struct pm_ast *pm_parse_params(struct parser *p);
struct pm_ast *pm_parse_name(struct parser *p, const char *wanted);

// parser_type.c
struct pm_ast *pm_parse_type(struct parser *p);
struct pm_ast *pm_parse_type_atom(struct parser *p);
struct pm_ast *pm_parse_type_args(struct parser *p);
struct pm_ast *pm_parse_type_params(struct parser *p); // NULL: none
struct pm_ast *pm_parse_result(struct parser *p);      // NULL: none
bool pm_parser_begins_type(const struct parser *p);
bool pm_parser_begins_type_args(const struct parser *p);

// parser_block.c
struct pm_ast *pm_parse_block(struct parser *p, const char *of);
// A statement with its end.
void pm_parser_read_statement(struct parser *p, uint32_t open);
bool pm_parser_begins_statement(const struct parser *p);

// parser_branch.c: at "if", "while", "for"
struct pm_ast *pm_parse_if(struct parser *p);
struct pm_ast *pm_parse_while(struct parser *p);
struct pm_ast *pm_parse_for(struct parser *p);

// parser_stmt.c
struct pm_ast *pm_parse_statement(struct parser *p);
struct pm_ast *pm_parse_jump(struct parser *p);
// An expression, or an assignment.
struct pm_ast *pm_parse_assign(struct parser *p);
// That as a statement, or a jump.
struct pm_ast *pm_parse_assign_or_jump(struct parser *p);
bool pm_parser_begins_jump(const struct parser *p);

// parser_arm.c: at "switch" or "handle"
struct pm_ast *pm_parse_switch(struct parser *p);

// parser_expr.c, parser_atom.c
struct pm_ast *pm_parse_expr(struct parser *p);
struct pm_ast *pm_parse_unary(struct parser *p);
struct pm_ast *pm_parse_postfix(struct parser *p);
struct pm_ast *pm_parse_atom(struct parser *p);
struct pm_ast *pm_parse_args(struct parser *p);
struct pm_ast *pm_parse_int(struct parser *p, bool is_negated);
bool pm_parser_begins_expr(const struct parser *p);

// --- parser_foreign.c, parser_help.c: what people write who come from other
// languages ----------

// Whether a word ("then", "do") or a ":" opens a block here.
bool pm_parser_opens_by_word(const struct parser *p);
// Whether the statements from here on end with the word "end".
bool pm_parser_has_end_word(const struct parser *p);
// A block without braces; reports the word that opens it, where there is one.
struct pm_ast *pm_parse_word_block(struct parser *p, const char *of);
// At a word that begins a statement elsewhere: reports it and passes it over.
// NULL: there is none.
struct pm_ast *pm_parse_foreign_statement(struct parser *p);
// What the two tokens here, side by side, mean as an operator ("&&": and), or
// END.
pm_token_kind pm_parser_foreign_operator(const struct parser *p);
// Reports them and goes to the second.
void pm_parser_refuse_operator(struct parser *p, pm_token_kind meant);
// At "++" or "--" behind a value: reports it and goes behind it.
bool pm_parser_refuse_increment(struct parser *p);
// At a word of another language that begins a statement or declaration:
// reports it, and takes it as the keyword that is meant. False: it is none.
bool pm_parser_foreign_word(struct parser *p);
// Whether this is "elif" or one of its kind.
bool pm_parser_is_elif(const struct parser *p);

#endif
