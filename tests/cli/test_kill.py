#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Saves survive whatever happens to the process, seen from outside.

usage: test_kill.py PROMETEU SOURCE_ROOT [KILLS]

The cartridge of examples/keeper saves all the time and looks at each start
whether what it finds is whole; here it also tells, on its log, what the device
has confirmed. The real process is killed with SIGKILL at random moments, and
run with system calls made to fail or to kill (strace); after each the next
run must find everything whole and nothing older than what was confirmed.

The kills' moments come from PM_TEST_SEED, else from the clock; a failure
prints the seed.
"""
import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PROMETEU, ROOT = (str(pathlib.Path(a).resolve()) for a in sys.argv[1:3])
KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
SEED = int(os.environ.get("PM_TEST_SEED", time.time_ns() & 0xffffffff))
PARTS = ("page", "log", "card")
GLOBALS = {"page": "saved", "log": "logged", "card": "carded"}


class Failed(Exception):
    pass


# --- the cartridge ----------------------------------------------------------

def tell(part, word):
    """A line that logs a word and a part's count, if all went well."""
    count = "played" if word == "kept" else GLOBALS[part]
    text = "%s %s {%s}" % (word, part, count)
    return '    if trouble == "" { Log.info("%s") }' % text


def talking_cart(folder):
    """examples/keeper, made to tell what it finds and what is kept."""
    project = pathlib.Path(folder) / "keeper"
    shutil.copytree(pathlib.Path(ROOT) / "examples" / "keeper", project,
                    ignore=shutil.ignore_patterns("build", ".prometeu"))
    source = project / "src" / "main.pbs"
    lines = source.read_text().splitlines()
    marks = {"// The %s is on the device now, or trouble says why not." % p:
             [tell(p, "kept")] for p in PARTS}
    marks["// What was found is whole. The newest is where it goes on."] = \
        [tell(p, "found") for p in PARTS]
    out = ['import { Log } from "@sdk/console"']
    for line in lines:
        out.append(line)
        out += marks.pop(line.strip(), [])
    if marks:
        raise SystemExit("examples/keeper lacks the lines %s" % list(marks))
    source.write_text("\n".join(out) + "\n")
    config = project / "prometeu.json"
    config.write_text(config.read_text().replace('"fs"', '"fs", "log"'))
    subprocess.run([PROMETEU, "build", str(project)], check=True,
                   stdout=subprocess.DEVNULL)
    return str(project / "build" / "cart")


# --- one run ----------------------------------------------------------------

class Saves:
    """A folder of saves with what is known to be in it."""

    def __init__(self, cart, folder):
        self.cart = cart
        self.folder = folder
        self.confirmed = dict.fromkeys(PARTS, 0)
        self.log = os.path.join(folder, "stderr.txt")
        os.makedirs(folder)

    def start(self, frames, prefix=()):
        # stdout has the report at the end, nobody reads it.
        with open(self.log, "wb") as log:
            return subprocess.Popen(
                [*prefix, PROMETEU, "run", self.cart, "--headless", "--frames",
                 str(frames), "--saves", os.path.join(self.folder, "saves")],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=log)

    def judge(self, code, may_fail):
        """Reads what a run told. It must have found what was confirmed."""
        with open(self.log, "rb") as log:
            text = log.read().decode("utf-8", "replace")
        found = dict(re.findall(r"found (\w+) (\d+)\n", text))
        for part, number in found.items():
            if int(number) < self.confirmed[part]:
                raise Failed("%s is %s, %d was confirmed\n%s" %
                             (part, number, self.confirmed[part], text))
        for part, number in re.findall(r"kept (\w+) (\d+)\n", text):
            self.confirmed[part] = max(self.confirmed[part], int(number))
        if not may_fail and (code or len(found) != 3):
            raise Failed("exit code %s\n%s" % (code, text))
        return text

    def run(self, frames, prefix=(), may_fail=False):
        process = self.start(frames, prefix)
        try:
            code = process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Failed("it does not end: %s" % " ".join(prefix)) from None
        return code, self.judge(code, may_fail)


# --- SIGKILL at random moments ----------------------------------------------

def kill_often(cart, folder, kills, seed):
    chance = random.Random(seed)
    saves = Saves(cart, folder)
    for _ in range(kills):
        process = saves.start(1000000)
        time.sleep(chance.uniform(0.0, 0.05))
        process.send_signal(signal.SIGKILL)
        code = process.wait(timeout=20)
        if code != -signal.SIGKILL:
            raise Failed("it ended by itself: exit code %s\n%s" %
                         (code, saves.judge(code, True)))
        saves.judge(code, True)
    saves.run(40)
    return kills


def kills(cart, folder):
    """Two at a time; gives how many there were."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(kill_often, cart, os.path.join(folder, "k%d" % i),
                            KILLS // 2, SEED + i) for i in range(2)]
        return sum(job.result() for job in jobs)


# --- system calls that fail -------------------------------------------------

CALLS = ("pwrite64", "pread64", "fdatasync", "fsync", "ftruncate", "fallocate",
         "openat", "openat2", "renameat2", "unlinkat", "flock", "fstat",
         "copy_file_range")
ERRORS = ("EIO", "ENOSPC", "EINTR")


def injections():
    """What strace is told, a sample that is the same every time."""
    for call in CALLS:
        for when in ("1", "3", "9", "27", "2+", "40+"):
            for error in ERRORS:
                # What is interrupted every time is rightly tried for ever.
                if not (error == "EINTR" and when.endswith("+")):
                    yield "inject=%s:error=%s:when=%s" % (call, error, when)
    for call in ("pwrite64", "fdatasync", "fallocate", "openat"):
        for when in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89):
            yield "inject=%s:signal=KILL:when=%d" % (call, when)


def with_injection(cart, folder, rule):
    """Old saves, then a run under the rule, then one without."""
    saves = Saves(cart, folder)
    saves.run(25)
    prefix = ("strace", "-f", "-qqq", "-o", "/dev/null", "-e",
              "trace=" + rule.split("=")[1].split(":")[0], "-e", rule)
    code, text = saves.run(60, prefix, may_fail=True)
    if code < 0 and code != -signal.SIGKILL:
        raise Failed("%s: ended by signal %d\n%s" % (rule, -code, text))
    if code == -signal.SIGKILL and "signal=KILL" not in rule:
        raise Failed("%s: killed\n%s" % (rule, text))
    try:
        saves.run(5)
    except Failed as failed:
        raise Failed("%s: then: %s\nunder it: %s" %
                     (rule, failed, text)) from failed
    shutil.rmtree(folder)


def injected(cart, folder):
    rules = list(injections())
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(with_injection, cart,
                            os.path.join(folder, "i%d" % i), rule)
                for i, rule in enumerate(rules)]
        for job in jobs:
            job.result()
    return len(rules)


def can_trace():
    done = subprocess.run(["strace", "-qqq", "-o", "/dev/null", "true"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False)
    return done.returncode == 0


# --- all of it --------------------------------------------------------------

def main():
    tests = [("killed at random moments", kills)]
    if can_trace():
        tests.append(("run with failing system calls", injected))
    else:
        print("strace cannot trace here: system calls were not made to fail")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        cart = talking_cart(folder)
        for name, test in tests:
            try:
                print("%s: %d times" % (name, test(cart, folder)))
            except Failed as why:
                print("FAILED %s (seed %d): %s" % (name, SEED, why))
                failed += 1
    print("%d passed, %d failed" % (len(tests) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
