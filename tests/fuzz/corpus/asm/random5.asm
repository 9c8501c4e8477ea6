.exact
.module "été"
.type _ = func () -> (string, f64) ; #0
.type _ = func (#11) -> (bytes, i32) ; #1
.type _ = array f32 ; #2
.type _ = state "#1" ; #3
.type a.b = record {
    "\"q\"": #2,
} ; #4
.type _ = func (byte, f64, #9, string, string) -> (#6, string) ; #5
.type _ = state "Point" ; #6
.type _ = array bytes ; #7
.type _ = array coroutine ; #8
.type _ = state "a" ; #9
.type _ = state "a\nb" ; #10
.type _ = state "a.b" ; #11
.const _ = i32 1721287936 ; #0
.const _ = "" ; #1
.const _ = " x" ; #2
.const _ = "\"q\"" ; #3
.const _ = "#1" ; #4
.const _ = "1st" ; #5
.const _ = "A" ; #6
.const _ = "Point" ; #7
.const _ = "_" ; #8
.const _ = "_tmp" ; #9
.const _ = "a" ; #10
.const _ = "a\nb" ; #11
.const _ = "a.b" ; #12
.const _ = "a\\n" ; #13
.const _ = "array" ; #14
.const _ = "closure" ; #15
.const _ = "f64" ; #16
.const _ = "gfx" ; #17
.const _ = "gfx.clear" ; #18
.const _ = "loop:" ; #19
.const _ = "record" ; #20
.const _ = "self" ; #21
.const _ = "state" ; #22
.const _ = "x" ; #23
.const _ = "été" ; #24
.const _ = "\xe2\x80\xae" ; #25
.const _ = "🎮" ; #26
.host "\"q\"" "#1" 0 (#11) -> (bytes, i32) ; #0
.host "Point" "été" 7 () -> (string, f64) ; #1
.export "" = a
.export " x" = a
.export "\"q\"" = a
.export "#1" = a
.export "1st" = "loop:"
.export "A" = gfx.clear
.export "Point" = a

.func a ("1st": byte, _: f64, x: state "a", _: string, _: string) -> (state "Point", string) closure (_: f32) ; #0
    .local "f64": i32 ; #6
    .local " x": array bytes ; #7
    .local "🎮": array f32 ; #8
    .stack 18
    .byte 0x02
    .byte 0x40
    .byte 0x6a
    floor
    .byte 0x0f
    .byte 0x2d
    jmp #1275068721
    .byte 0x37
    load16
    neg
    .byte 0xa1
    .byte 0xd6
    .byte 0x00
    .byte 0x12
    .byte 0x33
    .byte 0x8c
    .byte 0x00
    .byte 0x33
    .byte 0xa2
    .byte 0x0a
    nop
    .byte 0x00
    .byte 0x5d
    .byte 0xcc
    .byte 0x03
    jmp_if_false #13284
    .byte 0x00
    .byte 0x3b
    .byte 0x15
    .byte 0x02
    .byte 0x76
    xor
.end

.func "loop:" (_: byte, _: f64, a: state "a", "🎮": string, "#1": string) -> (state "Point", string) closure "a\nb" (_: state "#1", _: state "#1") ; #1
    .local _: string ; #6
    .stack 15
    rem_u
    .byte 0x03
    ceil
    .byte 0xfc
    .byte 0x00
    .byte 0x2b
    shr
    .byte 0x01
    .byte 0x4f
    .byte 0x5f
.end

.func gfx.clear ("loop:": byte, _: f64, "": state "a", "": string, _: string) -> (state "Point", string) closure A () ; #2
    .local _: state "a\nb" ; #6
    .stack 6
    .byte 0x70
    .byte 0x03
    .byte 0x0c
    .byte 0xdb
    .byte 0x67
    .byte 0x3b
    .byte 0x1d
    .byte 0xbb
    .byte 0x00
    .byte 0xd2
    .byte 0x4e
    halt
    .byte 0xf6
    .byte 0x00
    push_byte 71
    jmp_if_false #19136601
    .byte 0x3f
    .byte 0xe0
    .byte 0x00
    .byte 0x01
    jmp_if_false #33554944
    .byte 0x02
    .byte 0x03
    jmp_if_false #512
    .byte 0x84
.end
