// SPDX-License-Identifier: MIT
#include "storage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "fs/path.h"
#include "hosts/common/files.h"

// --- whose saves they are ----------------------------------------------------

// The fingerprint of a package's bytes; "" where it cannot be had.
static void fingerprint_package(const char *path, char *out, size_t room)
{
    struct pm_file *file;
    struct pm_hash64_state hash;
    static uint8_t bytes[65536];

    out[0] = '\0';
    if (pm_file_open(&cli_alloc, path, &file, NULL))
        return;
    struct pm_source source = pm_file_source(file);
    pm_hash64_begin(&hash);
    for (uint64_t at = 0; at < source.size; at += sizeof bytes) {
        size_t size = source.size - at < sizeof bytes
                          ? (size_t)(source.size - at)
                          : sizeof bytes;
        if (source.read_at(source.context, at, bytes, size)) {
            pm_file_close(file);
            return;
        }
        pm_hash64_add(&hash, bytes, size);
    }
    pm_file_close(file);
    snprintf(out, room, "xxh3-64:%016" PRIx64 " %" PRIu64, pm_hash64_end(&hash),
             source.size);
}

static void identify(struct cli_storage *storage, const char *path)
{
    struct pm_store_owner *cartridge = &storage->cartridge;
    char *real = realpath(path, NULL);

    if (real && strlen(real) < sizeof cartridge->path)
        memcpy(cartridge->path, real, strlen(real) + 1);
    free(real);
    if (!pm_file_is_directory(path))
        fingerprint_package(path, cartridge->package,
                            sizeof cartridge->package);
}

static bool is_yes(const char *answer)
{
    return answer[0] == 'y' || answer[0] == 'Y';
}

// Another cartridge claims the saves: somebody has to say so.
static bool may_take(const struct cli_storage *storage, uint32_t app_id,
                     const struct pm_store_owner *owner)
{
    char answer[16] = "";

    if (!storage->may_ask)
        return false;
    fprintf(stderr,
            "The saves of application %" PRIu32 " belong to another "
            "cartridge:\n  %s\nUse them for this one from now on? [y/N] ",
            app_id, owner->path);
    fflush(stderr);
    return fgets(answer, sizeof answer, stdin) && is_yes(answer);
}

static pm_fs_status bind(struct cli_storage *storage, uint32_t app_id,
                         char *why, size_t room)
{
    struct pm_store_owner owner;
    pm_fs_status status = pm_store_get_owner(&storage->store, &owner);

    if (status)
        return status;
    bool is_new = !owner.path[0] && !owner.package[0];
    if (!is_new && pm_saves_owns(&owner, &storage->cartridge))
        return PM_FS_OK;
    if (!is_new && !may_take(storage, app_id, &owner)) {
        snprintf(why, room,
                 "application %" PRIu32 "'s saves in %s belong to %s; give "
                 "this cartridge another app_id, or another folder with "
                 "--saves",
                 app_id, storage->folder, owner.path);
        return PM_FS_ACCESS_DENIED;
    }
    return pm_store_set_owner(&storage->store, &storage->cartridge);
}

// --- a store that is damaged -------------------------------------------------

static pm_fs_status damaged_scan(void *context, uint64_t first, uint64_t last,
                                 bool (*visit)(void *, uint64_t, const void *,
                                               size_t),
                                 void *visitor)
{
    (void)context, (void)first, (void)last, (void)visit, (void)visitor;
    return PM_FS_CORRUPT;
}

static pm_fs_status damaged_get(void *context, uint64_t key, void *dst,
                                size_t room, size_t *out_size)
{
    (void)context, (void)key, (void)dst, (void)room, (void)out_size;
    return PM_FS_CORRUPT;
}

static pm_fs_status damaged_reserve(void *context, uint64_t changes,
                                    uint64_t bytes)
{
    (void)context, (void)changes, (void)bytes;
    return PM_FS_CORRUPT;
}

static pm_fs_status damaged_commit(void *context,
                                   const struct pm_store_change *changes,
                                   size_t count, bool durable)
{
    (void)context, (void)changes, (void)durable;
    return count ? PM_FS_CORRUPT : PM_FS_OK;
}

static pm_fs_status damaged_keep_aside(void *context, const char *what)
{
    (void)context, (void)what;
    return PM_FS_OK;
}

static const struct pm_store damaged = {
    .scan = damaged_scan,
    .get = damaged_get,
    .reserve = damaged_reserve,
    .commit = damaged_commit,
    .keep_aside = damaged_keep_aside,
};

// --- struct pm_saves ---------------------------------------------------------

static pm_fs_status open_store(void *context, uint32_t app_id,
                               const struct pm_store **out, char *why,
                               size_t room)
{
    struct cli_storage *storage = context;
    struct pm_store_config config = {.alloc = &cli_alloc,
                                     .os = storage->os,
                                     .directory = storage->folder,
                                     .app_id = app_id};
    struct pm_store_error error = {""};
    pm_fs_status status = pm_store_open(&config, &storage->store, &error);

    snprintf(why, room, "%s", error.text);
    if (status == PM_FS_CORRUPT) {
        cli_error("%s; the game runs, but /save and the memory card answer "
                  "CORRUPT (\"prometeu saves check\" says more, \"prometeu "
                  "saves clear\" sets it aside)",
                  error.text);
        *out = &damaged;
        return PM_FS_CORRUPT;
    }
    if (status)
        return status;
    status = bind(storage, app_id, why, room);
    if (status) {
        pm_store_close(&storage->store);
        storage->store = (struct pm_store){0};
        return status;
    }
    *out = &storage->store;
    return PM_FS_OK;
}

static void close_store(void *context, const struct pm_store *store)
{
    struct cli_storage *storage = context;

    if (store != &storage->store)
        return;
    pm_store_close(&storage->store);
    storage->store = (struct pm_store){0};
}

bool cli_saves_folder(const char *option, char *out, size_t room)
{
    if (!option && pm_saves_default(out, room))
        return true;
    if (option && *option && strlen(option) < room) {
        memcpy(out, option, strlen(option) + 1);
        return true;
    }
    if (option)
        cli_error("--saves is \"%s\", it must name a folder or be none",
                  option);
    else
        cli_error("there is no folder for saves: neither XDG_DATA_HOME nor "
                  "HOME is set; name one with --saves DIR, or say --saves "
                  "none");
    return false;
}

static int open_saves(struct cli_storage *storage, bool is_headless,
                      struct pm_machine_config *config)
{
    bool is_none =
        storage->saves ? strcmp(storage->saves, "none") == 0 : is_headless;

    if (is_none)
        return CLI_OK;
    if (!cli_saves_folder(storage->saves, storage->folder,
                          sizeof storage->folder))
        return CLI_USAGE;
    config->saves = (struct pm_saves){open_store, close_store, storage};
    return CLI_OK;
}

// --- mounts ------------------------------------------------------------------

static int bad_mount(const char *text)
{
    cli_error("--mount is \"%s\", it must be NAME=DIR to be read, or "
              "NAME=DIR:rw to be written too",
              text);
    return CLI_USAGE;
}

// Whether /host/[name] can be, and is not yet.
static bool is_free_name(const struct cli_storage *storage, const char *name)
{
    if (!pm_path_is_name(name, strlen(name))) {
        cli_error("--mount: \"%s\" is no name that a game could write; it may "
                  "have no \"/\", no \"\\\" and no control characters, and is "
                  "neither \".\" nor \"..\"",
                  name);
        return false;
    }
    for (size_t i = 0; i < storage->mount_count; i++)
        if (strcmp(storage->names[i], name) == 0) {
            cli_error("--mount: /host/%s is there twice", name);
            return false;
        }
    return true;
}

// "NAME=DIR" or "NAME=DIR:rw".
static int open_mount(struct cli_storage *storage, const char *text)
{
    const char *equals = strchr(text, '=');
    const char *error = NULL;
    size_t size = strlen(text);
    bool is_writable = size > 3 && strcmp(text + size - 3, ":rw") == 0;

    if (!equals || equals == text || !equals[1])
        return bad_mount(text);
    size_t at = storage->mount_count;
    char *name = cli_copy(text, (size_t)(equals - text));
    if (!is_free_name(storage, name)) {
        cli_free_text(name);
        return CLI_USAGE;
    }
    char *folder = cli_copy(equals + 1, (size_t)(text + size - equals - 1) -
                                            (is_writable ? 3 : 0));
    pm_fs_status status = pm_host_directory_open(
        storage->os, &cli_alloc, folder, &storage->directories[at], &error);
    if (status) {
        cli_error("%s: it cannot be mounted: %s", folder,
                  error ? error : pm_fs_status_meaning(status));
        cli_free_text(folder);
        cli_free_text(name);
        return CLI_WORLD;
    }
    cli_free_text(folder);
    storage->names[at] = name;
    storage->mounts[at] = (struct pm_mount){
        storage->names[at], pm_host_directory_seam(storage->directories[at]),
        is_writable};
    storage->mount_count++;
    return CLI_OK;
}

// --- all of it ---------------------------------------------------------------

static int open_fault(struct cli_storage *storage)
{
    char why[400];

    storage->os = pm_os_system();
    if (!storage->inject)
        return CLI_OK;
    storage->fault = pm_os_fault_create(&cli_alloc, storage->os,
                                        storage->inject, why, sizeof why);
    if (!storage->fault) {
        cli_error("--inject: %s", why[0] ? why : "memory is short");
        return CLI_USAGE;
    }
    storage->os = pm_os_fault_table(storage->fault);
    return CLI_OK;
}

int cli_storage_open(struct cli_storage *storage, const char *path,
                     bool is_headless, struct pm_machine_config *config)
{
    int code = open_fault(storage);

    storage->may_ask = !is_headless && isatty(0) && isatty(2);
    if (!code)
        code = open_saves(storage, is_headless, config);
    if (!code && config->saves.open)
        identify(storage, path);
    for (size_t i = 0; !code && i < storage->mount_texts.count; i++)
        code = open_mount(storage, storage->mount_texts.items[i]);
    config->mounts = storage->mounts;
    config->mount_count = storage->mount_count;
    return code;
}

void cli_storage_close(struct cli_storage *storage)
{
    for (size_t i = 0; i < storage->mount_count; i++) {
        pm_host_directory_close(storage->directories[i]);
        cli_free_text(storage->names[i]);
    }
    pm_os_fault_destroy(storage->fault);
    *storage = (struct cli_storage){0};
}

void cli_storage_report(const struct cli_storage *storage)
{
    if (!storage->fault)
        return;
    uint64_t all = 0;
    for (int i = 0; i < PM_OS_CALL_COUNT; i++)
        all += pm_os_fault_calls(storage->fault, (enum pm_os_call)i);
    if (all == 0) {
        fputs("injected: nothing, as no storage of the host was used; saves "
              "are in memory without --saves DIR\n",
              stderr);
        return;
    }
    fprintf(stderr, "injected: %" PRIu64 " of",
            pm_os_fault_failed(storage->fault));
    for (int i = 0; i < PM_OS_CALL_COUNT; i++) {
        static const char *const names[] = {
#define X(symbol, name) name,
            PM_OS_CALLS(X)
#undef X
        };
        uint64_t calls = pm_os_fault_calls(storage->fault, (enum pm_os_call)i);
        if (calls)
            fprintf(stderr, " %" PRIu64 " %s", calls, names[i]);
    }
    fputs(" calls failed by the plan\n", stderr);
}
