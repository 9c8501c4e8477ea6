; A hero that walks. Change something and run it again:
;
;     prometeu run
;
; Instructions take their values from a stack and leave the result there:
; "push_i64 2", "push_i64 3", "add" leaves 5.
.module "game"

; What the game wants of the console.
.host gfx clear 1 (i64) -> ()
.host gfx text 1 (i64, i64, string, i64) -> ()
; glyph, palette, x, y, layer, bank, flip x, flip y, priority -> status
.host composer emit_sprite 1 (i64, i64, i64, i64, i64, i64, bool, bool, i64) -> (i64)

; What it remembers.
.global x: i64
.global faces_left: bool

; The first function is where the program starts.
.func main ()
    push_i64 152
    set_global x
    push_i64 0x2d4b                 ; the colour behind it all, RGB565
    hostcall gfx.clear
frame:
    call walk
    call draw
    frame_sync                      ; shows the picture; 60 frames a second
    jmp frame
.end

.func walk ()
    push_i64 0                      ; pad 0 ...
    push_i64 2                      ; ... button 2, left
    intrinsic pad_down
    jmp_if_false not_left
    get_global x
    push_i64 2
    sub
    set_global x
    push_bool true
    set_global faces_left
not_left:
    push_i64 0
    push_i64 3                      ; right
    intrinsic pad_down
    jmp_if_false not_right
    get_global x
    push_i64 2
    add
    set_global x
    push_bool false
    set_global faces_left
not_right:
    get_global x                    ; not out of the picture
    push_i64 0
    max
    push_i64 304
    min
    set_global x
    ret
.end

.func draw ()
    push_i64 2                      ; glyphs 2 to 5 of hero.png: walking
    intrinsic frame
    push_i64 8
    div
    push_i64 3
    and
    add
    push_i64 0
    get_global x
    push_i64 100
    push_i64 1
    push_i64 0                      ; bank 0 holds assets/hero.png
    get_global faces_left
    push_bool false
    push_i64 0
    hostcall composer.emit_sprite
    pop                             ; its status: 0 is fine
    push_i64 92
    push_i64 130
    push_const "left and right"
    push_i64 0xffff
    hostcall gfx.text
    ret
.end
