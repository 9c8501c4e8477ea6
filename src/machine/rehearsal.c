// SPDX-License-Identifier: MIT
//
// What a rehearsal has of files: a store that gives all and takes nothing,
// and copies of what no store has.
#include "machine/machine_internal.h"

static pm_fs_status take_nothing(void *context, uint64_t changes,
                                 uint64_t bytes)
{
    (void)context;
    (void)changes;
    (void)bytes;
    return PM_FS_OK;
}

static pm_fs_status commit_nothing(void *context,
                                   const struct pm_store_change *changes,
                                   size_t count, bool durable)
{
    (void)context;
    (void)changes;
    (void)count;
    (void)durable;
    return PM_FS_OK;
}

static pm_fs_status keep_nothing(void *context, const char *what)
{
    (void)context;
    (void)what;
    return PM_FS_OK;
}

void pm_console_look_at_store(struct pm_console *console)
{
    struct pm_console *loaded = console->machine->console;

    if (!loaded || !loaded->store)
        return;
    // It then has what was saved so far; if not, that is tried again later.
    pm_console_note_flush(loaded, pm_console_flush(loaded, false));
    console->rehearsal_store = *loaded->store;
    console->rehearsal_store.reserve = take_nothing;
    console->rehearsal_store.commit = commit_nothing;
    console->rehearsal_store.keep_aside = keep_nothing;
    console->store = &console->rehearsal_store;
}

static pm_status copy_volume(struct pm_volume *from, struct pm_volume *to,
                             struct pm_buf *bytes)
{
    from->ops->save(from, bytes);
    if (bytes->failed)
        return PM_ERR_NO_MEMORY;
    struct pm_cursor in = pm_cursor_make(bytes->data, bytes->size);
    pm_status status = to->ops->load(to, &in);
    to->ops->end_load(to, status == PM_OK);
    return status;
}

static pm_status copy_card(struct pm_card *from, struct pm_card *to,
                           struct pm_buf *bytes)
{
    bytes->size = 0;
    pm_card_save(from, bytes);
    if (bytes->failed)
        return PM_ERR_NO_MEMORY;
    struct pm_cursor in = pm_cursor_make(bytes->data, bytes->size);
    pm_status status = pm_card_load(to, &in);
    pm_card_end_load(to, status == PM_OK);
    return status;
}

pm_status pm_console_copy_unsaved(struct pm_console *console)
{
    struct pm_console *loaded = console->machine->console;
    struct pm_buf bytes;

    if (!loaded || !loaded->sys.fs)
        return PM_OK;
    pm_buf_init(&bytes, &console->alloc);
    pm_status status =
        copy_volume(pm_fs_volume(loaded->sys.fs, "scratch", false),
                    pm_fs_volume(console->sys.fs, "scratch", false), &bytes);
    if (!status)
        status = copy_card(loaded->sys.card, console->sys.card, &bytes);
    pm_buf_free(&bytes);
    return status;
}
