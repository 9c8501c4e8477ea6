// SPDX-License-Identifier: MIT
//
// The battery over every domain: saved states with live objects, and states
// that somebody has forged.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/mem.h"
#include "support/domain_battery.h"
#include "support/test.h"

// --- going on from anywhere --------------------------------------------------

// Makes every call in each frame, and ends and makes its object anew.
static void write_busy(struct pm_battery_text *text,
                       const struct pm_domain_row *row)
{
    const struct pm_call_decl *call;

    pm_text_begin(text, row);
    pm_text_put(text, "more:\n");
    pm_text_create(text, row, "h");
    for (int i = 0; i < 2; i++) {
        for (size_t k = 0; (call = pm_battery_call_of(row, k)); k++)
            if (call->verb == PM_VERB_READ || call->verb == PM_VERB_UPDATE)
                pm_text_call(text, call, "get_global h");
        pm_text_put(text, "    frame_sync\n");
    }
    pm_text_call(text, pm_battery_verb(row, PM_VERB_DESTROY), "get_global h");
    pm_text_put(text,
                "    push_null state \"%s\"\n    set_global h\n"
                "    jmp more\n",
                row->domain.name);
    pm_text_end(text);
}

enum { TICKS = 14 };

static void record(const struct pm_battery_text *text,
                   struct pm_fingerprint prints[TICKS])
{
    struct pm_battery b;

    if (pm_battery_open(&b, text, NULL))
        for (int i = 0; i < TICKS; i++) {
            CHECK(pm_machine_tick(b.machine, NULL) <= PM_TICK_LATE);
            prints[i] = pm_battery_print(&b);
        }
    pm_battery_close(&b);
}

// Saves, goes elsewhere, and comes back: in the same machine or in a new one.
static void jump(struct pm_battery *b, struct pm_battery *next,
                 const struct pm_battery_text *text, bool is_new)
{
    uint8_t *bytes;
    size_t size;
    struct pm_fingerprint here = pm_battery_print(b);

    if (!CHECK_INT(pm_machine_save(b->machine, &bytes, &size), PM_OK))
        return;
    pm_machine_tick(b->machine, NULL);
    CHECK(!pm_battery_same(here, pm_battery_print(b)));
    if (is_new) {
        struct pm_allocator libc = pm_allocator_libc();
        uint8_t *copy = pm_mem_alloc(&libc, size);
        memcpy(copy, bytes, size);
        pm_machine_free_state(b->machine, bytes, size);
        pm_battery_close(b);
        if (pm_battery_open(next, text, NULL))
            CHECK_INT(pm_machine_restore(next->machine, copy, size, NULL),
                      PM_OK);
        pm_mem_free(&libc, copy, size);
        CHECK(pm_battery_same(here, pm_battery_print(next)));
        pm_battery_validate(next);
        return;
    }
    CHECK_INT(pm_machine_restore(b->machine, bytes, size, NULL), PM_OK);
    pm_machine_free_state(b->machine, bytes, size);
    CHECK(pm_battery_same(here, pm_battery_print(b)));
    pm_battery_validate(b);
}

TEST(saved, a_machine_that_is_restored_at_each_tick_goes_on_the_same)
{
    for
        PM_EACH_ROW(row)
        {
            struct pm_battery_text text;
            struct pm_fingerprint prints[TICKS];
            static struct pm_battery worlds[TICKS + 1];
            struct pm_battery *b = worlds;
            write_busy(&text, row);
            record(&text, prints);
            if (pm_battery_open(b, &text, NULL))
                for (int i = 0; i < TICKS; i++) {
                    CHECK(pm_machine_tick(b->machine, NULL) <= PM_TICK_LATE);
                    CHECK(pm_battery_same(prints[i], pm_battery_print(b)));
                    jump(b, b + 1, &text, i % 2);
                    b += i % 2;
                }
            pm_battery_close(b);
            pm_text_free(&text);
        }
}

// --- forged states -----------------------------------------------------------

// A machine with [count] live objects of a domain, what it saves, and where
// in that the list of state objects begins.
struct forge {
    struct pm_battery b;
    struct pm_battery_text text;
    uint8_t *bytes;
    size_t size;
    size_t list;
    size_t list_size;
    struct pm_fingerprint print;
    size_t alive;
};

// Where [list] stands in the state; 0: nowhere.
static size_t find(const struct forge *f, const struct pm_buf *list)
{
    for (size_t at = 8; at + list->size <= f->size; at++)
        if (memcmp(f->bytes + at, list->data, list->size) == 0)
            return at;
    return 0;
}

static bool find_list(struct forge *f)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf list;

    pm_buf_init(&list, &alloc);
    pm_states_save(&f->b.machine->console->sys.states, &list);
    f->list = find(f, &list);
    f->list_size = list.size;
    pm_buf_free(&list);
    return CHECK(f->list != 0);
}

static bool forge_open(struct forge *f, const struct pm_domain_row *row)
{
    pm_text_init(&f->text);
    pm_text_declare(&f->text, row);
    pm_text_globals(&f->text, row);
    pm_text_put(&f->text, ".global other: state \"%s\"\n.func main ()\n",
                row->domain.name);
    pm_text_fill_globals(&f->text);
    pm_text_create(&f->text, row, "h");
    pm_text_create(&f->text, row, "other");
    pm_text_put(&f->text, "more:\n    frame_sync\n    jmp more\n");
    pm_text_end(&f->text);
    f->bytes = NULL;
    if (!pm_battery_open(&f->b, &f->text, NULL) ||
        !CHECK_INT(pm_battery_frame(&f->b), PM_TICK_FRAME) ||
        !CHECK_INT(pm_battery_live(&f->b, row), 2) ||
        !CHECK_INT(pm_machine_save(f->b.machine, &f->bytes, &f->size), PM_OK))
        return false;
    f->print = pm_battery_print(&f->b);
    f->alive = f->b.sample.made - f->b.sample.released;
    return find_list(f);
}

static void forge_close(struct forge *f)
{
    if (f->bytes)
        pm_machine_free_state(f->b.machine, f->bytes, f->size);
    pm_battery_close(&f->b);
    pm_text_free(&f->text);
}

// Restores bytes whose checksum is made right. What is refused leaves the
// old state whole, with its objects; what is accepted is kept as it is, byte
// by byte, and with it everything is sound. Gives whether it was refused.
static bool is_refused(struct forge *f, uint8_t *bytes, size_t size)
{
    uint8_t *again;
    size_t again_size;

    pm_store64(bytes + size - 8, pm_hash64(bytes, size - 8));
    pm_status status = pm_machine_restore(f->b.machine, bytes, size, NULL);
    if (status) {
        CHECK(status == PM_ERR_INVALID || status == PM_ERR_UNSUPPORTED);
        CHECK(pm_battery_same(f->print, pm_battery_print(&f->b)));
        CHECK_INT(f->b.sample.made - f->b.sample.released, f->alive);
        return true;
    }
    if (CHECK_INT(pm_machine_save(f->b.machine, &again, &again_size), PM_OK)) {
        CHECK_INT(again_size, size);
        CHECK(again_size == size && memcmp(again, bytes, size) == 0);
        pm_machine_free_state(f->b.machine, again, again_size);
    }
    pm_battery_validate(&f->b);
    CHECK_INT(pm_machine_restore(f->b.machine, f->bytes, f->size, NULL), PM_OK);
    return false;
}

TEST(saved, a_state_with_any_byte_changed_is_refused_or_taken_as_it_is)
{
    for
        PM_EACH_ROW(row)
        {
            struct forge f;
            int refused = 0;
            if (forge_open(&f, row)) {
                uint8_t *copy = malloc(f.size);
                size_t step = (f.size - f.list) / 80 + 1;
                for (size_t i = f.list; copy && i < f.size - 8;
                     i += i < f.list + f.list_size ? 1 : step)
                    for (int bit = 0; bit < 8; bit += 7) {
                        memcpy(copy, f.bytes, f.size);
                        copy[i] ^= (uint8_t)(1 << bit);
                        refused += is_refused(&f, copy, f.size);
                    }
                CHECK(refused > 100);
                free(copy);
            }
            forge_close(&f);
        }
}

// --- lists that do not go with the heap --------------------------------------

// The entries of the domain in the list: where the first one begins, and the
// two of them.
struct entries {
    size_t count_at;
    size_t at[2];
    size_t size[2];
};

static bool find_entries(const struct forge *f, uint16_t number,
                         struct entries *out)
{
    size_t at = f->list;

    for (size_t i = 0; i < pm_battery_catalog()->count; i++) {
        uint32_t count = pm_load32(f->bytes + at + 2);
        bool is_it = pm_load16(f->bytes + at) == number;
        out->count_at = at + 2;
        at += 6;
        for (uint32_t k = 0; k < count; k++) {
            size_t size = 16 + pm_load32(f->bytes + at + 12);
            if (is_it && k < 2) {
                out->at[k] = at;
                out->size[k] = size;
            }
            at += size;
        }
        if (is_it)
            return count == 2;
    }
    return false;
}

// [f]'s bytes with [removed] bytes at [at] replaced by others, and another
// count.
static bool try_splice(struct forge *f, const struct entries *e, size_t at,
                       size_t removed, const void *put, size_t put_size,
                       uint32_t count)
{
    size_t size = f->size - removed + put_size;
    uint8_t *bytes = malloc(size);

    PM_CHECK(bytes);
    memcpy(bytes, f->bytes, at);
    if (put_size)
        memcpy(bytes + at, put, put_size);
    memcpy(bytes + at + put_size, f->bytes + at + removed,
           f->size - at - removed);
    pm_store32(bytes + e->count_at, count);
    bool refused = is_refused(f, bytes, size);
    free(bytes);
    return refused;
}

static void try_lists(struct forge *f, const struct entries *e)
{
    size_t both = e->size[0] + e->size[1];
    uint8_t *swapped = malloc(both + e->size[0]);

    PM_CHECK(swapped);
    // Missing, doubled, counted wrongly.
    CHECK(try_splice(f, e, e->at[1], e->size[1], NULL, 0, 1));
    CHECK(try_splice(f, e, e->at[0], e->size[0], NULL, 0, 1));
    CHECK(try_splice(f, e, e->at[0], both, NULL, 0, 0));
    CHECK(try_splice(f, e, e->at[0], 0, f->bytes + e->at[0], e->size[0], 3));
    CHECK(try_splice(f, e, e->at[0], 0, NULL, 0, 3));
    CHECK(try_splice(f, e, e->at[0], 0, NULL, 0, UINT32_MAX));
    // One more, of another place, for an object that has one already.
    memcpy(swapped, f->bytes + e->at[0], e->size[0]);
    pm_store32(swapped, 2);
    CHECK(try_splice(f, e, e->at[1] + e->size[1], 0, swapped, e->size[0], 3));
    // One more for an object that there is not.
    pm_store64(swapped + 4, pm_load64(swapped + 4) + 1000);
    CHECK(try_splice(f, e, e->at[1] + e->size[1], 0, swapped, e->size[0], 3));
    // Places out of order, out of range, of each other.
    memcpy(swapped, f->bytes + e->at[1], e->size[1]);
    memcpy(swapped + e->size[1], f->bytes + e->at[0], e->size[0]);
    CHECK(try_splice(f, e, e->at[0], both, swapped, both, 2));
    memcpy(swapped, f->bytes + e->at[0], both);
    pm_store32(swapped + e->size[0], 70000);
    CHECK(try_splice(f, e, e->at[0], both, swapped, both, 2));
    pm_store32(swapped + e->size[0], 3);
    CHECK(try_splice(f, e, e->at[0], both, swapped, both, 2));
    memcpy(swapped, f->bytes + e->at[0], both);
    pm_store64(swapped + 4, pm_load64(f->bytes + e->at[1] + 4));
    pm_store64(swapped + e->size[0] + 4, pm_load64(f->bytes + e->at[0] + 4));
    CHECK(try_splice(f, e, e->at[0], both, swapped, both, 2));
    free(swapped);
}

TEST(saved, lists_of_objects_that_do_not_go_with_the_heap_are_refused)
{
    for
        PM_EACH_ROW(row)
        {
            struct forge f;
            struct entries e;
            if (forge_open(&f, row) && CHECK(find_entries(&f, row->number, &e)))
                try_lists(&f, &e);
            forge_close(&f);
        }
}

TEST(saved, a_refused_state_releases_what_was_made_for_it_and_nothing_else)
{
    const struct pm_domain_row *row =
        pm_domains_find(pm_battery_catalog(), "counter");
    struct forge f;
    struct entries e;

    if (forge_open(&f, row) && CHECK(find_entries(&f, row->number, &e))) {
        size_t made = f.b.sample.made;
        // The second one's own bytes are one short: the first one was made.
        uint8_t *bytes = malloc(f.size);
        memcpy(bytes, f.bytes, f.size);
        pm_store32(bytes + e.at[1] + 12, 7);
        memmove(bytes + e.at[1] + e.size[1] - 1, bytes + e.at[1] + e.size[1],
                f.size - e.at[1] - e.size[1]);
        CHECK(is_refused(&f, bytes, f.size - 1));
        CHECK_INT(f.b.sample.made, made + 1);
        CHECK_INT(f.b.sample.logged, 1);
        CHECK_INT(f.b.sample.log[0], 7);
        free(bytes);
    }
    forge_close(&f);
}

// --- memory that is short ----------------------------------------------------

TEST(saved, a_restore_that_memory_is_too_short_for_changes_nothing)
{
    for
        PM_EACH_ROW(row)
        {
            struct forge f;
            pm_status status = PM_ERR_NO_MEMORY;
            if (forge_open(&f, row)) {
                int point = 0;
                for (; status && point < 300; point++) {
                    f.b.faults.calls = 0;
                    f.b.faults.fail_at = (size_t)point + 1;
                    status =
                        pm_machine_restore(f.b.machine, f.bytes, f.size, NULL);
                    f.b.faults.fail_at = 0;
                    if (status && !CHECK_INT(status, PM_ERR_NO_MEMORY))
                        printf("%s %d\n", row->domain.name, point);
                    CHECK(pm_battery_same(f.print, pm_battery_print(&f.b)));
                    CHECK_INT(f.b.sample.made - f.b.sample.released, f.alive);
                }
                CHECK_INT(status, PM_OK);
                CHECK(point > 5);
                pm_battery_validate(&f.b);
            }
            forge_close(&f);
        }
}

// What is saved needs memory as well: it fails as a whole.
TEST(saved, a_save_that_memory_is_too_short_for_fails_and_changes_nothing)
{
    for
        PM_EACH_ROW(row)
        {
            struct forge f;
            pm_status status = PM_ERR_NO_MEMORY;
            if (forge_open(&f, row)) {
                for (size_t point = 1; status && point < 100; point++) {
                    uint8_t *bytes;
                    size_t size;
                    f.b.faults.calls = 0;
                    f.b.faults.fail_at = point;
                    status = pm_machine_save(f.b.machine, &bytes, &size);
                    f.b.faults.fail_at = 0;
                    if (status)
                        CHECK_INT(status, PM_ERR_NO_MEMORY);
                    else
                        pm_machine_free_state(f.b.machine, bytes, size);
                    CHECK(pm_battery_same(f.print, pm_battery_print(&f.b)));
                }
                CHECK_INT(status, PM_OK);
            }
            forge_close(&f);
        }
}
