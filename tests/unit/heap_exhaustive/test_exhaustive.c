// SPDX-License-Identifier: MIT
//
// The proof by exhaustion: on heaps of one or two pages and generations of
// two or three bits, every state that can be reached at all, or within eight
// steps, by creating, ending, dropping, copying, storing, collecting, saving
// and restoring. A state is the heap's saved bytes, the variables, and what
// was ever issued. Beside the heap runs a model that knows nothing of cells:
// a set of ids with what refers to what. In each state:
//
//   - every 64 bit value with an index in the block and a generation of up to
//     one beyond the last is accepted exactly if the model has it alive;
//   - the invariants hold;
//   - saving, restoring and saving gives the same bytes, and the next step
//     gives the same from the restored heap as from the one that ran on,
//     although the one collects at a go and the other in smallest steps;
//   - a new object's handle was never issued before, and its generation is
//     above all that were issued at its index;
//   - where the heap has cells of one class only, the cell is the one that
//     was freed first.

#include <stdlib.h>

#include "base/hash.h"
#include "heap/heap.h"

#include "support/heap_world.h"
#include "support/test.h"

#define VARS      2
#define MAX_PATH  64
#define MAX_OPS   16
#define MAX_ALIVE 16

typedef enum step_kind {
    STEP_NEW,  // var = new object
    STEP_END,  // end(var), which keeps its stale handle
    STEP_DROP, // var = null
    STEP_COPY, // the other var = var
    STEP_LINK, // var's slot 0 = the other var, where var is a record
    STEP_COLLECT,
} step_kind;

struct step {
    step_kind kind;
    uint8_t var;
    uint8_t object; // pm_kind
    uint32_t length;
};

// What the model knows of an object.
struct id {
    pm_ref ref;
    pm_ref link; // what its slot 0 holds
    uint8_t kind;
    bool ended;
};

struct model {
    struct id ids[MAX_ALIVE]; // alive, or ended and still referred to
    uint32_t count;
    pm_ref vars[VARS];
    // Greatest generation ever issued, by granule from the first; the same
    // in every path that leads to a state, because it is part of the state.
    uint8_t issued[2 * PM_HEAP_PAGE_GRANULES];
    // Free cells of the one class, first freed first; only with [fifo].
    uint32_t queue[8];
    uint32_t queued;
    bool is_cut;
};

struct node {
    struct pm_hash128 hash;
    uint32_t parent;
    uint16_t depth;
    uint8_t op;
};

struct search {
    const char *name;
    uint32_t pages;
    uint32_t max_generation;
    uint32_t max_depth; // 0: to the end
    bool fifo;          // one class, one page of two cells
    struct step ops[MAX_OPS];
    uint32_t op_count;

    struct pm_allocator alloc;
    struct world ran;      // replays the path
    struct world restored; // is restored from the bytes of the state
    struct model model;
    struct node *nodes;
    size_t count;
    size_t capacity;
    uint32_t *table; // node + 1 by hash
    size_t table_size;
    size_t steps;
    size_t retirements;
    uint32_t deepest;
};

// --- the model ---------------------------------------------------------------

static struct id *find_id(struct model *model, pm_ref ref)
{
    for (uint32_t i = 0; ref && i < model->count; i++)
        if (model->ids[i].ref == ref)
            return &model->ids[i];
    return NULL;
}

static bool is_alive(struct model *model, pm_ref ref)
{
    const struct id *id = find_id(model, ref);
    return id && !id->ended;
}

// Forgets what no variable reaches. Ids leave in the order of their index,
// which is the order in which their cells become free.
static void model_collect(struct search *search)
{
    struct model *model = &search->model;
    bool reached[MAX_ALIVE] = {false};
    pm_ref todo[MAX_ALIVE + VARS];
    uint32_t depth = 0;

    for (int i = 0; i < VARS; i++)
        todo[depth++] = model->vars[i];
    while (depth) {
        struct id *id = find_id(model, todo[--depth]);
        if (!id || reached[id - model->ids])
            continue;
        reached[id - model->ids] = true;
        if (!id->ended)
            todo[depth++] = id->link;
    }
    uint32_t kept = 0;
    pm_ref freed[MAX_ALIVE];
    uint32_t freed_count = 0;
    for (uint32_t i = 0; i < model->count; i++) {
        if (reached[i])
            model->ids[kept++] = model->ids[i];
        else
            freed[freed_count++] = model->ids[i].ref;
    }
    model->count = kept;
    for (uint32_t i = 0; i < freed_count; i++)
        for (uint32_t k = i + 1; k < freed_count; k++)
            if (pm_ref_index(freed[k]) < pm_ref_index(freed[i])) {
                pm_ref other = freed[i];
                freed[i] = freed[k];
                freed[k] = other;
            }
    for (uint32_t i = 0; i < freed_count && search->fifo; i++) {
        if (pm_ref_generation(freed[i]) < search->max_generation)
            model->queue[model->queued++] = pm_ref_index(freed[i]);
        else
            search->retirements++;
    }
}

// Checks a new handle against all that was ever issued and takes it in.
static bool model_new(struct search *search, const struct step *step,
                      pm_ref ref)
{
    struct model *model = &search->model;
    uint32_t at = pm_ref_index(ref) - search->ran.heap->first;

    if (!CHECK(at < PM_ARRAY_LEN(model->issued)) ||
        !CHECK(pm_ref_generation(ref) > model->issued[at]) ||
        !CHECK(pm_ref_generation(ref) <= search->max_generation) ||
        !CHECK(model->count < MAX_ALIVE))
        return false;
    model->issued[at] = (uint8_t)pm_ref_generation(ref);
    model->ids[model->count++] = (struct id){.ref = ref, .kind = step->object};
    return true;
}

static void model_cut(struct search *search)
{
    struct model *model = &search->model;
    if (!search->fifo || model->is_cut)
        return;
    model->is_cut = true;
    model->queue[0] = search->ran.heap->first;
    model->queue[1] = search->ran.heap->first + 128;
    model->queued = 2;
}

static bool model_pops(struct search *search, pm_ref ref)
{
    struct model *model = &search->model;
    model_cut(search);
    if (!search->fifo)
        return true;
    if (ref == 0)
        return CHECK_INT(model->queued, 0);
    if (!CHECK(model->queued > 0) ||
        !CHECK_INT(pm_ref_index(ref), model->queue[0]))
        return false;
    model->queued--;
    memmove(model->queue, model->queue + 1,
            model->queued * sizeof *model->queue);
    return true;
}

// --- steps -------------------------------------------------------------------

// Does a step on a world alone; gives what it answered, to be compared.
static uint64_t do_step(struct world *world, const struct step *step,
                        bool in_steps)
{
    pm_ref *var = &world->vars[step->var];
    pm_ref other = world->vars[1 - step->var];

    switch (step->kind) {
    case STEP_NEW: {
        uint32_t type = step->object != PM_KIND_BYTES;
        pm_ref ref =
            world_alloc(world, (pm_kind)step->object, type, step->length);
        if (ref)
            *var = ref;
        return ref;
    }
    case STEP_END:
        return pm_heap_end(world->heap, *var);
    case STEP_DROP:
        *var = 0;
        return 0;
    case STEP_COPY:
        world->vars[1 - step->var] = *var;
        return 0;
    case STEP_LINK: {
        struct pm_object *object;
        pm_trap_code code =
            pm_heap_resolve(world->heap, *var, PM_KIND_RECORD, &object);
        if (code == PM_TRAP_NONE)
            pm_object_slots(object)[0] = other;
        return code;
    }
    default:
        if (in_steps)
            world_collect_in_steps(world, 1);
        else
            world_collect(world, NULL);
        return 0;
    }
}

// What the model says a step on [var] must answer.
static pm_trap_code expected(struct model *model, pm_ref ref, bool fits)
{
    if (ref == 0)
        return PM_TRAP_NULL_REF;
    if (!is_alive(model, ref))
        return PM_TRAP_STALE_HANDLE;
    return fits ? PM_TRAP_NONE : PM_TRAP_TYPE;
}

static bool follow(struct search *search, const struct step *step,
                   uint64_t answer)
{
    struct model *model = &search->model;
    pm_ref *var = &model->vars[step->var];
    struct id *id = find_id(model, *var);

    switch (step->kind) {
    case STEP_NEW:
        if (!model_pops(search, answer))
            return false;
        if (answer && !model_new(search, step, answer))
            return false;
        if (answer)
            *var = answer;
        return true;
    case STEP_END: {
        bool fits = id && id->kind != PM_KIND_RECORD;
        if (!CHECK_INT(answer, expected(model, *var, fits)))
            return false;
        if (answer == PM_TRAP_NONE)
            id->ended = true;
        return true;
    }
    case STEP_LINK: {
        bool fits = id && id->kind == PM_KIND_RECORD;
        if (!CHECK_INT(answer, expected(model, *var, fits)))
            return false;
        if (answer == PM_TRAP_NONE)
            id->link = model->vars[1 - step->var];
        return true;
    }
    case STEP_DROP:
        *var = 0;
        return true;
    case STEP_COPY:
        model->vars[1 - step->var] = *var;
        return true;
    default:
        model_collect(search);
        return true;
    }
}

// --- states ------------------------------------------------------------------

static bool check_all_values(struct search *search)
{
    const struct world *world = &search->ran;
    // What lies before the pages is tried in test_heap.c.
    for (uint32_t index = world->heap->first - 1; index <= world->heap->end;
         index++) {
        for (uint32_t g = 0; g <= search->max_generation + 1; g++) {
            pm_ref ref = pm_ref_make(index, g);
            bool found = world_is_live(world, ref);
            if (found != is_alive(&search->model, ref))
                return CHECK(!"a value is taken for what it is not");
        }
    }
    return true;
}

static bool check_state(struct search *search, const struct pm_buf *bytes)
{
    struct pm_buf again;
    struct pm_cursor in = pm_cursor_make(bytes->data, bytes->size);
    pm_buf_init(&again, &search->alloc);
    struct pm_heap *heap = search->restored.heap;
    bool right = CHECK_INT(pm_heap_restore(heap, &in, NULL), PM_OK);
    pm_heap_save(heap, &again);
    right = right && CHECK_INT(again.size, bytes->size) &&
            CHECK(memcmp(again.data, bytes->data, bytes->size) == 0) &&
            CHECK(world_is_valid(&search->ran)) &&
            CHECK(world_is_valid(&search->restored)) &&
            check_all_values(search);
    pm_buf_free(&again);
    return right;
}

// Where the saved form has them (docs/spec/heap.md).
#define COUNTS_AT (7 * 4 + 2 * 8)

static struct pm_hash128 identity(struct search *search, struct pm_buf *bytes)
{
    struct {
        struct pm_hash128 bytes;
        pm_ref vars[VARS];
        uint8_t issued[sizeof search->model.issued];
    } all;
    memset(&all, 0, sizeof all);
    // The counts of collections and leaks only ever grow; nothing depends on
    // them.
    memset(bytes->data + COUNTS_AT, 0, 16);
    all.bytes = pm_hash128(bytes->data, bytes->size);
    memcpy(all.vars, search->ran.vars, sizeof all.vars);
    memcpy(all.issued, search->model.issued, sizeof all.issued);
    return pm_hash128(&all, sizeof all);
}

static void grow_table(struct search *search)
{
    free(search->table);
    search->table_size = search->table_size ? search->table_size * 2 : 1 << 16;
    search->table = calloc(search->table_size, sizeof *search->table);
    for (size_t i = 0; i < search->count; i++) {
        size_t at = search->nodes[i].hash.low & (search->table_size - 1);
        while (search->table[at])
            at = (at + 1) & (search->table_size - 1);
        search->table[at] = (uint32_t)i + 1;
    }
}

// Whether the state is new; then it is now a node.
static bool add_node(struct search *search, struct node node)
{
    if (search->count * 2 >= search->table_size)
        grow_table(search);
    size_t at = node.hash.low & (search->table_size - 1);
    for (; search->table[at]; at = (at + 1) & (search->table_size - 1)) {
        const struct node *old = &search->nodes[search->table[at] - 1];
        if (old->hash.low == node.hash.low && old->hash.high == node.hash.high)
            return false;
    }
    if (search->count == search->capacity) {
        search->capacity = search->capacity ? search->capacity * 2 : 4096;
        search->nodes =
            realloc(search->nodes, search->capacity * sizeof *search->nodes);
    }
    search->nodes[search->count++] = node;
    search->table[at] = (uint32_t)search->count;
    if (node.depth > search->deepest)
        search->deepest = node.depth;
    return true;
}

static void start(struct search *search)
{
    pm_heap_reset(search->ran.heap);
    memset(search->ran.vars, 0, sizeof search->ran.vars);
    memset(&search->model, 0, sizeof search->model);
}

// Brings [ran] and the model to a node by its path.
static bool replay(struct search *search, uint32_t node)
{
    uint8_t path[MAX_PATH];
    uint32_t length = 0;

    for (uint32_t at = node; search->nodes[at].depth;
         at = search->nodes[at].parent) {
        if (!CHECK(length < MAX_PATH))
            return false;
        path[length++] = search->nodes[at].op;
    }
    start(search);
    while (length) {
        const struct step *step = &search->ops[path[--length]];
        if (!follow(search, step, do_step(&search->ran, step, false)))
            return false;
    }
    return true;
}

// Tries one step from a node, on the heap that ran and on the restored one.
static bool try_step(struct search *search, uint32_t node, uint8_t op,
                     const struct pm_buf *bytes)
{
    const struct step *step = &search->ops[op];
    struct pm_buf after[2];
    struct pm_cursor in = pm_cursor_make(bytes->data, bytes->size);
    struct world *restored = &search->restored;

    if (!CHECK_INT(pm_heap_restore(restored->heap, &in, NULL), PM_OK))
        return false;
    memcpy(restored->vars, search->ran.vars, sizeof restored->vars);
    uint64_t answer = do_step(&search->ran, step, false);
    bool right = CHECK(do_step(restored, step, true) == answer) &&
                 follow(search, step, answer);
    pm_buf_init(&after[0], &search->alloc);
    pm_buf_init(&after[1], &search->alloc);
    pm_heap_save(search->ran.heap, &after[0]);
    pm_heap_save(restored->heap, &after[1]);
    right = right && CHECK_INT(after[0].size, after[1].size) &&
            CHECK(memcmp(after[0].data, after[1].data, after[0].size) == 0);
    search->steps++;
    struct node next = {.hash = identity(search, &after[0]),
                        .parent = node,
                        .depth = (uint16_t)(search->nodes[node].depth + 1),
                        .op = op};
    if (right && add_node(search, next))
        right = check_state(search, &after[0]);
    pm_buf_free(&after[0]);
    pm_buf_free(&after[1]);
    return right;
}

static bool expand(struct search *search, uint32_t node, uint8_t *image)
{
    struct pm_buf bytes;
    bool right = replay(search, node);
    struct model model = search->model;
    struct world ran = search->ran;

    pm_buf_init(&bytes, &search->alloc);
    memcpy(image, ran.block, ran.size);
    pm_heap_save(ran.heap, &bytes);
    for (uint8_t op = 0; right && op < search->op_count; op++) {
        right = try_step(search, node, op, &bytes);
        // Copying the block back is the rewind that the heap promises.
        memcpy(search->ran.block, image, ran.size);
        memcpy(search->ran.vars, ran.vars, sizeof ran.vars);
        search->model = model;
    }
    pm_buf_free(&bytes);
    return right;
}

static void run(struct search *search)
{
    search->alloc = pm_allocator_libc();
    REQUIRE(world_open(&search->ran, &search->alloc, search->pages,
                       search->max_generation));
    REQUIRE(world_open(&search->restored, &search->alloc, search->pages,
                       search->max_generation));
    uint8_t *image = malloc(search->ran.size);
    start(search);
    add_node(search, (struct node){.op = 0});
    bool right = true;
    for (uint32_t node = 0; right && node < search->count; node++)
        if (!search->max_depth || search->nodes[node].depth < search->max_depth)
            right = expand(search, node, image);
    printf("%s: %zu states, %zu steps, depth %u\n", search->name, search->count,
           search->steps, (unsigned)search->deepest);
    free(image);
    free(search->nodes);
    free(search->table);
    world_close(&search->ran, &search->alloc);
    world_close(&search->restored, &search->alloc);
}

static void add_op(struct search *search, step_kind kind, pm_kind object,
                   uint32_t length, bool both)
{
    for (uint8_t var = 0; var < (both ? VARS : 1); var++)
        search->ops[search->op_count++] =
            (struct step){kind, var, (uint8_t)object, length};
}

static void add_common_ops(struct search *search)
{
    add_op(search, STEP_END, PM_KIND_NONE, 0, true);
    add_op(search, STEP_DROP, PM_KIND_NONE, 0, true);
    add_op(search, STEP_COPY, PM_KIND_NONE, 0, false);
    add_op(search, STEP_COLLECT, PM_KIND_NONE, 0, false);
}

// 86 granules: two cells a page.
#define TWO_A_PAGE (85 * 16 + 1)

TEST(exhaustive, two_cells_to_the_end_of_their_generations)
{
    struct search search = {.name = "two cells, to the end",
                            .pages = 1,
                            .max_generation = 3,
                            .fifo = true};
    add_op(&search, STEP_NEW, PM_KIND_BYTES, TWO_A_PAGE, true);
    add_op(&search, STEP_NEW, PM_KIND_STATE, TWO_A_PAGE, false);
    add_common_ops(&search);
    run(&search);
    CHECK(search.count > 100);
    CHECK(search.retirements > 0);
}

TEST(exhaustive, two_cells_with_three_bits_of_generation_in_eight_steps)
{
    struct search search = {.name = "two cells, 8 steps",
                            .pages = 1,
                            .max_generation = 7,
                            .max_depth = 8,
                            .fifo = true};
    add_op(&search, STEP_NEW, PM_KIND_BYTES, TWO_A_PAGE, true);
    add_op(&search, STEP_NEW, PM_KIND_STATE, TWO_A_PAGE, true);
    add_common_ops(&search);
    run(&search);
    CHECK(search.count > 100);
}

TEST(exhaustive, references_in_objects_in_eight_steps)
{
    struct search search = {.name = "records, 8 steps",
                            .pages = 2,
                            .max_generation = 7,
                            .max_depth = 8};
    add_op(&search, STEP_NEW, PM_KIND_RECORD, 171, true);
    add_op(&search, STEP_NEW, PM_KIND_BYTES, TWO_A_PAGE, false);
    add_op(&search, STEP_LINK, PM_KIND_NONE, 0, true);
    add_common_ops(&search);
    run(&search);
    CHECK(search.count > 100);
}

TEST(exhaustive, pages_cut_anew_and_spans_to_the_end)
{
    struct search search = {.name = "recut pages and spans, to the end",
                            .pages = 2,
                            .max_generation = 2};
    add_op(&search, STEP_NEW, PM_KIND_BYTES, TWO_A_PAGE, false);
    add_op(&search, STEP_NEW, PM_KIND_BYTES, 3000, false);
    add_op(&search, STEP_NEW, PM_KIND_STATE, 5000, false);
    add_common_ops(&search);
    run(&search);
    CHECK(search.count > 100);
}
