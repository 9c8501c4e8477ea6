// SPDX-License-Identifier: MIT
//
// Each number of the profiles that is about files, from both of its sides.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "files_world.h"
#include "machine/profiles.h"

static const struct pm_profile *profile_at(int i)
{
    return pm_profile_of((pm_cart_profile)i);
}

// Runs [body] with "@" put in as [number] in a machine of the profile; gives
// what it logged.
static const char *say(const char *profile, const char *body, uint64_t number)
{
    static char log[4096];
    static char text[4096];
    struct pm_machine *machine;
    struct files_world w;
    size_t at = 0;

    for (const char *from = body; *from && at + 30 < sizeof text; from++)
        if (*from == '@')
            at += (size_t)snprintf(text + at, 30, "%" PRIu64, number);
        else
            text[at++] = *from;
    text[at] = '\0';
    fw_enter(&w);
    w.store.keeps_no_states = true;
    struct pm_test_cart cart = fw_cart(profile, 7, text);
    struct pm_cart_files files = pm_test_cart_files(&cart);
    if (CHECK_INT(pm_machine_create(&w.config, &machine), PM_OK)) {
        if (CHECK_INT(pm_machine_load(machine, &files, NULL), PM_OK))
            CHECK_INT(fw_run(machine, 2000), PM_TICK_HALTED);
        pm_machine_destroy(machine);
    }
    pm_test_cart_free(&cart);
    snprintf(log, sizeof log, "%s", w.log);
    fw_leave(&w);
    return log;
}

static const char *wanted(const char *format, uint64_t number)
{
    static char text[200];

    snprintf(text, sizeof text, format, number);
    return text;
}

// Makes one more until that is refused, and holds all of them meanwhile.
#define MORE(what, arguments, global)                                          \
    " call deep\n get_global n\n push_const \"made\"\n call tell\n halt\n"     \
    ".end\n"                                                                   \
    ".func deep ()\n"                                                          \
    ".local one: " what "\n"                                                   \
    ".local status: i64\n" arguments " set_local one\n"                        \
    " tee_local status\n push_i64 0\n ne\n jmp_if_true full\n"                 \
    " get_global n\n push_i64 1\n add\n set_global n\n"                        \
    " call deep\n ret\n"                                                       \
    "full:\n get_local status\n push_const \"" global "\"\n call tell\n ret\n"

TEST(files_limits, bound_the_open_files)
{
    for (int i = 0; i < 3; i++)
        CHECK_STR(
            say(profile_at(i)->name,
                MORE("File",
                     " push_const \"/scratch/a\"\n push_i64 7\n"
                     " hostcall open\n",
                     "open"),
                0),
            wanted("open 11;made %" PRIu64 ";", profile_at(i)->open_files));
}

TEST(files_limits, bound_the_cursors)
{
    for (int i = 0; i < 3; i++)
        CHECK_STR(
            say(profile_at(i)->name,
                MORE("Cursor", " push_const \"/scratch\"\n hostcall list\n",
                     "list"),
                0),
            wanted("list 11;made %" PRIu64 ";", profile_at(i)->cursors));
}

// A file that was closed makes room for another.
TEST(files_limits, a_closed_file_makes_room)
{
    CHECK_STR(say("JAM",
                  "again:\n"
                  " push_const \"/scratch/a\"\n push_i64 7\n hostcall open\n"
                  " set_global f\n pop\n"
                  " get_global f\n hostcall close\n pop\n"
                  " get_global n\n push_i64 1\n add\n set_global n\n"
                  " get_global n\n push_i64 100\n lt\n jmp_if_true again\n"
                  " push_const \"/scratch/a\"\n push_i64 7\n hostcall open\n"
                  " set_global f\n push_const \"open\"\n call tell\n halt\n",
                  0),
              "open 0;");
}

#define SIZED(path, size)                                                      \
    " push_const \"" path "\"\n push_i64 7\n hostcall open\n set_global f\n"   \
    " pop\n get_global f\n push_i64 " size "\n hostcall truncate\n"            \
    " push_const \"size\"\n call tell\n"                                       \
    " get_global f\n hostcall close\n pop\n"

TEST(files_limits, bound_the_bytes_of_a_file_to_the_byte)
{
    for (int i = 0; i < 3; i++) {
        const struct pm_profile *p = profile_at(i);
        CHECK_STR(say(p->name, SIZED("/save/a", "@") " halt\n", p->file_size),
                  "size 0;");
        CHECK_STR(
            say(p->name, SIZED("/save/a", "@") " halt\n", p->file_size + 1),
            "size 12;");
        CHECK_STR(say(p->name, SIZED("/host/w/a", "@") " halt\n", p->file_size),
                  "size 0;");
        CHECK_STR(
            say(p->name, SIZED("/host/w/a", "@") " halt\n", p->file_size + 1),
            "size 12;");
    }
}

TEST(files_limits, bound_the_bytes_of_scratch_to_the_byte)
{
    for (int i = 0; i < 3; i++) {
        const struct pm_profile *p = profile_at(i);
        CHECK_STR(say(p->name,
                      SIZED("/scratch/a", "@") SIZED("/scratch/b", "1")
                          SIZED("/scratch/b", "2") " halt\n",
                      p->scratch - 1),
                  "size 0;size 0;size 3;");
    }
}

// Files as long as they may be up to the quota but for a byte.
TEST(files_limits, bound_the_bytes_of_save_to_the_byte)
{
    static const char body[] =
        ".local limit: i64\n"
        ".local used: i64\n"
        ".local part: i64\n"
        " push_const \"/save\"\n hostcall usage\n push_i64 1\n sub\n"
        " set_local limit\n pop\n pop\n"
        " push_i64 0\n set_local used\n"
        "again:\n"
        " push_const \"/save/\"\n get_global n\n str_from_i64\n add\n"
        " push_i64 7\n hostcall open\n set_global f\n pop\n"
        " get_local limit\n get_local used\n sub\n"
        " push_i64 @\n min\n set_local part\n"
        " get_global f\n get_local part\n hostcall truncate\n pop\n"
        " get_global f\n hostcall close\n pop\n"
        " get_local used\n get_local part\n add\n set_local used\n"
        " get_global n\n push_i64 1\n add\n set_global n\n"
        " get_local used\n get_local limit\n lt\n"
        " jmp_if_true again\n" SIZED("/save/last", "1")
            SIZED("/save/last",
                  "2") " push_const \"/save\"\n hostcall usage\n eq\n"
                       " jmp_if_false no\n"
                       " push_i64 1\n push_const \"full\"\n hostcall say\n"
                       "no:\n pop\n halt\n";
    for (int i = 0; i < 3; i++) {
        const struct pm_profile *p = profile_at(i);
        CHECK_STR(say(p->name, body, p->file_size), "size 0;size 3;full;");
    }
}

static const char *make_all(const char *profile, const char *volume)
{
    char body[600];

    snprintf(body, sizeof body,
             ".local status: i64\n"
             "again:\n"
             " push_const \"%s/\"\n get_global n\n str_from_i64\n add\n"
             " hostcall make_dir\n tee_local status\n push_i64 0\n ne\n"
             " jmp_if_true full\n"
             " get_global n\n push_i64 1\n add\n set_global n\n jmp again\n"
             "full:\n get_local status\n push_const \"dir\"\n call tell\n"
             " get_global n\n push_const \"made\"\n call tell\n"
             " push_const \"%s\"\n hostcall list\n set_global dir\n"
             " push_const \"list\"\n call tell\n"
             " get_global dir\n hostcall left\n push_const \"left\"\n"
             " call tell\n halt\n",
             volume, volume);
    return say(profile, body, 0);
}

// A listing holds them all.
TEST(files_limits, bound_the_entries_of_a_volume)
{
    for (int i = 0; i < 3; i++) {
        const struct pm_profile *p = profile_at(i);
        char text[100];
        snprintf(text, sizeof text, "dir 3;made %u;list 0;left %u;", p->entries,
                 p->entries);
        CHECK_STR(make_all(p->name, "/scratch"), text);
        if (i < 2)
            CHECK_STR(make_all(p->name, "/save"), text);
    }
}

TEST(files_limits, a_directory_of_more_entries_than_a_listing_is_too_large)
{
    uint32_t most = profile_at(0)->entries;
    struct files_world w;
    fw_enter(&w);
    for (uint32_t i = 0; i < most; i++) {
        char name[16];
        snprintf(name, sizeof name, "%05u", i);
        pm_mem_put(&w.read, name, "");
    }
    static const char body[] =
        " push_const \"/host/r\"\n hostcall list\n set_global dir\n"
        " push_const \"list\"\n call tell\n halt\n";
    CHECK_INT(fw_play(&w, body), PM_TICK_HALTED);
    LOGGED(&w, "list 0;");
    pm_mem_put(&w.read, "x", "");
    CHECK_INT(fw_play(&w, body), PM_TICK_HALTED);
    LOGGED(&w, "list 12;");
    fw_leave(&w);
}

TEST(files_limits, bound_the_random_streams)
{
    for (int i = 0; i < 3; i++)
        CHECK_STR(
            say(profile_at(i)->name,
                MORE("Random", " push_i64 1\n hostcall random\n", "random"), 0),
            wanted("random 1;made %" PRIu64 ";", profile_at(i)->streams));
}
