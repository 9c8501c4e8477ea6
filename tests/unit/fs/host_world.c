// SPDX-License-Identifier: MIT
#include "host_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

static void note_discarded(void *context, const char *path)
{
    struct world *w = context;
    w->discarded++;
    snprintf(w->discarded_path, sizeof w->discarded_path, "%s", path);
}

static void make_volume(struct world *w, bool writable)
{
    struct pm_host_volume_config config = {
        .directory = &w->host.seam,
        .writable = writable,
        .file_limit = LIMIT,
        .discarded = note_discarded,
        .context = w,
    };
    CHECK_INT(pm_host_volume_create(&w->alloc, &config, &w->volume), PM_FS_OK);
}

void hw_enter_as(struct world *w, bool writable)
{
    *w = (struct world){0};
    pm_mem_directory_init(&w->host);
    w->alloc = pm_fault_alloc(&w->memory);
    make_volume(w, writable);
}

void hw_enter(struct world *w)
{
    hw_enter_as(w, true);
}

void hw_leave(struct world *w)
{
    w->volume->ops->destroy(w->volume);
    CHECK_INT(w->memory.live_blocks, 0);
    CHECK_INT(w->host.open_files, 0);
    pm_mem_directory_free(&w->host);
}

struct pm_path hw_path_of(const char *text)
{
    return (struct pm_path){text, strlen(text)};
}

pm_fs_status hw_open_as(struct world *w, const char *path, unsigned mode,
                        struct pm_volume_file **out)
{
    return w->volume->ops->open(w->volume, hw_path_of(path), mode, out);
}

// Opens what must open.
struct pm_volume_file *hw_opened(struct world *w, const char *path,
                                 unsigned mode)
{
    struct pm_volume_file *file = NULL;
    CHECK_INT(hw_open_as(w, path, mode, &file), PM_FS_OK);
    if (!file)
        abort();
    return file;
}

pm_fs_status hw_close_as(struct world *w, struct pm_volume_file *file,
                         bool publish)
{
    return w->volume->ops->close(w->volume, file, publish);
}

pm_fs_status hw_put(struct world *w, struct pm_volume_file *file,
                    uint64_t offset, const char *text)
{
    return w->volume->ops->write(w->volume, file, offset, (const uint8_t *)text,
                                 (uint32_t)strlen(text));
}

// Reads as a machine does; the text is good until the next call.
const char *hw_text_of(struct world *w, struct pm_volume_file *file)
{
    static char text[512];
    static uint8_t stage[512];
    struct pm_destination dest = {(uint8_t *)text, stage, false};
    uint32_t size = 0;
    bool eof = false;

    memset(text, '#', sizeof text);
    pm_fs_status status =
        w->volume->ops->read(w->volume, file, 0, &dest, 500, &size, &eof);
    if (status)
        return pm_fs_status_name(status);
    CHECK(eof);
    if (dest.is_staged)
        memcpy(text, stage, size);
    text[size] = 0;
    return text;
}

pm_fs_status hw_kind_at(struct world *w, const char *path, int *out_kind)
{
    struct pm_fs_stat info;
    pm_fs_status status =
        w->volume->ops->stat(w->volume, hw_path_of(path), &info);
    *out_kind = status ? 0 : (int)info.kind;
    return status;
}

int hw_size_at(struct world *w, const char *path)
{
    struct pm_fs_stat info;
    pm_fs_status status =
        w->volume->ops->stat(w->volume, hw_path_of(path), &info);
    return status ? -(int)status : (int)info.size;
}

int hw_revision_at(struct world *w, const char *path)
{
    struct pm_fs_stat info;
    pm_fs_status status =
        w->volume->ops->stat(w->volume, hw_path_of(path), &info);
    return status ? -(int)status : (int)info.revision;
}

pm_fs_status hw_make_dir(struct world *w, const char *path)
{
    return w->volume->ops->make_dir(w->volume, hw_path_of(path));
}

pm_fs_status hw_remove_at(struct world *w, const char *path)
{
    return w->volume->ops->remove(w->volume, hw_path_of(path));
}

pm_fs_status hw_rename_to(struct world *w, const char *from, const char *to)
{
    return w->volume->ops->rename(w->volume, hw_path_of(from), hw_path_of(to));
}

pm_fs_status hw_replace(struct world *w, const char *path, const char *text)
{
    return w->volume->ops->replace(w->volume, hw_path_of(path),
                                   (const uint8_t *)text, strlen(text));
}

pm_fs_status hw_sync_of(struct world *w, struct pm_volume_file *file)
{
    return w->volume->ops->sync(w->volume, file);
}

pm_fs_status hw_cut(struct world *w, struct pm_volume_file *file, uint64_t size)
{
    return w->volume->ops->truncate(w->volume, file, size);
}

// The entries as "a/ b c/ ", or the status's name.
const char *hw_listing(struct world *w, const char *path, uint32_t limit)
{
    static char text[1024];
    struct pm_fs_names names = {0};
    size_t at = 0;

    pm_buf_init(&names.bytes, &w->alloc);
    pm_fs_status status =
        w->volume->ops->list(w->volume, hw_path_of(path), limit, &names);
    text[0] = 0;
    const uint8_t *entry = names.bytes.data;
    for (uint32_t i = 0; i < names.count; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "%.*s%s ",
                               (int)entry[1], (const char *)entry + 2,
                               entry[0] == PM_FS_DIRECTORY ? "/" : "");
        entry += 2 + entry[1];
    }
    CHECK(!status || (names.count == 0 && names.bytes.size == 0));
    pm_buf_free(&names.bytes);
    return status ? pm_fs_status_name(status) : text;
}

const char *hw_path_now(struct world *w, struct pm_volume_file *file)
{
    static char text[128];
    struct pm_buf buf;
    pm_buf_init(&buf, &w->alloc);
    w->volume->ops->file_path(w->volume, file, &buf);
    snprintf(text, sizeof text, "%.*s", (int)buf.size, (const char *)buf.data);
    pm_buf_free(&buf);
    return text;
}
