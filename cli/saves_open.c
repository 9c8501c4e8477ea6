// SPDX-License-Identifier: MIT
//
// One application's saves, opened as the machine would, and a walk over their
// files.
#include <inttypes.h>
#include <string.h>

#include "base/bits.h"
#include "saves.h"

// --- opening -----------------------------------------------------------------

static int refuse_open(const struct cli_saves *saves, pm_fs_status status,
                       const char *text)
{
    if (status == PM_FS_NOT_FOUND)
        cli_error("application %" PRIu32 " has no saves in %s", saves->app_id,
                  saves->folder);
    else
        cli_error("%s", text && *text ? text : pm_fs_status_meaning(status));
    return status == PM_FS_CORRUPT ? CLI_BAD : CLI_WORLD;
}

static pm_fs_status open_parts(struct cli_saves *saves)
{
    // The limits of the largest profile: what a cartridge could save.
    struct pm_tree_config config = {.quota = UINT64_C(64) << 20,
                                    .file_limit = 16 << 20,
                                    .entries = 16384,
                                    .store = &saves->store};
    pm_fs_status status =
        pm_writeback_create(&cli_alloc, &saves->store, &saves->writeback);

    config.writeback = saves->writeback;
    if (!status)
        status = pm_tree_create(&cli_alloc, &config, &saves->volume);
    if (!status)
        status = pm_card_create(&cli_alloc, &saves->store, saves->writeback,
                                saves->app_id, &saves->card);
    return status;
}

int cli_saves_open(struct cli_saves *saves, bool may_write)
{
    struct pm_store_config config = {.alloc = &cli_alloc,
                                     .os = pm_os_system(),
                                     .directory = saves->folder,
                                     .app_id = saves->app_id,
                                     .read_only = !may_write};
    struct pm_store_error error = {""};
    pm_fs_status status = pm_store_open(&config, &saves->store, &error);

    if (status)
        return refuse_open(saves, status, error.text);
    status = open_parts(saves);
    if (status == PM_FS_OK)
        return CLI_OK;
    cli_saves_close(saves);
    return refuse_open(saves, status,
                       status == PM_FS_CORRUPT
                           ? "the saves are damaged: their list of files "
                             "cannot be trusted"
                           : NULL);
}

void cli_saves_close(struct cli_saves *saves)
{
    if (saves->volume)
        saves->volume->ops->destroy(saves->volume);
    pm_card_destroy(saves->card);
    pm_writeback_destroy(saves->writeback);
    pm_store_close(&saves->store);
    *saves =
        (struct cli_saves){.folder = saves->folder, .app_id = saves->app_id};
}

// --- walking -----------------------------------------------------------------

// A path that is still to be visited, with a NUL behind; kept in a buffer as
// a stack, so that no depth of directories is one of calls.
static void push(struct pm_buf *stack, struct pm_path dir, const uint8_t *entry)
{
    uint32_t start = (uint32_t)stack->size;

    if (dir.size) {
        pm_buf_put(stack, dir.text, dir.size);
        pm_buf_put8(stack, '/');
    }
    pm_buf_put(stack, entry + 2, entry[1]);
    pm_buf_put8(stack, 0);
    pm_buf_put8(stack, entry[0]);
    pm_buf_put32(stack, start);
}

// Entries go onto the stack backwards, so that the first comes off first.
static void push_all(struct pm_path dir, const struct pm_fs_names *names,
                     struct pm_buf *stack)
{
    struct pm_buf starts;
    size_t at = 0;

    pm_buf_init(&starts, &cli_alloc);
    for (uint32_t i = 0; i < names->count; i++) {
        pm_buf_put32(&starts, (uint32_t)at);
        at += 2 + (size_t)names->bytes.data[at + 1];
    }
    for (uint32_t left = names->count; left && !starts.failed; left--)
        push(stack, dir,
             names->bytes.data + pm_load32(starts.data + (left - 1) * 4));
    stack->failed = stack->failed || starts.failed;
    pm_buf_free(&starts);
}

static pm_fs_status push_entries(struct cli_saves *saves, struct pm_path dir,
                                 struct pm_buf *stack)
{
    struct pm_fs_names names = {.count = 0};

    pm_buf_init(&names.bytes, &cli_alloc);
    pm_fs_status status =
        saves->volume->ops->list(saves->volume, dir, UINT32_MAX, &names);
    if (!status)
        push_all(dir, &names, stack);
    pm_buf_free(&names.bytes);
    return !status && stack->failed ? PM_FS_TRANSIENT : status;
}

pm_fs_status
cli_saves_walk(struct cli_saves *saves,
               pm_fs_status (*visit)(void *context, struct cli_saves *saves,
                                     struct pm_path path, pm_fs_kind kind),
               void *context)
{
    struct pm_buf stack;
    char text[PM_SAVES_PATH];
    pm_buf_init(&stack, &cli_alloc);
    pm_fs_status status = push_entries(saves, (struct pm_path){"", 0}, &stack);

    while (!status && stack.size) {
        size_t start = pm_load32(stack.data + stack.size - 4);
        pm_fs_kind kind = (pm_fs_kind)stack.data[stack.size - 5];
        size_t size = stack.size - 6 - start;
        struct pm_path path = {text, size};
        memcpy(text, stack.data + start, size + 1);
        stack.size = start;
        status = visit(context, saves, path, kind);
        if (!status && kind == PM_FS_DIRECTORY)
            status = push_entries(saves, path, &stack);
    }
    pm_buf_free(&stack);
    return status;
}

char *cli_saves_path(const char *folder, struct pm_path path)
{
    char *save = cli_path(folder, "save");
    char *all =
        path.size ? cli_path(save, path.text) : cli_copy(save, strlen(save));

    cli_free_text(save);
    return all;
}
