// SPDX-License-Identifier: MIT
//
// The files of a loaded cartridge: its volumes and its memory card, over what
// the host handed in.
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "fs/cart_volume.h"
#include "fs/host_volume.h"
#include "fs/path.h"
#include "fs/tree.h"
#include "machine/machine_internal.h"
#include "registry/caps.h"

static pm_status refuse(struct pm_console *console, const char *what,
                        const char *why)
{
    struct pm_diags *diags = &console->machine->report.diags;

    pm_diags_error(diags, NULL, "MACHINE-FILES", "%s: %s", what, why);
    return PM_ERR_IO;
}

static pm_status refuse_status(struct pm_console *console, const char *what,
                               pm_fs_status status)
{
    if (status == PM_FS_TRANSIENT)
        return PM_ERR_NO_MEMORY;
    return refuse(console, what, pm_fs_status_meaning(status));
}

// --- the store ---------------------------------------------------------------

// A cartridge of the same application goes on with the store that is open.
// What the old one has saved must be confirmed by the device first: should a
// later flush fail, the store is to be given again all that never was, and
// only the old one knows that.
static pm_status share_store(struct pm_console *console)
{
    struct pm_machine *machine = console->machine;
    pm_fs_status status =
        machine->console ? pm_console_flush(machine->console, true) : PM_FS_OK;

    if (status)
        return refuse_status(console, "the saves cannot be written", status);
    console->store = machine->store;
    return PM_OK;
}

static pm_status open_store(struct pm_console *console)
{
    const struct pm_saves *saves = &console->machine->config.saves;
    char why[400] = "";
    char shown[sizeof why * 4];
    pm_fs_status status =
        saves->open(saves->context, console->cart.manifest.app_id,
                    &console->store, why, sizeof why);

    if (status == PM_FS_OK || (status == PM_FS_CORRUPT && console->store)) {
        console->has_opened_store = true;
        return PM_OK;
    }
    console->store = NULL;
    pm_text_escape(shown, sizeof shown, why, strnlen(why, sizeof why));
    return refuse(console, "the saves cannot be opened",
                  why[0] ? shown : pm_fs_status_meaning(status));
}

static pm_status find_store(struct pm_console *console)
{
    const struct pm_machine *machine = console->machine;

    if (!machine->config.saves.open)
        return PM_OK;
    if (machine->store &&
        machine->store_app_id == console->cart.manifest.app_id)
        return share_store(console);
    return open_store(console);
}

// --- volumes -----------------------------------------------------------------

static pm_status mount(struct pm_console *console, const char *name,
                       bool is_host, struct pm_volume *volume)
{
    pm_fs_status status = pm_fs_mount(console->sys.fs, name, is_host, volume);
    char what[PM_NAME_MAX * 4 + 40];

    if (status == PM_FS_OK)
        return PM_OK;
    snprintf(what, sizeof what, "a directory cannot be mounted as %s",
             is_host ? "/host/" : "/");
    pm_text_escape(what + strlen(what), sizeof what - strlen(what), name,
                   strnlen(name, PM_NAME_MAX));
    return refuse_status(console, what, status);
}

// Bytes of a path that are left behind a volume's own.
static uint32_t room_for(const char *prefix)
{
    return PM_PATH_MAX - (uint32_t)strlen(prefix);
}

static pm_fs_status make_scratch(struct pm_console *console,
                                 struct pm_volume **out)
{
    const struct pm_profile *profile = console->profile;
    uint64_t file_size = profile->file_size < profile->scratch
                             ? profile->file_size
                             : profile->scratch;
    struct pm_tree_config config = {.quota = profile->scratch,
                                    .file_limit = file_size,
                                    .entries = profile->entries,
                                    .path_max = room_for("/scratch/"),
                                    .is_saved = true};

    return pm_tree_create(&console->alloc, &config, out);
}

// A damaged store gives a volume that answers CORRUPT.
static pm_status mount_save(struct pm_console *console)
{
    const struct pm_profile *profile = console->profile;
    struct pm_tree_config config = {.quota = profile->save,
                                    .file_limit = profile->file_size,
                                    .entries = profile->entries,
                                    .path_max = room_for("/save/"),
                                    .store = console->store,
                                    .writeback = console->writeback};
    struct pm_volume *volume = NULL;
    pm_fs_status status = pm_tree_create(&console->alloc, &config, &volume);

    if (!volume)
        return refuse_status(console, "the saves cannot be read", status);
    return mount(console, "save", false, volume);
}

// A line of the console's own in the program's log.
static void say(struct pm_console *console, int level, const char *format,
                const char *what)
{
    char line[PM_PATH_MAX + 200];
    int size = snprintf(line, sizeof line, format, what);

    if (console->sys.log && size > 0)
        console->sys.log(console->sys.log_context, level, line, (size_t)size);
}

static void note_discarded(void *context, const char *path)
{
    struct pm_console *console = context;

    console->discarded++;
    say(console, 2,
        "what was written to %s on /host was never published and is discarded",
        path);
}

static pm_fs_status make_host(struct pm_console *console,
                              const struct pm_mount *mount,
                              struct pm_volume **out)
{
    struct pm_host_volume_config config = {
        .directory = mount->directory,
        .writable = mount->writable && console->purpose != PM_CONSOLE_REHEARSES,
        .file_limit = console->profile->file_size,
        .discarded = note_discarded,
        .context = console,
    };

    return pm_host_volume_create(&console->alloc, &config, out);
}

static pm_status mount_hosts(struct pm_console *console)
{
    const struct pm_machine *machine = console->machine;
    pm_status result = PM_OK;

    for (size_t i = 0; !result && i < machine->config.mount_count; i++) {
        struct pm_volume *volume;
        pm_fs_status status = make_host(console, &machine->mounts[i], &volume);
        result = status ? refuse_status(console, "/host", status)
                        : mount(console, machine->mounts[i].name, true, volume);
    }
    return result;
}

static pm_status mount_all(struct pm_console *console,
                           const struct pm_cart_files *files)
{
    struct pm_volume *volume;
    pm_fs_status status = make_scratch(console, &volume);

    if (status)
        return refuse_status(console, "/scratch", status);
    pm_status result = mount(console, "scratch", false, volume);
    if (result)
        return result;
    status = pm_cart_volume_create(&console->alloc, files, &volume);
    if (status)
        return refuse_status(console, "/cart", status);
    result = mount(console, "cart", false, volume);
    if (!result)
        result = mount_save(console);
    return result ? result : mount_hosts(console);
}

// --- all of it ---------------------------------------------------------------

static pm_status make_parts(struct pm_console *console)
{
    const struct pm_allocator *alloc = &console->alloc;
    pm_fs_status status =
        pm_writeback_create(alloc, console->store, &console->writeback);

    if (!status)
        status = pm_fs_create(alloc, &console->sys.fs);
    if (!status) {
        status =
            pm_card_create(alloc, console->store, console->writeback,
                           console->cart.manifest.app_id, &console->sys.card);
        // A damaged card is a card whose slots answer CORRUPT.
        if (status == PM_FS_CORRUPT && console->sys.card)
            status = PM_FS_OK;
    }
    return status ? refuse_status(console, "the saves cannot be read", status)
                  : PM_OK;
}

pm_status pm_console_make_files(struct pm_console *console,
                                const struct pm_cart_files *files)
{
    pm_status status = PM_OK;

    if (!(console->cart.manifest.capabilities & PM_CAP_FS))
        return PM_OK;
    console->sys.file_limit = console->profile->file_size;
    console->sys.listing_limit = console->profile->entries;
    if (console->purpose == PM_CONSOLE_RUNS)
        status = find_store(console);
    else if (console->purpose == PM_CONSOLE_REHEARSES)
        pm_console_look_at_store(console);
    if (!status)
        status = make_parts(console);
    if (!status)
        status = mount_all(console, files);
    return status || console->purpose != PM_CONSOLE_REHEARSES
               ? status
               : pm_console_copy_unsaved(console);
}

pm_fs_status pm_console_flush(struct pm_console *console, bool durable)
{
    return console->writeback ? pm_writeback_commit(console->writeback, durable)
                              : PM_FS_OK;
}

void pm_console_note_flush(struct pm_console *console, pm_fs_status status)
{
    if (status && !console->is_flush_failing)
        say(console, 3,
            "what was saved cannot be written now, and is tried again: %s",
            pm_fs_status_meaning(status));
    console->is_flush_failing = status != PM_FS_OK;
}

void pm_console_free_files(struct pm_console *console)
{
    const struct pm_saves *saves = &console->machine->config.saves;

    pm_fs_destroy(console->sys.fs);
    pm_card_destroy(console->sys.card);
    pm_writeback_destroy(console->writeback);
    console->sys.fs = NULL;
    console->sys.card = NULL;
    console->writeback = NULL;
    if (console->has_opened_store)
        saves->close(saves->context, console->store);
    console->has_opened_store = false;
    console->store = NULL;
}

// --- reset -------------------------------------------------------------------

void pm_console_drop_fresh(struct pm_console *console,
                           struct pm_fresh_files *fresh)
{
    if (fresh->scratch)
        fresh->scratch->ops->destroy(fresh->scratch);
    for (size_t i = 0; i < console->machine->config.mount_count; i++)
        if (fresh->hosts[i])
            fresh->hosts[i]->ops->destroy(fresh->hosts[i]);
}

pm_status pm_console_make_fresh(struct pm_console *console,
                                struct pm_fresh_files *out)
{
    const struct pm_machine *machine = console->machine;
    size_t count = machine->config.mount_count;

    *out = (struct pm_fresh_files){0};
    if (!console->sys.fs)
        return PM_OK;
    pm_fs_status status = make_scratch(console, &out->scratch);
    for (size_t i = 0; !status && i < count; i++)
        status = make_host(console, &machine->mounts[i], &out->hosts[i]);
    if (status) {
        pm_console_drop_fresh(console, out);
        return PM_ERR_NO_MEMORY;
    }
    return PM_OK;
}

void pm_console_put_fresh(struct pm_console *console,
                          struct pm_fresh_files *fresh)
{
    const struct pm_machine *machine = console->machine;

    if (!console->sys.fs)
        return;
    pm_fs_remount(console->sys.fs, "scratch", false, fresh->scratch);
    for (size_t i = 0; i < machine->config.mount_count; i++)
        pm_fs_remount(console->sys.fs, machine->mounts[i].name, true,
                      fresh->hosts[i]);
    pm_card_reset(console->sys.card);
}
