// SPDX-License-Identifier: MIT
//
// The host calls of the scene, from a program's side.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asset/asset.h"
#include "base/bits.h"
#include "base/mem.h"
#include "support/cart_world.h"
#include "support/test.h"

// A sheet whose pixels all have index 1, and a scene of one cell in layer 0.
#define SHEET_BYTES (8 * 8 / 2 + 2048)
#define SCENE_BYTES (8 + 4 * 20 + 4)

static void store_sheet(uint8_t *sheet)
{
    memset(sheet, 0x11, SHEET_BYTES);
    for (size_t i = 8 * 8 / 2; i < SHEET_BYTES; i++)
        sheet[i] = 0x77;
}

static void store_scene(uint8_t *scene)
{
    memset(scene, 0, SCENE_BYTES);
    memcpy(scene, "SCN1\1\0\4\0", 8);
    scene[8] = 1;
    scene[8 + 2] = 8;
    pm_store32(scene + 8 + 4, 65536);
    pm_store32(scene + 8 + 8, 65536);
    pm_store32(scene + 8 + 12, 1);
    pm_store32(scene + 8 + 16, 1);
    pm_store32(scene + 8 + 20, 1 << 24);
}

// Assets: the sheet in bank 0, the scene in slot [slot].
static bool add_scene(struct pm_test_cart *cart, int slot)
{
    static uint8_t sheet[SHEET_BYTES];
    static uint8_t scene[SCENE_BYTES];
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_diags diags;
    struct pm_asset_input inputs[2] = {
        {.id = 1,
         .name = "sheet",
         .bank_type = PM_BANK_GLYPH,
         .metadata = "{\"height\":8,\"palette_authored\":1,\"palette_count\":"
                     "64,\"tile_size\":8,\"width\":8}",
         .bytes = sheet,
         .size = sizeof sheet,
         .decoded_size = 64 + 2048},
        {.id = 2,
         .name = "scene",
         .bank_type = PM_BANK_SCENE,
         .metadata = "{}",
         .bytes = scene,
         .size = sizeof scene,
         .decoded_size = sizeof scene},
    };
    struct pm_asset_input_preload preload[] = {{1, 0}, {2, slot}};

    store_sheet(sheet);
    store_scene(scene);
    pm_diags_init(&diags, &alloc);
    pm_status status = pm_asset_write(inputs, 2, preload, 2, "assets.pa",
                                      &diags, &cart->assets);
    pm_diags_free(&diags);
    return CHECK(status == PM_OK);
}

#define CLEAR  ".host gfx clear 1 (i64) -> ()\n"
#define BIND   ".host composer bind_scene 1 (i64) -> i64\n"
#define UNBIND ".host composer unbind_scene 1 () -> ()\n"
#define CAMERA ".host composer set_camera 1 (i64, i64) -> ()\n"

static struct pm_machine *open(struct pm_test_cart *cart, const char *text)
{
    if (!CHECK(pm_test_cart_make(cart, "JAM", text)) || !add_scene(cart, 15))
        return NULL;
    return pm_test_machine(cart, NULL);
}

// Binds [slot] and clears with the status.
static struct pm_machine *open_bind(struct pm_test_cart *cart, int64_t slot)
{
    char text[400];
    snprintf(text, sizeof text,
             CLEAR BIND ".func main ()\n push_i64 %" PRId64
                        "\n hostcall composer.bind_scene\n hostcall gfx.clear\n"
                        " halt\n.end\n",
             slot);
    return open(cart, text);
}

TEST(composer, bind_scene_has_its_statuses)
{
    for (int slot = 0; slot < 16; slot++) {
        struct pm_test_cart cart;
        struct pm_machine *machine = open_bind(&cart, slot);
        REQUIRE(machine);
        CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_HALTED);
        const uint16_t *picture = pm_machine_picture(machine);
        CHECK_INT(picture[8], slot == 15 ? 0 : 1);
        CHECK_INT(picture[7], slot == 15 ? 0x7777 : 1);
        pm_machine_destroy(machine);
        pm_test_cart_free(&cart);
    }
}

TEST(composer, a_slot_that_is_none_traps)
{
    static const int64_t slots[] = {-1, 16, INT64_MIN, INT64_MAX,
                                    (int64_t)1 << 32};
    for (int i = 0; i < 5; i++) {
        struct pm_test_cart cart;
        char message[120];
        struct pm_machine *machine = open_bind(&cart, slots[i]);
        REQUIRE(machine);
        CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_TRAPPED);
        snprintf(message, sizeof message,
                 "composer.bind_scene: slot is %" PRId64 ", it must be 0 to 15",
                 slots[i]);
        CHECK_INT(pm_machine_trap(machine)->code, PM_TRAP_INVALID_ARGUMENT);
        CHECK_STR(pm_machine_trap(machine)->message, message);
        pm_machine_destroy(machine);
        pm_test_cart_free(&cart);
    }
}

TEST(composer, the_scene_follows_the_camera_until_it_is_unbound)
{
    static const char text[] = BIND UNBIND CAMERA
        ".func main ()\n"
        " push_i64 15\n hostcall composer.bind_scene\n pop\n"
        " push_i64 -300\n push_i64 -20\n"
        " hostcall composer.set_camera\n frame_sync\n"
        " push_i64 3\n push_i64 4\n"
        " hostcall composer.set_camera\n frame_sync\n"
        // One status that is not 0 leaves the binding.
        " push_i64 14\n hostcall composer.bind_scene\n pop\n"
        " frame_sync\n"
        " push_i64 9223372036854775807\n push_i64 4\n"
        " hostcall composer.set_camera\n frame_sync\n"
        " push_i64 0\n push_i64 0\n hostcall composer.set_camera\n"
        " hostcall composer.unbind_scene\n frame_sync\n"
        " halt\n.end\n";
    // How many pixels of the scene each frame shows, and where the first is.
    static const struct {
        int count;
        int first;
    } frames[] = {
        {64, 20 * 320 + 300}, {5 * 4, 0}, {5 * 4, 0}, {0, -1}, {0, -1}};
    struct pm_test_cart cart;
    struct pm_machine *machine = open(&cart, text);
    REQUIRE(machine);
    for (int i = 0; i < 5; i++) {
        int count = 0;
        int first = -1;
        CHECK_INT(pm_machine_tick(machine, NULL), PM_TICK_FRAME);
        const uint16_t *picture = pm_machine_picture(machine);
        for (int p = 0; p < PM_PICTURE_PIXELS; p++)
            if (picture[p]) {
                first = first < 0 ? p : first;
                count++;
            }
        CHECK_INT(count, frames[i].count);
        CHECK_INT(first, frames[i].first);
    }
    pm_machine_destroy(machine);
    pm_test_cart_free(&cart);
}

static bool same_picture(struct pm_machine *a, struct pm_machine *b)
{
    return memcmp(pm_machine_picture(a), pm_machine_picture(b),
                  PM_PICTURE_PIXELS * sizeof(uint16_t)) == 0;
}

TEST(composer, a_restored_machine_draws_the_scene_on)
{
    static const char text[] =
        BIND CAMERA ".func main ()\n .local n: i64\n"
                    " push_i64 15\n hostcall composer.bind_scene\n pop\n"
                    " push_i64 0\n set_local n\n"
                    "loop:\n get_local n\n push_i64 -1\n mul\n push_i64 -1\n"
                    " hostcall composer.set_camera\n frame_sync\n frame_sync\n"
                    " get_local n\n push_i64 1\n add\n set_local n\n jmp loop\n"
                    ".end\n";
    struct pm_test_cart cart;
    struct pm_machine *first = open(&cart, text);
    struct pm_machine *second = pm_test_machine(&cart, NULL);
    REQUIRE(first && second);
    for (int i = 0; i < 6; i++) {
        uint8_t *bytes;
        size_t size;
        pm_machine_tick(first, NULL);
        REQUIRE(pm_machine_save(first, &bytes, &size) == PM_OK);
        CHECK_INT(pm_machine_restore(second, bytes, size, NULL), PM_OK);
        pm_machine_free_state(first, bytes, size);
        CHECK(same_picture(first, second));
        pm_machine_tick(first, NULL);
        pm_machine_tick(second, NULL);
        CHECK(same_picture(first, second));
        CHECK_INT(pm_machine_picture(second)[PM_PICTURE_WIDTH + 7], 0x7777);
    }
    pm_machine_destroy(first);
    pm_machine_destroy(second);
    pm_test_cart_free(&cart);
}
