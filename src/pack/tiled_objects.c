// SPDX-License-Identifier: MIT
//
// Object layers as a BLOB of records of fixed sizes (docs/spec/assets.md,
// "Objects"). Records are put together in buffers, one a table; where a
// record stands is known from its number.

#include <inttypes.h>
#include <stdio.h>

#include "base/bits.h"
#include "base/json.h"
#include "base/mem.h"
#include "pack/tiled_map.h"

#define HEAD_SIZE     80
#define LAYER_SIZE    40
#define OBJECT_SIZE   64
#define PROPERTY_SIZE 12
#define POINT_SIZE    8

// Where a record of an object has what is known only later.
#define OBJECT_KIND  12
#define OBJECT_SHEET 14
#define OBJECT_CELL  36
#define OBJECT_FLAGS 60

enum kind { RECTANGLE, AT_POINT, ELLIPSE, POLYGON, POLYLINE, TILE, LEFT_OUT };

enum property {
    PROPERTY_BOOL,
    PROPERTY_INT,
    PROPERTY_FLOAT,
    PROPERTY_STRING,
    PROPERTY_COLOUR,
    PROPERTY_LEFT_OUT
};

struct pm_tiled_objects {
    struct pm_tiled *tiled;
    struct pm_buf layers;
    struct pm_buf objects;
    struct pm_buf properties;
    struct pm_buf points;
    struct pm_buf strings;
    struct pm_tiled_names names; // with the place of each in [strings]
    uint32_t map_properties;
    size_t left_out;            // objects of a kind that is not taken
    size_t without_cell;        // tile objects
    size_t left_out_properties; // of classes and what else is not known
};

// --- strings and properties --------------------------------------------------

// The place of a string in the table; equal ones are there once.
static uint32_t put_string(struct pm_tiled_objects *o,
                           struct pm_tiled_text text)
{
    static const uint8_t padding[3];
    size_t at = pm_tiled_name_put(o->tiled, &o->names, text);

    if (at == SIZE_MAX)
        return 0;
    struct pm_tiled_name *name = &o->names.items[at];
    // The empty one is the first, and the only one at 0.
    if (name->value == 0 && (text.size || o->strings.size == 0)) {
        name->value = (uint32_t)o->strings.size;
        pm_buf_put32(&o->strings, (uint32_t)text.size);
        pm_buf_put(&o->strings, text.text, text.size);
        pm_buf_put(&o->strings, padding, (0 - text.size) & 3);
    }
    return name->value;
}

static enum property type_of(const struct pm_tiled_node *node)
{
    static const struct {
        const char *name;
        enum property type;
    } types[] = {
        {"", PROPERTY_STRING},     {"string", PROPERTY_STRING},
        {"file", PROPERTY_STRING}, {"int", PROPERTY_INT},
        {"object", PROPERTY_INT},  {"float", PROPERTY_FLOAT},
        {"bool", PROPERTY_BOOL},   {"color", PROPERTY_COLOUR},
    };
    struct pm_tiled_text found = pm_tiled_string(node, PM_TILED_TYPE);
    for (size_t i = 0; i < PM_ARRAY_LEN(types); i++)
        if (pm_tiled_is(found, types[i].name))
            return types[i].type;
    return PROPERTY_LEFT_OUT;
}

static uint32_t colour_of(const struct pm_tiled_node *node)
{
    struct pm_tiled_text text = pm_tiled_string(node, PM_TILED_VALUETEXT);
    uint32_t colour = 0;

    if (text.size && !pm_tiled_colour(text, &colour))
        pm_tiled_fault(node->doc, node->place, "PACK-MAP",
                       "the colour \"%s\" is \"%s\"; #AARRGGBB is wanted",
                       pm_tiled_show_name(node).text,
                       pm_tiled_show(node->doc->tiled, text).text);
    return colour;
}

static uint32_t value_of(struct pm_tiled_objects *o,
                         const struct pm_tiled_node *node, enum property type)
{
    int64_t integer = 0;
    int32_t number = 0;

    switch (type) {
    case PROPERTY_BOOL:
        return pm_tiled_bool_or(node, PM_TILED_VALUETEXT, false);
    case PROPERTY_INT:
        pm_tiled_int_or(node, PM_TILED_VALUETEXT, INT32_MIN, INT32_MAX, 0,
                        &integer);
        return (uint32_t)integer;
    case PROPERTY_FLOAT:
        pm_tiled_fixed_or(node, PM_TILED_VALUETEXT, 16, 0, &number);
        return (uint32_t)number;
    case PROPERTY_COLOUR:
        return colour_of(node);
    default:
        return put_string(o, pm_tiled_string(node, PM_TILED_VALUETEXT));
    }
}

static uint32_t count_of(const struct pm_buf *table, size_t record)
{
    return (uint32_t)(table->size / record);
}

// Puts the properties of a node into the table; gives how many.
static uint32_t put_properties(struct pm_tiled_objects *o,
                               const struct pm_tiled_node *owner)
{
    uint32_t before = count_of(&o->properties, PROPERTY_SIZE);

    for (const struct pm_tiled_node *node =
             pm_tiled_find(owner->first, PM_TILED_PROPERTY);
         node; node = pm_tiled_find(node->next, PM_TILED_PROPERTY)) {
        enum property type = type_of(node);
        if (type == PROPERTY_LEFT_OUT) {
            o->left_out_properties++;
            continue;
        }
        struct pm_tiled_text name = pm_tiled_string(node, PM_TILED_NAME);
        pm_buf_put32(&o->properties, put_string(o, name));
        pm_buf_put32(&o->properties, type);
        pm_buf_put32(&o->properties, value_of(o, node, type));
    }
    return count_of(&o->properties, PROPERTY_SIZE) - before;
}

// --- points ------------------------------------------------------------------

static bool put_coordinate(struct pm_tiled_objects *o,
                           struct pm_tiled_text text)
{
    int32_t value = 0;
    bool ok = pm_tiled_parse_fixed(text, 8, &value);
    pm_buf_put32(&o->points, (uint32_t)value);
    return ok;
}

// "x,y x,y", as XML has it.
static bool put_list(struct pm_tiled_objects *o, struct pm_tiled_text text)
{
    const char *at = text.text;
    const char *end = at + text.size;

    while (at < end) {
        const char *from = at;
        const char *comma = NULL;
        for (; at < end && *at != ' '; at++)
            comma = *at == ',' && !comma ? at : comma;
        if (at > from &&
            (!comma ||
             !put_coordinate(
                 o, (struct pm_tiled_text){from, (size_t)(comma - from)}) ||
             !put_coordinate(o, (struct pm_tiled_text){
                                    comma + 1, (size_t)(at - comma - 1)})))
            return false;
        at += at < end;
    }
    return true;
}

// {"x": 0, "y": 0}, the value that is due.
static bool put_object_point(struct pm_tiled_objects *o, struct pm_json *json,
                             const char *bytes)
{
    struct pm_tiled_text sides[2] = {{"", 0}, {"", 0}};
    struct pm_json_value value;
    struct pm_json_str key;

    if (pm_json_value(json, &value) != PM_JSON_OBJECT)
        return false;
    while (pm_json_next(json, &key)) {
        uint32_t end;
        bool is_y = pm_json_str_is(json, &key, "y");
        pm_json_skip(json, &value, &end);
        if (is_y || pm_json_str_is(json, &key, "x"))
            sides[is_y] = (struct pm_tiled_text){bytes + value.offset,
                                                 end - value.offset};
    }
    return put_coordinate(o, sides[0]) && put_coordinate(o, sides[1]);
}

static bool put_array(struct pm_tiled_objects *o,
                      const struct pm_tiled_doc *doc, struct pm_tiled_text text)
{
    uint32_t from = (uint32_t)(text.text - doc->bytes);
    struct pm_json_value value;
    struct pm_json json;
    bool ok = true;

    pm_json_open_at(&json, doc->bytes, from, from + (uint32_t)text.size,
                    &o->tiled->alloc);
    pm_json_value(&json, &value);
    while (ok && pm_json_next(&json, NULL))
        ok = put_object_point(o, &json, doc->bytes);
    pm_json_close(&json);
    return ok;
}

static void put_points(struct pm_tiled_objects *o,
                       const struct pm_tiled_node *node,
                       enum pm_tiled_word word)
{
    const struct pm_tiled_attr *attr = pm_tiled_get(node, word);
    bool ok = attr->kind == PM_TILED_ARRAY
                  ? put_array(o, node->doc, attr->text)
                  : attr->kind == PM_TILED_PLAIN && put_list(o, attr->text);

    if (!ok)
        pm_tiled_fault(node->doc, attr->place, "PACK-MAP",
                       "a point of the object \"%s\" is no pair of numbers "
                       "between -8388607 and 8388607",
                       pm_tiled_show_name(node).text);
}

// --- objects -----------------------------------------------------------------

static enum kind kind_of(const struct pm_tiled_node *node)
{
    static const struct {
        enum pm_tiled_word word;
        enum kind kind;
    } marks[] = {
        {PM_TILED_GID, TILE},          {PM_TILED_TEXT, LEFT_OUT},
        {PM_TILED_CAPSULE, LEFT_OUT},  {PM_TILED_POINT, AT_POINT},
        {PM_TILED_ELLIPSE, ELLIPSE},   {PM_TILED_POLYGON, POLYGON},
        {PM_TILED_POLYLINE, POLYLINE},
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(marks); i++)
        if (pm_tiled_has_mark(node, marks[i].word))
            return marks[i].kind;
    return RECTANGLE;
}

// The picture of a tile object. Gives the tile's number in its sheet, to
// become a cell later, its size, or 0 without a cell, and its flags.
static void use_tile(struct pm_tiled_map *map, struct pm_tiled_objects *o,
                     const struct pm_tiled_node *node, uint32_t *number,
                     uint32_t *size, uint32_t *flags)
{
    struct pm_tiled_tile tile;
    char why[700];
    int64_t gid;

    if (!pm_tiled_int(node, PM_TILED_GID, 1, UINT32_MAX, &gid))
        return;
    *flags = (uint32_t)gid & ~PM_TILED_NUMBER_BITS;
    if (!pm_tiled_sets_find(map, (uint32_t)gid & PM_TILED_NUMBER_BITS, &tile,
                            why, sizeof why)) {
        if (*why)
            pm_tiled_fault(node->doc, node->place, "PACK-MAP-DATA",
                           "object \"%s\": %s", pm_tiled_show_name(node).text,
                           why);
        return;
    }
    struct pm_tiled_text alignment =
        pm_tiled_string(tile.set->node, PM_TILED_OBJECTALIGNMENT);
    if (alignment.size && !pm_tiled_is(alignment, "unspecified") &&
        !pm_tiled_is(alignment, "bottomleft"))
        pm_tiled_fault(node->doc, node->place, "PACK-MAP-TILESET",
                       "the tileset \"%s\" of object \"%s\" has the object "
                       "alignment \"%s\"; set it to Bottom Left",
                       pm_tiled_show_name(tile.set->node).text,
                       pm_tiled_show_name(node).text,
                       pm_tiled_show(o->tiled, alignment).text);
    else if (!tile.size)
        o->without_cell++;
    else if (pm_tiled_sets_use(map, &tile, *flags & PM_TILED_DIAGONAL, number))
        *size = tile.size;
}

// A coordinate from the map's corner, in 1/256 pixel.
static uint32_t place_of(const struct pm_tiled_node *node,
                         enum pm_tiled_word word, int64_t offset)
{
    int32_t value;
    int64_t place;

    pm_tiled_fixed_or(node, word, 8, 0, &value);
    place = value + offset;
    if (place < -INT32_MAX || place > INT32_MAX)
        pm_tiled_fault(node->doc, node->place, "PACK-MAP-LIMIT",
                       "the object \"%s\" lies more than 8388607 pixels from "
                       "the corner, offsets included; move it nearer",
                       pm_tiled_show_name(node).text);
    return (uint32_t)place;
}

static uint32_t fixed_of(const struct pm_tiled_node *node,
                         enum pm_tiled_word word)
{
    int32_t value;
    pm_tiled_fixed_or(node, word, 8, 0, &value);
    return (uint32_t)value;
}

// What Tiled 1.9 called class was type before and is again since 1.10.
static struct pm_tiled_text class_of(const struct pm_tiled_node *node)
{
    return pm_tiled_string(node, pm_tiled_get(node, PM_TILED_CLASS)
                                     ? PM_TILED_CLASS
                                     : PM_TILED_TYPE);
}

static void put_object(struct pm_tiled_map *map, struct pm_tiled_objects *o,
                       const struct pm_tiled_group *group,
                       const struct pm_tiled_node *node, enum kind kind)
{
    const struct pm_tiled_view *view = &group->view;
    uint32_t first_property = count_of(&o->properties, PROPERTY_SIZE);
    uint32_t first_point = count_of(&o->points, POINT_SIZE);
    uint32_t number = 0;
    uint32_t size = 0;
    uint32_t flags = 0;
    int64_t id;

    pm_tiled_int_or(node, PM_TILED_ID, 0, INT32_MAX, 0, &id);
    bool is_visible =
        pm_tiled_bool_or(node, PM_TILED_VISIBLE, true) && view->is_visible;
    if (kind == TILE)
        use_tile(map, o, node, &number, &size, &flags);
    if (kind == POLYGON || kind == POLYLINE)
        put_points(o, node,
                   kind == POLYGON ? PM_TILED_POLYGON : PM_TILED_POLYLINE);
    uint32_t properties = put_properties(o, node);
    const uint32_t record[OBJECT_SIZE / 4] = {
        (uint32_t)id,
        put_string(o, pm_tiled_string(node, PM_TILED_NAME)),
        put_string(o, class_of(node)),
        (uint32_t)kind | (uint32_t)is_visible << 8 | size << 24,
        place_of(node, PM_TILED_X, view->x - map->origin_x * 256),
        place_of(node, PM_TILED_Y, view->y - map->origin_y * 256),
        fixed_of(node, PM_TILED_WIDTH),
        fixed_of(node, PM_TILED_HEIGHT),
        fixed_of(node, PM_TILED_ROTATION),
        number,
        first_property,
        properties,
        first_point,
        count_of(&o->points, POINT_SIZE) - first_point,
        (uint32_t)(group - map->groups),
        flags,
    };
    for (size_t i = 0; i < PM_ARRAY_LEN(record); i++)
        pm_buf_put32(&o->objects, record[i]);
}

static void put_layer(struct pm_tiled_map *map, struct pm_tiled_objects *o,
                      const struct pm_tiled_group *group)
{
    const struct pm_tiled_node *layer = group->node;
    uint32_t first = count_of(&o->objects, OBJECT_SIZE);
    uint32_t first_property = count_of(&o->properties, PROPERTY_SIZE);
    uint32_t properties = put_properties(o, layer);

    for (const struct pm_tiled_node *node =
             pm_tiled_find(layer->first, PM_TILED_OBJECT);
         node; node = pm_tiled_find(node->next, PM_TILED_OBJECT)) {
        enum kind kind = kind_of(node);
        if (pm_tiled_get(node, PM_TILED_TEMPLATE))
            pm_tiled_fault(node->doc, node->place, "PACK-MAP-KIND",
                           "the object \"%s\" is of a template, which is not "
                           "read; choose Detach in Tiled",
                           pm_tiled_show_name(node).text);
        else if (kind == LEFT_OUT)
            o->left_out++;
        else
            put_object(map, o, group, node, kind);
    }
    pm_buf_put32(&o->layers,
                 put_string(o, pm_tiled_string(layer, PM_TILED_NAME)));
    pm_buf_put32(&o->layers,
                 put_string(o, pm_tiled_string(layer, PM_TILED_CLASS)));
    pm_buf_put32(&o->layers, first);
    pm_buf_put32(&o->layers, count_of(&o->objects, OBJECT_SIZE) - first);
    pm_buf_put32(&o->layers, first_property);
    pm_buf_put32(&o->layers, properties);
    pm_buf_put32(&o->layers, group->view.is_visible);
    pm_buf_put32(&o->layers, (uint32_t)group->view.parallax_x);
    pm_buf_put32(&o->layers, (uint32_t)group->view.parallax_y);
    pm_buf_put32(&o->layers, 0);
}

struct pm_tiled_objects *pm_tiled_objects_read(struct pm_tiled_map *map,
                                               const struct pm_tiled_node *root)
{
    struct pm_tiled_objects *o = pm_mem_zalloc(&map->tiled.alloc, sizeof *o);

    if (!o) {
        map->tiled.out_of_memory = true;
        return NULL;
    }
    o->tiled = &map->tiled;
    struct pm_buf *bufs[] = {&o->layers, &o->objects, &o->properties,
                             &o->points, &o->strings};
    for (size_t i = 0; i < PM_ARRAY_LEN(bufs); i++)
        pm_buf_init(bufs[i], &map->tiled.alloc);
    put_string(o, (struct pm_tiled_text){"", 0});
    o->map_properties = put_properties(o, root);
    for (size_t i = 0; i < map->group_count; i++)
        put_layer(map, o, &map->groups[i]);
    for (size_t i = 0; i < PM_ARRAY_LEN(bufs); i++)
        map->tiled.out_of_memory |= bufs[i]->failed;
    return o;
}

// --- the BLOB ----------------------------------------------------------------

// The number of a tile in its sheet becomes a cell as a SCENE has it.
static void finish_tile(struct pm_tiled_map *map, uint8_t *record)
{
    uint32_t flags = pm_load32(record + OBJECT_FLAGS);
    uint32_t size = record[OBJECT_KIND + 3];
    uint32_t cell = 0;

    pm_store32(record + OBJECT_FLAGS, 0);
    if (record[OBJECT_KIND] == TILE && size) {
        uint8_t sheet = pm_tiled_sheet_of(map, size);
        struct pm_pack_cell tile = pm_pack_sheet_cell(
            map->sheets[sheet], pm_load32(record + OBJECT_CELL));
        tile.flip_x ^= (flags & PM_TILED_FLIP_X) != 0;
        tile.flip_y ^= (flags & PM_TILED_FLIP_Y) != 0;
        cell = pm_pack_cell_bits(&tile);
        record[OBJECT_SHEET] = sheet;
    }
    pm_store32(record + OBJECT_CELL, cell);
}

static void report_left_out(struct pm_tiled_map *map,
                            const struct pm_tiled_objects *o)
{
    struct pm_tiled *tiled = &map->tiled;

    pm_tiled_report(tiled, "%" PRIu32 " objects in %zu layers",
                    count_of(&o->objects, OBJECT_SIZE), map->group_count);
    if (o->left_out)
        pm_tiled_report(tiled, "%zu objects that are text are left out",
                        o->left_out);
    if (o->without_cell)
        pm_tiled_report(tiled,
                        "%zu objects have a tile that is not 8 x 8, 16 x 16 "
                        "or 32 x 32 pixels; they come without it",
                        o->without_cell);
    if (o->left_out_properties)
        pm_tiled_report(tiled,
                        "%zu properties that are a class or a list are left "
                        "out",
                        o->left_out_properties);
}

static void put_head(const struct pm_tiled_map *map,
                     const struct pm_tiled_objects *o, struct pm_buf *out)
{
    const struct {
        const struct pm_buf *table;
        size_t record;
    } tables[] = {
        {&o->layers, LAYER_SIZE},
        {&o->objects, OBJECT_SIZE},
        {&o->properties, PROPERTY_SIZE},
        {&o->points, POINT_SIZE},
        {&o->strings, 1},
    };
    size_t at = HEAD_SIZE;

    pm_buf_puts(out, "OBJ1");
    pm_buf_put32(out, 1);
    for (size_t i = 0; i < PM_ARRAY_LEN(tables); i++) {
        pm_buf_put32(out, count_of(tables[i].table, tables[i].record));
        pm_buf_put32(out, (uint32_t)at);
        at += tables[i].table->size;
    }
    pm_buf_put32(out, 0);
    pm_buf_put32(out, o->map_properties);
    pm_buf_put32(out, map->is_infinite ? 0 : (uint32_t)map->width);
    pm_buf_put32(out, map->is_infinite ? 0 : (uint32_t)map->height);
    pm_buf_put32(out, (uint32_t)map->tile_width);
    pm_buf_put32(out, (uint32_t)map->tile_height);
    pm_buf_put32(out, (uint32_t)map->origin_x);
    pm_buf_put32(out, (uint32_t)map->origin_y);
    for (size_t i = 0; i < PM_ARRAY_LEN(tables); i++)
        if (tables[i].table->size)
            pm_buf_put(out, tables[i].table->data, tables[i].table->size);
}

void pm_tiled_objects_write(struct pm_tiled_map *map,
                            struct pm_tiled_objects *o)
{
    struct pm_buf *out = &map->out->objects;

    if (map->group_count == 0 && o->map_properties == 0)
        return;
    for (size_t at = 0; at < o->objects.size; at += OBJECT_SIZE)
        finish_tile(map, o->objects.data + at);
    put_head(map, o, out);
    map->tiled.out_of_memory |= out->failed;
    report_left_out(map, o);
}

void pm_tiled_objects_free(struct pm_tiled_map *map, struct pm_tiled_objects *o)
{
    if (!o)
        return;
    pm_tiled_names_free(&map->tiled, &o->names);
    pm_buf_free(&o->layers);
    pm_buf_free(&o->objects);
    pm_buf_free(&o->properties);
    pm_buf_free(&o->points);
    pm_buf_free(&o->strings);
    pm_mem_free(&map->tiled.alloc, o, sizeof *o);
}
