// SPDX-License-Identifier: MIT
//
// What the files of the sample domains share.

#ifndef PM_TEST_SAMPLE_ROWS_H
#define PM_TEST_SAMPLE_ROWS_H

#include "support/sample_domains.h"

extern const struct pm_domain pm_sample_domain_rows[PM_SAMPLE_DOMAINS];
extern const struct pm_host_call pm_sample_call_rows[PM_SAMPLE_CALLS];

typedef pm_trap_code pm_sample_run(void *context, struct pm_call *call);

pm_sample_run pm_counter_open, pm_counter_add, pm_counter_get, pm_counter_name,
    pm_counter_wait, pm_counter_renew, pm_counter_nest, pm_counter_close;
pm_sample_run pm_stone_open, pm_stone_look;
pm_sample_run pm_boulder_open, pm_boulder_get, pm_boulder_set;
pm_sample_run pm_box_open, pm_box_size;
// Does nothing: release does what there is to do.
pm_sample_run pm_sample_close;

int32_t pm_box_read(void *context, struct pm_call *call, uint64_t offset,
                    struct pm_destination *dest, uint32_t max,
                    uint32_t *out_size, bool *out_eof);
int32_t pm_box_write(void *context, struct pm_call *call, uint64_t offset,
                     const uint8_t *src, uint32_t size);

void pm_counter_release(void *context, struct pm_state *state);
void pm_counter_save(void *context, const struct pm_state *state,
                     struct pm_sink *sink);
pm_status pm_counter_restore(void *context, struct pm_state *state,
                             const void *bytes, size_t size);
void pm_box_release(void *context, struct pm_state *state);
void pm_box_save(void *context, const struct pm_state *state,
                 struct pm_sink *sink);
pm_status pm_box_restore(void *context, struct pm_state *state,
                         const void *bytes, size_t size);

#endif
