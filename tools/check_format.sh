#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Usage: tools/check_format.sh [--fix]
#
# Checks that every tracked C file stands as clang-format lays it out; --fix
# lays out those that do not. Tables (.def) keep their own columns.
set -eu
cd "$(dirname "$0")/.."

mode=(--dry-run -Werror)
[ "${1:-}" = --fix ] && mode=(-i)
git ls-files -z -- '*.c' '*.h' |
    xargs -0 -r -n 16 -P "$(nproc)" clang-format "${mode[@]}"
