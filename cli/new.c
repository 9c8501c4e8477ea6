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

#include "templates.h"

static const struct project_template {
    const char *name;
    const struct template_file *files;
    size_t count;
    const char *capabilities;
    const char *last_command;
} templates[] = {
    {"game", game_files, PM_ARRAY_LEN(game_files), "\"gfx\", \"log\"", "test"},
    {"asm", asm_files, PM_ARRAY_LEN(asm_files), "\"gfx\"", "build"},
};

static const char help[] =
    "usage: prometeu new NAME [--template game|asm]\n"
    "\n"
    "Makes the folder NAME with a project that runs: \"game\" is a small game\n"
    "in PBS with tests, \"asm\" a picture that walks, in assembler. The\n"
    "folder must be new or empty.\n"
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

static pm_status write_project_file(const char *folder,
                                    const struct project_template *template)
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
                  "    \"capabilities\": [%s]\n"
                  "}\n",
                  quoted ? quoted : "\"game\"", id, template->capabilities);
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

// NULL, after a message, when there is none of this name.
static const struct project_template *find_template(const char *name)
{
    const char *names[PM_ARRAY_LEN(templates)];

    for (size_t i = 0; i < PM_ARRAY_LEN(templates); i++) {
        names[i] = templates[i].name;
        if (strcmp(names[i], name) == 0)
            return &templates[i];
    }
    const char *near = cli_nearest(name, names, PM_ARRAY_LEN(templates));
    cli_error("new: there is no template \"%s\"%s%s%s; there are \"game\" and "
              "\"asm\"",
              name, near ? ", did you mean \"" : "", near ? near : "",
              near ? "\"?" : "");
    return NULL;
}

static int make(const char *folder, const struct project_template *template)
{
    int code = check_folder(folder);
    pm_status status = PM_OK;

    for (size_t i = 0; !code && !status && i < template->count; i++)
        status = write_one(folder, template->files[i].name,
                           template->files[i].data, template->files[i].size);
    // Last, so that a folder that was not finished is no project.
    if (!code && !status)
        status = write_project_file(folder, template);
    if (code || status)
        return code ? code : cli_exit_for(status);
    printf("made %s. Next:\n"
           "  cd %s\n"
           "  prometeu run\n"
           "  prometeu %s\n",
           folder, folder, template->last_command);
    return CLI_OK;
}

int cli_new(int argc, char **argv)
{
    const char *name = "game";
    const struct cli_option options[] = {{"--template", CLI_TEXT, &name, 0, 0}};
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
    const struct project_template *template = find_template(name);
    return template ? make(folder, template) : CLI_USAGE;
}
