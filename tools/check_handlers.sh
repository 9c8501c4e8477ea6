#!/bin/bash
# Checks on the machine code of a release build that no hot handler of the
# engine has a stack frame or calls a function that returns: what a handler
# does rarely is a function of its own, entered by a jump.
#
#   tools/check_handlers.sh BUILD_DIR
set -eu

build=${1:?usage: tools/check_handlers.sh BUILD_DIR}
root=$(cd "$(dirname "$0")/.." && pwd)
object=$(find "$build" -name 'dispatch_tail.c.o' | head -n 1)
if [ -z "$object" ]; then
    echo "check_handlers: no dispatch_tail.c.o under $build" >&2
    exit 1
fi
if [ "$(uname -m)" != x86_64 ]; then
    echo "check_handlers: knows x86-64 only; nothing checked"
    exit 0
fi

# Handlers that call on purpose: rows COLD and the two ways to the host.
# The same for library calls that C makes of a rounding or a remainder.
cold=$(sed -n 's/^COLD(\([A-Z0-9_]*\),.*/op_\1/p' "$root/src/image/ops.def")
allowed="$cold op_SYSCALL op_INTRINSIC op_MOV__SYSCALL"
library='^op_(SQRT|FLOOR|CEIL|TRUNC|ROUND|MIN|MAX)_F(32|64)|^op_SAT_|^op_RET_N$'

objdump -d --no-show-raw-insn "$object" | awk -v allowed="$allowed" \
    -v library="$library" '
    BEGIN { n = split(allowed, names, /[ \n]+/); for (i in names) ok[names[i]] = 1 }
    /^[0-9a-f]+ <op_/ { name = $2; gsub(/[<>:]/, "", name); sub(/\..*/, "", name); seen++ }
    name != "" && !(name in ok) && name !~ library {
        if ($2 ~ /^(push|pushq|call|callq|enter)$/ || \
            ($2 ~ /^sub/ && $3 ~ /%rsp$/)) {
            bad[name] = bad[name] "\n    " $0
        }
    }
    END {
        if (seen < 100) { print "check_handlers: found only " seen " handlers"; exit 1 }
        for (b in bad) { print b " has a frame or calls:" bad[b]; failed = 1 }
        if (!failed) print "check_handlers: " seen " handlers, none hot with a frame"
        exit failed
    }'
