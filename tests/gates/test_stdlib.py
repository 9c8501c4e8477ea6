#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The library in stdlib/ declares every host call and intrinsic of the
console as its row says, and uses it; its errors have the statuses' names and
numbers; its reference page is fresh."""

import glob
import os
import re
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))

KINDS = {"INT": "int", "NUMBER": "int", "OFFSET": "int", "WINDOW": "int",
         "STATUS": "int", "BOOL": "bool", "FLAG": "bool", "STR": "str",
         "BYTES": "bytes"}

ERRORS = {"FsError": "fs", "CardError": "mem", "AssetError": "asset",
          "AudioError": "audio"}


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def items(text):
    """("INT", "name", "domain") of PARAMS or RESULTS."""
    found = re.findall(r"(\w+)\((\w+)(?:, ([^()]*))?\)", text)
    return [(kind, name, rest.strip('"')) for kind, name, rest in found]


def rows(table, macro):
    """(module, name, parameters, results) of a table's rows."""
    text = re.sub(r"//[^\n]*", "", read("src/registry", table))
    for row in text.split(macro + "(")[1:]:
        strings = re.findall(r'"([^"]*)"', row)
        params = re.search(r"PARAMS\(((?:[^()]|\([^()]*\))*)\)", row).group(1)
        results = re.search(r"RESULTS\(((?:[^()]|\([^()]*\))*)\)",
                            row).group(1)
        module, name = strings[:2] if macro == "PM_SYSCALL" else \
            ("", strings[0])
        yield module, name, items(params), items(results)


class Library:
    def __init__(self):
        self.files = {}
        for path in sorted(glob.glob(ROOT + "/stdlib/*/*/*.pbs")):
            with open(path, encoding="utf-8") as file:
                # Signatures on one line; no comments.
                text = re.sub(r"//[^\n]*", "", file.read())
            self.files[path] = text
        self.states = {}
        self.declared = {}
        for path, text in self.files.items():
            for name, domain in re.findall(r'declare state (\w+) "(\w+)"',
                                           text):
                self.states[domain] = name
        for path, text in self.files.items():
            self.read_blocks(path, text)

    def read_blocks(self, path, text):
        for module, body in re.findall(
                r'declare host "(\w+)" \{(.*?)\n?\}\n', text, re.S):
            self.read_signatures(path, module, body)
        for body in re.findall(r"declare intrinsic \{(.*?)\n?\}\n", text,
                               re.S):
            self.read_signatures(path, "", body)

    def read_signatures(self, path, module, body):
        body = re.sub(r"\s+", " ", body)
        for name, params, result in re.findall(
                r"fn (\w+)\((.*?)\) -> (\([^()]*\)|\w+)", body):
            types = re.findall(r"\w+: (\w+)", params)
            results = re.findall(r"\w+", result)
            key = module, name
            assert key not in self.declared, "%s.%s twice" % key
            self.declared[key] = (types, [] if results == ["void"]
                                  else results, path)

    def wanted(self, parts):
        return [self.states.get(rest, "?") if kind == "STATE" else KINDS[kind]
                for kind, name, rest in parts]

    def is_used(self, path, name):
        """Whether the module calls it: more than its declaration, and the
        function of a service or state that has the same name."""
        folder = os.path.dirname(path)
        text = "".join(t for p, t in self.files.items()
                       if os.path.dirname(p) == folder)
        return re.search(r"(?<!fn )(?<![.\w])%s\(" % name, text) is not None


LIBRARY = Library()


def fault(module, name, params, results):
    declared = LIBRARY.declared.get((module, name))
    call = "%s.%s" % (module, name)
    if not declared:
        return "%s is not declared in stdlib/" % call
    types, gives, path = declared
    if types != LIBRARY.wanted(params) or gives != LIBRARY.wanted(results):
        return "%s is declared as (%s) -> (%s)" % (
            call, ", ".join(types), ", ".join(gives))
    if not LIBRARY.is_used(path, name):
        return "%s is declared and not used" % call
    return None


def camel(name):
    return "".join(part.capitalize() for part in name.split("_"))


class Stdlib(unittest.TestCase):
    def check_rows(self, table, macro, least):
        known = list(rows(table, macro))
        self.assertGreaterEqual(len(known), least)
        faults = [f for f in (fault(*row) for row in known) if f]
        self.assertEqual(faults, [])
        return {(module, name) for module, name, _, _ in known}

    def test_every_host_call_and_intrinsic_is_wrapped(self):
        known = self.check_rows("syscalls.def", "PM_SYSCALL", 60)
        known |= self.check_rows("intrinsics.def", "PM_INTRINSIC", 12)
        self.assertEqual(set(LIBRARY.declared) - known, set())

    def test_a_call_that_is_missing_or_different_is_told(self):
        self.assertIn("not declared", fault("gfx", "sparkle", [], []))
        self.assertIn("declared as", fault("gfx", "clear", [], []))

    def test_every_domain_has_a_state(self):
        domains = re.findall(r'PM_DOMAIN\(\w+, \d+, "(\w+)"\)',
                             read("src/registry/domains.def"))
        self.assertGreaterEqual(len(domains), 7)
        self.assertEqual(sorted(LIBRARY.states), sorted(domains))

    def test_errors_are_the_statuses(self):
        text = "".join(LIBRARY.files.values())
        for error, domain in ERRORS.items():
            table = read("include/prometeu/%s_status.def" % domain)
            wanted = [(camel(name), number) for name, number in re.findall(
                r"\w+_STATUS\((\w+), (\d+)", table) if number != "0"]
            body = re.search(r"declare error %s \{(.*?)\n\}" % error, text,
                             re.S).group(1)
            found = re.findall(r"(\w+) = (\d+)", body)
            self.assertEqual(found, wanted, error)

    def test_the_reference_is_fresh(self):
        result = subprocess.run(
            [sys.executable, os.path.join(ROOT, "tools/gen_std.py"),
             "--check"], stdout=subprocess.PIPE, text=True)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.returncode, 0)


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=0)
    run = program.result.testsRun
    bad = len(program.result.failures) + len(program.result.errors)
    print("%d passed, %d failed" % (run - bad, bad))
    sys.exit(bad != 0)
