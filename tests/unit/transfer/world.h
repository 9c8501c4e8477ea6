// SPDX-License-Identifier: MIT
//
// A machine with one object of each kind that byte transfers work on: a box
// of an embedder's, a file of /scratch, slot 0 of the memory card, readers of
// the asset 1 in the file and in BLOB slot 0, and with handles that are null,
// stale or of another domain. Transfers are made by entering the dispatcher, so
// that arguments can be what no verified program holds.

#ifndef PM_TEST_TRANSFER_WORLD_H
#define PM_TEST_TRANSFER_WORLD_H

#include "support/domain_battery.h"

struct world {
    struct pm_battery b;
    struct pm_battery_text text;
};

// What transfers are made with: what is read and written, and from KINDS on
// what is only read.
enum kind { BOX, FILE_OF_SCRATCH, CARD, KINDS, DATA = KINDS, BANK, ALL_KINDS };

struct target {
    enum kind kind;
    const char *name;
    const char *global; // of the handle; NULL: slot 0
    const char *module;
    const char *read;
    const char *write; // NULL: it is only read
};

extern const struct target targets[ALL_KINDS];

// The buffer has [size] bytes.
bool world_open(struct world *w, uint32_t size);
void world_close(struct world *w);

// The buffer's bytes; the box's host part.
uint8_t *world_buffer(struct world *w);
void *world_box(struct world *w);

uint64_t world_handle(struct world *w, const struct target *target);
const struct pm_call_decl *world_read_call(const struct target *target);
const struct pm_call_decl *world_write_call(const struct target *target);

struct moved {
    pm_trap_code trap;
    int64_t status;
    int64_t size;
    bool eof;
};

// One transfer between the buffer and the target.
struct moved world_read(struct world *w, const struct target *target,
                        uint64_t offset, uint64_t at, uint64_t max);
struct moved world_write(struct world *w, const struct target *target,
                         uint64_t offset, uint64_t at, uint64_t max);
struct moved world_move(struct world *w, const struct pm_call_decl *call,
                        uint64_t handle, uint64_t offset, uint64_t at,
                        uint64_t max);

// Gives the target [size] bytes, byte i being i * 7 + 1; 0: it is empty. The
// buffer is filled with [rest] afterwards.
void world_fill(struct world *w, const struct target *target, uint32_t size,
                uint8_t rest);
// The target's whole content, at most [room] bytes, and its size.
uint32_t world_content(struct world *w, const struct target *target,
                       uint8_t *out, uint32_t room);

// Whether all bytes of guest memory are those of [copy], which it makes
// where it is NULL.
bool world_same_memory(struct world *w, uint8_t **copy);

#endif
