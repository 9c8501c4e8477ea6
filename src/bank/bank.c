// SPDX-License-Identifier: MIT
#include "bank/bank.h"

#include <string.h>

#include "bank/bank_internal.h"
#include "base/check.h"
#include "base/mem.h"

#define DEFAULT_BUDGET ((uint64_t)4 << 20)

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

static struct pm_resident **place(struct pm_bank *bank, pm_bank_type type,
                                  unsigned slot)
{
    PM_CHECK((unsigned)type < PM_BANK_TYPES && slot < PM_BANK_SLOTS);
    return &bank->types[type].slots[slot];
}

static const struct pm_resident *look(const struct pm_bank *bank,
                                      pm_bank_type type, unsigned slot)
{
    PM_CHECK((unsigned)type < PM_BANK_TYPES && slot < PM_BANK_SLOTS);
    return bank->types[type].slots[slot];
}

// --- residents ---------------------------------------------------------------

static void free_resident(const struct pm_allocator *alloc,
                          struct pm_resident *resident)
{
    if (resident->type == PM_BANK_SOUNDS)
        pm_mem_free(
            alloc,
            (struct pm_asset_sample *)(uintptr_t)resident->sounds.samples,
            resident->sounds.sample_count * sizeof *resident->sounds.samples);
    pm_mem_free(alloc, resident->bytes, resident->size);
    pm_mem_free(alloc, resident, sizeof *resident);
}

void pm_bank_drop(struct pm_bank *bank, struct pm_resident *resident)
{
    if (resident && --resident->users == 0)
        free_resident(&bank->alloc, resident);
}

bool pm_bank_is(const struct pm_resident *resident, const struct pm_bank_id *id)
{
    return resident && resident->id.asset_id == id->asset_id &&
           resident->id.content == id->content;
}

struct pm_resident *pm_bank_look_up(struct pm_bank *bank, pm_bank_type type,
                                    const struct pm_bank_id *id)
{
    struct pm_bank_slots *banks = &bank->types[type];

    for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++) {
        if (pm_bank_is(banks->slots[slot], id))
            return banks->slots[slot];
        if (pm_bank_is(banks->plans[slot].resident, id))
            return banks->plans[slot].resident;
    }
    return NULL;
}

// What the type keeps of the content as it is becomes the resident's.
static void take(struct pm_resident *resident, struct pm_bank_content *content)
{
    resident->bytes = content->bytes;
    resident->size = content->size;
    content->bytes = NULL;
    content->size = 0;
    if (resident->type == PM_BANK_SCENE)
        pm_scene_make(&resident->scene, resident->bytes);
    if (resident->type != PM_BANK_SOUNDS)
        return;
    resident->sounds = (struct pm_sound_set){
        .frames = resident->bytes,
        .frame_count = (uint32_t)(resident->size / 2),
        .sample_count = content->sample_count,
        .samples = content->samples,
    };
    content->samples = NULL;
    content->sample_count = 0;
}

static pm_status make(struct pm_bank *bank, struct pm_bank_content *content,
                      struct pm_resident **out)
{
    struct pm_resident *resident =
        pm_mem_zalloc(&bank->alloc, sizeof *resident);
    pm_status status = PM_OK;

    if (!resident)
        return PM_ERR_NO_MEMORY;
    resident->type = content->type;
    resident->id = (struct pm_bank_id){content->asset_id, content->hash};
    resident->users = 1;
    if (content->type == PM_BANK_GLYPH)
        status = pm_glyph_make(&bank->alloc, resident, content);
    else
        take(resident, content);
    if (status) {
        pm_mem_free(&bank->alloc, resident, sizeof *resident);
        return status;
    }
    *out = resident;
    return PM_OK;
}

pm_status pm_bank_prepare(struct pm_bank *bank, struct pm_bank_content *content,
                          struct pm_resident **out)
{
    struct pm_bank_id id = {content->asset_id, content->hash};
    struct pm_resident *same = pm_bank_look_up(bank, content->type, &id);
    pm_status status = PM_OK;

    if (same) {
        same->users++;
        *out = same;
    } else {
        status = make(bank, content, out);
    }
    if (!status)
        pm_bank_content_free(&bank->alloc, content);
    return status;
}

// --- slots -------------------------------------------------------------------

void pm_bank_set(struct pm_bank *bank, pm_bank_type type, unsigned slot,
                 struct pm_resident *resident)
{
    struct pm_bank_slots *banks = &bank->types[type];
    struct pm_resident *old = banks->slots[slot];

    if (resident && resident->slots++ == 0)
        banks->used += resident->size;
    if (old && --old->slots == 0)
        banks->used -= old->size;
    banks->slots[slot] = resident;
    pm_bank_drop(bank, old);
}

// What will be in a slot when the plans have taken effect.
static const struct pm_resident *later(const struct pm_bank_slots *banks,
                                       unsigned slot)
{
    return banks->plans[slot].is_set ? banks->plans[slot].resident
                                     : banks->slots[slot];
}

bool pm_bank_fits(const struct pm_bank_slots *banks, unsigned slot,
                  const struct pm_resident *resident, bool is_later)
{
    const struct pm_resident *in[PM_BANK_SLOTS];
    uint64_t sum = 0;

    for (unsigned i = 0; i < PM_BANK_SLOTS; i++) {
        const struct pm_resident *other =
            is_later ? later(banks, i) : banks->slots[i];
        bool is_counted = false;
        in[i] = i == slot ? resident : other;
        for (unsigned k = 0; k < i; k++)
            is_counted = is_counted || in[k] == in[i];
        if (!in[i] || is_counted)
            continue;
        if (in[i]->size > banks->budget - sum)
            return false;
        sum += in[i]->size;
    }
    return true;
}

// Two loads of one asset may have prepared it twice: the one that is there
// already stands for both. Gives it with a user of its own.
static struct pm_resident *unify(struct pm_bank *bank,
                                 struct pm_resident *resident)
{
    struct pm_resident *same =
        pm_bank_look_up(bank, resident->type, &resident->id);

    same = same ? same : resident;
    same->users++;
    return same;
}

void pm_bank_forget_change(struct pm_bank *bank, struct pm_bank_change *plan)
{
    struct pm_resident *resident = plan->resident;

    *plan = (struct pm_bank_change){0};
    pm_bank_drop(bank, resident);
}

pm_status pm_bank_put(struct pm_bank *bank, unsigned slot,
                      struct pm_resident *resident)
{
    struct pm_resident *one = unify(bank, resident);

    PM_CHECK(slot < PM_BANK_SLOTS);
    if (!pm_bank_fits(&bank->types[one->type], slot, one, false)) {
        pm_bank_drop(bank, one);
        return PM_ERR_LIMIT;
    }
    pm_bank_drop(bank, resident);
    pm_bank_set(bank, one->type, slot, one);
    return PM_OK;
}

pm_status pm_bank_plan(struct pm_bank *bank, pm_bank_type type, unsigned slot,
                       struct pm_resident *resident)
{
    struct pm_bank_slots *banks = &bank->types[type];
    struct pm_resident *one = resident ? unify(bank, resident) : NULL;

    PM_CHECK((unsigned)type < PM_BANK_TYPES && slot < PM_BANK_SLOTS);
    PM_CHECK(!resident || resident->type == type);
    if (!pm_bank_fits(banks, slot, one, true)) {
        pm_bank_drop(bank, one);
        return PM_ERR_LIMIT;
    }
    pm_bank_drop(bank, resident);
    pm_bank_forget_change(bank, &banks->plans[slot]);
    banks->plans[slot] = (struct pm_bank_change){true, one};
    return PM_OK;
}

bool pm_bank_planned(const struct pm_bank *bank, pm_bank_type type,
                     unsigned slot, bool *out_full, struct pm_bank_id *out)
{
    PM_CHECK((unsigned)type < PM_BANK_TYPES && slot < PM_BANK_SLOTS);
    const struct pm_bank_change *plan = &bank->types[type].plans[slot];

    *out_full = plan->resident != NULL;
    if (plan->resident)
        *out = plan->resident->id;
    return plan->is_set;
}

void pm_bank_apply(struct pm_bank *bank)
{
    for (int type = 0; type < PM_BANK_TYPES; type++)
        for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++) {
            struct pm_bank_change *plan = &bank->types[type].plans[slot];
            if (!plan->is_set)
                continue;
            pm_bank_set(bank, (pm_bank_type)type, slot, plan->resident);
            *plan = (struct pm_bank_change){0};
        }
}

void pm_bank_forget_plans(struct pm_bank *bank)
{
    for (int type = 0; type < PM_BANK_TYPES; type++)
        for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++)
            pm_bank_forget_change(bank, &bank->types[type].plans[slot]);
}

void pm_bank_unload(struct pm_bank *bank, pm_bank_type type, unsigned slot)
{
    (void)place(bank, type, slot);
    pm_bank_set(bank, type, slot, NULL);
}

pm_status pm_bank_share(struct pm_bank *bank, pm_bank_type type, unsigned from,
                        unsigned to)
{
    struct pm_resident *resident = *place(bank, type, from);

    if (!resident)
        return PM_ERR_NOT_FOUND;
    (void)place(bank, type, to);
    resident->users++;
    pm_bank_set(bank, type, to, resident);
    return PM_OK;
}

void pm_bank_destroy(struct pm_bank *bank)
{
    if (!bank)
        return;
    for (int type = 0; type < PM_BANK_TYPES; type++)
        for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++) {
            pm_bank_forget_change(bank, &bank->types[type].plans[slot]);
            pm_bank_set(bank, (pm_bank_type)type, slot, NULL);
        }
    struct pm_allocator alloc = bank->alloc;
    pm_mem_free(&alloc, bank, sizeof *bank);
}

pm_status pm_bank_install_glyph(struct pm_bank *bank, unsigned slot,
                                int32_t asset_id,
                                const struct pm_glyph_form *form,
                                const uint8_t *stored, size_t stored_size)
{
    struct pm_bank_content content = {.type = PM_BANK_GLYPH,
                                      .asset_id = asset_id,
                                      .glyph = *form,
                                      .size = stored_size};
    struct pm_resident *resident;

    (void)place(bank, PM_BANK_GLYPH, slot);
    if (!pm_glyph_form_fits(&content))
        return PM_ERR_INVALID;
    content.bytes = pm_mem_alloc(&bank->alloc, stored_size);
    if (!content.bytes)
        return PM_ERR_NO_MEMORY;
    memcpy(content.bytes, stored, stored_size);
    pm_status status = pm_bank_examine(&content);
    if (!status)
        status = pm_bank_prepare(bank, &content, &resident);
    if (status) {
        pm_bank_content_free(&bank->alloc, &content);
        return status;
    }
    status = pm_bank_put(bank, slot, resident);
    if (status)
        pm_bank_drop(bank, resident);
    return status;
}

// --- looking -----------------------------------------------------------------

int pm_bank_find(const struct pm_bank *bank, pm_bank_type type,
                 const struct pm_bank_id *id)
{
    for (unsigned slot = 0; slot < PM_BANK_SLOTS; slot++)
        if (pm_bank_is(look(bank, type, slot), id))
            return (int)slot;
    return -1;
}

bool pm_bank_identity(const struct pm_bank *bank, pm_bank_type type,
                      unsigned slot, struct pm_bank_id *out)
{
    const struct pm_resident *resident = look(bank, type, slot);
    if (resident && out)
        *out = resident->id;
    return resident != NULL;
}

void pm_bank_usage(const struct pm_bank *bank, pm_bank_type type,
                   uint64_t *out_used, uint64_t *out_budget)
{
    PM_CHECK((unsigned)type < PM_BANK_TYPES);
    *out_used = bank->types[type].used;
    *out_budget = bank->types[type].budget;
}

const struct pm_glyph_sheet *pm_bank_glyph(const struct pm_bank *bank,
                                           unsigned slot)
{
    const struct pm_resident *resident = look(bank, PM_BANK_GLYPH, slot);
    return resident ? &resident->glyph : NULL;
}

const struct pm_scene *pm_bank_scene(const struct pm_bank *bank, unsigned slot)
{
    const struct pm_resident *resident = look(bank, PM_BANK_SCENE, slot);
    return resident ? &resident->scene : NULL;
}

const struct pm_sound_set *pm_bank_sounds(const struct pm_bank *bank,
                                          unsigned slot)
{
    const struct pm_resident *resident = look(bank, PM_BANK_SOUNDS, slot);
    return resident ? &resident->sounds : NULL;
}

uint64_t pm_bank_form_size(const struct pm_bank *bank, pm_bank_type type,
                           unsigned slot)
{
    const struct pm_resident *resident = look(bank, type, slot);

    PM_CHECK(resident);
    return type == PM_BANK_GLYPH ? pm_glyph_stored_size(&resident->glyph.form)
                                 : resident->size;
}

void pm_bank_read(const struct pm_bank *bank, pm_bank_type type, unsigned slot,
                  uint64_t at, uint8_t *dst, size_t size)
{
    const struct pm_resident *resident = look(bank, type, slot);
    uint64_t all = pm_bank_form_size(bank, type, slot);

    PM_CHECK(at <= all && size <= all - at);
    if (type == PM_BANK_GLYPH)
        pm_glyph_read(&resident->glyph, at, dst, size);
    else if (size)
        memcpy(dst, resident->bytes + at, size);
}
