#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Usage: tools/check_cppcheck.sh
#
# Runs cppcheck over src, hosts and cli: errors, warnings and portability.
# What it gets wrong is named beside the code, "// cppcheck-suppress id", with
# the reason. The dispatch forms are left to clang-tidy: their expansion takes
# cppcheck minutes.
set -eu
cd "$(dirname "$0")/.."

folders=()
for folder in src hosts cli; do
    [ -d "$folder" ] && folders+=("$folder")
done
mkdir -p build/cppcheck
exec cppcheck --quiet -j "$(nproc)" --std=c11 --error-exitcode=1 \
    --cppcheck-build-dir=build/cppcheck --enable=warning,portability \
    --library=tools/cppcheck.cfg --inline-suppr --max-configs=2 --suppress=missingInclude \
    --suppress=preprocessorErrorDirective --template=gcc \
    -i src/vm/dispatch_goto.c -i src/vm/dispatch_tail.c \
    -i src/vm/dispatch_switch.c \
    -I include -I src -I . "${folders[@]}"
