#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Usage: tools/check_tidy.sh [--deep] [BUILD_DIR]     (default build/clang)
#
# Runs clang-tidy with the checks named in .clang-tidy over each C file of
# src, hosts and cli that the build compiles. A file that passed is not looked
# at again until it, a header or the checks change. Of the dispatch forms,
# which expand one text, it reads one. The analyzer follows calls within a
# file only with --deep, which takes minutes.
set -u
mode=shallow
if [ "${1:-}" = --deep ]; then
    mode=deep
    shift
fi
build=${1:-build/clang}
cd "$(dirname "$0")/.." || exit 2
if [ ! -f "$build/compile_commands.json" ]; then
    echo "check_tidy: no $build/compile_commands.json: configure it first" >&2
    exit 2
fi

stamps=$build/tidy
mkdir -p "$stamps"
shared=$({
    cat .clang-tidy "$build/CMakeCache.txt"
    find include src hosts cli \( -name '*.h' -o -name '*.def' \
        -o -name '*.inc' \) -print0 2>/dev/null | sort -z | xargs -0 cat
} | sha256sum | cut -d' ' -f1)

# One file a process: what clang-tidy 14 knows of va_list in the first is wrong
# in the next.
tidy_file() {
    local key log
    key=$({ echo "$shared $mode $1"; cat "$1"; } | sha256sum | cut -d' ' -f1)
    [ -e "$stamps/$key" ] && return 0
    log=$(clang-tidy -quiet -p "$build" --extra-arg=-Xclang \
        --extra-arg=-analyzer-config --extra-arg=-Xclang \
        --extra-arg=mode="$mode" "$1" 2>&1)
    if [ $? -ne 0 ]; then
        # Each finding with its line of code; the path to it is left out.
        printf '%s\n' "$log" | grep -A 2 ': error: ' | awk '!seen[$0]++'
        return 1
    fi
    : >"$stamps/$key"
}
export -f tidy_file
export build stamps shared mode

# Only files of the compilation database; longest first, so that the last one
# does not run alone.
python3 - "$build/compile_commands.json" <<'PY' |
import json, os, sys
here = os.getcwd() + os.sep
files = {row["file"] for row in json.load(open(sys.argv[1]))}
files = {f[len(here):] for f in files if f.startswith(here)}
files = [f for f in files if f.startswith(("src/", "hosts/", "cli/"))
         and os.path.exists(f)
         and f not in ("src/vm/dispatch_goto.c", "src/vm/dispatch_switch.c")]
for f in sorted(files, key=lambda f: -os.path.getsize(f)):
    print(f, end="\0")
PY
    xargs -0 -r -n 1 -P "$(nproc)" bash -c 'tidy_file "$1"' tidy_file
