// SPDX-License-Identifier: MIT
//
// Watching: does something again whenever files have changed.
#include <stdio.h>
#include <string.h>

#include "pack.h"

// Programs that save files write them in several steps: it is packed when
// nothing has changed for a while, or not any later than some seconds after
// the first change.
#define SETTLE_MS   120
#define MOST_SETTLE 40

static enum pm_watch_event settle(struct pm_watch *watch)
{
    enum pm_watch_event event = PM_WATCH_CHANGED;

    for (int i = 0; i < MOST_SETTLE && event == PM_WATCH_CHANGED; i++)
        event = pm_watch_wait(watch, SETTLE_MS);
    return event;
}

// --- what has changed --------------------------------------------------------

static void put_change(const char *what, const char *name)
{
    struct pm_buf line;

    pm_buf_init(&line, &cli_alloc);
    pm_buf_printf(&line, "%s: ", what);
    pm_buf_put_escaped(&line, name, strlen(name));
    pm_buf_puts(&line, "\n");
    cli_write_out(&line);
    pm_buf_free(&line);
}

static bool is_same(const struct pm_walk_file *a, const struct pm_walk_file *b)
{
    return a->size == b->size && a->inode == b->inode &&
           a->modified == b->modified && a->changed == b->changed;
}

// Both are in the order of names.
static void put_changes(const struct pm_walk *before, const struct pm_walk *now)
{
    size_t a = 0;
    size_t b = 0;

    while (a < before->count || b < now->count) {
        int order = a == before->count ? 1
                    : b == now->count
                        ? -1
                        : strcmp(before->files[a].name, now->files[b].name);
        if (order < 0)
            put_change("removed", before->files[a++].name);
        else if (order > 0)
            put_change("new", now->files[b++].name);
        else if (!is_same(&before->files[a++], &now->files[b++]))
            put_change("changed", now->files[b - 1].name);
    }
}

void cli_changes_tell(struct cli_changes *changes, const char *folder)
{
    struct pm_walk now = {0};

    if (pm_walk_folder(&cli_alloc, folder, cli_pack_wants, &now, NULL)) {
        pm_walk_free(&now);
        return; // the packer says what is wrong
    }
    if (changes->is_known)
        put_changes(&changes->walk, &now);
    cli_changes_free(changes);
    *changes = (struct cli_changes){.is_known = true, .walk = now};
}

void cli_changes_free(struct cli_changes *changes)
{
    if (changes->is_known)
        pm_walk_free(&changes->walk);
    changes->is_known = false;
}

// --- projects ----------------------------------------------------------------

static bool is_of_project(const char *name)
{
    return strcmp(name, "prometeu.json") == 0 || strcmp(name, "label.png") == 0;
}

static bool is_source(const char *name)
{
    return name[0] != '.';
}

void cli_project_roots_init(struct cli_project_roots *project,
                            const char *folder)
{
    project->src = cli_path(folder, "src");
    project->assets = cli_path(folder, "assets");
    project->roots[0] = (struct pm_watch_root){folder, false, is_of_project};
    project->roots[1] = (struct pm_watch_root){project->src, true, is_source};
    project->roots[2] =
        (struct pm_watch_root){project->assets, true, cli_pack_wants};
}

void cli_project_roots_free(struct cli_project_roots *project)
{
    cli_free_text(project->assets);
    cli_free_text(project->src);
}

// --- watching ----------------------------------------------------------------

int cli_watch(const struct pm_watch_root *roots, size_t count, bool polls,
              void (*work)(void *context), void *context)
{
    struct pm_watch *watch;

    if (pm_watch_open(&cli_alloc, roots, count, polls, &watch)) {
        cli_error("memory is short");
        return CLI_WORLD;
    }
    for (;;) {
        work(context);
        printf("watching%s; Ctrl-C ends it\n",
               pm_watch_is_told(watch) ? "" : " (looking twice a second)");
        fflush(stdout);
        if (pm_watch_wait(watch, -1) == PM_WATCH_STOPPED ||
            settle(watch) == PM_WATCH_STOPPED)
            break;
    }
    pm_watch_close(watch);
    return CLI_OK;
}
