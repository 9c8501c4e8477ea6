// SPDX-License-Identifier: MIT
#include "machine/profiles.h"

#include "base/check.h"

const struct pm_profile *pm_profile_of(pm_cart_profile profile)
{
    static const struct pm_profile rows[] = {
#define PM_PROFILE(name, cycles, memory, stack_slots, coroutine_slots,         \
                   call_depth, coroutines, glyph, sounds, scene, blob,         \
                   code_size, module_size, open_files, cursors, streams,       \
                   file_size, save, scratch, entries, bus, loads, readers,     \
                   voices)                                                     \
    [PM_CART_##name] = {#name,                                                 \
                        cycles,                                                \
                        memory,                                                \
                        stack_slots,                                           \
                        coroutine_slots,                                       \
                        call_depth,                                            \
                        coroutines,                                            \
                        {glyph, sounds, scene, blob},                          \
                        code_size,                                             \
                        module_size,                                           \
                        open_files,                                            \
                        cursors,                                               \
                        streams,                                               \
                        file_size,                                             \
                        save,                                                  \
                        scratch,                                               \
                        entries,                                               \
                        bus,                                                   \
                        loads,                                                 \
                        readers,                                               \
                        voices},
#include "machine/profiles.def"
#undef PM_PROFILE
    };

    PM_CHECK((size_t)profile < PM_ARRAY_LEN(rows));
    return &rows[profile];
}
