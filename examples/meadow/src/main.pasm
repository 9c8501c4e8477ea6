; Meadow: walk, jump, collect the coins.
;
;     prometeu run examples/meadow
;
; This game is also a tour of the assembler. Read it from top to bottom:
;
;   1. what it wants of the console       6. the player
;   2. what it remembers                  7. butterflies, each a coroutine
;   3. where it starts                    8. the words on the screen
;   4. the map, drawn with letters        9. the frame
;   5. drawing
;
; Instructions take their values from a stack and leave the result there:
; "push_i64 2", "push_i64 3", "add" leaves 5.
;
; Lengths are pixels. The player moves by parts of a pixel, so its place and
; speed count 256ths of one.

.module "meadow"

; --- 1. what it wants of the console ----------------------------------------

.host gfx clear 1 (i64) -> ()
.host gfx text 1 (i64, i64, string, i64) -> ()
; glyph, palette, x, y, layer, bank, flip x, flip y, priority -> status
.host composer emit_sprite 1 (i64, i64, i64, i64, i64, i64, bool, bool, i64) -> (i64)

; --- 2. what it remembers ---------------------------------------------------

.global map: bytes              ; 60 x 12 tiles, each the number of a glyph
.global camera: i64             ; left edge of what is seen
.global x: i64, y: i64          ; the player's upper left corner, in 256ths
.global speed: i64              ; downward, in 256ths a frame
.global walks: bool, faces_left: bool, stands: bool
.global coins: i64              ; collected so far
.global glow: i64               ; frames for which the last coin is shown
.global seed: i64               ; of the butterflies' dice

; --- 3. where it starts ------------------------------------------------------

; The first function of the text is where the program starts. It prepares all
; there is and then goes around once a frame, sixty times a second. Coroutines
; run before it, in the order in which they were spawned.
.func main ()
    push_i64 20220611
    set_global seed
    push_i64 10240              ; 40 * 256
    set_global x
    push_i64 28672              ; 112 * 256
    set_global y
    call make_map
    push_i64 110
    push_i64 100
    spawn butterfly, 2
    pop                         ; the coroutine itself, which we do not need
    push_i64 420
    push_i64 90
    spawn butterfly, 2
    pop
    push_i64 700
    push_i64 104
    spawn butterfly, 2
    pop
    spawn teach, 0
    pop
    push_i64 0xcf3f             ; the light blue of the horizon
    hostcall gfx.clear
frame:
    call update
    call draw
    frame_sync
    jmp frame
.end

; --- 4. the map, drawn with letters -----------------------------------------

; The place of a letter in this text is the number of its glyph in
; assets/scenery.png (see the README there).
.const legend = "01234/^\\(~)<>Ss?=-_[]Uu#%&pylgbB|I{}oxxxwW56mfr "

.const row_3 =  "                      o  o                     o            "
.const row_4 =  "                                                            "
.const row_5 =  "            o        [-=_=]       o           [=_]          "
.const row_6 =  "   {}            {}            {}          o         {}     "
.const row_7 =  "   56      [=_]  56            56[-=]                56  o  "
.const row_8 =  "o  |             |       o     |         [=-]    o   |  rr  "
.const row_9 =  "gp Im y bB fff g I lgpm  rbBgy I fffp  g l   bBy g m I prr f"
.const row_10 = "=-==_=-===_==-=_===-=_==-===_=-==_==-=_===-==_=-==_=-===_=-="
.const row_11 = "##%####%##&###%####%###&##%###%##%##&#####%###%##&#%###%####"

; Turns a row's letters into glyphs.
.func put_row (text: string, row: i64)
    .local column: i64
    push_i64 0
    set_local column
next:
    get_global map
    get_local row
    push_i64 60
    mul
    get_local column
    add
    ; the letter's place in the legend
    push_const legend
    get_local text
    get_local column
    push_i64 1
    str_slice
    push_i64 0
    str_find
    store8
    get_local column
    push_i64 1
    add
    tee_local column
    push_i64 60
    lt
    jmp_if_true next
    ret
.end

.func make_map ()
    push_i64 720
    bytes_new
    set_global map
    get_global map              ; nothing but sky to begin with
    push_i64 0
    push_i64 720
    push_i64 47
    bytes_fill
    push_const row_3
    push_i64 2
    call put_row
    push_const row_4
    push_i64 3
    call put_row
    push_const row_5
    push_i64 4
    call put_row
    push_const row_6
    push_i64 5
    call put_row
    push_const row_7
    push_i64 6
    call put_row
    push_const row_8
    push_i64 7
    call put_row
    push_const row_9
    push_i64 8
    call put_row
    push_const row_10
    push_i64 9
    call put_row
    push_const row_11
    push_i64 10
    call put_row
    push_const row_11
    push_i64 11
    call put_row
    ret
.end

; The glyph at a pixel of the meadow; nothing outside of it.
.func tile_at (px: i64, py: i64) -> i64
    get_local px
    push_i64 960
    lt_u                        ; as unsigned numbers: also refuses x < 0
    get_local py
    push_i64 192
    lt_u
    and
    jmp_if_false outside
    get_global map
    get_local py
    push_i64 4
    shr
    push_i64 60
    mul
    get_local px
    push_i64 4
    shr
    add
    load8
    to_i64
    ret
outside:
    push_i64 47
    ret
.end

; Whether one can stand on the tile: turf has the glyphs 16 to 20.
.func is_turf (glyph: i64) -> bool
    get_local glyph
    push_i64 16
    sub
    push_i64 5
    lt_u
    ret
.end

; --- 5. drawing -------------------------------------------------------------

; Draws a glyph of the scenery at a place of the screen. The call's status
; says whether there was room for it; there always is here.
.func scenery (glyph: i64, sx: i64, sy: i64, layer: i64)
    get_local glyph
    push_i64 0
    get_local sx
    get_local sy
    get_local layer
    push_i64 1                  ; bank 1 holds scenery.png
    push_bool false
    push_bool false
    push_i64 0
    hostcall composer.emit_sprite
    pop
    ret
.end

; A row of one sky glyph from edge to edge.
.func sky_row (glyph: i64, row: i64)
    .local sx: i64
    push_i64 0
    set_local sx
next:
    get_local glyph
    get_local sx
    get_local row
    push_i64 4
    shl
    push_i64 0
    call scenery
    get_local sx
    push_i64 16
    add
    tee_local sx
    push_i64 320
    lt
    jmp_if_true next
    ret
.end

.func draw_sky ()
    ; from deep to light; further down the clear colour goes on
    push_i64 0
    push_i64 0
    call sky_row
    push_i64 1
    push_i64 1
    call sky_row
    push_i64 2
    push_i64 2
    call sky_row
    push_i64 2
    push_i64 3
    call sky_row
    push_i64 3
    push_i64 4
    call sky_row
    push_i64 4
    push_i64 5
    call sky_row
    push_i64 4
    push_i64 6
    call sky_row
    push_i64 4
    push_i64 7
    call sky_row
    push_i64 4
    push_i64 8
    call sky_row
    ; the sun, four glyphs
    push_i64 13
    push_i64 256
    push_i64 20
    push_i64 0
    call scenery
    push_i64 14
    push_i64 272
    push_i64 20
    push_i64 0
    call scenery
    push_i64 21
    push_i64 256
    push_i64 36
    push_i64 0
    call scenery
    push_i64 22
    push_i64 272
    push_i64 36
    push_i64 0
    call scenery
    ret
.end

; Clouds drift by themselves and move an eighth as fast as the meadow.
.func draw_clouds ()
    .local i: i64, sx: i64
    push_i64 0
    set_local i
next:
    ; ((i * 150 + frame / 8 - camera / 8) mod 450) - 60
    get_local i
    push_i64 150
    mul
    intrinsic frame
    push_i64 3
    shr
    add
    get_global camera
    push_i64 3
    shr
    sub
    push_i64 450000             ; keeps what rem is given positive
    add
    push_i64 450
    rem
    push_i64 60
    sub
    set_local sx
    get_local i
    push_i64 1
    and
    push_i64 0
    ne
    jmp_if_true small
    push_i64 8
    get_local sx
    push_i64 40
    push_i64 0
    call scenery
    push_i64 9
    get_local sx
    push_i64 16
    add
    push_i64 40
    push_i64 0
    call scenery
    push_i64 10
    get_local sx
    push_i64 32
    add
    push_i64 40
    push_i64 0
    call scenery
    jmp done
small:
    push_i64 11
    get_local sx
    push_i64 62
    push_i64 0
    call scenery
    push_i64 12
    get_local sx
    push_i64 16
    add
    push_i64 62
    push_i64 0
    call scenery
done:
    get_local i
    push_i64 1
    add
    tee_local i
    push_i64 3
    lt
    jmp_if_true next
    ret
.end

; A chain of hills at the horizon, a quarter as fast as the meadow: seven
; pieces of "slope up, top, top, slope down".
.func draw_hills ()
    .local sx: i64
    push_i64 0
    get_global camera
    push_i64 2
    shr
    push_i64 80
    rem
    sub
    set_local sx
next:
    push_i64 5
    get_local sx
    push_i64 128
    push_i64 0
    call scenery
    push_i64 6
    get_local sx
    push_i64 16
    add
    push_i64 128
    push_i64 0
    call scenery
    push_i64 6
    get_local sx
    push_i64 32
    add
    push_i64 128
    push_i64 0
    call scenery
    push_i64 7
    get_local sx
    push_i64 48
    add
    push_i64 128
    push_i64 0
    call scenery
    get_local sx
    push_i64 80
    add
    tee_local sx
    push_i64 320
    lt
    jmp_if_true next
    ret
.end

; One tile of the map. Coins turn: their four pictures follow each other.
; Trunks stand under the middle of their crown, half a tile to the right, and
; crowns (glyphs 34, 35, 42, 43) are lowered a little onto them.
.func draw_tile (glyph: i64, sx: i64, sy: i64)
    get_local glyph
    push_i64 36
    eq
    jmp_if_true coin
    get_local glyph
    push_i64 32
    sub
    push_i64 2
    lt_u
    jmp_if_true trunk
    get_local glyph
    push_i64 -9                 ; without bit 3, 42 is 34 and 43 is 35
    and
    push_i64 34
    sub
    push_i64 2
    lt_u
    jmp_if_true crown
    get_local glyph
    get_local sx
    get_local sy
    push_i64 1
    call scenery
    ret
crown:
    get_local glyph
    get_local sx
    get_local sy
    push_i64 5
    add
    push_i64 1
    call scenery
    ret
coin:
    push_i64 36
    intrinsic frame
    push_i64 3
    shr
    push_i64 3
    and
    add
    get_local sx
    get_local sy
    push_i64 1
    call scenery
    ret
trunk:
    get_local glyph
    get_local sx
    push_i64 8
    add
    get_local sy
    push_i64 1
    call scenery
    ret
.end

; The part of the map that is seen: 21 columns, of which the outer two are cut
; by the picture's edges.
.func draw_map ()
    .local column: i64, row: i64, glyph: i64, wx: i64
    push_i64 0
    set_local row
next_row:
    push_i64 0
    set_local column
next:
    get_local column
    push_i64 4
    shl
    get_global camera
    add
    set_local wx
    get_local wx
    get_local row
    push_i64 4
    shl
    call tile_at
    tee_local glyph
    push_i64 47
    eq
    jmp_if_true skip
    get_local glyph
    get_local wx
    push_i64 -16                ; the tile's left edge: the last 4 bits are 0
    and
    get_global camera
    sub
    get_local row
    push_i64 4
    shl
    call draw_tile
skip:
    get_local column
    push_i64 1
    add
    tee_local column
    push_i64 21
    lt
    jmp_if_true next
    get_local row
    push_i64 1
    add
    tee_local row
    push_i64 12
    lt
    jmp_if_true next_row
    ret
.end

; --- 6. the player ----------------------------------------------------------

; Left and right walk, 1.5 pixels a frame, up to the meadow's ends.
.func walk ()
    push_bool false
    set_global walks
    push_i64 0                  ; pad 0 ...
    push_i64 2                  ; ... button 2: left
    intrinsic pad_down
    jmp_if_false not_left
    get_global x
    push_i64 384
    sub
    set_global x
    push_bool true
    set_global faces_left
    push_bool true
    set_global walks
not_left:
    push_i64 0
    push_i64 3                  ; right
    intrinsic pad_down
    jmp_if_false not_right
    get_global x
    push_i64 384
    add
    set_global x
    push_bool false
    set_global faces_left
    push_bool true
    set_global walks
not_right:
    get_global x
    push_i64 0
    max
    push_i64 241664             ; (960 - 16) * 256
    min
    set_global x
    ret
.end

; A jump begins with speed upward; letting go early makes it a small one.
.func jump ()
    push_i64 0
    push_i64 4                  ; a
    intrinsic pad_pressed
    get_global stands
    and
    jmp_if_false no_start
    push_i64 -1180
    set_global speed
no_start:
    push_i64 0
    push_i64 4
    intrinsic pad_down
    jmp_if_true held
    get_global speed
    push_i64 -400
    max
    set_global speed
held:
    ret
.end

; Falls, and lands on turf that the feet have just come down through. Turf can
; be jumped through from below.
.func fall ()
    .local before: i64, feet: i64
    get_global y
    push_i64 8
    shr
    push_i64 16
    add
    set_local before
    get_global speed
    push_i64 48                 ; how heavy one is
    add
    push_i64 1536
    min
    set_global speed
    get_global y
    get_global speed
    add
    set_global y
    push_bool false
    set_global stands
    get_global y
    push_i64 8
    shr
    push_i64 16
    add
    set_local feet
    ; upward, or not past the upper edge of a tile: still in the air
    get_global speed
    push_i64 0
    lt
    jmp_if_true in_air
    get_local feet
    push_i64 -16
    and
    get_local before
    lt
    jmp_if_true in_air
    get_global x
    push_i64 8
    shr
    push_i64 8
    add
    get_local feet
    call tile_at
    call is_turf
    jmp_if_false in_air
    get_local feet
    push_i64 -16
    and
    push_i64 16
    sub
    push_i64 8
    shl
    set_global y
    push_i64 0
    set_global speed
    push_bool true
    set_global stands
in_air:
    ret
.end

; Takes the coin that the middle of the player touches.
.func collect ()
    .local px: i64, py: i64
    get_global x
    push_i64 8
    shr
    push_i64 8
    add
    set_local px
    get_global y
    push_i64 8
    shr
    push_i64 8
    add
    set_local py
    get_local px
    get_local py
    call tile_at
    push_i64 36
    ne
    jmp_if_true none
    get_global map
    get_local py
    push_i64 4
    shr
    push_i64 60
    mul
    get_local px
    push_i64 4
    shr
    add
    push_i64 47
    store8
    get_global coins
    push_i64 1
    add
    set_global coins
    push_i64 40
    set_global glow
none:
    ret
.end

; The picture for what the player does.
.func pose () -> i64
    get_global stands
    jmp_if_true on_ground
    get_global speed
    push_i64 0
    lt
    jmp_if_false falls
    push_i64 6
    ret
falls:
    push_i64 7
    ret
on_ground:
    get_global walks
    jmp_if_false idle
    push_i64 2                  ; four steps, each six frames
    intrinsic frame
    push_i64 6
    div
    push_i64 3
    and
    add
    ret
idle:
    intrinsic frame             ; the eyes shut now and then
    push_i64 150
    rem
    push_i64 8
    lt
    to_i64
    ret
.end

.func draw_player ()
    call pose
    push_i64 0
    get_global x
    push_i64 8
    shr
    get_global camera
    sub
    get_global y
    push_i64 8
    shr
    push_i64 2
    push_i64 0                  ; bank 0 holds hero.png
    get_global faces_left
    push_bool false
    push_i64 10
    hostcall composer.emit_sprite
    pop
    ret
.end

; Keeps the player in the middle as far as there is meadow.
.func follow ()
    get_global x
    push_i64 8
    shr
    push_i64 152
    sub
    push_i64 0
    max
    push_i64 640
    min
    set_global camera
    ret
.end

; --- 7. butterflies ---------------------------------------------------------

; A number from 0 to 255, from the upper bits of a chain of products. The
; same on every machine, as all of this is.
.func dice () -> i64
    get_global seed
    push_i64 6364136223846793005
    mul
    push_i64 1442695040888963407
    add
    set_global seed
    get_global seed
    push_i64 56
    shr_u
    ret
.end

; Flutters around its home for ever. A coroutine is a function that stops at
; "yield" and goes on there in the next frame: what it remembers is simply in
; its locals.
.func butterfly (home_x: i64, home_y: i64)
    .local bx: i64, by: i64, vx: i64, vy: i64, wings: i64
    push_i64 0
    set_local vx
    push_i64 0
    set_local vy
    push_i64 0
    set_local wings
    get_local home_x
    push_i64 8
    shl
    set_local bx
    get_local home_y
    push_i64 8
    shl
    set_local by
flutter:
    ; home draws it back, the dice push it about
    get_local vx
    get_local home_x
    push_i64 8
    shl
    get_local bx
    sub
    push_i64 9
    shr
    add
    call dice
    push_i64 128
    sub
    push_i64 2
    shr
    add
    push_i64 -300
    max
    push_i64 300
    min
    set_local vx
    get_local vy
    get_local home_y
    push_i64 8
    shl
    get_local by
    sub
    push_i64 8
    shr
    add
    call dice
    push_i64 128
    sub
    push_i64 2
    shr
    add
    push_i64 -220
    max
    push_i64 220
    min
    set_local vy
    get_local bx
    get_local vx
    add
    set_local bx
    get_local by
    get_local vy
    add
    set_local by
    get_local wings
    push_i64 1
    add
    set_local wings
    push_i64 40                 ; wings open, wings shut
    get_local wings
    push_i64 3
    shr
    push_i64 1
    and
    add
    get_local bx
    push_i64 8
    shr
    get_global camera
    sub
    get_local by
    push_i64 8
    shr
    push_i64 3
    call scenery
    yield
    jmp flutter
.end

; --- 8. the words on the screen ---------------------------------------------

; Text with a shadow.
.func say (sx: i64, sy: i64, text: string)
    get_local sx
    push_i64 1
    add
    get_local sy
    push_i64 1
    add
    get_local text
    push_i64 0x18c5
    hostcall gfx.text
    get_local sx
    get_local sy
    get_local text
    push_i64 0xffff
    hostcall gfx.text
    ret
.end

.func draw_words ()
    push_i64 8
    push_i64 8
    push_const "Coins "
    get_global coins
    str_from_i64
    add
    push_const " of 10"
    add
    call say
    get_global coins
    push_i64 10
    lt
    jmp_if_true some_left
    push_i64 80
    push_i64 80
    push_const "You found all coins!"
    call say
some_left:
    ; a coin that was just taken is praised for a moment
    get_global glow
    push_i64 0
    gt
    jmp_if_false no_glow
    get_global x
    push_i64 8
    shr
    get_global camera
    sub
    get_global y
    push_i64 8
    shr
    push_i64 20
    sub
    get_global glow
    push_i64 2
    shr
    add
    push_const "+1"
    call say
    get_global glow
    push_i64 1
    sub
    set_global glow
no_glow:
    ret
.end

; Says how to play, and is done with it after five seconds.
.func teach ()
    .local i: i64
    push_i64 0
    set_local i
next:
    push_i64 72
    push_i64 168
    push_const "arrows: walk   Z: jump"
    call say
    yield
    get_local i
    push_i64 1
    add
    tee_local i
    push_i64 300
    lt
    jmp_if_true next
    ret
.end

; --- 9. the frame -----------------------------------------------------------

; What changes in a frame, and what is shown of it.
.func update ()
    call walk
    call jump
    call fall
    call collect
    call follow
    ret
.end

.func draw ()
    call draw_sky
    call draw_clouds
    call draw_hills
    call draw_map
    call draw_player
    call draw_words
    ret
.end
