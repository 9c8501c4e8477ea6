#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""inspect, verify, unpack and diff over assets.pa, as users run them.

    test_assets.py PROMETEU WRITE_DAMAGED PEAK_MEMORY SOURCE_ROOT

What the commands say is compared with a reader of the test's own.
"""

import json
import os
import pathlib
import re
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import zlib

import assets_file as af

PROMETEU, WRITE_DAMAGED, PEAK_MEMORY, ROOT = (
    str(pathlib.Path(a).resolve()) for a in sys.argv[1:5])
IS_ASAN = "asan" in PROMETEU
TESTS = []
HOSTILE = "../../etc/\x1b[31mpasswd\u202e\n\x9b"


class Failed(Exception):
    pass


def test(function):
    TESTS.append(function)
    return function


def check(condition, what):
    if not condition:
        raise Failed(what)


def equal(found, wanted, what):
    check(found == wanted, f"{what}: found {found!r:.1500}, "
                           f"wanted {wanted!r:.1500}")


class Result:
    def __init__(self, done):
        self.code = done.returncode
        self.out = (done.stdout or b"").decode("utf-8", "replace")
        self.err = (done.stderr or b"").decode("utf-8", "replace")

    def __str__(self):
        return f"exit {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"


def run(*args, code=0, **more):
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
               "stdin": subprocess.DEVNULL, "timeout": 120, "check": False}
    result = Result(subprocess.run([PROMETEU, *map(str, args)],
                                   **{**options, **more}))
    check("Sanitizer" not in result.err and "runtime error" not in result.err,
          f"{args}: {result}")
    if code is not None:
        check(result.code == code, f"{args}: wanted exit {code}: {result}")
    return result


def as_json(*args, code=0):
    return json.loads(run(*args, "--json", code=code).out)


def write(folder, name, data):
    path = pathlib.Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


# --- files -------------------------------------------------------------------

PALETTES = [[i * 2113 % 65536 for i in range(16)],
            [65535 - i * 901 for i in range(16)]]
CELLS = [af.cell(i, i % 2, i & 1, bool(i & 2)) for i in range(11)] + [0]


def entries():
    """An asset of every kind, with names of every kind."""
    return [
        af.entry(1, "hero", "GLYPH", af.glyph(64, 32, 16)),
        af.entry(2, "tiles", "GLYPH", af.glyph(128, 64, 8, palettes=PALETTES)),
        af.entry(3, "words.txt", "BLOB", af.blob(b"hello\0\xff")),
        af.entry(4, "sfx", "SOUNDS", af.sounds([
            ("jump", [i * 7 - 9000 for i in range(2000)], 22050, None),
            ("hum", [-i for i in range(3000)], 11025, (100, 2000))])),
        af.entry(5, "level", "SCENE", af.scene([
            (1, 1, 8, 65536, 65536, 4, 3, CELLS),
            (1, 0, 16, 32768, -65536, 2, 1, [af.cell(0), af.cell(5)]),
            (0, 3, 0, 0, 0, 0, 0, []), af.EMPTY])),
        af.entry(-6, HOSTILE, "BLOB", af.blob(b"x" * 70000)),
        af.entry(7, "nothing", "BLOB", af.blob(b"")),
        af.entry(8, "one", "SOUNDS", af.sounds([("", [5, -5], 8000, (0, 2))])),
    ]


PRELOAD = [(1, 0), (2, 1), (2, 5), (5, 0)]


def good(folder, name="a.pa"):
    return write(folder, name, af.build(entries(), PRELOAD))


def lz4(form, chunk):
    """A seekable slice whose blocks are literals alone."""
    blocks = []
    for at in range(0, len(form), chunk):
        part = form[at:at + chunk]
        rest = len(part) - 15
        head = bytes([min(15, len(part)) << 4])
        if rest >= 0:
            head += b"\xff" * (rest // 255) + bytes([rest % 255])
        blocks.append(head + part)
    return struct.pack(f"<{len(blocks) + 1}I", len(blocks),
                       *map(len, blocks)) + b"".join(blocks)


def packed(item, chunk=4096):
    row, form = item
    stored = lz4(form, chunk)
    metadata = dict(row["metadata"], codec={"chunk": chunk})
    return dict(row, codec="LZ4", size=len(stored), metadata=metadata), stored


def damage(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 0x40
    path.write_bytes(bytes(data))


def find(data, piece):
    at = data.find(piece)
    check(at >= 0, f"{piece!r} is not there")
    return at


def png(width, height, rows, palette):
    """An indexed PNG of eight bits."""
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0,
                                       0)) +
            chunk(b"PLTE", bytes(palette)) +
            chunk(b"IDAT", zlib.compress(b"".join(b"\0" + bytes(r)
                                                  for r in rows))) +
            chunk(b"IEND", b""))


def read_png(data):
    """Width, height, rows of indices, palette, alphas."""
    at, idat, plte, trns = 8, b"", b"", b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        at += 12 + size
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
        elif kind == b"PLTE":
            plte = body
        elif kind == b"tRNS":
            trns = body
        elif kind == b"IDAT":
            idat += body
    equal(colour, 3, "an indexed PNG")
    raw, stride = zlib.decompress(idat), (width * depth + 7) // 8
    rows, before = [], bytearray(stride)
    for y in range(height):
        kind = raw[y * (stride + 1)]
        line = bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride):
            left = line[i - 1] if i else 0
            corner = before[i - 1] if i else 0
            guess = left + before[i] - corner
            paeth = min((left, before[i], corner), key=lambda c: abs(guess - c))
            line[i] = (line[i] + (0, left, before[i], (left + before[i]) // 2,
                                  paeth)[kind]) & 255
        before = line
        per = 8 // depth
        rows.append([line[x // per] >> (8 - depth * (x % per + 1)) &
                     ((1 << depth) - 1) for x in range(width)])
    colours = [tuple(plte[i:i + 3]) for i in range(0, len(plte), 3)]
    return width, height, rows, colours, list(trns)


def widened(colour):
    r, g, b = colour >> 11, colour >> 5 & 63, colour & 31
    return (r << 3 | r >> 2, g << 2 | g >> 4, b << 3 | b >> 2)


def read_wav(data):
    equal(data[:4] + data[8:12], b"RIFFWAVE", "a WAV")
    equal(struct.unpack("<I", data[4:8])[0], len(data) - 8, "RIFF size")
    at, chunks = 12, {}
    while at < len(data):
        kind, size = struct.unpack("<4sI", data[at:at + 8])
        chunks[kind] = data[at + 8:at + 8 + size]
        at += 8 + size
    equal(at, len(data), "the chunks fill the file")
    form, channels, rate, per, align, bits = struct.unpack("<HHIIHH",
                                                          chunks[b"fmt "])
    equal((form, channels, per, align, bits), (1, 1, rate * 2, 2, 16), "fmt")
    body = chunks[b"data"]
    loop = None
    if b"smpl" in chunks:
        loop = struct.unpack("<II", chunks[b"smpl"][44:52])
        equal(struct.unpack("<I", chunks[b"smpl"][28:32])[0], 1, "one loop")
    return rate, list(struct.unpack(f"<{len(body) // 2}h", body)), loop


def is_safe(text):
    return not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f"
                         "\u2028-\u202e]", text)


# --- inspect -----------------------------------------------------------------

def wanted_entry(file, row):
    name = row["asset_name"]
    form = af.form_size(row)
    integrity = row.get("integrity")
    wanted = {
        "id": row["asset_id"], "name": name, "bank": row["bank_type"],
        "slots": sorted(p["slot"] for p in file.preload
                        if p["asset_id"] == row["asset_id"]),
        "codec": row["codec"],
        "chunk": None if row["codec"] == "NONE" else
        row["metadata"].get("codec", {}).get("chunk", 65536),
        "offset": row["offset"], "bytes": row["size"], "form_bytes": form,
        "resident_bytes": row["decoded_size"],
        "integrity": integrity and {
            "algorithm": "xxh3-64", "block": 65536,
            "blocks": (row["size"] + 65535) // 65536,
            "sums": integrity["sums"]},
        "metadata": row["metadata"]}
    m = row["metadata"]
    if row["bank_type"] == "GLYPH":
        wanted.update(width=m["width"], height=m["height"],
                      tile_size=m["tile_size"],
                      tiles=m["width"] * m["height"] // m["tile_size"] ** 2,
                      palettes=m["palette_authored"])
    if row["bank_type"] == "SOUNDS":
        wanted["samples"] = m["samples"]
    if row["bank_type"] == "SCENE" and row["codec"] == "NONE":
        names = ("active", "slot", "tile_size", "parallax_x", "parallax_y",
                 "width", "height")
        wanted["layers"] = [dict(zip(names, (bool(l[0]), *l[1:7])))
                            for l in af.layers_of(file.stored(row))]
    return wanted


def compare_inspect(path):
    data = path.read_bytes()
    file = af.File(data)
    report = as_json("inspect", path)
    content = report["content"]
    equal((report["file"], report["kind"]), (str(path), "assets"), "file")
    for key, value in (("schema_version", 1), ("flags", file.flags),
                       ("header_checksum", f"{file.checksum:016x}"
                        if file.flags else None),
                       ("file_bytes", file.size),
                       ("header_bytes", file.header_size),
                       ("payload_offset", file.payload_offset),
                       ("payload_bytes", len(file.payload)),
                       ("preload", [{"id": p["asset_id"], "slot": p["slot"]}
                                    for p in file.preload])):
        equal(content[key], value, key)
    equal(len(content["table"]), len(file.table), "entries")
    for found, row in zip(content["table"], file.table):
        equal(data[found.pop("entry_offset"):][:1], b"{", "entry_offset")
        if row["codec"] != "NONE":
            found.pop("layers", None)  # compared by another test
        equal(found, wanted_entry(file, row), row["asset_name"])
    for total in content["totals"]:
        rows = [r for r in file.table if r["bank_type"] == total["bank"]]
        ids = {p["asset_id"] for p in file.preload}
        equal(total, {"bank": total["bank"], "assets": len(rows),
                      "bytes": sum(r["size"] for r in rows),
                      "form_bytes": sum(map(af.form_size, rows)),
                      "resident_bytes": sum(r["decoded_size"] for r in rows),
                      "preloaded_bytes": sum(r["decoded_size"] for r in rows
                                             if r["asset_id"] in ids)},
              "totals")
    return content


@test
def inspect_says_what_the_file_says(folder):
    content = compare_inspect(good(folder))
    equal(list(content), ["schema_version", "flags", "header_checksum",
                          "file_bytes", "header_bytes", "payload_offset",
                          "payload_bytes", "table", "preload", "totals",
                          "over_budget"], "the order of keys")
    compare_inspect(write(folder, "empty.pa", af.build([])))
    compare_inspect(write(folder, "lz4.pa",
                          af.build(map(packed, entries()), PRELOAD)))


@test
def inspect_says_what_the_packer_wrote(folder):
    write(folder, "art/a.png", png(16, 8, [[x % 3 for x in range(16)]] * 8,
                                   [0, 0, 0, 8, 8, 8, 255, 0, 0]))
    write(folder, "art/b.bin", bytes(range(256)) * 600)
    out = pathlib.Path(folder) / "x.pa"
    run("pack", pathlib.Path(folder) / "art", "-o", out)
    content = compare_inspect(out)
    equal(content["flags"], 1, "a checksum")
    # The layers of a packed scene are those of the scene.
    plain = as_json("inspect", good(folder))["content"]["table"][4]["layers"]
    other = write(folder, "lz4.pa", af.build(map(packed, entries()), PRELOAD))
    found = as_json("inspect", other)["content"]["table"][4]["layers"]
    equal(found, plain, "layers")


@test
def inspect_has_a_line_for_each_asset(folder):
    out = run("inspect", good(folder)).out
    for piece in ("64 x 32, 8 tiles of 16, 1 palette", "1,5",
                  "jump 0.09 s at 22050 Hz, hum 0.27 s at 11025 Hz looping "
                  "0.01..0.18", "layer 1: 2 x 1 of 16 from slot 0 parallax "
                  "0.5/-1", "GLYPH  slot 5   2 tiles", "BLOB    3 assets"):
        check(piece in out, f"{piece!r} is not in {out}")
    lines = [l for l in out.splitlines() if re.match(r" *-?\d+  \S", l)]
    equal(len(lines), len(entries()), "lines")
    at = {l.index("NONE") for l in lines}
    equal(len(at), 1, "columns stand below each other")
    check("no asset" in run("inspect", write(folder, "empty.pa",
                                             af.build([]))).out, "empty")


@test
def inspect_shows_one_asset_by_id_or_name(folder):
    items = entries() + [af.entry(9, "hero", "BLOB", af.blob(b"other")),
                         af.entry(10, "5", "BLOB", af.blob(b"")),
                         af.entry(11, "99", "BLOB", af.blob(b""))]
    path = write(folder, "a.pa", af.build(items, PRELOAD))

    def ids(word):
        table = as_json("inspect", path, word)["content"]["table"]
        return [e["id"] for e in table]
    equal(ids("hero"), [1, 9], "both of one name")
    equal(ids("5"), [5], "an id goes before a name")
    equal(ids("99"), [11], "a name that looks like an id")
    equal(as_json("inspect", path, "-6")["content"]["table"][0]["name"],
          HOSTILE, "a negative id")
    out = run("inspect", path, "sfx").out
    check("loop_start 100" in out and "hero" not in out, out)
    result = run("inspect", path, "nobody", code=1)
    check("nobody" in result.err and not result.out, str(result))
    run("inspect", write(folder, "x.pasm", ".func main ()\n.end\n"), "a",
        code=2)


@test
def inspect_tells_what_exceeds_a_budget(folder):
    items = [af.entry(i, f"g{i}", "BLOB", af.blob(b"\1" * 200000))
             for i in range(4)]
    path = write(folder, "a.pa", af.build(items, [(i, i) for i in range(4)]))
    found = as_json("inspect", path)["content"]["over_budget"]
    equal(found, [{"profile": "JAM", "bank": "BLOB",
                   "preloaded_bytes": 800000, "budget": 512 << 10}], "excess")
    check("over the budget of JAM" in run("inspect", path).out, "people")


@test
def a_damaged_scene_hides_nothing_else(folder):
    path = good(folder)
    damage(path, find(path.read_bytes(), b"SCN1"))
    entry = as_json("inspect", path)["content"]["table"][4]
    check(entry["layers"] is None and entry["problem"], entry)
    out = run("inspect", path).out
    check("cannot be read" in out and "words.txt" in out, out)


@test
def hostile_text_does_not_reach_the_terminal(folder):
    item = af.entry(1, HOSTILE, "SOUNDS", af.sounds(
        [("\x1b]0;\x07\u202e", [1], 8000, None)]))
    item[0]["metadata"]["\x7f\x9b"] = "\u2028\x1b"
    a = write(folder, "a.pa", af.build([item]))
    b = write(folder, "b.pa", af.build([af.entry(1, "b", "BLOB",
                                                 af.blob(b""))]))
    for args in (["inspect", a], ["inspect", a, "1"], ["diff", a, b],
                 ["verify", a], ["diff", b, a],
                 ["inspect", a, "--json"], ["diff", a, b, "--json"],
                 ["verify", a, "--json"], ["unpack", a, "-o",
                                           folder + "/\x1b[1m"]):
        result = run(*args, code=None)
        check(is_safe(result.out + result.err), f"{args}: {result.out!r}")
    compare_inspect(a)


@test
def cartridges_and_projects_are_looked_into(folder):
    game = pathlib.Path(folder) / "game"
    run("new", game, "--template", "asm")
    run("build", game)
    table = None
    for path in (game, game / "build/cart", game / "build/game.pmc"):
        content = as_json("inspect", path)["content"]
        equal(content["manifest"]["title"], "game", "manifest")
        check("functions" in content["program"], "program")
        table = table or content["assets"]["table"]
        equal(content["assets"]["table"], table, "assets")
        equal(as_json("inspect", path, "hero")["content"]["table"], table,
              "one asset")
        check("64 x 32, 8 tiles" in run("inspect", path).out, "people")
        run("diff", path, game / "build/cart/assets.pa")
        out = pathlib.Path(folder) / "out"
        run("unpack", path, "-o", out, "--force")
        check((out / "hero.png").exists(), "unpacked")
    run("unpack", game / "build/game.pmc")
    check((game / "build/game-unpacked/hero.png").exists(), "a default")


# --- verify ------------------------------------------------------------------

@test
def findings_say_what_the_messages_say(folder):
    subprocess.run([WRITE_DAMAGED, folder], check=True)
    names = sorted(p for p in pathlib.Path(folder).iterdir()
                   if p.suffix in (".pa", ".pmc", ".json", ".pbx"))
    names = [p for p in names if p.suffix == ".pa"][::3] + names[::11]
    fields = set()
    for path in names:
        plain = run("verify", path, code=None)
        report = json.loads(run("verify", path, "--json",
                                code=plain.code).out)[0]
        equal(report["ok"], plain.code == 0, path)
        # Lines of a source and carets are for people.
        equal(report["messages"], [l for l in plain.err.splitlines()
                                   if not l.startswith("  ")], path)
        equal(len(report["findings"]), len(report["messages"]), path)
        for found, line in zip(report["findings"], report["messages"]):
            equal(list(found), ["severity", "code", "file", "line", "column",
                                "offset", "entry", "asset_id", "field",
                                "message"], "keys")
            check(f"{found['severity']} {found['code']}: {found['message']}"
                  in line, f"{found} {line}")
            if found["line"] is not None:
                check(f":{found['line']}:{found['column']}: " in line, line)
            elif found["offset"] is not None:
                check(f"+{found['offset']}: " in line, line)
            if found["entry"] is not None:
                check(f"asset_table[{found['entry']}]" in line, line)
            if found["field"]:
                check(found["field"] in line, line)
                fields.add(found["field"])
    check({"metadata.width", "size", "offset"} & fields, fields)


@test
def findings_name_keys_and_fields_of_the_prelude(folder):
    subprocess.run([WRITE_DAMAGED, folder], check=True)
    wanted = {"entry-no-bank": (0, "bank_type"),
              "entry-unknown-key": (1, "color"),
              "integrity-too-few": (0, "integrity.sums"),
              "magic-case": (None, "magic"),
              "version-2": (None, "schema_version"),
              "header-len-0": (None, "header_len"),
              "payload-offset-0": (None, "payload_offset"),
              "flags-bit-1": (None, "flags"),
              "reserved": (None, "reserved"),
              "checksum-without-flag": (None, "header_checksum"),
              "checksum-wrong": (None, "header_checksum"),
              "padding": (None, None)}
    for name, where in wanted.items():
        path, = pathlib.Path(folder).glob(f"*-pa-{name}.pa")
        found = as_json("verify", path, code=1)[0]["findings"][0]
        equal((found["entry"], found["field"]), where, name)
        check(found["offset"] is not None, name)


@test
def assets_beside_a_label_are_verified(folder):
    game = pathlib.Path(folder) / "game"
    run("new", game, "--template", "asm")
    write(game, "assets/words.txt", b"some words " * 40)
    run("build", game)
    cart = game / "build/cart"
    (cart / "label.png").write_bytes((game / "assets/hero.png").read_bytes())
    run("verify", cart)
    data = (cart / "assets.pa").read_bytes()
    damage(cart / "assets.pa", find(data, b"some words "))
    check("PA-SUM" in run("verify", cart, code=1).err, "unseen")
    found = as_json("verify", cart, code=1)[0]["findings"]
    equal([(f["code"], f["asset_id"]) for f in found], [("PA-SUM", 2)], "json")


# --- unpack ------------------------------------------------------------------

@test
def everything_is_unpacked_as_it_is(folder):
    for name, items in (("plain", entries()),
                        ("packed", list(map(packed, entries())))):
        path = write(folder, f"{name}.pa", af.build(items, PRELOAD))
        out = pathlib.Path(folder) / name
        result = run("unpack", path, "-o", out)
        check("14 files of 8 assets" in result.out, str(result))
        compare_unpacked(out)


def compare_unpacked(out):
    forms = {row["asset_id"]: form for row, form in entries()}
    for number, name in ((1, "hero"), (2, "tiles")):
        metadata = entries()[number - 1][0]["metadata"]
        width, height, rows, colours, alphas = read_png(
            (out / f"{name}.png").read_bytes())
        equal((width, height), (metadata["width"], metadata["height"]), name)
        form = forms[number]
        wanted = [n for b in form[:width * height // 2] for n in (b >> 4,
                                                                  b & 15)]
        equal([i for r in rows for i in r], wanted, name)
        equal(colours, [widened(c) for c in PALETTES[0]], name)
        equal(alphas, [0], "index 0 alone is transparent")
    equal(json.loads((out / "tiles.json").read_text()),
          {"slot": 1, "tile_size": 8}, "settings")
    equal((out / "words.txt").read_bytes(), forms[3], "BLOB")
    equal((out / "nothing").read_bytes(), b"", "an empty BLOB")
    values = list(struct.unpack("<5000h", forms[4]))
    equal(read_wav((out / "sfx-jump.wav").read_bytes()),
          (22050, values[:2000], None), "jump")
    equal(read_wav((out / "sfx-hum.wav").read_bytes()),
          (11025, values[2000:], (100, 1999)), "hum")
    equal(read_wav((out / "one.wav").read_bytes()),
          (8000, [5, -5], (0, 1)), "one")
    compare_map(out)
    listed = json.loads((out / "assets.json").read_text())["assets"]
    equal([(a["id"], a["name"]) for a in listed],
          [(r["asset_id"], r["asset_name"]) for r, _ in entries()], "list")
    equal(listed[1]["palettes"], [["#%02x%02x%02x" % widened(c) for c in p]
                                  for p in PALETTES], "palettes")
    for asset in listed:
        for name in asset["files"]:
            check((out / name).is_file(), name)


def compare_map(out):
    level = json.loads((out / "level.tmj").read_text())
    sets = {s["firstgid"]: s for s in level["tilesets"]}
    equal((level["width"], level["height"], level["tilewidth"]), (4, 3, 16),
          "map")
    equal([(l["name"], l["width"], l["height"], l["visible"], l["parallaxx"],
            l["parallaxy"]) for l in level["layers"]],
          [("layer 0", 4, 3, True, 1, 1), ("layer 1", 2, 1, True, 0.5, -1)],
          "layers")
    for layer, cells, slot in ((0, CELLS, 1), (1, [af.cell(0), af.cell(5)],
                                               0)):
        for gid, cell in zip(level["layers"][layer]["data"], cells):
            if not cell >> 24:
                equal(gid, 0, "an unused cell")
                continue
            first = max(f for f in sets if f <= gid & 0x1fffffff)
            used = sets[first]
            equal(((gid & 0x1fffffff) - first, bool(gid >> 31),
                   bool(gid >> 30 & 1), used["name"]),
                  (cell & 0xffff, bool(cell >> 22 & 1), bool(cell >> 23 & 1),
                   f"slot {slot} palette {cell >> 16 & 63}"), "cell")
    for tileset in level["tilesets"]:
        width, height, _, colours, _ = read_png(
            (out / tileset["image"]).read_bytes())
        equal((width, height), (tileset["imagewidth"], tileset["imageheight"]),
              "picture")
        palette = int(tileset["name"].split()[-1])
        equal(colours, [widened(c) for c in PALETTES[palette]], "colours")


@test
def raw_gives_stored_forms(folder):
    path = write(folder, "a.pa", af.build(map(packed, entries()), PRELOAD))
    out = pathlib.Path(folder) / "out"
    run("unpack", path, "-o", out, "--raw")
    for row, form in entries():
        if row["asset_id"] < 0:
            continue
        ending = {"BLOB": ""}.get(row["bank_type"],
                                  "." + row["bank_type"].lower())
        equal((out / (row["asset_name"] + ending)).read_bytes(), form,
              row["asset_name"])


@test
def packing_again_gives_the_same_file(folder):
    art = pathlib.Path(folder) / "art"
    palette = [v for i in range(16) for v in widened(i * 4001 % 65536)]
    for name, side, config in (("zebra", 32, None), ("ape", 24, None),
                               ("cat", 16, '{"slot": 7, "tile_size": 8}'),
                               ("dog", 16, '{"slot": null}')):
        write(art, f"{name}.png", png(side, side, [
            [(x * y + len(name)) % 16 for x in range(side)]
            for y in range(side)], palette))
        if config:
            write(art, f"{name}.json", config)
    write(art, "words.txt", "hello")
    write(art, "b\u00e4r.bin", bytes(range(256)) * 500)
    first = pathlib.Path(folder) / "one.pa"
    second = pathlib.Path(folder) / "two.pa"
    run("pack", art, "-o", first)
    # An id that the order of names would not give.
    write(art, "aaa.txt", "late")
    run("pack", art, "-o", first)
    out = pathlib.Path(folder) / "out"
    run("unpack", first, "-o", out)
    run("pack", out, "-o", second)
    check("no difference" in run("diff", first, second).out, "diff")
    equal(second.read_bytes() == first.read_bytes(), True, "the same bytes")


NAMES = ["../x", "/etc/passwd", "..", ".", "a/b", "a\\b", "c:\\d", "CON",
         "con.txt", "Aux", "com7.x", "lpt1", "LPT1", "nul ", ".hidden", "-rf",
         "x" * 255, "x" * 254 + "y", "\u00e9" * 127, "assets.json",
         "ASSETS.ids.json", "tilesets", "same", "Same", "SAME", "same", "a~4",
         "trailing.", "trailing. .", "tab\there", "nul\0here", "line\nfeed",
         "\u202egnp.exe", "\x1b[31m", "\ud7ff", "\ufffe", "b\u00e4r", " ",
         "*?<>|\":", "$(reboot)", "`id`", "%s%n", "~root", "conout$"]


@test
def hostile_names_stay_in_the_folder(folder):
    items = []
    for i, name in enumerate(NAMES):
        kinds = [("BLOB", af.blob(b"%d" % i)), ("GLYPH", af.glyph(8, 8)),
                 ("SOUNDS", af.sounds([(name, [1], 8000, None),
                                       (name, [2], 8000, None)]))]
        for j, (bank, content) in enumerate(kinds):
            items.append(af.entry(i * 4 + j, name, bank, content))
    path = write(folder, "a.pa", af.build(items))
    compare_inspect(path)
    out = pathlib.Path(folder) / "deep/er/out"
    run("unpack", path, "-o", out)
    around = [p for p in pathlib.Path(folder).rglob("*") if p.is_file() and
              out not in p.parents]
    equal(around, [path], "files outside of the folder")
    files = [p for p in out.rglob("*") if p.is_file()]
    # A sheet has two, two samples have one each, and two lists.
    equal(len(files), len(NAMES) * 5 + 2, "files")
    equal(len({p.name.lower() for p in files}), len(files), "distinct names")
    for p in files:
        check(p.parent == out and len(p.name.encode()) < 255, p)
        check(not re.match(r"[.\- ]|(con|aux|nul|prn|com\d|lpt\d|conout\$)"
                           r"( *\.|$)", p.name, re.I), p.name)
        check(not re.search(r"[\x00-\x1f\x7f-\x9f/\\:*?\"<>|$`%\u202e]",
                            p.name) and p.name[-1] not in ". ", ascii(p.name))
    listed = json.loads((out / "assets.json").read_text())["assets"]
    for asset in listed:
        if asset["bank"] == "BLOB":
            equal((out / asset["files"][0]).read_bytes(),
                  b"%d" % (asset["id"] // 4), "each has its own bytes")


@test
def what_is_there_is_not_replaced(folder):
    path = good(folder)
    out = pathlib.Path(folder) / "out"
    out.mkdir()
    outside = write(folder, "outside", b"mine")
    write(out, "words.txt", b"mine")
    (out / "hero.png").symlink_to(outside)
    result = run("unpack", path, "-o", out, code=1)
    check("words.txt" in result.err and "hero.png" in result.err and
          "--force" in result.err and "2 files" in result.err, str(result))
    equal(sorted(p.name for p in out.iterdir()), ["hero.png", "words.txt"],
          "nothing is written")
    run("unpack", path, "-o", out, "--force")
    equal(outside.read_bytes(), b"mine", "a link is not followed")
    check((out / "words.txt").read_bytes() != b"mine", "replaced")
    run("unpack", path, "-o", out, code=1)
    run("unpack", path, "-o", out, "--force")
    run("unpack", path, "-o", write(folder, "file", b""), code=3)


@test
def unpack_reports_what_it_wrote(folder):
    path = good(folder)
    out = pathlib.Path(folder) / "out"
    report = as_json("unpack", path, "-o", out)
    equal(list(report), ["file", "folder", "files", "unpacked", "assets"],
          "keys")
    equal(report["folder"], str(out), "folder")
    equal((report["files"], report["unpacked"]),
          (sum(p.is_file() for p in out.rglob("*")), 8), "counts")
    equal(report["assets"],
          json.loads((out / "assets.json").read_text())["assets"], "assets")
    check(all((out / name).is_file() for asset in report["assets"]
              for name in asset["files"]), report)
    # What is damaged is in it too; the exit code says so.
    damage(path, find(path.read_bytes(), b"SCN1"))
    report = as_json("unpack", path, "-o", folder + "/x", code=1)
    equal([a["name"] for a in report["assets"] if "problem" in a], ["level"],
          "damaged")
    # Nothing is printed where nothing is written.
    equal(run("unpack", path, "-o", out, "--json", code=1).out, "", "refused")


@test
def some_assets_can_be_asked_for(folder):
    path = good(folder)
    out = pathlib.Path(folder) / "out"
    run("unpack", path, "level", "3", "-o", out)
    equal(sorted(p.name for p in out.iterdir()),
          ["assets.ids.json", "assets.json", "level.tmj", "tilesets",
           "words.txt"], "files")
    # All pictures that the map needs are there.
    compare_map(out)
    result = run("unpack", path, "words.txt", "who", "-o", out, code=1)
    check("who" in result.err, str(result))


@test
def damage_costs_only_what_is_damaged(folder):
    write(folder, "art/a.txt", b"first " * 99)
    write(folder, "art/b.txt", b"second " * 30000)
    write(folder, "art/b.json", '{"codec": "none"}')
    write(folder, "art/c.txt", b"third " * 99)
    path = pathlib.Path(folder) / "a.pa"
    run("pack", pathlib.Path(folder) / "art", "-o", path)
    damage(path, find(path.read_bytes(), b"second ") + 150000)
    out = pathlib.Path(folder) / "out"
    result = run("unpack", path, "-o", out, code=1)
    check("asset 2 (b.txt)" in result.err and "2 assets" in result.out,
          str(result))
    equal(sorted(p.name for p in out.iterdir()),
          ["a.txt", "assets.ids.json", "assets.json", "c.txt"], "files")
    listed = json.loads((out / "assets.json").read_text())["assets"]
    equal([("problem" in a, a["files"]) for a in listed],
          [(False, ["a.txt"]), (True, []), (False, ["c.txt"])], "list")
    # So it is where the first one of the table is the damaged one.
    damage(path, find(path.read_bytes(), b"first "))
    run("unpack", path, "-o", folder + "/z", code=1)
    listed = json.loads((pathlib.Path(folder) / "z/assets.json").read_text())
    equal(["problem" in a for a in listed["assets"]], [True, True, False],
          "the first one is damaged")
    # A scene that is none, and one whose sheet is not preloaded.
    path = good(folder)
    damage(path, find(path.read_bytes(), b"SCN1"))
    check("level" in run("unpack", path, "-o", folder + "/x", code=1).err,
          "scene")
    path = write(folder, "n.pa", af.build(entries()))
    run("unpack", path, "-o", folder + "/y")
    level = json.loads((pathlib.Path(folder) / "y/level.tmj").read_text())
    equal([s["tilecount"] for s in level["tilesets"]], [0, 0, 0], "tilesets")


@test
def damaged_files_do_no_harm(folder):
    subprocess.run([WRITE_DAMAGED, folder], check=True)
    names = sorted(pathlib.Path(folder).glob("*.pa"))
    ok = good(folder, "zz-good.pa")
    for i, path in enumerate(names[::4]):
        for args in (["inspect", path], ["inspect", path, "--json"],
                     ["unpack", path, "-o", f"{folder}/out{i}"],
                     ["diff", path, ok], ["diff", ok, path, "--json"]):
            result = run(*args, code=None)
            check(result.code in (0, 1, 2), f"{args}: {result}")
            if args[0] == "diff" and "error PA-" in result.err:
                equal(result.code, 2, f"{args}: {result}")


@test
def a_small_file_does_not_fill_the_disk(folder):
    big = af.entry(1, "big", "BLOB", af.blob(b"\1" * (1 << 20)))
    data = af.build([big])
    header = af.File(data).header
    row = header["asset_table"][0]
    header["asset_table"] = [dict(row, asset_id=i) for i in range(6000)]
    path = write(folder, "a.pa", af.envelope(header) + big[1])
    out = pathlib.Path(folder) / "out"
    result = run("unpack", path, "-o", out, code=1)
    check("--most" in result.err and not out.exists(), str(result))
    run("unpack", path, "-o", out, "7", "9", "--most", 3)
    run("unpack", path, "-o", folder + "/2", "7", "8", "9", "--most", 2,
        code=1)
    samples = af.sounds([("s", [1] * 40000, 8000, None)] * 1)
    samples[0]["samples"] *= 3000
    path = write(folder, "s.pa", af.build([af.entry(1, "s", "SOUNDS",
                                                    samples)]))
    run("unpack", path, "-o", folder + "/3", "--most", 200, code=1)


def sparse(folder, name, size, mark=None):
    """One BLOB of so many zeroes."""
    row = {"asset_id": 1, "asset_name": "big", "bank_type": "BLOB",
           "codec": "NONE", "decoded_size": size, "metadata": {}, "offset": 0,
           "size": size}
    head = af.envelope({"asset_table": [row], "preload": []})
    path = write(folder, name, head)
    with open(path, "r+b") as file:
        file.truncate(len(head) + size)
        if mark is not None:
            file.seek(len(head) + mark)
            file.write(b"\1")
    return path


@test
def large_assets_are_read_in_pieces(folder):
    size = 96 << 20
    a = sparse(folder, "a.pa", size)
    b = sparse(folder, "b.pa", size, size - 5)
    for args, code in ((["inspect", a], 0), (["diff", a, b], 1),
                       (["unpack", b, "-o", folder + "/out"], 0)):
        done = subprocess.run([PEAK_MEMORY, PROMETEU, *args],
                              stdout=subprocess.PIPE, check=False)
        equal(done.returncode, code, args)
        kib = int(done.stdout.split()[-1])
        check(IS_ASAN or kib < 16 << 10, f"{args}: {kib} KiB")
    content = as_json("diff", a, b, code=1)["changed"][0]["content"]
    equal(content, {"equal": False, "first_offset": size - 5, "bytes": 1},
          "diff")
    out = pathlib.Path(folder) / "out/big"
    equal(out.stat().st_size, size, "size")
    huge = sparse(folder, "huge.pa", 1 << 40)
    check("1024.0 GiB" in run("inspect", huge).out or
          "1.0 TiB" in run("inspect", huge).out, "a TiB")
    run("unpack", huge, "-o", folder + "/h", code=1)


# --- diff --------------------------------------------------------------------

@test
def equal_files_do_not_differ(folder):
    a = good(folder)
    run("diff", a, a)
    # Neither place nor order nor white space are a difference.
    moved = af.build(list(reversed(entries())), list(reversed(PRELOAD)))
    b = write(folder, "b.pa", moved)
    check("no difference" in run("diff", a, b).out, "order")
    report = as_json("diff", a, b)
    equal(report["equal"], True, report)
    equal(list(report), ["a", "b", "changed", "moved", "removed", "added",
                         "preload", "equal"], "the order of keys")
    empty = write(folder, "e.pa", af.build([]))
    run("diff", empty, empty)


def changed_entries():
    items = entries()
    items[0] = af.entry(1, "hero2", "GLYPH", af.glyph(
        64, 32, 16, pixel=lambda x, y: (x + y) % 16 if (x, y) not in
        ((0, 0), (1, 0), (63, 31)) else (x + y + 1) % 16))
    items[1] = af.entry(2, "tiles", "GLYPH", af.glyph(
        128, 64, 8, palettes=[PALETTES[0], PALETTES[1][:14] + [7, 8]]))
    items[2] = af.entry(33, "other.txt", "BLOB", af.blob(b"hello\0\xff"))
    cells = list(CELLS)
    cells[3] ^= 1
    cells[11] = af.cell(9)
    items[4] = af.entry(5, "level", "SCENE", af.scene([
        (1, 1, 8, 65536, 65536, 4, 3, cells),
        (1, 0, 16, 32768, -65536, 1, 2, [af.cell(0), af.cell(5)]),
        (0, 4, 0, 0, 0, 0, 0, []), af.EMPTY]))
    items[5] = af.entry(-6, HOSTILE, "BLOB", af.blob(b"x" * 69999 + b"yz"))
    items[6] = af.entry(70, "new", "BLOB", af.blob(b"neu"))
    return items


@test
def every_difference_is_told(folder):
    a = good(folder)
    b = write(folder, "b.pa", af.build(changed_entries(),
                                       [(1, 0), (2, 1), (2, 6), (5, 0)]))
    report = as_json("diff", a, b, code=1)
    equal(report["equal"], False, "equal")
    equal([(e["id"], e["name"], e["bank"], e["form_bytes"])
           for e in report["removed"]], [(7, "nothing", "BLOB", 0)],
          "removed")
    equal([(e["id"], e["form_bytes"]) for e in report["added"]], [(70, 3)],
          "added")
    equal(report["moved"], [{"bank": "BLOB", "a": {"id": 3, "name":
                                                   "words.txt"},
                             "b": {"id": 33, "name": "other.txt"}}], "moved")
    equal(report["preload"], [
        {"bank": "GLYPH", "slot": 5, "a": 2, "b": None},
        {"bank": "GLYPH", "slot": 6, "a": None, "b": 2}], "preload")
    changed = {e["id"]: e for e in report["changed"]}
    equal(sorted(changed), [-6, 1, 2, 5], "changed")
    forms = [{r["asset_id"]: f for r, f in e}
             for e in (entries(), changed_entries())]
    for number, entry in changed.items():
        one, two = (f[number] for f in forms)
        places = [i for i in range(max(len(one), len(two)))
                  if one[i:i + 1] != two[i:i + 1]]
        equal((entry["content"]["first_offset"], entry["content"]["bytes"]),
              (places[0], len(places)), number)
    equal([changed[1]["content"][k] for k in ("pixels", "tiles", "colours")],
          [3, 2, 0], "hero")
    equal([changed[2]["content"][k] for k in ("pixels", "tiles", "colours")],
          [0, 0, 2], "tiles")
    equal(changed[1]["fields"], [{"field": "name", "a": "hero",
                                  "b": "hero2"}], "fields")
    equal(changed[5]["content"]["layers"], [
        {"layer": 0, "head_differs": False, "cells": 2},
        {"layer": 1, "head_differs": True, "cells": None},
        {"layer": 2, "head_differs": True, "cells": 0}], "layers")
    equal([f["field"] for f in changed[-6]["fields"]],
          ["form_bytes", "resident_bytes"], "sizes")
    out = run("diff", a, b, code=1).out
    for piece in ("- 7 nothing (BLOB, 0 B)", "+ 70 new (BLOB, 3 B)",
                  "> 3 words.txt -> 33 other.txt", "3 pixels in 2 tiles",
                  "layer 0: 2 cells", "layer 1: another size",
                  "name hero -> hero2", "preload GLYPH slot 5: asset 2 -> "
                  "nothing", "1 removed, 1 added, 1 moved, 4 changed"):
        check(piece in out, f"{piece!r} is not in {out}")


@test
def a_codec_is_a_difference_and_its_content_is_not(folder):
    a = good(folder)
    b = write(folder, "b.pa", af.build(map(packed, entries()), PRELOAD))
    report = as_json("diff", a, b, code=1)
    for entry in report["changed"]:
        equal(entry["content"], {"equal": True}, entry["name"])
        equal([f["field"] for f in entry["fields"]],
              ["codec", "chunk", "metadata"], entry["name"])
    equal(report["changed"][1]["fields"][0], {"field": "codec", "a": "NONE",
                                              "b": "LZ4"}, "codec")
    equal(len(report["changed"]), len(entries()), "all")


@test
def many_of_one_content_are_paired_once(folder):
    def items(first, count):
        return [af.entry(first + i, f"n{first + i}", "BLOB",
                         af.blob(b"same" * 9)) for i in range(count)]
    a = write(folder, "a.pa", af.build(items(0, 40)))
    b = write(folder, "b.pa", af.build(items(100, 30)))
    report = as_json("diff", a, b, code=1)
    equal([(m["a"]["id"], m["b"]["id"]) for m in report["moved"]],
          [(i, 100 + i) for i in range(30)], "pairs")
    equal([e["id"] for e in report["removed"]], list(range(30, 40)), "rest")


@test
def trouble_is_no_difference(folder):
    a = good(folder)
    text = write(folder, "x.txt", b"hello")
    for other, code in ((folder + "/none", 3), (text, 2), (folder, 2)):
        for args in ((a, other), (other, a), (other, other)):
            result = run("diff", *args, code=code)
            check(result.err and not result.out, str(result))
    write(folder, "art/b.txt", b"second " * 30000)
    write(folder, "art/b.json", '{"codec": "none"}')
    b = pathlib.Path(folder) / "b.pa"
    run("pack", pathlib.Path(folder) / "art", "-o", b)
    whole = write(folder, "c.pa", b.read_bytes())
    damage(b, find(b.read_bytes(), b"second ") + 100000)
    for args in ((b, b), (b, whole), (whole, b)):
        report = json.loads(run("diff", *args, "--json", code=2).out)
        equal((report["equal"], report["changed"][0]["content"]),
              (False, None), "damaged")
    check("b.txt" in run("diff", b, whole, code=2).err, "named")
    damage(whole, 40)
    run("diff", a, whole, code=2)
    run("diff", a, code=2)


# --- pipes, disks, signals ---------------------------------------------------

def commands(folder):
    a = good(folder)
    b = write(folder, "b.pa", af.build(changed_entries()))
    return [["inspect", a], ["inspect", a, "--json"], ["inspect", a, "5"],
            ["verify", a, "--json"], ["diff", a, b], ["diff", a, b, "--json"],
            ["unpack", a, "-o", folder + "/out"],
            ["unpack", a, "-o", folder + "/more", "--json"]]


@test
def a_full_disk_is_told(folder):
    for args in commands(folder):
        with open("/dev/full", "wb") as full:
            result = run(*args, code=3, stdout=full)
        check("cannot be written" in result.err, f"{args}: {result}")
    path = good(folder)
    out = pathlib.Path(folder) / "small"

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000))
    # The signal of the limit is ignored, as Python does.
    result = run("unpack", path, "-o", out, code=3, preexec_fn=small_files,
                 restore_signals=False)
    check("passwd" in result.err and "File too large" in result.err,
          str(result))
    left = [p.name for p in out.iterdir()]
    check(not [n for n in left if n.startswith(".") or "passwd" in n], left)
    equal((out / "words.txt").read_bytes(), entries()[2][1], "the rest")


@test
def a_closed_pipe_is_no_crash(folder):
    for args in commands(folder):
        for restore, codes in ((True, (-signal.SIGPIPE,)), (False, (3,))):
            read, other = os.pipe()
            os.close(read)
            done = subprocess.run([PROMETEU, *map(str, args)], stdout=other,
                                  stderr=subprocess.PIPE, check=False,
                                  restore_signals=restore)
            os.close(other)
            if args[0] == "unpack":
                subprocess.run(["rm", "-r", args[3]], check=True)
            check(done.returncode in codes, f"{args}: {done}")
            if not restore:
                check(b"cannot be written" in done.stderr, done)


@test
def an_interrupt_leaves_nothing_half_written(folder):
    path = sparse(folder, "a.pa", 400 << 20)
    for delay in (0.02, 0.1, 0.3):
        out = pathlib.Path(folder) / f"out{delay}"
        process = subprocess.Popen([PROMETEU, "unpack", str(path), "-o",
                                    str(out)], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            pass
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        for p in out.rglob("*") if out.exists() else ():
            check(not p.name.startswith("."), p)
            check(p.name != "big" or p.stat().st_size == 400 << 20, p)
        subprocess.run(["rm", "-rf", str(out)], check=True)


@test
def wrong_use_ends_with_2(folder):
    path = good(folder)
    for args in (["unpack"], ["diff"], ["diff", path, path, path],
                 ["inspect", path, "1", "2"], ["unpack", path, "--most", "0"],
                 ["unpack", path, "--fource"], ["unpack", path, "-o"],
                 ["unpack", folder], ["unpack", write(folder, "t", b"\0")]):
        result = run(*args, code=2)
        check(result.err.startswith("prometeu: ") and not result.out,
              f"{args}: {result}")
    check("prometeu pack" in run("unpack", folder, code=2).err, "a hint")


def main():
    passed = failed = 0
    wanted = sys.argv[5:]
    for function in TESTS:
        if wanted and not any(w in function.__name__ for w in wanted):
            continue
        with tempfile.TemporaryDirectory(prefix="prometeu-assets-") as folder:
            try:
                function(folder)
                passed += 1
            except (Failed, subprocess.SubprocessError, ValueError, KeyError,
                    OSError, IndexError, TypeError, AssertionError,
                    AttributeError, struct.error) as reason:
                failed += 1
                name = function.__name__.replace("_", " ")
                print(f"FAILED {name}: {type(reason).__name__} "
                      f"{reason!s:.4000}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
