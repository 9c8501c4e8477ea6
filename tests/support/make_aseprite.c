// SPDX-License-Identifier: MIT
#include "support/make_aseprite.h"

#include <string.h>

#include "base/bits.h"

void make_zlib_stored(struct pm_buf *out, const uint8_t *bytes, size_t size)
{
    uint32_t a = 1;
    uint32_t b = 0;
    size_t at = 0;

    pm_buf_put(out, "\x78\x01", 2);
    do {
        size_t piece = size - at < 0xffff ? size - at : 0xffff;
        pm_buf_put8(out, at + piece == size);
        pm_buf_put16(out, (uint16_t)piece);
        pm_buf_put16(out, (uint16_t)~piece);
        if (piece)
            pm_buf_put(out, bytes + at, piece);
        at += piece;
    } while (at < size);
    for (size_t i = 0; i < size; i++) {
        a = (a + bytes[i]) % 65521;
        b = (b + a) % 65521;
    }
    for (int shift = 24; shift >= 0; shift -= 8)
        pm_buf_put8(out, (uint8_t)((b << 16 | a) >> shift));
}

void make_ase_begin(struct make_ase *m, struct pm_buf *out, uint16_t width,
                    uint16_t height, uint16_t bits, uint16_t frames,
                    uint32_t flags, uint8_t transparent)
{
    *m = (struct make_ase){.out = out};
    pm_buf_put32(out, 0);
    pm_buf_put16(out, 0xa5e0);
    pm_buf_put16(out, frames);
    pm_buf_put16(out, width);
    pm_buf_put16(out, height);
    pm_buf_put16(out, bits);
    pm_buf_put32(out, flags);
    pm_buf_put16(out, 70);
    pm_buf_put(out, NULL, 8);
    pm_buf_put8(out, transparent);
    pm_buf_put(out, NULL, 3);
    pm_buf_put16(out, 256);
    pm_buf_put(out, NULL, 128 - out->size);
}

void make_ase_frame(struct make_ase *m, uint16_t duration)
{
    m->frame = m->out->size;
    m->chunks = 0;
    pm_buf_put32(m->out, 16);
    pm_buf_put16(m->out, 0xf1fa);
    pm_buf_put16(m->out, 0);
    pm_buf_put16(m->out, duration);
    pm_buf_put(m->out, NULL, 6);
}

void make_ase_chunk(struct make_ase *m, uint16_t type, const void *body,
                    size_t size)
{
    pm_buf_put32(m->out, (uint32_t)size + 6);
    pm_buf_put16(m->out, type);
    if (size)
        pm_buf_put(m->out, body, size);
    if (m->out->failed)
        return;
    pm_store32(m->out->data + m->frame, (uint32_t)(m->out->size - m->frame));
    pm_store16(m->out->data + m->frame + 6, ++m->chunks);
}

void make_ase_end(struct make_ase *m)
{
    if (!m->out->failed)
        pm_store32(m->out->data, (uint32_t)m->out->size);
}

static struct pm_buf begin(const struct make_ase *m)
{
    struct pm_buf body;
    pm_buf_init(&body, &m->out->alloc);
    return body;
}

static void end(struct make_ase *m, uint16_t type, struct pm_buf *body)
{
    make_ase_chunk(m, type, body->data, body->size);
    pm_buf_free(body);
}

static void put_string(struct pm_buf *out, const char *text)
{
    pm_buf_put16(out, (uint16_t)strlen(text));
    pm_buf_puts(out, text);
}

void make_ase_layer(struct make_ase *m, uint16_t flags, uint16_t kind,
                    uint16_t level, uint16_t blend, uint8_t opacity,
                    const char *name)
{
    struct pm_buf body = begin(m);
    pm_buf_put16(&body, flags);
    pm_buf_put16(&body, kind);
    pm_buf_put16(&body, level);
    pm_buf_put32(&body, 0);
    pm_buf_put16(&body, blend);
    pm_buf_put8(&body, opacity);
    pm_buf_put(&body, NULL, 3);
    put_string(&body, name);
    if (kind == 2)
        pm_buf_put32(&body, 7);
    end(m, 0x2004, &body);
}

static void put_cel(struct pm_buf *body, const struct make_ase_cel *cel,
                    uint16_t kind)
{
    pm_buf_put16(body, cel->layer);
    pm_buf_put16(body, (uint16_t)cel->x);
    pm_buf_put16(body, (uint16_t)cel->y);
    pm_buf_put8(body, cel->opacity);
    pm_buf_put16(body, kind);
    pm_buf_put16(body, (uint16_t)cel->z);
    pm_buf_put(body, NULL, 5);
}

void make_ase_cel(struct make_ase *m, const struct make_ase_cel *cel,
                  uint16_t kind, const void *pixels, size_t size)
{
    struct pm_buf body = begin(m);
    put_cel(&body, cel, kind);
    pm_buf_put16(&body, cel->width);
    pm_buf_put16(&body, cel->height);
    if (kind == 0)
        pm_buf_put(&body, pixels, size);
    else
        make_zlib_stored(&body, pixels, size);
    end(m, 0x2005, &body);
}

void make_ase_link(struct make_ase *m, const struct make_ase_cel *cel,
                   uint16_t frame)
{
    struct pm_buf body = begin(m);
    put_cel(&body, cel, 1);
    pm_buf_put16(&body, frame);
    end(m, 0x2005, &body);
}

void make_ase_tiles(struct make_ase *m, const struct make_ase_cel *cel,
                    const uint32_t *tiles)
{
    struct pm_buf body = begin(m);
    struct pm_buf bytes = begin(m);
    put_cel(&body, cel, 3);
    pm_buf_put16(&body, cel->width);
    pm_buf_put16(&body, cel->height);
    pm_buf_put16(&body, 32);
    pm_buf_put32(&body, 0x1fffffff);
    pm_buf_put32(&body, 0x80000000);
    pm_buf_put32(&body, 0x40000000);
    pm_buf_put32(&body, 0x20000000);
    pm_buf_put(&body, NULL, 10);
    for (int i = 0; i < cel->width * cel->height; i++)
        pm_buf_put32(&bytes, tiles[i]);
    make_zlib_stored(&body, bytes.data, bytes.size);
    pm_buf_free(&bytes);
    end(m, 0x2005, &body);
}

void make_ase_tileset(struct make_ase *m, uint32_t id, uint32_t count,
                      uint16_t width, uint16_t height, const void *pixels,
                      size_t size)
{
    struct pm_buf body = begin(m);
    struct pm_buf bytes = begin(m);
    pm_buf_put32(&body, id);
    pm_buf_put32(&body, 2 | 4);
    pm_buf_put32(&body, count);
    pm_buf_put16(&body, width);
    pm_buf_put16(&body, height);
    pm_buf_put16(&body, 1);
    pm_buf_put(&body, NULL, 14);
    put_string(&body, "tiles");
    make_zlib_stored(&bytes, pixels, size);
    pm_buf_put32(&body, (uint32_t)bytes.size);
    pm_buf_put(&body, bytes.data, bytes.size);
    pm_buf_free(&bytes);
    end(m, 0x2023, &body);
}

void make_ase_palette(struct make_ase *m, const uint8_t (*rgba)[4],
                      uint32_t count)
{
    struct pm_buf body = begin(m);
    pm_buf_put32(&body, count);
    pm_buf_put32(&body, 0);
    pm_buf_put32(&body, count - 1);
    pm_buf_put(&body, NULL, 8);
    for (uint32_t i = 0; i < count; i++) {
        // Every other colour has a name.
        pm_buf_put16(&body, i % 2);
        pm_buf_put(&body, rgba[i], 4);
        if (i % 2)
            put_string(&body, "colour");
    }
    end(m, 0x2019, &body);
}

void make_ase_tag(struct make_ase *m, uint16_t from, uint16_t to,
                  uint8_t direction, uint16_t repeat, const char *name)
{
    struct pm_buf body = begin(m);
    pm_buf_put16(&body, 1);
    pm_buf_put(&body, NULL, 8);
    pm_buf_put16(&body, from);
    pm_buf_put16(&body, to);
    pm_buf_put8(&body, direction);
    pm_buf_put16(&body, repeat);
    pm_buf_put(&body, NULL, 10);
    put_string(&body, name);
    end(m, 0x2018, &body);
}
