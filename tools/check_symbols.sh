#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Usage: tools/check_symbols.sh [BUILD_DIR]     (default build/release)
#
# Looks at the libraries made from src/ (libpm_*.a, hosts and test support
# excepted), in a build without sanitizers:
#
#   - every symbol that leaves its file begins with pm_;
#   - nothing is writable: no mutable globals, so two machines in one process
#     share nothing (.data.rel.ro and .rodata are fine);
#   - nothing of the system is called that src/ must not call, and no
#     elementary function of libm, which differs from host to host.
#
# One line a finding; exit code 1 when there is one, 2 for wrong use.
set -u
export LC_ALL=C

build=${1:-build/release}
libraries=$(find "$build" -maxdepth 1 -name 'libpm_*.a' \
    ! -name 'libpm_host_*' ! -name 'libpm_test_support.a' 2>/dev/null | sort)
if [ -z "$libraries" ]; then
    echo "check_symbols: no libpm_*.a in $build: build it first" >&2
    exit 2
fi

# shellcheck disable=SC2086
nm -A -g --defined-only $libraries 2>/dev/null | awk '
    NF >= 3 && $NF !~ /^pm_/ {
        split($1, place, ":")
        print place[1] "(" place[2] "): " $NF \
            ": a symbol that leaves its file must begin with pm_"
        bad = 1
    }
    END { exit bad }'
bad=$?

# Letters of writable sections: data, small data, bss, common. nm gives
# .data.rel.ro as "d" or "D" too, so the sections are asked from objdump.
# shellcheck disable=SC2086
objdump -t $libraries | awk -v lib=libraries '
    /^In archive / { archive = $3; sub(/:$/, "", archive) }
    / file format / { object = $1; sub(/:$/, "", object) }
    / (\.data|\.bss|\.tdata|\.tbss|\.sdata|\.sbss|\*COM\*)(\.[^ \t]*)?\t/ {
        # flags, section, size and name: "... O .data\t0000 name"
        split($0, halves, "\t")
        count = split(halves[1], left, " ")
        section = left[count]
        if (section ~ /^\.data\.rel\.ro/)
            next
        name = halves[2]
        sub(/^[0-9a-f]+ +/, "", name)
        # Section symbols themselves name no variable.
        if (name == section || name ~ /^\./ || left[count - 1] ~ /d/)
            next
        print archive "(" object "): " name ": writable data in " \
            section ": make it const or hand it in"
        bad = 1
    }
    END { exit bad }'
[ $? -eq 0 ] || bad=1

# What src/base may call and no other: a panic ends the process, the default
# allocator is the C library's. libpng reports errors by longjmp, and the
# compiler's checker leaves so when memory is short.
# shellcheck disable=SC2086
nm -A -u $libraries 2>/dev/null | awk '
    BEGIN {
        system_calls = "malloc calloc realloc free aligned_alloc fopen " \
            "freopen fclose fread fwrite open close read write remove " \
            "rename unlink mmap munmap printf fprintf __printf_chk " \
            "__fprintf_chk puts putchar exit _exit abort getenv system " \
            "rand srand random time clock clock_gettime gettimeofday " \
            "nanosleep usleep getrandom getentropy localtime gmtime " \
            "setlocale pthread_create pthread_mutex_lock thrd_create " \
            "signal sigaction raise strtok strerror setjmp longjmp"
        elementary = "sin cos tan asin acos atan atan2 sinh cosh tanh " \
            "asinh acosh atanh exp exp2 expm1 log log2 log10 log1p pow " \
            "cbrt hypot sincos tgamma lgamma erf erfc"
        split(system_calls, list, " ")
        for (i in list)
            why[list[i]] = "nothing in src/ touches the system"
        split(elementary, list, " ")
        for (i in list) {
            why[list[i]] = "libm differs from host to host: use our own"
            why[list[i] "f"] = why[list[i]]
        }
    }
    {
        split($1, place, ":")
        library = place[1]
        sub(/.*\//, "", library)
        key = library "(" place[2] ")"
        if (!($NF in why))
            next
        if (key == "libpm_base.a(check.c.o)" &&
            ($NF == "abort" || $NF ~ /fprintf/))
            next
        # libpng reports errors in no other way.
        if (key ~ /^libpm_(pack.a\(png|lang.a\(check(_memory)?)\.c\.o\)$/ &&
            $NF ~ /longjmp|setjmp/)
            next
        if (key == "libpm_base.a(mem.c.o)" &&
            ($NF == "free" || $NF == "realloc"))
            next
        if (key ~ /^libpm_(pack.a\(png|lang.a\(check(_memory)?)\.c\.o\)$/ &&
            $NF ~ /jmp$/)
            next
        print key ": calls " $NF ": " why[$NF]
        bad = 1
    }
    END { exit bad }'
[ $? -eq 0 ] || bad=1
exit $bad
