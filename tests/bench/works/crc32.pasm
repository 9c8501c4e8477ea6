; crc32: bytes, a table, shifts. The CRC-32 of a buffer, byte by byte.

.module crc32

.type Table = array i64
.global result: i64

.func main()
.local t: Table
.local data: bytes
.local seed: i64, i: i64, round: i64
    ; t: Table = make_table()
    call make_table
    set_local t
    ; data: bytes = bytes_new(N)
    push_i64 100000
    bytes_new
    set_local data
    ; seed: i64 = 1
    push_i64 1
    set_local seed
    ; for i from 0 until N
    push_i64 0
    set_local i
    jmp test
body:
    ; seed = seed * 1103515245 + 12345 & 2147483647
    get_local seed
    push_i64 1103515245
    mul
    push_i64 12345
    add
    push_i64 0x7fffffff
    and
    set_local seed
    ; store8(data, i, seed >> 16 & 255)
    get_local data
    get_local i
    get_local seed
    push_i64 16
    shr
    push_i64 255
    and
    store8
    get_local i
    push_i64 1
    add
    set_local i
test:
    get_local i
    push_i64 100000
    lt
    jmp_if_true body
    ; for round from 0 until 200
    push_i64 0
    set_local round
    jmp test2
body2:
    ; result = result * 31 + crc(t, data, N)
    get_global result
    push_i64 31
    mul
    get_local t
    get_local data
    push_i64 100000
    call crc
    add
    set_global result
    get_local round
    push_i64 1
    add
    set_local round
test2:
    get_local round
    push_i64 200
    lt
    jmp_if_true body2
    halt
.end

.func make_table() -> Table
.local t: Table
.local i: i64, c: i64, k: i64
    ; t: Table = array(Table, 256)
    push_i64 256
    arr_new Table
    set_local t
    ; for i from 0 until 256
    push_i64 0
    set_local i
    jmp test
body:
    ; c: i64 = i
    get_local i
    set_local c
    ; for k from 0 until 8
    push_i64 0
    set_local k
    jmp test2
body2:
    ; if c & 1 != 0
    get_local c
    push_i64 1
    and
    push_i64 0
    ne
    jmp_if_false other
    ; c = c >> 1 ^ 3988292384
    get_local c
    push_i64 1
    shr
    push_i64 0xedb88320
    xor
    set_local c
    jmp end
other:
    ; else
    ; c = c >> 1
    get_local c
    push_i64 1
    shr
    set_local c
end:
    get_local k
    push_i64 1
    add
    set_local k
test2:
    get_local k
    push_i64 8
    lt
    jmp_if_true body2
    ; t[i] = c
    get_local t
    get_local i
    get_local c
    arr_set
    get_local i
    push_i64 1
    add
    set_local i
test:
    get_local i
    push_i64 256
    lt
    jmp_if_true body
    ; return t
    get_local t
    ret
.end

.func crc(t: Table, data: bytes, n: i64) -> i64
.local c: i64, i: i64
    ; c: i64 = 4294967295
    push_i64 0xffffffff
    set_local c
    ; for i from 0 until n
    push_i64 0
    set_local i
    jmp test
body:
    ; c = t[(c ^ load8(data, i)) & 255] ^ c >> 8
    get_local t
    get_local c
    get_local data
    get_local i
    load8
    to_i64
    xor
    push_i64 255
    and
    arr_get
    get_local c
    push_i64 8
    shr
    xor
    set_local c
    get_local i
    push_i64 1
    add
    set_local i
test:
    get_local i
    get_local n
    lt
    jmp_if_true body
    ; return c ^ 4294967295
    get_local c
    push_i64 0xffffffff
    xor
    ret
.end
