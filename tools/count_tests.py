#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sums the tests in the log of one "ctest -V" run.

Usage: tools/count_tests.py LOG

Prints the output of each program that failed, then "N passed, N failed" over
all programs. A program counts by its own last line of that form; one without
such a line, or one that ended badly although no test of its own failed (a
crash, a leak, a timeout), counts as one. The exit code is 1 if any failed, or
if nothing ran and ctest does not say that there is nothing to run.
"""

import re
import sys

OUTPUT = re.compile(r"^(\d+): (.*)$")
COUNT = re.compile(r"^(\d+) passed, (\d+) failed$")
ENDED = re.compile(r"^\s*\d+/\d+ Test\s+#(\d+): (\S+) \.*\s*(\**)(.*?)\s+"
                   r"[\d.]+ sec")


def read(lines):
    """Gives {test number: [name, ended well, passed, failed, output]}."""
    tests = {}
    for line in lines:
        line = line.rstrip("\n")
        match = OUTPUT.match(line)
        if match:
            test = tests.setdefault(match.group(1), [None, None, 0, 0, []])
            test[4].append(match.group(2))
            count = COUNT.match(match.group(2))
            if count:
                test[2] = int(count.group(1))
                test[3] = int(count.group(2))
            continue
        match = ENDED.match(line)
        if match:
            test = tests.setdefault(match.group(1), [None, None, 0, 0, []])
            test[0] = match.group(2)
            test[1] = match.group(4) == "Passed"
            test.append(match.group(4))
    return tests


def main(arguments):
    if len(arguments) != 1:
        print(__doc__.strip())
        return 2
    with open(arguments[0], encoding="utf-8", errors="replace") as file:
        text = file.read()
    tests = read(text.splitlines())
    all_passed = all_failed = 0
    for number in sorted(tests, key=int):
        name, well, passed, failed, output, *how = tests[number]
        if not well:
            failed = max(failed, 1)
            print("--- %s: %s" % (name or "test " + number,
                                  how[0] if how else "did not end"))
            print("\n".join(output[-200:]))
        elif passed + failed == 0:
            passed = 1
        all_passed += passed
        all_failed += failed
    if not tests and "No tests were found" not in text:
        print("no test ran")
        all_failed = 1
    print("%d passed, %d failed" % (all_passed, all_failed))
    return 1 if all_failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
