// SPDX-License-Identifier: MIT
//
// Why a call cannot answer a status on a volume; part of test_matrix.c, which
// shows the opposite of any of these that is wrong. The first rule that holds
// for a cell gives its letter.

static const struct {
    char letter;
    const char *text;
} reasons[] = {
    {'a', "any handle, and anybody, may do this"},
    {'b', "said only by remove, rename and replace, to whom an open file is "
          "in the way"},
    {'d', "on a damaged volume CORRUPT comes first"},
    {'e', "said only where something gets a new name"},
    {'h', "the handle stands for the file: its path was looked at by open"},
    {'k', "either kind of entry will do, or the other kind has a status of "
          "its own"},
    {'l', "limits are looked at where a file gets longer and a cursor is "
          "made"},
    {'m', "what the call needs is in memory: no device is asked"},
    {'n', "files and cursors are counted where they are made"},
    {'p', "only the path's volume is looked at"},
    {'q', "the call takes no room"},
    {'r', "the volume is read only: ACCESS_DENIED comes first"},
    {'s', "the cursor has had its entries since list"},
    {'t', "the call needs no memory of its own"},
    {'w', "nothing has been written that could fail to be published"},
    {'y', "said only by remove"},
    {'z', "said by another call: NOTHING_STAGED by commit, EMPTY by read and "
          "clear"},
};

#define HANDLE                                                                 \
    (CALL(READ) | CALL(WRITE) | CALL(SIZE) | CALL(TRUNCATE) | CALL(SYNC) |     \
     CALL(CLOSE))
#define CHANGES (CALL(REPLACE) | CALL(MAKE_DIR) | CALL(REMOVE) | CALL(RENAME))
#define LOOKS   (CALL(STAT) | CALL(LIST) | CALL(USAGE))
#define TREES   (ON(SAVE) | ON(SCRATCH))
#define LOCAL   (TREES | ON(CART))
#define FIXED   (ON(CART) | ON(HOST_READ)) // read only
#define OF_NAMES                                                               \
    (STATUS(NOT_FOUND) | STATUS(EXISTS) | STATUS(NOT_A_DIRECTORY) |            \
     STATUS(IS_A_DIRECTORY) | STATUS(NOT_EMPTY) | STATUS(INVALID_PATH) |       \
     STATUS(BUSY))
#define OF_PATHS (STATUS(NOT_FOUND) | STATUS(INVALID_PATH))

static const struct impossible rules[] = {
    {'d', CALL(NEXT), ALL, ON(DAMAGED)},
    {'d', CALL(OPEN), ~(OF_PATHS | STATUS(TRANSIENT) | STATUS(CORRUPT)),
     ON(DAMAGED)},
    {'d', LOOKS | CALL(REPLACE) | CALL(MAKE_DIR) | CALL(REMOVE),
     ~(OF_PATHS | STATUS(CORRUPT)), ON(DAMAGED)},
    {'d', CALL(RENAME), ~(OF_PATHS | STATUS(ACCESS_DENIED) | STATUS(CORRUPT)),
     ON(DAMAGED)},
    {'d', CALL(SIZE) | CALL(SYNC) | CALL(CLOSE), ~STATUS(CORRUPT), ON(DAMAGED)},
    {'d', CALL(READ) | CALL(WRITE) | CALL(TRUNCATE),
     ~(STATUS(ACCESS_DENIED) | STATUS(CORRUPT)), ON(DAMAGED)},

    {'s', CALL(NEXT), ~(STATUS(OK) | STATUS(NOT_FOUND)), ALL},
    {'n', ~(CALL(OPEN) | CALL(LIST)), STATUS(TOO_MANY_OPEN), ALL},

    {'r', CHANGES, ~(OF_PATHS | STATUS(ACCESS_DENIED)), FIXED},
    {'r', CALL(WRITE) | CALL(TRUNCATE),
     ~(STATUS(ACCESS_DENIED) | STATUS(CORRUPT)), FIXED},
    {'r', CALL(OPEN), STATUS(EXISTS) | STATUS(STORAGE_FULL), ON(CART)},

    {'h', HANDLE, OF_NAMES, LOCAL},
    {'w', CALL(SYNC) | CALL(CLOSE), ~(STATUS(OK) | STATUS(CORRUPT)),
     ON(HOST_READ)},
    {'h', CALL(WRITE) | CALL(TRUNCATE), OF_NAMES, ON(HOST_WRITE)},
    {'m', CALL(WRITE) | CALL(TRUNCATE),
     STATUS(STORAGE_FULL) | STATUS(IO_FAILED), ON(HOST_WRITE)},

    {'a', CALL(SIZE) | CALL(CLOSE) | LOOKS, STATUS(ACCESS_DENIED), LOCAL},
    {'a', CALL(SYNC), STATUS(ACCESS_DENIED), ON(SCRATCH) | ON(CART)},
    {'a', CALL(OPEN) | CALL(REPLACE) | CALL(MAKE_DIR), STATUS(ACCESS_DENIED),
     ON(SCRATCH)},

    {'p', CALL(USAGE), STATUS(NOT_A_DIRECTORY), LOCAL},
    {'k', LOOKS | CALL(MAKE_DIR) | CALL(REMOVE) | CALL(RENAME),
     STATUS(IS_A_DIRECTORY), LOCAL},
    {'e', LOOKS | CALL(REPLACE) | CALL(REMOVE), STATUS(EXISTS), LOCAL},
    {'y', ~CALL(REMOVE), STATUS(NOT_EMPTY), LOCAL},
    {'b', CALL(OPEN) | CALL(MAKE_DIR) | LOOKS, STATUS(BUSY), LOCAL},
    {'l',
     CALL(OPEN) | CALL(STAT) | CALL(USAGE) | CALL(MAKE_DIR) | CALL(REMOVE) |
         CALL(RENAME) | CALL(READ) | CALL(SIZE) | CALL(SYNC) | CALL(CLOSE),
     STATUS(TOO_LARGE), LOCAL},

    {'m', ALL, STATUS(IO_FAILED), ON(SCRATCH)},
    {'m', CALL(OPEN) | CHANGES | LOOKS, STATUS(CORRUPT),
     ON(SCRATCH) | ON(CART)},
    {'m', LOOKS, STATUS(CORRUPT), ON(SAVE)},
    {'m', LOOKS | CALL(SIZE) | CALL(CLOSE), STATUS(IO_FAILED), LOCAL},
    {'m', CALL(OPEN) | CALL(SYNC), STATUS(IO_FAILED), ON(CART)},

    {'t', CALL(SIZE) | CALL(CLOSE) | CALL(STAT) | CALL(USAGE),
     STATUS(TRANSIENT), LOCAL},
    {'t', CALL(READ) | CALL(SYNC), STATUS(TRANSIENT), ON(SCRATCH) | ON(CART)},
    {'t', CALL(REMOVE), STATUS(TRANSIENT), ON(SCRATCH)},

    {'q', CALL(SIZE) | CALL(CLOSE) | LOOKS, STATUS(STORAGE_FULL), LOCAL},
    {'q', CALL(READ) | CALL(SYNC) | CALL(REMOVE) | CALL(RENAME),
     STATUS(STORAGE_FULL), ON(SCRATCH) | ON(CART)},
};

#define SLOT(name)   (1u << CARD_##name)
#define ANSWER(name) (1u << PM_MEM_##name)
#define DAMAGED_CARD 2u // that of a damaged store

static const struct impossible card_rules[] = {
    {'m', SLOT(COUNT) | SLOT(STAT), ~ANSWER(OK), ALL},
    {'d', SLOT(READ), ~(ANSWER(EMPTY) | ANSWER(CORRUPT)), DAMAGED_CARD},
    {'z', ~SLOT(COMMIT), ANSWER(NOTHING_STAGED), ALL},
    {'z', SLOT(WRITE) | SLOT(COMMIT), ANSWER(EMPTY), ALL},
    {'l', ~SLOT(WRITE), ANSWER(TOO_LARGE), ALL},
};

static const char *const mem_names[CARD_STATUSES] = {
#define PM_MEM_STATUS(name, value, meaning) [value] = #name,
#include <prometeu/mem_status.def>
#undef PM_MEM_STATUS
};
