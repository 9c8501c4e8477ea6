// SPDX-License-Identifier: MIT
//
// prometeu saves.
#include "saves.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/mem.h"
#include "storage.h"

static const char help[] =
    "usage: prometeu saves [--saves DIR] [--json]\n"
    "       prometeu saves check  [APP_ID]\n"
    "       prometeu saves export APP_ID FOLDER\n"
    "       prometeu saves import APP_ID FOLDER\n"
    "       prometeu saves clear  APP_ID [--yes]\n"
    "\n"
    "Lists what games have saved, checks everything in it, writes it into a\n"
    "folder of ordinary files and reads such a folder back. clear sets an\n"
    "application's saves aside, under another name in the same folder: the\n"
    "game begins anew, nothing is deleted.\n"
    "\n"
    "  --saves DIR  the folder of saves instead of the user's own\n"
    "  --json       the list or the check as JSON\n"
    "  --yes        clear without asking\n"
    "\n"
    "example: prometeu saves export 2002 backup\n";

struct command {
    const char *saves;
    bool json;
    bool yes;
    char folder[PM_SAVES_PATH];
    const char *words[3];
    size_t count;
};

// --- list --------------------------------------------------------------------

static const char *why_not(pm_fs_status status)
{
    switch (status) {
    case PM_FS_BUSY:
        return "a game has them open";
    case PM_FS_CORRUPT:
        return "damaged, or no saves at all";
    case PM_FS_ACCESS_DENIED:
        return "no plain file that may be read";
    default:
        return pm_fs_status_meaning(status);
    }
}

static void read_owner(const struct command *command, uint32_t app_id,
                       struct pm_store_owner *out)
{
    struct pm_store_config config = {.alloc = &cli_alloc,
                                     .os = pm_os_system(),
                                     .directory = command->folder,
                                     .app_id = app_id,
                                     .read_only = true};
    struct pm_store store;

    *out = (struct pm_store_owner){0};
    pm_fs_status status = pm_store_open(&config, &store, NULL);
    if (!status) {
        if (pm_store_get_owner(&store, out) == PM_FS_OK && !out->path[0])
            strcpy(out->path, "(no cartridge has used them yet)");
        pm_store_close(&store);
        return;
    }
    snprintf(out->path, sizeof out->path, "(%s)", why_not(status));
}

static void put_entry(const struct command *command,
                      const struct pm_saves_entry *entry,
                      struct pm_json_writer *w, struct pm_buf *out)
{
    struct pm_store_owner owner;

    read_owner(command, entry->app_id, &owner);
    if (w) {
        pm_json_write_begin_object(w);
        pm_json_write_key(w, "app_id");
        pm_json_write_int(w, entry->app_id);
        pm_json_write_key(w, "bytes");
        pm_json_write_int(w, (int64_t)entry->size);
        pm_json_write_key(w, "cartridge");
        pm_json_write_cstr(w, owner.path);
        pm_json_write_key(w, "damaged_copies");
        pm_json_write_int(w, entry->damaged);
        pm_json_write_end(w);
        return;
    }
    pm_buf_printf(out, "%10" PRIu32 " %10" PRIu64 " bytes  ", entry->app_id,
                  entry->size);
    cli_put_escaped(out, owner.path);
    if (entry->damaged)
        pm_buf_printf(out, "  (%u damaged cop%s kept aside)", entry->damaged,
                      entry->damaged == 1 ? "y" : "ies");
    pm_buf_puts(out, "\n");
}

static int list(const struct command *command)
{
    struct pm_saves_entry *entries;
    struct pm_buf out;
    size_t count;
    pm_fs_status status = pm_saves_list(pm_os_system(), &cli_alloc,
                                        command->folder, &entries, &count);

    if (status) {
        cli_error("%s: %s", command->folder, pm_fs_status_meaning(status));
        return CLI_WORLD;
    }
    pm_buf_init(&out, &cli_alloc);
    struct pm_json_writer w = pm_json_write_to(&out);
    if (command->json)
        pm_json_write_begin_array(&w);
    else
        pm_buf_printf(&out, "%s: %zu application%s\n", command->folder, count,
                      count == 1 ? "" : "s");
    for (size_t i = 0; i < count; i++)
        put_entry(command, &entries[i], command->json ? &w : NULL, &out);
    if (command->json) {
        pm_json_write_end(&w);
        pm_buf_puts(&out, "\n");
    }
    pm_mem_free(&cli_alloc, entries, count * sizeof *entries);
    int code = cli_write_out(&out);
    pm_buf_free(&out);
    return code;
}

// --- clear -------------------------------------------------------------------

static bool is_sure(const struct command *command, uint32_t app_id)
{
    char answer[16] = "";

    if (command->yes)
        return true;
    if (!isatty(0)) {
        cli_error("saves: clear asks first; without a terminal say --yes");
        return false;
    }
    fprintf(stderr, "Set the saves of application %" PRIu32 " aside? [y/N] ",
            app_id);
    return fgets(answer, sizeof answer, stdin) &&
           (answer[0] == 'y' || answer[0] == 'Y');
}

// What a log holds goes into the database first, where that is possible.
static void settle(const char *folder, uint32_t app_id)
{
    struct pm_store_config config = {.alloc = &cli_alloc,
                                     .os = pm_os_system(),
                                     .directory = folder,
                                     .app_id = app_id,
                                     .read_only = true};
    struct pm_store store;

    // Not to be made when it is not there.
    if (pm_store_open(&config, &store, NULL) != PM_FS_OK)
        return;
    pm_store_close(&store);
    config.read_only = false;
    if (pm_store_open(&config, &store, NULL) == PM_FS_OK)
        pm_store_close(&store);
}

static int clear(const struct command *command, uint32_t app_id)
{
    char name[64];

    if (!is_sure(command, app_id))
        return CLI_USAGE;
    settle(command->folder, app_id);
    pm_fs_status status = pm_saves_set_aside(pm_os_system(), command->folder,
                                             app_id, name, sizeof name);
    if (status == PM_FS_NOT_FOUND)
        cli_error("application %" PRIu32 " has no saves in %s", app_id,
                  command->folder);
    else if (status == PM_FS_BUSY)
        cli_error("application %" PRIu32 "'s saves are in use: end the game "
                  "first",
                  app_id);
    else if (status)
        cli_error("%s: %s", command->folder, pm_fs_status_meaning(status));
    else
        printf("set aside as %s/%s\n", command->folder, name);
    return status ? CLI_WORLD : CLI_OK;
}

// --- the command -------------------------------------------------------------

static bool read_app_id(const char *word, uint32_t *out)
{
    char *end;
    unsigned long long number = strtoull(word, &end, 10);

    if (*word >= '0' && *word <= '9' && *end == '\0' && number <= UINT32_MAX) {
        *out = (uint32_t)number;
        return true;
    }
    cli_error("saves: \"%s\" is no app_id, a whole number from 0 to "
              "4294967295",
              word);
    return false;
}

static int export(const struct command *command, uint32_t app_id)
{
    struct cli_saves saves = {.folder = command->folder, .app_id = app_id};
    int code = cli_saves_open(&saves, false);

    if (code)
        return code;
    code = cli_saves_export(&saves, command->words[2]);
    cli_saves_close(&saves);
    return code;
}

// The new saves are made aside and then put in place by one rename: all of
// them are there or none.
static int put_in_place(const struct command *command, const char *aside,
                        uint32_t app_id)
{
    const struct pm_os *os = pm_os_system();
    char name[PM_SAVES_NAME];
    int code = CLI_OK;

    pm_saves_name(app_id, name);
    char *from = cli_path(aside, name);
    char *to = cli_path(command->folder, name);
    if (os->rename(os->context, AT_FDCWD, from, AT_FDCWD, to,
                   PM_OS_NO_REPLACE)) {
        if (errno == EEXIST)
            cli_error("application %" PRIu32 " has saves already; \"prometeu "
                      "saves clear %" PRIu32 "\" sets them aside first",
                      app_id, app_id);
        else
            cli_error("%s: %s", to, strerror(errno));
        code = errno == EEXIST ? CLI_USAGE : CLI_WORLD;
    } else if (!cli_sync_folder(command->folder)) {
        cli_error("%s: %s", command->folder, strerror(errno));
        code = CLI_WORLD;
    }
    os->remove(os->context, AT_FDCWD, from, false);
    cli_free_text(from);
    cli_free_text(to);
    return code;
}

static int import(const struct command *command, uint32_t app_id)
{
    char name[64];
    snprintf(name, sizeof name, ".import-%ld", (long)getpid());
    char *aside = cli_path(command->folder, name);
    struct cli_saves saves = {.folder = aside, .app_id = app_id};
    uint64_t files = 0;
    int code = cli_saves_open(&saves, true);

    if (!code) {
        code = cli_saves_import(&saves, command->words[2], &files);
        cli_saves_close(&saves);
        int placed = code ? code : put_in_place(command, aside, app_id);
        cli_remove_folder(aside);
        code = placed;
    }
    if (!code)
        printf("%" PRIu64 " file%s for application %" PRIu32 "\n", files,
               files == 1 ? "" : "s", app_id);
    cli_free_text(aside);
    return code;
}

static int wrong_use(const char *verb, size_t wanted)
{
    cli_error("saves: %s wants %s; see \"prometeu saves --help\"", verb,
              wanted == 3 ? "an app_id and a folder" : "an app_id");
    return CLI_USAGE;
}

static int dispatch(const struct command *command)
{
    static const char *const verbs[] = {"list", "check", "export", "import",
                                        "clear"};
    const char *verb = command->count ? command->words[0] : "list";
    bool is_move = strcmp(verb, "export") == 0 || strcmp(verb, "import") == 0;
    bool is_clear = strcmp(verb, "clear") == 0;
    bool is_check = strcmp(verb, "check") == 0;
    size_t wanted = is_move ? 3 : is_clear ? 2 : 1;
    uint32_t app_id = 0;

    if (strcmp(verb, "list") != 0 && !is_check && !is_move && !is_clear) {
        const char *near = cli_nearest(verb, verbs, 5);
        cli_error("saves: there is no \"%s\"%s%s%s", verb,
                  near ? "; did you mean \"" : "; see prometeu saves --help",
                  near ? near : "", near ? "\"?" : "");
        return CLI_USAGE;
    }
    if (command->count > (is_check ? 2 : wanted) ||
        (command->count < wanted && wanted > 1))
        return wrong_use(verb, wanted);
    if (command->count > 1 && !read_app_id(command->words[1], &app_id))
        return CLI_USAGE;
    if (is_check)
        return cli_saves_check(command->folder,
                               command->count > 1 ? &app_id : NULL,
                               command->json);
    if (is_clear)
        return clear(command, app_id);
    if (!is_move)
        return list(command);
    return strcmp(verb, "export") == 0 ? export(command, app_id)
                                       : import(command, app_id);
}

int cli_saves(int argc, char **argv)
{
    struct command command = {0};
    const struct cli_option options[] = {
        {"--saves", CLI_TEXT, &command.saves, 0, 0},
        {"--json", CLI_FLAG, &command.json, 0, 0},
        {"--yes", CLI_FLAG, &command.yes, 0, 0},
    };
    int code =
        cli_options(argc, argv, help, options, sizeof options / sizeof *options,
                    command.words, 0, 3, &command.count);

    if (code >= 0)
        return code;
    if (!cli_saves_folder(command.saves, command.folder, sizeof command.folder))
        return CLI_USAGE;
    return dispatch(&command);
}
