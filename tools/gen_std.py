#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes docs/reference/std.md from the comments of the library in stdlib/.

    tools/gen_std.py            writes the page
    tools/gen_std.py --check    fails when the page is not what it would write

Everything that programs can use has a comment (///): what lacks one is
refused. Names that begin with "_" are the library's own and left out. The
sources are in the layout of "prometeu fmt", which this relies on.
"""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, "docs/reference/std.md")

INTRO = """<!-- Made by tools/gen_std.py from stdlib/; do not edit. -->
# The library

What programs in PBS find there beside the language (`../spec/pbs.md`). The
prelude is known everywhere; names of other modules are imported:
`import { sin } from "@std/math"`. `@std` is for any program, `@sdk` is the
console.

"""

ORDER = ["prelude", "math", "random", "sort", "strings", "json", "time",
         "grid", "geom", "bits",
         "console", "audio", "composer", "input", "log", "files", "save",
         "card", "assets", "banks"]


class Item:
    def __init__(self, kind, title, doc, place):
        self.kind = kind
        self.title = title
        self.doc = doc
        self.place = place
        self.members = []


class Reader:
    """Reads one source, line by line."""

    def __init__(self, path):
        self.path = os.path.relpath(path, ROOT)
        with open(path, encoding="utf-8") as file:
            self.lines = file.read().split("\n")
        self.at = 0
        self.items = []
        self.handed_on = []
        self.faults = []

    def place(self):
        return "%s:%d" % (self.path, self.at + 1)

    def comment(self):
        doc = []
        while self.lines[self.at].strip().startswith("///"):
            doc.append(self.lines[self.at].strip()[3:].strip())
            self.at += 1
        return doc

    def head(self):
        """The declaration at this line up to its "{" or its end, as one
        line; leaves the reader on the line that ends it."""
        text = self.lines[self.at].strip()
        while text.count("(") > text.count(")"):
            self.at += 1
            text += " " + self.lines[self.at].strip()
        text = re.sub(r"\( ", "(", text)
        return re.sub(r",? \)", ")", text)

    def read(self):
        while self.at < len(self.lines):
            doc = self.comment()
            line = self.lines[self.at]
            if line.startswith("pub import"):
                self.names_of_others()
            elif re.match(r"pub |declare extend", line):
                self.declaration(doc)
            self.at += 1
        return self.items

    def names_of_others(self):
        text = self.lines[self.at]
        while "}" not in text:
            self.at += 1
            text += " " + self.lines[self.at].strip()
        names, path = re.search(r"\{(.*)\} from \"(.*)\"", text).groups()
        names = [n.split(" as ")[-1].strip() for n in names.split(",")]
        self.handed_on.append((path, [n for n in names if n]))

    def declaration(self, doc):
        place = self.place()
        text = self.head()
        text = re.sub(r"^pub (declare )?", "", text)
        text = re.sub(r"^declare ", "", text)
        kind = text.split()[0].split("<")[0]
        if kind == "op":
            self.operation(text, doc, place)
            return
        has_body = self.lines[self.at].rstrip().endswith("{")
        title = self.signature(kind, text)
        item = Item(kind, title, doc, place)
        if kind != "extend":
            self.wants_comment(item)
        self.items.append(item)
        if has_body and kind not in ("fn", "const", "global"):
            self.members(item)

    def operation(self, text, doc, place):
        # op { fn … = "…" }, on one line or with one function in three.
        if "fn" not in text:
            self.at += 1
            text = self.head()
        match = re.search(r"fn (.*?) = \"", text)
        title = re.sub(r" -> void$", "", match.group(1))
        item = Item("fn", "fn " + title, doc, place)
        self.wants_comment(item)
        self.items.append(item)

    def signature(self, kind, text):
        if kind in ("fn", "struct", "extend", "enum", "error", "service",
                    "contract"):
            text = re.sub(r"\s*\{.*$", "", text)
        if kind == "const":
            return text
        if kind == "struct":
            return self.struct(text)
        return re.sub(r" -> void$", "", text)

    def struct(self, text):
        name, fields = text.split("(", 1)
        fields, behind = fields.rsplit(")", 1)
        parts, depth, part = [], 0, ""
        for c in fields.replace("->", "\0") + ",":
            depth += (c in "(<[") - (c in ")>]")
            if c == "," and depth == 0:
                parts.append(part.strip().replace("\0", "->"))
                part = ""
            else:
                part += c
        shown = [p for p in parts if p and not p.startswith("_")]
        return "%s(%s)%s" % (name, ", ".join(shown), behind)

    def members(self, item):
        self.at += 1
        while self.lines[self.at] != "}":
            doc = self.comment()
            line = self.lines[self.at]
            match = re.match(r"    (pub )?(fn|const) (\w+)", line)
            if match:
                member = self.member(match.group(2), match.group(3), doc)
            elif item.kind in ("enum", "error") and line.strip():
                name = line.strip().rstrip(",")
                member = Item("case", name, doc, self.place())
            else:
                member = None
            if member:
                self.wants_comment(member)
                item.members.append(member)
            self.at += 1

    def member(self, kind, name, doc):
        place = self.place()
        text = self.signature(kind, self.head())
        if name.startswith("_"):
            return None
        return Item(kind, text, doc, place)

    def wants_comment(self, item):
        text = " ".join(item.doc).strip()
        if not text:
            self.faults.append("%s: '%s' has no comment" %
                               (item.place, item.title))
        elif item.kind != "case" and text[-1] not in ".!?:":
            self.faults.append("%s: the comment of '%s' is no sentence" %
                               (item.place, item.title))


def shown(doc):
    """The comment as Markdown: [name] is a parameter."""
    text = "\n".join(doc)
    pieces = re.split(r"(`[^`]*`)", text)
    for i in range(0, len(pieces), 2):
        pieces[i] = re.sub(r"\[([a-z_]+)\]", r"`\1`", pieces[i])
    return "".join(pieces)


def heading(item):
    name = item.title
    if item.kind == "extend":
        return "### Methods of `%s`" % re.sub(r"^extend(<[^>]*>)? ", "", name)
    return "### `%s`" % re.sub(r"^(fn|struct) ", "", name)


def write_members(out, item):
    if not item.members:
        return
    if item.kind in ("enum", "error"):
        out.append("| case | |\n|---|---|\n")
        for member in item.members:
            out.append("| `%s` | %s |\n" %
                       (member.title, shown(member.doc).replace("\n", " ")))
        out.append("\n")
        return
    for member in item.members:
        title = re.sub(r"^fn ", "", member.title)
        out.append("- `%s`  \n  %s\n" %
                   (title, shown(member.doc).replace("\n", "\n  ")))
    out.append("\n")


def write_item(out, item):
    out.append(heading(item) + "\n\n")
    if item.doc:
        out.append(shown(item.doc) + "\n\n")
    write_members(out, item)


def write_module(out, name, items, handed_on):
    out.append("## %s\n\n" % ("The prelude" if name == "@std/prelude"
                               else "`%s`" % name))
    if handed_on:
        out.append("Also hands on, so that they may be imported from here:\n"
                   "\n")
    for path, names in handed_on:
        out.append("- %s of `%s`\n" %
                   (", ".join("`%s`" % n for n in names), path))
    out.append("\n")
    for item in items:
        if item.kind == "extend" and not item.members:
            continue
        write_item(out, item)


def modules():
    found = []
    for root in ("std", "sdk"):
        folder = os.path.join(ROOT, "stdlib", root)
        for name in os.listdir(folder):
            found.append((root, name, os.path.join(folder, name)))
    known = {name: i for i, name in enumerate(ORDER)}
    found.sort(key=lambda m: (known.get(m[1], len(ORDER)), m[0], m[1]))
    return found


def page():
    out = [INTRO]
    faults = []
    for root, name, folder in modules():
        items = []
        handed_on = []
        for file in sorted(os.listdir(folder)):
            if not file.endswith(".pbs"):
                continue
            reader = Reader(os.path.join(folder, file))
            items += reader.read()
            handed_on += reader.handed_on
            faults += reader.faults
        write_module(out, "@%s/%s" % (root, name), items, handed_on)
    text = re.sub(r"\n{3,}", "\n\n", "".join(out))
    return text.rstrip("\n") + "\n", faults


def main():
    text, faults = page()
    for fault in faults:
        print(fault)
    if faults:
        return 1
    if "--check" in sys.argv[1:]:
        with open(PAGE, encoding="utf-8") as file:
            if file.read() == text:
                return 0
        print("docs/reference/std.md is not what stdlib/ says; "
              "run tools/gen_std.py")
        return 1
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
