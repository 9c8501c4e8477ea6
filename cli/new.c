// SPDX-License-Identifier: MIT
//
// prometeu new.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/check.h"
#include "base/json_write.h"
#include "cli.h"
#include "hosts/common/files.h"

struct template_file {
    const char *name;
    const uint8_t *data;
    size_t size;
};

#include "template_game.h"

static const char help[] =
    "usage: prometeu new NAME [--template game]\n"
    "\n"
    "Makes the folder NAME with a project that runs: a small game in\n"
    "assembler with a picture. The folder must be new or empty.\n"
    "\n"
    "example: prometeu new mygame && prometeu run mygame\n";

static const char *last_part(const char *path, size_t *size)
{
    size_t end = strlen(path);

    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    *size = end - start;
    return path + start;
}

// Ids tell games apart, so they are drawn from a large hat; 0 is nobody's.
static bool draw_id(uint32_t *out)
{
    do {
        if (getrandom(out, sizeof *out, 0) != sizeof *out)
            return false;
    } while (*out == 0);
    return true;
}

static pm_status write_one(const char *folder, const char *name,
                           const void *data, size_t size)
{
    const char *error = NULL;
    char *path = cli_path(folder, name);
    char *slash = strrchr(path, '/');
    pm_status status;

    *slash = '\0';
    status = pm_file_make_directory(path, &error);
    if (status)
        cli_file_error(path, status, error);
    *slash = '/';
    if (!status)
        status = cli_write_file(path, data, size);
    cli_free_text(path);
    return status;
}

static pm_status write_project_file(const char *folder)
{
    struct pm_buf out;
    struct pm_buf name;
    uint32_t id;
    size_t size;
    const char *title = last_part(folder, &size);

    if (!draw_id(&id)) {
        cli_error("the system gives no random numbers: %s", strerror(errno));
        return PM_ERR_IO;
    }
    pm_buf_init(&out, &cli_alloc);
    pm_buf_init(&name, &cli_alloc);
    struct pm_json_writer w = pm_json_write_to(&name);
    pm_json_write_string(&w, title, size);
    const char *quoted = pm_buf_cstr(&name);
    pm_buf_printf(&out,
                  "{\n"
                  "    \"name\": %s,\n"
                  "    \"version\": \"0.1\",\n"
                  "    \"app_id\": %" PRIu32 ",\n"
                  "    \"profile\": \"STANDARD\",\n"
                  "    \"capabilities\": [\"gfx\"]\n"
                  "}\n",
                  quoted ? quoted : "\"game\"", id);
    pm_status status = write_one(folder, "prometeu.json", out.data, out.size);
    pm_buf_free(&name);
    pm_buf_free(&out);
    return status;
}

// Whether the folder is free to be filled; says so when it is not.
static int check_folder(const char *folder)
{
    struct pm_file_list list;
    const char *error = NULL;
    struct pm_file *file;

    if (pm_file_is_directory(folder)) {
        pm_status status = pm_file_list(&cli_alloc, folder, &list, &error);
        if (status) {
            cli_file_error(folder, status, error);
            return CLI_WORLD;
        }
        size_t count = list.count;
        pm_file_list_free(&cli_alloc, &list);
        if (count == 0)
            return CLI_OK;
        cli_error("%s: there is something in this folder; choose another name",
                  folder);
        return CLI_BAD;
    }
    pm_status status = pm_file_open(&cli_alloc, folder, &file, NULL);
    if (status == PM_ERR_NOT_FOUND)
        return CLI_OK;
    if (!status)
        pm_file_close(file);
    cli_error("%s: there is a file of this name; choose another one", folder);
    return CLI_BAD;
}

int cli_new(int argc, char **argv)
{
    const char *template = "game";
    const struct cli_option options[] = {
        {"--template", CLI_TEXT, &template, 0, 0}};
    const char *folder;
    size_t count;
    size_t size;
    int code = cli_options(argc, argv, help, options, 1, &folder, 1, 1, &count);

    if (code >= 0)
        return code;
    last_part(folder, &size);
    if (size == 0 || size > 64) {
        cli_error("new: the name must have 1 to 64 bytes");
        return CLI_USAGE;
    }
    if (strcmp(template, "game") != 0) {
        cli_error("new: there is no template \"%s\"; there is \"game\"",
                  template);
        return CLI_USAGE;
    }
    code = check_folder(folder);
    pm_status status = PM_OK;
    for (size_t i = 0; !code && !status && i < PM_ARRAY_LEN(template_files);
         i++)
        status = write_one(folder, template_files[i].name,
                           template_files[i].data, template_files[i].size);
    // Last, so that a folder that was not finished is no project.
    if (!code && !status)
        status = write_project_file(folder);
    if (code || status)
        return code ? code : cli_exit_for(status);
    printf("made %s. Next:\n"
           "  cd %s\n"
           "  prometeu run\n"
           "  prometeu build\n",
           folder, folder);
    return CLI_OK;
}
