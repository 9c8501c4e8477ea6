// SPDX-License-Identifier: MIT
//
// Random operations on a tree over a store beside a naive model: the same
// statuses, names and bytes; and after a crash at any transaction that was
// not confirmed, exactly what the operations up to that transaction made
// (promise 2 of docs/spec/fs.md).
//
// Names are a, b and c, three deep: path p has the children 3 (p + 1) + 0..2,
// the root is -1.

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "support/fault_alloc.h"
#include "tree_world.h"

enum {
    PATHS = 39,
    LIMIT = 9000,
    QUOTA = 20000,
    ENTRIES = 12,
    HANDLES = 3,
    OPERATIONS = 80,
    SEQUENCES = 1500,
};

struct node {
    uint8_t kind; // 0: nothing
    uint32_t size;
    uint8_t bytes[LIMIT];
};

struct handle {
    struct pm_volume_file *file;
    int path;
};

// What a path was at a moment.
struct trace {
    uint8_t kind;
    uint32_t size;
    uint64_t hash;
    uint64_t revision; // 0 where it was not asked
};

struct moment {
    struct trace paths[PATHS];
    uint64_t used;
};

static struct node nodes[PATHS];
static struct handle handles[HANDLES];
static struct pm_mem_store store;
static struct tree_world world;
static struct pm_fault_alloc memory;
static struct pm_allocator alloc;
static bool is_lazy; // only looks at the end, so that blocks stay unread
static bool has_failures;
static uint8_t bytes[LIMIT + 200];

// The moment after each operation, and that of each state of the store.
static struct moment moments[2 * OPERATIONS + 3];
// All bytes of all files then, in the order of their paths.
static uint8_t contents[2 * OPERATIONS + 3][QUOTA];
static size_t moment_count;
static size_t state_moments[2 * OPERATIONS + 3];
static size_t state_count;
static unsigned flushes_seen;

static uint64_t random_state;

static uint32_t next_random(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)((random_state >> 20) % limit);
}

// --- paths -------------------------------------------------------------------

static int parent_of(int path)
{
    return path / 3 - 1;
}

static struct pm_path path_text(int path, char text[8])
{
    size_t size = 0;
    char turned[8];
    for (; path >= 0; path = parent_of(path)) {
        turned[size++] = (char)('a' + path % 3);
        turned[size++] = '/';
    }
    if (size)
        size--;
    for (size_t i = 0; i < size; i++)
        text[i] = turned[size - 1 - i];
    text[size] = 0;
    return (struct pm_path){text, size};
}

static bool is_below(int path, int top)
{
    while (path >= 0 && path != top)
        path = parent_of(path);
    return path == top;
}

// What stands in the way to a path.
static pm_fs_status way_to(int path)
{
    int parent = parent_of(path);
    if (parent < 0)
        return PM_FS_OK;
    pm_fs_status status = way_to(parent);
    if (status)
        return status;
    if (nodes[parent].kind == 0)
        return PM_FS_NOT_FOUND;
    return nodes[parent].kind == PM_FS_FILE ? PM_FS_NOT_A_DIRECTORY : PM_FS_OK;
}

static bool is_open(int path)
{
    for (int i = 0; i < HANDLES; i++) {
        if (handles[i].file && handles[i].path == path)
            return true;
    }
    return false;
}

static uint32_t used(void)
{
    uint32_t sum = 0;
    for (int i = 0; i < PATHS; i++)
        sum += nodes[i].kind == PM_FS_FILE ? nodes[i].size : 0;
    return sum;
}

static int count(void)
{
    int sum = 0;
    for (int i = 0; i < PATHS; i++)
        sum += nodes[i].kind != 0;
    return sum;
}

static bool has_children(int path)
{
    for (int i = 3 * (path + 1); i < 3 * (path + 1) + 3 && i < PATHS; i++) {
        if (nodes[i].kind)
            return true;
    }
    return false;
}

// --- moments -----------------------------------------------------------------

static struct moment model_moment(void)
{
    struct moment moment = {.used = used()};
    for (int i = 0; i < PATHS; i++) {
        struct trace *trace = &moment.paths[i];
        trace->kind = nodes[i].kind;
        if (nodes[i].kind == PM_FS_FILE) {
            trace->size = nodes[i].size;
            trace->hash = pm_hash64(nodes[i].bytes, nodes[i].size);
        }
    }
    return moment;
}

static uint64_t hash_of_file(struct pm_path path)
{
    static uint8_t room[LIMIT + 1];
    struct pm_volume *volume = world.volume;
    struct pm_volume_file *file;
    struct pm_destination dest = {room, NULL, false};
    uint32_t size = 0;
    bool eof = false;
    if (!CHECK_INT(volume->ops->open(volume, path, PM_OPEN_READ, &file), 0))
        return 0;
    CHECK_INT(volume->ops->read(volume, file, 0, &dest, LIMIT + 1, &size, &eof),
              0);
    volume->ops->close(volume, file, true);
    return pm_hash64(room, size);
}

static struct moment volume_moment(void)
{
    struct pm_volume *volume = world.volume;
    struct moment moment = {.used = 0};
    uint64_t limit;
    char text[8];

    for (int i = 0; i < PATHS; i++) {
        struct trace *trace = &moment.paths[i];
        struct pm_path path = path_text(i, text);
        struct pm_fs_stat stat;
        if (volume->ops->stat(volume, path, &stat))
            continue;
        trace->kind = (uint8_t)stat.kind;
        trace->size = (uint32_t)stat.size;
        trace->revision = stat.revision;
        if (stat.kind == PM_FS_FILE)
            trace->hash = hash_of_file(path);
    }
    CHECK_INT(volume->ops->usage(volume, &moment.used, &limit), 0);
    return moment;
}

static bool is_same(const struct moment *a, const struct moment *b)
{
    for (int i = 0; i < PATHS; i++) {
        const struct trace *x = &a->paths[i];
        const struct trace *y = &b->paths[i];
        if (x->kind != y->kind || x->size != y->size || x->hash != y->hash ||
            (x->revision && y->revision && x->revision != y->revision))
            return false;
    }
    return a->used == b->used;
}

// --- operations --------------------------------------------------------------

// Mostly one where something is.
static int random_path(void)
{
    int path = (int)next_random(PATHS);
    for (int i = (int)next_random(60); i > 0 && !nodes[path].kind; i--)
        path = (int)next_random(PATHS);
    return path;
}

static struct handle *random_handle(void)
{
    int at = (int)next_random(HANDLES);
    for (int i = 0; i < HANDLES && !handles[at].file; i++)
        at = (at + 1) % HANDLES;
    return &handles[at];
}

static uint32_t random_size(void)
{
    static const uint32_t edges[] = {0, 1, 4095, 4096, 4097, 8191, 8192, LIMIT};
    if (next_random(2))
        return edges[next_random(PM_ARRAY_LEN(edges))];
    return next_random(next_random(4) ? 40 : LIMIT + 100);
}

static void fill_bytes(void)
{
    memset(bytes, next_random(4) ? (int)next_random(256) : 0, sizeof bytes);
    bytes[next_random(LIMIT)] = (uint8_t)next_random(256);
}

static pm_fs_status may_resize(uint32_t from, uint64_t to)
{
    if (to <= from)
        return PM_FS_OK;
    if (to > LIMIT)
        return PM_FS_TOO_LARGE;
    return to - from > QUOTA - used() ? PM_FS_STORAGE_FULL : PM_FS_OK;
}

static void resize(struct node *node, uint32_t size)
{
    if (size > node->size)
        memset(node->bytes + node->size, 0, size - node->size);
    node->size = size;
}

static pm_fs_status last_status;

static void expect(pm_fs_status found, pm_fs_status wanted)
{
    CHECK_INT(found, wanted);
    last_status = found;
}

static pm_fs_status model_open(int path, unsigned mode)
{
    struct node *node = &nodes[path];
    pm_fs_status status = way_to(path);
    if (status)
        return status;
    if (node->kind && mode & PM_OPEN_EXCLUSIVE)
        return PM_FS_EXISTS;
    if (node->kind == PM_FS_DIRECTORY)
        return PM_FS_IS_A_DIRECTORY;
    if (!node->kind && !(mode & PM_OPEN_CREATE))
        return PM_FS_NOT_FOUND;
    if (!node->kind && count() >= ENTRIES)
        return PM_FS_STORAGE_FULL;
    if (!node->kind || mode & PM_OPEN_TRUNCATE)
        node->size = 0;
    node->kind = PM_FS_FILE;
    return PM_FS_OK;
}

static void do_open(void)
{
    static const unsigned modes[] = {1, 2, 3, 6, 14, 18, 22, 30};
    struct handle *handle = &handles[next_random(HANDLES)];
    unsigned mode = modes[next_random(PM_ARRAY_LEN(modes))];
    int path = random_path();
    char text[8];

    if (handle->file)
        return;
    pm_fs_status wanted = model_open(path, mode);
    expect(world.volume->ops->open(world.volume, path_text(path, text), mode,
                                   &handle->file),
           wanted);
    handle->path = path;
}

static void close_handle(struct handle *handle)
{
    if (handle->file)
        world.volume->ops->close(world.volume, handle->file, next_random(2));
    handle->file = NULL;
}

static void do_close(void)
{
    close_handle(&handles[next_random(HANDLES)]);
}

static void do_write(void)
{
    struct handle *handle = random_handle();
    uint32_t offset = random_size();
    uint32_t size = random_size();
    if (!handle->file)
        return;
    struct node *node = &nodes[handle->path];
    pm_fs_status wanted =
        size ? may_resize(node->size, (uint64_t)offset + size) : PM_FS_OK;
    fill_bytes();
    expect(world.volume->ops->write(world.volume, handle->file, offset, bytes,
                                    size),
           wanted);
    if (wanted || !size)
        return;
    if (offset + size > node->size)
        resize(node, offset + size);
    memcpy(node->bytes + offset, bytes, size);
}

static void do_truncate(void)
{
    struct handle *handle = random_handle();
    uint32_t size = random_size();
    if (!handle->file)
        return;
    struct node *node = &nodes[handle->path];
    pm_fs_status wanted = may_resize(node->size, size);
    expect(world.volume->ops->truncate(world.volume, handle->file, size),
           wanted);
    if (!wanted)
        resize(node, size);
}

static bool flush_fails(void)
{
    return store.fail_flush || (store.is_broken && !store.may_rewrite);
}

static void do_sync(void)
{
    struct handle *handle = random_handle();
    pm_fs_status wanted = flush_fails() ? PM_FS_IO_FAILED : PM_FS_OK;
    if (handle->file)
        expect(world.volume->ops->sync(world.volume, handle->file), wanted);
}

static pm_fs_status model_replace(int path, uint32_t size)
{
    struct node *node = &nodes[path];
    pm_fs_status status = way_to(path);
    if (status)
        return status;
    if (node->kind == PM_FS_DIRECTORY)
        return PM_FS_IS_A_DIRECTORY;
    if (is_open(path))
        return PM_FS_BUSY;
    if (!node->kind && count() >= ENTRIES)
        return PM_FS_STORAGE_FULL;
    if (size > LIMIT)
        return PM_FS_TOO_LARGE;
    status = may_resize(node->kind ? node->size : 0, size);
    if (!status && flush_fails())
        status = PM_FS_IO_FAILED;
    if (status)
        return status;
    node->kind = PM_FS_FILE;
    node->size = size;
    memcpy(node->bytes, bytes, size);
    return PM_FS_OK;
}

static void do_replace(void)
{
    int path = random_path();
    uint32_t size = random_size();
    char text[8];
    fill_bytes();
    pm_fs_status wanted = model_replace(path, size);
    expect(world.volume->ops->replace(world.volume, path_text(path, text),
                                      bytes, size),
           wanted);
}

static void do_make_dir(void)
{
    int path = (int)next_random(12); // so that something fits in
    char text[8];
    pm_fs_status wanted = way_to(path);
    if (!wanted && nodes[path].kind)
        wanted = PM_FS_EXISTS;
    else if (!wanted && count() >= ENTRIES)
        wanted = PM_FS_STORAGE_FULL;
    if (!wanted)
        nodes[path].kind = PM_FS_DIRECTORY;
    expect(world.volume->ops->make_dir(world.volume, path_text(path, text)),
           wanted);
}

static void do_remove(void)
{
    int path = random_path();
    char text[8];
    pm_fs_status wanted = way_to(path);
    if (!wanted && !nodes[path].kind)
        wanted = PM_FS_NOT_FOUND;
    else if (!wanted && is_open(path))
        wanted = PM_FS_BUSY;
    else if (!wanted && has_children(path))
        wanted = PM_FS_NOT_EMPTY;
    if (!wanted)
        nodes[path].kind = 0;
    expect(world.volume->ops->remove(world.volume, path_text(path, text)),
           wanted);
}

static pm_fs_status model_rename(int from, int to)
{
    pm_fs_status status = way_to(from);
    if (!status && !nodes[from].kind)
        status = PM_FS_NOT_FOUND;
    if (!status)
        status = way_to(to);
    if (status || from == to)
        return status;
    bool is_dir = nodes[from].kind == PM_FS_DIRECTORY;
    if (is_dir && is_below(to, from))
        return PM_FS_INVALID_PATH;
    if (nodes[to].kind && (is_dir || nodes[to].kind == PM_FS_DIRECTORY))
        return PM_FS_EXISTS;
    return nodes[to].kind && is_open(to) ? PM_FS_BUSY : PM_FS_OK;
}

// False when something would go deeper than the model's paths do.
static bool move(int from, int to)
{
    if (from >= PATHS)
        return true;
    if (to >= PATHS)
        return nodes[from].kind == 0;
    for (int i = 0; i < 3; i++) {
        if (nodes[from].kind == PM_FS_DIRECTORY &&
            !move(3 * (from + 1) + i, 3 * (to + 1) + i))
            return false;
    }
    nodes[to] = nodes[from];
    nodes[from].kind = 0;
    for (int i = 0; i < HANDLES; i++) {
        if (handles[i].file && handles[i].path == from)
            handles[i].path = to;
    }
    return true;
}

static int depth_below(int path)
{
    int deepest = 0;
    if (path >= PATHS || nodes[path].kind == 0)
        return -1;
    for (int i = 0; i < 3; i++) {
        int depth = 1 + depth_below(3 * (path + 1) + i);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest;
}

static void do_rename(void)
{
    int from = random_path();
    int to = (int)next_random(PATHS);
    int depth = to < 3 ? 1 : to < 12 ? 2 : 3;
    char texts[2][8];
    pm_fs_status wanted = model_rename(from, to);

    if (!wanted && from != to && depth + depth_below(from) > 3)
        return;
    expect(world.volume->ops->rename(world.volume, path_text(from, texts[0]),
                                     path_text(to, texts[1])),
           wanted);
    if (!wanted && from != to)
        CHECK(move(from, to));
}

static void do_end_frame(void)
{
    world.volume->ops->end_frame(world.volume);
}

static void do_failure(void)
{
    if (!has_failures)
        return;
    if (store.is_broken)
        store.may_rewrite = true;
    else
        store.fail_flush = next_random(2);
}

static struct pm_tree_config model_config(void)
{
    return (struct pm_tree_config){
        .quota = QUOTA, .file_limit = LIMIT, .entries = ENTRIES};
}

// --- crashes -----------------------------------------------------------------

// Which moment the newest state of the store is, after an operation.
static void note_states(void)
{
    size_t states = pm_mem_store_crash_states(&store);
    if (store.flushes != flushes_seen)
        state_count = 0;
    flushes_seen = store.flushes;
    CHECK(states >= state_count && states <= state_count + 1);
    for (; state_count < states; state_count++)
        state_moments[state_count] = moment_count - 1;
}

// The meta item, one for each path, one for each block: nothing is left over.
static size_t items_of(const struct moment *moment)
{
    size_t items = 0;
    for (int i = 0; i < PATHS; i++) {
        const struct trace *trace = &moment->paths[i];
        items += (trace->kind != 0) + (trace->size + 4095u) / 4096u;
    }
    return items;
}

static void check_state(size_t state)
{
    struct pm_mem_store copy;
    struct tree_world now = world;

    pm_mem_store_crash_into(&store, state, &copy);
    if (CHECK_INT(tree_world_open(&world, &alloc, &copy, model_config()), 0)) {
        struct moment found = volume_moment();
        CHECK(is_same(&found, &moments[state_moments[state]]));
        CHECK_INT(pm_tree_check(world.volume, NULL, NULL), 0);
        CHECK(copy.now.count == 0 || copy.now.count == 1 + items_of(&found));
        tree_world_close(&world);
    }
    world = now;
    pm_mem_store_close(&copy);
}

static void keep_contents(size_t moment)
{
    uint8_t *at = contents[moment];
    for (int i = 0; i < PATHS; i++) {
        if (nodes[i].kind != PM_FS_FILE)
            continue;
        memcpy(at, nodes[i].bytes, nodes[i].size);
        at += nodes[i].size;
    }
}

// From what is remembered, so that nothing is read from the store.
static void set_model(size_t moment)
{
    const uint8_t *at = contents[moment];
    for (int i = 0; i < PATHS; i++) {
        nodes[i].kind = moments[moment].paths[i].kind;
        nodes[i].size = moments[moment].paths[i].size;
        if (nodes[i].kind != PM_FS_FILE)
            continue;
        memcpy(nodes[i].bytes, at, nodes[i].size);
        at += nodes[i].size;
    }
}

// The power is cut; whichever state is left, the run goes on from there.
static void crash(void)
{
    size_t state = next_random((uint32_t)state_count);

    for (size_t i = 0; i < state_count; i++)
        check_state(i);
    for (int i = 0; i < HANDLES; i++)
        close_handle(&handles[i]);
    tree_world_close(&world);
    pm_mem_store_crash(&store, state);
    if (!CHECK_INT(tree_world_open(&world, &alloc, &store, model_config()), 0))
        return;
    set_model(state_moments[state]);
    keep_contents(moment_count);
    moments[moment_count] = moments[state_moments[state]];
    state_moments[0] = moment_count++;
    state_count = 1;
}

static void remember(const struct moment *before, bool was_ok)
{
    struct moment moment = model_moment();
    if (!is_lazy) {
        struct moment found = volume_moment();
        CHECK(is_same(&found, &moment));
        // Nothing has changed, revisions neither.
        CHECK(was_ok || is_same(&found, before));
        moment = found;
    }
    keep_contents(moment_count);
    moments[moment_count++] = moment;
}

static void run_one(void)
{
    static void (*const operations[])(void) = {
        do_open,    do_open,      do_close,     do_write,
        do_write,   do_write,     do_truncate,  do_sync,
        do_replace, do_make_dir,  do_remove,    do_rename,
        do_rename,  do_end_frame, do_end_frame, do_failure};
    struct moment before = moments[moment_count - 1];

    last_status = PM_FS_OK;
    operations[next_random(PM_ARRAY_LEN(operations))]();
    remember(&before, last_status == PM_FS_OK);
    note_states();
}

static void run_sequence(uint64_t seed)
{
    random_state = seed * 0x9e3779b97f4a7c15u + 1;
    memset(nodes, 0, sizeof nodes);
    pm_mem_store_open(&store);
    moment_count = 1;
    moments[0] = (struct moment){.used = 0};
    state_moments[0] = 0;
    state_count = 1;
    flushes_seen = 0;
    if (!CHECK_INT(tree_world_open(&world, &alloc, &store, model_config()), 0))
        return;
    for (int i = 0; i < OPERATIONS; i++) {
        run_one();
        if (next_random(25) == 0)
            crash();
    }
    crash();
    CHECK_INT(store.over_reserved, 0);
    tree_world_close(&world);
    pm_mem_store_close(&store);
    CHECK_INT(memory.live_blocks, 0);
}

static void run_all(void)
{
    memory = (struct pm_fault_alloc){0};
    alloc = pm_fault_alloc(&memory);
    for (uint64_t seed = 1; seed <= SEQUENCES && memory.live_blocks == 0;
         seed++)
        run_sequence(seed);
}

TEST(model, a_tree_does_what_a_naive_one_does_and_crashes_leave_a_prefix)
{
    is_lazy = has_failures = false;
    run_all();
}

TEST(model, so_it_does_when_blocks_are_read_only_where_needed)
{
    is_lazy = true;
    has_failures = false;
    run_all();
}

TEST(model, so_it_does_when_flushes_fail)
{
    is_lazy = has_failures = true;
    run_all();
    is_lazy = false;
    run_all();
}
