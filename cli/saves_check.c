// SPDX-License-Identifier: MIT
//
// prometeu saves check. Damage is told line by line as it is found; with
// --json all of it is one document:
//
//     [{"app_id": 2002, "readable": true, "damaged": ["/save/log", "slot 3"]}]
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json_write.h"
#include "base/mem.h"
#include "saves.h"

struct checking {
    struct cli_saves saves;
    struct pm_json_writer *w; // NULL: text
    bool has_damage;
};

static void say_damaged(struct checking *check, const char *what,
                        const char *sums)
{
    struct pm_buf line;

    check->has_damage = true;
    if (check->w) {
        pm_json_write_cstr(check->w, what);
        return;
    }
    pm_buf_init(&line, &cli_alloc);
    pm_buf_printf(&line, "application %" PRIu32 ": error SAVES-DAMAGED: ",
                  check->saves.app_id);
    cli_put_escaped(&line, what);
    pm_buf_printf(&line, " does not match its %s", sums);
    const char *text = pm_buf_cstr(&line);
    cli_print_line(text ? text : "memory is short");
    pm_buf_free(&line);
}

static void damaged_file(void *context, const char *path)
{
    char *whole = cli_path("/save", path);

    say_damaged(context, whole, "checksums");
    cli_free_text(whole);
}

static void check_card(struct checking *check)
{
    for (unsigned slot = 0; slot < PM_CARD_SLOTS; slot++) {
        struct pm_card *card = check->saves.card;
        struct pm_card_info info;
        struct pm_destination dest = {.bytes = (uint8_t[1]){0}};
        char name[48];
        uint32_t size;
        bool eof;
        pm_card_stat(card, slot, &info);
        if (info.state == PM_CARD_EMPTY ||
            pm_card_read(card, slot, 0, &dest, 0, &size, &eof) == PM_MEM_OK)
            continue;
        snprintf(name, sizeof name, "slot %u of the memory card", slot);
        say_damaged(check, name, "checksum");
    }
}

static int check_opened(struct checking *check)
{
    struct cli_saves *saves = &check->saves;
    pm_fs_status status = pm_tree_check(saves->volume, damaged_file, check);

    check_card(check);
    if (status && status != PM_FS_CORRUPT) {
        cli_error("application %" PRIu32 ": %s", saves->app_id,
                  pm_fs_status_meaning(status));
        return CLI_WORLD;
    }
    if (!check->has_damage && !check->w)
        printf("application %" PRIu32 ": nothing wrong\n", saves->app_id);
    return check->has_damage ? CLI_BAD : CLI_OK;
}

static int check_one(const char *folder, uint32_t app_id,
                     struct pm_json_writer *w)
{
    struct checking check = {{.folder = folder, .app_id = app_id}, w, false};
    int code = cli_saves_open(&check.saves, false);
    bool is_open = code == CLI_OK;

    if (w) {
        pm_json_write_begin_object(w);
        pm_json_write_key(w, "app_id");
        pm_json_write_int(w, app_id);
        pm_json_write_key(w, "readable");
        pm_json_write_bool(w, is_open);
        pm_json_write_key(w, "damaged");
        pm_json_write_begin_array(w);
    }
    if (is_open) {
        code = check_opened(&check);
        cli_saves_close(&check.saves);
    }
    if (w) {
        pm_json_write_end(w);
        pm_json_write_end(w);
    }
    return code;
}

static int check_all(const char *folder, struct pm_json_writer *w)
{
    struct pm_saves_entry *entries;
    size_t count;
    int worst = CLI_OK;
    pm_fs_status status =
        pm_saves_list(pm_os_system(), &cli_alloc, folder, &entries, &count);

    if (status) {
        cli_error("%s: %s", folder, pm_fs_status_meaning(status));
        return CLI_WORLD;
    }
    if (!count && !w)
        printf("%s: nothing is saved there\n", folder);
    for (size_t i = 0; i < count; i++) {
        int code = check_one(folder, entries[i].app_id, w);
        if (code > worst)
            worst = code;
    }
    pm_mem_free(&cli_alloc, entries, count * sizeof *entries);
    return worst;
}

int cli_saves_check(const char *folder, const uint32_t *app_id, bool is_json)
{
    struct pm_buf out;
    pm_buf_init(&out, &cli_alloc);
    struct pm_json_writer w = pm_json_write_to(&out);
    struct pm_json_writer *writer = is_json ? &w : NULL;

    if (writer)
        pm_json_write_begin_array(writer);
    int code =
        app_id ? check_one(folder, *app_id, writer) : check_all(folder, writer);
    if (writer) {
        pm_json_write_end(writer);
        pm_buf_puts(&out, "\n");
        int written = cli_write_out(&out);
        code = code ? code : written;
    }
    pm_buf_free(&out);
    return code;
}
