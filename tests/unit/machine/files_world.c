// SPDX-License-Identifier: MIT
#include "files_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files_program.h"

// --- the seams ---------------------------------------------------------------

static pm_fs_status open_saves(void *context, uint32_t app_id,
                               const struct pm_store **out, char *why,
                               size_t room)
{
    struct files_world *w = context;

    if (w->open_status && w->open_status != PM_FS_CORRUPT) {
        snprintf(why, room, "%s", w->why ? w->why : "");
        return w->open_status;
    }
    w->opened++;
    w->app_id = app_id;
    *out = &w->store.store;
    return w->open_status;
}

static void close_saves(void *context, const struct pm_store *store)
{
    struct files_world *w = context;

    CHECK(store == &w->store.store);
    w->closed++;
}

static void note(void *context, int level, const char *text, size_t size)
{
    struct files_world *w = context;
    size_t at = strlen(w->log);

    if (level == 1)
        snprintf(w->log + at, sizeof w->log - at, "%.*s;", (int)size, text);
    else
        snprintf(w->log + at, sizeof w->log - at, "[%d]%.*s;", level, (int)size,
                 text);
}

void fw_enter(struct files_world *w)
{
    *w = (struct files_world){.closed = 0};
    pm_mem_store_open(&w->store);
    pm_mem_directory_init(&w->read);
    pm_mem_directory_init(&w->work);
    w->mounts[0] = (struct pm_mount){"r", &w->read.seam, false};
    w->mounts[1] = (struct pm_mount){"w", &w->work.seam, true};
    w->config = (struct pm_machine_config){
        .alloc = pm_fault_alloc(&w->memory),
        .log = note,
        .log_context = w,
        .saves = {open_saves, close_saves, w},
        .mounts = w->mounts,
        .mount_count = 2,
    };
}

void fw_leave(struct files_world *w)
{
    CHECK_INT(w->memory.live_blocks, 0);
    CHECK_INT(w->opened, w->closed);
    CHECK_INT(w->read.open_files, 0);
    CHECK_INT(w->work.open_files, 0);
    CHECK_INT(w->store.over_reserved, 0);
    pm_mem_store_close(&w->store);
    pm_mem_directory_free(&w->read);
    pm_mem_directory_free(&w->work);
}

// --- machines ----------------------------------------------------------------

struct pm_test_cart fw_cart(const char *profile, uint32_t app_id,
                            const char *body)
{
    size_t room = sizeof heads + sizeof functions + strlen(body) + 40;
    char *text = malloc(room);
    struct pm_test_cart cart = {0};

    if (!CHECK(text))
        return cart;
    snprintf(text, room, "%s.func main ()\n%s.end\n%s", heads, body, functions);
    CHECK(pm_test_cart_make(&cart, profile, text));
    free(text);
    cart.manifest.size = 0;
    pm_buf_printf(&cart.manifest,
                  "{\"magic\":\"PMTU\",\"cartridge_version\":1,\"app_id\":%u,"
                  "\"title\":\"Files\",\"app_version\":\"1\",\"app_mode\":"
                  "\"Game\",\"capabilities\":[\"fs\",\"log\"],"
                  "\"profile\":\"%s\"}",
                  app_id, profile);
    return cart;
}

pm_status fw_load(struct pm_machine *machine, uint32_t app_id, const char *body,
                  const char **out_report)
{
    struct pm_test_cart cart = fw_cart("JAM", app_id, body);
    struct pm_cart_files files = pm_test_cart_files(&cart);
    const struct pm_report *report = NULL;
    pm_status status = pm_machine_load(machine, &files, &report);

    if (out_report)
        *out_report = pm_report_text(report);
    // /cart is not read by these programs: its sources may go.
    pm_test_cart_free(&cart);
    return status;
}

struct pm_machine *fw_boot(struct files_world *w, const char *body)
{
    struct pm_machine *machine = NULL;
    const char *report = "";

    if (!CHECK_INT(pm_machine_create(&w->config, &machine), PM_OK))
        return NULL;
    if (fw_load(machine, 7, body, &report) == PM_OK)
        return machine;
    CHECK_STR(report, "");
    pm_machine_destroy(machine);
    return NULL;
}

int fw_run(struct pm_machine *machine, int ticks)
{
    int result = PM_TICK_EMPTY;

    for (int i = 0; i < ticks; i++) {
        result = (int)pm_machine_tick(machine, NULL);
        if (result >= PM_TICK_HALTED)
            break;
    }
    return result;
}

int fw_play(struct files_world *w, const char *body)
{
    struct pm_machine *machine = fw_boot(w, body);
    int result = machine ? fw_run(machine, 60) : -1;

    pm_machine_destroy(machine);
    return result;
}

struct pm_fingerprint fw_print(struct pm_machine *machine)
{
    struct pm_fingerprint print = {0};

    CHECK_INT(pm_machine_fingerprint(machine, &print), PM_OK);
    return print;
}

bool fw_same(struct pm_fingerprint a, struct pm_fingerprint b)
{
    return a.low == b.low && a.high == b.high;
}
