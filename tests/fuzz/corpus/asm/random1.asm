.exact
.module "f64"
.type _ = func () -> (byte) ; #0
.type a = record {} ; #1
.type _ = state "\"q\"" ; #2
.type "\xe2\x80\xae" = record {
    a.b: f32,
    x: bool,
    "": #0,
} ; #3
.type _ = state "1st" ; #4
.type _ = func (#5, byte, byte, #7, #6) -> (a, f32) ; #5
.type "" = record {
    gfx: i32,
} ; #6
.type _ = array bytes ; #7
.type _ = func (#8, byte, bytes, "\xe2\x80\xae", #7, #0, "\xe2\x80\xae", #6) -> () ; #8
.const _ = f32 2.6155622e+17 ; #0
.const _ = i64 288349960982574081 ; #1
.const _ = i64 5621887559464953602 ; #2
.const _ = "" ; #3
.const _ = " x" ; #4
.const _ = "\"q\"" ; #5
.const _ = "#1" ; #6
.const _ = "1st" ; #7
.const _ = "A" ; #8
.const _ = "Point" ; #9
.const _ = "_" ; #10
.const _ = "_tmp" ; #11
.const _ = "a" ; #12
.const _ = "a\nb" ; #13
.const _ = "a.b" ; #14
.const _ = "a\\n" ; #15
.const _ = "array" ; #16
.const _ = "closure" ; #17
.const _ = "f64" ; #18
.const _ = "gfx" ; #19
.const _ = "gfx.clear" ; #20
.const _ = "loop:" ; #21
.const _ = "record" ; #22
.const _ = "self" ; #23
.const _ = "state" ; #24
.const _ = "x" ; #25
.const _ = "été" ; #26
.const _ = "\xe2\x80\xae" ; #27
.const _ = "🎮" ; #28
.global "\"q\"": a ; #0
.global " x": array bytes ; #1
.global "_": f64 ; #2
.host " x" "a" 0 (#8, byte, bytes, "\xe2\x80\xae", array bytes, #0, "\xe2\x80\xae", #6) -> () ; #0
.host "loop:" "self" 7 (#5, byte, byte, array bytes, #6) -> (a, f32) ; #1
.host " x" "a\\n" 14 () -> (byte) ; #2
.file "🎮" ; #0
.export "" = "#1"
.export " x" = "#1"
.export "\"q\"" = gfx.clear
.export "#1" = "#1"
.export "1st" = A
.export "A" = A
.export "Point" = A
.export "_" = "#1"
.export "_tmp" = "#1"
.export "a" = "#1"
.export "a\nb" = A
.export "a.b" = "#1"
.export "a\\n" = "#1"
.export "array" = gfx.clear
.export "closure" = gfx.clear
.export "f64" = A
.export "gfx" = "#1"

.func "#1" (_: func (#5, byte, byte, array bytes, #6) -> (a, f32), _: byte, _: byte, _: array bytes, _: #6) -> (a, f32) ; #0
    .local _: func (#8, byte, bytes, "\xe2\x80\xae", array bytes, #0, "\xe2\x80\xae", #6) -> () ; #5
    .stack 4
    .byte 0x27
    .byte 0xf3
    .at "🎮" 25
    .byte 0x01
    .byte 0x03
    .byte 0x26
    .byte 0x11
    .byte 0x02
    .byte 0x00
    .at "🎮" 80 2
    .byte 0xbf
    .byte 0x68
    .byte 0x76
    .byte 0x00
    .byte 0x4a
    .byte 0x02
    .byte 0x46
    .at "🎮" 35
    str_find
    .byte 0x70
    .byte 0x01
    .at "🎮" 16 1
    .byte 0x01
    .at "🎮" 47 2
    .byte 0x00
    and
    .byte 0x01
    .byte 0x17
    .at "🎮" 97 1
    nop
    halt
    sqrt
    .byte 0x00
.end

.func gfx.clear (_: func (#5, byte, byte, array bytes, #6) -> (a, f32), "": byte, "\xe2\x80\xae": byte, a: array bytes, _: #6) -> (a, f32) closure "f64" (_: a) ; #1
    .local "#1": byte ; #6
    .local "a\nb": coroutine ; #7
    .stack 1
    .byte 0x7f
    .at "🎮" 83 2
    .byte 0x4a
    .byte 0x56
    halt
    .at "🎮" 17 1
    .byte 0xe9
    .byte 0x00
    .at "🎮" 87 2
    .byte 0x27
    .byte 0x4b
    .byte 0x0d
    .byte 0x00
    gt
    .byte 0x00
    .byte 0x15
    .at "🎮" 49 2
    .byte 0x03
    str_find
    nop
    .byte 0x01
    .at "🎮" 27 1
    .byte 0x00
    .byte 0xd8
    .byte 0x00
    .byte 0x0b
    .byte 0xe3
    nop
    .at "🎮" 48
    .byte 0x01
    .byte 0x64
    .byte 0xd9
    .byte 0x91
    .byte 0x02
    halt
    .byte 0xdf
    .byte 0xfa
    .at "🎮" 18
    .byte 0x00
    .byte 0x03
    .byte 0x74
    .at "🎮" 46 1
    .byte 0x03
    .byte 0x03
    .byte 0x01
    .at "🎮" 22
    .byte 0x01
    .at "🎮" 42
    load_f32
    .byte 0xd8
    .byte 0x02
    .byte 0x00
    .at "🎮" 22
    .byte 0x00
    .byte 0x18
    .byte 0xf8
    .byte 0xcb
.end

.func A ("\"q\"": func (#8, byte, bytes, "\xe2\x80\xae", array bytes, #0, "\xe2\x80\xae", #6) -> (), _: byte, _: bytes, _: "\xe2\x80\xae", _: array bytes, _: func () -> (byte), _: "\xe2\x80\xae", gfx.clear: #6) -> () ; #2
    .local a: coroutine ; #8
    .local "a\nb": i32 ; #9
    .local _: bytes ; #10
    .stack 13
    .byte 0x02
    .byte 0x00
    .at "🎮" 5 2
    .byte 0x00
    ctz
    .at "🎮" 30 1
    .byte 0x00
    .byte 0x03
    .byte 0x03
    .byte 0x5b
    .byte 0x00
    .at "🎮" 49 1
    .byte 0x23
    .byte 0x25
    .byte 0x86
.end
