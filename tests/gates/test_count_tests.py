#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of tools/count_tests.py over logs as ctest -V writes them."""

import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def count(log):
    """Exit code and output lines for a log."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(log)
        file.flush()
        run = subprocess.run(
            [sys.executable, os.path.join(ROOT, "tools", "count_tests.py"),
             file.name], stdout=subprocess.PIPE, text=True)
        return run.returncode, run.stdout.splitlines()


class Count(unittest.TestCase):
    def test_programs_that_count_are_summed(self):
        self.assertEqual(count(
            "1: 3 passed, 0 failed\n2: noise\n2: 4 passed, 0 failed\n"
            "1/2 Test #1: base ....   Passed    0.01 sec\n"
            "2/2 Test #2: heap ....   Passed    0.01 sec\n"),
            (0, ["7 passed, 0 failed"]))

    def test_a_program_that_does_not_count_is_one_test(self):
        self.assertEqual(count(
            "1: hello\n1/1 Test #1: base ....   Passed    0.01 sec\n"),
            (0, ["1 passed, 0 failed"]))

    def test_failures_are_shown_and_summed(self):
        status, lines = count(
            "1: a.c:3: does not hold\n1: 3 passed, 2 failed\n"
            "1/1 Test #1: base ....***Failed    0.01 sec\n")
        self.assertEqual(status, 1)
        self.assertIn("a.c:3: does not hold", lines)
        self.assertEqual(lines[-1], "3 passed, 2 failed")

    def test_a_crash_is_a_failure_even_after_a_good_count(self):
        for how in ("***Exception: SegFault", "***Timeout", "***Failed"):
            with self.subTest(how=how):
                status, lines = count(
                    "1: 3 passed, 0 failed\n"
                    "1/1 Test #1: base ....%s    0.01 sec\n" % how)
                self.assertEqual((status, lines[-1]),
                                 (1, "3 passed, 1 failed"))

    def test_a_program_that_never_ended_is_a_failure(self):
        status, lines = count("1: working\n")
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed"))

    def test_a_program_that_could_not_start_is_a_failure(self):
        status, lines = count(
            "1/1 Test #1: base ....***Not Run   0.00 sec\n")
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed"))

    def test_an_empty_log_is_a_failure(self):
        self.assertEqual(count("")[0], 1)

    def test_a_label_without_tests_is_no_failure(self):
        self.assertEqual(count("No tests were found!!!\n"),
                         (0, ["0 passed, 0 failed"]))


def main():
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Count)
    result = unittest.TextTestRunner(verbosity=0).run(suite)
    failed = len({getattr(test, "test_case", test).id()
                  for test, _ in result.failures + result.errors})
    print("%d passed, %d failed" % (result.testsRun - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
