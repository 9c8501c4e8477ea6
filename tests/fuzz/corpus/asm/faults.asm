.modul x
.type P = record { x: f64, x: i64, }
.type i64 = array P
.type A = array Pint
.type B = array (
.const c = f64 1.5.2
.const c = bool true
.global g i64
.func main () -> 
   psh_i64 4
   push_i64 99999999999999999999
   push_const 5
   push_const "abc
   jump x
   jmp nowhere
   get_local foo
   .local foo: i64, foo: f64
   get_local fo
   call mian
   get_field P.z
   get_field Q.z
a:  
a:  ret extra
   "x"
.func two (a: i64, b: array array i64) -> (i64) 
  push_f64 1e400
  push_f32 0x1p-3
  push_f64 -inf
  push_byte 256
  push_bool 'x'
  hostcall foo
.end
nop
.end
.export main = tow
