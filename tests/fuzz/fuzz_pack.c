// SPDX-License-Identifier: MIT
//
// A small project: settings, registry and names of files as the fuzzer wants
// them. What packs, packs to the same bytes from inputs in another order and
// with the registry that came out, which then stays as it is.
//
// The input is files between lines "=NAME"; "=assets.ids.json" is the
// registry.

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "pack/pack.h"

#define MOST_FILES 24

struct project {
    struct pm_pack_input inputs[MOST_FILES];
    size_t count;
    const char *registry;
    size_t registry_size;
};

// Cuts the text up where it stands; names end where their lines did.
static void cut(char *text, size_t size, struct project *out)
{
    char *end = text + size;

    while (text < end && out->count < MOST_FILES) {
        char *line = memchr(text, '\n', (size_t)(end - text));
        if (!line || *text != '=')
            return;
        *line = 0;
        char *bytes = line + 1;
        char *next = bytes;
        while (next < end && !(*next == '=' && next[-1] == '\n'))
            next++;
        if (strcmp(text + 1, PM_PACK_REGISTRY) == 0) {
            out->registry = bytes;
            out->registry_size = (size_t)(next - bytes);
        } else {
            out->inputs[out->count++] =
                (struct pm_pack_input){.name = text + 1,
                                       .bytes = bytes,
                                       .size = (size_t)(next - bytes)};
        }
        text = next;
    }
}

static pm_status pack(const struct project *p, struct pm_pack_result *out)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_pack_input inputs[MOST_FILES];
    struct pm_pack_project project = {.inputs = inputs,
                                      .count = p->count,
                                      .registry = p->registry,
                                      .registry_size = p->registry_size};
    struct pm_diags diags;

    memcpy(inputs, p->inputs, sizeof inputs);
    pm_diags_init(&diags, &alloc);
    pm_status status = pm_pack_project(&project, &alloc, &diags, out);
    PM_CHECK(status == PM_OK || diags.errors > 0);
    pm_diags_free(&diags);
    return status;
}

static void turn(struct project *p)
{
    for (size_t i = 0; i < p->count / 2; i++) {
        struct pm_pack_input input = p->inputs[i];
        p->inputs[i] = p->inputs[p->count - 1 - i];
        p->inputs[p->count - 1 - i] = input;
    }
}

static bool same(const struct pm_buf *a, const struct pm_buf *b)
{
    return a->size == b->size &&
           (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

static void check_again(struct project *p, const struct pm_pack_result *first)
{
    struct pm_pack_result again;

    turn(p);
    p->registry = (const char *)first->registry.data;
    p->registry_size = first->registry.size;
    PM_CHECK(pack(p, &again) == PM_OK);
    PM_CHECK(same(&first->assets, &again.assets));
    PM_CHECK(same(&first->registry, &again.registry));
    pm_pack_result_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct project p = {.count = 0};
    struct pm_pack_result result;
    char *copy = malloc(size ? size : 1);

    if (!copy)
        abort();
    if (size)
        memcpy(copy, data, size);
    cut(copy, size, &p);
    if (pack(&p, &result) == PM_OK)
        check_again(&p, &result);
    pm_pack_result_free(&result);
    free(copy);
    return 0;
}
