// SPDX-License-Identifier: MIT
//
// Bytes of inputs: handed in or read when they are needed, and their hashes.

#include <string.h>

#include "base/mem.h"
#include "pack/jobs.h"
#include "pack/project.h"

pm_status pm_pack_read(struct pm_packer *p, uint32_t input,
                       struct pm_diags *diags, struct pm_pack_bytes *out)
{
    const struct pm_pack_input *in = pm_pack_input_at(p, input);

    *out = (struct pm_pack_bytes){.data = in->bytes, .size = in->size};
    if (in->bytes || in->size == 0)
        return PM_OK;
    pm_status status = p->project->read(p->project->context, in, &p->alloc,
                                        diags, &out->own, &out->size);
    if (status)
        *out = (struct pm_pack_bytes){0};
    out->data = out->own;
    return status;
}

pm_status pm_pack_read_same(struct pm_packer *p, uint32_t input,
                            struct pm_diags *diags, struct pm_pack_bytes *out)
{
    const struct pm_pack_input *in = pm_pack_input_at(p, input);
    struct pm_place place = {.file = in->name};
    pm_status status = pm_pack_read(p, input, diags, out);

    if (status)
        return status;
    struct pm_hash128 hash = pm_hash128(out->data, out->size);
    if (hash.low == in->hash.low && hash.high == in->hash.high)
        return PM_OK;
    pm_diags_error(diags, &place, "PACK-CHANGED",
                   "the file changed while it was packed; pack again");
    pm_pack_release(p, out);
    return PM_ERR_INVALID;
}

void pm_pack_release(struct pm_packer *p, struct pm_pack_bytes *bytes)
{
    pm_mem_free(&p->alloc, bytes->own, bytes->own ? bytes->size : 0);
    *bytes = (struct pm_pack_bytes){0};
}

// --- hashes ------------------------------------------------------------------

struct hash_job {
    struct pm_job job; // the first member
    struct pm_packer *packer;
    uint32_t input;
    pm_status status;
    struct pm_diags diags;
};

static void run_hash(struct pm_job *job)
{
    struct hash_job *h = (struct hash_job *)job;
    struct pm_pack_input *in = &h->packer->project->inputs[h->input];
    struct pm_pack_bytes bytes;

    h->status = pm_pack_read(h->packer, h->input, &h->diags, &bytes);
    if (h->status)
        return;
    in->hash = pm_hash128(bytes.data, bytes.size);
    in->has_hash = true;
    pm_pack_release(h->packer, &bytes);
}

void pm_pack_take_diags(struct pm_diags *to, struct pm_diags *from)
{
    size_t stored = 0;

    for (size_t i = 0; i < from->count; i++) {
        const struct pm_diag *diag = &from->items[i];
        stored += diag->is_error;
        if (diag->is_error)
            pm_diags_error(to, &diag->place, diag->code, "%s", diag->text);
        else
            pm_diags_warning(to, &diag->place, diag->code, "%s", diag->text);
    }
    to->errors += from->errors - stored;
    to->dropped += from->dropped;
    to->out_of_memory = to->out_of_memory || from->out_of_memory;
    pm_diags_free(from);
}

pm_status pm_pack_hash_inputs(struct pm_packer *p)
{
    struct hash_job *jobs =
        pm_mem_zarray(&p->alloc, p->input_count, sizeof *jobs);
    pm_status status = PM_OK;

    if (!jobs)
        return p->input_count ? PM_ERR_NO_MEMORY : PM_OK;
    for (size_t i = 0; i < p->input_count; i++) {
        struct hash_job *job = &jobs[i];
        *job = (struct hash_job){.packer = p, .input = p->order[i]};
        if (!pm_pack_input_at(p, job->input)->has_hash)
            job->job.run = run_hash;
        pm_diags_init(&job->diags, &p->alloc);
    }
    pm_pack_run_jobs(p->project->workers, jobs, p->input_count, sizeof *jobs);
    for (size_t i = 0; i < p->input_count; i++) {
        if (!status)
            status = jobs[i].status;
        pm_pack_take_diags(p->diags, &jobs[i].diags);
    }
    pm_mem_free(&p->alloc, jobs, p->input_count * sizeof *jobs);
    return status;
}
