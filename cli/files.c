// SPDX-License-Identifier: MIT
//
// Files by name, and what they are.
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "cli.h"
#include "hosts/common/files.h"
#include "hosts/common/os.h"

char *cli_copy(const char *text, size_t size)
{
    char *copy = pm_mem_alloc(&cli_alloc, size + 1);

    if (!copy)
        cli_no_memory();
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

bool cli_sync_folder(const char *path)
{
    const struct pm_os *os = pm_os_system();
    int fd = os->open(os->context, AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);

    if (fd < 0)
        return false;
    int failed = os->sync(os->context, fd);
    int error = errno;
    os->close(os->context, fd);
    errno = error;
    return !failed;
}

void cli_remove_folder(const char *path)
{
    const struct pm_os *os = pm_os_system();
    struct pm_file_list list;

    if (pm_file_list(&cli_alloc, path, &list, NULL))
        return;
    for (size_t i = 0; i < list.count; i++) {
        char *file = cli_path(path, list.names[i]);
        os->remove(os->context, AT_FDCWD, file, false);
        cli_free_text(file);
    }
    pm_file_list_free(&cli_alloc, &list);
    os->remove(os->context, AT_FDCWD, path, true);
}

char *cli_path(const char *folder, const char *name)
{
    size_t size = strlen(folder);
    size_t name_size = strlen(name);
    bool has_slash = size > 0 && folder[size - 1] == '/';
    char *path = pm_mem_alloc(&cli_alloc, size + !has_slash + name_size + 1);

    if (!path)
        cli_no_memory();
    memcpy(path, folder, size);
    if (!has_slash)
        path[size++] = '/';
    memcpy(path + size, name, name_size + 1);
    return path;
}

void cli_free_text(char *text)
{
    if (text)
        pm_mem_free(&cli_alloc, text, strlen(text) + 1);
}

pm_status cli_read_file(const char *path, size_t limit, struct cli_file *out)
{
    const char *error = NULL;
    *out = (struct cli_file){0};
    pm_status status =
        pm_file_read(&cli_alloc, path, limit, &out->data, &out->size, &error);

    if (status == PM_ERR_LIMIT)
        cli_error("%s: the file is larger than %zu bytes", path, limit);
    else if (status)
        cli_file_error(path, status, error);
    return status;
}

void cli_free_file(struct cli_file *file)
{
    pm_mem_free(&cli_alloc, file->data, file->size);
    *file = (struct cli_file){0};
}

pm_status cli_write_file(const char *path, const void *data, size_t size)
{
    const char *error = NULL;
    pm_status status = pm_file_write(path, data, size, &error);

    if (status)
        cli_file_error(path, status, error);
    return status;
}

// --- kinds -------------------------------------------------------------------

static bool has_file(const char *folder, const char *name)
{
    struct pm_file *file;
    char *path = cli_path(folder, name);
    bool found = pm_file_open(&cli_alloc, path, &file, NULL) == PM_OK;

    if (found)
        pm_file_close(file);
    cli_free_text(path);
    return found;
}

static enum cli_kind kind_of_folder(const char *path)
{
    if (has_file(path, "prometeu.json"))
        return CLI_KIND_PROJECT;
    if (has_file(path, "manifest.json") || has_file(path, "program.pbx"))
        return CLI_KIND_CART;
    return CLI_KIND_FOLDER;
}

static enum cli_kind kind_of_magic(const uint8_t *head, size_t size)
{
    static const struct {
        const char *magic;
        enum cli_kind kind;
    } rows[] = {
        {"ASPA", CLI_KIND_ASSETS},
        {"PBX", CLI_KIND_PROGRAM},
        {"PK\3\4", CLI_KIND_PACKAGE},
        {"PK\5\6", CLI_KIND_PACKAGE},
    };

    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        size_t length = strlen(rows[i].magic);
        if (size >= length && memcmp(head, rows[i].magic, length) == 0)
            return rows[i].kind;
    }
    return CLI_KIND_UNKNOWN;
}

// The first line that is neither blank nor a comment tells the texts apart.
static enum cli_kind kind_of_text(const uint8_t *head, size_t size)
{
    size_t at = 0;

    while (at < size) {
        uint8_t c = head[at];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            at++;
            continue;
        }
        if (c == '#' || c == ';' || (c == '/' && at + 1 < size)) {
            while (at < size && head[at] != '\n')
                at++;
            continue;
        }
        return c == '{'               ? CLI_KIND_MANIFEST
               : c == '.'             ? CLI_KIND_SOURCE
               : c >= '0' && c <= '9' ? CLI_KIND_SCRIPT
                                      : CLI_KIND_UNKNOWN;
    }
    return CLI_KIND_UNKNOWN;
}

static enum cli_kind kind_of_name(const char *path)
{
    static const struct {
        const char *end;
        enum cli_kind kind;
    } rows[] = {
        {".pbx", CLI_KIND_PROGRAM}, {".pa", CLI_KIND_ASSETS},
        {".pmc", CLI_KIND_PACKAGE}, {".json", CLI_KIND_MANIFEST},
        {".pasm", CLI_KIND_SOURCE}, {".input", CLI_KIND_SCRIPT},
        {".txt", CLI_KIND_SCRIPT},  {".pbs", CLI_KIND_PBS},
    };
    size_t size = strlen(path);

    for (size_t i = 0; i < PM_ARRAY_LEN(rows); i++) {
        size_t length = strlen(rows[i].end);
        if (size > length && strcmp(path + size - length, rows[i].end) == 0)
            return rows[i].kind;
    }
    return CLI_KIND_UNKNOWN;
}

enum cli_kind cli_kind_of(const char *path, pm_status *out_status)
{
    const char *error = NULL;
    struct pm_file *file;
    uint8_t head[4096];

    *out_status = PM_OK;
    if (pm_file_is_directory(path))
        return kind_of_folder(path);
    pm_status status = pm_file_open(&cli_alloc, path, &file, &error);
    if (status) {
        cli_file_error(path, status, error);
        *out_status = status;
        return CLI_KIND_NONE;
    }
    struct pm_source source = pm_file_source(file);
    size_t size = source.size < sizeof head ? (size_t)source.size : sizeof head;
    status = size ? source.read_at(source.context, 0, head, size) : PM_OK;
    pm_file_close(file);
    if (status) {
        cli_file_error(path, status, NULL);
        *out_status = status;
        return CLI_KIND_NONE;
    }
    enum cli_kind kind = kind_of_magic(head, size);
    // A name that says what it is outweighs the look of a text.
    if (kind == CLI_KIND_UNKNOWN)
        kind = kind_of_name(path);
    if (kind == CLI_KIND_UNKNOWN)
        kind = kind_of_text(head, size);
    return kind;
}

const char *cli_kind_name(enum cli_kind kind)
{
    static const char *const names[] = {
        [CLI_KIND_NONE] = "nothing",
        [CLI_KIND_UNKNOWN] = "unknown",
        [CLI_KIND_FOLDER] = "folder",
        [CLI_KIND_PROJECT] = "project",
        [CLI_KIND_CART] = "cartridge",
        [CLI_KIND_PACKAGE] = "package",
        [CLI_KIND_PROGRAM] = "program",
        [CLI_KIND_ASSETS] = "assets",
        [CLI_KIND_MANIFEST] = "manifest",
        [CLI_KIND_SCRIPT] = "input script",
        [CLI_KIND_SOURCE] = "assembler text",
        [CLI_KIND_PBS] = "PBS source",
    };
    return names[kind];
}
