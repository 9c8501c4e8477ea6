// SPDX-License-Identifier: MIT
//
// Maps of Tiled that are right: the same map as JSON and as XML gives the same
// bytes, and what is drawn is what Tiled shows.

#include "pack/convert.h"

#include <stdio.h>

#include "base/bits.h"
#include "pack/tiled_tree.h"

#include "support/fault_alloc.h"
#include "support/test.h"
#include "support/tiled_world.h"

#include "tiled_texts.h"

struct made {
    struct tiled_world world;
    struct pm_buf text;
    struct pm_buf report;
    struct pm_diags diags;
    struct pm_pack_map map;
    pm_status status;
};

static void make(struct made *m, const char *name, const char *text)
{
    struct pm_allocator alloc = pm_allocator_libc();

    tiled_world_make(&m->world);
    pm_buf_init(&m->text, &alloc);
    pm_buf_init(&m->report, &alloc);
    pm_diags_init(&m->diags, &alloc);
    for (const char *c = text; *c; c++)
        pm_buf_put8(&m->text, *c == '\'' && *text == '{' ? '"' : (uint8_t)*c);
    struct pm_pack_file file = {.name = name,
                                .bytes = m->text.data,
                                .size = m->text.size,
                                .alloc = &alloc,
                                .diags = &m->diags,
                                .report = &m->report};
    m->status = pm_pack_decode_tiled(&file, &m->world.access, &m->map);
    if (m->status) {
        struct pm_buf out;
        pm_buf_init(&out, &alloc);
        pm_diags_print(&m->diags, &out);
        fprintf(stderr, "%s\n", pm_buf_cstr(&out));
        pm_buf_free(&out);
    } else {
        tiled_world_check(&m->map);
    }
}

static void unmake(struct made *m)
{
    struct pm_allocator alloc = pm_allocator_libc();

    pm_pack_map_free(&alloc, &m->map);
    pm_buf_free(&m->text);
    pm_buf_free(&m->report);
    pm_diags_free(&m->diags);
    tiled_world_free(&m->world);
}

static bool reports(struct made *m, const char *what)
{
    const char *text = pm_buf_cstr(&m->report);
    bool found = text && strstr(text, what);
    if (!found)
        fprintf(stderr, "wanted: %s\nfound:  %s\n", what, text);
    return found;
}

// --- pairs -------------------------------------------------------------------

static const struct pair {
    const char *what;
    const char *tmj;
    const char *tmx;
    const char *report; // what both say; NULL: does not matter
} pairs[] = {
    {"an array and a list with commas", J_MAP("", J_SET, J_A),
     X_MAP("", X_SET, X_A), "5 tiles of 8 x 8 kept as 5 with 1 palettes"},
    {"an array and elements", J_MAP("", J_SET, J_A),
     X_MAP("", X_SET,
           "<layer name='a' width='3' height='2'><data><tile gid='1'/>"
           "<tile gid='2'/><tile gid='3'/><tile/><tile gid='5'/>"
           "<tile gid='2147483654'/></data></layer>"),
     NULL},
    {"base64",
     J_MAP("", J_SET,
           J_LAYER("a", ",'encoding':'base64'",
                   "'AQAAAAIAAAADAAAAAAAAAAUAAAAGAACA'")),
     X_MAP("", X_SET,
           "<layer name='a' width='3' height='2'><data encoding='base64'>\n"
           "  AQAAAAIAAAADAAAA\n  AAAAAAUAAAAGAACA\n</data></layer>"),
     NULL},
    {"zlib",
     J_MAP("", J_SET,
           J_LAYER("a", ",'encoding':'base64','compression':'zlib'",
                   "'eJxjZGBgYAJiZgYIYAViNgaGBgABSACS'")),
     X_MAP("", X_SET,
           "<layer name='a' width='3' height='2'><data encoding='base64' "
           "compression='zlib'>eJxjZGBgYAJiZgYIYAViNgaGBgABSACS</data>"
           "</layer>"),
     NULL},
    {"gzip",
     J_MAP("", J_SET,
           J_LAYER("a", ",'encoding':'base64','compression':'gzip'",
                   "'H4sIAAAAAAACA2NkYGBgAmJmBghgBWI2BoYGAOG"
                   "\\/0UEYAAAA'")),
     X_MAP("", X_SET,
           "<layer name='a' width='3' height='2'><data encoding='base64' "
           "compression='gzip'>"
           "H4sIAAAAAAACA2NkYGBgAmJmBghgBWI2BoYGAOG/0UEYAAAA</data>"
           "</layer>"),
     NULL},
    {"zstd",
     J_MAP("", J_SET,
           J_LAYER("a", ",'encoding':'base64','compression':'zstd'",
                   "'KLUv/QRYwQAAAQAAAAIAAAADAAAAAAAAAAUAAAAGAACACdeftw=='")),
     X_MAP("", X_SET,
           "<layer name='a' width='3' height='2'><data encoding='base64' "
           "compression='zstd'>KLUv/SQYwQAAAQAAAAIAAAADAAAAAAAAAAUAAAAGAACA"
           "Cdeftw==</data></layer>"),
     NULL},
    {"a tileset in a file of its own",
     J_MAP("", "{'firstgid':1,'source':'sets/t.tsj'}", J_A),
     X_MAP("", "<tileset firstgid='1' source='sets/t.tsx'/>", X_A), NULL},
    {"a tileset of the other kind of file",
     J_MAP("", "{'firstgid':1,'source':'sets/t.tsx'}", J_A),
     X_MAP("", "<tileset firstgid='1' source='./sets//t.tsj'/>", X_A), NULL},
    {"a margin and spacing",
     J_MAP("",
           "{'firstgid':1,'name':'t','tilewidth':8,'tileheight':8,'columns':4,"
           "'margin':1,'spacing':2,'image':'spaced.png'}",
           J_A),
     X_MAP("",
           "<tileset firstgid='1' name='t' tilewidth='8' tileheight='8' "
           "columns='4' margin='1' spacing='2'>"
           "<image source='spaced.png'/></tileset>",
           X_A),
     NULL},
    {"a picture with a palette",
     J_MAP("",
           "{'firstgid':1,'name':'t','tilewidth':8,'tileheight':8,"
           "'image':'indexed.png'}",
           J_A),
     X_MAP("",
           "<tileset firstgid='1' name='t' tilewidth='8' tileheight='8'>"
           "<image source='indexed.png'/></tileset>",
           X_A),
     NULL},
    {"a collection of pictures",
     J_MAP("", "{'firstgid':1,'source':'sets/c.tsj'}",
           J_LAYER("a", "", "[1,0,3,3,1,0]")),
     X_MAP("", "<tileset firstgid='1' source='sets/c.tsx'/>",
           X_LAYER("a", "", "1,0,3,3,1,0")),
     "2 tiles of 8 x 8 kept as 2 with 1 palettes\n"},
    {"an infinite map",
     J_MAP(J_INF, J_SET,
           "{'type':'tilelayer','name':'a','width':3,'height':2,"
           "'startx':-2,'chunks':["
           "{'x':-4,'y':-2,'width':2,'height':2,'data':[0,1,2,3]},"
           "{'x':2,'y':1,'width':2,'height':1,'data':[4,0]}]}"),
     X_MAP(X_INF, X_SET,
           "<layer name='a' width='3' height='2'><data encoding='csv'>\n"
           "<chunk x='-4' y='-2' width='2' height='2'>\n0,1,\n2,3\n</chunk>\n"
           "<chunk x='2' y='1' width='2' height='1'>\n4,0\n</chunk>\n"
           "</data></layer>"),
     NULL},
    {"an infinite map, packed",
     J_MAP(J_INF, J_SET,
           "{'type':'tilelayer','name':'a','encoding':'base64',"
           "'compression':'zlib','chunks':["
           "{'x':0,'y':0,'width':3,'height':2,"
           "'data':'eJxjZGBgYAJiZgYIYAViNgaGBgABSACS'}]}"),
     X_MAP(X_INF, X_SET,
           "<layer name='a' width='3' height='2'><data encoding='base64' "
           "compression='zlib'><chunk x='0' y='0' width='3' height='2'>"
           "eJxjZGBgYAJiZgYIYAViNgaGBgABSACS</chunk></data></layer>"),
     NULL},
    {"elements in chunks",
     J_MAP(J_INF, J_SET,
           "{'type':'tilelayer','name':'a','chunks':["
           "{'x':1,'y':0,'width':2,'height':1,'data':[3,0]}]}"),
     X_MAP(X_INF, X_SET,
           "<layer name='a' width='3' height='2'><data>"
           "<chunk x='1' y='0' width='2' height='1'>"
           "<tile gid='3'/><tile/></chunk></data></layer>"),
     NULL},
    {"groups, offsets, parallax",
     J_MAP("", J_SET,
           "{'type':'group','name':'g','offsetx':8,'offsety':4.5,"
           "'parallaxx':0.5,'parallaxy':-2,'layers':["
           "{'type':'group','name':'h','offsety':3.5,'parallaxx':0.3,"
           "'layers':[" J_LAYER("a", ",'parallaxy':1.25", J_DATA) "]}]}"),
     X_MAP("", X_SET,
           "<group name='g' offsetx='8' offsety='4.5' parallaxx='0.5' "
           "parallaxy='-2'><group name='h' offsety='3.5' "
           "parallaxx='0.3'>" X_LAYER("a", " parallaxy='1.25'",
                                      DATA) "</group></group>"),
     NULL},
    {"what is hidden, and pictures",
     J_MAP(
         "", J_SET,
         J_LAYER(
             "no", ",'visible':false",
             "[1]") ","
                    "{'type':'imagelayer','name':'sky','image':'nowhere.png'},"
                    "{'type':'group','visible':false,'layers':[" J_LAYER(
                        "deep", "", "[]") "]}," J_LAYER("a", ",'opacity':0.5",
                                                        J_DATA)),
     X_MAP("", X_SET,
           X_LAYER("no", " visible='0'",
                   "1") "<imagelayer name='sky'><image "
                        "source='nowhere.png'/></imagelayer>"
                        "<group visible='0'>" X_LAYER(
                            "deep", "", "") "</group>" X_LAYER("a",
                                                               " opacity='0.5'",
                                                               DATA)),
     ": tile layer \"no\" is hidden, left out\n"},
    {"four layers of several tile sizes",
     J_MAP("",
           J_SET ",{'firstgid':9,'name':'b','tilewidth':16,'tileheight':16,"
                 "'image':'big.png'}",
           J_A "," J_LAYER("b", "", "[0,0,0,9,0,0]") "," J_LAYER(
               "e", "", "[0,0,0,0,0,0]") "," J_LAYER("c", "", "[1,1,1,1,1,1]")),
     X_MAP("",
           X_SET "<tileset firstgid='9' name='b' tilewidth='16' "
                 "tileheight='16'><image source='big.png'/></tileset>",
           X_A X_LAYER("b", "", "0,0,0,9,0,0") X_LAYER("e", "", "0,0,0,0,0,0")
               X_LAYER("c", "", "1,1,1,1,1,1")),
     ": tile layer \"e\" has no tiles; the scene's layer 2 is not active\n"},
    {"what a tileset says of its drawing",
     J_MAP("",
           "{'firstgid':1,'name':'t','tilewidth':8,'tileheight':8,"
           "'transparentcolor':'#FF0000','tileoffset':{'x':16,'y':8},"
           "'tiles':[{'id':0,'animation':[{'duration':9,'tileid':1}],"
           "'objectgroup':{'type':'objectgroup','objects':[{'id':1}]}}],"
           "'wangsets':[{'name':'w','colors':[]}],'image':'tiles.png'}",
           J_A),
     X_MAP("",
           "<tileset firstgid='1' name='t' tilewidth='8' tileheight='8'>"
           "<tileoffset x='16' y='8'/>"
           "<image source='tiles.png' trans='ff0000'/>"
           "<tile id='0'><objectgroup><object id='1'/></objectgroup>"
           "<animation><frame tileid='1' duration='9'/></animation></tile>"
           "<wangsets><wangset name='w'><wangcolor name='x'/></wangset>"
           "</wangsets></tileset>",
           X_A),
     "1 animated tiles"},
    {"objects of all kinds",
     J_MAP(",'properties':[{'name':'m','type':'int','value':-7}]", J_SET,
           "{'type':'objectgroup','name':'o','class':'k','offsetx':2.5,"
           "'parallaxx':0.5,'properties':[{'name':'p','type':'bool',"
           "'value':true}],'objects':["
           "{'id':1,'name':'r','type':'T','x':1.5,'y':-2.25,'width':3,"
           "'height':4,'rotation':90.5},"
           "{'id':2,'point':true,'x':1e1,'y':0.001,'visible':false},"
           "{'id':3,'ellipse':true,'x':1,'y':1,'width':2,'height':2},"
           "{'id':4,'polygon':[{'x':0,'y':0},{'y':8.5,'x':-1},"
           "{'x':1,'y':1}],'x':4,'y':5},"
           "{'id':5,'polyline':[{'x':0,'y':0},{'x':8,'y':8}]},"
           "{'id':6,'gid':1610612738,'x':8,'y':16,'width':8,'height':8},"
           "{'id':7,'text':{'text':'hello','wrap':true}},"
           "{'id':8,'name':'r','class':'T','properties':["
           "{'name':'i','type':'int','value':2147483647},"
           "{'name':'f','type':'float','value':-0.5},"
           "{'name':'s','value':'a\\\\n\\u00e9\\n\\'<'},"
           "{'name':'c','type':'color','value':'#80ff0001'},"
           "{'name':'d','type':'file','value':'../x'},"
           "{'name':'l','type':'object','value':3},"
           "{'name':'z','type':'class','value':{'a':{'b':1}}},"
           "{'name':'b','type':'bool','value':false}]}]}"),
     X_MAP("",
           "<properties><property name='m' type='int' value='-7'/>"
           "</properties>" X_SET,
           "<objectgroup name='o' class='k' offsetx='2.5' parallaxx='0.5'>"
           "<properties><property name='p' type='bool' value='true'/>"
           "</properties>"
           "<object id='1' name='r' type='T' x='1.5' y='-2.25' width='3' "
           "height='4' rotation='90.5'/>"
           "<object id='2' x='10' y='0.001' visible='0'><point/></object>"
           "<object id='3' x='1' y='1' width='2' height='2'><ellipse/>"
           "</object>"
           "<object id='4' x='4' y='5'>"
           "<polygon points='0,0 -1,8.5 1,1'/></object>"
           "<object id='5'><polyline points='0,0 8,8'/></object>"
           "<object id='6' gid='1610612738' x='8' y='16' width='8' "
           "height='8'/>"
           "<object id='7'><text wrap='1'>hello</text></object>"
           "<object id='8' name='r' class='T'><properties>"
           "<property name='i' type='int' value='2147483647'/>"
           "<property name='f' type='float' value='-0.5'/>"
           "<property name='s'>a\\n\xc3\xa9\n&quot;&lt;</property>"
           "<property name='c' type='color' value='#80ff0001'/>"
           "<property name='d' type='file' value='../x'/>"
           "<property name='l' type='object' value='3'/>"
           "<property name='z' type='class' propertytype='q'><properties>"
           "<property name='a' type='class'><properties>"
           "<property name='b' type='int' value='1'/></properties></property>"
           "</properties></property>"
           "<property name='b' type='bool' value='false'/>"
           "</properties></object></objectgroup>"),
     ": 1 objects that are text are left out\n"},
    {"tile objects of any size",
     J_MAP("", "{'firstgid':1,'source':'sets/c.tsj'}",
           "{'type':'objectgroup','name':'o','objects':["
           "{'id':1,'gid':8},{'id':2,'gid':2147483654},{'id':3,'gid':1}]}"),
     X_MAP("", "<tileset firstgid='1' source='sets/c.tsx'/>",
           "<objectgroup name='o'><object id='1' gid='8'/>"
           "<object id='2' gid='2147483654'/><object id='3' gid='1'/>"
           "</objectgroup>"),
     ": 1 objects have a tile that is not 8 x 8, 16 x 16 or 32 x 32"},
    {"what is left out of a map",
     J_MAP(",'parallaxoriginx':1.5,'backgroundcolor':'#000000',"
           "'editorsettings':{'export':{'format':'json'}}",
           J_SET,
           J_LAYER("a",
                   ",'tintcolor':'#ff0000','properties':[{'name':'p',"
                   "'type':'bool','value':true}]",
                   J_DATA)),
     X_MAP(" parallaxoriginx='1.5' backgroundcolor='#000000'",
           "<editorsettings><export format='json'/></editorsettings>" X_SET,
           "<layer name='a' width='3' height='2' tintcolor='#ff0000'>"
           "<properties><property name='p' type='bool' value='true'/>"
           "</properties><data encoding='csv'>" DATA "</data></layer>"),
     ": tile layer \"a\": its properties are left out\n"},
    {"a map without anything", J_MAP("", "", ""), X_MAP("", "", ""), ""},
    {"names in other letters",
     J_MAP("", J_SET,
           J_LAYER("h\\u00f6\\ud83c\\udf33", ",'visible':false", "[]")),
     X_MAP("", X_SET, X_LAYER("h\xc3\xb6&#x1F333;", " visible='false'", "")),
     ": tile layer \"h\xc3\xb6\xf0\x9f\x8c\xb3\" is hidden"},
};

static void put_all(const struct pm_pack_map *map, struct pm_buf *out)
{
    static const uint8_t slots[4] = {3, 5, 7, 9};

    CHECK(pm_pack_scene_write(map, slots, out) == PM_OK);
    for (uint32_t i = 0; i < map->sheet_count; i++)
        pm_buf_put(out, map->sheets[i].glyph.bytes.data,
                   map->sheets[i].glyph.bytes.size);
    if (map->objects.size)
        pm_buf_put(out, map->objects.data, map->objects.size);
}

TEST(tiled, the_same_map_as_json_and_as_xml_gives_the_same_bytes)
{
    struct pm_allocator alloc = pm_allocator_libc();

    for (size_t i = 0; i < PM_ARRAY_LEN(pairs); i++) {
        struct made m[2];
        struct pm_buf all[2];
        make(&m[0], "level.tmj", pairs[i].tmj);
        make(&m[1], "level.tmx", pairs[i].tmx);
        for (int k = 0; k < 2; k++) {
            pm_buf_init(&all[k], &alloc);
            if (CHECK(m[k].status == PM_OK))
                put_all(&m[k].map, &all[k]);
            if (pairs[i].report)
                CHECK(reports(&m[k], pairs[i].report));
        }
        if (!CHECK(all[0].size == all[1].size &&
                   memcmp(all[0].data, all[1].data, all[0].size) == 0))
            fprintf(stderr, "not the same: %s\n", pairs[i].what);
        for (int k = 0; k < 2; k++) {
            pm_buf_free(&all[k]);
            unmake(&m[k]);
        }
    }
}

// --- what is drawn -----------------------------------------------------------

// The pixel of a tile at x, y as it stands in the picture.
static int in_picture(int number, int x, int y)
{
    return y == 0 && x == 0   ? 0xffff
           : y == 0 && x == 1 ? 0
                              : tiled_world_colour(number);
}

TEST(tiled, tiles_are_flipped_and_turned_as_tiled_shows_them)
{
    struct made m;
    make(&m, "level.tmj",
         J_MAP(J_INF, J_SET,
               "{'type':'tilelayer','name':'a','chunks':[{'x':0,'y':0,"
               "'width':8,'height':1,'data':[1,536870913,1073741825,"
               "1610612737,2147483649,2684354561,3221225473,3758096385]}]}"));
    REQUIRE(m.status == PM_OK);
    REQUIRE(m.map.layers[0].width == 8 && m.map.layers[0].height == 1);
    for (int flags = 0; flags < 8; flags++)
        for (int i = 0; i < 64; i++) {
            int x = flags & 4 ? 7 - i % 8 : i % 8;
            int y = flags & 2 ? 7 - i / 8 : i / 8;
            int wanted = flags & 1 ? in_picture(0, y, x) : in_picture(0, x, y);
            CHECK_INT(tiled_world_pixel(&m.map, 0,
                                        (uint32_t)(flags * 8 + i % 8),
                                        (uint32_t)(i / 8)),
                      wanted);
        }
    unmake(&m);
}

static const struct pair *pair_of(const char *what)
{
    for (size_t i = 0; i < PM_ARRAY_LEN(pairs); i++)
        if (strcmp(pairs[i].what, what) == 0)
            return &pairs[i];
    return NULL;
}

TEST(tiled, each_way_of_data_draws_the_same_tiles)
{
    static const char *const ways[] = {
        "an array and a list with commas",
        "an array and elements",
        "base64",
        "zlib",
        "gzip",
        "zstd",
        "a tileset in a file of its own",
        "a tileset of the other kind of file",
        "a margin and spacing",
        "a picture with a palette",
        "an infinite map, packed",
        "what is hidden, and pictures",
    };
    static const int wanted[] = {0, 1, 2, -1, 4, 5};

    for (size_t i = 0; i < PM_ARRAY_LEN(ways); i++) {
        struct made m;
        make(&m, "level.tmx", pair_of(ways[i])->tmx);
        REQUIRE(m.status == PM_OK);
        CHECK_INT(m.map.layers[0].width, 3);
        CHECK_INT(m.map.layers[0].height, 2);
        CHECK_INT(m.map.layers[0].parallax_x, 65536);
        for (uint32_t cell = 0; cell < 6; cell++)
            CHECK_INT(tiled_world_pixel(&m.map, 0, cell % 3 * 8 + 4,
                                        cell / 3 * 8 + 4),
                      wanted[cell] < 0 ? -1 : tiled_world_colour(wanted[cell]));
        unmake(&m);
    }
}

TEST(tiled, offsets_add_up_and_parallax_factors_multiply_through_groups)
{
    struct made m;
    make(&m, "level.tmx", pair_of("groups, offsets, parallax")->tmx);
    REQUIRE(m.status == PM_OK);
    const struct pm_pack_scene_layer *layer = &m.map.layers[0];
    CHECK_INT(layer->width, 4);
    CHECK_INT(layer->height, 3);
    CHECK_INT(layer->parallax_x, 9831); // 0.15, each factor rounded
    CHECK_INT(layer->parallax_y, -163840);
    CHECK_INT(tiled_world_pixel(&m.map, 0, 4, 4), -1);
    CHECK_INT(tiled_world_pixel(&m.map, 0, 12, 12), tiled_world_colour(0));
    unmake(&m);
}

TEST(tiled, an_infinite_map_begins_at_its_first_tiles)
{
    struct made m;
    make(&m, "level.tmx", pair_of("an infinite map")->tmx);
    REQUIRE(m.status == PM_OK);
    CHECK_INT(m.map.layers[0].width, 7);
    CHECK_INT(m.map.layers[0].height, 4);
    CHECK_INT(tiled_world_pixel(&m.map, 0, 12, 4), tiled_world_colour(0));
    CHECK_INT(tiled_world_pixel(&m.map, 0, 4, 12), tiled_world_colour(1));
    CHECK_INT(tiled_world_pixel(&m.map, 0, 52, 28), tiled_world_colour(3));
    CHECK_INT(tiled_world_pixel(&m.map, 0, 4, 4), -1);
    unmake(&m);
}

TEST(tiled, layers_of_one_tile_size_share_a_sheet)
{
    struct made m;
    make(&m, "level.tmj", pair_of("four layers of several tile sizes")->tmj);
    REQUIRE(m.status == PM_OK);
    CHECK_INT(m.map.sheet_count, 2);
    CHECK_INT(m.map.layers[0].sheet, 0);
    CHECK_INT(m.map.layers[1].sheet, 1);
    CHECK(!m.map.layers[2].is_active);
    CHECK_INT(m.map.layers[3].sheet, 0);
    CHECK_INT(m.map.sheets[0].glyph.tile_size, 8);
    CHECK_INT(m.map.sheets[1].glyph.tile_size, 16);
    // A tile of 16 stands with its lower left corner on a cell of 8.
    CHECK_INT(m.map.layers[1].width, 2);
    CHECK_INT(m.map.layers[1].height, 1);
    CHECK_INT(tiled_world_pixel(&m.map, 1, 8, 8), tiled_world_colour(0));
    unmake(&m);
}

TEST(tiled, a_colour_of_the_tileset_is_transparent_and_its_tiles_move)
{
    struct made m;
    make(&m, "level.tmj", pair_of("what a tileset says of its drawing")->tmj);
    REQUIRE(m.status == PM_OK);
    CHECK_INT(m.map.layers[0].width, 5);
    CHECK_INT(m.map.layers[0].height, 3);
    CHECK_INT(tiled_world_pixel(&m.map, 0, 16, 8), 0xffff);
    CHECK_INT(tiled_world_pixel(&m.map, 0, 20, 12), -1);
    CHECK_INT(tiled_world_pixel(&m.map, 0, 28, 12), tiled_world_colour(1));
    unmake(&m);
}

TEST(tiled, parts_of_pictures_of_a_collection_are_tiles)
{
    struct made m;
    make(&m, "level.tmx", pair_of("a collection of pictures")->tmx);
    REQUIRE(m.status == PM_OK);
    CHECK_INT(tiled_world_pixel(&m.map, 0, 0, 0), 0xffff);
    CHECK_INT(tiled_world_pixel(&m.map, 0, 16, 0), tiled_world_colour(0));
    CHECK_INT(tiled_world_pixel(&m.map, 0, 8, 0), -1);
    unmake(&m);
}

TEST(tiled, files_are_found_from_the_folder_of_who_names_them)
{
    struct made m;
    make(&m, "maps/deep/level.tmx",
         X_MAP("",
               "<tileset firstgid='1' source='../../maps/.././sets/t.tsx'/>",
               X_A));
    CHECK(m.status == PM_OK);
    unmake(&m);
}

// --- stored forms ------------------------------------------------------------

TEST(scene, the_stored_form_has_each_field_in_its_place)
{
    static const uint8_t slots[] = {6};
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf out;
    struct made m;

    make(&m, "level.tmx", pair_of("groups, offsets, parallax")->tmx);
    REQUIRE(m.status == PM_OK);
    pm_buf_init(&out, &alloc);
    REQUIRE(pm_pack_scene_write(&m.map, slots, &out) == PM_OK);
    CHECK_INT(out.size, 88 + 4 * 12);
    const uint8_t *at = out.data;
    CHECK(memcmp(at, "SCN1\1\0\4\0\1\6\x08\0", 12) == 0);
    CHECK_INT(pm_load32(at + 12), 9831);
    CHECK_INT((int32_t)pm_load32(at + 16), -163840);
    CHECK_INT(pm_load32(at + 20), 4);
    CHECK_INT(pm_load32(at + 24), 3);
    CHECK_INT(pm_load32(at + 28), 0);
    const struct pm_pack_cell *cell = &m.map.layers[0].cells[11];
    CHECK_INT(pm_load32(at + 28 + 44),
              cell->glyph | cell->palette << 16 | 1 << 22 | 1 << 24);
    CHECK(memcmp(at + 28 + 48, "\0\0\x08\0\0\0\0\0", 8) == 0);
    pm_buf_free(&out);
    unmake(&m);
}

static const uint8_t *table(const struct made *m, int number)
{
    return m->map.objects.data +
           pm_load32(m->map.objects.data + 12 + number * 8);
}

static const uint8_t *object_at(const struct made *m, int number)
{
    return table(m, 1) + (size_t)number * 64;
}

static bool has_string(const struct made *m, uint32_t place, const char *wanted)
{
    const uint8_t *at = table(m, 4) + place;
    return CHECK_INT(pm_load32(at), strlen(wanted)) &&
           CHECK(memcmp(at + 4, wanted, strlen(wanted)) == 0);
}

static void check_fields(const uint8_t *at, const int32_t *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        CHECK_INT((int32_t)pm_load32(at + i * 4), wanted[i]);
}

TEST(tiled, objects_have_each_field_in_its_place)
{
    static const int32_t head[] = {3, 2, 8, 8, 0, 1, 0, 0};
    static const int32_t sides[] = {1024, -576, 768, 1024, 23168};
    static const int32_t points[] = {0,   0, -256, 2176, 256,
                                     256, 0, 0,    2048, 2048};
    struct made m;

    make(&m, "level.tmx", pair_of("objects of all kinds")->tmx);
    REQUIRE(m.status == PM_OK && m.map.objects.size >= 80);
    const uint8_t *at = m.map.objects.data;
    static const int32_t counts[] = {1, 7, 9, 5};
    for (int i = 0; i < 4; i++)
        CHECK_INT(pm_load32(at + 8 + i * 8), counts[i]);
    CHECK_INT(pm_load32(at + 48), 0);
    CHECK_INT(pm_load32(at + 52), 1);
    CHECK_INT(pm_load32(at + 56), head[0]);
    CHECK_INT(pm_load32(at + 60), head[1]);
    CHECK_INT(pm_load32(at + 64), head[2]);
    CHECK_INT(pm_load32(at + 68), head[3]);
    const uint8_t *layer = table(&m, 0);
    has_string(&m, pm_load32(layer), "o");
    has_string(&m, pm_load32(layer + 4), "k");
    static const int32_t of_layer[] = {0, 7, 1, 1, 1, 32768, 65536, 0};
    check_fields(layer + 8, of_layer, 8);
    const uint8_t *o = object_at(&m, 0);
    CHECK_INT(pm_load32(o), 1);
    has_string(&m, pm_load32(o + 4), "r");
    has_string(&m, pm_load32(o + 8), "T");
    CHECK_INT(pm_load32(o + 12), 0x100);
    check_fields(o + 16, sides, 5);
    // Equal strings are one.
    CHECK_INT(pm_load32(object_at(&m, 6) + 4), pm_load32(o + 4));
    CHECK_INT(pm_load32(object_at(&m, 6) + 8), pm_load32(o + 8));
    o = object_at(&m, 1);
    CHECK_INT(pm_load32(o + 4), 0);
    CHECK_INT(pm_load32(o + 12), 1);
    CHECK_INT(pm_load32(o + 16), 2560 + 640);
    CHECK_INT(pm_load32(o + 20), 0);
    static const int32_t kinds[] = {0, 1, 2, 3, 4, 5, 0};
    for (int i = 0; i < 7; i++)
        CHECK_INT(object_at(&m, i)[12], kinds[i]);
    CHECK_INT(pm_load32(object_at(&m, 4) + 48), 3);
    CHECK_INT(pm_load32(object_at(&m, 4) + 52), 2);
    check_fields(table(&m, 3), points, 10);
    unmake(&m);
}

TEST(tiled, an_object_that_is_a_tile_has_a_cell_of_its_sheet)
{
    struct made m;

    // Flipped along both axes and the diagonal: bits 30 and 29.
    make(&m, "level.tmj", pair_of("objects of all kinds")->tmj);
    REQUIRE(m.status == PM_OK && m.map.sheet_count == 1);
    const uint8_t *o = object_at(&m, 5);
    CHECK_INT(o[14], 0);
    CHECK_INT(o[15], 8);
    CHECK_INT(pm_load32(o + 36) >> 24, 1);
    CHECK_INT(pm_load32(o + 36) >> 22 & 3, 2);
    unmake(&m);
    make(&m, "level.tmj", pair_of("tile objects of any size")->tmj);
    REQUIRE(m.status == PM_OK && m.map.sheet_count == 2);
    CHECK_INT(pm_load32(object_at(&m, 0) + 36), 0);
    CHECK_INT(object_at(&m, 0)[15], 0);
    CHECK_INT(object_at(&m, 1)[15], 16);
    CHECK_INT(pm_load32(object_at(&m, 1) + 36) >> 22 & 3, 1);
    CHECK_INT(object_at(&m, 2)[14], 1);
    unmake(&m);
}

TEST(tiled, properties_keep_their_types)
{
    static const struct {
        const char *name;
        uint32_t type;
        uint32_t value;
    } wanted[] = {{"i", 1, 2147483647}, {"f", 2, (uint32_t)-32768},
                  {"s", 3, 0},          {"c", 4, 0x80ff0001},
                  {"d", 3, 0},          {"l", 1, 3},
                  {"b", 0, 0}};
    struct made m;

    make(&m, "level.tmj", pair_of("objects of all kinds")->tmj);
    REQUIRE(m.status == PM_OK);
    const uint8_t *o = object_at(&m, 6);
    REQUIRE(pm_load32(o + 44) == 7);
    for (uint32_t i = 0; i < 7; i++) {
        const uint8_t *p = table(&m, 2) + (pm_load32(o + 40) + i) * 12;
        has_string(&m, pm_load32(p), wanted[i].name);
        CHECK_INT(pm_load32(p + 4), wanted[i].type);
        if (wanted[i].type != 3)
            CHECK_INT(pm_load32(p + 8), wanted[i].value);
    }
    const uint8_t *s = table(&m, 2) + (pm_load32(o + 40) + 2) * 12;
    has_string(&m, pm_load32(s + 8), "a\\n\xc3\xa9\n\"<");
    CHECK_INT((int32_t)pm_load32(table(&m, 2) + 8), -7);
    CHECK(reports(&m, ": 1 properties that are a class or a list"));
    unmake(&m);
}

// --- numbers -----------------------------------------------------------------

TEST(tiled, decimal_numbers_are_rounded_to_the_nearest)
{
    static const struct {
        const char *text;
        int bits;
        int64_t wanted; // INT64_MAX: refused
    } rows[] = {
        {"0", 8, 0},
        {"-0.0", 8, 0},
        {"1", 16, 65536},
        {"1.", 8, 256},
        {".5", 8, 128},
        {"0.001953125", 8, 1}, // half of 1/256
        {"-0.001953125", 8, -1},
        {"0.001953124", 8, 0},
        {"0.1", 16, 6554},
        {"1e-05", 16, 1},
        {"1.5E+2", 8, 38400},
        {"12345e-4", 8, 316},
        {"0.00001e5", 8, 256},
        {"32767.99999", 16, INT32_MAX},
        {"32767.999999", 16, INT64_MAX},
        {"32767.9999", 16, 2147483641},
        {"-32767.9999", 16, -2147483641},
        {"8388607", 8, 2147483392},
        {"8388608", 8, INT64_MAX},
        {"1e9", 8, INT64_MAX},
        {"1e999", 8, INT64_MAX},
        {"1e-999", 8, 0},
        {"1e1001", 8, INT64_MAX},
        {"00000000000000000000000000000000000001", 8, 256},
        {"0.00000000000000000000000000000000000001", 8, 0},
        {"", 8, INT64_MAX},
        {"-", 8, INT64_MAX},
        {".", 8, INT64_MAX},
        {"1.2.3", 8, INT64_MAX},
        {"1e", 8, INT64_MAX},
        {"1e+-2", 8, INT64_MAX},
        {"nan", 8, INT64_MAX},
        {"1 ", 8, INT64_MAX},
        {"+1", 8, INT64_MAX},
    };

    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        struct pm_tiled_text text = {rows[i].text, strlen(rows[i].text)};
        int32_t found = 0;
        bool ok = pm_tiled_parse_fixed(text, rows[i].bits, &found);
        if (!CHECK_INT(ok ? found : INT64_MAX, rows[i].wanted))
            fprintf(stderr, "of: %s\n", rows[i].text);
    }
}

// --- memory ------------------------------------------------------------------

struct task {
    struct tiled_world world;
    struct pm_buf text;
    const char *name;
};

static int decode(const struct pm_allocator *alloc, void *context)
{
    struct task *task = context;
    struct pm_pack_map map;
    struct pm_diags diags;
    struct pm_buf report;

    pm_diags_init(&diags, alloc);
    pm_buf_init(&report, alloc);
    struct pm_pack_file file = {.name = task->name,
                                .bytes = task->text.data,
                                .size = task->text.size,
                                .alloc = alloc,
                                .diags = &diags,
                                .report = &report};
    pm_status status = pm_pack_decode_tiled(&file, &task->world.access, &map);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY);
    if (!status)
        pm_pack_map_free(alloc, &map);
    pm_buf_free(&report);
    pm_diags_free(&diags);
    return status == PM_OK;
}

TEST(tiled, each_allocation_may_fail)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct task task;

    tiled_world_make(&task.world);
    for (size_t i = 0; i < PM_ARRAY_LEN(pairs) * 2; i++) {
        const char *text = i % 2 ? pairs[i / 2].tmx : pairs[i / 2].tmj;
        task.name = i % 2 ? "level.tmx" : "level.tmj";
        pm_buf_init(&task.text, &alloc);
        for (const char *c = text; *c; c++)
            pm_buf_put8(&task.text, *c == '\'' && !(i % 2) ? '"' : (uint8_t)*c);
        CHECK(pm_fault_alloc_each(decode, &task, 0) > 0);
        pm_buf_free(&task.text);
    }
    tiled_world_free(&task.world);
}
