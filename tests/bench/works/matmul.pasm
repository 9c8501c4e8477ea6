; matmul: arrays of floats. The product of two matrices of 120 rows.

.module matmul

.type Row = array f64
.type Matrix = array Row
.global result: i64

.func main()
.local a: Matrix, b: Matrix, c: Matrix
.local round: i64
    ; a: Matrix = filled(N, 1)
    push_i64 120
    push_i64 1
    call filled
    set_local a
    ; b: Matrix = filled(N, 2)
    push_i64 120
    push_i64 2
    call filled
    set_local b
    ; c: Matrix = filled(N, 3)
    push_i64 120
    push_i64 3
    call filled
    set_local c
    ; for round from 0 until 20
    push_i64 0
    set_local round
    jmp test
body:
    ; multiply(a, b, c, N)
    get_local a
    get_local b
    get_local c
    push_i64 120
    call multiply
    ; result = result * 31 + to_bits(c[round][N - 1 - round])
    get_global result
    push_i64 31
    mul
    get_local c
    get_local round
    arr_get
    push_i64 119
    get_local round
    sub
    arr_get
    to_bits
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

.func filled(n: i64, seed: i64) -> Matrix
.local rows: Matrix
.local i: i64, k: i64
.local row: Row
    ; rows: Matrix = array(Matrix, n)
    get_local n
    arr_new Matrix
    set_local rows
    ; for i from 0 until n
    push_i64 0
    set_local i
    jmp test
body:
    ; row: Row = array(Row, n)
    get_local n
    arr_new Row
    set_local row
    ; for k from 0 until n
    push_i64 0
    set_local k
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
    ; row[k] = to_f64(seed >> 16) / 32768.0
    get_local row
    get_local k
    get_local seed
    push_i64 16
    shr
    to_f64
    push_f64 32768.0
    div
    arr_set
    get_local k
    push_i64 1
    add
    set_local k
test2:
    get_local k
    get_local n
    lt
    jmp_if_true body2
    ; rows[i] = row
    get_local rows
    get_local i
    get_local row
    arr_set
    get_local i
    push_i64 1
    add
    set_local i
test:
    get_local i
    get_local n
    lt
    jmp_if_true body
    ; return rows
    get_local rows
    ret
.end

.func transpose(b: Matrix, n: i64) -> Matrix
.local rows: Matrix
.local j: i64, k: i64
.local row: Row
    ; rows: Matrix = array(Matrix, n)
    get_local n
    arr_new Matrix
    set_local rows
    ; for j from 0 until n
    push_i64 0
    set_local j
    jmp test
body:
    ; row: Row = array(Row, n)
    get_local n
    arr_new Row
    set_local row
    ; for k from 0 until n
    push_i64 0
    set_local k
    jmp test2
body2:
    ; row[k] = b[k][j]
    get_local row
    get_local k
    get_local b
    get_local k
    arr_get
    get_local j
    arr_get
    arr_set
    get_local k
    push_i64 1
    add
    set_local k
test2:
    get_local k
    get_local n
    lt
    jmp_if_true body2
    ; rows[j] = row
    get_local rows
    get_local j
    get_local row
    arr_set
    get_local j
    push_i64 1
    add
    set_local j
test:
    get_local j
    get_local n
    lt
    jmp_if_true body
    ; return rows
    get_local rows
    ret
.end

.func multiply(a: Matrix, b: Matrix, c: Matrix, n: i64)
.local t: Matrix
.local i: i64, j: i64, k: i64
.local ai: Row, ci: Row, tj: Row
.local sum: f64
    ; t: Matrix = transpose(b, n)
    get_local b
    get_local n
    call transpose
    set_local t
    ; for i from 0 until n
    push_i64 0
    set_local i
    jmp test
body:
    ; ai: Row = a[i]
    get_local a
    get_local i
    arr_get
    set_local ai
    ; ci: Row = c[i]
    get_local c
    get_local i
    arr_get
    set_local ci
    ; for j from 0 until n
    push_i64 0
    set_local j
    jmp test2
body2:
    ; tj: Row = t[j]
    get_local t
    get_local j
    arr_get
    set_local tj
    ; sum: f64 = 0.0
    push_f64 0.0
    set_local sum
    ; for k from 0 until n
    push_i64 0
    set_local k
    jmp test3
body3:
    ; sum += ai[k] * tj[k]
    get_local sum
    get_local ai
    get_local k
    arr_get
    get_local tj
    get_local k
    arr_get
    mul
    add
    set_local sum
    get_local k
    push_i64 1
    add
    set_local k
test3:
    get_local k
    get_local n
    lt
    jmp_if_true body3
    ; ci[j] = sum
    get_local ci
    get_local j
    get_local sum
    arr_set
    get_local j
    push_i64 1
    add
    set_local j
test2:
    get_local j
    get_local n
    lt
    jmp_if_true body2
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
