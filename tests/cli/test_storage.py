#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Saves, mounted directories and injected faults as a person meets them.

usage: test_storage.py PROMETEU SOURCE_ROOT
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

PROMETEU, ROOT = (str(pathlib.Path(a).resolve()) for a in sys.argv[1:3])
APP = "2002"  # of examples/keeper
DB = "000007d2.db"
TESTS = []


class Failed(Exception):
    pass


def test(run_it):
    TESTS.append(run_it)
    return run_it


def start(*words, env=None, **options):
    return subprocess.Popen([PROMETEU, *map(str, words)],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=env, **options)


def call(*words, env=None, **options):
    """Exit code, standard output and error; a crash is a failure."""
    with start(*words, env=env, **options) as process:
        try:
            out, err = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Failed("it does not end: %s" % (words,)) from None
    out, err = out.decode(), err.decode()
    if process.returncode not in (0, 1, 2, 3, -9) or "Sanitizer" in err:
        raise Failed("%s: exit code %d\n%s" % (words, process.returncode, err))
    for text in (out, err):
        if re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", text):
            raise Failed("%s: control characters in %r" % (words, text))
    return process.returncode, out, err


def must(code, *words, says="", **options):
    """The call ends with that code and says that, on either stream."""
    found, out, err = call(*words, **options)
    if found != code or not re.search(says, out + err):
        raise Failed("%s: exit code %d, wanted %d and %r\n%s%s" %
                     (" ".join(map(str, words)), found, code, says, out, err))
    return out


def keep(folder, saves, frames=20, code=0, **options):
    """One run of the keeper."""
    return must(code, "run", folder / "keeper", "--headless", "--frames",
                frames, "--saves", saves, **options)


def saved(folder, frames=20):
    keep(folder, folder / "S", frames)
    return folder / "S" / DB


def sums(path):
    """What is in a folder: names, kinds, contents."""
    found = {}
    for at in sorted(pathlib.Path(path).rglob("*")):
        name = str(at.relative_to(path))
        if at.is_symlink():
            found[name] = "-> " + os.readlink(at)
        elif at.is_dir():
            found[name] = "directory"
        else:
            found[name] = hashlib.sha256(at.read_bytes()).hexdigest()
    return found


def same(found, wanted, what):
    if found != wanted:
        raise Failed("%s: found %r, wanted %r" % (what, found, wanted))


# --- run --saves ------------------------------------------------------------

@test
def saves_go_on_in_the_next_run(folder):
    first = keep(folder, folder / "S", 20)
    prints = [must(0, "run", folder / "keeper", "--headless", "--frames", "9",
                   "--fingerprint", "--saves", saves).splitlines()[-1]
              for saves in (folder / "S", folder / "fresh")]
    if prints[0] == prints[1] or "Keeper" not in first:
        raise Failed("a run does not see what an earlier one saved")


@test
def without_saves_nothing_is_written_anywhere(folder):
    env = dict(os.environ, XDG_DATA_HOME=str(folder / "xdg"),
               HOME=str(folder / "home"))
    before = sums(folder)
    for more in ([], ["--saves", "none"]):
        must(0, "run", folder / "keeper" / "build" / "cart", "--headless",
             "--frames", "9", *more, env=env)
    same(sums(folder), before, "the folder")


@test
def a_window_saves_under_the_users_data(folder):
    data = folder / "xdg"
    env = dict(os.environ, XDG_DATA_HOME=str(data), SDL_VIDEODRIVER="dummy",
               SDL_AUDIODRIVER="dummy")
    with start("run", folder / "keeper", env=env) as process:
        wanted = data / "prometeu" / "saves" / DB
        for _ in range(200):
            if wanted.exists() or process.poll() is not None:
                break
            time.sleep(0.05)
        process.terminate()
        err = process.communicate(timeout=30)[1].decode()
    if not wanted.exists() and "window" not in err:
        raise Failed("there is no %s: %s" % (wanted, err))
    if wanted.exists():
        must(0, "saves", env=env, says=APP)


@test
def without_a_home_saves_must_be_named(folder):
    env = {k: v for k, v in os.environ.items()
           if k not in ("HOME", "XDG_DATA_HOME")}
    must(2, "saves", env=env, says="neither XDG_DATA_HOME nor HOME")
    must(2, "saves", "--saves", "", env=env, says="must name a folder")
    must(0, "saves", "--saves", folder / "S", env=env, says="0 applications")


@test
def the_second_of_two_runs_is_told(folder):
    with start("run", folder / "keeper", "--headless", "--frames", "1000000000",
               "--saves", folder / "S") as first:
        try:
            for _ in range(200):
                if (folder / "S" / DB).exists():
                    break
                time.sleep(0.05)
            time.sleep(0.3)
            keep(folder, folder / "S", 3, code=3,
                 says="MACHINE-FILES: .*(run|game|use)")
            must(0, "saves", "--saves", folder / "S",
                 says="a game has them open")
            must(3, "saves", "check", APP, "--saves", folder / "S")
            must(3, "saves", "clear", APP, "--yes", "--saves", folder / "S",
                 says="in use: end the game first")
        finally:
            first.kill()
    keep(folder, folder / "S", 3)


@test
def another_cartridge_of_the_same_application_is_refused(folder):
    saved(folder)
    before = sums(folder / "S")
    shutil.copytree(folder / "keeper", folder / "copy")
    must(3, "run", folder / "copy", "--headless", "--frames", "3", "--saves",
         folder / "S", says="MACHINE-FILES: .* belong to .*keeper; give this "
         "cartridge another app_id")
    same(sums(folder / "S"), before, "the saves")


@test
def hostile_paths_of_cartridges_are_escaped(folder):
    bad = folder / "bad\x1b[31m\u202ename"
    shutil.copytree(folder / "keeper", bad)
    must(0, "run", bad, "--headless", "--frames", "3", "--saves", folder / "S")
    must(0, "saves", "--saves", folder / "S", says=r"bad\\x1b\[31m")
    keep(folder, folder / "S", 3, code=3, says=r"bad\\+x1b")
    entry, = json.loads(must(0, "saves", "--json", "--saves", folder / "S"))
    same(entry["cartridge"], str(bad), "the path in JSON")


@test
def a_folder_that_cannot_be_written_refuses_the_boot(folder):
    (folder / "file").write_text("")
    keep(folder, folder / "file", 3, code=3, says="MACHINE-FILES")
    if os.geteuid() == 0:
        return  # nothing is read only to root
    (folder / "S").mkdir(mode=0o555)
    keep(folder, folder / "S", 3, code=3, says="MACHINE-FILES")


@test
def a_clock_that_goes_backwards_is_not_noticed(folder):
    database = saved(folder)
    for moment in (4000000000, 1):
        os.utime(database, (moment, moment))
        keep(folder, folder / "S", 5)
        must(0, "saves", "check", "--saves", folder / "S",
             says="nothing wrong")


@test
def examples_with_files_are_the_same_each_time(folder):
    for name in ("keeper", "files"):
        found = {must(0, "run", folder / name, "--headless", "--frames", "30",
                      "--fingerprint", *more)
                 for more in ([], [], ["--saves", folder / ("A" + name)],
                              ["--saves", folder / ("B" + name)],
                              ["--dispatch", "switch"])}
        same(len(found), 1, "%s has different fingerprints" % name)


# --- run --mount ------------------------------------------------------------

PROGRAM = """
.type File = state "file"
.host replace = "fs" "replace" 1 (string, bytes, i64, i64) -> i64
.host open = "fs" "open" 1 (string, i64) -> (i64, File)
.host say = "log" "write" 1 (i64, string) -> ()
.func main ()
    push_const "/host/m/new"
    push_const "hello"
    bytes_from_str
    push_i64 0
    push_i64 5
    hostcall replace
    push_const "replace "
    call tell
    push_const "/host/m/old"
    push_i64 1
    hostcall open
    pop
    push_const "open "
    call tell
    halt
.end
.func tell (status: i64, what: string)
    push_i64 1
    get_local what
    get_local status
    str_from_i64
    add
    hostcall say
    ret
.end
"""


def mount_cart(folder):
    cart = folder / "mounter"
    cart.mkdir()
    (cart / "main.pasm").write_text(PROGRAM)
    (cart / "manifest.json").write_text(json.dumps({
        "magic": "PMTU", "cartridge_version": 1, "app_id": 9, "title": "M",
        "app_version": "1", "app_mode": "Game", "profile": "JAM",
        "capabilities": ["fs", "log"]}))
    must(0, "asm", cart / "main.pasm", "-o", cart / "program.pbx")
    return cart


def run_mount(folder, text, code=0, says=""):
    cart = folder / "mounter"
    if not cart.exists():
        mount_cart(folder)
    words = text if isinstance(text, list) else ["--mount", text]
    return must(code, "run", cart, "--headless", "--frames", "3", *words,
                says=says)


@test
def a_mounted_directory_is_read_and_with_rw_written(folder):
    place = folder / "place"
    place.mkdir()
    (place / "old").write_text("old")
    before = sums(place)
    run_mount(folder, "m=%s" % place, says="(?s)replace 2.*open 0")
    same(sums(place), before, "what was mounted to be read")
    run_mount(folder, "m=%s:rw" % place, says="(?s)replace 0.*open 0")
    same((place / "new").read_text(), "hello", "the new file")
    run_mount(folder, [], says="(?s)replace 1.*open 1")


@test
def a_mounted_directory_is_not_left_by_links(folder):
    place = folder / "place"
    place.mkdir()
    (place / "old").symlink_to("/etc/passwd")
    (place / "new").symlink_to(folder / "outside")
    run_mount(folder, "m=%s:rw" % place, says="(?s)replace 2.*open 2")
    same((folder / "outside").exists(), False, "a file outside")


@test
def bad_mounts_are_refused_with_the_reason(folder):
    (folder / "d").mkdir()
    d = folder / "d"
    for text in ("m", "=%s" % d, "m=", ""):
        run_mount(folder, text, 2, "must be NAME=DIR")
    for name in ("a/b", "..", ".", "a\\b", "a\x1bb", "x" * 256):
        run_mount(folder, "%s=%s" % (name, d), 2, "no name that a game could")
    run_mount(folder, "m=%s" % (folder / "nowhere"), 3,
              "cannot be mounted: No such file")
    run_mount(folder, "m=%s" % (folder / "keeper" / "prometeu.json"), 3,
              "cannot be mounted: Not a directory")
    both = ["--mount", "m=%s" % d, "--mount", "m=%s:rw" % d]
    run_mount(folder, both, 2, "/host/m is there twice")


@test
def sixteen_directories_can_be_mounted_and_no_more(folder):
    words = []
    for i in range(17):
        (folder / ("d%d" % i)).mkdir()
        words += ["--mount", "d%d=%s" % (i, folder / ("d%d" % i))]
    run_mount(folder, words[:32], says="open 1")
    run_mount(folder, words, 2, "more than 16 times")


# --- run --inject -----------------------------------------------------------

@test
def bad_plans_are_refused_with_the_reason(folder):
    for plan, says in (("", "is no fault; there are disk-full"),
                       ("disk-full", "wanted @ and a call"),
                       ("disk-full@", "is no call; there are open"),
                       ("disk-full@write", "wanted"),
                       ("disk-full@write:0", "counted from 1"),
                       ("disk-full@write:x", "wanted a number"),
                       ("disk-full@write:1 2", "found"),
                       ("foo@write:1", '"foo" is no fault'),
                       ("disk-full@foo:1", '"foo" is no call')):
        must(2, "run", folder / "keeper", "--headless", "--saves", folder / "S",
             "--inject", plan, says="--inject: .*" + says)
    same((folder / "S").exists(), False, "a folder of saves")


@test
def injected_faults_are_met_reported_and_survived(folder):
    saved(folder)
    for plan in ("disk-full@write:9", "io-error@sync:2", "io-error@sync:3+",
                 "no-memory@open:4", "short@write:5", "torn@write:7"):
        code, _, err = call("run", folder / "keeper", "--headless", "--frames",
                            "30", "--saves", folder / "S", "--inject", plan)
        if not re.search(r"injected: [1-9]\d* of .* calls failed by the plan",
                         err):
            raise Failed("%s (exit code %d): %s" % (plan, code, err))
        keep(folder, folder / "S", 3)
        must(0, "saves", "check", "--saves", folder / "S",
             says="nothing wrong")


@test
def a_plan_that_has_nothing_to_meet_says_so(folder):
    must(0, "run", folder / "keeper", "--headless", "--frames", "9",
         "--inject", "io-error@sync:1+",
         says="injected: nothing, .* in memory without --saves DIR")


@test
def a_run_killed_by_plan_leaves_whole_saves(folder):
    saved(folder)
    for n in (1, 4, 9):
        code = call("run", folder / "keeper", "--headless", "--frames", "30",
                    "--saves", folder / "S", "--inject", "kill@write:%d" % n)
        same(code[0], -9, "the end")
        must(0, "saves", "check", "--saves", folder / "S")
        keep(folder, folder / "S", 3)


# --- saves ------------------------------------------------------------------

@test
def nothing_saved_is_listed_and_checked_as_nothing(folder):
    for at in (folder / "S", folder / "nowhere"):
        must(0, "saves", "--saves", at, says="0 applications")
        same(must(0, "saves", "--saves", at, "--json"), "[]\n", "the list")
        must(0, "saves", "check", "--saves", at, says="nothing is saved there")
        same(must(0, "saves", "check", "--saves", at, "--json"), "[]\n",
             "the check")
        for verb in (["check", "5"], ["export", "5", folder / "E"],
                     ["clear", "5", "--yes"]):
            must(3, "saves", *verb, "--saves", at,
                 says="application 5 has no saves in")
    same((folder / "E").exists(), False, "an export")
    same((folder / "nowhere").exists(), False, "a folder that was not there")


@test
def wrong_words_are_told(folder):
    for words, says in ((["frob"], 'there is no "frob"'),
                        (["chek"], 'did you mean "check"'),
                        (["check", "x"], '"x" is no app_id'),
                        (["check", "-1"], ""),
                        (["check", "4294967296"], "is no app_id"),
                        (["check", "1", "2"], "wants an app_id"),
                        (["export"], "wants an app_id and a folder"),
                        (["export", "5"], "wants an app_id and a folder"),
                        (["import", "5"], "wants an app_id and a folder"),
                        (["clear"], "wants an app_id")):
        must(2, "saves", *words, "--saves", folder / "S", says=says)


@test
def the_list_and_the_check_tell_what_is_saved(folder):
    saved(folder)
    must(0, "saves", "--saves", folder / "S", says="1 application\n")
    entry, = json.loads(must(0, "saves", "--json", "--saves", folder / "S"))
    same((entry["app_id"], entry["damaged_copies"], entry["cartridge"]),
         (int(APP), 0, str(folder / "keeper")), "the list")
    for words in ([], [APP]):
        must(0, "saves", "check", *words, "--saves", folder / "S",
             says="application 2002: nothing wrong")
        same(json.loads(must(0, "saves", "check", *words, "--json", "--saves",
                             folder / "S")),
             [{"app_id": int(APP), "readable": True, "damaged": []}],
             "the check")


@test
def an_export_read_back_is_the_same_byte_for_byte(folder):
    saved(folder, 40)
    must(0, "saves", "export", APP, folder / "E", "--saves", folder / "S")
    must(2, "saves", "export", APP, folder / "E", "--saves", folder / "S",
         says="not empty; export into a new folder")
    must(0, "saves", "import", APP, folder / "E", "--saves", folder / "T")
    must(0, "saves", "export", APP, folder / "E2", "--saves", folder / "T")
    same(sums(folder / "E2"), sums(folder / "E"), "the export")
    if not list((folder / "E").rglob("card/*.bin")):
        raise Failed("the keeper has no slot on its card")
    must(3, "saves", "import", APP, folder / "E", "--saves", folder / "S",
         says="has saves already; .*clear 2002")
    must(0, "saves", "--saves", folder / "T", says="no cartridge has used")
    keep(folder, folder / "T", 5)


@test
def an_import_takes_only_what_a_cartridge_can_have(folder):
    source = folder / "I"

    def refuse(name, says, code=1, bytes_=b"x", link=None):
        shutil.rmtree(source, ignore_errors=True)
        at = source / name
        (source / "save").mkdir(parents=True)
        at.parent.mkdir(parents=True, exist_ok=True)
        if link:
            at.symlink_to(link)
        else:
            at.write_bytes(bytes_)
        must(code, "saves", "import", "5", source, "--saves", folder / "S",
             says=says)
        same(sums(folder / "S"), {}, "what a refused import left")

    (folder / "S").mkdir()
    refuse("save/a\\b", "no file of a cartridge can have this name")
    refuse("save/a\x1bb", "no file of a cartridge can have this name")
    refuse("save/l", "links are not followed", link="/etc/passwd")
    refuse("save/d", "links are not followed", link="/etc")
    refuse("card/32.bin", "no slot of a memory card has this name")
    refuse("card/0.bin", "no slot of a memory card has this name")
    refuse("card/00.bin", "links are not followed", link="/etc/passwd")
    refuse("card/00.bin", "larger than 32768 bytes", 3, b"x" * 32769)
    shutil.rmtree(source)
    must(3, "saves", "import", "5", source, "--saves", folder / "S",
         says="import wants what export wrote")
    same(sums(folder / "S"), {}, "what a refused import left")


@test
def clear_renames_and_never_deletes(folder):
    database = saved(folder)
    must(2, "saves", "clear", APP, "--saves", folder / "S", says="say --yes")
    for i in (1, 2, 3):
        before = database.read_bytes()
        must(0, "saves", "clear", APP, "--yes", "--saves", folder / "S",
             says="cleared-%d" % i)
        same(database.exists(), False, "the old name")
        same((folder / "S" / (DB + ".cleared-%d" % i)).read_bytes() == before,
             True, "what was set aside")
        keep(folder, folder / "S", 5 * i)
    must(0, "saves", "--saves", folder / "S", says="1 application\n")


# --- damage -----------------------------------------------------------------

def look_at_damaged(folder):
    """Every command over it: no crash, and nothing changes. Gives codes."""
    before = sums(folder / "S")
    codes = [call("saves", *words, "--saves", folder / "S")[0]
             for words in ([], ["check", APP], ["export", APP, folder / "E"])]
    shutil.rmtree(folder / "E", ignore_errors=True)
    same(sums(folder / "S"), before, "damaged saves that were looked at")
    same(codes[0], 0, "the list of damaged saves")
    return codes[1], codes[2]


@test
def flipped_bytes_are_found_and_never_crash(folder):
    database = saved(folder, 40)
    whole = database.read_bytes()
    found = 0
    tried = 0
    pages = len(whole) // 4096
    # The first pages at more places; of those behind, each third.
    for page in [*range(min(pages, 3)), *range(3, pages, 3)]:
        for at in (0, 100, 1900, 4093) if page < 3 else (1900,):
            damaged = bytearray(whole)
            damaged[page * 4096 + at] ^= 0x41
            database.write_bytes(damaged)
            check, export = look_at_damaged(folder)
            same(export != 0, check != 0, "export and check of page %d, %d"
                 % (page, at))
            found += check != 0
            tried += 1
    if found < tried // 2:
        raise Failed("only %d of %d damages were found" % (found, tried))


@test
def what_is_no_store_is_refused_and_left_as_it_is(folder):
    database = saved(folder)
    whole = database.read_bytes()

    def text():
        database.write_text("these are no saves\n" * 500)

    def other():
        with sqlite3.connect(database) as other_db:
            other_db.execute("create table t (a)")
        other_db.close()

    def cut(size):
        return lambda: database.write_bytes(whole[:size])

    for make, codes in ((text, {1}), (other, {1}), (cut(1), {1}),
                        (cut(100), {1}), (cut(len(whole) - 1), {1}),
                        (cut(4096), {1}), (database.mkdir, {3}),
                        (lambda: database.symlink_to("/etc/passwd"), {3})):
        make()
        check, _ = look_at_damaged(folder)
        if check not in codes:
            raise Failed("%s: check ends with %d" % (make, check))
        before = sums(folder / "S")
        code, _, err = call("run", folder / "keeper", "--headless", "--frames",
                            "3", "--saves", folder / "S")
        if code not in (1, 3) or not re.search("store|database|: Corrupt", err):
            raise Failed("%s: a run ends with %d: %s" % (make, code, err))
        # A copy of what is damaged in parts may have been put aside.
        after = sums(folder / "S")
        same({name: after.get(name) for name in before}, before,
             "what a run found")
        if database.is_dir() and not database.is_symlink():
            database.rmdir()
        else:
            database.unlink()


@test
def anothers_saves_under_this_name_are_found_out(folder):
    database = saved(folder)
    os.rename(database, folder / "S" / "00000009.db")
    code, out, err = call("saves", "check", "9", "--saves", folder / "S")
    if code not in (1, 3):
        raise Failed("application 2002's saves pass for those of 9: %d %s%s" %
                     (code, out, err))


@test
def a_damaged_file_is_left_out_of_an_export(folder):
    source = folder / "I"
    (source / "save" / "d").mkdir(parents=True)
    (source / "save" / "good").write_bytes(b"good" * 100)
    (source / "save" / "d" / "bad").write_bytes(b"SPOILME!" * 20000)
    must(0, "saves", "import", "5", source, "--saves", folder / "S",
         says="2 files for application 5")
    database = folder / "S" / "00000005.db"
    whole = database.read_bytes()
    # In the middle: a page of its bytes alone.
    at = whole.index(b"SPOILME!SPOILME!", len(whole) // 2)
    database.write_bytes(whole[:at + 9] + b"x" + whole[at + 10:])
    must(1, "saves", "check", "5", "--saves", folder / "S",
         says="SAVES-DAMAGED: /save/d/bad does not match")
    same(json.loads(call("saves", "check", "--json", "--saves",
                         folder / "S")[1]),
         [{"app_id": 5, "readable": True, "damaged": ["/save/d/bad"]}],
         "the check in JSON")
    must(1, "saves", "export", "5", folder / "E", "--saves", folder / "S",
         says="/save/d/bad is damaged and left out")
    same(sorted(sums(folder / "E")), ["card", "save", "save/d", "save/good"],
         "what was saved from the wreck")
    same((folder / "E" / "save" / "good").read_bytes(), b"good" * 100, "good")


# --- all of it --------------------------------------------------------------

def build(folder):
    for name in ("keeper", "files"):
        shutil.copytree(pathlib.Path(ROOT) / "examples" / name, folder / name,
                        ignore=shutil.ignore_patterns("build"))
        must(0, "build", folder / name)


def main():
    wanted = sys.argv[3] if len(sys.argv) > 3 else ""
    failed = 0
    ran = 0
    with tempfile.TemporaryDirectory() as top:
        first = pathlib.Path(top).resolve() / "first"
        first.mkdir()
        build(first)
        for number, run_it in enumerate(TESTS):
            if wanted not in run_it.__name__:
                continue
            folder = first.parent / str(number)
            shutil.copytree(first, folder)
            ran += 1
            began = time.monotonic()
            try:
                run_it(folder)
                if os.environ.get("PM_TEST_TIMES"):
                    print("%5.1f s %s" % (time.monotonic() - began,
                                          run_it.__name__))
            except Failed as why:
                print("FAILED %s: %s" % (run_it.__name__, why))
                failed += 1
            shutil.rmtree(folder, ignore_errors=True)
    print("%d passed, %d failed" % (ran - failed, failed))
    return 1 if failed or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
