// SPDX-License-Identifier: MIT
//
// What is known of the object behind a stale handle.
#include "support/guest.h"
#include "support/test.h"

static const char program[] = ".func main()\n"
                              ".local b: bytes, c: bytes\n"
                              "push_i64 4\n"
                              "bytes_new\n" // offset 10
                              "set_local b\n"
                              "get_local b\n"
                              "set_local c\n"
                              "get_local b\n"
                              "bytes_release\n" // offset 36
                              "get_local c\n"
                              "push_i64 0\n"
                              "load8\n"
                              "pop\n"
                              "halt\n"
                              ".end\n";

static void run(const char *file, struct pm_stale_sites *out)
{
    struct pm_test_guest guest;
    struct pm_test_guest_config config = {0};
    memset(out, 0, sizeof *out);
    REQUIRE(
        pm_test_guest_open(&guest, program, sizeof program - 1, file, &config));
    CHECK_INT(pm_test_guest_finish(&guest, 1000, 1), PM_VM_TRAPPED);
    CHECK_INT(pm_vm_trap(guest.vm)->code, PM_TRAP_STALE_HANDLE);
    pm_vm_stale_sites(guest.vm, out);
    pm_test_guest_close(&guest);
}

TEST(sites, a_stale_handle_knows_where_its_object_began_and_ended)
{
    struct pm_stale_sites sites;
    run("sites.pasm", &sites);
    CHECK(sites.has_created && sites.has_ended);
    CHECK_INT(sites.created.offset, 10);
    CHECK_INT(sites.ended.offset, 36);
}

TEST(sites, without_debug_data_nothing_is_kept)
{
    struct pm_stale_sites sites;
    run(NULL, &sites);
    CHECK(!sites.has_created && !sites.has_ended);
}
