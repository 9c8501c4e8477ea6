// SPDX-License-Identifier: MIT
//
// Packing of assets folders: what the commands pack and build share.

#ifndef PM_CLI_PACK_H
#define PM_CLI_PACK_H

#include "cli.h"
#include "hosts/common/walk.h"
#include "hosts/common/watch.h"
#include "pack/pack.h"

struct cli_pack_options {
    bool no_cache;
    uint64_t threads; // 0: one a processor
};

struct cli_packed {
    struct pm_buf assets; // empty for a folder of no assets
    struct pm_buf report;
    size_t asset_count;
    size_t converted;
};

// Packs an assets folder; faults are printed. The registry of ids in it is
// written when it changed. On success [out] is to be freed.
pm_status cli_pack_assets(const char *folder,
                          const struct cli_pack_options *options,
                          struct cli_packed *out);
void cli_packed_free(struct cli_packed *packed);

// Which names in an assets folder are looked at.
bool cli_pack_wants(const char *name);

// Writes a file unless it holds just these bytes already.
pm_status cli_write_changed(const char *path, const void *data, size_t size,
                            bool *out_written);

// --- the cache (pack_cache.c) ------------------------------------------------

// Results of earlier packs, in .prometeu/cache/FOLDER beside the assets
// folder, and in it an index of what is known of the files.
struct cli_pack_cache {
    char *folder; // NULL: there is none
    int64_t now;  // of its file system when the pack began
    struct cli_pack_log *log;
    struct pm_pack_cache calls;
};

// A cache that cannot be had is none: packing only takes longer.
void cli_pack_cache_open(struct cli_pack_cache *cache, const char *assets);
void cli_pack_cache_close(struct cli_pack_cache *cache);
// Sees to it that results other than those of [keys] (struct pm_hash128 each)
// do not become the larger part. Nothing is found or kept afterwards.
void cli_pack_cache_keep(struct cli_pack_cache *cache,
                         const struct pm_buf *keys);

// --- the log (pack_log.c) ----------------------------------------------------

struct cli_pack_log;

// Opens the log at [path], or makes one; NULL when it cannot be had.
struct cli_pack_log *cli_pack_log_open(const char *path);
void cli_pack_log_close(struct cli_pack_log *log);
// From any thread: what was kept under [key] when the log was opened; it lives
// until the log is closed.
pm_status cli_pack_log_find(const struct cli_pack_log *log,
                            const struct pm_hash128 *key,
                            const void **out_bytes, size_t *out_size);
// From any thread: puts a result at the end, from where the next one who opens
// the log finds it. False when it was not kept.
bool cli_pack_log_keep(struct cli_pack_log *log, const struct pm_hash128 *key,
                       const void *bytes, size_t size);
// Whether most of it is neither of [keys] nor was kept since it was opened.
bool cli_pack_log_is_wasteful(const struct cli_pack_log *log,
                              const struct pm_hash128 *keys, size_t count);
// Makes a new log of the results of [keys], unless someone is using it.
void cli_pack_log_shrink(const char *path, const struct pm_hash128 *keys,
                         size_t count);

// --- the index (pack_index.c) ------------------------------------------------

// Fills in the hashes of inputs that have not changed since they were last
// read. [inputs] are those of [walk], one each, in its order.
void cli_pack_index_read(const struct cli_pack_cache *cache,
                         const struct pm_walk *walk,
                         struct pm_pack_input *inputs);
// Writes down what is known of them now.
void cli_pack_index_write(const struct cli_pack_cache *cache,
                          const struct pm_walk *walk,
                          const struct pm_pack_input *inputs);

// --- watching (pack_watch.c) -------------------------------------------------

// What the folder was like when it was last told. Zeroes: never.
struct cli_changes {
    bool is_known;
    struct pm_walk walk;
};

// Prints which files are new, changed or gone since the last time.
void cli_changes_tell(struct cli_changes *changes, const char *folder);
void cli_changes_free(struct cli_changes *changes);

// What is watched of a project: its settings, src and assets.
struct cli_project_roots {
    char *src;
    char *assets;
    struct pm_watch_root roots[3];
};
// [project] must live on.
void cli_project_roots_init(struct cli_project_roots *project,
                            const char *folder);
void cli_project_roots_free(struct cli_project_roots *project);

// Calls [work] now and whenever something in [roots] has changed and come to
// rest, until SIGINT or SIGTERM; gives CLI_OK then, whatever [work] met.
int cli_watch(const struct pm_watch_root *roots, size_t count, bool polls,
              void (*work)(void *context), void *context);

#endif
