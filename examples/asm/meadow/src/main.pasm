; SPDX-License-Identifier: MIT
;
; Meadow: a small game for one player. Left and right walk, A jumps, and the
; coins come back some time after they were taken. Who touches nothing for
; five seconds sees the hero stroll by himself.
;
; The state is in a few records; coroutines move what has a life of its own
; (butterflies, coins that come back, the "+1" of a taken coin); the function
; `main` does the rest, once a frame. All pictures are sprites: the numbers of
; their tiles are in examples/meadow/README.md, where the same game in PBS is.
; What is new here is explained where it stands; examples/asm/hello begins at
; the beginning.

.module "meadow"

.host clear = "gfx" "clear" 1 (i64) -> ()
.host text = "gfx" "text" 1 (i64, i64, string, i64) -> ()
.host emit_sprite = "composer" "emit_sprite" 1 (
    i64, i64, i64, i64, i64, i64, bool, bool, i64) -> (i64)
.host log = "log" "write" 1 (i64, string) -> ()

; A wave takes a frame's number and gives how far up or down something is.
.type Wave = func (i64) -> (i64)

.type Hero = record {
    x: f64, y: f64,         ; upper left corner in the world, in pixels
    vx: f64, vy: f64,       ; pixels a frame
    grounded: bool,         ; he stands on something
    flip: bool,             ; he looks to the left
    idle: i64               ; frames since the player touched the pad
}
.type Coin = record { x: i64, y: i64, taken: bool }
.type Cloud = record { x: f64, y: i64, speed: f64, large: bool }
.type Butterfly = record { x: f64, y: i64, open: bool, wave: Wave }

.type Rows = array string
.type Coins = array Coin
.type Clouds = array Cloud
.type Butterflies = array Butterfly

.global level: Rows, coins: Coins, clouds: Clouds, butterflies: Butterflies
.global hero: Hero, bob: Wave
.global coin_count: i64, score: i64, width: i64
.global camera: f64, camera_x: i64          ; the same, in whole pixels
.global go_left: bool, go_right: bool, jump: bool, jump_held: bool
.global seed: i64, complained: bool

; The level, a letter for each 16 x 16 pixels, row 0 at y = 4. `$` is a coin,
; `<->` a ledge. In the last row small letters are tiles of scenery.png,
; counted from a = 26: abc flowers, d grass, ef a bush, s mushroom, t fence,
; u stone; S and T are a short and a tall tree.
.const empty = ".................................................."
.const row2  = ".....................$$..........................."
.const row3  = ".........$$$........<-->................$$$......."
.const row4  = "........<--->...$...........$$..........<--->....."
.const row5  = "...............<->.........<-->....<->............"
.const row6  = "...$.....................$.......$............$..."
.const row7  = "t.ad.T..cduefa.b.sd.$b.Sd.cau.adttb.d$asbd.efcd.Tt"

; --- start and frame ---------------------------------------------------------

; Sets the world up, then plays it for ever, a frame at a time.
.func main ()
    push_i64 1
    push_const "meadow: left and right walk, A jumps"
    hostcall log
    push_i64 48990          ; the light blue of the lowest sky, RGB565
    hostcall clear
    push_i64 80
    push_i64 2
    call make_wave
    set_global bob
    call build_level
    call build_clouds
    call build_butterflies
    push_f64 104            ; the hero: x, y, vx, vy, grounded, flip, idle
    push_f64 116
    push_f64 0
    push_f64 0
    push_bool true
    push_bool false
    push_i64 0
    rec_make Hero
    set_global hero
frame:
    call read_pad
    call move_hero
    call take_coins
    call move_camera
    call draw_sky
    call draw_level
    call draw_coins
    call draw_hero
    call draw_butterflies
    call draw_score
    frame_sync
    jmp frame
.end

; Fills `level` from the rows above and `coins` from the `$` in them.
.func build_level ()
    .local row: i64, column: i64
    push_i64 8
    arr_new Rows
    set_global level
    push_i64 0
    push_const empty
    call set_row
    push_i64 1
    push_const empty
    call set_row
    push_i64 2
    push_const row2
    call set_row
    push_i64 3
    push_const row3
    call set_row
    push_i64 4
    push_const row4
    call set_row
    push_i64 5
    push_const row5
    call set_row
    push_i64 6
    push_const row6
    call set_row
    push_i64 7
    push_const row7
    call set_row
    push_const row7         ; the world is as wide as its rows
    str_len
    push_i64 16
    mul
    set_global width

    push_i64 32
    arr_new Coins
    set_global coins
    push_i64 0
    set_local row
rows:
    push_i64 0
    set_local column
columns:
    get_local column
    get_local row
    call cell
    push_i64 '$'
    ne
    jmp_if_true next
    get_global coins
    get_global coin_count
    get_local column
    push_i64 16
    mul
    get_local row
    call row_y
    push_i64 3              ; it hovers
    sub
    push_bool false
    rec_make Coin
    arr_set
    get_global coin_count
    push_i64 1
    add
    set_global coin_count
next:
    get_local column
    push_i64 1
    add
    tee_local column
    push_i64 16
    mul
    get_global width
    lt
    jmp_if_true columns
    get_local row
    push_i64 1
    add
    tee_local row
    push_i64 8
    lt
    jmp_if_true rows
    ret
.end

; Stores one row of the level.
.func set_row (row: i64, cells: string)
    get_global level
    get_local row
    get_local cells
    arr_set
    ret
.end

; The letter of a cell; '.' beside the level and above it, '-' for the ground
; below it, so that nothing falls out of the world.
.func cell (column: i64, row: i64) -> (i64)
    get_local row
    push_i64 8
    ge
    jmp_if_true ground
    get_local row
    push_i64 0
    lt
    get_local column
    push_i64 0
    lt
    or
    get_local column
    push_i64 16
    mul
    get_global width
    ge
    or
    jmp_if_true outside
    get_global level
    get_local row
    arr_get
    get_local column
    str_byte
    to_i64
    ret
ground:
    push_i64 '-'
    ret
outside:
    push_i64 '.'
    ret
.end

; The upper edge of a row of cells, in pixels.
.func row_y (row: i64) -> (i64)
    get_local row
    push_i64 16
    mul
    push_i64 4
    add
    ret
.end

; --- waves -------------------------------------------------------------------

; Makes a wave: a closure that keeps its period, in frames (even), and its
; height, in pixels. Coins and butterflies each have one of their own.
.func make_wave (period: i64, height: i64) -> (Wave)
    get_local period
    get_local height
    make_closure wave, 2
    ret
.end

; The body: two arcs, 4 h t (p - t) / p² over half a period, one up, one down.
.func wave (time: i64) -> (i64) closure (period: i64, height: i64)
    .local half: i64, t: i64, y: i64
    get_capture period
    push_i64 2
    div
    set_local half
    get_local time
    get_local half
    rem
    set_local t
    get_capture height
    push_i64 4
    mul
    get_local t
    mul
    get_local half
    get_local t
    sub
    mul
    get_local half
    dup
    mul
    div
    set_local y
    get_local time
    get_capture period
    rem
    get_local half
    lt
    jmp_if_true up
    get_local y
    ret
up:
    get_local y
    neg
    ret
.end

; --- input -------------------------------------------------------------------

; Says in go_left, go_right and jump what the hero is to do: what the player
; wants, or what comes to his own mind when nobody has played for a while.
.func read_pad ()
    .local touched: bool
    push_i64 2
    call held
    set_global go_left
    push_i64 3
    call held
    set_global go_right
    push_i64 0
    push_i64 4
    intrinsic pad_pressed
    set_global jump
    push_i64 4
    call held
    set_global jump_held
    get_global go_left
    get_global go_right
    or
    get_global jump_held
    or
    jmp_if_true playing
    get_global hero
    dup
    get_field Hero.idle
    push_i64 1
    add
    set_field Hero.idle
    call is_alone
    jmp_if_false done
    call stroll
done:
    ret
playing:
    get_global hero
    push_i64 0
    set_field Hero.idle
    ret
.end

; Whether a button of the first pad is held.
.func held (button: i64) -> (bool)
    push_i64 0
    get_local button
    intrinsic pad_down
    ret
.end

; Whether nobody has touched the pad for five seconds.
.func is_alone () -> (bool)
    get_global hero
    get_field Hero.idle
    push_i64 300
    ge
    ret
.end

; The hero on his own: he walks on in the direction he looks, turns at the
; ends of the world, and jumps when there is a coin ahead of him and above.
.func stroll ()
    .local i: i64, coin: Coin, ahead: f64
    push_bool true
    set_global jump_held
    call turn_at_ends
    push_i64 0
    set_local i
next:
    get_global coins
    get_local i
    arr_get
    set_local coin
    get_local coin          ; ahead = (coin.x - hero.x), negated when flipped
    get_field Coin.x
    to_f64
    get_global hero
    get_field Hero.x
    sub
    tee_local ahead
    get_global go_right
    jmp_if_true is_right
    neg
is_right:
    set_local ahead
    get_local ahead
    push_f64 8
    gt
    get_local ahead
    push_f64 34
    lt
    and
    get_local coin
    get_field Coin.y
    to_f64
    push_f64 12
    add
    get_global hero
    get_field Hero.y
    lt
    and
    get_local coin
    get_field Coin.taken
    not
    and
    jmp_if_true found
    get_local i
    push_i64 1
    add
    tee_local i
    get_global coin_count
    lt
    jmp_if_true next
    ret
found:
    push_bool true
    set_global jump
    ret
.end

; Chooses go_left or go_right for a hero who strolls.
.func turn_at_ends ()
    .local left: bool
    get_global hero
    get_field Hero.x
    push_f64 24             ; at the left end he turns right, at the right
    gt                      ; end left; between them he goes on
    get_global hero
    get_field Hero.flip
    and
    get_global hero
    get_field Hero.x
    get_global width
    push_i64 40
    sub
    to_f64
    gt
    or
    tee_local left
    set_global go_left
    get_local left
    not
    set_global go_right
    ret
.end

; --- the hero ----------------------------------------------------------------

; Where the pad wants him to go: -1, 0 or 1.
.func wish () -> (f64)
    get_global go_right
    to_i64
    get_global go_left
    to_i64
    sub
    to_f64
    ret
.end

; Speed from the pad, jump and gravity, then the step itself.
.func move_hero ()
    .local h: Hero
    get_global hero
    tee_local h
    get_local h             ; vx = 0.8 vx + 0.3 wish: up to 1.5 pixels a frame
    get_field Hero.vx
    push_f64 0.8
    mul
    call wish
    push_f64 0.3
    mul
    add
    set_field Hero.vx
    call wish
    push_f64 0
    eq
    jmp_if_true looks       ; who stands looks where he looked
    get_local h
    get_global go_left
    set_field Hero.flip
looks:
    get_global jump
    get_local h
    get_field Hero.grounded
    and
    jmp_if_false in_air
    get_local h
    push_f64 -5.2
    set_field Hero.vy
in_air:
    get_global jump_held    ; who lets go of A early jumps less high
    jmp_if_true falls
    get_local h
    get_local h
    get_field Hero.vy
    push_f64 -2
    max
    set_field Hero.vy
falls:
    get_local h
    get_local h
    get_field Hero.vy
    push_f64 0.25
    add
    push_f64 6
    min
    set_field Hero.vy
    get_local h             ; x = x + vx, inside of the world
    get_local h
    get_field Hero.x
    get_local h
    get_field Hero.vx
    add
    push_f64 0
    max
    get_global width
    push_i64 16
    sub
    to_f64
    min
    set_field Hero.x
    get_local h
    call fall
    ret
.end

; Moves him up or down. He lands on what is solid when his feet come from
; above its edge, so that he can jump through ledges from below.
.func fall (h: Hero)
    .local old_y: f64, row: i64, top: f64
    get_local h
    get_field Hero.y
    set_local old_y
    get_local h
    get_local old_y
    get_local h
    get_field Hero.vy
    add
    set_field Hero.y
    get_local h
    push_bool false
    set_field Hero.grounded

    get_local h             ; the row of cells his feet are in
    get_field Hero.y
    push_f64 12             ; his 16 pixels less the 4 above row 0
    add
    push_f64 16
    div
    floor
    to_i64
    tee_local row
    call row_y
    push_i64 16
    sub
    to_f64
    tee_local top           ; his y if he stood on that row
    get_local old_y
    lt
    jmp_if_true done
    get_local h
    push_f64 4
    get_local row
    call is_solid_below
    get_local h
    push_f64 11
    get_local row
    call is_solid_below
    or
    jmp_if_false done
    get_local h
    get_local top
    set_field Hero.y
    get_local h
    push_f64 0
    set_field Hero.vy
    get_local h
    push_bool true
    set_field Hero.grounded
done:
    ret
.end

; Whether the cell below a place of his body is one to stand on.
.func is_solid_below (h: Hero, side: f64, row: i64) -> (bool)
    .local letter: i64
    get_local h
    get_field Hero.x
    get_local side
    add
    push_f64 16
    div
    floor
    to_i64
    get_local row
    call cell
    tee_local letter
    push_i64 '-'
    eq
    get_local letter
    push_i64 '<'
    eq
    or
    get_local letter
    push_i64 '>'
    eq
    or
    ret
.end

; The camera goes after him, an eighth of the way a frame.
.func move_camera ()
    get_global camera
    get_global hero
    get_field Hero.x
    push_f64 152
    sub
    push_f64 0
    max
    get_global width
    push_i64 320
    sub
    to_f64
    min
    get_global camera
    sub
    push_f64 0.125
    mul
    add
    set_global camera
    get_global camera
    floor
    to_i64
    set_global camera_x
    ret
.end

; --- coins -------------------------------------------------------------------

; Takes every coin that he touches.
.func take_coins ()
    .local i: i64, coin: Coin
    push_i64 0
    set_local i
next:
    get_global coins
    get_local i
    arr_get
    tee_local coin
    get_field Coin.taken
    get_local coin
    call is_near
    not
    or
    jmp_if_true skip
    get_local coin
    push_bool true
    set_field Coin.taken
    get_global score
    push_i64 1
    add
    set_global score
    get_local coin
    spawn come_back, 1
    pop
    get_local coin
    spawn show_gain, 1
    pop
skip:
    get_local i
    push_i64 1
    add
    tee_local i
    get_global coin_count
    lt
    jmp_if_true next
    ret
.end

; Whether the hero touches a coin.
.func is_near (coin: Coin) -> (bool)
    get_local coin
    get_field Coin.x
    to_f64
    get_global hero
    get_field Hero.x
    sub
    abs
    push_f64 12
    lt
    get_local coin
    get_field Coin.y
    to_f64
    get_global hero
    get_field Hero.y
    sub
    abs
    push_f64 14
    lt
    and
    ret
.end

; A coroutine: the coin comes back after ten seconds.
.func come_back (coin: Coin)
    push_i64 600
    sleep
    get_local coin
    push_bool false
    set_field Coin.taken
    ret
.end

; A coroutine: "+1" rises for 24 frames from where the coin was.
.func show_gain (coin: Coin)
    .local i: i64
    push_i64 0
    set_local i
rise:
    get_local coin
    get_field Coin.x
    get_global camera_x
    sub
    get_local coin
    get_field Coin.y
    get_local i
    sub
    push_const "+1"
    call label
    yield
    get_local i
    push_i64 1
    add
    tee_local i
    push_i64 24
    lt
    jmp_if_true rise
    ret
.end

; --- butterflies -------------------------------------------------------------

; Lets five butterflies fly. Each has two coroutines that go on by themselves:
; one flies, one moves the wings.
.func build_butterflies ()
    .local i: i64, b: Butterfly
    push_i64 5
    arr_new Butterflies
    set_global butterflies
    push_i64 0
    set_local i
next:
    get_local i             ; x, y, open, wave
    push_i64 150
    mul
    push_i64 110
    add
    to_f64
    push_i64 30
    call random
    push_i64 66
    add
    push_bool true
    get_local i
    push_i64 22
    mul
    push_i64 70
    add
    push_i64 9
    call make_wave
    rec_make Butterfly
    set_local b
    get_global butterflies
    get_local i
    get_local b
    arr_set
    get_local b
    spawn fly, 1
    pop
    get_local b
    spawn flap, 1
    pop
    get_local i
    push_i64 1
    add
    tee_local i
    push_i64 5
    lt
    jmp_if_true next
    ret
.end

; A coroutine: flies to and fro for ever, each way for one to three seconds.
.func fly (b: Butterfly)
    .local frames: i64, step: f64
turn:
    push_i64 120
    call random
    push_i64 60
    add
    set_local frames
    push_i64 13             ; -0.6 to 0.6 pixels a frame
    call random
    push_i64 6
    sub
    to_f64
    push_f64 0.1
    mul
    set_local step
forth:
    get_local b
    get_local b
    get_field Butterfly.x
    get_local step
    add
    push_f64 8
    max
    get_global width
    push_i64 24
    sub
    to_f64
    min
    set_field Butterfly.x
    yield
    get_local frames
    push_i64 1
    sub
    tee_local frames
    push_i64 0
    gt
    jmp_if_true forth
    jmp turn
.end

; A coroutine: opens and shuts the wings.
.func flap (b: Butterfly)
beat:
    get_local b
    get_local b
    get_field Butterfly.open
    not
    set_field Butterfly.open
    push_i64 6
    call random
    push_i64 4
    add
    sleep
    jmp beat
.end

; A whole number from 0 to below `limit`, from a linear congruence.
.func random (limit: i64) -> (i64)
    get_global seed
    push_i64 6364136223846793005
    mul
    push_i64 1442695040888963407
    add
    set_global seed
    get_global seed
    push_i64 33
    shr_u
    get_local limit
    rem
    ret
.end

; --- drawing -----------------------------------------------------------------
; Layers: 0 what is far away, 1 the garden, 2 ground, coins and hero, 3 what
; is in front. Within a layer what is emitted later is in front.

; Draws a tile at a place of the screen, if it can be seen there.
.func sprite (glyph: i64, x: i64, y: i64, layer: i64, bank: i64, flip: bool)
    get_local x
    push_i64 -16
    le
    get_local x
    push_i64 320
    ge
    or
    jmp_if_true hidden
    get_local glyph
    push_i64 0              ; palette
    get_local x
    get_local y
    get_local layer
    get_local bank
    get_local flip
    push_bool false         ; not upside down
    push_i64 0              ; priority
    hostcall emit_sprite
    call check
hidden:
    ret
.end

; Looks at the status of a sprite: a picture that lacks one is no reason to
; stop the game, but the log says so, once.
.func check (status: i64)
    get_local status
    push_i64 0
    eq
    get_global complained
    or
    jmp_if_true done
    push_bool true
    set_global complained
    push_i64 2
    push_const "meadow: a sprite was not drawn, status "
    get_local status
    str_from_i64
    add
    hostcall log
done:
    ret
.end

; Draws a tile of scenery.png, which is in slot 1, at a place of the screen.
.func tile (glyph: i64, x: i64, y: i64, layer: i64)
    get_local glyph
    get_local x
    get_local y
    get_local layer
    push_i64 1
    push_bool false
    call sprite
    ret
.end

; Draws a row of tiles from a text that repeats for ever: a letter is a tile of
; scenery.png, counted from '0' in the order of ASCII ('@' is 16, 'A' 17), and
; '.' is none. `shift` says how far it is moved to the left.
.func band (tiles: string, shift: i64, y: i64, layer: i64)
    .local column: i64, last: i64, letter: i64
    get_local shift
    push_i64 16
    div
    tee_local column
    push_i64 20
    add
    set_local last
next:
    get_local tiles
    get_local column
    get_local tiles
    str_len
    rem
    str_byte
    to_i64
    tee_local letter
    push_i64 '.'
    eq
    jmp_if_true skip
    get_local letter
    push_i64 '0'
    sub
    get_local column
    push_i64 16
    mul
    get_local shift
    sub
    get_local y
    get_local layer
    call tile
skip:
    get_local column
    push_i64 1
    add
    tee_local column
    get_local last
    le
    jmp_if_true next
    ret
.end

; The camera's place for things so far away: depth 0 stands still, 1 is the
; world's own.
.func parallax (depth: f64) -> (i64)
    get_global camera
    get_local depth
    mul
    floor
    to_i64
    ret
.end

; The sky from above to below, the sun, clouds, and two rows of hills.
.func draw_sky ()
    .local i: i64
    push_const "0"
    push_i64 0
    push_i64 0
    push_i64 0
    call band
    push_const "1"
    push_i64 0
    push_i64 16
    push_i64 0
    call band
    push_const "2"
    push_i64 0
    push_i64 32
    push_i64 0
    call band
    push_const "2"
    push_i64 0
    push_i64 48
    push_i64 0
    call band
    push_const "3"
    push_i64 0
    push_i64 64
    push_i64 0
    call band
    push_i64 13
    push_i64 268
    push_i64 8
    push_i64 0
    push_i64 2
    call strip
    push_i64 21
    push_i64 268
    push_i64 24
    push_i64 0
    push_i64 2
    call strip
    call draw_clouds
    push_const ".5667...567.."
    push_f64 0.2
    call parallax
    push_i64 110
    push_i64 0
    call band
    push_const "567.5666675667.567"
    push_f64 0.4
    call parallax
    push_i64 118
    push_i64 0
    call band
    ret
.end

; Draws `count` tiles of the sheet side by side, from `glyph` on.
.func strip (glyph: i64, x: i64, y: i64, layer: i64, count: i64)
next:
    get_local glyph
    get_local x
    get_local y
    get_local layer
    call tile
    get_local glyph
    push_i64 1
    add
    set_local glyph
    get_local x
    push_i64 16
    add
    set_local x
    get_local count
    push_i64 1
    sub
    tee_local count
    push_i64 0
    gt
    jmp_if_true next
    ret
.end

; Hangs up five clouds, the last two large and near.
.func build_clouds ()
    .local i: i64
    push_i64 5
    arr_new Clouds
    set_global clouds
    push_i64 0
    set_local i
next:
    get_global clouds
    get_local i
    get_local i             ; x, y, speed, large
    push_i64 150
    mul
    push_i64 70
    add
    to_f64
    get_local i
    push_i64 23
    mul
    push_i64 36
    rem
    push_i64 22
    add
    get_local i
    push_i64 1
    add
    to_f64
    push_f64 0.04
    mul
    get_local i
    push_i64 3
    ge
    rec_make Cloud
    arr_set
    get_local i
    push_i64 1
    add
    tee_local i
    push_i64 5
    lt
    jmp_if_true next
    ret
.end

; Lets each cloud drift and draws it. They go round in 400 pixels, which is
; more than can be seen, so that none appears out of nothing.
.func draw_clouds ()
    .local i: i64, c: Cloud, x: i64
    push_i64 0
    set_local i
next:
    get_global clouds
    get_local i
    arr_get
    tee_local c
    get_local c
    get_field Cloud.x
    get_local c
    get_field Cloud.speed
    add
    set_field Cloud.x
    get_local c
    get_field Cloud.x
    floor
    to_i64
    get_local c             ; depth 1/8, large ones 1/4
    get_field Cloud.large
    to_i64
    push_i64 1
    add
    to_f64
    push_f64 0.125
    mul
    call parallax
    sub
    push_i64 400
    add                     ; parallax is less than 400: so this is positive
    push_i64 400
    rem
    push_i64 48
    sub
    set_local x
    get_local c
    get_field Cloud.large
    jmp_if_true large
    push_i64 11
    get_local x
    get_local c
    get_field Cloud.y
    push_i64 0
    push_i64 2
    call strip
    jmp drawn
large:
    push_i64 8
    get_local x
    get_local c
    get_field Cloud.y
    push_i64 0
    push_i64 3
    call strip
drawn:
    get_local i
    push_i64 1
    add
    tee_local i
    get_global clouds
    arr_len
    lt
    jmp_if_true next
    ret
.end

; Draws the cells of the level that can be seen, with a column more on either
; side because trees are wider than their cells, and the ground below them.
.func draw_level ()
    .local column: i64, last: i64, row: i64
    get_global camera_x
    push_i64 16
    div
    push_i64 1
    sub
    tee_local column
    push_i64 22
    add
    set_local last
columns:
    push_i64 0
    set_local row
rows:
    get_local column
    get_local row
    call cell
    get_local column
    push_i64 16
    mul
    get_global camera_x
    sub
    get_local row
    call row_y
    call draw_cell
    get_local row
    push_i64 1
    add
    tee_local row
    push_i64 8
    lt
    jmp_if_true rows
    get_local column
    push_i64 1
    add
    tee_local column
    get_local last
    le
    jmp_if_true columns

    push_const "@AB@BA@@B"  ; turf, earth, and earth that gets darker
    get_global camera_x
    push_i64 132
    push_i64 2
    call band
    push_const "GGHGGGGHGGG"
    get_global camera_x
    push_i64 148
    push_i64 2
    call band
    push_const "I"
    get_global camera_x
    push_i64 164
    push_i64 2
    call band
    ret
.end

; Draws what a letter of the level stands for; coins have their own function.
.func draw_cell (letter: i64, x: i64, y: i64)
    .local glyph: i64
    get_local letter
    push_i64 'a'
    ge
    jmp_if_true plant
    get_local letter
    push_i64 'S'
    ge
    jmp_if_true tree
    push_const "<->"
    get_local letter
    str_from_char
    push_i64 0
    str_find
    tee_local glyph         ; 0, 1, 2, or -1 for none of them
    push_i64 0
    lt
    jmp_if_true done
    push_const "CAD"        ; the tiles of a ledge, counted from '0'
    get_local glyph
    str_byte
    to_i64
    push_i64 '0'
    sub
    get_local x
    get_local y
    push_i64 2
    call tile
    ret
plant:
    get_local letter
    push_i64 71             ; 'a' is tile 26
    sub
    get_local x
    get_local y
    get_local letter        ; grass in front of the hero, others behind him
    push_i64 'd'
    eq
    to_i64
    push_i64 2
    mul
    push_i64 1
    add
    call tile
    ret
tree:
    get_local x
    get_local y
    get_local letter
    push_i64 'S'
    sub
    call draw_tree
done:
    ret
.end

; Draws a tree whose roots are at a place, its trunk some tiles longer.
.func draw_tree (x: i64, y: i64, longer: i64)
    push_i64 33
    get_local x
    get_local y
    push_i64 1
    call tile
trunk:
    get_local longer
    push_i64 0
    le
    jmp_if_true crown
    get_local y
    push_i64 16
    sub
    set_local y
    push_i64 32
    get_local x
    get_local y
    push_i64 1
    call tile
    get_local longer
    push_i64 1
    sub
    set_local longer
    jmp trunk
crown:
    push_i64 34
    get_local x
    push_i64 8
    sub
    get_local y
    push_i64 26
    sub
    push_i64 1
    push_i64 2
    call strip
    push_i64 42
    get_local x
    push_i64 8
    sub
    get_local y
    push_i64 10
    sub
    push_i64 1
    push_i64 2
    call strip
    ret
.end

; Draws the coins that are there. They turn and bob, each a bit later than
; its neighbour to the left.
.func draw_coins ()
    .local i: i64, coin: Coin
    push_i64 0
    set_local i
next:
    get_global coins
    get_local i
    arr_get
    tee_local coin
    get_field Coin.taken
    jmp_if_true skip
    get_local coin
    get_field Coin.x
    call coin_glyph
    get_local coin
    get_field Coin.x
    get_global camera_x
    sub
    get_local coin
    get_field Coin.y
    get_global bob
    intrinsic frame
    get_local coin
    get_field Coin.x
    sub
    push_i64 8000           ; the wave wants no negative time
    add
    call_closure 1
    add
    push_i64 2
    call tile
skip:
    get_local i
    push_i64 1
    add
    tee_local i
    get_global coin_count
    lt
    jmp_if_true next
    ret
.end

; The tile of a turning coin, from 36 to 39.
.func coin_glyph (delay: i64) -> (i64)
    intrinsic frame
    push_i64 7
    div
    get_local delay
    push_i64 16
    div
    sub
    push_i64 3
    and
    push_i64 36
    add
    ret
.end

; Draws the butterflies, each on its own wave.
.func draw_butterflies ()
    .local i: i64, b: Butterfly
    push_i64 0
    set_local i
next:
    get_global butterflies
    get_local i
    arr_get
    set_local b
    push_i64 41
    get_local b
    get_field Butterfly.open
    to_i64
    sub
    get_local b
    get_field Butterfly.x
    floor
    to_i64
    get_global camera_x
    sub
    get_local b
    get_field Butterfly.y
    get_local b
    get_field Butterfly.wave
    intrinsic frame
    call_closure 1
    add
    push_i64 3
    call tile
    get_local i
    push_i64 1
    add
    tee_local i
    get_global butterflies
    arr_len
    lt
    jmp_if_true next
    ret
.end

; Draws the hero, who stands with his feet on the ground's first pixels.
.func draw_hero ()
    call hero_glyph
    get_global hero
    get_field Hero.x
    floor
    to_i64
    get_global camera_x
    sub
    get_global hero
    get_field Hero.y
    floor
    to_i64
    push_i64 1
    add
    push_i64 2
    push_i64 0
    get_global hero
    get_field Hero.flip
    call sprite
    ret
.end

; The hero's tile: in the air 6 and 7, walking 2 to 5, standing 0, and now and
; then 1, a wink.
.func hero_glyph () -> (i64)
    get_global hero
    get_field Hero.grounded
    jmp_if_false in_air
    get_global hero
    get_field Hero.vx
    abs
    push_f64 0.3
    gt
    jmp_if_true walks
    intrinsic frame
    push_i64 140
    rem
    push_i64 8
    lt
    to_i64
    ret
walks:
    get_global hero         ; a step every seven pixels
    get_field Hero.x
    push_f64 7
    div
    to_i64
    push_i64 3
    and
    push_i64 2
    add
    ret
in_air:
    get_global hero
    get_field Hero.vy
    push_f64 0
    gt
    to_i64
    push_i64 6
    add
    ret
.end

; Draws the score, and what to do for who does nothing.
.func draw_score ()
    push_i64 0
    call coin_glyph
    push_i64 6
    push_i64 5
    push_i64 3
    call tile
    push_i64 26
    push_i64 10
    push_const "\u{D7} "
    get_global score
    str_from_i64
    add
    call label
    get_global hero
    get_field Hero.idle
    push_i64 60
    lt
    jmp_if_true done
    push_i64 64
    push_i64 167
    push_const "Left, right: walk  A: jump"
    call label
    call is_alone
    intrinsic frame
    push_i64 48
    and
    push_i64 0
    ne
    and
    jmp_if_false done
    push_i64 112
    push_i64 10
    push_const "Press A to play"
    call label
done:
    ret
.end

; Writes white letters with a shadow, which can be read on everything.
.func label (x: i64, y: i64, words: string)
    get_local x
    push_i64 1
    add
    get_local y
    push_i64 1
    add
    get_local words
    push_i64 0b00100_001100_00111
    hostcall text
    get_local x
    get_local y
    get_local words
    push_i64 0xffff
    hostcall text
    ret
.end
