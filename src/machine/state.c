// SPDX-License-Identifier: MIT
//
// The whole machine's state as bytes (docs/spec/saved-state.md):
//
//     8  "PMSTATE\0"
//     4  version
//     4  profile
//    16  identity of the cartridge
//   8x3  ticks, late ticks, leaks
//        banks (bank/layout.h)
//        input latch
//        picture
//        sound
//        files: volumes and card, with the capability fs
//        state objects: for each domain those that live
//        the program
//     8  XXH3-64 of all bytes before
#include <inttypes.h>
#include <string.h>

#include <prometeu/version.h>

#include "bank/layout.h"
#include "base/cursor.h"
#include "base/mem.h"
#include "machine/machine_internal.h"

static const uint8_t magic[8] = {'P', 'M', 'S', 'T', 'A', 'T', 'E', 0};

#define SUM_SIZE 8

// --- saving ------------------------------------------------------------------

pm_status pm_console_save(struct pm_console *console, struct pm_buf *out)
{
    size_t start = out->size;

    // What it counts must be counted before the counts are written.
    pm_vm_hurry_collection(console->vm);
    pm_buf_put(out, magic, sizeof magic);
    pm_buf_put32(out, PM_SAVED_STATE_VERSION);
    pm_buf_put32(out, console->cart.manifest.profile);
    pm_buf_put64(out, console->identity.low);
    pm_buf_put64(out, console->identity.high);
    pm_buf_put64(out, console->ticks);
    pm_buf_put64(out, console->late_ticks);
    pm_buf_put64(out, console->sys.states.leaks);
    pm_bank_save(console->bank, out);
    pm_input_save(&console->input, out);
    pm_gfx_save(&console->gfx, out);
    pm_audio_save(&console->audio, out);
    if (console->sys.fs) {
        pm_fs_save(console->sys.fs, out);
        pm_card_save(console->sys.card, out);
    }
    pm_states_save(&console->sys.states, out);
    pm_status status = pm_vm_save(console->vm, out);
    if (!status)
        status = pm_buf_status(out);
    if (status)
        return status;
    pm_buf_put64(out, pm_hash64(out->data + start, out->size - start));
    return pm_buf_status(out);
}

// --- restoring ---------------------------------------------------------------

static pm_status refuse(struct pm_diags *diags, pm_status status,
                        const char *code, const char *text)
{
    pm_diags_error(diags, NULL, code, "%s", text);
    return status;
}

static pm_status check_header(const struct pm_console *console,
                              struct pm_cursor *in, struct pm_diags *diags)
{
    const uint8_t *head = pm_cursor_take(in, sizeof magic);
    if (!head || memcmp(head, magic, sizeof magic) != 0)
        return refuse(diags, PM_ERR_INVALID, "STATE-MAGIC",
                      "this is no saved state of a machine");
    uint32_t version = pm_cursor_u32(in);
    if (version != PM_SAVED_STATE_VERSION) {
        pm_diags_error(diags, NULL, "STATE-VERSION",
                       "the saved state has version %" PRIu32
                       ", this build reads %d",
                       version, PM_SAVED_STATE_VERSION);
        return PM_ERR_UNSUPPORTED;
    }
    // The sum stands for all that follows, so it is looked at early.
    if (in->size < SUM_SIZE || pm_hash64(in->data, in->size - SUM_SIZE) !=
                                   pm_load64(in->data + in->size - SUM_SIZE))
        return refuse(diags, PM_ERR_CORRUPT, "STATE-SUM",
                      "the saved state is damaged: its checksum does not "
                      "match");
    in->size -= SUM_SIZE;
    uint32_t profile = pm_cursor_u32(in);
    uint64_t low = pm_cursor_u64(in);
    uint64_t high = pm_cursor_u64(in);
    if (in->failed || low != console->identity.low ||
        high != console->identity.high ||
        profile != (uint32_t)console->cart.manifest.profile)
        return refuse(diags, PM_ERR_INVALID, "STATE-CARTRIDGE",
                      "the saved state belongs to another cartridge or "
                      "another version of this one");
    return PM_OK;
}

// The parts that are read before anything is replaced.
struct incoming {
    uint64_t ticks;
    uint64_t late_ticks;
    uint64_t leaks;
    struct pm_input input;
    struct pm_gfx gfx;
    struct pm_audio audio;
    struct pm_bank_layout *banks;
};

static pm_status read_files(struct pm_console *console, struct pm_cursor *in,
                            struct pm_diags *diags)
{
    struct pm_sys *sys = &console->sys;
    pm_status status = sys->fs ? pm_fs_load(sys->fs, in) : PM_OK;

    if (!status && sys->fs)
        status = pm_card_load(sys->card, in);
    if (status == PM_ERR_INVALID)
        return refuse(diags, status, "STATE-FILES",
                      "the saved state holds files that cannot be");
    if (!status)
        status = pm_states_load(&sys->states, in);
    if (status == PM_ERR_INVALID)
        return refuse(diags, status, "STATE-OBJECTS",
                      "the saved state lists state objects that cannot be");
    return status;
}

static pm_status read_parts(struct pm_console *console, struct pm_cursor *in,
                            struct incoming *parts, struct pm_diags *diags)
{
    parts->ticks = pm_cursor_u64(in);
    parts->late_ticks = pm_cursor_u64(in);
    parts->leaks = pm_cursor_u64(in);
    pm_status status =
        pm_bank_load(console->bank, console->cart.assets, in, &parts->banks);
    if (status && status != PM_ERR_NO_MEMORY)
        return refuse(diags, status, "STATE-BANKS",
                      "the saved state wants assets to be resident that this "
                      "cartridge does not have or that cannot be read");
    if (status)
        return status;
    if (pm_input_load(&parts->input, in))
        return refuse(diags, PM_ERR_INVALID, "STATE-INPUT",
                      "the saved state holds an input that cannot be");
    status = pm_gfx_load(&parts->gfx, in);
    if (status == PM_ERR_INVALID)
        return refuse(diags, status, "STATE-PICTURE",
                      "the saved state holds a picture that cannot be");
    if (status)
        return status;
    if (pm_audio_load(&parts->audio, in))
        return refuse(diags, PM_ERR_INVALID, "STATE-SOUND",
                      "the saved state holds voices that cannot be");
    return read_files(console, in, diags);
}

// What was loaded beside the old parts takes their place, or is dropped.
static void end_load(struct pm_console *console, bool accept)
{
    pm_states_end_load(&console->sys.states);
    if (!console->sys.fs)
        return;
    pm_fs_end_load(console->sys.fs, accept);
    pm_card_end_load(console->sys.card, accept);
}

// The program comes last: its restore leaves the old state when it fails, and
// after it nothing can fail any more.
static pm_status read_program(struct pm_console *console, struct pm_cursor *in,
                              struct pm_diags *diags)
{
    struct pm_buf why;
    pm_buf_init(&why, &console->alloc);
    pm_status status = pm_vm_restore(console->vm, in, &why);

    if (console->sys.states.restore_status == PM_ERR_NO_MEMORY)
        status = PM_ERR_NO_MEMORY;
    if (status && status != PM_ERR_NO_MEMORY) {
        const char *text = pm_buf_cstr(&why);
        refuse(diags, status, "STATE-PROGRAM",
               text ? text : "the saved state does not fit the program");
    }
    pm_buf_free(&why);
    return status;
}

pm_status pm_console_restore(struct pm_console *console, const void *bytes,
                             size_t size, struct pm_diags *diags)
{
    struct pm_cursor in = pm_cursor_make(bytes, size);
    struct incoming *parts;
    pm_status status = check_header(console, &in, diags);

    if (status)
        return status;
    parts = pm_mem_zalloc(&console->alloc, sizeof *parts);
    if (!parts)
        return PM_ERR_NO_MEMORY;
    status = pm_gfx_init(&parts->gfx, &console->alloc);
    if (status) {
        pm_mem_free(&console->alloc, parts, sizeof *parts);
        return status;
    }
    status = read_parts(console, &in, parts, diags);
    if (!status)
        status = read_program(console, &in, diags);
    end_load(console, status == PM_OK);
    pm_bank_end_load(console->bank, parts->banks, status == PM_OK);
    if (!status) {
        struct pm_gfx old = console->gfx;
        console->gfx = parts->gfx;
        parts->gfx = old;
        console->input = parts->input;
        console->audio = parts->audio;
        console->ticks = parts->ticks;
        console->late_ticks = parts->late_ticks;
        console->sys.states.leaks = parts->leaks;
        console->tick_cycles = console->tick_calls = console->tick_bytes = 0;
    }
    pm_gfx_free(&parts->gfx);
    pm_mem_free(&console->alloc, parts, sizeof *parts);
    return status;
}
