; blit: bytes, a test for each. A sprite of 16 x 16 with a clear color.

.module blit

.global result: i64

.func main()
.local screen: bytes, sprite: bytes
.local i: i64, seed: i64, round: i64, x: i64, y: i64
    ; screen: bytes = bytes_new(WIDTH * HEIGHT)
    push_i64 57600
    bytes_new
    set_local screen
    ; sprite: bytes = bytes_new(SIZE * SIZE)
    push_i64 256
    bytes_new
    set_local sprite
    ; for i from 0 until SIZE * SIZE
    push_i64 0
    set_local i
    jmp test
body:
    ; store8(sprite, i, i * i % 7 * 9)
    get_local sprite
    get_local i
    get_local i
    get_local i
    mul
    push_i64 7
    rem
    push_i64 9
    mul
    store8
    get_local i
    push_i64 1
    add
    set_local i
test:
    get_local i
    push_i64 256
    lt
    jmp_if_true body
    ; seed: i64 = 1
    push_i64 1
    set_local seed
    ; for round from 0 until 100000
    push_i64 0
    set_local round
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
    ; x: i64 = (seed >> 8) % (WIDTH - SIZE)
    get_local seed
    push_i64 8
    shr
    push_i64 304
    rem
    set_local x
    ; y: i64 = (seed >> 18) % (HEIGHT - SIZE)
    get_local seed
    push_i64 18
    shr
    push_i64 164
    rem
    set_local y
    ; blit(screen, sprite, x, y)
    get_local screen
    get_local sprite
    get_local x
    get_local y
    call blit
    ; result = result * 31 + load8(screen, y * WIDTH + x + 17)
    get_global result
    push_i64 31
    mul
    get_local screen
    get_local y
    push_i64 320
    mul
    get_local x
    add
    push_i64 17
    add
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
    push_i64 100000
    lt
    jmp_if_true body2
    halt
.end

.func blit(screen: bytes, sprite: bytes, x: i64, y: i64)
.local start: i64, row: i64, to: i64, column: i64, color: i64
    ; start: i64 = 0
    push_i64 0
    set_local start
    ; for row from 0 until SIZE
    push_i64 0
    set_local row
    jmp test
body:
    ; to: i64 = (y + row) * WIDTH + x
    get_local y
    get_local row
    add
    push_i64 320
    mul
    get_local x
    add
    set_local to
    ; for column from 0 until SIZE
    push_i64 0
    set_local column
    jmp test2
body2:
    ; color: i64 = load8(sprite, start + column)
    get_local sprite
    get_local start
    get_local column
    add
    load8
    to_i64
    set_local color
    ; if color != 0
    get_local color
    push_i64 0
    ne
    jmp_if_false end
    ; store8(screen, to + column, color)
    get_local screen
    get_local to
    get_local column
    add
    get_local color
    store8
end:
    get_local column
    push_i64 1
    add
    set_local column
test2:
    get_local column
    push_i64 16
    lt
    jmp_if_true body2
    ; start += SIZE
    get_local start
    push_i64 16
    add
    set_local start
    get_local row
    push_i64 1
    add
    set_local row
test:
    get_local row
    push_i64 16
    lt
    jmp_if_true body
    ret
.end
