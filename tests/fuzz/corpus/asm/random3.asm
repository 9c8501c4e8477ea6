.exact
.module "gfx"
.type _ = func () -> () ; #0
.type "record" = record {
    "state": #4,
} ; #1
.type _ = func (f32, Point) -> () ; #2
.type _ = state "#1" ; #3
.type _ = array bool ; #4
.type _ = array byte ; #5
.type Point = record {
    _tmp: #2,
    A: "record",
} ; #6
.type "a\nb" = record {
    "\xe2\x80\xae": #5,
} ; #7
.const _ = i64 2451982303953604096 ; #0
.const _ = f64 1.2363775730420443e-19 ; #1
.const _ = i32 982472706 ; #2
.const _ = i64 1371441769953054979 ; #3
.const _ = "" ; #4
.const _ = " x" ; #5
.const _ = "\"q\"" ; #6
.const _ = "#1" ; #7
.const _ = "1st" ; #8
.const _ = "A" ; #9
.const _ = "Point" ; #10
.const _ = "_" ; #11
.const _ = "_tmp" ; #12
.const _ = "a" ; #13
.const _ = "a\nb" ; #14
.const _ = "a.b" ; #15
.const _ = "a\\n" ; #16
.const _ = "array" ; #17
.const _ = "closure" ; #18
.const _ = "f64" ; #19
.const _ = "gfx" ; #20
.const _ = "gfx.clear" ; #21
.const _ = "loop:" ; #22
.const _ = "record" ; #23
.const _ = "self" ; #24
.const _ = "state" ; #25
.const _ = "x" ; #26
.const _ = "été" ; #27
.const _ = "\xe2\x80\xae" ; #28
.const _ = "🎮" ; #29
.global _tmp: string ; #0
.host "a" "gfx" 0 (f32, Point) -> () ; #0
.host "#1" "x" 7 () -> () ; #1
.export "" = "1st"
.export " x" = "1st"
.export "\"q\"" = #4
.export "#1" = "1st"
.export "1st" = #1
.export "A" = #4
.export "Point" = #4
.export "_" = #1
.export "_tmp" = #4
.export "a" = #4
.export "a\nb" = #4
.export "a.b" = self
.export "a\\n" = self
.export "array" = self
.export "closure" = #4
.export "f64" = #1

.func "f64" (_: f32, "🎮": Point) -> () closure Point (_: coroutine) ; #0
    .stack 12
    .byte 0xde
    nop
    .byte 0x00
    .byte 0x3b
    .byte 0x2c
    .byte 0x36
    .byte 0x02
    .byte 0x03
    jmp #1197670658
    .byte 0x50
    .byte 0x7f
    .byte 0x00
    .byte 0x0a
    .byte 0x01
    shr_u
    .byte 0x00
    .byte 0x3c
    .byte 0x02
    .byte 0x46
    load32
    .byte 0x00
    .byte 0xea
    .byte 0x01
    .byte 0x01
.end

.func _tmp ("1st": f32, " x": Point) -> () closure "state" (_: Point) ; #1
    .local _: "record" ; #3
    .local _: func (f32, Point) -> () ; #4
    .local _: state "#1" ; #5
    .stack 5
    .byte 0x00
    .byte 0x5e
    nop
    neg
    .byte 0xe6
    .byte 0x4e
    .byte 0x03
    .byte 0x02
    .byte 0x42
    .byte 0xb9
.end

.func self () -> () ; #2
    .local _: state "#1" ; #0
    .local _: array byte ; #1
    .stack 13
    .byte 0x03
    .byte 0x10
    .byte 0x64
    .byte 0x9c
    .byte 0x00
    str_len
    .byte 0x61
    .byte 0x97
    jmp #676222558
    nop
    .byte 0x80
    .byte 0x01
    .byte 0x86
    .byte 0xbf
    nop
    rem
    .byte 0x01
    .byte 0x02
    .byte 0xbd
    swap
    .byte 0xb5
    .byte 0x00
    .byte 0x02
    .byte 0x86
    .byte 0x5f
    .byte 0x75
    .byte 0x01
    .byte 0x6e
    .byte 0x02
    .byte 0x01
    .byte 0x19
.end

.func "1st" ("\xe2\x80\xae": f32, _: Point) -> () ; #3
    .local _: array bool ; #2
    .local "state": "a\nb" ; #3
    .local " x": i32 ; #4
    .stack 11
    load32
    .byte 0x00
    .byte 0x01
    .byte 0x02
    jmp_if_false #458987
    .byte 0x02
    .byte 0x2f
    .byte 0x01
    .byte 0x8d
    .byte 0x2a
    .byte 0x0b
    .byte 0x15
    .byte 0x03
    jmp #1342177281
.end

.func _tmp ("loop:": f32, _: Point) -> () closure () ; #4
    .stack 6
    .byte 0xaa
    nop
    .byte 0x02
    .byte 0x73
    .byte 0xdf
    .byte 0x9b
    .byte 0x0c
    .byte 0xcf
    bytes_new
    nop
    .byte 0x00
    .byte 0xba
    rem
    .byte 0x59
    .byte 0x00
    .byte 0x27
    arr_copy
    nop
    nop
    halt
    .byte 0x78
    .byte 0x02
    wrap_i32
    nop
    nop
    .byte 0x3d
    shl
    .byte 0x5a
    .byte 0x30
    jmp #1442911744
    nop
    .byte 0x00
    .byte 0xe5
    jmp #33620299
    .byte 0xc5
    .byte 0x01
    .byte 0x03
.end
