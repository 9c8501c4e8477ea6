#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Uses the built command line as a person would.

usage: run.py PROMETEU WRITE_DAMAGED SOURCE_ROOT

Each test is a function; its name is a sentence. The last line says how many
passed and failed.
"""
import json
import os
import pathlib
import pty
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

PROMETEU, WRITE_DAMAGED, ROOT = (str(pathlib.Path(a).resolve())
                                 for a in sys.argv[1:4])
COMMANDS = ["new", "run", "build", "check", "fmt", "test",
            "explain", "asm", "dis", "verify", "pack", "inspect",
            "diff", "unpack", "saves", "doctor"]
ENV = {k: v for k, v in os.environ.items()
       if k not in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")}
TESTS = []


class Failed(Exception):
    pass


def test(function):
    TESTS.append(function)
    return function


def check(condition, what):
    if not condition:
        raise Failed(what)


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __str__(self):
        return f"exit {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"


def run(*args, code=0, timeout=60, cwd=None, env=None):
    done = subprocess.run([PROMETEU, *map(str, args)], capture_output=True,
                          timeout=timeout, env={**ENV, **(env or {})}, cwd=cwd,
                          stdin=subprocess.DEVNULL, check=False)
    result = Result(done.returncode, done.stdout.decode("utf-8", "replace"),
                    done.stderr.decode("utf-8", "replace"))
    check("Sanitizer" not in result.err and "runtime error" not in result.err,
          f"{args}: {result}")
    if code is not None:
        check(result.code == code, f"{args}: wanted exit {code}: {result}")
    return result


def project(folder, name="game"):
    path = pathlib.Path(folder) / name
    run("new", path, "--template", "asm")
    return path


HELLO = """.module "t"
.host gfx clear 1 (i64) -> ()
.func main ()
frame:
    push_i64 5
    hostcall gfx.clear
    frame_sync
    jmp frame
.end
"""


def write(folder, name, content):
    path = pathlib.Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content)
    return path


# --- the program itself ------------------------------------------------------

@test
def help_lists_every_command(folder):
    text = run("help").out
    for command in COMMANDS:
        check(f"  {command} " in text, f"{command} is not in the help")
    check(run("--help").out == text, "--help differs from help")
    check(run(code=2).err == text, "no command: the help on standard error")


@test
def every_command_has_help_with_an_example(folder):
    for command in COMMANDS:
        for text in (run(command, "--help").out, run("help", command).out):
            check(text.startswith(f"usage: prometeu {command}"), text)
            check("example: prometeu" in text, f"{command}: no example")


@test
def the_version_is_told(folder):
    check(run("--version").out.startswith("prometeu 0."), "no version")


@test
def a_slip_of_the_pen_gets_a_suggestion(folder):
    check('did you mean "verify"' in run("verfy", code=2).err, "verfy")
    check('did you mean "--frames"' in run("run", "--frame", code=2).err,
          "--frame")
    check("lists them" in run("xyzzy", code=2).err, "xyzzy")
    check('did you mean "run"' in run("help", "rum", code=2).err, "help rum")


@test
def wrong_use_ends_with_2(folder):
    for args in (["run", "a", "b"], ["asm"], ["verify"], ["new"],
                 ["run", "--frames"], ["run", "--headless", "--frames", "0"],
                 ["run", "--headless", "--frames", "-1"],
                 ["run", "--headless", "--frames", "1x"],
                 ["run", "--frames", "5"], ["run", "--json"],
                 ["run", "--headless=yes"], ["run", "--scale", "17"],
                 ["run", "--headless", "--fingerprint=all"],
                 ["run", "--profile", "BIG"], ["run", "--dispatch", "x"],
                 ["new", "x" * 65], ["new", "a", "--template", "b"],
                 ["doctor", "x"], ["inspect"], ["pack"], ["dis", "--what"]):
        result = run(*args, code=2)
        check(result.err.startswith("prometeu: ") and not result.out,
              f"{args}: {result}")


@test
def missing_files_end_with_3(folder):
    missing = pathlib.Path(folder) / "nothing"
    for args in (["run", missing, "--headless"], ["asm", missing],
                 ["dis", missing], ["verify", missing], ["inspect", missing],
                 ["pack", missing], ["build", missing]):
        result = run(*args, code=3)
        check("nothing" in result.err, str(result))


# --- projects ----------------------------------------------------------------

@test
def a_new_project_runs_builds_and_verifies(folder):
    result = run("new", pathlib.Path(folder) / "game", "--template", "asm")
    check(result.out.count("\n  ") == 3, "three next commands")
    game = pathlib.Path(folder) / "game"
    run("run", game, "--headless", "--frames", 10)
    run("run", "--headless", "--frames", 10, cwd=game)
    run("build", cwd=game)
    cart = game / "build/cart"
    check(sorted(p.name for p in cart.iterdir()) ==
          ["assets.pa", "manifest.json", "program.pbx"], "files of the cart")
    package = game / "build/game.pmc"
    run("verify", game, cart, package, *cart.iterdir(), game / "prometeu.json",
        game / "src/main.pasm")
    prints = {run("run", what, "--headless", "--frames", 20,
                  "--fingerprint").out.split("fingerprint ")[1]
              for what in (game, cart, package)}
    check(len(prints) == 1, "project, directory and package run the same")


@test
def two_new_projects_have_different_ids(folder):
    ids = {json.loads((project(folder, n) / "prometeu.json").read_text())
           ["app_id"] for n in ("a", "b", "c")}
    check(len(ids) == 3, f"ids {ids}")


@test
def new_leaves_what_is_there_alone(folder):
    game = project(folder)
    before = (game / "prometeu.json").read_text()
    run("new", game, code=1)
    check((game / "prometeu.json").read_text() == before, "it was changed")
    run("new", write(folder, "file", "x"), code=1)
    (pathlib.Path(folder) / "empty").mkdir()
    run("new", pathlib.Path(folder) / "empty")


@test
def building_twice_gives_the_same_bytes(folder):
    game = project(folder)
    run("build", game)
    first = (game / "build/game.pmc").read_bytes()
    shutil.rmtree(game / "build")
    run("build", game)
    check((game / "build/game.pmc").read_bytes() == first, "they differ")


@test
def all_faults_of_a_project_are_shown_and_nothing_is_written(folder):
    game = project(folder)
    write(game, "prometeu.json", '{"name": "x", "version": 1,\n'
          ' "app_id": 5, "capabilities": ["gfx", "wings"], "nam": 0}')
    write(game, "src/main.pasm", ".func main ()\n    psh_i64 1\n.end\n")
    write(game, "assets/bad.png", "no picture")
    result = run("build", game, code=1)
    for piece in ("prometeu.json:1:26: error PROJECT", 'did you mean "name"',
                  "main.pasm:2:5: error ASM-INSTRUCTION", "bad.png",
                  "    psh_i64 1\n      ^"):
        check(piece in result.err, f"{piece!r} is not in {result}")
    check(not (game / "build").exists(), "something was written")


@test
def a_project_may_have_another_profile_for_a_run(folder):
    game = project(folder)
    report = json.loads(run("run", game, "--headless", "--frames", 2,
                            "--profile", "JAM", "--json").out)
    check(report["profile"] == "JAM" and report["budget"] == "250000", report)
    run("build", game)
    run("run", game / "build/cart", "--headless", "--profile", "JAM", code=2)


@test
def a_second_source_is_not_left_out_in_silence(folder):
    game = project(folder)
    write(game, "src/more.pasm", HELLO)
    check("more.pasm" in run("build", game, code=1).err, "not named")


@test
def ids_of_assets_never_move(folder):
    game = project(folder)
    run("build", game)
    registry = json.loads((game / "assets/assets.ids.json").read_text())
    check(registry == {"hero": 1}, registry)
    shutil.copy(game / "assets/hero.png", game / "assets/alpha.png")
    run("build", game)
    registry = json.loads((game / "assets/assets.ids.json").read_text())
    check(registry == {"hero": 1, "alpha": 2}, registry)


# --- run ---------------------------------------------------------------------

@test
def a_run_reports_as_json(folder):
    path = write(folder, "t.pasm", HELLO)
    out = run("run", path, "--headless", "--frames", 3, "--json",
              "--fingerprint=each").out
    report = json.loads(out)
    check(report["frames"] == "3" and report["end"] == "running", out)
    check(report["trap"] is None and len(report["fingerprints"]) == 3, out)
    check(report["fingerprints"][2] == report["fingerprint"], out)
    check(len(report["fingerprint"]) == 32, out)


@test
def without_a_number_600_frames_run(folder):
    path = write(folder, "t.pasm", HELLO)
    out = json.loads(run("run", path, "--headless", "--json").out)
    check(out["frames"] == "600", out)


@test
def a_trap_ends_with_1_and_shows_where(folder):
    path = write(folder, "t.pasm", ".func main ()\n    call f\n    ret\n.end\n"
                 ".func f ()\n    push_i64 1\n    push_i64 0\n"
                 "    div ; here\n    pop\n    ret\n.end\n")
    result = run("run", path, "--headless", code=1)
    for piece in (f"{path}:8:5: error DIV_ZERO: ", "    div ; here\n      ^",
                  "  at div", "  in f (", "  in main ("):
        check(piece in result.err, f"{piece!r} is not in {result}")
    report = json.loads(run("run", path, "--headless", "--json", code=1).out)
    check(report["trap"]["code"] == "DIV_ZERO", report)
    check(report["trap"]["stack"][1]["function"] == "main", report)
    check(report["trap"]["stack"][0]["line"] == 8, report)


@test
def a_program_that_never_ends_a_frame_does_not_hang_the_run(folder):
    path = write(folder, "t.pasm", ".func main ()\nl: jmp l\n.end\n")
    report = json.loads(run("run", path, "--headless", "--frames", 3,
                            "--json").out)
    check(report["end"] == "late" and report["ticks"] == "30", report)


@test
def a_shot_is_a_png_of_the_right_size(folder):
    path = write(folder, "t.pasm", HELLO)
    shot = pathlib.Path(folder) / "s.png"
    run("run", path, "--headless", "--frames", 1, "--shot", shot, "--scale", 2)
    data = shot.read_bytes()
    check(data[:8] == b"\x89PNG\r\n\x1a\n", "no PNG")
    check(struct.unpack(">II", data[16:24]) == (640, 360), "size")
    result = run("run", path, "--headless", "--frames", 1, "--shot",
                 pathlib.Path(folder) / "no/such/s.png", code=3)
    check("s.png" in result.err, str(result))


@test
def input_comes_from_a_script(folder):
    path = write(folder, "t.pasm", ".host gfx clear 1 (i64) -> ()\n"
                 ".func main ()\nf:\n push_i64 0\n push_i64 4\n"
                 " intrinsic pad_hold\n hostcall gfx.clear\n frame_sync\n"
                 " jmp f\n.end\n")
    good = write(folder, "in.txt", "0: -\n2-3: a\n")
    bad = write(folder, "bad.txt", "0: -\n2: jump\n")
    prints = [run("run", path, "--headless", "--frames", 3, "--fingerprint",
                  *more).out for more in ([], ["--input", good])]
    check(prints[0] != prints[1], "the script did nothing")
    result = run("run", path, "--headless", "--input", bad, code=1)
    check("bad.txt:2:" in result.err and "^" in result.err, str(result))


@test
def without_a_display_a_run_says_so(folder):
    path = write(folder, "t.pasm", HELLO)
    result = run("run", path, code=3)
    check("--headless" in result.err, str(result))


@test
def log_lines_are_shown_and_safe(folder):
    path = write(folder, "t.pasm", ".host log write 1 (i64, string) -> ()\n"
                 '.func main ()\n push_i64 3\n push_const "a\\x1b[31mb"\n'
                 " hostcall log.write\n halt\n.end\n")
    result = run("run", path, "--headless")
    check("log error: a\\x1b[31mb" in result.err.lower(), str(result))
    check("\x1b" not in result.err, "an escape sequence came through")


@test
def every_form_of_dispatch_runs_the_same(folder):
    path = f"{ROOT}/examples/meadow"
    prints = set()
    for form in ("auto", "goto", "switch", "tail"):
        result = run("run", path, "--headless", "--frames", 30,
                     "--fingerprint", "--dispatch", form, code=None)
        if result.code == 3:
            check("UNSUPPORTED" in result.err or "does not have" in result.err,
                  str(result))
            continue
        check(result.code == 0, str(result))
        prints.add(result.out.split("fingerprint ")[1])
    check(len(prints) == 1, prints)


# --- asm and dis -------------------------------------------------------------

@test
def asm_and_dis_are_each_others_way_back(folder):
    for name in ("hello", "meadow"):
        source = f"{ROOT}/examples/asm/{name}/src/main.pasm"
        one = pathlib.Path(folder) / "one.pbx"
        run("asm", source, "-o", one)
        text = write(folder, "two.pasm", run("dis", one).out)
        run("asm", text)
        check((pathlib.Path(folder) / "two.pbx").read_bytes() ==
              one.read_bytes(), f"{name} differs")


@test
def a_fault_in_a_text_is_shown_with_its_line(folder):
    path = write(folder, "t.pasm", ".func main ()\n\tpush_i64 \xe9\n.end\n")
    result = run("asm", path, code=1)
    check(f"{path}:2:" in result.err and "^" in result.err, str(result))
    check(not (pathlib.Path(folder) / "t.pbx").exists(), "something is there")


@test
def a_failed_asm_leaves_the_old_program_alone(folder):
    path = write(folder, "t.pasm", "nonsense")
    old = write(folder, "t.pbx", b"old")
    run("asm", path, code=1)
    check(old.read_bytes() == b"old", "it was touched")
    check(sorted(p.name for p in pathlib.Path(folder).iterdir()) ==
          ["t.pasm", "t.pbx"], "something was left behind")


@test
def asm_writes_to_standard_output(folder):
    path = write(folder, "t.pasm", HELLO)
    done = subprocess.run([PROMETEU, "asm", str(path), "-o", "-"],
                          capture_output=True, env=ENV, check=True)
    check(done.stdout[:3] == b"PBX", done.stdout[:16])


# --- verify ------------------------------------------------------------------

@test
def damaged_files_do_no_harm_to_the_other_commands(folder):
    subprocess.run([WRITE_DAMAGED, folder], check=True, capture_output=True)
    names = sorted(p.name for p in pathlib.Path(folder).iterdir()
                   if p.suffix in (".pbx", ".pa", ".pmc", ".json"))
    for name in names[::9]:
        for args in (["inspect", name], ["inspect", "--json", name],
                     ["dis", name], ["run", "--headless", "--frames", "1",
                                     name]):
            result = run(*args, cwd=folder, code=None)
            check(result.code in (0, 1, 2, 3), f"{args}: {result}")


@test
def verify_says_what_is_fine(folder):
    game = project(folder)
    run("build", game)
    result = run("verify", game / "build/cart/assets.pa")
    check("assets, nothing wrong" in result.out, str(result))
    # By content, whatever the name.
    shutil.copy(game / "build/game.pmc", game / "x.txt")
    check("package" in run("verify", game / "x.txt").out, "by content")


@test
def verify_reads_every_byte_of_a_package(folder):
    game = project(folder)
    run("build", game)
    package = game / "build/game.pmc"
    good = bytearray(package.read_bytes())
    wanted = run("run", package, "--headless", "--frames", 9,
                 "--fingerprint").out
    unseen = 0
    for at in range(0, len(good), max(1, len(good) // 60)):
        bad = bytearray(good)
        bad[at] ^= 0x10
        package.write_bytes(bad)
        result = run("verify", package, code=None)
        if result.code == 0:
            # A ZIP has fields that mean nothing to us, such as times.
            check(run("run", package, "--headless", "--frames", 9,
                      "--fingerprint").out == wanted, f"byte {at}: {result}")
            unseen += 1
            continue
        check(result.code == 1 and "error" in result.err,
              f"byte {at}: {result}")
    check(unseen < 8, f"{unseen} of 60 unseen")


@test
def hostile_names_are_escaped(folder):
    path = write(folder, "a\x1b[31m.pbx", b"PBX\x1b[31m")
    result = run("verify", path, code=1)
    check("\x1b" not in result.err + result.out, repr(result.err))
    manifest = write(folder, "manifest.json", '{"magic":"PMTU",'
                     '"cartridge_version":1,"app_id":1,'
                     '"title":"\\u001b]0;x\\u0007","app_version":"1",'
                     '"app_mode":"Game","capabilities":[],"profile":"JAM"}')
    for args in (["inspect", manifest], ["inspect", manifest, "--json"],
                 ["verify", manifest]):
        result = run(*args, code=None)
        check("\x1b" not in result.err + result.out and
              "\x07" not in result.out, repr(result.out))


@test
def an_unknown_file_is_named_so(folder):
    path = write(folder, "x.bin", b"\0\1\2\3")
    check("FILE-KIND" in run("verify", path, code=1).err, "kind")
    run("inspect", path, code=1)
    run("run", path, "--headless", code=2)
    run("verify", write(folder, "empty", b""), code=1)


# --- pack and inspect --------------------------------------------------------

def png(width, height, colours):
    rows = b"".join(b"\0" + b"".join(colours((x, y)) for x in range(width))
                    for y in range(height))

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0,
                                       0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


@test
def a_folder_of_pictures_becomes_assets(folder):
    art = pathlib.Path(folder) / "art"
    write(art, "many.png", png(32, 16, lambda p: bytes(
        (p[0] * 8, p[1] * 16, 99, 255))))
    write(art, "words.txt", "hello")
    out = pathlib.Path(folder) / "a.pa"
    result = run("pack", art, "-o", out)
    check("many" in result.out, str(result))
    first = out.read_bytes()
    run("pack", art, "-o", out)
    check(out.read_bytes() == first, "packing twice differs")
    run("verify", out)
    report = json.loads(run("inspect", out, "--json").out)
    table = report["content"]["table"]
    check([(e["bank"], e["id"]) for e in table] ==
          [("GLYPH", 1), ("BLOB", 2)], table)
    check(report["content"]["preload"] == [{"id": 1, "slot": 0}], report)
    check(" 1  many " in run("inspect", out).out, "for people")


@test
def a_cartridge_directory_becomes_a_package(folder):
    game = project(folder)
    run("build", game)
    out = pathlib.Path(folder) / "c.pmc"
    run("pack", game / "build/cart", "-o", out)
    check(out.read_bytes() == (game / "build/game.pmc").read_bytes(),
          "the same as built")
    (game / "build/cart/program.pbx").write_bytes(b"PBX")
    run("pack", game / "build/cart", "-o", out, code=1)
    run("verify", out)


@test
def pack_refuses_what_is_none(folder):
    (pathlib.Path(folder) / "empty").mkdir()
    run("pack", pathlib.Path(folder) / "empty", code=1)
    run("pack", project(folder), code=2)
    run("pack", write(folder, "f", "x"), code=2)


@test
def inspect_knows_every_kind(folder):
    game = project(folder)
    run("build", game)
    script = write(folder, "s.input", "0: a\n9: -\n")
    for path, kind in ((game, "project"), (game / "build/cart", "cartridge"),
                       (game / "build/game.pmc", "package"),
                       (game / "build/cart/assets.pa", "assets"),
                       (game / "build/cart/program.pbx", "program"),
                       (game / "build/cart/manifest.json", "manifest"),
                       (game / "src/main.pasm", "assembler text"),
                       (script, "input script")):
        report = json.loads(run("inspect", "--json", path).out)
        check(report["kind"] == kind, f"{path}: {report['kind']}")
        check(kind in run("inspect", path).out, kind)


@test
def doctor_looks_at_this_machine(folder):
    report = json.loads(run("doctor", "--json", cwd=folder).out)
    found = {f["what"]: f for f in report["findings"]}
    check(found["engine"]["ok"] and found["writing here"]["ok"], found)
    check(not found["display"]["ok"] and found["display"]["remedy"], found)
    check("ok       engine" in run("doctor", cwd=folder).out, "for people")
    check(not list(pathlib.Path(folder).iterdir()), "it left something")


# SDL is loaded when a window is opened: all else must do without it.
@test
def without_sdl_there_is_no_window_and_all_else_works(folder):
    game = project(folder)
    window = json.loads(run("doctor", "--json").out)["findings"]
    if "there" not in {f["what"]: f for f in window}["window"]["detail"]:
        return  # built without it
    library = pathlib.Path(folder) / "libSDL2-2.0.so.0"
    maps = pathlib.Path("/proc/self/maps").read_text(encoding="utf-8")
    libc = next(line.split()[-1] for line in maps.splitlines()
                if line.endswith("/libc.so.6"))
    for is_old, reason in ((False, "is not there"), (True, "is too old")):
        if is_old:
            library.unlink()
            library.symlink_to(libc)
        else:
            library.write_text("no library")
        env = {"LD_LIBRARY_PATH": str(folder), "SDL_VIDEODRIVER": "dummy"}
        result = run("run", game, code=3, env=env)
        check(f"{library.name} {reason}" in result.err, result)
        run("run", game, "--headless", "--frames", 1, env=env)
        report = json.loads(run("doctor", "--json", env=env).out)
        found = {f["what"]: f for f in report["findings"]}["window"]
        check(not found["ok"] and found["remedy"], found)


# --- terminals, disks, signals -----------------------------------------------

@test
def colour_is_for_terminals_only(folder):
    path = write(folder, "t.pasm", "nonsense\n")
    check("\x1b" not in run("asm", path, code=1).err, "colour in a pipe")
    main, other = pty.openpty()
    done = subprocess.Popen([PROMETEU, "asm", str(path)], stderr=other,
                            env={**ENV, "TERM": "xterm"})
    done.wait(timeout=30)
    os.close(other)
    text = b""
    try:
        while chunk := os.read(main, 65536):
            text += chunk
    except OSError:
        pass
    os.close(main)
    check(b"\x1b[1;31merror" in text, text)


@test
def a_full_disk_is_told(folder):
    if not os.path.exists("/dev/full"):
        return
    path = write(folder, "t.pasm", HELLO)
    run("asm", path)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([PROMETEU, "dis", str(path.with_suffix(".pbx"))],
                              stdout=full, stderr=subprocess.PIPE, env=ENV,
                              check=False)
    check(done.returncode == 3 and b"cannot be written" in done.stderr,
          done)


@test
def an_interrupted_build_leaves_nothing_half_written(folder):
    game = project(folder)
    for delay in (0.0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1):
        shutil.rmtree(game / "build", ignore_errors=True)
        process = subprocess.Popen([PROMETEU, "build", str(game)], env=ENV,
                                   stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        for path in (game / "build").rglob("*"):
            if path.is_file():
                check(path.name in ("assets.pa", "manifest.json",
                                    "program.pbx", "game.pmc"), path)
                run("verify", path)


@test
def examples_run_from_the_tree(folder):
    names = ("hello", "comet", "meadow", "harbor", "keeper", "files")
    for name in [*names, *("asm/" + n for n in names if n != "comet")]:
        target = pathlib.Path(folder) / name
        shutil.copytree(f"{ROOT}/examples/{name}", target,
                        ignore=shutil.ignore_patterns("build", ".prometeu"))
        run("build", target)
        run("verify", target)
        run("run", target, "--headless", "--frames", 30)


def main():
    passed = failed = 0
    for function in TESTS:
        with tempfile.TemporaryDirectory(prefix="prometeu-cli-") as folder:
            try:
                function(folder)
                passed += 1
            except (Failed, subprocess.SubprocessError, ValueError, KeyError,
                    OSError, IndexError) as reason:
                failed += 1
                name = function.__name__.replace("_", " ")
                print(f"FAILED {name}: {reason!s:.6000}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
