// SPDX-License-Identifier: MIT
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "support/test.h"

const struct target targets[ALL_KINDS] = {
    {BOX, "box", "h", "box", "read", "write"},
    {FILE_OF_SCRATCH, "file", "file", "fs", "read", "write"},
    {CARD, "card", NULL, "mem", "slot_read", "slot_write"},
    {DATA, "data", "data", "data", "read", NULL},
    {BANK, "bank", "bank", "bank", "read", NULL},
};

// --- the program -------------------------------------------------------------

// Makes an object and ends it: global [name] is stale.
static void put_ended(struct pm_battery_text *text,
                      const struct pm_domain_row *row, const char *name)
{
    char push[80];

    pm_text_create(text, row, name);
    snprintf(push, sizeof push, "get_global %s", name);
    pm_text_call(text, pm_battery_verb(row, PM_VERB_DESTROY), push);
}

static void put_program(struct pm_battery_text *text, uint32_t size)
{
    static const char *const card[] = {"slot_read", "slot_write", "slot_commit",
                                       "slot_clear"};
    const struct pm_domain_row *box =
        pm_domains_find(pm_battery_catalog(), "box");
    const struct pm_domain_row *file =
        pm_domains_find(pm_battery_catalog(), "file");

    const struct pm_domain_row *data =
        pm_domains_find(pm_battery_catalog(), "data");
    const struct pm_domain_row *bank =
        pm_domains_find(pm_battery_catalog(), "bank");

    pm_text_init(text);
    pm_text_declare(text, box);
    pm_text_declare(text, file);
    pm_text_declare(text, data);
    pm_text_declare(text, bank);
    for (size_t i = 0; i < PM_ARRAY_LEN(card); i++)
        pm_text_declare_call(text, pm_battery_call("mem", card[i]));
    pm_text_globals(text, box);
    pm_text_put(text, ".global file: state \"file\", old: bytes, "
                      "old_h: state \"box\", old_file: state \"file\", "
                      "data: state \"data\", old_data: state \"data\", "
                      "bank: state \"bank\", old_bank: state \"bank\"\n"
                      ".func main ()\n");
    pm_text_fill_globals(text);
    pm_text_put(text,
                "    push_i64 %u\n    bytes_new\n    set_global buffer\n"
                "    push_i64 64\n    bytes_new\n    set_global old\n"
                "    get_global old\n    bytes_release\n",
                (unsigned)size);
    put_ended(text, box, "old_h");
    put_ended(text, file, "old_file");
    put_ended(text, data, "old_data");
    put_ended(text, bank, "old_bank");
    pm_text_create(text, box, "h");
    pm_text_create(text, file, "file");
    pm_text_create(text, data, "data");
    pm_text_create(text, bank, "bank");
    pm_text_put(text, "more:\n    frame_sync\n    jmp more\n");
    pm_text_end(text);
}

bool world_open(struct world *w, uint32_t size)
{
    struct pm_battery_config config = {.profile =
                                           size > 65536 ? "ADVANCED" : "JAM"};

    put_program(&w->text, size);
    return pm_battery_open(&w->b, &w->text, &config) &&
           CHECK_INT(pm_battery_frame(&w->b), PM_TICK_FRAME) &&
           CHECK(*pm_battery_global(&w->b, "h") != 0) &&
           CHECK(*pm_battery_global(&w->b, "file") != 0);
}

void world_close(struct world *w)
{
    if (w->b.machine)
        pm_battery_validate(&w->b);
    pm_battery_close(&w->b);
    pm_text_free(&w->text);
}

// --- what is in it -----------------------------------------------------------

uint8_t *world_buffer(struct world *w)
{
    return pm_object_bytes(pm_heap_at(pm_battery_heap(&w->b),
                                      *pm_battery_global(&w->b, "buffer")));
}

static uint32_t buffer_size(struct world *w)
{
    return pm_heap_at(pm_battery_heap(&w->b),
                      *pm_battery_global(&w->b, "buffer"))
        ->length;
}

void *world_box(struct world *w)
{
    const struct pm_domain_row *row =
        pm_domains_find(pm_battery_catalog(), "box");

    return pm_battery_set(&w->b, row)->places[0].host;
}

uint64_t world_handle(struct world *w, const struct target *target)
{
    return target->global ? *pm_battery_global(&w->b, target->global) : 0;
}

const struct pm_call_decl *world_read_call(const struct target *target)
{
    return pm_battery_call(target->module, target->read);
}

const struct pm_call_decl *world_write_call(const struct target *target)
{
    return pm_battery_call(target->module, target->write);
}

// --- transfers ---------------------------------------------------------------

struct moved world_move(struct world *w, const struct pm_call_decl *call,
                        uint64_t handle, uint64_t offset, uint64_t at,
                        uint64_t max)
{
    uint64_t args[PM_CALL_MAX_PARAMS] = {
        handle, offset, *pm_battery_global(&w->b, "buffer"), at, max};
    pm_trap_code trap = pm_battery_enter(&w->b, call, args, NULL);

    return trap ? (struct moved){.trap = trap}
                : (struct moved){PM_TRAP_NONE, (int64_t)args[0],
                                 (int64_t)args[1],
                                 call->form == PM_FORM_READ && args[2]};
}

struct moved world_read(struct world *w, const struct target *target,
                        uint64_t offset, uint64_t at, uint64_t max)
{
    return world_move(w, world_read_call(target), world_handle(w, target),
                      offset, at, max);
}

struct moved world_write(struct world *w, const struct target *target,
                         uint64_t offset, uint64_t at, uint64_t max)
{
    return world_move(w, world_write_call(target), world_handle(w, target),
                      offset, at, max);
}

// A call without a buffer, which must end well.
static int64_t plain(struct world *w, const char *module, const char *name,
                     uint64_t handle, uint64_t number)
{
    uint64_t args[PM_CALL_MAX_PARAMS] = {handle, number};

    CHECK_INT(
        pm_battery_enter(&w->b, pm_battery_call(module, name), args, NULL),
        PM_TRAP_NONE);
    return (int64_t)args[0];
}

static void empty(struct world *w, const struct target *target)
{
    if (target->kind == FILE_OF_SCRATCH)
        CHECK_INT(plain(w, "fs", "truncate", world_handle(w, target), 0), 0);
    else
        plain(w, "mem", "slot_clear", 0, 0);
}

// What is staged on the card counts when it is committed.
static void settle(struct world *w, const struct target *target)
{
    if (target->kind == CARD)
        plain(w, "mem", "slot_commit", 0, 0);
}

void world_fill(struct world *w, const struct target *target, uint32_t size,
                uint8_t rest)
{
    uint8_t *buffer = world_buffer(w);

    PM_CHECK(size <= buffer_size(w));
    if (target->kind == BOX) {
        CHECK(pm_sample_box_fill(&w->b.sample, world_box(w), size));
    } else {
        empty(w, target);
        for (uint32_t i = 0; i < size; i++)
            buffer[i] = (uint8_t)(i * 7 + 1);
        if (size)
            CHECK_INT(world_write(w, target, 0, 0, size).status, 0);
        settle(w, target);
    }
    memset(buffer, rest, buffer_size(w));
}

uint32_t world_content(struct world *w, const struct target *target,
                       uint8_t *out, uint32_t room)
{
    if (target->kind == BOX) {
        size_t size;
        const uint8_t *bytes = pm_sample_box_bytes(world_box(w), &size);
        if (size)
            memcpy(out, bytes, size < room ? size : room);
        return (uint32_t)size;
    }
    settle(w, target);
    struct moved moved = world_read(w, target, 0, 0, buffer_size(w));
    if (moved.size)
        memcpy(out, world_buffer(w),
               moved.size < room ? (size_t)moved.size : room);
    return (uint32_t)moved.size;
}

bool world_same_memory(struct world *w, uint8_t **copy)
{
    const struct pm_heap *heap = pm_battery_heap(&w->b);

    if (*copy)
        return memcmp(*copy, heap->block, heap->size) == 0;
    *copy = malloc(heap->size);
    PM_CHECK(*copy);
    memcpy(*copy, heap->block, heap->size);
    return true;
}
