// SPDX-License-Identifier: MIT
//
// Input scripts: what a player would do, as text, for runs without one. The
// format is in docs/spec/input.md:
//
//     0: -                 # nothing held, from frame 0 on
//     30: right            # from frame 30 on, until another line says so
//     45-60: a             # also this, in frames 45 to 60
//     100: touch 10 20 down
//
// A script is parsed once into events in the order of their frames; a player
// walks through them. Parsing takes memory in proportion to the text and
// time in proportion to it but for the logarithm of a sort.

#ifndef PM_INPUT_SCRIPT_H
#define PM_INPUT_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/input.h>
#include <prometeu/status.h>

#include "base/diag.h"

#define PM_INPUT_SCRIPT_MAX       (16u << 20)
#define PM_INPUT_SCRIPT_FRAME_MAX 999999999u

struct pm_input_script;

// Parses [size] bytes of [text] and stores the script in [out], to be
// destroyed by the caller. [file] names it in diagnostics. Fails with
// PM_ERR_INVALID when there are errors, all of which are in [diags] then;
// PM_ERR_LIMIT, also said there, over PM_INPUT_SCRIPT_MAX bytes;
// PM_ERR_NO_MEMORY.
pm_status pm_input_script_parse(const struct pm_allocator *alloc,
                                const char *file, const char *text, size_t size,
                                struct pm_diags *diags,
                                struct pm_input_script **out);
void pm_input_script_destroy(struct pm_input_script *script);

// The number of frames until the script changes nothing any more: one more
// than the last frame it names, 0 for an empty one.
uint32_t pm_input_script_length(const struct pm_input_script *script);

// A place in a script, which must outlive it.
struct pm_input_player {
    const struct pm_input_script *script;
    size_t next;
    uint64_t frame;
    // What single frames set.
    struct pm_frame_input set;
    // What ranges add: how many of them hold each button; the pointer of the
    // one that has it.
    uint32_t held[PM_PADS][PM_BUTTONS];
    struct pm_frame_input range;
    uint32_t ranges_with_touch;
};

// Starts before frame 0.
void pm_input_player_start(struct pm_input_player *player,
                           const struct pm_input_script *script);

// Gives the input of frame 0, then 1, and so on; there is no end.
void pm_input_player_next(struct pm_input_player *player,
                          struct pm_frame_input *out);

#endif
