// SPDX-License-Identifier: MIT
//
// Parts of programs for files_world.h, to be put one behind the other.

#ifndef PM_TEST_MACHINE_FILES_WORDS_H
#define PM_TEST_MACHINE_FILES_WORDS_H

#include "files_world.h"

#define PUT(path, text)                                                        \
    " push_const \"" path "\"\n push_const \"" text "\"\n call put\n"
#define SHOW(path) " push_const \"" path "\"\n call show\n"
// Opens into global f or g and tells the status.
#define OPEN(global, path, mode)                                               \
    " push_const \"" path "\"\n push_i64 " mode "\n hostcall open\n"           \
    " set_global " global "\n push_const \"open\"\n call tell\n"
#define WRITE(global, offset, text)                                            \
    " get_global " global "\n push_i64 " offset "\n push_const \"" text        \
    "\"\n call write\n"
#define ON(global, verb)                                                       \
    " get_global " global "\n hostcall " verb "\n push_const \"" verb          \
    "\"\n call tell\n"
#define STAGE(slot, text)                                                      \
    " push_i64 " slot "\n push_const \"" text "\"\n call stage\n"
#define SLOT(slot, verb)                                                       \
    " push_i64 " slot "\n hostcall " verb "\n push_const \"" verb              \
    "\"\n call tell\n"
#define STATE(slot) " push_i64 " slot "\n call state\n"
#define CARD(slot)  " push_i64 " slot "\n call card\n"
#define FRAME       " frame_sync\n"
#define HALT        " halt\n"
#define TRAP        " push_const \"why\"\n trap_with\n"
#define FOREVER     "forever:\n frame_sync\n jmp forever\n"

#endif
