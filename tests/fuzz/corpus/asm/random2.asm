.exact
.module "f64"
.type _ = func () -> (#0) ; #0
.type _ = state " x" ; #1
.const _ = "" ; #0
.const _ = " x" ; #1
.const _ = "\"q\"" ; #2
.const _ = "#1" ; #3
.const _ = "1st" ; #4
.const _ = "A" ; #5
.const _ = "Point" ; #6
.const _ = "_" ; #7
.const _ = "_tmp" ; #8
.const _ = "a" ; #9
.const _ = "a\nb" ; #10
.const _ = "a.b" ; #11
.const _ = "a\\n" ; #12
.const _ = "array" ; #13
.const _ = "closure" ; #14
.const _ = "f64" ; #15
.const _ = "gfx" ; #16
.const _ = "gfx.clear" ; #17
.const _ = "loop:" ; #18
.const _ = "record" ; #19
.const _ = "self" ; #20
.const _ = "state" ; #21
.const _ = "x" ; #22
.const _ = "été" ; #23
.const _ = "\xe2\x80\xae" ; #24
.const _ = "🎮" ; #25
.global "_": func () -> (#0) ; #0
.host "a.b" "_tmp" 0 () -> (#0) ; #0
.host "a\nb" "array" 7 () -> (#0) ; #1
.file "🎮" ; #0
.file "\xe2\x80\xae" ; #1

.func "\"q\"" () -> (func () -> (#0)) ; #0
    .local "state": func () -> (#0) ; #0
    .local _: func () -> (#0) ; #1
    .stack 12
    .at "🎮" 80 2
    dup2
    nop
    nop
    .byte 0x00
.end

.func A () -> (func () -> (#0)) ; #1
    .local _: state " x" ; #0
    .local gfx.clear: state " x" ; #1
    .stack 13
    .at "\xe2\x80\xae" 1 1
    .byte 0x17
    .byte 0x0f
    .at "🎮" 95
    .byte 0x74
    .byte 0x03
    jmp #50331720
    .byte 0x00
    .at "\xe2\x80\xae" 96 2
    .byte 0x00
    .at "\xe2\x80\xae" 13 2
    .byte 0x50
    .byte 0x00
    .at "🎮" 95 1
    .byte 0x00
    jmp #536925441
    .at "🎮" 99 2
    .byte 0x00
    .at "🎮" 95
    .byte 0x5f
.end

.func "a\\n" () -> (func () -> (#0)) ; #2
    .local _: state " x" ; #0
    .stack 1
    .at "🎮" 27 2
    .byte 0x02
    .byte 0x01
    .byte 0x01
    .at "\xe2\x80\xae" 84
    .byte 0x00
    .at "\xe2\x80\xae" 8
    .byte 0xa8
    .byte 0x13
    load64
    .byte 0x12
    .byte 0x89
    .byte 0xf6
    .byte 0x00
    .byte 0x02
    .at "\xe2\x80\xae" 66 1
    nop
    .at "\xe2\x80\xae" 84
    .byte 0x00
    .byte 0x64
    .at "🎮" 28 2
    .byte 0xc0
    .at "🎮" 15
    .byte 0xa7
    sat_i64
    .at "\xe2\x80\xae" 1
    nop
    .byte 0x75
    .byte 0x00
    .byte 0x02
    .byte 0x57
    .at "\xe2\x80\xae" 48 2
    .byte 0x00
.end
