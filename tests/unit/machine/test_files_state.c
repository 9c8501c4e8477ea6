// SPDX-License-Identifier: MIT
//
// Saved states of machines with files: what goes into them, what is attached
// again, and what answers CORRUPT.
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "base/hash.h"
#include "files_world.h"

// Opens something of everything in the first frame, then looks at it and
// changes it in each frame.
static const char busy[] =
    " push_const \"/save/a\"\n push_const \"saved\"\n call put\n"
    " push_const \"/scratch/b\"\n push_const \"scratch\"\n call put\n"
    " push_const \"/scratch/b\"\n push_i64 3\n hostcall open\n"
    " set_global f\n push_const \"open\"\n call tell\n"
    " push_const \"/host/w/c\"\n push_i64 7\n hostcall open\n"
    " set_global g\n push_const \"open\"\n call tell\n"
    " push_const \"/scratch\"\n hostcall list\n set_global dir\n"
    " push_const \"list\"\n call tell\n"
    " push_i64 2\n push_const \"staged\"\n call stage\n"
    "again:\n"
    " frame_sync\n"
    " get_global n\n push_i64 1\n add\n set_global n\n"
    " get_global f\n get_global n\n push_const \"!\"\n call write\n"
    " get_global g\n get_global n\n push_const \"?\"\n call write\n"
    " get_global f\n call content\n"
    " get_global g\n call content\n"
    " push_i64 2\n get_global n\n str_from_i64\n call stage\n"
    " push_i64 2\n call state\n"
    " get_global dir\n hostcall left\n push_const \"left\"\n call tell\n"
    " jmp again\n";

static struct pm_machine *busy_machine(struct files_world *w)
{
    struct pm_machine *machine = fw_boot(w, busy);

    if (machine)
        fw_run(machine, 5);
    return machine;
}

// Frames from here on: what the program says, and the fingerprint.
static struct pm_fingerprint go_on(struct files_world *w,
                                   struct pm_machine *machine, int frames,
                                   char *out_log, size_t room)
{
    w->log[0] = '\0';
    fw_run(machine, frames);
    snprintf(out_log, room, "%s", w->log);
    w->log[0] = '\0';
    return fw_print(machine);
}

TEST(files_state, running_on_after_a_restore_gives_the_same)
{
    char first[2000];
    char second[2000];
    struct files_world w;
    uint8_t *bytes;
    size_t size;
    fw_enter(&w);
    struct pm_machine *machine = busy_machine(&w);
    REQUIRE(machine);
    REQUIRE(pm_machine_save(machine, &bytes, &size) == PM_OK);
    struct pm_fingerprint saved = fw_print(machine);
    struct pm_fingerprint end = go_on(&w, machine, 4, first, sizeof first);
    CHECK(strstr(first, "write 0;write 0;") != NULL);
    CHECK(strstr(first, "state 1;left 1;") != NULL);

    CHECK_INT(pm_machine_restore(machine, bytes, size, NULL), PM_OK);
    CHECK(fw_same(fw_print(machine), saved));
    CHECK(fw_same(go_on(&w, machine, 4, second, sizeof second), end));
    CHECK_STR(second, first);
    pm_machine_free_state(machine, bytes, size);
    pm_machine_destroy(machine);
    w.log[0] = '\0';
    fw_leave(&w);
}

TEST(files_state, another_machine_goes_on_the_same)
{
    char first[2000];
    char second[2000];
    struct files_world a;
    struct files_world b;
    uint8_t *bytes;
    size_t size;
    fw_enter(&a);
    fw_enter(&b);
    struct pm_machine *machine = busy_machine(&a);
    struct pm_machine *other = fw_boot(&b, busy);
    REQUIRE(machine && other);
    REQUIRE(pm_machine_save(machine, &bytes, &size) == PM_OK);
    struct pm_fingerprint end = go_on(&a, machine, 6, first, sizeof first);

    // Its own /save has no file open in the state: nothing is missed.
    CHECK_INT(pm_machine_restore(other, bytes, size, NULL), PM_OK);
    CHECK(fw_same(go_on(&b, other, 6, second, sizeof second), end));
    CHECK_STR(second, first);
    pm_machine_free_state(machine, bytes, size);
    pm_machine_destroy(machine);
    pm_machine_destroy(other);
    fw_leave(&a);
    fw_leave(&b);
}

// A file of each volume is open; each change to it between saving and
// restoring makes its handle CORRUPT, and nothing else.
TEST(files_state, a_handle_whose_file_changed_answers_corrupt)
{
    static const struct {
        const char *path;
        const char *mode;
        const char *found; // after the restore, of an unchanged file
        const char *changed;
    } rows[] = {
        {"/save/a", "3", "one;", "content 13;"},
        {"/scratch/a", "3", "one;", "one;"}, // comes back with the state
        {"/host/r/a", "1", "one;", "two;"},  // is seen as it is
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int changes = 0; changes < 2; changes++) {
            char body[1200];
            struct files_world w;
            uint8_t *bytes;
            size_t size;
            fw_enter(&w);
            pm_mem_put(&w.read, "a", "one");
            snprintf(body, sizeof body,
                     " push_const \"%s\"\n push_const \"one\"\n call put\n"
                     " push_const \"%s\"\n push_i64 %s\n hostcall open\n"
                     " set_global f\n push_const \"open\"\n call tell\n"
                     " frame_sync\n"
                     " get_global f\n call content\n"
                     "forever:\n frame_sync\n jmp forever\n",
                     rows[i].path, rows[i].path, rows[i].mode);
            struct pm_machine *machine = fw_boot(&w, body);
            REQUIRE(machine);
            fw_run(machine, 2);
            REQUIRE(pm_machine_save(machine, &bytes, &size) == PM_OK);
            if (changes) {
                // The file is open, so that its own program cannot replace
                // it: a machine that has not opened it does.
                pm_machine_destroy(machine);
                char other[400];
                snprintf(other, sizeof other,
                         " push_const \"%s\"\n push_const \"two\"\n"
                         " call put\n halt\n",
                         rows[i].path);
                fw_play(&w, other);
                if (i == 2)
                    pm_mem_put(&w.read, "a", "two");
                machine = fw_boot(&w, body);
                REQUIRE(machine);
            }
            w.log[0] = '\0';
            CHECK_INT(pm_machine_restore(machine, bytes, size, NULL), PM_OK);
            uint8_t *again;
            size_t again_size;
            // What was lost says the same in the next state.
            REQUIRE(pm_machine_save(machine, &again, &again_size) == PM_OK);
            CHECK(again_size == size && memcmp(again, bytes, size) == 0);
            pm_machine_free_state(machine, again, again_size);
            fw_run(machine, 1);
            CHECK(strncmp(w.log, changes ? rows[i].changed : rows[i].found,
                          strlen(changes ? rows[i].changed : rows[i].found)) ==
                  0);
            pm_machine_free_state(machine, bytes, size);
            pm_machine_destroy(machine);
            fw_leave(&w);
        }
}

TEST(files_state, a_store_is_not_part_of_it)
{
    struct files_world w;
    uint8_t *bytes;
    size_t size;
    fw_enter(&w);
    struct pm_machine *machine =
        fw_boot(&w, " push_const \"/save/a\"\n call show\n frame_sync\n"
                    " push_const \"/save/a\"\n push_const \"one\"\n call put\n"
                    " push_const \"/save/a\"\n call show\n"
                    "forever:\n frame_sync\n jmp forever\n");
    REQUIRE(machine);
    fw_run(machine, 1);
    REQUIRE(pm_machine_save(machine, &bytes, &size) == PM_OK);
    fw_run(machine, 3);
    LOGGED(&w, "show 1;put 0;one;");
    CHECK_INT(pm_machine_restore(machine, bytes, size, NULL), PM_OK);
    fw_run(machine, 3);
    LOGGED(&w, "put 0;one;");
    pm_machine_free_state(machine, bytes, size);
    pm_machine_destroy(machine);
    fw_leave(&w);
}

// What was accepted is a state: it saves to bytes that are accepted too and
// save to themselves, and it can run. (Not to the same bytes: a shadow of
// /host that no handle is on any more ends with the restore.)
static void check_accepted(struct pm_machine *machine)
{
    uint8_t *bytes[2];
    size_t sizes[2];

    if (!CHECK_INT(pm_machine_save(machine, &bytes[0], &sizes[0]), PM_OK))
        return;
    CHECK_INT(pm_machine_restore(machine, bytes[0], sizes[0], NULL), PM_OK);
    if (CHECK_INT(pm_machine_save(machine, &bytes[1], &sizes[1]), PM_OK)) {
        CHECK(sizes[0] == sizes[1] &&
              memcmp(bytes[0], bytes[1], sizes[0]) == 0);
        pm_machine_free_state(machine, bytes[1], sizes[1]);
    }
    pm_machine_free_state(machine, bytes[0], sizes[0]);
    fw_run(machine, 1);
}

// Where the files begin: behind the picture, "scratch" is their first content.
static size_t find_files(const uint8_t *bytes, size_t size)
{
    for (size_t i = 200; i + 7 < size; i++)
        if (memcmp(bytes + i, "scratch", 7) == 0)
            return i - 200;
    return size;
}

// Each byte of files and objects changed, the sum made right again.
TEST(files_state, hostile_bytes_are_refused_or_a_state_and_nothing_leaks)
{
    struct files_world w;
    uint8_t *bytes;
    size_t size;
    unsigned accepted = 0;
    fw_enter(&w);
    struct pm_machine *machine = busy_machine(&w);
    REQUIRE(machine);
    REQUIRE(pm_machine_save(machine, &bytes, &size) == PM_OK);
    size_t at = find_files(bytes, size);
    REQUIRE(at + 908 < size);
    for (size_t end = at + 900; at < end; at++) {
        uint8_t old = bytes[at];
        bytes[at] ^= (uint8_t)(1u << at % 8);
        pm_store64(bytes + size - 8, pm_hash64(bytes, size - 8));
        pm_status status = pm_machine_restore(machine, bytes, size, NULL);
        CHECK(status != PM_ERR_NO_MEMORY);
        if (status == PM_OK)
            check_accepted(machine);
        accepted += status == PM_OK;
        bytes[at] = old;
        w.log[0] = '\0';
    }
    CHECK(accepted > 10 && accepted < 600);
    pm_machine_free_state(machine, bytes, size);
    pm_machine_destroy(machine);
    fw_leave(&w);
}

// A restore with the 1st, 2nd, 3rd … allocation failing leaves the machine as
// it was, with all that it has open.
TEST(files_state, a_restore_without_memory_changes_nothing)
{
    struct files_world w;
    uint8_t *bytes;
    size_t size;
    size_t at = 0;
    pm_status status = PM_ERR_NO_MEMORY;
    fw_enter(&w);
    struct pm_machine *machine = busy_machine(&w);
    REQUIRE(machine);
    REQUIRE(pm_machine_save(machine, &bytes, &size) == PM_OK);
    fw_run(machine, 3);
    struct pm_fingerprint before = fw_print(machine);
    while (status == PM_ERR_NO_MEMORY && at < 1000) {
        w.memory.calls = 0;
        w.memory.fail_at = ++at;
        status = pm_machine_restore(machine, bytes, size, NULL);
        w.memory.fail_at = 0;
        if (status)
            CHECK(fw_same(fw_print(machine), before));
    }
    CHECK_INT(status, PM_OK);
    CHECK(at > 10);
    pm_machine_free_state(machine, bytes, size);
    pm_machine_destroy(machine);
    fw_leave(&w);
}
