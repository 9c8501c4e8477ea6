# SPDX-License-Identifier: MIT
"""assets.pa from the outside: a writer and a reader of the tests' own, which
share no code with the library (docs/spec/assets.md)."""

import json
import struct

PALETTES = 64


def glyph(width, height, tile=8, pixel=lambda x, y: (x + y) % 16,
          palettes=None):
    """A sheet: its metadata, stored form and resident size."""
    pixels = [pixel(x, y) for y in range(height) for x in range(width)]
    form = bytes(a << 4 | b for a, b in zip(pixels[::2], pixels[1::2]))
    palettes = palettes or [[i * 2113 % 65536 for i in range(16)]]
    colours = [c for p in palettes for c in p]
    form += struct.pack("<1024H", *colours, *[0] * (1024 - len(colours)))
    metadata = {"width": width, "height": height, "tile_size": tile,
                "palette_count": PALETTES, "palette_authored": len(palettes)}
    return metadata, form, width * height + 2048


def sounds(samples):
    """[samples]: (name, list of numbers, rate, loop or None)."""
    rows, form = [], b""
    for name, values, rate, loop in samples:
        row = {"name": name, "offset": len(form) // 2, "frames": len(values),
               "rate": rate}
        if loop:
            row["loop_start"], row["loop_end"] = loop
        rows.append(row)
        form += struct.pack(f"<{len(values)}h", *values)
    return {"samples": rows}, form, len(form)


def cell(glyph_number, palette=0, flip_x=False, flip_y=False):
    return (glyph_number | palette << 16 | flip_x << 22 | flip_y << 23 |
            1 << 24)


EMPTY = (0, 0, 0, 0, 0, 0, 0, [])


def scene(layers):
    """[layers]: (active, slot, tile size, parallax x, y, width, height,
    cells)."""
    form = b"SCN1" + struct.pack("<HH", 1, 4)
    for active, slot, tile, px, py, width, height, cells in layers:
        form += struct.pack("<BBBBiiII", active, slot, tile, 0, px, py, width,
                            height)
        form += struct.pack(f"<{len(cells)}I", *cells)
    return {}, form, len(form)


def blob(data):
    return {}, data, len(data)


def entry(number, name, bank, content):
    metadata, form, resident = content
    return {"asset_id": number, "asset_name": name, "bank_type": bank,
            "codec": "NONE", "decoded_size": resident, "metadata": metadata,
            "size": len(form)}, form


def build(entries, preload=()):
    """The bytes of a file without sums; [preload]: (id, slot)."""
    payload, table = b"", []
    for row, form in entries:
        payload += b"\0" * (-len(payload) % 64)
        table.append(dict(row, offset=len(payload)))
        payload += form
    return envelope({"asset_table": table, "preload": [
        {"asset_id": a, "slot": s} for a, s in preload]}) + payload


def envelope(header):
    text = json.dumps(header, separators=(",", ":"), sort_keys=True,
                      ensure_ascii=False).encode("utf-8")
    start = (32 + len(text) + 63) // 64 * 64
    return (struct.pack("<4sIIIIIQ", b"ASPA", 1, len(text), start, 0, 0, 0) +
            text + b"\0" * (start - 32 - len(text)))


class File:
    """What is in a file, read plainly."""

    def __init__(self, data):
        (magic, self.version, size, self.payload_offset, self.flags, reserved,
         self.checksum) = struct.unpack("<4sIIIIIQ", data[:32])
        assert magic == b"ASPA" and reserved == 0
        self.header_size = size
        self.header = json.loads(data[32:32 + size].decode("utf-8"))
        self.payload = data[self.payload_offset:]
        self.size = len(data)
        self.table = self.header["asset_table"]
        self.preload = self.header["preload"]

    def stored(self, row):
        return self.payload[row["offset"]:row["offset"] + row["size"]]


def form_size(row):
    if row["bank_type"] == "GLYPH":
        m = row["metadata"]
        return m["width"] * m["height"] // 2 + 2048
    return row["decoded_size"]


def layers_of(form):
    at, layers = 8, []
    for _ in range(4):
        active, slot, tile, _, px, py, width, height = struct.unpack(
            "<BBBBiiII", form[at:at + 20])
        at += 20
        cells = struct.unpack(f"<{width * height}I",
                              form[at:at + width * height * 4])
        at += width * height * 4
        layers.append((active, slot, tile, px, py, width, height, list(cells)))
    return layers
