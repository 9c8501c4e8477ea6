// SPDX-License-Identifier: MIT
#include "base/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "base/json_internal.h"
#include "base/mem.h"
#include "base/utf8.h"

// What a byte ends inside a string; 0: nothing, it is a character.
enum { STRING_QUOTE = 1, STRING_ESCAPE, STRING_CONTROL, STRING_HIGH };

#define X16(v) v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v

static const uint8_t string_class[256] = {
    X16(STRING_CONTROL),
    X16(STRING_CONTROL),
    0,
    0,
    STRING_QUOTE,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0, // 0x20
    X16(0),
    X16(0),
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    STRING_ESCAPE,
    0,
    0,
    0, // 0x50
    X16(0),
    X16(0),
    X16(STRING_HIGH),
    X16(STRING_HIGH),
    X16(STRING_HIGH),
    X16(STRING_HIGH),
    X16(STRING_HIGH),
    X16(STRING_HIGH),
    X16(STRING_HIGH),
    X16(STRING_HIGH),
};

const char *pm_json_kind_name(enum pm_json_kind kind)
{
    static const char *const names[] = {
        "nothing",  "null",       "false",
        "true",     "an integer", "a number that is no 64-bit integer",
        "a string", "an array",   "an object",
    };
    return names[kind];
}

bool pm_json_fail(struct pm_json *json, const uint8_t *at, const char *code,
                  const char *problem)
{
    if (json->code)
        return false;
    json->code = code;
    json->problem = problem;
    json->problem_offset = (uint32_t)(at - json->text);
    json->status = PM_ERR_INVALID;
    return false;
}

void pm_json_open(struct pm_json *json, const void *text, size_t size,
                  const struct pm_allocator *alloc)
{
    // The arrays stay as they are: clearing them would cost more than reading
    // a small value does.
    json->alloc = *alloc;
    json->text = json->at = text;
    json->end = json->text + size;
    json->code = json->problem = NULL;
    json->problem_offset = 0;
    json->problem_key = (struct pm_json_str){0};
    json->status = PM_OK;
    json->depth = 0;
    json->is_known = false;
    json->levels[0] = (struct pm_json_level){0};
    json->keys = json->inline_keys;
    json->key_count = 0;
    json->key_capacity = PM_JSON_INLINE_KEYS;
    if (size >= PM_JSON_MAX_SIZE)
        pm_json_fail(json, json->at, "JSON-LIMIT",
                     "the text is larger than 2 GiB");
    else if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        pm_json_fail(json, json->at, "JSON-BOM",
                     "the text begins with a byte order mark; save it as "
                     "UTF-8 without one");
}

void pm_json_open_at(struct pm_json *json, const void *text, uint32_t offset,
                     uint32_t end, const struct pm_allocator *alloc)
{
    pm_json_open(json, text, 0, alloc);
    json->at = json->text + offset;
    json->end = json->text + end;
    json->is_known = true;
}

void pm_json_close(struct pm_json *json)
{
    if (json->keys != json->inline_keys)
        pm_mem_free(&json->alloc, json->keys,
                    json->key_capacity * sizeof *json->keys);
    json->keys = json->inline_keys;
    json->key_capacity = PM_JSON_INLINE_KEYS;
}

static inline bool is_space(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static inline const uint8_t *skip_space(const uint8_t *at, const uint8_t *end)
{
    while (at < end && PM_UNLIKELY(*at <= ' ') && is_space(*at))
        at++;
    return at;
}

// --- strings -----------------------------------------------------------------

static inline int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The number of four hex digits, or -1.
static int32_t hex4(const uint8_t *at)
{
    int32_t code = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0)
            return -1;
        code = code << 4 | digit;
    }
    return code;
}

// Steps over \uXXXX (and the second half of a pair); NULL after a failure.
static const uint8_t *scan_unicode(struct pm_json *json, const uint8_t *at)
{
    int32_t code = json->end - at >= 6 ? hex4(at + 2) : -1;
    if (code < 0) {
        pm_json_fail(json, at, "JSON-STRING",
                     "\\u is not followed by four hexadecimal digits");
        return NULL;
    }
    if (code < 0xd800 || code > 0xdfff)
        return at + 6;
    int32_t low = json->end - at >= 12 && at[6] == '\\' && at[7] == 'u'
                      ? hex4(at + 8)
                      : -1;
    if (code > 0xdbff || low < 0xdc00 || low > 0xdfff) {
        pm_json_fail(json, at, "JSON-STRING",
                     "\\u names half of a surrogate pair, which is no "
                     "character");
        return NULL;
    }
    return at + 12;
}

static const uint8_t *scan_escape(struct pm_json *json, const uint8_t *at)
{
    uint8_t c = json->end - at >= 2 ? at[1] : 0;
    if (c == 'u')
        return scan_unicode(json, at);
    if (c && strchr("\"\\/bfnrt", c))
        return at + 2;
    pm_json_fail(json, at, "JSON-STRING",
                 "a backslash is followed by none of \" \\ / b f n r t u");
    return NULL;
}

static const uint8_t *scan_high(struct pm_json *json, const uint8_t *at)
{
    uint32_t code;
    size_t length = pm_utf8_decode(at, (size_t)(json->end - at), &code);
    if (length)
        return at + length;
    pm_json_fail(json, at, "JSON-UTF8", "the text is not valid UTF-8");
    return NULL;
}

#define ONES  UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

// Marks (in their high bits) the bytes that end a run of plain characters.
// The lowest mark is exact; above it there may be false ones.
static inline uint64_t string_marks(uint64_t word)
{
    uint64_t quote = word ^ (ONES * '"');
    uint64_t slash = word ^ (ONES * '\\');
    return (((quote - ONES) & ~quote) | ((slash - ONES) & ~slash) |
            (word - ONES * ' ') | word) &
           HIGHS;
}

// The first byte from [at] that is no plain character, or [end].
static inline const uint8_t *skip_plain(const uint8_t *at, const uint8_t *end)
{
    while (end - at >= 8) {
        uint64_t marks = string_marks(pm_load64(at));
        if (marks)
#if defined(__GNUC__) || defined(__clang__)
            return at + (__builtin_ctzll(marks) >> 3);
#else
            break;
#endif
        at += 8;
    }
    while (at < end && !string_class[*at])
        at++;
    return at;
}

// Reads the string whose opening quote is at json->at.
static inline bool read_string(struct pm_json *json, struct pm_json_str *out)
{
    const uint8_t *start = json->at + 1;
    const uint8_t *at = start;

    out->escaped = false;
    for (;;) {
        at = skip_plain(at, json->end);
        if (PM_UNLIKELY(at == json->end))
            return pm_json_fail(json, start - 1, "JSON-STRING",
                                "the string has no closing quote");
        if (PM_LIKELY(*at == '"'))
            break;
        switch (string_class[*at]) {
        case STRING_ESCAPE:
            out->escaped = true;
            at = scan_escape(json, at);
            break;
        case STRING_HIGH:
            at = scan_high(json, at);
            break;
        default:
            return pm_json_fail(json, at, "JSON-STRING",
                                "a string holds a control character; write "
                                "it as \\n, \\t or \\u00XX");
        }
        if (!at)
            return false;
    }
    out->offset = (uint32_t)(start - json->text);
    out->size = (uint32_t)(at - start);
    json->at = at + 1;
    return true;
}

static uint32_t escape_code(const uint8_t **at)
{
    const uint8_t *p = *at;
    uint32_t code = (uint32_t)hex4(p + 2);
    *at = p + 6;
    if (code < 0xd800 || code > 0xdfff)
        return code;
    *at = p + 12;
    return 0x10000 + ((code - 0xd800) << 10) + ((uint32_t)hex4(p + 8) - 0xdc00);
}

size_t pm_json_char(const uint8_t **at, uint8_t out[4])
{
    const uint8_t *p = *at;
    if (*p != '\\') {
        out[0] = *p;
        *at = p + 1;
        return 1;
    }
    if (p[1] == 'u')
        return pm_utf8_encode(escape_code(at), out);
    static const char from[] = "bfnrt";
    static const char to[] = "\b\f\n\r\t";
    const char *which = strchr(from, p[1]);
    out[0] = which ? (uint8_t)to[which - from] : p[1];
    *at = p + 2;
    return 1;
}

size_t pm_json_str_decode(const struct pm_json *json,
                          const struct pm_json_str *str, void *out, size_t size)
{
    const uint8_t *at = json->text + str->offset;
    const uint8_t *end = at + str->size;
    uint8_t *to = out;
    size_t length = 0;

    if (!str->escaped) {
        if (out)
            memmove(out, at, str->size < size ? str->size : size);
        return str->size;
    }
    while (at < end) {
        uint8_t bytes[4];
        size_t n = pm_json_char(&at, bytes);
        for (size_t i = 0; i < n; i++, length++)
            if (length < size)
                to[length] = bytes[i];
    }
    return length;
}

bool pm_json_str_is(const struct pm_json *json, const struct pm_json_str *str,
                    const char *text)
{
    size_t size = strlen(text);
    const uint8_t *at = json->text + str->offset;
    const uint8_t *end = at + str->size;

    if (PM_LIKELY(!str->escaped))
        return str->size == size && memcmp(at, text, size) == 0;
    while (at < end) {
        uint8_t bytes[4];
        size_t n = pm_json_char(&at, bytes);
        if (size < n || memcmp(text, bytes, n) != 0)
            return false;
        text += n;
        size -= n;
    }
    return size == 0;
}

// --- scalars -----------------------------------------------------------------

static inline bool is_digit(const uint8_t *at, const uint8_t *end)
{
    return at < end && (uint8_t)(*at - '0') < 10;
}

static const uint8_t *skip_digits(const uint8_t *at, const uint8_t *end)
{
    while (is_digit(at, end))
        at++;
    return at;
}

// Steps over a fraction and an exponent; NULL after a failure.
static const uint8_t *scan_real(struct pm_json *json, const uint8_t *at)
{
    const uint8_t *end = json->end;
    if (at < end && *at == '.') {
        const uint8_t *digits = at + 1;
        at = skip_digits(digits, end);
        if (at == digits)
            goto bad;
    }
    if (at < end && (*at | 0x20) == 'e') {
        const uint8_t *digits = at + 1;
        if (digits < end && (*digits == '+' || *digits == '-'))
            digits++;
        at = skip_digits(digits, end);
        if (at == digits)
            goto bad;
    }
    return at;
bad:
    pm_json_fail(json, at, "JSON-NUMBER", "the number lacks a digit here");
    return NULL;
}

// Makes an integer of the digits; false when they do not fit.
static bool digits_to_int(const uint8_t *at, const uint8_t *end,
                          bool is_negative, int64_t *out)
{
    uint64_t number = 0;
    uint64_t limit = (uint64_t)INT64_MAX + is_negative;

    if (end - at > 19 || (is_negative && *at == '0'))
        return false;
    for (; at < end; at++)
        number = number * 10 + (*at - '0'); // 19 digits cannot overflow
    if (number > limit)
        return false;
    *out = is_negative ? (int64_t)(0 - number) : (int64_t)number;
    return true;
}

static enum pm_json_kind read_number(struct pm_json *json,
                                     struct pm_json_value *out)
{
    const uint8_t *at = json->at;
    bool is_negative = *at == '-';
    const uint8_t *digits = at + is_negative;
    const uint8_t *end = skip_digits(digits, json->end);

    if (end == digits || (*digits == '0' && end - digits > 1)) {
        pm_json_fail(json, at, "JSON-NUMBER",
                     end == digits ? "a minus sign without a number"
                                   : "a number begins with a needless 0");
        return PM_JSON_FAILED;
    }
    if (end < json->end && (*end == '.' || (*end | 0x20) == 'e')) {
        json->at = scan_real(json, end);
        if (!json->at)
            json->at = json->end;
        return json->code ? PM_JSON_FAILED : PM_JSON_OTHER;
    }
    json->at = end;
    return digits_to_int(digits, end, is_negative, &out->number)
               ? PM_JSON_INT
               : PM_JSON_OTHER;
}

static enum pm_json_kind read_word(struct pm_json *json, const char *word,
                                   enum pm_json_kind kind)
{
    size_t size = strlen(word);
    if ((size_t)(json->end - json->at) >= size &&
        memcmp(json->at, word, size) == 0) {
        json->at += size;
        return kind;
    }
    pm_json_fail(json, json->at, "JSON-SYNTAX",
                 "a word that is none of true, false and null");
    return PM_JSON_FAILED;
}

static enum pm_json_kind enter(struct pm_json *json, bool is_object)
{
    if (json->depth == PM_JSON_DEPTH) {
        pm_json_fail(json, json->at, "JSON-DEPTH",
                     "more than 16 objects and arrays inside each other");
        return PM_JSON_FAILED;
    }
    struct pm_json_level *level = &json->levels[++json->depth];
    level->is_object = is_object;
    level->is_first = level->is_sorted = true;
    level->keys = 0;
    json->at++;
    return is_object ? PM_JSON_OBJECT : PM_JSON_ARRAY;
}

static enum pm_json_kind read_value(struct pm_json *json,
                                    struct pm_json_value *out)
{
    switch (*json->at) {
    case '"':
        return read_string(json, &out->str) ? PM_JSON_STRING : PM_JSON_FAILED;
    case '{':
        return enter(json, true);
    case '[':
        return enter(json, false);
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        return read_number(json, out);
    case 't':
        return read_word(json, "true", PM_JSON_TRUE);
    case 'f':
        return read_word(json, "false", PM_JSON_FALSE);
    case 'n':
        return read_word(json, "null", PM_JSON_NULL);
    default:
        pm_json_fail(json, json->at, "JSON-SYNTAX",
                     "a value is due here: an object, an array, a string, a "
                     "number, true, false or null");
        return PM_JSON_FAILED;
    }
}

enum pm_json_kind pm_json_value(struct pm_json *json, struct pm_json_value *out)
{
    out->kind = PM_JSON_FAILED;
    if (json->code)
        return PM_JSON_FAILED;
    json->at = skip_space(json->at, json->end);
    out->offset = (uint32_t)(json->at - json->text);
    if (json->at == json->end)
        pm_json_fail(json, json->at, "JSON-SYNTAX",
                     "the text ends where a value is due");
    else
        out->kind = read_value(json, out);
    return out->kind;
}

// --- containers --------------------------------------------------------------

static inline uint64_t load_big(const uint8_t *at)
{
    uint64_t word = pm_load64(at);
#if defined(__GNUC__) || defined(__clang__)
    return __builtin_bswap64(word);
#else
    uint64_t big = 0;
    for (int i = 0; i < 8; i++, word >>= 8)
        big = big << 8 | (word & 0xff);
    return big;
#endif
}

// Orders two keys without escapes, closing quotes included: no key has a quote
// inside, so this is a total order of keys, and 0 means they are equal.
static inline int compare_plain(const struct pm_json *json,
                                const struct pm_json_str *a,
                                const struct pm_json_str *b)
{
    const uint8_t *x = json->text + a->offset;
    const uint8_t *y = json->text + b->offset;

    // Where one key is shorter than a word, its quote decides inside it,
    // unless both end at the same place.
    if (json->end - y >= 8 && (a->size != b->size || a->size >= 8)) {
        uint64_t p = load_big(x);
        uint64_t q = load_big(y);
        if (p != q)
            return p < q ? -1 : 1;
    }
    return memcmp(x, y, (a->size < b->size ? a->size : b->size) + 1);
}

static inline bool note_key(struct pm_json *json, const struct pm_json_str *key)
{
    struct pm_json_level *level = &json->levels[json->depth];

    if (json->is_known)
        return true;
    if (json->key_count == json->key_capacity && !pm_json_more_keys(json))
        return false;
    json->keys[json->key_count++] = key->offset;
    if (key->escaped) {
        level->is_sorted = false;
    } else if (level->is_sorted && level->keys) {
        int order = compare_plain(json, &level->last, key);
        if (order == 0)
            return pm_json_fail_duplicate(json, key->offset, key->size);
        level->is_sorted = order < 0;
    }
    level->last = *key;
    level->keys++;
    return true;
}

// Reads `"key" :`.
static bool read_key(struct pm_json *json, struct pm_json_str *key)
{
    if (json->at == json->end || *json->at != '"')
        return pm_json_fail(json, json->at, "JSON-SYNTAX",
                            "a key in double quotes is due here");
    if (!read_string(json, key) || !note_key(json, key))
        return false;
    json->at = skip_space(json->at, json->end);
    if (json->at == json->end || *json->at != ':')
        return pm_json_fail(json, json->at, "JSON-SYNTAX",
                            "a colon is due here, behind the key");
    json->at++;
    return true;
}

static bool close_level(struct pm_json *json)
{
    json->at++;
    if (json->levels[json->depth].is_object && !pm_json_check_keys(json))
        return false;
    json->depth--;
    return false;
}

bool pm_json_next(struct pm_json *json, struct pm_json_str *key)
{
    struct pm_json_level *level = &json->levels[json->depth];
    struct pm_json_str unwanted;

    if (json->code)
        return false;
    PM_CHECK(json->depth > 0);
    json->at = skip_space(json->at, json->end);
    if (json->at == json->end)
        return pm_json_fail(json, json->at, "JSON-SYNTAX",
                            level->is_object ? "the text ends inside an object"
                                             : "the text ends inside an array");
    if (*json->at == (level->is_object ? '}' : ']'))
        return close_level(json);
    if (!level->is_first) {
        if (*json->at != ',')
            return pm_json_fail(json, json->at, "JSON-SYNTAX",
                                level->is_object ? "a comma or } is due here"
                                                 : "a comma or ] is due here");
        json->at = skip_space(json->at + 1, json->end);
    }
    level->is_first = false;
    return !level->is_object || read_key(json, key ? key : &unwanted);
}

// Reads on until the reader stands at [depth].
static void leave_to(struct pm_json *json, int depth)
{
    struct pm_json_value value;
    while (!json->code && json->depth > depth)
        if (pm_json_next(json, NULL))
            pm_json_value(json, &value);
}

void pm_json_leave(struct pm_json *json)
{
    leave_to(json, json->depth - 1);
}

enum pm_json_kind pm_json_skip(struct pm_json *json, struct pm_json_value *out,
                               uint32_t *end)
{
    struct pm_json_value value;
    int depth = json->depth;

    pm_json_value(json, &value);
    leave_to(json, depth);
    if (out)
        *out = value;
    if (end)
        *end = (uint32_t)(json->at - json->text);
    return json->code ? PM_JSON_FAILED : value.kind;
}

pm_status pm_json_finish(struct pm_json *json)
{
    if (json->code)
        return json->status;
    leave_to(json, 0);
    json->at = skip_space(json->at, json->end);
    if (!json->code && json->at != json->end)
        pm_json_fail(json, json->at, "JSON-TRAILING",
                     "there is more text behind the end of the value");
    return json->status;
}

// --- faults ------------------------------------------------------------------

struct pm_place pm_json_place(const char *file, const void *text, size_t size,
                              size_t offset)
{
    const uint8_t *at = text;
    const uint8_t *end = at + (offset < size ? offset : size);
    struct pm_place place = pm_place_line(file, 1, 1);

    for (const uint8_t *eol;
         at < end && (eol = memchr(at, '\n', (size_t)(end - at))); at = eol + 1)
        place.line++;
    place.column = (uint32_t)(end - at) + 1;
    place.offset = offset;
    place.has_offset = true;
    return place;
}

void pm_json_report(const struct pm_json *json, struct pm_diags *diags,
                    const char *file, size_t file_offset)
{
    if (!json->code)
        return;
    struct pm_place place =
        file_offset == SIZE_MAX
            ? pm_json_place(file, json->text, (size_t)(json->end - json->text),
                            json->problem_offset)
            : pm_place_at(file, file_offset + json->problem_offset);
    struct pm_buf key;
    pm_buf_init(&key, &diags->alloc);
    if (json->problem_key.offset)
        pm_buf_puts(&key, ": ");
    size_t shown = json->problem_key.size < 64 ? json->problem_key.size : 64;
    pm_buf_put_escaped(&key, json->text + json->problem_key.offset, shown);
    const char *name = pm_buf_cstr(&key);
    pm_diags_error(diags, &place, json->code, "%s%s (byte %" PRIu32 ")",
                   json->problem, name ? name : "", json->problem_offset);
    pm_buf_free(&key);
}
