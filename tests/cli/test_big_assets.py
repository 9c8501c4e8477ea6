#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sparse files of 4 GiB and 1 TiB open by prelude and header alone.

    test_big_assets.py PROMETEU PEAK_MEMORY

The process must stay under 16 MiB of resident memory and, where strace is
there to tell, read no byte of the payload and make at most four calls for
the file: open, size, prelude, header.
"""

import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

ENTRIES = 1024
SLICES = (4 << 20, 1 << 30)
MOST_CALLS = 4


def header(size):
    table = [{"asset_id": i, "asset_name": f"blob{i}", "bank_type": "BLOB",
              "codec": "NONE", "decoded_size": size, "metadata": {},
              "offset": i * size, "size": size} for i in range(ENTRIES)]
    text = json.dumps({"asset_table": table, "preload": []},
                      separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8")


def write(path, size):
    """Writes a file of slices of that size; gives the payload's offset, or
    None where the file system has no files of that size."""
    text = header(size)
    payload = (32 + len(text) + 63) // 64 * 64
    with open(path, "wb") as file:
        file.write(struct.pack("<4sIIIIIQ", b"ASPA", 1, len(text), payload, 0,
                               0, 0))
        file.write(text)
        try:
            file.truncate(payload + ENTRIES * size)
        except OSError:
            return None
    return payload


def resident_kib(peak_memory, command):
    """Runs the command and gives its greatest resident memory in KiB."""
    run = subprocess.run([peak_memory, *command], stdout=subprocess.PIPE,
                         check=False)
    if run.returncode != 0:
        raise SystemExit(f"{command}: exit code {run.returncode}\n"
                         "0 passed, 1 failed")
    return int(run.stdout)


def traced(command, path):
    """How often the system was called for the file since it was opened as an
    assets.pa (what it is was looked at before), and the end of the furthest
    byte that was read from it."""
    trace = path + ".trace"
    subprocess.run(["strace", "-f", "-y", "-o", trace, "-e",
                    "trace=%desc,%file", *command],
                   stdout=subprocess.DEVNULL, check=True)
    furthest = 0
    calls = 0
    with open(trace, encoding="utf-8", errors="replace") as file:
        for line in file:
            name = line.split(None, 1)[-1].split("(")[0]
            if path not in line or name in ("execve", "close"):
                continue
            calls = 1 if name in ("open", "openat") else calls + 1
            if name in ("read", "readv", "preadv", "mmap"):
                raise SystemExit(f"read in another way: {line}"
                                 "0 passed, 1 failed")
            found = re.search(r"pread64\(.*, (\d+), (\d+)\) += (\d+)", line)
            if found:
                furthest = max(furthest, int(found[2]) + int(found[3]))
    return calls, furthest


def check(prometeu, peak_memory, path, size):
    """The faults of opening a file with slices of that size."""
    faults = []
    payload = write(path, size)
    if payload is None:
        print(f"no files of {ENTRIES * size} bytes here")
        return faults
    command = [prometeu, "inspect", "--json", path]
    kib = resident_kib(peak_memory, command)
    print(f"resident: {kib} KiB for {os.path.getsize(path)} bytes")
    # Sanitizers keep much more memory than the program.
    if kib >= 16 << 10 and "asan" not in prometeu:
        faults.append(f"{kib} KiB resident, wanted less than 16 MiB")
    if shutil.which("strace") and "asan" not in prometeu:
        calls, furthest = traced(command, path)
        print(f"{calls} calls, read up to byte {furthest}, the payload "
              f"begins at {payload}")
        if not 32 < furthest <= payload:
            faults.append(f"read up to {furthest}, wanted at most {payload}")
        if calls > MOST_CALLS:
            faults.append(f"{calls} calls, wanted at most {MOST_CALLS}")
    return faults


def main():
    prometeu, peak_memory = sys.argv[1:3]
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        for number, size in enumerate(SLICES):
            path = os.path.join(os.path.realpath(folder), f"big{number}.pa")
            faults += check(prometeu, peak_memory, path, size)
    for fault in faults:
        print(f"FAILED {fault}")
    print(f"{0 if faults else 1} passed, {len(faults)} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
