#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Usage: tools/check_generated.sh [BUILD_DIR]     (default build/release)
#
# Checks that docs/reference is what gen_reference makes from the tables now.
set -u
build=${1:-build/release}
cd "$(dirname "$0")/.." || exit 2

if [ ! -x "$build/gen_reference" ]; then
    echo "check_generated: no $build/gen_reference: build it first" >&2
    exit 2
fi
made=$(mktemp -d) || exit 2
trap 'rm -rf "$made"' EXIT
"$build/gen_reference" "$made" >/dev/null || exit 1
if ! diff -ru docs/reference "$made"; then
    echo "docs/reference is stale; make it anew with"
    echo "    $build/gen_reference docs/reference"
    exit 1
fi
