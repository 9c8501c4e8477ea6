#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes cli/templates.h from the folders in cli/templates.

With --check, only says whether the file is fresh.
"""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "cli/templates"
TARGET = ROOT / "cli/templates.h"


def embed_one(name):
    out = []
    rows = []
    folder = SOURCE / name
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    for number, path in enumerate(files):
        data = path.read_bytes()
        file = path.relative_to(folder).as_posix()
        out.append(f"static const uint8_t {name}_{number}[] = {{")
        for at in range(0, len(data), 12):
            out.append("    " + " ".join(f"0x{b:02x}," for b in
                                         data[at:at + 12]))
        out.append("};")
        rows.append(f'    {{"{file}", {name}_{number}, '
                    f"sizeof {name}_{number}}},")
    out += ["", f"static const struct template_file {name}_files[] = {{"]
    return out + rows + ["};", ""]


def embed():
    out = ["// SPDX-License-Identifier: MIT",
           "// Made by tools/embed_template.py from cli/templates.",
           "// clang-format off", ""]
    for folder in sorted(p for p in SOURCE.iterdir() if p.is_dir()):
        out += embed_one(folder.name)
    return "\n".join(out)


def main():
    text = embed()
    if sys.argv[1:] == ["--check"]:
        if not TARGET.exists() or TARGET.read_text() != text:
            sys.exit(f"{TARGET.name} is not fresh: run tools/"
                     "embed_template.py")
        print("fresh")
        return
    TARGET.write_text(text)


main()
