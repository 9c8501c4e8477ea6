// SPDX-License-Identifier: MIT
//
// The tables of the host-call modules, and what bodies take arguments with.

#ifndef PM_SYS_INTERNAL_H
#define PM_SYS_INTERNAL_H

#include "sys/sys.h"

struct pm_sys_row {
    uint32_t id;
    pm_sys_body body;
};

struct pm_sys_table {
    const struct pm_sys_row *rows;
    size_t count;
};

// Calls with functions of their own. Of [decl] only the id is stated; the
// rest is the registry's.
struct pm_sys_call_table {
    const struct pm_host_call *rows;
    size_t count;
};

extern const struct pm_sys_call_table pm_sys_random;
extern const struct pm_sys_call_table pm_sys_file;
extern const struct pm_sys_call_table pm_sys_cursor;
extern const struct pm_sys_call_table pm_sys_fs;
extern const struct pm_sys_call_table pm_sys_mem;
extern const struct pm_sys_call_table pm_sys_asset;
extern const struct pm_sys_call_table pm_sys_bank;
extern const struct pm_sys_call_table pm_sys_data;
extern const struct pm_sys_call_table pm_sys_audio;

// The console's domains, which pm_domains_init adds.
extern const struct pm_domain pm_sys_random_domain;
extern const struct pm_domain pm_sys_file_domain;
extern const struct pm_domain pm_sys_cursor_domain;
extern const struct pm_domain pm_sys_load_domain;
extern const struct pm_domain pm_sys_bank_domain;
extern const struct pm_domain pm_sys_data_domain;
extern const struct pm_domain pm_sys_voice_domain;

extern const struct pm_sys_table pm_sys_log;
extern const struct pm_sys_table pm_sys_gfx;
extern const struct pm_sys_table pm_sys_composer;

// The assets of a reader's payload are other ones from now on.
void pm_sys_follow_data(void *payload);

// The object of a reference that the dispatcher has checked.
static inline const struct pm_object *pm_sys_object(struct pm_vm *vm,
                                                    uint64_t ref)
{
    return pm_heap_at(pm_vm_heap(vm), ref);
}

#endif
