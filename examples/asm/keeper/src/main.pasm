; SPDX-License-Identifier: MIT
;
; Keeper: a game that saves all the time and can be killed at any moment.
;
;     prometeu run examples/asm/keeper --saves saves
;
; It counts its frames for ever, over all its runs, and keeps the count in
; three ways: a whole file that is replaced, a log that grows, and a slot of
; the memory card. When it starts it looks whether what it finds is whole. If
; a single byte were torn, it would stop in a trap that says so. Pull the
; plug, kill it, fill the disk: it goes on from what was saved last.

.module "keeper"

.type File = state "file"

.host clear = "gfx" "clear" 1 (i64) -> ()
.host text = "gfx" "text" 1 (i64, i64, string, i64) -> ()
.host open = "fs" "open" 1 (string, i64) -> (i64, File)
.host read = "fs" "read" 1 (File, i64, bytes, i64, i64) -> (i64, i64, bool)
.host write = "fs" "write" 1 (File, i64, bytes, i64, i64) -> (i64, i64)
.host size = "fs" "size" 1 (File) -> (i64, i64)
.host sync = "fs" "sync" 1 (File) -> i64
.host close = "fs" "close" 1 (File) -> i64
.host replace = "fs" "replace" 1 (string, bytes, i64, i64) -> i64
.host card_read = "mem" "slot_read" 1 (i64, i64, bytes, i64, i64) -> (i64, i64, bool)
.host card_write = "mem" "slot_write" 1 (i64, i64, bytes, i64, i64) -> (i64, i64)
.host card_commit = "mem" "slot_commit" 1 (i64) -> i64

; Frames played since the first run, as far as this run has counted; and what
; the file, the log and the card say of it.
.global played: i64, saved: i64, logged: i64, carded: i64
; The last status that was not 0, for the screen.
.global trouble: i64
; A page of 60,000 bytes is saved: long enough to be torn, if it could be.
.global page: bytes
.global log_file: File
.global record: bytes

.func main ()
    push_i64 60000
    bytes_new
    set_global page
    push_i64 16
    bytes_new
    set_global record
    push_i64 0b00001_000011_00110
    hostcall clear
    call load_page
    call load_log
    call load_card
    ; What was found is whole. The newest is where it goes on.
    get_global saved
    get_global logged
    max
    get_global carded
    max
    set_global played

forever:
    get_global played
    push_i64 1
    add
    set_global played
    call append_log
    ; Every 20 frames the page, 10 frames later the card, then the log.
    get_global played
    push_i64 20
    rem
    push_i64 0
    eq
    jmp_if_false not_page
    call save_page
    ; The page is on the device now, or trouble says why not.
not_page:
    get_global played
    push_i64 20
    rem
    push_i64 10
    eq
    jmp_if_false not_card
    call save_card
    ; The card is on the device now, or trouble says why not.
not_card:
    get_global played
    push_i64 15
    rem
    push_i64 0
    eq
    jmp_if_false not_sync
    get_global log_file
    hostcall sync
    call note
    ; The log is on the device now, or trouble says why not.
not_sync:
    call draw
    frame_sync
    jmp forever
.end

; Remembers a status that is not 0.
.func note (status: i64)
    get_local status
    push_i64 0
    ne
    jmp_if_false fine
    get_local status
    set_global trouble
fine:
    ret
.end

; Fills the page: its first 8 bytes are the count, the others its low byte.
.func fill_page ()
    get_global page
    push_i64 0
    push_i64 60000
    get_global played
    bytes_fill
    get_global page
    push_i64 0
    get_global played
    store64
    ret
.end

.func save_page ()
    call fill_page
    push_const "/save/page"
    get_global page
    push_i64 0
    push_i64 60000
    hostcall replace
    call note
    get_global played
    set_global saved
    ret
.end

; Opens a file for reading; null when there is none yet. Any other failure is
; one that this program cannot go on with.
.func open_old (path: string) -> File
.local file: File, status: i64
    get_local path
    push_i64 1
    hostcall open
    set_local file
    set_local status
    get_local status
    push_i64 1              ; NOT_FOUND
    gt
    jmp_if_false fine
    push_const "a file that was saved cannot be opened: status "
    get_local status
    str_from_i64
    add
    trap_with
fine:
    get_local file
    ret
.end

.func load_page ()
.local file: File, status: i64, n: i64, eof: bool, other: i64
    push_const "/save/page"
    call open_old
    set_local file
    get_local file
    is_null
    jmp_if_false there
    ret
there:
    get_local file
    push_i64 0
    get_global page
    push_i64 0
    push_i64 60000
    hostcall read
    set_local eof
    set_local n
    set_local status
    get_local file
    hostcall close
    call note
    get_local status
    push_i64 0
    eq
    get_local n
    push_i64 60000
    eq
    and
    get_local eof
    and
    jmp_if_true read_all
    push_const "the saved page cannot be read: status "
    get_local status
    str_from_i64
    add
    trap_with
read_all:
    get_global page
    push_i64 0
    load64
    set_global saved
    ; Every other byte must be the count's low one: compare the page with
    ; itself one byte further.
    get_global page
    push_i64 8
    get_global page
    push_i64 9
    push_i64 59991
    bytes_compare
    set_local other
    get_global page
    push_i64 8
    load8
    to_i64
    get_global saved
    push_i64 255
    and
    eq
    get_local other
    push_i64 0
    eq
    and
    jmp_if_true whole
    push_const "the saved page is torn"
    trap_with
whole:
    ret
.end

; The log is a row of 16 bytes for each frame: the number of the row and the
; count. It is opened once and stays open.
.func load_log ()
.local file: File, status: i64, bytes: i64, row: i64, n: i64, eof: bool
    push_const "/save/log"
    push_i64 7              ; READ, WRITE, CREATE
    hostcall open
    set_local file
    set_local status
    get_local status
    push_i64 0
    eq
    jmp_if_true opened
    push_const "the log cannot be opened: status "
    get_local status
    str_from_i64
    add
    trap_with
opened:
    get_local file
    set_global log_file
    get_local file
    hostcall size
    set_local bytes
    set_local status
    get_local status
    push_i64 0
    eq
    jmp_if_true measured
    push_const "the log's length cannot be had: status "
    get_local status
    str_from_i64
    add
    trap_with
measured:
    get_local bytes
    push_i64 16
    rem
    push_i64 0
    eq
    jmp_if_true rows
    push_const "the log ends within a row"
    trap_with
rows:
    get_local bytes
    push_i64 16
    div
    set_local row
    get_local row
    push_i64 0
    eq
    jmp_if_false last
    ret
last:
    ; The last row is whole and is the row that it says.
    get_local file
    get_local bytes
    push_i64 16
    sub
    get_global record
    push_i64 0
    push_i64 16
    hostcall read
    set_local eof
    set_local n
    set_local status
    get_local status
    push_i64 0
    eq
    get_local eof
    and
    get_global record
    push_i64 0
    load64
    get_local row
    eq
    and
    jmp_if_true good
    push_const "the log's last row is damaged: status "
    get_local status
    str_from_i64
    add
    trap_with
good:
    get_global record
    push_i64 8
    load64
    set_global logged
    ret
.end

; When the log has grown over 64 KiB it starts anew.
.func append_log ()
.local bytes: i64, status: i64
    get_global log_file
    hostcall size
    set_local bytes
    set_local status
    get_local status
    push_i64 0
    eq
    jmp_if_true measured
    ; Where it ends is not known: nothing is written over.
    get_local status
    call note
    ret
measured:
    get_local bytes
    push_i64 65536
    ge
    jmp_if_false fits
    call new_log
    push_i64 0
    set_local bytes
fits:
    get_global record
    push_i64 0
    get_local bytes
    push_i64 16
    div
    push_i64 1
    add
    store64
    get_global record
    push_i64 8
    get_global played
    store64
    get_global log_file
    get_local bytes
    get_global record
    push_i64 0
    push_i64 16
    hostcall write
    pop
    call note
    get_global played
    set_global logged
    ret
.end

.func new_log ()
.local file: File, status: i64
    get_global log_file
    hostcall close
    call note
    push_const "/save/log"
    push_i64 23             ; READ, WRITE, CREATE, TRUNCATE
    hostcall open
    set_local file
    set_local status
    get_local status
    push_i64 0
    eq
    jmp_if_true opened
    push_const "the log cannot be started anew: status "
    get_local status
    str_from_i64
    add
    trap_with
opened:
    get_local file
    set_global log_file
    ret
.end

; The card keeps the count in slot 0, twice, 4,000 bytes apart.
.func save_card ()
    get_global page
    push_i64 0
    get_global played
    store64
    get_global page
    push_i64 4000
    get_global played
    store64
    push_i64 0
    push_i64 0
    get_global page
    push_i64 0
    push_i64 4008
    hostcall card_write
    pop
    call note
    push_i64 0
    hostcall card_commit
    call note
    get_global played
    set_global carded
    ret
.end

.func load_card ()
.local status: i64, n: i64, eof: bool
    push_i64 0
    push_i64 0
    get_global page
    push_i64 0
    push_i64 4008
    hostcall card_read
    set_local eof
    set_local n
    set_local status
    get_local status
    push_i64 1              ; EMPTY
    eq
    jmp_if_false there
    ret
there:
    get_local status
    push_i64 0
    eq
    get_local n
    push_i64 4008
    eq
    and
    get_global page
    push_i64 0
    load64
    get_global page
    push_i64 4000
    load64
    eq
    and
    jmp_if_true whole
    push_const "the memory card is damaged: status "
    get_local status
    str_from_i64
    add
    trap_with
whole:
    get_global page
    push_i64 0
    load64
    set_global carded
    ret
.end

; --- the screen --------------------------------------------------------------

.func line (y: i64, label: string, value: i64)
    push_i64 40
    get_local y
    get_local label
    get_local value
    str_from_i64
    add
    push_i64 0xffff
    hostcall text
    ret
.end

.func draw ()
    push_i64 40
    push_const "frames played   "
    get_global played
    call line
    push_i64 64
    push_const "in the file     "
    get_global saved
    call line
    push_i64 76
    push_const "in the log      "
    get_global logged
    call line
    push_i64 88
    push_const "on the card     "
    get_global carded
    call line
    get_global trouble
    push_i64 0
    ne
    jmp_if_false fine
    push_i64 112
    push_const "last trouble    "
    get_global trouble
    call line
fine:
    push_i64 40
    push_i64 150
    push_const "kill me whenever you like"
    push_i64 0x8c51
    hostcall text
    ret
.end
