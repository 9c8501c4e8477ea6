// SPDX-License-Identifier: MIT
//
// prometeu saves export and import: an application's saves as a folder of
// ordinary files,
//
//     FOLDER/save/…          the files of /save
//     FOLDER/card/00.bin …   the committed content of the card's slots
//
// and back.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "fs/path.h"
#include "hosts/common/files.h"
#include "saves.h"

// Larger than any file that a cartridge can save.
#define MOST_FILE ((size_t)16 << 20)

static int fail_on(const char *path, pm_fs_status status)
{
    cli_error("%s: %s", path, pm_fs_status_meaning(status));
    return status == PM_FS_CORRUPT ? CLI_BAD : CLI_WORLD;
}

// --- export ------------------------------------------------------------------

struct exporting {
    const char *folder;
    uint64_t files;
    uint64_t damaged;
    bool has_failed; // a message was given
};

// All bytes of a file of the volume; NULL with a status.
static uint8_t *read_file(struct cli_saves *saves, struct pm_path path,
                          uint64_t size, pm_fs_status *out)
{
    const struct pm_volume_ops *ops = saves->volume->ops;
    struct pm_volume_file *file;
    uint8_t *bytes = pm_mem_alloc(&cli_alloc, (size_t)size + 1);

    *out = bytes ? ops->open(saves->volume, path, PM_OPEN_READ, &file)
                 : PM_FS_TRANSIENT;
    if (*out)
        return bytes;
    for (uint64_t at = 0; !*out && at < size;) {
        uint64_t left = size - at;
        struct pm_destination dest = {.bytes = bytes + at};
        uint32_t got = 0;
        bool eof;
        *out =
            ops->read(saves->volume, file, at, &dest,
                      left < PM_TRANSFER_MAX ? (uint32_t)left : PM_TRANSFER_MAX,
                      &got, &eof);
        at += got;
    }
    ops->close(saves->volume, file, false);
    return bytes;
}

static pm_fs_status export_file(struct exporting *e, struct cli_saves *saves,
                                struct pm_path path, const char *target)
{
    struct pm_fs_stat stat;
    pm_fs_status status = saves->volume->ops->stat(saves->volume, path, &stat);

    if (status)
        return status;
    uint8_t *bytes = read_file(saves, path, stat.size, &status);
    if (!status)
        e->has_failed =
            cli_write_file(target, bytes, (size_t)stat.size) != PM_OK;
    if (bytes)
        pm_mem_free(&cli_alloc, bytes, (size_t)stat.size + 1);
    e->files += !status;
    return e->has_failed ? PM_FS_IO_FAILED : status;
}

// What is damaged is left out and told; the rest is saved from the wreck.
static pm_fs_status export_entry(void *context, struct cli_saves *saves,
                                 struct pm_path path, pm_fs_kind kind)
{
    struct exporting *e = context;
    char *target = cli_saves_path(e->folder, path);
    const char *error = NULL;
    pm_fs_status status = PM_FS_OK;

    if (kind == PM_FS_FILE)
        status = export_file(e, saves, path, target);
    else if (pm_file_make_directory(target, &error)) {
        cli_error("%s: %s", target, error);
        e->has_failed = true;
        status = PM_FS_IO_FAILED;
    }
    if (status == PM_FS_CORRUPT) {
        cli_error("/save/%s is damaged and left out", path.text);
        e->damaged++;
        status = PM_FS_OK;
    }
    cli_free_text(target);
    return status;
}

static bool export_slot(struct exporting *e, const struct cli_saves *saves,
                        unsigned slot, const char *folder)
{
    uint8_t bytes[PM_CARD_SLOT_SIZE];
    struct pm_destination dest = {.bytes = bytes};
    char name[16];
    uint32_t size;
    bool eof;
    pm_mem_status status =
        pm_card_read(saves->card, slot, 0, &dest, sizeof bytes, &size, &eof);

    if (status == PM_MEM_EMPTY)
        return true;
    if (status) {
        cli_error("slot %u of the memory card is damaged and left out", slot);
        e->damaged++;
        return true;
    }
    snprintf(name, sizeof name, "%02u.bin", slot);
    char *target = cli_path(folder, name);
    bool ok = cli_write_file(target, bytes, size) == PM_OK;
    cli_free_text(target);
    e->files += ok;
    return ok;
}

static bool is_new_or_empty(const char *folder)
{
    struct pm_file_list list;

    if (!pm_file_is_directory(folder))
        return true;
    if (pm_file_list(&cli_alloc, folder, &list, NULL))
        return false;
    bool is_empty = list.count == 0;
    pm_file_list_free(&cli_alloc, &list);
    return is_empty;
}

static int make_folders(const char *folder, char **out_card)
{
    const char *error = NULL;
    char *save = cli_path(folder, "save");
    int code = CLI_OK;

    *out_card = cli_path(folder, "card");
    if (pm_file_make_directory(save, &error) ||
        pm_file_make_directory(*out_card, &error)) {
        cli_error("%s: %s", folder, error);
        code = CLI_WORLD;
    }
    cli_free_text(save);
    return code;
}

int cli_saves_export(struct cli_saves *saves, const char *folder)
{
    struct exporting e = {.folder = folder};
    char *card;

    if (!is_new_or_empty(folder)) {
        cli_error("%s: it is there and not empty; export into a new folder",
                  folder);
        return CLI_USAGE;
    }
    int code = make_folders(folder, &card);
    pm_fs_status status =
        code ? PM_FS_OK : cli_saves_walk(saves, export_entry, &e);
    for (unsigned i = 0; !code && !status && i < PM_CARD_SLOTS; i++)
        e.has_failed |= !export_slot(&e, saves, i, card);
    cli_free_text(card);
    if (code || e.has_failed)
        return CLI_WORLD;
    if (status)
        return fail_on(folder, status);
    printf("%" PRIu64 " file%s in %s\n", e.files, e.files == 1 ? "" : "s",
           folder);
    return e.damaged ? CLI_BAD : CLI_OK;
}

// --- import ------------------------------------------------------------------

struct importing {
    struct cli_saves *saves;
    const char *folder;
    struct pm_buf stack; // directories still to be read, relative, NUL-ended
    uint64_t files;
};

static int import_bytes(struct importing *im, struct pm_path path,
                        const char *source)
{
    const struct pm_volume_ops *ops = im->saves->volume->ops;
    struct pm_volume *volume = im->saves->volume;
    struct pm_volume_file *file;
    struct cli_file bytes;

    if (cli_read_file(source, MOST_FILE, &bytes))
        return CLI_WORLD;
    pm_fs_status status =
        ops->open(volume, path, PM_OPEN_WRITE | PM_OPEN_CREATE, &file);
    if (!status) {
        for (size_t at = 0; !status && at < bytes.size;) {
            size_t left = bytes.size - at;
            uint32_t part =
                left < PM_TRANSFER_MAX ? (uint32_t)left : PM_TRANSFER_MAX;
            status = ops->write(volume, file, at, bytes.data + at, part);
            at += part;
        }
        ops->close(volume, file, false);
    }
    cli_free_file(&bytes);
    im->files++;
    return status ? fail_on(source, status) : CLI_OK;
}

// A link could bring in what is no part of the folder.
static bool is_plain(const char *path)
{
    struct stat info;

    return lstat(path, &info) == 0 &&
           (S_ISREG(info.st_mode) || S_ISDIR(info.st_mode));
}

static int import_entry(struct importing *im, const char *dir, const char *name)
{
    char *relative = *dir ? cli_path(dir, name) : cli_copy(name, strlen(name));
    struct pm_path path = {relative, strlen(relative)};
    char *source = cli_saves_path(im->folder, path);
    int code;

    if (!pm_path_is_name(name, strlen(name)) ||
        path.size > PM_PATH_MAX - strlen("/save/")) {
        cli_error("%s: no file of a cartridge can have this name", source);
        code = CLI_BAD;
    } else if (!is_plain(source)) {
        cli_error("%s: neither a file nor a directory; links are not followed",
                  source);
        code = CLI_BAD;
    } else if (pm_file_is_directory(source)) {
        pm_fs_status status =
            im->saves->volume->ops->make_dir(im->saves->volume, path);
        pm_buf_put(&im->stack, relative, path.size + 1);
        code = status ? fail_on(source, status) : CLI_OK;
    } else {
        code = import_bytes(im, path, source);
    }
    cli_free_text(source);
    cli_free_text(relative);
    return code;
}

static int import_directory(struct importing *im, const char *dir)
{
    struct pm_path path = {dir, strlen(dir)};
    char *source = cli_saves_path(im->folder, path);
    struct pm_file_list list;
    const char *error = NULL;
    int code = CLI_OK;

    if (pm_file_list(&cli_alloc, source, &list, &error)) {
        cli_error("%s: %s; import wants what export wrote", source, error);
        code = CLI_WORLD;
    } else {
        for (size_t i = 0; code == CLI_OK && i < list.count; i++)
            code = import_entry(im, dir, list.names[i]);
        pm_file_list_free(&cli_alloc, &list);
    }
    cli_free_text(source);
    return code;
}

static int import_files(struct importing *im)
{
    int code = import_directory(im, "");

    while (!code && im->stack.size) {
        char dir[PM_SAVES_PATH];
        size_t start = im->stack.size - 1;
        while (start && im->stack.data[start - 1])
            start--;
        memcpy(dir, im->stack.data + start, im->stack.size - start);
        im->stack.size = start;
        code = import_directory(im, dir);
    }
    return code;
}

static pm_mem_status put_slot(struct pm_card *card, unsigned slot,
                              const struct cli_file *bytes)
{
    pm_mem_status status =
        pm_card_write(card, slot, 0, bytes->data, (uint32_t)bytes->size);

    return status ? status : pm_card_commit(card, slot);
}

static int import_slot(struct importing *im, unsigned slot, const char *source)
{
    struct cli_file bytes;
    int code = CLI_OK;

    if (cli_read_file(source, PM_CARD_SLOT_SIZE, &bytes))
        return CLI_WORLD;
    if (bytes.size && put_slot(im->saves->card, slot, &bytes)) {
        cli_error("%s: the slot cannot be written", source);
        code = CLI_WORLD;
    }
    cli_free_file(&bytes);
    im->files++;
    return code;
}

// The slot that "07.bin" is of; PM_CARD_SLOTS for a name of none.
static unsigned slot_named(const char *name)
{
    char wanted[16];

    for (unsigned slot = 0; slot < PM_CARD_SLOTS; slot++) {
        snprintf(wanted, sizeof wanted, "%02u.bin", slot);
        if (strcmp(name, wanted) == 0)
            return slot;
    }
    return PM_CARD_SLOTS;
}

static int import_card_entry(struct importing *im, const char *card,
                             const char *name)
{
    unsigned slot = slot_named(name);
    char *source = cli_path(card, name);
    int code = CLI_BAD;

    if (slot == PM_CARD_SLOTS)
        cli_error("%s: no slot of a memory card has this name; they are "
                  "00.bin to 31.bin",
                  source);
    else if (!is_plain(source))
        cli_error("%s: no file; links are not followed", source);
    else
        code = import_slot(im, slot, source);
    cli_free_text(source);
    return code;
}

// A folder without a card is one of a cartridge that has none.
static int import_card(struct importing *im)
{
    char *card = cli_path(im->folder, "card");
    struct pm_file_list list;
    const char *error = NULL;
    int code = CLI_OK;

    if (access(card, F_OK)) {
        cli_free_text(card);
        return CLI_OK;
    }
    if (pm_file_list(&cli_alloc, card, &list, &error)) {
        cli_error("%s: %s", card, error);
        code = CLI_WORLD;
    } else {
        for (size_t i = 0; !code && i < list.count; i++)
            code = import_card_entry(im, card, list.names[i]);
        pm_file_list_free(&cli_alloc, &list);
    }
    cli_free_text(card);
    return code;
}

int cli_saves_import(struct cli_saves *saves, const char *folder,
                     uint64_t *out_files)
{
    struct importing im = {.saves = saves, .folder = folder};

    pm_buf_init(&im.stack, &cli_alloc);
    int code = import_files(&im);
    pm_buf_free(&im.stack);
    if (!code)
        code = import_card(&im);
    if (code)
        return code;
    pm_fs_status status = pm_writeback_commit(saves->writeback, true);
    if (status)
        return fail_on(saves->folder, status);
    *out_files = im.files;
    return CLI_OK;
}
