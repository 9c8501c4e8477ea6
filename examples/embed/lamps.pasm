; Lights a lamp a little more each frame, forgets another, and in the end uses
; a lamp that it has closed: the program stops there, the host stays whole and
; puts every lamp out.
.module lamps
.type Lamp = state "lamp"
.host lamp open 1 (i64) -> (i64, Lamp)
.host lamp light 1 (Lamp, i64) -> ()
.host lamp brightness 1 (Lamp) -> i64
.host lamp close 1 (Lamp) -> ()

.func main()
.local lamp: Lamp
.local percent: i64
    push_i64 2
    hostcall lamp.open          ; forgotten at once
    pop
    pop
    push_i64 0
    hostcall lamp.open
    set_local lamp
    pop                         ; the status: socket 0 is free
    push_i64 0
    set_local percent
brighter:
    get_local lamp
    get_local percent
    hostcall lamp.light
    frame_sync
    get_local lamp
    hostcall lamp.brightness
    push_i64 25
    add
    set_local percent
    get_local percent
    push_i64 100
    le
    jmp_if_true brighter
    get_local lamp
    hostcall lamp.close
    get_local lamp              ; a stale handle
    push_i64 50
    hostcall lamp.light
    halt
.end
