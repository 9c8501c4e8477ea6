; sort: comparisons and exchanges. Quicksort of 50,000 numbers.

.module sort

.type Numbers = array i64
.global result: i64

.func main()
.local a: Numbers
.local seed: i64, round: i64, i: i64
    ; a: Numbers = array(Numbers, N)
    push_i64 50000
    arr_new Numbers
    set_local a
    ; seed: i64 = 1
    push_i64 1
    set_local seed
    ; for round from 0 until 20
    push_i64 0
    set_local round
    jmp test
body:
    ; for i from 0 until N
    push_i64 0
    set_local i
    jmp test2
body2:
    ; seed = seed * 1103515245 + 12345 & 2147483647
    get_local seed
    push_i64 1103515245
    mul
    push_i64 12345
    add
    push_i64 0x7fffffff
    and
    set_local seed
    ; a[i] = seed >> 8
    get_local a
    get_local i
    get_local seed
    push_i64 8
    shr
    arr_set
    get_local i
    push_i64 1
    add
    set_local i
test2:
    get_local i
    push_i64 50000
    lt
    jmp_if_true body2
    ; sort(a, 0, N - 1)
    get_local a
    push_i64 0
    push_i64 49999
    call sort
    ; result = result * 31 + a[round * 1000] + a[N - 1]
    get_global result
    push_i64 31
    mul
    get_local a
    get_local round
    push_i64 1000
    mul
    arr_get
    add
    get_local a
    push_i64 49999
    arr_get
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

.func sort(a: Numbers, low: i64, high: i64)
.local pivot: i64, i: i64, j: i64, other: i64
    ; while low < high
    jmp test
body:
    ; pivot: i64 = a[low + high >> 1]
    get_local a
    get_local low
    get_local high
    add
    push_i64 1
    shr
    arr_get
    set_local pivot
    ; i: i64 = low
    get_local low
    set_local i
    ; j: i64 = high
    get_local high
    set_local j
    ; while i <= j
    jmp test2
body2:
    ; while a[i] < pivot
    jmp test3
body3:
    ; i += 1
    get_local i
    push_i64 1
    add
    set_local i
test3:
    get_local a
    get_local i
    arr_get
    get_local pivot
    lt
    jmp_if_true body3
    ; while a[j] > pivot
    jmp test4
body4:
    ; j -= 1
    get_local j
    push_i64 1
    sub
    set_local j
test4:
    get_local a
    get_local j
    arr_get
    get_local pivot
    gt
    jmp_if_true body4
    ; if i <= j
    get_local i
    get_local j
    le
    jmp_if_false end
    ; other: i64 = a[i]
    get_local a
    get_local i
    arr_get
    set_local other
    ; a[i] = a[j]
    get_local a
    get_local i
    get_local a
    get_local j
    arr_get
    arr_set
    ; a[j] = other
    get_local a
    get_local j
    get_local other
    arr_set
    ; i += 1
    get_local i
    push_i64 1
    add
    set_local i
    ; j -= 1
    get_local j
    push_i64 1
    sub
    set_local j
end:
test2:
    get_local i
    get_local j
    le
    jmp_if_true body2
    ; if j - low < high - i
    get_local j
    get_local low
    sub
    get_local high
    get_local i
    sub
    lt
    jmp_if_false other
    ; sort(a, low, j)
    get_local a
    get_local low
    get_local j
    call sort
    ; low = i
    get_local i
    set_local low
    jmp end2
other:
    ; else
    ; sort(a, i, high)
    get_local a
    get_local i
    get_local high
    call sort
    ; high = j
    get_local j
    set_local high
end2:
test:
    get_local low
    get_local high
    lt
    jmp_if_true body
    ret
.end
