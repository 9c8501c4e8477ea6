// SPDX-License-Identifier: MIT
//
// Which layers a map has, in and out of groups, and what each has from the
// groups around it.

#include <stdio.h>

#include "base/mem.h"
#include "pack/tiled_map.h"

static bool is_layer(const struct pm_tiled_node *node)
{
    return node->word == PM_TILED_LAYER || node->word == PM_TILED_OBJECTGROUP ||
           node->word == PM_TILED_IMAGELAYER || node->word == PM_TILED_GROUP;
}

// The product of two factors of 16.16, rounded.
static int32_t multiply(const struct pm_tiled_node *node, int32_t a, int32_t b)
{
    int64_t product = ((int64_t)a * b + 32768) >> 16;

    if (product >= INT32_MIN && product <= INT32_MAX)
        return (int32_t)product;
    pm_tiled_fault(node->doc, node->place, "PACK-MAP",
                   "the parallax factors of \"%s\" and its groups make more "
                   "than 32767 together; use smaller ones",
                   pm_tiled_show_name(node).text);
    return 0;
}

static bool is_plain(const struct pm_tiled_node *node)
{
    struct pm_tiled_text mode = pm_tiled_string(node, PM_TILED_MODE);
    int32_t opacity;

    pm_tiled_fixed_or(node, PM_TILED_OPACITY, 16, 65536, &opacity);
    return opacity == 65536 &&
           pm_tiled_string(node, PM_TILED_TINTCOLOR).size == 0 &&
           (mode.size == 0 || pm_tiled_is(mode, "normal"));
}

// What [node] looks like inside of a group that looks like [around].
static struct pm_tiled_view view_of(const struct pm_tiled_node *node,
                                    const struct pm_tiled_view *around)
{
    struct pm_tiled_view view = *around;
    int32_t x;
    int32_t y;

    pm_tiled_fixed_or(node, PM_TILED_OFFSETX, 8, 0, &x);
    pm_tiled_fixed_or(node, PM_TILED_OFFSETY, 8, 0, &y);
    view.x += x;
    view.y += y;
    pm_tiled_fixed_or(node, PM_TILED_PARALLAXX, 16, 65536, &x);
    pm_tiled_fixed_or(node, PM_TILED_PARALLAXY, 16, 65536, &y);
    view.parallax_x = multiply(node, view.parallax_x, x);
    view.parallax_y = multiply(node, view.parallax_y, y);
    view.is_visible &= pm_tiled_bool_or(node, PM_TILED_VISIBLE, true);
    view.is_plain &= is_plain(node);
    return view;
}

// Once there are too many, says which.
static void too_many(struct pm_tiled_map *map, const struct pm_tiled_node *node)
{
    char names[1000] = "";
    size_t size = 0;

    for (int i = 0; i < PM_TILED_MAX_LAYERS; i++) {
        struct pm_tiled_shown name = pm_tiled_show_name(map->layers[i].node);
        int n =
            snprintf(names + size, sizeof names - size, "\"%s\", ", name.text);
        size += n > 0 ? (size_t)n : 0;
    }
    pm_tiled_fault(node->doc, node->place, "PACK-MAP-KIND",
                   "the tile layer \"%s\" is one too many besides %sof which "
                   "a scene has four: hide it, or draw two layers as one",
                   pm_tiled_show_name(node).text, names);
}

static void add_tile_layer(struct pm_tiled_map *map,
                           const struct pm_tiled_node *node,
                           const struct pm_tiled_view *view)
{
    if (!view->is_visible) {
        pm_tiled_report(&map->tiled, "tile layer \"%s\" is hidden, left out",
                        pm_tiled_show_name(node).text);
        return;
    }
    if (map->layer_count == PM_TILED_MAX_LAYERS) {
        too_many(map, node);
        return;
    }
    if (!view->is_plain)
        pm_tiled_report(&map->tiled,
                        "tile layer \"%s\": opacity, tint and blending are "
                        "left out",
                        pm_tiled_show_name(node).text);
    if (pm_tiled_find(node->first, PM_TILED_PROPERTY))
        pm_tiled_report(&map->tiled,
                        "tile layer \"%s\": its properties are left out",
                        pm_tiled_show_name(node).text);
    map->layers[map->layer_count++] =
        (struct pm_tiled_layer){.node = node, .view = *view};
}

static void add_layer(struct pm_tiled_map *map,
                      const struct pm_tiled_node *node,
                      const struct pm_tiled_view *view)
{
    if (node->word == PM_TILED_LAYER) {
        add_tile_layer(map, node, view);
    } else if (node->word == PM_TILED_IMAGELAYER) {
        pm_tiled_report(&map->tiled, "image layer \"%s\" is left out",
                        pm_tiled_show_name(node).text);
    } else if (pm_mem_grow(&map->tiled.alloc, &map->groups, &map->group_room,
                           map->group_count + 1, sizeof *map->groups)) {
        map->groups[map->group_count++] = (struct pm_tiled_group){node, *view};
    } else {
        map->tiled.out_of_memory = true;
    }
}

// Walks the layers in the order in which they are drawn; groups are entered
// on a stack of their own.
void pm_tiled_layers_find(struct pm_tiled_map *map,
                          const struct pm_tiled_node *root)
{
    struct pm_tiled_view around[PM_TILED_MAX_GROUPS + 1] = {
        {.parallax_x = 65536,
         .parallax_y = 65536,
         .is_visible = true,
         .is_plain = true}};
    const struct pm_tiled_node *next[PM_TILED_MAX_GROUPS + 1] = {root->first};
    int depth = 0;

    while (depth >= 0) {
        const struct pm_tiled_node *node = next[depth];
        if (!node) {
            depth--;
            continue;
        }
        next[depth] = node->next;
        if (!is_layer(node))
            continue;
        struct pm_tiled_view view = view_of(node, &around[depth]);
        if (node->word != PM_TILED_GROUP) {
            add_layer(map, node, &view);
        } else if (depth == PM_TILED_MAX_GROUPS) {
            pm_tiled_fault(node->doc, node->place, "PACK-MAP-LIMIT",
                           "the group \"%s\" lies in more than 4 others; "
                           "take some out",
                           pm_tiled_show_name(node).text);
        } else {
            around[++depth] = view;
            next[depth] = node->first;
        }
    }
}
