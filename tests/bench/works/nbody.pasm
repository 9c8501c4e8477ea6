; nbody: fields of records, floats. Five bodies of the solar system.

.module nbody

.type Body = record {
    x: f64,
    y: f64,
    z: f64,
    vx: f64,
    vy: f64,
    vz: f64,
    mass: f64,
}
.type Bodies = array Body
.global result: i64

.func main()
.local bodies: Bodies
.local round: i64
    ; bodies: Bodies = array(Bodies, 5)
    push_i64 5
    arr_new Bodies
    set_local bodies
    ; bodies[0] = body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    get_local bodies
    push_i64 0
    push_f64 0.0
    push_f64 0.0
    push_f64 0.0
    push_f64 0.0
    push_f64 0.0
    push_f64 0.0
    push_f64 1.0
    call body
    arr_set
    ; bodies[1] = body(4.841431442464721, -1.1603200440274284,
    ;     -0.10362204447112311, 0.001660076642744037, 0.007699011184197404,
    ;     -6.90460016972063e-05, 0.0009547919384243266)
    get_local bodies
    push_i64 1
    push_f64 4.84143144246472090
    push_f64 -1.16032004402742839
    push_f64 -0.103622044471123109
    push_f64 0.00166007664274403694
    push_f64 0.00769901118419740425
    push_f64 -0.0000690460016972063023
    push_f64 0.000954791938424326609
    call body
    arr_set
    ; bodies[2] = body(8.34336671824458, 4.124798564124305,
    ;     -0.4035234171143214, -0.00276742510726411, 0.004998528012349172,
    ;     2.3041729757376393e-05, 0.0002858859806661308)
    get_local bodies
    push_i64 2
    push_f64 8.34336671824457987
    push_f64 4.12479856412430479
    push_f64 -0.403523417114321381
    push_f64 -0.00276742510726411
    push_f64 0.00499852801234917238
    push_f64 0.0000230417297573763929
    push_f64 0.000285885980666130812
    call body
    arr_set
    ; bodies[3] = body(12.894369562139131, -15.111151401698631,
    ;     -0.22330757889265573, 0.002964601375647616, 0.0023784717395948095,
    ;     -2.9658956854023756e-05, 4.366244043351563e-05)
    get_local bodies
    push_i64 3
    push_f64 12.8943695621391310
    push_f64 -15.1111514016986312
    push_f64 -0.223307578892655734
    push_f64 0.00296460137564761618
    push_f64 0.00237847173959480950
    push_f64 -0.0000296589568540237556
    push_f64 0.0000436624404335156298
    call body
    arr_set
    ; bodies[4] = body(15.379697114850917, -25.919314609987964,
    ;     0.17925877295037118, 0.0026806777249038932, 0.001628241700382423,
    ;     -9.515922545197159e-05, 5.1513890204661145e-05)
    get_local bodies
    push_i64 4
    push_f64 15.3796971148509165
    push_f64 -25.9193146099879641
    push_f64 0.179258772950371181
    push_f64 0.00268067772490389322
    push_f64 0.00162824170038242295
    push_f64 -0.0000951592254519715870
    push_f64 0.0000515138902046611451
    call body
    arr_set
    ; for round from 0 until 150000
    push_i64 0
    set_local round
    jmp test
body:
    ; advance(bodies, 5, 0.01)
    get_local bodies
    push_i64 5
    push_f64 0.01
    call advance
    get_local round
    push_i64 1
    add
    set_local round
test:
    get_local round
    push_i64 150000
    lt
    jmp_if_true body
    ; result = to_bits(energy(bodies, 5))
    get_local bodies
    push_i64 5
    call energy
    to_bits
    set_global result
    halt
.end

.func body(x: f64, y: f64, z: f64, vx: f64, vy: f64, vz: f64, mass: f64) -> Body
    ; return make(Body, x, y, z, vx * DAYS, vy * DAYS, vz * DAYS, mass *
    ;     (4.0 * PI * PI))
    get_local x
    get_local y
    get_local z
    get_local vx
    push_f64 365.24
    mul
    get_local vy
    push_f64 365.24
    mul
    get_local vz
    push_f64 365.24
    mul
    get_local mass
    push_f64 4.0
    push_f64 3.141592653589793
    mul
    push_f64 3.141592653589793
    mul
    mul
    rec_make Body
    ret
.end

.func advance(bodies: Bodies, count: i64, dt: f64)
.local i: i64, j: i64
.local a: Body, b: Body
.local ax: f64, ay: f64, az: f64, am: f64, avx: f64, avy: f64, avz: f64
.local dx: f64, dy: f64, dz: f64, d2: f64, mag: f64, bm: f64
    ; for i from 0 until count
    push_i64 0
    set_local i
    jmp test
body:
    ; a: Body = bodies[i]
    get_local bodies
    get_local i
    arr_get
    set_local a
    ; ax: f64 = a.x
    get_local a
    get_field Body.x
    set_local ax
    ; ay: f64 = a.y
    get_local a
    get_field Body.y
    set_local ay
    ; az: f64 = a.z
    get_local a
    get_field Body.z
    set_local az
    ; am: f64 = a.mass
    get_local a
    get_field Body.mass
    set_local am
    ; avx: f64 = a.vx
    get_local a
    get_field Body.vx
    set_local avx
    ; avy: f64 = a.vy
    get_local a
    get_field Body.vy
    set_local avy
    ; avz: f64 = a.vz
    get_local a
    get_field Body.vz
    set_local avz
    ; for j from i + 1 until count
    get_local i
    push_i64 1
    add
    set_local j
    jmp test2
body2:
    ; b: Body = bodies[j]
    get_local bodies
    get_local j
    arr_get
    set_local b
    ; dx: f64 = ax - b.x
    get_local ax
    get_local b
    get_field Body.x
    sub
    set_local dx
    ; dy: f64 = ay - b.y
    get_local ay
    get_local b
    get_field Body.y
    sub
    set_local dy
    ; dz: f64 = az - b.z
    get_local az
    get_local b
    get_field Body.z
    sub
    set_local dz
    ; d2: f64 = dx * dx + dy * dy + dz * dz
    get_local dx
    get_local dx
    mul
    get_local dy
    get_local dy
    mul
    add
    get_local dz
    get_local dz
    mul
    add
    set_local d2
    ; mag: f64 = dt / (d2 * sqrt(d2))
    get_local dt
    get_local d2
    get_local d2
    sqrt
    mul
    div
    set_local mag
    ; bm: f64 = b.mass * mag
    get_local b
    get_field Body.mass
    get_local mag
    mul
    set_local bm
    ; avx -= dx * bm
    get_local avx
    get_local dx
    get_local bm
    mul
    sub
    set_local avx
    ; avy -= dy * bm
    get_local avy
    get_local dy
    get_local bm
    mul
    sub
    set_local avy
    ; avz -= dz * bm
    get_local avz
    get_local dz
    get_local bm
    mul
    sub
    set_local avz
    ; bm = am * mag
    get_local am
    get_local mag
    mul
    set_local bm
    ; b.vx += dx * bm
    get_local b
    get_local b
    get_field Body.vx
    get_local dx
    get_local bm
    mul
    add
    set_field Body.vx
    ; b.vy += dy * bm
    get_local b
    get_local b
    get_field Body.vy
    get_local dy
    get_local bm
    mul
    add
    set_field Body.vy
    ; b.vz += dz * bm
    get_local b
    get_local b
    get_field Body.vz
    get_local dz
    get_local bm
    mul
    add
    set_field Body.vz
    get_local j
    push_i64 1
    add
    set_local j
test2:
    get_local j
    get_local count
    lt
    jmp_if_true body2
    ; a.vx = avx
    get_local a
    get_local avx
    set_field Body.vx
    ; a.vy = avy
    get_local a
    get_local avy
    set_field Body.vy
    ; a.vz = avz
    get_local a
    get_local avz
    set_field Body.vz
    get_local i
    push_i64 1
    add
    set_local i
test:
    get_local i
    get_local count
    lt
    jmp_if_true body
    ; for i from 0 until count
    push_i64 0
    set_local i
    jmp test3
body3:
    ; a: Body = bodies[i]
    get_local bodies
    get_local i
    arr_get
    set_local a
    ; a.x += dt * a.vx
    get_local a
    get_local a
    get_field Body.x
    get_local dt
    get_local a
    get_field Body.vx
    mul
    add
    set_field Body.x
    ; a.y += dt * a.vy
    get_local a
    get_local a
    get_field Body.y
    get_local dt
    get_local a
    get_field Body.vy
    mul
    add
    set_field Body.y
    ; a.z += dt * a.vz
    get_local a
    get_local a
    get_field Body.z
    get_local dt
    get_local a
    get_field Body.vz
    mul
    add
    set_field Body.z
    get_local i
    push_i64 1
    add
    set_local i
test3:
    get_local i
    get_local count
    lt
    jmp_if_true body3
    ret
.end

.func energy(bodies: Bodies, count: i64) -> f64
.local e: f64, dx: f64, dy: f64, dz: f64
.local i: i64, j: i64
.local a: Body, b: Body
    ; e: f64 = 0.0
    push_f64 0.0
    set_local e
    ; for i from 0 until count
    push_i64 0
    set_local i
    jmp test
body:
    ; a: Body = bodies[i]
    get_local bodies
    get_local i
    arr_get
    set_local a
    ; e += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    get_local e
    push_f64 0.5
    get_local a
    get_field Body.mass
    mul
    get_local a
    get_field Body.vx
    get_local a
    get_field Body.vx
    mul
    get_local a
    get_field Body.vy
    get_local a
    get_field Body.vy
    mul
    add
    get_local a
    get_field Body.vz
    get_local a
    get_field Body.vz
    mul
    add
    mul
    add
    set_local e
    ; for j from i + 1 until count
    get_local i
    push_i64 1
    add
    set_local j
    jmp test2
body2:
    ; b: Body = bodies[j]
    get_local bodies
    get_local j
    arr_get
    set_local b
    ; dx: f64 = a.x - b.x
    get_local a
    get_field Body.x
    get_local b
    get_field Body.x
    sub
    set_local dx
    ; dy: f64 = a.y - b.y
    get_local a
    get_field Body.y
    get_local b
    get_field Body.y
    sub
    set_local dy
    ; dz: f64 = a.z - b.z
    get_local a
    get_field Body.z
    get_local b
    get_field Body.z
    sub
    set_local dz
    ; e -= a.mass * b.mass / sqrt(dx * dx + dy * dy + dz * dz)
    get_local e
    get_local a
    get_field Body.mass
    get_local b
    get_field Body.mass
    mul
    get_local dx
    get_local dx
    mul
    get_local dy
    get_local dy
    mul
    add
    get_local dz
    get_local dz
    mul
    add
    sqrt
    div
    sub
    set_local e
    get_local j
    push_i64 1
    add
    set_local j
test2:
    get_local j
    get_local count
    lt
    jmp_if_true body2
    get_local i
    push_i64 1
    add
    set_local i
test:
    get_local i
    get_local count
    lt
    jmp_if_true body
    ; return e
    get_local e
    ret
.end
