// SPDX-License-Identifier: MIT
//
// Packages: ZIP with stored entries and nothing clever. Local and central
// headers must say the same, so that no two readers see different files.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
#include "base/crc.h"
#include "base/mem.h"
#include "cart/pmc_internal.h"

#define PIECE        16384
#define LONGEST_NAME 64

struct slice {
    const struct pm_source *source;
    uint64_t offset;
    uint64_t size;
    bool is_there;
};

struct pm_pmc {
    struct pm_allocator alloc;
    struct pm_source source;
    struct slice slices[PMC_FILES];
};

// An entry as one of its headers describes it.
struct entry {
    uint16_t flags;
    uint16_t method;
    uint32_t crc;
    uint32_t packed_size;
    uint32_t size;
    uint16_t name_size;
    uint16_t extra_size;
    uint16_t comment_size;
    uint16_t disk;
    uint32_t local; // offset of the local header
};

struct opener {
    struct pm_pmc *pmc;
    const char *file;
    struct pm_diags *diags;
    uint64_t directory; // where the central directory begins
    uint64_t directory_size;
    unsigned count;
    pm_status status;
};

const char *const pm_pmc_names[PMC_FILES] = {
    PM_CART_MANIFEST,
    PM_CART_PROGRAM,
    PM_CART_ASSETS,
    PM_CART_LABEL,
};

static void fault(struct opener *o, uint64_t offset, const char *code,
                  const char *format, ...) PM_PRINTF(4, 5);

static void fault(struct opener *o, uint64_t offset, const char *code,
                  const char *format, ...)
{
    struct pm_place place = pm_place_at(o->file, offset);
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pm_diags_error(o->diags, &place, code, "%s", text);
    if (!o->status)
        o->status = PM_ERR_INVALID;
}

// Reads bytes that are known to be in the file; false after a failure.
static bool read_at(struct opener *o, uint64_t offset, void *dst, size_t size)
{
    const struct pm_source *source = &o->pmc->source;
    if (offset > source->size || size > source->size - offset) {
        fault(o, offset, "PMC-RANGE",
              "%zu bytes are due here, beyond the end of the file", size);
        return false;
    }
    pm_status status = source->read_at(source->context, offset, dst, size);
    if (!status)
        return true;
    o->status = status;
    fault(o, offset, "CART-IO", "%zu bytes could not be read (%s)", size,
          pm_status_meaning(status));
    return false;
}

// --- the end record ----------------------------------------------------------

static bool check_end(struct opener *o, uint64_t at, const uint8_t *b)
{
    unsigned here = pm_load16(b + 8);
    unsigned all = pm_load16(b + 10);

    if (pm_load16(b + 4) || pm_load16(b + 6) || here != all)
        fault(o, at, "PMC-DISK",
              "the package is one part of several; make it "
              "in one piece");
    else if (all == 0xffff || pm_load32(b + 12) == UINT32_MAX ||
             pm_load32(b + 16) == UINT32_MAX)
        fault(o, at, "PMC-ZIP64",
              "the package is a ZIP64, which begins at "
              "4 GiB; packages are smaller");
    else if (o->directory + o->directory_size != at)
        fault(o, at, "PMC-DIRECTORY",
              "the directory is said to be at %" PRIu64 "..%" PRIu64
              "; it must end here",
              o->directory, o->directory + o->directory_size);
    else
        return true;
    return false;
}

static bool read_end(struct opener *o)
{
    uint8_t b[PMC_END_SIZE];
    uint64_t size = o->pmc->source.size;

    if (size < sizeof b) {
        fault(o, 0, "PMC-SIZE",
              "the file has %" PRIu64 " bytes; a package "
              "has more",
              size);
        return false;
    }
    uint64_t at = size - sizeof b;
    if (!read_at(o, at, b, sizeof b))
        return false;
    if (pm_load32(b) != PMC_END_MAGIC || pm_load16(b + 20) != 0) {
        fault(o, at, "PMC-END",
              "the file does not end in a ZIP directory without a comment: it "
              "is no package, or its end is missing");
        return false;
    }
    o->count = pm_load16(b + 10);
    o->directory_size = pm_load32(b + 12);
    o->directory = pm_load32(b + 16);
    return check_end(o, at, b);
}

// --- entries -----------------------------------------------------------------

static struct entry central_entry(const uint8_t *b)
{
    return (struct entry){
        .flags = pm_load16(b + 8),
        .method = pm_load16(b + 10),
        .crc = pm_load32(b + 16),
        .packed_size = pm_load32(b + 20),
        .size = pm_load32(b + 24),
        .name_size = pm_load16(b + 28),
        .extra_size = pm_load16(b + 30),
        .comment_size = pm_load16(b + 32),
        .disk = pm_load16(b + 34),
        .local = pm_load32(b + 42),
    };
}

static struct entry local_entry(const uint8_t *b)
{
    return (struct entry){
        .flags = pm_load16(b + 6),
        .method = pm_load16(b + 8),
        .crc = pm_load32(b + 14),
        .packed_size = pm_load32(b + 18),
        .size = pm_load32(b + 22),
        .name_size = pm_load16(b + 26),
        .extra_size = pm_load16(b + 28),
    };
}

// Reads a name that must be one of ours; gives its number or -1.
static int read_name(struct opener *o, uint64_t at, uint16_t size)
{
    char name[LONGEST_NAME + 1] = {0};
    size_t shown = size < LONGEST_NAME ? size : LONGEST_NAME;
    struct pm_buf text;

    if (!read_at(o, at, name, shown))
        return -1;
    for (int i = 0; i < PMC_FILES; i++)
        if (strlen(pm_pmc_names[i]) == size &&
            memcmp(name, pm_pmc_names[i], size) == 0)
            return i;
    pm_buf_init(&text, &o->pmc->alloc);
    pm_buf_put_escaped(&text, name, shown);
    const char *escaped = pm_buf_cstr(&text);
    fault(o, at, "PMC-NAME",
          "the package holds \"%.150s\"; only manifest.json, program.pbx, "
          "assets.pa and label.png belong into one",
          escaped ? escaped : "?");
    pm_buf_free(&text);
    return -1;
}

static bool check_form(struct opener *o, uint64_t at, const struct entry *e,
                       const char *name)
{
    if (e->flags & PMC_FLAG_ENCRYPTED)
        fault(o, at, "PMC-ENCRYPTED", "%s is encrypted; packages are not",
              name);
    else if (e->method != 0)
        fault(o, at, "PMC-METHOD",
              "%s is packed with method %u; entries must be stored (zip -0)",
              name, e->method);
    else if (e->flags & ~PMC_FLAGS_IGNORED)
        fault(o, at, "PMC-FLAGS",
              "%s has flags 0x%x, of which only bit 11 may be set", name,
              e->flags);
    else if (e->packed_size == UINT32_MAX || e->size == UINT32_MAX ||
             e->local == UINT32_MAX)
        fault(o, at, "PMC-ZIP64", "%s has a ZIP64 size, which begins at 4 GiB",
              name);
    else if (e->packed_size != e->size)
        fault(o, at, "PMC-LENGTH",
              "%s has %" PRIu32 " stored bytes but %" PRIu32 " bytes", name,
              e->packed_size, e->size);
    else if (e->disk != 0)
        fault(o, at, "PMC-DISK", "%s is on another disk", name);
    else
        return true;
    return false;
}

static bool is_same(const struct entry *a, const struct entry *b)
{
    return a->flags == b->flags && a->method == b->method && a->crc == b->crc &&
           a->packed_size == b->packed_size && a->size == b->size &&
           a->name_size == b->name_size;
}

// Compares the local header with the central one and finds the bytes.
static bool read_local(struct opener *o, const struct entry *e, int number)
{
    const char *name = pm_pmc_names[number];
    struct slice *slice = &o->pmc->slices[number];
    uint8_t b[PMC_LOCAL_SIZE];
    char found[16] = {0};

    if (!read_at(o, e->local, b, sizeof b))
        return false;
    struct entry local = local_entry(b);
    if (pm_load32(b) != PMC_LOCAL_MAGIC || !is_same(&local, e) ||
        !read_at(o, e->local + sizeof b, found, e->name_size) ||
        memcmp(found, name, e->name_size) != 0) {
        fault(o, e->local, "PMC-LOCAL",
              "the local header of %s does not say what the directory says",
              name);
        return false;
    }
    slice->source = &o->pmc->source;
    slice->offset = e->local + sizeof b + local.name_size + local.extra_size;
    slice->size = e->size;
    if (slice->offset + slice->size > o->directory) {
        fault(o, e->local, "PMC-RANGE",
              "%s is said to be bytes %" PRIu64 "..%" PRIu64
              ", which reach into the directory",
              name, slice->offset, slice->offset + slice->size);
        return false;
    }
    slice->is_there = true;
    return true;
}

static void check_sum(struct opener *o, const struct entry *e, int number)
{
    const struct slice *slice = &o->pmc->slices[number];
    uint8_t piece[PIECE];
    uint32_t crc = 0;

    for (uint64_t at = 0; at < slice->size;) {
        uint64_t left = slice->size - at;
        size_t size = left < PIECE ? (size_t)left : PIECE;
        if (!read_at(o, slice->offset + at, piece, size))
            return;
        crc = pm_crc32(crc, piece, size);
        at += size;
    }
    if (crc == e->crc)
        return;
    if (!o->status)
        o->status = PM_ERR_CORRUPT;
    fault(o, slice->offset, "PMC-SUM",
          "%s does not match its sum: the package is damaged",
          pm_pmc_names[number]);
}

// The most that a file of each kind may have; assets.pa has its own rules.
static uint64_t limit_of(int number)
{
    static const uint64_t limits[PMC_FILES] = {PM_CART_MAX_MANIFEST,
                                               PM_CART_MAX_PROGRAM, UINT32_MAX,
                                               PM_CART_MAX_LABEL};
    return limits[number];
}

static void read_entry(struct opener *o, uint64_t at, const struct entry *e)
{
    int number = read_name(o, at + PMC_CENTRAL_SIZE, e->name_size);

    if (number < 0 || !check_form(o, at, e, pm_pmc_names[number]))
        return;
    if (o->pmc->slices[number].is_there) {
        fault(o, at, "PMC-TWICE", "%s is in the package twice",
              pm_pmc_names[number]);
        return;
    }
    if (!read_local(o, e, number))
        return;
    // What is too large is the loader's to refuse, without reading it here.
    if (number != PMC_ASSETS && e->size <= limit_of(number))
        check_sum(o, e, number);
}

static void check_overlaps(struct opener *o)
{
    const struct slice *slices = o->pmc->slices;
    for (int a = 0; a < PMC_FILES; a++)
        for (int b = 0; b < a; b++)
            if (slices[a].is_there && slices[b].is_there &&
                slices[a].offset < slices[b].offset + slices[b].size &&
                slices[b].offset < slices[a].offset + slices[a].size)
                fault(o, slices[a].offset, "PMC-OVERLAP",
                      "%s and %s share bytes", pm_pmc_names[b],
                      pm_pmc_names[a]);
}

static void read_directory(struct opener *o)
{
    uint64_t at = o->directory;
    uint64_t end = o->directory + o->directory_size;
    uint8_t b[PMC_CENTRAL_SIZE];

    // Names that are not ours are listed, but not without end.
    for (unsigned i = 0; i < o->count; i++) {
        if (end - at < sizeof b || !read_at(o, at, b, sizeof b) ||
            pm_load32(b) != PMC_CENTRAL_MAGIC) {
            fault(o, at, "PMC-DIRECTORY",
                  "entry %u of %u is due here; the directory is damaged", i + 1,
                  o->count);
            return;
        }
        struct entry e = central_entry(b);
        uint64_t size =
            sizeof b + (uint64_t)e.name_size + e.extra_size + e.comment_size;
        if (size > end - at) {
            fault(o, at, "PMC-DIRECTORY",
                  "entry %u of %u reaches beyond the directory", i + 1,
                  o->count);
            return;
        }
        read_entry(o, at, &e);
        at += size;
    }
    if (at != end)
        fault(o, at, "PMC-DIRECTORY",
              "%" PRIu64 " bytes follow the last entry of the directory",
              end - at);
    check_overlaps(o);
}

// --- the package -------------------------------------------------------------

pm_status pm_pmc_open(const struct pm_source *source, const char *file,
                      const struct pm_allocator *alloc, struct pm_diags *diags,
                      struct pm_pmc **out)
{
    struct opener o = {.file = file, .diags = diags};

    *out = NULL;
    o.pmc = pm_mem_zalloc(alloc, sizeof *o.pmc);
    if (!o.pmc)
        return PM_ERR_NO_MEMORY;
    o.pmc->alloc = *alloc;
    o.pmc->source = *source;
    if (read_end(&o))
        read_directory(&o);
    if (o.status)
        pm_pmc_close(o.pmc);
    else
        *out = o.pmc;
    return o.status;
}

void pm_pmc_close(struct pm_pmc *pmc)
{
    if (!pmc)
        return;
    struct pm_allocator alloc = pmc->alloc;
    pm_mem_free(&alloc, pmc, sizeof *pmc);
}

static pm_status slice_read(void *context, uint64_t offset, void *dst,
                            size_t size)
{
    const struct slice *slice = context;
    return slice->source->read_at(slice->source->context,
                                  slice->offset + offset, dst, size);
}

static const void *slice_lend(void *context, uint64_t offset, size_t size)
{
    const struct slice *slice = context;
    return slice->source->lend(slice->source->context, slice->offset + offset,
                               size);
}

static pm_status open_slice(void *context, const char *name,
                            struct pm_source *out)
{
    struct pm_pmc *pmc = context;
    for (int i = 0; i < PMC_FILES; i++)
        if (strcmp(name, pm_pmc_names[i]) == 0 && pmc->slices[i].is_there) {
            const struct slice *slice = &pmc->slices[i];
            *out = (struct pm_source){.read_at = slice_read,
                                      .context = &pmc->slices[i],
                                      .size = slice->size,
                                      .lend = slice->source->lend ? slice_lend
                                                                  : NULL};
            return PM_OK;
        }
    return PM_ERR_NOT_FOUND;
}

struct pm_cart_files pm_pmc_files(struct pm_pmc *pmc)
{
    return (struct pm_cart_files){open_slice, pmc};
}
