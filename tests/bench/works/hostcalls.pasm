; hostcalls: calls of the host that give their argument back.

.module hostcalls

.host "bench" "nop" 1 (i64) -> i64
.global result: i64

.func main()
.local sum: i64, i: i64
    ; sum: i64 = 0
    push_i64 0
    set_local sum
    ; for i from 1 until 12000001
    push_i64 1
    set_local i
    jmp test
body:
    ; sum += nop(i)
    get_local sum
    get_local i
    hostcall bench.nop
    add
    set_local sum
    get_local i
    push_i64 1
    add
    set_local i
test:
    get_local i
    push_i64 12000001
    lt
    jmp_if_true body
    ; result = sum
    get_local sum
    set_global result
    halt
.end
