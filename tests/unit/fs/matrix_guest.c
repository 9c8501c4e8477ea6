// SPDX-License-Identifier: MIT
#include "matrix_guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "support/cart_world.h"
#include "support/test.h"

// Opens and lists what there is until that is refused, gives the entries of a
// cursor and what comes behind them, and asks the card. Each status is logged
// as "call status"; those of the card as "100", "101". Each "@" is a path.
static const char program[] =
    ".type File = state \"file\"\n"
    ".type Cursor = state \"cursor\"\n"
    ".host open = \"fs\" \"open\" 1 (string, i64) -> (i64, File)\n"
    ".host list = \"fs\" \"list\" 1 (string) -> (i64, Cursor)\n"
    ".host next = \"fs\" \"next\" 1 (Cursor) -> (i64, string, i64, bool)\n"
    ".host count = \"mem\" \"slot_count\" 1 () -> (i64, i64)\n"
    ".host stat = \"mem\" \"slot_stat\" 1 (i64) -> (i64, i64, i64, i64, i64)\n"
    ".host say = \"log\" \"write\" 1 (i64, string) -> ()\n"
    ".host make = \"fs\" \"replace\" 1 (string, bytes, i64, i64) -> i64\n"
    ".func main ()\n"
    "    push_const \"/scratch/f\"\n"
    "    push_i64 0\n"
    "    bytes_new\n"
    "    push_i64 0\n"
    "    push_i64 0\n"
    "    hostcall make\n"
    "    pop\n"
    "    call open_more\n"
    "    call list_more\n"
    "    hostcall count\n"
    "    pop\n"
    "    push_const \"100 \"\n"
    "    call tell\n"
    "    push_i64 0\n"
    "    hostcall stat\n"
    "    pop\n"
    "    pop\n"
    "    pop\n"
    "    pop\n"
    "    push_const \"101 \"\n"
    "    call tell\n"
    "    halt\n"
    ".end\n"
    ".func tell (status: i64, what: string)\n"
    "    push_i64 1\n"
    "    get_local what\n"
    "    get_local status\n"
    "    str_from_i64\n"
    "    add\n"
    "    hostcall say\n"
    "    ret\n"
    ".end\n"
    ".func open_more ()\n"
    ".local file: File\n"
    ".local status: i64\n"
    "    push_const \"@\"\n"
    "    push_i64 1\n"
    "    hostcall open\n"
    "    set_local file\n"
    "    tee_local status\n"
    "    push_const \"0 \"\n"
    "    call tell\n"
    "    get_local status\n"
    "    push_i64 0\n"
    "    ne\n"
    "    jmp_if_true done\n"
    "    call open_more\n"
    "done:\n"
    "    ret\n"
    ".end\n"
    ".func list_more ()\n"
    ".local dir: Cursor\n"
    ".local status: i64\n"
    ".local left: i64\n"
    "    push_const \"@\"\n"
    "    hostcall list\n"
    "    set_local dir\n"
    "    tee_local status\n"
    "    push_const \"9 \"\n"
    "    call tell\n"
    "    get_local status\n"
    "    push_i64 0\n"
    "    ne\n"
    "    jmp_if_true done\n"
    "    push_i64 6\n"
    "    set_local left\n"
    "more:\n"
    "    get_local dir\n"
    "    hostcall next\n"
    "    pop\n"
    "    pop\n"
    "    pop\n"
    "    push_const \"10 \"\n"
    "    call tell\n"
    "    get_local left\n"
    "    push_i64 1\n"
    "    sub\n"
    "    tee_local left\n"
    "    push_i64 0\n"
    "    gt\n"
    "    jmp_if_true more\n"
    "    call list_more\n"
    "done:\n"
    "    ret\n"
    ".end\n";

static const char *const files[MX_PLACES] = {"/save/f",    "/save/f",
                                             "/scratch/f", "/cart/program.pbx",
                                             "/host/h/f",  "/host/h/f"};

struct notes {
    bool (*reached)[15];
    bool (*card)[8];
};

static void note(void *context, int level, const char *text, size_t size)
{
    struct notes *notes = context;
    unsigned call;
    unsigned status;
    char line[64];

    (void)level;
    snprintf(line, sizeof line, "%.*s", (int)size, text);
    if (sscanf(line, "%u %u", &call, &status) != 2 || status >= 15)
        return;
    if (call < MX_CALLS)
        notes->reached[call][status] = true;
    else if (notes->card && call >= 100 && call < 102 && status < 8)
        notes->card[call - 100][status] = true;
}

// --- the machine's world -----------------------------------------------------

static pm_fs_status open_saves(void *context, uint32_t app_id,
                               const struct pm_store **out, char *why,
                               size_t room)
{
    struct mx_world *w = context;

    (void)app_id, (void)why, (void)room;
    *out = &w->store.store;
    return PM_FS_OK;
}

static void close_saves(void *context, const struct pm_store *store)
{
    (void)context, (void)store;
}

// The program with [open] and [list] for its two paths.
static char *with_paths(const char *open, const char *list)
{
    size_t room = sizeof program + strlen(open) + strlen(list);
    char *text = malloc(room);
    const char *first = strchr(program, '@');
    const char *second = strchr(first + 1, '@');

    PM_CHECK(text != NULL);
    snprintf(text, room, "%.*s%s%.*s%s%s", (int)(first - program), program,
             open, (int)(second - first - 1), first + 1, list, second + 1);
    return text;
}

// A world's store or directory serves as the machine's.
static void run(struct mx_world *w, struct notes *notes)
{
    const char *file = files[w->place];
    char *text = with_paths(file, mx_prefix(w->place));
    struct pm_mount mount = {"h", &w->directory.seam,
                             w->place == MX_HOST_WRITE};
    struct pm_machine_config config = {
        .log = note,
        .log_context = notes,
        .saves = {open_saves, close_saves, w},
        .mounts = &mount,
        .mount_count = w->place >= MX_HOST_READ,
    };
    struct pm_test_cart cart;

    if (CHECK(pm_test_cart_make(&cart, "JAM", text))) {
        pm_test_cart_manifest(&cart, "JAM", "\"log\",\"fs\"", "Matrix");
        struct pm_machine *machine = pm_test_machine(&cart, &config);
        if (CHECK(machine)) {
            int result = 0;
            for (int i = 0; i < 40 && result < PM_TICK_HALTED; i++)
                result = pm_machine_tick(machine, NULL);
            CHECK_INT(result, PM_TICK_HALTED);
        }
        pm_machine_destroy(machine);
    }
    pm_test_cart_free(&cart);
    free(text);
}

void mx_run_guest(enum mx_place place, bool reached[MX_CALLS][15],
                  bool card[6][8])
{
    struct mx_plan nothing = {MX_NOTHING, 0, PM_FS_OK};
    struct notes notes = {reached, card};
    struct mx_world world;

    if (!CHECK(mx_open(&world, place, &nothing)))
        return;
    run(&world, &notes);
    mx_close(&world);
}
