// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <prometeu/version.h>

#include "base/json.h"
#include "cart/cart.h"
#include "registry/caps.h"

struct reader {
    const struct pm_own_caps *own;
    const void *text;
    size_t size;
    const char *file;
    struct pm_diags *diags;
    struct pm_manifest *out;
    const struct pm_json_doc *doc;
    bool wrong_version;
};

const char *pm_cart_profile_name(pm_cart_profile profile)
{
    static const char *const names[] = {"JAM", "STANDARD", "ADVANCED"};
    return (unsigned)profile < PM_ARRAY_LEN(names) ? names[profile] : "?";
}

// --- faults ------------------------------------------------------------------

static void fault(struct reader *r, uint32_t offset, const char *code,
                  const char *format, ...) PM_PRINTF(4, 5);

static void fault(struct reader *r, uint32_t offset, const char *code,
                  const char *format, ...)
{
    struct pm_place place = pm_json_place(r->file, r->text, r->size, offset);
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pm_diags_error(r->diags, &place, code, "%s", text);
}

// The first bytes of hostile text, fit for a message.
static const char *show(struct reader *r, const char *text, size_t size,
                        char out[100])
{
    struct pm_buf buf;
    bool is_long = size > 40;
    pm_buf_init(&buf, &r->diags->alloc);
    pm_buf_put_escaped(&buf, text, is_long ? 40 : size);
    const char *shown = pm_buf_cstr(&buf);
    snprintf(out, 100, "\"%.90s%s\"", shown ? shown : "?",
             is_long ? "..." : "");
    pm_buf_free(&buf);
    return out;
}

static bool want_kind(struct reader *r, const struct pm_json_node *node,
                      const char *key, enum pm_json_kind kind)
{
    if (node->kind == kind)
        return true;
    fault(r, node->offset, "CART-MANIFEST-TYPE", "%s: found %s; %s is wanted",
          key, pm_json_kind_name(node->kind), pm_json_kind_name(kind));
    return false;
}

// --- keys --------------------------------------------------------------------

static void read_magic(struct reader *r, const struct pm_json_node *node)
{
    char shown[100];
    if (want_kind(r, node, "magic", PM_JSON_STRING) &&
        (node->size != 4 || memcmp(node->text, "PMTU", 4) != 0))
        fault(r, node->offset, "CART-MANIFEST-MAGIC",
              "magic is %s; it must be \"PMTU\"",
              show(r, node->text, node->size, shown));
}

static void read_version(struct reader *r, const struct pm_json_node *node)
{
    if (!want_kind(r, node, "cartridge_version", PM_JSON_INT) ||
        node->number == PM_CARTRIDGE_VERSION)
        return;
    r->wrong_version = true;
    fault(r, node->offset, "CART-MANIFEST-VERSION",
          "cartridge_version is %" PRId64 "; this program reads %d only",
          node->number, PM_CARTRIDGE_VERSION);
}

static void read_app_id(struct reader *r, const struct pm_json_node *node)
{
    if (!want_kind(r, node, "app_id", PM_JSON_INT))
        return;
    if (node->number < 0 || node->number > UINT32_MAX)
        fault(r, node->offset, "CART-MANIFEST-RANGE",
              "app_id is %" PRId64 "; it must be 0..4294967295", node->number);
    r->out->app_id = (uint32_t)node->number;
}

static void read_text(struct reader *r, const struct pm_json_node *node,
                      const char *key, char *out, size_t most)
{
    if (!want_kind(r, node, key, PM_JSON_STRING))
        return;
    if (node->size < 1 || node->size > most)
        fault(r, node->offset, "CART-MANIFEST-TEXT",
              "%s has %" PRIu32 " bytes; it must have 1..%zu", key, node->size,
              most);
    else if (memchr(node->text, 0, node->size))
        fault(r, node->offset, "CART-MANIFEST-TEXT",
              "%s holds the character \\u0000", key);
    else
        memcpy(out, node->text, node->size + 1);
}

static void read_title(struct reader *r, const struct pm_json_node *node)
{
    read_text(r, node, "title", r->out->title, PM_CART_MAX_TITLE);
}

static void read_app_version(struct reader *r, const struct pm_json_node *node)
{
    read_text(r, node, "app_version", r->out->app_version, PM_CART_MAX_VERSION);
}

static void read_mode(struct reader *r, const struct pm_json_node *node)
{
    char shown[100];
    if (!want_kind(r, node, "app_mode", PM_JSON_STRING))
        return;
    if (strcmp(node->text, "Game") == 0 && node->size == 4)
        r->out->mode = PM_CART_GAME;
    else if (strcmp(node->text, "System") == 0 && node->size == 6)
        r->out->mode = PM_CART_SYSTEM;
    else
        fault(r, node->offset, "CART-MANIFEST-MODE",
              "app_mode is %s; it must be \"Game\" or \"System\"",
              show(r, node->text, node->size, shown));
}

static void read_capability(struct reader *r, const struct pm_json_node *node)
{
    char shown[100];
    if (!want_kind(r, node, "capabilities", PM_JSON_STRING))
        return;
    uint32_t bit = pm_cap_find(r->own, node->text, node->size);
    if (!bit)
        fault(r, node->offset, "CART-MANIFEST-CAPABILITY",
              "%s is no capability; known are system, gfx, audio, fs, asset, "
              "bank, log",
              show(r, node->text, node->size, shown));
    else if (r->out->capabilities & bit)
        fault(r, node->offset, "CART-MANIFEST-CAPABILITY",
              "the capability %s stands twice",
              show(r, node->text, node->size, shown));
    r->out->capabilities |= bit;
}

static void read_capabilities(struct reader *r, const struct pm_json_node *node)
{
    if (!want_kind(r, node, "capabilities", PM_JSON_ARRAY))
        return;
    for (const struct pm_json_node *child = pm_json_first(r->doc, node); child;
         child = pm_json_after(r->doc, child))
        read_capability(r, child);
}

static void read_profile(struct reader *r, const struct pm_json_node *node)
{
    char shown[100];
    if (!want_kind(r, node, "profile", PM_JSON_STRING))
        return;
    for (int i = PM_CART_JAM; i <= PM_CART_ADVANCED; i++) {
        const char *name = pm_cart_profile_name((pm_cart_profile)i);
        if (node->size == strlen(name) && strcmp(node->text, name) == 0) {
            r->out->profile = (pm_cart_profile)i;
            return;
        }
    }
    fault(r, node->offset, "CART-MANIFEST-PROFILE",
          "profile is %s; it must be \"JAM\", \"STANDARD\" or \"ADVANCED\"",
          show(r, node->text, node->size, shown));
}

static const struct {
    const char *key;
    void (*read)(struct reader *r, const struct pm_json_node *node);
    bool is_optional;
} keys[] = {
    {"magic", read_magic, false},
    {"cartridge_version", read_version, false},
    {"app_id", read_app_id, false},
    {"title", read_title, false},
    {"app_version", read_app_version, false},
    {"app_mode", read_mode, false},
    {"capabilities", read_capabilities, false},
    {"profile", read_profile, true},
};

// --- the object --------------------------------------------------------------

static size_t find_key(const struct pm_json_node *node)
{
    size_t i = 0;
    while (i < PM_ARRAY_LEN(keys) && strcmp(keys[i].key, node->key) != 0)
        i++;
    return strlen(node->key) == node->key_size ? i : PM_ARRAY_LEN(keys);
}

static void read_object(struct reader *r)
{
    const struct pm_json_node *root = r->doc->nodes;
    unsigned seen = 0;
    char shown[100];

    if (root->kind != PM_JSON_OBJECT) {
        fault(r, root->offset, "CART-MANIFEST-TYPE",
              "found %s; an object is wanted", pm_json_kind_name(root->kind));
        return;
    }
    for (const struct pm_json_node *node = pm_json_first(r->doc, root); node;
         node = pm_json_after(r->doc, node)) {
        size_t key = find_key(node);
        if (key < PM_ARRAY_LEN(keys)) {
            seen |= 1u << key;
            keys[key].read(r, node);
        } else {
            fault(r, node->key_offset - 1, "CART-MANIFEST-KEY",
                  "unknown key %s", show(r, node->key, node->key_size, shown));
        }
    }
    for (size_t i = 0; i < PM_ARRAY_LEN(keys); i++)
        if (!keys[i].is_optional && !(seen & 1u << i))
            fault(r, root->offset, "CART-MANIFEST-MISSING",
                  "the key \"%s\" is missing", keys[i].key);
}

pm_status pm_manifest_read(const void *text, size_t size, const char *file,
                           const struct pm_own_caps *own,
                           const struct pm_allocator *alloc,
                           struct pm_diags *diags, struct pm_manifest *out)
{
    struct pm_json_doc doc;
    struct reader r = {.text = text,
                       .size = size,
                       .file = file,
                       .own = own,
                       .diags = diags,
                       .out = out,
                       .doc = &doc};
    size_t errors = diags->errors;

    *out = (struct pm_manifest){.profile = PM_CART_STANDARD};
    pm_status status = pm_json_parse(text, size, file, alloc, diags, &doc);
    if (status)
        return status;
    read_object(&r);
    pm_json_doc_free(&doc);
    errors = diags->errors - errors;
    if (errors == 0)
        return PM_OK;
    return r.wrong_version && errors == 1 ? PM_ERR_UNSUPPORTED : PM_ERR_INVALID;
}
