// SPDX-License-Identifier: MIT
//
// The domain "box": bytes behind a backend that works in many small
// operations, each of which can be told to fail.
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/window.h"
#include "support/sample_rows.h"
#include "sys/call.h"

struct box {
    uint8_t *bytes;
    size_t size;
    unsigned mode;
};

static struct box *make_box(struct pm_sample *sample, size_t size,
                            unsigned mode)
{
    struct box *box = pm_mem_zalloc(&sample->alloc, sizeof *box);

    if (!box)
        return NULL;
    *box = (struct box){.size = size, .mode = mode};
    if (size) {
        box->bytes = pm_mem_zalloc(&sample->alloc, size);
        if (!box->bytes) {
            pm_mem_free(&sample->alloc, box, sizeof *box);
            return NULL;
        }
    }
    sample->made++;
    return box;
}

static void draw(struct box *box)
{
    for (size_t i = 0; i < box->size; i++)
        box->bytes[i] = (uint8_t)(i * 7 + 1);
}

pm_trap_code pm_box_open(void *context, struct pm_call *call)
{
    struct box *box = make_box(context, (size_t)pm_call_int(call, 0),
                               (unsigned)pm_call_int(call, 1));

    if (!box)
        pm_call_return_int(call, 0, PM_SAMPLE_NO_MEMORY);
    else
        draw(box);
    pm_call_state(call)->host = box;
    return PM_TRAP_NONE;
}

// --- the backend -------------------------------------------------------------

static bool operate(struct pm_sample *sample)
{
    return ++sample->operations != sample->fail_at;
}

// Moves bytes in operations of [chunk] bytes; false once one has failed.
static bool move(struct pm_sample *sample, uint8_t *to, const uint8_t *from,
                 size_t size)
{
    size_t chunk = sample->chunk ? sample->chunk : size;

    for (size_t at = 0; at < size; at += chunk) {
        size_t part = chunk < size - at ? chunk : size - at;
        if (!operate(sample))
            return false;
        memcpy(to + at, from + at, part);
    }
    return true;
}

static void misuse(struct pm_sample *sample, struct pm_call *call)
{
    struct pm_heap *heap = pm_vm_heap(call->vm);
    struct pm_heap_roots roots = {0};
    pm_ref ref;

    switch (sample->misuse) {
    case PM_MISUSE_ALLOC:
        if (pm_heap_alloc(heap, PM_KIND_BYTES, 0, 8, &ref) ==
            PM_ERR_WRONG_STATE)
            sample->refused++;
        break;
    case PM_MISUSE_END:
        pm_heap_end(heap, call->ref);
        break;
    case PM_MISUSE_COLLECT:
        pm_heap_collect(heap, &roots, NULL);
        break;
    case PM_MISUSE_STRING:
        pm_call_return_str(call, 1, "x", 1);
        break;
    case PM_MISUSE_TICK:
        if (pm_machine_tick(sample->machine, NULL) == PM_TICK_NESTED)
            sample->refused++;
        break;
    default:
        break;
    }
}

static void begin(struct pm_sample *sample, struct pm_call *call)
{
    sample->operations = 0;
    sample->transfers++;
    misuse(sample, call);
}

int32_t pm_box_read(void *context, struct pm_call *call, uint64_t offset,
                    struct pm_destination *dest, uint32_t max,
                    uint32_t *out_size, bool *out_eof)
{
    struct pm_sample *sample = context;
    const struct box *box = pm_call_state(call)->host;

    begin(sample, call);
    if (!(box->mode & 1))
        return PM_SAMPLE_DENIED;
    uint32_t size = (uint32_t)pm_window_clip(offset, max, box->size);
    uint8_t *to = dest->bytes;
    if (sample->chunk) {
        dest->is_staged = true;
        to = dest->stage;
    }
    // They are there before it fails, so that a result that is not made
    // neutral is seen.
    *out_size = size;
    *out_eof = pm_window_ends(offset, max, box->size);
    if (size && !move(sample, to, box->bytes + offset, size))
        return sample->fail_status;
    return PM_SAMPLE_OK;
}

// The new content is made beside the old one, operation by operation.
static int32_t write_beside(struct pm_sample *sample, struct box *box,
                            size_t offset, const uint8_t *src, uint32_t size)
{
    size_t end = offset + size;
    size_t total = end > box->size ? end : box->size;
    uint8_t *fresh = pm_mem_zalloc(&sample->alloc, total);

    if (!fresh)
        return PM_SAMPLE_NO_MEMORY;
    if (box->size)
        memcpy(fresh, box->bytes, box->size);
    if (!move(sample, fresh + offset, src, size)) {
        pm_mem_free(&sample->alloc, fresh, total);
        return sample->fail_status;
    }
    pm_mem_free(&sample->alloc, box->bytes, box->size);
    box->bytes = fresh;
    box->size = total;
    return PM_SAMPLE_OK;
}

// A single operation within the content fails before it has begun, if it
// does: it works in place.
int32_t pm_box_write(void *context, struct pm_call *call, uint64_t offset,
                     const uint8_t *src, uint32_t size)
{
    struct pm_sample *sample = context;
    struct box *box = pm_call_state(call)->host;

    begin(sample, call);
    if (!(box->mode & 2))
        return PM_SAMPLE_DENIED;
    if (size == 0)
        return PM_SAMPLE_OK;
    if (!pm_window_fits(offset, size, PM_BOX_LIMIT))
        return PM_SAMPLE_TOO_LARGE;
    if (sample->chunk || !pm_window_fits(offset, size, box->size))
        return write_beside(sample, box, (size_t)offset, src, size);
    return move(sample, box->bytes + offset, src, size) ? PM_SAMPLE_OK
                                                        : sample->fail_status;
}

pm_trap_code pm_box_size(void *context, struct pm_call *call)
{
    const struct box *box = pm_call_state(call)->host;

    (void)context;
    pm_call_return_int(call, 1, (int64_t)box->size);
    return PM_TRAP_NONE;
}

pm_trap_code pm_sample_close(void *context, struct pm_call *call)
{
    (void)context, (void)call;
    return PM_TRAP_NONE;
}

// --- life --------------------------------------------------------------------

void pm_box_release(void *context, struct pm_state *state)
{
    struct pm_sample *sample = context;
    struct box *box = state->host;

    pm_mem_free(&sample->alloc, box->bytes, box->size);
    pm_mem_free(&sample->alloc, box, sizeof *box);
    sample->released++;
}

void pm_box_save(void *context, const struct pm_state *state,
                 struct pm_sink *sink)
{
    const struct box *box = state->host;
    uint8_t mode = (uint8_t)box->mode;

    (void)context;
    pm_sink_put(sink, &mode, 1);
    pm_sink_put(sink, box->bytes, box->size);
}

pm_status pm_box_restore(void *context, struct pm_state *state,
                         const void *bytes, size_t size)
{
    const uint8_t *from = bytes;

    if (size == 0 || size - 1 > PM_BOX_LIMIT || from[0] > 3)
        return PM_ERR_INVALID;
    struct box *box = make_box(context, size - 1, from[0]);
    if (!box)
        return PM_ERR_NO_MEMORY;
    if (size > 1)
        memcpy(box->bytes, from + 1, size - 1);
    state->host = box;
    return PM_OK;
}

const uint8_t *pm_sample_box_bytes(const void *host, size_t *out_size)
{
    const struct box *box = host;

    *out_size = box->size;
    return box->bytes;
}

bool pm_sample_box_fill(struct pm_sample *sample, void *host, size_t size)
{
    struct box *box = host;
    uint8_t *bytes = size ? pm_mem_alloc(&sample->alloc, size) : NULL;

    if (size && !bytes)
        return false;
    pm_mem_free(&sample->alloc, box->bytes, box->size);
    box->bytes = bytes;
    box->size = size;
    draw(box);
    return true;
}

void pm_sample_box_set_mode(void *host, unsigned mode)
{
    ((struct box *)host)->mode = mode;
}
