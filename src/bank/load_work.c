// SPDX-License-Identifier: MIT
#include "bank/load_work.h"

#include "base/mem.h"

// So much is read between two looks at whether it is still wanted.
#define PIECE ((size_t)256 << 10)

static pm_status read_all(struct pm_load_work *work)
{
    struct pm_bank_content *content = &work->content;
    pm_status status = PM_OK;

    for (size_t at = 0; at < content->size && !status; at += PIECE) {
        size_t size = content->size - at < PIECE ? content->size - at : PIECE;
        if (atomic_load_explicit(&work->is_canceled, memory_order_relaxed))
            return PM_ERR_INVALID;
        status =
            pm_asset_reader_read(work->reader, at, content->bytes + at, size);
    }
    return status;
}

// On any thread: touches nothing but the work and the asset file.
static void run(struct pm_job *job)
{
    struct pm_load_work *work = (struct pm_load_work *)(void *)job;

    work->status = work->reader ? read_all(work) : work->open_status;
    if (!work->status)
        work->status = pm_bank_examine(&work->content);
    atomic_store_explicit(&work->is_done, true, memory_order_release);
}

// A file that cannot be read shows when the load would be READY, as every
// other fault of it; only memory that is short shows at once.
static pm_status open_reader(struct pm_loads *loads,
                             const struct pm_asset_entry *entry,
                             struct pm_load_work *work)
{
    work->open_status = pm_asset_reader_open(loads->assets, entry,
                                             &loads->alloc, &work->reader);
    if (work->open_status != PM_ERR_NO_MEMORY)
        return PM_OK;
    return PM_ERR_NO_MEMORY;
}

pm_status pm_load_work_begin(struct pm_loads *loads,
                             const struct pm_asset_entry *entry,
                             struct pm_load_work **out)
{
    struct pm_load_work *work = pm_mem_zalloc(&loads->alloc, sizeof *work);

    if (!work)
        return PM_ERR_NO_MEMORY;
    work->job.run = run;
    pm_status status = pm_bank_content_begin(&loads->alloc, loads->assets,
                                             entry, &work->content);
    if (!status)
        status = open_reader(loads, entry, work);
    if (status) {
        pm_load_work_end(loads, work);
        return status;
    }
    if (loads->workers) {
        work->is_started = true;
        loads->workers->start(loads->workers->context, &work->job);
    }
    *out = work;
    return PM_OK;
}

pm_status pm_load_work_finish(struct pm_loads *loads, struct pm_load_work *work)
{
    if (work->has_run)
        return work->status;
    if (work->is_started)
        loads->workers->wait(loads->workers->context, &work->job);
    else
        run(&work->job);
    work->is_started = false;
    work->has_run = true;
    return work->status;
}

void pm_load_work_end(struct pm_loads *loads, struct pm_load_work *work)
{
    if (!work)
        return;
    atomic_store_explicit(&work->is_canceled, true, memory_order_relaxed);
    if (work->is_started)
        loads->workers->wait(loads->workers->context, &work->job);
    pm_bank_drop(loads->bank, work->resident);
    pm_asset_reader_close(work->reader);
    pm_bank_content_free(&loads->alloc, &work->content);
    pm_mem_free(&loads->alloc, work, sizeof *work);
}
