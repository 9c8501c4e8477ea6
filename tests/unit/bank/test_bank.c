// SPDX-License-Identifier: MIT
#include "bank/bank.h"

#include "support/fault_alloc.h"
#include "support/test.h"

static const struct pm_glyph_form small = {8, 16, 8};

#define SMALL_STORED   (64 + PM_GLYPH_PALETTES_BYTES)
#define SMALL_RESIDENT (128 + PM_GLYPH_PALETTES_BYTES)

// A small sheet whose pixel i has the index (i + seed) % 16 and whose colour
// i has the number i * 3 + seed.
static void make_small(uint8_t stored[SMALL_STORED], unsigned seed)
{
    for (unsigned i = 0; i < 64; i++)
        stored[i] =
            (uint8_t)((2 * i + seed) % 16 << 4 | (2 * i + 1 + seed) % 16);
    for (unsigned i = 0; i < 1024; i++) {
        unsigned color = i * 3 + seed;
        stored[64 + 2 * i] = (uint8_t)color;
        stored[64 + 2 * i + 1] = (uint8_t)(color >> 8);
    }
}

static struct pm_bank *make_bank(struct pm_fault_alloc *state, uint64_t budget)
{
    struct pm_bank_config config = {.alloc = pm_fault_alloc(state),
                                    .budget = {budget}};
    struct pm_bank *bank = NULL;
    CHECK(pm_bank_create(&config, &bank) == PM_OK);
    return bank;
}

static pm_status put(struct pm_bank *bank, unsigned slot, int32_t id,
                     unsigned seed)
{
    uint8_t stored[SMALL_STORED];
    make_small(stored, seed);
    return pm_bank_install_glyph(bank, slot, id, &small, stored, sizeof stored);
}

static uint64_t used(const struct pm_bank *bank)
{
    uint64_t bytes;
    uint64_t budget;
    pm_bank_usage(bank, PM_BANK_GLYPH, &bytes, &budget);
    return bytes;
}

TEST(bank, unpacks_the_left_pixel_from_the_high_nibble)
{
    struct pm_fault_alloc state = {0};
    struct pm_bank *bank = make_bank(&state, 0);
    CHECK(put(bank, 3, -7, 5) == PM_OK);
    const struct pm_glyph_sheet *sheet = pm_bank_glyph(bank, 3);
    REQUIRE(sheet);
    CHECK_INT(sheet->columns, 2);
    CHECK_INT(sheet->count, 2);
    for (unsigned i = 0; i < 128; i++)
        CHECK_INT(sheet->pixels[i], (i + 5) % 16);
    for (unsigned i = 0; i < 1024; i++)
        CHECK_INT(sheet->palettes[i], i * 3 + 5);
    CHECK_INT(used(bank), SMALL_RESIDENT);
    pm_bank_destroy(bank);
    CHECK_INT(state.live_blocks, 0);
}

TEST(bank, empty_slots_hold_nothing)
{
    struct pm_fault_alloc state = {0};
    struct pm_bank *bank = make_bank(&state, 0);
    for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++) {
        CHECK(!pm_bank_glyph(bank, slot));
        CHECK(!pm_bank_identity(bank, PM_BANK_GLYPH, slot, NULL));
        pm_bank_unload(bank, PM_BANK_BLOB, slot);
    }
    CHECK(pm_bank_share(bank, PM_BANK_GLYPH, 0, 1) == PM_ERR_NOT_FOUND);
    pm_bank_destroy(bank);
    pm_bank_destroy(NULL);
}

TEST(bank, the_same_asset_in_two_slots_is_resident_once)
{
    struct pm_fault_alloc state = {0};
    struct pm_bank *bank = make_bank(&state, SMALL_RESIDENT);
    CHECK(put(bank, 0, 1, 0) == PM_OK);
    CHECK(put(bank, 15, 1, 0) == PM_OK);
    CHECK(pm_bank_glyph(bank, 0) == pm_bank_glyph(bank, 15));
    CHECK_INT(used(bank), SMALL_RESIDENT);
    pm_bank_unload(bank, PM_BANK_GLYPH, 0);
    CHECK(pm_bank_glyph(bank, 15) != NULL);
    CHECK_INT(used(bank), SMALL_RESIDENT);
    pm_bank_unload(bank, PM_BANK_GLYPH, 15);
    CHECK_INT(used(bank), 0);
    pm_bank_destroy(bank);
    CHECK_INT(state.live_blocks, 0);
}

TEST(bank, an_edited_asset_is_another_resident)
{
    struct pm_fault_alloc state = {0};
    struct pm_bank *bank = make_bank(&state, 0);
    struct pm_bank_id a;
    struct pm_bank_id b;
    CHECK(put(bank, 0, 1, 0) == PM_OK);
    CHECK(put(bank, 1, 1, 1) == PM_OK);
    CHECK_INT(used(bank), 2 * SMALL_RESIDENT);
    REQUIRE(pm_bank_identity(bank, PM_BANK_GLYPH, 0, &a));
    REQUIRE(pm_bank_identity(bank, PM_BANK_GLYPH, 1, &b));
    CHECK(a.asset_id == 1 && b.asset_id == 1 && a.content != b.content);
    CHECK_INT(pm_bank_find(bank, PM_BANK_GLYPH, &b), 1);
    b.asset_id = 2;
    CHECK_INT(pm_bank_find(bank, PM_BANK_GLYPH, &b), -1);
    pm_bank_destroy(bank);
}

TEST(bank, the_budget_holds_to_the_byte_and_counts_what_is_replaced)
{
    struct pm_fault_alloc state = {0};
    struct pm_bank *bank = make_bank(&state, 2 * SMALL_RESIDENT);
    CHECK(put(bank, 0, 1, 0) == PM_OK);
    CHECK(put(bank, 1, 2, 1) == PM_OK);
    const struct pm_glyph_sheet *before = pm_bank_glyph(bank, 1);
    CHECK(put(bank, 2, 3, 2) == PM_ERR_LIMIT);
    CHECK(!pm_bank_glyph(bank, 2));
    CHECK(pm_bank_glyph(bank, 1) == before);
    // In place of another there is room.
    CHECK(put(bank, 1, 3, 2) == PM_OK);
    // Shared, so that replacing one of the two gives nothing back.
    CHECK(pm_bank_share(bank, PM_BANK_GLYPH, 1, 2) == PM_OK);
    CHECK(put(bank, 2, 4, 3) == PM_ERR_LIMIT);
    CHECK_INT(used(bank), 2 * SMALL_RESIDENT);
    pm_bank_destroy(bank);

    bank = make_bank(&state, SMALL_RESIDENT - 1);
    CHECK(put(bank, 0, 1, 0) == PM_ERR_LIMIT);
    pm_bank_destroy(bank);
    CHECK_INT(state.live_blocks, 0);
}

TEST(bank, a_slot_shared_with_itself_stays)
{
    struct pm_fault_alloc state = {0};
    struct pm_bank *bank = make_bank(&state, 0);
    CHECK(put(bank, 4, 1, 0) == PM_OK);
    CHECK(put(bank, 4, 1, 0) == PM_OK);
    CHECK(pm_bank_share(bank, PM_BANK_GLYPH, 4, 4) == PM_OK);
    CHECK(pm_bank_glyph(bank, 4) != NULL);
    pm_bank_unload(bank, PM_BANK_GLYPH, 4);
    CHECK_INT(used(bank), 0);
    pm_bank_destroy(bank);
    CHECK_INT(state.live_blocks, 0);
}

TEST(bank, refuses_forms_and_sizes_outside_the_rules)
{
    struct pm_fault_alloc state = {0};
    struct pm_bank *bank = make_bank(&state, 0);
    static const struct pm_glyph_form bad[] = {
        {0, 16, 16},  {4, 16, 16}, {64, 64, 64},        {16, 24, 16},
        {16, 16, 0},  {8, 264, 8}, {8, 8, 264},         {32, 16, 32},
        {12, 24, 24}, {8, 12, 8},  {8, 0x80000000u, 8},
    };
    uint8_t stored[SMALL_STORED + 1] = {0};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK(!pm_glyph_form_is_valid(&bad[i]));
        CHECK(pm_bank_install_glyph(bank, 0, 1, &bad[i], stored,
                                    SMALL_STORED) == PM_ERR_INVALID);
    }
    CHECK(pm_bank_install_glyph(bank, 0, 1, &small, stored, SMALL_STORED - 1) ==
          PM_ERR_INVALID);
    CHECK(pm_bank_install_glyph(bank, 0, 1, &small, stored, SMALL_STORED + 1) ==
          PM_ERR_INVALID);
    static const struct pm_glyph_form good[] = {
        {8, 8, 8}, {16, 256, 16}, {32, 32, 256}, {8, 256, 256}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        CHECK(pm_glyph_form_is_valid(&good[i]));
    CHECK_INT(used(bank), 0);
    pm_bank_destroy(bank);
}

TEST(bank, the_form_is_part_of_the_identity)
{
    struct pm_fault_alloc state = {0};
    struct pm_bank *bank = make_bank(&state, 0);
    static const struct pm_glyph_form tall = {8, 8, 16};
    uint8_t stored[SMALL_STORED] = {0};
    CHECK(pm_bank_install_glyph(bank, 0, 1, &small, stored, sizeof stored) ==
          PM_OK);
    CHECK(pm_bank_install_glyph(bank, 1, 1, &tall, stored, sizeof stored) ==
          PM_OK);
    CHECK_INT(pm_bank_glyph(bank, 1)->form.height, 16);
    CHECK_INT(used(bank), 2 * SMALL_RESIDENT);
    pm_bank_destroy(bank);
}

static int fill(const struct pm_allocator *alloc, void *context)
{
    (void)context;
    struct pm_bank_config config = {.alloc = *alloc};
    struct pm_bank *bank;
    if (pm_bank_create(&config, &bank) != PM_OK)
        return 0;
    pm_status first = put(bank, 0, 1, 0);
    bool is_whole = (pm_bank_glyph(bank, 0) != NULL) == (first == PM_OK);
    pm_status second = put(bank, 0, 2, 1);
    struct pm_bank_id id;
    if (first == PM_OK)
        is_whole = is_whole && pm_bank_identity(bank, 0, 0, &id) &&
                   id.asset_id == (second == PM_OK ? 2 : 1);
    CHECK(is_whole);
    CHECK_INT(used(bank), pm_bank_glyph(bank, 0) ? SMALL_RESIDENT : 0);
    pm_bank_destroy(bank);
    return first == PM_OK && second == PM_OK;
}

TEST(bank, a_failed_installation_changes_nothing)
{
    CHECK(pm_fault_alloc_each(fill, NULL, 0) >= 5);
}
