// SPDX-License-Identifier: MIT
//
// prometeu unpack: each asset as files that artists open, and so that the
// folder can be packed again as far as the packer's conventions go.
#include "unpack.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "hosts/common/files.h"
#include "json.h"

static const char help[] =
    "usage: prometeu unpack FILE [ID | NAME]... [-o DIR] [--raw] [--force]\n"
    "                       [--most MIB] [--json]\n"
    "\n"
    "Writes the assets of an assets.pa, cartridge, package or project as "
    "files:\n"
    "GLYPH as PNG, SOUNDS as WAV, SCENE as a Tiled map, BLOB as it is, and\n"
    "assets.json with all the rest. Without -o the folder is FILE-unpacked.\n"
    "\n"
    "  --raw     every asset as the bytes that codec NONE would store\n"
    "  --force   replaces files that are there\n"
    "  --most N  writes up to N MiB; 4096 without\n"
    "  --json    prints the folder and what is in assets.json\n"
    "\n"
    "Damaged assets are left out and told, with exit code 1.\n"
    "\n"
    "example: prometeu unpack mygame/build/mygame.pmc -o art\n";

#define MOST_WORDS 256

// --- one file ----------------------------------------------------------------

// Something is wrong with the folder.
static bool fail(struct unpack *u, const char *name, pm_status status,
                 const char *error)
{
    char *path = cli_path(u->folder, name);

    if (status == PM_ERR_EXISTS) {
        cli_error("%s: there is such a file; --force replaces it", path);
        u->problem = status;
    } else {
        cli_file_error(path, status, error);
        u->is_stopped = true;
        u->code = CLI_WORLD;
    }
    cli_free_text(path);
    return false;
}

bool unpack_begin(struct unpack *u, const char *name,
                  struct pm_file_writer **out)
{
    const char *error = NULL;
    char *path = cli_path(u->folder, name);
    pm_status status = pm_file_writer_open(&cli_alloc, path, out, &error);

    cli_free_text(path);
    return !status || fail(u, name, status, error);
}

bool unpack_put(struct unpack *u, const char *name,
                struct pm_file_writer *writer, const void *data, size_t size)
{
    const char *error = NULL;
    pm_status status = pm_file_writer_put(writer, data, size, &error);

    return !status || fail(u, name, status, error);
}

bool unpack_end(struct unpack *u, const char *name,
                struct pm_file_writer *writer)
{
    const char *error = NULL;

    if (u->problem || u->is_stopped) {
        pm_file_writer_cancel(writer);
        return false;
    }
    pm_status status = pm_file_writer_commit(writer, u->may_replace, &error);
    if (status)
        return fail(u, name, status, error);
    u->written++;
    return true;
}

bool unpack_whole(struct unpack *u, const char *name, const void *data,
                  size_t size)
{
    struct pm_file_writer *writer;

    if (!unpack_begin(u, name, &writer))
        return false;
    unpack_put(u, name, writer, data, size);
    return unpack_end(u, name, writer);
}

bool unpack_copy(struct unpack *u, const char *name,
                 struct pm_asset_reader *reader, uint64_t at, uint64_t size,
                 struct pm_file_writer *writer)
{
    while (size > 0) {
        size_t part = size < UNPACK_PIECE ? (size_t)size : UNPACK_PIECE;
        u->problem = pm_asset_reader_read(reader, at, u->piece, part);
        if (u->problem || !unpack_put(u, name, writer, u->piece, part))
            return false;
        at += part;
        size -= part;
    }
    return true;
}

static void write_form(struct unpack *u, const struct pm_asset_entry *entry,
                       struct pm_asset_reader *reader, const char *name)
{
    struct pm_file_writer *writer;

    if (!unpack_begin(u, name, &writer))
        return;
    unpack_copy(u, name, reader, 0, pm_asset_form_size(entry), writer);
    unpack_end(u, name, writer);
}

// --- one asset ---------------------------------------------------------------

static void write_file(struct unpack *u, const struct pm_asset_entry *entry,
                       struct pm_asset_reader *reader,
                       const struct cli_samples *samples,
                       const struct unpack_file *file)
{
    const char *name = unpack_name(u, file);

    switch (file->kind) {
    case UNPACK_SHEET:
        unpack_sheet(u, entry, reader, name, 0);
        break;
    case UNPACK_SETTINGS:
        unpack_settings(u, entry, name);
        break;
    case UNPACK_SAMPLE:
        unpack_sample(u, reader, &samples->items[file->sample], name);
        break;
    case UNPACK_MAP:
        unpack_map(u, entry, reader, name);
        break;
    default:
        write_form(u, entry, reader, name);
        break;
    }
}

static void write_files(struct unpack *u, const struct pm_asset_entry *entry,
                        struct pm_asset_reader *reader,
                        const struct unpack_file *files, size_t count)
{
    struct cli_samples samples = {0};

    if (count && files[0].kind == UNPACK_SAMPLE)
        u->problem = cli_samples_read(u->asset, entry, &samples);
    for (size_t i = 0; i < count && !u->problem && !u->is_stopped; i++)
        write_file(u, entry, reader, &samples, &files[i]);
    cli_samples_free(&samples);
}

static void tell_problem(struct unpack *u, const struct pm_asset_entry *entry)
{
    struct pm_buf name;
    size_t size;
    const char *text = pm_asset_name(u->asset, entry, &size);
    int code = u->problem == PM_ERR_EXISTS ? CLI_BAD : cli_exit_for(u->problem);

    if (u->problem != PM_ERR_EXISTS) {
        pm_buf_init(&name, &cli_alloc);
        pm_buf_put(&name, text, size);
        const char *shown = pm_buf_cstr(&name);
        cli_error("%s: asset %" PRId32 " (%s) is not unpacked: %s", u->file,
                  entry->id, shown ? shown : "", pm_status_meaning(u->problem));
        pm_buf_free(&name);
    }
    if (code > u->code)
        u->code = code;
}

static void write_asset(struct unpack *u, size_t index,
                        const struct unpack_file *files, size_t count)
{
    const struct pm_asset_entry *entry = pm_asset_at(u->asset, index);
    struct pm_asset_reader *reader = NULL;

    u->problem = pm_asset_reader_open(u->asset, entry, &cli_alloc, &reader);
    if (!u->problem)
        write_files(u, entry, reader, files, count);
    if (u->problem)
        tell_problem(u, entry);
    if (!u->is_stopped)
        unpack_list_add(u, entry, reader, files, count);
    u->problem = PM_OK;
    pm_asset_reader_close(reader);
}

static void write_assets(struct unpack *u)
{
    const struct unpack_plan *plan = &u->plan;
    size_t at = 0;

    while (at < plan->count && plan->files[at].kind == UNPACK_RESERVED)
        at++;
    for (size_t i = 0; i < pm_asset_count(u->asset) && !u->is_stopped; i++) {
        size_t first = at;
        while (at < plan->count && plan->files[at].entry == i)
            at++;
        if (u->is_chosen[i])
            write_asset(u, i, plan->files + first, at - first);
    }
}

// --- before the first file ---------------------------------------------------

static bool choose(struct unpack *u)
{
    size_t count = pm_asset_count(u->asset);
    bool ok = true;

    for (size_t i = 0; i < count; i++)
        u->is_chosen[i] = u->word_count == 0;
    for (size_t i = 0; i < u->word_count; i++) {
        size_t at = cli_asset_find(u->asset, u->words[i], 0);
        if (at == count) {
            cli_error("%s: there is no asset with the id or name \"%s\"; "
                      "\"prometeu inspect %s\" lists those that there are",
                      u->file, u->words[i], u->file);
            ok = false;
        }
        for (; at < count; at = cli_asset_find(u->asset, u->words[i], at + 1))
            u->is_chosen[at] = true;
    }
    return ok;
}

static void add(uint64_t *sum, uint64_t value)
{
    *sum = value > UINT64_MAX - *sum ? UINT64_MAX : *sum + value;
}

// About how much an asset's files take; a bound but for some per cent.
static uint64_t size_of(const struct unpack *u,
                        const struct pm_asset_entry *entry)
{
    uint64_t size = pm_asset_form_size(entry);
    struct cli_samples samples;

    if (u->is_raw || entry->bank_type == PM_BANK_BLOB)
        return size;
    if (entry->bank_type == PM_BANK_SCENE)
        return size * 3; // ten digits and a comma for four bytes
    if (entry->bank_type == PM_BANK_GLYPH)
        return size + 4096;
    size = 0;
    if (cli_samples_read(u->asset, entry, &samples))
        return 0;
    for (size_t i = 0; i < samples.count; i++)
        add(&size, (uint64_t)samples.items[i].frames * 2 + 128);
    cli_samples_free(&samples);
    return size;
}

// A small file can hold a lot: the same slice many times, or well packed
// zeroes.
static bool is_small_enough(const struct unpack *u)
{
    uint64_t size = 0;

    for (size_t i = 0; i < pm_asset_count(u->asset); i++)
        if (u->is_chosen[i])
            add(&size, size_of(u, pm_asset_at(u->asset, i)));
    if (size <= u->most)
        return true;
    cli_error("%s: its assets would take %" PRIu64 " MiB as files, more than "
              "the %" PRIu64 " that are allowed; nothing is written. --most "
              "%" PRIu64 " allows it, or name the assets that you want",
              u->file, (size >> 20) + 1, u->most >> 20, (size >> 20) + 1);
    return false;
}

static bool is_there(const struct unpack *u, const char *name)
{
    struct stat info;
    char *path = cli_path(u->folder, name);
    bool is = lstat(path, &info) == 0;

    cli_free_text(path);
    return is;
}

#define MOST_TOLD 5

// Whether no file would be replaced. All that is there is seen before the
// first file is written.
static bool is_free(const struct unpack *u)
{
    size_t found = 0;

    for (size_t i = 0; i < u->plan.count && !u->may_replace; i++) {
        const struct unpack_file *file = &u->plan.files[i];
        const char *name = unpack_name(u, file);
        bool is_folder = strcmp(name, UNPACK_TILESETS) == 0;
        bool is_left_out = u->is_raw && strcmp(name, UNPACK_REGISTRY) == 0;
        if (is_folder || is_left_out || !is_there(u, name))
            continue;
        if (++found <= MOST_TOLD)
            cli_error("%s/%s: there is such a file", u->folder, name);
    }
    if (found)
        cli_error("%s: %zu file%s would be replaced; nothing is written. "
                  "--force replaces, or take another folder with -o",
                  u->folder, found, found == 1 ? "" : "s");
    return found == 0;
}

// --- all of it ---------------------------------------------------------------

static int write_all(struct unpack *u)
{
    const char *error = NULL;
    pm_status status = pm_file_make_directory(u->folder, &error);

    if (status) {
        cli_file_error(u->folder, status, error);
        return CLI_WORLD;
    }
    if (!unpack_list_begin(u))
        return u->code ? u->code : CLI_BAD;
    write_assets(u);
    unpack_list_end(u);
    if (!u->is_raw && !u->is_stopped)
        unpack_registry(u);
    if (!u->is_stopped && !cli_sync_folder(u->folder)) {
        cli_file_error(u->folder, PM_ERR_IO, NULL);
        u->code = CLI_WORLD;
    }
    return u->code;
}

static void put_line(struct pm_buf *out, const struct unpack *u)
{
    pm_buf_printf(out, "%zu file%s of %zu asset%s in ", u->written,
                  u->written == 1 ? "" : "s", u->unpacked,
                  u->unpacked == 1 ? "" : "s");
    cli_put_escaped(out, u->folder);
    pm_buf_puts(out, "\n");
}

static void put_report(struct pm_buf *out, const struct unpack *u)
{
    struct pm_json_writer w = pm_json_write_to(out);

    pm_json_write_begin_object(&w);
    cli_json_text(&w, "file", u->file);
    cli_json_text(&w, "folder", u->folder);
    cli_json_number(&w, "files", (int64_t)u->written);
    cli_json_number(&w, "unpacked", (int64_t)u->unpacked);
    cli_json_begin_array(&w, "assets");
    pm_buf_put(out, u->report.data, u->report.size);
    pm_json_write_end(&w);
    pm_json_write_end(&w);
    pm_buf_puts(out, "\n");
}

static int tell(const struct unpack *u)
{
    struct pm_buf line;

    pm_buf_init(&line, &cli_alloc);
    if (u->is_json)
        put_report(&line, u);
    else
        put_line(&line, u);
    int code = cli_write_out(&line);
    pm_buf_free(&line);
    return code > u->code ? code : u->code;
}

static int unpack(struct unpack *u)
{
    if (!choose(u))
        return CLI_BAD;
    if (!is_small_enough(u))
        return CLI_BAD;
    if (unpack_plan(u)) {
        cli_error("memory is short");
        return CLI_WORLD;
    }
    if (!is_free(u))
        return CLI_BAD;
    int code = write_all(u);
    return code == CLI_WORLD ? code : tell(u);
}

static int unpack_assets(struct unpack *u, const struct cli_assets *assets)
{
    size_t room = pm_asset_count(assets->asset) + 1;

    u->asset = assets->asset;
    u->file = assets->file;
    u->is_chosen = pm_mem_zarray(&cli_alloc, room, sizeof *u->is_chosen);
    u->piece = pm_mem_alloc(&cli_alloc, UNPACK_PIECE);
    pm_buf_init(&u->plan.names, &cli_alloc);
    pm_buf_init(&u->report, &cli_alloc);
    int code = CLI_WORLD;
    if (u->is_chosen && u->piece)
        code = unpack(u);
    else
        cli_error("memory is short");
    pm_buf_free(&u->report);
    unpack_plan_free(&u->plan);
    pm_mem_free(&cli_alloc, u->piece, UNPACK_PIECE);
    pm_mem_free(&cli_alloc, u->is_chosen, room * sizeof *u->is_chosen);
    return code;
}

// "game.pmc" gives "game-unpacked".
static char *folder_beside(const char *path)
{
    size_t size = strlen(path);
    struct pm_buf out;

    while (size > 1 && path[size - 1] == '/')
        size--;
    for (size_t i = size; i-- > 1 && path[i] != '/';)
        if (path[i] == '.' && path[i - 1] != '/') {
            size = i;
            break;
        }
    pm_buf_init(&out, &cli_alloc);
    pm_buf_put(&out, path, size);
    pm_buf_puts(&out, "-unpacked");
    char *text = cli_copy((const char *)out.data, out.size);
    pm_buf_free(&out);
    return text;
}

int cli_unpack(int argc, char **argv)
{
    const char *output = NULL;
    uint64_t most = 4096;
    struct unpack u = {0};
    struct cli_assets assets;
    const char *words[MOST_WORDS];
    size_t count;
    const struct cli_option options[] = {
        {"-o", CLI_TEXT, &output, 0, 0},
        {"--raw", CLI_FLAG, &u.is_raw, 0, 0},
        {"--force", CLI_FLAG, &u.may_replace, 0, 0},
        {"--most", CLI_NUMBER, &most, 1, UINT64_C(1) << 40},
        {"--json", CLI_FLAG, &u.is_json, 0, 0},
    };
    int code =
        cli_options(argc, argv, help, options, 5, words, 1, MOST_WORDS, &count);

    if (code >= 0)
        return code;
    char *folder =
        output ? cli_copy(output, strlen(output)) : folder_beside(words[0]);
    u.folder = folder;
    u.most = most << 20;
    u.words = words + 1;
    u.word_count = count - 1;
    code = cli_assets_open(words[0], &assets);
    if (!code)
        code = unpack_assets(&u, &assets);
    cli_assets_close(&assets);
    cli_free_text(folder);
    return code;
}
