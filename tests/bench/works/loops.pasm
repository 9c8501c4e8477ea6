; loops: integer arithmetic in two nested loops.

.module loops

.global result: i64

.func main()
.local round: i64
    ; for round from 0 until 20
    push_i64 0
    set_local round
    jmp test
body:
    ; result = result * 31 + work(1000)
    get_global result
    push_i64 31
    mul
    push_i64 1000
    call work
    add
    set_global result
    get_local round
    push_i64 1
    add
    set_local round
test:
    get_local round
    push_i64 20
    lt
    jmp_if_true body
    halt
.end

.func work(n: i64) -> i64
.local sum: i64, i: i64, j: i64, end: i64
    ; sum: i64 = 0
    push_i64 0
    set_local sum
    ; for i from 1 until n + 1, the bound taken once
    get_local n
    push_i64 1
    add
    set_local end
    push_i64 1
    set_local i
    jmp test
body:
    ; for j from 1 until n + 1
    push_i64 1
    set_local j
    jmp test2
body2:
    ; sum = (sum ^ i * j) + shr_u(sum, 7)
    get_local sum
    get_local i
    get_local j
    mul
    xor
    get_local sum
    push_i64 7
    shr_u
    add
    set_local sum
    get_local j
    push_i64 1
    add
    set_local j
test2:
    get_local j
    get_local end
    lt
    jmp_if_true body2
    get_local i
    push_i64 1
    add
    set_local i
test:
    get_local i
    get_local end
    lt
    jmp_if_true body
    ; return sum
    get_local sum
    ret
.end
