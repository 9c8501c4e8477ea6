// SPDX-License-Identifier: MIT
//
// Saved states of a whole machine that holds files on every volume, a cursor,
// a random stream, staged slots, loads, readers and voices. The checksum at the
// end is made right, so that what it guards is reached. What is refused leaves
// the machine as it was; what is accepted saves to bytes that are accepted and
// save to themselves, and runs on. PM_FUZZ_WRITE names a folder to write good
// states into.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/check.h"
#include "base/hash.h"
#include "support/cart_world.h"
#include "support/mem_directory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char program[] =
    ".type File = state \"file\"\n"
    ".type Cursor = state \"cursor\"\n"
    ".type Stream = state \"random\"\n"
    ".type Load = state \"load\"\n"
    ".type Data = state \"data\"\n"
    ".type Bank = state \"bank\"\n"
    ".type Voice = state \"voice\"\n"
    ".host gfx clear 1 (i64) -> ()\n"
    ".host gfx text 1 (i64, i64, string, i64) -> ()\n"
    ".host fs open 1 (string, i64) -> (i64, File)\n"
    ".host fs write 1 (File, i64, bytes, i64, i64) -> (i64, i64)\n"
    ".host fs sync 1 (File) -> i64\n"
    ".host fs list 1 (string) -> (i64, Cursor)\n"
    ".host fs next 1 (Cursor) -> (i64, string, i64, bool)\n"
    ".host mem slot_write 1 (i64, i64, bytes, i64, i64) -> (i64, i64)\n"
    ".host random open 1 (i64) -> (i64, Stream)\n"
    ".host random next 1 (Stream) -> i64\n"
    ".host asset load 1 (i64, i64) -> (i64, Load)\n"
    ".host asset commit 1 (Load) -> i64\n"
    ".host data open 1 (i64) -> (i64, Data)\n"
    ".host data read 1 (Data, i64, bytes, i64, i64) -> (i64, i64, bool)\n"
    ".host bank open 1 (i64, i64) -> (i64, Bank)\n"
    ".host bank unload 1 (i64, i64) -> i64\n"
    ".host audio play 1 (i64, i64, i64, i64, i64, i64) -> (i64, Voice)\n"
    ".global load: Load, data: Data, bank: Bank, voice: Voice\n"
    ".global scratch: File, host: File, save: File, cart: File\n"
    ".global dir: Cursor, stream: Stream, some: bytes\n"
    ".func main()\n"
    ".local n: i64, b: bytes\n"
    "push_const \"/scratch/a\"\npush_i64 7\nhostcall fs.open\n"
    "set_global scratch\npop\n"
    "push_const \"/host/h/b\"\npush_i64 7\nhostcall fs.open\n"
    "set_global host\npop\n"
    "push_const \"/save/c\"\npush_i64 7\nhostcall fs.open\n"
    "set_global save\npop\n"
    "push_const \"/cart/manifest.json\"\npush_i64 1\nhostcall fs.open\n"
    "set_global cart\npop\n"
    "push_const \"/cart\"\nhostcall fs.list\nset_global dir\npop\n"
    "push_i64 7\nhostcall random.open\nset_global stream\npop\n"
    "push_i64 24\nbytes_new\nset_global some\n"
    "push_i64 1\nhostcall data.open\nset_global data\npop\n"
    "push_i64 3\npush_i64 0\nhostcall bank.open\nset_global bank\npop\n"
    "push_i64 0\nset_local n\n"
    "frame:\n"
    "push_i64 0\npush_i64 0\npush_i64 255\npush_i64 100\n"
    "push_i64 70000\nget_local n\nhostcall audio.play\n"
    "set_global voice\npop\n"
    "get_local n\npush_i64 1\nand\npush_i64 0\neq\njmp_if_false commit\n"
    "push_i64 1\nget_local n\nhostcall asset.load\nset_global load\npop\n"
    "jmp loaded\n"
    "commit:\n"
    "get_global load\nhostcall asset.commit\npop\n"
    "push_i64 3\nget_local n\nhostcall bank.unload\npop\n"
    "loaded:\n"
    "get_global data\nget_local n\nget_global some\npush_i64 0\n"
    "push_i64 24\nhostcall data.read\npop\npop\npop\n"
    "get_local n\nhostcall gfx.clear\n"
    "push_i64 3\nget_local n\nget_local n\nstr_from_i64\n"
    "push_i64 65535\nhostcall gfx.text\n"
    "push_i64 40\nbytes_new\nset_local b\n"
    "get_local n\nspawn wait 1\npop\n"
    "get_global scratch\ncall append\n"
    "get_global host\ncall append\n"
    "get_global dir\nhostcall fs.next\npop\npop\npop\npop\n"
    "get_global some\npush_i64 0\nget_global stream\n"
    "hostcall random.next\nstore64\n"
    "get_local n\npush_i64 7\nand\npush_i64 0\nget_global some\n"
    "push_i64 0\npush_i64 24\nhostcall mem.slot_write\npop\npop\n"
    "get_local n\npush_i64 3\nand\npush_i64 1\neq\njmp_if_false end\n"
    "get_global host\nhostcall fs.sync\npop\n"
    "end:\n"
    "frame_sync\n"
    "get_local n\npush_i64 1\nadd\nset_local n\njmp frame\n"
    ".end\n"
    ".func append(file: File)\n"
    "get_local file\npush_i64 5\nget_global some\npush_i64 0\n"
    "push_i64 24\nhostcall fs.write\npop\npop\nret\n"
    ".end\n"
    ".func wait(n: i64)\n"
    "get_local n\npush_i64 3\nrem\nsleep\nyield\nret\n"
    ".end\n";

static struct pm_mem_directory directory;
static struct pm_test_cart cart;
static struct pm_machine *machine;
static uint8_t *start;
static size_t start_size;

static void close_all(void)
{
    pm_machine_free_state(machine, start, start_size);
    pm_machine_destroy(machine);
    pm_mem_directory_free(&directory);
    pm_test_cart_free(&cart);
}

static void write_state(const char *folder, int number)
{
    char path[512];
    uint8_t *bytes;
    size_t size;
    snprintf(path, sizeof path, "%s/state-%02d", folder, number);
    PM_CHECK(pm_machine_save(machine, &bytes, &size) == PM_OK);
    FILE *file = fopen(path, "wb");
    PM_CHECK(file && fwrite(bytes, 1, size, file) == size);
    fclose(file);
    pm_machine_free_state(machine, bytes, size);
}

static void open_all(void)
{
    struct pm_mount mount = {"h", &directory.seam, true};
    struct pm_machine_config config = {.mounts = &mount, .mount_count = 1};
    const char *folder = getenv("PM_FUZZ_WRITE");

    pm_mem_directory_init(&directory);
    PM_CHECK(pm_test_cart_make(&cart, "JAM", program));
    pm_test_cart_manifest(
        &cart, "JAM", "\"gfx\",\"fs\",\"asset\",\"bank\",\"audio\"", "Test");
    PM_CHECK(pm_test_cart_add_assets(&cart));
    machine = pm_test_machine(&cart, &config);
    PM_CHECK(machine != NULL);
    for (int i = 0; i < 6; i++) {
        pm_machine_tick(machine, NULL);
        if (folder)
            write_state(folder, i);
    }
    PM_CHECK(pm_machine_save(machine, &start, &start_size) == PM_OK);
    atexit(close_all);
}

static void check_saves_as(const uint8_t *bytes, size_t size)
{
    uint8_t *now;
    size_t now_size;
    PM_CHECK(pm_machine_save(machine, &now, &now_size) == PM_OK);
    PM_CHECK(now_size == size && memcmp(now, bytes, size) == 0);
    pm_machine_free_state(machine, now, now_size);
}

// A state that nobody saved may say more than can be kept (a shadow on which
// no file is): what was kept of it is then a state that saves to itself.
static void check_settles(void)
{
    uint8_t *now;
    size_t size;
    PM_CHECK(pm_machine_save(machine, &now, &size) == PM_OK);
    PM_CHECK(pm_machine_restore(machine, now, size, NULL) == PM_OK);
    check_saves_as(now, size);
    pm_machine_free_state(machine, now, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!machine)
        open_all();
    if (size < 8)
        return 0;
    uint8_t *bytes = malloc(size);
    PM_CHECK(bytes != NULL);
    memcpy(bytes, data, size);
    pm_store64(bytes + size - 8, pm_hash64(bytes, size - 8));
    if (pm_machine_restore(machine, bytes, size, NULL) == PM_OK) {
        check_settles();
        for (int i = 0; i < 3; i++)
            pm_machine_tick(machine, NULL);
        PM_CHECK(pm_machine_restore(machine, start, start_size, NULL) == PM_OK);
    } else {
        check_saves_as(start, start_size);
    }
    free(bytes);
    return 0;
}
