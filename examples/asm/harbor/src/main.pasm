; SPDX-License-Identifier: MIT
;
; Harbor: a cat on a quay, by day and by night. Left and right walk, A jumps,
; B turns day into night and back. There are five fish to catch.
;
; Everything seen and heard comes from files that artists make (assets/): two
; Tiled maps of four layers, an Aseprite sprite, WAV sounds. What is preloaded
; is resident before the first frame; the night map is not, and is loaded when
; B is first pressed, while the game goes on. What only the program needs, the
; places of things in the map and the frames of the cat, is read as bytes.

.module "harbor"

.type Load = state "load"
.type Data = state "data"
.type Voice = state "voice"

.host bind_scene = "composer" "bind_scene" 1 (i64) -> (i64)
.host set_camera = "composer" "set_camera" 1 (i64, i64) -> ()
.host emit_sprite = "composer" "emit_sprite" 1 (
    i64, i64, i64, i64, i64, i64, bool, bool, i64) -> (i64)
.host text = "gfx" "text" 1 (i64, i64, string, i64) -> ()
.host load = "asset" "load" 1 (i64, i64) -> (i64, Load)
.host load_status = "asset" "status" 1 (Load) -> (i64, i64, i64, i64)
.host commit = "asset" "commit" 1 (Load) -> (i64)
.host release = "asset" "release" 1 (Load) -> ()
.host open_data = "data" "open" 1 (i64) -> (i64, Data)
.host read_data = "data" "read" 1 (Data, i64, bytes, i64, i64) -> (i64, i64, bool)
.host close_data = "data" "close" 1 (Data) -> ()
.host play = "audio" "play" 1 (i64, i64, i64, i64, i64, i64) -> (i64, Voice)
.host set_voice = "audio" "set" 1 (Voice, i64, i64, i64) -> (i64)
.host shot = "audio" "shot" 1 (i64, i64, i64, i64, i64, i64) -> (i64)
.host log = "log" "write" 1 (i64, string) -> ()

; Ids of assets, as they stand in assets/assets.ids.json.
.const CAT_ANIM = i64 2
.const DAY_OBJECTS = i64 4
.const NIGHT = i64 6

; Samples of the SOUNDS asset, in the order of their files.
.const CATCH = i64 0
.const JUMP = i64 1
.const SEA = i64 2
.const STEP = i64 3

.global things: bytes       ; the BLOB day.objects
.global cells: bytes        ; the BLOB cat.anim
.global fish_count: i64     ; object 0 is the cat, the others are fish
.global caught: i64         ; a bit for each
.global score: i64
.global x: i64, y: i64      ; the cat's upper left corner, in 1/256 pixel
.global vx: i64, vy: i64
.global flip: bool, grounded: bool
.global walked: i64         ; frames of this walk
.global is_night: bool
.global night: Load         ; while the night map is on its way
.global night_is_here: bool
.global sea: Voice

; --- start and frame ---------------------------------------------------------

.func main ()
    push_const DAY_OBJECTS
    call read_asset
    set_global things
    push_const CAT_ANIM
    call read_asset
    set_global cells
    call place_things
    push_i64 0
    hostcall bind_scene
    call complain
    push_i64 0              ; the sea, for ever
    push_const SEA
    push_i64 110
    push_i64 128
    push_i64 65536
    push_i64 255
    hostcall play
    set_global sea
    call complain
forever:
    call walk
    call jump
    call catch_fish
    call turn_day
    call draw
    frame_sync
    jmp forever
.end

; A status that is not 0 is worth a line in the log.
.func complain (status: i64)
    get_local status
    push_i64 0
    eq
    jmp_if_true fine
    push_i64 2
    push_const "harbor: status "
    get_local status
    str_from_i64
    add
    hostcall log
fine:
    ret
.end

; --- assets as bytes ---------------------------------------------------------

; The first 4,096 bytes of an asset, which needs no bank for it.
.func read_asset (id: i64) -> (bytes)
    .local status: i64, reader: Data, buffer: bytes
    push_i64 4096
    bytes_new
    set_local buffer
    get_local id
    hostcall open_data
    set_local reader
    set_local status
    get_local status
    push_i64 0
    ne
    jmp_if_true done
    get_local reader
    push_i64 0
    get_local buffer
    push_i64 0
    push_i64 4096
    hostcall read_data
    pop
    pop
    set_local status
    get_local reader
    hostcall close_data
done:
    get_local status
    call complain
    get_local buffer
    ret
.end

; A field of object [number] of the map: its place is in 1/256 pixel, at 16
; and 20 of a record of 64 bytes. The table's place stands at 20 of the head.
.func thing (number: i64, field: i64) -> (i64)
    get_global things
    get_global things
    push_i64 20
    load32
    to_i64
    get_local number
    push_i64 64
    mul
    add
    get_local field
    add
    load32
    to_i64
    ret
.end

.func place_things ()
    get_global things       ; how many there are
    push_i64 16
    load32
    to_i64
    push_i64 1
    sub
    set_global fish_count
    push_i64 0
    push_i64 16
    call thing
    set_global x
    push_i64 0
    push_i64 20
    call thing
    set_global y
    ret
.end

; --- the cat -----------------------------------------------------------------

.func held (button: i64) -> (bool)
    push_i64 0
    get_local button
    intrinsic pad_down
    ret
.end

.func pressed (button: i64) -> (bool)
    push_i64 0
    get_local button
    intrinsic pad_pressed
    ret
.end

; Left is button 2, right 3.
.func walk ()
    push_i64 0
    set_global vx
    push_i64 2
    call held
    jmp_if_false not_left
    push_i64 -384
    set_global vx
    push_bool true
    set_global flip
not_left:
    push_i64 3
    call held
    jmp_if_false not_right
    push_i64 384
    set_global vx
    push_bool false
    set_global flip
not_right:
    get_global x
    get_global vx
    add
    push_i64 0
    max
    push_i64 249856         ; 976 pixels: the end of the quay
    min
    set_global x
    get_global vx
    push_i64 0
    eq
    jmp_if_true still
    get_global walked
    push_i64 1
    add
    set_global walked
    get_global grounded
    get_global walked
    push_i64 16
    rem
    push_i64 1
    eq
    and
    jmp_if_false walking
    push_const STEP
    push_i64 90
    call sound
walking:
    ret
still:
    push_i64 0
    set_global walked
    ret
.end

; The quay is 128 pixels below the top for who is 16 high. A is button 4.
.func jump ()
    get_global vy
    push_i64 48
    add
    set_global vy
    get_global y
    get_global vy
    add
    set_global y
    push_bool false
    set_global grounded
    get_global y
    push_i64 32768
    lt
    jmp_if_true flying
    push_i64 32768
    set_global y
    push_i64 0
    set_global vy
    push_bool true
    set_global grounded
    push_i64 4
    call pressed
    jmp_if_false flying
    push_i64 -1024
    set_global vy
    push_const JUMP
    push_i64 160
    call sound
flying:
    ret
.end

; A sound that comes from where the cat is in the picture.
.func sound (sample: i64, volume: i64)
    push_i64 0
    get_local sample
    get_local volume
    get_global x
    push_i64 8
    shr
    call camera
    sub
    push_i64 4
    mul
    push_i64 5
    div
    push_i64 0
    max
    push_i64 255
    min
    push_i64 65536
    push_i64 100
    hostcall shot
    call complain
    ret
.end

; The picture's left edge in the world: the cat in its middle, where it can be.
.func camera () -> (i64)
    get_global x
    push_i64 8
    shr
    push_i64 152
    sub
    push_i64 0
    max
    push_i64 672
    min
    ret
.end

; --- fish --------------------------------------------------------------------

.func is_caught (number: i64) -> (bool)
    get_global caught
    get_local number
    shr
    push_i64 1
    and
    push_i64 0
    ne
    ret
.end

; How far two places in 1/256 pixel are from each other, in pixels.
.func distance (a: i64, b: i64) -> (i64)
    get_local a
    get_local b
    sub
    abs
    push_i64 8
    shr
    ret
.end

.func catch_fish ()
    .local number: i64
    push_i64 1
    set_local number
next:
    get_local number
    get_global fish_count
    gt
    jmp_if_true done
    get_local number
    call try_to_catch
    get_local number
    push_i64 1
    add
    set_local number
    jmp next
done:
    ret
.end

.func try_to_catch (number: i64)
    get_local number
    call is_caught
    jmp_if_true away
    get_local number
    push_i64 16
    call thing
    get_global x
    call distance
    push_i64 12
    gt
    jmp_if_true away
    get_local number
    push_i64 20
    call thing
    get_global y
    call distance
    push_i64 12
    gt
    jmp_if_true away
    get_global caught
    push_i64 1
    get_local number
    shl
    or
    set_global caught
    get_global score
    push_i64 1
    add
    set_global score
    push_const CATCH
    push_i64 200
    call sound
away:
    ret
.end

; --- day and night -----------------------------------------------------------

; B is button 5. The day's map is in SCENE slot 0; the night's goes to slot 1,
; once. The load says when it is READY; what is committed is there in the
; next frame.
.func turn_day ()
    push_i64 5
    call pressed
    jmp_if_false wait
    get_global night_is_here
    jmp_if_true turn
    get_global night
    is_null
    jmp_if_false wait
    push_const NIGHT
    push_i64 1
    hostcall load
    set_global night
    call complain
wait:
    call follow_load
    ret
turn:
    get_global is_night
    push_bool true
    ne
    set_global is_night
    call show_map
    ret
.end

.func follow_load ()
    .local state: i64
    get_global night
    is_null
    jmp_if_true done
    get_global night
    hostcall load_status
    pop
    pop
    set_local state
    call complain
    get_local state
    push_i64 2              ; READY
    eq
    jmp_if_true commit_it
    get_local state
    push_i64 3              ; COMMITTED
    eq
    jmp_if_true it_is_here
    get_local state
    push_i64 5              ; ERROR
    eq
    jmp_if_false done
    push_i64 3
    push_const "harbor: the night cannot be loaded"
    hostcall log
    call forget_load
done:
    ret
commit_it:
    get_global night
    hostcall commit
    call complain
    ret
it_is_here:
    call forget_load
    push_bool true
    set_global night_is_here
    push_bool true
    set_global is_night
    call show_map
    ret
.end

.func forget_load ()
    get_global night
    hostcall release
    push_null Load
    set_global night
    ret
.end

; The sea is calmer and deeper at night.
.func show_map ()
    get_global is_night
    jmp_if_true dark
    push_i64 0
    hostcall bind_scene
    call complain
    get_global sea
    push_i64 110
    push_i64 128
    push_i64 65536
    hostcall set_voice
    call complain
    ret
dark:
    push_i64 1
    hostcall bind_scene
    call complain
    get_global sea
    push_i64 80
    push_i64 128
    push_i64 45000
    hostcall set_voice
    call complain
    ret
.end

; --- drawing -----------------------------------------------------------------

.func draw ()
    .local number: i64
    call camera
    push_i64 0
    hostcall set_camera
    push_i64 1
    set_local number
next:
    get_local number
    get_global fish_count
    gt
    jmp_if_true cat
    get_local number
    call draw_fish
    get_local number
    push_i64 1
    add
    set_local number
    jmp next
cat:
    call cat_frame
    get_global x
    get_global y
    get_global flip
    call draw_frame
    push_i64 8
    push_i64 8
    push_const "fish "
    get_global score
    str_from_i64
    add
    push_const "   A jump   B day and night"
    add
    push_i64 65535
    hostcall text
    ret
.end

; Bobbing up and down; each begins elsewhere.
.func draw_fish (number: i64)
    get_local number
    call is_caught
    jmp_if_true done
    intrinsic frame
    push_i64 20
    div
    get_local number
    add
    push_i64 1
    and
    push_i64 7
    add
    get_local number
    push_i64 16
    call thing
    get_local number
    push_i64 20
    call thing
    intrinsic frame
    get_local number
    push_i64 13
    mul
    add
    push_i64 40
    rem
    push_i64 20
    sub
    abs
    push_i64 64
    mul
    add
    push_bool false
    call draw_frame
done:
    ret
.end

; Which frame of cat.aseprite: 0 and 1 idle, 2 to 5 walk, 6 jump.
.func cat_frame () -> (i64)
    get_global grounded
    jmp_if_false flying
    get_global walked
    push_i64 0
    gt
    jmp_if_true walking
    intrinsic frame
    push_i64 90
    rem
    push_i64 80
    gt
    jmp_if_true blink
    push_i64 0
    ret
blink:
    push_i64 1
    ret
walking:
    get_global walked
    push_i64 6
    div
    push_i64 4
    rem
    push_i64 2
    add
    ret
flying:
    push_i64 6
    ret
.end

; Draws a frame of the animation at a place in 1/256 pixel. It has one tile,
; whose cell says glyph, palette and flips as a map's cells do: behind a head
; of 32 bytes and 4 bytes for how long each of the frames stands.
.func draw_frame (number: i64, at_x: i64, at_y: i64, flipped: bool)
    .local cell: i64
    get_global cells
    push_i64 32
    get_global cells
    push_i64 16
    load32
    to_i64
    get_local number
    add
    push_i64 4
    mul
    add
    load32
    to_i64
    set_local cell
    get_local cell
    push_i64 65535
    and
    get_local cell
    push_i64 16
    shr
    push_i64 63
    and
    get_local at_x
    push_i64 8
    shr
    call camera
    sub
    get_local at_y
    push_i64 8
    shr
    push_i64 2              ; the quay's layer
    push_i64 0              ; GLYPH slot of cat.aseprite
    get_local cell
    push_i64 22
    shr
    push_i64 1
    and
    push_i64 0
    ne
    get_local flipped
    ne
    get_local cell
    push_i64 23
    shr
    push_i64 1
    and
    push_i64 0
    ne
    push_i64 0
    hostcall emit_sprite
    call complain
    ret
.end
