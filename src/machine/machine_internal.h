// SPDX-License-Identifier: MIT
//
// What the files of the machine share.
//
// A console is one loaded cartridge with all that runs it. Loading makes a
// new console beside the old one and swaps them only when nothing was wrong:
// that is how a failed load leaves the machine as it was.

#ifndef PM_MACHINE_INTERNAL_H
#define PM_MACHINE_INTERNAL_H

#include <prometeu/machine.h>

#include "base/bits.h"
#include "base/diag.h"
#include "base/hash.h"
#include "builtin/builtin.h"
#include "cart/cart.h"
#include "fs/fs.h"
#include "fs/writeback.h"
#include "machine/profiles.h"
#include "memcard/memcard.h"
#include "registry/caps.h"
#include "sys/domains.h"
#include "sys/sys.h"

#define PM_TRAP_STACK_LISTED 64

struct pm_report {
    struct pm_diags diags;
    // Lines with a NUL behind each, and the same as one text.
    struct pm_buf lines;
    struct pm_buf text;
    size_t count;
};

// Texts of a trap, made when they are asked for. Of fixed size, so that
// saying what went wrong cannot fail.
struct pm_trap_texts {
    struct pm_trap_info info;
    struct pm_trap_place places[PM_TRAP_STACK_LISTED];
    char functions[PM_TRAP_STACK_LISTED][96];
    char files[PM_TRAP_STACK_LISTED][160];
    char message[PM_TRAP_MESSAGE_SIZE * 4];
    char instruction[160];
};

// What a console is made for.
enum pm_console_purpose {
    PM_CONSOLE_RUNS,
    // It will not run: the saves are not opened.
    PM_CONSOLE_CHECKS,
    // It runs a first frame beside the one that is loaded: it sees that one's
    // saves and directories, and what it writes there goes nowhere.
    PM_CONSOLE_REHEARSES,
};

struct pm_console {
    struct pm_machine *machine;
    struct pm_allocator alloc;
    enum pm_console_purpose purpose;
    struct pm_pmc *pmc; // NULL: not from a package
    struct pm_cart cart;
    struct pm_image *image;
    struct pm_bank *bank;
    struct pm_gfx gfx;
    struct pm_audio audio;
    struct pm_input input;
    struct pm_sys sys;
    // Files: NULL without the capability. What is kept in [store] goes
    // through [writeback]; [has_opened_store]: not the one that the machine
    // had before.
    struct pm_writeback *writeback;
    const struct pm_store *store;
    struct pm_store rehearsal_store;
    bool has_opened_store;
    bool is_flush_failing;
    uint64_t discarded;
    // One each a host-call declaration of the image.
    struct pm_sys_call *calls;
    struct pm_call_entry *entries;
    size_t call_count;
    struct pm_vm *vm;
    const struct pm_profile *profile;
    // Of the cartridge: what a saved state belongs to.
    struct pm_hash128 identity;
    // Escaped texts for pm_cart_info.
    char title[PM_CART_MAX_TITLE * 4 + 1];
    char app_version[PM_CART_MAX_VERSION * 4 + 1];
    uint64_t ticks;
    uint64_t late_ticks;
    // Of the last tick.
    uint64_t tick_cycles;
    uint64_t tick_calls;
    uint64_t tick_bytes;
};

struct pm_machine {
    struct pm_allocator alloc;
    struct pm_machine_config config;
    struct pm_report report;
    struct pm_domains domains;
    struct pm_own_caps own_caps;
    // Of config.mounts.
    struct pm_mount *mounts;
    struct pm_console *console; // NULL: no cartridge
    // The open store, and whose it is; NULL: none.
    const struct pm_store *store;
    uint32_t store_app_id;
    // A tick is under way: nothing else may begin.
    bool is_running;
    struct pm_trap_texts trap;
    // What the last reload has come to, in words.
    struct pm_buf reload_text;
    // What fingerprints are taken of; kept for the next one.
    struct pm_buf scratch;
};

// Makes a console that stands before its first frame. Faults go to the
// machine's report.
pm_status pm_console_create(struct pm_machine *machine,
                            const struct pm_cart_files *files,
                            enum pm_console_purpose purpose,
                            struct pm_console **out);
// Writes what is due to the store before.
void pm_console_destroy(struct pm_console *console);

// Points the program's calls and its vm to this console, where they come from
// another one.
void pm_console_rebind(struct pm_console *console);

// Makes the preloaded assets resident in new banks, which have the budgets of
// [profile]; NULL: it is not known.
pm_status pm_console_preload(const struct pm_allocator *alloc,
                             const struct pm_asset *assets,
                             const struct pm_profile *profile,
                             struct pm_bank *bank, struct pm_diags *diags);

// --- files (console_files.c) -------------------------------------------------

// Makes volumes and card, if the cartridge may use them.
pm_status pm_console_make_files(struct pm_console *console,
                                const struct pm_cart_files *files);
void pm_console_free_files(struct pm_console *console);

// For a rehearsal (rehearsal.c): its store is that of the console that is
// loaded, which gives all and takes nothing; then /scratch, and what is staged
// on the card.
void pm_console_look_at_store(struct pm_console *console);
pm_status pm_console_copy_unsaved(struct pm_console *console);

// The volumes that begin anew with a reset: made first, which can fail, put
// in place later, which cannot.
struct pm_fresh_files {
    struct pm_volume *scratch;
    struct pm_volume *hosts[PM_FS_MAX_MOUNTS];
};
pm_status pm_console_make_fresh(struct pm_console *console,
                                struct pm_fresh_files *out);
void pm_console_drop_fresh(struct pm_console *console,
                           struct pm_fresh_files *fresh);
void pm_console_put_fresh(struct pm_console *console,
                          struct pm_fresh_files *fresh);

// Writes to the store what is due.
pm_fs_status pm_console_flush(struct pm_console *console, bool durable);

// Tells the log when writing without being asked has failed, once for each
// row of failures: what was saved is in memory still, and tried again.
void pm_console_note_flush(struct pm_console *console, pm_fs_status status);

// Back to before the first frame. On failure nothing has changed.
pm_status pm_console_reset(struct pm_console *console);

// --- reload (reload.c, reload_assets.c) --------------------------------------

// Makes of [fresh]'s banks, which hold what it preloads, those that [old] has,
// with the new content: says what is gone to the machine's report.
pm_status pm_console_follow_banks(struct pm_console *old,
                                  struct pm_console *fresh,
                                  struct pm_reload *result);
// The same with what is planned for the next frame.
pm_status pm_console_follow_plans(struct pm_console *old,
                                  struct pm_console *fresh);

// The machine's console goes on with what [files] has. PM_ERR_WRONG_STATE, and
// nothing in the report: it cannot, it is to be loaded anew.
pm_status pm_console_reload(struct pm_machine *machine,
                            const struct pm_cart_files *files,
                            struct pm_reload *result);

// Appends the whole state in its canonical form.
pm_status pm_console_save(struct pm_console *console, struct pm_buf *out);

// Reads it back; on failure the state is as it was.
pm_status pm_console_restore(struct pm_console *console, const void *bytes,
                             size_t size, struct pm_diags *diags);

// Copies hostile text escaped into [out] of [room] bytes, cut where it must
// be.
void pm_text_escape(char *out, size_t room, const void *text, size_t size);

// A buffer over [room] bytes at [block]; what does not fit is left out.
struct pm_fixed {
    char *block;
    size_t room;
};
void pm_fixed_init(struct pm_fixed *fixed, struct pm_buf *buf, char *block,
                   size_t room);
// Ends it: [block] is then a C string.
void pm_fixed_end(struct pm_fixed *fixed, struct pm_buf *buf);

#endif
