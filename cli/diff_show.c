// SPDX-License-Identifier: MIT
//
// The report of diff for people: '-' what only the first has, '+' what only
// the second has, '~' what changed, '>' what has another id.
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "diff.h"

#define NAME_COLUMNS 40

struct show {
    struct pm_json_doc doc;
    struct pm_buf out;
};

static const struct pm_json_node *
get(const struct show *s, const struct pm_json_node *node, const char *key)
{
    return pm_json_get(&s->doc, node, key);
}

static void put_name(struct show *s, const struct pm_json_node *node)
{
    const struct pm_json_node *id = get(s, node, "id");
    const struct pm_json_node *name = get(s, node, "name");

    pm_buf_printf(&s->out, "%" PRId64 " ", id->number);
    cli_put_name(&s->out, name->text, name->size, NAME_COLUMNS);
}

static void put_value(struct show *s, const struct pm_json_node *node)
{
    if (node->kind == PM_JSON_INT)
        pm_buf_printf(&s->out, "%" PRId64, node->number);
    else if (node->kind == PM_JSON_STRING)
        cli_put_name(&s->out, node->text, node->size, NAME_COLUMNS);
    else
        pm_buf_puts(&s->out, node->kind == PM_JSON_TRUE ? "yes" : "no");
}

// "1 cell", "2 cells".
static void put_count(struct show *s, int64_t count, const char *what)
{
    pm_buf_printf(&s->out, "%" PRId64 " %s%s", count, what,
                  count == 1 ? "" : "s");
}

// --- changes -----------------------------------------------------------------

static void put_fields(struct show *s, const struct pm_json_node *fields)
{
    const struct pm_json_node *item = pm_json_first(&s->doc, fields);

    for (; item; item = pm_json_after(&s->doc, item)) {
        pm_buf_printf(&s->out, "    %s", get(s, item, "field")->text);
        if (get(s, item, "a")) {
            pm_buf_puts(&s->out, " ");
            put_value(s, get(s, item, "a"));
            pm_buf_puts(&s->out, " -> ");
            put_value(s, get(s, item, "b"));
        }
        pm_buf_puts(&s->out, "\n");
    }
}

static void put_layers(struct show *s, const struct pm_json_node *layers)
{
    const struct pm_json_node *item =
        layers ? pm_json_first(&s->doc, layers) : NULL;

    for (; item; item = pm_json_after(&s->doc, item)) {
        const struct pm_json_node *cells = get(s, item, "cells");
        pm_buf_printf(&s->out, "    layer %" PRId64 ": ",
                      get(s, item, "layer")->number);
        if (cells->kind != PM_JSON_INT)
            pm_buf_puts(&s->out, "another size");
        else if (cells->number)
            put_count(s, cells->number, "cell");
        if (get(s, item, "head_differs")->kind == PM_JSON_TRUE &&
            cells->kind == PM_JSON_INT)
            pm_buf_printf(&s->out, "%sslot, tile size, parallax or activity",
                          cells->number ? ", " : "");
        pm_buf_puts(&s->out, "\n");
    }
}

static void put_content(struct show *s, const struct pm_json_node *content)
{
    const struct pm_json_node *pixels = get(s, content, "pixels");

    if (content->kind != PM_JSON_OBJECT) {
        pm_buf_puts(&s->out, "    content cannot be compared\n");
        return;
    }
    if (get(s, content, "equal")->kind == PM_JSON_TRUE)
        return;
    pm_buf_puts(&s->out, "    content: ");
    put_count(s, get(s, content, "bytes")->number, "byte");
    pm_buf_printf(&s->out, ", the first at %" PRId64,
                  get(s, content, "first_offset")->number);
    if (pixels) {
        pm_buf_puts(&s->out, "; ");
        put_count(s, pixels->number, "pixel");
        pm_buf_puts(&s->out, " in ");
        put_count(s, get(s, content, "tiles")->number, "tile");
        pm_buf_puts(&s->out, ", ");
        put_count(s, get(s, content, "colours")->number, "colour");
    }
    pm_buf_puts(&s->out, "\n");
    put_layers(s, get(s, content, "layers"));
}

static void put_changed(struct show *s, const struct pm_json_node *list)
{
    const struct pm_json_node *item = pm_json_first(&s->doc, list);

    for (; item; item = pm_json_after(&s->doc, item)) {
        pm_buf_puts(&s->out, "~ ");
        put_name(s, item);
        pm_buf_printf(&s->out, " (%s)\n", get(s, item, "bank")->text);
        put_fields(s, get(s, item, "fields"));
        put_content(s, get(s, item, "content"));
    }
}

// --- the rest ----------------------------------------------------------------

static void put_alone(struct show *s, const struct pm_json_node *list,
                      char sign)
{
    const struct pm_json_node *item = pm_json_first(&s->doc, list);

    for (; item; item = pm_json_after(&s->doc, item)) {
        pm_buf_printf(&s->out, "%c ", sign);
        put_name(s, item);
        pm_buf_printf(&s->out, " (%s, ", get(s, item, "bank")->text);
        cli_put_size(&s->out, (uint64_t)get(s, item, "form_bytes")->number);
        pm_buf_puts(&s->out, ")\n");
    }
}

static void put_moved(struct show *s, const struct pm_json_node *list)
{
    const struct pm_json_node *item = pm_json_first(&s->doc, list);

    for (; item; item = pm_json_after(&s->doc, item)) {
        pm_buf_puts(&s->out, "> ");
        put_name(s, get(s, item, "a"));
        pm_buf_puts(&s->out, " -> ");
        put_name(s, get(s, item, "b"));
        pm_buf_printf(&s->out, " (%s, the same content)\n",
                      get(s, item, "bank")->text);
    }
}

static void put_place(struct show *s, const struct pm_json_node *node)
{
    if (node->kind == PM_JSON_INT)
        pm_buf_printf(&s->out, "asset %" PRId64, node->number);
    else
        pm_buf_puts(&s->out, "nothing");
}

static void put_preload(struct show *s, const struct pm_json_node *list)
{
    const struct pm_json_node *item = pm_json_first(&s->doc, list);

    for (; item; item = pm_json_after(&s->doc, item)) {
        pm_buf_printf(&s->out, "preload %s slot %" PRId64 ": ",
                      get(s, item, "bank")->text, get(s, item, "slot")->number);
        put_place(s, get(s, item, "a"));
        pm_buf_puts(&s->out, " -> ");
        put_place(s, get(s, item, "b"));
        pm_buf_puts(&s->out, "\n");
    }
}

static void put_report(struct show *s)
{
    const struct pm_json_node *root = s->doc.nodes;
    const struct pm_json_node *changed = get(s, root, "changed");
    const struct pm_json_node *moved = get(s, root, "moved");
    const struct pm_json_node *removed = get(s, root, "removed");
    const struct pm_json_node *added = get(s, root, "added");

    put_alone(s, removed, '-');
    put_alone(s, added, '+');
    put_moved(s, moved);
    put_changed(s, changed);
    put_preload(s, get(s, root, "preload"));
    if (get(s, root, "equal")->kind == PM_JSON_TRUE)
        pm_buf_puts(&s->out, "no difference\n");
    else
        pm_buf_printf(&s->out,
                      "%" PRIu32 " removed, %" PRIu32 " added, %" PRIu32
                      " moved, %" PRIu32 " changed\n",
                      removed->children, added->children, moved->children,
                      changed->children);
}

int diff_show(struct diff *d)
{
    struct show s;
    struct pm_diags diags;
    int code = CLI_WORLD;

    pm_diags_init(&diags, &cli_alloc);
    pm_buf_init(&s.out, &cli_alloc);
    if (pm_json_parse(d->w.out->data, d->w.out->size, NULL, &cli_alloc, &diags,
                      &s.doc) == PM_OK) {
        put_report(&s);
        code = cli_write_out(&s.out);
        pm_json_doc_free(&s.doc);
    }
    cli_print_diags(&diags, NULL);
    pm_buf_free(&s.out);
    pm_diags_free(&diags);
    return code;
}
