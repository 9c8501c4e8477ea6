.exact
.module "main"
.type _ = array i64 ; #0
.type a = record {
    x: f64,
} ; #1
.type _ = func (i64) -> (bool) ; #2
.type _ = state "gfx" ; #3
.type _ = func () -> () ; #4
.const _ = i64 5 ; #0
.const _ = "x" ; #1
.const _ = f64 nan ; #2
.const _ = f32 1 ; #3
.global a: a ; #0
.host "gfx" "clear" 1 (i64) -> (bool) ; #0
.host "gfx" "clear" 2 (i64) -> (bool) ; #1
.file "clfar" ; #0
.file "x" ; #1
.export "main" = main
.export "x" = #1

.func main () -> () ; #0
    .local _: i64 ; #0
    .stack 2
    .at "clfar" 1 5
    nop
    .at "clfar" 2
    ret
.end

.func "" (x: i64) -> (bool) closure a (_: array i64) ; #1
    .stack 1
    ret
.end
