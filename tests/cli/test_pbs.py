#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""PBS on the command line: check, build, run, fmt, test, explain, new.

usage: test_pbs.py PROMETEU
"""
import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile

PROMETEU = str(pathlib.Path(sys.argv[1]).resolve())
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
        raise Failed(str(what))


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __str__(self):
        return f"exit {self.code}\n--- out\n{self.out}\n--- err\n{self.err}"


def run(*args, code=0, cwd=None, stdin=None):
    done = subprocess.run([PROMETEU, *map(str, args)], capture_output=True,
                          timeout=120, env=ENV, cwd=cwd, check=False,
                          input=stdin if stdin is not None else b"")
    result = Result(done.returncode, done.stdout.decode("utf-8", "replace"),
                    done.stderr.decode("utf-8", "replace"))
    check("Sanitizer" not in result.err and "runtime error" not in result.err,
          f"{args}: {result}")
    check(result.code == code, f"{args}: wanted exit {code}: {result}")
    return result


def write(folder, name, content):
    path = pathlib.Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes)
                     else content.encode())
    return path


GAME = """import { double } from "numbers"

declare global sum: int = 0

[Frame]
fn frame() -> void { sum += double(2) }
"""


def write_manifest(folder, *capabilities):
    write(folder, "prometeu.json", json.dumps(
        {"name": "game", "version": "1", "app_id": 7,
         "capabilities": capabilities}))


def project(folder, **files):
    path = pathlib.Path(folder) / "game"
    write_manifest(path)
    write(path, "src/main.pbs", GAME)
    write(path, "src/numbers/double.pbs",
          "pub fn double(n: int) -> int { return n * 2 }\n")
    for name, content in files.items():
        write(path, name, content)
    return path


# --- building and running ----------------------------------------------------

@test
def a_project_of_two_modules_is_built_checked_and_run(folder):
    game = project(folder)
    run("check", game)
    run("run", game, "--headless", "--frames", 3)
    run("build", game)
    cart = game / "build/cart/program.pbx"
    text = run("dis", cart).out
    check('"src/main.pbs"' in text, "names of files without the folder")
    run("verify", game, game / "build/game.pmc")


@test
def a_program_begins_with_what_it_needs(folder):
    game = project(folder)
    write_manifest(game, "log")
    init = "[Init] fn begin_%s() -> void { trace(\"%s begins\") }\n"
    write(game, "src/main.pbs", 'import { double } from "zoo"\n' +
          init % ("main", "main") +
          "[Frame] fn frame() -> void { _ = double(1) }\n")
    write(game, "src/zoo/b.pbs", init % ("b", "zoo b"))
    write(game, "src/zoo/a.pbs", 'import { k } from "animals"\n' +
          "pub fn double(n: int) -> int { return n * k() }\n" +
          init % ("a", "zoo a"))
    write(game, "src/animals/a.pbs", init % ("an", "animals") +
          "pub fn k() -> int { return 2 }\n")
    result = run("run", game, "--headless", "--frames", 2)
    text = result.out + result.err
    places = [text.find(w + " begins")
              for w in ("animals", "zoo a", "zoo b", "main")]
    check(places[0] >= 0 and places == sorted(places), result)


@test
def the_place_of_the_folder_changes_nothing(folder):
    one = project(pathlib.Path(folder) / "a")
    two = project(pathlib.Path(folder) / "some/where else")
    run("build", one)
    run("build", ".", cwd=two)
    check((one / "build/game.pmc").read_bytes() ==
          (two / "build/game.pmc").read_bytes(), "other bytes")


@test
def a_single_file_is_a_program(folder):
    file = write(folder, "one.pbs", '[Frame] fn frame() -> void { trace("hi") }\n')
    result = run("run", file, "--headless", "--frames", 2)
    check(result.err.count("hi") == 2, result)
    run("verify", file)
    run("asm", file)
    check(pathlib.Path(folder, "one.pbx").exists(), "no one.pbx")
    check('"kind":"PBS source"' in run("inspect", file, "--json").out, "kind")
    # A name that looks like a project's part is a file all the same.
    write(folder, "tests/one.pbs", "[Frame] fn frame() -> void { }\n")
    run("run", "tests/one.pbs", "--headless", "--frames", 2, cwd=folder)


@test
def both_languages_in_one_project_are_refused(folder):
    game = project(folder)
    write(game, "src/main.pasm", ".func main ()\n    ret\n.end\n")
    for args in (["build", game], ["run", game, "--headless"]):
        result = run(*args, code=1)
        check("one or the other" in result.err, result)


@test
def a_trap_is_shown_at_the_games_own_line(folder):
    file = write(folder, "one.pbs", "[Frame]\nfn frame() -> void {\n"
                 "    let xs = new List<int>()\n    trace(xs.get(7))\n}\n")
    result = run("run", file, "--headless", code=1)
    check(f"{file}:4:" in result.err.splitlines()[0], result)
    check("    trace(xs.get(7))" in result.err, "the line is quoted")


@test
def stages_can_be_looked_at(folder):
    game = project(folder)
    for stage in ("tokens", "tree", "names", "types", "lowered", "optimised",
                  "module"):
        check(len(run("build", game, f"--dump={stage}").out) > 20, stage)
    check(not (game / "build").exists(), "something was written")
    file = write(folder, "a.pbs", "[Frame] fn frame() -> void { }\n")
    check(run("build", file, "--dump=tree").out, "tree")
    result = run("build", write(folder, "b.pbs", GAME), "--dump=tree", code=1)
    check("fn 'frame'" in result.out and "error PBS" in result.err, result)
    check('did you mean "tree"' in run("build", game, "--dump=tre",
                                       code=2).err, "tre")


# --- messages ----------------------------------------------------------------

BROKEN = """[Frame]
fn frame() -> void {
\tlet \u00e9 = 1
    let score: int = "none"
}
fn twice() -> void { }
fn twice() -> void { }
"""


@test
def what_is_too_large_is_found_by_check_as_well(folder):
    params = ", ".join(f"a{i}: int" for i in range(600))
    file = write(folder, "wide.pbs", f"fn wide({params}) -> void {{ }}\n"
                 "[Frame] fn frame() -> void { "
                 f"wide({', '.join('1' for _ in range(600))}) }}\n")
    err = run("check", file, code=1).err
    check(f"{file}:1:4: error PBS0604" in err, err)
    check(err.rstrip().splitlines()[-1].startswith("1 error"), err)


DROPS_A_STATUS = """.host usage = "fs" "usage" 1 (string) -> (i64, i64, i64)
.type Cursor = state "cursor"
.host list = "fs" "list" 1 (string) -> (i64, Cursor)
.host end_list = "fs" "end" 1 (Cursor)
.func main ()
    push_const "/save"
    hostcall usage
    pop
    pop
    pop
    push_const "/save"
    hostcall list
    swap
    push_i64 0
    eq
    jmp_if_false end
    hostcall end_list
    halt
end:
    pop
    halt
.end
"""


@test
def the_strict_mode_finds_statuses_that_assembler_drops(folder):
    file = write(folder, "drops.pasm", DROPS_A_STATUS)
    run("verify", file)
    err = run("test", file, code=2).err
    check("--strict" in err, err)
    out = run("test", "--strict", file, code=1).out
    check(f"{file}:10: " in out and "'fs' 'usage' is dropped" in out, out)
    check(out.rstrip().endswith("0 passed, 1 failed"), out)
    report = json.loads(run("test", "--strict", "--json", file, code=1).out)
    check(report["tests"][0]["at"] == 10, report)
    file = write(folder, "looks.pasm", DROPS_A_STATUS.replace(
        "    pop\n    pop\n    pop\n",
        "    pop\n    pop\n    push_i64 0\n    eq\n    jmp_if_false done\n"
        "done:\n"))
    out = run("test", "--strict", file).out
    check(out.rstrip().endswith("1 passed, 0 failed"), out)
    broken = write(folder, "broken.pasm", DROPS_A_STATUS.replace("eq", "and"))
    err = run("test", "--strict", broken, code=1).err
    check("LINK-TYPE" in err, err)


@test
def messages_underline_all_that_they_mean(folder):
    file = write(folder, "bad.pbs", BROKEN.replace("\u00e9", "e"))
    err = run("check", file, code=1).err
    check(f"{file}:4:22: error PBS" in err, err)
    check('    4 |     let score: int = "none"\n'
          '      |                      ^~~~~~\n' in err, err)
    check(f"{file}:6:" in err and "note: " in err, "a note with its place")
    check(err.rstrip().splitlines()[-1].startswith("2 errors"), err)
    check("\033" not in err, "colour without a terminal")


@test
def a_terminal_gets_colours(folder):
    file = write(folder, "bad.pbs", BROKEN)
    main, other = pty.openpty()
    done = subprocess.run([PROMETEU, "check", str(file)], stderr=other,
                          stdout=subprocess.DEVNULL, check=False,
                          env={**ENV, "TERM": "xterm", "NO_COLOR": ""})
    os.close(other)
    text = os.read(main, 65536)
    os.close(main)
    check(done.returncode == 1 and b"\033[1;31merror\033[0m" in text, text)


@test
def editors_get_everything_as_json(folder):
    file = write(folder, "bad.pbs", BROKEN.replace("\u00e9", "e"))
    report = json.loads(run("check", file, "--json", code=1).out)
    check(report["ok"] is False and report["errors"] == 2, report)
    found = report["diagnostics"][0]
    text = file.read_text()
    check(text[found["start"]:found["end"]] == '"none"', found)
    check((found["line"], found["column"], found["end_line"],
           found["end_column"]) == (4, 22, 4, 28), found)
    check(found["severity"] == "error" and found["code"].startswith("PBS03")
          and found["title"] and found["message"], found)
    note = report["diagnostics"][1]["notes"][0]
    check(note["line"] == 6 and note["message"], note)
    good = json.loads(run("check", project(folder), "--json").out)
    check(good == {"diagnostics": [], "errors": 0, "warnings": 0, "ok": True},
          good)


@test
def findings_of_verify_have_the_codes(folder):
    file = write(folder, "bad.pbs", BROKEN.replace("\u00e9", "e"))
    report = json.loads(run("verify", file, "--json", code=1).out)[0]
    finding = report["findings"][0]
    check(finding["code"].startswith("PBS03") and finding["line"] == 4 and
          finding["file"] == str(file), finding)


@test
def hostile_text_does_not_reach_the_terminal(folder):
    file = write(folder, "bad.pbs", b"fn f() -> void { \x1b[2J\xff }\n// \x1b\n")
    result = run("check", file, code=1)
    check("\x1b" not in result.err, repr(result.err))


@test
def check_looks_at_tests_and_at_the_program(folder):
    game = project(folder)
    write(game, "tests/a.pbs", "[Test] fn a() -> void { trace(nothing) }\n")
    check("tests/a.pbs:1:" in run("check", game, code=1).err, "the test")
    write(game, "tests/a.pbs",
          "[Test] fn a() -> void { trace(nothing) } // expect error: nothing\n")
    run("check", game)
    write(game, "src/main.pbs", "fn f() -> void { }\n")
    result = run("check", game, code=1)
    check("Frame" in result.err and "1 error" in result.err, result)
    run("check", write(folder, "t.pbs", "[Test] fn a() -> void { }\n"))
    check("no PBS sources" in run("check", empty_project(folder), code=2).err,
          "no sources")


@test
def check_knows_what_the_manifest_asks_for(folder):
    game = project(folder)
    write(game, "src/main.pbs", "[Frame] fn frame() -> void { trace(1) }\n")
    result = run("check", game, code=1)
    check("error PBS0512" in result.err, result)
    write(game, "tests/a.pbs",
          "[Test] fn traces() -> void { trace(1) // expect: 1\n}\n")
    check(run("test", game).out == "1 passed, 0 failed\n",
          "tests may write to the log")
    write_manifest(game, "log")
    run("check", game)
    write(game, "prometeu.json", "{}")
    check("is missing" in run("check", game, code=1).err, "prometeu.json")


def empty_project(folder):
    path = pathlib.Path(folder) / "empty"
    write(path, "prometeu.json", "{}")
    return path


@test
def codes_are_explained(folder):
    rows = run("explain").out.splitlines()
    check(len(rows) > 50 and rows[0].startswith("PBS0101  "), rows[:2])
    page = run("explain", "PBS0301").out
    check(page.startswith("PBS0301: ") and "For instance" in page, page)
    check(all(len(line) < 80 for line in page.splitlines()), page)
    check(run("explain", "pbs301").out == page and
          run("explain", "301").out == page, "short forms")
    check("lists them" in run("explain", "PBS9999", code=2).err, "9999")
    run("explain", "x", code=2)


# --- layout ------------------------------------------------------------------

UGLY = "fn  f( a:int )->int{ return a+1 } // why\n"


@test
def sources_get_one_layout(folder):
    file = write(folder, "a.pbs", UGLY)
    check(run("fmt", "--check", file, code=1).out == f"{file}\n", "named")
    check(file.read_text() == UGLY, "checking changes nothing")
    check(run("fmt", file).out == f"{file}\n", "named")
    nice = file.read_text()
    check("fn f(a: int) -> int { return a + 1 }" in nice and "// why" in nice,
          nice)
    check(run("fmt", file).out == "", "it is nice already")
    run("fmt", "--check", file)
    check(run("fmt", "-", stdin=UGLY.encode()).out == nice, "standard input")
    run("fmt", "--check", "-", stdin=UGLY.encode(), code=1)


@test
def fmt_leaves_what_it_cannot_read_alone(folder):
    file = write(folder, "a.pbs", "fn f( {\n")
    check("error PBS01" in run("fmt", file, code=1).err, "told")
    check(file.read_text() == "fn f( {\n", "changed")
    check("error PBS01" in run("fmt", "-", code=1, stdin=b"fn f( {\n").err, "-")
    run("fmt", pathlib.Path(folder) / "missing.pbs", code=3)


@test
def fmt_takes_a_whole_project(folder):
    game = project(folder)
    write(game, "src/numbers/a.pbs", UGLY)
    write(game, "tests/b.pbs", UGLY)
    out = run("fmt", cwd=game).out.splitlines()
    check(sorted(out) == ["src/numbers/a.pbs", "tests/b.pbs"], out)
    run("fmt", "--check", game)


# --- tests -------------------------------------------------------------------

SUITE = """fn half_of(n: int) -> int {
    return 8 / n   // expect trap: DIV_ZERO
}

[Test] fn division() -> void {
    trace(8 / 2)    // expect: 4
    trace(8 / 0)    // expect trap: DIV_ZERO
}

[Test] fn text() -> void {
    trace("a \\"b\\" // c")     // expect: a "b" // c
    trace("two\\nlines")      // expect: two\\nlines
}

[Test] fn elsewhere() -> void { trace(half_of(0)) }

[Test] fn mistakes() -> void {
    let a: int = ""         // expect error: PBS0301
    missing()               // expect error: missing
}

[Test] fn in_time() -> void {
    // frames: 100
    let n = 0
    while n < 50 { n += 1 }
    trace(n)                // expect: 50
}
"""


@test
def a_suite_that_is_right_passes(folder):
    write(folder, "suite/deep/a.pbs", SUITE)
    result = run("test", pathlib.Path(folder) / "suite")
    check(result.out == "5 passed, 0 failed\n" and not result.err, result)
    check(run("test", "text", cwd=pathlib.Path(folder) / "suite").out ==
          "1 passed, 0 failed\n", "a filter")
    check("no test has" in run("test", "nonsense", cwd=pathlib.Path(folder) /
                               "suite", code=2).err, "a filter for nothing")


@test
def a_folder_may_have_projects_in_it(folder):
    game = project(pathlib.Path(folder) / "suite" / "deep")
    write(game, "tests/main.pbs", "[Test] fn sums() -> void {\n"
          "    frame()\n    trace(sum) // expect: 4\n}\n")
    write(folder, "suite/a.pbs", "[Test] fn a() -> void { }\n")
    check(run("test", pathlib.Path(folder) / "suite").out ==
          "2 passed, 0 failed\n", "one of each")


def fails(folder, body, *wanted):
    file = write(folder, "a.pbs", body)
    result = run("test", file, code=1)
    for text in wanted:
        check(text in result.out, f"{text!r} is missing: {result}")
    check(result.out.endswith("0 passed, 1 failed\n"), result)
    report = json.loads(run("test", file, "--json", code=1).out)
    check(report["passed"] == 0 and report["failed"] == 1 and
          not report["tests"][0]["ok"], report)
    return result


@test
def each_way_to_fail_is_told_with_its_line(folder):
    one = "[Test] fn one() -> void {\n"
    fails(folder, one + "trace(1) // expect: 2\n}\n",
          "FAIL one", "a.pbs:2: ", "found   1\n", "wanted  2\n")
    fails(folder, one + "trace(1)\n}\n", "found   1", "wanted  nothing more")
    fails(folder, one + "// expect: 3\n}\n", "a.pbs:2: ",
          "found   nothing more", "wanted  3")
    fails(folder, one + "trace(1) // expect 1\n}\n", "wanted  nothing more")
    fails(folder, one + "trace(1 / 0) // expect: 1\n}\n", "it trapped",
          "DIV_ZERO at", "a.pbs:2")
    fails(folder, one + "let a = 0\ntrace(1 / a) // expect trap: OOB\n}\n",
          "another trap", "wanted  OOB")
    fails(folder, one + "let a = 0 // expect trap: DIV_ZERO\n"
          "trace(1 / a)\n}\n", "another trap", "a.pbs:3")
    fails(folder, one + "let a = 1 // expect trap: OOB\n}\n", "no trap")
    fails(folder, one + "while true { } // frames: 3\n}\n",
          "had not ended after 3 frames")
    fails(folder, one + "let a: int = \"\" // expect error: PBS0999\n}\n",
          "a.pbs:2: ", "PBS0301: ", "wanted  PBS0999")
    fails(folder, one + "let a = 1 // expect error: PBS0301\n}\n",
          "no message on this line")
    fails(folder, one + "let a: int = \"\" // expect error: PBS0301\nb()\n}\n",
          "a.pbs:3: ", "not expected")


@test
def a_file_that_does_not_compile_fails_its_tests(folder):
    result = fails(folder, "[Test] fn one() -> void { }\nfn two() -> int { }\n",
                   "does not compile")
    check("error PBS" in result.err, result)
    fails(folder, "fn broken(\n", "FAIL the file")


@test
def a_project_runs_its_tests_with_its_own_names(folder):
    game = project(folder)
    write(game, "tests/helper.pbs", "fn three() -> int { return 3 }\n")
    write(game, "tests/main.pbs", "[Test] fn sums() -> void {\n"
          "    frame()\n    trace(sum + three()) // expect: 7\n}\n")
    write(game, "tests/numbers/n.pbs", "[Test] fn doubles() -> void {\n"
          "    trace(double(4)) // expect: 8\n}\n")
    # The same name in another file, which is compiled without this one.
    write(game, "tests/other.pbs", "[Test] fn sums() -> void {\n"
          "    trace(nothing) // expect error: PBS02\n}\n".replace(
              "PBS02", "nothing"))
    result = run("test", game)
    check(result.out == "3 passed, 0 failed\n", result)
    check(run("test", game, "numbers").out == "1 passed, 0 failed\n", "filter")
    write(game, "src/main.pbs", "fn f() -> void { missing() }\n")
    result = run("test", game, code=1)
    check("no test was run" in result.err and
          result.err.count("error PBS") == 1, result)


@test
def recordings_are_compared_by_what_is_seen(folder):
    game = project(folder)
    write_manifest(game, "gfx")
    drawing = ('import {{ Color, Gfx, Input }} from "@sdk/console"\n'
               "[Frame] fn frame() -> void {{\n"
               "    if Input.pad(0).a.down() {{ Gfx.disc({0}, 20, 5, "
               "Color.RED) }}\n}}\n")
    write(game, "src/main.pbs", drawing.format(20))
    write(game, "tests/press.input", "0: -\n10: a\n70: a\n")
    check("no fingerprint" in run("test", game, code=1).out, "none yet")
    check("written" in run("test", game, "--update").out, "not written")
    golden = (game / "tests/press.fingerprint").read_text()
    check([line.split()[:2] for line in golden.splitlines()][:2] ==
          [["frame", "60"], ["frame", "71"]], golden)
    check((game / "tests/press.png").exists(), "a picture for people")
    check(run("test", game).out == "1 passed, 0 failed\n", "the same")
    check("written" not in run("test", game, "--update").out, "again")
    write(game, "src/main.pbs", "// Other code, same picture.\n" +
          drawing.format("10 + 10"))
    run("test", game)
    write(game, "src/main.pbs", drawing.format(21))
    result = run("test", game, code=1)
    check("found   frame 60 " in result.out and "wanted  frame 60 " in
          result.out, result)
    write(game, "tests/press.input", "nonsense\n")
    check("cannot be read" in run("test", game, code=1).out, "the script")


# --- the template ------------------------------------------------------------

@test
def a_new_game_is_right_in_every_way(folder):
    game = pathlib.Path(folder) / "mine"
    result = run("new", game)
    check(result.out.count("\n  ") == 3 and "prometeu test" in result.out,
          result)
    check(run("check", game).out == "nothing wrong\n", "check")
    run("fmt", "--check", game)
    result = run("test", game)
    check(result.out.endswith(" passed, 0 failed\n"), result)
    run("build", game)
    run("verify", game / "build/mine.pmc")
    run("run", game, "--headless", "--frames", 120)
    check('did you mean "game"' in run("new", "x", "--template", "gam",
                                       code=2).err, "gam")


# --- many variables ----------------------------------------------------------

@test
def many_variables_hide_each_other_as_few_do(folder):
    lets = "\n".join(f"    let v{i} = {i}" for i in range(300))
    file = write(folder, "many.pbs", f"""\
fn later(a: int = v7()) -> int {{ return a }}
fn v7() -> int {{ return 70 }}

[Test]
fn hiding() -> void {{
{lets}
    {{
        let v5 = "inner"
        let v299 = "last"
        trace("{{v5}} {{v299}}") // expect: inner last
        {{
            let v5 = v5 + "most"
            trace(v5) // expect: innermost
        }}
        trace(v5) // expect: inner
    }}
    trace("{{v0}} {{v5}} {{v64}} {{v299}}") // expect: 0 5 64 299
    trace(later()) // expect: 70
    let sum = (v9: int) => v9 + v8
    trace(sum(1)) // expect: 9
    fn v300(n: int) -> int {{ return if n > 0 {{ v300(n - 1) }} else {{ v1 }} }}
    trace(v300(3)) // expect: 1
}}
""")
    run("test", file)
    wrong = write(folder, "wrong.pbs", f"""\
[Frame]
fn frame() -> void {{
{lets}
    {{ let inner = 1 }}
    trace(inner)
    let v3 = 1
    let v3 = 2
}}
""")
    result = run("check", wrong, code=1)
    check(result.err.count(": error ") == 3 and
          "no 'inner' here" in result.err and
          result.err.count(f"{wrong}:6:9: note: first declared here") == 2,
          result)


# Looking through all of them for each would take an hour.
@test
def hundreds_of_thousands_of_variables_are_checked(folder):
    lets = "".join(f"    let v{i} = {i}\n" for i in range(400000))
    file = write(folder, "most.pbs", f"[Frame]\nfn frame() -> void {{\n"
                 f"{lets}}}\n")
    check(run("check", file).out == "nothing wrong\n", "check")


# --- all of them -------------------------------------------------------------

def main():
    failed = 0
    for function in TESTS:
        with tempfile.TemporaryDirectory() as folder:
            try:
                function(folder)
            except (Failed, subprocess.TimeoutExpired) as error:
                failed += 1
                print(f"FAILED {function.__name__}: {error}")
    print(f"{len(TESTS) - failed} passed, {failed} failed")
    sys.exit(failed != 0)


main()
