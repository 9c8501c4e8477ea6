#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Usage: tools/check_cppcheck.sh
#
# Runs cppcheck over src, hosts and cli: errors, warnings and portability.
# What it gets wrong is named beside the code, "// cppcheck-suppress id", with
# the reason.
set -eu
cd "$(dirname "$0")/.."

folders=()
for folder in src hosts cli; do
    [ -d "$folder" ] && folders+=("$folder")
done
mkdir -p build/cppcheck
exec cppcheck --quiet -j "$(nproc)" --std=c11 --error-exitcode=1 \
    --cppcheck-build-dir=build/cppcheck --enable=warning,portability \
    --inline-suppr --max-configs=2 --suppress=missingInclude \
    --suppress=preprocessorErrorDirective --template=gcc \
    -I include -I src -I . "${folders[@]}"
