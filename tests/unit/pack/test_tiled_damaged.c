// SPDX-License-Identifier: MIT
//
// Maps of Tiled that are wrong: each is refused with its place, what was found,
// what is wanted and what to do.

#include "pack/convert.h"

#include <stdio.h>

#include "support/test.h"
#include "support/tiled_world.h"

#include "tiled_texts.h"

#define J_ONE(layers) J_MAP("", J_SET, layers)
#define X_ONE(layers) X_MAP("", X_SET, layers)
#define X_DATA(how, text)                                                      \
    X_ONE("<layer name='a' width='3' height='2'><data " how ">" text           \
          "</data></layer>")
#define X_OBJECT(inside) X_ONE("<objectgroup name='o'>" inside "</objectgroup>")
#define X_PROPERTY(inside)                                                     \
    X_OBJECT("<object id='1' name='n'><properties><property name='p' " inside  \
             "/></properties></object>")

static const struct row {
    const char *text;
    const char *wanted; // a part of the messages
} rows[] = {
    // The files as text.
    {"", "JSON-SYNTAX"},
    {"{", "level.tmj:+1: error JSON-SYNTAX"},
    {"{'width':1,'width':2}", "JSON-DUPLICATE"},
    {"{'type':'map'} x", "JSON-TRAILING"},
    {"{'a':[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", "JSON-DEPTH"},
    {"[]", "level.tmj:+0: error PACK-MAP: the file: found an array; an object "
           "is wanted: save the file again with Tiled 1.2 or newer"},
    {"<", "PACK-MAP-XML: this is not well-formed XML: unclosed token; save"},
    {"<map>\n<layer>\n</map>", "level.tmx:3:3: error PACK-MAP-XML: this is not "
                               "well-formed XML: mismatched tag"},
    {"<map a='1' a='2'/>", "duplicate attribute"},
    {"<map/><map/>", "junk after document element"},
    {"<map a='&nothing;'/>", "undefined entity"},
    {"<svg/>", "level.tmx:1:1: error PACK-MAP-XML: the file holds a <svg>; a "
               "<map> or <tileset> of Tiled is wanted"},
    {"<!DOCTYPE map [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>\n"
     "<map x='&b;'/>",
     "level.tmx:1:15: error PACK-MAP-XML: the file has a DOCTYPE, which is "
     "not read: take it out, or save the file again with Tiled"},
    {"<!DOCTYPE map SYSTEM 'file:///etc/passwd'><map/>", "has a DOCTYPE"},
    {"<?xml version='1.0' encoding='klingon'?><map/>", "unknown encoding"},
    {"<map><group><group><group><group><group><group><group><group><group>"
     "<group><group><group><group><group><group><group/></group></group>"
     "</group></group></group></group></group></group></group></group>"
     "</group></group></group></group></group></map>",
     "more than 16 elements inside each other; put fewer groups into groups"},
    // What the map says of itself.
    {"<tileset name='t'/>", "this file is a tileset; a map is wanted"},
    {"{'type':'tileset'}", "this file is a tileset; a map is wanted"},
    {"<map orientation='isometric' width='1' height='1' tilewidth='8' "
     "tileheight='8'/>",
     "level.tmx:1:1: error PACK-MAP-KIND: the map's orientation is "
     "\"isometric\"; the machine has only orthogonal maps"},
    {"{'orientation':'hexagonal'}", "orientation is \"hexagonal\""},
    {"{'orientation':3}",
     "level.tmj:+15: error PACK-MAP: \"orientation\" of this map: found the "
     "number 3; a string is wanted"},
    {"{}", "this map has no \"tileheight\"; save the file again with Tiled"},
    {"{'width':'3'}", "\"width\" of this map: found the string \"3\"; an "
                      "integer 1..16777216 is wanted"},
    {"{'width':2.5}", "found the number 2.5; an integer"},
    {"{'width':0}", "found the number 0; an integer 1.."},
    {"{'width':99999999999999999999}", "found the number 99999999999999999999"},
    {"{'width':[1]}", "\"width\" of this map: found an array;"},
    {"{'width':null}", "\"width\" of this map: found an object or null;"},
    {"<map width='12x'/>", "\"width\" of this map: found \"12x\"; an integer"},
    {"<map height='\x1b'/>", "invalid token"},
    {"<map width='\\\xc2\x9b'/>", "found \"\\\\\\xc2\\x9b\"; an integer"},
    {"{'infinite':1}",
     "\"infinite\" of this map: found the number 1; true or false is wanted"},
    {"{'parallaxoriginx':'x'}", "a number between -8388607 and 8388607"},
    {"{'layers':{}}", "layers: found an object; an array is wanted"},
    {"{'layers':[[]]}", "layers: found an array; an object is wanted"},
    {"{'tilesets':[7]}", "tilesets: found an integer; an object is wanted"},
    {J_ONE("{'type':'mesh','name':'m'}"),
     "the layer \"m\" has the type \"mesh\"; tilelayer, objectgroup, "
     "imagelayer or group is wanted"},
    // Layers.
    {X_ONE(X_A X_A X_A X_LAYER("d", "", DATA) X_LAYER("e", "", DATA)
               X_LAYER("f", "", DATA)),
     "the tile layer \"e\" is one too many besides \"a\", \"a\", \"a\", "
     "\"d\", of which a scene has four: hide it, or draw two layers as one"},
    {X_ONE("<group><group><group><group><group name='g'/></group></group>"
           "</group></group>"),
     "PACK-MAP-LIMIT: the group \"g\" lies in more than 4 others"},
    {X_ONE(X_LAYER("a", " parallaxx='many'", DATA)),
     "\"parallaxx\" of this layer: found \"many\"; a number between -32767 "
     "and 32767 is wanted"},
    {X_ONE("<group parallaxx='300'>" X_LAYER("a", " parallaxx='300'",
                                             DATA) "</group>"),
     "the parallax factors of \"a\" and its groups make more than 32767 "
     "together"},
    {X_ONE(X_LAYER("a", " offsetx='4'", DATA)),
     "level.tmx:4:50: error PACK-MAP-KIND: layer \"a\", column 0, row 0: the "
     "tile of 8 x 8 pixels lies at 4.00, 0.00; it must lie at whole multiples "
     "of its size"},
    {X_ONE(X_LAYER("a", " offsety='-8.5'", DATA)), "lies at 0.00, -8.50;"},
    {X_ONE(X_LAYER("a", " offsety='-8'", DATA)),
     "the layer's offset moves the tile left of or above the map"},
    {X_ONE(X_LAYER("a", " visible='maybe'", DATA)),
     "\"visible\" of this layer: found \"maybe\"; true or false is wanted"},
    {X_ONE(X_LAYER("a", " opacity='x'", DATA)), "\"opacity\" of this layer"},
    {X_ONE("<layer name='a' width='3'/>"), "this layer has no \"height\""},
    {X_ONE("<layer name='a' width='99999' height='99999'/>"),
     "PACK-MAP-LIMIT: with these 99999 x 99999 the layers have more than "
     "4194304 cells; make the map smaller, or split it"},
    {X_MAP(X_INF, X_SET,
           "<layer name='a'><data encoding='csv'>"
           "<chunk x='0' y='0' width='1' height='1'>1</chunk>"
           "<chunk x='90000' y='90000' width='1' height='1'>1</chunk>"
           "</data></layer>"),
     "with these 90001 x 90001 the layers have more than 4194304 cells"},
    {X_MAP(X_INF, X_SET,
           "<layer name='a'><data encoding='csv'>"
           "<chunk x='-9999999' y='0' width='1' height='1'>1</chunk>"
           "</data></layer>"),
     "the first tiles of layer \"a\" lie at -79999992, 0; not more than "
     "8388607 pixels are wanted"},
    {X_MAP(X_INF, X_SET,
           "<layer name='a'><data encoding='csv'>"
           "<chunk x='0' y='0' width='1' height='1'>1</chunk>"
           "<chunk x='0' y='0' width='1' height='1'>2</chunk>"
           "</data></layer>"),
     "layer \"a\", column 0, row 0: the tile falls onto another of the layer"},
    {X_MAP(X_INF, X_SET,
           "<layer name='a'><data encoding='csv'>"
           "<chunk y='0' width='1' height='1'>1</chunk></data></layer>"),
     "this chunk has no \"x\""},
    {J_MAP(J_INF, J_SET, J_A),
     "the layer \"a\" has its data in one piece, but the map is infinite"},
    // Data.
    {X_ONE("<layer name='a' width='3' height='2'/>"),
     "level.tmx:4:1: error PACK-MAP-DATA: the data of layer \"a\" is missing; "
     "save the map again with Tiled"},
    {X_ONE("<layer name='a' width='3' height='2'><data encoding='csv'>1</data>"
           "<data encoding='csv'>2</data></layer>"),
     "there is a second \"encoding\" in this layer; one is wanted"},
    {J_ONE(J_LAYER("a", "", "7")), "of layer \"a\" is no array and no string"},
    {J_ONE(J_LAYER("a", "", "'AAAA'")),
     "has an encoding that is not known; csv and base64 are"},
    {X_DATA("encoding='rot13'", "1"), "has an encoding that is not known"},
    {J_ONE(J_LAYER("a", "", "[1,2,3]")),
     "the data of layer \"a\" has 3 numbers; 6 are wanted, one a cell"},
    {J_ONE(J_LAYER("a", "", "[1,2,3,4,5,6,7]")),
     "has at least 7 numbers; 6 are wanted"},
    {J_ONE(J_LAYER("a", "", "[1,2,3,4,true,6]")),
     "layer \"a\", column 1, row 1: found \"true\"; the number of a tile, "
     "0..4294967295, is wanted"},
    {J_ONE(J_LAYER("a", "", "[1,2,3,4,4294967296,6]")),
     "found \"4294967296\"; the number of a tile"},
    {J_ONE(J_LAYER("a", "", "[-1,2,3,4,5,6]")), "found \"-1\"; the number"},
    {X_DATA("encoding='csv'", "1,2,3,4,5"), "has 5 numbers; 6 are wanted"},
    {X_DATA("encoding='csv'", "1,2,3,4,5,6,"), "ends with a comma"},
    {X_DATA("encoding='csv'", "1,2,,4,5,6"), "column 2, row 0: found \"\";"},
    {X_DATA("encoding='csv'", "1 2,3,4,5,6,7"), "found \"1 2\";"},
    {X_DATA("", "<tile gid='1'/>"), "has 1 numbers; 6 are wanted"},
    {X_DATA("encoding='base64'", "AQAA*AAC"), "is no base64"},
    {X_DATA("encoding='base64'", "AQAAA"), "is no base64"},
    {X_DATA("encoding='base64'", "A==="), "is no base64"},
    {X_DATA("encoding='base64'", "AQ==AAAA"), "is no base64"},
    {X_DATA("encoding='base64'", "AQAAAA=="),
     "has fewer bytes than its cells need"},
    {X_DATA("encoding='base64'", "AQAAAAIAAAADAAAAAAAAAAUAAAAGAACAAAAAAAAA"),
     "has more bytes than its cells need"},
    {X_DATA("encoding='base64' compression='lzma'", "AQAAAA=="),
     "is packed in a way that is not known; zlib, gzip and zstd are"},
    {X_DATA("encoding='base64' compression='zlib'", "AQAAAA=="),
     "cannot be unpacked, it is damaged"},
    {X_DATA("encoding='base64' compression='gzip'",
            "eJxjZGBgYAJiZgYIYAViNgaGBgABSACS"),
     "cannot be unpacked, it is damaged"},
    {X_DATA("encoding='base64' compression='zlib'",
            "eJxjZGBgYAJiZgYIYAViNgaGBg=="),
     "ends before all is unpacked"},
    {X_DATA("encoding='base64' compression='zlib'",
            "eJxjZGBgYAJiZgYIYAViNgaGBgABSACSAAAA"),
     "goes on behind the end of what is packed"},
    {X_DATA("encoding='base64' compression='zlib'", "eJxjZGBgYAJiZgAABAAC"),
     "cannot be unpacked, it is damaged"},
    {X_ONE("<layer name='a' width='3' height='3'><data encoding='base64' "
           "compression='zlib'>eJxjZGBgYAJiZgYIYAViNgaGBgABSACS</data>"
           "</layer>"),
     "has fewer bytes, once unpacked, than its cells need"},
    {X_ONE("<layer name='a' width='2' height='2'><data encoding='base64' "
           "compression='zlib'>eJxjZGBgYAJiZgYIYAViNgaGBgABSACS</data>"
           "</layer>"),
     "has more bytes, once unpacked, than its cells need"},
    {X_ONE("<layer name='a' width='2' height='2'><data encoding='base64' "
           "compression='zstd'>KLUv/SQYwQAAAQAAAAIAAAADAAAAAAAAAAUAAAAGAACA"
           "Cdeftw==</data></layer>"),
     "has more bytes, once unpacked, than its cells need"},
    {X_ONE("<layer name='a' width='3' height='3'><data encoding='base64' "
           "compression='zstd'>KLUv/QRYwQAAAQAAAAIAAAADAAAAAAAAAAUAAAAGAACA"
           "Cdeftw==</data></layer>"),
     "has fewer bytes, once unpacked, than its cells need"},
    {X_DATA("encoding='base64' compression='zstd'",
            "KLUv/QRYwQAAAQAAAAIAAAADAAAAAAAAAAUAAAAHAACACdeftw=="),
     "cannot be unpacked, it is damaged"},
    {X_DATA("encoding='base64' compression='zstd'", "AQAAAA=="),
     "cannot be unpacked, it is damaged"},
    // Tiles.
    {X_ONE(X_LAYER("a", "", "1,2,3,4,5,268435457")),
     "layer \"a\", column 2, row 1: the tile is turned by 120 degrees"},
    {X_ONE(X_LAYER("a", "", "9,0,0,0,0,0")),
     "layer \"a\", column 0, row 0: tile number 9 is tile 8 of tileset "
     "\"t\", which has fewer (8 tiles)"},
    {X_MAP("", "", X_A), "tile number 1 is of no tileset"},
    {X_MAP("", "<tileset firstgid='1' source='sets/c.tsx'/>",
           X_LAYER("a", "", "2,0,0,0,0,0")),
     "tile number 2 is tile 1 of tileset \"c\", which has none of that id "
     "with a picture (4 tiles)"},
    {X_MAP("", "<tileset firstgid='1' source='sets/c.tsx'/>",
           X_LAYER("a", "", "8,0,0,0,0,0")),
     "the tile of tileset \"c\" has 24 x 24 pixels; 8 x 8, 16 x 16 or 32 x "
     "32 are wanted: cut the picture so"},
    {X_MAP("", "<tileset firstgid='1' source='sets/c.tsx'/>",
           X_LAYER("a", "", "1,6,0,0,0,0")),
     "column 1, row 0: the tile of tileset \"c\" has 16 x 16 pixels, tiles "
     "before it 8 x 8; a layer has tiles of one size: put it into another"},
    // Tilesets.
    {X_MAP("", "<tileset source='sets/t.tsx'/>", X_A),
     "this tileset has no \"firstgid\""},
    {X_MAP("", X_SET X_SET, X_A),
     "level.tmx:3:133: error PACK-MAP-TILESET: the tileset begins with tile "
     "number 1, that before it with 1; ascending numbers are wanted"},
    {X_MAP("", "<tileset firstgid='1' source='sets/none.tsx'/>", X_A),
     "level.tmx:3:1: error PACK-MAP-PATH: the file \"sets/none.tsx\" is not in "
     "the assets folder; add it, or choose another in Tiled"},
    {X_MAP("", "<tileset firstgid='1' source='../t.tsx'/>", X_A),
     "the path \"../t.tsx\" leads out of the assets folder; put the file "
     "inside"},
    {X_MAP("", "<tileset firstgid='1' source='sets/../../sets/t.tsx'/>", X_A),
     "leads out of the assets folder"},
    {X_MAP("", "<tileset firstgid='1' source='/sets/t.tsx'/>", X_A),
     "the path \"/sets/t.tsx\" is absolute"},
    {X_MAP("", "<tileset firstgid='1' source='C:/t.tsx'/>", X_A),
     "is absolute"},
    {X_MAP("", "<tileset firstgid='1' source='sets\\t.tsx'/>", X_A),
     "has a backslash or a control character"},
    {X_MAP("", "<tileset firstgid='1' source=''/>", X_A), "is empty"},
    {X_MAP("", "<tileset firstgid='1' source='sets/..'/>", X_A),
     "the path \"sets/..\" is a folder"},
    {J_MAP("", "{'firstgid':1,'source':'a\\u0000.tsj'}", J_A),
     "the path \"a\\x00.tsj\" has a backslash or a control character"},
    {X_MAP("", "<tileset firstgid='1' source='sets/map.tsx'/>", X_A),
     "sets/map.tsx:1:1: error PACK-MAP-TILESET: this file is no tileset"},
    {X_MAP("", "<tileset firstgid='1' source='sets/map.tsj'/>", X_A),
     "sets/map.tsj:+0: error PACK-MAP-TILESET: this file is no tileset"},
    {X_MAP("", "<tileset firstgid='1' source='sets/bad.tsx'/>", X_A),
     "sets/bad.tsx:1:19: error PACK-MAP-XML"},
    {X_MAP("", "<tileset firstgid='1' source='sets/bad.tsj'/>", X_A),
     "sets/bad.tsj:+25: error JSON-SYNTAX"},
    {X_MAP("",
           "<tileset firstgid='1' name='t' tilewidth='8' tileheight='8' "
           "columns='5'><image source='tiles.png'/></tileset>",
           X_A),
     "tileset \"t\" was saved with 5 tiles in a row, its picture of 32 pixels "
     "has 4: open the map and the tileset in Tiled and save them"},
    {X_MAP("",
           "<tileset firstgid='1' name='t' tilewidth='0' tileheight='8'>"
           "<image source='tiles.png'/></tileset>",
           X_A),
     "the tiles of tileset \"t\" have 0 x 8 pixels"},
    {X_MAP("",
           "<tileset firstgid='1' name='t' tilewidth='8' tileheight='16'>"
           "<image source='tiles.png'/></tileset>",
           X_A),
     "the tile of tileset \"t\" has 8 x 16 pixels;"},
    {X_MAP("",
           "<tileset firstgid='1' name='t' tilewidth='8' tileheight='8' "
           "tilerendersize='grid'><image source='tiles.png'/></tileset>",
           X_A),
     "draws its tiles in the size of the map's grid"},
    {X_MAP("",
           "<tileset firstgid='1' name='t' tilewidth='8' tileheight='8'>"
           "<image source='tiles.png' trans='pink'/></tileset>",
           X_A),
     "the transparent colour of tileset \"t\" is \"pink\"; six hexadecimal "
     "digits are wanted"},
    {X_MAP("",
           "<tileset firstgid='1' name='t' tilewidth='8' tileheight='8'>"
           "<image source='none.png'/></tileset>",
           X_A),
     "the file \"none.png\" is not in the assets folder"},
    {X_MAP("",
           "<tileset firstgid='1' name='t' tilewidth='8' tileheight='8'>"
           "<image source='io.png'/></tileset>",
           X_A),
     "the file \"io.png\" cannot be read from the assets folder"},
    {X_MAP("",
           "<tileset firstgid='1' name='t' tilewidth='8' tileheight='8'>"
           "<image source='broken.png'/></tileset>",
           X_A),
     "broken.png:+0: error PACK-PNG: this is no PNG"},
    {X_MAP("",
           "<tileset firstgid='1' name='t' tilewidth='8' tileheight='8'>"
           "<image source='huge.png'/></tileset>",
           X_A),
     "huge.png:+16: error PACK-PNG-SIZE: the picture has 5000 x 5000 pixels; "
     "one "
     "of tiles has at most 4096 x 4096"},
    {X_MAP("",
           "<tileset firstgid='1' name='t' tilewidth='8' tileheight='8'>"
           "<image source='high.png'/></tileset>",
           X_LAYER("a", "", "1,0,0,0,0,0")),
     "high.png: error PACK-PNG-COLOURS: the pixel at 0, 0 has palette index "
     "200 of 2 colours"},
    {X_MAP("", "<tileset firstgid='1' name='c'><tile id='0'/></tileset>", X_A),
     "this tileset has no \"tilewidth\""},
    {X_MAP("",
           "<tileset firstgid='1' name='c' tilewidth='8' tileheight='8'>"
           "<tile id='3'><image source='one.png'/></tile>"
           "<tile id='3'><image source='two.png'/></tile></tileset>",
           X_A),
     "tileset \"c\" has two tiles with the id 3"},
    {X_MAP("",
           "<tileset firstgid='1' name='c' tilewidth='8' tileheight='8'>"
           "<tile id='0' x='4' width='8'><image source='one.png'/></tile>"
           "</tileset>",
           X_A),
     "\"width\" of this tile: found \"8\"; an integer 1..4 is wanted"},
    {X_MAP("",
           "<tileset firstgid='1' name='c' tilewidth='8' tileheight='8'>"
           "<tile id='0'><image source='wide0.png'/></tile>"
           "<tile id='1'><image source='wide1.png'/></tile>"
           "<tile id='2'><image source='wide2.png'/></tile>"
           "<tile id='3'><image source='wide3.png'/></tile>"
           "<tile id='4'><image source='wide4.png'/></tile></tileset>",
           X_LAYER("a", "", "1,2,3,4,5,0")),
     "PACK-MAP-LIMIT: with \"wide4.png\" the pictures of the map's tiles have "
     "more than 67108864 pixels; use fewer or smaller ones"},
    {X_MAP("", "<tileset firstgid='1' source='sets/empty.tsj'/>", X_A),
     "sets/empty.tsj:+0: error JSON-SYNTAX"},
    // Objects.
    {X_OBJECT("<object id='1' name='n' x='far'/>"),
     "\"x\" of this object: found \"far\"; a number between -8388607 and "
     "8388607 is wanted"},
    {X_ONE("<objectgroup offsetx='8388607'><object name='n' x='8'/>"
           "</objectgroup>"),
     "the object \"n\" lies more than 8388607 pixels from the corner"},
    {X_OBJECT("<object id='1' name='n' template='t.tx'/>"),
     "the object \"n\" is of a template, which is not read; choose Detach in "
     "Tiled"},
    {X_OBJECT("<object id='1' name='n' gid='99'/>"),
     "object \"n\": tile number 99 is tile 98 of tileset \"t\""},
    {X_OBJECT("<object id='1' name='n' gid='0'/>"),
     "\"gid\" of this object: found \"0\"; an integer 1..4294967295 is"},
    {X_MAP("",
           "<tileset firstgid='1' name='t' tilewidth='8' tileheight='8' "
           "objectalignment='center'><image source='tiles.png'/></tileset>",
           "<objectgroup><object name='n' gid='1'/></objectgroup>"),
     "has the object alignment \"center\"; set it to Bottom Left"},
    {X_OBJECT("<object name='n'><polygon points='1,2 3'/></object>"),
     "a point of the object \"n\" is no pair of numbers"},
    {X_OBJECT("<object name='n'><polyline points='1,2,3'/></object>"),
     "a point of the object \"n\" is no pair of numbers"},
    {J_ONE("{'type':'objectgroup','objects':[{'name':'n','polygon':[{'x':1}]}"
           "]}"),
     "a point of the object \"n\" is no pair of numbers"},
    {J_ONE("{'type':'objectgroup','objects':[{'name':'n','polyline':[7]}]}"),
     "a point of the object \"n\" is no pair of numbers"},
    {J_ONE("{'type':'objectgroup','objects':[{'properties':{'a':1}}]}"),
     "properties: found an object; an array is wanted: save the file again "
     "with Tiled 1.2 or newer"},
    {X_PROPERTY("type='int' value='2147483648'"),
     "\"value\" of this property: found \"2147483648\"; an integer "
     "-2147483648..2147483647 is wanted"},
    {X_PROPERTY("type='float' value='40000'"),
     "found \"40000\"; a number between -32767 and 32767 is wanted"},
    {X_PROPERTY("type='bool' value='yes'"), "true or false is wanted"},
    {X_PROPERTY("type='color' value='red'"),
     "the colour \"p\" is \"red\"; #AARRGGBB is wanted"},
    {J_ONE("{'type':'objectgroup','objects':[{'properties':[{'name':'p',"
           "'type':'string','value':3}]}]}"),
     "\"value\" of this property: found the number 3; a string is wanted"},
};

static bool is_refused(const struct row *row, struct tiled_world *world)
{
    struct pm_allocator alloc = pm_allocator_libc();
    bool is_json = row->text[0] != '<';
    struct pm_pack_map map;
    struct pm_buf text;
    struct pm_buf report;
    struct pm_buf out;
    struct pm_diags diags;

    pm_buf_init(&text, &alloc);
    pm_buf_init(&report, &alloc);
    pm_buf_init(&out, &alloc);
    pm_diags_init(&diags, &alloc);
    for (const char *c = row->text; *c; c++)
        pm_buf_put8(&text, *c == '\'' && is_json ? '"' : (uint8_t)*c);
    struct pm_pack_file file = {.name = is_json ? "level.tmj" : "level.tmx",
                                .bytes = text.size ? text.data : (void *)"",
                                .size = text.size,
                                .alloc = &alloc,
                                .diags = &diags,
                                .report = &report};
    pm_status status = pm_pack_decode_tiled(&file, &world->access, &map);
    pm_diags_print(&diags, &out);
    const char *printed = pm_buf_cstr(&out);
    bool ok = status == PM_ERR_INVALID && diags.errors > 0 &&
              strstr(printed, row->wanted);
    if (!ok)
        fprintf(stderr, "of:     %s\nwanted: %s\nfound:  %d, %s\n", row->text,
                row->wanted, status, printed);
    if (!status)
        pm_pack_map_free(&alloc, &map);
    pm_diags_free(&diags);
    pm_buf_free(&out);
    pm_buf_free(&report);
    pm_buf_free(&text);
    return ok;
}

TEST(tiled, damaged_maps_are_refused_with_place_and_remedy)
{
    struct tiled_world world;

    tiled_world_make(&world);
    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++)
        CHECK(is_refused(&rows[i], &world));
    tiled_world_free(&world);
}

TEST(tiled, faults_of_several_parts_are_all_said)
{
    static const char *const wanted[] = {
        "orientation is \"isometric\"",
        "the file \"none.tsx\" is not in",
        "\"opacity\" of this layer",
    };
    struct tiled_world world;

    tiled_world_make(&world);
    for (size_t i = 0; i < PM_ARRAY_LEN(wanted); i++) {
        const struct row row = {
            "<map orientation='isometric' width='1' height='1' tilewidth='8' "
            "tileheight='8'><tileset firstgid='1' source='none.tsx'/>"
            "<layer name='a' opacity='x'/></map>",
            wanted[i]};
        CHECK(is_refused(&row, &world));
    }
    tiled_world_free(&world);
}

TEST(tiled, every_beginning_of_a_map_is_refused_or_read_in_peace)
{
    static const char *const texts[] = {J_ONE(J_A), X_ONE(X_A)};
    struct tiled_world world;

    tiled_world_make(&world);
    for (int i = 0; i < 2; i++) {
        // Behind the last bracket there is only white space.
        for (size_t size = 0; size < strlen(texts[i]) - 1; size++) {
            char part[2000];
            snprintf(part, sizeof part, "%.*s", (int)size, texts[i]);
            const struct row row = {part, "error"};
            CHECK(is_refused(&row, &world));
        }
    }
    tiled_world_free(&world);
}
