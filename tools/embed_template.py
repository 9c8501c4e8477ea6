#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes cli/template_game.h from the files in cli/templates/game.

With --check, only says whether the file is fresh.
"""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "cli/templates/game"
TARGET = ROOT / "cli/template_game.h"


def embed():
    out = ["// SPDX-License-Identifier: MIT",
           "// Made by tools/embed_template.py from cli/templates/game.",
           "// clang-format off", ""]
    rows = []
    files = sorted(p for p in SOURCE.rglob("*") if p.is_file())
    for number, path in enumerate(files):
        data = path.read_bytes()
        name = path.relative_to(SOURCE).as_posix()
        out.append(f"static const uint8_t template_{number}[] = {{")
        for at in range(0, len(data), 12):
            out.append("    " + " ".join(f"0x{b:02x}," for b in
                                         data[at:at + 12]))
        out.append("};")
        rows.append(f'    {{"{name}", template_{number}, '
                    f"sizeof template_{number}}},")
    out += ["", "static const struct template_file template_files[] = {"]
    out += rows + ["};", ""]
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
