; all kinds of statements
.module "meadow"
.type Point = record {
    x: f64, // across
    y: f64,
}
.type Grid = array i64
.type File = state "file"
.type Op = func (i64, i64) -> (i64)
.const greeting = "Hello\n"
.const big = i64 0x7fff_ffff
.global score: i64, where: Point
.host clear = "gfx" "clear" 1 (i64) -> ()
.host gfx pixel 2 (i64, i64) -> bool
.func main ()
    .local a: i64, p: Point, g: array i64
    push_i64 2
    set_local a
    rec_new Point
    tee_local p
    get_field Point.y
    pop
loop: get_local a
    push_i64 10
    lt
    jmp_if_false done
    push_i64 'A'
    hostcall clear
    push_i64 1
    push_i64 2
    hostcall gfx.pixel
    pop
    push_const greeting
    push_const "inline"
    add
    pop
    get_local a
    make_closure add_to, 1
    push_i64 4
    call_closure 1
    pop
    jmp loop
done:
    ret
.end
.func add_to (n: i64) -> (i64) closure (captured: i64)
    get_local n
    get_capture captured
    get_local self
    pop
    add
    ret
.end
.export "start" = main
.export add_to
