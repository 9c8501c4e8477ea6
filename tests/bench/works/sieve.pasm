; sieve: the sieve of Eratosthenes over a byte buffer.

.module sieve

.global result: i64

.func main()
.local flags: bytes
.local round: i64
    ; flags: bytes = bytes_new(N)
    push_i64 400000
    bytes_new
    set_local flags
    ; for round from 0 until 24
    push_i64 0
    set_local round
    jmp test
body:
    ; result = result * 31 + work(flags, N)
    get_global result
    push_i64 31
    mul
    get_local flags
    push_i64 400000
    call work
    add
    set_global result
    get_local round
    push_i64 1
    add
    set_local round
test:
    get_local round
    push_i64 24
    lt
    jmp_if_true body
    halt
.end

.func work(flags: bytes, n: i64) -> i64
.local i: i64, count: i64, k: i64
    ; for i from 0 until n
    push_i64 0
    set_local i
    jmp test
body:
    ; store8(flags, i, 1)
    get_local flags
    get_local i
    push_i64 1
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
    ; count: i64 = 0
    push_i64 0
    set_local count
    ; for i from 2 until n
    push_i64 2
    set_local i
    jmp test2
body2:
    ; if load8(flags, i) != 0
    get_local flags
    get_local i
    load8
    to_i64
    push_i64 0
    ne
    jmp_if_false end
    ; count += 1
    get_local count
    push_i64 1
    add
    set_local count
    ; for k from i * i until n step i
    get_local i
    get_local i
    mul
    set_local k
    jmp test3
body3:
    ; store8(flags, k, 0)
    get_local flags
    get_local k
    push_i64 0
    store8
    get_local k
    get_local i
    add
    set_local k
test3:
    get_local k
    get_local n
    lt
    jmp_if_true body3
end:
    get_local i
    push_i64 1
    add
    set_local i
test2:
    get_local i
    get_local n
    lt
    jmp_if_true body2
    ; return count
    get_local count
    ret
.end
