// SPDX-License-Identifier: MIT
//
// What the checker's files share.
//
// The order of work: gather.c reads the declarations of all modules and their
// imports; declare.c finds out fields, cases and signatures when they are first
// wanted; then functions are lowered one after the other from a queue, which
// starts with what the program itself declares and grows by what is used;
// program.c puts the start of the program together.
//
// Memory comes from one arena. When it is short, chk_alloc leaves by longjmp
// to pm_check: nothing needs to be undone, and no code below has a case for
// it.

#ifndef PM_LANG_CHECK_INTERNAL_H
#define PM_LANG_CHECK_INTERNAL_H

#include <setjmp.h>
#include <string.h>

#include "lang/check.h"

struct chk_decl;
struct chk_module;

// --- names to things --------------------------------------------------------

struct chk_map_entry {
    struct pm_text key;
    uint32_t hash;
    void *value;
};

struct chk_map {
    struct chk_map_entry *entries;
    uint32_t count;
    uint32_t capacity; // a power of two, or 0
};

// A growing list of pointers.
struct chk_list {
    void **items;
    uint32_t count;
    uint32_t capacity;
};

struct chk_file {
    const struct pm_check_file *input;
    const struct pm_parsed *parsed;
    struct chk_module *module;
    struct chk_map imports; // to chk_decl
};

struct chk_module {
    const char *path;
    struct chk_map names;     // to chk_decl
    struct chk_map handed_on; // names of others ("pub import"), to chk_decl
    struct chk_list files;
    struct chk_list needs; // chk_need: the modules it imports
    int visit;             // 0 not, 1 being, 2 done
    bool is_library;
};

struct chk_need {
    struct chk_module *module;
    struct pm_span span;
};

// --- declarations -----------------------------------------------------------

typedef enum chk_decl_kind {
    CHK_FN, // also a method or a service's function
    CHK_CONST,
    CHK_GLOBAL,
    CHK_STRUCT,
    CHK_ENUM, // an error too
    CHK_SERVICE,
    CHK_CONTRACT,
    CHK_CALLBACK,
    CHK_STATE,
    CHK_HOST,
    CHK_OP,
    CHK_INTRINSIC,
    CHK_MODULE, // a module under a name
    CHK_BUILTIN,
    // An import that was not found, which was reported: any use of it is fine.
    CHK_MISSING,
} chk_decl_kind;

struct chk_decl {
    chk_decl_kind kind;
    struct pm_text name;
    const struct pm_ast *ast;
    struct chk_file *file; // NULL: BUILTIN
    bool is_pub;
    bool is_init;
    bool is_frame;
    bool is_test;
    struct chk_decl *owner; // of a member: its struct, service, extend
    // FN, STRUCT, OP, extends: its type parameters; NULL: none.
    const struct pm_ast *type_params;
    // FN: instances with other type arguments, or the only one.
    struct chk_instance *instances;
    // STRUCT: its types. ENUM, CONTRACT, STATE, CALLBACK: the type.
    struct chk_list types;
    const struct pm_lt *type;
    int visit; // 0 not, 1 being, 2 done
    struct chk_map members;
    // GLOBAL, CONST
    struct pm_low_global *global;
    struct pm_low_fn *initialiser;
    struct pm_low *literal;    // of a CONST whose value is known
    struct chk_module *module; // MODULE
    const struct pm_low_host *host;
    // OP
    uint16_t ops[PM_LOW_MAX_OPS];
    uint8_t op_count;
    uint32_t number; // INTRINSIC: id; BUILTIN: which
    // ENUM: gives a case's name.
    struct pm_low_fn *namer;
};

// What type parameters stand for. Linked: a method's own, then its struct's.
struct chk_binding {
    struct pm_text name;
    const struct pm_lt *type; // NULL: not known yet
    struct chk_binding *next;
};

// A function with its type arguments.
struct chk_instance {
    struct chk_decl *decl;
    struct chk_binding *bindings;
    const struct pm_lt *self; // a method's object, else NULL
    const struct pm_lt **arguments;
    uint32_t argument_count;
    const struct pm_lt **params; // with the object first
    uint32_t param_count;
    const struct pm_lt *result;
    struct pm_low_fn *low;
    // Where it was first wanted, and within which instance.
    struct pm_span origin;
    struct chk_instance *origin_instance;
    uint32_t depth;               // of origins
    bool is_speculative;          // for no use in particular: not emitted
    struct chk_instance *next;    // of the declaration's
    struct chk_instance *chained; // of the table's slot
};

// What a struct type was made from.
struct chk_struct {
    struct chk_decl *decl;
    struct chk_binding *bindings;
    bool is_complete;
    struct chk_list contracts; // pm_lt
};

// --- a function while it is lowered -----------------------------------------

// A node that reads or writes a variable, or a closure's slot that holds it.
struct chk_use {
    struct pm_low *node; // NULL: a slot
    bool is_raw;         // the value goes into a closure as it is
    uint32_t loops;      // raw: how many loops stand around it
    struct pm_low_fn *fn;
    uint32_t index;
    struct chk_use *next;
};

struct chk_var {
    struct pm_text name;
    const struct pm_lt *type;
    struct pm_span span;
    struct chk_body *owner;
    uint32_t index;
    bool is_constant;
    bool is_param;
    bool is_element;  // the second of a loop's two names
    bool is_positive; // a count that starts above 0 and goes up
    bool is_assigned; // again, after its declaration
    bool is_captured;
    uint32_t loops;    // around its declaration
    bool is_self_name; // a nested function's own name, within it
    struct chk_use *uses;
    struct chk_var *next;  // of the root's list
    struct chk_var *first; // of its name in its block, where it is not itself
    // Where the body has an index: its name there, the variable that it hides,
    // and its place in vars.
    struct chk_var_name *entry;
    struct chk_var *shadowed;
    uint32_t place;
};

// A name of variables: the innermost of those in scope, or NULL.
struct chk_var_name {
    struct chk_var *newest;
};

struct chk_capture {
    struct chk_var *var;
    uint32_t index;
};

struct chk_cleanup {
    struct chk_var *var;
    const struct pm_ast *ast;
};

struct chk_loop {
    uint32_t number;
    uint32_t cleanups; // how many there were outside
    bool has_break;
};

struct chk_body {
    struct chk_body *parent; // of a closure: the function around it
    struct chk_body *root;
    struct pm_low_fn *low;
    struct chk_file *file;
    struct chk_binding *bindings;
    const struct pm_lt *self;
    const struct pm_lt *result; // NULL: not known yet, from the first return
    struct chk_instance *instance;
    struct chk_list vars;     // in scope, inner ones last
    struct chk_map var_names; // to chk_var_name, once vars are many
    uint32_t scope;           // where the innermost scope begins in vars
    uint32_t hidden;          // vars below it are not seen
    bool hides_parents;       // nor those of the functions around
    struct chk_list captures; // chk_capture
    struct chk_list cleanups;
    struct chk_list loops;
    uint32_t lambda_count;    // of the root: gives them names
    struct chk_var *all_vars; // of the root
    struct chk_list prologue; // statements to put in front
};

struct chk_type_slot;

struct checker {
    const struct pm_check_input *input;
    struct pm_arena *arena;
    struct pm_lang_report *report;
    jmp_buf out_of_memory;

    struct chk_file *files;
    struct chk_map modules;
    struct chk_list module_order;
    struct chk_module *prelude;
    struct chk_map builtins;       // to chk_decl
    struct chk_list extends;       // chk_decl
    struct chk_map extend_members; // name: chk_list of chk_decl FN
    // Cases that there are not, with nothing like them: name: the enum's type.
    struct chk_map missing_cases;

    // Types.
    struct chk_list types;
    const struct pm_lt **type_slots;
    uint32_t type_slot_count;
    const struct pm_lt *t_unknown, *t_void, *t_never, *t_int, *t_float, *t_bool,
        *t_byte, *t_str, *t_bytes, *t_task;

    struct chk_list queue; // chk_instance to lower
    uint32_t queue_at;
    struct chk_list functions; // pm_low_fn
    struct chk_list globals;   // chk_decl GLOBAL or CONST
    struct chk_list structs;   // pm_lt of STRUCTs with contracts
    struct chk_list contracts; // chk_dispatch
    struct pm_low_host *trace; // log.write, once it is called
    struct chk_list tests;
    struct chk_list inits;
    struct chk_decl *frame;
    uint32_t instance_count;
    // All instances, by declaration, object and type arguments.
    struct chk_instance **instance_slots;
    uint32_t instance_slot_count;
    uint32_t instances_in_slots;
    uint32_t missing;     // capability bits that were told
    uint32_t suggestions; // made for "did you mean"
    bool too_many_instances;
    bool has_circle; // modules need each other: reported

    struct chk_body *body; // the one being lowered
    struct chk_file *file; // the one whose names are looked up
};

// What becomes a chain of tests or joins may not be longer: later stages go
// through it by recursion.
enum { CHK_LONGEST = 1000 };
// Reports something with more than CHK_LONGEST parts.
bool pm_chk_is_too_long(struct checker *c, const struct pm_ast *ast,
                        uint32_t count, const char *what);

// --- memory.c ---------------------------------------------------------------

// Leaves for pm_check, which gives PM_ERR_NO_MEMORY.
_Noreturn void pm_chk_no_memory(struct checker *c);
void *pm_chk_alloc(struct checker *c, size_t size);
void pm_chk_push(struct checker *c, struct chk_list *list, void *item);
void *pm_chk_map_get(const struct chk_map *map, struct pm_text key);
// The value that was there already, or NULL: then it is put in.
void *pm_chk_map_put(struct checker *c, struct chk_map *map, struct pm_text key,
                     void *value);
struct pm_text pm_chk_text(const char *text);
struct pm_text pm_chk_format(struct checker *c, const char *format, ...)
    PM_PRINTF(2, 3);
bool pm_chk_same(struct pm_text a, struct pm_text b);
bool pm_chk_is(struct pm_text text, const char *word);
// The text of a token in the file that is looked at.
struct pm_text pm_chk_token(const struct chk_file *file, uint32_t token);
struct pm_text pm_chk_name(struct checker *c, const struct pm_ast *ast);

// --- messages.c -------------------------------------------------------------

struct pm_span pm_chk_span(struct checker *c, const struct pm_ast *ast);
struct pm_span pm_chk_name_span(struct checker *c, const struct pm_ast *ast);
// Reports at a node of the present file, with notes on the use that brought a
// generic body here.
struct pm_lang_diag *pm_chk_error(struct checker *c, pm_lang_code code,
                                  const struct pm_ast *ast, const char *format,
                                  ...) PM_PRINTF(4, 5);
struct pm_lang_diag *pm_chk_error_at(struct checker *c, pm_lang_code code,
                                     struct pm_span span, const char *format,
                                     ...) PM_PRINTF(4, 5);
void pm_chk_help(struct checker *c, struct pm_lang_diag *diag,
                 const char *format, ...) PM_PRINTF(3, 4);
void pm_chk_note(struct checker *c, struct pm_lang_diag *diag,
                 struct pm_span span, const char *format, ...) PM_PRINTF(4, 5);
// What to do with a tuple where one value is wanted; [ast] is the tuple.
void pm_chk_help_tuple(struct checker *c, struct pm_lang_diag *diag,
                       const struct pm_ast *ast);
const char *pm_chk_show(struct checker *c, struct pm_text text);
const char *pm_chk_show_type(struct checker *c, const struct pm_lt *type);

// The nearest of many names to a wrong one.
struct chk_nearest {
    struct pm_text wanted;
    struct pm_text best;
    uint32_t distance;
    bool is_off;
};
struct chk_nearest pm_chk_nearest_begin(struct checker *c,
                                        struct pm_text wanted);
void pm_chk_nearest_try(struct chk_nearest *nearest, struct pm_text name);
void pm_chk_nearest_map(struct chk_nearest *nearest, const struct chk_map *map);
// "did you mean 'x'?" with the fix, where one is near.
void pm_chk_nearest_end(struct checker *c, struct chk_nearest *nearest,
                        struct pm_lang_diag *diag, struct pm_span span);

// --- types.c ----------------------------------------------------------------

void pm_chk_types_init(struct checker *c);
const struct pm_lt *pm_chk_type_array(struct checker *c,
                                      const struct pm_lt *of);
const struct pm_lt *pm_chk_type_optional(struct checker *c,
                                         const struct pm_lt *of);
const struct pm_lt *pm_chk_type_result(struct checker *c,
                                       const struct pm_lt *error,
                                       const struct pm_lt *value);
const struct pm_lt *pm_chk_type_cell(struct checker *c, const struct pm_lt *of);
const struct pm_lt *pm_chk_type_tuple(struct checker *c,
                                      const struct pm_lt *const *parts,
                                      uint32_t count);
// Parameters, then the result.
const struct pm_lt *pm_chk_type_fn(struct checker *c,
                                   const struct pm_lt *const *parts,
                                   uint32_t count);
// A type of its own.
struct pm_lt *pm_chk_type_new(struct checker *c, pm_lt_kind kind,
                              struct pm_text name);
// Whether a value of [from] may stand where [to] is wanted as it is.
bool pm_chk_type_same(const struct pm_lt *from, const struct pm_lt *to);
bool pm_chk_is_unknown(const struct pm_lt *type);
bool pm_chk_is_number(const struct pm_lt *type);
bool pm_chk_is_ordered(const struct pm_lt *type);
bool pm_chk_is_key(const struct pm_lt *type);
bool pm_chk_is_plain_enum(const struct pm_lt *type);
// Whether zero slots are a value of the type.
bool pm_chk_has_zero(const struct pm_lt *type);

// --- gather.c, imports.c, cycles.c ------------------------------------------

void pm_chk_gather(struct checker *c);
struct chk_module *pm_chk_find_module(struct checker *c, const char *path);
// What a name means in a file, apart from locals; NULL: nothing.
struct chk_decl *pm_chk_lookup(struct checker *c, struct chk_file *file,
                               struct pm_text name);
// The declaration that a NAME, or a MEMBER of a module, stands for; NULL when
// it is a value or unknown. Reports nothing.
struct chk_decl *pm_chk_path(struct checker *c, const struct pm_ast *ast);
const char *pm_chk_decl_kind_name(const struct chk_decl *decl);
// A declaration, not yet known by its name.
struct chk_decl *pm_chk_new_decl(struct checker *c, chk_decl_kind kind,
                                 const struct pm_ast *ast);
// Reports a name that is declared again.
void pm_chk_twice(struct checker *c, const struct chk_decl *first,
                  struct pm_span second, struct pm_text name);
struct pm_text pm_chk_string(struct checker *c, const struct pm_ast *ast);
// The imports of all files.
void pm_chk_imports(struct checker *c);
// What others see of a module: what it declares or hands on; NULL: nothing.
struct chk_decl *pm_chk_public(const struct chk_module *module,
                               struct pm_text name);
void pm_chk_nearest_public(struct chk_nearest *nearest,
                           const struct chk_module *module);
// Puts the modules in their order.
void pm_chk_check_cycles(struct checker *c);
// Whether only what is used of a module is checked.
bool pm_chk_skips(const struct checker *c, const struct chk_module *module);

// --- unknown.c --------------------------------------------------------------

// Report what is not there, with what was probably meant.
struct pm_low *pm_chk_unknown_name(struct checker *c, const struct pm_ast *ast);
// Tells that an enum has no such case; one that is like no other, once.
void pm_chk_unknown_case(struct checker *c, const struct pm_ast *ast,
                         const struct pm_lt *type);
// pm_chk_unknown_name for a name that is assigned.
void pm_chk_missing_target(struct checker *c, const struct pm_ast *ast);
const struct pm_lt *pm_chk_unknown_type(struct checker *c,
                                        const struct pm_ast *ast,
                                        struct pm_text name,
                                        const struct chk_binding *bindings);
struct pm_low *pm_chk_unknown_member(struct checker *c,
                                     const struct pm_ast *ast,
                                     const struct pm_low *object);

// --- resolve.c --------------------------------------------------------------

// The type that a tree of a type stands for; NULL tree: VOID. Reports what is
// wrong and gives UNKNOWN then.
const struct pm_lt *pm_chk_resolve(struct checker *c, const struct pm_ast *ast,
                                   struct chk_binding *bindings,
                                   const struct pm_lt *self);
// The same in another file.
const struct pm_lt *pm_chk_resolve_in(struct checker *c, struct chk_file *file,
                                      const struct pm_ast *ast,
                                      struct chk_binding *bindings,
                                      const struct pm_lt *self);
// Binds type parameters so that [ast] may stand for [type].
void pm_chk_infer(struct checker *c, struct chk_file *file,
                  const struct pm_ast *ast, const struct pm_lt *type,
                  struct chk_binding *bindings);
struct chk_binding *pm_chk_bind(struct checker *c, struct chk_file *file,
                                const struct pm_ast *type_params,
                                struct chk_binding *next);
bool pm_chk_all_bound(const struct chk_binding *bindings,
                      const struct chk_binding *end);
// Whether the arguments keep the parameters' constraints; reports at [span].
bool pm_chk_constraints(struct checker *c, struct chk_file *file,
                        const struct pm_ast *type_params,
                        struct chk_binding *bindings, struct pm_span span);
// A struct's type with these arguments.
const struct pm_lt *pm_chk_struct_type(struct checker *c, struct chk_decl *decl,
                                       struct chk_binding *bindings,
                                       struct pm_span span);
struct chk_struct *pm_chk_struct_of(const struct pm_lt *type);
// The type of ENUM, CONTRACT, STATE, CALLBACK declarations.
const struct pm_lt *pm_chk_decl_type(struct checker *c, struct chk_decl *decl);

// --- declare.c --------------------------------------------------------------

// Fills in fields of a struct; contracts with it.
void pm_chk_complete(struct checker *c, const struct pm_lt *type);
void pm_chk_declare_all(struct checker *c);
// Checks that structs have what their contracts want.
void pm_chk_check_contracts(struct checker *c);
bool pm_chk_struct_has(struct checker *c, const struct pm_lt *type,
                       const struct pm_lt *contract);

// --- instances.c ------------------------------------------------------------

// The instance of a function; [bindings]: all of its parameters (and its
// struct's). Queued when it is new.
struct chk_instance *pm_chk_instance(struct checker *c, struct chk_decl *decl,
                                     struct chk_binding *bindings,
                                     const struct pm_lt *self,
                                     struct pm_span span);
void pm_chk_drain(struct checker *c);
// Checks bodies of generic functions that nobody uses.
void pm_chk_check_unused_generics(struct checker *c);
// The method [name] of a type, with its bindings; NULL: none.
struct chk_decl *pm_chk_find_method(struct checker *c, const struct pm_lt *type,
                                    struct pm_text name,
                                    struct chk_binding **out_bindings);
// An instance of a method without type parameters of its own.
struct chk_instance *pm_chk_method(struct checker *c, const struct pm_lt *type,
                                   const char *name, struct pm_span span);
// The function that calls the right struct's method.
struct pm_low_fn *pm_chk_dispatcher(struct checker *c,
                                    const struct pm_lt *contract,
                                    const struct pm_ast *signature);
void pm_chk_finish_dispatchers(struct checker *c);

// --- body.c, variables.c, closures.c ----------------------------------------

struct pm_low_fn *pm_chk_low_fn(struct checker *c, struct pm_text name,
                                struct pm_span span);
uint32_t pm_chk_low_local(struct checker *c, struct pm_low_fn *fn,
                          const struct pm_lt *type, struct pm_text name);
// Appends to a growing array of locals or captures.
void pm_chk_add_local(struct checker *c, struct pm_low_local **locals,
                      uint32_t *count, uint32_t *capacity,
                      struct pm_low_local local);
// Brings a variable into scope.
void pm_chk_push_var(struct checker *c, struct chk_body *body,
                     struct chk_var *var);
// Reports a name that the innermost scope has already.
void pm_chk_check_twice(struct checker *c, struct chk_var *var);
// Local [index], which is there, as a parameter with a name.
struct chk_var *pm_chk_declare_param(struct checker *c, struct pm_text name,
                                     struct pm_span span, uint32_t index,
                                     bool is_constant);
// Reports a body that ends without giving the result.
void pm_chk_check_end(struct checker *c, const struct pm_ast *block,
                      const struct pm_low *low, const struct pm_lt *result);
void pm_chk_lower_instance(struct checker *c, struct chk_instance *instance);
void pm_chk_begin_body(struct checker *c, struct chk_body *body,
                       struct chk_file *file, struct pm_low_fn *low);
// Rewrites variables that closures share, and leaves the body.
void pm_chk_end_body(struct checker *c, struct chk_body *body);
struct chk_var *pm_chk_declare(struct checker *c, struct pm_text name,
                               struct pm_span span, const struct pm_lt *type,
                               bool is_constant);
struct chk_var *pm_chk_find_var(struct checker *c, struct pm_text name);
struct pm_low *pm_chk_read_var(struct checker *c, struct chk_var *var,
                               struct pm_span span);
struct pm_low *pm_chk_write_var(struct checker *c, struct chk_var *var,
                                struct pm_low *value, struct pm_span span,
                                bool is_declaration);
// What a closure over [body] captures, as values of the body around it.
struct pm_low *pm_chk_make_closure(struct checker *c, struct chk_body *body,
                                   const struct pm_lt *type,
                                   struct pm_span span);
struct chk_scope {
    uint32_t count;
    uint32_t start;
};
struct chk_scope pm_chk_scope_begin(struct checker *c);
void pm_chk_scope_end(struct checker *c, struct chk_scope scope);

// --- low.c ------------------------------------------------------------------

// A node with room for [count] kids, all NULL.
struct pm_low *pm_chk_low(struct checker *c, pm_low_kind kind,
                          const struct pm_lt *type, struct pm_span span,
                          uint32_t count);
struct pm_low *pm_chk_low1(struct checker *c, pm_low_kind kind,
                           const struct pm_lt *type, struct pm_span span,
                           struct pm_low *kid);
struct pm_low *pm_chk_low2(struct checker *c, pm_low_kind kind,
                           const struct pm_lt *type, struct pm_span span,
                           struct pm_low *a, struct pm_low *b);
struct pm_low *pm_chk_low_int(struct checker *c, const struct pm_lt *type,
                              struct pm_span span, int64_t number);
struct pm_low *pm_chk_low_str(struct checker *c, struct pm_span span,
                              struct pm_text text);
struct pm_low *pm_chk_low_op(struct checker *c, pm_opcode op,
                             const struct pm_lt *type, struct pm_span span,
                             struct pm_low *a, struct pm_low *b);
struct pm_low *pm_chk_low_block(struct checker *c, const struct pm_lt *type,
                                struct pm_span span,
                                const struct chk_list *list);
struct pm_low *pm_chk_low_if(struct checker *c, const struct pm_lt *type,
                             struct pm_span span, struct pm_low *condition,
                             struct pm_low *then, struct pm_low *otherwise);
struct pm_low *pm_chk_low_part(struct checker *c, const struct pm_lt *type,
                               struct pm_low *value, uint32_t index);
struct pm_low *pm_chk_low_call(struct checker *c, struct pm_low_fn *fn,
                               const struct pm_lt *type, struct pm_span span,
                               struct chk_list *arguments);
struct pm_low *pm_chk_unknown(struct checker *c, const struct pm_ast *ast);
// Puts a value into a local of its own (a statement for [list]) and gives a
// node that reads it; a local that cannot change is read as it is.
struct pm_low *pm_chk_spill(struct checker *c, struct chk_list *list,
                            struct pm_low *value);
// Another node that reads the same as a LOCAL, CAPTURE, literal.
struct pm_low *pm_chk_again(struct checker *c, const struct pm_low *node);
// Whether nothing goes on behind it.
bool pm_chk_is_never(const struct pm_low *low);
struct pm_low *pm_chk_zero(struct checker *c, const struct pm_lt *type,
                           struct pm_span span);

// --- statements.c, assign.c, jumps.c, loops.c -------------------------------

// A block; as a value when [wants_value], of the type [expected] (may be
// NULL).
struct pm_low *pm_chk_block(struct checker *c, const struct pm_ast *ast,
                            bool wants_value, const struct pm_lt *expected);
struct pm_low *pm_chk_statement(struct checker *c, const struct pm_ast *ast);
// An arm's or branch's body: block, jump, assignment or expression.
struct pm_low *pm_chk_arm_body(struct checker *c, const struct pm_ast *ast,
                               bool wants_value, const struct pm_lt *expected);
struct pm_low *pm_chk_if(struct checker *c, const struct pm_ast *ast,
                         bool wants_value, const struct pm_lt *expected);
struct pm_low *pm_chk_assign(struct checker *c, const struct pm_ast *ast);
struct pm_low *pm_chk_jump(struct checker *c, const struct pm_ast *ast);
// Leaves the function with [value] (NULL: none), closing what is in use.
struct pm_low *pm_chk_leave(struct checker *c, struct pm_low *value,
                            struct pm_span span);
struct pm_low *pm_chk_using(struct checker *c, const struct pm_ast *ast);
struct pm_low *pm_chk_nested_fn(struct checker *c, const struct pm_ast *ast);
struct pm_low *pm_chk_loop_statement(struct checker *c,
                                     const struct pm_ast *ast);
// Whether an expression may be a statement.
bool pm_chk_may_stand_alone(const struct pm_ast *ast);
void pm_chk_must_use(struct checker *c, const struct pm_ast *ast,
                     const struct pm_low *value);

// --- switch.c (patterns.c has a header of its own) --------------------------

struct pm_low *pm_chk_switch(struct checker *c, const struct pm_ast *ast,
                             bool wants_value, const struct pm_lt *expected);
struct pm_low *pm_chk_handle(struct checker *c, const struct pm_ast *ast,
                             const struct pm_lt *expected);

// --- expressions.c, coerce.c, names.c, failures.c ---------------------------

// The value of an expression. [expected] (may be NULL) is what is wanted: it
// helps literals and inference; the value may have another type still.
struct pm_low *pm_chk_expr(struct checker *c, const struct pm_ast *ast,
                           const struct pm_lt *expected);
// The value as [wanted], or a report.
struct pm_low *pm_chk_expr_as(struct checker *c, const struct pm_ast *ast,
                              const struct pm_lt *wanted);
struct pm_low *pm_chk_coerce(struct checker *c, const struct pm_ast *ast,
                             struct pm_low *value, const struct pm_lt *wanted);
// Whether it is made of literals that take the type that is wanted.
bool pm_chk_adapts(const struct pm_ast *ast);
struct pm_low *pm_chk_name_value(struct checker *c, const struct pm_ast *ast);
struct pm_low *pm_chk_this(struct checker *c, const struct pm_ast *ast);
struct pm_low *pm_chk_member(struct checker *c, const struct pm_ast *ast);
struct pm_low *pm_chk_element(struct checker *c, const struct pm_ast *ast);
// some, none, ok, err, "else" and "!".
struct pm_low *pm_chk_failure(struct checker *c, const struct pm_ast *ast,
                              const struct pm_lt *expected);
struct pm_low *pm_chk_condition(struct checker *c, const struct pm_ast *ast);
// The common type of two branches; the first where they differ.
const struct pm_lt *pm_chk_join(const struct pm_lt *a, const struct pm_lt *b);
struct pm_low *pm_chk_decl_value(struct checker *c, const struct pm_ast *ast,
                                 struct chk_decl *decl);

// --- operators.c ------------------------------------------------------------

struct pm_low *pm_chk_binary(struct checker *c, const struct pm_ast *ast,
                             const struct pm_lt *expected);
struct pm_low *pm_chk_unary(struct checker *c, const struct pm_ast *ast,
                            const struct pm_lt *expected);
// left op right of values that are there; [token] is the operator's kind.
struct pm_low *pm_chk_operate(struct checker *c, const struct pm_ast *ast,
                              pm_token_kind token, struct pm_low *left,
                              struct pm_low *right);
struct pm_low *pm_chk_equal(struct checker *c, const struct pm_ast *ast,
                            struct pm_low *left, struct pm_low *right,
                            bool negated);

// --- literals.c -------------------------------------------------------------

struct pm_low *pm_chk_literal(struct checker *c, const struct pm_ast *ast,
                              const struct pm_lt *expected, bool negated);
struct pm_low *pm_chk_interpolation(struct checker *c,
                                    const struct pm_ast *ast);
// str(x)
struct pm_low *pm_chk_to_str(struct checker *c, const struct pm_ast *ast,
                             struct pm_low *value);

// --- calls.c ----------------------------------------------------------------

struct pm_low *pm_chk_call(struct checker *c, const struct pm_ast *ast,
                           const struct pm_lt *expected);
struct pm_low *pm_chk_new(struct checker *c, const struct pm_ast *ast,
                          const struct pm_lt *expected);
struct pm_low *pm_chk_spawn(struct checker *c, const struct pm_ast *ast);
struct pm_low *pm_chk_lambda(struct checker *c, const struct pm_ast *ast,
                             const struct pm_lt *expected);

// Reports, once for each, a capability that a host call needs and the program
// does not have, at the place of the program that leads to the call.
void pm_chk_need_capability(struct checker *c, const struct pm_low_host *host,
                            struct pm_span span);

// --- arguments.c ------------------------------------------------------------

// A parameter that arguments are matched with.
struct chk_param {
    struct pm_text name;
    const struct pm_ast *type;  // of generic ones; else NULL
    const struct pm_lt *known;  // NULL: not yet
    const struct pm_ast *value; // its default
    struct pm_low *low;         // the argument, or NULL
    const struct pm_ast *argument;
    uint32_t order; // of its evaluation
};

struct chk_call {
    const struct pm_ast *ast;      // of the call, for places
    struct pm_text name;           // of what is called
    struct chk_file *file;         // of the declaration
    const struct pm_ast *declared; // NULL: a value is called
    struct chk_binding *bindings;
    struct chk_binding *bindings_end; // those below are fixed
    const struct pm_lt *self;
    struct chk_param *params;
    uint32_t count;
};

struct chk_param *pm_chk_params(struct checker *c, const struct pm_ast *params,
                                struct chk_file *file, uint32_t *out_count);
// Matches, infers, checks and converts: every [low] is there afterwards.
// Statements that must run first go to [before]. False when reported.
bool pm_chk_arguments(struct checker *c, struct chk_call *call,
                      const struct pm_ast *args, const struct pm_lt *expected,
                      const struct pm_ast *result, struct chk_list *before);

// --- builtins.c, enums.c ----------------------------------------------------

void pm_chk_builtins_init(struct checker *c);
struct pm_low *pm_chk_builtin_call(struct checker *c, const struct pm_ast *ast,
                                   struct chk_decl *decl,
                                   const struct pm_lt *expected);
// Methods that types have by themselves; NULL when there is none.
struct pm_low *pm_chk_builtin_method(struct checker *c,
                                     const struct pm_ast *ast,
                                     struct pm_low *object,
                                     struct pm_text name);
// Whether a call has so many arguments, without names; reports when not.
bool pm_chk_count_is(struct checker *c, const struct pm_ast *ast,
                     struct pm_text name, uint32_t least, uint32_t most);
struct pm_low *pm_chk_enum_member(struct checker *c, const struct pm_ast *ast,
                                  struct chk_decl *decl, struct pm_text name,
                                  const struct pm_ast *call);
struct chk_decl *pm_chk_prelude(struct checker *c, const char *name);
// Calls a prelude function; the argument list is taken as it is.
struct pm_low *pm_chk_call_prelude(struct checker *c, const struct pm_ast *ast,
                                   const char *name, struct chk_list *arguments,
                                   const struct pm_lt *result);

// --- program.c --------------------------------------------------------------

void pm_chk_globals(struct checker *c);
void pm_chk_lower_global(struct checker *c, struct chk_decl *decl);
void pm_chk_program(struct checker *c, struct pm_low_program *out);
void pm_chk_dump_names(struct checker *c, struct pm_buf *out);

#endif
