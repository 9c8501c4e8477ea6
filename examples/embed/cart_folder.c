// SPDX-License-Identifier: MIT
#include "cart_folder.h"

#include <stdio.h>

static pm_status read_at(void *context, uint64_t offset, void *dst, size_t size)
{
    FILE *file = context;

    if (fseek(file, (long)offset, SEEK_SET) ||
        fread(dst, 1, size, file) != size)
        return PM_ERR_IO;
    return PM_OK;
}

static pm_status open_file(void *context, const char *name,
                           struct pm_source *out)
{
    char path[1024];
    int length =
        snprintf(path, sizeof path, "%s/%s", (const char *)context, name);
    FILE *file =
        length > 0 && (size_t)length < sizeof path ? fopen(path, "rb") : NULL;

    if (!file)
        return PM_ERR_NOT_FOUND;
    if (fseek(file, 0, SEEK_END)) {
        fclose(file);
        return PM_ERR_IO;
    }
    *out = (struct pm_source){
        .read_at = read_at, .context = file, .size = (uint64_t)ftell(file)};
    return PM_OK;
}

struct pm_cart_files cart_folder(const char *folder)
{
    return (struct pm_cart_files){open_file, (void *)(uintptr_t)folder};
}
