#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of tools/check_layers.py over small made trees.

Each rule has a tree that breaks it and says where. Ends in "N passed, N
failed" like every test program.
"""

import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))
import check_layers  # noqa: E402

LAYERS = "base:\nheap: base\nvm: base heap\npack: base\nhosts:\n" \
    "cli: base pack hosts\n"


def check(files, layers=LAYERS):
    """The findings in a tree of {path: text}."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in {"tools/layers.txt": layers, **files}.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        return check_layers.check_tree(root)


class Layers(unittest.TestCase):
    def refused(self, files, *words, layers=LAYERS):
        lines = check(files, layers)
        self.assertEqual(len(lines), 1, lines)
        for word in words:
            self.assertIn(word, lines[0])

    def allowed(self, files, layers=LAYERS):
        self.assertEqual(check(files, layers), [])

    def test_a_tree_that_keeps_the_rules_passes(self):
        self.allowed({
            "include/prometeu/a.h": "#include <stdint.h>\n"
                                    "#include <prometeu/b.h>\n",
            "src/base/base.c": '#include "base/base.h"\n#include <xxhash.h>\n'
                               "#include <string.h>\n",
            "src/vm/vm.c": '#include <prometeu/a.h>\n#include "vm/vm.h"\n'
                           '#include "heap/heap.h"\n#include "base/buf.h"\n',
            "src/pack/png.c": "#include <png.h>\n",
            "hosts/common/x.h": "#include <unistd.h>\n",
            "hosts/sdl2/main.c": "#include <SDL.h>\n#include <prometeu/a.h>\n"
                                 '#include "hosts/common/x.h"\n'
                                 '#include "hosts/sdl2/y.h"\n',
            "cli/cli.h": "",
            "cli/main.c": '#include "cli.h"\n#include "cli/cli.h"\n'
                          '#include "pack/pack.h"\n#include <stdio.h>\n'
                          '#include "hosts/sdl2/y.h"\n',
        })

    def test_a_module_off_its_line_is_refused_with_file_and_line(self):
        self.refused({"src/heap/heap.c": '\n\n#include "vm/vm.h"\n'},
                     "src/heap/heap.c:3:", "heap may not include vm")

    def test_arrows_do_not_carry_on(self):
        layers = "base:\nheap: base\nvm: heap\n"
        self.refused({"src/vm/vm.c": '#include "base/buf.h"\n'},
                     "vm may not include base", layers=layers)

    def test_an_unknown_module_is_refused(self):
        self.refused({"src/vm/vm.c": '#include "jit/jit.h"\n'},
                     "there is no module jit")

    def test_an_include_without_its_module_is_refused(self):
        self.refused({"src/vm/vm.c": '#include "vm.h"\n', "src/vm/vm.h": ""},
                     "write the module in front", '"vm/vm.h"')

    def test_an_include_that_climbs_is_refused(self):
        self.refused({"src/vm/vm.c": '#include "vm/../cli/a.h"\n'}, "climbs")

    def test_a_public_header_in_quotes_is_refused(self):
        self.refused({"src/vm/vm.c": '#include "prometeu/fs.h"\n'},
                     "<prometeu/fs.h>")

    def test_an_include_of_a_macro_is_refused(self):
        self.refused({"src/vm/vm.c": "#include HEADER\n"}, "macro")

    def test_headers_of_the_system_are_refused_in_src(self):
        for header in ("unistd.h", "sys/mman.h", "pthread.h", "time.h",
                       "locale.h", "fcntl.h", "windows.h", "threads.h"):
            with self.subTest(header=header):
                self.refused({"src/vm/vm.c": "#include <%s>\n" % header},
                             "src/vm/vm.c:1:", header, "operating system")

    def test_a_library_is_for_its_module_only(self):
        self.refused({"src/vm/vm.c": "#include <png.h>\n"},
                     "<png.h> is for src/pack only")
        self.refused({"src/heap/h.c": "#include <xxhash.h>\n"},
                     "<xxhash.h> is for src/base only")

    def test_calls_of_the_system_are_refused_in_src(self):
        for call in ("fopen", "malloc", "free", "getenv", "rand", "printf"):
            with self.subTest(call=call):
                self.refused({"src/vm/vm.c": "int f(void)\n{\n    %s (0);\n}"
                              % call}, "src/vm/vm.c:3:", "calls " + call)

    def test_names_that_only_look_like_system_calls_pass(self):
        self.allowed({"src/vm/vm.c": "// free(x)\n/* malloc(\n1) */\n"
                      'const char *s = "\\"fopen(";\nvoid f(void)\n{\n'
                      "    a.free(b);\n    a->free(b);\n    pm_free(b);\n}\n"})

    def test_the_default_allocator_may_call_free(self):
        self.allowed({"src/base/mem.c": "void f(void)\n{\n    free(0);\n}\n"})
        self.refused({"src/base/mem.c": "void f(void)\n{\n    exit(0);\n}\n"},
                     "calls exit")

    def test_a_public_header_needs_no_system(self):
        for header in ("stdio.h", "stdlib.h", "errno.h", "time.h"):
            with self.subTest(header=header):
                self.refused({"include/prometeu/a.h":
                              "#include <%s>\n" % header}, header)

    def test_a_public_header_sees_no_module(self):
        self.refused({"include/prometeu/a.h": '#include "base/buf.h"\n'},
                     "include/prometeu/a.h:1:", "only <prometeu/...>")

    def test_a_host_sees_no_module(self):
        self.refused({"hosts/sdl2/a.c": '#include "machine/machine.h"\n'},
                     "hosts/sdl2/a.c:1:", "a host sees")

    def test_a_host_sees_no_other_host(self):
        self.refused({"hosts/sdl2/a.c": '#include "hosts/web/a.h"\n'},
                     "a host sees")

    def test_the_common_host_sees_no_single_host(self):
        self.refused({"hosts/common/a.c": '#include "hosts/web/a.h"\n'},
                     "a host sees")

    def test_the_command_line_keeps_to_its_line(self):
        self.refused({"cli/main.c": '#include "vm/vm.h"\n'},
                     "cli may not include vm")

    def test_an_example_sees_only_public_headers(self):
        self.refused({"examples/embed/a.c": '#include "vm/vm.h"\n'},
                     "an example sees only")
        self.allowed({"examples/embed/a.c": '#include "b.h"\n',
                      "examples/embed/b.h": "#include <prometeu/a.h>\n"})

    def test_a_file_of_a_module_without_a_line_is_refused(self):
        self.refused({"src/jit/a.c": ""}, "src/jit/a.c:1:", "no line")

    def test_files_stand_one_folder_deep(self):
        self.refused({"src/a.c": ""}, "no deeper and no higher")
        self.refused({"src/vm/x/a.c": ""}, "no deeper and no higher")

    def test_a_cycle_is_named(self):
        self.refused({}, "tools/layers.txt:2:", "b -> c -> b",
                     layers="a: b\nb: c\nc: b\n")

    def test_a_module_that_includes_itself_is_a_cycle(self):
        self.refused({}, "a -> a", layers="a: a\n")

    def test_an_unknown_name_in_the_file_is_refused(self):
        self.refused({}, "tools/layers.txt:1:", "unknown module heep",
                     layers="vm: heep\n")

    def test_a_module_with_two_lines_is_refused(self):
        self.refused({}, "tools/layers.txt:2:", "line 1",
                     layers="vm:\nvm:\n")

    def test_a_line_of_another_form_is_refused(self):
        self.refused({}, "tools/layers.txt:1:", "not a line",
                     layers="vm base heap\n")

    def test_the_time_of_day_is_nobodys(self):
        for call in ("time(NULL)", "gettimeofday(&t, NULL)",
                     "clock_gettime(CLOCK_REALTIME, &t)",
                     "clock_gettime(CLOCK_REALTIME_COARSE, &t)",
                     "localtime_r(&t, &tm)", "timespec_get(&t, 1)"):
            for path in ("hosts/common/a.c", "cli/a.c"):
                with self.subTest(call=call, path=path):
                    self.refused({path: "void f(void)\n{\n    %s;\n}\n" % call},
                                 path + ":3:", "time of day")
        self.allowed({"hosts/common/a.c":
                      "// not CLOCK_REALTIME\n"
                      "void f(void)\n{\n    clock_gettime(CLOCK_MONOTONIC, &t);"
                      "\n    run_time(1);\n    x.time = 2;\n}\n"})


def main():
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Layers)
    result = unittest.TextTestRunner(verbosity=0).run(suite)
    # Failures within subtests count once a test.
    failed = len({getattr(test, "test_case", test).id()
                  for test, _ in result.failures + result.errors})
    print("%d passed, %d failed" % (result.testsRun - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
