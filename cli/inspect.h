// SPDX-License-Identifier: MIT
//
// What the files of "prometeu inspect" share. What there is to say is put
// together once, as JSON; for people it is shown as an indented list, and
// assets as a table.

#ifndef PM_CLI_INSPECT_H
#define PM_CLI_INSPECT_H

#include "assets.h"
#include "json.h"

struct inspection {
    struct pm_json_writer w;
    bool is_json;
    const char *word;    // the asset that is asked for; NULL: all
    struct pm_buf table; // for people: the assets
};

// inspect_program.c: adds a module as an object, its faults are printed.
pm_status cli_inspect_program(struct pm_json_writer *w, const char *path,
                              const void *data, size_t size);

// inspect_assets.c: adds an open assets.pa as an object. [profile] is that of
// the cartridge, -1 outside of one. CLI_OK or the exit code, with a message.
int cli_inspect_assets(struct inspection *in, const char *file,
                       const struct pm_asset *asset,
                       const struct pm_source *source, int profile);

// inspect_table.c: the same for people.
void cli_inspect_table(struct pm_buf *out, const struct pm_asset *asset,
                       int profile);

// inspect_tree.c: shows a JSON text as a list. CLI_OK or the exit code.
int cli_inspect_tree(const struct pm_buf *json, struct pm_buf *out);

// --- inspect_facts.c ---------------------------------------------------------

// Sums over the table; no sum goes beyond PM_ASSET_MAX_OFFSET.
struct cli_totals {
    uint64_t assets;
    uint64_t stored;
    uint64_t form;
    uint64_t resident;
    uint64_t preloaded; // resident, each asset once
};
void cli_totals_of(const struct pm_asset *asset,
                   struct cli_totals out[PM_BANK_TYPES]);

// Where preloading needs more than a profile allows, row by row: [at] is 0 at
// first. False when there is no more.
struct cli_excess {
    int at;
    const char *profile;
    pm_bank_type bank;
    uint64_t needed;
    uint64_t budget;
};
bool cli_excess_next(const struct cli_totals totals[PM_BANK_TYPES], int profile,
                     struct cli_excess *excess);

#endif
