; SPDX-License-Identifier: MIT
;
; Hello: the smallest game. It shows a text and a disc, and the pad moves the
; disc. Read it from top to bottom; docs/spec/asm.md explains every line's
; form, docs/reference/ lists all instructions and host calls.
;
;     prometeu run examples/asm/hello

.module "hello"

; What the program wants from the console. Each line gives a host call a name
; of our own, then: its module, its name, its version, what it takes and what
; it gives back. Drawing needs the capability "gfx", which prometeu.json asks
; for. A program can reach nothing but what it declares here.
.host clear = "gfx" "clear" 1 (i64) -> ()
.host text = "gfx" "text" 1 (i64, i64, string, i64) -> ()
.host disc = "gfx" "disc" 1 (i64, i64, i64, i64) -> ()

; A global lives as long as the program. It starts as 0.
.global x: i64, y: i64

; The first function in the text is where the program starts. A program never
; ends by itself: it draws a picture, says so with frame_sync, and goes on, 60
; times a second.
.func main ()
    push_i64 160            ; the disc starts in the middle of the picture,
    set_global x            ; which is 320 pixels wide and 180 high
    push_i64 100
    set_global y

    ; Colours are 16 bits: five of red, six of green, five of blue. The clear
    ; colour is a setting, so once is enough.
    push_i64 0b00010_000110_00110
    hostcall clear

forever:
    call move
    call draw
    frame_sync              ; the picture is done; wait for the next frame
    jmp forever
.end

; Moves the disc by the pad. Everything works on a stack: an instruction takes
; its arguments from the top and leaves its result there.
.func move ()
    ; x = x + axis(left, right) * 2, kept inside of the picture
    get_global x
    push_i64 2              ; buttons have numbers: left is 2, right 3
    push_i64 3
    call axis
    push_i64 2
    mul
    add
    push_i64 12
    max
    push_i64 307
    min
    set_global x

    ; y = y + axis(up, down) * 2
    get_global y
    push_i64 0
    push_i64 1
    call axis
    push_i64 2
    mul
    add
    push_i64 12
    max
    push_i64 167
    min
    set_global y
    ret
.end

; What two buttons say together: -1, 0 or 1. Parameters are locals; the value
; on the stack at `ret` is the result.
.func axis (less: i64, more: i64) -> (i64)
    push_i64 0              ; pad 0 is the first player's
    get_local more
    intrinsic pad_down      ; (pad, button) -> whether it is held
    to_i64                  ; true is 1, false is 0
    push_i64 0
    get_local less
    intrinsic pad_down
    to_i64
    sub
    ret
.end

; Draws the picture. What is drawn later covers what was drawn before.
.func draw ()
    ; A shadow first, then the disc, then a spot of light on it.
    get_global x
    push_i64 3
    add
    get_global y
    push_i64 4
    add
    push_i64 12
    push_i64 0b00001_000010_00010
    hostcall disc           ; (x, y, radius, colour)

    get_global x
    get_global y
    push_i64 12
    push_i64 0b11111_100100_00110
    hostcall disc

    get_global x
    push_i64 4
    sub
    get_global y
    push_i64 4
    sub
    push_i64 3
    push_i64 0b11111_111000_10100
    hostcall disc

    ; A letter is 8 pixels wide: 13 of them in the middle begin at 108.
    push_i64 108
    push_i64 32
    push_const "Hello, world!"
    push_i64 0xffff
    hostcall text           ; (x, y, text, colour)

    push_i64 68
    push_i64 156
    push_const "The pad moves the disc."
    push_i64 0b10000_101000_10110
    hostcall text
    ret
.end
