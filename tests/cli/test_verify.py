#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""prometeu verify over every damaged file that the unit tests know.

    test_verify.py PROMETEU WRITE_DAMAGED

Each file breaks one rule. The command must answer with exit code 1, on
standard error, naming the file and the rule's message; never with a signal.
"""

import os
import subprocess
import sys
import tempfile


def verify(prometeu, path):
    """Gives the exit code and all that was printed."""
    run = subprocess.run([prometeu, "verify", path], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         timeout=60, check=False)
    return run.returncode, (run.stdout + run.stderr).decode("utf-8")


def fault_of(prometeu, folder, name, fragment):
    """Says what was wrong with the command's answer, or None."""
    path = os.path.join(folder, name)
    if name.endswith(".json"):
        # A manifest is known by its name.
        os.makedirs(path + ".d")
        os.rename(path, os.path.join(path + ".d", "manifest.json"))
        path = os.path.join(path + ".d", "manifest.json")
    code, text = verify(prometeu, path)
    if code != 1:
        return f"exit code {code}, wanted 1\n{text}"
    if fragment not in text:
        return f"wanted '{fragment}' in\n{text}"
    if "error " not in text:
        return f"no error line in\n{text}"
    return None


def main():
    prometeu, write_damaged = sys.argv[1:3]
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([write_damaged, folder], check=True)
        with open(os.path.join(folder, "index.txt"), encoding="utf-8") as file:
            rows = [line.rstrip("\n").split("\t", 1) for line in file]
        for name, fragment in rows:
            fault = fault_of(prometeu, folder, name, fragment)
            if fault:
                failed += 1
                print(f"FAILED {name}: {fault}")
            else:
                passed += 1
    if len(rows) < 200:
        failed += 1
        print(f"found only {len(rows)} damaged files, wanted 200")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
