// SPDX-License-Identifier: MIT
#include "store_world.h"

#include <stdlib.h>

void world_init(struct world *world)
{
    *world = (struct world){.sim = pm_sim_new()};
    world->alloc = pm_fault_alloc(&world->memory);
}

void world_free(struct world *world)
{
    CHECK_INT(pm_sim_open_count(world->sim), 0);
    CHECK_INT(world->memory.live_blocks, 0);
    pm_sim_free(world->sim);
}

pm_fs_status world_open_as(struct world *world, uint32_t app_id, bool read_only)
{
    const struct pm_store_config config = {
        .alloc = &world->alloc,
        .os = pm_sim_os(world->sim),
        .directory = STORE_DIR,
        .app_id = app_id,
        .read_only = read_only,
    };
    world->error.text[0] = '\0';
    return pm_store_open(&config, &world->store, &world->error);
}

pm_fs_status world_open(struct world *world)
{
    return world_open_as(world, STORE_APP, false);
}

void world_close(struct world *world)
{
    pm_store_close(&world->store);
}

void world_set_disk(struct world *world, struct pm_sim *sim)
{
    pm_sim_free(world->sim);
    world->sim = sim;
}

void world_lose(struct world *world)
{
    struct pm_sim_fate *fates =
        calloc(pm_sim_pending_count(world->sim) + 1, sizeof *fates);

    REQUIRE(fates != NULL);
    world_set_disk(world, pm_sim_cut(world->sim, fates));
    free(fates);
}

pm_fs_status world_try(struct world *world)
{
    pm_fs_status status = world_open(world);

    if (!status)
        world_close(world);
    return status;
}

void item_bytes(struct item item, uint8_t *out)
{
    uint32_t x = item.seed * 2654435761u ^ (uint32_t)item.key ^ 0x5bd1e995u;

    for (uint32_t i = 0; i < item.size; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        out[i] = (uint8_t)x;
    }
}

pm_fs_status put_many(struct world *world, const struct item *items,
                      size_t count, bool durable)
{
    struct pm_store_change *changes = calloc(count, sizeof *changes);
    uint8_t *bytes = NULL;
    size_t size = 1;

    for (size_t i = 0; i < count; i++)
        size += items[i].size;
    bytes = malloc(size);
    uint8_t *at = bytes;
    for (size_t i = 0; i < count; i++) {
        item_bytes(items[i], at);
        changes[i] = (struct pm_store_change){
            .key = items[i].key, .value = at, .size = items[i].size};
        at += items[i].size;
    }
    pm_fs_status status =
        world->store.commit(world->store.context, changes, count, durable);
    free(bytes);
    free(changes);
    return status;
}

pm_fs_status put(struct world *world, struct item item, bool durable)
{
    return put_many(world, &item, 1, durable);
}

pm_fs_status remove_keys(struct world *world, uint64_t first, uint64_t last,
                         bool durable)
{
    const struct pm_store_change change = {.key = first, .last = last};
    return world->store.commit(world->store.context, &change, 1, durable);
}

pm_fs_status flush_store(struct world *world)
{
    return world->store.commit(world->store.context, NULL, 0, true);
}

pm_fs_status status_of_key(struct world *world, uint64_t key)
{
    static uint8_t bytes[PM_STORE_MAX_VALUE];
    size_t size = 0;
    return world->store.get(world->store.context, key, bytes, sizeof bytes,
                            &size);
}

bool has(struct world *world, struct item item)
{
    static uint8_t wanted[PM_STORE_MAX_VALUE];
    static uint8_t found[PM_STORE_MAX_VALUE];
    size_t size = 0;
    pm_fs_status status = world->store.get(world->store.context, item.key,
                                           found, sizeof found, &size);
    item_bytes(item, wanted);
    return status == PM_FS_OK && size == item.size &&
           memcmp(found, wanted, size) == 0;
}

struct sum {
    uint64_t hash;
    uint64_t before;
    size_t count;
    bool in_order;
};

static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
    const uint8_t *at = data;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * 0x100000001b3u;
    return hash;
}

static bool add(void *visitor, uint64_t key, const void *value, size_t size)
{
    struct sum *sum = visitor;

    if (sum->count && key <= sum->before)
        sum->in_order = false;
    sum->before = key;
    sum->count++;
    sum->hash = mix(sum->hash, &key, sizeof key);
    sum->hash = mix(sum->hash, value, size);
    return true;
}

pm_fs_status content_status(struct world *world, uint64_t *out_hash,
                            size_t *out_count)
{
    struct sum sum = {.hash = 1, .in_order = true};
    pm_fs_status status =
        world->store.scan(world->store.context, 0, UINT64_MAX, add, &sum);

    CHECK(sum.in_order);
    *out_hash = sum.hash;
    if (out_count)
        *out_count = sum.count;
    return status;
}

uint64_t content(struct world *world)
{
    uint64_t hash = 0;
    return CHECK_INT(content_status(world, &hash, NULL), PM_FS_OK) ? hash : 0;
}
