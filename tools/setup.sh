#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Usage: tools/setup.sh [play|check|bench]     (default check)
#
# Sees to it that what a build needs is installed, on Debian and Ubuntu. Does
# nothing when nothing is missing; else installs it as root or through sudo,
# and says what. Without either it prints the line to run and stops with 3.
set -u

# package, how to see that it is there, what it is for. A row's need is met
# by its probe, so tools that came another way than by apt are as good.
play_packages='
gcc             command -v gcc                          the C compiler
libc6-dev       test -e /usr/include/stdio.h            the C library
cmake           command -v cmake                        the build
ninja-build     command -v ninja                        the build
pkgconf         command -v pkg-config                   finds libraries
libxxhash-dev   pkg-config --exists libxxhash           fingerprints
libpng-dev      pkg-config --exists libpng              pictures
libsqlite3-dev  pkg-config --exists sqlite3             the save volume
liblz4-dev      pkg-config --exists liblz4              packed assets
libzstd-dev     pkg-config --exists libzstd             packed assets
libsndfile1-dev pkg-config --exists sndfile             sounds that are packed
libexpat1-dev   pkg-config --exists expat               maps that are packed
zlib1g-dev      pkg-config --exists zlib                maps and sprites
libsdl2-dev     pkg-config --exists sdl2                the window
'
check_packages="$play_packages"'
clang           command -v clang                        the second compiler
libclang-rt-dev has_clang_runtime                       its sanitizers
clang-format    command -v clang-format                 layout of the code
clang-tidy      command -v clang-tidy                   finds faults
cppcheck        command -v cppcheck                     finds faults
python3         command -v python3                      the gates
git             command -v git                          lists the files
binutils        command -v nm                           lists the symbols
diffutils       command -v diff                         compares files
strace          command -v strace                       which bytes are read
'
bench_packages="$play_packages"'
lua5.4          command -v lua5.4                       the engine to compare with
'

has_clang_runtime() {
    [ -e "$(clang -print-file-name="libclang_rt.fuzzer-$(uname -m).a")" ]
}

# The packages of a list whose probe fails, one a line.
missing_of() {
    local package rest probe
    while read -r package rest; do
        [ -n "$package" ] || continue
        probe=${rest%%  *}
        $probe >/dev/null 2>&1 || echo "$package"
    done <<<"$1"
}

say() {
    echo "setup: $*"
}

refuse() {
    say "missing:" $missing
    say "$1"
    echo "    apt-get update && apt-get install -y --no-install-recommends" \
        $missing
    exit 3
}

install_missing() {
    local as_root=()
    if ! command -v apt-get >/dev/null; then
        refuse "there is no apt-get here; install what these packages hold:"
    fi
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            refuse "neither root nor sudo; as root run:"
        elif ! sudo -n true 2>/dev/null && [ ! -t 0 ]; then
            refuse "sudo wants a password and there is no terminal; run:"
        fi
        as_root=(sudo)
    fi
    say "installing" $missing
    local log
    log=$(mktemp)
    # env, because sudo drops the variable otherwise.
    if "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq \
        -o DPkg::Lock::Timeout=120 update >"$log" 2>&1 &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
            -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 \
            install --no-install-recommends $missing >>"$log" 2>&1; then
        rm -f "$log"
        return
    fi
    tail -n 20 "$log"
    rm -f "$log"
    refuse "apt-get could not install them (above); run:"
}

check_cmake() {
    local version
    version=$(cmake --version | awk 'NR == 1 { print $3 }')
    if [ "$(printf '3.25\n%s\n' "$version" | sort -V | head -n 1)" != 3.25 ]
    then
        say "cmake $version is too old, 3.25 or newer is needed" \
            "(Debian 12, Ubuntu 23.04 or newer have it)"
        exit 3
    fi
}

case ${1:-check} in
play) packages=$play_packages ;;
check) packages=$check_packages ;;
bench) packages=$bench_packages ;;
*)
    sed -n '4,8s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac

missing=$(missing_of "$packages")
if [ -n "$missing" ]; then
    install_missing
    missing=$(missing_of "$packages")
    [ -z "$missing" ] || refuse "installed, yet these are not found:"
fi
check_cmake
