.exact
.module "a"
.type _ = func () -> (any) ; #0
.type _ = func (#5) -> (bytes, f32) ; #1
.type "record" = record {
    "a\nb": string,
    "f64": "record",
    "\xe2\x80\xae": any,
} ; #2
.type _ = state "#1" ; #3
.type _ = state "1st" ; #4
.type _ = state "A" ; #5
.type _ = state "Point" ; #6
.type _ = array bytes ; #7
.type _ = array coroutine ; #8
.const _ = f32 1.9413929e-19 ; #0
.const _ = i32 1133475329 ; #1
.const _ = i64 4036664067287900162 ; #2
.const _ = f32 8.351681e+37 ; #3
.const _ = f32 3.1608244e+18 ; #4
.const _ = "" ; #5
.const _ = " x" ; #6
.const _ = "\"q\"" ; #7
.const _ = "#1" ; #8
.const _ = "1st" ; #9
.const _ = "A" ; #10
.const _ = "Point" ; #11
.const _ = "_" ; #12
.const _ = "_tmp" ; #13
.const _ = "a" ; #14
.const _ = "a\nb" ; #15
.const _ = "a.b" ; #16
.const _ = "a\\n" ; #17
.const _ = "array" ; #18
.const _ = "closure" ; #19
.const _ = "f64" ; #20
.const _ = "gfx" ; #21
.const _ = "gfx.clear" ; #22
.const _ = "loop:" ; #23
.const _ = "record" ; #24
.const _ = "self" ; #25
.const _ = "state" ; #26
.const _ = "x" ; #27
.const _ = "été" ; #28
.const _ = "\xe2\x80\xae" ; #29
.const _ = "🎮" ; #30
.global "#1": func (#5) -> (bytes, f32) ; #0
.global "loop:": byte ; #1
.host "a.b" "gfx.clear" 0 (#5) -> (bytes, f32) ; #0
.host "\"q\"" "loop:" 7 (#5) -> (bytes, f32) ; #1
.host "\"q\"" "#1" 14 (#5) -> (bytes, f32) ; #2
.file "🎮" ; #0
.file "\xe2\x80\xae" ; #1
.export "" = "state"
.export " x" = Point
.export "\"q\"" = Point

.func Point (_: state "A") -> (bytes, f32) closure "state" (_: any) ; #0
    .local "closure": "record" ; #2
    .stack 6
    .byte 0x98
    .byte 0x82
    .byte 0x00
    .at "\xe2\x80\xae" 84 2
    .byte 0x00
    le
    .byte 0x14
    .at "\xe2\x80\xae" 80 2
    .byte 0xa4
    .byte 0x03
    .byte 0x00
    .at "\xe2\x80\xae" 50 1
    .byte 0x8b
    .byte 0xf4
.end

.func a ("record": state "A") -> (bytes, f32) closure (_: f64, _: i32) ; #1
    .local "_": func () -> (any) ; #2
    .local "state": array bytes ; #3
    .stack 12
    .byte 0x00
    .at "🎮" 37 2
    .byte 0x00
    .byte 0x0e
    .byte 0xbc
.end

.func "state" ("array": state "A") -> (bytes, f32) closure () ; #2
    .local a.b: array coroutine ; #2
    .local a: string ; #3
    .stack 12
    .byte 0x71
    .byte 0x00
    .byte 0x1c
    .byte 0x7e
    .at "\xe2\x80\xae" 89 2
    .byte 0x3b
    .byte 0x0c
    .byte 0x03
    .byte 0x84
    .byte 0xa4
    .byte 0x21
    .at "🎮" 56
    .byte 0x01
    .byte 0x85
    .byte 0x03
    .byte 0x00
    .byte 0xcd
    .byte 0x32
    .byte 0x40
    .at "\xe2\x80\xae" 63 2
    jmp_if_false #1315176963
    .byte 0x43
    .byte 0xbc
    .at "\xe2\x80\xae" 60
    .byte 0x3f
    jmp #4447627
    .byte 0x00
    .at "\xe2\x80\xae" 52 1
    .byte 0xa4
    .byte 0x01
    halt
    .byte 0x29
    .byte 0x04
    nop
    .at "🎮" 7
    str_from_i64
    .byte 0x97
    .at "\xe2\x80\xae" 75
    nop
    .byte 0x00
    .byte 0x05
    .byte 0x23
    halt
    .byte 0x27
.end

.func "a\\n" (A: state "A") -> (bytes, f32) ; #3
    .local x: f32 ; #1
    .local "array": string ; #2
    .local "_": "record" ; #3
    .stack 14
    .byte 0x03
    .byte 0xac
    .byte 0x76
    .at "\xe2\x80\xae" 42 1
    .byte 0x00
    .at "🎮" 43 2
    .byte 0x48
    .byte 0x03
    .byte 0x4f
    add
    .byte 0x69
    .at "🎮" 6
    nop
    .byte 0xe4
    .byte 0x00
    .byte 0xe0
    .byte 0x94
    .byte 0x00
    .byte 0x8a
    .at "\xe2\x80\xae" 54 2
    hostcall #1015349305
    nop
    .at "\xe2\x80\xae" 88 1
    .byte 0x00
    .byte 0xaf
    halt
    .at "\xe2\x80\xae" 63 2
    .byte 0x00
    .byte 0x97
    .byte 0x02
    .byte 0x00
    .at "\xe2\x80\xae" 73
    .byte 0xa1
    .byte 0x03
    .byte 0xb2
    .byte 0x00
    str_slice
    .byte 0x00
    .byte 0x99
    .byte 0x5b
.end
