// SPDX-License-Identifier: MIT
//
// Verifying all of a file: what opening does not look at, because it would
// have to read the payload.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "asset/asset_internal.h"
#include "base/bits.h"
#include "base/hash.h"
#include "base/mem.h"

#define SCENE_HEAD  8
#define SCENE_LAYER 20
#define CELL_UNUSED UINT32_C(0xfe000000)

struct verifier {
    const struct pm_asset *asset;
    const char *file;
    struct pm_diags *diags;
    const bool *is_known; // entries whose slices decode; NULL: none is
    uint8_t *block;       // PM_ASSET_BLOCK bytes
    // Of the entries with the present slice, the first with sums, the first
    // that was decoded and the first SCENE: what was found for them holds for
    // the others.
    const struct pm_asset_entry *first;
    const struct pm_asset_entry *decoded;
    const struct pm_asset_entry *scene;
    struct pm_asset_reader *reader; // of the entry that is being checked
};

static void fault(struct verifier *v, uint64_t offset, const char *code,
                  const char *format, ...) PM_PRINTF(4, 5);

// [offset] is of the payload region.
static void fault(struct verifier *v, uint64_t offset, const char *code,
                  const char *format, ...)
{
    struct pm_place place =
        pm_place_at(v->file, v->asset->payload_offset + offset);
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pm_diags_error(v->diags, &place, code, "%s", text);
}

static pm_status read_payload(struct verifier *v, uint64_t offset, void *dst,
                              size_t size)
{
    const struct pm_source *source = &v->asset->source;
    pm_status status = source->read_at(
        source->context, v->asset->payload_offset + offset, dst, size);
    if (status)
        fault(v, offset, "PA-IO", "%zu bytes could not be read (%s)", size,
              pm_status_meaning(status));
    return status;
}

// --- gaps --------------------------------------------------------------------

static pm_status check_gap(struct verifier *v, uint64_t from, uint64_t to)
{
    uint8_t bytes[PM_ASSET_ALIGN];
    size_t size = (size_t)(to - from);
    pm_status status = read_payload(v, from, bytes, size);

    for (size_t i = 0; i < size && !status; i++)
        if (bytes[i]) {
            fault(v, from + i, "PA-GAP",
                  "a byte between slices is 0x%02x; it must be 0", bytes[i]);
            break;
        }
    return status;
}

static pm_status check_gaps(struct verifier *v, const uint32_t *order)
{
    const struct pm_asset *asset = v->asset;
    uint64_t end = 0;
    pm_status status = PM_OK;

    for (size_t i = 0; i < asset->count && !status; i++) {
        const struct pm_asset_entry *e = &asset->entries[order ? order[i] : i];
        if (e->offset > end)
            status = check_gap(v, end, e->offset);
        if (e->offset + e->size > end)
            end = e->offset + e->size;
    }
    return status;
}

// --- sums --------------------------------------------------------------------

static pm_status check_sums(struct verifier *v, const struct pm_asset_entry *e)
{
    pm_status status = PM_OK;

    for (uint64_t at = 0; at < e->size && !status; at += PM_ASSET_BLOCK) {
        size_t size = e->size - at < PM_ASSET_BLOCK ? (size_t)(e->size - at)
                                                    : PM_ASSET_BLOCK;
        const uint8_t *lent;
        status = pm_asset_lend_stored(v->asset, e, at, size, &lent);
        if (!status && !lent)
            status = pm_asset_read_stored(v->asset, e, at, v->block, size);
        if (status == PM_ERR_CORRUPT) {
            fault(v, e->offset + at, "PA-SUM",
                  "asset %" PRId32 ": block %" PRIu64
                  " does not match its sum: the file is damaged",
                  e->id, at / PM_ASSET_BLOCK);
            status = PM_OK;
        } else if (status) {
            fault(v, e->offset + at, "PA-IO",
                  "%zu bytes could not be read (%s)", size,
                  pm_status_meaning(status));
        }
    }
    return status;
}

// --- SCENE -------------------------------------------------------------------

// Places in a scene are those of its stored form; a fault of a packed one is
// reported at the beginning of its slice.
static uint64_t scene_place(const struct pm_asset_entry *e, uint64_t at)
{
    return e->codec == PM_CODEC_NONE ? e->offset + at : e->offset;
}

static bool read_scene(struct verifier *v, const struct pm_asset_entry *e,
                       uint64_t at, void *dst, size_t size)
{
    pm_status status = pm_asset_reader_read(v->reader, at, dst, size);
    if (status)
        fault(v, scene_place(e, at), "PA-IO",
              "%zu bytes could not be read (%s)", size,
              pm_status_meaning(status));
    return status == PM_OK;
}

// Looks at cells [from]..[to] of the form; false at the first bad one.
static bool check_cells(struct verifier *v, const struct pm_asset_entry *e,
                        uint64_t from, uint64_t to, int layer)
{
    while (from < to) {
        size_t size =
            to - from < PM_ASSET_BLOCK ? (size_t)(to - from) : PM_ASSET_BLOCK;
        if (!read_scene(v, e, from, v->block, size))
            return false;
        for (size_t i = 0; i < size; i += 4)
            if (pm_load32(v->block + i) & CELL_UNUSED) {
                fault(v, scene_place(e, from + i), "PA-SCENE",
                      "asset %" PRId32
                      ": a cell of layer %d has bits 25..31 set; they must "
                      "be 0",
                      e->id, layer);
                return false;
            }
        from += size;
    }
    return true;
}

static bool check_layer_head(struct verifier *v, const struct pm_asset_entry *e,
                             uint64_t at, const uint8_t *b, int layer)
{
    bool is_tile = b[2] == 8 || b[2] == 16 || b[2] == 32;
    if (b[0] <= 1 && b[1] < PM_ASSET_SLOTS && (is_tile || !b[0]) && !b[3])
        return true;
    fault(v, scene_place(e, at), "PA-SCENE",
          "asset %" PRId32
          ": layer %d says active %u, glyph bank %u, tile size %u, reserved "
          "%u; wanted are 0..1, 0..15, 8, 16 or 32, and 0",
          e->id, layer, b[0], b[1], b[2], b[3]);
    return false;
}

// Checks layer [layer] at [*at] and moves behind it.
static bool check_layer(struct verifier *v, const struct pm_asset_entry *e,
                        uint64_t *at, int layer)
{
    uint64_t form = pm_asset_form_size(e);
    uint8_t head[SCENE_LAYER];

    if (form - *at < SCENE_LAYER) {
        fault(v, scene_place(e, *at), "PA-SCENE",
              "asset %" PRId32 ": the scene ends before layer %d", e->id,
              layer);
        return false;
    }
    if (!read_scene(v, e, *at, head, sizeof head) ||
        !check_layer_head(v, e, *at, head, layer))
        return false;
    *at += SCENE_LAYER;
    uint64_t cells = (uint64_t)pm_load32(head + 12) * pm_load32(head + 16);
    if (cells > (form - *at) / 4) {
        fault(v, scene_place(e, *at), "PA-SCENE",
              "asset %" PRId32 ": layer %d of %" PRIu32 " x %" PRIu32
              " cells reaches beyond the scene",
              e->id, layer, pm_load32(head + 12), pm_load32(head + 16));
        return false;
    }
    uint64_t from = *at;
    *at += cells * 4;
    return check_cells(v, e, from, *at, layer);
}

static void check_scene(struct verifier *v, const struct pm_asset_entry *e)
{
    uint64_t form = pm_asset_form_size(e);
    uint8_t head[SCENE_HEAD];
    uint64_t at = SCENE_HEAD;

    if (!read_scene(v, e, 0, head, sizeof head))
        return;
    if (memcmp(head, "SCN1\1\0\4\0", sizeof head) != 0) {
        fault(v, scene_place(e, 0), "PA-SCENE",
              "asset %" PRId32
              ": the scene does not begin with \"SCN1\", version 1 and 4 "
              "layers",
              e->id);
        return;
    }
    for (int layer = 0; layer < 4; layer++)
        if (!check_layer(v, e, &at, layer))
            return;
    if (at != form)
        fault(v, scene_place(e, at), "PA-SCENE",
              "asset %" PRId32 ": %" PRIu64 " bytes follow the last layer",
              e->id, form - at);
}

static bool is_same_slice(const struct pm_asset_entry *a,
                          const struct pm_asset_entry *b)
{
    return a && a->offset == b->offset && a->size == b->size;
}

// --- packed slices -----------------------------------------------------------

static pm_status chunk_fault(struct verifier *v, const struct pm_asset_entry *e,
                             pm_status status,
                             const struct pm_asset_chunk_fault *found)
{
    if (status == PM_ERR_CORRUPT)
        fault(v, e->offset + found->at, "PA-CODEC", "asset %" PRId32 ": %s",
              e->id, found->text);
    else if (status == PM_ERR_IO)
        fault(v, e->offset + found->at, "PA-IO",
              "asset %" PRId32 ": %s could not be read", e->id, found->text);
    return status == PM_ERR_CORRUPT ? PM_OK : status;
}

// Decodes all of the slice, up to its first fault.
static pm_status check_chunks(struct verifier *v,
                              const struct pm_asset_entry *e)
{
    struct pm_asset_chunk_fault found;
    uint64_t count = pm_asset_chunk_count(e);
    pm_status status = PM_OK;

    for (uint64_t i = 0; i < count && !status; i++)
        status = pm_asset_reader_try(v->reader, i, &found);
    return chunk_fault(v, e, status, &found);
}

// Many entries of one slice must not cost many readings, so all of them must
// decode it in the same way.
static bool is_decoded(struct verifier *v, const struct pm_asset_entry *e)
{
    const struct pm_asset_entry *first = v->decoded;

    if (!is_same_slice(first, e)) {
        v->decoded = e;
        return false;
    }
    if (first->codec != e->codec || first->chunk_shift != e->chunk_shift ||
        pm_asset_form_size(first) != pm_asset_form_size(e))
        fault(v, e->offset, "PA-CODEC",
              "asset %" PRId32 ": its codec, chunk or decoded size differs "
              "from those of asset %" PRId32 ", which names the same slice",
              e->id, first->id);
    return true;
}

// --- an entry ----------------------------------------------------------------

// The sums of a slice that was read before for another entry need only be the
// same: many entries of one slice must not cost many readings.
static pm_status check_integrity(struct verifier *v,
                                 const struct pm_asset_entry *e)
{
    const struct pm_asset_entry *first = v->first;
    const uint8_t *header = v->asset->header;

    if (!e->sums_offset)
        return PM_OK;
    if (!is_same_slice(first, e)) {
        v->first = e;
        return check_sums(v, e);
    }
    if (memcmp(header + first->sums_offset, header + e->sums_offset,
               (size_t)pm_asset_blocks(e->size) * 16) != 0)
        fault(v, e->offset, "PA-SUM",
              "asset %" PRId32 ": its sums differ from those of asset %" PRId32
              ", which names the same slice",
              e->id, first->id);
    return PM_OK;
}

// Looks at what the slice decodes to. Indices and colours of a GLYPH and
// samples of SOUNDS can have any value.
static pm_status check_form(struct verifier *v, const struct pm_asset_entry *e)
{
    struct pm_asset_chunk_fault found;
    size_t errors = v->diags->errors;
    bool is_packed = !is_decoded(v, e) && e->codec != PM_CODEC_NONE &&
                     !(v->is_known && v->is_known[e - v->asset->entries]);
    bool is_scene =
        e->bank_type == PM_BANK_SCENE && !is_same_slice(v->scene, e);

    if (is_scene)
        v->scene = e;
    if ((!is_packed && !is_scene) || v->diags->errors != errors)
        return PM_OK;
    pm_status status = pm_asset_reader_explain(v->asset, e, &v->asset->alloc,
                                               &found, &v->reader);
    if (status)
        return chunk_fault(v, e, status, &found);
    if (is_packed)
        status = check_chunks(v, e);
    if (!status && is_scene && v->diags->errors == errors)
        check_scene(v, e);
    pm_asset_reader_close(v->reader);
    return status;
}

static pm_status check_entry(struct verifier *v, const struct pm_asset_entry *e)
{
    size_t errors = v->diags->errors;
    pm_status status = check_integrity(v, e);

    if (status)
        return status;
    // What does not match its sums is not looked at any further.
    return errors == v->diags->errors ? check_form(v, e) : PM_OK;
}

// --- all ---------------------------------------------------------------------

static pm_status check_all(struct verifier *v)
{
    const struct pm_asset *asset = v->asset;
    uint32_t *order;
    pm_status status = pm_asset_sort_slices(asset, &order);

    if (!status)
        status = check_gaps(v, order);
    for (size_t i = 0; i < asset->count && !status; i++)
        status = check_entry(v, &asset->entries[order ? order[i] : i]);
    pm_mem_free(&asset->alloc, order, asset->count * sizeof *order);
    return status;
}

pm_status pm_asset_verify_unknown(const struct pm_asset *asset,
                                  const bool *is_known, const char *file,
                                  struct pm_diags *diags)
{
    struct verifier v = {
        .asset = asset, .file = file, .diags = diags, .is_known = is_known};
    size_t errors = diags->errors;

    v.block = pm_mem_alloc(&asset->alloc, PM_ASSET_BLOCK);
    if (!v.block)
        return PM_ERR_NO_MEMORY;
    pm_status status = check_all(&v);
    pm_mem_free(&asset->alloc, v.block, PM_ASSET_BLOCK);
    if (status)
        return status;
    return diags->errors == errors ? PM_OK : PM_ERR_CORRUPT;
}

pm_status pm_asset_verify(const struct pm_asset *asset, const char *file,
                          struct pm_diags *diags)
{
    return pm_asset_verify_unknown(asset, NULL, file, diags);
}
