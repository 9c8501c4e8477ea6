# SPDX-License-Identifier: MIT
"""What a command takes, for the benchmarks in Python."""
import resource
import subprocess
import time


def run(command):
    """Runs it to its end: seconds of wall time, and of processor time of its
    own and of what it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, (after.ru_utime - before.ru_utime + after.ru_stime -
                  before.ru_stime)
