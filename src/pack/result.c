// SPDX-License-Identifier: MIT
//
// The result of a conversion as bytes: what the cache keeps. A result that was
// just made goes the same way as one from the cache, so that the two cannot
// differ.
//
//     "PMCR", u32 version, the key, u64 sum of all that follows
//     u32 count, other files: name, u8 is there, hash
//     report
//     u32 count, warnings: file, code, text, u32 line, u32 column,
//                          u8 has offset, u64 offset
//     u32 count, parts: suffix, metadata, u8 bank, u8 codec, u8 is file,
//                       u32 chunk, u64 form, u64 decoded, u64 size, bytes
//
// A text is u32 size, its bytes and a NUL.

#include <string.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "pack/project.h"

#define VERSION   1u
#define SUM_AT    24
#define HEAD_SIZE 32

// --- writing -----------------------------------------------------------------

static void put_text(struct pm_buf *out, const char *text)
{
    size_t size = text ? strlen(text) : 0;
    pm_buf_put32(out, (uint32_t)size);
    pm_buf_put(out, text, size);
    pm_buf_put8(out, 0);
}

static void put_hash(struct pm_buf *out, const struct pm_hash128 *hash)
{
    pm_buf_put64(out, hash->low);
    pm_buf_put64(out, hash->high);
}

static void put_deps(struct pm_pack_maker *m, struct pm_buf *out)
{
    const struct pm_buf *used = &m->unit->used;
    size_t count_at = out->size;
    uint32_t count = 0;

    pm_buf_put32(out, 0);
    for (size_t at = 0; at < used->size; at += 4, count++) {
        const struct pm_pack_input *in =
            pm_pack_input_at(m->packer, pm_load32(used->data + at));
        put_text(out, in->name);
        pm_buf_put8(out, 1);
        put_hash(out, &in->hash);
    }
    for (size_t at = 0; at < m->missing.size; count++) {
        const char *name = (const char *)m->missing.data + at;
        put_text(out, name);
        pm_buf_put8(out, 0);
        pm_buf_put(out, NULL, 16);
        at += strlen(name) + 1;
    }
    if (!out->failed)
        pm_store32(out->data + count_at, count);
}

static void put_warnings(const struct pm_diags *diags, struct pm_buf *out)
{
    pm_buf_put32(out, (uint32_t)diags->count);
    for (size_t i = 0; i < diags->count; i++) {
        const struct pm_diag *diag = &diags->items[i];
        put_text(out, diag->place.file);
        put_text(out, diag->code);
        put_text(out, diag->text);
        pm_buf_put32(out, diag->place.line);
        pm_buf_put32(out, diag->place.column);
        pm_buf_put8(out, diag->place.has_offset);
        pm_buf_put64(out, diag->place.offset);
    }
}

void pm_pack_put_part(struct pm_buf *out, const struct pm_pack_part *part)
{
    put_text(out, part->suffix);
    put_text(out, part->metadata);
    pm_buf_put8(out, (uint8_t)part->bank);
    pm_buf_put8(out, (uint8_t)part->codec);
    pm_buf_put8(out, part->is_file);
    pm_buf_put32(out, part->chunk);
    pm_buf_put64(out, part->form_size);
    pm_buf_put64(out, part->decoded_size);
    pm_buf_put64(out, part->size);
    if (part->size)
        pm_buf_put(out, part->bytes, part->size);
}

pm_status pm_pack_write_result(struct pm_pack_maker *m)
{
    struct pm_buf *out = &m->unit->result;

    out->size = 0;
    pm_buf_puts(out, "PMCR");
    pm_buf_put32(out, VERSION);
    put_hash(out, &m->unit->key);
    pm_buf_put64(out, 0);
    put_deps(m, out);
    pm_buf_put32(out, (uint32_t)m->report.size);
    if (m->report.size)
        pm_buf_put(out, m->report.data, m->report.size);
    pm_buf_put8(out, 0);
    put_warnings(m->diags, out);
    pm_buf_put32(out, m->part_count);
    if (m->parts.size)
        pm_buf_put(out, m->parts.data, m->parts.size);
    if (out->failed || m->parts.failed || m->report.failed || m->missing.failed)
        return PM_ERR_NO_MEMORY;
    pm_store64(out->data + SUM_AT,
               pm_hash64(out->data + HEAD_SIZE, out->size - HEAD_SIZE));
    m->unit->bytes = out->data;
    m->unit->size = out->size;
    return PM_OK;
}

// --- reading -----------------------------------------------------------------

// NULL, and the cursor failed, for what is no text.
static const char *take_text(struct pm_cursor *c)
{
    uint32_t size = pm_cursor_u32(c);
    const uint8_t *text = pm_cursor_take(c, (size_t)size + 1);

    if (text && (text[size] != 0 || memchr(text, 0, size)))
        c->failed = true;
    return c->failed ? NULL : (const char *)text;
}

static struct pm_hash128 take_hash(struct pm_cursor *c)
{
    struct pm_hash128 hash;
    hash.low = pm_cursor_u64(c);
    hash.high = pm_cursor_u64(c);
    return hash;
}

// Room for [count] things of which each has at least [least] bytes; NULL for 0
// of them, and when there cannot be so many or memory is short.
static void *make_room(struct pm_pack_unit *unit, struct pm_cursor *c,
                       size_t count, size_t least, size_t size)
{
    if (count > pm_cursor_left(c) / least)
        c->failed = true;
    if (count == 0 || c->failed)
        return NULL;
    return pm_mem_zarray(&unit->packer->alloc, count, size);
}

static pm_status take_deps(struct pm_pack_unit *unit, struct pm_cursor *c)
{
    uint32_t count = pm_cursor_u32(c);

    unit->deps = make_room(unit, c, count, 22, sizeof *unit->deps);
    if (!unit->deps)
        return count && !c->failed ? PM_ERR_NO_MEMORY : PM_OK;
    unit->dep_count = count;
    for (uint32_t i = 0; i < count && !c->failed; i++) {
        struct pm_pack_dep *dep = &unit->deps[i];
        dep->name = take_text(c);
        bool is_there = pm_cursor_u8(c) != 0;
        dep->hash = take_hash(c);
        dep->input = PM_PACK_NONE;
        if (is_there && !c->failed)
            dep->input = pm_pack_find_input(unit->packer, dep->name);
        // What was there is not, or the other way round.
        if (c->failed ||
            is_there !=
                (pm_pack_find_input(unit->packer, dep->name) != PM_PACK_NONE))
            c->failed = true;
    }
    return PM_OK;
}

static void take_warnings(struct pm_pack_unit *unit, struct pm_cursor *c)
{
    uint32_t count = pm_cursor_u32(c);

    for (uint32_t i = 0; i < count && !c->failed; i++) {
        struct pm_place place = {.file = take_text(c)};
        const char *code = take_text(c);
        const char *text = take_text(c);
        place.line = pm_cursor_u32(c);
        place.column = pm_cursor_u32(c);
        place.has_offset = pm_cursor_u8(c) != 0;
        place.offset = pm_cursor_u64(c);
        if (c->failed)
            break;
        if (!place.file[0])
            place.file = NULL;
        pm_diags_warning(&unit->diags, &place, code, "%s", text);
    }
}

static void take_part(struct pm_cursor *c, struct pm_pack_part *part)
{
    part->suffix = take_text(c);
    part->metadata = take_text(c);
    part->bank = (pm_bank_type)pm_cursor_u8(c);
    part->codec = (pm_asset_codec)pm_cursor_u8(c);
    part->is_file = pm_cursor_u8(c) != 0;
    part->chunk = pm_cursor_u32(c);
    part->form_size = pm_cursor_u64(c);
    part->decoded_size = pm_cursor_u64(c);
    uint64_t size = pm_cursor_u64(c);
    if (size > pm_cursor_left(c) || part->bank >= PM_BANK_TYPES ||
        part->codec >= PM_CODECS) {
        c->failed = true;
        return;
    }
    part->size = (size_t)size;
    part->bytes = pm_cursor_take(c, part->size);
    if (part->metadata && !part->metadata[0])
        part->metadata = NULL;
}

static pm_status take_parts(struct pm_pack_unit *unit, struct pm_cursor *c)
{
    uint32_t count = pm_cursor_u32(c);

    unit->parts = make_room(unit, c, count, 41, sizeof *unit->parts);
    if (!unit->parts)
        return count && !c->failed ? PM_ERR_NO_MEMORY : PM_OK;
    unit->part_count = count;
    for (uint32_t i = 0; i < count && !c->failed; i++) {
        struct pm_pack_part *part = &unit->parts[i];
        take_part(c, part);
        part->unit = unit;
        part->slot = PM_PACK_NO_SLOT;
        pm_buf_init(&part->packed, &unit->packer->alloc);
    }
    return PM_OK;
}

static bool is_whole(const struct pm_pack_unit *unit)
{
    const uint8_t *bytes = unit->bytes;

    return unit->size >= HEAD_SIZE && memcmp(bytes, "PMCR", 4) == 0 &&
           pm_load32(bytes + 4) == VERSION &&
           pm_load64(bytes + 8) == unit->key.low &&
           pm_load64(bytes + 16) == unit->key.high &&
           pm_load64(bytes + SUM_AT) ==
               pm_hash64(bytes + HEAD_SIZE, unit->size - HEAD_SIZE);
}

pm_status pm_pack_read_result(struct pm_pack_unit *unit)
{
    struct pm_cursor c = pm_cursor_make(unit->bytes, unit->size);

    if (!is_whole(unit))
        return PM_ERR_CORRUPT;
    pm_cursor_take(&c, HEAD_SIZE);
    pm_status status = take_deps(unit, &c);
    if (status)
        return status;
    unit->report = take_text(&c);
    take_warnings(unit, &c);
    status = take_parts(unit, &c);
    if (status)
        return status;
    return c.failed || pm_cursor_left(&c) ? PM_ERR_CORRUPT : PM_OK;
}

void pm_pack_free_result(struct pm_pack_unit *unit)
{
    const struct pm_allocator *alloc = &unit->packer->alloc;

    for (size_t i = 0; i < unit->part_count; i++) {
        struct pm_pack_part *part = &unit->parts[i];
        pm_mem_free(alloc, part->file_bytes,
                    part->file_bytes ? (size_t)part->form_size : 0);
        if (part->unit)
            pm_buf_free(&part->packed);
    }
    pm_mem_free(alloc, unit->parts, unit->part_count * sizeof *unit->parts);
    pm_mem_free(alloc, unit->deps, unit->dep_count * sizeof *unit->deps);
    unit->parts = NULL;
    unit->deps = NULL;
    unit->part_count = unit->dep_count = 0;
}
