// SPDX-License-Identifier: MIT
//
// An assets folder for maps: pictures and tilesets that tests of Tiled's
// files name.
//
//   tiles.png     4 x 2 tiles of 8 x 8, each of one colour, with a white
//                 corner at the upper left and a black pixel right of it
//   spaced.png    the same with a margin of 1 and 2 pixels between tiles
//   indexed.png   the same with a palette of ten colours
//   big.png       2 x 1 tiles of 16 x 16, made like those
//   one.png       8 x 8; two.png 16 x 16; odd.png 24 x 24
//   high.png      a palette index beyond its palette
//   broken.png    no picture; huge.png the head of one of 5000 x 5000, and
//   wide*.png     any name with wide in front, of one of 4096 x 4096
//   sets/t.tsj, sets/t.tsx       a tileset of ../tiles.png
//   sets/c.tsj, sets/c.tsx       a collection of one.png, two.png, odd.png
//   sets/map.tsx, sets/map.tsj   maps; sets/bad.tsx, sets/bad.tsj damaged
//   sets/empty.tsj               no bytes

#ifndef PM_TEST_TILED_WORLD_H
#define PM_TEST_TILED_WORLD_H

#include "pack/convert.h"

struct tiled_file {
    const char *name;
    struct pm_buf bytes;
};

struct tiled_world {
    struct tiled_file files[24];
    size_t count;
    struct pm_pack_files access; // what a converter is handed
};

void tiled_world_make(struct tiled_world *world);
void tiled_world_free(struct tiled_world *world);

// The colour of tile [number] of tiles.png, RGB565, never black or white.
uint16_t tiled_world_colour(int number);

// The pixel of a layer at x, y, RGB565, as the machine shows it; -1 where it
// is transparent or outside.
int tiled_world_pixel(const struct pm_pack_map *map, int layer, uint32_t x,
                      uint32_t y);

// CHECKs what holds of every map: cells name tiles of their sheet, offsets
// of the objects lie inside.
void tiled_world_check(const struct pm_pack_map *map);

// Decodes a map of any bytes, called [name], within a world that is made once:
// what comes out holds together, what is refused says why.
void tiled_world_fuzz(const char *name, const uint8_t *data, size_t size);

#endif
