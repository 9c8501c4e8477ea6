#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of tools/setup.sh on made machines: a PATH of chosen programs, where
apt-get and sudo only write down how they were called."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BASE = ["bash", "env", "test", "awk", "sed", "sort", "head", "tail", "cat",
        "mktemp", "rm", "printf", "uname", "touch", "chmod"]


class Machine:
    """A folder of programs in place of the real PATH."""

    def __init__(self, uid, programs):
        self.folder = tempfile.TemporaryDirectory()
        for name in BASE:
            real = shutil.which(name)
            if real:
                os.symlink(real, self.path(name))
        self.script("id", "echo %d" % uid)
        for name, body in programs.items():
            self.script(name, body)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def script(self, name, body):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write("#!%s\n%s\n" % (shutil.which("bash"), body))
        os.chmod(self.path(name), stat.S_IRWXU)

    def setup(self, *arguments):
        run = subprocess.run(
            [shutil.which("bash"), os.path.join(ROOT, "tools", "setup.sh"),
             *arguments], env={"PATH": self.folder.name, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        return run.returncode, run.stdout

    def calls(self):
        try:
            with open(self.path("calls"), encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""


def there(version="3.25.1"):
    """Programs and libraries of the list "play", all present."""
    return {"gcc": "", "ninja": "", "pkg-config": "",
            "cmake": "echo cmake version " + version}


# apt-get that writes down its calls, and "installs" cmake on install.
APT = """echo "$@" >>"${0%/*}/calls"
case "$*" in *install*)
    printf '#!/bin/sh\\necho cmake version 3.25.1\\n' >"${0%/*}/cmake"
    chmod +x "${0%/*}/cmake" ;;
esac"""


class Setup(unittest.TestCase):
    def test_nothing_is_done_where_nothing_is_missing(self):
        machine = Machine(1000, {**there(), "apt-get": APT})
        self.assertEqual(machine.setup("play"), (0, ""))
        self.assertEqual(machine.calls(), "")

    def test_root_installs_what_is_missing_and_says_so(self):
        machine = Machine(0, {**there(), "apt-get": APT})
        os.remove(machine.path("cmake"))
        status, text = machine.setup("play")
        self.assertEqual(status, 0, text)
        self.assertEqual(text, "setup: installing cmake\n")
        calls = machine.calls().splitlines()
        self.assertIn("update", calls[0])
        self.assertTrue(calls[1].endswith("install --no-install-recommends "
                                          "cmake"), calls)
        self.assertEqual(len(calls), 2)

    def test_sudo_is_used_where_it_asks_nothing(self):
        sudo = 'echo "sudo $@" >>"${0%/*}/calls"\n' \
            '[ "$1" = -n ] && exit 0\nexec "$@"'
        machine = Machine(1000, {**there(), "apt-get": APT, "sudo": sudo})
        os.remove(machine.path("cmake"))
        status, text = machine.setup("play")
        self.assertEqual(status, 0, text)
        self.assertIn("sudo env DEBIAN_FRONTEND=noninteractive apt-get",
                      machine.calls())

    def test_without_root_and_sudo_the_line_to_run_is_printed(self):
        machine = Machine(1000, {"apt-get": APT})
        status, text = machine.setup("play")
        self.assertEqual(status, 3)
        self.assertIn("neither root nor sudo", text)
        self.assertIn("apt-get install -y --no-install-recommends gcc", text)
        for package in ("cmake", "ninja-build", "libxxhash-dev", "libpng-dev",
                        "libsdl2-dev", "pkgconf"):
            self.assertIn(package, text)
        self.assertEqual(machine.calls(), "")

    def test_sudo_that_would_ask_without_a_terminal_is_not_called(self):
        machine = Machine(1000, {"apt-get": APT, "sudo": "exit 1"})
        status, text = machine.setup("play")
        self.assertEqual(status, 3)
        self.assertIn("sudo wants a password", text)

    def test_a_failing_apt_shows_its_output_and_the_line(self):
        machine = Machine(0, {"apt-get": "echo no network; exit 100"})
        status, text = machine.setup("play")
        self.assertEqual(status, 3)
        self.assertIn("no network", text)
        self.assertIn("apt-get update && apt-get install", text)

    def test_another_system_is_told_what_to_install(self):
        status, text = Machine(0, {}).setup("play")
        self.assertEqual(status, 3)
        self.assertIn("no apt-get", text)

    def test_an_old_cmake_is_refused(self):
        status, text = Machine(0, there("3.22.1")).setup("play")
        self.assertEqual(status, 3)
        self.assertIn("3.22.1 is too old", text)
        for version in ("3.25.0", "3.28.3", "4.0.1"):
            self.assertEqual(Machine(0, there(version)).setup("play"),
                             (0, ""))

    def test_wrong_use_shows_the_usage(self):
        status, text = Machine(0, there()).setup("dance")
        self.assertEqual(status, 2)
        self.assertIn("Usage", text)


def main():
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Setup)
    result = unittest.TextTestRunner(verbosity=0).run(suite)
    failed = len({getattr(test, "test_case", test).id()
                  for test, _ in result.failures + result.errors})
    print("%d passed, %d failed" % (result.testsRun - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
