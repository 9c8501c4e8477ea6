#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# Usage: bench_pack.py PROMETEU [COUNT]
#
# Packs COUNT (2,000) pictures of 64 x 64 true-colour pixels: all of them with
# the cache empty, nothing changed, one changed. Shows wall time, and for the
# first how much of the processors it used. What is written waits for the device
# at the end, in which time nothing else is left to do: TMPDIR=/dev/shm leaves
# that out.
import os
import pathlib
import random
import struct
import sys
import tempfile
import time
import zlib

import measure


def png(seed):
    pick = random.Random(seed)
    colours = [bytes(pick.randrange(256) for _ in range(3)) + b"\xff"
               for _ in range(40)]
    rows = b"".join(
        b"\0" + b"".join(colours[(x * y // 7 + x // 3 + seed) % 40]
                         for x in range(64)) for y in range(64))

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 6, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def show(what, *command):
    wall, used = measure.run(command)
    cores = len(os.sched_getaffinity(0))
    print(f"{what:40} {wall * 1000:8.1f} ms  "
          f"{100 * used / wall / cores:5.1f} % of {cores} processors")


def main():
    prometeu = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    with tempfile.TemporaryDirectory() as folder:
        art = pathlib.Path(folder) / "art"
        art.mkdir()
        for i in range(count):
            (art / f"p{i:05}.png").write_bytes(png(i))
        command = [prometeu, "pack", str(art), "-o", folder + "/a.pa"]
        time.sleep(3.5)  # until the files are older than a clock's step
        show(f"{count} pictures, nothing kept", *command)
        show("nothing changed", *command)
        show("nothing changed, again", *command)
        for i in range(3):
            (art / "p00003.png").write_bytes(png(count + i))
            show("one changed", *command)
        show("all again, one thread", *command, "--no-cache", "--threads",
             "1")


main()
