// SPDX-License-Identifier: MIT
#include "files_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char heads[] =
    ".type File = state \"file\"\n"
    ".type Cursor = state \"cursor\"\n"
    ".host open = \"fs\" \"open\" 1 (string, i64) -> (i64, File)\n"
    ".host read = \"fs\" \"read\" 1 (File, i64, bytes, i64, i64) -> "
    "(i64, i64, bool)\n"
    ".host put_bytes = \"fs\" \"write\" 1 (File, i64, bytes, i64, i64) -> "
    "(i64, i64)\n"
    ".host size = \"fs\" \"size\" 1 (File) -> (i64, i64)\n"
    ".host truncate = \"fs\" \"truncate\" 1 (File, i64) -> i64\n"
    ".host sync = \"fs\" \"sync\" 1 (File) -> i64\n"
    ".host close = \"fs\" \"close\" 1 (File) -> i64\n"
    ".host replace = \"fs\" \"replace\" 1 (string, bytes, i64, i64) -> i64\n"
    ".host list = \"fs\" \"list\" 1 (string) -> (i64, Cursor)\n"
    ".host next = \"fs\" \"next\" 1 (Cursor) -> (i64, string, i64, bool)\n"
    ".host left = \"fs\" \"left\" 1 (Cursor) -> i64\n"
    ".host make_dir = \"fs\" \"make_dir\" 1 (string) -> i64\n"
    ".host remove = \"fs\" \"remove\" 1 (string) -> i64\n"
    ".host usage = \"fs\" \"usage\" 1 (string) -> (i64, i64, i64)\n"
    ".host slot_read = \"mem\" \"slot_read\" 1 (i64, i64, bytes, i64, i64) -> "
    "(i64, i64, bool)\n"
    ".host slot_write = \"mem\" \"slot_write\" 1 (i64, i64, bytes, i64, i64) "
    "-> (i64, i64)\n"
    ".host slot_stat = \"mem\" \"slot_stat\" 1 (i64) -> "
    "(i64, i64, i64, i64, i64)\n"
    ".host commit = \"mem\" \"slot_commit\" 1 (i64) -> i64\n"
    ".host clear_slot = \"mem\" \"slot_clear\" 1 (i64) -> i64\n"
    ".type Random = state \"random\"\n"
    ".host random = \"random\" \"open\" 1 (i64) -> (i64, Random)\n"
    ".host say = \"log\" \"write\" 1 (i64, string) -> ()\n"
    ".global f: File\n"
    ".global g: File\n"
    ".global dir: Cursor\n"
    ".global n: i64\n";

// A call that nothing uses would be refused: unused has them all.
static const char functions[] =
    ".func unused (file: File, cursor: Cursor)\n"
    "    get_local file\n"
    "    hostcall size\n"
    "    pop\n"
    "    pop\n"
    "    get_local file\n"
    "    push_i64 0\n"
    "    hostcall truncate\n"
    "    pop\n"
    "    get_local file\n"
    "    hostcall sync\n"
    "    pop\n"
    "    push_const \"\"\n"
    "    hostcall list\n"
    "    pop\n"
    "    pop\n"
    "    get_local cursor\n"
    "    hostcall next\n"
    "    pop\n"
    "    pop\n"
    "    pop\n"
    "    pop\n"
    "    get_local cursor\n"
    "    hostcall left\n"
    "    pop\n"
    "    push_const \"\"\n"
    "    hostcall make_dir\n"
    "    pop\n"
    "    push_const \"\"\n"
    "    hostcall remove\n"
    "    pop\n"
    "    push_const \"\"\n"
    "    hostcall usage\n"
    "    pop\n"
    "    pop\n"
    "    pop\n"
    "    push_i64 0\n"
    "    hostcall commit\n"
    "    pop\n"
    "    push_i64 0\n"
    "    hostcall clear_slot\n"
    "    pop\n"
    "    push_i64 0\n"
    "    hostcall random\n"
    "    pop\n"
    "    pop\n"
    "    ret\n"
    ".end\n"
    ".func tell (status: i64, what: string)\n"
    "    push_i64 1\n"
    "    get_local what\n"
    "    push_const \" \"\n"
    "    add\n"
    "    get_local status\n"
    "    str_from_i64\n"
    "    add\n"
    "    hostcall say\n"
    "    ret\n"
    ".end\n"
    ".func put (path: string, text: string)\n"
    ".local b: bytes\n"
    "    get_local text\n"
    "    bytes_from_str\n"
    "    set_local b\n"
    "    get_local path\n"
    "    get_local b\n"
    "    push_i64 0\n"
    "    get_local b\n"
    "    bytes_len\n"
    "    hostcall replace\n"
    "    push_const \"put\"\n"
    "    call tell\n"
    "    ret\n"
    ".end\n"
    ".func write (file: File, offset: i64, text: string)\n"
    ".local b: bytes\n"
    "    get_local text\n"
    "    bytes_from_str\n"
    "    set_local b\n"
    "    get_local file\n"
    "    get_local offset\n"
    "    get_local b\n"
    "    push_i64 0\n"
    "    get_local b\n"
    "    bytes_len\n"
    "    hostcall put_bytes\n"
    "    pop\n"
    "    push_const \"write\"\n"
    "    call tell\n"
    "    ret\n"
    ".end\n"
    ".func stage (slot: i64, text: string)\n"
    ".local b: bytes\n"
    "    get_local text\n"
    "    bytes_from_str\n"
    "    set_local b\n"
    "    get_local slot\n"
    "    push_i64 0\n"
    "    get_local b\n"
    "    push_i64 0\n"
    "    get_local b\n"
    "    bytes_len\n"
    "    hostcall slot_write\n"
    "    pop\n"
    "    push_const \"stage\"\n"
    "    call tell\n"
    "    ret\n"
    ".end\n"
    ".func state (slot: i64)\n"
    ".local s: i64\n"
    "    get_local slot\n"
    "    hostcall slot_stat\n"
    "    pop\n"
    "    pop\n"
    "    pop\n"
    "    set_local s\n"
    "    pop\n"
    "    get_local s\n"
    "    push_const \"state\"\n"
    "    call tell\n"
    "    ret\n"
    ".end\n"
    ".func say_text (b: bytes, size: i64)\n"
    ".local text: string\n"
    "    get_local b\n"
    "    push_i64 0\n"
    "    get_local size\n"
    "    bytes_to_str\n"
    "    set_local text\n"
    "    pop\n"
    "    push_i64 1\n"
    "    get_local text\n"
    "    hostcall say\n"
    "    ret\n"
    ".end\n"
    ".func content (file: File)\n"
    ".local status: i64\n"
    ".local count: i64\n"
    ".local b: bytes\n"
    "    push_i64 64\n"
    "    bytes_new\n"
    "    set_local b\n"
    "    get_local file\n"
    "    push_i64 0\n"
    "    get_local b\n"
    "    push_i64 0\n"
    "    push_i64 64\n"
    "    hostcall read\n"
    "    pop\n"
    "    set_local count\n"
    "    tee_local status\n"
    "    push_i64 0\n"
    "    ne\n"
    "    jmp_if_true bad\n"
    "    get_local b\n"
    "    get_local count\n"
    "    call say_text\n"
    "    ret\n"
    "bad:\n"
    "    get_local status\n"
    "    push_const \"content\"\n"
    "    call tell\n"
    "    ret\n"
    ".end\n"
    ".func show (path: string)\n"
    ".local file: File\n"
    ".local status: i64\n"
    ".local count: i64\n"
    ".local b: bytes\n"
    "    push_i64 64\n"
    "    bytes_new\n"
    "    set_local b\n"
    "    get_local path\n"
    "    push_i64 1\n"
    "    hostcall open\n"
    "    set_local file\n"
    "    tee_local status\n"
    "    push_i64 0\n"
    "    ne\n"
    "    jmp_if_true bad\n"
    "    get_local file\n"
    "    push_i64 0\n"
    "    get_local b\n"
    "    push_i64 0\n"
    "    push_i64 64\n"
    "    hostcall read\n"
    "    pop\n"
    "    set_local count\n"
    "    set_local status\n"
    "    get_local file\n"
    "    hostcall close\n"
    "    pop\n"
    "    get_local status\n"
    "    push_i64 0\n"
    "    ne\n"
    "    jmp_if_true bad\n"
    "    get_local b\n"
    "    get_local count\n"
    "    call say_text\n"
    "    ret\n"
    "bad:\n"
    "    get_local status\n"
    "    push_const \"show\"\n"
    "    call tell\n"
    "    ret\n"
    ".end\n"
    ".func card (slot: i64)\n"
    ".local status: i64\n"
    ".local count: i64\n"
    ".local b: bytes\n"
    "    push_i64 64\n"
    "    bytes_new\n"
    "    set_local b\n"
    "    get_local slot\n"
    "    push_i64 0\n"
    "    get_local b\n"
    "    push_i64 0\n"
    "    push_i64 64\n"
    "    hostcall slot_read\n"
    "    pop\n"
    "    set_local count\n"
    "    tee_local status\n"
    "    push_i64 0\n"
    "    ne\n"
    "    jmp_if_true bad\n"
    "    get_local b\n"
    "    get_local count\n"
    "    call say_text\n"
    "    ret\n"
    "bad:\n"
    "    get_local status\n"
    "    push_const \"card\"\n"
    "    call tell\n"
    "    ret\n"
    ".end\n";

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
