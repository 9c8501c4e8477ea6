#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# Usage: bench_edit.py PROMETEU [ROUNDS] [--make FOLDER]
#
# From an edit to a frame that runs, with the real program and a project of
# some 10,000 lines in 8 modules (under 100 ms wanted for both):
#
#   cold   `prometeu run --headless --frames 1`: process, compile, link, one
#          frame, with wall and processor time
#   watch  `prometeu run --headless --watch`: a file is written, until the
#          program says that the new version's first frame has run
#
# Each with its median and worst of ROUNDS (20), and beside them what a
# process that does nothing takes. --make only writes the project.
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import measure

MODULES = 8
THINGS = 24

# A struct with methods, an enum with values, a list, loops, a switch, text:
# what games are made of. As in bench_compile.c.
THING = """\
/// A thing that moves.
pub declare struct Thing_N(x: float, y: float, vx: float = 1.0, hp: int = 3) {
    fn step(dt: float) -> void {
        this.x += this.vx * dt
        if this.x > 320.0 or this.x < 0.0 {
            this.vx = -this.vx
        }
        this.y = clamp(this.y + 0.5, 0.0, 180.0)
    }

    fn hit(damage: int) -> bool {
        this.hp -= damage
        return this.hp <= 0
    }
}

declare enum Kind_N { Idle, Walk(speed: float), Dead(frames: int) }

declare global list_N: List<Thing_N> = new List()

pub fn update_N(kind: Kind_N, n: int) -> int {
    let total = 0
    for i from 0 until n {
        if i % 3 == 0 {
            total += i * 2
        } else if i % 5 == 0 {
            total -= 1
        }
    }
    for thing in list_N {
        thing.step(0.5)
        if thing.hit(1) { total += 10 }
    }
    let bonus = switch kind {
        Kind_N.Idle -> 0
        Kind_N.Walk(speed) -> int(speed * 2.0)
        Kind_N.Dead(frames) -> frames
    }
    Gfx.text(4, 4, "score {total} of {n}", Color.WHITE)
    return total + bonus
}

pub fn find_N(limit: int) -> optional int {
    let at = 0
    while at < limit {
        if at * at > limit { return some(at) }
        at += 1
    }
    return none
}
"""

MANIFEST = """\
{"name": "Edit", "version": "1.0", "app_id": 1, "profile": "STANDARD",
 "capabilities": ["gfx"]}
"""


def module(number, edit):
    text = 'import { Gfx, Color } from "@sdk/console"\n\n'
    names = [f"{number}_{i}" for i in range(THINGS)]
    text += "".join(THING.replace("_N", "_" + name) for name in names)
    text += f"pub fn all_{number}() -> int {{\n    let sum = {edit}\n"
    for name in names:
        text += (f"    sum += update_{name}(Kind_{name}.Idle, "
                 f"find_{name}(9) else 0)\n")
    return text + "    return sum\n}\n"


def write_module(folder, number, edit):
    path = folder / "src" / f"m{number}"
    path.mkdir(parents=True, exist_ok=True)
    text = module(number, edit)
    (path / "things.pbs").write_text(text)
    return text.count("\n")


def make_project(folder):
    lines = sum(write_module(folder, i, 0) for i in range(MODULES))
    text = "".join(f'import {{ all_{i} }} from "m{i}"\n'
                   for i in range(MODULES))
    text += "[Frame]\nfn frame() -> void {\n"
    text += "".join(f"    _ = all_{i}()\n" for i in range(MODULES)) + "}\n"
    (folder / "src" / "main.pbs").write_text(text)
    (folder / "prometeu.json").write_text(MANIFEST)
    return lines + text.count("\n")


def show(what, values, unit="ms"):
    print(f"{what:36} median {statistics.median(values):7.1f} {unit}"
          f"  worst {max(values):7.1f}")


def bench_command(what, rounds, *command):
    times = [measure.run(command) for _ in range(rounds)]
    show(what + ", wall", [wall * 1000 for wall, _ in times])
    show(what + ", processor", [used * 1000 for _, used in times])
    return statistics.median(wall for wall, _ in times)


# User and system time of a running process, in ms: no finer than a tick of
# the system's clock (10 ms), so only the sum of all rounds tells something.
def used_by(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text()
    fields = fields.rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def bench_watch(prometeu, folder, rounds):
    process = subprocess.Popen(
        [prometeu, "run", str(folder), "--headless", "--watch"],
        stdout=subprocess.PIPE, text=True)
    walls, told = [], []
    try:
        process.stdout.readline()  # "watching"
        time.sleep(0.3)
        used = used_by(process)
        for i in range(rounds):
            start = time.monotonic()
            write_module(folder, i % MODULES, i + 1)
            line = process.stdout.readline()
            walls.append((time.monotonic() - start) * 1000)
            if not line.startswith("reloaded in "):
                sys.exit("not reloaded: " + line)
            told.append(float(line.split()[2]))
            time.sleep(0.1)
        used = used_by(process) - used
    finally:
        process.terminate()
        process.communicate()
    show("watch: file written to frame, wall", walls)
    show("watch: of that, build and reload", told)
    print(f"{'watch: processor, frames included':36} average "
          f"{used / rounds:6.1f} ms a round")


def main():
    arguments = sys.argv[1:]
    if "--make" in arguments:
        folder = pathlib.Path(arguments[arguments.index("--make") + 1])
        print(make_project(folder), "lines")
        return
    prometeu = arguments[0]
    rounds = int(arguments[1]) if len(arguments) > 1 else 20
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        lines = make_project(folder)
        print(f"{lines} lines in {MODULES + 1} files, {rounds} rounds")
        nothing = bench_command("a process that does nothing", rounds, "true")
        bench_command("prometeu --version", rounds, prometeu, "--version")
        cold = bench_command("cold: run --frames 1", rounds, prometeu, "run",
                             str(folder), "--headless", "--frames", "1")
        print(f"{'cold, in processes that do nothing':36} {cold / nothing:14.1f}")
        bench_watch(prometeu, folder, rounds)


main()
