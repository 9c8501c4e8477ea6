#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks who includes whom, and that nothing in src/ touches the system.

Usage: tools/check_layers.py [ROOT]

Reads tools/layers.txt. Each finding is one line, "file:line: what is wrong:
what to do"; the exit code is 1 when there is one, 2 for wrong use.

  src/<module>/    itself, the modules on its line, <prometeu/...>, the C
                   headers below and the libraries of its row below
  include/         <prometeu/...> and C headers that need no system
  hosts/<host>/    <prometeu/...>, "hosts/<host>/...", "hosts/common/...",
                   libraries and the operating system
  examples/        <prometeu/...>, its own folder, libraries and the system
  cli/             the modules on its line, hosts, libraries and the system
"""

import os
import re
import sys

# Libraries a module may include, by the first part of the header's name.
LIBRARIES = {
    "base": {"xxhash.h"},
    "asset": {"lz4.h", "lz4hc.h", "zstd.h"},
    # libpng reports errors by longjmp
    "lang": {"setjmp.h"},
    "pack": {"png.h", "setjmp.h", "sndfile.h", "expat.h", "zlib.h",
             "zstd.h"},
}

# Headers that stand for the language alone. locale, signal, setjmp, threads
# and time are left out: they are the system's, or they are state.
C_HEADERS = {
    "assert.h", "ctype.h", "errno.h", "float.h", "inttypes.h", "iso646.h", "limits.h",
    "math.h", "stdalign.h", "stdarg.h", "stdatomic.h", "stdbool.h",
    "stddef.h", "stdint.h", "stdio.h", "stdlib.h", "stdnoreturn.h",
    "string.h",
}
PUBLIC_HEADERS = C_HEADERS - {"assert.h", "ctype.h", "errno.h", "math.h",
                              "stdio.h", "stdlib.h"}

# Functions of the C headers that reach the system or keep hidden state.
SYSTEM_CALLS = {
    "malloc", "calloc", "realloc", "free", "aligned_alloc", "alloca",
    "fopen", "freopen", "fdopen", "fclose", "fread", "fwrite", "fgets",
    "fgetc", "fputc", "fputs", "fflush", "fseek", "ftell", "tmpfile",
    "tmpnam", "remove", "rename", "printf", "fprintf", "vprintf", "vfprintf",
    "puts", "putchar", "getchar", "scanf", "fscanf", "perror",
    "exit", "_Exit", "quick_exit", "atexit", "abort", "getenv", "setenv",
    "system", "rand", "srand", "strtok", "strerror", "asctime",
}

# The time of day, which goes backwards: nothing that is run, packed or saved
# may depend on it, in no folder. Times of files are compared with each other.
CLOCKS = re.compile(r"\b(CLOCK_REALTIME\w*|gettimeofday|timespec_get|time(?=\()|"
                    r"(?:local|gm)time(?:_r)?(?=\())")

# The two places in src/ where the process itself is meant.
SYSTEM_CALLS_ALLOWED = {
    "src/base/check.c": {"fprintf", "abort"},  # a panic ends the process
    "src/base/mem.c": {"realloc", "free"},     # the default allocator
}

# Lines of layers.txt that are folders of the tree's root, not of src/.
ROOT_FOLDERS = {"hosts", "cli"}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)"|(\S.*))')
LINE = re.compile(r"^([a-z]+):\s*(.*)$")
CALL = re.compile(r"(?<![\w.>])(" + "|".join(sorted(SYSTEM_CALLS)) +
                  r")\s*\(")
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


class Findings:
    """Messages in the order in which they are found."""

    def __init__(self):
        self.lines = []

    def add(self, path, line, text):
        self.lines.append("%s:%d: %s" % (path, line, text))


def read_layers(root, findings):
    """Gives {module: set of modules that it may include}."""
    path = "tools/layers.txt"
    layers = {}
    places = {}
    with open(os.path.join(root, path), encoding="utf-8") as file:
        for number, text in enumerate(file, 1):
            text = text.strip()
            if not text or text.startswith("#"):
                continue
            match = LINE.match(text)
            if not match:
                findings.add(path, number,
                             "not a line \"module: modules\": %r" % text)
                continue
            name = match.group(1)
            if name in layers:
                findings.add(path, number, "%s stands here and on line %d: "
                             "join the two" % (name, places[name]))
                continue
            layers[name] = match.group(2).split()
            places[name] = number
    for name, modules in layers.items():
        for module in modules:
            if module not in layers:
                findings.add(path, places[name], "%s: unknown module %s: "
                             "give it a line or mend the name"
                             % (name, module))
    check_cycles(layers, places, findings)
    return {name: set(modules) for name, modules in layers.items()}


def check_cycles(layers, places, findings):
    """Takes away what includes nothing that is left; a rest is a cycle."""
    left = {name: {m for m in modules if m in layers}
            for name, modules in layers.items()}
    while True:
        done = [name for name, modules in left.items() if not modules]
        if not done:
            break
        for name in done:
            del left[name]
        for modules in left.values():
            modules.difference_update(done)
    if not left:
        return
    # Follow arrows within the rest until a module comes again.
    path = [min(left)]
    while path.count(path[-1]) == 1:
        path.append(min(left[path[-1]]))
    cycle = path[path.index(path[-1]):]
    findings.add("tools/layers.txt", places[cycle[0]],
                 "a cycle: %s: cut one of these arrows" % " -> ".join(cycle))


def sources(root, folder):
    """Paths, relative to root, of the C files under a folder."""
    for base, folders, names in os.walk(os.path.join(root, folder)):
        folders.sort()
        for name in sorted(names):
            if name.endswith((".c", ".h", ".def", ".inc", ".m")):
                path = os.path.relpath(os.path.join(base, name), root)
                yield path.replace(os.sep, "/")


def blank(match):
    return "".join(c if c == "\n" else " " for c in match.group(0))


def check_system_calls(path, text, findings):
    allowed = SYSTEM_CALLS_ALLOWED.get(path, set())
    code = NOT_CODE.sub(blank, text)
    for number, line in enumerate(code.split("\n"), 1):
        for name in CALL.findall(line):
            if name not in allowed:
                findings.add(path, number, "calls %s: src/ takes memory, "
                             "bytes and text from its caller" % name)


def check_clocks(path, text, findings):
    code = NOT_CODE.sub(blank, text)
    for number, line in enumerate(code.split("\n"), 1):
        for name in CLOCKS.findall(line):
            findings.add(path, number, "asks %s for the time of day: take "
                         "CLOCK_MONOTONIC, or count" % name)


def refuse_angle(path, header, kind, module):
    """Why <header> may not stand in a file of this kind; None: it may."""
    if header.startswith("prometeu/"):
        return None
    if kind == "include":
        if header not in PUBLIC_HEADERS:
            return "a public header needs no <%s>: use %s" % (
                header, "plain C types")
    elif kind == "src":
        if header in LIBRARIES.get(module, set()) or header in C_HEADERS:
            return None
        for owner, headers in sorted(LIBRARIES.items()):
            if header in headers:
                return "<%s> is for src/%s only: call that module" % (
                    header, owner)
        return "<%s> in src/: nothing there touches the operating system; " \
            "take it from the host or through an interface" % header
    return None


def refuse_quoted(root, path, header, kind, module, layers):
    """Why "header" may not stand in a file of this kind; None: it may."""
    folder, slash, _ = header.partition("/")
    beside = os.path.join(root, os.path.dirname(path), header)
    if header.startswith("prometeu/"):
        return "write public headers as <%s>" % header
    if ".." in header.split("/"):
        return "\"%s\" climbs: write the folder in front" % header
    if kind == "include":
        return "\"%s\": a public header includes only <prometeu/...>" % header
    if kind == "examples":
        return None if os.path.exists(beside) else \
            "\"%s\": an example sees only <prometeu/...>" % header
    if kind == "hosts":
        own = "/".join(path.split("/")[:2])
        if header.startswith((own + "/", "hosts/common/")):
            return None
        return "\"%s\": a host sees <prometeu/...>, \"%s/...\" and " \
            "\"hosts/common/...\"" % (header, own)
    if kind == "cli" and (folder == "cli" or
                          not slash and os.path.exists(beside)):
        return None
    if not slash:
        return "\"%s\": write the module in front, \"%s/%s\"" % (
            header, module, header)
    if folder == module or folder in layers.get(module, set()):
        return None
    if folder in layers:
        return "\"%s\": %s may not include %s (tools/layers.txt)" % (
            header, module, folder)
    return "\"%s\": there is no module %s" % (header, folder)


def check_file(root, path, kind, module, layers, findings):
    with open(os.path.join(root, path), encoding="utf-8",
              errors="replace") as file:
        text = file.read()
    for number, line in enumerate(text.split("\n"), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        angle, quoted, other = match.groups()
        if angle:
            why = refuse_angle(path, angle, kind, module)
        elif quoted:
            why = refuse_quoted(root, path, quoted, kind, module, layers)
        else:
            why = "include of a macro: write the header's name" \
                if kind in ("src", "include") else None
        if why:
            findings.add(path, number, why)
    if kind == "src":
        check_system_calls(path, text, findings)
    if kind in ("src", "hosts", "cli"):
        check_clocks(path, text, findings)


def check_tree(root):
    findings = Findings()
    layers = read_layers(root, findings)
    for path in sources(root, "include"):
        check_file(root, path, "include", "prometeu", layers, findings)
    for path in sources(root, "src"):
        parts = path.split("/")
        if len(parts) != 3:
            findings.add(path, 1, "files stand in src/<module>/, no deeper "
                         "and no higher")
            continue
        if parts[1] not in layers or parts[1] in ROOT_FOLDERS:
            findings.add(path, 1, "module %s has no line in tools/layers.txt"
                         % parts[1])
            continue
        check_file(root, path, "src", parts[1], layers, findings)
    for path in sources(root, "hosts"):
        check_file(root, path, "hosts", "hosts", layers, findings)
    for path in sources(root, "cli"):
        check_file(root, path, "cli", "cli", layers, findings)
    for path in sources(root, "examples"):
        check_file(root, path, "examples", "examples", layers, findings)
    return findings.lines


def main(arguments):
    if len(arguments) > 1 or arguments[:1] in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 2 if len(arguments) > 1 else 0
    here = os.path.dirname(os.path.abspath(__file__))
    root = arguments[0] if arguments else os.path.dirname(here)
    try:
        lines = check_tree(root)
    except OSError as error:
        print("check_layers: %s" % error, file=sys.stderr)
        return 2
    for line in lines:
        print(line)
    if lines:
        print("%d findings" % len(lines))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
