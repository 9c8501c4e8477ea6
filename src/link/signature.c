// SPDX-License-Identifier: MIT
//
// Steps by signature: operands and results as the letters of opcodes.def
// have them. A class letter that comes again means the same type again.
#include <inttypes.h>

#include "link/verify_internal.h"

// What the letters mean: the types that each accepts, as bits, and the words
// for them. A letter with one type also names a result.
struct letter {
    char letter;
    bool is_class; // the same type each time
    uint32_t types;
    const char *words; // of a class: its types
};

#define BIT(name) (1u << PM_TYPE_##name)
#define INTS      (BIT(I32) | BIT(I64))
#define FLOATS    (BIT(F32) | BIT(F64))

static const struct letter letters[] = {
    {'i', false, BIT(I32), "i32"},
    {'l', false, BIT(I64), "i64"},
    {'f', false, BIT(F32), "f32"},
    {'d', false, BIT(F64), "f64"},
    {'b', false, BIT(BOOL), "bool"},
    {'y', false, BIT(BYTE), "byte"},
    {'s', false, BIT(STRING), "string"},
    {'B', false, BIT(BYTES), "bytes"},
    {'C', false, BIT(COROUTINE), "coroutine"},
    {'x', false, INTS, "i32 or i64"},
    {'w', false, INTS | BIT(BYTE), "i32, i64 or byte"},
    {'n', true, INTS | FLOATS, "i32, i64, f32 or f64"},
    {'N', true, INTS, "i32 or i64"},
    {'D', true, FLOATS, "f32 or f64"},
    {'m', true, INTS | FLOATS | BIT(STRING), "i32, i64, f32, f64 or string"},
    {'o', true, INTS | FLOATS | BIT(BYTE) | BIT(STRING),
     "i32, i64, f32, f64, byte or string"},
    {'q', true, INTS | BIT(BOOL), "i32, i64 or bool"},
    {'e', true, 0, "any type"},
    {'r', true, 0, "a reference"},
};

static const struct letter *find(char letter)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(letters); i++)
        if (letters[i].letter == letter)
            return &letters[i];
    pm_panic(__FILE__, __LINE__, "signatures have known letters only");
}

bool pm_verify_fits(pm_type_id found, pm_type_id wanted)
{
    return found == wanted || (wanted == PM_TYPE_ANY && pm_type_is_ref(found));
}

// --- the stack ---------------------------------------------------------------

// Appends the top [count] types: "i64 and f64".
static void put_top(struct pm_verifier *v, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            pm_buf_puts(&v->text, i + 1 < count ? ", " : " and ");
        pm_link_put_type(&v->text, v->module, v->stack[v->depth - count + i]);
    }
}

bool pm_verify_need(struct pm_verifier *v, uint32_t count)
{
    if (count <= v->depth)
        return true;
    pm_buf_printf(pm_verify_begin(v),
                  "found %" PRIu32 " value%s on the stack, wanted %" PRIu32,
                  v->depth, PM_PLURAL(v->depth), count);
    return pm_verify_send(v, "LINK-STACK");
}

bool pm_verify_push(struct pm_verifier *v, pm_type_id type)
{
    if (v->depth + v->local_count >= PM_FUNCTION_MAX_SLOTS)
        return pm_verify_say(v, "LINK-STACK",
                             "the stack grows too deep: locals and operands "
                             "together may be %d slots",
                             PM_FUNCTION_MAX_SLOTS);
    v->status_of[v->depth] = 0;
    v->stack[v->depth++] = type;
    if (v->depth > v->greatest) {
        v->greatest = v->depth;
        v->greatest_at = v->at;
    }
    return true;
}

void pm_verify_drop(struct pm_verifier *v, uint32_t count)
{
    v->depth -= count;
}

// --- signatures --------------------------------------------------------------

static bool is_accepted(const struct letter *letter, pm_type_id type)
{
    if (letter->letter == 'e')
        return true;
    if (letter->letter == 'r')
        return pm_type_is_ref(type);
    return type < 32 && letter->types >> type & 1;
}

// Whether [type] agrees with what the class letter stood for before, in
// [bound]. References of a known and of any type may be compared: that is
// then a comparison of any references.
static bool bind(const struct letter *letter, pm_type_id type,
                 pm_type_id *bound)
{
    if (!letter->is_class || type == *bound)
        return true;
    if (*bound == PM_TYPE_NONE) {
        *bound = type;
        return true;
    }
    if (letter->letter == 'e' && pm_type_is_ref(type) &&
        pm_type_is_ref(*bound) &&
        (type == PM_TYPE_ANY || *bound == PM_TYPE_ANY)) {
        *bound = PM_TYPE_ANY;
        return true;
    }
    return false;
}

static void put_wanted(struct pm_buf *out, const char *signature,
                       uint32_t count)
{
    const struct letter *first = find(signature[0]);

    if (count == 2 && first->is_class && signature[1] == signature[0]) {
        pm_buf_printf(out, "two of one type: %s", first->words);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const char *words = find(signature[i])->words;
        if (i)
            pm_buf_puts(out, i + 1 < count ? "; " : "; and ");
        pm_buf_puts(out, words);
    }
}

static bool refuse_operands(struct pm_verifier *v, const char *signature,
                            uint32_t count)
{
    bool any = false;

    pm_buf_puts(pm_verify_begin(v), "found ");
    put_top(v, count);
    pm_buf_puts(&v->text, " on the stack, wanted ");
    put_wanted(&v->text, signature, count);
    for (uint32_t i = 0; i < count; i++)
        any = any || v->stack[v->depth - count + i] == PM_TYPE_ANY;
    if (any)
        pm_buf_puts(&v->text, "; narrow any with cast first");
    return pm_verify_send(v, "LINK-TYPE");
}

static pm_type_id result_type(char letter, pm_type_id bound)
{
    const struct letter *row = find(letter);
    pm_type_id type = PM_TYPE_NONE;

    if (row->is_class)
        return bound;
    while (row->types >> type != 1)
        type++;
    return type;
}

bool pm_verify_signature(struct pm_verifier *v, const char *signature)
{
    uint32_t count = 0;
    while (signature[count] != ':')
        count++;
    const char *results = signature + count + 1;
    pm_type_id bound = PM_TYPE_NONE;

    if (!pm_verify_need(v, count))
        return false;
    const pm_type_id *operands = v->stack + v->depth - count;
    for (uint32_t i = 0; i < count; i++) {
        const struct letter *letter = find(signature[i]);
        if (!is_accepted(letter, operands[i]) ||
            !bind(letter, operands[i], &bound))
            return refuse_operands(v, signature, count);
    }
    v->out->ins[v->at].type = bound;
    pm_verify_drop(v, count);
    for (; *results; results++)
        if (!pm_verify_push(v, result_type(*results, bound)))
            return false;
    return true;
}
