// SPDX-License-Identifier: MIT
//
// Damaged assets.pa files: a row for each rule of prelude, header, entry,
// metadata, slices, preload and payload.

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/hash.h"
#include "support/damaged_internal.h"

// --- good headers ------------------------------------------------------------

#define ENTRY(id, type, metadata, at, size, decoded)                           \
    "{'asset_id':" id ",'asset_name':'a','bank_type':'" type                   \
    "','codec':'NONE','decoded_size':" decoded ",'metadata':" metadata         \
    ",'offset':" at ",'size':" size "}"

#define HEADER(table, preload)                                                 \
    "{'asset_table':[" table "],'preload':[" preload "]}"

#define GLYPH_META                                                             \
    "{'height':8,'palette_authored':1,'palette_count':64,'tile_size':8,"       \
    "'width':16}"
#define SOUND_META                                                             \
    "{'samples':[{'name':'s','offset':1,'frames':4,'rate':8000,"               \
    "'loop_start':1,'loop_end':3}]}"

// Payload sizes stand behind each.
static const char two[] =
    HEADER(ENTRY("1", "BLOB", "{}", "0", "4",
                 "4") "," ENTRY("2", "BLOB", "{'note':'kept'}", "64", "8", "8"),
           "{'asset_id':1,'slot':0},{'asset_id':2,'slot':15}"); // 72
static const char sums[] =
    HEADER("{'asset_id':1,'asset_name':'a','bank_type':'BLOB','codec':'NONE',"
           "'decoded_size':4,'integrity':{'algorithm':'xxh3-64','block':65536,"
           "'sums':'@SUM'},'metadata':{},'offset':0,'size':4}",
           ""); // 4
static const char glyph[] =
    HEADER(ENTRY("7", "GLYPH", GLYPH_META, "0", "2112", "2176"),
           "{'asset_id':7,'slot':3}"); // 2112
static const char sounds[] =
    HEADER(ENTRY("7", "SOUNDS", SOUND_META, "0", "10", "10"), ""); // 10
static const char scene[] =
    HEADER(ENTRY("7", "SCENE", "{}", "0", "92", "92"), ""); // 92
static const char packed[] =
    HEADER("{'asset_id':1,'asset_name':'a','bank_type':'BLOB','codec':'LZ4',"
           "'decoded_size':400,'metadata':{'codec':{'chunk':4096}},'offset':0,"
           "'size':40}",
           ""); // 40

static size_t payload_of(const char *base)
{
    return base == two      ? 72
           : base == sums   ? 4
           : base == glyph  ? 2112
           : base == sounds ? 10
           : base == scene  ? 92
                            : 40;
}

#define X64       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define LONG_NAME X64 X64 X64 X64

// --- rows: text --------------------------------------------------------------

static const struct damaged_text headers[] = {
    {"header-two", two, NULL, NULL, NULL},
    {"header-sums", sums, NULL, NULL, NULL},
    {"header-glyph", glyph, NULL, NULL, NULL},
    {"header-sounds", sounds, NULL, NULL, NULL},
    {"header-scene", scene, NULL, NULL, NULL},
    // The header object.
    {"header-not-json", two, "{", "x",
     ":+32: error JSON-SYNTAX: a value is due here: an object, an array, a "
     "string, a"},
    {"header-trailing", two, "15}]}", "15}]} 0",
     ":+359: error JSON-TRAILING: there is more text behind the end of the "
     "value (byte 327)"},
    {"header-cut", two, "15}]}", "15}]",
     ":+357: error JSON-SYNTAX: the text ends inside an object (byte 325)"},
    {"header-deep", two, "'kept'", "[[[[[[[[[[[[[1]]]]]]]]]]]]]",
     ":+278: error JSON-DEPTH: more than 16 objects and arrays inside each "
     "other (byte 246)"},
    {"header-bad-utf8", two, "kept", "\xff",
     ":+267: error JSON-UTF8: the text is not valid UTF-8 (byte 235)"},
    {"header-control", two, "kept", "\x01",
     ":+267: error JSON-STRING: a string holds a control character; write it "
     "as \\n, \\t or"},
    {"header-is-array", two, two, "[]",
     ":+32: error PA-HEADER-TYPE: header: found an array"},
    {"header-is-number", two, two, "12", ":+32: error PA-HEADER-TYPE: header"},
    {"header-unknown-key", two, "{'asset_table'", "{'extra':1,'asset_table'",
     ":+33: error PA-HEADER-KEY: header: unknown key \"extra\""},
    {"header-no-table", two, two, "{'preload':[]}",
     ":+32: error PA-HEADER-MISSING: header: the key \"asset_table\""},
    {"header-no-preload", two,
     ",'preload':[{'asset_id':1,'slot':0},{'asset_id':2,'slot':15}]", "",
     ":+32: error PA-HEADER-MISSING: header: the key \"preload\""},
    {"header-table-object", two, two, "{'asset_table':{},'preload':[]}",
     ":+47: error PA-HEADER-TYPE: asset_table: found an object"},
    {"header-preload-null", two,
     "[{'asset_id':1,'slot':0},{'asset_id':2,'slot':15}]", "null",
     ":+307: error PA-HEADER-TYPE: preload: found null"},
    {"header-duplicate-key", two, "'preload':", "'preload':[],'preload':",
     ":+310: error JSON-DUPLICATE: a key stands twice in one object: preload"},
    {"header-escaped-duplicate", two,
     "'preload':", "'pre\\u006coad':[],'preload':",
     ":+315: error JSON-DUPLICATE: a key stands twice in one object: preload "
     "(byte 283)"},
    // Entries.
    {"entry-is-string", two, "[{", "['x',{",
     ":+48: error PA-ENTRY-TYPE: asset_table[0]: found a string"},
    {"entry-is-array", two, "[{", "[[1,2],{",
     ":+48: error PA-ENTRY-TYPE: asset_table[0]: found an array"},
    {"entry-unknown-key", two, "{'asset_id':2", "{'color':3,'asset_id':2",
     ":+166: error PA-ENTRY-KEY: asset_table[1]: unknown key \"color\""},
    {"entry-hostile-key", two, "{'asset_id':2",
     "{'\xe2\x80\xae':3,'asset_id':2",
     ":+166: error PA-ENTRY-KEY: asset_table[1]: unknown key "
     "\"\\xe2\\x80\\xae\""},
    {"entry-no-id", two, "'asset_id':1,", "",
     ":+48: error PA-ENTRY-MISSING: asset_table[0]: the key \"asset_id\" is "
     "missing"},
    {"entry-no-name", two, "'asset_name':'a',", "",
     ":+48: error PA-ENTRY-MISSING: asset_table[0]: the key \"asset_name\" is "
     "missing"},
    {"entry-no-bank", two, "'bank_type':'BLOB',", "",
     ":+48: error PA-ENTRY-MISSING: asset_table[0]: the key \"bank_type\" is "
     "missing"},
    {"entry-no-codec", two, "'codec':'NONE',", "",
     ":+48: error PA-ENTRY-MISSING: asset_table[0]: the key \"codec\" is "
     "missing"},
    {"entry-no-decoded", two, "'decoded_size':4,", "",
     ":+48: error PA-ENTRY-MISSING: asset_table[0]: the key \"decoded_size\" "
     "is missing"},
    {"entry-no-metadata", two, "'metadata':{},", "",
     ":+48: error PA-ENTRY-MISSING: asset_table[0]: the key \"metadata\" is "
     "missing"},
    {"entry-no-offset", two, "'offset':0,", "",
     ":+48: error PA-ENTRY-MISSING: asset_table[0]: the key \"offset\" is "
     "missing"},
    {"entry-no-size", two, ",'size':4", "",
     ":+48: error PA-ENTRY-MISSING: asset_table[0]: the key \"size\" is "
     "missing"},
    {"entry-id-big", two, "'asset_id':1,", "'asset_id':2147483648,",
     ":+60: error PA-ENTRY-RANGE: asset_table[0].asset_id: found 2147483648"},
    {"entry-id-small", two, "'asset_id':1,", "'asset_id':-2147483649,",
     ":+60: error PA-ENTRY-RANGE: asset_table[0].asset_id: found -2147483649"},
    {"entry-id-string", two, "'asset_id':1,", "'asset_id':'1',",
     ":+60: error PA-ENTRY-TYPE: asset_table[0].asset_id: found a string"},
    {"entry-id-fraction", two, "'asset_id':1,", "'asset_id':1.0,",
     ":+60: error PA-ENTRY-TYPE: asset_table[0].asset_id: found a number that "
     "is no"},
    {"entry-id-exponent", two, "'asset_id':1,", "'asset_id':1e0,",
     ":+60: error PA-ENTRY-TYPE: asset_table[0].asset_id: found a number that "
     "is no"},
    {"entry-id-minus-zero", two, "'asset_id':1,", "'asset_id':-0,",
     ":+60: error PA-ENTRY-TYPE: asset_table[0].asset_id: found a number that "
     "is no"},
    {"entry-id-true", two, "'asset_id':1,", "'asset_id':true,",
     ":+60: error PA-ENTRY-TYPE: asset_table[0].asset_id: found true"},
    {"entry-id-null", two, "'asset_id':1,", "'asset_id':null,",
     ":+60: error PA-ENTRY-TYPE: asset_table[0].asset_id: found null"},
    {"entry-id-twice", two, "'asset_id':2", "'asset_id':1",
     ":+165: error PA-ENTRY-DUPLICATE: asset_table: asset_id 1 is taken"},
    {"entry-key-twice", two, "'asset_id':1,", "'asset_id':1,'asset_id':1,",
     ":+62: error JSON-DUPLICATE: a key stands twice in one object: asset_id "
     "(byte 30)"},
    {"entry-name-empty", two, "'asset_name':'a'", "'asset_name':''",
     ":+75: error PA-ENTRY-NAME: asset_table[0].asset_name: the name has 0 "
     "bytes"},
    {"entry-name-int", two, "'asset_name':'a'", "'asset_name':5",
     ":+75: error PA-ENTRY-TYPE: asset_table[0].asset_name: found an integer"},
    {"entry-name-long", two, "'asset_name':'a'", "'asset_name':'" LONG_NAME "'",
     ":+75: error PA-ENTRY-NAME: asset_table[0].asset_name: the name has 256 "
     "bytes"},
    {"entry-bank-unknown", two, "'BLOB'", "'TILES'",
     ":+91: error PA-ENTRY-BANK: asset_table[0].bank_type: found \"TILES\""},
    {"entry-bank-case", two, "'BLOB'", "'blob'",
     ":+91: error PA-ENTRY-BANK: asset_table[0].bank_type: found \"blob\""},
    {"entry-bank-int", two, "'bank_type':'BLOB'", "'bank_type':3",
     ":+91: error PA-ENTRY-TYPE: asset_table[0].bank_type"},
    {"entry-codec-unknown", two, "'NONE'", "'GZIP'",
     ":+106: error PA-ENTRY-CODEC: asset_table[0].codec: found \"GZIP\""},
    {"entry-codec-null", two, "'codec':'NONE'", "'codec':null",
     ":+106: error PA-ENTRY-TYPE: asset_table[0].codec"},
    {"entry-offset-negative", two, "'offset':0", "'offset':-1",
     ":+153: error PA-ENTRY-RANGE: asset_table[0].offset: found -1"},
    {"entry-offset-huge", two, "'offset':64", "'offset':9007199254740992",
     ":+283: error PA-ENTRY-RANGE: asset_table[1].offset: found "
     "9007199254740992"},
    {"entry-offset-beyond-int64", two, "'offset':64",
     "'offset':9223372036854775808",
     ":+283: error PA-ENTRY-TYPE: asset_table[1].offset: found a number that "
     "is no"},
    {"entry-size-negative", two, "'size':4", "'size':-4",
     ":+162: error PA-ENTRY-RANGE: asset_table[0].size: found -4"},
    {"entry-size-array", two, "'size':4", "'size':[4]",
     ":+162: error PA-ENTRY-TYPE: asset_table[0].size: found an array"},
    {"entry-decoded-negative", two, "'decoded_size':4", "'decoded_size':-1",
     ":+128: error PA-ENTRY-RANGE: asset_table[0].decoded_size"},
    {"entry-decoded-differs", two, "'decoded_size':4", "'decoded_size':5",
     ":+48: error PA-ENTRY-SIZE: asset_table[0].size: found 4; it must be 5"},
    {"entry-metadata-array", two, "'metadata':{}", "'metadata':[]",
     ":+141: error PA-ENTRY-TYPE: asset_table[0].metadata: found an array"},
    {"entry-metadata-twice", two, "'note':'kept'", "'note':1,'note':2",
     ":+268: error JSON-DUPLICATE: a key stands twice in one object: note "
     "(byte 236)"},
    // Slices.
    {"slice-beyond-end", two, "'offset':64", "'offset':68",
     ":+165: error PA-SLICE-RANGE: asset_table[1].offset: the slice is bytes "
     "68..76"},
    {"slice-far-beyond-end", two, "'offset':64", "'offset':9007199254740991",
     ":+165: error PA-SLICE-RANGE: asset_table[1].offset"},
    {"slice-overlap", two, "'offset':0", "'offset':62",
     ":+166: error PA-SLICE-OVERLAP: asset_table[1].offset: the slice of asset "
     "2"},
    {"slice-overlap-same-start", two, "'offset':0", "'offset':64",
     ":+166: error PA-SLICE-OVERLAP: asset_table[1].offset"},
    {"slice-gap", two,
     "'offset':0,'size':4},{'asset_id':2,'asset_name':'a','bank_type':'BLOB',"
     "'codec':'NONE','decoded_size':8,'metadata':{'note':'kept'},'offset':64,"
     "'size':8}]",
     "'offset':68,'size':4}]",
     ":+48: error PA-SLICE-GAP: asset_table[0].offset: 68 bytes before"},
    {"slice-trailing", two,
     "'decoded_size':8,'metadata':{'note':'kept'},"
     "'offset':64,'size':8",
     "'decoded_size':7,'metadata':{'note':'kept'},'offset':64,'size':7",
     ":+455: error PA-SLICE-TRAILING: 1 bytes follow"},
    {"slice-none-but-payload", two, two, "{'asset_table':[],'preload':[]}",
     ":+64: error PA-SLICE-TRAILING: 72 bytes follow"},
    // Integrity.
    {"integrity-null", sums,
     "{'algorithm':'xxh3-64','block':65536,"
     "'sums':'@SUM'}",
     "null",
     ":+142: error PA-ENTRY-TYPE: asset_table[0].integrity: found null"},
    {"integrity-algorithm", sums, "xxh3-64", "crc32",
     ":+155: error PA-INTEGRITY-ALGORITHM: asset_table[0].integrity.algorithm: "
     "found \"crc32\""},
    {"integrity-algorithm-int", sums, "'xxh3-64'", "3",
     ":+155: error PA-INTEGRITY-TYPE: asset_table[0].integrity.algorithm"},
    {"integrity-block", sums, "65536", "4096",
     ":+173: error PA-INTEGRITY-BLOCK: asset_table[0].integrity.block: found "
     "4096"},
    {"integrity-block-string", sums, "65536", "'65536'",
     ":+173: error PA-INTEGRITY-BLOCK: asset_table[0].integrity.block: found a "
     "string"},
    {"integrity-key", sums, "'block'", "'extra':0,'block'",
     ":+165: error PA-INTEGRITY-KEY: asset_table[0].integrity: unknown key "
     "\"extra\""},
    {"integrity-no-algorithm", sums, "'algorithm':'xxh3-64',", "",
     ":+142: error PA-INTEGRITY-MISSING: asset_table[0].integrity: the key "
     "\"algorithm\""},
    {"integrity-no-block", sums, "'block':65536,", "",
     ":+142: error PA-INTEGRITY-MISSING: asset_table[0].integrity: the key "
     "\"block\""},
    {"integrity-no-sums", sums, ",'sums':'@SUM'", "",
     ":+142: error PA-INTEGRITY-MISSING: asset_table[0].integrity: the key "
     "\"sums\""},
    {"integrity-upper-case", sums, "@SUM", "0123456789ABCDEF",
     ":+186: error PA-INTEGRITY-SUMS: asset_table[0].integrity.sums"},
    {"integrity-short", sums, "@SUM", "0123456789abcde",
     ":+186: error PA-INTEGRITY-SUMS: asset_table[0].integrity.sums: found 15"},
    {"integrity-too-few", sums, "@SUM", "",
     ":+48: error PA-INTEGRITY-COUNT: asset_table[0].integrity.sums: there are "
     "0 sums"},
    {"integrity-too-many", sums, "@SUM", "0123456789abcdef0123456789abcdef",
     ":+48: error PA-INTEGRITY-COUNT: asset_table[0].integrity.sums: there are "
     "2 sums"},
    {"integrity-sums-array", sums, "'@SUM'", "[]",
     ":+186: error PA-INTEGRITY-TYPE: asset_table[0].integrity.sums: found an "
     "array"},
    {"integrity-wrong-sum", sums, "@SUM", "0123456789abcdef",
     ":+256: error PA-SUM: asset 1: block 0 does not match its sum"},
    // GLYPH.
    {"glyph-no-width", glyph, ",'width':16", "",
     ":+145: error PA-GLYPH: asset_table[0].metadata: the key \"width\" is "
     "missing"},
    {"glyph-no-height", glyph, "'height':8,", "",
     ":+145: error PA-GLYPH: asset_table[0].metadata: the key \"height\" is "
     "missing"},
    {"glyph-no-tile", glyph, "'tile_size':8,", "",
     ":+145: error PA-GLYPH: asset_table[0].metadata: the key \"tile_size\" is "
     "missing"},
    {"glyph-no-count", glyph, "'palette_count':64,", "",
     ":+145: error PA-GLYPH: asset_table[0].metadata: the key "
     "\"palette_count\""},
    {"glyph-no-authored", glyph, "'palette_authored':1,", "",
     ":+145: error PA-GLYPH: asset_table[0].metadata: the key "
     "\"palette_authored\""},
    {"glyph-tile-12", glyph, "'tile_size':8", "'tile_size':12",
     ":+145: error PA-GLYPH: asset_table[0].metadata.tile_size: found 12"},
    {"glyph-tile-64", glyph, "'tile_size':8", "'tile_size':64",
     ":+209: error PA-GLYPH: asset_table[0].metadata.tile_size: found 64"},
    {"glyph-width-0", glyph, "'width':16", "'width':0",
     ":+219: error PA-GLYPH: asset_table[0].metadata.width: found 0"},
    {"glyph-width-264", glyph, "'width':16", "'width':264",
     ":+219: error PA-GLYPH: asset_table[0].metadata.width: found 264"},
    {"glyph-width-uneven", glyph, "'width':16", "'width':12",
     ":+145: error PA-GLYPH: asset_table[0].metadata: a sheet of 12 x 8"},
    {"glyph-height-uneven", glyph, "'tile_size':8", "'tile_size':16",
     ":+145: error PA-GLYPH: asset_table[0].metadata: a sheet of 16 x 8"},
    {"glyph-height-string", glyph, "'height':8", "'height':'8'",
     ":+155: error PA-GLYPH: asset_table[0].metadata.height: found a string"},
    {"glyph-count-63", glyph, "'palette_count':64", "'palette_count':63",
     ":+194: error PA-GLYPH: asset_table[0].metadata.palette_count: found 63"},
    {"glyph-authored-65", glyph, "'palette_authored':1",
     "'palette_authored':65",
     ":+176: error PA-GLYPH: asset_table[0].metadata.palette_authored: found "
     "65"},
    {"glyph-authored-negative", glyph, "'palette_authored':1",
     "'palette_authored':-1",
     ":+176: error PA-GLYPH: asset_table[0].metadata.palette_authored: found "
     "-1"},
    {"glyph-authored-fraction", glyph, "'palette_authored':1",
     "'palette_authored':0.5",
     ":+176: error PA-GLYPH: asset_table[0].metadata.palette_authored: found a "
     "number"},
    {"glyph-decoded", glyph, "'decoded_size':2176", "'decoded_size':2175",
     ":+48: error PA-ENTRY-SIZE: asset_table[0].decoded_size: found 2175; it "
     "must be 2176"},
    {"glyph-size", glyph, "'width':16", "'width':8",
     ":+48: error PA-ENTRY-SIZE: asset_table[0].decoded_size: found 2176; it "
     "must be 2112,"},
    // SOUNDS.
    {"sounds-odd", sounds, "'decoded_size':10", "'decoded_size':11",
     ":+48: error PA-ENTRY-SIZE: asset_table[0].decoded_size: found 11; "
     "samples"},
    {"sounds-no-samples", sounds, SOUND_META, "{}",
     ":+144: error PA-SOUNDS: asset_table[0].metadata: the key \"samples\" is "
     "missing"},
    {"sounds-samples-object", sounds, SOUND_META, "{'samples':{}}",
     ":+155: error PA-SOUNDS: asset_table[0].metadata.samples: found an "
     "object"},
    {"sounds-sample-int", sounds, SOUND_META, "{'samples':[1]}",
     ":+156: error PA-SOUNDS: asset_table[0].metadata.samples[0]: found an "
     "integer"},
    {"sounds-no-name", sounds, "'name':'s',", "",
     ":+156: error PA-SOUNDS: asset_table[0].metadata.samples[0]: the key "
     "\"name\" is missing"},
    {"sounds-name-int", sounds, "'name':'s'", "'name':1",
     ":+156: error PA-SOUNDS: asset_table[0].metadata.samples[0]: name: found "
     "an integer"},
    {"sounds-no-offset", sounds, "'offset':1,", "",
     ":+156: error PA-SOUNDS: asset_table[0].metadata.samples[0]: the key "
     "\"offset\" is missing"},
    {"sounds-no-frames", sounds, "'frames':4,", "",
     ":+156: error PA-SOUNDS: asset_table[0].metadata.samples[0]: the key "
     "\"frames\" is missing"},
    {"sounds-no-rate", sounds, "'rate':8000,", "",
     ":+156: error PA-SOUNDS: asset_table[0].metadata.samples[0]: the key "
     "\"rate\" is missing"},
    {"sounds-frames-0", sounds, "'frames':4", "'frames':0",
     ":+188: error PA-SOUNDS: asset_table[0].metadata.samples[0].frames: found "
     "0"},
    {"sounds-frames-beyond", sounds, "'frames':4", "'frames':5",
     ":+156: error PA-SOUNDS: asset_table[0].metadata.samples[0]: frames 1..6 "
     "reach beyond the slice"},
    {"sounds-offset-negative", sounds, "'offset':1,", "'offset':-1,",
     ":+177: error PA-SOUNDS: asset_table[0].metadata.samples[0].offset: found "
     "-1"},
    {"sounds-offset-beyond", sounds, "'offset':1,", "'offset':4294967295,",
     ":+156: error PA-SOUNDS: asset_table[0].metadata.samples[0]: frames "
     "4294967295"},
    {"sounds-rate-0", sounds, "'rate':8000", "'rate':0",
     ":+197: error PA-SOUNDS: asset_table[0].metadata.samples[0].rate: found "
     "0"},
    {"sounds-rate-big", sounds, "'rate':8000", "'rate':192001",
     ":+197: error PA-SOUNDS: asset_table[0].metadata.samples[0].rate: found "
     "192001"},
    {"sounds-loop-empty", sounds, "'loop_start':1", "'loop_start':3",
     ":+156: error PA-SOUNDS: asset_table[0].metadata.samples[0]: the loop "
     "3..3 is empty"},
    {"sounds-loop-beyond", sounds, "'loop_end':3", "'loop_end':5",
     ":+156: error PA-SOUNDS: asset_table[0].metadata.samples[0]: the loop "
     "1..5 is empty or reaches beyond"},
    {"sounds-loop-half", sounds, ",'loop_end':3", "",
     ":+156: error PA-SOUNDS: asset_table[0].metadata.samples[0]: loop_start "
     "and loop_end go together"},
    {"sounds-loop-other-half", sounds, "'loop_start':1,", "",
     ":+156: error PA-SOUNDS: asset_table[0].metadata.samples[0]: loop_start "
     "and loop_end go together"},
    {"sounds-size", sounds, "'decoded_size':10", "'decoded_size':12",
     ":+48: error PA-ENTRY-SIZE: asset_table[0].size: found 10; it must be 12"},
    // SCENE.
    {"scene-short", scene, "'decoded_size':92", "'decoded_size':84",
     ":+48: error PA-ENTRY-SIZE: asset_table[0].decoded_size: found 84; a "
     "scene"},
    {"scene-uneven", scene, "'decoded_size':92", "'decoded_size':91",
     ":+48: error PA-ENTRY-SIZE: asset_table[0].decoded_size: found 91; a "
     "scene"},
    // Codecs.
    {"codec-no-table", packed, "4096", "8192",
     ":+256: error PA-CODEC: asset 1: the slice says 0 chunks"},
    {"codec-chunk-small", packed, "4096", "2048",
     ":+160: error PA-CHUNK: asset_table[0].metadata.codec.chunk: found 2048"},
    {"codec-chunk-big", packed, "4096", "2097152",
     ":+160: error PA-CHUNK: asset_table[0].metadata.codec.chunk: found "
     "2097152"},
    {"codec-chunk-uneven", packed, "4096", "5000",
     ":+152: error PA-CHUNK: asset_table[0].metadata.codec.chunk: found 5000; "
     "it must be a power"},
    {"codec-chunk-string", packed, "4096", "'4096'",
     ":+160: error PA-CHUNK: asset_table[0].metadata.codec.chunk: found a "
     "string"},
    {"codec-not-object", packed, "{'chunk':4096}", "4096",
     ":+151: error PA-CHUNK: asset_table[0].metadata.codec: found an integer"},
    // Preload.
    {"preload-int", two, "{'asset_id':1,'slot':0}", "1",
     ":+308: error PA-PRELOAD-TYPE: preload[0]: found an integer"},
    {"preload-array", two, "{'asset_id':1,'slot':0}", "[1,0]",
     ":+308: error PA-PRELOAD-TYPE: preload[0]: found an array"},
    {"preload-no-id", two, "{'asset_id':1,'slot':0}", "{'slot':0}",
     ":+308: error PA-PRELOAD-MISSING: preload[0]: the key \"asset_id\""},
    {"preload-no-slot", two, "{'asset_id':1,'slot':0}", "{'asset_id':1}",
     ":+308: error PA-PRELOAD-MISSING: preload[0]: the key \"slot\""},
    {"preload-key", two, "{'asset_id':1,'slot':0}",
     "{'asset_id':1,'slot':0,'bank':2}",
     ":+331: error PA-PRELOAD-KEY: preload[0]: unknown key \"bank\""},
    {"preload-slot-16", two, "'slot':15", "'slot':16",
     ":+353: error PA-PRELOAD-SLOT: preload[1]: slot is 16"},
    {"preload-slot-negative", two, "'slot':15", "'slot':-1",
     ":+353: error PA-PRELOAD-SLOT: preload[1]: slot is -1"},
    {"preload-slot-fraction", two, "'slot':15", "'slot':1.5",
     ":+353: error PA-PRELOAD-TYPE: preload[1]: slot: found a number"},
    {"preload-id-string", two, "{'asset_id':2,'slot'", "{'asset_id':'2','slot'",
     ":+344: error PA-PRELOAD-TYPE: preload[1]: asset_id: found a string"},
    {"preload-unknown", two, "{'asset_id':2,'slot'", "{'asset_id':3,'slot'",
     ":+332: error PA-PRELOAD-UNKNOWN: preload[1]: asset_id 3 is not in "
     "asset_table"},
    {"preload-unknown-huge", two, "{'asset_id':2,'slot'",
     "{'asset_id':4294967298,'slot'",
     ":+332: error PA-PRELOAD-UNKNOWN: preload[1]: asset_id 4294967298"},
    {"preload-place-twice", two, "'slot':15", "'slot':0",
     ":+332: error PA-PRELOAD-DUPLICATE: preload[1]: slot 0 of bank BLOB is "
     "taken by preload[0]"},
    {"slice-before-empty", two, "'offset':64,'size':8", "'offset':72,'size':0",
     ":+165: error PA-ENTRY-SIZE: asset_table[1].size: found 0; it must be 8, "
     "the size of"},
    {"header-comma", two, "'preload'", ",'preload'",
     ":+297: error JSON-SYNTAX: a key in double quotes is due here (byte 265)"},
    {"header-single-word", two, two, "nul",
     ":+32: error JSON-SYNTAX: a word that is none of true, false and null "
     "(byte 0)"},
    {"header-leading-zero", two, "'slot':0", "'slot':00",
     ":+329: error JSON-NUMBER: a number begins with a needless 0 (byte 297)"},
    {"header-plus", two, "'slot':0", "'slot':+0",
     ":+329: error JSON-SYNTAX: a value is due here: an object, an array, a "
     "string, a"},
    {"header-bom", two, "{'asset_table'", "\xef\xbb\xbf{'asset_table'",
     ":+32: error JSON-BOM: the text begins with a byte order mark; save it as "
     "UTF-8"},
    {"header-half-surrogate", two, "kept", "\\ud800",
     ":+267: error JSON-STRING: \\u names half of a surrogate pair, which is "
     "no character"},
    {"header-bad-escape", two, "kept", "\\q",
     ":+267: error JSON-STRING: a backslash is followed by none of \" \\ / b f "
     "n r t u"},
    {"header-overlong-utf8", two, "kept", "\xc0\xaf",
     ":+267: error JSON-UTF8: the text is not valid UTF-8 (byte 235)"},
    {"header-surrogate-utf8", two, "kept", "\xed\xa0\x80",
     ":+267: error JSON-UTF8: the text is not valid UTF-8 (byte 235)"},
    {"entry-name-bad-utf8", two, "'asset_name':'a'", "'asset_name':'\xfe'",
     ":+76: error JSON-UTF8: the text is not valid UTF-8 (byte 44)"},
    {"entry-offset-fraction", two, "'offset':0", "'offset':0.0",
     ":+153: error PA-ENTRY-TYPE: asset_table[0].offset: found a number that "
     "is no 64-bit"},
    {"entry-offset-exponent", two, "'offset':64", "'offset':64e0",
     ":+283: error PA-ENTRY-TYPE: asset_table[1].offset: found a number that "
     "is no 64-bit"},
    {"entry-size-minus-zero", two, "'size':4", "'size':-0",
     ":+162: error PA-ENTRY-TYPE: asset_table[0].size: found a number that is "
     "no 64-bit"},
    {"entry-size-huge", two, "'size':8", "'size':9007199254740992",
     ":+293: error PA-ENTRY-RANGE: asset_table[1].size: found "
     "9007199254740992; it must be"},
    {"entry-decoded-huge", two, "'decoded_size':8",
     "'decoded_size':9007199254740992",
     ":+245: error PA-ENTRY-RANGE: asset_table[1].decoded_size: found "
     "9007199254740992; it"},
    {"entry-decoded-string", two, "'decoded_size':8", "'decoded_size':'8'",
     ":+245: error PA-ENTRY-TYPE: asset_table[1].decoded_size: found a string; "
     "an integer"},
    {"entry-metadata-null", two, "'metadata':{}", "'metadata':null",
     ":+141: error PA-ENTRY-TYPE: asset_table[0].metadata: found null; an "
     "object is wanted"},
    {"entry-codec-case", two, "'NONE'", "'none'",
     ":+106: error PA-ENTRY-CODEC: asset_table[0].codec: found \"none\", which "
     "is none of"},
    {"entry-escaped-key-twice", two, "'asset_id':1,",
     "'asset_id':1,'asset\\u005fid':1,",
     ":+62: error JSON-DUPLICATE: a key stands twice in one object: "
     "asset\\\\u005fid (byte 30)"},
    {"integrity-key-twice", sums, "'block':65536,",
     "'block':65536,'block':65536,",
     ":+179: error JSON-DUPLICATE: a key stands twice in one object: block "
     "(byte 147)"},
    {"integrity-array", sums,
     "{'algorithm':'xxh3-64','block':65536,"
     "'sums':'@SUM'}",
     "['xxh3-64',65536,'@SUM']",
     ":+142: error PA-ENTRY-TYPE: asset_table[0].integrity: found an array; an "
     "object is"},
    {"integrity-block-fraction", sums, "65536", "65536.0",
     ":+173: error PA-INTEGRITY-BLOCK: asset_table[0].integrity.block: found a "
     "number that is no"},
    {"integrity-not-hex", sums, "@SUM", "0123456789abcdeg",
     ":+186: error PA-INTEGRITY-SUMS: asset_table[0].integrity.sums: found 16 "
     "characters; 16"},
    {"glyph-width-string", glyph, "'width':16", "'width':'16'",
     ":+219: error PA-GLYPH: asset_table[0].metadata.width: found a string; an "
     "integer"},
    {"glyph-palette-minus-zero", glyph, "'palette_authored':1",
     "'palette_authored':-0",
     ":+176: error PA-GLYPH: asset_table[0].metadata.palette_authored: found a "
     "number"},
    {"sounds-loop-start-negative", sounds, "'loop_start':1", "'loop_start':-1",
     ":+215: error PA-SOUNDS: asset_table[0].metadata.samples[0].loop_start: "
     "found -1;"},
    {"sounds-rate-fraction", sounds, "'rate':8000", "'rate':8000.5",
     ":+197: error PA-SOUNDS: asset_table[0].metadata.samples[0].rate: found a "
     "number"},
    {"sounds-samples-null", sounds, SOUND_META, "{'samples':null}",
     ":+155: error PA-SOUNDS: asset_table[0].metadata.samples: found null; an "
     "array is"},
    {"codec-array", packed, "{'chunk':4096}", "[4096]",
     ":+151: error PA-CHUNK: asset_table[0].metadata.codec: found an array; an "
     "object"},
    {"codec-chunk-0", packed, "4096", "0",
     ":+160: error PA-CHUNK: asset_table[0].metadata.codec.chunk: found 0; it "
     "must be"},
    {"codec-chunk-negative", packed, "4096", "-4096",
     ":+160: error PA-CHUNK: asset_table[0].metadata.codec.chunk: found -4096; "
     "it must"},
    {"codec-chunk-fraction", packed, "4096", "4096.0",
     ":+160: error PA-CHUNK: asset_table[0].metadata.codec.chunk: found a "
     "number that"},
    {"codec-chunk-twice", packed, "4096", "4096,'chunk':4096",
     ":+165: error JSON-DUPLICATE: a key stands twice in one object: chunk "
     "(byte 133)"},
    {"codec-size-too-small", packed, "'decoded_size':400",
     "'decoded_size':40000",
     ":+48: error PA-ENTRY-SIZE: asset_table[0].size: found 40; a slice of 10 "
     "chunks that"},
    {"codec-size-too-large", packed, "'decoded_size':400", "'decoded_size':0",
     ":+48: error PA-ENTRY-SIZE: asset_table[0].size: found 40; a slice of 0 "
     "chunks that"},
    {"preload-id-fraction", two, "{'asset_id':2,'slot'",
     "{'asset_id':2.0,'slot'",
     ":+344: error PA-PRELOAD-TYPE: preload[1]: asset_id: found a number that "
     "is no 64-bit"},
    {"preload-slot-null", two, "'slot':15", "'slot':null",
     ":+353: error PA-PRELOAD-TYPE: preload[1]: slot: found null; an integer "
     "is wanted"},
    {"preload-key-twice", two, "'slot':15", "'slot':15,'slot':15",
     ":+356: error JSON-DUPLICATE: a key stands twice in one object: slot "
     "(byte 324)"},
    {"preload-string", two, "{'asset_id':1,'slot':0}", "'1'",
     ":+308: error PA-PRELOAD-TYPE: preload[0]: found a string; an object is "
     "wanted"},
};

// --- building ----------------------------------------------------------------

static size_t align64(size_t size)
{
    return (size + 63) / 64 * 64;
}

static void put_payload(struct pm_buf *out, const char *base)
{
    size_t start = out->size;

    pm_buf_put(out, NULL, payload_of(base));
    uint8_t *payload = out->data + start;
    if (base == two) {
        memcpy(payload, "abcd", 4);
        memcpy(payload + 64, "efghijkl", 8);
    } else if (base == sums) {
        memcpy(payload, "abcd", 4);
    } else if (base == scene) {
        memcpy(payload, "SCN1\1\0\4", 7);
        payload[8] = 1;   // layer 0 is active,
        payload[10] = 16; // has tiles of 16
        payload[20] = 1;  // and one cell
        payload[24] = 1;
    }
}

void damaged_put_file(struct pm_buf *out, const struct pm_buf *header)
{
    size_t payload = align64(32 + header->size);

    pm_buf_put(out, "ASPA", 4);
    pm_buf_put32(out, 1);
    pm_buf_put32(out, (uint32_t)header->size);
    pm_buf_put32(out, (uint32_t)payload);
    pm_buf_put32(out, 1);
    pm_buf_put32(out, 0);
    pm_buf_put64(out, pm_hash64(header->data, header->size));
    pm_buf_put(out, header->data, header->size);
    pm_buf_put(out, NULL, payload - 32 - header->size);
}

static void make_file(struct pm_buf *out, const struct damaged_text *row)
{
    struct pm_buf header;
    struct pm_buf whole;

    pm_buf_init(&header, &out->alloc);
    pm_buf_init(&whole, &out->alloc);
    damaged_make_text(&header, row);
    for (size_t i = 0; i + 4 <= header.size; i++)
        if (memcmp(header.data + i, "@SUM", 4) == 0) {
            pm_buf_put(&whole, header.data, i);
            pm_buf_printf(&whole, "%016llx",
                          (unsigned long long)pm_hash64("abcd", 4));
            pm_buf_put(&whole, header.data + i + 4, header.size - i - 4);
        }
    damaged_put_file(out, whole.size ? &whole : &header);
    put_payload(out, row->base);
    pm_buf_free(&header);
    pm_buf_free(&whole);
}

// --- rows: bytes -------------------------------------------------------------

// The good file of [base] with [width] bytes at [at] (from the payload when
// negative: ~offset) overwritten, or cut to [at] bytes when [width] is 0.
#define PADDING (-100000) // the last byte before the payload

struct patch {
    const char *name;
    const char *base;
    int at;
    int width;
    uint64_t value;
    const char *expected;
};

static const struct patch patches[] = {
    {"prelude-empty", two, 0, 0, 0, ":+0: error PA-SIZE: the file has 0 bytes"},
    {"prelude-short", two, 31, 0, 0,
     ":+0: error PA-SIZE: the file has 31 bytes"},
    {"prelude-only", two, 32, 0, 0,
     ":+8: error PA-SIZE: header and padding end at"},
    {"header-short", two, 200, 0, 0,
     ":+8: error PA-SIZE: header and padding end at"},
    {"payload-short", two, ~71, 0, 0,
     ":+165: error PA-SLICE-RANGE: asset_table[1]"},
    {"payload-long", two, ~72, 1, 0,
     ":+456: error PA-SLICE-TRAILING: 1 bytes follow"},
    {"magic-zip", two, 0, 4, 0x04034b50,
     ":+0: error PA-MAGIC: magic is 50 4b 03 04"},
    {"magic-case", two, 0, 1, 'a', ":+0: error PA-MAGIC: magic is 61 53 50 41"},
    {"version-0", two, 4, 4, 0, ":+4: error PA-VERSION: schema_version is 0"},
    {"version-2", two, 4, 4, 2, ":+4: error PA-VERSION: schema_version is 2"},
    {"version-big", two, 4, 4, 0x01000001,
     ":+4: error PA-VERSION: schema_version is 16777217"},
    {"header-len-0", two, 8, 4, 0, ":+8: error PA-HEADER-LEN: header_len is 0"},
    {"header-len-1", two, 8, 4, 1, ":+8: error PA-HEADER-LEN: header_len is 1"},
    {"header-len-65-mib", two, 8, 4, (64u << 20) + 1,
     ":+8: error PA-HEADER-LEN: header_len is 67108865"},
    {"header-len-max", two, 8, 4, 0xffffffff,
     ":+8: error PA-HEADER-LEN: header_len is 4294967295"},
    {"header-len-64-mib", two, 8, 4, 64u << 20,
     ":+12: error PA-PAYLOAD-OFFSET: payload_offset is"},
    {"payload-offset-0", two, 12, 4, 0,
     ":+12: error PA-PAYLOAD-OFFSET: payload_offset is 0"},
    {"payload-offset-next", two, 12, 4, 448,
     ":+12: error PA-PAYLOAD-OFFSET: payload_offset is 448"},
    {"payload-offset-odd", two, 12, 4, 33,
     ":+12: error PA-PAYLOAD-OFFSET: payload_offset is 33"},
    {"flags-bit-1", two, 16, 4, 3, ":+16: error PA-FLAGS: flags are 0x3"},
    {"flags-bit-31", two, 16, 4, 0x80000001,
     ":+16: error PA-FLAGS: flags are 0x80000001"},
    {"reserved", two, 20, 4, 1, ":+20: error PA-RESERVED: reserved is 0x1"},
    {"checksum-without-flag", two, 16, 4, 0,
     ":+24: error PA-CHECKSUM-FIELD: header_checksum is"},
    {"checksum-wrong", two, 24, 8, 0x0123456789abcdef,
     ":+24: error PA-CHECKSUM: header_checksum says 0123456789abcdef"},
    {"header-flipped", two, 40, 1, 'X',
     ":+24: error PA-CHECKSUM: header_checksum says e8b8f5ff51a917e8, the "
     "header's bytes"},
    {"padding", two, PADDING, 1, 9,
     ":+383: error PA-PADDING: a byte between header and payload is 0x09"},
    {"gap-first", two, ~4, 1, 1,
     ":+388: error PA-GAP: a byte between slices is 0x01"},
    {"gap-last", two, ~63, 1, 255,
     ":+447: error PA-GAP: a byte between slices is 0xff"},
    {"sum-flipped", sums, ~3, 1, 'D', ":+256: error PA-SUM: asset 1: block 0"},
    {"scene-magic", scene, ~0, 1, 'X',
     ":+192: error PA-SCENE: asset 7: the scene does"},
    {"scene-version", scene, ~4, 2, 2,
     ":+192: error PA-SCENE: asset 7: the scene does"},
    {"scene-layers", scene, ~6, 2, 5,
     ":+192: error PA-SCENE: asset 7: the scene does"},
    {"scene-active", scene, ~8, 1, 2,
     ":+200: error PA-SCENE: asset 7: layer 0 says active 2"},
    {"scene-bank", scene, ~9, 1, 16,
     ":+200: error PA-SCENE: asset 7: layer 0 says active 1, glyph bank 16, "
     "tile size 16, reserved 0; wanted are"},
    {"scene-tile", scene, ~10, 1, 9,
     ":+200: error PA-SCENE: asset 7: layer 0 says active 1, glyph bank 0, "
     "tile size 9, reserved 0; wanted are"},
    {"scene-reserved", scene, ~11, 1, 1,
     ":+200: error PA-SCENE: asset 7: layer 0 says active 1, glyph bank 0, "
     "tile size 16, reserved 1; wanted are"},
    {"scene-wide", scene, ~20, 4, 60000,
     ":+220: error PA-SCENE: asset 7: layer 0 of 60000 x 1 cells reaches "
     "beyond"},
    {"scene-huge", scene, ~20, 8, UINT64_MAX,
     ":+220: error PA-SCENE: asset 7: layer 0 of 4294967295 x 4294967295 cells "
     "reaches beyond"},
    {"scene-cell", scene, ~31, 1, 0x02,
     ":+220: error PA-SCENE: asset 7: a cell of layer 0 has bits"},
    {"scene-left-over", scene, ~20, 4, 0,
     ":+280: error PA-SCENE: asset 7: 4 bytes follow the last layer"},
};

static void give_patched(struct damaged_visitor *to, const struct patch *p)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct damaged_text row = {p->name, p->base, NULL, NULL, NULL};
    struct pm_buf file;
    int at = p->at;

    pm_buf_init(&file, &alloc);
    make_file(&file, &row);
    if (at == PADDING)
        at = (int)(file.size - payload_of(p->base)) - 1;
    else if (at < 0)
        at = (int)(file.size - payload_of(p->base)) + ~p->at;
    if (p->width == 0)
        file.size = (size_t)at;
    while (p->width && file.size < (size_t)at + (size_t)p->width)
        pm_buf_put8(&file, 0);
    for (int i = 0; i < p->width; i++)
        file.data[at + i] = (uint8_t)(p->value >> 8 * i);
    damaged_give(to, PM_DAMAGED_ASSETS, p->name, p->expected, &file);
    pm_buf_free(&file);
}

void damaged_assets(struct damaged_visitor *to)
{
    struct pm_allocator alloc = pm_allocator_libc();

    for (size_t i = 0; i < PM_ARRAY_LEN(headers); i++) {
        struct pm_buf file;
        pm_buf_init(&file, &alloc);
        make_file(&file, &headers[i]);
        damaged_give(to, PM_DAMAGED_ASSETS, headers[i].name,
                     headers[i].expected, &file);
        pm_buf_free(&file);
    }
    for (size_t i = 0; i < PM_ARRAY_LEN(patches); i++)
        give_patched(to, &patches[i]);
    damaged_packed(to);
}
