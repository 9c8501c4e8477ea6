// SPDX-License-Identifier: MIT
//
// Loading: each file is read and checked even when another was at fault, so
// that one try shows all there is to mend.

#include "cart/cart.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "registry/caps.h"

struct loader {
    const struct pm_own_caps *own;
    const struct pm_cart_files *files;
    struct pm_diags *diags;
    struct pm_cart *cart;
    pm_status status; // of the first fault
};

static void note(struct loader *l, pm_status status)
{
    if (!l->status)
        l->status = status;
}

// Opens a file of at most [limit] bytes; false when it is not to be had,
// which is a fault if the file is needed.
static bool open_file(struct loader *l, const char *name, uint64_t limit,
                      const char *why_needed, struct pm_source *out)
{
    struct pm_place place = {.file = name};
    pm_status status = l->files->open(l->files->context, name, out);

    if (status == PM_ERR_NOT_FOUND) {
        if (!why_needed)
            return false;
        pm_diags_error(l->diags, &place, "CART-FILE-MISSING",
                       "the cartridge has no such file, and %s", why_needed);
        note(l, PM_ERR_INVALID);
        return false;
    }
    if (status) {
        pm_diags_error(l->diags, &place, "CART-IO",
                       "the file could not be opened (%s)",
                       pm_status_meaning(status));
        note(l, status);
        return false;
    }
    if (out->size <= limit)
        return true;
    pm_diags_error(l->diags, &place, "CART-FILE-SIZE",
                   "the file has %" PRIu64 " bytes; at most %" PRIu64
                   " are allowed",
                   out->size, limit);
    note(l, PM_ERR_INVALID);
    return false;
}

// Reads a whole file, not empty; NULL after a fault.
static uint8_t *read_file(struct loader *l, const char *name,
                          const struct pm_source *source)
{
    struct pm_place place = {.file = name};
    size_t size = (size_t)source->size;

    if (size == 0) {
        pm_diags_error(l->diags, &place, "CART-FILE-SIZE", "the file is empty");
        note(l, PM_ERR_INVALID);
        return NULL;
    }
    uint8_t *bytes = pm_mem_alloc(&l->cart->alloc, size);
    if (!bytes) {
        note(l, PM_ERR_NO_MEMORY);
        return NULL;
    }
    pm_status status = source->read_at(source->context, 0, bytes, size);
    if (!status)
        return bytes;
    pm_diags_error(l->diags, &place, "CART-IO",
                   "the file could not be read (%s)",
                   pm_status_meaning(status));
    note(l, status);
    pm_mem_free(&l->cart->alloc, bytes, size);
    return NULL;
}

static void load_manifest(struct loader *l)
{
    struct pm_source source;

    if (!open_file(l, PM_CART_MANIFEST, PM_CART_MAX_MANIFEST,
                   "every cartridge needs one", &source))
        return;
    uint8_t *text = read_file(l, PM_CART_MANIFEST, &source);
    if (!text)
        return;
    note(l,
         pm_manifest_read(text, (size_t)source.size, PM_CART_MANIFEST, l->own,
                          &l->cart->alloc, l->diags, &l->cart->manifest));
    pm_mem_free(&l->cart->alloc, text, (size_t)source.size);
}

static void load_program(struct loader *l)
{
    struct pm_source source;

    if (!open_file(l, PM_CART_PROGRAM, PM_CART_MAX_PROGRAM,
                   "every cartridge needs one", &source))
        return;
    l->cart->program = read_file(l, PM_CART_PROGRAM, &source);
    l->cart->program_size = l->cart->program ? (size_t)source.size : 0;
}

static void load_assets(struct loader *l)
{
    bool is_asked = l->cart->manifest.capabilities & PM_CAP_ASSET;
    struct pm_source source;

    if (open_file(l, PM_CART_ASSETS, UINT64_MAX,
                  is_asked ? "its manifest asks for the capability \"asset\""
                           : NULL,
                  &source))
        note(l, pm_asset_open(&source, PM_CART_ASSETS, &l->cart->alloc,
                              l->diags, &l->cart->assets));
}

static void load_label(struct loader *l)
{
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10};
    struct pm_place place = {.file = PM_CART_LABEL};
    uint8_t head[8] = {0};
    struct pm_source source;

    if (!open_file(l, PM_CART_LABEL, PM_CART_MAX_LABEL, NULL, &source))
        return;
    pm_status status = PM_OK;
    if (source.size >= sizeof head)
        status = source.read_at(source.context, 0, head, sizeof head);
    if (status) {
        pm_diags_error(l->diags, &place, "CART-IO",
                       "the file could not be read (%s)",
                       pm_status_meaning(status));
    } else if (memcmp(head, signature, sizeof head) != 0) {
        pm_diags_error(l->diags, &place, "CART-LABEL",
                       "the label is no PNG; export it as one or leave it "
                       "out");
        status = PM_ERR_INVALID;
    }
    note(l, status);
    l->cart->label = source;
}

pm_status pm_cart_load(const struct pm_cart_files *files,
                       const struct pm_own_caps *own,
                       const struct pm_allocator *alloc, struct pm_diags *diags,
                       struct pm_cart *out)
{
    struct loader l = {.files = files, .own = own, .diags = diags, .cart = out};

    *out = (struct pm_cart){.alloc = *alloc};
    load_manifest(&l);
    load_program(&l);
    load_assets(&l);
    load_label(&l);
    if (l.status)
        pm_cart_free(out);
    return l.status;
}

pm_status pm_cart_read_manifest(const struct pm_cart_files *files,
                                const struct pm_own_caps *own,
                                const struct pm_allocator *alloc,
                                struct pm_diags *diags, struct pm_manifest *out)
{
    struct pm_cart cart = {.alloc = *alloc};
    struct loader l = {
        .files = files, .own = own, .diags = diags, .cart = &cart};

    load_manifest(&l);
    *out = cart.manifest;
    return l.status;
}

void pm_cart_free(struct pm_cart *cart)
{
    pm_mem_free(&cart->alloc, cart->program, cart->program_size);
    pm_asset_close(cart->assets);
    *cart = (struct pm_cart){.alloc = cart->alloc};
}
