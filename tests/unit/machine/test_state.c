// SPDX-License-Identifier: MIT
//
// Snapshots of the whole machine.
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/hash.h"
#include "support/cart_world.h"
#include "support/test.h"

// Draws what the pad does and what coroutines have left in the heap.
static const char busy[] = ".module \"busy\"\n"
                           ".host gfx clear 1 (i64) -> ()\n"
                           ".host gfx text 1 (i64, i64, string, i64) -> ()\n"
                           ".host composer set_fade 1 (i64, i64, i64) -> ()\n"
                           ".global words: string\n"
                           ".func main ()\n"
                           "    push_const \"\"\n"
                           "    set_global words\n"
                           "    push_i64 5\n"
                           "    spawn worm, 1\n"
                           "    pop\n"
                           "    push_i64 50\n"
                           "    spawn worm, 1\n"
                           "    pop\n"
                           "loop:\n"
                           "    push_i64 0\n"
                           "    push_i64 3\n"
                           "    intrinsic pad_hold\n"
                           "    hostcall gfx.clear\n"
                           "    push_i64 0\n"
                           "    push_i64 3\n"
                           "    get_global words\n"
                           "    push_i64 65535\n"
                           "    hostcall gfx.text\n"
                           "    push_i64 1\n"
                           "    intrinsic frame\n"
                           "    push_i64 31\n"
                           "    and\n"
                           "    push_i64 77\n"
                           "    hostcall composer.set_fade\n"
                           "    frame_sync\n"
                           "    jmp loop\n"
                           ".end\n"
                           ".func worm (start: i64)\n"
                           "    .local n: i64\n"
                           "    get_local start\n"
                           "    set_local n\n"
                           "again:\n"
                           "    get_local n\n"
                           "    str_from_i64\n"
                           "    set_global words\n"
                           "    get_local n\n"
                           "    push_i64 1\n"
                           "    add\n"
                           "    tee_local n\n"
                           "    push_i64 3\n"
                           "    and\n"
                           "    sleep\n"
                           "    jmp again\n"
                           ".end\n";

static struct pm_frame_input input_of(int frame)
{
    return (struct pm_frame_input){
        .pad = {(uint16_t)(frame % 7 > 2 ? 1 << 3 : 0)},
        .touch_x = (int16_t)frame,
        .touch_present = frame % 3 == 0};
}

static bool same(struct pm_fingerprint a, struct pm_fingerprint b)
{
    return a.low == b.low && a.high == b.high;
}

static struct pm_fingerprint print_of(struct pm_machine *machine)
{
    struct pm_fingerprint print = {0};
    CHECK_INT(pm_machine_fingerprint(machine, &print), PM_OK);
    return print;
}

TEST(state, restored_at_each_frame_goes_on_the_same)
{
    struct pm_test_cart cart;
    struct pm_fingerprint prints[40];
    REQUIRE(pm_test_cart_make(&cart, "JAM", busy));
    struct pm_machine *straight = pm_test_machine(&cart, NULL);
    struct pm_machine *jumping = pm_test_machine(&cart, NULL);
    REQUIRE(straight && jumping);

    for (int i = 0; i < 40; i++) {
        struct pm_frame_input input = input_of(i);
        CHECK_INT(pm_machine_tick(straight, &input), PM_TICK_FRAME);
        prints[i] = print_of(straight);
    }
    for (int i = 0; i < 40; i++) {
        struct pm_frame_input input = input_of(i);
        const struct pm_report *report;
        uint8_t *bytes;
        size_t size;
        CHECK_INT(pm_machine_tick(jumping, &input), PM_TICK_FRAME);
        CHECK(same(print_of(jumping), prints[i]));
        REQUIRE(pm_machine_save(jumping, &bytes, &size) == PM_OK);
        // Somewhere else, and back; every second time into a new machine.
        pm_machine_tick(jumping, NULL);
        pm_machine_tick(jumping, NULL);
        CHECK(!same(print_of(jumping), prints[i]));
        if (i % 2) {
            pm_machine_destroy(jumping);
            jumping = pm_test_machine(&cart, NULL);
            REQUIRE(jumping);
        }
        CHECK_INT(pm_machine_restore(jumping, bytes, size, &report), PM_OK);
        CHECK(same(print_of(jumping), prints[i]));
        pm_machine_free_state(jumping, bytes, size);
    }
    CHECK(memcmp(pm_machine_picture(jumping), pm_machine_picture(straight),
                 PM_PICTURE_PIXELS * sizeof(uint16_t)) == 0);
    pm_machine_destroy(straight);
    pm_machine_destroy(jumping);
    pm_test_cart_free(&cart);
}

// Restores [bytes], which must be refused with [status] and the [code], and
// leave the state alone.
static void refuse(struct pm_machine *machine, const void *bytes, size_t size,
                   pm_status status, const char *code)
{
    struct pm_fingerprint before = print_of(machine);
    const struct pm_report *report = NULL;

    CHECK_INT(pm_machine_restore(machine, bytes, size, &report), status);
    CHECK(strstr(pm_report_text(report), code) != NULL);
    CHECK(same(before, print_of(machine)));
}

static void sum_again(uint8_t *bytes, size_t size)
{
    pm_store64(bytes + size - 8, pm_hash64(bytes, size - 8));
}

TEST(state, refuses_what_is_not_its_own)
{
    struct pm_test_cart cart;
    struct pm_test_cart other;
    uint8_t *bytes;
    size_t size;
    REQUIRE(pm_test_cart_make(&cart, "JAM", busy));
    REQUIRE(pm_test_cart_make(&other, "STANDARD", busy));
    struct pm_machine *machine = pm_test_machine(&cart, NULL);
    struct pm_machine *second = pm_test_machine(&other, NULL);
    REQUIRE(machine && second);
    for (int i = 0; i < 3; i++)
        pm_machine_tick(machine, NULL);
    REQUIRE(pm_machine_save(machine, &bytes, &size) == PM_OK);

    refuse(second, bytes, size, PM_ERR_INVALID, "STATE-CARTRIDGE");
    refuse(machine, bytes, 0, PM_ERR_INVALID, "STATE-MAGIC");
    refuse(machine, "PMSTATE", 8, PM_ERR_UNSUPPORTED, "STATE-VERSION");
    refuse(machine, bytes, size - 1, PM_ERR_CORRUPT, "STATE-SUM");
    bytes[8]++;
    refuse(machine, bytes, size, PM_ERR_UNSUPPORTED, "STATE-VERSION");
    bytes[8]--;
    // The first slot of the banks, said to be full.
    bytes[56] ^= 1;
    sum_again(bytes, size);
    refuse(machine, bytes, size, PM_ERR_INVALID, "STATE-BANKS");
    bytes[56] ^= 1;
    bytes[size - 9] ^= 0x55;
    sum_again(bytes, size);
    CHECK(pm_machine_restore(machine, bytes, size, NULL) != PM_OK);
    bytes[size - 9] ^= 0x55;
    sum_again(bytes, size);
    CHECK_INT(pm_machine_restore(machine, bytes, size, NULL), PM_OK);
    pm_machine_free_state(machine, bytes, size);
    pm_machine_destroy(machine);
    pm_machine_destroy(second);
    pm_test_cart_free(&cart);
    pm_test_cart_free(&other);
}

// A fuzzer found that what followed the program was not looked at.
TEST(state, refuses_bytes_behind_its_end)
{
    struct pm_test_cart cart;
    uint8_t *bytes;
    size_t size;
    REQUIRE(pm_test_cart_make(&cart, "JAM", busy));
    struct pm_machine *machine = pm_test_machine(&cart, NULL);
    REQUIRE(machine);
    pm_machine_tick(machine, NULL);
    REQUIRE(pm_machine_save(machine, &bytes, &size) == PM_OK);
    uint8_t *longer = calloc(1, size + 16);
    REQUIRE(longer);
    memcpy(longer, bytes, size);
    sum_again(longer, size + 16);
    refuse(machine, longer, size + 16, PM_ERR_INVALID, "STATE-PROGRAM");
    free(longer);
    pm_machine_free_state(machine, bytes, size);
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

TEST(state, any_damage_is_found_and_changes_nothing)
{
    struct pm_test_cart cart;
    uint8_t *bytes;
    size_t size;
    REQUIRE(pm_test_cart_make(&cart, "JAM", busy));
    struct pm_machine *machine = pm_test_machine(&cart, NULL);
    REQUIRE(machine);
    for (int i = 0; i < 5; i++)
        pm_machine_tick(machine, NULL);
    REQUIRE(pm_machine_save(machine, &bytes, &size) == PM_OK);
    struct pm_fingerprint before = print_of(machine);

    // The picture is most of it: fewer places there.
    for (size_t at = 0; at < size;
         at += at < 600 || size - at < 600 ? 1 : 997) {
        bytes[at] ^= (uint8_t)(1u << at % 8);
        CHECK(pm_machine_restore(machine, bytes, size, NULL) != PM_OK);
        bytes[at] ^= (uint8_t)(1u << at % 8);
    }
    CHECK(same(before, print_of(machine)));
    // With the sum made right again, what is accepted must be a state that
    // saves to the same bytes, and that can run.
    for (size_t at = 0; at < size;
         at += at < 600 || size - at < 600 ? 1 : 997) {
        uint8_t *again = NULL;
        size_t again_size = 0;
        uint8_t sum[8];
        memcpy(sum, bytes + size - 8, 8);
        bytes[at] ^= (uint8_t)(1u << at % 8);
        sum_again(bytes, size);
        if (pm_machine_restore(machine, bytes, size, NULL) == PM_OK) {
            REQUIRE(pm_machine_save(machine, &again, &again_size) == PM_OK);
            CHECK(again_size == size && memcmp(again, bytes, size) == 0);
            pm_machine_free_state(machine, again, again_size);
            pm_machine_tick(machine, NULL);
        }
        bytes[at] ^= (uint8_t)(1u << at % 8);
        memcpy(bytes + size - 8, sum, 8);
    }
    CHECK_INT(pm_machine_restore(machine, bytes, size, NULL), PM_OK);
    pm_machine_free_state(machine, bytes, size);
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}
