// SPDX-License-Identifier: MIT
//
// Names of other files. They are taken relative to the folder of the file
// that has them, and none leads out of the assets folder.

#include <string.h>

#include "pack/tiled_map.h"

#define MAX_PATH 1024

struct path {
    char text[MAX_PATH];
    size_t size;
};

// Takes the last folder away; false when there is none.
static bool go_up(struct path *path)
{
    if (path->size == 0)
        return false;
    while (path->size > 0 && path->text[path->size - 1] != '/')
        path->size--;
    path->size -= path->size > 0;
    return true;
}

static const char *go_down(struct path *path, struct pm_tiled_text part)
{
    if (path->size + 1 + part.size >= sizeof path->text)
        return "is too long; at most 1000 bytes are taken";
    if (path->size)
        path->text[path->size++] = '/';
    memcpy(path->text + path->size, part.text, part.size);
    path->size += part.size;
    return NULL;
}

// Goes on along [name]; gives what is wrong with it, or NULL.
static const char *go_along(struct path *path, struct pm_tiled_text name)
{
    const char *problem = NULL;

    while (name.size && !problem) {
        const char *slash = memchr(name.text, '/', name.size);
        size_t size = slash ? (size_t)(slash - name.text) : name.size;
        struct pm_tiled_text part = {name.text, size};
        if (pm_tiled_is(part, "..")) {
            if (!go_up(path))
                problem = "leads out of the assets folder; put the file "
                          "inside";
        } else if (size && !pm_tiled_is(part, ".")) {
            problem = go_down(path, part);
        }
        size += slash != NULL;
        name.text += size;
        name.size -= size;
    }
    return problem;
}

static const char *check_name(struct pm_tiled_text name)
{
    if (name.size == 0)
        return "is empty; the name of a file is wanted";
    if (name.text[0] == '/' || memchr(name.text, ':', name.size))
        return "is absolute; save the files in one folder, so that Tiled "
               "names them relative to the map";
    for (size_t i = 0; i < name.size; i++)
        if ((unsigned char)name.text[i] < ' ' || name.text[i] == '\\')
            return "has a backslash or a control character; folders are "
                   "divided by /";
    return NULL;
}

static const char *resolve(const struct pm_tiled_doc *doc,
                           struct pm_tiled_text name, struct path *path)
{
    const char *slash = strrchr(doc->path, '/');
    const char *problem = check_name(name);

    path->size = 0;
    if (!problem && slash)
        problem = go_along(path, (struct pm_tiled_text){
                                     doc->path, (size_t)(slash - doc->path)});
    if (!problem)
        problem = go_along(path, name);
    if (!problem && path->size == 0)
        problem = "is a folder; the name of a file is wanted";
    path->text[path->size] = 0;
    return problem;
}

bool pm_tiled_load(const struct pm_tiled_doc *doc, uint64_t place,
                   struct pm_tiled_text name, const char **out_path,
                   const void **out_bytes, size_t *out_size)
{
    struct pm_tiled *tiled = doc->tiled;
    struct path path;
    const char *problem = resolve(doc, name, &path);

    if (problem) {
        pm_tiled_fault(doc, place, "PACK-MAP-PATH", "the path \"%s\" %s",
                       pm_tiled_show(tiled, name).text, problem);
        return false;
    }
    *out_path = pm_tiled_keep(tiled, path.text, path.size).text;
    if (!*out_path)
        return false;
    pm_status status = tiled->others->find(tiled->others->context, *out_path,
                                           out_bytes, out_size);
    if (status == PM_OK)
        return true;
    if (status == PM_ERR_NO_MEMORY) {
        tiled->out_of_memory = true;
        return false;
    }
    struct pm_tiled_text full = {path.text, path.size};
    pm_tiled_fault(doc, place, "PACK-MAP-PATH",
                   "the file \"%s\" %s the assets folder; add it, or choose "
                   "another in Tiled",
                   pm_tiled_show(tiled, full).text,
                   status == PM_ERR_NOT_FOUND ? "is not in"
                                              : "cannot be read from");
    return false;
}
