// SPDX-License-Identifier: MIT
#include "support/mem_directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A file's content, which an open file holds on to.
struct node {
    size_t holders;
    char *data;
    size_t size;
};

struct pm_mem_entry {
    char *path;
    struct node *node; // NULL: a directory
    bool is_protected;
};

struct pm_directory_file {
    struct node *node;
};

static void *must(void *block)
{
    if (!block)
        abort();
    return block;
}

static void set_content(struct node *node, const void *data, size_t size)
{
    free(node->data);
    node->data = must(malloc(size + 1));
    if (size > 0)
        memcpy(node->data, data, size);
    node->size = size;
}

static struct node *make_node(const void *data, size_t size)
{
    struct node *node = must(calloc(1, sizeof *node));
    node->holders = 1;
    set_content(node, data, size);
    return node;
}

static void let_go(struct node *node)
{
    if (!node || --node->holders > 0)
        return;
    free(node->data);
    free(node);
}

// --- entries -----------------------------------------------------------------

static struct pm_mem_entry *find(const struct pm_mem_directory *directory,
                                 const char *path)
{
    for (size_t i = 0; i < directory->count; i++)
        if (strcmp(directory->entries[i].path, path) == 0)
            return &directory->entries[i];
    return NULL;
}

static void add(struct pm_mem_directory *directory, const char *path,
                struct node *node)
{
    size_t at = directory->count++;
    directory->entries = must(realloc(
        directory->entries, directory->count * sizeof *directory->entries));
    for (; at > 0 && strcmp(directory->entries[at - 1].path, path) > 0; at--)
        directory->entries[at] = directory->entries[at - 1];
    directory->entries[at] =
        (struct pm_mem_entry){must(strdup(path)), node, false};
}

static void drop(struct pm_mem_directory *directory, struct pm_mem_entry *entry)
{
    size_t at = (size_t)(entry - directory->entries);

    free(entry->path);
    let_go(entry->node);
    directory->count--;
    memmove(entry, entry + 1, (directory->count - at) * sizeof *entry);
}

static bool is_beneath(const char *path, const char *above)
{
    size_t size = strlen(above);
    return size == 0 || (strncmp(path, above, size) == 0 && path[size] == '/');
}

void pm_mem_put(struct pm_mem_directory *directory, const char *path,
                const char *text)
{
    struct pm_mem_entry *entry = find(directory, path);
    if (entry)
        drop(directory, entry);
    add(directory, path, make_node(text, strlen(text)));
}

void pm_mem_change(struct pm_mem_directory *directory, const char *path,
                   const char *text)
{
    struct pm_mem_entry *entry = must(find(directory, path));
    set_content(entry->node, text, strlen(text));
}

void pm_mem_put_dir(struct pm_mem_directory *directory, const char *path)
{
    add(directory, path, NULL);
}

void pm_mem_erase(struct pm_mem_directory *directory, const char *path)
{
    drop(directory, must(find(directory, path)));
}

void pm_mem_protect(struct pm_mem_directory *directory, const char *path)
{
    struct pm_mem_entry *entry = must(find(directory, path));
    entry->is_protected = true;
}

bool pm_mem_holds(const struct pm_mem_directory *directory, const char *path,
                  const char *text)
{
    const struct pm_mem_entry *entry = find(directory, path);
    return entry && entry->node && entry->node->size == strlen(text) &&
           memcmp(entry->node->data, text, entry->node->size) == 0;
}

bool pm_mem_exists(const struct pm_mem_directory *directory, const char *path)
{
    return find(directory, path) != NULL;
}

char *pm_mem_dump(const struct pm_mem_directory *directory)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = must(open_memstream(&text, &size));

    for (size_t i = 0; i < directory->count; i++) {
        const struct pm_mem_entry *entry = &directory->entries[i];
        fprintf(out, "%s%s", entry->path, entry->node ? "=" : "/");
        if (entry->node)
            fwrite(entry->node->data, 1, entry->node->size, out);
        fputc('\n', out);
    }
    fclose(out);
    return text;
}

// --- the seam ----------------------------------------------------------------

static bool fails(struct pm_mem_directory *directory)
{
    directory->calls++;
    return directory->fail_at &&
           (directory->fail_on ? directory->calls >= directory->fail_at
                               : directory->calls == directory->fail_at);
}

// NOT_FOUND or NOT_A_DIRECTORY unless all directories of [path] are there.
static pm_fs_status check_parents(const struct pm_mem_directory *directory,
                                  const char *path)
{
    for (const char *slash = strchr(path, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        char *parent = must(strndup(path, (size_t)(slash - path)));
        const struct pm_mem_entry *entry = find(directory, parent);
        free(parent);
        if (!entry)
            return PM_FS_NOT_FOUND;
        if (entry->node)
            return PM_FS_NOT_A_DIRECTORY;
    }
    return PM_FS_OK;
}

static pm_fs_status look(const struct pm_mem_directory *directory,
                         const char *path, struct pm_mem_entry **out)
{
    pm_fs_status status = check_parents(directory, path);
    if (status)
        return status;
    *out = find(directory, path);
    return *out ? PM_FS_OK : PM_FS_NOT_FOUND;
}

static pm_fs_status open_file(void *context, const char *path,
                              struct pm_directory_file **out)
{
    struct pm_mem_directory *directory = context;
    struct pm_mem_entry *entry;

    if (fails(directory))
        return directory->status;
    pm_fs_status status = look(directory, path, &entry);
    if (status)
        return status;
    if (!entry->node)
        return PM_FS_IS_A_DIRECTORY;
    struct pm_directory_file *file = must(malloc(sizeof *file));
    file->node = entry->node;
    file->node->holders++;
    directory->open_files++;
    *out = file;
    return PM_FS_OK;
}

static void close_file(void *context, struct pm_directory_file *file)
{
    struct pm_mem_directory *directory = context;
    directory->open_files--;
    let_go(file->node);
    free(file);
}

static pm_fs_status read_file(void *context, struct pm_directory_file *file,
                              uint64_t offset, void *dst, uint32_t max,
                              uint32_t *out_size, bool *out_eof)
{
    struct pm_mem_directory *directory = context;

    if (directory->before_read)
        directory->before_read(directory);
    if (fails(directory)) {
        memset(dst, 0xee, (size_t)max + 1);
        return directory->status;
    }
    const struct node *node = file->node;
    size_t left = offset < node->size ? node->size - (size_t)offset : 0;
    *out_size = left < max ? (uint32_t)left : max;
    *out_eof = left == *out_size;
    if (*out_size > 0)
        memcpy(dst, node->data + offset, *out_size);
    return PM_FS_OK;
}

static pm_fs_status size_of(void *context, struct pm_directory_file *file,
                            uint64_t *out_size)
{
    struct pm_mem_directory *directory = context;
    if (fails(directory))
        return directory->status;
    *out_size = file->node->size;
    return PM_FS_OK;
}

static pm_fs_status stat_path(void *context, const char *path,
                              struct pm_directory_stat *out)
{
    struct pm_mem_directory *directory = context;
    struct pm_mem_entry *entry;

    if (fails(directory))
        return directory->status;
    if (path[0] == 0) {
        *out = (struct pm_directory_stat){PM_FS_DIRECTORY, 0};
        return PM_FS_OK;
    }
    pm_fs_status status = look(directory, path, &entry);
    if (status)
        return status;
    *out = (struct pm_directory_stat){
        entry->node ? PM_FS_FILE : PM_FS_DIRECTORY,
        entry->node ? entry->node->size : 0,
    };
    return PM_FS_OK;
}

static pm_fs_status list(void *context, const char *path,
                         bool (*visit)(void *visitor, const char *name,
                                       pm_fs_kind kind),
                         void *visitor)
{
    struct pm_mem_directory *directory = context;
    struct pm_mem_entry *entry;
    size_t skip = path[0] ? strlen(path) + 1 : 0;

    if (fails(directory))
        return directory->status;
    pm_fs_status status = path[0] ? look(directory, path, &entry) : PM_FS_OK;
    if (status)
        return status;
    if (path[0] && entry->node)
        return PM_FS_NOT_A_DIRECTORY;
    // Backwards, as the order is nobody's promise.
    for (size_t i = directory->count; i-- > 0;) {
        entry = &directory->entries[i];
        if (is_beneath(entry->path, path) && !strchr(entry->path + skip, '/') &&
            !visit(visitor, entry->path + skip,
                   entry->node ? PM_FS_FILE : PM_FS_DIRECTORY))
            break;
    }
    return PM_FS_OK;
}

static pm_fs_status check_writable(const struct pm_mem_directory *directory,
                                   const char *path)
{
    struct pm_mem_entry *entry;
    pm_fs_status status = check_parents(directory, path);

    if (status || look(directory, path, &entry) == PM_FS_NOT_FOUND)
        return status;
    if (!entry->node)
        return PM_FS_IS_A_DIRECTORY;
    return entry->is_protected ? PM_FS_ACCESS_DENIED : PM_FS_OK;
}

static pm_fs_status publish(void *context, const char *path, const void *data,
                            size_t size, bool is_new)
{
    struct pm_mem_directory *directory = context;

    if (fails(directory))
        return directory->status;
    pm_fs_status status = check_writable(directory, path);
    if (status)
        return status;
    struct pm_mem_entry *entry = find(directory, path);
    if (entry && is_new)
        return PM_FS_EXISTS;
    if (entry)
        drop(directory, entry);
    add(directory, path, make_node(data, size));
    directory->published++;
    return PM_FS_OK;
}

static pm_fs_status may_write(void *context, const char *path)
{
    struct pm_mem_directory *directory = context;
    return fails(directory) ? directory->status
                            : check_writable(directory, path);
}

static pm_fs_status make_dir(void *context, const char *path)
{
    struct pm_mem_directory *directory = context;
    struct pm_mem_entry *entry;

    if (fails(directory))
        return directory->status;
    pm_fs_status status = look(directory, path, &entry);
    if (status != PM_FS_NOT_FOUND)
        return status ? status : PM_FS_EXISTS;
    status = check_parents(directory, path);
    if (!status)
        add(directory, path, NULL);
    return status;
}

static pm_fs_status remove_path(void *context, const char *path)
{
    struct pm_mem_directory *directory = context;
    struct pm_mem_entry *entry;

    if (fails(directory))
        return directory->status;
    pm_fs_status status = look(directory, path, &entry);
    if (status)
        return status;
    for (size_t i = 0; i < directory->count; i++)
        if (is_beneath(directory->entries[i].path, path))
            return PM_FS_NOT_EMPTY;
    drop(directory, entry);
    return PM_FS_OK;
}

// Puts each entry that moves in again under its new path.
static void move_all(struct pm_mem_directory *directory, const char *from,
                     const char *to)
{
    for (size_t i = 0; i < directory->count;) {
        struct pm_mem_entry *entry = &directory->entries[i];
        if (strcmp(entry->path, from) != 0 && !is_beneath(entry->path, from)) {
            i++;
            continue;
        }
        char path[4096];
        struct node *node = entry->node;
        snprintf(path, sizeof path, "%s%s", to, entry->path + strlen(from));
        entry->node = NULL;
        drop(directory, entry);
        add(directory, path, node);
        i = 0;
    }
}

static pm_fs_status rename_path(void *context, const char *from, const char *to)
{
    struct pm_mem_directory *directory = context;
    struct pm_mem_entry *source;
    struct pm_mem_entry *target;

    if (fails(directory))
        return directory->status;
    pm_fs_status status = look(directory, from, &source);
    if (!status)
        status = check_parents(directory, to);
    if (status)
        return status;
    if (strcmp(from, to) == 0)
        return PM_FS_OK;
    target = find(directory, to);
    if (target && (!source->node || !target->node))
        return PM_FS_EXISTS;
    if (target)
        drop(directory, target);
    move_all(directory, from, to);
    return PM_FS_OK;
}

static pm_fs_status usage(void *context, uint64_t *out_used,
                          uint64_t *out_limit)
{
    struct pm_mem_directory *directory = context;

    if (fails(directory))
        return directory->status;
    *out_used = 0;
    for (size_t i = 0; i < directory->count; i++)
        if (directory->entries[i].node)
            *out_used += directory->entries[i].node->size;
    *out_limit = 1u << 30;
    return PM_FS_OK;
}

void pm_mem_directory_init(struct pm_mem_directory *directory)
{
    *directory = (struct pm_mem_directory){
        .seam =
            {
                .context = directory,
                .open = open_file,
                .close = close_file,
                .read = read_file,
                .size = size_of,
                .stat = stat_path,
                .list = list,
                .publish = publish,
                .may_write = may_write,
                .make_dir = make_dir,
                .remove = remove_path,
                .rename = rename_path,
                .usage = usage,
            },
    };
}

void pm_mem_directory_free(struct pm_mem_directory *directory)
{
    while (directory->count > 0)
        drop(directory, &directory->entries[0]);
    free(directory->entries);
    directory->entries = NULL;
}
