// SPDX-License-Identifier: MIT
//
// Maps of Tiled that are right: the same map as JSON and as XML gives the same
// bytes, and what is drawn is what Tiled shows.

#include "pack/convert.h"

#include <stdio.h>

#include "base/bits.h"

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
    {"base64", J_MAP("", J_SET, J_LAYER("a", ",'encoding':'base64'",
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
           "parallaxy='-2'><group name='h' offsety='3.5' parallaxx='0.3'>"
           X_LAYER("a", " parallaxy='1.25'", DATA) "</group></group>"),
     NULL},
    {"what is hidden, and pictures",
     J_MAP("", J_SET,
           J_LAYER("no", ",'visible':false", "[1]") ","
           "{'type':'imagelayer','name':'sky','image':'nowhere.png'},"
           "{'type':'group','visible':false,'layers':["
           J_LAYER("deep", "", "[]") "]}," J_LAYER("a", ",'opacity':0.5",
                                                    J_DATA)),
     X_MAP("", X_SET,
           X_LAYER("no", " visible='0'", "1")
           "<imagelayer name='sky'><image source='nowhere.png'/></imagelayer>"
           "<group visible='0'>" X_LAYER("deep", "", "") "</group>"
           X_LAYER("a", " opacity='0.5'", DATA)),
     ": tile layer \"no\" is hidden, left out\n"},
    {"four layers of several tile sizes",
     J_MAP("",
           J_SET ",{'firstgid':9,'name':'b','tilewidth':16,'tileheight':16,"
                 "'image':'big.png'}",
           J_A "," J_LAYER("b", "", "[0,0,0,9,0,0]") ","
           J_LAYER("e", "", "[0,0,0,0,0,0]") ","
           J_LAYER("c", "", "[1,1,1,1,1,1]")),
     X_MAP("",
           X_SET "<tileset firstgid='9' name='b' tilewidth='16' "
                 "tileheight='16'><image source='big.png'/></tileset>",
           X_A X_LAYER("b", "", "0,0,0,9,0,0")
           X_LAYER("e", "", "0,0,0,0,0,0") X_LAYER("c", "", "1,1,1,1,1,1")),
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
    {"a map without anything", J_MAP("", "", ""), X_MAP("", "", ""), ""},
    {"names in other letters",
     J_MAP("", J_SET, J_LAYER("h\\u00f6\\ud83c\\udf33", ",'visible':false", "[]")),
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
