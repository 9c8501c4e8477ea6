#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# Usage: test_pack.py PROMETEU
#
# prometeu pack as its users run it: with and without its cache, on one thread
# and many, interrupted, and watching. Whatever happened before, the bytes are
# those of a pack from nothing.
import fcntl
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

PROMETEU = str(pathlib.Path(sys.argv[1]).resolve())
TESTS = []


def test(function):
    TESTS.append(function)
    return function


def check(ok, what):
    if not ok:
        raise AssertionError(what)


def run(*args, code=0, cwd=None, env=None):
    result = subprocess.run([PROMETEU, *map(str, args)], cwd=cwd,
                            capture_output=True, text=True, timeout=100,
                            env={**os.environ, **(env or {})}, check=False)
    check(code is None or result.returncode == code,
          f"{args}: {result.returncode}\n{result.stdout}{result.stderr}")
    return result


def png(width, height, seed):
    pick = random.Random(seed)
    rows = b"".join(
        b"\0" + bytes(pick.randrange(256) if x % 4 < 3 else 255
                      for x in range(width * 4)) for y in range(height))

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0,
                                       0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def wav(frames, seed):
    data = struct.pack(f"<{frames}h",
                       *((i * seed * 37) % 30000 for i in range(frames)))
    return (b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " +
            struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16) + b"data" +
            struct.pack("<I", len(data)) + data)


MAP = """{"type":"map","orientation":"orthogonal","width":2,"height":1,
"tilewidth":8,"tileheight":8,"tilesets":[{"firstgid":1,"name":"t",
"tilewidth":8,"tileheight":8,"columns":2,"image":"../tiles.png"}],
"layers":[{"type":"tilelayer","name":"a","width":2,"height":1,
"data":[%d,2]}]}"""


def write(folder, name, data):
    path = pathlib.Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def fill(art, count=12):
    for i in range(count):
        write(art, f"pics/p{i}.png", png(16, 16, i))
    write(art, "tiles.png", png(16, 8, 99))
    write(art, "maps/one.tmj", MAP % 1)
    write(art, "words.txt", "hello")
    write(art, "fx/a.wav", wav(100, 1))
    write(art, "fx/b.wav", wav(200, 2))
    write(art, "fx/asset.json", "{}")
    write(art, "pics/p0.json", '{"slot":null,"codec":"lz4"}')


def edit(art, pick):
    kind = pick.randrange(8)
    i = pick.randrange(12)
    path = pathlib.Path(art) / f"pics/p{i}.png"
    if kind < 3:
        write(art, f"pics/p{i}.png", png(16, 16, pick.randrange(1000)))
    elif kind == 3 and path.exists():
        path.unlink()
    elif kind == 4:
        write(art, "tiles.png", png(16, 8, pick.randrange(1000)))
    elif kind == 5:
        write(art, "maps/one.tmj", MAP % pick.randrange(1, 3))
    elif kind == 6:
        write(art, f"pics/p{i}.json", pick.choice(
            ['{"codec":"none"}', '{"slot":null}', '{"tile_size":8}']))
    else:
        write(art, "words.txt", "w" * pick.randrange(100))
    # Settings without their file are a file like any other, which is fine.


def cache_of(art):
    return pathlib.Path(art).parent / ".prometeu/cache" / pathlib.Path(art).name


def pack_both(folder, art, what):
    a, b = folder / "a.pa", folder / "b.pa"
    first = run("pack", art, "-o", a)
    second = run("pack", art, "-o", b, "--no-cache", "--threads", 1)
    check(a.read_bytes() == b.read_bytes(), f"{what}: other bytes")
    check(first.stdout.split("\n", 1)[1] == second.stdout.split("\n", 1)[1],
          f"{what}: another report")
    check(first.stderr == second.stderr, f"{what}: other messages")
    return a.read_bytes()


# --- the same bytes ----------------------------------------------------------

@test
def incremental_is_full_after_random_edits(folder):
    art = folder / "art"
    pick = random.Random(4)
    fill(art)
    for i in range(25):
        pack_both(folder, art, f"edit {i}")
        for _ in range(pick.randrange(1, 4)):
            edit(art, pick)
    run("verify", folder / "a.pa")


@test
def neither_place_nor_locale_nor_threads_matter(folder):
    first = folder / "one/art"
    second = folder / "somewhere/else/art"
    fill(first)
    # Made in another order, at another time.
    names = sorted(p for p in first.rglob("*") if p.is_file())
    for path in reversed(names):
        write(second, path.relative_to(first), path.read_bytes())
        os.utime(second / path.relative_to(first), (1, 1))
    run("pack", first, "-o", folder / "a.pa", "--threads", 1)
    wanted = (folder / "a.pa").read_bytes()
    for i, env in enumerate(({"LC_ALL": "C"}, {"LC_ALL": "tr_TR.UTF-8"},
                             {"TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8"})):
        run("pack", "art", "-o", folder / "b.pa", "--threads", i * 3 + 2,
            cwd=second.parent, env=env)
        check((folder / "b.pa").read_bytes() == wanted, str(env))
        (second / "assets.ids.json").unlink()
        shutil.rmtree(second.parent / ".prometeu", ignore_errors=True)


@test
def a_file_that_keeps_its_size_and_time_is_seen_to_change(folder):
    art = folder / "art"
    for i in range(10):
        write(art, "word.txt", f"{i}-word")
        os.utime(art / "word.txt", ns=(10**18, 10**18))
        run("pack", art, "-o", folder / "a.pa")
        check(f"{i}-word".encode() in (folder / "a.pa").read_bytes(),
              f"word {i} was not taken")


# --- the cache ---------------------------------------------------------------

@test
def damage_to_the_cache_does_no_harm(folder):
    art = folder / "art"
    fill(art)
    wanted = pack_both(folder, art, "first")
    pick = random.Random(5)
    files = sorted(p for p in cache_of(art).iterdir())
    check([p.name for p in files] == ["index", "now", "results"], str(files))
    others = [p.read_bytes() for p in files]
    for path in files:
        for how in range(30 if path.name == "results" else 3):
            how %= 3
            data = bytearray(path.read_bytes()) if path.exists() else b""
            if how == 0 and data:
                data[pick.randrange(len(data))] ^= 1 << pick.randrange(8)
            elif how == 1:
                data = data[:pick.randrange(len(data) + 1)]
            else:
                data = pick.choice(others)
            path.write_bytes(data)
            run("pack", art, "-o", folder / "a.pa")
            check((folder / "a.pa").read_bytes() == wanted, f"{path} {how}")


@test
def the_cache_keeps_what_the_last_pack_used(folder):
    art = folder / "art"
    fill(art)
    run("pack", art, "-o", folder / "a.pa")
    before = sorted(p.name for p in cache_of(art).iterdir())
    log = cache_of(art) / "results"
    write(cache_of(art), ".rest.tmp-XXXXXX", b"left by a power cut")
    write(cache_of(art), "0" * 32, b"a result, as they once were kept")
    sizes = []
    for i in range(12):
        write(art, "noise.wav", wav(100000, i + 1))
        run("pack", art, "-o", folder / "a.pa")
        sizes.append(log.stat().st_size)
    check(sorted(p.name for p in cache_of(art).iterdir()) == before, "it grew")
    check(max(sizes) < 4 * sizes[0], f"the log grew: {sizes}")
    check(sum(a > b for a, b in zip(sizes, sizes[1:])) > 1, "and never shrank")
    # What is in use is still there.
    out = run("pack", art, "-o", folder / "a.pa").stdout
    size = log.stat().st_size
    check("as before" in out and size == sizes[-1], "something was lost")
    check((folder / ".prometeu/.gitignore").read_text() == "*\n", "ignored")


@test
def results_behind_a_torn_one_are_made_again(folder):
    art = folder / "art"
    fill(art)
    wanted = pack_both(folder, art, "first")
    log = cache_of(art) / "results"
    whole = log.read_bytes()
    for cut in (0, 3, 8, 20, 40, len(whole) // 2, len(whole) - 1):
        log.write_bytes(whole[:cut] + b"\0" * (len(whole) - cut + 1000))
        sizes = []
        for _ in range(2):
            run("pack", art, "-o", folder / "a.pa")
            check((folder / "a.pa").read_bytes() == wanted, f"cut at {cut}")
            sizes.append(log.stat().st_size)
        check(sizes[0] >= len(whole) and sizes[0] == sizes[1],
              f"not mended at {cut}: {sizes}")
    os.truncate(log, 1 << 40)
    run("pack", art, "-o", folder / "a.pa")
    check((folder / "a.pa").read_bytes() == wanted, "too large a log")
    check(log.stat().st_size < 2 * len(whole), "a log of 1 TiB stays")


@test
def two_packs_at_a_time_share_a_cache(folder):
    art = folder / "art"
    fill(art, 60)
    for i in range(6):
        write(art, "pics/p1.png", png(32, 32, i))
        if i % 2:
            shutil.rmtree(cache_of(art), ignore_errors=True)
        both = [subprocess.Popen(
            [PROMETEU, "pack", str(art), "-o", str(folder / f"{k}.pa")],
            stdout=subprocess.DEVNULL) for k in range(3)]
        for process in both:
            check(process.wait(100) == 0, "a pack failed")
        wanted = pack_both(folder, art, "alone")
        for k in range(3):
            check((folder / f"{k}.pa").read_bytes() == wanted, f"pack {k}")


@test
def a_log_that_another_pack_writes_to_is_only_read(folder):
    art = folder / "art"
    fill(art)
    run("pack", art, "-o", folder / "a.pa")
    log = cache_of(art) / "results"
    before = log.read_bytes()
    with open(log, "rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        write(art, "pics/p1.png", png(16, 16, 77))
        run("pack", art, "-o", folder / "a.pa")
        check(log.read_bytes() == before, "it was written to")
        # One that is not whole is neither mended nor begun anew.
        for torn in (before[:len(before) // 2], b"PM", b""):
            log.write_bytes(torn)
            run("pack", art, "-o", folder / "b.pa")
            check(log.read_bytes() == torn, f"{len(torn)} bytes were mended")
            check((folder / "b.pa").read_bytes() ==
                  (folder / "a.pa").read_bytes(), "another result")
    run("pack", art, "-o", folder / "b.pa")
    check(len(log.read_bytes()) > len(before) // 2, "it is not used again")
    check((folder / "b.pa").read_bytes() == (folder / "a.pa").read_bytes(),
          "another result afterwards")


@test
def what_is_no_file_is_no_log(folder):
    art = folder / "art"
    fill(art)
    wanted = pack_both(folder, art, "first")
    log = cache_of(art) / "results"
    for make in (os.mkdir, os.mkfifo):
        log.unlink()
        make(log)
        run("pack", art, "-o", folder / "a.pa")
        check((folder / "a.pa").read_bytes() == wanted, str(make))
        check(not log.is_file(), "it was replaced")
        log.rmdir() if log.is_dir() else log.unlink()
        run("pack", art, "-o", folder / "a.pa")
        check(log.is_file(), "there is none again")


@test
def a_folder_that_cannot_have_a_cache_is_packed_all_the_same(folder):
    art = folder / "art"
    fill(art)
    write(folder, ".prometeu", b"a file where the cache would be")
    pack_both(folder, art, "without")
    run("pack", art, "-o", folder / "a.pa", "--no-cache")
    check((folder / ".prometeu").is_file(), "untouched")


@test
def what_is_as_before_is_not_written_again(folder):
    art = folder / "art"
    fill(art)
    out = folder / "a.pa"
    run("pack", art, "-o", out)
    inode = out.stat().st_ino
    ids = (art / "assets.ids.json").stat().st_ino
    check("as before" in run("pack", art, "-o", out).stdout, "told")
    check(out.stat().st_ino == inode, "assets.pa was written")
    check((art / "assets.ids.json").stat().st_ino == ids, "so were ids")


@test
def the_file_may_not_lie_in_the_folder(folder):
    art = folder / "art"
    fill(art)
    for out in (art / "a.pa", art / "maps/a.pa", folder / "art/../art/a.pa"):
        run("pack", art, "-o", out, code=2)
    run("pack", ".", "-o", "a.pa", code=2, cwd=art)
    (folder / "art2").mkdir()
    run("pack", art, "-o", folder / "art2/a.pa")


@test
def a_pack_that_is_killed_leaves_nothing_half_done(folder):
    art = folder / "art"
    fill(art, 150)
    run("pack", art, "-o", folder / "good.pa")
    wanted = (folder / "good.pa").read_bytes()
    pick = random.Random(6)
    for i in range(12):
        shutil.rmtree(cache_of(art), ignore_errors=True)
        process = subprocess.Popen(
            [PROMETEU, "pack", str(art), "-o", str(folder / "a.pa")],
            stdout=subprocess.DEVNULL)
        time.sleep(pick.random() * 0.25)
        process.kill()
        process.wait()
        out = folder / "a.pa"
        check(not out.exists() or out.read_bytes() == wanted, "half a file")
        run("pack", art, "-o", out)
        check(out.read_bytes() == wanted, f"after kill {i}")
        out.unlink()
    check(not [p for p in cache_of(art).iterdir() if "tmp" in p.name],
          "leftovers are removed")


# --- watching ----------------------------------------------------------------

class Watching:
    def __init__(self, *args):
        self.process = subprocess.Popen(
            [PROMETEU, *map(str, args)], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        self.lines = []
        self.taken = 0
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def until(self, text, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for i in range(self.taken, len(self.lines)):
                if text in self.lines[i]:
                    self.taken = i + 1
                    return
            time.sleep(0.01)
        raise AssertionError(f"no \"{text}\" in {self.lines[self.taken:]}")

    def stop(self, number):
        self.process.send_signal(number)
        check(self.process.wait(30) == 0, "ends with exit code 0")
        self.thread.join()


def watch_with(folder, *options):
    art = folder / "art"
    fill(art)
    out = folder / "a.pa"
    watching = Watching("pack", art, "-o", out, "--watch", *options)
    try:
        watching.until("watching")
        first = out.read_bytes()
        write(art, "pics/p3.png", png(16, 16, 777))
        watching.until("changed: pics/p3.png")
        watching.until("watching")
        check(out.read_bytes() != first, "the change was packed")
        # It goes on after a fault, and a new folder is watched too.
        write(art, "new/deep/bad.png", "no picture")
        watching.until("error PACK-PNG")
        watching.until("watching")
        write(art, "new/deep/bad.png", png(16, 16, 5))
        watching.until("bytes in")
        watching.until("watching")
        (art / "words.txt").unlink()
        watching.until("removed: words.txt")
        watching.until("watching")
        # What is not an asset, and the packer's own files, are no change.
        before = len(watching.lines)
        write(art, ".hidden", "x")
        write(art, "notes.md", "x")
        time.sleep(1.2)
        check(len(watching.lines) == before, "packed for nothing")
    finally:
        watching.stop(signal.SIGINT)
    last = out.read_bytes()
    run("pack", art, "-o", folder / "b.pa", "--no-cache")
    check((folder / "b.pa").read_bytes() == last, "the same as a full pack")


@test
def watch_packs_when_files_change(folder):
    watch_with(folder)


@test
def watch_does_so_by_looking_too(folder):
    watch_with(folder, "--poll")


@test
def build_watches_the_whole_project(folder):
    run("new", "game", "--template", "asm", cwd=folder)
    game = folder / "game"
    watching = Watching("build", game, "--watch")
    try:
        watching.until("built")
        watching.until("watching")
        source = game / "src/main.pasm"
        good = source.read_text()
        source.write_text("nonsense\n")
        watching.until("error")
        watching.until("watching")
        source.write_text(good)
        watching.until("built")
        watching.until("watching")
    finally:
        watching.stop(signal.SIGTERM)


def main():
    failed = 0
    for function in TESTS:
        with tempfile.TemporaryDirectory() as folder:
            try:
                function(pathlib.Path(folder))
            except (AssertionError, OSError, subprocess.TimeoutExpired) as e:
                failed += 1
                print(f"FAILED {function.__name__}: {e}")
    print(f"{len(TESTS) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
