#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A sparse assets.pa of 4 GiB opens by its prelude and header alone.

    test_big_assets.py PROMETEU PEAK_MEMORY

The process must stay under 16 MiB of resident memory and, where strace is
there to tell, read no byte of the payload.
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
SLICE = 4 << 20


def header():
    table = [{"asset_id": i, "asset_name": f"blob{i}", "bank_type": "BLOB",
              "codec": "NONE", "decoded_size": SLICE, "metadata": {},
              "offset": i * SLICE, "size": SLICE} for i in range(ENTRIES)]
    text = json.dumps({"asset_table": table, "preload": []},
                      separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8")


def write(path):
    """Writes the file and gives the offset of its payload."""
    text = header()
    payload = (32 + len(text) + 63) // 64 * 64
    with open(path, "wb") as file:
        file.write(struct.pack("<4sIIIIIQ", b"ASPA", 1, len(text), payload, 0,
                               0, 0))
        file.write(text)
        file.truncate(payload + ENTRIES * SLICE)
    return payload


def resident_kib(peak_memory, command):
    """Runs the command and gives its greatest resident memory in KiB."""
    run = subprocess.run([peak_memory, *command], stdout=subprocess.PIPE,
                         check=False)
    if run.returncode != 0:
        raise SystemExit(f"{command}: exit code {run.returncode}\n"
                         "0 passed, 1 failed")
    return int(run.stdout)


def furthest_read(command, path):
    """The end of the furthest byte that was read from the file."""
    trace = path + ".trace"
    subprocess.run(["strace", "-f", "-y", "-o", trace, "-e",
                    "trace=pread64,read,mmap", *command],
                   stdout=subprocess.DEVNULL, check=True)
    furthest = 0
    with open(trace, encoding="utf-8", errors="replace") as file:
        for line in file:
            if f"<{path}>" not in line:
                continue
            found = re.search(r"pread64\(.*, (\d+), (\d+)\) += (\d+)", line)
            if not found:
                raise SystemExit(f"read in another way: {line}"
                                 "0 passed, 1 failed")
            furthest = max(furthest, int(found[2]) + int(found[3]))
    return furthest


def main():
    prometeu, peak_memory = sys.argv[1:3]
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(os.path.realpath(folder), "big.pa")
        payload = write(path)
        command = [prometeu, "inspect", "--json", path]
        kib = resident_kib(peak_memory, command)
        print(f"resident: {kib} KiB for {os.path.getsize(path)} bytes")
        # Sanitizers keep much more memory than the program.
        if kib >= 16 << 10 and "asan" not in prometeu:
            faults.append(f"{kib} KiB resident, wanted less than 16 MiB")
        if shutil.which("strace") and "asan" not in prometeu:
            furthest = furthest_read(command, path)
            print(f"read up to byte {furthest}, the payload begins at "
                  f"{payload}")
            if not 32 < furthest <= payload:
                faults.append(f"read up to {furthest}, wanted at most "
                              f"{payload}")
    for fault in faults:
        print(f"FAILED {fault}")
    print(f"{0 if faults else 1} passed, {len(faults)} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
