; mandelbrot: float arithmetic in a loop that is left early.

.module mandelbrot

.global result: i64

.func main()
.local round: i64
    ; for round from 0 until 4
    push_i64 0
    set_local round
    jmp test
body:
    ; result = result * 31 + work(320, 240, 100)
    get_global result
    push_i64 31
    mul
    push_i64 320
    push_i64 240
    push_i64 100
    call work
    add
    set_global result
    get_local round
    push_i64 1
    add
    set_local round
test:
    get_local round
    push_i64 4
    lt
    jmp_if_true body
    halt
.end

.func work(width: i64, height: i64, limit: i64) -> i64
.local sum: i64, py: i64, px: i64, n: i64
.local w: f64, h: f64, ci: f64, cr: f64, zr: f64, zi: f64, rr: f64, ii: f64
    ; sum: i64 = 0
    push_i64 0
    set_local sum
    ; w: f64 = to_f64(width)
    get_local width
    to_f64
    set_local w
    ; h: f64 = to_f64(height)
    get_local height
    to_f64
    set_local h
    ; for py from 0 until height
    push_i64 0
    set_local py
    jmp test
body:
    ; ci: f64 = to_f64(py) * 2.0 / h - 1.0
    get_local py
    to_f64
    push_f64 2.0
    mul
    get_local h
    div
    push_f64 1.0
    sub
    set_local ci
    ; for px from 0 until width
    push_i64 0
    set_local px
    jmp test2
body2:
    ; cr: f64 = to_f64(px) * 3.0 / w - 2.0
    get_local px
    to_f64
    push_f64 3.0
    mul
    get_local w
    div
    push_f64 2.0
    sub
    set_local cr
    ; zr: f64 = 0.0
    push_f64 0.0
    set_local zr
    ; zi: f64 = 0.0
    push_f64 0.0
    set_local zi
    ; n: i64 = 0
    push_i64 0
    set_local n
    ; while n < limit
    jmp test3
body3:
    ; rr: f64 = zr * zr
    get_local zr
    get_local zr
    mul
    set_local rr
    ; ii: f64 = zi * zi
    get_local zi
    get_local zi
    mul
    set_local ii
    ; if rr + ii > 4.0
    get_local rr
    get_local ii
    add
    push_f64 4.0
    gt
    jmp_if_true done3
    ; zi = 2.0 * zr * zi + ci
    push_f64 2.0
    get_local zr
    mul
    get_local zi
    mul
    get_local ci
    add
    set_local zi
    ; zr = rr - ii + cr
    get_local rr
    get_local ii
    sub
    get_local cr
    add
    set_local zr
    ; n += 1
    get_local n
    push_i64 1
    add
    set_local n
test3:
    get_local n
    get_local limit
    lt
    jmp_if_true body3
done3:
    ; sum += n
    get_local sum
    get_local n
    add
    set_local sum
    get_local px
    push_i64 1
    add
    set_local px
test2:
    get_local px
    get_local width
    lt
    jmp_if_true body2
    get_local py
    push_i64 1
    add
    set_local py
test:
    get_local py
    get_local height
    lt
    jmp_if_true body
    ; return sum
    get_local sum
    ret
.end
