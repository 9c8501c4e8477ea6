.exact
.module "record"
.type _ = func () -> (string, f64) ; #0
.const _ = f64 2.2884234304083803e+236 ; #0
.const _ = i32 1109238529 ; #1
.const _ = i32 171955202 ; #2
.const _ = i64 7711832295058963459 ; #3
.const _ = i64 2308811583245853188 ; #4
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
.global "record": func () -> (string, f64) ; #0
.global gfx: i32 ; #1
.global "1st": func () -> (string, f64) ; #2
.file "🎮" ; #0
.export "" = "a\\n"

.func "a\\n" () -> (string, f64) closure "1st" (_: bool, _: bytes) ; #0
    .local a: f64 ; #1
    .local "\xe2\x80\xae": func () -> (string, f64) ; #2
    .stack 5
    .at "🎮" 9 1
    .byte 0x00
    .byte 0x03
    .byte 0xd6
    .byte 0x00
.end

.func "record" () -> (string, f64) closure (_: func () -> (string, f64), _: f64) ; #1
    .stack 19
    .at "🎮" 93
    .byte 0x03
    .byte 0xa4
    .byte 0x01
    .byte 0xf2
    .byte 0x00
    .byte 0xf6
    .byte 0x00
    .byte 0x43
    .at "🎮" 50 2
    .byte 0x00
    .byte 0xd3
    .byte 0xcb
    .byte 0x3a
    .byte 0x03
    .at "🎮" 86 1
    .byte 0x03
    .byte 0xb3
.end

.func "\"q\"" () -> (string, f64) closure Point (_: func () -> (string, f64)) ; #2
    .stack 7
    halt
    .byte 0x00
    .at "🎮" 25 1
    .byte 0x02
    .byte 0x6b
    .byte 0x43
    .byte 0x24
.end

.func "a\nb" () -> (string, f64) closure () ; #3
    .local a.b: byte ; #1
    .local "_": func () -> (string, f64) ; #2
    .stack 19
    .at "🎮" 55
    .byte 0x01
    .byte 0x58
    floor
    .at "🎮" 68 2
    .byte 0x00
    .byte 0xb7
    .byte 0x62
    .byte 0x11
    .byte 0x55
    .byte 0x01
    halt
    .at "🎮" 28 1
    nop
    .at "🎮" 36 2
    .byte 0x00
    .byte 0x01
    .at "🎮" 7 1
    .byte 0x77
    .byte 0x00
    .byte 0x48
    .byte 0x92
    nop
    .byte 0x1b
    .byte 0x03
    .byte 0x01
    .at "🎮" 97 1
    .byte 0xf7
    .byte 0x02
    .byte 0x00
.end
