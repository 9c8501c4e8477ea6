; closures: calls of a closure that keeps a number.

.module closures

.type Fn = func (i64) -> i64
.global result: i64

.func main()
.local round: i64
.local f: Fn
    ; for round from 1 until 10001
    push_i64 1
    set_local round
    jmp test
body:
    ; f: Fn = counter(round, 3)
    get_local round
    push_i64 3
    call counter
    set_local f
    ; result = result * 31 + apply(f, 1000, round)
    get_global result
    push_i64 31
    mul
    get_local f
    push_i64 1000
    get_local round
    call apply
    add
    set_global result
    get_local round
    push_i64 1
    add
    set_local round
test:
    get_local round
    push_i64 10001
    lt
    jmp_if_true body
    halt
.end

.func counter(start: i64, step: i64) -> Fn
    ; return closure(count, start, step)
    get_local start
    get_local step
    make_closure count 2
    ret
.end

.func count(x: i64) -> i64 closure (n: i64, step: i64)
    ; n += step
    get_capture n
    get_capture step
    add
    set_capture n
    ; return n ^ x
    get_capture n
    get_local x
    xor
    ret
.end

.func apply(f: Fn, times: i64, x: i64) -> i64
.local i: i64
    ; for i from 0 until times
    push_i64 0
    set_local i
    jmp test
body:
    ; x = f(x)
    get_local f
    get_local x
    call_closure 1
    set_local x
    get_local i
    push_i64 1
    add
    set_local i
test:
    get_local i
    get_local times
    lt
    jmp_if_true body
    ; return x
    get_local x
    ret
.end
