// SPDX-License-Identifier: MIT
//
// The codes of the internal form's instructions, from ops.def.

#ifndef PM_IMAGE_OPS_H
#define PM_IMAGE_OPS_H

typedef enum pm_iop {
#define BIN_I(name, expr)                                                      \
    PM_IOP_##name##_RR, PM_IOP_##name##_RI, PM_IOP_##name##_RK,
#define BIN_T(name, expr)                                                      \
    PM_IOP_##name##_RR, PM_IOP_##name##_RI, PM_IOP_##name##_RK,
#define BIN_F(name, expr)                                                      \
    PM_IOP_##name##_RR, PM_IOP_##name##_RK, PM_IOP_##name##_KR,
#define BIN_S(name, expr)            PM_IOP_##name,
#define UN(name, expr)               PM_IOP_##name,
#define UN_T(name, condition, expr)  PM_IOP_##name,
#define CMP_I(name, condition)                                                 \
    PM_IOP_##name##_RR, PM_IOP_##name##_RI, PM_IOP_##name##_RK,                \
        PM_IOP_BR_##name##_RR, PM_IOP_BR_##name##_RI, PM_IOP_BR_##name##_RK,   \
        PM_IOP_LOOP_##name##_RR, PM_IOP_LOOP_##name##_RI,                      \
        PM_IOP_LOOP_##name##_RK, PM_IOP_INC_LOOP_##name##_RR,                  \
        PM_IOP_INC_LOOP_##name##_RI, PM_IOP_INC_LOOP_##name##_RK,              \
        PM_IOP_BACK_##name##_RR, PM_IOP_BACK_##name##_RI,                      \
        PM_IOP_BACK_##name##_RK, PM_IOP_INC_BACK_##name##_RR,                  \
        PM_IOP_INC_BACK_##name##_RI, PM_IOP_INC_BACK_##name##_RK,
#define CMP_F(name, condition)                                                 \
    PM_IOP_##name##_RR, PM_IOP_BR_##name##_RR, PM_IOP_BR_##name##_RK,          \
        PM_IOP_BR_##name##_KR,
#define CMP_S(name, condition)    PM_IOP_##name,
#define LOAD(name, size, expr)    PM_IOP_##name##_RR, PM_IOP_##name##_RI,
#define STORE(name, size, action) PM_IOP_##name##_RR, PM_IOP_##name##_RI,
#define COLD(name, function)      PM_IOP_##name,
#define HOT(name)                 PM_IOP_##name,
#include "image/ops.def"
#undef BIN_I
#undef BIN_T
#undef BIN_F
#undef BIN_S
#undef UN
#undef UN_T
#undef CMP_I
#undef CMP_F
#undef CMP_S
#undef LOAD
#undef STORE
#undef COLD
#undef HOT
    PM_IOP_COUNT
} pm_iop;


// The name of a code, "(operand)" for one that is none.
const char *pm_iop_name(unsigned code);

#endif
