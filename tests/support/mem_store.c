// SPDX-License-Identifier: MIT
#include "support/mem_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITEM_COST 16u

static void *must(void *block)
{
    if (!block) {
        fprintf(stderr, "mem_store: out of memory\n");
        abort();
    }
    return block;
}

// --- items -------------------------------------------------------------------

static struct pm_mem_value *make_value(const void *bytes, size_t size)
{
    struct pm_mem_value *value = must(malloc(sizeof *value + size));
    value->references = 1;
    value->size = (uint32_t)size;
    if (size)
        memcpy(value->bytes, bytes, size);
    return value;
}

static void release(struct pm_mem_value *value)
{
    if (--value->references == 0)
        free(value);
}

static void items_free(struct pm_mem_items *items)
{
    for (size_t i = 0; i < items->count; i++)
        release(items->list[i].value);
    free(items->list);
    *items = (struct pm_mem_items){0};
}

static void items_copy(struct pm_mem_items *to, const struct pm_mem_items *from)
{
    struct pm_mem_items copy = *from;
    copy.capacity = from->count;
    copy.list = NULL;
    if (from->count) {
        copy.list = must(malloc(from->count * sizeof *copy.list));
        memcpy(copy.list, from->list, from->count * sizeof *copy.list);
    }
    for (size_t i = 0; i < from->count; i++)
        copy.list[i].value->references++;
    items_free(to);
    *to = copy;
}

// The place of the first item with at least this key.
static size_t items_at(const struct pm_mem_items *items, uint64_t key)
{
    size_t low = 0;
    size_t high = items->count;
    if (high && items->list[high - 1].key < key)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (items->list[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void items_put(struct pm_mem_items *items, uint64_t key,
                      struct pm_mem_value *value)
{
    size_t at = items_at(items, key);
    value->references++;
    if (at < items->count && items->list[at].key == key) {
        release(items->list[at].value);
        items->list[at].value = value;
        return;
    }
    if (items->count == items->capacity) {
        items->capacity = items->capacity * 2 + 8;
        items->list =
            must(realloc(items->list, items->capacity * sizeof *items->list));
    }
    memmove(&items->list[at + 1], &items->list[at],
            (items->count - at) * sizeof *items->list);
    items->list[at] = (struct pm_mem_item){key, value};
    items->count++;
}

static void items_take(struct pm_mem_items *items, uint64_t first,
                       uint64_t last)
{
    size_t from = items_at(items, first);
    size_t to = from;
    while (to < items->count && items->list[to].key <= last)
        release(items->list[to++].value);
    if (to > from)
        memmove(&items->list[from], &items->list[to],
                (items->count - to) * sizeof *items->list);
    items->count -= to - from;
}

bool pm_mem_items_equal(const struct pm_mem_items *a,
                        const struct pm_mem_items *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct pm_mem_value *x = a->list[i].value;
        const struct pm_mem_value *y = b->list[i].value;
        if (a->list[i].key != b->list[i].key || x->size != y->size ||
            memcmp(x->bytes, y->bytes, x->size) != 0)
            return false;
    }
    return true;
}

static uint64_t items_space(const struct pm_mem_items *items)
{
    uint64_t space = 0;
    for (size_t i = 0; i < items->count; i++)
        space += items->list[i].value->size + ITEM_COST;
    return space;
}

// --- the seam ----------------------------------------------------------------

static bool fails(struct pm_mem_store *store, unsigned call)
{
    if (store->fail_calls && !(store->fail_calls & call))
        return false;
    store->calls++;
    bool is_now =
        store->fail_at && (store->fail_on ? store->calls >= store->fail_at
                                          : store->calls == store->fail_at);
    store->failed += is_now;
    return is_now;
}

static pm_fs_status failure(const struct pm_mem_store *store)
{
    return store->fail_status ? store->fail_status : PM_FS_IO_FAILED;
}

// Half of what there is has been shown when a scan fails.
static pm_fs_status scan(void *context, uint64_t first, uint64_t last,
                         bool (*visit)(void *visitor, uint64_t key,
                                       const void *value, size_t size),
                         void *visitor)
{
    struct pm_mem_store *store = context;
    bool is_failing = fails(store, PM_STORE_SCAN);
    size_t from = items_at(&store->now, first);
    size_t to = from;

    while (to < store->now.count && store->now.list[to].key <= last)
        to++;
    if (is_failing)
        to = from + (to - from) / 2;
    for (size_t i = from; i < to; i++) {
        const struct pm_mem_item *item = &store->now.list[i];
        if (!visit(visitor, item->key, item->value->bytes, item->value->size))
            break;
    }
    return is_failing ? failure(store) : PM_FS_OK;
}

static pm_fs_status get(void *context, uint64_t key, void *dst, size_t room,
                        size_t *out_size)
{
    struct pm_mem_store *store = context;
    const struct pm_mem_item *item = pm_mem_store_find(store, key);

    if (fails(store, PM_STORE_GET))
        return failure(store);
    if (!item)
        return PM_FS_NOT_FOUND;
    if (item->value->size > room)
        return PM_FS_CORRUPT;
    memcpy(dst, item->value->bytes, item->value->size);
    *out_size = item->value->size;
    return PM_FS_OK;
}

static pm_fs_status reserve(void *context, uint64_t changes, uint64_t bytes)
{
    struct pm_mem_store *store = context;

    if (fails(store, PM_STORE_RESERVE))
        return failure(store);
    if (store->space &&
        items_space(&store->now) + changes * ITEM_COST + bytes > store->space)
        return PM_FS_STORAGE_FULL;
    if (changes > store->reserved_changes)
        store->reserved_changes = changes;
    if (bytes > store->reserved_bytes)
        store->reserved_bytes = bytes;
    return PM_FS_OK;
}

static void apply(struct pm_mem_items *items,
                  const struct pm_store_change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct pm_store_change *change = &changes[i];
        if (!change->value) {
            items_take(items, change->key, change->last);
            continue;
        }
        struct pm_mem_value *value = make_value(change->value, change->size);
        items_put(items, change->key, value);
        release(value);
    }
}

static void forget_states(struct pm_mem_store *store)
{
    for (size_t i = 0; i < store->state_count; i++)
        items_free(&store->states[i]);
    store->state_count = 0;
}

static void add_state(struct pm_mem_store *store)
{
    if (store->keeps_no_states && store->state_count)
        return;
    store->states = must(realloc(store->states, (store->state_count + 1) *
                                                    sizeof *store->states));
    store->states[store->state_count] = (struct pm_mem_items){0};
    items_copy(&store->states[store->state_count++], &store->now);
}

static void check_reserved(struct pm_mem_store *store,
                           const struct pm_store_change *changes, size_t count)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += changes[i].value ? changes[i].size : 0;
    if (count > store->reserved_changes || bytes > store->reserved_bytes)
        store->over_reserved++;
}

// Whether a flush can be answered OK.
static bool flush(struct pm_mem_store *store)
{
    if (store->fail_flush && !store->is_broken) {
        store->is_broken = true;
        items_copy(&store->rewritten, &store->states[0]);
    }
    store->fail_flush = false;
    return !store->is_broken || store->may_rewrite;
}

static pm_fs_status commit(void *context, const struct pm_store_change *changes,
                           size_t count, bool durable)
{
    struct pm_mem_store *store = context;

    if (fails(store, PM_STORE_COMMIT))
        return failure(store);
    if (durable && !flush(store))
        return PM_FS_IO_FAILED;
    check_reserved(store, changes, count);
    store->reserved_changes = store->reserved_bytes = 0;
    store->commits++;
    apply(&store->now, changes, count);
    if (store->is_broken)
        apply(&store->rewritten, changes, count);
    if (durable) {
        store->flushes++;
        if (store->is_broken)
            items_copy(&store->now, &store->rewritten);
        store->is_broken = store->may_rewrite = false;
        items_free(&store->rewritten);
        forget_states(store);
    }
    add_state(store);
    return PM_FS_OK;
}

static pm_fs_status keep_aside(void *context, const char *what)
{
    struct pm_mem_store *store = context;
    if (fails(store, PM_STORE_KEEP_ASIDE) || !what)
        return failure(store);
    items_copy(&store->aside, &store->now);
    store->kept_aside++;
    return PM_FS_OK;
}

// --- the test's side ---------------------------------------------------------

void pm_mem_store_open(struct pm_mem_store *store)
{
    *store = (struct pm_mem_store){
        .store = {NULL, scan, get, reserve, commit, keep_aside}};
    store->store.context = store;
    add_state(store);
}

void pm_mem_store_close(struct pm_mem_store *store)
{
    forget_states(store);
    free(store->states);
    items_free(&store->now);
    items_free(&store->rewritten);
    items_free(&store->aside);
    *store = (struct pm_mem_store){0};
}

static void start_again(struct pm_mem_store *store)
{
    forget_states(store);
    add_state(store);
}

void pm_mem_store_set(struct pm_mem_store *store, uint64_t key,
                      const void *value, size_t size)
{
    if (value) {
        struct pm_mem_value *made = make_value(value, size);
        items_put(&store->now, key, made);
        release(made);
    } else {
        items_take(&store->now, key, key);
    }
    start_again(store);
}

const struct pm_mem_item *pm_mem_store_find(const struct pm_mem_store *store,
                                            uint64_t key)
{
    size_t at = items_at(&store->now, key);
    return at < store->now.count && store->now.list[at].key == key
               ? &store->now.list[at]
               : NULL;
}

void pm_mem_store_flip(struct pm_mem_store *store, size_t index, size_t bit)
{
    struct pm_mem_item *item = &store->now.list[index];
    struct pm_mem_value *value =
        make_value(item->value->bytes, item->value->size);
    value->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    release(item->value);
    item->value = value;
    start_again(store);
}

size_t pm_mem_store_crash_states(const struct pm_mem_store *store)
{
    return store->state_count;
}

void pm_mem_store_crash(struct pm_mem_store *store, size_t state)
{
    items_copy(&store->now, &store->states[state]);
    store->reserved_changes = store->reserved_bytes = 0;
    store->is_broken = store->may_rewrite = store->fail_flush = false;
    items_free(&store->rewritten);
    start_again(store);
}

void pm_mem_store_crash_into(const struct pm_mem_store *store, size_t state,
                             struct pm_mem_store *out)
{
    pm_mem_store_open(out);
    items_copy(&out->now, &store->states[state]);
    start_again(out);
}
