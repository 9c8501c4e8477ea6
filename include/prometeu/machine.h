// SPDX-License-Identifier: MIT
//
// The machine: a cartridge goes in, then one call a tick takes the input of
// a frame and gives a picture, 800 stereo samples and telemetry.
//
// A machine is sandboxed and deterministic: it opens no file, reads no clock
// and starts no thread; the same cartridge and the same inputs give the same
// pictures, sounds, traps and cycle counts everywhere. Two machines in one
// process share nothing. The host owns pacing.
//
//     struct pm_machine *machine;
//     struct pm_machine_config config = {0};
//     struct pm_report *report;
//     if (pm_machine_create(&config, &machine))
//         return 1;
//     if (pm_machine_load(machine, &files, &report))
//         puts(pm_report_text(report));
//     while (pm_machine_tick(machine, &input) < PM_TICK_HALTED)
//         show(pm_machine_picture(machine));
//     pm_machine_destroy(machine);

#ifndef PROMETEU_MACHINE_H
#define PROMETEU_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <prometeu/alloc.h>
#include <prometeu/cart.h>
#include <prometeu/domain.h>
#include <prometeu/fs.h>
#include <prometeu/input.h>
#include <prometeu/picture.h>
#include <prometeu/source.h>
#include <prometeu/status.h>
#include <prometeu/trap.h>
#include <prometeu/workers.h>

#ifdef __cplusplus
extern "C" {
#endif

// Stereo samples of one tick: 48,000 Hz at 60 ticks a second.
#define PM_SOUND_FRAMES 800

struct pm_machine;

// How instructions are run; all do exactly the same.
enum pm_machine_dispatch {
    PM_MACHINE_DISPATCH_AUTO = 0,
    PM_MACHINE_DISPATCH_TAIL = 1,
    PM_MACHINE_DISPATCH_GOTO = 2,
    PM_MACHINE_DISPATCH_SWITCH = 3,
};

// Zeroes are the defaults.
struct pm_machine_config {
    // Where memory comes from; without [resize]: malloc.
    struct pm_allocator alloc;
    // Capability bits granted at most; 0: all that the manifest asks for. A
    // manifest that asks for more is refused.
    uint32_t capabilities;
    enum pm_machine_dispatch dispatch;
    // Called for each line that the program logs. [text] has [size] bytes of
    // UTF-8 from the program: hostile text. level: 0 debug, 1 info,
    // 2 warning, 3 error.
    void (*log)(void *context, int level, const char *text, size_t size);
    void *log_context;
    // Where /save and the memory card are kept; without [open]: in memory,
    // gone with the cartridge.
    struct pm_saves saves;
    // Directories that cartridges with the capability fs see as /host/NAME,
    // at most 16. Copied; the directories must outlive the machine.
    const struct pm_mount *mounts;
    size_t mount_count;
    // Threads that read and decode assets beside the frame; without [start]:
    // it is done within the frame that wants it. Nothing that a cartridge
    // sees depends on it. Must outlive the machine; reads of a cartridge's
    // files then come from these threads too.
    struct pm_workers workers;
    // Tests: collect garbage at every allocation.
    bool collect_always;
    // Tests: the greatest generation of a handle, at least 2; 0: 2^32 - 1.
    uint32_t max_generation;
};

// What was wrong with something that was refused: every fault, a line each.
// Belongs to the machine and lives until its next call that reports, or its
// end.
struct pm_report;

// Number of faults, and fault [index] as "file:line:column: error CODE: text".
size_t pm_report_count(const struct pm_report *report);
const char *pm_report_line(const struct pm_report *report, size_t index);
// All lines, each with its line end; "" when there is none.
const char *pm_report_text(const struct pm_report *report);

// Fails with PM_ERR_NO_MEMORY, or PM_ERR_UNSUPPORTED for a dispatch form that
// this build lacks.
pm_status pm_machine_create(const struct pm_machine_config *config,
                            struct pm_machine **out);
// NULL is fine.
void pm_machine_destroy(struct pm_machine *machine);

// Loads and boots a cartridge: checks manifest, program and assets, makes the
// preloaded assets resident, and stands before the first frame.
//
// All faults of all files go into [out_report] (may be NULL) and the answer
// is PM_ERR_INVALID, PM_ERR_CORRUPT, PM_ERR_UNSUPPORTED, PM_ERR_IO or
// PM_ERR_NO_MEMORY; the machine is then as it was before.
pm_status pm_machine_load(struct pm_machine *machine,
                          const struct pm_cart_files *files,
                          const struct pm_report **out_report);

// The same for a package (.pmc), read in place.
pm_status pm_machine_load_package(struct pm_machine *machine,
                                  const struct pm_source *package,
                                  const struct pm_report **out_report);

// Checks a cartridge as loading would, without booting it.
pm_status pm_machine_check(struct pm_machine *machine,
                           const struct pm_cart_files *files,
                           const struct pm_report **out_report);

enum pm_reload_kind {
    // The new program runs, with the old one's values where they fit.
    PM_RELOAD_PROGRAM = 0,
    // The program is the same and went on; the assets are the new ones.
    PM_RELOAD_ASSETS = 1,
    // It was loaded: nothing was there, or application, profile or the
    // capability fs are other ones.
    PM_RELOAD_LOADED = 2,
};

// What a reload has come to.
struct pm_reload {
    enum pm_reload_kind kind;
    uint32_t kept;    // globals that have their old value
    uint32_t anew;    // that both programs have, but start anew
    uint32_t assets;  // slots of banks whose content is another one now
    uint32_t emptied; // slots whose asset is gone
    // The same in words, "kept 14 globals, 1 starts anew: player (…)": hostile
    // text, escaped. Lives until the next reload, or the machine's end.
    const char *text;
};

// Loads another version of the loaded cartridge and goes on where the old one
// is (docs/spec/reload.md): globals keep their values by name where their
// types are the same, with all that they reach; assets are exchanged where
// they are.
//
// Between two ticks, at any time, also after a trap. The new program's first
// frame runs within this call, unseen. All that is wrong is in [out_report]
// (may be NULL) and the old version goes on as it was; also with PM_OK it may
// have lines, each a warning. [files] must stay readable as for a load; on
// success those of the old version are not needed any more. [out_reload] may
// be NULL; it is set on success.
pm_status pm_machine_reload(struct pm_machine *machine,
                            const struct pm_cart_files *files,
                            struct pm_reload *out_reload,
                            const struct pm_report **out_report);

// Boots the loaded cartridge anew: /scratch, staged card slots and unpublished
// changes on /host are gone, /save is as it is. PM_ERR_WRONG_STATE without a
// cartridge; PM_ERR_IO, PM_ERR_CORRUPT, PM_ERR_NO_MEMORY when what is preloaded
// cannot be read again: the machine then goes on as it was.
pm_status pm_machine_reset(struct pm_machine *machine);

// Takes capability bits away from the running cartridge, or gives them back:
// [granted] of those that its manifest asks for. A call that needs one that
// is gone traps CAPABILITY.
void pm_machine_grant(struct pm_machine *machine, uint32_t granted);

// Writes to the device what the cartridge has saved so far, as its own
// fs.sync would. OK without a cartridge or saves.
pm_fs_status pm_machine_flush(struct pm_machine *machine);

enum pm_tick_result {
    PM_TICK_FRAME = 0,   // a logical frame was completed
    PM_TICK_LATE = 1,    // its budget ran out: it goes on in the next tick, the
                         // picture is the previous one
    PM_TICK_HALTED = 2,  // the program has ended
    PM_TICK_TRAPPED = 3, // the program broke a rule: see pm_machine_trap
    PM_TICK_EMPTY = 4,   // no cartridge is loaded
    PM_TICK_NESTED = 5,  // called from within a host call of this very
                         // machine: nothing was done
};

// Runs one tick, a sixtieth of a second. [input] (NULL: none) is latched when
// a logical frame begins; a frame that goes on keeps its own.
enum pm_tick_result pm_machine_tick(struct pm_machine *machine,
                                    const struct pm_frame_input *input);

// The picture of the last complete frame: 320 × 180 pixels, RGB565, row by
// row. Lives until the next tick, load or restore.
const uint16_t *pm_machine_picture(const struct pm_machine *machine);

// The sound of the last tick: PM_SOUND_FRAMES pairs of left and right.
const int16_t *pm_machine_sound(const struct pm_machine *machine);

// What the last tick did.
struct pm_telemetry {
    uint64_t frame;       // logical frames completed since boot
    uint64_t ticks;       // since boot
    uint64_t late_ticks;  // since boot
    uint64_t cycles;      // of the last tick
    uint64_t budget;      // cycles a tick may use
    uint64_t heap_used;   // bytes
    uint64_t heap_limit;  // bytes
    uint64_t host_calls;  // of the last tick
    uint64_t leaks;       // state objects the collector had to destroy
    uint64_t bytes_moved; // by byte transfers of the last tick
    uint64_t discarded;   // files of /host whose unpublished changes were
                          // discarded, since boot
    uint64_t load_waits;  // loads that a frame had to wait for since boot,
                          // because the host was slower than the bus
    // Resident bytes of each bank type (GLYPH, SOUNDS, SCENE, BLOB), and
    // what the profile has.
    uint64_t bank_used[4];
    uint64_t bank_limit[4];
};
void pm_machine_telemetry(const struct pm_machine *machine,
                          struct pm_telemetry *out);

// --- when it trapped ---------------------------------------------------------

struct pm_trap_place {
    const char *function; // its name, or "#3"; hostile text, escaped
    uint32_t function_index;
    uint32_t offset;  // in bytes from the function's start
    const char *file; // NULL: no debug data
    uint32_t line;    // 0: unknown
    uint32_t column;
};

struct pm_trap_info {
    pm_trap_code code;
    const char *message;     // one sentence, escaped
    const char *instruction; // as assembler text, escaped
    uint32_t opcode;
    // Innermost first; [depth] may be more than the [count] listed.
    const struct pm_trap_place *stack;
    size_t count;
    size_t depth;
};

// The trap that ended the program, or NULL. Lives until the next tick, load
// or restore.
const struct pm_trap_info *pm_machine_trap(struct pm_machine *machine);

// --- what is loaded ----------------------------------------------------------

struct pm_cart_info {
    const char *title; // hostile text, escaped
    const char *app_version;
    const char *profile;
    uint32_t app_id;
    uint32_t capabilities;
};
// False when no cartridge is loaded.
bool pm_machine_cart(const struct pm_machine *machine,
                     struct pm_cart_info *out);

// --- snapshots ---------------------------------------------------------------

struct pm_fingerprint {
    uint64_t low;
    uint64_t high;
};

// 128 bits over the whole state (docs/spec/saved-state.md): equal for equal
// states, on every host and engine. Fails with PM_ERR_WRONG_STATE without a
// cartridge, PM_ERR_NO_MEMORY.
//
// These four answer PM_ERR_WRONG_STATE from within a host call of the machine.
pm_status pm_machine_fingerprint(struct pm_machine *machine,
                                 struct pm_fingerprint *out);

// Saves the whole state between two ticks. Gives a block that the caller
// frees with pm_machine_free_state.
pm_status pm_machine_save(struct pm_machine *machine, uint8_t **out_bytes,
                          size_t *out_size);
void pm_machine_free_state(struct pm_machine *machine, uint8_t *bytes,
                           size_t size);

// Restores what pm_machine_save gave for the same cartridge. Trusts nothing:
// on any failure (PM_ERR_INVALID, PM_ERR_CORRUPT, PM_ERR_UNSUPPORTED,
// PM_ERR_NO_MEMORY, PM_ERR_IO for assets that were resident) the state is as it
// was.
pm_status pm_machine_restore(struct pm_machine *machine, const void *bytes,
                             size_t size, const struct pm_report **out_report);

#ifdef __cplusplus
}
#endif

#endif
