; SPDX-License-Identifier: MIT
;
; Files: every file operation once, and what a directory holds on the screen.
;
;     prometeu run examples/asm/files
;     prometeu run examples/asm/files --mount pictures=docs/images
;
; It makes directories and files on /scratch, which is memory, and then shows
; four directories: its own files, what it made, what was mounted, and /save.

.module "files"

.type File = state "file"
.type Cursor = state "cursor"

.host clear = "gfx" "clear" 1 (i64) -> ()
.host text = "gfx" "text" 1 (i64, i64, string, i64) -> ()
.host open = "fs" "open" 1 (string, i64) -> (i64, File)
.host write = "fs" "write" 1 (File, i64, bytes, i64, i64) -> (i64, i64)
.host truncate = "fs" "truncate" 1 (File, i64) -> i64
.host close = "fs" "close" 1 (File) -> i64
.host make_dir = "fs" "make_dir" 1 (string) -> i64
.host remove = "fs" "remove" 1 (string) -> i64
.host rename = "fs" "rename" 1 (string, string) -> i64
.host stat = "fs" "stat" 1 (string) -> (i64, i64, i64, i64)
.host usage = "fs" "usage" 1 (string) -> (i64, i64, i64)
.host list = "fs" "list" 1 (string) -> (i64, Cursor)
.host next = "fs" "next" 1 (Cursor) -> (i64, string, i64, bool)
.host left = "fs" "left" 1 (Cursor) -> i64
.host end_list = "fs" "end" 1 (Cursor) -> ()

.global y: i64

.func main ()
    push_i64 0b00010_000100_00101
    hostcall clear
    call make_things
forever:
    push_i64 4
    set_global y
    push_const "/cart"
    call show
    push_const "/scratch"
    call show
    push_const "/scratch/maps"
    call show
    push_const "/host"
    call show
    push_const "/save"
    call show
    call show_usage
    frame_sync
    jmp forever
.end

; What is rightly asked for here cannot fail on /scratch.
.func must (status: i64)
    get_local status
    push_i64 0
    eq
    jmp_if_true fine
    push_const "a file operation on /scratch answered "
    get_local status
    str_from_i64
    add
    trap_with
fine:
    ret
.end

.func make_things ()
.local file: File
    push_const "/scratch/maps"
    hostcall make_dir
    call must
    push_const "/scratch/draft"
    push_i64 15             ; READ, WRITE, CREATE, EXCLUSIVE
    hostcall open
    set_local file
    call must
    get_local file
    push_i64 0
    push_const "a map that is worth keeping"
    bytes_from_str
    push_i64 0
    push_i64 27
    hostcall write
    pop
    call must
    get_local file
    push_i64 100            ; grows with zeroes
    hostcall truncate
    call must
    get_local file
    hostcall close
    call must
    push_const "/scratch/draft"
    push_const "/scratch/maps/first"
    hostcall rename
    call must
    push_const "/scratch/old"
    hostcall make_dir
    call must
    push_const "/scratch/old"
    hostcall remove
    call must
    ret
.end

.func print (x: i64, line: string, color: i64)
    get_local x
    get_global y
    get_local line
    get_local color
    hostcall text
    get_global y
    push_i64 10
    add
    set_global y
    ret
.end

; A directory's name and its entries below.
.func show (path: string)
.local dir: Cursor, name: string, kind: i64, more: bool, status: i64
    get_local path
    hostcall list
    set_local dir
    set_local status
    push_i64 8
    get_local path
    push_i64 0xffe0
    call print
    get_local status
    push_i64 0
    eq
    jmp_if_true listed
    push_i64 24
    push_const "status "
    get_local status
    str_from_i64
    add
    push_i64 0xf800
    call print
    ret
listed:
    get_local dir
    hostcall left
    push_i64 0
    gt
    set_local more
entries:
    get_local more
    jmp_if_false done
    get_local dir
    hostcall next
    set_local more
    set_local kind
    set_local name
    push_i64 0
    eq
    jmp_if_false done
    push_i64 24
    get_local name
    get_local path
    get_local name
    call describe
    add
    push_i64 0xffff
    call print
    jmp entries
done:
    get_local dir
    hostcall end_list
    ret
.end

; " 1234" for a file, "/" for a directory.
.func describe (path: string, name: string) -> string
.local status: i64, kind: i64, bytes: i64, revision: i64
    get_local path
    push_const "/"
    add
    get_local name
    add
    hostcall stat
    set_local revision
    set_local bytes
    set_local kind
    set_local status
    get_local kind
    push_i64 2
    eq
    jmp_if_false a_file
    push_const "/"
    ret
a_file:
    push_const "  "
    get_local bytes
    str_from_i64
    add
    ret
.end

.func show_usage ()
.local used: i64, limit: i64
    push_const "/scratch"
    hostcall usage
    set_local limit
    set_local used
    push_i64 0
    eq
    jmp_if_true known
    push_i64 8
    push_const "scratch: nobody knows"
    push_i64 0xf800
    call print
    ret
known:
    push_i64 8
    push_const "scratch: "
    get_local used
    str_from_i64
    add
    push_const " of "
    add
    get_local limit
    str_from_i64
    add
    push_i64 0x8c51
    call print
    ret
.end
