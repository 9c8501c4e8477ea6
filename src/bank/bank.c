// SPDX-License-Identifier: MIT
#include "bank/bank.h"

#include "base/bits.h"
#include "base/check.h"
#include "base/hash.h"
#include "base/mem.h"

#define DEFAULT_BUDGET ((uint64_t)4 << 20)

// One asset in memory. What depends on the type is in the union.
struct resident {
    struct pm_bank_id id;
    unsigned users; // slots that hold it, at least 1
    size_t size;    // bytes at [bytes]; what the budget counts
    uint8_t *bytes;
    union {
        struct pm_glyph_sheet glyph;
    };
};

// Invariants, for each type:
//   1. [used] is the sum of the sizes of the different residents in [slots].
//   2. [used] is at most [budget].
//   3. a resident's users are exactly the slots that point to it.
//   4. two residents differ in their identity.
struct type_banks {
    struct resident *slots[PM_BANK_SLOTS];
    uint64_t used;
    uint64_t budget;
};

struct pm_bank {
    struct pm_allocator alloc;
    struct type_banks types[PM_BANK_TYPES];
};

pm_status pm_bank_create(const struct pm_bank_config *config,
                         struct pm_bank **out)
{
    struct pm_bank *bank = pm_mem_zalloc(&config->alloc, sizeof *bank);
    bool is_default = true;

    if (!bank)
        return PM_ERR_NO_MEMORY;
    bank->alloc = config->alloc;
    for (int i = 0; i < PM_BANK_TYPES; i++)
        is_default = is_default && config->budget[i] == 0;
    for (int i = 0; i < PM_BANK_TYPES; i++)
        bank->types[i].budget = is_default ? DEFAULT_BUDGET : config->budget[i];
    if (is_default)
        bank->types[PM_BANK_GLYPH].budget =
            (uint64_t)PM_BANK_SLOTS * PM_GLYPH_RESIDENT_MAX;
    *out = bank;
    return PM_OK;
}

void pm_bank_destroy(struct pm_bank *bank)
{
    if (!bank)
        return;
    for (int type = 0; type < PM_BANK_TYPES; type++)
        for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++)
            pm_bank_unload(bank, type, slot);
    struct pm_allocator alloc = bank->alloc;
    pm_mem_free(&alloc, bank, sizeof *bank);
}

static struct resident **place(struct pm_bank *bank, enum pm_bank_type type,
                               unsigned slot)
{
    PM_CHECK((unsigned)type < PM_BANK_TYPES && slot < PM_BANK_SLOTS);
    return &bank->types[type].slots[slot];
}

static const struct resident *look(const struct pm_bank *bank,
                                   enum pm_bank_type type, unsigned slot)
{
    PM_CHECK((unsigned)type < PM_BANK_TYPES && slot < PM_BANK_SLOTS);
    return bank->types[type].slots[slot];
}

static void free_resident(const struct pm_allocator *alloc,
                          struct resident *resident)
{
    pm_mem_free(alloc, resident->bytes, resident->size);
    pm_mem_free(alloc, resident, sizeof *resident);
}

void pm_bank_unload(struct pm_bank *bank, enum pm_bank_type type, unsigned slot)
{
    struct resident **at = place(bank, type, slot);
    struct resident *resident = *at;

    *at = NULL;
    if (!resident || --resident->users > 0)
        return;
    bank->types[type].used -= resident->size;
    free_resident(&bank->alloc, resident);
}

// The bytes that emptying [slot] would give back.
static uint64_t freed_by(const struct pm_bank *bank, enum pm_bank_type type,
                         unsigned slot)
{
    const struct resident *old = look(bank, type, slot);
    return old && old->users == 1 ? old->size : 0;
}

static bool fits(const struct pm_bank *bank, enum pm_bank_type type,
                 unsigned slot, uint64_t size)
{
    const struct type_banks *banks = &bank->types[type];
    uint64_t rest = banks->used - freed_by(bank, type, slot);
    return rest <= banks->budget && size <= banks->budget - rest;
}

pm_status pm_bank_share(struct pm_bank *bank, enum pm_bank_type type,
                        unsigned from, unsigned to)
{
    struct resident *resident = *place(bank, type, from);

    if (!resident)
        return PM_ERR_NOT_FOUND;
    resident->users++;
    pm_bank_unload(bank, type, to);
    *place(bank, type, to) = resident;
    return PM_OK;
}

int pm_bank_find(const struct pm_bank *bank, enum pm_bank_type type,
                 const struct pm_bank_id *id)
{
    for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++) {
        const struct resident *resident = look(bank, type, slot);
        if (resident && resident->id.asset_id == id->asset_id &&
            resident->id.content == id->content)
            return (int)slot;
    }
    return -1;
}

bool pm_bank_identity(const struct pm_bank *bank, enum pm_bank_type type,
                      unsigned slot, struct pm_bank_id *out)
{
    const struct resident *resident = look(bank, type, slot);
    if (resident && out)
        *out = resident->id;
    return resident != NULL;
}

void pm_bank_usage(const struct pm_bank *bank, enum pm_bank_type type,
                   uint64_t *out_used, uint64_t *out_budget)
{
    PM_CHECK((unsigned)type < PM_BANK_TYPES);
    *out_used = bank->types[type].used;
    *out_budget = bank->types[type].budget;
}

// --- glyph sheets ------------------------------------------------------------

static bool is_sheet_length(uint32_t length, uint32_t tile_size)
{
    return length > 0 && length <= PM_GLYPH_SHEET_MAX &&
           length % tile_size == 0;
}

bool pm_glyph_form_is_valid(const struct pm_glyph_form *form)
{
    uint32_t size = form->tile_size;
    return (size == 8 || size == 16 || size == 32) &&
           is_sheet_length(form->width, size) &&
           is_sheet_length(form->height, size);
}

size_t pm_glyph_stored_size(const struct pm_glyph_form *form)
{
    return ((size_t)form->width * form->height + 1) / 2 +
           PM_GLYPH_PALETTES_BYTES;
}

size_t pm_glyph_resident_size(const struct pm_glyph_form *form)
{
    return (size_t)form->width * form->height + PM_GLYPH_PALETTES_BYTES;
}

// The palettes come first in the resident bytes, so that they are aligned.
static void unpack_glyph(struct resident *resident,
                         const struct pm_glyph_form *form,
                         const uint8_t *stored)
{
    uint16_t *palettes = (uint16_t *)(void *)resident->bytes;
    uint8_t *pixels = resident->bytes + PM_GLYPH_PALETTES_BYTES;
    size_t count = (size_t)form->width * form->height;
    const uint8_t *colors = stored + (count + 1) / 2;

    for (size_t i = 0; i < count; i++)
        pixels[i] = i % 2 ? stored[i / 2] & 15 : stored[i / 2] >> 4;
    for (size_t i = 0; i < PM_GLYPH_PALETTES * PM_GLYPH_COLORS; i++)
        palettes[i] = pm_load16(colors + 2 * i);
    uint32_t columns = form->width / form->tile_size;
    resident->glyph = (struct pm_glyph_sheet){
        .form = *form,
        .columns = columns,
        .count = columns * (form->height / form->tile_size),
        .pixels = pixels,
        .palettes = palettes,
    };
}

static struct resident *make_glyph(const struct pm_allocator *alloc,
                                   const struct pm_glyph_form *form,
                                   const uint8_t *stored)
{
    struct resident *resident = pm_mem_zalloc(alloc, sizeof *resident);

    if (!resident)
        return NULL;
    resident->size = pm_glyph_resident_size(form);
    resident->bytes = pm_mem_alloc(alloc, resident->size);
    if (!resident->bytes) {
        pm_mem_free(alloc, resident, sizeof *resident);
        return NULL;
    }
    unpack_glyph(resident, form, stored);
    return resident;
}

static bool is_same_form(const struct pm_glyph_form *a,
                         const struct pm_glyph_form *b)
{
    return a->tile_size == b->tile_size && a->width == b->width &&
           a->height == b->height;
}

// The form is part of what a sheet is, though not of the stored bytes.
static uint64_t hash_glyph(const struct pm_glyph_form *form,
                           const uint8_t *stored, size_t size)
{
    uint8_t key[20];
    pm_store64(key, pm_hash64(stored, size));
    pm_store32(key + 8, form->tile_size);
    pm_store32(key + 12, form->width);
    pm_store32(key + 16, form->height);
    return pm_hash64(key, sizeof key);
}

pm_status pm_bank_install_glyph(struct pm_bank *bank, unsigned slot,
                                int32_t asset_id,
                                const struct pm_glyph_form *form,
                                const uint8_t *stored, size_t stored_size)
{
    struct resident **at = place(bank, PM_BANK_GLYPH, slot);

    if (!pm_glyph_form_is_valid(form) ||
        stored_size != pm_glyph_stored_size(form))
        return PM_ERR_INVALID;
    struct pm_bank_id id = {asset_id, hash_glyph(form, stored, stored_size)};
    int same = pm_bank_find(bank, PM_BANK_GLYPH, &id);
    if (same >= 0 && is_same_form(form, &pm_bank_glyph(bank, same)->form))
        return pm_bank_share(bank, PM_BANK_GLYPH, same, slot);
    if (!fits(bank, PM_BANK_GLYPH, slot, pm_glyph_resident_size(form)))
        return PM_ERR_LIMIT;
    struct resident *resident = make_glyph(&bank->alloc, form, stored);
    if (!resident)
        return PM_ERR_NO_MEMORY;
    resident->id = id;
    resident->users = 1;
    pm_bank_unload(bank, PM_BANK_GLYPH, slot);
    *at = resident;
    bank->types[PM_BANK_GLYPH].used += resident->size;
    return PM_OK;
}

const struct pm_glyph_sheet *pm_bank_glyph(const struct pm_bank *bank,
                                           unsigned slot)
{
    const struct resident *resident = look(bank, PM_BANK_GLYPH, slot);
    return resident ? &resident->glyph : NULL;
}
