// SPDX-License-Identifier: MIT
//
// The writer: inputs of any kind, each a few bytes of choices, a name, a piece
// of metadata and the stored form. What is written opens, verifies, gives the
// stored forms back and is the same for the inputs in another order; what is
// not written is explained.

#include <stdlib.h>
#include <string.h>

#include "asset/asset.h"
#include "base/bits.h"

#define MOST 8

struct inputs {
    struct pm_asset_input rows[MOST];
    struct pm_asset_input turned[MOST];
    struct pm_asset_input_preload preload[MOST];
    char texts[2 * MOST][300];
    size_t count;
    size_t preload_count;
};

struct cursor {
    const uint8_t *at;
    const uint8_t *end;
};

static uint8_t take(struct cursor *c)
{
    return c->at < c->end ? *c->at++ : 0;
}

static const void *take_bytes(struct cursor *c, size_t *size)
{
    const void *bytes = c->at;
    if (*size > (size_t)(c->end - c->at))
        *size = (size_t)(c->end - c->at);
    c->at += *size;
    return bytes;
}

static const char *take_text(struct cursor *c, char *out)
{
    size_t size = take(c);
    const void *bytes = take_bytes(c, &size);
    if (size)
        memcpy(out, bytes, size);
    out[size] = 0;
    return out;
}

static void take_input(struct inputs *in, struct cursor *c)
{
    struct pm_asset_input *row = &in->rows[in->count];
    uint8_t kind = take(c);
    size_t size;

    *row = (struct pm_asset_input){
        .id = (int8_t)take(c),
        .bank_type = (pm_bank_type)(kind % 5),
        .codec = (pm_asset_codec)(kind / 5 % 4),
        .chunk = kind & 0x80 ? 1u << take(c) % 24 : 0,
        .decoded_size = kind & 0x40 ? take(c) * 64u : 0,
    };
    row->name = take_text(c, in->texts[2 * in->count]);
    if (kind & 0x20)
        row->metadata = take_text(c, in->texts[2 * in->count + 1]);
    size = take(c) * 300u;
    row->bytes = take_bytes(c, &size);
    row->size = size;
    if (kind & 0x10)
        in->preload[in->preload_count++] =
            (struct pm_asset_input_preload){row->id, (int8_t)take(c)};
    in->count++;
}

static pm_status write(const struct pm_asset_input *rows,
                       const struct inputs *in, struct pm_diags *diags,
                       struct pm_buf *out)
{
    return pm_asset_write(rows, in->count, in->preload, in->preload_count, NULL,
                          diags, out);
}

static void check_forms(const struct inputs *in, const struct pm_buf *file,
                        struct pm_diags *diags)
{
    struct pm_source source = pm_source_memory(file->data, file->size);
    struct pm_asset *asset;

    PM_CHECK(!pm_asset_open(&source, NULL, &file->alloc, diags, &asset));
    PM_CHECK(!pm_asset_verify(asset, NULL, diags));
    for (size_t i = 0; i < in->count; i++) {
        const struct pm_asset_input *row = &in->rows[i];
        const struct pm_asset_entry *e = pm_asset_find(asset, row->id);
        uint8_t *form = malloc(row->size + 1);
        PM_CHECK(e && pm_asset_form_size(e) == row->size);
        PM_CHECK(!pm_asset_read(asset, e, 0, form, row->size));
        PM_CHECK(row->size == 0 || memcmp(form, row->bytes, row->size) == 0);
        free(form);
    }
    pm_asset_close(asset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct inputs in;
    struct pm_allocator alloc = pm_allocator_libc();
    struct cursor c = {data, data + size};
    struct pm_diags diags;
    struct pm_buf file;
    struct pm_buf turned;

    in.count = in.preload_count = 0;
    while (c.at < c.end && in.count < MOST)
        take_input(&in, &c);
    for (size_t i = 0; i < in.count; i++)
        in.turned[i] = in.rows[in.count - 1 - i];
    pm_diags_init(&diags, &alloc);
    pm_buf_init(&file, &alloc);
    pm_buf_init(&turned, &alloc);
    pm_status status = write(in.rows, &in, &diags, &file);
    PM_CHECK((status == PM_OK) == (diags.errors == 0));
    PM_CHECK((status == PM_OK) == (file.size > 0));
    PM_CHECK(write(in.turned, &in, &diags, &turned) == status);
    PM_CHECK(file.size == turned.size);
    PM_CHECK(status || memcmp(file.data, turned.data, file.size) == 0);
    if (!status)
        check_forms(&in, &file, &diags);
    pm_buf_free(&turned);
    pm_buf_free(&file);
    pm_diags_free(&diags);
    return 0;
}
