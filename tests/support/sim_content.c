// SPDX-License-Identifier: MIT
#include "support/sim_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *pm_sim_resize(void *block, size_t size)
{
    void *out = realloc(block, size ? size : 1);
    if (!out) {
        fprintf(stderr, "sim_os: out of memory\n");
        abort();
    }
    return out;
}

static void drop(struct pm_sim_block *block)
{
    if (block && --block->refs == 0)
        free(block);
}

void pm_sim_content_free(struct pm_sim_content *content)
{
    for (size_t i = 0; i < content->count; i++)
        drop(content->blocks[i]);
    free(content->blocks);
    *content = (struct pm_sim_content){0};
}

struct pm_sim_content pm_sim_content_clone(const struct pm_sim_content *from)
{
    struct pm_sim_content out = *from;

    out.blocks = NULL;
    if (from->count == 0)
        return out;
    out.blocks = pm_sim_resize(NULL, from->count * sizeof *out.blocks);
    for (size_t i = 0; i < from->count; i++) {
        out.blocks[i] = from->blocks[i];
        if (out.blocks[i])
            out.blocks[i]->refs++;
    }
    return out;
}

size_t pm_sim_content_read(const struct pm_sim_content *content,
                           uint64_t offset, void *dst, size_t size)
{
    uint8_t *at = dst;
    size_t done = 0;

    if (offset >= content->size)
        return 0;
    if (size > content->size - offset)
        size = (size_t)(content->size - offset);
    while (done < size) {
        size_t index = (size_t)((offset + done) / PM_SIM_BLOCK);
        size_t within = (size_t)((offset + done) % PM_SIM_BLOCK);
        size_t part = PM_SIM_BLOCK - within;
        if (part > size - done)
            part = size - done;
        if (index < content->count && content->blocks[index])
            memcpy(at + done, content->blocks[index]->bytes + within, part);
        else
            memset(at + done, 0, part);
        done += part;
    }
    return size;
}

// The block [index] for writing: of this content alone.
static struct pm_sim_block *own(struct pm_sim_content *content, size_t index)
{
    if (index >= content->count) {
        content->blocks = pm_sim_resize(content->blocks,
                                        (index + 1) * sizeof *content->blocks);
        memset(content->blocks + content->count, 0,
               (index + 1 - content->count) * sizeof *content->blocks);
        content->count = index + 1;
    }
    struct pm_sim_block *old = content->blocks[index];
    if (old && old->refs == 1)
        return old;
    struct pm_sim_block *block = pm_sim_resize(NULL, sizeof *block);
    block->refs = 1;
    if (old)
        memcpy(block->bytes, old->bytes, PM_SIM_BLOCK);
    else
        memset(block->bytes, 0, PM_SIM_BLOCK);
    drop(old);
    content->blocks[index] = block;
    return block;
}

void pm_sim_content_write(struct pm_sim_content *content, uint64_t offset,
                          const void *src, size_t size)
{
    const uint8_t *at = src;
    size_t done = 0;

    while (done < size) {
        size_t index = (size_t)((offset + done) / PM_SIM_BLOCK);
        size_t within = (size_t)((offset + done) % PM_SIM_BLOCK);
        size_t part = PM_SIM_BLOCK - within;
        if (part > size - done)
            part = size - done;
        memcpy(own(content, index)->bytes + within, at + done, part);
        done += part;
    }
    if (offset + size > content->size)
        content->size = offset + size;
}

void pm_sim_content_resize(struct pm_sim_content *content, uint64_t size)
{
    size_t keep = (size_t)((size + PM_SIM_BLOCK - 1) / PM_SIM_BLOCK);

    if (size < content->size) {
        for (size_t i = keep; i < content->count; i++)
            drop(content->blocks[i]);
        if (keep < content->count)
            content->count = keep;
        size_t within = (size_t)(size % PM_SIM_BLOCK);
        if (within && keep <= content->count && content->blocks[keep - 1])
            memset(own(content, keep - 1)->bytes + within, 0,
                   PM_SIM_BLOCK - within);
    }
    content->size = size;
}

void pm_sim_content_smash(struct pm_sim_content *content, uint64_t offset,
                          size_t size)
{
    uint64_t first = offset / PM_SIM_BLOCK;
    uint64_t last = (offset + size + PM_SIM_BLOCK - 1) / PM_SIM_BLOCK;
    uint8_t garbage[PM_SIM_BLOCK];

    memset(garbage, 0xd7, sizeof garbage);
    if (content->size < offset + size)
        content->size = offset + size;
    for (uint64_t i = first; i < last; i++) {
        uint64_t at = i * PM_SIM_BLOCK;
        uint64_t part = content->size - at;
        pm_sim_content_write(content, at, garbage,
                             part < PM_SIM_BLOCK ? (size_t)part : PM_SIM_BLOCK);
    }
}
