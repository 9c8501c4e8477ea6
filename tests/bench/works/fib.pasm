; fib: calls. Recursive Fibonacci numbers.

.module fib

.global result: i64

.func main()
.local round: i64
    ; for round from 0 until 12
    push_i64 0
    set_local round
    jmp test
body:
    ; result = result * 31 + fib(29)
    get_global result
    push_i64 31
    mul
    push_i64 29
    call fib
    add
    set_global result
    get_local round
    push_i64 1
    add
    set_local round
test:
    get_local round
    push_i64 12
    lt
    jmp_if_true body
    halt
.end

.func fib(n: i64) -> i64
    ; if n < 2
    get_local n
    push_i64 2
    lt
    jmp_if_false end
    ; return n
    get_local n
    ret
end:
    ; return fib(n - 1) + fib(n - 2)
    get_local n
    push_i64 1
    sub
    call fib
    get_local n
    push_i64 2
    sub
    call fib
    add
    ret
.end
