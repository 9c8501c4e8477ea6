#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# Usage: test_reload.py PROMETEU
#
# prometeu run --headless --watch as its users see it: a project is edited
# while it runs, and the game goes on where it is.
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

PROMETEU = str(pathlib.Path(sys.argv[1]).resolve())
TESTS = []

# Counts frames and logs "NAME COUNT" in each. BODY comes before the count.
SOURCE = """.host say = "log" "write" 1 (i64, string) -> ()
.type Player = record { x: i64EXTRA }
.global count: COUNT, player: Player
.func main ()
    rec_new Player
    set_global player
loop:
    BODY
    get_global count
    push_i64 1
    to_COUNT
    add
    set_global count
    push_i64 1
    push_const "NAME "
    get_global count
    to_i64
    str_from_i64
    add
    hostcall say
    frame_sync
    jmp loop
.end
"""

SETTINGS = """{"name": "Counter", "version": "1", "app_id": 77,
"capabilities": ["log"CAPS], "profile": "JAM"}
"""


def test(function):
    TESTS.append(function)
    return function


def check(ok, what):
    if not ok:
        raise AssertionError(what)


def write(project, name, body="nop", extra="", count="i64"):
    text = (SOURCE.replace("NAME", name).replace("BODY", body)
            .replace("EXTRA", extra).replace("COUNT", count))
    if count == "i64":
        text = text.replace("    to_i64\n", "")
    (project / "src/main.pasm").write_text(text)


def make(folder, caps=""):
    project = folder / "game"
    (project / "src").mkdir(parents=True)
    (project / "prometeu.json").write_text(SETTINGS.replace("CAPS", caps))
    write(project, "one")
    return project


class Watching:
    def __init__(self, project, *options):
        self.process = subprocess.Popen(
            [PROMETEU, "run", str(project), "--headless", "--watch", *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
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
                found = re.search(text, self.lines[i])
                if found:
                    self.taken = i + 1
                    return found
            time.sleep(0.01)
        raise AssertionError(f"no \"{text}\" in {self.lines[self.taken:][-20:]}")

    def count(self, name):
        return int(self.until(f"log info: {name} (\\d+)")[1])

    def stop(self, code=0):
        self.process.send_signal(signal.SIGINT)
        found = self.process.wait(30)
        self.thread.join()
        check(found == code, f"exit code {found}\n{self.lines[-5:]}")


def watch_with(folder, *options):
    project = make(folder)
    watching = Watching(project, *options)
    try:
        watching.until("watching")
        watching.until("log info: one 20$")
        write(project, "two")
        watching.until(r"reloaded in \d+ ms: kept 2 globals$")
        first = watching.count("two")
        check(first > 20, f"the count goes on, {first}")
        # What is wrong is told, and the old version goes on.
        (project / "src/main.pasm").write_text("nonsense\n")
        watching.until("error ASM-SYNTAX")
        watching.until("not reloaded")
        check(watching.count("two") > first, "the old version goes on")
    finally:
        watching.stop()


@test
def a_change_is_reloaded_and_the_state_kept(folder):
    watch_with(folder)


@test
def changes_are_seen_by_looking_too(folder):
    watch_with(folder, "--poll")


@test
def a_trap_in_the_first_frame_leaves_the_old_version(folder):
    project = make(folder)
    watching = Watching(project)
    try:
        watching.until("one 5$")
        write(project, "two", 'push_const "no"\n    trap_with')
        watching.until("src/main.pasm:9:5: error RELOAD-TRAP: .*no")
        check(watching.count("one") > 5, "the old version goes on")
    finally:
        watching.stop()


@test
def a_game_that_trapped_goes_on_when_it_is_put_right(folder):
    project = make(folder)
    write(project, "one", "get_global count\n    push_i64 30\n    lt\n"
          "    jmp_if_true fine\n    push_const \"thirty\"\n    trap_with\n"
          "fine:")
    watching = Watching(project)
    try:
        watching.until("thirty")
        write(project, "two")
        watching.until("reloaded in")
        check(watching.count("two") == 31, "it goes on behind the trap")
    finally:
        watching.stop()


@test
def what_starts_anew_is_told(folder):
    project = make(folder)
    watching = Watching(project)
    try:
        watching.until("one 9$")
        write(project, "two", extra=", vy: i64", count="i32")
        watching.until(r"kept 0 globals, 2 start anew: count \(it was i64 and "
                       r"is i32\), player \(field 'vy' of Player is new\)$")
        check(watching.count("two") < 9, "the count starts anew")
    finally:
        watching.stop()


@test
def assets_are_exchanged_while_the_program_goes_on(folder):
    project = make(folder, ', "asset", "bank"')
    assets = project / "assets"
    assets.mkdir()
    (assets / "level.bin").write_bytes(b"before")
    (assets / "level.json").write_text('{"slot": 0}\n')
    watching = Watching(project)
    try:
        watching.until("one 9$")
        (assets / "level.bin").write_bytes(b"and after")
        watching.until("the program goes on, 1 slot with new assets$")
        check(watching.count("one") > 9, "the program goes on")
    finally:
        watching.stop()


@test
def sources_come_and_go_while_they_are_watched(folder):
    project = folder / "game"
    for path, text in (
            ("prometeu.json", SETTINGS.replace("CAPS", "")),
            ("src/main.pbs", 'import { name } from "names"\n'
             "[Frame] fn frame() -> void { trace(name()) }\n"),
            ("src/names/name.pbs",
             'pub fn name() -> str { return "first" }\n')):
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    watching = Watching(project)
    try:
        watching.until("log .*first")
        (project / "src/names/name.pbs").write_text(
            'pub fn name() -> str { return other() }\n')
        watching.until("names/name.pbs:1:.*error")
        watching.until("not reloaded")
        (project / "src/names/other.pbs").write_text(
            'fn other() -> str { return "second" }\n')
        watching.until("reloaded in")
        watching.until("log .*second")
        # What is gone is part of the program no more.
        (project / "src/names/other.pbs").unlink()
        watching.until("names/name.pbs:1:.*error")
        watching.until("not reloaded")
    finally:
        watching.stop()


@test
def another_application_starts_anew(folder):
    project = make(folder)
    watching = Watching(project)
    try:
        watching.until("one 9$")
        (project / "prometeu.json").write_text(
            SETTINGS.replace("CAPS", "").replace("77", "78"))
        watching.until("reloaded in .*: the game starts anew$")
        watching.until("one 1$")
    finally:
        watching.stop()


@test
def only_projects_are_watched_and_frames_end_it(folder):
    project = make(folder)
    done = subprocess.run(
        [PROMETEU, "run", str(project), "--headless", "--watch", "--frames",
         "10"], capture_output=True, text=True, timeout=60, check=False)
    check(done.returncode == 0 and "after 10 frames" in done.stdout,
          done.stdout + done.stderr)
    done = subprocess.run(
        [PROMETEU, "run", str(project / "src/main.pasm"), "--headless",
         "--watch"], capture_output=True, text=True, timeout=60, check=False)
    check(done.returncode == 2 and "no project" in done.stderr, done.stderr)
    done = subprocess.run(
        [PROMETEU, "run", str(project), "--watch", "--no-watch"],
        capture_output=True, text=True, timeout=60, check=False)
    check(done.returncode == 2 and "opposites" in done.stderr, done.stderr)


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
