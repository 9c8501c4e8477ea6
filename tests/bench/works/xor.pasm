; xor: bytes. One buffer into another, byte by byte.

.module xor

.global result: i64

.func main()
.local d: bytes, s: bytes
.local i: i64, round: i64
    ; d: bytes = bytes_new(N)
    push_i64 64000
    bytes_new
    set_local d
    ; s: bytes = bytes_new(N)
    push_i64 64000
    bytes_new
    set_local s
    ; for i from 0 until N
    push_i64 0
    set_local i
    jmp test
body:
    ; store8(d, i, i * 7 & 255)
    get_local d
    get_local i
    get_local i
    push_i64 7
    mul
    push_i64 255
    and
    store8
    ; store8(s, i, i * 13 + 5 & 255)
    get_local s
    get_local i
    get_local i
    push_i64 13
    mul
    push_i64 5
    add
    push_i64 255
    and
    store8
    get_local i
    push_i64 1
    add
    set_local i
test:
    get_local i
    push_i64 64000
    lt
    jmp_if_true body
    ; for round from 0 until 401
    push_i64 0
    set_local round
    jmp test2
body2:
    ; work(d, s, N)
    get_local d
    get_local s
    push_i64 64000
    call work
    ; result = result * 31 + load8(d, round * 7)
    get_global result
    push_i64 31
    mul
    get_local d
    get_local round
    push_i64 7
    mul
    load8
    to_i64
    add
    set_global result
    get_local round
    push_i64 1
    add
    set_local round
test2:
    get_local round
    push_i64 401
    lt
    jmp_if_true body2
    halt
.end

.func work(d: bytes, s: bytes, n: i64)
.local i: i64
    ; for i from 0 until n
    push_i64 0
    set_local i
    jmp test
body:
    ; store8(d, i, load8(d, i) ^ load8(s, i))
    get_local d
    get_local i
    get_local d
    get_local i
    load8
    to_i64
    get_local s
    get_local i
    load8
    to_i64
    xor
    store8
    get_local i
    push_i64 1
    add
    set_local i
test:
    get_local i
    get_local n
    lt
    jmp_if_true body
    ret
.end
