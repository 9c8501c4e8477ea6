#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Packing gives the same bytes whatever surrounds it.

    test_canonical.py PROMETEU [OTHER]

The same inputs are packed under 64 combinations of what may differ between two
machines: the order in which files were made, their times, time zone, locale,
umask, number of cores, working directory, and whether an earlier pack of other
contents has left its results behind. The inputs make assets of every codec and
bank, of pictures, sounds, maps and animations. OTHER, of another compiler,
packs half of them; without it a program in the folders beside PROMETEU's does,
if there is one that is as new as the sources.
"""

import hashlib
import itertools
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def png(width, height, seed):
    """An RGBA picture of a few colours."""
    def pixel(x, y):
        n = (x // 3 * 7 + y // 2 * 5 + seed) % 9
        return bytes([n * 28, 255 - n * 20, n * 9, 0 if n == 4 else 255])

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))

    rows = b"".join(b"\0" + b"".join(pixel(x, y) for x in range(width))
                    for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0,
                                       0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def inputs():
    """The files of the project, by name."""
    files = {f"sprite{i}.png": png(32 + 16 * i, 32, i) for i in range(4)}
    files["sprite2.json"] = b'{"tile_size": 8, "slot": 5}'
    files["Zebra.bin"] = bytes(i * 7 % 251 for i in range(70000))
    files["a b.txt"] = b"some text " * 9000
    files["\u00e9t\u00e9.dat"] = b"\0" * 5000
    files["empty.bin"] = b""
    for i, (codec, chunk) in enumerate((("LZ4", 4096), ("LZ4", 65536),
                                        ("ZSTD", 4096), ("NONE", None))):
        files[f"packed{i}.bin"] = (b"words and numbers %d " % i) * 6000
        settings = {"codec": codec.lower(), **({"chunk": chunk} if chunk else {})}
        files[f"packed{i}.json"] = json.dumps(settings).encode()
    files["sprite3.json"] = b'{"codec": "lz4"}'
    files.update(harbor())
    return files


def harbor():
    """Maps of Tiled, an Aseprite file and sounds, those of an example."""
    root = os.path.join(SOURCE, "examples", "harbor", "assets")
    files = {}
    for folder, _, names in os.walk(root):
        for name in names:
            if name != "assets.ids.json":
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    files[os.path.relpath(path, root)] = file.read()
    return files


def earlier(files):
    """The same names with other contents, as an earlier pack found them."""
    return {**files, "sprite0.png": files["sprite1.png"],
            "tiles-day.png": files["tiles-night.png"],
            "Zebra.bin": b"other", "sounds/jump.wav": files["sounds/step.wav"]}


def kinds_of(prometeu, path):
    """The codecs and banks of the assets in a file."""
    run = subprocess.run([prometeu, "inspect", path, "--json"], check=True,
                         stdout=subprocess.PIPE)
    table = json.loads(run.stdout)["content"]["table"]
    return sorted({asset[key] for asset in table for key in ("codec", "bank")})


def other_program(prometeu):
    """A program of another compiler that is not older than the sources."""
    builds = os.path.dirname(os.path.dirname(os.path.abspath(prometeu)))
    newest = max(os.path.getmtime(os.path.join(folder, name))
                 for part in ("src", "cli")
                 for folder, _, names in os.walk(os.path.join(SOURCE, part))
                 for name in names)
    for name in ("clang", "release", "dev"):
        path = os.path.join(builds, name, "prometeu")
        if (os.path.exists(path) and not os.path.samefile(path, prometeu) and
                os.path.getmtime(path) >= newest):
            return path
    return None


def write_folder(folder, files, is_turned, time):
    for name in sorted(files, reverse=is_turned):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(files[name])
        os.utime(path, (time, time))


def set_up(mask, cores):
    os.umask(mask)
    os.sched_setaffinity(0, cores)


def pack(program, folder, place, environment, mask, cores):
    """Packs the folder; gives a hash of the file and of the ids."""
    target = os.path.join(place, "out.pa")
    run = subprocess.run(
        [program, "pack", folder, "-o", target], cwd=place, check=False,
        env={**os.environ, **environment}, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, preexec_fn=lambda: set_up(mask, cores))
    if run.returncode != 0:
        raise SystemExit(f"{run.stderr.decode('utf-8', 'replace')}\n"
                         "0 passed, 1 failed")
    digest = hashlib.sha256()
    for path in (target, os.path.join(place, folder, "assets.ids.json")):
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def combinations(programs):
    """64 ways to pack: program, environment, umask, cores, whether there was an
    earlier pack; and order, time and how the folder is named."""
    environments = [{"TZ": "UTC", "LC_ALL": "C", "LANG": "C"},
                    {"TZ": "Pacific/Chatham", "LC_ALL": "tr_TR.UTF-8",
                     "LANG": "tr_TR.UTF-8", "MALLOC_PERTURB_": "165"}]
    cores = sorted(os.sched_getaffinity(0))
    return itertools.product(programs, environments, (0o022, 0o077),
                             ({cores[0]}, set(cores)), (False, True),
                             ((False, 0, "."), (True, 2000000000, "..")))


def main():
    prometeu = os.path.abspath(sys.argv[1])
    other = (os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else
             other_program(prometeu))
    files = inputs()
    kinds = None
    found = {}
    others = set()
    count = 0
    with tempfile.TemporaryDirectory() as root:
        for number, (program, environment, mask, cores, is_again,
                     (is_turned, time, way)) in enumerate(
                         combinations([prometeu, other or prometeu])):
            place = os.path.join(root, str(number))
            assets = os.path.join(place, "assets")
            folder = ("assets" if way == "." else
                      os.path.join("..", str(number), "assets"))
            if is_again:
                write_folder(assets, earlier(files), is_turned, time)
                others.add(pack(program, folder, place, environment, mask,
                                cores))
            write_folder(assets, files, is_turned, time)
            digest = pack(program, folder, place, environment, mask, cores)
            found.setdefault(digest, []).append(
                (program, environment, mask, cores, is_again, is_turned, time))
            count += 1
            kinds = kinds or kinds_of(program, os.path.join(place, "out.pa"))
            shutil.rmtree(place)
    print(f"{count} combinations, other compiler: {other or 'none'}, "
          f"kinds: {' '.join(kinds)}")
    if (count == 64 and len(found) == 1 and not others & set(found) and
            kinds == ["BLOB", "GLYPH", "LZ4", "NONE", "SCENE", "SOUNDS",
                      "ZSTD"]):
        print("1 passed, 0 failed")
        return 0
    for digest, ways in found.items():
        print(f"FAILED {digest}: {len(ways)} times, as {ways[0]}")
    print("0 passed, 1 failed")
    return 1


if __name__ == "__main__":
    sys.exit(main())
