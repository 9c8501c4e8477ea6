; The smallest game: a text that stays where it is.
;
;     prometeu run examples/hello
;
; What a program wants of its console it declares: module, name, version,
; and the types of what goes in and what comes out.
.module "hello"
.host gfx clear 1 (i64) -> ()
.host gfx text 1 (i64, i64, string, i64) -> ()

; Function 0, the first one, is where a program starts. It loops for ever,
; once around a frame: sixty times a second.
.func main ()
frame:
    push_i64 0x10a6             ; dark blue, as RGB565: rrrrrggggggbbbbb
    hostcall gfx.clear
    push_i64 112                ; x: 12 letters of 8 pixels, in the middle
    push_i64 86                 ; y
    push_const "Hello, world"
    push_i64 0xffff             ; white
    hostcall gfx.text
    frame_sync                  ; shows the picture, waits for the next frame
    jmp frame
.end
