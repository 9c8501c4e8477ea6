// SPDX-License-Identifier: MIT
//
// The pictures of tiles: read when a tile of theirs is first used, each once.

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "pack/tiled_map.h"

// An index beyond the palette has no colour.
static bool check_indices(struct pm_tiled_map *map, const char *path,
                          const struct pm_pack_image *image)
{
    struct pm_place place = {.file = path};

    for (size_t i = 0; image->is_indexed && i < image->bytes; i++)
        if (image->pixels[i] >= image->colours) {
            pm_diags_error(map->tiled.file->diags, &place, "PACK-PNG-COLOURS",
                           "the pixel at %zu, %zu has palette index %u of %d "
                           "colours; save the picture anew",
                           i % image->width, i / image->width, image->pixels[i],
                           image->colours);
            return false;
        }
    return true;
}

static bool decode_picture(struct pm_tiled_map *map, const char *path,
                           const void *bytes, size_t size,
                           struct pm_pack_image *out)
{
    struct pm_diags *diags = map->tiled.file->diags;
    pm_status status = pm_pack_decode_png_of(
        path, bytes, size, PM_TILED_MAX_SIDE, &map->tiled.alloc, diags, out);

    if (status == PM_ERR_NO_MEMORY)
        map->tiled.out_of_memory = true;
    return !status && check_indices(map, path, out);
}

// Sides as the head of a PNG has them; 0 for what is none.
static uint64_t pixels_of(const uint8_t *png, size_t size)
{
    uint64_t sides[2] = {0, 0};
    if (size < 24)
        return 0;
    for (int i = 0; i < 8; i++)
        sides[i / 4] = sides[i / 4] << 8 | png[16 + i];
    // Larger ones are refused by their sides.
    return sides[0] <= PM_TILED_MAX_SIDE && sides[1] <= PM_TILED_MAX_SIDE
               ? sides[0] * sides[1]
               : 0;
}

bool pm_tiled_picture_load(struct pm_tiled_map *map,
                           const struct pm_tiled_node *node, size_t *out)
{
    struct pm_tiled *tiled = &map->tiled;
    const struct pm_tiled_attr *attr = pm_tiled_get(node, PM_TILED_IMAGE);
    struct pm_tiled_text name = pm_tiled_string(node, PM_TILED_IMAGE);
    const void *bytes;
    const char *path;
    size_t size;

    if (!pm_tiled_load(node->doc, attr->place, name, &path, &bytes, &size))
        return false;
    size_t known = map->picture_names.count;
    *out = pm_tiled_name_put(tiled, &map->picture_names,
                             (struct pm_tiled_text){path, strlen(path)});
    if (*out == SIZE_MAX)
        return false;
    if (*out < known)
        return !map->pictures[*out].is_bad;
    size_t room = map->picture_room;
    if (!pm_mem_grow(&tiled->alloc, &map->pictures, &map->picture_room,
                     known + 1, sizeof *map->pictures)) {
        tiled->out_of_memory = true;
        return false;
    }
    memset(map->pictures + room, 0,
           (map->picture_room - room) * sizeof *map->pictures);
    struct pm_tiled_picture *picture = &map->pictures[*out];
    map->pixels += pixels_of(bytes, size);
    picture->is_bad = true;
    if (map->pixels > PM_TILED_MAX_PIXELS) {
        pm_tiled_fault(node->doc, attr->place, "PACK-MAP-LIMIT",
                       "with \"%s\" the pictures of the map's tiles have more "
                       "than %" PRIu64 " pixels; use fewer or smaller ones",
                       pm_tiled_show(tiled, name).text, PM_TILED_MAX_PIXELS);
        return false;
    }
    picture->is_bad = !decode_picture(map, path, bytes, size, &picture->image);
    tiled->failed |= picture->is_bad;
    return !picture->is_bad;
}

void pm_tiled_pictures_free(struct pm_tiled_map *map)
{
    const struct pm_allocator *alloc = &map->tiled.alloc;

    for (size_t i = 0; i < map->picture_names.count && i < map->picture_room;
         i++)
        pm_mem_free(alloc, map->pictures[i].image.pixels,
                    map->pictures[i].image.bytes);
    pm_mem_free(alloc, map->pictures,
                map->picture_room * sizeof *map->pictures);
    pm_tiled_names_free(&map->tiled, &map->picture_names);
}
