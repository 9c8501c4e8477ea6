#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""examples/embed as an embedder would use it.

usage: test_embed.py PROMETEU BUILD_FOLDER SOURCE_ROOT

The library is installed into an empty folder, the example is compiled with
what pkg-config says of it, and an untrusted program is run: lamps are lit, the
program breaks a rule, the host stays whole and puts every lamp out.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

PROMETEU, BUILD, ROOT = (str(pathlib.Path(a).resolve()) for a in sys.argv[1:4])
EXAMPLE = pathlib.Path(ROOT) / "examples" / "embed"
WANTED = ["lamp 0: 0 %", "lamp 0: 25 %", "lamp 0: 50 %", "lamp 0: 75 %",
          "lamp 0: 100 %", "lamp 0: out", "lamp 2: out"]


def run(*command, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True, timeout=120, check=False,
                          **options)
    return done.returncode, done.stdout, done.stderr


def must(*command, **options):
    code, out, err = run(*command, **options)
    if code:
        raise SystemExit("%s\n%s%s\n0 passed, 1 failed" %
                         (" ".join(command), out, err))
    return out


def compile_example(folder):
    """Gives the program, made as the comment in embed.c says."""
    installed = os.path.join(folder, "installed")
    must("cmake", "--install", BUILD, "--prefix", installed)
    pc = next(pathlib.Path(installed).rglob("prometeu.pc"))
    env = dict(os.environ, PKG_CONFIG_PATH=str(pc.parent))
    flags = must("pkg-config", "--cflags", "--libs", "prometeu",
                 env=env).split()
    program = os.path.join(folder, "embed")
    sources = sorted(str(p) for p in EXAMPLE.glob("*.c"))
    extra = os.environ.get("PM_EXTRA_CFLAGS", "").split()
    must("cc", "-std=c11", "-Wall", "-Wextra", "-Werror", *sources, *flags,
         *extra, "-o", program)
    return program


COMPILES = """
#include <prometeu/compile.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    const char *text = "[Frame] fn frame() -> void { trace(1 + 1) }\\n";
    const struct pm_compile_result *result;
    struct pm_compiler *compiler;

    if (pm_compiler_create(NULL, &compiler) ||
        pm_compiler_set_file(compiler, "src/main.pbs", text, strlen(text)) ||
        pm_compiler_build(compiler, NULL, &result))
        return 1;
    printf("%d\\n", result->module_size > 100);
    pm_compiler_destroy(compiler);
    return 0;
}
"""


def compile_compiler(folder):
    """The installed compiler, used from C and from C++."""
    pc = next(pathlib.Path(folder, "installed").rglob("prometeu-compile.pc"))
    env = dict(os.environ, PKG_CONFIG_PATH=str(pc.parent))
    flags = must("pkg-config", "--cflags", "--libs", "prometeu-compile",
                 env=env).split()
    extra = os.environ.get("PM_EXTRA_CFLAGS", "").split()
    said = []
    for compiler, name in ((["cc", "-std=c11"], "compile.c"),
                           (["c++", "-std=c++11"], "compile.cc")):
        source = pathlib.Path(folder, name)
        source.write_text(COMPILES)
        program = os.path.join(folder, "program")
        must(*compiler, "-Wall", "-Wextra", "-Werror", str(source), *flags,
             *extra, "-o", program)
        said.append(run(program))
    return said


def main():
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        cart = os.path.join(folder, "cart")
        os.mkdir(cart)
        manifest = EXAMPLE / "cart" / "manifest.json"
        (pathlib.Path(cart) / "manifest.json").write_bytes(
            manifest.read_bytes())
        must(PROMETEU, "asm", str(EXAMPLE / "lamps.pasm"), "-o",
             os.path.join(cart, "program.pbx"))
        program = compile_example(folder)
        code, out, err = run(program, cart)
        if out.splitlines() != WANTED:
            failed.append("the lamps did: " + out)
        if code != 1 or "STALE_HANDLE" not in err or \
                "lamp.light: lamp has ended" not in err:
            failed.append("the program's fault is told as: %s (exit code %d)"
                          % (err, code))
        code, out, err = run(program, folder)
        if code != 1 or "manifest.json" not in err:
            failed.append("an empty folder: %s (exit code %d)" % (err, code))
        said = compile_compiler(folder)
        if said != [(0, "1\n", "")] * 2:
            failed.append("the installed compiler: %s" % said)
    for what in failed:
        print(what)
    print("%d passed, %d failed" % (4 - len(failed), len(failed)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
