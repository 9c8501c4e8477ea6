// SPDX-License-Identifier: MIT
//
// Types as they are written become trees; a tree becomes a row of the type
// table, or the row that is there already. Rows by .type come first, in the
// order of the text, then those that were only written in place.
#include <string.h>

#include "asm/asm_internal.h"
#include "base/bits.h"

enum { DEEPEST_TYPE = 16 };

static const char *const primitives[] = {
    [PM_TYPE_I32] = "i32",       [PM_TYPE_I64] = "i64",
    [PM_TYPE_F32] = "f32",       [PM_TYPE_F64] = "f64",
    [PM_TYPE_BOOL] = "bool",     [PM_TYPE_BYTE] = "byte",
    [PM_TYPE_STRING] = "string", [PM_TYPE_BYTES] = "bytes",
    [PM_TYPE_ANY] = "any",       [PM_TYPE_COROUTINE] = "coroutine",
};

bool pm_asm_is_primitive(const struct asm_token *token, pm_type_id *out)
{
    for (pm_type_id id = 1; id < PM_ARRAY_LEN(primitives); id++)
        if (pm_asm_is_word(token, primitives[id])) {
            *out = id;
            return true;
        }
    return false;
}

static bool is_reserved(const struct asm_token *token)
{
    pm_type_id id;
    return pm_asm_is_primitive(token, &id) || pm_asm_is_word(token, "array") ||
           pm_asm_is_word(token, "record") || pm_asm_is_word(token, "func") ||
           pm_asm_is_word(token, "state");
}

// --- trees -------------------------------------------------------------------

static struct asm_type *new_tree(struct assembler *a, pm_type_kind kind)
{
    struct asm_type *tree = pm_arena_alloc(&a->arena, sizeof *tree);
    if (!tree) {
        pm_asm_out_of_memory(a);
        return NULL;
    }
    tree->kind = kind;
    tree->place = a->token;
    return tree;
}

struct asm_type *pm_asm_new_func(struct assembler *a)
{
    return new_tree(a, PM_TYPE_KIND_FUNC);
}

struct asm_type *pm_asm_parse_child(struct assembler *a,
                                    struct asm_type *parent, uint32_t depth)
{
    struct asm_token place = a->token;
    struct asm_type *child = pm_asm_parse_type_tree(a, depth);

    if (!child)
        return NULL;
    if (parent->child_count == PM_TYPE_MAX_FIELDS) {
        pm_asm_error(a, &place, "ASM-LIMIT",
                     "more than %d fields, parameters or results in one type",
                     PM_TYPE_MAX_FIELDS);
        return NULL;
    }
    if (parent->last)
        parent->last->next = child;
    else
        parent->child = child;
    parent->last = child;
    parent->child_count++;
    if (child->height >= parent->height)
        parent->height = child->height + 1;
    return child;
}

// Types up to the closing bracket, the opening one is taken.
static bool parse_list(struct assembler *a, struct asm_type *parent,
                       uint32_t depth)
{
    if (pm_asm_accept(a, ')'))
        return true;
    do {
        if (!pm_asm_parse_child(a, parent, depth))
            return false;
    } while (pm_asm_accept(a, ','));
    return pm_asm_expect(a, ')');
}

bool pm_asm_parse_results(struct assembler *a, struct asm_type *func,
                          uint32_t depth)
{
    func->param_count = func->child_count;
    if (a->token.kind != ASM_ARROW)
        return true;
    pm_asm_next(a);
    if (pm_asm_accept(a, '('))
        return parse_list(a, func, depth);
    return pm_asm_parse_child(a, func, depth) != NULL;
}

static struct asm_type *parse_func(struct assembler *a, uint32_t depth)
{
    struct asm_type *func = pm_asm_new_func(a);
    if (!func || !pm_asm_expect(a, '(') || !parse_list(a, func, depth) ||
        !pm_asm_parse_results(a, func, depth))
        return NULL;
    return func;
}

static struct asm_type *parse_array(struct assembler *a, uint32_t depth)
{
    struct asm_type *array = new_tree(a, PM_TYPE_KIND_ARRAY);
    return array && pm_asm_parse_child(a, array, depth) ? array : NULL;
}

static struct asm_type *parse_state(struct assembler *a)
{
    struct asm_type *state = new_tree(a, PM_TYPE_KIND_STATE);
    return state && pm_asm_parse_string(a, &state->name) ? state : NULL;
}

static bool parse_type_number(struct assembler *a, pm_type_id *out)
{
    struct asm_token place = a->token;
    uint32_t number;

    if (!pm_asm_parse_u32(a, "type", &number))
        return false;
    if (number >= a->written_types.count)
        return pm_asm_error(
            a, &place, "ASM-NAME",
            "there is no type #%u; the text has %zu .type lines",
            (unsigned)number, a->written_types.count);
    *out = PM_TYPE_FIRST_USER + number;
    return true;
}

// What is not written out in place: a primitive, a name or a number.
static struct asm_type *parse_leaf(struct assembler *a)
{
    struct asm_type *leaf = new_tree(a, (pm_type_kind)0);
    if (!leaf)
        return NULL;
    if (pm_asm_is_primitive(&a->token, &leaf->id)) {
        pm_asm_next(a);
        return leaf;
    }
    if (pm_asm_accept(a, '#'))
        return parse_type_number(a, &leaf->id) ? leaf : NULL;
    if (pm_asm_is_word(&a->token, "record")) {
        pm_asm_error(a, &a->token, "ASM-TYPE",
                     "a record needs a name of its own: write '.type Name = "
                     "record { … }' and use Name here");
        return NULL;
    }
    if (a->token.kind != ASM_WORD && a->token.kind != ASM_STRING) {
        pm_asm_unexpected(a, "a type");
        return NULL;
    }
    return pm_asm_parse_reference(a, ASM_TYPE, 0, "type", &leaf->id) ? leaf
                                                                     : NULL;
}

// Recursion ends at DEEPEST_TYPE.
struct asm_type *pm_asm_parse_type_tree(struct assembler *a, uint32_t depth)
{
    static const char *const words[] = {"array", "func", "state"};
    int word = 0;
    while (word < 3 && !pm_asm_is_word(&a->token, words[word]))
        word++;
    if (word == 3)
        return parse_leaf(a);
    if (depth >= DEEPEST_TYPE) {
        pm_asm_error(
            a, &a->token, "ASM-LIMIT",
            "types in types more than %d deep; name the inner ones with "
            ".type",
            DEEPEST_TYPE);
        return NULL;
    }
    pm_asm_next(a);
    if (word == 0)
        return parse_array(a, depth + 1);
    return word == 1 ? parse_func(a, depth + 1) : parse_state(a);
}

// --- rows --------------------------------------------------------------------

const struct pm_type *pm_asm_type_row(const struct assembler *a,
                                      pm_type_id type)
{
    const struct pm_type *rows = a->types.data;
    size_t index = type - PM_TYPE_FIRST_USER;
    return type >= PM_TYPE_FIRST_USER && index < a->types.count ? &rows[index]
                                                                : NULL;
}

// What a structural type is made of, as bytes that are equal when the types
// are.
struct key {
    struct pm_text text;
    pm_type_id ids[PM_TYPE_MAX_FIELDS + 1];
};

static bool resolve_children(struct assembler *a, const struct asm_type *tree,
                             struct key *key)
{
    uint32_t count = 0;
    key->ids[count++] = tree->param_count;
    for (const struct asm_type *child = tree->child; child; child = child->next)
        if (!pm_asm_resolve_type(a, child, &key->ids[count++]))
            return false;
    key->text = tree->kind == PM_TYPE_KIND_STATE
                    ? tree->name
                    : (struct pm_text){(const char *)key->ids,
                                       count * (uint32_t)sizeof *key->ids};
    return true;
}

static bool fill_row(struct assembler *a, const struct asm_type *tree,
                     const struct key *key, pm_type_id id)
{
    struct pm_type *row =
        (struct pm_type *)a->types.data + (id - PM_TYPE_FIRST_USER);
    struct pm_field *fields = NULL;

    *row = (struct pm_type){.kind = tree->kind, .name = tree->name};
    if (tree->kind == PM_TYPE_KIND_ARRAY) {
        row->element = key->ids[1];
        return true;
    }
    row->field_count = tree->child_count;
    row->param_count = tree->param_count;
    if (tree->child_count)
        fields = pm_arena_alloc(&a->arena, tree->child_count * sizeof *fields);
    if (tree->child_count && !fields) {
        row->field_count = row->param_count = 0;
        return pm_asm_out_of_memory(a);
    }
    row->fields = fields;
    const struct asm_type *child = tree->child;
    for (uint32_t i = 0; i < tree->child_count; i++, child = child->next)
        fields[i] = (struct pm_field){child->field_name, key->ids[i + 1]};
    return true;
}

static struct asm_entry *find_key(struct assembler *a,
                                  const struct asm_type *tree,
                                  const struct key *key)
{
    return pm_asm_map_find(a, ASM_TYPE_KEY, tree->kind, key->text);
}

static bool keep_key(struct assembler *a, const struct asm_type *tree,
                     const struct key *key, pm_type_id id)
{
    char *copy = pm_arena_copy(&a->arena, key->text.data, key->text.size);
    if (!copy)
        return pm_asm_out_of_memory(a);
    return pm_asm_map_insert(a, ASM_TYPE_KEY, tree->kind,
                             (struct pm_text){copy, key->text.size},
                             id) != NULL;
}

bool pm_asm_resolve_type(struct assembler *a, const struct asm_type *tree,
                         pm_type_id *out)
{
    struct key key;

    if (!tree->kind) {
        *out = tree->id;
        return true;
    }
    if (!resolve_children(a, tree, &key))
        return false;
    const struct asm_entry *entry = find_key(a, tree, &key);
    if (entry) {
        *out = entry->value;
        return true;
    }
    if (a->types.count >= PM_MODULE_MAX_ITEMS)
        return pm_asm_error(a, &tree->place, "ASM-LIMIT",
                            "more than %d types in one module",
                            PM_MODULE_MAX_ITEMS);
    *out = PM_TYPE_FIRST_USER + (pm_type_id)a->types.count;
    return pm_asm_push(a, &a->types, sizeof(struct pm_type)) &&
           fill_row(a, tree, &key, *out) && keep_key(a, tree, &key, *out);
}

bool pm_asm_parse_type(struct assembler *a, pm_type_id *out)
{
    const struct asm_type *tree = pm_asm_parse_type_tree(a, 0);
    return tree && pm_asm_resolve_type(a, tree, out);
}

static bool parse_func_number(struct assembler *a, pm_type_id *out)
{
    struct asm_token place = a->token;
    pm_asm_next(a);
    if (!parse_type_number(a, out))
        return false;
    const struct pm_type *row = pm_asm_type_row(a, *out);
    if (row && row->kind == PM_TYPE_KIND_FUNC)
        return true;
    return pm_asm_error(a, &place, "ASM-TYPE", "type #%u is not a func type",
                        (unsigned)(*out - PM_TYPE_FIRST_USER));
}

bool pm_asm_parse_signature(struct assembler *a, pm_type_id *out)
{
    if (pm_asm_is_punctuation(&a->token, '#'))
        return parse_func_number(a, out);
    if (!pm_asm_is_punctuation(&a->token, '('))
        return pm_asm_unexpected(a,
                                 "parameters and results as '(i64) -> (bool)'");
    const struct asm_type *tree = parse_func(a, 1);
    return tree && pm_asm_resolve_type(a, tree, out);
}

// --- .type -------------------------------------------------------------------

bool pm_asm_type_name(struct assembler *a)
{
    struct asm_token place = a->token;
    pm_type_id id = PM_TYPE_FIRST_USER + (pm_type_id)a->written_types.count;
    struct pm_text name;

    if (!pm_asm_push(a, &a->written_types, sizeof(struct asm_type *)))
        return false;
    // The next pass reports what is wrong with the line.
    if (place.kind != ASM_WORD && place.kind != ASM_STRING)
        return true;
    if (is_reserved(&place))
        return pm_asm_error(a, &place, "ASM-NAME",
                            "'%s' is a word of types; choose another name",
                            pm_asm_show(a, place.text, place.size));
    return pm_asm_parse_name(a, &name) &&
           pm_asm_define(a, &place, ASM_TYPE, 0, "type", name, id);
}

static bool parse_field(struct assembler *a, struct asm_type *record,
                        pm_type_id id)
{
    struct asm_token place = a->token;
    struct pm_text name;

    if (!pm_asm_parse_name(a, &name) || !pm_asm_expect(a, ':'))
        return false;
    struct asm_type *field = pm_asm_parse_child(a, record, 0);
    if (!field)
        return false;
    field->field_name = name;
    return pm_asm_define(a, &place, ASM_FIELD, id, "field", name,
                         record->child_count - 1);
}

// Fields are parted by commas, the last one may have one too.
static struct asm_type *parse_record(struct assembler *a, struct pm_text name,
                                     pm_type_id id)
{
    struct asm_type *record = new_tree(a, PM_TYPE_KIND_RECORD);
    pm_asm_next(a);
    if (!record || !pm_asm_expect(a, '{'))
        return NULL;
    record->name = name;
    while (!pm_asm_accept(a, '}')) {
        if (!parse_field(a, record, id))
            return NULL;
        if (!pm_asm_accept(a, ',') && !pm_asm_is_punctuation(&a->token, '}')) {
            pm_asm_unexpected(a, "',' or '}'");
            return NULL;
        }
    }
    return record;
}

bool pm_asm_type_body(struct assembler *a)
{
    uint32_t index = a->types_met++;
    struct pm_text name;
    struct asm_type *tree;

    if (!pm_asm_parse_name(a, &name) || !pm_asm_expect(a, '='))
        return false;
    struct asm_token place = a->token;
    if (pm_asm_is_word(&place, "record"))
        tree = parse_record(a, name, PM_TYPE_FIRST_USER + index);
    else
        tree = pm_asm_parse_type_tree(a, 0);
    if (!tree)
        return false;
    if (!tree->kind)
        return pm_asm_error(a, &place, "ASM-TYPE",
                            "a .type is an array, a record, a func or a state; "
                            "other types have a name already");
    ((struct asm_type **)a->written_types.data)[index] = tree;
    return true;
}

static bool resolve_written(struct assembler *a, const struct asm_type *tree,
                            pm_type_id id)
{
    struct key key;

    if (!resolve_children(a, tree, &key))
        return false;
    if (tree->kind == PM_TYPE_KIND_RECORD)
        return fill_row(a, tree, &key, id);
    const struct asm_entry *entry = find_key(a, tree, &key);
    if (entry)
        return pm_asm_error(a, &tree->place, "ASM-TWICE",
                            "this is the same type as #%u, which stands by "
                            "itself or inside another .type; give one .type "
                            "line for it and use its name",
                            (unsigned)(entry->value - PM_TYPE_FIRST_USER));
    return fill_row(a, tree, &key, id) && keep_key(a, tree, &key, id);
}

// Those that are flat first: what they are made of is known, and the deeper
// ones find them instead of making rows of their own. Records come last, no
// other type is compared with them.
static bool resolve_of_height(struct assembler *a, uint32_t height,
                              bool records)
{
    struct asm_type **trees = a->written_types.data;
    for (uint32_t i = 0; i < a->written_types.count; i++)
        if (trees[i] && (trees[i]->kind == PM_TYPE_KIND_RECORD) == records &&
            (records || trees[i]->height == height))
            resolve_written(a, trees[i], PM_TYPE_FIRST_USER + i);
    return !a->no_memory;
}

bool pm_asm_resolve_types(struct assembler *a)
{
    for (size_t i = 0; i < a->written_types.count; i++) {
        struct pm_type *row = pm_asm_push(a, &a->types, sizeof *row);
        if (!row)
            return false;
        row->kind = PM_TYPE_KIND_RECORD;
    }
    for (uint32_t height = 0; height <= DEEPEST_TYPE + 1; height++)
        if (!resolve_of_height(a, height, false))
            return false;
    return resolve_of_height(a, 0, true);
}
