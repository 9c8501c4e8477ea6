// SPDX-License-Identifier: MIT
//
// The works of the engine benchmark are programs that assemble and link.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "asm/asm.h"
#include "base/mem.h"
#include "link/link.h"
#include "support/test.h"

#define WORKS PM_SOURCE_DIR "/tests/bench/works"

static const struct pm_call_decl nop = {
    .id = PM_CALL_FIRST_EMBEDDER_ID + 1,
    .module = "bench",
    .name = "nop",
    .version = 1,
    .price = 10,
    .params = {{.name = "value",
                .type = PM_VALUE_INT,
                .least = INT64_MIN,
                .greatest = INT64_MAX}},
    .results = {{.name = "value", .type = PM_VALUE_INT}},
    .param_count = 1,
    .result_count = 1,
    .meaning = "gives its argument back",
};

static bool read_file(const char *path, struct pm_buf *out)
{
    char bytes[4096];
    size_t size;
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    while ((size = fread(bytes, 1, sizeof bytes, file)) > 0)
        pm_buf_put(out, bytes, size);
    fclose(file);
    return !out->failed;
}

static void show(const struct pm_diags *diags)
{
    struct pm_buf text;
    pm_buf_init(&text, &diags->alloc);
    pm_diags_print(diags, &text);
    fputs(pm_buf_cstr(&text), stderr);
    pm_buf_free(&text);
}

static bool links(const struct pm_buf *program, struct pm_diags *diags)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_registry registry;
    struct pm_module module;
    struct pm_image *image = NULL;
    struct pm_link_config config = {.registry = &registry};

    pm_registry_init(&registry, &alloc);
    bool ok = CHECK(pm_registry_add(&registry, &nop) == PM_OK);
    ok = ok && CHECK(pm_module_read(program->data, program->size, "work.pbx",
                                    &alloc, diags, &module) == PM_OK);
    if (ok &&
        !CHECK(pm_link(&module, &config, &alloc, diags, &image) == PM_OK)) {
        pm_module_free(&module);
        ok = false;
    }
    pm_image_free(image);
    pm_registry_free(&registry);
    return ok;
}

static bool assembles_and_links(const char *path)
{
    struct pm_allocator alloc = pm_allocator_libc();
    struct pm_buf text;
    struct pm_buf program;
    struct pm_diags diags;

    pm_buf_init(&text, &alloc);
    pm_buf_init(&program, &alloc);
    pm_diags_init(&diags, &alloc);
    bool ok = CHECK(read_file(path, &text)) &&
              CHECK(pm_assemble((const char *)text.data, text.size, path, NULL,
                                &alloc, &diags, &program) == PM_OK) &&
              links(&program, &diags);
    if (!ok)
        show(&diags);
    pm_diags_free(&diags);
    pm_buf_free(&program);
    pm_buf_free(&text);
    return ok;
}

TEST(works, every_work_assembles_and_links)
{
    int count = 0;
    DIR *folder = opendir(WORKS);
    REQUIRE(folder != NULL);
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[1024];
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".pasm") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", WORKS, entry->d_name);
        if (!CHECK(assembles_and_links(path)))
            fprintf(stderr, "in %s\n", path);
        count++;
    }
    closedir(folder);
    CHECK_INT(count, 13);
}
