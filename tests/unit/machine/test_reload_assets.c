// SPDX-License-Identifier: MIT
//
// Hot reload of assets, and of what programs hold of them and of files.
#include <stdio.h>
#include <string.h>

#include "reload_world.h"
#include "support/fault_alloc.h"

// --- cartridges --------------------------------------------------------------

// Blobs of [size] bytes of [salt] with the ids from [id] on, each preloaded
// into the slot of its number from [slot] on; slot < 0: none is preloaded.
static bool add_blobs(struct pm_test_cart *cart, int id, int count, int slot,
                      int salt, size_t size)
{
    static uint8_t bytes[4096];
    struct pm_asset_input inputs[4];
    struct pm_asset_input_preload preload[4];
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;

    memset(bytes, salt, sizeof bytes);
    for (int i = 0; i < count; i++) {
        inputs[i] = (struct pm_asset_input){.id = id + i,
                                            .name = i ? "more" : "blob",
                                            .bank_type = PM_BANK_BLOB,
                                            .bytes = bytes,
                                            .size = size};
        preload[i] = (struct pm_asset_input_preload){id + i, slot + i};
    }
    cart->assets.size = 0;
    pm_diags_init(&diags, &alloc);
    pm_status status = pm_asset_write(inputs, (size_t)count, preload,
                                      slot < 0 ? 0 : (size_t)count, "assets.pa",
                                      &diags, &cart->assets);
    pm_diags_free(&diags);
    return CHECK_INT(status, PM_OK);
}

static void allow_assets(struct pm_test_cart *cart)
{
    pm_test_cart_manifest(cart, "JAM",
                          "\"gfx\",\"log\",\"fs\",\"audio\",\"asset\",\"bank\"",
                          "Test");
}

#define LOOP                                                                   \
    "loop:\n"                                                                  \
    "    get_global n\n"                                                       \
    "    push_i64 1\n"                                                         \
    "    add\n"                                                                \
    "    set_global n\n"                                                       \
    "    frame_sync\n"                                                         \
    "    jmp loop\n"                                                           \
    ".end\n"

static const char counts[] = ".global n: i64\n"
                             ".func main ()\n" LOOP;

// Loads the cartridge again whose first world is [w], with an assets file.
static bool enter(struct reload_world *w, const struct pm_allocator *alloc,
                  const char *text, int slot)
{
    *w = (struct reload_world){.count = 0};
    if (alloc)
        w->config.alloc = *alloc;
    struct pm_test_cart *cart = rw_make(w, text);
    if (!cart || !add_blobs(cart, 1, 2, slot, 5, 1000))
        return false;
    allow_assets(cart);
    w->machine = pm_test_machine(cart, &w->config);
    return CHECK(w->machine != NULL);
}

static struct pm_test_cart *version(struct reload_world *w, const char *text)
{
    struct pm_test_cart *cart = rw_make(w, text);

    if (cart)
        allow_assets(cart);
    return cart;
}

// The first byte in a BLOB slot, or -1.
static int byte_in(const struct reload_world *w, unsigned slot)
{
    const struct pm_bank *bank = w->machine->console->bank;
    uint8_t byte;

    if (!pm_bank_identity(bank, PM_BANK_BLOB, slot, NULL))
        return -1;
    pm_bank_read(bank, PM_BANK_BLOB, slot, 0, &byte, 1);
    return byte;
}

// --- banks -------------------------------------------------------------------

TEST(reload_assets, the_program_goes_on_where_it_is_the_same)
{
    struct reload_world w;
    REQUIRE(enter(&w, NULL, counts, 3));

    rw_run(&w, 6);
    struct pm_test_cart *cart = version(&w, counts);
    REQUIRE(cart && add_blobs(cart, 1, 2, 3, 6, 900));
    CHECK_INT(rw_load(&w, cart), PM_OK);
    CHECK_STR(w.report, "");
    CHECK_INT(w.reload.kind, PM_RELOAD_ASSETS);
    CHECK_INT(w.reload.assets, 2);
    CHECK_STR(w.reload.text, "the program goes on, 2 slots with new assets");
    CHECK_INT(byte_in(&w, 3), 6);
    CHECK_INT(byte_in(&w, 4), 6);
    rw_run(&w, 1);
    CHECK_INT(rw_global(&w, "n"), 7);
    rw_check_whole(&w, cart);
    // Once more the same: nothing changes.
    struct pm_fingerprint print = rw_print(&w);
    CHECK_INT(rw_load(&w, cart), PM_OK);
    CHECK_STR(w.reload.text, "the program goes on, no slot has changed");
    CHECK(rw_same(rw_print(&w), print));
    rw_leave(&w);
}

TEST(reload_assets, what_is_gone_empties_its_slot_and_is_told)
{
    struct reload_world w;
    REQUIRE(enter(&w, NULL, counts, 3));

    rw_run(&w, 1);
    struct pm_test_cart *cart = version(&w, counts);
    REQUIRE(cart && add_blobs(cart, 1, 1, 3, 6, 900));
    CHECK_INT(rw_load(&w, cart), PM_OK);
    CHECK_STR(w.report,
              "assets.pa: warning RELOAD-ASSET-GONE: asset 2 was in BLOB slot "
              "4 and is gone: the slot is empty now\n");
    CHECK_STR(w.reload.text,
              "the program goes on, 1 slot with new assets, 1 slot emptied");
    CHECK_INT(byte_in(&w, 3), 6);
    CHECK_INT(byte_in(&w, 4), -1);
    rw_check_whole(&w, cart);
    rw_leave(&w);
}

TEST(reload_assets, a_new_preload_list_takes_effect)
{
    struct reload_world w;
    REQUIRE(enter(&w, NULL, counts, 3));

    rw_run(&w, 1);
    struct pm_test_cart *cart = version(&w, counts);
    // Slots 3 and 4 held 1 and 2; 4 is to hold 1, 5 to hold 2.
    REQUIRE(cart && add_blobs(cart, 1, 2, 4, 6, 900));
    CHECK_INT(rw_load(&w, cart), PM_OK);
    CHECK_STR(w.report, "");
    struct pm_bank_id id;
    const struct pm_bank *bank = w.machine->console->bank;
    CHECK(pm_bank_identity(bank, PM_BANK_BLOB, 4, &id) && id.asset_id == 1);
    CHECK(pm_bank_identity(bank, PM_BANK_BLOB, 5, &id) && id.asset_id == 2);
    // What is not listed any more stays as long as there is such an asset.
    CHECK(pm_bank_identity(bank, PM_BANK_BLOB, 3, &id) && id.asset_id == 1);
    rw_check_whole(&w, cart);
    rw_leave(&w);
}

TEST(reload_assets, assets_that_are_refused_change_nothing)
{
    struct reload_world w;
    REQUIRE(enter(&w, NULL, counts, 3));

    rw_run(&w, 1);
    struct pm_fingerprint print = rw_print(&w);
    struct pm_test_cart *cart = version(&w, counts);
    REQUIRE(cart && add_blobs(cart, 1, 2, 3, 6, 900));
    cart->assets.data[40] ^= 1;
    CHECK(rw_load(&w, cart) != PM_OK);
    CHECK(rw_same(rw_print(&w), print));
    CHECK_INT(byte_in(&w, 3), 5);
    rw_leave(&w);
}

// --- loads, readers, files ---------------------------------------------------

// A load under way, one that was committed, a reader of asset 2, one of slot
// 3, an open file of /scratch, one of /cart, a list of /scratch.
#define OPENERS                                                                \
    ".type Load = state \"load\"\n"                                            \
    ".type Data = state \"data\"\n"                                            \
    ".type Bank = state \"bank\"\n"                                            \
    ".type File = state \"file\"\n"                                            \
    ".type Cursor = state \"cursor\"\n"                                        \
    ".host load = \"asset\" \"load\" 1 (i64, i64) -> (i64, Load)\n"            \
    ".host commit = \"asset\" \"commit\" 1 (Load) -> i64\n"                    \
    ".host state = \"asset\" \"status\" 1 (Load) -> (i64, i64, i64, i64)\n"    \
    ".host data = \"data\" \"open\" 1 (i64) -> (i64, Data)\n"                  \
    ".host data_size = \"data\" \"size\" 1 (Data) -> (i64, i64)\n"             \
    ".host data_read = \"data\" \"read\" 1 (Data, i64, bytes, i64, i64) -> "   \
    "(i64, i64, bool)\n"                                                       \
    ".host bank = \"bank\" \"open\" 1 (i64, i64) -> (i64, Bank)\n"             \
    ".host bank_size = \"bank\" \"size\" 1 (Bank) -> (i64, i64)\n"             \
    ".host open = \"fs\" \"open\" 1 (string, i64) -> (i64, File)\n"            \
    ".host file_size = \"fs\" \"size\" 1 (File) -> (i64, i64)\n"               \
    ".host write = \"fs\" \"write\" 1 (File, i64, bytes, i64, i64) -> (i64, "  \
    "i64)\n"                                                                   \
    ".host list = \"fs\" \"list\" 1 (string) -> (i64, Cursor)\n"               \
    ".host left = \"fs\" \"left\" 1 (Cursor) -> i64\n"                         \
    ".global n: i64, one: Load, two: Load, data: Data, bank: Bank\n"           \
    ".global file: File, own: File, cursor: Cursor, buffer: bytes\n"           \
    ".global status_one: i64, status_two: i64, data_status: i64\n"             \
    ".global data_size: i64, bank_status: i64, file_size: i64\n"               \
    ".global own_status: i64, own_size: i64, left: i64, byte: i64\n"

#define LOOK                                                                   \
    ".func look ()\n"                                                          \
    "    get_global one\n"                                                     \
    "    hostcall state\n"                                                     \
    "    pop\n"                                                                \
    "    pop\n"                                                                \
    "    set_global status_one\n"                                              \
    "    pop\n"                                                                \
    "    get_global two\n"                                                     \
    "    hostcall state\n"                                                     \
    "    pop\n"                                                                \
    "    pop\n"                                                                \
    "    set_global status_two\n"                                              \
    "    pop\n"                                                                \
    "    get_global data\n"                                                    \
    "    hostcall data_size\n"                                                 \
    "    set_global data_size\n"                                               \
    "    set_global data_status\n"                                             \
    "    get_global data\n"                                                    \
    "    push_i64 0\n"                                                         \
    "    get_global buffer\n"                                                  \
    "    push_i64 0\n"                                                         \
    "    push_i64 4\n"                                                         \
    "    hostcall data_read\n"                                                 \
    "    pop\n"                                                                \
    "    pop\n"                                                                \
    "    pop\n"                                                                \
    "    get_global buffer\n"                                                  \
    "    push_i64 0\n"                                                         \
    "    load8\n"                                                              \
    "    to_i64\n"                                                             \
    "    set_global byte\n"                                                    \
    "    get_global bank\n"                                                    \
    "    hostcall bank_size\n"                                                 \
    "    pop\n"                                                                \
    "    set_global bank_status\n"                                             \
    "    get_global file\n"                                                    \
    "    hostcall file_size\n"                                                 \
    "    set_global file_size\n"                                               \
    "    pop\n"                                                                \
    "    get_global own\n"                                                     \
    "    hostcall file_size\n"                                                 \
    "    set_global own_size\n"                                                \
    "    set_global own_status\n"                                              \
    "    get_global cursor\n"                                                  \
    "    hostcall left\n"                                                      \
    "    set_global left\n"                                                    \
    "    ret\n"                                                                \
    ".end\n"

// [file] is opened with READ, WRITE and CREATE and gets 8 bytes.
#define OPEN_ALL(load, file)                                                   \
    "    push_i64 64\n"                                                        \
    "    bytes_new\n"                                                          \
    "    set_global buffer\n"                                                  \
    "    push_i64 1\n"                                                         \
    "    push_i64 " load "\n"                                                  \
    "    hostcall load\n"                                                      \
    "    set_global two\n"                                                     \
    "    pop\n"                                                                \
    "    push_i64 2\n"                                                         \
    "    hostcall data\n"                                                      \
    "    set_global data\n"                                                    \
    "    pop\n"                                                                \
    "    push_i64 3\n"                                                         \
    "    push_i64 3\n"                                                         \
    "    hostcall bank\n"                                                      \
    "    set_global bank\n"                                                    \
    "    pop\n"                                                                \
    "    push_const \"" file "\"\n"                                            \
    "    push_i64 7\n"                                                         \
    "    hostcall open\n"                                                      \
    "    set_global file\n"                                                    \
    "    pop\n"                                                                \
    "    get_global file\n"                                                    \
    "    push_i64 0\n"                                                         \
    "    get_global buffer\n"                                                  \
    "    push_i64 0\n"                                                         \
    "    push_i64 8\n"                                                         \
    "    hostcall write\n"                                                     \
    "    pop\n"                                                                \
    "    pop\n"                                                                \
    "    push_const \"/cart/program.pbx\"\n"                                   \
    "    push_i64 1\n"                                                         \
    "    hostcall open\n"                                                      \
    "    set_global own\n"                                                     \
    "    pop\n"                                                                \
    "    push_const \"/scratch\"\n"                                            \
    "    hostcall list\n"                                                      \
    "    set_global cursor\n"                                                  \
    "    pop\n"

static const char holds[] =
    OPENERS ".func main ()\n"
            "    push_i64 1\n"
            "    push_i64 9\n"
            "    hostcall load\n"
            "    set_global one\n"
            "    pop\n"
            "    frame_sync\n"
            "    get_global one\n"
            "    hostcall commit\n"
            "    pop\n" OPEN_ALL("10", "/scratch/a") "loop:\n"
                                                     "    call look\n"
                                                     "    frame_sync\n"
                                                     "    jmp loop\n"
                                                     ".end\n" LOOK;

static const char held[] =
    OPENERS ".global version: i64\n"
            ".func main ()\n"
            "    frame_sync\n"
            "loop:\n"
            "    push_i64 2\n"
            "    set_global version\n"
            "    call look\n"
            "    frame_sync\n"
            "    jmp loop\n"
            "    push_i64 1\n"
            "    push_i64 9\n"
            "    hostcall load\n"
            "    set_global one\n"
            "    pop\n"
            "    get_global one\n"
            "    hostcall commit\n"
            "    pop\n" OPEN_ALL("10", "/scratch/a") "    ret\n"
                                                     ".end\n" LOOK;

// What look has found, as one text.
static void check_looks(const struct reload_world *w, const char *wanted)
{
    static const char *const names[] = {
        "status_one",  "status_two", "data_status", "data_size", "byte",
        "bank_status", "file_size",  "own_status",  "left"};
    char text[400] = "";

    for (size_t i = 0; i < PM_ARRAY_LEN(names); i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s %d",
                 i ? ", " : "", names[i], (int)rw_global(w, names[i]));
    CHECK_STR(text, wanted);
}

#define ALL_WELL                                                               \
    "status_one 3, status_two 2, data_status 0, data_size 1000, byte 5, "      \
    "bank_status 0, file_size 8, own_status 0, left 1"

TEST(reload_assets, what_a_program_holds_goes_on_with_new_code)
{
    struct reload_world w;
    REQUIRE(enter(&w, NULL, holds, 3));

    rw_run(&w, 4);
    check_looks(&w, ALL_WELL);
    CHECK_INT(byte_in(&w, 9), 5);
    struct pm_test_cart *cart = version(&w, held);
    REQUIRE(cart && add_blobs(cart, 1, 2, 3, 5, 1000));
    CHECK_INT(rw_load(&w, cart), PM_OK);
    CHECK_STR(w.report, "");
    rw_run(&w, 1);
    CHECK_INT(rw_global(&w, "version"), 2);
    check_looks(&w, ALL_WELL);
    CHECK(rw_global(&w, "own_size") == cart->program.size);
    CHECK_INT(byte_in(&w, 9), 5);
    rw_check_whole(&w, cart);
    rw_leave(&w);
}

TEST(reload_assets, what_a_program_holds_follows_new_assets)
{
    for (int i = 0; i < 2; i++) {
        struct reload_world w;
        REQUIRE(enter(&w, NULL, holds, 3));
        rw_run(&w, 4);
        struct pm_test_cart *cart = version(&w, i ? held : holds);
        REQUIRE(cart && add_blobs(cart, 1, 2, 3, 6, 900));
        CHECK_INT(rw_load(&w, cart), PM_OK);
        CHECK_STR(w.report, "");
        CHECK_INT(byte_in(&w, 9), 6);
        rw_run(&w, 1);
        // The bank's reader was of what the slot does not hold any more.
        check_looks(&w,
                    "status_one 3, status_two 2, data_status 0, data_size "
                    "900, byte 6, bank_status 4, file_size 8, own_status 0, "
                    "left 1");
        rw_check_whole(&w, cart);
        rw_leave(&w);
    }
}

TEST(reload_assets, what_a_program_holds_of_assets_that_are_gone_fails)
{
    for (int i = 0; i < 2; i++) {
        struct reload_world w;
        REQUIRE(enter(&w, NULL, holds, 3));
        rw_run(&w, 4);
        struct pm_test_cart *cart = version(&w, i ? held : holds);
        REQUIRE(cart && add_blobs(cart, 7, 2, 3, 6, 900));
        CHECK_INT(rw_load(&w, cart), PM_OK);
        CHECK_INT(byte_in(&w, 9), -1);
        CHECK_INT(byte_in(&w, 3), 6);
        rw_run(&w, 1);
        check_looks(&w,
                    "status_one 3, status_two 5, data_status 8, data_size 0, "
                    "byte 5, bank_status 4, file_size 8, own_status 0, left 1");
        rw_check_whole(&w, cart);
        rw_leave(&w);
    }
}

// --- what the first frame makes ----------------------------------------------

static const char nothing[] = ".global n: i64\n"
                              ".func main ()\n" LOOP;

// Opens all in its first frame and holds it in globals that are new.
static const char opens[] =
    OPENERS ".func main ()\n"
            "    push_i64 1\n"
            "    push_i64 9\n"
            "    hostcall load\n"
            "    set_global one\n"
            "    pop\n" OPEN_ALL("10", "/scratch/a") "    frame_sync\n"
                                                     "    get_global one\n"
                                                     "    hostcall commit\n"
                                                     "    pop\n"
                                                     "loop:\n"
                                                     "    call look\n"
                                                     "    frame_sync\n"
                                                     "    jmp loop\n"
                                                     ".end\n" LOOK;

TEST(reload_assets, what_the_first_frame_opens_goes_on_but_for_new_files)
{
    struct reload_world w;
    REQUIRE(enter(&w, NULL, nothing, 3));

    rw_run(&w, 2);
    struct pm_test_cart *cart = version(&w, opens);
    REQUIRE(cart && add_blobs(cart, 1, 2, 3, 5, 1000));
    CHECK_INT(rw_load(&w, cart), PM_OK);
    CHECK_STR(w.report, "");
    rw_run(&w, 2);
    // /scratch/a was there in the rehearsal only: CORRUPT, of size 0.
    check_looks(&w, "status_one 3, status_two 2, data_status 0, data_size "
                    "1000, byte 5, bank_status 0, file_size 0, own_status 0, "
                    "left 1");
    rw_check_whole(&w, cart);
    rw_leave(&w);
}

TEST(reload_assets, too_many_objects_are_refused)
{
    // JAM has four loads: three are held, two more are made.
#define LOAD_TO(slot, global)                                                  \
    "    push_i64 1\n"                                                         \
    "    push_i64 " slot "\n"                                                  \
    "    hostcall load\n"                                                      \
    "    set_global " global "\n"                                              \
    "    pop\n"
#define LOADER                                                                 \
    ".type Load = state \"load\"\n"                                            \
    ".host load = \"asset\" \"load\" 1 (i64, i64) -> (i64, Load)\n"            \
    ".global n: i64, a: Load, b: Load, c: Load\n"
    static const char three[] = LOADER ".func main ()\n" LOAD_TO("1", "a")
        LOAD_TO("2", "b") LOAD_TO("3", "c") LOOP;
    static const char two[] =
        LOADER ".global d: Load, e: Load\n"
               ".func main ()\n" LOAD_TO("4", "d") LOAD_TO("5", "e") LOOP;
    struct reload_world w;
    REQUIRE(enter(&w, NULL, three, -1));

    rw_run(&w, 2);
    struct pm_fingerprint print = rw_print(&w);
    struct pm_test_cart *cart = version(&w, two);
    REQUIRE(cart && add_blobs(cart, 1, 2, -1, 5, 1000));
    CHECK_INT(rw_load(&w, cart), PM_ERR_INVALID);
    CHECK(strstr(w.report, "RELOAD-OBJECTS") && strstr(w.report, "\"load\""));
    CHECK(rw_same(rw_print(&w), print));
    CHECK_INT(rw_run(&w, 1), PM_TICK_FRAME);
    rw_leave(&w);
}

// --- voices ------------------------------------------------------------------

#define VOICES                                                                 \
    ".type Voice = state \"voice\"\n"                                          \
    ".host play = \"audio\" \"play\" 1 (i64, i64, i64, i64, i64, i64) -> "     \
    "(i64, Voice)\n"                                                           \
    ".host is_playing = \"audio\" \"is_playing\" 1 (Voice) -> bool\n"          \
    ".global n: i64, kept: Voice, plays: bool, made: Voice, too: bool\n"
#define PLAY(global)                                                           \
    "    push_i64 0\n"                                                         \
    "    push_i64 0\n"                                                         \
    "    push_i64 255\n"                                                       \
    "    push_i64 128\n"                                                       \
    "    push_i64 65536\n"                                                     \
    "    push_i64 0\n"                                                         \
    "    hostcall play\n"                                                      \
    "    set_global " global "\n"                                              \
    "    pop\n"
#define ASK(voice, global)                                                     \
    "    get_global " voice "\n"                                               \
    "    hostcall is_playing\n"                                                \
    "    set_global " global "\n"

static size_t voices_of(const struct reload_world *w)
{
    const struct pm_audio *audio = &w->machine->console->audio;
    size_t count = 0;

    for (int i = 0; i < PM_AUDIO_VOICES; i++)
        count += audio->voices[i].age != 0;
    return count;
}

TEST(reload_assets, a_kept_voice_plays_on_and_none_begins_unheard)
{
    static const char old[] =
        VOICES ".func main ()\n" PLAY("kept") "loop:\n" ASK(
            "kept", "plays") "    frame_sync\n    jmp loop\n.end\n";
    static const char fresh[] = VOICES
        ".global more: Voice\n"
        ".func main ()\n" PLAY(
            "more") "    get_global more\n"
                    "    set_global made\n"
                    "    push_bool true\n"
                    "    set_global too\n"
                    "    frame_sync\n"
                    "loop:\n" ASK("kept", "plays") ASK(
                        "more", "too") "    frame_sync\n    jmp loop\n.end\n";
    struct reload_world w = {.count = 0};
    struct pm_test_cart *carts[2] = {rw_make(&w, old), rw_make(&w, fresh)};
    REQUIRE(carts[0] && carts[1]);
    for (int i = 0; i < 2; i++) {
        allow_assets(carts[i]);
        REQUIRE(pm_test_cart_add_assets(carts[i]));
    }
    w.machine = pm_test_machine(carts[0], NULL);
    REQUIRE(w.machine != NULL);

    rw_run(&w, 3);
    CHECK_INT(rw_global(&w, "plays"), 1);
    CHECK_INT(voices_of(&w), 1);
    CHECK_INT(rw_load(&w, carts[1]), PM_OK);
    CHECK_STR(w.report, "");
    CHECK_INT(voices_of(&w), 1);
    rw_run(&w, 1);
    CHECK_INT(rw_global(&w, "plays"), 1);
    CHECK_INT(rw_global(&w, "too"), 0);
    rw_check_whole(&w, carts[1]);
    rw_leave(&w);
}

// --- memory ------------------------------------------------------------------

static bool reload_failing(struct pm_fault_alloc *memory, const char *text,
                           size_t fail_at, bool *out_met)
{
    struct pm_allocator alloc = pm_fault_alloc(memory);
    struct reload_world w;

    if (!enter(&w, &alloc, holds, 3))
        return false;
    rw_run(&w, 4);
    struct pm_test_cart *cart = version(&w, text);
    if (!cart || !add_blobs(cart, 1, 2, 3, 6, 900))
        return false;
    struct pm_fingerprint before = rw_print(&w);
    memory->fail_at = memory->calls + fail_at;
    pm_status status = rw_load(&w, cart);
    *out_met = memory->calls >= memory->fail_at;
    memory->fail_at = 0;
    if (status) {
        CHECK_INT(status, PM_ERR_NO_MEMORY);
        CHECK(rw_same(rw_print(&w), before));
        rw_run(&w, 1);
        check_looks(&w, ALL_WELL);
        CHECK_INT(rw_load(&w, cart), PM_OK);
    }
    rw_run(&w, 1);
    CHECK_INT(rw_global(&w, "byte"), 6);
    CHECK_INT(rw_global(&w, "file_size"), 8);
    rw_leave(&w);
    return CHECK_INT(memory->live_blocks, 0);
}

TEST(reload_assets, each_allocation_may_fail)
{
    static const char *const texts[] = {holds, held};

    for (size_t k = 0; k < PM_ARRAY_LEN(texts); k++) {
        bool has_met = true;
        for (size_t i = 1; has_met; i++) {
            struct pm_fault_alloc memory = {0};
            if (!reload_failing(&memory, texts[k], i, &has_met))
                return;
        }
    }
}
