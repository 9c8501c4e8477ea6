// SPDX-License-Identifier: MIT
//
// prometeu doctor.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <prometeu/version.h>

#include "base/json_write.h"
#include "base/mem.h"
#include "cli.h"
#include "hosts/common/files.h"
#include "hosts/common/saves.h"
#ifdef PM_HAVE_SDL2
#include "hosts/sdl2/sdl2.h"
#endif

static const char help[] =
    "usage: prometeu doctor [--json]\n"
    "\n"
    "Says what this program was built with, what of it works here, and how to\n"
    "get what is missing. Exit code 1 when a game cannot be run at all.\n"
    "\n"
    "example: prometeu doctor\n";

struct finding {
    const char *what;
    bool is_there;
    bool is_needed;
    char detail[200];
    const char *remedy; // when it is not there
};

static bool has_variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

static void look_at_window(struct finding *out)
{
    *out = (struct finding){.what = "window",
                            .remedy = "install SDL 2 (Debian: apt install "
                                      "libsdl2-dev) and build again"};
#ifdef PM_HAVE_SDL2
    out->remedy = "install SDL 2 (Debian: apt install libsdl2-2.0-0)";
    out->is_there = pm_sdl_is_there();
    snprintf(out->detail, sizeof out->detail, "SDL 2 is %s",
             out->is_there ? "there" : "not there, or too old");
#else
    snprintf(out->detail, sizeof out->detail, "built without SDL 2");
#endif
}

static void look_at_display(struct finding *out)
{
    *out = (struct finding){
        .what = "display",
        .remedy = "run it in a desktop session, or with --headless"};
    out->is_there = has_variable("DISPLAY") || has_variable("WAYLAND_DISPLAY");
    snprintf(out->detail, sizeof out->detail, "%s",
             out->is_there ? "there is one" : "none in this session");
}

static void look_at_forms(struct finding *out)
{
    static const char *const names[] = {"tail", "goto", "switch"};

    *out = (struct finding){.what = "engine",
                            .is_needed = true,
                            .remedy = "build again: no form was built in"};
    for (int i = 0; i < 3; i++) {
        struct pm_machine_config config = {
            .alloc = cli_alloc, .dispatch = (enum pm_machine_dispatch)(i + 1)};
        struct pm_machine *machine;
        if (pm_machine_create(&config, &machine))
            continue;
        pm_machine_destroy(machine);
        size_t size = strlen(out->detail);
        snprintf(out->detail + size, sizeof out->detail - size, "%s%s",
                 size ? ", " : "", names[i]);
        out->is_there = true;
    }
}

static void look_at_folder(struct finding *out)
{
    static const char name[] = ".prometeu-doctor";
    const char *error = NULL;

    *out = (struct finding){
        .what = "writing here",
        .remedy = "go to a directory of your own before \"prometeu new\""};
    out->is_there = pm_file_write(name, "", 0, &error) == PM_OK;
    if (out->is_there)
        remove(name);
    snprintf(out->detail, sizeof out->detail, "%s",
             out->is_there ? "files can be written"
                           : (error ? error : "not possible"));
}

static void look_at_saves(struct finding *out)
{
    char folder[PM_SAVES_PATH];
    struct pm_saves_entry *entries;
    size_t count;

    *out = (struct finding){
        .what = "saves", .remedy = "set HOME, or run games with --saves DIR"};
    if (!pm_saves_default(folder, sizeof folder)) {
        snprintf(out->detail, sizeof out->detail,
                 "neither XDG_DATA_HOME nor HOME is set");
        return;
    }
    pm_fs_status status =
        pm_saves_list(pm_os_system(), &cli_alloc, folder, &entries, &count);
    out->is_there = status == PM_FS_OK;
    if (status) {
        snprintf(out->detail, sizeof out->detail, "%.150s: %s", folder,
                 pm_fs_status_meaning(status));
        return;
    }
    pm_mem_free(&cli_alloc, entries, count * sizeof *entries);
    snprintf(out->detail, sizeof out->detail, "of %zu application%s in %.150s",
             count, count == 1 ? "" : "s", folder);
}

static void put_text(struct pm_buf *out, const struct finding *found,
                     size_t count)
{
    pm_buf_printf(out, "prometeu %s\n", PM_VERSION_STRING);
    for (size_t i = 0; i < count; i++) {
        pm_buf_printf(out, "%-8s %-13s %s\n",
                      found[i].is_there ? "ok" : "missing", found[i].what,
                      found[i].detail);
        if (!found[i].is_there)
            pm_buf_printf(out, "         %-13s %s\n", "", found[i].remedy);
    }
}

static void put_json(struct pm_buf *out, const struct finding *found,
                     size_t count)
{
    struct pm_json_writer w = pm_json_write_to(out);

    pm_json_write_begin_object(&w);
    pm_json_write_key(&w, "version");
    pm_json_write_cstr(&w, PM_VERSION_STRING);
    pm_json_write_key(&w, "findings");
    pm_json_write_begin_array(&w);
    for (size_t i = 0; i < count; i++) {
        pm_json_write_begin_object(&w);
        pm_json_write_key(&w, "what");
        pm_json_write_cstr(&w, found[i].what);
        pm_json_write_key(&w, "ok");
        pm_json_write_bool(&w, found[i].is_there);
        pm_json_write_key(&w, "detail");
        pm_json_write_cstr(&w, found[i].detail);
        if (!found[i].is_there) {
            pm_json_write_key(&w, "remedy");
            pm_json_write_cstr(&w, found[i].remedy);
        }
        pm_json_write_end(&w);
    }
    pm_json_write_end(&w);
    pm_json_write_end(&w);
    pm_buf_puts(out, "\n");
}

int cli_doctor(int argc, char **argv)
{
    bool json = false;
    const struct cli_option options[] = {{"--json", CLI_FLAG, &json, 0, 0}};
    struct finding found[5];
    const char *word;
    size_t count;
    struct pm_buf out;
    int code = cli_options(argc, argv, help, options, 1, &word, 0, 0, &count);

    if (code >= 0)
        return code;
    look_at_forms(&found[0]);
    look_at_window(&found[1]);
    look_at_display(&found[2]);
    look_at_folder(&found[3]);
    look_at_saves(&found[4]);
    pm_buf_init(&out, &cli_alloc);
    if (json)
        put_json(&out, found, 5);
    else
        put_text(&out, found, 5);
    code = cli_write_out(&out);
    pm_buf_free(&out);
    for (int i = 0; i < 5; i++)
        if (found[i].is_needed && !found[i].is_there)
            code = CLI_BAD;
    return code;
}
