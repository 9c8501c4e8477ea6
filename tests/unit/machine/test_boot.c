// SPDX-License-Identifier: MIT
//
// What a boot refuses, and that the machine is then as it was.
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "base/hash.h"
#include "base/mem.h"
#include "support/cart_world.h"
#include "support/fault_alloc.h"
#include "support/test.h"

static const char plain[] = ".host gfx clear 1 (i64) -> ()\n"
                            ".func main ()\n"
                            "loop:\n"
                            "    push_i64 5\n"
                            "    hostcall gfx.clear\n"
                            "    frame_sync\n"
                            "    jmp loop\n"
                            ".end\n";

// Draws sprite 1 of bank 3 at 0, 0 and shows the status as clear colour.
static const char drawing[] =
    ".host composer emit_sprite 1 (i64, i64, i64, i64, i64, i64, bool, bool, "
    "i64) -> (i64)\n"
    ".func main ()\n"
    "loop:\n"
    "    push_i64 1\n"
    "    push_i64 0\n"
    "    push_i64 0\n"
    "    push_i64 0\n"
    "    push_i64 0\n"
    "    push_i64 3\n"
    "    push_bool false\n"
    "    push_bool false\n"
    "    push_i64 0\n"
    "    hostcall composer.emit_sprite\n"
    "    pop\n"
    "    frame_sync\n"
    "    jmp loop\n"
    ".end\n";

// Loads [cart] over a running one; it must be refused with [status] and each
// of the [codes], and the one before must go on.
static void refuse(struct pm_test_cart *cart,
                   const struct pm_machine_config *config, pm_status wanted,
                   const char *const *codes)
{
    struct pm_test_cart old;
    struct pm_fingerprint before;
    struct pm_fingerprint after;
    const struct pm_report *report = NULL;
    REQUIRE(pm_test_cart_make(&old, "JAM", plain));
    pm_test_cart_manifest(&old, "JAM", "\"gfx\"", "Old");
    struct pm_machine *machine = pm_test_machine(&old, config);
    REQUIRE(machine);
    pm_machine_tick(machine, NULL);
    pm_machine_fingerprint(machine, &before);
    struct pm_cart_files files = pm_test_cart_files(cart);

    CHECK_INT(pm_machine_load(machine, &files, &report), wanted);
    for (; *codes; codes++)
        if (!CHECK(strstr(pm_report_text(report), *codes) != NULL))
            fprintf(stderr, "no %s in:\n%s", *codes, pm_report_text(report));
    CHECK(pm_report_count(report) >= 1);
    CHECK(pm_report_line(report, pm_report_count(report)) == NULL);
    CHECK_INT(pm_machine_fingerprint(machine, &after), PM_OK);
    CHECK(before.low == after.low && before.high == after.high);
    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_FRAME);
    pm_machine_destroy(machine);
    pm_test_cart_free(&old);
}

#define CODES(...)                                                             \
    (const char *const[])                                                      \
    {                                                                          \
        __VA_ARGS__, NULL                                                      \
    }

TEST(boot, refuses_a_cartridge_without_files)
{
    struct pm_test_cart cart;
    REQUIRE(pm_test_cart_make(&cart, "JAM", plain));
    cart.manifest.size = cart.program.size = 0;
    refuse(&cart, NULL, PM_ERR_INVALID,
           CODES("manifest.json: error CART-FILE-MISSING",
                 "program.pbx: error CART-FILE-MISSING"));
    pm_test_cart_free(&cart);
}

TEST(boot, shows_faults_of_manifest_and_program_together)
{
    struct pm_test_cart cart;
    REQUIRE(pm_test_cart_make(&cart, "JAM", ".func main ()\n pop\n ret\n.end"));
    pm_test_cart_manifest(&cart, "HUGE", "\"gfx\",\"magic\"", "Test");
    refuse(&cart, NULL, PM_ERR_INVALID,
           CODES("CART-MANIFEST-PROFILE", "CART-MANIFEST-CAPABILITY",
                 "LINK-STACK"));
    pm_test_cart_free(&cart);
}

TEST(boot, refuses_what_the_host_does_not_grant)
{
    struct pm_machine_config config = {.capabilities = 1 << 1}; // gfx
    struct pm_test_cart cart;
    REQUIRE(pm_test_cart_make(&cart, "JAM", plain));
    pm_test_cart_manifest(&cart, "JAM", "\"gfx\",\"log\"", "Test");
    refuse(&cart, &config, PM_ERR_INVALID,
           CODES("manifest.json: error MACHINE-CAPABILITY", "\"log\""));
    pm_test_cart_free(&cart);
}

TEST(boot, refuses_a_call_that_the_manifest_did_not_ask_for)
{
    struct pm_test_cart cart;
    REQUIRE(pm_test_cart_make(&cart, "JAM", plain));
    pm_test_cart_manifest(&cart, "JAM", "\"log\"", "Test");
    refuse(&cart, NULL, PM_ERR_INVALID, CODES("LINK-"));
    pm_test_cart_free(&cart);
}

TEST(boot, wants_assets_when_the_capability_is_asked_for)
{
    struct pm_test_cart cart;
    REQUIRE(pm_test_cart_make(&cart, "JAM", plain));
    pm_test_cart_manifest(&cart, "JAM", "\"gfx\",\"asset\"", "Test");
    refuse(&cart, NULL, PM_ERR_INVALID,
           CODES("assets.pa: error CART-FILE-MISSING"));
    pm_test_cart_free(&cart);
}

TEST(boot, refuses_a_preload_over_the_budget)
{
    struct pm_test_cart cart;
    REQUIRE(pm_test_cart_make(&cart, "JAM", plain));
    // 7 * (256 * 256 + 2048) is within JAM's 512 KiB, 8 are not.
    REQUIRE(pm_test_cart_add_sheet(&cart, 0, 8, 256));
    refuse(&cart, NULL, PM_ERR_INVALID,
           CODES("PRELOAD-BUDGET", "540672", "524288"));
    pm_test_cart_free(&cart);
    REQUIRE(pm_test_cart_make(&cart, "JAM", plain));
    REQUIRE(pm_test_cart_add_sheet(&cart, 0, 7, 256));
    struct pm_machine *machine = pm_test_machine(&cart, NULL);
    CHECK(machine != NULL);
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

TEST(boot, refuses_a_preload_that_is_damaged)
{
    struct pm_test_cart cart;
    REQUIRE(pm_test_cart_make(&cart, "STANDARD", drawing));
    REQUIRE(pm_test_cart_add_sheet(&cart, 3, 1, 16));
    cart.assets.data[cart.assets.size - 1] ^= 1;
    refuse(&cart, NULL, PM_ERR_CORRUPT, CODES("PRELOAD-READ", "(sheet)"));
    pm_test_cart_free(&cart);
}

// Another preload item of [from]'s length in its place, and the sum made right.
static void edit_preload(struct pm_test_cart *cart, const char *from,
                         const char *to)
{
    uint8_t *file = cart->assets.data;
    uint32_t header_size = pm_load32(file + 8);
    size_t size = strlen(from);
    uint8_t *at = file + 32;

    while (memcmp(at, from, size) != 0)
        at++;
    memcpy(at, to, size);
    pm_store64(file + 24, pm_hash64(file + 32, header_size));
}

TEST(boot, shows_all_that_is_wrong_with_a_preload_list)
{
    struct pm_test_cart cart;
    REQUIRE(pm_test_cart_make(&cart, "JAM", plain));
    REQUIRE(pm_test_cart_add_sheet(&cart, 0, 11, 256));
    edit_preload(&cart, "\"asset_id\":2,\"slot\":1}",
                 "\"asset_id\":2,\"slot\":0}");
    edit_preload(&cart, "\"asset_id\":3,", "\"asset_id\":0,");
    edit_preload(&cart, "\"slot\":10}", "\"slot\":16}");
    cart.assets.data[cart.assets.size - 60000] ^= 1;
    refuse(&cart, NULL, PM_ERR_INVALID,
           CODES("PA-PRELOAD-DUPLICATE", "PA-PRELOAD-UNKNOWN",
                 "PA-PRELOAD-SLOT", "PRELOAD-BUDGET", "540672"));
    // With less of them also what is in the file shows.
    pm_test_cart_free(&cart);
    REQUIRE(pm_test_cart_make(&cart, "JAM", plain));
    REQUIRE(pm_test_cart_add_sheet(&cart, 0, 9, 256));
    edit_preload(&cart, "\"asset_id\":2,\"slot\":1}",
                 "\"asset_id\":2,\"slot\":0}");
    cart.assets.data[cart.assets.size - 1] ^= 1;
    refuse(&cart, NULL, PM_ERR_INVALID,
           CODES("PA-PRELOAD-DUPLICATE", "PRELOAD-BUDGET", "540672",
                 "PRELOAD-READ", "asset 9"));
    pm_test_cart_free(&cart);
}

TEST(boot, makes_the_preload_resident)
{
    struct pm_test_cart cart;
    REQUIRE(pm_test_cart_make(&cart, "STANDARD", drawing));
    REQUIRE(pm_test_cart_add_sheet(&cart, 3, 1, 16));
    struct pm_machine *machine = pm_test_machine(&cart, NULL);
    REQUIRE(machine);
    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_FRAME);
    CHECK_INT(pm_machine_picture(machine)[0], 0x2222);
    CHECK_INT(pm_machine_picture(machine)[8], 0);
    CHECK_INT(pm_machine_reset(machine), PM_OK);
    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_FRAME);
    CHECK_INT(pm_machine_picture(machine)[0], 0x2222);
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

TEST(boot, answers_a_file_that_cannot_be_read)
{
    struct pm_test_cart cart;
    REQUIRE(pm_test_cart_make(&cart, "STANDARD", drawing));
    REQUIRE(pm_test_cart_add_sheet(&cart, 3, 1, 16));
    for (size_t at = 1; at <= 3; at++) {
        cart.opened = 0;
        cart.fail_at = at;
        refuse(&cart, NULL, PM_ERR_IO, CODES("CART-IO"));
    }
    pm_test_cart_free(&cart);
}

TEST(boot, checks_without_loading)
{
    struct pm_test_cart good;
    struct pm_test_cart bad;
    const struct pm_report *report;
    struct pm_machine *machine;
    REQUIRE(pm_machine_create(NULL, &machine) == PM_OK);
    REQUIRE(pm_test_cart_make(&good, "JAM", plain));
    REQUIRE(pm_test_cart_make(&bad, "JAM", ".func main ()\n pop\n ret\n.end"));
    struct pm_cart_files files = pm_test_cart_files(&good);
    CHECK_INT(pm_machine_check(machine, &files, &report), PM_OK);
    CHECK_INT(pm_report_count(report), 0);
    CHECK_STR(pm_report_text(report), "");
    files = pm_test_cart_files(&bad);
    CHECK_INT(pm_machine_check(machine, &files, NULL), PM_ERR_INVALID);
    CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_EMPTY);
    pm_machine_destroy(machine);
    pm_test_cart_free(&good);
    pm_test_cart_free(&bad);
}

// --- memory ------------------------------------------------------------------

struct whole {
    struct pm_test_cart cart;
    int worked;
};

// Load, tick, save, fingerprint, restore: each may fail for memory.
static int whole_life(const struct pm_allocator *alloc, void *context)
{
    struct whole *whole = context;
    struct pm_machine_config config = {.alloc = *alloc};
    struct pm_cart_files files = pm_test_cart_files(&whole->cart);
    const struct pm_report *report = NULL;
    struct pm_machine *machine;
    struct pm_fingerprint print;
    uint8_t *bytes = NULL;
    size_t size = 0;
    pm_status status = pm_machine_create(&config, &machine);

    if (status)
        return !CHECK_INT(status, PM_ERR_NO_MEMORY);
    status = pm_machine_load(machine, &files, &report);
    if (!status)
        CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_FRAME);
    if (!status)
        status = pm_machine_save(machine, &bytes, &size);
    if (!status)
        status = pm_machine_fingerprint(machine, &print);
    if (!status)
        status = pm_machine_restore(machine, bytes, size, &report);
    if (!status)
        status = pm_machine_reset(machine);
    CHECK(status == PM_OK || status == PM_ERR_NO_MEMORY);
    CHECK(status == PM_OK || report == NULL || pm_report_text(report));
    if (bytes)
        pm_machine_free_state(machine, bytes, size);
    pm_machine_destroy(machine);
    whole->worked += status == PM_OK;
    return status == PM_OK;
}

TEST(boot, answers_each_failing_allocation_and_leaks_nothing)
{
    struct whole whole = {0};
    REQUIRE(pm_test_cart_make(&whole.cart, "JAM", drawing));
    REQUIRE(pm_test_cart_add_sheet(&whole.cart, 3, 1, 16));
    size_t tries = pm_fault_alloc_each(whole_life, &whole, 1);
    CHECK(tries > 30);
    CHECK(whole.worked >= 1);
    pm_test_cart_free(&whole.cart);
}
