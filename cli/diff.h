// SPDX-License-Identifier: MIT
//
// What the files of "prometeu diff" share. What differs is put together once,
// as JSON; for people it is shown a line each (diff_show.c).

#ifndef PM_CLI_DIFF_H
#define PM_CLI_DIFF_H

#include "assets.h"
#include "json.h"

// The exit code where one of the two cannot be compared.
#define DIFF_TROUBLE CLI_USAGE

#define DIFF_PIECE ((size_t)65536)

// One of the two files.
struct diff_side {
    const char *path;
    struct cli_assets assets;
    uint32_t *order; // the entries by id
    size_t count;
    bool *is_moved; // by entry: its content is in the other file
    uint8_t *piece; // DIFF_PIECE bytes
};

struct diff {
    struct diff_side a;
    struct diff_side b;
    struct pm_json_writer w;
    bool is_json;
    bool is_different;
    int code; // CLI_OK, DIFF_TROUBLE or CLI_WORLD
};

// Two entries of one id, and what is open for them.
struct diff_pair {
    const struct pm_asset_entry *a;
    const struct pm_asset_entry *b;
    struct pm_asset_reader *read_a;
    struct pm_asset_reader *read_b;
};

// Tells that an entry's content cannot be read.
void diff_problem(struct diff *d, const struct diff_side *side,
                  const struct pm_asset_entry *entry, pm_status status);

// --- diff_fields.c -----------------------------------------------------------

// Adds the fields that differ as an array; whether there are any.
bool diff_fields(struct diff *d, const struct diff_pair *pair);

// --- diff_content.c ----------------------------------------------------------

// Adds the member "content"; whether the contents differ.
bool diff_content(struct diff *d, struct diff_pair *pair);

// Whether the stored forms of two entries are equal, byte by byte.
bool diff_is_equal(struct diff *d, const struct pm_asset_entry *a,
                   const struct pm_asset_entry *b);

// --- diff_moved.c ------------------------------------------------------------

// Finds entries of [a] and [b] whose ids the other has not and whose content
// is the same, and adds them as an array. PM_ERR_NO_MEMORY.
pm_status diff_moved(struct diff *d, const uint32_t *only_a, size_t count_a,
                     const uint32_t *only_b, size_t count_b);

// --- diff_show.c -------------------------------------------------------------

// For people. CLI_OK or the exit code.
int diff_show(struct diff *d);

#endif
