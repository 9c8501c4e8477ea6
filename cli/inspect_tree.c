// SPDX-License-Identifier: MIT
//
// A JSON report as an indented list.
#include <inttypes.h>

#include "base/json.h"
#include "inspect.h"

// Whether a member fits on the line of its neighbours.
static bool is_plain(const struct pm_json_node *node)
{
    return node->kind != PM_JSON_ARRAY && node->kind != PM_JSON_OBJECT;
}

static void put_value(struct pm_buf *out, const struct pm_json_node *node)
{
    if (node->kind == PM_JSON_STRING)
        pm_buf_put_escaped(out, node->text, node->size);
    else if (node->kind == PM_JSON_INT)
        pm_buf_printf(out, "%" PRId64, node->number);
    else if (node->kind == PM_JSON_NULL)
        pm_buf_puts(out, "none");
    else
        pm_buf_puts(out, node->kind == PM_JSON_TRUE ? "yes" : "no");
}

// One line for an object of plain values: "id 1, name hero".
static void put_row(struct pm_buf *out, const struct pm_json_doc *doc,
                    const struct pm_json_node *node)
{
    const struct pm_json_node *item = pm_json_first(doc, node);

    for (; item; item = pm_json_after(doc, item)) {
        if (item->key)
            pm_buf_printf(out, "%s ", item->key);
        put_value(out, item);
        if (pm_json_after(doc, item))
            pm_buf_puts(out, ", ");
    }
}

static bool is_row(const struct pm_json_doc *doc,
                   const struct pm_json_node *node)
{
    const struct pm_json_node *item = pm_json_first(doc, node);

    for (; item; item = pm_json_after(doc, item))
        if (!is_plain(item))
            return false;
    return true;
}

static bool is_list_of_plain(const struct pm_json_doc *doc,
                             const struct pm_json_node *node)
{
    return node->kind == PM_JSON_ARRAY && is_row(doc, node);
}

// What stands behind a key: a line of it, or nothing where a list follows.
static bool put_line(struct pm_buf *out, const struct pm_json_doc *doc,
                     const struct pm_json_node *item)
{
    if (is_plain(item))
        put_value(out, item);
    else if (item->children == 0)
        pm_buf_puts(out, "none");
    else if (is_list_of_plain(doc, item) || (!item->key && is_row(doc, item)))
        put_row(out, doc, item);
    else
        return false;
    return true;
}

// Our own report is at most five deep.
static void put_tree(struct pm_buf *out, const struct pm_json_doc *doc,
                     const struct pm_json_node *node, int indent)
{
    const struct pm_json_node *item = pm_json_first(doc, node);

    for (; item; item = pm_json_after(doc, item)) {
        size_t before = out->size;
        pm_buf_printf(out, "%*s", indent * 2, "");
        if (item->key)
            pm_buf_printf(out, "%s: ", item->key);
        if (put_line(out, doc, item)) {
            pm_buf_puts(out, "\n");
            continue;
        }
        // Elements that take several lines are told apart by an empty one.
        out->size = item->key ? out->size - 1 : before;
        if (item->key || item != pm_json_first(doc, node))
            pm_buf_puts(out, "\n");
        put_tree(out, doc, item, indent + (item->key != NULL));
    }
}

int cli_inspect_tree(const struct pm_buf *json, struct pm_buf *out)
{
    struct pm_json_doc doc;
    struct pm_diags diags;

    pm_diags_init(&diags, &cli_alloc);
    pm_status status =
        pm_json_parse(json->data, json->size, NULL, &cli_alloc, &diags, &doc);
    if (!status) {
        put_tree(out, &doc, doc.nodes, 0);
        pm_json_doc_free(&doc);
    }
    cli_print_diags(&diags, NULL);
    pm_diags_free(&diags);
    return status ? CLI_WORLD : CLI_OK;
}
