// SPDX-License-Identifier: MIT
#define _GNU_SOURCE

#include "place.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/test.h"

static const char *join(const char *base, const char *middle, const char *path)
{
    static char paths[8][8192];
    static unsigned next;
    char *at = paths[next++ % 8];
    snprintf(at, sizeof paths[0], "%s%s%s%s", base, middle, *path ? "/" : "",
             path);
    return at;
}

const char *in_mount(const struct place *place, const char *path)
{
    return join(place->base, "/mount", path);
}

const char *in_base(const struct place *place, const char *path)
{
    return join(place->base, "", path);
}

void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    if (!CHECK(file != NULL))
        return;
    fputs(text, file);
    fclose(file);
}

bool file_holds(const char *path, const char *text)
{
    char found[256] = {0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t size = fread(found, 1, sizeof found - 1, file);
    fclose(file);
    return size == strlen(text) && memcmp(found, text, size) == 0;
}

static int remove_one(const char *path, const struct stat *info, int type,
                      struct FTW *walk)
{
    (void)info;
    (void)walk;
    if (type == FTW_DNR)
        chmod(path, 0700);
    return remove(path);
}

void remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void place_reopen(struct place *place, const struct pm_os *os)
{
    struct pm_allocator alloc = pm_allocator_libc();
    const char *error = NULL;

    pm_host_directory_close(place->directory);
    place->os = os;
    if (pm_host_directory_open(os, &alloc, in_mount(place, ""),
                               &place->directory, &error) != PM_FS_OK) {
        fprintf(stderr, "%s: %s\n", in_mount(place, ""), error);
        abort();
    }
    place->seam = pm_host_directory_seam(place->directory);
}

void place_enter(struct place *place, const struct pm_os *os)
{
    *place = (struct place){0};
    snprintf(place->base, sizeof place->base, "/tmp/pm-directory-XXXXXX");
    CHECK(mkdtemp(place->base) != NULL);
    CHECK(mkdir(in_mount(place, ""), 0777) == 0);
    CHECK(mkdir(in_base(place, "outside"), 0777) == 0);
    write_file(in_base(place, "outside/secret"), SECRET);
    place_reopen(place, os);
}

void place_leave(struct place *place)
{
    CHECK(file_holds(in_base(place, "outside/secret"), SECRET));
    pm_host_directory_close(place->directory);
    remove_tree(place->base);
}

// --- through the seam --------------------------------------------------------

pm_fs_status open_status(const struct place *place, const char *path)
{
    const struct pm_directory *seam = place->seam;
    struct pm_directory_file *file;
    pm_fs_status status = seam->open(seam->context, path, &file);

    if (!status)
        seam->close(seam->context, file);
    return status;
}

int kind_of(const struct place *place, const char *path)
{
    struct pm_directory_stat info;
    pm_fs_status status = place->seam->stat(place->seam->context, path, &info);
    return status ? -(int)status : (int)info.kind;
}

pm_fs_status publish_text(const struct place *place, const char *path,
                          const char *text, bool is_new)
{
    return place->seam->publish(place->seam->context, path, text, strlen(text),
                                is_new);
}

const char *read_text(const struct place *place, const char *path)
{
    static char text[256];
    const struct pm_directory *seam = place->seam;
    struct pm_directory_file *file;
    uint32_t size = 0;
    bool eof;
    pm_fs_status status = seam->open(seam->context, path, &file);

    if (status)
        return pm_fs_status_name(status);
    status =
        seam->read(seam->context, file, 0, text, sizeof text - 1, &size, &eof);
    seam->close(seam->context, file);
    text[status ? 0 : size] = 0;
    return status ? pm_fs_status_name(status) : text;
}

struct collected {
    char names[64][260];
    int count;
};

static bool collect(void *visitor, const char *name, pm_fs_kind kind)
{
    struct collected *all = visitor;
    if (all->count == 64)
        return false;
    snprintf(all->names[all->count++], sizeof all->names[0], "%s%s", name,
             kind == PM_FS_DIRECTORY ? "/" : "");
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

const char *list_text(const struct place *place, const char *path)
{
    static char text[32768];
    static struct collected all;
    size_t at = 0;

    all.count = 0;
    pm_fs_status status =
        place->seam->list(place->seam->context, path, collect, &all);
    if (status)
        return pm_fs_status_name(status);
    qsort(all.names, (size_t)all.count, sizeof all.names[0], by_name);
    text[0] = 0;
    for (int i = 0; i < all.count; i++)
        at +=
            (size_t)snprintf(text + at, sizeof text - at, "%s ", all.names[i]);
    return text;
}

int count_temporaries(const struct place *place, const char *path)
{
    DIR *stream = opendir(in_mount(place, path));
    const struct dirent *entry;
    int count = 0;

    if (!stream)
        return -1;
    while ((entry = readdir(stream)))
        count += strncmp(entry->d_name, ".prometeu-", 10) == 0;
    closedir(stream);
    return count;
}

void over_both(place_test *test)
{
    const struct pm_os *tables[] = {pm_os_system(), pm_os_system_walk()};
    for (int i = 0; i < 2; i++) {
        struct place place;
        place_enter(&place, tables[i]);
        test(&place);
        place_leave(&place);
    }
}
