#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws the pictures of examples/meadow: run it after changing the art.

Sprites are text, one character a pixel, a hexadecimal digit for each colour
and '.' for none; what is round is made of discs. The result is indexed PNG
with 16 colours, index 0 transparent.

    tools/draw_meadow.py [FOLDER]   writes them
    tools/draw_meadow.py --check    says whether they are as drawn here
"""

import struct
import sys
import zlib
from pathlib import Path

HERO_COLORS = """
000000 2b1d33 d93a3f 9b2439 f2705e f6c89f dd9672 fff8e7
cfd0dd 3f78cc 2b488f 86532f 4e2d22 f7c945 000000 000000
""".split()

SCENERY_COLORS = """
000000 24303c 5aaeea 86caf2 bde6f6 ffffff 9bdc54 5bb548
2f7d46 bd8450 915a3b 633c31 ffdc52 f0952f e8577c 9d71dc
""".split()


class Picture:
    """Rows of palette indices."""

    def __init__(self, width, height):
        self.width = width
        self.height = height
        self.rows = [bytearray(width) for _ in range(height)]

    def put(self, x, y, color):
        if 0 <= x < self.width and 0 <= y < self.height:
            self.rows[y][x] = color

    def get(self, x, y):
        if 0 <= x < self.width and 0 <= y < self.height:
            return self.rows[y][x]
        return 0

    def art(self, x, y, text):
        for j, line in enumerate(text.strip("\n").split("\n")):
            for i, char in enumerate(line):
                if char not in ". ":
                    self.put(x + i, y + j, int(char, 16))

    def fill(self, x, y, width, height, color):
        for j in range(y, y + height):
            for i in range(x, x + width):
                self.put(i, j, color)

    def disc(self, x, y, radius, color):
        """A disc around a place that may lie between pixels."""
        for j in range(self.height):
            for i in range(self.width):
                if (i - x) ** 2 + (j - y) ** 2 <= radius ** 2 - 0.9:
                    self.rows[j][i] = color

    def paste(self, x, y, other):
        for j, row in enumerate(other.rows):
            for i, color in enumerate(row):
                if color:
                    self.put(x + i, y + j, color)

    def outline(self, color):
        """Edges what is drawn, inside of the picture, with a colour."""
        edge = [
            (i, j)
            for j in range(self.height)
            for i in range(self.width)
            if not self.get(i, j)
            and any(
                self.get(i + dx, j + dy)
                for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))
            )
        ]
        for i, j in edge:
            self.put(i, j, color)

    def png(self, colors):
        """Four bits a pixel; index 0 is transparent."""

        def chunk(kind, data):
            sum32 = zlib.crc32(kind + data)
            return struct.pack(">I", len(data)) + kind + data + struct.pack(
                ">I", sum32
            )

        lines = b""
        for row in self.rows:
            pairs = zip(row[0::2], row[1::2])
            lines += b"\0" + bytes(a << 4 | b for a, b in pairs)
        head = struct.pack(">IIBBBBB", self.width, self.height, 4, 3, 0, 0, 0)
        return (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", head)
            + chunk(b"PLTE", bytes.fromhex("".join(colors)))
            + chunk(b"tRNS", b"\0")
            + chunk(b"IDAT", zlib.compress(lines, 9))
            + chunk(b"IEND", b"")
        )


# --- the hero -----------------------------------------------------------------

HAT = """
....11..........
...12211111.....
....122224211...
.....122224221..
....1222242221..
...133333333331.
"""

HAT_FLYING = """
..111...........
.12221..11......
..1222112211....
...12222242211..
....1222242221..
...133333333331.
"""

FACE = """
....1655155151..
....16551551551.
....18775557661.
....1877777711..
"""

FACE_BLINKING = """
....1655555551..
....16566556651.
....18775557661.
....1877777711..
"""

COAT = """
...1a98777891...
...1a998779951..
....1dddddd11...
"""

COAT_ARMS_BACK = """
..11a98777891...
.155a99877991...
..11dddddd11....
"""

COAT_ARMS_FRONT = """
...1a9987789911.
...1a99877999551
....1dddddd1111.
"""

COAT_ARMS_UP = """
.15a1987778919a1
..1aa99877999a1.
...11dddddd111..
"""

# From row 14 down: the feet stand on the tile's lower edge.
LEGS = {
    "stand": """
....1bc11bc1....
....1ccc1ccc1...
""",
    "stride": """
...1bc1..1bc1...
..1ccc1..1ccc1..
""",
    "pass": """
.....1bbcc1.....
.....1cccc1.....
""",
    "back": """
..11bc1..1bc1...
..1ccc1..1ccc1..
""",
    "air": """
...1bc1.1bbc1...
..1cc1...1ccc1..
""",
}


def hero_frame(hat, face, coat, legs, rise):
    """Puts the parts together; [rise] lifts all but the feet by a pixel."""
    frame = Picture(16, 16)
    frame.art(0, 1 - rise, hat)
    frame.art(0, 7 - rise, face)
    frame.art(0, 11 - rise, coat)
    if rise:
        frame.art(0, 13, ".....1bbcc1.....")
    frame.art(0, 14, LEGS[legs])
    return frame


def draw_hero():
    frames = [
        hero_frame(HAT, FACE, COAT, "stand", 0),
        hero_frame(HAT, FACE_BLINKING, COAT, "stand", 0),
        hero_frame(HAT, FACE, COAT_ARMS_FRONT, "stride", 0),
        hero_frame(HAT, FACE, COAT, "pass", 1),
        hero_frame(HAT, FACE, COAT_ARMS_BACK, "back", 0),
        hero_frame(HAT, FACE, COAT, "pass", 1),
        hero_frame(HAT_FLYING, FACE, COAT_ARMS_UP, "air", 0),
        hero_frame(HAT_FLYING, FACE, COAT_ARMS_UP, "stand", 0),
    ]
    sheet = Picture(64, 32)
    for number, frame in enumerate(frames):
        sheet.paste(number % 4 * 16, number // 4 * 16, frame)
    return sheet


# --- the scenery --------------------------------------------------------------

# A 4 x 4 order of dots for shades between two colours.
DITHER = ((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5))


def gradient(above, below):
    tile = Picture(16, 16)
    for y in range(16):
        for x in range(16):
            is_below = y > DITHER[y % 4][x % 4]
            tile.put(x, y, below if is_below else above)
    return tile


def solid(color):
    tile = Picture(16, 16)
    tile.fill(0, 0, 16, 16, color)
    return tile


def noise(x, y, seed):
    """A number 0..255 that looks random but never changes."""
    value = (x * 374761393 + y * 668265263 + seed * 2246822519) & 0xFFFFFFFF
    value = (value ^ value >> 13) * 1274126177 & 0xFFFFFFFF
    return (value ^ value >> 16) & 255


def earth(seed, stones):
    tile = solid(0xA)
    for y in range(16):
        for x in range(16):
            grain = noise(x, y, seed)
            if grain < 14:
                tile.put(x, y, 0x9)
            elif grain > 243:
                tile.put(x, y, 0xB)
    for x, y in stones:
        tile.art(x, y, "..bb\n.999b\n.9aab\n..bb")
    return tile


def grass(seed, blades):
    """Earth with turf on it that hangs down a little."""
    tile = earth(seed, [])
    for x in range(16):
        depth = 5 + (noise(x // 2, 0, seed) & 1) + (noise(x, 1, seed) & 1)
        tile.fill(x, 0, 1, depth, 7)
        tile.put(x, depth, 8)
        tile.put(x, 0, 6)
        if noise(x, 2, seed) < 150:
            tile.put(x, 1, 6)
        if noise(x, 3, seed) < 70:
            tile.put(x, 3 + (noise(x, 4, seed) & 1), 8)
    for x, y in blades:
        tile.put(x, y, 6)
        tile.put(x, y + 1, 6)
    return tile


def grass_end(is_left):
    """Turf at the end of a ledge, rounded."""
    tile = grass(5 if is_left else 9, [])
    for y in range(16):
        for x in range(16):
            from_edge = x if is_left else 15 - x
            if y >= 5 and from_edge < 2 + (noise(0, y, 3) & 1):
                tile.put(x, y, 0)
    for corner in ((0, 0), (1, 0), (0, 1)):
        x = corner[0] if is_left else 15 - corner[0]
        tile.put(x, corner[1], 0)
    for y in range(2, 7):
        tile.put(0 if is_left else 15, y, 8 if y > 4 else 7)
    for y in range(7, 16):
        x = 3 if is_left else 12
        tile.put(x, y, 0xB)
    return tile


def cloud(width, discs):
    """Discs, lighter above; flat below."""
    shape = Picture(width, 16)
    for x, y, radius in discs:
        shape.disc(x, y + 1, radius, 4)
    for x, y, radius in discs:
        shape.disc(x - 0.5, y - 0.8, radius - 0.9, 5)
    shape.fill(0, 14, width, 2, 0)
    for x in range(width):
        if shape.get(x, 13):
            shape.put(x, 13, 4)
    return shape


def sun():
    shape = Picture(32, 32)
    for x, y in ((16, 2), (16, 29), (2, 15), (29, 15)):
        shape.disc(x - 0.5, y, 1.6, 0xC)
    for x, y in ((6, 6), (25, 6), (6, 25), (25, 25)):
        shape.disc(x, y, 1.5, 0xC)
    shape.disc(15.5, 15.5, 10, 0xD)
    shape.disc(15.5, 15.5, 9, 0xC)
    shape.disc(12.5, 12.5, 3.2, 5)
    shape.disc(13.4, 13.4, 3.0, 0xC)
    return shape


def leaves(width, height, discs, seed):
    """A crown: dark below, lit from the upper left, edged."""
    shape = Picture(width, height)
    for x, y, radius in discs:
        shape.disc(x, y, radius, 8)
    for x, y, radius in discs:
        shape.disc(x - 0.8, y - 1.2, radius - 1.3, 7)
    for x, y, radius in discs:
        shape.disc(x - 1.8, y - 2.4, radius / 2.2, 6)
    for y in range(height):
        for x in range(width):
            grain = noise(x, y, seed)
            if shape.get(x, y) == 7 and grain < 22:
                shape.put(x, y, 8)
            elif shape.get(x, y) == 7 and grain > 238:
                shape.put(x, y, 6)
    shape.outline(1)
    return shape


def hill(kind):
    """A far hill, pale from the air between: slope up, top, slope down."""
    tile = Picture(16, 16)
    for x in range(16):
        at = {"up": x - 16, "top": 0, "down": x + 1}[kind]
        top = 3 + ((x - 7.5) / 7.5) ** 2
        if at:
            top = 4 + abs(at) * 0.72
        for y in range(16):
            is_pale = y > top + 1 and DITHER[y % 4][x % 4] < y // 2 + 1
            if y >= top:
                tile.put(x, y, 4 if is_pale else 6)
    return tile


FLOWER = """
................
.....ee.ee......
....eeeeeee.....
....eecccee.....
.....eccce......
....eecccee.....
....eeeeeee.....
.....ee.ee......
.......8........
.......8...7....
..7....8..77....
..77...8.77.....
...77..877......
....77.87.......
.....778........
......78........
"""

TUFT = """
......6.........
..6...7....6....
..67..7...67....
...7.67...7..6..
6..77.7..67.67..
.7..7.77.7..7..6
.77.78.7778.7.67
..778787878777..
"""

MUSHROOM = """
.....1111.......
...11eeee11.....
..1e5eeeee51....
.1eeeee55eee1...
.1e5eee55ee5e1..
1eeeeeeeeeeeee1.
1ee55eeeee5eee1.
.11111111111111.
....1455541.....
....1455541.....
....1455541.....
....1445441.....
.....11111......
"""

STONE = """
......1111......
....114444111...
...1455444331...
..145544433321..
.1454443333221..
.14443333322211.
144433332222221.
.11111111111111.
"""

FENCE = """
...111......111.
..19991....19991
..19a91....19a91
11199911111199911
99919a9999919a99
aaa19a9aaaa19a9a
11119a9111119a91
..119a91...19a91
11119a9111119a91
99919a9999919a99
aaa19a9aaaa19a9a
11119a9111119a91
..19aa1....19aa1
..19aa1....19aa1
"""

COINS = (
    """
.....111111.....
...11cccccc11...
..1c55ccccccd1..
.1c55cccccccdd1.
.1c5ccdddcccdd1.
1cc5cdcccdcccdd1
1c5ccdcccccccdd1
1c5ccdcccccccdd1
1c5ccdcccccccdd1
1cc5cdcccdcccdd1
1cccccdddcccddd1
.1cccccccccddd1.
.1dcccccccdddd1.
..1dddddddddd1..
...11dddddd11...
.....111111.....
""",
    """
.....11111......
....1ccccc1.....
...1c55cccd1....
...1c5ccccd1....
..1c55cccccd1...
..1c5ccddccd1...
..1c5cdccdcd1...
..1c5cdccccd1...
..1c5cdccccd1...
..1c5cdccdcd1...
..1c5ccddccd1...
..1cccccccdd1...
...1cccccdd1....
...1cccdddd1....
....1ddddd1.....
.....11111......
""",
    """
......111.......
.....1cd1.......
.....1cd1.......
.....1cd1.......
.....15d1.......
.....15d1.......
.....15d1.......
.....15d1.......
.....15d1.......
.....15d1.......
.....15d1.......
.....1cd1.......
.....1cd1.......
.....1cd1.......
.....1cd1.......
......111.......
""",
)

BUTTERFLY = (
    """
................
...11......11...
..1ff11..11ff1..
.1ff5ff11ff5ff1.
.1f5eff11ffe5f1.
.1fffff11fffff1.
..1fff1111fff1..
...11f1111f11...
..1ee1.11.1ee1..
..1eee111eee11..
...1e1.11.1e1...
....1......1....
................
................
""",
    """
................
......1..1......
.....1f11f1.....
.....1f11f1.....
....1ff11ff1....
....1f5115f1....
....1ff11ff1....
.....1f11f1.....
.....1e11e1.....
.....1e11e1.....
......1111......
.......11.......
................
................
""",
)

TRUNK = """
...1ba99aab1....
...1ba9aaab1....
...1ba99aab1....
...1baa9abb1....
...1ba9aaab1....
...1ba99aab1....
...1bab9aab1....
...1ba99aab1....
...1ba9aabb1....
...1baa9aab1....
...1ba99aab1....
...1ba9aaab1....
...1bab9aab1....
...1ba99abb1....
...1ba9aaab1....
...1ba99aab1....
"""

ROOTS = """
...1ba99aab1....
...1ba9aaab1....
...1ba99aab1....
...1baa9abb1....
...1ba9aaab1....
...1ba99aab1....
...1bab9aab1....
...1ba99aab1....
...1ba9aabb1....
...1baa9aab1....
..1bba99aabb1...
..1ba9a9aaab1...
.1bbaa9aa9abb1..
1bbaa9aa1a9abb1.
bbaa911bb11aabb1
baa11......11abb
"""


def recolor(text, colors):
    return text.translate(str.maketrans(colors))


def mirrored(text):
    return "\n".join(line[:16].ljust(16, ".")[::-1]
                     for line in text.strip("\n").split("\n"))


def draw_scenery():
    sheet = Picture(128, 96)

    def tile(number, what):
        sheet.paste(number % 8 * 16, number // 8 * 16, what)

    def art(number, text, down=0):
        cell = Picture(16, 16)
        cell.art(0, down, text)
        tile(number, cell)

    for number, what in enumerate((
        solid(2), gradient(2, 3), solid(3), gradient(3, 4), solid(4),
        hill("up"), hill("top"), hill("down"),
    )):
        tile(number, what)
    tile(8, cloud(48, ((10, 10, 6), (20, 7, 7.5), (31, 8, 6.5), (39, 11, 5))))
    tile(11, cloud(32, ((8, 11, 4), (15, 9, 5.5), (23, 11, 4))))
    tile(13, sun())
    tile(16, grass(1, ((3, 0), (11, 0))))
    tile(17, grass(2, ((6, 1), (13, 0))))
    tile(18, grass(7, ((1, 1), (8, 0))))
    tile(19, grass_end(True))
    tile(20, grass_end(False))
    tile(23, earth(3, ()))
    tile(24, earth(4, ((2, 3), (9, 9))))
    deep = earth(6, ())
    for y in range(16):
        for x in range(16):
            if y > DITHER[y % 4][x % 4]:
                deep.put(x, y, 0xB)
    tile(25, deep)
    art(26, FLOWER)
    art(27, recolor(FLOWER, {"e": "c", "c": "d"}))
    art(28, recolor(mirrored(FLOWER), {"e": "f"}))
    art(29, TUFT, 8)
    tile(30, leaves(32, 16, ((8, 10, 6), (16, 8, 7), (24, 11, 5.5)), 8))
    art(32, TRUNK)
    art(33, ROOTS)
    tile(34, leaves(32, 32, ((10, 12, 8), (20, 10, 8.5), (23, 19, 7),
                             (9, 20, 7.5), (16, 17, 9)), 5))
    for number, coin in enumerate((0, 1, 2, 1)):
        text = COINS[coin] if number < 3 else mirrored(COINS[coin])
        art(36 + number, text)
    art(40, BUTTERFLY[0])
    art(41, BUTTERFLY[1])
    art(44, MUSHROOM, 3)
    art(45, FENCE, 2)
    art(46, STONE, 8)
    return sheet


# --- the label ----------------------------------------------------------------


def draw_label(scenery, hero):
    """A picture of the cartridge, 128 x 128, in the scenery's colours."""
    label = Picture(128, 128)

    def tile(number, x, y):
        cell = Picture(16, 16)
        for j in range(16):
            for i in range(16):
                cell.put(i, j, scenery.get(number % 8 * 16 + i,
                                           number // 8 * 16 + j))
        label.paste(x, y, cell)

    for column in range(8):
        for row, number in enumerate((0, 1, 2, 3, 4, 4)):
            tile(number, column * 16, row * 16)
        tile((16, 17, 18)[column % 3], column * 16, 96)
        tile(23 + column % 2, column * 16, 112)
    for i, number in enumerate((13, 14, 21, 22)):
        tile(number, 88 + i % 2 * 16, 8 + i // 2 * 16)
    for i in range(3):
        tile(8 + i, 8 + i * 16, 14)
    for i in range(2):
        tile(11 + i, 54 + i * 16, 34)
    tile(32, 15, 70)
    tile(33, 15, 80)
    for i, number in enumerate((34, 35, 42, 43)):
        tile(number, 6 + i % 2 * 16, 42 + i // 2 * 16)
    tile(28, 31, 81)
    tile(26, 104, 81)
    tile(44, 88, 80)
    tile(36, 72, 56)
    tile(40, 100, 54)
    # The hero twice as large, in the nearest colours the scenery has.
    near = [0, 1, 0xE, 0xB, 0xE, 5, 9, 5, 4, 2, 0xF, 0xA, 0xB, 0xC, 0, 0]
    for j in range(32):
        for i in range(32):
            color = hero.get(32 + i // 2, 16 + j // 2)
            if color:
                label.put(46 + i, 62 + j, near[color])
    return label


def content(png):
    """The chunks of a PNG, unpacked: packing differs from zlib to zlib."""
    chunks = []
    at = 8
    while at < len(png):
        (size,) = struct.unpack_from(">I", png, at)
        kind = png[at + 4:at + 8]
        data = png[at + 8:at + 8 + size]
        chunks.append((kind, zlib.decompress(data) if kind == b"IDAT" else data))
        at += size + 12
    return chunks


def main(arguments):
    root = Path(__file__).parent.parent / "examples" / "meadow"
    is_check = arguments == ["--check"]
    if arguments and not is_check:
        root = Path(arguments[0])
    hero = draw_hero()
    scenery = draw_scenery()
    label = draw_label(scenery, hero)
    stale = 0
    for name, png in (
        ("assets/hero.png", hero.png(HERO_COLORS)),
        ("assets/scenery.png", scenery.png(SCENERY_COLORS)),
        ("label.png", label.png(SCENERY_COLORS)),
    ):
        path = root / name
        if not is_check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(png)
        elif content(path.read_bytes()) != content(png):
            print(f"{path} is stale: run tools/draw_meadow.py")
            stale += 1
    if is_check:
        print(f"{3 - stale} passed, {stale} failed")
    return stale > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
