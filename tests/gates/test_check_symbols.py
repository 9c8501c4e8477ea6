#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of tools/check_symbols.sh over small libraries made on the spot."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
CC = shutil.which("gcc") or shutil.which("cc")


def check(code, library="libpm_x.a", file="x.c"):
    """Exit code and output of the gate on a library of one C file."""
    with tempfile.TemporaryDirectory() as build:
        source = os.path.join(build, file)
        with open(source, "w", encoding="utf-8") as out:
            out.write(code)
        subprocess.run([CC, "-O1", "-c", source, "-o", source + ".o"],
                       check=True, cwd=build)
        subprocess.run(["ar", "rc", os.path.join(build, library),
                        source + ".o"], check=True)
        run = subprocess.run(
            [os.path.join(ROOT, "tools", "check_symbols.sh"), build],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return run.returncode, run.stdout


class Symbols(unittest.TestCase):
    def refused(self, code, *words):
        status, text = check(code)
        self.assertEqual(status, 1, text)
        self.assertEqual(len(text.splitlines()), 1, text)
        for word in words:
            self.assertIn(word, text)

    def test_constant_data_and_pm_names_pass(self):
        status, text = check(
            "static int f(void) { return 1; }\n"
            "int (*const pm_x_calls[])(void) = {f};\n"
            "const char *const pm_x_names[] = {\"a\", \"b\"};\n"
            "static const int table[] = {1, 2};\n"
            "int pm_x_get(int i) { return table[i]; }\n")
        self.assertEqual((status, text), (0, ""))

    def test_an_external_symbol_without_pm_is_refused(self):
        self.refused("void x_get(void) {}\n", "x_get", "begin with pm_")

    def test_writable_data_is_refused_whatever_its_section(self):
        for code in ("static int pm; int *pm_x(void) { return &pm; }\n",
                     "int pm_x = 1;\n", "int pm_x;\n",
                     "const char *pm_x[] = {\"a\"};\n",
                     "_Thread_local int pm_x;\n",
                     "int pm_x(void) { static int n = 1; return n++; }\n"):
            with self.subTest(code=code):
                self.refused(code, "writable data", "libpm_x.a(x.c.o)")

    def test_calls_of_the_system_are_refused(self):
        self.refused("void *malloc(unsigned long);\n"
                     "void *pm_x(void) { return malloc(3); }\n",
                     "calls malloc", "touches the system")

    def test_elementary_functions_of_libm_are_refused(self):
        self.refused("double sin(double);\n"
                     "double pm_x(double x) { return sin(x); }\n",
                     "calls sin", "libm")

    def test_the_default_allocator_may_call_realloc(self):
        code = "void *realloc(void *, unsigned long);\n" \
            "void *pm_x(void *p) { return realloc(p, 3); }\n"
        self.assertEqual(check(code, "libpm_base.a", "mem.c"), (0, ""))
        self.assertEqual(check(code, "libpm_base.a", "buf.c")[0], 1)

    def test_host_libraries_are_not_looked_at_but_some_library_must_be(self):
        status, text = check("int x;\n", "libpm_host_sdl2.a")
        self.assertEqual(status, 2)
        self.assertIn("build it first", text)


def main():
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Symbols)
    result = unittest.TextTestRunner(verbosity=0).run(suite)
    failed = len({getattr(test, "test_case", test).id()
                  for test, _ in result.failures + result.errors})
    print("%d passed, %d failed" % (result.testsRun - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
