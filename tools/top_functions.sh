#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Usage: tools/top_functions.sh [COUNT] [FOLDER...]
#
# Lists the longest functions (default: 20 of src hosts cli). A report, no
# gate: a long one forty lines, a hundred needs a reason. Relies on the
# layout that clang-format gives: a body begins with "{" and ends with "}" in
# the first column.
set -eu
cd "$(dirname "$0")/.."

count=${1:-20}
shift || true
[ $# -gt 0 ] || set -- src hosts cli

git ls-files -co --exclude-standard -- "$@" | grep '\.c$' |
    while IFS= read -r file; do
        [ -f "$file" ] && awk -v file="$file" '
            /^[A-Za-z_].*\(/ && !/;[ \t]*$/ { head = $0 }
            /^\{/ { start = FNR }
            /^\}/ {
                name = head
                if (start && match(name, /[A-Za-z_0-9]+\(/)) {
                    name = substr(name, RSTART, RLENGTH - 1)
                    printf "%5d  %s:%d  %s\n", FNR - start - 1, file,
                        start, name
                }
                start = 0
                head = ""
            }' "$file"
    done | sort -rn | head -n "$count"
