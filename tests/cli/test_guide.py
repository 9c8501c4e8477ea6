#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every sample of the guide and of the language's page is what it says.

usage: test_guide.py PROMETEU SOURCE_ROOT [PAGE.md...]

Samples are fenced with ```pbs. One with a [Frame] function is a program: it
is checked and runs for 90 frames. One whose first line is "// src/..." is a
file of a project, together with its neighbours; one with "// tests/..." has
the tests of the program above it. All others are pieces: what is no
declaration becomes a [Test], and comments say what has to come of it:

    // prints: TEXT      what is traced, in this order
    // refused: CODE     a message of the compiler on this line
    // trap: NAME        the sample ends so

Pieces with lines that are refused are looked at twice, with and without
these. All files have as many empty lines in front as the page has lines above
them, so that places in messages are places in the page.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PROMETEU, ROOT = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
PAGES = sys.argv[3:]
DECLARATION = re.compile(r"(declare|fn|pub|import|\[(Init|Frame|Test)\])\b|\[")
FILE_OF_PROJECT = re.compile(r"// (src/\S+\.pbs)")
FILE_OF_TESTS = re.compile(r"// (tests/\S+\.pbs)")
MANIFEST = {"name": "Sample", "version": "1.0", "app_id": 1,
            "profile": "STANDARD",
            "capabilities": ["gfx", "log", "audio", "fs"]}


class Sample:
    def __init__(self, page, line, lines):
        self.page, self.line, self.lines = page, line, lines

    def place(self, line=None):
        return "%s:%d" % (self.page, line or self.line)

    def padded(self, lines):
        return "\n" * (self.line - 1) + "\n".join(lines) + "\n"

    def is_program(self):
        return any(line.startswith("[Frame]") for line in self.lines)

    def tests_file(self):
        found = FILE_OF_TESTS.fullmatch(self.lines[0])
        return found and found.group(1)

    def project_file(self):
        found = FILE_OF_PROJECT.fullmatch(self.lines[0])
        return found and found.group(1)


def samples(page):
    """The samples of a page; a fence that is not closed is a mistake."""
    found, inside, start = [], None, 0
    text = (ROOT / page).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if inside is None and line.startswith("```"):
            inside, start, kind = [], number + 1, line[3:].strip()
        elif inside is not None and line.startswith("```"):
            if kind == "pbs" and inside:
                found.append(Sample(page, start, inside))
            inside = None
        elif inside is not None:
            inside.append(line)
    if inside is not None:
        raise SystemExit("%s:%d: a fence that is not closed" % (page, start))
    return found


def depth_of(line):
    """How many braces a line opens; those in texts and comments are none."""
    bare = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])+\'', "", line)
    bare = bare.split("//")[0]
    return bare.count("{") - bare.count("}")


def wrapped(sample, lines):
    """The piece as a file: its statements in a test."""
    out, depth, inside, in_test = [], 0, False, False
    for number, line in enumerate(lines, sample.line):
        starts = depth == 0 and line.strip() and not line.startswith("//")
        if starts:
            inside = bool(DECLARATION.match(line))
            if inside and in_test:
                raise SystemExit("%s: declarations have to stand in front of "
                                 "statements" % sample.place(number))
            if not inside and not in_test:
                line = "[Test] fn sample() -> void { " + line
                in_test = True
                depth -= 1  # the test's own brace does not count
        depth += depth_of(line)
        out.append(line)
    if in_test:
        out.append("}")
    text = "\n".join(out)
    text = text.replace("// prints:", "// expect:")
    text = text.replace("// refused:", "// expect error:")
    return text.replace("// trap:", "// expect trap:").split("\n")


def run(*arguments, cwd=None):
    done = subprocess.run([str(PROMETEU), *map(str, arguments)],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True,
                          timeout=120, check=False, cwd=cwd)
    return done.returncode, done.stdout, done.stderr


class Work:
    """A folder with all samples as files, and whose they are."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.files = {}
        self.faults = []

    def fault(self, place, text):
        self.faults.append("%s: %s" % (place, text.strip()))

    def write(self, name, sample, lines):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sample.padded(lines), encoding="utf-8")
        self.files[name] = sample
        return path

    def with_places(self, text):
        for name, sample in self.files.items():
            text = re.sub(r"\S*" + re.escape(name), sample.page, text)
        return text

    def look_at_programs(self, programs):
        for number, sample in enumerate(programs):
            path = self.write("program_%d.pbs" % number, sample, sample.lines)
            code, _, err = run("run", path, "--headless", "--frames", 90)
            if code:
                self.fault(sample.place(), self.with_places(err))

    def look_at_projects(self, projects):
        for number, project in enumerate(projects):
            folder = "project_%d" % number
            for sample in project:
                name = "%s/%s" % (folder, sample.project_file())
                self.write(name, sample, sample.lines)
            manifest = self.folder / folder / "prometeu.json"
            manifest.write_text(json.dumps(MANIFEST))
            code, _, err = run("run", manifest.parent, "--headless",
                               "--frames", 90)
            if code:
                self.fault(project[0].place(), self.with_places(err))

    def look_at_tests(self, tested):
        for number, (program, sample) in enumerate(tested):
            folder = "tested_%d" % number
            self.write(folder + "/src/main.pbs", program, program.lines)
            self.write("%s/%s" % (folder, sample.tests_file()), sample,
                       sample.lines)
            manifest = self.folder / folder / "prometeu.json"
            manifest.write_text(json.dumps(MANIFEST))
            code, out, err = run("test", manifest.parent, "--json")
            report = json.loads(out) if out else {"tests": []}
            for test in report["tests"]:
                if not test["ok"]:
                    self.fault(sample.place(test["at"]), "%s; found %s, "
                               "wanted %s" % (test["what"], test["found"],
                                              test["wanted"]))
            if not report["tests"] or (code and not report["failed"]):
                self.fault(sample.place(), "no tests: " +
                           self.with_places(err))

    def look_at_pieces(self, pieces):
        count = 0
        for number, sample in enumerate(pieces):
            refused = [line for line in sample.lines if "// refused:" in line]
            if refused:
                lines = [line.split("// prints:")[0] for line in sample.lines]
                self.write("pieces/refused_%d.pbs" % number, sample,
                           wrapped(sample, lines))
                count += 1
            lines = ["" if line in refused else line for line in sample.lines]
            if any(line.strip() for line in lines):
                self.write("pieces/piece_%d.pbs" % number, sample,
                           with_a_test(wrapped(sample, lines)))
                count += 1
        if not count:
            return
        code, out, err = run("test", ".", "--json",
                             cwd=self.folder / "pieces")
        if code not in (0, 1) or not out:
            self.fault("samples", self.with_places(err))
            return
        self.read_report(json.loads(out), count, err)

    def read_report(self, report, count, err):
        seen = set()
        for test in report["tests"]:
            seen.add(test["file"])
            sample = self.files["pieces/" + test["file"]]
            if not test["ok"]:
                self.fault(sample.place(test["at"]), "%s; found %s, wanted %s"
                           % (test["what"], test["found"], test["wanted"]))
        if len(seen) != count:
            self.fault("samples", "%d of %d pieces were tested: %s" % (
                len(seen), count, self.with_places(err)))


def with_a_test(lines):
    """A piece of declarations alone is compiled for a test that is empty."""
    if any("[Test]" in line for line in lines):
        return lines
    return lines + ["[Test] fn sample() -> void {}"]


def sort_out(found):
    programs, projects, tested, pieces, last = [], [], [], [], None
    for sample in found:
        if sample.tests_file():
            if not programs or programs[-1].page != sample.page:
                raise SystemExit(sample.place() + ": tests of no program")
            tested.append((programs[-1], sample))
            continue
        if sample.project_file():
            if last is None or any(s.project_file() == sample.project_file()
                                   for s in last):
                last = []
                projects.append(last)
            last.append(sample)
            continue
        last = None
        (programs if sample.is_program() else pieces).append(sample)
    return programs, projects, tested, pieces


def main():
    pages = PAGES or sorted(
        str(path.relative_to(ROOT))
        for path in [*(ROOT / "docs" / "guide").glob("*.md"),
                     ROOT / "docs" / "spec" / "pbs.md", ROOT / "README.md"])
    found = [sample for page in pages for sample in samples(page)]
    if not found:
        raise SystemExit("no samples in %s" % " ".join(pages))
    programs, projects, tested, pieces = sort_out(found)
    folder = tempfile.mkdtemp(prefix="prometeu-guide-")
    try:
        work = Work(folder)
        work.look_at_programs(programs)
        work.look_at_projects(projects)
        work.look_at_tests(tested)
        work.look_at_pieces(pieces)
    finally:
        shutil.rmtree(folder)
    for fault in work.faults:
        print(fault)
    # Several faults may be of one sample.
    failed = min(len(work.faults), len(found))
    print("%d passed, %d failed" % (len(found) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
