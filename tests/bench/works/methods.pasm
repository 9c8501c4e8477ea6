; methods: calls with a receiver that change fields.

.module methods

.type Point = record {
    x: i64,
    y: i64,
    dx: i64,
    dy: i64,
    moves: i64,
}
.type Points = array Point
.global result: i64

.func main()
.local points: Points
.local i: i64, round: i64
    ; points: Points = array(Points, 16)
    push_i64 16
    arr_new Points
    set_local points
    ; for i from 0 until 16
    push_i64 0
    set_local i
    jmp test
body:
    ; points[i] = make(Point, i * 10, i * 20, 3, 5, 0)
    get_local points
    get_local i
    get_local i
    push_i64 10
    mul
    get_local i
    push_i64 20
    mul
    push_i64 3
    push_i64 5
    push_i64 0
    rec_make Point
    arr_set
    get_local i
    push_i64 1
    add
    set_local i
test:
    get_local i
    push_i64 16
    lt
    jmp_if_true body
    ; for round from 1 until 200001
    push_i64 1
    set_local round
    jmp test2
body2:
    ; for i from 0 until 16
    push_i64 0
    set_local i
    jmp test3
body3:
    ; step(points[i], 400)
    get_local points
    get_local i
    arr_get
    push_i64 400
    call step
    get_local i
    push_i64 1
    add
    set_local i
test3:
    get_local i
    push_i64 16
    lt
    jmp_if_true body3
    ; result = result + key(points[round & 15])
    get_global result
    get_local points
    get_local round
    push_i64 15
    and
    arr_get
    call key
    add
    set_global result
    get_local round
    push_i64 1
    add
    set_local round
test2:
    get_local round
    push_i64 200001
    lt
    jmp_if_true body2
    halt
.end

.func step(self: Point, limit: i64)
    ; self.x += self.dx
    get_local self
    get_local self
    get_field Point.x
    get_local self
    get_field Point.dx
    add
    set_field Point.x
    ; self.y += self.dy
    get_local self
    get_local self
    get_field Point.y
    get_local self
    get_field Point.dy
    add
    set_field Point.y
    ; if self.x > limit or self.x < 0
    get_local self
    get_field Point.x
    get_local limit
    gt
    jmp_if_true yes
    get_local self
    get_field Point.x
    push_i64 0
    lt
    jmp_if_false end
yes:
    ; self.dx = -self.dx
    get_local self
    get_local self
    get_field Point.dx
    neg
    set_field Point.dx
end:
    ; if self.y > limit or self.y < 0
    get_local self
    get_field Point.y
    get_local limit
    gt
    jmp_if_true yes2
    get_local self
    get_field Point.y
    push_i64 0
    lt
    jmp_if_false end2
yes2:
    ; self.dy = -self.dy
    get_local self
    get_local self
    get_field Point.dy
    neg
    set_field Point.dy
end2:
    ; self.moves += 1
    get_local self
    get_local self
    get_field Point.moves
    push_i64 1
    add
    set_field Point.moves
    ret
.end

.func key(self: Point) -> i64
    ; return self.x * 7 + self.y
    get_local self
    get_field Point.x
    push_i64 7
    mul
    get_local self
    get_field Point.y
    add
    ret
.end
