#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the art of examples/harbor: run it after changing it here.

The files are what an artist's programs write: tilesets as PNG, two Tiled maps
over them, an Aseprite sprite, sounds as WAV.

    tools/draw_harbor.py [FOLDER]   writes them
    tools/draw_harbor.py --check    says whether they are as made here
"""

import json
import math
import struct
import sys
import zlib
from pathlib import Path

TILE = 16
COLUMNS = 8
WIDTH = 70
HEIGHT = 12

# Names of colours, by day and by night.
COLORS = {
    "sky0": ("5aaeea", "0b1030"), "sky1": ("86caf2", "141c48"),
    "sky2": ("bde6f6", "26305f"), "star": ("ffffff", "f4f2d8"),
    "moon": ("fff3b0", "f3edc0"), "crater": ("ffe27a", "cfc58e"),
    "far": ("7f93b8", "161a3a"), "roof": ("9a5a52", "241f40"),
    "lit": ("d8ecf4", "ffcf5a"), "stone": ("9aa0a8", "4a4f6b"),
    "dark": ("6b7078", "33374f"), "plank": ("b9824f", "6a4a48"),
    "grain": ("8f5f38", "4c3540"), "sea0": ("2f7fc0", "142a5c"),
    "sea1": ("62aee0", "22407c"), "foam": ("e8f8ff", "8fb0e0"),
    "red": ("d93a3f", "8a2c4a"), "white": ("fff8e7", "c9cbe0"),
    "reed": ("4b8a3a", "1c3a3a"), "reed2": ("7fbf52", "2c5648"),
    "lamp": ("f7e9a0", "ffe27a"), "iron": ("3b4250", "20243c"),
}


def rgb(name, night):
    text = COLORS[name][1 if night else 0]
    return tuple(int(text[i:i + 2], 16) for i in (0, 2, 4))


# --- pictures -----------------------------------------------------------------

class Picture:
    """RGBA pixels; what is not drawn is transparent."""

    def __init__(self, width, height):
        self.width = width
        self.height = height
        self.pixels = [[None] * width for _ in range(height)]

    def put(self, x, y, color):
        if 0 <= x < self.width and 0 <= y < self.height:
            self.pixels[y][x] = color

    def fill(self, x, y, width, height, color):
        for j in range(y, y + height):
            for i in range(x, x + width):
                self.put(i, j, color)

    def disc(self, x, y, radius, color):
        for j in range(self.height):
            for i in range(self.width):
                if (i - x) ** 2 + (j - y) ** 2 <= radius ** 2:
                    self.put(i, j, color)

    def part(self, x, y, width, height):
        out = Picture(width, height)
        for j in range(height):
            for i in range(width):
                out.pixels[j][i] = self.pixels[y + j][x + i]
        return out

    def paste(self, x, y, other):
        for j in range(other.height):
            for i in range(other.width):
                if other.pixels[j][i]:
                    self.put(x + i, y + j, other.pixels[j][i])


def png(picture):
    rows = b""
    for row in picture.pixels:
        rows += b"\0" + b"".join(
            bytes(c) + b"\xff" if c else b"\0\0\0\0" for c in row)

    def chunk(kind, data):
        body = kind + data
        return (struct.pack(">I", len(data)) + body +
                struct.pack(">I", zlib.crc32(body)))

    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">IIBBBBB", picture.width,
                                       picture.height, 8, 6, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


# --- tiles --------------------------------------------------------------------

# Numbers of the tiles in the tileset, row by row from 0.
(SKY_HIGH, SKY_MID, SKY_LOW, STARS, MOON_TL, MOON_TR, MOON_BL, MOON_BR,
 ROOF_L, ROOF_R, WALL_LIT, WALL_DARK, TOWER, LIGHT_TOP, LIGHT_MID, FAR_SEA,
 PLANK, POST, QUAY, STONE, CRATE, BARREL, LAMP_TOP, LAMP_POLE,
 WAVE_A, WAVE_B, REED, ROPE, BOAT_L, BOAT_M, BOAT_R, _EMPTY) = range(32)


def draw_tiles(night):
    def c(name):
        return rgb(name, night)

    tiles = [Picture(TILE, TILE) for _ in range(32)]
    for number, upper, lower in ((SKY_HIGH, "sky0", "sky0"),
                                 (SKY_MID, "sky0", "sky1"),
                                 (SKY_LOW, "sky1", "sky2")):
        for y in range(TILE):
            for x in range(TILE):
                # A dither from one to the other.
                low = y * 4 > 16 * 4 * ((x * 7 + y * 3) % 16) // 16
                tiles[number].put(x, y, c(lower if low else upper))
    tiles[STARS].paste(0, 0, tiles[SKY_HIGH])
    for x, y in ((3, 2), (12, 5), (7, 11), (1, 14)):
        tiles[STARS].put(x, y, c("star") if night else c("sky1"))

    moon = Picture(32, 32)
    moon.fill(0, 0, 32, 32, c("sky0"))
    moon.disc(15.5, 15.5, 13, c("moon"))
    for x, y, r in ((10, 11, 3), (20, 18, 4), (12, 22, 2)):
        moon.disc(x, y, r, c("crater"))
    for i, number in enumerate((MOON_TL, MOON_TR, MOON_BL, MOON_BR)):
        tiles[number] = moon.part(i % 2 * 16, i // 2 * 16, 16, 16)

    for number, side in ((ROOF_L, 1), (ROOF_R, -1)):
        for y in range(TILE):
            for x in range(TILE):
                if (x if side > 0 else 15 - x) >= 15 - y:
                    tiles[number].put(x, y, c("roof"))
    for number, window in ((WALL_LIT, "lit"), (WALL_DARK, "dark")):
        tiles[number].fill(0, 0, 16, 16, c("far"))
        for x in (2, 10):
            tiles[number].fill(x, 4, 4, 6, c(window))
    tiles[TOWER].fill(3, 0, 10, 16, c("far"))
    tiles[TOWER].fill(6, 4, 4, 5, c("lit"))
    tiles[LIGHT_TOP].fill(4, 6, 8, 10, c("white"))
    tiles[LIGHT_TOP].fill(5, 1, 6, 5, c("lamp"))
    tiles[LIGHT_TOP].fill(4, 0, 8, 1, c("red"))
    tiles[LIGHT_MID].fill(4, 0, 8, 8, c("red"))
    tiles[LIGHT_MID].fill(4, 8, 8, 8, c("white"))
    tiles[FAR_SEA].fill(0, 0, 16, 16, c("sea0"))
    for x, y in ((1, 3), (9, 6), (4, 11), (12, 13)):
        tiles[FAR_SEA].fill(x, y, 4, 1, c("sea1"))

    tiles[PLANK].fill(0, 0, 16, 6, c("plank"))
    for x in (0, 8):
        tiles[PLANK].fill(x, 0, 1, 6, c("grain"))
    tiles[PLANK].fill(0, 5, 16, 1, c("grain"))
    tiles[POST].fill(5, 0, 6, 16, c("grain"))
    tiles[POST].fill(6, 0, 2, 16, c("plank"))
    tiles[STONE].fill(0, 0, 16, 16, c("stone"))
    for x, y, w in ((0, 7, 16), (0, 15, 16), (7, 0, 1), (3, 8, 1), (12, 8, 1)):
        tiles[STONE].fill(x, y, w, 1 if w > 1 else 7, c("dark"))
    tiles[QUAY].paste(0, 0, tiles[STONE])
    tiles[QUAY].fill(0, 0, 16, 3, c("white"))
    tiles[CRATE].fill(1, 2, 14, 14, c("plank"))
    for x in range(14):
        tiles[CRATE].put(1 + x, 2 + x, c("grain"))
        tiles[CRATE].put(14 - x, 2 + x, c("grain"))
    tiles[CRATE].fill(1, 2, 14, 1, c("grain"))
    tiles[CRATE].fill(1, 15, 14, 1, c("grain"))
    tiles[BARREL].fill(3, 2, 10, 14, c("grain"))
    for y in (4, 12):
        tiles[BARREL].fill(3, y, 10, 1, c("iron"))
    tiles[LAMP_TOP].fill(7, 8, 2, 8, c("iron"))
    tiles[LAMP_TOP].disc(7.5, 4.5, 3.5, c("lamp"))
    tiles[LAMP_POLE].fill(7, 0, 2, 16, c("iron"))

    for number, shift in ((WAVE_A, 0), (WAVE_B, 8)):
        tiles[number].fill(0, 4, 16, 12, c("sea0"))
        for x in range(TILE):
            y = round(3 + 1.6 * math.sin((x + shift) * math.pi / 8))
            tiles[number].fill(x, y, 1, 16 - y, c("sea0"))
            tiles[number].put(x, y, c("foam"))
            if (x + shift) % 8 < 3:
                tiles[number].put(x, 10, c("sea1"))
    for x, height, bend in ((2, 12, 1), (5, 15, 0), (9, 11, -1), (12, 14, 1)):
        for y in range(height):
            tiles[REED].put(x + (bend if y > height // 2 else 0), 15 - y,
                            c("reed2" if y > height - 4 else "reed"))
            tiles[REED].put(x + 1, 15 - y, c("reed"))
    for x in range(TILE):
        tiles[ROPE].put(x, round(6 + 3 * math.sin(x * math.pi / 15)), c("white"))
    boat = Picture(48, 16)
    for y in range(7, 14):
        boat.fill(3 + (y - 7), y, 42 - 2 * (y - 7), 1, c("red"))
    boat.fill(3, 7, 42, 1, c("white"))
    boat.fill(20, 1, 12, 6, c("white"))
    boat.fill(23, 2, 3, 3, c("lit"))
    for i, number in enumerate((BOAT_L, BOAT_M, BOAT_R)):
        tiles[number] = boat.part(16 * i, 0, 16, 16)
    return tiles


def tileset(night):
    sheet = Picture(COLUMNS * TILE, 4 * TILE)
    for number, tile in enumerate(draw_tiles(night)):
        sheet.paste(number % COLUMNS * TILE, number // COLUMNS * TILE, tile)
    return sheet


# --- the map ------------------------------------------------------------------

# Tiled's flip bits.
FLIP_X = 0x80000000


class Layer:
    def __init__(self, name, parallax):
        self.name = name
        self.parallax = parallax
        self.cells = [0] * (WIDTH * HEIGHT)

    def put(self, x, y, tile, flip=0):
        if 0 <= x < WIDTH and 0 <= y < HEIGHT:
            self.cells[y * WIDTH + x] = (tile + 1) | flip


def draw_sky():
    sky = Layer("sky", 0.125)
    for x in range(WIDTH):
        for y in range(HEIGHT):
            tile = (SKY_HIGH if y < 4 else SKY_MID if y == 4 else SKY_LOW)
            if y < 4 and (x * 7 + y * 13) % 5 == 0:
                tile = STARS
            sky.put(x, y, tile, FLIP_X if (x + y) % 2 else 0)
    for i, tile in enumerate((MOON_TL, MOON_TR, MOON_BL, MOON_BR)):
        sky.put(13 + i % 2, 1 + i // 2, tile)
    return sky


def draw_city():
    city = Layer("city", 0.5)
    for x in range(WIDTH):
        for y in range(8, HEIGHT):
            city.put(x, y, FAR_SEA, FLIP_X if x % 3 == 0 else 0)
    x = 1
    for number, height in enumerate((2, 3, 1, 2, 4, 2, 1, 3, 2, 3, 1, 2)):
        top = 8 - height
        city.put(x, top - 1, ROOF_L)
        city.put(x + 1, top - 1, ROOF_R)
        for y in range(top, 8):
            lit = (number * 5 + y * 3) % 4 < 2
            city.put(x, y, WALL_LIT if lit else WALL_DARK)
            city.put(x + 1, y, WALL_DARK if lit else WALL_LIT)
        if number % 4 == 2:
            for y in range(4, 8):
                city.put(x + 2, y, TOWER)
        x += 3
    city.put(39, 3, LIGHT_TOP)
    for y in range(4, 8):
        city.put(39, y, LIGHT_MID)
    return city


def draw_quay():
    quay = Layer("quay", 1)
    for x in range(WIDTH):
        quay.put(x, 11, WAVE_A if x % 2 else WAVE_B)
    for x in range(62):
        is_pier = 18 <= x < 44
        quay.put(x, 9, PLANK if is_pier else QUAY)
        if not is_pier:
            quay.put(x, 10, STONE)
            quay.put(x, 11, STONE)
        elif x % 4 == 2:
            quay.put(x, 10, POST)
            quay.put(x, 11, POST)
    for x in (6, 16, 26, 36, 48, 58):
        quay.put(x, 7, LAMP_TOP)
        quay.put(x, 8, LAMP_POLE)
    for x, tile in ((9, CRATE), (10, CRATE), (13, BARREL), (31, CRATE),
                    (46, BARREL), (51, CRATE), (52, BARREL)):
        quay.put(x, 8, tile)
    quay.put(9, 7, CRATE)
    for i, tile in enumerate((BOAT_L, BOAT_M, BOAT_R)):
        quay.put(63 + i, 10, tile)
    return quay


def draw_front():
    front = Layer("reeds", 1.25)
    for x in range(WIDTH):
        if (x * 11) % 7 < 2 or 30 < x < 34:
            front.put(x, 10, REED, FLIP_X if x % 2 else 0)
        front.put(x, 11, WAVE_B if x % 2 else WAVE_A)
    return front


def tiled_map(picture):
    layers = [draw_sky(), draw_city(), draw_quay(), draw_front()]
    out = []
    for number, layer in enumerate(layers):
        out.append({
            "data": layer.cells, "height": HEIGHT, "id": number + 1,
            "name": layer.name, "opacity": 1, "parallaxx": layer.parallax,
            "parallaxy": 1, "type": "tilelayer", "visible": True,
            "width": WIDTH, "x": 0, "y": 0})
    points = [("cat", 40, 128)]
    points += [("fish", x * 16 + 8, y) for x, y in
               ((9, 100), (20, 124), (31, 110), (40, 124), (51, 108))]
    out.append({
        "draworder": "topdown", "id": 5, "name": "things", "opacity": 1,
        "type": "objectgroup", "visible": True, "x": 0, "y": 0,
        "objects": [{
            "height": 0, "id": i + 1, "name": name, "point": True,
            "rotation": 0, "type": name, "visible": True, "width": 0,
            "x": x, "y": y} for i, (name, x, y) in enumerate(points)]})
    return json.dumps({
        "compressionlevel": -1, "height": HEIGHT, "infinite": False,
        "layers": out, "nextlayerid": 6, "nextobjectid": len(points) + 1,
        "orientation": "orthogonal", "renderorder": "right-down",
        "tiledversion": "1.10.2", "tileheight": TILE, "tilewidth": TILE,
        "tilesets": [{
            "columns": COLUMNS, "firstgid": 1, "image": picture,
            "imageheight": 64, "imagewidth": 128, "margin": 0,
            "name": "harbor", "spacing": 0, "tilecount": 32,
            "tileheight": TILE, "tilewidth": TILE}],
        "type": "map", "version": "1.10", "width": WIDTH}).encode() + b"\n"


# --- the cat ------------------------------------------------------------------

CAT_COLORS = ("000000 1b1622 3a3048 57496a f4f2d8 e8a34a c9713a f2705e "
              "5ad0c0 ffe27a fff8e7 8a2c4a 000000 000000 000000 000000").split()

# Rows of a cat that sits; what moves is drawn over it.
CAT_BODY = """
................
...........1..1.
..........121121
..........122221
..........129291
..........122241
.1.........1221.
121.........11..
.121.111111122..
..121222222221..
..112222222221..
...12222222221..
...1222222222...
...122222222....
...12.12.12.12..
...11.11.11.11..
"""

LEGS = [
    ("...12.12.12.12..", "...11.11.11.11.."),
    ("..12..12..12.12.", "..11..11..11.11."),
    (".12...12.12...12", ".11...11.11...11"),
    ("...12..12.1212..", "...11..11.1111.."),
]


def cat_frame(legs, tail, shut):
    rows = CAT_BODY.strip("\n").split("\n")
    rows[14], rows[15] = LEGS[legs]
    if tail:
        rows[5] = ".1" + rows[5][2:]
        rows[6] = "121" + rows[6][3:]
        rows[7] = "12" + rows[7][2:]
    if shut:
        rows[4] = rows[4].replace("9", "1")
    return bytes(0 if c == "." else int(c, 16) for row in rows for c in row)


def fish_frame(turn):
    rows = ["................"] * 5 + [
        "....88888....8..", "..888888888.88..", ".8818888888888..",
        "..888888888.88..", "....88888....8.."] + ["................"] * 6
    if turn:
        rows = [r.replace("8", "9") for r in rows]
    return bytes(0 if c == "." else int(c, 16) for row in rows for c in row)


def aseprite():
    frames = [(cat_frame(0, 0, False), 400), (cat_frame(0, 1, True), 150),
              (cat_frame(0, 0, False), 100), (cat_frame(1, 0, False), 100),
              (cat_frame(2, 1, False), 100), (cat_frame(3, 0, False), 100),
              (cat_frame(2, 1, False), 100),
              (fish_frame(False), 300), (fish_frame(True), 300)]
    tags = [("idle", 0, 1), ("walk", 2, 5), ("jump", 6, 6), ("fish", 7, 8)]

    def text(value):
        return struct.pack("<H", len(value)) + value.encode()

    def chunk(kind, data):
        return struct.pack("<IH", len(data) + 6, kind) + data

    palette = struct.pack("<III8x", 16, 0, 15)
    for color in CAT_COLORS:
        palette += struct.pack("<H", 0) + bytes.fromhex(color) + b"\xff"
    layer = struct.pack("<HHHHHHB3x", 3, 0, 0, 0, 0, 0, 255) + text("cat")
    tag_chunk = struct.pack("<H8x", len(tags))
    for name, first, last in tags:
        tag_chunk += struct.pack("<HHBH6x3sx", first, last, 0, 0,
                                 b"\0\0\0") + text(name)
    body = b""
    for number, (pixels, duration) in enumerate(frames):
        chunks = []
        if number == 0:
            chunks += [chunk(0x2019, palette), chunk(0x2004, layer),
                       chunk(0x2018, tag_chunk)]
        cel = struct.pack("<HhhBHh5x", 0, 0, 0, 255, 2, 0)
        cel += struct.pack("<HH", 16, 16) + zlib.compress(pixels, 9)
        chunks.append(chunk(0x2005, cel))
        data = b"".join(chunks)
        body += struct.pack("<IHHH2xI", len(data) + 16, 0xF1FA, len(chunks),
                            duration, len(chunks)) + data
    head = struct.pack("<IHHHHHIHIIB3xHBBhhHH84x", 128 + len(body), 0xA5E0,
                       len(frames), 16, 16, 8, 1, 100, 0, 0, 0, 16, 1, 1, 0, 0,
                       16, 16)
    return head + body


# --- sounds -------------------------------------------------------------------

RATE = 22050


def wav(samples, loop=False):
    data = b"".join(struct.pack("<h", max(-32768, min(32767, round(s))))
                    for s in samples)
    chunks = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, RATE, RATE * 2, 2, 16)
    if loop:
        chunks += b"smpl" + struct.pack(
            "<IIIIIIIIIIIIIIII", 60, 0, 0, 10**9 // RATE, 60, 0, 0, 0, 1, 0,
            0, 0, 0, len(samples) - 1, 0, 0)
    chunks += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


def noise(count):
    seed = 12345
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) & 0x7fffffff
        yield (seed >> 8) / 4194304 - 1


def sounds():
    jump = [9000 * math.sin(2 * math.pi * (300 * t + 700 * t * t)) * (1 - t / 0.25)
            for t in (i / RATE for i in range(int(RATE * 0.25)))]
    catch = [8000 * (math.sin(2 * math.pi * (880 if t < 0.08 else 1318) * t)) *
             (1 - t / 0.3) for t in (i / RATE for i in range(int(RATE * 0.3)))]
    step = [n * 5000 * math.exp(-i / 200) for i, n in
            enumerate(noise(1200))]
    # A wave of noise that begins where it ends.
    length = RATE * 3
    low, sea = 0.0, []
    for i, n in enumerate(noise(length)):
        low += (n - low) * 0.08
        sea.append(low * 9000 * (1.2 - math.cos(2 * math.pi * i / length)))
    return {"catch.wav": wav(catch), "jump.wav": wav(jump),
            "sea.wav": wav(sea, loop=True), "step.wav": wav(step)}


# --- files --------------------------------------------------------------------

def all_files():
    files = {
        "assets/tiles-day.png": png(tileset(False)),
        "assets/tiles-night.png": png(tileset(True)),
        "assets/day.tmj": tiled_map("tiles-day.png"),
        "assets/night.tmj": tiled_map("tiles-night.png"),
        "assets/cat.aseprite": aseprite(),
    }
    for name, data in sounds().items():
        files["assets/sounds/" + name] = data
    return files


def pixels_of(data):
    """A PNG's pixels, whatever zlib made of them."""
    out, at = b"", 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IDAT":
            out += data[at + 8:at + 8 + size]
        at += size + 12
    return zlib.decompress(out)


def is_same(name, a, b):
    if name.endswith(".png"):
        return pixels_of(a) == pixels_of(b)
    if name.endswith(".aseprite"):
        return len(a) > 0 and a[4:128] == b[4:128]
    return a == b


def main(arguments):
    folder = Path(__file__).resolve().parent.parent / "examples" / "harbor"
    if arguments == ["--check"]:
        bad = [name for name, data in all_files().items()
               if not (folder / name).exists() or
               not is_same(name, (folder / name).read_bytes(), data)]
        for name in bad:
            print(f"{name} is not as made here; run tools/draw_harbor.py")
        return 1 if bad else 0
    if arguments:
        folder = Path(arguments[0])
    for name, data in all_files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
