// SPDX-License-Identifier: MIT
//
// Pieces of maps, as JSON (with ' for ") and as XML.

#ifndef PM_TEST_TILED_TEXTS_H
#define PM_TEST_TILED_TEXTS_H

#define J_SET                                                                  \
    "{'firstgid':1,'name':'t','tilewidth':8,'tileheight':8,'columns':4,"       \
    "'image':'tiles.png'}"
#define X_SET                                                                  \
    "<tileset firstgid='1' name='t' tilewidth='8' tileheight='8' "             \
    "columns='4'><image source='tiles.png' width='32' height='16'/>"           \
    "</tileset>"

// A map of 3 x 2 cells of 8 x 8 pixels.
#define J_MAP(more, sets, layers)                                              \
    "{'type':'map','orientation':'orthogonal','width':3,'height':2,"           \
    "'tilewidth':8,'tileheight':8" more ",'tilesets':[" sets                   \
    "],'layers':[" layers "]}"
#define X_MAP(more, sets, layers)                                              \
    "<?xml version='1.0' encoding='UTF-8'?>\n"                                 \
    "<map version='1.10' orientation='orthogonal' width='3' height='2' "       \
    "tilewidth='8' tileheight='8'" more ">\n" sets "\n" layers "\n</map>\n"

#define J_LAYER(name, more, data)                                              \
    "{'type':'tilelayer','name':'" name "','width':3,'height':2" more          \
    ",'data':" data "}"
#define X_LAYER(name, more, data)                                              \
    "<layer name='" name "' width='3' height='2'" more                         \
    "><data encoding='csv'>\n" data "\n</data></layer>"

#define DATA   "1,2,3,0,5,2147483654"
#define J_DATA "[" DATA "]"
#define J_A    J_LAYER("a", "", J_DATA)
#define X_A    X_LAYER("a", "", DATA)

#define J_INF ",'infinite':true"
#define X_INF " infinite='1'"

#endif
